"""Notes: what is said of the figures neither in their headings nor in their rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import (
    AIMED_AT,
    MULTIPLIED,
    against,
    counted,
    said_alone,
    said_beside,
    said_of_all,
    said_otherwise,
    unclear,
)
from pipeline.returns.interpret.cover import Cover
from pipeline.returns.interpret.disguise import in_disguise
from pipeline.returns.interpret.footnotes import Footnote, is_idle, noted, notes_on, rows_with_marks
from pipeline.returns.interpret.headings import heading_text
from pipeline.returns.interpret.labels import PROVISIONAL
from pipeline.returns.interpret.papers import without_papers
from pipeline.returns.interpret.parts import LONGEST_PART, clauses, told
from pipeline.returns.interpret.periods import NONE, spoken
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.remarks import (
    NO_MATTER,
    is_unclear,
    kinds_alone,
    says_provisional,
    without_idle,
)
from pipeline.returns.interpret.second_figures import speaks_of_other
from pipeline.returns.interpret.sections import is_doubtful_section, said_by_section
from pipeline.returns.interpret.shortfalls import is_short
from pipeline.returns.interpret.tables import Table
from pipeline.returns.interpret.titles import Title
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.around import PAGE
from pipeline.workbooks.details.detail import Around, Place
from pipeline.workbooks.grid import Grid
from schemas.fields import EARLIER
from schemas.findings import Finding
from schemas.layout_rules import REMARK_UNCLEAR
from schemas.model import Indicator
from schemas.names import name_key

#: The kinds that a note is meant of all figures.
_SAID_BY_NOTES = frozenset({"cumulative", "a forecast", "of another length of time"})
_WHAT = "in thousands or millions"
_FIGURES = re.compile(r"\b(?:all|amounts|data|figures|numbers|values)\b", re.IGNORECASE)
#: No table has more marks of different kinds.
_MOST_MARKS = 50
#: How a comment of a correction copy begins, and what a comment begins with that names its author.
_OURS, _AUTHOR = "Quarterday:", re.compile(r"^[^\n:]{1,60}:[ \t]*\n")
#: Without any of these a text says nothing of a scale; what is looked for first is found fastest.
_SIGNS = ("000", "thousand", "million", "billion", "£")
_MAY_SCALE = re.compile(r"(?<!\d)000(?!\d)|thousand|million|billion|£ ?(?:k|m|mn|bn)\b")


class _Text(Struct, frozen=True):
    """A text of a sheet that is neither a heading nor read beside a figure."""

    row: int
    column: int
    text: str
    #: Whether it stands beside a figure, under no heading.
    is_note: bool = False


def said_in_notes(
    grids: list[Grid], every: list[Table], tables: list[Table], known: Belonging
) -> Iterator[Finding]:
    """What notes say of the figures: of what kind, of which period, or in which scale they are.

    `every` is each table of the workbook, `tables` those that are read. Notes stand under a table,
    between and beside its rows, and beside its headings over nothing. A scale may be said anywhere;
    only a heading says plainly of which figures it is meant.
    """
    if not tables:
        return
    own = set.intersection(
        *({s.power for s in table.chosen["performance"].label.scales} for table in tables)
    )
    with_tables = {id(table.grid) for table in every}
    for grid in grids:
        mine = [table for table in tables if table.grid is grid]
        if not mine and id(grid) in with_tables:
            continue
        texts = list(_texts(grid, mine))
        if may_scale(" ".join((grid.sheet, *(each.text for each in texts)))):
            yield from _scaled(grid, mine, texts, own, known)
        for each in texts:
            if each.is_note:
                yield from _said_by(each.text, grid.sheet, address(each.row, each.column), known)
        for table in mine:
            yield from _said_in_rows(table, known)


def _texts(grid: Grid, tables: list[Table]) -> Iterator[_Text]:
    """The texts of a sheet, but for those of its tables' own columns beside figures."""
    by_row = {row: table for table in tables for row in table.rows}
    unfilled = {row for table in tables for row in table.unfilled}
    beside = {
        id(table): [(column, table.block.at(column) is None) for column in table.other_columns]
        for table in tables
    }
    for number, cells in grid.numbered():
        table = by_row.get(number)
        if table is not None and number not in unfilled:
            for column, is_note in beside[id(table)]:
                if not is_note and isinstance(cell := grid.value(number, column), str) and cell:
                    yield _Text(number, column, cell)
            notes = [column for column, is_note in beside[id(table)] if is_note]
            yield from _beside(grid, number, notes)
        else:
            for column, cell in enumerate(cells, grid.first_column):
                if isinstance(cell, str) and cell:
                    yield _Text(number, column, cell)


def _beside(grid: Grid, number: int, columns: list[int]) -> Iterator[_Text]:
    """What stands in a row under no heading, cells that touch as one: `Data to`, `31/01/2016`."""
    texts: dict[int, list[str]] = {}
    first = last = -2
    for column in columns:
        if text := heading_text(grid.value(number, column)):
            first = first if column == last + 1 else column
            texts.setdefault(first, []).append(text)
            last = column
    for column, said in texts.items():
        if any(isinstance(grid.value(number, column + at), str) for at in range(len(said))):
            yield _Text(number, column, " ".join(said), is_note=True)


def _scaled(
    grid: Grid, tables: list[Table], texts: list[_Text], own: set[int], known: Belonging
) -> Iterator[Finding]:
    """Texts that say another scale than the headings of all tables do."""

    def is_other(text: str) -> bool:
        return any(
            scaled.power not in own
            for part in ([text] if len(text) <= LONGEST_PART else told(text))
            if len(part) <= LONGEST_PART and may_scale(part)
            for scaled in known.words.label(part).scales
        )

    if tables and is_other(grid.sheet):
        yield from said_otherwise(grid.sheet, "", grid.sheet, [_WHAT])
    for each in texts:
        if is_other(each.text) and not any(_is_own(table, each) for table in tables):
            yield from said_otherwise(
                grid.sheet, address(each.row, each.column), each.text, [_WHAT]
            )


def many_lines(tables: list[Table], known: Belonging) -> int:
    """How many rows of the tables are words alone, and name no indicator."""
    return sum(1 for table in tables for _ in _lines_without_figures(table, known))


def noted_provisional(table: Table, cover: Cover, known: Belonging) -> bool:
    """Whether a line of the cover, or a note under a table, says that figures are provisional."""
    lines = [line.text for line in cover.lines if PROVISIONAL in line.label.kinds]
    lines += [line.text for line in _lines_without_figures(table, known) if line.is_under]
    return any(says_provisional(known.words, text) for text in lines)


class _Line(Struct, frozen=True):
    """A row without a figure and an indicator: its first cell, and its texts."""

    cell: str
    texts: list[str]
    #: None of the rows below has a figure.
    is_under: bool

    @property
    def text(self) -> str:
        return " ".join(self.texts)


def _lines_without_figures(table: Table, known: Belonging) -> Iterator[_Line]:
    """What rows without a figure and an indicator say."""
    unfilled = table.unfilled
    last = max(set(table.rows) - set(unfilled), default=-1) if unfilled else -1
    for row in unfilled:
        texts = {
            column: text for column, cell in table.grid.row(row) if (text := heading_text(cell))
        }
        if not texts or known.words.indicator(table.text(row, "ref"), table.text(row, "indicator")):
            continue
        yield _Line(address(row, min(texts)), [*texts.values()], row > last)


def _said_in_rows(table: Table, known: Belonging) -> Iterator[Finding]:
    """What notes over nothing, and lines without a figure under and between the rows, say."""
    sheet = table.grid.sheet
    for heading in table.block.headings:
        is_note = not heading.label.fields and _FIGURES.search(heading.text)
        if is_note and not any(table.down(heading.column)):
            yield from _said_by(heading.text, sheet, heading.address, known)
    for line in _lines_without_figures(table, known):
        if what := said_by_section(known, line.texts, is_under=line.is_under):
            yield from said_otherwise(sheet, line.cell, line.text, what)
        elif line.is_under:
            yield from _said_by(line.text, sheet, line.cell, known)
        elif len(line.texts) == 1:
            is_doubtful = is_doubtful_section(known, line.text)
            yield from unclear(
                known, sheet, line.cell, line.text, as_title=True, is_doubtful=is_doubtful
            )


def said_around(
    sheet: str, around: Iterable[Around], own: Collection[int], known: Belonging
) -> Iterator[Finding]:
    """What headers and footers of pages, and text boxes, say of the figures of a sheet.

    Nobody who types figures sees a page's header: where it names another period, and nothing else
    is against it, it may have been left there, and is asked about.
    """
    for each in around:
        text, disguise = in_disguise(each.text, known)
        if not _is_silent(replace(each, text=text), frozenset(own), disguise):
            yield from _said_around(sheet, each, own, known)


# The same stands on the pages of all returns made from one template.
@lru_cache(maxsize=1_000)
def _is_silent(around: Around, own: frozenset[int], known: Belonging) -> bool:
    return not any(_said_around("", around, own, known))


def _said_around(
    sheet: str, around: Around, own: Collection[int], known: Belonging
) -> Iterator[Finding]:
    value = f"{around.text} ({around.where})"
    lines = [Title.of(known.words, part, sheet) for part in told(around.text)]
    what = _of_lines(lines, own, known)
    timeless = [replace(one, label=replace(one.label, periods=NONE)) for one in lines]
    may_be_left = around.where == PAGE and what and not _of_lines(timeless, own, known)
    if not may_be_left:
        yield from said_otherwise(sheet, "", value, what)
    is_unclear = not what and any(unclear(known, sheet, "", around.text, as_title=True))
    if may_be_left or is_unclear:
        yield REMARK_UNCLEAR.found(sheet, said=value)


def _of_lines(lines: Iterable[Title], own: Collection[int], known: Belonging) -> list[str]:
    """What lines say against the figures, `own` being the scales of their headings."""
    lines = list(lines)
    what = [word for line in lines for word in said_of_all(line, known)]
    powers = {scaled.power for line in lines for scaled in line.label.scales}
    what += [_WHAT] if powers - {*own} else []
    return what + [kind for line in lines for kind in kinds_alone(line.label, as_section=True)]


def said_in_comments(
    sheet: str,
    comments: Mapping[Place, str],
    figures: Mapping[Place, str],
    own: Collection[int],
    known: Belonging,
) -> Iterator[Finding]:
    """What comments on cells of figures, and on their headings, say of them.

    `figures` is what stands in each of these cells, `own` the scales of the tables' headings.
    """
    for place, text in sorted(comments.items()):
        if place not in figures or text.startswith(_OURS):
            continue
        said = _AUTHOR.sub("", text).strip()
        scales = known.words.label(said[:LONGEST_PART]).scales
        what = [*said_beside(said, None, known)]
        what += [_WHAT] if {scaled.power for scaled in scales} - {*own} else []
        if what:
            yield from said_otherwise(sheet, address(*place), said, what)
            continue
        is_alone = " " not in said and is_unclear(known.words, said, as_title=False)
        is_doubtful = is_alone or speaks_of_other(said, figures[place]) != ""
        yield from _said_by(said, sheet, address(*place), known, is_doubtful=is_doubtful)


class MarkedRows(Struct):
    """The rows of a table with footnotes to their figures or names, and what these say."""

    findings: list[Finding] = []
    #: Those whose note says that the figure is provisional.
    provisional: set[int] = set()


def said_by_marks(table: Table, rows: Mapping[int, Indicator], known: Belonging) -> MarkedRows:
    """What the notes say that marks in the rows of indicators point at."""
    found, notes = MarkedRows(), dict[str, list[Footnote]]()
    for row in rows_with_marks(table, rows):
        of_figure, of_names = noted(table, row, rows[row].wording)
        for mark in (*of_figure, *of_names):
            if mark not in notes and len(notes) < _MOST_MARKS:
                notes[mark] = list(notes_on(table.grid, mark))
            for note in notes.get(mark, ()):
                if says_provisional(known.words, note.said):
                    found.provisional |= {row} if mark in of_figure else set()
                elif not is_idle(note.said):
                    found.findings += _said_by_note(note, table, known, is_of=mark in of_figure)
    return found


def _said_by_note(note: Footnote, table: Table, known: Belonging, *, is_of: bool) -> list[Finding]:
    """What a note says; `is_of`: of a figure, and then each word of it must be understood."""
    sheet = table.grid.sheet
    label = known.words.label(note.said)
    if what := said_beside(note.said, None, known) or said_alone(known, label, note.said):
        return [*said_otherwise(sheet, note.cell, note.text, what)]
    label = known.own(known.words.title("\n".join(told(note.said))), note.said)
    is_doubtful = is_of and bool(
        set(label.unknown) - NO_MATTER or label.kinds or known.fit(label.periods) is not Fit.SAME
    )
    return [*_said_by(note.said, sheet, note.cell, known, note.text, is_doubtful=is_doubtful)]


def _said_by(
    text: str,
    sheet: str,
    cell: str,
    known: Belonging,
    quoted: str = "",
    *,
    is_doubtful: bool = False,
) -> Iterator[Finding]:
    """What a note says; of much else that it may speak of nothing is understood."""
    is_word = " " not in text and "-" not in text
    if is_word and not (is_doubtful or is_short(spoken(text)) or MULTIPLIED.search(text)):
        return
    what = []
    for part in told(without_papers(text)):
        if len(part) > LONGEST_PART:
            continue
        what += sorted(known.words.label(part).kinds & _SAID_BY_NOTES)
        what += [_WHAT] if MULTIPLIED.search(part) else []
        for clause in clauses(part):
            title = Title.of(known.words, without_idle(clause), sheet)
            fit = _fit_of_clause(title, known)
            label = title.label
            is_target = label.fields == {"target"} and not label.units
            is_target &= _known_clause(title, known)
            what += [AIMED_AT] if is_target else []
            what += counted(clause)
            what += against(title.label, known, Fit.OTHER) if fit is Fit.OTHER else []
            is_doubtful |= fit is Fit.DOUBTFUL
    yield from said_otherwise(sheet, cell, quoted or text, what)
    if not what and (is_doubtful or any(unclear(known, sheet, cell, text))):
        yield REMARK_UNCLEAR.found(sheet, cell, said=quoted or text)


def _known_clause(title: Title, known: Belonging) -> bool:
    """Whether each word of a part of a note is known, references of indicators among them."""
    return all(
        word in NO_MATTER or name_key(word) in known.words.by_ref for word in title.label.unknown
    )


def _fit_of_clause(title: Title, known: Belonging) -> Fit:
    """Whether the period that a part of a note says is the return's, where each word is known."""
    is_known = _known_clause(title, known) and not title.label.kinds
    return known.among(title.periods) if is_known else Fit.SAME


def may_scale(text: str) -> bool:
    """Whether a text may say a scale of figures."""
    lower = text.casefold()
    return any(sign in lower for sign in _SIGNS) and _MAY_SCALE.search(lower) is not None


def _is_own(table: Table, each: _Text) -> bool:
    """Whether a cell is a heading, or one that is read beside a figure."""
    place = each.row, each.column
    if any(place in h.places and h.row >= table.header_row for h in table.block.headings):
        return True
    if place in table.title_places:
        # It is looked at as a title.
        return True
    if any(each.column == table.columns.get(key) for key in EARLIER):
        return True
    return each.column in table.taken and table.value(each.row, "performance") != ""
