"""Returns by mail, through a real IMAP server: what is taken, what is left, and that it is said."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from msgspec.structs import replace

from pipeline.operations.worked_example import entries, example_register, slips, write_return
from pipeline.store import Outcome, Store
from tests.support.command_line import quarterday
from tests.support.dovecot import PASSWORD, TOKEN, USER, Dovecot, dovecot
from tests.support.mailed import AUTHSERV, PASSED, letter, make_workspace
from tests.support.relay import Relay, Way, after, never

VARIABLE = "QUARTERDAY_MAILBOX_PASSWORD"

REGISTER = example_register()
AREAS = {area.ref: area for area in REGISTER.areas}
HR, SAFETY = AREAS["HR"].email, AREAS["SAF"].email

Make = Callable[..., Path]


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each area's return, and Community safety's with slips."""
    folder = tmp_path_factory.mktemp("returns")
    made = {ref: folder / f"Return 2012-13 - {area.name}.xlsx" for ref, area in AREAS.items()}
    for ref, path in made.items():
        write_return(REGISTER, AREAS[ref], path, entries(ref))
    made["slips"] = folder / "Return with slips.xlsx"
    write_return(REGISTER, AREAS["SAF"], made["slips"], slips())
    return made


@pytest.fixture
def make(server: Dovecot, tmp_path: Path) -> Make:
    """Makes the workspace; the mailbox is empty."""
    server.empty()

    def made(more: str = "") -> Path:
        return make_workspace(tmp_path / "performance", REGISTER, server, more)

    return made


@pytest.fixture
def place(make: Make) -> Path:
    return make()


def fetched(workspace: Path, *words: str, code: int | None = None) -> dict[str, Any]:
    result = quarterday("fetch", "-w", workspace, "--json", *words)
    told: dict[str, Any] = json.loads(result.stdout)
    expected = 2 if told["trouble"] else 1 if told["left"] else 0
    assert result.exit_code == (expected if code is None else code), result.output
    assert "Traceback" not in result.output
    return told


def trouble(workspace: Path) -> str:
    """Why the mailbox could not be used, in one line."""
    result = quarterday("fetch", "-w", workspace)
    assert result.exit_code == 2, result.output
    (line,) = [each for each in result.stderr.splitlines() if each]
    assert line.startswith("quarterday: ")
    return line


def arrived(workspace: Path) -> dict[str, bytes]:
    """Every file that lies in the inbox, hidden ones too, by its path there."""
    inbox = workspace / "inbox"
    return {
        path.relative_to(inbox).as_posix(): path.read_bytes()
        for path in inbox.rglob("*")
        if path.is_file()
    }


def why_left(workspace: Path) -> str:
    """Why the only message was left; nothing was taken."""
    told = fetched(workspace)
    assert told["taken"] == []
    assert arrived(workspace) == {}
    (left,) = told["left"]
    return str(left["why"])


# --- Taken ---------------------------------------------------------------------------------------


def test_the_return_of_a_known_sender_goes_to_its_areas_folder(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(f"Head of HR <{HR.upper()}>", returns["HR"]))
    told = fetched(place)
    name = returns["HR"].name
    assert [(t["sender"].lower(), t["area"]) for t in told["taken"]] == [(HR, "HR")]
    assert told["left"] == []
    assert arrived(place) == {f"HR/{name}": returns["HR"].read_bytes()}
    assert server.subjects() == []
    assert server.seen("Quarterday/Taken") == [("Our return", set())]
    assert quarterday("fetch", "-w", place).stdout == "No returns in the mailbox.\n"


def test_only_the_user_who_runs_the_job_may_read_what_came(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]))
    fetched(place)
    (path,) = (place / "inbox" / "HR").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(
        stat.S_IMODE(each.stat().st_mode) & 0o077 == 0 for each in (place / "var").rglob("*")
    )


def test_two_workbooks_in_one_message_are_both_taken(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(SAFETY, returns["SAF"], returns["slips"]))
    assert len(fetched(place)["taken"]) == 2
    assert set(arrived(place).values()) == {
        returns["SAF"].read_bytes(), returns["slips"].read_bytes()
    }  # fmt: skip
    assert server.subjects("Quarterday/Taken") == ["Our return"]


def test_a_file_that_has_the_name_already_is_not_overwritten(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    (place / "inbox" / "saf").mkdir()
    (place / "inbox" / "saf" / returns["SAF"].name).write_bytes(b"dropped by hand")
    server.deliver(letter(SAFETY, returns["SAF"]))
    server.deliver(letter(SAFETY, (returns["SAF"].name, returns["slips"].read_bytes())))
    assert len(fetched(place)["taken"]) == 2
    stem = returns["SAF"].stem
    assert arrived(place) == {
        f"saf/{stem}.xlsx": b"dropped by hand",
        f"saf/{stem} (2).xlsx": returns["SAF"].read_bytes(),
        f"saf/{stem} (3).xlsx": returns["slips"].read_bytes(),
    }


def test_a_message_that_arrives_twice_is_taken_once(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    message = letter(HR, returns["HR"], message_id="<one@council.example>")
    server.deliver(message)
    server.deliver(message)
    assert len(fetched(place)["taken"]) == 1
    quarterday("run", "-w", place)
    server.deliver(message)
    assert fetched(place)["taken"] == []
    assert arrived(place) == {}
    assert server.subjects("Quarterday/Taken") == ["Our return"] * 3
    # The same return in a message of its own was sent again by a person.
    server.deliver(letter(HR, returns["HR"]))
    assert len(fetched(place)["taken"]) == 1


def test_another_areas_message_with_the_same_id_is_another_message(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    for sender in (HR, SAFETY):
        server.deliver(letter(sender, returns["HR"], message_id="<one@council.example>"))
    assert {taken["area"] for taken in fetched(place)["taken"]} == {"HR", "SAF"}


def test_a_dry_run_says_what_would_happen_and_changes_nothing(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]))
    server.deliver(letter("someone@elsewhere.example", returns["HR"], subject="Hello"))
    told = fetched(place, "--dry-run")
    assert [Path(t["path"]).parent.name for t in told["taken"]] == ["HR"]
    assert [left["subject"] for left in told["left"]] == ["Hello"]
    said = quarterday("fetch", "-w", place, "--dry-run").stdout
    assert f"would take: {returns['HR'].name} (HR) from {HR}" in said
    assert 'would leave: "Hello" from someone@elsewhere.example' in said
    assert arrived(place) == {}
    assert server.seen() == [("Our return", set()), ("Hello", set())]


def test_folders_are_named_as_the_server_names_them(
    tmp_path: Path, returns: dict[str, Path]
) -> None:
    with dovecot(separator=".") as server:
        place = make_workspace(tmp_path / "performance", REGISTER, server)
        server.deliver(letter(HR, returns["HR"]))
        assert len(fetched(place)["taken"]) == 1
        assert server.subjects("Quarterday.Taken") == ["Our return"]


@pytest.mark.parametrize("can", ["IMAP4rev1 SASL-IR UIDPLUS", "IMAP4rev1 SASL-IR"])
def test_a_server_that_cannot_move_copies_and_what_others_removed_is_left_to_them(
    tmp_path: Path, returns: dict[str, Path], can: str
) -> None:
    with dovecot(capability=can) as server:
        place = make_workspace(tmp_path / "performance", REGISTER, server)
        server.deliver(letter("clerk@council.example", subject="Removed by someone"))
        with server.client() as client:
            client.select()
            client.store("1", "+FLAGS", r"\Deleted")
        server.deliver(letter(HR, returns["HR"]))
        assert len(fetched(place)["taken"]) == 1
        assert server.subjects("Quarterday/Taken") == ["Our return"]
        there = dict(server.seen())
        assert there["Removed by someone"] == {"\\Deleted"}
        assert there.get("Our return", {"\\Deleted"}) == {"\\Deleted"}
        assert fetched(place) == {"taken": [], "left": [], "waiting": 0, "trouble": ""}


def test_a_server_may_begin_tls_after_the_greeting(
    server: Dovecot, make: Make, returns: dict[str, Path]
) -> None:
    place = make(f'port = {server.starttls_port}\nsecurity = "starttls"')
    server.deliver(letter(HR, returns["HR"]))
    assert len(fetched(place)["taken"]) == 1


def test_a_command_may_give_a_token_in_place_of_a_password(
    server: Dovecot, make: Make, monkeypatch: pytest.MonkeyPatch, returns: dict[str, Path]
) -> None:
    monkeypatch.delenv(VARIABLE)
    place = make(f"token_command = ['{sys.executable}', '-c', 'print(\"{TOKEN}\")']")
    server.deliver(letter(HR, returns["HR"]))
    assert len(fetched(place)["taken"]) == 1


# --- Left ----------------------------------------------------------------------------------------


def test_an_unknown_senders_message_is_left_flagged_and_said_once(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter("someone@elsewhere.example", returns["HR"], subject="A return"))
    result = quarterday("fetch", "-w", place)
    assert result.exit_code == 1
    assert result.stdout == (
        'left in the mailbox: "A return" from someone@elsewhere.example: '
        "the register has no service area with this address\n"
    )
    assert server.seen() == [("A return", {"\\Flagged"})]
    result = quarterday("fetch", "-w", place)
    assert (result.exit_code, result.stdout) == (0, "1 left earlier still wait there, flagged\n")


def test_a_message_from_which_someone_takes_the_flag_is_looked_at_again(
    server: Dovecot, place: Path
) -> None:
    server.deliver(letter("someone@elsewhere.example"))
    assert len(fetched(place)["left"]) == 1
    with server.client() as client:
        client.select()
        client.store("1", "-FLAGS", r"\Flagged")
    assert len(fetched(place)["left"]) == 1
    assert fetched(place)["waiting"] == 1


def test_a_message_that_someone_else_has_flagged_is_taken_all_the_same(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]))
    with server.client() as client:
        client.select()
        client.store("1", "+FLAGS", r"\Flagged")
    assert len(fetched(place)["taken"]) == 1


def test_what_is_left_may_go_to_a_folder_of_its_own(server: Dovecot, make: Make) -> None:
    place = make('left_folder = "For the officer"')
    server.deliver(letter("someone@elsewhere.example", subject="Hello"))
    assert len(fetched(place)["left"]) == 1
    assert server.subjects() == []
    assert server.subjects("For the officer") == ["Hello"]
    assert fetched(place)["waiting"] == 0


def test_of_a_message_that_is_left_the_workbook_is_taken_and_only_once(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, ("Budget.pdf", b"%PDF-1.7 budget"), returns["HR"]))
    told = fetched(place)
    assert len(told["taken"]) == 1
    assert [left["why"] for left in told["left"]] == ["Budget.pdf is a PDF, not a workbook"]
    assert server.seen() == [("Our return", {"\\Flagged"})]
    with server.client() as client:
        client.select()
        client.store("1", "-FLAGS", r"\Flagged")
    assert fetched(place)["taken"] == []
    assert len(arrived(place)) == 1


def test_a_message_that_is_too_large_is_not_fetched(
    server: Dovecot, make: Make, returns: dict[str, Path]
) -> None:
    place = make("largest_mb = 1")
    large = returns["HR"].read_bytes() + os.urandom(1024 * 1024)
    server.deliver(letter(HR, ("Return.xlsx", large)))
    assert why_left(place) == "it has 1.4 MiB, the limit is 1 MiB"


def test_a_message_without_a_workbook_is_left(server: Dovecot, place: Path) -> None:
    server.deliver(letter(HR))
    assert why_left(place) == "nothing is attached to it"


def test_a_workbook_of_an_address_that_several_areas_have_goes_where_its_name_says(
    server: Dovecot, tmp_path: Path, returns: dict[str, Path]
) -> None:
    server.empty()
    shared = "office@council.example"
    register = replace(REGISTER, areas=tuple(replace(a, email=shared) for a in REGISTER.areas))
    place = make_workspace(tmp_path / "performance", register, server)
    server.deliver(letter(shared, returns["HR"], ("Return.xlsx", returns["SAF"].read_bytes())))
    told = fetched(place)
    assert [taken["area"] for taken in told["taken"]] == ["HR"]
    (left,) = told["left"]
    assert left["why"].startswith("Return.xlsx may be from Children's services and")


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("Return 2012-13 - H & P.xlsx", "HR"),
        ("return_h&p_final.xlsx", "HR"),
        (unicodedata.normalize("NFD", "Iâl Q3.xlsx"), "SAF"),
        ("Ia\u0302l2013.xlsx", "SAF"),
    ],
)
def test_an_area_of_any_name_is_known_in_a_workbooks(
    server: Dovecot, tmp_path: Path, returns: dict[str, Path], name: str, area: str
) -> None:
    server.empty()
    shared, called = "office@council.example", {"HR": "H & P", "SAF": "Iâl"}
    areas = tuple(replace(a, email=shared, name=called.get(a.ref, a.name)) for a in REGISTER.areas)
    place = make_workspace(tmp_path / "performance", replace(REGISTER, areas=areas), server)
    server.deliver(letter(shared, (name, returns["HR"].read_bytes())))
    assert [taken["area"] for taken in fetched(place)["taken"]] == [area]


def test_a_return_from_any_address_of_an_area_is_that_areas(
    server: Dovecot, tmp_path: Path, returns: dict[str, Path]
) -> None:
    server.empty()
    several = f"{HR}; deputy@council.example"
    areas = tuple(replace(a, email=several) if a.ref == "HR" else a for a in REGISTER.areas)
    place = make_workspace(tmp_path / "performance", replace(REGISTER, areas=areas), server)
    server.deliver(letter("deputy@council.example", ("Return.xlsx", returns["HR"].read_bytes())))
    assert [taken["area"] for taken in fetched(place)["taken"]] == ["HR"]


def test_whoever_took_over_from_an_area_mails_its_return_too(
    server: Dovecot, tmp_path: Path, returns: dict[str, Path]
) -> None:
    server.empty()
    (period,) = REGISTER.periods[-1:]
    areas = tuple(
        replace(a, last=period.name, becomes=("SAF",)) if a.ref == "HR" else a
        for a in REGISTER.areas
    )
    place = make_workspace(tmp_path / "performance", replace(REGISTER, areas=areas), server)
    mine = ("Return.xlsx", returns["SAF"].read_bytes())
    server.deliver(letter(SAFETY, mine, returns["HR"]))
    assert [taken["area"] for taken in fetched(place)["taken"]] == ["SAF", "HR"]


@pytest.mark.parametrize("name", ["Fish pie.xlsx", "\u0406\u00e2l.xlsx", "Ial.xlsx"])
def test_a_name_that_only_holds_the_letters_of_an_areas_is_not_that_areas(
    server: Dovecot, tmp_path: Path, returns: dict[str, Path], name: str
) -> None:
    server.empty()
    shared, called = "office@council.example", {"HR": "H & P", "SAF": "Iâl"}
    areas = tuple(replace(a, email=shared, name=called.get(a.ref, a.name)) for a in REGISTER.areas)
    place = make_workspace(tmp_path / "performance", replace(REGISTER, areas=areas), server)
    server.deliver(letter(shared, (name, returns["HR"].read_bytes())))
    assert why_left(place).startswith(f"{name} may be from ")


# --- Who it is from ------------------------------------------------------------------------------


def test_a_message_that_the_mail_server_vouches_for_is_taken(
    server: Dovecot, make: Make, returns: dict[str, Path]
) -> None:
    place = make(f'authserv_id = "{AUTHSERV}"')
    server.deliver(letter(HR, returns["HR"], headers=[("Authentication-Results", PASSED)]))
    assert len(fetched(place)["taken"]) == 1


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ([f"{AUTHSERV}; dmarc=fail header.from=council.example"], "dmarc=fail"),
        # What the sender wrote stands below what the server did.
        ([f"{AUTHSERV}; dmarc=fail", PASSED], "dmarc=fail"),
        (["mx.elsewhere.example; dmarc=pass"], "no Authentication-Results"),
        ([], "no Authentication-Results"),
    ],
)
def test_a_message_that_may_be_forged_is_left(
    server: Dovecot, make: Make, returns: dict[str, Path], headers: list[str], why: str
) -> None:
    place = make(f'authserv_id = "{AUTHSERV}"')
    written = [("Authentication-Results", header) for header in headers]
    server.deliver(letter(HR, returns["HR"], headers=written))
    assert why in why_left(place)


def test_without_a_mail_server_to_trust_nothing_is_checked(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    failed = ("Authentication-Results", f"{AUTHSERV}; dmarc=fail")
    server.deliver(letter(HR, returns["HR"], headers=[failed]))
    assert len(fetched(place)["taken"]) == 1


def test_two_senders_are_none(server: Dovecot, place: Path, returns: dict[str, Path]) -> None:
    message = letter(HR, returns["HR"]).as_bytes()
    server.deliver(b"From: someone@elsewhere.example\r\n" + message)
    assert why_left(place) == "it does not say plainly whom it is from, in one address"


def test_a_message_made_to_break_a_reader_is_left_and_the_others_taken(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    broken = (
        b"From: " + HR.encode() + b"\r\nSubject: =?x?b?====?= \xff\xfe\r\n"
        b'Content-Type: multipart/mixed; boundary="\r\nContent-Transfer-Encoding: base64\r\n\r\n'
        b"--\r\nContent-Disposition: attachment; filename*=utf-9''%FF%F\r\n\r\n\xff\r\n"
    )
    server.deliver(broken)
    server.deliver(letter(HR, returns["HR"]))
    told = fetched(place)
    assert (len(told["taken"]), len(told["left"])) == (1, 1)


# --- A mailbox that cannot be used ---------------------------------------------------------------


def test_no_mailbox_is_one_line(make: Make) -> None:
    assert "No mailbox is set" in trouble(make('server = ""'))


def test_a_server_that_is_gone_is_one_line(make: Make) -> None:
    assert "cannot be reached (Connection refused)" in trouble(make("port = 1"))


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99])
def test_a_connection_that_breaks_off_loses_nothing_and_takes_nothing_twice(
    server: Dovecot, make: Make, returns: dict[str, Path], way: Way, share: float
) -> None:
    relay = Relay(server.port)
    try:
        place = make(f"port = {relay.port}")
        for number in range(2):
            server.deliver(letter(HR, returns["HR"], returns["slips"], subject=f"{number}"))
        relay.cut(never)
        fetched(place, "--dry-run")
        whole = relay.passed[way]
        relay.cut(after(way, int(whole * share)))
        assert trouble(place)
        relay.cut(never)
        fetched(place)
    finally:
        relay.close()
    assert sorted(arrived(place).values()) == sorted(
        2 * [returns["HR"].read_bytes(), returns["slips"].read_bytes()]
    )
    assert server.subjects() == []
    assert sorted(server.subjects("Quarterday/Taken")) == ["0", "1"]


def test_a_server_that_speaks_no_tls_is_one_line(server: Dovecot, make: Make) -> None:
    assert "does not speak TLS" in trouble(make(f"port = {server.starttls_port}"))


def test_a_certificate_that_nobody_vouches_for_is_one_line(make: Make) -> None:
    line = trouble(make('ca_file = ""'))
    assert "The certificate of 127.0.0.1 is not trusted" in line
    assert "mail.receive.ca_file" in line


def test_a_certificate_for_another_server_is_one_line(tmp_path: Path) -> None:
    with dovecot(host="mail.elsewhere.example") as server:
        place = make_workspace(tmp_path / "performance", REGISTER, server)
        assert "is not trusted (IP address mismatch" in trouble(place)


def test_an_authority_that_is_no_file_is_one_line(make: Make) -> None:
    assert "mail.receive.ca_file, nowhere.pem, cannot be used" in trouble(
        make('ca_file = "nowhere.pem"')
    )


def test_a_wrong_password_is_one_line_and_does_not_show_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "s3cret")
    line = trouble(make())
    assert f"does not let {USER} in" in line
    assert "s3cret" not in line


def test_a_password_beyond_ascii_can_be_given(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "pässwörd")
    assert f"does not let {USER} in" in trouble(make())


def test_no_password_is_one_line(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    line = trouble(make())
    assert VARIABLE in line
    assert f"keyring set 127.0.0.1 {USER}" in line


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("false", "failed with exit code 1"),
        ("true", "did not print one token"),
        ("sleep 60", "did not end within 1 seconds"),
        ("/nowhere/token", "cannot be run (No such file or directory)"),
        ("'", "cannot be run"),
    ],
)
def test_a_token_that_does_not_come_is_one_line(make: Make, command: str, why: str) -> None:
    words = command.split()
    place = make(f"token_command = {json.dumps(words)}\ntimeout_seconds = 1")
    assert f"mail.receive.token_command, {words[0]}, {why}" in trouble(place)


def test_a_wrong_token_is_one_line(make: Make) -> None:
    line = trouble(make('token_command = ["echo", "wrong"]'))
    assert "Correct mail.receive.user or mail.receive.token_command" in line


def test_a_folder_that_is_not_there_is_one_line(make: Make) -> None:
    line = trouble(make('folder = "Returns"'))
    assert "has no folder Returns" in line


def test_a_folder_that_may_only_be_read_is_one_line_and_nothing_is_taken(
    tmp_path: Path, returns: dict[str, Path]
) -> None:
    with dovecot(rights="lrip") as server:
        place = make_workspace(tmp_path / "performance", REGISTER, server)
        server.deliver(letter(HR, returns["HR"]))
        server.allow("lr")
        line = trouble(place)
    assert "may only read the folder INBOX" in line
    assert arrived(place) == {}


def test_a_server_that_lets_nothing_be_moved_is_one_line_and_nothing_is_taken_twice(
    tmp_path: Path, returns: dict[str, Path]
) -> None:
    with dovecot(rights="lrwsip") as server:
        place = make_workspace(tmp_path / "performance", REGISTER, server)
        server.deliver(letter(HR, returns["HR"]))
        assert "127.0.0.1 refused: [NOPERM]" in trouble(place)
        quarterday("run", "-w", place)
        assert "127.0.0.1 refused: [NOPERM]" in trouble(place)
    assert arrived(place) == {}


def test_a_workspace_in_which_nothing_can_be_written_leaves_the_message(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]))
    for name in ("HR", AREAS["HR"].name):
        (place / "inbox" / name).write_bytes(b"no folder")
    assert "HR is not a folder" in trouble(place)
    assert server.subjects() == ["Our return"]
    # The area's name is as good as its ref.
    (place / "inbox" / AREAS["HR"].name).unlink()
    told = fetched(place)
    assert [Path(taken["path"]).parent.name for taken in told["taken"]] == [AREAS["HR"].name]


def test_without_its_package_a_line_says_how_to_install_it(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "imap_tools", None)
    monkeypatch.delitem(sys.modules, "pipeline.mail.mailbox.server", raising=False)
    assert 'pip install --constraint constraints.txt ".[mailbox]"' in trouble(place)


class Ring(KeyringBackend):
    """A keyring of the tests' own."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def test_the_password_may_stand_in_the_keyring(
    server: Dovecot, place: Path, monkeypatch: pytest.MonkeyPatch, returns: dict[str, Path]
) -> None:
    monkeypatch.delenv(VARIABLE)
    before = keyring.get_keyring()
    keyring.set_keyring(Ring())
    try:
        assert f"keyring set 127.0.0.1 {USER}" in trouble(place)
        keyring.set_password("127.0.0.1", USER, PASSWORD)
        server.deliver(letter(HR, returns["HR"]))
        assert len(fetched(place)["taken"]) == 1
    finally:
        keyring.set_keyring(before)


def test_the_doctor_looks_into_the_mailbox_and_leaves_it_as_it_is(
    server: Dovecot, make: Make, returns: dict[str, Path]
) -> None:
    place = make()
    server.deliver(letter(HR, returns["HR"]))
    assert looked_at(place) == (
        "ok",
        "1 message in INBOX, 0 flagged; nothing is set to tell forged senders by.",
    )
    assert server.seen() == [("Our return", set())]
    settings = place / "pipeline.toml"
    settings.write_text(settings.read_text("utf-8").replace(f"port = {server.port}", "port = 1"))
    state, found = looked_at(place)
    assert state == "broken"
    assert "cannot be reached" in found
    settings.write_text("")
    assert looked_at(place) == ("ok", "None is set.")


def looked_at(place: Path) -> tuple[str, str]:
    """What the doctor finds of the mailbox: how it is, and what was found."""
    checks = json.loads(quarterday("doctor", "-w", place, "--json").stdout)["checks"]
    (found,) = [(check["state"], check["found"]) for check in checks if check["name"] == "mailbox"]
    return found


def test_a_look_into_an_empty_mailbox_loads_neither_pandas_nor_sqlalchemy(
    server: Dovecot, place: Path
) -> None:
    heavy = "import sys; from pipeline.__main__ import main\ntry: main()\nexcept SystemExit: pass\n"
    heavy += "print({'pandas', 'sqlalchemy', 'openpyxl'} & set(sys.modules))"
    quarterday("fetch", "-w", place)
    done = subprocess.run(
        [sys.executable, "-c", heavy, "fetch", "-w", str(place)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "No returns in the mailbox.\nset()\n"


def test_where_nothing_came_the_next_run_ends_at_once(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]))
    fetched(place)
    assert "accepted: " in quarterday("run", "-w", place).stdout
    fetched(place)
    assert quarterday("run", "-w", place).stdout == "Nothing new.\n"


# --- From the mailbox to the outcome -------------------------------------------------------------


def test_from_a_mailed_return_to_the_accepted_submission_and_the_correction_copy(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]), when='"26-Apr-2013 16:59:00 +0000"')
    server.deliver(letter(SAFETY, returns["slips"]), when='"01-May-2013 09:00:00 +0100"')
    assert len(fetched(place)["taken"]) == 2
    result = quarterday("run", "-w", place)
    assert result.exit_code == 1, result.output
    with Store(f"sqlite:///{place}/var/quarterday.sqlite3") as store:
        sent = {each.folder_area: each for each in store.submissions()}
    assert sent["HR"].outcome is Outcome.ACCEPTED
    assert sent["SAF"].outcome is Outcome.REJECTED
    # A return counts as received when it came into the mailbox, not when it was fetched.
    assert sent["HR"].received_at == datetime(2013, 4, 26, 16, 59, tzinfo=UTC)
    assert "C16" not in {finding.code for finding in sent["HR"].findings}
    assert "C16" in {finding.code for finding in sent["SAF"].findings}
    (copy,) = (place / "outbox" / "2012-13" / "corrections").iterdir()
    assert copy.name.startswith("Return with slips - to correct")
    assert arrived(place) == {}


def test_a_return_in_another_areas_name_is_sent_back(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(SAFETY, returns["HR"]))
    assert len(fetched(place)["taken"]) == 1
    quarterday("run", "-w", place)
    with Store(f"sqlite:///{place}/var/quarterday.sqlite3") as store:
        (sent,) = store.submissions()
    assert sent.outcome is Outcome.REJECTED


def test_a_file_dropped_by_hand_counts_as_received_when_it_was_dropped(
    server: Dovecot, place: Path, returns: dict[str, Path]
) -> None:
    server.deliver(letter(HR, returns["HR"]), when='"26-Apr-2013 16:59:00 +0000"')
    fetched(place)
    quarterday("run", "-w", place)
    (place / "inbox" / "HR" / "again.xlsx").write_bytes(returns["HR"].read_bytes())
    quarterday("run", "-w", place)
    with Store(f"sqlite:///{place}/var/quarterday.sqlite3") as store:
        first, again = store.submissions()
    assert first.received_at < datetime(2014, 1, 1, tzinfo=UTC) < again.received_at


def test_it_waits_for_no_other_run_and_says_who_is_at_work(place: Path) -> None:
    from pipeline.workspace.lock import held

    (place / "var").mkdir(mode=0o700, exist_ok=True)
    with held(place / "var"):
        result = quarterday("fetch", "-w", place)
    assert result.exit_code == 3
    assert "Another run is at work" in result.stderr
