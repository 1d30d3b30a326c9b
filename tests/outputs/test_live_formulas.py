"""Which formulas act or reach outside their workbook."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.outputs.correction.in_place.formulas import DefinedName, Judge

SHEETS = (
    *("Figures", "A|B", "Register (2)", "Image (2)", "PY (2)", 'a"b', 'c"d', "Übersicht", "it's"),
)
NAMES = tuple(
    DefinedName(*each)
    for each in (
        *(("Rates", r"'S:\[Rates.xlsx]S'!$A$1"), ("Rate_2", "Rates*2"), ("Rate_3", "Rate_2+1")),
        *(("Größe", "[1]S!A1"), ("Rate?", "[1]S!A1"), ("Ok", "Figures!$A$1")),
        *(("Year", "[1]S!A1"), ("Mine", "1")),
        ("Fetch", "_xlfn.LAMBDA(_xlpm.x,_xlfn.WEBSERVICE(_xlpm.x))"),
    )
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
    "rate_3+1",
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
    "Figures!Gone!A1",
    "!Rates",
    "[1]A1",
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
    "T4[1]",
)
#: What formulas are put together from, well or not.
_PIECES = (
    *("A1", "$B$22", "C3:D4", "XFD1", "1", " ", "(", ")", "*", ",", "+", "@", "|", "!", "'", '"'),
    *("[1]", "[0]!", "T[a]", "T[[#This Row],[x]]", "'A|B'!", "'Gone'!", "Figures!", "Gone!"),
    *(
        "Rates",
        "Ok",
        "Mine",
        "SUM(",
        "HYPERLINK(",
        "INDIRECT(",
        '"x"',
        '"[b]S!A1"',
        '"#Figures!A1"',
    ),
    *("LOG10(5)", "Theirs(", "#REF!", "_xlfn.", "é", '""', "''"),
)
_REMEMBERING = Judge(SHEETS, NAMES, has_macros=True)


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


def test_a_name_is_that_of_its_sheet_and_else_of_the_workbook() -> None:
    names = [
        *(DefinedName("Tax", "[1]S!A1", "Data"), DefinedName("Tax", "Data!$A$1", "Figures")),
        *(DefinedName("Rate", "1"), DefinedName("Rate", "[1]S!A1", "Data")),
        *(DefinedName("Due", "[1]S!A1"), DefinedName("Due", "1", "My Data")),
        *(DefinedName("Sum_1", "Data!Rate"), DefinedName("Sum_2", "Figures!Rate")),
        DefinedName("Twice", "Tax*2"),
    ]
    judge = Judge(("Data", "Figures", "My Data"), names, has_macros=False)
    on_figures = {
        *(("Tax", False), ("Data!Tax", True), ("Figures!Tax", False), ("'My Data'!Tax", False)),
        *(("Rate", False), ("'Data'!Rate", True), ("[0]!Rate", False), ("Due", True)),
        *(("'My Data'!Due", False), ("[0]!Due", True), ("Sum_1", True), ("Sum_2", False)),
        # What a name means within another is known by that name's sheet: all are looked at.
        ("Twice", True),
    }
    assert {(each, judge.is_live(each, "Figures")) for each, _ in on_figures} == on_figures
    assert judge.is_live("Tax", "Data")
    assert not judge.is_live("Due", "My Data")
    # A chart stands on no sheet.
    assert judge.is_live("Tax")


def test_what_could_be_a_cell_is_none_of_the_names() -> None:
    judge = Judge(SHEETS, [DefinedName("Tax12", "[1]S!A1")], has_macros=True)
    assert not judge.is_live("Tax12*2")
    assert not judge.is_live("B4*2")
    assert judge.is_live("TAX13 (5)")
    assert not judge.is_live("LOG10 (5)")


def _seconds(pattern: str) -> float:
    """What it takes to judge a long column of formulas, which differ by their cells."""
    formulas = [pattern.format(row=row) for row in range(1, 20_001)]
    spent = []
    for _ in range(3):
        judge = Judge(SHEETS, NAMES, has_macros=False)
        begun = time.process_time()
        assert not any(map(judge.is_live, formulas))
        spent.append(time.process_time() - begun)
    return min(spent)


def test_quoted_sheets_and_tables_are_not_read_anew_in_each_cell_of_a_column() -> None:
    quoted = _seconds("SUM('Register (2)'!A{row}:B{row},T[[#This Row],[A1]],C{row})")
    # Read anew it is five times as long.
    assert quoted < 3 * _seconds("SUM(Figures!A{row}:B{row},INDEX(D:D,ROW()),C{row})")


def test_a_long_chain_of_names_is_followed_to_its_end() -> None:
    chain = [DefinedName(f"n_{each}", f"n_{each + 1}+1") for each in range(20_000)]
    judge = Judge(SHEETS, [*chain, DefinedName("n_20000", "[1]S!A1")], has_macros=False)
    assert judge.is_live("n_0*2")


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8))
@settings(max_examples=500)
@example(["T4", "[1]"])
@example(["[1]", "A1"])
def test_what_is_remembered_of_a_formula_is_true_of_all_that_are_like_it(pieces: list[str]) -> None:
    formula = "".join(pieces)
    fresh = Judge(SHEETS, NAMES, has_macros=True)
    assert _REMEMBERING.is_live(formula) is fresh.is_live(formula)
