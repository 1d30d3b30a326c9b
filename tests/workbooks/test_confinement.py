"""A worker that was taken over by what it read can do nothing but compute.

Where the kernel has no Landlock it can read files as well, which `quarterday doctor` says; the same
tests are run on such a kernel.
"""

from __future__ import annotations

import errno
import json
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
from tests.support import inside, kernel
from tests.support.mixed import make_start

pytestmark = pytest.mark.skipif(
    any("seccomp" in each for each in lacking()), reason="here workers are not confined"
)

#: What refuses: there is no such call, or it may not be made here.
REFUSED = {errno.ENOSYS, errno.EACCES, errno.EPERM}
HAS_LANDLOCK = not any("Landlock" in each for each in lacking())
#: What becomes of it where a file is opened to be read.
READING = REFUSED if HAS_LANDLOCK else {0}


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
def test_it_changes_no_file(guard: Guard, file: Path, attempt: Callable[[str], int]) -> None:
    assert guard.submit(attempt, str(file)).result() in REFUSED
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_text() == "everybody's addresses"
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_reads_no_file(guard: Guard, file: Path) -> None:
    assert guard.submit(inside.open_to_read, str(file)).result() in READING


@pytest.mark.parametrize("place", ["/etc/passwd", "/proc/self/environ", "/proc/self/maps"])
def test_it_reads_nothing_of_the_systems(guard: Guard, place: str) -> None:
    assert guard.submit(inside.open_to_read, place).result() in READING


@pytest.mark.parametrize("place", ["/", "/etc", "/home", str(Path(__file__).parents[2])])
def test_it_lists_no_folder(guard: Guard, place: str) -> None:
    assert guard.submit(inside.list_folder, place).result() in READING


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


# --- A kernel without Landlock -------------------------------------------------------------------


def test_without_landlock_all_else_holds() -> None:
    done = kernel.run("landlock", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "test_it_",
                      Path(__file__))  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


def test_without_landlock_the_doctor_says_so_and_returns_are_taken(tmp_path: Path) -> None:
    made = make_start(tmp_path / "workspace")
    done = kernel.run("landlock", "-m", "pipeline", "run", "--workspace", made)
    assert "accepted: " in done.stdout, done.stderr
    said = kernel.run("landlock", "-m", "pipeline", "doctor", "--json", "--workspace", made)
    checks = {check["name"]: check for check in json.loads(said.stdout)["checks"]}
    assert checks["sandbox"]["state"] == "attention"
    (lack,) = checks["sandbox"]["details"]
    assert lack.startswith("lacking: Landlock (from Linux 5.13)")
