"""A worker that was taken over by what it read can do nothing but compute."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.workbooks.sandbox import Guard
from pipeline.workbooks.sandbox.confinement import lacking
from pipeline.workspace.settings import Limits
from tests.support import inside

pytestmark = pytest.mark.skipif(bool(lacking()), reason=f"here lacks {' and '.join(lacking())}")

#: What refuses: there is no such call, or it may not be made here.
REFUSED = {errno.ENOSYS, errno.EACCES, errno.EPERM}


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with Guard(Limits(workers=1, seconds=5, memory_mb=512), inside.prepare) as made:
        yield made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    path.write_text("everybody's addresses")
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_it_makes_no_socket(guard: Guard, family: int) -> None:
    assert guard.submit(inside.make_socket, family).result() in REFUSED
    assert guard.submit(inside.make_pair).result() in REFUSED


@pytest.mark.parametrize(
    "attempt",
    [
        inside.open_to_read,
        inside.open_to_write,
        inside.unlink,
        inside.rename,
        inside.truncate,
        inside.change_mode,
        inside.make_folder,
        inside.link,
    ],
    ids=lambda attempt: attempt.__name__,
)
def test_it_reaches_no_file(guard: Guard, file: Path, attempt: Callable[[str], int]) -> None:
    assert guard.submit(attempt, str(file)).result() in REFUSED
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_text() == "everybody's addresses"
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("place", ["/etc/passwd", "/proc/self/environ", "/proc/self/maps"])
def test_it_reads_nothing_of_the_systems(guard: Guard, place: str) -> None:
    assert guard.submit(inside.open_to_read, place).result() in REFUSED


@pytest.mark.parametrize("place", ["/", "/etc", "/home", str(Path(__file__).parents[2])])
def test_it_lists_no_folder(guard: Guard, place: str) -> None:
    assert guard.submit(inside.list_folder, place).result() in REFUSED


def test_it_writes_nothing_where_it_may_read(guard: Guard) -> None:
    module = Path(os.__file__)
    assert guard.submit(inside.open_to_read, str(module)).result() == 0
    assert guard.submit(inside.open_to_write, str(module)).result() in REFUSED


def test_it_starts_no_program_and_no_process(guard: Guard) -> None:
    assert guard.submit(inside.run_program, "/bin/true").result() in REFUSED
    assert guard.submit(inside.fork).result() in REFUSED


@pytest.mark.parametrize(
    "attempt",
    [inside.signal_job, inside.trace_job, inside.read_memory],
    ids=lambda attempt: attempt.__name__,
)
def test_it_touches_no_other_process(guard: Guard, attempt: Callable[[int], int]) -> None:
    assert guard.submit(attempt, os.getpid()).result() in REFUSED


@pytest.mark.parametrize(
    "attempt",
    [inside.raise_limit, inside.share_memory, inside.leave_namespace],
    ids=lambda attempt: attempt.__name__,
)
def test_it_gets_rid_of_no_limit(guard: Guard, attempt: Callable[[int], int]) -> None:
    assert guard.submit(attempt, 0).result() in REFUSED


def test_what_it_needs_later_is_still_found(guard: Guard) -> None:
    assert guard.submit(inside.text_in, "cp855").result() == "\N{CYRILLIC CAPITAL LETTER JE}"


JOB = """
import os
from pathlib import Path
from pipeline.workbooks.sandbox import Guard
from pipeline.workspace.settings import Limits
from tests.support import inside
with Guard(Limits(workers=1, seconds=5, memory_mb=512), inside.prepare) as guard:
    print(guard.submit(inside.environment).result())
    worker = guard.submit(os.getpid).result()
    print(Path(f"/proc/{worker}/environ").read_bytes())
print(os.environ["QUARTERDAY_MAIL_PASSWORD"])
"""


def test_it_holds_no_password_of_the_environment() -> None:
    secret = "correct horse battery staple"  # noqa: S105 - of nothing
    environment = {**os.environ, "QUARTERDAY_MAIL_PASSWORD": secret}
    done = subprocess.run(
        [sys.executable, "-c", JOB], env=environment, capture_output=True, text=True, check=True
    )
    names, started_with, after = done.stdout.splitlines()
    assert "QUARTERDAY_MAIL_PASSWORD" not in names + started_with
    assert secret not in started_with
    # The job itself has it still.
    assert after == secret
