"""What a register asks beside figures: from the template to the copy sent back and the appendix."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.outputs.template import write_template
from schemas.asking import AskAction, Requirement
from schemas.frequency import Profile
from schemas.model import Kind, Period, Register, SmallNumbers, Target
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.council import BOTH, REGISTER, Council
from tests.support.filled import fill_in, fill_return

NEVER = date(2099, 12, 31)
#: When actions are to be done: not too far from whenever this runs.
NEXT_YEAR = date(datetime.now(UTC).year + 1, 6, 30)
YEAR = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), NEVER)
Q1 = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), NEVER)
Q2 = Period("2012-13 Q2", date(2012, 7, 1), date(2012, 9, 30), NEVER)
INCIDENTS = replace(
    indicator("P1-1", "Number of incidents"),
    ask_action=AskAction.WHERE_RED_OR_AMBER,
    ask_forecast=Requirement.REQUIRED,
    ask_confidence=Requirement.MAY,
)
PLAN = indicator("P2-1", "Appoint an analyst", kind=Kind.MILESTONE, priority="P2")
HELPED = replace(
    indicator("P2-2", "People helped", priority="P2", areas=BOTH),
    merge_rule=REGISTER.indicators[3].merge_rule,
    ask_forecast=Requirement.MAY,
    ask_confidence=Requirement.MAY,
)
ASKING = replace(
    REGISTER,
    indicators=(INCIDENTS, PLAN, HELPED),
    targets=(
        Target("P1-1", YEAR.name, value=Decimal(4000), profile=Profile.PARTS),
        Target("P2-2", YEAR.name, value=Decimal(100)),
    ),
    periods=(YEAR, Q1, Q2),
)
RED: dict[str, object] = {"Performance": 1500, "Year-end forecast": 4100}
ACTION: dict[str, object] = {
    "Corrective action": "Two more wardens",
    "Action owner": "Head of safety",
    "Action date": NEXT_YEAR,
}
PLANNED = {"P2-1": {"Performance": "On track"}, "P2-2": {"Performance": 40}}


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council", ASKING)


def drop(council: Council, entries: dict[str, dict[str, object]], name: str = "cs.xlsx") -> None:
    fill_return(council.register, SAFETY, Q1, council.place.inbox / name, {**PLANNED, **entries})


def line(council: Council, ref: str = "P1-1") -> dict[str, Any]:
    (told,) = council.ask("merge", "--period", Q1.name)
    return next(each for each in told["indicators"] if each["ref"] == ref)


def headings(register: Register, path: Path, area: Any = SAFETY) -> dict[str, int]:
    write_template(register, area, Q1, path)
    row = next(load_workbook(path)["Indicators"].iter_rows(min_row=4, max_row=4))
    return {str(cell.value): cell.column for cell in row}


def codes(council: Council) -> list[str]:
    with council.store as store:
        return [each.code for each in store.submissions()[-1].findings]


def printed_in(council: Council, pattern: str) -> Path:
    """A file of the last issue, which lies beside the folders of all."""
    (path,) = (council.root / "outbox" / Q1.name).glob(pattern)
    return path


def first_row(council: Council) -> dict[str, str]:
    """The first row of the data, by heading."""
    data = printed_in(council, "* data.csv").read_text("utf-8-sig")
    return next(csv.DictReader(data.splitlines()))


def committee(council: Council) -> str:
    """All that the committee sheet of the draft or issue says."""
    path = printed_in(council, "*Appendix*.xlsx")
    rows = committee_sheet(load_workbook(path)).iter_rows(values_only=True)
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None)


def test_what_is_missing_is_named_in_the_copy_and_once_corrected_is_printed(
    council: Council, tmp_path: Path
) -> None:
    drop(council, {"P1-1": RED})
    council.night()
    assert codes(council) == ["C60", "C61", "C62"]
    (copy,) = (council.root / "outbox").glob("*/corrections/*.xlsx")
    listed = [
        str(cell)
        for row in load_workbook(copy)["What to correct"].iter_rows(values_only=True)
        for cell in row
    ]
    columns = headings(ASKING, tmp_path / "template.xlsx")
    letters = {name: chr(64 + column) for name, column in columns.items()}
    assert {f"Indicators!{letters[name]}5" for name in ACTION} <= set(listed)
    assert any("P1-1 is red and needs corrective action." in each for each in listed)
    corrected = council.place.inbox / "corrected.xlsx"
    corrected.write_bytes(copy.read_bytes())
    book = load_workbook(corrected)
    for name, said in ACTION.items():
        book["Indicators"].cell(5, columns[name], said)
    book.save(corrected)
    council.night()
    assert codes(council) == []
    told = line(council)
    assert told["actions"] == [f"Two more wardens (Head of safety, by 30 June {NEXT_YEAR.year})"]
    printed = committee(council)
    said = f"Corrective action: Two more wardens (Head of safety, by 30 June {NEXT_YEAR.year})"
    assert said in printed
    assert "Forecast for the year: 4100 ◆ Amber" in printed
    page = printed_in(council, "*Appendix*.html").read_text("utf-8")
    assert "<b>Corrective action:</b> Two more wardens" in page
    row = first_row(council)
    assert (row["Action date"], row["Year-end forecast"]) == (NEXT_YEAR.isoformat(), "4100")


def test_a_forecast_is_rated_by_the_target_of_the_year_apart_from_the_figure(
    council: Council,
) -> None:
    drop(council, {"P1-1": {"Performance": 900, "Year-end forecast": 4300}})
    council.night()
    told = line(council)
    assert told["rating"]["colour"] == "green"
    assert told["forecast"]["rating"]["colour"] == "red"
    assert "Overall performance: ✔ Green" in committee(council)


def test_a_template_has_the_columns_where_its_area_is_asked(tmp_path: Path) -> None:
    of_safety = headings(ASKING, tmp_path / "cs.xlsx")
    of_care = headings(ASKING, tmp_path / "asc.xlsx", CARE)
    of_nobody = headings(REGISTER, tmp_path / "old.xlsx")
    asked = ["Year-end forecast", "Confidence", *ACTION]
    assert [name for name in of_safety if name in asked] == asked
    assert [name for name in of_care if name in asked] == asked[:2]
    assert not [name for name in of_nobody if name in asked]
    sheet = load_workbook(tmp_path / "cs.xlsx")["Indicators"]
    action = of_safety["Corrective action"]
    is_locked = {row[0].value: row[action - 1].protection.locked for row in sheet.iter_rows(5)}
    assert is_locked == {"P1-1": False, "P2-1": True, "P2-2": True}


def test_a_return_on_a_template_of_before_is_told_how_to_say_what_is_required(
    council: Council,
) -> None:
    before = replace(
        ASKING,
        indicators=tuple(
            replace(each, ask_action=None, ask_forecast=None, ask_confidence=None)
            for each in ASKING.indicators
        ),
    )
    path = fill_return(before, SAFETY, Q1, council.place.inbox / "old.xlsx", PLANNED)
    fill_in(path, {"P1-1": {"Performance": 900}})
    council.night()
    assert codes(council) == ["C64"]
    with council.store as store:
        (found,) = store.submissions()[-1].findings
    assert 'The return has no column "Year-end forecast": use a new template' in found.fix


def test_forecasts_of_several_areas_become_one_once_all_have_given_one(council: Council) -> None:
    forecast = {"P2-2": {"Performance": 40, "Year-end forecast": 50, "Confidence": "Low"}}
    drop(council, {"P1-1": {"Performance": 900, "Year-end forecast": 3600}, **forecast})
    council.night()
    assert line(council, "P2-2")["forecast"] is None
    of_care = {"P2-2": {"Performance": 30, "Year-end forecast": 45, "Confidence": "High"}}
    fill_return(council.register, CARE, Q1, council.place.inbox / "asc.xlsx", of_care)
    council.night()
    told = line(council, "P2-2")
    assert (told["forecast"]["figure"], told["confidence"]) == ("95", "Low")
    assert told["forecast"]["rating"]["colour"] == "green"


def test_nothing_of_a_suppressed_figure_is_told_by_what_stands_beside_it(council: Council) -> None:
    council.suppress(5)
    few = {"Performance": 3, "Year-end forecast": 9, "Confidence": "Low", **ACTION}
    drop(council, {"P1-1": few})
    council.night()
    told = line(council)
    assert (told["performance"], told["actions"], told["forecast"]) == ("Suppressed", [], None)
    row = first_row(council)
    beside = (row["Corrective action"], row["Action owner"], row["Action date"])
    assert (*beside, row["Year-end forecast"]) == ("", "", "", "")


def test_a_forecast_is_not_printed_where_less_the_other_quarters_it_tells_a_small_one(
    council: Council,
) -> None:
    council.suppress(5)
    drop(council, {"P1-1": {"Performance": 3, "Year-end forecast": 60}})
    path = council.place.inbox / "q2.xlsx"
    entries = {**PLANNED, "P1-1": {"Performance": 20, "Year-end forecast": 60}}
    fill_return(council.register, SAFETY, Q2, path, entries)
    council.night()
    (told,) = council.ask("merge", "--period", Q2.name)
    first = told["indicators"][0]
    assert (first["performance"], first["forecast"]) == ("20", None)


def test_no_forecast_is_printed_where_the_area_itself_suppressed_a_figure_of_the_year(
    council: Council,
) -> None:
    published = replace(INCIDENTS, small_numbers=SmallNumbers.PUBLISH)
    council.rewrite(replace(ASKING, indicators=(published, PLAN, HELPED)))
    council.suppress(5)
    drop(council, {"P1-1": {"Performance": "<5", "Year-end forecast": 60}})
    entries = {**PLANNED, "P1-1": {"Performance": 20, "Year-end forecast": 60}}
    fill_return(council.register, SAFETY, Q2, council.place.inbox / "q2.xlsx", entries)
    council.night()
    assert (line(council)["performance"], line(council)["forecast"]) == ("Suppressed", None)
    assert "Forecast for the year" not in committee(council)
    (told,) = council.ask("merge", "--period", Q2.name)
    first = told["indicators"][0]
    assert (first["performance"], first["forecast"]) == ("20", None)


def test_what_stands_beside_is_made_again_from_the_archive(council: Council) -> None:
    drop(council, {"P1-1": {**RED, **ACTION, "Confidence": "Medium"}})
    council.night()
    council.call("enter", Q1.name, "CS", "P1-1", "1400", "--because", "told by telephone",
                 "--forecast", "4000", "--action", "Lights", "--action-owner", "Street team",
                 "--action-by", "1 July 2099")  # fmt: skip
    assert line(council)["actions"] == ["Lights (Street team, by 1 July 2099)"]
    lines = council.call("replay")
    assert lines[-1] == "The store and the archive agree in all that was made again."
