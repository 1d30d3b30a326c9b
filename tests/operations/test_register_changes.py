"""quarterday register diff: what a change of the register does, on the real command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.job import nightly
from pipeline.operations.setup import make_workspace
from pipeline.register.writer import write_register
from pipeline.workspace.folder import open_workspace
from schemas.model import Register, Target
from tests.support.builders import PERIOD, SAFETY
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES, REGISTER, set_up
from tests.support.registers import put_register

NIGHT = datetime(2013, 4, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace in which one area's return was taken in and the appendix issued."""
    root = tmp_path / "workspace"
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, PERIOD.due, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    fill_return(REGISTER, SAFETY, PERIOD, root / "inbox" / "return.xlsx", ENTRIES)
    nightly.run(open_workspace(root), NIGHT, lambda *_: None)
    return root


def candidate(place: Path, register: Register) -> Path:
    path = place / "register-new.xlsx"
    write_register(register, path)
    return path


def retargeted(value: int) -> Register:
    first, second = REGISTER.targets
    return replace(REGISTER, targets=(replace(first, value=Decimal(value)), second))


def test_another_target_says_which_colour_changes_and_tells_no_figure(place: Path) -> None:
    path = candidate(place, retargeted(4605))
    before = {each: each.read_bytes() for each in place.rglob("*") if each.is_file()}
    result = quarterday("register", "diff", path, "--workspace", place)
    assert result.exit_code == 0, result.output
    wording = REGISTER.indicators[0].wording
    assert result.stdout.splitlines() == [
        "register-new.xlsx, against register.xlsx:",
        "",
        "Targets and tolerances:",
        f"  P1-1 ({wording}), 2012-13: the target is at most 4605; it was at most 4248.",
        "",
        "Appendices:",
        "  2012-13: the next run makes the appendix anew; these colours change.",
        "    The whole: green; it was amber.",
        f"    P1-1 ({wording}): green; it was red.",
    ]
    assert {each: each.read_bytes() for each in place.rglob("*") if each.is_file()} == before


def test_what_no_appendix_prints_changes_none(place: Path) -> None:
    path = candidate(place, replace(REGISTER, areas=(replace(SAFETY, email=""), REGISTER.areas[1])))
    result = quarterday("register", "diff", path, "--workspace", place)
    assert "The e-mail of Community safety is blank" in result.stdout
    assert "  2012-13: the appendix stays as it is.\n" in result.stdout


def test_a_closed_period_stays_as_it_is(place: Path) -> None:
    register = replace(retargeted(9999), periods=(replace(PERIOD, open=False),))
    result = quarterday("register", "diff", candidate(place, register), "--workspace", place)
    assert "2012-13 is closed: returns for it are sent back from now on" in result.stdout
    assert "  2012-13: closed, so its appendix stays as it is.\n" in result.stdout


def test_without_a_file_it_is_the_one_that_a_run_used_last(place: Path) -> None:
    same = quarterday("register", "diff", "--workspace", place)
    assert same.exit_code == 0
    assert same.stdout == (
        f"register.xlsx says the same as the kept register {_kept(place).stem[:12]}.\n"
    )
    write_register(retargeted(9999), place / "register.xlsx")
    result = quarterday("register", "diff", "--workspace", place, "--json")
    document = json.loads(result.stdout)
    assert document["old"]["sha256"] == _kept(place).stem
    assert [each["concern"] for each in document["differences"]] == ["Targets and tolerances"]
    (appendix,) = document["appendices"]
    assert appendix["period"] == "2012-13"
    assert appendix["is_changed"]
    assert appendix["ratings"]
    # The same by the first digits of what the archive keeps, and by both files.
    by_digits = quarterday(
        "register", "diff", _kept(place).stem[:8], "--workspace", place, "--json"
    )
    assert json.loads(by_digits.stdout) == document
    both = quarterday(
        *("register", "diff", _kept(place), place / "register.xlsx", "--workspace", place, "--json")
    )
    assert json.loads(both.stdout) == document


def _kept(place: Path) -> Path:
    (path,) = (place / "var" / "archive" / "registers").iterdir()
    return path


def test_where_nothing_was_received_that_is_said(tmp_path: Path) -> None:
    put_register(REGISTER, tmp_path / "register.xlsx")
    target = Target("P1-3", PERIOD.name, value=Decimal(5))
    path = candidate(tmp_path, replace(REGISTER, targets=(*REGISTER.targets, target)))
    result = quarterday("register", "diff", path, "--workspace", tmp_path)
    assert result.exit_code == 0
    assert "Nothing has been received yet, so no appendix changes." in result.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "The archive keeps no register that a run has used"),
        (("none.xlsx",), "none.xlsx is not there"),
        (("abcdef12",), "No register of the archive begins with abcdef12"),
    ],
)
def test_what_is_not_there_is_one_line(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    put_register(REGISTER, tmp_path / "register.xlsx")
    result = quarterday("register", "diff", *words, "--workspace", tmp_path)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert said in result.stderr


def test_a_register_with_a_mistake_is_named_by_its_cells(place: Path) -> None:
    register = replace(REGISTER, framework=replace(REGISTER.framework, council=""))
    result = quarterday("register", "diff", candidate(place, register), "--workspace", place)
    assert result.exit_code == 2
    assert "register-new.xlsx, Framework!B4" in result.stderr
