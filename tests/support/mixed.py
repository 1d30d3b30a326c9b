"""Workspaces with an inbox of returns of mixed fate, to be disturbed in every way there is."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from pipeline.workspace.folder import open_workspace
from schemas.model import Gets, Recipient
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.filled import fill_return

#: QUARTERDAY_FAULTS=all is the whole proof (`make faults`), half kills at every second place only;
#: otherwise a few of everything are tried.
EVERYTHING = os.environ.get("QUARTERDAY_FAULTS") in {"all", "half"}
#: Steps and instants are shared out in so many parts, so that several processors can try them.
PARTS = 8 if EVERYTHING else 1
TRIED_PARTS = range(0, PARTS, 2 if os.environ.get("QUARTERDAY_FAULTS") == "half" else 1)
RETURNS = 40 if EVERYTHING else 12

#: The two areas disagree, and there are people who want to hear of it.
REGISTER = replace(
    small_register(),
    recipients=(
        Recipient("Committee clerk", "clerk@council.example"),
        Recipient("Performance officer", "officer@council.example", (Gets.DIGEST,)),
    ),
)

#: A return of Community safety in which nothing is wrong; Adult social care has fewer rows.
ENTRIES = {
    "P1-1": {"Performance": 4605},
    "P1-2": {"Performance": "24.5%"},
    "P1-3": {"Performance": 1200},
    "P1-4": {"Performance": 14},
    "P1-5": {"Performance": "Better"},
    "P2-1": {"Performance": "On track"},
    "P2-2": {"Performance": 12},
    "P2-3": {"Performance": 3},
}


def many(few: int, all_of_them: int) -> int:
    """How many of something to try."""
    return all_of_them if EVERYTHING else few


def make_start(folder: Path) -> Path:
    """A workspace with a full inbox, to be copied."""
    make_workspace(folder, PERIOD.due, REGISTER)
    # One worker takes as many steps every time; there is no need to wait for files to settle.
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    shutil.rmtree(folder / "inbox")
    make_returns(folder / "inbox", RETURNS)
    return folder


def make_returns(folder: Path, number_of_returns: int) -> None:
    """Returns of mixed fate: accepted, replaced, sent back, sent twice, damaged, no workbook."""
    folder.mkdir()
    for number in range(number_of_returns):
        area = (SAFETY, CARE)[number % 2]
        path = folder / f"{number:02} {area.name}.xlsx"
        entries = {ref: dict(row) for ref, row in ENTRIES.items()}
        match number % 8:
            case 0 | 1 | 2:
                entries["P2-2"]["Performance"] = 10 + number
                fill_return(REGISTER, area, PERIOD, path, entries)
            case 3 | 4:
                entries["P2-2"]["Performance"] = f"about {number}"
                fill_return(REGISTER, area, PERIOD, path, entries)
            case 5:
                # The last return, or the one before it, to be put back in its place.
                of = number - (3 if number % 16 == 5 else 5)
                shutil.copy(folder / f"{of:02} {SAFETY.name}.xlsx", path)
            case 6:
                whole = folder / f"{number - 6:02} {SAFETY.name}.xlsx"
                path.write_bytes(whole.read_bytes()[: 900 + number])
            case _:
                path.write_text(f"no workbook {number}")


def set_up(workspace: Path, section: str = "", **settings: object) -> None:
    """Set some lines of `pipeline.toml`; where no section is named, the first of each name.

    Names such as `server` and `port` stand in more than one: first in [mail.send], then in
    [mail.receive].
    """
    path = workspace / "pipeline.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    first = lines.index(f"[{section}]") if section else 0
    for name, value in settings.items():
        at = next(n for n in range(first, len(lines)) if lines[n].startswith(f"{name} = "))
        # What JSON writes of a text, a number or a list, TOML reads as the same.
        lines[at] = f"{name} = {json.dumps(value, default=str, ensure_ascii=False)}"
    path.write_text("\n".join(lines), encoding="utf-8")


def copied(start: Path, folder: Path, *, inbox: Path | None = None, url: str = "") -> Path:
    """A copy of a workspace, in place of what was there; with its inbox or its store elsewhere."""
    there = inbox or folder / "inbox"
    for old in (folder, there):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(start, folder, ignore=shutil.ignore_patterns("inbox"))
    there.mkdir()
    # By name, so that they arrive in the same order in every copy.
    for path in sorted((start / "inbox").iterdir()):
        shutil.copy2(path, there / path.name, follow_symlinks=False)
    if inbox:
        set_up(folder, inbox=inbox)
    if url:
        set_up(folder, url=url)
    return folder


def waiting(workspace: Path) -> list[str]:
    """The names of what lies in the inbox."""
    return sorted(path.name for path in open_workspace(workspace).inbox.iterdir())
