"""A message: composed once, the same each time, written as a file; sending is the queue's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from pipeline.mail.messages.rendering import Text
from pipeline.mail.messages.texts import Texts
from pipeline.mail.policy import POLICY, subject_header
from pipeline.workbooks.safe_text import one_line
from pipeline.workspace.errors import RegisterError, SettingsError
from pipeline.workspace.folder import safe_name
from schemas.model import Gets, Register
from schemas.names import address_key
from schemas.wording import listed

_TYPES = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
    ".xls": "vnd.ms-excel",
    ".xlsb": "vnd.ms-excel.sheet.binary.macroEnabled.12",
    ".ods": "vnd.oasis.opendocument.spreadsheet",
}
#: What HTML forms accept as an address, and every mail server understands.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


class MailKind(StrEnum):
    APPENDIX = "appendix"
    DRAFT = "draft"
    RECALL = "recall"
    CORRECTION = "correction"
    RECEIPT = "receipt"
    LISTING = "listing"
    #: Several of these three.
    ANSWERS = "answers"
    ENTERED = "entered"
    REMINDER = "reminder"
    DIGEST = "digest"
    REGISTER = "register"


class Message(Struct, frozen=True):
    """One message to one recipient."""

    kind: MailKind
    #: With its angle brackets, as the header has it.
    message_id: str
    #: The bare address; empty where it is handed over.
    to: str
    subject: str
    #: The name of its file: `.eml`, or `.txt` where it is handed over.
    filename: str
    email: EmailMessage
    #: The period's name; empty where it is about none, or about several.
    period: str = ""
    #: The ref of the service area that it is about; empty where it is about none.
    area: str = ""
    #: Where what is attached to it lies.
    attachments: tuple[Path, ...] = ()


class Addressee(Struct, frozen=True):
    """Whom a message is for."""

    name: str
    #: None where there is none, so that it is handed over.
    address: Address | None
    #: Why they have it, as the message says at its foot.
    why: str

    @property
    def key(self) -> str:
        """The address, or the name, as it tells apart the messages of one kind."""
        return address_key(self.address.addr_spec) if self.address else f"for {self.name}"


class Office(Struct, frozen=True):
    """What all messages of a run have in common."""

    #: An address, or a name and an address.
    sender: str
    texts: Texts = field(default_factory=Texts)
    #: The Message-IDs of messages that were made before and are not made again.
    known: Container[str] = frozenset()
    #: Who answers for the job, to whom replies go.
    officers: tuple[Address, ...] = ()
    #: Returns arrive by mail, so that a service area may reply with one.
    takes_returns: bool = False
    #: How large what is attached to one message may be where it can be chosen, in bytes.
    largest: int = 0

    def message_id(self, kind: MailKind, identity: Sequence[str]) -> str:
        """The Message-ID of what `identity` tells apart from all other messages of a kind.

        Raises:
            SettingsError: the sender's address is not an e-mail address.
        """
        return f"<{_token(kind, identity)}@{_sender(self.sender).domain}>"

    def compose(
        self,
        kind: MailKind,
        to: Addressee,
        words: Mapping[str, object],
        *,
        sent_at: datetime,
        identity: Sequence[str],
        name: str,
        period: str = "",
        area: str = "",
        attachments: tuple[Path, ...] = (),
    ) -> Message | None:
        """A message of both bodies and what is attached; None where it is known.

        The same arguments give the same bytes. After its kind its templates are named; `name`
        begins the name of its file.
        """
        if self.message_id(kind, identity) in self.known:
            return None
        names = [one_line(each.name) for each in attachments]
        attached = {"attachment": names[0] if names else "", "attachments": names}
        others = [one.addr_spec for one in self.officers if address_key(one.addr_spec) != to.key]
        words = {**words, **attached, "why": to.why, "officer": listed(others)}
        return self.made(
            kind,
            to,
            self.texts.render(f"mail_{kind}", words),
            sent_at=sent_at,
            identity=identity,
            name=name,
            period=period,
            area=area,
            attachments=attachments,
        )

    def made(
        self,
        kind: MailKind,
        to: Addressee,
        text: Text,
        *,
        sent_at: datetime,
        identity: Sequence[str],
        name: str,
        period: str = "",
        area: str = "",
        attachments: tuple[Path, ...] = (),
    ) -> Message:
        """The same of words that are there, whether it is known or not."""
        message_id, token = self.message_id(kind, identity), _token(kind, identity)
        names = [one_line(each.name) for each in attachments]
        email = EmailMessage(policy=POLICY)
        email["From"] = _sender(self.sender)
        if to.address:
            email["To"] = to.address
        if to.address and self.officers and not (area and self.takes_returns):
            email["Reply-To"] = self.officers
        email["Subject"] = subject_header(text.subject)
        email["Date"] = sent_at
        email["Message-ID"] = message_id
        email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        email.set_content(text.plain, cte="quoted-printable")
        email.add_alternative(text.html, subtype="html", cte="quoted-printable")
        email.set_boundary(f"=_alternative_{token}")  # the library's own are random
        for attachment, name_shown in zip(attachments, names, strict=True):
            email.add_attachment(
                attachment.read_bytes(),
                maintype="application",
                subtype=_TYPES.get(attachment.suffix.lower(), "octet-stream"),
                filename=safe_name(name_shown),
            )
        if attachments:
            email.set_boundary(f"=_mixed_{token}")
        filename, address, subject = safe_name(one_line(name)), "", text.subject
        if to.address:
            address = to.address.addr_spec
            filename += f" to {safe_name(to.address.username)} {token[:8]}.eml"
        else:
            filename += f" {token[:8]}.txt"
        return Message(
            kind, message_id, address, subject, filename, email, period, area, attachments
        )


def addressees_of(register: Register, gets: Gets, what: str) -> Iterator[Addressee]:
    """Each recipient of the register who gets that, each address once; `what` is its name.

    Raises:
        RegisterError: an address is not an e-mail address.
    """
    found: set[str] = set()
    for recipient in register.recipients:
        address = recipient.email.strip()
        if gets in recipient.gets and address_key(address) not in found:
            found.add(address_key(address))
            yield addressee(recipient.name, address, "Recipients", what)


def officers_of(register: Register) -> tuple[Address, ...]:
    """Who answers for the job: the recipients of the register that get the digest.

    Raises:
        RegisterError: the address of one is not an e-mail address.
    """
    found = addressees_of(register, Gets.DIGEST, "the digest")
    return tuple(each.address for each in found if each.address)


def addressee(name: str, address: str, sheet: str, what: str) -> Addressee:
    """Whom a sheet of the register lists; never an address other than the one that stands there.

    Raises:
        RegisterError: it is not an e-mail address.
    """
    if not _ADDRESS.fullmatch(address):
        problem = f"{sheet}: {one_line(address)!r} of {one_line(name)} is not an e-mail address."
        raise RegisterError([f"{problem} Correct it."])
    header = Address(display_name=one_line(name), addr_spec=address)
    return Addressee(name, header, f"the register lists this address for {what}")


def size_in_mail(path: Path) -> float:
    """How many bytes a file takes in a message: four of three, in lines."""
    return 1.4 * path.stat().st_size


def sha256(content: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def _token(kind: MailKind, identity: Sequence[str]) -> str:
    return sha256("\n".join((kind, *identity)).encode("utf-8", "backslashreplace"))[:24]


def _sender(sender: str) -> Address:
    name, address = parseaddr(sender)
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(
            f"The sender of mail, {one_line(sender)!r}, is not an e-mail address. "
            "Set sender under [mail] in pipeline.toml."
        )
    return Address(display_name=one_line(name), addr_spec=address)
