"""Quoting: which numbers a text tells, in digits or in words, and what it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*([^\W\d_]+))?")
#: Thousands that are set apart by anything but a comma may be one number, or several.
_SET_APART = re.compile(r"(?<!\d)\d{1,3}(?:[ '’.]\d{3})+(?!\d)")
_TO_NINETEEN = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
"""
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: number for number, word in enumerate(_TO_NINETEEN.split())} | {
    word: 10 * number for number, word in enumerate(_TENS.split(), 2)
}
_MANY = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
#: What counts by itself: `a dozen`, `two dozen`, `a score`, `twice`.
_SETS = {"dozen": 12, "dozens": 12, "score": 20, "pair": 2, "couple": 2, "duo": 2, "both": 2,
         "twice": 2, "trio": 3, "thrice": 3, "threesome": 3, "quartet": 4, "foursome": 4,
         "quintet": 5, "once": 1, "single": 1, "sole": 1}  # fmt: skip
#: What a number in digits is multiplied by: `2 dozen`, `1.2 million`, `3k`.
_TIMES = {**_MANY, **_SETS, "k": 1000, "m": 1_000_000}
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
    """The numbers that a text tells, in digits or in words: `seven hundred and eighty-seven`."""
    # As it is read: raised and circled digits are digits, and what nobody sees is nothing.
    text = unicodedata.normalize("NFKC", text)
    text = "".join(each for each in text if unicodedata.category(each) != "Cf")
    for match in _DIGITS.finditer(text):
        behind = match[1] or ""
        number = Decimal(match[0].removesuffix(behind).strip().replace(",", ""))
        yield number
        if times := _TIMES.get(behind.casefold()):
            yield number * times
    for match in _SET_APART.finditer(text):
        yield Decimal("".join(filter(str.isdecimal, match[0])))
    yield from map(Decimal, _in_words(text))


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
        word = match[0].casefold()
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
        elif not (is_open and word == "and" and last >= 100):
            if is_open:
                yield whole + group
            whole, group, is_open = 0, 0, False
    if is_open:
        yield whole + group


def _goes_on(last: int, number: int) -> bool:
    """Whether a number in words goes on with another: after a ten a digit, after a hundred both."""
    if last >= 100:
        return number < 100
    return last >= 20 and 0 < number < 10
