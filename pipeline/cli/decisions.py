"""Commands by which a person decides: what is issued, right, or a figure, and what may go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pipeline.cli import console
from pipeline.cli.console import Result, workspace_at
from pipeline.cli.mail import mail_document, mail_lines
from pipeline.cli.options import PeriodOption, WorkspaceOption, chosen_periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store.retention import Due
    from schemas.deciding import Request


def accept(
    code: Annotated[str, Argument(help="The code of the warning, such as C05.")],
    *,
    because: Annotated[str, Option(help="Why the figure is right.")] = "",
    ref: Annotated[str, Option(help="At this indicator's figure only.")] = "",
    area: Annotated[
        str, Option("--area", "-a", help="Of this service area only, by ref or name.")
    ] = "",
    every: Annotated[
        bool, Option("--all", help="Every one that is meant, if there are several.")
    ] = False,
    period: PeriodOption = None,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Accept a warning of a return that counts: the figure was looked at, and is right.

    Who accepted it, when and why is kept. A later return with the same warning waits again.

    Example: `quarterday accept C05 --ref P2-1 --because "the second site opened in May"`
    """
    from pipeline.consolidation.approvals import Choice, approve, waiting
    from pipeline.consolidation.redaction import Redaction
    from pipeline.job.deciding import need_right
    from pipeline.job.session import at_work
    from pipeline.workspace import lock

    with at_work(workspace_at(workspace), console.now()) as session:
        need_right(session.register, lock.user())
        chosen = chosen_periods(session.register, period)
        redaction = Redaction(session.register, session.store)
        warnings = waiting(session.store, chosen, redaction)
        choice, now = Choice(code, ref, area), session.now
        approvals = approve(
            choice, warnings, every=every, by=lock.whoami(), at=now, because=because
        )
        session.store.decisions.approve(approvals)
    lines = (f"accepted: {one.code} at {one.place}, by {one.by}" for one in approvals)
    return Result(approvals, lines)


def enter(
    period: Annotated[str, Argument(help="The period, as the register names it.")],
    area: Annotated[str, Argument(help="The service area, by ref or name.")],
    ref: Annotated[str, Argument(help="The indicator's ref.")],
    figure: Annotated[
        str,
        Argument(
            help="What belongs under Performance: a figure, a state or words.", show_default=False
        ),
    ] = "",
    *,
    because: Annotated[str, Option(help="Why it is entered, and who gave it.")] = "",
    status: Annotated[str, Option(help="Provisional, Not available or No cases.")] = "",
    numerator: Annotated[str, Option(help="The number counted.")] = "",
    denominator: Annotated[str, Option(help="The number it is out of.")] = "",
    commentary: Annotated[str, Option(help="What lies behind the figure.")] = "",
    forecast: Annotated[str, Option(help="The figure expected for the year.")] = "",
    confidence: Annotated[str, Option(help="High, Medium or Low.")] = "",
    action: Annotated[str, Option(help="Corrective action.")] = "",
    action_owner: Annotated[str, Option(help="Who answers for the action.")] = "",
    action_by: Annotated[str, Option(help="By which day it will be done.")] = "",
    reopen: Annotated[
        bool, Option("--reopen", help="Into a closed period, as a restatement.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Enter one figure on a service area's behalf; it is read and checked as a return's cell is.

    It counts until the area's next return is accepted. Who entered it, when and why is kept,
    printed beside it, and told to the area by the next run. Put -- before a figure below zero.

    Example: `quarterday enter 2012-13 "Community safety" P2-1 4605 --because "given by telephone"`
    """
    from pipeline.consolidation.redaction import Redaction
    from pipeline.consolidation.report import figure_shown
    from pipeline.job.session import at_work
    from pipeline.operations.entering import enter as enter_figure
    from pipeline.operations.entering import held_to, subject_of
    from pipeline.returns.entering import Typed
    from pipeline.workspace import lock

    typed = Typed(
        *(figure, status, numerator, denominator, commentary),
        *(forecast, confidence, action, action_owner, action_by),
    )
    with at_work(workspace_at(workspace), console.now()) as session:
        subject = subject_of(held_to(session, period).register, period, area, ref)
        before = session.store.observations(subject.period.name)
        entered, findings = enter_figure(
            session, subject, typed, by=lock.user(), because=because, reopens=reopen
        )
        redaction = Redaction(session.register, session.store)
        replaced = [
            f"in place of {redaction.figure(one)}, {one.filename}"
            for one in before
            if (one.indicator, one.area) == (entered.indicator, entered.area)
        ]
    about = f"{entered.indicator}, {subject.area.name}, {entered.period}"
    said = figure_shown(entered, subject.indicator) or entered.status.lower()
    document = {"entered": entered, "findings": findings}
    counts = f"{subject.area.name}'s next return that is accepted takes its place."
    lines = (", ".join((f"entered: {about}: {said}", *replaced)), *findings, counts)
    return Result(document, lines)


def approve(
    period: Annotated[str, Argument(help="The period, such as 2012-13.")],
    *,
    draft: Annotated[str, Option(help="The code that is printed on the draft.")],
    because: Annotated[str, Option(help="Why it may go out.")] = "",
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Approve a draft of the appendix: it is issued, and goes to its recipients.

    A draft that would say something else by now has lapsed; what has changed is said.

    Example: `quarterday approve 2012-13 --draft 7KQ2MX --because "agreed with the director"`
    """
    from schemas.deciding import Request

    return _decided(workspace, Request("approve", period, code=draft, because=because))


def recall(
    period: Annotated[str, Argument(help="The period, such as 2012-13.")],
    *,
    issue: Annotated[str, Option(help="The code that is printed on the issue.")],
    because: Annotated[str, Option(help="What is wrong with it.")] = "",
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Recall the last issue of the appendix: whoever got it is told that it is wrong, and why.

    Its files stay in the outbox, marked as recalled; the next issue says what it replaces.

    Example: `quarterday recall 2012-13 --issue 7KQ2MX --because "P1-2 counts a site twice"`
    """
    from schemas.deciding import Request

    return _decided(workspace, Request("recall", period, code=issue, because=because))


def _decided(workspace: Path, request: Request) -> Result:
    """What becomes of a request by command, with the mail that it owes."""
    from pipeline.job.deciding import Desk
    from pipeline.job.session import at_work
    from pipeline.mail import delivery, enqueue
    from pipeline.workspace import lock
    from pipeline.workspace.errors import WorkspaceError

    with at_work(workspace_at(workspace), console.now()) as session:
        desk = Desk(session)
        ruling = desk.decide(request, login=lock.user())
        mistakes = enqueue.bring(session) if ruling.is_done else ()
        mail = delivery.deliver(session) if ruling.is_done else None
    if not ruling.is_done:
        raise WorkspaceError(ruling.answer)
    written = [path for issued in desk.issued for path in issued.files.values()]
    lines = [ruling.answer, *(f"wrote {path}" for path in written), *mail_lines(mail, mistakes)]
    document = {
        "what": ruling.what,
        "period": ruling.period,
        "answer": ruling.answer,
        "written": written,
        "mail": mail_document(mail, mistakes),
    }
    stuck = mail is not None and mail.needs_a_person
    return Result(document, lines, needs_a_person=stuck or bool(mistakes))


def forget(
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would go, and remove nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Remove what the register's retention rule says to keep no longer, and record that it went.

    The files as sent, what was found in their cells and who signed them go; the figures, which were
    published, stay. The rule is "Keep returns for" on the register's sheet Framework.

    Example: `quarterday forget --dry-run`
    """
    from pipeline.job.session import at_work
    from pipeline.store.retention import due
    from pipeline.store.retention import forget as remove
    from pipeline.workspace.lock import whoami

    place = workspace_at(workspace)
    with at_work(place, console.now()) as session:
        found = due(session.register, session.store, session.now.date())
        if not dry_run:
            remove(found, place, session.store, whoami(), session.now)
    names = ("sha256", "period", "area", "received_at")
    submissions = [
        {"file": sent.filename, **{name: getattr(sent, name) for name in names}}
        for sent in found.submissions
    ]
    document = {"rule": found.rule, "removed": not dry_run, "submissions": submissions}
    return Result(document, _forgotten_lines(found, "would go" if dry_run else "forgotten"))


def _forgotten_lines(found: Due, what: str) -> Iterator[str]:
    if not found.rule:
        yield "The register has no retention rule; everything is kept."
    elif not found.submissions:
        yield f"Nothing is past its time ({found.rule})."
    for sent in found.submissions:
        about = f"{sent.area or 'no area'}, {sent.period or 'no period'}"
        yield f"{what}: {sent.filename} ({about}, received {console.day(sent.received_at)})"
