"""Makes workbooks as other people do: by a library, with what no library writes put in besides.

Each has a sheet Figures with a figure in B3.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter
from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

Make = Callable[[Path], None]
#: Changes the parts of a package.
Alter = Callable[[dict[str, bytes]], None]
#: One point of red.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
FIGURES = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"
VML = "xl/drawings/vmlDrawing1.vml"
SML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
OUTSIDE = ' TargetMode="External"'
CONNECTIONS = (
    '<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection'
    ' id="1" name="Data" type="5" refreshedVersion="6"><dbPr connection="Provider=x"/>'
    "</connection></connections>"
)


def written(fill: Callable[[Writer, Sheet], object], **options: object) -> Make:
    """By xlsxwriter: figures, and what `fill` puts in besides."""

    def make(path: Path) -> None:
        with xlsxwriter.Workbook(path, options) as book:
            sheet = book.add_worksheet("Figures")
            sheet.write_row(0, 0, ["Ref", "Performance", "Note"])
            for row in range(1, 8):
                sheet.write_row(row, 0, [f"P1-{row}", 100 + row, f"Note {row}"])
            fill(book, sheet)

    return make


def altered(make: Make, *changes: Alter) -> Make:
    """A workbook with its package changed."""

    def altered_make(path: Path) -> None:
        make(path)
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for change in changes:
            change(parts)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return altered_make


def replacing(part: str, old: str, new: str) -> Alter:
    """Replace what stands in a part, which it must hold."""

    def change(parts: dict[str, bytes]) -> None:
        assert old.encode() in parts[part], (part, old)
        parts[part] = parts[part].replace(old.encode(), new.encode())

    return change


def with_part(
    name: str,
    content: bytes | str,
    content_type: str,
    source: str,
    kind: str,
    number: str = "rId900",
) -> Alter:
    """Add a part, and have another lead to it."""

    def change(parts: dict[str, bytes]) -> None:
        parts[name] = content.encode() if isinstance(content, str) else content
        override = f'<Override PartName="/{name}" ContentType="{content_type}"/></Types>'
        types = parts["[Content_Types].xml"].decode()
        parts["[Content_Types].xml"] = types.replace("</Types>", override).encode()
        related(source, kind, f"/{name}", number)(parts)

    return change


def related(source: str, kind: str, target: str, number: str, mode: str = "") -> Alter:
    """Have a part lead to something; the empty name is the package itself."""
    folder, _, leaf = source.rpartition("/")
    name = f"{folder}/_rels/{leaf}.rels".lstrip("/")

    def change(parts: dict[str, bytes]) -> None:
        full = kind if "/" in kind else TYPES + kind
        said = f'<Relationship Id="{number}" Type="{full}" Target="{target}"{mode}/>'
        empty = (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            "</Relationships>"
        )
        there = parts.get(name, empty.encode()).decode()
        parts[name] = there.replace("</Relationships>", f"{said}</Relationships>").encode()

    return change


def picture(book: Writer, sheet: Sheet) -> None:
    """A picture on the sheet."""
    sheet.insert_image("E2", "logo.png", {"image_data": io.BytesIO(PICTURE)})


def tail(said: str) -> Alter:
    """What follows a sheet's cells."""
    return replacing(FIGURES, "</sheetData>", f"</sheetData>{said}")


def extended(said: str) -> Alter:
    """What a sheet holds by Excel 2010 and later."""
    names = (
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
        ' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    )
    ext = f'<extLst><ext uri="{{0}}" {names}>{said}</ext></extLst>'
    return replacing(FIGURES, "</worksheet>", f"{ext}</worksheet>")


def rule(formula: str) -> str:
    """A conditional format by a formula."""
    return (
        '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
        f"<formula>{formula}</formula></cfRule></conditionalFormatting>"
    )


def names(book: Writer, sheet: Sheet) -> None:
    """Names of the workbook and of sheets, and what is printed."""
    book.add_worksheet("Second").repeat_rows(0)
    book.define_name("Rate", "=0.05")
    book.define_name("Second!Local", "=Second!$A$1")
    sheet.print_area("A1:C8")
    sheet.repeat_rows(0)


BARE = written(lambda *_: None)
NOTED = written(lambda _, s: s.write_comment("B5", "Hello"))
NOTED_HERE = written(lambda _, s: s.write_comment("B3", "Kept", {"author": "Data officer"}))
