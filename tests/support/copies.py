"""Correction copies of workbooks that other people made, and what is in them."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from openpyxl.workbook import Workbook

from pipeline.outputs.correction import CorrectionCopy
from pipeline.outputs.correction.in_place.sheet import HIGHLIGHT
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.grid import read_grids
from schemas import rules as c
from schemas.fields import LIST_SHEET
from schemas.findings import Finding
from tests.support.hidden_parts import HIDDEN_PARTS
from tests.support.hidden_words import HIDDEN_WORDS
from tests.support.kept_packages import PACKED
from tests.support.kept_workbooks import WRITTEN
from tests.support.live_workbooks import TAKEN_OUT
from tests.support.odd_workbooks import CONVERSATION
from tests.support.own_workbooks import Make

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BAD = c.NOT_A_FIGURE.found("Figures", "B3", "about 40", example="40")
BLANK = c.STATUS_UNKNOWN.found("Figures", "B9", "")
#: What stays as it is; what is taken out, with a word of what the list says of it; and all.
KEPT = WRITTEN | PACKED
LIVE = TAKEN_OUT | {f"{name}, hidden": e for name, e in (HIDDEN_WORDS | HIDDEN_PARTS).items()}
EVERY = KEPT | {name: make for name, (make, _) in LIVE.items()} | {"talk": CONVERSATION}


@cache
def _copied(make: Make, findings: tuple[Finding, ...]) -> tuple[bytes, bytes]:
    """What is made, and its copy; several tests look at each of many."""
    with TemporaryDirectory() as folder:
        original, copy = Path(folder, "original.xlsx"), Path(folder, "copy.xlsx")
        make(original)
        write_copy(original, FileKind.XLSX, findings, "Return.xlsx", copy)
        return original.read_bytes(), copy.read_bytes()


def copied(make: Make, folder: Path, *findings: Finding) -> tuple[Path, Path]:
    original, copy = folder / "original.xlsx", folder / "copy.xlsx"
    for path, content in zip((original, copy), _copied(make, findings or (BAD,)), strict=True):
        path.write_bytes(content)
    return original, copy


def write_copy(
    original: Path,
    kind: FileKind,
    findings: Sequence[Finding],
    filename: str,
    into: Path,
    *,
    help_base: str = "",
) -> None:
    """Write the copy that goes back of a return with these findings, in this very process."""
    copy = CorrectionCopy(kind, findings, filename, help_base)
    into.write_bytes(copy.alone() if copy.is_alone else copy.marked(original.read_bytes()))


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def opened(path: Path) -> Workbook:
    with warnings.catch_warnings():
        # Of what openpyxl leaves out when it saves; here it only reads.
        warnings.filterwarnings("ignore", module=r"openpyxl\.")
        return openpyxl.load_workbook(path)


def highlighted(book: Workbook) -> set[str]:
    return {
        f"{sheet.title}!{cell}"
        for sheet in book.worksheets
        for formatting in sheet.conditional_formatting
        for rule in formatting.rules
        if rule.formula == [HIGHLIGHT]
        for cell in str(formatting.sqref).split()
    }


def said(path: Path) -> str:
    """The lines above the list."""
    (grid,) = read_grids(path.read_bytes(), lambda name: name == LIST_SHEET)
    return "\n".join(str(row[0]) for row in grid.rows[:8])
