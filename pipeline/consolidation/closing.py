"""Closing: which periods are closed, and by whose word a closed one is open again.

The register says which periods are open. The store remembers when one was closed and with what
appendix: whatever is accepted for it after that is a restatement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.content import said_of
from pipeline.consolidation.disclosure import is_small_print
from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.registers import register_for
from pipeline.consolidation.report import DISAGREED, SUPPRESSED, Line, Report, Section
from pipeline.store import (
    REGISTER,
    Closing,
    Entered,
    Issue,
    IssuedRating,
    Reopening,
    Store,
    Submission,
)
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from schemas.bands import bands_of
from schemas.model import NO_CASES, Colour, Indicator, Kind, Period, Register
from schemas.units import printed_alike
from schemas.wording import day_shown, listed

_WITHOUT_FIGURE = {
    DISAGREED: "the areas disagreed",
    SUPPRESSED: "the figure was suppressed",
    NO_CASES: "there were no cases",
}
#: What was printed of an indicator that an appendix did not have.
_NOT_THERE = "Not in the appendix"


class Closed(Struct, frozen=True):
    """What a period said when it was closed, before it was restated."""

    closing: Closing
    #: Its last appendix before the first restatement; None where none had been issued.
    issue: Issue | None
    #: That appendix, made again; None where that cannot be.
    report: Report | None = None

    @property
    def lines(self) -> Mapping[str, Line]:
        """Every line of it, by the ref; none where it cannot be made again."""
        return {line.indicator.ref: line for line in self.report.lines} if self.report else {}

    @property
    def ratings(self) -> dict[str, IssuedRating]:
        """What that appendix printed of each indicator; empty where the store did not keep it."""
        return {each.indicator: each for each in self.issue.ratings} if self.issue else {}


def note_closings(session: Session) -> dict[str, int]:
    """Note what the register closes and opens; the periods that it reopened, with their number.

    A period for which nothing was ever accepted needs no closing.
    """
    register, store, now = session.register, session.store, session.now
    reopened: dict[str, int] = {}
    received_for = store.periods()
    for period in register.periods:
        if period.name not in received_for:
            continue
        last = _last_word(store, period.name)
        if not period.open and not isinstance(last, Closing):
            issue = store.last_issue(period.name)
            number, by = issue.id if issue else None, register_for(session, period.name)
            store.decisions.record(Closing(period.name, now, number, by.sha256))
        elif period.open and isinstance(last, Closing):
            reopening = Reopening(period.name, last.id, now, REGISTER)
            reopened[period.name] = store.decisions.record(reopening)
        elif period.open and last is not None:
            reopened[period.name] = last.id
    return reopened


def reopen(
    session: Session, period: Period, by: str, because: str, since: datetime | None = None
) -> int:
    """Open a closed period for one run; the reopening's number comes back.

    Where the same word opened it after `since`, in a run that was cut off, it is that one.

    Raises:
        WorkspaceError: the register has it open, or nothing was received for it, so that it has no
            figures to restate.
    """
    last = _last_word(session.store, period.name)
    if period.open:
        raise WorkspaceError(
            f"{period.name} is open in the register, so that its returns are taken in anyway."
        )
    if not isinstance(last, Closing):
        raise WorkspaceError(
            f"{period.name} has no figures to restate. Open it on the register's sheet Periods."
        )
    word = (period.name, last.id, by, because)
    for one in session.store.decisions.all(Reopening):
        is_same = (one.period, one.closing_id, one.by, one.because) == word
        if is_same and since is not None and one.reopened_at > since:
            return one.id
    return session.store.decisions.record(Reopening(period.name, last.id, session.now, by, because))


def restated_from(
    store: Store, submissions: Iterable[Submission], entered: Iterable[Entered]
) -> Closed | None:
    """What a period was closed with before the restatements among what came for it.

    That are its `submissions` and the figures `entered` for it; None where none of them is a
    restatement. Of several closings it is the last one that was followed by a restatement.
    """
    closing_of = {r.id: r.closing_id for r in store.decisions.all(Reopening)}
    came: list[Submission | Entered] = [*submissions, *entered]
    restating = [
        (closing_of[one.reopening_id], one)
        for one in came
        if one.is_restatement and one.reopening_id is not None
    ]
    if not restating:
        return None
    number = max(closed for closed, _ in restating)
    closing = next(c for c in store.decisions.all(Closing) if c.id == number)
    since = [one for closed, one in restating if closed == number]
    issues = (issue for issue in store.issues() if issue.period == closing.period)
    before = [issue for issue in issues if not any(_came_before(one, issue) for one in since)]
    return Closed(closing, before[-1] if before else None)


def _came_before(one: Submission | Entered, issue: Issue) -> bool:
    """Whether an issue may show what came."""
    if isinstance(one, Entered):
        return one.last_issue < issue.id
    return one.id <= issue.last_submission


def marked(line: Line, closed: Closed | None, register: Register) -> Line:
    """The line, marked where it says anything else than when its period was closed.

    A figure that is suppressed now is not given away by what it was before, nor is one that is
    small by now told again.
    """
    if closed is None or not closed.ratings:
        return line
    ref = line.indicator.ref
    if rated := closed.ratings.get(ref):
        was = [*_printed_then(line, rated, register)]
        was = was or [*_worded_then(line, closed.lines.get(ref), register)]
    else:
        was = [_Was(_NOT_THERE, "it was not in the appendix")]
    if not was:
        return line
    day = day_shown(closed.closing.closed_at.astimezone().date())
    remark = f"Restated: {listed(each.clause for each in was)} when the period was closed on {day}."
    earlier = ", ".join(filter(None, (each.shown for each in was)))
    return replace(line, restated_from=earlier, remarks=(remark, *line.remarks))


def sums_marked(report: Report, closed: Closed | None) -> Report:
    """The report, marked where what lines add up to or what was achieved is said otherwise.

    That is than when its period was closed, so far as the appendix of then can be made again.
    """
    then = closed.report if closed else None
    if then is None:
        return report
    before = {section.priority.ref: section for section in then.sections}
    sections = (_section_marked(each, before.get(each.priority.ref)) for each in report.sections)
    whole, was = ((one.overall, one.coverage_shown) for one in (report, then))
    return replace(
        report,
        sections=tuple(sections),
        overall_then=None if whole == was else then.overall,
    )


def _section_marked(section: Section, then: Section | None) -> Section:
    if then is None:
        return section
    achieved, was = ([(a.area, a.text) for a in each.achievements] for each in (section, then))
    return replace(
        section,
        tally_then=None if section.tally == then.tally else then.tally,
        achievements_differ=achieved != was,
    )


class _Was(Struct, frozen=True):
    """Something that was said when a period was closed: in short, and as a clause."""

    shown: str
    clause: str


def _printed_then(line: Line, rated: IssuedRating, register: Register) -> Iterator[_Was]:
    """What was printed of figure and target, where it was another; of the same figure the colour.

    Beside another figure, which may be hidden, the colour would bound it.
    """
    earlier = rated.performance
    is_same = printed_alike(earlier, line.performance_shown)
    if not is_same:
        is_small = is_small_print(register, line.indicator.ref, earlier)
        is_hidden = line.consolidated.suppressed or is_small
        if earlier not in ("", DISAGREED, NO_CASES) and is_hidden:
            yield _Was(SUPPRESSED, "a figure was given")
        else:
            yield _Was(earlier, _was(earlier, line.indicator))
    if not printed_alike(rated.target, line.target_shown):
        was = f"its target was {rated.target}" if rated.target else "it had no target"
        yield _Was(f"target {rated.target}" if rated.target else "no target", was)
    # Without a target 0.2.0 called what is contextual by that.
    was_alike = rated.rating == line.rating.code or (
        line.rating.not_rated is NotRated.CONTEXTUAL and rated.rating == NotRated.NO_TARGET
    )
    if is_same and not was_alike:
        is_colour, said = rated.rating in tuple(Colour), bands_of(register).said(rated.rating)
        yield _Was(said, f"it was {said}" if is_colour else f"it was not rated ({said})")


#: Of what else a line says, what to call it.
_SAID = {
    "commentary": "commentary",
    "actions": "corrective action",
    "forecast": "forecast",
    "confidence": "confidence",
    "travel": "direction of travel",
    "year_travel": "direction of travel",
    "series": "earlier figures",
    "remarks": "remarks",
}


def _worded_then(line: Line, before: Line | None, register: Register) -> Iterator[_Was]:
    """What else was said then beside the same figure, target and colour."""
    if before is None:
        return
    if before.restated_from is not None:
        # What had been restated by then was marked.
        before = replace(before, restated_from=None, remarks=before.remarks[1:])
    names = register.names_of_areas
    if said_of(before, names) == said_of(line, names):
        return
    differing = [_SAID[name] for name in _SAID if getattr(before, name) != getattr(line, name)]
    what = listed(dict.fromkeys(differing or ["reported figures"]))
    yield _Was(f"other {what}", f"it had other {what}")


def _was(earlier: str, indicator: Indicator) -> str:
    """What an appendix printed of an indicator, as a clause."""
    if not earlier:
        return "nothing had been reported"
    if indicator.kind is Kind.NARRATIVE:
        return "it was worded otherwise"
    if earlier in _WITHOUT_FIGURE:
        return _WITHOUT_FIGURE[earlier]
    if indicator.kind is Kind.MILESTONE:
        return f"it was {earlier[0].lower()}{earlier[1:]}"
    return f"it stood at {earlier}"


def _last_word(store: Store, period: str) -> Closing | Reopening | None:
    """What the register last did with a period: closed it, or opened it again.

    What a person reopens is open for one run, and stays closed by the same closing.
    """
    closings = [c for c in store.decisions.all(Closing) if c.period == period]
    if not closings:
        return None
    last = closings[-1]
    reopened = (
        r for r in store.decisions.all(Reopening) if r.closing_id == last.id and r.by == REGISTER
    )
    return max(reopened, key=lambda r: r.id, default=last)
