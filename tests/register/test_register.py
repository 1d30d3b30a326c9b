"""The register is written for an officer to edit, and read back exactly."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from pipeline.register.loading import load_register
from pipeline.register.starter import financial_quarter, starter_register
from pipeline.register.writer import SPARE_ROWS, write_register
from pipeline.workspace.errors import WorkspaceError
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Framework,
    Indicator,
    Kind,
    Operator,
    Polarity,
    Policy,
    PolicyKind,
    Priority,
    Register,
    ServiceArea,
    SmallNumbers,
    Target,
    TextBounds,
    Tolerance,
    ToleranceKind,
)
from schemas.register_layout import FRAMEWORK, LISTS, SHEETS
from schemas.units import Unit
from tests.support.register_fixture import WORKED, change, read_here, write_worked
from tests.support.sampled import sampled


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    return path


# Written and read back


def test_the_worked_example_comes_back_as_it_was_written(workbook: Path) -> None:
    register = read_here(workbook)
    # repr and not ==, so that 3.3 is not taken for 3.30
    assert repr(replace(register, sha256="")) == repr(WORKED)
    assert register.sha256 == hashlib.sha256(workbook.read_bytes()).hexdigest()


def test_a_register_without_indicators_comes_back_empty(tmp_path: Path) -> None:
    bare = Register(WORKED.framework, (), (), (), (), (), ())
    write_register(bare, tmp_path / "register.xlsx")
    assert replace(read_here(tmp_path / "register.xlsx"), sha256="") == bare


@pytest.mark.parametrize(
    ("today", "name", "starts", "ends"),
    [
        (date(2024, 3, 31), "2023-24 Q4", date(2024, 1, 1), date(2024, 3, 31)),
        (date(2024, 4, 1), "2024-25 Q1", date(2024, 4, 1), date(2024, 6, 30)),
        (date(2024, 9, 30), "2024-25 Q2", date(2024, 7, 1), date(2024, 9, 30)),
        (date(2099, 12, 31), "2099-00 Q3", date(2099, 10, 1), date(2099, 12, 31)),
    ],
)
def test_a_new_workspace_starts_with_a_valid_register_for_the_quarter(
    tmp_path: Path, today: date, name: str, starts: date, ends: date
) -> None:
    period = financial_quarter(today)
    assert (period.name, period.starts, period.ends) == (name, starts, ends)
    write_register(starter_register(today), tmp_path / "register.xlsx")
    register = read_here(tmp_path / "register.xlsx")
    assert replace(register, sha256="") == starter_register(today)
    assert (len(register.priorities), len(register.indicators), len(register.areas)) == (2, 3, 2)


_words = st.text(
    st.characters(exclude_categories=("C", "Z"), include_characters=" "), min_size=1, max_size=30
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
_optional_words = st.just("") | _words


def _figures(lowest: int = -(10**8)) -> st.SearchStrategy[Decimal]:
    return st.builds(
        lambda digits, places: Decimal(digits).scaleb(-places),
        st.integers(lowest, 10**8),
        # Not one: pounds with one decimal are shown, and so come back, with two.
        st.sampled_from([0, 2, 3, 4]),
    )


_tolerances = st.none() | st.builds(Tolerance, _figures(0), st.sampled_from(ToleranceKind))


@st.composite
def _targets(draw: st.DrawFn, indicator: Indicator) -> Target:
    target = Target(
        indicator.ref,
        "2012-13",
        baseline=draw(st.none() | _figures()),
        baseline_period=draw(_optional_words),
    )
    agreeing = {
        Polarity.HIGHER: [Operator.AT_LEAST, Operator.MORE_THAN],
        Polarity.LOWER: [Operator.AT_MOST, Operator.LESS_THAN],
    }.get(indicator.polarity or Polarity.CONTEXTUAL)
    if agreeing or draw(st.booleans()):
        signs = agreeing or [o for o in Operator if o is not Operator.BETWEEN]
        operator = draw(st.sampled_from(signs))
        return replace(target, operator=operator, value=draw(_figures()))
    lower, upper = sorted((draw(_figures()), draw(_figures())))
    return replace(target, operator=draw(st.sampled_from([None, Operator.BETWEEN])),
                   lower=lower, upper=upper)  # fmt: skip


@st.composite
def _registers(draw: st.DrawFn) -> Register:
    indicators = []
    for number in range(draw(st.integers(0, 4))):
        low, high = sorted((draw(_figures()), draw(_figures())))
        areas = draw(st.sampled_from([("CS",), ("HR",), ("CS", "HR")]))
        kind = draw(st.sampled_from(Kind))
        measured = kind is Kind.MEASURE
        indicators.append(
            Indicator(
                ref=f"I{number}",
                priority="P1",
                wording=draw(_words),
                kind=kind,
                unit=draw(st.sampled_from(Unit)) if measured else None,
                decimals=draw(st.integers(0, 6)),
                polarity=draw(st.sampled_from(Polarity)) if measured else None,
                areas=areas,
                merge_rule=draw(st.sampled_from(MergeRule)) if measured else MergeRule.SOLE,
                tolerance=draw(_tolerances),
                plausible_minimum=low if measured else None,
                plausible_maximum=high if measured else None,
                plausible_change=draw(_figures(0)) if measured else None,
                commentary=draw(st.sampled_from(CommentaryRule)),
                definition=draw(_optional_words),
                source=draw(_optional_words),
            )
        )
    amber, green = sorted(Decimal(draw(st.integers(0, 100))).scaleb(-2) for _ in range(2))
    policy = Policy(
        draw(st.sampled_from(PolicyKind)),
        Tolerance(draw(_figures(0)), draw(st.sampled_from(ToleranceKind))),
        green_from=green,
        amber_from=amber,
    )
    return replace(
        WORKED,
        framework=Framework(draw(_words), draw(_words), draw(_optional_words), policy),
        priorities=(Priority("P1", draw(_words), draw(_words), draw(st.integers(0, 99))),),
        indicators=tuple(indicators),
        targets=tuple(
            draw(_targets(indicator)) for indicator in indicators if indicator.unit is not None
        ),
    )


@given(register=_registers())
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
def test_any_register_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, register: Register
) -> None:
    path = tmp_path_factory.mktemp("register") / "register.xlsx"
    write_register(register, path)
    assert repr(replace(read_here(path), sha256="")) == repr(register)


@pytest.mark.parametrize("small_below", [None, 3, 10])
@pytest.mark.parametrize("keep_years", [None, 1, 6])
@pytest.mark.parametrize(
    ("before", "after"), sampled([((7, 1, 0), (1, 3, 7)), ((), ()), ((7,), (14,))], 3)
)
def test_what_came_later_comes_back_as_it_was_written(
    workbook: Path,
    small_below: int | None,
    keep_years: int | None,
    before: tuple[int, ...],
    after: tuple[int, ...],
) -> None:
    framework = replace(
        WORKED.framework,
        bounds=TextBounds(600, 1, 40_000, keep_years or 200_000),
        small_below=small_below,
        keep_years=keep_years,
        remind_before=before,
        remind_after=after,
    )
    first, *others = WORKED.indicators
    schemes = replace(first, small_numbers=SmallNumbers.PUBLISH)
    register = replace(WORKED, framework=framework, indicators=(schemes, *others))
    write_register(register, workbook)
    assert replace(read_here(workbook), sha256="") == register


def test_a_register_made_without_what_came_later_is_read_as_if_it_were_blank(
    workbook: Path,
) -> None:
    book = load_workbook(workbook)
    later = {sheet.title: [c.heading for c in sheet.columns if c.later] for sheet in SHEETS}
    on_framework = later["Framework"]
    assert on_framework == [
        "Small numbers below",
        "Keep returns for",
        "Remind days before",
        "Remind days after",
        "Most achievements",
        "Longest achievement",
        "Longest commentary",
        "Longest return",
        "Coverage from",
        "Issue",
        "Drafts on",
        "Year begins in",
        "Exceeded by",
        "Earlier periods",
        *(asking := ["Corrective action", "Year-end forecast", "Confidence"]),
    ]
    rows = range(12, 12 + len(on_framework))
    assert [book["Framework"].cell(row, 1).value for row in rows] == on_framework
    book["Framework"].delete_rows(12, len(on_framework))
    of_time = ["Due", "Due in", "When not due", "First period", "Last period"]
    of_time += ["Changed from", "With before"]
    accumulating = ["Accumulation", "Replaces"]
    assert later["Indicators"] == ["Small numbers", *of_time, *asking, *accumulating]
    assert [cell.value for cell in book["Indicators"][3][17:]] == later["Indicators"]
    book["Indicators"].delete_cols(18, len(later["Indicators"]))
    thresholds = ["Green from", "Red from", "Exceeded from"]
    assert later["Targets"] == ["Spread", "Next year", "Change a year", *thresholds]
    assert [cell.value for cell in book["Targets"][3][8:]] == later["Targets"]
    book["Targets"].delete_cols(9, 6)
    assert later["Service areas"] == ["First period", "Last period", "Becomes", "Changed from"]
    assert [cell.value for cell in book["Service areas"][3][4:]] == later["Service areas"]
    book["Service areas"].delete_cols(5, 4)
    assert later["Periods"] == ["Issue on", "Formerly"]
    assert [cell.value for cell in book["Periods"][3][5:]] == later["Periods"]
    book["Periods"].delete_cols(6, 2)
    for sheet in SHEETS:
        if sheet.later:
            del book[sheet.title]
    book.save(workbook)
    assert replace(read_here(workbook), sha256="") == WORKED


# What the officer sees


def test_every_heading_has_a_note_with_an_example(workbook: Path) -> None:
    book = load_workbook(workbook)
    assert book.sheetnames == [sheet.title for sheet in SHEETS]
    for layout in SHEETS:
        sheet = book[layout.title]
        assert sheet.freeze_panes == "B4"
        assert list(sheet.tables) == [layout.table]
        for heading in sheet[3]:
            assert heading.comment is not None
        for column in layout.columns:
            assert len(column.asks) <= 255
            assert column.choices or column.proposes or "example" in column.asks


def test_every_list_is_a_drop_down_that_reaches_below_the_data(workbook: Path) -> None:
    book = load_workbook(workbook)
    for layout in SHEETS:
        sheet = book[layout.title]
        by_cell = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        for at, column in enumerate(layout.columns):
            if layout is FRAMEWORK:
                rule = by_cell[f"B{at + 4}"]
            else:
                letter = get_column_letter(at + 1)
                rule = by_cell[f"{letter}4:{letter}{sheet.max_row + SPARE_ROWS}"]
            assert rule.promptTitle == column.heading
            assert rule.prompt == column.asks
            if column.chosen_from:
                assert rule.formula1 == column.chosen_from
            elif column.choices:
                assert rule.formula1 is not None
                assert rule.formula1.strip('"').startswith(",".join(column.choices))
    for name, layout in LISTS.items():
        first = book.defined_names[name].value.split(":")[0]
        assert first.replace("'", "") == f"{layout.title}!$A$4"


def test_each_sheet_has_its_title_above_and_its_table_below(workbook: Path) -> None:
    for sheet in load_workbook(workbook):
        assert sheet["A1"].value == f"Register: {sheet.title}"
        assert sheet["A1"].style == "Heading 1"
        assert str(sheet["A2"].value).startswith("One table of ")
        (table,) = sheet.tables.values()
        assert table.ref.startswith("A3:")
        assert sheet.print_title_rows in (None, "$3:$3")


def test_figures_look_as_they_were_typed(workbook: Path) -> None:
    book = load_workbook(workbook)
    targets = book["Targets"]
    assert [(targets[c].value, targets[c].number_format) for c in ("D5", "D6", "F7")] == [
        (0.25, "0%"),
        (0.033, "0.00%"),
        (120000.5, '"£"#,##0.00;"-£"#,##0.00'),
    ]
    assert book["Framework"]["B8"].number_format == "0%"
    assert book["Periods"]["B4"].number_format == "dd/mm/yyyy"
    assert book["Periods"]["B4"].value == datetime(2011, 4, 1)  # noqa: DTZ001 - as cells are


def test_text_is_never_written_as_a_formula(workbook: Path) -> None:
    cell = load_workbook(workbook)["Indicators"]["Q5"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


def test_every_sheet_prints_on_a4_landscape_one_page_wide(workbook: Path) -> None:
    for sheet in load_workbook(workbook):
        assert sheet.page_setup.orientation == "landscape"
        assert (int(sheet.page_setup.paperSize or 0), sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_a_register_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "register.xlsx").mkdir()
    with pytest.raises(WorkspaceError, match="cannot be written"):
        write_register(WORKED, tmp_path / "register.xlsx")


# What the officer types


@pytest.mark.parametrize(
    ("typed", "shown_as", "read"),
    [
        (0.25, "0%", "25"),
        (0.033, "0.00%", "3.30"),
        (0.285, "0%", "28.5"),
        (25, "General", "25"),
        (62.5, "0.00", "62.50"),
        ("25%", "General", "25"),
        (" 3.30 % ", "@", "3.30"),
        (0.07, "0.0%;[Red]-0.0%", "7.0"),
    ],
)
def test_a_percentage_is_read_as_it_is_shown(
    workbook: Path, typed: object, shown_as: str, read: str
) -> None:
    change(workbook, "Targets", "D5", typed, shown_as)
    target = read_here(workbook).target("P2-2", "2012-13")
    assert target is not None
    assert str(target.value) == read


@pytest.mark.parametrize(
    ("typed", "operator", "value"),
    [
        (">3.30%", Operator.MORE_THAN, "3.30"),
        ("≥ 4%", Operator.AT_LEAST, "4"),
        ("<= 4.5%", Operator.AT_MOST, "4.5"),
    ],
)
def test_an_operator_typed_before_the_figure_is_taken(
    workbook: Path, typed: str, operator: Operator, value: str
) -> None:
    if operator in (Operator.MORE_THAN, Operator.AT_LEAST):
        change(workbook, "Indicators", "G5", "higher")
    change(workbook, "Targets", "C5", None)
    change(workbook, "Targets", "D5", typed)
    target = read_here(workbook).target("P2-2", "2012-13")
    assert target is not None
    assert (target.operator, str(target.value)) == (operator, value)


def test_money_typed_as_text_is_read(workbook: Path) -> None:
    change(workbook, "Targets", "F7", "£120,000")
    target = read_here(workbook).target("P6-2", "2012-13")
    assert target is not None
    assert target.upper == Decimal(120000)


def test_words_are_forgiven_their_case_and_spaces(workbook: Path) -> None:
    change(workbook, "Indicators", "D4", " Measure ")
    change(workbook, "Indicators", "G4", "LOWER")
    change(workbook, "Periods", "E4", "Closed")
    assert replace(read_here(workbook), sha256="") == WORKED


def test_areas_may_be_named_in_full_and_in_any_order(workbook: Path) -> None:
    change(workbook, "Indicators", "H5", "Human resources;Community safety")
    assert read_here(workbook).indicators[1].areas == ("CS", "HR")


def test_columns_stand_in_any_order_beside_others_and_blank_rows_are_passed_over(
    workbook: Path,
) -> None:
    book = load_workbook(workbook)
    sheet = book["Service areas"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_col=4)]
    sheet.delete_rows(1, sheet.max_row)
    sheet.append(["Our service areas"])
    for ref, name, lead, email in rows:
        sheet.append([None, email, "phone" if ref == "Ref" else "1234", name, lead, ref])
        sheet.append([None, None, "not read"])
    book.save(workbook)
    assert replace(read_here(workbook), sha256="") == WORKED


def test_periods_come_in_the_order_in_which_they_start(workbook: Path) -> None:
    book = load_workbook(workbook)
    earlier = ("2010-11", "01/04/2010", "2011-03-31", date(2011, 4, 30), "closed")
    book["Periods"].append(earlier)
    book.save(workbook)
    periods = read_here(workbook).periods
    assert [period.name for period in periods] == ["2010-11", "2011-12", "2012-13"]
    assert periods[0].ends == date(2011, 3, 31)


# The cache


def test_a_cached_register_is_the_same_register(workbook: Path, tmp_path: Path) -> None:
    first = load_register(workbook, tmp_path / "cache")
    again = load_register(workbook, tmp_path / "cache")
    assert repr(first) == repr(again) == repr(read_here(workbook))
    assert len(list((tmp_path / "cache").iterdir())) == 1


def test_a_changed_register_is_read_anew(workbook: Path, tmp_path: Path) -> None:
    load_register(workbook, tmp_path)
    change(workbook, "Framework", "B4", "Another Council")
    assert load_register(workbook, tmp_path).framework.council == "Another Council"


@pytest.mark.parametrize("broken", [b"", b"\xc1", b"\x80", b"\x01"])
def test_a_broken_cache_is_passed_over_and_written_again(
    workbook: Path, tmp_path: Path, broken: bytes
) -> None:
    cache = tmp_path / "cache"
    first = load_register(workbook, cache)
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(broken)
    assert load_register(workbook, cache) == first
    assert file.read_bytes() == whole


def test_a_cache_of_another_register_is_passed_over(workbook: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    load_register(workbook, cache)
    (file,) = cache.iterdir()
    change(workbook, "Framework", "B4", "Another Council")
    digest = hashlib.sha256(workbook.read_bytes()).hexdigest()
    file.rename(file.with_name(file.name.replace(file.name.split("-")[1], digest)))
    assert load_register(workbook, cache).framework.council == "Another Council"


def test_a_cache_that_cannot_be_written_stops_nothing(workbook: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be", encoding="utf-8")
    assert load_register(workbook, tmp_path / "cache").framework == WORKED.framework


def test_a_cached_load_imports_nothing_heavy(workbook: Path, tmp_path: Path) -> None:
    load_register(workbook, tmp_path)
    script = (
        "import sys; from pathlib import Path\n"
        "from pipeline.register.loading import load_register\n"
        "register = load_register(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "heavy = {'pandas', 'pandera', 'openpyxl', 'multiprocessing', 'python_calamine'}\n"
        "print(len(register.indicators), heavy & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(workbook), str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(len(WORKED.indicators)), "set()"]


@pytest.mark.parametrize("between", ["; ", ";", ", ", " and ", " AND ", " & ", "\n", " ;; "])
def test_a_list_is_read_whatever_people_put_between(tmp_path: Path, between: str) -> None:
    path = tmp_path / "register.xlsx"
    write_worked(path)
    change(path, "Indicators", areas_cell(path), f"CS{between}HR")
    assert read_here(path).indicators[1].areas == ("CS", "HR")


def areas_cell(path: Path) -> str:
    sheet = load_workbook(path)["Indicators"]
    (cell,) = [c for row in sheet.iter_rows() for c in row if c.value == "CS; HR"]
    return str(cell.coordinate)


def test_more_than_a_cell_holds_is_no_register(tmp_path: Path) -> None:
    areas = tuple(ServiceArea(f"A{n:05}", f"Area {n:05}") for n in range(5_000))
    first, *others = WORKED.indicators
    everywhere = replace(first, areas=tuple(area.ref for area in areas))
    register = replace(WORKED, areas=(*WORKED.areas, *areas), indicators=(everywhere, *others))
    with pytest.raises(WorkspaceError, match="Indicators, row 4, needs 39,998 characters"):
        write_register(register, tmp_path / "register.xlsx")
    assert not (tmp_path / "register.xlsx").exists()
