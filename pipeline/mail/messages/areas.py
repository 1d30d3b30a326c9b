"""To a service area: its return was accepted, or sent back, or has not come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from msgspec import Struct

from pipeline.mail.messages.message import Addressee, MailKind, Message, Office, addressee
from pipeline.mail.reminders import Reminder
from pipeline.outputs.grouping import grouped
from pipeline.store import Outcome, Submission
from pipeline.workbooks.seal import remark_on
from schemas.findings import Finding, Severity
from schemas.model import Period, ServiceArea
from schemas.rules import UNTOUCHED
from schemas.wording import counted

#: How many findings a message spells out where a correction copy lists them all.
SPELLED_OUT = 3


class EnteredFigure(Struct, frozen=True):
    """A figure that was entered on an area's behalf, as people may be told of it."""

    #: The area's ref, the period's name and the indicator's wording.
    area: str
    period: str
    indicator: str
    by: str
    at: datetime
    #: As printed, and why it was entered; empty where that is not to be told.
    figure: str = ""
    because: str = ""


class Brought(Struct, frozen=True):
    """What an accepted return brought, and what became of it since.

    There are no figures in it: what has not been through disclosure is not mailed about.
    """

    #: How many indicators have a figure, a state or words in it, and how many achievements.
    indicators: int = 0
    achievements: int = 0
    #: The wordings of indicators that it gives as provisional, and as not available.
    provisional: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    #: Those of which it has no cases.
    no_cases: tuple[str, ...] = ()
    #: The file whose figures counted before; empty where none did.
    replaces: str = ""
    #: The file whose figures count instead by now, where a later one was accepted.
    replaced_by: str = ""
    #: Of a file that came again: it had been sent back, and so nothing of it counts.
    was_sent_back: bool = False
    #: The figures entered on the area's behalf whose place it takes.
    entered: tuple[EnteredFigure, ...] = ()
    #: A return of the area for the period came in time, so that this one is not late.
    was_in_time: bool = False


def correction_message(
    area: ServiceArea,
    period: Period | None,
    sent: Submission,
    attachment: Path | None,
    *,
    office: Office,
    stands: str = "",
) -> Message | None:
    """What tells a service area that its return was sent back, with the correction copy attached.

    `period` is None where the return does not say for which it is, and `stands` the file of the
    area whose figures count for it, if any. Without a copy every finding is
    spelt out. The Message-ID comes from period, recipient, the return's name, the findings and when
    it was received, not from the copy's bytes, which are new each time it is made: a run that is
    repeated makes the same message. None where no finding is an error, or the message is known.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    errors = errors_of(sent.findings)
    if not errors:
        return None
    received = sent.received_at.astimezone().isoformat()
    identity = (sent.filename, received, *(f"{f.place} {f.code} {f.value}" for f in sent.findings))
    spelled = _spelled_out(errors, SPELLED_OUT if attachment else None)
    # The seal of the copy, which we have just made, says what was taken out of it.
    taken_out = remark_on(attachment) if attachment else ""
    words = {"warnings": sent.warnings, "taken_out": taken_out, "stands": stands, **spelled}
    return _answer(MailKind.CORRECTION, area, period, sent, words, identity, office, attachment)


def receipt_message(
    area: ServiceArea, period: Period | None, sent: Submission, brought: Brought, *, office: Office
) -> Message | None:
    """What tells a service area that its return was accepted, or that it came a second time.

    Every warning is named with its cell and what to do. The Message-ID comes from period,
    recipient, the return's bytes and when it was received. None where the return was sent back, or
    the message is known. `period` is None only for a
    second copy of what did not say for which period it is.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    if sent.outcome is Outcome.REJECTED:
        return None
    words = {
        "brought": brought,
        "is_again": sent.outcome is Outcome.DUPLICATE,
        "restates": sent.is_restatement,
        "warnings": grouped([f for f in sent.findings if f.severity is Severity.WARNING]),
        "late": _is_late(period, sent) and not brought.was_in_time,
        "in_time": not _is_late(period, sent),
        "notes": [f for f in sent.findings if f.severity is Severity.INFO],
    }
    identity = (sent.sha256, sent.filename, sent.received_at.astimezone(UTC).isoformat())
    return _answer(MailKind.RECEIPT, area, period, sent, words, identity, office)


def _answer(
    kind: MailKind,
    area: ServiceArea,
    period: Period | None,
    sent: Submission,
    words: Mapping[str, object],
    identity: Sequence[str],
    office: Office,
    attachment: Path | None = None,
) -> Message | None:
    """What answers a return, as of when that was received; None where the message is known."""
    to = area_addressee(area)
    called = period.name if period else ""
    received = sent.received_at.astimezone()
    about = {
        "area": area,
        "period": period,
        "filename": sent.filename,
        "received": received,
        "late": _is_late(period, sent),
    }
    return office.compose(
        kind,
        to,
        {**about, **words},
        sent_at=received,
        identity=(called, to.key, *identity),
        name=f"{called} {kind}".strip(),
        period=called,
        area=area.ref,
        attachments=(attachment,) if attachment else (),
    )


def _is_late(period: Period | None, sent: Submission) -> bool:
    """Whether a return came after its period's was due."""
    return period is not None and sent.received_at.astimezone().date() > period.due


def entered_message(
    area: ServiceArea, figures: Sequence[EnteredFigure], *, office: Office
) -> Message | None:
    """What tells a service area which figures were entered on its behalf, by whom and why.

    The Message-ID comes from recipient, periods, indicators and when each was entered. None where
    the message is known.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    to = area_addressee(area)
    periods = list(dict.fromkeys(one.period for one in figures))
    return office.compose(
        MailKind.ENTERED,
        to,
        {"area": area, "figures": figures, "periods": periods},
        sent_at=max(one.at for one in figures).astimezone(),
        identity=(to.key, *(f"{o.period} {o.indicator} {o.at:%Y%m%dT%H%M%S.%f}" for o in figures)),
        name=f"{periods[0]} {MailKind.ENTERED}",
        period=periods[0] if len(periods) == 1 else "",
        area=area.ref,
    )


def reminder_message(
    reminder: Reminder, sent_back: Mapping[str, Submission], *, office: Office, sent_at: datetime
) -> Message | None:
    """What reminds a service area of the returns that it owes.

    `sent_back` are the area's returns that were sent back last, by period: what is still to correct
    is named. The Message-ID comes from area and day, so that there is one a day at most, and for a
    further address of the area from that too. None where the message is known.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    area, to = reminder.area, area_addressee(reminder.area)
    returns = []
    for owed in reminder.owed:
        sent = sent_back.get(owed.period.name) if owed.is_sent_back else None
        received = owed.returned.received_at
        returns.append(
            {
                "period": owed.period,
                "days": (owed.period.due - reminder.day).days,
                "filename": owed.returned.filename,
                "sent_back": received.astimezone() if owed.is_sent_back and received else None,
                **_spelled_out(errors_of(sent.findings if sent else ())),
            }
        )
    periods = [owed.period.name for owed in reminder.owed]
    overdue = all(owed.period.due < reminder.day for owed in reminder.owed)
    return office.compose(
        MailKind.REMINDER,
        to,
        {"area": area, "returns": returns, "periods": periods, "overdue": overdue},
        sent_at=sent_at,
        identity=(area.ref, reminder.day.isoformat(), *([to.key] if reminder.is_further else ())),
        name=f"{periods[0]} reminder",
        period=periods[0] if len(periods) == 1 else "",
        area=area.ref,
    )


def area_addressee(area: ServiceArea) -> Addressee:
    """Whom the register lists for the returns of an area; without an address, where it has none."""
    address = area.email.strip()
    if not address:
        why = f"the register has no e-mail address for the returns of {area.name}"
        return Addressee(area.name, None, why)
    return addressee(area.name, address, "Service areas", f"the returns of {area.name}")


def reminder_id(area: ServiceArea, day: date, office: Office) -> str:
    """The Message-ID of the reminder that an area was or would be sent on a day."""
    return office.message_id(MailKind.REMINDER, (area.ref, day.isoformat()))


def errors_of(findings: Sequence[Finding]) -> list[Finding]:
    """What sends a return back: what is about the file first, then about a sheet, then cells."""
    errors = (f for f in findings if f.severity is Severity.ERROR)
    return sorted(errors, key=lambda f: (bool(f.cell), bool(f.sheet)))


def things_to_correct(errors: Sequence[Finding]) -> str:
    """How much there is to correct: `1 thing to correct`; empty where there is nothing."""
    return f"{counted(len(errors), 'thing')} to correct" if errors else ""


def _spelled_out(errors: Sequence[Finding], most: int | None = SPELLED_OUT) -> Mapping[str, object]:
    """What a message says of errors: how many, the first of them, and how many more there are."""
    listed = grouped(errors)
    # Of a copy that came back as it went the list is known.
    again = [finding for finding in listed if finding.code == UNTOUCHED.code]
    first = again if again and most else listed[:most]
    more = len(listed) - len(first)
    return {"count": things_to_correct(errors), "errors": first, "more": more}
