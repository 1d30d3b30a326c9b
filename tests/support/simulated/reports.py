"""What the areas of a simulated council report, and in which night."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.support.oracle.council import Return
from tests.support.oracle.figures import rule_of
from tests.support.oracle.register import Register, Span
from tests.support.oracle.words import Row, listed, rounded, text
from tests.support.simulated.words import CUMULATIVE, LATEST, SECOND, Council

Entry = dict[str, object]

ACTION = ("Corrective action", "Action owner", "Action date")


@dataclass
class Nights:
    """What comes in the night before returns are due, and some weeks after."""

    in_time: list[Return]
    late: list[Return]

    @property
    def at_once(self) -> list[Return]:
        """What comes where nobody is late: each area's first return.

        Of two whose figure is the one received last, the second does not report.
        """
        first = {(one.area, one.period) for one in self.in_time}
        late = (one for one in self.late if (one.area, one.period) not in first)
        return [*self.in_time, *(one for one in late if one.area not in SECOND)]


class Reporter:
    """Makes up what areas report."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self.chance: random.Random = council.chance
        #: What every sole owner of a figure should report, by indicator and period.
        self._agreed: dict[tuple[str, str], Entry] = {}
        #: What was reported since a year began, by the first days of periods.
        self._so_far: dict[tuple[str, str, int], dict[date, tuple[Fraction, Fraction]]] = {}
        self.last: dict[tuple[str, str], dict[str, Entry]] = {}

    def of_quarter(self, register: Register, ends: date) -> Nights:
        """What comes for all periods that end in a quarter."""
        found = Nights([], [])
        for span in register.spans:
            if span.ends.year == ends.year and 0 <= ends.month - span.ends.month < 3:
                for area in register.owing(span):
                    self._send(register, area, span, found)
        return found

    def _send(self, register: Register, area: str, span: Span, to: Nights) -> None:
        chance = self.chance
        entries = self._entries(register, area, span)
        sent = Return(area, span.name, entries)
        if span.months == 1 and (span.starts.month - 4) % 3:
            # Of the months of a quarter, but for the first, all comes in time.
            to.in_time.append(sent)
            return
        latest = self._latest(register, area, span)
        if latest:
            (to.late if "second" in latest else to.in_time).append(sent)
            return
        fate = chance.random()
        if fate < 0.03:
            return
        if fate < 0.12:
            to.late.append(sent)
        elif fate < 0.15:
            ref = chance.choice(sorted(entries))
            spoilt = {**entries, ref: {"Performance": "about a dozen"}}
            is_spoilt = text(register.row(ref, span), "Kind") != "narrative"
            to.in_time.append(Return(area, span.name, spoilt, is_spoilt))
            if chance.random() < 0.7 or not is_spoilt:
                to.late.append(sent)
        else:
            to.in_time.append(sent)
            if fate > 0.92:
                to.late.append(self.corrected(register, area, span))

    def corrected(self, register: Register, area: str, span: Span) -> Return:
        """The last return of an area once more, with some figures changed."""
        entries = dict(self.last[area, span.name])
        for ref in self.chance.sample(sorted(entries), min(3, len(entries))):
            entries[ref] = self._entry(register.row(ref, span), span, area, is_agreed=False)
        self._beside(register, span, entries)
        self.last[area, span.name] = entries
        return Return(area, span.name, entries)

    def _latest(self, register: Register, area: str, span: Span) -> set[str]:
        """As which of its two areas it reports what is received last: they come in two nights."""
        return {
            "first" if listed(row, "Service areas")[0] == area else "second"
            for ref in register.owed(area, span)
            for row in [register.row(ref, span)]
            if rule_of(row) == "latest"
        }

    def _entries(self, register: Register, area: str, span: Span) -> dict[str, Entry]:
        entries = {
            ref: self._entry(register.row(ref, span), span, area, is_agreed=True)
            for ref in register.owed(area, span)
        }
        self._beside(register, span, entries)
        self.last[area, span.name] = entries
        return entries

    def _beside(self, register: Register, span: Span, entries: dict[str, Entry]) -> None:
        """Add what is asked for beside the figures, now and then too little of it."""
        chance = self.chance
        for ref, figure in entries.items():
            if not str(figure.get("Performance", "")):
                continue
            row = register.row(ref, span)
            asked = register.asked(row)
            # What stands in an entry that two areas share is not written over.
            entry = entries[ref] = dict(figure)
            if asked["Corrective action"] != "never":
                entry.update(self._action(span))
                if chance.random() < 0.05:
                    del entry[chance.choice(ACTION)]
            if self._gives(asked["Year-end forecast"]):
                entry["Year-end forecast"] = self._foreseen(row)
            if self._gives(asked["Confidence"]):
                entry["Confidence"] = chance.choice(("High", "High", "Medium", "Low"))

    def _gives(self, asked: str) -> bool:
        """Whether something is given that may be, or has to be, or not."""
        return self.chance.random() < {"required": 0.99, "may be given": 0.6}.get(asked, 0)

    def _action(self, span: Span) -> Entry:
        chance = self.chance
        return {
            "Corrective action": chance.choice(("More wardens", "A second shift", "New counters")),
            "Action owner": chance.choice(("Head of service", "Director", "Area manager")),
            "Action date": span.ends + timedelta(days=chance.choice((5, 60, 120, 240))),
        }

    def _foreseen(self, row: Row) -> object:
        """A figure of a whole year."""
        unit, decimals = text(row, "Unit"), int(text(row, "Decimals") or 0)
        adds_up = unit in ("count", "currency") and text(row, "Accumulation") != LATEST
        lengths = {"monthly": 12, "quarterly": 4, "half-yearly": 2}
        times = lengths.get(text(row, "Due"), 1) if adds_up else 1
        size = self.council.usual[text(row, "Ref"), unit] * times * self.chance.uniform(0.85, 1.15)
        return typed(rounded(Fraction(size), decimals), unit, decimals)

    def _entry(self, row: Row, span: Span, area: str, *, is_agreed: bool) -> Entry:
        key = text(row, "Ref"), span.name
        is_shared = rule_of(row) == "sole owner" and is_agreed and self.chance.random() < 0.8
        if is_shared and key in self._agreed:
            return self._agreed[key]
        entry = self._made_up(row, span, area)
        if is_agreed:
            self._agreed.setdefault(key, entry)
        return entry

    def _made_up(self, row: Row, span: Span, area: str) -> Entry:
        chance, unit = self.chance, text(row, "Unit")
        match text(row, "Kind"):
            case "milestone":
                states = ("Complete", "On track", "On track", "At risk", "Missed")
                return {"Performance": chance.choice(states)}
            case "narrative":
                return {"Performance": chance.choice(("Well on the way", "Begun", "Finished"))}
        fate = chance.random()
        if fate < 0.02:
            return {"Status": "Not available"}
        if fate < 0.04 and unit != "count":
            return {"Status": "No cases"}
        if fate < 0.05 and unit == "count":
            return {"Performance": "<5"}
        entry = self._figure(row, span, area)
        if fate > 0.95:
            entry["Status"] = "Provisional"
        return entry

    def _figure(self, row: Row, span: Span, area: str) -> Entry:
        chance, unit = self.chance, text(row, "Unit")
        decimals = int(text(row, "Decimals") or 0)
        usual = self.council.usual[text(row, "Ref"), unit]
        size = usual * chance.uniform(0.9, 1.1)
        if text(row, "Accumulation") == CUMULATIVE:
            return self._grown(row, span, area, size)
        if rule_of(row) == "weighted":
            bottom = chance.randint(200, 900)
            top = round(bottom * size / (100 if unit == "percent" else 1))
            value = rounded(Fraction(top * (100 if unit == "percent" else 1), bottom), decimals)
            return {
                "Numerator": top,
                "Denominator": bottom,
                "Performance": typed(value, unit, decimals),
            }
        is_longer = unit not in ("count", "currency") and chance.random() < 0.05
        digits = decimals + is_longer
        return {"Performance": typed(rounded(Fraction(size), digits), unit, digits)}

    def _grown(self, row: Row, span: Span, area: str, size: float) -> Entry:
        """A figure since the year began: the last one, and what the period adds."""
        decimals, unit = int(text(row, "Decimals") or 0), text(row, "Unit")
        # A sole owner's is the same whoever reports it.
        who = "" if rule_of(row) == "sole owner" else area
        key = text(row, "Ref"), who, span.starts.year - (span.starts.month < 4)
        so_far = self._so_far.setdefault(key, {})
        before = [sums for starts, sums in sorted(so_far.items()) if starts < span.starts]
        top, bottom = before[-1] if before else (Fraction(0), Fraction(0))
        if rule_of(row) == "weighted":
            added = self.chance.randint(200, 900)
            top, bottom = top + round(added * size), bottom + added
            value = rounded(top / bottom, decimals)
            entry: Entry = {"Numerator": int(top), "Denominator": int(bottom)}
        else:
            top += rounded(Fraction(size), decimals)
            value, entry = top, {}
        so_far[span.starts] = top, bottom
        return {**entry, "Performance": typed(value, unit, decimals)}


def typed(value: Fraction, unit: str, decimals: int) -> object:
    """A figure as an area types it: a percentage with its sign."""
    if unit == "percent":
        return f"{float(value):.{decimals}f}%"
    return float(value) if decimals else int(value)
