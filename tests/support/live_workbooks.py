"""Workbooks with something live in them, which a correction copy takes out."""

from __future__ import annotations

import io

from xlsxwriter.workbook import Workbook as Writer
from xlsxwriter.worksheet import Worksheet as Sheet

from tests.support.own_workbooks import (
    BARE,
    BOOK,
    CONNECTIONS,
    FIGURES,
    MICROSOFT,
    OUTSIDE,
    PICTURE,
    SML,
    Make,
    altered,
    extended,
    related,
    replacing,
    rule,
    tail,
    with_part,
    written,
)


def _formulas(book: Writer, sheet: Sheet) -> None:
    sheet.write_formula("D2", '=HYPERLINK("https://evil.example/","Open")', None, "Open")
    sheet.write_formula("D3", "=SUM(B2:B8)", None, 721)
    sheet.write_formula("D4", "=_xlfn.WEBSERVICE(A1)", None, "fetched")
    sheet.write_formula("D5", '="HYPERLINK("&A1', None, "HYPERLINK(Ref")
    sheet.write_formula("D6", "=cmd|'/C calc'!A0", None, 7)


_EXTERNAL = (
    '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<externalBook r:id="rId1"><sheetNames><sheetName val="S"/></sheetNames></externalBook>'
    "</externalLink>"
)
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
    "rule from another workbook": (altered(BARE, tail(rule("[1]S!A1&gt;0"))), "1 rule"),
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
            extended(
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
            extended(
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
