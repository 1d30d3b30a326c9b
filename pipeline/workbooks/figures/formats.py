"""Number formats: what a cell's format does to the number that it holds (ECMA-376 18.8.31)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_DIGITS = frozenset("0#?")
_DATE_LETTERS = frozenset("ymdhs")
#: Words beside a figure that multiply it, with their power of ten.
_POWERS = {
    "k": 3, "000": 3, "000s": 3, "'000": 3, "thousand": 3, "thousands": 3,
    "m": 6, "mn": 6, "million": 6, "millions": 6, "bn": 9, "billion": 9, "billions": 9,
}  # fmt: skip
_CURRENCIES = "£$€¥"
#: A longer format is none that Excel takes.
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Section:
    """How the numbers that a section of a format is for are shown."""

    #: Shown a hundred times as large, with a percent sign.
    scales_to_percent: bool = False
    #: A percent sign that is only printed beside the number.
    says_percent: bool = False
    #: The currency sign printed beside it; empty where there is none.
    currency: str = ""
    #: A word beside it says that it counts so many tens: 6 for a million.
    said_power: int = 0
    #: Commas behind the digits divide what is shown by so many tens.
    shown_power: int = 0
    is_date: bool = False
    #: Nothing of the number is shown.
    hides: bool = False


_PLAIN = Section()


def section_for(number_format: str, number: Decimal) -> Section:
    """What a format does to a number. A format that Excel would not take is as good as none."""
    sections = _sections(number_format)
    conditional = [(condition, each) for condition, each in sections if condition]
    if conditional:
        for condition, each in conditional:
            if _holds(condition, number):
                return each
        rest = [each for condition, each in sections if not condition]
        return rest[min(number < 0, len(rest) - 1)] if rest else _PLAIN
    numeric = [each for _, each in sections[:3]]
    if number < 0 and len(numeric) > 1:
        return numeric[1]
    if number == 0 and len(numeric) > 2:
        return numeric[2]
    return numeric[0]


def _holds(condition: str, number: Decimal) -> bool:
    match = _CONDITION.match(condition)
    if match is None:
        return False
    bound = Decimal(match[2])
    return {
        "<": number < bound, "<=": number <= bound, ">": number > bound,
        ">=": number >= bound, "=": number == bound, "<>": number != bound,
    }[match[1]]  # fmt: skip


# Returns made from one template have the same few formats.
@lru_cache(maxsize=1_000)
def _sections(number_format: str) -> tuple[tuple[str, Section], ...]:
    """Each section with its condition, if it has one."""
    if number_format.strip().casefold() in ("", "general", "@") or len(number_format) > _LONGEST:
        return (("", _PLAIN),)
    tokens: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(number_format):
        if token["other"] == ";":
            tokens.append([])
        else:
            tokens[-1].append(token)
    return tuple(_section(each) for each in tokens[:4])


def _section(tokens: list[re.Match[str]]) -> tuple[str, Section]:
    condition = currency = bare = ""
    said: list[str] = []
    is_elapsed = False
    for token in tokens:
        if token["bracket"] is not None:
            inside = token["bracket"]
            if _CONDITION.match(inside):
                condition = inside
            elif inside.startswith("$"):
                said.append(inside[1:].partition("-")[0])
            is_elapsed |= _ELAPSED.fullmatch(inside) is not None
        elif (literal := token["quoted"] or token["escaped"]) is not None:
            said.append(literal)
        elif token["other"] is not None:
            bare += token["other"]
            # Signs of currency need no quotes.
            said.append(token["other"] if token["other"] in _CURRENCIES else " ")
    words = "".join(said)
    currency = next((sign for sign in words if sign in _CURRENCIES), "")
    if not currency and (code := re.search(r"\b(?:GBP|EUR|USD)\b", words)):
        currency = {"GBP": "£", "EUR": "€", "USD": "$"}[code[0]]
    has_digits = bool(_DIGITS & set(bare)) or "general" in bare.casefold()
    is_date = is_elapsed or (not has_digits and bool(_DATE_LETTERS & set(bare.casefold())))
    behind = re.search(r"[0#?](,+)(?![0#?,])", bare)
    return condition, Section(
        scales_to_percent="%" in bare,
        says_percent="%" in words,
        currency=currency,
        said_power=max((_POWERS.get(w, 0) for w in words.casefold().split()), default=0),
        shown_power=3 * len(behind[1]) if behind else 0,
        is_date=is_date,
        hides=not has_digits and not is_date and "@" not in bare,
    )
