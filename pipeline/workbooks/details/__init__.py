"""Details: what calamine does not tell of a cell, for each kind of workbook.

A figure that can be read two ways is settled by its number format, so this is looked up for every
return. Runs in the guarded worker.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.workbooks.details import biff, ods, ooxml, xlsb
from pipeline.workbooks.details.detail import (
    GENERAL,
    BrokenPartError,
    CellDetail,
    Details,
    Place,
    SheetDetails,
    Span,
)
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.file_kind import FileKind

__all__ = [
    "GENERAL",
    "BrokenPartError",
    "CellDetail",
    "Details",
    "Place",
    "SheetDetails",
    "Span",
    "details_of",
    "hidden_parts",
    "merged_of",
]


def details_of(path: Path, kind: FileKind) -> Details:
    """The look-up for a workbook; what it holds is read when it is first asked.

    The look-up raises BrokenPartError, or KeyError where a part or the sheet is missing.
    """
    match kind:
        case FileKind.XLS:
            return biff.details(path)
        case FileKind.XLSB:
            return xlsb.details(path)
        case FileKind.ODS:
            return ods.details(path)
        case _:
            return ooxml.details(path)


def merged_of(path: Path, kind: FileKind) -> dict[str, tuple[Span, ...]]:
    """Each sheet's merged ranges, for the kinds of workbook of which calamine tells none."""
    return ods.merged(path) if kind is FileKind.ODS else {}
