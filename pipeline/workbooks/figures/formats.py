"""Number formats: what a cell's format does to the number that it holds (ECMA-376 18.8.31)."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from schemas.units import Unit, places, quantise

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_(?P<pad>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]?'
    r"|(?P<other>.)",
    re.DOTALL,
)
CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
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
#: The colours in which a loss is shown in place of its sign.
_COLOUR = re.compile(r"(?:red|magenta|colou?r ?[37])$", re.IGNORECASE)
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
#: What stands between a number's digits: of a power of ten, of a fraction.
_WITHIN = re.compile(r"(?<=\0) ?(?:E[+-]|/)(?=\0)", re.IGNORECASE)
#: Words and signs beside a figure whose meaning is known; brackets and a minus are its sign.
_KNOWN = re.compile(
    r"per ?cent|pct|[£$€¥%()\-\u2212]|(?<![^\W\d_])(?:gbp|eur|usd|"
    + "|".join(
        re.escape(word)
        for unit in Unit
        for word in sorted((*unit.row.before, *unit.row.written_behind), reverse=True)
    )
    + r")(?![^\W\d_])"
)
_PLAIN_SHAPE = re.compile(r"(?:general|@)?|[0#](?:\.(?P<decimals>0+))?", re.IGNORECASE)
#: For numbers above, below and at zero, and for text.
_MOST_SECTIONS = 4
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
    is_for_text: bool = False
    #: Nothing of the number is shown.
    hides: bool = False
    #: Nothing of a zero is shown.
    hides_zero: bool = False
    #: What is printed is another number.
    alters: bool = False
    #: What is printed beside the number, and not known to change nothing.
    unknown: str = ""

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
    place = _place(sections, number)
    if place is None:
        return PLAIN
    is_for_negative = place == 1 and number < 0 and not any(each.condition for each in sections)
    return replace(sections[1], is_for_negative=True) if is_for_negative else sections[place]


def section_above_zero(number_format: str) -> FormatSection | None:
    """What a format does to every number above zero; None where it depends on the number."""
    sections = _sections(number_format)
    return None if any(each.condition for each in sections) else sections[0]


def place_for(number_format: str, number: Decimal) -> int | None:
    """Which of a format's sections shows a number.

    None where there is none, and where a condition leaves open what becomes of a minus.
    """
    sections = _sections(number_format)
    has_condition = any(each.condition for each in sections)
    return None if has_condition and number < 0 else _place(sections, number)


def _place(sections: Sequence[FormatSection], number: Decimal) -> int | None:
    rest = [at for at, each in enumerate(sections) if each.condition is None]
    if len(rest) < len(sections):
        for at, each in enumerate(sections):
            if each.condition and _HOLDS[each.condition[0]](number, each.condition[1]):
                return at
        return rest[min(number < 0, len(rest) - 1)] if rest else None
    numeric = sections[: _MOST_SECTIONS - 1]
    if len(numeric) > 1 and numeric[-1].is_for_text:
        numeric = numeric[:-1]
    if number < 0 and len(numeric) > 1:
        return 1
    return 2 if number == 0 and len(numeric) > 2 else 0


def written_plainly(number: Decimal, number_format: str) -> str | None:
    """A number as its cell shows it; None where that is not digit by digit and nothing beside it.

    1.1 that is shown with two decimals is 1.10.
    """
    shape = _PLAIN_SHAPE.fullmatch(number_format.strip())
    if shape is None:
        return None
    decimals = len(shape["decimals"] or "") if "0" in number_format else places(number)
    return f"{quantise(number, decimals):f}" if decimals >= places(number) else None


def text_section(number_format: str) -> list[re.Match[str]] | None:
    """The part of a format that is for text, where it has one."""
    sections = split(number_format)
    is_last = len(sections) == _MOST_SECTIONS or any(t["other"] == "@" for t in sections[-1])
    return sections[-1] if is_last else None


@lru_cache(maxsize=1_000)
def shows_text_alone(number_format: str) -> bool:
    """Whether a text is shown as it stands, and nothing beside it."""
    if is_general(number_format):
        return True
    section = text_section(number_format)
    if section is None:
        return True
    beside = [t for t in section if t["pad"] is None and t["fill"] is None and not t["bracket"]]
    return [t["other"] for t in beside] == ["@"]


def is_general(number_format: str) -> bool:
    """Whether a format is none to speak of."""
    return number_format.strip().casefold() in ("", "general", "@") or len(number_format) > _LONGEST


# Returns made from one template have the same few formats.
@lru_cache(maxsize=1_000)
def _sections(number_format: str) -> tuple[FormatSection, ...]:
    if is_general(number_format):
        return (PLAIN,)
    return tuple(_section(each) for each in split(number_format))


def split(number_format: str) -> list[list[re.Match[str]]]:
    """The pieces of each section of a format."""
    sections: list[list[re.Match[str]]] = [[]]
    for token in _TOKEN.finditer(number_format):
        if token["other"] == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return sections[:_MOST_SECTIONS]


def _section(tokens: list[re.Match[str]]) -> FormatSection:
    bare = said = ""
    money: list[str] = []
    condition = None
    is_elapsed = is_coloured = False
    for token in tokens:
        if token["bracket"] is not None:
            inside = token["bracket"]
            if match := CONDITION.match(inside):
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
        is_for_text="@" in bare,
        hides=not has_digits and not is_date and "@" not in bare,
        hides_zero=has_digits and not is_general and "0" not in bare,
        alters=_BESIDE_DIGIT.search(said) is not None or bare.count("%") > 1 or "\u2030" in words,
        unknown=_unknown(said),
    )


def _unknown(said: str) -> str:
    """What is printed beside a number's digits and is not known to change nothing."""
    words = _KNOWN.sub(" ", _WITHIN.sub("", said).replace(_DIGIT, " ").casefold()).split()
    return " ".join(word for word in words if word not in _POWERS)


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
