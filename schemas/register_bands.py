"""The checks on the sheet Bands; see `schemas.register_checks`.

A row has, under names such as `word_alike`, what it has in common with another band.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from schemas.bands import (
    LONGEST_SYMBOL,
    LONGEST_WORD,
    Alike,
    alikes,
    symbol_of,
)
from schemas.checks import Condition, RowCheck
from schemas.colours import (
    BLACK,
    LEAST_APART,
    LEAST_CONTRAST,
    NAMED_COLOURS,
    WHITE,
    contrast,
    fill_of,
    nearest_apart,
    text_reads_on,
)
from schemas.wording import listed

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

#: What a spreadsheet takes for the start of a formula.
_FORMULA_SIGNS = tuple("=+-@＝＋－＠")
#: What would end the text of a number format, beside its figure.
_FORMAT_SIGNS = frozenset('"\\')

_Rows = Sequence[Mapping[str, Any]]


def bands_joined(
    rows: _Rows, tables: Mapping[str, _Rows], _starts: object
) -> Iterator[dict[str, Alike | None]]:
    """For each row of Bands what it has in common with another band, by its columns."""
    has_fourth = any(
        each.get(key) is not None
        for title, key in (
            ("Framework", "exceeded_by"),
            ("Policies", "exceeded_by"),
            ("Targets", "exceeded_from"),
        )
        for each in tables.get(title, ())
    )
    for each in alikes(rows, has_fourth=has_fourth):
        yield {f"{key}_alike": found for key, found in each.items()}


def _are_words(words: pd.Series[Any]) -> Verdicts:
    return [
        len(word) <= LONGEST_WORD
        and any(map(str.isalpha, word))
        and word.isprintable()
        and not word.startswith(_FORMULA_SIGNS)
        for word in words
    ]


def _are_symbols(symbols: pd.Series[Any]) -> Verdicts:
    return [_is_symbol(symbol_of(symbol)) for symbol in symbols]


def _is_symbol(symbol: str) -> bool:
    return (
        0 < len(symbol) <= LONGEST_SYMBOL
        and all(unicodedata.category(each)[0] in "LNPS" for each in symbol)
        and not symbol.startswith(_FORMULA_SIGNS)
        and not _FORMAT_SIGNS & set(symbol)
    )


def _are_colours(colours: pd.Series[Any]) -> Verdicts:
    return [bool(fill_of(colour)) for colour in colours]


def _is_own(_cell: pd.Series[Any], alike: pd.Series[Any]) -> Verdicts:
    return alike.isna()


def _bear_text(colours: pd.Series[Any]) -> Verdicts:
    # A colour that is not known has been told of.
    return [not (fill := fill_of(colour)) or text_reads_on(fill) for colour in colours]


def _unreadable(row: Any, _field: str) -> dict[str, str]:
    fill = fill_of(row.colour)
    return {
        "black": f"{contrast(fill, BLACK):.1f}",
        "white": f"{contrast(fill, WHITE):.1f}",
        "instead": nearest_apart(fill),
    }


def _too_near(row: Any, _field: str) -> dict[str, str]:
    alike: Alike = row.colour_alike
    return {
        "other": alike.other,
        "its": alike.fill,
        "apart": f"{alike.near.apart:.1f}",
        "seen": alike.near.seen,
        "todo": f"Choose another, for example {alike.instead}."
        if alike.instead
        else "Choose other colours for both.",
    }


BAND_CHECKS = (
    RowCheck(
        "R89",
        "Colour on which text does not read",
        "On {value} black text has a contrast of {black}, and white text of {white}: "
        f"{LEAST_CONTRAST} is needed.",
        "Choose a lighter or darker one, for example {instead}.",
        "Each rating is printed as a word on its colour.",
        at={"bands.colour": Condition(("colour",), _bear_text)},
        words=_unreadable,
    ),
    RowCheck(
        "R90",
        "Word or symbol that cannot be printed",
        '"{value}" is no {what}.',
        "{asks}",
        "It stands in cells, charts and messages, and must never be a formula.",
        at={
            "bands.word": Condition(("word",), _are_words),
            "bands.symbol": Condition(("symbol",), _are_symbols),
        },
        words=lambda _row, key: {
            "what": f"word of up to {LONGEST_WORD} characters"
            if key == "word"
            else "sign that can stand before a word"
        },
    ),
    RowCheck(
        "R91",
        "Colour that is not known",
        '"{value}" is not a colour that is known.',
        f"Type it as #RRGGBB, for example #10246B, or choose {listed(NAMED_COLOURS, 'or')}.",
        "A screen and a print must show the same.",
        at={"bands.colour": Condition(("colour",), _are_colours)},
    ),
    RowCheck(
        "R92",
        "Word or symbol of another band",
        'The {key} "{value}" is also that of {other}.',
        "Give each band a {key} of its own.",
        "Without its colour a band is known by them alone.",
        at={
            f"bands.{key}": Condition((key,), _is_own, also=(f"{key}_alike",))
            for key in ("word", "symbol")
        },
        words=lambda row, key: {"key": key, "other": getattr(row, f"{key}_alike").other},
    ),
    RowCheck(
        "R93",
        "Colours that cannot be told apart",
        "{value} and {its}, the colour of {other}, are {apart} apart {seen}, and "
        f"{LEAST_APART} are needed (CIEDE2000).",
        "{todo}",
        "Committee papers are printed in grey, and some readers cannot tell red from green.",
        at={"bands.colour": Condition(("colour",), _is_own, also=("colour_alike",))},
        words=_too_near,
    ),
)
