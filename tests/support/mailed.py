"""Messages as mail programs write them, and a workspace whose returns come by mail."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from importlib.resources import files
from pathlib import Path

from schemas.model import Register
from tests.support.dovecot import USER, Dovecot
from tests.support.filled import at_once
from tests.support.mixed import set_up
from tests.support.registers import put_register

XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: A mail server's name, and what it writes into a message that is from whom it says.
AUTHSERV = "mx.council.example"
PASSED = f"{AUTHSERV}; dmarc=pass header.from=council.example"


def letter(
    sender: str,
    *attached: Path | tuple[str, bytes],
    subject: str = "Our return",
    headers: Sequence[tuple[str, str]] = (),
    message_id: str = "",
) -> EmailMessage:
    """A message with files attached; `headers` stand above all others, in their order."""
    message = EmailMessage(policy=SMTP)
    for name, value in headers:
        message[name] = value
    message["From"] = sender
    message["To"] = USER
    message["Subject"] = subject
    message["Message-ID"] = message_id or make_msgid(domain="council.example")
    message.set_content("Please find our return attached.\n")
    message.add_alternative("<p>Please find our return attached.</p>", subtype="html")
    for each in attached:
        name, content = (each.name, each.read_bytes()) if isinstance(each, Path) else each
        message.add_attachment(content, maintype="application", subtype=XLSX, filename=name)
    return message


def make_workspace(folder: Path, register: Register, server: Dovecot, more: str = "") -> Path:
    """A workspace that looks into the server's mailbox; `more` are lines under [mail.receive]."""
    (folder / "inbox").mkdir(parents=True)
    put_register(register, folder / "register.xlsx")
    settings = at_once(files("pipeline.workspace").joinpath("pipeline.toml").read_text("utf-8"))
    (folder / "pipeline.toml").write_text(settings, encoding="utf-8")
    set_up(
        folder,
        section="mail.receive",
        server="127.0.0.1",
        port=server.port,
        user=USER,
        ca_file=server.authority,
        timeout_seconds=10,
    )
    set_up(folder, section="mail.receive", **tomllib.loads(more))
    return folder
