"""What a check is: one entry that says what is wrong, at which field, and how it is known.

Loads no pandas, so that the catalogue of findings can be read without it; `schemas.verdicts` turns
checks into a pandera schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from schemas.findings import Rule

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    #: For each row, whether a condition holds.
    Verdicts = pd.Series[bool] | np.ndarray[tuple[int], np.dtype[np.bool]] | list[bool]


class Cells(Struct, frozen=True):
    """A typed column of a frame: its cells hold this type and, where `nullable`, None."""

    type: type
    title: str
    description: str
    nullable: bool = False
    #: All that it can hold, where that is more than one type's words; empty: whatever the type is.
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All that it can hold; empty: whatever is of its type."""
        return tuple(map(str, self.type)) if issubclass(self.type, StrEnum) else self.choices


class Condition(Struct, frozen=True):
    """What must hold in each row of a frame; a row in which a column needed is empty passes."""

    needs: tuple[str, ...]
    #: Takes the columns of `needs`, then those of `also`; returns for each row whether it holds.
    holds: Callable[..., Verdicts]
    #: Columns that may be empty.
    also: tuple[str, ...] = ()
    #: Names of other conditions, such as `C14 numerator`: a row that fails one of them passes.
    unless: tuple[str, ...] = ()

    @property
    def looks_at(self) -> tuple[str, ...]:
        """The columns that it takes."""
        return self.needs + self.also


#: The words of a sentence, from a row with a frame's columns as attributes, and the field's key.
Words = Callable[[Any, str], dict[str, str]]


def _no_words(*_row: object) -> dict[str, str]:
    return {}


class RowCheck(Rule, frozen=True, kw_only=True):
    """A rule on the rows of a frame, with what must hold at each field that it is about."""

    #: By the key of the field whose cell is named; empty: no cell is.
    at: Mapping[str, Condition]
    #: What fills its texts, beside the words that all checks of the frame have.
    words: Words = _no_words
    #: Of a row that fails, nothing else is said.
    ends_row: bool = False


class Checks(Struct, frozen=True, eq=False, dict=True):
    """The columns of a frame, and the checks on its rows.

    They stand in order of gravity: of those that fail at one field of a row, only the first counts.
    """

    title: str
    columns: Mapping[str, Cells]
    checks: tuple[RowCheck, ...]
    #: The words that each check may use in its texts, from a row.
    common: Callable[[Any], dict[str, str]] = _no_words

    @cached_property
    def conditions(self) -> dict[str, tuple[RowCheck, str, Condition]]:
        """Each condition with its check and field, by a name such as `C14 numerator`."""
        return {
            f"{check.code} {field}".strip(): (check, field, condition)
            for check in self.checks
            for field, condition in check.at.items()
        }
