"""Where a return is to be sent and who answers questions, as the cover of the template says."""

from __future__ import annotations

from msgspec import Struct

from pipeline.workbooks.safe_text import one_line
from pipeline.workspace.folder import Workspace
from schemas.model import Gets, Register
from schemas.wording import listed


class ReturnTo(Struct, frozen=True):
    """Empty where it is not known, and then the cover does not speak of it."""

    #: `mail it to returns@council.example, or put it into the folder /srv/performance/inbox`.
    how: str = ""
    #: `Jane Smith (jane@council.example)`.
    ask: str = ""


def return_to(workspace: Workspace, register: Register) -> ReturnTo:
    """By the settings: the mailbox, where one is read, and the inbox folder.

    Who answers are those who get the digest.
    """
    receive = workspace.settings.mail.receive
    folder = f"put it into the folder {workspace.inbox.absolute()}"
    mailbox = receive.user if "@" in receive.user else workspace.settings.mail.sender
    how = f"mail it to {one_line(mailbox)}, or {folder}" if receive.server else folder
    officers = [each for each in register.recipients if Gets.DIGEST in each.gets]
    ask = listed((f"{one_line(o.name)} ({one_line(o.email)})" for o in officers), "or")
    return ReturnTo(how, ask)
