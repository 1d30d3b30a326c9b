"""Enqueue: what a run owes is in the queue once, whatever ended the run and whatever waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from pipeline.job import nightly, session
from pipeline.operations.setup import make_workspace
from pipeline.store import Answered, Became, Store
from pipeline.workspace.folder import open_workspace
from schemas.model import Gets, Recipient, Register
from tests.support import first_store
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.council import Council
from tests.support.filled import fill_return
from tests.support.mailserver import Mailbox, mail_server
from tests.support.mixed import ENTRIES, REGISTER, copied, many, set_up
from tests.support.registers import put_register
from tests.support.runs import Runner

SLIP = {**ENTRIES, "P2-2": {"Performance": "about 12"}}
OTHER = {**ENTRIES, "P2-2": {"Performance": 13}}


@dataclass
class Office:
    """A workspace whose mail a server on this machine takes."""

    root: Path
    box: Mailbox

    def take_register(self, register: Register) -> None:
        put_register(register, self.root / "register.xlsx")

    def night(self, moment: datetime) -> list[tuple[str, str]]:
        """Run the job; the kind and the recipient of each message that the server took."""
        before = len(self.box.messages)
        place = open_workspace(self.root)
        nightly.run(place, moment, lambda *_: None)
        with session.store_of(place) as store:
            kinds = {one.header_id: one.kind for one in store.messages.all()}
        return [
            (kinds[header_id], to.partition("@")[0])
            for header_id, to in zip(
                self.box.ids()[before:], self.box.recipients[before:], strict=True
            )
        ]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with mail_server() as box:
        root = tmp_path / "workspace"
        put_register(REGISTER, root / "register.xlsx")
        make_workspace(root, PERIOD.due, REGISTER)
        set_up(
            root,
            server="localhost",
            port=box.port,
            security="none",
            sender="Team <team@council.example>",
            timeout_seconds=10,
            settle_seconds=0.0,
            incomplete_minutes=0,
            workers=1,
        )
        yield Office(root, box)


# --- Cut off -------------------------------------------------------------------------------------


@pytest.mark.faults
def test_a_run_killed_after_it_took_returns_in_leaves_its_messages_to_the_next(
    runs: Runner, office: Office, tmp_path: Path
) -> None:
    fill_return(REGISTER, SAFETY, PERIOD, office.root / "inbox" / "safety.xlsx", ENTRIES)
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", SLIP)
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care again.xlsx", OTHER)
    (office.root / "inbox" / "link.xlsx").symlink_to("nowhere.xlsx")
    start, place = tmp_path / "start", office.root
    office.root.rename(start)
    whole = runs.run(copied(start, place))
    assert whole.code == 1, whole.said
    sent = office.box.ids()
    # An area of which two came has one message.
    assert kinds_of(place) == ["answers", "appendix", "digest", "receipt"]
    digest = digest_of(place)
    for told in ("People helped, in both areas", "care.xlsx", "link.xlsx", "overall"):
        assert told in digest

    unanswered = 0
    first = whole.steps // 2
    for step in range(first, whole.steps, max(1, (whole.steps - first) // many(8, 60))):
        office.box.messages.clear()
        assert runs.run(copied(start, place), step=step).code == -9, f"step {step}"
        if office.box.messages:
            break  # Killed during the delivery, of which tests/test_post_killed.py tells.
        with Store(open_workspace(place).store_url) as store:
            unanswered += len(store.submissions()) == 3 and store.messages.answered() == Answered()
        assert runs.run(place).code in (0, 1)
        assert sorted(office.box.ids()) == sorted(sent), f"step {step}"
        assert digest_of(place) == digest, f"step {step}"
        assert runs.run(place).told == "Nothing new.\n"
        assert len(office.box.messages) == len(sent)
    assert unanswered


def kinds_of(place: Path) -> list[str]:
    """The kind of each message in the queue, none of which is there twice."""
    with Store(open_workspace(place).store_url) as store:
        return sorted(one.kind for one in store.messages.all())


def digest_of(place: Path) -> str:
    """What the one digest in the queue says."""
    with Store(open_workspace(place).store_url) as store:
        (one,) = [one for one in store.messages.all() if one.kind == "digest"]
        content = store.messages.content(one.id)
    assert content is not None
    mail = message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    plain = mail.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


# --- An older store ------------------------------------------------------------------------------


def test_what_an_earlier_version_took_in_gets_no_receipt_from_this_one(office: Office) -> None:
    place = open_workspace(office.root)
    session.register_of(place)
    engine = sa.create_engine(place.store_url)
    first_store.make_schema(2, engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT schema_version FROM about")) == 2
    engine.dispose()

    sent = office.night(datetime(2013, 4, 29, 2, tzinfo=UTC))
    assert sent == [("appendix", "clerk")]
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", ENTRIES)
    sent = office.night(datetime(2013, 4, 30, 2, tzinfo=UTC))
    assert sent == [("appendix", "clerk"), ("receipt", "care")]


# --- What waits ----------------------------------------------------------------------------------

WEEK_BEFORE = datetime(2013, 4, 23, 2, tzinfo=UTC)
REFUSED = "550 No such user"
REMINDING = replace(
    REGISTER, framework=replace(REGISTER.framework, remind_before=(7, 6), remind_after=())
)


def later(days: int) -> datetime:
    return WEEK_BEFORE + timedelta(days)


def test_a_reminder_that_waits_does_not_go_to_an_area_that_has_returned(office: Office) -> None:
    office.take_register(REMINDING)
    office.box.refused = dict.fromkeys([SAFETY.email, CARE.email], "450 Not now")
    assert office.night(WEEK_BEFORE) == []
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", ENTRIES)
    office.box.refused = {}
    assert sorted(office.night(later(1))) == [
        ("appendix", "clerk"),
        ("receipt", "care"),
        ("reminder", "safety"),
    ]


def test_a_reminder_that_waits_is_overtaken_by_the_next_one(office: Office) -> None:
    office.take_register(REMINDING)
    office.box.refused = dict.fromkeys([SAFETY.email, CARE.email], "450 Not now")
    assert office.night(WEEK_BEFORE) == []
    office.box.refused = {}
    assert office.night(later(1)) == [("reminder", "safety"), ("reminder", "care")]
    with Store(open_workspace(office.root).store_url) as store:
        became = [one.last.outcome for one in store.messages.all() if one.last]
    assert became == [Became.DROPPED] * 2 + [Became.DELIVERED] * 2
    assert office.night(later(2)) == []


def test_what_is_refused_after_a_digest_of_the_same_night_is_told_by_the_next_once(
    office: Office,
) -> None:
    office.box.refused = {CARE.email: REFUSED}
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", SLIP)
    assert office.night(WEEK_BEFORE) == [("digest", "officer")]
    assert office.night(later(1)) == [("digest", "officer")]
    assert "care@council.example" in office.box.messages[-1].as_string()
    assert [office.night(later(day)) for day in (2, 3, 4)] == [[], [], []]


def test_mail_that_waits_long_is_told_in_one_digest_however_long_it_waits(office: Office) -> None:
    office.box.refused = {SAFETY.email: "450 Not now"}
    fill_return(REGISTER, SAFETY, PERIOD, office.root / "inbox" / "safety.xlsx", SLIP)
    assert office.night(WEEK_BEFORE) == [("digest", "officer")]
    nights = [office.night(later(day)) for day in (1, 2, 3)]
    assert nights == [[], [("digest", "officer")], []]


def test_a_digest_that_is_refused_is_no_reason_for_another_one(office: Office) -> None:
    office.box.refused = {"officer@council.example": REFUSED}
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", SLIP)
    assert office.night(WEEK_BEFORE) == [("correction", "care")]
    office.box.refused = {}
    assert [office.night(later(day)) for day in (1, 2)] == [[], []]


def test_while_the_server_is_away_no_digest_is_written_about_mail_that_waits(
    office: Office,
) -> None:
    set_up(office.root, port=1)
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", ENTRIES)
    assert [office.night(later(day)) for day in range(4)] == [[], [], [], []]
    set_up(office.root, port=office.box.port)
    assert office.night(later(4)) == [("appendix", "clerk"), ("receipt", "care")]


def test_the_night_on_which_returns_have_been_kept_long_enough_is_not_idle(
    office: Office,
) -> None:
    office.take_register(
        replace(REGISTER, framework=replace(REGISTER.framework, keep_years=1, remind_after=()))
    )
    for area, name in ((SAFETY, "safety"), (CARE, "care")):
        entries = {**ENTRIES, "P2-2": {"Performance": 12}}
        fill_return(REGISTER, area, PERIOD, office.root / "inbox" / f"{name}.xlsx", entries)
    office.night(WEEK_BEFORE)
    assert office.night(datetime(2014, 3, 31, 2, tzinfo=UTC)) == []
    assert office.night(datetime(2014, 4, 1, 2, tzinfo=UTC)) == [("digest", "officer")]
    assert office.night(datetime(2014, 4, 2, 2, tzinfo=UTC)) == []


def test_without_a_mail_server_the_digest_lies_in_a_folder_of_its_own(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    officer = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))
    council.rewrite(replace(council.register, recipients=(officer,)))
    council.drop_bytes(b"Dear council", "letter.xlsx")
    council.night()
    (digest,) = (council.place.outbox / "mail").iterdir()
    assert " digest to officer" in digest.name
    assert [path.name for path in council.place.outbox.rglob("*.eml")] == [digest.name]
    assert not (council.place.outbox / "unnamed").exists()


@pytest.mark.parametrize("mailbox", ["", "localhost"])
def test_a_reply_goes_to_the_officer_and_from_an_area_to_where_returns_arrive_by_mail(
    office: Office, mailbox: str
) -> None:
    # Nothing listens there: what came before is answered all the same.
    set_up(office.root, "mail.receive", server=mailbox, user="returns" if mailbox else "", port=9)
    set_up(office.root, "mail.receive", timeout_seconds=1)
    fill_return(REGISTER, SAFETY, PERIOD, office.root / "inbox" / "safety.xlsx", ENTRIES)
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", SLIP)
    office.night(datetime(2013, 5, 1, 2, tzinfo=UTC))
    replies = {
        str(message["To"].addresses[0].username): str(message["Reply-To"] or "")
        for message in office.box.messages
    }
    officer = "Performance officer <officer@council.example>"
    from_area = "" if mailbox else officer
    assert replies == {
        "clerk": officer,
        "officer": officer,
        "safety": from_area,
        "care": from_area,
    }
    for message in office.box.messages:
        for kind in ("plain", "html"):
            part = message.get_body((kind,))
            assert part is not None
            said = " ".join(part.get_content().split())
            is_officer = "officer@" in str(message["To"])
            asked = "ask the performance" if is_officer else "write to officer@council.example."
            assert f"or for anything else, {asked}" in said
