"""The Summary sheet: on a page where it can be, and all that it says is what others say."""

from __future__ import annotations

import io
import re
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.consolidation.changes import Changes
from pipeline.consolidation.rating import Tally, travel
from pipeline.consolidation.report import EarlierTally, Edition, Line, Report
from pipeline.outputs.appendix import appendix_bytes, write
from pipeline.outputs.appendix.looks import SMALL
from pipeline.outputs.appendix.summary import NAME
from pipeline.outputs.appendix.summary.shortening import shortened
from pipeline.outputs.wording import changes_shown, counts_shown
from pipeline.workbooks.row_height import line_height, wrap
from pipeline.workbooks.safe_text import plain
from schemas.bands import bands_of
from schemas.model import Colour
from schemas.units import Unit, shown
from tests.support.appendix_sheets import committee_sheet, read_back
from tests.support.programs import need
from tests.support.report_fixture import demanding, of_many, worked_example
from tests.support.summary_reports import busy, changed, over_periods, with_ratings

#: How many points of a page are printed on.
PAGE = 742
CHART = {
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "xdr": "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing",
}


def none_rated() -> Report:
    report = of_many(12, 2)
    sections = tuple(
        replace(each, lines=tuple(n for n in each.lines if n.rating.colour is None))
        for each in report.sections
    )
    return replace(report, sections=sections, overall=Tally(0, 0, 0, 1, None, None))


def nothing_in_it() -> Report:
    report = worked_example()
    nothing = Tally(0, 0, 0, 0, None, None)
    sections = tuple(
        replace(each, lines=(), achievements=(), tally=nothing) for each in report.sections
    )
    return replace(report, sections=sections, overall=nothing)


def with_a_fourth_band() -> Report:
    report = over_periods(busy(3, 3))
    return replace(report, bands=bands_of(report.register, some_exceed=True))


def with_long_figures() -> Report:
    """Of money, which is off target and moved far, some of it since an earlier period."""
    report = busy(3, 3)

    def in_money(line: Line) -> Line:
        consolidated, before = line.consolidated, line.travel
        if consolidated.value is None or before is None or line.target is None:
            return line
        indicator = replace(line.indicator, unit=Unit.CURRENCY, decimals=2)
        value = consolidated.value * 3_333_333_333 + Decimal("0.34")
        goal = (line.target.value or Decimal(0)) * 3_333_333_333
        is_even = line.indicator.ref[1] in "02468"
        basis = before.basis if is_even else "Q1 2012/13, provisional"
        return replace(
            line,
            indicator=indicator,
            consolidated=replace(consolidated, value=value),
            performance_shown=shown(value, Unit.CURRENCY, 2),
            target=replace(line.target, value=goal),
            target_shown=shown(goal, Unit.CURRENCY),
            travel=travel(value, value * 2, basis, indicator, line.target),
        )

    return replace(
        report,
        sections=tuple(
            replace(each, lines=tuple(map(in_money, each.lines))) for each in report.sections
        ),
    )


REPORTS = {
    "worked example": worked_example,
    "long figures": with_long_figures,
    "ten red": lambda: busy(10, 0),
    "very many off target, and changes": lambda: busy(20, 20, 9),
    "demanding": demanding,
    "one": lambda: with_ratings(of_many(1, 1), 0, 1),
    "none rated": none_rated,
    "nothing in it": nothing_in_it,
    "fourth band": with_a_fourth_band,
    "fourth band before": lambda: over_periods(busy(4, 0), 3, exceeded=5),
    "first issue": lambda: replace(worked_example(), changes=Changes(None), edition=Edition("", 1)),
}
ON_A_PAGE = {*REPORTS} - {"very many off target, and changes", "long figures"}


@cache
def _report(name: str) -> Report:
    return REPORTS[name]()


@cache
def _content(name: str) -> bytes:
    return appendix_bytes(_report(name))


@cache
def _book(name: str) -> Workbook:
    return read_back(_content(name))


def _sheet(name: str) -> Worksheet:
    return _book(name)[NAME]


def _texts(name: str) -> list[str]:
    return [str(c.value) for row in _sheet(name).iter_rows() for c in row if c.value is not None]


def _height(sheet: Worksheet, row: int) -> float:
    height = sheet.row_dimensions[row].height
    return float(sheet.sheet_format.defaultRowHeight if height is None else height)


def _pages(name: str) -> list[range]:
    """The rows of each page, from 1."""
    sheet = _sheet(name)
    ends = [each.id for each in sheet.row_breaks.brk] + [sheet.max_row]
    starts = [1, *(end + 1 for end in ends)]
    return [range(a, b + 1) for a, b in zip(starts, ends, strict=False)]


def _linked(sheet: Worksheet) -> Iterator[tuple[str, str, int]]:
    """Each text that leads elsewhere, with the sheet and the row it leads to."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                assert cell.hyperlink.target is None
                to = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location)
                assert to is not None
                yield str(cell.value), to[1].replace("''", "'"), int(to[2])


# --- Pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(ON_A_PAGE))
def test_it_fits_a_page(name: str) -> None:
    assert len(_pages(name)) == 1


@pytest.mark.parametrize("name", REPORTS)
def test_no_page_is_fuller_than_paper(name: str) -> None:
    sheet = _sheet(name)
    for rows in _pages(name):
        assert sum(_height(sheet, row) for row in rows) <= PAGE


def test_very_many_run_on_with_their_headings_and_it_says_how_many_stand_where() -> None:
    name = "very many off target, and changes"
    first, *others = _pages(name)
    sheet = _sheet(name)
    refs = [n.indicator.ref for n in _report(name).lines if n.rating.colour is Colour.RED]
    refs += [n.indicator.ref for n in _report(name).lines if n.rating.colour is Colour.AMBER]
    entries = [row for row in range(1, sheet.max_row + 1) if _is_off_target(sheet, row)]
    assert [sheet.cell(row, 1).value for row in entries] == refs
    here = sum(row in first for row in entries)
    assert 0 < here < len(refs) == 40
    said = f"20 red and 20 amber: {here} on this page, and {40 - here} from {refs[here]} on"
    assert any(each.startswith(said) for each in _texts(name))
    for rows in others[:-1]:
        assert sheet.cell(rows.start, 1).value == "Ref"


def _is_off_target(sheet: Worksheet, row: int) -> bool:
    return str(sheet.cell(row, 4).value).startswith(("✖ Red: ", "◆ Amber: "))


def _widths(sheet: Worksheet) -> dict[str, int]:
    """How many pixels wide each cell of a sheet is, over the columns that it takes."""
    merged = {(each.min_row, each.min_col): each.max_col for each in sheet.merged_cells.ranges}
    letters = "ABCDEFGHIJKL"
    widths = [round((sheet.column_dimensions[letter].width or 0) * 7) for letter in letters]
    return {
        cell.coordinate: sum(
            widths[cell.column - 1 : merged.get((cell.row, cell.column), cell.column)]
        )
        for row in sheet.iter_rows()
        for cell in row
    }


@pytest.mark.parametrize("name", REPORTS)
def test_every_cell_is_as_high_as_its_text(name: str) -> None:
    sheet = _sheet(name)
    widths = _widths(sheet)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                lines = wrap(cell.value, widths[cell.coordinate], min(cell.font.sz, 9))
                assert len(lines) * line_height(9) <= _height(sheet, cell.row) + 0.01, cell.value


@pytest.mark.outside
@pytest.mark.parametrize("name", ["ten red", "very many off target, and changes", "fourth band"])
def test_every_word_of_contents_and_summary_is_printed(name: str, tmp_path: Path) -> None:
    write(_report(name), tmp_path / "appendix.xlsx")
    subprocess.run(
        [need("soffice"), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "appendix.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    pages = str(1 + len(_pages(name)))
    printed = subprocess.run(
        [need("pdftotext"), "-l", pages, "-raw", str(tmp_path / "appendix.pdf"), "-"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    cells = (
        str(cell.value)
        for sheet in _book(name).worksheets[:2]
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )
    wanted = Counter(word for each in cells for word in re.findall(r"\w+", each))
    assert not wanted - Counter(re.findall(r"\w+", printed))


# --- What it says --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", REPORTS)
def test_each_ref_leads_to_its_block_on_the_committee_sheet(name: str) -> None:
    report, sheet, committee = _report(name), _sheet(name), committee_sheet(_book(name))
    wordings = {n.indicator.ref: n.indicator.wording for n in report.lines}
    found = 0
    for words, to, row in _linked(sheet):
        if to == NAME:
            assert re.fullmatch(r"And \d+ more: all of them stand at the end of this sheet", words)
            assert sheet.cell(row, 1).value == "Since the last issue"
            continue
        assert to == committee.title
        block = f"{committee.cell(row, 1).value}\n{committee.cell(row + 1, 1).value}"
        assert block.startswith(plain(wordings[words]))
        assert re.search(rf"(\n| – ){re.escape(words)}, ", block)
        found += 1
    off = [n for n in report.lines if n.rating.colour in (Colour.RED, Colour.AMBER)]
    assert found >= len(off)


def test_overall_stands_with_its_rule_and_how_much_is_in() -> None:
    report = _report("worked example")
    texts = _texts("worked example")
    assert "Overall performance\n◆ Amber" in texts
    (said,) = [each for each in texts if "score" in each and each.startswith("3 green")]
    assert said.split("\n") == [
        "3 green, 1 amber, 2 red, 8 not rated; score 0.583.",
        "14 of 14 answers are in. Every service area has returned.",
        report.overall_key,
    ]


def test_each_priority_has_a_tile_with_its_rating_and_its_counts() -> None:
    sheet = _sheet("worked example")
    tiles = {
        str(cell.value): sheet.cell(cell.row + 1, cell.column)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in {n.priority.heading for n in _report("worked example").sections}
    }
    assert len(tiles) == 7
    rated = tiles["Priority 2 Reduce repeat incidences of domestic abuse"]
    assert rated.value == "◆ Amber:  1 ✔  1 ✖  1 –"
    report = _report("worked example")
    band = report.band(report.sections[1].tally)
    assert band is not None
    assert rated.fill.fgColor.rgb == f"FF{band.fill[1:]}"


def test_who_has_not_returned_is_named_with_where_the_return_stands() -> None:
    (said,) = [each for each in _texts("demanding") if "Who has not returned: " in each]
    assert "Housing (sent back for correction, 4 things to correct); =Finance (overdue" in said


def test_what_is_red_or_amber_stands_with_owner_figures_commentary_and_action() -> None:
    report = with_ratings(of_many(10, 2), 1, 1)
    sheet = read_back(appendix_bytes(report))[NAME]
    rows = [row for row in range(1, sheet.max_row + 1) if _is_off_target(sheet, row)]
    lines = {n.indicator.ref: n for n in report.lines}
    for row in rows:
        ref, words, figures, said, done = (sheet.cell(row, n).value for n in (1, 2, 4, 5, 8))
        line = lines[ref]
        assert words == f"{line.indicator.wording}\n{report.register.area_name('A' + words[-2:])}"
        assert report.register.area_name(line.indicator.areas[0]) in words
        rated = f"{report.shown(line.rating)}: {line.performance_shown}"
        assert figures.split("\n")[:2] == [rated, f"target {line.target_shown}"]
        # There is room for all of it.
        assert (said, done) == (line.commentary[0], line.actions[0])
    assert [str(sheet.cell(row, 4).value)[:1] for row in rows] == ["✖", "◆"]


def test_with_little_room_texts_are_cut_at_a_word() -> None:
    sheet = _sheet("ten red")
    lines = {n.indicator.ref: n for n in _report("ten red").lines}
    rows = [row for row in range(1, sheet.max_row + 1) if _is_off_target(sheet, row)]
    assert len(rows) == 10
    for row in rows:
        ref, said = sheet.cell(row, 1).value, str(sheet.cell(row, 5).value)
        whole = lines[ref].commentary[0]
        assert said.endswith(" …")
        assert whole.startswith(said.removesuffix(" …"))
        assert not whole[len(said) - 2].isalnum()


@pytest.mark.parametrize("words", ["", "short", "two  words\nand a line", "word " * 200, "x" * 400])
@pytest.mark.parametrize("lines", [1, 2, 5])
def test_a_shortened_text_takes_no_more_lines_than_it_may(words: str, lines: int) -> None:
    cut = shortened(words, lines, 160, SMALL)
    assert len(wrap(cut, 160, SMALL.font_size)) <= lines
    whole = " ".join(words.split())
    assert cut == whole if not cut.endswith("…") else whole.startswith(cut.removesuffix(" …"))


def test_where_nothing_is_off_target_that_is_said() -> None:
    assert "No indicator is red or amber." in _texts("none rated")
    assert "No indicator is red or amber." in _texts("nothing in it")


def test_what_moved_most_stands_with_both_figures() -> None:
    sheet = _sheet("ten red")
    at = next(c.row for c in sheet["B"] if c.value == "What moved most")
    assert (sheet.cell(at, 5).value, sheet.cell(at, 6).value) == ("2014-15 Q3", "2014-15 Q4")
    moved = [[sheet.cell(at + n, column).value for column in (1, 5, 6, 8)] for n in range(1, 6)]
    assert moved[0] == ["P1-10", "65.0%", "40.0%", "▼ 48.1% of target, worse"]
    shares = [float(str(row[-1])[2:6]) for row in moved]
    assert shares == sorted(shares, reverse=True)


def test_no_figure_and_no_period_is_broken_in_two() -> None:
    sheet = _sheet("long figures")
    at = next(c.row for c in sheet["B"] if c.value == "What moved most")
    below = next(c.row for c in sheet["B"] if c.value == "Red or amber, and whose")
    moved = [[c.value for c in sheet[at + n] if c.value is not None] for n in range(6)]
    assert moved[0][2:] == ["Before", "2014-15 Q4", "How far"]
    assert {str(each[4]).rpartition(" (")[2] for each in moved[1:]} == {
        "since 2014-15\N{NO-BREAK SPACE}Q3)",
        "since Q1\N{NO-BREAK SPACE}2012/13,\N{NO-BREAK SPACE}provisional)",
    }
    widths, figures = _widths(sheet), 0
    for row in (*range(at + 1, at + 6), *range(below + 1, sheet.max_row + 1)):
        for cell in sheet[row]:
            for word in re.split("[ \n]", str(cell.value or "")):
                if "£" in word or "\N{NO-BREAK SPACE}" in word:
                    figures += "£" in word
                    assert len(wrap(word, widths[cell.coordinate], 9, bold=True)) == 1, word
    # Two of each that moved; of each off target the figure, the target and the gap.
    assert figures == 5 * 2 + 6 * 3


def test_what_changed_is_what_the_message_says() -> None:
    report = _report("very many off target, and changes")
    texts = _texts("very many off target, and changes")
    assert report.changes is not None
    assert changes_shown(report, report.changes) in texts
    # Three on the first page, and all at the end.
    assert texts.count("Figure changed") == 2 + 8
    assert texts.count("Newly red") == 2
    first = "This is the first issue of the appendix for 2012-13."
    assert first in _texts("first issue")


def test_what_an_issue_said_that_was_not_kept_is_not_compared_with() -> None:
    told = Changes(datetime(2013, 5, 1, tzinfo=UTC), is_known=False)
    report = replace(worked_example(), changes=told)
    sheet = read_back(appendix_bytes(report))[NAME]
    said = "What it said was not kept, so nothing is compared."
    assert any(said in str(c.value) for row in sheet.iter_rows() for c in row)


def test_a_draft_says_that_it_is_one() -> None:
    assert "Draft 7KQ2MX: not for publication. Nobody has approved it." in _texts("ten red")


# --- Ratings over periods ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ten red", "fourth band", "fourth band before"])
def test_the_chart_holds_the_figures_of_the_table_beside_it(name: str) -> None:
    report, sheet = _report(name), _sheet(name)
    told = [*report.earlier, EarlierTally(report.period.name, report.overall)]
    with zipfile.ZipFile(io.BytesIO(_content(name))) as archive:
        chart = ET.fromstring(archive.read("xl/charts/chart1.xml"))  # noqa: S314 - our own
        drawing = ET.fromstring(archive.read("xl/drawings/drawing1.xml"))  # noqa: S314 - our own
    series = chart.findall(".//c:ser", CHART)
    bands = [
        each
        for each in report.bands.every
        if each.colour in report.bands.in_use or any(t.tally.of(each.colour) for t in told)
    ]
    names = [each.findtext(".//c:tx//c:v", namespaces=CHART) for each in series]
    assert names == [*(band.shown for band in bands), "Not rated"]
    for n, each in enumerate(series):
        numbers = [
            t.tally.of(bands[n].colour) if n < len(bands) else t.tally.not_rated for t in told
        ]
        assert _cached(each, "val", sheet) == [str(number) for number in numbers]
        assert _cached(each, "cat", sheet) == [t.period for t in told]
    described = drawing.find(".//xdr:cNvPr", CHART)
    assert described is not None
    said = described.get("descr", "")
    for t in told:
        assert f"{t.period}: {counts_shown(report, t.tally)}" in said
    assert "The table beside it holds the same figures." in said


def _cached(series: ET.Element, kind: str, sheet: Worksheet) -> list[str]:
    """What a chart keeps of the cells it is drawn from, which hold the same."""
    of = series.find(f"c:{kind}", CHART)
    assert of is not None
    place, _, area = of.findtext(".//c:f", "", CHART).partition("!")
    assert place.strip("'") == sheet.title
    left, top, right, bottom = range_boundaries(area)
    rows = sheet.iter_rows(top, bottom, left, right, values_only=True)
    kept = [str(each.text) for each in of.findall(".//c:pt/c:v", CHART)]
    assert kept == [str(value) for row in rows for value in row]
    return kept


def test_each_number_in_the_chart_carries_its_bands_symbol_where_it_has_room() -> None:
    with zipfile.ZipFile(io.BytesIO(_content("ten red"))) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert all(f"&quot;{symbol} &quot;0" in chart for symbol in "✔◆✖–")
    deleted = re.findall(r"<c:dLbl><c:idx val=\"\d\"/><c:delete val=\"1\"/>", chart)
    # No amber, few red and few that are not rated have room.
    assert len(deleted) > 8


def test_a_first_period_has_no_chart() -> None:
    with zipfile.ZipFile(io.BytesIO(_content("worked example"))) as archive:
        assert not [each for each in archive.namelist() if "chart" in each]


def test_a_band_that_only_an_earlier_period_had_has_its_column() -> None:
    report = _report("fourth band before")
    assert Colour.EXCEEDED not in report.bands.in_use
    sheet = _sheet("fourth band before")
    at = next(c.row for c in sheet["A"] if c.value == "Ratings over periods")
    heads = [c.value for c in sheet[at] if c.value]
    assert heads == ["Ratings over periods", "Period", "★", "✔", "◆", "✖", "–", "Overall"]
    assert [sheet.cell(at + n, 6).value for n in range(1, 5)] == [5, 5, 5, 0]


def test_the_overall_rating_of_each_period_has_its_word_and_symbol() -> None:
    report = over_periods(with_ratings(of_many(20, 2), 1, 1), 1)
    unrated = replace(report.earlier[0], tally=Tally(0, 0, 0, 20, None, None))
    report = replace(report, earlier=(unrated,))
    sheet = read_back(appendix_bytes(report))[NAME]
    at = next(c.row for c in sheet["A"] if c.value == "Ratings over periods")
    assert [sheet.cell(at + n, 10).value for n in (1, 2)] == ["Not rated", "✔ Green"]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert _content("ten red") == appendix_bytes(busy(10, 0))


def test_one_change_more_than_is_told_of_is_told_of_too() -> None:
    report = changed(worked_example(), 4)
    sheet = read_back(appendix_bytes(report))[NAME]
    texts = [str(c.value) for row in sheet.iter_rows() for c in row]
    assert texts.count("Figure changed") == 3
    assert not any(each.startswith("And ") for each in texts)
    assert Decimal(texts.count("Newly red")) == 1
