"""Fetch: each message is judged by its headers, then its workbooks are taken, then it is filed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from pipeline.intake.inbox import folder_of
from pipeline.mail.mailbox import journal, letter
from pipeline.mail.mailbox.trust import why_distrusted
from pipeline.workspace import lock
from pipeline.workspace.errors import MailboxError, WorkspaceError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import ReceiveSettings
from schemas.areas_over_time import answering, areas_of
from schemas.findings import shorten
from schemas.model import Register, ServiceArea
from schemas.names import address_key, name_key

if TYPE_CHECKING:
    from pipeline.mail.mailbox.server import Folder

_MIB = 1024 * 1024


class TakenWorkbook(Struct, frozen=True):
    """One workbook that went to the inbox."""

    sender: str
    subject: str
    #: The ref of the service area to which its folder binds it.
    area: str
    #: Where it lies in the inbox; on a dry run, where it would.
    path: Path


class UntakenMessage(Struct, frozen=True):
    """One message that a person must look at, and why."""

    sender: str
    subject: str
    why: str

    @property
    def line(self) -> str:
        return f'"{self.subject}" from {self.sender}: {self.why}'


class Fetched(Struct, frozen=True):
    """What became of the messages in the mailbox."""

    taken: tuple[TakenWorkbook, ...] = ()
    #: What was left by this run.
    left: tuple[UntakenMessage, ...] = ()
    #: How many messages runs before have left and said, that nobody has looked after yet.
    waiting: int = 0
    #: Why it could not be begun or went no further, in one line; empty where all was looked at.
    trouble: str = ""


def fetch(
    workspace: Workspace, register: Register, now: datetime, *, dry_run: bool = False
) -> Fetched:
    """Take the workbooks that known senders have mailed into their areas' inbox folders.

    To be called while no other run is at work. Trouble with the mailbox or the inbox is handed
    back and never raised: what was taken until then is in the inbox, the rest waits in the mailbox.
    A dry run looks at the same and changes nothing, here or there.

    Raises:
        LockLostError: another run may be at work.
    """
    run = _Run(workspace, register, now, dry_run)
    try:
        if not dry_run:
            journal.finish(workspace)
        with opened(workspace, is_read_only=dry_run) as folder:
            run.look_at(folder)
    except (MailboxError, WorkspaceError) as error:
        run.trouble = str(error)
    except OSError as error:
        run.trouble = f"{error.filename or 'A file'} cannot be used ({error.strerror or error})."
    return Fetched(tuple(run.taken), tuple(run.left), run.waiting, run.trouble)


def opened(workspace: Workspace, *, is_read_only: bool = False) -> AbstractContextManager[Folder]:
    """The folder in which messages arrive.

    Raises:
        MailboxError: the server cannot be reached or trusted, or does not let the job in; or what
            speaks to it is not installed.
    """
    try:
        from pipeline.mail.mailbox.server import arrivals
    except ModuleNotFoundError as error:
        raise MailboxError(
            "Returns cannot be fetched: the package imap-tools is missing. "
            'Install it with: .venv/bin/pip install --constraint constraints.txt ".[mailbox]"'
        ) from error
    return arrivals(workspace, is_read_only=is_read_only)


class _Run(Struct):
    """One look through the mailbox, and what came of it so far."""

    workspace: Workspace
    register: Register
    now: datetime
    dry_run: bool
    taken: list[TakenWorkbook] = field(default_factory=list)
    left: list[UntakenMessage] = field(default_factory=list)
    waiting: int = 0
    trouble: str = ""

    @property
    def settings(self) -> ReceiveSettings:
        return self.workspace.settings.mail.receive

    def look_at(self, folder: Folder) -> None:
        """Every message that was not left before, or from which someone has taken the flag."""
        mailbox = self.settings
        where = " ".join((mailbox.server, mailbox.user, mailbox.folder, folder.numbering))
        numbers, flagged = folder.messages(), folder.flagged()
        left = journal.untaken(self.workspace, where) & flagged & set(numbers)
        self.waiting = len(left)
        for uid in numbers:
            if uid in left:
                continue
            lock.check()
            why = self._take(folder, uid)
            if self.dry_run or why is None:
                continue
            if not why:
                folder.file(uid, mailbox.taken_folder)
            elif mailbox.left_folder:
                folder.file(uid, mailbox.left_folder)
            else:
                # Noted first: whoever sees the flag can take it off again.
                left.add(uid)
                journal.note_untaken(self.workspace, where, left)
                folder.flag(uid)
        if not self.dry_run:
            journal.note_untaken(self.workspace, where, left)

    def _take(self, folder: Folder, uid: str) -> str | None:
        """Take what can be taken of a message; why it is left, which is empty where it is not.

        None where the message is gone.
        """
        try:
            facts = folder.facts(uid)
            headers = folder.message(uid, headers_only=True)
            if facts is None or headers is None:
                return None
            sender, areas, why = self._judge(headers)
            if not why and facts.size > self.settings.largest_mb * _MIB:
                limit = self.settings.largest_mb
                why = f"it has {facts.size / _MIB:,.1f} MiB, the limit is {limit} MiB"
            if not why:
                message = folder.message(uid)
                if message is None:
                    return None
                why = self._take_from(message, sender, areas, facts.arrived_at)
            if why:
                shown = sender or letter.shown_sender(headers)
                self.left.append(UntakenMessage(shown, letter.subject_of(headers), why))
        except (MailboxError, WorkspaceError, OSError):
            raise
        except Exception:
            # The library's readers of messages fail on some that are made to be failed on.
            why = "it is not made as messages are, and cannot be read"
            self.left.append(UntakenMessage("a sender that cannot be read", "(not read)", why))
        return why

    def _judge(self, headers: Message) -> tuple[str, list[ServiceArea], str]:
        """Who sent a message, whose address that is, and why it is not taken."""
        if why := letter.why_automatic(headers):
            return "", [], f"it is {why}"
        sender = letter.sender_of(headers)
        if sender is None:
            return "", [], "it does not say plainly whom it is from, in one address"
        areas = _areas_with(sender, self.register, self.now.date())
        if not areas:
            return sender, [], "the register has no service area with this address"
        return sender, areas, why_distrusted(headers, sender, self.settings.authserv_id)

    def _take_from(
        self, message: Message, sender: str, areas: list[ServiceArea], arrived_at: datetime
    ) -> str:
        """Take the workbooks of a message; why something of it is left."""
        found = list(letter.attachments(message))
        if not found:
            return "nothing is attached to it"
        left = []
        for attachment in found:
            area = _meant(areas, attachment.name) or self._there(areas)
            if attachment.why:
                left.append(f"{shorten(attachment.name)} is {attachment.why}")
            elif area is None:
                names = " and ".join(each.name for each in areas)
                left.append(
                    f"{shorten(attachment.name)} may be from {names}, which have this address; "
                    "its name must hold that of one"
                )
            else:
                path = self._take_one(attachment, message, area, arrived_at)
                if path is not None:
                    self.taken.append(
                        TakenWorkbook(sender, letter.subject_of(message), area.ref, path)
                    )
        return "; ".join(left)

    def _there(self, areas: Sequence[ServiceArea]) -> ServiceArea | None:
        """The one of some areas that has not left, where a workbook's name tells nothing."""
        over_time, today = areas_of(self.register), self.now.date()
        there = [each for each in areas if over_time.is_there(each.ref, today)]
        return there[0] if len(there) == 1 else None

    def _take_one(
        self,
        attachment: letter.Attachment,
        message: Message,
        area: ServiceArea,
        arrived_at: datetime,
    ) -> Path | None:
        """Where a workbook went; None where it was taken before."""
        folder = folder_of(self.workspace.inbox, area)
        key = journal.key_of(area.ref, letter.identity_of(message), attachment.sha256)
        if journal.note_of(self.workspace, key).exists():
            return None
        if self.dry_run:
            return folder / attachment.name
        # A clock that is ahead of this machine's would have it come after it was taken.
        note = journal.Note(attachment.name, min(arrived_at, self.now))
        return journal.place(self.workspace, key, folder, note, attachment.content)


def _areas_with(sender: str, register: Register, today: date) -> list[ServiceArea]:
    """The areas of which a sender's address is one, or for which it answers today."""
    now = (row for area in register.areas for row in (area, answering(register, area, today)))
    named = {
        row.ref
        for row in (*register.area_versions, *now)
        if any(_is_one(email, sender) for email in row.emails)
    }
    return [area for area in register.areas if area.ref in named]


def _is_one(registered: str, sender: str) -> bool:
    """Whether two addresses are one; only plain letters have a large and a small form."""
    # What a stranger wrote is made nothing else of: another letter in it is another address.
    return sender.isascii() and address_key(registered) == address_key(sender)


def _meant(areas: Sequence[ServiceArea], name: str) -> ServiceArea | None:
    """The area that a workbook is from; where several have one address, the one that it names."""
    if len(areas) == 1:
        return areas[0]
    named = [area for area in areas if _holds(name, area.name)]
    # `Care` stands in the name of `Social care` too.
    longest = max(named, key=lambda area: len(name_key(area.name)), default=None)
    if longest is None or not all(_holds(longest.name, area.name) for area in named):
        return None
    return longest


def _holds(text: str, name: str) -> bool:
    """Whether a name stands in a text, other letters neither before nor behind it."""
    key = re.escape(name_key(name))
    return re.search(rf"(?<![^\W\d_]){key}(?![^\W\d_])", name_key(text)) is not None
