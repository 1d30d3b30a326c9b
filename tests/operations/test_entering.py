"""Entering: one figure put in on an area's behalf, checked, printed, told, and replaced in turn."""

from __future__ import annotations

import csv
import email.policy
import io
from email import message_from_bytes
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.store import Entered
from schemas.model import Gets, Recipient
from tests.support.builders import CARE, SAFETY
from tests.support.command_line import quarterday
from tests.support.council import PERIOD, REGISTER, Council, care, community

AGREE = "The store and the archive agree in all that was made again."


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Both areas have sent their returns, and the appendix was issued."""
    made = Council(tmp_path / "council")
    community(made)
    care(made)
    made.night()
    return made


def entered_in(council: Council) -> tuple[Entered, ...]:
    """Every figure that was entered."""
    with council.store as store:
        return store.entered.all()


def enter(council: Council, ref: str, *words: str, because: str = "told by telephone") -> list[str]:
    return council.call("enter", "2012-13", "CS", ref, *words, "--because", because)


def refused(council: Council, ref: str, *words: str, because: str = "told by telephone") -> str:
    before = entered_in(council)
    said = council.complaint("enter", "2012-13", "CS", ref, *words, "--because", because)
    assert entered_in(council) == before
    return said


def data(council: Council, ref: str, area: str = SAFETY.name) -> dict[str, str]:
    """The row of the data beside the appendix."""
    (path,) = (council.root / "outbox" / "2012-13").glob("*data.csv")
    rows = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    return next(row for row in rows if (row["Ref"], row["Service area"]) == (ref, area))


def letters(council: Council, kind: str) -> list[str]:
    """What messages of a kind say, subjects first."""
    found = []
    for path in sorted((council.root / "outbox").rglob(f"*{kind}.eml")):
        message = message_from_bytes(path.read_bytes(), policy=email.policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        found.append(" ".join(f"{message['Subject']} {body.get_content()}".split()))
    return found


# --- It counts -----------------------------------------------------------------------------------


def test_an_entered_figure_is_printed_in_place_of_the_returns_with_who_entered_it_and_why(
    council: Council,
) -> None:
    said = enter(council, "p1-1", "4,200")
    assert said[0] == (
        "entered: P1-1, Community safety, 2012-13: 4200, in place of 4605, Community safety.xlsx"
    )
    council.night()
    row = data(council, "P1-1")
    assert (row["Value"], row["Indicator rating"]) == ("4200", "✔ Green")
    (entered,) = entered_in(council)
    assert (row["File"], row["Sheet"], row["Cell"]) == (f"entered by {entered.by}", "", "")
    remark = f"Entered by {entered.by} on behalf of Community safety on "
    folder = council.root / "outbox" / "2012-13"
    (page,) = folder.glob("*.html")
    assert remark in page.read_text("utf-8")
    (workbook,) = folder.glob("*.xlsx")
    cells = [
        str(cell)
        for sheet in load_workbook(workbook)
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    ]
    assert any(remark in cell and "told by telephone." in cell for cell in cells)


def test_what_was_not_entered_stays_as_the_return_says(council: Council) -> None:
    enter(council, "P1-1", "4200")
    council.night()
    assert data(council, "P2-2")["File"] == "Community safety.xlsx"
    assert data(council, "P2-2", CARE.name)["File"] == "Adult social care.xlsx"


def test_of_several_entries_the_last_counts(council: Council) -> None:
    enter(council, "P1-1", "4200")
    assert "in place of 4200, entered by " in enter(council, "P1-1", "4300")[0]
    council.night()
    assert data(council, "P1-1")["Value"] == "4300"


def test_a_figure_is_entered_for_an_area_that_has_sent_nothing(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    assert enter(council, "P2-2", "12")[0] == "entered: P2-2, Community safety, 2012-13: 12"
    council.night()
    assert data(council, "P2-2")["Value"] == "12"
    status = council.ask("status", code=1)
    states = {one["area"]["name"]: one["state"] for one in status["periods"][-1]["returns"]}
    assert states[SAFETY.name] == "Overdue"


@pytest.mark.parametrize(
    ("ref", "words", "column", "expected"),
    [
        ("P2-1", ("at risk",), "As shown", "At risk"),
        ("P1-5", ("Worse, since one site closed",), "As shown", "Worse, since one site closed"),
        ("P2-2", ("41", "--status", "provisional"), "Status", "Provisional"),
        ("P2-2", ("", "--status", "not available"), "Status", "Not available"),
        ("P2-2", ("<5",), "As shown", "Suppressed"),
        ("P2-2", ("41", "--commentary", "One site closed"), "Commentary", "One site closed"),
    ],
)
def test_whatever_a_cell_of_a_return_takes_can_be_entered(
    council: Council, ref: str, words: tuple[str, ...], column: str, expected: str
) -> None:
    enter(council, ref, *words)
    council.night()
    assert data(council, ref)[column] == expected


# --- It is checked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ref", "words", "said"),
    [
        ("P1-1", ("4,6O5",), "error: Performance: 4,6O5 is not a figure that can be used."),
        ("P1-1", ("<-5",), "[V"),
        ("P1-1", ("4605.5",), "[V0"),
        ("P1-1", ("",), "error: Performance: P1-1 has no figure."),
        ("P1-1", ("5", "--status", "not available"), "P1-1 is marked Not available but has"),
        ("P1-1", ("5", "--status", "soon"), "[V"),
        ("P2-1", ("nearly",), "[V"),
        ("P2-3", ("5",), "P2-3 is not an indicator that Community safety reports."),
    ],
)
def test_what_a_return_could_not_say_cannot_be_entered(
    council: Council, ref: str, words: tuple[str, ...], said: str
) -> None:
    assert said in refused(council, ref, *words)


def test_a_figure_below_zero_is_put_behind_two_dashes(council: Council) -> None:
    words = ("--because", "x", "--", "2012-13", "CS", "P1-1", "-5")
    result = quarterday("enter", "--workspace", council.root, *words)
    assert result.exit_code == 2
    assert "-5 is impossible" in result.stderr


def test_a_figure_without_a_reason_is_not_entered(council: Council) -> None:
    assert refused(council, "P1-1", "5", because="  ").startswith("Say why it is entered")


def test_a_warning_is_said_and_the_figure_is_taken(council: Council) -> None:
    register = replace(
        REGISTER,
        indicators=tuple(
            replace(each, plausible_maximum=each.plausible_change) if each.ref == "P1-1" else each
            for each in REGISTER.indicators
        ),
    )
    council.rewrite(register)
    lines = enter(council, "P1-1", "4200")
    assert any(line.startswith("warning: Performance: 4200 is above 100") for line in lines)


def test_a_warning_waits_no_longer_where_another_figure_was_entered(council: Council) -> None:
    register = replace(
        REGISTER,
        indicators=tuple(
            replace(each, plausible_maximum=each.plausible_change) if each.ref == "P1-1" else each
            for each in REGISTER.indicators
        ),
    )
    council.rewrite(register)
    community(council, P1_1=4606)
    council.night()
    assert [one["indicator"] for one in council.ask("status", code=1)["warnings"]] == ["P1-1"]
    enter(council, "P1-1", "90")
    assert council.ask("status", code=1)["warnings"] == []


# --- What comes after it -------------------------------------------------------------------------


def test_the_next_return_takes_its_place_and_its_receipt_says_so(council: Council) -> None:
    enter(council, "P1-1", "4200")
    enter(council, "P1-1", "4201")
    council.night()
    community(council, P1_1=4300)
    council.night()
    assert data(council, "P1-1")["Value"] == "4300"
    said = "The figure for Number of incidents that was entered by "
    receipts = [text for text in letters(council, "receipt*") if said in text]
    assert [text.count(said) for text in receipts] == [1]


def test_a_return_that_is_sent_back_leaves_it(council: Council) -> None:
    enter(council, "P1-1", "4200")
    community(council, P1_1="nearly 4300")
    council.night()
    assert data(council, "P1-1")["Value"] == "4200"


def test_another_areas_return_leaves_it(council: Council) -> None:
    enter(council, "P2-2", "41")
    care(council, P2_2=30)
    council.night()
    assert data(council, "P2-2")["Indicator performance"] == "71"


def test_a_closed_period_needs_to_be_reopened_and_is_restated(council: Council) -> None:
    council.set_open(PERIOD.name, is_open=False)
    council.night()
    assert "2012-13 is closed. Enter the figure with --reopen" in refused(council, "P1-1", "4200")
    enter(council, "P1-1", "4200", "--reopen")
    council.night()
    row = data(council, "P1-1")
    assert (row["Value"], row["Indicator restated from"]) == ("4200", "4605")
    assert council.call("replay")[-1] == AGREE


def test_an_open_period_is_not_reopened(council: Council) -> None:
    assert "2012-13 is open in the register" in refused(council, "P1-1", "4200", "--reopen")


# --- It is told ----------------------------------------------------------------------------------


def test_the_area_is_told_once_what_was_entered_by_whom_and_why(council: Council) -> None:
    enter(council, "P1-1", "4200")
    enter(council, "P2-1", "Missed", because="seen in the minutes")
    council.night()
    council.night()
    (letter,) = letters(council, "entered*")
    (entered, _) = entered_in(council)
    assert letter.startswith("2 figures entered for Community safety, 2012-13 ")
    assert f"* Number of incidents, 2012-13: 4200 Entered by {entered.by} on " in letter
    assert "* Appoint an analyst, 2012-13: Missed" in letter
    assert "seen in the minutes." in letter


def test_the_digest_says_what_was_entered(council: Council) -> None:
    officer = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))
    council.rewrite(replace(council.register, recipients=(officer,)))
    council.night()
    enter(council, "P1-1", "4200")
    council.night()
    said = (
        "FIGURES ENTERED FOR SERVICE AREAS * Community safety, 2012-13: Number of incidents: 4200."
    )
    assert sum(said in letter for letter in letters(council, "digest*")) == 1


def test_history_and_trace_tell_of_it(council: Council) -> None:
    enter(council, "P1-1", "4200")
    council.night()
    (entered,) = entered_in(council)
    for words in ((), ("P1-1",), ("CS",)):
        events = [one for one in council.ask("history", *words) if one["what"] == "entered"]
        assert [one["said"] for one in events] == [
            f"P1-1, 4200, final, by {entered.by}: told by telephone"
        ]
    assert not [one for one in council.ask("history", "ASC") if one["what"] == "entered"]
    lines = council.call("trace", "P1-1")
    assert any(line.startswith(f"  entered: by {entered.by} on ") for line in lines)
    assert any(line.startswith("  in place of: 4605, Indicators!H5 of Comm") for line in lines)


def test_an_indicator_that_was_entered_and_never_reported_is_traced(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    enter(council, "P2-2", "12")
    assert "Community safety: 12 (final)" in council.call("trace", "P2-2")


# --- What it may not tell ------------------------------------------------------------------------


def test_a_small_figure_is_suppressed_and_its_reason_is_not_told(council: Council) -> None:
    council.suppress(5)
    enter(council, "P1-1", "3", because="three, by the police")
    council.night()
    row = data(council, "P1-1")
    assert (row["Value"], row["As shown"]) == ("", "Suppressed")
    everything = [
        path.read_text("utf-8") for path in (council.root / "outbox").rglob("*.html")
    ] + letters(council, "")
    shown = [*council.call("history"), *council.call("trace", "P1-1")]
    for text in (*everything, *shown):
        assert "three" not in text
    assert any("three, by" in line for line in council.call("history", "--show-suppressed"))


def test_a_reason_that_tells_a_small_number_is_not_printed(council: Council) -> None:
    council.suppress(5)
    enter(council, "P1-1", "4200", because="typed 3 by mistake")
    council.night()
    assert data(council, "P1-1")["Value"] == "4200"
    for path in (council.root / "outbox").rglob("*.html"):
        assert "by mistake" not in path.read_text("utf-8")


def test_beside_earlier_issues_an_entered_figure_is_disclosed_as_a_returns_would_be(
    tmp_path: Path,
) -> None:
    printed = []
    for name in ("entered", "returned"):
        council = Council(tmp_path / name)
        council.suppress(5)
        community(council, P2_2=3)
        care(council, P2_2=40)
        council.night()
        if name == "entered":
            enter(council, "P2-2", "10")
        else:
            community(council, P2_2=10)
        council.night()
        rows = [data(council, "P2-2"), data(council, "P2-2", CARE.name)]
        names = ("Value", "As shown", "Indicator performance")
        printed.append([[row[name] for name in names] for row in rows])
    entered, returned = printed
    assert entered == returned
    assert "Suppressed" in str(entered)


# --- It is kept ----------------------------------------------------------------------------------


def test_the_archive_gives_it_back_between_what_came_before_and_after(council: Council) -> None:
    enter(council, "P1-1", "4200")
    council.night()
    enter(council, "P1-1", "4201")
    community(council, P1_1=4300)
    council.night()
    enter(council, "P2-2", "44")
    council.night()
    assert council.call("replay")[-1] == AGREE
    kept = entered_in(council)
    council.place.sqlite.unlink()
    council.call("replay", "--rebuild")
    assert entered_in(council) == kept
    assert council.call("replay")[-1] == AGREE


def test_what_was_entered_is_what_the_next_periods_figure_is_held_against(
    council: Council,
) -> None:
    after = replace(
        PERIOD,
        name="2013-14",
        starts=PERIOD.ends.replace(month=4, day=1),
        ends=PERIOD.ends.replace(year=2014),
        due=PERIOD.due.replace(year=2014),
    )
    council.rewrite(replace(council.register, periods=(*council.register.periods, after)))
    enter(council, "P1-1", "4000")
    council.drop(SAFETY, {"P1-1": 4605}, period=after)
    council.night()
    (warning,) = council.ask("status", code=1)["warnings"]
    assert "differs from last period's 4000" in warning["finding"]["problem"]
    assert council.call("replay")[-1] == AGREE
