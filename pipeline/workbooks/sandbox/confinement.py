"""Confinement: what a worker that was taken over can still do, which is to compute.

A workbook is read by libraries, some of them not in Python, and a fault in one may let the file
call the C library itself. So the kernel holds the worker: Landlock leaves it no files but
programs' libraries, to read, and seccomp the few system calls that reading a workbook takes.
Both stay for the life of the process. Linux alone knows them; `lacking` says what a system lacks.

Source: landlock(7), seccomp(2) and the kernel's headers for both. Written with ctypes, as Python's
bindings for them are not maintained.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from pipeline.workbooks.sandbox.system_calls import AUDIT, NUMBERS, OPENAT

#: `prctl`'s names of what it does.
_SET_NO_NEW_PRIVILEGES, _GET_SECCOMP, _SET_SECCOMP, _FILTER = 38, 21, 22, 2
#: Landlock's system calls have these numbers on every processor.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
#: How many rights to files each version of Landlock knows, from its first; later ones as the last.
_FILE_RIGHTS = (13, 14, 15, 15, 16)
#: From which version on it knows sockets, and processes outside.
_NETWORK_FROM, _SCOPES_FROM = 4, 6

#: Where a system keeps the libraries that Python's own are linked to.
_SYSTEM = (Path("/lib"), Path("/lib64"), Path("/usr/lib"), Path("/usr/lib64"))
#: Of the classic Berkeley packet filter: load a word, jump where equal, where any bit is set, end.
_LOAD, _JUMP_EQUAL, _JUMP_ANY, _RETURN = 0x20, 0x15, 0x45, 0x06
#: Where the number of the call, the processor and an argument's lower half stand in what it is
#: given, on processors that put the lower half first.
_NUMBER, _PROCESSOR, _ARGUMENTS = 0, 4, 16
_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
_WRITING = os.O_WRONLY | os.O_RDWR | getattr(os, "O_CREAT", 0) | getattr(os, "O_TRUNC", 0)


def confine() -> None:
    """Confine this process, as far as the system can, for good.

    Everything that it will need must be imported or open, but for modules of Python's own library,
    of the libraries installed beside it and of this project.

    Raises:
        OSError: the system knows a confinement and refuses it.
    """
    if sys.platform != "linux":
        return
    _check(_prctl(_SET_NO_NEW_PRIVILEGES, 1))
    if _landlock_version():
        _restrict_files()
    if _machine() is not None and _has_seccomp():
        _restrict_calls()


def lacking() -> list[str]:
    """What this system lacks of what confines a worker, each in words; none where all is there."""
    if sys.platform != "linux":
        return ["seccomp and Landlock, which only Linux has"]
    lacks = []
    if not (_machine() and _has_seccomp()):
        lacks.append("seccomp, which keeps a worker from networks and programs")
    if not _landlock_version():
        lacks.append("Landlock (from Linux 5.13), which keeps a worker from files")
    return lacks


def _restrict_files() -> None:
    """Leave no file but programs' libraries, to be read; no socket, no signal to others."""
    version = _landlock_version()
    rights = (1 << _FILE_RIGHTS[min(version, len(_FILE_RIGHTS)) - 1]) - 1
    sockets = 0b11 if version >= _NETWORK_FROM else 0
    scopes = 0b11 if version >= _SCOPES_FROM else 0
    attributes = struct.pack("=3Q", rights, sockets, scopes)
    # A kernel refuses to be told of what it does not know.
    known = 8 if version < _NETWORK_FROM else 16 if version < _SCOPES_FROM else 24
    ruleset = _check(_syscall(_CREATE_RULESET, attributes[:known], known, 0))
    try:
        for folder in _libraries():
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", _READ_FILE | _READ_DIRECTORY, place)
                _check(_syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0))
            finally:
                os.close(place)
        _check(_syscall(_RESTRICT_SELF, ruleset, 0))
    finally:
        os.close(ruleset)


def _libraries() -> Iterator[Path]:
    """The folders of Python's modules, this project's among them, and of the system's libraries.

    An encoding, say, is imported when the first text needs it. None of them holds a secret.
    """
    project = Path(__file__).parents[3]
    paths = sysconfig.get_paths()
    installed = (Path(paths[name]) for name in ("stdlib", "platstdlib", "purelib", "platlib"))
    for folder in {*_SYSTEM, *installed, project / "pipeline", project / "schemas"}:
        if folder.is_dir():
            yield folder


def _restrict_calls() -> None:
    """Leave the system calls that reading takes; any other fails as one that there is not."""
    instructions = b"".join(_program())
    buffer = ctypes.create_string_buffer(instructions)
    program = struct.pack("@HP", len(instructions) // 8, ctypes.addressof(buffer))
    _check(_prctl(_SET_SECCOMP, _FILTER, program))


def _program() -> Iterator[bytes]:
    """The filter's instructions, for the processor that this runs on."""
    machine = _machine()
    assert machine is not None  # noqa: S101 - asked before
    numbers = sorted(NUMBERS[machine])
    yield _step(_LOAD, _PROCESSOR)
    yield _step(_JUMP_EQUAL, AUDIT[machine], then=1)
    yield _step(_RETURN, _KILL)
    yield _step(_LOAD, _NUMBER)
    # The jumps are counted from the next step on: past the other numbers and the refusal.
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        yield _step(_JUMP_EQUAL, number, then=left + 3)
    # A file may be opened, but not to be written.
    yield _step(_JUMP_EQUAL, OPENAT[machine], otherwise=2)
    yield _step(_LOAD, _ARGUMENTS + 2 * 8)
    yield _step(_JUMP_ANY, _WRITING, otherwise=1)
    yield _step(_RETURN, _FAIL | errno.ENOSYS)
    yield _step(_RETURN, _ALLOW)


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


def _landlock_version() -> int:
    """The version of Landlock that the kernel knows; 0 where it knows none."""
    return max(_syscall(_CREATE_RULESET, None, 0, _ASK_VERSION), 0)


def _has_seccomp() -> bool:
    return _prctl(_GET_SECCOMP) >= 0


def _machine() -> str | None:
    """The processor, if its system calls are known."""
    machine = platform.machine()
    return machine if machine in NUMBERS and sys.byteorder == "little" else None


def _prctl(option: int, second: int = 0, third: bytes | None = None) -> int:
    word = ctypes.c_ulong
    answer: int = _libc().prctl(option, word(second), third, word(0), word(0))
    return answer


def _syscall(number: int, *arguments: bytes | int | None) -> int:
    given = (ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)
    answer: int = _libc().syscall(ctypes.c_long(number), *given)
    return answer


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(answer: int) -> int:
    if answer < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return answer
