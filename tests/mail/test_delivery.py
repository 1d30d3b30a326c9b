"""Post: whatever the mail server does, each message arrives once or is reported."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
import trustme
from msgspec.structs import replace

from pipeline.job import session
from pipeline.mail import delivery
from pipeline.mail.delivery import Round
from pipeline.mail.messages import MailKind, Message
from pipeline.store import Attempt, Became, Queued, Store
from pipeline.store.session import Session
from pipeline.workspace.errors import StoreError, WorkspaceError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Settings
from schemas.model import Gets, Recipient, Register
from tests.support.builders import PERIOD, small_register
from tests.support.mailserver import DOT, DROP, PASSWORD, TOKEN, USER, Fault, Mailbox, mail_server

NOW = datetime(2013, 5, 1, 2, tzinfo=UTC)
FIVE = tuple(f"{name}@council.example" for name in ("ada", "ben", "cyd", "dot", "eve"))


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@dataclass
class Post:
    """A workspace with a queue, and a mail server to deliver it to."""

    place: Workspace
    store: Store
    register: Register

    def set(self, **settings: Any) -> None:
        mail = self.place.settings.mail
        sender = settings.pop("sender", mail.sender)
        link = settings.pop("outbox_link", mail.outbox_link)
        send = msgspec.structs.replace(mail.send, **settings)
        mail = msgspec.structs.replace(mail, sender=sender, outbox_link=link, send=send)
        self.place = Workspace(
            self.place.root, msgspec.structs.replace(self.place.settings, mail=mail)
        )

    def put(self, *recipients: str, name: str = "one", size: int = 0) -> list[Queued]:
        messages = [message(to, name, size, self.place) for to in recipients]
        return self.store.messages.put([delivery.outgoing(self.place, m, NOW) for m in messages])

    def deliver(self, later: timedelta = timedelta(), *, impatient: bool = False) -> Round:
        session = Session(self.place, self.register, self.store, NOW + later)
        return delivery.deliver(session, impatient=impatient)

    def stands(self) -> dict[str, str]:
        """What became of the message to each recipient."""
        return {
            one.recipient.partition("@")[0]: one.last.outcome if one.last else ""
            for one in self.store.messages.all()
        }


def message(to: str, name: str, size: int, place: Workspace) -> Message:
    email = EmailMessage(policy=SMTP)
    email["From"], email["To"], email["Subject"] = "team@council.example", to, f"Appendix {name}"
    header_id = f"<{name}-{to.partition('@')[0]}@council.example>"
    email["Message-ID"] = header_id
    email.set_content("Dear all,\n.\n..\nRegards\n", cte="quoted-printable")
    email.add_alternative(
        "<html><body><p>Dear all</p></body></html>", subtype="html", cte="quoted-printable"
    )
    attachment = None
    if size:
        attachment = place.outbox_of(PERIOD.name) / "Appendix 3 & more.xlsx"
        email.add_attachment(
            b"x" * size, maintype="application", subtype="octet-stream", filename=attachment.name
        )
    return Message(
        MailKind.APPENDIX,
        header_id,
        to,
        str(email["Subject"]),
        f"{name} to {to}.eml",
        email,
        PERIOD.name,
        attachments=(attachment,) if attachment else (),
    )


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Post]:
    people = tuple(
        Recipient(address.partition("@")[0], address, (Gets.APPENDIX,)) for address in FIVE
    )
    register = replace(small_register(), recipients=people)
    place = Workspace(tmp_path, Settings())
    with session.store_of(place) as store:
        yield Post(place, store, register)


@pytest.fixture
def plain(office: Post) -> Iterator[Mailbox]:
    """A server without TLS, which only one on this machine may be."""
    with mail_server() as box:
        office.set(**to(box, security="none"))
        yield box


def to(box: Mailbox, **settings: Any) -> dict[str, Any]:
    """The settings of mail for a server."""
    return {"server": "localhost", "port": box.port, "sender": "Team <team@council.example>",
            "timeout_seconds": 5, **settings}  # fmt: skip


@pytest.fixture
def secure(office: Post, ca: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A server with STARTTLS and a password."""
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", PASSWORD)
    with mail_server(starttls=served(ca), wants_login=True) as box:
        office.set(**to(box, user=USER, ca_file=written(ca, office.place)))
        yield box


def served(ca: trustme.CA, name: str = "localhost", **settings: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert(name, **settings).configure_cert(context)
    return context


def written(ca: trustme.CA, place: Workspace) -> str:
    ca.cert_pem.write_to_path(place.root / "ca.pem")
    return "ca.pem"


# --- Ways to a server ----------------------------------------------------------------------------


def test_a_message_arrives_as_it_was_composed_by_starttls_and_password(
    office: Post, secure: Mailbox
) -> None:
    (queued,) = office.put(FIVE[0])
    done = office.deliver()
    assert done.trouble == ""
    assert office.stands() == {"ada": "delivered"}
    (received,) = secure.messages
    assert received["Message-ID"] == queued.header_id
    body = received.get_body(("plain",))
    assert body is not None
    # A line that begins with a dot is not the end of it.
    assert body.get_content().splitlines()[:3] == ["Dear all,", ".", ".."]
    assert secure.recipients == [FIVE[0]]
    assert not done.needs_a_person


def test_a_message_arrives_by_tls(office: Post, ca: trustme.CA) -> None:
    with mail_server(tls=served(ca)) as box:
        office.set(**to(box, security="tls", ca_file=written(ca, office.place)))
        office.put(FIVE[0])
        assert office.deliver().trouble == ""
        assert len(box.messages) == 1


def test_a_token_logs_in_where_a_command_prints_one(office: Post, secure: Mailbox) -> None:
    office.set(token_command=[sys.executable, "-c", f"print('{TOKEN}')"])
    office.put(FIVE[0])
    assert office.deliver().trouble == ""
    assert len(secure.messages) == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("print('wrong')", "The token or mail.send.user is wrong"),
        ("raise SystemExit(3)", "failed with exit code 3"),
        ("print()", "did not print one token"),
    ],
)
def test_a_token_that_is_wrong_or_missing_is_for_a_person(
    office: Post, secure: Mailbox, command: str, said: str
) -> None:
    office.set(token_command=[sys.executable, "-c", command])
    office.put(FIVE[0])
    done = office.deliver()
    assert said in done.trouble
    assert done.needs_a_person
    assert not secure.messages


def test_without_a_password_nobody_logs_in(
    office: Post, secure: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUARTERDAY_MAIL_PASSWORD")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    office.put(FIVE[0])
    done = office.deliver()
    assert "QUARTERDAY_MAIL_PASSWORD" in done.trouble
    assert not secure.messages


def test_a_wrong_password_refuses_no_message_and_is_never_shown(
    office: Post, secure: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", "wrong horse")
    # As some do, it repeats what it was told.
    secure.faults["AUTH"] = [Fault("535 5.7.8 no: wrong horse")]
    office.put(*FIVE)
    done = office.deliver()
    assert "535" in done.trouble
    assert "The password or mail.send.user is wrong" in done.trouble
    assert "horse" not in done.trouble
    assert done.needs_a_person
    assert set(office.stands().values()) == {""}
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", PASSWORD)
    office.deliver(timedelta(days=1))
    assert sorted(secure.recipients) == sorted(FIVE)


@pytest.mark.parametrize("kind", ["untrusted", "another name", "expired"])
def test_a_certificate_that_cannot_be_trusted_gets_nothing(
    office: Post, ca: trustme.CA, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_MAIL_PASSWORD", PASSWORD)
    name = "mail.council.example" if kind == "another name" else "localhost"
    past = {"not_after": datetime(2001, 1, 1, tzinfo=UTC)} if kind == "expired" else {}
    trusted = written(ca, office.place) if kind != "untrusted" else ""
    for ways in ({"starttls": served(ca, name, **past)}, {"tls": served(ca, name, **past)}):
        with mail_server(**ways) as box:
            security = next(iter(ways))
            office.set(**to(box, security=security, ca_file=trusted, user=USER))
            office.put(FIVE[0])
            done = office.deliver(impatient=True)
            assert "certificate that cannot be trusted" in done.trouble
            assert done.needs_a_person
            assert (box.messages, office.stands()) == ([], {"ada": ""})


def test_a_server_without_starttls_gets_no_password(office: Post) -> None:
    with mail_server() as box:
        office.set(**to(box, user=USER))
        office.put(FIVE[0])
        assert "does not offer STARTTLS" in office.deliver().trouble
        assert not box.messages


def test_a_server_that_cannot_be_reached_is_one_failure_however_many_messages_wait(
    office: Post,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    office.set(**to(Mailbox(port=port), security="none"))
    office.put(*FIVE)
    done = office.deliver()
    assert "Connection refused" in done.trouble
    assert not done.needs_a_person
    (noted,) = office.store.messages.attempts()
    assert noted.message_id is None
    # Not before it is time, unless a person asks.
    assert office.deliver(timedelta(minutes=4)).trouble == ""
    assert len(office.store.messages.attempts()) == 1
    assert office.deliver(timedelta(minutes=4), impatient=True).trouble
    waits = []
    at = timedelta(minutes=4)
    for _ in range(6):
        next_at = office.deliver(at).status.next_at
        assert next_at is not None
        at = next_at - NOW
        before = office.store.messages.connection_failures()
        office.deliver(at)
        after = office.store.messages.connection_failures()
        assert len(after) == len(before) + 1
        last = after[-1].next_at
        assert last is not None
        waits.append((last - NOW - at).total_seconds() / 60)
    assert waits == [45, 120, 240, 480, 480, 480]
    # After a day of it a person hears.
    assert office.deliver(timedelta(days=2)).needs_a_person
    with mail_server(port=port) as box:
        office.deliver(timedelta(days=3))
        assert sorted(box.recipients) == sorted(FIVE)


# --- Faults --------------------------------------------------------------------------------------

#: Each command at which a server drops the connection.
EARLY = ("EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA")


@pytest.mark.parametrize("command", EARLY)
def test_a_connection_dropped_before_the_end_costs_a_wait(
    office: Post, secure: Mailbox, command: str
) -> None:
    secure.faults[command] = [DROP]
    office.put(FIVE[0])
    office.deliver()
    assert not secure.messages
    assert office.deliver(timedelta(minutes=5)).trouble == ""
    assert len(secure.messages) == 1
    assert office.stands() == {"ada": "delivered"}


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
def test_a_message_at_which_the_server_drops_holds_up_no_other(
    office: Post, secure: Mailbox, command: str
) -> None:
    secure.faults[command] = [DROP]
    office.put(*FIVE)
    office.deliver()
    assert sorted(secure.recipients) == sorted(FIVE[1:])
    office.deliver(timedelta(minutes=5))
    assert sorted(secure.recipients) == sorted(FIVE)


def test_a_server_that_keeps_dropping_is_left_alone(office: Post, secure: Mailbox) -> None:
    secure.faults["MAIL"] = [DROP] * 10
    office.put(*FIVE)
    done = office.deliver()
    assert "The connection was lost" in done.trouble
    assert len(secure.faults["MAIL"]) == 8


@pytest.mark.parametrize("keeps", [True, False])
def test_a_connection_dropped_after_the_end_is_reported_and_not_sent_again(
    office: Post, secure: Mailbox, keeps: bool
) -> None:
    secure.faults[DOT] = [Fault(keeps=keeps)]
    office.put(*FIVE)
    done = office.deliver()
    assert office.stands()["ada"] == "uncertain"
    assert done.needs_a_person
    assert sorted(secure.recipients) == sorted(FIVE if keeps else FIVE[1:])
    later = office.deliver(timedelta(days=1), impatient=True)
    assert len(secure.messages) == 4 + keeps
    (stuck,) = later.status.stuck
    assert delivery.remedy(stuck) == (
        "Ask ada@council.example whether it came. If not, quarterday send --again "
        "one-ada@council.example; if it did, quarterday send --drop one-ada@council.example."
    )


def test_what_a_person_wants_sent_again_goes_with_its_message_id(
    office: Post, secure: Mailbox
) -> None:
    secure.faults[DOT] = [DROP]
    office.put(FIVE[0])
    office.deliver()
    delivery.again(office.store, "one-ada@council.example", NOW, "an officer")
    assert not office.deliver().needs_a_person
    assert secure.ids() == ["<one-ada@council.example>"]
    with pytest.raises(WorkspaceError, match="it is delivered"):
        delivery.again(office.store, "one-ada@council.example", NOW, "an officer")


def test_what_a_person_has_seen_to_is_settled(office: Post, secure: Mailbox) -> None:
    secure.faults[DOT] = [Fault(keeps=True)]
    office.put(FIVE[0])
    office.deliver()
    delivery.drop(office.store, "<one-ada@council.example>", NOW, "an officer")
    assert not office.deliver(impatient=True).needs_a_person
    assert len(secure.messages) == 1
    with pytest.raises(WorkspaceError, match="does not wait"):
        delivery.drop(office.store, "one-ada@council.example", NOW, "an officer")
    with pytest.raises(WorkspaceError, match="No message has the Message-ID"):
        delivery.again(office.store, "two-ada@council.example", NOW, "an officer")


def test_a_connection_dropped_at_the_goodbye_is_no_matter(office: Post, secure: Mailbox) -> None:
    secure.faults["QUIT"] = [DROP]
    office.put(FIVE[0])
    assert office.deliver().trouble == ""
    assert office.stands() == {"ada": "delivered"}


def test_a_slow_answer_is_waited_for_longest_after_the_end(office: Post, plain: Mailbox) -> None:
    office.set(timeout_seconds=1)
    plain.faults[DOT] = [Fault("250 Taken at last", wait=2, keeps=True)]
    office.put(FIVE[0])
    assert office.deliver().trouble == ""
    assert office.stands() == {"ada": "delivered"}


def test_an_answer_that_does_not_come_before_the_end_costs_a_wait(
    office: Post, plain: Mailbox
) -> None:
    office.set(timeout_seconds=1)
    plain.faults["MAIL"] = [Fault("250 Too late", wait=3)]
    office.put(FIVE[0])
    office.deliver()
    (attempt,) = office.store.messages.attempts()
    assert "did not answer in time" in attempt.answer
    office.deliver(timedelta(minutes=5))
    assert len(plain.messages) == 1


def test_a_greylisted_message_waits_and_goes_at_the_second_try(
    office: Post, secure: Mailbox
) -> None:
    secure.faults["RCPT"] = [Fault("450 4.2.0 Greylisted, try again")]
    office.put(FIVE[0])
    done = office.deliver()
    (one,) = done.became
    assert delivery.described(one) == "waits, after: 450 4.2.0 Greylisted, try again"
    assert (done.needs_a_person, done.status.next_at) == (False, NOW + timedelta(minutes=5))
    assert office.deliver(timedelta(minutes=4)).became == ()
    office.deliver(timedelta(minutes=5))
    assert office.stands() == {"ada": "delivered"}


def test_a_server_that_says_not_now_for_four_days_is_believed(
    office: Post, secure: Mailbox
) -> None:
    secure.refused[FIVE[0]] = "450 Not now"
    office.put(FIVE[0])
    for hours in range(0, 96, 8):
        office.deliver(timedelta(hours=hours))
        assert office.stands() == {"ada": "failed"}
    office.deliver(timedelta(days=4, hours=8))
    assert office.stands() == {"ada": "refused"}


def test_one_bad_recipient_of_five_costs_itself_only(office: Post, secure: Mailbox) -> None:
    secure.refused[FIVE[2]] = "550 5.1.1 No such person"
    office.put(*FIVE)
    done = office.deliver()
    assert secure.recipients == [a for a in FIVE if a != FIVE[2]]
    assert secure.connections == 1
    (stuck,) = done.status.stuck
    assert delivery.described(stuck) == "refused (550 5.1.1 No such person)"
    assert "--again one-cyd@council.example" in delivery.remedy(stuck)
    assert done.needs_a_person
    office.deliver(timedelta(days=2), impatient=True)
    assert len(secure.messages) == 4


@pytest.mark.parametrize(
    ("command", "answer", "becomes"),
    [
        ("MAIL", "452 4.3.1 Insufficient system storage", "failed"),
        ("MAIL", "552 5.3.4 Too large", "refused"),
        ("RCPT", "452 4.2.2 Mailbox full", "failed"),
        ("DATA", "451 Later", "failed"),
        ("DATA", "554 No", "refused"),
        (DOT, "452 4.3.1 Disk full", "failed"),
        (DOT, "554 5.7.1 Looks like spam", "refused"),
        (DOT, "421 Going down", "failed"),
    ],
)
def test_what_the_server_answers_is_what_becomes_of_a_message(
    office: Post, secure: Mailbox, command: str, answer: str, becomes: str
) -> None:
    secure.faults[command] = [Fault(answer)]
    office.put(*FIVE)
    office.deliver()
    assert office.stands()["ada"] == becomes
    assert sorted(secure.recipients) == sorted(FIVE[1:])
    office.deliver(timedelta(minutes=5))
    assert len(secure.messages) == (5 if becomes == "failed" else 4)


def test_a_sender_that_the_server_does_not_take_refuses_no_message(
    office: Post, secure: Mailbox
) -> None:
    secure.faults["MAIL"] = [Fault("550 5.7.60 Not allowed to send as this sender")]
    office.put(*FIVE)
    done = office.deliver()
    assert "takes nothing from team@council.example" in done.trouble
    assert done.needs_a_person
    assert set(office.stands().values()) == {""}
    office.deliver(timedelta(days=1))
    assert len(secure.messages) == 5


def test_a_server_that_is_going_down_gets_the_rest_later(office: Post, secure: Mailbox) -> None:
    secure.faults["MAIL"] = [Fault("421 Going down")] * 2
    office.put(*FIVE)
    assert office.deliver().trouble
    office.deliver(timedelta(minutes=5))
    assert sorted(secure.recipients) == sorted(FIVE)


# --- Size ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "where"),
    [
        ("https://intranet.example/out/",
         "https://intranet.example/out/2012-13/Appendix%203%20%26%20more.xlsx"),
        (r"\\server1\outbox", r"\\server1\outbox\2012-13\Appendix 3 & more.xlsx"),
        ("", "outbox/2012-13/Appendix 3 & more.xlsx"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("limit", ["the settings'", "the server's"])
def test_what_is_too_large_goes_without_its_attachment_and_says_where_that_lies(
    office: Post, link: str, where: str, limit: str
) -> None:
    by_server = limit == "the server's"
    with mail_server(largest=500_000 if by_server else 32_000_000) as box:
        largest = 20 if by_server else 1
        office.set(**to(box, security="none", outbox_link=link, largest_mb=largest))
        office.put(FIVE[0], size=1_000_000)
        office.deliver()
        (received,) = box.messages
    assert not list(received.iter_attachments())
    assert received["Message-ID"] == "<one-ada@council.example>"
    plain, marked = received.get_body(("plain",)), received.get_body(("html",))
    assert plain is not None
    assert marked is not None
    assert where in plain.get_content()
    assert "Appendix 3 &amp; more.xlsx is too large to be attached" in marked.get_content()
    assert ("<a href=" in marked.get_content()) == link.startswith("https")


def test_what_is_too_large_even_so_is_refused_with_the_servers_answer(office: Post) -> None:
    with mail_server(largest=100) as box:
        office.set(**to(box, security="none"))
        office.put(FIVE[0])
        (stuck,) = office.deliver().status.stuck
        assert "552" in delivery.described(stuck)


# --- The queue -----------------------------------------------------------------------------------


def test_a_message_is_put_into_the_queue_once(office: Post, plain: Mailbox) -> None:
    assert len(office.put(FIVE[0])) == 1
    assert office.put(FIVE[0]) == []
    office.deliver()
    assert office.put(FIVE[0]) == []
    office.deliver(impatient=True)
    assert len(plain.messages) == 1


def test_an_address_that_has_left_the_register_gets_nothing(office: Post, plain: Mailbox) -> None:
    office.put(*FIVE)
    office.register = replace(office.register, recipients=office.register.recipients[1:])
    done = office.deliver()
    assert plain.recipients == list(FIVE[1:])
    assert office.stands()["ada"] == "withheld"
    assert (
        delivery.described(done.became[0]) == "not sent: the register no longer holds the address"
    )
    assert not done.needs_a_person


def test_without_a_server_messages_are_files_and_a_server_set_later_does_not_send_them(
    office: Post,
) -> None:
    office.put(*FIVE)
    done = office.deliver()
    assert [p.name for p in done.written] == [f"one to {address}.eml" for address in FIVE]
    assert office.deliver().written == ()
    with mail_server() as box:
        office.set(**to(box, security="none"))
        office.deliver(impatient=True)
        assert not box.messages
        office.put(FIVE[0], name="two")
        office.deliver()
        assert box.ids() == ["<two-ada@council.example>"]


def test_what_an_earlier_version_wrote_into_the_outbox_is_not_sent(
    office: Post, plain: Mailbox
) -> None:
    folder = office.place.outbox_of(PERIOD.name) / "mail"
    folder.mkdir(parents=True)
    (folder / f"one to {FIVE[0]}.eml").write_text("From: team@council.example\r\n")
    office.put(*FIVE)
    office.deliver()
    assert plain.recipients == list(FIVE[1:])


def test_a_run_cut_off_at_the_end_of_a_message_leaves_it_to_a_person(
    office: Post, plain: Mailbox
) -> None:
    (one,) = office.put(FIVE[0])
    office.store.messages.note([Attempt(one.id, NOW, Became.SENDING)])
    done = office.deliver(impatient=True)
    assert office.stands() == {"ada": "uncertain"}
    assert done.needs_a_person
    assert not plain.messages


def test_what_a_message_says_goes_when_its_period_is_forgotten_and_is_not_sent(
    office: Post, plain: Mailbox
) -> None:
    (one,) = office.put(FIVE[0])
    office.store.messages.forget([PERIOD.name], NOW, "kept for 1 year")
    assert office.store.messages.content(one.id) is None
    assert office.put(FIVE[0]) == []
    assert office.store.messages.content(one.id) is None
    assert not office.deliver(impatient=True).needs_a_person
    assert (plain.messages, office.stands()) == ([], {"ada": "forgotten"})


def test_what_was_lost_with_the_store_is_told_and_comes_back_when_it_is_composed_again(
    office: Post, plain: Mailbox, tmp_path: Path
) -> None:
    office.put(FIVE[0])
    # As `quarterday replay --rebuild` makes it again.
    with Store(f"sqlite:///{tmp_path}/made.sqlite3") as made:
        made.insert("message", office.store.rows_after("message", 0))
        office.store.close()
        office.store = made
        done = office.deliver(impatient=True)
        assert done.needs_a_person
        assert "lost with the store" in delivery.described(done.status.stuck[0])
        office.put(FIVE[0])
        assert not office.deliver().needs_a_person
        assert len(plain.messages) == 1


@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_the_store_keeps_every_message_and_attempt(
    office: Post, database: str, request: pytest.FixtureRequest
) -> None:
    from tests.support import postgresql as databases

    with ExitStack() as stack:
        url = office.place.store_url
        if database == "PostgreSQL":
            url = stack.enter_context(databases.schema(request.getfixturevalue("postgresql")))
            office.store = stack.enter_context(Store(url))
        (one,) = office.put(FIVE[0])
        office.deliver()
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        for statement in (
            "UPDATE message SET recipient = 'x'",
            "DELETE FROM message",
            "UPDATE attempt SET outcome = 'x'",
            "DELETE FROM attempt",
            "UPDATE message_content SET message_id = 2",
            "DELETE FROM message_content",
        ):
            with pytest.raises(sa.exc.DBAPIError), engine.begin() as connection:
                connection.execute(sa.text(statement))
        assert office.store.messages.content(one.id)
        office.store.messages.forget([PERIOD.name], NOW, "kept for 1 year")
        assert office.store.messages.content(one.id) is None


def test_a_message_is_marked_before_its_end_is_sent(office: Post, plain: Mailbox) -> None:
    seen: list[Sequence[Attempt]] = []
    with Store(office.place.store_url) as other:
        plain.heard[DOT] = lambda: seen.append(other.messages.attempts())
        office.put(FIVE[0])
        office.deliver()
    assert [[a.outcome for a in attempts] for attempts in seen] == [[Became.SENDING]]


def test_a_mark_that_cannot_be_made_sends_nothing(
    office: Post, plain: Mailbox, locked: Callable[[], None]
) -> None:
    office.put(FIVE[0])
    locked()
    with pytest.raises(StoreError):
        office.deliver()
    assert not plain.messages


@pytest.fixture
def locked(office: Post) -> Callable[[], None]:
    """Lets the store refuse every further attempt."""

    def refuse() -> None:
        engine = sa.create_engine(office.place.store_url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.execute(
                sa.text(
                    "CREATE TRIGGER no_more BEFORE INSERT ON attempt "
                    "BEGIN SELECT RAISE(ABORT, 'no room'); END"
                )
            )

    return refuse
