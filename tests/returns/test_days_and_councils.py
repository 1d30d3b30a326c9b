"""Days without a year, months typed as days, how long ago, and other councils' names."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.returns.interpret.councils import another_council
from pipeline.returns.interpret.labels import Vocabulary, vocabulary_of
from pipeline.returns.interpret.periods import NO_YEAR, mentions
from tests.corpus.layout import NOW, REGISTER, cover, table
from tests.corpus.register import SAFETY
from tests.corpus.sheets import Cell, dated, sheet
from tests.returns.test_harmless import THREE, codes
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said
from tests.returns.test_titles import titled


@pytest.mark.parametrize("around", ["{}", "return 00012 {}", "{} of site 12345", "x ({})"])
@pytest.mark.parametrize(
    "text",
    [
        *("2015", "2015-16", "15/16", "201516", "2015/2016", "1516 q3", "2015q3", "2015-q3"),
        *("31/12/2015", "31.12.15", "2015-12-31", "31st december 2015", "1-dec-15", "dec15"),
        *("1st quarter", "q3", "3q15", "q3 fy15", "fy2015", "h1", "m10", "12 months", "week 52"),
        *("1/4/15 to 30/6/15", "april 15 - june 15", "to 31/12", "term 1", "month 8"),
    ],
)
def test_a_number_of_any_length_may_say_a_period(text: str, around: str) -> None:
    assert mentions(around.format(text))[0]


def test_a_number_as_long_as_no_year_says_no_period() -> None:
    assert not mentions("service area 00012, site 1234567, line 123")[0]


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("As at 31 December", "As of 31 Dec", "as at 31/12", "1 October to 31 December"),
        *("QE 31/12/15", "Q/E Dec 15", "Please use whole numbers"),
    ],
)
def test_the_period_s_last_day_needs_no_year(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) == set()


@pytest.mark.parametrize("place", THREE)
@pytest.mark.parametrize(
    "text",
    [
        *("As at 15 December", "As at 30 September", "15 October to 31 December", "Q2's figure"),
        *("QE 30/09/15", "Y/E Mar 15", "Month 8", "Term 1", "31 December 2014"),
    ],
)
def test_another_day_or_quarter_is_asked_about(tmp_path: Path, place: str, text: str) -> None:
    assert codes(tmp_path, place, text) == {"L16"}


@pytest.mark.parametrize(
    "text",
    ["last quarter's figure", "Prior quarter figure", "Last quarter's data", "Annual figures"],
)
def test_how_long_ago_figures_are_counts_on_the_cover(tmp_path: Path, text: str) -> None:
    assert codes(tmp_path, "on the cover", text) == {"L16"}
    assert codes(tmp_path, "on the cover", text.split(maxsplit=1)[0] + " quarter:") == set()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *(("as at 29 february", (2, 29)), ("quarter ending december", (12, 31))),
        *(("as at 31st of december", (12, 31)), ("to december 31st", (12, 31))),
    ],
)
def test_a_day_may_be_of_any_year(text: str, day: tuple[int, int]) -> None:
    assert mentions(text)[0].ends == {date(NO_YEAR, *day)}


@pytest.mark.parametrize("text", ["quarter 3 october", "15/16 october", "q3 october", "to 15/16"])
def test_the_number_of_a_quarter_or_a_year_is_no_day(text: str) -> None:
    said_of_it = mentions(text)[0]
    assert not said_of_it.days | said_of_it.ends


SHOWN = "mmm-yy"
ENDING = ("Quarter ending", "Period ending")


@pytest.mark.parametrize("label", ENDING)
@pytest.mark.parametrize("entry", ["Dec-15", dated(date(2015, 12, 1), SHOWN, "Dec-15")])
def test_a_month_that_the_period_ends_with_is_its_end(
    tmp_path: Path, label: str, entry: Cell
) -> None:
    front = sheet("Cover", ("Service area", SAFETY.name), (label, entry))
    made = made_of(tmp_path, front, table(("Actual",), NOW))
    assert (made.reading.period, figures(made)) == ("2015-16 Q3", READ)
    made = made_of(tmp_path, cover(), titled((label, entry)))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("label", ["Month", "Month ending", *ENDING])
@pytest.mark.parametrize(
    "entry",
    [
        "Nov-15",
        dated(date(2015, 11, 1), SHOWN, "Nov-15"),
        dated(date(2015, 9, 30), SHOWN, "Sep-15"),
    ],
)
def test_another_month_is_asked_about(tmp_path: Path, label: str, entry: Cell) -> None:
    figures_below = table(("Actual",), NOW)
    for sheets in (
        (cover("2015-16 Q3", SAFETY.name, (label, entry)), figures_below),
        (cover(), titled((label, entry))),
    ):
        assert {code for code, _ in said(made_of(tmp_path, *sheets))} & {"L03", "L16"}


@pytest.mark.parametrize(
    "text", ["Medway", "Kent figures", "Kent & Medway", "Isle of Wight - Q3 2015-16"]
)
def test_another_council_s_name_is_asked_about(tmp_path: Path, text: str) -> None:
    for place in ("over", "under", "in a tab's name", "beside"):
        assert codes(tmp_path, place, text) == {"L16"}
    beside = table(("Authority", "Actual"), ("Medway",) * 4, NOW)
    assert said(made_of(tmp_path, cover(), beside)) == [("L16", "Indicators!C2")]


def test_no_council_is_another_than_itself() -> None:
    class Own(Vocabulary):
        """The vocabulary of Medway Council's register."""

    own = Own(REGISTER)
    own.council = "medway council"
    for text in (
        "Medway",
        "Medway Council",
        "Housing",
        "Reading",
        "Kent Police",
        "Borough Council",
    ):
        assert not another_council(own, text)
    for text in ("Kent", "Kent County Council", "City of York Council", "London Borough of Brent"):
        assert another_council(own, text)


@pytest.mark.parametrize("text", ["Medway Council", "North Yorkshire County Council", "Kent CC"])
def test_another_council_is_one_whatever_the_register_s_own_is_called(
    tmp_path: Path, text: str
) -> None:
    for place in (*THREE, "in a tab's name"):
        assert codes(tmp_path, place, text) <= {"L16", "L33"} != set()


def test_a_body_that_the_register_names_is_no_other_council() -> None:
    first, *others = REGISTER.indicators
    register = replace(REGISTER, indicators=(replace(first, source="Medway Council"), *others))
    assert not another_council(vocabulary_of(register), "Medway Council")
    assert another_council(vocabulary_of(register), "Kent County Council")
