"""Footnotes: a mark beside a heading or a figure, and the note that says what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.headings import Heading, heading_text
from pipeline.returns.interpret.labels import Label, Vocabulary
from pipeline.returns.interpret.parts import told
from pipeline.returns.interpret.periods import spoken
from pipeline.returns.interpret.remarks import NO_MATTER
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.grid import Grid

_RAISED = str.maketrans(
    "\u00b9\u00b2\u00b3\u2070\u2074\u2075\u2076\u2077\u2078\u2079", "1230456789"
)
_SIGN = re.compile(r"[*\u2020\u2021\u00a7^#]+|[\u00b9\u00b2\u00b3\u2070\u2074-\u2079]")
#: A number or a letter is a mark in brackets alone.
_IN_BRACKETS = re.compile(r"[(\[](?:see )?(?:note )?(\d\d?|[a-z])[)\]]", re.IGNORECASE)
#: What stands at the end of a figure, or of what names its row.
_AT_END = re.compile(rf"(?:{_SIGN.pattern}|{_IN_BRACKETS.pattern})\s*$", re.IGNORECASE)
_LAST = frozenset("*\u2020\u2021\u00a7^#)]") | {chr(raised) for raised in _RAISED}
_MAY_END = _LAST | {" ", "\u00a0"}
#: The columns whose marks are looked at.
_MARKED = ("ref", "indicator", "performance")
#: These are read as words where no note explains them: `(e)`, `#`.
_MAY_BE_WORDS = re.compile(r"[a-z#]", re.IGNORECASE)
_LONGEST_NOTE = 300
#: What is longer than this is no figure, and its end is no mark.
_LONGEST_FIGURE = 40
_FORM = r"(?:field|column|cell|box|question|item|data|information|entry|indicator|measure|kpi|pi)s?"
#: What a note says of the form, of how to read it, or of why an indicator is there.
_IDLE = re.compile(
    rf"(?:(?:asterisk|this|it) )?(?:=|-|denotes|indicates|means|is|are|marks)? ?(?:an? )?"
    rf"(?:required|mandatory|compulsory|must be (?:completed|filled in)"
    rf"|(?:statutory|key|new|national|local|corporate|headline|core|council|strategic)"
    rf"(?: plan| strategy)?)(?: {_FORM})?"
    r"|please (?:complete|fill in|enter).{0,40}"
    r"|(?:higher|lower) is (?:better|worse|good)"
    r"|see (?:the )?(?:commentary|comments?|notes?|narrative|definitions?)(?: (?:below|tab|sheet))?"
    r"|(?:numbers?|percentages?|figures?) unless (?:otherwise )?(?:stated|shown)"
    r"|(?:numbers?|percentages?|figures?) (?:shown |given |rounded )?to (?:1|one|2|two) ?"
    r"(?:d\.?p\.?|decimal places?)"
    r"|(?:enter|type|write|put) n/a (?:if|where) (?:it is |the figure is )?not (?:available|known)"
    r"|target (?:set|agreed)(?: by .{1,40})?"
)


class Footnote(Struct, frozen=True):
    """What stands behind a mark, and the cell with the whole of it."""

    said: str
    text: str
    cell: str


def with_footnotes(table: Table, words: Vocabulary) -> tuple[Heading, ...]:
    """The table's headings, each with what the notes say that its marks point at.

    A mark that points at nothing says nothing.
    """
    return tuple(
        _explained(heading, table.grid, words)
        if heading.label.unknown or _IN_BRACKETS.search(heading.said)
        else heading
        for heading in table.block.headings
    )


def has_mark(heading: Heading) -> bool:
    """Whether a part of a heading may be a mark, or is not understood."""
    said = heading.said
    return bool(heading.label.unknown or _SIGN.search(said) or _IN_BRACKETS.search(said))


def is_idle(note: str) -> bool:
    """Whether a note says nothing of the figures that its mark stands beside."""
    return _IDLE.fullmatch(spoken(note).strip(" .")) is not None


def marks_of(text: str) -> tuple[str, ...]:
    """The marks at the end of a text, the last one first."""
    # Nearly no name ends with one, and those of all returns are the same.
    return _marks_of(text) if text[-1:] in _LAST else ()


@lru_cache(maxsize=2_000)
def _marks_of(text: str) -> tuple[str, ...]:
    marks, tail = [], text[-_LONGEST_FIGURE:]
    while found := _AT_END.search(tail):
        marks.append(found[1] or found[0].strip())
        tail = tail[: found.start()]
    return tuple(marks)


def notes_on(grid: Grid, mark: str) -> Iterator[Footnote]:
    """What stands behind a mark at the beginning of a cell, or in the cells beside it."""
    name = mark.translate(_RAISED)
    # A sign may touch its note; a number or a letter may be the beginning of another word.
    apart = r"(?![\w.*])" if name.isalnum() else r"(?![.*])"
    signs = re.escape(name) if name == mark else f"(?:{re.escape(mark)}|{re.escape(name)})"
    lettered = r"(?=[)\]])" if name.isalpha() else ""
    begins = re.compile(
        rf"[(\[]?(?:(?:foot)?notes?:?\s*)?[(\[]?{signs}{lettered}{apart}[)\]:.=-]*\s*",
        re.IGNORECASE,
    )
    for row, cells in grid.numbered():
        for column, cell in enumerate(cells, grid.first_column):
            if isinstance(cell, str) and len(cell) <= _LONGEST_NOTE and begins.match(cell):
                beside = [
                    text
                    for _, each in grid.row(row)
                    if each != cell and (text := heading_text(each))
                ]
                said = begins.sub("", cell, count=1)
                text = cell.strip() if said else " ".join([cell.strip(), *beside[:1]])
                if note := said or next(iter(beside), ""):
                    yield Footnote(note, text, address(row, column))


def _explained(heading: Heading, grid: Grid, words: Vocabulary) -> Heading:
    named = {mark.casefold() for mark in _IN_BRACKETS.findall(heading.said)}
    left, label = list(heading.label.unknown), heading.label
    if named:
        left = [word for word in left if word not in {"see", "note"}]
    signs = {word for word in left if _SIGN.fullmatch(word)}
    for mark in sorted(named | signs):
        notes = [note.said for note in notes_on(grid, mark)]
        if not notes and (_MAY_BE_WORDS.fullmatch(mark) or mark.translate(_RAISED) != mark):
            continue
        left = [word for word in left if word != mark]
        for note in notes:
            said = _said(words, note)
            left += [word for word in said.unknown if word not in NO_MATTER]
            label |= replace(said, fields=frozenset(), unknown=())
    return replace(heading, label=replace(label, unknown=tuple(left)))


def _said(words: Vocabulary, note: str) -> Label:
    return words.label("\n".join(part for part in told(note) if not is_idle(part)))


def rows_with_marks(table: Table, rows: Iterable[int]) -> Iterator[int]:
    """Those of a table's rows whose figure or name ends with what may be a mark."""
    first = table.grid.first_column
    columns = [table.columns[key] - first for key in _MARKED if key in table.columns]
    for row in rows:
        cells = table.grid.cells(row)
        if any(may_have_mark(cells[at]) for at in columns):
            yield row


def may_have_mark(cell: CellValue) -> bool:
    """Whether a cell ends with what may be a mark."""
    return isinstance(cell, str) and cell[-1:] in _MAY_END


def noted(table: Table, row: int, wording: str) -> tuple[tuple[str, ...], list[str]]:
    """The marks beside a row's figure and its names, but for those of the register's wording."""
    figure = table.value(row, "performance")
    has_marks = isinstance(figure, str) and len(figure) < _LONGEST_FIGURE
    of_names = [
        mark
        for key in ("ref", "indicator")
        if isinstance(name := table.value(row, key), str)
        for mark in marks_of(name.strip())
        if mark not in marks_of(wording)
    ]
    return marks_of(str(figure).strip()) if has_marks else (), of_names
