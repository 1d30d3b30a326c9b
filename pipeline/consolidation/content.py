"""Content: keys of what an appendix is made from, and of what it says.

What it is made from is looked up each night; the same key means that nothing need be worked out. Of
what changed there much changes nothing that is printed, and so makes no draft and no issue.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from pipeline import __version__
from pipeline.consolidation.beside import year_targets
from pipeline.consolidation.recalls import issue_standing
from pipeline.consolidation.registers import register_for
from pipeline.consolidation.report import Line, Report
from pipeline.consolidation.returned import reporting
from pipeline.store import Entered, Outcome, Submission
from pipeline.store.session import Session
from schemas.bearing import bearing, in_series
from schemas.model import CommentaryRule, Indicator, Period, Register, ServiceArea
from schemas.names import spelled


def content_key(
    register: Register,
    period: Period,
    submissions: Iterable[Submission],
    published: Mapping[str, int] = {},
    entered: Iterable[Entered] = (),
) -> str:
    """What an appendix is made from, as a SHA-256: the same key means nothing new to issue.

    `submissions` are those of the period, of the last period and of the same period a year before,
    whose figures give the direction of travel, and `entered` the figures entered for these;
    `published` are the issues that stand of these two, and of the others whose figures are printed
    before its own, by their periods' names. They count in place of what was sent for them: their
    numbers in the store, 0 where each was recalled.
    What the appendix says nothing of is passed over: duplicates, other periods, rejected returns of
    an earlier period or of no known area, and what `_said_by` passes over of the register.
    """
    earlier = [p.name for p in bearing(register, period) if p.name not in published]
    received = sorted(submissions, key=lambda s: s.id)
    mine = {s.area for s in received if s.outcome is Outcome.ACCEPTED and s.period == period.name}
    # An area that left is printed for the return that counts, and with what was sent back since.
    printed = mine.union(area.ref for area in reporting(register))
    counted = [
        f"{s.id}:{s.outcome}"
        for s in received
        if (s.outcome is Outcome.ACCEPTED and s.period in (period.name, *earlier))
        or (s.outcome is Outcome.REJECTED and s.period == period.name and s.area in printed)
    ]
    counted += [f"entered {one.id}" for one in sorted(entered, key=lambda one: one.id)]
    compared = [f"{name} as issued:{number}" for name, number in sorted(published.items())]
    parts = (__version__, _said_by(register, period), period.name, *counted, *compared)
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
        targets=(
            *(each for each in register.targets if each.period == period.name),
            *year_targets(register, period),
        ),
        areas=tuple(_called(each) for each in register.areas),
        area_versions=tuple(_called(each) for each in register.area_versions),
        indicators=tuple(map(_without_checks, register.indicators)),
        # What holds in other periods says nothing in this one.
        versions=(),
        policies=(),
        shapes=(),
    )
    said = msgspec.json.encode(printed)
    return hashlib.sha256(said).hexdigest()


def _called(area: ServiceArea) -> ServiceArea:
    return replace(area, lead="", email="")


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
    register, store = register_for(session, period.name), session.store
    names = [each.name for each in bearing(register, period)]
    printed = dict.fromkeys((*names, *(each.name for each in in_series(register, period))))
    published = {
        name: standing.id if (standing := issue_standing(store, name)) else 0
        for name in printed
        if store.last_issue(name)
    }
    counting = (period.name, *(name for name in names if name not in published))
    entered = [one for name in counting for one in store.entered.all(name)]
    return content_key(register, period, store.submissions(*counting), published, entered)


#: What people type to name a draft has so many characters.
_CODE = 6
#: Base32 by Crockford: no I, L, O or U, which look like others or make words.
_CROCKFORD = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)


def said_by(report: Report) -> str:
    """What an appendix says, as a SHA-256: the same key means that no reader would see a change.

    Where figures come from, when, and on which day it was printed are nothing that it says.
    """
    register = report.register
    framework = register.framework
    names = register.names_of_areas
    said = (
        (framework.council, framework.title, framework.appendix, framework.policy),
        (
            framework.small_below,
            framework.issue_when,
            framework.earlier_periods,
            framework.thousands,
        ),
        (report.period.name, report.period.starts, report.period.ends),
        [
            (
                (section.priority, [(a.area, a.text) for a in section.achievements]),
                [said_of(line, names) for line in section.lines],
                (section.tally_then, section.achievements_differ),
            )
            for section in report.sections
        ],
        ([*report.bands], report.key, report.overall_key, report.overall, report.coverage_shown),
        sorted(each.area.name for each in report.awaited),
        (report.restates is not None, report.overall_then, report.earlier),
    )
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def said_of(line: Line, names: Mapping[str, str]) -> Any:
    """What an appendix says of an indicator; `names` are those of the areas, by their refs."""
    indicator = line.indicator
    figures = [
        (
            (names.get(o.area, o.area), o.status, o.value, o.numerator, o.denominator),
            (o.state, o.narrative, o.suppressed, o.no_cases, o.commentary),
        )
        for o in line.consolidated.observations
    ]
    said: tuple[Any, ...] = (
        (indicator.ref, indicator.wording, indicator.kind, indicator.unit, indicator.decimals),
        (indicator.polarity, indicator.merge_rule, indicator.tolerance, indicator.definition),
        (line.performance_shown, line.target_shown, line.rating, line.travel, line.year_travel),
        (line.remarks, line.commentary, line.restated_from, line.series, figures),
    )
    beside = [
        (o.action, o.action_owner, o.action_by, o.forecast, o.confidence)
        for o in line.consolidated.observations
    ]
    if not any(map(any, beside)):
        # What was issued before any of it could be asked for says the same.
        return said
    return (*said, beside, line.actions, line.forecast, line.confidence)


#: What Excel would make a number or a date of: `012345`, `47E112`, `12MAR05`.
_MADE_A_FIGURE = re.compile(r"\d+([A-Z]{1,3}\d*)?")
#: What people type or read in place of others, of the characters that no code has.
_LIKE = str.maketrans("OIL", "011")


def code_of(period: str, said: str) -> str:
    """The short code by which people name what an appendix says: `7KQ2MX`.

    It is none of which a spreadsheet makes a number or a date where it is typed or pasted.
    """
    digest = hashlib.sha256(f"{period}\n{said}".encode()).digest()
    letters = base64.b32encode(digest).rstrip(b"=").translate(_CROCKFORD).decode()
    codes = (letters[start : start + _CODE] for start in range(len(letters) - _CODE + 1))
    return next(code for code in codes if not _MADE_A_FIGURE.fullmatch(code))


def code_key(code: str) -> str:
    """What two codes have in common that are the same, however they were typed.

    No code has O, I or L, so that they are read as 0 and 1; spaces and dashes part its characters.
    """
    return re.sub(r"[\s-]", "", spelled(code)).upper().translate(_LIKE)
