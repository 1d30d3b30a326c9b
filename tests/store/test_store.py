"""The store gives back what was put in, digit for digit, or puts in nothing at all."""

from __future__ import annotations

import os
import sqlite3
import string
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from pipeline.store import (
    REGISTER,
    Approval,
    Closing,
    Contents,
    Forgotten,
    Issue,
    IssuedRating,
    Outcome,
    Reopening,
    Signature,
    Store,
    Submission,
    delivery_key,
    tables,
)
from pipeline.workspace.errors import LockedError, StoreError
from schemas import rules
from schemas.model import MilestoneState, Status
from schemas.observations import Achievement, Observation
from tests.support.builders import decided
from tests.support.postgresql import schema

PERIOD = "2012-13"
D = TypeVar("D", Closing, Reopening, Approval)
RECEIVED = datetime(2013, 4, 30, 23, 59, 59, 123456, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a file, or a schema of its own in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'state' / 'store.sqlite3'}"
    else:
        with schema(request.getfixturevalue("postgresql")) as place:
            yield place


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store(url) as opened:
        yield opened


def submission(
    name: str = "return.xlsx", *, area: str | None = "CS", **other: object
) -> Submission:
    return replace(
        Submission(
            sha256=name.encode().hex().ljust(64, "0")[:64],
            filename=name,
            received_at=RECEIVED,
            outcome=Outcome.ACCEPTED,
            size=12_345,
            register_sha256="f" * 64,
            area=area,
            period=PERIOD,
            delivery=uuid4().hex * 2,
        ),
        **other,
    )


def figure(ref: str = "P1-1", area: str = "CS", value: str = "4605") -> Observation:
    return Observation(
        ref, area, PERIOD, Status.FINAL, value=Decimal(value), sheet="Indicators", cell="H5"
    )


def accept(store: Store, name: str, *observations: Observation, area: str = "CS") -> None:
    store.record([decided(submission(name, area=area), observations)])


# --- What goes in comes out ----------------------------------------------------------------------


def test_every_field_of_a_submission_comes_back(store: Store) -> None:
    findings = (
        rules.TWO_WAYS.found("Indicators", "H6", "0.62", one="62%", other="0.62%"),
        rules.BY_CODE["C15"].found("", "", "", ref="P1-9", wording="Calls ‘answered’ – £, ½, 日本"),
    )
    placed = submission(findings=findings, outcome=Outcome.REJECTED)
    unplaced = submission("letter.xlsx", area=None, period=None, size=5 * 1024**3)
    store.record([decided(placed), decided(unplaced)])
    first, second = store.submissions()
    assert first == replace(placed, id=first.id)
    assert second == replace(unplaced, id=second.id)
    assert (first.errors, first.warnings) == (2, 0)
    assert first.id < second.id


def test_every_field_of_an_observation_comes_back_with_where_it_came_from(store: Store) -> None:
    observations = (
        Observation(
            indicator="P1-1",
            area="CS",
            period=PERIOD,
            status=Status.PROVISIONAL,
            value=Decimal("31.50"),
            numerator=Decimal(63),
            denominator=Decimal(200),
            commentary="=1+1\nA second line, and a tab\there",
            sheet="Indicators 'new'!",
            cell="XFD1048576",
        ),
        Observation("P1-2", "CS", PERIOD, Status.FINAL, state=MilestoneState.AT_RISK),
        Observation("P1-3", "CS", PERIOD, Status.FINAL, narrative="Safer"),
        Observation("P1-4", "CS", PERIOD, Status.FINAL, suppressed=True),
        Observation("P1-5", "CS", PERIOD, Status.NOT_AVAILABLE),
    )
    sent = submission()
    store.record([decided(sent, observations)])
    assert store.observations(PERIOD) == tuple(
        replace(o, submission=sent.sha256, filename=sent.filename, received_at=RECEIVED)
        for o in observations
    )


def test_a_figure_is_written_the_same_alone_and_beside_others_that_say_more(store: Store) -> None:
    full = replace(
        figure("P1-2"),
        numerator=Decimal(0),
        denominator=Decimal("0.0"),
        suppressed=True,
        no_cases=True,
        narrative="Safer",
        commentary="New system",
        state=MilestoneState.AT_RISK,
        forecast=Decimal("5.0"),
    )
    accept(store, "alone.xlsx", figure())
    accept(store, "beside.xlsx", figure(), full)
    alone, beside, _ = store.rows_of("observation")
    assert alone.pop("submission_id") != beside.pop("submission_id")
    assert alone == beside
    assert [*map(type, alone.values())] == [*map(type, beside.values())]


def test_achievements_come_back_in_the_order_of_the_return(store: Store) -> None:
    told = [
        Achievement("P2", "CS", PERIOD, text, "Achievements", "B5")
        for text in ("Zebra crossings", "A website", "£120,000 invested")
    ]
    sent = submission()
    store.record([decided(sent, (), tuple(told))])
    assert store.achievements(PERIOD) == tuple(
        replace(a, submission=sent.sha256, filename=sent.filename, received_at=RECEIVED)
        for a in told
    )


def test_what_stands_is_the_last_accepted_of_each_area_and_period(store: Store) -> None:
    accept(store, "first.xlsx", figure())
    accept(store, "second.xlsx", figure(value="4606"))
    accept(store, "other.xlsx", figure(area="ASC"), area="ASC")
    store.record([decided(submission("back.xlsx", outcome=Outcome.REJECTED))])
    standing = {sent.area: sent for sent in store.current(PERIOD, ["CS", "ASC", "ENV"])}
    assert {area: sent.filename for area, sent in standing.items()} == {
        "CS": "second.xlsx",
        "ASC": "other.xlsx",
    }
    assert standing["CS"].received_at == RECEIVED
    assert [sent.filename for sent in store.current(PERIOD, ["ASC"])] == ["other.xlsx"]


def test_a_delivery_has_a_key_of_its_bytes_folder_name_and_time() -> None:
    late = RECEIVED + timedelta(microseconds=1)
    one = ("a" * 64, None, "return.xlsx", RECEIVED)
    others = (
        ("b" * 64, None, "return.xlsx", RECEIVED),
        ("a" * 64, "CS", "return.xlsx", RECEIVED),
        ("a" * 64, None, "copy.xlsx", RECEIVED),
        ("a" * 64, None, "return.xlsx", late),
    )
    assert len({delivery_key(*each) for each in (one, *others)}) == 5
    elsewhere = RECEIVED.astimezone(timezone(timedelta(hours=5.75)))
    assert delivery_key(*one) == delivery_key("a" * 64, None, "return.xlsx", elsewhere)


def test_a_delivery_that_the_store_holds_is_never_recorded_again(store: Store) -> None:
    sent = submission("return.xlsx")
    store.record([decided(sent)])
    assert store.taken([sent.delivery, "0" * 64]) == {sent.delivery}
    again = replace(sent, outcome=Outcome.DUPLICATE)
    with pytest.raises(LockedError, match="none of them was recorded twice"):
        store.record([decided(submission("other.xlsx")), decided(again)])
    assert [one.filename for one in store.submissions()] == ["return.xlsx"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.decimals(
            allow_nan=False, allow_infinity=False, places=None, min_value="-1e15", max_value="1e15"
        ),
        min_size=1,
        max_size=20,
    )
)
def test_a_decimal_comes_back_digit_for_digit(store: Store, figures: list[Decimal]) -> None:
    observations = [
        replace(figure(f"{number:03}"), value=value) for number, value in enumerate(figures)
    ]
    accept(store, "return.xlsx", *observations)
    back = [o.value for o in store.observations(PERIOD)]
    assert [f"{value:f}" for value in back] == [f"{value:f}" for value in figures]


@pytest.mark.parametrize("hours", [-9, 0, 1, 5.5])
def test_a_moment_comes_back_as_the_same_moment_in_any_time_zone(
    store: Store, hours: float
) -> None:
    there = timezone(timedelta(hours=hours))
    at = datetime(2013, 6, 30, 23, 30, tzinfo=there)
    store.record([decided(submission(received_at=at))])
    store.record_issue(Issue(PERIOD, "c" * 64, at))
    issue = store.last_issue(PERIOD)
    assert issue is not None
    for back in (store.submissions()[0].received_at, issue.issued_at):
        assert back == at
        assert back.utcoffset() == timedelta(0)


def test_text_that_no_database_takes_costs_a_character_and_not_the_night(store: Store) -> None:
    name = os.fsdecode(b"return \xff.xlsx")
    remark = replace(figure(), commentary="before\0after")
    store.record([decided(submission(filename=name), (remark,))])
    assert store.submissions()[0].filename == "return �.xlsx"
    assert store.observations(PERIOD)[0].commentary == "before�after"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_other_text_comes_back_as_it_was(store: Store, text: str) -> None:
    accept(store, "return.xlsx", replace(figure(), commentary=text, narrative=text))
    (back,) = store.observations(PERIOD)
    assert (back.commentary, back.narrative) == (text, text)


def test_a_long_commentary_and_a_long_ref_fit(store: Store) -> None:
    long = string.ascii_letters * 700
    accept(store, "return.xlsx", replace(figure(long[:300]), commentary=long))
    (back,) = store.observations(PERIOD)
    assert (back.indicator, back.commentary) == (long[:300], long)


# --- What stands ---------------------------------------------------------------------------------


def test_the_last_accepted_submission_of_each_area_stands(store: Store) -> None:
    accept(store, "first.xlsx", figure(value="1"), figure("P1-2", value="1"))
    accept(store, "care.xlsx", figure(area="ASC", value="5"), area="ASC")
    accept(store, "second.xlsx", figure(value="2"))
    store.record([decided(submission("bad.xlsx", outcome=Outcome.REJECTED))])
    store.record([decided(submission("second.xlsx", outcome=Outcome.DUPLICATE))])
    assert [(o.indicator, o.area, o.value, o.filename) for o in store.observations(PERIOD)] == [
        ("P1-1", "ASC", 5, "care.xlsx"),
        ("P1-1", "CS", 2, "second.xlsx"),
    ]
    assert len(store.submissions()) == 5


def test_a_submission_stands_for_its_own_period_only(store: Store) -> None:
    accept(store, "this.xlsx", figure(value="2"))
    earlier = submission("last.xlsx", period="2011-12")
    store.record([decided(earlier, (replace(figure(value="1"), period="2011-12"),))])
    assert [o.value for o in store.observations(PERIOD)] == [2]
    assert [s.filename for s in store.submissions("2011-12")] == ["last.xlsx"]
    assert sorted(store.periods()) == ["2011-12", PERIOD]
    assert store.figures("2011-12", ["CS", "ASC"]) == {("2011-12", "P1-1", "CS"): 1}
    assert store.figures(PERIOD, ["CS"]) == {(PERIOD, "P1-1", "CS"): 2}
    assert store.figures(PERIOD, ["ASC"]) == store.figures("1999", ["CS"]) == {}


def test_an_unavailable_figure_takes_the_place_of_an_earlier_one(store: Store) -> None:
    accept(store, "first.xlsx", figure())
    accept(store, "second.xlsx", replace(figure(), value=None, status=Status.NOT_AVAILABLE))
    assert store.figures(PERIOD, ["CS"]) == {}


def test_what_submissions_brought_is_counted_from_a_number_on(store: Store) -> None:
    accept(store, "before.xlsx", figure())
    provisional = replace(figure("P1-2"), status=Status.PROVISIONAL)
    missing = replace(figure("P1-3"), value=None, status=Status.NOT_AVAILABLE)
    without = replace(figure("P1-4"), value=None, no_cases=True)
    accept(store, "a.xlsx", figure(), provisional, missing, without)
    accept(store, "b.xlsx", figure("P1-2"))
    assert store.contents(1) == {
        2: Contents(3, 0, ["P1-2"], ["P1-3"], ["P1-4"]),
        3: Contents(1),
    }


def test_a_file_is_known_by_its_last_outcome_that_is_no_duplicate(store: Store) -> None:
    for outcome in (Outcome.REJECTED, Outcome.ACCEPTED, Outcome.DUPLICATE):
        store.record([decided(submission(outcome=outcome))])
    sha256 = submission().sha256
    known = store.known([sha256, "0" * 64])
    assert {digest: s.outcome for digest, s in known.items()} == {sha256: Outcome.ACCEPTED}


def test_more_files_than_a_statement_has_room_for_can_be_asked_about(store: Store) -> None:
    names = [f"{number}.xlsx" for number in range(1200)]
    store.record([decided(submission(name)) for name in names])
    asked = [submission(name).sha256 for name in names]
    assert len(store.known(asked)) == len(names)


def test_the_last_issue_of_a_period_is_remembered(store: Store) -> None:
    assert store.last_issue(PERIOD) is None
    for number in (1, 2):
        store.record_issue(Issue(PERIOD, str(number) * 64, RECEIVED))
    store.record_issue(Issue("2011-12", "9" * 64, RECEIVED))
    issue = store.last_issue(PERIOD)
    assert issue is not None
    assert issue.content == "2" * 64


# --- All or nothing ------------------------------------------------------------------------------


def test_a_batch_with_one_submission_that_cannot_be_written_leaves_nothing(store: Store) -> None:
    good = decided(submission("good.xlsx"), (figure(),))
    twice = decided(submission("twice.xlsx", area="ASC"), (figure(area="ASC"), figure(area="ASC")))
    with pytest.raises(StoreError):
        store.record([good, twice])
    assert store.submissions() == ()
    assert store.observations(PERIOD) == ()
    store.record([good])
    assert len(store.observations(PERIOD)) == 1


def test_what_was_written_is_there_after_it_was_closed(url: str) -> None:
    with Store(url) as store:
        accept(store, "return.xlsx", figure())
    with Store(url) as store:
        assert len(store.observations(PERIOD)) == 1


def test_nothing_to_record_is_no_mistake(store: Store) -> None:
    store.record([])
    assert store.submissions() == ()


# --- Complaints ----------------------------------------------------------------------------------


def complaint(url: str) -> str:
    with pytest.raises(StoreError) as raised:
        Store(url)
    line = str(raised.value)
    assert "\n" not in line
    assert line.endswith(".")
    return line


def test_a_store_of_another_version_is_left_alone(url: str) -> None:
    Store(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE about SET schema_version = 99"))
    assert "has schema 99" in complaint(url)
    assert "Use the version that made it" in complaint(url)
    with engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT schema_version FROM about")) == 99
    engine.dispose()


def test_a_file_that_is_no_database_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"Dear council, " * 100)
    line = complaint(f"sqlite:///{path}")
    assert str(path) in line
    assert "not a database" in line
    assert path.read_bytes() == b"Dear council, " * 100


def test_a_folder_in_place_of_the_store_is_named_in_one_line(tmp_path: Path) -> None:
    assert str(tmp_path) in complaint(f"sqlite:///{tmp_path}")


def test_a_store_that_is_only_looked_at_is_neither_made_nor_written_to(url: str) -> None:
    assert Store.as_it_is(url) is None
    with Store(url) as made:
        made.record([decided(submission())])
    looked_at = Store.as_it_is(url)
    assert looked_at is not None
    with looked_at:
        assert [sent.filename for sent in looked_at.submissions()] == ["return.xlsx"]
        with pytest.raises(StoreError):
            looked_at.insert("about", [{"schema_version": 1}])


def test_a_store_of_another_version_is_not_looked_at(url: str) -> None:
    Store(url).close()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(tables.about.update().values(schema_version=1))
    engine.dispose()
    with pytest.raises(StoreError, match="has schema 1"):
        Store.as_it_is(url)


def test_another_programs_database_is_named_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE about (colour TEXT)")
    other.close()
    assert "schema_version" in complaint(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["", "no url", "postgresql://host:port/name", "quarterbase://x"])
def test_a_url_that_leads_nowhere_is_one_line(url: str) -> None:
    assert "store.url in pipeline.toml" in complaint(url)


@pytest.mark.parametrize(
    "url", ["mysql://keeper:s3cret@db.example/q", "quarterbase://keeper:s3cret@db.example/q",
            "keeper:s3cret@db.example"]
)  # fmt: skip
def test_a_complaint_never_shows_the_password(url: str) -> None:
    assert "s3cret" not in complaint(url)


def test_a_store_whose_driver_is_missing_says_which_package_to_install() -> None:
    assert "needs the Python package MySQLdb" in complaint("mysql://keeper@db.example/q")


# --- What it keeps besides -----------------------------------------------------------------------


def test_an_issue_comes_back_with_what_it_said_of_each_indicator_in_its_order(
    store: Store,
) -> None:
    ratings = (
        IssuedRating("P2-1", "On track", "", "green"),
        IssuedRating("P1-1", "4605", ">4248", "red"),
        IssuedRating("P1-2", "", "", "no data"),
    )
    first = Issue(
        PERIOD, "c" * 64, RECEIVED, "amber", "f" * 64, ratings, version="0.1.0", last_submission=7
    )
    later = replace(first, content="d" * 64, overall="", ratings=ratings[:1])
    other = Issue("2011-12", "e" * 64, RECEIVED)
    for issue in (first, later, other):
        store.record_issue(issue)
    assert store.issues() == (replace(first, id=1), replace(later, id=2), replace(other, id=3))
    assert store.last_issue(PERIOD) == replace(later, id=2)


def test_who_stands_behind_a_return_comes_back_and_nothing_where_it_says_nobody(
    store: Store,
) -> None:
    signed = Signature("Ada, analyst", "Grace, head of service")
    half = Signature(signed_off_by="Grace")
    store.record(
        [
            decided(submission("1.xlsx"), signature=signed),
            decided(submission("2.xlsx")),
            decided(submission("3.xlsx", outcome=Outcome.REJECTED), signature=half),
        ]
    )
    assert store.signatures() == {1: signed, 3: half}


def test_every_figure_that_was_ever_accepted_comes_back_with_its_submission(store: Store) -> None:
    accept(store, "first.xlsx", figure(value="1"), figure("P1-2", value="2"))
    accept(store, "second.xlsx", figure(value="3"))
    assert [(number, o.indicator, o.value, o.filename) for number, o in store.reported()] == [
        (1, "P1-1", 1, "first.xlsx"),
        (1, "P1-2", 2, "first.xlsx"),
        (2, "P1-1", 3, "second.xlsx"),
    ]
    assert store.received.indicators() == {"P1-1", "P1-2"}
    assert [(n, o.value) for n, o in store.reported(only={"P1-2", "P1-9"})] == [(1, 2)]


def test_what_was_sent_back_and_is_not_plainly_anyones_is_found_by_itself(store: Store) -> None:
    sent = [
        submission("accepted.xlsx"),
        submission("back.xlsx", outcome=Outcome.REJECTED),
        submission("whose.xlsx", area=None, outcome=Outcome.REJECTED),
        submission("when.xlsx", period=None, outcome=Outcome.REJECTED),
        submission("twice.xlsx", area=None, period=None, outcome=Outcome.DUPLICATE),
    ]
    store.record([*map(decided, sent)])
    assert [one.filename for one in store.unplaced()] == ["whose.xlsx", "when.xlsx"]


def test_what_stood_when_an_issue_was_made_comes_back(store: Store) -> None:
    accept(store, "first.xlsx", figure(value="1"))
    store.record_issue(Issue(PERIOD, "c" * 64, RECEIVED, last_submission=1))
    accept(store, "second.xlsx", figure(value="3"))
    store.record_issue(Issue(PERIOD, "d" * 64, RECEIVED + timedelta(days=1)))
    first, second = store.issues()
    assert [o.value for o in store.observations(PERIOD)] == [3]
    assert [o.value for o in store.observations(PERIOD, first)] == [1]
    # An old issue does not say up to which submission it goes, but when it was made.
    assert [o.value for o in store.observations(PERIOD, second)] == [3]
    assert store.observations(PERIOD, replace(second, issued_at=RECEIVED - timedelta(1))) == ()
    assert [first.shows(sent) for sent in store.submissions()] == [True, False]
    assert (store.issue(1), store.last_issue(PERIOD, before=second)) == (first, first)
    assert store.last_issue(PERIOD, before=first) is None


def test_decisions_come_back_in_the_order_in_which_they_were_taken(store: Store) -> None:
    store.record([decided(submission("1.xlsx")), decided(submission("2.xlsx"))])
    store.record_issue(Issue(PERIOD, "c" * 64, RECEIVED))
    late = RECEIVED + timedelta(days=1)
    closings = [Closing(PERIOD, late, 1), Closing("2011-12", RECEIVED, None, "f" * 64)]
    assert [store.decisions.record(one) for one in closings] == [1, 2]
    reopenings = [
        Reopening(PERIOD, 1, late, "me on here", "a slip"),
        Reopening(PERIOD, 1, late, REGISTER),
    ]
    assert [store.decisions.record(one) for one in reopenings] == [1, 2]
    approvals = [
        Approval(number, "C05", "Indicators", "H5", "me", late, "it is so") for number in (2, 1)
    ]
    store.decisions.approve(approvals)
    store.decisions.approve([])
    store.decisions.forget([Forgotten(2, late, "me", "six years")])
    store.decisions.forget([])
    assert store.decisions.all(Closing) == numbered(closings)
    assert store.decisions.all(Reopening) == numbered(reopenings)
    assert store.decisions.all(Approval) == numbered(approvals)
    assert store.decisions.all(Forgotten) == (Forgotten(2, late, "me", "six years", 1),)


def numbered(decisions: Sequence[D]) -> tuple[D, ...]:
    return tuple(replace(one, id=number) for number, one in enumerate(decisions, 1))


def test_a_decision_about_what_is_not_in_the_store_is_refused(store: Store) -> None:
    with pytest.raises(StoreError):
        store.decisions.record(Reopening(PERIOD, 9, RECEIVED, "me"))
    with pytest.raises(StoreError):
        store.decisions.forget([Forgotten(9, RECEIVED, "me", "six years")])
    with pytest.raises(StoreError):
        store.record([decided(submission(reopening_id=9))])
    assert (store.decisions.all(Reopening), store.decisions.all(Forgotten)) == ((), ())
    assert store.submissions() == ()


def test_what_was_forgotten_leaves_its_figures(store: Store) -> None:
    finding = rules.BY_CODE["C15"].found(ref="P1-9", wording="Calls")
    sent = submission(findings=(finding,))
    store.record([decided(sent, (figure(),), signature=Signature("Ada", "Grace"))])
    store.decisions.forget([Forgotten(1, RECEIVED, "me", "six years")])
    assert store.submissions()[0].findings == ()
    assert store.signatures() == {}
    assert [o.value for o in store.observations(PERIOD)] == [4605]


def test_rows_after_a_number_are_those_that_were_added_since(store: Store) -> None:
    assert (store.last_number("submission"), store.rows_after("submission", 0)) == (0, [])
    store.record([decided(submission(f"{number}.xlsx")) for number in (1, 2, 3)])
    assert store.last_number("submission") == 3
    rows = store.rows_after("submission", 1)
    assert [(row["id"], row["filename"]) for row in rows] == [(2, "2.xlsx"), (3, "3.xlsx")]
    assert rows[0]["received_at"] == RECEIVED
    assert set(rows[0]) == {column.name for column in tables.submission.columns}


def test_of_many_deliveries_those_that_were_taken_are_known(store: Store) -> None:
    sent = [submission(f"{number}.xlsx") for number in range(600)]
    store.record([decided(one) for one in sent[::2]])
    asked = [one.delivery for one in sent]
    assert store.taken(asked) == {one.delivery for one in sent[::2]}
    assert store.taken([]) == set()
