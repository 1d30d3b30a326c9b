"""The IMAP server: one folder of it, opened over TLS, and the few things that are done there.

Nothing is ever removed that was not copied elsewhere on the server first, no message is marked as
read, and what others marked for removal is left to them.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any

from imap_tools import BaseMailBox, errors
from imap_tools.utils import encode_folder
from msgspec import Struct

from pipeline.mail.connecting import UnusableError, reason, verified
from pipeline.mail.replies import IMAP, BoundedMailBox, IMAPOverTLS, TooMuchError
from pipeline.mail.secrets import secret_of
from pipeline.workspace.errors import MailboxError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import ReceiveSettings
from schemas.findings import printable

_MIB = 1024 * 1024
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


class Facts(Struct, frozen=True):
    """What the server knows of a message."""

    size: int
    #: When it arrived.
    arrived_at: datetime


class Folder(Struct, frozen=True):
    """The folder in which messages arrive, opened."""

    settings: ReceiveSettings
    box: BaseMailBox
    #: What the server can do beyond the least.
    abilities: frozenset[str]
    #: What stands between the names of folders.
    delimiter: str
    #: A number that changes when the server numbers its messages anew.
    numbering: str

    def messages(self) -> list[str]:
        """The numbers of the messages that nobody has removed, in order of arrival."""
        with said(self.settings):
            return self.box.uids("UNDELETED", charset=None)

    def flagged(self) -> set[str]:
        """The numbers of those that bear a flag."""
        with said(self.settings):
            return set(self.box.uids("UNDELETED FLAGGED", charset=None))

    def facts(self, uid: str) -> Facts | None:
        """What the server knows of a message; None where it is gone."""
        answer = self._done("FETCH", uid, "(RFC822.SIZE INTERNALDATE)")
        facts = b" ".join(part for part in answer if isinstance(part, bytes))
        size, date = _SIZE.search(facts), _DATE.search(facts)
        if size is None or date is None:
            return None
        return Facts(int(size[1]), parsedate_to_datetime(date[1].decode("ascii")).astimezone(UTC))

    def message(self, uid: str, *, headers_only: bool = False) -> Message | None:
        """A message, or its headers; None where it is gone."""
        with said(self.settings):
            found = self.box.fetch(uid_list=[uid], mark_seen=False, headers_only=headers_only)
            return next((each.obj for each in found), None)

    def flag(self, uid: str) -> None:
        """Mark a message for a person's eyes."""
        self._done("STORE", uid, "+FLAGS.SILENT", r"(\Flagged)")

    def file(self, uid: str, name: str) -> None:
        """Move a message to another folder, which is made where there is none."""
        place = name.replace("/", self.delimiter)
        with said(self.settings):
            if not self.box.folder.exists(place):
                self.box.folder.create(place)
                with suppress(errors.ImapToolsError):
                    self.box.folder.subscribe(place, value=True)
        if "MOVE" in self.abilities:
            self._done("MOVE", uid, encode_folder(place))
            return
        self._done("COPY", uid, encode_folder(place))
        self._done("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
        # Without this ability everything would go that anyone has marked for removal.
        if "UIDPLUS" in self.abilities:
            self._done("EXPUNGE", uid)

    def _done(self, command: str, *words: Any) -> list[Any]:
        """What the server answers to a command by a message's number."""
        with said(self.settings):
            kind, answer = self.box.client.uid(command, *words)
            if kind != "OK":
                raise imaplib.IMAP4.error(f"{command}: {_text(answer)}")
        return answer


@contextmanager
def arrivals(workspace: Workspace, *, is_read_only: bool) -> Iterator[Folder]:
    """The folder in which messages arrive.

    Raises:
        MailboxError: the server cannot be reached or trusted, or does not let the job in.
    """
    settings = workspace.settings.mail.receive
    with said(settings):
        context = verified(settings, workspace.root, with_systems=False)
        box = BoundedMailBox(lambda: _connected(settings, context))
    try:
        with said(settings):
            _log_in(box, settings)
            kind, answer = box.client.capability()
            abilities = frozenset(_text(answer).upper().split()) if kind == "OK" else frozenset()
            above = box.folder.list("", "")
            delimiter = above[0].delim if above and above[0].delim != "NIL" else "/"
            _select(box, settings, delimiter, is_read_only=is_read_only)
            numbering = _text(box.client.response("UIDVALIDITY")[1])
        yield Folder(settings, box, abilities, delimiter, numbering)
    finally:
        with suppress(Exception):
            box.logout()
        with suppress(OSError):
            box.client.shutdown()


def _connected(settings: ReceiveSettings, context: ssl.SSLContext) -> imaplib.IMAP4:
    where, patience = (settings.server, settings.port_used), settings.timeout_seconds
    largest = settings.largest_mb * _MIB
    if settings.security == "tls":
        return IMAPOverTLS(*where, largest=largest, timeout=patience, ssl_context=context)
    client = IMAP(*where, largest=largest, timeout=patience)
    client.starttls(context)
    return client


def _log_in(box: BaseMailBox, settings: ReceiveSettings) -> None:
    secret = secret_of(settings)
    try:
        if settings.token_command:
            box.xoauth2(settings.user, secret, initial_folder=None)
        elif (settings.user + secret).isascii():
            box.login(settings.user, secret, initial_folder=None)
        else:
            box.login_utf8(settings.user, secret, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (errors.MailboxLoginError, imaplib.IMAP4.error) as error:
        what = "mail.receive.token_command" if settings.token_command else "the password"
        raise MailboxError(
            f"{settings.server} does not let {settings.user} in. "
            f"Correct mail.receive.user or {what}."
        ) from error


def _select(
    box: BaseMailBox, settings: ReceiveSettings, delimiter: str, *, is_read_only: bool
) -> None:
    try:
        box.folder.set(settings.folder.replace("/", delimiter), readonly=is_read_only)
    except imaplib.IMAP4.readonly as error:
        raise MailboxError(
            f"{settings.user} may only read the folder {settings.folder} on {settings.server}. "
            "Give it the right to move messages; they wait there until then."
        ) from error
    except errors.MailboxFolderSelectError as error:
        raise MailboxError(
            f"{settings.server} has no folder {settings.folder} that {settings.user} may open. "
            "Make it, or correct mail.receive.folder."
        ) from error


@contextmanager
def said(settings: ReceiveSettings) -> Iterator[None]:
    """Trouble with the server as an error of one line."""
    try:
        yield
    except UnusableError as error:
        raise MailboxError(str(error)) from error
    except (OSError, errors.ImapToolsError, imaplib.IMAP4.error) as error:
        raise MailboxError(_sentence(error, settings)) from error


def _sentence(error: Exception, settings: ReceiveSettings) -> str:
    server = f"{settings.server}, port {settings.port_used},"
    waits = "What is in the mailbox waits there for the next run."
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of {settings.server} is not trusted ({reason(error)}). Have it "
                "put right, or name the authority's certificate in mail.receive.ca_file."
            )
        case ssl.SSLError():
            return (
                f"{server} does not speak TLS as expected ({reason(error)}). "
                "Correct mail.receive.port or mail.receive.security."
            )
        case TimeoutError():
            return f"{server} did not answer within {settings.timeout_seconds} seconds. {waits}"
        case TooMuchError():
            return f"{server} {error}. {waits}"
        case OSError():
            return f"{server} cannot be reached ({reason(error)}). {waits}"
        case imaplib.IMAP4.abort():
            return f"The connection to {settings.server} broke off ({reason(error)}). {waits}"
        case errors.UnexpectedCommandStatusError():
            answer = printable(_text(error.command_result[1])).rstrip(".")
            return f"{settings.server} refused: {answer}. {waits}"
    return f"{settings.server} refused: {reason(error)}. {waits}"


def _text(answer: Any) -> str:
    """What a server said, as text."""
    parts = answer if isinstance(answer, (list, tuple)) else [answer]
    return " ".join(
        part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
        for part in parts
        if part is not None
    )
