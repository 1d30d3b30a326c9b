"""Series: an indicator's figures of the last periods, as they stand printed.

Of a period of which an issue stands that is what the issue printed, and how it rated it: it tells
nothing new. What today's rule of small numbers would not print is not printed again. Where nothing
was issued yet, it is the disclosed figure that the direction of travel is measured from, if any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.disclosure import disclose_alone, is_protected
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import NotRated, Rating, tally
from pipeline.consolidation.recalls import issue_standing
from pipeline.consolidation.registers import published
from pipeline.consolidation.remarks import is_alike
from pipeline.consolidation.report import (
    DISAGREED,
    SUPPRESSED,
    EarlierTally,
    Line,
    Point,
    figure_shown,
)
from pipeline.store import Issue, IssuedRating
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from schemas.accumulation import Accumulation
from schemas.bearing import LONGEST_SERIES, in_series, series
from schemas.model import NO_CASES, Colour, Indicator, Kind, Period, Register
from schemas.periods import last_period
from schemas.timeline import in_force, row_for
from schemas.units import places, printed_figure

if TYPE_CHECKING:
    from pipeline.consolidation.assembly import Disclosed

#: Why there is no figure.
NOT_ISSUED, RECALLED, NOT_THERE, NO_DATA = "Not issued", "Recalled", "Not in it", "No data"
NOT_KNOWN = "Not known"
_WITHOUT_FIGURE = (DISAGREED, SUPPRESSED, NO_CASES)


class Printed(Struct, frozen=True):
    """What the appendix of an earlier period printed."""

    #: The register of its time, as far as it is kept.
    register: Register
    #: The last issue that stands; None where each was recalled.
    issue: Issue | None = None
    #: By their refs, what it says of indicators.
    ratings: Mapping[str, IssuedRating] = {}
    #: The refs of those whose figures must not be printed again.
    hidden: frozenset[str] = frozenset()


def printed_before(
    session: Session, register: Register, period: Period, remade: Issue | None
) -> dict[str, Printed]:
    """What issues printed of the earlier periods in any series, by the periods' names.

    Periods of which nothing was issued are left out. `remade` is the issue that is made again, if
    one is: then it is what stood by that time.
    """
    store, found = session.store, {}
    for each in in_series(register, period):
        issue = issue_standing(store, each.name, remade)
        if issue is None:
            if store.last_issue(each.name, before=remade):
                found[each.name] = Printed(register)
            continue
        then = _register_then(session, issue)
        ratings = {rating.indicator: rating for rating in issue.ratings}
        hidden = _hidden(session, register, then, each, remade)
        found[each.name] = Printed(then or session.register, issue, ratings, hidden)
    return found


def _register_then(session: Session, issue: Issue) -> Register | None:
    """The register that an issue was made by; None where it is not kept, or has no such period."""
    current, sha256 = session.register, issue.register_sha256
    if sha256 == current.sha256:
        return current
    then = kept_register(session.workspace, sha256, current) if sha256 else None
    return then if then is not None and then.period(issue.period) else None


def _hidden(
    session: Session,
    register: Register,
    then: Register | None,
    period: Period,
    remade: Issue | None,
) -> frozenset[str]:
    """The refs of indicators whose figures an issue printed and today's rule would not.

    Where it is not known by which rule it was made they are looked at again, all of them.
    """
    below, was = register.framework.small_below, then.framework.small_below if then else None
    if below is None:
        return frozenset()
    is_less_strict = was is None or was < below
    now = {
        each.ref: each for each in (*register.indicators, *register.not_due) if is_protected(each)
    }
    rows = {ref: row_for(then, ref, period.name) if then else None for ref in now}
    doubtful = frozenset(
        ref for ref, row in rows.items() if is_less_strict or (row and not is_protected(row))
    )
    if not doubtful:
        return doubtful
    by = published(session, period, remade, doubtful)
    told = {
        each.indicator.ref
        for each in disclose_alone(by.register, by.figures)
        if each.value is not None and each.indicator.accumulation is Accumulation.AS_REPORTED
    }
    return doubtful - told


def series_of(disclosed: Disclosed, line: Line) -> tuple[Point, ...]:
    """The points of a line's series, the oldest first, with that of the line itself."""
    indicator, merged = line.indicator, disclosed.merged
    if indicator.kind is Kind.NARRATIVE:
        return ()
    found: list[Point] = []
    for each in reversed(series(merged.register, indicator, merged.period)):
        point = _point(disclosed, indicator, each)
        if point is None:
            # From there on back it is another series.
            break
        found.append(point)
    return (*reversed(found), *_own(line))


def _own(line: Line) -> Iterator[Point]:
    if line.is_due:
        merged, code = line.consolidated, line.rating.code
        has_none = merged.value is None and merged.state is None
        figure = "" if has_none else line.performance_shown
        why = (line.performance_shown or line.nothing_shown) if has_none else ""
        yield Point(merged.period, figure, merged.value, code, why)


def _point(disclosed: Disclosed, indicator: Indicator, period: Period) -> Point | None:
    """What stands of an indicator for an earlier period; None where it was another one then."""
    register, known = disclosed.merged.register, disclosed.of(period, indicator)
    if known is not None and not is_alike(register, known, indicator):
        return None
    printed = disclosed.merged.printed.get(period.name)
    if known is not None and known.suppressed:
        return Point(period.name, rating=NotRated.SUPPRESSED, why=SUPPRESSED)
    if printed is None:
        return Point(period.name, why=NOT_ISSUED) if known is None else _counted(known, indicator)
    if printed.issue is None:
        return Point(period.name, why=RECALLED)
    then = row_for(printed.register, indicator.ref, period.name)
    if then is not None and not is_alike(register, Consolidated(then, period.name), indicator):
        return None
    if (said := printed.ratings.get(indicator.ref)) is None:
        return Point(period.name, why=NOT_THERE)
    if indicator.ref in printed.hidden:
        return Point(period.name, rating=NotRated.SUPPRESSED, why=SUPPRESSED)
    if indicator.accumulation is Accumulation.LATEST and (known is None or _is_none(known)):
        # What it borrowed goes nowhere from there, and what it borrowed is not noted.
        return Point(period.name, why=NO_DATA)
    return _issued(period.name, said, indicator)


def _is_none(known: Consolidated) -> bool:
    return known.value is None and known.state is None and not known.no_cases


def _issued(period: str, said: IssuedRating, indicator: Indicator) -> Point:
    """What an issue printed of an indicator, its thousands as they are printed today."""
    words, code = said.performance, said.rating
    if not words:
        why = "Incomplete" if code == NotRated.PERIODS_MISSING else NO_DATA
        return Point(period, rating=code, why=why)
    if words in _WITHOUT_FIGURE:
        return Point(period, rating=code, why=words)
    if indicator.kind is Kind.MILESTONE:
        return Point(period, words, rating=code)
    value = printed_figure(words, indicator.unit)
    if value is None:
        return Point(period, rating=code, why=NOT_KNOWN)
    return Point(period, indicator.shown(value, places(value)), value, code)


def _counted(known: Consolidated, indicator: Indicator) -> Point:
    """The disclosed figure of a period of which nothing was issued, which rated nothing."""
    then = known.indicator.printed_like(indicator)
    figure = DISAGREED if known.conflict else figure_shown(known, then)
    if known.value is None and known.state is None:
        return Point(known.period, why=figure or NO_DATA)
    return Point(known.period, figure, known.value)


def earlier_tallies(
    register: Register, period: Period, printed: Mapping[str, Printed]
) -> Iterator[EarlierTally]:
    """What the earlier appendices that stand added up to, the oldest first.

    They are those of the last periods of the same length.
    """
    chain: list[Period] = []
    before = last_period(register.periods, period)
    while before and len(chain) < LONGEST_SERIES - 1:
        chain.append(before)
        before = last_period(register.periods, before)
    for each in reversed(chain):
        then = printed.get(each.name)
        if then is None or then.issue is None or not then.ratings:
            continue
        policy = in_force(then.register, each.name).framework.policy
        rated = tally((_rating_of(said.rating) for said in then.ratings.values()), policy)
        # How it was issued: too little may have been answered to give the whole a colour.
        overall = Colour(then.issue.overall) if then.issue.overall else None
        score = rated.score if overall else None
        yield EarlierTally(each.name, replace(rated, colour=overall, score=score))


def _rating_of(code: str) -> Rating:
    if code in tuple(Colour):
        return Rating(Colour(code))
    return Rating(not_rated=NotRated(code) if code in tuple(NotRated) else NotRated.NO_DATA)
