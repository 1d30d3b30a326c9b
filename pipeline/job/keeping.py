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
    for folder, entries in _folders(workspace):
        if int(folder, 16) % _NIGHTS != night.toordinal() % _NIGHTS:
            continue
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
        for _, entries in _folders(session.workspace)
        for entry in entries
    }
    for sha256, (filename, size) in session.store.kept_files().items():
        if sizes.get(sha256) != size:
            how = "missing from the archive" if sha256 not in sizes else "cut short in the archive"
            session.pace.tell(f"archived file {how.split(maxsplit=1)[0]}", sha256=sha256[:12])
            yield f"{printable(filename)} is {how} ({sha256}). {_BACK}"


def _folders(workspace: Workspace) -> Iterator[tuple[str, list[os.DirEntry[str]]]]:
    """The folders of the archive that hold returns, by the first digits of their hashes.

    Of one that may not be listed every file is missed.
    """
    for folder in sorted(workspace.archive.glob("[0-9a-f][0-9a-f]")):
        with suppress(OSError), os.scandir(folder) as entries:
            files = [one for one in entries if len(one.name) > _DIGITS and not one.is_dir()]
            yield folder.name, sorted(files, key=lambda one: one.name)
