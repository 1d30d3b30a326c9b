"""What a service area reported before, as it counts now: for its own template and no other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from msgspec import Struct

from pipeline.consolidation.report import figure_shown
from pipeline.returns.receiving import KeptRegister, is_alike
from pipeline.store import Store
from schemas.bearing import compared, last_reported
from schemas.model import Indicator, Kind, Period, Register, Status
from schemas.observations import Observation


class OwnFigures(Struct, frozen=True):
    """What an area reported of an indicator, and below it in brackets the period.

    Empty where it reported nothing that may be compared.
    """

    last: str = ""
    year_before: str = ""


#: By the indicator's ref.
OfArea = Mapping[str, OwnFigures]


def own_figures(
    register: Register, period: Period, store: Store, kept: KeptRegister
) -> Mapping[str, OfArea]:
    """By the area's ref, what it reported of the indicators that it is asked for in a period.

    `register` is that in force in the period, and `kept` gives those by which earlier returns were
    checked: a figure of another unit or series is none to be compared with.
    """
    pairs = {
        each.ref: (
            last_reported(register, each, period),
            compared(register, each, period).year_before,
        )
        for each in register.indicators
    }
    periods = {each.name for pair in pairs.values() for each in pair if each}
    told = {name: _told(register, name, store, kept) for name in sorted(periods)}
    found: dict[str, dict[str, OwnFigures]] = defaultdict(dict)
    for indicator in register.indicators:
        last, year_before = pairs[indicator.ref]
        before = None if year_before is last else year_before
        for area in indicator.areas:
            texts = [
                told[p.name].get((indicator.ref, area), "") if p else "" for p in (last, before)
            ]
            if any(texts):
                found[area][indicator.ref] = OwnFigures(*texts)
    return found


def _told(
    register: Register, period: str, store: Store, kept: KeptRegister
) -> Mapping[tuple[str, str], str]:
    """Each figure of a period as an area is shown its own, by indicator and area."""
    reported = store.observations(period)
    areas = {each.area for each in reported}
    checked_by = {s.area: s.register_sha256 for s in store.current(period, areas)}
    return {
        (each.indicator, each.area): f"{_shown(each, indicator)}\n({period})"
        for each in reported
        if (indicator := register.indicator(each.indicator))
        and indicator.kind is not Kind.NARRATIVE
        and is_alike(each.indicator, period, checked_by.get(each.area, ""), register, kept)
    }


def _shown(figure: Observation, indicator: Indicator) -> str:
    shown = figure_shown(figure, indicator)
    return shown or Status.NOT_AVAILABLE


def has_column(figures: Iterable[OwnFigures], key: str) -> bool:
    """Whether any of an area's figures belongs into the column of that field's key."""
    return any(getattr(each, key) for each in figures)
