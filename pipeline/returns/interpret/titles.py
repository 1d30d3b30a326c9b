"""Titles: the lines and tabs that speak of a whole table or return, and what they say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.labels import PROVISIONAL, Label, Vocabulary
from pipeline.returns.interpret.parts import LONGEST_PART, on_figures
from pipeline.returns.interpret.periods import NONE, Mentions
from pipeline.returns.interpret.remarks import part_said


class Title(Struct, frozen=True):
    """A text that speaks of all figures under it, and what it says."""

    text: str
    sheet: str
    #: Empty of a tab.
    cell: str
    label: Label

    @classmethod
    def of(cls, words: Vocabulary, text: str, sheet: str, cell: str = "") -> Title:
        return cls(text, sheet, cell, _label(words, text))

    @property
    def periods(self) -> Mentions:
        """What it says of its figures' period; a day beside words is when it was written."""
        said = replace(self.label.periods, days=frozenset()) if self.label.periods else NONE
        if any(away for _, away in said.relative) and said != Mentions(relative=said.relative):
            # `Last year: 2014-15` beside this year's.
            return NONE
        return said

    @property
    def days_alone(self) -> frozenset[date]:
        """The days that it says, where it says nothing else."""
        label = self.label
        said = Mentions(days=label.periods.days)
        return said.days if said and label == Label(label.text, periods=said) else frozenset()

    @property
    def is_provisional(self) -> bool:
        return PROVISIONAL in self.label.kinds


# The same lines stand in most of the returns that a worker reads.
@lru_cache(maxsize=2_000)
def _label(words: Vocabulary, text: str) -> Label:
    """What a text says; a page of it only with what in it begins with the figures."""
    label = words.title(text[:LONGEST_PART])
    for part in on_figures(text):
        if part != text and len(part) <= LONGEST_PART:
            label |= words.title(part)
    return label


#: An entry that says nothing without the label before it.
_ENTRY = re.compile(r"[\d.,/: -]+")


def entries_joined(words: Vocabulary, texts: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """The texts of a row by column, a label with the entry in the next filled cell as one.

    `Quarter` and `2` say together what neither says alone.
    """
    row = [*texts.items()]
    while row:
        column, text = row.pop(0)
        if row and _is_label_of(words, text, row[0][1]):
            text = f"{text} {row.pop(0)[1]}"
        yield column, text


#: What a day is called that is none of the figures.
_OF_PAPER = re.compile(
    r"\b(?:(?:print|issue|return) date|printed|due|deadline|issued|return by|template|version"
    r"|completed|produced|prepared|submitted|signed|updated|received|meeting|committee|board"
    r"|cabinet|published|sent|approved)\b",
    re.IGNORECASE,
)


def _is_label_of(words: Vocabulary, text: str, entry: str) -> bool:
    if len(text) + len(entry) > LONGEST_PART or _ENTRY.fullmatch(text):
        return False
    one, other, both = words.title(text), words.title(entry), words.title(f"{text} {entry}")
    says_more = both.periods != one.periods | other.periods or both.kinds != one.kinds | other.kinds
    if other.periods.days:
        # A day beside the name of a table may be that of its figures.
        return says_more or _OF_PAPER.search(text) is not None
    is_entry = text.endswith(":") or _ENTRY.fullmatch(entry) is not None
    return is_entry or says_more or part_said(f"{text} {entry}") != ""
