"""What the columns of the register are: their contents, notes and choices, as plain data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Content(StrEnum):
    """What a cell holds, which settles how it is written and read."""

    TEXT = "text"
    #: Text that Excel must not turn into a date or a number, such as `2011-12`.
    CODE = "code"
    #: One word of a fixed list.
    WORD = "word"
    #: Several words of a fixed list, or several rows of another sheet, separated by semicolons.
    WORDS = "words"
    WHOLE = "whole number"
    #: Several whole numbers, separated by semicolons.
    WHOLES = "whole numbers"
    #: A figure in the unit of the indicator, or of the kind of tolerance, beside it.
    FIGURE = "figure"
    #: A figure from 0 to 1.
    SHARE = "share"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet, or a setting of the framework."""

    key: str
    heading: str
    content: Content
    asks: str
    width: int
    required: bool = False
    #: The words to choose from.
    choices: tuple[str, ...] = ()
    #: What one of its words is called in a sentence, such as `a polarity`.
    called: str = ""
    #: The name of the list of another sheet to choose from; see `register_layout.LISTS`.
    chosen_from: str = ""
    #: The smallest whole number that it takes.
    least: int = 0
    #: Registers were made without it: where it is not there, it counts as blank.
    later: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    #: The name of its table in Excel.
    table: str
    columns: tuple[Column, ...]

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


def text(key: str, heading: str, width: int, asks: str, *, required: bool = False) -> Column:
    """Free text."""
    return Column(key, heading, Content.TEXT, asks, width, required)


def code(key: str, heading: str, width: int, asks: str, chosen_from: str = "") -> Column:
    """Text that must be filled in, or chosen from a list, and stays as typed."""
    return Column(key, heading, Content.CODE, asks, width, required=True, chosen_from=chosen_from)


def word(
    key: str,
    heading: str,
    width: int,
    choices: Iterable[str],
    asks: str,
    *,
    called: str,
    required: bool = False,
    later: bool = False,
) -> Column:
    """One word of a fixed list; `called` is what it is called in a sentence."""
    words = tuple(str(choice) for choice in choices)
    return Column(key, heading, Content.WORD, asks, width, required, words, called, later=later)


def figure(key: str, heading: str, width: int, asks: str, *, required: bool = False) -> Column:
    """A figure in the unit beside it."""
    return Column(key, heading, Content.FIGURE, asks, width, required)


def day(key: str, heading: str, asks: str) -> Column:
    """A date that must be filled in."""
    return Column(key, heading, Content.DATE, asks, 16, required=True)
