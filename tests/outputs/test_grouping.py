"""One kind of mistake made all the way down a column is told once, and names every cell."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.outputs.grouping import cells_listed, grouped
from schemas import rules as c
from schemas.findings import Finding, worst_first


def two_ways(cell: str, sheet: str = "Indicators") -> Finding:
    return c.TWO_WAYS.found(sheet, cell, "0.24", one="24%", other="0.24%")


def test_three_of_a_kind_in_a_column_are_one_that_names_the_others() -> None:
    (told,) = grouped([two_ways("H5"), two_ways("H6"), two_ways("H9")])
    assert (told.code, told.cell, told.value) == ("V01", "H5", "0.24")
    assert told.line == (
        "Indicators!H5: 0.24 in a percentage could mean 24% or 0.24%. The same kind of mistake is "
        "in H6 and H9. Type 24% or 0.24%, with the sign. [V01]"
    )


def test_two_of_a_kind_are_told_apart() -> None:
    findings = [two_ways("H5"), two_ways("H6")]
    assert grouped(findings) == findings


@pytest.mark.parametrize(
    "other",
    [
        two_ways("F7"),
        two_ways("H7", sheet="Indicators (2)"),
        c.NOT_A_FIGURE.found("Indicators", "H7", "some", example="31.5%"),
    ],
    ids=["another column", "another sheet", "another code"],
)
def test_what_is_not_the_same_mistake_is_told_apart(other: Finding) -> None:
    findings = [two_ways("H5"), two_ways("H6"), other]
    assert grouped(findings) == findings


def test_findings_that_name_no_cell_are_told_one_by_one() -> None:
    missing = [c.BY_CODE["C15"].found(ref=f"P1-{n}", wording="Calls answered") for n in range(5)]
    assert grouped(missing) == missing


def test_groups_stand_where_their_first_finding_stood() -> None:
    status = c.STATUS_UNKNOWN.found("Indicators", "I5", "maybe")
    large = c.BY_CODE["C04"].found("Indicators", "H8", "900%", bound="100%", ref="P1-4")
    findings = [two_ways("H5"), status, two_ways("H6"), large, two_ways("H7")]
    assert [f.cell for f in grouped(worst_first(findings))] == ["H5", "I5", "H8"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([5], "H5"),
        ([5, 6], "H5 and H6"),
        ([5, 6, 7], "H5 to H7"),
        ([5, 7, 9, 10, 11, 12], "H5, H7 and H9 to H12"),
        ([7, 6, 5, 5], "H5 to H7"),
    ],
)
def test_cells_are_listed_as_people_write_them(rows: list[int], words: str) -> None:
    assert cells_listed([f"H{row}" for row in rows]) == words


@given(st.sets(st.integers(1, 60), min_size=3))
def test_every_cell_is_named_whatever_the_pattern(rows: set[int]) -> None:
    (told,) = grouped([two_ways(f"H{row}") for row in sorted(rows)])
    named = {int(told.cell[1:])}
    for first, last in re.findall(r"H(\d+)(?: to H(\d+))?", told.problem):
        named |= set(range(int(first), int(last or first) + 1))
    assert named == rows
