"""Every mistake in the register is one line that names its cell and says what to type."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from schemas.register_layout import SHEETS
from schemas.rules import RULES
from tests.support.register_fixture import change, problems_of, write_worked

#: What is typed into a cell, and the finding that it makes there.
CASES: list[tuple[str, str, str, object, str]] = [
    ("R16", "Indicators", "G4", "hihger",
     '"hihger" is not a polarity. Choose one of higher, lower, range, contextual.'),
    ("R13", "Indicators", "D4", None, "Kind is blank. Choose measure"),
    ("R23", "Indicators", "B4", "P22",
     '"P22" is not a ref on the sheet Priorities. Did you mean "P2"? Choose one'),
    ("R49", "Indicators", "A5", "p2-1",
     '"p2-1" already has a row further up that holds from the same period.'),
    ("R16", "Indicators", "S4", "weekly", '"weekly" is not a way of being due.'),
    ("R51", "Indicators", "T4", "2012-13",
     "Periods are listed (2012-13), and the indicator is due every period."),
    ("R16", "Targets", "I4", "some", '"some" is not a way to spread a target.'),
    ("R52", "Targets", "J9", "the same", "There is no target here that could be spread or go on"),
    ("R53", "Targets", "K4", 5, "5 stands under Change a year, and the target goes on in no way"),
    ("R80", "Indicators", "Z9", "where red",
     "Corrective action is asked for (where red), and P6-4 is never red or amber."),
    ("R80", "Indicators", "Z11", "where red or amber", "and P7-2 is never red or amber."),
    ("R81", "Indicators", "AA10", "required",
     "Year-end forecast is asked for (required), and P7-1 is a milestone."),
    ("R81", "Indicators", "AB11", "may be given", "and P7-2 is a narrative."),
    ("R82", "Indicators", "AA5", "required", "and several areas' figures of P2-2 are weighted"),
    ("R16", "Indicators", "AB4", "some", '"some" is not a rule for confidence.'),
    ("R37", "Indicators", "E4", None, "Unit is blank, and the indicator is a measure."),
    ("R37", "Indicators", "G4", None, "Polarity is blank, and the indicator is a measure."),
    ("R38", "Indicators", "E10", "count",
     'The unit is "count", and the indicator reports no figure.'),
    ("R39", "Indicators", "I10", "Weighted", 'The merge rule "Weighted" needs figures'),
    ("R17", "Indicators", "F4", 1.5, '"1.5" is not a whole number. Type how many decimals'),
    ("R36", "Indicators", "F4", 9, "9 decimals cannot be published."),
    ("R23", "Indicators", "H4", "CS; Safety",
     '"Safety" is not a ref on the sheet Service areas.'),
    ("R23", "Indicators", "H4", "Comunity safety", 'Did you mean "Community safety"?'),
    ("R13", "Indicators", "H4", ";", "Service areas is blank."),
    ("R30", "Indicators", "J5", -1, "-1 is below zero."),
    ("R37", "Indicators", "K5", None, "Tolerance kind is blank, and there is a tolerance."),
    ("R37", "Indicators", "J5", None, "Tolerance is blank, and it has a kind."),
    ("R18", "Indicators", "J6", 0.05, "0.05 could mean 5% or 0.05%. Type 5% or 0.05%"),
    ("R32", "Indicators", "M5", -5, "Plausible maximum (-5) is below Plausible minimum."),
    ("R30", "Indicators", "N5", -5, "-5 is below zero. Type the largest believable change"),
    ("R23", "Targets", "A4", "P9-9", '"P9-9" is not a ref on the sheet Indicators.'),
    ("R23", "Targets", "B4", "2012-14",
     '"2012-14" is not a name on the sheet Periods. Did you mean "2012-13"?'),
    ("R25", "Targets", "A5", "P2-1", "P2-1 already has a target for this period further up."),
    ("R18", "Targets", "D5", 0.25,
     "0.25 could mean 25% or 0.25%. Type 25% or 0.25%, with the % sign."),
    ("R18", "Targets", "D5", "0.25", "0.25 could mean 25% or 0.25%."),
    ("R19", "Targets", "D4", "25%", "25% is a percentage, and the unit beside it is count."),
    ("R19", "Targets", "D4", "£25", "£25 is an amount of money, and the unit beside it is count."),
    ("R17", "Targets", "D4", "n/a", '"n/a" is not a figure. Type the figure to reach'),
    ("R17", "Targets", "D4", True, '"True" is not a figure.'),
    ("R17", "Targets", "D4", date(2012, 4, 1), '"01/04/2012" is not a figure.'),
    ("R17", "Targets", "D4", "1" * 16, '"1111111111111111" is not a figure.'),
    ("R20", "Targets", "G4", ">5", '">5" has > before the figure. Type the figure alone.'),
    ("R21", "Targets", "D5", ">25%", '">25%" says >, and the operator is <=. Keep one of them.'),
    ("R16", "Targets", "C4", "about", '"about" is not an operator. Choose one of >=, <=,'),
    ("R32", "Targets", "F7", 90000, "Upper (90000) is below Lower."),
    ("R37", "Targets", "E7", None, "Lower is blank, and there is an upper end."),
    ("R37", "Targets", "F7", None, "Upper is blank, and there is a lower end."),
    ("R41", "Targets", "C9", "between", 'The operator is "between", and there is no range.'),
    ("R41", "Targets", "C9", ">=", 'The operator is ">=", and there is no figure under Target.'),
    ("R14", "Targets", "H4", date(2011, 12, 1),
     "Excel has made a date of what was typed (01/12/2011). Format the cell as Text"),
    ("R16", "Indicators", "R4", "hide",
     '"hide" is not a way with small numbers. Choose one of suppress, publish.'),
    ("R33", "Framework", "B12", 2, "Below 2 there is nothing to hide: a figure that is suppressed"),
    ("R33", "Framework", "B12", -5, "Below -5 there is nothing to hide"),
    ("R17", "Framework", "B12", 4.5, '"4.5" is not a whole number. Type the number from which'),
    ("R17", "Framework", "B12", "5%", '"5%" is not a whole number.'),
    ("R34", "Framework", "B13", 0, "Returns cannot be kept for 0 years."),
    ("R17", "Framework", "B14", "a week",
     '"a week" is not a list of whole numbers. Type how many days'),
    ("R17", "Framework", "B14", "7; -1", '"7; -1" is not a list of whole numbers.'),
    ("R35", "Framework", "B14", "7; 365", "is no list of days from 0 to 100. Type whole numbers"),
    ("R48", "Framework", "B20", 75, "75 is not from 0 to 1. Type a share, for example 0.75"),
    ("R48", "Framework", "B20", -0.5, "-0.5 is not from 0 to 1."),
    ("R16", "Framework", "B21", "sometimes", '"sometimes" is not a rule for issues. Choose one of'),
    ("R16", "Framework", "B22", "monday; mittwoch", "is not a list of days of the week."),
    ("R17", "Periods", "F4", "soon", '"soon" is not a date. Type the day from which'),
    ("R47", "Framework", "B16", 601, "601 is not from 1 to 600. Type a whole number"),
    ("R47", "Framework", "B16", 0, "0 is not from 1 to 600."),
    ("R47", "Framework", "B17", 20_001, "is not from 1 to 20,000."),
    ("R47", "Framework", "B18", -1, "-1 is not from 1 to 40,000."),
    ("R47", "Framework", "B19", 2_000_001, "blank counts as 200,000."),
    ("R17", "Framework", "B19", "many", '"many" is not a figure. Type how many characters'),
    ("R14", "Framework", "B14", date(2013, 3, 7), "Excel has made a date of what was typed"),
    ("R35", "Framework", "B15", "0; 3", "is no list of days from 1 to 100."),
    ("R17", "Framework", "B13", "six", '"six" is not a figure. Type for how many years'),
    ("R70", "Service areas", "A5", "cs",
     '"cs" already has a row further up that holds from the same period.'),
    ("R23", "Service areas", "G4", "HRD", '"HRD" is not a ref on the sheet Service areas.'),
    ("R29", "Service areas", "D4", "cs@council.example; deputy", "is not an e-mail address."),
    ("R72", "Periods", "G4", "2012-13", "2012-13 is, or was, the name of another period too."),
    ("R24", "Service areas", "B5", "Community Safety",
     '"Community Safety" is already used further up. Give each service area a name of its own.'),
    ("R27", "Service areas", "B5", "CS", '"CS" is the ref of another service area.'),
    ("R29", "Service areas", "D4", "cs at council", '"cs at council" is not an e-mail address.'),
    ("R24", "Periods", "A5", "2011/12",
     '"2011/12" is already used further up. Give each period a name of its own.'),
    ("R32", "Periods", "B4", date(2013, 4, 1), "Starts (01/04/2013) is after Ends."),
    ("R32", "Periods", "D4", date(2011, 1, 1), "Returns due (01/01/2011) is before Starts."),
    ("R17", "Periods", "B4", "April 2011", '"April 2011" is not a date. Type its first day'),
    ("R16", "Periods", "E4", "shut",
     '"shut" is not a state of a period. Choose one of open, closed.'),
    ("R13", "Recipients", "B4", None, "E-mail is blank. Type one address"),
    ("R29", "Recipients", "B4", "a@b.example, c@d.example", "is not an e-mail address."),
    ("R26", "Recipients", "B5", "Clerk@council.example", "already stands further up"),
    ("R16", "Recipients", "C4", "appendix; everything",
     '"appendix; everything" is not something that can be sent. Choose one of appendix'),
    ("R13", "Framework", "B4", None, "Council is blank. Type the council's name"),
    ("R16", "Framework", "B7", "stars", '"stars" is not a rating policy.'),
    ("R30", "Framework", "B8", "-5%", "-5% is below zero."),
    ("R31", "Framework", "B10", 75, "75 is not from 0 to 1."),
    ("R32", "Framework", "B11", 0.8, "Amber from (0.8) is above Green from."),
    ("R12", "Targets", "G4", "#REF!", "holds the Excel error #REF!. Type the earlier figure"),
    ("R11", "Targets", "G4", "=1+1", "holds a formula whose result was not saved."),
    ("R28", "Service areas", "A5", "H;R", '"H;R" holds a semicolon, which stands between refs.'),
    ("R40", "Targets", "D7", 110000, "There is a target (110000) and a range."),
    ("R24", "Priorities", "D5", 2,
     '"2" is already used further up. Give each priority a place of its own.'),
]  # fmt: skip

#: Findings that no single cell of the worked register makes; they have tests of their own.
ELSEWHERE = {
    f"R{number:02}"
    for number in (
        *(*range(1, 11), 15, 22, 42, 43, 44, 45, 46, 50, 54, 55, 56, 57, 58, *range(60, 64)),
        *(71, 73, 74, 75, 76, 77, 78, 79),
        *range(89, 100),
    )
}


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    return path


@pytest.mark.parametrize(("code", "sheet", "cell", "typed", "says"), CASES)
def test_a_problem_names_its_cell_and_says_what_to_type(
    workbook: Path, code: str, sheet: str, cell: str, typed: object, says: str
) -> None:
    change(workbook, sheet, cell, typed)
    problems = [line for line in problems_of(workbook) if f"{sheet}!{cell}: " in line]
    assert len(problems) == 1
    assert problems[0].startswith(f"register.xlsx, {sheet}!{cell}: ")
    assert says in problems[0]
    assert problems[0].endswith(f" [{code}]")
    assert "\n" not in problems[0]
    assert "{" not in problems[0]


def test_an_area_that_becomes_another_is_asked_for_its_last_period(workbook: Path) -> None:
    change(workbook, "Service areas", "G4", "HR")
    (problem,) = problems_of(workbook)
    assert "Service areas!F4: Last period is blank, and it becomes another area." in problem


def test_every_finding_about_the_register_has_a_test() -> None:
    known = {rule.code for rule in RULES if rule.code.startswith("R")}
    assert {code for code, *_ in CASES} | ELSEWHERE == known


def test_one_mistake_makes_one_line(workbook: Path) -> None:
    change(workbook, "Targets", "D5", "lots")
    assert len(problems_of(workbook)) == 1


def test_a_target_that_does_not_fit_its_indicator_is_named(workbook: Path) -> None:
    change(workbook, "Targets", "A4", "P7-1")
    change(workbook, "Targets", "A5", "P6-2")
    change(workbook, "Targets", "C5", None)
    problems = problems_of(workbook)
    assert any(
        "Targets!D4: P7-1 is a milestone and has no figure to compare." in p for p in problems
    )


def test_one_figure_for_a_range_is_named(workbook: Path) -> None:
    book = load_workbook(workbook)
    row = book["Targets"][7]
    row[2].value, row[3].value, row[4].value, row[5].value = None, 120000, None, None
    book.save(workbook)
    (problem,) = problems_of(workbook)
    assert "Targets!D7: The polarity of P6-2 is range, and 120000 is one figure." in problem


def test_all_problems_are_told_at_once_from_the_first_sheet_to_the_last(workbook: Path) -> None:
    change(workbook, "Recipients", "B4", "nobody")
    change(workbook, "Indicators", "G4", "hihger")
    change(workbook, "Indicators", "B5", "P1")
    change(workbook, "Framework", "B7", "stars")
    places = [line.split(": ")[0] for line in problems_of(workbook)]
    assert places == [
        "register.xlsx, Framework!B7",
        "register.xlsx, Indicators!G4",
        "register.xlsx, Indicators!B5",
        "register.xlsx, Recipients!B4",
    ]


def test_a_missing_sheet_is_named(workbook: Path) -> None:
    book = load_workbook(workbook)
    book["Targets"].title = "Target"
    book.save(workbook)
    (problem,) = problems_of(workbook)
    assert problem.startswith(
        'register.xlsx: There is no sheet "Targets". Is "Target" meant to be it?'
    )


def test_a_missing_column_is_named_and_a_near_match_asked_about(workbook: Path) -> None:
    change(workbook, "Indicators", "J3", "Tolerence")
    (problem,) = problems_of(workbook)
    assert problem.startswith(
        'register.xlsx, Indicators: There is no column "Tolerance". Is "Tolerence" meant to be it?'
    )


def test_a_column_that_stands_there_twice_is_named(workbook: Path) -> None:
    change(workbook, "Recipients", "D3", "e-mail")
    (problem,) = problems_of(workbook)
    assert problem.startswith(
        'register.xlsx, Recipients!D3: Two columns are headed "E-mail"; the other is B3.'
    )


def test_a_missing_setting_is_named(workbook: Path) -> None:
    change(workbook, "Framework", "A8", "Tolerances")
    (problem,) = problems_of(workbook)
    assert 'Framework: There is no setting "Tolerance". Is "Tolerances" meant to be it?' in problem


def test_a_column_or_setting_that_came_later_is_asked_about_where_it_is_misspelt(
    workbook: Path,
) -> None:
    change(workbook, "Indicators", "R3", "Small number")
    change(workbook, "Framework", "A12", "Smal numbers below")
    setting, column = problems_of(workbook)
    assert 'There is no setting "Small numbers below". Is "Smal numbers below" meant' in setting
    assert 'There is no column "Small numbers". Is "Small number" meant to be it?' in column


def test_a_missing_register_is_one_clear_line(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path / "register.xlsx")
    assert problem == (f"register.xlsx is not in {tmp_path}. Put it there, or run quarterday init.")


@pytest.mark.parametrize(
    "content", [b"", b"not a workbook", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0"]
)
def test_a_file_that_is_no_workbook_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "register.xlsx"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert problem.startswith("register.xlsx: This is no workbook that can be read (")


def test_a_folder_in_the_registers_place_is_one_clear_line(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert "cannot be opened" in problem


def test_an_empty_workbook_misses_every_sheet(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "register.xlsx")
    needed = [sheet for sheet in SHEETS if not sheet.later]
    assert len(problems_of(tmp_path / "register.xlsx")) == len(needed)
