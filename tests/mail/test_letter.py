"""What a message says of itself: its sender, what is attached, and who vouches for it."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from pipeline.intake.inbox import is_passed_over
from pipeline.mail.mailbox.letter import (
    Attachment,
    attachments,
    identity_of,
    sender_of,
    shown_sender,
    subject_of,
    why_automatic,
)
from pipeline.mail.mailbox.trust import why_distrusted
from tests.support.mailed import AUTHSERV, XLSX

HR = "hr@council.example"


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("letter") / "return.xlsx"
    Workbook().save(path)
    return path.read_bytes()


def headed(*lines: str | bytes) -> Message:
    """A message of these headers."""
    head = b"\r\n".join(x if isinstance(x, bytes) else x.encode() for x in lines)
    return message_from_bytes(head + b"\r\n\r\ntext\r\n")


def attached(headers: str, content: bytes) -> list[Attachment]:
    """What is found in a message with text and one part of these headers."""
    from base64 import encodebytes

    message = (
        b'From: hr@council.example\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\n"
        + headers.replace("\n", "\r\n").encode("utf-8", "surrogateescape")
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(content)
        + b"\r\n--b--\r\n"
    )
    return list(attachments(message_from_bytes(message)))


# --- From whom -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "hr@council.example",
        "<hr@council.example>",
        "Head of HR <hr@council.example>",
        '"Head, of HR" <hr@council.example>',
        '"hr@council.example" <hr@council.example>',
        "=?utf-8?q?Ren=C3=A9?= <hr@council.example>",
        "Head of HR\r\n <hr@council.example>",
    ],
)
def test_one_plain_address_is_the_sender(written: str) -> None:
    assert sender_of(headed(f"From: {written}")) == HR


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Head of HR",
        "hr@council.example, evil@elsewhere.example",
        "hr@council.example <evil@elsewhere.example>",
        "<hr@council.example> <evil@elsewhere.example>",
        "<evil@elsewhere.example> hr@council.example",
        "group: hr@council.example;",
        "hr@council.example (evil@elsewhere.example)",
        "<@elsewhere.example:hr@council.example>",
        '"unfinished <hr@council.example>',
        "hr@council.example@elsewhere.example",
    ],
)
def test_what_can_be_read_in_two_ways_is_no_sender(written: str) -> None:
    assert sender_of(headed(f"From: {written}")) is None


def test_the_name_beside_an_address_is_not_the_sender() -> None:
    message = headed('From: "hr@council.example" <evil@elsewhere.example>')
    assert sender_of(message) == "evil@elsewhere.example"


def test_two_headers_are_no_sender() -> None:
    assert sender_of(headed(f"From: {HR}", f"FROM: {HR}")) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"Subject: =?utf-8?b?UsOpc3Vtw6k=?=", "Résumé"),
        (b"Subject: R\xc3\xa9sum\xc3\xa9", "Résumé"),
        (b"Subject: R\xe9sum\xe9", "R\ufffdsum\ufffd"),
        (b"Subject: =?nonsense?q?R=E9sum?=", "=?nonsense?q?R=E9sum?="),
        (b"Subject: =?utf-8?b?A?=", "=?utf-8?b?A?="),
        (b"Subject: =?utf-7?q?+2AA-?= half", "? half"),
        (b"Subject: one\r\n\ttwo \x1b[31m\xe2\x80\xae", "one two [31m"),
        (b"Subject: ", "(no subject)"),
        (b"X-None: ", "(no subject)"),
    ],
)
def test_a_subject_is_one_line_that_can_be_shown(written: bytes, shown: str) -> None:
    assert subject_of(headed(written)) == shown


def test_a_long_subject_is_cut() -> None:
    assert len(subject_of(headed("Subject: " + "long " * 200))) < 200


def test_the_sender_of_a_message_that_has_none_is_said() -> None:
    assert shown_sender(headed("X-None: ")) == "(no sender)"
    assert shown_sender(headed("From: a@b, c@d")) == "a@b, c@d"


def test_a_message_without_an_id_is_known_by_who_wrote_it_when_and_about_what() -> None:
    one = ["From: hr@council.example", "Date: Fri, 26 Apr 2013 17:00:00 +0100", "Subject: Return"]
    assert identity_of(headed("Received: a", *one)) == identity_of(headed("Received: b", *one))
    assert identity_of(headed(*one)) != identity_of(headed(*one[:2], "Subject: Another"))


@pytest.mark.parametrize(
    "headers",
    [
        ["Auto-Submitted: auto-replied"],
        ["X-Autoreply: yes"],
        ["Return-Path: <>"],
        ["Content-Type: multipart/report; report-type=delivery-status; boundary=b"],
    ],
)
def test_what_no_person_wrote_is_said_to_be_so(headers: list[str]) -> None:
    assert why_automatic(headed(f"From: {HR}", *headers))


@pytest.mark.parametrize(
    "headers", [[], ["Auto-Submitted: no"], ["Return-Path: <hr@council.example>"]]
)
def test_what_a_person_wrote_is_not(headers: list[str]) -> None:
    assert why_automatic(headed(f"From: {HR}", *headers)) == ""


# --- Attached ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="Return 2012-13 - HR.xlsx"', "Return 2012-13 - HR.xlsx"),
        ("filename=Return.xlsx", "Return.xlsx"),
        ("filename*=utf-8''R%C3%A9sum%C3%A9.xlsx", "Résumé.xlsx"),
        ('filename*0="Return of "; filename*1="HR.xlsx"', "Return of HR.xlsx"),
        ("filename*0*=utf-8''R%C3%A9; filename*1*=turn.xlsx", "Réturn.xlsx"),
        ('filename="=?utf-8?q?R=C3=A9sum=C3=A9.xlsx?="', "Résumé.xlsx"),
        ('filename="=?iso-8859-1?b?UulzdW3pLnhsc3g=?="', "Résumé.xlsx"),
        ('filename="Résumé.xlsx"', "Résumé.xlsx"),
        ('filename="=?nonsense?q?x?="', "=-nonsense-q-x-="),
        ("filename*=nonsense''%FF%F.xlsx", "ÿ%F.xlsx"),
        ('filename="../../../etc/cron.d/job.xlsx"', "job.xlsx"),
        (r'filename="C:\\Users\\hr\\Return.xlsx"', "Return.xlsx"),
        ('filename="a<b>:c|d?*.xlsx"', "a-b--c-d--.xlsx"),
        ('filename=".hidden.xlsx"', "hidden.xlsx"),
        ('filename="~$Return.xlsx"', "Return Return.xlsx.xlsx"),
        ('filename="Return.tmp"', "Return Return.tmp.xlsx"),
        ('filename="Return.xls"', "Return.xls"),
        ('filename=".xlsx"', "xlsx"),
        ('filename=".."', "Return.xlsx"),
        ('filename=""', "Return.xlsx"),
        ("", "Return.xlsx"),
    ],
)
def test_a_workbook_has_a_name_that_is_safe_and_that_intake_looks_at(
    workbook: bytes, written: str, name: str
) -> None:
    disposition = f"attachment; {written}" if written else "attachment"
    (found,) = attached(f"Content-Disposition: {disposition}", workbook)
    assert (found.why, found.content) == ("", workbook)
    assert found.name == name
    assert not is_passed_over(found.name)


def test_a_name_of_three_hundred_letters_is_cut_and_keeps_its_ending(workbook: bytes) -> None:
    for letter in ("x", "é"):
        (found,) = attached(
            f'Content-Disposition: attachment; filename="{letter * 300}.xlsx"', workbook
        )
        assert found.name.endswith(f"{letter}.xlsx")
        assert len(found.name.encode()) <= 200


def test_a_name_may_stand_beside_the_type_alone(workbook: bytes) -> None:
    (found,) = attached(f'Content-Type: application/{XLSX}; name="HR.xlsx"', workbook)
    assert (found.name, found.why) == ("HR.xlsx", "")


@given(name=st.text(max_size=400))
def test_whatever_the_name_the_file_stays_in_its_folder(name: str) -> None:
    message = EmailMessage()
    message.set_content("Hello")
    message.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="x")
    (part,) = message.iter_attachments()
    del part["Content-Disposition"]
    part._headers.append(("Content-Disposition", f'attachment; filename="{name}"'))
    (found,) = attachments(message)
    shown = found.name
    assert "/" not in shown
    assert "\\" not in shown
    assert len(shown.encode()) <= 220
    assert Path(shown).name == shown
    assert shown == shown.strip()


def test_a_workbook_is_known_by_its_content_not_by_its_type(workbook: bytes) -> None:
    headers = 'Content-Type: text/plain; name="a"\nContent-Disposition: attachment; filename="HR"'
    (found,) = attached(headers, workbook)
    assert (found.name, found.why) == ("HR", "")


def test_a_workbook_within_the_text_is_attached_all_the_same(workbook: bytes) -> None:
    (found,) = attached('Content-Disposition: inline; filename="HR.xlsx"', workbook)
    assert found.why == ""


def test_an_encrypted_or_damaged_workbook_is_for_intake_to_judge(workbook: bytes) -> None:
    (found,) = attached('Content-Disposition: attachment; filename="HR.xlsx"', workbook[:900])
    assert found.why == ""


@pytest.mark.parametrize(
    ("headers", "content", "why"),
    [
        ('Content-Disposition: attachment; filename="a.xlsx"', b"%PDF-1.7", "a PDF"),
        ('Content-Disposition: attachment; filename="a.csv"', b"a,b\n1,2\n", "comma-separated"),
        ('Content-Disposition: attachment; filename="a.xlsx"', b"", "empty"),
        ("Content-Type: application/ms-tnef", b'x\x9f>"abc', "Outlook's own wrapping"),
        ('Content-Disposition: attachment; filename="WINMAIL.DAT"', b"abc", "Outlook's own"),
        ('Content-Disposition: attachment; filename="a.png"', b"\x89PNG\r\n\x1a\n", "a picture"),
        ("Content-Disposition: attachment", b"words", "plain text"),
    ],
)
def test_what_is_no_workbook_is_named_and_said_to_be_what_it_is(
    headers: str, content: bytes, why: str
) -> None:
    (found,) = attached(headers, content)
    assert why in found.why


def test_a_workbook_in_a_zip_archive_is_left(workbook: bytes, tmp_path: Path) -> None:
    from zipfile import ZipFile

    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("HR.xlsx", workbook)
    headers = 'Content-Disposition: attachment; filename="a.zip"'
    (found,) = attached(headers, (tmp_path / "a.zip").read_bytes())
    assert "a zip archive with a workbook in it" in found.why


def test_a_forwarded_message_is_left_unopened(workbook: bytes) -> None:
    inner = EmailMessage()
    inner["Subject"] = "Return"
    inner.add_attachment(workbook, maintype="application", subtype=XLSX, filename="HR.xlsx")
    outer = EmailMessage()
    outer.set_content("See below")
    outer.add_attachment(inner)
    (found,) = attachments(message_from_bytes(outer.as_bytes()))
    assert "a message within the message" in found.why


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline",
        'Content-Type: image/png\nContent-ID: <x>\nContent-Disposition: attachment; filename="a"',
        "Content-Type: application/pkcs7-signature; name=smime.p7s",
        (
            'Content-Type: text/plain; name="ATT00001.txt"\n'
            'Content-Disposition: attachment; filename="ATT00001.txt"'
        ),
        "Content-Type: text/html",
        "Content-Type: text/calendar; method=REPLY",
    ],
)
def test_logos_signatures_and_text_are_not_attachments(headers: str) -> None:
    assert attached(headers, b"\x89PNG\r\n\x1a\n") == []


@given(st.binary(max_size=600))
def test_no_bytes_whatever_stop_the_reader_of_senders(content: bytes) -> None:
    message = message_from_bytes(content)
    assert subject_of(message)
    assert shown_sender(message)
    assert isinstance(sender_of(message), str | None)
    assert isinstance(why_distrusted(message, HR, AUTHSERV), str)


# --- Who vouches for it --------------------------------------------------------------------------


def judged(*headers: str, authserv_id: str = AUTHSERV) -> str:
    """Why a message of HR's with these Authentication-Results is not believed."""
    lines = (f"Authentication-Results: {header}" for header in headers)
    return why_distrusted(headed(*lines, f"From: {HR}"), HR, authserv_id)


@pytest.mark.parametrize(
    "header",
    [
        "mx.council.example; dmarc=pass header.from=council.example",
        "MX.Council.Example; dmarc=pass header.from=Council.Example",
        "mx.council.example 1; dmarc=pass (p=reject) header.from=council.example",
        '"mx.council.example"; dmarc=pass header.from="council.example"',
        (
            "mx.council.example;\r\n\tspf=fail smtp.mailfrom=list.example;\r\n\tdmarc=pass"
            " header.from=council.example"
        ),
        "mx.council.example; DMARC = Pass header.from=council.example",
        "mx.council.example (version; dmarc=fail); dmarc/1=pass header.from=council.example",
        # It does not say of whom; another says it.
        "mx.council.example; dmarc=pass; dkim=pass header.d=council.example",
        # Where DMARC has nothing to say, one that vouches for the sender's domain is enough.
        "mx.council.example; dmarc=none; spf=pass smtp.mailfrom=hr@council.example",
        (
            "mx.council.example; spf=fail smtp.mailfrom=x@list.example; "
            "dkim=pass header.d=council.example"
        ),
        "mx.council.example; spf=pass smtp.mailfrom=bounce.council.example",
        "mx.council.example; dkim=pass header.i=@council.example",
        # Nothing is known of a domain that has published nothing.
        "mx.council.example; dmarc=none; spf=none; dkim=none",
        "mx.council.example; none",
    ],
)
def test_what_the_mail_server_has_nothing_against_is_believed(header: str) -> None:
    assert judged(header) == ""


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("mx.council.example; dmarc=fail", "dmarc=fail"),
        ("mx.council.example; dmarc=permerror", "dmarc=permerror"),
        ("mx.council.example; spf=pass smtp.mailfrom=council.example; dmarc=fail", "dmarc=fail"),
        ("mx.council.example; spf=softfail smtp.mailfrom=council.example", "spf=softfail"),
        ("mx.council.example; dmarc=none; dkim=fail header.d=council.example", "dkim=fail"),
        # What could not be found out then is not found out later.
        ("mx.council.example; dmarc=temperror header.from=council.example", "dmarc=temperror"),
        (
            "mx.council.example; dmarc=none; spf=temperror smtp.mailfrom=council.example",
            "spf=temperror",
        ),
        # Evil vouches for itself.
        ("mx.council.example; dmarc=pass header.from=evil.example", "sent by evil.example"),
        (
            "mx.council.example; dmarc=pass header.from=council.example.evil.example",
            "council.example.evil.example",
        ),
        ("mx.council.example; dmarc=pass", "not said to be of council.example"),
        ("mx.council.example; spf=pass smtp.mailfrom=x@evil.example", "sent by evil.example"),
        ("mx.council.example; dkim=pass header.d=evilcouncil.example", "evilcouncil.example"),
        # A result in brackets or quotes is none.
        ("mx.council.example; spf=fail (sender said; dmarc=pass)", "spf=fail"),
        ('mx.council.example; spf=fail reason="; dmarc=pass"', "spf=fail"),
        ("mx.council.example; spf=fail (a (b) \\) ; dmarc=pass)", "spf=fail"),
        # The name of another server, however it is written.
        ("mx.council.example.evil.example; dmarc=pass", "no Authentication-Results"),
        ("evil.example (mx.council.example); dmarc=pass", "no Authentication-Results"),
        ("dmarc=pass", "no Authentication-Results"),
    ],
)
def test_what_the_mail_server_has_something_against_is_not(header: str, why: str) -> None:
    assert why in judged(header)


def test_of_the_mail_servers_headers_the_topmost_counts() -> None:
    passed = f"{AUTHSERV}; dmarc=pass header.from=council.example"
    failed = f"{AUTHSERV}; dmarc=fail"
    assert judged(passed, failed) == ""
    assert "dmarc=fail" in judged(failed, passed)
    assert "dmarc=fail" in judged("other.example; dmarc=pass", failed, passed)


def test_the_topmost_header_of_any_name_or_none_can_be_believed() -> None:
    passed = "dmarc=pass header.from=council.example; spf=none"
    assert judged(passed, f"{AUTHSERV}; dmarc=fail", authserv_id="*") == ""
    assert "dmarc=fail" in judged("dmarc=fail", f"{AUTHSERV}; dmarc=pass", authserv_id="*")
    assert "dmarc=fail" in judged("x.example; dmarc=fail", "dmarc=pass", authserv_id="*")
    assert "your mail server" in judged(authserv_id="*")


def test_without_a_name_nothing_is_looked_at() -> None:
    assert judged(f"{AUTHSERV}; dmarc=fail", authserv_id="") == ""
