"""Correction: a rejected return goes back as a copy that shows what to correct, and where."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from openpyxl import Workbook

from pipeline.outputs.correction.in_place import marked_in_place
from pipeline.outputs.correction.listing import Listing
from pipeline.outputs.correction.rebuild import rebuilt
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import FAILING, write_whole
from schemas import rules
from schemas.findings import Finding, in_reading_order, worst_first

#: A return that was not read, because reading it could do harm or could give another one, is not
#: opened here either.
_NOT_TO_BE_OPENED = {
    rule.code
    for rule in (
        *(rules.TOO_LARGE, rules.READER_STOPPED, rules.DAMAGED),
        *(rules.READ_TWO_WAYS, rules.LOOKS_UNREADABLE),
    )
}

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
#: When a workbook was made, among its properties.
_WHEN = re.compile(rb"<dcterms:(created|modified) [^<>]*>[^<>]*</dcterms:\1>")
_NOT_MARKED = "Your return could not be marked ({why}): this file holds only the list."
#: Their cells are copied into a new workbook.
_REBUILT = {FileKind.XLS, FileKind.XLSB, FileKind.ODS}
_REBUILT_NOTE = (
    "Your return is {kind}; this copy is an Excel workbook (.xlsx). It has your cells, with "
    "results in place of formulas, and no pictures, charts, drop-downs or comments. Send this one "
    "back."
)
_CELLS_ONLY = (
    "Your workbook is laid out in a way that could not be marked ({why}). This copy has its cells, "
    "with results in place of formulas, and no pictures, charts, drop-downs or comments. Send this "
    "one back."
)


class CorrectionCopy(Struct, frozen=True):
    """What a rejected return's correction copy is made from."""

    #: The return itself: read and never touched; it may have any name.
    original: Path
    #: What its content is.
    kind: FileKind
    findings: Sequence[Finding]
    #: The return's name as it was sent.
    filename: str
    #: The address of the page that explains the codes; without it they are not linked.
    help_base: str = ""

    def write(self, path: Path) -> None:
        """Write a copy as .xlsx with its bad cells marked and a first sheet that lists them.

        Each cell with an error or a warning is highlighted and has a comment that says what is
        wrong and what to do. What an earlier correction copy put in is replaced. Of a return in
        another format the copy has the cells, as values. A return that cannot be opened gives a
        workbook with the list alone.

        Opening a hostile workbook can cost time and memory: a caller that has not read the return
        under limits before should call this under limits too. Raises OSError where the original
        cannot be read or `path` cannot be written.
        """
        marked = self._marked()
        if marked is None:
            self.write_list(path)
        else:
            write_whole(path, marked)

    def try_write(self, path: Path) -> int | None:
        """The same under guard, where an exception would put the blame on the return.

        Returns the system's error number where the disk is.
        """
        try:
            self.write(path)
        except OSError as error:
            if error.errno in FAILING:
                return error.errno
            raise
        return None

    def write_list(self, path: Path, why: str = "") -> None:
        """Write a workbook that holds the list alone, of a return that is not to be opened.

        `why` says what kept it from being marked. Raises OSError where `path` cannot be written.
        """
        remarks = (_NOT_MARKED.format(why=why) if why else _NOT_OPENED, _SEND_YOURS)
        listing = self._listing(worst_first(self.findings), remarks, is_marked=False)
        write_whole(path, _content(listing.alone()))

    def _marked(self) -> bytes | None:
        """The marked copy; None where the return cannot be opened."""
        if any(finding.code in _NOT_TO_BE_OPENED for finding in self.findings):
            return None
        content = self.original.read_bytes()
        try:
            if self.kind in _REBUILT:
                return self._of_cells(_REBUILT_NOTE.format(kind=self.kind))
            try:
                return self._in_place(content)
            except BrokenPartError as error:
                return self._of_cells(_CELLS_ONLY.format(why=error))
        except Exception as error:
            if isinstance(error, OSError) and error.errno in FAILING:
                raise
            # A file that is no workbook, or a damaged one, can break its reader in any way.
            return None

    def _of_cells(self, remark: str) -> bytes:
        """The return's cells in a new workbook, marked."""
        return self._in_place(_content(rebuilt(self.original, self.kind)), remark)

    def _in_place(self, content: bytes, *remarks: str) -> bytes:
        def make_list(sheets: Sequence[str], more: Sequence[str], table: str) -> Workbook:
            findings = worst_first(in_reading_order(self.findings, sheets))
            said = (_SEND_BACK, *remarks, *more)
            return self._listing(findings, said, is_marked=True).alone(sheets, table)

        return marked_in_place(content, self.findings, make_list)

    def _listing(
        self, findings: Sequence[Finding], remarks: Sequence[str], *, is_marked: bool
    ) -> Listing:
        return Listing(findings, self.filename, remarks, self.help_base, is_marked)


def _content(book: Workbook) -> bytes:
    """A workbook of our own as a file; no two of the same differ by when they were made."""
    saved, content = io.BytesIO(), io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as made, zipfile.ZipFile(content, "w") as archive:
        for name in made.namelist():
            part = _WHEN.sub(b"", made.read(name))
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()
