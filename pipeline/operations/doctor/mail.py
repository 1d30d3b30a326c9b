"""Mail: the workspace's own texts, and the mailbox in which returns arrive, left as it is."""

from __future__ import annotations

from pipeline.mail import mailbox
from pipeline.mail.messages.texts import faults, own_templates
from pipeline.operations.doctor.check import HealthCheck, attention, many, well
from pipeline.workspace.folder import Workspace


def look_at_texts(workspace: Workspace) -> HealthCheck:
    """The workspace's own texts of mail: whether each can be used."""
    folder = workspace.templates
    if not folder.is_dir():
        return well("All as Quarterday brings them.")
    if found := faults(folder):
        return attention(
            f"{many(len(found), 'mistake')} in {folder}.",
            "Correct each; until then the text that Quarterday brings is sent.",
            *found,
        )
    return well(f"{many(len(own_templates(folder)), 'text')} of your own.")


def look_at_mailbox(workspace: Workspace) -> HealthCheck:
    """Whether the server lets the job in, and what lies in the folder.

    Raises:
        MailboxError: it does not.
    """
    settings = workspace.settings.mail.receive
    if not settings.server:
        return well("None is set.")
    with mailbox.opened(workspace, is_read_only=True) as folder:
        messages, flagged = folder.messages(), folder.flagged()
    found = f"{many(len(messages), 'message')} in {settings.folder}, {len(flagged)} flagged"
    checked = "" if settings.authserv_id else "; nothing is set to tell forged senders by"
    return well(f"{found}{checked}.")
