"""File systems of their own, to be made full, or to lie apart from the workspace."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_MEMORY = Path("/dev/shm")  # noqa: S108 - it is there to be another file system


def mount(*words: str) -> bool:
    """Whether the system mounts it; only root may."""
    try:
        return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[Path]:
    """A file system in memory, mounted at a folder; skips the test where that is not allowed."""
    place.mkdir(exist_ok=True)
    if not mount("-t", "tmpfs", "-o", ",".join(("size=64m", *options)), "tmpfs", str(place)):
        pytest.skip("no file system can be mounted here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False, capture_output=True)


@contextmanager
def another(folder: Path) -> Iterator[Path]:
    """A folder on another file system than that of `folder`."""
    if _MEMORY.is_dir() and _MEMORY.stat().st_dev != folder.stat().st_dev:
        with tempfile.TemporaryDirectory(dir=_MEMORY) as place:
            yield Path(place)
    else:
        with mounted(folder / "another") as place:
            yield place


@contextmanager
def filled(disk: Path, free: int) -> Iterator[None]:
    """The disk with so much room only, in bytes, within the block.

    Others may be writing to it meanwhile.
    """
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while (room := shutil.disk_usage(disk).free - free) > 0:
            file.write(bytes(min(room, 1024 * 1024)))
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def crowded(disk: Path, free: int) -> Iterator[None]:
    """The disk with room for so many files only within the block."""
    ballast = disk / "ballast"
    ballast.mkdir()
    for number in range(os.statvfs(disk).f_ffree - free):
        (ballast / str(number)).touch()
    try:
        yield
    finally:
        shutil.rmtree(ballast)
