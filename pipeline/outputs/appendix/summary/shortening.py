"""Shortening: a long text as so many lines of a cell, cut at a word."""

from __future__ import annotations

from pipeline.outputs.appendix.looks import Look
from pipeline.workbooks.row_height import wrap
from pipeline.workbooks.safe_text import one_line

_CUT = " …"
#: More letters than a line of the widest cell holds.
_LONGEST_LINE = 250


def shortened(words: str, lines: int, width: int, look: Look) -> str:
    """A text on one paragraph, of so many lines at most in a cell of so many pixels.

    One that is longer ends with `…` after its last whole word; a text of one word that is longer is
    cut within it.
    """
    # Of a long text no more is looked at than may be kept.
    text = one_line(words[: lines * _LONGEST_LINE])
    is_whole = len(words) <= lines * _LONGEST_LINE
    wrapped = wrap(text, width, look.font_size, bold=look.bold)
    if is_whole and len(wrapped) <= lines:
        return text
    kept = "".join(wrapped[:lines]).rstrip()
    while kept:
        cut = kept.rstrip(" ,;:.–-") + _CUT
        if len(wrap(cut, width, look.font_size, bold=look.bold)) <= lines:
            return cut
        kept = kept.rpartition(" ")[0] or kept[:-1]
    return _CUT.strip()
