"""Checking files as a run would, without taking anything in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.registers import of_periods
from pipeline.intake.inbox import Skipped, list_inbox
from pipeline.intake.scan import Arrival, examine, why_refused
from pipeline.mail.mailbox import as_mailed
from pipeline.returns.readers import Readers
from pipeline.returns.reading import Return
from pipeline.returns.receiving import (
    KeptRegister,
    Known,
    decide,
    figures_before,
    in_waves,
    is_alike,
    places_of,
)
from pipeline.returns.since_template import KeptRegisters
from pipeline.returns.validate import validate
from pipeline.store import Decision, Outcome, Store
from pipeline.store.registers import kept_register
from pipeline.store.session import Progress, Session
from pipeline.workspace.folder import Workspace
from schemas.model import Register
from schemas.timeline import in_force

#: Why a run passes over a file of which it does not even say so.
_NEVER_LOOKED_AT = "a file that is never looked at, because of its name"


class Checked(Struct, frozen=True):
    """What a run would make of some files."""

    #: In the order in which the files were named.
    decisions: list[Decision]
    #: What it would not read, and why.
    unread: list[Skipped]

    def told(self, redaction: Redaction) -> Checked:
        """The same as told to whoever has the files before him."""
        told = (redaction.told_to_its_holder(one.submission) for one in self.decisions)
        decisions = [
            replace(one, submission=sent) for one, sent in zip(self.decisions, told, strict=True)
        ]
        return replace(self, decisions=decisions)


def check_files(
    paths: Sequence[Path],
    workspace: Workspace,
    register: Register,
    now: datetime,
    progress: Progress,
    store: Store | None,
) -> Checked:
    """What a run that found these files now would make of each, and say of it.

    What lies in the inbox belongs to its folder's area and came when it did; everything else would
    be dropped now. `store` holds what was received before; None: nothing.

    Raises:
        WorkspaceError: one of the files lies in the inbox, which cannot be listed.
    """
    examined = [_examined(path, workspace, register, now) for path in dict.fromkeys(paths)]
    arrivals = [one for one in examined if isinstance(one, Arrival)]
    # As a run takes them, which may hold one against another.
    arrivals.sort(key=lambda arrival: (arrival.arrived_at, arrival.filename))
    own = _own(register, Session(workspace, register, store, now) if store else None)
    kept = partial(kept_register, workspace, now=register)
    templates_by = KeptRegisters.in_archive(workspace, store, register)
    found = []
    with Readers(register, own, workspace.settings.limits) as readers:
        for number, one in enumerate(readers.read(arrivals), 1):
            found.append(one)
            progress("Reading returns", number, len(arrivals))
    returns = [one for one in found if isinstance(one, Return)]
    known = Known.of(arrivals, store) if store else Known()
    decided: dict[Path, Decision] = {}
    for wave in map(list, in_waves(returns, register)):
        if store:
            known.look_up(places_of(wave), store)
        checked: list[Return] = []
        for by, some in readers.by_register(wave):
            earlier = figures_before(some, by, store, kept) if store else {}
            standing = _with_figures_of(decided.values(), earlier, by, kept)
            checked += validate(some, by, now, standing, kept=templates_by)
        in_turn = {one.arrival.path: number for number, one in enumerate(wave)}
        checked.sort(key=lambda one: in_turn[one.arrival.path])
        for decision in decide(checked, known, register, now):
            known.note(decision.submission)
            decided[decision.arrival.path] = decision
    unread = [one for one in (*examined, *found) if isinstance(one, Skipped)]
    return Checked([decided[path] for path in dict.fromkeys(paths) if path in decided], unread)


def _own(register: Register, session: Session | None) -> dict[str, Register]:
    """By the periods' names, the registers that open ones are held to and that are not the same.

    Where nothing was received yet, there is no session, and none was closed.
    """
    opened = [period.name for period in register.periods if period.open]
    if session is not None:
        return of_periods(session, opened)
    found = {name: in_force(register, name) for name in opened}
    return {name: each for name, each in found.items() if each is not register}


def _examined(
    path: Path, workspace: Workspace, register: Register, now: datetime
) -> Arrival | Skipped:
    """A file as a run would find it."""
    limits = workspace.settings.limits
    inbox, real = workspace.inbox.resolve(), path.parent.resolve() / path.name
    if inbox not in real.parents:
        one = examine(path, file_mb=limits.file_mb)
        return one if isinstance(one, Skipped) else replace(one, arrived_at=now)
    listed, skipped = list_inbox(inbox, register)
    for each in listed:
        if each.entry.path == real:
            one = examine(path, file_mb=limits.file_mb, folder_area=each.area)
            if isinstance(one, Skipped):
                return one
            why = why_refused(path.lstat())
            return Skipped(path, why) if why else as_mailed([one], workspace)[0]
    why = next((each.why for each in skipped if each.path in (real, *real.parents)), "")
    return Skipped(path, why or _NEVER_LOOKED_AT)


def _with_figures_of(
    decisions: Iterable[Decision],
    earlier: dict[tuple[str, str, str], Decimal],
    register: Register,
    kept: KeptRegister,
) -> dict[tuple[str, str, str], Decimal]:
    """The figures that stand, once those of returns that would be accepted stand with them.

    They are for returns that are held to `register`.
    """
    for one in decisions:
        sent = one.submission
        if sent.outcome is Outcome.ACCEPTED:
            place = (sent.period, sent.area)
            earlier = {key: value for key, value in earlier.items() if (key[0], key[2]) != place}
            earlier |= {
                (row.period, row.indicator, row.area): row.value
                for row in one.observations
                if row.value is not None
                and is_alike(row.indicator, row.period, sent.register_sha256, register, kept)
            }
    return earlier
