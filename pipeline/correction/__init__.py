"""Correction: a rejected return goes back as a copy that shows what to correct, and where."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook

from pipeline import catalogue
from pipeline.correction.listing import add_list
from pipeline.correction.marks import mark, unmark
from pipeline.findings import Finding, in_reading_order, worst_first
from pipeline.workspace import replacing
from schemas.layout import LIST_SHEET

#: A return that was not read, because reading it could do harm, is not opened here either.
_NOT_TO_BE_OPENED = {catalogue.TOO_LARGE.code, catalogue.READER_STOPPED.code}

_SEND_BACK = (
    "How to send it back: correct the highlighted cells in this workbook, save it, and send it the "
    "way you sent the return. This sheet may stay in; it is not read."
)
_NOT_OPENED = (
    "Your return could not be opened as an Excel workbook (.xlsx): this file holds only the list."
)
_SEND_YOURS = (
    "How to send it back: correct your own workbook, save it as an Excel workbook (.xlsx), and "
    "send that; do not send this file."
)
_NO_MACROS = "The macros of your workbook are not in this copy; a return does not need them."


def write_correction(
    original: Path, findings: Sequence[Finding], path: Path, *, filename: str, help_base: str = ""
) -> None:
    """Write a copy of a return, as .xlsx, with its bad cells marked and a first sheet listing them.

    Each cell with an error or a warning is highlighted and has a comment that says what is wrong
    and what to do. What an earlier correction copy put in is replaced. A return that cannot be
    opened gives a workbook with the list alone. `filename` is the return's name as it was sent;
    `original` is read and never touched, and may have any name itself. `help_base` is the address
    of the page that explains the codes; without it they are not linked.

    Opening a hostile workbook can cost time and memory: a caller that has not read the return under
    limits before should call this under limits too. Raises OSError where `original` cannot be read
    or `path` cannot be written.
    """
    content = original.read_bytes()
    # openpyxl warns of what it does not carry over (extensions, unknown headers). Whoever gets the
    # copy works on the cells, which it does carry over; the return itself lies in the archive.
    with warnings.catch_warnings(), replacing(path) as temporary:
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        marked = None
        if not any(finding.code in _NOT_TO_BE_OPENED for finding in findings):
            marked = _marked(content, findings, filename, help_base)
        temporary.write_bytes(marked or _list_alone(findings, filename, help_base))


def _marked(
    content: bytes, findings: Sequence[Finding], filename: str, help_base: str
) -> bytes | None:
    """The marked copy; None where openpyxl cannot open the return, or cannot save it again."""
    try:
        # From memory: openpyxl goes by a file's name, and an archived return has none to speak of.
        book = load_workbook(io.BytesIO(content))
        # Macros are not carried over, nor is a template to be sent back as a template.
        book.template = False
        # The copy holds formulas without their results; Excel works them out when it opens it.
        book.calculation.fullCalcOnLoad = True
        for sheet in book.worksheets:
            if sheet.title.casefold() == LIST_SHEET.casefold():
                book.remove(sheet)
        unmark(book)
        mark(book, findings)
        remarks = (_SEND_BACK, _NO_MACROS) if _has_macros(content) else (_SEND_BACK,)
        ordered = in_reading_order(findings, book.sheetnames)
        add_list(book, worst_first(ordered), filename, remarks, help_base)
        return _saved(book)
    except Exception:
        # A file that is no workbook, or a damaged one, can break openpyxl in any way it likes.
        return None


def _list_alone(findings: Sequence[Finding], filename: str, help_base: str) -> bytes:
    book = Workbook()
    del book[book.sheetnames[0]]
    remarks = (_NOT_OPENED, _SEND_YOURS)
    add_list(book, worst_first(findings), filename, remarks, help_base)
    return _saved(book)


def _has_macros(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(name.endswith("vbaProject.bin") for name in archive.namelist())


def _saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
