"""A reader who keeps everything that was ever printed, and works out from it what was not.

He knows nothing of how figures are suppressed. What he reads becomes equations and bounds over the
figures of the areas, and a solver says how small and how large each of those can be.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from html import unescape
from pathlib import Path
from warnings import catch_warnings, filterwarnings

import numpy as np
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from scipy.optimize import Bounds, LinearConstraint, milp

from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Register
from schemas.periods import last_period
from tests.support.adversary_books import (
    drawn_beside_cells,
    earlier_columns,
    moved,
    ratings_before,
    tallies,
)
from tests.support.appendix_sheets import read_back
from tests.support.tables import rows_of_table

_NUMBER = r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?"
_PRINTED = re.compile(rf"({_NUMBER})%?")
_WAS = re.compile(rf"was ({_NUMBER})%?(?: \(([^,()]+))?")
#: A direction of travel stands beside the figure that it goes by.
_ARROW = re.compile("[▲▼►] (?:Up|Down|Same)")
_REPORTED = re.compile(rf"({_NUMBER})%?, (?:final|provisional), in \S+ of .+? \(([0-9a-f]{{12}})\)")
_IN_PLACE = re.compile(rf"in place of ({_NUMBER})%? of .+? \(([0-9a-f]{{12}})\)")


@dataclass(frozen=True)
class Truth:
    """What an area reported for an indicator: the same again is the same figure."""

    area: str
    value: Decimal
    top: int | None = None
    bottom: int | None = None


@dataclass
class Subject:
    """What was read of one indicator and period."""

    indicator: Indicator
    #: Figures that were printed, and those that were suppressed anywhere.
    printed: set[Truth] = field(default_factory=set)
    suppressed: set[Truth] = field(default_factory=set)
    #: Merged figures with what they were made of, in order of receipt.
    totals: set[tuple[Decimal, tuple[Truth, ...]]] = field(default_factory=set)
    #: What the last issue was made of.
    last: tuple[Truth, ...] = ()
    #: What was printed of a figure after it had been suppressed.
    leaks: list[str] = field(default_factory=list)

    def show(self, truth: Truth, where: str) -> None:
        if truth in self.suppressed and truth not in self.printed:
            self.leaks.append(f"{where} prints {truth}")
        self.printed.add(truth)


@dataclass
class Reader:
    """Everything that was printed, and what the files that were sent really held."""

    register: Register
    below: int
    #: By the hash of a file and an indicator's ref: what it reports, where it reports a figure.
    truths: dict[tuple[str, str], Truth] = field(default_factory=dict)
    subjects: dict[tuple[str, str], Subject] = field(default_factory=dict)
    #: What stands in the store of an indicator and period, whether or not an issue told it.
    standing: dict[tuple[str, str], tuple[Truth, ...]] = field(default_factory=dict)
    #: The first ref of an indicator, by each that it was given later: he knows which is meant.
    first_refs: dict[str, str] = field(default_factory=dict)
    #: How many figures of earlier periods were read, and of what else that tells of these.
    earlier: int = 0
    columns: int = 0
    movements: int = 0
    before: int = 0
    charted: int = 0
    #: How indicators were rated by the issues of a period, and how many had each rating.
    rated: dict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    tallied: dict[str, set[tuple[int, ...]]] = field(default_factory=lambda: defaultdict(set))
    #: What stands in a workbook that follows from nothing that was printed.
    beyond: list[str] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)

    def subject(self, ref: str, period: str) -> Subject:
        if (ref, period) not in self.subjects:
            indicator = self.register.indicator(ref)
            assert indicator is not None
            self.subjects[ref, period] = Subject(indicator)
        return self.subjects[ref, period]

    # --- Reading -----------------------------------------------------------------------------

    def read_outbox(self, outbox: Path) -> None:
        """Whatever is new there: data first, which says what else is about."""
        files = [path for path in sorted(outbox.rglob("*")) if path.is_file()]
        new = [path for path in files if path.read_bytes() not in self._seen]
        self._seen |= {path.read_bytes() for path in new}
        before = {key: subject.last for key, subject in self.subjects.items()}
        for path in new:
            if path.name.endswith(" data.csv"):
                period = path.relative_to(outbox).parts[0]
                self._read_rows(period, rows_of_csv(path), is_timed=False)
        for path in new:
            period = path.relative_to(outbox).parts[0]
            if path.suffix == ".xlsx" and path.parent.name != "corrections":
                self._read_rows(period, _rows_of_workbook(path), is_timed=True)
                self._read_indicators(period, path.with_name(f"{path.stem} indicators.csv"))
                self._read_texts(period, _texts_of_workbook(path), before)
                self._read_workbook(period, path.read_bytes())
            elif path.suffix == ".html":
                self._read_texts(period, _texts_of_html(path.read_text()), before)
            elif path.suffix == ".eml" and "Appendix" in path.name:
                self._read_texts(period, _texts_of_message(path), before)

    def _read_rows(self, period: str, rows: Iterable[dict[str, str]], *, is_timed: bool) -> None:
        """The rows of data; which figure came last stands in the workbook alone, to the second."""
        by_ref: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            by_ref[self.first_refs.get(row["Ref"], row["Ref"])].append(row)
        for ref, of_ref in by_ref.items():
            subject = self.subject(ref, period)
            given = []
            for row in sorted(of_ref, key=_received):
                truth = self.truths.get((row["SHA-256"], ref))
                if truth is None:
                    continue
                given.append(truth)
                if row["As shown"] == "Suppressed":
                    subject.suppressed.add(truth)
                else:
                    subject.show(truth, f"the data of {period}")
            subject.last = tuple(given)
            if is_timed:
                self._total(subject, of_ref[0]["Indicator performance"], subject.last)

    def _read_indicators(self, period: str, path: Path) -> None:
        """What all areas come to, and what that is compared with, by the data of indicators."""
        rows = rows_of_csv(path) if path.exists() else []
        codes = Counter(row["Rating code"] for row in rows)
        self.tallied[period].add(tuple(codes[each] for each in ("green", "amber", "red", "")))
        for row in rows:
            ref = self.first_refs.get(row["Ref"], row["Ref"])
            self.rated[ref, period].add(row["Rating code"])
            subject = self.subject(ref, period)
            self._total(subject, row["Value"], subject.last)
            for way in ("Short", "Long"):
                of = row[f"{way} compared with"].removesuffix(", provisional")
                if of != period and self.register.period(of):
                    earlier = self.subject(ref, of)
                    given = earlier.last or self._standing(ref, of)
                    self._total(earlier, row[f"{way} figure before"], given)

    def _total(self, subject: Subject, shown: str, given: tuple[Truth, ...]) -> None:
        if (found := _PRINTED.fullmatch(shown)) and given:
            subject.totals.add((_decimal(found[1]), given))

    def _read_texts(
        self,
        period: str,
        texts: Iterable[str],
        before: dict[tuple[str, str], tuple[Truth, ...]],
    ) -> None:
        """What is said of a figure that was: of the issue before, or of another period."""
        ref = ""
        for text in texts:
            assert not _ARROW.search(text) or "was " in text, text
            for indicator in self.register.indicators:
                if indicator.wording in text:
                    ref = indicator.ref
            if not ref:
                continue
            for found in _WAS.finditer(text):
                named = (found[2] or "").strip()
                of = named if self.register.period(named) else period
                key = (ref, of)
                given = before.get(key, ()) if of == period else self.subject(*key).last
                if given or of != period:
                    self._total(self.subject(*key), found[1], given or self._standing(*key))

    def _read_workbook(self, period: str, content: bytes) -> None:
        """What is told of earlier periods: in cells, in charts, and by trends."""
        book = read_back(content)
        self._read_series(period, book)
        self.beyond += drawn_beside_cells(content, book)
        for ref, of, value in earlier_columns(book):
            self.columns += 1
            self._tell_of(ref, of, value)
        for ref, of, figure in moved(book):
            if found := _PRINTED.fullmatch(figure):
                self.movements += 1
                self._tell_of(ref, of.removesuffix(", provisional"), _decimal(found[1]))
        now = self.register.period(period)
        last = last_period(self.register.periods, now) if now else None
        for ref, word in ratings_before(book):
            self.before += 1
            first = self.first_refs.get(ref, ref)
            if last is None or word.lower() not in self.rated[first, last.name]:
                self.beyond.append(f"{ref} in {period} was {word}")
        for of, counts in tallies(book):
            self.charted += 1
            if counts not in self.tallied[of]:
                self.beyond.append(f"the chart of {period} tells {counts} of {of}")

    def _read_series(self, period: str, book: Workbook) -> None:
        """The figures of earlier periods, from which trends are drawn."""
        if "Trends" not in book.sheetnames:
            return
        rows = list(book["Trends"].iter_rows(values_only=True))
        at = next(n for n, row in enumerate(rows) if row[0] == "Ref")
        headings = rows[at]
        for row in rows[at + 1 :]:
            for of, value in zip(headings, row, strict=True):
                if of != period and (found := _PRINTED.fullmatch(str(value))):
                    self.earlier += self._tell_of(str(row[0]), str(of), _decimal(found[1]))

    def _tell_of(self, ref: str, of: str, value: Decimal) -> bool:
        """A figure of a period; whether it is one.

        What an issue of that period printed tells nothing new; anything else does.
        """
        if self.register.period(of) is None:
            return False
        first = self.first_refs.get(ref, ref)
        subject = self.subject(first, of)
        if value not in {printed for printed, _ in subject.totals}:
            given = subject.last or self._standing(first, of)
            self._total(subject, f"{value:f}", given)
        return True

    def _standing(self, ref: str, period: str) -> tuple[Truth, ...]:
        indicator = self.register.indicator(ref)
        is_known = indicator is not None and indicator.merge_rule is not MergeRule.LATEST
        return self.standing.get((ref, period), ()) if is_known else ()

    def read_all_periods(self, folder: Path) -> None:
        """What `quarterday data` writes of all periods, as their last issues stand."""
        of_periods: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows_of_csv(folder / "returns.csv"):
            of_periods[row["Period"]].append(row)
        for period, rows in of_periods.items():
            self._read_rows(period, rows, is_timed=False)
        for row in rows_of_csv(folder / "indicators.csv"):
            if found := _PRINTED.fullmatch(row["Value"]):
                self._tell_of(row["Ref"], row["Period"], _decimal(found[1]))

    def read_history(self, ref: str, events: str) -> None:
        """What `history` says of an indicator."""
        for event in json.loads(events):
            subject = self.subject(ref, event["period"]) if event["period"] else None
            if subject is None:
                continue
            found = [*_REPORTED.finditer(event["said"]), *_IN_PLACE.finditer(event["said"])]
            for one in found:
                self._tell(subject, ref, one[2], f"history: {event['said']}")

    def read_trace(self, ref: str, period: str, traced: str) -> None:
        """What `trace` says of an indicator's figure and its sources."""
        told, subject = json.loads(traced), self.subject(ref, period)
        self._total(subject, told["performance"], self._standing(ref, period))
        for source in told["sources"]:
            for one in (source, *source["replaced"]):
                if _PRINTED.fullmatch(one["figure"]):
                    self._tell(subject, ref, one["sha256"][:12], f"trace: {one['figure']}")

    def _tell(self, subject: Subject, ref: str, digest: str, where: str) -> None:
        for (sha256, of), truth in self.truths.items():
            if of == ref and sha256.startswith(digest):
                subject.show(truth, where)

    # --- Working out -------------------------------------------------------------------------

    def found_out(self) -> Iterator[str]:
        """Each suppressed figure of which more is known than that it is suppressed."""
        yield from self.beyond
        for (ref, period), subject in self.subjects.items():
            for what in found_out(subject, self.below):
                yield f"{ref} ({subject.indicator.merge_rule}) {period}: {what}"


def found_out(subject: Subject, below: int) -> Iterator[str]:
    """The same of one indicator and period."""
    yield from subject.leaks
    if secret := subject.suppressed - subject.printed:
        solver = _Solver(subject, below)
        for truth in sorted(secret, key=repr):
            yield from solver.narrowed(truth)


def _received(row: dict[str, str]) -> tuple[str, int]:
    """When it came; of several that came at once, the first area's counts as the last."""
    return row["Received at"], -ord(row["Service area"][0])


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def rows_of_csv(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def _rows_of_workbook(path: Path) -> list[dict[str, str]]:
    headings, *rows = rows_of_table(_sheets_of(path)["Data"])
    found = [
        {str(h): "" if v is None else str(v) for h, v in zip(headings, row, strict=True)}
        for row in rows
    ]
    # Hashes stand in the file beside it alone.
    beside = rows_of_csv(path.with_name(f"{path.stem} data.csv"))
    hashes = {(row["Ref"], row["Service area"]): row["SHA-256"] for row in beside}
    return [row | {"SHA-256": hashes[row["Ref"], row["Service area"]]} for row in found]


def _texts_of_workbook(path: Path) -> Iterator[str]:
    for title, rows in _sheets_of(path).items():
        if title != "Data":
            for row in rows:
                said = " | ".join(str(value) for value in row if value is not None)
                yield said.replace("\N{NO-BREAK SPACE}", " ")


def _sheets_of(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What stands in the cells of a workbook's sheets."""
    with catch_warnings():
        # The reader passes over the lines that are drawn of figures, which stand in cells too.
        filterwarnings("ignore", "Sparkline Group extension")
        book = load_workbook(io.BytesIO(path.read_bytes()), read_only=True)
        return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def _texts_of_html(page: str) -> Iterator[str]:
    for row in re.split(r"</tr>|</li>|</p>", page):
        yield re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row)))


def _texts_of_message(path: Path) -> Iterator[str]:
    for part in message_from_bytes(path.read_bytes(), policy=default).walk():
        if part.get_content_type() == "text/plain":
            yield from re.split(r"\n\s*\n|\n(?=\S)", part.get_content())
        elif part.get_content_type() == "text/html":
            yield from _texts_of_html(part.get_content())


class _Solver:
    """The equations and bounds of one indicator and period."""

    def __init__(self, subject: Subject, below: int) -> None:
        self.subject, self.below = subject, below
        self.rule = subject.indicator.merge_rule
        self.is_weighted = self.rule is MergeRule.WEIGHTED
        self.counts = subject.indicator.unit_row.counts_people or self.is_weighted
        self.names: dict[tuple[Truth, str], int] = {}
        self.sizes: list[float] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        # What was replaced before an issue printed it is unknown, too.
        of_totals = {truth for _, given in subject.totals for truth in given}
        for truth in sorted((subject.suppressed | of_totals) - subject.printed, key=repr):
            self._unknown(truth)
        for printed, given in sorted(subject.totals, key=repr):
            before = len(self.rows)
            self._total(printed, given)
            for row, low, high in self.rows[before:]:
                # Whoever misreads what is printed finds out nothing.
                come_to = sum(by * self.sizes[name] for name, by in row.items())
                assert low - 1e-6 <= come_to <= high + 1e-6, (printed, given, row, low, high)
        self.equations = self._equations()

    def _equations(self) -> LinearConstraint | tuple[()]:
        """The rows as one matrix: the solver takes as long to put many together as to solve."""
        if not self.rows:
            return ()
        matrix = np.zeros((len(self.rows), len(self.names)))
        for place, (row, _, _) in enumerate(self.rows):
            matrix[place, list(row)] = list(row.values())
        low, high = np.array([(low, high) for _, low, high in self.rows]).T
        return LinearConstraint(matrix, low - 1e-9, high + 1e-9)

    def _unknown(self, truth: Truth) -> None:
        if self.is_weighted:
            assert truth.top is not None
            assert truth.bottom is not None
            few = truth.bottom < self.below or truth not in self.subject.suppressed
            for part in ("top", "bottom", "rest"):
                self._add(truth, part, 0 if few else 1, _size(truth, part))
            tied = {self.names[truth, p]: s for p, s in (("top", 1), ("rest", 1), ("bottom", -1))}
            self.rows.append((dict(tied), 0, 0))
        else:
            least = self.counts and truth in self.subject.suppressed
            self._add(truth, "value", int(least), float(truth.value))

    def _add(self, truth: Truth, part: str, least: float, size: float) -> None:
        self.names[truth, part] = len(self.names)
        self.sizes.append(size)
        self.least.append(min(least, size))
        # What is small itself is known to be.
        is_small = 0 < size < self.below and self.counts and truth in self.subject.suppressed
        # No other is taken to be much larger than it is, which tells the solver where to end.
        self.most.append(self.below - 1 if is_small else size + 10 * self.below)

    def _total(self, printed: Decimal, given: tuple[Truth, ...]) -> None:
        half = Decimal(5) / 10 ** (self.subject.indicator.decimals + 1)
        low, high = float(printed - half), float(printed + half)
        if self.is_weighted:
            self._rate(given, low, high)
        elif self.rule in (MergeRule.SUM, MergeRule.MEAN):
            times = len(given) if self.rule is MergeRule.MEAN else 1
            is_exact = self.rule is MergeRule.SUM
            row, known = self._row(given, "value")
            ends = (float(printed), float(printed)) if is_exact else (low, high)
            self.rows.append((row, ends[0] * times - known, ends[1] * times - known))
        elif self.rule is MergeRule.LATEST:
            self._equal(given[-1:], printed)
        elif self.rule is MergeRule.SOLE:
            self._equal(given, printed)
        else:
            self._extreme(printed, given)

    def _extreme(self, printed: Decimal, given: tuple[Truth, ...]) -> None:
        row, _ = self._row(given, "value")
        ends = (float(printed), np.inf)
        if self.rule is MergeRule.MAXIMUM:
            ends = (-np.inf, float(printed))
        self.rows += [({name: 1.0}, *ends) for name in row]
        if len(row) == 1 and all(
            t.value != printed for t in given if (t, "value") not in self.names
        ):
            self.rows.append((row, float(printed), float(printed)))

    def _equal(self, given: tuple[Truth, ...], printed: Decimal) -> None:
        row, _ = self._row(given, "value")
        self.rows += [({name: 1.0}, float(printed), float(printed)) for name in row]

    def _rate(self, given: tuple[Truth, ...], low: float, high: float) -> None:
        tops, top = self._row(given, "top")
        bottoms, bottom = self._row(given, "bottom")
        for rate, ends in ((low, (0, np.inf)), (high, (-np.inf, 0))):
            row = {name: 100.0 * by for name, by in tops.items()}
            for name in bottoms:
                row[name] = row.get(name, 0) - rate
            known = 100.0 * top - rate * bottom
            self.rows.append((row, ends[0] - known - 1e-7, ends[1] - known + 1e-7))

    def _row(self, given: tuple[Truth, ...], part: str) -> tuple[dict[int, float], float]:
        """The unknown part of a sum, and what is known of it."""
        row, known = {}, 0.0
        for truth in given:
            if (truth, part) in self.names:
                row[self.names[truth, part]] = 1.0
            else:
                known += float(truth.value) if part == "value" else _size(truth, part)
        return row, known

    def narrowed(self, truth: Truth) -> Iterator[str]:
        for part in ("value", "top", "bottom", "rest"):
            if (truth, part) not in self.names:
                continue
            size = int(truth.value) if part == "value" else _size(truth, part)
            least, most = (self._end(self.names[truth, part], sign) for sign in (1, -1))
            is_small = 0 < size < self.below
            if not self.counts:
                is_safe = most - least > 1e-6
            elif is_small:
                is_safe = least <= max(1, self.least[self.names[truth, part]]) + 1e-6
                is_safe = is_safe and most >= self.below - 1 - 1e-6
            else:
                is_safe = most - least >= self.below - 2 - 1e-6
            if not is_safe:
                yield f"{part} {size} of {truth} is {least:g} to {most:g}"

    def _end(self, name: int, sign: int) -> float:
        aim = np.zeros(len(self.names))
        aim[name] = sign
        found = milp(
            aim,
            integrality=np.full(len(self.names), int(self.counts)),
            bounds=Bounds(self.least, self.most),
            constraints=self.equations,
        )
        assert found.status == 0, found.message
        return sign * float(found.fun)


def _size(truth: Truth, part: str) -> int:
    assert truth.top is not None
    assert truth.bottom is not None
    return {"top": truth.top, "bottom": truth.bottom, "rest": truth.bottom - truth.top}[part]
