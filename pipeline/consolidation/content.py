"""Content: the key of what an appendix is made from; the same key means nothing new to issue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from pipeline import __version__
from pipeline.consolidation.returned import reporting
from pipeline.store import Outcome, Submission
from pipeline.store.session import Session
from schemas.model import CommentaryRule, Indicator, Period, Register


def content_key(register: Register, period: Period, submissions: Iterable[Submission]) -> str:
    """What an appendix is made from, as a SHA-256: the same key means nothing new to issue.

    `submissions` are those of the period, of the last period and of the same period a year before,
    whose figures give the direction of travel. What the appendix says nothing of is passed over:
    duplicates, other periods, rejected returns of an earlier period or of no known area, and what
    `_said_by` passes over of the register.
    """
    earlier = [p.name for p in (register.last_period(period), register.year_before(period)) if p]
    awaited = [area.ref for area in reporting(register)]
    counted = [
        f"{s.id}:{s.outcome}"
        for s in sorted(submissions, key=lambda s: s.id)
        if (s.outcome is Outcome.ACCEPTED and s.period in (period.name, *earlier))
        or (s.outcome is Outcome.REJECTED and s.period == period.name and s.area in awaited)
    ]
    parts = (__version__, _said_by(register, period), period.name, *counted)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _said_by(register: Register, period: Period) -> str:
    """What the register says that the appendix of a period could, as a SHA-256.

    Other periods' targets, closing a period, a note beside a table, whom to write to in an area and
    what is asked about in returns are nothing. So an appendix that is written again once its period
    is closed is the same.
    """
    printed = replace(
        register,
        sha256="",
        periods=tuple(replace(each, open=True) for each in register.periods),
        targets=tuple(each for each in register.targets if each.period == period.name),
        areas=tuple(replace(each, lead="", email="") for each in register.areas),
        indicators=tuple(map(_without_checks, register.indicators)),
    )
    said = msgspec.json.encode(printed)
    return hashlib.sha256(said).hexdigest()


def _without_checks(indicator: Indicator) -> Indicator:
    return replace(
        indicator,
        plausible_minimum=None,
        plausible_maximum=None,
        plausible_change=None,
        commentary=CommentaryRule.NEVER,
    )


def content_of(session: Session, period: Period) -> str:
    """The key of what a period's appendix would be made from now."""
    register, store = session.register, session.store
    bearing = (period, register.last_period(period), register.year_before(period))
    names = dict.fromkeys(each.name for each in bearing if each is not None)
    return content_key(
        register, period, [sent for name in names for sent in store.submissions(name)]
    )
