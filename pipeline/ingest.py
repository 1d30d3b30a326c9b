"""Ingest: everything in the inbox goes through the stages to the store and the archive.

A file leaves the inbox only after the transaction with its outcome has committed. A crash anywhere
leaves either the file in the inbox or its outcome in the store, and the next run does the rest.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline import catalogue as c
from pipeline.errors import WorkspaceError
from pipeline.findings import Finding
from pipeline.guard import Guard
from pipeline.intake import EXTENSIONS, Arrival, Skipped, examine, scan
from pipeline.model import Achievement, Observation, Register
from pipeline.reader import guard_of, read_returns
from pipeline.reading import Reading
from pipeline.sending_back import write_corrections, write_message
from pipeline.store import Outcome, Receipt, Store, Submission
from pipeline.validate import Checked, received_at, validate
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


@dataclass(frozen=True, slots=True)
class Ingested:
    taken: tuple[Taken, ...]
    skipped: tuple[Skipped, ...]


def ingest(
    workspace: Workspace, register: Register, store: Store, now: datetime, progress: Progress
) -> Ingested:
    """Take in whatever lies in the inbox.

    Raises:
        WorkspaceError: the inbox, the archive or the outbox cannot be used.
        StoreError: the store cannot be used; everything waits in the inbox for the next run.
    """
    limits = workspace.settings.limits
    scanned = scan(
        workspace.inbox, register, file_mb=limits.file_mb, settle_seconds=limits.settle_seconds
    )
    if not scanned.arrivals:
        return Ingested((), scanned.skipped)
    need_folder(workspace.archive)
    need_folder(workspace.outbox)
    taken: list[Taken] = []
    skipped = list(scanned.skipped)
    waiting = list(scanned.arrivals)
    while waiting:
        # The same bytes twice in one inbox: the second waits until the first has its outcome.
        first_of_each = {arrival.sha256: arrival for arrival in reversed(waiting)}
        now_due = [a for a in waiting if first_of_each[a.sha256] is a]
        waiting = [a for a in waiting if first_of_each[a.sha256] is not a]
        outcomes, changed = _take_in(now_due, workspace, register, store, now, progress)
        taken += outcomes
        skipped += changed
    return Ingested(tuple(taken), tuple(skipped))


def _take_in(
    arrivals: list[Arrival],
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    progress: Progress,
) -> tuple[list[Taken], list[Skipped]]:
    """What became of each of these files, no two of which have the same bytes."""
    known = store.known(arrival.sha256 for arrival in arrivals)
    standing = store.standing() if known else {}
    fresh: list[Arrival] = []
    seen_before: list[Arrival] = []
    for arrival in arrivals:
        before = known.get(arrival.sha256)
        is_settled = before and _is_settled(before, received_at(arrival, now), register, standing)
        (seen_before if is_settled else fresh).append(arrival)
    taken: list[Taken] = []
    changed: list[Skipped] = []
    if fresh:
        with guard_of(register, workspace.settings.limits) as guard:
            readings, changed = _read(fresh, guard, progress)
            last_periods = {
                last.name
                for _, reading in readings
                if (period := register.period(reading.period or ""))
                and (last := register.last_period(period))
            }
            checked = validate(readings, register, now, store.figures(last_periods))
            taken = _take(checked, workspace, register, store, now, guard)
    return taken + _set_aside(seen_before, known, workspace, register, store, now), changed


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
        readings, changed = _read(arrivals, guard, progress)
    checked = validate(readings, register, now, {})
    return checked, [*(e for e in examined if isinstance(e, Skipped)), *changed]


def _read(
    arrivals: list[Arrival], guard: Guard, progress: Progress
) -> tuple[list[tuple[Arrival, Reading]], list[Skipped]]:
    """What each return says, and those that changed in the meantime."""
    readings: list[tuple[Arrival, Reading]] = []
    changed: list[Skipped] = []
    for done, outcome in enumerate(read_returns(arrivals, guard), 1):
        if isinstance(outcome, Skipped):
            changed.append(outcome)
        else:
            readings.append(outcome)
        progress("Reading returns", done, len(arrivals))
    return readings, changed


def _is_settled(
    before: Submission,
    received: datetime,
    register: Register,
    standing: Mapping[tuple[str | None, str | None], Submission],
) -> bool:
    """Whether the same bytes would change nothing.

    What was sent back may be accepted by a changed register. What was accepted, and replaced by
    another return before it came again, is sent to put it back.
    """
    if before.outcome is not Outcome.ACCEPTED:
        return before.register_sha256 == register.sha256
    stands = standing.get((before.area, before.period))
    return stands is None or stands.sha256 == before.sha256 or received <= stands.received_at


def _take(
    checked: Sequence[Checked],
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    guard: Guard,
) -> list[Taken]:
    """Write corrections, commit outcomes, and only then clear the inbox, a batch at a time."""
    taken: list[Taken] = []
    for start in range(0, len(checked), _BATCH):
        batch = checked[start : start + _BATCH]
        corrections = write_corrections(batch, workspace, guard)
        outcomes = [
            _outcome(one, correction, workspace, register, now)
            for one, correction in zip(batch, corrections, strict=True)
        ]
        store.record([receipt(one, register, now) for one in batch])
        for one in batch:
            _archive(one.arrival, workspace)
        taken += outcomes
    return taken


def _outcome(
    one: Checked, correction: Path | None, workspace: Workspace, register: Register, now: datetime
) -> Taken:
    if correction is not None:
        write_message(one, correction, workspace, register, now)
    return Taken(
        filename=one.arrival.filename,
        sha256=one.arrival.sha256,
        outcome=Outcome.ACCEPTED if one.is_accepted else Outcome.REJECTED,
        area=one.reading.area,
        period=one.reading.period,
        findings=one.findings,
        correction=correction,
    )


def receipt(one: Checked, register: Register, now: datetime) -> Receipt:
    """What goes into the store for one return."""
    arrival, reading = one.arrival, one.reading
    submission = Submission(
        sha256=arrival.sha256,
        filename=arrival.filename,
        received_at=received_at(arrival, now),
        outcome=Outcome.ACCEPTED if one.is_accepted else Outcome.REJECTED,
        size=arrival.size,
        register_sha256=register.sha256,
        area=reading.area,
        period=reading.period,
        findings=one.findings,
    )
    if not one.is_accepted or reading.area is None or reading.period is None:
        return Receipt(submission)
    area, period = reading.area, reading.period
    observations = tuple(
        Observation(
            indicator=row.ref,
            area=area,
            period=period,
            status=row.status,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
            state=row.state,
            narrative=row.narrative,
            suppressed=row.suppressed,
            commentary=row.commentary,
            sheet=row.sheet,
            cell=row.cells["performance"],
        )
        for row in reading.rows
    )
    achievements = tuple(
        Achievement(a.priority, area, period, a.text, a.sheet, a.cell) for a in reading.achievements
    )
    return Receipt(submission, observations, achievements)


def _set_aside(
    arrivals: Sequence[Arrival],
    known: Mapping[str, Submission],
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
) -> list[Taken]:
    """Files whose bytes are in the store already.

    One that the store knows by its name and time as well was taken in by a run that was cut off
    before it could clear the inbox, and that is completed. Any other was sent twice, and that is
    recorded.
    """
    deliveries = store.deliveries(arrival.sha256 for arrival in arrivals)
    taken: list[Taken] = []
    for arrival in arrivals:
        received = received_at(arrival, now)
        if (arrival.sha256, arrival.filename, received) not in deliveries:
            taken.append(_duplicate(arrival, known[arrival.sha256], received, register, store))
        _archive(arrival, workspace)
    return taken


def _duplicate(
    arrival: Arrival, first: Submission, received: datetime, register: Register, store: Store
) -> Taken:
    at = f"{first.received_at.astimezone():%d/%m/%Y}"
    findings = (c.DUPLICATE.found(value=first.filename, received=at),)
    duplicate = replace(
        first,
        filename=arrival.filename,
        received_at=received,
        outcome=Outcome.DUPLICATE,
        register_sha256=register.sha256,
        findings=findings,
    )
    store.record([Receipt(duplicate)])
    return Taken(
        arrival.filename, arrival.sha256, Outcome.DUPLICATE, first.area, first.period, findings
    )


def archived(workspace: Workspace, arrival: Arrival) -> Path:
    """Where a file's bytes are kept for good, by their hash."""
    extension = EXTENSIONS.get(arrival.kind, ".bin")
    return workspace.archive / arrival.sha256[:2] / f"{arrival.sha256}{extension}"


def _archive(arrival: Arrival, workspace: Workspace) -> None:
    """Move a file from the inbox to the archive, byte for byte.

    A file that was replaced since it was read is another return and stays for the next run.
    """
    path = archived(workspace, arrival)
    try:
        with arrival.path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != arrival.sha256:
                return
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.move(arrival.path, path)
        with suppress(OSError):
            path.chmod(0o400)
    except FileNotFoundError:
        return
    except OSError as error:
        raise WorkspaceError(
            f"{arrival.path} was taken in but cannot be moved to the archive "
            f"({error.strerror}). The next run completes it once that is put right."
        ) from error
