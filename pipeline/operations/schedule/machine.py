"""What a schedule changes on a machine: files that bear its mark, and what programs are told."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.operations.schedule.job import MARK, Part
from pipeline.workspace.errors import ScheduleError
from pipeline.workspace.folder import disk_trouble, replacing


def run_program(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """A program of the machine, run to its end, whatever it answers.

    Raises:
        ScheduleError: it is missing, or cannot be run.
    """
    try:
        return subprocess.run(words, input=given, capture_output=True, check=False, timeout=60)
    except FileNotFoundError as error:
        raise ScheduleError(f"{words[0]} is not on this machine.") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScheduleError(f"{words[0]} cannot be called ({error}).") from error


def call(*words: str, given: bytes = b"") -> None:
    """Run a program of the machine.

    Raises:
        ScheduleError: it is missing, or refuses.
    """
    done = run_program(*words, given=given)
    if done.returncode:
        output = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        why = output[-1] if output else f"exit code {done.returncode}"
        raise ScheduleError(f"{' '.join(words[:3])} was refused: {why}")


def parts_of(texts: Mapping[Path, str], encoding: str = "utf-8") -> tuple[Part, ...]:
    """The files of a schedule, and which of them are there."""
    return tuple(
        Part(str(path), text, is_installed(path, encoding)) for path, text in texts.items()
    )


def is_installed(path: Path, encoding: str = "utf-8") -> bool:
    """Whether a file is there that was written here.

    Raises:
        ScheduleError: a file is there that was not.
    """
    try:
        text = path.read_text(encoding=encoding, errors="replace")
    except FileNotFoundError:
        return False
    except (OSError, UnicodeError) as error:
        raise ScheduleError(f"{path} cannot be read ({error}).") from error
    if MARK not in text:
        raise ScheduleError(
            f"{path} was not written by quarterday schedule, and is left as it is. Move it away."
        )
    return True


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file whole or not at all.

    Raises:
        ScheduleError: it cannot be written.
    """
    with disk_trouble(f"{path} cannot be written", ScheduleError), replacing(path) as temporary:
        temporary.write_bytes(text.encode(encoding, "surrogateescape"))


def remove(paths: Iterable[Path]) -> tuple[Part, ...]:
    """Remove files that were written here.

    Raises:
        ScheduleError: one cannot be removed.
    """
    removed = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise ScheduleError(f"{path} cannot be removed ({error.strerror}).") from error
        removed.append(Part(str(path), "", False))
    return tuple(removed)
