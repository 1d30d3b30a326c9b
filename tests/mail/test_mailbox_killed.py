"""A fetch that is killed anywhere, and made again, has taken each return exactly once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.operations.worked_example import entries, example_register, slips, write_return
from pipeline.store import Outcome, Store
from tests.support.dovecot import PASSWORD, Dovecot, dovecot
from tests.support.mailed import letter, make_workspace
from tests.support.mixed import PARTS, TRIED_PARTS, many
from tests.support.runs import Runner, runner

VARIABLE = "QUARTERDAY_MAILBOX_PASSWORD"

pytestmark = pytest.mark.faults

REGISTER = example_register()
HR, SAFETY = (next(a for a in REGISTER.areas if a.ref == ref) for ref in ("HR", "SAF"))
#: Before so many steps a fetch is killed; 0 is before every one.
TRIED = many(6, 0)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(scope="module")
def fetches() -> Iterator[Runner]:
    """Starts the real command line, which knows the password."""
    if not Path("/proc/self/stat").exists():
        pytest.skip("only Linux tells of the processes that a run leaves behind")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, PASSWORD)
        with runner() as started:
            yield started


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A return of Human resources', one of Community safety's, and one of theirs with slips."""
    folder = tmp_path_factory.mktemp("returns")
    made = []
    for name, area, reported in (
        ("hr", HR, entries("HR")),
        ("safety", SAFETY, entries("SAF")),
        ("slips", SAFETY, slips()),
    ):
        made.append(folder / f"{name}.xlsx")
        write_return(REGISTER, area, made[-1], reported)
    return made


def anew(folder: Path, server: Dovecot, returns: list[Path]) -> Path:
    """A workspace, and a mailbox with two messages to take and one to leave."""
    server.empty()
    server.deliver(letter(HR.email, returns[0], subject="One"))
    server.deliver(letter("someone@elsewhere.example", returns[0], subject="Left"))
    server.deliver(letter(SAFETY.email, *returns[1:], subject="Two"))
    return make_workspace(folder, REGISTER, server)


@pytest.mark.parametrize("is_run_between", [False, True], ids=["fetched again", "run between"])
@pytest.mark.parametrize("part", TRIED_PARTS)
def test_a_fetch_killed_at_any_step_is_completed_by_the_next(
    fetches: Runner,
    server: Dovecot,
    returns: list[Path],
    tmp_path: Path,
    part: int,
    is_run_between: bool,
) -> None:
    place = anew(tmp_path / "undisturbed", server, returns)
    undisturbed = fetches.run(place, command=("fetch",))
    assert (undisturbed.code, undisturbed.told.count("taken: ")) == (1, 3), undisturbed.said
    every = max(1, undisturbed.steps // TRIED) if TRIED else 1
    for step in range(1 + part * every, undisturbed.steps + 1, PARTS * every):
        place = anew(tmp_path / str(step), server, returns)
        assert fetches.run(place, command=("fetch",), step=step).code == -9, f"step {step}"
        if is_run_between:
            # What was cut off may be taken in before the mailbox is looked at again.
            assert fetches.run(place).code in (0, 1), f"step {step}"
        again = fetches.run(place, command=("fetch",))
        assert again.code in (0, 1), f"step {step}: {again.said}"
        assert server.seen() == [("Left", {"\\Flagged"})], f"step {step}"
        assert sorted(server.subjects("Quarterday/Taken")) == ["One", "Two"], f"step {step}"
        assert fetches.run(place).code in (0, 1), f"step {step}"
        assert_taken_once(place, f"step {step}")


def assert_taken_once(place: Path, what: str) -> None:
    """Each of the three returns was received once, and nothing of them is left in the inbox."""
    with Store(f"sqlite:///{place}/var/quarterday.sqlite3") as store:
        outcomes = sorted((each.filename, each.outcome) for each in store.submissions())
    assert outcomes == [
        ("hr.xlsx", Outcome.ACCEPTED),
        ("safety.xlsx", Outcome.ACCEPTED),
        ("slips.xlsx", Outcome.REJECTED),
    ], what
    assert [path for path in (place / "inbox").rglob("*") if path.is_file()] == [], what
