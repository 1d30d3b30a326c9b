"""What every sheet of the register must hold, as pandera schemas over frames of typed cells.

A frame has a row for each row of its sheet, indexed by the row's number in Excel, and a column for
each of the layout's, by key. Blank cells are None; figures are Decimal, in the indicator's unit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
import pandera.pandas as pa

from schemas.register_columns import Column, Content, Sheet
from schemas.register_layout import SHEETS
from schemas.register_rules import RULES

_NOT_NULL = "not_nullable"


@dataclass(frozen=True, slots=True)
class Failure:
    """A cell that breaks a rule. `{value}` in `says` stands for what the cell holds."""

    row: int
    column: str
    says: str
    #: The columns that the rule looked at.
    looked_at: tuple[str, ...]


def failures(sheet: Sheet, frame: pd.DataFrame) -> Iterator[Failure]:
    """Every cell of a sheet's frame that breaks a rule, found in one lazy pass."""
    try:
        _SCHEMAS[sheet.title].validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        reported = zip(cases["index"], cases["column"], cases["check"], strict=True)
        rules = {rule.says: rule for rule in RULES[sheet.title]}
        # A rule over whole rows is reported once for each column of the row.
        found = {
            (int(row), says, "" if says in rules else column): None
            for row, column, says in reported
        }
        for row, says, key in found:
            if rule := rules.get(says):
                yield Failure(row, rule.column, says, rule.check.keys)
            else:
                column = sheet.column(key)
                blank = f"{column.heading} is blank. {column.asks}"
                yield Failure(row, key, blank if says == _NOT_NULL else says, (key,))


def _choice(column: Column) -> pa.Check:
    says = f'"{{value}}" is not {column.called}. Choose one of {", ".join(column.choices)}.'
    if column.content is Content.WORDS:
        choices = set(column.choices)
        return pa.Check(choices.issuperset, element_wise=True, error=says)
    return pa.Check.isin(column.choices, error=says)


def _schema(sheet: Sheet) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(
        {
            column.key: pa.Column(
                object,
                nullable=not column.required,
                checks=[_choice(column)] if column.choices else [],
            )
            for column in sheet.columns
        },
        checks=[
            pa.Check(rule.check.holds, error=rule.says, ignore_na=False)
            for rule in RULES[sheet.title]
        ],
        strict=True,
    )


_SCHEMAS = {sheet.title: _schema(sheet) for sheet in SHEETS}
