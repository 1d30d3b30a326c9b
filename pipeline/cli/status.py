"""The command that says how all stands: returns, drafts, warnings, mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli import console, mail, options
from pipeline.cli.console import Columns, Result, finding_lines, workspace_at
from pipeline.cli.options import PeriodOption, WorkspaceOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.consolidation.report import Edition, ReturnReceived
    from pipeline.store import Issue, Submission
    from pipeline.workspace.folder import Workspace
    from pipeline.workspace.runs.at_work import Suspect
    from schemas.model import Period, Register


def status(*, period: PeriodOption = None, workspace: WorkspaceOption = Path()) -> Result:
    """Who has returned, who is late, what was sent back and why, what waits, what mail is stuck.

    Example: `quarterday status --period 2012-13`
    """
    from pipeline.consolidation.approvals import waiting
    from pipeline.consolidation.editions import edition_of
    from pipeline.consolidation.redaction import Redaction
    from pipeline.consolidation.registers import register_for
    from pipeline.consolidation.returned import returns_received
    from pipeline.consolidation.vanished import vanished_periods
    from pipeline.job.session import looking
    from pipeline.mail.delivery import lying_by_hand, mail_status
    from pipeline.outputs.issuing import pending
    from pipeline.register.beside import beside
    from pipeline.store import Outcome
    from pipeline.store.retention import due
    from pipeline.workspace.runs import at_work

    place = workspace_at(workspace)
    suspects, lying = at_work.suspects(place.state), beside(place.register)
    by_hand = lying_by_hand(place)
    with looking(place, console.now()) as session:
        register, store, today = session.register, session.store, session.now.date()
        periods = options.chosen_periods(register, period)
        submissions = store.submissions(*(each.name for each in periods))
        redaction = Redaction(register, store)
        warnings = waiting(store, periods, redaction)
        past = due(register, store, today)
        unsent = mail_status(store, session.now)
        gone = list(vanished_periods(place, store, register))
        drafts = [(edition_of(store, draft), draft) for _, draft in pending(session)]
        rejected = [
            redaction.shown(sent) for sent in submissions if sent.outcome is Outcome.REJECTED
        ]
        unplaced = [*map(redaction.shown, store.unplaced())]
        returns = {
            each: returns_received(register_for(session, each.name), each, submissions, today)
            for each in periods
        }
    last_rejected = {(sent.period, sent.area): sent for sent in rejected}
    document = {
        "periods": [
            {"period": each.name, "due": each.due, "returns": received}
            for each, received in returns.items()
        ],
        "drafts": [
            {
                "period": draft.period,
                "code": edition.code,
                "made_at": draft.issued_at,
                "overall": draft.overall,
            }
            for edition, draft in drafts
        ],
        "unplaced": unplaced,
        "vanished_periods": gone,
        "warnings": warnings,
        "past_retention": len(past.submissions),
        "mail": mail.waiting_document(unsent),
        "beside_register": {"copies": lying.copies, "locks": lying.locks},
        "by_hand": by_hand,
        "suspects": [
            {
                "name": each.thing.name,
                "sha256": each.thing.sha256,
                "stage": each.stage,
                "runs": each.times,
                "gone_round": each.is_enough,
            }
            for each in suspects
        ],
    }

    def lines() -> Iterator[str | Columns]:
        for each, received in returns.items():
            yield from _period_lines(each, received, last_rejected)
        yield from (each.line for each in gone)
        yield from _draft_lines(drafts, register)
        if warnings:
            yield "Warnings that nobody has accepted (quarterday accept CODE --because ...):"
        for warning in warnings:
            yield f"  {warning.line}"
        yield from _unplaced_lines(unplaced)
        if past.submissions:
            yield (
                f"{len(past.submissions)} submissions are past their time ({past.rule}); "
                "quarterday forget removes them."
            )
        yield from mail.waiting_lines(unsent)
        yield from lying.lines
        yield from _by_hand_lines(place, by_hand)
        yield from _suspect_lines(suspects)

    awaited = any(_is_awaited(one) for received in returns.values() for one in received)
    needed = bool(awaited or warnings or unsent.stuck or lying.copies or gone)
    return Result(document, lines(), needs_a_person=needed)


def _suspect_lines(suspects: Iterable[Suspect]) -> Iterator[str]:
    from schemas.wording import listed

    if named := [f"{each.thing.name} ({each.said})" for each in suspects]:
        yield f"What runs have ended on: {listed(named)}. quarterday doctor says more."


def _unplaced_lines(unplaced: Sequence[Submission]) -> Iterator[str]:
    if unplaced:
        yield "Sent back because it was not plain whose or for which period they are:"
    for sent in unplaced[-20:]:
        yield f"{sent.filename}, {console.day(sent.received_at)}"
        yield from finding_lines(sent.findings)


def _by_hand_lines(place: Workspace, by_hand: Mapping[str, int]) -> Iterator[str]:
    from schemas.wording import counted

    for folder, many in by_hand.items():
        lies = f"{place.by_hand / folder} ({counted(many, 'message')})"
        yield f"To be handed over, for want of an address: {lies}"


def _draft_lines(drafts: Iterable[tuple[Edition, Issue]], register: Register) -> Iterator[str]:
    from schemas.bands import bands_of

    for number, (edition, draft) in enumerate(drafts):
        if number == 0:
            yield "Drafts that have not been issued:"
        made, overall = console.moment(draft.issued_at), bands_of(register).said(draft.overall)
        yield f"  {draft.period}: {edition.named}, of {made}, overall {overall}"


def _period_lines(
    period: Period,
    returns: Sequence[ReturnReceived],
    last_rejected: Mapping[tuple[str | None, str | None], Submission],
) -> Iterator[str | Columns]:
    """Where each return for a period stands, and what is wrong with those that were sent back."""
    yield f"{period.name}, due {period.due:%d %B %Y}"
    rows = [
        (
            one.area.name,
            f"{one.state}; a later one was sent back" if one.rejected_since else one.state,
            one.rejected_since or one.filename,
            console.moment(one.received_at) if one.received_at else "",
        )
        for one in returns
    ]
    yield Columns(("Service area", "Return", "File", "Received"), rows)
    for one in returns:
        sent_back = last_rejected.get((period.name, one.area.ref))
        if sent_back and _is_awaited(one):
            yield ""
            yield f"{one.area.name}, {sent_back.filename}:"
            yield from finding_lines(sent_back.findings)
    yield ""


def _is_awaited(one: ReturnReceived) -> bool:
    """Whether a return is late, or one was sent back and has not come again."""
    from pipeline.consolidation.report import ReturnState

    return bool(one.rejected_since) or one.state in (ReturnState.REJECTED, ReturnState.OVERDUE)
