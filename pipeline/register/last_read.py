"""The register that a run could read last, as far as people are to hear when the next cannot.

A note in the state folder, written when a run has read another one than before. Without it nobody
is known who could be written to; it is made again by the next run that reads one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.workspace.folder import make_private, write_whole
from schemas.model import Framework, Recipient, Register

_NAME = "register.json"


class LastRead(Struct, frozen=True):
    """What was last known of the register, and when that was first read."""

    #: SHA-256 of the workbook's bytes.
    sha256: str
    read_at: datetime
    framework: Framework
    recipients: tuple[Recipient, ...] = ()
    #: When a run first could not read it; None while it can be read.
    unreadable_since: datetime | None = None
    #: What is asked about it, each with when a run first asked that.
    asked: dict[str, datetime] = {}

    @property
    def register(self) -> Register:
        """A register that knows of whom mail is from and who gets it, and measures nothing."""
        return Register(self.framework, (), (), (), (), (), self.recipients, sha256=self.sha256)


def last_read(state: Path) -> LastRead | None:
    """The note; None where no register was read yet, or it cannot be understood."""
    # msgspec's errors are ValueErrors.
    with suppress(OSError, ValueError, ArithmeticError):
        return msgspec.json.decode((state / _NAME).read_bytes(), type=LastRead)
    return None


def note_read(state: Path, register: Register, now: datetime) -> None:
    """Note that a run has read the register, where that is not noted."""
    last = last_read(state)
    if last is None or last.unreadable_since is not None or last.sha256 != register.sha256:
        asked = last.asked if last else {}
        read = LastRead(register.sha256, now, register.framework, register.recipients, asked=asked)
        _write(state, read)


def note_asked(state: Path, lines: Iterable[str], now: datetime) -> Mapping[str, datetime]:
    """Note what is asked about the register; with each comes when a run first asked it.

    What is asked no longer is forgotten, and would be asked anew.
    """
    last = last_read(state)
    before = last.asked if last else {}
    asked = {line: before.get(line, now) for line in lines}
    if last is not None and asked != before:
        _write(state, replace(last, asked=asked))
    return asked


def note_unreadable(state: Path, now: datetime) -> LastRead | None:
    """Note that a run could not read it; what was last known of it comes back."""
    last = last_read(state)
    if last is not None and last.unreadable_since is None:
        last = replace(last, unreadable_since=now)
        _write(state, last)
    return last


def _write(state: Path, last: LastRead) -> None:
    # Whoever cannot write here cannot run at all, and hears of that.
    with suppress(OSError):
        write_whole(make_private(state) / _NAME, msgspec.json.encode(last), 0o600)
