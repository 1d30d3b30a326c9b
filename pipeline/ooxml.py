"""What calamine does not tell of a cell: its number format, its error value, its formula.

Read from the workbook's own XML by expat, with entity declarations refused. Only `.xlsx` and
`.xlsm` have it in this form.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.parsers import expat

GENERAL = "General"
#: Built-in formats that matter for reading a figure (ECMA-376 part 1, 18.8.30).
_BUILT_IN = {9: "0%", 10: "0.00%"}
_REF = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")

_Start = Callable[[str, dict[str, str]], None]


class BadXmlError(Exception):
    """The XML is malformed, or declares entities."""


@dataclass(frozen=True, slots=True)
class CellDetail:
    number_format: str = GENERAL
    #: `#REF!` and the like; empty where the cell holds no error.
    error: str = ""
    has_formula: bool = False
    #: A formula's result was saved with it.
    has_value: bool = False


_PLAIN = CellDetail()


def cell_details(
    path: Path, sheet: str, wanted: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], CellDetail]:
    """The details of the wanted cells (row, column from 0) of a sheet.

    A cell that the file does not hold has the plain detail.

    Raises:
        BadXmlError: a part is malformed.
        KeyError: the workbook has no such sheet or part.
    """
    asked = set(wanted)
    if not asked:
        return {}
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet)
        formats = _cell_formats(archive)
        found = _details(archive.read(part), asked, formats)
    return {place: found.get(place, _PLAIN) for place in asked}


def _sheet_part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The path of a sheet's part, by way of the workbook's relationships."""
    relation = ""

    def on_sheet(name: str, attributes: dict[str, str]) -> None:
        nonlocal relation
        if name == "sheet" and attributes.get("name") == sheet:
            relation = next((v for k, v in attributes.items() if _local(k) == "id"), "")

    targets: dict[str, str] = {}

    def on_relation(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _walk(archive.read("xl/workbook.xml"), on_sheet)
    _walk(archive.read("xl/_rels/workbook.xml.rels"), on_relation)
    target = targets[relation]
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")


def _cell_formats(archive: zipfile.ZipFile) -> list[str]:
    """The number format of each cell style, by index."""
    try:
        return _formats_of(archive.read("xl/styles.xml"))
    except KeyError:
        return []


# Returns made from one template have the same styles.
@lru_cache(maxsize=16)
def _formats_of(styles_part: bytes) -> list[str]:
    codes: dict[int, str] = dict(_BUILT_IN)
    styles: list[int] = []
    inside = False

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if name == "numFmt":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name == "cellXfs"
        elif name == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    _walk(styles_part, on_start)
    return [codes.get(style, GENERAL) for style in styles]


def _details(
    sheet: bytes, asked: set[tuple[int, int]], formats: list[str]
) -> dict[tuple[int, int], CellDetail]:
    found: dict[tuple[int, int], CellDetail] = {}
    row = column = -1
    current: tuple[int, int] | None = None
    style, kind = 0, ""
    formula = valued = False
    text: list[str] = []
    parser = expat.ParserCreate()

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, current, style, kind, formula, valued
        if ":" in name:
            name = _local(name)
        if name == "c":
            if match := _REF.fullmatch(attributes.get("r", "")):
                row, column = int(match[2]) - 1, _column(match[1])
            else:
                column += 1
            current = (row, column) if (row, column) in asked else None
            if current:
                style, kind = int(attributes.get("s", "0")), attributes.get("t", "n")
                formula = valued = False
                text.clear()
        elif name == "row":
            row, column = int(attributes.get("r", row + 2)) - 1, -1
        elif current and name == "f":
            formula = True
        elif current and name == "v":
            # A formula may rightly give an empty text; any other empty result was never saved.
            valued = kind == "str"
            parser.CharacterDataHandler = text.append

    def on_end(name: str) -> None:
        nonlocal current
        if current is None:
            return
        if ":" in name:
            name = _local(name)
        if name == "v":
            parser.CharacterDataHandler = None
        elif name == "c":
            code = formats[style] if 0 <= style < len(formats) else GENERAL
            value = "".join(text).strip()
            error = value if kind == "e" else ""
            found[current] = CellDetail(code, error, formula, valued or bool(value))
            current = None

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    _parse(parser, sheet)
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _local(name: str) -> str:
    """A name without its namespace prefix."""
    return name.rpartition(":")[2]


def _walk(content: bytes, on_start: _Start) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: on_start(_local(name), attributes)
    _parse(parser, content)


def _parse(parser: expat.XMLParserType, content: bytes) -> None:
    def refuse(*_: object) -> None:
        raise BadXmlError("it declares XML entities")

    # Entities are how a few bytes become gigabytes, or fetch something: no workbook needs them.
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadXmlError(f"its XML is broken ({error})") from error
    except ValueError as error:
        raise BadXmlError(f"its XML holds a wrong number ({error})") from error
