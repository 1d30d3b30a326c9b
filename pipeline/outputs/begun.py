"""Begun: the periods whose last draft or issue is noted and may not be wholly written.

The next run writes what one that was cut off had begun.
"""

from __future__ import annotations

from contextlib import suppress

import msgspec

from pipeline.workspace.folder import Workspace, disk_trouble, write_whole

_NOTE = "issuing.json"


def begun(workspace: Workspace) -> frozenset[str]:
    """The names of these periods; none where no note of them can be read."""
    with suppress(OSError, msgspec.MsgspecError):
        content = (workspace.state / _NOTE).read_bytes()
        return msgspec.json.decode(content, type=frozenset[str])
    return frozenset()


def note_begun(workspace: Workspace, period: str) -> None:
    """Note that a period's draft or issue is about to be written."""
    _note(workspace, begun(workspace) | {period})


def note_written(workspace: Workspace, period: str) -> None:
    """Note that all of it has been written."""
    if period in (names := begun(workspace)):
        _note(workspace, names - {period})


def _note(workspace: Workspace, names: frozenset[str]) -> None:
    path = workspace.state / _NOTE
    with disk_trouble(f"What is issued cannot be noted in {workspace.state}"):
        if names:
            write_whole(path, msgspec.json.encode(sorted(names)), 0o600)
        else:
            path.unlink(missing_ok=True)
