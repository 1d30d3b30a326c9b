"""What the tests of the guard call in its workers: well-behaved and otherwise."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys

from python_calamine import CalamineWorkbook

from tests.support.containers import compound_file

_kept: list[bytes] = []


def prepare() -> None:
    """Nothing to prepare."""


def prepare_badly() -> None:
    raise FileNotFoundError("no such library")


def doubled(number: int) -> int:
    return 2 * number


def abort(_: int) -> int:
    os.abort()


def never_end(_: int) -> int:
    while True:
        pass


def fill_memory(_: int) -> int:
    """A gibibyte, twice what a worker may have."""
    return len(bytes(1024**3))


def stop_interpreter(_: int) -> int:
    raise SystemExit(3)


def panic(_: int) -> int:
    """A workbook cut off in the middle of its directory breaks the reader, which is in Rust."""
    cut = compound_file({"Workbook": b"x"})[:1100]
    CalamineWorkbook.from_filelike(io.BytesIO(cut))
    return 0


def answer_at_length(_: int) -> bytes:
    return bytes(100 * 1024**2)


def keep(megabytes: int) -> int:
    """Leave something behind in the worker."""
    _kept.append(bytes(megabytes * 1024**2))
    return os.getpid()


def connect() -> None:
    socket.create_connection(("127.0.0.1", 9), timeout=1)


def look_up() -> None:
    socket.getaddrinfo("council.example", 80)


def run_program() -> None:
    subprocess.run([sys.executable, "--version"], check=True)


def run_shell() -> None:
    os.system("true")  # noqa: S605


def fork() -> None:
    os.fork()


def replace_itself() -> None:
    os.execv(sys.executable, [sys.executable])  # noqa: S606


def loaded(*names: str) -> list[str]:
    return [name for name in names if name in sys.modules]


def make_noise() -> None:
    print("noise")  # noqa: T201
    os.write(2, b"noise")


def prepare_to_fail_at_styles() -> None:
    """A program of which a piece is missing, as after an update that was cut off."""
    from pipeline.outputs.correction.in_place.styles import Styles

    del Styles.add_formats
