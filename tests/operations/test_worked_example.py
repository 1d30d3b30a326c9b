"""The demonstration ends in the published appendix, row for row."""

from __future__ import annotations

import csv
import hashlib
from decimal import Decimal
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.consolidation.assembly import report_of
from pipeline.consolidation.rating import Colour, NotRated
from pipeline.consolidation.report import Report, ReturnState
from pipeline.job import session
from pipeline.operations.demo import SECOND_NIGHT, Account, run_demo
from pipeline.store import Outcome, Submission
from pipeline.workspace.folder import open_workspace
from tests.support.programs import displayed

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


#: The one that neither way is better of; its source sets no target.
CONTEXTUAL = "P3-2"
INDICATORS = rows("expected_appendix.csv")
ACHIEVEMENTS = rows("expected_achievements.csv")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Account:
    return run_demo(tmp_path_factory.mktemp("demo") / "demo", lambda _what, _done, _of: None)


@pytest.fixture(scope="module")
def sheet(account: Account, tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """The committee sheet as a person sees it."""
    return displayed(account.appendix, tmp_path_factory.mktemp("shown"), sheet=3)


@pytest.fixture(scope="module")
def submissions(account: Account) -> tuple[Submission, ...]:
    with session.store_of(open_workspace(account.workspace)) as store:
        return store.submissions()


@pytest.fixture(scope="module")
def report(account: Account) -> Report:
    workspace = open_workspace(account.workspace)
    with session.looking(workspace, SECOND_NIGHT) as looking:
        return report_of(looking, looking.register.periods[0])


@pytest.mark.parametrize("expected", INDICATORS, ids=lambda row: row["ref"])
def test_each_indicator_is_displayed_with_wording_figures_and_rating(
    sheet: list[list[str]], expected: dict[str, str]
) -> None:
    row = next(r for r in sheet if r[0].split("\n")[0].strip() == expected["indicator"])
    shown = [cell.strip() for cell in row[1:4]]
    assert shown[0] == expected["target"]
    assert shown[1] == expected["performance"]
    rating = "contextual" if expected["ref"] == CONTEXTUAL else expected["rating"]
    assert shown[2].replace("\n", " ").casefold().endswith(rating)


@pytest.mark.outside
def test_each_indicator_stands_under_its_priority_heading(sheet: list[list[str]]) -> None:
    headings = dict.fromkeys(row["priority_heading"] for row in INDICATORS)
    wordings = {row["indicator"]: row["priority_heading"] for row in INDICATORS}
    start = next(n for n, r in enumerate(sheet) if r[0].startswith("Performance indicators"))
    current, found = "", {}
    for row in sheet[start + 1 :]:
        first = row[0].split("\n")[0].strip()
        if first.startswith("Key"):
            break
        if (heading := row[0].strip().removesuffix(" (continued)")) in headings:
            current = heading
        elif first in wordings:
            found[first] = current
    assert found == wordings


@pytest.mark.outside
def test_the_workbook_itself_holds_every_wording_and_figure(account: Account) -> None:
    sheet = load_workbook(account.appendix, rich_text=True)["Appendix 3"]
    cells = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    text = "\n".join("\t".join(row) for row in cells)
    for row in INDICATORS:
        assert row["indicator"] in text
        assert row["priority_heading"] in text
    for achieved in ACHIEVEMENTS:
        assert achieved["achievement"] in text
        assert achieved["priority"] in text


@pytest.mark.outside
def test_the_workbook_holds_no_formula(account: Account) -> None:
    book = load_workbook(account.appendix)
    assert not [
        cell.coordinate for sheet in book for row in sheet for cell in row if cell.data_type == "f"
    ]


@pytest.mark.outside
def test_every_achievement_stands_beneath_its_priority(sheet: list[list[str]]) -> None:
    first = [row[0].strip().removesuffix(" (continued)") for row in sheet]
    priorities = {achieved["priority"] for achieved in ACHIEVEMENTS}
    for achieved in ACHIEVEMENTS:
        at = first.index(f"• {achieved['achievement']}")
        above = next(words for words in reversed(first[:at]) if words in priorities)
        assert above == achieved["priority"]


def test_the_counts_and_the_overall_colour_are_those_of_the_key(report: Report) -> None:
    tally = report.overall
    assert (tally.green, tally.amber, tally.red, tally.not_rated) == (3, 1, 2, 8)
    reasons = [line.rating.not_rated for line in report.lines]
    assert reasons.count(NotRated.NO_TARGET) == 4
    assert reasons.count(NotRated.CONTEXTUAL) == 1
    assert reasons.count(NotRated.NO_DATA) == 3
    assert tally.score is not None
    assert tally.score == Decimal("3.5") / 6
    assert tally.colour is Colour.AMBER
    assert sum(len(section.achievements) for section in report.sections) == len(ACHIEVEMENTS)


def test_the_direction_of_travel_is_taken_from_the_baselines(report: Report) -> None:
    travel = {line.indicator.ref: line.travel for line in report.lines if line.travel}
    assert {ref: t.shown for ref, t in travel.items()} == {
        "P1-4": "▲ Up, better",
        "P2-1": "▲ Up, worse",
        "P6-1": "▲ Up, better",
    }


def test_one_return_is_sent_back_with_six_kinds_of_mistake(
    submissions: tuple[Submission, ...],
) -> None:
    (rejected,) = [s for s in submissions if s.outcome is Outcome.REJECTED]
    assert rejected.area == "SAF"
    assert sorted(f.code for f in rejected.findings) == ["C08", "C10", "C11", "V01", "V02", "V04"]
    assert all(finding.cell for finding in rejected.findings)


def test_the_correction_copy_comments_each_bad_cell(
    account: Account, submissions: tuple[Submission, ...]
) -> None:
    (rejected,) = [s for s in submissions if s.outcome is Outcome.REJECTED]
    book = load_workbook(account.correction)
    for finding in rejected.findings:
        comment = book[finding.sheet][finding.cell].comment
        assert comment is not None
        assert finding.fix in comment.text


def test_a_duplicate_a_supersession_and_late_returns_are_told_apart(
    submissions: tuple[Submission, ...], report: Report
) -> None:
    (duplicate,) = [s for s in submissions if s.outcome is Outcome.DUPLICATE]
    assert [f.code for f in duplicate.findings] == ["F08"]
    states = {r.area.ref: (r.state, r.superseded) for r in report.returns}
    # What came in time and is put right later is not late.
    assert states["ASC"] == (ReturnState.RECEIVED, 1)
    assert states["PI"] == (ReturnState.LATE, 0)
    assert states["HR"] == (ReturnState.RECEIVED, 0)


def test_every_file_is_kept_byte_for_byte(
    account: Account, submissions: tuple[Submission, ...]
) -> None:
    workspace = open_workspace(account.workspace)
    kept = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in workspace.archive.glob("??/*")
        if path.is_file()
    }
    assert kept == {s.sha256 for s in submissions}
    assert not [path for path in workspace.inbox.iterdir() if path.suffix == ".xlsx"]


def test_the_clerk_is_sent_what_the_officer_approved_and_the_officer_each_draft(
    account: Account,
) -> None:
    paths = (account.appendix.parent / "mail").glob("*.eml")
    messages = [BytesParser(policy=policy.default).parsebytes(p.read_bytes()) for p in paths]
    brought = [m for m in messages if "overall" in str(m["Subject"])]
    told = {
        (m["To"].addresses[0].addr_spec.partition("@")[0], str(m["Subject"]).startswith("DRAFT"))
        for m in brought
    }
    assert told == {("democratic.services", False), ("performance.officer", True)}
    assert len(brought) == 3
    attached = [part.get_content() for m in brought for part in m.iter_attachments()]
    assert account.appendix.read_bytes() in attached


def test_the_data_holds_each_figure_with_its_cell(account: Account) -> None:
    data = account.appendix.with_name(f"{account.appendix.stem} data.csv")
    with data.open(encoding="utf-8-sig", newline="") as file:
        found = {row["Ref"]: row for row in csv.DictReader(file)}
    assert found["P2-1"]["Value"] == "4605"
    assert found["P2-1"]["Sheet"] == "Indicators"
    assert len(found["P2-1"]["SHA-256"]) == 64
    assert len(found) == len(INDICATORS)
