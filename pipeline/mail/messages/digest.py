"""The digest: what a night left for a person, to those who get it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.approvals import Waiting
from pipeline.consolidation.texts import Question
from pipeline.mail.messages.areas import (
    SPELLED_OUT,
    EnteredFigure,
    errors_of,
    things_to_correct,
)
from pipeline.mail.messages.message import MailKind, Message, Office, addressees_of
from pipeline.outputs.grouping import grouped
from pipeline.store import Ruling
from schemas.deciding import IssueRule
from schemas.findings import Finding
from schemas.model import Gets, Register
from schemas.wording import counted

#: How many of a kind a digest lists, so that a person can read it and a server take it.
LISTED = 50


class SentBack(Struct, frozen=True):
    """A return that this night sent back."""

    filename: str
    #: Names; empty where the return does not say.
    area: str
    period: str
    findings: tuple[Finding, ...]
    #: The area has been written to.
    is_told: bool
    #: Where in the outbox what was written to it lies, to be handed over; empty where it was sent.
    lies: str = ""

    @property
    def count(self) -> str:
        return things_to_correct(errors_of(self.findings))

    @property
    def first(self) -> list[Finding]:
        return self._grouped[:SPELLED_OUT]

    @property
    def more(self) -> int:
        """How many are not among the first."""
        return len(self._grouped) - len(self.first)

    @property
    def _grouped(self) -> list[Finding]:
        return grouped(errors_of(self.findings))


class NotTaken(Struct, frozen=True):
    """A file that was not taken in."""

    filename: str
    why: str
    #: Its name in quarantine; empty while it lies in the inbox.
    moved_to: str = ""


class Disagreement(Struct, frozen=True):
    """An indicator on which service areas disagree, in an appendix that this night issued."""

    period: str
    indicator: str
    #: What each reported, in a sentence.
    told: str


class PendingDraft(Struct, frozen=True):
    """A draft that says something else than the last issue."""

    period: str
    code: str
    #: In words: `◆ Amber`, and `18 of 20 answers are in`.
    overall: str
    coverage: str
    #: When it was first made.
    since: date


class Unreplaced(Struct, frozen=True):
    """An issue that was recalled, of a period that has not been issued since."""

    period: str
    #: `Issue 2`.
    shown: str
    because: str
    since: date


class Undelivered(Struct, frozen=True):
    """A message that cannot be delivered."""

    to: str
    subject: str
    why: str
    #: The first day whose digest tells of it.
    since: date


class Overdue(Struct, frozen=True):
    """A return that has not come, or not in order, and was due before today."""

    area: str
    period: str
    #: Where it stands, in words.
    standing: str
    since: date


class Unreachable(Struct, frozen=True):
    """A service area that is owed a message and has no address."""

    area: str
    #: What it is owed, such as `a reminder for 2012-13`.
    owed: str
    since: date
    #: Where in the outbox that lies, to be handed over.
    lies: str


class Retention(Struct, frozen=True):
    """Returns that are to be kept no longer."""

    returns: int
    rule: str
    #: When the last of them fell due.
    since: date


class CopyBeside(Struct, frozen=True):
    """A file beside the register that may be another copy of it."""

    #: What there is to say of it, in a line.
    line: str
    since: date


class RegisterQuestion(Struct, frozen=True):
    """What there is to ask about the register."""

    #: In a line.
    line: str
    since: date


#: What stands until someone sees to it, and is news on the day since when it does.
_Lasting = (
    Undelivered | Overdue | Unreachable | CopyBeside | Unreplaced | RegisterQuestion | Retention
)


class Affairs(Struct, frozen=True):
    """What a night did, and what of it needs a person."""

    now: datetime
    #: How many returns were received, and how many of them accepted.
    received: int = 0
    accepted: int = 0
    #: Each appendix that was issued: `2012-13: overall amber`.
    issued: tuple[str, ...] = ()
    #: Every draft that waits to be issued, and the periods of those of this night.
    drafts: tuple[PendingDraft, ...] = ()
    new_drafts: frozenset[str] = frozenset()
    #: Issues that were recalled, with nothing in their place.
    unreplaced: tuple[Unreplaced, ...] = ()
    #: What people asked to be decided, and what became of it.
    answers: tuple[Ruling, ...] = ()
    sent_back: tuple[SentBack, ...] = ()
    #: Every warning that waits to be accepted, and the numbers of the submissions of this night.
    waiting: tuple[Waiting, ...] = ()
    submissions: frozenset[int] = frozenset()
    left: tuple[NotTaken, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    #: Texts of these appendices that may quote a suppressed figure, with the names of their areas.
    questions: tuple[Question, ...] = ()
    undelivered: tuple[Undelivered, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    #: What lies beside the register and may be taken for it.
    copies: tuple[CopyBeside, ...] = ()
    #: What there is to ask about the register.
    register: tuple[RegisterQuestion, ...] = ()
    #: Figures that were entered since the last one was made, with the names of their areas.
    entered: tuple[EnteredFigure, ...] = ()
    retention: Retention | None = None
    #: What is wrong with templates of the workspace, a line each.
    mistakes: tuple[str, ...] = ()

    def news(self, told: date | None) -> list[str]:
        """A line for each thing that a person has not been told of, in a form for machines.

        `told` is the day of the last digest. What stood then was in it, so it is news only once:
        nobody is written to every night about the same overdue return.
        """
        return list(self._news(told or date.min))

    def _news(self, told: date) -> Iterator[str]:
        for draft in self.drafts:
            if draft.period in self.new_drafts:
                yield f"draft {draft.period} {draft.code}"
        yield from (f"answer {one.id} {one.answer}" for one in self.answers)
        for back in self.sent_back:
            yield f"sent back {back.filename} {back.area} {back.period} {back.count}"
        for one in self.waiting:
            if one.submission_id in self.submissions:
                yield f"warning {one.submission_id} {one.finding.place} {one.finding.code}"
        for file in self.left:
            if file.moved_to or self.now.date() > told:
                yield f"left {file.filename} {file.why} {file.moved_to}"
        yield from (f"entered {one}" for one in self.entered)
        yield from (f"disagreement {one}" for one in self.disagreements)
        yield from (f"text {one}" for one in self.questions)
        yield from (f"template {one}" for one in self.mistakes)
        lasting: tuple[_Lasting, ...] = (
            *self.undelivered,
            *self.overdue,
            *self.unreachable,
            *self.copies,
            *self.unreplaced,
            *self.register,
            *((self.retention,) if self.retention else ()),
        )
        yield from (f"{one}" for one in lasting if one.since > told)


def digest_messages(
    affairs: Affairs,
    register: Register,
    *,
    office: Office,
    told: date | None = None,
    always: bool = False,
) -> list[Message]:
    """The digest to each address of the register that gets it; none where nothing is news.

    `told` is the day of the last digest, None where there was none; `always` sends one a day even
    where nothing is news. The Message-ID comes from recipient, day and what is news, so that a run
    that is repeated makes the same message.

    Raises:
        RegisterError: a recipient's address is not an e-mail address.
        SettingsError: the sender's is not.
    """
    news = affairs.news(told)
    if not news and not (always and affairs.now.date() != told):
        return []
    things, day = _things(affairs), affairs.now.date().isoformat()
    shown, more = _bounded(affairs)
    words = {
        "affairs": shown,
        "more": more,
        "framework": register.framework,
        "things": counted(things, "thing"),
        "quiet": not things,
        "approves": register.framework.issue_when is IssueRule.APPROVAL,
        "waiting": [(one, one.submission_id in affairs.submissions) for one in affairs.waiting],
    }
    messages = [
        office.compose(
            MailKind.DIGEST,
            to,
            {**words, "recipient": to.name},
            sent_at=affairs.now,
            identity=(to.key, day, *news),
            name=f"{day} digest",
        )
        for to in addressees_of(register, Gets.DIGEST, "the digest")
    ]
    return [message for message in messages if message is not None]


def _bounded(affairs: Affairs) -> tuple[Affairs, dict[str, int]]:
    """The same with its longest lists cut, and how many are left out of each, by its name."""
    # What says for which period it is comes before what may be no return at all.
    sent_back = sorted(affairs.sent_back, key=lambda each: not (each.area and each.period))
    lists = {
        "sent_back": (*sent_back,),
        "left": affairs.left,
        "unreachable": affairs.unreachable,
        "register": affairs.register,
    }
    more = {name: max(0, len(each) - LISTED) for name, each in lists.items()}
    return replace(affairs, **{name: each[:LISTED] for name, each in lists.items()}), more


def _things(affairs: Affairs) -> int:
    """How many things wait for a person, new or not."""
    waiting = (
        *(affairs.sent_back, affairs.waiting, affairs.left, affairs.disagreements),
        *(affairs.undelivered, affairs.overdue, affairs.unreachable, affairs.mistakes),
        *(affairs.questions, affairs.copies, affairs.drafts, affairs.unreplaced),
        affairs.register,
        [one for one in affairs.answers if not one.is_done],
    )
    return sum(map(len, waiting)) + (affairs.retention is not None)
