"""How mail is shown, to people and to machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from pipeline.cli.console import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.mail.delivery import MailStatus, Round
    from pipeline.store import Queued


def print_would_go(messages: Sequence[Queued], *, json: bool) -> None:
    """What would go to whom, one message a line."""
    from pipeline.mail.delivery import described

    if json:
        print_json({"messages": [_document(one) for one in messages]})
        return
    print_table(
        ("Kind", "To", "Subject", "Size", "State"),
        [
            (one.kind, one.recipient, one.subject, _size_shown(one.size), described(one))
            for one in messages
        ],
    )


def print_mail(mail: Round | None) -> None:
    """What was done about the mail, in lines for a person."""
    if mail is None:
        return
    from pipeline.mail.delivery import described
    from pipeline.store import Became

    for path in mail.written:
        typer.echo(f"wrote {path}")
    for one in mail.became:
        if one.last is not None and one.last.outcome is not Became.WRITTEN:
            typer.echo(f"mail: {one.kind} to {one.recipient}: {described(one)}")
    if mail.trouble:
        typer.echo(f"mail: {mail.trouble}")
    print_status(mail.status)


def print_status(status: MailStatus) -> None:
    """What waits, and what needs a person and why."""
    from pipeline.mail.delivery import described, remedy

    patient = len([one for one in status.waiting if one not in status.stuck])
    if patient:
        at = status.next_at.astimezone() if status.next_at else None
        tried = f"; tried again by the first run after {at:%d %b %Y %H:%M}" if at else ""
        typer.echo(f"Mail that waits: {patient}{tried}.")
    if status.stuck:
        typer.echo("Mail that needs a person:")
    for one in status.stuck:
        typer.echo(f"  {one.kind} to {one.recipient}, {one.subject}: {described(one)}")
        typer.echo(f"    {remedy(one) or _why(status)}")


def _why(status: MailStatus) -> str:
    """Why mail waits that nobody has refused."""
    trouble = status.trouble
    return trouble.answer if trouble else "It has waited for more than a day."


def mail_document(mail: Round | None) -> dict[str, Any]:
    """What was done about the mail, for machines."""
    if mail is None:
        return {"written": [], "messages": [], "trouble": "", "waiting": 0, "stuck": []}
    return {
        "written": mail.written,
        "messages": [_document(one) for one in mail.became],
        "trouble": mail.trouble,
        **status_document(mail.status),
    }


def status_document(status: MailStatus) -> dict[str, Any]:
    """How the mail stands, for machines."""
    return {
        "waiting": len(status.waiting),
        "stuck": [_document(one) for one in status.stuck],
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


def _size_shown(size: int) -> str:
    return f"{size / 1024:,.0f} KiB"
