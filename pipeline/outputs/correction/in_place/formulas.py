"""Formulas that act or reach outside their workbook: a copy holds their results alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import unescape

from openpyxl.utils import FORMULAE

#: Functions that fetch, open, call or link.
_ACTING = re.compile(
    r"(?<![\w.])(?:_xlfn\.|_xlws\.|_xll\.)*(?:HYPERLINK|WEBSERVICE|IMAGE|CALL|EXEC|DDE|DDEINITIATE"
    r"|REGISTER(?:\.ID)?|RTD|SQL\.REQUEST|STOCKHISTORY|PY|CUBE\w+)\s*\(|_xll\.",
    re.IGNORECASE,
)
#: `[1]Sheet!A1`, `'C:\\[Book.xlsx]Sheet'!A1`, `[Book.xlsx]Sheet!A1`: another workbook.
_OUTSIDE = re.compile(
    r"(?<![\w\]])\[\d+\](?=[\w!'\u0080-\uffff])|'[^']*\[[^\]]*\][^']*'!|\[[^\[\]]+\.(?:xl\w{1,2}|ods|csv)\]"
)
_STRING = re.compile(r'"(?:[^"]|"")*"')
_CALLED = re.compile(r"(?<![\w.])([A-Za-z_\\][\w.]*)\s*\(")
_QUOTES = {"&quot;": '"', "&apos;": "'", "&#39;": "'", "&#34;": '"'}


class Judge:
    """Tells live formulas from others in one workbook."""

    def __init__(self, *, has_macros: bool, live_names: Iterable[str] = ()) -> None:
        """With macros, what is no function of Excel's calls one; `live_names` are as defined."""
        self._has_macros = has_macros
        names = "|".join(map(re.escape, live_names))
        self._names = re.compile(rf"(?<![\w.!])(?:{names})(?![\w.(])", re.I) if names else None

    def is_live(self, formula: str) -> bool:
        """Whether a formula, without its sign of equality, acts or reaches outside."""
        bare = _STRING.sub('""', formula)
        if "|" in bare or _ACTING.search(bare) or _OUTSIDE.search(bare):
            return True
        if "INDIRECT" in bare.upper() and any("[" in text for text in _STRING.findall(formula)):
            return True
        if self._names and self._names.search(bare):
            return True
        return self._has_macros and any(map(_is_unknown, _CALLED.findall(bare)))

    def is_live_xml(self, formula: bytes) -> bool:
        """The same of a formula as it stands in XML."""
        return self.is_live(unescape(formula.decode("utf-8", "replace"), _QUOTES))


def _is_unknown(function: str) -> bool:
    name = function.upper()
    return name not in FORMULAE and not name.startswith(("_XLFN.", "_XLWS.", "_XLPM.", "_XLETA."))
