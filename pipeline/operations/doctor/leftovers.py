"""Who is at work, and what runs that were cut off left behind."""

from __future__ import annotations

from pipeline.intake import quarantine
from pipeline.operations.doctor.check import HealthCheck, attention, many, well
from pipeline.workspace import lock
from pipeline.workspace.folder import UNFINISHED, Workspace


def look_at_lock(workspace: Workspace) -> HealthCheck:
    """Whether a run is at work, or was killed."""
    held = lock.found(workspace.state)
    if held is None:
        return well("No run is at work.")
    if not held.is_gone:
        return well(held.said)
    return attention(
        f"{held.path} was left by a run that was cut off.", "The next run takes it over."
    )


def look_at_leftovers(workspace: Workspace) -> HealthCheck:
    """Whether anything waits for the next run to complete it, or for someone to look at it."""
    held = lock.found(workspace.state)
    if held is not None and not held.is_gone:
        return well("Not looked at while a run is at work.")
    leaving = sorted(path for path in workspace.leaving.rglob("*") if path.is_file())
    apart = quarantine.contents(workspace)
    unfinished = [
        path
        for folder in (workspace.outbox, workspace.state)
        for path in sorted(folder.rglob(f"{UNFINISHED}*"))
    ]
    found, remedies = [], []
    if leaving:
        found.append(f"{many(len(leaving), 'file')} on the way from the inbox to the archive")
    if unfinished:
        found.append(many(len(unfinished), "unfinished file"))
    if leaving or unfinished:
        remedies.append("The next run completes what was cut off.")
    if apart:
        found.append(f"{many(len(apart), 'thing')} in quarantine")
        remedies.append(
            "Do what the note beside each thing in quarantine says, then remove it with its note."
        )
    if not found:
        return well("Nothing.")
    details = map(str, (*leaving, *unfinished, *apart))
    return attention(f"{', '.join(found)}.", " ".join(remedies), *details)
