"""Commands about mail: fetch returns from a mailbox, send what waits; and how mail is shown."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pipeline.cli import console
from pipeline.cli.console import Columns, Result, workspace_at
from pipeline.cli.options import WorkspaceOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.mail.delivery import MailStatus, Round
    from pipeline.mail.mailbox import Fetched
    from pipeline.store import Queued


def fetch(
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would be taken and left; change nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Take returns that service areas have mailed into their inbox folders.

    Which mailbox is said under [mail.receive] in pipeline.toml.

    Example: `quarterday fetch --dry-run`
    """
    from pipeline.job.session import register_of
    from pipeline.mail import mailbox
    from pipeline.workspace import lock
    from pipeline.workspace.errors import SettingsError
    from pipeline.workspace.folder import make_state

    place = workspace_at(workspace)
    if not place.settings.mail.receive.server:
        raise SettingsError(
            "No mailbox is set. Name its server under [mail.receive] in pipeline.toml."
        )
    register = register_of(place)
    # The lock alone: where nothing came, the next run still ends at once.
    with nullcontext() if dry_run else lock.held(make_state(place)):
        fetched = mailbox.fetch(place, register, console.now(), dry_run=dry_run)
    lines = fetched_lines(fetched, dry_run=dry_run)
    if not lines and not fetched.trouble:
        lines = ["No returns in the mailbox."]
    problems = [fetched.trouble] if fetched.trouble else []
    return Result(fetched, lines, needs_a_person=bool(fetched.left), problems=problems)


def fetched_lines(fetched: Fetched, *, dry_run: bool = False) -> list[str]:
    """What became of each message."""
    taken, left = ("would take", "would leave") if dry_run else ("taken", "left in the mailbox")
    lines = [f"{taken}: {one.path.name} ({one.area}) from {one.sender}" for one in fetched.taken]
    lines += [f"{left}: {message.line}" for message in fetched.left]
    if fetched.waiting:
        lines.append(f"{fetched.waiting} left earlier still wait there, flagged")
    return lines


def send(
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what waits for whom, and send nothing.")
    ] = False,
    again: Annotated[
        list[str] | None, Option(metavar="MESSAGE-ID", help="Send this message once more.")
    ] = None,
    drop: Annotated[
        list[str] | None, Option(metavar="MESSAGE-ID", help="Do not send it; it is seen to.")
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Deliver the messages that wait, and nothing else; no appendix is written.

    They go to the mail server of the settings; without one they are written into the outbox as .eml
    files. It ends with 1 where mail still waits.

    Example: `quarterday send --dry-run`
    """
    from pipeline.job.session import at_work, looking
    from pipeline.mail import delivery, enqueue
    from pipeline.workspace.lock import whoami

    place = workspace_at(workspace)
    if dry_run:
        with looking(place, console.now()) as session:
            return _would_go(session.store.messages.outstanding())
    with at_work(place, console.now()) as session:
        for header_id in again or ():
            delivery.again(session.store, header_id, session.now, whoami())
        for header_id in drop or ():
            delivery.drop(session.store, header_id, session.now, whoami())
        mistakes = enqueue.give_back(session)
        mail = delivery.deliver(session, impatient=True)
    still_waits = mail.needs_a_person or bool(mail.status.waiting)
    return Result(
        mail_document(mail, mistakes),
        mail_lines(mail, mistakes),
        needs_a_person=still_waits or bool(mistakes),
    )


def _would_go(messages: Sequence[Queued]) -> Result:
    """What would go to whom, one message a line."""
    from pipeline.mail.delivery import described

    rows = [
        (one.kind, one.recipient, one.subject, f"{one.size / 1024:,.0f} KiB", described(one))
        for one in messages
    ]
    lines = [Columns(("Kind", "To", "Subject", "Size", "State"), rows)]
    return Result({"messages": map(_document, messages)}, lines)


def mail_lines(mail: Round | None, mistakes: Iterable[str] = ()) -> Iterator[str]:
    """What was done about the mail, for a person, and what is wrong with the texts for it."""
    yield from (f"template {mistake}" for mistake in mistakes)
    if mail is None:
        return
    from pipeline.mail.delivery import described
    from pipeline.store import Became

    for path in mail.written:
        yield f"wrote {path}"
    for one in mail.became:
        if one.last is not None and one.last.outcome is not Became.WRITTEN:
            yield f"mail: {one.kind} to {one.recipient}: {described(one)}"
    if mail.trouble:
        yield f"mail: {mail.trouble}"
    yield from waiting_lines(mail.status)


def waiting_lines(status: MailStatus) -> Iterator[str]:
    """What waits, and what needs a person and why."""
    from pipeline.mail.delivery import described, remedy

    if patient := len([one for one in status.waiting if one not in status.stuck]):
        at = status.next_at
        tried = f"; tried again by the first run after {console.moment(at)}" if at else ""
        yield f"Mail that waits: {patient}{tried}."
    if status.stuck:
        yield "Mail that needs a person:"
    trouble = status.trouble
    why = trouble.answer if trouble else "It has waited for more than a day."
    for one in status.stuck:
        yield f"  {one.kind} to {one.recipient}, {one.subject}: {described(one)}"
        yield f"    {remedy(one) or why}"


def mail_document(mail: Round | None, mistakes: Iterable[str] = ()) -> dict[str, Any]:
    """The same for machines."""
    found = {"mistakes": list(mistakes)}
    if mail is None:
        nothing = {"written": [], "messages": [], "trouble": "", "waiting": 0, "stuck": []}
        return nothing | found
    return {
        "written": mail.written,
        "messages": map(_document, mail.became),
        "trouble": mail.trouble,
        **found,
        **waiting_document(mail.status),
    }


def waiting_document(status: MailStatus) -> dict[str, Any]:
    """What waits and what needs a person, for machines."""
    return {"waiting": len(status.waiting), "stuck": map(_document, status.stuck)}


def _document(one: Queued) -> dict[str, Any]:
    from pipeline.mail.delivery import described, remedy

    return {
        "message_id": one.header_id,
        "kind": one.kind,
        "period": one.period,
        "area": one.area,
        "to": one.recipient,
        "subject": one.subject,
        "size": one.size,
        "outcome": one.last.outcome if one.last else "",
        "state": described(one),
        "remedy": remedy(one),
    }
