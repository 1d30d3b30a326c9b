"""Lines near the figures that speak of them: understood to the last word, or said to a person."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from pipeline.outputs.correction.notes import AUTHOR
from pipeline.returns.reading import Return
from schemas.findings import Severity
from schemas.layout_rules import REMARK_UNCLEAR
from schemas.model import Status
from tests.corpus.layout import BEFORE, FIVE, NOW, WAYS, Layout, Way, cover, lines, table
from tests.corpus.reading import returned
from tests.corpus.register import HOMES
from tests.corpus.sheets import Cell, Row, Sheet, sheet
from tests.corpus.write import write
from tests.corpus.writers.libreoffice import convert
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_titles import HEAD, is_asked, titled
from tests.support.programs import need


def under(*notes: Row) -> Sheet:
    return sheet("Indicators", HEAD, *lines(NOW), (), *notes)


def said(made: Return) -> list[tuple[str, str]]:
    """What is found beside the missing sign-off: codes with their places."""
    return [(f.code, f.place) for f in made.findings if f.code != "C11"]


PLACES = ["over", "under", "beside", "in a tab's name", "on the cover", "over nothing"]


def standing(place: str, text: str) -> tuple[Sheet, ...]:
    """A return with a line of text in a place."""
    rows = list(lines(NOW))
    match place:
        case "over":
            return cover(), titled((text,))
        case "under":
            return cover(), under((text,))
        case "beside":
            rows[1] = (*rows[1], None, text)
            return cover(), sheet("Indicators", HEAD, *rows)
        case "in a tab's name":
            return cover(), table(("Actual",), NOW, name=text[:31])
        case "on the cover":
            return cover("2015-16 Q3", "Community safety", (text,)), table(("Actual",), NOW)
    return cover(), sheet("Indicators", (*HEAD, None, text), *rows)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "text", ["Figures exclude grants", "All figures net of grants", "Data excludes schools"]
)
def test_a_line_on_the_figures_that_is_not_understood_is_said_and_rejects_nothing(
    tmp_path: Path, place: str, text: str
) -> None:
    made = made_of(tmp_path, *standing(place, text))
    (finding,) = [f for f in made.findings if f.code == REMARK_UNCLEAR.code]
    assert finding.severity is Severity.WARNING
    assert finding.problem.startswith(f"{text} speaks of the figures")
    assert figures(made) == READ


#: Longer than a title or a note.
PROSE = "This return is made by the services of the council and is sent to the board. " * 5


@pytest.mark.parametrize("place", ["over", "under", "beside", "on the cover"])
@pytest.mark.parametrize(
    "text",
    [
        *("Due to system failure, figures are cumulative", "We used last quarter's figures"),
        *("Important: all figures are for Q2", "Source: Uniform. Figures are cumulative."),
        *("Prepared by J Smith; figures are cumulative", "Sorry - figures are for Q2"),
        *("Prepared by J Smith\nFigures are cumulative", "ASB: figures exclude December"),
        *("Return by 14 January. All figures are for Q2", "Definition: all. Data is for Q2"),
        *(f"{PROSE}All figures are cumulative", f"{PROSE}All figures are for Q2"),
        PROSE.replace(". ", ", ") + "and all figures exclude December",
        *("Contact: J Smith - figures are cumulative", "Better than ever. Figures are for Q2"),
    ],
)
def test_a_harmless_beginning_hides_nothing_of_the_rest(
    tmp_path: Path, place: str, text: str
) -> None:
    codes = {code for code, _ in said(made_of(tmp_path, *standing(place, text)))}
    assert codes in ({"L16"}, {"L26"})


@pytest.mark.parametrize("place", ["over", "under", "beside", "on the cover"])
@pytest.mark.parametrize("text", ["Source: Home Office data", "Prepared by J Smith", PROSE])
def test_a_line_of_nothing_but_a_harmless_beginning_is_passed_over(
    tmp_path: Path, place: str, text: str
) -> None:
    assert said(made_of(tmp_path, *standing(place, text))) == []


@pytest.mark.parametrize("way", FIVE, ids=str)
def test_a_note_on_the_figures_is_said_whatever_the_format(tmp_path: Path, way: Way) -> None:
    layout = Layout("note", (cover(), under(("Figures exclude December",))), {})
    (made,) = returned([write(layout, way, tmp_path / f"note{way.suffix}")])
    assert ("L26", "Indicators!A7") in said(made)


@pytest.mark.parametrize(
    "note",
    [
        *("Figures to be confirmed", "use 4650 instead", "4605 is wrong, should be 4650"),
        *("excludes schools", "* excludes cases closed within 24 hours", "Net of recharges"),
        *("Based on a sample of 200 respondents", "Legend: figures in red are estimates"),
        *("1.1 covers October and November only", "Figures restated from last year"),
        *("These figures are rounded to the nearest hundred", "December data missing"),
        *(
            "Figures awaiting sign off",
            "N.B. figure for 1.1 double counts",
            "Includes fire service",
        ),
        *("Figures are percentages of target", "1 Estimated", "Figures are indexed (2010=100)"),
        *("Subject to change", "To be revised", "Without December", "Figures less recharges"),
        *("Previous quarter's figures used where there are none", "Data lags by one month"),
    ],
)
def test_a_note_that_speaks_of_the_figures_is_said(tmp_path: Path, note: str) -> None:
    assert said(made_of(tmp_path, cover(), under((note,)))) == [("L26", "Indicators!A7")]


@pytest.mark.parametrize(
    "note",
    [
        *("Please return by 14 January", "Contact: finance team", "Contact: J Smith, ext. 2014"),
        *("Source: Home Office data", "Data source: case system, 12 January 2016", "End of table"),
        *("All figures as at 31 December 2015", "Figures are for quarter 3", "Page 1 of 1"),
        *(
            "Figures rounded to one decimal place",
            "Data refreshed quarterly",
            "n/a: not applicable",
        ),
        *("Cumulative figures are on the Trend tab", "Next update: Q4 2015/16"),
        *("Last year's figures are in the 2014/15 return", "Target met in December"),
        *("Key: green = figure at or above target", "Lower is better for 1.1", "Signed off by me"),
        *(
            "Figures fell after the new scheme",
            "* Provisional figures are marked",
            "Days to repair",
        ),
        *("We asked every household, and 312 of 400 answered", "Value for money is good"),
    ],
)
def test_a_note_that_changes_nothing_is_passed_over(tmp_path: Path, note: str) -> None:
    made = made_of(tmp_path, cover(), under((note,)))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize(
    "title",
    [
        *("Performance data return, Q3 2015/16", "Key figures for quarter 3", "Data collection"),
        *("Crime and disorder", "Corporate scorecard", "Value for money", "Data quality: good"),
        *("Police and Crime Plan", "Regional Services Directorate", "Benchmarking team"),
        *("Housing division", "Neighbourhood watch", "Figures"),
        *("All figures as at 31 December 2015", "Change programme board"),
        *("Q3 2015/16 - Oct, Nov, Dec 2015",),
    ],
)  # fmt: skip
def test_a_title_that_says_nothing_of_the_figures_is_passed_over(
    tmp_path: Path, title: str
) -> None:
    made = made_of(tmp_path, cover(), titled((title,)))
    assert (said(made), figures(made)) == ([], READ)


def test_commentary_is_no_note(tmp_path: Path) -> None:
    words = ("Figures exclude December", "Estimate", "net of grants", "in £000")
    made = made_of(tmp_path, cover(), table(("Actual", "Commentary"), NOW, words))
    assert said(made) == []


def test_a_note_is_quoted_at_most_so_long(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), under(("Figures exclude " + "many things " * 20,)))
    (finding,) = [f for f in made.findings if f.code == "L26"]
    assert len(finding.problem.partition(" speaks of")[0]) == 80


def test_an_indicator_without_a_figure_is_no_note(tmp_path: Path) -> None:
    rows = [*lines(NOW)[:3], ("1.11", lines(NOW)[3][1])]
    odd = sheet("Indicators", HEAD, ("1.1", "Incidents of anti-social behaviour"), *rows[1:])
    assert "L26" not in {code for code, _ in said(made_of(tmp_path, cover(), odd))}


@pytest.mark.parametrize("place", ["over", "under", "on the cover"])
@pytest.mark.parametrize(
    "text",
    [
        *("Figures in hundreds", "All money in pence", "All times in weeks", "in lakhs"),
        *("Waiting times are in hours", "per 1,000", "Rates per 100,000 population"),
    ],
)
def test_what_the_figures_are_counted_in_is_held_against_them(
    tmp_path: Path, place: str, text: str
) -> None:
    assert is_asked(tmp_path, *standing(place, text))


@pytest.mark.parametrize("title", ["All times in days", "All money in pounds"])
def test_a_unit_that_the_indicators_have_is_understood(tmp_path: Path, title: str) -> None:
    made = made_of(tmp_path, cover(), titled((title,)))
    assert (said(made), figures(made)) == ([], READ)


def test_a_unit_over_all_figures_must_be_that_of_all(tmp_path: Path) -> None:
    assert is_asked(tmp_path, cover(), titled(("Percentages",)))
    money = table(("Actual",), (4605, 1234), area=HOMES, name="£")
    made = made_of(tmp_path, cover(area=HOMES.name), money)
    assert figures(made, ("3.1", "3.2")) == {"3.1": 4605, "3.2": 1234}


@pytest.mark.parametrize("place", ["over", "in a tab's name"])
@pytest.mark.parametrize(
    "text",
    [
        *(
            "net",
            "Median",
            "Peak",
            "Ranking",
            "Trajectory",
            "WIP",
            "National",
            "Police",
            "Pro rata",
        ),
        *("Safety - North division", "North", "South East", "Under 18s", "Ward A"),
        *("Women", "Males", "Ward", "Castle ward", "Aged 18-24", "Northern locality", "Urban"),
    ],
)
def test_a_part_or_a_kind_that_a_line_names_alone_is_asked_about(
    tmp_path: Path, place: str, text: str
) -> None:
    assert is_asked(tmp_path, *standing(place, text))


@pytest.mark.parametrize("section", ["North division", "Under 18s", "Female", "net", "Ward A"])
def test_a_section_of_a_part_is_asked_about(tmp_path: Path, section: str) -> None:
    rows = lines(NOW)
    target = sheet("Indicators", HEAD, *rows[:2], (section,), *rows[2:])
    assert is_asked(tmp_path, cover(), target)


@pytest.mark.parametrize(
    "section", ["Police", "Children", "Crime, including drugs", "Housing team"]
)
def test_a_section_of_a_theme_is_no_matter(tmp_path: Path, section: str) -> None:
    rows = lines(NOW)
    made = made_of(tmp_path, cover(), sheet("I", HEAD, *rows[:2], (section,), *rows[2:]))
    assert (said(made), figures(made)) == ([], READ)


def test_a_section_that_speaks_of_figures_is_said(tmp_path: Path) -> None:
    rows = lines(NOW)
    note = ("Figures below exclude grants",)
    made = made_of(tmp_path, cover(), sheet("I", HEAD, *rows[:2], note, *rows[2:]))
    assert said(made) == [("L26", "I!A4")]


def test_tabs_of_parts_of_the_area_are_asked_about_each(tmp_path: Path) -> None:
    north, south = (
        sheet(name, HEAD, *lines(NOW)[part])
        for name, part in (("North", slice(2)), ("South", slice(2, None)))
    )
    made = made_of(tmp_path, cover(), north, south)
    assert said(made) == [("L16", "North"), ("L16", "South")]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        *(("Ward", ("Castle",) * 4), ("Gender", ("F",) * 4), ("Locality", ("Riverside",) * 4)),
        *(("Age", ("Under 18", "All", "All", "All")), ("Division", ("North",) * 4)),
        *(("Team", ("Team A", "Team B") * 2), ("Geography", ("Castle",) * 4)),
    ],
)
def test_a_column_of_parts_is_asked_about_once(
    tmp_path: Path, heading: str, words: tuple[str, ...]
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), words, NOW))
    assert said(made) == [("L16", "Indicators!C2")]
    assert f"{words[0]} under {heading} says that the figures are of a part" in (
        next(f.problem for f in made.findings if f.code == "L16")
    )


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("Ward", "All"),
        ("Division", "Housing"),
        ("Team", "Data team"),
        ("Geography", "Borough wide"),
    ],
)
def test_a_column_of_the_whole_or_of_who_answers_is_no_matter(
    tmp_path: Path, heading: str, word: str
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (word,) * 4, NOW))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("is_left", [False, True])
@pytest.mark.parametrize("others", [BEFORE, ("4650", None, None, None)])
def test_a_second_figure_without_a_heading_is_asked_about_once(
    tmp_path: Path, is_left: bool, others: tuple[Cell, ...]
) -> None:
    beside = (None, "Actual") if is_left else ("Actual", None)
    columns = (others, NOW) if is_left else (NOW, others)
    made = made_of(tmp_path, cover(), table(beside, *columns))
    assert said(made) == [("L27", "Indicators!C2" if is_left else "Indicators!D2")]


@pytest.mark.parametrize("beside", [NOW, ("x",) * 4, (None,) * 4])
def test_the_same_figures_and_marks_without_a_heading_are_no_matter(
    tmp_path: Path, beside: tuple[Cell, ...]
) -> None:
    made = made_of(tmp_path, cover(), table(("Actual", None), NOW, beside))
    assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("note", ["All figures are provisional", "Note: data is provisional."])
def test_a_note_that_all_figures_are_provisional_is_heard(tmp_path: Path, note: str) -> None:
    made = made_of(tmp_path, cover(), under((note,)))
    assert (said(made), figures(made)) == ([], READ)
    assert {row.status for row in made.reading.rows} == {Status.PROVISIONAL}


def commented(folder: Path, cell: str, text: str) -> Path:
    path = folder / "comment.xlsx"
    write(Layout("comment", (cover(), table(("Actual",), NOW)), {}), WAYS[0], path)
    book = load_workbook(path)
    book["Indicators"][cell].comment = Comment(text, "J Smith")
    book.save(path)
    return path


@pytest.mark.parametrize("cell", ["C1", "C2"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("J Smith:\nuse 4650 instead", "L26"), ("Net of grants", "L26"), ("estimate", "L16")),
        *(("in £000", "L16"), ("Figure for Q2", "L16"), ("excl. December", "L16")),
        ("Source: Uniform\nFigures are cumulative", "L16"),
    ],
)
def test_a_comment_on_a_figure_or_its_heading_is_heard(
    tmp_path: Path, cell: str, text: str, code: str
) -> None:
    assert said(returned([commented(tmp_path, cell, text)])[0]) == [(code, f"Indicators!{cell}")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        *(("C2", "Checked by J Smith"), ("A1", "use 4650 instead"), ("E9", "use 4650 instead")),
        ("C2", f"{AUTHOR}:\n\n✖ Error V02: 4650 is not a figure.\nWhat to do: use 4605 instead"),
    ],
)
def test_a_comment_on_something_else_or_of_ours_is_passed_over(
    tmp_path: Path, cell: str, text: str
) -> None:
    assert said(returned([commented(tmp_path, cell, text)])[0]) == []


@pytest.mark.outside
def test_a_comment_is_heard_in_libreoffice_s_own_format(tmp_path: Path) -> None:
    need("soffice")
    path = commented(tmp_path, "C2", "use 4650 instead")
    made = returned(convert([path], ".ods", tmp_path, tmp_path / "profile"))[0]
    assert said(made) == [("L26", "Indicators!C2")]


def test_comments_that_cannot_be_read_do_not_keep_a_return_out(tmp_path: Path) -> None:
    path, broken = commented(tmp_path, "C2", "use 4650 instead"), tmp_path / "broken.xlsx"
    with ZipFile(path) as old, ZipFile(broken, "w") as new:
        for name in old.namelist():
            is_comments = "comments" in name and name.endswith(".xml")
            new.writestr(name, b"<comments>" if is_comments else old.read(name))
    (made,) = returned([broken])
    assert (said(made), figures(made)) == ([], READ)
