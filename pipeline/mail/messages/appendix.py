"""The appendix, to its recipients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.consolidation.changes import Changes
from pipeline.consolidation.rating import Colour
from pipeline.consolidation.report import Report
from pipeline.mail.messages.message import MailKind, Message, Office, addressees_of, sha256
from pipeline.outputs.wording import gap_shown, reasons_shown, small_numbers_shown
from schemas.model import Gets


def appendix_messages(
    report: Report, attachment: Path, *, office: Office, changes: Changes | None = None
) -> Iterator[Message]:
    """One message to each address of the register that gets the appendix, in its order.

    Sent as of `report.issued_at`, with the workbook attached. The Message-ID comes from period,
    recipient and the workbook's bytes. Without `changes` nothing is said of the issue before.

    Raises:
        RegisterError: a recipient's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    framework = report.register.framework
    label = framework.appendix or framework.title
    period, content = report.period.name, sha256(attachment.read_bytes())
    words: Mapping[str, object] = {
        "report": report,
        "changes": changes,
        "label": label,
        "gap": gap_shown,
        "red": [line for line in report.lines if line.rating.colour is Colour.RED],
        "amber": [line for line in report.lines if line.rating.colour is Colour.AMBER],
        "included": len(report.returns) - len(report.awaited),
        "reasons": reasons_shown(report),
        "suppressed": small_numbers_shown(report.register),
    }
    for to in addressees_of(report.register, Gets.APPENDIX, "the appendix"):
        message = office.compose(
            MailKind.APPENDIX,
            to,
            {**words, "recipient": to.name},
            sent_at=report.issued_at,
            attachments=(attachment,),
            identity=(period, to.key, content),
            name=f"{period} {label}",
            period=period,
        )
        if message is not None:
            yield message
