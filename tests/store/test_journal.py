"""The archive holds, beside the files, whatever else is needed to make the store again."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pipeline.job import nightly, session
from pipeline.job.nightly import Reopen
from pipeline.job.stages import collect
from pipeline.register.reader import inspect_register
from pipeline.store import Approval, Forgotten, Outcome, Store, journal
from pipeline.workspace.errors import RegisterError, StoreError, WorkspaceError
from pipeline.workspace.folder import Workspace
from tests.consolidation.test_closing import (
    NIGHT,
    REGISTER_CLOSED,
    REGISTER_OPEN,
    new_workspace,
    night,
    send,
)
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.command_line import quarterday
from tests.support.registers import put_register


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "workspace", REGISTER_OPEN)


def noted(place: Workspace) -> dict[str, list[dict[str, Any]]]:
    return {table: list(journal.entries(place.archive, table)) for table in journal.TABLES}


def held(place: Workspace) -> dict[str, list[dict[str, Any]]]:
    """The same rows as the store holds them, in JSON's types."""
    with session.store_of(place) as store:
        return {
            table: msgspec.json.decode(msgspec.json.encode(store.rows_after(table, 0)))
            for table in journal.TABLES
        }


def files(place: Workspace) -> dict[str, bytes]:
    folder = place.archive / "journal"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_after_any_run_the_journal_tells_what_the_store_holds(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    assert [row["filename"] for row in noted(place)["submission"]] == [
        "Community safety 2012-13.xlsx"
    ]
    assert noted(place) == held(place)
    put_register(REGISTER_CLOSED, place.register)
    send(place, CARE)
    night(place, 1)
    send(place, SAFETY, P1_1=4600)
    night(place, 2, Reopen(PERIOD.name, "a slip"))
    assert noted(place) == held(place)
    rows = noted(place)
    assert [row["outcome"] for row in rows["submission"]] == ["accepted", "rejected", "accepted"]
    assert [row["because"] for row in rows["reopening"]] == ["a slip"]
    assert (len(rows["issue"]), len(rows["closing"])) == (2, 1)


def test_a_command_that_only_writes_the_appendix_keeps_the_journal_as_well(
    place: Workspace,
) -> None:
    send(place, SAFETY)
    for command in ("ingest", "appendix"):
        result = quarterday(command, "--workspace", str(place.root))
        assert result.exit_code == 0, result.output
        assert noted(place) == held(place)
    assert {row["period"] for row in noted(place)["issue"]} == {"2012-13", "2013-14"}


def test_lines_are_only_ever_added_to_the_journal(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    before = files(place)
    send(place, CARE)
    night(place, 1)
    after = files(place)
    assert before.items() <= after.items()
    assert "submission-000000002-000000002.jsonl" in after


def test_approvals_and_what_was_forgotten_are_in_the_journal(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    with session.store_of(place) as store:
        store.decisions.approve([Approval(1, "C05", "Indicators", "H5", "me", NIGHT, "it is so")])
        store.decisions.forget([Forgotten(1, NIGHT, "me", "six years")])
        journal.catch_up(store, place.archive)
    assert [row["because"] for row in noted(place)["approval"]] == ["it is so"]
    assert [row["rule"] for row in noted(place)["forgotten"]] == ["six years"]


@pytest.mark.parametrize("left", ["nothing", "half"])
def test_a_run_cut_off_before_the_journal_was_written_is_completed_by_the_next(
    left: str, place: Workspace
) -> None:
    send(place, SAFETY)
    night(place)
    complete = files(place)
    for name in complete:
        if left == "nothing" or name.startswith("issue"):
            (place.archive / "journal" / name).unlink()
    send(place, CARE)
    night(place, 1)
    assert noted(place) == held(place)
    assert len(noted(place)["submission"]) == 2


def test_a_store_older_than_its_archive_stops_the_job_and_says_what_to_do(
    place: Workspace, tmp_path: Path
) -> None:
    send(place, SAFETY)
    night(place)
    path = place.state / "quarterday.sqlite3"
    backup = shutil.copy(path, tmp_path / "backup")
    sent = send(place, CARE)
    night(place, 1)
    shutil.copy(backup, path)
    send(place, CARE, P2_3=4)
    with pytest.raises(StoreError, match="older than its archive") as stopped:
        night(place, 2)
    line = str(stopped.value)
    assert "tells of 2 rows of submission, the store of 1" in line
    assert "quarterday replay --rebuild" in line
    assert "\n" not in line
    assert sent.exists()


def test_a_store_that_was_lost_is_not_begun_anew_beside_its_archive(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    (place.state / "quarterday.sqlite3").unlink()
    with pytest.raises(StoreError, match="the store of 0"):
        night(place, 1)
    with Store(place.store_url) as store:
        assert store.submissions() == ()


def test_a_line_of_the_journal_that_cannot_be_read_is_named(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    (path,) = (place.archive / "journal").glob("submission-*")
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(WorkspaceError, match=path.name):
        noted(place)


def test_every_register_by_which_anything_was_checked_or_issued_is_kept(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    put_register(REGISTER_CLOSED, place.register)
    result = quarterday("appendix", "--period", PERIOD.name, "--workspace", place.root)
    assert result.exit_code == 0, result.output
    with session.store_of(place) as store:
        used = {s.register_sha256 for s in store.submissions()}
        used |= {i.register_sha256 for i in store.editions.all()}
    for sha256 in used:
        path = journal.archived_register(place.archive, sha256)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        assert inspect_register(path)[0].sha256 == sha256


def test_a_register_that_was_changed_since_it_was_read_stops_the_run_before_anything(
    place: Workspace,
) -> None:
    sent = send(place, SAFETY)
    read = session.register_of(place)
    put_register(REGISTER_CLOSED, place.register)
    with (
        session.at_work(place, NIGHT, register=read) as begun,
        pytest.raises(RegisterError, match=r"was changed while the run began\. Run again"),
    ):
        collect(begun)
    assert sent.exists()
    with session.store_of(place) as store:
        assert store.submissions() == ()
    assert night(place, 1).issued == ()


def test_a_register_that_is_kept_already_may_be_edited_while_a_run_goes_on(
    place: Workspace,
) -> None:
    send(place, SAFETY)
    night(place)
    send(place, CARE)
    done = nightly.run(
        place,
        NIGHT + timedelta(days=1),
        # As soon as a return has been read.
        lambda *_: put_register(REGISTER_CLOSED, place.register),
        only_inbox=True,
    )
    assert [one.outcome for one in done.submissions] == [Outcome.ACCEPTED]


def test_moments_in_the_journal_stand_in_utc(place: Workspace) -> None:
    send(place, SAFETY)
    night(place)
    (row,) = noted(place)["issue"]
    assert datetime.fromisoformat(row["issued_at"]) == NIGHT
    assert datetime.fromisoformat(row["issued_at"]).tzinfo == UTC
