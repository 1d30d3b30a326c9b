"""Years in which figures of several periods are rated and printed as one, by the command line."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.deciding import IssueRule
from schemas.frequency import Frequency, Profile
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Register, Target
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.council import REGISTER, Council
from tests.support.filled import fill_return
from tests.support.quarters import AREAS, QUARTERS, YEAR, measure

A = Accumulation
TO_DATE = measure(A.YEAR_TO_DATE)
CUMULATIVE = replace(measure(A.CUMULATIVE), ref="P1-2", wording="Repairs done")
SHAPED = replace(measure(A.YEAR_TO_DATE), ref="P1-3", wording="Boilers checked")
OLD = replace(indicator("P1-4", "Calls answered", areas=("CS",)), last=QUARTERS[3].name)
NEW = replace(
    indicator("P1-5", "Calls answered in time", areas=("CS",)),
    first=QUARTERS[4].name,
    replaces=("P1-4",),
)


def register_of(*rows: Indicator, targets: tuple[Target, ...] = ()) -> Register:
    periods = sorted((*QUARTERS[:8], YEAR), key=lambda each: (each.starts, each.ends))
    return replace(REGISTER, indicators=rows, targets=targets, periods=tuple(periods))


#: What Community safety reports for six quarters; Adult social care reports 10 more of each.
SAID: dict[str, tuple[int, ...]] = {
    "P1-1": (10, 20, 30, 40, 15, 26),
    "P1-2": (5, 10, 20, 40, 6, 13),
    "P1-3": (0, 10, 20, 30, 9, 9),
    "P1-4": (7, 7, 7, 7, 7, 7),
    "P1-5": (8, 8, 8, 8, 8, 8),
}


def send(council: Council, number: int, **instead: object) -> None:
    """Both areas' returns for a quarter."""
    period = QUARTERS[number]
    for area, more in ((SAFETY, 0), (CARE, 10)):
        said = {ref: figures[number] + more for ref, figures in SAID.items()}
        said |= {ref.replace("_", "-"): figure for ref, figure in instead.items()}  # type: ignore[dict-item]
        entries = {ref: {"Performance": figure} for ref, figure in said.items()}
        name = f"{area.ref} {period.name} {'again' if instead else ''}.xlsx"
        fill_return(council.register, area, period, council.place.inbox / name, entries)


def line(council: Council, period: Period, ref: str) -> dict[str, Any]:
    """What the appendix of a period says of an indicator."""
    (told,) = council.ask("merge", "--period", period.name)
    return next(each for each in told["indicators"] if each["ref"] == ref)


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A year and a half of it, each quarter issued."""
    root = tmp_path_factory.mktemp("years") / "council"
    targets = (
        Target("P1-1", YEAR.name, value=Decimal(200), profile=Profile.ADDING_UP),
        Target("P1-3", YEAR.name, value=Decimal(200), profile=Profile.LAST_YEAR),
    )
    made = Council(root, register_of(TO_DATE, CUMULATIVE, SHAPED, OLD, NEW, targets=targets))
    for number in range(6):
        send(made, number)
    made.night()
    made.night()
    return made


def test_a_year_to_date_is_rated_by_the_profile_of_the_year(council: Council) -> None:
    found = [line(council, each, "P1-1") for each in QUARTERS[4:6]]
    assert [(each["performance"], each["target"]) for each in found] == [
        ("40", "50"), ("102", "100"),
    ]  # fmt: skip
    assert [each["rating"]["colour"] for each in found] == ["red", "green"]
    assert [each["travel"]["basis"] for each in found] == [QUARTERS[0].name, QUARTERS[1].name]
    assert "Year to date, April to September 2012; 2012-13 Q2 alone: 62." in found[1]["remarks"]


def test_what_is_reported_cumulatively_has_what_the_quarter_added(council: Council) -> None:
    found = line(council, QUARTERS[5], "P1-2")
    assert found["performance"] == "36"
    said = "Year to date as reported, April to September 2012; 2012-13 Q2 alone: 14."
    assert said in found["remarks"]


def test_data_page_and_appendix_say_both(council: Council) -> None:
    folder = council.place.outbox_of(QUARTERS[5].name)
    (data,), (page,) = folder.glob("* data.csv"), folder.glob("*.html")
    row = next(csv.DictReader(data.read_text(encoding="utf-8-sig").splitlines()))
    assert row["Indicator performance"] == "102"
    assert row["Indicator accumulated over"] == "year to date, April to September 2012"
    assert row["Indicator in the period alone"] == "62"
    assert "2012-13 Q2 alone: 62." in page.read_text(encoding="utf-8")


def test_a_target_in_last_year_s_shape_goes_by_what_was_published(council: Council) -> None:
    # Last year 10, 30, 50 and 70 of 160.
    found = [line(council, each, "P1-3")["target"] for each in QUARTERS[4:8]]
    assert found == ["12.5", "50", "112.5", "200"]


def test_what_replaces_another_says_so_and_owes_alone(council: Council) -> None:
    assert "It replaces P1-4 (Calls answered)." in line(council, QUARTERS[4], "P1-5")["remarks"]
    (told,) = council.ask("merge", "--period", QUARTERS[5].name)
    assert "P1-4" not in [each["ref"] for each in told["indicators"]]


def test_a_year_in_which_one_replaces_another_tells_of_both(tmp_path: Path) -> None:
    quarterly = {"due": Frequency.QUARTERLY}
    old = replace(OLD, last=QUARTERS[5].name, **quarterly)
    new = replace(NEW, first=QUARTERS[6].name, **quarterly)
    council = Council(tmp_path / "council", register_of(old, new))
    for number, ref in ((5, "P1-4"), (7, "P1-5")):
        path = council.place.inbox / f"{number}.xlsx"
        entries = {ref: {"Performance": number}}
        fill_return(council.register, SAFETY, QUARTERS[number], path, entries)
    council.night()
    (told,) = council.ask("merge", "--period", YEAR.name)
    assert [(each["ref"], each["remarks"]) for each in told["indicators"]] == [
        (
            "P1-4",
            [
                "Last reported for 2012-13 Q2: 5.",
                "Replaced by P1-5 (Calls answered in time) from 2012-13 Q3 on.",
            ],
        ),
        (
            "P1-5",
            [
                "Last reported for 2012-13 Q4: 7.",
                "It replaces P1-4 (Calls answered).",
                "Not due for any later period yet.",
            ],
        ),
    ]


def test_a_row_of_what_was_replaced_is_passed_over_and_told_what_replaced_it(
    tmp_path: Path,
) -> None:
    before = Council(tmp_path / "council", register_of(replace(OLD, last="")))
    path = before.place.inbox / "old.xlsx"
    fill_return(before.register, SAFETY, QUARTERS[4], path, {"P1-4": {"Performance": 7}})
    after = Council(tmp_path / "council", register_of(OLD, NEW))
    after.rewrite(after.register)
    after.night()
    with after.store as store:
        (sent,) = store.submissions()
    told = next(each for each in sent.findings if each.code == "T05")
    assert told.fix.endswith("P1-5 (Calls answered in time) replaced it: report that.")


def test_a_restated_quarter_counts_as_it_is_now_and_is_marked(tmp_path: Path) -> None:
    council = Council(tmp_path / "council", register_of(TO_DATE))
    send(council, 0)
    council.night()
    council.set_open(QUARTERS[0].name, is_open=False)
    council.night()
    council.set_open(QUARTERS[0].name, is_open=True)
    send(council, 0, P1_1=100)
    send(council, 1)
    council.night()
    found = line(council, QUARTERS[1], "P1-1")
    assert found["performance"] == "250"
    assert "2011-12 Q1 in it was restated." in found["remarks"]


def test_a_quarter_of_which_no_issue_stands_leaves_the_target_unset_and_says_so(
    tmp_path: Path,
) -> None:
    target = Target("P1-1", YEAR.name, value=Decimal(200), profile=Profile.LAST_YEAR)
    register = register_of(TO_DATE, targets=(target,))
    framework = replace(register.framework, issue_when=IssueRule.APPROVAL)
    council = Council(tmp_path / "council", replace(register, framework=framework))
    for number in (0, 1, 2, 3, 4):
        send(council, number)
    council.night()
    found = line(council, QUARTERS[4], "P1-1")
    assert (found["target"], found["rating"]["not_rated"]) == ("", "no target")
    said = "No target: the year's is spread by last year's figures, which are not all published."
    assert said in found["remarks"]


def test_a_cumulative_figure_is_held_against_the_same_quarter_of_the_year_before(
    tmp_path: Path,
) -> None:
    wary = replace(
        CUMULATIVE, plausible_change=Decimal(5), areas=("CS",), merge_rule=MergeRule.SOLE
    )
    council = Council(tmp_path / "council", register_of(wary))
    for number in (0, 3, 4):
        fill_return(
            council.register,
            SAFETY,
            QUARTERS[number],
            council.place.inbox / f"{number}.xlsx",
            {"P1-2": {"Performance": SAID["P1-2"][number]}},
        )
        council.night()
    with council.store as store:
        sent = store.submissions()
    assert [each.findings for each in sent] == [(), (), ()]
    fill_return(
        council.register,
        SAFETY,
        QUARTERS[4],
        council.place.inbox / "more.xlsx",
        {"P1-2": {"Performance": 11}},
    )
    council.night()
    with council.store as store:
        (found,) = store.submissions()[-1].findings
    assert (found.code, found.value) == ("C05", "11")


def test_a_cumulative_figure_that_falls_in_the_course_of_its_year_is_asked_about(
    tmp_path: Path,
) -> None:
    alone = replace(CUMULATIVE, areas=("CS",), merge_rule=MergeRule.SOLE)
    council = Council(tmp_path / "council", register_of(alone))
    # In one night, whatever the order in which they come; the fifth quarter begins a new year.
    for number, figure in ((4, 3), (2, 12), (1, 20), (0, 5), (3, 20)):
        fill_return(
            council.register,
            SAFETY,
            QUARTERS[number],
            council.place.inbox / f"{number}.xlsx",
            {"P1-2": {"Performance": figure}},
        )
    council.night()
    with council.store as store:
        found = {each.period: each.findings for each in store.submissions()}
    (told,) = found.pop(QUARTERS[2].name)
    assert (told.code, told.severity) == ("C75", "warning")
    assert told.problem == (
        "P1-2 is reported cumulatively, and 12 is less than the 20 of the period before."
    )
    assert set(found.values()) == {()}


def test_commentary_is_not_asked_of_a_quarter_beside_the_target_of_the_year_to_date(
    tmp_path: Path,
) -> None:
    assert AREAS == ("CS", "ASC")
    target = Target("P1-1", QUARTERS[1].name, value=Decimal(60))
    asked = replace(TO_DATE, commentary="off target")
    council = Council(tmp_path / "council", register_of(asked, targets=(target,)))
    send(council, 1)
    council.night()
    with council.store as store:
        assert [each.outcome for each in store.submissions()] == ["accepted", "accepted"]


def test_no_issue_beside_those_before_it_tells_a_small_part(tmp_path: Path) -> None:
    sole = {"areas": ("CS",), "merge_rule": MergeRule.SOLE}
    rows = (replace(TO_DATE, **sole), replace(CUMULATIVE, **sole))
    register = register_of(*rows)
    framework = replace(register.framework, small_below=5)
    council = Council(tmp_path / "council", replace(register, framework=framework))

    def issued(number: int, to_date: int, cumulative: int) -> list[str]:
        """What the appendix of a quarter prints once these figures came."""
        path = council.place.inbox / f"{number} {to_date} {cumulative}.xlsx"
        said = {"P1-1": {"Performance": to_date}, "P1-2": {"Performance": cumulative}}
        fill_return(council.register, SAFETY, QUARTERS[number], path, said)
        council.night()
        return standing(number)

    def standing(number: int) -> list[str]:
        with council.store as store:
            issue = store.last_issue(QUARTERS[number].name)
        assert issue is not None
        return [each.performance for each in issue.ratings]

    assert issued(0, 20, 20) == ["20", "20"]
    assert issued(1, 30, 30) == ["50", "30"]
    assert issued(2, 9, 60) == ["59", "60"]
    # 60 less 58 would be the third quarter's own; of the first 3 may not be told.
    assert issued(1, 31, 58) == ["51", "Suppressed"]
    assert issued(0, 3, 20) == ["Suppressed", "20"]
    council.night()
    assert [standing(number)[0] for number in (1, 2)] == ["Suppressed", "Suppressed"]
