"""Every finding of the catalogue comes from a real workbook, names the right cell, and goes away.

One good return, filled in on the project's own template, is broken in one way for each code; then
the cell that the finding names is put right, and the finding must be gone.
"""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.styles import Font
from openpyxl.workbook import Workbook

from pipeline.intake.scan import Arrival, examine
from pipeline.job import nightly
from pipeline.job.checking import check_files
from pipeline.outputs.template import write_template
from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Return
from pipeline.returns.validate import validate
from pipeline.store.rows import Decision
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Limits, Settings
from schemas import returns as schema
from schemas import rules
from schemas.checks import Checks, Condition, RowCheck
from schemas.findings import Finding, Severity
from schemas.merge_rules import MergeRule
from schemas.model import CommentaryRule, Kind, Period, Polarity, Register, Status, Target
from schemas.rules_page import page
from schemas.units import Unit
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register
from tests.support.containers import repacked
from tests.support.locked import as_a_whole
from tests.support.registers import put_register

IN_TIME = datetime(2013, 4, 20, 2, tzinfo=UTC)
TOO_LATE = datetime(2013, 5, 2, 2, tzinfo=UTC)
LAST_YEAR = Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30), open=False)
#: Nothing in these inboxes is still being written.
AT_ONCE = Settings(limits=Limits(settle_seconds=0, incomplete_minutes=0))
INCIDENTS = "Number of incidents of domestic abuse"

Break = Callable[[Workbook], object]


def checking_register() -> Register:
    """A register with something for every check to look at."""
    base = small_register()
    incidents = replace(
        indicator("P1-1", INCIDENTS),
        commentary=CommentaryRule.OFF_TARGET,
        plausible_minimum=Decimal(1000),
        plausible_maximum=Decimal(9000),
        plausible_change=Decimal(500),
    )
    shared = replace(
        indicator("P2-4", "People helped in time", Unit.PERCENT, priority="P2", decimals=1),
        polarity=Polarity.HIGHER,
        areas=("CS", "ASC"),
        merge_rule=MergeRule.WEIGHTED,
    )
    return replace(
        base,
        indicators=(
            incidents,
            indicator("P1-2", "Percentage of repeat victims", Unit.PERCENT, decimals=1),
            indicator("P1-5", "Impact on children's safety", kind=Kind.NARRATIVE),
            indicator("P2-1", "Appoint an analyst", kind=Kind.MILESTONE, priority="P2"),
            shared,
            indicator("P2-3", "Schemes of adult social care", priority="P2", areas=("ASC",)),
        ),
        targets=(Target("P1-1", PERIOD.name, value=Decimal(4248)),),
        periods=(LAST_YEAR, PERIOD),
    )


REGISTER = checking_register()
#: Where the template puts things: the row of each indicator, the column of each field.
ROWS: dict[str, int] = {}
COLUMNS: dict[str, str] = {}


def at(ref: str, field: str) -> str:
    return f"{COLUMNS[field]}{ROWS[ref]}"


def put(ref: str, field: str, value: object) -> Break:
    return lambda book: book["Indicators"].__setitem__(at(ref, field), value)


def put_all(*breaks: Break) -> Break:
    return lambda book: [each(book) for each in breaks]


def cover(label: str, value: object) -> Break:
    return lambda book: book["Cover"].__setitem__(cover_cell(book, label), value)


def cover_cell(book: Workbook, label: str) -> str:
    found = next(cell for row in book["Cover"] for cell in row if cell.value == label)
    return f"{book['Cover'].cell(found.row, found.column + 1).coordinate}"


def fill(book: Workbook) -> None:
    """A return with nothing wrong in it."""
    sheet = book["Indicators"]
    heading = next(row for row in sheet.iter_rows() if any(c.value == "Performance" for c in row))
    COLUMNS.update({str(cell.value): cell.column_letter for cell in heading if cell.value})
    refs = (row for row in sheet.iter_rows() if row[0].row > heading[0].row)
    ROWS.update({str(row[0].value): row[0].row for row in refs})
    for label, entry in (("Completed by", "Performance lead"), ("Signed off by", "Head of Safety")):
        cover(label, entry)(book)
    for ref, field, value in (
        ("P1-1", "Performance", 4000),
        ("P1-2", "Performance", 0.245),
        ("P1-5", "Performance", "Safer than before"),
        ("P2-1", "Performance", "On track"),
        ("P2-4", "Numerator", 30),
        ("P2-4", "Denominator", 60),
        ("P2-4", "Performance", 0.5),
        ("P1-1", "Status", "Final"),
    ):
        put(ref, field, value)(book)


@dataclass(frozen=True)
class Case:
    """How a good return is broken, and where the finding must point."""

    code: str
    breaks: Break
    #: The indicator and field whose cell is named, or the sheet and cell; None: no cell is named.
    place: tuple[str, str] | None
    #: What is done at the cell; without it the cell gets back what stood there.
    put_right: Callable[[Workbook, str], object] | None = None


def clear_row(book: Workbook, cell: str) -> None:
    for other in book["Indicators"][int("".join(c for c in cell if c.isdigit()))]:
        other.value = None


def second_row(book: Workbook, ref: str, wording: str) -> None:
    row = max(ROWS.values()) + 1
    sheet = book["Indicators"]
    for field, value in (("Ref", ref), ("Indicator", wording), ("Performance", 41)):
        sheet[f"{COLUMNS[field]}{row}"] = value


def shared_refs(book: Workbook) -> None:
    second_row(book, "P1-1", INCIDENTS)


def achievement(book: Workbook) -> None:
    sheet = book["Achievements"]
    heading = next(c for row in sheet for c in row if c.value == "Priority")
    sheet.cell(heading.row + 1, 1, "Cheaper parking")
    sheet.cell(heading.row + 1, 2, "Built something")


def known_priority(book: Workbook, cell: str) -> None:
    book["Achievements"][cell] = "More independence"


def commentary(book: Workbook, cell: str) -> None:
    book["Indicators"][cell] = "A new way of recording counts more."


def cleared(book: Workbook, cell: str) -> None:
    book["Indicators"][cell] = None


def zero_final(book: Workbook, cell: str) -> None:
    book["Indicators"][cell] = 0
    book["Indicators"][f"{COLUMNS['Status']}{cell.lstrip(COLUMNS['Performance'])}"] = "Final"


def nobody(ref: str, numerator: int = 0, denominator: int = 0, performance: object = None) -> Break:
    """An indicator that is so many of so many, with something under Performance."""
    return put_all(
        put(ref, "Numerator", numerator),
        put(ref, "Denominator", denominator),
        put(ref, "Performance", performance),
    )


def as_number(book: Workbook, cell: str) -> None:
    book["Indicators"][cell].number_format = "0"
    book["Indicators"][cell] = 4000


def shown_as(ref: str, number_format: str) -> Break:
    return lambda book: setattr(
        book["Indicators"][at(ref, "Performance")], "number_format", number_format
    )


def struck_out(ref: str, field: str) -> Break:
    return lambda book: setattr(book["Indicators"][at(ref, field)], "font", Font(strike=True))


def as_plain(book: Workbook, cell: str) -> None:
    book["Indicators"][cell].font = Font()
    book["Indicators"][cell].number_format = "General"


def merged_figure(book: Workbook) -> None:
    row = ROWS["P1-1"]
    book["Indicators"][f"I{row}"] = None
    book["Indicators"].merge_cells(f"H{row}:I{row}")


def hidden_words(book: Workbook) -> None:
    book["Indicators"][at("P1-1", "Commentary")] = "Fewer at night."
    book["Indicators"][at("P1-1", "Commentary")].number_format = ";;;"


def heading_twice(book: Workbook) -> None:
    book["Indicators"][f"L{heading_row()}"] = "Performance"


def heading_row() -> int:
    return min(ROWS.values()) - 1


def heading(field: str, text: str) -> Break:
    def breaks(book: Workbook) -> None:
        book["Indicators"][f"{COLUMNS[field]}{heading_row()}"] = text
        book["Indicators"][at("P1-5", field)] = "Something"

    return breaks


def above(text: str) -> Break:
    """Another title over the table than the template's."""
    return lambda book: book["Indicators"].__setitem__("A1", text)


def wide_heading(book: Workbook) -> None:
    sheet = book["Indicators"]
    for column in "IJ":
        sheet[f"{column}{heading_row()}"] = None
    sheet[f"J{ROWS['P1-1']}"] = 17
    sheet.merge_cells(f"H{heading_row()}:J{heading_row()}")


def moved_back(book: Workbook, _: str) -> None:
    put_all(put("P1-1", "Performance", 4000), put("P1-1", "Status", "Final"))(book)


def areas_in_rows(book: Workbook) -> None:
    sheet = book["Indicators"]
    sheet[f"L{heading_row()}"] = "Service area"
    sheet[f"L{ROWS['P1-1']}"] = CARE.name


CASES = (
    Case("L01", put_all(heading("Ref", "Nr"), heading("Indicator", "What we count")), None),
    Case("L02", cover("Service area", "Comunity safety"), ("Cover", "Service area")),
    Case("L03", cover("Period", "2013"), ("Cover", "Period")),
    Case("L04", put_all(
        put("P1-1", "Ref", None), put("P1-1", "Indicator", "Number of incidents")),
        ("P1-1", "Indicator")),
    Case("L05", shared_refs, ("", "Performance"), clear_row),
    Case("L06", heading_twice, ("Indicators", "L")),
    Case("L07", achievement, ("Achievements", "A"), known_priority),
    Case("L09", lambda book: book["Indicators"].__setitem__(
        f"{COLUMNS['Performance']}{max(ROWS.values()) + 1}", 41), ("", "Performance"), cleared),
    Case("L10", heading("Commentary", "Commentry"), ("Indicators", "J"),
         lambda book, cell: book["Indicators"].__setitem__(cell, "Commentary")),
    Case("L11", heading("Performance", "Performance 2011/12"), ("Indicators", "H"),
         lambda book, cell: book["Indicators"].__setitem__(cell, "Performance")),
    Case("L12", wide_heading, ("Indicators", "H"), lambda book, cell:
         book["Indicators"].unmerge_cells(f"{cell}:J{heading_row()}")),
    Case("L14", areas_in_rows, ("Indicators", "L"), cleared),
    Case("L15", heading("Performance", "How it went"), ("Indicators", "H")),
    Case("L16", above("Forecast for 2012-13"), ("Indicators", "A1")),
    Case("L25", put("P1-1", "Indicator", "Percentage of repeat victims"), ("P1-1", "Ref"),
         lambda book, _: put("P1-1", "Indicator", INCIDENTS)(book)),
    Case("L70", put_all(put("P1-1", "Performance", None), put("P1-1", "Status", 4000)),
         ("P1-1", "Status"), moved_back),
    Case("V01", put("P1-2", "Performance", "0.24"), ("P1-2", "Performance")),
    Case("V02", put("P1-1", "Performance", "quite a few"), ("P1-1", "Performance")),
    Case("V03", put("P1-1", "Performance", "#REF!"), ("P1-1", "Performance")),
    Case("V04", put("P1-1", "Performance", date(2012, 12, 10)), ("P1-1", "Performance"),
         as_number),
    Case("V05", put("P1-1", "Performance", "40%"), ("P1-1", "Performance")),
    Case("V06", put("P1-2", "Performance", 0.24567), ("P1-2", "Performance")),
    Case("V07", put("P1-1", "Performance", 4000.5), ("P1-1", "Performance")),
    Case("V08", put("P1-1", "Performance", "about 4000"), ("P1-1", "Performance")),
    Case("V09", put("P1-2", "Performance", "24,5"), ("P1-2", "Performance")),
    Case("V10", put("P1-1", "Status", "More or less"), ("P1-1", "Status")),
    Case("V11", put("P2-1", "Performance", "Half done"), ("P2-1", "Performance")),
    Case("V12", put("P1-1", "Performance", "=2000+2000"), ("P1-1", "Performance")),
    Case("V13", put("P1-2", "Performance", "24.5%*"), ("P1-2", "Performance")),
    Case("V14", shown_as("P1-1", ";;;"), ("P1-1", "Performance"), as_number),
    Case("V15", shown_as("P1-1", '0"m"'), ("P1-1", "Performance"), as_number),
    Case("V16", put("P1-1", "Performance", "nil"), ("P1-1", "Performance")),
    Case("V21", struck_out("P1-1", "Performance"), ("P1-1", "Performance"), as_plain),
    Case("V22", put("P1-1", "Performance", "45\n120"), ("P1-1", "Performance")),
    Case("V23", shown_as("P1-1", '0" weeks"'), ("P1-1", "Performance"), as_number),
    Case("V24", put("P1-2", "Performance", "+24.5%"), ("P1-2", "Performance")),
    Case("V25", merged_figure, ("P1-1", "Performance"), lambda book, cell:
         book["Indicators"].unmerge_cells(f"{cell}:I{ROWS['P1-1']}")),
    Case("V26", hidden_words, ("P1-1", "Commentary"), as_plain),
    Case("V28", put("P2-4", "Performance", "n/a"), ("P2-4", "Performance")),
    Case("V29", put("P1-1", "Commentary", "#N/A"), ("P1-1", "Commentary")),
    Case("C01", put("P1-2", "Performance", None), ("P1-2", "Performance")),
    Case("C02", lambda book: second_row(book, "P2-3", "Schemes of adult social care"),
         ("", "Ref"), clear_row),
    Case("C03", put("P1-1", "Performance", 999), ("P1-1", "Performance")),
    Case("C04", put("P1-2", "Performance", 1.5), ("P1-2", "Performance")),
    Case("C06", put("P1-1", "Performance", 4249), ("P1-1", "Commentary"), commentary),
    Case("C07", put("P2-4", "Numerator", 61), ("P2-4", "Numerator")),
    Case("C08", put("P2-4", "Performance", 0.501), ("P2-4", "Performance")),
    Case("C09", put("P2-4", "Denominator", None), ("P2-4", "Denominator")),
    Case("C10", put("P1-1", "Indicator", "Number of serious incidents"), ("P1-1", "Indicator")),
    Case("C11", cover("Signed off by", None), ("Cover", "Signed off by")),
    Case("C12", cover("Period", LAST_YEAR.name), ("Cover", "Period")),
    Case("C13", put("P1-1", "Status", "Not available"), ("P1-1", "Performance"), cleared),
    Case("C14", put("P2-4", "Denominator", -60), ("P2-4", "Denominator")),
    Case("C15", lambda book: clear_row(book, at("P1-5", "Ref")), None),
    Case("C18", put_all(put("P1-1", "Performance", None), put("P1-1", "Status", "No cases")),
         ("P1-1", "Performance"), zero_final),
    Case("C19", put("P1-2", "Status", "No cases"), ("P1-2", "Performance"), cleared),
    Case("C20", put("P2-4", "Denominator", 0), ("P2-4", "Denominator")),
    Case("C73", cover("Date completed", "last week"), ("Cover", "Date completed")),
    Case("C74", cover("Date completed", date(2013, 12, 4)), ("Cover", "Date completed")),
    Case("C21", put("P1-2", "Performance", "0 of 0"), ("P1-2", "Performance")),
)  # fmt: skip
#: Codes whose making needs more than one workbook, or one that openpyxl does not write; each has a
#: test of its own, below or in tests/workbooks.
ELSEWHERE = {
    # What is asked beside figures: test_asked.py and test_asked_checks.py.
    *("V60", "V61", "C60", "C61", "C62", "C63", "C64", "C65", "C66", "C67"),
    "V62",  # test_cumulative_headings.py
    *(f"F{n:02}" for n in range(1, 16)),
    "V17",
    "V18",
    "V20",
    "V27",
    "L08",
    *("L26", "L27", "L28", "L29", "L30", "L31", "L32", "L33"),
    "L13",
    *("T01", "T02", "T03", "T04", "T05", "T06"),
    "C05",
    *("C70", "C71", "C72", "C75"),
    "C16",
    "C17",
    "C22",
    "C23",
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("workspace")
    for name in ("inbox", "outbox", "var"):
        (root / name).mkdir()
    put_register(REGISTER, root / "register.xlsx")
    return Workspace(root, AT_ONCE)


@pytest.fixture(scope="module")
def good(workspace: Workspace) -> Path:
    path = workspace.root / "good.xlsx"
    write_template(REGISTER, SAFETY, PERIOD, path)
    book = load_workbook(path)
    fill(book)
    book.save(path)
    return path


def check(
    workspace: Workspace, paths: list[Path], now: datetime = IN_TIME
) -> dict[str, tuple[Finding, ...]]:
    checked = check_files(paths, workspace, REGISTER, now, lambda *_: None, None)
    assert not checked.unread
    return {one.arrival.path.stem: one.submission.findings for one in checked.decisions}


@pytest.fixture(scope="module")
def broken(workspace: Workspace, good: Path) -> dict[str, tuple[Finding, ...]]:
    paths = []
    for case in CASES:
        book = load_workbook(good)
        case.breaks(book)
        paths.append(workspace.root / f"{case.code}.xlsx")
        book.save(paths[-1])
    return check(workspace, paths)


@pytest.fixture(scope="module")
def mended(
    workspace: Workspace, good: Path, broken: dict[str, tuple[Finding, ...]]
) -> dict[str, tuple[Finding, ...]]:
    original = load_workbook(good)
    paths = []
    for case in CASES:
        finding = next((f for f in broken[case.code] if f.code == case.code), None)
        if finding is None or not finding.cell:
            continue
        book = load_workbook(workspace.root / f"{case.code}.xlsx")
        if case.put_right:
            case.put_right(book, finding.cell)
        else:
            book[finding.sheet][finding.cell] = original[finding.sheet][finding.cell].value
        paths.append(workspace.root / f"{case.code} mended.xlsx")
        book.save(paths[-1])
    return check(workspace, paths)


def test_a_return_that_is_filled_in_rightly_has_no_finding(
    workspace: Workspace, good: Path
) -> None:
    assert check(workspace, [good]) == {"good": ()}


def test_every_code_has_a_case() -> None:
    # The register's own are in tests/register.
    of_returns = {rule.code for rule in rules.RULES if not rule.code.startswith("R")}
    assert {case.code for case in CASES} | ELSEWHERE == of_returns


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_finding_names_the_cell(
    case: Case, workspace: Workspace, broken: dict[str, tuple[Finding, ...]]
) -> None:
    found = [f for f in broken[case.code] if f.code == case.code]
    assert len(found) == 1
    assert found[0].severity is next(r for r in rules.RULES if r.code == case.code).severity
    book = load_workbook(workspace.root / f"{case.code}.xlsx")
    match case.place:
        case None:
            assert found[0].cell == ""
        case ("Cover", label):
            assert (found[0].sheet, found[0].cell) == ("Cover", cover_cell(book, label))
        case ("Indicators" | "Achievements" as sheet, column):
            assert found[0].sheet == sheet
            assert found[0].cell.startswith(column)
        case ("", field):
            row = max(ROWS.values()) + 1
            assert found[0].cell == f"{COLUMNS[field]}{row}"
        case (ref, field):
            assert (found[0].sheet, found[0].cell) == ("Indicators", at(ref, field))


@pytest.mark.parametrize("case", [c for c in CASES if c.place], ids=lambda case: case.code)
def test_putting_the_named_cell_right_makes_the_finding_go_away(
    case: Case, mended: dict[str, tuple[Finding, ...]]
) -> None:
    assert case.code not in [f.code for f in mended[f"{case.code} mended"]]


def test_one_mistake_is_not_said_twice_of_the_same_cell(
    broken: dict[str, tuple[Finding, ...]],
) -> None:
    for findings in broken.values():
        named = [f.place for f in findings if f.cell]
        assert len(named) == len(set(named))


# --- One mistake, one finding --------------------------------------------------------------------


def empty_table(book: Workbook) -> None:
    for ref in ROWS:
        clear_row(book, at(ref, "Ref"))


def others_row(book: Workbook) -> None:
    second_row(book, "P2-3", "Schemes of adult social care, reworded")
    book["Indicators"][f"{COLUMNS['Performance']}{max(ROWS.values()) + 1}"] = None


#: What is done to a good return, and all that may be said of it.
MISTAKES: dict[str, tuple[Break, list[str]]] = {
    "a table without rows lacks each indicator": (empty_table, ["C15"] * 5),
    "of another area's row it is said only that it is another's": (others_row, ["C02"]),
    "below zero is not below plausible as well": (put("P1-1", "Performance", -5), ["C14"]),
    "a part below zero makes no quotient": (put("P2-4", "Numerator", -30), ["C14"]),
    "a whole below zero is not less than its part as well": (
        put_all(put("P2-4", "Numerator", 61), put("P2-4", "Denominator", -60)),
        ["C14"],
    ),
    "a part above its whole makes no quotient": (
        put_all(put("P2-4", "Numerator", 61), put("P2-4", "Performance", 0.9)),
        ["C07"],
    ),
    "a figure that is not available is not judged": (
        put_all(put("P1-1", "Performance", -5), put("P1-1", "Status", "Not available")),
        ["C13"],
    ),
    "5 of 0 is a mistake, and no more than one": (
        nobody("P2-4", numerator=5, performance=0),
        ["C20"],
    ),
    "0% of nobody is asked about": (nobody("P2-4", performance=0), ["C20"]),
    "no cases beside a part of some is asked about": (
        put_all(nobody("P2-4", denominator=60), put("P2-4", "Status", "No cases")),
        ["C19"],
    ),
    "0 of 0 beside other parts is asked about": (put("P2-4", "Performance", "0 of 0"), ["C19"]),
    "0 of 0 that is marked Not available is asked about": (
        put_all(nobody("P2-4"), put("P2-4", "Status", "Not available")),
        ["C19"],
    ),
    "an error of another kind beside 0 of 0 is asked about": (
        nobody("P2-4", performance="#REF!"),
        ["C20", "V03"],
    ),
    "no cases of a count may be 0": (put("P1-1", "Performance", "no cases"), ["V16"]),
    "no cases of words or of a milestone is no answer": (
        put_all(put("P2-1", "Performance", None), put("P2-1", "Status", "No cases")),
        ["C18"],
    ),
}
#: The ways in which a return says that there were no cases; each is information and no more.
NO_CASES: dict[str, Break] = {
    **{
        f"0 of 0 by its parts, the figure {typed}": nobody("P2-4", performance=typed)
        for typed in (None, "n/a", "0 of 0", "No cases", "#DIV/0!", "-")
    },
    **{
        f"a percentage typed {typed}": put("P1-2", "Performance", typed)
        for typed in ("0 of 0", "0 out of 0", "0/0", "no cases", "NO  CASES")
    },
    "chosen under Status": put_all(
        put("P1-2", "Performance", None), put("P1-2", "Status", "No cases")
    ),
    "chosen under Status, and 0 of 0": put_all(nobody("P2-4"), put("P2-4", "Status", "No cases")),
    "chosen under Status, the formula dividing by nothing": put_all(
        put("P1-2", "Performance", "#DIV/0!"), put("P1-2", "Status", "No cases")
    ),
    "provisional, 0 of 0": put_all(nobody("P2-4"), put("P2-4", "Status", "Provisional")),
}


@pytest.fixture(scope="module")
def mistaken(workspace: Workspace, good: Path) -> dict[str, tuple[Finding, ...]]:
    paths = []
    for name, (breaks, _) in MISTAKES.items():
        book = load_workbook(good)
        breaks(book)
        paths.append(workspace.root / f"{name}.xlsx")
        book.save(paths[-1])
    return check(workspace, paths)


@pytest.mark.parametrize("name", MISTAKES)
def test_of_one_mistake_the_gravest_thing_alone_is_said(
    mistaken: dict[str, tuple[Finding, ...]], name: str
) -> None:
    _, codes = MISTAKES[name]
    assert [f.code for f in mistaken[name]] == codes


@pytest.fixture(scope="module")
def without_cases(workspace: Workspace, good: Path) -> dict[str, Decision]:
    paths = {}
    for number, (name, breaks) in enumerate(NO_CASES.items()):
        book = load_workbook(good)
        breaks(book)
        paths[f"without {number}"] = name
        book.save(workspace.root / f"without {number}.xlsx")
    files = [workspace.root / f"{stem}.xlsx" for stem in paths]
    checked = check_files(files, workspace, REGISTER, IN_TIME, lambda *_: None, None)
    return {paths[one.arrival.path.stem]: one for one in checked.decisions}


@pytest.mark.parametrize("name", NO_CASES)
def test_no_cases_is_accepted_with_a_word(without_cases: dict[str, Decision], name: str) -> None:
    one = without_cases[name]
    (found,) = one.submission.findings
    assert (found.code, found.severity) == ("C21", Severity.INFO)
    assert "no cases" in found.problem
    (row,) = (row for row in one.observations if row.no_cases)
    assert found.cell == row.cell
    assert (row.value, row.suppressed, row.numerator or 0, row.denominator or 0) == (
        *(None, False),
        *(0, 0),
    )
    assert row.status is (Status.PROVISIONAL if "provisional" in name else Status.FINAL)


def test_a_count_of_0_is_a_figure(workspace: Workspace, good: Path) -> None:
    book = load_workbook(good)
    put("P1-1", "Performance", 0)(book)
    book.save(workspace.root / "none.xlsx")
    checked = check_files(
        [workspace.root / "none.xlsx"], workspace, REGISTER, IN_TIME, lambda *_: None, None
    )
    (row,) = (row for row in checked.decisions[0].observations if row.indicator == "P1-1")
    assert (row.value, row.no_cases) == (0, False)


def test_a_check_is_one_entry_and_one_broken_workbook(workspace: Workspace, good: Path) -> None:
    even = RowCheck(
        "C99",
        "Odd number",
        "{value} is odd, but {ref} counts {what}.",
        "Count once more.",
        "What comes in pairs is even.",
        severity=Severity.WARNING,
        at={
            "performance": Condition(
                ("value", "unit"), lambda value, unit: (unit != Unit.COUNT) | (value % 2 == 0)
            )
        },
        words=lambda row, field: {"what": f"pairs in {field}, as {row.area} says"},
    )
    book = load_workbook(good)
    put("P1-1", "Performance", 3999)(book)
    (found,) = checked_alone(
        book, workspace, replace(schema.ROWS, checks=(*schema.ROWS.checks, even))
    )
    assert (found.code, found.cell) == ("C99", at("P1-1", "Performance"))
    assert (
        found.problem
        == "3999 is odd, but P1-1 counts pairs in performance, as Community safety says."
    )


def checked_alone(book: Workbook, workspace: Workspace, rows: Checks) -> tuple[Finding, ...]:
    """The findings of a workbook by checks of our own."""
    path = workspace.root / "alone.xlsx"
    book.save(path)
    arrival = examine(path, file_mb=1)
    assert isinstance(arrival, Arrival)
    reading = read_workbook(path.read_bytes(), arrival.kind, REGISTER)
    (checked,) = validate([Return(arrival, reading)], REGISTER, IN_TIME, {}, rows)
    return checked.findings


# --- The file ------------------------------------------------------------------------------------


def rezipped(path: Path, extra: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
        for name, content in extra.items():
            new.writestr(name, content)
    return buffer.getvalue()


def far_apart() -> bytes:
    """Two cells at opposite corners: as a table, 17 thousand million cells."""
    book = Workbook()
    book.active["A1"] = 1
    book.active["XFD1048576"] = 1
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("F01", "empty.xlsx", lambda _: b""),
        ("F02", "printed.xlsx", lambda _: b"%PDF-1.7\n1 0 obj\n"),
        ("F02", "page.xls", lambda _: b"<html><body><table></table></body></html>"),
        ("F02", "list.xlsx", lambda _: b"Ref,Performance\nP1-1,4000\n"),
        (
            "F03",
            "secret.xlsx",
            lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(504)
            + "EncryptedPackage".encode("utf-16-le"),
        ),
        ("F12", "labelled.xlsx", lambda _: as_a_whole("DRMEncryptedTransform")),
        ("F13", "twice.xlsx", lambda good: rezipped(good, {"XL/Workbook.xml": b"<workbook/>"})),
        ("F14", "looks.xlsx", lambda good: repacked(
            good.read_bytes(),
            lambda name, part: part.replace(b"<fonts", b"<fonts &") if "styles" in name else part)),
        ("F04", "cut short.xlsx", lambda good: good.read_bytes()[:3000]),
        ("F05", "bomb.xlsx", lambda good: rezipped(
            good, {f"xl/media/{n}.png": b"" for n in range(3001)})),
        ("F06", "far apart.xlsx", lambda _: far_apart()),
        ("F07", "old.xls", lambda good: good.read_bytes()),
        ("F10", "linked.xlsx", lambda good: rezipped(
            good, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})),
        ("F09", "macros.xlsm", lambda good: rezipped(good, {"xl/vbaProject.bin": b"Sub Auto"})),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said(
    workspace: Workspace, good: Path, code: str, name: str, content: Callable[[Path], bytes]
) -> None:
    path = workspace.root / name
    path.write_bytes(content(good))
    (findings,) = check(workspace, [path]).values()
    assert [f.code for f in findings] == [code]


def test_a_late_return_is_taken_in_and_said_to_be_late(workspace: Workspace, good: Path) -> None:
    assert [f.code for f in check(workspace, [good], TOO_LATE)["good"]] == ["C16"]


def test_a_return_for_a_period_that_is_not_over_is_asked_about(
    workspace: Workspace, good: Path
) -> None:
    last = datetime.combine(PERIOD.ends, time(12)).astimezone()
    (found,) = check(workspace, [good], last - timedelta(days=30))["good"]
    assert (found.code, found.severity, found.sheet) == ("C22", Severity.WARNING, "Cover")
    assert f"which ends on {PERIOD.ends:%d/%m/%Y} only" in found.problem
    assert check(workspace, [good], last + timedelta(days=1))["good"] == ()


@pytest.mark.parametrize(
    ("name", "is_asked"),
    [
        ("Return 2011-12 - Community safety.xlsx", True),
        ("return_2011_12.xlsx", True),
        ("Return 2011-12 - to correct 2a3b4c.xlsx", True),
        ("Return 2012-13 - Community safety.xlsx", False),
        ("Community safety 11.xlsx", False),
        ("Return 2013-05-03.xlsx", False),
        ("Returns 2011-12 and 2012-13.xlsx", False),
        ("2011.xlsx", False),
    ],
)
def test_a_file_that_is_named_after_another_period_is_asked_about(
    workspace: Workspace, good: Path, name: str, is_asked: bool
) -> None:
    path = workspace.root / "named" / name
    path.parent.mkdir(exist_ok=True)
    shutil.copyfile(good, path)
    (findings,) = check(workspace, [path]).values()
    assert [f.code for f in findings] == ["C23"] * is_asked
    assert all("as of 2011-12" in f.problem for f in findings)


def test_a_return_in_another_areas_folder_is_sent_back_and_what_comes_again_is_said_to_have_come(
    tmp_path: Path, good: Path
) -> None:
    place = Workspace(tmp_path, AT_ONCE)
    (place.inbox / CARE.name).mkdir(parents=True)
    put_register(REGISTER, place.register)

    def found(name: str) -> list[str]:
        shutil.copyfile(good, place.inbox / name)
        (taken,) = nightly.run(place, IN_TIME, lambda *_: None, only_inbox=True).submissions
        return [f.code for f in taken.findings]

    assert found(f"{CARE.name}/Return.xlsx") == ["L08"]
    assert found(f"{CARE.name}/Return again.xlsx") == ["F11"]
    assert found("Return.xlsx") == []
    assert found("Return again.xlsx") == ["F08"]


def test_last_years_appendix_comes_with_a_warning_and_what_is_hidden_is_said(
    workspace: Workspace, good: Path
) -> None:
    book = load_workbook(good)
    del book["Cover"]
    sheet = book["Indicators"]
    sheet[f"{COLUMNS['Ref']}{heading_row()}"] = None
    sheet[f"K{heading_row()}"] = "Target achieved"
    sheet["A1"] = f"Community safety {PERIOD.name}"
    sheet["A2"] = "Service area: Community safety"
    sheet.row_dimensions[ROWS["P1-2"]].hidden = True
    path = workspace.root / "last year's.xlsx"
    book.save(path)
    found = check(workspace, [path])[path.stem]
    assert [(f.code, f.severity.value) for f in found] == [("C17", "warning"), ("L13", "info")]
    assert f"row {ROWS['P1-2']}" in found[1].problem
    sheet.row_dimensions[ROWS["P1-2"]].hidden = False
    book.save(path)
    assert [f.code for f in check(workspace, [path])[path.stem]] == ["C17"]


def test_a_sudden_change_since_the_last_period_is_a_warning(tmp_path: Path, good: Path) -> None:
    place = Workspace(tmp_path, AT_ONCE)
    place.inbox.mkdir()
    both_open = replace(REGISTER, periods=(replace(LAST_YEAR, open=True), PERIOD))
    put_register(both_open, place.register)
    for period, figure in ((LAST_YEAR, 3499), (PERIOD, 4000)):
        book = load_workbook(good)
        cover("Period", period.name)(book)
        put("P1-1", "Performance", figure)(book)
        put("P1-1", "Target", None)(book)
        book["Cover"]["A1"] = f"Community safety: return for {period.name}"
        above(f"Community safety, {period.name}")(book)
        for sheet in book:
            sheet.oddHeader.left.text = sheet.oddFooter.left.text = None
        book.save(place.inbox / f"{period.name}.xlsx")
        (taken,) = nightly.run(place, IN_TIME, lambda *_: None, only_inbox=True).submissions
    assert [(f.code, f.cell) for f in taken.findings] == [("C05", at("P1-1", "Performance"))]
    assert "3499" in taken.findings[0].problem
    assert "500" in taken.findings[0].problem


def test_the_page_of_findings_is_generated_from_the_catalogue() -> None:
    written = Path(__file__).parents[2] / "docs" / "findings.md"
    assert written.read_text(encoding="utf-8") == page()
