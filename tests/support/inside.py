"""What a worker that was taken over would try: through the C library, past Python's own checks.

Each gives the error's number, or 0 where it worked.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct

#: What `ptrace` and `setrlimit` call what is asked of them.
_PTRACE_ATTACH, _ADDRESS_SPACE = 16, 9
#: A new space of names, of users.
_NEW_USERS = 0x10000000


def prepare() -> None:
    """Have this module imported, which a confined worker could not do."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _tried(answer: int) -> int:
    return ctypes.get_errno() if answer < 0 else 0


def make_socket(family: int) -> int:
    return _tried(_libc().socket(family, socket.SOCK_STREAM, 0))


def make_pair() -> int:
    return _tried(_libc().socketpair(socket.AF_UNIX, socket.SOCK_STREAM, 0, (ctypes.c_int * 2)()))


def open_to_read(path: str) -> int:
    return _tried(_libc().open(path.encode(), os.O_RDONLY))


def open_to_write(path: str) -> int:
    return _tried(_libc().open(path.encode(), os.O_WRONLY | os.O_CREAT, 0o600))


def list_folder(path: str) -> int:
    return _tried(_libc().open(path.encode(), os.O_RDONLY | os.O_DIRECTORY))


def unlink(path: str) -> int:
    return _tried(_libc().unlink(path.encode()))


def rename(path: str) -> int:
    return _tried(_libc().rename(path.encode(), f"{path}.moved".encode()))


def truncate(path: str) -> int:
    return _tried(_libc().truncate(path.encode(), ctypes.c_long(0)))


def change_mode(path: str) -> int:
    return _tried(_libc().chmod(path.encode(), 0o777))


def make_folder(path: str) -> int:
    return _tried(_libc().mkdir(f"{path}.folder".encode(), 0o700))


def link(path: str) -> int:
    return _tried(_libc().symlink(path.encode(), f"{path}.link".encode()))


def run_program(path: str) -> int:
    arguments = (ctypes.c_char_p * 2)(path.encode(), None)
    return _tried(_libc().execv(path.encode(), arguments))


def fork() -> int:
    child = _libc().fork()
    if child == 0:
        os._exit(0)
    return _tried(child)


def signal_job(process: int) -> int:
    return _tried(_libc().kill(process, 0))


def trace_job(process: int) -> int:
    return _tried(_libc().ptrace(_PTRACE_ATTACH, process, None, None))


def read_memory(process: int) -> int:
    """Eight bytes of another process's memory."""
    here = ctypes.create_string_buffer(8)
    local = struct.pack("=QQ", ctypes.addressof(here), 8)
    remote = struct.pack("=QQ", id(here), 8)
    libc = _libc()
    return _tried(libc.process_vm_readv(process, local, 1, remote, 1, 0))


def raise_limit(_: int) -> int:
    """More memory than a worker may have, which only root could take."""
    return _tried(_libc().setrlimit(_ADDRESS_SPACE, struct.pack("=QQ", 2**62, 2**62)))


def share_memory(_: int) -> int:
    return _tried(_libc().memfd_create(b"x", 0))


def leave_namespace(_: int) -> int:
    return _tried(_libc().unshare(_NEW_USERS))


def environment() -> list[str]:
    """The names in the C library's own environment."""
    libc = _libc()
    held = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    names = []
    for number in range(10_000):
        entry = held[number]
        if entry is None:
            break
        names.append(os.fsdecode(entry.partition(b"=")[0]))
    return names


def text_in(encoding: str) -> str:
    """A text in an encoding that Python loads when it is first needed."""
    return b"\x8f".decode(encoding)
