"""A run under supervision: recorded, logged, timed, stopped where it hangs, its end reported."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict

from pipeline import __version__
from pipeline.workspace.errors import LockedError, QuarterdayError, problems_of
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs import log, switch
from pipeline.workspace.runs.at_work import AtWork
from pipeline.workspace.runs.pace import Pace, Tell
from pipeline.workspace.runs.record import Recorder, RunCounts, RunOutcome

#: A run at the limit has half as long again to end by itself, or so many minutes.
_AT_LEAST = 0.25
#: The exit code of a run that cannot go on.
_CANNOT_RUN = 2


def hangs_after(limit_minutes: float) -> float:
    """Minutes after which a run that has not ended by itself hangs, and is stopped."""
    return limit_minutes + max(limit_minutes / 2, _AT_LEAST)


class SupervisedRun(Struct):
    """A run under way."""

    pace: Pace
    outcome: RunOutcome = RunOutcome.DONE
    counts: RunCounts = RunCounts()

    def finish(self, counts: RunCounts, *, needs_a_person: bool) -> None:
        """Say what the run came to."""
        self.counts = counts
        self.outcome = RunOutcome.NEEDS_A_PERSON if needs_a_person else RunOutcome.DONE


@contextmanager
def supervised(
    workspace: Workspace, command: str, now: datetime, *, scheduled: bool = False, shown: bool
) -> Iterator[SupervisedRun]:
    """Supervise the run that the block is, whatever it ends with; `shown` shows the log."""
    nights = workspace.settings.nights
    name = os.urandom(6).hex()

    def end(outcome: RunOutcome, said: str = "") -> None:
        recorder.end(outcome, said, run.counts, run.pace.seconds)
        counts = asdict(run.counts) | {"issued": len(run.counts.issued)}
        tell("run ended", outcome=outcome, **counts)
        # Of a run that found another at work, that other tells.
        if outcome is RunOutcome.LOCKED:
            return
        if workspace.metrics is not None:
            _write_metrics(workspace, tell)
        url = nights.failure_url if outcome is RunOutcome.FAILED else nights.success_url
        if url:
            switch.call(url, tell)

    with log.opened(workspace, name, shown=shown) as tell:
        tell("run began", command=command, version=__version__, scheduled=scheduled)
        run = SupervisedRun(Pace(nights.limit_minutes, tell, AtWork(name)))
        recorder = Recorder(workspace, name, command, now, scheduled)
        with _stopped_if_it_hangs(nights.limit_minutes, run.pace, end):
            try:
                yield run
            except BaseException as error:
                end(*_ended_by(error))
                raise
            end(run.outcome)


def _write_metrics(workspace: Workspace, tell: Tell) -> None:
    from pipeline.workspace.runs import metrics

    try:
        metrics.write(workspace)
    except OSError as error:
        tell("metrics not written", fault=error.strerror)


def _ended_by(error: BaseException) -> tuple[RunOutcome, str]:
    match error:
        case LockedError():
            return RunOutcome.LOCKED, str(error)
        case QuarterdayError() | OSError():
            said = problems_of(error)[0]
        case KeyboardInterrupt():
            said = "Stopped by hand."
        case _:
            said = f"Stopped by a mistake in the program ({type(error).__name__})."
    return RunOutcome.FAILED, said


@contextmanager
def _stopped_if_it_hangs(
    minutes: float, pace: Pace, end: Callable[[RunOutcome, str], None]
) -> Iterator[None]:
    """End this process where the block goes on long after its limit.

    The lock stays behind as that of any run that is killed, and the next run takes it over.
    """

    def stop() -> None:
        where = ", ".join(filter(None, (pace.stage or "no stage", pace.work.said)))
        said = (
            f"The run took longer than nights.limit_minutes ({minutes:g}) and hung in {where}; it "
            "was stopped. The next run does the rest."
        )
        end(RunOutcome.FAILED, said)
        print(f"quarterday: {said}", file=sys.stderr, flush=True)  # noqa: T201 - the last word
        os._exit(_CANNOT_RUN)

    if not minutes:
        yield
        return
    timer = threading.Timer(60 * hangs_after(minutes), stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
