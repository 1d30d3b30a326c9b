"""Returns held against what their area reported before, through the command line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.model import Period, Target
from tests.support.builders import CARE, SAFETY
from tests.support.council import REGISTER, Council
from tests.support.filled import fill_in

LATE = date(2099, 12, 31)
YEARS = tuple(
    Period(f"{y}-{(y + 1) % 100}", date(y, 4, 1), date(y + 1, 3, 31), LATE) for y in (2010, 2011)
)
FIRST, SECOND = YEARS
FIGURES: dict[str, object] = {"P1-1": 4605, "P2-2": 40, "P2-4": 7}


@pytest.fixture
def council(tmp_path: Path) -> Council:
    target = Target("P1-1", SECOND.name, value=Decimal(4248))
    return Council(tmp_path / "council", replace(REGISTER, periods=YEARS, targets=(target,)))


def said(council: Council) -> list[tuple[str, str, str]]:
    """Each file with its outcome and the codes that were found, in the order received."""
    with council.store as store:
        found = store.submissions()
    return [(s.filename, str(s.outcome), " ".join(f.code for f in s.findings)) for s in found]


def templates(council: Council, period: Period) -> dict[str, Path]:
    written = map(Path, council.call("template", "--period", period.name))
    return {path.stem.rpartition(" - ")[2]: path for path in written}


def row_of(path: Path, ref: str) -> dict[str, Any]:
    """What stands in an indicator's row of a template, by heading."""
    sheet = load_workbook(path)["Indicators"]
    headings = [cell.value for cell in sheet[4]]
    row = next(row for row in sheet.iter_rows(min_row=5) if row[0].value == ref)
    return dict(zip(map(str, headings), (cell.value for cell in row), strict=True))


def test_a_template_shows_an_area_its_own_last_figures_and_the_return_is_taken(
    council: Council,
) -> None:
    council.drop(SAFETY, FIGURES | {"P2-2": "<5"}, period=FIRST)
    council.drop(CARE, FIGURES | {"P2-2": 61}, period=FIRST)
    council.night()
    paths = templates(council, SECOND)
    safety, care = paths[SAFETY.name], paths[CARE.name]
    assert row_of(safety, "P1-1")["Last period"] == f"4605\n({FIRST.name})"
    assert row_of(safety, "P2-1")["Last period"] == f"On track\n({FIRST.name})"
    assert row_of(safety, "P1-5")["Last period"] is None
    # What it may not publish is its own; another area's is not.
    assert row_of(safety, "P2-2")["Last period"] == f"Suppressed\n({FIRST.name})"
    assert row_of(care, "P2-2")["Last period"] == f"61\n({FIRST.name})"
    assert "A year before" not in row_of(safety, "P1-1")
    entries = {ref: {"Performance": value} for ref, value in {"P1-5": "Better"}.items()}
    figures = {"P1-1": 4500, "P2-1": "On track", "P2-2": 33, "P2-4": 9}
    entries |= {ref: {"Performance": value} for ref, value in figures.items()}
    filled = council.drop_bytes(safety.read_bytes(), "second.xlsx")
    fill_in(filled, entries)
    council.night()
    assert said(council)[-1] == ("second.xlsx", "accepted", "C05")


def test_a_template_written_before_anything_was_reported_has_no_such_column(
    council: Council,
) -> None:
    for path in templates(council, SECOND).values():
        assert "Last period" not in row_of(path, "P2-4")


def test_what_is_typed_over_an_earlier_figure_is_asked_about_and_changes_nothing(
    council: Council,
) -> None:
    council.drop(SAFETY, FIGURES, period=FIRST)
    council.night()
    filled = council.drop_bytes(templates(council, SECOND)[SAFETY.name].read_bytes(), "b.xlsx")
    figures = {"P1-1": 4600, "P1-5": "x", "P2-1": "Complete", "P2-2": 41, "P2-4": 8}
    entries: dict[str, dict[str, object]] = {
        ref: {"Performance": value} for ref, value in figures.items()
    }
    entries["P2-4"]["Last period"] = f"17\n({FIRST.name})"
    fill_in(filled, entries)
    council.night()
    with council.store as store:
        (found,) = store.submissions()[-1].findings
        assert store.figures(FIRST.name, [SAFETY.ref])[FIRST.name, "P2-4", "CS"] == 7
    assert (found.code, found.place) == ("C71", "Indicators!F9")
    assert found.problem.startswith("Under Last period stands 17")
    assert "P2-4, and 7 counts" in found.problem


def test_a_return_with_every_figure_of_the_last_period_is_asked_about_once(
    council: Council,
) -> None:
    council.drop(SAFETY, FIGURES, "first.xlsx", FIRST)
    council.drop(SAFETY, FIGURES, "again.xlsx", SECOND)
    council.drop(CARE, FIGURES, "care first.xlsx", FIRST)
    council.drop(CARE, FIGURES | {"P2-4": 8}, "care second.xlsx", SECOND)
    council.night()
    codes = {name: codes for name, _, codes in said(council)}
    assert codes["again.xlsx"] == "C72"
    assert codes["care second.xlsx"] == codes["first.xlsx"] == ""
    council.call("accept", "C72", "--because", "Nothing changed", "--period", SECOND.name)
    assert not council.ask("status")["warnings"]


def test_a_few_figures_or_none_but_zeros_may_be_the_same_again(council: Council) -> None:
    nothing = {"P1-1": 0, "P2-2": 0, "P2-4": 0}
    for period in YEARS:
        council.drop(SAFETY, nothing, f"{period.name}.xlsx", period)
        council.drop(CARE, {"P2-4": "n/a"}, f"care {period.name}.xlsx", period)
    council.night()
    assert {codes for _, _, codes in said(council)} == {""}


@pytest.mark.parametrize("nights", ["one", "each"])
def test_a_figure_that_becomes_not_available_is_asked_about_however_they_come(
    council: Council, nights: str
) -> None:
    for name, figures in (
        ("a.xlsx", FIGURES),
        ("b.xlsx", FIGURES | {"P2-2": "n/a"}),
        ("c.xlsx", FIGURES | {"P2-2": "n/a", "P2-4": "n/a"}),
        ("d.xlsx", FIGURES),
    ):
        council.drop(SAFETY, figures, name, FIRST)
        if nights == "each":
            council.night()
    council.night()
    assert said(council) == [
        ("a.xlsx", "accepted", ""),
        ("b.xlsx", "accepted", "C70"),
        ("c.xlsx", "accepted", "C70"),
        ("d.xlsx", "accepted", ""),
    ]
    with council.store as store:
        before_last = store.submissions()[2].findings[0]
    assert before_last.cell == "H9"


def test_a_return_that_is_made_again_from_the_archive_says_the_same(council: Council) -> None:
    council.drop(SAFETY, FIGURES, "a.xlsx", FIRST)
    council.drop(SAFETY, FIGURES | {"P2-4": "n/a"}, "b.xlsx", FIRST)
    council.drop(SAFETY, FIGURES, "c.xlsx", SECOND)
    council.night()
    assert "agree in all that was made again" in " ".join(council.call("replay"))
