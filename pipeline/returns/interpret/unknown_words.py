"""Words that nothing understands: a text with one of them is no heading, whatever else it says.

To see that is far cheaper than to account for every word, as `labels` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

#: In a pattern: what stands for no letter, one letter of several, and letters with what says how
#: often the last of them comes.
_ESCAPED = re.compile(r"\\.")
_CHOICE = re.compile(r"\[[^\]]*\]")
_LETTERS = re.compile(r"([a-z]+)([?*+{]?)")
#: So many words are remembered.
_MOST_REMEMBERED = 10_000


class UnknownWords(dict[str, bool]):
    """Of each word of small letters whether it is in no phrase, and no pattern can match it.

    Patterns are those of small letters, and match whole words.
    """

    def __init__(self, phrases: Iterable[str], patterns: Iterable[str]) -> None:
        super().__init__()
        self._known = {word for phrase in phrases for word in re.findall(r"\w+", phrase.casefold())}
        self._pieces = {piece for pattern in patterns for piece in _pieces(pattern)}
        self._longest = max(map(len, self._pieces), default=0)

    def has_one(self, text: str) -> bool:
        """Whether a text has such a word for certain."""
        if not text.isascii():
            return False
        said = text.lower()
        if "not" in said or "provisional" in said:
            # What a text denies is taken out of it, whatever its words, before it is read.
            return False
        return any(map(self.__getitem__, said.split()))

    def __missing__(self, word: str) -> bool:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[word] = is_unknown = (
            word.isalpha() and word not in self._known and not self._is_made_of_pieces(word)
        )
        return is_unknown

    def _is_made_of_pieces(self, word: str) -> bool:
        ends = [True] + [False] * len(word)
        for end in range(1, len(word) + 1):
            starts = range(max(0, end - self._longest), end)
            ends[end] = any(ends[start] and word[start:end] in self._pieces for start in starts)
        return ends[-1]


def _pieces(pattern: str) -> set[str]:
    """Letters of a pattern such that every word that it can match is made of some of them."""
    plain = _ESCAPED.sub(" ", pattern)
    pieces = {letter for choice in _CHOICE.findall(plain) for letter in choice if letter.isalpha()}
    for letters, times in _LETTERS.findall(plain):
        pieces |= {letters, letters[:-1], letters[-1]} if times else {letters}
    return pieces - {""}
