"""What every sheet of the register must hold, as pandera schemas over frames of typed cells.

A frame has a row for each row of its sheet, indexed by the row's number in Excel, and a column for
each of the layout's, by key. Blank cells are None; figures are Decimal, in the indicator's unit.
What a check needs of other sheets is joined to the frame before pandera sees it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd
import pandera.pandas as pa
from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from schemas import register_row_rules as r
from schemas import register_rules as c
from schemas.findings import Rule
from schemas.register_checks import CHECKS, RegisterCheck
from schemas.register_columns import Content, RegisterColumn, RegisterSheet
from schemas.register_layout import AREAS, INDICATORS, LISTS, SHEETS, TARGETS

#: How alike a ref must be to be asked about, out of 100.
_ALIKE = 65


class RegisterFailure(Struct, frozen=True):
    """A cell that breaks a rule, and the words of the rule's sentence."""

    sheet: RegisterSheet
    #: The row's number in Excel.
    row: int
    #: The key of its column.
    column: str
    rule: Rule
    words: Mapping[str, str]
    #: The columns that the rule looked at.
    looked_at: frozenset[str]


class TypedRow(Protocol):
    """A row of a sheet: its values by the keys of the columns."""

    values: dict[str, Any]


Rows = Mapping[int, TypedRow]


def failures(tables: Mapping[str, Rows]) -> Iterator[RegisterFailure]:
    """Every cell that breaks a rule, by pandera, sheet by sheet.

    `tables` holds the rows of each sheet that could be read, by its title and by their numbers.
    """
    frames = {s.title: _frame(s, tables[s.title]) for s in SHEETS if s.title in tables}
    _join(frames)
    for sheet in SHEETS:
        if sheet.title in frames:
            yield from _failures(sheet, frames[sheet.title])


def _failures(sheet: RegisterSheet, frame: pd.DataFrame) -> Iterator[RegisterFailure]:
    try:
        _SCHEMAS[sheet.title].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        checks = _checks(sheet)
        cases = errors.failure_cases
        for name, said, row in zip(cases["column"], cases["check"], cases["index"], strict=True):
            check = checks.get(name)
            column = sheet.column(check.column if check else name)
            words = {
                "heading": column.heading,
                "asks": column.asks,
                "called": column.called,
                "choices": ", ".join(column.choices),
                "row": sheet.called,
            }
            if check:
                cells = frame.loc[row].to_dict()
                words |= {word: text.format_map(cells) for word, text in check.words.items()}
            yield RegisterFailure(
                sheet,
                int(row),
                column.key,
                check.rule if check else _OF_COLUMN[said],
                words,
                frozenset(check.keys if check else (column.key,)),
            )


def _frame(sheet: RegisterSheet, rows: Rows) -> pd.DataFrame:
    keys = [column.key for column in sheet.columns]
    cells = {
        key: pd.Series([row.values[key] for row in rows.values()], dtype=object) for key in keys
    }
    return pd.DataFrame(cells).set_axis(list(rows))


# --- What other sheets say -----------------------------------------------------------------------


def _references(sheet: RegisterSheet) -> Iterator[tuple[RegisterColumn, RegisterSheet]]:
    """The columns of a sheet that name rows of another."""
    for column in sheet.columns:
        if column.chosen_from:
            yield column, LISTS[column.chosen_from][0]


def _join(frames: Mapping[str, pd.DataFrame]) -> None:
    """Add to each frame the names that no other sheet knows, and to targets their indicator."""
    for sheet in SHEETS:
        for column, other in _references(sheet) if sheet.title in frames else ():
            known = _names(frames.get(other.title), other)
            unknown = [_unknown(cell, known) for cell in frames[sheet.title][column.key]]
            near = [_near(name, known) for name in unknown]
            _add(frames[sheet.title], f"{column.key}_unknown", unknown)
            _add(frames[sheet.title], f"{column.key}_near", near)
    targets, indicators = frames.get(TARGETS.title), frames.get(INDICATORS.title)
    if targets is not None:
        refs: Sequence[Any] = [] if indicators is None else list(indicators["ref"])
        for key in _OF_INDICATOR:
            cells = [] if indicators is None else list(indicators[key])
            # Of two rows with one ref, the first counts.
            found = dict(zip(reversed(refs), reversed(cells), strict=True))
            _add(targets, key, [found.get(ref) for ref in targets["indicator"]])


#: What a target's row is told of its indicator.
_OF_INDICATOR = ("kind", "polarity")


def _add(frame: pd.DataFrame, key: str, cells: Sequence[Any]) -> None:
    frame[key] = pd.Series(cells, index=frame.index, dtype=object)


def _names(frame: pd.DataFrame | None, sheet: RegisterSheet) -> list[str] | None:
    """The names that a sheet's rows go by; None where the sheet could not be read."""
    if frame is None:
        return None
    keys = ["ref", "name"] if sheet is AREAS else [sheet.columns[0].key]
    return [name for key in keys for name in frame[key] if name is not None]


def _unknown(cell: str | tuple[str, ...] | None, known: Collection[str] | None) -> str | None:
    """The first name in a cell that is not known."""
    names = (cell,) if isinstance(cell, str) else cell or ()
    return next((name for name in names if known is not None and name not in known), None)


def _near(name: str | None, known: Collection[str] | None) -> str:
    """A near match is asked about, never taken."""
    if name is None or known is None:
        return ""
    near = process.extractOne(
        name, known, scorer=ratio, processor=str.casefold, score_cutoff=_ALIKE
    )
    return f'Did you mean "{near[0]}"?' if near else ""


# --- The schemas ---------------------------------------------------------------------------------


def _checks(sheet: RegisterSheet) -> dict[str, RegisterCheck]:
    """The checks on rows of a sheet, each by the column of the frame that says where it holds."""
    known = [
        RegisterCheck(
            r.UNKNOWN_NAME,
            column.key,
            (column.key,),
            _is_known(column.key),
            {
                "unknown": f"{{{column.key}_unknown}}",
                "near": f"{{{column.key}_near}}",
                "name": other.columns[0].heading.casefold(),
                "title": other.title,
            },
        )
        for column, other in _references(sheet)
    ]
    every = [*CHECKS[sheet.title], *known]
    return {f"{number} {check.rule.code}": check for number, check in enumerate(every)}


def _is_known(key: str) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    return lambda frame: frame[f"{key}_unknown"].isna()


def _column(column: RegisterColumn) -> pa.Column:
    check = None
    if column.content is Content.WORDS and column.choices:
        check = pa.Check(
            set(column.choices).issuperset, element_wise=True, error=c.NOT_A_CHOICE.code
        )
    elif column.choices:
        check = pa.Check.isin(column.choices, error=c.NOT_A_CHOICE.code)
    nullable = not column.required
    return pa.Column(
        object, check, nullable=nullable, title=column.heading, description=column.asks
    )


def _schema(sheet: RegisterSheet) -> pa.DataFrameSchema:
    checks = _checks(sheet)

    def judged(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(**{name: check.holds(frame) for name, check in checks.items()})

    return pa.DataFrameSchema(
        {column.key: _column(column) for column in sheet.columns}
        | {
            name: pa.Column(bool, pa.Check(lambda held: held), title=check.rule.title)
            for name, check in checks.items()
        },
        parsers=pa.Parser(judged),
    )


_SCHEMAS = {sheet.title: _schema(sheet) for sheet in SHEETS}
#: What pandera says of a column's own type, with the rule that it breaks.
_OF_COLUMN = {"not_nullable": c.BLANK_CELL, c.NOT_A_CHOICE.code: c.NOT_A_CHOICE}
