"""Rebuild: the whole store made again from the archive.

The files are read and checked once more, each by the register that it was checked by, in the order
in which they came; every appendix is rated once more from what had come by then. What people
decided is taken over from the archive's journal.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation.assembly import issue_of, report_of
from pipeline.intake.archive import find_archived
from pipeline.intake.scan import Arrival, examine
from pipeline.register.loading import load_register
from pipeline.returns.reader import guard_of, read_returns
from pipeline.returns.reading import Return
from pipeline.returns.receiving import Known, decide, last_periods
from pipeline.returns.validate import validate
from pipeline.store import Decision, Store, Submission, journal
from pipeline.store.records import rows_of
from pipeline.store.session import Progress, Session
from pipeline.store.tables import DecimalText, Moment, metadata, rating, submission
from pipeline.workbooks.sandbox import Guard
from pipeline.workspace.folder import Workspace, safe_name
from pipeline.workspace.moving import holds
from schemas.findings import printable
from schemas.model import Register

#: Submissions that are read together.
_MANY = 200
#: What the file of a submission does not tell.
_ONLY_IN_JOURNAL = ("id", "filename", "delivery", "version")
_NO_REGISTER = "the register that it was {} by is not in the archive as it was"


class Unchecked(Struct, frozen=True):
    """What cannot be made again; it was taken over as it stood, where it stood."""

    #: `submission 7, return.xlsx` or `the appendix of 2012-13 issued 2013-05-03`.
    what: str
    why: str
    is_forgotten: bool = False


class Rebuilt(Struct):
    """What was made again."""

    submissions: int = 0
    issues: int = 0
    unchecked: list[Unchecked] = field(default_factory=list)


def rebuild(
    workspace: Workspace, into: Store, original: Store | None, scratch: Path, progress: Progress
) -> Rebuilt:
    """Make the store again in an empty one.

    What cannot be made again is taken over from the original, where there is one. `scratch` is a
    folder to be made on the file system of the archive.

    Raises:
        WorkspaceError: the journal cannot be read.
        StoreError: either store cannot be used.
    """
    archive = workspace.archive
    entries = msgspec.convert(_rows(archive, "submission"), list[Submission])
    issues = _rows(archive, "issue")
    forgotten = {row["submission_id"]: row for row in _rows(archive, "forgotten")}
    # First what submissions refer to.
    into.insert("issue", issues)
    for table in ("closing", "reopening"):
        into.insert(table, _rows(archive, table))
    work = _Work(workspace, into, original, scratch, progress, forgotten, len(entries))
    issued = 0
    scratch.mkdir()
    with work.guards:
        for batch in _batches(entries, {row["last_submission"] for row in issues}, work):
            work.make(batch)
            while issued < len(issues) and (issues[issued]["last_submission"] or 0) <= batch[-1].id:
                work.rate(issues[issued])
                issued += 1
    into.insert("forgotten", [_without_brought(row) for row in forgotten.values()])
    for table in ("approval", "message", "attempt", "answered", "quarantined"):
        into.insert(table, _rows(archive, table))
    return work.rebuilt


def _batches(
    entries: Sequence[Submission], issued: set[int | None], work: _Work
) -> Iterator[list[Submission]]:
    """The submissions in their order, parted where one may bear on the next.

    A return is checked against its last period's figures, and a file that came before is known:
    what it depends on must be in the store already. After some, an appendix was issued.
    """
    batch: list[Submission] = []
    for entry in entries:
        if batch and (len(batch) == _MANY or work.depends(entry, batch) or batch[-1].id in issued):
            yield batch
            batch = []
        batch.append(entry)
        work.seen.add(entry.sha256)
    if batch:
        yield batch


class _Work(Struct):
    workspace: Workspace
    into: Store
    original: Store | None
    scratch: Path
    progress: Progress
    forgotten: Mapping[int, Mapping[str, Any]]
    total: int
    rebuilt: Rebuilt = field(default_factory=Rebuilt)
    registers: dict[str, Register | None] = field(default_factory=dict)
    #: The files that came before.
    seen: set[str] = field(default_factory=set)
    #: The guard in use, its workers kept from batch to batch, and the register that they read by.
    guard: tuple[Register, Guard] | None = None
    #: Ends it.
    guards: ExitStack = field(default_factory=ExitStack)

    def register(self, sha256: str) -> Register | None:
        """The register of that hash; None where it was not kept."""
        if sha256 not in self.registers:
            path = journal.archived_register(self.workspace.archive, sha256)
            is_kept = bool(sha256) and holds(path, sha256)
            self.registers[sha256] = (
                load_register(path, self.workspace.cache, self.workspace.settings.limits)
                if is_kept
                else None
            )
        return self.registers[sha256]

    def depends(self, entry: Submission, batch: Sequence[Submission]) -> bool:
        first = batch[0]
        if (entry.register_sha256, entry.reopening_id) != (
            *(first.register_sha256, first.reopening_id),
        ):
            return True
        if entry.sha256 in self.seen:
            # Whether it changes anything hangs on what stands by now.
            return True
        register = self.register(entry.register_sha256)
        period = register.period(entry.period or "") if register else None
        last = register.last_period(period) if register and period else None
        return last is not None and last.name in {one.period for one in batch}

    def make(self, batch: Sequence[Submission]) -> None:
        """Put a batch of submissions into the new store."""
        register = self.register(batch[0].register_sha256)
        able: list[tuple[Submission, Arrival]] = []
        for entry in batch:
            found = self._arrival(entry, register)
            if isinstance(found, Arrival):
                able.append((entry, found))
        decisions: dict[int, Decision] = {}
        if register is not None and able:
            reopening = batch[0].reopening_id
            reopened = {entry.period or "": reopening for entry in batch if reopening is not None}
            decisions = self._decided(able, register.opened(reopened), reopened)
        self.into.record(list(decisions.values()))
        for entry in batch:
            if entry.id not in decisions:
                self._take_over(entry)
        shutil.rmtree(self.scratch)
        self.scratch.mkdir()
        self.rebuilt.submissions += len(batch)
        self.progress("Reading the archive", self.rebuilt.submissions, self.total)

    def _arrival(self, entry: Submission, register: Register | None) -> Arrival | None:
        """The file as it arrived; None, with the reason noted, where it cannot be had."""
        why = ""
        path = find_archived(self.workspace, entry.sha256)
        if entry.id in self.forgotten:
            why = "it was forgotten"
        elif register is None:
            why = _NO_REGISTER.format("checked")
        elif path is None:
            why = "its file is not in the archive"
        if not why and path is not None:
            named = _named(path, self.scratch / str(entry.id), entry.filename)
            limit = self.workspace.settings.limits.file_mb
            found = examine(named, file_mb=limit, folder_area=entry.folder_area)
            if isinstance(found, Arrival) and found.sha256 == entry.sha256:
                return replace(found, arrived_at=entry.received_at)
            why = "its file in the archive is not the one that was received"
        self._leave(entry, why)
        return None

    def _leave(self, entry: Submission, why: str) -> None:
        what = f"submission {entry.id}, {printable(entry.filename)}"
        self.rebuilt.unchecked.append(Unchecked(what, why, entry.id in self.forgotten))

    def _decided(
        self,
        able: Sequence[tuple[Submission, Arrival]],
        register: Register,
        reopened: Mapping[str, int],
    ) -> dict[int, Decision]:
        """What goes into the store for each file, by the number of its submission."""
        arrivals = [arrival for _, arrival in able]
        ever = datetime.max.replace(tzinfo=arrivals[0].arrived_at.tzinfo)
        known = Known.of(arrivals, self.into, reopened)
        fresh = [arrival for arrival in arrivals if known.counts(arrival) is None]
        read = read_returns(fresh, self._guard(register))
        returns = [one for one in read if isinstance(one, Return)]
        earlier = self.into.figures(last_periods(returns, register))
        checked = {one.arrival.path: one for one in validate(returns, register, ever, earlier)}
        entries, able_now = [], []
        for entry, arrival in able:
            if arrival.path in checked or known.counts(arrival) is not None:
                entries.append(entry)
                able_now.append(checked.get(arrival.path) or known.unread(arrival))
            else:
                self._leave(entry, "its file in the archive changed while it was read")
        return {
            entry.id: replace(made, submission=_as_recorded(made.submission, entry))
            for entry, made in zip(entries, decide(able_now, known, register, ever), strict=True)
        }

    def _guard(self, register: Register) -> Guard:
        """A guard whose workers read by that register; the last one, where it is the same."""
        if self.guard is None or self.guard[0] != register:
            self.guards.close()
            made = guard_of(register, self.workspace.settings.limits)
            self.guard = register, self.guards.enter_context(made)
        return self.guard[1]

    def _take_over(self, entry: Submission) -> None:
        """A submission that cannot be made again, as far as there is anything to take over."""
        self.into.insert("submission", rows_of([entry], submission))
        if self.original is not None:
            for table in ("signature", "finding", "observation", "achievement"):
                self.into.insert(table, self.original.rows_of(table, entry.id))
        elif entry.id in self.forgotten:
            for name, table in journal.WITH_FORGOTTEN.items():
                self.into.insert(table, self.forgotten[entry.id].get(name, ()))

    def rate(self, row: Mapping[str, Any]) -> None:
        """Rate an appendix that was issued, from what is in the new store now."""
        if not row["register_sha256"]:
            # A version that kept nothing of an appendix issued it.
            return
        register = self.register(row["register_sha256"])
        period = register.period(row["period"]) if register else None
        if register is None or period is None:
            what = f"the appendix of {row['period']} issued {row['issued_at']:%Y-%m-%d}"
            self.rebuilt.unchecked.append(Unchecked(what, _NO_REGISTER.format("rated")))
            if self.original is not None:
                rows = self.original.rows_of("rating")
                self.into.insert("rating", [one for one in rows if one["issue_id"] == row["id"]])
            return
        report = report_of(Session(self.workspace, register, self.into, row["issued_at"]), period)
        made = issue_of(report, row["last_submission"] or 0)
        self.into.insert("rating", rows_of(made.ratings, rating, issue_id=row["id"]))
        self.rebuilt.issues += 1


def _named(path: Path, folder: Path, name: str) -> Path:
    """An archived file under the name that it came by, or one like it where none may be so long."""
    folder.mkdir()
    whole, shorter = folder / name, folder / safe_name(Path(name).stem, Path(name).suffix)
    # Not every file system makes links.
    for put, named in ((os.link, whole), (shutil.copyfile, whole)):
        with suppress(OSError):
            put(path, named)
            return named
    shutil.copyfile(path, shorter)
    return shorter


def _rows(archive: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table that the journal holds, as the table holds them."""
    found = []
    for row in journal.entries(archive, table):
        brought = {
            name: [_as_stored(of, each) for each in row[name]]
            for name, of in journal.WITH_FORGOTTEN.items()
            if name in row
        }
        found.append(_as_stored(table, _without_brought(row)) | brought)
    return found


def _without_brought(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row without those of other tables that the journal keeps with it."""
    return {name: value for name, value in row.items() if name not in journal.WITH_FORGOTTEN}


def _as_stored(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the journal with the times and decimals that JSON has as text."""
    columns = metadata.tables[table].columns

    def stored(name: str, value: Any) -> Any:
        match columns[name].type:
            case Moment() if value:
                return datetime.fromisoformat(value)
            case DecimalText() if value:
                return Decimal(value)
        return value

    return {name: stored(name, value) for name, value in row.items()}


def _as_recorded(made: Submission, entry: Submission) -> Submission:
    """A submission made again, with what only the journal knows of it."""
    return replace(made, **{name: getattr(entry, name) for name in _ONLY_IN_JOURNAL})
