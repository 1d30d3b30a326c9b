"""Whoever hears everything that leaves: messages to anyone, what commands say, and texts.

He knows which words tell which figure: a warning quotes a figure and that of the period before,
and what areas write about theirs says so in a sentence of its own. A figure that is suppressed and
that no issue printed must be in none of it, nor a colour that does not follow from what is printed
beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path

from schemas.model import Period
from schemas.periods import last_period
from tests.support.adversary import Reader, Truth
from tests.support.appendix_sheets import read_back

_NUMBER = r"-?\d[\d,]*(?:\.\d+)?"
_COMPARED = re.compile(
    rf"({_NUMBER})%? differs from last period's ({_NUMBER})%? by more than ({_NUMBER})"
)
#: What stands before the name of a return that another has taken the place of.
_REPLACED = re.compile(r"(in place of ([^,]{1,40} of )?|replacing |the place of everything in )$")


@dataclass(frozen=True)
class SentFile:
    """A return as it was sent."""

    area: str
    period: Period
    sha256: str
    #: It is sent back, and quotes its own cells to whoever puts it right.
    is_spoilt: bool = False


@dataclass
class Listener:
    """Notes who was told what, by the ways that are no issue of an appendix."""

    reader: Reader
    #: By the name under which they were sent.
    sent: dict[str, SentFile] = field(default_factory=dict)
    #: What areas wrote: the sentence, and which figure of which indicator and period it tells.
    sentences: dict[str, tuple[str, str, Truth]] = field(default_factory=dict)
    #: The refs of indicators, by the change beyond which they are asked about.
    changes: Mapping[Decimal, str] = field(default_factory=dict)
    #: Each thing that was told: the figure, its indicator and period, and where it was.
    told: dict[tuple[str, str, Truth], str] = field(default_factory=dict)
    #: How much was heard, so that a test can say that there was something.
    comparisons: int = 0
    messages: set[str] = field(default_factory=set)
    _seen: set[Path] = field(default_factory=set)

    def read_outbox(self, outbox: Path) -> None:
        """Whatever is new there, but for the copies that go back to those who wrote them."""
        for path in sorted(outbox.rglob("*.eml")):
            if path not in self._seen:
                self._seen.add(path)
                kinds = ("receipt", "digest", "reminder", "correction", "Appendix")
                self.messages |= {kind for kind in kinds if kind in path.name}
                self.hear(path.name, "\n".join(_texts_of(path)))
        for path in sorted(outbox.rglob("*")):
            if path.suffix in (".html", ".csv"):
                self.hear(path.name, unescape(path.read_text(encoding="utf-8-sig")))
            is_new_book = path.suffix == ".xlsx" and path not in self._seen
            if is_new_book and path.parent.name != "corrections":
                self._seen.add(path)
                self.hear(path.name, "\n".join(_texts_of_workbook(path)))

    def hear(self, where: str, said: str) -> None:
        """What a text tells."""
        text = " ".join(said.split())
        for sentence, (ref, period, truth) in self.sentences.items():
            if sentence in text:
                self._tell(ref, period, truth, where)
        names = [
            (found.start(), name)
            for name in self.sent
            for found in _all(name, text)
            if not _REPLACED.search(text[: found.start()][-80:])
        ]
        for found in _COMPARED.finditer(text):
            self.comparisons += 1
            before = max((place for place in names if place[0] < found.start()), default=None)
            ref = self.changes[_number(found[3])]
            if before is not None:
                self._compare(self.sent[before[1]], ref, found, where)

    def hear_json(self, where: str, document: str) -> None:
        """What the strings of a document tell, in their order."""
        self.hear(where, "\n".join(_strings(json.loads(document))))

    def _compare(self, sent: SentFile, ref: str, found: re.Match[str], where: str) -> None:
        last = last_period(self.reader.register.periods, sent.period)
        assert last is not None
        quoted = [(last.name, _number(found[2]))]
        if not sent.is_spoilt:
            quoted.append((sent.period.name, _number(found[1])))
        of = {each.sha256: each for each in self.sent.values()}
        for period, value in quoted:
            for (sha256, about), truth in self.reader.truths.items():
                # Of its own period a return quotes what it says itself, of the last what stood.
                is_meant = of[sha256].period.name == period and about == ref
                is_own = period != sent.period.name or sha256 == sent.sha256
                if is_meant and is_own and (truth.area, truth.value) == (sent.area, value):
                    self._tell(ref, period, truth, f"{where}: {found[0]}")

    def _tell(self, ref: str, period: str, truth: Truth, where: str) -> None:
        self.told.setdefault((ref, period, truth), where)

    def found_out(self) -> Iterator[str]:
        """Each figure that was told, and that issues suppressed and never printed."""
        for (ref, period, truth), where in self.told.items():
            subject = self.reader.subjects.get((ref, period))
            if subject and truth in subject.suppressed - subject.printed:
                yield f"{where} tells {truth} of {ref} for {period}"

    def misrated(self, rows: Iterable[Mapping[str, str]]) -> Iterator[str]:
        """Rows of data with a colour that does not follow from the figure printed beside it."""
        for row in rows:
            rated, shown = row["Indicator rating"], row["Indicator performance"]
            if rated.startswith("Not rated"):
                continue
            number, target = (
                _number(row[name].lstrip("≤").rstrip("%"))
                for name in ("Indicator performance", "Indicator target")
            )
            near = "Amber" if number * 100 <= target * 105 else "Red"
            colour = "Green" if number <= target else near
            if not rated.endswith(colour):
                yield f"{row['Ref']} is {rated} with {shown}"


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _all(name: str, text: str) -> Iterator[re.Match[str]]:
    return re.finditer(re.escape(name), text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _texts_of_workbook(path: Path) -> Iterator[str]:
    for sheet in read_back(path.read_bytes()):
        for row in sheet.iter_rows(values_only=True):
            yield from (str(value) for value in row if value is not None)


def _texts_of(path: Path) -> Iterator[str]:
    for part in message_from_bytes(path.read_bytes(), policy=default).walk():
        if part.get_content_type() == "text/plain":
            yield part.get_content()
        elif part.get_content_type() == "text/html":
            yield unescape(re.sub(r"<[^>]+>", " ", part.get_content()))
