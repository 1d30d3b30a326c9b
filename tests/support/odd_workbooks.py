"""Workbooks that a correction copy does not mark in every cell, or not in place."""

from __future__ import annotations

from tests.support.own_workbooks import (
    BOOK,
    FIGURES,
    NOTED_HERE,
    OUTSIDE,
    VML,
    Make,
    altered,
    picture,
    replacing,
    rule,
    tail,
    with_part,
    written,
)

#: What is laid out in a way that is not followed, or knitted together too closely.
ODD: dict[str, Make] = {
    "element within a formula": altered(
        written(picture),
        replacing(
            FIGURES, '</row><row r="3"',
            '<c r="H2"><f>HYPER<q:q xmlns:q="urn:q"/>LINK("https://evil.example")</f><v>1</v></c>'
            '</row><row r="3"',
        ),
    ),
    "element within a rule": altered(
        written(picture), tail(rule('HYPER<q:q xmlns:q="urn:q"/>LINK("https://evil.example")'))
    ),
    "cells twice": altered(
        written(picture), replacing(FIGURES, "</sheetData>", "</sheetData><sheetData/>")
    ),
    "looks that nothing leads to": altered(
        written(picture), replacing("xl/_rels/workbook.xml.rels", '"styles.xml"', '"#looks"')
    ),
    "looks twice": altered(
        written(picture), replacing("xl/styles.xml", "<dxfs", '<dxfs count="0"/><dxfs')
    ),
    "kind of a box by its number": altered(NOTED_HERE, replacing(VML, '"Note"', '"&#78;ote"')),
    "cells twice in a hidden sheet": altered(
        written(picture),
        replacing(FIGURES, "</sheetData>", "</sheetData><sheetData/>"),
        replacing(BOOK, '<sheet name="Figures"', '<sheet name="Figures" state="hidden"'),
    ),
    "workbook that is said to be outside": altered(
        written(picture),
        replacing("_rels/.rels", 'Target="xl/workbook.xml"', 'Target="xl/workbook.xml"' + OUTSIDE),
    ),
    "two sheets of one part": altered(
        written(picture),
        replacing(BOOK, "</sheets>", '<sheet name="Again" sheetId="9" r:id="rId1"/></sheets>'),
    ),
    "slicer of a cube": altered(
        written(picture),
        with_part(
            "xl/slicerCaches/slicerCache1.xml",
            '<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/'
            'main" name="S" sourceName="[D].[A]"><data><olap pivotCacheId="1"/></data>'
            "</slicerCacheDefinition>",
            "application/vnd.ms-excel.slicerCache+xml", BOOK,
            "http://schemas.microsoft.com/office/2007/relationships/slicerCache",
        ),
    ),
    "data model": altered(
        written(picture),
        with_part(
            "xl/model/item.data", b"model", "application/vnd.openxmlformats-officedocument.model",
            BOOK, "http://schemas.microsoft.com/office/2011/relationships/powerPivotData",
        ),
    ),
}  # fmt: skip

_THREADS = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/'
    'threadedcomments"><threadedComment ref="B3" dT="2026-01-01T00:00:00.00"'
    ' personId="{00000000-0000-0000-0000-000000000001}"'
    ' id="{00000000-0000-0000-0000-000000000002}"><text>Is this right?</text></threadedComment>'
    "</ThreadedComments>"
)

#: A conversation of comments on B3.
CONVERSATION = altered(
    written(lambda _, s: s.write_comment("B3", "[Threaded comment]")),
    with_part(
        "xl/threadedComments/threadedComment1.xml", _THREADS,
        "application/vnd.ms-excel.threadedcomments+xml", FIGURES,
        "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment",
    ),
)  # fmt: skip
