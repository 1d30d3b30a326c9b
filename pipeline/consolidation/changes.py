"""Changes: what an appendix says otherwise than the one issued before it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from pipeline.consolidation.disclosure import is_small_print
from pipeline.consolidation.rating import Colour, NotRated
from pipeline.consolidation.report import Line, Report
from pipeline.store import Issue, IssuedRating
from schemas.model import Kind, Register

_NEWLY = {colour: f"Newly {colour}" for colour in (Colour.RED, Colour.AMBER, Colour.GREEN)}
_UNRATED = "No longer rated"
_REPORTED = "Newly reported"
_FIGURE = "Figure changed"
_TARGET = "Target changed"
_ADDED = "New in the appendix"
_DROPPED = "No longer in the appendix"
#: The headings, what matters most first.
_HEADINGS = (*_NEWLY.values(), _UNRATED, _REPORTED, _FIGURE, _TARGET, _ADDED, _DROPPED)


class Change(Struct, frozen=True):
    """One indicator that is printed otherwise than before."""

    #: The indicator's wording; of one that the register no longer holds, its ref.
    indicator: str
    #: As printed now, such as `4605, target 4248, ▼ Red`; empty where it is no longer there.
    now: str
    #: As printed before, such as `was 4100, amber`; empty where it was not there.
    was: str
    #: Its colour now.
    colour: Colour | None = None


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
    found: dict[str, list[Change]] = {heading: [] for heading in _HEADINGS}
    for heading, change in _changes(report, last):
        found[heading].append(change)
    then, now = last.overall or "not rated", str(report.overall.colour or "not rated")
    return Changes(
        since,
        overall=None if then == now else (then, now),
        groups=tuple((heading, tuple(each)) for heading, each in found.items() if each),
    )


def _changes(report: Report, last: Issue) -> Iterator[tuple[str, Change]]:
    dropped = {rating.indicator: rating for rating in last.ratings}
    for line in report.lines:
        earlier = dropped.pop(line.indicator.ref, None)
        if heading := _heading(line, earlier):
            was = (
                ""
                if earlier is None or heading == _REPORTED
                else _was(report.register, line, earlier)
            )
            yield heading, Change(line.indicator.wording, _now(line), was, line.rating.colour)
    for ref in dropped:
        yield _DROPPED, Change(ref, "", "")


def _heading(line: Line, earlier: IssuedRating | None) -> str:
    """What is the most to say of a line; empty where it is printed as it was."""
    colour = line.rating.colour
    if earlier is None:
        return _ADDED
    if line.performance_shown and not earlier.performance:
        return _REPORTED
    if colour is not None and colour != earlier.rating:
        return _NEWLY[colour]
    if colour is None and earlier.rating in tuple(Colour):
        return _UNRATED
    if line.performance_shown != earlier.performance:
        return _FIGURE
    return _TARGET if line.target_shown != earlier.target else ""


def _now(line: Line) -> str:
    in_words = line.indicator.kind is Kind.NARRATIVE
    figure = "reported in words" if in_words and line.performance_shown else line.performance_shown
    target = f"target {line.target_shown}" if line.target_shown else ""
    return ", ".join(part for part in (figure or "no data", target, line.rating.shown) if part)


def _was(register: Register, line: Line, earlier: IssuedRating) -> str:
    """What was printed before; never a figure that is suppressed, or small, by now."""
    parts = []
    if earlier.performance != line.performance_shown:
        is_small = is_small_print(register, earlier.indicator, earlier.performance)
        if line.consolidated.suppressed or is_small:
            parts.append("published")
        elif line.indicator.kind is Kind.NARRATIVE:
            parts.append("worded otherwise")
        else:
            parts.append(earlier.performance or "without a figure")
    if earlier.target != line.target_shown:
        parts.append(f"with the target {earlier.target}" if earlier.target else "without a target")
    if earlier.rating != line.rating.word:
        reason = earlier.rating in tuple(NotRated)
        parts.append(f"not rated ({earlier.rating})" if reason else earlier.rating)
    return f"was {', '.join(part for part in parts if part)}"
