"""What a reader finds of earlier periods in an appendix's workbook, and what is drawn of it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from decimal import Decimal

from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.appendix_sheets import committee_sheet

_REF = re.compile(r"(?:^|\n| – )(\S+), ")
_SINCE = re.compile(r"\(since (.+)\)$")
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_RANGE = "{http://schemas.microsoft.com/office/excel/2006/main}f"


def earlier_columns(book: Workbook) -> Iterator[tuple[str, str, Decimal]]:
    """The figures in the columns before the target: each ref, the heading, and what is printed."""
    headings: list[str] = []
    for row in committee_sheet(book).iter_rows():
        names = [str(cell.value) for cell in row]
        if "Target" in names:
            headings = names[1 : names.index("Target")]
        found = _REF.search(names[0])
        for heading, cell in zip(headings, row[1:], strict=False):
            if found and isinstance(cell.value, (int, float)):
                held = Decimal(str(cell.value))
                yield found[1], heading, held * 100 if "%" in cell.number_format else held


def ratings_before(book: Workbook) -> Iterator[tuple[str, str]]:
    """Each ref with the word of what it was rated last time."""
    for row in committee_sheet(book).iter_rows(values_only=True):
        found = _REF.search(str(row[0]))
        if found and (was := re.search(r"\nwas (?!not rated)(.+)$", str(row[-1]))):
            yield found[1], was[1]


def moved(book: Workbook) -> Iterator[tuple[str, str, str]]:
    """What moved most, by the summary: each ref, the period before, and the figure of then."""
    rows = [
        [c for c in row if c is not None] for row in book["Summary"].iter_rows(values_only=True)
    ]
    at = next((n for n, row in enumerate(rows) if row[1:2] == ["What moved most"]), None)
    if at is None:
        return
    before = str(rows[at][2])
    for row in rows[at + 1 :]:
        if len(row) != len(rows[at]):
            break
        since = _SINCE.search(str(row[4]))
        of = since[1].replace("\N{NO-BREAK SPACE}", " ") if since else before
        yield str(row[0]), of, str(row[2])


def tallies(book: Workbook) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Each period of the summary's chart with how many were of each rating: ✔, ◆, ✖ and none."""
    rows = [
        [c for c in row if c is not None] for row in book["Summary"].iter_rows(values_only=True)
    ]
    at = next(
        (n for n, row in enumerate(rows) if row[:2] == ["Ratings over periods", "Period"]), -1
    )
    heads = rows[at][2:-1] if at >= 0 else []
    for row in rows[at + 1 :] if heads else ():
        if len(row) != len(heads) + 2:
            break
        counts = dict(zip(heads, (int(str(each)) for each in row[1:-1]), strict=True))
        yield str(row[0]), tuple(counts.get(symbol, 0) for symbol in "✔◆✖–")


def _filled(sheet: Worksheet) -> list[list[object]]:
    rows = sheet.iter_rows(values_only=True)
    return [[value for value in row if value is not None] for row in rows]


def drawn_beside_cells(content: bytes, book: Workbook) -> Iterator[str]:
    """What charts and trend lines hold that no cell shows: of them there is to be nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name):
                chart = ET.fromstring(archive.read(name))  # noqa: S314 - our own
                yield from _cached_beside_cells(chart, book)
            elif re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                sheet = ET.fromstring(archive.read(name))  # noqa: S314 - our own
                for each in sheet.iter(_RANGE):
                    if not (each.text or "").startswith("Trends!"):
                        yield f"{name} draws {each.text}"


def _cached_beside_cells(chart: ET.Element, book: Workbook) -> Iterator[str]:
    for reference in (*chart.iter(f"{_CHART}numRef"), *chart.iter(f"{_CHART}strRef")):
        named, _, cells = (reference.findtext(f"{_CHART}f") or "").rpartition("!")
        shown = _texts(book[named.strip("'")], cells.replace("$", ""))
        for point in reference.iter(f"{_CHART}pt"):
            value, at = point.findtext(f"{_CHART}v"), int(point.attrib["idx"])
            if value != shown[at]:
                yield f"a chart holds {value} where {named} shows {shown[at]}"


def _texts(sheet: Worksheet, cells: str) -> list[str]:
    left, top, right, bottom = range_boundaries(cells)
    rows = sheet.iter_rows(top, bottom, left, right, values_only=True)
    return [str(value) for row in rows for value in row]
