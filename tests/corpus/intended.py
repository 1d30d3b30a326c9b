"""What of a layout a workbook holds, as two libraries that did not write it read it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from tests.corpus.layout import Layout
from tests.corpus.sheets import (
    PLAIN,
    Broken,
    Cell,
    Font,
    Rich,
    Run,
    Sheet,
    Shown,
    serial,
    stored,
    style,
)


def missing_cells(path: Path, layout: Layout) -> Iterator[str]:
    """Each cell that calamine finds otherwise than it was meant, with what it found."""
    book = CalamineWorkbook.from_path(path)
    if book.sheet_names != [each.name for each in layout.sheets]:
        yield f"sheets {book.sheet_names}"
        return
    for each in layout.sheets:
        rows = book.get_sheet_by_name(each.name).to_python(skip_empty_area=False)
        found = {
            (row, column): _value(value)
            for row, values in enumerate(rows)
            for column, value in enumerate(values)
            if value != ""
        }
        meant = {place: _meant(content) for place, content in each.cells().items()}
        # calamine reads an error as nothing, and so it does blanks that openpyxl wrote.
        unseen = {
            place
            for place, content in each.cells().items()
            if isinstance(content, Broken) or not str(stored(content)).strip()
        }
        for place in sorted(found.keys() | meant.keys()):
            yes, no = meant.get(place), found.get(place)
            if yes != no and not (no is None and place in unseen):
                yield f"{each.name} {place}: {no!r}, meant {yes!r}"
    hidden = [str(sheet.visible).rpartition(".")[2] == "Hidden" for sheet in book.sheets_metadata]
    if hidden != [each.hidden for each in layout.sheets]:
        yield f"hidden sheets {hidden}"


def _meant(content: Cell) -> str | float | None:
    value = stored(content)
    return _value(value) if value is not None else None


def _value(value: object) -> str | float | None:
    match value:
        case datetime():
            return float(serial(value.date()))
        case date():
            return float(serial(value))
        case bool() | int() | float():
            return round(float(value), 12)
    # calamine takes a byte order mark for one, wherever it stands in a binary workbook.
    return str(value).removeprefix("\ufeff")


def otherwise_shown(path: Path, layout: Layout, *, codes: bool) -> Iterator[str]:
    """Each cell whose runs, font or number format openpyxl finds otherwise, and each sheet whose
    merged areas or hidden columns and rows it does. `codes`: whether formats are compared as well.
    """
    book = load_workbook(path, rich_text=True)
    for each in layout.sheets:
        sheet = book[each.name]
        assert isinstance(sheet, Worksheet)
        yield from _otherwise_arranged(sheet, each)
        for (row, column), content in each.cells().items():
            cell = sheet.cell(row + 1, column + 1)
            code, font = style(content)
            if isinstance(content, Rich):
                marks = _font(cell.font)
                if _runs(cell.value, marks) != _joined(content.runs):
                    yield f"{cell.coordinate}: runs {cell.value!r}, meant {content.runs}"
            elif font != PLAIN and _font(cell.font) != font:
                yield f"{cell.coordinate}: font {_font(cell.font)}, meant {font}"
            if codes and isinstance(content, Shown) and cell.number_format != code:
                yield f"{cell.coordinate}: format {cell.number_format}, meant {code}"


def _otherwise_arranged(sheet: Worksheet, meant: Sheet) -> Iterator[str]:
    merged = {
        (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
        for area in sheet.merged_cells.ranges
    }
    if merged != {(a.top, a.left, a.bottom, a.right) for a in meant.merged()}:
        yield f"{meant.name}: merged {sorted(merged)}"
    columns = {
        number - 1
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for number in range(dimension.min or 0, (dimension.max or 0) + 1)
    }
    rows = {n - 1 for n, dimension in sheet.row_dimensions.items() if dimension.hidden}
    if (columns, rows) != (set(meant.hidden_columns), set(meant.hidden_rows)):
        yield f"{meant.name}: hidden {columns}, {rows}"


def _font(found: object) -> Font:
    """What openpyxl says of a font, so far as layouts say it."""
    colour = getattr(getattr(found, "color", None), "rgb", None)
    script = getattr(found, "vertAlign", None)
    return Font(
        struck=bool(getattr(found, "strike", None)),
        raised=script == "superscript",
        lowered=script == "subscript",
        bold=bool(getattr(found, "b", None)),
        red=isinstance(colour, str) and colour.endswith("FF0000"),
    )


def _runs(value: object, font: Font) -> list[tuple[str, Font]]:
    if not isinstance(value, CellRichText):
        return [(str(value), font)]
    return _joined(
        tuple(
            Run(part.text, _font(part.font))
            if isinstance(part, TextBlock)
            else Run(str(part), font)
            for part in value
        )
    )


def _joined(runs: tuple[Run, ...]) -> list[tuple[str, Font]]:
    """Runs as texts and fonts, neighbours that look alike in one."""
    joined: list[tuple[str, Font]] = []
    for run in runs:
        if joined and joined[-1][1] == run.font:
            joined[-1] = (joined[-1][0] + run.text, run.font)
        elif run.text:
            joined.append((run.text, run.font))
    return joined


def wrongly_printed(path: Path, sheet: Sheet) -> Iterator[str]:
    """Each formatted cell of a sheet whose text in a table of texts is not the one it shows."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for (row, column), content in sheet.cells().items():
        if isinstance(content, Shown):
            found = rows[row][column]
            if found.strip() != content.text.strip():
                yield f"{sheet.name} {row, column}: {found!r}, meant {content.text!r}"
