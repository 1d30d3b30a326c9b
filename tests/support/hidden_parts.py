"""Workbooks with something live in a part, or led to by one, where nobody looks for it."""

from __future__ import annotations

import re

from tests.support.kept_workbooks import WRITTEN
from tests.support.live_workbooks import TAKEN_OUT
from tests.support.own_workbooks import (
    BARE,
    BOOK,
    CONNECTIONS,
    FIGURES,
    MICROSOFT,
    OUTSIDE,
    SML,
    TYPES,
    VML,
    Alter,
    Make,
    altered,
    related,
    replacing,
    with_part,
    written,
)

_EVIL = "https://evil.example/x"
_DRAWING, _CHART = "xl/drawings/drawing1.xml", "xl/charts/chart1.xml"
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


def _frame(anchor: str, ending: str) -> str:
    """A place on a sheet that holds a frame, which leads to something."""
    return (
        f'<xdr:{anchor} xmlns:r="{TYPES.rstrip("/")}"><xdr:from/>{ending}<xdr:graphicFrame'
        ' macro=""><xdr:nvGraphicFramePr/><xdr:xfrm/><a:graphic><a:graphicData uri="urn:x"><x:ref'
        ' xmlns:x="urn:x" r:id="rId900"/></a:graphicData></a:graphic></xdr:graphicFrame>'
        f"<xdr:clientData/></xdr:{anchor}>"
    )


def _cube() -> Make:
    """A pivot table of a cube, as Excel saves one."""
    cache = (
        f'<pivotCacheDefinition {_SMALL} saveData="0" refreshOnLoad="1" supportSubquery="1">'
        '<cacheSource type="external" connectionId="1"/><cacheFields count="1"><cacheField'
        ' name="[D].[A].[A]" caption="A" hierarchy="1" level="1"><sharedItems/><mpMap v="0"/>'
        '</cacheField></cacheFields><cacheHierarchies count="1"><cacheHierarchy'
        ' uniqueName="[D].[A]" count="2"><fieldsUsage count="1"><fieldUsage x="0"/></fieldsUsage>'
        '</cacheHierarchy></cacheHierarchies><kpis count="0"/><tupleCache/><dimensions count="1">'
        '<dimension name="D" uniqueName="[D]" caption="D"/></dimensions><measureGroups count="1">'
        '<measureGroup name="evil.example" caption="M"/></measureGroups><maps count="1"><map'
        ' measureGroup="0" dimension="0"/></maps></pivotCacheDefinition>'
    )
    table = (
        f'<pivotTableDefinition {_SMALL} name="P" cacheId="1" dataCaption="V"><location ref="K1:L2"'
        ' firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/><pageFields count="1"><pageField'
        ' fld="0" hier="1"/></pageFields><pivotHierarchies count="1"><pivotHierarchy/>'
        '</pivotHierarchies><rowHierarchiesUsage count="1"><rowHierarchyUsage hierarchyUsage="0"/>'
        "</rowHierarchiesUsage></pivotTableDefinition>"
    )
    caches = '<pivotCaches><pivotCache cacheId="1" r:id="rId901"/></pivotCaches></workbook>'
    definition = "xl/pivotCache/pivotCacheDefinition1.xml"
    pivot = "xl/pivotTables/pivotTable1.xml"
    return altered(
        BARE,
        with_part("xl/connections.xml", CONNECTIONS, f"{SML}connections+xml", BOOK, "connections"),
        with_part(
            definition, cache, f"{SML}pivotCacheDefinition+xml", BOOK, "pivotCacheDefinition",
            "rId901",
        ),
        with_part(pivot, table, f"{SML}pivotTable+xml", FIGURES, "pivotTable"),
        related(pivot, "pivotCacheDefinition", f"/{definition}", "rId1"),
        replacing(BOOK, "</workbook>", caches),
    )  # fmt: skip


#: With a word of what the list says of it.
HIDDEN_PARTS: dict[str, tuple[Make, str]] = {
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
        altered(TAKEN_OUT["button"][0], _moved(VML, "xl/odd/d1.xml")), "1 macro behind a button",
    ),
    "add-in in a drawing": (
        altered(
            WRITTEN["picture"],
            with_part(
                "xl/webextensions/webextension1.xml", '<w store="evil.example"/>',
                "application/vnd.ms-office.webextension+xml", _DRAWING,
                "http://schemas.microsoft.com/office/2011/relationships/webextension",
            ),
        ),
        "1 control that runs a program",
    ),
    "frames of an add-in": (
        altered(
            WRITTEN["picture"],
            with_part(
                "xl/webextensions/webextension1.xml", '<w store="evil.example"/>',
                "application/vnd.ms-office.webextension+xml", _DRAWING,
                "http://schemas.microsoft.com/office/2011/relationships/webextension",
            ),
            replacing(
                _DRAWING, "</xdr:wsDr>",
                _frame("oneCellAnchor", '<xdr:ext cx="1" cy="1"/>')
                + _frame("twoCellAnchor", "<xdr:to/>") + "</xdr:wsDr>",
            ),
        ),
        "1 control that runs a program",
    ),
    "pivot table of a cube": (_cube(), "2 data connections"),
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
            WRITTEN["chart"],
            related(_CHART, "oleObject", r"file:///\\evil.example\b.xlsx", "rId71", OUTSIDE),
            related(_CHART, "image", _EVIL, "rId72", OUTSIDE),
            replacing(_CHART, "</c:chartSpace>", _EMBEDDED),
        ),
        "1 embedded object and 1 picture fetched from elsewhere",
    ),
    "chart with a workbook in it": (
        altered(
            WRITTEN["chart"],
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
            WRITTEN["picture"],
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
            WRITTEN["text box"],
            replacing(_DRAWING, 'macro=""', "macro='[0]!evil.example'"),
            replacing(_DRAWING, 'textlink=""', "textlink='[1]S!A1'"),
            _moved(_DRAWING, "xl/odd/d1.xml"),
        ),
        "1 macro behind a button and 1 formula",
    ),
    "drawing in UTF-16": (
        altered(WRITTEN["text box"], _in_utf16(_DRAWING, 'macro=""', 'macro="[0]!evil.example"')),
        "1 macro behind a button",
    ),
    "old drawing": (
        altered(
            TAKEN_OUT["button"][0],
            replacing(VML, "<x:FmlaMacro>", "<x:FmlaMacro >evil.example"),
            replacing(VML, "<v:shape id", f'<v:shape href="{_EVIL}" id'),
        ),
        "1 macro behind a button and 1 link to a page",
    ),
    "picture in the header": (
        altered(
            WRITTEN["picture in the header"], _led_outside("xl/drawings/_rels/vmlDrawing1.vml.rels")
        ),
        "1 picture fetched from elsewhere",
    ),
    "background": (
        altered(WRITTEN["background"], _led_outside("xl/worksheets/_rels/sheet1.xml.rels")),
        "1 picture fetched from elsewhere",
    ),
    "theme": (
        altered(BARE, related("xl/theme/theme1.xml", "image", _EVIL, "rId1", OUTSIDE)),
        "1 picture fetched from elsewhere",
    ),
    "table of a query in another folder": (
        altered(
            WRITTEN["table"],
            replacing("xl/tables/table1.xml", " totalsRow", ' tableType="queryTable" totalsRow'),
            _moved("xl/tables/table1.xml", "xl/odd/t1.xml"),
            with_part(
                "xl/odd/q1.xml", f'<queryTable {_SMALL} name="evil.example" connectionId="1"/>',
                f"{SML}queryTable+xml", "xl/odd/t1.xml", "queryTable",
            ),
        ),
        "1 data connection",
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
    "picture of a drawing that nothing leads to": (
        altered(
            BARE,
            related("xl/drawings/drawing7.xml", "image", _EVIL, "rId1", OUTSIDE),
            with_part(
                "xl/drawings/drawing8.xml", "<wsDr/>",
                "application/vnd.openxmlformats-officedocument.drawing+xml", "xl/nothing.xml",
                "drawing",
            ),
            related("xl/drawings/drawing8.xml", "image", _EVIL, "rId1", OUTSIDE),
        ),
        "1 part that is not the workbook's",
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
