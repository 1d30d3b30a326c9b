"""Mail: composed for people, written once, and safe whatever the register or a return holds."""

from __future__ import annotations

import email
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.editions import issue_of
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import NotRated, Rating
from pipeline.consolidation.report import Edition, Line, Report, ReturnReceived, ReturnState
from pipeline.mail.messages import Message, Office, appendix_messages
from pipeline.mail.messages.areas import correction_message
from pipeline.outputs.wording import gap_shown
from pipeline.workspace.errors import RegisterError, SettingsError
from schemas.findings import Finding, Severity
from schemas.merge_rules import MergeRule
from schemas.model import (
    Colour,
    Gets,
    Indicator,
    Kind,
    Operator,
    Polarity,
    Recipient,
    ServiceArea,
    Target,
)
from schemas.units import Unit
from tests.outputs.test_page import Outline
from tests.support.browser import look
from tests.support.builders import sent_back
from tests.support.report_fixture import PERIOD, demanding, worked_example

SENDER = "Quarterday <quarterday@council.example>"
COMMITTEE = Recipient("Committee services", "committee-services@council.example")
OFFICER = Recipient("Performance officer", "po@council.example", (Gets.APPENDIX, Gets.DIGEST))
DIRECTOR = Recipient("Director", "director@council.example", (Gets.DIGEST,))
AREA = ServiceArea("SAFE", "Community safety", "Head of service", "safety@council.example")
SENT_AT = datetime(2013, 4, 24, 9, 15, tzinfo=UTC)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HOSTILE = "Ann\r\nBcc: thief@evil.example\r\n\r\n<script>x</script>\u202e\u2066\x00 =1+1\ud800"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "Appendix 3 2012-13.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Appendix").write_string(0, 0, "Delivering fair and responsive services")
    return path


def to(report: Report, *recipients: Recipient) -> Report:
    return replace(report, register=replace(report.register, recipients=recipients))


def read_back(message: Message) -> EmailMessage:
    """The message as a mail program sees it: parsed from its bytes."""
    parsed = email.message_from_bytes(message.email.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    text = part.get_content()
    assert isinstance(text, str)
    return text


def one_line(text: str) -> str:
    return " ".join(text.split())


def found(
    cell: str, problem: str, severity: Severity = Severity.ERROR, sheet: str = "Indicators"
) -> Finding:
    return Finding("V01", severity, sheet, cell, "0.62", problem, f"Put {cell or sheet} right.")


def correction(
    workbook: Path,
    findings: Sequence[Finding],
    *,
    area: ServiceArea = AREA,
    filename: str = "safety.xlsx",
    sent_at: datetime = SENT_AT,
) -> Message | None:
    sent = sent_back(filename, findings, sent_at)
    return correction_message(area, PERIOD, sent, workbook, office=Office(SENDER))


# --- The appendix --------------------------------------------------------------------------------


def test_each_recipient_of_the_appendix_gets_one_message_and_nobody_else(workbook: Path) -> None:
    again = replace(COMMITTEE, email="Committee-Services@council.example")
    report = to(worked_example(), COMMITTEE, DIRECTOR, OFFICER, again)
    messages = [*appendix_messages(report, workbook, office=Office(SENDER))]
    assert [m.to for m in messages] == [COMMITTEE.email, OFFICER.email]


def test_a_register_without_recipients_sends_nothing(workbook: Path) -> None:
    assert [*appendix_messages(worked_example(), workbook, office=Office(SENDER))] == []


def test_the_headers_say_who_what_and_when(workbook: Path) -> None:
    report = to(worked_example(), COMMITTEE)
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    parsed = read_back(message)
    assert parsed["Subject"] == "Appendix 3, 2012-13: overall amber, 2 red" == message.subject
    assert parsed["From"] == SENDER
    assert parsed["To"] == "Committee services <committee-services@council.example>"
    assert parsed["Message-ID"] == message.message_id
    assert parsed["Date"].datetime == report.issued_at
    assert parsed["Auto-Submitted"] == "auto-generated"


def test_the_workbook_arrives_byte_for_byte_under_its_own_name(workbook: Path) -> None:
    (message,) = appendix_messages(to(worked_example(), COMMITTEE), workbook, office=Office(SENDER))
    (attached,) = read_back(message).iter_attachments()
    content = attached.get_content()
    assert attached.get_content_type() == XLSX
    assert attached.get_filename() == "Appendix 3 2012-13.xlsx"
    assert content == workbook.read_bytes()
    assert load_workbook(BytesIO(content))["Appendix"]["A1"].value


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_both_bodies_hold_the_result_what_is_red_and_where_the_rest_is(
    workbook: Path, subtype: str
) -> None:
    (message,) = appendix_messages(to(worked_example(), COMMITTEE), workbook, office=Office(SENDER))
    text = body(read_back(message), subtype)
    said = Outline(text).text if subtype == "html" else one_line(text)
    for words in (
        "14 indicators: 3 green, 1 amber, 2 red, 8 not rated.",
        "Number of incidents of domestic abuse 4248 (2011/12)",
        "8.4% above the target (357)",
        "To complete 20% of carers' assessment of needs during 2012 – 2013",
        "50% below the target (10 percentage points)",
        "Nobody: every service area has returned its figures.",
        "The rest is in the attached workbook, Appendix 3 2012-13.xlsx: every indicator",
        "the returns of 5 of 5 service areas",
    ):
        assert words in said
    assert "66%" not in said  # Of what is amber.


def crowded() -> Report:
    """120 indicators, half of them red with long texts, and 30 areas that are overdue."""
    report = worked_example()
    red = next(line for line in report.lines if line.rating.colour is Colour.RED)
    long = "Cases rose because a duty came into force, and two posts could not be filled. " * 15

    def line(number: int) -> Line:
        other = report.lines[number % len(report.lines)]
        found = replace(red, commentary=(f"C{number} {long}",), actions=(f"A{number} {long}",))
        made = found if number % 2 else replace(other, commentary=(long,))
        wording = f"W{number} {made.indicator.wording} in all parts of the borough" * 4
        indicator = replace(made.indicator, ref=f"X-{number}", wording=wording)
        return replace(made, indicator=indicator)

    lines = [line(number) for number in range(120)]
    sections = tuple(
        replace(report.sections[0], lines=tuple(lines[at : at + 10])) for at in range(0, 120, 10)
    )
    areas = [replace(AREA, name=f"{AREA.name} and public health {n}") for n in range(1, 31)]
    returns = tuple(ReturnReceived(area, ReturnState.OVERDUE) for area in areas)
    replaces = "It takes the place of issue 2, which was recalled on 3 May 2013."
    report = replace(report, sections=sections, returns=returns, restates=report.issued_at)
    return to(replace(report, edition=Edition("7KQ2MX", 3, replaces)), COMMITTEE)


def crowded_message(workbook: Path, report: Report) -> Message:
    """What brings it, where each of its indicators was something else before."""
    last = issue_of(report, 1)
    ratings = tuple(replace(each, performance="3", rating="green") for each in last.ratings)
    changes = changes_since(report, replace(last, ratings=ratings, issued_at=SENT_AT))
    (message,) = appendix_messages(report, workbook, office=Office(SENDER), changes=changes)
    return message


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_of_much_the_first_few_are_spelled_out_and_it_is_said_of_how_many(
    workbook: Path, subtype: str
) -> None:
    text = body(read_back(crowded_message(workbook, crowded())), subtype)
    said = Outline(text).text if subtype == "html" else one_line(text)
    lowered = said.lower()
    for words in (
        *("what is red: the first 3 of ", "what changed since last time: the first 3 of 120"),
        *("sent back: the first 3 of 30", "newly red: "),
        *("w1 number of", "reason: c1 cases rose", "action: a1 cases rose", "…"),
        *("health 3: overdue", "issue 3 (7kq2mx)", "restated: the period was closed"),
    ):
        assert words in lowered
    for words in ("C7 ", "A7 ", "public health 4"):
        assert words not in said
    assert len(text.encode()) < 20_000


def test_what_was_restated_stands_in_place_of_what_else_changed(workbook: Path) -> None:
    report = crowded()
    (first, *rest) = report.sections
    mark = "Restated: it was 4,100 when the period was closed on 30 April 2013."
    lines = tuple(replace(line, restated_from="4100", remarks=(mark,)) for line in first.lines)
    reds = sum(line.rating.colour is Colour.RED for line in report.lines)
    report = replace(report, sections=(replace(first, lines=lines), *rest))
    html, plain = (
        body(read_back(crowded_message(workbook, report)), kind) for kind in ("html", "plain")
    )
    for said in (Outline(html).text, one_line(plain)):
        assert "what was restated: the first 3 of 10" in said.lower()
        assert said.count(mark) == 3
        assert "The last issue was on 24 April 2013" in said
        assert f"Newly red: {reds}." in said
        assert "Newly red: W" not in said


@pytest.mark.outside
def test_the_message_fits_a_screen_however_much_there_is_to_say(workbook: Path) -> None:
    html = body(read_back(crowded_message(workbook, crowded())), "html")
    screen = look(html, 900)
    assert screen.height <= 1100
    assert screen.width <= 900
    assert look(html, 400).width <= 400


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_both_bodies_name_who_is_missing_and_who_was_sent_back(
    workbook: Path, subtype: str
) -> None:
    (message,) = appendix_messages(to(demanding(), COMMITTEE), workbook, office=Office(SENDER))
    text = body(read_back(message), subtype)
    said = Outline(text).text if subtype == "html" else one_line(text)
    assert "Housing: sent back for correction, 4 things to correct." in said
    assert "=Finance: overdue, it was due on 31 January 2013." in said
    assert "a later return, A final (2).xlsx, was sent back" in said
    assert "the returns of 1 of 3 service areas" in said
    assert "Replace the street lights" in said
    assert "Milestone: Missed." in said
    assert "Every service area has" not in said


def test_a_report_without_reds_says_so(workbook: Path) -> None:
    report = to(worked_example(), COMMITTEE)
    section = report.sections[3]
    report = replace(report, sections=(section,), overall=section.tally)
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    assert message.subject == "Appendix 3, 2012-13: overall green, 0 red"
    assert "No indicator is red." in body(read_back(message), "plain")


def test_the_html_body_is_well_formed_with_inline_styles_and_fetches_nothing(
    workbook: Path,
) -> None:
    report = to(demanding(), COMMITTEE)
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    outline = Outline(body(read_back(message), "html"))
    assert not {"script", "style", "link", "img", "a"} & {tag for tag, _ in outline.elements}
    assert {table.get("role") for table in outline.all("table")} == {"presentation"}
    assert len(outline.all("h1")) == 1
    assert outline.all("html") == [{"lang": "en-GB"}]


def test_the_text_body_fits_a_narrow_window(workbook: Path) -> None:
    (message,) = appendix_messages(to(worked_example(), COMMITTEE), workbook, office=Office(SENDER))
    lines = body(read_back(message), "plain").splitlines()
    assert max(map(len, lines)) <= 72


# --- One message, once ---------------------------------------------------------------------------


def test_the_same_issue_gives_the_same_message_byte_for_byte(workbook: Path) -> None:
    report = to(worked_example(), COMMITTEE)
    (first,) = appendix_messages(report, workbook, office=Office(SENDER))
    (second,) = appendix_messages(report, workbook, office=Office(SENDER))
    assert first.message_id == second.message_id
    assert first.email.as_bytes() == second.email.as_bytes()


def test_another_workbook_recipient_or_period_gives_another_message(
    workbook: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.xlsx"
    other.write_bytes(workbook.read_bytes() + b"\0")
    report = to(worked_example(), COMMITTEE, OFFICER)
    later = replace(report, period=replace(PERIOD, name="2013-14"))
    made = [
        *appendix_messages(report, workbook, office=Office(SENDER)),
        *appendix_messages(report, other, office=Office(SENDER)),
        *appendix_messages(later, workbook, office=Office(SENDER)),
    ]
    assert len({m.message_id for m in made}) == len({m.filename for m in made}) == 6


def test_files_are_named_for_people_and_end_their_lines_as_mail_does(workbook: Path) -> None:
    messages = appendix_messages(to(worked_example(), COMMITTEE), workbook, office=Office(SENDER))
    (message,) = messages
    assert message.filename.startswith("2012-13 Appendix 3 to committee-services ")
    assert message.filename.endswith(".eml")
    content = message.email.as_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_a_period_or_appendix_named_like_a_path_stays_in_its_folder(
    workbook: Path, tmp_path: Path
) -> None:
    report = to(worked_example(), COMMITTEE)
    report = replace(report, period=replace(PERIOD, name="../../Q1 2012/13"))
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    assert (tmp_path / message.filename).resolve().parent == tmp_path.resolve()


# --- Hostile text --------------------------------------------------------------------------------


def test_line_breaks_and_controls_in_names_add_no_header_and_no_recipient(workbook: Path) -> None:
    report = to(worked_example(), replace(COMMITTEE, name=HOSTILE))
    framework = replace(report.register.framework, appendix=HOSTILE, council=HOSTILE)
    report = replace(report, register=replace(report.register, framework=framework))
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    parsed = read_back(message)
    assert parsed["Bcc"] is None
    composed = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"}
    assert set(parsed.keys()) == composed | {"MIME-Version", "Content-Type"}
    assert [a.addr_spec for a in parsed["To"].addresses] == [COMMITTEE.email]
    for header in (parsed["Subject"], parsed["To"]):
        assert str(header).isprintable()


def test_markup_and_overrides_in_wordings_are_harmless_in_both_bodies(workbook: Path) -> None:
    report = to(worked_example(), COMMITTEE)
    section = report.sections[1]
    line = section.lines[0]
    line = replace(line, indicator=replace(line.indicator, wording=HOSTILE))
    report = replace(report, sections=(replace(section, lines=(line,)),))
    (message,) = appendix_messages(report, workbook, office=Office(SENDER))
    parsed = read_back(message)
    html, plain = body(parsed, "html"), body(parsed, "plain")
    assert Outline(html).all("script") == []
    assert "<script>x</script> =1+1" in Outline(html).text
    assert "Ann Bcc: thief@evil.example <script>x</script> =1+1" in one_line(plain)
    assert not set(html + plain) & {"\u202e", "\u2066", "\x00", "\ud800"}


@pytest.mark.parametrize(
    "address",
    [
        "a@council.example\r\nBcc: thief@evil.example",
        "a@council.example, thief@evil.example",
        "Name <a@council.example>",
        "nobody",
        "@council.example",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_and_named(workbook: Path, address: str) -> None:
    report = to(worked_example(), replace(COMMITTEE, email=address))
    with pytest.raises(RegisterError, match="of Committee services is not an e-mail address"):
        list(appendix_messages(report, workbook, office=Office(SENDER)))


def test_a_sender_that_is_no_address_is_refused_and_the_setting_named(workbook: Path) -> None:
    report = to(worked_example(), COMMITTEE)
    with pytest.raises(SettingsError, match=r"\[mail\] in pipeline\.toml"):
        list(appendix_messages(report, workbook, office=Office("the council")))


def test_long_names_and_domains_keep_one_message_id_and_one_address(workbook: Path) -> None:
    domain = ".".join(["performance-and-intelligence"] * 6) + ".example"
    recipient = Recipient("Comité des services à la personne " * 5, f"comite@{domain}")
    report = to(worked_example(), recipient)
    (message,) = appendix_messages(report, workbook, office=Office(f"q@{domain}"))
    parsed = read_back(message)
    assert parsed["Message-ID"] == message.message_id
    assert [a.addr_spec for a in parsed["To"].addresses] == [recipient.email]
    assert one_line(parsed["To"].addresses[0].display_name) == one_line(recipient.name)


# --- A return sent back --------------------------------------------------------------------------

FINDINGS = (
    found("H4", "The first cell is wrong."),
    found("H5", "Only a warning.", Severity.WARNING),
    found("I6", "The second cell is wrong."),
    found("J7", "The third cell is wrong."),
    found("", "Nobody has signed off.", sheet="Cover"),
)


@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_correction_counts_everything_and_spells_out_the_three_most_important(
    workbook: Path, subtype: str
) -> None:
    message = correction(workbook, FINDINGS)
    assert message is not None
    text = body(read_back(message), subtype)
    said = Outline(text).text if subtype == "html" else one_line(text)
    assert "Your return was sent back: 4 things to correct" in said
    order = [said.index(place) for place in ("Sheet Cover", "cell H4", "cell I6")]
    assert order == sorted(order)
    assert "The first cell is wrong." in said
    assert "To do: Put H4 right." in said
    assert "The third cell is wrong." not in said
    assert "And 1 more; the first sheet of the attached workbook lists them all." in said
    assert "There is also 1 thing to look at" in said
    assert "Returns for 2012-13 are due by 30 April 2013." in said


def test_a_correction_tells_one_kind_of_mistake_down_a_column_once(workbook: Path) -> None:
    down = [found(f"H{row}", f"Row {row} is wrong.") for row in range(4, 16)]
    message = correction(workbook, (*down, found("C7", "Altered.")))
    assert message is not None
    said = one_line(body(read_back(message), "plain"))
    assert "13 things to correct" in said
    assert "Row 4 is wrong. The same kind of mistake is in H5 to H15." in said
    assert "Altered." in said
    assert "Row 5 is wrong" not in said
    assert "more; the first sheet" not in said


def test_a_correction_goes_to_the_area_with_the_copy_attached(workbook: Path) -> None:
    message = correction(workbook, FINDINGS)
    assert message is not None
    parsed = read_back(message)
    (attached,) = parsed.iter_attachments()
    assert parsed["To"] == "Community safety <safety@council.example>"
    assert parsed["Subject"] == "Return for 2012-13 sent back: 4 things to correct in safety.xlsx"
    assert parsed["Date"].datetime == SENT_AT
    assert attached.get_content() == workbook.read_bytes()


def test_a_single_thing_to_correct_is_not_put_in_the_plural(workbook: Path) -> None:
    message = correction(workbook, FINDINGS[:1])
    assert message is not None
    text = body(read_back(message), "plain")
    assert "Your return was sent back: 1 thing to correct" in text.splitlines()
    assert "more" not in text
    assert "to look at" not in text


def test_to_an_area_without_an_address_a_correction_is_no_mail(workbook: Path) -> None:
    message = correction(workbook, FINDINGS, area=replace(AREA, email=" "))
    assert message is not None
    assert (message.to, message.email["To"]) == ("", None)
    assert message.filename.endswith(".txt")


def test_a_return_with_nothing_but_warnings_is_not_sent_back(workbook: Path) -> None:
    assert correction(workbook, FINDINGS[1:2]) is None


def test_after_the_day_it_is_due_a_correction_says_that_it_was(workbook: Path) -> None:
    message = correction(workbook, FINDINGS, sent_at=datetime(2013, 5, 1, tzinfo=UTC))
    assert message is not None
    assert "were due by 30 April 2013" in one_line(body(read_back(message), "plain"))


def test_a_correction_made_again_is_the_same_message_although_the_copy_is_new(
    workbook: Path,
) -> None:
    first = correction(workbook, FINDINGS)
    workbook.write_bytes(workbook.read_bytes() + b"\0")
    again, other = correction(workbook, FINDINGS), correction(workbook, FINDINGS[:1])
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.message_id == again.message_id != other.message_id


def test_hostile_findings_and_file_names_are_harmless(workbook: Path) -> None:
    hostile = replace(found("H4", HOSTILE), fix=HOSTILE)
    message = correction(workbook, [hostile], filename=f"{HOSTILE}.xlsx")
    assert message is not None
    parsed = read_back(message)
    assert parsed["Bcc"] is None
    assert str(parsed["Subject"]).isprintable()
    assert Outline(body(parsed, "html")).all("script") == []


# --- The gap in words ----------------------------------------------------------------------------


def gap(
    value: str | None,
    target: Target,
    unit: Unit = Unit.COUNT,
    polarity: Polarity = Polarity.HIGHER,
) -> str:
    indicator = Indicator(
        "A1", "P1", "Wording", Kind.MEASURE, unit, 0, polarity, ("SAFE",), MergeRule.SOLE
    )
    figure = None if value is None else Decimal(value)
    merged = Consolidated(indicator, "2012-13", value=figure)
    return gap_shown(Line(indicator, merged, Rating(not_rated=NotRated.NO_DATA), target))


def at(value: str, operator: Operator | None = None) -> Target:
    return Target("A1", "2012-13", operator, Decimal(value))


@pytest.mark.parametrize(
    ("value", "target", "unit", "words"),
    [
        ("64.5", at("66"), Unit.PERCENT, "2.3% below the target (1.5 percentage points)"),
        ("65", at("66"), Unit.PERCENT, "1.5% below the target (1 percentage point)"),
        ("10", at("20"), Unit.PERCENT, "50% below the target (10 percentage points)"),
        ("90000", at("120000"), Unit.CURRENCY, "25% below the target (£30,000)"),
        ("9", at("10"), Unit.DAYS, "10% below the target (1 day)"),
        ("-3", at("0"), Unit.COUNT, "3 below the target"),
        ("-12", at("-10"), Unit.COUNT, "20% below the target (2)"),
        ("94.96", at("100"), Unit.SCORE, "5.04% below the target (5.04)"),
        ("99999999", at("100000000"), Unit.COUNT, "1 below the target"),
        ("3.30", at("3.30", Operator.MORE_THAN), Unit.PERCENT,
         "exactly at the target, which it has to pass"),
    ],
)  # fmt: skip
def test_a_gap_is_said_in_percent_of_the_target_and_in_its_own_unit(
    value: str, target: Target, unit: Unit, words: str
) -> None:
    assert gap(value, target, unit) == words


def test_a_gap_over_a_target_to_stay_under_is_above_it() -> None:
    assert gap("4605", at("4248"), polarity=Polarity.LOWER) == "8.4% above the target (357)"


def test_a_gap_to_a_range_is_to_its_nearer_edge() -> None:
    between = Target("A1", "2012-13", lower=Decimal(10), upper=Decimal(20))
    assert gap("8", between, polarity=Polarity.RANGE) == "20% below the target range (2)"
    assert gap("25", between, polarity=Polarity.RANGE) == "25% above the target range (5)"
    assert gap("15", between, polarity=Polarity.RANGE) == ""


def test_there_is_no_gap_in_target_or_without_a_figure() -> None:
    assert gap("66", at("66")) == ""
    assert gap(None, at("66")) == ""
    assert gap("66", Target("A1", "2012-13")) == ""
