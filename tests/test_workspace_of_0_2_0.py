"""What version 0.2.0 left behind is read, says the same, and goes on. See tests/data/README.md."""

from __future__ import annotations

import json
import lzma
import os
import shlex
import shutil
import socket
from pathlib import Path
from typing import Any

import keyring
import pytest
import sqlalchemy as sa
import time_machine

from pipeline.mail.secrets import secret_of
from pipeline.workspace.settings import Settings, outdated, read_settings, sections
from tests.support import postgresql as databases
from tests.support.command_line import quarterday
from tests.support.left_by_0_2_0 import (
    DATA,
    MOMENT,
    PERIODS,
    SETTINGS,
    called,
    cells_of,
    differences,
    document,
    night_of,
    rows_of,
    told_of,
    unpacked,
)
from tests.support.mixed import set_up

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the workspace holds a symbolic link")


@pytest.fixture(scope="module")
def expected() -> Any:
    """What 0.2.0 said."""
    return document(DATA / "workspace-0.2.0.json")


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that is only looked at; the first look may have brought its store up to date."""
    root = unpacked("workspace", tmp_path_factory.mktemp("looked at"))
    called(root, "status")
    return root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return unpacked("workspace", tmp_path / "workspace")


# --- It says the same ----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["status", "history", "trace", "doctor", "replay"])
def test_whoever_looks_is_told_what_0_2_0_told(what: str, looked_at: Path, expected: Any) -> None:
    said = told_of(looked_at, what)
    if what == "doctor":
        # What has another form by now is said.
        state, found = said.pop("settings")
        assert state == "attention"
        assert "Write server, port," in found
        assert expected[what]["settings"][0] == "ok"
        said["settings"] = expected[what]["settings"]
    assert differences(said, expected[what]) == []


def test_the_store_has_every_row(looked_at: Path, expected: Any) -> None:
    assert differences(rows_of(looked_at), expected["rows"]) == []


# The first period was issued by a register with fewer service areas.
@pytest.mark.parametrize("period", PERIODS[1:])
def test_an_appendix_that_is_issued_again_has_the_same_cells(
    period: str, root: Path, expected: Any
) -> None:
    assert cells_of(root, period) == expected["appendix"][period]
    shutil.rmtree(root / "outbox" / period)
    assert called(root, "appendix", "--period", period).exit_code == 0
    assert differences(cells_of(root, period), expected["appendix"][period], "appendix") == []


# --- It goes on ----------------------------------------------------------------------------------


def test_the_next_night_takes_in_what_waits_and_tells_the_same(root: Path, expected: Any) -> None:
    assert differences(night_of(root), expected["next night"]) == []


def test_the_next_night_completes_what_killed_runs_had_begun(tmp_path: Path, expected: Any) -> None:
    root = unpacked("cut-off", tmp_path / "workspace")
    assert len(list((root / "var" / "leaving").glob("*/*"))) == 1
    assert differences(night_of(root), expected["next night after a crash"]) == []
    assert not (root / "var" / "lock").exists()


def test_a_backup_is_restored_and_goes_on(tmp_path: Path, expected: Any) -> None:
    backup, root = tmp_path / "backup.tar", tmp_path / "workspace"
    backup.write_bytes(lzma.decompress((DATA / "backup-0.2.0.tar.xz").read_bytes()))
    with time_machine.travel(MOMENT):
        result = quarterday("restore", str(backup), str(root))
    assert result.exit_code == 1, result.output
    troubles = [line for line in result.stdout.splitlines() if line.startswith(("att", "bro"))]
    assert [line.split(".")[0] for line in troubles] == [
        "attention  mail, held: 1 message waits for a person's word"
    ]
    assert differences(told_of(root, "history"), expected["history"]) == []
    assert differences(night_of(root), expected["next night of the backup"]) == []


@pytest.mark.outside
def test_a_store_in_postgresql_says_the_same_and_goes_on(
    root: Path, postgresql: str, expected: Any
) -> None:
    dump = lzma.decompress((DATA / "store-0.2.0.sql.xz").read_bytes()).decode()
    # Into a schema of its own, whatever that is called.
    dump = dump.replace("SELECT pg_catalog.set_config('search_path', '', false);", "")
    dump = dump.replace("public.", "")
    with databases.schema(postgresql) as url:
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            # Many statements at once, of which none has parameters.
            driver.execute(dump)
        set_up(root, section="store", url=url)
        (root / "var" / "quarterday.sqlite3").unlink()
        for what in ("status", "history"):
            assert differences(told_of(root, what), expected[what]) == []
        assert differences(night_of(root), expected["next night"]) == []


# --- A lock --------------------------------------------------------------------------------------


def put_lock(root: Path, **about: object) -> Path:
    """A lock as a run of 0.2.0 makes it; some of what it says is of another process."""
    path = root / "var" / "lock"
    path.write_text(json.dumps(document(DATA / "lock-0.2.0.json") | about), encoding="utf-8")
    return path


def test_a_run_of_0_2_0_that_lives_keeps_others_out(root: Path) -> None:
    began = Path("/proc/self/stat")
    if not began.exists():
        pytest.skip("only Linux tells when a process began")
    lock = put_lock(root, host=socket.gethostname(), process=os.getpid(),
                    began=began.read_text().rpartition(")")[2].split()[19])  # fmt: skip
    before = lock.read_bytes()
    result = called(root, "run")
    assert result.exit_code == 3
    assert f"process {os.getpid()} of quarterday on {socket.gethostname()}" in result.stderr
    assert lock.read_bytes() == before


def test_a_run_of_0_2_0_on_another_machine_keeps_others_out_while_its_heart_beats(
    root: Path,
) -> None:
    set_up(root, section="mail", server="")
    lock = put_lock(root, host="elsewhere.invalid")
    assert called(root, "run").exit_code == 3
    os.utime(lock, (0, 0))
    assert called(root, "run").exit_code in (0, 1)
    assert not lock.exists()


def test_the_lock_of_a_run_of_0_2_0_that_was_killed_here_is_taken_over_at_once(root: Path) -> None:
    set_up(root, section="mail", server="")
    # The number is another process's by now.
    lock = put_lock(root, host=socket.gethostname(), process=os.getpid(), began="1")
    assert called(root, "run").exit_code in (0, 1)
    assert not lock.exists()


# --- Settings ------------------------------------------------------------------------------------

VALUES = document(SETTINGS / "values.json")


@pytest.mark.parametrize("name", sorted(VALUES))
def test_settings_have_the_values_that_they_had(name: str) -> None:
    settings = read_settings(SETTINGS / name)
    before = VALUES[name]
    # A list of words by now, as that for sending was.
    command = {"token_command": shlex.split(before["mailbox"]["token_command"])}
    expected = before | {"mailbox": before["mailbox"] | command}
    assert differences(as_before(settings), expected) == []
    assert bool(outdated(SETTINGS / name)) == (name != "everything-else.toml")


def as_before(settings: Settings) -> dict[str, dict[str, Any]]:
    """Settings as 0.2.0 held them: sending under [mail], and receiving under [mailbox]."""
    content = sections(settings)
    receive = content.pop("mail.receive")
    content["mail"] |= content.pop("mail.send")
    # What is usual was written out.
    receive["port"] = settings.mail.receive.port_used
    return content | {"mailbox": receive}


def test_passwords_come_from_where_they_stood(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings(SETTINGS / "passwords.toml")
    kept = {
        ("quarterday", "performance@council.example"): "kept for mail",
        ("imap.council.example", "returns@council.example"): "kept for the mailbox",
    }
    monkeypatch.setattr(keyring, "get_password", lambda service, user: kept.get((service, user)))
    for name in ("QUARTERDAY_MAIL_PASSWORD", "QUARTERDAY_MAILBOX_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    assert secret_of(settings.mail.send) == "kept for mail"
    assert secret_of(settings.mail.receive) == "kept for the mailbox"
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", "set for mail")
    monkeypatch.setenv("QUARTERDAY_MAILBOX_PASSWORD", "set for the mailbox")
    assert secret_of(settings.mail.send) == "set for mail"
    assert secret_of(settings.mail.receive) == "set for the mailbox"


def test_tokens_come_from_the_commands_that_printed_them() -> None:
    settings = read_settings(SETTINGS / "tokens.toml")
    assert secret_of(settings.mail.send) == "token-for-mail"
    assert secret_of(settings.mail.receive) == "token-for-mailbox"
