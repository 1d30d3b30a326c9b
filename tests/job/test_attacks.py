"""Attacks on a whole night: each costs what it says, and the five good returns beside it are taken.

A night is the real command in a process of its own. Whatever lies in its way, it ends within a
minute, and no process of it, readers included, holds more than half a gibibyte.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.operations.worked_example import entries, example_register, write_return
from pipeline.register.writer import write_register
from schemas.fields import ACHIEVEMENTS_SHEET
from tests.support.containers import as_entries, parts, raw_zip, repacked
from tests.support.endless import Said, endless
from tests.support.hostile import ARCHIVES

pytestmark = pytest.mark.faults

REGISTER = example_register()
AREAS = {area.ref: area for area in REGISTER.areas}
SECONDS, MEBIBYTES = 60, 512
#: The mebibytes that it leaves, what came among them.
LEFT = 128
AT_ONCE = """
[limits]
settle_seconds = 0
incomplete_minutes = 0
"""

#: Puts something in the way of a workspace's night, as long as it is entered.
Attack = Callable[[Path], AbstractContextManager[None]]


@dataclass(frozen=True)
class Night:
    """What a run said, and what it took."""

    said: str
    seconds: float
    #: Of the largest of its processes, at its peak.
    mebibytes: float


def night_of(workspace: Path, *words: str) -> Night:
    """What a run takes, or another command."""
    out = workspace.parent / "said.txt"
    command = [sys.executable, "-m", "pipeline", *(words or ("run",)), "--workspace", workspace]
    begun, peak = time.monotonic(), 0
    with out.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as process:
        while process.poll() is None:
            peak = max(peak, *peaks(process.pid))
            time.sleep(0.02)
    return Night(out.read_text("utf-8"), time.monotonic() - begun, peak / 1024)


def peaks(pid: int) -> Iterator[int]:
    """The kibibytes that a process held at most, and that each of those it started did."""
    yield 0
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text("utf-8")
        yield from (int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text("utf-8").split():
                yield from peaks(int(child))


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a good return of each area in its inbox."""
    root = tmp_path_factory.mktemp("attacked") / "workspace"
    command = [sys.executable, "-m", "pipeline", "init", str(root)]
    subprocess.run(command, check=True, capture_output=True)
    (root / "register.xlsx").unlink()
    write_register(REGISTER, root / "register.xlsx")
    (root / "pipeline.toml").write_text(AT_ONCE, "utf-8")
    for ref, area in AREAS.items():
        write_return(REGISTER, area, root / "inbox" / f"good {ref}.xlsx", entries(ref))
    return root


# --- In the inbox --------------------------------------------------------------------------------


@contextmanager
def packed_by_bzip2(workspace: Path) -> Iterator[None]:
    for hostile in ARCHIVES:
        if "bzip2" in hostile.name:
            (workspace / "inbox" / hostile.name).write_bytes(hostile.make(b""))
    yield


@contextmanager
def endless_names(workspace: Path) -> Iterator[None]:
    """Forty mebibytes of names, which to normalise takes the square of their length."""
    names = ("\u0f73" * 21_000).encode()
    many = [(b"%d" % n + names, b"x") for n in range(320)]
    content = raw_zip(many + as_entries(parts()), flags=0x800)
    (workspace / "inbox" / "names.xlsx").write_bytes(content)
    yield


@contextmanager
def endless_achievements(workspace: Path) -> Iterator[None]:
    path = workspace.parent / "talkative.xlsx"
    write_return(REGISTER, AREAS["SAF"], path, entries("SAF"))
    book = load_workbook(path)
    sheet = book[ACHIEVEMENTS_SHEET]
    priority = REGISTER.priorities[0].achievements_heading
    # Drawn, so that the file is not found out by how small it is packed.
    letters = random.Random(5).choices("abcdefgh ijkl mnop", k=60_000)  # noqa: S311 - no secrets
    for start in range(0, 30_000, 50):
        sheet.append([priority, "".join(letters[start : start + 30_000])])
    book.save(path)
    for number in range(4):
        some = path.read_bytes() + b"\0" * number
        (workspace / "inbox" / f"talkative {number}.xlsx").write_bytes(some)
    yield


@contextmanager
def junk(workspace: Path) -> Iterator[None]:
    """Fifteen hundred files that are no returns, in one area's folder."""
    folder = workspace / "inbox" / AREAS["SAF"].name
    folder.mkdir(exist_ok=True)
    for number in range(1_500):
        (folder / f"{number}.xlsx").write_bytes(b"%d,no figures\n" % number)
    yield


@contextmanager
def sparse(workspace: Path) -> Iterator[None]:
    with (workspace / "inbox" / "sparse.xlsx").open("wb") as file:
        file.write(b"PK\3\4")
        file.truncate(3 * 1024**3)
    yield


# --- In the workspace ----------------------------------------------------------------------------


@contextmanager
def long_register(workspace: Path) -> Iterator[None]:
    """Two hundred thousand rows on a sheet of the register that is nobody's."""
    path = workspace / "register.xlsx"
    texts = "".join(
        f'<c r="{column}{{0}}" t="inlineStr"><is><t>{column} {{0}}</t></is></c>' for column in "ABC"
    )
    rows = "".join(f'<row r="{n}">{texts.format(n)}</row>' for n in range(1, 200_001))
    book = load_workbook(path)
    book.create_sheet("Notes").append(["here"])
    book.save(path)

    def fill(name: str, content: bytes) -> bytes:
        start, end = content.find(b"<sheetData>"), content.find(b"</sheetData>")
        is_notes = name.startswith("xl/worksheets/") and content.count(b"<c ") == 1
        return content[: start + 11] + rows.encode() + content[end:] if is_notes else content

    path.write_bytes(repacked(path.read_bytes(), fill))
    yield


def text_of_mail(text: str) -> Attack:
    @contextmanager
    def put(workspace: Path) -> Iterator[None]:
        folder = workspace / "templates"
        folder.mkdir(exist_ok=True)
        (folder / "mail_receipt.txt.j2").write_text(f"Subject: X\n{text}", "utf-8")
        yield

    return put


@contextmanager
def pipe_among_the_texts(workspace: Path) -> Iterator[None]:
    (workspace / "templates").mkdir(exist_ok=True)
    os.mkfifo(workspace / "templates" / "mail_receipt.txt.j2")
    yield


# --- Servers -------------------------------------------------------------------------------------

SENDING = """
[mail]
sender = "Performance <performance@example.gov>"
[mail.send]
server = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = 2
"""
RECEIVING = """
[mail.receive]
server = "127.0.0.1"
port = {port}
security = "starttls"
user = "returns"
timeout_seconds = 2
"""


def server(settings: str, greeting: bytes, again: Said) -> Attack:
    """A server that says the same for ever, with some seconds between."""

    @contextmanager
    def serve(workspace: Path) -> Iterator[None]:
        with endless(greeting, (), again) as port:
            text = AT_ONCE + settings.format(port=port)
            (workspace / "pipeline.toml").write_text(text, "utf-8")
            yield

    return serve


_LOOP = "{% for _ in range(99999) %}"
#: With what the night must say of each.
ATTACKS: dict[str, tuple[Attack, str]] = {
    "archives packed by bzip2": (packed_by_bzip2, "[F13]"),
    "names without end": (endless_names, "[F13]"),
    "achievements without end": (endless_achievements, "L29"),
    "junk": (junk, "rejected: 1499.xlsx"),
    "a sparse file": (sparse, "far too large to be a return"),
    "a long register": (long_register, "accepted"),
    "a text of mail that takes gigabytes": (text_of_mail("{{ 'x' * 10**10 }}"), "memory"),
    "a text of mail that never ends": (
        text_of_mail(
            "{% for _ in range(99999) %}{% for _ in range(99999) %}{% endfor %}{% endfor %}"
        ),
        "longer",
    ),
    "a pipe among the texts of mail": (pipe_among_the_texts, "no file of its own"),
    "an answer to EHLO without end": (
        server(SENDING, b"220 here\r\n", (b"250-STARTTLS\r\n" * 500, 0)),
        "The mail server 127.0.0.1",
    ),
    "an answer to EHLO byte by byte": (
        server(SENDING, b"220 here\r\n", (b"2", 0.5)),
        "The mail server 127.0.0.1",
    ),
    "a mailbox that talks without end": (
        server(RECEIVING, b"* OK here\r\n", (b"* NO not yet\r\n" * 5000, 0)),
        "waits there for the next run",
    ),
    "a mailbox that talks byte by byte": (
        server(RECEIVING, b"", (b"* ", 0.5)),
        "waits there for the next run",
    ),
}


@pytest.mark.parametrize(("attack", "says"), ATTACKS.values(), ids=ATTACKS)
def test_a_night_that_is_attacked(council: Path, tmp_path: Path, attack: Attack, says: str) -> None:
    workspace = shutil.copytree(council, tmp_path / "workspace")
    with attack(workspace):
        night = night_of(workspace)
    assert says in night.said
    assert "Traceback" not in night.said
    assert night.seconds < SECONDS
    assert night.mebibytes < MEBIBYTES
    assert len(list(workspace.glob("outbox/**/*.eml"))) < 3 * len(AREAS)
    left = [p for p in workspace.rglob("*") if p.is_file() and "quarantine" not in p.parts]
    assert sum(path.stat().st_size for path in left) < LEFT * 1024**2
    for ref in AREAS:
        assert f"accepted: good {ref}.xlsx ({ref}, " in night.said


@pytest.mark.parametrize("attack", [packed_by_bzip2, endless_names])
def test_a_file_that_is_asked_about_is_looked_at_as_a_run_does(
    council: Path, tmp_path: Path, attack: Attack
) -> None:
    workspace = shutil.copytree(council, tmp_path / "workspace")
    with attack(workspace):
        for path in sorted((workspace / "inbox").glob("[!g]*")):
            night = night_of(workspace, "validate", str(path))
            assert "[F13]" in night.said
            assert night.seconds < SECONDS
            assert night.mebibytes < MEBIBYTES
