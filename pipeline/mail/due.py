"""Due: what the messages of a run are to tell of, from the store, the inbox and quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from msgspec import Struct, field

from pipeline.consolidation import approvals
from pipeline.consolidation.redaction import Redaction
from pipeline.consolidation.report import ReturnReceived
from pipeline.consolidation.returned import returns_received
from pipeline.intake import quarantine
from pipeline.intake.inbox import Skipped
from pipeline.intake.quarantine import SetApart
from pipeline.mail.messages.digest import NotTaken, Retention, Undelivered
from pipeline.outputs.issuing import Issued, published_since
from pipeline.store import Answered, Contents, Outcome, Submission, retention
from pipeline.store.session import Session
from schemas.model import Register, ServiceArea


class MailDue(Struct, frozen=True):
    """What a run did, and what the store holds that its messages speak of."""

    now: datetime
    #: The submissions to be answered, and all of their periods and the open ones, in the order
    #: received.
    submissions: tuple[Submission, ...] = ()
    past: tuple[Submission, ...] = ()
    #: The correction copies that there are, by the submission's number.
    copies: Mapping[int, Path] = field(default_factory=dict)
    #: What these brought, by the submission's number.
    contents: Mapping[int, Contents] = field(default_factory=dict)
    #: Where each area's return stands, by the name of each open period.
    returned: Mapping[str, Sequence[ReturnReceived]] = field(default_factory=dict)
    #: The appendices to be sent.
    issued: tuple[Issued, ...] = ()
    waiting: tuple[approvals.Waiting, ...] = ()
    skipped: tuple[NotTaken, ...] = ()
    #: What went to quarantine and is to be told of; it stands in `skipped` too.
    set_apart: tuple[SetApart, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    retention: Retention | None = None
    #: The day of the last digest; None where there was none.
    last_digest: date | None = None


def due(
    session: Session,
    answered: Answered,
    redaction: Redaction,
    skipped: Iterable[Skipped] = (),
    undelivered: Iterable[Undelivered] = (),
    last_digest: date | None = None,
) -> MailDue:
    """What is due to be told, read from the store; `answered` is up to what people were told.

    `redaction` is what may be told of the figures, with all that has been issued.
    """
    workspace, register, store = session.workspace, session.register, session.store
    today = session.now.date()
    fresh = store.submissions_after(answered.submission)
    open_periods = [period for period in register.periods if period.open]
    told_of = {*(sent.period for sent in fresh), *(period.name for period in open_periods)}
    past = store.submissions(*told_of) if told_of else ()
    copies = {
        sent.id: path
        for sent in fresh
        if sent.outcome is Outcome.REJECTED
        and (path := workspace.correction_of(sent.filename, sent.sha256, sent.period)).exists()
    }
    over = retention.due(register, store, today)
    # Two names may look alike as far as they can be shown.
    lying = {one.name: one for one in quarantine.contents(workspace)}
    set_apart = tuple(one for name, one in lying.items() if name not in answered.quarantined)
    return MailDue(
        now=session.now,
        submissions=tuple(map(redaction.told, fresh)),
        past=past,
        copies=copies,
        contents=store.contents(answered.submission),
        returned={p.name: returns_received(register, p, past, today) for p in open_periods},
        issued=tuple(published_since(session, answered.issue)),
        waiting=tuple(approvals.waiting(store, open_periods, redaction)),
        skipped=(
            *(NotTaken(each.filename, each.why) for each in skipped if each.moved_to is None),
            *(NotTaken(each.filename, each.why, each.name) for each in set_apart),
        ),
        set_apart=set_apart,
        undelivered=tuple(undelivered),
        retention=Retention(len(over.submissions), over.rule, over.since) if over.since else None,
        last_digest=last_digest,
    )


def area_of(sent: Submission, register: Register) -> ServiceArea | None:
    """The area that a return names; where it names none, the one in whose folder it lay."""
    return register.area(sent.area or sent.folder_area or "")
