"""What people decide is done once and kept with whose word it was, wherever a run is killed.

QUARTERDAY_FAULTS=all kills before every step (`make faults`); otherwise at a few.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from msgspec.structs import replace

from pipeline.store import Approval, Outcome
from schemas.deciding import Request
from tests.job.test_drafts import APPROVED, CLERK, OFFICER, decide, names, posts, rulings
from tests.support.builders import PERIOD, SAFETY
from tests.support.council import BEFORE, Council, care, community
from tests.support.killed import NOW
from tests.support.mixed import many
from tests.support.runs import Runner

pytestmark = pytest.mark.faults

#: Before how many of its steps a run is killed; 0 is before each.
TRIED = many(6, 0)


def steps_of(total: int) -> Iterator[int]:
    yield from range(1, total + 1, 1 if not TRIED else max(1, total // TRIED))


def copied(council: Council, root: Path) -> Council:
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(council.root, root, symlinks=True)
    return Council(root, council.register)


def line(what: str, period: str, **more: str) -> Request:
    return Request(what, period, by="Officer", on=date(2013, 4, 19), because="Agreed", **more)


def codes(council: Council) -> dict[str, str]:
    with time_machine.travel(NOW, tick=False):
        drafts = council.ask("status", code=1)["drafts"]
    return {one["period"]: one["code"] for one in drafts}


def ended(council: Council) -> object:
    """How things stand: what was decided, issued, restated, accepted, written and mailed."""
    with council.store as store:
        restated = [
            (one.outcome, one.is_restatement)
            for one in store.submissions(BEFORE.name)
            if one.outcome is not Outcome.DUPLICATE
        ]
        accepted = [(one.code, one.because) for one in store.decisions.all(Approval)]
        issues = [(one.period, one.number, one.said) for one in store.issues()]
    decided = sorted((one.what, one.is_done, one.answer) for one in rulings(council))
    mailed = sorted(
        (str(one["To"]), str(one["Subject"]))
        for one in posts(council)
        # A digest of the second run may tell the rest.
        if OFFICER.email not in str(one["To"])
    )
    return decided, issues, restated, accepted, mailed, names(council)


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A closed period that was issued, and a later one with a draft and a warning."""
    root = tmp_path_factory.mktemp("deciding") / "start"
    with time_machine.travel(NOW, tick=False):
        council = Council(root, replace(APPROVED, approvers=()))
        council.drop(SAFETY, {"P1-1": 100}, "before.xlsx", BEFORE)
        council.night()
        code = codes(council)[BEFORE.name]
        council.call("approve", BEFORE.name, "--draft", code, "--because", "Agreed")
        community(council)
        care(council)
        council.set_open(BEFORE.name, is_open=False)
        council.night()
    return council


def test_a_night_of_decisions_that_is_killed_is_completed_by_the_next(
    drafted: Council, runs: Runner, tmp_path: Path
) -> None:
    council = copied(drafted, tmp_path / "asked")
    decide(
        council,
        line("approve", PERIOD.name, code=codes(council)[PERIOD.name]),
        line("accept", PERIOD.name, area="CS", finding="C05", indicator="P1-1"),
        line("reopen", BEFORE.name),
    )
    council.drop(SAFETY, {"P1-1": 110}, "restated.xlsx", BEFORE)
    whole = copied(council, tmp_path / "whole")
    steps = runs.run(whole.root).steps
    undisturbed = ended(whole)
    decided, *_ = undisturbed  # type: ignore[misc] - how things stand is compared as it is
    assert [(what, is_done) for what, is_done, _ in decided] == [
        ("accept", True),
        ("approve", True),
        ("approve", True),
        ("reopen", True),
    ]
    for step in steps_of(steps):
        cut = copied(council, tmp_path / "cut")
        assert runs.run(cut.root, step=step).code == -9, step
        runs.run(cut.root)
        assert ended(cut) == undisturbed, step


@pytest.mark.parametrize("what", ["approve", "recall"])
def test_a_command_that_is_killed_was_done_with_all_that_follows_or_not_at_all(
    what: str, drafted: Council, runs: Runner, tmp_path: Path
) -> None:
    start = copied(drafted, tmp_path / "drafted")
    words: tuple[str, ...] = ("approve", PERIOD.name, "--draft", codes(start)[PERIOD.name])
    words = (*words, "--because", "Agreed")
    if what == "recall":
        assert runs.run(start.root, command=words).code == 0
        words = ("recall", PERIOD.name, "--issue", words[3], "--because", "Wrong")
    whole = copied(start, tmp_path / "whole")
    steps = runs.run(whole.root, command=words).steps
    runs.run(whole.root)
    undisturbed = ended(whole)
    for step in steps_of(steps):
        cut = copied(start, tmp_path / "cut")
        assert runs.run(cut.root, command=words, step=step).code == -9, step
        runs.run(cut.root)
        if not any(one.what == what and one.period == PERIOD.name for one in rulings(cut)):
            assert runs.run(cut.root, command=words).code == 0, step
        assert ended(cut) == undisturbed, step
    assert any(CLERK.email in str(one["To"]) for one in posts(whole))
