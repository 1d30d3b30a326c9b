"""Headers: each on lines that say something, and read back as they were written."""

from __future__ import annotations

from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mail.policy import POLICY, subject_header

LONG_NAME = "Return_of_Adult_Social_Care_and_Public_Health_for_2012-13_final_version_2.xlsx"
#: Words as names of files have them, and what has a meaning in headers.
WORDS = st.lists(
    st.text(st.sampled_from('xy0é日😀-_=?.,:;()<>@"\\'), min_size=1, max_size=120),
    min_size=1,
    max_size=6,
).map(" ".join)


def written(**headers: object) -> bytes:
    message = EmailMessage(policy=POLICY)
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return message.as_bytes()


def lines_of(content: bytes) -> list[bytes]:
    return content.partition(b"\r\n\r\n")[0].split(b"\r\n")


def says_something(line: bytes) -> bool:
    return bool(line.strip()) and not line.rstrip().endswith(b":")


@pytest.mark.parametrize("subject", [LONG_NAME[:70], f"=?utf-8?q?x?={'x' * 70}", "é" * 200])
def test_a_subject_begins_on_its_first_line_however_long_its_first_word(subject: str) -> None:
    lines = lines_of(written(Subject=subject_header(subject)))
    assert len(lines[0]) > len("Subject: ")
    assert all(map(says_something, lines))


@given(WORDS)
def test_a_subject_of_any_words_is_read_as_it_stands_and_no_line_of_it_is_empty(
    subject: str,
) -> None:
    content = written(Subject=subject_header(subject))
    assert message_from_bytes(content, policy=default)["Subject"] == subject
    lines = lines_of(content)
    assert lines[0].startswith(b"Subject: ")
    assert all(line.strip() and len(line) <= 78 and line.isascii() for line in lines)
    assert lines[0].strip() != b"Subject:"


@given(st.lists(WORDS, min_size=1, max_size=3))
def test_several_addresses_stay_so_many_whatever_they_are_called(names: list[str]) -> None:
    addresses = [
        Address(display_name=name, addr_spec=f"{'office' * number}@council.example")
        for number, name in enumerate(names, 1)
    ]
    content = written(Reply_To=addresses, To=addresses[0])
    parsed = message_from_bytes(content, policy=default)["Reply-To"]
    assert [a.addr_spec for a in parsed.addresses] == [a.addr_spec for a in addresses]
    assert all(line.strip() and len(line) <= 78 and line.isascii() for line in lines_of(content))


def test_a_name_that_is_short_is_written_as_people_would() -> None:
    addresses = [
        Address(display_name="Performance officer", addr_spec="po@council.example"),
        Address(display_name="Performance, deputy", addr_spec="deputy@council.example"),
        Address(addr_spec="team@council.example"),
    ]
    assert lines_of(written(Reply_To=addresses))[:2] == [
        b'Reply-To: Performance officer <po@council.example>, "Performance, deputy"',
        b" <deputy@council.example>, team@council.example",
    ]


def test_what_was_read_is_written_as_it_was() -> None:
    name, domain = "Comité des services à la personne " * 3, ".".join(["performance"] * 9)
    content = written(To=Address(display_name=name.strip(), addr_spec=f"clerk@{domain}.example"))
    assert message_from_bytes(content, policy=POLICY).as_bytes() == content
