"""By hand: what goes to an area without an address lies in the outbox, once, and is said to."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.model import Gets, Recipient
from tests.support.council import REGISTER, Council, care, community

OFFICER = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Community safety has no address."""
    areas = tuple(replace(a, email="" if a.ref == "CS" else a.email) for a in REGISTER.areas)
    return Council(tmp_path / "council", replace(REGISTER, areas=areas, recipients=(OFFICER,)))


def lying(council: Council) -> dict[str, bytes]:
    """What is to be handed over, by its place under the outbox."""
    outbox = council.root / "outbox"
    return {
        path.relative_to(outbox).as_posix(): path.read_bytes()
        for path in sorted((outbox / "for areas").rglob("*"))
        if path.is_file()
    }


def test_a_receipt_lies_as_a_text_in_the_areas_folder_once(council: Council) -> None:
    community(council)
    care(council)
    council.night()
    council.night()
    ((place, content),) = lying(council).items()
    assert place.startswith("for areas/CS/2012-13/2012-13 receipt ")
    assert place.endswith(".txt")
    text = content.decode()
    assert text.startswith("Return for 2012-13 accepted, late: Community safety.xlsx\n")
    assert "5 indicators from this return." in text
    assert "the register has no e-mail address for the returns of Community safety" in (
        " ".join(text.split())
    )
    mailed = {path.name for path in (council.root / "outbox" / "2012-13" / "mail").iterdir()}
    assert [name for name in mailed if "receipt to" in name] != []


def test_a_correction_says_what_counts_until_then(council: Council) -> None:
    community(council, P1_1="nearly 10")
    council.night()
    (first,) = (text for place, text in lying(council).items() if place.endswith(".txt"))
    assert b"Until yours is in, the appendix shows it as overdue or sent back." in (
        b" ".join(first.split())
    )
    before = {*lying(council)}
    community(council)
    council.night()
    community(council, P1_1="nearly 11").rename(council.place.inbox / "Later.xlsx")
    council.night()
    (later,) = (
        b" ".join(text.split())
        for place, text in lying(council).items()
        if place not in before and b"sent back" in text
    )
    assert b"Until this one is corrected, Community safety.xlsx counts." in later
    assert b"Until yours is in" not in later


def test_a_correction_lies_with_its_copy(council: Council) -> None:
    community(council, P1_1="nearly 10")
    council.night()
    (copy, text) = sorted(lying(council), key=lambda place: place.endswith(".txt"))
    assert Path(copy).suffix == ".xlsx"
    assert load_workbook(council.root / "outbox" / copy).sheetnames[0] == "What to correct"
    (marked,) = (council.root / "outbox" / "2012-13" / "corrections").iterdir()
    kept = lying(council)[copy]
    assert hashlib.sha256(kept).digest() == hashlib.sha256(marked.read_bytes()).digest()
    assert Path(copy).name == marked.name
    assert "nearly 10" in lying(council)[text].decode()


def test_the_status_and_the_digest_say_what_lies_there(council: Council) -> None:
    community(council)
    council.night()
    assert council.ask("status", code=1)["by_hand"] == {"CS": 1}
    folder = council.root / "outbox" / "for areas" / "CS"
    said = f"To be handed over, for want of an address: {folder} (1 message)"
    assert said in council.call("status", code=1)
    (digest,) = (council.root / "outbox" / "mail").glob("*digest*")
    words = " ".join(digest.read_bytes().decode().replace("=\r\n", "").split())
    assert "Community safety: a receipt for Community safety.xlsx. It lies under for" in words


def test_what_was_handed_over_and_moved_is_not_written_again(council: Council) -> None:
    community(council)
    council.night()
    for place in lying(council):
        (council.root / "outbox" / place).unlink()
    care(council)
    council.night()
    assert lying(council) == {}
    assert council.ask("status", code=1)["by_hand"] == {}


def test_once_there_is_an_address_what_comes_is_mailed(council: Council) -> None:
    community(council)
    council.night()
    before = lying(council)
    council.rewrite(replace(council.register, areas=REGISTER.areas))
    community(council, P1_1=4606)
    council.night()
    assert lying(council) == before
    mailed = (council.root / "outbox" / "2012-13" / "mail").glob("*receipt to safety*")
    assert len([*mailed]) == 1


def test_it_lies_there_though_a_mail_server_is_set(council: Council) -> None:
    settings = '[mail]\nsender = "a@council.example"\n[mail.send]\nserver = "127.0.0.1"\nport = 1\n'
    (council.root / "pipeline.toml").write_text(settings, "utf-8")
    community(council)
    council.night()
    assert len(lying(council)) == 1


def test_it_is_forgotten_with_its_return(council: Council) -> None:
    community(council, P1_1="nearly 10")
    council.night()
    assert len(lying(council)) == 2
    council.keep(6)
    council.call("forget")
    assert lying(council) == {}


def test_others_than_the_owner_and_the_group_do_not_see_it(council: Council) -> None:
    community(council)
    council.night()
    assert (council.root / "outbox" / "for areas").stat().st_mode & 0o007 == 0
