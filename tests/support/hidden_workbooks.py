"""Workbooks with something live in them where nobody looks for it; each leads to evil.example."""

from __future__ import annotations

import re

from tests.support.own_workbooks import (
    BARE,
    BOOK,
    CONNECTIONS,
    FIGURES,
    KEPT,
    MICROSOFT,
    OUTSIDE,
    SML,
    TAKEN_OUT,
    TYPES,
    Alter,
    Make,
    altered,
    related,
    replacing,
    tail,
    with_part,
    written,
)

_EVIL = "https://evil.example/x"
_DRAWING, _CHART = "xl/drawings/drawing1.xml", "xl/charts/chart1.xml"
_VML = "xl/drawings/vmlDrawing1.vml"
_EMBEDDED = '<c:externalData r:id="rId71"/></c:chartSpace>'
_MASHUP = '<?xml version="1.0" encoding="utf-16"?><DataMashup xmlns="x">evil.example</DataMashup>'
_SMALL = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _in_utf16(part: str, old: str, new: str) -> Alter:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[part].decode()
        said = parts[part].decode().replace("UTF-8", "UTF-16").replace(old, new)
        parts[part] = said.encode("utf-16")

    return change


def _moved(old: str, new: str) -> Alter:
    """A part under another name, with its relationships."""

    def change(parts: dict[str, bytes]) -> None:
        folder, leaf = old.rsplit("/", 1)
        other, name = new.rsplit("/", 1)
        parts[new] = parts.pop(old)
        if f"{folder}/_rels/{leaf}.rels" in parts:
            parts[f"{other}/_rels/{name}.rels"] = parts.pop(f"{folder}/_rels/{leaf}.rels")
        pattern = rf'Target="[^"]*{re.escape(leaf)}"'.encode()
        for each, content in [*parts.items()]:
            if each.endswith(".rels"):
                parts[each] = re.sub(pattern, f'Target="/{new}"'.encode(), content)
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(f"/{old}".encode(), f"/{new}".encode())

    return change


def _led_outside(part: str) -> Alter:
    """The pictures of a part lead to a page."""

    def change(parts: dict[str, bytes]) -> None:
        said = f'Target="{_EVIL}" TargetMode="External"'.encode()
        parts[part], found = re.subn(rb'Target="[^"]*media/[^"]*"', said, parts[part])
        assert found

    return change


def _without_mode(parts: dict[str, bytes]) -> None:
    rels = "xl/worksheets/_rels/sheet1.xml.rels"
    parts[rels] = parts[rels].replace(b' TargetMode="External"', b"")


def _formula(said: str) -> Make:
    cell = f'<c r="H2">{said}<v>7</v></c></row><row r="3"'
    return altered(BARE, replacing(FIGURES, '</row><row r="3"', cell))


def _macro_sheet() -> Make:
    listed = (
        '<sheet name="Macro1" sheetId="9" r:id="rId800"/></sheets><definedNames>'
        '<definedName name="_xlnm.Auto_Open">Macro1!$A$1</definedName></definedNames>'
    )
    return altered(
        written(lambda _, s: s.write_formula("D2", "=Macro1!A1+1", None, 3)),
        with_part(
            "xl/macrosheets/sheet1.xml", f"<macrosheet {_SMALL}><sheetData/></macrosheet>",
            "application/vnd.ms-excel.macrosheet+xml", BOOK, f"{MICROSOFT}xlMacrosheet", "rId800",
        ),
        replacing(BOOK, "</sheets>", listed),
    )  # fmt: skip


def _dialog() -> Make:
    sheet = (
        f'<dialogsheet {_SMALL} xmlns:r="{TYPES.rstrip("/")}"><oleObjects><oleObject'
        ' progId="Package" shapeId="1026" r:id="rId71"/></oleObjects></dialogsheet>'
    )
    listed = '<sheet name="Dialog" sheetId="9" r:id="rId800"/></sheets>'
    return altered(
        BARE,
        with_part(
            "xl/dialogsheets/sheet1.xml", sheet, f"{SML}dialogsheet+xml", BOOK, "dialogsheet",
            "rId800",
        ),
        replacing(BOOK, "</sheets>", listed),
        with_part(
            "xl/objects/o.bin", b"evil.example", f"{SML}x", "xl/dialogsheets/sheet1.xml",
            "oleObject", "rId71",
        ),
    )  # fmt: skip


#: With a word of what the list says of it.
HIDDEN: dict[str, tuple[Make, str]] = {
    "letters by number": (_formula(f'<f>HYPERL&#73;NK("{_EVIL}")</f>'), "1 formula"),
    "sign by number": (_formula("<f>cmd&#124;'/C calc'!A0</f>"), "1 formula"),
    "instruction within": (_formula(f'<f>HYPERLINK<?x y?>("{_EVIL}")</f>'), "1 formula"),
    "sign in an attribute": (
        _formula(f'<f xmlns:q="urn:q" q:a=">">HYPERLINK("{_EVIL}")</f>'), "1 formula",
    ),
    "prefix of another alphabet": (
        _formula(f'<é:f xmlns:é="{_SMALL[7:-1]}">HYPERLINK("{_EVIL}")</é:f>'), "1 formula",
    ),
    "shared in single quotes": (
        _formula("<f t='shared' si='0' ref='H2:I2'>[1]S!A1</f>"), "1 formula",
    ),
    "location of a link": (
        altered(
            BARE, tail(f'<hyperlinks><hyperlink ref="A1" location="{_EVIL}"/></hyperlinks>')
        ),
        "1 link to a page",
    ),
    "end of a scale": (
        altered(
            BARE,
            tail(
                '<conditionalFormatting sqref="A1:A9"><cfRule type="colorScale" priority="1">'
                '<colorScale><cfvo type="formula" val="[1]S!$A$1"/><cfvo type="max"/><color'
                ' rgb="FFFF0000"/><color rgb="FF00FF00"/></colorScale></cfRule>'
                "</conditionalFormatting>"
            ),
        ),
        "1 rule",
    ),
    "name over a live name": (
        written(lambda b, _: (b.define_name("A_", "='[1]S'!$A$1"), b.define_name("B_", "=A_*2"))),
        "2 names that refer elsewhere",
    ),
    "queries in UTF-16": (
        altered(
            BARE,
            with_part(
                "customXml/item1.xml", _MASHUP.encode("utf-16"), "application/xml", BOOK,
                "customXml",
            ),
        ),
        "1 data connection",
    ),
    "queries behind a note": (
        altered(
            BARE,
            with_part(
                "customXml/item1.xml", f"<!--{'-_' * 9_000}-->{_MASHUP[39:]}", "application/xml",
                BOOK, "customXml",
            ),
        ),
        "1 data connection",
    ),
    "link that does not say where it leads": (
        altered(TAKEN_OUT["link to a page"][0], _without_mode), "1 link to a page",
    ),
    "old drawing under another name": (
        altered(TAKEN_OUT["button"][0], _moved(_VML, "xl/odd/d1.xml")), "1 macro behind a button",
    ),
    "add-in in a drawing": (
        altered(
            KEPT["picture"],
            with_part(
                "xl/webextensions/webextension1.xml", '<w store="evil.example"/>',
                "application/vnd.ms-office.webextension+xml", _DRAWING,
                "http://schemas.microsoft.com/office/2011/relationships/webextension",
            ),
        ),
        "1 control that runs a program",
    ),
    "pictures of functions": (
        altered(
            BARE,
            with_part(
                "xl/richData/rdRichValueWebImage.xml", "<webImagesSrd/>",
                "application/vnd.ms-excel.rdrichvaluewebimage+xml", BOOK,
                "http://schemas.microsoft.com/office/2020/07/relationships/rdRichValueWebImage",
            ),
            related("xl/richData/rdRichValueWebImage.xml", "hyperlink", _EVIL, "rId1", OUTSIDE),
        ),
        "1 link to a page",
    ),
    "chart of another workbook": (
        altered(
            KEPT["chart"],
            related(_CHART, "oleObject", r"file:///\\evil.example\b.xlsx", "rId71", OUTSIDE),
            related(_CHART, "image", _EVIL, "rId72", OUTSIDE),
            replacing(_CHART, "</c:chartSpace>", _EMBEDDED),
        ),
        "1 embedded object and 1 picture fetched from elsewhere",
    ),
    "chart with a workbook in it": (
        altered(
            KEPT["chart"],
            with_part(
                "xl/embeddings/Sheet.xlsx", b"evil.example", f"{SML}sheet", _CHART, "package",
                "rId71",
            ),
            replacing(_CHART, "</c:chartSpace>", _EMBEDDED),
        ),
        "1 embedded object",
    ),
    "diagram": (
        altered(
            KEPT["picture"],
            with_part(
                "xl/diagrams/data1.xml", "<dataModel/>",
                "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
                _DRAWING, "diagramData",
            ),
            related("xl/diagrams/data1.xml", "hyperlink", _EVIL, "rId1", OUTSIDE),
        ),
        "1 link to a page",
    ),
    "drawing in another folder": (
        altered(
            KEPT["text box"],
            replacing(_DRAWING, 'macro=""', "macro='[0]!evil.example'"),
            replacing(_DRAWING, 'textlink=""', "textlink='[1]S!A1'"),
            _moved(_DRAWING, "xl/odd/d1.xml"),
        ),
        "1 macro behind a button and 1 formula",
    ),
    "drawing in UTF-16": (
        altered(KEPT["text box"], _in_utf16(_DRAWING, 'macro=""', 'macro="[0]!evil.example"')),
        "1 macro behind a button",
    ),
    "old drawing": (
        altered(
            TAKEN_OUT["button"][0],
            replacing(_VML, "<x:FmlaMacro>", "<x:FmlaMacro >evil.example"),
            replacing(_VML, "<v:shape id", f'<v:shape href="{_EVIL}" id'),
        ),
        "1 macro behind a button and 1 link to a page",
    ),
    "picture in the header": (
        altered(
            KEPT["picture in the header"], _led_outside("xl/drawings/_rels/vmlDrawing1.vml.rels")
        ),
        "1 picture fetched from elsewhere",
    ),
    "background": (
        altered(KEPT["background"], _led_outside("xl/worksheets/_rels/sheet1.xml.rels")),
        "1 picture fetched from elsewhere",
    ),
    "theme": (
        altered(BARE, related("xl/theme/theme1.xml", "image", _EVIL, "rId1", OUTSIDE)),
        "1 picture fetched from elsewhere",
    ),
    "column of a table": (
        altered(
            KEPT["table"],
            replacing(
                "xl/tables/table1.xml", 'name="C"/>',
                f'name="C"><calculatedColumnFormula>HYPERLINK("{_EVIL}")'
                "</calculatedColumnFormula></tableColumn>",
            ),
        ),
        "1 rule",
    ),
    "table of a query in another folder": (
        altered(
            KEPT["table"],
            replacing("xl/tables/table1.xml", " totalsRow", ' tableType="queryTable" totalsRow'),
            _moved("xl/tables/table1.xml", "xl/odd/t1.xml"),
            with_part(
                "xl/odd/q1.xml", f'<queryTable {_SMALL} name="evil.example" connectionId="1"/>',
                f"{SML}queryTable+xml", "xl/odd/t1.xml", "queryTable",
            ),
        ),
        "1 data connection",
    ),
    "publishing": (
        altered(
            BARE,
            replacing(
                FIGURES, "</worksheet>",
                '<webPublishItems count="1"><webPublishItem id="1" divId="a" sourceType="sheet"'
                r' destinationFile="\\evil.example\x.htm"/></webPublishItems></worksheet>',
            ),
        ),
        "1 link to a page",
    ),
    "consolidation": (
        altered(
            BARE,
            tail(
                '<dataConsolidate link="1"><dataRefs count="1"><dataRef ref="A1" sheet="S"'
                ' r:id="rId77"/></dataRefs></dataConsolidate>'
            ),
            related(FIGURES, "externalLinkPath", r"file:///\\evil.example\b", "rId77", OUTSIDE),
        ),
        "1 link to another workbook",
    ),
    "menus of a user": (
        altered(
            BARE,
            with_part(
                "userCustomization/customUI.xml", "<evil.example/>", "application/xml", "",
                f"{MICROSOFT}ui/userCustomization",
            ),
        ),
        "1 change to Excel's own menus",
    ),
    "macros under another name": (
        altered(
            BARE,
            with_part(
                "xl/x.bin", b"evil.example", "application/vnd.ms-office.vbaProject ", BOOK,
                f"{MICROSOFT}vbaProject ",
            ),
        ),
        "1 macro project",
    ),
    "macros that nothing leads to": (
        altered(
            BARE,
            with_part(
                "xl/y.bin", b"evil.example", "application/vnd.ms-office.vbaProject", "", "odd"
            ),
            lambda parts: parts.update(
                {"_rels/.rels": re.sub(rb'<[^<]*/odd"[^>]*>', b"", parts["_rels/.rels"])}
            ),
        ),
        "1 macro project",
    ),
    "sheet of old macros": (_macro_sheet(), "1 macro project"),
    "sheet of a dialog": (_dialog(), "1 embedded object"),
    "map of a connection": (
        altered(
            BARE,
            with_part(
                "xl/connections.xml", CONNECTIONS, f"{SML}connections+xml", BOOK, "connections"
            ),
            with_part(
                "xl/xmlMaps.xml",
                f'<MapInfo {_SMALL}><Map ID="1"><DataBinding ConnectionID="1"/></Map></MapInfo>',
                "application/xml", BOOK, "xmlMaps", "rId901",
            ),
        ),
        "2 data connections",
    ),
    "figures of a pivot table": (
        altered(
            BARE,
            with_part(
                "xl/odd/cache.xml",
                f'<pivotCacheDefinition {_SMALL} refreshOnLoad="1"><cacheSource type="external"'
                ' connectionId="1"/><cacheFields count="0"/></pivotCacheDefinition>',
                f"{SML}pivotCacheDefinition+xml", BOOK, "pivotCacheDefinition",
            ),
        ),
        "1 data connection",
    ),
    "list of a control": (
        altered(
            BARE,
            with_part(
                "xl/ctrlProps/ctrlProp1.xml",
                '<formControlPr objectType="Drop" fmlaRange="[1]S!$A$1:$A$9"/>',
                "application/vnd.ms-excel.controlproperties+xml", FIGURES, "ctrlProp",
            ),
        ),
        "1 formula",
    ),
    "macros by extension": (
        altered(
            BARE,
            lambda parts: parts.update(
                {
                    "[Content_Types].xml": re.sub(
                        rb'<Override PartName="/xl/workbook.xml"[^>]*>', b"",
                        parts["[Content_Types].xml"],
                    ).replace(
                        b'"application/xml"',
                        b'"application/vnd.ms-excel.sheet.macroEnabled.main+xml"',
                    )
                }
            ),
            related(FIGURES, "hyperlink", _EVIL, "rId77", OUTSIDE),
        ),
        "1 link to a page",
    ),
}  # fmt: skip
