"""What a return says in words has an end, and the cell that goes beyond it is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.operations.setup import make_workspace
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Reading
from pipeline.workbooks.file_kind import FileKind
from schemas.model import Register, TextBounds
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.command_line import quarterday
from tests.support.council import Council
from tests.support.filled import fill_return
from tests.support.mixed import ENTRIES

REGISTER = small_register()
BOUNDS = REGISTER.framework.bounds


def read(path: Path, texts: dict[str, str], achievements: list[str]) -> Reading:
    """A return with these texts in cells of Indicators, and these achievements."""
    filled(path, texts, achievements)
    return read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)


def filled(path: Path, texts: dict[str, str], achievements: list[str]) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, path, ENTRIES)
    book = load_workbook(path)
    for cell, text in texts.items():
        book["Indicators"][cell] = text
    sheet = book["Achievements"]
    top = next(row for row in range(1, 20) if sheet.cell(row, 2).value == "Achievement")
    for number, text in enumerate(achievements, 1):
        sheet.cell(top + number, 1).value = REGISTER.priorities[0].achievements_heading
        sheet.cell(top + number, 2).value = text
    book.save(path)


def said(reading: Reading) -> list[tuple[str, str]]:
    return [(f.code, f.cell) for f in reading.findings if f.code in ("L29", "L30", "L31")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "return.xlsx"


def commentary_of(path: Path) -> str:
    """The cell of the first indicator's commentary."""
    fill_return(REGISTER, SAFETY, PERIOD, path, ENTRIES)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    return reading.cell(reading.rows[0], "commentary")


def test_a_commentary_may_be_so_long_and_no_longer(path: Path) -> None:
    cell = commentary_of(path)
    assert said(read(path, {cell: "x" * BOUNDS.commentary}, [])) == []
    reading = read(path, {cell: "x" * (BOUNDS.commentary + 1)}, [])
    assert said(reading) == [("L29", cell)]
    (finding,) = (f for f in reading.findings if f.code == "L29")
    assert finding.problem == (
        "The text has 4,001 characters; a text on an indicator may have 4,000."
    )
    assert len(reading.rows[0].commentary) == BOUNDS.commentary


def test_an_achievement_may_be_so_long_and_no_longer(path: Path) -> None:
    most = "x" * BOUNDS.achievement
    assert said(read(path, {}, [most])) == []
    assert [code for code, _ in said(read(path, {}, [most, most + "x"]))] == ["L29"]


def test_there_may_be_so_many_achievements_and_no_more(path: Path) -> None:
    assert said(read(path, {}, ["We opened."] * BOUNDS.achievements)) == []
    reading = read(path, {}, ["We opened."] * 1_900)
    (finding,) = (f for f in reading.findings if f.code == "L30")
    assert "holds 1,900 achievements; it may hold 60" in finding.problem
    assert len(reading.achievements) == BOUNDS.achievements


def test_all_that_a_return_says_has_an_end(path: Path) -> None:
    filled(path, {}, ["x" * 2_000] * 3)
    register = with_bounds(TextBounds(whole=5_000))
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, register)
    (finding,) = (f for f in reading.findings if f.code == "L31")
    assert "it may have 5,000 in all" in finding.problem
    assert finding.sheet == "Achievements"


def with_bounds(bounds: TextBounds) -> Register:
    return replace(REGISTER, framework=replace(REGISTER.framework, bounds=bounds))


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (TextBounds(), {"L30"}),
        (TextBounds(achievements=61), set()),
        (TextBounds(achievements=600, achievement=20), {"L29"}),
        (TextBounds(achievements=600, whole=1_000), {"L31"}),
    ],
)
def test_the_register_may_set_other_bounds_which_validate_uses(
    tmp_path: Path, path: Path, bounds: TextBounds, expected: set[str]
) -> None:
    workspace = tmp_path / "workspace"
    make_workspace(workspace, PERIOD.due, with_bounds(bounds))
    filled(path, {}, [f"We opened {number} new libraries." for number in range(61)])
    done = quarterday("validate", path, "--json", "--workspace", workspace)
    (one,) = json.loads(done.stdout)
    assert {f["code"] for f in one["findings"]} & {"L29", "L30", "L31"} == expected


def test_a_return_of_very_many_words_is_sent_back_and_others_are_taken(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    words = " ".join(map(str, range(10_000)))
    long = [f"{number} {words}"[:30_000] for number in range(300)]
    filled(council.place.inbox / "long.xlsx", {}, long)
    council.drop(SAFETY, name="good.xlsx")
    said = council.night()
    assert "rejected: long.xlsx (CS, 2012-13)" in said
    assert "accepted: good.xlsx (CS, 2012-13)" in said
    copies = [path for path in council.place.outbox.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in copies) < 4_000_000


@pytest.mark.parametrize(("lines", "is_too_large"), [(1_500, False), (2_100, True)])
def test_a_return_with_thousands_of_lines_of_words_is_too_large_to_be_one(
    path: Path, lines: int, is_too_large: bool
) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, path, ENTRIES)
    book = load_workbook(path)
    for _ in range(lines):
        book["Indicators"].append(["An idle remark"])
    book.save(path)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    assert ("F05" in [found.code for found in reading.findings]) is is_too_large
    assert bool(reading.rows) is not is_too_large


def test_of_very_many_unknown_indicators_the_first_say_which_may_be_meant(path: Path) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, path, ENTRIES)
    book = load_workbook(path)
    wording = REGISTER.indicators_of(SAFETY.ref)[0].wording
    for number in range(600):
        book["Indicators"].append([f"X{number}", "", f"{wording} x{number}", *[""] * 4, 4])
    book.save(path)
    findings = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER).findings
    unknown = [found for found in findings if found.code == "L04"]
    assert len(unknown) == 600
    assert "did you mean" in unknown[0].problem
    assert "did you mean" not in unknown[-1].problem
