"""The indicator table: each row matched to the register, each cell to a typed figure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from itertools import groupby

from msgspec.structs import replace

from pipeline.returns.interpret.attribution import other_rows, period_shown
from pipeline.returns.interpret.cells import LOOKED_AT, NAMES, WORDS, is_total, name_shown
from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import beside
from pipeline.returns.interpret.headings import LONGEST_HEADING
from pipeline.returns.interpret.notes import said_around, said_by_marks, said_in_comments
from pipeline.returns.interpret.qualifiers import other_columns
from pipeline.returns.interpret.rows import Matched, ShortRows, not_read, read_row
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import MOST_FINDINGS, ReportedRow
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import ABSENT, CellDetail, Details, Place, SheetDetails
from pipeline.workbooks.details.hidden import hidden_parts
from pipeline.workbooks.figures.plain import means_nothing_to_report
from pipeline.workbooks.grid import text_of
from pipeline.workbooks.names import suggestion
from schemas import cell_rules as v
from schemas import rules as c
from schemas.fields import FIGURES, FILLED
from schemas.findings import Finding
from schemas.layout_rules import ROWS_OF_OTHER_PERIOD
from schemas.model import Indicator, Register
from schemas.names import name_key
from schemas.wording import listed

#: Of a return with more mistakes in its rows no further name is compared with the register's.
_MOST_SUGGESTED = 500


def read_indicators(
    tables: list[Table], register: Register, known: Belonging, details: Details
) -> tuple[list[ReportedRow], list[Finding]]:
    """Every indicator row of the tables, in the order of the sheets.

    A row that is no indicator's (a priority heading, a total, a note) is passed over; one that
    holds figures and matches nothing is a finding.
    """
    for number, table in enumerate(tables):
        table.number = number
    looks = _looks(tables, details)
    matched, findings = _match(tables, register, known, looks)
    provisional = set[tuple[int, int]]()
    indicators: dict[int, dict[int, Indicator]] = {id(table): {} for table in tables}
    for match in matched:
        if not match.is_other_period:
            indicators[id(match.table)][match.row] = match.indicator
    for table in tables:
        findings += _marked_headings(table, looks[table.grid.sheet].cells, known)
        mine = indicators[id(table)]
        findings += other_columns(table, [*mine], known)
        marked = said_by_marks(table, mine, known)
        findings += marked.findings
        provisional |= {(id(table), row) for row in marked.provisional}
    short = {id(table): ShortRows(table, looks[table.grid.sheet], known) for table in tables}
    rows = []
    for sheet, matches in groupby(matched, key=lambda match: match.table.grid.sheet):
        on_sheet = list(matches)
        findings += _hidden(on_sheet, looks[sheet])
        for match in on_sheet:
            if match.is_other_period:
                rows.append(not_read(match, known))
                continue
            is_noted = (id(match.table), match.row) in provisional
            row = short[id(match.table)].row(match, is_noted=is_noted)
            if row is None:
                row, troubles = read_row(match, looks[sheet], known, is_noted=is_noted)
                findings += troubles
            rows.append(row)
        if comments := looks[sheet].comments:
            findings += _said_in_comments(sheet, comments, on_sheet, known)
        if around := looks[sheet].around:
            findings += said_around(sheet, around, _scales(on_sheet), known)
    return rows, findings


def _said_in_comments(
    sheet: str, comments: Mapping[Place, str], matched: list[Matched], known: Belonging
) -> Iterator[Finding]:
    """What comments say of the figures of a sheet's indicators."""
    figures = {
        (m.row, m.table.columns[key]): m.table.text(m.row, key)
        for m in matched
        for key in FIGURES
        if key in m.table.columns
    }
    tables = {id(m.table): m.table for m in matched}.values()
    heads = {place: "" for table in tables for place in _heading_places(table)}
    return said_in_comments(sheet, comments, heads | figures, _scales(matched), known)


def _scales(matched: list[Matched]) -> set[int]:
    """The scales that the headings of the figures say."""
    return {s.power for m in matched for s in m.table.chosen["performance"].label.scales}


def indicators_of(table: Table, register: Register, known: Belonging, details: Details) -> set[str]:
    """The refs of the indicators that a table has a row for."""
    matched, _ = _match([table], register, known, _looks([table], details))
    return {match.indicator.ref for match in matched if not match.is_other_period}


def _looks(tables: list[Table], details: Details) -> dict[str, SheetDetails]:
    """What is known of the cells of each sheet, however many tables stand on it."""
    looks = {}
    for sheet, on_sheet in groupby(tables, key=lambda table: table.grid.sheet):
        places = _filled_places if details.is_plain(sheet) else _places
        looks[sheet] = details(sheet, [place for table in on_sheet for place in places(table)])
    return looks


def _marked_headings(
    table: Table, looks: Mapping[Place, CellDetail], known: Belonging
) -> Iterator[Finding]:
    """Headings over the figures of which a part, such as a footnote's number, does not count."""
    for place in _heading_places(table):
        detail, at = looks.get(place, ABSENT), (table.grid.sheet, address(*place))
        if detail.marks:
            yield v.MARKED_TEXT.found(*at, text_of(table.grid.value(*place)))
        elif detail.error:
            words = {"field": "Performance", "period": known.period or "the period"}
            yield c.HEADING_UNKNOWN.found(*at, detail.error, doubt="it is an error", **words)


def _heading_places(table: Table) -> list[Place]:
    """The cells that head the figures, and what changes them; an error there shows as blank."""
    block, places = table.block, set[Place]()
    for key in (*FIGURES, "status"):
        if heading := table.chosen.get(key):
            # A row above that shows nothing else but errors seems to be blank.
            rows = range(max(0, block.first_row - 1), block.last_row + 1)
            places.update(heading.places, ((row, heading.column) for row in rows))
    return sorted(places)


def _match(
    tables: list[Table],
    register: Register,
    known: Belonging,
    looks: Mapping[str, SheetDetails],
) -> tuple[list[Matched], list[Finding]]:
    by_ref, by_wording = known.words.by_ref, known.words.by_wording
    matched: list[Matched] = []
    findings: list[Finding] = []
    #: The table, the row and the column in which each indicator stands.
    places: dict[str, tuple[Table, int, str]] = {}
    of_two: list[tuple[Matched, Indicator]] = []
    elsewhen: list[Matched] = []
    for table in tables:
        sheet = table.grid.sheet
        others, doubts = other_rows(table, known)
        findings += doubts
        elsewhen += _named_in(table, others, looks[sheet].cells, known)
        has_more = bool(table.other_columns) or "scale" in table.columns
        for row, ref, name in _names_down(table, looks[sheet].cells):
            if row in others:
                continue
            if len(findings) > MOST_FINDINGS:
                # It is sent back for that alone, whatever else its rows say.
                break
            said = name or ref
            if not said:
                findings += _astray(table, row)
                continue
            of_ref, of_name = by_ref.get(name_key(ref)), by_wording.get(name_key(name))
            found = of_ref or of_name
            if found is None:
                is_reported = any(table.text(row, key) for key in FILLED)
                if is_reported and not is_total(said) and not _signs_off(table, row):
                    cell = table.address(row, "indicator" if name else "ref")
                    has_few = len(findings) < _MOST_SUGGESTED
                    near = _near(said, register, known.area, by_name=bool(name)) if has_few else ""
                    findings.append(c.INDICATOR_UNKNOWN.found(sheet, cell, said, suggestion=near))
            elif of_ref and of_name and of_ref is not of_name:
                of_two.append((Matched(table, row, of_ref, ref, is_of_two=True), of_name))
            elif first := places.get(found.ref):
                cell, (there, at, key) = table.address(row, "performance"), first
                before = f"{there.grid.sheet}!{there.address(at, key)}"
                findings.append(c.INDICATOR_TWICE.found(sheet, cell, found.ref, first=before))
            else:
                places[found.ref] = table, row, "performance"
                matched.append(Matched(table, row, found, ref))
                findings += beside(table, row, found, known) if has_more else ()
    missing = [*{m.indicator.ref: m for m in elsewhen if m.indicator.ref not in places}.values()]
    # They are there, and need not be asked for.
    matched += missing
    findings += _of_other_period(missing, known)
    for match, other in of_two:
        findings.append(_of_two(match, other))
        # That it may be either is said; that one of them has no row then need not be.
        free = next((i for i in (match.indicator, other) if i.ref not in places), None)
        if free is not None:
            places[free.ref] = match.table, match.row, "ref"
            matched.append(replace(match, indicator=free))
    if of_two or missing:
        order = {id(table): number for number, table in enumerate(tables)}
        matched.sort(key=lambda match: (order[id(match.table)], match.row))
    return matched, findings


def _near(said: str, register: Register, area: str | None, *, by_name: bool) -> str:
    """The indicator that an unknown name may be meant for, as a finding says it."""
    likely = register.indicators_of(area) if area else register.indicators
    return suggestion(said, [i.wording if by_name else i.ref for i in likely])


def _names_down(table: Table, looks: Mapping[Place, CellDetail]) -> Iterator[tuple[int, str, str]]:
    """Each row of a table with the reference and the wording that it shows."""
    refs, names = (
        [
            value.strip() if isinstance(value, str) else name_shown(table, row, key, looks)
            for row, value in zip(table.rows, table.values_down(key), strict=True)
        ]
        for key in NAMES
    )
    return zip(table.rows, refs, names, strict=True)


#: How a line under the rows begins that says who made the return.
_SIGNS = re.compile(
    r"(?:(?:compiled|completed|checked|approved|prepared|authorised|verified|submitted|produced"
    r"|reviewed|agreed|collated|signed)(?: off)?(?: by)?|sign[- ]?off|signature|contact)\s*(?::|$)",
    re.IGNORECASE,
)
_DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}")


def _signs_off(table: Table, row: int) -> bool:
    """Whether a row says who made the return, in as many cells as it may take, and no figure."""
    first = table.text(row, "ref") or table.text(row, "indicator")
    if not _SIGNS.match(first):
        return False
    entry = table.value(row, "performance")
    is_words = isinstance(entry, str) and not re.search(r"\d", _DAY.sub("", entry))
    return is_words or isinstance(entry, date)


def _named_in(
    table: Table, rows: Collection[int], looks: Mapping[Place, CellDetail], known: Belonging
) -> Iterator[Matched]:
    """The area's indicators that rows of another period name."""
    for row in sorted(rows):
        ref, name = (name_shown(table, row, key, looks) for key in NAMES)
        found = known.words.indicator(ref, name)
        if found and known.area in found.areas:
            yield Matched(table, row, found, ref, is_other_period=True)


def _of_other_period(missing: list[Matched], known: Belonging) -> list[Finding]:
    """What is asked where all rows of some indicators are of another period than the return's."""
    if not missing:
        return []
    table, row = missing[0].table, missing[0].row
    place = table.grid.sheet, address(row, table.period_headings[0].column)
    refs = listed(match.indicator.ref for match in missing)
    words = {"refs": refs, "period": known.period or "the period"}
    return [ROWS_OF_OTHER_PERIOD.found(*place, period_shown(table, row), **words)]


def _of_two(match: Matched, other: Indicator) -> Finding:
    """What is asked of a row with the reference of one indicator and the wording of another."""
    one, table = match.indicator, match.table
    return c.INDICATORS_MIXED.found(
        table.grid.sheet,
        table.address(match.row, "ref"),
        match.ref,
        wording=one.wording,
        other=other.ref,
        named=other.wording,
    )


def _astray(table: Table, row: int) -> list[Finding]:
    """Figures in a row that names no indicator, unless it is a row of totals."""
    texts = [text_of(cell) for _, cell in table.grid.row(row)]
    if any(is_total(text) for text in texts if len(text) <= LONGEST_HEADING):
        return []
    return [
        c.FIGURE_ASTRAY.found(table.grid.sheet, table.address(row, key), text)
        for key in FIGURES
        if (text := table.text(row, key)) and not means_nothing_to_report(text)
    ][:1]


def _places(table: Table) -> list[Place]:
    """The cells of which more than the value is to be known, in rows that name anything."""
    columns = [table.columns[key] for key in LOOKED_AT if key in table.columns]
    columns += [heading.column for heading in table.period_headings]
    named = [table.columns[key] for key in NAMES if key in table.columns]
    return _heading_places(table) + [
        (row, column)
        for row in table.rows
        if any(table.grid.value(row, at) != "" for at in named)
        for column in columns
    ]


def _filled_places(table: Table) -> list[Place]:
    """The same where no cell is marked, shows an error or has a formula: of these, the formats."""
    return [
        (row, column)
        for key in (*FIGURES, *NAMES, *WORDS)
        if (column := table.columns.get(key)) is not None
        for row, value in zip(table.rows, table.values_down(key), strict=True)
        if value != "" and not (key in NAMES and isinstance(value, str))
    ]


def _hidden(matched: list[Matched], known: SheetDetails) -> list[Finding]:
    """What is read of a sheet although nobody sees it, in one finding."""
    grid = matched[0].table.grid
    filled = {
        column
        for m in (matched if known.hidden_columns else ())
        for column in m.table.columns.values()
        if text_of(grid.value(m.row, column))
    }
    what = hidden_parts(known, (m.row for m in matched), filled, whole=grid.hidden)
    return [c.HIDDEN.found(grid.sheet, what=what)] if what else []
