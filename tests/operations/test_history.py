"""History: what happened to an indicator, a return or a service area, as the command tells it."""

from __future__ import annotations

import csv
import io
import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.support.builders import CARE, SAFETY
from tests.support.council import BEFORE, PERIOD, REGISTER, Council, care, community


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council")


def told(council: Council, *words: str) -> list[tuple[str, str]]:
    """What happened and what is said of it, event by event."""
    return [(event["what"], event["said"]) for event in council.ask("history", *words)]


def happened(council: Council, *words: str) -> list[str]:
    return [what for what, _ in told(council, *words)]


# --- An indicator --------------------------------------------------------------------------------


def test_a_figure_that_was_replaced_twice_is_told_with_what_it_replaced(council: Council) -> None:
    for figure in (10, 20, 30):
        community(council, P1_1=figure)
        council.night()
    events = told(council, "P1-1")
    assert [what for what, _ in events if what != "issued"] == ["reported"] * 3
    reported = [said for what, said in events if what == "reported"]
    assert reported[0].startswith("10, final, in Indicators!")
    assert "in place of" not in reported[0]
    assert "30, final, in Indicators!" in reported[2]
    assert ", in place of 20 of Community safety.xlsx (" in reported[2]
    issued = [said for what, said in events if what == "issued"]
    assert [said.split(",")[0] for said in issued] == ["10", "20", "30"]


def test_an_appendix_that_says_the_same_of_an_indicator_is_told_once(council: Council) -> None:
    community(council)
    council.night()
    care(council)
    council.night()
    assert happened(council, "P1-1").count("issued") == 1
    assert happened(council).count("issued") == 2


def test_each_area_of_a_merged_indicator_is_told_by_name(council: Council) -> None:
    community(council, P2_2=40)
    care(council, P2_2=30)
    council.night()
    events = council.ask("history", "p2-2")
    assert [(e["area"], e["said"].split(",")[0]) for e in events if e["what"] == "reported"] == [
        ("Community safety", "40"),
        ("Adult social care", "30"),
    ]
    assert events[-1]["said"] == "70, no target"


def test_areas_that_disagree_are_told_as_printed(council: Council) -> None:
    community(council, P2_4=7)
    care(council, P2_4=8)
    council.night()
    events = told(council, "P2-4")
    assert [said.split(",")[0] for what, said in events if what == "reported"] == ["7", "8"]
    assert events[-1][0] == "issued"
    assert not any(figure in events[-1][1] for figure in "78")


def test_a_milestone_is_told_in_its_words_and_a_long_narrative_is_cut(council: Council) -> None:
    community(council, P1_5="Better.\nChildren " + "are safer " * 60)
    council.night()
    assert told(council, "P2-1")[0][1].startswith("On track, final, in Indicators!")
    narrative = told(council, "P1-5")[0][1]
    assert narrative.startswith("Better. Children are safer")
    assert "…, final, in Indicators!" in narrative
    assert len(narrative) < 250
    assert all(line.count("\t") == 4 for line in council.call("history", "P1-5"))


def test_an_indicator_that_the_register_has_no_longer_keeps_its_history(council: Council) -> None:
    community(council, P1_1=12)
    council.night()
    left = tuple(i for i in REGISTER.indicators if i.ref != "P1-1")
    council.rewrite(replace(REGISTER, indicators=left, targets=()))
    assert [said.split(",")[0] for _, said in told(council, "P1-1")] == ["12", "12"]


def test_a_warning_its_approval_and_a_late_return_are_told_in_order(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 1000}, period=BEFORE)
    council.night()
    community(council, P1_1=2000)
    council.night()
    council.call("accept", "C05", "--because", "the second site opened in May")
    events = told(council, "P1-1", "--period", PERIOD.name)
    assert [what for what, _ in events] == ["reported", "warning", "issued", "warning accepted"]
    assert "2000 differs from last period's 1000" in events[1][1]
    assert events[3][1].startswith("C05 at Indicators!")
    assert events[3][1].endswith(": the second site opened in May")


# --- A file, an area, everything -----------------------------------------------------------------


def test_a_return_is_found_by_its_name_and_by_the_beginning_of_its_hash(council: Council) -> None:
    community(council)
    council.night()
    (path,) = council.archived()
    by_name = told(council, "community SAFETY.xlsx")
    assert by_name == told(council, path.stem[:6]) == told(council, path.stem)
    ((what, said),) = by_name
    assert what == "accepted"
    assert said.endswith("completed by Head of service, signed off by Head of service")
    assert "abcde is neither" in council.complaint("history", "abcde")


def test_a_name_that_several_files_had_tells_of_all_of_them(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    community(council, P1_1="about 20")
    council.night()
    community(council, P1_1=30)
    council.night()
    assert happened(council, "Community safety.xlsx") == [
        "accepted",
        "sent back",
        "accepted",
        "replaced",
    ]


def test_what_went_to_quarantine_is_found_by_its_name(council: Council) -> None:
    community(council)
    (council.root / "inbox" / "link.xlsx").symlink_to("nowhere.xlsx")
    council.night()
    ((what, said),) = told(council, "LINK.xlsx")
    assert what == "quarantined"
    assert said.startswith("link.xlsx, kept as ")
    assert said.endswith(" link.xlsx: a symbolic link, not a file")
    assert happened(council).count("quarantined") == 1
    assert "quarantined" not in happened(council, "Community safety")


def test_a_file_is_told_to_have_been_sent_twice_and_to_have_been_replaced(council: Council) -> None:
    first = community(council, P1_1=10)
    shutil.copyfile(first, first.with_name("copy.xlsx"))
    council.night()
    community(council, P1_1=20)
    council.night()
    (one, _) = sorted(council.archived(), key=lambda path: path.stat().st_mtime)
    events = told(council, one.stem[:12])
    assert [what for what, _ in events] == ["accepted", "duplicate", "replaced"]
    assert events[2][1].startswith(f"Community safety.xlsx ({one.stem[:12]}), by Community safety")
    assert happened(council, "copy.xlsx") == ["duplicate"]


def test_a_service_area_is_found_by_ref_and_by_name(council: Council) -> None:
    community(council)
    care(council, P2_3="about 3")
    council.night()
    assert happened(council, "asc") == happened(council, "Adult social care") == ["sent back"]
    assert happened(council, "CS") == ["accepted"]
    assert happened(council) == ["accepted", "sent back", "issued"]


def test_one_period_can_be_asked_for(council: Council) -> None:
    council.drop(SAFETY, period=BEFORE, name="before.xlsx")
    community(council)
    council.night()
    assert {event["period"] for event in council.ask("history", "CS")} == {"2011-12", "2012-13"}
    (event, _) = council.ask("history", "--period", "2011-12")
    assert event["said"].startswith("before.xlsx (")
    assert "Choose one of: 2011-12, 2012-13" in council.complaint("history", "-p", "2031")


def test_closing_reopening_and_a_restatement_are_told(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    council.set_open(PERIOD.name, is_open=False)
    council.night()
    community(council, P1_1=20)
    council.night("--reopen", PERIOD.name, "--because", "the count was wrong")
    events = told(council, "P1-1")
    assert [what for what, _ in events] == [
        *("reported", "issued", "closed", "reported", "reopened", "issued")
    ]
    said = dict(events)
    assert said["closed"] == "by the register"
    assert said["reopened"].endswith(": the count was wrong")
    assert said["reported"].endswith(", a restatement")
    assert happened(council, "CS").count("reopened") == 1
    assert "reopened" not in happened(council, "ASC")


def test_what_was_forgotten_is_told_with_the_rule(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    council.keep(1)
    council.call("forget")
    for subject in ("P1-1", "CS", "Community safety.xlsx"):
        *_, (what, said) = told(council, subject)
        assert what == "forgotten"
        assert said.endswith(": kept for 1 year after the end of the period")
    assert told(council, "P1-1")[0][1].startswith("10, final, in Indicators!")
    assert "signed off by" not in str(told(council))


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("P11", "P1-1"),
        ("Comunity safety", "Community safety"),
        ("Adult social car.xlsx", "Adult social care.xlsx"),
    ],
)
def test_a_name_that_is_unknown_is_answered_with_the_nearest(
    council: Council, typed: str, meant: str
) -> None:
    care(council)
    council.night()
    line = council.complaint("history", typed)
    assert line.startswith(f"{typed} is neither the ref of an indicator, nor a service area, nor")
    assert line.endswith(f"did you mean {meant}?")


def test_a_name_that_is_near_nothing_is_one_line(council: Council) -> None:
    line = council.complaint("history", "zzzz\nzz")
    assert line.startswith("zzzz zz is neither")
    assert line.endswith("Without a name, everything is told.")


@pytest.mark.skipif(os.name != "posix", reason="no such names elsewhere")
def test_a_file_with_an_odd_name_stays_in_its_line(council: Council) -> None:
    council.drop(CARE, name="a\tb\n\x1b[31mreturn.xlsx")
    council.night()
    lines = council.call("history", "ASC")
    assert len(lines) == 1
    assert lines[0].count("\t") == 4
    assert "\x1b" not in lines[0]


def test_a_workspace_in_which_nothing_happened_has_no_history(council: Council) -> None:
    assert council.call("history") == []
    assert council.ask("history") == []


# --- Small numbers -------------------------------------------------------------------------------


def test_a_figure_that_the_appendix_suppresses_is_suppressed_here(council: Council) -> None:
    council.suppress(5)
    council.drop(SAFETY, {"P1-1": 4005}, period=BEFORE)
    council.night()
    community(council, P1_1=3)
    council.night()
    council.call(
        *("accept", "C05", "--because", "only 3 victims were left, all of one family"),
    )
    said = str(council.ask("history", "P1-1", "--period", PERIOD.name))
    assert "Suppressed, final, in Indicators!" in said
    assert "Withheld, because it quotes a figure that is suppressed. [C05]" in said
    for secret in ("'3, final", "3 differs", "only 3"):
        assert secret not in said
        assert secret not in str(council.ask("history"))
        assert secret not in str(council.ask("history", "CS"))
        assert secret not in "\n".join(council.call("history", "P1-1"))
    revealed = str(council.ask("history", "P1-1", "--show-suppressed"))
    assert "3, final" in revealed
    assert "3 differs from last period's 4005" in revealed
    assert "only 3 victims" in revealed


def test_a_figure_suppressed_for_the_sake_of_another_is_suppressed_here(council: Council) -> None:
    council.suppress(5)
    community(council, P2_2=3)
    care(council, P2_2=61)
    council.night()
    reported = [said for what, said in told(council, "P2-2") if what == "reported"]
    assert [said.split(",")[0] for said in reported] == ["Suppressed", "Suppressed"]
    assert "61, final" in str(told(council, "P2-2", "--show-suppressed"))


def test_a_small_figure_that_was_replaced_stays_suppressed(council: Council) -> None:
    council.suppress(5)
    community(council, P1_1=4)
    council.night()
    community(council, P1_1=50)
    council.night()
    events = told(council, "P1-1")
    said = [said.split(",")[0] for _, said in events]
    assert said == ["Suppressed", "Suppressed", "50", "50"]
    assert "in place of Suppressed of Community safety.xlsx" in events[2][1]


def test_what_an_appendix_printed_before_there_was_a_threshold_is_suppressed(
    council: Council,
) -> None:
    community(council, P1_1=4)
    council.night()
    community(council, P1_1=50)
    council.night()
    council.suppress(5)
    assert [said.split(",")[0] for what, said in told(council, "P1-1") if what == "issued"] == [
        "Suppressed",
        "50",
    ]


def test_an_issue_is_told_as_it_was_printed(council: Council) -> None:
    """Not as it would be printed today, beside what came since."""
    council.suppress(5)
    community(council, P2_2=40)
    council.night()
    care(council, P2_2=3)
    council.night()
    (data,) = council.root.glob("outbox/2012-13/* data.csv")
    rows = csv.DictReader(io.StringIO(data.read_text(encoding="utf-8-sig")))
    assert {r["Indicator performance"] for r in rows if r["Ref"] == "P2-2"} == {"Suppressed"}
    issued = [said for what, said in told(council, "P2-2") if what == "issued"]
    assert issued == ["40, no target", "Suppressed, suppressed"]


def test_the_colour_of_a_figure_that_is_too_small_today_is_not_told(council: Council) -> None:
    """Beside the target it would bound the figure."""
    target = replace(REGISTER.targets[0], value=Decimal(2))
    council.rewrite(replace(council.register, targets=(target,)))
    community(council, P1_1=4)
    council.night()
    council.suppress(5)
    (issued,) = [said for what, said in told(council, "P1-1") if what == "issued"]
    assert issued == "Suppressed, target 2, suppressed"
    traced = council.ask("trace", "P1-1")
    assert (traced["issued"]["performance"], traced["issued"]["rating"]) == (
        *("Suppressed", "suppressed"),
    )
    (shown,) = [
        said for what, said in told(council, "P1-1", "--show-suppressed") if what == "issued"
    ]
    assert shown == "4, target 2, red"


def test_small_figures_of_an_indicator_that_has_gone_are_suppressed(council: Council) -> None:
    community(council, P2_2=3)
    care(council, P2_2=61)
    council.night()
    council.suppress(5)
    left = tuple(i for i in REGISTER.indicators if i.ref != "P2-2")
    council.rewrite(replace(council.register, indicators=left))
    said = [said.split(",")[0] for _, said in told(council, "P2-2")]
    assert set(said) == {"Suppressed"}


def test_what_was_written_by_hand_counts_as_issued(council: Council) -> None:
    council.suppress(5)
    community(council, P2_2=61)
    council.night()
    care(council, P2_2=40)
    council.call("ingest")
    council.call("appendix")
    care(council, P2_2=3)
    council.night()
    (data,) = council.root.glob("outbox/2012-13/* data.csv")
    rows = csv.DictReader(io.StringIO(data.read_text(encoding="utf-8-sig")))
    shown = [(r["As shown"], r["Indicator performance"]) for r in rows if r["Ref"] == "P2-2"]
    assert shown == [("61", "Suppressed"), ("Suppressed", "Suppressed")]
    with council.store as store:
        assert len(store.issues()) == 3


def test_what_was_replaced_before_an_appendix_printed_it_is_not_shown(council: Council) -> None:
    council.suppress(5)
    community(council, P2_2=61)
    council.call("ingest")
    community(council, P2_2=75)
    council.night()
    said = str(council.ask("history", "P2-2"))
    assert "75, final" in said
    assert "in place of Suppressed of" in said
    assert "61, final" not in said
    traced = council.ask("trace", "P2-2")
    assert traced["performance"] == "75"
    assert [one["figure"] for one in traced["sources"][0]["replaced"]] == ["Suppressed"]
    care(council, P2_2=40)
    council.call("ingest")
    assert council.ask("trace", "P2-2")["performance"] == "Not issued yet"
