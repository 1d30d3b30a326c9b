"""The way of an appendix through a real Postfix to the mailboxes of its recipients."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.register.writer import write_register
from schemas.model import Gets, Recipient
from tests.support import command_line
from tests.support.builders import small_register
from tests.support.mixed import copied, set_up
from tests.support.postfix import Postfix, postfix

DOMAIN = "council.example"
NAMES = ("ada", "ben", "gone")
PEOPLE = tuple(Recipient(name, f"{name}@{DOMAIN}", (Gets.APPENDIX,)) for name in NAMES)


@pytest.fixture(scope="module")
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def server(ca: trustme.CA) -> Iterator[Postfix]:
    # Whoever is gone has no mailbox; Adult social care has one.
    with postfix(ca, DOMAIN, ("ada", "ben", "safety", "care")) as running:
        yield running


def quarterday(*words: str | Path) -> tuple[int, str]:
    result = command_line.quarterday(*words)
    return result.exit_code, result.output


@pytest.mark.outside
def test_an_appendix_reaches_the_mailbox_of_each_recipient_once(
    start: Path, tmp_path: Path, server: Postfix, ca: trustme.CA
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    write_register(replace(small_register(), recipients=PEOPLE), workspace / "register.xlsx")
    ca.cert_pem.write_to_path(workspace / "ca.pem")
    set_up(
        workspace,
        section="mail",
        server="localhost",
        port=server.port,
        ca_file="ca.pem",
        sender=f"Performance team <ada@{DOMAIN}>",
    )
    code, said = quarterday("run", "--workspace", workspace)
    assert code == 1
    # Postfix says at once that it has no such mailbox; the others are not kept waiting.
    assert f"mail: appendix to gone@{DOMAIN}: refused (550 5.1.1" in said
    for name in ("ada", "ben"):
        (received,) = server.mailbox(name, expected=1)
        assert received["To"].addresses[0].addr_spec == f"{name}@{DOMAIN}"
        assert received["Subject"].startswith("Appendix 3, 2012-13")
        (attached,) = received.iter_attachments()
        book = load_workbook(io.BytesIO(attached.get_content()))
        assert book.worksheets
    # What stands is answered, and what was sent back, and all others of that night: in one message.
    (answer,) = server.mailbox("safety", expected=1)
    assert "sent back" in answer["Subject"]
    # Once more, by a person too: nothing goes twice.
    quarterday("send", "--workspace", workspace)
    assert "Mail queue is empty" in server.queued()
    assert [len(server.mailbox(name, expected=1)) for name in ("ada", "ben")] == [1, 1]
    assert len(server.mailbox("safety", expected=1)) == 1


@pytest.mark.outside
def test_a_certificate_of_another_authority_gets_nothing(
    start: Path, tmp_path: Path, server: Postfix
) -> None:
    workspace = copied(start, tmp_path / "workspace")
    before = len(server.mailbox("safety", expected=0))
    set_up(
        workspace,
        section="mail",
        server="localhost",
        port=server.port,
        sender=f"ada@{DOMAIN}",
    )
    code, said = quarterday("run", "--workspace", workspace)
    assert code == 1
    assert "has a certificate that cannot be trusted" in said
    assert len(server.mailbox("safety", expected=0)) == before
