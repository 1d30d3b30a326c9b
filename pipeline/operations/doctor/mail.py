"""Mail: the workspace's own texts, and the mailbox in which returns arrive, left as it is."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from pipeline.mail import mailbox
from pipeline.mail.delivery import described, mail_status
from pipeline.mail.messages.texts import faults, own_templates
from pipeline.mail.secrets import NoSecretError, secret_of
from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.operations.doctor.schedule import has_in_file
from pipeline.store import Store, attachments, copying
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import holds
from pipeline.workspace.settings import ServerSettings
from schemas.wording import listed


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


def look_at_attachments(workspace: Workspace) -> HealthCheck:
    """Whether everything is there that goes with mail which waits.

    Raises:
        StoreError: the store cannot be opened.
    """
    wanted = copying.attachments(workspace.store_url)
    places = (attachments.place_of(workspace, sha256) for sha256 in sorted(wanted))
    lost = [place for place in places if not holds(place, place.name)]
    if lost:
        return broken(
            f"{many(len(lost), 'file')} missing, or changed, without which mail cannot go.",
            "Put them back from a backup; else quarterday status names the messages, and "
            "quarterday send --drop MESSAGE-ID gives one up.",
            *map(str, lost),
        )
    return well(f"{many(len(wanted), 'file')} for mail that waits." if wanted else "None wait.")


def look_at_held(workspace: Workspace) -> HealthCheck:
    """Whether messages wait for a person's word, as all do that waited in a backup.

    Raises:
        StoreError: the store cannot be opened.
    """
    store = Store.as_it_is(workspace.store_url)
    if store is None:
        return well("None waits.")
    try:
        stuck = mail_status(store, datetime.now().astimezone()).stuck
    finally:
        store.close()
    held = [one for one in stuck if not one.waits or not one.has_content]
    if not held:
        return well("None waits for a person's word.")
    waits = "waits" if len(held) == 1 else "wait"
    return attention(
        f"{many(len(held), 'message')} {waits} for a person's word.",
        "Ask whether each came: quarterday send --again MESSAGE-ID sends it, and quarterday send "
        "--drop MESSAGE-ID says that it is seen to. quarterday status says more of each.",
        *(f"{one.header_id.strip('<>')} to {one.recipient}: {described(one)}" for one in held),
    )


def look_at_passwords(workspace: Workspace) -> HealthCheck:
    """Whether there is all that logs in to the mail servers: passwords, commands, certificates."""
    mail = workspace.settings.mail
    lacks: list[str] = []
    had: list[str] = []
    for server in (mail.send, mail.receive):
        if not server.server:
            continue
        name = server.HEADING
        if server.ca_file and not Path(server.ca_file).is_file():
            lacks.append(f"{name}.ca_file: {server.ca_file} is not there")
        if server.token_command and not shutil.which(server.token_command[0]):
            lacks.append(f"{name}.token_command: {server.token_command[0]} is not there")
        if server.needs_password:
            file = has_in_file(workspace, server.PASSWORD)
            if why := _lacks_password(server):
                had += [f"{server.server} in {file}"] if file else []
                lacks += [] if file else [why]
            else:
                had.append(f"{server.server} here")
    if lacks:
        return attention(
            f"{many(len(lacks), 'thing')} missing without which mail waits.",
            "Put each where it is looked for; docs/settings.md says where passwords stand.",
            *lacks,
        )
    return well(f"There is one for {listed(had)}." if had else "None is needed.")


def look_at_mailbox(workspace: Workspace) -> HealthCheck:
    """Whether the server lets the job in, and what lies in the folder.

    Raises:
        MailboxError: it does not.
    """
    settings = workspace.settings.mail.receive
    if not settings.server:
        return well("None is set.")
    file = has_in_file(workspace, settings.PASSWORD)
    if file and settings.needs_password and _lacks_password(settings):
        return well(f"Not looked into: its password is in {file}, for the service alone.")
    with mailbox.opened(workspace, is_read_only=True) as folder:
        messages, flagged = folder.messages(), folder.flagged()
    found = f"{many(len(messages), 'message')} in {settings.folder}, {len(flagged)} flagged"
    checked = "" if settings.authserv_id else "; nothing is set to tell forged senders by"
    return well(f"{found}{checked}.")


def _lacks_password(server: ServerSettings) -> str:
    """Why whoever looks has no password for a server; empty where there is one."""
    try:
        secret_of(server)
    except NoSecretError as error:
        return str(error)
    return ""
