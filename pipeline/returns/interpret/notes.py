"""Notes: what is said of the figures neither in their headings nor in their rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import MULTIPLIED, against, said_otherwise
from pipeline.returns.interpret.labels import Vocabulary
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.tables import Table
from pipeline.returns.interpret.titles import Title
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import Grid, text_of
from schemas import rules as c
from schemas.findings import Finding

#: The kinds that a note is meant of all figures.
_SAID_BY_NOTES = frozenset({"cumulative", "a forecast", "of another length of time"})
_WHAT = "in thousands or millions"
#: What a note begins with, and what parts of it each say a thing of their own.
_MARK = re.compile(
    r"^(?:note\b\s*\d*|[*†‡#§\u00b9\u00b2\u00b3]+|\(?\d{1,2}[).]|\[\d{1,2}\])[\s:.-]*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[;.,]\s|\b(?:as(?! at\b)|because|since|although|but|compared)\b", re.IGNORECASE
)
_FIGURES = re.compile(r"\b(?:all|amounts|data|figures|numbers|values)\b", re.IGNORECASE)
#: Words of a clause that says of which period the figures are.
_OF_FIGURES = frozenset(
    {"data", "is", "are", "was", "were", "shown", "here", "these", "this", "all", "from"}
    | {"relate", "relates", "to", "above", "period", "quarter", "year", "provided", "given", "on"}
)
#: A page of text is no note.
_LONGEST_NOTE = 300
#: Without any of these a text says nothing of a scale; what is looked for first is found fastest.
_SIGNS = ("000", "thousand", "million", "billion", "£")
_MAY_SCALE = re.compile(r"(?<!\d)000(?!\d)|thousand|million|billion|£ ?(?:k|m|mn|bn)\b")


def said_in_notes(table: Table, known: Belonging) -> Iterator[Finding]:
    """What notes say of a table's figures: of what kind, or of which period, they are.

    Notes stand under the table, beside its rows, and beside its headings over nothing.
    """
    sheet = table.grid.sheet
    for heading in table.block.headings:
        is_note = not heading.label.fields and _FIGURES.search(heading.text)
        if is_note and not any(table.down(heading.column)):
            yield from _said_by(heading.text, sheet, heading.address, known)
    unheaded = [column for column in table.other_columns if table.block.at(column) is None]
    for row in table.rows if unheaded else ():
        for column in unheaded:
            if table.value(row, "performance") != "":
                text = text_of(table.grid.value(row, column))
                yield from _said_by(text, sheet, address(row, column), known)
    for row in reversed(table.rows):
        if table.value(row, "performance") != "":
            return
        texts = {column: text for column, cell in table.grid.row(row) if (text := text_of(cell))}
        if texts:
            yield from _said_by(" ".join(texts.values()), sheet, address(row, min(texts)), known)


def _said_by(text: str, sheet: str, cell: str, known: Belonging) -> Iterator[Finding]:
    """What a note says; of much else that it may speak of nothing is understood."""
    if not 0 < len(text) <= _LONGEST_NOTE or " " not in text:
        return
    what = sorted(known.words.label(text).kinds & _SAID_BY_NOTES)
    what += [_WHAT] if MULTIPLIED.search(text) else []
    for clause in _CLAUSES.split(_MARK.sub("", text)):
        title = Title.of(known.words, clause, sheet)
        words, periods = title.label.unknown, title.periods
        if periods and all(word in _OF_FIGURES for word in words) and not title.label.kinds:
            fit = known.among(periods)
            what += against(title.label, known, fit if fit is Fit.OTHER else Fit.SAME)
    yield from said_otherwise(sheet, cell, text, what)


def scaled_elsewhere(
    grids: list[Grid], every: list[Table], tables: list[Table], words: Vocabulary
) -> Iterator[Finding]:
    """Where a title, a tab, a note or the cover says that figures are in thousands.

    `every` is each table of the workbook, `tables` those that are read. Only a heading says plainly
    of which figures that is meant; all else is asked about.
    """
    if not tables:
        return
    headed = [{s.power for s in t.chosen["performance"].label.scales} for t in tables]
    own = set.intersection(*headed)

    def is_other(text: str) -> bool:
        """Whether a text says another scale than the headings of all tables do."""
        return any(scaled.power not in own for scaled in words.label(text).scales)

    with_tables = {id(table.grid) for table in every}
    for grid in grids:
        mine = [table for table in tables if table.grid is grid]
        if not mine and id(grid) in with_tables:
            continue
        if not _may_scale(" ".join((grid.sheet, *_said_besides(grid, mine)))):
            continue
        if mine and is_other(grid.sheet):
            yield c.SAID_OTHERWISE.found(grid.sheet, "", grid.sheet, what=_WHAT)
        for number, cells in grid.numbered():
            for column, cell in enumerate(cells, grid.first_column):
                if (
                    isinstance(cell, str)
                    and len(cell) <= _LONGEST_NOTE
                    and _may_scale(cell)
                    and not any(_is_own(table, number, column) for table in mine)
                    and is_other(cell)
                ):
                    yield c.SAID_OTHERWISE.found(
                        grid.sheet, address(number, column), cell, what=_WHAT
                    )


def _said_besides(grid: Grid, tables: list[Table]) -> Iterator[str]:
    """The texts of a sheet, but for those of its tables' own columns beside figures."""
    by_row = {row: table for table in tables for row in table.rows}
    for number, cells in grid.numbered():
        table = by_row.get(number)
        if table is not None and table.value(number, "performance") != "":
            looked_at = [table.grid.value(number, column) for column in table.other_columns]
        else:
            looked_at = cells
        yield from [cell for cell in looked_at if isinstance(cell, str)]


def _may_scale(text: str) -> bool:
    lower = text.casefold()
    return any(sign in lower for sign in _SIGNS) and _MAY_SCALE.search(lower) is not None


def _is_own(table: Table, row: int, column: int) -> bool:
    """Whether a cell is a heading, or one that is read beside a figure."""
    if any((row, column) in h.places and h.row >= table.header_row for h in table.block.headings):
        return True
    if (row, column) in table.title_places:
        # It is looked at as a title.
        return True
    return column in table.taken and table.value(row, "performance") != ""
