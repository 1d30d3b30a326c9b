"""Nights in which service areas are renamed, merged, split and taken out, and a period renamed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.merge_rules import MergeRule
from schemas.model import Gets, Indicator, Period, Recipient, Register, ServiceArea, Target
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.council import REGISTER, Council
from tests.support.filled import fill_in

NEVER = date(2099, 12, 31)
Q1 = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), NEVER)
Q2 = Period("2012-13 Q2", date(2012, 7, 1), date(2012, 9, 30), NEVER)
OFFICER = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))
INCIDENTS = indicator("P1-1", "Number of incidents")
HELPED = replace(
    indicator("P2-2", "People helped", priority="P2", areas=("CS", "ASC")),
    merge_rule=MergeRule.SUM,
)
SCHEMES = indicator("P2-3", "Schemes", priority="P2", areas=("ASC",))
HOUSING = ServiceArea("HSG", "Housing", "Head of housing", "housing@council.example")


def register_of(
    *areas: ServiceArea, periods: tuple[Period, ...] = (Q1, Q2), **more: Any
) -> Register:
    return replace(
        REGISTER,
        areas=areas,
        indicators=(INCIDENTS, HELPED, SCHEMES),
        targets=(),
        periods=periods,
        recipients=(OFFICER,),
        **more,
    )


MERGED = replace(CARE, last=Q1.name, becomes=("CS",))


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council", register_of(SAFETY, CARE))


def lines(council: Council, period: Period) -> dict[str, dict[str, Any]]:
    """What the appendix of a period says of each indicator."""
    (told,) = council.ask("merge", "--period", period.name)
    return {each["ref"]: each for each in told["indicators"]}


def owing(council: Council, period: Period) -> dict[str, str]:
    """Where each area's return for a period stands, by the area's name."""
    result = council.ask("status", "--period", period.name, code=0)
    return {each["area"]["name"]: each["state"] for each in result["periods"][0]["returns"]}


def templates(council: Council, period: Period) -> dict[str, Path]:
    """The templates of a period, by the names of their files."""
    council.call("template", "--period", period.name)
    found = council.place.outbox_of(period.name).glob("templates/*.xlsx")
    return {path.stem.partition(" - ")[2]: path for path in found}


def filled(path: Path, **figures: object) -> bytes:
    entries = {ref.replace("_", "-"): {"Performance": said} for ref, said in figures.items()}
    return fill_in(path, entries).read_bytes()


def last_findings(council: Council) -> list[tuple[str, str, str]]:
    """Of the last file what was found, each with what to do."""
    with council.store as store:
        sent = store.submissions()[-1]
    return [(each.code, each.problem, each.fix) for each in sent.findings]


def digest(council: Council) -> str:
    """The last digest on one line; empty where there was none."""
    written = council.place.outbox.rglob("*digest*.eml")
    found = sorted(written, key=lambda path: path.stat().st_mtime)
    if not found:
        return ""
    body = message_from_bytes(found[-1].read_bytes(), policy=default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def addresses(council: Council, about: str) -> set[str]:
    """To whom mail of a kind was written."""
    with council.store as store:
        return {each.recipient for each in store.messages.all() if each.kind == about}


# --- Merged --------------------------------------------------------------------------------------


def test_whoever_takes_over_owes_it_from_the_period_after_the_last(council: Council) -> None:
    council.rewrite(register_of(SAFETY, MERGED))
    assert set(templates(council, Q1)) == {SAFETY.name, CARE.name}
    assert [*templates(council, Q2)] == [SAFETY.name]
    assert owing(council, Q1) == {SAFETY.name: "Not received", CARE.name: "Not received"}
    assert owing(council, Q2) == {SAFETY.name: "Not received"}
    council.drop(SAFETY, {"P1-1": 5, "P2-2": 40, "P2-3": 3}, "q2.xlsx", Q2)
    council.night()
    of_q2 = lines(council, Q2)
    assert (of_q2["P2-2"]["performance"], of_q2["P2-3"]["performance"]) == ("40", "3")


def test_an_old_template_is_taken_in_where_its_area_owes_it_and_told_where_it_does_not(
    council: Council,
) -> None:
    of_q1, of_q2 = (templates(council, each)[CARE.name] for each in (Q1, Q2))
    in_time, too_late = filled(of_q1, P2_2=7, P2_3=2), filled(of_q2, P2_2=8, P2_3=2)
    council.rewrite(register_of(SAFETY, MERGED))
    council.drop_bytes(in_time, "q1.xlsx")
    council.night()
    assert last_findings(council) == []
    assert lines(council, Q1)["P2-3"]["performance"] == "2"
    council.drop_bytes(too_late, "q2.xlsx")
    council.night()
    ((code, problem, todo),) = last_findings(council)
    assert code == "T06"
    assert problem == (
        "Adult social care does not report for 2012-13 Q2: its last period was 2012-13 Q1."
    )
    assert "Community safety (Head of safety, safety@council.example)" in todo
    # Who answers for the area by now is told.
    assert addresses(council, "correction") == {"safety@council.example"}


def test_figures_count_on_until_whoever_took_over_answers_for_both(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 5, "P2-2": 40}, "safety.xlsx", Q2)
    council.drop(CARE, {"P2-2": 7, "P2-3": 2}, "care.xlsx", Q2)
    council.night()
    council.rewrite(register_of(SAFETY, MERGED))
    council.night()
    of_q2 = lines(council, Q2)
    assert (of_q2["P2-2"]["performance"], of_q2["P2-3"]["performance"]) == ("47", "2")
    assert "With Adult social care, which reports no longer." in of_q2["P2-2"]["remarks"]
    council.drop(SAFETY, {"P1-1": 5, "P2-2": 48, "P2-3": 4}, "both.xlsx", Q2)
    council.night()
    of_q2 = lines(council, Q2)
    assert (of_q2["P2-2"]["performance"], of_q2["P2-3"]["performance"]) == ("48", "4")
    assert "goes on counting" not in digest(council)


# --- Renamed -------------------------------------------------------------------------------------


def test_a_renamed_area_is_printed_under_its_name_of_then_and_its_old_template_is_understood(
    council: Council,
) -> None:
    old = templates(council, Q2)[CARE.name]
    content = filled(old, P2_2=8, P2_3=2)
    renamed = replace(CARE, name="Adults and health", since=Q2.name)
    council.rewrite(register_of(SAFETY, CARE, renamed))
    assert owing(council, Q1) == {SAFETY.name: "Not received", CARE.name: "Not received"}
    assert set(owing(council, Q2)) == {SAFETY.name, "Adults and health"}
    council.drop_bytes(content, "old.xlsx")
    council.night()
    assert last_findings(council) == []
    assert owing(council, Q2)["Adults and health"] == "Received"


# --- Split ---------------------------------------------------------------------------------------


def test_what_a_split_area_reported_is_asked_about_until_a_row_says_who_does(
    council: Council,
) -> None:
    split = replace(CARE, last=Q1.name, becomes=("CS", "HSG"))
    council.rewrite(register_of(SAFETY, split, HOUSING))
    checked = " ".join(" ".join(council.call("register", "check")).split())
    assert "ASC was split into CS and HSG after 2012-13 Q1, and which of them" in checked
    assert set(owing(council, Q2)) == {SAFETY.name}
    council.night()
    assert "which of them reports P2-3 is not said" in digest(council)
    said = replace(SCHEMES, areas=("HSG",), since=Q2.name)
    helped = replace(HELPED, areas=("CS", "HSG"), since=Q2.name)
    register = register_of(SAFETY, split, HOUSING)
    rows: tuple[Indicator, ...] = (INCIDENTS, HELPED, helped, SCHEMES, said)
    council.rewrite(replace(register, indicators=rows))
    assert "split into" not in " ".join(council.call("register", "check"))
    assert set(owing(council, Q2)) == {SAFETY.name, HOUSING.name}
    assert set(owing(council, Q1)) == {SAFETY.name, CARE.name}


# --- Gone ----------------------------------------------------------------------------------------


def test_figures_of_an_area_that_was_taken_out_count_and_the_officer_is_asked(
    council: Council,
) -> None:
    council.drop(CARE, {"P2-2": 7, "P2-3": 2}, "care.xlsx", Q1)
    council.night()
    without = (replace(HELPED, areas=("CS",)), replace(SCHEMES, areas=("CS",)))
    register = register_of(SAFETY)
    council.rewrite(replace(register, indicators=(INCIDENTS, *without)))
    council.night()
    of_q1 = lines(council, Q1)
    assert of_q1["P2-3"]["performance"] == "2"
    assert "With Adult social care, which reports no longer." in of_q1["P2-3"]["remarks"]
    said = digest(council)
    assert "The register has no service area Adult social care any more" in said
    assert "P2-2 (Indicators!" in said
    assert "of care.xlsx" in said


# --- Contacts ------------------------------------------------------------------------------------


def test_mail_goes_to_every_address_of_an_area(council: Council) -> None:
    both = replace(CARE, email="care@council.example; deputy@council.example")
    council.rewrite(register_of(SAFETY, both))
    council.drop(CARE, {"P2-2": 7, "P2-3": 2}, "care.xlsx", Q1)
    council.night()
    assert addresses(council, "receipt") == {"care@council.example", "deputy@council.example"}


def test_reminders_go_to_whoever_answers_for_an_area_by_now(council: Council) -> None:
    yesterday = datetime.now().astimezone().date() - timedelta(days=1)
    reminding = replace(REGISTER.framework, remind_after=(1,))
    periods = (replace(Q1, due=yesterday), Q2)
    council.rewrite(register_of(SAFETY, MERGED, periods=periods, framework=reminding))
    council.night()
    with council.store as store:
        sent = {(m.area, m.recipient) for m in store.messages.all() if m.kind == "reminder"}
    assert sent == {("CS", "safety@council.example"), ("ASC", "safety@council.example")}


# --- Periods -------------------------------------------------------------------------------------


def test_a_renamed_period_keeps_its_returns_once_the_register_says_so(council: Council) -> None:
    old = templates(council, Q1)[CARE.name]
    late = filled(old, P2_2=9, P2_3=3)
    council.drop(SAFETY, {"P1-1": 5, "P2-2": 40}, "safety.xlsx", Q1)
    council.night()
    renamed = replace(Q1, name="Spring 2012", due=date(2012, 7, 31))
    council.rewrite(register_of(SAFETY, CARE, periods=(renamed, Q2)))
    council.night()
    said = "type 2012-13 Q1 under Formerly on the sheet Periods, in the row of Spring 2012"
    assert said in digest(council)
    assert said in " ".join(" ".join(council.call("status", code=1)).split())
    doctor = council.ask("doctor", "--quick", code=1)
    (check,) = (each for each in doctor["checks"] if each["name"] == "register")
    assert any(said in line for line in check["details"])
    known = replace(renamed, formerly=(Q1.name,))
    council.rewrite(register_of(SAFETY, CARE, periods=(known, Q2)))
    council.drop_bytes(late, "late.xlsx")
    council.night()
    # It is late, and nothing else.
    assert [code for code, *_ in last_findings(council)] == ["C16"]
    of_spring = lines(council, known)
    assert (of_spring["P1-1"]["performance"], of_spring["P2-2"]["performance"]) == ("5", "49")
    standing = council.ask("status", "--period", known.name, code=0)["periods"][0]["returns"]
    assert {each["state"] for each in standing} <= {"Received", "Received late"}
    with council.store as store:
        rows = store.rows_of("submission")
    assert {row["period"] for row in rows} == {"2012-13 Q1", "Spring 2012"}
    # What was written stays as it was, and makes the same store again.
    assert council.call("replay")


def test_templates_of_another_name_are_said_to_be_outdated(council: Council) -> None:
    templates(council, Q1)
    templates(council, Q2)
    homes = replace(SAFETY, name="Safer homes", since=Q2.name)
    spring = replace(Q1, name="Spring 2012", formerly=(Q1.name,))
    merged = replace(CARE, last=spring.name, becomes=("CS",))
    council.rewrite(register_of(SAFETY, homes, merged, periods=(spring, Q2)))
    told = council.ask("template")
    assert sorted(Path(path).stem for path in told["written"]) == [
        "Return 2012-13 Q2 - Safer homes",
        "Return Spring 2012 - Adult social care",
        "Return Spring 2012 - Community safety",
    ]
    outdated = [Path(path) for path in told["outdated"]]
    assert sorted(path.stem for path in outdated) == [
        f"Return {period} - {area}"
        for period in (Q1.name, Q2.name)
        for area in ("Adult social care", "Community safety")
    ]
    assert all(path.exists() for path in outdated)
    assert any("is of an earlier name" in line for line in council.call("template"))


def test_a_new_period_without_a_target_is_told_in_the_digest(council: Council) -> None:
    targets = (Target("P1-1", Q1.name, value=Decimal(5)),)
    council.rewrite(replace(register_of(SAFETY, CARE), targets=targets))
    council.drop(CARE, {"P2-2": 7, "P2-3": 2}, "care.xlsx", Q1)
    council.night()
    assert "2012-13 Q2 is open, and no indicator has a target for it" in digest(council)
