"""Redaction: which figures of the store may be shown to whoever asks, or is told of a return.

What the appendix suppresses is suppressed there too, until a person asks for it in so many words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from functools import cache, cached_property

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation import disclosure
from pipeline.consolidation.disclosure import WITHHELD
from pipeline.consolidation.printed import (
    ReportedFigure,
    ToldOf,
    figure_of,
    is_known,
    suppressed_alone,
    told_of_each,
)
from pipeline.consolidation.quoting import numbers_in
from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.report import SUPPRESSED, Line, figure_shown
from pipeline.store import Entered, Issue, IssuedRating, Outcome, Store, Submission
from schemas.bearing import checked_against
from schemas.findings import Finding
from schemas.model import Colour, Register
from schemas.observations import Observation
from schemas.returns.rows import COMPARING
from schemas.units import printed_alike

#: Whether a figure is not to be told.
_IsHidden = Callable[[Observation], bool]


class Redaction(Struct, frozen=True, eq=False, dict=True):
    """What may be shown of the figures of a store, worked out from its issues once it is asked."""

    register: Register
    store: Store
    #: Everything is shown.
    shows_suppressed: bool = False

    @property
    def reveals(self) -> bool:
        """Whether everything is shown."""
        return self.shows_suppressed or self.register.framework.small_below is None

    @cached_property
    def _told(self) -> Mapping[str, ToldOf]:
        """By the period's name."""
        register, store = self.register, self.store
        periods = [period for name in store.periods() if (period := register.period(name))]
        return told_of_each(register, store, periods, None, disclosure.disclose_alone)

    @cached_property
    def _gone(self) -> Set[tuple[str, str]]:
        """Indicator and period of small figures whose indicator the register has no longer.

        How they were merged is not known any more, nor what could be worked out from them.
        """
        refs = {one for one in self.store.received.indicators() if not self.register.indicator(one)}
        reported = (o for _, o in self.store.reported(only=refs)) if refs else ()
        entered = (o for o in self.store.entered.all() if not self.register.indicator(o.indicator))
        gone = (*reported, *entered)
        return {(o.indicator, o.period) for o in gone if _may_be_small(self.register, o)}

    @cached_property
    def _suppressed_alone(self) -> Callable[[Issue], Set[str]]:
        return suppressed_alone(self.register, self.store, disclosure.disclose_alone)

    def _is_printed(self, figure: ReportedFigure, ref: str, period: str) -> bool | None:
        """Whether issues printed an area's figure; None where none told of its indicator."""
        told = self._told.get(period, {}).get(ref)
        return is_known(figure, told) if told else None

    def hides(self, observation: Observation | None) -> bool:
        """Whether a figure is not to be shown: no issue printed it, or it is small by now."""
        if observation is None or self.reveals:
            return False
        ref, period = observation.indicator, observation.period
        indicator, figure = self.register.indicator(ref), figure_of(observation)
        if indicator is None and (ref, period) in self._gone:
            return True
        if figure is None or (indicator and not disclosure.is_protected(indicator)):
            return False
        if disclosure.is_small_figure(self.register, observation):
            return True
        is_printed = self._is_printed(figure, ref, period)
        # What took the place of one that is gone may hide the same figure.
        return is_printed is False or (indicator is not None and not is_printed)

    def conceals(self, observation: Observation | None) -> bool:
        """Whether what quotes a figure is not to be sent or logged.

        A small one is concealed, and where its period has been issued, what no issue printed.
        """
        if observation is None or self.reveals:
            return False
        ref, figure = observation.indicator, figure_of(observation)
        if self.register.indicator(ref) is None:
            return self.hides(observation)
        if disclosure.is_small_figure(self.register, observation):
            return True
        if figure is None:
            return False
        is_issued = self._is_printed(figure, ref, observation.period) is not None
        return is_issued and self.hides(observation)

    def hides_total(self, line: Line, last: Issue | None, content: str) -> bool:
        """Whether the figure of all areas is not to be shown, as no issue has printed it yet.

        `last` is the last issue of the period, and `content` what one would be made from now.
        """
        if self.reveals or not disclosure.is_protected(line.indicator):
            return False
        if last is None or line.consolidated.conflict or line.over_shown:
            # What stands beside a disagreement, or beside what periods come to, are figures too.
            return last is None or last.content != content
        printed = {rating.indicator: rating.performance for rating in last.ratings}
        was = printed.get(line.indicator.ref, "")
        return not printed_alike(was, line.performance_shown)

    def figure(self, observation: Observation) -> str:
        """A figure as printed: `64.5%`, `On track`, `Suppressed`, or `no figure`."""
        if self.hides(observation):
            return SUPPRESSED
        indicator = self.register.indicator(observation.indicator)
        return figure_shown(observation, indicator) or "no figure"

    def reason(self, entered: Entered) -> str:
        """Why a figure was entered, unless it or a small number that this tells is hidden."""
        is_told = self.reveals or not (
            self.hides(entered)
            or disclosure.is_small_print(self.register, entered.indicator, entered.because)
        )
        return entered.because if is_told else WITHHELD

    def issued(self, issue: Issue, rating: IssuedRating) -> IssuedRating:
        """What an appendix printed of an indicator, unless it is too small to be printed today.

        Then a colour is not told either, which bounds the figure beside its target.
        """
        is_gone = (rating.indicator, issue.period) in self._gone
        if self.reveals or not (is_gone or rating.indicator in self._suppressed_alone(issue)):
            return rating
        is_rated = rating.rating in tuple(Colour)
        return replace(
            rating,
            performance=SUPPRESSED if rating.performance else "",
            rating=NotRated.SUPPRESSED if is_rated else rating.rating,
        )

    # --- What is said of returns ------------------------------------------------------------------

    def shown(self, sent: Submission) -> Submission:
        """A submission as whoever asks is shown it: no finding quotes what is hidden."""
        return self._without(sent, self.hides)

    def told(self, sent: Submission) -> Submission:
        """A submission as people are told of it, in messages and by a run.

        Its findings lose their words where they quote a figure that is concealed: that of their
        row, or that of the last period. Of a return that was sent back nothing counts, and its own
        cells are quoted.
        """
        return self._without(sent, self.conceals)

    def entered_told(self, entered: Entered) -> Entered:
        """A figure that was entered as people are told of it; nothing is told that is concealed."""
        if self.conceals(entered):
            gone = {"value": None, "numerator": None, "denominator": None, "suppressed": True}
            return replace(entered, **gone, because="")
        return replace(entered, because=disclosure.reason_shown(self.register, entered))

    def told_to_its_holder(self, sent: Submission) -> Submission:
        """The same for whoever has the return before him: its own cells are quoted."""
        return self._without(sent, self.conceals, is_before_him=True)

    def _without(
        self, sent: Submission, is_hidden: _IsHidden, *, is_before_him: bool = False
    ) -> Submission:
        if self.reveals or not sent.findings or self.register.period(sent.period or "") is None:
            return sent
        is_quoted = is_before_him or sent.outcome is Outcome.REJECTED
        rows = {} if is_quoted else self._rows(sent)
        earlier = self._of_earlier_periods(sent)

        def is_withheld(finding: Finding) -> bool:
            own = rows.get((finding.sheet, _row(finding.cell)), ())
            if any(map(is_hidden, own)):
                return True
            if finding.code not in COMPARING:
                return False
            numbers, refs = set(numbers_in(finding.problem)), {o.indicator for o in own}
            return any(
                is_hidden(o)
                for o in earlier
                if o.value is not None
                and o.value.copy_abs() in numbers
                and (not refs or o.indicator in refs)
            )

        return replace(
            sent, findings=tuple(_withheld(f) if is_withheld(f) else f for f in sent.findings)
        )

    @cached_property
    def _reported(self) -> dict[str, dict[str, list[tuple[int, Observation]]]]:
        """Every figure ever accepted of each period and area that was asked for."""
        return {}

    def _reported_by(self, area: str, period: str) -> Sequence[tuple[int, Observation]]:
        if period not in self._reported:
            by_area: dict[str, list[tuple[int, Observation]]] = defaultdict(list)
            for number, observation in self.store.reported(period):
                by_area[observation.area].append((number, observation))
            self._reported[period] = by_area
        return self._reported[period].get(area, ())

    def _rows(self, sent: Submission) -> Mapping[tuple[str, str], Sequence[Observation]]:
        """The figures that a return reported, by sheet and row."""
        rows: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for number, o in self._reported_by(sent.area or "", sent.period or ""):
            # One that has just been decided does not know its number.
            if number == sent.id or not sent.id or sent.outcome is Outcome.DUPLICATE:
                rows[o.sheet, _row(o.cell)].append(o)
        return rows

    def _of_earlier_periods(self, sent: Submission) -> Sequence[Observation]:
        """What the area ever reported of periods that its figures are compared with.

        Of it any may have stood then. So may what was entered for them.
        """
        period = self.register.period(sent.period or "")
        found: list[Observation] = []
        for each in checked_against(self.register, period) if period else ():
            found += (o for _, o in self._reported_by(sent.area or "", each.name))
            found += (one for one in self._entered(each.name) if one.area == sent.area)
        return found

    @cached_property
    def _entered(self) -> Callable[[str], Sequence[Entered]]:
        """Every figure ever entered for a period, read once."""
        return cache(self.store.entered.all)


def _withheld(finding: Finding) -> Finding:
    return replace(finding, value="", problem=WITHHELD, fix="")


def _row(cell: str) -> str:
    """The number of a cell's row."""
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _may_be_small(register: Register, observation: Observation) -> bool:
    """Whether any number in a figure of an unknown unit could be one of few people."""
    below = register.framework.small_below
    numbers = (observation.value, observation.numerator, observation.denominator)
    return any(disclosure.is_small(n, below) for n in numbers if n is not None)
