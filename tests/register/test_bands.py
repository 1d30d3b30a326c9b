"""Bands, thresholds and the fourth band in the register, as people may mistype them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.register.differences import differences
from pipeline.register.file import register_bytes
from pipeline.register.reader import judge
from pipeline.register.sheets import read_sheets
from pipeline.workspace.errors import RegisterError
from schemas.bands import DEFAULT, NOT_RATED_FILL, bands_of
from schemas.colours import (
    BLACK,
    LEAST_APART,
    NAMED_COLOURS,
    WHITE,
    fill_of,
    nearest_apart,
    nearness,
    text_reads_on,
)
from schemas.findings import Finding, Severity
from schemas.frequency import Carried, Profile
from schemas.model import BandRow, Colour, Period, Register
from schemas.register_settings import FRAMEWORK
from schemas.timeline import in_force
from tests.support.builders import small_register
from tests.support.register_fixture import read_here, write_worked
from tests.support.registers import put_register

Cells = dict[str, object]
#: Where the setting stands on the sheet Framework.
EXCEEDED_BY, COVERAGE_FROM = (
    f"B{4 + [each.key for each in FRAMEWORK.columns].index(key)}"
    for key in ("exceeded_by", "coverage_from")
)
#: The settings' cells by what tests call them.
SETTINGS = {"exceeded by": EXCEEDED_BY, "coverage from": COVERAGE_FROM}
#: Each mistake: what is typed, and the cell, code and words of the one finding that it makes.
MISTAKES: dict[str, tuple[Cells, str]] = {
    "a threshold without a target": (
        {"Targets!D5": None, "Targets!C5": None, "Targets!M5": "30%"},
        (
            "Targets!M5: 30% stands under Red from, and there is no target. Type the target, or "
            "clear this cell. [R94]"
        ),
    ),
    "a threshold beside a range": (
        {"Targets!M7": 90_000},
        "Targets!M7: 90000 stands under Red from, and the target is a range.",
    ),
    "a threshold beside a target without a better side": (
        {"Targets!N8": -0.02},
        (
            "Targets!N8: -0.02 stands under Exceeded from, and which side of the target is better "
            "is not said. Clear this cell, or choose the operator >= or <=. [R94]"
        ),
    ),
    "a threshold of what is never rated": (
        {"Targets!D9": 5, "Targets!M9": 3},
        (
            "Targets!M9: 3 stands under Red from, and the polarity of P6-4 is contextual, so that "
            "it is never rated."
        ),
    ),
    "a threshold of a milestone": (
        {"Targets!A10": "P7-1", "Targets!B10": "2012-13", "Targets!M10": 3},
        "Targets!M10: P7-1 is a milestone and has no figure to compare.",
    ),
    "green without red": (
        {"Targets!L4": 4300},
        "Targets!M4: Red from is blank, and there is a figure under Green from.",
    ),
    "red better than green where lower is better": (
        {"Targets!L4": 4300, "Targets!M4": 4250},
        (
            "Targets!M4: Red from (4250) is not above Green from (4300). Correct the wrong one of "
            "the two. [R95]"
        ),
    ),
    "red at green": (
        {"Targets!L4": 4300, "Targets!M4": 4300},
        "Targets!M4: Red from (4300) is not above Green from (4300).",
    ),
    "red at the target": (
        {"Targets!M4": 4248},
        "Targets!M4: Red from (4248) is not above the target (4248).",
    ),
    "red better than the target where higher is better": (
        {"Targets!M6": "4%"},
        "Targets!M6: Red from (4%) is not below the target (3.30%).",
    ),
    "exceeded at the target": (
        {"Targets!N4": 4248},
        "Targets!N4: Exceeded from (4248) is not below the target (4248).",
    ),
    "exceeded worse than green": (
        {"Targets!L4": 4000, "Targets!M4": 4500, "Targets!N4": 4100},
        "Targets!N4: Exceeded from (4100) is not below Green from (4000).",
    ),
    "a fourth band below nothing": (
        {"Framework!exceeded by": "-5%"},
        f"Framework!{EXCEEDED_BY}: -5% is below zero.",
    ),
    "a band given twice": (
        {"Bands!A4": "green", "Bands!A5": "Green"},
        'Bands!A5: "Green" is already used further up. Give each row a band of its own. [R24]',
    ),
    "a band that is none": (
        {"Bands!A4": "blue"},
        'Bands!A4: "blue" is not a band.',
    ),
    "a word that is a formula": (
        {"Bands!A4": "green", "Bands!B4": "+ met"},
        'Bands!B4: "+ met" is no word of up to 24 characters.',
    ),
    "a word that is a sentence": (
        {"Bands!A4": "green", "Bands!B4": "Everything is as it should be"},
        "is no word of up to 24 characters.",
    ),
    "a word of another band": (
        {"Bands!A4": "green", "Bands!B4": "amber"},
        'Bands!B4: The word "amber" is also that of amber. Give each band a word of its own. [R92]',
    ),
    "two bands of one word": (
        {"Bands!A4": "green", "Bands!B4": "Met", "Bands!A5": "red", "Bands!B5": "met"},
        'Bands!B5: The word "met" is also that of green.',
    ),
    "a word that means that nothing is rated": (
        {"Bands!A4": "red", "Bands!B4": "Not rated"},
        'The word "Not rated" is also that of what is not rated.',
    ),
    "a symbol that is a formula": (
        {"Bands!A4": "green", "Bands!C4": "@"},
        'Bands!C4: "@" is no sign that can stand before a word.',
    ),
    "a symbol that ends the text of a number format": (
        {"Bands!A4": "green", "Bands!C4": '"'},
        "is no sign that can stand before a word.",
    ),
    "a symbol of another band": (
        {"Bands!A4": "red", "Bands!C4": "✔\ufe0f"},
        "is also that of green. Give each band a symbol of its own. [R92]",
    ),
    "a colour that is not known": (
        {"Bands!A4": "green", "Bands!D4": "greenish"},
        'Bands!D4: "greenish" is not a colour that is known. Type it as #RRGGBB,',
    ),
    "half a colour": (
        {"Bands!A4": "green", "Bands!D4": "#FFF"},
        'Bands!D4: "#FFF" is not a colour that is known.',
    ),
    "two colours that are one in grey": (
        {"Bands!A4": "amber", "Bands!D4": "#e0a030"},
        (
            "Bands!D4: #e0a030 and #44A680, the colour of green, are 7.0 apart in a print in grey, "
            "and 13 are needed (CIEDE2000). Choose another, for example #E9BC6E. [R93]"
        ),
    ),
    "two colours that are one to who does not see red": (
        {"Bands!A4": "green", "Bands!D4": "#00B050"},
        "are 9.8 apart without seeing red (protanopia), and 13 are needed",
    ),
    "a colour on which neither black nor white reads": (
        {"Bands!A4": "red", "Bands!D4": "#FF0000"},
        (
            "Bands!D4: On #FF0000 black text has a contrast of 5.3, and white text of 4.0: 7 is "
            "needed. Choose a lighter or darker one, for example #B50000. [R89]"
        ),
    ),
    "a colour like that of what is not rated": (
        {"Bands!A4": "amber", "Bands!D4": "white"},
        "#FFFFFF, the colour of what is not rated, are 0.0 apart as they are,",
    ),
}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    return path


def findings_after(workbook: Path, cells: Cells) -> tuple[Finding, ...]:
    """All that there is to say of a register once this is typed into its cells."""
    book = load_workbook(workbook)
    for place, value in cells.items():
        sheet, cell = place.split("!")
        book[sheet][SETTINGS.get(cell, cell)].value = value
    book.save(workbook)
    try:
        return judge(read_sheets(register_bytes(workbook)), workbook.name, "")[1]
    except RegisterError as error:
        return error.findings


def errors_after(workbook: Path, cells: Cells) -> list[str]:
    return [f.line for f in findings_after(workbook, cells) if f.severity is Severity.ERROR]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_cannot_be_meant_names_its_cell(workbook: Path, mistake: str) -> None:
    cells, says = MISTAKES[mistake]
    (line,) = errors_after(workbook, cells)
    assert says in line


#: Each question: what is typed, and the finding with which the register is used all the same.
QUESTIONS: dict[str, tuple[Cells, Severity, str]] = {
    "green beyond the target": (
        {"Targets!L4": 4200, "Targets!M4": 4500},
        Severity.WARNING,
        (
            "Targets!L4: Green from is 4200, and the target 4248, of which lower is better: a "
            "figure that only just reaches the target is not green."
        ),
    ),
    "thresholds by the policy of improvement": (
        {"Framework!B7": "target or improvement", "Targets!M4": 4500},
        Severity.WARNING,
        (
            "Targets!M4: By the policy of 2012-13, target or improvement, what has improved is "
            "amber, and P2-1 has thresholds: it is rated by these alone."
        ),
    ),
    "a target beyond what is plausible": (
        {"Targets!D5": "105%"},
        Severity.WARNING,
        "Targets!D5: The target (105%) is above Plausible maximum of P2-2 (100%).",
    ),
    "a threshold beyond what is plausible": (
        {"Targets!M5": "105%"},
        Severity.WARNING,
        "Targets!M5: Red from (105%) is above Plausible maximum of P2-2 (100%).",
    ),
    "a tolerance beside thresholds": (
        {"Targets!M5": "35%"},
        Severity.INFO,
        (
            "Targets!M5: P2-2 has a tolerance of its own, and thresholds for 2012-13: the "
            "thresholds hold."
        ),
    ),
    "a fourth band that ends": (
        {
            "Framework!exceeded by": "5%",
            **dict(
                zip(
                    ("Policies!A4", "Policies!B4", "Policies!C4", "Policies!D4"),
                    ("2012-13", "target and tolerance", "10%", "percent of target"),
                    strict=True,
                )
            ),
            "Policies!E4": 0.75,
            "Policies!F4": 0.5,
        },
        Severity.WARNING,
        (
            "Policies!H4: Exceeded by is blank, and it was 5% before: from 2012-13 on there is no "
            "such band."
        ),
    ),
    "a coverage that ends": (
        {
            "Framework!coverage from": 0.75,
            **dict(
                zip(
                    ("Policies!A4", "Policies!B4", "Policies!C4", "Policies!D4"),
                    ("2012-13", "target and tolerance", "10%", "percent of target"),
                    strict=True,
                )
            ),
            "Policies!E4": 0.75,
            "Policies!F4": 0.5,
        },
        Severity.WARNING,
        (
            "Policies!G4: Coverage from is blank, and it was 0.75 before: from 2012-13 on the "
            "whole is rated from the first figure on."
        ),
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_may_not_be_meant_is_asked_about_and_the_register_is_used(
    workbook: Path, question: str
) -> None:
    cells, severity, says = QUESTIONS[question]
    (found,) = findings_after(workbook, cells)
    assert found.severity is severity
    assert says in found.line
    read_here(workbook)


def test_thresholds_and_bands_that_agree_are_asked_about_in_nothing(workbook: Path) -> None:
    cells: Cells = {
        "Framework!exceeded by": "5%",
        "Targets!L4": 4300,
        "Targets!M4": 4500,
        "Targets!N4": 4000,
        "Bands!A4": "exceeded",
        "Bands!B4": "Well above target",
        "Bands!A5": "green",
        "Bands!B5": "On target",
        "Bands!C5": "●",
        "Bands!D5": "#4BA673",
        "Bands!A6": "red",
        "Bands!B6": "Off target",
        "Bands!C6": "▲",
        "Bands!D6": "#a51c1c",
    }
    assert not findings_after(workbook, cells)
    register = read_here(workbook)
    assert register.framework.policy.exceeded_by == Decimal(5)
    goal = register.target("P2-1", "2012-13")
    assert goal is not None
    assert (goal.green_from, goal.red_from, goal.exceeded_from) == (4300, 4500, 4000)
    assert [(each.shown, each.fill, each.ink) for each in bands_of(register)] == [
        ("★ Well above target", "#10246B", WHITE),
        ("● On target", "#4BA673", BLACK),
        ("◆ Amber", "#F7BA2E", BLACK),
        ("▲ Off target", "#A51C1C", WHITE),
    ]


def test_a_fourth_band_that_nobody_uses_takes_no_colour_from_the_others(workbook: Path) -> None:
    dark: Cells = {"Bands!A4": "red", "Bands!D4": "#1A2A6B"}
    assert not errors_after(workbook, dark)
    assert [band.colour for band in bands_of(read_here(workbook))] == ["green", "amber", "red"]
    (line,) = errors_after(workbook, {"Framework!exceeded by": "5%"})
    assert "the colour of exceeded" in line


colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@given(fill=colours, others=st.lists(colours, max_size=2))
@settings(max_examples=25)
def test_a_colour_that_is_suggested_is_told_apart_from_all_others_and_text_reads_on_it(
    fill: str, others: list[str]
) -> None:
    others.append(NOT_RATED_FILL)
    found = nearest_apart(fill, others)
    assert not found or (
        text_reads_on(found) and all(nearness(found, o).apart >= LEAST_APART for o in others)
    )


def test_a_suggested_colour_is_taken_where_it_is_errors_after(workbook: Path) -> None:
    (line,) = errors_after(workbook, {"Bands!A4": "amber", "Bands!D4": "#E0A030"})
    suggested = line.split("for example ")[1].split(".")[0]
    assert fill_of(suggested) == suggested
    assert not errors_after(workbook, {"Bands!D4": suggested})


def test_the_colours_that_bands_have_by_themselves_are_told_apart_and_text_reads_on_them() -> None:
    fills = [NOT_RATED_FILL, *(band.fill for band in DEFAULT)]
    assert all(nearness(*pair).apart >= LEAST_APART for pair in combinations(fills, 2))
    assert all(map(text_reads_on, fills))


def test_text_reads_on_each_colour_that_goes_by_a_name() -> None:
    assert all(fill_of(name.upper()) == fill for name, fill in NAMED_COLOURS.items())
    assert all(map(text_reads_on, NAMED_COLOURS.values()))


def with_bands() -> Register:
    small = small_register()
    first, *others = small.targets
    goal = replace(
        first, green_from=Decimal(4300), red_from=Decimal(4500), exceeded_from=Decimal(4000)
    )
    policy = replace(small.framework.policy, exceeded_by=Decimal("7.5"))
    return replace(
        small,
        framework=replace(small.framework, policy=policy),
        targets=(goal, *others),
        bands=(BandRow(Colour.EXCEEDED, "Well above", "◎", "#10246B"), BandRow(Colour.RED, "Off")),
    )


def test_a_register_with_all_of_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    register, path = with_bands(), tmp_path / "register.xlsx"
    put_register(register, path)
    read = read_here(path)
    assert (read.bands, read.framework.policy) == (register.bands, register.framework.policy)
    assert read.targets == register.targets


def test_thresholds_are_spread_and_carried_on_with_their_target() -> None:
    register = with_bands()
    goal = replace(
        register.targets[0],
        profile=Profile.PARTS,
        carried=Carried.BY_PERCENT,
        change=Decimal(-10),
    )
    quarter = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 31))
    after = Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), date(2014, 4, 30))
    register = replace(register, targets=(goal,), periods=(quarter, *register.periods, after))
    found = [
        in_force(register, name).target(goal.indicator, name) for name in ("2012-13 Q1", "2013-14")
    ]
    assert [
        (each.value, each.green_from, each.red_from, each.exceeded_from) for each in found if each
    ] == [
        (Decimal(1062), Decimal(1075), Decimal(1125), Decimal(1000)),
        (Decimal("3823.2"), Decimal(3870), Decimal(4050), Decimal(3600)),
    ]


def test_what_changes_with_bands_and_thresholds_is_told_of_a_register() -> None:
    name = f"P1-1 ({small_register().indicators[0].wording}), 2012-13"
    printed = "Appendices that are made from now on are printed so."
    assert [each.said for each in differences(small_register(), with_bands())] == [
        f"{name}: Green from is 4300; it was blank.",
        f"{name}: Red from is 4500; it was blank.",
        f"{name}: Exceeded from is 4000; it was blank.",
        "Exceeded by is 7.5%; it was blank. Every colour is worked out anew.",
        f"The band exceeded is printed otherwise: exceeded, Well above, ◎, #10246B. {printed}",
        f"The band red is printed otherwise: red, Off. {printed}",
    ]
    back = [each.said for each in differences(with_bands(), small_register())]
    assert back[0] == f"{name}: Green from is blank; it was 4300."
    assert f"The band red is printed as it is without a row on Bands. {printed}" in back
    worded = replace(with_bands(), bands=(BandRow(Colour.RED, "Below"), with_bands().bands[0]))
    assert f"The word of red is Below; it was Off. {printed}" in [
        each.said for each in differences(with_bands(), worded)
    ]
