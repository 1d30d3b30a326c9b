"""A register that lies there twice, or that someone has open: said where it would be looked for."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.job import nightly
from pipeline.operations.setup import make_workspace
from pipeline.register.beside import beside
from pipeline.workspace.folder import open_workspace
from tests.support.builders import PERIOD
from tests.support.command_line import quarterday
from tests.support.mixed import REGISTER as OVERDUE
from tests.support.mixed import set_up
from tests.support.registers import put_register

#: Nothing of it is due by now.
REGISTER = replace(OVERDUE, periods=(replace(PERIOD, due=date(2100, 4, 30)),))


@pytest.mark.parametrize(
    "name",
    [
        "register (1).xlsx",
        "Register (2).XLSX",
        "register - Copy.xlsx",
        "register - Copy (2).xlsx",
        "register copy.xlsx",
        "register copy 2.xlsx",
        "register 2.xlsx",
        "register (conflicted copy 2012-08-01).xlsx",
        "register (Anna's conflicted copy 2012-08-01).xlsx",
        "register-LAPTOP-4F3A.xlsx",
        "register-Annas-PC.xlsx",
        "register.sync-conflict-20120801-101500-K5HDW2M.xlsx",
        "register [Conflict].xlsx",
        "Register.xlsx",
        "Copy of register.xlsx",
        "Copy (2) of register.xlsx",
    ],
)
def test_what_copying_and_sharing_make_is_a_copy(name: str, tmp_path: Path) -> None:
    (tmp_path / "register.xlsx").write_bytes(b"1")
    (tmp_path / name).write_bytes(b"2")
    assert [copy.name for copy in beside(tmp_path / "register.xlsx").copies] == [name]


@pytest.mark.parametrize(
    "name",
    ["register-new.xlsx", "register 2012-13.xlsx", "registers.xlsx", "old register.xlsx",
     "register (1).docx", "register of assets (1).xlsx", "Copy of registers.xlsx"],
)  # fmt: skip
def test_what_someone_named_is_none(name: str, tmp_path: Path) -> None:
    (tmp_path / "register.xlsx").write_bytes(b"1")
    (tmp_path / name).write_bytes(b"2")
    assert beside(tmp_path / "register.xlsx").lines == ()


@pytest.mark.parametrize("name", ["~$register.xlsx", ".~lock.register.xlsx#"])
def test_who_has_it_open_is_said(name: str, tmp_path: Path) -> None:
    (tmp_path / "register.xlsx").write_bytes(b"1")
    (tmp_path / name).write_bytes(b"2")
    found = beside(tmp_path / "register.xlsx")
    assert not found.copies
    (line,) = found.lines
    assert line == (
        f"Someone has register.xlsx open ({name} lies beside it); what was not saved yet is not "
        "read."
    )


def test_a_copy_is_said_to_be_older_or_newer(tmp_path: Path) -> None:
    for name, saved in (
        ("register.xlsx", 100),
        ("register (1).xlsx", 99),
        ("register (2).xlsx", 101),
    ):
        (tmp_path / name).write_bytes(b"1")
        os.utime(tmp_path / name, (saved * 86_400, saved * 86_400))
    older, newer = beside(tmp_path / "register.xlsx").lines
    assert "register (1).xlsx lies beside register.xlsx and was saved earlier than it" in older
    assert "register (2).xlsx lies beside register.xlsx and was saved later than it" in newer


# --- Where it is said ----------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, PERIOD.due, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    return root


def digests(root: Path) -> list[str]:
    """The words of each digest, by its day."""
    found = []
    for path in sorted((root / "outbox" / "mail").glob("* digest to *.eml")):
        body = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",))
        assert body is not None
        found.append(" ".join(body.get_content().split()))
    return found


def test_status_and_doctor_say_it(place: Path) -> None:
    (place / "register (1).xlsx").write_bytes(b"2")
    (place / "~$register.xlsx").write_bytes(b"3")
    shown = quarterday("status", "--workspace", place)
    assert "register (1).xlsx lies beside register.xlsx" in shown.output
    assert "Someone has register.xlsx open" in shown.output
    document = json.loads(quarterday("status", "--workspace", place, "--json").stdout)
    assert [copy["name"] for copy in document["beside_register"]["copies"]] == ["register (1).xlsx"]
    assert document["beside_register"]["locks"] == ["~$register.xlsx"]
    looked = quarterday("doctor", "--quick", "--workspace", place)
    assert "attention  register, beside it: 1 file beside" in looked.output


def test_a_lock_alone_is_no_trouble(place: Path) -> None:
    (place / "~$register.xlsx").write_bytes(b"3")
    assert quarterday("status", "--workspace", place).exit_code == 0
    looked = quarterday("doctor", "--quick", "--workspace", place)
    assert "ok         register, beside it: It lies there once." in looked.output
    assert "Someone has register.xlsx open" in looked.output


def test_a_copy_makes_one_digest_even_on_an_idle_night_and_a_lock_none(place: Path) -> None:
    now = datetime.now(UTC)

    def night(days: int) -> nightly.Night:
        moment = now + timedelta(days)
        return nightly.run(open_workspace(place), moment, lambda *_: None)

    night(0)
    (place / "~$register.xlsx").write_bytes(b"3")
    assert night(1).was_idle
    (place / "register (1).xlsx").write_bytes(b"2")
    assert not night(2).was_idle
    (digest,) = digests(place)
    assert "COPIES OF THE REGISTER" in digest
    assert "register (1).xlsx lies beside register.xlsx" in digest
    assert night(3).was_idle
    night(4)
    assert len(digests(place)) == 1


# --- Looking at a register -----------------------------------------------------------------------


def test_a_register_that_is_right_is_said_to_be_in_one_line(place: Path) -> None:
    before = sorted(place.rglob("*"))
    result = quarterday("register", "check", "--workspace", place)
    assert result.exit_code == 0
    assert result.stdout == (
        f"register.xlsx is right: {len(REGISTER.areas)} service areas, "
        f"{len(REGISTER.indicators)} indicators, 1 period, 1 open.\n"
    )
    assert sorted(place.rglob("*")) == before


def test_a_candidate_is_held_to_the_same_and_each_mistake_has_its_cell(place: Path) -> None:
    candidate = place / "register-new.xlsx"
    book = load_workbook(place / "register.xlsx")
    book["Indicators"]["H4"] = "sideways"
    book.save(candidate)
    result = quarterday("register", "check", candidate, "--workspace", place)
    assert result.exit_code == 1
    assert result.stdout.startswith("register-new.xlsx: 1 thing to correct\n")
    assert "Indicators!H4" in result.stdout
    document = json.loads(
        quarterday("register", "check", candidate, "--workspace", place, "--json").stdout
    )
    assert not document["is_right"]
    assert document["holds"] is None
    assert [finding["cell"] for finding in document["findings"]] == ["H4"]


def test_a_file_that_cannot_be_opened_is_one_line(place: Path) -> None:
    result = quarterday("register", "check", place / "none.xlsx", "--workspace", place)
    assert result.exit_code == 2
    assert result.stderr.startswith("quarterday: none.xlsx is not in")
    damaged = place / "damaged.xlsx"
    damaged.write_bytes(b"PK\3\4 and nothing more")
    result = quarterday("register", "check", damaged, "--workspace", place)
    assert result.exit_code == 1
    assert "This is no workbook that can be read" in result.stdout
