"""By hand: what goes to a service area without an address lies in the outbox, to be handed over."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

from pipeline.mail.policy import POLICY
from pipeline.workspace.folder import Workspace, closed_folder, safe_name, write_whole


def write_out(content: bytes, path: Path, workspace: Workspace) -> None:
    """Write what a message says as a text file, and beside it what is attached.

    The text comes last: where it is, all is.

    Raises:
        OSError: a file cannot be written.
    """
    closed_folder(workspace.by_hand)
    path.parent.mkdir(parents=True, exist_ok=True)
    email = message_from_bytes(content, _class=EmailMessage, policy=POLICY)
    for part in email.iter_attachments():
        name = safe_name(Path(part.get_filename() or "attachment").name)
        write_whole(path.parent / name, part.get_content())
    body = email.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    write_whole(path, f"{email['Subject']}\n{email['Date']}\n\n{text}".encode())


def lying_by_hand(workspace: Workspace) -> Mapping[str, int]:
    """How many messages lie there for each area, by the name of its folder."""
    folders = sorted(workspace.by_hand.glob("*"))
    found = {folder.name: len([*folder.rglob("*.txt")]) for folder in folders}
    return {name: many for name, many in found.items() if many}
