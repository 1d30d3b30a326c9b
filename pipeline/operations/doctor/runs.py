"""Runs: who is at work, how the last one ended, and what those that were cut off left behind."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.intake import quarantine
from pipeline.operations.doctor.check import HealthCheck, attention, many, well
from pipeline.workspace import lock
from pipeline.workspace.folder import UNFINISHED, Workspace
from pipeline.workspace.runs import at_work
from pipeline.workspace.runs.record import RunOutcome, last_runs

#: A night, and half a day for whoever looks.
_TOO_LONG = timedelta(hours=36)
#: How far the clocks of two machines that run the job may be apart.
_AHEAD = timedelta(hours=1)


def look_at_lock(workspace: Workspace) -> HealthCheck:
    """Whether a run is at work, or was killed."""
    held = lock.found(workspace.state)
    if held and held.is_gone:
        found = f"{held.path} was left by a run that was cut off."
        return attention(found, "The next run takes it over.")
    return well(held.said if held else "No run is at work.")


def look_at_leftovers(workspace: Workspace) -> HealthCheck:
    """Whether anything waits for the next run to complete it, or for someone to look at it."""
    held = lock.found(workspace.state)
    if held is not None and not held.is_gone:
        return well("Not looked at while a run is at work.")
    leaving = sorted(path for path in workspace.leaving.rglob("*") if path.is_file())
    apart = quarantine.contents(workspace)
    ours = f"{UNFINISHED}*"
    unfinished = [*sorted(workspace.outbox.rglob(ours)), *sorted(workspace.state.rglob(ours))]
    unfinished += sorted(workspace.temporary.glob("*"))
    found, remedies = [], []
    if leaving:
        found.append(f"{many(len(leaving), 'file')} on the way from the inbox to the archive")
    if unfinished:
        found.append(many(len(unfinished), "unfinished file"))
    if found:
        remedies.append("The next run completes what was cut off.")
    if apart:
        found.append(f"{many(len(apart), 'thing')} in quarantine")
        remedies.append(
            "Do what the note beside each thing in quarantine says, then remove it with its note."
        )
    if not found:
        return well("Nothing.")
    lying = (*leaving, *unfinished, *(workspace.quarantine / one.name for one in apart))
    return attention(f"{', '.join(found)}.", " ".join(remedies), *map(str, lying))


def look_at_suspects(workspace: Workspace) -> HealthCheck:
    """On what runs have ended, by memory or time."""
    held = lock.found(workspace.state)
    note = at_work.left_by(workspace.state) if held is None or held.is_gone else None
    lines = [f"The last run ended {note.said}."] if note else []
    for each in at_work.suspects(workspace.state):
        sha256 = f", SHA-256 {each.thing.sha256[:12]}" if each.thing.sha256 else ""
        runs = many(each.times, "run") if each.times else "A run"
        others = "" if each.times else " and others"
        at = f"{each.thing.name}{sha256}{others} ({each.stage})"
        lines.append(f"{runs} ended at work on {at}.")
    if not lines:
        return well("No run has ended on a file or with a server.")
    return attention(
        f"{many(len(lines), 'thing')} on which runs ended, by memory, by time or by being killed.",
        "The next run takes each last and alone; what ends two alone goes to quarantine.",
        *lines,
    )


def look_at_last_run(workspace: Workspace) -> HealthCheck:
    """When the last run that worked was, and how it ended."""
    now = datetime.now().astimezone()
    found = last_runs(workspace, 200)
    # By a clock that was wrong; it would count as the last for as long as that.
    ahead = [run for run in found if run.began > now + _AHEAD]
    if ahead:
        said = f"{many(len(ahead), 'run')} dated {ahead[0].began.astimezone():%d %B %Y}, to come."
        remedy = f"Set the clock, then remove what is dated so from {workspace.state / 'runs'}."
        return attention(said, remedy)
    last = next((run for run in found if run.outcome is not RunOutcome.LOCKED), None)
    if last is None:
        return well("There was none yet.")
    said = f"On {last.began.astimezone():%d %B %Y at %H:%M}: {last.outcome}."
    if last.outcome is RunOutcome.FAILED:
        return attention(said, "See what it said, and run it again.", last.said)
    if last.tally.unmarked:
        unmarked = f"{said} {many(last.tally.unmarked, 'return')} sent back without marks."
        return attention(
            unmarked, "This is a mistake in the program; tell its makers what the log says of it."
        )
    if last.outcome is RunOutcome.CUT_OFF:
        return attention(said, "The next run completes it.")
    if now - last.began > _TOO_LONG:
        return attention(
            said, "See why there was none since: quarterday schedule show says what starts it."
        )
    return well(said)
