"""The mailbox in which returns arrive, looked into and left as it is."""

from __future__ import annotations

from pipeline.operations.doctor.check import HealthCheck, broken, many, well
from pipeline.workspace.errors import MailboxError
from pipeline.workspace.folder import Workspace


def look_at_mailbox(workspace: Workspace) -> HealthCheck:
    """Whether the server lets the job in, and what lies in the folder."""
    settings = workspace.settings.mail.receive
    if not settings.server:
        return well("None is set.")
    from pipeline.mail.mailbox import opened

    try:
        with opened(workspace, is_read_only=True) as folder:
            messages, flagged = folder.messages(), folder.flagged()
    except MailboxError as error:
        return broken(str(error), "")
    found = f"{many(len(messages), 'message')} in {settings.folder}, {len(flagged)} flagged"
    checked = "" if settings.authserv_id else "; nothing is set to tell forged senders by"
    return well(f"{found}{checked}.")
