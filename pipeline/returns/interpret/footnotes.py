"""Footnotes: a mark beside a heading, and the note below that says what it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from pipeline.returns.interpret.headings import Heading
from pipeline.returns.interpret.labels import Vocabulary
from pipeline.returns.interpret.parts import told
from pipeline.returns.interpret.remarks import NO_MATTER
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.grid import Grid

_SIGN = re.compile(r"[*\u2020\u2021\u00a7^]+")
#: A number is a mark in brackets alone; a letter there may be short for a word.
_NUMBERED = re.compile(r"[(\[](?:see )?(?:note )?(\d)[)\]]", re.IGNORECASE)
_LONGEST_NOTE = 300


def with_footnotes(table: Table, words: Vocabulary) -> tuple[Heading, ...]:
    """The table's headings, each with what the notes say that its marks point at.

    A mark that points at nothing says nothing.
    """
    return tuple(
        _explained(heading, table.grid, words) if heading.label.unknown else heading
        for heading in table.block.headings
    )


def _explained(heading: Heading, grid: Grid, words: Vocabulary) -> Heading:
    numbers = set(_NUMBERED.findall(heading.said))
    left, label = list(heading.label.unknown), heading.label
    if numbers:
        left = [word for word in left if word not in {"see", "note"}]
    for mark in [word for word in left if word in numbers or _SIGN.fullmatch(word)]:
        left.remove(mark)
        for note in _notes(grid, mark):
            said = words.label("\n".join(told(note)))
            left += [word for word in said.unknown if word not in NO_MATTER]
            label |= replace(said, fields=frozenset(), unknown=())
    return replace(heading, label=replace(label, unknown=tuple(left)))


def _notes(grid: Grid, mark: str) -> Iterator[str]:
    """What stands behind a mark at the beginning of a cell, or in the cells beside it."""
    # A sign may touch its note; a number may be the beginning of another.
    apart = r"(?![\w.*])" if mark.isdigit() else r"(?![.*])"
    begins = re.compile(
        rf"[(\[]?(?:notes?:?\s*)?[(\[]?{re.escape(mark)}{apart}[)\]:.]?\s*", re.IGNORECASE
    )
    for _, cells in grid.numbered():
        for column, cell in enumerate(cells):
            if isinstance(cell, str) and len(cell) <= _LONGEST_NOTE and begins.match(cell):
                beside = (each for each in cells[column + 1 :] if isinstance(each, str))
                note = begins.sub("", cell, count=1) or next(filter(None, beside), "")
                if note:
                    yield note
