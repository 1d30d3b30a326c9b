"""Retention: what the register's rule says goes, without a trace, and that it went is kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from pipeline.store import Forgotten, Outcome, Store, Submission
from pipeline.store.retention import due, next_day
from schemas.model import Period
from tests.support.builders import CARE, decided
from tests.support.council import PERIOD, REGISTER, Council, care, community
from tests.support.health import troubles
from tests.support.runs import Runner

#: A value of a cell that no other text contains.
TYPED = "about Zq7Xw9 people"
RULE = "kept for 1 year after the end of the period"


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """A return that was sent back, one that was accepted, and a file that is no return."""
    council = Council(tmp_path / "council")
    care(council, P2_3=TYPED)
    council.drop_bytes(b"Dear council", "letter.xlsx")
    community(council, P1_1=10)
    council.night()
    return council


def files(council: Council, *folders: str) -> list[str]:
    """What lies in the workspace's folders, without the store and spare work."""
    paths = (p for folder in folders for p in (council.root / folder).rglob("*") if p.is_file())
    return sorted(str(path.relative_to(council.root)) for path in paths)


def kept(council: Council) -> list[str]:
    return files(council, "outbox", "var/archive")


def holding(council: Council, text: str) -> list[str]:
    """The files in which a text stands as it is."""
    return [
        name
        for name in files(council, "var", "outbox")
        if text.encode() in (council.root / name).read_bytes()
    ]


# --- What is due ---------------------------------------------------------------------------------


def submission(number: int, period: str | None, received: datetime) -> Submission:
    return Submission(
        f"{number:064}", f"{number}.xlsx", received, Outcome.REJECTED, 1, "", "CS", period,
        delivery=str(number),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("years", "ends", "last_day"),
    [
        (1, date(2013, 3, 31), date(2014, 3, 31)),
        (6, date(2013, 3, 31), date(2019, 3, 31)),
        (1, date(2024, 2, 29), date(2025, 2, 28)),
        (4, date(2024, 2, 29), date(2028, 2, 29)),
        (9000, date(2013, 3, 31), date.max),
    ],
)
def test_a_return_is_kept_for_so_many_years_after_the_end_of_its_period(
    years: int, ends: date, last_day: date, tmp_path: Path
) -> None:
    period = Period("2012-13", date(2012, 1, 1), ends, ends)
    framework = replace(REGISTER.framework, keep_years=years)
    register = replace(REGISTER, framework=framework, periods=(period,))
    with Store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        store.record([decided(submission(1, "2012-13", datetime(2030, 1, 1, tzinfo=UTC)))])
        assert due(register, store, last_day).submissions == ()
        if last_day < date.max:
            (past,) = due(register, store, date.fromordinal(last_day.toordinal() + 1)).submissions
            assert past.filename == "1.xlsx"


def test_a_return_of_no_period_of_the_register_is_kept_from_its_receipt(tmp_path: Path) -> None:
    framework = replace(REGISTER.framework, keep_years=2)
    register = replace(REGISTER, framework=framework)
    received = datetime(2020, 5, 5, 12, tzinfo=UTC)
    with Store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        store.record([decided(submission(n, p, received)) for n, p in enumerate((None, "1999"), 1)])
        assert due(register, store, date(2022, 5, 5)).submissions == ()
        assert len(due(register, store, date(2022, 5, 6)).submissions) == 2


def test_what_falls_due_next_is_known_by_the_periods_that_are_kept(tmp_path: Path) -> None:
    ends = date(2013, 3, 31)
    period = Period("2012-13", date(2012, 4, 1), ends, ends, formerly=("Twelve",))
    framework = replace(REGISTER.framework, keep_years=1)
    register = replace(REGISTER, framework=framework, periods=(period,))
    days = {1: date(2012, 2, 4), 2: date(2013, 5, 2), 3: date(2014, 4, 1)}
    with Store(f"sqlite:///{tmp_path}/store.sqlite3") as store:
        store.period_names.know(register.periods)
        assert next_day(register, store, date.min) is None
        sent = [
            submission(1, None, datetime(2011, 2, 3, 12, tzinfo=UTC)),
            submission(2, "Summer", datetime(2012, 5, 1, 12, tzinfo=UTC)),
            submission(3, "Twelve", datetime(2010, 1, 1, 12, tzinfo=UTC)),
            submission(4, "Summer", datetime(2016, 5, 1, 12, tzinfo=UTC)),
        ]
        store.record([decided(one) for one in sent])
        for number, day in days.items():
            before = date.fromordinal(day.toordinal() - 1)
            assert next_day(register, store, before) == day
            assert [one.id for one in due(register, store, before).submissions] == []
            found = due(register, store, day)
            assert ([one.id for one in found.submissions], found.since) == ([number], day)
            store.decisions.forget([Forgotten(number, sent[0].received_at, "me", found.rule)])
        assert next_day(register, store, days[3]) == date(2017, 5, 2)
        assert next_day(replace(register, framework=REGISTER.framework), store, date.min) is None


def test_without_a_rule_everything_is_kept(council: Council) -> None:
    before = kept(council)
    assert council.call("forget") == ["The register has no retention rule; everything is kept."]
    assert kept(council) == before


# --- What goes -----------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_go_and_changes_nothing(council: Council) -> None:
    council.keep(1)
    before, store = kept(council), council.place.sqlite.read_bytes()
    lines = council.call("forget", "--dry-run")
    assert [line.split(" (")[0] for line in lines] == [
        "would go: Adult social care.xlsx",
        "would go: Community safety.xlsx",
    ]
    document = council.ask("forget", "--dry-run")
    assert (document["rule"], document["removed"]) == (RULE, False)
    assert [one["area"] for one in document["submissions"]] == ["ASC", "CS"]
    assert (kept(council), council.place.sqlite.read_bytes()) == (before, store)
    lines = council.call("status", code=1)
    assert (
        lines[-1] == f"2 submissions are past their time ({RULE}); quarterday forget removes them."
    )


def test_files_copies_messages_findings_and_signatures_go_and_the_figures_stay(
    council: Council,
) -> None:
    for name in ("quarterday.sqlite3.schema-1", "quarterday.sqlite3.before-20200101T000000"):
        shutil.copyfile(council.place.sqlite, council.place.state / name)
    assert len([name for name in kept(council) if " - to correct " in name]) == 2
    assert any(name.endswith(".eml") for name in kept(council))
    appendix = [name for name in kept(council) if name.startswith("outbox/2012-13/Appendix")]
    council.keep(1)
    lines = council.call("forget")
    assert [line.split(" (")[0] for line in lines] == [
        "forgotten: Adult social care.xlsx",
        "forgotten: Community safety.xlsx",
    ]
    left = kept(council)
    # The letter, which names no period, is kept for a year from today.
    assert len([name for name in left if " - to correct " in name]) == 1
    assert len(council.archived()) == 1
    assert sum(name.endswith(".eml") for name in left) == 0
    assert set(appendix) <= set(left)
    assert not list(council.place.state.glob("*.sqlite3.*-*"))
    with council.store as store:
        assert [o.value for _, o in store.reported()]
        assert len(store.submissions()) == 3
        assert len(store.signatures()) == 0
        assert [s.filename for s in store.submissions() if s.findings] == ["letter.xlsx"]
    assert council.call("forget") == [f"Nothing is past its time ({RULE})."]
    assert troubles(council.root, "--quick") == {}
    assert council.call("replay")[:3] == [
        "3 submissions and 1 appendix made again from the archive.",
        "not made again: submission 2, Adult social care.xlsx: it was forgotten",
        "not made again: submission 3, Community safety.xlsx: it was forgotten",
    ]


def test_of_a_forgotten_finding_not_a_byte_is_left(council: Council) -> None:
    assert "var/quarterday.sqlite3" in holding(council, "Zq7Xw9")
    council.keep(1)
    council.call("forget")
    assert holding(council, "Zq7Xw9") == []
    assert holding(council, "Head of service") == []


@contextmanager
def someone_reading(council: Council) -> Iterator[None]:
    """Another program has the store open, so that its log is not taken away at the end."""
    engine = sa.create_engine(council.place.store_url, poolclass=sa.NullPool)
    with closing(engine.connect()) as connection:
        connection.execute(sa.text("SELECT count(*) FROM submission")).all()
        connection.rollback()
        yield


def test_nor_in_the_log_of_a_store_that_someone_has_open(council: Council) -> None:
    with someone_reading(council):
        council.drop(CARE, {"P2-3": TYPED.replace("Zq7", "Wk3")})
        council.night()
        assert (council.place.state / "quarterday.sqlite3-wal").exists()
        council.keep(1)
        council.call("forget")
        assert holding(council, "Xw9") == []


def test_a_file_that_was_sent_twice_is_kept_while_one_receipt_of_it_is(tmp_path: Path) -> None:
    council = Council(tmp_path / "council")
    council.drop_bytes(b"Dear council", "letter.xlsx")
    council.night()
    (letter,) = council.archived()
    # The first receipt is years old.
    with council.store as store:
        first = store.submissions()[0]
        old = replace(
            first, id=0, received_at=datetime(2001, 1, 1, tzinfo=UTC), delivery="old", findings=()
        )
        store.record([decided(old)])
    council.keep(1)
    lines = council.call("forget")
    assert [line.split(" (")[0] for line in lines] == ["forgotten: letter.xlsx"]
    assert letter.exists()
    assert [name for name in kept(council) if " - to correct " in name]


def test_a_copy_of_a_return_with_the_longest_name_goes_too(council: Council) -> None:
    council.drop(CARE, {"P2-3": f"not {TYPED}"}, name=f"{'é' * 120}.xlsx")
    council.night()
    before = [name for name in kept(council) if " - to correct " in name]
    assert len(before) == 3
    council.keep(1)
    council.call("forget")
    assert len([name for name in kept(council) if " - to correct " in name]) == 1


def test_the_same_file_sent_again_after_it_was_forgotten_is_forgotten_again(
    council: Council,
) -> None:
    (path,) = [p for p in council.archived() if b"xl/workbook" in p.read_bytes()][:1]
    content = path.read_bytes()
    council.keep(1)
    council.call("forget")
    council.drop_bytes(content, "again.xlsx")
    council.night()
    assert [line.split(" (")[0] for line in council.call("forget")] == ["forgotten: again.xlsx"]
    assert not path.exists()
    council.call("replay")


# --- Cut off -------------------------------------------------------------------------------------


def test_what_a_killed_run_recorded_and_did_not_remove_the_next_one_removes(
    council: Council,
) -> None:
    council.keep(1)
    with council.store as store:
        numbers = [s.id for s in store.submissions(PERIOD.name)]
        now = datetime.now(UTC)
        store.decisions.forget([Forgotten(n, now, "someone", RULE) for n in numbers])
    assert len(council.archived()) == 3
    assert troubles(council.root)
    assert council.call("forget") == [f"Nothing is past its time ({RULE})."]
    assert len(council.archived()) == 1
    assert troubles(council.root) == {}
    council.call("replay")


@pytest.mark.faults
def test_a_run_killed_at_any_step_is_completed_by_the_next(
    council: Council, runs: Runner, tmp_path: Path
) -> None:
    council.keep(1)
    whole = tmp_path / "whole"
    shutil.copytree(council.root, whole)
    undisturbed = runs.begin(whole, command=("forget",), is_timeless=False)
    assert undisturbed.code == 0
    steps = undisturbed.steps
    for step in range(1, steps + 1, max(1, steps // 8)):
        root = tmp_path / str(step)
        shutil.copytree(council.root, root)
        assert runs.begin(root, command=("forget",), step=step, is_timeless=False).code < 0
        after = runs.begin(root, command=("forget",), is_timeless=False)
        assert after.code == 0, after.said
        left = Council(root, council.register)
        assert [len(p.name) for p in left.archived()] == [
            len(p.name) for p in Council(whole, council.register).archived()
        ]
        assert holding(left, "Zq7Xw9") == []
        assert left.call("replay")[-1].startswith("The store and the archive agree")
