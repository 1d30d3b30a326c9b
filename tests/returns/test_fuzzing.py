"""A few made-up examples of each kind; `make fuzz` runs many more."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid
from schemas.units import Unit
from tests.support import fuzzing


@given(fuzzing.anything, st.sampled_from(Unit), fuzzing.formats)
def test_any_cell_in_any_format_has_a_figure_a_meaning_or_a_finding(
    cell: CellValue, unit: Unit, number_format: str | None
) -> None:
    fuzzing.check_figure(cell, unit, number_format)


#: Three tables, of which the last has periods in its rows and no column of the figures.
_HEADS: list[CellValue] = ["Ref", "Indicator", "Performance", "Commentary", "Performance 2011/12"]
_WITHOUT_FIGURES: list[list[CellValue]] = [
    *(_HEADS, _HEADS, ["Priority", "Achievement", "", "Indicator", ""]),
    *(["P1-1", "Adult social care", "", "", ""], _HEADS),
    ["", "Commentary", "time frame", "pi 2012/13", ""],
]


@given(st.lists(fuzzing.grids(), min_size=1, max_size=2))
@example([Grid("Cover", 0, 0, _WITHOUT_FIGURES)])
def test_of_any_sheet_only_what_stands_there_is_read(sheets: list[Grid]) -> None:
    fuzzing.check_layout([replace(g, sheet=f"{g.sheet}{n}") for n, g in enumerate(sheets)])


def test_any_spoilt_workbook_gives_a_reading(tmp_path: Path) -> None:
    folder = tmp_path / "spoilt"
    folder.mkdir()
    fuzzing.check_reader(fuzzing.sound_workbooks(tmp_path), folder, rounds=60, start=1)


def test_any_drawn_archive_or_compound_file_gives_a_reading(tmp_path: Path) -> None:
    folder = tmp_path / "drawn"
    folder.mkdir()
    fuzzing.check_arrivals(folder, rounds=60, start=1)


def test_any_drawn_message_is_read_soon(tmp_path: Path) -> None:
    fuzzing.check_mail(tmp_path / "drawn", rounds=20, start=1)
