"""Who is at work, and what runs that were cut off left behind."""

from __future__ import annotations

from pathlib import Path

from pipeline import lock
from pipeline.doctor.check import Check, attention, many, well
from pipeline.workspace import UNFINISHED, Workspace


def look_at_lock(workspace: Workspace) -> Check:
    """Whether a run is at work, or was killed."""
    held = lock.found(workspace.state)
    if held is None:
        return well("lock", "No run is at work.")
    if not held.is_gone:
        return well("lock", held.said)
    return attention(
        "lock", f"{held.path} was left by a run that was cut off.", "The next run takes it over."
    )


def look_at_leftovers(workspace: Workspace) -> Check:
    """Whether anything waits for the next run to complete it, or for someone to look at it."""
    held = lock.found(workspace.state)
    if held is not None and not held.is_gone:
        return well("left over", "Not looked at while a run is at work.")
    leaving = _files(workspace.state / "leaving")
    quarantine = _files(workspace.state / "quarantine")
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
    if quarantine:
        found.append(f"{many(len(quarantine), 'file')} in quarantine")
        remedies.append(
            "See what each file in quarantine is, then put it into the inbox or take it away."
        )
    if not found:
        return well("left over", "Nothing.")
    details = map(str, (*leaving, *unfinished, *quarantine))
    return attention("left over", f"{', '.join(found)}.", " ".join(remedies), *details)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
