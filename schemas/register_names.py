"""The names that the rows of one of the register's sheets go by, as other sheets use them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from schemas.findings import LONGEST_QUOTE, shorten
from schemas.likeness import foreign_letter, nearest
from schemas.names import name_key
from schemas.register_columns import RegisterSheet
from schemas.register_layout import AREAS

#: How alike a ref must be to be asked about, out of 100.
_ALIKE = 65
#: What always parts the names of a list, and what people also put between them. The latter may
#: stand in a name: `Adults and Health`, `H & P`.
_PARTS = re.compile(r"[;\n]")
_MAY_PART = re.compile(r"(,|\s(?:and|&)\s)", re.IGNORECASE)
#: No name begins or ends with these.
_ENDS = ", "
#: A list is looked at for names of so many pieces, and in so many ways.
_MOST_PIECES, _MOST_WAYS = 40, 50


class SheetNames(Struct, frozen=True):
    """The names of a sheet's rows. A service area goes by its ref or its name."""

    spelled: tuple[str, ...]
    #: What stands in the first column of a row, by the keys of the names that it goes by.
    refs: dict[str, str]

    @classmethod
    def of(cls, sheet: RegisterSheet, rows: Iterable[Mapping[str, Any]]) -> SheetNames:
        first = sheet.columns[0].key
        columns = (first, "name") if sheet is AREAS else (first,)
        there = [*rows]
        refs: dict[str, str] = {}
        for column in columns:
            for row in there:
                if row[column] and row[first]:
                    refs.setdefault(name_key(row[column]), row[first])
        spelled = tuple(row[column] for column in columns for row in there if row[column])
        return cls(spelled, refs)

    def ref(self, name: str) -> str | None:
        """The ref of the row that goes by a name, or by the same name spelt another way."""
        return self.refs.get(name_key(name))

    def near(self, unknown: str) -> str:
        """What is to be asked about a name that no row goes by."""
        foreign = foreign_letter(unknown, self.spelled)
        near = nearest(unknown, self.spelled, _ALIKE)
        said = [f"{foreign[0].upper()}{foreign[1:]}."] if foreign else []
        said += [f'Did you mean "{shorten(near, LONGEST_QUOTE)}"?'] if near else []
        return " ".join(said)

    def listed(self, text: str) -> list[list[str]]:
        """The ways in which a text can be read as a list of names; one, where it is plain.

        Words such as `and` part names, or stand in one. A name that no row goes by stays as it is.
        """
        ways: list[list[str]] = [[]]
        for part in filter(str.strip, _PARTS.split(text)):
            pieces = _MAY_PART.split(part.strip())
            found = self._readings(pieces) or [self._as_far_as_known(pieces)]
            if len(found) == 1:
                # A list may have thousands of names that are plain.
                for way in ways:
                    way.extend(found[0])
            else:
                ways = [[*way, *more] for way in ways for more in found][:_MOST_WAYS]
        return ways

    def _readings(self, pieces: list[str]) -> list[list[str]]:
        """The ways to make known names, and nothing else, of pieces and what stands between."""
        if len(pieces) > _MOST_PIECES:
            return []
        if len(pieces) == 1:
            name = pieces[0].strip(_ENDS)
            return [[name]] if self.ref(name) else []
        # By how many of the pieces they use up.
        ways: dict[int, list[list[str]]] = {0: [[]]}
        for until in range(1, len(pieces) + 1, 2):
            ways[until + 1] = [
                [*way, name]
                for start in range(0, until, 2)
                if self.ref(name := "".join(pieces[start:until]).strip(_ENDS))
                for way in ways[start]
            ][:_MOST_WAYS]
        return ways[len(pieces) + 1]

    def _as_far_as_known(self, pieces: list[str]) -> list[str]:
        """The longest names that are known, and the other pieces; all as one where none is."""
        names: list[str] = []
        at = 0
        while at < len(pieces):
            until = next(
                (
                    end
                    for end in range(min(len(pieces), at + _MOST_PIECES), at, -1)
                    if (end - at) % 2 and self.ref("".join(pieces[at:end]).strip(_ENDS))
                ),
                at + 1,
            )
            names.append("".join(pieces[at:until]).strip(_ENDS))
            at = until + 1
        return list(filter(None, names)) if any(map(self.ref, names)) else ["".join(pieces)]
