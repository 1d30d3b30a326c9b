"""Python on a kernel that lacks something, for this process and for all that it starts.

    python -m tests.support.kernel landlock -m pipeline doctor

A filter of seccomp answers those system calls as a kernel does that has none of them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import subprocess
import sys
from pathlib import Path

#: The numbers of what a kernel may lack; those of `socket` hang on the processor.
LACKING = {
    "landlock": (444, 445, 446),
    "sockets": ({"x86_64": 41, "aarch64": 198}.get(platform.machine(), -1),),
}
#: Of `prctl` and of the classic Berkeley packet filter: load a word, jump where equal, end.
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _FAIL = 0x7FFF0000, 0x00050000


def run(lacks: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Python with these words on a kernel without that."""
    return subprocess.run(
        [sys.executable, "-m", "tests.support.kernel", lacks, *map(str, words)],
        capture_output=True, encoding="utf-8", check=False, timeout=300,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip


def _take_away(numbers: tuple[int, ...]) -> None:
    steps = [struct.pack("=HBBI", _LOAD, 0, 0, 0)]
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        steps.append(struct.pack("=HBBI", _JUMP_EQUAL, left, 0, number))
    steps.append(struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW))
    steps.append(struct.pack("=HBBI", _RETURN, 0, 0, _FAIL | errno.ENOSYS))
    buffer = ctypes.create_string_buffer(b"".join(steps))
    program = struct.pack("@HP", len(steps), ctypes.addressof(buffer))
    libc, word = ctypes.CDLL(None, use_errno=True), ctypes.c_ulong
    for option, second, third in ((_NO_NEW_PRIVILEGES, 1, None), (_SECCOMP, _FILTER, program)):
        if libc.prctl(option, word(second), third, word(0), word(0)) < 0:
            raise OSError(ctypes.get_errno(), "seccomp")


if __name__ == "__main__":
    _take_away(LACKING[sys.argv[1]])
    os.execv(sys.executable, [sys.executable, *sys.argv[2:]])  # noqa: S606 - this very program
