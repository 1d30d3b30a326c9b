"""A run that is attended: recorded, logged, timed, stopped where it hangs, and told at its end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pipeline import __version__
from pipeline.workspace.errors import LockedError, QuarterdayError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs import log, switch
from pipeline.workspace.runs.pace import Pace, Tell
from pipeline.workspace.runs.record import Outcome, Recorded, Tally

#: A run at the limit has half as long again to end by itself, or so many minutes.
_AT_LEAST = 0.25
#: The exit code of a run that cannot go on.
_CANNOT_RUN = 2


def hangs_after(limit_minutes: float) -> float:
    """Minutes after which a run that has not ended by itself hangs, and is stopped."""
    return limit_minutes + max(limit_minutes / 2, _AT_LEAST)


class Attended:
    """A run under way."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.outcome = Outcome.DONE
        self.tally = Tally()

    def came_to(self, tally: Tally, *, needs_a_person: bool) -> None:
        """Say what the run came to."""
        self.tally = tally
        self.outcome = Outcome.NEEDS_A_PERSON if needs_a_person else Outcome.DONE


@contextmanager
def attended(
    workspace: Workspace,
    command: str,
    now: datetime,
    *,
    scheduled: bool = False,
    shown: bool = False,
) -> Iterator[Attended]:
    """Attend to the run that the block is, whatever it ends with; `shown` shows the log."""
    minutes = workspace.settings.nights.limit_minutes
    with log.opened(workspace, shown=shown) as tell:
        tell("run began", command=command, version=__version__, scheduled=scheduled)
        run = Attended(Pace(minutes, tell))
        recorded = Recorded(workspace, command, now, scheduled)
        with _stopped_if_it_hangs(workspace, run, recorded):
            said = ""
            try:
                yield run
            except BaseException as error:
                run.outcome, said = _ended_by(error)
                raise
            finally:
                _end(workspace, run, recorded, said)


def _ended_by(error: BaseException) -> tuple[Outcome, str]:
    match error:
        case LockedError():
            return Outcome.LOCKED, str(error)
        case QuarterdayError():
            return Outcome.FAILED, str(error).splitlines()[0]
        case OSError():
            reason = error.strerror or str(error)
            return Outcome.FAILED, f"{error.filename or 'A file'} cannot be used ({reason})."
        case KeyboardInterrupt():
            return Outcome.FAILED, "Stopped by hand."
        case _:
            return Outcome.FAILED, f"Stopped by a mistake in the program ({type(error).__name__})."


def _end(workspace: Workspace, run: Attended, recorded: Recorded, said: str) -> None:
    pace, tally = run.pace, run.tally
    recorded.end(datetime.now().astimezone(), run.outcome, said, tally, pace.seconds)
    pace.tell(
        "run ended",
        outcome=run.outcome,
        accepted=tally.accepted,
        sent_back=tally.sent_back,
        duplicates=tally.duplicates,
        left=tally.left,
        issued=len(tally.issued),
    )
    _tell_the_switch(workspace, run.outcome, pace.tell)


def _tell_the_switch(workspace: Workspace, outcome: Outcome, tell: Tell) -> None:
    """Whether the run failed; of one that found another at work, that other tells."""
    nights = workspace.settings.nights
    if outcome is Outcome.LOCKED:
        return
    if url := nights.failure_url if outcome is Outcome.FAILED else nights.success_url:
        switch.call(url, tell)


@contextmanager
def _stopped_if_it_hangs(workspace: Workspace, run: Attended, recorded: Recorded) -> Iterator[None]:
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
        run.outcome = Outcome.FAILED
        _end(workspace, run, recorded, said)
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
