"""Text from outside, made fit to stand in a workbook, on a page and in a message."""

from __future__ import annotations

import re

#: The most that Excel holds in a cell, in UTF-16 units.
LONGEST_CELL = 32_767

#: What a spreadsheet program may take for the start of a formula, once it opens a CSV file or
#: somebody edits the cell; see https://owasp.org/www-community/attacks/CSV_Injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: Within square brackets of a pattern: controls, unpaired surrogates and non-characters. XML and
#: HTML forbid them or nobody sees them; a workbook that holds one may be reported as damaged.
CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
#: Bidirectional embeddings, overrides and isolates: they can show a figure back to front.
BIDI = "\u202a-\u202e\u2066-\u2069"

# Patterns are compiled when the first text needs them: the help, which imports this, has none.
#: What no line on a terminal, in a list or in a header may hold.
_UNSHOWN = f"[\t\n\r{CONTROLS}{BIDI}]"
_CONTROL = f"[{CONTROLS}]"
_OVERRIDE = f"[{BIDI}]"
_OTHER_LINE_ENDS = "[\x85\u2028\u2029]"
#: What Excel reads as a single character; with its own underscore escaped it stays what it is.
_ESCAPE = "_(?=x[0-9A-Fa-f]{4}_)"


def clean(text: str, control: str = " ") -> str:
    """Text with `control` in place of each control character and without bidirectional overrides.

    Line ends become `\\n`.
    """
    if text.isprintable():
        # It is nothing but letters, digits, signs and spaces, as nearly every text is.
        return text
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(_OVERRIDE, "", re.sub(_CONTROL, control, lines))


def shown_line(text: str) -> str:
    """Text as it can be shown in one line: what cannot be stands as `�`."""
    if text.isprintable():
        return text
    return re.sub(_UNSHOWN, "\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """Cleaned text on one line with single spaces: fit for a header or a line of a list."""
    return " ".join(clean(text).split())


def plain(text: str, longest: int = LONGEST_CELL) -> str:
    """Text for a cell written by xlsxwriter, without control characters or overrides.

    At most `longest` UTF-16 units come back. Whether it looks like a formula is not its concern:
    the caller writes it as a string.
    """
    if text.isprintable() and 2 * len(text) <= longest and not text.startswith("<r>"):
        return text
    allowed = clean(re.sub(_OTHER_LINE_ENDS, "\n", text), control="")
    cut = allowed.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")
    # xlsxwriter takes such text for the markup of a rich string and would write it as XML.
    return f" {cut[: longest - 1]}" if cut.startswith("<r>") and cut.endswith("</r>") else cut


def begins_like_formula(text: str) -> bool:
    """Whether a spreadsheet program may take text for a formula."""
    return text.startswith(_FORMULA_STARTS)


def literal(text: str) -> str:
    """The same for openpyxl, which writes as it stands what Excel would read as an escape."""
    return plain(re.sub(_ESCAPE, "_x005F_", text))
