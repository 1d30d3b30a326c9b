"""Replay: the store made again from the archive is the store; what was tampered with is named."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.operations.demo import run_demo
from pipeline.store.copying import fill, snapshot
from pipeline.store.tables import metadata
from tests.support import postgresql as databases
from tests.support.builders import CARE, SAFETY
from tests.support.command_line import quarterday
from tests.support.council import BEFORE, PERIOD, REGISTER, Council, care, community
from tests.support.hostile import ARCHIVES
from tests.support.mixed import set_up
from tests.support.runs import Runner
from tests.support.sampled import sampled

AGREE = "The store and the archive agree in all that was made again."


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council")


def agrees(council: Council) -> list[str]:
    """Replay, see that it finds no difference, and say what could not be made again."""
    lines = council.call("replay")
    assert lines[-1] == AGREE
    return lines[1:-1]


def rows(council: Council) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the store that its archive tells; what messages say is in the store alone.

    Which are outstanding is worked out by the next runs again.
    """
    copy = council.root / "rows.sqlite3"
    snapshot(council.place.store_url, copy)
    with closing(sqlite3.connect(copy)) as connection:
        found = {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608
            for name in metadata.tables.keys() - {"message_content", "outstanding"}
        }
    copy.unlink()
    return found


def eventful(council: Council) -> None:
    """Some nights in which a good deal happens."""
    first = community(council, P1_1=10).read_bytes()
    council.drop(SAFETY, {"P1-1": 5}, name="before.xlsx", period=BEFORE)
    care(council, P2_3="about 3")
    council.drop_bytes(b"Dear council", "letter.xlsx")
    council.night()
    second = community(council, P1_1=2000).read_bytes()
    council.drop_bytes(second, "the same.xlsx")
    council.drop(CARE, name=f"{CARE.name}/return.xlsx")
    council.night()
    council.call("accept", "C05", "--because", "a second site")
    council.drop_bytes(first, "first again.xlsx")
    council.night()


# --- They agree ----------------------------------------------------------------------------------


def test_the_demonstration_replays(tmp_path: Path) -> None:
    run_demo(tmp_path / "demo", lambda *_: None)
    result = quarterday("replay", "-w", tmp_path / "demo")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        ["8 submissions and 3 appendices made again from the archive.", AGREE],
    )


def test_rejected_duplicate_replaced_and_returned_files_replay(council: Council) -> None:
    eventful(council)
    assert agrees(council) == []
    with council.store as store:
        assert [s.outcome.value for s in store.submissions()] == [
            *("accepted", "rejected", "accepted", "rejected"),
            *("accepted", "duplicate", "accepted", "accepted"),
        ]
    # A replay changes nothing, and asks for nothing to be there.
    before = rows(council)
    assert agrees(council) == []
    assert rows(council) == before


def test_a_file_put_back_in_the_night_in_which_another_replaced_it_replays(
    council: Council,
) -> None:
    first = community(council, P1_1=10).read_bytes()
    council.night()
    community(council, P1_1=20)
    council.drop_bytes(first, "z first again.xlsx")
    council.night()
    with council.store as store:
        assert [s.outcome.value for s in store.submissions()] == ["accepted"] * 3
        assert [o.value for o in store.observations(PERIOD.name) if o.indicator == "P1-1"] == [10]
    assert agrees(council) == []


def test_nights_without_an_appendix_between_them_replay(council: Council) -> None:
    first = community(council, P1_1=10).read_bytes()
    for content in (None, first, None):
        if content:
            council.drop_bytes(content, "first again.xlsx")
        else:
            community(council, P1_1=20)
        quarterday("ingest", "-w", council.root)
    assert agrees(council) == []


def test_changes_of_the_register_between_nights_replay(council: Council) -> None:
    community(council, P1_1=10)
    care(council, P2_3="about 3")
    bad = (council.place.inbox / "Adult social care.xlsx").read_bytes()
    council.night()
    target = replace(REGISTER.targets[0], value=Decimal(5))
    council.rewrite(replace(REGISTER, targets=(target,)))
    council.night()
    renamed = replace(SAFETY, name="Safer communities")
    council.rewrite(replace(council.register, areas=(renamed, CARE)))
    council.drop(renamed, {"P1-1": 11})
    council.drop_bytes(bad, "again.xlsx")
    council.night()
    left = tuple(i for i in REGISTER.indicators if i.ref != "P1-1")
    council.rewrite(replace(council.register, indicators=left, targets=()))
    council.drop(renamed, {"P2-2": 12})
    council.night()
    assert agrees(council) == []
    assert len(list((council.place.archive / "registers").iterdir())) == 4


def test_an_appendix_sent_by_hand_on_a_changed_register_replays(council: Council) -> None:
    community(council)
    council.night()
    target = replace(REGISTER.targets[0], value=Decimal(5))
    council.rewrite(replace(REGISTER, targets=(target,)))
    council.call("appendix", "--period", PERIOD.name)
    assert council.call("replay")[0].startswith("1 submission and 2 appendices")
    assert agrees(council) == []


def test_restatements_by_a_person_and_by_the_register_replay(council: Council) -> None:
    community(council, P1_1=10)
    council.night()
    council.set_open(PERIOD.name, is_open=False)
    council.night()
    community(council, P1_1=20)
    care(council)
    council.night("--reopen", PERIOD.name, "--because", "the count was wrong")
    community(council, P1_1=25)
    council.night()
    council.set_open(PERIOD.name, is_open=True)
    community(council, P1_1=30)
    council.night()
    assert agrees(council) == []


def test_forgotten_returns_are_named_and_are_no_difference(council: Council) -> None:
    council.drop(SAFETY, period=BEFORE)
    council.night()
    community(council, P1_1=20)
    council.night()
    # Past the end of the earlier period by so many years, and of the later one not.
    long_ago = replace(BEFORE, starts=date(1999, 4, 1), ends=date(2000, 3, 31))
    council.rewrite(replace(council.register, periods=(long_ago, PERIOD)))
    council.keep(datetime.now(UTC).year - 2001)
    council.call("forget")
    told = agrees(council)
    assert told[0] == "not made again: submission 1, Community safety.xlsx: it was forgotten"
    before = rows(council)
    council.place.sqlite.unlink()
    council.call("replay", "--rebuild")
    assert rows(council) == before


def test_odd_names_folders_hostile_and_large_files_replay(council: Council) -> None:
    slips = community(council, P1_1="about 10").read_bytes()
    unknown = os.fsdecode(b"\xff\xfe")
    names = (
        *(f"{'é' * 110}.xlsx", "a:b?.xlsx", "tab\tnew\nline.XLSX", "no ending", "x.xlsx."),
        *(unknown, f"{unknown}.xlsx", "y" * 255, "z" * 250 + ".xlsx"),
    )
    for name in names:
        council.drop_bytes(slips + os.fsencode(name), name)
    (council.place.inbox / CARE.name).mkdir()
    council.drop_bytes(slips + b"folder", f"{CARE.name}/return.xlsx")
    for hostile in ARCHIVES[:6]:
        council.drop_bytes(hostile.make(slips), f"{hostile.name}.xlsx")
    set_up(council.root, file_mb=1)
    council.drop_bytes(slips + bytes(2 << 20), "large.xlsx")
    council.night()
    assert agrees(council) == []


@pytest.mark.parametrize("seed", sampled(range(3), 3))
def test_whatever_is_sent_over_whatever_nights_replays(seed: int, council: Council) -> None:
    chance = random.Random(seed)  # noqa: S311 - which returns, no secrets
    sent: list[bytes] = []

    def drop() -> None:
        name = f"{chance.randrange(1000)}.xlsx"
        if sent and chance.random() < 0.4:
            council.drop_bytes(chance.choice(sent), name)
            return
        area, period = chance.choice((SAFETY, CARE)), chance.choice((BEFORE, PERIOD))
        figures = {
            ref: chance.choice((3, 50, 2000, "about 3", None)) for ref in ("P1-1", "P2-2", "P2-3")
        }
        sent.append(council.drop(area, figures, name, period).read_bytes())

    for _ in range(4):
        for _ in range(chance.randrange(1, 4)):
            drop()
        match chance.randrange(4):
            case 0:
                quarterday("ingest", "-w", council.root)
            case 1:
                below = chance.choice((None, 5))
                council.suppress(below)
                council.night()
            case _:
                council.night()
    assert agrees(council) == []
    before = rows(council)
    council.place.sqlite.unlink()
    council.call("replay", "--rebuild")
    assert rows(council) == before


# --- What was tampered with ----------------------------------------------------------------------


def tamper(council: Council, statement: str) -> None:
    """Change the store behind its back: without the triggers that keep every row."""
    with closing(sqlite3.connect(council.place.sqlite)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    ("statement", "named"),
    sampled(
        [
            (
                "UPDATE observation SET value = '11' WHERE indicator = 'P1-1' AND value = '10'",
                "observations of submission 3, Community safety.xlsx",
            ),
            ("UPDATE finding SET problem = 'fine' WHERE code = 'V08'", "findings of submission 4"),
            (
                "DELETE FROM finding WHERE submission_id = 2",
                "findings of submission 2, letter.xlsx",
            ),
            ("UPDATE submission SET outcome = 'accepted' WHERE id = 4", "outcome of submission 4"),
            ("UPDATE submission SET filename = 'x' WHERE id = 1", "filename of submission 1"),
            (
                "UPDATE signature SET signed_off_by = 'x' WHERE submission_id = 1",
                "signatures of sub",
            ),
            ("UPDATE rating SET rating = 'red' WHERE indicator = 'P1-1'", "ratings of 2012-13 as"),
            ("DELETE FROM rating", "ratings of 2012-13 as issued"),
            ("UPDATE issue SET overall = 'red'", "issue 1"),
            ("UPDATE approval SET because = 'it pleases'", "approval 1"),
        ],
        3,
    ),
)
def test_what_was_changed_behind_the_store_is_named(
    statement: str, named: str, changed: Callable[[str], Council]
) -> None:
    lines = changed(statement).call("replay", code=1)
    assert any(line.startswith(f"differs: {named}") for line in lines), lines
    assert AGREE not in lines


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """A workspace after some nights, to be copied."""
    council = Council(tmp_path_factory.mktemp("replay") / "council")
    eventful(council)
    return council


@pytest.fixture
def copy(done: Council, tmp_path: Path) -> Council:
    shutil.copytree(done.root, tmp_path / "copy")
    return Council(tmp_path / "copy", done.register)


@pytest.fixture
def changed(copy: Council) -> Callable[[str], Council]:
    def change(statement: str) -> Council:
        tamper(copy, statement)
        return copy

    return change


def test_where_a_figure_was_changed_is_told_and_what_it_is_to_whoever_may_see_it(
    copy: Council,
) -> None:
    tamper(
        copy, "UPDATE observation SET value = '987654' WHERE indicator = 'P1-1' AND value = '10'"
    )
    lines = copy.call("replay", code=1)
    where = "observations of submission 3, Community safety.xlsx"
    assert f"differs: {where}: P1-1: value" in lines
    told = copy.ask("replay", code=1)
    assert told["differences"][0] == {
        "what": where, "where": ["P1-1: value"], "stored": "", "replayed": "",
    }  # fmt: skip
    assert "987654" not in f"{lines}{told}"
    found = copy.ask("replay", "--show-suppressed", code=1)["differences"]
    assert found[0]["stored"] == "P1-1: value 987654"
    assert found[0]["replayed"] == "P1-1: value 10"


def test_neither_a_rating_nor_a_reason_nor_a_finding_is_quoted(copy: Council) -> None:
    for statement in (
        "UPDATE rating SET performance = '987654'",
        "UPDATE approval SET because = '987654'",
        "UPDATE finding SET value = '987654', problem = '987654'",
        "UPDATE achievement SET text = '987654'",
    ):
        tamper(copy, statement)
    lines = copy.call("replay", code=1)
    assert any(": P1-1: performance" in line for line in lines)
    assert "differs: approval 1: because" in lines
    assert "987654" not in "".join(lines)
    assert "987654" in "".join(copy.call("replay", "--show-suppressed", code=1))


def test_a_store_that_an_earlier_version_brought_forward_replays(copy: Council) -> None:
    """Of what was noted before there was a column, and after it, each row is as it stands."""
    folder = copy.place.archive / "journal"
    (first, *later) = sorted(folder.glob("answered-*"))
    assert later
    first.chmod(0o600)
    row = json.loads(first.read_bytes())
    # As schema 3 noted it, and as the step to schema 4 left it.
    del row["last_issue"]
    first.write_text(f"{json.dumps(row)}\n", encoding="utf-8")
    assert row["id"] == 1
    tamper(copy, "UPDATE answered SET last_issue = NULL WHERE id = 1")
    assert agrees(copy) == []
    before = rows(copy)
    copy.place.sqlite.unlink()
    copy.call("replay", "--rebuild")
    assert rows(copy) == before


def test_a_file_that_is_missing_or_changed_and_a_register_that_is_missing_are_named(
    copy: Council,
) -> None:
    with copy.store as store:
        letter = next(s for s in store.submissions() if s.filename == "letter.xlsx")
    path = copy.place.archive / letter.sha256[:2] / f"{letter.sha256}.bin"
    path.chmod(0o600)
    path.write_bytes(b"Dear mayor")
    lines = copy.call("replay", code=1)
    assert (
        "not made again: submission 2, letter.xlsx: "
        "its file in the archive is not the one that was received" in lines
    )
    path.unlink()
    lines = copy.call("replay", code=1)
    assert "not made again: submission 2, letter.xlsx: its file is not in the archive" in lines
    (register,) = (copy.place.archive / "registers").iterdir()
    register.unlink()
    lines = copy.call("replay", code=1)
    assert sum(line.startswith("not made again: submission ") for line in lines) == 8
    assert sum(line.startswith("not made again: the appendix of ") for line in lines) == 4


def test_a_journal_that_is_damaged_is_one_line(copy: Council) -> None:
    path = next((copy.place.archive / "journal").glob("submission-*"))
    path.chmod(0o600)
    path.write_text("{", encoding="utf-8")
    assert copy.complaint("replay").endswith("cannot be read. Put it back from a backup.")


# --- A store that is lost ------------------------------------------------------------------------


def next_night(council: Council) -> None:
    """The next return is taken in under the next number, and replays."""
    with council.store as store:
        last = store.last_number("submission")
    community(council, P1_1=77)
    council.night()
    with council.store as store:
        assert store.last_number("submission") == last + 1
    assert agrees(council) == []


def test_a_lost_store_is_made_again_with_its_numbers_and_the_job_goes_on(copy: Council) -> None:
    before = rows(copy)
    copy.place.sqlite.unlink()
    assert "The store is older than its archive" in copy.complaint("run")
    assert "quarterday replay --rebuild" in copy.complaint("run")
    lines = copy.call("replay", "--rebuild")
    assert lines[0] == "8 submissions and 4 appendices made again from the archive."
    assert rows(copy) == before
    next_night(copy)


def test_a_damaged_store_is_kept_aside_and_made_again(copy: Council) -> None:
    before = rows(copy)
    content = copy.place.sqlite.read_bytes()
    damaged = content[:4096] + bytes(b ^ 0xFF for b in content[4096:])
    copy.place.sqlite.write_bytes(damaged)
    (line,) = [
        line
        for line in copy.call("replay", "--rebuild")
        if line.startswith("The store that was there is kept as ")
    ]
    aside = Path(line.removeprefix("The store that was there is kept as ").removesuffix("."))
    assert aside.read_bytes() == damaged
    assert rows(copy) == before


def test_an_older_copy_of_the_store_stops_the_run_until_it_is_made_again(copy: Council) -> None:
    older = copy.place.sqlite.read_bytes()
    community(copy, P1_1=77)
    copy.night()
    before = rows(copy)
    copy.place.sqlite.write_bytes(older)
    assert "The store is older than its archive" in copy.complaint("run")
    assert "older than its archive" in copy.complaint("replay")
    copy.call("replay", "--rebuild")
    assert rows(copy) == before
    next_night(copy)


def test_a_whole_store_is_not_replaced(copy: Council) -> None:
    assert copy.complaint("replay", "--rebuild").startswith(
        "The store holds everything that its archive does. Compare the two with quarterday replay;"
    )


@pytest.mark.faults
def test_a_rebuild_that_is_killed_at_any_step_loses_nothing(
    copy: Council, runs: Runner, tmp_path: Path
) -> None:
    older = copy.place.sqlite.read_bytes()
    community(copy, P1_1=77)
    copy.night()
    before = rows(copy)
    copy.place.sqlite.write_bytes(older)
    whole = tmp_path / "whole"
    shutil.copytree(copy.root, whole)
    run = runs.begin(whole, command=("replay", "--rebuild"), is_timeless=False)
    assert run.code == 0, run.said
    # Most steps make copies of returns to read; the last ones put the store in its place.
    for step in (run.steps // 2, *range(run.steps - 14, run.steps + 1, 2)):
        root = tmp_path / str(step)
        shutil.copytree(copy.root, root)
        runs.begin(root, command=("replay", "--rebuild"), step=step, is_timeless=False).wait()
        left = Council(root, copy.register)
        again = runs.begin(root, command=("replay", "--rebuild"), is_timeless=False)
        assert again.code == 0 or "holds everything that its archive does" in again.said
        assert rows(left) == before, step
        assert older in [path.read_bytes() for path in left.place.state.glob("*.before-*")]


@pytest.fixture
def schema(postgresql: str) -> Iterator[str]:
    with databases.schema(postgresql) as url:
        yield url


@pytest.mark.outside
def test_a_store_in_postgresql_replays_and_is_made_again(council: Council, schema: str) -> None:
    set_up(council.root, url=schema)
    eventful(council)
    assert agrees(council) == []
    before = rows(council)
    databases.empty(schema)
    assert "The store is older than its archive" in council.complaint("run")
    council.call("replay", "--rebuild")
    assert rows(council) == before
    next_night(council)


@pytest.mark.outside
def test_an_older_store_in_postgresql_is_not_written_over(council: Council, schema: str) -> None:
    set_up(council.root, url=schema)
    community(council, P1_1=10)
    council.night()
    older = council.root / "older.sqlite3"
    snapshot(schema, older)
    community(council, P1_1=20)
    council.night()
    databases.empty(schema)
    fill(older, schema)
    assert council.complaint("replay", "--rebuild").startswith(
        "The database holds a store that is older than its archive. Empty it, or name an empty one"
    )
    databases.empty(schema)
    council.call("replay", "--rebuild")
    next_night(council)


def test_what_another_version_found_is_looked_for_and_what_it_did_not_look_for_is_not(
    council: Council,
) -> None:
    """As after an upgrade to a version that has one check more."""
    path = council.place.inbox / "Return 2011-12.xlsx"
    council.drop(SAFETY, name=path.name)
    council.night()
    with council.store as store:
        (sent,) = store.submissions()
    assert "C23" in [finding.code for finding in sent.findings]
    with closing(sqlite3.connect(council.place.sqlite)) as connection:
        connection.execute("DROP TRIGGER submission_no_update")
        connection.execute("DROP TRIGGER finding_no_delete")
        connection.execute("UPDATE submission SET version = '0.2.0'")
        connection.execute("DELETE FROM finding WHERE code = 'C23'")
        connection.commit()
    for journal in (council.place.archive / "journal").glob("submission-*"):
        journal.chmod(0o600)
        row = json.loads(journal.read_text("utf-8")) | {"version": "0.2.0"}
        journal.write_text(json.dumps(row) + "\n", "utf-8")
    agrees(council)
    with closing(sqlite3.connect(council.place.sqlite)) as connection:
        connection.execute(
            "INSERT INTO finding SELECT submission_id, 9, 'C05', severity, cell, sheet, value, "
            "problem, fix FROM finding LIMIT 1"
        )
        connection.commit()
    assert "findings of submission 1" in council.call("replay", code=1)[1]
