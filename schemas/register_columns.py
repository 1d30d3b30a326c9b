"""What the columns of the register are: their contents, notes and choices, as plain data."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from msgspec import Struct

from schemas.model import ToleranceKind
from schemas.units import Unit


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


#: What the cells of a blank count as, where it is not nothing.
_BLANKS: dict[Content, object] = {Content.TEXT: "", Content.CODE: "", Content.WHOLES: ()}


class RegisterColumn(Struct, frozen=True, eq=False):
    """A column of a sheet, or a setting of the framework: its reader, writer and docs follow it."""

    key: str
    heading: str
    #: In characters; settings stand in one column that has its own.
    width: int
    asks: str
    content: Content
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
    #: The attribute of the model that it fills, dotted; empty where it bears the key's name.
    attribute: str = ""
    #: What a blank cell counts as, where it is more than nothing.
    default: object = None

    @property
    def path(self) -> list[str]:
        return (self.attribute or self.key).split(".")

    @property
    def blank(self) -> object:
        """What a blank cell counts as."""
        return _BLANKS.get(self.content) if self.default is None else self.default

    def unit(self, unit: Unit | None, tolerance_kind: object) -> Unit | None:
        """What a figure in it is measured in, by the indicator's unit and the kind beside it."""
        if self.key != "tolerance":
            return unit if self.content is Content.FIGURE else None
        return Unit.PERCENT if tolerance_kind == ToleranceKind.PERCENT_OF_TARGET else None


class RegisterSheet(Struct, frozen=True, eq=False):
    title: str
    #: The name of its table in Excel.
    table: str
    #: The attribute of `Register` that holds its rows.
    attribute: str
    #: What one of its rows is called in a sentence.
    called: str
    columns: tuple[RegisterColumn, ...]

    def column(self, key: str) -> RegisterColumn:
        return next(column for column in self.columns if column.key == key)


#: Free text.
text = partial(RegisterColumn, content=Content.TEXT)
#: Text that must be filled in, or chosen from a list, and stays as typed.
code = partial(RegisterColumn, content=Content.CODE, required=True)
#: One word of a fixed list.
word = partial(RegisterColumn, content=Content.WORD)
#: A figure in the unit beside it.
figure = partial(RegisterColumn, content=Content.FIGURE)
#: A date that must be filled in.
day = partial(RegisterColumn, content=Content.DATE, required=True)
