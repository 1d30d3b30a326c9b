"""A run under supervision: recorded, logged, timed, stopped where it hangs, its end reported."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime

import msgspec

from pipeline import __version__
from pipeline.workspace.errors import LockedError, QuarterdayError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs import log, switch
from pipeline.workspace.runs.pace import Pace
from pipeline.workspace.runs.record import Recorder, RunCounts, RunOutcome

#: A run at the limit has half as long again to end by itself, or so many minutes.
_AT_LEAST = 0.25
#: The exit code of a run that cannot go on.
_CANNOT_RUN = 2


def hangs_after(limit_minutes: float) -> float:
    """Minutes after which a run that has not ended by itself hangs, and is stopped."""
    return limit_minutes + max(limit_minutes / 2, _AT_LEAST)


class SupervisedRun:
    """A run under way."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.outcome = RunOutcome.DONE
        self.counts = RunCounts()

    def finish(self, counts: RunCounts, *, needs_a_person: bool) -> None:
        """Say what the run came to."""
        self.counts = counts
        self.outcome = RunOutcome.NEEDS_A_PERSON if needs_a_person else RunOutcome.DONE


@contextmanager
def supervised(
    workspace: Workspace,
    command: str,
    now: datetime,
    *,
    scheduled: bool = False,
    shown: bool = False,
) -> Iterator[SupervisedRun]:
    """Supervise the run that the block is, whatever it ends with; `shown` shows the log."""
    minutes = workspace.settings.nights.limit_minutes
    name = os.urandom(6).hex()
    with log.opened(workspace, name, shown=shown) as tell:
        tell("run began", command=command, version=__version__, scheduled=scheduled)
        run = SupervisedRun(Pace(minutes, tell))
        recorder = Recorder(workspace, name, command, now, scheduled)
        with _stopped_if_it_hangs(workspace, run, recorder):
            said = ""
            try:
                yield run
            except BaseException as error:
                run.outcome, said = _ended_by(error)
                raise
            finally:
                _end(workspace, run, recorder, said)


def _ended_by(error: BaseException) -> tuple[RunOutcome, str]:
    match error:
        case LockedError():
            return RunOutcome.LOCKED, str(error)
        case QuarterdayError():
            return RunOutcome.FAILED, str(error).splitlines()[0]
        case OSError():
            reason = error.strerror or str(error)
            return RunOutcome.FAILED, f"{error.filename or 'A file'} cannot be used ({reason})."
        case KeyboardInterrupt():
            return RunOutcome.FAILED, "Stopped by hand."
        case _:
            return (
                RunOutcome.FAILED,
                f"Stopped by a mistake in the program ({type(error).__name__}).",
            )


def _end(workspace: Workspace, run: SupervisedRun, recorder: Recorder, said: str) -> None:
    pace, nights = run.pace, workspace.settings.nights
    recorder.end(datetime.now().astimezone(), run.outcome, said, run.counts, pace.seconds)
    counts = msgspec.structs.asdict(run.counts) | {"issued": len(run.counts.issued)}
    pace.tell("run ended", outcome=run.outcome, **counts)
    url = nights.failure_url if run.outcome is RunOutcome.FAILED else nights.success_url
    # Of a run that found another at work, that other tells.
    if url and run.outcome is not RunOutcome.LOCKED:
        switch.call(url, pace.tell)


@contextmanager
def _stopped_if_it_hangs(
    workspace: Workspace, run: SupervisedRun, recorder: Recorder
) -> Iterator[None]:
    """End this process where the block goes on long after its limit.

    The lock stays behind as that of any run that is killed, and the next run takes it over.
    """
    minutes = workspace.settings.nights.limit_minutes

    def stop() -> None:
        where = run.pace.stage or "no stage"
        said = (
            f"The run took longer than nights.limit_minutes ({minutes:g}) and hung in {where}; it "
            "was stopped. The next run does the rest."
        )
        run.outcome = RunOutcome.FAILED
        _end(workspace, run, recorder, said)
        print(f"quarterday: {said}", file=sys.stderr, flush=True)  # noqa: T201 - the last word
        os._exit(_CANNOT_RUN)

    if not minutes:
        yield
        return
    # What it logs is of this run.
    timer = threading.Timer(60 * hangs_after(minutes), copy_context().run, [stop])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
