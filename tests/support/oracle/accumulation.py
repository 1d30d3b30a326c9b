"""Figures of several periods become the one that is rated and printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from tests.support.oracle.figures import NO_CASES, SUPPRESSED, Merged, rule_of
from tests.support.oracle.register import Register, Span
from tests.support.oracle.words import Row, decimals_of, printed, rounded, text

AS_REPORTED, LATEST, CUMULATIVE = "as reported", "latest known", "reported cumulatively"
_CALLED = {
    "year to date": "year to date",
    CUMULATIVE: "year to date as reported",
    "rolling sum": "sum over a year",
    "rolling mean": "mean over a year",
    "rolling weighted": "rate over a year",
}
#: Ways by which a figure grows in the course of a year.
OF_YEAR = ("year to date", CUMULATIVE)
#: Ways by which what areas report is a part of what is held against the target.
PARTS_OF_SUMS = ("year to date", "rolling sum", "rolling mean", "rolling weighted")


@dataclass(frozen=True)
class Stated:
    """What is rated and printed of an indicator for a period."""

    figure: Merged
    #: Over which periods it is, and the period's own figure.
    over: str = ""
    alone: str = ""
    marks: tuple[tuple[str, ...], ...] = ()


def way_of(row: Row) -> str:
    """How an indicator's figures accumulate."""
    return text(row, "Accumulation") or AS_REPORTED


@dataclass(frozen=True)
class Accumulating:
    """What there is to make the figures of one register of."""

    register: Register
    #: The figure of a period as it was printed last, by its name; None where there is none.
    part: Callable[[str], Merged | None]
    #: Whether a period's figure was restated since it was closed.
    is_restated: Callable[[str], bool]

    def state(self, span: Span, own: Merged) -> Stated:
        how = way_of(own.row)
        if how == AS_REPORTED or own.disagree:
            return Stated(own)
        if how == LATEST:
            return self._latest(span, own)
        if span.months >= 12 or own.says_nothing:
            return Stated(own)
        spans, is_cut_short = self._spans(span, own, how)
        over = f"{_CALLED[how]}, {_months_shown(spans[0].starts, span.ends)}"
        restated = (
            ("restated in it", each.name) for each in spans[:-1] if self.is_restated(each.name)
        )
        if how == CUMULATIVE:
            return Stated(own, over, self._added(spans, own, is_cut_short), tuple(restated))
        parts = [(each, own if each is span else self.part(each.name)) for each in spans]
        lacks = [*([("none before", spans[0].name)] if is_cut_short else ())]
        lacks += self._lacking(span, own, parts)
        figures = [figure for _, figure in parts if figure]
        made = replace(
            own,
            value=None,
            no_cases=False,
            is_suppressed=any(each.is_suppressed for each in figures),
            is_provisional=any(each.is_provisional for each in figures),
            is_made=True,
        )
        marks = tuple(restated)
        if made.is_suppressed:
            lacks = []
        elif lacks:
            made = replace(made, lacks=True)
            marks = (*lacks, *marks)
        else:
            value = _come_to(own, how, figures)
            made = replace(made, value=value, no_cases=value is None)
        return Stated(made, over, own.shown, marks)

    def _spans(self, span: Span, own: Merged, how: str) -> tuple[list[Span], bool]:
        """The periods that a figure is made of, and whether some before them are not there."""
        ref = text(own.row, "Ref")
        if how in OF_YEAR:
            begins = date(span.starts.year - (span.starts.month < 4), 4, 1)
        else:
            begins = date(span.ends.year - (span.ends.month < 12), span.ends.month % 12 + 1, 1)
        alike = [
            each
            for each in self.register.spans
            if each.months == span.months and begins <= each.starts <= span.starts
        ]
        alike.sort(key=lambda each: each.starts)
        due = [each for each in alike if self.register.is_due(ref, each)]
        is_cut_short = alike[0].starts > begins
        if how.startswith("rolling") and due != alike:
            is_cut_short |= not self.register.is_asked(own.row, alike[0])
        return due, is_cut_short

    def _lacking(
        self, span: Span, own: Merged, parts: Sequence[tuple[Span, Merged | None]]
    ) -> Iterator[tuple[str, ...]]:
        for each, part in parts:
            if part is None or part.says_nothing:
                yield "missing", each.name
            elif not self._is_part(span, own, each, part):
                yield "measured otherwise", each.name
            elif part.disagree:
                yield "areas disagree for", each.name
            elif part.lacks_areas:
                names = sorted(self.register.area_name(area, each) for area in part.missing)
                yield "lacks", each.name, *names

    def _is_part(self, span: Span, own: Merged, each: Span, part: Merged) -> bool:
        """Whether an earlier figure is one of the same thing."""
        is_same = all(text(own.row, h) == text(part.row, h) for h in ("Kind", "Unit"))
        ways = {way_of(row) == CUMULATIVE for row in (own.row, part.row)}
        ref = text(own.row, "Ref")
        return is_same and len(ways) == 1 and not self.register.begun_anew(ref, each, span)

    def _added(self, spans: Sequence[Span], own: Merged, is_cut_short: bool) -> str:
        """What a period adds to a figure that is reported cumulatively; empty where not known."""
        if len(spans) == 1:
            return "" if is_cut_short else own.shown
        before = self.part(spans[-2].name)
        if before is None or not self._is_part(spans[-1], own, spans[-2], before):
            return ""
        if own.is_suppressed or before.is_suppressed:
            return SUPPRESSED
        if any(each.says_nothing or each.disagree or each.lacks_areas for each in (own, before)):
            return ""
        if rule_of(own.row) == "weighted":
            (then_top, then_bottom), (top, bottom) = map(_parts_of, (before, own))
            value = _rate(own, top - then_top, bottom - then_bottom)
        elif own.no_cases and before.no_cases:
            value = None
        else:
            value = (own.value or Fraction(0)) - (before.value or Fraction(0))
        return NO_CASES if value is None else printed(value, own.unit, own.decimals)

    def _latest(self, span: Span, own: Merged) -> Stated:
        if _can_be_latest(own):
            return Stated(own)
        ref = text(own.row, "Ref")
        before = [
            each
            for each in self.register.spans
            if each.months == span.months
            and each.starts < span.starts
            and self.register.is_due(ref, each)
        ]
        for each in sorted(before, key=lambda one: one.starts, reverse=True):
            part = self.part(each.name)
            if part is None or not _can_be_latest(part):
                continue
            if not self._is_part(span, own, each, part):
                break
            figure = replace(
                own,
                value=part.value,
                words=part.words,
                is_suppressed=part.is_suppressed,
                no_cases=part.no_cases,
                is_provisional=part.is_provisional,
                is_made=True,
                is_borrowed=True,
            )
            said = f"latest known, {each.name}"
            return Stated(figure, said, "", (("latest known", each.name),))
        return Stated(own)


def _can_be_latest(figure: Merged) -> bool:
    return not (figure.says_nothing or figure.disagree or figure.lacks_areas)


def _come_to(own: Merged, how: str, figures: Sequence[Merged]) -> Fraction | None:
    """What whole figures come to; None where none of them has cases."""
    of_cases = [each for each in figures if each.value is not None]
    if not of_cases:
        return None
    if how == "rolling weighted" or (how == "year to date" and rule_of(own.row) == "weighted"):
        tops, bottoms = zip(*map(_parts_of, of_cases), strict=True)
        return _rate(own, sum(tops, Fraction(0)), sum(bottoms, Fraction(0)))
    values = [each.value for each in of_cases if each.value is not None]
    total = sum(values, Fraction(0))
    if how == "rolling mean":
        return rounded(total / len(values), own.decimals)
    return rounded(total, max(decimals_of(value, 0, 12) for value in values))


def _parts_of(figure: Merged) -> tuple[Fraction, Fraction]:
    """The numerators and denominators of all areas."""
    given = [each for each in figure.reported if each.is_available and not each.no_cases]
    tops = (each.top or Fraction(0) for each in given)
    bottoms = (each.bottom or Fraction(0) for each in given)
    return sum(tops, Fraction(0)), sum(bottoms, Fraction(0))


def _rate(own: Merged, top: Fraction, bottom: Fraction) -> Fraction | None:
    scale = 100 if own.unit == "percent" else 1
    return rounded(scale * top / bottom, own.decimals) if bottom > 0 else None


def _months_shown(starts: date, ends: date) -> str:
    last = f"{ends:%B %Y}"
    if (starts.year, starts.month) == (ends.year, ends.month):
        return last
    return f"{starts:%B %Y} to {last}" if starts.year != ends.year else f"{starts:%B} to {last}"
