"""Names of any script, length or weirdness: each file is taken in, archived and recorded once."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path

import pytest

from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.workspace.folder import open_workspace
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.claimed import run
from tests.support.filled import at_once
from tests.support.registers import put_register

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(os.name != "posix", reason="names are bytes, and there is SIGKILL"),
]

NAMES = (
    "التقرير السنوي ٢٠١٢.xlsx".encode(),
    "תשואה שנתית.xlsx".encode(),
    "年次報告 🎉.xlsx".encode(),
    "क्षेत्र\u200dय.xlsx".encode(),
    "e\u0301te\u0301.xlsx".encode(),
    "\u00e9t\u00e9.xlsx".encode(),
    "figures\u202excslx.exe.xlsx".encode(),
    "\u200f\u200e.xlsx".encode(),
    ("ü" * 125 + ".xlsx").encode(),
    b"x" * 255,
    b"." * 3 + b" x",
    b"trailing dots...",
    b"trailing space.xlsx ",
    b" leading space.xlsx",
    b"two\nlines.xlsx",
    b"tab\tand\rreturn.xlsx",
    b"bell\x07\x1b[31m.xlsx",
    b"quotes ' \" ` .xlsx",
    b"back\\slash.xlsx",
    b"--workspace=x.xlsx",
    b"-rf",
    b"$(id) %s {0}.xlsx",
    b"*?.xlsx",
    b"CON.xlsx",
    b"no ending",
    b"caf\xe9.xlsx",
    b"\xff\xfe",
    b"caf\xe8.xlsx",
)
HIDDEN = b"... x"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with a file of every name, in the inbox and in an area's folder of it."""
    folder = tmp_path / "workspace"
    put_register(small_register(), folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, small_register())
    settings = folder / "pipeline.toml"
    settings.write_text(at_once(settings.read_text("utf-8")), "utf-8")
    (folder / "inbox" / SAFETY.name).mkdir()
    for inbox in (folder / "inbox", folder / "inbox" / SAFETY.name):
        for number, name in enumerate(NAMES):
            if name != HIDDEN:
                path = Path(os.fsdecode(os.fsencode(inbox) + b"/" + name))
                path.write_text(f"{inbox.name} {number}")
    return folder


# All 54 files are claimed by their renaming, but for four whose names are too long, which are
# copied; then each is moved by another.
@pytest.mark.parametrize(("killed_at", "archived"), [(0, 0), (1, 0), (2, 0), (58, 7), (80, 29)])
def test_a_file_of_any_name_is_taken_in_archived_and_recorded_once(
    workspace: Path, killed_at: int, archived: int
) -> None:
    inbox = workspace / "inbox"
    dropped = sorted(
        hashlib.sha256(path.read_bytes()).hexdigest() for path in inbox.rglob("*") if path.is_file()
    )
    assert len(dropped) == 2 * len([name for name in NAMES if name != HIDDEN])
    if killed_at:
        assert run(workspace, killed_at).returncode == -signal.SIGKILL
        assert len(list((workspace / "var" / "archive").rglob("*.bin"))) == archived
    done = run(workspace)
    assert done.returncode in (0, 1), done.stderr
    assert "duplicate" not in done.stdout
    assert [path for path in inbox.rglob("*") if not path.is_dir()] == []
    assert sorted(path.stem for path in (workspace / "var" / "archive").rglob("*.bin")) == dropped
    with store_of(open_workspace(workspace)) as store:
        assert sorted(each.sha256 for each in store.submissions()) == dropped
