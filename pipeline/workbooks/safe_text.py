"""Plain: text from outside, made fit to stand in a workbook cell."""

from __future__ import annotations

import re

#: The most that Excel holds in a cell, in UTF-16 units.
LONGEST_CELL = 32_767

_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
#: Controls, which XML forbids or nobody sees: a workbook that holds one may be reported as damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
#: Bidirectional embeddings, overrides and isolates: they can show a figure back to front.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


#: What Excel reads as a single character; with its own underscore escaped it stays what it is.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def literal(text: str) -> str:
    """The same for openpyxl, which writes as it stands what Excel would read as an escape."""
    return plain(_ESCAPE.sub("_x005F_", text))


def plain(text: str, longest: int = LONGEST_CELL) -> str:
    """The text without characters that a workbook cannot hold, or that turn what stands around it.

    Line ends become `\\n`; at most `longest` UTF-16 units are kept. Whether it looks like a formula
    is not its concern: the caller writes it as a string.
    """
    allowed = _BIDI.sub("", _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text)))
    kept = allowed.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    # xlsxwriter takes such text for the markup of a rich string and would write it as XML.
    return f" {kept[: longest - 1]}" if kept.startswith("<r>") and kept.endswith("</r>") else kept
