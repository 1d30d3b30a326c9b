"""At work: on which files, or with which server, a run is at work, so that what ends it is known.

A run may be ended by memory or time before it can say by what. So it notes in `var/at_work.json`
what it begins, and takes away what it has done; of a run that ended meanwhile the next one finds
the note. A note costs one write and no wait for the disk: what ends a process leaves it whole.

What was noted alone ended the run; of several one may have, and they are begun one at a time from
then on. What has ended two runs alone is gone round: one of several may have had nothing to do with
it, and a run may be killed by chance.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from pipeline.workspace.folder import write_whole
from schemas.wording import listed

_NOTE, _SUSPECTS = "at_work.json", "suspects.json"
#: So many runs ended by one thing are enough.
_ENOUGH = 2
#: How many things a line names.
_NAMED = 3


class Thing(Struct, frozen=True):
    """A file of the inbox as it lies there, or a server."""

    #: By which it is known again: the file's path, size and time of change; the server's name.
    key: str
    #: As it can be shown.
    name: str
    sha256: str = ""
    is_file: bool = False


def file(path: Path, size: int, changed_ns: int, name: str, sha256: str = "") -> Thing:
    """A file; what takes its place is another."""
    key = b"%s\n%d\n%d" % (os.fsencode(path), size, changed_ns)
    return Thing(hashlib.sha256(key).hexdigest(), name, sha256, is_file=True)


def server_of(stage: str, name: str) -> Thing:
    return Thing(f"{stage} {name}", name)


class Suspect(Struct, frozen=True):
    """What a run was at work on, or with, when it ended."""

    thing: Thing
    stage: str
    #: How many runs have ended while they were at work on it and nothing else.
    times: int

    @property
    def is_enough(self) -> bool:
        """Whether it is to be gone round."""
        return self.times >= _ENOUGH

    @property
    def said(self) -> str:
        """What the next run does about it."""
        return "is gone round" if self.is_enough else "is tried last and alone"

    @property
    def why(self) -> str:
        """Why it is gone round."""
        return f"{self.times} runs ended, or were killed, while they were at work on it alone"


class WorkNote(Struct, frozen=True):
    run: str
    stage: str
    things: tuple[Thing, ...]

    @property
    def many(self) -> int:
        return len(self.things)

    @property
    def said(self) -> str:
        names = [each.name for each in self.things[:_NAMED]]
        more = [f"{self.many - _NAMED:,} more"] if self.many > _NAMED else []
        return f"at work on {listed([*names, *more])} ({self.stage})"


class AtWork:
    """What a run is at work on; without a folder nothing is noted."""

    def __init__(self, run: str = "") -> None:
        self._run = run
        self._folder: Path | None = None
        self._note = WorkNote(run, "", ())
        self._descriptor = -1
        #: What it reads ahead, whatever else it is at work on.
        self._ahead = WorkNote(run, "", ())
        #: What runs before have ended on, by its key.
        self.suspects: dict[str, Suspect] = {}

    def take_over(self, folder: Path) -> WorkNote | None:
        """Note in this folder from now on; on what a run before was at work as it ended.

        Only while no other run is at work.
        """
        self._folder = folder
        self.suspects = {each.thing.key: each for each in suspects(folder)}
        note = left_by(folder)
        if note is None or note.run == self._run:
            return None
        is_alone = len(note.things) == 1
        for thing in note.things:
            before = self.suspects.get(thing.key)
            times = is_alone + (before.times if before else 0)
            self.suspects[thing.key] = Suspect(thing, note.stage, times)
        self._save()
        self._write(self._note)
        return note

    @property
    def said(self) -> str:
        """On what it is at work, in words; empty where on nothing that is noted."""
        return self._note.said if self._note.things else ""

    @contextmanager
    def on(self, stage: str, things: Iterable[Thing]) -> Iterator[None]:
        """The block is at work on these; where memory ends it the note stays."""
        self._write(WorkNote(self._run, stage, (*things, *self._ahead.things)))
        try:
            yield
        except MemoryError:
            raise
        except BaseException:
            self._write(self._ahead)
            raise
        self._write(self._ahead)

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """In the block things are begun ahead; where memory ends it the note stays."""
        try:
            yield
        except MemoryError:
            raise
        except BaseException:
            self.end(self._ahead.things)
            raise
        self.end(self._ahead.things)

    def begin(self, stage: str, things: Iterable[Thing]) -> None:
        """Within such a block: these are begun, and go on while others are worked on."""
        self._ahead = WorkNote(self._run, stage, (*self._ahead.things, *things))
        self._write(self._ahead)

    def end(self, things: Iterable[Thing]) -> None:
        """Within such a block: these are done."""
        done = {each.key for each in things}
        left = tuple(each for each in self._ahead.things if each.key not in done)
        self._ahead = replace(self._ahead, things=left)
        self._write(self._ahead)

    def left_for_tonight(self, server: Thing) -> str:
        """Why a server is not called; empty where it is. The next run calls it once more."""
        suspect = self.suspects.get(server.key)
        if suspect is None or not suspect.is_enough:
            return ""
        self.clear([server])
        return f"{server.name} is left for tonight: {suspect.why}."

    def clear(self, things: Iterable[Thing]) -> None:
        """These have ended no run after all, or are gone."""
        if self.suspects:
            found = [self.suspects.pop(each.key, None) for each in things]
            if any(found):
                self._save()

    def keep(self, keys: Container[str]) -> None:
        """Of the files none but these are there any more."""
        things = [each.thing for each in self.suspects.values()]
        self.clear(each for each in things if each.is_file and each.key not in keys)

    def _save(self) -> None:
        if self._folder is not None:
            path = self._folder / _SUSPECTS
            with suppress(OSError):
                if self.suspects:
                    content = msgspec.json.encode(list(self.suspects.values()))
                    write_whole(path, content, 0o600)
                else:
                    path.unlink(missing_ok=True)

    def _write(self, note: WorkNote) -> None:
        self._note = note
        if self._folder is None:
            return
        # A line, so that what stood there before and was longer is no part of it.
        content = msgspec.json.encode(note) + b"\n"
        with suppress(OSError):
            if self._descriptor < 0:
                flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._descriptor = os.open(self._folder / _NOTE, flags, 0o600)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, content)

    def close(self) -> None:
        """The run is over, or no longer alone; only a note of what ended it stays."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        if self._folder is not None and not self._note.things:
            with suppress(OSError):
                (self._folder / _NOTE).unlink(missing_ok=True)


def suspects(folder: Path) -> list[Suspect]:
    """What runs have ended on, and no run since has got done with."""
    with suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((folder / _SUSPECTS).read_bytes(), type=list[Suspect])
    return []


def pending(folder: Path) -> set[str]:
    """The keys of these, and of what a run was at work on that may have ended."""
    note = left_by(folder)
    now = {thing.key for thing in note.things} if note else set()
    return {each.thing.key for each in suspects(folder)} | now


def left_by(folder: Path) -> WorkNote | None:
    """On what the last run is at work, or was when it ended; None where on nothing."""
    with suppress(OSError, msgspec.MsgspecError):
        line = (folder / _NOTE).read_bytes().partition(b"\n")[0]
        note = msgspec.json.decode(line, type=WorkNote)
        return note if note.things else None
    return None
