"""A workbook as calamine can open it: the same content, with what it stumbles over set right.

Runs in the guarded worker; imports neither pandas nor SQLAlchemy.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from python_calamine import CalamineError, CalamineWorkbook

from pipeline.workbooks import compound, zip_directory

_ZIP = b"PK"
#: The part that lists the sheets, and the one that says where each is.
_LIST = re.compile(r"[^/]+/workbook\.xml", re.IGNORECASE)
_PLACES = re.compile(r"[^/]+/_rels/workbook\.(?:xml|bin)\.rels", re.IGNORECASE)
_MACROS = re.compile(rb"<(?:\w+:)?Relationship\s[^<>]*macrosheets/[^<>]*>")
_CHART = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet"
#: A sheet that is nowhere, as Excel lists a module of before 1997.
_NOWHERE = re.compile(rb"""<(?:\w+:)?sheet\s[^<>]*:id=(?:""|'')[^<>]*/>""")

#: White space before an element of a table, whose prefix is the same in all programs' files.
_BETWEEN_CELLS = re.compile(rb"(?<=>)\s+(?=</?table:)")


@contextmanager
def opened(content: bytes) -> Iterator[CalamineWorkbook]:
    """The workbook, opened.

    Raises whatever calamine raises for a workbook that it cannot read.
    """
    if content.startswith(compound.SIGNATURE):
        content = compound.plainly_named(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    except CalamineError:
        mended = _mended(content) if content.startswith(_ZIP) else None
        if mended is None:
            raise
        workbook = CalamineWorkbook.from_filelike(mended)
    with workbook:
        yield workbook


def _mended(content: bytes) -> io.BytesIO | None:
    """A package without what makes calamine open no sheet of it at all; None where it has none.

    Sheets of macros are passed off as charts, which are passed over; sheets that are nowhere are
    left out; and lines are not broken between the cells of an OpenDocument.
    """
    is_changed = False
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
            for entry in old.infolist():
                part = before = old.read(entry)
                if _PLACES.fullmatch(entry.filename):
                    part = _MACROS.sub(lambda found: _as_chart(found[0]), before)
                elif _LIST.fullmatch(entry.filename):
                    part = _NOWHERE.sub(b"", before)
                elif entry.filename == "content.xml":
                    part = _BETWEEN_CELLS.sub(b"", before)
                is_changed |= part != before
                new.writestr(entry.filename, part)
    except zip_directory.PACKED_WRONGLY:
        return None
    made.seek(0)
    return made if is_changed else None


def _as_chart(relationship: bytes) -> bytes:
    """What leads to a sheet of macros, as if that were a chart's."""
    kind = re.sub(rb"""\sType=(["'])[^"']*\1""", rb" Type=\1%s\1" % _CHART, relationship)
    return kind.replace(b"macrosheets/", b"chartsheets/")
