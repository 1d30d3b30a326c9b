"""Accumulation: the figures of several periods become the one that is rated and printed.

It is made of disclosed figures alone, so that it tells nothing that they do not: where one of them
is suppressed, so is what they come to. What areas report cumulatively is protected as such, by
`cumulation`. A figure that lacks a part is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.merge import Consolidated, has_data, is_incomplete, is_of_none
from pipeline.consolidation.remarks import is_part
from pipeline.consolidation.report import SUPPRESSED, figure_shown
from pipeline.consolidation.texts import Secret
from schemas.accumulation import Accumulation
from schemas.bearing import Span, is_whole_year, span
from schemas.merge_rules import rounded
from schemas.model import NO_CASES, Indicator, Period, Register
from schemas.units import places, row_of
from schemas.wording import listed, months_shown

#: Figures by the name of their period and the ref of their indicator.
Figures = Mapping[tuple[str, str], Consolidated]


_CALLED = {
    Accumulation.YEAR_TO_DATE: "year to date",
    Accumulation.CUMULATIVE: "year to date as reported",
    Accumulation.ROLLING_SUM: "sum over a year",
    Accumulation.ROLLING_MEAN: "mean over a year",
    Accumulation.ROLLING_WEIGHTED: "rate over a year",
}


class Accumulated(Struct, frozen=True):
    """What is rated and printed of an indicator for a period."""

    figure: Consolidated
    #: The period's own figure as printed, where the one above is of several; empty where none is.
    own_shown: str = ""
    #: What it is made of, in words: `year to date, April to June 2012`.
    over_shown: str = ""
    #: Whole sentences for the reader.
    remarks: tuple[str, ...] = ()


class Accumulating(Struct, frozen=True):
    """All that figures are accumulated from."""

    register: Register
    #: The merged figures, and what is printed of them.
    whole: Figures
    printed: Figures
    #: By the name of a period, the refs of the indicators restated since it was closed.
    restated: Mapping[str, Set[str]] = {}
    #: The names of periods of which no issue stands.
    recalled: Sequence[str] = ()

    def of(self, own: Consolidated, period: Period) -> Accumulated:
        """What is rated and printed of an indicator for a period, by its disclosed own figure."""
        indicator = own.indicator
        how = indicator.accumulation
        if how is Accumulation.AS_REPORTED or own.not_due or own.conflict:
            return Accumulated(own)
        over = span(self.register, indicator, period)
        if how is Accumulation.LATEST:
            return self._latest(own, over)
        if is_whole_year(period) or _says_nothing(own):
            return Accumulated(own)
        over_shown = f"{_CALLED[how]}, {months_shown(over.starts, period.ends)}"
        made = self._own_of(own, over) if how is Accumulation.CUMULATIVE else self._made(own, over)
        said = f"{over_shown[0].upper()}{over_shown[1:]}"
        if made.figure.lacks:
            made = replace(made, remarks=(f"Incomplete: {'; '.join(made.figure.lacks)}.",))
        elif not made.own_shown:
            said += f". {period.name} alone is not known without the period before it"
        alone = f"; {period.name} alone: {made.own_shown}" if made.own_shown else ""
        restated = [
            each.name
            for each in over.periods[:-1]
            if own.indicator.ref in self.restated.get(each.name, ())
        ]
        marks = [f"{each} in it was restated." for each in restated]
        return replace(
            made, over_shown=over_shown, remarks=(f"{said}{alone}.", *made.remarks, *marks)
        )

    def kept_from(self, figures: Iterable[Consolidated], period: Period) -> Iterator[Secret]:
        """What figures of a period come to with others that is not printed."""
        bare = Accumulating(self.register, self.whole, self.whole)
        for each in figures:
            if self.of(each, period).figure.suppressed:
                own = self.whole[period.name, each.indicator.ref]
                value = bare.of(own, period).figure.value
                if value is not None and value != own.value:
                    yield Secret(each.indicator, frozenset({value}))

    def _part(self, period: Period, own: Consolidated) -> Consolidated | None:
        """The printed figure of a part, that of the period itself among them."""
        if period.name == own.period:
            return own
        return self.printed.get((period.name, own.indicator.ref))

    def _made(self, own: Consolidated, over: Span) -> Accumulated:
        """A figure that is made of those of several periods."""
        parts = [(each, self._part(each, own)) for each in over.periods]
        lacks = [
            *([f"no figures before {over.periods[0].name}"] if over.is_cut_short else ()),
            *self._lacking(parts, own.indicator),
        ]
        figures = [part for _, part in parts if part is not None]
        made = replace(
            own,
            value=None,
            no_cases=False,
            suppressed=any(part.suppressed for part in figures),
            provisional=any(part.provisional for part in figures),
            over=tuple(each.name for each in over.periods),
        )
        if not made.suppressed and lacks:
            made = replace(made, lacks=tuple(lacks))
        elif not made.suppressed:
            value = self._value([part for part in figures if part.value is not None], own.indicator)
            made = replace(made, value=value, no_cases=value is None)
        return Accumulated(made, figure_shown(own, own.indicator))

    def _lacking(
        self, parts: Sequence[tuple[Period, Consolidated | None]], indicator: Indicator
    ) -> Iterator[str]:
        """What parts lack, in clauses."""
        missing = []
        for period, part in parts:
            if part is None and period.name in self.recalled:
                yield f"the appendix of {period.name} was recalled"
            elif part is None or _says_nothing(part):
                missing.append(period.name)
            elif not is_part(self.register, part, indicator):
                yield f"{period.name} was measured otherwise"
            elif part.conflict:
                yield f"the areas disagree for {period.name}"
            elif is_incomplete(part):
                names = listed(map(self.register.area_name, part.missing))
                yield f"{period.name} lacks {names}"
        if missing:
            yield f"{listed(missing)} missing"

    def _value(self, parts: Sequence[Consolidated], indicator: Indicator) -> Decimal | None:
        """What figures come to; None where none of them has cases."""
        if not parts:
            return None
        how = indicator.accumulation
        rule = indicator.merge_rule.merging
        if how is Accumulation.ROLLING_WEIGHTED or (
            how is Accumulation.YEAR_TO_DATE and rule.needs_parts
        ):
            top, bottom = (sum(some) for some in zip(*map(self._weighed, parts), strict=True))
            return _rate(top, bottom, indicator)
        values = [part.value for part in parts if part.value is not None]
        total = sum(map(Fraction, values), Fraction(0))
        if how is Accumulation.ROLLING_MEAN:
            return rounded(total / len(values), indicator.decimals)
        return rounded(total, max(map(places, values)))

    def _weighed(self, printed: Consolidated) -> tuple[Fraction, Fraction]:
        """The numerators and denominators that a printed rate is made of."""
        ref = printed.indicator.ref
        whole = self.whole[printed.period, ref]
        given = [
            o
            for o in whole.observations
            if has_data(o, whole.indicator) and not is_of_none(o, whole.indicator)
        ]
        top = sum((Fraction(o.numerator or 0) for o in given), Fraction(0))
        return top, sum((Fraction(o.denominator or 0) for o in given), Fraction(0))

    def _own_of(self, own: Consolidated, over: Span) -> Accumulated:
        """A figure that is reported cumulatively, with what the period itself adds to it."""
        if len(over.periods) == 1:
            alone = "" if over.is_cut_short else figure_shown(own, own.indicator)
            return Accumulated(own, alone)
        before = self._part(over.periods[-2], own)
        if before is None or not is_part(self.register, before, own.indicator):
            return Accumulated(own)
        if own.suppressed or before.suppressed:
            return Accumulated(own, SUPPRESSED)
        if not (_is_whole(own) and _is_whole(before)):
            return Accumulated(own)
        value, indicator = self._added(before, own), own.indicator
        alone = NO_CASES if value is None else indicator.shown(value, indicator.decimals)
        return Accumulated(own, alone)

    def _added(self, before: Consolidated, own: Consolidated) -> Decimal | None:
        """What a period adds to the one before it; None where that has no cases."""
        if not own.indicator.merge_rule.merging.needs_parts:
            if own.no_cases and before.no_cases:
                return None
            then, now = (each.value or Decimal(0) for each in (before, own))
            return now - then
        (then_top, then_bottom), (top, bottom) = map(self._weighed, (before, own))
        return _rate(top - then_top, bottom - then_bottom, own.indicator)

    def _latest(self, own: Consolidated, over: Span) -> Accumulated:
        """A period's own figure; where it has none, that of the last period that has one."""
        if _is_whole(own):
            return Accumulated(own)
        for each in reversed(over.periods[:-1]):
            part = self._part(each, own)
            if part is None or not _is_whole(part):
                continue
            if not is_part(self.register, part, own.indicator):
                break
            figure = replace(
                own,
                value=part.value,
                state=part.state,
                narrative=part.narrative,
                suppressed=part.suppressed,
                no_cases=part.no_cases,
                provisional=part.provisional,
                over=(each.name,),
            )
            latest = f"latest known, {each.name}"
            return Accumulated(
                figure, "", latest, (f"The latest known figure is that of {each.name}.",)
            )
        return Accumulated(own)


def by_period_and_ref(periods: Iterable[Iterable[Consolidated]]) -> Figures:
    """Figures of several periods by the period's name and the indicator's ref."""
    return {(each.period, each.indicator.ref): each for some in periods for each in some}


def is_borrowed(figure: Consolidated) -> bool:
    """Whether a figure is that of another period alone, and goes nowhere from an earlier one."""
    return bool(figure.over) and figure.indicator.accumulation is Accumulation.LATEST


def _says_nothing(figure: Consolidated) -> bool:
    """Whether there is no data at all."""
    has_none = figure.value is None and figure.state is None and not figure.narrative
    return has_none and not (figure.suppressed or figure.no_cases or figure.conflict)


def _is_whole(figure: Consolidated) -> bool:
    """Whether a figure is one that can be known last: it says something, and lacks no area."""
    return not (_says_nothing(figure) or figure.conflict or is_incomplete(figure))


def _rate(top: Fraction, bottom: Fraction, indicator: Indicator) -> Decimal | None:
    """Numerators over denominators; None where there are none."""
    scale = 100 if row_of(indicator.unit).is_share else 1
    return rounded(top * scale / bottom, indicator.decimals) if bottom > 0 else None
