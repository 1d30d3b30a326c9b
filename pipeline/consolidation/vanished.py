"""Periods that the register has no longer, under whose names returns stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from pipeline.store import Closing, Store, Submission
from pipeline.store.registers import kept_register
from pipeline.workspace.folder import Workspace
from schemas.model import Register
from schemas.periods import of_same_days
from schemas.wording import counted, listed


class VanishedPeriod(Struct, frozen=True):
    """A name of a period that the register has no longer, and what stands under it."""

    name: str
    #: How many returns count, and of which areas, by name.
    returns: int
    areas: tuple[str, ...]
    #: The period that it is likely to be now: one of the same days; empty where there is none.
    now: str
    #: Its appendix was issued and the period closed, and no period has its days: it may be over.
    is_past: bool

    @property
    def line(self) -> str:
        """What there is to say of it, and to do."""
        stands = "stands" if self.returns == 1 else "stand"
        what = counted(self.returns, "return")
        whose = f" ({listed(self.areas)})" if self.areas else ""
        which = f"of {self.now}, which has its days" if self.now else "of the period that it is now"
        return (
            f"The register has no period {self.name} any more, and {what}{whose} {stands} under "
            f"that name and count for no other. If it was renamed, type {self.name} under Formerly "
            f"on the sheet Periods, in the row {which}."
        )


def vanished_periods(
    workspace: Workspace, store: Store, register: Register
) -> Iterator[VanishedPeriod]:
    """The names under which returns stand and that no period of the register bears or bore."""
    known = {each.name for each in register.periods}
    gone = [name for name in store.periods() if name not in known]
    if not gone:
        return
    closed = {each.period for each in store.decisions.all(Closing)}
    for name in sorted(gone):
        standing = sorted(store.current(name, store.areas_of(name)), key=lambda sent: sent.id)
        then = kept_register(workspace, standing[-1].register_sha256) if standing else None
        now = of_same_days(register.periods, then.period(name) if then else None)
        yield VanishedPeriod(
            name=name,
            returns=len(standing),
            areas=tuple(_named(standing, then or register)),
            now=now.name if now else "",
            is_past=now is None and name in closed,
        )


def _named(standing: Iterable[Submission], register: Register) -> Iterator[str]:
    yield from (register.area_name(sent.area) for sent in standing if sent.area)
