"""Workbooks laid out as other programs may, with what a correction copy must keep."""

from __future__ import annotations

import io
import re

from tests.support.own_workbooks import (
    BARE,
    BOOK,
    FIGURES,
    MAIN,
    NOTED,
    NOTED_HERE,
    PICTURE,
    SML,
    TYPES,
    VML,
    Make,
    altered,
    names,
    picture,
    related,
    replacing,
    tail,
    with_part,
    written,
)


def _strict(parts: dict[str, bytes]) -> None:
    """A package in the strict dialect, as Excel saves Strict Open XML."""
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
            parts[name] = content.replace(
                MAIN, b"http://purl.oclc.org/ooxml/spreadsheetml/main"
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
    parts[VML] = re.sub(rb"(<xml[^>]*)>.*</xml>", rb"\1/>", parts[VML], flags=re.DOTALL)


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


def _other_prefixes(parts: dict[str, bytes]) -> None:
    """As openpyxl writes boxes where lxml is not there."""
    for old, new in ((b"v", b"ns1"), (b"x", b"ns2"), (b"o", b"ns0")):
        parts[VML] = re.sub(rb"(?<=[ </])(xmlns:)?%b(?=[:=])" % old, rb"\g<1>%b" % new, parts[VML])
    assert b"<ns2:Row>" in parts[VML]


def _rectangles(parts: dict[str, bytes]) -> None:
    """As Excel writes a box that somebody has given that form."""
    parts[VML] = re.sub(rb"<(/?)v:shape(?=[ >])", rb"<\1v:rect", parts[VML])


def _pivot(said: str) -> Make:
    """A pivot table of the sheet's own figures."""
    cache, table = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
    main = f'xmlns="{MAIN.decode()}"'
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rId901"/></pivotCaches></workbook>'
    return altered(
        BARE,
        with_part(
            cache,
            f'<pivotCacheDefinition {main} saveData="0"><cacheSource type="worksheet">'
            '<worksheetSource ref="A1:C8" sheet="Figures"/></cacheSource><cacheFields count="1">'
            '<cacheField name="Ref"><sharedItems/></cacheField></cacheFields>'
            "</pivotCacheDefinition>",
            f"{SML}pivotCacheDefinition+xml", BOOK, "pivotCacheDefinition", "rId901",
        ),
        with_part(
            table,
            f'<pivotTableDefinition {main} name="P" cacheId="1" dataCaption="V"><location'
            ' ref="K1:L2" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pageFields'
            f' count="1"><pageField fld="0" hier="-1"/></pageFields>{said}</pivotTableDefinition>',
            f"{SML}pivotTable+xml", FIGURES, "pivotTable",
        ),
        related(table, "pivotCacheDefinition", f"/{cache}", "rId1"),
        replacing(BOOK, "</workbook>", caches),
    )  # fmt: skip


def pivot_rules(*formulas: str) -> Make:
    """A pivot table with conditional formats, which stand on its sheet too."""
    numbered = [*enumerate(formulas, 1)]
    areas = '<pivotAreas count="1"><pivotArea type="data"/></pivotAreas>'
    of_table = "".join(
        f'<conditionalFormat priority="{number}">{areas}</conditionalFormat>'
        for number, _ in numbered
    )
    of_sheet = "".join(
        f'<conditionalFormatting pivot="1" sqref="L2"><cfRule type="expression"'
        f' priority="{number}"><formula>{formula}</formula></cfRule></conditionalFormatting>'
        for number, formula in numbered
    )
    formats = f'<conditionalFormats count="{len(formulas)}">{of_table}</conditionalFormats>'
    return altered(_pivot(formats), tail(of_sheet))


PIVOT_RULE = pivot_rules("L2&gt;5")

#: What stays as it is.
PACKED: dict[str, Make] = {
    "link within as people write it": altered(
        BARE,
        tail('<hyperlinks><hyperlink ref="A1" location="My Sheet!A1"/></hyperlinks>'),
    ),
    "strict": altered(written(names), _strict),
    "strict with a comment": altered(
        written(lambda _, s: s.write_comment("B5", "Hello")), _strict
    ),
    "prefixed": altered(BARE, _prefixed),
    "names of its own": altered(BARE, _renamed),
    "words that nothing leads to": altered(
        BARE, replacing("xl/_rels/workbook.xml.rels", '"sharedStrings.xml"', '"#words"')
    ),
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
        written(picture), replacing(FIGURES, "<sheetData>", "<sheetData><!-- a note -->")
    ),
    "text as it is": altered(
        written(picture),
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
    "boxes in a choice": altered(NOTED, _in_a_choice),
    "no boxes": altered(NOTED, _no_boxes),
    "shape without an end": altered(
        NOTED_HERE, replacing(VML, "<v:shape id", '<v:shape id="_x0000_s1099"/><v:shape id')
    ),
    "note in single quotes": altered(
        NOTED_HERE, replacing(VML, 'ObjectType="Note"', "ObjectType='Note'")
    ),
    "boxes with other prefixes": altered(NOTED_HERE, _other_prefixes),
    "boxes of another form": altered(NOTED_HERE, _rectangles),
    "cell of a comment in small letters": altered(
        NOTED_HERE, replacing("xl/comments1.xml", 'ref="B3"', 'ref="b3"')
    ),
    "pivot table": _pivot(""),
    "comments of nobody": altered(
        NOTED, replacing("xl/comments1.xml", "<authors><author></author></authors>", "")
    ),
    "looks in an old encoding": altered(
        BARE, replacing("xl/styles.xml", "UTF-8", "ISO-8859-1")
    ),
    "comments in letters of ASCII": altered(
        NOTED, replacing("xl/comments1.xml", "UTF-8", "us-ascii")
    ),
    "remark in a box": altered(
        NOTED_HERE, replacing(VML, "<x:Column>", "<x:Column><!-- of the figures -->")
    ),
    "sheet in capitals": altered(
        BARE,
        replacing("xl/_rels/workbook.xml.rels", "worksheets/sheet1.xml", "WORKSHEETS/SHEET1.XML"),
    ),
    "sheet in UTF-16": altered(BARE, _in_utf16),
    "sheet without cells": altered(
        BARE,
        with_part(
            "xl/worksheets/sheet9.xml", f'<worksheet xmlns="{MAIN.decode()}"/>',
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
        written(names), replacing(BOOK, 'localSheetId="1"', 'localSheetId="²"')
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
    "picture with the name of macros": altered(written(picture), _named_like_macros),
    "highest of numbers": altered(BARE, replacing(BOOK, 'sheetId="1"', 'sheetId="65534"')),
}  # fmt: skip
