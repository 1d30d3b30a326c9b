"""Redaction: which figures of the store may be shown to whoever asks at the command line.

What the appendix suppresses is suppressed there too, until a person asks for it in so many words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation import disclosure
from pipeline.consolidation.disclosure import WITHHELD
from pipeline.consolidation.printed import ReportedFigure, figure_of, told_of_each
from pipeline.consolidation.report import SUPPRESSED, Line, figure_shown
from pipeline.store import Issue, IssuedRating, Outcome, Store, Submission
from schemas.findings import Finding
from schemas.model import Register
from schemas.observations import Observation
from schemas.returns.rows import LARGE_CHANGE


class Redaction(Struct, frozen=True):
    """What may be shown of the figures of a store."""

    register: Register
    #: By indicator and period: the areas' figures that an issue printed.
    printed: Mapping[tuple[str, str], Set[ReportedFigure]] = {}
    #: Indicator and period of each figure of all areas that the last issue suppressed.
    totals: Set[tuple[str, str]] = frozenset()
    #: Indicator and period of small figures whose indicator the register has no longer.
    gone: Set[tuple[str, str]] = frozenset()
    #: Indicator, area and period of what an area ever reported and may not be shown.
    hidden: Set[tuple[str, str, str]] = frozenset()
    #: Everything is shown.
    reveals: bool = False

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool = False) -> Redaction:
        """What may be shown of the figures that a store holds; all of them where `reveals`."""
        if reveals or register.framework.small_below is None:
            return cls(register, reveals=True)
        printed: dict[tuple[str, str], Set[ReportedFigure]] = {}
        totals: set[tuple[str, str]] = set()
        periods = [period for name in store.periods() if (period := register.period(name))]
        found = told_of_each(register, store, periods, None, disclosure.disclose_alone)
        for name, told in found.items():
            printed |= {(ref, name): each.known for ref, each in told.items()}
            totals |= {(ref, name) for ref, each in told.items() if each.keeps_total}
        reported = [o for _, o in store.reported()]
        gone = [o for o in reported if register.indicator(o.indicator) is None]
        # How its figures were merged is not known any more, nor what could be worked out from them.
        small = {(o.indicator, o.period) for o in gone if _may_be_small(register, o)}
        shown = cls(register, printed, totals, small)
        hidden = {(o.indicator, o.area, o.period) for o in reported if shown.hides(o)}
        return replace(shown, hidden=hidden)

    def hides(self, observation: Observation | None) -> bool:
        """Whether a figure is not to be shown: no issue printed it, or it is small by now."""
        if observation is None or self.reveals:
            return False
        key = (observation.indicator, observation.period)
        indicator, figure = self.register.indicator(observation.indicator), figure_of(observation)
        if indicator is None:
            return key in self.gone
        if figure is None or not disclosure.is_protected(indicator):
            return False
        if disclosure.is_small_figure(self.register, observation):
            return True
        return figure not in self.printed.get(key, frozenset())

    def hides_total(self, line: Line, last: Issue | None, content: str) -> bool:
        """Whether the figure of all areas is not to be shown, as no issue has printed it yet.

        `last` is the last issue of the period, and `content` what one would be made from now.
        """
        if self.reveals or not disclosure.is_protected(line.indicator):
            return False
        if last is None or line.consolidated.conflict:
            # What stands beside a disagreement are figures too.
            return last is None or last.content != content
        printed = {rating.indicator: rating.performance for rating in last.ratings}
        return printed.get(line.indicator.ref, "") != line.performance_shown

    def figure(self, observation: Observation) -> str:
        """A figure as printed: `64.5%`, `On track`, `Suppressed`, or `no figure`."""
        if self.hides(observation):
            return SUPPRESSED
        indicator = self.register.indicator(observation.indicator)
        return figure_shown(observation, indicator) or "no figure"

    def finding(self, finding: Finding, observation: Observation | None) -> Finding:
        """A finding at the cell of a figure, without its words where they may tell a hidden one."""
        hidden = self._may_tell_hidden(observation)
        return replace(finding, value="", problem=WITHHELD, fix="") if hidden else finding

    def _may_tell_hidden(self, observation: Observation | None) -> bool:
        """Whether a figure is hidden, or one of the last period, which is quoted beside it."""
        if observation is None or self.hides(observation):
            return observation is not None
        period = self.register.period(observation.period)
        last = self.register.last_period(period) if period else None
        place = (observation.indicator, observation.area)
        return last is not None and (*place, last.name) in self.hidden

    def conceals(self, observation: Observation | None) -> bool:
        """Whether what quotes a figure is not to be sent or logged.

        A small one is concealed, and where its period has been issued, what no issue printed.
        """
        if observation is None or self.reveals:
            return False
        is_issued = (observation.indicator, observation.period) in self.printed
        is_small = disclosure.is_small_figure(self.register, observation)
        return is_small or (is_issued and self.hides(observation))

    def words(self, text: str, observation: Observation | None) -> str:
        """What someone wrote of a figure, where it can tell no hidden one."""
        return WITHHELD if self._may_tell_hidden(observation) else text

    def issued(self, rating: IssuedRating, period: str) -> str:
        """What an appendix printed of an indicator, as far as it would be printed today."""
        printed, key = rating.performance, (rating.indicator, period)
        if self.reveals or not printed:
            return printed
        is_small = disclosure.is_small_print(self.register, rating.indicator, printed)
        return SUPPRESSED if is_small or key in self.totals or key in self.gone else printed


def as_told(
    register: Register, store: Store, submissions: Iterable[Submission]
) -> list[Submission]:
    """Submissions as people are told of them, in messages and by a run.

    What is said of a row of an accepted return loses its words where the row's figure is concealed,
    or that of the last period, which is quoted beside it. Of a return that was sent back nothing
    counts, and its own cells are quoted, but no concealed figure of the last period.
    """
    submissions = list(submissions)
    if not any(sent.findings for sent in submissions):
        return submissions
    redaction = Redaction.of(register, store)
    if redaction.reveals:
        return submissions

    @cache
    def by_area(period: str) -> Mapping[str, Sequence[tuple[int, Observation]]]:
        found = defaultdict(list)
        for number, o in store.reported(period):
            found[o.area].append((number, o))
        return found

    def told(sent: Submission) -> Submission:
        period = register.period(sent.period or "")
        if period is None or not sent.findings:
            return sent
        area, last = sent.area or "", register.last_period(period)
        # Any that stood when the return was checked.
        reported = by_area(last.name).get(area, ()) if last else ()
        before = {o.indicator for _, o in reported if redaction.conceals(o)}
        concealed = {
            (o.sheet, _row(o.cell))
            for number, o in by_area(period.name).get(area, ())
            # One that has just been decided does not know its number.
            if (number == sent.id or not sent.id or sent.outcome is Outcome.DUPLICATE)
            and (redaction.conceals(o) or o.indicator in before)
        }
        is_rejected = sent.outcome is Outcome.REJECTED

        def is_withheld(finding: Finding) -> bool:
            if is_rejected:
                return finding.code == LARGE_CHANGE and bool(before)
            return (finding.sheet, _row(finding.cell)) in concealed

        findings = tuple(
            replace(f, value="", problem=WITHHELD, fix="") if is_withheld(f) else f
            for f in sent.findings
        )
        return replace(sent, findings=findings)

    return [told(sent) for sent in submissions]


def _row(cell: str) -> str:
    """The number of a cell's row."""
    return cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _may_be_small(register: Register, observation: Observation) -> bool:
    """Whether any number in a figure of an unknown unit could be one of few people."""
    below = register.framework.small_below
    numbers = (observation.value, observation.numerator, observation.denominator)
    return any(disclosure.is_small(n, below) for n in numbers if n is not None)
