"""The record of runs: a line when one begins and a line when it ends, in `var/runs/`.

Files and not a table: they are written on a night when the store is down, and on an idle night when
it is not even opened. One file a month, named after the month, so that nothing is ever renamed
while a run writes to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from enum import StrEnum
from itertools import islice, takewhile
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from pipeline import __version__
from pipeline.workspace import lock
from pipeline.workspace.folder import Workspace, make_private
from pipeline.workspace.runs import at_work

#: How many months are kept.
_MONTHS = 24


class RunOutcome(StrEnum):
    DONE = "done"
    NEEDS_A_PERSON = "needs a person"
    FAILED = "failed"
    #: It ended at once, since another was at work.
    LOCKED = "another run at work"
    #: It did not say how it ended: it was killed, or the machine stopped.
    CUT_OFF = "cut off"
    UNDER_WAY = "under way"


class RunCounts(Struct, frozen=True, kw_only=True):
    """What a run came to."""

    accepted: int = 0
    sent_back: int = 0
    duplicates: int = 0
    #: Files that stayed in the inbox or went to quarantine.
    left: int = 0
    #: Correction copies without marks, by a fault of this program's.
    unmarked: int = 0
    #: The periods whose appendix was issued.
    issued: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """In words; empty where there was nothing new."""
        words = ("accepted", "sent back", "sent twice", "left", "without marks")
        counts = (self.accepted, self.sent_back, self.duplicates, self.left, self.unmarked)
        parts = [f"{count:,} {word}" for count, word in zip(counts, words, strict=True) if count]
        return ", ".join(parts + [f"appendix {period}" for period in self.issued])


class _Began(Struct, frozen=True, tag="began", tag_field="line"):
    run: str
    at: datetime
    command: str
    version: str
    scheduled: bool
    host: str
    process: int
    process_began: str


class _Ended(Struct, frozen=True, tag="ended", tag_field="line"):
    run: str
    #: None where it did not say that it did.
    at: datetime | None
    outcome: RunOutcome
    said: str = ""
    tally: RunCounts = RunCounts()
    stages: dict[str, float] = {}


class Run(Struct, frozen=True):
    """One run, as it was recorded."""

    began: datetime
    ended: datetime | None
    command: str
    #: Whether a timer began it.
    scheduled: bool
    version: str
    outcome: RunOutcome
    #: Why it failed, in a line.
    said: str
    tally: RunCounts
    #: How long each stage took, in seconds.
    stages: dict[str, float]

    @property
    def seconds(self) -> float | None:
        return (self.ended - self.began).total_seconds() if self.ended else None


class Recorder:
    """Records a run, its beginning at once; what cannot be recorded is left out."""

    def __init__(
        self, workspace: Workspace, run: str, command: str, now: datetime, scheduled: bool
    ) -> None:
        self._run = run
        self._file = make_private(workspace.state / "runs") / f"{now:%Y-%m}.jsonl"
        for path in _files(workspace)[:-_MONTHS]:
            with suppress(OSError):
                path.unlink()
        me = lock.me()
        began = _Began(run, now, command, __version__, scheduled, me.host, me.process, me.began)
        _append(self._file, began)

    def end(
        self, outcome: RunOutcome, said: str, tally: RunCounts, stages: dict[str, float]
    ) -> None:
        """Record that it has ended, and how."""
        now = datetime.now().astimezone()
        took = {stage: round(seconds, 3) for stage, seconds in stages.items()}
        _append(self._file, _Ended(self._run, now, outcome, said, tally, took))


def note_cut_off(workspace: Workspace, run: str, said: str) -> None:
    """Record of a run that did not say how it ended what is known of that now."""
    # It may have begun in the month before.
    for path in _files(workspace)[-2:]:
        if [type(line) for line in _lines(path) if line.run == run] == [_Began]:
            _append(path, _Ended(run, None, RunOutcome.CUT_OFF, said))


def last_runs(workspace: Workspace, many: int) -> list[Run]:
    """The last runs, the latest first. What cannot be read is passed over."""
    return list(islice(_latest_first(workspace), many))


def done_on(workspace: Workspace, day: date) -> Run | None:
    """The scheduled run that was begun on a day, by the clock on the wall, and came to its end.

    None where there is none, or the last one failed, was cut off or found another at work.
    """
    for run in takewhile(lambda run: run.began.date() >= day, _latest_first(workspace)):
        if run.scheduled and run.began.date() == day:
            return run if run.outcome in (RunOutcome.DONE, RunOutcome.NEEDS_A_PERSON) else None
    return None


def _latest_first(workspace: Workspace) -> Iterator[Run]:
    """Every run that is kept; a month is read when its turn comes."""
    for path in reversed(_files(workspace)):
        yield from reversed(list(_runs_in(path, workspace)))


def _files(workspace: Workspace) -> list[Path]:
    return sorted(workspace.state.glob("runs/????-??.jsonl"))


def _append(path: Path, line: _Began | _Ended) -> None:
    # After a line that a full disk cut short this one still stands for itself.
    content = b"\n" + msgspec.json.encode(line) + b"\n"
    with suppress(OSError):
        path.touch(mode=0o600)
        with path.open("ab") as file:
            file.write(content)


def _runs_in(path: Path, workspace: Workspace) -> Iterator[Run]:
    """The runs that began in a month, in order."""
    lines = list(_lines(path))
    ends = {line.run: line for line in lines if isinstance(line, _Ended)}
    for began in lines:
        if isinstance(began, _Began):
            end = ends.get(began.run) or _unended_run(began, workspace)
            about = asdict(began) | asdict(end) | {"began": began.at, "ended": end.at}
            yield msgspec.convert(about, Run)


def _lines(path: Path) -> Iterator[_Began | _Ended]:
    decoder = msgspec.json.Decoder(_Began | _Ended)
    with suppress(OSError):
        for line in path.read_bytes().splitlines():
            with suppress(msgspec.DecodeError):
                yield decoder.decode(line)


def _unended_run(began: _Began, workspace: Workspace) -> _Ended:
    """A run that has not said that it ended, and on what it is or was at work."""
    note = at_work.left_by(workspace.state)
    said = f"It is or was {note.said}." if note is not None and note.run == began.run else ""
    return _Ended(began.run, None, _unended(began, workspace), said)


def _unended(began: _Began, workspace: Workspace) -> RunOutcome:
    """Whether a run without an end is still at work."""
    run = lock.Holder("", began.host, began.process, began.process_began, began.at)
    if run.lives:
        return RunOutcome.UNDER_WAY
    # Of a run on another machine only the lock tells.
    with suppress(OSError):
        held = lock.found(workspace.state)
        holder = held.holder if held and not held.is_gone else None
        if holder and (holder.host, holder.process) == (began.host, began.process):
            return RunOutcome.UNDER_WAY
    return RunOutcome.CUT_OFF
