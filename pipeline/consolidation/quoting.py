"""Quoting: which numbers a text tells, in digits or in words, and what it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
#: Digits in groups, as they are written elsewhere: `1 234`, `1.234`, `1'234`, `1,00,000`.
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[ .,'’]\d{2,3}){0,6}[ .,'’]\d{3}(?!\d)")
#: A decimal comma, and what a word may multiply: `64,5`, `1.5 million`, `2k`, `2 dozen`.
_COMMA = re.compile(r"(?<!\d)\d+,\d{1,2}(?!\d)")
_SCALED = re.compile(r"(?<!\d)(\d+(?:\.\d+)?) ?([^\W\d_]+)")
_TO_NINETEEN = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: number for number, word in enumerate(_TO_NINETEEN.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), 2)
}
_MANY = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
_TO_TWELFTH = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ORDINALS = {word: number for number, word in enumerate(_TO_TWELFTH.split(), 3)}
#: What counts by itself: `a dozen`, `two dozen`, `a score`, `twice`.
_SETS = {"dozen": 12, "dozens": 12, "score": 20, "pair": 2, "couple": 2, "duo": 2, "both": 2,
         "twice": 2, "trio": 3, "thrice": 3, "threesome": 3, "quartet": 4, "foursome": 4,
         "quintet": 5, "once": 1, "single": 1, "sole": 1, "double": 2, "twofold": 2, "brace": 2,
         "twin": 2, "twosome": 2, "triple": 3, "treble": 3, "threefold": 3, "triplet": 3,
         "fourfold": 4, "quadruple": 4, "quadruplet": 4}  # fmt: skip
_TIMES = {**_MANY, **_SETS, "k": 1000, "m": 1_000_000}
#: What names a quarter or a day, and counts nothing. A day without a year may count: `3 May cases`.
_MONTHS = "january february march april may june july august september october november december"
_OF_TIME = re.compile(
    r"\b(?:Q[1-4]|quarter (?:[1-4]|one|two|three|four)|"
    r"[0-9]{1,2}(?:st|nd|rd|th)? (?:of )?(?:"
    + _MONTHS.replace(" ", "|")
    + r"),? (?:19|20)[0-9]{2})\b",
    re.IGNORECASE,
)
_HALF_A_DOZEN = re.compile(r"\bhalf[ -]+(?:an?[ -]+)?dozen\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
#: Of a wording, what says nothing of what is counted.
_OF_ANY = """
    number numbers percentage percent count counts rate rates total average mean share proportion
    people persons area areas service services council year years quarter month months days with
    from that this these those have been were their which than into over under more less other
"""
_MEANINGLESS = frozenset(_OF_ANY.split())
_SHORTEST = 4


def numbers_in(text: str) -> Iterator[Decimal]:
    """The numbers that a text tells, in digits or in words: `seven hundred and eighty-seven`.

    Those of a quarter's name and of a day with its year are none.
    """
    text = _OF_TIME.sub(" ", text)
    # As it is read: raised and circled digits are digits, and what nobody sees is nothing.
    yield from _in_signs(text)
    text = _HALF_A_DOZEN.sub("six", unicodedata.normalize("NFKC", text))
    text = "".join(each for each in text if unicodedata.category(each) not in _UNSEEN)
    for match in _DIGITS.finditer(text):
        yield Decimal(match[0].replace(",", ""))
    yield from _in_other_ways(text)
    yield from map(Decimal, _in_words(text))


#: What is seen at most as a mark on another sign.
_UNSEEN = frozenset({"Cf", "Mn", "Me"})


def _in_signs(text: str) -> Iterator[Decimal]:
    """Signs that are a number each: `Ⅳ`, `➌`, `四`, and the 12 of `12³`."""
    if text.isascii():
        return
    signs = [unicodedata.numeric(each, 0) if not each.isdecimal() else 0 for each in text]
    yield from (Decimal(str(number)) for number in signs if number)
    for number in "".join(
        " " if sign else each for each, sign in zip(text, signs, strict=True)
    ).split():
        if number.isdecimal():
            yield Decimal(number)


def _in_other_ways(text: str) -> Iterator[Decimal]:
    """Numbers by their other readings: a text is withheld where any is a figure."""
    for match in _GROUPED.finditer(text):
        yield Decimal(re.sub(r"\D", "", match[0]))
    for match in _COMMA.finditer(text):
        yield Decimal(match[0].replace(",", "."))
    for match in _SCALED.finditer(text):
        if times := _TIMES.get(match[2].casefold()):
            yield Decimal(match[1]) * times


def words_that_matter(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without endings of the plural."""
    words = (match[0].casefold() for match in _WORD.finditer(text))
    long = (word for word in words if len(word) >= _SHORTEST and word not in _MEANINGLESS)
    return frozenset(word.removesuffix("s") for word in long)


def _in_words(text: str) -> Iterator[int]:
    """The numbers in words, each as it is read to its end; of `twenty or thirty` both."""
    whole, group, last, is_open = 0, 0, 0, False
    end = 0
    for match in _WORD.finditer(text):
        word = _singular(match[0].casefold())
        between = text[end : match.start()]
        end = match.end()
        if is_open and between.strip(" -‐‑–\n"):
            yield whole + group
            whole, group, is_open = 0, 0, False
        if word in _SMALL:
            number = _SMALL[word]
            # `seven eight` are two numbers, `twenty-one` and `seven hundred one` are one.
            if is_open and not _goes_on(last, number):
                yield whole + group
                whole, group = 0, 0
            group, last, is_open = group + number, number, True
        elif word in _MANY:
            if word == "hundred":
                group = (group or 1) * 100
            else:
                whole, group = whole + (group or 1) * _MANY[word], 0
            last, is_open = _MANY[word], True
        elif word in _SETS:
            yield whole + (group or 1) * _SETS[word]
            whole, group, is_open = 0, 0, False
        elif word in _ORDINALS:
            yield whole + group + _ORDINALS[word]
            whole, group, is_open = 0, 0, False
        elif not (is_open and word == "and" and last >= 100):
            if is_open:
                yield whole + group
            whole, group, is_open = 0, 0, False
    if is_open:
        yield whole + group


def _singular(word: str) -> str:
    """A word that counts without the ending of the plural: `threes`, `twins`."""
    one = word.removesuffix("s")
    return one if one in _SMALL or one in _MANY or one in _SETS else word


def _goes_on(last: int, number: int) -> bool:
    """Whether a number in words goes on with another: after a ten a digit, after a hundred both."""
    if last >= 100:
        return number < 100
    return last >= 20 and 0 < number < 10
