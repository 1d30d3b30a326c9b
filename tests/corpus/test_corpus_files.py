"""The corpus itself: that its workbooks hold what was meant, and its answers fit its register.

What Quarterday reads in them is no matter of these tests.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.corpus.expected import (
    NO_CASES,
    NOTHING,
    Answer,
    Asked,
    Expected,
    Got,
    Open,
    Read,
    Verdict,
    judge,
    read,
)
from tests.corpus.intended import missing_cells, otherwise_shown, wrongly_printed
from tests.corpus.layout import REGISTER, WAYS, Layout, Way
from tests.corpus.layouts import GROUPS, LAYOUTS
from tests.corpus.sheets import stored
from tests.corpus.write import LIBREOFFICE, write, write_all, written_once
from tests.corpus.writers import libreoffice
from tests.support.programs import need

BY_NAME = {each.name: each for each in LAYOUTS}
#: Those that take moments, together by the program that writes them.
QUICK = {
    program: [way for way in WAYS if way.program == program]
    for program in ("xlsxwriter", "openpyxl", "own")
}

#: Misreadings that were found in a reader, each with the figure that it took.
MISREADINGS: tuple[tuple[str, str, Got], ...] = (
    ("88 struck out, and 99 behind it", "1.1", Decimal(8899)),
    ("99 with a raised 1, a footnote", "1.1", Decimal(991)),
    ("100 with a raised 2, a footnote", "1.1", Decimal(1002)),
    ("45 and 120 on two lines", "1.1", Decimal(45120)),
    ("1, 234 and 567 on three lines", "1.1", Decimal(1_234_567)),
    ("Actual under a merged Q3'14, another period than the return's", "1.1", Decimal(4605)),
    ("Actual under a merged 2014, another period than the return's", "1.1", Decimal(4605)),
    ("Actual under a merged Q2, another period than the return's", "1.1", Decimal(4605)),
    (
        "three rows of merged headings: the only Actual is last year's, in a hidden column",
        "1.1",
        Decimal(4822),
    ),
    *(
        (f"one column of figures, headed Actual ({inside}): {what}", "1.1", Decimal(4605))
        for what, insides in {
            "another period": ("13/14", "Q3 14", "last year", "Apr-Jun", "Quarter 2", "June"),
            "another kind": ("target", "forecast"),
        }.items()
        for inside in insides
    ),
    ("money under Actual (£000), in thousands", "3.1", Decimal(4605)),
    ("money under Actual (£m), in millions", "3.1", Decimal("4.605")),
    ("money under Actual £'000, in thousands", "3.1", Decimal(4605)),
    (
        "counts, percentages, money and days under Actual (in thousands)",
        "1.1",
        Decimal("4.605"),
    ),
    ("all kinds of figures under Actual (per 1,000)", "2.1", Decimal(312)),
    ("tabs FY2022 and FY2023, in a return for 2023", "1.1", Decimal(4711)),
    (
        "tabs FY2022 and FY2023, and the column Fiscal year says 2022 on both",
        "1.1",
        Decimal(4605),
    ),
    ("a percentage typed 0 of 0", "1.2", Answer.ASKED),
    ("a percentage typed 0 of 0", "1.2", Decimal(0)),
    ("references as numbers without wordings, 1.10 shown with two decimals", "1.10", NOTHING),
    ("Iâl with its letter decomposed", "IAL-1", Answer.ASKED),
    ("references with a hyphen that does not break", "IAL-1", Answer.ASKED),
    ("an area called H & P", "3.1", Answer.ASKED),
    ("cover: an area of the register called Adults and Health", "2.1", Answer.ASKED),
    ("money stored as 120000, shown as $120,000", "1.10", Decimal(120_000)),
    ("days stored as 45.099999999999994, as a formula leaves them", "1.11", Decimal("45.09999")),
    ("Year 2022 Actual beside Year 2023 Actual", "1.1", Answer.ASKED),
    ("2022 alone as the only heading of figures, in a return for 2022", "1.1", Answer.ASKED),
    ("headings with underscores, as a database exports them", "1.1", Answer.ASKED),
    ("years typed as numbers under a merged Actual", "1.1", Answer.ASKED),
    ("the return's own column of targets, where the register has none", "1.1", Answer.ASKED),
)
#: Words that were printed otherwise than the sheet shows them, and periods that a return was
#: booked to though the sheet of its figures says another.
WORDS = {
    "commentary 10/12 that Excel made a day, shown 10-Dec": "10-Dec",
    "commentary of 25%": "25%",
    "commentary TRUE": "TRUE",
}
TRENDS = (
    "a tab Trend with periods in its first row, behind a table whose title names the period",
    "a tab Trend with periods in its first row, before a table whose title names the period",
)


@pytest.mark.parametrize(("name", "ref", "wrong"), MISREADINGS)
def test_each_misreading_that_was_found_is_caught(name: str, ref: str, wrong: Got) -> None:
    assert judge(BY_NAME[name].figures[ref], wrong) is not Verdict.RIGHT


@pytest.mark.parametrize(("name", "words"), WORDS.items())
def test_words_are_those_that_the_sheet_shows(name: str, words: str) -> None:
    assert BY_NAME[name].words["1.1"] == words


@pytest.mark.parametrize("name", TRENDS)
def test_a_trend_does_not_say_which_period_is_returned(name: str) -> None:
    assert BY_NAME[name].period == "2015-16 Q3"


def test_no_two_layouts_have_one_name() -> None:
    assert len(BY_NAME) == len(LAYOUTS)


def test_answers_fit_the_register() -> None:
    """Each indicator of the area has one, and no area or period means that all is asked about."""
    areas = {area.ref for area in REGISTER.areas}
    for each in LAYOUTS:
        due = {i.ref for i in REGISTER.indicators_of(each.area or "CS")}
        assert due <= set(each.figures), each.name
        assert set(each.words) | set(each.said) <= set(each.figures), each.name
        if each.area and each.period:
            assert each.area in areas, each.name
            assert REGISTER.period(each.period), each.name
        else:
            assert each.is_asked_whole, each.name


def test_a_figure_that_is_read_stands_in_its_workbook() -> None:
    for each in LAYOUTS:
        found = set(_figures(each))
        for ref, answer in each.figures.items():
            if isinstance(answer, Read) and not found & {answer.value, *answer.also}:
                pytest.fail(f"{each.name}: {answer.value} of {ref} is in no cell")


def _figures(layout: Layout) -> list[Decimal]:
    """Every figure that a cell could be read as: itself, in hundredths, thousands, a share."""
    found: list[Decimal] = []
    for sheet in layout.sheets:
        for content in sheet.cells().values():
            text = str(stored(content))
            numbers = [
                Decimal(number.replace(",", ""))
                for number in re.findall(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?", text.rstrip("."))
            ]
            found += [
                round(number * size, 9) for number in numbers for size in (1, 100, 10**3, 10**6)
            ]
            if " of " in text and len(numbers) == 2 and numbers[1]:
                found.append(numbers[0] / numbers[1] * 100)
    return found


@pytest.mark.parametrize(
    ("expected", "got", "verdict"),
    [
        (read(45), Decimal("45.0"), Verdict.RIGHT),
        (read(45), Decimal(46), Verdict.MISREAD),
        (read(45), NOTHING, Verdict.OVERLOOKED),
        (read(45), NO_CASES, Verdict.MISREAD),
        (read(45), Answer.ASKED, Verdict.ASKED_NEEDLESSLY),
        (read("45.1", "45.0999999"), Decimal("45.0999999"), Verdict.RIGHT),
        (NO_CASES, NO_CASES, Verdict.RIGHT),
        (NO_CASES, Decimal(0), Verdict.MISREAD),
        (NO_CASES, Answer.ASKED, Verdict.ASKED_NEEDLESSLY),
        (NOTHING, NOTHING, Verdict.RIGHT),
        (NOTHING, Answer.ASKED, Verdict.RIGHT),
        (NOTHING, Decimal(0), Verdict.MISREAD),
        (Asked("two figures"), Answer.ASKED, Verdict.RIGHT),
        (Asked("two figures"), Decimal(45), Verdict.MISREAD),
        (Asked("two figures"), NO_CASES, Verdict.MISREAD),
        (Asked("two figures"), NOTHING, Verdict.OVERLOOKED),
        (Open(read(45), "a mark"), Decimal(45), Verdict.RIGHT),
        (Open(read(45), "a mark"), Answer.ASKED, Verdict.RIGHT),
        (Open(read(45), "a mark"), Decimal(451), Verdict.MISREAD),
        (Open(NOTHING, "awaited"), Decimal(0), Verdict.MISREAD),
    ],
)
def test_a_reader_is_judged(expected: Expected, got: Got, verdict: Verdict) -> None:
    assert judge(expected, got) is verdict


@pytest.mark.parametrize("one_in", [12, pytest.param(1, marks=pytest.mark.faults)])
@pytest.mark.parametrize("program", QUICK)
def test_each_workbook_holds_its_cells(program: str, one_in: int, tmp_path: Path) -> None:
    ways, layouts = QUICK[program], LAYOUTS[::one_in]
    made = write_all(layouts, tmp_path, ways=ways)
    assert set(made) == {(each.name, way) for way in ways for each in layouts if way in each.ways}
    wrong = [
        f"{name}, {way}: {cell}"
        for (name, way), path in made.items()
        for cell in missing_cells(path, BY_NAME[name])
    ]
    assert wrong == []


def test_every_layout_is_written_in_all_five_formats() -> None:
    for each in LAYOUTS:
        assert {way.suffix for way in each.ways} == {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


#: Those in which fonts, formats, merged cells and hidden ones say something.
TELLING = tuple(
    each for group in ("runs", "formats", "places", "headings") for each in GROUPS[group]
)


@pytest.mark.parametrize("program", ["xlsxwriter", "own"])
def test_each_workbook_shows_its_cells_as_meant(program: str, tmp_path: Path) -> None:
    made = write_all(TELLING, tmp_path, ways=[Way(program, ".xlsx")])
    wrong = [
        f"{name}: {cell}"
        for (name, _), path in made.items()
        for cell in otherwise_shown(path, BY_NAME[name], codes=True)
    ]
    assert made
    assert wrong == []


def test_a_layout_is_written_only_as_it_says(tmp_path: Path) -> None:
    layout = next(each for each in LAYOUTS if Way("own", ".ods") not in each.ways)
    with pytest.raises(ValueError, match=r"is not written by own\.ods"):
        write(layout, Way("own", ".ods"), tmp_path / "return.ods")
    with pytest.raises(ValueError, match=r"does not end in \.xls"):
        write(layout, Way("own", ".xls"), tmp_path / "return.xlsx")


@pytest.fixture
def office() -> None:
    need("soffice")


@pytest.mark.faults
@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".ods"])
def test_what_libreoffice_converts_holds_its_cells(suffix: str, corpus: Path) -> None:
    made = written_once(Way(LIBREOFFICE, suffix), corpus)
    wrong = [
        f"{name}: {cell}"
        for (name, _), path in made.items()
        for cell in missing_cells(path, BY_NAME[name])
    ]
    assert made
    assert wrong == []


@pytest.mark.faults
@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("suffix", [".xls", ".xlsb", ".ods"])
def test_libreoffice_sees_runs_and_merged_cells_in_what_is_our_own(
    suffix: str, tmp_path: Path
) -> None:
    made = write_all(TELLING, tmp_path, ways=[Way("own", suffix)])
    paths = libreoffice.convert(
        list(made.values()), ".xlsx", tmp_path / "converted", tmp_path / "libreoffice"
    )
    wrong = [
        f"{name}: {cell}"
        for (name, _), path in zip(made, paths, strict=True)
        for cell in otherwise_shown(path, BY_NAME[name], codes=False)
    ]
    assert made
    assert wrong == []


@pytest.mark.faults
@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    "way",
    [
        Way("xlsxwriter", ".xlsx"),
        Way("own", ".xlsx"),
        Way("own", ".xls"),
        Way("own", ".xlsb"),
        Way("own", ".ods"),
    ],
    ids=str,
)
def test_libreoffice_prints_formatted_cells_as_a_layout_says(way: Way, tmp_path: Path) -> None:
    layouts = (*GROUPS["formats"], *GROUPS["commentary"])
    made = write_all(layouts, tmp_path, ways=[way])
    printed = libreoffice.print_texts(
        list(made.values()), tmp_path / "printed", tmp_path / "libreoffice"
    )
    wrong = [
        f"{name}: {cell}"
        for (name, _), path in made.items()
        for sheet in BY_NAME[name].sheets
        for cell in wrongly_printed(printed / f"{path.stem}-{sheet.name}.csv", sheet)
    ]
    assert made
    assert wrong == []
