"""Who must return what: indicators that change hands, service areas and periods."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.register.differences.difference import Concern, RegisterChange, indicator_named
from schemas.areas_over_time import areas_of
from schemas.model import Register
from schemas.periods import of_same_days
from schemas.wording import day_shown, listed


def renamed_periods(old: Register, new: Register) -> Iterator[RegisterChange]:
    """The periods that have another name, and say under which they were known."""
    names = {each.name for each in old.periods}
    for period in new.periods:
        for former in period.formerly:
            if former in names and period.name not in names:
                said = (
                    f"{former} is called {period.name} now: its returns, drafts and issues count "
                    "for that, and templates with the old name are understood. What lies in the "
                    f"outbox under {former} stays there."
                )
                yield RegisterChange(Concern.RETURNS, said)


def what_is_returned(old: Register, new: Register) -> Iterator[RegisterChange]:
    """What each service area must return, by when, and what is taken in at all."""
    for said in (*_asked_of_areas(old, new), *_periods(old, new)):
        yield RegisterChange(Concern.RETURNS, said)


def _asked_of_areas(old: Register, new: Register) -> Iterator[str]:
    ending = areas_of(new).ending
    for area in new.areas:
        before = [each.ref for each in old.indicators_of(area.ref)]
        after = [each.ref for each in new.indicators_of(area.ref)]
        more = _named(new, [ref for ref in after if ref not in before])
        less = _named(old, [ref for ref in before if ref not in after])
        last = ending(area.ref).last
        if old.area(area.ref) is None:
            asked = f"must return {more}" if more else "returns nothing yet"
            yield f"{area.name} is a new service area and {asked}."
            continue
        if more:
            yield f"{area.name} must also return {more}: write it a new template."
        if less and last:
            became = listed(map(new.area_name, ending(area.ref).becomes))
            yield (
                f"{area.name} returns nothing after {last}, and no longer {less}; "
                f"{f'{became} took over' if became else 'nobody takes over'}. What it reported "
                "goes on counting."
            )
        elif less:
            gone = [ref for ref in before if ref not in after]
            handed = [ref for ref in gone if _was_of(new, ref, area.ref)]
            for row in filter(None, map(new.indicator, handed)):
                named = indicator_named(row, row.ref)
                yield (
                    f"From {row.since} on {area.name} no longer returns {named}; what it reported "
                    "before goes on counting."
                )
            if others := _named(old, [ref for ref in gone if ref not in handed]):
                yield f"{area.name} no longer returns {others}; what it reported no longer counts."
    for area in old.areas:
        if new.area(area.ref) is None:
            yield (
                f"{area.name} is no longer a service area: its figures go on counting for the "
                "periods for which they were accepted, and the digest asks about them. A return "
                "that it sends is sent back."
            )


def _was_of(register: Register, ref: str, area: str) -> bool:
    """Whether an area returns an indicator by any row of it, if not by the last."""
    return any(each.ref == ref and area in each.areas for each in register.versions)


def _named(register: Register, refs: list[str]) -> str:
    """Indicators by their refs and wordings, as people list them."""
    return listed(indicator_named(register.indicator(ref), ref) for ref in refs)


def _periods(old: Register, new: Register) -> Iterator[str]:
    for period in new.periods:
        before = old.period(period.name)
        due = day_shown(period.due)
        if before is None:
            state = f"open: returns are due by {due}" if period.open else "closed"
            yield f"{period.name} is a new period, {state}."
            continue
        if period.due != before.due:
            yield f"Returns for {period.name} are due by {due}; it was {day_shown(before.due)}."
        if before.open and not period.open:
            yield (
                f"{period.name} is closed: returns for it are sent back from now on, and its "
                "appendix stays as it is."
            )
        elif period.open and not before.open:
            yield (
                f"{period.name} is open again: what is accepted for it from now on is a "
                "restatement."
            )
    for period in old.periods:
        if new.period(period.name) is None:
            now = of_same_days(new.periods, period)
            hint = (
                f" {now.name} has its days: if it was renamed, type {period.name} under Formerly "
                f"in the row of {now.name}."
                if now
                else ""
            )
            yield (
                f"{period.name} is no longer a period: returns for it are sent back, and no "
                f"appendix is made of it.{hint}"
            )
