"""What the tests call wrong with a package is what Excel would offer to repair."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.copies import KEPT, parts
from tests.support.hidden_parts import HIDDEN_PARTS
from tests.support.kept_packages import PIVOT_RULE
from tests.support.own_workbooks import BOOK, FIGURES, VML, Alter, Make, altered, replacing
from tests.support.package_faults import faults

_CACHE, _PIVOT = "xl/pivotCache/pivotCacheDefinition1.xml", "xl/pivotTables/pivotTable1.xml"
_DRAWING, _TABLE = "xl/drawings/drawing1.xml", "xl/tables/table1.xml"
_SHAPE = '<v:rect><ns:ClientData xmlns:ns="urn:x" ObjectType="Note"><ns:Row>2</ns:Row>'
_CUBE = HIDDEN_PARTS["pivot table of a cube"][0]


@pytest.mark.parametrize(
    ("make", "change", "fault"),
    [
        (PIVOT_RULE, replacing(_PIVOT, 'priority="1"', 'priority="3"'), "has the priority 3"),
        (_CUBE, replacing(_CACHE, '"external" connectionId="1"', '"worksheet"'), "without a cube"),
        (_CUBE, replacing(_CACHE, 'connectionId="1"', 'connectionId="2"'), "is of connection 2"),
        (
            KEPT["comment on the cell"],
            replacing("xl/comments1.xml", "</commentList>", '<comment ref="b3"/></commentList>'),
            "2 comments at B3",
        ),
        (
            KEPT["comment on the cell"],
            replacing(
                VML, "</xml>",
                f"{_SHAPE}<ns:Column>1</ns:Column></ns:ClientData></v:rect></xml>",
            ),
            "2 boxes at row 2, column 1",
        ),
        (
            KEPT["chart"],
            replacing("xl/charts/chart1.xml", "<c:f>Figures", "<c:f>[1]Figures"),
            "f leads to workbook 1",
        ),
        (
            KEPT["table"],
            replacing(_TABLE, 'name="C"', 'name="C" totalsRowFunction="custom"'),
            "has no formula of its own",
        ),
        (
            KEPT["chart"],
            replacing(_DRAWING, "</xdr:graphicFrame>", "<a:graphicData/></xdr:graphicFrame>"),
            "graphicData is empty",
        ),
        (
            KEPT["picture"],
            replacing(
                _DRAWING, "</xdr:wsDr>",
                "<xdr:oneCellAnchor><xdr:from/><xdr:ext/></xdr:oneCellAnchor></xdr:wsDr>",
            ),
            "oneCellAnchor holds no shape",
        ),
        (
            KEPT["names and print areas"],
            replacing(BOOK, 'localSheetId="1"', 'localSheetId="7"'),
            "is of sheet 7",
        ),
    ],
)  # fmt: skip
def test_a_fault_is_seen(make: Make, change: Alter, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    make(path)
    assert faults(parts(path)) == []
    altered(make, change)(path)
    assert any(fault in each for each in faults(parts(path))), faults(parts(path))


def test_what_people_make_has_none(tmp_path: Path) -> None:
    for name in ("plain", "pivot table", "check box", "chart", "boxes with other prefixes"):
        KEPT[name](tmp_path / "book.xlsx")
        assert faults(parts(tmp_path / "book.xlsx")) == [], name
    assert FIGURES in parts(tmp_path / "book.xlsx")
