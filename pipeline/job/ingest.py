"""Ingest: everything in the inbox goes through the stages to the store and the archive.

A file leaves the inbox only after the transaction with its outcome has committed. A crash anywhere
leaves either the file in the inbox or its outcome in the store, and the next run does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.intake.archive import take_away
from pipeline.intake.quarantine import set_apart
from pipeline.intake.scan import STILL_CHANGING, Arrival, Skipped, examine, has_changed, scan
from pipeline.mail.mailbox import as_mailed
from pipeline.outputs.corrections import write_corrections
from pipeline.returns.reader import guard_of, read_returns
from pipeline.returns.reading import Reading
from pipeline.returns.receiving import Delivery, Known, delivery_of, in_waves, judge, last_periods
from pipeline.returns.validate import Checked, validate
from pipeline.store import Outcome, Receipt, Store, Submission
from pipeline.store.journal import catch_up
from pipeline.workbooks.sandbox import Guard
from pipeline.workspace.folder import Workspace, need_folder
from pipeline.workspace.runs.pace import Pace
from schemas.findings import Finding
from schemas.model import Register

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
    # A run that was cut off may have recorded some and not cleared them away.
    done = store.taken(map(delivery_of, arrivals))
    skipped = [*set_aside, *take_away([a for a in arrivals if delivery_of(a) in done], workspace)]
    waiting = [a for a in arrivals if delivery_of(a) not in done]
    known = Known.of(waiting, store)
    opened = register.opened(reopened or {})
    night = _Night(workspace, opened, store, now, reopened or {}, known, pace)
    taken: list[Taken] = []
    with guard_of(opened, limits) as guard:
        deliveries, left = _read(waiting, night, guard, progress)
        skipped += left
        for wave in in_waves(deliveries, opened, known):
            outcomes, left = _take_wave(wave, night, guard)
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
    known: Known
    pace: Pace


def _read(
    arrivals: Sequence[Arrival], night: _Night, guard: Guard, progress: Progress
) -> tuple[list[Delivery], list[Skipped]]:
    """What each return says, in the order in which they came, and those that changed meanwhile.

    What counts already is read only where another return may take its place before it comes.
    """
    known, pace = night.known, night.pace
    with pace.during("reading"):
        fresh = [arrival for arrival in arrivals if known.counts(arrival) is None]
        readings, left = _readings(fresh, guard, progress, pace)
        told = {(reading.area, reading.period) for _, reading in readings}
        counting = [arrival for arrival in arrivals if known.counts(arrival) in told]
        more, changed = _readings(counting, guard, progress, pace)
    by_path = {arrival.path: reading for arrival, reading in (*readings, *more)}
    to_read = {arrival.path for arrival in (*fresh, *counting)}
    passed = {each.path for each in (*left, *changed)}
    deliveries = []
    for arrival in arrivals:
        if arrival.path in passed:
            continue
        reading = by_path.get(arrival.path)
        if reading is None and arrival.path in to_read:
            # The run's time is up: what came after this hangs on it.
            break
        deliveries.append(Delivery(arrival, reading))
    return deliveries, left + changed


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
        readings, changed = _readings(arrivals, guard, progress, Pace())
    checked = validate(readings, register, now, {})
    return checked, [*(e for e in examined if isinstance(e, Skipped)), *changed]


def _readings(
    arrivals: Sequence[Arrival], guard: Guard, progress: Progress, pace: Pace
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


def _take_wave(
    wave: Sequence[Delivery], night: _Night, guard: Guard
) -> tuple[list[Taken], list[Skipped]]:
    """Judge the files of a wave, commit their outcomes and clear the inbox, a batch at a time."""
    with night.pace.during("validating"):
        readings = [(one.arrival, one.reading) for one in wave if one.reading is not None]
        earlier = night.store.figures(last_periods(readings, night.register))
        checked = validate(readings, night.register, night.now, earlier)
    by_path = {one.arrival.path: one for one in checked}
    taken: list[Taken] = []
    left: list[Skipped] = []
    for start in range(0, len(wave), _BATCH):
        batch = [(one.arrival, by_path.get(one.arrival.path)) for one in wave[start:][:_BATCH]]
        outcomes, staying = _take_batch(batch, night, guard)
        taken += outcomes
        left += staying
        _log(outcomes, night.pace)
        night.pace.check()
    return taken, left


def _take_batch(
    batch: list[tuple[Arrival, Checked | None]], night: _Night, guard: Guard
) -> tuple[list[Taken], list[Skipped]]:
    """Write corrections, commit outcomes, and only then clear the inbox."""
    changed: list[Arrival] = []
    copies: dict[Path, Path] = {}
    with night.pace.during("sending back"):
        while True:
            judged = _judged(batch, night)
            back = [
                one.checked
                for one in judged
                if one.checked and one.is_sent_back and one.arrival.path not in copies
            ]
            written = write_corrections(back, night.workspace, guard)
            copies |= zip((one.arrival.path for one in back), written, strict=True)
            gone = [arrival for arrival, _ in batch if has_changed(arrival)]
            if not gone:
                break
            # What lies there now is another file, and of the one that was read nothing is kept.
            for arrival in gone:
                if copy := copies.pop(arrival.path, None):
                    copy.unlink(missing_ok=True)
            changed += gone
            batch = [(arrival, one) for arrival, one in batch if arrival not in gone]
    with night.pace.during("storing"):
        night.store.record([one.receipt for one in judged])
        catch_up(night.store, night.workspace.archive)
        left = take_away([one.arrival for one in judged], night.workspace)
    for one in judged:
        night.known.note(one.receipt.submission)
    taken = [one.taken(copies.get(one.arrival.path)) for one in judged]
    return taken, left + [Skipped(arrival.path, STILL_CHANGING) for arrival in changed]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What becomes of a file."""

    arrival: Arrival
    #: None where it was not read.
    checked: Checked | None
    receipt: Receipt
    #: What counted for its area and period until then.
    before: Submission | None

    @property
    def is_sent_back(self) -> bool:
        return self.receipt.submission.outcome is Outcome.REJECTED

    def taken(self, correction: Path | None) -> Taken:
        sent = self.receipt.submission
        is_accepted = sent.outcome is Outcome.ACCEPTED
        return Taken(
            filename=sent.filename,
            sha256=sent.sha256,
            outcome=sent.outcome,
            area=sent.area,
            period=sent.period,
            findings=sent.findings,
            correction=correction,
            replaces=self.before.filename if self.before and is_accepted else "",
            restates=sent.is_restatement,
        )


def _judged(batch: Sequence[tuple[Arrival, Checked | None]], night: _Night) -> list[_Judged]:
    """What becomes of each file of a batch, in its order; `night.known` stays as it is."""
    known = night.known.copy()
    judged = []
    for arrival, checked in batch:
        receipt = judge(arrival, checked, known, night.register, night.now, night.reopened)
        sent = receipt.submission
        judged.append(
            _Judged(arrival, checked, receipt, known.standing.get((sent.area, sent.period)))
        )
        known.note(sent)
    return judged


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
