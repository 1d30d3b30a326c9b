"""A mail server that never comes to an end costs a line, and no more of the night than a wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipeline.mail import replies
from pipeline.mail.delivery.smtp import Connection, NoConnectionError
from pipeline.mail.mailbox.server import arrivals
from pipeline.workspace.errors import MailboxError
from pipeline.workspace.folder import open_workspace
from tests.support.council import SAFETY, Council, quarterday
from tests.support.endless import endless

#: Seconds that the job waits for these servers.
PATIENCE = 1

Server = Callable[[], AbstractContextManager[int]]

SMTP: dict[str, Server] = {
    "a greeting without an end": lambda: endless(b"", (), (b"220-still here\r\n" * 500, 0)),
    "a line without an end": lambda: endless(b"220 ", (), (b"x" * 5000, 0)),
    "an answer without an end": lambda: endless(
        b"220 here\r\n", (), (b"250-STARTTLS\r\n" * 500, 0)
    ),
    "an answer byte by byte": lambda: endless(b"220 here\r\n", (), (b"2", 0.2)),
    "a greeting byte by byte": lambda: endless(b"", (), (b"2", 0.2)),
    "nothing": lambda: endless(b"", (), (b"", 0.2)),
}
IMAP: dict[str, Server] = {
    "a greeting without an end": lambda: endless(b"", (), (b"x" * 5000, 0)),
    "a greeting byte by byte": lambda: endless(b"", (), (b"* ", 0.2)),
    "an answer without an end": lambda: endless(
        b"* OK here\r\n", (), (b"* NO not yet\r\n" * 5000, 0)
    ),
    "an answer in lines, slowly": lambda: endless(b"* OK here\r\n", (), (b"* NO wait\r\n", 0.2)),
    "a literal of four gigabytes": lambda: endless(
        b"* OK here\r\n", (), (b"* 1 FETCH (BODY[] {4294967296}\r\n", 0)
    ),
}
SETTINGS = """
[mail]
sender = "Performance <performance@example.gov>"
[mail.send]
server = "127.0.0.1"
port = {port}
security = "none"
timeout_seconds = 1
"""
AT_ONCE = """
[limits]
settle_seconds = 0
workers = 1
incomplete_minutes = 0
"""
RECEIVING = """
[mail.receive]
server = "127.0.0.1"
port = {port}
security = "starttls"
user = "returns"
timeout_seconds = 1
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    quarterday("init", str(root))
    return root


def set_mail(root: Path, text: str, port: int) -> None:
    (root / "pipeline.toml").write_text(text.format(port=port), "utf-8")


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message from a mailbox takes no longer than its next bytes."""
    monkeypatch.setattr(replies, "_PATIENCE", 1)


@pytest.mark.parametrize("server", SMTP.values(), ids=SMTP)
def test_a_server_that_takes_mail_and_never_ends(workspace: Path, server: Server) -> None:
    with server() as port:
        set_mail(workspace, SETTINGS, port)
        place = open_workspace(workspace)
        begun = time.monotonic()
        with pytest.raises(NoConnectionError, match=r"The mail server 127\.0\.0\.1, port \d+"):
            Connection(place.settings.mail, place.root)
        assert time.monotonic() - begun < 10 * PATIENCE


@pytest.mark.parametrize("server", IMAP.values(), ids=IMAP)
def test_a_server_that_has_a_mailbox_and_never_ends(workspace: Path, server: Server) -> None:
    with server() as port:
        set_mail(workspace, RECEIVING, port)
        begun = time.monotonic()
        with (
            pytest.raises(MailboxError, match=r"waits there for the next run"),
            arrivals(open_workspace(workspace), is_read_only=True),
        ):
            pass
        assert time.monotonic() - begun < 20 * PATIENCE


def test_a_conversation_that_goes_on_for_long_is_left_to_the_next_run(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each answer comes in time."""
    monkeypatch.setattr(replies, "CONVERSATION", 2.0)
    answers = [b"502 no\r\n"] * 3
    with endless(b"220 here\r\n", answers, (b"2", 0.2)) as port:
        set_mail(workspace, SETTINGS, port)
        place = open_workspace(workspace)
        begun = time.monotonic()
        with pytest.raises(NoConnectionError):
            Connection(place.settings.mail, place.root)
        assert time.monotonic() - begun < 10 * PATIENCE


def test_a_night_beside_servers_that_never_end_takes_the_returns_in(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    council.drop(SAFETY)
    settings = council.root / "pipeline.toml"
    with SMTP["an answer byte by byte"]() as takes, IMAP["a greeting without an end"]() as has:
        text = AT_ONCE + SETTINGS.format(port=takes) + RECEIVING.format(port=has)
        settings.write_text(text, "utf-8")
        said = quarterday("run", "--workspace", council.root).output
    assert "Community safety" in said
    assert "waits there for the next run" in said
    assert "The mail server 127.0.0.1" in said
