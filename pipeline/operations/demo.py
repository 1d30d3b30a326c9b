"""The demonstration: two nights on the worked example, an approval, and an account of it all."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.report import ReturnState
from pipeline.job import nightly, session
from pipeline.job.deciding import Desk
from pipeline.job.nightly import Night
from pipeline.mail import enqueue
from pipeline.mail.delivery import deliver
from pipeline.operations import worked_example as example
from pipeline.operations.setup import make_workspace
from pipeline.outputs import OUTPUTS, wording
from pipeline.outputs.issuing import Issued
from pipeline.outputs.template import template_name
from pipeline.store import Outcome
from pipeline.store.session import Progress
from pipeline.workspace import lock
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.deciding import Approver, IssueRule, Request
from schemas.model import Gets, Register, Status

FIRST_NIGHT = datetime(2013, 4, 30, 2, tzinfo=UTC)
SECOND_NIGHT = datetime(2013, 5, 3, 2, tzinfo=UTC)
#: When the officer approves what the second night drafted.
APPROVED = datetime(2013, 5, 7, 9, 30, tzinfo=UTC)
AFTER_APPROVAL = datetime(2013, 5, 8, 2, tzinfo=UTC)


class Account(Struct, frozen=True):
    """What the demonstration did, for a person and for machines."""

    workspace: Path
    appendix: Path
    correction: Path
    mail: tuple[Path, ...]
    overall: str
    text: str


def run_demo(folder: Path, progress: Progress) -> Account:
    """Build the worked example in a folder and run two nights on it.

    Raises:
        WorkspaceError: the folder holds files already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WorkspaceError(
            f"{folder} is there already. Name another folder, or remove it to run again."
        )
    make_workspace(folder, FIRST_NIGHT.date(), _with_approval(example.example_register()))
    workspace = _at_rest(open_workspace(folder))
    register = session.register_of(workspace)

    def drop(ref: str, reported: example.Entries, *, signed: bool = True) -> Path:
        """Put a service area's return into the inbox under the name of its template."""
        area = next(area for area in register.areas if area.ref == ref)
        path = workspace.inbox / template_name(area, register.periods[0])
        example.write_return(register, area, path, reported, signed=signed)
        return path

    drop("CHI", example.entries("CHI"))
    drop("SAF", example.slips(), signed=False)
    asc = example.entries("ASC")
    drop("ASC", {ref: row | {"status": "Provisional"} for ref, row in asc.items()})
    personnel = drop("HR", example.entries("HR"))
    shutil.copyfile(personnel, personnel.with_stem(personnel.stem + " - Copy"))
    first = nightly.run(workspace, FIRST_NIGHT, progress)

    drop("SAF", example.entries("SAF"))
    drop("ASC", {ref: {"status": Status.FINAL.value} | row for ref, row in asc.items()})
    drop("PI", example.entries("PI"))
    second = nightly.run(workspace, SECOND_NIGHT, progress)
    issued = _approved(workspace, second)
    # Nothing is new in it but the answer to the approval.
    nightly.run(workspace, AFTER_APPROVAL, progress)
    return _account(workspace, register, first, second, issued)


def _with_approval(register: Register) -> Register:
    """The register with drafts for the officer, of which an approver makes issues."""
    policy = replace(register.framework.policy, coverage_from=Decimal("0.75"))
    framework = replace(register.framework, issue_when=IssueRule.APPROVAL, policy=policy)
    *others, officer = register.recipients
    return replace(
        register,
        framework=framework,
        recipients=(*others, replace(officer, gets=(Gets.DRAFT, Gets.DIGEST))),
        approvers=(Approver(officer.name, lock.user()),),
    )


def _approved(workspace: Workspace, night: Night) -> Issued:
    """The issue that the officer makes of a night's draft, with its mail."""
    (draft,) = night.issued
    code = draft.report.edition.code if draft.report.edition else ""
    request = Request(
        "approve", draft.report.period.name, code=code, because="Agreed with the director"
    )
    with session.at_work(workspace, APPROVED) as at_work:
        desk = Desk(at_work)
        ruling = desk.decide(request, login=lock.user())
        if not ruling.is_done:
            raise WorkspaceError(ruling.answer)
        enqueue.bring(at_work)
        deliver(at_work)
    return desk.issued[0]


def _at_rest(workspace: Workspace) -> Workspace:
    """The same workspace without the wait for growing files: these have all been written."""
    limits = replace(workspace.settings.limits, settle_seconds=0.0, incomplete_minutes=0)
    return replace(workspace, settings=replace(workspace.settings, limits=limits))


def _account(
    workspace: Workspace, register: Register, first: Night, second: Night, issued: Issued
) -> Account:
    report = issued.report
    tally, council = report.overall, register.framework
    counts = ", ".join(f"{tally.of(band.colour)} {band.said}" for band in report.bands)
    decisions = (*first.decisions, *second.decisions)
    correction = next(one.correction for one in decisions if one.correction)
    accepted = {one.area for one in first.submissions if one.outcome is Outcome.ACCEPTED}
    where = {
        **{output.called: issued.files[output.name] for output in OUTPUTS},
        "What Community safety was sent back": correction,
        "The messages, to open in a mail program": issued.workbook.parent / "mail",
        "The register, to edit in Excel": workspace.register,
    }
    widest = max(map(len, where))
    lines = [
        ", ".join((council.council, council.appendix, council.title, report.period.name)),
        "",
        f"First night, {FIRST_NIGHT:%d %B %Y}:",
        *_happened(first, register, seen=set()),
        "",
        f"Second night, {SECOND_NIGHT:%d %B %Y}:",
        *_happened(second, register, seen=accepted),
        "",
        f"{APPROVED:%d %B %Y}: the performance officer approves the draft.",
        f"  {wording.edition_shown(report)}",
        "",
        f"Result: {len(report.lines)} indicators, {tally.rated} rated ({counts}).",
        f"Overall: {report.said(tally)}.",
        "",
        "Where to look:",
        *(f"  {what.ljust(widest)}  {path}" for what, path in where.items()),
        "",
        f"See how things stand: quarterday status --workspace {workspace.root}",
    ]
    return Account(
        workspace=workspace.root,
        appendix=issued.workbook,
        correction=correction,
        mail=(*first.mails, *second.mails),
        overall=str(tally.colour),
        text="\n".join(lines),
    )


def _happened(night: Night, register: Register, seen: set[str | None]) -> list[str]:
    """A line for each file of a night, and one for each area still awaited."""
    lines = []
    late = {
        returned.area.ref
        for issued in night.issued
        for returned in issued.report.returns
        if returned.state is ReturnState.LATE
    }
    for taken in night.submissions:
        area = register.area(taken.area or "")
        name = area.name if area else taken.filename
        match taken.outcome:
            case Outcome.ACCEPTED:
                what = "accepted" + (", late" if taken.area in late else "")
                what += "; it replaces the earlier one" if taken.area in seen else ""
            case Outcome.REJECTED:
                kinds = {f.code for f in taken.findings if f.severity == "error"}
                what = f"sent back with mistakes of {len(kinds)} kinds, each cell named"
            case Outcome.DUPLICATE:
                what = f"sent twice ({taken.filename}); counted once"
        lines.append(f"  {name}: {what}")
    for issued in night.issued:
        lines += [f"  {r.area.name}: {r.state.lower()}" for r in issued.report.awaited]
        called = issued.report.edition.shown if issued.report.edition else "Appendix"
        lines.append(f"  {called}: overall {issued.report.shown(issued.report.overall)}")
    return lines
