"""Workbooks as other people make them, each with something that a correction copy must keep.

Each has a sheet Figures with a figure in B3; what no library writes is put into the package.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill, Protection
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
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships/"
FIGURES = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"


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


def _picture(book: Writer, sheet: Sheet) -> None:
    sheet.insert_image("E2", "logo.png", {"image_data": io.BytesIO(PICTURE)})


def _chart(book: Writer, sheet: Sheet) -> None:
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Figures!$B$2:$B$8"})
    sheet.insert_chart("E2", chart)


def _drop_down_elsewhere(book: Writer, sheet: Sheet) -> None:
    lists = book.add_worksheet("Lists")
    lists.write_column(0, 0, ["Final", "Provisional"])
    sheet.data_validation("C2:C8", {"validate": "list", "source": "=Lists!$A$1:$A$2"})


def _two_selected(book: Writer, sheet: Sheet) -> None:
    sheet.select()
    other = book.add_worksheet("Other")
    other.select()
    other.activate()


def _hidden(book: Writer, sheet: Sheet) -> None:
    book.add_worksheet("Front").activate()
    sheet.hide()


def _names(book: Writer, sheet: Sheet) -> None:
    book.add_worksheet("Second").repeat_rows(0)
    book.define_name("Rate", "=0.05")
    book.define_name("Second!Local", "=Second!$A$1")
    sheet.print_area("A1:C8")
    sheet.repeat_rows(0)


def _protected(book: Writer, sheet: Sheet) -> None:
    sheet.protect("secret", {"objects": True})


def _many(number: int) -> Callable[[Writer, Sheet], None]:
    def fill(book: Writer, sheet: Sheet) -> None:
        for each in range(number):
            book.add_worksheet(f"Sheet {each}").write(0, 0, each)

    return fill


def _like_functions(book: Writer, sheet: Sheet) -> None:
    """What only looks as if it registered, fetched or called something."""
    for name in ("Register (2)", "Image (2)", "A|B"):
        other = book.add_worksheet(name)
        other.write("A1", 1)
        other.print_area("A1:C9")
    book.define_name("Total", "='Register (2)'!$A$1")
    sheet.write_formula("D2", "=Total*2+'A|B'!A1", None, 3)
    sheet.data_validation("C2", {"validate": "list", "source": "='Image (2)'!$A$1:$A$3"})


def _formulas(book: Writer, sheet: Sheet) -> None:
    sheet.write_formula("D2", '=HYPERLINK("https://evil.example/","Open")', None, "Open")
    sheet.write_formula("D3", "=SUM(B2:B8)", None, 721)
    sheet.write_formula("D4", "=_xlfn.WEBSERVICE(A1)", None, "fetched")
    sheet.write_formula("D5", '="HYPERLINK("&A1', None, "HYPERLINK(Ref")
    sheet.write_formula("D6", "=cmd|'/C calc'!A0", None, 7)


def _strict(parts: dict[str, bytes]) -> None:
    """A package in the strict dialect, as Excel saves Strict Open XML."""
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
            parts[name] = content.replace(
                _MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main"
            ).replace(
                TYPES.rstrip("/").encode(),
                b"http://purl.oclc.org/ooxml/officeDocument/relationships",
            )
    parts[BOOK] = parts[BOOK].replace(b"<workbook ", b'<workbook conformance="strict" ')


def _prefixed(parts: dict[str, bytes]) -> None:
    """The main namespace with a prefix, as some programs write it."""
    for name in (BOOK, FIGURES, "xl/styles.xml"):
        text = parts[name].decode()
        text = re.sub(r"<(/?)(?=[A-Za-z])(?![\w]+:)", r"<\1x:", text)
        parts[name] = text.replace('xmlns="', 'xmlns:x="').encode()


def _renamed(parts: dict[str, bytes]) -> None:
    """Parts under names of their own, by absolute targets."""
    parts["xl/odd%20folder/blatt%20eins.xml"] = parts.pop(FIGURES)
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(
        b'"worksheets/sheet1.xml"', b'"/xl/odd%20folder/blatt%20eins.xml"'
    )
    types = "[Content_Types].xml"
    parts[types] = parts[types].replace(
        b"/xl/worksheets/sheet1.xml", b"/xl/odd%20folder/blatt%20eins.xml"
    )


def _no_boxes(parts: dict[str, bytes]) -> None:
    parts[_VML] = re.sub(rb"(<xml[^>]*)>.*</xml>", rb"\1/>", parts[_VML], flags=re.DOTALL)


def _in_a_choice(parts: dict[str, bytes]) -> None:
    choice = (
        rb'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        rb'2006"><mc:Choice Requires="x14">\1</mc:Choice></mc:AlternateContent>'
    )
    parts[FIGURES] = re.sub(rb"(<legacyDrawing [^>]*/>)", choice, parts[FIGURES])


def _in_utf16(parts: dict[str, bytes]) -> None:
    parts[FIGURES] = parts[FIGURES].decode().replace("UTF-8", "UTF-16").encode("utf-16")


def _named_like_macros(parts: dict[str, bytes]) -> None:
    parts["xl/media/my-vbaProject.png"] = parts.pop("xl/media/image1.png")
    rels = "xl/drawings/_rels/drawing1.xml.rels"
    parts[rels] = parts[rels].replace(b"image1.png", b"my-vbaProject.png")


def _no_calculation(parts: dict[str, bytes]) -> None:
    parts[BOOK] = re.sub(rb"<calcPr[^>]*/>", b"", parts[BOOK])


def _no_styles(parts: dict[str, bytes]) -> None:
    """As the smallest of writers leave them out."""
    del parts["xl/styles.xml"]
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        parts[name] = re.sub(rb"<(?:Override|Relationship) [^>]*styles[^>]*/>", b"", parts[name])
    parts[FIGURES] = re.sub(rb' s="\d+"', b"", parts[FIGURES])


def _odd_colours(parts: dict[str, bytes]) -> None:
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(
        b'<color theme="1"/>', b'<color rgb="red"/>'
    )


def _with_comments(path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Figures"
    for row in range(1, 9):
        sheet.append([f"P1-{row}", 100 + row])
    sheet["B3"].comment = Comment("As the police count it", "Data officer")
    sheet["B5"].comment = Comment("Left as it was", "Data officer")
    sheet["A1"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["B3"].protection = Protection(locked=True)
    book.save(path)


def _series(chart: Any) -> Any:
    chart.add_series({"values": "=Figures!$B$2:$B$8"})
    return chart


BARE = written(lambda *_: None)
_NOTED = written(lambda _, s: s.write_comment("B5", "Hello"))
_NOTED_HERE = written(lambda _, s: s.write_comment("B3", "Kept", {"author": "Data officer"}))
_VML = "xl/drawings/vmlDrawing1.vml"


def tail(said: str) -> Alter:
    """What follows a sheet's cells."""
    return replacing(FIGURES, "</sheetData>", f"</sheetData>{said}")


def _extended(said: str) -> Alter:
    """What a sheet holds by Excel 2010 and later."""
    names = (
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"'
        ' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"'
    )
    ext = f'<extLst><ext uri="{{0}}" {names}>{said}</ext></extLst>'
    return replacing(FIGURES, "</worksheet>", f"{ext}</worksheet>")


def _rule(formula: str) -> str:
    return (
        '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
        f"<formula>{formula}</formula></cfRule></conditionalFormatting>"
    )


_EXTERNAL = (
    '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<externalBook r:id="rId1"><sheetNames><sheetName val="S"/></sheetNames></externalBook>'
    "</externalLink>"
)
SML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
OUTSIDE = ' TargetMode="External"'
_ACTIVE_X = (
    '<ax:ocx xmlns:ax="http://schemas.microsoft.com/office/2006/activeX"'
    ' ax:classid="{8BD21D40-EC42-11CE-9E0D-00AA006002F3}" ax:persistence="persistPropertyBag"/>'
)
_CONTROL = (
    '<controls><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility'
    '/2006"><mc:Choice Requires="x14"><control shapeId="1025" r:id="rId900" name="Box1"/>'
    "</mc:Choice></mc:AlternateContent></controls>"
)
_OBJECT = '<oleObjects><oleObject progId="Package" shapeId="1026" r:id="rId901"/></oleObjects>'
_THREADS = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
    'threadedcomments"><threadedComment ref="B3" dT="2026-01-01T00:00:00.00"'
    ' personId="{00000000-0000-0000-0000-000000000001}"'
    ' id="{00000000-0000-0000-0000-000000000002}"><text>Is this right?</text></threadedComment>'
    "</ThreadedComments>"
)
CONNECTIONS = (
    '<connections xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><connection'
    ' id="1" name="Data" type="5" refreshedVersion="6"><dbPr connection="Provider=x"/>'
    "</connection></connections>"
)

#: What stays as it is.
KEPT: dict[str, Make] = {
    "plain": BARE,
    "picture": written(_picture),
    "chart": written(_chart),
    "text box": written(lambda _, s: s.insert_textbox("E2", "Please complete")),
    "drop-down": written(
        lambda _, s: s.data_validation("C2:C8", {"validate": "list", "source": ["a", "b"]})
    ),
    "drop-down across sheets": written(_drop_down_elsewhere),
    "conditional format": written(
        lambda b, s: s.conditional_format(
            "B2:B8",
            {"type": "cell", "criteria": ">", "value": 3, "format": b.add_format({"bold": 1})},
        )
    ),
    "data bar of 2010": written(
        lambda _, s: s.conditional_format("B2:B8", {"type": "data_bar", "data_bar_2010": True})
    ),
    "icon set": written(
        lambda _, s: s.conditional_format("B2:B8", {"type": "icon_set", "icon_style": "3_arrows"})
    ),
    "sparkline": written(lambda _, s: s.add_sparkline("D2", {"range": "Figures!B2:B8"})),
    "comments": _with_comments,
    "comments of another writer": _NOTED,
    "comment on the cell": _NOTED_HERE,
    "table": written(
        lambda _, s: s.add_table("A1:C8", {"columns": [{"header": h} for h in "ABC"]})
    ),
    "autofilter": written(lambda _, s: s.autofilter("A1:C8")),
    "names and print areas": written(_names),
    "frozen panes": written(lambda _, s: s.freeze_panes(1, 1)),
    "split panes": written(lambda _, s: s.split_panes(15, 8)),
    "protected sheet": written(_protected),
    "hidden sheet": written(_hidden),
    "two sheets selected": written(_two_selected),
    "merged cells": written(lambda _, s: s.merge_range("E2:F3", "Merged")),
    "link within as people write it": altered(
        BARE,
        tail('<hyperlinks><hyperlink ref="A1" location="My Sheet!A1"/></hyperlinks>'),
    ),
    "link within": written(lambda _, s: s.write_url("D2", "internal:Figures!A1")),
    "picture in the header": written(
        lambda _, s: s.set_header(
            "&L&G", {"image_left": "logo.png", "image_data_left": io.BytesIO(PICTURE)}
        )
    ),
    "background": written(lambda _, s: s.set_background(io.BytesIO(PICTURE))),
    "rich text": written(
        lambda b, s: s.write_rich_string("D2", "plain ", b.add_format({"bold": 1}), "bold")
    ),
    "dynamic array": written(lambda _, s: s.write_dynamic_array_formula("E2:E4", "=B2:B4*2")),
    "groups": written(lambda _, s: s.set_row(3, None, None, {"level": 1})),
    "dates from 1904": written(lambda *_: None, date_1904=True),
    "sheet of a chart": written(
        lambda b, _: b.add_chartsheet("Chart").set_chart(
            _series(b.add_chart({"type": "line"}))
        )
    ),
    "properties": written(lambda b, _: b.set_custom_property("Department", "Housing")),
    "a hundred sheets": written(_many(100)),
    "cell format": written(
        lambda b, s: s.write("B3", 0.5, b.add_format({"num_format": "0.0%", "bg_color": "red"}))
    ),
    "nothing in the cell": written(
        lambda b, s: s.write_blank("B3", None, b.add_format({"bold": 1}))
    ),
    "ignored errors": written(lambda _, s: s.ignore_errors({"number_stored_as_text": "A1:A9"})),
    "margins and page breaks": written(lambda _, s: (s.set_margins(1), s.set_h_pagebreaks([4]))),
    "check box": written(lambda _, s: s.insert_checkbox("D2", True)),
    "picture in a cell": written(
        lambda _, s: s.embed_image("D2", "logo.png", {"image_data": io.BytesIO(PICTURE)})
    ),
    "strict": altered(written(_names), _strict),
    "strict with a comment": altered(
        written(lambda _, s: s.write_comment("B5", "Hello")), _strict
    ),
    "prefixed": altered(BARE, _prefixed),
    "names of its own": altered(BARE, _renamed),
    "no calcPr": altered(BARE, _no_calculation),
    "no styles": altered(BARE, _no_styles),
    "odd colours": altered(BARE, _odd_colours),
    "unknown part": altered(
        BARE,
        with_part("xl/odd/thing.bin", b"\x00\x01", "application/x-odd", FIGURES, "oddThing"),
    ),
    "slicer": altered(
        BARE,
        with_part(
            "xl/slicers/slicer1.xml", "<slicers/>", "application/vnd.ms-excel.slicer+xml",
            FIGURES, "http://schemas.microsoft.com/office/2007/relationships/slicer",
        ),
    ),
    "form control": altered(
        BARE,
        with_part(
            "xl/ctrlProps/ctrlProp1.xml", "<formControlPr/>",
            "application/vnd.ms-excel.controlproperties+xml", FIGURES, "ctrlProp",
        ),
    ),
    "printer settings": altered(
        BARE,
        with_part(
            "xl/printerSettings/printerSettings1.bin", b"printer", f"{SML}printerSettings",
            FIGURES, "printerSettings",
        ),
    ),
    "drop-down from a table": written(
        lambda _, s: s.data_validation(
            "C2:C8", {"validate": "list", "source": '=INDIRECT("Table1[Col]")'}
        )
    ),
    "data of its own": altered(
        BARE,
        with_part(
            "customXml/item1.xml", "<d><f>'x'!A1</f><hyperlink location='http://a'/></d>",
            "application/xml", BOOK, "customXml",
        ),
    ),
    "settings that are no XML": altered(
        BARE,
        with_part(
            "xl/printerSettings/printerSettings1.bin", b"<plist>\x00", f"{SML}printerSettings",
            FIGURES, "printerSettings",
        ),
    ),
    "type of a part that is not there": altered(
        BARE,
        replacing(
            "[Content_Types].xml", "</Types>",
            f'<Override PartName="/xl/comments1.xml" ContentType="{SML}comments+xml"/></Types>',
        ),
    ),
    "comment within": altered(BARE, replacing(BOOK, "<sheets>", "<!-- sheets --><sheets>")),
    "note among the cells": altered(
        written(_picture), replacing(FIGURES, "<sheetData>", "<sheetData><!-- a note -->")
    ),
    "text as it is": altered(
        written(_picture),
        replacing(
            FIGURES, '</row><row r="3"',
            '<c r="H2" t="inlineStr"><is><t><![CDATA[a&b]]></t></is></c></row><row r="3"',
        ),
    ),
    "controls in a choice": altered(
        BARE,
        with_part(
            "xl/ctrlProps/ctrlProp1.xml", "<formControlPr/>",
            "application/vnd.ms-excel.controlproperties+xml", FIGURES, "ctrlProp",
        ),
        replacing(
            FIGURES, "</worksheet>",
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
            '2006"><mc:Choice Requires="x14"><controls><control shapeId="1025" r:id="rId900"'
            ' name="Box"/></controls></mc:Choice></mc:AlternateContent></worksheet>',
        ),
    ),
    "boxes that are not there": altered(
        BARE, replacing(FIGURES, "</worksheet>", '<legacyDrawing r:id="rId55"/></worksheet>')
    ),
    "boxes in a choice": altered(_NOTED, _in_a_choice),
    "no boxes": altered(_NOTED, _no_boxes),
    "shape without an end": altered(
        _NOTED_HERE, replacing(_VML, "<v:shape id", '<v:shape id="_x0000_s1099"/><v:shape id')
    ),
    "note in single quotes": altered(
        _NOTED_HERE, replacing(_VML, 'ObjectType="Note"', "ObjectType='Note'")
    ),
    "comments of nobody": altered(
        _NOTED, replacing("xl/comments1.xml", "<authors><author></author></authors>", "")
    ),
    "looks in an old encoding": altered(
        BARE, replacing("xl/styles.xml", "UTF-8", "ISO-8859-1")
    ),
    "sheet in UTF-16": altered(BARE, _in_utf16),
    "sheet without cells": altered(
        BARE,
        with_part(
            "xl/worksheets/sheet9.xml", f'<worksheet xmlns="{_MAIN.decode()}"/>',
            f"{SML}worksheet+xml", BOOK, "worksheet", "rId70",
        ),
        replacing(BOOK, "</sheets>", '<sheet name="Empty" sheetId="70" r:id="rId70"/></sheets>'),
    ),
    "a thousand levels": altered(
        BARE,
        replacing(
            FIGURES, "</worksheet>",
            f"<extLst>{'<ext>' * 1_200}{'</ext>' * 1_200}</extLst></worksheet>",
        ),
    ),
    "number that is none": altered(
        written(_names), replacing(BOOK, 'localSheetId="1"', 'localSheetId="²"')
    ),
    "link within, by its mode": altered(
        written(
            lambda _, s: s.insert_image(
                "E2", "logo.png",
                {"image_data": io.BytesIO(PICTURE), "url": "internal:Figures!A1"},
            )
        ),
        replacing(
            "xl/drawings/_rels/drawing1.xml.rels", 'Target="#', 'TargetMode="External" Target="#'
        ),
    ),
    "words like a macro": written(lambda _, s: s.insert_textbox("E2", 'set macro="Go" here')),
    "picture with the name of macros": altered(written(_picture), _named_like_macros),
    "sheets with names of functions": written(_like_functions),
    "highest of numbers": altered(BARE, replacing(BOOK, 'sheetId="1"', 'sheetId="65534"')),
}  # fmt: skip

#: What is taken out, with a word of what the list says of it.
TAKEN_OUT: dict[str, tuple[Make, str]] = {
    "formulas that act": (written(_formulas), "3 formulas"),
    "link to a page": (
        written(lambda _, s: s.write_url("D2", "https://evil.example/")), "1 link to a page",
    ),
    "button": (
        written(lambda _, s: s.insert_button("E2", {"macro": "Go", "caption": "Go"})),
        "1 macro behind a button",
    ),
    "link of a picture": (
        written(
            lambda _, s: s.insert_image(
                "E2", "logo.png", {"image_data": io.BytesIO(PICTURE), "url": "https://evil.example"}
            )
        ),
        "1 link to a page",
    ),
    "macros": (
        altered(
            BARE,
            with_part(
                "xl/vbaProject.bin", b"macros", "application/vnd.ms-office.vbaProject", BOOK,
                f"{MICROSOFT}vbaProject",
            ),
            replacing(
                "[Content_Types].xml", f"{SML}sheet.main+xml",
                "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
            ),
        ),
        "1 macro project",
    ),
    "another workbook": (
        altered(
            written(lambda _, s: s.write_formula("D2", "=[1]S!A1*2", None, 8)),
            with_part(
                "xl/externalLinks/externalLink1.xml", _EXTERNAL, f"{SML}externalLink+xml", BOOK,
                "externalLink",
            ),
            related(
                "xl/externalLinks/externalLink1.xml", "externalLinkPath", "file:///S:/Other.xlsx",
                "rId1", OUTSIDE,
            ),
            replacing(
                BOOK, "</sheets>",
                '</sheets><externalReferences><externalReference r:id="rId900"/>'
                "</externalReferences>",
            ),
        ),
        "1 link to another workbook",
    ),
    "data connection": (
        altered(
            BARE,
            with_part(
                "xl/connections.xml", CONNECTIONS, f"{SML}connections+xml", BOOK, "connections"
            ),
        ),
        "1 data connection",
    ),
    "menus": (
        altered(
            BARE,
            with_part(
                "customUI/customUI.xml", "<customUI/>", "application/xml", "",
                f"{MICROSOFT}ui/extensibility",
            ),
        ),
        "1 change to Excel's own menus",
    ),
    "running control": (
        altered(
            BARE,
            with_part(
                "xl/activeX/activeX1.xml", _ACTIVE_X, "application/vnd.ms-office.activeX+xml",
                FIGURES, "control",
            ),
            replacing(FIGURES, "</worksheet>", f"{_CONTROL}</worksheet>"),
        ),
        "1 control that runs a program",
    ),
    "embedded object": (
        altered(
            BARE,
            with_part(
                "xl/embeddings/oleObject1.bin", b"object",
                "application/vnd.openxmlformats-officedocument.oleObject", FIGURES, "oleObject",
                "rId901",
            ),
            replacing(FIGURES, "</worksheet>", f"{_OBJECT}</worksheet>"),
        ),
        "1 embedded object",
    ),
    "name that reaches out": (
        written(lambda b, _: b.define_name("Rates", r"='S:\[Rates.xlsx]S'!$A$1")),
        "1 name that refers elsewhere",
    ),
    "query of a list": (
        altered(
            BARE,
            with_part(
                "customXml/item1.xml", '<DataMashup xmlns="x">AAAA</DataMashup>', "application/xml",
                BOOK, "customXml",
            ),
        ),
        "1 data connection",
    ),
    "rule from another workbook": (altered(BARE, tail(_rule("[1]S!A1&gt;0"))), "1 rule"),
    "drop-down from another workbook": (
        altered(
            BARE,
            tail(
                '<dataValidations count="1"><dataValidation type="list" sqref="C1"><formula1>'
                "[1]S!$A$1:$A$3</formula1></dataValidation></dataValidations>"
            ),
        ),
        "1 rule",
    ),
    "one of two drop-downs": (
        altered(
            BARE,
            tail(
                '<dataValidations count="2"><dataValidation type="list" sqref="C1"><formula1>'
                '[1]S!$A$1:$A$3</formula1></dataValidation><dataValidation type="list" sqref="C2">'
                "<formula1>$A$1:$A$3</formula1></dataValidation></dataValidations>"
            ),
        ),
        "1 rule",
    ),
    "lists of 2010 from another workbook": (
        altered(
            BARE,
            _extended(
                '<x14:conditionalFormattings><x14:conditionalFormatting><x14:cfRule priority="1"'
                ' type="expression" id="{A}"><xm:f>[1]S!A1</xm:f></x14:cfRule><xm:sqref>A1'
                "</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings>"
            ),
        ),
        "1 rule",
    ),
    "sparkline from another workbook": (
        altered(
            BARE,
            _extended(
                "<x14:sparklineGroups><x14:sparklineGroup><x14:colorSeries/><x14:sparklines>"
                "<x14:sparkline><xm:f>[1]S!A1:A9</xm:f><xm:sqref>A1</xm:sqref></x14:sparkline>"
                "</x14:sparklines></x14:sparklineGroup></x14:sparklineGroups>"
            ),
        ),
        "1 rule",
    ),
    "signature": (
        altered(
            BARE,
            with_part(
                "_xmlsignatures/origin.sigs", b"",
                "application/vnd.openxmlformats-package.digital-signature-origin", "",
                "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/"
                "origin",
            ),
        ),
        "1 digital signature",
    ),
}  # fmt: skip

#: A conversation of comments on B3.
CONVERSATION = altered(
    written(lambda _, s: s.write_comment("B3", "[Threaded comment]")),
    with_part(
        "xl/threadedComments/threadedComment1.xml", _THREADS,
        "application/vnd.ms-excel.threadedcomments+xml", FIGURES,
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
    ),
)  # fmt: skip

#: What is laid out in a way that is not followed, or knitted together too closely.
ODD: dict[str, Make] = {
    "element within a formula": altered(
        written(_picture),
        replacing(
            FIGURES, '</row><row r="3"',
            '<c r="H2"><f>HYPER<q:q xmlns:q="urn:q"/>LINK("https://evil.example")</f><v>1</v></c>'
            '</row><row r="3"',
        ),
    ),
    "element within a rule": altered(
        written(_picture), tail(_rule('HYPER<q:q xmlns:q="urn:q"/>LINK("https://evil.example")'))
    ),
    "cells twice": altered(
        written(_picture), replacing(FIGURES, "</sheetData>", "</sheetData><sheetData/>")
    ),
    "data model": altered(
        written(_picture),
        with_part(
            "xl/model/item.data", b"model", "application/vnd.openxmlformats-officedocument.model",
            BOOK, "http://schemas.microsoft.com/office/2011/relationships/powerPivotData",
        ),
    ),
}  # fmt: skip
