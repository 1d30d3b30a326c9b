"""Number formats: what a cell's format does to the number that it holds (ECMA-376 18.8.31)."""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from schemas.units import places

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
_HOLDS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "=": operator.eq, "<>": operator.ne,
}  # fmt: skip
_ELAPSED = re.compile(r"[hms]+", re.IGNORECASE)
_DIGITS = frozenset("0#?")
_DATE_LETTERS = frozenset("ymdhs")
#: Words beside a figure that multiply it, with their power of ten.
_POWERS = {
    "k": 3, "000": 3, "000s": 3, "'000": 3, "'000s": 3, "000's": 3, "thousand": 3, "thousands": 3,
    "m": 6, "mn": 6, "million": 6, "millions": 6, "bn": 9, "billion": 9, "billions": 9,
}  # fmt: skip
_CURRENCIES = "£$€¥"
_WITHOUT_CURRENCY = dict.fromkeys(map(ord, _CURRENCIES))
#: A sign with the letters that go with it, such as US$, or a code alone.
_MONEY = re.compile(rf"[a-z]{{0,3}}[{_CURRENCIES}]|\b(?:gbp|eur|usd)\b", re.IGNORECASE)
_COLOUR = re.compile(r"(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r ?[0-9]+)$", re.I)
_DAYS = re.compile(r"\0\s*days?\b", re.IGNORECASE)
_PER_CENT = re.compile(r"%|\b(?:per ?cent|pct?)\b")
#: A word, or its like: 000s, m² and '000 are one each.
_WORD = re.compile(r"'?[^\s£$€¥()\[\].,/]+")
#: Stands for what a number's own digits are shown in.
_DIGIT = "\0"
#: A digit that is printed as if it were one of the number's own.
_BESIDE_DIGIT = re.compile(r"\0[0-9]|[0-9]\0")
_INEXACT = re.compile(
    r"(?:[<>≤≥~≈±]|\b(?:c\.|ca\.|circa|about|approx\.?|approximately|around|over|under|up to"
    r"|more than|less than|at least|nearly|almost))$",
    re.IGNORECASE,
)
_AND_MORE = re.compile(r"\0 ?\+(?!\0)")
#: Excel shows no more.
_MOST_DECIMALS = 30
_PLAIN_SHAPE = re.compile(r"(?:general|@)?|[0#](?:\.(?P<decimals>0+))?", re.IGNORECASE)
#: A longer format is none that Excel takes.
_LONGEST = 300


class FormatSection(Struct, frozen=True):
    """How the numbers that a section of a format is for are shown."""

    #: It is for numbers that hold to this, a comparison and a bound.
    condition: tuple[str, Decimal] | None = None
    #: Shown a hundred times as large, with a percent sign.
    scales_to_percent: bool = False
    #: A percent sign that is only printed beside the number.
    says_percent: bool = False
    #: Words beside it say that it counts days.
    says_days: bool = False
    #: The sign or code of a currency that is printed beside it; empty where there is none.
    currency: str = ""
    #: A word beside it says that it counts so many tens: 6 for a million.
    said_power: int = 0
    #: Commas behind the digits divide what is shown by so many tens.
    shown_power: int = 0
    #: The decimals that are shown, at most and at least; None where that is not fixed.
    decimals: int | None = None
    least_decimals: int = 0
    #: A sign or word before it, or after it, says that it is not the exact figure.
    is_inexact: bool = False
    #: A minus or a bracket is printed, whatever the number's own sign.
    is_negative: bool = False
    is_coloured: bool = False
    #: It is for negative numbers alone, whose own minus is not shown.
    is_for_negative: bool = False
    is_date: bool = False
    #: Nothing of the number is shown.
    hides: bool = False
    #: What is printed is another number.
    alters: bool = False

    @property
    def shows_sign(self) -> bool:
        """Whether a number other than zero is shown with its own sign."""
        if self.is_for_negative:
            return self.is_negative or self.is_coloured
        return not self.is_negative


PLAIN = FormatSection()


def section_for(number_format: str, number: Decimal) -> FormatSection:
    """What a format does to a number. A format that Excel would not take is as good as none."""
    sections = _sections(number_format)
    rest = [each for each in sections if each.condition is None]
    if len(rest) < len(sections):
        for each in sections:
            if each.condition and _HOLDS[each.condition[0]](number, each.condition[1]):
                return each
        return rest[min(number < 0, len(rest) - 1)] if rest else PLAIN
    numeric = sections[:3]
    if number < 0 and len(numeric) > 1:
        return replace(numeric[1], is_for_negative=True)
    if number == 0 and len(numeric) > 2:
        return numeric[2]
    return numeric[0]


def written_plainly(number: Decimal, number_format: str) -> str | None:
    """A number as its cell shows it; None where that is not digit by digit and nothing beside it.

    1.1 that is shown with two decimals is 1.10.
    """
    shape = _PLAIN_SHAPE.fullmatch(number_format.strip())
    if shape is None:
        return None
    if shape["decimals"] is None:
        # General shows what there is, and 0 a whole number.
        is_general = shape[0].casefold() in ("", "general", "@")
        return f"{number:f}" if is_general or not places(number) else None
    decimals = len(shape["decimals"])
    return f"{number:.{decimals}f}" if decimals >= places(number) else None


# Returns made from one template have the same few formats.
@lru_cache(maxsize=1_000)
def _sections(number_format: str) -> tuple[FormatSection, ...]:
    if number_format.strip().casefold() in ("", "general", "@") or len(number_format) > _LONGEST:
        return (PLAIN,)
    tokens: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(number_format):
        if token["other"] == ";":
            tokens.append([])
        else:
            tokens[-1].append(token)
    return tuple(_section(each) for each in tokens[:4])


def _section(tokens: list[re.Match[str]]) -> FormatSection:
    bare = said = ""
    money: list[str] = []
    condition = None
    is_elapsed = is_coloured = False
    for token in tokens:
        if token["bracket"] is not None:
            inside = token["bracket"]
            if match := _CONDITION.match(inside):
                condition = match[1], Decimal(match[2])
            elif inside.startswith("$"):
                sign = inside[1:].partition("-")[0]
                said += sign
                money += [sign.strip()] if sign.strip() else []
            is_elapsed |= _ELAPSED.fullmatch(inside) is not None
            is_coloured |= _COLOUR.match(inside) is not None
        elif (literal := token["quoted"] or token["escaped"]) is not None:
            said += literal
        elif (other := token["other"]) is not None:
            bare += other
            said += _DIGIT if other in "0#?.," else " " if other == "%" else other
        else:
            said += " "
    is_general = "general" in bare.casefold()
    has_digits = bool(_DIGITS & set(bare)) or is_general
    is_date = is_elapsed or (not has_digits and bool(_DATE_LETTERS & set(bare.casefold())))
    said = re.sub("general", _DIGIT, said, flags=re.IGNORECASE)
    words = said.replace(_DIGIT, " ").casefold()
    money += _MONEY.findall(said.replace(_DIGIT, " "))
    commas = re.search(r"[0#?](,+)(?![0#?,])", bare)
    shown_power = 3 * len(commas[1]) if commas else 0
    most, least = _decimals(bare)
    before = said.partition(_DIGIT)[0].translate(_WITHOUT_CURRENCY).rstrip()
    return FormatSection(
        condition=condition,
        scales_to_percent="%" in bare,
        says_percent=_PER_CENT.search(words) is not None,
        says_days=_DAYS.search(said) is not None,
        currency=_currency(money),
        said_power=max((_POWERS.get(word, 0) for word in _WORD.findall(words)), default=0),
        shown_power=shown_power,
        decimals=None if most is None else most - shown_power,
        least_decimals=0 if shown_power else least,
        is_inexact=_INEXACT.search(before) is not None or _AND_MORE.search(said) is not None,
        is_negative=before.endswith(("-", "\u2212", "(")) or f"{_DIGIT}-" in said,
        is_coloured=is_coloured,
        is_date=is_date,
        hides=not has_digits and not is_date and "@" not in bare,
        alters=_BESIDE_DIGIT.search(said) is not None or bare.count("%") > 1 or "\u2030" in words,
    )


def _currency(signs: list[str]) -> str:
    """The currency of which there are signs or codes; one that is not pounds, where there are two.

    What a format marks as a currency's is one, whatever it is: `kr`, `Fr.`
    """
    others = [sign for sign in signs if sign.casefold() not in ("£", "gbp")]
    return others[0] if others else "£" if signs else ""


def _decimals(bare: str) -> tuple[int | None, int]:
    """How many decimals a section shows at most, and at least; None where that is not fixed."""
    if "general" in bare.casefold() or "/" in bare or re.search(r"e[+-]", bare, re.IGNORECASE):
        return None, 0
    point = re.search(r"\.([0#?]*)", bare)
    digits = point[1][:_MOST_DECIMALS] if point else ""
    return len(digits), len(digits.rstrip("#"))
