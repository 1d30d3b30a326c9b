"""Status: how the mail stands, which of it needs a person, and when the next is due."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from pipeline.store import Attempt, Became, Queued, Store

#: How long is waited after each failure in a row; after the last of them, always as long.
WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=45), timedelta(hours=2),
         timedelta(hours=4), timedelta(hours=8))  # fmt: skip
#: How long a server's "not now" is taken for an answer.
GIVEN_UP_AFTER = timedelta(days=4)
#: Mail that waits longer than this needs a person.
PATIENCE = timedelta(days=1)

_DESCRIBED = {
    Became.AGAIN: "waits to be sent again",
    Became.WITHHELD: "not sent: the register no longer holds the address",
    Became.WRITTEN: "written as a file",
    Became.DROPPED: "dropped",
    Became.FORGOTTEN: "forgotten",
}


class MailStatus(Struct, frozen=True):
    """Messages that are not settled."""

    #: Still to be sent.
    waiting: tuple[Queued, ...]
    #: Refused, or of which it is not known whether they arrived, or which have waited too long.
    stuck: tuple[Queued, ...]
    #: What hindered the last connection to the mail server; None where nothing did.
    trouble: Attempt | None
    #: When something is to be tried next; None where nothing waits.
    next_at: datetime | None


def mail_status(store: Store, now: datetime) -> MailStatus:
    """How the mail stands."""
    unsettled = store.messages.outstanding()
    waiting = tuple(one for one in unsettled if one.waits)
    trouble = next(reversed(store.messages.connection_failures()), None)
    times = [
        one.last.next_at if one.last and one.last.next_at else now
        for one in waiting
        if one.has_content
    ]
    next_at = min(times, default=None)
    if next_at and trouble and trouble.next_at:
        next_at = max(next_at, trouble.next_at)
    return MailStatus(
        waiting=waiting,
        stuck=tuple(
            one for one in unsettled if not one.waits or not one.has_content or now > known_at(one)
        ),
        trouble=trouble,
        next_at=next_at,
    )


def known_at(one: Queued) -> datetime:
    """The moment after which it is known that a message needs a person, if it does."""
    if one.waits or one.last is None:
        return one.queued_at + PATIENCE
    return one.last.tried_at


def next_try(failures: int, now: datetime) -> datetime:
    """When to try again after so many failures in a row."""
    return now + WAITS[min(max(failures, 1), len(WAITS)) - 1]


def described(one: Queued) -> str:
    """How a message stands, in words, with the server's answer."""
    last = one.last
    if one.waits and not one.has_content:
        return "cannot be sent: what it says was lost with the store"
    if last is None:
        return "waits"
    if last.outcome in _DESCRIBED:
        return _DESCRIBED[last.outcome]
    answer = f"{last.code or ''} {last.answer}".strip()
    match last.outcome:
        case Became.FAILED:
            return f"waits, after: {answer}"
        case Became.SENDING | Became.UNCERTAIN:
            return f"may have arrived: {last.answer or 'it is being sent, or its run was cut off.'}"
    return f"{last.outcome} ({answer})" if last.answer else f"{last.outcome}"


def remedy(one: Queued) -> str:
    """What to do about a message that needs a person; empty where nothing is."""
    wanted = one.header_id.strip("<>")
    if one.waits and not one.has_content:
        return (
            "quarterday send composes the message of an appendix again. For any other, see to it "
            f"yourself and quarterday send --drop {wanted}."
        )
    match one.last.outcome if one.last else None:
        case Became.REFUSED:
            return (
                "Put right what the server says, in the register or at the server, then "
                f"quarterday send --again {wanted}; or see to it yourself and quarterday send "
                f"--drop {wanted}."
            )
        case Became.SENDING | Became.UNCERTAIN:
            return (
                f"Ask {one.recipient} whether it came. If not, quarterday send --again {wanted}; "
                f"if it did, quarterday send --drop {wanted}."
            )
    return ""
