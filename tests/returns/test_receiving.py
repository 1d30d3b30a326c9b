"""What comes in one night is judged as if each return had come on a night of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from pipeline.intake.archive import find_archived
from pipeline.intake.scan import Arrival, scan
from pipeline.job import session
from pipeline.job.nightly import Night
from pipeline.returns.reading import Reading, Return
from pipeline.returns.receiving import in_waves
from pipeline.store import Outcome
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Limits
from schemas.merge_rules import MergeRule
from schemas.model import Period, Polarity
from tests.consolidation.test_closing import new_workspace, night
from tests.support.builders import CARE, SAFETY, indicator, small_register
from tests.support.filled import fill_return
from tests.support.sampled import sampled

YEARS = tuple(
    Period(f"{year}-{year - 1999}", date(year, 4, 1), date(year + 1, 3, 31), date(year + 1, 4, 30))
    for year in (2010, 2011, 2012)
)
#: It may change by 100 a year; from the second year to the third it changes by more.
FIGURES = dict(zip((period.name for period in YEARS), (10, 50, 500), strict=True))
HELPED = replace(
    indicator("P2-2", "People helped", priority="P2"),
    merge_rule=MergeRule.SOLE,
    polarity=Polarity.HIGHER,
    plausible_change=Decimal(100),
)
REGISTER = replace(small_register(), indicators=(HELPED,), targets=(), periods=YEARS)
ARRIVED = datetime(2013, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return new_workspace(tmp_path / "workspace", REGISTER)


def send(place: Workspace, period: Period, minute: int, figure: object = None) -> Path:
    """A return that arrived at that minute."""
    path = place.inbox / f"{minute} {period.name}.xlsx"
    entries = {"P2-2": {"Performance": figure or FIGURES[period.name]}}
    fill_return(REGISTER, SAFETY, period, path, entries)
    at = (ARRIVED + timedelta(minutes=minute)).timestamp()
    os.utime(path, (at, at))
    return path


def findings(*nights: Night) -> dict[str | None, list[str]]:
    """The codes of what was found, by period; all were accepted."""
    taken = [one for done in nights for one in done.submissions]
    assert {one.outcome for one in taken} == {Outcome.ACCEPTED}
    return {one.period: [f.code for f in one.findings if f.code != "C16"] for one in taken}


EXPECTED = {"2010-11": [], "2011-12": [], "2012-13": ["C05"]}


def test_night_by_night_a_change_beyond_belief_is_found(place: Workspace) -> None:
    nights = []
    for later, period in enumerate(YEARS):
        send(place, period, later)
        nights.append(night(place, later))
    assert findings(*nights) == EXPECTED


@pytest.mark.parametrize("order", sampled([list(each) for each in permutations(range(3))], 4))
def test_in_one_night_the_same_is_found_in_whatever_order_they_came(
    order: Sequence[int], place: Workspace
) -> None:
    for minute, which in enumerate(order):
        send(place, YEARS[which], minute)
    done = night(place)
    assert findings(done) == EXPECTED
    with session.store_of(place) as store:
        assert [s.period for s in store.submissions()] == [period.name for period in YEARS]


def test_a_correction_of_the_earlier_period_in_the_same_night_is_what_counts(
    place: Workspace,
) -> None:
    send(place, YEARS[2], 0)
    send(place, YEARS[1], 1)
    send(place, YEARS[1], 2, figure=450)
    assert findings(night(place)) == {"2011-12": [], "2012-13": []}


def test_a_night_whose_archive_refuses_a_file_finds_the_same_and_is_completed(
    place: Workspace,
) -> None:
    send(place, YEARS[2], 0)
    earlier = send(place, YEARS[1], 1)
    # The archive refuses the earlier period's file, after it has been committed.
    (arrival,) = [one for one in arrivals(place) if one.path == earlier]
    in_the_way = place.archive / arrival.sha256[:2]
    place.archive.mkdir(parents=True)
    in_the_way.write_text("in the way")
    with pytest.raises(WorkspaceError, match="was taken in but cannot be moved"):
        night(place)
    # What was on its way is seen to once the next period is in.
    with session.store_of(place) as store:
        received = store.submissions()
    codes = {one.period: [f.code for f in one.findings if f.code != "C16"] for one in received}
    assert codes == {"2011-12": [], "2012-13": ["C05"]}
    in_the_way.unlink()
    night(place, 1)
    with session.store_of(place) as store:
        assert store.submissions() == received
    assert list(place.inbox.iterdir()) == []
    assert all(find_archived(place, one.sha256) for one in received)


def arrivals(place: Workspace) -> Sequence[Arrival]:
    return scan(place.inbox, REGISTER, Limits(settle_seconds=0, incomplete_minutes=0)).arrivals


def test_a_return_that_is_sent_back_leaves_the_earlier_figure_in_force(place: Workspace) -> None:
    send(place, YEARS[1], 0)
    night(place)
    send(place, YEARS[2], 1, figure=140)
    send(place, YEARS[1], 2, figure="about 900")
    done = night(place, 1)
    codes = {one.period: [f.code for f in one.findings] for one in done.submissions}
    assert "C05" not in codes["2012-13"]


# --- The same bytes more than once ---------------------------------------------------------------


def outcomes(*nights: Night) -> list[tuple[str, str]]:
    """What became of each file, in the order in which it was recorded."""
    taken = [one for done in nights for one in done.submissions]
    return [(one.filename, one.outcome.value) for one in taken]


def send_bytes(place: Workspace, content: bytes, name: str, minute: int) -> None:
    path = place.inbox / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    at = (ARRIVED + timedelta(minutes=minute)).timestamp()
    os.utime(path, (at, at))


def test_a_return_sent_back_from_the_wrong_folder_is_taken_from_the_right_one(
    place: Workspace,
) -> None:
    content = send(place, YEARS[0], 0).read_bytes()
    (place.inbox / f"0 {YEARS[0].name}.xlsx").unlink()
    send_bytes(place, content, f"{CARE.name}/return.xlsx", 1)
    first = night(place)
    send_bytes(place, content, f"{SAFETY.name}/return.xlsx", 2)
    second = night(place, 1)
    assert outcomes(first, second) == [("return.xlsx", "rejected"), ("return.xlsx", "accepted")]
    with session.store_of(place) as store:
        (figure,) = store.observations(YEARS[0].name)
    assert figure.value == FIGURES[YEARS[0].name]


def test_a_return_sent_back_and_sent_again_unchanged_is_a_duplicate_with_one_correction(
    place: Workspace,
) -> None:
    content = send(place, YEARS[0], 0, figure="about 900").read_bytes()
    first = night(place)
    send_bytes(place, content, "again.xlsx", 1)
    second = night(place, 1)
    assert [what for _, what in outcomes(first, second)] == ["rejected", "duplicate"]
    assert [f.code for f in second.submissions[0].findings] == ["F11"]
    assert len(list(place.outbox.rglob("*to correct*.xlsx"))) == 1


def returned_and_returned_again(place: Workspace) -> None:
    """Three returns, of which two come once more, one of them to be put back."""
    first = send(place, YEARS[0], 0, figure=10).read_bytes()
    send_bytes(place, first, "1 the first again.xlsx", 1)
    send(place, YEARS[0], 2, figure=20)
    wrong = send(place, YEARS[0], 3, figure="about 30").read_bytes()
    send_bytes(place, first, "4 the first put back.xlsx", 4)
    send_bytes(place, wrong, "5 still wrong.xlsx", 5)
    send_bytes(place, first, "6 the first once more.xlsx", 6)


PUT_BACK = [
    *("accepted", "duplicate", "accepted", "rejected", "accepted", "duplicate", "duplicate"),
]


def test_files_are_recorded_as_they_came_each_as_if_it_had_a_night_of_its_own(
    place: Workspace,
) -> None:
    returned_and_returned_again(place)
    assert [what for _, what in outcomes(night(place))] == PUT_BACK
    with session.store_of(place) as store:
        (figure,) = store.observations(YEARS[0].name)
    assert (figure.value, figure.filename) == (Decimal(10), "4 the first put back.xlsx")


def test_night_by_night_the_same_files_have_the_same_fate(place: Workspace) -> None:
    returned_and_returned_again(place)
    waiting = sorted(place.inbox.iterdir())
    aside = place.root / "aside"
    aside.mkdir()
    for path in waiting:
        path.rename(aside / path.name)
    nights = []
    for later, path in enumerate(waiting):
        (aside / path.name).rename(path)
        nights.append(night(place, later))
    assert [what for _, what in outcomes(*nights)] == PUT_BACK


def test_what_counts_is_put_back_by_the_same_bytes_after_another_in_one_night(
    place: Workspace,
) -> None:
    first = send(place, YEARS[0], 0, figure=10).read_bytes()
    night(place)
    send(place, YEARS[0], 1, figure=20)
    send_bytes(place, first, "2 the first again.xlsx", 2)
    assert [what for _, what in outcomes(night(place, 1))] == ["accepted", "accepted"]
    with session.store_of(place) as store:
        (figure,) = store.observations(YEARS[0].name)
    assert figure.value == Decimal(10)


def test_what_counts_already_is_not_read_again(place: Workspace) -> None:
    content = send(place, YEARS[0], 0).read_bytes()
    night(place)
    send_bytes(place, content, "again.xlsx", 1)
    # Would a worker be started, there were no memory for it.
    settings = place.settings
    limits = msgspec.structs.replace(settings.limits, memory_mb=1)
    starved = Workspace(place.root, msgspec.structs.replace(settings, limits=limits))
    assert outcomes(night(starved, 1)) == [("again.xlsx", "duplicate")]


@pytest.mark.parametrize(
    ("closed", "judged"),
    [
        ((), ["2010-11", "2011-12", "2012-13"]),
        (("2011-12",), ["2012-13", "2010-11", "2011-12"]),
        (("2010-11", "2011-12"), ["2012-13", "2011-12", "2010-11"]),
    ],
)
def test_a_return_waits_only_where_the_period_before_its_own_is_open(
    closed: Sequence[str], judged: list[str]
) -> None:
    periods = tuple(replace(period, open=period.name not in closed) for period in YEARS)
    waves = in_waves(read_backwards([]), replace(REGISTER, periods=periods))
    assert [one.reading.period for wave in waves for one in wave] == judged


def test_what_need_not_wait_is_judged_before_all_have_been_read() -> None:
    closed = tuple(replace(period, open=period is YEARS[2]) for period in YEARS)
    read: list[str] = []
    next(next(in_waves(read_backwards(read), replace(REGISTER, periods=closed))))
    assert read == ["2012-13"]


def read_backwards(read: list[str]) -> Iterator[Return]:
    """A return for each year, the last year's first; `read` holds those that were read so far."""
    for period in reversed(YEARS):
        read.append(period.name)
        arrival = Arrival(Path(f"{period.name}.xlsx"), "0" * 64, 1, FileKind.XLSX, ARRIVED)
        yield Return(arrival, Reading(SAFETY.ref, period.name))
