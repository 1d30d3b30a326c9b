"""Ingest: everything in the inbox goes through the stages to the store and the archive.

A file leaves the inbox only after the transaction with its outcome has committed. A crash anywhere
leaves either the file in the inbox or its outcome in the store, and the next run does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.archive import take_away
from pipeline.findings import Finding
from pipeline.guard import Guard
from pipeline.intake import STILL_CHANGING, Arrival, Skipped, examine, has_changed, scan
from pipeline.journal import catch_up
from pipeline.mailbox import as_mailed
from pipeline.model import Register
from pipeline.quarantine import set_apart
from pipeline.reader import guard_of, read_returns
from pipeline.reading import Reading
from pipeline.receiving import SortedOut, duplicate, in_waves, last_periods, receipt, sort_out
from pipeline.runs.pace import Pace
from pipeline.sending_back import write_corrections
from pipeline.store import Outcome, Receipt, Store
from pipeline.validate import Checked, validate
from pipeline.workspace import Workspace, need_folder

#: Called with what is being done, how many are done and how many there are.
Progress = Callable[[str, int, int], None]

#: Returns committed together; their files leave the inbox after that.
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file from the inbox."""

    filename: str
    sha256: str
    outcome: Outcome
    area: str | None
    period: str | None
    findings: tuple[Finding, ...]
    #: The copy to send back, for a rejected return.
    correction: Path | None = None
    #: The file whose figures counted until now, for an accepted return.
    replaces: str = ""
    #: Its period had been closed, and was opened again for it.
    restates: bool = False


@dataclass(frozen=True, slots=True)
class Ingested:
    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...]


def ingest(
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    progress: Progress,
    reopened: Mapping[str, int] | None = None,
    pace: Pace | None = None,
) -> Ingested:
    """Take in whatever lies in the inbox.

    `reopened` are the closed periods that are open again, each with its reopening's number. What
    is accepted for one of them is a restatement.

    Raises:
        WorkspaceError: the inbox, the archive or the outbox cannot be used.
        StoreError: the store cannot be used; everything waits in the inbox for the next run.
        OverrunError: the run's time is up; what is not taken in waits in the inbox.
    """
    pace = pace or Pace()
    limits = workspace.settings.limits
    with pace.during("intake"):
        scanned = scan(
            workspace.inbox,
            register,
            file_mb=limits.file_mb,
            settle_seconds=limits.settle_seconds,
            incomplete_minutes=limits.incomplete_minutes,
        )
        arrivals = [as_mailed(arrival, workspace) for arrival in scanned.arrivals]
        arrivals.sort(key=lambda arrival: (arrival.arrived_at, arrival.filename))
        set_aside = set_apart(scanned.skipped, workspace, now)
    if not arrivals:
        return Ingested((), set_aside)
    need_folder(workspace.archive)
    need_folder(workspace.outbox)
    reopened = reopened or {}
    by_word = {p.name for p in register.periods if p.name in reopened and not p.open}
    night = _Night(workspace, register.opened(reopened), store, now, reopened, by_word, pace)
    taken: list[Taken] = []
    skipped = list(set_aside)
    waiting = arrivals
    while waiting:
        # The same bytes twice in one inbox: the second waits until the first has its outcome.
        first_of_each = {arrival.sha256: arrival for arrival in reversed(waiting)}
        now_due = [a for a in waiting if first_of_each[a.sha256] is a]
        waiting = [a for a in waiting if first_of_each[a.sha256] is not a]
        outcomes, left = _take_in(now_due, night, progress)
        taken += outcomes
        skipped += left
    return Ingested(tuple(taken), tuple(skipped))


@dataclass(frozen=True, slots=True)
class _Night:
    """What every step of one run needs."""

    workspace: Workspace
    #: With its reopened periods open.
    register: Register
    store: Store
    now: datetime
    reopened: Mapping[str, int]
    #: Those of them that the register has closed.
    by_word: Collection[str]
    pace: Pace


def _take_in(
    arrivals: list[Arrival], night: _Night, progress: Progress
) -> tuple[list[Taken], list[Skipped]]:
    """What became of each of these files, no two of which have the same bytes.

    Besides, those that changed in the meantime or cannot be removed from the inbox.
    """
    sorted_out = sort_out(arrivals, night.register, night.store, night.now, night.by_word)
    taken: list[Taken] = []
    left: list[Skipped] = []
    if sorted_out.fresh:
        with guard_of(night.register, night.workspace.settings.limits) as guard:
            with night.pace.during("reading"):
                readings, left = _read(sorted_out.fresh, guard, progress, night.pace)
            for wave in in_waves(readings, night.register):
                with night.pace.during("validating"):
                    earlier = night.store.figures(last_periods(wave, night.register))
                    checked = validate(wave, night.register, night.now, earlier)
                outcomes, staying = _take(checked, night, guard)
                taken += outcomes
                left += staying
        # What was sent again may have to be put back in the place of what has just been taken in.
        repeated, staying = _take_in([*sorted_out.done, *sorted_out.again], night, progress)
    else:
        repeated, staying = _set_aside(sorted_out, night)
    return taken + repeated, left + staying


def check_files(
    paths: Sequence[Path],
    workspace: Workspace,
    register: Register,
    now: datetime,
    progress: Progress,
) -> tuple[list[Checked], list[Skipped]]:
    """The same checks on any files, without taking anything in and without the store.

    What needs last period's figures is not checked.
    """
    file_mb = workspace.settings.limits.file_mb
    examined = [examine(path, file_mb=file_mb) for path in paths]
    arrivals = [e for e in examined if isinstance(e, Arrival)]
    with guard_of(register, workspace.settings.limits) as guard:
        readings, changed = _read(arrivals, guard, progress, Pace())
    checked = validate(readings, register, now, {})
    return checked, [*(e for e in examined if isinstance(e, Skipped)), *changed]


def _read(
    arrivals: list[Arrival], guard: Guard, progress: Progress, pace: Pace
) -> tuple[list[tuple[Arrival, Reading]], list[Skipped]]:
    """What each return says, and those that changed in the meantime.

    When the run's time is up no further one is read, so that what was read is still taken in.
    """
    readings: list[tuple[Arrival, Reading]] = []
    changed: list[Skipped] = []
    for done, outcome in enumerate(read_returns(arrivals, guard), 1):
        if isinstance(outcome, Skipped):
            changed.append(outcome)
        else:
            readings.append(outcome)
        progress("Reading returns", done, len(arrivals))
        if pace.is_over:
            break
    return readings, changed


def _take(
    checked: Sequence[Checked], night: _Night, guard: Guard
) -> tuple[list[Taken], list[Skipped]]:
    """Write corrections, commit outcomes, and only then clear the inbox, a batch at a time."""
    workspace = night.workspace
    standing = {key: one.filename for key, one in night.store.standing().items()}
    taken: list[Taken] = []
    left: list[Skipped] = []
    for start in range(0, len(checked), _BATCH):
        batch = checked[start : start + _BATCH]
        with night.pace.during("sending back"):
            written = list(zip(batch, write_corrections(batch, workspace, guard), strict=True))
            still_there, changed = _still_there(written)
            left += changed
            outcomes = [_outcome(one, copy, standing, night.reopened) for one, copy in still_there]
        batch = [one for one, _ in still_there]
        with night.pace.during("storing"):
            night.store.record(
                [receipt(one, night.register, night.now, night.reopened) for one in batch]
            )
            catch_up(night.store, workspace.archive)
            left += take_away([one.arrival for one in batch], workspace)
        taken += outcomes
        _log(outcomes, night.pace)
        night.pace.check()
    return taken, left


def _log(outcomes: Sequence[Taken], pace: Pace) -> None:
    """Tell the log what became of returns, without anything that they say or are called."""
    for taken in outcomes:
        pace.tell(
            "return taken",
            sha256=taken.sha256[:12],
            outcome=taken.outcome,
            area=taken.area,
            period=taken.period,
            findings=len(taken.findings),
        )


def _still_there(
    written: Sequence[tuple[Checked, Path | None]],
) -> tuple[list[tuple[Checked, Path | None]], list[Skipped]]:
    """The returns with their correction copies, without those that were replaced meanwhile.

    What lies there then is another return, and of the one that was read nothing is kept.
    """
    there: list[tuple[Checked, Path | None]] = []
    changed: list[Skipped] = []
    for one, copy in written:
        if not has_changed(one.arrival):
            there.append((one, copy))
            continue
        changed.append(Skipped(one.arrival.path, STILL_CHANGING))
        if copy is not None:
            copy.unlink(missing_ok=True)
    return there, changed


def _outcome(
    one: Checked,
    correction: Path | None,
    standing: dict[tuple[str | None, str | None], str],
    reopened: Mapping[str, int],
) -> Taken:
    """What became of a return. `standing` is brought up to date with it."""
    area, period = one.reading.area, one.reading.period
    replaces = ""
    if one.is_accepted:
        replaces = standing.get((area, period), "")
        standing[area, period] = one.arrival.filename
    return Taken(
        filename=one.arrival.filename,
        sha256=one.arrival.sha256,
        outcome=Outcome.ACCEPTED if one.is_accepted else Outcome.REJECTED,
        area=area,
        period=period,
        findings=one.findings,
        correction=correction,
        replaces=replaces,
        restates=one.is_accepted and period in reopened,
    )


def _set_aside(sorted_out: SortedOut, night: _Night) -> tuple[list[Taken], list[Skipped]]:
    """Record what was sent twice, and clear the inbox of it and of what a cut-off run left."""
    again = [
        duplicate(arrival, sorted_out.known[arrival.sha256], night.register, night.now)
        for arrival in sorted_out.again
    ]
    with night.pace.during("storing"):
        night.store.record([Receipt(one) for one in again])
        catch_up(night.store, night.workspace.archive)
    taken = [
        Taken(one.filename, one.sha256, one.outcome, one.area, one.period, one.findings)
        for one in again
    ]
    _log(taken, night.pace)
    return taken, take_away([*sorted_out.done, *sorted_out.again], night.workspace)
