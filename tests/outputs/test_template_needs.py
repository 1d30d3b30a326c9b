"""What a row of the template needs once its figure is typed: asked for at that moment."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.outputs.template import ReturnTo, write_template
from pipeline.outputs.template.own_figures import OwnFigures
from pipeline.outputs.template.return_to import return_to
from pipeline.returns.reader import read_workbook
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Settings
from schemas.accumulation import Accumulation
from schemas.asking import AskAction, Requirement
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Indicator,
    Kind,
    Operator,
    Polarity,
    Register,
    Target,
)
from schemas.units import Unit
from tests.outputs.test_template import cell_of, validation
from tests.support.builders import PERIOD, SAFETY, indicator, small_register
from tests.support.programs import displayed

OFF_TARGET = CommentaryRule.OFF_TARGET


def asking(ref: str, unit: Unit, polarity: Polarity, **more: object) -> Indicator:
    found = indicator(ref, f"Wording of {ref}", unit, polarity=polarity, decimals=2)
    return replace(found, **{"commentary": OFF_TARGET} | more)


REGISTER = replace(
    small_register(),
    indicators=(
        asking("P1-1", Unit.RATIO, Polarity.LOWER),
        asking("P1-2", Unit.PERCENT, Polarity.HIGHER),
        asking("P1-3", Unit.RATIO, Polarity.RANGE),
        asking("P1-4", Unit.RATIO, Polarity.CONTEXTUAL),
        asking("P1-5", Unit.RATIO, Polarity.HIGHER),
        asking("P1-6", Unit.PERCENT, Polarity.HIGHER, merge_rule=MergeRule.WEIGHTED),
        replace(
            indicator("P1-7", "In words", kind=Kind.NARRATIVE), commentary=CommentaryRule.ALWAYS
        ),
        replace(indicator("P1-8", "Unasked")),
    ),
    targets=(
        Target("P1-1", PERIOD.name, value=Decimal("0.30")),
        Target("P1-2", PERIOD.name, operator=Operator.MORE_THAN, value=Decimal("3.30")),
        Target("P1-3", PERIOD.name, lower=Decimal(10), upper=Decimal(15)),
        Target("P1-4", PERIOD.name, value=Decimal(5)),
        Target("P1-6", PERIOD.name, value=Decimal(50)),
    ),
)


def template(path: Path, register: Register = REGISTER, **more: object) -> Path:
    write_template(register, SAFETY, PERIOD, path, **more)  # type: ignore[arg-type] # by name
    return path


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Worksheet:
    path = template(tmp_path_factory.mktemp("needs") / "return.xlsx")
    return openpyxl.load_workbook(path)["Indicators"]


def marks(sheet: Worksheet) -> dict[str, str]:
    """The formula by which each cell that has one is marked, by the cell's address."""
    found = {}
    for some in sheet.conditional_formatting:
        (rule,) = some.rules
        found[str(some.sqref)] = rule.formula[0]
    return found


def test_a_cell_is_marked_only_where_the_register_asks_for_it(sheet: Worksheet) -> None:
    asked = {cell_of(sheet, ref, "Commentary") for ref in ("P1-1", "P1-2", "P1-3", "P1-6", "P1-7")}
    asked |= {cell_of(sheet, "P1-6", part) for part in ("Numerator", "Denominator")}
    assert marks(sheet).keys() == asked


def test_the_row_of_a_weighted_indicator_says_that_its_parts_are_required(
    sheet: Worksheet,
) -> None:
    for part in ("Numerator", "Denominator"):
        cell, other = (sheet[cell_of(sheet, ref, part)] for ref in ("P1-6", "P1-5"))
        assert validation(sheet, cell.coordinate).prompt.startswith("Required with the figure: ")
        assert (cell.border.left.style, other.border.left.style) == ("medium", "thin")
        assert "or blank" not in validation(sheet, cell.coordinate).error
    assert "Thick borders mark what must be filled in" in sheet["A2"].value


def test_commentary_says_when_it_is_required(sheet: Worksheet) -> None:
    prompts = {
        ref: validation(sheet, cell_of(sheet, ref, "Commentary")).prompt
        for ref in ("P1-2", "P1-4", "P1-7")
    }
    assert "Required where it is out of target (>3.30%)." in prompts["P1-2"]
    assert "equired" not in prompts["P1-4"]
    assert prompts["P1-7"] == "Required: what lies behind the figure."


def test_what_is_typed_is_answered_in_words_at_once(sheet: Worksheet) -> None:
    found = validation(sheet, cell_of(sheet, "P1-6", "Performance"))
    assert (found.type, found.errorStyle) == ("custom", "warning")
    asks = "Out of target (50%)? Then say why in Commentary. Numerator and Denominator are needed"
    assert found.error.startswith(asks)
    assert validation(sheet, cell_of(sheet, "P1-5", "Performance")).type == "decimal"


#: What is typed under Performance (and beside it), and whether Excel then asks for commentary.
TYPED = [
    ("P1-1", {"Performance": 0.3}, False),
    ("P1-1", {"Performance": 0.31}, True),
    ("P1-1", {"Performance": 0.31, "Commentary": "Rain"}, False),
    ("P1-1", {"Performance": "n/a"}, False),
    ("P1-1", {}, False),
    ("P1-2", {"Performance": 0.033}, True),
    ("P1-2", {"Performance": 0.0331}, False),
    ("P1-3", {"Performance": 15}, False),
    ("P1-3", {"Performance": 9.99}, True),
    ("P1-3", {"Performance": 15.01, "Commentary": "   "}, True),
    ("P1-6", {"Performance": 0.5, "Numerator": 1, "Denominator": 2}, False),
    ("P1-6", {"Performance": 0.49, "Numerator": 1, "Denominator": 2}, True),
    ("P1-7", {"Performance": "Better"}, True),
    ("P1-7", {"Status": "Not available"}, True),
    ("P1-7", {}, False),
]


def test_another_program_asks_as_the_register_does(tmp_path: Path) -> None:
    """LibreOffice works the formulas out, and says of the same rows what the check says."""
    path = template(tmp_path / "return.xlsx")
    book = openpyxl.load_workbook(path)
    out = book.create_sheet("Out", 0)
    for number, (ref, typed, _) in enumerate(TYPED):
        sheet = book.copy_worksheet(book["Indicators"])
        sheet.title = f"Typed {number}"
        for heading, value in typed.items():
            sheet[cell_of(sheet, ref, heading)] = value
        needs = marks(book["Indicators"])[cell_of(sheet, ref, "Commentary")]
        cell = cell_of(sheet, ref, "Performance")
        accepts = validation(book["Indicators"], cell).formula1
        is_answered = accepts if ref == "P1-6" else "TRUE"
        for column, formula in ((1, needs), (2, is_answered)):
            out.cell(number + 1, column, "=" + elsewhere(formula, sheet.title))
    shown = tmp_path / "shown.xlsx"
    book.save(shown)
    rows = [row[:2] for row in displayed(shown, tmp_path)]
    assert [row[0] for row in rows] == [str(asks).upper() for _, _, asks in TYPED]
    # With its parts, and commentary where it is due, nothing is asked as the figure is typed.
    assert [row[1] for row, (ref, _, _) in zip(rows, TYPED, strict=True) if ref == "P1-6"] == [
        "TRUE",
        "FALSE",
    ]


#: What is asked for beside each figure; by 5% of the target, but of P1-3 with thresholds.
BESIDE = replace(
    REGISTER,
    framework=replace(
        REGISTER.framework,
        ask_action=AskAction.WHERE_RED,
        ask_forecast=Requirement.REQUIRED,
        ask_confidence=Requirement.MAY,
    ),
    indicators=(
        *(replace(each, commentary=CommentaryRule.NEVER) for each in REGISTER.indicators[:2]),
        replace(REGISTER.indicators[2], ask_action=AskAction.WHERE_RED_OR_AMBER),
        asking("P1-5", Unit.RATIO, Polarity.HIGHER, commentary=CommentaryRule.NEVER),
        replace(
            indicator("P1-8", "Plan", kind=Kind.MILESTONE), ask_action=AskAction.WHERE_RED_OR_AMBER
        ),
    ),
    targets=(
        *REGISTER.targets[:3],
        Target(
            "P1-5",
            PERIOD.name,
            value=Decimal(90),
            green_from=Decimal(88),
            red_from=Decimal(80),
        ),
    ),
)
#: What is typed, and whether corrective action is asked for by the colour that it would have.
COLOURED = [
    ("P1-1", {"Performance": 0.315}, False),
    ("P1-1", {"Performance": 0.316}, True),
    ("P1-1", {"Performance": 0.316, "Corrective action": "More staff"}, False),
    ("P1-1", {"Performance": "n/a"}, False),
    ("P1-2", {"Performance": 0.03135}, False),
    ("P1-2", {"Performance": 0.0313}, True),
    ("P1-3", {"Performance": 15}, False),
    ("P1-3", {"Performance": 15.1}, True),
    ("P1-5", {"Performance": 80.01}, False),
    ("P1-5", {"Performance": 80}, True),
    ("P1-8", {"Performance": "At risk"}, True),
    ("P1-8", {"Performance": "On track"}, False),
]


def test_corrective_action_is_asked_for_at_the_figure_that_the_rating_asks_it_of(
    tmp_path: Path,
) -> None:
    book = openpyxl.load_workbook(template(tmp_path / "return.xlsx", BESIDE))
    needs = marks(book["Indicators"])
    out = book.create_sheet("Out", 0)
    for number, (ref, typed, _) in enumerate(COLOURED):
        sheet = book.copy_worksheet(book["Indicators"])
        sheet.title = f"Typed {number}"
        for heading, value in typed.items():
            sheet[cell_of(sheet, ref, heading)] = value
        formula = needs[cell_of(sheet, ref, "Corrective action")]
        out.cell(number + 1, 1, "=" + elsewhere(formula, sheet.title))
    shown = tmp_path / "shown.xlsx"
    book.save(shown)
    rows = displayed(shown, tmp_path)[: len(COLOURED)]
    assert [row[0] for row in rows] == [str(asks).upper() for _, _, asks in COLOURED]


def test_what_is_required_beside_a_figure_is_asked_for_when_it_is_typed(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(template(tmp_path / "return.xlsx", BESIDE))["Indicators"]
    found = validation(sheet, cell_of(sheet, "P1-1", "Performance"))
    assert found.error.startswith(
        "Year-end forecast is needed too. Is it red? Then fill in Corrective action, Action owner "
        "and Action date."
    )
    needs = marks(sheet)
    assert cell_of(sheet, "P1-1", "Year-end forecast") in needs
    assert cell_of(sheet, "P1-1", "Confidence") not in needs


def test_a_forecast_is_asked_for_the_whole_year_however_figures_accumulate(tmp_path: Path) -> None:
    to_date = replace(
        asking("P1-1", Unit.COUNT, Polarity.LOWER), accumulation=Accumulation.YEAR_TO_DATE
    )
    register = replace(BESIDE, indicators=(to_date,))
    sheet = openpyxl.load_workbook(template(tmp_path / "return.xlsx", register))["Indicators"]
    error = validation(sheet, cell_of(sheet, "P1-1", "Year-end forecast")).error
    assert error.startswith("For the whole year. A")
    # Of several periods' figures nobody is asked for action by one alone.
    prompt = validation(sheet, cell_of(sheet, "P1-1", "Corrective action")).prompt
    assert prompt.endswith("May be left blank.")
    assert cell_of(sheet, "P1-1", "Corrective action") not in marks(sheet)


def test_the_folder_of_a_workspace_is_named_in_full_on_the_cover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = return_to(Workspace(Path(), Settings()), REGISTER)
    assert found.how == f"put it into the folder {tmp_path / 'inbox'}"


def elsewhere(formula: str, sheet: str) -> str:
    """A formula on the cells of another sheet."""
    return re.sub(r"\$([A-Z]+)\$([0-9]+)", rf"'{sheet}'!$\1$\2", formula.removeprefix("="))


# --- What was reported before, and where it goes -------------------------------------------------

BEFORE = {
    "P1-1": OwnFigures("0.28\n(2011-12)", "0.40\n(2010-11)"),
    "P1-2": OwnFigures("Suppressed\n(2011-12)"),
}
TO = ReturnTo(
    "mail it to returns@council.example, or put it into the folder /srv/performance/inbox",
    "Jo Field (jo.field@council.example)",
)


def test_what_was_reported_before_stands_beside_the_target_and_is_locked(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(template(tmp_path / "r.xlsx", before=BEFORE))["Indicators"]
    headings = [cell.value for cell in sheet[4]]
    assert headings[4:7] == ["Target", "Last period", "A year before"]
    last = sheet[cell_of(sheet, "P1-1", "Last period")]
    assert (last.value, last.protection.locked) == ("0.28\n(2011-12)", True)
    assert sheet[cell_of(sheet, "P1-3", "Last period")].value is None


def test_there_is_no_column_in_which_nothing_would_stand(tmp_path: Path) -> None:
    without = {"P1-2": BEFORE["P1-2"]}
    sheet = openpyxl.load_workbook(template(tmp_path / "r.xlsx", before=without))["Indicators"]
    headings = [cell.value for cell in sheet[4]]
    assert ("Last period" in headings, "A year before" in headings) == (True, False)


def test_the_cover_says_where_it_goes_until_when_and_whom_to_ask(tmp_path: Path) -> None:
    cover = openpyxl.load_workbook(template(tmp_path / "r.xlsx", to=TO))["Cover"]
    text = "\n".join(str(cell.value) for cell in cover["A"] if cell.value)
    assert "send it back by 30 April 2013" in text
    assert f"To send it, {TO.how}." in text
    assert f"If you have a question, ask {TO.ask}." in text


@pytest.mark.parametrize("to", [TO, ReturnTo()])
def test_what_is_beside_the_cells_to_fill_in_is_never_read_as_a_figure(
    to: ReturnTo, tmp_path: Path
) -> None:
    path = template(tmp_path / "r.xlsx", before=BEFORE, to=to)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    assert (reading.area, reading.period, reading.findings) == (SAFETY.ref, PERIOD.name, [])
    assert not any(row.has_figure for row in reading.rows)
    book = openpyxl.load_workbook(path)
    sheet = book["Indicators"]
    sheet[cell_of(sheet, "P1-1", "Performance")] = 0.25
    book.save(path)
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    rows = {row.indicator: row for row in reading.rows}
    assert rows["P1-1"].value == Decimal("0.25")
    assert rows["P1-1"].seen["last"] == "0.28\n(2011-12)"
    assert not rows["P1-2"].has_figure
    assert not reading.findings


def test_the_same_input_gives_the_same_bytes_with_earlier_figures(tmp_path: Path) -> None:
    one, two = (template(tmp_path / f"{n}.xlsx", before=BEFORE, to=TO) for n in (1, 2))
    assert one.read_bytes() == two.read_bytes()
