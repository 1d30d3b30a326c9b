"""Very many files in an area's folder: one message that lists them, and the returns among them."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from schemas.model import Gets, Recipient
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.containers import repacked
from tests.support.filled import at_once, fill_return
from tests.support.mixed import many
from tests.workspace.test_lock import ENTRIES

JUNK = many(60, 1500)
REGISTER = replace(
    small_register(), recipients=(Recipient("Office", "office@council.example", (Gets.DIGEST,)),)
)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    settings = folder / "pipeline.toml"
    settings.write_text(at_once(settings.read_text("utf-8")), "utf-8")
    for area in (SAFETY, CARE):
        (folder / "inbox" / area.ref).mkdir()
    return folder


def run(workspace: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "run", "--workspace", str(workspace)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=600)
    assert done.returncode in (0, 1), done.stderr


def mails(workspace: Path) -> list[EmailMessage]:
    found = []
    for path in sorted((workspace / "outbox").glob("**/mail/*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def to(workspace: Path, address: str) -> list[EmailMessage]:
    return [mail for mail in mails(workspace) if mail["To"].addresses[0].addr_spec == address]


def plain(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def drop_junk(folder: Path) -> None:
    for number in range(JUNK):
        (folder / f"junk {number:04}.txt").write_bytes(os.urandom(40 + number))


def test_junk_in_an_areas_folder_is_one_message_that_lists_it(workspace: Path) -> None:
    folder = workspace / "inbox" / SAFETY.ref
    drop_junk(folder)
    mistaken = ENTRIES | {"P2-2": {**ENTRIES["P2-2"], "Performance": "about 4"}}
    fill_return(REGISTER, SAFETY, PERIOD, folder / "wrong.xlsx", mistaken)
    fill_return(REGISTER, CARE, PERIOD, workspace / "inbox" / CARE.ref / "return.xlsx", ENTRIES)
    run(workspace)
    (listing,) = to(workspace, SAFETY.email)
    assert listing["Subject"] == "2 answers to what you sent: 1 sent back and 1 listed"
    words = plain(listing)
    assert f"2. {JUNK:,} files that you left, and what became of them" in words
    assert "1. Return for 2012-13 sent back: 1 thing to correct in wrong.xlsx" in words
    assert words.count("junk 00") == 20
    assert f"And {JUNK - 20:,} more." in words
    assert "F01" not in words
    assert len(list(listing.iter_attachments())) == 21
    (receipt,) = to(workspace, CARE.email)
    assert receipt["Subject"].startswith("Return for 2012-13 accepted")
    run(workspace)
    assert len(to(workspace, SAFETY.email)) == 1


def test_the_digest_lists_some_of_it_and_the_returns_first(workspace: Path) -> None:
    folder = workspace / "inbox" / SAFETY.ref
    drop_junk(folder)
    mistaken = ENTRIES | {"P2-2": {**ENTRIES["P2-2"], "Performance": "about 4"}}
    fill_return(REGISTER, SAFETY, PERIOD, folder / "wrong.xlsx", mistaken)
    run(workspace)
    (digest,) = to(workspace, "office@council.example")
    words = plain(digest)
    assert words.index("wrong.xlsx") < words.index("junk 0000.txt")
    assert f"And {JUNK + 1 - 50:,} more." in " ".join(words.split())


def test_of_a_handful_each_is_answered_in_one_message(workspace: Path) -> None:
    for number in range(5):
        (workspace / "inbox" / SAFETY.ref / f"{number}.txt").write_text(f"Dear council {number}")
    run(workspace)
    (answers,) = to(workspace, SAFETY.email)
    assert answers["Subject"] == "5 answers to what you sent: 5 sent back"
    assert plain(answers).count("Your return was sent back: 1 thing to correct") == 5


def test_what_is_attached_goes_into_one_message(workspace: Path) -> None:
    settings = workspace / "pipeline.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("largest_mb = 20", "largest_mb = 1"), "utf-8"
    )
    base = fill_return(REGISTER, SAFETY, PERIOD, workspace / "base.xlsx", ENTRIES).read_bytes()
    for number in range(8):
        # A return of no period that is known, and of some size.
        path = workspace / "inbox" / SAFETY.ref / f"{number}.xlsx"
        path.write_bytes(_without_period(base, number))
    run(workspace)
    (listing,) = to(workspace, SAFETY.email)
    attached = list(listing.iter_attachments())
    assert 1 <= len(attached) < 8
    assert len(listing.as_bytes()) < 1024 * 1024


def _without_period(base: bytes, number: int) -> bytes:
    # What does not pack to less than half.
    noise = random.Random(number).randbytes(200_000).hex().encode()  # noqa: S311 - no secret

    def changed(name: str, content: bytes) -> bytes:
        if name == "docProps/app.xml":
            return content + b"<!--" + noise + b"-->"
        return content.replace(PERIOD.name.encode(), b"2031-32")

    return repacked(base, changed)
