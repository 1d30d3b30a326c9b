"""What a night owes to whom, on real returns: each message once, and what people read in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.mail.compose import compose
from pipeline.mail.due import MailDue
from pipeline.mail.messages import MailKind, Office
from pipeline.mail.messages.digest import Undelivered
from pipeline.operations.worked_example import (
    Entries,
    entries,
    example_register,
    slips,
    write_return,
)
from pipeline.store import Answered
from schemas.model import Gets, Recipient, Register, Status
from tests.outputs.test_page import Outline
from tests.store.test_store import submission
from tests.support.post_office import (
    SENDER,
    Correspondence,
    PostOffice,
    bodies,
    only,
    said,
    sent,
)

_EXAMPLE = example_register()
AREAS = {area.ref: area for area in _EXAMPLE.areas}
#: Children's services have no address.
REGISTER = replace(
    _EXAMPLE,
    framework=replace(_EXAMPLE.framework, remind_before=(7, 1), remind_after=(1, 3)),
    areas=tuple(replace(a, email="" if a.ref == "CHI" else a.email) for a in _EXAMPLE.areas),
    recipients=(
        Recipient("Committee clerk", "clerk@council.example"),
        Recipient("Performance officer", "officer@council.example", (Gets.DIGEST,)),
    ),
)
WEEK_BEFORE, DAY_AFTER_THAT = date(2013, 4, 23), date(2013, 4, 24)
DAY_BEFORE, FIRST_OVERDUE = date(2013, 4, 29), date(2013, 5, 1)
BY_HAND = ("reminder", "")
NIGHT = datetime(2013, 5, 2, 2, tzinfo=UTC)
DIGEST = ("digest", "officer")


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Each area's return; Community safety's with slips, Adult social care's as provisional."""
    folder = tmp_path_factory.mktemp("returns")

    def made(name: str, ref: str, reported: Entries, *, signed: bool = True) -> Path:
        path = folder / f"{name}.xlsx"
        write_return(REGISTER, AREAS[ref], path, reported, signed=signed)
        return path

    provisional = {
        ref: row | {"status": Status.PROVISIONAL.value} for ref, row in entries("ASC").items()
    }
    return {
        **{ref: made(ref, ref, entries(ref)) for ref in AREAS},
        "slips": made("slips", "SAF", slips(), signed=False),
        "provisional": made("provisional", "ASC", provisional),
    }


@pytest.fixture
def office(tmp_path: Path) -> PostOffice:
    made = PostOffice(tmp_path)
    made.take_register(REGISTER)
    return made


def without_reminders(register: Register = REGISTER) -> Register:
    framework = replace(register.framework, remind_before=(), remind_after=())
    return replace(register, framework=framework)


def test_what_is_sent_to_whom_in_the_weeks_around_the_day_returns_are_due(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    found: dict[str, list[tuple[str, str]]] = {}

    def night(day: date) -> None:
        found[f"{day:%d %b}"] = sorted(sent(office.night(day)))

    night(date(2013, 4, 20))
    night(WEEK_BEFORE)
    office.drop(returns["slips"], "safety.xlsx")
    office.drop(returns["ASC"], "care.xlsx")
    night(DAY_AFTER_THAT)
    night(date(2013, 4, 25))
    night(DAY_BEFORE)
    office.drop(returns["HR"], "staff.xlsx")
    office.drop(returns["SAF"], "safety.xlsx")
    night(date(2013, 4, 30))
    # The first of May is lost to an outage: the second of May makes up for it.
    night(date(2013, 5, 2))
    night(date(2013, 5, 3))
    night(date(2013, 5, 4))
    care, safety, staff, analysts = (
        "adult.social.care",
        "community.safety",
        "human.resources",
        "performance",
    )
    expected = {
        "20 Apr": [],
        # Children's services have no address: theirs is handed over, and the digest says so.
        "23 Apr": [
            BY_HAND,
            ("reminder", safety),
            ("reminder", care),
            ("reminder", staff),
            ("reminder", analysts),
            DIGEST,
        ],
        "24 Apr": [
            ("appendix", "clerk"),
            ("receipt", care),
            ("correction", safety),
            DIGEST,
        ],
        "25 Apr": [],
        "29 Apr": [
            BY_HAND,
            ("reminder", safety),
            ("reminder", staff),
            ("reminder", analysts),
            DIGEST,
        ],
        "30 Apr": [("appendix", "clerk"), ("receipt", safety), ("receipt", staff)],
        "02 May": [BY_HAND, ("reminder", analysts), DIGEST],
        "03 May": [BY_HAND, ("reminder", analysts), DIGEST],
        "04 May": [],
    }
    assert found == {day: sorted(messages) for day, messages in expected.items()}


def test_a_night_that_was_cut_off_before_its_messages_is_made_good_by_the_next(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.drop(returns["HR"], "staff.xlsx")
    office.night(DAY_AFTER_THAT, is_cut_off=True)
    kinds = {post.kind for post in office.night(date(2013, 4, 25)).posts}
    assert {MailKind.CORRECTION, MailKind.RECEIPT, MailKind.DIGEST} <= kinds


def test_a_night_whose_messages_were_lost_makes_the_same_messages_again(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.drop(returns["HR"], "staff.xlsx")
    office.night(DAY_AFTER_THAT)
    before = {
        key: post
        for key, post in office.known.items()
        if post.kind not in (MailKind.APPENDIX, MailKind.DIGEST)
    }
    office.known, office.answered = {}, Answered()
    again = {post.message_id: post for post in office.night(DAY_AFTER_THAT).posts}
    assert before
    for key, post in before.items():
        assert again[key].email.as_bytes() == post.email.as_bytes()


def test_a_message_that_is_known_is_not_made_again(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.night(DAY_AFTER_THAT)
    office.answered = Answered()
    assert not any(post.kind is MailKind.CORRECTION for post in office.night(DAY_AFTER_THAT).posts)


# --- To a service area ---------------------------------------------------------------------------


def test_a_receipt_says_what_counts_now_what_it_replaced_and_that_it_was_late(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["provisional"], "care first.xlsx")
    first = only(office.night(DAY_AFTER_THAT), MailKind.RECEIPT)
    assert first.subject == "Return for 2012-13 accepted: care first.xlsx"
    assert "care first.xlsx was received on 24 April 2013" in said(first)
    assert ", in time." in said(first)
    assert "2 indicators and 2 achievements from this return." in said(first)
    assert "Provisional; send the final figures when you have them: * The percentage" in said(first)
    assert "send it again by 30 April 2013; the whole of it replaces this one." in said(first)
    office.drop(returns["ASC"], "care.xlsx")
    second = only(office.night(date(2013, 5, 2)), MailKind.RECEIPT)
    assert second.subject == "Return for 2012-13 accepted: care.xlsx"
    assert "late" not in said(second)
    assert "in time" not in said(second)
    assert "take the place of everything in care first.xlsx, which no longer" in said(second)
    assert "Provisional" not in said(second)
    office.drop(returns["HR"], "staff.xlsx")
    late = only(office.night(date(2013, 5, 3)), MailKind.RECEIPT)
    assert late.subject.startswith("Return for 2012-13 accepted, late: staff.xlsx")
    assert "after the day on which it was due, and is marked as late." in said(late)


def test_a_receipt_plays_back_the_figures_as_they_were_understood(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["SAF"], "safety.xlsx")
    receipt = only(office.night(DAY_AFTER_THAT), MailKind.RECEIPT)
    assert "4 indicators and 3 achievements" in said(receipt)
    assert "Reported as not available: * Impact of domestic abuse" in said(receipt)
    line = "* P2-1 Number of incidents of domestic abuse 4248 (2011/12): 4605 (target 4248), "
    assert line + "Indicators!H5" in said(receipt)
    text, html = bodies(receipt)
    assert "4605" in text
    assert re.search(r">4605<br><span[^>]*>target 4248<", html)
    assert ">Indicators!H5<" in html


def test_a_receipt_says_no_figure_that_is_too_small_to_be_passed_on(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    framework = replace(REGISTER.framework, small_below=5000)
    office.take_register(replace(REGISTER, framework=framework))
    office.drop(returns["SAF"], "safety.xlsx")
    receipt = only(office.night(DAY_AFTER_THAT), MailKind.RECEIPT)
    assert "4248 (2011/12): not shown here (target 4248), Indicators!H5" in said(receipt)
    assert "4605" not in "".join(bodies(receipt))


def test_a_receipt_names_each_warning_with_its_cell_and_what_to_do(
    office: PostOffice, tmp_path: Path
) -> None:
    office.take_register(
        replace(
            REGISTER,
            indicators=tuple(
                replace(i, plausible_maximum=Decimal(100)) if i.ref == "P2-1" else i
                for i in REGISTER.indicators
            ),
        )
    )
    path = tmp_path / "safety.xlsx"
    write_return(REGISTER, AREAS["SAF"], path, entries("SAF"))
    office.drop(path)
    made = office.night(DAY_AFTER_THAT)
    receipt = only(made, MailKind.RECEIPT)
    assert receipt.subject.endswith("safety.xlsx, 1 thing to look at")
    assert "* Sheet Indicators, cell H5 4605 is above 100, the most that is plausible" in said(
        receipt
    )
    assert "The return counts as it is." in said(receipt)
    digest = only(made, MailKind.DIGEST)
    assert "Community safety, 2012-13 (new): safety.xlsx, Sheet Indicators, cell H5" in said(digest)
    # It still waits, and is no news: nothing is sent for it again.
    assert MailKind.DIGEST not in [p.kind for p in office.night(date(2013, 4, 25)).posts]


def test_the_same_file_twice_is_said_to_count_once(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["HR"], "staff.xlsx")
    office.night(DAY_AFTER_THAT)
    office.drop(returns["HR"], "staff copy.xlsx")
    again = only(office.night(date(2013, 4, 25)), MailKind.RECEIPT)
    assert again.subject == "Return for 2012-13 received again: staff copy.xlsx"
    assert "was received before, as staff.xlsx on 24/04/2013. Nothing to do." in said(again)


def test_a_file_that_was_sent_back_and_comes_again_unchanged_is_said_to_need_correction(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.night(DAY_AFTER_THAT)
    office.drop(returns["slips"], "safety.xlsx")
    again = only(office.night(date(2013, 4, 25)), MailKind.RECEIPT)
    assert "It was sent back then, and nothing of it counts." in said(again)
    assert "Nothing to do" not in said(again)


def test_two_returns_of_one_night_are_both_answered_and_the_first_says_what_counts_instead(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["provisional"], "care first.xlsx")
    office.drop(returns["ASC"], "care.xlsx")
    answers = only(office.night(DAY_AFTER_THAT), MailKind.ANSWERS)
    assert answers.subject == "2 answers to what you sent: 2 received"
    assert (answers.period, answers.area, answers.filename[:15]) == (
        *("2012-13", "ASC"),
        "2012-13 answers",
    )
    plain, html = bodies(answers)
    for text in (plain, html):
        assert text.index("care first.xlsx") < text.index("A later return of yours, ")
        assert "which no longer" in " ".join(text.split())
    assert plain.count("You get this because") == html.count("You get this because") == 2
    assert html.count("<title>") == html.count("<body") == html.count('role="main"') == 1
    assert "<title>2 answers to what you sent: 2 received</title>" in html


def test_the_copies_of_one_nights_answers_are_attached_to_one_message(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.drop(returns["SAF"], "safety again.xlsx")
    answers = only(office.night(DAY_AFTER_THAT), MailKind.ANSWERS)
    assert answers.subject == "2 answers to what you sent: 1 sent back and 1 received"
    assert len(answers.attachments) == len([*answers.email.iter_attachments()]) == 1
    assert "1. Return for 2012-13 sent back" in said(answers)


def test_a_restatement_is_said_to_be_one(office: PostOffice, returns: Mapping[str, Path]) -> None:
    office.drop(returns["provisional"], "care first.xlsx")
    office.night(DAY_AFTER_THAT)
    (period,) = REGISTER.periods
    office.take_register(replace(REGISTER, periods=(replace(period, open=False),)))
    office.night(date(2013, 5, 10))
    office.take_register(REGISTER)
    office.drop(returns["ASC"], "care.xlsx")
    receipt = only(office.night(date(2013, 5, 11)), MailKind.RECEIPT)
    assert receipt.subject == "Return for 2012-13 accepted as a restatement: care.xlsx"
    assert "2012-13 had been closed and was opened again for it." in said(receipt)


def test_a_correction_brings_the_copy_that_lies_in_the_outbox(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    correction = only(office.night(DAY_AFTER_THAT), MailKind.CORRECTION)
    (attached,) = correction.email.iter_attachments()
    (copy,) = (office.workspace.outbox_of("2012-13") / "corrections").iterdir()
    assert attached.get_content() == copy.read_bytes()


def test_a_copy_that_comes_back_as_it_went_is_told_so_and_how_much_its_list_holds(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    sent = only(office.night(DAY_AFTER_THAT), MailKind.CORRECTION)
    (attached,) = sent.email.iter_attachments()
    copy = returns["slips"].with_name("copy.xlsx")
    copy.write_bytes(attached.get_content())
    office.drop(copy, "safety.xlsx")
    again = only(office.night(DAY_BEFORE), MailKind.CORRECTION)
    assert "The file is the correction copy as it was sent" in said(again)
    assert "And 6 more;" in said(again)
    assert "Signed off by" not in said(again)


def test_what_is_no_return_at_all_is_answered_to_the_area_in_whose_folder_it_lay(
    office: PostOffice, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.xlsx"
    notes.write_text("Notes of the meeting", "utf-8")
    office.drop(notes, "HR/notes.xlsx")
    correction = only(office.night(DAY_AFTER_THAT), MailKind.CORRECTION)
    assert correction.to == "human.resources@council.example"
    assert correction.subject == "Return sent back: 1 thing to correct in notes.xlsx"
    assert "its content is plain text" in said(correction)
    assert "due by" not in said(correction)


def test_a_reminder_says_what_is_still_to_correct(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["slips"], "safety.xlsx")
    office.night(DAY_AFTER_THAT)
    made = office.night(DAY_BEFORE)
    reminder = only(made, MailKind.REMINDER, "community")
    assert reminder.subject == "Return for 2012-13 due by 30 April 2013"
    assert "are due by 30 April 2013, in 1 day." in said(reminder)
    assert "safety.xlsx was sent back on 24 April 2013: 6 things to correct." in said(reminder)
    assert "Sheet Cover, cell C16 Signed off by is blank on the cover." in said(reminder)
    assert "And 3 more;" in said(reminder)
    plain = only(made, MailKind.REMINDER, "human")
    assert "None of yours has been received." in said(plain)
    late = only(office.night(FIRST_OVERDUE), MailKind.REMINDER, "human")
    assert late.subject == "Return for 2012-13 overdue"
    assert "were due by 30 April 2013, 1 day ago." in said(late)


# --- To the officer ------------------------------------------------------------------------------


def test_the_digest_says_what_needs_a_person_and_what_was_done(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.take_register(without_reminders())
    office.drop(returns["slips"], "safety.xlsx")
    (office.workspace.inbox / "link.xlsx").symlink_to(returns["HR"])
    digest = only(office.night(DAY_AFTER_THAT), MailKind.DIGEST)
    assert digest.subject == "Quarterday, 24 April 2013: 2 things to look at"
    for words in (
        "1 return received in the night, 0 of them accepted. No appendix was issued.",
        "* link.xlsx: a symbolic link, not a file. Moved to quarantine, as",
        "* Community safety, 2012-13: safety.xlsx, 6 things to correct. The area has been told.",
        "- Sheet Cover, cell C16: Signed off by is blank on the cover.",
    ):
        assert words in said(digest)


def test_a_night_that_needed_nobody_sends_no_digest_unless_it_is_asked_for(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.take_register(without_reminders())
    office.drop(returns["HR"], "staff.xlsx")
    assert DIGEST not in sent(office.night(DAY_AFTER_THAT))
    digest = only(office.night(date(2013, 4, 25), always=True), MailKind.DIGEST)
    assert digest.subject == "Quarterday, 25 April 2013: nothing needs you"
    assert "No returns received in the night." in said(digest)
    assert DIGEST not in sent(office.night(date(2013, 4, 25), always=True))


def test_what_stands_is_told_once_and_again_with_whatever_is_new(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.take_register(without_reminders())
    failed = Undelivered("hr@council.example", "Return accepted", "no such user", date(2013, 5, 2))
    assert DIGEST not in sent(office.night(date(2013, 4, 30)))
    overdue = only(office.night(FIRST_OVERDUE), MailKind.DIGEST)
    assert "* Human resources, 2012-13: overdue, it was due on 30 April 2013." in said(overdue)
    assert sent(office.night(date(2013, 5, 2), undelivered=(failed,))) == [DIGEST]
    assert sent(office.night(date(2013, 5, 3), undelivered=(failed,))) == []
    office.drop(returns["slips"], "safety.xlsx")
    digest = only(office.night(date(2013, 5, 4), undelivered=(failed,)), MailKind.DIGEST)
    assert "hr@council.example: Return accepted. no such user" in said(digest)
    assert "Human resources, 2012-13: overdue" in said(digest)


def test_the_digest_names_a_text_of_ones_own_that_has_a_mistake(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.workspace.templates.mkdir()
    (office.workspace.templates / "mail_receipt.txt.j2").write_text("Subject: {{ aera }}", "utf-8")
    office.drop(returns["HR"], "staff.xlsx")
    made: Correspondence = office.night(DAY_AFTER_THAT)
    (mistake,) = made.mistakes
    assert mistake.startswith("mail_receipt.txt.j2, line 1: 'aera' is undefined.")
    assert "mail_receipt.txt.j2, line 1" in said(only(made, MailKind.DIGEST))
    assert "Your return was accepted" in said(only(made, MailKind.RECEIPT))


# --- The appendix --------------------------------------------------------------------------------


def test_the_appendix_says_what_changed_since_the_last_one(
    office: PostOffice, returns: Mapping[str, Path], tmp_path: Path
) -> None:
    office.drop(returns["SAF"], "safety.xlsx")
    first = only(office.night(DAY_AFTER_THAT), MailKind.APPENDIX)
    assert "This is the first issue of the appendix for 2012-13." in said(first)
    changed = entries("SAF")
    changed["P2-1"]["performance"] = 4100.0
    changed["P2-2"]["performance"] = 0.22
    path = tmp_path / "safety.xlsx"
    write_return(REGISTER, AREAS["SAF"], path, changed)
    office.drop(path)
    office.drop(returns["ASC"], "care.xlsx")
    second = only(office.night(date(2013, 4, 25)), MailKind.APPENDIX)
    for text in (said(second), Outline(bodies(second)[1]).text):
        assert "The last issue was on 24 April 2013, 02:00" in text
        groups = ("Newly green", "Newly reported", "Figure changed")
        places = [text.index(group) for group in groups]
        assert places == sorted(places)
        assert "4100, target 4248, ✔ Green" in text
        assert "was 4605, red" in text
        assert "Newly green: 1. Newly reported: " in text
        assert "Figure changed: 1." in text
    assert "Newly red" not in said(second)


def test_what_changes_nothing_that_the_appendix_says_brings_none(
    office: PostOffice, returns: Mapping[str, Path]
) -> None:
    office.drop(returns["SAF"], "safety.xlsx")
    office.night(DAY_AFTER_THAT)
    office.drop(returns["slips"], "safety.xlsx")
    second = office.night(date(2013, 4, 25))
    assert [post for post in second.posts if post.kind is MailKind.APPENDIX] == []


def test_the_answers_of_one_area_are_made_when_those_of_the_one_before_it_were_taken() -> None:
    sent = tuple(
        replace(submission(f"{ref}.xlsx", area=ref), id=number, received_at=NIGHT)
        for number, ref in enumerate(AREAS, 1)
    )
    made: list[str] = []

    class Known:
        """Is asked of each message before it is made."""

        def __contains__(self, message_id: object) -> bool:
            made.append(str(message_id))
            return False

    due = MailDue(NIGHT, submissions=sent, past=sent)
    messages = compose(due, REGISTER, Office(SENDER, known=Known()))
    for many, (ref, message) in enumerate(zip(AREAS, messages, strict=False), 1):
        assert message.area == ref
        assert made[many - 1 :] == [message.message_id]
