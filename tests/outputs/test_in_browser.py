"""The page and every message as a browser shows them, wide and narrow, and without barriers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.approvals import Waiting
from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.editions import issue_of
from pipeline.consolidation.report import Report, ReturnReceived, ReturnState
from pipeline.mail.messages import Message, Office, appendix_messages, digest_messages
from pipeline.mail.messages.areas import (
    Brought,
    correction_message,
    receipt_message,
    reminder_message,
)
from pipeline.mail.messages.digest import (
    Affairs,
    Disagreement,
    NotTaken,
    Overdue,
    Retention,
    SentBack,
    Undelivered,
    Unreachable,
)
from pipeline.mail.reminders import Owed, Reminder
from pipeline.outputs.page import render_page
from pipeline.outputs.understood import Understood
from pipeline.store import Outcome, Submission
from schemas.findings import Finding, Severity
from schemas.model import Gets, Recipient
from tests.support.browser import look
from tests.support.builders import PERIOD, SAFETY, sent_back, small_register
from tests.support.post_office import SENDER, bodies
from tests.support.report_fixture import demanding, worked_example

WIDTHS = (600, 320)
NOW = datetime(2013, 5, 2, 2, tzinfo=UTC)
#: No line can be broken in it but within the word.
LONG = "Return_of_Community_Safety_for_2012-13_final_corrected_version_2_checked.xlsx"
FINDINGS = (
    Finding("C01", Severity.ERROR, "", "", "", "The file is no workbook.", "Send the workbook."),
    Finding("V01", Severity.ERROR, "Indicators", "H4", "0.62", f"{LONG} is no figure.", "Type it."),
    Finding("V02", Severity.WARNING, "Indicators", "H5", "9", "9 is far above 2.", "Check it."),
    Finding("F08", Severity.INFO, "", "", "", f"Received before, as {LONG}.", "Nothing to do."),
)
REPORTS = {"worked example": worked_example, "demanding": demanding}


def the(message: Message | None) -> str:
    assert message is not None
    return bodies(message)[1]


def appendix(report: Report, folder: Path) -> str:
    """The message that brings an appendix, with a change in each of its indicators."""
    workbook = folder / f"{LONG}"
    workbook.write_bytes(b"PK")
    last = issue_of(report, 1)
    ratings = tuple(replace(r, performance="3", rating="green") for r in last.ratings)
    register = replace(report.register, recipients=(Recipient("Clerk", "clerk@council.example"),))
    report = replace(report, register=register)
    changes = changes_since(report, replace(last, ratings=ratings, issued_at=NOW))
    (message,) = appendix_messages(report, workbook, office=Office(SENDER), changes=changes)
    return the(message)


def correction() -> str:
    return the(
        correction_message(
            SAFETY, PERIOD, sent_back(LONG, FINDINGS, NOW), None, office=Office(SENDER)
        )
    )


def receipt(outcome: Outcome) -> str:
    sent = Submission("a" * 64, LONG, NOW, outcome, 1, "", "CS", PERIOD.name, FINDINGS[2:], id=3)
    brought = Brought(
        *(7, 2, ("Number of incidents",), ("Days until a case is closed",)),
        replaces=LONG,
        figures=(
            Understood("P1-1", LONG, "£1,234,567,890.12, provisional", "£120,000", "Sheet1!AB1234"),
            Understood("P1-2", "People helped", "31.5% (63 of 200)", "10% to 15%", f"{LONG}!H5"),
        ),
        more=3,
    )
    return the(receipt_message(SAFETY, PERIOD, sent, brought, office=Office(SENDER)))


def reminder() -> str:
    sent = Submission("a" * 64, LONG, NOW, Outcome.REJECTED, 1, "", "CS", PERIOD.name, FINDINGS)
    back = ReturnReceived(SAFETY, ReturnState.REJECTED, LONG, NOW, errors=2)
    quarter = replace(PERIOD, name="2012-13 Q4", due=date(2013, 5, 9))
    owed = (
        Owed(PERIOD, back, date(2013, 5, 1)),
        Owed(quarter, ReturnReceived(SAFETY, ReturnState.MISSING), date(2013, 5, 2)),
    )
    told = Reminder(SAFETY, owed, date(2013, 5, 2))
    return the(reminder_message(told, {PERIOD.name: sent}, office=Office(SENDER), sent_at=NOW))


def digest() -> str:
    day = NOW.date()
    affairs = Affairs(
        now=NOW,
        received=4,
        accepted=2,
        issued=("2012-13, overall ◆ Amber",),
        sent_back=(SentBack(LONG, SAFETY.name, PERIOD.name, FINDINGS, is_told=False),),
        waiting=(Waiting(PERIOD, SAFETY, LONG, 3, FINDINGS[2], "P1-1"),),
        submissions=frozenset({3}),
        left=(NotTaken(LONG, "open in a program that may still write to it", LONG),),
        disagreements=(Disagreement(PERIOD.name, "People helped", "Care 12%, Safety 13%."),),
        undelivered=(Undelivered("nobody@council.example", LONG, "550 no such user", day),),
        overdue=(Overdue(SAFETY.name, PERIOD.name, "overdue, it was due on 30 April 2013", day),),
        unreachable=(Unreachable(SAFETY.name, f"a receipt for {LONG}", day, "for areas/CS"),),
        retention=Retention(2, "kept for 6 years after the end of the period", day),
        mistakes=("mail_foot.html.j2, line 2: 'telephone' is undefined.",),
    )
    officer = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))
    register = replace(small_register(), recipients=(officer,))
    (message,) = digest_messages(affairs, register, office=Office(SENDER))
    return the(message)


@pytest.fixture(
    params=[
        *(f"{what}, {report}" for what in ("page", "appendix") for report in REPORTS),
        *("correction", "receipt", "receipt again", "reminder", "digest"),
    ]
)
def document(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    what, _, report = request.param.partition(", ")
    match what:
        case "page":
            return render_page(REPORTS[report]())
        case "appendix":
            return appendix(REPORTS[report](), tmp_path)
        case "correction":
            return correction()
        case "receipt":
            return receipt(Outcome.ACCEPTED)
        case "receipt again":
            return receipt(Outcome.DUPLICATE)
        case "reminder":
            return reminder()
    return digest()


@pytest.mark.outside
def test_nothing_has_to_be_scrolled_to_the_side_and_axe_finds_nothing(document: str) -> None:
    for width in WIDTHS:
        seen = look(document, width, with_axe=True)
        assert seen.width <= width
        assert seen.violations == []
        assert seen.passes > 15


@pytest.mark.outside
def test_without_its_styles_a_message_still_fits_a_narrow_window(tmp_path: Path) -> None:
    for document in (appendix(worked_example(), tmp_path), digest()):
        bare = re.sub(r' style="[^"]*"', "", document)
        assert look(bare, 600).width <= 600


@pytest.mark.outside
def test_what_cannot_be_read_or_does_not_fit_would_be_found() -> None:
    spoilt = digest().replace("<h1", '<img src="data:,x"><div style="width:900px">Wide</div><h1')
    spoilt = re.sub(r"color:#454545", "color:#EEEEEE", spoilt)
    seen = look(spoilt, 600, with_axe=True)
    assert seen.width >= 900
    assert {found.split(":")[0] for found in seen.violations} >= {"image-alt", "color-contrast"}
