"""What a message says of itself: from whom it is, what about, and what is attached to it.

Everything here comes from outside. Nothing of a message is believed because it looks right.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from pathlib import PurePosixPath

from msgspec import Struct

from pipeline.intake.inbox import is_passed_over
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, identify
from pipeline.workbooks.zip_directory import TooManyPartsError
from pipeline.workspace.folder import safe_name
from schemas.findings import shorten

_ATOM = r'[^\s"<>()@,;:\\]+'
_ADDRESS = rf"{_ATOM}@{_ATOM}"
#: One address, alone or in angle brackets after a name. Whatever else a program may make of a
#: header in another form, here it has no sender.
_FROM = re.compile(
    rf"""\s*(?:(?:"(?:[^"\\]|\\.)*"|[^"<>,;:@()\\])*<(?P<named>{_ADDRESS})>|(?P<bare>{_ADDRESS}))\s*"""
)
#: Workbooks, whatever intake thinks of them: it tells their sender what to do.
_WORKBOOKS = {*EXTENSIONS, FileKind.ENCRYPTED, FileKind.LABELLED, FileKind.OLDER_EXCEL,
              FileKind.XML_WORKBOOK, FileKind.NUMBERS}  # fmt: skip
#: What Outlook wraps attachments in for programs that cannot open it: its type, name and signature.
_OUTLOOK_TYPE, _OUTLOOK_NAME, _OUTLOOK_START = "application/ms-tnef", "winmail.dat", b'x\x9f>"'
#: What Exchange makes of the text after an attachment.
_BY_EXCHANGE = re.compile(r"ATT\d+\.(txt|html?)", re.IGNORECASE)
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature",
               "application/pgp-signature", "application/pgp-keys")  # fmt: skip
_LONGEST_ENDING = 10


class Attachment(Struct, frozen=True):
    """One thing that is attached to a message."""

    #: A name that every file system takes and that intake does not pass over.
    name: str
    content: bytes
    #: Why it is left, in words; empty for a workbook.
    why: str = ""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def subject_of(message: Message) -> str:
    """The subject, on one short line."""
    return shorten("".join(map(_decoded, _raw(message, "Subject")[:1]))) or "(no subject)"


def shown_sender(message: Message) -> str:
    """From whom a message says it is, on one short line: not to be believed."""
    return shorten(", ".join(map(_decoded, _raw(message, "From")))) or "(no sender)"


def sender_of(message: Message) -> str | None:
    """The one address that a message is from; None where that is not plain."""
    written = _raw(message, "From")
    if len(written) != 1 or (match := _FROM.fullmatch(written[0])) is None:
        return None
    return match["named"] or match["bare"]


def identity_of(message: Message) -> str:
    """What makes a message the same one when it arrives twice."""
    given = [value.strip() for value in _raw(message, "Message-ID")]
    if given and given[0]:
        return given[0]
    return "\n".join("".join(_raw(message, name)) for name in ("From", "Date", "Subject"))


def why_automatic(message: Message) -> str:
    """What a message is that no person wrote in order to be answered; empty for any other."""
    if message.get_content_type() == "multipart/report":
        return "a mail server's report on a message that was not delivered, or was read"
    submitted = "".join(_raw(message, "Auto-Submitted")).strip().lower()
    if submitted.startswith("auto-replied") or _raw(message, "X-Autoreply"):
        return "an automatic reply, such as one sent out of office"
    if [value.strip() for value in _raw(message, "Return-Path")][:1] == ["<>"]:
        return "a mail server's report, or an automatic reply"
    return ""


def attachments(message: Message) -> Iterator[Attachment]:
    """What is attached to a message; not its text, its pictures, nor what mail programs add."""
    if message.is_multipart() and message.get_content_type() != "message/rfc822":
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from attachments(part)
    elif (found := _attached(message)) is not None:
        yield found


def _attached(part: Message) -> Attachment | None:
    kind, given = part.get_content_type(), _given_name(part)
    if kind in _SIGNATURES or _is_text(part, given):
        return None
    if kind == "message/rfc822":
        why = "a message within the message, whose attachments are not taken"
        return Attachment(given or "forwarded message", b"", why)
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    if (
        kind == _OUTLOOK_TYPE
        or given.lower() == _OUTLOOK_NAME
        or content.startswith(_OUTLOOK_START)
    ):
        why = "Outlook's own wrapping of attachments; it must be sent as HTML or plain text instead"
        return Attachment(given or _OUTLOOK_NAME, content, why)
    try:
        found = identify(content).kind
    except TooManyPartsError as error:
        why = f"made of {error} parts, more than a workbook has"
        return Attachment(given or "an attachment without a name", content, why)
    if found in _WORKBOOKS:
        return Attachment(_name_for(given, EXTENSIONS.get(found, ".xlsx")), content)
    is_shown_inside = part.get_content_disposition() != "attachment" or "Content-ID" in part
    if found is FileKind.IMAGE and is_shown_inside:
        return None
    return Attachment(given or "an attachment without a name", content, f"{found}, not a workbook")


def _is_text(part: Message, given: str) -> bool:
    """Whether a part is what the person wrote, or what Exchange made of it."""
    if part.get_content_maintype() != "text":
        return False
    is_named = bool(given) and _BY_EXCHANGE.fullmatch(given) is None
    return not is_named and (bool(given) or part.get_content_disposition() != "attachment")


def _given_name(part: Message) -> str:
    """The name that a part has, without folders; empty where it has none that can be used."""
    # Some programs write a name as it is, in UTF-8, which the library takes for nothing.
    plain = Message()
    for header in ("Content-Disposition", "Content-Type"):
        for value in _raw(part, header)[:1]:
            plain[header] = _mended(value)
    try:
        raw = plain.get_filename() or ""
    except (MessageError, ValueError, LookupError, IndexError):
        return ""
    name = PurePosixPath(_decoded(raw).replace("\\", "/")).name
    ending = PurePosixPath(name).suffix
    if len(ending) > _LONGEST_ENDING or safe_name(ending) != ending.lstrip("."):
        ending = ""
    stem = name.removesuffix(ending)
    return f"{safe_name(stem)}{ending}" if stem.strip(" .") else ""


def _name_for(given: str, ending: str) -> str:
    """A name that intake looks at, as near as can be to the one that was given."""
    if not given:
        return f"Return{ending}"
    return f"Return {given.lstrip('~$.')}{ending}" if is_passed_over(given) else given


def _raw(message: Message, name: str) -> list[str]:
    """A header as often as it stands in a message, each unfolded and otherwise as it came."""
    return [
        str(value).replace("\r", "").replace("\n", "")
        for key, value in message.raw_items()
        if key.lower() == name.lower()
    ]


def _decoded(value: str) -> str:
    """A header as a person reads it; what cannot be decoded stays as it came."""
    try:
        parts = decode_header(value)
        text = "".join(
            part if isinstance(part, str) else part.decode(encoding or "ascii", "replace")
            for part, encoding in parts
        )
    except (MessageError, LookupError, ValueError):
        text = value
    return _mended(text)


def _mended(text: str) -> str:
    """Text in which bytes that are no ASCII stand as half characters, as it was meant."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    except UnicodeEncodeError:
        # Half characters of another making, which UTF-7 can hold.
        return text.encode("utf-8", "replace").decode()
