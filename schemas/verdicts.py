"""Checks as a pandera schema, whose failures say which check fails in which row.

A column of verdicts is made for each condition, and pandera checks each of these columns in which
there is one that fails, beside the types of the others. A check of the whole frame would name no
row, or copy every failing row once for each of its columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.dtypes import DataType
from pandera.engines import numpy_engine, pandas_engine

from schemas.checks import Cells, Checks, RowCheck

#: Types that pandas itself has.
_PLAIN = (bool, int, object)
for _plain in _PLAIN:
    # Else pandera tries for each column of each frame whether geopandas, if installed, knows it.
    pandas_engine.Engine.register_dtype(
        type(pandas_engine.Engine.dtype(_plain)), equivalents=[np.dtype(_plain)]
    )
#: For each row of a frame, whether it passes.
_Passes = np.ndarray[tuple[int], np.dtype[np.bool]]
_NOTHING: Mapping[str, _Passes] = {}


class FailedCheck(NamedTuple):
    """A check that fails in a row, at a field."""

    check: RowCheck
    field: str
    #: The row's place in the frame.
    row: int
    #: What fills the check's texts.
    words: dict[str, str]


@dataclass(frozen=True)
class _Objects(numpy_engine.Object):
    """Python objects of some types: a `decimal.Decimal` stays exact, a date a date."""

    of: frozenset[type] = frozenset()

    def check(self, pandera_dtype: DataType, data_container: Any | None = None) -> bool:
        # Columns of texts or figures all are of numpy's one type for objects.
        return data_container is not None and self.of.issuperset(map(type, data_container.tolist()))

    def __str__(self) -> str:
        return " or ".join(sorted(each.__name__ for each in self.of))


@cache
def _words_of(kind: type[StrEnum]) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(list(kind), dtype=object))


def typed(column: Cells, values: Iterable[object]) -> pd.Series[Any]:
    """Values as a column of a frame."""
    if isinstance(values, pd.Series):
        return values
    if issubclass(column.type, StrEnum):
        return pd.Series(values, dtype=_words_of(column.type))
    return pd.Series(values, dtype=column.type if column.type in _PLAIN else object)


def frame_of(checks: Checks, values: Mapping[str, Iterable[object]]) -> pd.DataFrame:
    """A frame of the checks' columns, each with its type."""
    columns = {name: typed(column, values[name]) for name, column in checks.columns.items()}
    return pd.DataFrame(columns, copy=False)


def _column(column: Cells) -> pa.Column:
    about: dict[str, Any] = {"title": column.title, "description": column.description}
    if issubclass(column.type, StrEnum):
        return pa.Column(_words_of(column.type), nullable=column.nullable, **about)
    if column.type in _PLAIN:
        return pa.Column(column.type, nullable=column.nullable, **about)
    types = {column.type, NoneType} if column.nullable else {column.type}
    one_of = pa.Check.isin(column.choices) if column.choices else None
    # Whether a cell may be empty is seen as its type is; pandera would look a second time.
    return pa.Column(_Objects(frozenset(types)), one_of, nullable=True, **about)


def _holds_anything(column: Cells) -> bool:
    """Whether there is nothing to check of a column's cells by themselves."""
    return column.type is object and column.nullable and not column.choices


@lru_cache(maxsize=128)
def schema_of(checks: Checks, conditions: tuple[str, ...] | None = None) -> pa.DataFrameSchema:
    """The schema of a frame: its typed columns, and a column of verdicts for each condition.

    `conditions` are the names of those that there is a column of; None: of all.
    """
    verdicts = {
        name: pa.Column(
            bool,
            pa.Check(lambda verdicts: verdicts, name=name),
            title=check.title,
            description=check.why,
        )
        for name, (check, _, _) in checks.conditions.items()
        if conditions is None or name in conditions
    }
    typed_columns = {n: _column(c) for n, c in checks.columns.items() if not _holds_anything(c)}
    return pa.DataFrameSchema(
        typed_columns | verdicts,
        title=checks.title,
        strict=True,
        unique_column_names=True,
    )


def _verdicts(
    checks: Checks, frame: pd.DataFrame, passed_over: Mapping[str, _Passes]
) -> dict[str, _Passes]:
    """For each condition by its name, whether each row passes it."""
    needed = {name for _, _, condition in checks.conditions.values() for name in condition.needs}
    filled = {
        name: frame[name].notna().to_numpy() for name in needed if checks.columns[name].nullable
    }
    verdicts: dict[str, _Passes] = {}
    #: Rows of which more may be said, and those at each field.
    is_going_on = np.ones(len(frame), bool)
    is_right = {field: is_going_on for _, field, _ in checks.conditions.values()}
    for name, (check, field, condition) in checks.conditions.items():
        looked_at = np.logical_and.reduce(
            [
                is_going_on,
                is_right[field],
                *(verdicts[other] for other in condition.unless),
                *(filled[name] for name in condition.needs if name in filled),
            ]
        )
        verdict = np.ones(len(frame), bool)
        if looked_at.any():
            columns = (frame[name] for name in condition.looks_at)
            seen = columns if looked_at.all() else (column[looked_at] for column in columns)
            verdict[looked_at] = condition.holds(*seen)
        for column in passed_over.keys() & condition.looks_at:
            verdict |= passed_over[column]
        verdicts[name] = verdict
        is_right[field] = is_right[field] & verdict
        if check.ends_row:
            is_going_on = is_going_on & verdict
    return verdicts


def failures(
    checks: Checks, frame: pd.DataFrame, passed_over: Mapping[str, _Passes] = _NOTHING
) -> list[FailedCheck]:
    """The checks that fail, by row and then gravity, as pandera names them.

    `passed_over` says of each row of some columns whether what looks at its cell passes.

    Raises:
        pandera.errors.SchemaErrors: the frame itself is not what the schema says.
    """
    if frame.empty:
        return []
    verdicts = _verdicts(checks, frame, passed_over)
    failing = {name: each for name, each in verdicts.items() if not each.all()}
    to_check = frame.drop(columns=[n for n, c in checks.columns.items() if _holds_anything(c)])
    if to_check.empty and not failing:
        return []
    judged = pd.concat([to_check, pd.DataFrame(failing, index=frame.index)], axis=1)
    try:
        schema_of(checks, tuple(failing)).validate(judged, lazy=True, inplace=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
        gravity = {name: place for place, name in enumerate(checks.conditions)}
        if not set(cases["check"]) <= gravity.keys():
            raise
        rows = cases["index"].astype(int)
        failed = sorted(zip(rows, cases["check"].map(gravity), strict=True))
        wrong = frame.loc[sorted(set(rows))]
        by_row = dict(zip(wrong.index, wrong.itertuples(index=False, name="Row"), strict=True))
        common = {row: checks.common(cells) for row, cells in by_row.items()}
        conditions = list(checks.conditions.values())
        return [
            FailedCheck(check, field, row, common[row] | check.words(by_row[row], field))
            for row, place in failed
            for check, field, _ in [conditions[place]]
        ]
    return []
