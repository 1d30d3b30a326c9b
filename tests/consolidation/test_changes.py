"""Changes since the last issue: what is the most to say of each indicator, and nothing hidden."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from pipeline.consolidation.changes import Change, changes_since
from pipeline.consolidation.editions import issue_of
from pipeline.consolidation.rating import Colour
from pipeline.consolidation.report import Line, Report
from pipeline.store import Issue, IssuedRating
from schemas.model import Kind
from tests.support.report_fixture import worked_example

REPORT = worked_example()
LAST = replace(issue_of(REPORT, 1), issued_at=datetime(2013, 4, 1, 2, tzinfo=UTC))


def line_of(ref: str) -> Line:
    return next(line for line in REPORT.lines if line.indicator.ref == ref)


def with_line(line: Line) -> Report:
    """The report with another line in the place of the one of the same indicator."""
    sections = tuple(
        replace(
            section,
            lines=tuple(
                line if x.indicator.ref == line.indicator.ref else x for x in section.lines
            ),
        )
        for section in REPORT.sections
    )
    return replace(REPORT, sections=sections)


def before(ref: str, **printed: str) -> Issue:
    """The last issue, in which one indicator was printed otherwise."""
    ratings = tuple(replace(r, **printed) if r.indicator == ref else r for r in LAST.ratings)
    return replace(LAST, ratings=ratings)


RED = next(line for line in REPORT.lines if line.rating.colour is Colour.RED)
UNRATED = next(line for line in REPORT.lines if line.performance_shown and not line.rating.colour)


@pytest.mark.parametrize(
    ("line", "printed", "heading", "was"),
    [
        (RED, {"rating": "amber"}, "Newly red", "was amber"),
        (RED, {"performance": "4100", "rating": "green"}, "Newly red", "was 4100, green"),
        (RED, {"rating": "no target", "target": ""}, "Newly red",
         "was without a target, not rated (no target)"),
        (RED, {"performance": "", "rating": "no data"}, "Newly reported", ""),
        (RED, {"performance": "4604"}, "Figure changed", "was 4604"),
        (RED, {"target": "4000"}, "Target changed", "was with the target 4000"),
        (UNRATED, {"rating": "amber"}, "No longer rated", "was amber"),
        (UNRATED, {"rating": "no data", "performance": "3"}, "Figure changed",
         "was 3, not rated (no data)"),
    ],
)  # fmt: skip
def test_each_change_stands_under_what_is_the_most_to_say_of_it(
    line: Line, printed: dict[str, str], heading: str, was: str
) -> None:
    ((found, (change,)),) = changes_since(REPORT, before(line.indicator.ref, **printed)).groups
    assert (found, change.was) == (heading, was)
    assert change.indicator == line.indicator.wording


def test_nothing_is_said_of_what_is_printed_as_it_was() -> None:
    changes = changes_since(REPORT, LAST)
    assert (changes.groups, changes.overall) == ((), None)
    assert changes.since == LAST.issued_at


def test_a_first_issue_has_nothing_before_it() -> None:
    assert changes_since(REPORT, None).since is None


def test_an_issue_whose_content_was_not_kept_is_compared_with_nothing() -> None:
    changes = changes_since(REPORT, replace(LAST, ratings=()))
    assert (changes.is_known, changes.groups) == (False, ())


def test_what_the_whole_was_is_said_where_it_is_something_else_now() -> None:
    assert changes_since(REPORT, replace(LAST, overall="")).overall == ("not rated", "amber")


def test_an_earlier_figure_that_is_suppressed_by_now_is_not_told_again() -> None:
    hidden = replace(
        RED,
        performance_shown="Suppressed",
        consolidated=replace(RED.consolidated, suppressed=True, value=None),
    )
    ((_, (change,)),) = changes_since(with_line(hidden), LAST).groups
    assert (change.now.split(",")[0], change.was) == ("Suppressed", "was published")
    assert RED.performance_shown not in change.was


def test_reports_in_words_are_not_quoted() -> None:
    told = replace(
        UNRATED,
        indicator=replace(UNRATED.indicator, kind=Kind.NARRATIVE),
        performance_shown="The pilot has ended.",
    )
    ((_, (change,)),) = changes_since(with_line(told), LAST).groups
    assert (change.now.split(",")[0], change.was) == ("reported in words", "was worded otherwise")


def test_what_the_register_gained_or_lost_is_named() -> None:
    ratings = (*LAST.ratings[1:], IssuedRating("P0-1", "3", "", "no target"))
    changes = dict(changes_since(REPORT, replace(LAST, ratings=ratings)).groups)
    (added,) = changes["New in the appendix"]
    assert (added.indicator, added.was) == (REPORT.lines[0].indicator.wording, "")
    assert changes["No longer in the appendix"] == (Change("P0-1", "", ""),)
