"""The archive against the store: every file received is there, byte for byte, and no other."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.workspace.folder import UNFINISHED, Workspace
from pipeline.workspace.moving import holds

#: Called with what is being done, how many are done and how many there are.
Progress = Callable[[str, int, int], None]
#: Folders in the archive that hold no returns.
BESIDE = ("journal", "registers")
_HASH = re.compile(r"[0-9a-f]{64}")


def look_at_archive(workspace: Workspace, progress: Progress, *, quick: bool) -> HealthCheck:
    """Whether each submission's file is in the archive with its bytes; `quick` reads none."""
    from pipeline.store.copying import received

    # The files first: one that a run brings meanwhile is then in the store at any rate.
    archived, others = archived_files(workspace.archive)
    known = received(workspace.store_url)
    wanted = known.archived
    missing = {sha256: name for sha256, name in wanted.items() if sha256 not in archived}
    on_their_way: dict[str, Path] = {}
    if missing:
        archived |= archived_files(workspace.archive)[0]
        on_their_way = hashes_of(waiting_files(workspace))
        missing = {sha256: name for sha256, name in missing.items() if sha256 not in archived}
    lost = {sha256: name for sha256, name in missing.items() if sha256 not in on_their_way}
    damaged = [] if quick else list(_damaged(archived, progress))
    if lost or damaged:
        return broken(
            f"{many(len(lost), 'file')} missing and {len(damaged):,} damaged, "
            f"of {len(wanted):,} received.",
            f"Put each back from a backup into {workspace.archive}.",
            *(f"missing: {sha256} ({name})" for sha256, name in sorted(lost.items())),
            *(f"damaged: {path}" for path in damaged),
        )
    unknown = others + [
        path for sha256, path in archived.items() if sha256 not in wanted | known.forgotten
    ]
    if unknown:
        return attention(
            f"{many(len(unknown), 'file')} that the store does not know.",
            "If the store was put back from an older backup, copy each into the inbox; else see "
            "who put it there.",
            *map(str, sorted(unknown)),
        )
    # A file may have been forgotten since it was seen.
    due = [
        archived[sha256]
        for sha256 in known.forgotten
        if sha256 in archived and archived[sha256].exists()
    ]
    if due:
        return attention(
            f"{many(len(due), 'file')} forgotten by the retention rule and still there.",
            "Run quarterday forget, which removes what it was cut off from removing.",
            *map(str, sorted(due)),
        )
    if missing:
        return attention(
            f"{many(len(missing), 'file')} taken in and not yet moved to the archive.",
            "The next run moves them.",
            *(f"{on_their_way[sha256]}" for sha256 in sorted(missing)),
        )
    how = "Not read" if quick else "Every byte is as it was received"
    return well(f"{how}: {many(len(wanted), 'file')}.")


def archived_files(archive: Path) -> tuple[dict[str, Path], list[Path]]:
    """The files received by their SHA-256, and what else lies in the archive."""
    archived: dict[str, Path] = {}
    others: list[Path] = []
    for path in files_in(archive, but=BESIDE):
        if _HASH.fullmatch(path.stem) and path.parent.name == path.stem[:2]:
            archived[path.stem] = path
        elif not path.name.startswith(UNFINISHED):
            others.append(path)
    return archived, others


def waiting_files(workspace: Workspace) -> list[Path]:
    """The files in the inbox, and those on their way from it to the archive."""
    return [*files_in(workspace.leaving), *files_in(workspace.inbox)]


def hashes_of(paths: list[Path]) -> dict[str, Path]:
    """Those of the files that can be read, by their SHA-256."""
    found: dict[str, Path] = {}
    for path in paths:
        try:
            found[sha256_of(path)] = path
        except OSError:
            continue
    return found


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files_in(folder: Path, but: tuple[str, ...] = ()) -> Iterator[Path]:
    """Every regular file in a folder and its folders, but for some of these; no link is followed.

    What may not be listed holds nothing here.
    """
    for place, folders, names in os.walk(folder):
        if Path(place) == folder:
            folders[:] = [name for name in folders if name not in but]
        for name in names:
            path = Path(place, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _damaged(archived: dict[str, Path], progress: Progress) -> Iterator[Path]:
    for done, (sha256, path) in enumerate(sorted(archived.items()), 1):
        # One that is there no more was forgotten since; nothing else ever leaves the archive.
        if not holds(path, sha256) and path.exists():
            yield path
        progress("Reading the archive", done, len(archived))
