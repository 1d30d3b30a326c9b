"""Short lines over a table, on its tab and on the cover: placed, or asked about once a sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.corpus.layout import FIVE, NOW, Layout, Way, cover, lines, table
from tests.corpus.reading import returned
from tests.corpus.sheets import sheet
from tests.corpus.write import write
from tests.returns.test_harmless import codes
from tests.returns.test_labels import READ, figures, made_of
from tests.returns.test_remarks import said, standing
from tests.returns.test_titles import HEAD, titled
from tests.support.sampled import sampled

HEADLINES = ["over", "on the cover", "in a tab's name"]
#: How it is counted, of whom and of where it is, and for how long: each makes other figures.
NAMES = [
    *(
        "P9",
        "In month",
        "Mid-year",
        "Month end",
        "Snapshot",
        "Point in time",
        "Daily",
        "QTD",
        "MAT",
    ),
    *("Headcount", "FTE", "WTE", "Full time equivalents", "Rate per 1,000", "Per head", "Z-score"),
    *("Per dwelling", "Crude rate", "Standardised", "Smoothed", "Median", "Cash terms", "Inc VAT"),
    *("Running total", "Year so far", "YTD", "Cum.", "Rolling 12m", "Scenario B", "Worst case"),
    *("Over 65s", "Under 18s", "Aged 16 to 24", "65+", "Males only", "Homeowners only"),
    *("Excluding schools", "Older people", "Leaseholders", "Owner occupiers", "BME residents"),
    *("Primary schools", "New cases", "Private sector", "Phase 1", "Cohort 2", "Tier 2", "Survey"),
    *("Anytown North", "Medway", "Castle", "River ward", "Cluster B", "Depot 1", "South East"),
    *("Medway Council", "Boroughshire County Council", "Growth", "Opening balance", "After tax"),
]
#: What returns say of themselves, of who sends them, and of the council.
ORDINARY = [
    *("Borough Council", "Community safety", "Community Safety Directorate", "Children and Adults"),
    *("Housing and Regeneration", "Regeneration, Community and Culture", "Children's Services"),
    *("Business Support Department", "Chief Executive's Department", "Adult Social Care", "ICT"),
    *("Legal and Democratic Services", "Highways and Parking", "Safer Communities Partnership"),
    *("Performance Return", "Quarterly return", "Data Collection Form", "Balanced scorecard"),
    *("Corporate Performance Team", "Council Plan 2015-19", "Corporate Plan Priorities", "KPIs"),
    *("Strategic objectives", "National indicators", "Local Performance Indicators (LPIs)"),
    *("Contact: Jane Smith", "Contact jane.smith@council.example", "01634 306000 ext. 2014"),
    *("www.council.example", "Phone: 020 7946 0000", "Civic Centre, High Street, Anytown"),
    *("Jane Smith, Performance Officer", "Cllr A Jones, Cabinet Member", "Head of Service A Jones"),
    *("Completed by Jane Smith", "Approved by A. Brown 14/01/2016", "Job title Analyst"),
    *("Signed off by Jane Smith", "Date completed 12/01/2016", "Portfolio holder: A Jones"),
    *("v1.2", "Version 3.0", "Official", "OFFICIAL-SENSITIVE", "NOT PROTECTIVELY MARKED"),
    *("Confidential", "For internal use", "Page 1 of 2", "Appendix A", "Annex B", "Sheet 1 of 3"),
    *("Section 2: Indicators", "Part B - Achievements", "Contents", "Guidance: see tab 3", "End"),
    *("Please complete the white cells", "Complete white cells only", "Do not delete rows"),
    *("Only complete cells shaded yellow", "Please return by 15 January 2016", "Back to contents"),
    *("Deadline 15 January 2016", "Reporting period: Quarter 3 2015/16", "Ward: All"),
    *("RAG key: Red Amber Green", "Red = below target", "Direction of travel", "Notes"),
    *("Working together for a better borough", "A great place to live and work", "Serving you"),
    *("Link to Council Plan", "Report to Cabinet", "Agenda item 7", "Crime and disorder"),
    *("Copyright Borough Council 2016", "All rights reserved", "Frequency: quarterly"),
]


@pytest.mark.parametrize("place", HEADLINES)
@pytest.mark.parametrize("text", sampled(NAMES, 20))
def test_a_name_for_the_figures_that_nobody_can_place_is_asked_about(
    tmp_path: Path, place: str, text: str
) -> None:
    assert codes(tmp_path, place, text) & {"L15", "L16", "L26", "L33"}


@pytest.mark.parametrize("text", sampled(ORDINARY, 20))
def test_what_returns_say_of_themselves_is_passed_over(tmp_path: Path, text: str) -> None:
    for place in ("over", "on the cover"):
        made = made_of(tmp_path, *standing(place, text))
        assert (said(made), figures(made)) == ([], READ)


@pytest.mark.parametrize("way", FIVE, ids=str)
def test_all_of_a_sheet_is_asked_about_once_and_rejects_nothing(tmp_path: Path, way: Way) -> None:
    names = (("Anytown North",), ("Headcount",), ("Anytown North",))
    front = cover("2015-16 Q3", "Community safety", *names)
    made_as = Layout("names", (front, titled(("Snapshot",), tab="Tier 2")), {})
    (made,) = returned([write(made_as, way, tmp_path / f"names{way.suffix}")])
    first, second = (f for f in made.findings if f.code == "L33")
    assert first.place.startswith("Cover!")
    assert '"Anytown North" and "Headcount"' in first.problem
    assert '"Tier 2" and "Snapshot"' in second.problem
    assert figures(made) == READ


def test_of_many_lines_some_are_quoted(tmp_path: Path) -> None:
    front = cover("2015-16 Q3", "Community safety", *((f"Anytown {n}",) for n in "pqrstuvw"))
    (found,) = [
        f for f in made_of(tmp_path, front, table(("Actual",), NOW)).findings if f.code == "L33"
    ]
    assert '"Anytown p", "Anytown q" and 6 more says' in found.problem


def test_words_of_the_register_are_placed(tmp_path: Path) -> None:
    for text in ("Anti-social behaviour", "Safer streets", "Fair and responsive services"):
        assert said(made_of(tmp_path, cover(), titled((text,)))) == []


def test_a_line_of_which_something_is_said_is_not_asked_about_again(tmp_path: Path) -> None:
    page = sheet("Indicators", ("Anytown North forecast",), (), HEAD, *lines(NOW))
    assert said(made_of(tmp_path, cover(), page)) == [("L16", "Indicators!A1")]
