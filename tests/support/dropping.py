"""Dropping returns as slow networks and programs do: in pieces, with pauses between them.

    python -m tests.support.dropping ORIGINALS INBOX PROCESS PROCESSES

Each process drops its share of the originals, each in one of several ways.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

#: Seconds between two pieces; some are longer than the tests' settle_seconds, some are not.
PAUSES = (0.0, 0.3)
_OLD = 1_300_000_000

_choose = random.Random()  # noqa: S311 - times and places, no secrets


def pieces(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The content cut into a few pieces, each with where it begins; a pause after each."""
    cuts = sorted(_choose.sample(range(1, len(content)), 4))
    for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
        yield start, content[start:end]
        time.sleep(_choose.uniform(*PAUSES))


def append(path: Path, content: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for _, piece in pieces(content):
            file.write(piece)


def append_again(path: Path, content: bytes) -> None:
    """As a program does that opens the file for each piece."""
    for _, piece in pieces(content):
        with path.open("ab") as file:
            file.write(piece)


def fill(path: Path, content: bytes) -> None:
    """As a network copy does: at its full size at once, then filled in."""
    path.write_bytes(bytes(len(content)))
    for start, piece in pieces(content):
        with path.open("r+b") as file:
            file.seek(start)
            file.write(piece)


def fill_anyhow(path: Path, content: bytes) -> None:
    """The same, the pieces in any order."""
    path.write_bytes(bytes(len(content)))
    shuffled = [(start, piece) for start, piece in pieces(content)]
    _choose.shuffle(shuffled)
    for start, piece in shuffled:
        with path.open("r+b") as file:
            file.seek(start)
            file.write(piece)
        time.sleep(_choose.uniform(*PAUSES))


def rename(path: Path, content: bytes) -> None:
    """As Excel saves, and as browsers download."""
    other = path.with_name(_choose.choice([f"{path.name}.part", f"A{path.stem[-3:]:0>7}"]))
    append_again(other, content)
    other.rename(path)


def rewrite(path: Path, content: bytes) -> None:
    """A copy that broke off, and is made again over what is there."""
    with path.open("wb") as file:
        file.write(content[: len(content) // 2])
    time.sleep(_choose.uniform(*PAUSES))
    append(path, content)


def keep_times(path: Path, content: bytes) -> None:
    """A copy that keeps the original's times, as it is filled and at its end."""
    with path.open("wb", buffering=0) as file:
        for _, piece in pieces(content):
            file.write(piece)
            os.utime(path if os.name == "nt" else file.fileno(), (_OLD, _OLD))


WAYS: tuple[Callable[[Path, bytes], None], ...] = (
    append, append_again, fill, fill_anyhow, rename, rewrite, keep_times,
)  # fmt: skip


def main() -> None:
    originals, inbox, process, processes = sys.argv[1:]
    mine = sorted(Path(originals).iterdir())[int(process) :: int(processes)]
    for number, original in enumerate(mine):
        WAYS[(number + int(process)) % len(WAYS)](
            Path(inbox) / original.name, original.read_bytes()
        )


if __name__ == "__main__":
    main()
