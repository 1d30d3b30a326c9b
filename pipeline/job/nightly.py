"""The nightly job: every stage, in order. It decides nothing itself.

A night that finds nothing new loads neither pandas nor SQLAlchemy, so what needs them is imported
where it is used.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from pipeline.intake.inbox import is_idle
from pipeline.job import idle, keeping
from pipeline.job.session import at_work, noting, register_of
from pipeline.register.last_read import note_read
from pipeline.workspace import lock
from pipeline.workspace.errors import RegisterError, WorkspaceError
from pipeline.workspace.folder import Workspace, make_state, need_folder, temporary_files
from pipeline.workspace.runs.at_work import Thing, pending, server_of
from pipeline.workspace.runs.pace import Pace
from pipeline.workspace.runs.record import RunCounts
from schemas.findings import Severity
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.intake.inbox import Skipped
    from pipeline.mail.delivery import Round
    from pipeline.mail.mailbox import Fetched
    from pipeline.outputs.issuing import Issued
    from pipeline.store import Decision, Submission
    from pipeline.store.session import Progress


#: No longer is waited for a register that is being saved, in seconds.
_A_MOMENT = 10.0


class Night(Struct, frozen=True):
    """What one run did."""

    #: What became of each file from the inbox, in the order in which it was recorded.
    decisions: tuple[Decision, ...] = ()
    #: What stays in the inbox or went to quarantine, and why.
    skipped: tuple[Skipped, ...] = ()
    #: The faults of this program's for which a correction copy holds the list alone.
    faults: tuple[str, ...] = ()
    #: What was drafted or issued, or written once more.
    issued: tuple[Issued, ...] = ()
    #: What was done about the mail.
    mail: Round | None = None
    #: What is wrong with the officer's own texts of mail, in whose place the package's went out.
    mistakes: tuple[str, ...] = ()
    #: What came by mail; None where no mailbox is set.
    fetched: Fetched | None = None
    #: What is not, or no longer as it was, in the archive, a line each.
    not_kept: tuple[str, ...] = ()
    #: There was nothing to do.
    was_idle: bool = False

    @property
    def submissions(self) -> tuple[Submission, ...]:
        """What the store holds of each file from the inbox."""
        return tuple(one.submission for one in self.decisions)

    @property
    def mails(self) -> tuple[Path, ...]:
        """The messages that were written as files."""
        return self.mail.written if self.mail else ()


class Reopen(Struct, frozen=True):
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
    *,
    only_inbox: bool = False,
) -> Night:
    """Everything, in order: take in what came, issue what changed, deliver the mail that is due.

    `only_inbox` takes in what lies in the inbox and says what became of it; nothing is fetched or
    issued.

    Raises:
        OverrunError: its time is up; what it did is kept, and the next run does the rest.
        OutOfMemoryError: there is no more memory.
    """
    pace = pace or Pace()
    register = _register_of(workspace, now, pace, is_told=not only_inbox)
    # A mailbox on which a run has ended comes last.
    is_last = not only_inbox and _mailbox(workspace).key in pending(workspace.state)
    fetched = None if only_inbox or is_last else fetch(workspace, register, now, pace)
    is_quiet = not only_inbox and reopen is None and is_idle(workspace.inbox)
    if is_quiet and idle.holds(workspace, register, now):
        fetched = fetch(workspace, register, now, pace) if is_last else fetched
        not_kept = tuple(keeping.changed(workspace, now.date(), pace))
        return Night(fetched=fetched, not_kept=not_kept, was_idle=True)
    from pipeline.consolidation.assembly import disclose, merge, rate
    from pipeline.consolidation.redaction import Redaction
    from pipeline.job.deciding import decide_last
    from pipeline.job.stages import (
        archive,
        collect,
        correct,
        in_turn,
        read,
        record,
        under_way,
        validate,
    )
    from pipeline.mail.delivery import deliver
    from pipeline.mail.enqueue import enqueue
    from pipeline.outputs.issuing import due_periods, publish, unwritten
    from pipeline.returns.receiving import decide
    from pipeline.store.retention import next_day

    with at_work(workspace, now, progress, pace, register) as session:
        if not only_inbox:
            need_folder(workspace.outbox)
        intake = collect(session, reopen)
        with under_way(intake):
            for part in in_turn(intake):
                returns = read(part)
                for batch in validate(intake, returns):
                    decisions = decide(batch, intake.known, intake.session.register, now)
                    decisions = correct(intake, decisions)
                    with pace.during("storing"):
                        record(intake, decisions)
                        archive(intake, decisions)
                    pace.check()
        issued: list[Issued] = []
        # One that is half written is completed at any rate, since mail tells of it.
        for period in (unwritten if only_inbox else due_periods)(session):
            pace.check()
            progress("Writing the appendix", len(issued), len(issued) + 1)
            with pace.during("issuing"):
                merged = merge(session, period)
                disclosed = disclose(merged)
                report = rate(disclosed)
                issued += publish(session, report)
        issued = issued if only_inbox else decide_last(intake.desk, issued)
        # Of a folder that was exchanged it is said once.
        skipped = tuple(dict.fromkeys(intake.skipped))
        redaction = Redaction(register, session.store)
        with pace.during("mail"):
            mistakes = enqueue(session, redaction, skipped, issued)
            mail = deliver(session)
        lost = () if only_inbox else keeping.lost(session)
        told = tuple(
            replace(one, submission=redaction.told(one.submission)) for one in intake.decisions
        )
        falls_due = next_day(register, session.store, now.astimezone().date())
    fetched = fetch(workspace, register, now, pace) if is_last else fetched
    # Mail that needs a person is said again every night, and so is what is not in the archive.
    if not (only_inbox or mail.needs_a_person or lost) and is_idle(workspace.inbox):
        _note_idle(workspace, register, now, mail, falls_due)
    return Night(
        decisions=told,
        skipped=skipped,
        faults=tuple(intake.faults),
        issued=tuple(issued),
        mail=mail,
        mistakes=mistakes,
        fetched=fetched,
        not_kept=lost,
    )


def _get_ready(workspace: Workspace) -> None:
    """Have what reads returns get ready, where there are any, while the job itself loads."""
    # An inbox that cannot be listed is told of when it is needed.
    with suppress(WorkspaceError):
        if not is_idle(workspace.inbox):
            from pipeline.workbooks import sandbox

            with temporary_files(workspace):
                sandbox.get_ready()


def _register_of(workspace: Workspace, now: datetime, pace: Pace, *, is_told: bool) -> Register:
    """The workspace's register; where it cannot be read, whoever gets the digest is told.

    Raises:
        RegisterError: it is missing or holds mistakes, each named by sheet and cell.
    """
    _get_ready(workspace)
    try:
        register = _once_saved(workspace) if is_told else register_of(workspace)
    except RegisterError as error:
        if is_told:
            from pipeline.job import unreadable

            unreadable.tell(workspace, error, now, pace)
        raise
    note_read(workspace.state, register, now)
    return register


def _once_saved(workspace: Workspace) -> Register:
    """The workspace's register; one that cannot be opened is looked for once more in a moment.

    Excel takes it away whenever it saves, and nobody need hear of that.
    """
    try:
        return register_of(workspace)
    except RegisterError as error:
        if error.findings:
            raise
        sleep(min(workspace.settings.limits.settle_seconds, _A_MOMENT))
        return register_of(workspace)


def _note_idle(
    workspace: Workspace, register: Register, now: datetime, mail: Round, falls_due: date | None
) -> None:
    """Note that there is nothing to do before mail is tried again, or something falls due."""
    next_at = datetime.combine(falls_due, time()).astimezone() if falls_due else None
    idle.note(workspace, register, now, (mail.status.next_at, next_at))


def fetch(workspace: Workspace, register: Register, now: datetime, pace: Pace) -> Fetched | None:
    """Take returns that came by mail into the inbox; trouble with the mailbox costs only those.

    Raises:
        LockedError: another run is at work.
    """
    if not workspace.settings.mail.receive.server:
        return None
    from pipeline.mail import mailbox

    # The lock alone: to have looked into a mailbox is no work, and leaves an idle night idle.
    with pace.during("fetching"), lock.held(make_state(workspace)), noting(workspace, pace):
        server = _mailbox(workspace)
        if why := pace.work.left_for_tonight(server):
            return mailbox.Fetched(trouble=why)
        with pace.work.on("fetching", [server]):
            fetched = mailbox.fetch(workspace, register, now)
        pace.work.clear([server])
        return fetched


def _mailbox(workspace: Workspace) -> Thing:
    return server_of("fetching", workspace.settings.mail.receive.server)


def needs_a_person(night: Night) -> bool:
    """Whether anything that happened in the night waits for someone."""
    mailbox = night.fetched is not None and bool(night.fetched.left or night.fetched.trouble)
    findings = [f for sent in night.submissions for f in sent.findings]
    troubled = any(f.severity in (Severity.ERROR, Severity.WARNING) for f in findings)
    conflicts = any(
        line.consolidated.conflict for done in night.issued for line in done.report.lines
    )
    asks = any(done.report.questions for done in night.issued)
    stuck = night.mail is not None and night.mail.needs_a_person
    other = night.skipped or night.faults or night.mistakes or night.not_kept
    return troubled or conflicts or asks or mailbox or stuck or bool(other)


def tally(night: Night) -> RunCounts:
    """What a night came to, in numbers."""
    outcomes = [str(sent.outcome) for sent in night.submissions]
    return RunCounts(
        accepted=outcomes.count("accepted"),
        sent_back=outcomes.count("rejected"),
        duplicates=outcomes.count("duplicate"),
        left=len(night.skipped),
        unmarked=len(night.faults),
        issued=tuple(one.report.period.name for one in night.issued if not one.report.is_draft),
    )
