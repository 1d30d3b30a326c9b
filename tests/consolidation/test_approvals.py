"""Approving: a person's word that a figure with a warning is right, and that it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.store import Approval, Store
from tests.support.builders import CARE, SAFETY
from tests.support.council import BEFORE, PERIOD, REGISTER, Council, care, community

WHY = "the second site opened in May"


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Both areas reported before; what they report now differs a great deal from it."""
    council = Council(tmp_path / "council")
    largely = tuple(
        replace(i, plausible_change=REGISTER.indicators[0].plausible_change)
        if i.ref in ("P1-1", "P2-2")
        else i
        for i in REGISTER.indicators
    )
    council.rewrite(replace(REGISTER, indicators=largely))
    council.drop(SAFETY, {"P1-1": 10, "P2-2": 10}, period=BEFORE)
    council.drop(CARE, {"P2-2": 10}, period=BEFORE)
    council.night()
    community(council, P1_1=1000, P2_2=1000)
    care(council, P2_2=1000)
    council.night()
    council.set_open(BEFORE.name, is_open=False)
    return council


def waiting(council: Council, code: int = 1) -> list[tuple[str, str]]:
    """The indicator and the area of each warning that waits."""
    found = council.ask("status", code=code)["warnings"]
    return [(one["indicator"], one["area"]["ref"]) for one in found]


def test_warnings_wait_until_each_is_approved_by_code_ref_or_area(council: Council) -> None:
    assert waiting(council) == [("P1-1", "CS"), ("P2-2", "CS"), ("P2-2", "ASC")]
    lines = council.call("status", code=1)
    assert any(
        line.startswith("  C05 P1-1 CS, Community safety.xlsx, Indicators!") for line in lines
    )

    told = council.complaint("accept", "C05", "--because", WHY).splitlines()
    assert told[0] == (
        "3 warnings C05 wait. Name the indicator and the service area of one; by command with "
        "--ref and --area, or accept all with --all:"
    )
    assert [line.split(",")[0] for line in told[1:]] == [
        "C05 P1-1 CS",
        "C05 P2-2 CS",
        "C05 P2-2 ASC",
    ]
    assert len(waiting(council)) == 3

    (line,) = council.call("accept", "c05", "--ref", "p1-1", "--because", WHY)
    assert line.startswith("accepted: C05 at Indicators!")
    assert waiting(council) == [("P2-2", "CS"), ("P2-2", "ASC")]
    council.call("accept", "C05", "--area", "adult SOCIAL care", "--because", WHY)
    assert waiting(council) == [("P2-2", "CS")]
    again = council.complaint("accept", "C05", "--ref", "P1-1", "--because", WHY)
    assert again == (
        "No warning C05 waits there to be accepted. Codes that do: C05. "
        "The digest and quarterday status have each with its service area."
    )
    council.call("accept", "C05", "--because", WHY)
    assert waiting(council, code=0) == []


def test_what_is_approved_may_be_named_with_what_nobody_sees_and_never_by_a_letter_that_looks_alike(
    council: Council,
) -> None:
    refused = council.complaint("accept", "\u042105", "--ref", "P1-1", "--because", WHY)
    assert refused.startswith("No warning \u042105 waits")
    council.complaint("accept", "C05", "--area", "\u200b", "--because", WHY)
    words = ("--ref", "P1\u20111", "--area", "community\u00a0safety", "--because", WHY)
    (line,) = council.call("accept", "\ufeffc05", *words)
    assert line.startswith("accepted: C05 at Indicators!")


def test_all_are_approved_at_once_where_it_is_asked_for_and_a_later_return_waits_again(
    council: Council,
) -> None:
    approved = council.ask("accept", "C05", "--all", "--because", f" {WHY} ")
    assert [(one["code"], one["because"]) for one in approved] == [("C05", WHY)] * 3
    assert all(one["by"] and one["approved_at"] for one in approved)
    assert waiting(council, code=0) == []
    community(council, P1_1=1000, P2_2=2000)
    council.night()
    assert waiting(council) == [("P1-1", "CS"), ("P2-2", "CS")]

    # What was approved is in the archive's journal too, and a store made from it has it.
    (journal,) = (council.place.archive / "journal").glob("approval-*.jsonl")
    assert journal.read_text("utf-8").count(WHY) == 3
    assert council.call("replay")[-1].startswith("The store and the archive agree")
    council.place.sqlite.unlink()
    council.call("replay", "--rebuild")
    with Store(council.place.store_url) as store:
        assert [one.because for one in store.decisions.all(Approval)] == [WHY] * 3


def test_nothing_is_approved_without_a_reason_or_by_a_code_that_does_not_wait(
    council: Council,
) -> None:
    for reason in ((), ("--because", "  ")):
        assert council.complaint("accept", "C05", "--all", *reason) == (
            'Say why the figure is right: --because "…".'
        )
    assert council.complaint("accept", "V01", "--because", WHY) == (
        "No warning V01 waits there to be accepted. Codes that do: C05. "
        "The digest and quarterday status have each with its service area."
    )
    assert "No warning C05" in council.complaint("accept", "C05", "-a", "Parks", "--because", WHY)
    assert "2031 is not a period" in council.complaint(
        *("accept", "C05", "--period", "2031", "--because", WHY)
    )
    assert len(waiting(council)) == 3


def test_warnings_of_a_closed_period_wait_where_it_is_named(council: Council) -> None:
    council.set_open(PERIOD.name, is_open=False)
    assert council.complaint("accept", "C05", "--all", "--because", WHY).startswith(
        "No period is open."
    )
    council.call("accept", "C05", "--all", "--period", PERIOD.name, "--because", WHY)
    assert council.ask("status", "--period", PERIOD.name)["warnings"] == []


def test_a_warning_that_quotes_a_suppressed_figure_is_listed_without_its_words(
    council: Council,
) -> None:
    council.suppress(2000)
    (first, *_) = council.ask("status", code=1)["warnings"]
    assert first["indicator"] == "P1-1"
    assert first["finding"]["problem"] == "Withheld, because it quotes a figure that is suppressed."
    assert "1000" not in "\n".join(council.call("status", code=1))
    assert "1000" not in council.complaint("accept", "C05", "--because", WHY)
    council.call("accept", "C05", "--ref", "P1-1", "--because", WHY)
