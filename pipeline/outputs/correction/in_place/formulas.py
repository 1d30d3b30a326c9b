"""Formulas that act or reach outside their workbook: a copy holds their results alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

from msgspec import Struct
from openpyxl.utils import FORMULAE

#: What is read before any word is: strings, quoted names, brackets with what they hold, errors.
_TOKEN = re.compile(
    r'("(?:[^"]+|"")*+"'
    r"|'(?:[^']+|'')*+'"
    r"|\[(?:[^\[\]']+|'.|\[(?:[^\[\]']+|'.)*+\])*+\]"
    r"|#(?:REF|NULL|VALUE|NUM|DIV/0)!|#N/A|#NAME\?)",
    re.DOTALL,
)
_OPENING = re.compile(r"""["'\[#]""")
#: What stands in the place of a string, of a quoted name and of a bracket.
_STRING, _QUOTED, _BRACKET = "\1", "\2", "\3"
#: What stands in the place of a cell, and of any of these, where formulas are compared.
_ANY_CELL, _ANY_TOKEN = "\4", "\5"
#: What is left over where one of them has no end; `|` calls another program.
_UNREAD = re.compile(r"""["'\[\]|]""")
#: What no name of a sheet holds that stands without quotes.
_NO_SHEET = r"\s!(),:;{}+\-*/^&=<>%@#$~\1"
#: A word, the sign of exclamation of a sheet or workbook before it, and what comes next.
_WORD = re.compile(rf"((?<=[^{_NO_SHEET}])!)?([\w.\\?]+)(?=\s*(.?))", re.DOTALL)
_NEXT = re.compile(r"\s*(.?)", re.DOTALL)
_CELL = re.compile(r"(?<![\w.\\?])\$?[A-W]?[A-Z]{1,2}\$?[1-9]\d{0,5}(?![\w.\\?]|\s*[!(])")
#: A sheet, by its sign of exclamation, and the name that may stand behind that.
_SHEET = re.compile(rf"([^{_NO_SHEET}\2\3]+)!(?=([\w.\\?]*))")
_BEHIND = re.compile(r"!([\w.\\?]+)")
_PREFIX = re.compile(r"(?:_(?:XLFN|XLWS|XLUDF|XLPM|XLETA|XLL)\.)+")
#: A sheet of another workbook, as text.
_BOOK = re.compile(r"\[[^\[\]]*\][^\[\]]*!")
#: A link to a place of the workbook itself.
_WITHIN = re.compile(r'(?<![\w.])HYPERLINK\s*\(\s*"#[^"\[\\/]*"(?=\s*[,)])', re.IGNORECASE)
#: A link alone, of an address in words and of what it shows, in words too or not at all.
_LINK = re.compile(
    r'\s*HYPERLINK\s*\(\s*"((?:[^"]|"")*)"\s*(?:,\s*"((?:[^"]|"")*)"\s*)?\)\s*', re.IGNORECASE
)
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


#: Whether a formula is live where it stands.
IsLive = Callable[[str], bool]


class DefinedName(Struct, frozen=True):
    """A name that a workbook defines."""

    name: str
    #: What it stands for.
    formula: str
    #: The sheet that alone knows it; empty of one that the whole workbook knows.
    sheet: str = ""


#: A name as a formula says it: in capitals, and the sheet before it in small letters. That is empty
#: where the workbook stands there, and None where nothing does.
_Use = tuple[str | None, str]


class Judge:
    """Tells live formulas from others in one workbook."""

    def __init__(
        self, sheets: Iterable[str], names: Iterable[DefinedName], *, has_macros: bool
    ) -> None:
        """With macros, what is no function of Excel's calls one.

        A name is live where it stands for what is live, or for a name that is.
        """
        self._sheets = {sheet.casefold() for sheet in sheets}
        self._has_macros = has_macros
        self._functions: dict[str, bool] = {}
        #: What formulas of a shape are by themselves, and the names that may make them live.
        self._readings: dict[tuple[str, ...], tuple[bool, frozenset[_Use]]] = {}
        #: The sheets that know each name that is defined, in capitals, and each that is live.
        self._defined = defaultdict[str, set[str]](set)
        self._live = defaultdict[str, set[str]](set)
        for each in (known := [*names]):
            self._defined[each.name.upper()].add(each.sheet.casefold())
        users = defaultdict[str, list[tuple[DefinedName, _Use]]](list)
        waiting = []
        for each in known:
            is_live, uses = self._read(each.formula)
            if is_live:
                waiting.append(each)
            for use in uses:
                users[use[1]].append((each, use))
        while waiting:
            name, sheet = (each := waiting.pop()).name.upper(), each.sheet.casefold()
            # What could be a cell is one.
            if sheet not in self._live[name] and not _CELL.fullmatch(name):
                self._live[name].add(sheet)
                waiting += (user for user, use in users[name] if self._leads_out(use, None))

    def is_live(self, formula: str, sheet: str | None = None) -> bool:
        """Whether a formula, without its sign of equality, acts or reaches outside.

        On a `sheet` its own names come first; of a formula that stands on none, all that it could
        mean are looked at.
        """
        shape = _shape(formula)
        if shape not in self._readings:
            is_live, words = self._read(formula)
            uses = frozenset(use for use in words if use[1] in self._live)
            self._readings[shape] = is_live, uses
        is_live, uses = self._readings[shape]
        if is_live or not uses:
            return is_live
        return any(self._leads_out(use, sheet) for use in uses)

    def _leads_out(self, use: _Use, sheet: str | None) -> bool:
        """Whether a name is a live one where it is used, which may be on a sheet."""
        before, name = use
        live = self._live.get(name, set())
        if before is None:
            if sheet is None:
                return bool(live)
            before = sheet.casefold()
        return (before if before in self._defined[name] else "") in live

    def _read(self, formula: str) -> tuple[bool, set[_Use]]:
        """Whether a formula is live by itself, and the words that may be names."""
        bare, strings, uses, is_outside = self._bare(_WITHIN.sub('T("#"', formula))
        is_live = is_outside or bool(_UNREAD.search(bare))
        if "!" in bare:
            behind = [(sheet.casefold(), name.upper()) for sheet, name in _SHEET.findall(bare)]
            is_live |= not self._sheets.issuperset(sheet for sheet, _ in behind)
            uses.update(behind)
        found = _WORD.findall(bare.upper())
        called = {word for _, word, after in found if after == "(" or _PREFIX.match(word)}
        is_live |= any(map(self._acts, called)) or (
            "INDIRECT" in called and _BOOK.search(strings) is not None
        )
        uses.update(
            (None, word)
            for sign, word, after in found
            if not sign and after != "!" and not (after == "(" and word in FORMULAE)
        )
        return is_live, uses

    def _bare(self, formula: str) -> tuple[str, str, set[_Use], bool]:
        """A formula without its strings, quoted names and brackets; the strings; the names behind
        the others; whether any of these leads to another workbook."""
        strings: list[str] = []
        uses: set[_Use] = set()
        is_outside = False
        if not _OPENING.search(formula):
            return formula, "", uses, is_outside

        def blanked(match: re.Match[str]) -> str:
            nonlocal is_outside
            behind = _BEHIND.match(formula, match.end())
            name = behind[1].upper() if behind else ""
            sign, within = match[0][0], match[0][1:-1]
            if sign == '"':
                strings.append(within)
                return _STRING
            if sign == "'":
                sheets = within.replace("''", "'").casefold().split(":")
                is_outside |= not self._sheets.issuperset(sheets)
                uses.update((sheet, name) for sheet in sheets)
                return _QUOTED
            if sign == "[":
                is_outside |= _is_book(match, formula)
                # `[0]!` is this very workbook.
                uses.add(("", name))
                return _BRACKET
            return " "

        return _TOKEN.sub(blanked, formula), "".join(strings), uses, is_outside

    def _acts(self, word: str) -> bool:
        """Whether a function acts; each is looked up once."""
        if word not in self._functions:
            function = _PREFIX.sub("", word)
            is_known = function in FORMULAE or word in self._defined or word.startswith(_KNOWN)
            self._functions[word] = (
                word.startswith(("_XLL.", "_XLDUDF_"))
                or function.startswith("CUBE")
                or function in _ACTING
                or (self._has_macros and not is_known)
            )
        return self._functions[word]


def shown_by_link(formula: str) -> str | None:
    """What a formula that is a link alone shows, where its own words say that."""
    link = _LINK.fullmatch(formula)
    return link[link.lastindex or 0].replace('""', '"') if link else None


def _shape(formula: str) -> tuple[str, ...]:
    """A formula but for its cells, which are neither names nor sheets: all down a column formulas
    differ by them alone."""
    if not _OPENING.search(formula):
        return (_CELL.sub(_ANY_CELL, formula),)
    pieces = _TOKEN.split(formula)
    return (_CELL.sub(_ANY_CELL, _ANY_TOKEN.join(pieces[::2])), *pieces[1::2])


def _is_book(bracket: re.Match[str], formula: str) -> bool:
    """Whether a bracket names another workbook, and not a column of a table."""
    before = formula[bracket.start() - 1 : bracket.start()] if bracket.start() else ""
    after = _NEXT.match(formula, bracket.end())
    follower = after[1] if after else ""
    if re.match(r"[\w\].?]", before) or not re.match(r"[\w'!$]", follower):
        return False
    return not (bracket[0] == "[0]" and follower == "!")
