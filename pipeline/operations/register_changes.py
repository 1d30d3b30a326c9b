"""What a change of the register does to appendices: by what the store holds, which would change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.content import content_of, said_by
from pipeline.consolidation.report import Report
from pipeline.register.last_read import last_read
from pipeline.store.journal import archived_register, registers
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace
from schemas.deciding import IssueRule
from schemas.model import Period, Register
from schemas.renaming import with_names_of

#: So many digits of a SHA-256 name a register, at the least.
_LEAST_DIGITS = 6
#: As many are shown of it.
_SHOWN_DIGITS = 12


class AppendixChange(Struct, frozen=True):
    """What becomes of a period's appendix."""

    period: str
    is_changed: bool
    #: In a sentence.
    said: str
    #: Each indicator that would have another colour, or none, in a sentence; the whole first.
    ratings: tuple[str, ...] = ()


def appendix_changes(session: Session, old: Register, new: Register) -> Iterator[AppendixChange]:
    """What becomes of the appendix of each period of the new register, by figures received so far.

    Figures are not told: what one register suppresses the other may not.
    """
    old, received_for = with_names_of(old, new), set(session.store.periods())
    for period in new.periods:
        if period.name not in received_for:
            said = f"{period.name}: nothing has been received, so no appendix changes."
            yield AppendixChange(period.name, is_changed=False, said=said)
        elif not period.open:
            said = f"{period.name}: closed, so its appendix stays as it is."
            yield AppendixChange(period.name, is_changed=False, said=said)
        else:
            yield _of_open(session, period, old, new)


def _of_open(session: Session, period: Period, old: Register, new: Register) -> AppendixChange:
    after = replace(session, register=new)
    before, was = replace(session, register=old), old.period(period.name)
    if was is None:
        said = f"{period.name}: a new period, so its appendix is made anew."
        return AppendixChange(period.name, is_changed=True, said=said)
    if content_of(before, was) == content_of(after, period):
        said = f"{period.name}: the appendix stays as it is."
        return AppendixChange(period.name, is_changed=False, said=said)
    reports = report_of(before, was), report_of(after, period)
    if said_by(reports[0]) == said_by(reports[1]):
        said = f"{period.name}: the appendix says the same."
        return AppendixChange(period.name, is_changed=False, said=said)
    rated = tuple(_ratings(*reports))
    made = "the appendix" if new.framework.issue_when is IssueRule.CHANGE else "a draft"
    colours = "these colours change" if rated else "no colour changes"
    said = f"{period.name}: the next run makes {made} anew; {colours}."
    return AppendixChange(period.name, is_changed=True, said=said, ratings=rated)


def _ratings(before: Report, after: Report) -> Iterator[str]:
    """What would be rated otherwise."""
    if before.overall.colour is not after.overall.colour:
        was, now = (each.said(each.overall) for each in (before, after))
        yield f"The whole: {now}; it was {was}."
    earlier = {line.indicator.ref: line.rating for line in before.lines}
    for line in after.lines:
        rating = earlier.get(line.indicator.ref)
        if rating is not None and rating != line.rating:
            name = f"{line.indicator.ref} ({line.indicator.wording})"
            yield f"{name}: {after.said(line.rating)}; it was {before.said(rating)}."


def register_named(name: str, workspace: Workspace) -> Path:
    """The file that a name means: a file, or a register of the archive by its first digits.

    Raises:
        WorkspaceError: there is none, or several registers begin with these digits.
    """
    if (path := Path(name)).exists():
        return path
    if len(name) < _LEAST_DIGITS or set(name.lower()) - set("0123456789abcdef"):
        raise WorkspaceError(f"{name} is not there. Name a file, or the digits of a kept register.")
    found = [each for each in registers(workspace.archive) if each.stem.startswith(name.lower())]
    if len(found) != 1:
        how = "No register" if not found else "More than one register"
        raise WorkspaceError(
            f"{how} of the archive begins with {name}; {workspace.archive / 'registers'} has them."
        )
    return found[0]


def called(path: Path, workspace: Workspace) -> str:
    """How a register is called in a sentence."""
    if path.parent == workspace.archive / "registers":
        return f"the kept register {path.stem[:_SHOWN_DIGITS]}"
    return path.name


def last_used(workspace: Workspace) -> Path:
    """The register by which a run worked last, as the archive keeps it.

    Raises:
        WorkspaceError: no run has worked by one, or it is kept no more.
    """
    last = last_read(workspace.state)
    path = archived_register(workspace.archive, last.sha256) if last else None
    if path is None or not path.exists():
        raise WorkspaceError(
            "The archive keeps no register that a run has used. Name two files to be compared."
        )
    return path
