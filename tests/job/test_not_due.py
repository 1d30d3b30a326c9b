"""Nights in which not every indicator is due, and one changes from a period on."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.outputs.template import write_template
from schemas.frequency import Frequency
from schemas.model import Period, Register
from schemas.units import Unit
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.command_line import quarterday
from tests.support.council import REGISTER, Council
from tests.support.filled import fill_in, fill_return

NEVER = date(2099, 12, 31)
Q1 = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), NEVER)
Q2 = Period("2012-13 Q2", date(2012, 7, 1), date(2012, 9, 30), NEVER)
Q3 = Period("2012-13 Q3", date(2012, 10, 1), date(2012, 12, 31), NEVER)
Q4 = Period("2012-13 Q4", date(2013, 1, 1), date(2013, 3, 31), NEVER)
HOMES = indicator("P2-3", "Homes", priority="P2", areas=("ASC",))
HALF_YEARLY = indicator("P2-4", "Events held", priority="P2", areas=("CS",))
JUNE = Period("June 2012", date(2012, 6, 1), date(2012, 6, 30), NEVER)
FIGURES: dict[str, object] = {"P1-1": 4605, "P2-3": 99, "P2-4": 7}


def register_of(*changed: Any) -> Register:
    rows = (REGISTER.indicators[0], HOMES, replace(HALF_YEARLY, due=Frequency.HALF_YEARLY))
    return replace(REGISTER, indicators=(*rows, *changed), targets=(), periods=(Q1, Q2, Q3, Q4))


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council", register_of())


def lines(council: Council, period: Period) -> dict[str, dict[str, Any]]:
    """What the appendix of a period says of each indicator."""
    (told,) = council.ask("merge", "--period", period.name)
    return {each["ref"]: each for each in told["indicators"]}


def asked(council: Council, period: Period, tmp_path: Path) -> list[str]:
    """The refs in the template of Community safety for a period."""
    path = tmp_path / "template.xlsx"
    write_template(council.register, SAFETY, period, path)
    rows = load_workbook(path)["Indicators"].iter_rows(min_row=5, max_col=1, values_only=True)
    return [str(ref) for (ref,) in rows if ref]


def test_a_template_asks_for_what_is_due_and_the_return_is_taken(
    council: Council, tmp_path: Path
) -> None:
    assert asked(council, Q1, tmp_path) == ["P1-1"]
    assert asked(council, Q2, tmp_path) == ["P1-1", "P2-4"]
    council.drop(SAFETY, FIGURES, period=Q1)
    council.night()
    with council.store as store:
        (sent,) = store.submissions()
    assert (sent.outcome, sent.findings) == ("accepted", ())


def test_what_is_not_due_is_printed_with_its_last_figure_and_when_the_next_comes(
    council: Council,
) -> None:
    council.drop(SAFETY, FIGURES, "q2.xlsx", Q2)
    council.drop(SAFETY, FIGURES, "q3.xlsx", Q3)
    council.night()
    line = lines(council, Q3)["P2-4"]
    assert (line["rating"]["not_rated"], line["performance"]) == ("not due", "")
    assert "Last reported for 2012-13 Q2: 7." in line["remarks"]
    assert "Next due for 2012-13 Q4." in line["remarks"]
    (data,) = council.place.outbox_of(Q3.name).glob("* data.csv")
    rows = csv.DictReader(data.read_text(encoding="utf-8-sig").splitlines())
    status = {row["Ref"]: row["Status"] for row in rows}
    assert (status["P2-3"], status["P2-4"]) == ("Not reported", "Not due")
    page = next(council.place.outbox_of(Q3.name).glob("*.html")).read_text(encoding="utf-8")
    row = next(each for each in page.split("<tr") if line["indicator"] in each)
    assert ">Not due<" in row.partition('data-label="Performance"')[2]
    assert "No data" not in row


def test_what_was_not_available_when_last_due_is_said_where_it_is_not_due_now(
    council: Council,
) -> None:
    unavailable = {"Status": "Not available", "Commentary": "The system was down"}
    entries = {"P1-1": {"Performance": 4605}, "P2-4": unavailable}
    fill_return(council.register, SAFETY, Q2, council.place.inbox / "q2.xlsx", entries)
    council.drop(SAFETY, FIGURES, "q3.xlsx", Q3)
    council.night()
    assert lines(council, Q3)["P2-4"]["remarks"] == [
        "Last due for 2012-13 Q2: reported as not available.",
        "Next due for 2012-13 Q4.",
    ]


def test_what_is_not_due_counts_for_no_coverage_and_makes_nobody_owe_a_return(
    council: Council,
) -> None:
    due_later = tuple(
        replace(each, due=Frequency.HALF_YEARLY) if each.ref == "P2-3" else each
        for each in council.register.indicators
    )
    council.rewrite(replace(council.register, indicators=due_later))
    council.drop(SAFETY, FIGURES, period=Q1)
    council.night()
    status = council.ask("status", "--period", Q1.name, code=0)
    assert [each["area"]["ref"] for each in status["periods"][0]["returns"]] == ["CS"]


def test_a_row_that_is_not_due_is_passed_over_and_told(council: Council) -> None:
    always = replace(council.register, indicators=(*register_of().indicators[:2], HALF_YEARLY))
    old = Council(council.root, always)
    old.drop(SAFETY, FIGURES, period=Q1)
    council.night()
    with council.store as store:
        (sent,) = store.submissions()
        reported = [o.indicator for _, o in store.reported(Q1.name)]
    assert sent.outcome == "accepted"
    assert [each.code for each in sent.findings] == ["T05"]
    assert sent.findings[0].problem.startswith("P2-4 (Events held) is not due for 2012-13 Q1.")
    assert "It is next due for 2012-13 Q2." in sent.findings[0].fix
    assert reported == ["P1-1"]


def test_figures_keep_the_unit_in_which_they_were_accepted(council: Council) -> None:
    council.drop(CARE, FIGURES, "q1.xlsx", Q1)
    council.night()
    per_cent = replace(HOMES, unit=Unit.PERCENT, wording="Homes let in time", since="2012-13 Q2")
    council.rewrite(register_of(per_cent))
    council.drop(CARE, {"P2-3": "64%"}, "q2.xlsx", Q2)
    council.night()
    before, after = lines(council, Q1)["P2-3"], lines(council, Q2)["P2-3"]
    assert (before["performance"], before["indicator"]) == ("99", "Homes")
    assert (after["performance"], after["indicator"]) == ("64%", "Homes let in time")
    assert after["travel"] is None
    assert "Not compared with 2012-13 Q1, when its unit differed." in after["remarks"]


def test_a_break_without_a_new_unit_is_told_too(council: Council) -> None:
    council.rewrite(register_of(replace(HOMES, wording="Homes, all", since="2012-13 Q2")))
    council.drop(CARE, {"P2-3": 99}, "q1.xlsx", Q1)
    council.drop(CARE, {"P2-3": 120}, "q2.xlsx", Q2)
    council.night()
    line = lines(council, Q2)["P2-3"]
    said = "Not compared with 2012-13 Q1: it is measured otherwise from 2012-13 Q2 on."
    assert line["travel"] is None
    assert said in line["remarks"]


def test_a_template_of_before_an_indicator_was_added_is_taken_without_it(
    council: Council,
) -> None:
    council.call("template", "--period", Q1.name, "--area", "CS")
    (path,) = council.place.outbox_of(Q1.name).glob("templates/*.xlsx")
    content = fill_in(path, {"P1-1": {"Performance": 4605}}).read_bytes()
    added = indicator("P1-9", "Calls answered", areas=("CS",))
    council.rewrite(replace(council.register, indicators=(*council.register.indicators, added)))
    council.drop_bytes(content, "return.xlsx")
    council.night()
    with council.store as store:
        (sent,) = store.submissions()
    assert sent.outcome == "accepted", sent.findings
    (found,) = sent.findings
    assert (found.code, found.severity) == ("T03", "warning")
    assert lines(council, Q1)["P1-9"]["rating"]["not_rated"] == "no data"


def test_the_largest_believable_change_is_since_the_last_figure_that_was_due(
    council: Council,
) -> None:
    wary = replace(HALF_YEARLY, due=Frequency.HALF_YEARLY, plausible_change=Decimal(3))
    rows = (*register_of().indicators[:2], wary)
    council.rewrite(replace(council.register, indicators=rows))
    council.drop(SAFETY, {**FIGURES, "P2-4": 7}, "q2.xlsx", Q2)
    council.night()
    council.drop(SAFETY, {**FIGURES, "P2-4": 17}, "q4.xlsx", Q4)
    council.night()
    with council.store as store:
        last = store.submissions()[-1]
    (found,) = last.findings
    assert (found.code, found.value) == ("C05", "17")


def test_a_month_and_the_quarter_that_ends_with_it_are_taken_in_and_told_at_once(
    council: Council,
) -> None:
    monthly = replace(HALF_YEARLY, due=Frequency.MONTHLY)
    quarterly = replace(REGISTER.indicators[0], due=Frequency.QUARTERLY)
    rows = (quarterly, HOMES, monthly)
    periods = (Q1, JUNE, Q2, Q3, Q4)
    council.rewrite(replace(council.register, indicators=rows, periods=periods))
    # By a night, by another, and by the commands that do its parts.
    for figure, words in ((7, ("run",)), (8, ("run",)), (9, ("ingest", "appendix"))):
        council.drop(SAFETY, {**FIGURES, "P2-4": figure}, "june.xlsx", JUNE)
        council.drop(SAFETY, {**FIGURES, "P1-1": 600 + figure}, "q1.xlsx", Q1)
        for word in words:
            assert quarterday(word, "--workspace", council.root).exit_code in (0, 1)
        # What was issued then, not only what would be.
        page = next(council.place.outbox_of(Q1.name).glob("*.html")).read_text(encoding="utf-8")
        assert f"Last reported for June 2012: {figure}." in page
    assert "Next due for 2012-13 Q1." in lines(council, JUNE)["P1-1"]["remarks"]
