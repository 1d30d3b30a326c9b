"""What is attached to mail is kept once, goes out as it was composed, and then is gone."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.job.session import store_of
from pipeline.mail.delivery import outgoing
from pipeline.mail.messages import MailKind, Message
from pipeline.operations.setup import make_workspace
from pipeline.store.attachments import put_in, taken_out
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.settings import Settings
from schemas.model import Gets, Recipient
from tests.support import command_line
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.filled import fill_return
from tests.support.mailserver import Mailbox, mail_server
from tests.support.mixed import ENTRIES, set_up

NOW = datetime(2013, 4, 20, 2, tzinfo=UTC)
NAMES = ("ada", "ben", "cy")
ADDRESSES = [f"{name}@council.example" for name in NAMES]
REGISTER = replace(
    small_register(),
    recipients=tuple(
        Recipient(name, to, (Gets.APPENDIX,)) for name, to in zip(NAMES, ADDRESSES, strict=True)
    ),
)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace in which a return that is right and one that is not wait."""
    folder = tmp_path / "workspace"
    make_workspace(folder, PERIOD.due, REGISTER)
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    fill_return(REGISTER, SAFETY, PERIOD, folder / "inbox" / "right.xlsx", ENTRIES)
    wrong = ENTRIES | {"P2-2": {"Performance": "about 4"}}
    fill_return(REGISTER, CARE, PERIOD, folder / "inbox" / "wrong.xlsx", wrong)
    return folder


@pytest.fixture
def away(place: Path) -> Iterator[Mailbox]:
    """A mail server that takes nothing for now."""
    with mail_server() as box:
        set_up(place, section="mail", server="localhost", port=box.port, security="none",
               sender="Team <team@council.example>")  # fmt: skip
        box.refused = dict.fromkeys([*ADDRESSES, SAFETY.email, CARE.email], "450 Not now")
        yield box


def quarterday(place: Path, *words: str) -> tuple[int, str]:
    result = command_line.quarterday(*words, "--workspace", str(place))
    return result.exit_code, result.output


def kept(place: Path) -> dict[str, bytes]:
    folder = place / "var" / "attachments"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sent_files(box: Mailbox) -> list[bytes]:
    return [part.get_content() for mail in box.messages for part in mail.iter_attachments()]


def test_a_file_that_goes_with_several_messages_is_kept_once_until_all_are_sent(
    place: Path, away: Mailbox
) -> None:
    quarterday(place, "run")
    files = kept(place)
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in files.items())
    (appendix,) = (place / "outbox" / PERIOD.name).glob("*.xlsx")
    (copy,) = (place / "outbox" / PERIOD.name / "corrections").glob("*.xlsx")
    assert sorted(files.values()) == sorted([appendix.read_bytes(), copy.read_bytes()])
    with store_of(open_workspace(place)) as store:
        queued = store.messages.all()
        contents = [store.messages.content(one.id) or b"" for one in queued]
    assert sum(one.size for one in queued) > 4 * len(appendix.read_bytes())
    assert sum(map(len, contents)) < sum(one.size for one in queued) / 2
    away.refused = {ADDRESSES[0]: "450 Not now"}
    quarterday(place, "send")
    assert list(kept(place).values()) == [appendix.read_bytes()]
    away.refused = {}
    quarterday(place, "send")
    assert kept(place) == {}
    assert not list((place / "var" / "attachments").rglob("*"))
    went = sent_files(away)
    assert went.count(appendix.read_bytes()) == 3
    assert went.count(copy.read_bytes()) == 1


def test_without_a_server_messages_are_files_and_nothing_is_kept(place: Path) -> None:
    quarterday(place, "run")
    assert len(list((place / "outbox").glob("*/mail/*.eml"))) == 5
    assert kept(place) == {}


@pytest.mark.parametrize("become", ["gone", "other bytes"])
def test_a_file_that_is_not_what_it_was_is_not_sent_and_said(
    place: Path, away: Mailbox, become: str
) -> None:
    quarterday(place, "run")
    for path in (place / "var" / "attachments").rglob("*"):
        if path.is_file() and become == "gone":
            path.unlink()
        elif path.is_file():
            path.write_bytes(b"other bytes")
    away.refused = {}
    code, said = quarterday(place, "send")
    assert code == 1
    assert "missing from var/attachments" in said
    assert "without which mail cannot go" in quarterday(place, "doctor", "--quick")[1]
    # The appendix is written anew, and so is what goes with it; the correction copy is not.
    assert len(sent_files(away)) == 3
    assert len(away.messages) == 4


_KILLED = """
import os, signal, sys
from pipeline.__main__ import main
left = 2
def watch(event, arguments):
    global left
    if event == "os.rename" and "/attachments/" in str(arguments[1]):
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
main()
"""


def test_a_run_killed_between_a_file_and_its_message_loses_and_leaves_nothing(
    place: Path, away: Mailbox
) -> None:
    words = ("run", "--workspace", str(place))
    done = subprocess.run([sys.executable, "-c", _KILLED, *words], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    assert len(kept(place)) >= 1
    # What no message came to need.
    stray = place / "var" / "attachments" / "00" / ("0" * 64)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"x")
    quarterday(place, "run")
    assert len(kept(place)) == 2
    assert not stray.exists()
    away.refused = {}
    quarterday(place, "send")
    assert len(away.messages) == 5
    assert kept(place) == {}


def test_a_backup_has_what_unsent_messages_need_and_they_go_out_of_what_is_put_back(
    place: Path, away: Mailbox, tmp_path: Path
) -> None:
    quarterday(place, "run")
    before = kept(place)
    assert len(before) == 2
    assert quarterday(place, "backup", str(tmp_path / "kept.tar"))[0] == 0
    again = tmp_path / "again"
    # What waited there is held until a person says that it was not sent meanwhile.
    assert command_line.quarterday("restore", tmp_path / "kept.tar", again).exit_code == 1
    assert kept(again) == before
    with store_of(open_workspace(again)) as store:
        ids = [one.header_id for one in store.messages.all()]
    away.refused = {}
    for header_id in ids:
        quarterday(again, "send", "--again", header_id)
    assert sorted(sent_files(away)) == sorted([*before.values(), *_appendix(before, 2)])


def _appendix(files: dict[str, bytes], times: int) -> list[bytes]:
    """The larger goes to three people."""
    return [max(files.values(), key=len)] * times


@given(
    files=st.lists(st.binary(min_size=0, max_size=400), max_size=3),
    text=st.text(st.characters(codec="ascii", exclude_characters="\r"), max_size=300),
)
def test_a_message_is_put_together_as_it_was_composed(files: list[bytes], text: str) -> None:
    email = EmailMessage(policy=SMTP)
    email["Subject"] = "Returns"
    email.set_content(text, cte="quoted-printable")
    email.add_alternative("<p>Returns</p>", subtype="html", cte="quoted-printable")
    for number, file in enumerate(files):
        email.add_attachment(
            file, maintype="application", subtype="octet-stream", filename=f"{number}.xlsx"
        )
    whole = email.as_bytes()
    left, attached = taken_out(whole, files)
    assert len(attached) == len([file for file in files if file])
    with TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), Settings())
        message = Message(
            MailKind.APPENDIX, "<a@b>", "chair@council.example", "Returns", "a.eml", email
        )
        made = outgoing(workspace, message, NOW)
        assert (made.content, list(made.attached)) == (left, attached)
        assert made.queued.size == len(whole)
        assert put_in(left, attached, workspace) == whole
