"""Trace: from a figure in the appendix to the file and the cell, and what that replaced."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.fields import INDICATORS_SHEET
from tests.support.builders import CARE, SAFETY
from tests.support.council import BEFORE, PERIOD, REGISTER, Council, care, community


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council")


def test_a_figure_leads_to_its_cell_its_file_its_senders_and_what_it_replaced(
    council: Council,
) -> None:
    for figure in (10, 20, 30):
        community(council, P1_1=figure)
        council.night()
    found = council.ask("trace", "p1-1")
    assert (found["period"]["name"], found["performance"]) == (PERIOD.name, "30")
    assert found["issued"]["performance"] == "30"
    (source,) = found["sources"]
    assert (source["area"], source["figure"], source["filename"]) == (
        *("Community safety", "30", "Community safety.xlsx"),
    )
    assert (source["completed_by"], source["signed_off_by"]) == ("Head of service",) * 2
    held = source["archived"]
    assert (held["text"], held["trouble"]) == ("30", "")
    assert Path(held["path"]).stem == source["sha256"]
    sheet = load_workbook(held["path"])[INDICATORS_SHEET]
    assert source["sheet"] == INDICATORS_SHEET
    assert sheet[source["cell"]].value == 30
    assert [one["figure"] for one in source["replaced"]] == ["20", "10"]
    for one in source["replaced"]:
        replaced = load_workbook(
            council.place.archive / one["sha256"][:2] / f"{one['sha256']}.xlsx"
        )
        assert str(replaced[one["sheet"]][one["cell"]].value) == one["figure"]


def test_the_same_in_words(council: Council) -> None:
    community(council, P1_1=10, P1_5="Better. " + "Much safer. " * 60)
    council.night()
    community(council, P1_1=30, P1_5="Better. " + "Much safer. " * 70)
    council.night()
    lines = council.call("trace", "P1-1")
    assert lines[:2] == [
        "P1-1 Number of incidents, 2012-13",
        "  now: 30, target 4248, ✔ Green",
    ]
    assert lines[2].startswith("  last issued: 30, green, on ")
    assert "Community safety: 30 (final)" in lines
    assert any(line.endswith(', which holds "30"') for line in lines)
    assert any(line.startswith("  in place of: 10, Indicators!") for line in lines)
    assert all(len(line) < 400 for line in council.call("trace", "P1-5"))


def test_every_area_of_a_merged_figure_is_a_source_and_one_that_is_missing_is_named(
    council: Council,
) -> None:
    community(council, P2_2=40)
    council.night()
    lines = council.call("trace", "P2-2")
    assert lines[-1] == "Adult social care: nothing reported"
    assert "  merged by: sum" in lines
    care(council, P2_2=30)
    council.night()
    found = council.ask("trace", "P2-2")
    assert found["performance"] == "70"
    assert [source["figure"] for source in found["sources"]] == ["40", "30"]
    assert found["missing"] == []


def test_an_area_that_says_that_there_is_no_figure_has_reported_that(council: Council) -> None:
    community(council)
    council.night()
    words = ("--status", "Not available", "--because", "By telephone")
    council.call("enter", PERIOD.name, SAFETY.ref, "P1-1", *words)
    found = council.ask("trace", "P1-1")
    assert [source["status"] for source in found["sources"]] == ["Not available"]
    assert found["missing"] == []


def test_areas_that_disagree_are_both_sources(council: Council) -> None:
    community(council, P2_4=7)
    care(council, P2_4=8)
    council.night()
    found = council.ask("trace", "P2-4")
    assert found["performance"] not in ("7", "8")
    assert [source["figure"] for source in found["sources"]] == ["7", "8"]
    assert "Community safety" in str(found["remarks"])


def test_the_last_period_reported_is_meant_unless_one_is_named(council: Council) -> None:
    assert council.complaint("trace", "P1-1") == "Nothing was accepted for P1-1 yet."
    council.drop(SAFETY, {"P1-1": 11}, period=BEFORE)
    council.night()
    assert council.ask("trace", "P1-1")["period"]["name"] == BEFORE.name
    community(council, P1_1=12)
    council.night()
    assert council.ask("trace", "P1-1")["performance"] == "12"
    assert council.ask("trace", "P1-1", "--period", BEFORE.name)["performance"] == "11"
    assert "Choose one of: 2011-12" in council.complaint("trace", "P1-1", "--period", "2031")
    nothing = council.ask("trace", "P2-3", "--period", PERIOD.name)
    assert (nothing["sources"], nothing["missing"]) == ([], [CARE.name])


def test_a_restatement_says_so_and_what_stood_before(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    council.set_open(PERIOD.name, is_open=False)
    council.night()
    community(council, P1_1=20)
    council.night("--reopen", PERIOD.name)
    lines = council.call("trace", "P1-1")
    assert "  restatement: accepted after the period was closed" in lines
    assert any(line.startswith("  Restated: it stood at 10 when") for line in lines)


def test_a_warning_is_shown_with_who_approved_it_and_why(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 1000}, period=BEFORE)
    council.night()
    community(council, P1_1=2000)
    council.night()
    council.call("accept", "C05", "--because", "the second site opened in May")
    (source,) = council.ask("trace", "P1-1")["sources"]
    (warned,) = source["warnings"]
    assert warned["finding"]["code"] == "C05"
    assert [one["because"] for one in warned["approvals"]] == ["the second site opened in May"]
    lines = council.call("trace", "P1-1")
    at = next(n for n, line in enumerate(lines) if line.startswith("  warning: 2000 differs"))
    assert lines[at + 1].startswith("  accepted: ")
    assert lines[at + 1].endswith(": the second site opened in May")


# --- The file in the archive ---------------------------------------------------------------------


def test_a_file_that_is_damaged_or_missing_is_said_to_be(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    (path,) = council.archived()
    path.chmod(0o600)
    content = path.read_bytes()
    path.write_bytes(content + b"more")
    lines = council.call("trace", "P1-1", code=1)
    assert (
        "  trouble with the file: it is no longer the file that was received. "
        "Put it back from a backup." in lines
    )
    assert not any("which holds" in line for line in lines)
    path.unlink()
    lines = council.call("trace", "P1-1", code=1)
    assert (
        "  trouble with the file: it is missing from the archive. Put it back from a backup."
        in lines
    )
    path.write_bytes(content)
    assert any("which holds" in line for line in council.call("trace", "P1-1"))


def test_a_file_that_was_forgotten_is_said_to_be_and_by_which_rule(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    council.keep(1)
    council.call("forget")
    lines = council.call("trace", "P1-1")
    assert "Community safety: 10 (final)" in lines
    (line,) = [line for line in lines if line.startswith("  forgotten: ")]
    assert line.endswith(": kept for 1 year after the end of the period")
    assert not any(line.startswith(("  trouble", "  signed off by", "  kept as")) for line in lines)


# --- Names ---------------------------------------------------------------------------------------


def test_an_unknown_indicator_is_answered_with_the_nearest(council: Council) -> None:
    assert council.complaint("trace", "P11").endswith("; did you mean P1-1?")
    assert "Choose one of: P1-1, P1-5" in council.complaint("trace", "XYZ")


def test_an_indicator_that_the_register_has_no_longer_leads_to_its_history(
    council: Council,
) -> None:
    community(council, P1_1=10)
    council.night()
    left = tuple(i for i in REGISTER.indicators if not i.ref.startswith("P1"))
    council.rewrite(replace(REGISTER, indicators=left, targets=()))
    assert council.complaint("trace", "p1-1") == (
        "P1-1 is in the register no longer. quarterday history P1-1 tells its life."
    )


# --- Small numbers -------------------------------------------------------------------------------


def test_what_the_appendix_suppresses_does_not_show_nor_the_cell_nor_words_that_quote_it(
    council: Council,
) -> None:
    council.suppress(5)
    council.drop(SAFETY, {"P1-1": 4005}, period=BEFORE)
    council.night()
    community(council, P1_1=4)
    council.night()
    community(council, P1_1=3)
    council.night()
    council.call("accept", "C05", "--because", "only 3 were left")
    found = council.ask("trace", "P1-1")
    (source,) = found["sources"]
    assert (found["performance"], found["issued"]["performance"]) == ("Suppressed",) * 2
    assert (source["figure"], source["archived"]["text"]) == ("Suppressed", None)
    assert source["archived"]["path"]
    assert [one["figure"] for one in source["replaced"]] == ["Suppressed"]
    assert source["warnings"][0]["finding"]["value"] == ""
    both = str(found) + "\n".join(council.call("trace", "P1-1"))
    assert "Withheld, because it quotes a figure that is suppressed." in both
    for secret in ("3 differs", "only 3", 'holds "3"', "'3'", "'4'"):
        assert secret not in both
    (source,) = council.ask("trace", "P1-1", "--show-suppressed")["sources"]
    assert (source["figure"], source["archived"]["text"]) == ("3", "3")
    assert source["replaced"][0]["figure"] == "4"
    assert "3 differs" in source["warnings"][0]["finding"]["problem"]
    assert source["warnings"][0]["approvals"][0]["because"] == "only 3 were left"


def test_a_figure_suppressed_for_the_sake_of_another_does_not_show(council: Council) -> None:
    council.suppress(5)
    community(council, P2_2=3)
    care(council, P2_2=61)
    council.night()
    sources = council.ask("trace", "P2-2")["sources"]
    assert [(s["figure"], s["archived"]["text"]) for s in sources] == [("Suppressed", None)] * 2
    sources = council.ask("trace", "P2-2", "--show-suppressed")["sources"]
    assert [s["figure"] for s in sources] == ["3", "61"]
