"""Rebuild: the whole store made again from the archive.

The files are read and checked once more, each by the register that it was checked by, in the order
in which they came; every appendix is rated once more from what had come by then. What people
decided is taken over from the archive's journal.
"""

from __future__ import annotations

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.editions import issue_of
from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.registers import brought_forward
from pipeline.intake.archive import find_archived
from pipeline.intake.scan import Arrival, examine
from pipeline.returns.readers import Readers
from pipeline.returns.reading import Return
from pipeline.returns.receiving import Known, decide, figures_before, places_of
from pipeline.returns.since_template import KeptRegisters
from pipeline.returns.validate import validate
from pipeline.store import Decision, IssuedRating, Store, Submission, journal
from pipeline.store.records import rows_of
from pipeline.store.registers import kept_register
from pipeline.store.session import Progress, Session
from pipeline.store.tables import Day, DecimalText, Moment, metadata, rating, submission
from pipeline.workspace.folder import Workspace, safe_name
from schemas.bearing import checked_against
from schemas.findings import printable
from schemas.model import Register
from schemas.timeline import in_force

#: Submissions that are read together.
_MANY = 200
#: What the file of a submission does not tell.
_ONLY_IN_JOURNAL = ("id", "filename", "delivery", "version", "current_sha256")
#: No return is received later.
_EVER = datetime.max.replace(tzinfo=UTC)
#: How the journal's text becomes what a column holds.
_PARSERS: Mapping[type, Callable[[str], object]] = {
    Moment: datetime.fromisoformat,
    Day: date.fromisoformat,
    DecimalText: Decimal,
}
#: A row of a table, by the names of its columns.
Row = dict[str, Any]
#: What a submission was checked by.
_checked_by = attrgetter("register_sha256", "current_sha256", "reopening_id")
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
    unchecked: list[Unchecked] = []


def rebuild(
    workspace: Workspace, into: Store, original: Store | None, scratch: Path, progress: Progress
) -> Rebuilt:
    """Make the store again in an empty one.

    What cannot be made again is taken over from the original, where there is one. `scratch` is a
    folder on the file system of the archive.

    Raises:
        WorkspaceError: the journal cannot be read.
        StoreError: either store cannot be used.
    """
    archive = workspace.archive
    entries = msgspec.convert(_rows(archive, "submission"), list[Submission])
    issues = deque(_rows(archive, "issue"))
    forgotten = list(journal.entries(archive, "forgotten"))
    brought = {
        row["submission_id"]: {
            table: _as_stored(table, row.pop(name, ()))
            for name, table in journal.WITH_FORGOTTEN.items()
        }
        for row in forgotten
    }
    # First what submissions refer to.
    into.insert("issue", issues)
    for table in ("suppressed", "closing", "reopening"):
        into.insert(table, _rows(archive, table))
    entered = deque(_rows(archive, "entered"))
    parting = {row["last_submission"] for row in (*issues, *entered)}
    work = _Work(workspace, into, original, scratch, progress, brought, len(entries))

    def follow(last: int) -> None:
        """What came after a submission and before the next: issues, and figures entered."""
        while issues and (issues[0]["last_submission"] or 0) <= last:
            _put_in(entered, into, lambda row: row["last_issue"] < issues[0]["id"])
            work.rate(issues.popleft())
        _put_in(entered, into, lambda row: row["last_submission"] <= last)

    with work.guards:
        follow(0)
        for batch in work.batches(entries, parting):
            work.make(batch)
            follow(batch[-1].id)
    into.insert("forgotten", _as_stored("forgotten", forgotten))
    for table in ("approval", "message", "attempt", "answered", "quarantined", "request"):
        into.insert(table, _rows(archive, table))
    return work.rebuilt


def _put_in(entered: deque[Row], into: Store, is_next: Callable[[Row], bool]) -> None:
    """Take over the first entered figures, as far as they are next."""
    while entered and is_next(entered[0]):
        into.insert("entered", [entered.popleft()])


class _Work(Struct):
    workspace: Workspace
    into: Store
    original: Store | None
    scratch: Path
    progress: Progress
    #: What each forgotten submission had brought, as rows by their tables.
    brought: Mapping[int, Mapping[str, Sequence[Row]]]
    total: int
    rebuilt: Rebuilt = field(default_factory=Rebuilt)
    registers: dict[str, Register | None] = {}
    #: What reads returns, its workers kept from batch to batch.
    readers: Readers | None = None
    #: Ends it.
    guards: ExitStack = field(default_factory=ExitStack)

    def register(self, sha256: str) -> Register | None:
        """The register of that hash; None where it was not kept."""
        if sha256 not in self.registers:
            self.registers[sha256] = kept_register(self.workspace, sha256)
        return self.registers[sha256]

    def _register_of(self, entry: Submission) -> Register | None:
        """The register by which a submission was checked, with what was current of its day's."""
        then = self.register(entry.register_sha256)
        current = self.register(entry.current_sha256 or entry.register_sha256)
        return brought_forward(then, current) if then and current else then

    def batches(self, entries: list[Submission], issued: set[int]) -> Iterator[list[Submission]]:
        """The submissions in their order, parted where one may bear on the next.

        A return is checked against its last period's figures, and whether a file that came before
        changes anything hangs on what stands by then: what it depends on must be in the store
        already. After some, an appendix was issued.
        """
        batch: list[Submission] = []
        seen: set[str] = set()
        places: set[tuple[str | None, str | None]] = set()
        for entry in entries:
            if batch and (
                len(batch) == _MANY
                or batch[-1].id in issued
                or _checked_by(entry) != _checked_by(batch[0])
                or entry.sha256 in seen
                or (entry.area, entry.period) in places
                or not self._before(entry).isdisjoint(one.period for one in batch)
            ):
                yield batch
                batch, places = [], set()
            batch.append(entry)
            seen.add(entry.sha256)
            if entry.area and entry.period:
                places.add((entry.area, entry.period))
        if batch:
            yield batch

    def _before(self, entry: Submission) -> set[str]:
        """The names of the periods with whose figures those of a submission are compared."""
        register = self.register(entry.register_sha256)
        period = register.period(entry.period or "") if register else None
        return (
            {each.name for each in checked_against(register, period)}
            if register and period
            else set()
        )

    def make(self, batch: Sequence[Submission]) -> None:
        """Put a batch of submissions into the new store."""
        with TemporaryDirectory(dir=self.scratch) as folder:
            decisions = self._decisions(batch, Path(folder))
        self.into.record(list(decisions.values()))
        for entry in batch:
            if entry.id not in decisions:
                self._take_over(entry)
        self.rebuilt.submissions += len(batch)
        self.progress("Reading the archive", self.rebuilt.submissions, self.total)

    def _decisions(self, batch: Sequence[Submission], folder: Path) -> dict[int, Decision]:
        """What goes into the store for each file that can be had, by its submission's number."""
        register = self._register_of(batch[0])
        entries: dict[Path, Submission] = {}
        arrivals: list[Arrival] = []
        for entry in batch:
            found = self._arrival(entry, register, folder)
            if isinstance(found, str):
                self._leave(entry, found)
            else:
                entries[found.path] = entry
                arrivals.append(found)
        if register is None or not arrivals:
            return {}
        reopened = {e.period or "": e.reopening_id for e in batch if e.reopening_id is not None}
        register = register.opened(reopened)
        known = Known.of(arrivals, self.into, reopened)
        fresh = [arrival for arrival in arrivals if known.counts(arrival) is None]
        readers = self._readers(register)
        returns = [one for one in readers.read(fresh) if isinstance(one, Return)]
        kept = KeptRegisters(self.register, self.into.received.registers)
        checked: dict[Path, Return] = {}
        for by, some in readers.by_register(returns):
            earlier = figures_before(some, by, self.into, self.register)
            judged = validate(some, by, _EVER, earlier, kept=kept)
            checked |= {one.arrival.path: one for one in judged}
        taken: list[Return] = []
        for arrival in arrivals:
            if one := checked.get(arrival.path):
                taken.append(one)
            elif known.counts(arrival):
                taken.append(known.unread(arrival))
            else:
                changed = "its file in the archive changed while it was read"
                self._leave(entries[arrival.path], changed)
        known.look_up(places_of(taken), self.into)
        decisions = {}
        for made in decide(taken, known, register, _EVER):
            entry = entries[made.arrival.path]
            noted = {name: getattr(entry, name) for name in _ONLY_IN_JOURNAL}
            decisions[entry.id] = replace(made, submission=replace(made.submission, **noted))
        return decisions

    def _arrival(self, entry: Submission, register: Register | None, folder: Path) -> Arrival | str:
        """The file as it arrived, under its name in a folder; why, where it cannot be had."""
        path = find_archived(self.workspace, entry.sha256)
        if entry.id in self.brought:
            return "it was forgotten"
        if register is None:
            return _NO_REGISTER.format("checked")
        if path is None:
            return "its file is not in the archive"
        named = _named(path, folder / str(entry.id), entry.filename)
        limit = self.workspace.settings.limits.file_mb
        found = examine(named, file_mb=limit, folder_area=entry.folder_area)
        if isinstance(found, Arrival) and found.sha256 == entry.sha256:
            return replace(found, arrived_at=entry.received_at)
        return "its file in the archive is not the one that was received"

    def _leave(self, entry: Submission, why: str) -> None:
        what = f"submission {entry.id}, {printable(entry.filename)}"
        self.rebuilt.unchecked.append(Unchecked(what, why, entry.id in self.brought))

    def _readers(self, register: Register) -> Readers:
        """What reads by that register; the last one, where it is the same."""
        if self.readers is None or self.readers.current != register:
            self.guards.close()
            names = [period.name for period in register.periods]
            own = {name: in_force(register, name) for name in names}
            own = {name: each for name, each in own.items() if each is not register}
            made = Readers(register, own, self.workspace.settings.limits)
            self.readers = self.guards.enter_context(made)
        return self.readers

    def _take_over(self, entry: Submission) -> None:
        """A submission that cannot be made again, as far as there is anything to take over."""
        self.into.insert("submission", rows_of([entry], submission))
        if self.original is not None:
            for table in ("signature", "finding", "observation", "achievement"):
                self.into.insert(table, self.original.rows_of(table, entry.id))
        else:
            for table, rows in self.brought.get(entry.id, {}).items():
                self.into.insert(table, rows)

    def rate(self, row: Mapping[str, Any]) -> None:
        """Rate an appendix that was issued, from what is in the new store now."""
        if not row["register_sha256"]:
            # A version that kept nothing of an appendix issued it.
            return
        register = self.register(row["register_sha256"])
        current = self.register(row["current_sha256"] or row["register_sha256"])
        period = register.period(row["period"]) if register else None
        if period is None or current is None:
            what = f"the appendix of {row['period']} issued {row['issued_at']:%Y-%m-%d}"
            self.rebuilt.unchecked.append(Unchecked(what, _NO_REGISTER.format("rated")))
            if self.original is not None:
                rows = self.original.rows_of("rating")
                self.into.insert("rating", [one for one in rows if one["issue_id"] == row["id"]])
            return
        self.into.period_names.forget()
        issued = self.into.issue(row["id"])
        session = Session(self.workspace, current, self.into, row["issued_at"])
        made = issue_of(report_of(session, period, issued), row["last_submission"] or 0)
        if not issued.suppresses:
            made = replace(made, ratings=[_as_noted_once(each) for each in made.ratings])
        self.into.insert("rating", rows_of(made.ratings, rating, issue_id=row["id"]))
        self.rebuilt.issues += 1


def _as_noted_once(rated: IssuedRating) -> IssuedRating:
    """A rating as 0.2.0 noted it: without its merge rule, and *no target* before *contextual*."""
    is_unaimed = rated.rating == NotRated.CONTEXTUAL and not rated.target
    code = NotRated.NO_TARGET.value if is_unaimed else rated.rating
    return replace(rated, merge_rule=None, rating=code)


def _named(path: Path, folder: Path, name: str) -> Path:
    """An archived file under the name that it came by, or one like it where none may be so long."""
    folder.mkdir()
    whole, shorter = folder / name, folder / safe_name(Path(name).stem, Path(name).suffix)
    # Not every file system makes links.
    for put in (os.link, shutil.copyfile):
        with suppress(OSError):
            put(path, whole)
            return whole
    shutil.copyfile(path, shorter)
    return shorter


def _rows(archive: Path, table: str) -> list[Row]:
    """The rows of a table that the journal holds, as the table holds them."""
    return _as_stored(table, journal.entries(archive, table))


def _as_stored(table: str, rows: Iterable[Row]) -> list[Row]:
    """Rows of the journal with the times and decimals that JSON has as text.

    What a table had not got yet when a row was written is none.
    """
    columns = metadata.tables[table].columns
    later: Row = {str(column.name): None for column in columns if column.nullable}
    kinds = {column.name: type(column.type) for column in columns}
    parsed = {name: _PARSERS[kind] for name, kind in kinds.items() if kind in _PARSERS}
    return [
        later | row | {name: parse(row[name]) for name, parse in parsed.items() if row.get(name)}
        for row in rows
    ]
