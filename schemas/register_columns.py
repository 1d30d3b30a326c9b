"""What the columns of the register are: their contents, notes and choices, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import partial

from msgspec import Struct

from schemas.units import Unit


class Content(StrEnum):
    """What a cell holds, which settles how it is written and read."""

    TEXT = "text"
    #: Text that Excel must not turn into a date or a number, such as `2011-12`.
    CODE = "code"
    #: A mail address.
    ADDRESS = "address"
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


class RegisterColumn(Struct, frozen=True, eq=False):
    """A column of a sheet, or a setting of the framework: its reader, writer and docs follow it.

    A blank cell counts as the default of the attribute that it fills.
    """

    key: str
    heading: str
    asks: str
    #: In characters; settings stand in one column that has its own.
    width: int = 0
    #: The words to choose from.
    choices: tuple[str, ...] = ()
    #: What one of its words is called in a sentence, where that is not `a` with its heading.
    called: str = ""
    content: Content = Content.TEXT
    required: bool = False
    #: The name of the list of another sheet to choose from; see `register_layout.LISTS`.
    chosen_from: str = ""
    #: The same, and the words, where what is typed is free: the list only proposes.
    proposed_from: str = ""
    proposes: tuple[str, ...] = ()
    #: The smallest whole number that it takes.
    least: int = 0
    #: The largest; None: any.
    most: int | None = None
    #: Registers were made without it: where it is not there, it counts as blank.
    later: bool = False
    #: Its figure is a percentage where the row says this word under this key, else a plain number.
    percent_where: tuple[str, str] | tuple[()] = ()
    #: The attribute of the model that it fills, dotted; empty where it bears the key's name.
    attribute: str = ""

    @property
    def path(self) -> list[str]:
        return (self.attribute or self.key).split(".")

    def unit(self, unit: Unit | None, row: Mapping[str, object]) -> Unit | None:
        """What a figure in it is measured in, by the indicator's unit and the rest of its row."""
        if not self.percent_where:
            return unit if self.content is Content.FIGURE else None
        key, word = self.percent_where
        return Unit.PERCENT if row.get(key) == word else None


class RegisterSheet(Struct, frozen=True, eq=False):
    title: str
    #: The name of its table in Excel.
    table: str
    #: The attribute of `Register` that holds its rows.
    attribute: str
    #: What one of its rows is called in a sentence.
    called: str
    columns: tuple[RegisterColumn, ...]
    #: Registers were made without it: where it is not there, it counts as having no rows.
    later: bool = False


def sheet(title: str, called: str, *columns: RegisterColumn, later: bool = False) -> RegisterSheet:
    """A sheet of the register, with the names that follow from its title."""
    *_, attribute = title.casefold().split()
    table = title.title().replace(" ", "")
    return RegisterSheet(title, table, attribute, called, columns, later)


#: Free text.
text = RegisterColumn
#: Text that must be filled in, or chosen from a list, and stays as typed.
code = partial(RegisterColumn, content=Content.CODE, required=True)
#: A mail address.
address = partial(RegisterColumn, content=Content.ADDRESS)
#: One word of a fixed list.
word = partial(RegisterColumn, content=Content.WORD)
#: Several words of a fixed list, or several rows of another sheet, separated by semicolons.
words = partial(RegisterColumn, content=Content.WORDS)
#: A whole number, and several of them, separated by semicolons.
whole = partial(RegisterColumn, content=Content.WHOLE)
wholes = partial(RegisterColumn, content=Content.WHOLES)
#: A figure from 0 to 1.
share = partial(RegisterColumn, content=Content.SHARE)
#: A figure in the unit of the indicator, or of the kind of tolerance, beside it.
figure = partial(RegisterColumn, content=Content.FIGURE)
#: A date that must be filled in.
day = partial(RegisterColumn, content=Content.DATE, required=True)
