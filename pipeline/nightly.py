"""The nightly job: it strings the stages together and decides nothing itself.

A night that finds nothing new loads neither pandas nor SQLAlchemy, so what needs them is imported
where it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipeline import archive, lock, quarantine, settled
from pipeline.errors import WorkspaceError
from pipeline.findings import Severity
from pipeline.intake import is_idle
from pipeline.model import Period, Register
from pipeline.register import load_register
from pipeline.runs.pace import Pace
from pipeline.runs.record import Tally
from pipeline.workspace import (
    Workspace,
    make_private,
    make_state,
    need_folder,
    safe_name,
    sweep,
)

if TYPE_CHECKING:
    from pipeline.correspondence import Published
    from pipeline.ingest import Ingested, Progress
    from pipeline.mailbox import Fetched
    from pipeline.post import Round
    from pipeline.report import Report
    from pipeline.store import Outgoing, Queued, Store


@dataclass(frozen=True, slots=True)
class Issued:
    """The appendix of a period, as written to the outbox."""

    report: Report
    #: The key of what it was made from.
    content: str
    workbook: Path
    page: Path
    data: Path


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


def register_of(workspace: Workspace) -> Register:
    """The workspace's register.

    Raises:
        RegisterError: it is missing or holds mistakes, each named by sheet and cell.
    """
    make_private(workspace.state)
    return load_register(workspace.register, make_private(workspace.cache))


def store_of(workspace: Workspace) -> Store:
    """The workspace's store, to be closed by the caller."""
    from pipeline.store import Store

    need_folder(make_state(workspace))
    return Store(workspace.store_url)


@contextmanager
def at_work(workspace: Workspace) -> Iterator[Store]:
    """The workspace's store, while this run alone works in the workspace.

    Raises:
        LockedError: another run does.
    """
    from pipeline.journal import catch_up

    with alone(workspace), store_of(workspace) as store:
        catch_up(store, workspace.archive)
        yield store
        catch_up(store, workspace.archive)


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """No other run works in the workspace meanwhile, and what one left unfinished is gone.

    Raises:
        LockedError: another run does.
    """
    need_folder(make_state(workspace))
    with lock.held(workspace.state):
        settled.forget(workspace)
        sweep(workspace.outbox, workspace.state)
        archive.finish(workspace)
        quarantine.finish(workspace)
        if workspace.settings.mailbox.server:
            from pipeline import mailbox

            mailbox.finish(workspace)
        yield


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
    if workspace.settings.mailbox.server:
        with pace.during("fetching"):
            fetched = fetch(workspace, register, now)
    is_quiet = reopen is None and is_idle(workspace.inbox)
    if is_quiet and settled.is_settled(workspace, register, now):
        return Night(None, fetched=fetched)
    from pipeline.dispatch import correspond
    from pipeline.post import deliver

    with at_work(workspace) as store:
        need_folder(workspace.outbox)
        ingested = take_in(workspace, register, store, now, progress, reopen, pace)
        issued: list[Issued] = []
        published: list[Published] = []
        for period in due_periods(workspace, register, store):
            pace.check()
            progress("Writing the appendix", len(issued), len(issued) + 1)
            with pace.during("issuing"):
                done = issue(workspace, register, store, period, now)
                published.append(send(workspace, store, done, now))
            pace.tell("appendix issued", period=period.name)
            issued.append(done)
        with pace.during("mail"):
            correspond(workspace, register, store, now, published, ingested.skipped)
            mail = deliver(workspace, register, store, now)
    # Mail that needs a person is said again every night.
    if is_idle(workspace.inbox) and not mail.needs_a_person:
        settled.note(workspace, register, now, mail.standing.next_at)
    return Night(ingested, tuple(issued), mail, fetched)


def fetch(workspace: Workspace, register: Register, now: datetime) -> Fetched:
    """Take returns that came by mail into the inbox; trouble with the mailbox costs only those.

    Raises:
        LockedError: another run is at work.
    """
    from pipeline import mailbox

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
    from pipeline import closing
    from pipeline.ingest import ingest
    from pipeline.journal import keep_register

    keep_register(workspace, register)
    reopened = closing.note_closings(register, store, now)
    if reopen is not None:
        period = register.need_period(reopen.period)
        number = closing.reopen(period, store, now, lock.whoami(), reopen.because)
        reopened[period.name] = number
    return ingest(workspace, register, store, now, progress, reopened, pace)


def content_of(register: Register, store: Store, period: Period) -> str:
    """The key of what a period's appendix would be made from now."""
    from pipeline.assembly import content_key

    bearing = (period, register.last_period(period), register.year_before(period))
    names = dict.fromkeys(each.name for each in bearing if each is not None)
    return content_key(
        register, period, [sent for name in names for sent in store.submissions(name)]
    )


def due_periods(workspace: Workspace, register: Register, store: Store) -> list[Period]:
    """The periods for which something was accepted that no appendix shows.

    The appendix of a closed period stays as it is, whatever becomes of the register and the outbox.
    """
    accepted = set(store.periods())
    return [
        period
        for period in register.periods
        if period.name in accepted and _is_due(workspace, register, store, period)
    ]


def _is_due(workspace: Workspace, register: Register, store: Store, period: Period) -> bool:
    from pipeline.store import Outcome

    last = store.last_issue(period.name)
    if not period.open:
        # Where it is not known what the last appendix showed, what came before it is let be.
        shown = last.last_submission if last else 0
        return any(
            sent.outcome is Outcome.ACCEPTED
            and sent.id > shown
            and (shown > 0 or sent.reopening_id is not None)
            for sent in store.submissions(period.name)
        )
    return (
        last is None
        or last.content != content_of(register, store, period)
        or not workbook_path(workspace, register, period).exists()
    )


def workbook_path(workspace: Workspace, register: Register, period: Period) -> Path:
    """Where the appendix of a period lies."""
    stem = safe_name(f"{register.framework.appendix} - {period.name}")
    return workspace.outbox_of(period.name) / f"{stem}.xlsx"


def report_of(register: Register, store: Store, period: Period, now: datetime) -> Report:
    """The report of a period as things stand."""
    from pipeline.assembly import Evidence, assemble
    from pipeline.closing import restated_from

    last, year_before = register.last_period(period), register.year_before(period)
    submissions = store.submissions(period.name)
    evidence = Evidence(
        observations=store.observations(period.name),
        achievements=store.achievements(period.name),
        submissions=submissions,
        closed=restated_from(store, submissions),
        last=store.observations(last.name) if last else (),
        year_before=store.observations(year_before.name) if year_before else (),
    )
    return assemble(register, period, evidence, now)


def _to_issue(
    register: Register, store: Store, period: Period, now: datetime
) -> tuple[Report, str]:
    """The report of which an appendix is made, and the key of what it was made from."""
    content = content_of(register, store, period)
    last = store.last_issue(period.name)
    issued_at = last.issued_at.astimezone() if last and last.content == content else now
    return report_of(register, store, period, issued_at), content


def issue(
    workspace: Workspace, register: Register, store: Store, period: Period, now: datetime
) -> Issued:
    """Write the appendix of a period to the outbox: workbook, page and tidy data.

    One made from the same content as the last one sent bears its date, and is the same to the byte.
    """
    from pipeline.appendix import write_appendix
    from pipeline.page import write_page
    from pipeline.tidy import write_csv

    report, content = _to_issue(register, store, period, now)
    folder = need_folder(workspace.outbox_of(period.name))
    workbook = workbook_path(workspace, register, period)
    page, data = workbook.with_suffix(".html"), folder / f"{workbook.stem} data.csv"
    try:
        write_appendix(report, workbook)
        write_page(report, page)
        write_csv(report, data)
    except OSError as error:
        raise WorkspaceError(
            f"The appendix cannot be written to {folder} ({error.strerror}). "
            "Close the file if it is open, and check the rights on the folder."
        ) from error
    return Issued(report, content, workbook, page, data)


def send(workspace: Workspace, store: Store, issued: Issued, now: datetime) -> Published:
    """Put the messages that bring an appendix into the queue, and note that it was issued.

    Messages that were put there before for the same appendix are left as they are. What comes back
    is for `dispatch.correspond`, which tells others of it.
    """
    from pipeline.assembly import issue_of
    from pipeline.correspondence import Published
    from pipeline.journal import keep_register

    report = issued.report
    keep_register(workspace, report.register)
    last = store.last_issue(report.period.name)
    made = _messages(workspace, store, report, issued.workbook, now)
    if last is None or last.content != issued.content:
        made_from = issue_of(report, issued.content, store.last_number("submission"))
        # Together: a run cut off between the two would send another, or none.
        store.record_issue(made_from, made)
    else:
        store.messages.put(made)
    return Published(report, issued.workbook, last)


def _messages(
    workspace: Workspace, store: Store, report: Report, workbook: Path, now: datetime
) -> list[Outgoing]:
    """The messages that bring an appendix to its recipients, as the queue takes them."""
    from pipeline.changes import changes_since
    from pipeline.mail import Office, Texts, appendix_messages
    from pipeline.post import outgoing

    office = Office(workspace.settings.mail.sender, Texts(workspace.templates))
    changes = changes_since(report, store.last_issue(report.period.name))
    messages = appendix_messages(report, workbook, sender=office, changes=changes)
    return outgoing(workspace, messages, kind="appendix", period=report.period.name, now=now)


def would_send(
    workspace: Workspace, register: Register, store: Store, periods: Iterable[Period], now: datetime
) -> list[Queued]:
    """The messages that `send` would put into the queue, and those in it; nothing is written."""
    from pipeline.appendix import write_appendix
    from pipeline.post import preview

    made: list[Outgoing] = []
    with TemporaryDirectory() as folder:
        for period in periods:
            report, _ = _to_issue(register, store, period, now)
            workbook = Path(folder, workbook_path(workspace, register, period).name)
            write_appendix(report, workbook)
            made += _messages(workspace, store, report, workbook, now)
    return preview(store, made)


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


def tally(night: Night) -> Tally:
    """What a night came to, in numbers."""
    issued = tuple(done.report.period.name for done in night.issued)
    if night.ingested is None:
        return Tally(issued=issued)
    from pipeline.store import Outcome

    outcomes = [taken.outcome for taken in night.ingested.taken]
    return Tally(
        accepted=outcomes.count(Outcome.ACCEPTED),
        sent_back=outcomes.count(Outcome.REJECTED),
        duplicates=outcomes.count(Outcome.DUPLICATE),
        left=len(night.ingested.skipped),
        issued=issued,
    )
