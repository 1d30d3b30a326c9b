"""Which formulas act or reach outside their workbook."""

from __future__ import annotations

import pytest

from pipeline.outputs.correction.in_place.formulas import Judge

SHEETS = (
    *("Figures", "A|B", "Register (2)", "Image (2)", "PY (2)", 'a"b', 'c"d', "Übersicht", "it's"),
)
NAMES = (
    *(("Rates", r"'S:\[Rates.xlsx]S'!$A$1"), ("R2", "Rates*2"), ("R3", "R2+1")),
    *(("Größe", "[1]S!A1"), ("Rate?", "[1]S!A1"), ("Ok", "Figures!$A$1")),
    *(
        ("Year", "[1]S!A1"),
        ("Mine", "1"),
        ("Fetch", "_xlfn.LAMBDA(_xlpm.x,_xlfn.WEBSERVICE(_xlpm.x))"),
    ),
)
LIVE = (
    'HYPERLINK("http://e","x")',
    "cmd|'/C calc'!A0",
    "_xlfn.MAP(A1:A2,_xleta.WEBSERVICE)",
    '_xlfn.IMPORTTEXT("https://e")',
    "'\\\\evil.example\\s\\Book.xlsx'!Rate",
    "'[Rates.htm]it''s'!A1",
    "Book.xlsx!Rate",
    "[1] S!A1",
    "'[1]S:Figures'!A1",
    "[1]Übersicht!A1",
    "[1]$A$1",
    "[1]!Name",
    '_xludf.HYPERLINK("a")',
    "_xlfn.TRANSLATE(A1)",
    'FOPEN("\\\\e")',
    "Excel|Sheet!A1",
    'HYPERLINK\n("a")',
    '"a"&\'a"b\'!A1&HYPERLINK("http://e")&"x"',
    "'a\"b'!A1+HYPERLINK(\"http://e\")+'c\"d'!A1",
    "Figures!Rates*2",
    "Größe*2",
    "Rate?*2",
    "r3+1",
    "Fetch(A1)",
    "_xll.Foo()",
    'INDIRECT("[1]S!A1")',
    'INDIRECT("\'["&A1&"]S\'!A1")',
    'HYPERLINK("#"&A1)',
    'HYPERLINK("#[b.xlsx]S!A1")',
    "_xldudf_CONTOSO_FETCH(1)",
    "Year*2",
    "SUM([Book.xlsx]S!A1)",
    '_xlfn.SINGLE(HYPERLINK("x"))',
    "[1]Figures!A1",
    "A1 [1]S!B1",
    "Gone!A1",
    "'Gone'!A1",
    "+[1]S!A1",
    "T[a]+[1]S!A1",
    "IF(T[It'[s],[1]S!A1)",
    '@IMAGE("x")',
    "_xlfn._xlws.PY(0,0)",
    "CUBEVALUE(1)",
    '"a',
)
PLAIN = (
    "SUM(B2:B8)",
    '"HYPERLINK("&A1',
    'INDIRECT("Table1[Col]")',
    'COUNTIF(A1,"[*")*INDIRECT("B"&ROW())',
    'HYPERLINK("#Figures!A1","Go")',
    'HYPERLINK("#Figures!A1")',
    "YEAR(TODAY())",
    "'A|B'!A1",
    "'Register (2)'!A1",
    "SUM(T[Image (URL)])",
    "[0]!Ok*2",
    "'Register (2)':'Image (2)'!A1",
    "'Register (2):Image (2)'!A1",
    "Figures!A1:Figures!B2",
    "T[[#This Row],[A|B]]*2",
    "T[[#Headers],[x]:[y]]",
    "[@Col]+1",
    "#REF!A1",
    "Figures!#REF!",
    "Figures!$A$1:$B$2,Figures!$C$1",
    "1.5E-3*A1",
    "T[It'[s]",
    "Ok*2",
    "'it''s'!A1",
    "Übersicht!A1",
    '_xlfn.XLOOKUP(A1,B:B,C:C,"[none]")',
    "SUM(Figures:Übersicht!A1)",
    'IF(A1="|",1,2)',
    "IMAGE",
    "#N/A",
    "_xlfn.ANCHORARRAY(E2)",
    "{1,2;3,4}",
    "Figures!$A:$A",
    '"a""b"',
    "OFFSET(Figures!$A$1,0,0,COUNTA(Figures!$A:$A),1)",
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(SHEETS, NAMES, has_macros=False)


@pytest.mark.parametrize("formula", LIVE)
def test_what_acts_or_reaches_outside_is_live(judge: Judge, formula: str) -> None:
    assert judge.is_live(formula)


@pytest.mark.parametrize("formula", PLAIN)
def test_what_works_out_something_here_is_not(judge: Judge, formula: str) -> None:
    assert not judge.is_live(formula)


def test_with_macros_what_is_no_function_of_excels_calls_one() -> None:
    judge = Judge(SHEETS, NAMES, has_macros=True)
    assert judge.is_live("Theirs(A1)")
    assert not judge.is_live("Mine(A1)")
    assert not judge.is_live("SUM(A1)+_xlfn.XLOOKUP(1,A:A,B:B)")
