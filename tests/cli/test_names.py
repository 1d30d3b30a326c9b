"""No name of a file or a folder moves a terminal, or passes for a line of the program's own."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from tests.support.command_line import quarterday
from tests.support.council import Council, care, community

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere no file has such a name")

FORGED = "quarterday: all is well"
#: It clears the screen, begins a line, goes back to its start, and turns the rest around.
NASTY = f"a\x1b[2J\x9b2J\n{FORGED}\r\t\u202eb.xlsx"
#: What may stand in what is printed but for text: ends of lines, and tabs between columns.
MOVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """A workspace of such a name with such files, after a night."""
    council = Council(tmp_path / f"of {NASTY}")
    community(council, P1_1="about 10")
    care(council)
    inbox = council.place.inbox
    council.drop_bytes(b"Dear council", NASTY)
    os.mkfifo(inbox / f"pipe {NASTY}")
    (inbox / f"folder {NASTY}").mkdir()
    (inbox / f"~${NASTY}").write_bytes(b"\x05Smith")
    council.night()
    archived = council.archived()
    archived[0].unlink()
    (council.place.archive / f"stray {NASTY}").touch()
    (council.place.outbox / f".quarterday-{NASTY}").touch()
    (council.root / "templates").mkdir()
    (council.root / "templates" / NASTY).touch()
    return council


def commands(council: Council) -> list[tuple[object, ...]]:
    root, beside = council.root, council.root.parent
    return [
        ("validate", council.place.inbox / f"~${NASTY}", beside / f"none {NASTY}", "-w", root),
        *((name, "-w", root) for name in ("run", "status", "history", "runs", "doctor", "replay")),
        *((name, "-w", root) for name in ("merge", "template", "fetch", "forget", "ingest")),
        ("trace", "P2-2", "-w", root),
        ("history", NASTY, "-w", root),
        ("send", "--drop", NASTY, "-w", root),
        ("appendix", "--period", NASTY, "-w", root),
        ("backup", beside / f"backup {NASTY}", "-w", root),
        ("restore", beside / f"backup {NASTY}", beside / f"restored {NASTY}"),
        ("restore", beside / f"none {NASTY}", beside / "never"),
        ("run", "-w", beside / f"none {NASTY}"),
        ("schedule", "show", "--for", "cron", "-w", root),
        ("init", beside / f"new {NASTY}"),
    ]


def test_whatever_a_command_prints_it_is_text_and_its_own(council: Council) -> None:
    for words in commands(council):
        for more in ((), ("--json",)):
            result = quarterday(*words, *more)
            said = f"{words[0]} {more}: {result.output!r}"
            assert "Traceback" not in result.output, said
            assert not MOVES.search(result.output), said
            lines = result.output.splitlines()
            assert not any(line.lstrip().startswith(FORGED) for line in lines), said
            if more and result.exit_code in (0, 1):
                json.loads(result.stdout)
    # The register is read last: from here on every command is one line.
    (council.root / "register.xlsx").unlink()
    for _ in range(2):
        (line,) = quarterday("run", "-w", council.root).stderr.splitlines()
        assert "�" in line
    first = quarterday("runs", "-w", council.root).stdout.splitlines()[0]
    assert first.count("\t") == 4
    assert "register.xlsx is not in" in first
    assert not MOVES.search(first)
