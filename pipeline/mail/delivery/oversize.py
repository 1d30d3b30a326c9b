"""Slimming: a message that is too large goes without its attachment and says where that lies."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from html import escape
from pathlib import PurePath
from urllib.parse import quote

from pipeline.mail.policy import POLICY
from pipeline.workspace.folder import Workspace


def without_attachment(content: bytes, where: str) -> bytes:
    """The same message with a sentence in place of what was attached; `where` says where that is.

    The Message-ID and all other headers stay.
    """
    email = message_from_bytes(content, _class=EmailMessage, policy=POLICY)
    names = [part.get_filename() or "" for part in email.iter_attachments()]
    if not names:
        return content
    said = f"{', '.join(names)} is too large to be attached. It lies at: {where}"
    for kind in ("plain", "html"):
        body = email.get_body((kind,))
        if body is None:
            continue
        text = body.get_content()
        if kind == "plain":
            body.set_content(f"{text.rstrip()}\n\n{said}\n", cte="quoted-printable")
        else:
            end = re.search(r"(?i)</body>", text)
            at = end.start() if end else len(text)
            text = text[:at] + _linked(said, where) + text[at:]
            body.set_content(text, subtype="html", cte="quoted-printable")
    parts = email.get_payload()
    email.set_payload([part for part in parts if not part.is_attachment()])  # type: ignore[union-attr]  # it has parts
    return email.as_bytes()


def place_of(attached: str, workspace: Workspace, period: str) -> str:
    """Where readers find an attachment: by the link to the outbox, or by its path."""
    within = attached or workspace.outbox_of(period).name
    link = workspace.settings.mail.outbox_link
    if not link:
        return str(workspace.outbox / within)
    if link.startswith(("https://", "http://")):
        return f"{link.rstrip('/')}/{quote(within)}"
    # A share, by the marks that it is written with.
    mark = "\\" if "\\" in link else "/"
    return link.rstrip("/\\") + mark + mark.join(PurePath(within).parts)


def _linked(said: str, where: str) -> str:
    sentence = escape(said)
    if where.startswith(("https://", "http://")):
        sentence = sentence.replace(escape(where), f'<a href="{escape(where)}">{escape(where)}</a>')
    return f"<p>{sentence}</p>"
