"""Nights of a council that prints thousands in groups, or bare, or comes to group them."""

from __future__ import annotations

import csv
import email
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from openpyxl.cell import Cell

from pipeline.store import Submission
from schemas.fields import INDICATORS_SHEET
from schemas.merge_rules import MergeRule
from schemas.model import (
    Gets,
    Period,
    Polarity,
    Recipient,
    Register,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.units import Thousands, Unit
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import CARE, PERIOD, SAFETY, indicator
from tests.support.council import BEFORE, BOTH, REGISTER, Council
from tests.support.filled import fill_in

#: Every figure of the council, and what they differ by, is in the four thousands.
THEN: dict[str, object] = {"P1-1": 4100, "P1-2": 4050, "P1-3": 4001, "P1-4": 4000}
NOW: dict[str, object] = {"P1-1": "4,605", "P1-2": 4700, "P1-3": 4999.5, "P1-4": 4200}
_BARE, _GROUPED = re.compile(r"\b4\d{3}\b"), re.compile(r"\b4,\d{3}\b")


def target(ref: str, period: Period = PERIOD, **figures: object) -> Target:
    of = {name: Decimal(each) if isinstance(each, int) else each for name, each in figures.items()}
    return Target(ref, period.name, **of)


def register(thousands: Thousands) -> Register:
    added = indicator("P1-4", "People helped", areas=BOTH)
    points = Tolerance(Decimal(4000), ToleranceKind.POINTS)
    return replace(
        REGISTER,
        framework=replace(REGISTER.framework, thousands=thousands),
        indicators=(
            indicator("P1-1", "Number of incidents"),
            indicator("P1-2", "Calls taken", plausible_maximum=Decimal(4990)),
            replace(indicator("P1-3", "Days lost", Unit.DAYS, decimals=1), tolerance=points),
            replace(added, merge_rule=MergeRule.SUM, polarity=Polarity.RANGE),
        ),
        targets=(
            target("P1-1", value=4248),
            target("P1-1", BEFORE, value=4248),
            target("P1-2", value=4300, green_from=4400, red_from=4600),
            target("P1-3", value=4500, baseline=4010, baseline_period="2010-11"),
            target("P1-4", lower=4100, upper=4900),
        ),
        recipients=(Recipient("Clerk", "clerk@council.example", tuple(Gets)),),
    )


def at_work(root: Path, thousands: Thousands) -> Council:
    """After nights in which the year before and then the year was issued."""
    council = Council(root, register(thousands))
    for period, figures, helped in ((BEFORE, THEN, 41), (PERIOD, NOW, 0)):
        council.drop(SAFETY, figures, f"safety {period.name}.xlsx", period)
        council.drop(CARE, {"P1-4": helped}, f"care {period.name}.xlsx", period)
        council.night()
    return council


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Council:
    return at_work(tmp_path_factory.mktemp("grouped") / "council", Thousands.GROUPED)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Council:
    return at_work(tmp_path_factory.mktemp("bare") / "council", Thousands.BARE)


@pytest.fixture
def changed(bare: Council, tmp_path: Path) -> Council:
    """The council that printed them bare, once its register groups them."""
    council = Council(Path(shutil.copytree(bare.root, tmp_path / "council")), bare.register)
    council.rewrite(register(Thousands.GROUPED))
    return council


def last_sent(council: Council) -> Submission:
    with council.store as store:
        return store.submissions(PERIOD.name)[-1]


def issue(council: Council, suffix: str, number: int = 1, period: Period = PERIOD) -> Path:
    folder = council.place.outbox_of(period.name) / f"issue {number}"
    return folder / f"Appendix 3 - {period.name}{suffix}"


def cells(path: Path) -> Iterator[Cell]:
    for sheet in load_workbook(path):
        yield from (cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell))


def texts_of(path: Path) -> str:
    """Every text of a workbook, or all that a page shows."""
    if path.suffix == ".xlsx":
        said = (" ".join(str(each.value).split()) for each in cells(path) if each.data_type == "s")
        return "\n".join(said)
    return seen(path.read_text("utf-8"))


def seen(markup: str) -> str:
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_data = found.append  # type: ignore[method-assign] # what a page shows is its data
    parser.feed(markup)
    return " ".join(" ".join(found).split())


def mail(council: Council, period: Period = PERIOD) -> str:
    """The text of the message that brought the appendix, both of its forms."""
    messages = [
        email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=policy.default)
        for path in council.place.outbox.rglob("*Appendix*.eml")
    ]
    (message,) = [each for each in messages if period.name in each["Subject"]]
    plain, markup = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert markup is not None
    return f"{plain.get_content()}\n{seen(markup.get_content())}"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def template(council: Council) -> Path:
    council.call("template", "--period", PERIOD.name)
    (path,) = [each for each in council.place.outbox.rglob("*.xlsx") if SAFETY.name in each.name]
    return path


# --- Grouped -------------------------------------------------------------------------------------


def test_whatever_is_printed_for_people_has_its_thousands_apart(grouped: Council) -> None:
    for said in (
        texts_of(issue(grouped, ".xlsx")),
        texts_of(issue(grouped, ".html")),
        mail(grouped),
    ):
        assert _BARE.findall(said) == []
        assert _GROUPED.search(said)
    sheet = texts_of(issue(grouped, ".xlsx"))
    for said in (
        "was 4,100 (2011-12)",
        "green at 4,400 or below, red at 4,600 or above",
        "4,100 to 4,900",
        "4,000 days",
        "4,010.0 (2010-11)",
    ):
        assert said in sheet
    page = texts_of(issue(grouped, ".html"))
    assert "4,605" in page
    assert "4,248" in page


def test_each_number_of_the_workbook_is_in_the_format_that_shows_it_so(grouped: Council) -> None:
    numbers = [
        (cell.value, cell.number_format)
        for cell in cells(issue(grouped, ".xlsx"))
        if isinstance(cell.value, int | float) and cell.value >= 1_000 and not cell.is_date
    ]
    assert {4605, 4248, 4700, 4999.5, 4100} <= {value for value, _ in numbers}
    for value, code in numbers:
        assert code == ("#,##0.0" if value == 4999.5 or code.endswith(".0") else "#,##0"), value


def test_the_data_have_plain_numbers(grouped: Council) -> None:
    by_ref = {row["Ref"]: row for row in rows(issue(grouped, " indicators.csv"))}
    assert [by_ref[ref]["Value"] for ref in ("P1-1", "P1-3")] == ["4605", "4999.5"]
    assert by_ref["P1-1"]["Target"] == "4248"
    assert by_ref["P1-1"]["Short figure before"] == "4100"
    values = {row["Value"] for row in rows(issue(grouped, " data.csv"))}
    assert "4605" in values
    assert not any("," in each for each in values)


def test_a_template_asks_and_tells_in_the_same_way_and_is_taken_in(
    grouped: Council, tmp_path: Path
) -> None:
    council = Council(Path(shutil.copytree(grouped.root, tmp_path / "council")), grouped.register)
    path = template(council)
    sheet = load_workbook(path)[INDICATORS_SHEET]
    table = [[cell for cell in row if isinstance(cell, Cell)] for row in sheet.iter_rows()]
    heads = next(row for row in table if any(cell.value == "Performance" for cell in row))
    row = next(row for row in table if row[0].value == "P1-1")
    of = {head.value: cell for head, cell in zip(heads, row, strict=False)}
    assert of["Target"].value == "4,248"
    assert of["Last period"].value == "4,100\n(2011-12)"
    assert of["Performance"].number_format == "#,##0"
    entries = {ref: {"Performance": said} for ref, said in (NOW | {"P1-1": 4606}).items()}
    fill_in(Path(shutil.copy(path, council.place.inbox / "again.xlsx")), entries)
    council.night()
    sent = last_sent(council)
    assert (sent.outcome, {each.code for each in sent.findings}) == ("accepted", {"C16"})  # late
    assert "4,606" in texts_of(issue(council, ".html", 2))


@pytest.mark.parametrize(
    ("council", "figure", "most"), [("grouped", "4,995", "4,990"), ("bare", "4995", "4990")]
)
def test_what_is_found_wrong_is_said_with_figures_as_they_are_printed(
    council: str, figure: str, most: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made: Council = request.getfixturevalue(council)
    made = Council(Path(shutil.copytree(made.root, tmp_path / "council")), made.register)
    made.drop(SAFETY, NOW | {"P1-2": 4995}, "again.xlsx")
    made.night()
    (said,) = [f.problem for f in last_sent(made).findings if f.code == "C04"]
    assert figure in said
    assert most in said


# --- Bare, and from bare to grouped --------------------------------------------------------------


def test_a_register_that_does_not_say_prints_as_it_ever_did(bare: Council) -> None:
    book = load_workbook(bare.root / "register.xlsx")["Framework"]
    said = {row[0].value: row[1].value for row in book.iter_rows()}
    assert said["Thousands"] is None
    for printed in (texts_of(issue(bare, ".xlsx")), texts_of(issue(bare, ".html")), mail(bare)):
        assert _GROUPED.findall(printed) == []
        assert _BARE.search(printed)
    sheet = committee_sheet(load_workbook(issue(bare, ".xlsx")))
    codes = {cell.value: cell.number_format for row in sheet for cell in row if cell.value}
    assert [codes[each] for each in (4605, 4248, 4100)] == ["0", "0", "0"]


def test_that_thousands_are_grouped_from_now_on_is_no_changed_figure(changed: Council) -> None:
    changed.night()
    page = texts_of(issue(changed, ".html", 2))
    assert _BARE.findall(page) == []
    assert "Restated" not in page
    book = texts_of(issue(changed, ".xlsx", 2))
    assert "No figure, target or colour has changed since" in book
    assert "was 4,100 (2011-12)" in book


def test_a_template_of_before_is_taken_in_as_it_is(changed: Council, bare: Council) -> None:
    entries = {ref: {"Performance": said} for ref, said in (NOW | {"P1-1": 4606}).items()}
    fill_in(Path(shutil.copy(template(bare), changed.place.inbox / "before.xlsx")), entries)
    changed.night()
    sent = last_sent(changed)
    assert (sent.outcome, {each.code for each in sent.findings}) == ("accepted", {"C16"})  # late
    assert "4,606" in texts_of(issue(changed, ".html", 2))


def test_a_period_that_was_closed_stays_as_it_was_printed(bare: Council, tmp_path: Path) -> None:
    council = Council(Path(shutil.copytree(bare.root, tmp_path / "council")), bare.register)
    council.set_open(BEFORE.name, is_open=False)
    council.night()
    path = issue(council, ".html", 1, BEFORE)
    printed = path.read_bytes()
    path.unlink()
    now = register(Thousands.GROUPED)
    council.rewrite(replace(now, periods=(replace(BEFORE, open=False), PERIOD)))
    council.night()
    assert not issue(council, ".html", 2, BEFORE).exists()
    council.call("appendix", "--period", BEFORE.name)
    assert path.read_bytes() == printed
    assert "4100" in texts_of(path)
    # Beside the figures of a year that groups them, they are grouped too.
    assert "was 4,100 (2011-12)" in texts_of(issue(council, ".xlsx", 2))


def test_a_restatement_by_another_register_marks_no_figure_that_is_only_printed_otherwise(
    bare: Council, tmp_path: Path
) -> None:
    """The register of its time is lost, so that the year is printed by one that groups."""
    council = Council(Path(shutil.copytree(bare.root, tmp_path / "council")), bare.register)
    council.set_open(BEFORE.name, is_open=False)
    council.night()
    for each in (council.place.archive / "registers").iterdir():
        each.unlink()
    now = register(Thousands.GROUPED)
    council.rewrite(replace(now, periods=(replace(BEFORE, open=False), PERIOD)))
    council.drop(SAFETY, THEN | {"P1-2": 4051}, "corrected.xlsx", BEFORE)
    council.night("--reopen", BEFORE.name, "--because", "a count was wrong")
    page = texts_of(issue(council, ".html", 2, BEFORE))
    assert "4,100" in page
    assert re.findall(r"Restated: it stood at [0-9,]+", page) == ["Restated: it stood at 4050"]
