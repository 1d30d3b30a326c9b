"""The simulated council with figures so small that they may not be published, and who reads it.

Nobody says here what has to be printed: readers who keep every appendix look for what is not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from pipeline.register.loading import load_register
from tests.support.adversary import Reader, Truth
from tests.support.adversary_over_time import CUMULATIVE, ROLLING, YEAR_TO_DATE, Given, LongReader
from tests.support.oracle.council import Return
from tests.support.oracle.figures import rule_of
from tests.support.oracle.register import Register, Span
from tests.support.oracle.words import Row, rounded, text
from tests.support.simulated.reports import Entry, Reporter, typed
from tests.support.simulated.words import BELOW, Council
from tests.support.simulated.workbooks import write_return
from tests.support.simulated.years import Years

#: How many periods of a length make a year.
_IN_A_YEAR = {"monthly": 12, "quarterly": 4}
_COUNTS = (0, 1, 2, 3, 4, 4, 5, 6, 9, 14, 20, 41)


class SmallReporter(Reporter):
    """Makes up counts of few people, and rates of few."""

    def _figure(self, row: Row, span: Span, area: str) -> Entry:
        chance, unit = self.chance, text(row, "Unit")
        if unit == "percent" and rule_of(row) == "weighted":
            bottom = chance.choice((3, 4, 6, 10, 20, 40, 90))
            top = chance.randint(0, bottom)
            value = rounded(Fraction(100 * top, bottom), 1)
            return {
                "Numerator": top,
                "Denominator": bottom,
                "Performance": typed(value, unit, 1),
            }
        if unit != "count":
            return super()._figure(row, span, area)
        if text(row, "Accumulation") == CUMULATIVE:
            return self._grown(row, span, area, chance.choice(_COUNTS))
        return {"Performance": chance.choice(_COUNTS)}


@dataclass
class SmallYears(Years):
    """Its years, whose appendices are read by those who want to know what is suppressed."""

    reader: Reader = field(init=False)
    long_readers: dict[str, LongReader] = field(init=False)
    #: The registers that closed periods are held to.
    closed: dict[str, Register] = field(default_factory=dict)
    _plain: set[str] = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        for row in self.council.indicators:
            # What grows by few may not tell of them here.
            row.pop("Small numbers", None)
        self._save()
        self.reporter = SmallReporter(self.council)
        register = Register(self.sheets)
        once = [ref for ref in register.refs if len(register.rows(ref)) == 1]
        rows = [row for ref in once for row in register.rows(ref)]
        self.long_readers = {
            text(row, "Ref"): self._long_reader(register, row)
            for row in rows
            if text(row, "Unit") == "count"
            and rule_of(row) == "sum"
            and text(row, "Accumulation") in (YEAR_TO_DATE, CUMULATIVE, ROLLING)
        }
        #: The indicators of which one period's figures are read.
        self._plain = {
            text(row, "Ref")
            for row in rows
            if not text(row, "Accumulation") and (text(row, "Unit") == "count" or _is_share(row))
        }
        known = load_register(self.root / "register.xlsx", self.root / "var" / "cache")
        self.reader = Reader(known, BELOW)

    def _long_reader(self, register: Register, row: Row) -> LongReader:
        names = Council.due_names(text(row, "Due"))
        in_a_year = _IN_A_YEAR[text(row, "Due")]
        return LongReader(text(row, "Ref"), text(row, "Accumulation"), names, in_a_year, BELOW)

    def night(self, day: date, received: list[Return], reopened: str = "") -> None:
        register = Register(self.sheets)
        for sent in received:
            path = write_return(self._held(sent.period) or register, sent, self.root / "inbox")
            if not sent.is_spoilt:
                self._note(hashlib.sha256(path.read_bytes()).hexdigest(), sent)
        words = ["--reopen", reopened, "--because", "It was corrected"] if reopened else []
        done = self.call(day, "run", *words)
        assert done.exit_code in (0, 1), done.output
        self.reader.read_outbox(self.root / "outbox")
        for reader in self.long_readers.values():
            reader.read(self.root / "outbox")

    def _note(self, sha256: str, sent: Return) -> None:
        """Keep what a file holds, as far as it holds figures."""
        for ref, entry in sent.entries.items():
            said = str(entry.get("Performance", "")).rstrip("%")
            if not said.replace(".", "").isdigit():
                continue
            if ref in self.long_readers:
                self.long_readers[ref].truths[sha256] = Given(sent.period, sent.area, int(said))
            elif ref in self._plain:
                parts = entry.get("Numerator"), entry.get("Denominator")
                self.reader.truths[sha256, ref] = Truth(sent.area, Decimal(said), *parts)  # type: ignore[arg-type]  # whole numbers, or none

    def _held(self, period: str) -> Register | None:
        return self.closed.get(period)

    def close(self, ends: date) -> None:
        register = Register(self.sheets)
        for span in register.spans:
            if span.ends <= ends:
                self.closed.setdefault(span.name, register)
        super().close(ends)

    def found_out(self) -> Iterator[str]:
        """What either reader knows and should not."""
        yield from self.reader.found_out()
        for reader in self.long_readers.values():
            yield from reader.found_out()


def _is_share(row: Row) -> bool:
    return text(row, "Unit") == "percent" and rule_of(row) == "weighted"
