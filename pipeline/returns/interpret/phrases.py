"""Phrases: names of several words, looked for in what a text says."""

from __future__ import annotations

import re

#: A name's words; a sign between two is one as well.
_WORDS = re.compile(r"\w+|[^\w\s]")
#: A sign that is read as a word.
_AND = {"&": "and"}
#: What stands after one of these is part of an address or a number.
_GLUE = frozenset(".@")


def _words(text: str) -> list[str]:
    return [_AND.get(word, word) for word in _WORDS.findall(text)]


class Phrases:
    """Many phrases, looked for word by word: a council has hundreds of service areas."""

    def __init__(self, meanings: dict[str, str]) -> None:
        self._meanings = {tuple(_words(phrase)): key for phrase, key in meanings.items()}
        self._longest: dict[str, int] = {}
        for words in self._meanings:
            if words:
                self._longest[words[0]] = max(self._longest.get(words[0], 0), len(words))

    def taken_from(self, text: str) -> tuple[set[str], str]:
        """What phrases in a text mean, and the text without them; the longest is taken."""
        words = _words(text)
        if not any(word in self._longest for word in words):
            return set(), text
        found = set[str]()
        spans = [m.span() for m in _WORDS.finditer(text)]
        at, pieces, end = 0, list[str](), 0
        while at < len(words):
            start = spans[at][0]
            longest = self._longest.get(words[at], 0)
            if longest and words[at].isalnum() and text[max(0, start - 1) : start] in _GLUE:
                longest = 0
            for length in range(min(longest, len(words) - at), 0, -1):
                meaning = self._meanings.get(tuple(words[at : at + length]))
                if meaning is not None:
                    found.add(meaning)
                    pieces += text[end:start], " \0 "
                    at += length
                    end = spans[at - 1][1]
                    break
            else:
                at += 1
        return found, "".join((*pieces, text[end:]))
