"""Nights on a real workspace, with the messages that each owed: what a queue would hold."""

from __future__ import annotations

import email
import shutil
from dataclasses import dataclass, field
from datetime import date, datetime, time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec

from pipeline.consolidation.redaction import Redaction
from pipeline.job import nightly, session
from pipeline.mail.compose import compose
from pipeline.mail.due import due
from pipeline.mail.messages import MailKind, Message, Office, Texts
from pipeline.mail.messages.digest import Undelivered
from pipeline.store import Answered
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Settings
from schemas.model import Register
from tests.support.registers import put_register

SENDER = "Performance team <performance@council.example>"


def at_rest() -> Settings:
    """Settings with which nothing in the inbox is waited for."""
    settings = Settings()
    limits = msgspec.structs.replace(settings.limits, settle_seconds=0.0, incomplete_minutes=0)
    return msgspec.structs.replace(settings, limits=limits)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The messages of a night, and what was wrong with the workspace's texts of them."""

    posts: tuple[Message, ...]
    mistakes: tuple[str, ...] = ()


@dataclass(slots=True)
class PostOffice:
    """A workspace that is run night by night; messages that are known are not made again."""

    root: Path
    #: Every message that was made, by its Message-ID.
    known: dict[str, Message] = field(default_factory=dict)
    #: When the last digest was made.
    told: datetime | None = None
    answered: Answered = field(default_factory=Answered)

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.root, at_rest())

    def take_register(self, register: Register) -> None:
        self.root.joinpath("inbox").mkdir(exist_ok=True)
        put_register(register, self.workspace.register)

    def drop(self, path: Path, name: str = "") -> None:
        target = self.workspace.inbox / (name or path.name)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)

    def night(
        self,
        day: date,
        *,
        undelivered: tuple[Undelivered, ...] = (),
        always: bool = False,
        is_cut_off: bool = False,
    ) -> Correspondence:
        """Run the job at two in the morning; cut off, it never comes to its messages."""
        place, now = self.workspace, datetime.combine(day, time(2)).astimezone()
        done = nightly.run(place, now, lambda *_: None)
        if is_cut_off:
            return Correspondence(())
        with session.looking(place, now) as looking:
            redaction = Redaction(looking.register, looking.store)
            found = due(looking, self.answered, redaction, done.skipped, undelivered, self.told)
            with Texts(place.templates) as texts:
                office = Office(SENDER, texts, self.known)
                posts = tuple(compose(found, looking.register, office, always=always))
            made = Correspondence(posts, texts.mistakes)
            self.answered = looking.store.messages.answered()
        for post in made.posts:
            self.known[post.message_id] = post
            if post.kind is MailKind.DIGEST:
                self.told = now
        return made


def sent(made: Correspondence) -> list[tuple[str, str]]:
    """What went to whom: the kind and the part of the address before the @."""
    return [(str(post.kind), post.to.partition("@")[0]) for post in made.posts]


def only(made: Correspondence, kind: MailKind, to: str = "") -> Message:
    """The one message of a kind, to an address that begins so."""
    (found,) = [post for post in made.posts if post.kind is kind and post.to.startswith(to)]
    return found


def bodies(message: Message) -> tuple[str, str]:
    """The plain text and the HTML of a message, as a mail program reads them."""
    parsed = email.message_from_bytes(message.email.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    plain, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert html is not None
    return _unix(plain.get_content()), _unix(html.get_content())


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def said(message: Message) -> str:
    """The plain text on one line."""
    return " ".join(bodies(message)[0].split())
