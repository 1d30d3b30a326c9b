"""Doings: what a night did, and what the store holds that its messages speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pipeline.consolidation import approvals
from pipeline.consolidation.report import ReturnReceived
from pipeline.consolidation.returned import returns_received
from pipeline.intake import quarantine
from pipeline.intake.inbox import Skipped
from pipeline.intake.quarantine import SetApart
from pipeline.mail.messages.digest import NotTaken, Retention, Undelivered
from pipeline.outputs.corrections import correction_path
from pipeline.outputs.issuing import Published, published_since
from pipeline.store import Answered, Outcome, Store, Submission, retention
from pipeline.workspace.folder import Workspace
from schemas.model import Register, ServiceArea
from schemas.observations import Achievement, Observation


@dataclass(frozen=True, slots=True)
class Doings:
    """What a night did, and what the store holds that its messages speak of."""

    now: datetime
    #: The submissions to be answered, and all that there ever were, in the order received.
    submissions: tuple[Submission, ...] = ()
    past: tuple[Submission, ...] = ()
    #: The correction copies that there are, by the submission's number.
    copies: Mapping[int, Path] | None = None
    #: The figures and achievements that count, of the periods of these submissions.
    observations: tuple[Observation, ...] = ()
    achievements: tuple[Achievement, ...] = ()
    #: Where each area's return stands, by the name of each open period.
    standing: Mapping[str, Sequence[ReturnReceived]] | None = None
    #: The appendices to be told of.
    published: tuple[Published, ...] = ()
    waiting: tuple[approvals.Waiting, ...] = ()
    left: tuple[NotTaken, ...] = ()
    #: What went to quarantine and is to be told of; it stands in `left` too.
    set_apart: tuple[SetApart, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    retention: Retention | None = None
    #: The day of the last digest; None where there was none.
    told: date | None = None


def gathered(
    workspace: Workspace,
    register: Register,
    store: Store,
    now: datetime,
    *,
    answered: Answered,
    skipped: Sequence[Skipped] = (),
    undelivered: Sequence[Undelivered] = (),
    told: date | None = None,
) -> Doings:
    """What `correspondence` needs, read from the store; see the head of `mail.correspondence`.

    `answered` is up to what people were told of what happened.
    """
    past = store.submissions()
    fresh = tuple(sent for sent in past if sent.id > answered.submission)
    accepted = [sent for sent in fresh if sent.outcome is Outcome.ACCEPTED]
    periods = sorted({sent.period for sent in accepted if sent.period})
    open_periods = [period for period in register.periods if period.open]
    copies = {
        sent.id: path
        for sent in fresh
        if sent.outcome is Outcome.REJECTED
        and (path := correction_path(workspace, sent.filename, sent.sha256, sent.period)).exists()
    }
    due = retention.due(register, store, now.date())
    # Two names may look alike as far as they can be shown.
    lying = {one.name: one for one in quarantine.contents(workspace)}
    set_apart = tuple(one for name, one in lying.items() if name not in answered.quarantined)
    return Doings(
        now=now,
        submissions=fresh,
        past=past,
        copies=copies,
        observations=tuple(o for name in periods for o in store.observations(name)),
        achievements=tuple(a for name in periods for a in store.achievements(name)),
        standing={
            period.name: returns_received(
                register, period, [s for s in past if s.period == period.name], now.date()
            )
            for period in open_periods
        },
        published=tuple(published_since(workspace, register, store, answered.issue)),
        waiting=tuple(approvals.waiting(register, store, open_periods)),
        left=(
            *(NotTaken(each.filename, each.why) for each in skipped if each.moved_to is None),
            *(NotTaken(each.filename, each.why, each.name) for each in set_apart),
        ),
        set_apart=set_apart,
        undelivered=tuple(undelivered),
        retention=Retention(len(due.submissions), due.rule, due.since) if due.since else None,
        told=told,
    )


def area_of(sent: Submission, register: Register) -> ServiceArea | None:
    """The area that a return names; where it names none, the one in whose folder it lay."""
    return register.area(sent.area or sent.folder_area or "")
