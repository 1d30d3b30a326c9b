"""Folders of a workspace that lie in each other are refused, by whatever name they are called."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipeline.operations.setup import make_workspace
from tests.support.builders import PERIOD, small_register
from tests.support.command_line import quarterday
from tests.support.disks import mount
from tests.support.mixed import set_up

posix = pytest.mark.skipif(os.name != "posix", reason="the file system is POSIX's")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    make_workspace(tmp_path / "workspace", PERIOD.due, small_register())
    return tmp_path / "workspace"


def refused(workspace: Path, *named: str) -> None:
    """Every command ends with one line that names what lies in each other, and makes nothing."""
    before = sorted(workspace.rglob("*"))
    for command in ("run", "status", "ingest"):
        result = quarterday(command, "-w", workspace)
        assert result.exit_code == 2, result.output
        (line,) = result.stderr.splitlines()
        assert "lie in each other" in line
        for name in named:
            assert name in line
    assert quarterday("doctor", "-w", workspace).exit_code == 1
    assert sorted(workspace.rglob("*")) == before


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"inbox": "."}, ("paths.inbox", "paths.outbox")),
        ({"inbox": ""}, ("paths.inbox", "paths.outbox")),
        ({"outbox": "inbox"}, ("paths.inbox", "paths.outbox")),
        ({"outbox": "./outbox/../inbox/"}, ("paths.inbox", "paths.outbox")),
        ({"outbox": ".."}, ("paths.inbox", "paths.outbox")),
        ({"state": "inbox/var"}, ("paths.inbox", "paths.state")),
        ({"inbox": "var/inbox"}, ("paths.inbox", "paths.state")),
        ({"templates": "inbox"}, ("paths.inbox", "paths.templates")),
        ({"outbox": "var/archive"}, ("paths.outbox", "paths.state")),
        ({"register": "inbox/register.xlsx"}, ("paths.register", "paths.inbox")),
        ({"register": "var/cache/../register.xlsx"}, ("paths.register", "paths.state")),
        ({"url": "sqlite:///inbox/store.sqlite3"}, ("store.url", "paths.inbox")),
        ({"url": "sqlite:///outbox/store.sqlite3"}, ("store.url", "paths.outbox")),
    ],
)
def test_they_are_refused_by_their_names(
    workspace: Path, settings: dict[str, str], named: tuple[str, ...]
) -> None:
    set_up(workspace, **settings)
    refused(workspace, *named)


def test_an_absolute_path_to_the_same_is_refused(workspace: Path) -> None:
    set_up(workspace, outbox=workspace / "inbox" / "out")
    refused(workspace, "paths.inbox", "paths.outbox")


@posix
@pytest.mark.parametrize("goal", ["inbox", "inbox/deep", "var"])
def test_they_are_refused_through_a_link(workspace: Path, goal: str) -> None:
    (workspace / "outbox").rmdir()
    (workspace / goal).mkdir(parents=True, exist_ok=True)
    (workspace / "outbox").symlink_to(goal)
    refused(workspace, "paths.outbox", f"paths.{'state' if goal == 'var' else 'inbox'}")


@posix
def test_a_link_on_the_way_is_followed(workspace: Path) -> None:
    (workspace / "way").symlink_to("inbox")
    set_up(workspace, state="way/var")
    refused(workspace, "paths.inbox", "paths.state")


@posix
def test_one_folder_that_has_two_names_is_refused(workspace: Path) -> None:
    """As where the file system takes `INBOX` for `inbox`."""
    other = workspace / "INBOX"
    other.mkdir()
    set_up(workspace, outbox="INBOX/out")
    if not other.samefile(workspace / "inbox"):
        if not mount("--bind", str(workspace / "inbox"), str(other)):
            pytest.skip("nothing can be mounted here")
        try:
            refused(workspace, "paths.inbox", "paths.outbox")
        finally:
            subprocess.run(["umount", "-l", str(other)], check=True)
        assert quarterday("run", "-w", workspace).exit_code == 0


def test_folders_beside_each_other_are_taken_whatever_their_names(workspace: Path) -> None:
    (workspace / "in").mkdir()
    set_up(workspace, inbox="in", outbox="inbox-out", state="in.var", url="sqlite:///in.var/s.db")
    result = quarterday("run", "-w", workspace)
    assert result.exit_code == 0, result.output
    # As every path, that of the store is the workspace's, wherever the command is called.
    assert (workspace / "in.var" / "s.db").is_file()
