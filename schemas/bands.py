"""How bands are printed: each with its word, its symbol and its colour, by the register.

What is printed is never colour alone. The ink on a fill is black or white, whichever reads better,
which reaches a contrast of 4.5 on every fill (WCAG 2.2, 1.4.3). Lightness is that of CIE L*: what
a print in grey keeps of a colour.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from schemas import register_columns as column
from schemas.model import BandRow, Colour, Policy, Register, Target
from schemas.names import clean, spelled
from schemas.register_columns import sheet

BLACK, WHITE = "#000000", "#FFFFFF"
#: The ground of what is not rated.
NOT_RATED_FILL = "#F4F4F4"
#: How far apart in lightness, of 100, two colours must be to be told apart in grey.
LEAST_APART = 12
LONGEST_WORD, LONGEST_SYMBOL = 24, 2
#: The colours that go by a name.
NAMED_COLOURS = {
    "green": "#4FB58C",
    "amber": "#FFC83D",
    "red": "#B3123A",
    "blue": "#10246B",
    "light green": "#92D050",
    "dark green": "#1E6B3A",
    "yellow": "#FFE94A",
    "orange": "#F28C28",
    "light blue": "#9CC9F0",
    "purple": "#5B2A86",
    "pink": "#F4A6C0",
    "brown": "#6B3E1E",
    "grey": "#808080",
    "dark grey": "#404040",
    "black": BLACK,
    "white": WHITE,
}
_HEX = re.compile(r"#[0-9A-Fa-f]{6}")
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
        return BLACK if contrast(self.fill, BLACK) >= contrast(self.fill, WHITE) else WHITE

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


def bands_of(register: Register, targets: Iterable[Target | None] = ()) -> Bands:
    """The bands by a register; the fourth is in use where its policy or one of `targets` says."""
    rows = {each.band: each for each in reversed(register.bands)}
    every = tuple(_printed(each, rows.get(each.colour)) for each in DEFAULT)
    has_fourth = has_exceeded(register.framework.policy, targets)
    return Bands(every, tuple(Colour)[not has_fourth :])


def has_exceeded(policy: Policy, targets: Iterable[Target | None]) -> bool:
    """Whether there is a fourth band."""
    return policy.exceeded_by is not None or any(
        each is not None and each.exceeded_from is not None for each in targets
    )


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


def fill_of(typed: str) -> str:
    """The `#RRGGBB` of a colour as it was typed; empty where that is none that is known."""
    text = clean(typed)
    return text.upper() if _HEX.fullmatch(text) else NAMED_COLOURS.get(spelled(text), "")


def lightness(fill: str) -> float:
    """How light a colour is, from 0 (black) to 100 (white): L* of CIE 1976."""
    share = _luminance(fill)
    return 116 * share ** (1 / 3) - 16 if share > 216 / 24_389 else share * 24_389 / 27


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(fill: str) -> float:
    red, green, blue = map(_linear, _channels(fill))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(fill: str) -> list[int]:
    return [int(fill[at : at + 2], 16) for at in (1, 3, 5)]


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def told_apart(fill: str, other: str) -> bool:
    """Whether two colours are still two in a print in grey."""
    return abs(lightness(fill) - lightness(other)) >= LEAST_APART


def nearest_apart(fill: str, others: Sequence[str]) -> str:
    """The colour most like one, darker or lighter, that is told apart from others; or empty."""
    towards = ((end, step) for step in range(1, 101) for end in (BLACK, WHITE))
    mixed = (_mixed(fill, end, step) for end, step in towards)
    return next((each for each in mixed if all(told_apart(each, o) for o in others)), "")


def _mixed(fill: str, end: str, hundredths: int) -> str:
    pairs = zip(_channels(fill), _channels(end), strict=True)
    channels = ((one * (100 - hundredths) + two * hundredths) // 100 for one, two in pairs)
    return "#" + "".join(f"{channel:02X}" for channel in channels)


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
    #: Of colours: the other's, and one that would do.
    fill: str = ""
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
        return _alike_in_grey(mine, {code: each[key] for code, each in others.items()})
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


def _alike_in_grey(mine: str, others: Mapping[Colour, str]) -> Alike | None:
    fill = fill_of(mine)
    fills = {str(code): its for code, typed in others.items() if (its := fill_of(typed))}
    fills["what is not rated"] = NOT_RATED_FILL
    if not fill:
        return None
    for name, its in fills.items():
        if not told_apart(fill, its):
            return Alike(name, its, nearest_apart(fill, [*fills.values()]))
    return None
