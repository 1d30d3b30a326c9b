"""Entering: one figure is put in on a service area's behalf, by a person, for a reason."""

from __future__ import annotations

from msgspec.structs import replace

from pipeline.consolidation import closing
from pipeline.consolidation.registers import register_for
from pipeline.job.deciding import need_right
from pipeline.register import need_area, need_period
from pipeline.returns.entering import CALLED, FigurePlace, Typed, read_typed
from pipeline.store import Entered
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from schemas.asking import things_asked
from schemas.fields import ASKED_FIELDS, INDICATORS_SHEET
from schemas.findings import Finding, has_errors, printable, worst_first
from schemas.model import Period, Register
from schemas.names import name_key
from schemas.observations import FIELDS


def held_to(session: Session, period: str) -> Session:
    """The session with the register that a period is held to.

    Raises:
        WorkspaceError: there is no such period.
    """
    name = need_period(session.register, period).name
    return replace(session, register=register_for(session, name))


def subject_of(register: Register, period: str, area: str, ref: str) -> FigurePlace:
    """What a period, a service area and an indicator of it mean, however they are spelt.

    Raises:
        WorkspaceError: the register has none of that name.
    """
    found, wanted = need_area(register, area), name_key(ref)
    own = register.indicators_of(found.ref)
    indicator = next((each for each in own if name_key(each.ref) == wanted), None)
    if indicator is None:
        known = ", ".join(each.ref for each in own) or "none"
        raise WorkspaceError(
            f"{printable(ref)} is not an indicator that {found.name} reports. Those are: {known}."
        )
    return FigurePlace(need_period(register, period), found, indicator)


def enter(
    session: Session, subject: FigurePlace, typed: Typed, *, by: str, because: str, reopens: bool
) -> tuple[Entered, list[str]]:
    """Record a figure; it comes back with what there is to say of it that is no mistake.

    Raises:
        WorkspaceError: it cannot be taken as it is, or no reason is given; or its period is closed
            and is not to be reopened, or cannot be; or whoever enters it may not decide.
    """
    need_right(session.register, by)
    because = printable(because)
    if not because:
        raise WorkspaceError('Say why it is entered, and who gave it: --because "…".')
    _need_asked(held_to(session, subject.period.name).register, typed)
    store, period, area = session.store, subject.period, subject.area
    row, found = read_typed(held_to(session, period.name), subject, typed, by)
    lines = [_line(finding) for finding in worst_first(found)]
    if row is None or has_errors(found):
        raise WorkspaceError("The figure was not entered:", *lines)
    reopening = _reopening(session, period, by, because, reopens=reopens)
    standing = store.current(period.name, [area.ref])
    stored = {name: getattr(row, name) for name, field in FIELDS.items() if field.described.stored}
    entered = Entered(
        **{**stored, "sheet": "", "cell": ""},
        submission_id=standing[0].id if standing else None,
        last_submission=store.last_number("submission"),
        last_issue=store.last_number("issue"),
        reopening_id=reopening,
        by=by,
        entered_at=session.now,
        because=because,
    )
    store.entered.record(entered)
    return entered, lines


def _need_asked(register: Register, typed: Typed) -> None:
    """Make sure that what was typed beside the figure is asked for.

    Raises:
        WorkspaceError: the register asks for no such thing, so that nothing would print it.
    """
    things = things_asked(register)
    for field in ASKED_FIELDS:
        if getattr(typed, field.key) and field.asked_for not in things:
            raise WorkspaceError(
                f"The register asks of no indicator for {field.heading}. Leave it out, or say in "
                "--commentary what there is to say."
            )


def _reopening(
    session: Session, period: Period, by: str, because: str, *, reopens: bool
) -> int | None:
    """What has opened the period again; None where it was never closed.

    Raises:
        WorkspaceError: it is closed.
    """
    reopened = closing.note_closings(session)
    if reopens:
        return closing.reopen(session, period, by, because)
    if not period.open:
        raise WorkspaceError(
            f"{period.name} is closed. Enter the figure with --reopen, as a restatement, or open "
            "the period on the register's sheet Periods."
        )
    return reopened.get(period.name)


def _line(finding: Finding) -> str:
    """A finding in one line, without the place of a workbook that there is not."""
    called = CALLED.get(finding.cell, "") if finding.sheet == INDICATORS_SHEET else ""
    said = " ".join(filter(None, (finding.problem, finding.fix)))
    return f"{finding.severity}: {f'{called}: ' if called else ''}{said} [{finding.code}]"
