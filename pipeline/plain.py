"""Plain: text from outside, made fit to stand in a workbook cell."""

from __future__ import annotations

import re

#: The most that Excel holds in a cell, in UTF-16 units.
LONGEST_CELL = 32_767

#: What XML 1.0 forbids: a workbook that holds one of these is reported as damaged.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str, longest: int = LONGEST_CELL) -> str:
    """The text without characters that a workbook cannot hold, at most `longest` UTF-16 units.

    Line ends become `\\n`. Whether it looks like a formula is not its concern: the caller writes it
    as a string.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    allowed = _FORBIDDEN.sub("", lines)
    kept = allowed.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    # xlsxwriter takes such text for the markup of a rich string and would write it as XML.
    return f" {kept[: longest - 1]}" if kept.startswith("<r>") and kept.endswith("</r>") else kept
