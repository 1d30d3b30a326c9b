"""Stages from the inbox to the archive, each given what the one before it made.

A file leaves the inbox only after the transaction with its outcome has committed. A crash anywhere
leaves either the file in the inbox or its outcome in the store, and the next run does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from itertools import count, groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.consolidation import closing
from pipeline.consolidation.registers import of_periods
from pipeline.intake.archive import Leaving
from pipeline.intake.inbox import Listed, Refused, Skipped
from pipeline.intake.quarantine import set_apart
from pipeline.intake.scan import (
    Arrival,
    changed_since,
    has_changed,
    scan,
    take,
    thing_of,
)
from pipeline.job.deciding import Desk, decide_first, need_right
from pipeline.mail.mailbox import as_mailed
from pipeline.register import need_period
from pipeline.returns import validate as checks
from pipeline.returns.readers import Readers
from pipeline.returns.reading import Return
from pipeline.returns.receiving import (
    Known,
    Place,
    delivery_of,
    figures_before,
    in_waves,
    places_of,
)
from pipeline.returns.since_template import KeptRegisters
from pipeline.store import Decision, Outcome
from pipeline.store.journal import archive_register, catch_up
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from pipeline.workspace import lock
from pipeline.workspace.directory import is_there
from pipeline.workspace.folder import need_folder
from pipeline.workspace.runs.at_work import AtWork, Thing
from pipeline.workspace.runs.pace import Pace

if TYPE_CHECKING:
    from pipeline.job.nightly import Reopen

T = TypeVar("T", Return, Decision)

#: Returns committed together; their files leave the inbox after that. Of the first there are fewer,
#: so that they are checked and stored while others are still read.
_BATCH, _FIRST = 200, 50
#: As many files are noted at once as what is being read.
_NOTED = 16


class Intake(Struct):
    """What one run takes in, and what has become of it so far."""

    #: Its register has the reopened periods open.
    session: Session
    #: Where people's requests are decided in this run.
    desk: Desk
    #: Its workers read by that register, or by that of a closed period.
    readers: Readers
    #: What has been recorded is on its way to the archive.
    leaving: Leaving
    #: In the order in which they came.
    arrivals: list[Arrival] = field(default_factory=list)
    known: Known = field(default_factory=Known)
    decisions: list[Decision] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    #: The faults of this program's for which a correction copy holds the list alone.
    faults: list[str] = field(default_factory=list)
    #: What a run has ended on, to be looked at alone.
    held: Sequence[Listed] = ()
    #: By number, the closed periods that are open again.
    reopened: Mapping[str, int] = field(default_factory=dict)
    #: The files about which nothing is left to be decided by this run.
    done: set[Path] = field(default_factory=set)


def collect(session: Session, reopen: Reopen | None = None) -> Intake:
    """What lies in the inbox and is to be taken in.

    What is accepted for a closed period that is open again is a restatement.

    Raises:
        RegisterError: the register is no longer the one that was read.
        WorkspaceError: the inbox, the archive or the outbox cannot be used, `reopen` names a period
            that cannot be reopened, or whoever asks for it may not decide.
    """
    workspace = session.workspace
    archive_register(workspace, session.register)
    desk = Desk(session)
    reopened = closing.note_closings(session) | decide_first(desk)
    if reopen is not None:
        period = need_period(session.register, reopen.period)
        by = lock.whoami()
        need_right(session.register, lock.user())
        reopened[period.name] = closing.reopen(session, period, by, reopen.because)
    limits = workspace.settings.limits
    with session.pace.during("intake"):
        scanned = scan(workspace.inbox, session.register, limits, session.pace.work)
        arrivals = as_mailed(scanned.arrivals, workspace)
        arrivals.sort(key=_in_order)
        skipped = _apart_from(scanned.skipped, session)
    register = session.register.opened(reopened)
    taking = [period.name for period in register.periods if period.open]
    readers = Readers(register, of_periods(session, taking), limits)
    leaving = Leaving(workspace)
    intake = Intake(replace(session, register=register), desk, readers, leaving, arrivals)
    intake.skipped, intake.held, intake.reopened = skipped, scanned.held, reopened
    if arrivals or intake.held:
        need_folder(workspace.archive)
        need_folder(workspace.outbox)
    return intake


@contextmanager
def under_way(intake: Intake) -> Iterator[None]:
    """In the block returns are read, while those before them are stored and leave the inbox."""
    session = intake.session
    with intake.readers, intake.leaving, session.pace.work.ahead():
        yield
        with session.pace.during("storing"):
            intake.skipped += intake.leaving.finish()


def _apart_from(skipped: Sequence[Skipped], session: Session) -> list[Skipped]:
    """The same files, what is refused moved to quarantine, where nothing ends a run any more."""
    moved = [*set_apart(skipped, session.workspace, session.now)]
    refused = [each for each in skipped if isinstance(each, Refused)]
    session.pace.work.clear(
        each.thing for each in refused if each.thing and not is_there(each.entry)
    )
    return moved


def in_turn(intake: Intake) -> Iterator[Intake]:
    """The same with the files that nothing keeps back, and then with what a run has ended on.

    That is looked at alone, and is taken in its order among all that may be of its area, so that
    these end as if nothing had happened.
    """
    session, limits = intake.session, intake.session.workspace.settings.limits
    areas = {listed.area for listed in intake.held}
    others, waiting = list[Arrival](), list[Arrival]()
    for arrival in intake.arrivals:
        (waiting if _may_be_of_one(arrival.folder_area, areas) else others).append(arrival)
    yield _with(intake, others)
    for listed in intake.held:
        session.pace.check()
        with session.pace.during("intake"), session.pace.work.on("intake", [thing_of(listed)]):
            taken = take(listed, limits)
        if isinstance(taken, Skipped):
            intake.skipped.append(taken)
        else:
            waiting += as_mailed([taken], session.workspace)
    if waiting:
        yield _with(intake, sorted(waiting, key=_in_order))


def _in_order(arrival: Arrival) -> tuple[datetime, str]:
    return arrival.arrived_at, arrival.filename


def _may_be_of_one(area: str | None, areas: set[str | None]) -> bool:
    """Whether what lies in an area's folder, or in none, may be of an area of these."""
    return bool(areas) and (area is None or None in areas or area in areas)


def _with(intake: Intake, arrivals: Sequence[Arrival]) -> Intake:
    """The same with these to be taken in, without those that were."""
    store = intake.session.store
    # A run that was cut off may have recorded some and not cleared them away.
    recorded = store.taken(map(delivery_of, arrivals)) if arrivals else set()
    intake.skipped += intake.leaving.begin([a for a in arrivals if delivery_of(a) in recorded])
    intake.arrivals = [a for a in arrivals if delivery_of(a) not in recorded]
    if arrivals:
        intake.known = Known.of(intake.arrivals, store, intake.reopened)
    return intake


def read(intake: Intake) -> Iterator[Return]:
    """What each file says, in the order in which they came, read while the first are judged.

    What counts already is read only where another return may take its place before it comes. When
    the run's time is up no further one is read, so that what was read is still taken in.
    """
    known, session = intake.known, intake.session
    places = {arrival.path: known.counts(arrival) for arrival in intake.arrivals}
    unread = {a.path: known.unread(a) for a in intake.arrivals if places[a.path]}
    read_for = set[Place]()
    number, work = count(1), session.pace.work

    def is_suspect(arrival: Arrival) -> bool:
        return bool(work.suspects) and arrival.thing.key in work.suspects

    # What follows a suspect waits until that is read, and what is read ahead is no suspect.
    for apart, group in groupby(intake.arrivals, is_suspect):
        for together in ([one] for one in group) if apart else [[*group]]:
            fresh = [arrival for arrival in together if places[arrival.path] is None]
            found = _read(fresh, intake)
            for arrival in together:
                place = places[arrival.path]
                if place is None:
                    one = next(found)
                elif place in read_for:
                    (one,) = _read([arrival], intake)
                else:
                    one = unread[arrival.path]
                if isinstance(one, Skipped):
                    intake.skipped.append(one)
                else:
                    read_for.add((one.reading.area, one.reading.period))
                    yield one
                session.progress("Reading returns", next(number), len(intake.arrivals))
                if session.pace.is_over:
                    return


def _read(arrivals: Sequence[Arrival], intake: Intake) -> Iterator[Return | Skipped]:
    """What each file says; some are noted together, since they are read ahead."""
    work = intake.session.pace.work

    def begun() -> Iterator[Arrival]:
        for at, arrival in enumerate(arrivals):
            if at % _NOTED == 0:
                work.begin("reading", _things_of(arrivals[at : at + _NOTED]))
            yield arrival

    for number, one in enumerate(intake.readers.read(begun()), 1):
        if number % _NOTED == 0 or number == len(arrivals):
            work.end(_things_of(arrivals[(number - 1) // _NOTED * _NOTED : number]))
        yield one


def _apart(
    some: Sequence[T], arrival_of: Callable[[T], Arrival], work: AtWork
) -> Iterator[Sequence[T]]:
    """What can be worked on together, and then each on which a run may have ended, by itself."""
    is_suspect = [arrival_of(one).thing.key in work.suspects for one in some]
    if together := [one for one, apart in zip(some, is_suspect, strict=True) if not apart]:
        yield together
    yield from ([one] for one, apart in zip(some, is_suspect, strict=True) if apart)


def _arrival_of(one: Return | Decision) -> Arrival:
    return one.arrival


def validate(intake: Intake, returns: Iterable[Return]) -> Iterator[list[Return]]:
    """The returns with everything there is to say about each, as many at once as are committed.

    Earlier periods come first, and a later one is checked once what came before has been recorded.
    A batch of which a file turned out to be another by now comes again, without that file.
    """
    session = intake.session
    if not intake.arrivals:
        return
    kept = partial(kept_register, session.workspace, now=session.register)
    # Nothing is read while one is judged on which a run before may have ended.
    is_plain = not session.pace.work.suspects
    many = _FIRST
    for wave in in_waves(returns, session.register, as_they_come=is_plain):
        while waiting := _next(wave, many, session.pace):
            many = min(2 * many, _BATCH)
            with session.pace.during("validating"):
                intake.known.look_up(places_of(waiting), session.store)
                were_read = [one for one in waiting if one.was_read]
                templates_by = KeptRegisters.in_archive(
                    session.workspace, session.store, session.register
                )
                checked: list[Return] = []
                for register, some in intake.readers.by_register(were_read):
                    earlier = figures_before(some, register, session.store, kept)
                    for together in _apart(some, _arrival_of, session.pace.work):
                        with session.pace.work.on("validating", _things(together)):
                            checked += checks.validate(
                                together, register, session.now, earlier, kept=templates_by
                            )
            by_path = {one.arrival.path: one for one in checked}
            waiting = [by_path.get(one.arrival.path, one) for one in waiting]
            while waiting:
                yield waiting
                waiting = [one for one in waiting if one.arrival.path not in intake.done]


def _next(wave: Iterator[Return], many: int, pace: Pace) -> list[Return]:
    """The next returns of a wave, which are committed together."""
    with pace.during("reading"):
        return list(islice(wave, many))


def _things(some: Iterable[Return | Decision]) -> Iterator[Thing]:
    return _things_of(one.arrival for one in some)


def _things_of(arrivals: Iterable[Arrival]) -> Iterator[Thing]:
    return (arrival.thing for arrival in arrivals)


def correct(intake: Intake, decisions: Sequence[Decision]) -> list[Decision]:
    """The same decisions with the copies that are sent back, or none where a file has changed.

    What lies there now is another file, and of the one that was read nothing is kept: what was
    decided after it may have hung on it.
    """
    with intake.session.pace.during("sending back"):
        rejected = [one for one in decisions if one.submission.outcome is Outcome.REJECTED]
        workspace, work = intake.session.workspace, intake.session.pace.work
        copies = dict[Path, Path | None]()
        for together in _apart(rejected, _arrival_of, work):
            # openpyxl comes with it, which a night without a mistake does without.
            from pipeline.outputs.corrections import write_corrections

            with work.on("sending back", _things(together)):
                written = write_corrections(together, workspace, intake.readers.guard)
            for one, copy in zip(together, written, strict=True):
                copies[one.arrival.path] = copy.path
                if copy.fault:
                    intake.faults.append(copy.fault)
                    sha256 = one.submission.sha256[:12]
                    intake.session.pace.tell("return not marked", sha256=sha256, fault=copy.fault)
        gone = {path for path, copy in copies.items() if copy is None}
        changed = [
            one.arrival for one in decisions if one.arrival.path in gone or has_changed(one.arrival)
        ]
        for arrival in changed:
            if written_copy := copies.get(arrival.path):
                written_copy.unlink(missing_ok=True)
    if changed:
        intake.skipped += map(changed_since, changed)
        intake.done.update(arrival.path for arrival in changed)
        return []
    return [replace(one, correction=copies.get(one.arrival.path)) for one in decisions]


def record(intake: Intake, decisions: Sequence[Decision]) -> None:
    """Commit decisions to the store, together or not at all, and to the archive's journal."""
    intake.session.store.record(decisions)
    catch_up(intake.session.store, intake.session.workspace.archive)
    intake.session.pace.work.clear(_things(decisions))
    for one in decisions:
        intake.known.note(one.submission)
        intake.done.add(one.arrival.path)
        # What it brought is in the store; of a night with very many returns it would fill memory.
        intake.decisions.append(replace(one, observations=(), achievements=()))


def archive(intake: Intake, decisions: Sequence[Decision]) -> None:
    """Move the files of what was recorded from the inbox to the archive.

    They are there once the disk keeps them: when those of the next decisions follow, or the last.
    """
    intake.skipped += intake.leaving.finish()
    intake.skipped += intake.leaving.begin([one.arrival for one in decisions])
    if intake.session.pace.is_over:
        intake.skipped += intake.leaving.finish()
    for one in decisions:
        # Nothing that a return says or is called.
        sent = one.submission
        intake.session.pace.tell(
            "return taken",
            sha256=sent.sha256[:12],
            outcome=sent.outcome,
            area=sent.area,
            period=sent.period,
            findings=len(sent.findings),
        )
