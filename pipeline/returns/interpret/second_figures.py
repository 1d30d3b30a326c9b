"""Second figures: what stands beside a figure and may be meant in place of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.headings import Heading
from pipeline.returns.interpret.periods import spoken
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.grid import text_of
from schemas import rules as c
from schemas.findings import Finding
from schemas.layout_rules import FIGURES_UNHEADED, REMARK_UNCLEAR
from schemas.names import name_key

#: What is written as a figure is.
_FIGURE = re.compile(r"[-+\u00a3(]*\d[\d.,% )]*")
_SIGNS = re.compile(r"[\s,\u00a3%()]")
#: Further from a table's headings it is no second figure, but somebody's workings.
_REACH = 3
#: What a heading, or words beside a figure, call one that is meant in place of another.
_REVISED = frozenset(
    {"corrected", "correct", "correction", "restated", "revised", "revision", "amended"}
    | {"amendment", "updated", "update", "final", "audited", "audit", "true", "adjusted"}
    | {"adjustment", "validated", "agreed", "resubmitted", "new", "latest", "checked", "should"}
    | {"replacement", "replaced", "signed", "moderated", "override", "overridden", "real"}
    | {"approved", "confirmed", "changed", "changes", "now", "reviewed", "verified", "actually"}
)
#: What stands beside these words, and beside the name of the figures.
_BETWEEN = frozenset({"after", "be", "read", "to", "off", "late", "is", "was", "not", "say"})
_AGAIN = frozenset({"2", "3", "b", "ii", "second", "bis"})
_SUPERSEDED = frozenset({"use", "instead", "replace", "with", "or", "not", "is", "actual", "per"})
_IDLE = _BETWEEN | frozenset({"figure", "the", "it", "its", "it's", "from", "and", "of", "="})
_NUMBER = re.compile(r"[-\u00a3]?\d[\d,]*(?:\.\d+)?%?")
_SOURCE = re.compile(r"\bper \w+$")
_LONGEST = 60


def is_revised(heading: Heading, known: Belonging) -> bool:
    """Whether a column holds figures that are meant in place of others."""
    label = heading.label
    if label.fields - {"performance"} or known.fit(label.periods) is not Fit.SAME:
        return False
    words = set(label.unknown) | ({"final"} & set(name_key(heading.said).split()))
    if label.kinds:
        return spoken(heading.text) in {"change to", "change to:"}
    if not words <= _REVISED | _BETWEEN | _AGAIN:
        return False
    return bool(words & _REVISED or (words & _AGAIN and label.fields))


def instead_of(
    table: Table, row: int, column: int, heading: Heading, known: Belonging
) -> Iterator[Finding]:
    """What a column such as `Corrected` gives instead of a row's figure."""
    instead, own = text_of(table.grid.value(row, column)), table.text(row, "performance")
    if _is_other(instead, own) and is_revised(heading, known):
        what = f"others than {own}" if own else "others than those that are left out"
        value = f"{instead} under {heading.text}"
        yield c.SAID_OTHERWISE.found(
            table.grid.sheet, table.address(row, "performance"), value, what=what
        )


def in_words(table: Table, row: int, column: int) -> Iterator[Finding]:
    """What words without a heading say of another figure than the row's: `now 4650`."""
    text, own = text_of(table.grid.value(row, column)), table.text(row, "performance")
    place = table.grid.sheet, address(row, column)
    match speaks_of_other(text, own):
        case "instead":
            heading = table.chosen["performance"].text
            yield FIGURES_UNHEADED.found(*place, text, heading=heading)
        case "beside":
            yield REMARK_UNCLEAR.found(*place, said=text)


@lru_cache(maxsize=2_000)
def speaks_of_other(text: str, own: str) -> str:
    """How a text gives another figure than its own: `instead` of it, `beside` it, or not at all."""
    if len(text) > _LONGEST:
        return ""
    said = _SOURCE.sub("per", spoken(text)).strip(" .?!")
    numbers = _NUMBER.findall(said)
    words = [word.strip(".,:;()?!") for word in _NUMBER.sub(" ", said).split()]
    left = {word for word in words if word} - _IDLE - _SUPERSEDED - _REVISED
    if left or not any(_is_other(number, own) for number in numbers):
        return ""
    if set(words) & (_REVISED | _SUPERSEDED):
        return "instead"
    return "beside" if {"was", "from"} & set(words) or not words else ""


def unheaded(table: Table, rows: list[int]) -> Iterator[Finding]:
    """A second figure in the row of the first, of which nothing says what it is; once a column."""
    own = table.chosen["performance"]
    headed = table.block.headings
    last = own.until
    for heading in headed:
        # Behind a wide gap another table begins, or what a chart is drawn from.
        last = max(last, heading.until) if heading.column <= last + _REACH else last
    for column in table.other_columns:
        is_beside = column in (own.column - 1, own.until + 1)
        is_near = max(table.block.anchors, default=own.column) < column <= last + _REACH
        is_headed = any(h.column <= column <= h.until for h in headed)
        if (is_beside or is_near) and not is_headed:
            yield from _first_of(table, rows, column, own)


def _first_of(table: Table, rows: list[int], column: int, own: Heading) -> Iterator[Finding]:
    for row in rows:
        text = text_of(table.grid.value(row, column))
        if _is_other(text, table.text(row, "performance")):
            place = table.grid.sheet, address(row, column)
            yield FIGURES_UNHEADED.found(*place, text, heading=own.text)
            return


def _is_other(text: str, own: str) -> bool:
    """Whether a text is a figure, and another one."""
    return _FIGURE.fullmatch(text) is not None and _SIGNS.sub("", text) != _SIGNS.sub("", own)
