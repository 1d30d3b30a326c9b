"""The nightly job: it strings the stages together and decides nothing itself.

A night that finds nothing new loads neither pandas nor SQLAlchemy, so what needs them is imported
where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.intake.scan import is_idle
from pipeline.job import idle
from pipeline.job.session import at_work, register_of
from pipeline.workspace import lock
from pipeline.workspace.folder import Workspace, make_state, need_folder
from pipeline.workspace.runs.pace import Pace
from pipeline.workspace.runs.record import RunCounts
from schemas.findings import Severity
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.job.ingest import Ingested, Progress
    from pipeline.mail.delivery import Round
    from pipeline.mail.mailbox import Fetched
    from pipeline.outputs.issuing import Issued
    from pipeline.store import Store


@dataclass(frozen=True, slots=True)
class Night:
    """What one run did. `ingested` is None where there was nothing to do."""

    ingested: Ingested | None
    issued: tuple[Issued, ...] = ()
    #: What was done about the mail.
    mail: Round | None = None
    #: What came by mail; None where no mailbox is set.
    fetched: Fetched | None = None

    @property
    def mails(self) -> tuple[Path, ...]:
        """The messages that were written as files."""
        return self.mail.written if self.mail else ()


@dataclass(frozen=True, slots=True)
class Reopen:
    """A person's word that a closed period is open for one run."""

    #: As the register names it.
    period: str
    because: str = ""


def run(
    workspace: Workspace,
    now: datetime,
    progress: Progress,
    reopen: Reopen | None = None,
    pace: Pace | None = None,
) -> Night:
    """Everything, in order: take in what came, issue what changed, deliver the mail that is due.

    Raises:
        OverrunError: its time is up; what it did is kept, and the next run does the rest.
    """
    pace = pace or Pace()
    register = register_of(workspace)
    fetched = None
    if workspace.settings.mail.receive.server:
        with pace.during("fetching"):
            fetched = fetch(workspace, register, now)
    is_quiet = reopen is None and is_idle(workspace.inbox)
    if is_quiet and idle.is_settled(workspace, register, now):
        return Night(None, fetched=fetched)
    from pipeline.mail.delivery import deliver
    from pipeline.mail.dispatch import correspond
    from pipeline.outputs import issuing
    from pipeline.store import retention

    with at_work(workspace) as store:
        need_folder(workspace.outbox)
        ingested = take_in(workspace, register, store, now, progress, reopen, pace)
        issued: list[Issued] = []
        for period in issuing.due_periods(workspace, register, store):
            pace.check()
            progress("Writing the appendix", len(issued), len(issued) + 1)
            with pace.during("issuing"):
                issued.append(issuing.issue(workspace, register, store, period, now))
                issuing.record(workspace, store, issued[-1])
            pace.tell("appendix issued", period=period.name)
        with pace.during("mail"):
            correspond(workspace, register, store, now, ingested.skipped)
            mail = deliver(workspace, register, store, now)
        falls_due = retention.next_day(register, store, now.astimezone().date())
    # Mail that needs a person is said again every night.
    if is_idle(workspace.inbox) and not mail.needs_a_person:
        next_day = datetime.combine(falls_due, time()).astimezone() if falls_due else None
        idle.note(workspace, register, now, (mail.status.next_at, next_day))
    return Night(ingested, tuple(issued), mail, fetched)


def fetch(workspace: Workspace, register: Register, now: datetime) -> Fetched:
    """Take returns that came by mail into the inbox; trouble with the mailbox costs only those.

    Raises:
        LockedError: another run is at work.
    """
    from pipeline.mail import mailbox

    # Not `alone`: to have looked into a mailbox is no work, and leaves an idle night idle.
    with lock.held(need_folder(make_state(workspace))):
        return mailbox.fetch(workspace, register, now)


def take_in(
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    progress: Progress,
    reopen: Reopen | None = None,
    pace: Pace | None = None,
) -> Ingested:
    """Take in whatever lies in the inbox, restatements of reopened periods among it."""
    from pipeline.consolidation import closing
    from pipeline.job.ingest import ingest
    from pipeline.register import need_period
    from pipeline.store.journal import archive_register

    archive_register(workspace, register)
    reopened = closing.note_closings(register, store, now)
    if reopen is not None:
        period = need_period(register, reopen.period)
        number = closing.reopen(period, store, now, lock.whoami(), reopen.because)
        reopened[period.name] = number
    return ingest(workspace, register, store, now, progress, reopened, pace)


def needs_a_person(night: Night) -> bool:
    """Whether anything that happened in the night waits for someone."""
    mailbox = night.fetched is not None and bool(night.fetched.left or night.fetched.trouble)
    if night.ingested is None:
        return mailbox
    from pipeline.store import Outcome

    troubled = any(
        taken.outcome is Outcome.REJECTED
        or any(f.severity is Severity.WARNING for f in taken.findings)
        for taken in night.ingested.taken
    )
    conflicts = any(
        line.consolidated.conflict for done in night.issued for line in done.report.lines
    )
    stuck = night.mail is not None and night.mail.needs_a_person
    return troubled or conflicts or mailbox or stuck or bool(night.ingested.skipped)


def tally(night: Night) -> RunCounts:
    """What a night came to, in numbers."""
    issued = tuple(done.report.period.name for done in night.issued)
    if night.ingested is None:
        return RunCounts(issued=issued)
    from pipeline.store import Outcome

    outcomes = [taken.outcome for taken in night.ingested.taken]
    return RunCounts(
        accepted=outcomes.count(Outcome.ACCEPTED),
        sent_back=outcomes.count(Outcome.REJECTED),
        duplicates=outcomes.count(Outcome.DUPLICATE),
        left=len(night.ingested.skipped),
        issued=issued,
    )
