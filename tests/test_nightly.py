"""Nights: what is new is done once, what is done stays done, and a cut-off night is completed."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from openpyxl import load_workbook

from pipeline import nightly
from pipeline.nightly import Night
from pipeline.register_writer import write_register
from pipeline.settings import Settings
from pipeline.store import Outcome
from pipeline.worked_example import entries, example_register, slips, write_return
from pipeline.workspace import Workspace

NIGHT = datetime(2013, 4, 29, 2, tzinfo=UTC)
REGISTER = example_register()
AREAS = {area.ref: area for area in REGISTER.areas}


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each area's return, ready to be dropped, and Community safety's with slips."""
    folder = tmp_path_factory.mktemp("returns")
    made = {}
    for ref, area in AREAS.items():
        made[ref] = folder / f"{ref}.xlsx"
        write_return(REGISTER, area, made[ref], entries(ref))
    made["slips"] = folder / "slips.xlsx"
    write_return(REGISTER, AREAS["SAF"], made["slips"], slips())
    return made


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    (tmp_path / "inbox").mkdir()
    write_register(REGISTER, tmp_path / "register.xlsx")
    settings = Settings()
    limits = msgspec.structs.replace(settings.limits, settle_seconds=0.0)
    return Workspace(tmp_path, msgspec.structs.replace(settings, limits=limits))


def drop(place: Workspace, path: Path, name: str = "") -> Path:
    return Path(shutil.copyfile(path, place.inbox / (name or path.name)))


def night(place: Workspace, later: int = 0) -> Night:
    return nightly.run(place, NIGHT + timedelta(days=later), lambda *_: None)


def outcomes(done: Night) -> list[Outcome]:
    assert done.ingested is not None
    return [taken.outcome for taken in done.ingested.taken]


def test_a_second_run_finds_nothing_to_do(place: Workspace, returns: dict[str, Path]) -> None:
    drop(place, returns["HR"])
    first = night(place)
    assert outcomes(first) == [Outcome.ACCEPTED]
    assert len(first.mails) == 2
    assert night(place, 1) == Night(None)


def test_without_its_stamp_a_run_looks_at_everything_and_still_does_nothing_twice(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    before = night(place).issued[0].workbook.read_bytes()
    (place.state / "settled").unlink()
    again = night(place, 1)
    assert (again.issued, again.mails) == ((), ())
    assert nightly.workbook_path(place, REGISTER, REGISTER.periods[0]).read_bytes() == before


def test_a_changed_register_issues_the_appendix_again(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    night(place)
    book = load_workbook(place.register)
    sheet = book["Framework"]
    cell = next(c for row in sheet for c in row if c.value == REGISTER.framework.title)
    cell.value = "Fair services"
    book.save(place.register)
    (issued,) = night(place, 1).issued
    assert issued.report.register.framework.title == "Fair services"


def test_a_workbook_taken_out_of_the_outbox_is_issued_again_to_the_byte(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    workbook = night(place).issued[0].workbook
    before = workbook.read_bytes()
    workbook.unlink()
    again = night(place, 1)
    assert workbook.read_bytes() == before
    assert again.mails == ()


def test_a_night_cut_off_between_commit_and_archive_is_completed_and_counts_once(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    night(place)
    (kept,) = place.archive.rglob("*.xlsx")
    kept.rename(place.inbox / "HR.xlsx")
    assert outcomes(night(place, 1)) == []
    assert kept.exists()
    assert not list(place.inbox.iterdir())
    with nightly.store_of(place) as store:
        assert len(store.submissions()) == 1


def test_the_same_file_under_another_name_is_counted_once(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    drop(place, returns["HR"], "HR again.xlsx")
    assert sorted(outcomes(night(place))) == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    drop(place, returns["HR"])
    assert outcomes(night(place, 1)) == [Outcome.DUPLICATE]


def test_a_corrected_return_of_the_same_name_takes_the_place_of_the_first(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["slips"], "return.xlsx")
    first = night(place)
    assert outcomes(first) == [Outcome.REJECTED]
    assert first.issued == ()
    assert nightly.needs_a_person(first)
    drop(place, returns["SAF"], "return.xlsx")
    second = night(place, 1)
    assert outcomes(second) == [Outcome.ACCEPTED]
    assert second.issued[0].report.overall.rated == 3


def test_a_return_sent_back_is_looked_at_again_once_the_register_has_changed(
    place: Workspace, returns: dict[str, Path]
) -> None:
    closed = load_workbook(place.register)
    cell = next(c for row in closed["Periods"] for c in row if c.value == "open")
    cell.value = "closed"
    closed.save(place.register)
    drop(place, returns["HR"])
    assert outcomes(night(place)) == [Outcome.REJECTED]
    drop(place, returns["HR"])
    assert outcomes(night(place, 1)) == [Outcome.DUPLICATE]
    cell.value = "open"
    closed.save(place.register)
    drop(place, returns["HR"])
    assert outcomes(night(place, 2)) == [Outcome.ACCEPTED]


def test_files_that_may_not_be_complete_stay_in_the_inbox(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    for name in ("~$HR.xlsx", "HR.xlsx.part", "HR.crdownload", ".hidden.xlsx"):
        (place.inbox / name).write_bytes(b"x")
    (place.inbox / "Old returns").mkdir()
    (place.inbox / "link.xlsx").symlink_to(returns["SAF"])
    done = night(place)
    assert outcomes(done) == [Outcome.ACCEPTED]
    assert done.ingested is not None
    assert {skipped.path.name for skipped in done.ingested.skipped} == {
        "~$HR.xlsx", "HR.xlsx.part", "HR.crdownload", "Old returns", "link.xlsx",
    }  # fmt: skip
    assert len(list(place.inbox.iterdir())) == 6


def test_a_return_in_its_areas_folder_is_taken_in(
    place: Workspace, returns: dict[str, Path]
) -> None:
    (place.inbox / "Human resources").mkdir()
    drop(place, returns["HR"], "Human resources/return.xlsx")
    assert outcomes(night(place)) == [Outcome.ACCEPTED]


def test_a_hostile_file_costs_itself_and_nothing_else(
    place: Workspace, returns: dict[str, Path]
) -> None:
    book = load_workbook(returns["HR"])
    book["Cover"]["XFD1048576"] = 1
    book.save(place.inbox / "wide.xlsx")
    drop(place, returns["HR"])
    drop(place, returns["PI"])
    done = night(place)
    assert done.ingested is not None
    assert {taken.filename: taken.outcome for taken in done.ingested.taken} == {
        "wide.xlsx": Outcome.REJECTED,
        "HR.xlsx": Outcome.ACCEPTED,
        "PI.xlsx": Outcome.ACCEPTED,
    }
