"""Workbooks as libraries write them, with what a correction copy must keep."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

from tests.support.own_workbooks import (
    BARE,
    NOTED,
    NOTED_HERE,
    PICTURE,
    Make,
    names,
    picture,
    written,
)


def _chart(book: Writer, sheet: Sheet) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Figures!$B$2:$B$8"})
    sheet.insert_chart("E2", chart)


def _drop_down_elsewhere(book: Writer, sheet: Sheet) -> None:
    lists = book.add_worksheet("Lists")
    lists.write_column(0, 0, ["Final", "Provisional"])
    sheet.data_validation("C2:C8", {"validate": "list", "source": "=Lists!$A$1:$A$2"})


def _two_selected(book: Writer, sheet: Sheet) -> None:
    sheet.select()
    other = book.add_worksheet("Other")
    other.select()
    other.activate()


def _hidden(book: Writer, sheet: Sheet) -> None:
    book.add_worksheet("Front").activate()
    sheet.hide()


def _protected(book: Writer, sheet: Sheet) -> None:
    sheet.protect("secret", {"objects": True})


def _many(number: int) -> Callable[[Writer, Sheet], None]:
    def fill(book: Writer, sheet: Sheet) -> None:
        for each in range(number):
            book.add_worksheet(f"Sheet {each}").write(0, 0, each)

    return fill


def _like_functions(book: Writer, sheet: Sheet) -> None:
    """What only looks as if it registered, fetched or called something."""
    for name in ("Register (2)", "Image (2)", "A|B"):
        other = book.add_worksheet(name)
        other.write("A1", 1)
        other.print_area("A1:C9")
    book.define_name("Total", "='Register (2)'!$A$1")
    sheet.write_formula("D2", "=Total*2+'A|B'!A1", None, 3)
    sheet.data_validation("C2", {"validate": "list", "source": "='Image (2)'!$A$1:$A$3"})


def _with_comments(path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Figures"
    for row in range(1, 9):
        sheet.append([f"P1-{row}", 100 + row])
    sheet["B3"].comment = Comment("As the police count it", "Data officer")
    sheet["B5"].comment = Comment("Left as it was", "Data officer")
    sheet["A1"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["B3"].protection = Protection(locked=True)
    book.save(path)


def _series(chart: Any) -> Any:
    chart.add_series({"values": "=Figures!$B$2:$B$8"})
    return chart


#: What stays as it is.
WRITTEN: dict[str, Make] = {
    "plain": BARE,
    "picture": written(picture),
    "chart": written(_chart),
    "text box": written(lambda _, s: s.insert_textbox("E2", "Please complete")),
    "drop-down": written(
        lambda _, s: s.data_validation("C2:C8", {"validate": "list", "source": ["a", "b"]})
    ),
    "drop-down across sheets": written(_drop_down_elsewhere),
    "conditional format": written(
        lambda b, s: s.conditional_format(
            "B2:B8",
            {"type": "cell", "criteria": ">", "value": 3, "format": b.add_format({"bold": 1})},
        )
    ),
    "data bar of 2010": written(
        lambda _, s: s.conditional_format("B2:B8", {"type": "data_bar", "data_bar_2010": True})
    ),
    "icon set": written(
        lambda _, s: s.conditional_format("B2:B8", {"type": "icon_set", "icon_style": "3_arrows"})
    ),
    "sparkline": written(lambda _, s: s.add_sparkline("D2", {"range": "Figures!B2:B8"})),
    "comments": _with_comments,
    "comments of another writer": NOTED,
    "comment on the cell": NOTED_HERE,
    "table": written(
        lambda _, s: s.add_table("A1:C8", {"columns": [{"header": h} for h in "ABC"]})
    ),
    "autofilter": written(lambda _, s: s.autofilter("A1:C8")),
    "names and print areas": written(names),
    "frozen panes": written(lambda _, s: s.freeze_panes(1, 1)),
    "split panes": written(lambda _, s: s.split_panes(15, 8)),
    "protected sheet": written(_protected),
    "hidden sheet": written(_hidden),
    "two sheets selected": written(_two_selected),
    "merged cells": written(lambda _, s: s.merge_range("E2:F3", "Merged")),
    "link within": written(lambda _, s: s.write_url("D2", "internal:Figures!A1")),
    "picture in the header": written(
        lambda _, s: s.set_header(
            "&L&G", {"image_left": "logo.png", "image_data_left": io.BytesIO(PICTURE)}
        )
    ),
    "background": written(lambda _, s: s.set_background(io.BytesIO(PICTURE))),
    "rich text": written(
        lambda b, s: s.write_rich_string("D2", "plain ", b.add_format({"bold": 1}), "bold")
    ),
    "dynamic array": written(lambda _, s: s.write_dynamic_array_formula("E2:E4", "=B2:B4*2")),
    "groups": written(lambda _, s: s.set_row(3, None, None, {"level": 1})),
    "dates from 1904": written(lambda *_: None, date_1904=True),
    "sheet of a chart": written(
        lambda b, _: b.add_chartsheet("Chart").set_chart(
            _series(b.add_chart({"type": "line"}))
        )
    ),
    "properties": written(lambda b, _: b.set_custom_property("Department", "Housing")),
    "a hundred sheets": written(_many(100)),
    "cell format": written(
        lambda b, s: s.write("B3", 0.5, b.add_format({"num_format": "0.0%", "bg_color": "red"}))
    ),
    "nothing in the cell": written(
        lambda b, s: s.write_blank("B3", None, b.add_format({"bold": 1}))
    ),
    "ignored errors": written(lambda _, s: s.ignore_errors({"number_stored_as_text": "A1:A9"})),
    "margins and page breaks": written(lambda _, s: (s.set_margins(1), s.set_h_pagebreaks([4]))),
    "check box": written(lambda _, s: s.insert_checkbox("D2", True)),
    "picture in a cell": written(
        lambda _, s: s.embed_image("D2", "logo.png", {"image_data": io.BytesIO(PICTURE)})
    ),
    "drop-down from a table": written(
        lambda _, s: s.data_validation(
            "C2:C8", {"validate": "list", "source": '=INDIRECT("Table1[Col]")'}
        )
    ),
    "words like a macro": written(lambda _, s: s.insert_textbox("E2", 'set macro="Go" here')),
    "sheets with names of functions": written(_like_functions),
}  # fmt: skip
