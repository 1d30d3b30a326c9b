"""Where what is printed differs from what the oracle says, a line a difference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.oracle.council import Appendix, Line

_ZEROS = re.compile(r"(\.\d*?)0+(?!\d)")


def differences(period: str, expected: Appendix, printed: Appendix | None) -> Iterator[str]:
    """Each as `period | of what | field | oracle | printed`."""
    if printed is None:
        yield f"{period} | appendix | | there is one | there is none"
        return
    for ref in dict.fromkeys((*expected.lines, *printed.lines)):
        mine, theirs = expected.lines.get(ref), printed.lines.get(ref)
        if mine is None or theirs is None:
            yield f"{period} | {ref} | line | {_has(mine)} | {_has(theirs)}"
            continue
        for field in Line.__dataclass_fields__:
            said = _comparable(field, mine), _comparable(field, theirs)
            if said[0] != said[1]:
                yield f"{period} | {ref} | {field} | {said[0]} | {said[1]}"
    yield from _of_maps(period, "sum", expected.sums, printed.sums)
    yield from _of_maps(period, "owed", expected.owed, printed.owed)
    if expected.coverage != printed.coverage:
        yield f"{period} | | coverage | {expected.coverage} | {printed.coverage}"


def _of_maps(
    period: str, field: str, expected: Mapping[Any, object], printed: Mapping[Any, object]
) -> Iterator[str]:
    for key in dict.fromkeys((*expected, *printed)):
        mine, theirs = expected.get(key), printed.get(key)
        if mine != theirs:
            yield f"{period} | {key} | {field} | {mine} | {theirs}"


def _comparable(field: str, line: Line) -> object:
    said = getattr(line, field)
    if field == "target":
        # A target has the decimals that it is typed or comes out with; which, is not compared.
        return _ZEROS.sub(lambda found: found[1].rstrip("."), said)
    if field == "performance":
        # Words of several areas stand in lines of their own.
        return said.split()
    if field == "marks":
        # So do they in a remark.
        return sorted(tuple(" ".join(word.split()) for word in mark) for mark in said)
    return said


def _has(line: Line | None) -> str:
    return "there is one" if line else "there is none"
