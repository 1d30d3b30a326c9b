"""Keeping: whether what was received is still in the archive as it was; each night looks at a part.

Whether every file is there with its size is seen from the archive's folders alone. Their bytes are
read in turn, so that all of them are once in so many nights; quarterday doctor reads all at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import holds
from pipeline.workspace.runs.pace import Pace
from schemas.findings import printable

if TYPE_CHECKING:
    from pipeline.store.session import Session

#: Nights in which all of the archive is read.
_NIGHTS = 32
#: The length of a SHA-256 in a name.
_DIGITS = 64
_BACK = "Put it back from a backup; quarterday doctor looks at all others."


def lost(session: Session) -> tuple[str, ...]:
    """What is not in the archive, or not as it was, as far as this night looks."""
    night = session.now.date()
    return (*missing(session), *changed(session.workspace, night, session.pace))


def changed(workspace: Workspace, night: date, pace: Pace) -> Iterator[str]:
    """The archived files of this night's part that no longer have the bytes of their names."""
    for entries in _folders(workspace, night.toordinal() % _NIGHTS):
        for entry in entries:
            if pace.is_over:
                return
            path = Path(entry.path)
            # What is there no more has just been forgotten.
            if not holds(path, path.stem) and path.exists():
                pace.tell("archived file changed", sha256=path.stem[:12])
                yield f"{path} no longer has the bytes that were received. {_BACK}"


def missing(session: Session) -> Iterator[str]:
    """The files that were received and are not in the archive, or not with their size."""
    sizes = {
        entry.name[:_DIGITS]: entry.stat(follow_symlinks=False).st_size
        for entries in _folders(session.workspace)
        for entry in entries
    }
    kept = session.store.received.kept_sizes()
    if wrong := {sha256 for sha256, size in kept.items() if sizes.get(sha256) != size}:
        known = session.store.known(wrong)
        for sha256 in known:
            how = "missing from the archive" if sha256 not in sizes else "cut short in the archive"
            session.pace.tell(f"archived file {how.split(maxsplit=1)[0]}", sha256=sha256[:12])
            yield f"{printable(known[sha256].filename)} is {how} ({sha256}). {_BACK}"


def _folders(workspace: Workspace, turn: int | None = None) -> Iterator[list[os.DirEntry[str]]]:
    """What the folders of the archive hold that are called by the first digits of hashes.

    With a turn only of those whose turn it is among `_NIGHTS`. Of one that may not be listed every
    file is missed.
    """
    for folder in sorted(workspace.archive.glob("[0-9a-f][0-9a-f]")):
        if turn in (None, int(folder.name, 16) % _NIGHTS):
            with suppress(OSError), os.scandir(folder) as entries:
                files = [one for one in entries if len(one.name) > _DIGITS and not one.is_dir()]
                yield sorted(files, key=lambda one: one.name)
