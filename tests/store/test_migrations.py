"""A store of an earlier version becomes this version's, whole or not at all, and loses nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace

from pipeline.intake.quarantine import SetApart
from pipeline.intake.scan import scan
from pipeline.job import session
from pipeline.operations.setup import make_workspace
from pipeline.store import (
    Answered,
    Approval,
    Asked,
    Attempt,
    Became,
    Closing,
    Entered,
    Forgotten,
    Issue,
    IssuedRating,
    Outcome,
    Outgoing,
    Queued,
    Reopening,
    Ruling,
    Signature,
    Store,
    Suppressed,
    delivery_key,
)
from pipeline.store import tables as t
from pipeline.store.migrate import run_steps
from pipeline.store.migrations.__main__ import script
from pipeline.store.new_store import STATEMENTS
from pipeline.workspace.errors import StoreError
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.settings import Limits
from schemas.asking import Confidence
from schemas.findings import Severity
from schemas.model import MilestoneState, Status
from schemas.observations import Achievement
from schemas.rules import BY_CODE
from tests.store import test_store
from tests.store.test_store import figure, submission
from tests.support import command_line, first_store
from tests.support.builders import CARE, SAFETY, decided, small_register
from tests.support.builders import PERIOD as YEAR
from tests.support.filled import fill_return
from tests.support.first_store import PERIOD, RECEIVED
from tests.support.registers import put_register
from tests.workspace.test_lock import ENTRIES

url = test_store.url
SUPPRESSED = Suppressed(PERIOD, "P1-1", "CS")
KEPT = sorted(set(t.metadata.tables) - {"about"})


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    """The database, seen past the store."""
    path = sa.make_url(url).database
    if path and url.startswith("sqlite"):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def old(url: str, engine: sa.Engine) -> str:
    """The URL of a store of schema 1 with content."""
    first_store.make_empty(engine)
    first_store.fill(engine)
    return url


def all_rows(engine: sa.Engine) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a database, table by table."""
    found = sa.MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
            for name, table in found.tables.items()
        }


def _made(database: sa.Engine) -> list[tuple[object, ...]]:
    """All that SQLite holds in a store's tables, indexes and triggers."""
    with database.connect() as connection:
        query = sa.text("SELECT type, name, tbl_name, sql FROM sqlite_master")
        made = sorted((tuple(row) for row in connection.execute(query)), key=repr)
    return [*made, *all_rows(database).items()]


def test_a_new_store_of_sqlite_is_what_all_steps_make(tmp_path: Path) -> None:
    at_once, by_steps = (sa.create_engine(f"sqlite:///{tmp_path / name}") for name in ("a", "b"))
    Store(str(at_once.url)).close()
    with by_steps.begin() as connection:
        run_steps(connection)
    assert _made(at_once) == _made(by_steps)
    assert script() == STATEMENTS.read_text("utf-8"), "run make docs"
    at_once.dispose()
    by_steps.dispose()


# --- What was in it ------------------------------------------------------------------------------


def test_every_submission_of_an_old_store_comes_back(old: str) -> None:
    with Store(old) as store:
        sent = store.submissions()
    assert [(s.id, s.filename, s.outcome, s.area, s.period) for s in sent] == [
        (1, "return.xlsx", Outcome.ACCEPTED, "CS", PERIOD),
        (2, "letter ‘neu’ – 日本.docx", Outcome.REJECTED, None, None),
        (3, "return.xlsx", Outcome.DUPLICATE, "CS", PERIOD),
        (4, "return.xlsx", Outcome.DUPLICATE, "CS", PERIOD),
        (5, "return.xlsx", Outcome.REJECTED, "CS", PERIOD),
        (6, "return.xlsx", Outcome.ACCEPTED, "CS", PERIOD),
    ]
    assert sent[0].received_at == RECEIVED
    assert sent[0].received_at.utcoffset() == timedelta(0)
    assert (sent[1].size, sent[1].sha256) == (5 * 1024**3, "b" * 64)
    assert {(s.folder_area, s.version, s.reopening_id) for s in sent} == {(None, "", None)}
    assert [(f.code, f.severity, f.cell) for f in sent[4].findings] == [
        ("C16", Severity.INFO, ""),
        ("V01", Severity.ERROR, "XFD1048576"),
    ]


def test_every_figure_achievement_and_issue_of_an_old_store_comes_back(old: str) -> None:
    with Store(old) as store:
        stands = {o.indicator: o for o in store.observations(PERIOD)}
        assert [(number, str(o.value)) for number, o in store.reported()][:2] == [
            (1, "4605"),
            (6, "31.50"),
        ]
        (achievement,) = store.achievements(PERIOD)
        issue = store.last_issue(PERIOD)
        assert store.signatures() == {}
    reported = stands["P1-1"]
    assert (reported.value, reported.numerator, reported.denominator) == (
        Decimal("31.50"),
        Decimal(63),
        Decimal(200),
    )
    assert (reported.status, reported.commentary, reported.submission) == (
        Status.PROVISIONAL,
        "=1+1\nA second line",
        "d" * 64,
    )
    assert f"{stands['P1-2'].value:f}" == "-0.000000000000001"
    assert stands["P1-3"].narrative == "Safer"
    assert stands["P1-4"].suppressed
    assert stands["P2-1"].state is MilestoneState.ON_TRACK
    assert (achievement.text, achievement.cell) == ("£120,000 invested", "B5")
    assert issue == Issue(
        PERIOD, "e" * 64, RECEIVED + timedelta(days=3), version="", suppresses=False, id=1
    )


def test_each_old_submission_has_a_delivery_of_its_own_by_which_its_file_is_known(old: str) -> None:
    with Store(old) as store:
        sent = store.submissions()
        keys = [delivery_key(s.sha256, None, s.filename, s.received_at) for s in sent]
        assert [s.delivery == key for s, key in zip(sent, keys, strict=True)] == [
            *(True, True),
            # The same bytes, name and moment as the first: their keys are made from its.
            *(False, False),
            *(True, True),
        ]
        assert len({s.delivery for s in sent}) == 6
        assert store.taken(keys) == set(keys)


def test_an_old_store_takes_new_returns(old: str) -> None:
    with Store(old) as store:
        store.record([decided(submission("new.xlsx"), (figure(value="1"),))])
        assert [s.id for s in store.submissions()] == [1, 2, 3, 4, 5, 6, 7]
        assert [o.value for o in store.observations(PERIOD)] == [1]


# --- What a store of schema 2 holds --------------------------------------------------------------

NEW_SINCE = {
    *("message", "message_content", "attempt", "answered", "quarantined", "suppressed"),
    *("request", "entered"),
}


def test_a_store_of_schema_2_keeps_every_row_and_its_last_submission_counts_as_answered(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(2, engine)
    before = all_rows(engine)
    assert before.pop("about") == [(2,)]
    assert not before.keys() & NEW_SINCE
    with Store(url) as store:
        assert store.messages.answered() == Answered(6, 1)
        assert (store.last_number("submission"), store.last_number("issue")) == (6, 1)
        assert store.messages.all() == ()
    after = all_rows(engine)
    assert after.pop("about") == [(t.SCHEMA_VERSION,)]
    assert after.pop("alembic_version") != before.pop("alembic_version")
    assert {name: len(after.pop(name)) for name in NEW_SINCE} == {
        "message": 0,
        "message_content": 0,
        "attempt": 0,
        "answered": 2,
        "quarantined": 0,
        "suppressed": 0,
        "request": 0,
        "entered": 0,
    }
    assert narrowed(after, before) == before
    with refused(engine) as connection:
        connection.execute(t.answered.delete())


def narrowed(
    rows: dict[str, list[tuple[object, ...]]], before: dict[str, list[tuple[object, ...]]]
) -> dict[str, list[tuple[object, ...]]]:
    """The rows of the tables of before without the columns that these have got since.

    Nothing old speaks of those.
    """
    found = {}
    for name, old in before.items():
        width = len(old[0]) if old else 0
        assert {value for row in rows[name] for value in row[width:]} <= {None, False, ""}
        found[name] = [row[:width] for row in rows[name]]
    return found


def test_in_an_empty_store_of_schema_2_nothing_counts_as_answered(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(2, engine, with_content=False)
    with Store(url) as store:
        assert store.messages.answered() == Answered()
    assert all_rows(engine)["answered"] == []


# --- What a store of schema 3 holds --------------------------------------------------------------


def test_in_a_store_of_schema_3_what_was_issued_has_been_told_and_what_comes_is_to_be_told(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(3, engine)
    before = all_rows(engine)
    assert before.pop("about") == [(3,)]
    with Store(url) as store:
        assert store.messages.answered() == Answered(6, 1)
        store.record_issue(Issue(PERIOD, "f" * 64, RECEIVED))
        assert store.messages.answered() == Answered(6, 1)
        store.messages.answer([], 6, store.last_number("issue"), RECEIVED)
        assert store.messages.answered() == Answered(6, 2)
    after = all_rows(engine)
    assert [row[-2:] for row in after.pop("answered")] == [(None, None), (1, None), (2, None)]
    assert after.pop("quarantined") == []
    for rows in (before, after):
        for name in ("about", "alembic_version", "answered", "issue"):
            rows.pop(name, None)
    assert narrowed(after, before) == before


def test_in_a_store_of_schema_3_of_which_nobody_was_told_nothing_is_said_to_be_told(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(3, engine, with_content=False)
    with Store(url) as store:
        assert store.messages.answered() == Answered()
    assert all_rows(engine)["answered"] == []


# --- What a store of schema 4 holds --------------------------------------------------------------


def test_in_a_store_of_schema_4_every_figure_stands_and_no_cases_can_be_added(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(4, engine)
    before = all_rows(engine)
    with Store(url) as store:
        after = all_rows(engine)
        assert (before.pop("about"), after.pop("about")) == ([(4,)], [(t.SCHEMA_VERSION,)])
        assert before.pop("alembic_version") != after.pop("alembic_version")
        assert narrowed(after, before) == before
        none = replace(figure(), value=None, no_cases=True)
        store.record([decided(submission("none.xlsx"), (none,))])
        (standing,) = store.observations(PERIOD)
        assert (standing.no_cases, standing.value) == (True, None)
    with refused(engine) as connection:
        connection.execute(t.observation.update().values(no_cases=False))


# --- What a store of schema 5 holds --------------------------------------------------------------


def test_in_a_store_of_schema_5_no_issue_says_what_it_suppressed_and_each_new_one_does(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(5, engine)
    with Store(url) as store:
        store.record_issue(Issue(PERIOD, "f" * 64, RECEIVED, suppressed=(SUPPRESSED,)))
        assert [one.suppresses for one in store.issues()] == [False, True]
        assert store.editions.suppressed(PERIOD) == {2: {SUPPRESSED}}
    with refused(engine) as connection:
        connection.execute(t.suppressed.delete())


def test_in_a_store_of_schema_5_a_message_holds_what_is_attached_to_it(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(5, engine)
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO message (id, header_id, kind, period, area, recipient, subject, "
                "filename, attached, size, queued_at) VALUES (1, '<a@b>', 'appendix', '2012-13', "
                "'', 'chair@council.example', 'Returns', 'a.eml', '', 5, '2013-04-20 02:00:00')"
            )
        )
        connection.execute(
            sa.text("INSERT INTO message_content (message_id, content) VALUES (1, :content)"),
            {"content": b"Hello"},
        )
    with Store(url) as store:
        assert store.messages.whole(1) == (b"Hello", [])
        assert store.messages.attachments_needed() == frozenset()
    with refused(engine) as connection:
        connection.execute(t.message_content.update().values(attachments="[]"))


# --- What a store of schema 7 holds --------------------------------------------------------------


def test_in_a_store_of_schema_7_no_issue_says_what_was_asked_for_and_each_new_one_does(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(7, engine)
    asked = Asked("Calls", ("CS",))
    with Store(url) as store:
        noted = msgspec.json.encode({"P1-1": asked}).decode()
        store.record_issue(Issue(PERIOD, "f" * 64, RECEIVED, asked=noted))
        assert [one.asked_by_ref for one in store.issues()] == [{}, {"P1-1": asked}]


# --- What a store of schema 8 holds --------------------------------------------------------------


def test_in_a_store_of_schema_8_nothing_says_which_register_was_the_current_one(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(8, engine)
    with engine.begin() as connection:
        closed = "INSERT INTO closing (id, period, closed_at) VALUES (1, '2012-13', '2013-05-01')"
        connection.execute(sa.text(closed))
    with Store(url) as store:
        (closing,) = store.decisions.all(Closing)
        assert closing.register_sha256 is None
        assert {sent.current_sha256 for sent in store.submissions()} == {None}
        assert {issue.current_sha256 for issue in store.issues()} == {None}
    with refused(engine) as connection:
        connection.execute(t.closing.update().values(register_sha256="f" * 64))


# --- The same tables -----------------------------------------------------------------------------


@pytest.mark.parametrize("made", ["new", "of schema 1"])
def test_a_migrated_store_has_the_tables_of_this_version(
    made: str, url: str, engine: sa.Engine
) -> None:
    if made == "of schema 1":
        first_store.make_empty(engine)
    Store(url).close()
    with engine.connect() as connection:
        # Alembic takes an empty default of SQLite for another than itself.
        defaults = connection.dialect.name == "postgresql"
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": defaults}
        )
        assert compare_metadata(context, t.metadata) == []
        assert connection.scalar(sa.select(t.about.c.schema_version)) == t.SCHEMA_VERSION


# --- Whole or not at all -------------------------------------------------------------------------


def test_a_migration_that_fails_halfway_leaves_the_store_as_it_was(
    old: str, engine: sa.Engine
) -> None:
    with engine.begin() as connection:
        # In the way of a table that one of the last steps makes.
        connection.execute(sa.text("CREATE TABLE forgotten (why TEXT)"))
    before = all_rows(engine)
    with pytest.raises(StoreError, match="forgotten") as raised:
        Store(old)
    assert "\n" not in str(raised.value)
    assert all_rows(engine) == before
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE forgotten"))
    with Store(old) as store:
        assert len(store.submissions()) == 6


@pytest.mark.parametrize("content", ["nothing", "six submissions"])
def test_two_programs_that_open_an_old_store_at_once_both_find_it_migrated(
    content: str, url: str, engine: sa.Engine
) -> None:
    if content == "six submissions":
        first_store.make_empty(engine)
        first_store.fill(engine)
    code = (
        "import sys; from pipeline.store import Store\n"
        "sys.stdin.readline()\n"
        "with Store(sys.argv[1]) as store: print(len(store.submissions()))\n"
    )
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", code, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"\n")
        program.stdin.flush()
    said = [program.communicate(timeout=60)[0].split() for program in programs]
    assert said == [[b"6" if content == "six submissions" else b"0"]] * 3


def copy_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.schema-1")


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """A SQLite store of schema 1."""
    path = tmp_path / "store.sqlite3"
    engine = sa.create_engine(f"sqlite:///{path}")
    first_store.make_empty(engine)
    first_store.fill(engine)
    engine.dispose()
    return path


def test_the_store_as_it_was_is_kept_beside_the_new_one(old_file: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{old_file}")
    before = all_rows(engine)
    Store(f"sqlite:///{old_file}").close()
    kept = sa.create_engine(f"sqlite:///{copy_of(old_file)}")
    assert all_rows(kept) == before
    kept.dispose()
    engine.dispose()
    names = {path.name for path in old_file.parent.iterdir()}
    assert names == {old_file.name, copy_of(old_file).name}


def test_a_copy_left_by_a_migration_that_failed_is_replaced_by_that_of_the_one_that_does_not(
    old_file: Path,
) -> None:
    engine = sa.create_engine(f"sqlite:///{old_file}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE forgotten (why TEXT)"))
    with pytest.raises(StoreError):
        Store(f"sqlite:///{old_file}")
    # Meanwhile the old version goes on.
    first_store.add_submission(engine, sha256="9" * 64)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE forgotten"))
    engine.dispose()
    Store(f"sqlite:///{old_file}").close()
    with closing(sqlite3.connect(copy_of(old_file))) as kept:
        assert kept.execute("SELECT count(*) FROM submission").fetchone() == (7,)


def test_a_store_that_cannot_be_copied_is_left_as_it_is_with_one_line(old_file: Path) -> None:
    copy_of(old_file).mkdir()
    with pytest.raises(StoreError, match=r"cannot be copied .* Make room there") as raised:
        Store(f"sqlite:///{old_file}")
    assert "\n" not in str(raised.value)
    with closing(sqlite3.connect(old_file)) as store:
        assert store.execute("SELECT schema_version FROM about").fetchone() == (1,)
        assert store.execute("SELECT count(*) FROM submission").fetchone() == (6,)


def test_the_copy_of_a_migrated_store_can_be_put_back_and_migrated_again(old_file: Path) -> None:
    Store(f"sqlite:///{old_file}").close()
    shutil.move(copy_of(old_file), old_file)
    with Store(f"sqlite:///{old_file}") as store:
        assert len(store.submissions()) == 6


# --- A night on an old workspace -----------------------------------------------------------------

REGISTER = small_register()
ARRIVED = datetime(2013, 4, 20, 9, 30, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace that the old version was upgraded from, with one return that it took in."""
    folder = tmp_path / "workspace"
    put_register(REGISTER, folder / "register.xlsx")
    make_workspace(folder, YEAR.due, REGISTER)
    settings = folder / "pipeline.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("settle_seconds = 2.0", "settle_seconds = 0.0"), "utf-8")
    place = open_workspace(folder)
    session.register_of(place)
    return place


def quarterday(place: Workspace, *words: str) -> tuple[int, str]:
    result = command_line.quarterday(*words, "--workspace", str(place.root))
    return result.exit_code, result.output


def test_a_night_goes_on_where_the_old_version_was_cut_off(workspace: Workspace) -> None:
    sent = workspace.inbox / "Community safety.xlsx"
    fill_return(REGISTER, SAFETY, YEAR, sent, ENTRIES)
    os.utime(sent, (ARRIVED.timestamp(), ARRIVED.timestamp()))
    # Taken in by the old version, which was cut off before it could clear the inbox.
    (arrival,) = arrivals(workspace)
    engine = sa.create_engine(workspace.store_url)
    first_store.make_empty(engine)
    first_store.add_submission(
        engine,
        sha256=arrival[0],
        filename=sent.name,
        received_at=arrival[1],
        size=sent.stat().st_size,
        register_sha256=session.register_of(workspace).sha256,
    )
    engine.dispose()
    fill_return(REGISTER, CARE, YEAR, workspace.inbox / "Adult social care.xlsx", ENTRIES)

    code, said = quarterday(workspace, "run")
    assert code == 0, said
    assert "accepted: Adult social care.xlsx" in said
    assert sent.name not in said
    assert list(workspace.inbox.iterdir()) == []
    with session.store_of(workspace) as store:
        assert [s.filename for s in store.submissions()] == [sent.name, "Adult social care.xlsx"]
    assert len(list(workspace.archive.glob("??/*.xlsx"))) == 2
    assert quarterday(workspace, "run") == (0, "Nothing new.\n")


def arrivals(place: Workspace) -> list[tuple[str, datetime]]:
    """The hash and the time of arrival of what lies in the inbox, as every version takes them."""
    found = scan(place.inbox, REGISTER, Limits(settle_seconds=0, incomplete_minutes=0))
    return [(arrival.sha256, arrival.arrived_at) for arrival in found.arrivals]


# --- What a store of schema 8 holds --------------------------------------------------------------


def entered() -> Entered:
    """A figure in place of that of the second submission."""
    given = {name: getattr(figure(), name) for name in ("indicator", "area", "period", "status")}
    told = {"by": "jsmith", "entered_at": RECEIVED, "because": "told by telephone"}
    return Entered(**given, **told, value=Decimal(7), submission_id=2, last_submission=2,
                   last_issue=1)  # fmt: skip


def test_in_a_store_of_schema_11_nothing_stands_beside_figures_and_it_can_be_added(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(11, engine)
    beside = {
        "action": "More wardens",
        "action_owner": "Ann Smith",
        "action_by": date(2013, 6, 30),
        "forecast": Decimal("4300.0"),
        "confidence": Confidence.LOW,
    }
    with Store(url) as store:
        (_, before) = store.reported(PERIOD)[0]
        assert [getattr(before, name) for name in beside] == ["", "", None, None, None]
        store.record([decided(submission("later.xlsx"), (replace(figure(), **beside),))])
        (_, added) = store.reported(PERIOD)[-1]
        assert {name: getattr(added, name) for name in beside} == beside
        assert str(added.forecast) == "4300.0"


def test_in_a_store_of_schema_8_a_figure_can_be_entered_and_nobody_was_told_of_one(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(8, engine)
    before = all_rows(engine)
    with Store(url) as store:
        assert store.entered.all() == ()
        assert store.messages.answered().entered == 0
        kept = before["observation"]
        now = all_rows(engine)["observation"]
        assert [row[: len(kept[0])] for row in now] == kept
        store.record([decided(submission("later.xlsx"), (figure(),))])
        (sent,) = store.current(PERIOD, ["CS"])
        store.entered.record(replace(entered(), submission_id=sent.id))
        (counted,) = store.observations(PERIOD)
        assert (counted.value, counted.filename) == (Decimal(7), "entered by jsmith")
        assert counted.received_at == RECEIVED
        store.messages.answer([], 6, 1, RECEIVED, entered=1)
        assert store.messages.answered().entered == 1
    with refused(engine) as connection:
        connection.execute(t.entered.delete())


def test_in_a_store_of_schema_12_what_is_outstanding_is_found_and_then_noted(
    url: str, engine: sa.Engine
) -> None:
    first_store.make_schema(12, engine)
    of = {"kind": "receipt", "recipient": "a@council.example", "subject": "Received"}
    with Store(url) as store:
        assert store.messages.outstanding() == ()
        made = [
            Outgoing(Queued(f"<{n}@council.example>", period=PERIOD, filename=f"{n}.eml", size=5,
                            queued_at=RECEIVED, **of), b"Hello")
            for n in range(600)
        ]  # fmt: skip
        (first, second, *others) = store.messages.put(made)
        became = [Attempt(one.id, RECEIVED, Became.WRITTEN) for one in (first, *others)]
        store.messages.note(became)
        assert store.messages.outstanding() == (second,)
        store.messages.note_outstanding()
        (row,) = store.rows_of("outstanding")
        assert row["messages"] == f"[{second.id}]"
        assert store.messages.outstanding() == (second,)


# --- What the database itself holds --------------------------------------------------------------


@pytest.fixture
def full(url: str) -> str:
    """A store with a row in every table."""
    with Store(url) as store:
        findings = (BY_CODE["C15"].found(ref="P1-9", wording="Calls"),)
        store.record(
            [
                decided(
                    submission(f"{number}.xlsx", findings=findings),
                    (figure(),),
                    (Achievement("P1", "CS", PERIOD, "Done", "Achievements", "B5"),),
                    Signature("An analyst", "A director"),
                )
                for number in (1, 2)
            ]
        )
        rating = IssuedRating("P1-1", "4605", "4248", "red")
        issue = Issue(PERIOD, "c" * 64, RECEIVED, ratings=(rating,), suppressed=(SUPPRESSED,))
        store.record_issue(issue)
        store.decisions.record(Closing(PERIOD, RECEIVED, 1))
        store.decisions.record(Reopening(PERIOD, 1, RECEIVED, "someone"))
        store.decisions.approve(
            [Approval(1, "C05", "Indicators", "H5", "me", RECEIVED, "so it is")]
        )
        store.decisions.record(Ruling("approve", RECEIVED, period=PERIOD, answer="Issue 1."))
        store.entered.record(entered())
        store.decisions.forget([Forgotten(1, RECEIVED, "me", "six years")])
        of = {"kind": "appendix", "recipient": "chair@council.example", "subject": "Returns"}
        letters = [
            Outgoing(
                Queued(f"<{p}@council.example>", period=p, filename=f"{p}.eml", size=5,
                       queued_at=RECEIVED, **of),
                b"Hello",
            )
            for p in (PERIOD, "2011-12")
        ]  # fmt: skip
        apart = SetApart("1 link.xlsx", "link.xlsx", "a symbolic link, not a file")
        store.messages.answer(letters, 2, 1, RECEIVED, set_apart=[apart])
        store.messages.forget(["2011-12"], RECEIVED, "six years")
        store.insert("outstanding", [{"last_message": 2, "last_attempt": 1, "messages": "[1]"}])
    return url


@contextmanager
def refused(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that the database does not let pass."""
    with pytest.raises(sa.exc.DBAPIError, match="the store keeps every"), engine.begin() as began:
        yield began


def test_nothing_that_the_store_keeps_can_be_changed_or_deleted(
    full: str, engine: sa.Engine
) -> None:
    before = all_rows(engine)
    for table in KEPT:
        assert before[table], table
        kept = t.metadata.tables[table]
        column = kept.primary_key.columns[0]
        actions: list[sa.Executable] = [kept.update().values({column: column}), kept.delete()]
        if engine.dialect.name == "postgresql":
            actions.append(sa.text(f"TRUNCATE {table} CASCADE"))
        for action in actions:
            with refused(engine) as connection:
                connection.execute(action)
        assert all_rows(engine) == before, table


def test_of_a_forgotten_submission_the_findings_and_signatures_go_and_nothing_else(
    full: str, engine: sa.Engine
) -> None:
    rows = all_rows(engine)
    of = {
        table: sorted(row[0] for row in rows[table])
        for table in ("submission", "observation", "achievement", "finding", "signature")
    }
    assert of == {
        "submission": [1, 2],
        "observation": [1, 2],
        "achievement": [1, 2],
        "finding": [2],
        "signature": [2],
    }
    for table in (t.observation, t.achievement):
        with refused(engine) as connection:
            connection.execute(table.delete().where(table.c.submission_id == 1))


def test_of_a_forgotten_message_what_it_says_goes_and_nothing_else(
    full: str, engine: sa.Engine
) -> None:
    rows = all_rows(engine)
    assert [row[0] for row in rows["message"]] == [1, 2]
    assert rows["message_content"] == [(1, b"Hello", "")]
    with Store(full) as store:
        assert [a.message_id for a in store.messages.attempts()] == [2]
        assert [m.has_content for m in store.messages.all()] == [True, False]
    for table in (t.message, t.attempt):
        with refused(engine) as connection:
            connection.execute(table.delete())


def test_a_submission_that_cannot_be_forgotten_keeps_all_it_has(full: str) -> None:
    with Store(full) as store:
        with pytest.raises(StoreError):
            # The second is among them already; neither goes.
            store.decisions.forget(
                [Forgotten(2, RECEIVED, "me", "rule"), Forgotten(1, RECEIVED, "me", "rule")]
            )
        assert [bool(s.findings) for s in store.submissions()] == [False, True]
        assert set(store.signatures()) == {2}
        assert [f.submission_id for f in store.decisions.all(Forgotten)] == [1]


def test_an_old_store_is_held_to_the_same(old: str, engine: sa.Engine) -> None:
    Store(old).close()
    with refused(engine) as connection:
        connection.execute(t.finding.update().values(cell="A1"))
    with Store(old) as store:
        store.decisions.forget([Forgotten(5, RECEIVED, "me", "six years")])
        assert all(not s.findings for s in store.submissions())


# --- Nothing to migrate --------------------------------------------------------------------------


def test_alembic_is_loaded_only_where_there_is_something_to_migrate(old_file: Path) -> None:
    code = (
        "import sys; from pipeline.store import Store\n"
        "Store(sys.argv[1]).close(); print('alembic' in sys.modules)\n"
    )
    command = [sys.executable, "-c", code, f"sqlite:///{old_file}"]
    said = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        for _ in range(2)
    ]
    assert said == ["True", "False"]
