"""Details: what calamine does not tell of a cell, for each kind of workbook.

A figure that can be read two ways is settled by its number format, so this is looked up for every
return. Runs in the guarded worker.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Protocol

from pipeline.workbooks import compound
from pipeline.workbooks.details import biff, ods, ooxml, xlsb
from pipeline.workbooks.details.detail import BrokenPartError, Details, Place, SheetDetails, Span
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.zip_directory import PACKED_WRONGLY


class _Book(Protocol):
    """A workbook of one kind, opened."""

    def sheet(self, name: str, asked: set[Place]) -> SheetDetails: ...


_BOOKS: dict[FileKind, Callable[[bytes], _Book]] = {
    FileKind.XLS: biff.BiffBook,
    FileKind.XLSB: xlsb.XlsbBook,
    FileKind.ODS: ods.OdsBook,
}


class _LookUp:
    """The look-up for a workbook; what that holds is read when it is first asked."""

    def __init__(self, content: bytes, kind: FileKind) -> None:
        self._opened = cache(partial(_BOOKS.get(kind, ooxml.OoxmlBook), content))

    def __call__(self, sheet: str, wanted: Iterable[Place]) -> SheetDetails:
        with _understood():
            return self._opened().sheet(sheet, set(wanted))

    def is_plain(self, sheet: str) -> bool:
        with _understood():
            book = self._opened()
            return isinstance(book, ooxml.OoxmlBook) and book.is_plain(sheet)


def details_of(content: bytes, kind: FileKind) -> Details:
    """The look-up for a workbook.

    It raises BrokenPartError for what calamine does without and this does not.
    """
    return _LookUp(content, kind)


def merged_of(content: bytes, kind: FileKind) -> dict[str, list[Span]]:
    """Each sheet's merged ranges, for the kinds of workbook of which calamine tells none.

    Raises as the look-up of details does.
    """
    with _understood():
        if kind is FileKind.ODS:
            return ods.merged(content)
        return xlsb.XlsbBook(content).merged() if kind is FileKind.XLSB else {}


@contextmanager
def _understood() -> Iterator[None]:
    """Have whatever cannot be followed raise one error, with a word on what that was."""
    try:
        yield
    except (struct.error, IndexError) as error:
        raise BrokenPartError("a record is cut short") from error
    except compound.BadCompoundError as error:
        raise BrokenPartError(str(error)) from error
    except KeyError as error:
        raise BrokenPartError("a sheet or a part is not where it is said to be") from error
    except PACKED_WRONGLY as error:
        raise BrokenPartError("a part of it cannot be unpacked") from error
