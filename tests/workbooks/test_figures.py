"""Cells become figures, meanings or findings; never something else than was written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale
from pipeline.workbooks.figures.numbers import parse_number
from pipeline.workbooks.figures.short import figure_of
from schemas.units import Unit, places, shown
from tests.support.figure_cases import CASES


def test_there_are_cases_enough_and_none_stands_twice() -> None:
    assert len(CASES) >= 220
    assert len({repr(case[:3]) for case in CASES}) == len(CASES)


def told(figure: Figure) -> str:
    """A figure in the words of the table."""
    if figure == Figure():
        return "blank"
    if figure.suppressed:
        return "suppressed"
    if figure.not_available:
        return "not available"
    if figure.no_cases:
        return "no cases" if figure.numerator is None else "0 of 0"
    words = [] if figure.value is None else [f"{figure.value:f}"]
    words += [trouble.rule.code for trouble in figure.troubles]
    return " ".join(words + ["provisional"] * figure.provisional)


@pytest.mark.parametrize(("cell", "number_format", "scale", "expected"), CASES)
def test_a_cell_is_read_rightly_or_asked_about(
    cell: CellValue, number_format: str | None, scale: Scale, expected: str
) -> None:
    assert told(parse(cell, scale, number_format)) == expected


figures = st.builds(
    lambda digits, decimals: Decimal(digits).scaleb(-decimals),
    st.integers(-(10**11), 10**11),
    st.integers(0, 3),
)


@given(figure=figures, unit=st.sampled_from(Unit))
def test_what_is_shown_reads_back_as_the_same_decimal(figure: Decimal, unit: Unit) -> None:
    # In a ratio or score a comma may be a decimal comma, so a grouped one is asked about.
    if unit in (Unit.PERCENT, Unit.RATIO, Unit.SCORE) and abs(figure) >= 10_000:
        figure %= 10_000
    text = shown(figure, unit)
    assert parse(text, Scale(unit, decimals=places(figure)), None).value == figure


@given(points=st.integers(-99_999, 99_999))
def test_a_percentage_in_a_percent_cell_reads_back_exactly(points: int) -> None:
    figure = Decimal(points).scaleb(-2)
    assert parse(float(figure / 100), Scale(Unit.PERCENT, 2), "0.00%").value == figure


anything = st.one_of(
    st.text(), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
    st.text("0123456789.,%£()-+ <>*koftbn/a", max_size=12),
)  # fmt: skip


formats = st.one_of(
    st.sampled_from([None, "0%", "0", "General", "[>1]0%;0.0", ";;;", '0.0,,"m"', "dd/mm/yyyy"]),
    st.text('0#?.,%;[]"\\_*@-£€<>=1dmyhsGeneral ', max_size=20),
)


@given(cell=anything, unit=st.sampled_from(Unit), number_format=formats)
@example(cell="9" * 5000, unit=Unit.COUNT, number_format=None)
@example(cell="1," * 5000, unit=Unit.PERCENT, number_format=None)
@example(cell="0/0", unit=Unit.PERCENT, number_format=None)
def test_any_cell_has_a_figure_a_meaning_or_a_finding(
    cell: CellValue, unit: Unit, number_format: str | None
) -> None:
    figure = parse(cell, Scale(unit, 1), number_format)
    known = figure.value is not None or figure.suppressed or figure.not_available
    assert known or figure.no_cases or figure.is_bad or figure == Figure()
    assert not (figure.value is not None and figure.is_bad)


numbers = st.one_of(
    st.floats(allow_nan=False),
    st.floats(0, 3000),
    st.integers(0, 10**7).map(float),
    st.builds(lambda digits, tens: digits / 10**tens, st.integers(0, 10**6), st.integers(0, 6)),
)
scales = st.builds(
    Scale,
    st.sampled_from([None, *Unit]),
    st.sampled_from([None, 0, 1, 2, 6]),
    st.sampled_from([None, Decimal(100)]),
    is_part=st.booleans(),
    as_typed=st.booleans(),
)
usual_formats = st.sampled_from(
    (
        *("General", "0", "0.0", "#,##0", "0%", "0.0%", "0.00%", "@", "#", "-0", "(0%)", "0.0,"),
        *('"£"#,##0;-"£"#,##0', "[$£-809]0", "0.0;(0.0)", '0" days"', '"£"0%', '0"k"'),
        *("[>1]0%;0.0", "[Red]0"),
    )
)


@given(cell=numbers, scale=scales, number_format=st.one_of(usual_formats, formats))
@example(cell=2.0, scale=Scale(Unit.PERCENT, 1), number_format="General")
@example(cell=0.415, scale=Scale(Unit.PERCENT, 1), number_format="0.0%")
@example(cell=1e11, scale=Scale(Unit.COUNT), number_format="#,##0")
@example(cell=9.99, scale=Scale(Unit.PERCENT, 1, Decimal(100)), number_format="0%")
@example(cell=1.15, scale=Scale(Unit.CURRENCY, 2), number_format='"£"#,##0;-"£"#,##0')
def test_the_short_way_to_a_figure_comes_to_what_the_long_way_does(
    cell: float, scale: Scale, number_format: str | None
) -> None:
    short = None if number_format is None else figure_of(cell, scale, number_format)
    long = parse_number(Decimal(f"{cell:.15g}"), scale, number_format)
    assert short is None or repr(short) == repr(long)


@given(text=st.text(alphabet=st.characters(exclude_categories=["Nd", "Cs"]), max_size=30))
def test_text_without_a_digit_is_never_a_figure(text: str) -> None:
    assert parse(text, Scale(Unit.COUNT), None).value is None


# --- The grammar, written down a second time and differently -------------------------------------

written = "0123456789.,%£()-+ 'kmbn/<*x"
signs = st.sampled_from(["", "", "", "-", "\u2212", "\u2013"])
spaces = st.sampled_from(["", "", " ", "\u00a0", "\u2009"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, Unit, Decimal]:
    """A figure in one of the ways in which it may be written, with its unit and value."""
    unit = draw(st.sampled_from([Unit.PERCENT, Unit.COUNT, Unit.CURRENCY, Unit.DAYS]))
    whole = draw(st.integers(0, 999 if unit is Unit.PERCENT else 10**9))
    decimals = draw(st.sampled_from(["", "", "5", "25", "405"]))
    separator = "" if unit is Unit.PERCENT else draw(st.sampled_from(["", ",", " ", "\u202f", "'"]))
    digits = f"{whole:,}".replace(",", separator) + (f".{decimals}" if decimals else "")
    value = Decimal(f"{whole}.{decimals or 0}")
    sign, gap = draw(signs), draw(spaces)
    tail = {
        Unit.PERCENT: draw(st.sampled_from(["%", " %", " per cent", "percent"])),
        Unit.DAYS: draw(st.sampled_from(["", " days"])),
    }.get(unit, "")
    money = draw(st.sampled_from(["", "£", "£ "])) if unit is Unit.CURRENCY else ""
    if sign == "" and draw(st.booleans()) and draw(st.booleans()):
        return f"{gap}({money}{digits}{tail}){gap}", unit, -value
    negative = sign != ""
    text = f"{sign}{money}{digits}{tail}"
    if draw(st.booleans()):
        text = text.translate({ord("0") + n: 0xFF10 + n for n in range(10)})
    return f"{gap}{text}{gap}", unit, -value if negative else value


@given(spelling=spellings())
def test_what_is_written_in_any_supported_way_reads_back_as_the_same_decimal(
    spelling: tuple[str, Unit, Decimal],
) -> None:
    text, unit, value = spelling
    figure = parse(text, Scale(unit, decimals=3 if unit is not Unit.COUNT else 6), None)
    assert figure.value == value, figure


def meant(text: str, unit: Unit) -> set[Decimal]:
    """Every number that a reader could take plain text for, found by brute force.

    Written without the parser's expressions: signs, money and ends are taken off one by one.
    """
    text = "".join(" " if character.isspace() else character for character in text).strip().lower()
    negative = text.startswith("(") and text.endswith(")")
    text = text[1:-1].strip() if negative else text
    for ending in ("%", "per cent", "percent", "pc", "days", "day"):
        text = text.removesuffix(ending).strip()
    for _ in range(2):
        for start in ("-", "+", "£", "gbp"):
            if text.startswith(start):
                negative |= start == "-"
                text = text[len(start) :].strip()
    power = 0
    for word, tens in (
        ("thousand", 3),
        ("million", 6),
        ("billion", 9),
        ("bn", 9),
        ("k", 3),
        ("m", 6),
    ):
        if text.endswith(word) and unit is Unit.CURRENCY:
            text, power = text.removesuffix(word).strip(), tens
            break
    whole, _, decimals = text.partition(".")
    groups = whole.replace(",", " ").replace("'", " ").split(" ")
    is_grouped = len(groups) == 1 or (
        1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    )
    digits = "".join(groups) + decimals
    if not is_grouped or not digits or not (digits.isascii() and digits.isdigit()):
        return set()
    number = Decimal(f"{''.join(groups) or 0}.{decimals or 0}").scaleb(power)
    return {-number if negative else number}


@given(
    text=st.one_of(
        st.text(written, max_size=10),
        spellings().map(lambda spelling: spelling[0]),
        st.tuples(
            spellings(), st.integers(0, 40), st.text("0123456789.,%£()-+ 'kmbn/<*x", max_size=2)
        ).map(lambda change: change[0][0][: change[1]] + change[2] + change[0][0][change[1] :]),
    ),
    unit=st.sampled_from(Unit),
)
@example(text="1,23", unit=Unit.COUNT)
@example(text="1 2,345", unit=Unit.COUNT)
def test_nothing_outside_the_grammar_is_ever_read_as_a_number(text: str, unit: Unit) -> None:
    figure = parse(text, Scale(unit, decimals=12), None)
    if figure.value is None or figure.numerator is not None or figure.troubles:
        return
    plain = text.translate({0xFF10 + n: ord("0") + n for n in range(10)})
    plain = plain.replace("\u2212", "-").replace("\u2013", "-").strip().removeprefix("'")
    assert figure.value in meant(plain, unit)


@given(marks=st.text("*†‡§¹²³[]()pe1 ", min_size=1, max_size=4), whole=st.integers(0, 10**6))
def test_a_mark_beside_a_figure_never_becomes_part_of_it(marks: str, whole: int) -> None:
    figure = parse(f"{whole}%{marks}", Scale(Unit.PERCENT, 0), None)
    assert figure.value in (None, Decimal(whole))


@pytest.mark.parametrize(
    ("number_format", "seen"),
    [
        ("[$$-409]#,##0", "$4605"),
        ("[$USD] #,##0", "USD 4605"),
        ("[$\u20ac-2] #,##0", "\u20ac4605"),
        ('"US$"#,##0', "US$4605"),
        ("[$kr-41D] #,##0", "kr 4605"),
        ("$#,##0", "$4605"),
    ],
)
@pytest.mark.parametrize("unit", [Unit.CURRENCY, Unit.COUNT])
def test_another_currency_is_named_by_the_sign_that_the_cell_shows(
    number_format: str, seen: str, unit: Unit
) -> None:
    (trouble,) = parse(4605.0, Scale(unit), number_format).troubles
    assert trouble.value == seen
    assert trouble.words["found"] == "an amount in another currency"


@pytest.mark.parametrize("text", ["$4,605", "US$ 4,605", "4,605 euros", "\u20ac4.605", "4605 USD"])
def test_a_text_in_another_currency_is_asked_about_as_it_stands(text: str) -> None:
    (trouble,) = parse(text, Scale(Unit.CURRENCY), None).troubles
    assert trouble.value == text
