"""The appendix as an HTML page: the same content, readable by anyone, and safe."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.report import Report, ReturnState
from pipeline.outputs.page import render_page
from pipeline.outputs.page import write as write_page
from pipeline.workbooks.safe_text import clean
from schemas.observations import Achievement
from schemas.wording import counted
from tests.support.report_fixture import HOSTILE, WORKED, demanding, worked_example

VOID = {"br", "meta", "link", "img", "hr", "input"}
HOSTILE_TEXT = "<script>alert('x')</script>\u202e%26\u2066\x00\x1b & =1+1\ud800"


class Outline(HTMLParser):
    """Reads a page strictly: every element closed, in order; keeps its text and its elements."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.pieces: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)
        elif tag == "br":
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        opened = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.pieces.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=[worked_example, demanding], ids=["worked example", "demanding"])
def report(request: pytest.FixtureRequest) -> Report:
    made: Report = request.param()
    return made


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def test_without_a_fourth_band_nothing_is_said_of_one(report: Report) -> None:
    page = render_page(report)
    assert "xceeded" not in page
    assert "★" not in page
    assert [band.said for band in report.bands] == ["green", "amber", "red"]


def test_every_indicator_stands_with_its_target_figure_rating_and_travel(report: Report) -> None:
    text = Outline(render_page(report)).text
    for line in report.lines:
        in_words = len(line.performance_shown) > 40
        figure = "In words, below" if in_words else line.performance_shown or line.nothing_shown
        row = " ".join(
            one_line(part)
            for part in (
                line.indicator.wording,
                line.target_shown or "None",
                figure,
                report.shown(line.rating),
                line.travel.shown if line.travel else "No comparison",
            )
        )
        assert row in text


def test_the_worked_example_has_the_rating_that_its_source_implies_in_every_row() -> None:
    text = Outline(render_page(worked_example())).text
    for _, heading, achieved, achievements, rows in WORKED:
        assert heading in text
        assert achieved in text
        assert all(one_line(words) in text for _, words in achievements)
        for row in rows:
            printed = (row.wording, row.target or "None", row.performance or "No data", row.rating)
            assert " ".join(printed) in text
    assert "Overall performance: ◆ Amber" in text
    assert "All priorities 3 1 2 8 0.583 ◆ Amber" in text


def test_remarks_commentary_key_policy_and_definitions_are_all_there(report: Report) -> None:
    text = Outline(render_page(report)).text
    for line in report.lines:
        assert line.performance_shown in text
        words = (*line.remarks, *line.commentary, line.indicator.definition, line.indicator.source)
        assert all(one_line(word) in text for word in words)
    for colour, meaning in report.key:
        assert f"{colour.capitalize()} {meaning}" in text
    assert report.overall_key in text


def test_achievements_stand_under_their_priority(report: Report) -> None:
    text = Outline(render_page(report)).text
    for section in report.sections:
        if section.achievements:
            words = [section.priority.achievements_heading]
            words += [a.text for a in section.achievements]
            assert " ".join(one_line(word) for word in words) in text


def test_the_areas_that_have_not_returned_are_named_with_where_they_stand() -> None:
    text = Outline(render_page(demanding())).text
    assert "The figures of 2 service areas are not in this appendix:" in text
    assert "Housing: sent back for correction, 4 things to correct" in text
    assert "=Finance: overdue, it was due on 31 January 2013" in text
    assert "a later return, A final (2).xlsx, was sent back" in text


def test_a_complete_set_of_returns_is_said_to_be_complete() -> None:
    assert (
        "Every service area has returned its figures."
        in Outline(render_page(worked_example())).text
    )


def test_a_return_that_is_not_due_yet_is_not_called_overdue() -> None:
    report = worked_example()
    waiting = replace(report.returns[0], state=ReturnState.MISSING, received_at=None)
    text = Outline(render_page(replace(report, returns=(waiting,)))).text
    assert "Children's services: not received, it is due on 30 April 2013" in text


def test_each_reason_for_no_colour_is_explained_and_only_those_that_occur() -> None:
    text = Outline(render_page(worked_example())).text
    assert "No target: the register sets nothing to reach for this period." in text
    assert "No data:" in text
    assert f"{NotRated.SUPPRESSED.capitalize()}:" not in text


def test_the_two_directions_of_travel_say_what_they_are_measured_from() -> None:
    text = Outline(render_page(demanding())).text
    assert "was 93.0% (Q2 2012-13)" in text
    assert "was 90.1% (Q3 2011-12)" in text


def test_the_page_is_one_file_that_fetches_nothing_and_runs_nothing(report: Report) -> None:
    outline = Outline(render_page(report))
    assert not {"script", "link", "img", "iframe", "object", "form"} & {
        tag for tag, _ in outline.elements
    }
    assert all(link["href"].startswith("#") for link in outline.all("a"))
    assert not any(name.startswith("on") for _, attrs in outline.elements for name in attrs)
    style = render_page(report).partition("<style>")[2].partition("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style


def test_a_screen_reader_finds_language_headings_captions_and_header_cells(report: Report) -> None:
    outline = Outline(render_page(report))
    assert outline.all("html") == [{"lang": "en-GB"}]
    assert len(outline.all("h1")) == 1
    assert len(outline.all("main")) == 1
    tables = len(outline.all("table"))
    assert len(outline.all("caption")) == len(outline.all("thead")) == tables == 5
    assert {th.get("scope") for th in outline.all("th")} == {"col", "row", "rowgroup"}


def test_every_link_and_every_reference_to_a_header_cell_has_its_goal(report: Report) -> None:
    outline = Outline(render_page(report))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    goals = {link["href"][1:] for link in outline.all("a")}
    goals |= {cell["headers"] for cell in outline.all("td") if "headers" in cell}
    goals |= {part["aria-labelledby"] for part in outline.all("section")}
    assert goals <= set(ids)


def test_text_that_looks_like_a_formula_or_markup_is_shown_as_it_was_sent() -> None:
    text = Outline(render_page(demanding())).text
    assert all(words in text for words in HOSTILE)


def test_markup_controls_and_bidi_overrides_in_any_text_do_no_harm() -> None:
    report = worked_example()
    framework = replace(report.register.framework, council=HOSTILE_TEXT, title=HOSTILE_TEXT)
    section = report.sections[0]
    line = replace(
        section.lines[0],
        indicator=replace(
            section.lines[0].indicator, wording=HOSTILE_TEXT, definition=HOSTILE_TEXT
        ),
        performance_shown=HOSTILE_TEXT,
        commentary=(HOSTILE_TEXT,),
        remarks=(HOSTILE_TEXT,),
    )
    hostile = replace(
        section,
        priority=replace(section.priority, heading=HOSTILE_TEXT),
        lines=(line,),
        achievements=(Achievement("P1", "CS", "2012-13", HOSTILE_TEXT),),
    )
    html = render_page(
        replace(
            report,
            register=replace(report.register, framework=framework),
            sections=(hostile,),
        )
    )
    outline = Outline(html)
    assert outline.all("script") == []
    assert "<script>alert('x')</script>%26 & =1+1" in outline.text
    assert not set(html) & {"\u202e", "\u2066", "\x00", "\x1b", "\ud800"}


def test_a_page_without_achievements_indicators_or_returns_still_stands() -> None:
    report = replace(worked_example(), sections=(), returns=())
    text = Outline(render_page(report)).text
    assert "No service area has reported an achievement for this period." in text
    assert "no indicators" in text


def test_the_file_is_the_page_in_utf_8_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    report = worked_example()
    path = tmp_path / "2012-13" / "appendix.html"
    write_page(report, path)
    assert path.read_bytes().decode("utf-8") == render_page(report)
    assert [p.name for p in path.parent.iterdir()] == ["appendix.html"]


def test_the_same_report_gives_the_same_page(report: Report) -> None:
    assert render_page(report) == render_page(report)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no indicators"), (1, "1 indicator"), (2, "2 indicators")]
)
def test_a_number_takes_its_noun_along(number: int, words: str) -> None:
    assert counted(number, "indicator") == words
