"""Deciding on the sheet Decisions: what people type, and what the digest answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from pipeline.store import Reopening
from schemas.deciding import Approver, Request
from tests.job.test_drafts import (
    APPROVED,
    CLERK,
    FOLDER,
    NIGHT,
    approval,
    clock,
    code_of,
    council,
    decide,
    digests,
    names,
    numbers,
    rulings,
    sent_to,
)
from tests.support.builders import PERIOD, SAFETY
from tests.support.council import BEFORE, Council, community

__all__ = ["clock", "council"]

BY_NAME = replace(APPROVED, approvers=(Approver("Officer"), Approver("Deputy officer")))


def asked(what: str, period: str = PERIOD.name, **more: object) -> Request:
    words = {"by": "Officer", "on": NIGHT.date(), "because": "Agreed", **more}
    return Request(what, period, **words)  # type: ignore[arg-type] - the fields of a request


def answers(council: Council) -> list[tuple[bool, str]]:
    return [(one.is_done, one.answer) for one in rulings(council)]


@pytest.mark.parametrize("typed", ["{0} ", "{1}", " {2}", "{3}", "{4}"])
def test_a_code_is_read_however_it_was_typed(
    typed: str, council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    like = code.replace("0", "O").replace("1", "l")
    ways = (code, code.lower(), like, f"{code[:3]}\u2013{code[3:]}", " ".join(code))
    decide(council, approval(typed.format(*ways)))
    clock(1)
    council.night()
    assert numbers(council) == [1]


def test_a_recall_in_the_night_of_its_approval_takes_that_back(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    decide(council, approval(code), asked("recall", code=code.lower()))
    clock(1)
    council.night()
    assert (numbers(council), sent_to(council, CLERK.email)) == ([], [])
    (is_recalled, recalled), (is_approved, approved) = answers(council)
    assert (is_recalled, is_approved) == (True, False)
    assert "is not issued" in recalled
    assert "A recall of" in approved
    # Whoever means it after all types it anew.
    decide(council, approval(code, because="Agreed after all"))
    clock(2)
    council.night()
    assert numbers(council) == [1]


def test_an_issue_that_is_recalled_and_approved_in_one_night_is_recalled(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    decide(council, approval(code))
    clock(1)
    council.night()
    decide(council, approval(code, because="Once more"), asked("recall", code=code))
    clock(2)
    council.night()
    assert numbers(council) == [1]
    assert len(sent_to(council, CLERK.email, "RECALLED")) == 1
    assert [is_done for is_done, _ in answers(council)] == [True, True, False]


def test_a_line_that_is_typed_once_more_is_decided_once_more(
    council: Council, clock: Callable[[float], None]
) -> None:
    council.drop(SAFETY, {"P1-1": 100}, "before.xlsx", BEFORE)
    community(council)
    council.night()
    line = Request(
        *("accept", PERIOD.name, SAFETY.ref, "C05", "P1-1"), by="Officer", because="It is right"
    )
    decide(council, line)
    clock(1)
    council.night()
    # The same warning comes with another return, and the same line answers it.
    community(council, P2_2=41)
    clock(2)
    council.night()
    decide(council, line)
    clock(3)
    council.night()
    clock(4)
    council.night()
    assert [is_done for is_done, _ in answers(council)] == [True, True]
    assert council.ask("status", code=1)["warnings"] == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (asked("approve", by="Oficer"), "Did you mean Officer?"),
        (asked("approve", period=""), 'Say for which period, in the column "Period".'),
        (asked("Aprove", period=""), "Aprove is nothing that can be decided."),
        (
            asked("approve", on=NIGHT.date() + timedelta(days=30)),
            'The day in the column "On", 31 May 2013, is yet to come.',
        ),
        (asked("reopen"), "is open in the register, so that its returns are taken in anyway."),
        (asked("accept", finding="C05"), "The digest and quarterday status have each"),
    ],
)
def test_a_line_that_cannot_be_done_is_answered_with_what_to_do(
    line: Request, said: str, council: Council, clock: Callable[[float], None]
) -> None:
    council.rewrite(BY_NAME)
    community(council)
    council.night()
    decide(council, line)
    clock(1)
    council.night()
    ((is_done, answer),) = answers(council)
    assert not is_done
    assert said in answer
    assert said in digests(council)
    # Whoever reads it has Excel and no command line.
    assert "--" not in answer


def test_the_code_of_another_period_is_said_to_be_that(
    council: Council, clock: Callable[[float], None]
) -> None:
    council.drop(SAFETY, {"P1-1": 4600}, "before.xlsx", BEFORE)
    community(council)
    council.night()
    drafts = council.ask("status", code=1)["drafts"]
    codes = {one["period"]: one["code"] for one in drafts}
    decide(council, approval(codes[BEFORE.name]))
    clock(1)
    council.night()
    assert numbers(council) == []
    assert f"That is the draft for {BEFORE.name}." in digests(council)


def test_an_approval_of_a_draft_that_was_overtaken_by_an_issue_is_told_of_that(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    old = code_of(council)
    community(council, P1_1=4000)
    clock(1)
    council.night()
    decide(council, approval(code_of(council)))
    clock(2)
    council.night()
    decide(council, approval(old), approval("7KQ2MX"))
    clock(3)
    council.night()
    _, (_, lapsed), (_, unknown) = answers(council)
    assert f"Draft {old} for {PERIOD.name} has lapsed" in lapsed
    stands = "ssue 1 says how things stand now, so that there is nothing to approve."
    assert lapsed.endswith(f". I{stands}")
    assert unknown.endswith(f"; i{stands}")


def test_a_line_without_a_name_is_not_said_to_be_the_registers(
    council: Council, clock: Callable[[float], None]
) -> None:
    council.rewrite(BY_NAME)
    community(council)
    council.night()
    code = code_of(council)
    decide(council, approval(code, by=""))
    clock(1)
    council.night()
    assert f"Approve {PERIOD.name} {code}, by nobody named: Not done." in digests(council)
    history = council.call("history")
    assert any(f"draft {code}" in line for line in history)
    assert any("by nobody named on the register" in line for line in history)


# --- A run that is stopped by trouble -------------------------------------------------------------


def test_an_approval_whose_files_cannot_be_written_is_done_and_the_next_run_writes_them(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    decide(council, approval(code_of(council)))
    in_the_way = council.root / FOLDER / "issue 1"
    in_the_way.write_text("not a folder")
    clock(1)
    assert "cannot be" in council.complaint("run")
    assert sent_to(council, CLERK.email) == []
    in_the_way.unlink()
    clock(2)
    council.night()
    ((is_done, answer),) = answers(council)
    assert (is_done, numbers(council)) == (True, [1])
    assert answer in digests(council)
    assert len(sent_to(council, CLERK.email)) == 1
    assert {name.partition("/")[0] for name in names(council) if "/" in name} == {"issue 1"}


def test_a_recall_that_cannot_be_marked_holds_and_the_next_run_marks_it(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    decide(council, approval(code))
    clock(1)
    council.night()
    in_the_way = council.root / FOLDER / "issue 1 - recalled"
    in_the_way.write_text("not a folder")
    decide(council, asked("recall", code=code, because="Wrong"))
    clock(2)
    assert "cannot be noted" in council.complaint("run")
    in_the_way.unlink()
    clock(3)
    council.night()
    assert [is_done for is_done, _ in answers(council)] == [True, True]
    kept = {name.partition("/")[0] for name in names(council)}
    assert kept == {"issue 1 - recalled"}
    note = (in_the_way / "RECALLED.txt").read_text("utf-8")
    assert note.startswith("Recalled on 3 May 2013: Wrong")
    assert len(sent_to(council, CLERK.email, "RECALLED")) == 1


def test_files_under_another_title_of_the_appendix_do_not_stay(
    council: Council, clock: Callable[[float], None]
) -> None:
    def call_it(title: str) -> None:
        framework = replace(council.register.framework, appendix=title)
        council.rewrite(replace(council.register, framework=framework))

    def lying() -> set[str]:
        return {name for name in names(council) if name.endswith(".xlsx")}

    call_it("One")
    community(council)
    council.night()
    call_it("Two")
    clock(1)
    council.night()
    assert lying() == {f"draft/Two - {PERIOD.name} - draft.xlsx"}
    code = code_of(council)
    decide(council, approval(code))
    clock(2)
    council.night()
    call_it("Three")
    decide(council, asked("recall", code=code))
    clock(3)
    council.night()
    three = f"Three - {PERIOD.name}"
    recalled = f"issue 1 - recalled/Two - {PERIOD.name}.xlsx"
    assert lying() == {recalled, f"draft/{three} - draft.xlsx"}
    decide(council, approval(code_of(council)))
    clock(4)
    council.night()
    call_it("Four")
    clock(5)
    council.night()
    decide(council, approval(code_of(council)))
    clock(6)
    council.night()
    four = f"Four - {PERIOD.name}.xlsx"
    assert lying() == {recalled, f"issue 2/{three}.xlsx", f"issue 3/{four}", four}


@pytest.mark.parametrize("comes", [True, False])
def test_a_period_that_is_reopened_is_open_until_a_night_has_ended(
    comes: bool,
    council: Council,
    clock: Callable[[float], None],
) -> None:
    community(council)
    council.night()
    decide(council, approval(code_of(council)))
    clock(1)
    council.night()
    council.set_open(PERIOD.name, is_open=False)
    clock(2)
    council.night()
    decide(council, asked("reopen"))
    if comes:
        # The night takes the return in, and cannot write what it drafts.
        community(council, P1_1=4000)
        in_the_way = council.root / FOLDER / "draft"
        in_the_way.write_text("not a folder")
        clock(3)
        council.complaint("run")
        in_the_way.unlink()
    clock(4)
    council.night()
    *_, (is_done, answer) = answers(council)
    assert is_done
    assert f"{PERIOD.name} was open for the run of this night" in answer
    assert ("1 return for it was taken in" in answer) == comes
    assert ("type a new line that reopens it" in answer) == (not comes)
    with council.store as store:
        assert len(store.decisions.all(Reopening)) == 1
    # It is closed again after that.
    community(council, P1_1=3000)
    clock(5)
    council.night()
    with council.store as store:
        assert str(store.submissions(PERIOD.name)[-1].outcome) == "rejected"
