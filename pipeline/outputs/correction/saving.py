"""Saving a workbook of openpyxl's without a file: a worker may write none."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


def saved(book: Workbook) -> bytes:
    """A workbook without charts or pictures as the bytes of an .xlsx."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _InMemoryWriter(book, archive).save()
    return buffer.getvalue()


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
