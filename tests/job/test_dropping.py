"""Returns dropped slowly, in pieces, by several at once, while run after run looks at the inbox.

Every return is taken in whole and once. With QUARTERDAY_FAULTS=all (`make faults`) 200 are dropped,
otherwise fewer.
"""

from __future__ import annotations

import hashlib
import io
import random
import subprocess
import sys
import zipfile
from collections import Counter
from itertools import count
from pathlib import Path

import pytest

from pipeline.job.session import store_of
from pipeline.operations.setup import make_workspace
from pipeline.store import Outcome
from pipeline.workspace.folder import open_workspace
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.filled import fill_return
from tests.support.mixed import many
from tests.support.registers import put_register
from tests.workspace.test_lock import ENTRIES

pytestmark = pytest.mark.faults

RETURNS = many(40, 200)
WRITERS = 5
REGISTER = small_register()


def make_originals(folder: Path) -> set[str]:
    """Returns that are accepted or sent back, no two with the same bytes; their hashes."""
    folder.mkdir()
    mistaken = ENTRIES | {"P2-2": {**ENTRIES["P2-2"], "Performance": "about 4"}}
    bases = [
        fill_return(REGISTER, area, PERIOD, folder / "base.xlsx", entries).read_bytes()
        for area in (SAFETY, CARE)
        for entries in (ENTRIES, mistaken)
    ]
    (folder / "base.xlsx").unlink()
    made = random.Random(1)  # noqa: S311 - pictures, no secrets
    hashes = set()
    for number in range(RETURNS):
        content = io.BytesIO(bases[number % len(bases)])
        with zipfile.ZipFile(content, "a") as book:
            # What does not pack: a return of some size, whose parts are not all read.
            book.writestr("xl/media/image1.png", made.randbytes(made.randint(500, 60_000)))
        (folder / f"return {number:03}.xlsx").write_bytes(content.getvalue())
        hashes.add(hashlib.sha256(content.getvalue()).hexdigest())
    assert len(hashes) == RETURNS
    return hashes


def test_returns_that_are_dropped_slowly_are_each_taken_in_whole_and_once(tmp_path: Path) -> None:
    originals, workspace = tmp_path / "originals", tmp_path / "workspace"
    dropped = make_originals(originals)
    put_register(REGISTER, workspace / "register.xlsx")
    make_workspace(workspace, PERIOD.due, REGISTER)
    settings = "[limits]\nsettle_seconds = 0.05\nworkers = 1\n"
    (workspace / "pipeline.toml").write_text(settings, encoding="utf-8")
    inbox, archive = workspace / "inbox", workspace / "var" / "archive"
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.dropping",
             str(originals), str(inbox), str(number), str(WRITERS)]
        )
        for number in range(WRITERS)
    ]  # fmt: skip
    runs = halfway = 0
    for number in count():
        is_last = all(writer.poll() is not None for writer in writers)
        command = ("ingest", "run")[number % 2]
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", command, "--workspace", str(workspace)],
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        runs += 1
        if is_last:
            break
        halfway = sum(path.is_file() for path in archive.glob("??/*"))
    assert [writer.wait() for writer in writers] == [0] * WRITERS
    # Otherwise nothing was looked at while it was being written.
    assert runs > 1
    assert halfway > 0
    assert [path.name for path in inbox.iterdir()] == []
    kept = {path.stem: path.read_bytes() for path in archive.glob("??/*.*")}
    assert kept.keys() == dropped
    assert all(hashlib.sha256(content).hexdigest() == stem for stem, content in kept.items())
    with store_of(open_workspace(workspace)) as store:
        received = store.submissions()
    assert Counter(each.sha256 for each in received) == Counter(dropped)
    assert {each.outcome for each in received} == {Outcome.ACCEPTED, Outcome.REJECTED}
