"""The cells of an indicator's row, and what is found wrong with them as they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.returns.interpret.merges import Span
from pipeline.returns.interpret.scales import parse_under
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import ABSENT, CellDetail, Marks, Place, SheetDetails
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.figures.plain import clean, means_no_cases, means_nothing_to_report
from pipeline.workbooks.grid import text_of
from pipeline.workbooks.names import name_key
from pipeline.workbooks.shown import text_shown
from schemas import cell_rules as v
from schemas import rules as c
from schemas.fields import FIGURES, PREFILLED
from schemas.findings import Finding, Rule
from schemas.model import Indicator, Kind, MilestoneState, Status

#: The columns that name a row's indicator.
NAMES = ("ref", "indicator")
#: The columns whose words are printed.
WORDS = ("commentary", "action", "action_owner")
#: What is looked at in a row more closely than by its value.
LOOKED_AT = frozenset(
    (*NAMES, *FIGURES, *WORDS, "status", "action_by", "confidence", "unit", "scale", "area")
)
#: What is no indicator, though figures stand beside it.
TOTALS = ("total", "subtotal", "sub total", "grand total", "overall", "average")
_TOTAL = re.compile("|".join(sorted({name.split()[-1] for name in TOTALS})), re.IGNORECASE)
_STATUSES = {
    **dict.fromkeys(("final", "f", "actual"), Status.FINAL),
    **dict.fromkeys(("provisional", "p", "estimate"), Status.PROVISIONAL),
    "not available": Status.NOT_AVAILABLE,
}
#: What a column called Status says of how things go, and not of the figure.
_RATINGS = frozenset(
    {"green", "amber", "red", "yellow", "blue", "grey", "g", "a", "r", "on track", "off track"}
    | {"on target", "off target", "amber green", "amber red", "below target", "above target"}
)
_STATES = {name_key(state): state for state in MilestoneState} | {
    "completed": MilestoneState.COMPLETE,
    "achieved": MilestoneState.COMPLETE,
    "not yet due": MilestoneState.NOT_DUE,
}
#: What a workbook's formula makes of a division by nothing.
_OF_NOTHING = "#DIV/0!"
#: The cells whose text goes with a row.
SEEN = (*PREFILLED, "performance")
_BLANK, _NO_CASES = Figure(), Figure(no_cases=True)


def is_total(name: str) -> bool:
    """Whether a text is what rows of totals are called."""
    # Of plain letters nearly no name needs to be made comparable.
    return not (name.isascii() and not _TOTAL.search(name)) and name_key(name) in TOTALS


def name_shown(table: Table, row: int, key: str, known: Mapping[Place, CellDetail]) -> str:
    """What names a row's indicator, as the sheet shows it: 1.1 may be shown as 1.10."""
    value = table.value(row, key)
    if isinstance(value, str):
        return value.strip()
    detail = known.get((row, table.columns[key]), ABSENT)
    return text_shown(value, detail) or text_of(value)


def plain_words(value: CellValue, detail: CellDetail) -> str | None:
    """Words as a sheet shows them, with plain line ends; empty where they say nothing.

    None where it cannot be told what is shown.
    """
    text = text_shown(value, detail)
    if text is None:
        return None
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return "" if means_nothing_to_report(plain) else plain


class RowCells:
    """What the cells of a row say; what cannot be read is a finding, and blank."""

    def __init__(
        self,
        table: Table,
        row: int,
        indicator: Indicator,
        known: SheetDetails,
        *,
        is_of_two: bool = False,
    ) -> None:
        self._table, self._row, self._indicator = table, row, indicator
        self._known, self._is_plain = known.cells, known.is_plain
        self.sheet = table.grid.sheet
        self._columns = columns = table.columns
        #: What stands in each field's cell.
        self._values = values = table.values(row)
        seen = {
            key: value.strip() if isinstance(value := values[key], str) else self._text(key)
            for key in SEEN
            if key in values
        }
        if is_of_two:
            # Its names are of two indicators: which of them was altered is not known.
            seen = {"performance": seen.get("performance", "")}
        #: What stands in the prefilled cells and in Performance, as text.
        self.seen = seen
        self.findings: list[Finding] = []
        #: One of them could not be read.
        self.is_bad = False
        self._refused: set[str] = set()
        is_odd = row in known.odd_rows
        if is_odd:
            self._check_errors()
        if is_odd or is_total(self.seen.get("indicator", "")):
            self._check_names()
        if is_odd or row in table.merges:
            for key in (*FIGURES, "status"):
                if key in columns:
                    self._check(key)

    def figure(self, key: str, scale: Scale, *, is_of_none: bool = False) -> Figure:
        """The figure in a cell; blank where the table has no such column.

        `is_of_none`: the cells beside it say that there are no cases.
        """
        value = self._values.get(key)
        if value is None or key in self._refused:
            return _BLANK
        if value == "" and self._is_plain:
            return _NO_CASES if is_of_none else _BLANK
        detail = self._detail(key)
        if value == "":
            value = detail.error
        if value == "":
            if detail.has_formula and not detail.has_value:
                self._found(key, c.NO_CACHED_VALUE)
                return _BLANK
            return _NO_CASES if is_of_none else _BLANK
        parsed = parse_under(self._table.chosen[key].label, value, scale, detail.number_format)
        if is_of_none and (
            parsed in (_BLANK, Figure(not_available=True))
            or value == _OF_NOTHING
            or (isinstance(value, str) and means_no_cases(value))
        ):
            return _NO_CASES
        place = self.sheet, self._table.address(self._row, key)
        for t in parsed.troubles:
            self.findings.append(t.rule.found(*place, t.value, **t.words))
        self.is_bad |= bool(parsed.troubles) and parsed.is_bad
        return parsed

    def state(self) -> MilestoneState | None:
        """The state of a milestone; None where it is not said."""
        if "performance" in self._refused:
            return None
        text = clean(str(self._values["performance"]))
        state = _STATES.get(name_key(text))
        if text and state is None:
            self._found("performance", c.STATE_UNKNOWN, text, choices=", ".join(MilestoneState))
        return state

    def status(self, *, is_provisional: bool) -> Status:
        """The figure's status; a mark beside the figure may have said that it is provisional."""
        marked = Status.PROVISIONAL if is_provisional else Status.FINAL
        text = self._text("status")
        if text == "" or "status" in self._refused:
            return marked
        if means_no_cases(text) or name_key(text) in _RATINGS:
            return marked
        if means_nothing_to_report(text):
            return Status.NOT_AVAILABLE
        status = _STATUSES.get(name_key(text))
        if status is None:
            self._found("status", c.STATUS_UNKNOWN, text)
        # A mark such as (p) beside the figure stands against a Final that nobody changed.
        return marked if status in (None, Status.FINAL) else status

    def value(self, key: str) -> CellValue:
        """What a cell holds; blank where the table has no such column."""
        return self._values.get(key, "")

    def text(self, key: str) -> str:
        """A cell as trimmed text; empty where the table has no such column."""
        return self._text(key)

    def refuse(self, key: str, rule: Rule, **words: str) -> None:
        """A finding at a cell that cannot stand beside the others."""
        self._found(key, rule, self._text(key), **words)

    def says_no_cases(self) -> bool:
        """Whether No cases is chosen as the status."""
        text = self._text("status")
        return text != "" and "status" not in self._refused and means_no_cases(text)

    def words(self, key: str) -> str:
        """Words as the sheet shows them, with plain line ends; empty where they say nothing."""
        value = self._values.get(key, "")
        if value == "" or key in self._refused:
            return ""
        detail = self._detail(key)
        if detail.marks & Marks.STRUCK:
            self._found(key, v.MARKED_TEXT, text_of(value))
            return ""
        plain = plain_words(value, detail)
        if plain is None:
            self._found(key, v.WORDS_NOT_TOLD, text_of(value))
            return ""
        return plain

    def _text(self, key: str) -> str:
        value = self._values.get(key, "")
        if isinstance(value, str):
            return value.strip()
        if key in NAMES:
            return name_shown(self._table, self._row, key, self._known)
        return text_of(value)

    def _detail(self, key: str) -> CellDetail:
        return self._known.get((self._row, self._columns[key]), ABSENT)

    def _check_errors(self) -> None:
        """What says what a figure is, and shows an error instead."""
        table = self._table
        for key in sorted((LOOKED_AT - {*FIGURES}) & self._columns.keys()):
            if error := self._detail(key).error:
                self._found(key, v.WORDS_LOST, error)
        for heading in table.period_headings:
            detail = self._known.get((self._row, heading.column), ABSENT)
            if detail.error:
                place = self.sheet, address(self._row, heading.column)
                self.findings.append(v.WORDS_LOST.found(*place, detail.error))

    def _check_names(self) -> None:
        """What names the indicator: in ordinary letters, and no total's."""
        for key in NAMES:
            text = self.seen.get(key, "")
            marks = self._detail(key).marks if text else Marks.NONE
            is_of_total = key == "indicator" and is_total(text)
            if not marks and not is_of_total:
                continue
            # What is raised or lowered belongs to a wording where the register has it too.
            is_wording = name_key(text) == name_key(self._indicator.wording)
            if marks and (key == "ref" or marks & Marks.STRUCK or not is_wording):
                self._found(key, v.MARKED_TEXT, text)
                return
            if is_of_total and not is_wording:
                said = ", though the reference beside it is one"
                self._found(key, c.INDICATOR_UNKNOWN, text, suggestion=said)

    def _check(self, key: str) -> None:
        """Refuse a cell of which a part does not count, or that stands in several places."""
        merges, marks = self._table.merges, self._detail(key).marks
        if not marks and self._row not in merges:
            return
        place = self._row, self._columns[key]
        text = text_of(merges.value(self._table.grid, *place))
        if key == "performance" and self._indicator.kind is Kind.NARRATIVE:
            marks &= Marks.STRUCK
        if text and marks:
            self._refused.add(key)
            self._found(key, v.MARKED_TEXT, text)
        elif text and key in FIGURES:
            span = merges.span(*place)
            # What stands within a merged range, as no program writes it, is its own.
            is_own = span[:2] != place and self._values[key] != ""
            if not is_own and any(self._other_places(span)):
                self._refused.add(key)
                cells = f"{address(*span[:2])}:{address(*span[2:])}"
                self._found(key, v.FIGURE_MERGED, text, span=cells)

    def _other_places(self, span: Span) -> Iterator[bool]:
        """Whether other rows, and other columns, of a merged range have a name of their own."""
        top, left, bottom, right = span
        grid, columns = self._table.grid, self._columns
        for row in range(top, bottom + 1):
            names = (grid.value(row, columns[key]) for key in NAMES if key in columns)
            yield row != self._row and any(name != "" for name in names)
        heads = range(self._table.header_row, self._table.rows[0])
        for column in range(left + 1, right + 1):
            yield any(grid.value(row, column) != "" for row in heads)

    def _found(self, key: str, rule: Rule, value: str = "", **words: str) -> None:
        """A finding at a cell that could not be read."""
        self.is_bad = True
        place = self.sheet, self._table.address(self._row, key)
        self.findings.append(rule.found(*place, value, **words))
