"""Drafts and issues: what goes out is ruled by the register and by whoever may decide."""

from __future__ import annotations

import csv
import email
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import time_machine
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.store import Ruling
from pipeline.workspace.lock import user
from schemas.deciding import Approver, IssueRule, Request, Weekday
from schemas.model import Gets, Period, Policy, Recipient, Register
from tests.support.accessible_workbooks import DATA_SHEETS
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.council import ENDINGS, REGISTER, Council, care, community
from tests.support.mixed import set_up

CLERK = Recipient("Clerk", "clerk@council.example", (Gets.APPENDIX,))
NEW = Recipient("Someone new", "new@council.example", (Gets.APPENDIX,))
OFFICER = Recipient("Officer", "officer@council.example", (Gets.DRAFT, Gets.DIGEST))
#: Two o'clock in the night after returns were due.
NIGHT = datetime(2013, 5, 1, 2, tzinfo=UTC)
FOLDER = f"outbox/{PERIOD.name}"


def ruled_by(rule: IssueRule, **more: Any) -> Register:
    framework = replace(REGISTER.framework, issue_when=rule, **more)
    return replace(REGISTER, framework=framework, recipients=(CLERK, OFFICER))


APPROVED = ruled_by(IssueRule.APPROVAL)


@pytest.fixture
def clock() -> Iterator[Callable[[float], None]]:
    """Moves the clock to so many days after the first night."""
    with time_machine.travel(NIGHT, tick=False) as traveller:
        yield lambda days: traveller.move_to(NIGHT + timedelta(days))


@pytest.fixture
def council(tmp_path: Path, clock: Callable[[float], None]) -> Council:
    clock(0)
    return Council(tmp_path / "workspace", APPROVED)


def names(council: Council) -> set[str]:
    """The files of the appendix in the outbox, below the folder of their period."""
    place = council.root / FOLDER
    return {
        path.relative_to(place).as_posix()
        for path in place.rglob("*")
        if path.suffix in (".xlsx", ".html", ".csv", ".json", ".txt")
        and "corrections" not in path.parts
    }


def posts(council: Council) -> list[EmailMessage]:
    """Every message that was written, in the order of their files' names."""
    found = []
    for path in sorted((council.root / "outbox").rglob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def sent_to(council: Council, address: str, about: str = "") -> list[str]:
    """The subjects of what went to an address."""
    return [
        str(one["Subject"])
        for one in posts(council)
        if address in str(one["To"]) and about in str(one["Subject"])
    ]


def said(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def digests(council: Council) -> str:
    return " ".join(said(one) for one in posts(council) if "to look at" in str(one["Subject"]))


def status(council: Council) -> Any:
    """Returns of another period are overdue throughout, so a person is always needed."""
    return council.ask("status", code=1)


def code_of(council: Council) -> str:
    """The code of the one draft that waits."""
    (draft,) = status(council)["drafts"]
    return str(draft["code"])


def rulings(council: Council) -> tuple[Ruling, ...]:
    with council.store as store:
        return store.decisions.all(Ruling)


def numbers(council: Council) -> list[int]:
    with council.store as store:
        return [issue.number for issue in store.issues()]


def decide(council: Council, *lines: Request) -> None:
    """Type lines on the sheet Decisions below those that stand there."""
    decisions = (*council.register.decisions, *lines)
    council.rewrite(replace(council.register, decisions=decisions))


def approval(code: str, by: str = "Officer", because: str = "Agreed") -> Request:
    return Request("approve", PERIOD.name, code=code, by=by, on=date(2013, 5, 1), because=because)


# --- A draft -------------------------------------------------------------------------------------


def test_a_night_drafts_for_the_officer_and_the_clerk_sees_nothing_of_it(council: Council) -> None:
    community(council)
    assert "draft" in " ".join(council.night())
    code = code_of(council)
    stem = f"{council.register.framework.appendix} - {PERIOD.name}"
    assert names(council) == {*(f"draft/{stem} - draft{ending}" for ending in ENDINGS)}
    assert sent_to(council, CLERK.email) == []
    (subject,) = sent_to(council, OFFICER.email, "DRAFT")
    assert code in subject
    assert numbers(council) == []


def test_a_draft_says_on_every_sheet_on_its_page_and_in_its_mail_that_it_is_one(
    council: Council,
) -> None:
    community(council)
    council.night()
    code, place = code_of(council), council.root / FOLDER / "draft"
    (workbook,), (page,) = place.glob("*.xlsx"), place.glob("*.html")
    for sheet in load_workbook(workbook):
        if sheet.title in DATA_SHEETS:
            # What stands above the table is printed on each page.
            assert str(sheet.print_title_rows).startswith("$1:")
        else:
            assert f"DRAFT {code}" in str(sheet.oddHeader.left.text)
        cells = [str(cell.value) for row in sheet for cell in row if cell.value]
        assert any(f"Draft {code}: not for publication" in each for each in cells), sheet.title
    assert f"Draft {code}: not for publication" in page.read_text("utf-8")
    (message,) = [one for one in posts(council) if "DRAFT" in str(one["Subject"])]
    assert f"Draft {code}: not for publication" in said(message)
    attached = [part.get_filename() for part in message.iter_attachments()]
    assert [str(name).endswith("- draft.xlsx") for name in attached] == [True]


def test_a_draft_that_changed_has_another_code_and_is_sent_and_an_unchanged_one_is_not(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    first = code_of(council)
    clock(1)
    council.night()
    assert (code_of(council), len(sent_to(council, OFFICER.email, "DRAFT"))) == (first, 1)
    clock(2)
    care(council)
    council.night()
    assert code_of(council) != first
    assert len(sent_to(council, OFFICER.email, "DRAFT")) == 2


def test_drafts_go_out_on_the_days_that_the_register_names(
    council: Council, clock: Callable[[float], None]
) -> None:
    # The first night is one from Tuesday to Wednesday.
    council.rewrite(ruled_by(IssueRule.APPROVAL, draft_days=(Weekday.FRIDAY,)))
    community(council)
    council.night()
    assert sent_to(council, OFFICER.email, "DRAFT") == []
    clock(1)
    council.night()
    assert sent_to(council, OFFICER.email, "DRAFT") == []
    clock(2)
    council.night()
    assert len(sent_to(council, OFFICER.email, "DRAFT")) == 1


@pytest.mark.parametrize("rule", [IssueRule.APPROVAL, IssueRule.CHANGE])
def test_what_no_reader_would_see_makes_no_draft_and_no_issue_and_mails_nobody(
    rule: IssueRule, council: Council, clock: Callable[[float], None]
) -> None:
    council.rewrite(ruled_by(rule))
    community(council)
    care(council)
    council.night()
    before, sent = names(council), len(posts(council))
    register = council.register
    later = Period("2013-14", date(2013, 4, 1), date(2014, 3, 31), date(2014, 4, 30))
    # Without any target the officer would be asked about it.
    goals = tuple(replace(each, period=later.name) for each in register.targets)
    changed = (
        replace(
            register,
            periods=(*register.periods, later),
            targets=(*register.targets, *goals),
        ),
        replace(register, recipients=(*register.recipients, NEW)),
        replace(
            register,
            areas=tuple(replace(one, lead="A new head of service") for one in register.areas),
        ),
        replace(register, framework=replace(register.framework, remind_after=(100,))),
        replace(
            register,
            indicators=tuple(
                replace(one, source="Another system", plausible_maximum=Decimal(10_000))
                if one.ref == "P1-1"
                else one
                for one in register.indicators
            ),
        ),
    )
    for days, other in enumerate(changed, 1):
        clock(days)
        council.rewrite(other)
        council.night()
        assert (names(council), len(posts(council))) == (before, sent), days
    assert numbers(council) == ([1] if rule is IssueRule.CHANGE else [])


def test_the_whole_is_rated_once_enough_is_in(
    council: Council, clock: Callable[[float], None]
) -> None:
    policy = Policy(coverage_from=Decimal("0.75"))
    council.rewrite(ruled_by(IssueRule.CHANGE, policy=policy))
    care(council)
    council.night()
    (first,) = sent_to(council, CLERK.email)
    assert "overall not rated" in first
    clock(1)
    community(council)
    council.night()
    assert "overall amber" in sent_to(council, CLERK.email, "issue 2")[0]


# --- Approving -----------------------------------------------------------------------------------


def test_an_approved_draft_is_issued_under_its_number_and_goes_out_once(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    lines = council.call("approve", PERIOD.name, "--draft", code.lower(), "--because", "Agreed")
    assert lines[0] == f"Draft {code} for {PERIOD.name} is issued as issue 1."
    stem = f"{council.register.framework.appendix} - {PERIOD.name}"
    assert names(council) == {
        *(f"issue 1/{stem}{ending}" for ending in ENDINGS),
        *(f"{stem}{ending}" for ending in ENDINGS),
    }
    assert len(sent_to(council, CLERK.email)) == 1
    assert status(council)["drafts"] == []
    clock(1)
    council.night()
    clock(2)
    council.night()
    assert len(sent_to(council, CLERK.email)) == 1
    (ruling,) = rulings(council)
    assert (ruling.what, ruling.came, ruling.because) == ("approve", user(), "Agreed")


def test_an_approval_of_what_has_changed_since_lapses_and_says_what_did(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    old = code_of(council)
    clock(1)
    community(council, P1_1=4000)
    council.night()
    clock(1.5)
    complaint = council.complaint("approve", PERIOD.name, "--draft", old, "--because", "Agreed")
    assert f"Draft {old} for {PERIOD.name} has lapsed" in complaint
    assert "newly green: Number of incidents" in complaint
    assert code_of(council) in complaint
    assert (numbers(council), sent_to(council, CLERK.email)) == ([], [])
    # It is kept, and answered.
    assert [one.is_done for one in rulings(council)] == [False]
    assert any("not decided" in line and old in line for line in council.call("history"))
    clock(2)
    council.night()
    assert f"Draft {old} for {PERIOD.name} has lapsed" in digests(council)


def test_the_register_approves_once_and_the_digest_answers(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    # The line to copy stands in the digest.
    assert f"approve {PERIOD.name} {code}" in digests(council)
    decide(council, approval(code))
    clock(1)
    council.night()
    assert numbers(council) == [1]
    assert len(sent_to(council, CLERK.email)) == 1
    assert f"Approve {PERIOD.name} {code}, by Officer: Done." in digests(council)
    clock(2)
    care(council)
    council.night()
    # The line still stands there, and is done.
    assert numbers(council) == [1]
    assert len(rulings(council)) == 1
    assert digests(council).count("Done.") == 1


def test_a_return_that_comes_in_the_night_of_the_approval_lapses_it(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    decide(council, approval(code))
    care(council)
    clock(1)
    council.night()
    assert numbers(council) == []
    assert "has lapsed" in digests(council)


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (approval("7KQ2MX"), "No draft for 2012-13 has the code 7KQ2MX"),
        (approval("", because=""), "Say why"),
        (approval("7KQ2MX", by="Somebody"), "Somebody is not on the register's sheet Approvers"),
        (approval("7KQ2MX", by=""), "Say who decided"),
        (Request("aprove", PERIOD.name, by="Officer", because="Yes"), "aprove is nothing that can"),
        (Request("approve", "2019-20", by="Officer", because="Yes"), "2019-20 is not a period"),
        (Request("recall", PERIOD.name, by="Officer", because="Yes"), "Nothing was issued for"),
        (Request("reopen", PERIOD.name, by="Officer", because="Yes"), "is open in the register"),
        (
            Request("accept", PERIOD.name, finding="C05", by="Officer", because="Yes"),
            "No warning C05",
        ),
    ],
)
def test_what_cannot_be_done_is_answered(
    line: Request, answer: str, council: Council, clock: Callable[[float], None]
) -> None:
    council.rewrite(replace(council.register, approvers=(Approver("Officer"),)))
    community(council)
    council.night()
    decide(council, line)
    clock(1)
    council.night()
    (ruling,) = rulings(council)
    assert answer in ruling.answer
    assert (ruling.is_done, numbers(council)) == (False, [])
    assert answer in digests(council)


def test_commands_are_for_the_logins_of_approvers(council: Council) -> None:
    council.rewrite(replace(council.register, approvers=(Approver("Officer", "someone"),)))
    community(council)
    council.night()
    words = ("--draft", code_of(council), "--because", "Agreed")
    assert "is no login of an approver" in council.complaint("approve", PERIOD.name, *words)
    council.rewrite(
        replace(
            council.register,
            approvers=(Approver("Officer", "someone"), Approver("Deputy", user().upper())),
        )
    )
    council.call("approve", PERIOD.name, *words)
    assert numbers(council) == [1]


def test_a_later_issue_needs_an_approval_of_its_own_and_says_what_changed(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Agreed")
    clock(1)
    community(council, P1_1=4000)
    council.night()
    assert (numbers(council), len(sent_to(council, CLERK.email))) == ([1], 1)
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Corrected")
    assert numbers(council) == [1, 2]
    (later,) = [one for one in posts(council) if "issue 2" in str(one["Subject"])]
    assert "Newly green: Number of incidents" in said(later)
    stem = f"{council.register.framework.appendix} - {PERIOD.name}"
    place = council.root / FOLDER
    one, two, now = (
        (place / folder / f"{stem}.xlsx").read_bytes() for folder in ("issue 1", "issue 2", "")
    )
    assert one != two == now


def test_a_warning_is_accepted_by_the_register(
    council: Council, clock: Callable[[float], None]
) -> None:
    before = REGISTER.periods[0]
    council.drop(SAFETY, {"P1-1": 100}, "before.xlsx", before)
    community(council, P1_1=4605)
    council.night()
    (warning,) = status(council)["warnings"]
    line = Request(
        "accept",
        PERIOD.name,
        area=SAFETY.ref,
        finding=warning["finding"]["code"],
        indicator="P1-1",
        by="Officer",
        because="A new way of counting",
    )
    decide(council, line)
    clock(1)
    council.night()
    assert status(council)["warnings"] == []
    assert "is accepted." in digests(council)


def test_the_data_say_whether_they_are_a_drafts_or_an_issues(council: Council) -> None:
    community(council)
    council.night()
    code = code_of(council)

    def editions(folder: str) -> set[str]:
        (path,) = (council.root / FOLDER / folder).glob("*data.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {row["Edition"] for row in csv.DictReader(file)}

    assert editions("draft") == {f"Draft {code}"}
    council.call("approve", PERIOD.name, "--draft", code, "--because", "Agreed")
    assert editions("") == editions("issue 1") == {"Issue 1"}


def test_an_approval_by_command_is_no_night_and_a_lost_nights_reminder_is_made_up_for(
    council: Council, clock: Callable[[float], None]
) -> None:
    framework = replace(council.register.framework, remind_after=(2,))
    council.rewrite(replace(council.register, framework=framework))
    community(council)
    council.night()
    # The reminding day, whose night is lost.
    clock(1.5)
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Agreed")
    clock(2)
    council.night()
    assert len(sent_to(council, CARE.email, "overdue")) == 1


# --- Other rules ---------------------------------------------------------------------------------


def test_when_complete_the_first_issue_is_made_of_all_and_the_next_by_approval(
    council: Council, clock: Callable[[float], None]
) -> None:
    council.rewrite(ruled_by(IssueRule.COMPLETE))
    community(council)
    council.night()
    assert numbers(council) == []
    clock(1)
    care(council)
    council.night()
    assert numbers(council) == [1]
    clock(2)
    community(council, P1_1=4000)
    council.night()
    assert numbers(council) == [1]
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Corrected")
    assert numbers(council) == [1, 2]


def test_on_a_date_the_issue_is_made_that_day_though_nothing_else_is_new(
    council: Council, clock: Callable[[float], None]
) -> None:
    periods = tuple(
        replace(one, issue_on=date(2013, 5, 4)) if one == PERIOD else one
        for one in REGISTER.periods
    )
    council.rewrite(replace(ruled_by(IssueRule.DATE), periods=periods))
    community(council)
    council.night()
    for days, expected in ((1, []), (2, []), (3, [1]), (4, [1])):
        clock(days)
        council.night()
        assert numbers(council) == expected, days
    assert len(sent_to(council, CLERK.email)) == 1


# --- Recalling -----------------------------------------------------------------------------------


def test_a_recalled_issue_is_said_to_be_wrong_and_the_next_says_what_it_replaces(
    council: Council, clock: Callable[[float], None]
) -> None:
    community(council)
    council.night()
    code = code_of(council)
    council.call("approve", PERIOD.name, "--draft", code, "--because", "Agreed")
    called = council.register.framework
    renamed = replace(called, appendix="Annex B", title="How we are doing")
    recipients = (*council.register.recipients, NEW)
    council.rewrite(replace(council.register, recipients=recipients, framework=renamed))
    clock(1)
    council.night()
    clock(1.25)
    why = "P1-1 counts a site twice"
    assert "is not that" in council.complaint(
        "recall", PERIOD.name, "--issue", "7KQ2MX", "--because", why
    )
    council.call("recall", PERIOD.name, "--issue", code, "--because", why)
    (message,) = [one for one in posts(council) if "RECALLED" in str(one["Subject"])]
    assert CLERK.email in str(message["To"])
    assert why in said(message)
    # It names what they have, whatever that is called by now.
    assert called.title in said(message)
    assert renamed.title not in said(message)
    kept = {name for name in names(council) if not name.startswith("draft/")}
    assert {name.partition("/")[0] for name in kept} == {"issue 1 - recalled"}
    note = council.root / FOLDER / "issue 1 - recalled" / "RECALLED.txt"
    assert why in note.read_text("utf-8")
    clock(2)
    council.night()
    assert len(sent_to(council, CLERK.email, "RECALLED")) == 1
    # The officer goes on being told that nothing stands, until another issue does.
    assert "issue 1 was recalled on 2 May 2013. No issue stands." in digests(council)
    community(council, P1_1=4000)
    clock(3)
    council.night()
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Corrected")
    new, *_ = [one for one in posts(council) if "issue 2" in str(one["Subject"])]
    assert "It replaces issue 1, which was recalled on 2 May 2013" in said(new)
    assert (
        "before" in council.complaint("recall", PERIOD.name, "--issue", code, "--because", why)
        or len(numbers(council)) == 2
    )


def test_an_issue_that_is_recalled_while_its_mail_waits_is_not_sent(council: Council) -> None:
    community(council)
    council.night()
    code = code_of(council)
    # A server that is not there.
    sender = "Team <team@council.example>"
    set_up(council.root, section="mail", server="127.0.0.1", port=9, security="none", sender=sender)
    council.call("approve", PERIOD.name, "--draft", code, "--because", "Agreed")
    council.call("recall", PERIOD.name, "--issue", code, "--because", "Wrong", code=0)
    with council.store as store:
        states = {
            one.last.outcome.value if one.last else ""
            for one in store.messages.all()
            if one.kind == "appendix"
        }
    assert states == {"dropped"}


def test_a_replay_agrees_with_drafts_issues_and_decisions(council: Council) -> None:
    community(council)
    council.night()
    council.call("approve", PERIOD.name, "--draft", code_of(council), "--because", "Agreed")
    care(council)
    council.night()
    assert council.ask("replay")["differences"] == []


def test_what_a_draft_suppressed_is_suppressed_in_its_issue(council: Council) -> None:
    council.suppress(5)
    community(council, P2_2=3)
    care(council, P2_2=60)
    council.night()
    code = code_of(council)
    (draft,) = (council.root / FOLDER / "draft").glob("*data.csv")
    before = draft.read_text("utf-8-sig")
    assert "Suppressed" in before
    council.call("approve", PERIOD.name, "--draft", code, "--because", "Agreed")
    (issued,) = (council.root / FOLDER).glob("*data.csv")
    assert issued.read_text("utf-8-sig") == before.replace(f"Draft {code}", "Issue 1")
    assert CARE.ref == "ASC"
