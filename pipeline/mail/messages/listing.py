"""To a service area that left many files in one night: one message that lists those without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path

from pipeline.mail.messages.areas import area_addressee, errors_of, things_to_correct
from pipeline.mail.messages.message import MailKind, Message, Office, size_in_mail
from pipeline.outputs.grouping import grouped
from pipeline.store import Outcome, Submission
from schemas.model import ServiceArea

#: As many answers of one night are a message each.
_EACH = 5
#: How many files a message lists.
_LISTED = 20


def to_be_listed(answers: Sequence[Submission]) -> list[Submission]:
    """Those of an area's answers of one night that are listed together; the rest are told singly.

    A handful is answered one by one. Of more, each period's last return that was accepted and its
    last that was sent back are, since these are what the area goes on with; what names no period
    or no area, what came again, and what was overtaken the same night is listed.
    """
    if len(answers) <= _EACH:
        return []
    last = {(sent.period, sent.outcome): sent.id for sent in answers if sent.area and sent.period}
    kept = {number for (_, outcome), number in last.items() if outcome is not Outcome.DUPLICATE}
    return [sent for sent in answers if sent.id not in kept]


def listing_message(
    area: ServiceArea, listed: Sequence[Submission], copies: Mapping[int, Path], *, office: Office
) -> Message | None:
    """What tells a service area what became of many files: how many, and the first of them.

    The correction copies of these are attached, as many of the first as go into one message. The
    Message-ID comes from the recipient and from every file and when it was received. None where the
    message is known.

    Raises:
        RegisterError: the area's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    to = area_addressee(area)
    received = max(sent.received_at for sent in listed)
    first = listed[:_LISTED]
    outcomes = Counter(sent.outcome for sent in listed)
    words = {
        "area": area,
        "files": [_described(sent) for sent in first],
        "count": len(listed),
        "more": len(listed) - len(first),
        "sent_back": outcomes[Outcome.REJECTED],
        "again": outcomes[Outcome.DUPLICATE],
        "accepted": outcomes[Outcome.ACCEPTED],
    }
    identity = [
        f"{sent.sha256} {sent.filename} {sent.received_at.astimezone(UTC).isoformat()}"
        for sent in listed
    ]
    return office.compose(
        MailKind.LISTING,
        to,
        words,
        sent_at=received.astimezone(),
        identity=(to.key, *identity),
        name=f"{received.astimezone():%Y-%m-%d} {MailKind.LISTING}",
        area=area.ref,
        attachments=tuple(_fitting((copies.get(sent.id) for sent in first), office.largest)),
    )


def _described(sent: Submission) -> dict[str, object]:
    """What became of a file, and the first thing that was wrong with it."""
    errors = errors_of(sent.findings)
    found = next(iter(grouped(errors or sent.findings)), None)
    return {
        "filename": sent.filename,
        "period": sent.period or "",
        "outcome": str(sent.outcome),
        "count": things_to_correct(errors),
        "found": found,
    }


def _fitting(copies: Iterator[Path | None], largest: int) -> Iterator[Path]:
    """The first copies that go together into a message of that size, in bytes."""
    size = 0.0
    for copy in copies:
        if copy is None:
            continue
        size += size_in_mail(copy)
        if size > largest:
            return
        yield copy
