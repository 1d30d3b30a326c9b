"""Issuing: which appendices are due, drafts and issues of them, and their files in the outbox.

A draft lies in `draft/` under its period, until it is issued or a newer one takes its place. An
issue lies in the folder of its number for good; the newest that was not recalled lies beside these
folders as well.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.content import code_of, content_of, said_by
from pipeline.consolidation.editions import (
    edition_of,
    is_due_by_rule,
    issue_of,
    next_edition,
    says_the_same,
)
from pipeline.consolidation.recalls import recalls
from pipeline.consolidation.registers import register_for
from pipeline.consolidation.report import Edition, Report
from pipeline.consolidation.returned import as_of
from pipeline.outputs import OUTPUTS, PARQUET, WORKBOOK, Output, outputs_of
from pipeline.outputs.begun import begun, note_begun, note_written
from pipeline.store import Issue, Outcome, Ruling
from pipeline.store.journal import archive_register
from pipeline.store.session import Session
from pipeline.workspace.folder import (
    Workspace,
    disk_trouble,
    need_folder,
    safe_name,
    write_whole,
)
from schemas.deciding import IssueRule
from schemas.model import Period, Register
from schemas.periods import in_order
from schemas.wording import day_shown

_DRAFT = "draft"
#: In the folder of an issue that was recalled.
_RECALLED = "RECALLED.txt"


class Issued(Struct, frozen=True):
    """A draft or issue of a period's appendix, as written to the outbox."""

    report: Report
    #: What is written, by the names of the outputs, in their order.
    files: Mapping[str, Path]
    #: The issue before it, of other content.
    last: Issue | None

    @property
    def workbook(self) -> Path:
        return self.files[WORKBOOK.name]


def due_periods(session: Session) -> Iterator[Period]:
    """The periods for which something was accepted that no draft and no issue shows.

    Among them are those of which files are missing, and those whose day of issue has come. The
    appendix of a closed period stays as it is, whatever becomes of the register and the outbox.
    Each is to be issued before the next is asked for, which may be compared with it or print its
    figures.
    """
    accepted, cut_off = set(session.store.periods()), unwritten(session)
    for period in sorted(session.register.periods, key=in_order):
        if period in cut_off or (period.name in accepted and _is_due(session, period)):
            yield period


def unwritten(session: Session) -> list[Period]:
    """The periods of which a run that was cut off had noted an issue, and not written all of it."""
    names = begun(session.workspace)
    return [period for period in session.register.periods if period.name in names]


def _is_due(session: Session, period: Period) -> bool:
    last = session.store.editions.last(period.name)
    if not period.open:
        # Where it is not known what the last appendix showed, what came before it is let be.
        shown = last.last_submission if last else 0
        entered = session.store.entered.all(period.name)
        return any(one.last_issue >= (last.id if last else 0) for one in entered) or any(
            sent.outcome is Outcome.ACCEPTED and (shown > 0 or sent.reopening_id is not None)
            for sent in session.store.submissions_after(shown, period.name)
        )
    return (
        last is None
        or last.content != content_of(session, period)
        or not _is_written(session, period, last)
        or _is_day_of_issue(session, period, last)
    )


def _is_written(session: Session, period: Period, last: Issue) -> bool:
    """Whether the workbook of the last draft or issue lies in the outbox."""
    issue = session.store.last_issue(period.name)
    is_draft = last.is_draft and (issue is None or issue.said != last.said)
    if issue is not None and not is_draft and issue.id in recalls(session.store):
        return True
    register = register_for(session, period.name)
    return workbook_path(session.workspace, register, period, is_draft=is_draft).exists()


def _is_day_of_issue(session: Session, period: Period, last: Issue) -> bool:
    register, today = session.register, session.now.date()
    if not last.is_draft or register.framework.issue_when is not IssueRule.DATE:
        return False
    issue = session.store.last_issue(period.name)
    return is_due_by_rule(register, period, issue, is_whole=False, today=today)


# --- Where they lie ------------------------------------------------------------------------------


def path_of(
    output: Output, workspace: Workspace, register: Register, period: Period, folder: str = ""
) -> Path:
    """Where an output of a period's appendix lies: that of the last issue, or in a folder."""
    stem = safe_name(f"{register.framework.appendix} - {period.name}")
    name = f"{stem}{' - draft' if folder == _DRAFT else ''}{output.ending}"
    return workspace.outbox_of(period.name) / folder / name


def workbook_path(
    workspace: Workspace, register: Register, period: Period, *, is_draft: bool = False
) -> Path:
    """Where the last issue of a period's appendix lies, or the draft of it."""
    return path_of(WORKBOOK, workspace, register, period, _DRAFT if is_draft else "")


def _folder_of(edition: Edition | None) -> str:
    """The name of the folder of a draft, or of an issue."""
    if edition is None:
        return ""
    return _DRAFT if edition.is_draft else f"issue {edition.number}"


def _files(workspace: Workspace, report: Report, folder: str) -> Mapping[str, Path]:
    register, period = report.register, report.period
    outputs = outputs_of(workspace.settings)
    return {each.name: path_of(each, workspace, register, period, folder) for each in outputs}


# --- Drafting and issuing ------------------------------------------------------------------------


def publish(session: Session, report: Report, *, afresh: bool = False) -> list[Issued]:
    """Draft or issue the appendix of a period, by the register's rule; none where nothing is new.

    Whatever someone may have read is noted before he can: figures are suppressed beside it. Where
    the run ends in between, the next one writes it, and marks what was recalled. What the last
    issue says is issued no second time. `afresh` writes files whether they are there or not.
    """
    store, register, period = session.store, session.register, report.period
    last = store.last_issue(period.name)
    recalled = recalls(store).get(last.id) if last is not None else None
    is_begun = period.name in begun(session.workspace)
    if last is not None and recalled is not None and is_begun:
        _mark_recalled(session, last, recalled)
    if last is not None and says_the_same(report, last):
        _note(session, replace(report, edition=_draft_of(report)), last.said)
        shutil.rmtree(session.workspace.outbox_of(period.name) / _DRAFT, ignore_errors=True)
        if recalled is None:
            return _again(session, period, last, afresh=afresh or is_begun)
        note_written(session.workspace, period.name)
        return []
    is_due = period.name in store.periods() and is_due_by_rule(
        register, period, last, is_whole=report.coverage.is_whole, today=session.now.date()
    )
    if is_due:
        return [issue(session, report)]
    return [_draft(session, replace(report, edition=_draft_of(report)), last)]


def issue(session: Session, report: Report, ruling: Ruling | None = None) -> Issued:
    """Issue the appendix of a period as things stand, by the ruling that is noted with it.

    Who is missing or overdue is said as of now, whenever it was drafted.
    """
    store, period = session.store, report.period.name
    last = store.last_issue(period)
    edition = next_edition(store, report)
    report = replace(as_of(report, session.now.astimezone()), edition=edition)
    return _publish(session, report, last, ruling)


def _draft(session: Session, report: Report, last: Issue | None) -> Issued:
    before = session.store.editions.last(report.period.name)
    if before is None or not before.is_draft or before.said != said_by(report):
        return _publish(session, report, last)
    # Nothing that a reader sees has changed since that one.
    _note(session, report)
    since = session.store.editions.since(before).issued_at.astimezone()
    return _written(session, replace(report, issued_at=since), last)


def _draft_of(report: Report) -> Edition:
    return Edition(code_of(report.period.name, said_by(report)))


def _publish(
    session: Session, report: Report, last: Issue | None, ruling: Ruling | None = None
) -> Issued:
    workspace, period = session.workspace, report.period.name
    note_begun(workspace, period)
    _note(session, report, ruling=ruling)
    issued = _written(session, report, last)
    session.pace.tell(f"appendix {'drafted' if report.is_draft else 'issued'}", period=period)
    return issued


def _note(
    session: Session, report: Report, said: str | None = None, ruling: Ruling | None = None
) -> None:
    """Note that an appendix was drafted or issued; not once more where the last one was that.

    `said` is the key of what it says, where another one is known for it, and `ruling` is by what it
    was issued, if by anyone's word.
    """
    store = session.store
    archive_register(session.workspace, session.register)
    last = store.editions.last(report.period.name)
    # An issue has a number that none had before it.
    if last is None or last.content != report.content or not report.is_draft:
        noted = issue_of(report, store.last_number("submission"))
        store.record_issue(noted if said is None else replace(noted, said=said), ruling)


def _written(session: Session, report: Report, last: Issue | None) -> Issued:
    """Write a draft or an issue to the outbox in every form.

    One made from the same content is the same to the byte. An issue lies in two places, and takes
    away the draft that it was. What lay there under another name, by another title of the appendix,
    is taken away too.
    """
    report = replace(report, changes=changes_since(report, last))
    workspace, folder = session.workspace, _folder_of(report.edition)
    files = _files(workspace, report, folder)
    current = _files(workspace, report, "")
    place = need_folder(files[WORKBOOK.name].parent)
    with disk_trouble(f"The appendix cannot be written to {place}", may_be_open=True):
        for output in outputs_of(workspace.settings):
            output.write(report, files[output.name])
            if not report.is_draft:
                write_whole(current[output.name], files[output.name].read_bytes())
        if report.is_draft:
            for path in {*place.iterdir()} - {*files.values()}:
                path.unlink()
        else:
            _take_away(place.parent, files)
            shutil.rmtree(place.with_name(_DRAFT), ignore_errors=True)
    note_written(workspace, report.period.name)
    return Issued(report, files if report.is_draft else current, last)


def _take_away(place: Path, but: Mapping[str, Path]) -> None:
    """Take away the files beside the folders of a period's issues, but those of one issue."""
    names = {path.name for path in but.values()}
    for path in place.glob("issue */*"):
        if path.name not in names:
            (place / path.name).unlink(missing_ok=True)


def _again(session: Session, period: Period, issue: Issue, *, afresh: bool) -> list[Issued]:
    """Write the last issue once more where its files are missing."""
    register = register_for(session, period.name)
    if workbook_path(session.workspace, register, period).exists() and not afresh:
        return []
    report = _report_of(session, period, issue)
    return [_written(session, report, session.store.last_issue(issue.period, before=issue))]


def recall(session: Session, issue: Issue, ruling: Ruling) -> None:
    """Recall an issue by a ruling: that is noted, and the issue marked in the outbox.

    Where the run ends in between, the next one marks it.
    """
    workspace = session.workspace
    note_begun(workspace, issue.period)
    session.store.decisions.record(replace(ruling, issue_id=issue.id))
    _mark_recalled(session, issue, ruling)
    note_written(workspace, issue.period)


def _mark_recalled(session: Session, issue: Issue, ruling: Ruling) -> None:
    """Mark an issue in the outbox as recalled; its files stay in the folder of its number."""
    place = session.workspace.outbox_of(issue.period)
    folder = place / _folder_of(edition_of(session.store, issue))
    recalled = folder.with_name(f"{folder.name} - recalled")
    register = register_for(session, issue.period)
    period = next(each for each in session.register.periods if each.name == issue.period)
    day = day_shown(ruling.decided_at.astimezone().date())
    with disk_trouble(f"The recall cannot be noted in {place}", may_be_open=True):
        if folder.exists():
            folder.rename(recalled)
        note = (
            f"Recalled on {day}: {ruling.because}\nThese files are superseded. Do not use them.\n"
        )
        write_whole(need_folder(recalled) / _RECALLED, note.encode())
        _take_away(place, {})
        # Old versions made no folder of an issue.
        for output in (*OUTPUTS, *PARQUET):
            path_of(output, session.workspace, register, period).unlink(missing_ok=True)


# --- What there is -------------------------------------------------------------------------------


def published_since(session: Session, number: int, made: Iterable[Issued] = ()) -> Iterator[Issued]:
    """The last appendix of each period that was issued after an issue of that number.

    What this run `made` is not made once more.
    """
    held = recalls(session.store)
    for period in session.register.periods:
        last = session.store.last_issue(period.name)
        if last is None or last.id <= number or last.id in held:
            continue
        register = register_for(session, period.name)
        if not workbook_path(session.workspace, register, period).exists():
            continue
        if done := _as_made(session, last, made):
            yield done
            continue
        report = _report_of(session, period, last)
        files = _files(session.workspace, report, "")
        yield Issued(report, files, session.store.last_issue(last.period, before=last))


def standing(session: Session) -> Iterator[Report]:
    """Each period's last issue as it was printed, where it was not recalled; the oldest first."""
    held = recalls(session.store)
    for period in sorted(session.register.periods, key=in_order):
        last = session.store.last_issue(period.name)
        if last is not None and last.id not in held:
            yield _report_of(session, period, last)


def pending(session: Session) -> Iterator[tuple[Period, Issue]]:
    """Each period of which a draft says something else than its last issue, with that draft.

    It is the first that says so.
    """
    for period in session.register.periods:
        last = session.store.editions.last(period.name)
        issue = session.store.last_issue(period.name)
        if last is not None and last.is_draft and (issue is None or issue.said != last.said):
            yield period, session.store.editions.since(last)


def draft_of(session: Session, period: Period, draft: Issue, made: Iterable[Issued] = ()) -> Issued:
    """A draft that is pending, as it lies in the outbox; one that this run `made` is that."""
    last = session.store.editions.last(period.name) or draft
    done = _as_made(session, last, made)
    report = done.report if done else _report_of(session, period, last)
    report = replace(report, issued_at=draft.issued_at.astimezone())
    issue = session.store.last_issue(period.name)
    return Issued(report, _files(session.workspace, report, _DRAFT), issue)


def _as_made(session: Session, issue: Issue, made: Iterable[Issued]) -> Issued | None:
    """A draft or an issue as a run made it, if it is among what it made."""
    named = (issue.period, issue.content, edition_of(session.store, issue))
    for one in made:
        if (one.report.period.name, one.report.content, one.report.edition) == named:
            return one
    return None


def _report_of(session: Session, period: Period, issue: Issue) -> Report:
    """A draft or an issue as it was printed, made once more."""
    then = replace(session, now=issue.issued_at.astimezone())
    report = report_of(then, period, issue)
    return replace(report, edition=edition_of(session.store, issue))
