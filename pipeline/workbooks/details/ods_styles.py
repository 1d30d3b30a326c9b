"""The styles of `.ods` workbooks: number formats as Excel has them, and marks of texts."""

from __future__ import annotations

from xml.parsers import expat

from msgspec import Struct, field

from pipeline.workbooks.details import xml
from pipeline.workbooks.details.detail import GENERAL, CellStyle, Marks

#: Words within a data style.
_SAID = ("text", "currency-symbol")
#: Kinds of numbers within a data style, with what follows their digits.
_SHAPES = {"number": "", "scientific-number": "E+00", "fraction": " ?/?"}
#: The conditions by which the sections of Excel's formats go where none is written.
_BY_SIGN = ((), (">=0",), (">0", "<0"))
#: The kinds of data styles; what a format code of Excel would say stands for each.
_DATA_STYLES = {
    "number-style": "",
    "percentage-style": "",
    "currency-style": "",
    "date-style": "yyyy-mm-dd",
    "time-style": "[h]:mm:ss",
    "boolean-style": '"TRUE";"TRUE";"FALSE"',
    "text-style": "",
}


#: By which a text is struck out where none of them is `none`.
_LINE_THROUGH = ("text-line-through-style", "text-line-through-type")
#: The kinds of styles that say how a text looks: of cells, paragraphs and runs.
_FAMILIES = ("table-cell", "paragraph", "text")

#: Styles that are there although no part defines them: of a cell that names none, and of all.
UNWRITTEN = ("", "Default")
#: A style's family and name.
StyleName = tuple[str, str]


class Origins(Struct):
    """What a style itself says, and where it has the rest from."""

    data_style: str
    parent: str
    #: By kind, where it says anything of that kind.
    marks: dict[Marks, bool] = field(default_factory=dict)


class StyleWalk:
    """One pass over a part's styles: data styles as format codes, those of text by name."""

    def __init__(self, part: bytes) -> None:
        #: None of a data style that cannot be understood.
        self.codes: dict[str, str | None] = {}
        self.styles: dict[StyleName, Origins] = {}
        #: The page that each style of a whole table is printed on.
        self.pages: dict[str, str] = {}
        self._style: Origins | None = None
        self._parser = expat.ParserCreate()
        self._name = self._kind = ""
        self._pieces: list[str] = []
        #: Something in it cannot be understood.
        self._is_odd = False
        #: The conditions under which other data styles take this one's place.
        self._maps: list[tuple[str, str]] = []
        self._text: list[str] = []
        xml.parse(self._parser, part, self._start, self._end)

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        element = xml.local(qualified)
        if (
            not self._name
            and qualified not in ("style:style", "style:text-properties")
            and element not in _DATA_STYLES
        ):
            return
        named = {xml.local(key): value for key, value in attributes.items()}
        if element in _DATA_STYLES:
            self._name, self._kind = named.get("name", ""), element
            self._pieces, self._maps, self._is_odd = [], [], False
        elif element == "style":
            family, name = named.get("family", ""), named.get("name", "")
            origins = named.get("data-style-name", ""), named.get("parent-style-name", "")
            self._style = Origins(*origins)
            if family in _FAMILIES:
                self.styles[family, name] = self._style
            elif family == "table":
                self.pages[name] = named.get("master-page-name", "")
        elif element == "text-properties":
            if self._style and not self._name:
                self._style.marks |= _marks_said(named)
        elif self._name and element in _SHAPES:
            most = xml.whole(named.get("decimal-places") or "0")
            fewest = xml.whole(named.get("min-decimal-places") or str(most))
            self._is_odd |= most is None or fewest is None
            places = min(most or 0, 20)
            least = min(fewest or 0, places)
            shape = "0" + "." * (places > 0) + "0" * least + "#" * (places - least)
            # A display factor of a thousand is a comma behind the digits, of a million two.
            commas = "," * (len(named.get("display-factor") or "1") // 3)
            self._pieces.append(shape + _SHAPES[element] + commas)
        elif self._name and element == "text-content":
            self._pieces.append("@")
        elif self._name and element == "map":
            condition = named.get("condition", "").removeprefix("value()").replace("!=", "<>")
            self._maps.append((condition, named.get("apply-style-name", "")))
        elif self._name and element in _SAID:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append

    def _end(self, qualified: str) -> None:
        element = xml.local(qualified)
        if qualified == "style:style":
            self._style = None
        elif self._name and element in _SAID:
            self._parser.CharacterDataHandler = None
            said = "".join(self._text)
            # A percentage's own sign scales; the same sign in another style is only a sign.
            scales = self._kind == "percentage-style" and said.strip() == "%"
            self._pieces.append("%" if scales else f'"{said}"' if said else "")
        elif self._name and element == self._kind:
            own = _DATA_STYLES[self._kind] or "".join(self._pieces)
            self.codes[self._name] = None if self._is_odd else self._with_maps(own)
            self._name = ""

    def _with_maps(self, own: str) -> str | None:
        """A style's code with those of the styles that take its place, as sections of a format."""
        sections = [code for _, name in self._maps if (code := self.codes.get(name)) is not None]
        if len(sections) < len(self._maps):
            return None
        conditions = tuple(condition for condition, _ in self._maps)
        if conditions not in _BY_SIGN:
            pairs = zip(conditions, sections, strict=True)
            sections = [f"[{condition}]{section}" for condition, section in pairs]
        return ";".join([*sections, own])


def _marks_said(named: dict[str, str]) -> dict[Marks, bool]:
    """What the properties of a text say of its marks."""
    said: dict[Marks, bool] = {}
    lines = [named[key] for key in _LINE_THROUGH if key in named]
    if lines:
        said[Marks.STRUCK] = "none" not in lines
    if "text-position" in named:
        # How far from the line, and how large; without the second word it is as large as ever.
        shift = (named["text-position"].split() or ["0%"])[0]
        said[Marks.SHIFTED] = shift not in ("0%", "0")
    return said


def inherited(
    styles: dict[StyleName, Origins], codes: dict[str, str | None]
) -> dict[StyleName, CellStyle]:
    """What each style says, itself or by the nearest style that it stems from and that says it.

    The format of one that is defined nowhere, or stems from such a one, is not known.
    """
    found: dict[StyleName, CellStyle] = {}
    for family, name in styles:
        code: str | None = ""
        marks: dict[Marks, bool] = {}
        at, seen = name, set[str]()
        while (family, at) in styles and at not in seen:
            seen.add(at)
            own = styles[family, at]
            if code == "" and own.data_style:
                code = codes.get(own.data_style)
            marks = own.marks | marks
            at = own.parent
        marked = Marks.NONE
        for mark, is_so in marks.items():
            marked |= mark if is_so else Marks.NONE
        if code == "":
            code = GENERAL if at in UNWRITTEN else None
        found[family, name] = CellStyle(code, marked)
    return found
