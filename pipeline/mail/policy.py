"""By which rules messages are written and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.base64mime import header_encode
from email.headerregistry import (
    Address,
    HeaderRegistry,
    UniqueAddressHeader,
    UniqueUnstructuredHeader,
)
from email.policy import SMTP, Policy
from functools import cache

#: The longest word of a header that is written as it stands, in characters. With the header's
#: name it stays within the 78 of a line that RFC 5322 asks for (2.1.1).
_LONGEST_WORD = 60
#: A name of which no character has a meaning beside addresses.
_ATOMS = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*", re.ASCII)
#: How many bytes of UTF-8 one encoded word of RFC 2047 holds, so that it is no longer either.
_ENCODED = 42


class _Subject(UniqueUnstructuredHeader):
    """A subject; the library leaves its first line empty where a long word comes first.

    RFC 5322 has programs avoid such lines (3.2.2), and some filters of mail mark them down.
    """

    def fold(self, *, policy: Policy) -> str:
        """The header's lines, with their ends."""
        return _folded("Subject", _words(str(self)), policy)


class _Addresses(UniqueAddressHeader):
    """Addresses; the library may encode the comma between two, which makes one of them."""

    #: What the registry gives it: `Reply-To`.
    name: str

    def fold(self, *, policy: Policy) -> str:
        """The header's lines, with their ends."""
        shown = [_address_words(address) for address in self.addresses]
        for words in shown[:-1]:
            words[-1] += ","
        return _folded(self.name, [word for words in shown for word in words], policy)


class _Headers(HeaderRegistry):
    """The library's own headers; it makes a class for each one that it meets, anew every time."""

    __getitem__ = cache(HeaderRegistry.__getitem__)

    def __init__(self) -> None:
        super().__init__()
        own = {"subject": _Subject, "from": _Addresses, "to": _Addresses, "reply-to": _Addresses}
        for name, kind in own.items():
            self.map_to_type(name, kind)  # type: ignore[arg-type]  # it mixes BaseHeader in itself


#: What was read is written as it was: the library joins encoded words of a name with a blank.
POLICY = SMTP.clone(header_factory=_Headers(), refold_source="none")


def subject_header(subject: str) -> str:
    """A subject, in a line, as the value of its header.

    What looks like an encoded word, as a file's name may, is encoded, so that it is read as it
    stands.
    """
    return " ".join(_words(subject))


def _folded(name: str, words: Sequence[str], policy: Policy) -> str:
    """A header of these words, the first of which stands on its first line."""
    lines = [f"{name}:"]
    for number, word in enumerate(words):
        if number and len(lines[-1]) + 1 + len(word) > (policy.max_line_length or 78):
            lines.append("")
        lines[-1] += f" {word}"
    return policy.linesep.join(lines) + policy.linesep


def _address_words(address: Address) -> list[str]:
    name = address.display_name
    if not name:
        return [address.addr_spec]
    words = _words(name)
    if words == name.split() and not _ATOMS.fullmatch(name):
        is_quotable = '"' not in name and "\\" not in name
        words = f'"{" ".join(words)}"'.split(" ") if is_quotable else _encoded(name)
    return [*words, f"<{address.addr_spec}>"]


def _words(text: str) -> list[str]:
    words = text.split()
    is_plain = text.isascii() and "=?" not in text
    if is_plain and all(len(word) <= _LONGEST_WORD for word in words):
        return words
    # Between two encoded words a blank counts for nothing, so all of it is encoded.
    return _encoded(" ".join(words))


def _encoded(text: str) -> list[str]:
    return [header_encode(part, "utf-8") for part in _parts(text)]


def _parts(text: str) -> Iterator[bytes]:
    """Text in UTF-8, in parts that no character is cut by, and no word that need not be."""
    part = b""
    for word in re.findall(r"\S+ ?", text):
        content = word.encode("utf-8", "replace")
        if part and len(part) + len(content) > _ENCODED:
            yield part
            part = b""
        if len(content) <= _ENCODED:
            part += content
            continue
        for character in word:
            more = character.encode("utf-8", "replace")
            if len(part) + len(more) > _ENCODED:
                yield part
                part = b""
            part += more
    if part:
        yield part
