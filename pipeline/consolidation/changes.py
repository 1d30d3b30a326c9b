"""Changes: what an appendix says otherwise than the one issued before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from pipeline.consolidation.disclosure import is_small_print
from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.report import Line, Report
from pipeline.store import Issue, IssuedRating
from schemas.bands import Band
from schemas.model import Colour, Kind
from schemas.units import printed_alike

_UNRATED = "No longer rated"
_REPORTED = "Newly reported"
_FIGURE = "Figure changed"
_TARGET = "Target changed"
_ADDED = "New in the appendix"
_DROPPED = "No longer in the appendix"
#: What changed, what matters most first; a colour is one that an indicator has newly.
_CONCERNS = (*reversed(Colour), _UNRATED, _REPORTED, _FIGURE, _TARGET, _ADDED, _DROPPED)


class Change(Struct, frozen=True):
    """One indicator that is printed otherwise than before."""

    #: The indicator's wording; of one that the register no longer holds, its ref.
    indicator: str
    #: As printed now, such as `4605, target 4248, ▼ Red`; empty where it is no longer there.
    now: str
    #: As printed before, such as `was 4100, amber`; empty where it was not there.
    was: str
    #: Its band now.
    band: Band | None = None


class Changes(Struct, frozen=True):
    """What changed since the last issue."""

    #: When that was; None where this is the first issue.
    since: datetime | None
    #: What the whole was then and is now, where that is something else: `amber`, `not rated`.
    overall: tuple[str, str] | None = None
    #: Headings with what stands under them, an indicator under one of them only.
    groups: tuple[tuple[str, tuple[Change, ...]], ...] = ()
    #: The store holds what that issue said. Those of the first versions were not kept.
    is_known: bool = True


def changes_since(report: Report, last: Issue | None) -> Changes:
    """What a report says otherwise than the last issue of its period's appendix."""
    if last is None:
        return Changes(None)
    since = last.issued_at.astimezone(report.issued_at.tzinfo)
    if not last.ratings:
        return Changes(since, is_known=False)
    found: dict[str, list[Change]] = {concern: [] for concern in _CONCERNS}
    for concern, change in _changes(report, last):
        found[concern].append(change)
    then, now = report.bands.said(last.overall), report.said(report.overall)
    return Changes(
        since,
        overall=None if then == now else (then, now),
        groups=tuple(
            (_heading(report, concern), tuple(each)) for concern, each in found.items() if each
        ),
    )


def _heading(report: Report, concern: str) -> str:
    return f"Newly {report.bands.said(concern)}" if concern in tuple(Colour) else concern


def _changes(report: Report, last: Issue) -> Iterator[tuple[str, Change]]:
    dropped = {rating.indicator: rating for rating in last.ratings}
    for line in report.lines:
        earlier = dropped.pop(line.indicator.ref, None)
        if concern := _concern(line, earlier):
            was = "" if earlier is None or concern == _REPORTED else _was(report, line, earlier)
            now = _now(report, line)
            yield concern, Change(line.indicator.wording, now, was, report.band(line.rating))
    for ref in dropped:
        yield _DROPPED, Change(ref, "", "")


def _concern(line: Line, earlier: IssuedRating | None) -> str:
    """What is the most to say of a line; empty where it is printed as it was."""
    colour = line.rating.colour
    if earlier is None:
        return _ADDED
    if line.performance_shown and not earlier.performance:
        return _REPORTED
    if colour is not None and colour != earlier.rating:
        return colour
    if colour is None and earlier.rating in tuple(Colour):
        return _UNRATED
    if not printed_alike(line.performance_shown, earlier.performance):
        return _FIGURE
    return "" if printed_alike(line.target_shown, earlier.target) else _TARGET


def _now(report: Report, line: Line) -> str:
    in_words = line.indicator.kind is Kind.NARRATIVE
    figure = "reported in words" if in_words and line.performance_shown else line.performance_shown
    target = f"target {line.target_shown}" if line.target_shown else ""
    return ", ".join(
        part for part in (figure or "no data", target, report.shown(line.rating)) if part
    )


def _was(report: Report, line: Line, earlier: IssuedRating) -> str:
    """What was printed before; never a figure that is suppressed, or small, by now."""
    parts = []
    if not printed_alike(earlier.performance, line.performance_shown):
        is_small = is_small_print(report.register, earlier.indicator, earlier.performance)
        if line.consolidated.suppressed or is_small:
            parts.append("published")
        elif line.indicator.kind is Kind.NARRATIVE:
            parts.append("worded otherwise")
        else:
            parts.append(earlier.performance or "without a figure")
    if not printed_alike(earlier.target, line.target_shown):
        parts.append(f"with the target {earlier.target}" if earlier.target else "without a target")
    if earlier.rating != line.rating.code:
        reason = earlier.rating in tuple(NotRated)
        parts.append(
            f"not rated ({earlier.rating})" if reason else report.bands.said(earlier.rating)
        )
    return f"was {', '.join(part for part in parts if part)}"
