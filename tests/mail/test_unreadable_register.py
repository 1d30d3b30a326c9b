"""A register that cannot be read: whoever gets the digest hears of it, once a day and mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Timer

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.job import nightly, session
from pipeline.operations.setup import make_workspace
from pipeline.store import Became
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.folder import open_workspace
from schemas.model import Gets, Recipient
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.command_line import quarterday
from tests.support.containers import compound_file
from tests.support.filled import fill_return
from tests.support.mailserver import Fault, Mailbox, mail_server
from tests.support.mixed import ENTRIES, REGISTER, set_up
from tests.support.registers import put_register

NIGHT = datetime(2013, 4, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace whose register was read in a night before; its mail goes into files."""
    root = tmp_path / "workspace"
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, PERIOD.due, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    night(root, NIGHT)
    return root


@pytest.fixture
def box(place: Path) -> Iterator[Mailbox]:
    with mail_server() as box:
        set_up(
            place,
            server="localhost",
            port=box.port,
            security="none",
            sender="Team <team@council.example>",
            timeout_seconds=10,
        )
        yield box


def night(root: Path, moment: datetime) -> None:
    nightly.run(open_workspace(root), moment, lambda *_: None)


def broken_night(root: Path, moment: datetime) -> list[str]:
    with pytest.raises(RegisterError) as raised:
        night(root, moment)
    return raised.value.problems


def spoil(root: Path, cell: str = "H4", typed: object = "sideways") -> None:
    """Type what is no polarity, or something else, into the sheet Indicators."""
    book = load_workbook(root / "register.xlsx")
    book["Indicators"][cell] = typed
    book.save(root / "register.xlsx")


def messages(root: Path) -> list[Path]:
    return sorted((root / "outbox" / "mail").glob("* register to *.eml"))


def words_of(path: Path) -> str:
    message = message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(f"{message['Subject']}\n{body.get_content()}".split())


def test_each_who_gets_the_digest_is_told_each_mistake_with_its_cell(place: Path) -> None:
    spoil(place)
    spoil(place, "F4", "furlongs")
    result = quarterday("run", "--workspace", place)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    (message,) = messages(place)
    said = words_of(message)
    assert "register.xlsx cannot be used: 2 things to correct" in said
    assert "Sheet Indicators, cell H4" in said
    assert "Sheet Indicators, cell F4" in said
    assert '"sideways" is not' in said
    assert "Nothing is taken in, issued or reminded of until it is right." in said
    assert (
        "The register that was used before it was first read on 20 April 2013, 02:00 UTC." in said
    )
    assert "officer" in message.name


def test_the_same_mistakes_are_told_once_a_day_and_others_at_once(place: Path) -> None:
    spoil(place)
    for hours in (24, 25, 26):
        broken_night(place, NIGHT + timedelta(hours=hours))
    assert len(messages(place)) == 1
    spoil(place, "F4", "furlongs")
    broken_night(place, NIGHT + timedelta(hours=27))
    assert len(messages(place)) == 2
    broken_night(place, NIGHT + timedelta(days=2))
    assert len(messages(place)) == 3
    # Since when, and when it could be read last, does not move with the nights.
    said = words_of(messages(place)[-1])
    assert "Since 21 April 2013, 02:00 UTC no run could use it" in said
    assert "first read on 20 April 2013, 02:00 UTC" in said


def test_a_register_that_is_missing_or_under_a_password_is_told_of_too(place: Path) -> None:
    path = place / "register.xlsx"
    path.unlink()
    broken_night(place, NIGHT + timedelta(days=1))
    (missing,) = messages(place)
    assert "register.xlsx cannot be opened" in words_of(missing)
    assert "register.xlsx is not in" in words_of(missing)
    encrypted = {"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(99)}
    path.write_bytes(compound_file(encrypted))
    broken_night(place, NIGHT + timedelta(days=2))
    assert "password" in words_of(messages(place)[-1])


def test_a_register_that_is_away_for_a_moment_is_waited_for(place: Path) -> None:
    set_up(place, settle_seconds=2.0)
    path, aside = place / "register.xlsx", place / "aside.xlsx"
    path.rename(aside)
    back = Timer(0.5, aside.rename, [path])
    back.start()
    night(place, NIGHT + timedelta(days=1))
    back.join()
    assert not messages(place)


def test_nothing_is_taken_in_until_it_is_right_and_then_nothing_more_is_said(place: Path) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, place / "inbox" / "return.xlsx", ENTRIES)
    content = (place / "register.xlsx").read_bytes()
    spoil(place)
    broken_night(place, NIGHT + timedelta(days=1))
    assert [path.name for path in (place / "inbox").iterdir()] == ["return.xlsx"]
    (place / "register.xlsx").write_bytes(content)
    night(place, NIGHT + timedelta(days=2))
    assert not list((place / "inbox").iterdir())
    assert len(messages(place)) == 1
    spoil(place)
    broken_night(place, NIGHT + timedelta(days=3))
    said = words_of(messages(place)[-1])
    assert "Since 23 April 2013, 02:00 UTC" in said
    assert "first read on 22 April 2013, 02:00 UTC" in said


def test_where_no_register_was_ever_read_only_the_exit_code_says_so(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    make_workspace(root, PERIOD.due, REGISTER)
    spoil(root)
    assert broken_night(root, NIGHT)
    assert not messages(root)
    assert not (root / "var" / "quarterday.sqlite3").exists()


def test_taking_in_by_hand_tells_whoever_does_it_and_nobody_else(place: Path) -> None:
    spoil(place)
    assert quarterday("ingest", "--workspace", place).exit_code == 2
    assert not messages(place)


def test_it_is_delivered_as_all_mail_is_and_tried_again(place: Path, box: Mailbox) -> None:
    spoil(place)
    box.faults["MAIL"] = [Fault("451 Not now")]
    broken_night(place, NIGHT + timedelta(days=1))
    assert not box.messages
    broken_night(place, NIGHT + timedelta(days=1, hours=1))
    assert box.recipients == ["officer@council.example"]


def test_what_waits_of_it_is_dropped_once_the_register_is_right(place: Path, box: Mailbox) -> None:
    content = (place / "register.xlsx").read_bytes()
    spoil(place)
    box.faults["MAIL"] = [Fault("451 Not now")]
    broken_night(place, NIGHT + timedelta(days=1))
    (place / "register.xlsx").write_bytes(content)
    night(place, NIGHT + timedelta(days=1, hours=1))
    assert not box.messages
    with session.store_of(open_workspace(place)) as store:
        (one,) = (each for each in store.messages.all() if each.kind == "register")
    assert one.last is not None
    assert one.last.outcome is Became.DROPPED


def test_other_mail_waits_until_the_register_is_right(place: Path, box: Mailbox) -> None:
    box.faults["MAIL"] = [Fault("451 Not now")] * 5
    fill_return(REGISTER, CARE, PERIOD, place / "inbox" / "return.xlsx", ENTRIES)
    night(place, NIGHT + timedelta(hours=1))
    assert not box.messages
    box.faults.clear()
    spoil(place)
    broken_night(place, NIGHT + timedelta(days=1))
    assert box.recipients == ["officer@council.example"]


def test_its_words_can_be_the_officers_own(place: Path) -> None:
    (place / "templates").mkdir()
    (place / "templates" / "mail_register.txt.j2").write_text(
        "Subject: Ring me about {{ register.name }}\n\n{{ count }}", encoding="utf-8"
    )
    spoil(place)
    broken_night(place, NIGHT + timedelta(days=1))
    assert words_of(messages(place)[-1]) == "Ring me about register.xlsx 1 thing to correct"


def test_hundreds_of_mistakes_are_bounded(place: Path) -> None:
    people = tuple(
        Recipient(f"Person {number}", f"person {number}", (Gets.DIGEST,)) for number in range(200)
    )
    book = load_workbook(place / "register.xlsx")
    sheet = book["Recipients"]
    for row, one in enumerate(people, 6):
        for column, typed in enumerate((one.name, one.email, "digest"), 1):
            sheet.cell(row, column).value = typed
    book.save(place / "register.xlsx")
    assert len(broken_night(place, NIGHT + timedelta(days=1))) == 200
    (message,) = messages(place)
    assert "200 things to correct" in words_of(message)
    assert message.stat().st_size < 60_000


def test_whoever_no_longer_gets_the_digest_is_not_written_to(place: Path) -> None:
    put_register(
        replace(
            REGISTER, recipients=(Recipient("Deputy", "deputy@council.example", (Gets.DIGEST,)),)
        ),
        place / "register.xlsx",
    )
    night(place, NIGHT + timedelta(hours=1))
    spoil(place)
    broken_night(place, NIGHT + timedelta(days=1))
    (message,) = messages(place)
    assert "deputy" in message.name
