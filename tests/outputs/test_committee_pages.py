"""The committee sheet page by page: what stands on each, and that all of it can be read."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec import Struct
from msgspec.structs import replace
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.consolidation.report import Line, Point, Report
from pipeline.outputs.appendix import appendix_bytes, write
from pipeline.outputs.palette import BAND_FILL, HEADING_FILL
from pipeline.outputs.wording import travels_shown
from pipeline.workbooks.row_height import line_height, wrap
from pipeline.workbooks.safe_text import plain
from schemas.model import Kind
from tests.support.appendix_sheets import committee_sheet
from tests.support.programs import need
from tests.support.report_fixture import EIGHT, demanding, of_many, with_series, worked_example

#: How many points of a page are printed on.
UPRIGHT, ON_ITS_SIDE = 742, 496
#: So long before the eight quarters that all lie before the hard report's.
AGO = timedelta(days=3 * 365)


def at_once() -> Report:
    """Provisional, restated, suppressed, missing and disputed figures, beside eight quarters'."""
    report = demanding()
    before = (replace(each, starts=each.starts - AGO, ends=each.ends - AGO) for each in EIGHT[:-1])
    register = replace(report.register, periods=(*before, report.period))
    first, *others = report.sections
    line, *lines = first.lines
    said = "Restated: it stood at 85% when the period was closed on 5 May 2013."
    line = replace(line, restated_from="85%", remarks=(said, *line.remarks))
    first = replace(first, lines=(line, *lines))
    return with_series(replace(report, register=register, sections=(first, *others)), 8)


REPORTS = {
    "worked example": worked_example,
    "demanding": demanding,
    "120 in 12 priorities": of_many,
    "commentary of 260": lambda: of_many(commentary=260),
    "commentary of 1,220, wording of 600": lambda: of_many(40, 4, 1220, 600),
    "at once": at_once,
    "120 over 8 quarters": lambda: of_many(quarters=8),
    "commentary of 260 to 1,220 over 8 quarters": lambda: of_many(40, 4, 1220, 600, 8),
    "12 over 3 quarters": lambda: of_many(12, 3, 260, 0, 3),
    "one": lambda: of_many(1, 1),
    "none rated": lambda: none_rated(of_many(12, 2)),
}


def _height(sheet: Worksheet, row: int) -> float:
    """A row's height in points; one of the default height has none of its own."""
    height = sheet.row_dimensions[row].height
    return float(sheet.sheet_format.defaultRowHeight if height is None else height)


def none_rated(report: Report) -> Report:
    """The same without those of its indicators that are rated."""
    sections = tuple(
        replace(each, lines=tuple(n for n in each.lines if n.rating.colour is None))
        for each in report.sections
    )
    return replace(report, sections=sections)


class Made(Struct, frozen=True):
    report: Report
    content: bytes
    sheet: Worksheet

    @property
    def pages(self) -> list[range]:
        """The rows of each page, from 1."""
        ends = [each.id for each in self.sheet.row_breaks.brk] + [self.sheet.max_row]
        starts = [1, *(end + 1 for end in ends)]
        return [range(a, b + 1) for a, b in zip(starts, ends, strict=False)]

    @property
    def page(self) -> int:
        return ON_ITS_SIDE if self.sheet.page_setup.orientation == "landscape" else UPRIGHT

    def height(self, row: int) -> float:
        return _height(self.sheet, row)

    def heads(self, row: int) -> bool:
        fill = self.sheet.cell(row, 1).fill.fgColor.rgb
        return fill in {f"FF{each[1:]}" for each in (HEADING_FILL, BAND_FILL)}

    def is_blank(self, row: int) -> bool:
        return all(cell.value is None for cell in self.sheet[row])

    def rows_of(self, line_ref: str) -> int:
        """The row beneath or behind whose wording, or alone in which, the ref stands."""
        named = re.compile(rf"(?:^|\n| – ){re.escape(line_ref)}, ")
        for row in range(1, self.sheet.max_row + 1):
            if named.search(str(self.sheet.cell(row, 1).value)):
                return row
        raise AssertionError(line_ref)


@pytest.fixture(scope="module", params=REPORTS)
def made(request: pytest.FixtureRequest) -> Made:
    report = REPORTS[request.param]()
    content = appendix_bytes(report)
    return Made(report, content, committee_sheet(openpyxl.load_workbook(io.BytesIO(content))))


def test_no_page_is_fuller_than_paper(made: Made) -> None:
    assert all(sum(map(made.height, rows)) <= made.page for rows in made.pages)


def test_no_page_is_emptier_than_a_third_but_the_last_and_one_other(made: Made) -> None:
    used = [sum(map(made.height, rows)) for rows in made.pages]
    assert sum(each < made.page * 2 / 3 for each in used[:-1]) <= 1


def test_no_heading_stands_above_nothing(made: Made) -> None:
    for rows in made.pages:
        for row in rows:
            if made.heads(row):
                below = next(
                    n for n in (*range(row + 1, rows.stop), 0) if not n or not made.heads(n)
                )
                assert below, row
                assert not made.is_blank(below), row


def test_a_table_that_goes_on_repeats_its_own_headings(made: Made) -> None:
    heading, table = "", {}
    for rows in made.pages:
        for row in rows:
            first = str(made.sheet.cell(row, 1).value)
            if made.heads(row) and first.startswith(("Key", "Performance", "For context")):
                heading = first
            if row == rows.start and rows.start > 1:
                assert made.heads(row)
            table[row] = heading
    for line in made.report.lines:
        heading = table[made.rows_of(line.indicator.ref)]
        is_contextual = heading.startswith("For context")
        assert is_contextual is line.indicator.is_contextual
        assert is_contextual or heading.startswith("Performance indicators")


def test_no_block_of_an_indicator_is_broken(made: Made) -> None:
    starts = {rows.start for rows in made.pages}
    for line in made.report.lines:
        row = made.rows_of(line.indicator.ref)
        beneath = row + (1 if line.travel else 0)
        said = [*line.remarks, *line.commentary]
        last = beneath + (1 if said else 0)
        assert not starts & set(range(row + 1, last + 1)), line.indicator.ref
        if said:
            assert plain(said[0])[:40] in str(made.sheet.cell(last, 1).value)
        if not str(made.sheet.cell(row, 1).value).startswith(plain(line.indicator.wording)[:20]):
            assert row not in starts
            assert made.sheet.cell(row - 1, 1).value == line.indicator.wording


def widths_of(sheet: Worksheet) -> list[int]:
    """The columns' widths in pixels; of several that are alike the first says how wide each is."""
    found: dict[int, float] = {}
    for each in sheet.column_dimensions.values():
        found |= dict.fromkeys(range(each.min, each.max + 1), each.width or 0)
    return [round(found[column] * 7) for column in sorted(found)]


def _texts(sheet: Worksheet) -> Iterator[tuple[str, int, float, float]]:
    """Each text with its cell's width in pixels, height in points, and type size."""
    merged = {(each.min_row, each.min_col): each for each in sheet.merged_cells.ranges}
    widths = widths_of(sheet)
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                of = merged.get((cell.row, cell.column))
                last_row, last = (of.max_row, of.max_col) if of else (cell.row, cell.column)
                heights = (_height(sheet, n) for n in range(cell.row, last_row + 1))
                yield cell.value, sum(widths[cell.column - 1 : last]), sum(heights), cell.font.sz


def test_every_cell_is_as_high_as_its_text(made: Made) -> None:
    for words, width, height, size in _texts(made.sheet):
        least = min(size, 9)
        assert height <= 2 * 409
        assert len(wrap(words, width, least)) * line_height(least) <= height, words


def test_a_direction_of_travel_stands_on_one_line(made: Made) -> None:
    found = 0
    for words, width, _, size in _texts(made.sheet):
        if words[0] in "▲▼►":
            for line in words.split("\n"):
                found += 1
                assert len(wrap(line, width, size)) == 1
    assert found == sum(len(travels_shown(n)) for n in made.report.lines)


def test_no_figure_is_set_smaller_and_no_font_is_of_a_theme(made: Made) -> None:
    assert not any(c.alignment.shrinkToFit for row in made.sheet.iter_rows() for c in row)
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        for part in ("xl/styles.xml", "xl/sharedStrings.xml"):
            assert b"<scheme" not in archive.read(part)


def made_of(report: Report) -> Made:
    content = appendix_bytes(report)
    return Made(report, content, committee_sheet(openpyxl.load_workbook(io.BytesIO(content))))


def _over_quarters() -> Report:
    return of_many(24, 3, quarters=8)


def test_the_sheet_stands_upright_unless_its_figures_need_more_room() -> None:
    orientation = {
        make: committee_sheet(openpyxl.load_workbook(io.BytesIO(appendix_bytes(make())))).page_setup
        for make in (worked_example, demanding, _over_quarters)
    }
    assert orientation[worked_example].orientation == "portrait"
    assert orientation[demanding].orientation == "portrait"
    assert orientation[_over_quarters].orientation == "landscape"
    assert all(each.fitToWidth in {None, 1} for each in orientation.values())


def test_a_text_longer_than_pages_loses_no_word_and_heads_each_of_them() -> None:
    report = of_many(1, 1, commentary=20_000, wording=5_000)
    content = appendix_bytes(report)
    made = Made(report, content, committee_sheet(openpyxl.load_workbook(io.BytesIO(content))))
    assert len(made.pages) > 3
    assert all(sum(map(made.height, rows)) <= made.page for rows in made.pages)
    assert all(made.heads(rows.start) for rows in made.pages[1:])
    rows = [row for rows in made.pages for row in rows if not made.heads(row)]
    column = [str(made.sheet.cell(row, 1).value or "") for row in rows]
    (line,) = report.lines
    said = "".join(words.removeprefix("… continued\n") for words in column)
    assert line.indicator.wording in said
    assert f"Commentary: {line.commentary[0]}" in said


@pytest.mark.parametrize("quarters", [1, 8])
def test_a_hundred_and_twenty_indicators_take_few_pages(quarters: int) -> None:
    report = of_many(quarters=quarters)
    made = made_of(report)
    refs = {made.rows_of(n.indicator.ref) for n in made.report.lines}
    counted = [len(refs & set(rows)) for rows in made.pages]
    whole = [n for n in counted[1:-2] if n]
    assert sum(counted) == 120
    assert sum(whole) / len(whole) >= 14
    assert len(counted) <= 20


# --- Over several periods ------------------------------------------------------------------------


def _columns(made: Made) -> list[str]:
    """What heads the columns of the first table of indicators."""
    row = next(
        row
        for row in range(1, made.sheet.max_row + 1)
        if str(made.sheet.cell(row, 1).value).startswith("Performance indicators")
    )
    return [str(cell.value) for cell in made.sheet[row]]


def asking(report: Report, earlier: int | None) -> Report:
    framework = replace(report.register.framework, earlier_periods=earlier)
    return replace(report, register=replace(report.register, framework=framework))


@pytest.mark.parametrize(("asked", "shown"), [(None, 4), (4, 4), (2, 2), (0, 0)])
def test_as_many_earlier_periods_have_columns_as_the_register_says(
    asked: int | None, shown: int
) -> None:
    report = asking(_over_quarters(), asked)
    names = [each.name for each in report.register.periods[:-1]]
    found = _columns(made_of(report))[1:-4]
    assert found == names[len(names) - shown :]


def test_an_indicator_has_its_earlier_figures_as_they_were_issued() -> None:
    made, codes = made_of(_over_quarters()), set()
    for line in made.report.lines:
        cells = made.sheet[made.rows_of(line.indicator.ref)]
        for point, cell in zip(line.series[-5:-1], cells[1:5], strict=True):
            if point.value is None:
                assert cell.value == ("[c]" if point.why == "Suppressed" else "[x]")
                codes.add(cell.value)
            else:
                held = Decimal(str(cell.value))
                is_percent = "%" in cell.number_format
                assert held * (100 if is_percent else 1) == point.value
    # Each that is used is in the key.
    in_key = {str(row[0].value) for row in made.sheet.iter_rows()}
    assert codes == {"[c]", "[x]", "[z]"} & in_key


def _key(made: Made, code: str) -> str:
    rows = made.sheet.iter_rows(values_only=True)
    return next(str(row[1]) for row in rows if row[0] == code)


def test_the_key_names_the_sheet_trends_only_where_there_is_one() -> None:
    assert _key(made_of(_over_quarters()), "[x]").endswith(
        "Where a trend is drawn, the sheet Trends says why."
    )
    report = _over_quarters()
    lines = {n.indicator.ref: number for number, n in enumerate(report.lines)}

    def with_one_figure(line: Line) -> Line:
        *_, before, own = line.series
        missing = Point(before.period, why="No data")
        given = (before,) if lines[line.indicator.ref] % 2 else (missing, own)
        return replace(line, series=given)

    sections = tuple(
        replace(each, lines=tuple(map(with_one_figure, each.lines))) for each in report.sections
    )
    made = made_of(replace(report, sections=sections))
    assert "Trends" not in openpyxl.load_workbook(io.BytesIO(made.content)).sheetnames
    assert _key(made, "[x]") == "An earlier figure that is not available."


def test_what_is_told_in_words_has_no_earlier_figure_that_could_be_available() -> None:
    report = at_once()
    in_words = [n.indicator.ref for n in report.lines if n.indicator.kind is Kind.NARRATIVE]
    sections = tuple(
        replace(
            each,
            lines=tuple(
                replace(n, series=()) if n.indicator.ref in in_words else n for n in each.lines
            ),
        )
        for each in report.sections
    )
    made = made_of(replace(report, sections=sections))
    assert in_words
    for ref in in_words:
        assert made.sheet.cell(made.rows_of(ref), 2).value == "[z]"
    assert _key(made, "[z]").endswith("or told in words.")


def test_a_rating_says_what_it_was_last_time() -> None:
    made = made_of(_over_quarters())
    for line in made.report.lines:
        row = made.sheet[made.rows_of(line.indicator.ref)]
        before = line.last_point
        assert before is not None
        said = str(row[-1].value).split("\n")
        if line.indicator.is_contextual:
            assert said == ["Contextual"]
        elif before.colour:
            assert said[1] == f"was {made.report.bands.of(before.colour).word}"
        else:
            assert said[1:] == []


def test_each_trend_is_drawn_from_the_figures_of_its_own_indicator() -> None:
    report = _over_quarters()
    content = appendix_bytes(report)
    made = made_of(report)
    trends = openpyxl.load_workbook(io.BytesIO(content))["Trends"]
    rows = [[cell.value for cell in row] for row in trends.iter_rows()]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        # Contents and summary stand before it.
        markup = archive.read("xl/worksheets/sheet3.xml").decode()
    drawn = re.findall(
        r"<xm:f>Trends!([A-Z]+)(\d+):([A-Z]+)\2</xm:f><xm:sqref>([A-Z]+)(\d+)", markup
    )
    assert len(drawn) == len(report.lines)
    at = {
        row: ref for ref in (n.indicator.ref for n in report.lines) for row in [made.rows_of(ref)]
    }
    by_ref = {line.indicator.ref: line for line in report.lines}
    for first, row, last, _, cell in drawn:
        values = [each.value for (each,) in zip(*trends[f"{first}{row}:{last}{row}"], strict=True)]
        held = rows[int(row) - 1]
        line = by_ref[at[int(cell)]]
        assert held[0] == line.indicator.ref
        # As a text no column is drawn; the reason stands behind the figures.
        found = [None if isinstance(each, str) else Decimal(str(each)) for each in values]
        assert found == [point.value for point in line.series]
        for point in line.series:
            if point.value is None:
                assert f"{point.period}: {point.why.lower()}" in str(held[-1])


def test_an_earlier_figure_has_the_decimals_that_the_indicator_is_published_with() -> None:
    line = next(n for n in of_many(12, 2).lines if n.travel and n.indicator.decimals == 1)
    assert line.travel is not None
    told = replace(line.travel, earlier=Decimal(100), basis="baseline 2011-12")
    assert travels_shown(replace(line, travel=told))[0][1] == "was 100.0% (baseline 2011-12)"
    published = replace(told, decimals=2, basis="2013-14")
    assert travels_shown(replace(line, travel=published))[0][1] == "was 100.00% (2013-14)"


@pytest.mark.outside
@pytest.mark.parametrize("name", ["demanding", "commentary of 1,220, wording of 600"])
def test_every_word_of_every_cell_for_print_is_printed(name: str, tmp_path: Path) -> None:
    report = REPORTS[name]()
    write(report, tmp_path / "appendix.xlsx")
    subprocess.run(
        [need("soffice"), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "appendix.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    sheets = openpyxl.load_workbook(tmp_path / "appendix.xlsx").worksheets[:3]
    pages = str(sum(len(sheet.row_breaks.brk) + 1 for sheet in sheets))
    printed = subprocess.run(
        [need("pdftotext"), "-l", pages, "-raw", str(tmp_path / "appendix.pdf"), "-"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    # A word longer than its line is cut there; openpyxl shows what is escaped as it is escaped.
    wanted = Counter(
        word
        for sheet in sheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
        for word in re.findall(r"\w+", cell.value)
        if len(word) < 40 and word != "_x0041_"
    )
    missing = wanted - Counter(re.findall(r"\w+", printed))
    assert not missing
