"""The appendix, issued or as a draft, to its recipients; and that an issue was recalled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from pipeline.consolidation.changes import Changes
from pipeline.consolidation.report import Line, Report
from pipeline.mail.messages.message import (
    MailKind,
    Message,
    Office,
    addressee,
    addressees_of,
    sha256,
)
from pipeline.outputs.templating import brief
from pipeline.outputs.wording import (
    gap_shown,
    reasons_shown,
    small_numbers_shown,
    sums_restated,
)
from schemas.bands import Band
from schemas.model import Colour, Framework, Gets, Register
from schemas.names import address_key

#: How many of what is red, what changed and who is missing the message spells out: as many as fit
#: a screen. The workbook that it brings has all.
SPELLED_OUT = 3
#: How much of the wording of an indicator that was restated it says, in characters.
_WORDING = 58


def appendix_messages(
    report: Report, attachment: Path, *, office: Office, changes: Changes | None = None
) -> Iterator[Message]:
    """One message to each address of the register that gets the appendix, or drafts, in its order.

    Sent as of `report.issued_at`, with the workbook attached. The Message-ID comes from period,
    recipient and the workbook's bytes, of a draft from its code and when it was first made. Without
    `changes` nothing is said of the issue before.

    Raises:
        RegisterError: a recipient's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    framework = report.register.framework
    label = framework.appendix or framework.title
    period, edition = report.period.name, report.edition
    if edition is not None and edition.is_draft:
        kind, gets, what = MailKind.DRAFT, Gets.DRAFT, "drafts of the appendix"
        content = f"{edition.code} {report.issued_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    else:
        kind, gets, what = MailKind.APPENDIX, Gets.APPENDIX, "the appendix"
        content = sha256(attachment.read_bytes())
    missing = [*report.awaited]
    missing += [each for each in report.returns if each.rejected_since and each not in missing]
    groups = changes.groups if changes else ()
    changed = [(heading, change) for heading, found in groups for change in found]
    words: Mapping[str, object] = {
        "first": SPELLED_OUT,
        "missing": missing,
        "changed": changed,
        "restated": _restated(report),
        "report": report,
        "changes": changes,
        "label": label,
        "gap": gap_shown,
        "off_target": [_in_band(report, colour) for colour in (Colour.RED, Colour.AMBER)],
        "included": len(report.returns) - len(report.awaited),
        "reasons": reasons_shown(report),
        "suppressed": small_numbers_shown(report.register),
    }
    for to in addressees_of(report.register, gets, what):
        message = office.compose(
            kind,
            to,
            {**words, "recipient": to.name},
            sent_at=report.issued_at,
            attachments=(attachment,),
            identity=(period, to.key, content),
            name=f"{period} {label}{' draft' if kind is MailKind.DRAFT else ''}",
            period=period,
        )
        if message is not None:
            yield message


def _restated(report: Report) -> list[tuple[str, str]]:
    """What was restated, each with its mark: the whole, indicators, priorities."""
    sums = sums_restated(report)
    lines = [
        (f"{brief(line.indicator.wording, _WORDING)}: now {line.performance_shown or 'no figure'}",
         line.remarks[0])
        for line in report.restated
    ]  # fmt: skip
    return [*sums[:1], *lines, *sums[1:]]


def _in_band(report: Report, colour: Colour) -> tuple[Band, list[Line]]:
    """A band with the lines that are in it."""
    lines = [line for line in report.lines if line.rating.colour is colour]
    return report.bands.of(colour), lines


class Recalled(Struct, frozen=True):
    """An issue that was recalled, and to whom it had gone."""

    #: That of its time: what the appendix was called.
    framework: Framework
    period: str
    #: `Issue 2`.
    shown: str
    issued_at: datetime
    recalled_at: datetime
    because: str
    #: Addresses.
    recipients: tuple[str, ...]
    #: The period has been issued again since.
    is_replaced: bool


def recall_messages(recalled: Recalled, register: Register, *, office: Office) -> Iterator[Message]:
    """One message to each address to which an issue that was recalled had gone.

    The Message-ID comes from recipient, period and issue.

    Raises:
        SettingsError: the sender's address is not an e-mail address.
    """
    names = {address_key(each.email.strip()): each.name for each in register.recipients}
    framework = recalled.framework
    label = framework.appendix or framework.title
    for address in recalled.recipients:
        name = names.get(address_key(address), address)
        to = addressee(name, address, "Recipients", "the appendix")
        message = office.compose(
            MailKind.RECALL,
            to,
            {"recalled": recalled, "framework": framework, "label": label, "recipient": name},
            sent_at=recalled.recalled_at,
            identity=(recalled.period, to.key, recalled.issued_at.astimezone(UTC).isoformat()),
            name=f"{recalled.period} {label} recalled",
            period=recalled.period,
        )
        if message is not None:
            yield message
