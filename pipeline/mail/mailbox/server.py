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
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.mail.mailbox.secret import password_of, token_of
from pipeline.workspace.errors import MailboxError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import MailboxSettings
from schemas.findings import printable

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_DATE = re.compile(rb'INTERNALDATE "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Facts:
    """What the server knows of a message."""

    size: int
    #: When it arrived.
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder in which messages arrive, opened."""

    settings: MailboxSettings
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
        with said(self.settings):
            answer = self._done("FETCH", uid, "(RFC822.SIZE INTERNALDATE)")
        told = b" ".join(part for part in answer if isinstance(part, bytes))
        size, date = _SIZE.search(told), _DATE.search(told)
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
        with said(self.settings):
            self._done("STORE", uid, "+FLAGS.SILENT", r"(\Flagged)")

    def file(self, uid: str, name: str) -> None:
        """Move a message to another folder, which is made where there is none."""
        place = _encoded(self._make(name))
        with said(self.settings):
            if "MOVE" in self.abilities:
                self._done("MOVE", uid, place)
                return
            self._done("COPY", uid, place)
            self._done("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)")
            # Without this ability everything would go that anyone has marked for removal.
            if "UIDPLUS" in self.abilities:
                self._done("EXPUNGE", uid)

    def _make(self, name: str) -> str:
        from imap_tools.errors import ImapToolsError

        place = name.replace("/", self.delimiter)
        with said(self.settings):
            if not self.box.folder.exists(place):
                self.box.folder.create(place)
                with suppress(ImapToolsError):
                    self.box.folder.subscribe(place, value=True)
        return place

    def _done(self, command: str, *words: Any) -> list[Any]:
        """What the server answers to a command by a message's number."""
        kind, answer = self.box.client.uid(command, *words)
        if kind != "OK":
            raise imaplib.IMAP4.error(f"{command}: {_text(answer)}")
        return answer


@contextmanager
def opened(workspace: Workspace, *, is_read_only: bool = False) -> Iterator[Folder]:
    """The folder in which messages arrive.

    Raises:
        MailboxError: the server cannot be reached or trusted, or does not let the job in.
    """
    settings = workspace.settings.mailbox
    box = _connected(settings, workspace.root)
    try:
        _log_in(box, settings)
        with said(settings):
            kind, answer = box.client.capability()
            abilities = frozenset(_text(answer).upper().split()) if kind == "OK" else frozenset()
            above = box.folder.list("", "")
            delimiter = above[0].delim if above and above[0].delim != "NIL" else "/"
        _select(box, settings, delimiter, is_read_only=is_read_only)
        with said(settings):
            numbering = _text(box.client.response("UIDVALIDITY")[1])
        yield Folder(settings, box, abilities, delimiter, numbering)
    finally:
        with suppress(Exception):
            box.logout()
        with suppress(OSError):
            box.client.shutdown()


def _connected(settings: MailboxSettings, root: Path) -> BaseMailBox:
    try:
        from imap_tools import MailBox, MailBoxStartTls
    except ModuleNotFoundError as error:
        raise MailboxError(
            "Returns cannot be fetched: the package imap-tools is missing. "
            'Install it with: .venv/bin/pip install --constraint constraints.txt ".[mailbox]"'
        ) from error
    try:
        authority = root / settings.ca_file if settings.ca_file else None
        trusted = ssl.create_default_context(cafile=authority)
    except OSError as error:
        raise MailboxError(
            f"mailbox.ca_file, {settings.ca_file}, cannot be used "
            f"({error.strerror or 'it holds no certificate'}). Name a file of certificates in PEM."
        ) from error
    kind = MailBox if settings.security == "tls" else MailBoxStartTls
    with said(settings):
        return kind(
            settings.server,
            port=settings.port,
            timeout=settings.timeout_seconds,
            ssl_context=trusted,
        )


def _log_in(box: BaseMailBox, settings: MailboxSettings) -> None:
    from imap_tools.errors import MailboxLoginError

    with said(settings):
        try:
            if settings.token_command:
                box.xoauth2(settings.user, token_of(settings), initial_folder=None)
                return
            password = password_of(settings)
            is_plain = settings.user.isascii() and password.isascii()
            login = box.login if is_plain else box.login_utf8
            login(settings.user, password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            what = "mailbox.token_command" if settings.token_command else "the password"
            raise MailboxError(
                f"{settings.server} does not let {settings.user} in. "
                f"Correct mailbox.user or {what}."
            ) from error


def _select(
    box: BaseMailBox, settings: MailboxSettings, delimiter: str, *, is_read_only: bool
) -> None:
    from imap_tools.errors import MailboxFolderSelectError

    with said(settings):
        try:
            box.folder.set(settings.folder.replace("/", delimiter), readonly=is_read_only)
        except imaplib.IMAP4.readonly as error:
            raise MailboxError(
                f"{settings.user} may only read the folder {settings.folder} on {settings.server}. "
                "Give it the right to move messages; they wait there until then."
            ) from error
        except MailboxFolderSelectError as error:
            raise MailboxError(
                f"{settings.server} has no folder {settings.folder} that {settings.user} may open. "
                "Make it, or correct mailbox.folder."
            ) from error


@contextmanager
def said(settings: MailboxSettings) -> Iterator[None]:
    """Trouble with the server as an error of one line."""
    from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

    server = f"{settings.server}, port {settings.port},"
    waits = "What is in the mailbox waits there for the next run."
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailboxError(
            f"The certificate of {settings.server} is not trusted ({error.verify_message}). "
            "Have it put right, or name the authority's certificate in mailbox.ca_file."
        ) from error
    except ssl.SSLError as error:
        raise MailboxError(
            f"{server} does not speak TLS as expected ({error.reason or error}). "
            "Correct mailbox.port or mailbox.security."
        ) from error
    except TimeoutError as error:
        raise MailboxError(
            f"{server} did not answer within {settings.timeout_seconds} seconds. {waits}"
        ) from error
    except OSError as error:
        raise MailboxError(
            f"{server} cannot be reached ({error.strerror or error}). {waits}"
        ) from error
    except imaplib.IMAP4.abort as error:
        raise MailboxError(
            f"The connection to {settings.server} broke off ({printable(str(error))}). {waits}"
        ) from error
    except UnexpectedCommandStatusError as error:
        told = printable(_text(error.command_result[1])).rstrip(".")
        raise MailboxError(f"{settings.server} refused: {told}. {waits}") from error
    except (ImapToolsError, imaplib.IMAP4.error) as error:
        told = printable(str(error)).rstrip(".")
        raise MailboxError(f"{settings.server} refused: {told}. {waits}") from error


def _encoded(folder: str) -> bytes:
    from imap_tools.utils import encode_folder

    return encode_folder(folder)


def _text(answer: Any) -> str:
    """What a server said, as text."""
    parts = answer if isinstance(answer, (list, tuple)) else [answer]
    return " ".join(
        part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)
        for part in parts
        if part is not None
    )
