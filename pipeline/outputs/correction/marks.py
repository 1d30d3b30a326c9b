"""Marks on the cells of a return: a highlight and a comment, put on and taken off again.

A highlight is a conditional format that is always true, so the cell's own looks stay untouched
beneath it and come back when it goes. A comment that stood on the cell is kept within ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.workbooks.addresses import position
from pipeline.workbooks.details.detail import GENERAL
from pipeline.workbooks.safe_text import plain
from schemas.findings import Finding, Severity, worst_first
from schemas.rules import LOOKS_UNKNOWN

AUTHOR = "Quarterday"

#: N of any text is 0: always true, and by the text we know the rule as ours.
_OURS = f'N("{AUTHOR}")'
HIGHLIGHT = f"{_OURS}=0"

#: Where a comment of somebody else begins within ours.
_BEFORE = "--- The comment that stood here before, by {author}: ---"
_BEFORE_PATTERN = re.compile(
    r"\n\n" + re.escape(_BEFORE).replace(r"\{author\}", "(?P<author>.*)") + r"\n(?P<text>.*)",
    re.DOTALL,
)


def _looks(fill: str, side: Side) -> DifferentialStyle:
    return DifferentialStyle(
        fill=PatternFill(bgColor=fill, fill_type="solid"),
        border=Border(left=side, right=side, top=side, bottom=side),
    )


#: Fill and line for each severity. The line differs too: no meaning hangs on the colour alone.
#: Excel draws only thin lines in a conditional format.
_LOOKS = {
    Severity.ERROR: _looks("FFB3B3", Side(style="thin", color="9C0006")),
    Severity.WARNING: _looks("FFD27F", Side(style="dashed", color="7F4F00")),
}

SYMBOLS = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.INFO: "●"}


_COMMENT_WIDTH = 380
_LINE_HEIGHT = 18
_LETTERS_A_LINE = 52
_TALLEST_COMMENT = 600


def severity_shown(severity: Severity) -> str:
    """`✖ Error`: a word and a symbol."""
    return f"{SYMBOLS[severity]} {severity.capitalize()}"


def mark(book: Workbook, findings: Iterable[Finding]) -> None:
    """Highlight and comment each cell that an error or a warning names.

    A sheet or cell that the workbook does not have is passed over. A hidden sheet with a mark on it
    is shown, so that the person can get at it.
    """
    by_sheet: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity is not Severity.INFO and position(finding.cell):
            by_sheet.setdefault(finding.sheet, []).append(finding)
    for sheet in book.worksheets:
        if sheet.title in by_sheet:
            sheet.sheet_state = "visible"
            _mark_sheet(sheet, by_sheet[sheet.title])


def _mark_sheet(sheet: Worksheet, findings: Sequence[Finding]) -> None:
    by_cell: dict[str, list[Finding]] = {}
    for finding in findings:
        by_cell.setdefault(_holder(sheet, finding.cell), []).append(finding)
    for address, of_cell in by_cell.items():
        cell = sheet[address]
        if isinstance(cell, Cell):
            cell.comment = _comment(of_cell, cell.comment)
            if any(finding.code == LOOKS_UNKNOWN.code for finding in of_cell):
                # Saved again it would have a format that nobody gave it.
                cell.value = None
                cell.number_format = GENERAL
    # Ours come first, or a rule of the return's own could paint over them.
    for formatting in sheet.conditional_formatting:
        for rule in formatting.rules:
            rule.priority += len(_LOOKS)
    worst = {address: worst_first(of_cell)[0].severity for address, of_cell in by_cell.items()}
    for priority, (severity, style) in enumerate(_LOOKS.items(), 1):
        addresses = [address for address, found in worst.items() if found is severity]
        if addresses:
            rule = Rule(type="expression", formula=[HIGHLIGHT], dxf=style, priority=priority)
            sheet.conditional_formatting.add(" ".join(addresses), rule)


def _holder(sheet: Worksheet, address: str) -> str:
    """The address itself, or that of the merged cell which covers it."""
    if isinstance(sheet[address], MergedCell):
        for merged in sheet.merged_cells.ranges:
            if address in merged:
                return str(merged.start_cell.coordinate)
    return address


def _comment(findings: Sequence[Finding], before: Comment | None) -> Comment:
    each = (
        f"{severity_shown(f.severity)} {f.code}: {f.problem}\nWhat to do: {f.fix}" for f in findings
    )
    said = [f"{AUTHOR}:", *each]
    if before is not None:
        author = " ".join((before.author or "an unnamed person").split())
        said.append(f"{_BEFORE.format(author=author)}\n{before.text}")
    text = plain("\n\n".join(said))
    lines = sum(1 + len(line) // _LETTERS_A_LINE for line in text.split("\n"))
    height = min(_TALLEST_COMMENT, (lines + 1) * _LINE_HEIGHT)
    return Comment(text, AUTHOR, height=height, width=_COMMENT_WIDTH)


def unmark(book: Workbook) -> None:
    """Take off the marks of an earlier correction copy; what stood on the cells comes back."""
    for sheet in book.worksheets:
        _unhighlight(sheet)
        # The cells themselves: to go over the sheet's rows would make every blank cell of it.
        for cell in list(sheet._cells.values()):
            comment = cell.comment
            # Some programs put their user's name in the author's place when they save.
            if comment and (comment.author == AUTHOR or comment.text.startswith(f"{AUTHOR}:\n")):
                match = _BEFORE_PATTERN.search(comment.text)
                cell.comment = Comment(match["text"], match["author"]) if match else None


def _unhighlight(sheet: Worksheet) -> None:
    others = ConditionalFormattingList()
    for formatting in sheet.conditional_formatting:
        for rule in list(formatting.rules):
            if not any(_OURS in formula for formula in rule.formula):
                others.add(formatting, rule)
    sheet.conditional_formatting = others
