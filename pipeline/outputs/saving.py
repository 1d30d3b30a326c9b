"""Saving a workbook of openpyxl's without a file: a worker may write none."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

#: openpyxl's note of when it was made, by which the same return would give other bytes each time.
_WHEN = re.compile(rb"<dcterms:(created|modified) [^<>]*>[^<>]*</dcterms:\1>")


def saved(book: Workbook) -> bytes:
    """A workbook without charts or pictures as the bytes of an .xlsx, the same each time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts_of(book):
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def parts_of(book: Workbook) -> Iterator[tuple[str, bytes]]:
    """The parts of such a workbook's package, by their names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        _InMemoryWriter(book, archive).save()
    with zipfile.ZipFile(made) as archive:
        for name in archive.namelist():
            yield name, _WHEN.sub(b"", archive.read(name))


class _InMemoryWriter(ExcelWriter):
    """openpyxl's own writer, which puts each sheet into a temporary file first."""

    _archive: zipfile.ZipFile

    # Private names, as in the method that this stands for; the types of openpyxl have none of them.
    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        part = io.BytesIO()
        writer: Any = WorksheetWriter(ws, part)
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], part.getvalue())
        self.manifest.append(ws)
