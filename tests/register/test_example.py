"""The register that shows one of each, and the page that explains it by the same rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.example import example_register
from pipeline.register.reader import inspect_register
from pipeline.register.rows import Amount, Cell, tables
from pipeline.workspace.settings import Settings
from schemas.findings import Finding
from schemas.model import Register
from schemas.names import name_key
from schemas.register_columns import Content, RegisterSheet
from schemas.register_layout import INDICATORS, SHEETS, TARGETS
from schemas.register_settings import FRAMEWORK
from schemas.targets import target_in
from schemas.timeline import in_force
from schemas.units import shown
from tests.support.command_line import quarterday

PAGE = Path(__file__).parents[2] / "docs" / "register.md"
#: What blank says, so that no row need choose it; and where one choice shows what the rest are.
NOT_CHOSEN = {"every period", "never", "sole owner", "suppress", "as reported", "not compared"}
NOT_CHOSEN |= {"print the last figure"}
ONE_IS_ENOUGH = {"operator", "unit", "tolerance_kind", "ask_confidence", "ask_forecast"}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Register, list[Finding]]:
    """What the command writes, as a run reads it, with what is asked about it."""
    path = tmp_path_factory.mktemp("example") / "example register.xlsx"
    assert quarterday("register", "example", path).exit_code == 0
    register, findings = inspect_register(path, Settings().limits)
    return register, list(findings)


@pytest.fixture(scope="module")
def rows(read: tuple[Register, list[Finding]]) -> dict[str, list[dict[str, str]]]:
    """The rows of each sheet, as they are shown, by their headings."""
    return {
        sheet.title: [
            dict(zip((c.heading for c in sheet.columns), map(_shown, cells), strict=True))
            for cells in some
        ]
        for sheet, some in tables(read[0])
    }


def _shown(cell: Cell) -> str:
    match cell:
        case Amount():
            return shown(cell.value, cell.unit)
        case date():
            return f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell)


def test_nothing_is_asked_about_the_example(read: tuple[Register, list[Finding]]) -> None:
    register, findings = read
    assert findings == []
    assert replace(register, sha256="") == example_register()


def test_an_example_is_not_written_over_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(b"what someone typed")
    refused = quarterday("register", "example", path)
    assert (refused.exit_code, path.read_bytes()) == (2, b"what someone typed")
    assert "is there already" in refused.stderr


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.title)
def test_each_column_of_the_register_is_filled_in_some_row(
    sheet: RegisterSheet, rows: dict[str, list[dict[str, str]]]
) -> None:
    said = rows[sheet.title]
    blank = {c.heading for c in sheet.columns if not any(row[c.heading] for row in said)}
    if sheet is FRAMEWORK:
        # Blank counts as what it says for these.
        blank -= {"Year begins in", "Corrective action", "Year-end forecast"}
    elif sheet.title == "Decisions":
        # Of accepting a warning, in place of a code.
        blank -= {"Service area", "Finding", "Indicator"}
    assert blank == set()


@pytest.mark.parametrize("sheet", [INDICATORS, TARGETS], ids=lambda sheet: sheet.title)
def test_each_choice_of_indicators_and_targets_is_made_in_some_row(
    sheet: RegisterSheet, rows: dict[str, list[dict[str, str]]]
) -> None:
    for column in sheet.columns:
        if column.content is Content.WORD and column.key not in ONE_IS_ENOUGH:
            made = {row[column.heading] for row in rows[sheet.title]}
            assert set(column.choices) - NOT_CHOSEN <= made, column.heading


def test_areas_are_renamed_merged_split_and_hand_an_indicator_over(
    read: tuple[Register, list[Finding]],
) -> None:
    before, after = (in_force(read[0], name) for name in ("2012-13 Q4", "2013-14 Q1"))
    assert (before.area_name("HSG"), after.area_name("HSG")) == ("Housing", "Homes")
    # Merged, with no row of its own; then split, with a row that says who reports it.
    for ref, owed, by in (("P2-4", "PLN", "HSG"), ("P4-8", "ENV", "HSG")):
        was, now = before.indicator(ref), after.indicator(ref)
        assert was is not None
        assert now is not None
        assert (was.areas, now.areas) == ((owed,), (by,))
    assert {area.ref for area in before.areas} - {area.ref for area in after.areas} == {
        "PLN",
        "CHI",
    }
    assert {"SCH", "FAM"} <= {area.ref for area in after.areas}


def _page_tables() -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Each table of the page above those of the sheets: its place, its headings and its rows."""
    written = PAGE.read_text("utf-8").split(f"\n## {FRAMEWORK.title}\n")[0]
    heading = ""
    for block in re.split(r"\n\n|\n(?=#)", written):
        lines = block.strip().splitlines()
        if lines and lines[0].startswith("#"):
            heading = lines[0].strip("# ")
        if lines and lines[0].startswith("|"):
            cells = [
                [cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
                for line in lines
            ]
            yield heading, cells[0], cells[2:]


#: Headings of the page whose tables are of the register's own rows, and the sheet of these.
EXPLAINED = [
    *("Decide", "Indicators over time", "Targets over time", "Figures of several periods"),
    *(
        "When the policy changes",
        "How bands are printed",
        "Service areas over time",
        "A renamed period",
        "Thresholds",
    ),
    *("Several service areas", "Commentary and plausible figures"),
    *("Corrective action, forecast and confidence", "Type a figure"),
]


def test_the_page_explains_by_rows_of_the_example(
    rows: dict[str, list[dict[str, str]]],
) -> None:
    explained = []
    for heading, headings, cells in _page_tables():
        sheet = max(SHEETS, key=lambda each: len(_of(each, headings)))
        named = _of(sheet, headings)
        if len(named) < 2 or sheet.columns[0].heading not in named:
            continue
        explained.append(heading)
        for row in cells:
            said = {h: c for h, c in zip(headings, row, strict=True) if h in named}
            assert any(said.items() <= each.items() for each in rows[sheet.title]), said
    assert set(EXPLAINED) <= set(explained)


def test_targets_are_spread_and_go_on_as_the_page_says(
    read: tuple[Register, list[Finding]],
) -> None:
    ((headings, cells),) = [
        (headings, cells)
        for heading, headings, cells in _page_tables()
        if heading == "Targets over time"
    ]
    held = 0
    for row in cells:
        said = dict(zip(headings, row, strict=True))
        if said["Period"] != "2012-13":
            continue
        of_periods = {f"2012-13 {each}": said[each] for each in ("Q1", "Q2", "Q3", "Q4")}
        of_periods["2013-14"] = said["a year on"].replace("none", "")
        for period, reached in of_periods.items():
            current = in_force(read[0], period)
            indicator = current.indicator(said["Indicator"]) or read[0].indicator(said["Indicator"])
            target = target_in(read[0], indicator, read[0].period(period)) if indicator else None
            if reached or period == "2013-14":
                assert (target.shown(indicator) if target and indicator else "").lstrip(
                    "<"
                ) == reached
                held += 1
    assert held == 18


def _of(sheet: RegisterSheet, headings: list[str]) -> set[str]:
    return {column.heading for column in sheet.columns} & set(headings)


def test_each_column_that_came_later_is_named_by_the_page() -> None:
    """What only the tables of the sheets name is explained nowhere."""
    written = name_key(PAGE.read_text("utf-8").split(f"\n## {FRAMEWORK.title}\n")[0])
    for sheet in SHEETS:
        for column in sheet.columns:
            if column.later:
                assert name_key(column.heading) in written, f"{sheet.title}: {column.heading}"
