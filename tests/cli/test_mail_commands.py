"""Mail on the command line: what would go, what went, what is stuck and how a person settles it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from schemas.model import Gets, Recipient
from tests.support import command_line
from tests.support.builders import CARE, PERIOD, SAFETY, small_register
from tests.support.filled import fill_return
from tests.support.mailserver import DOT, DROP, Fault, Mailbox, mail_server
from tests.support.mixed import ENTRIES, set_up
from tests.support.registers import put_register

NAMES = ("ada", "ben")
PEOPLE = tuple(Recipient(name, f"{name}@council.example", (Gets.APPENDIX,)) for name in NAMES)
REGISTER = replace(small_register(), recipients=PEOPLE)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace in which a return that is right and one that is not wait."""
    folder = tmp_path / "workspace"
    put_register(REGISTER, folder / "register.xlsx")
    make_workspace(folder, PERIOD.due, REGISTER)
    put_register(REGISTER, folder / "register.xlsx")
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    fill_return(REGISTER, SAFETY, PERIOD, folder / "inbox" / "right.xlsx", ENTRIES)
    wrong = ENTRIES | {"P2-2": {"Performance": "about 4"}}
    fill_return(REGISTER, CARE, PERIOD, folder / "inbox" / "wrong.xlsx", wrong)
    return folder


@pytest.fixture
def box(place: Path) -> Iterator[Mailbox]:
    with mail_server() as box:
        sender = "Team <team@council.example>"
        set_up(
            place,
            section="mail",
            server="localhost",
            port=box.port,
            security="none",
            sender=sender,
        )
        yield box


def quarterday(place: Path, *words: str) -> tuple[int, str]:
    result = command_line.quarterday(*words, "--workspace", str(place))
    return result.exit_code, result.output


def document(place: Path, *words: str) -> Any:
    return json.loads(quarterday(place, *words, "--json")[1])


def files_of(place: Path) -> dict[str, bytes]:
    outbox = place / "outbox"
    return {str(p): p.read_bytes() for p in sorted(outbox.rglob("*")) if p.is_file()}


def test_a_dry_run_says_what_would_go_to_whom_and_changes_nothing(
    place: Path, box: Mailbox
) -> None:
    box.refused = dict.fromkeys(
        ("ada@council.example", "ben@council.example"), "450 4.2.0 Not at this hour"
    )
    quarterday(place, "run")
    before, sent = files_of(place), len(box.messages)
    # What came was answered: with a receipt, and with what was sent back.
    assert sent == 2
    code, said = quarterday(place, "send", "--dry-run")
    rows = [line.split("\t") for line in said.splitlines()]
    assert code == 0
    assert [(row[0], row[1]) for row in rows] == [
        ("appendix", "ada@council.example"),
        ("appendix", "ben@council.example"),
    ]
    assert (files_of(place), len(box.messages)) == (before, sent)
    waiting = document(place, "send", "--dry-run")["messages"]
    # While mail waits, a person may have to see to it.
    assert quarterday(place, "send")[0] == 1
    box.refused = {}
    assert quarterday(place, "send")[0] == 0
    # What was shown is what went, and no appendix was written for it.
    assert [one["message_id"] for one in waiting] == box.ids()[sent:]
    assert files_of(place) == before


def test_a_run_sends_the_appendix_a_receipt_and_what_was_sent_back_once(
    place: Path, box: Mailbox
) -> None:
    code, _ = quarterday(place, "run")
    assert code == 1
    assert sorted(box.recipients) == [
        "ada@council.example", "ben@council.example", CARE.email, SAFETY.email]  # fmt: skip
    assert quarterday(place, "run") == (0, "Nothing new.\n")
    assert quarterday(place, "send") == (0, "")
    assert len(box.messages) == 4
    assert not list((place / "outbox").rglob("*.eml"))


def test_what_is_refused_is_told_every_night_until_a_person_settles_it(
    place: Path, box: Mailbox
) -> None:
    box.refused["ada@council.example"] = "550 5.1.1 No such person"
    quarterday(place, "run")
    for command in ("run", "status"):
        code, said = quarterday(place, command)
        assert code == 1
        assert "refused (550 5.1.1 No such person)" in said
    (stuck,) = document(place, "status")["mail"]["stuck"]
    assert stuck["message_id"].strip("<>") in stuck["remedy"]
    box.refused.clear()
    assert quarterday(place, "send", "--again", stuck["message_id"])[0] == 0
    assert box.recipients.count("ada@council.example") == 1
    assert quarterday(place, "run")[0] == 0
    assert quarterday(place, "run") == (0, "Nothing new.\n")


def test_what_may_have_arrived_is_dropped_by_a_person(place: Path, box: Mailbox) -> None:
    box.faults[DOT] = [Fault(keeps=True), Fault(keeps=True)]
    quarterday(place, "run")
    stuck = document(place, "status")["mail"]["stuck"]
    assert [one["outcome"] for one in stuck] == ["uncertain", "uncertain"]
    # Two in a row are trouble of the server: the others have waited.
    ids = [one["message_id"] for one in stuck]
    assert quarterday(place, "send", "--drop", ids[0], "--drop", ids[1])[0] == 0
    assert len(set(box.ids())) == len(box.ids()) == 4
    code, said = quarterday(place, "send", "--drop", "nobody@council.example")
    assert code == 2
    assert "No message has the Message-ID <nobody@council.example>" in said


def test_mail_that_waits_is_tried_by_an_otherwise_idle_night_once_it_is_due(
    place: Path, box: Mailbox
) -> None:
    box.faults["RCPT"] = [Fault("450 Later")] * 4
    quarterday(place, "run")
    assert not box.messages
    assert quarterday(place, "run") == (0, "Nothing new.\n")
    stamp = place / "var" / "settled"
    key, noted, _ = stamp.read_text().split("\n")
    stamp.write_text(f"{key}\n{noted}\n2013-04-30T02:00:00+00:00")
    _, said = quarterday(place, "run")
    assert "Nothing new." not in said
    assert "Mail that waits: 4; tried again by the first run after" in said
    assert quarterday(place, "send")[0] == 0
    assert len(box.messages) == 4


def test_what_waited_when_a_backup_was_made_is_left_to_a_person_where_it_is_put_back(
    place: Path, box: Mailbox, tmp_path: Path
) -> None:
    box.faults["MAIL"] = [DROP] * 2
    quarterday(place, "run")
    command_line.quarterday("backup", str(tmp_path / "b.tar"), "--workspace", str(place))
    quarterday(place, "send")
    assert len(box.messages) == 4
    command_line.quarterday("restore", str(tmp_path / "b.tar"), str(tmp_path / "back"))
    assert quarterday(tmp_path / "back", "run")[0] == 1
    stuck = document(tmp_path / "back", "status")["mail"]["stuck"]
    assert {one["state"] for one in stuck} == {
        "may have arrived: It waited when the backup was made."}  # fmt: skip
    assert len(box.messages) == 4


def test_a_store_that_is_made_again_sends_nothing_again(place: Path, box: Mailbox) -> None:
    quarterday(place, "run")
    (place / "var" / "quarterday.sqlite3").unlink()
    code, said = quarterday(place, "replay", "--rebuild")
    assert code == 0, said
    next((place / "outbox").rglob("Appendix*.xlsx")).unlink()
    quarterday(place, "run")
    assert quarterday(place, "send") == (0, "")
    assert len(box.messages) == 4


def test_after_a_restore_it_is_said_how_many_messages_wait_for_a_person(
    place: Path, box: Mailbox, tmp_path: Path
) -> None:
    box.refused |= dict.fromkeys(
        [*(p.email for p in PEOPLE), CARE.email, SAFETY.email], "451 Later"
    )
    quarterday(place, "run")
    waits = document(place, "status")["mail"]["waiting"]
    assert waits == 4
    command_line.quarterday("backup", tmp_path / "b.tar", "--workspace", place)
    new = tmp_path / "new"
    restored = command_line.quarterday("restore", tmp_path / "b.tar", new)
    said = "attention  mail, held: 4 messages wait for a person's word."
    assert said in restored.output
    assert "quarterday send --again MESSAGE-ID" in restored.output
    assert said in quarterday(new, "doctor", "--quick")[1]
    for one in document(new, "status")["mail"]["stuck"]:
        quarterday(new, "send", "--drop", one["message_id"])
    assert "ok         mail, held: None waits for a person's word." in quarterday(new, "doctor")[1]
