"""`quarterday doctor` on rights, passwords and the schedule, and what a run makes by itself."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.operations.setup import make_workspace
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.health import archived, looked_at, only_trouble, troubles
from tests.support.mixed import ENTRIES, set_up

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")

# --- Rights --------------------------------------------------------------------------------------


def do(remedy: str) -> None:
    """Do what the remedy says, to the letter."""
    assert remedy.startswith("Run: ")
    for command in remedy.removeprefix("Run: ").split(" && "):
        subprocess.run(shlex.split(command), check=True)


@posix
def test_a_state_folder_that_others_may_look_into_is_broken(workspace: Path) -> None:
    (workspace / "var").chmod(0o755)
    found = only_trouble(workspace, "rights, state")
    assert found["details"] == [f"{workspace / 'var'} (0755)"]
    do(found["remedy"])
    assert troubles(workspace) == {}


@posix
def test_what_lies_open_in_the_state_folder_is_named(workspace: Path) -> None:
    path = archived(workspace)[0]
    path.chmod(0o444)
    path.parent.chmod(0o750)
    found = only_trouble(workspace, "rights, state", "attention")
    assert set(found["details"]) == {f"{path} (0444)", f"{path.parent} (0750)"}
    do(found["remedy"])
    assert troubles(workspace) == {}
    assert stat.S_IMODE(path.stat().st_mode) == 0o400


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root gives files away")
def test_what_belongs_to_another_user_is_named(workspace: Path) -> None:
    os.chown(archived(workspace)[0], 65534, -1)
    found = only_trouble(workspace, "rights, state")
    assert found["details"] == [str(archived(workspace)[0])]
    do(found["remedy"])
    assert troubles(workspace) == {}


@posix
def test_settings_that_others_may_change_are_named(workspace: Path) -> None:
    path = workspace / "pipeline.toml"
    path.chmod(0o664)
    do(only_trouble(workspace, "rights, settings", "attention")["remedy"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert troubles(workspace) == {}


@posix
def test_a_password_that_everyone_may_read_is_named(workspace: Path) -> None:
    path = workspace / "pipeline.toml"
    path.write_text('[store]\nurl = "postgresql+psycopg://q:s3cret@127.0.0.1:1/q"\n', "utf-8")
    path.chmod(0o644)
    found = troubles(workspace)["rights, settings"]
    assert "holds a password" in found["found"]
    do(found["remedy"])
    assert "rights, settings" not in troubles(workspace)


@posix
def test_settings_that_a_group_may_write_are_a_warning(workspace: Path) -> None:
    (workspace / "pipeline.toml").chmod(0o664)
    assert only_trouble(workspace, "rights, settings", "attention")
    assert quarterday("run", "-w", workspace).exit_code == 0


@posix
@pytest.mark.parametrize(
    ("mode", "state"), [(0o777, "broken"), (0o1777, "broken"), (0o775, "attention")]
)
@pytest.mark.parametrize("place", [".", "templates", "templates/mail_appendix.txt.j2"])
def test_whoever_may_change_texts_or_put_a_register_there_is_named(
    workspace: Path, place: str, mode: int, state: str
) -> None:
    (workspace / "templates").mkdir(exist_ok=True)
    (workspace / "templates" / "mail_appendix.txt.j2").write_text("Dear {{ recipient.name }}")
    (workspace / place).chmod(mode)
    found = only_trouble(workspace, "rights, workspace", state)
    assert found["details"] == [f"{workspace / place} ({mode:04o})"]
    do(found["remedy"])
    found = troubles(workspace)
    if found and mode & 0o002:
        # The group's are left, and said then.
        do(only_trouble(workspace, "rights, workspace", "attention")["remedy"])
    assert troubles(workspace) == {}


@posix
def test_copies_and_messages_are_for_their_owner_and_his_group(workspace: Path) -> None:
    outbox = workspace / "outbox"
    wrong = ENTRIES | {"P2-2": {"Performance": "about 4"}}
    fill_return(small_register(), SAFETY, PERIOD, workspace / "inbox" / "wrong.xlsx", wrong)
    quarterday("run", "--workspace", str(workspace))
    closed = [outbox / "2012-13" / "corrections", outbox / "2012-13" / "mail"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in closed] == [0o750, 0o750]
    assert all(list(path.iterdir()) for path in closed)
    # As an earlier version made them, or someone by hand.
    closed[0].chmod(0o755)
    found = only_trouble(workspace, "rights, outbox", "attention")
    assert found["details"] == [f"{closed[0]} (0755)"]
    do(found["remedy"])
    # What opens the rest leaves them closed.
    outbox.chmod(0o700)
    do(only_trouble(workspace, "rights, outbox", "attention")["remedy"])
    assert troubles(workspace) == {}
    assert [stat.S_IMODE(path.stat().st_mode) for path in closed] == [0o750, 0o750]


@posix
def test_an_outbox_that_nobody_reads_or_everyone_writes_to_is_named(workspace: Path) -> None:
    outbox, issued = workspace / "outbox", workspace / "outbox" / "2012-13"
    issued.chmod(0o700)
    found = only_trouble(workspace, "rights, outbox", "attention")
    assert found["details"] == [f"{issued} (0700)"]
    do(found["remedy"])
    assert troubles(workspace) == {}
    outbox.chmod(0o777)
    found = only_trouble(workspace, "rights, outbox")
    assert found["details"] == [f"{outbox} (0777)"]
    do(found["remedy"])
    assert stat.S_IMODE(outbox.stat().st_mode) == 0o775
    outbox.chmod(0o700)
    do(only_trouble(workspace, "rights, outbox", "attention")["remedy"])
    assert troubles(workspace) == {}


@posix
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o027, 0o077])
def test_whatever_the_umask_all_is_made_as_documented(tmp_path: Path, umask: int) -> None:
    root = tmp_path / "workspace"

    def call(*words: object) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *map(str, words)],
            check=False, capture_output=True, text=True, umask=umask,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    call("init", root)
    call("template", "-w", root)
    call("run", "-w", root)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (root, *root.rglob("*"))}
    state = root / "var"
    private = {path: mode for path, mode in modes.items() if state in (path, *path.parents)}
    assert len(private) > 4
    # Nobody comes past a closed folder.
    assert {mode & 0o077 for mode in private.values()} == {0}
    others = {mode for path, mode in modes.items() if path not in private}
    assert others == {0o755, 0o644}
    assert troubles(root) == {}


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root runs for others")
@pytest.mark.parametrize("was_run_before", [True, False])
def test_after_a_run_as_root_in_anothers_workspace_one_line_mends_it(
    tmp_path: Path, was_run_before: bool
) -> None:
    root = tmp_path / "work space"
    make_workspace(root, PERIOD.due, small_register())

    def give() -> None:
        for path in (root, *root.rglob("*")):
            os.chown(path, 65534, -1)

    if was_run_before:
        assert quarterday("run", "-w", root).exit_code == 0
    give()
    assert troubles(root) == {}
    (root / "inbox" / "letter.xlsx").write_text("Dear council")
    os.chown(root / "inbox" / "letter.xlsx", 65534, -1)
    assert quarterday("run", "-w", root).exit_code == 1
    found = only_trouble(root, "rights, state")
    state, outbox = shlex.quote(str(root / "var")), shlex.quote(str(root / "outbox"))
    assert found["remedy"] == f"Run: chown -R nobody {state} {outbox}"
    do(found["remedy"])
    assert troubles(root) == {}
    assert {path.stat().st_uid for path in root.rglob("*")} == {65534}


# --- What the machine does -----------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for units and passwords, and no program to be found: no cron."""
    for name, place in (("XDG_CONFIG_HOME", "config"), ("PATH", "bin")):
        (tmp_path / place).mkdir()
        monkeypatch.setenv(name, str(tmp_path / place))
    return tmp_path / "config"


def scheduled(workspace: Path, home: Path) -> Path:
    """The units of a user's own service manager, installed and enabled; the timer."""
    units = home / "systemd" / "user"
    user = ["--user", "daemon"] if os.geteuid() == 0 else []
    words = ["--for", "systemd", "--into", units, *user, "-w", workspace]
    assert quarterday("schedule", "install", *words).exit_code == 0
    (timer,) = units.glob("*.timer")
    (units / "timers.target.wants").mkdir()
    (units / "timers.target.wants" / timer.name).symlink_to(timer)
    return timer


@posix
def test_a_schedule_is_seen_and_that_it_calls_this_workspace(workspace: Path, home: Path) -> None:
    assert "None is installed" in looked_at(workspace)["schedule"]["found"]
    timer = scheduled(workspace, home)
    found = looked_at(workspace)["schedule"]
    assert found["state"] == "ok"
    assert found["found"] == f"{timer} starts the job in this workspace."
    service = timer.with_suffix(".service")
    text = service.read_text("utf-8")
    service.write_text(text.replace(sys.executable, "/opt/old/bin/python"), "utf-8")
    assert "calls another program" in looked_at(workspace)["schedule"]["found"]
    service.write_text(text, "utf-8")
    (timer.parent / "timers.target.wants" / timer.name).unlink()
    found = looked_at(workspace)["schedule"]
    assert "not enabled" in found["found"]
    assert found["remedy"] == f"Run: systemctl --user enable --now {timer.name}"


@posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() != 0, reason="only root gives files away")
def test_an_owner_without_a_name_or_a_home_is_no_mistake_of_the_program(workspace: Path) -> None:
    for path in (workspace, *workspace.rglob("*")):
        os.chown(path, 54321, -1, follow_symlinks=False)
    checks = looked_at(workspace)
    assert not any("mistake in the program" in check["remedy"] for check in checks.values())
    assert checks["schedule"]["state"] == checks["passwords"]["state"] == "ok"


def with_mail(workspace: Path, **more: object) -> None:
    set_up(workspace, section="mail", sender="performance@council.example")
    set_up(workspace, section="mail.send", server="127.0.0.1", security="none", user="p", **more)


@posix
def test_a_password_that_is_missing_is_said_and_where_it_may_stand(
    workspace: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(workspace)
    found = only_trouble(workspace, "passwords", "attention")
    assert "QUARTERDAY_MAIL_PASSWORD" in found["details"][0]
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", "s3cret")
    assert troubles(workspace) == {}
    monkeypatch.delenv("QUARTERDAY_MAIL_PASSWORD")
    timer = scheduled(workspace, home)
    file = home / "quarterday" / f"{timer.stem}.env"
    assert f"EnvironmentFile=-%E/quarterday/{timer.stem}.env" in timer.with_suffix(
        ".service"
    ).read_text("utf-8")
    file.parent.mkdir()
    file.write_text("QUARTERDAY_MAILBOX_PASSWORD=s3cret\n")
    assert only_trouble(workspace, "passwords", "attention")
    file.write_text("QUARTERDAY_MAIL_PASSWORD=s3cret\n")
    found = looked_at(workspace)["passwords"]
    assert (found["state"], found["found"]) == ("ok", f"There is one for 127.0.0.1 in {file}.")


@posix
def test_a_command_or_a_file_of_certificates_that_is_not_there_is_said(
    workspace: Path, home: Path
) -> None:
    with_mail(workspace, token_command=["/nowhere/token"], ca_file="/nowhere/ca.pem")
    assert only_trouble(workspace, "passwords", "attention")["details"] == [
        "mail.send.ca_file: /nowhere/ca.pem is not there",
        "mail.send.token_command: /nowhere/token is not there",
    ]
