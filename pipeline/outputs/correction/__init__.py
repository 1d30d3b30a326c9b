"""Correction: a rejected return goes back as a copy that shows what to correct, and where."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from openpyxl import Workbook

from pipeline.outputs.correction.in_place import marked_in_place
from pipeline.outputs.correction.listing import Listing
from pipeline.outputs.correction.rebuild import rebuilt
from pipeline.outputs.saving import saved
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.file_kind import EXTENSIONS, FileKind, looked_into
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
    """What the correction copy of a rejected return says."""

    #: What the return is by its content.
    kind: FileKind
    findings: Sequence[Finding]
    #: The return's name as it was sent.
    filename: str
    #: The address of the page that explains the codes; without it they are not linked.
    help_base: str = ""

    @property
    def is_alone(self) -> bool:
        """Whether the return is not to be opened, so that it holds the list alone."""
        return any(finding.code in _NOT_TO_BE_OPENED for finding in self.findings)

    def marked(self, content: bytes) -> bytes:
        """A copy of the return as .xlsx: its bad cells marked, and a first sheet that lists them.

        Each cell with an error or a warning is highlighted and has a comment that says what is
        wrong and what to do. What an earlier correction copy put in is replaced. Of a return in
        another format the copy has the cells, as values. A return that cannot be opened gives a
        workbook with the list alone; what is raised besides is a fault of this program's.

        For a guard to call: opening a hostile workbook can cost time and memory.
        """
        try:
            kind = looked_into(content, self.kind)
            if kind in _REBUILT:
                return self._of_cells(content, kind, _REBUILT_NOTE.format(kind=kind))
            if kind not in EXTENSIONS:
                return self.alone()
            try:
                return self._in_place(content)
            except BrokenPartError as error:
                return self._of_cells(content, kind, _CELLS_ONLY.format(why=error))
        except BrokenPartError:
            return self.alone()

    def alone(self, why: str = "") -> bytes:
        """A workbook that holds the list alone, of a return that is not to be opened.

        `why` says what kept it from being marked.
        """
        remarks = (_NOT_MARKED.format(why=why) if why else _NOT_OPENED, _SEND_YOURS)
        listing = self._listing(worst_first(self.findings), remarks, is_marked=False)
        return saved(listing.alone())

    def _of_cells(self, content: bytes, kind: FileKind, remark: str) -> bytes:
        """The return's cells in a new workbook, marked."""
        return self._in_place(saved(rebuilt(content, kind)), remark)

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
