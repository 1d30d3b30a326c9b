"""Nights of a council that prints its bands in words of its own, and has a fourth one."""

from __future__ import annotations

import csv
import email
import re
from datetime import date
from decimal import Decimal
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.asking import AskAction, Requirement
from schemas.model import (
    BandRow,
    Colour,
    Gets,
    Indicator,
    Polarity,
    PolicyKind,
    Recipient,
    Register,
    Target,
)
from schemas.units import Unit
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import PERIOD, SAFETY, indicator
from tests.support.council import REGISTER, Council
from tests.support.filled import fill_return

NAME = "Appendix 3 - 2012-13"
WELL_ABOVE, ON_TARGET = "★ Well above", "● On target"
NEAR_TARGET, OFF_TARGET = "◆ Near target", "▲ Off target"
FIRST: dict[str, object] = {"P1-1": "94.9%", "P1-2": "77%", "P1-3": "6%", "P2-4": "21%"}
SECOND: dict[str, object] = {"P1-1": "95%", "P1-2": "76.9%", "P1-3": "8%", "P2-4": "12%"}
#: What is printed of each figure, by its own thresholds or 10% and 5% of its target.
PRINTED = {
    "P1-1": (ON_TARGET, WELL_ABOVE),
    "P1-2": (WELL_ABOVE, ON_TARGET),
    "P1-3": (NEAR_TARGET, OFF_TARGET),
    "P2-4": (OFF_TARGET, ON_TARGET),
}


def percentage(ref: str, wording: str, polarity: Polarity) -> Indicator:
    plain = indicator(ref, wording, areas=("CS",), priority=ref[:2])
    return replace(plain, unit=Unit.PERCENT, decimals=1, polarity=polarity)


def target(ref: str, **figures: int) -> Target:
    return Target(ref, PERIOD.name, **{name: Decimal(each) for name, each in figures.items()})


def register() -> Register:
    framework = REGISTER.framework
    rated = replace(framework.policy, exceeded_by=Decimal(10))
    return replace(
        REGISTER,
        framework=replace(framework, policy=rated),
        indicators=(
            percentage("P1-1", "Calls answered", Polarity.HIGHER),
            percentage("P1-2", "Homes let in time", Polarity.HIGHER),
            percentage("P1-3", "Sickness", Polarity.LOWER),
            percentage("P2-4", "Complaints upheld", Polarity.LOWER),
        ),
        targets=(
            target("P1-1", value=90, green_from=88, red_from=80, exceeded_from=95),
            target("P1-2", value=70),
            target("P1-3", value=5, red_from=8),
            target("P2-4", value=10, green_from=12, red_from=20),
        ),
        bands=(
            BandRow(Colour.EXCEEDED, "Well above"),
            BandRow(Colour.GREEN, "On target", "●", "#4BA673"),
            BandRow(Colour.AMBER, "Near target"),
            BandRow(Colour.RED, "Off target", "▲", "#A51C1C"),
        ),
        recipients=(Recipient("Clerk", "clerk@council.example", tuple(Gets)),),
    )


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Council:
    """After two nights, in the second of which figures changed."""
    council = Council(tmp_path_factory.mktemp("bands") / "council", register())
    for name, figures in (("first.xlsx", FIRST), ("second.xlsx", SECOND)):
        council.drop(SAFETY, figures, name)
        council.night()
    return council


def issue(council: Council, number: int, suffix: str) -> Path:
    return council.place.outbox_of(PERIOD.name) / f"issue {number}" / f"{NAME}{suffix}"


def mail(council: Council, number: int) -> EmailMessage:
    """The message that brought an issue."""
    found = [
        email.message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in council.place.outbox.rglob("*Appendix*.eml")
    ]
    (message,) = [each for each in found if ("issue 2" in each["Subject"]) is (number == 2)]
    return message


def text_of(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    content: str = body.get_content()
    return shown(content) if subtype == "html" else " ".join(content.split())


def shown(markup: str) -> str:
    """The text of a page."""
    found: list[str] = []
    parser = HTMLParser()
    parser.handle_data = found.append  # type: ignore[method-assign] # what a page shows is its data
    parser.feed(markup)
    return " ".join(" ".join(found).split())


@pytest.mark.parametrize("number", [1, 2])
def test_every_form_prints_the_bands_in_the_words_of_the_register(
    council: Council, number: int
) -> None:
    printed = {ref: each[number - 1] for ref, each in PRINTED.items()}
    wording = {each.ref: each.wording for each in council.register.indicators}
    sheet = committee_sheet(load_workbook(issue(council, number, ".xlsx")))
    rows = {
        str(row[0]).split("\n")[0].partition(" – ")[0]: str(row[-1]).split("\n")[0]
        for row in sheet.iter_rows(values_only=True)
        if row[-1]
    }
    page = shown(issue(council, number, ".html").read_text("utf-8"))
    with issue(council, number, " data.csv").open(encoding="utf-8-sig", newline="") as file:
        data = {row["Ref"]: row for row in csv.DictReader(file)}
    assert {ref: row["Indicator rating"] for ref, row in data.items()} == printed
    figures = {ref: row["Indicator performance"] for ref, row in data.items()}
    plain, markup = (text_of(mail(council, number), each) for each in ("plain", "html"))
    for ref, band in printed.items():
        assert rows[wording[ref]] == band
        assert f"{figures[ref]} {band}" in page.partition(f" {wording[ref]} ")[2][:40]
    for said in (plain, markup):
        assert re.search(f"Overall performance:? {NEAR_TARGET if number == 1 else ON_TARGET}", said)
        assert "what is off target" in said.lower()
        assert not {"✔ Green", "✖ Red", "Amber", "★ Exceeded"} & {*re.split("[;.] ", said)}


def test_bands_are_counted_apart_and_in_their_order(council: Council) -> None:
    book = load_workbook(issue(council, 1, ".xlsx"))
    cells = [cell.value for row in book["Summary"].iter_rows() for cell in row if cell.value]
    key = "★ well above, ● on target, ◆ near target, ▲ off target, – not rated"
    assert f"Priorities, and how many of their indicators are {key}" in cells
    assert f"{ON_TARGET}:  1 ★  1 ●  1 ◆" in cells
    assert f"{OFF_TARGET}:  1 ▲" in cells
    (overall,) = [each for each in cells if "score" in str(each)]
    assert overall.startswith(
        "1 well above, 1 on target, 1 near target, 1 off target; score 0.625."
    )
    page = shown(issue(council, 1, ".html").read_text("utf-8"))
    assert "Priority Well above On target Near target Off target Not rated Score Overall" in page
    assert "All priorities 1 1 1 1 0 0.625 ◆ Near target" in page
    counts = "1 well above, 1 on target, 1 near target, 1 off target"
    assert any(str(each).startswith(f"{counts}; score 0.625.\n") for each in cells)
    assert counts in text_of(mail(council, 1), "plain")
    subject = "Appendix 3, 2012-13: overall near target, 1 off target"
    assert mail(council, 1)["Subject"] == subject


def test_each_band_has_its_own_colour_and_an_ink_that_reads_on_it(council: Council) -> None:
    sheet = committee_sheet(load_workbook(issue(council, 1, ".xlsx")))
    looks = {
        cell.value: (cell.fill.fgColor.rgb[2:], cell.font.color.rgb[2:])
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in (WELL_ABOVE, ON_TARGET, NEAR_TARGET, OFF_TARGET)
    }
    assert looks == {
        WELL_ABOVE: ("10246B", "FFFFFF"),
        ON_TARGET: ("4BA673", "000000"),
        NEAR_TARGET: ("F7BA2E", "000000"),
        OFF_TARGET: ("A51C1C", "FFFFFF"),
    }
    styles = issue(council, 1, ".html").read_text("utf-8")
    assert ".exceeded { --fill: #10246B; --on-fill: #FFFFFF; }" in styles
    assert ".green { --fill: #4BA673; --on-fill: #000000; }" in styles


def test_what_turned_from_one_band_to_another_is_told_in_the_registers_words(
    council: Council,
) -> None:
    said = text_of(mail(council, 2), "plain")
    assert (
        "Newly well above: Calls answered 95.0%, target 90%, ★ Well above; was 94.9%, on " in said
    )
    assert (
        "Newly on target: Homes let in time 76.9%, target 70%, ● On target; was 77.0%, well "
        in said
    )
    assert (
        "Newly off target: Sickness 8.0%, target 5%, ▲ Off target; was 6.0%, near target." in said
    )
    assert "WHAT IS OFF TARGET * Sickness Performance 8.0%, target 5%: 60% above the target" in said


def test_the_summary_says_what_changed_as_the_message_does(council: Council) -> None:
    first, second = (
        [
            str(cell.value)
            for row in load_workbook(issue(council, number, ".xlsx"))["Summary"].iter_rows()
            for cell in row
        ]
        for number in (1, 2)
    )
    assert f"This is the first issue of the appendix for {PERIOD.name}." in first
    (told,) = [each for each in second if each.startswith("The last issue was on")]
    assert "Overall was near target then and is on target now." in told
    assert told in text_of(mail(council, 2), "plain")
    assert second.count("Newly on target") == 2
    assert "8.0%, target 5%, ▲ Off target; was 6.0%, near target" in second


def test_the_store_keeps_codes_and_what_is_told_of_it_are_words(council: Council) -> None:
    with council.store as store:
        kept = {each.indicator: each.rating for each in store.issues()[-1].ratings}
        overall = [each.overall for each in store.issues()]
    assert kept == {"P1-1": "exceeded", "P1-2": "green", "P1-3": "red", "P2-4": "green"}
    assert overall == ["amber", "green"]
    told = council.ask("merge", "--period", PERIOD.name)[0]
    assert {each["ref"]: each["rating"]["colour"] for each in told["indicators"]} == kept
    assert (told["overall"]["exceeded"], told["overall"]["green"]) == (1, 2)
    history = council.call("history", "P1-1")
    assert any(line.endswith("95.0%, target 90%, well above") for line in history)
    assert any("last issued: 95.0%, well above," in line for line in council.call("trace", "P1-1"))
    assert any("issue 1, overall near target" in line for line in council.call("history"))


def test_a_register_with_other_words_is_said_to_change_what_is_printed(
    council: Council, tmp_path: Path
) -> None:
    other = Council(tmp_path / "other", replace(council.register, bands=()))
    lines = council.call("register", "diff", str(other.place.register), str(council.place.register))
    said = " ".join(" ".join(lines).split())
    assert "The band green is printed otherwise: green, On target, ●, #4BA673." in said
    assert "the next run makes the appendix anew; no colour changes." in said


def test_what_is_asked_beside_a_figure_and_forecast_is_told_in_the_registers_words(
    tmp_path: Path,
) -> None:
    asking = replace(
        register(),
        framework=replace(
            register().framework,
            policy=replace(register().framework.policy, kind=PolicyKind.IMPROVEMENT),
            ask_action=AskAction.WHERE_RED,
            ask_forecast=Requirement.MAY,
        ),
    )
    council = Council(tmp_path / "council", asking)
    entries: dict[str, dict[str, object]] = {
        ref: {"Performance": figure} for ref, figure in FIRST.items()
    }
    entries["P1-1"]["Year-end forecast"] = "95%"
    entries["P1-2"]["Year-end forecast"] = "77%"
    entries["P1-3"]["Year-end forecast"] = "6%"
    path = council.place.inbox / "first.xlsx"
    fill_return(asking, SAFETY, PERIOD, path, entries)
    prompts = {
        one.prompt for one in load_workbook(path)["Indicators"].data_validations.dataValidation
    }
    assert any("Required where the figure is off target." in str(each) for each in prompts)
    council.night()
    with council.store as store:
        (sent,) = store.submissions()
    assert "P2-4 is off target and needs corrective action." in [
        each.problem for each in sent.findings
    ]
    entries["P2-4"] |= {
        "Corrective action": "A second reader",
        "Action owner": "Head of service",
        "Action date": date(2099, 6, 30),
    }
    fill_return(asking, SAFETY, PERIOD, path, entries)
    council.night()
    sheet = committee_sheet(load_workbook(issue(council, 1, ".xlsx")))
    printed = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    # By thresholds the year before decides nothing, so that a forecast has its band at once.
    for forecast in ("95.0% ★ Well above", "77.0% ★ Well above", "6.0% ◆ Near target"):
        assert f"Forecast for the year: {forecast}" in printed
