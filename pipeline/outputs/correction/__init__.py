"""Correction: a rejected return goes back as a copy that shows what to correct, and where."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from openpyxl import Workbook, load_workbook

from pipeline.outputs.correction.listing import add_list
from pipeline.outputs.correction.marks import mark, unmark
from pipeline.outputs.correction.rebuild import rebuilt
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import FAILING, write_whole
from schemas import rules
from schemas.fields import LIST_SHEET
from schemas.findings import Finding, in_reading_order, worst_first

#: A return that was not read, because reading it could do harm or could give another one, is not
#: opened here either.
_NOT_TO_BE_OPENED = {
    rule.code
    for rule in (
        *(rules.TOO_LARGE, rules.READER_STOPPED),
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
#: openpyxl does not open these; their cells are copied into a new workbook.
_REBUILT = {FileKind.XLS, FileKind.XLSB, FileKind.ODS}
_REBUILT_NOTE = (
    "Your return is {kind}; this copy is an Excel workbook (.xlsx). It has your cells, with "
    "results in place of formulas. Send this one back."
)
_NO_MACROS = "The macros of your workbook are not in this copy; a return does not need them."


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
        content = self.original.read_bytes()
        # openpyxl warns of what it does not carry over (extensions, unknown headers). Whoever gets
        # the copy works on the cells, which it does carry over; the return itself is archived.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module=r"openpyxl\.")
            marked = self._marked(content)
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

    def write_list(self, path: Path) -> None:
        """Write a workbook that holds the list alone, of a return that is not to be opened.

        Raises OSError where `path` cannot be written.
        """
        book = Workbook()
        del book[book.sheetnames[0]]
        remarks = (_NOT_OPENED, _SEND_YOURS)
        findings = worst_first(self.findings)
        add_list(book, findings, self.filename, remarks, self.help_base, is_marked=False)
        write_whole(path, _content(book))

    def _marked(self, content: bytes) -> bytes | None:
        """The marked copy; None where the return cannot be opened, or cannot be saved again."""
        if any(finding.code in _NOT_TO_BE_OPENED for finding in self.findings):
            return None
        try:
            remarks = [_SEND_BACK]
            if self.kind in _REBUILT:
                book = rebuilt(self.original, self.kind)
                remarks.append(_REBUILT_NOTE.format(kind=self.kind))
            else:
                # From memory: openpyxl goes by a file's name, and an archived return has none.
                book = load_workbook(io.BytesIO(content))
                if _has_macros(content):
                    remarks.append(_NO_MACROS)
            # Macros are not carried over, nor is a template to be sent back as a template.
            book.template = False
            # The copy holds formulas without their results; Excel works them out on opening it.
            book.calculation.fullCalcOnLoad = True
            for sheet in book.worksheets:
                if sheet.title.casefold() == LIST_SHEET.casefold():
                    book.remove(sheet)
            unmark(book)
            mark(book, self.findings)
            findings = worst_first(in_reading_order(self.findings, book.sheetnames))
            add_list(book, findings, self.filename, remarks, self.help_base, is_marked=True)
            return _content(book)
        except Exception as error:
            if isinstance(error, OSError) and error.errno in FAILING:
                raise
            # A file that is no workbook, or a damaged one, can break its reader in any way.
            return None


def _has_macros(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(name.endswith("vbaProject.bin") for name in archive.namelist())


def _content(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
