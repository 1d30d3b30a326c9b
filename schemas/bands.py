"""How bands are printed: each with its word, its symbol and its colour, by the register.

What is printed is never colour alone, and colours are told apart by whoever reads them and in grey
(`schemas.colours`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from schemas import register_columns as column
from schemas.colours import (
    LEAST_APART,
    NAMED_COLOURS,
    WHITE,
    Nearness,
    fill_of,
    ink_on,
    nearest_apart,
    nearness,
)
from schemas.model import BandRow, Colour, Register
from schemas.names import spelled
from schemas.register_columns import sheet

#: The ground of what is not rated.
NOT_RATED_FILL = WHITE
LONGEST_WORD, LONGEST_SYMBOL = 24, 2
#: What only chooses between a symbol's coloured and its plain form.
_VARIATIONS = re.compile("[\ufe0e\ufe0f]")


class Band(Struct, frozen=True):
    """A band as it is printed."""

    colour: Colour
    word: str
    symbol: str
    #: `#RRGGBB`.
    fill: str

    @property
    def ink(self) -> str:
        """The colour of text on its fill: black or white."""
        return ink_on(self.fill)

    @property
    def shown(self) -> str:
        """As printed: `✔ Green`."""
        return f"{self.symbol} {self.word}"

    @property
    def said(self) -> str:
        """Its word within a sentence: `green`; capitals stay where more than one stands first."""
        return self.word if self.word[:2].isupper() else self.word[:1].lower() + self.word[1:]


class Bands(Struct, frozen=True):
    """The bands of a register; those that are in use are gone through, the best first."""

    every: tuple[Band, ...]
    in_use: tuple[Colour, ...]

    def __iter__(self) -> Iterator[Band]:
        return (each for each in self.every if each.colour in self.in_use)

    def of(self, colour: Colour) -> Band:
        return next(each for each in self.every if each.colour is colour)

    def said(self, code: str) -> str:
        """What is kept of a rating, within a sentence: a band's word, or the reason for none."""
        return self.of(Colour(code)).said if code in tuple(Colour) else code or "not rated"


#: As bands are printed where the register says nothing else.
DEFAULT = (
    Band(Colour.EXCEEDED, "Exceeded", "★", NAMED_COLOURS["blue"]),
    Band(Colour.GREEN, "Green", "✔", NAMED_COLOURS["green"]),
    Band(Colour.AMBER, "Amber", "◆", NAMED_COLOURS["amber"]),
    Band(Colour.RED, "Red", "✖", NAMED_COLOURS["red"]),
)


def bands_of(register: Register, *, some_exceed: bool = False) -> Bands:
    """The bands by a register.

    The fourth is in use where the policy says so, or `some_exceed` by a threshold of their own.
    """
    rows = {each.band: each for each in reversed(register.bands)}
    every = tuple(_printed(each, rows.get(each.colour)) for each in DEFAULT)
    has_fourth = some_exceed or register.framework.policy.exceeded_by is not None
    return Bands(every, tuple(Colour)[not has_fourth :])


def _printed(default: Band, row: BandRow | None) -> Band:
    if row is None:
        return default
    return Band(
        default.colour,
        row.word or default.word,
        symbol_of(row.symbol) or default.symbol,
        fill_of(row.colour) or default.fill,
    )


def symbol_of(typed: str) -> str:
    """A symbol without what asks for its coloured form, which no print has."""
    return _VARIATIONS.sub("", typed)


#: How each band is printed: a row for each that is printed otherwise than by itself.
BANDS = sheet(
    "Bands",
    "row",
    column.word(
        "band",
        "Band",
        "Choose which band the row is about: exceeded, green, amber or red. A band without a row "
        "is printed as " + ", ".join(each.shown for each in DEFAULT) + ".",
        14,
        tuple(Colour),
        required=True,
    ),
    column.code(
        "word",
        "Word",
        "Type the word that is printed for it, for example On target. Blank counts as its own.",
        22,
        required=False,
    ),
    column.code(
        "symbol",
        "Symbol",
        "Type the one sign that stands before the word, for example ● or ▲. Blank counts as its "
        "own.",
        10,
        required=False,
    ),
    column.code(
        "colour",
        "Colour",
        "Type the colour as #RRGGBB, for example #10246B, or its name, for example blue. Blank "
        "counts as its own.",
        14,
        required=False,
        proposes=tuple(NAMED_COLOURS),
    ),
    later=True,
)


class Alike(Struct, frozen=True):
    """What a band has in common with another: what that is, whose, and what would do instead."""

    other: str
    #: Of colours: the other's, how near they come to each other, and one that would do.
    fill: str = ""
    near: Nearness = Nearness(0, "")
    instead: str = ""


#: By the columns of the sheet; None where a cell has nothing in common with another band's.
Alikes = Mapping[str, Alike | None]


def alikes(rows: Sequence[Mapping[str, str | None]], *, has_fourth: bool) -> Iterator[Alikes]:
    """For each row of the sheet, as it is typed, what it has in common with another band.

    Of two rows the lower one has it. `has_fourth` says whether the fourth band is in use although
    no row is about it.
    """
    typed = {row["band"] for row in rows}
    if Colour.EXCEEDED in typed:
        has_fourth = True
    in_use = [each for each in DEFAULT if has_fourth or each.colour is not Colour.EXCEEDED]
    for at, row in enumerate(rows):
        above = {other["band"]: other for other in reversed(rows[:at])}
        below = {other["band"]: other for other in rows[at + 1 :]}
        others = {
            each.colour: _with(each, above.get(each.colour), below.get(each.colour))
            for each in in_use
            if each.colour != row["band"]
        }
        yield {key: _alike(key, row, others) for key in ("word", "symbol", "colour")}


def _with(
    band: Band, above: Mapping[str, str | None] | None, below: Mapping[str, str | None] | None
) -> dict[str, str]:
    """What a band holds against a row: what a row above it says; its own where none says another.

    What a row below says is held against that row.
    """
    own = {"word": band.word, "symbol": band.symbol, "colour": band.fill}
    if above is not None:
        return {key: above[key] or mine for key, mine in own.items()}
    return {key: "" if below and below[key] else mine for key, mine in own.items()}


def _alike(
    key: str, row: Mapping[str, str | None], others: Mapping[Colour, Mapping[str, str]]
) -> Alike | None:
    mine = row[key]
    if not mine:
        return None
    if key == "colour":
        return _alike_in_colour(mine, {code: each[key] for code, each in others.items()})
    taken = [(str(code), each[key]) for code, each in others.items()]
    if key == "word":
        # Nor may it be called what another band is kept as, nor what has no band at all.
        taken += chain(
            ((str(code), str(code)) for code in Colour if code != row["band"]),
            [("what is not rated", "not rated"), ("what is suppressed", "suppressed")],
        )
    return next((Alike(code) for code, its in taken if its and _same(key, its, mine)), None)


def _same(key: str, one: str, other: str) -> bool:
    if key == "symbol":
        return symbol_of(one) == symbol_of(other)
    return spelled(one) == spelled(other)


def _alike_in_colour(mine: str, others: Mapping[Colour, str]) -> Alike | None:
    fill = fill_of(mine)
    fills = {str(code): its for code, typed in others.items() if (its := fill_of(typed))}
    fills["what is not rated"] = NOT_RATED_FILL
    if not fill:
        return None
    for name, its in fills.items():
        near = nearness(fill, its)
        if near.apart < LEAST_APART:
            return Alike(name, its, near, nearest_apart(fill, [*fills.values()]))
    return None
