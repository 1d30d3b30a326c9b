"""To those who get the digest: the register cannot be read, why, since when, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from pipeline.mail.messages.areas import errors_of, things_to_correct
from pipeline.mail.messages.digest import LISTED
from pipeline.mail.messages.message import MailKind, Message, Office, addressees_of, sha256
from pipeline.outputs.grouping import grouped
from schemas.findings import Finding
from schemas.model import Gets, Register


class UnreadableRegister(Struct, frozen=True):
    """A register that no run can use as it is."""

    #: The name of its file.
    name: str
    #: When a run could read it last, and first could not.
    read_at: datetime
    since: datetime
    #: What is wrong, a line each; `findings` are the same by cell, where its cells are to blame.
    problems: Sequence[str]
    findings: Sequence[Finding] = ()
    #: What lies beside it, a line each.
    beside: Sequence[str] = ()


def register_messages(
    unreadable: UnreadableRegister, last: Register, now: datetime, *, office: Office
) -> list[Message]:
    """What tells of it to each address that gets the digest by the register that was read last.

    The Message-ID comes from recipient, day and what is wrong, so that a day brings one message of
    the same mistakes.

    Raises:
        RegisterError: a recipient's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    errors = errors_of(unreadable.findings)
    listed = grouped(errors)
    words = {
        "register": unreadable,
        "now": now,
        "framework": last.framework,
        "count": things_to_correct(errors),
        "errors": listed[:LISTED],
        "more": max(0, len(listed) - LISTED),
    }
    day, content = now.date().isoformat(), sha256("\n".join(unreadable.problems).encode())
    messages = [
        office.compose(
            MailKind.REGISTER,
            to,
            {**words, "recipient": to.name},
            sent_at=now,
            identity=(to.key, day, content),
            name=f"{day} {MailKind.REGISTER}",
        )
        for to in addressees_of(last, Gets.DIGEST, "the digest")
    ]
    return [message for message in messages if message is not None]
