"""Mail: the appendix to its recipients, and a return that was sent back to its service area.

Messages are only composed and written here; sending is the queue's. The same content for the same
recipient always has the same Message-ID, so that it goes out once.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from pathlib import Path

from pipeline.errors import RegisterError, SettingsError
from pipeline.findings import Finding, Severity
from pipeline.grouping import grouped
from pipeline.model import Gets, Period, ServiceArea
from pipeline.rating import Colour
from pipeline.report import Report
from pipeline.templating import environment, one_line
from pipeline.words import gap_shown
from pipeline.workspace import replacing, safe_name

#: How many findings a correction message spells out; the copy lists them all.
SPELLED_OUT = 3

_TYPES = {
    ".xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "vnd.ms-excel.sheet.macroEnabled.12",
    ".xls": "vnd.ms-excel",
    ".xlsb": "vnd.ms-excel.sheet.binary.macroEnabled.12",
    ".ods": "vnd.oasis.opendocument.spreadsheet",
}
#: What HTML forms accept as an address, and every mail server understands.
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient."""

    #: With its angle brackets, as the header has it.
    message_id: str
    #: The bare address.
    to: str
    subject: str
    #: The name of its `.eml` file.
    filename: str
    email: EmailMessage
    #: Where its attachment lies.
    attachment: Path | None = None


def appendix_messages(report: Report, attachment: Path, *, sender: str) -> list[Message]:
    """One message to each address of the register that gets the appendix, in its order.

    Sent as of `report.issued_at`, with the workbook attached. The Message-ID comes from period,
    recipient and the workbook's bytes.

    Raises:
        RegisterError: a recipient's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    framework = report.register.framework
    label = framework.appendix or framework.title
    overall = report.overall.colour or "not rated"
    about = f"{label}, {report.period.name}" + (" (restated)" if report.restates else "")
    content = attachment.read_bytes()
    words: Mapping[str, object] = {
        "report": report,
        "label": label,
        "gap": gap_shown,
        "red": [line for line in report.lines if line.rating.colour is Colour.RED],
        "amber": [line for line in report.lines if line.rating.colour is Colour.AMBER],
        "included": len(report.returns) - len(report.awaited),
        "attachment": one_line(attachment.name),
    }
    messages: dict[str, Message] = {}
    for recipient in report.register.recipients:
        to = recipient.email.strip()
        if Gets.APPENDIX not in recipient.gets or to.casefold() in messages:
            continue
        messages[to.casefold()] = _compose(
            template="mail_appendix",
            words={**words, "recipient": recipient.name},
            to=_to_of_register(recipient.name, to, "Recipients"),
            sender=sender,
            subject=f"{about}: overall {overall}, {report.overall.red} red",
            sent_at=report.issued_at,
            attachment=attachment,
            identity=("appendix", report.period.name, to.casefold(), _sha256(content)),
            name=f"{report.period.name} {label}",
        )
    return list(messages.values())


def correction_message(
    area: ServiceArea,
    period: Period,
    filename: str,
    findings: Sequence[Finding],
    attachment: Path,
    *,
    sender: str,
    sent_at: datetime,
) -> Message | None:
    """What tells a service area that its return was sent back, with the correction copy attached.

    `filename` is the return's own name. The Message-ID comes from period, recipient, that name, the
    findings and `sent_at`, not from the copy's bytes, which are new each time it is made: pass the
    time the return was received, and a run that is repeated makes the same message. None where the
    register has no address for the area, or no finding is an error.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    errors = sorted(
        (f for f in findings if f.severity is Severity.ERROR),
        key=lambda f: (bool(f.cell), bool(f.sheet)),
    )
    to = area.email.strip()
    if not to or not errors:
        return None
    told = grouped(errors)
    count = f"{len(errors)} thing{'' if len(errors) == 1 else 's'} to correct"
    found = [f"{f.place} {f.code} {f.value}" for f in findings]
    return _compose(
        template="mail_correction",
        words={
            "area": area,
            "period": period,
            "filename": filename,
            "count": count,
            "errors": told[:SPELLED_OUT],
            "more": max(0, len(told) - SPELLED_OUT),
            "warnings": sum(f.severity is Severity.WARNING for f in findings),
            "late": sent_at.date() > period.due,
            "attachment": one_line(attachment.name),
        },
        to=_to_of_register(area.name, to, "Service areas"),
        sender=sender,
        subject=f"Return for {period.name} sent back: {count} in {filename}",
        sent_at=sent_at,
        attachment=attachment,
        identity=("correction", period.name, to.casefold(), filename, sent_at.isoformat(), *found),
        name=f"{period.name} correction",
    )


def write_messages(messages: Sequence[Message], folder: Path) -> list[Path]:
    """Writes each message as an `.eml` file and returns the paths of those newly written.

    A message whose file is already there is left as it is. Lines end in CRLF; the folder is made
    where there is none.
    """
    written = []
    for message in messages:
        path = folder / message.filename
        if path.exists():
            continue
        with replacing(path) as temporary:
            temporary.write_bytes(message.email.as_bytes())
        written.append(path)
    return written


def _compose(
    *,
    template: str,
    words: Mapping[str, object],
    to: Address,
    sender: str,
    subject: str,
    sent_at: datetime,
    attachment: Path,
    identity: tuple[str, ...],
    name: str,
) -> Message:
    """A message of both bodies and the attachment; the same arguments give the same bytes."""
    token = _sha256("\n".join(identity).encode("utf-8", "backslashreplace"))[:24]
    from_ = _sender(sender)
    subject = one_line(subject)
    email = EmailMessage(policy=SMTP)
    email["From"] = from_
    email["To"] = to
    email["Subject"] = subject
    email["Date"] = sent_at
    email["Message-ID"] = f"<{token}@{from_.domain}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    for subtype in ("txt", "html"):
        body = environment().get_template(f"{template}.{subtype}.j2").render(words, subject=subject)
        if subtype == "txt":
            email.set_content(body, cte="quoted-printable")
        else:
            email.add_alternative(body, subtype="html", cte="quoted-printable")
    email.set_boundary(f"=_alternative_{token}")  # the library's own are random
    email.add_attachment(
        attachment.read_bytes(),
        maintype="application",
        subtype=_TYPES.get(attachment.suffix.lower(), "octet-stream"),
        filename=safe_name(one_line(attachment.name)),
    )
    email.set_boundary(f"=_mixed_{token}")
    return Message(
        message_id=f"<{token}@{from_.domain}>",
        to=to.addr_spec,
        subject=subject,
        filename=f"{safe_name(one_line(name))} to {safe_name(to.username)} {token[:8]}.eml",
        email=email,
        attachment=attachment,
    )


def _to_of_register(name: str, address: str, sheet: str) -> Address:
    """A recipient as a header takes it; never an address other than the one that stands there."""
    if not _ADDRESS.fullmatch(address):
        problem = f"{sheet}: {one_line(address)!r} of {one_line(name)} is not an e-mail address."
        raise RegisterError([f"{problem} Correct it."])
    return Address(display_name=one_line(name), addr_spec=address)


def _sender(sender: str) -> Address:
    name, address = parseaddr(sender)
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(
            f"The sender of mail, {one_line(sender)!r}, is not an e-mail address. "
            "Set sender under [mail] in pipeline.toml."
        )
    return Address(display_name=one_line(name), addr_spec=address)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
