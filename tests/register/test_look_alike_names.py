"""What looks alike in the register: names on several sheets, lists of them, refs made numbers."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.register.writer import write_register
from schemas.model import Polarity, ServiceArea
from tests.support.register_fixture import WORKED, change, findings_of, problems_of, read_here

IAL = ServiceArea("Iâl", "Adults and Health", email="ial@council.example")
HOMES = ServiceArea("H&P", "H & P")
REGISTER = replace(WORKED, areas=(*WORKED.areas, IAL, HOMES))


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_register(REGISTER, path)
    return path


@pytest.mark.parametrize(
    ("cell", "typed", "areas"),
    [
        ("H4", unicodedata.normalize("NFD", "Iâl"), ("Iâl",)),
        ("H4", "IÂL\u200b", ("Iâl",)),
        ("H4", "\ufeffcommunity\u00a0safety", ("CS",)),
        ("H4", "Adults and Health", ("Iâl",)),
        ("H4", "Adults and Health and H & P", ("Iâl", "H&P")),
        ("H4", "H & P, CS & HR", ("CS", "HR", "H&P")),
        ("H4", "H&P", ("H&P",)),
    ],
)
def test_areas_are_found_by_their_names_however_these_are_made(
    workbook: Path, cell: str, typed: str, areas: tuple[str, ...]
) -> None:
    change(workbook, "Indicators", cell, typed)
    assert read_here(workbook).indicators[0].areas == areas


def test_what_one_sheet_names_of_another_is_spelt_as_there(workbook: Path) -> None:
    change(workbook, "Indicators", "B4", "p2\u200b")
    change(workbook, "Targets", "A4", "P2\u20111")
    change(workbook, "Targets", "B4", "2012\u201113")
    register = read_here(workbook)
    assert register.indicators[0].priority == "P2"
    assert (register.targets[0].indicator, register.targets[0].period) == ("P2-1", "2012-13")
    assert register.targets[0] == REGISTER.targets[0]


def test_a_letter_of_another_script_is_named_and_never_taken(workbook: Path) -> None:
    change(workbook, "Indicators", "H4", "\u0421S")
    (problem,) = problems_of(workbook)
    assert 'Indicators!H4: "\u0421S" is not a ref on the sheet Service areas. ' in problem
    assert "Its letter \u0421 is Cyrillic." in problem


def test_a_list_that_can_be_read_two_ways_is_asked_about(workbook: Path) -> None:
    change(workbook, "Service areas", "B4", "Adults")
    change(workbook, "Service areas", "B5", "Health")
    change(workbook, "Indicators", "H4", "Adults and Health")
    (finding,) = findings_of(workbook)
    assert (finding.code, finding.place) == ("R45", "Indicators!H4")
    assert "Adults; Health" in finding.problem
    change(workbook, "Indicators", "H4", "Adults; Health")
    assert read_here(workbook).indicators[0].areas == ("CS", "HR")


@pytest.mark.parametrize("typed", ["iâl", unicodedata.normalize("NFD", "IÂL"), "Iâl\u00ad"])
def test_two_areas_whose_refs_only_look_different_are_one_too_many(
    workbook: Path, typed: str
) -> None:
    change(workbook, "Service areas", "A4", typed)
    assert ("R70", "A6") in [(f.code, f.cell) for f in findings_of(workbook)]


def test_an_areas_name_is_another_areas_ref_however_it_is_made(workbook: Path) -> None:
    change(workbook, "Service areas", "B5", unicodedata.normalize("NFD", "iâl"))
    assert [(f.code, f.cell) for f in findings_of(workbook)] == [("R27", "B5")]


@pytest.mark.parametrize(
    "pasted",
    ["hr@council.example\u200b", "\ufeffhr@council.example", "hr@council\u2060.example\u00a0"],
)
def test_an_address_is_taken_without_what_nobody_sees_of_it(workbook: Path, pasted: str) -> None:
    change(workbook, "Service areas", "D5", pasted)
    change(workbook, "Recipients", "B4", pasted)
    register = read_here(workbook)
    assert register.areas[1].email == "hr@council.example"
    assert register.recipients[0].email == "hr@council.example"


def test_an_address_with_a_letter_of_another_script_is_none(workbook: Path) -> None:
    change(workbook, "Service areas", "D5", "hr@c\u043euncil.example")
    assert [(f.code, f.cell) for f in findings_of(workbook)] == [("R29", "D5")]


@pytest.mark.parametrize(
    ("number", "shown_as", "ref"),
    [(1.1, "0.00", "1.10"), (1.1, "General", "1.1"), (2.0, "0.0", "2.0"), (7.0, "0", "7")],
)
def test_a_ref_that_excel_holds_as_a_number_is_what_its_cell_shows(
    workbook: Path, number: float, shown_as: str, ref: str
) -> None:
    change(workbook, "Indicators", "A4", number, shown_as)
    change(workbook, "Targets", "A4", ref, "@")
    register = read_here(workbook)
    assert register.indicators[0].ref == ref
    assert register.targets[0].indicator == ref


def test_1_10_on_one_sheet_is_not_1_1_on_another(workbook: Path) -> None:
    change(workbook, "Indicators", "A4", 1.1, "0.00")
    change(workbook, "Targets", "A4", 1.1, "General")
    (problem,) = problems_of(workbook)
    assert 'Targets!A4: "1.1" is not a ref on the sheet Indicators.' in problem


@pytest.mark.parametrize("typed", ["high\u00ader", "\uff28igher\u200b", "\ufeffHigher\u00a0"])
def test_a_word_of_a_list_is_known_whatever_nobody_sees_in_it(workbook: Path, typed: str) -> None:
    change(workbook, "Indicators", "G4", typed)
    assert read_here(workbook).indicators[0].polarity is Polarity.HIGHER
