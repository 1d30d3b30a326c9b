"""Commands about returns: send out templates, check what comes, take it in."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pipeline.cli import console, mail, options
from pipeline.cli.console import Problem, Result, finding_lines, progress_bar, workspace_at
from pipeline.cli.options import (
    BecauseOption,
    PeriodOption,
    ReopenOption,
    RevealOption,
    WorkspaceOption,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.job.nightly import Night
    from pipeline.outputs.understood import Understood
    from pipeline.store import Decision
    from pipeline.workspace.folder import Workspace


def template(
    area: Annotated[
        str | None, Option("--area", "-a", help="One service area, by ref or name.")
    ] = None,
    *,
    period: PeriodOption = None,
    mail: Annotated[
        bool, Option("--mail", help="Copy the texts of mail instead, to be edited.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Write the return templates to send out: one workbook for each service area and period.

    With --mail the texts of mail are copied to the workspace, to be edited; those that are there
    are left as they are.

    Example: `quarterday template --period 2012-13`
    """
    place = workspace_at(workspace)
    lying: list[Path] = []
    if mail:
        written = _mail_texts(place)
    else:
        written, lying = _return_templates(place, area, period)
    lines = [str(path) for path in written]
    lines += [
        f"{path} is of an earlier name: no area returns it now. Delete it, lest somebody send it."
        for path in lying
    ]
    return Result({"written": written, "outdated": lying}, lines)


def _return_templates(
    place: Workspace, area: str | None, period: str | None
) -> tuple[list[Path], list[Path]]:
    """What was written, and what lies beside it and is of nobody any more."""
    from pipeline.job.session import looking
    from pipeline.operations.templates import outdated, templates

    with looking(place, console.now()) as session:
        periods = options.chosen_periods(session.register, period)
        chosen = templates(session, periods, area)
        lying = outdated(session, periods)
    written = []
    with progress_bar() as progress:
        for each in chosen:
            written.append(each.write(place))
            progress("Writing templates", len(written), len(chosen))
    return written, lying


def _mail_texts(place: Workspace) -> list[Path]:
    """Copy the texts of mail that the workspace has not."""
    from pipeline.mail.messages.rendering import package_templates
    from pipeline.workspace.folder import need_folder, replacing

    folder = need_folder(place.templates)
    written = []
    for name, text in package_templates().items():
        path = folder / name
        if not path.exists():
            with replacing(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def validate(
    files: Annotated[list[Path], Argument(help="Returns to check.")],
    *,
    show_suppressed: RevealOption = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Check returns without taking anything in: what a service area runs before sending.

    A figure of the last period that the appendix suppresses is not quoted. The figures of what
    would be accepted are played back as they were understood.

    Example: `quarterday validate "Return 2012-13 - Community safety.xlsx"`
    """
    from pipeline.consolidation.redaction import Redaction
    from pipeline.job.checking import check_files
    from pipeline.job.session import as_it_is, register_of
    from pipeline.outputs.understood import understood
    from pipeline.workspace.errors import StoreError

    place = workspace_at(workspace)
    register, unknown = register_of(place), ""
    with ExitStack() as opened, progress_bar() as progress:
        store = None
        try:
            store = opened.enter_context(as_it_is(place))
        except StoreError as error:
            unknown = str(error)
        checked = check_files(files, place, register, console.now(), progress, store)
        if store is not None:
            redaction = Redaction(register, store, show_suppressed)
            checked = checked.told(redaction)
    figures = {
        one.arrival.path: understood(one.observations, register, one.submission.period or "")
        for one in checked.decisions
    }
    documents: list[dict[str, object]] = [
        {
            "file": one.arrival.path,
            "accepted": _is_well(one),
            "outcome": one.submission.outcome,
            "area": one.submission.area,
            "period": one.submission.period,
            "findings": one.submission.findings,
            "figures": figures[one.arrival.path],
            "compared": not unknown,
        }
        for one in checked.decisions
    ]
    documents += [
        {"file": one.path, "accepted": False, "unread": one.why} for one in checked.unread
    ]
    return Result(
        documents,
        _checked_lines(checked.decisions, figures, unknown),
        needs_a_person=any(
            not _is_well(one) or any(f.severity != "info" for f in one.submission.findings)
            for one in checked.decisions
        ),
        problems=[f"{one.path}: {one.why}" for one in checked.unread],
    )


def _is_well(one: Decision) -> bool:
    """Whether nothing in a return needs to be put right: it is taken, or was."""
    from schemas.rules import STILL_WRONG

    sent = one.submission
    return sent.errors == 0 and all(found.code != STILL_WRONG.code for found in sent.findings)


def _checked_lines(
    checked: Iterable[Decision], figures: Mapping[Path, Sequence[Understood]], unknown: str
) -> Iterator[str]:
    verdicts = {
        "accepted": "would be accepted",
        "rejected": "would be sent back",
        "duplicate": "was received before; nothing would change",
    }
    for one in checked:
        yield f"{one.arrival.filename}: {verdicts[one.submission.outcome]}"
        yield from finding_lines(one.submission.findings)
        if told := figures[one.arrival.path]:
            yield "  as it was understood:"
        yield from (f"    {each.line}" for each in told)
    if unknown:
        yield f"Not held against what was received before: {unknown}"


def ingest(
    *, reopen: ReopenOption = None, because: BecauseOption = "", workspace: WorkspaceOption = Path()
) -> Result:
    """Take in what lies in the inbox: accept it, or send it back with a correction copy.

    Example: `quarterday ingest --workspace performance`
    """
    from pipeline.job import nightly

    place = workspace_at(workspace)
    wanted = options.reopening(reopen, because)
    with progress_bar() as progress:
        done = nightly.run(place, console.now(), progress, wanted, only_inbox=True)
    return Result(
        {**taken_document(done), "mail": mail.mail_document(done.mail, done.mistakes)},
        [*taken_lines(done), *mail.mail_lines(done.mail, done.mistakes)],
        needs_a_person=nightly.needs_a_person(done),
    )


def taken_document(night: Night) -> dict[str, object]:
    """What became of each file, for machines."""
    taken = [_document(one) for one in night.decisions]
    return {"taken": taken, "skipped": night.skipped, "faults": night.faults}


def _document(one: Decision) -> dict[str, object]:
    names = ("filename", "sha256", "outcome", "area", "period", "findings")
    return {
        **{name: getattr(one.submission, name) for name in names},
        "correction": one.correction,
        "replaces": one.replaces,
        "restates": one.submission.is_restatement,
    }


def taken_lines(night: Night, *, is_silent: bool = False) -> Iterator[str]:
    """What became of each file; `is_silent` where there was none."""
    if not night.decisions and not night.skipped and not is_silent:
        yield "The inbox is empty."
    for one in night.decisions:
        sent = one.submission
        about = ", ".join(part for part in (sent.area, sent.period) if part)
        line = f"{sent.outcome}: {sent.filename}" + (f" ({about})" if about else "")
        line += f", replacing {one.replaces}" if one.replaces else ""
        yield line + (", restating a closed period" if sent.is_restatement else "")
        yield from finding_lines(sent.findings)
        if one.correction:
            yield f"  correction copy: {one.correction}"
    for skipped in night.skipped:
        if skipped.moved_to:
            yield f"moved to quarantine: {skipped.filename}: {skipped.why}"
            yield f"  now at: {skipped.moved_to}"
        else:
            yield f"left in the inbox: {skipped.filename}: {skipped.why}"
    for fault in night.faults:
        yield Problem(f"A correction copy has no marks, by a mistake in the program: {fault}.")
