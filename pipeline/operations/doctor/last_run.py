"""The last run: how it ended, and whether there was one of late."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.operations.doctor.check import HealthCheck, attention, well
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs.record import RunOutcome, last_runs

#: A night, and half a day for whoever looks.
_TOO_LONG = timedelta(hours=36)


def look_at_last_run(workspace: Workspace) -> HealthCheck:
    """When the last run that worked was, and how it ended."""
    found = [run for run in last_runs(workspace, 200) if run.outcome is not RunOutcome.LOCKED]
    if not found:
        return well("There was none yet.")
    last = found[0]
    when = f"{last.began.astimezone():%d %B %Y at %H:%M}"
    said = f"On {when}: {last.outcome}."
    if last.outcome is RunOutcome.FAILED:
        return attention(said, "See what it said, and run it again.", last.said)
    if last.outcome is RunOutcome.CUT_OFF:
        return attention(said, "The next run completes it.")
    if datetime.now().astimezone() - last.began > _TOO_LONG:
        return attention(
            said,
            "See why there was none since: quarterday schedule show says what starts it.",
        )
    return well(said)
