"""Commands about returns: check them, take them in, see where they stand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument

from pipeline.cli import console, mail
from pipeline.cli.console import Columns, Result, finding_lines, progress_bar, workspace_at
from pipeline.cli.options import (
    BecauseOption,
    PeriodOption,
    ReopenOption,
    WorkspaceOption,
    chosen_periods,
    reopening,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.consolidation.report import ReturnReceived
    from pipeline.job.ingest import Ingested
    from pipeline.returns.validate import Checked
    from pipeline.store import Submission
    from schemas.model import Period


def validate(
    files: Annotated[list[Path], Argument(help="Returns to check.")],
    *,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Check returns without taking anything in: what a service area runs before sending.

    Example: `quarterday validate "Return 2012-13 - Community safety.xlsx"`
    """
    from pipeline.job.ingest import check_files
    from pipeline.job.session import register_of

    place = workspace_at(workspace)
    with progress_bar() as progress:
        checked, unread = check_files(files, place, register_of(place), console.now(), progress)
    documents = [
        {
            "file": one.arrival.path,
            "accepted": one.is_accepted,
            "area": one.reading.area,
            "period": one.reading.period,
            "findings": one.findings,
        }
        for one in checked
    ]
    documents += [{"file": one.path, "accepted": False, "unread": one.why} for one in unread]
    return Result(
        documents,
        _checked_lines(checked),
        needs_a_person=any(
            not one.is_accepted or any(f.severity == "warning" for f in one.findings)
            for one in checked
        ),
        problems=[f"{one.path}: {one.why}" for one in unread],
    )


def _checked_lines(checked: Iterable[Checked]) -> Iterator[str]:
    for one in checked:
        verdict = "would be accepted" if one.is_accepted else "would be sent back"
        yield f"{one.arrival.filename}: {verdict}"
        yield from finding_lines(one.findings)


def ingest(
    *,
    reopen: ReopenOption = None,
    because: BecauseOption = "",
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Take in what lies in the inbox: accept it, or send it back with a correction copy.

    Example: `quarterday ingest --workspace performance`
    """
    from pipeline.job.nightly import Night, needs_a_person, take_in
    from pipeline.job.session import at_work, register_of
    from pipeline.mail.delivery import deliver
    from pipeline.mail.dispatch import correspond

    place = workspace_at(workspace)
    register = register_of(place)
    wanted = reopening(reopen, because)
    with at_work(place) as store, progress_bar() as progress:
        ingested = take_in(place, register, store, console.now(), progress, wanted)
        correspond(place, register, store, console.now(), skipped=ingested.skipped)
        delivered = deliver(place, register, store, console.now())
    return Result(
        {
            "taken": ingested.taken,
            "skipped": ingested.skipped,
            "mail": mail.mail_document(delivered),
        },
        [*ingested_lines(ingested), *mail.mail_lines(delivered)],
        needs_a_person=needs_a_person(Night(ingested, mail=delivered)),
    )


def ingested_lines(ingested: Ingested) -> Iterator[str]:
    """What became of each file."""
    if not ingested.taken and not ingested.skipped:
        yield "The inbox is empty."
    for taken in ingested.taken:
        about = ", ".join(part for part in (taken.area, taken.period) if part)
        line = f"{taken.outcome}: {taken.filename}" + (f" ({about})" if about else "")
        line += f", replacing {taken.replaces}" if taken.replaces else ""
        yield line + (", restating a closed period" if taken.restates else "")
        yield from finding_lines(taken.findings)
        if taken.correction:
            yield f"  correction copy: {taken.correction}"
    for skipped in ingested.skipped:
        if skipped.moved_to:
            yield f"moved to quarantine: {skipped.filename}: {skipped.why}"
            yield f"  now at: {skipped.moved_to}"
        else:
            yield f"left in the inbox: {skipped.filename}: {skipped.why}"


def status(*, period: PeriodOption = None, workspace: WorkspaceOption = Path()) -> Result:
    """Who has returned, who is late, what was sent back and why, what waits, what mail is stuck.

    Example: `quarterday status --period 2012-13`
    """
    from pipeline.consolidation.approvals import waiting
    from pipeline.consolidation.returned import returns_received
    from pipeline.job.session import register_of, store_of
    from pipeline.mail.delivery import mail_status
    from pipeline.store import Outcome
    from pipeline.store.retention import due

    place = workspace_at(workspace)
    register = register_of(place)
    today = console.now().date()
    periods = chosen_periods(register, period)
    with store_of(place) as store:
        submissions = store.submissions()
        warnings = waiting(register, store, periods)
        past = due(register, store, today)
        unsent = mail_status(store, console.now())
    rejected = [sent for sent in submissions if sent.outcome is Outcome.REJECTED]
    unplaced = [sent for sent in rejected if sent.area is None or sent.period is None]
    last_rejected = {(sent.period, sent.area): sent for sent in rejected}
    returns = {
        each: returns_received(
            register, each, [sent for sent in submissions if sent.period == each.name], today
        )
        for each in periods
    }
    document = {
        "periods": [
            {"period": each.name, "due": each.due, "returns": received}
            for each, received in returns.items()
        ],
        "unplaced": unplaced,
        "warnings": warnings,
        "past_retention": len(past.submissions),
        "mail": mail.waiting_document(unsent),
    }

    def lines() -> Iterator[str | Columns]:
        for each, received in returns.items():
            yield from _period_lines(each, received, last_rejected)
        if warnings:
            yield "Warnings that nobody has approved (quarterday accept CODE --because ...):"
        for warning in warnings:
            yield f"  {warning.line}"
        if unplaced:
            yield "Sent back because it was not plain whose or for which period they are:"
        for sent in unplaced[-20:]:
            yield f"{sent.filename}, {console.day(sent.received_at)}"
            yield from finding_lines(sent.findings)
        if past.submissions:
            yield (
                f"{len(past.submissions)} submissions are past their time ({past.rule}); "
                "quarterday forget removes them."
            )
        yield from mail.waiting_lines(unsent)

    return Result(
        document,
        lines(),
        needs_a_person=bool(warnings or unsent.stuck)
        or any(_is_awaited(one) for received in returns.values() for one in received),
    )


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
            yield f"\n{one.area.name}, {sent_back.filename}:"
            yield from finding_lines(sent_back.findings)
    yield ""


def _is_awaited(one: ReturnReceived) -> bool:
    """Whether a return is late, or one was sent back and has not come again."""
    from pipeline.consolidation.report import ReturnState

    return bool(one.rejected_since) or one.state in (ReturnState.REJECTED, ReturnState.OVERDUE)
