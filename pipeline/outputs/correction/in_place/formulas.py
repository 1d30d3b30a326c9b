"""Formulas that act or reach outside their workbook: a copy holds their results alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from openpyxl.utils import FORMULAE

#: What is read before any word is: strings, quoted names, brackets with what they hold, errors.
_TOKEN = re.compile(
    r'"(?P<string>(?:[^"]|"")*)"'
    r"|'(?P<quoted>(?:[^']|'')*)'"
    r"|\[(?P<bracket>(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*\])*)\]"
    r"|#(?:REF|NULL|VALUE|NUM|DIV/0)!|#N/A|#NAME\?",
    re.DOTALL,
)
_OPENING = re.compile(r"""["'\[#]""")
#: What stands in the place of a string, of a quoted name and of a bracket.
_STRING, _QUOTED, _BRACKET = "\1", "\2", "\3"
#: What is left over where one of them has no end; `|` calls another program.
_UNREAD = re.compile(r"""["'\[\]|]""")
#: A word, and what comes next.
_WORD = re.compile(r"([\w.\\?]+)(?=\s*(.?))", re.DOTALL)
_NEXT = re.compile(r"\s*(.?)", re.DOTALL)
_CELL = re.compile(r"(?<![\w.\\?])\$?[A-W]?[A-Z]{1,2}\$?\d{1,6}(?![\w.\\?!(])")
#: A sheet, by its sign of exclamation.
_SHEET = re.compile(r"([^\s!(),:;{}+\-*/^&=<>%@#$~\1-\3]+)!")
_PREFIX = re.compile(r"(?:_(?:XLFN|XLWS|XLUDF|XLPM|XLETA|XLL)\.)+")
#: A sheet of another workbook, as text.
_BOOK = re.compile(r"\[[^\[\]]*\][^\[\]]*!")
#: A link to a place of the workbook itself.
_WITHIN = re.compile(r'(?<![\w.])HYPERLINK\s*\(\s*"#[^"\[\\/]*"(?=\s*[,)])', re.IGNORECASE)
#: Functions that fetch, open, call or link; those of old macro sheets among them.
_ACTING = {
    *("HYPERLINK", "WEBSERVICE", "IMAGE", "RTD", "STOCKHISTORY", "PY", "COPILOT", "TRANSLATE"),
    *("DETECTLANGUAGE", "IMPORTTEXT", "IMPORTCSV", "CALL", "REGISTER", "REGISTER.ID", "UNREGISTER"),
    *("DDE", "DDEINITIATE", "INITIATE", "REQUEST", "POKE", "EXECUTE", "TERMINATE", "EXEC", "RUN"),
    *("FILES", "DIRECTORY", "FOPEN", "FREAD", "FREADLN", "FWRITE", "FWRITELN", "OPEN", "OPEN.TEXT"),
    *("SEND.KEYS", "SQL.REQUEST", "SQL.OPEN", "EVALUATE", "GET.WORKBOOK", "GET.WORKSPACE"),
}
#: Names of functions that openpyxl does not list are known by these.
_KNOWN = ("_XLFN.", "_XLWS.", "_XLPM.", "_XLETA.")


class Judge:
    """Tells live formulas from others in one workbook."""

    def __init__(
        self, sheets: Iterable[str], names: Iterable[tuple[str, str]], *, has_macros: bool
    ) -> None:
        """`names` say what they stand for. With macros, what is no function of Excel's calls one.

        A name is live where it stands for what is live, or for a name that is.
        """
        self._sheets = {sheet.casefold() for sheet in sheets}
        self._has_macros = has_macros
        self._functions: dict[str, bool] = {}
        self._verdicts: dict[str, bool] = {}
        self._live_names: set[str] = set()
        defined = [*names]
        #: Names that the workbook defines may be called like functions.
        self._own_names = {name.upper() for name, _ in defined}
        waiting = [(name.upper(), *self._read(formula)) for name, formula in defined]
        found = {name for name, is_live, _ in waiting if is_live}
        while found - self._live_names:
            self._live_names |= found
            found = {name for name, _, words in waiting if not words.isdisjoint(found)}

    def is_live(self, formula: str) -> bool:
        """Whether a formula, without its sign of equality, acts or reaches outside."""
        # All down a column they differ by their cells alone, which are neither names nor sheets.
        shape = formula if "'" in formula or "[" in formula else _CELL.sub("A1", formula)
        if shape not in self._verdicts:
            is_live, words = self._read(shape)
            self._verdicts[shape] = is_live or not words.isdisjoint(self._live_names)
        return self._verdicts[shape]

    def _read(self, formula: str) -> tuple[bool, set[str]]:
        """Whether a formula is live by itself, and the words in capitals that may be names."""
        bare, strings, is_outside = self._bare(_WITHIN.sub('T("#"', formula))
        is_live = is_outside or bool(_UNREAD.search(bare))
        if "!" in bare:
            is_live |= not self._sheets.issuperset(map(str.casefold, _SHEET.findall(bare)))
        found = _WORD.findall(bare.upper())
        called = {word for word, after in found if after == "(" or _PREFIX.match(word)}
        is_live |= any(map(self._acts, called)) or (
            "INDIRECT" in called and _BOOK.search(strings) is not None
        )
        names = {w for w, after in found if after != "!" and not (after == "(" and w in FORMULAE)}
        return is_live, names

    def _bare(self, formula: str) -> tuple[str, str, bool]:
        """A formula without its strings, quoted names and brackets; the strings; whether any of
        the others leads to another workbook."""
        if not _OPENING.search(formula):
            return formula, "", False
        strings: list[str] = []
        is_outside = False

        def blanked(match: re.Match[str]) -> str:
            nonlocal is_outside
            if match["string"] is not None:
                strings.append(match["string"])
                return _STRING
            if match["quoted"] is not None:
                sheets = match["quoted"].replace("''", "'").casefold().split(":")
                is_outside |= not self._sheets.issuperset(sheets)
                return _QUOTED
            if match["bracket"] is not None:
                is_outside |= _is_book(match, formula)
                return _BRACKET
            return " "

        return _TOKEN.sub(blanked, formula), "".join(strings), is_outside

    def _acts(self, word: str) -> bool:
        """Whether a function acts; each is looked up once."""
        if word not in self._functions:
            function = _PREFIX.sub("", word)
            is_known = function in FORMULAE or word in self._own_names or word.startswith(_KNOWN)
            self._functions[word] = (
                word.startswith(("_XLL.", "_XLDUDF_"))
                or function.startswith("CUBE")
                or function in _ACTING
                or (self._has_macros and not is_known)
            )
        return self._functions[word]


def _is_book(bracket: re.Match[str], formula: str) -> bool:
    """Whether a bracket names another workbook, and not a column of a table."""
    before = formula[bracket.start() - 1 : bracket.start()] if bracket.start() else ""
    after = _NEXT.match(formula, bracket.end())
    follower = after[1] if after else ""
    if re.match(r"[\w\].?]", before) or not re.match(r"[\w'!$]", follower):
        return False
    # `[0]!` is this very workbook.
    return not (bracket["bracket"] == "0" and follower == "!")
