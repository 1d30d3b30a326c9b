"""Nights of a council by the real command line: a clock that is moved, and a real mail server."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine
from typer.testing import Result

from tests.support.command_line import quarterday
from tests.support.mailserver import Mailbox, mail_server
from tests.support.mixed import set_up

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Letter:
    """A message as the server took it."""

    #: `05 Sep`.
    day: str
    #: The part of the address before the @.
    to: str
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message["Subject"]).strip()

    @property
    def said(self) -> str:
        """Its plain text on one line."""
        body = self.message.get_body(("plain",))
        assert body is not None
        return " ".join(body.get_content().split())


@dataclass
class Nights:
    """A workspace, and the mail server that takes what it sends."""

    root: Path
    server: ExitStack
    #: When a timer starts the job.
    hour: time = time(2)
    box: Mailbox = field(default_factory=Mailbox)
    #: What came, in the order in which the server took it.
    came: list[Letter] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    #: How many runs ended without a word.
    idle: int = 0

    def start_server(self) -> None:
        """Start it at the port that it had, if it had one, and have the workspace know of it."""
        port = self.box.port
        self.box = self.server.enter_context(mail_server(port=port))
        if not port:
            sender = "Performance team <team@council.example>"
            at = {"server": "localhost", "port": self.box.port, "security": "none"}
            set_up(self.root, **at, sender=sender)

    def stop_server(self) -> None:
        self.server.close()

    def call(self, at: datetime, *words: object) -> Result:
        """What a command says at a moment, of which a run's mail is noted by the day."""
        with time_machine.travel(at):
            done = quarterday(*words, "--workspace", self.root)
        assert "Traceback" not in done.output
        day = f"{at.astimezone(LONDON):%d %b}"
        for message, recipient in zip(self.box.messages, self.box.recipients, strict=True):
            self.came.append(Letter(day, recipient.partition("@")[0], message))
        self.ids += self.box.ids()
        self.box.messages.clear()
        self.box.recipients.clear()
        return done

    def night(self, day: date) -> int:
        """Every start that a timer makes of the night's hour, as often as the night has it.

        The exit code of the last comes back.
        """
        local, code = datetime.combine(day, self.hour, LONDON), 0
        for at in dict.fromkeys(local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)):
            done = self.call(at.astimezone(LONDON), "run", "--scheduled")
            self.idle += not done.output
            code = done.exit_code
        return code
