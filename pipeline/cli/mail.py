"""The command that sends what waits, and how mail is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from pipeline.cli import console
from pipeline.cli.console import Columns, Result, workspace_at
from pipeline.cli.options import PeriodOption, WorkspaceOption, chosen_periods

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.mail.delivery import MailStatus, Round
    from pipeline.store import Queued


def send(
    *,
    period: PeriodOption = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would go to whom, and write nothing.")
    ] = False,
    again: Annotated[
        list[str] | None,
        Option("--again", metavar="MESSAGE-ID", help="Send this message once more."),
    ] = None,
    drop: Annotated[
        list[str] | None,
        Option("--drop", metavar="MESSAGE-ID", help="Do not send it; it is seen to."),
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Write the appendix afresh, and deliver its messages and all others that wait.

    They go to the mail server of the settings; without one they are written into the outbox as .eml
    files. A message that went before for the same appendix does not go again. With --again or
    --drop no appendix is written.

    Example: `quarterday send --dry-run`
    """
    from pipeline.job.session import at_work, looking
    from pipeline.mail import delivery, enqueue
    from pipeline.workspace.lock import whoami

    place = workspace_at(workspace)
    now = console.now()
    if dry_run:
        with looking(place, now) as session:
            chosen = chosen_periods(session.register, period)
            return _would_go(enqueue.would_send(session, chosen))
    with at_work(place, now) as session:
        for header_id in again or ():
            delivery.again(session.store, header_id, now, whoami())
        for header_id in drop or ():
            delivery.drop(session.store, header_id, now, whoami())
        if not again and not drop:
            for each in chosen_periods(session.register, period):
                enqueue.send(session, each)
        mail = delivery.deliver(session, impatient=True)
    return Result(mail_document(mail), mail_lines(mail), needs_a_person=mail.needs_a_person)


def _would_go(messages: Sequence[Queued]) -> Result:
    """What would go to whom, one message a line."""
    from pipeline.mail.delivery import described

    rows = [
        (one.kind, one.recipient, one.subject, f"{one.size / 1024:,.0f} KiB", described(one))
        for one in messages
    ]
    return Result(
        {"messages": [_document(one) for one in messages]},
        [Columns(("Kind", "To", "Subject", "Size", "State"), rows)],
    )


def mail_lines(mail: Round | None) -> Iterator[str]:
    """What was done about the mail, for a person."""
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


def mail_document(mail: Round | None) -> dict[str, Any]:
    """What was done about the mail, for machines."""
    return {
        "written": mail.written if mail else [],
        "messages": [_document(one) for one in mail.became] if mail else [],
        "trouble": mail.trouble if mail else "",
        **waiting_document(mail.status if mail else None),
    }


def waiting_document(status: MailStatus | None) -> dict[str, Any]:
    """What waits and what needs a person, for machines."""
    return {
        "waiting": len(status.waiting) if status else 0,
        "stuck": [_document(one) for one in status.stuck] if status else [],
    }


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
