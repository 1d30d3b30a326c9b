"""The appendix: the workbook is written, read back, and compared with the report."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import takewhile
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.consolidation.rating import NotRated, Rating
from pipeline.consolidation.report import Line, Report
from pipeline.outputs.appendix import appendix_bytes
from pipeline.outputs.appendix import write as write_appendix
from pipeline.outputs.appendix.book import printed_number
from pipeline.outputs.indicators import COLUMNS as INDICATORS
from pipeline.outputs.palette import NOT_RATED, Shade, shade
from pipeline.outputs.tidy import (
    ASKED_COLUMNS,
    COLUMNS,
    HEADINGS,
    NOT_REPORTED,
    csv_bytes,
    tidy_rows,
)
from pipeline.outputs.tidy import write as write_csv
from pipeline.workbooks.row_height import text_width, wrap
from pipeline.workbooks.safe_text import plain
from schemas.bands import DEFAULT
from schemas.colours import contrast
from schemas.model import Polarity
from schemas.units import Thousands, Unit
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import indicator
from tests.support.programs import displayed
from tests.support.report_fixture import HOSTILE, WORKED, demanding, worked_example
from tests.support.tables import rows_of_table

DATA_SHEETS = ("Returns received", "Notes and definitions", "Data")


@pytest.fixture(scope="module")
def worked() -> Report:
    return worked_example()


@pytest.fixture(scope="module")
def hard() -> Report:
    return demanding()


@pytest.fixture(scope="module")
def worked_book(worked: Report) -> Workbook:
    return _read(appendix_bytes(worked))


@pytest.fixture(scope="module")
def hard_book(hard: Report) -> Workbook:
    return _read(appendix_bytes(hard))


def _read(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def _rows(sheet: Worksheet) -> Iterator[tuple[Cell | MergedCell, ...]]:
    return sheet.iter_rows()


def _texts(sheet: Worksheet) -> list[str]:
    return [c.value for row in _rows(sheet) for c in row if isinstance(c.value, str)]


def _row_of(sheet: Worksheet, wording: str) -> tuple[Cell | MergedCell, ...]:
    """The row of an indicator on the committee sheet: its wording, alone or above its notes."""
    start = plain(wording)
    after = next(c.row for row in _rows(sheet) for c in row if c.value == "Target")
    for row in _rows(sheet):
        first = row[0].value
        if row[0].row > after and isinstance(first, str) and first.split("\n")[0] == start:
            return row
    raise AssertionError(wording)


def _displayed(cell: Cell | MergedCell) -> str:
    """What Excel shows in a cell of one of the appendix's number formats."""
    if not isinstance(cell.value, int | float):
        return cell.value or ""
    layout = cell.number_format.split(";")[0]
    literals = "".join(re.findall(r'"([^"]*)"', layout))
    body = re.sub(r'"[^"]*"', "", layout)
    decimals = len(body.partition(".")[2].rstrip("%"))
    figure = Decimal(repr(cell.value)) * (100 if body.endswith("%") else 1)
    sign = "-" if figure < 0 else ""
    digits = f"{abs(figure):{',' if '#,' in body else ''}.{decimals}f}"
    head, currency = literals.removesuffix("£"), "£" if literals.endswith("£") else ""
    return f"{head}{sign}{currency}{digits}{'%' if body.endswith('%') else ''}"


def _table(sheet: Worksheet) -> list[list[object]]:
    return rows_of_table(sheet.iter_rows(values_only=True))


def test_the_sheets_stand_in_reading_order(worked_book: Workbook) -> None:
    assert worked_book.sheetnames == ["Contents", "Summary", "Appendix 3", *DATA_SHEETS]


def test_every_row_of_the_source_is_on_the_committee_sheet(worked_book: Workbook) -> None:
    sheet = worked_book["Appendix 3"]
    texts = _texts(sheet)
    assert texts[0] == "Appendix 3: Delivering fair and responsive services"
    for _, heading, achieved_heading, achievements, rows in WORKED:
        assert heading in texts
        assert achieved_heading in texts
        for _, words in achievements:
            assert any(words in text.replace("• ", "").split("\n") for text in texts), words
        for printed in rows:
            row = _row_of(sheet, printed.wording)
            assert str(row[0].value).startswith(f"{printed.wording}\n{printed.ref}, ")
            assert _displayed(row[1]) == printed.target
            assert _displayed(row[2]) == printed.performance
            is_for_context = printed.polarity is Polarity.CONTEXTUAL
            assert row[3].value == ("Contextual" if is_for_context else printed.rating)


def test_the_worked_example_is_amber_overall(worked: Report, worked_book: Workbook) -> None:
    assert worked.shown(worked.overall) == "◆ Amber"
    said = "All priorities\n3 green, 1 amber, 2 red, 8 not rated"
    (last,) = (r for r in _rows(worked_book["Appendix 3"]) if r[0].value == said)
    assert [c.value for c in last[1:4]] == [14, 6, "◆ Amber"]


@pytest.mark.parametrize("make", [worked_example, demanding])
def test_what_a_cell_shows_is_what_the_report_says(make: Callable[[], Report]) -> None:
    report = make()
    sheet = committee_sheet(_read(appendix_bytes(report)))
    for line in report.lines:
        row = _row_of(sheet, line.indicator.wording)
        if line.consolidated.narrative:
            assert row[2].value == "In words, below"
            below = sheet.cell(row[0].row + 1, 1).value
            assert below == f"Performance: {plain(line.performance_shown)}"
        else:
            assert _displayed(row[1]) == line.target_shown
            assert _displayed(row[2]) == line.performance_shown
        is_for_context = line.indicator.is_contextual
        assert row[3].value == ("Contextual" if is_for_context else report.shown(line.rating))
        if line.travel:
            travel = str(sheet.cell(row[0].row + 1, 2).value)
            assert travel.startswith(f"{line.travel.shown}, was\N{NO-BREAK SPACE}")


def test_figures_are_numbers_and_not_text(hard: Report) -> None:
    sheet = committee_sheet(_read(appendix_bytes(hard)))
    money = _row_of(sheet, "Cost of keeping the public realm")
    assert (money[1].value, money[2].value) == (1_250_000, 1_402_450.5)
    share = _row_of(sheet, "Streets of a good standard of cleanliness")
    assert (share[1].value, share[2].value) == (0.925, 0.926)


def test_a_range_a_state_and_a_figure_beyond_excels_digits_are_text(hard: Report) -> None:
    sheet = committee_sheet(_read(appendix_bytes(hard)))
    assert _row_of(sheet, "Vacancy rate of the housing stock")[1].value == "2% to 3.5%"
    assert _row_of(sheet, "Open the new depot")[2].value == "At risk"
    assert _row_of(sheet, "Number of particles counted")[2].value == "12,345,678,901,234,567"


@pytest.mark.parametrize(
    ("value", "unit", "shown", "prefix"),
    [
        ("4248", Unit.COUNT, "4248", ""),
        ("4248", Unit.COUNT, "4,248", ""),
        ("4248", Unit.COUNT, "≤4,248", "≤"),
        ("-1250.5", Unit.DAYS, "-1,250.5", ""),
        ("999", Unit.COUNT, "999", ""),
        ("31.5", Unit.PERCENT, "31.5%", ""),
        ("3.30", Unit.PERCENT, ">3.30%", ">"),
        ("-0.5", Unit.PERCENT, "≤-0.5%", "≤"),
        ("120000", Unit.CURRENCY, "£120,000", ""),
        ("-120.50", Unit.CURRENCY, "-£120.50", ""),
        ("9999", Unit.COUNT, "9999", ""),
        ("10000", Unit.COUNT, "10,000", ""),
        ("0.0", Unit.SCORE, "0.0", ""),
        ("7.25", Unit.RATIO, "7.250", ""),
    ],
)
def test_a_number_format_shows_the_figure_as_printed(
    value: str, unit: Unit, shown: str, prefix: str
) -> None:
    is_grouped = "," in shown
    thousands = Thousands.GROUPED if is_grouped else Thousands.BARE
    of = replace(indicator("P1-1", "Cases", unit), thousands=thousands)
    found = printed_number(Decimal(value), of, shown, prefix)
    assert found is not None
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    cell = sheet.cell(1, 1, found.value)
    assert isinstance(cell, Cell)
    cell.number_format = found.num_format
    assert _displayed(cell) == shown


def test_text_that_says_more_than_the_figure_makes_no_number() -> None:
    share, ratio = (indicator("P1-1", "Cases", unit) for unit in (Unit.PERCENT, Unit.RATIO))
    grouped = replace(indicator("P1-1", "Cases"), thousands=Thousands.GROUPED)
    assert printed_number(Decimal(62), share, "62% (p)") is None
    assert printed_number(Decimal("31.55"), share, "31.5%") is None
    assert printed_number(Decimal("1.0000000000000001"), ratio, "1.0000000000000001") is None
    assert printed_number(Decimal(4248), grouped, "4248") is None


def test_each_rating_has_its_word_symbol_and_colour(worked: Report) -> None:
    sheet = committee_sheet(_read(appendix_bytes(worked)))
    for line in worked.lines:
        cell = _row_of(sheet, line.indicator.wording)[3]
        tone = shade(worked.band(line.rating))
        assert cell.fill.fgColor.rgb == f"FF{tone.fill[1:]}"
        assert cell.font.color is not None
        assert cell.font.color.rgb == f"FF{tone.ink[1:]}"
        if band := worked.band(line.rating):
            assert str(cell.value).startswith(band.symbol)


@pytest.mark.parametrize("tone", [*map(shade, DEFAULT), NOT_RATED])
def test_text_on_each_colour_has_the_contrast_that_wcag_aaa_asks(tone: Shade) -> None:
    assert contrast(tone.fill, tone.ink) >= 7


def test_the_key_and_the_policy_are_on_the_sheet_in_words(worked: Report) -> None:
    report_key = dict(worked.key)
    texts = _texts(committee_sheet(_read(appendix_bytes(worked))))
    for band in worked.bands:
        at = texts.index(
            band.shown, texts.index("Key: what the colours of “Target achieved?” mean")
        )
        assert texts[at + 1] == report_key[band.colour]
    assert worked.overall_key in texts


def test_ref_and_owner_stand_beneath_the_wording_and_what_is_said_beneath_the_figures(
    hard: Report,
) -> None:
    sheet = committee_sheet(_read(appendix_bytes(hard)))
    line = hard.lines[0]
    first = _row_of(sheet, line.indicator.wording)[0]
    said = str(first.value)
    assert said == f"{line.indicator.wording}\nS.1, Highways, parks & streets, Housing"
    below = sheet.cell(first.row + 2, 1)
    assert str(below.value).split("\n") == [*line.remarks, f"Commentary: {line.commentary[0]}"]
    assert f"A{below.row}:D{below.row}" in {str(each) for each in sheet.merged_cells.ranges}


def test_a_text_taller_than_a_row_runs_on_from_a_sentence_and_loses_no_word(hard: Report) -> None:
    sheet = committee_sheet(_read(appendix_bytes(hard)))
    long = hard.sections[0].achievements[1].text
    column = [str(row[0].value or "") for row in _rows(sheet)]
    first = next(n for n, words in enumerate(column) if words.startswith(f"• {long[:80]}"))
    following = [*takewhile(lambda words: words.startswith("… continued\n"), column[first + 1 :])]
    parts = [column[first], *(words.removeprefix("… continued\n") for words in following)]
    assert len(parts) > 1
    assert all(part.endswith((".", ";")) for part in map(str.rstrip, parts))
    assert "".join(parts) == f"• {long}"


def test_no_row_is_lower_than_its_text_or_higher_than_excel_allows(hard: Report) -> None:
    for sheet in _read(appendix_bytes(hard)).worksheets[:3]:
        for number, row in sheet.row_dimensions.items():
            assert row.height is not None
            assert row.height <= 409
            cell = sheet.cell(number, 1)
            if isinstance(cell.value, str) and cell.coordinate not in sheet.merged_cells:
                width = round((sheet.column_dimensions["A"].width or 0) * 7)
                assert row.height >= len(wrap(cell.value, width, 9)) * 11.5


@pytest.mark.parametrize("words", ["", "one", "two words", "longword" * 40, "a  b\n\nc ", " lead"])
def test_wrapped_lines_hold_all_the_text_and_fit(words: str) -> None:
    lines = wrap(words, 120, 10)
    assert "".join(lines) == words.replace("\n", "")
    assert all(text_width(line.rstrip(), 10) <= 120 for line in lines)


def test_text_that_looks_like_a_formula_stays_text(hard: Report, hard_book: Workbook) -> None:
    for sheet in hard_book.worksheets:
        for row in _rows(sheet):
            assert not any(c.data_type == "f" for c in row)
            # What leads elsewhere leads to a place in the workbook.
            assert not any(c.hyperlink and c.hyperlink.target for c in row)
    texts = {text for sheet in hard_book.worksheets for text in _texts(sheet)}
    assert {plain(words) for words in HOSTILE} - {HOSTILE[0]} <= texts
    with zipfile.ZipFile(io.BytesIO(appendix_bytes(hard))) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        assert not any(b"<f>" in archive.read(n) for n in sheets)
        assert not any("externalLink" in n for n in archive.namelist())


def test_control_characters_are_left_out(hard_book: Workbook) -> None:
    assert any("Commentary: +1 and a bell" in t for t in _texts(committee_sheet(hard_book)))


def test_the_same_report_gives_the_same_bytes(worked: Report, tmp_path: Path) -> None:
    write_appendix(worked, tmp_path / "first.xlsx")
    write_appendix(worked_example(), tmp_path / "again" / "second.xlsx")
    first = (tmp_path / "first.xlsx").read_bytes()
    assert first == (tmp_path / "again" / "second.xlsx").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["again", "first.xlsx"]


def test_the_document_properties_name_the_council(worked_book: Workbook) -> None:
    about = worked_book.properties
    assert about.creator == "Medway Council"
    assert about.title == "Appendix 3: Delivering fair and responsive services, 2012-13"
    assert about.subject
    assert about.created is not None
    assert f"{about.created:%Y-%m-%d %H:%M}" == "2013-05-08 06:00"


def test_every_sheet_prints_on_a4_with_page_numbers(hard_book: Workbook) -> None:
    for sheet in hard_book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        if sheet.title not in DATA_SHEETS:
            assert "Page &P" in str(sheet.oddFooter.right.text)
            assert "Borough of R" in str(sheet.oddFooter.left.text)
        assert not sheet.sheet_view.showGridLines


def test_the_data_sheets_are_named_tables_without_merged_cells(hard_book: Workbook) -> None:
    for name in DATA_SHEETS:
        sheet = hard_book[name]
        assert not sheet.merged_cells.ranges
        (table,) = sheet.tables.values()
        left, top, right, bottom = range_boundaries(table.ref)
        assert (left, right, bottom) == (1, sheet.max_column, sheet.max_row)
        assert sheet.print_title_rows == f"${top}:${top}"
        for row in _rows(sheet):
            assert any(c.value not in {None, ""} for c in row)


def test_the_data_sheet_and_the_csv_file_hold_the_tidy_rows(
    hard: Report, hard_book: Workbook, tmp_path: Path
) -> None:
    write_csv(hard, tmp_path / "data.csv")
    content = (tmp_path / "data.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    header, *printed = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    cells = _table(hard_book["Data"])
    rows = tidy_rows(hard)
    words = {band.shown: band.word for band in hard.bands.every}
    assert tuple(header) == HEADINGS
    # Hashes are for programs.
    assert [each for each in header if each != "SHA-256"] == cells[0]
    assert len(printed) == len(cells) - 1 == len(rows)
    for row, in_csv, in_sheet in zip(rows, printed, cells[1:], strict=True):
        on_sheet = dict(zip(cells[0], in_sheet, strict=True))
        for (heading, value), text in zip(row.items(), in_csv, strict=True):
            cell = on_sheet.get(heading, value or None)
            match value:
                case None | "":
                    assert (text, cell) == ("", None)
                case Decimal():
                    assert Decimal(text) == value == Decimal(str(cell))
                case str():
                    assert text.removeprefix("'") == value.removeprefix("'")
                    assert cell == words.get(value, value)
                case _:
                    assert cell == value
                    assert text == f"{value:%Y-%m-%dT%H:%M:%S}"


def test_the_page_on_the_data_says_what_each_column_holds() -> None:
    written = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
    _, *tables = written.split("| --- | --- |\n")
    for table, columns in zip(tables[1:], (INDICATORS, COLUMNS, ASKED_COLUMNS), strict=True):
        rows = [f"| {c.heading} | {c.description} |" for c in columns]
        assert [line for line in table.splitlines()[: len(rows) + 1] if line] == rows


def test_text_in_the_csv_file_is_defused_and_numbers_are_not(hard: Report) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_bytes(hard).decode("utf-8-sig"), newline="")))
    by_ref = {row["Ref"]: row for row in rows}
    assert by_ref["H.1"]["Indicator"] == f"'{HOSTILE[0]}"
    assert by_ref["H.1"]["Service area"] == "'=Finance"
    assert by_ref["S.9"]["Value"] == "-0.50"
    for row in rows:
        for heading, text in row.items():
            if heading not in {"Value", "Numerator", "Denominator"}:
                assert not text.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_return_that_is_missing_has_its_rows_in_the_data(hard: Report) -> None:
    rows = {(r["Ref"], r["Service area"]): r for r in tidy_rows(hard)}
    missing = rows["S.4", "Housing"]
    assert (missing["Status"], missing["Value"], missing["File"]) == (NOT_REPORTED, None, "")


def test_a_suppressed_figure_is_nowhere_in_the_data(hard: Report) -> None:
    section = hard.sections[0]
    line = next(x for x in section.lines if x.rating.not_rated is NotRated.SUPPRESSED)
    told = replace(line.consolidated.observations[0], value=Decimal(4), numerator=Decimal(4))
    leaky = replace(line, consolidated=replace(line.consolidated, observations=(told,)))
    report = replace(hard, sections=(replace(section, lines=(leaky,)),))
    (row,) = tidy_rows(report)
    assert (row["Value"], row["Numerator"], row["As shown"]) == (None, None, "Suppressed")


def test_provenance_names_file_sheet_cell_time_and_hash(worked: Report) -> None:
    row = next(r for r in tidy_rows(worked) if r["Ref"] == "P2-1")
    assert (row["File"], row["Sheet"], row["Cell"]) == (
        "SAFE return 2012-13.xlsx",
        "Indicators",
        "H9",
    )
    assert f"{row['Received at']:%d %b %Y %H:%M}" == "24 Apr 2013 09:15"
    assert re.fullmatch("[0-9a-f]{64}", row["SHA-256"])
    assert (row["Value"], row["Unit"], row["Indicator rating"]) == (Decimal(4605), "count", "✖ Red")


def test_the_returns_sheet_tells_where_each_return_stands(hard_book: Workbook) -> None:
    rows = _table(hard_book["Returns received"])
    assert rows[1][:3] == ["Highways, parks & streets", "Received", "A.xlsx"]
    assert rows[1][5:8] == [2, 1, "A final (2).xlsx"]
    assert [row[1] for row in rows[2:]] == ["Sent back for correction", "Overdue"]


def test_the_notes_say_how_each_indicator_is_rated(worked_book: Workbook) -> None:
    rows = {r[0].value: [c.value for c in r] for r in _rows(worked_book["Notes and definitions"])}
    assert rows["P2-1"][4:9] == [
        "Lower is better",
        "5% of the target",
        "One area reports it",
        "4248",
        "4248 (2011-12)",
    ]
    terms = {r[1].value: r[2].value for r in _rows(worked_book["Notes and definitions"])}
    assert terms["Overall"] == worked_example().overall_key


@pytest.mark.parametrize(
    ("appendix", "expected"),
    [
        ("Appendix 12/B: [draft]", "Appendix 12 B draft"),
        ("Data", "Data_"),
        ("History", "History_"),
        ("'quoted'", "quoted"),
        ("/", "Appendix"),
        ("A" * 40, "A" * 31),
    ],
)
def test_the_committee_sheet_has_a_name_that_excel_takes(
    worked: Report, appendix: str, expected: str
) -> None:
    register = worked.register
    named = replace(
        worked, register=replace(register, framework=replace(register.framework, appendix=appendix))
    )
    assert committee_sheet(_read(appendix_bytes(named))).title == expected


def test_a_report_with_nothing_in_it_is_still_a_workbook(worked: Report) -> None:
    empty = replace(worked, sections=(), returns=())
    assert len(_read(appendix_bytes(empty)).sheetnames) == 6


def test_an_ampersand_in_the_title_does_not_become_a_code(hard_book: Workbook) -> None:
    with zipfile.ZipFile(io.BytesIO(appendix_bytes(demanding()))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "R&amp;&amp;\u2060G" in sheet or "R&amp;\u2060&amp;G" in sheet


@pytest.mark.outside
def test_libreoffice_shows_every_figure_as_printed(worked: Report, tmp_path: Path) -> None:
    write_appendix(worked, tmp_path / "appendix.xlsx")
    rows = displayed(tmp_path / "appendix.xlsx", tmp_path, sheet=3)
    shown = {row[0].split("\n")[0]: row for row in rows if len(row) > 3 and row[3]}
    for line in worked.lines:
        row = shown[line.indicator.wording]
        rated = "Contextual" if line.indicator.is_contextual else worked.shown(line.rating)
        expected = [line.target_shown, line.performance_shown, rated]
        assert row[1:4] == expected


def test_a_write_that_fails_leaves_nothing_half_written(worked: Report, tmp_path: Path) -> None:
    taken = tmp_path / "appendix.xlsx"
    taken.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_appendix(worked, taken)
    assert list(tmp_path.iterdir()) == [taken]


def test_a_line_without_a_colour_is_shown_on_neutral_ground(worked: Report) -> None:
    lines: list[Line] = [x for x in worked.lines if x.rating.colour is None]
    assert len(lines) == 8
    assert all(isinstance(x.rating, Rating) and shade(x.rating.colour) == NOT_RATED for x in lines)
