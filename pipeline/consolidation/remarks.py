"""Remarks: whole sentences that a reader needs to take a figure rightly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.consolidation import disclosure, rating
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.report import DISAGREED, figure_shown
from pipeline.store import Entered
from schemas.bands import bands_of
from schemas.model import (
    NO_CASES,
    Indicator,
    Kind,
    Period,
    Polarity,
    Register,
    Status,
    Target,
    Tolerance,
)
from schemas.succession import is_in_first_year, replaced_by, successors
from schemas.targets import lacks_shape
from schemas.thresholds import thresholds_shown
from schemas.timeline import next_due, row_for
from schemas.wording import day_shown, listed


def remarks(
    register: Register,
    merged: Consolidated,
    target: Target | None,
    earlier: Sequence[Consolidated | None],
    recalled: Iterable[str] = (),
) -> Iterable[str]:
    """Whole sentences that a reader needs to take the figure rightly.

    `recalled` are the names of earlier periods of which no issue stands.
    """
    if merged.provisional:
        yield "Provisional."
    if merged.conflict:
        yield f"The areas reported different figures: {', '.join(_reported(register, merged))}."
    elif merged.without_cases and not merged.no_cases:
        yield f"No cases in {_names(register, merged.without_cases)}."
    yield from _missing(register, merged)
    if left := [o.area for o in merged.observations if register.area(o.area) is None]:
        reports = "report" if left[1:] else "reports"
        yield f"With {_names(register, left)}, which {reports} no longer."
    yield from _entered(register, merged)
    if merged.value is not None:
        for period in dict.fromkeys(each.period for each in earlier if each and each.no_cases):
            yield f"There were no cases in {period} to compare with."
        for each in {one.period: one for one in earlier if one}.values():
            if each.value is None:
                continue
            if changed := _changed_since(each.indicator, merged.indicator):
                yield f"Not compared with {each.period}, when its {listed(changed)} differed."
            elif since := _break_since(register, each, merged.indicator):
                yield f"Not compared with {each.period}: it is measured otherwise from {since} on."
        yield from (f"Not compared with {each}, whose appendix was recalled." for each in recalled)
    indicator = merged.indicator
    current = register.period(merged.period)
    if current:
        yield from _replaced(register, indicator, current)
    if current and lacks_shape(register, indicator, current):
        yield "No target: the year's is spread by last year's figures, which are not all published."
    if own := own_tolerance(register, indicator, target):
        yield f"Its own tolerance is {rating.tolerance_shown(own, indicator)}."
    if target is not None and target.states_thresholds(indicator.polarity):
        thresholds = thresholds_shown(target, indicator, bands_of(register))
        yield f"Rated by its own thresholds: {thresholds}."


def remarks_not_due(
    register: Register, indicator: Indicator, period: Period, last: Consolidated | None
) -> Iterable[str]:
    """The last figure of an indicator that is not due, with its period, and when the next is.

    Where there was none, why; where there will be none, what takes its place.
    """
    if last is not None and (figure := figure_shown(last, last.indicator.printed_like(indicator))):
        # Words may end with a full stop of their own.
        yield f"Last reported for {(last.over or (last.period,))[-1]}: {figure.rstrip('.')}."
    elif last is not None and last.conflict:
        yield f"Last reported for {last.period}: {DISAGREED.lower()}."
    elif last is not None and (why := _why_none(register, last)):
        yield f"Last due for {last.period}: {why}."
    yield from _replaced(register, indicator, period)
    if following := next_due(register, indicator, period):
        yield f"Next due for {following.name}."
    elif after := successors(register, indicator):
        yield f"Replaced by {listed(map(_from_when, after))}."
    else:
        yield "Not due for any later period yet."


def _from_when(indicator: Indicator) -> str:
    """An indicator by its ref and wording, with the period from which it is reported."""
    from_when = f" from {indicator.first} on" if indicator.first else ""
    return f"{indicator.ref} ({indicator.wording}){from_when}"


def _why_none(register: Register, last: Consolidated) -> str:
    """Why there was no figure, where any area had answered; empty where none had."""
    if last.lacks:
        return "incomplete"
    if not last.observations or len(last.missing) < len(last.indicator.areas):
        return ""
    return "; ".join(each[:1].lower() + each[1:].rstrip(".") for each in _missing(register, last))


def _reported(register: Register, merged: Consolidated) -> Iterable[str]:
    """What each area reported, where they disagree: `Adult social care 12%`."""
    for o in merged.observations:
        figure = "a suppressed one" if o.suppressed else figure_shown(o, merged.indicator)
        if o.no_cases:
            figure = NO_CASES.lower()
        if figure:
            yield f"{register.area_name(o.area)} {figure}"


#: Why a service area's figure is missing, by the status it was reported with.
_WHY = {None: "Not yet reported", Status.NOT_AVAILABLE: "Reported as not available"}
_NO_LONGER_FITS = "Reported in a way that no longer fits the register"


def _missing(register: Register, merged: Consolidated) -> Iterable[str]:
    """Whose figures are missing; and why, where there are none at all."""
    if not merged.missing:
        return
    if len(merged.missing) < len(merged.indicator.areas):
        yield f"Without {', '.join(_absent(register, merged))}."
        return
    answered = {o.area: o.status for o in merged.observations}
    reasons: dict[str, list[str]] = {}
    for area in merged.missing:
        reasons.setdefault(_WHY.get(answered.get(area), _NO_LONGER_FITS), []).append(area)
    for reason, areas in reasons.items():
        by = f" by {_names(register, areas)}" if len(reasons) > 1 else ""
        yield f"{reason}{by}."


def _replaced(register: Register, indicator: Indicator, period: Period) -> Iterable[str]:
    """What the indicator took the place of, in its first year."""
    if is_in_first_year(register, indicator, period):
        before = replaced_by(register, indicator, period)
        if named := [f"{each.ref} ({each.wording})" for each in before]:
            yield f"It replaces {listed(named)}."


def _entered(register: Register, merged: Consolidated) -> Iterable[str]:
    """Which of the figures were entered on an area's behalf, by whom, when, and why."""
    for o in merged.observations:
        if isinstance(o, Entered):
            day = day_shown(o.entered_at.astimezone().date())
            said = f"Entered by {o.by} on behalf of {register.area_name(o.area)} on {day}"
            because = disclosure.reason_shown(register, o)
            yield f"{said}: {because}" if because else f"{said}."


def _absent(register: Register, merged: Consolidated) -> Iterable[str]:
    """The names of the areas whose figures are missing; of those that have none, that too."""
    unavailable = {o.area for o in merged.observations if o.status is Status.NOT_AVAILABLE}
    for ref in merged.missing:
        yield register.area_name(ref) + (" (not available)" if ref in unavailable else "")


def _names(register: Register, refs: Iterable[str]) -> str:
    return ", ".join(register.area_name(ref) for ref in refs)


def is_by_target(indicator: Indicator, target: Target | None) -> bool:
    """Whether what an indicator reports is rated by a target."""
    return (
        indicator.kind is Kind.MEASURE
        and indicator.polarity is not Polarity.CONTEXTUAL
        and target is not None
        and target.is_set
    )


def own_tolerance(
    register: Register, indicator: Indicator, target: Target | None
) -> Tolerance | None:
    """The tolerance that an indicator is rated by where it is not the framework's."""
    if target is None or not is_by_target(indicator, target):
        return None
    own = indicator.tolerance
    holds = own != register.framework.policy.tolerance and not target.has_thresholds(
        indicator.polarity
    )
    return own if holds else None


def is_alike(register: Register, earlier: Consolidated | None, indicator: Indicator) -> bool:
    """Whether an earlier figure may be compared with one of the indicator as it is now."""
    if earlier is None or _changed_since(earlier.indicator, indicator):
        return False
    return not _break_since(register, earlier, indicator)


def is_part(register: Register, earlier: Consolidated, indicator: Indicator) -> bool:
    """Whether an earlier figure may be a part of one of the indicator as it is now."""
    then = earlier.indicator
    are_cumulative = {each.accumulation.is_reported_so for each in (then, indicator)}
    is_same = then.kind is indicator.kind and then.unit is indicator.unit
    return is_same and len(are_cumulative) == 1 and not _break_since(register, earlier, indicator)


def _break_since(register: Register, earlier: Consolidated, now: Indicator) -> str:
    """The period from which figures belong to another series than an earlier one; empty: none."""
    then = row_for(register, now.ref, earlier.period)
    return now.since if then is not None and then.series != now.series else ""


def _changed_since(then: Indicator, now: Indicator) -> list[str]:
    """What figures of an indicator cannot be compared across, where it is another by now."""
    return [
        name
        for name in ("kind", "unit", "polarity", "accumulation")
        if getattr(then, name) != getattr(now, name)
    ]
