"""Nights: what is new is done once, what is done stays done, and a cut-off night is completed."""

from __future__ import annotations

import ast
import hashlib
import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.consolidation.report import Line
from pipeline.intake.scan import INCOMPLETE, STILL_CHANGING
from pipeline.job import nightly, session
from pipeline.job.checking import check_files
from pipeline.job.nightly import Night
from pipeline.operations.worked_example import entries, example_register, slips, write_return
from pipeline.outputs import issuing
from pipeline.store import Outcome
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.settings import Settings
from schemas.findings import Severity
from schemas.merge_rules import MergeRule
from schemas.model import Period, Polarity, ServiceArea
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register
from tests.support.containers import repacked
from tests.support.filled import fill_return
from tests.support.registers import put_register
from tests.support.sampled import sampled

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
    put_register(REGISTER, tmp_path / "register.xlsx")
    settings = Settings()
    limits = msgspec.structs.replace(settings.limits, settle_seconds=0.0, incomplete_minutes=0)
    return Workspace(tmp_path, msgspec.structs.replace(settings, limits=limits))


def drop(place: Workspace, path: Path, name: str = "") -> Path:
    return Path(shutil.copyfile(path, place.inbox / (name or path.name)))


def night(place: Workspace, later: int = 0) -> Night:
    return nightly.run(place, NIGHT + timedelta(days=later), lambda *_: None)


def outcomes(done: Night) -> list[Outcome]:
    return [taken.outcome for taken in done.submissions]


#: The diagram of the design, from left to right.
STAGES = (
    *("fetch", "collect", "read", "validate", "decide", "correct", "record", "archive"),
    *("merge", "disclose", "rate", "publish", "decide_last", "enqueue", "deliver"),
)


def test_a_walk_through_the_night_names_every_stage_in_order() -> None:
    """By the first time that it is named: a mailbox on which a run ended is fetched from last."""
    calls = [
        (node.lineno, node.col_offset, node.func.id)
        for node in ast.walk(ast.parse(inspect.getsource(nightly.run)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    ]
    named = dict.fromkeys(name for *_, name in sorted(calls))
    assert tuple(name for name in named if name in STAGES) == STAGES


def test_a_second_run_finds_nothing_to_do(place: Workspace, returns: dict[str, Path]) -> None:
    drop(place, returns["HR"])
    first = night(place)
    assert outcomes(first) == [Outcome.ACCEPTED]
    # The appendix to two recipients, and a receipt.
    assert len(first.mails) == 3
    assert night(place, 1) == Night(was_idle=True)


def test_what_a_night_issued_is_what_it_is_when_it_is_made_once_more(
    place: Workspace, returns: dict[str, Path]
) -> None:
    """So that mail may bring either."""
    drop(place, returns["HR"])
    (issued,) = night(place).issued
    with session.looking(place, NIGHT + timedelta(days=3)) as later:
        (kept,) = issuing.published_since(later, 0, [issued])
        (again,) = issuing.published_since(later, 0)
    assert kept is issued
    assert again == replace(issued, report=replace(issued.report, changes=again.report.changes))
    # Of another issue it is not taken.
    other = replace(issued, report=replace(issued.report, content="of something else"))
    with session.looking(place, NIGHT) as later:
        assert [*issuing.published_since(later, 0, [other])] == [again]


def test_without_its_stamp_a_run_looks_at_everything_and_still_does_nothing_twice(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    before = night(place).issued[0].workbook.read_bytes()
    (place.state / "settled").unlink()
    again = night(place, 1)
    assert (again.issued, again.mails) == ((), ())
    assert issuing.workbook_path(place, REGISTER, REGISTER.periods[0]).read_bytes() == before


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
    with cut_off_before_archiving(place, drop(place, returns["HR"])):
        pass
    assert outcomes(night(place)) == []
    assert len(list(place.archive.glob("??/*.xlsx"))) == 1
    assert not list(place.inbox.iterdir())
    with session.store_of(place) as store:
        assert len(store.submissions()) == 1


@contextmanager
def cut_off_before_archiving(place: Workspace, sent: Path) -> Iterator[None]:
    """A night that commits and then cannot archive what was sent, until the block has ended."""
    digest = hashlib.sha256(sent.read_bytes()).hexdigest()
    in_the_way = place.archive / digest[:2]
    place.archive.mkdir(parents=True, exist_ok=True)
    in_the_way.write_text("in the way")
    with pytest.raises(WorkspaceError, match="was taken in but cannot be moved"):
        night(place)
    assert not list(place.archive.glob("??/*"))
    yield
    in_the_way.unlink()


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


def test_of_a_file_that_changed_since_it_was_read_nothing_is_kept_and_the_rest_goes_by_that(
    place: Workspace, returns: dict[str, Path]
) -> None:
    changing = drop(place, returns["slips"], "first.xlsx")
    drop(place, returns["slips"], "second.xlsx")

    def replace_first(what: str, done: int, total: int) -> None:
        if what == "Reading returns" and done == total:
            drop(place, returns["HR"], "first.xlsx")

    done = nightly.run(place, NIGHT, replace_first)
    # Not a copy of the first, of which the store knows nothing.
    assert [(one.filename, one.outcome) for one in done.submissions] == [
        ("second.xlsx", Outcome.REJECTED)
    ]
    assert [(one.path, one.why) for one in done.skipped] == [(changing, STILL_CHANGING)]
    (copy,) = place.outbox.rglob("corrections/*")
    assert copy == done.decisions[0].correction
    assert outcomes(night(place, 1)) == [Outcome.ACCEPTED]


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


def test_files_that_may_not_be_complete_stay_in_the_inbox_and_a_link_goes(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    for name in ("~$HR.xlsx", "HR.xlsx.part", "HR.crdownload", ".hidden.xlsx"):
        (place.inbox / name).write_bytes(b"x")
    (place.inbox / "Old returns").mkdir()
    (place.inbox / "link.xlsx").symlink_to(returns["SAF"])
    done = night(place)
    assert outcomes(done) == [Outcome.ACCEPTED]
    assert {skipped.path.name for skipped in done.skipped} == {
        "~$HR.xlsx", "HR.xlsx.part", "HR.crdownload", "Old returns", "link.xlsx",
    }  # fmt: skip
    assert {path.name for path in place.inbox.iterdir()} == {
        "~$HR.xlsx", "HR.xlsx.part", "HR.crdownload", ".hidden.xlsx", "Old returns",
    }  # fmt: skip


def test_what_only_the_reader_finds_broken_is_left_while_it_is_fresh_and_then_sent_back(
    place: Workspace, returns: dict[str, Path]
) -> None:
    def without_sheet(name: str, content: bytes) -> bytes:
        return content[: len(content) // 2] if name == "xl/workbook.xml" else content

    path = place.inbox / "return.xlsx"
    path.write_bytes(repacked(returns["HR"].read_bytes(), without_sheet))
    limits = msgspec.structs.replace(place.settings.limits, incomplete_minutes=1)
    patient = replace(place, settings=msgspec.structs.replace(place.settings, limits=limits))
    done = night(patient)
    assert outcomes(done) == []
    assert [skipped.why for skipped in done.skipped] == [INCOMPLETE]
    checked = check_files([path], patient, REGISTER, NIGHT, lambda *_: None, None)
    assert [finding.code for finding in checked.decisions[0].submission.findings] == ["F04"]
    assert checked.unread == []
    assert outcomes(night(place)) == [Outcome.REJECTED]


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
    assert {taken.filename: taken.outcome for taken in done.submissions} == {
        "wide.xlsx": Outcome.REJECTED,
        "HR.xlsx": Outcome.ACCEPTED,
        "PI.xlsx": Outcome.ACCEPTED,
    }


def test_a_file_whose_name_no_encoding_knows_costs_itself_and_nothing_else(
    place: Workspace, returns: dict[str, Path]
) -> None:
    strange = os.fsencode(place.inbox) + b"/re\xffturn.xlsx"
    try:
        Path(os.fsdecode(strange)).write_bytes(b"Dear council")
    except OSError:
        pytest.skip("this file system takes no such name")
    drop(place, returns["HR"])
    assert sorted(outcomes(night(place))) == [Outcome.ACCEPTED, Outcome.REJECTED]
    with session.store_of(place) as store:
        names = {submission.filename for submission in store.submissions()}
    assert names == {"re\N{REPLACEMENT CHARACTER}turn.xlsx", "HR.xlsx"}


# --- Several areas, several periods --------------------------------------------------------------


@pytest.fixture
def two_years(tmp_path: Path) -> Workspace:
    """Two areas that report one indicator together, this year and the year before."""
    helped = replace(
        indicator("P2-2", "People helped, in both areas", priority="P2", areas=("CS", "ASC")),
        merge_rule=MergeRule.SUM,
        polarity=Polarity.HIGHER,
        plausible_change=Decimal(100),
    )
    register = replace(small_register(), indicators=(helped,), targets=(), periods=YEARS)
    (tmp_path / "inbox").mkdir()
    put_register(register, tmp_path / "register.xlsx")
    (tmp_path / "pipeline.toml").write_text(
        "[limits]\nsettle_seconds = 0\nincomplete_minutes = 0\n", encoding="utf-8"
    )
    return open_workspace(tmp_path)


YEARS = (
    Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30)),
    PERIOD,
)


def report(place: Workspace, area: ServiceArea, period: Period, helped: object) -> None:
    """A return with how many people were helped, dropped into the inbox."""
    path = place.inbox / f"{area.name} {period.name}.xlsx"
    register = session.register_of(place)
    fill_return(register, area, period, path, {"P2-2": {"Performance": helped}})


def printed(done: Night, period: Period) -> Line:
    (issued,) = [i for i in done.issued if i.report.period == period]
    return issued.report.lines[0]


def test_areas_returns_are_added_up_and_a_missing_one_is_named(two_years: Workspace) -> None:
    report(two_years, SAFETY, PERIOD, 30)
    first = printed(night(two_years), PERIOD)
    assert (first.consolidated.value, first.remarks) == (30, ("Without Adult social care.",))
    report(two_years, CARE, PERIOD, 12)
    both = printed(night(two_years, 1), PERIOD)
    assert (both.consolidated.value, both.remarks) == (42, ())
    assert {o.area for o in both.consolidated.observations} == {"CS", "ASC"}


def test_the_period_before_gives_the_direction_of_travel(two_years: Workspace) -> None:
    for area in (SAFETY, CARE):
        report(two_years, area, YEARS[0], 10)
        report(two_years, area, PERIOD, 25)
    done = night(two_years)
    assert printed(done, YEARS[0]).travel is None
    travel = printed(done, PERIOD).travel
    assert travel is not None
    assert travel.shown == "▲ Up, better"


def test_a_change_beyond_belief_since_the_period_before_needs_a_person(
    two_years: Workspace,
) -> None:
    report(two_years, SAFETY, YEARS[0], 10)
    assert not nightly.needs_a_person(night(two_years))
    report(two_years, SAFETY, PERIOD, 111)
    later = night(two_years, 1)
    (taken,) = later.submissions
    assert (taken.outcome, [f.code for f in taken.findings]) == (Outcome.ACCEPTED, ["C05"])
    assert nightly.needs_a_person(later)


def test_a_change_as_large_as_is_still_plausible_is_taken_silently(two_years: Workspace) -> None:
    report(two_years, SAFETY, YEARS[0], 10)
    night(two_years)
    report(two_years, SAFETY, PERIOD, 110)
    later = night(two_years, 1)
    assert later.submissions[0].findings == ()


def test_a_return_for_a_closed_period_is_sent_back_naming_the_open_one(
    two_years: Workspace,
) -> None:
    report(two_years, SAFETY, YEARS[0], 10)
    closed = replace(
        session.register_of(two_years), periods=(replace(YEARS[0], open=False), PERIOD)
    )
    put_register(closed, two_years.register)
    done = night(two_years)
    (taken,) = done.submissions
    assert taken.outcome is Outcome.REJECTED
    (error,) = [f for f in taken.findings if f.severity is Severity.ERROR]
    assert (error.code, error.sheet) == ("C12", "Cover")
    assert PERIOD.name in error.fix


def test_a_correction_of_the_period_before_issues_the_one_after_it_again(
    two_years: Workspace,
) -> None:
    report(two_years, SAFETY, YEARS[0], 10)
    report(two_years, CARE, YEARS[0], 10)
    report(two_years, SAFETY, PERIOD, 10)
    report(two_years, CARE, PERIOD, 15)
    travel = printed(night(two_years), PERIOD).travel
    assert travel is not None
    assert travel.shown == "▲ Up, better"
    report(two_years, CARE, YEARS[0], 20)
    travel = printed(night(two_years, 1), PERIOD).travel
    assert travel is not None
    assert travel.shown == "▼ Down, worse"


def test_one_areas_return_never_takes_the_place_of_anothers(two_years: Workspace) -> None:
    report(two_years, SAFETY, PERIOD, 30)
    report(two_years, CARE, PERIOD, 12)
    night(two_years)
    report(two_years, CARE, PERIOD, 13)
    assert printed(night(two_years, 1), PERIOD).consolidated.value == 43


def test_two_areas_returns_of_one_name_are_sent_back_as_two_copies(
    place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["slips"], "return.xlsx")
    (place.inbox / "Human resources").mkdir()
    book = load_workbook(returns["HR"])
    sheet = book["Indicators"]
    cell = next(c for row in sheet for c in row if c.value == 0.0356)
    cell.value = "a few"
    book.save(place.inbox / "Human resources" / "return.xlsx")
    done = night(place)
    copies = {one.submission.area: one.correction for one in done.decisions}
    assert len(set(copies.values())) == 2
    for area, copy in copies.items():
        assert copy is not None
        assert AREAS[str(area)].name in [
            c.value for row in load_workbook(copy)["Cover"] for c in row
        ]


def test_an_empty_folder_of_a_service_area_leaves_a_night_idle(
    place: Workspace, returns: dict[str, Path]
) -> None:
    (place.inbox / "Human resources").mkdir()
    drop(place, returns["HR"], "Human resources/return.xlsx")
    night(place)
    assert night(place, 1) == Night(was_idle=True)
    drop(place, returns["PI"], "Human resources/return.xlsx")
    assert outcomes(night(place, 2)) == [Outcome.REJECTED]


@pytest.mark.parametrize("zone", sampled(["Asia/Tokyo", "America/New_York"], 2))
def test_away_from_utc_an_appendix_is_issued_again_to_the_byte_and_mailed_once(
    zone: str, place: Workspace, returns: dict[str, Path]
) -> None:
    drop(place, returns["HR"])
    code = (
        "import sys; from pathlib import Path\n"
        "from pipeline.job import nightly; from pipeline.cli.console import now\n"
        "from pipeline.workspace.folder import open_workspace\n"
        "done = nightly.run(open_workspace(Path(sys.argv[1])), now(), lambda *_: None)\n"
        "print(len(done.mails))\n"
    )

    def run_there() -> tuple[str, bytes]:
        done = subprocess.run(
            [sys.executable, "-c", code, str(place.root)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "TZ": zone},
        )
        workbook = issuing.workbook_path(place, REGISTER, REGISTER.periods[0])
        content = workbook.read_bytes()
        workbook.unlink()
        return done.stdout.strip(), content

    first, again = run_there(), run_there()
    assert (first[0], again[0]) == ("3", "0")
    assert first[1] == again[1]


def test_a_return_that_was_replaced_and_is_sent_again_counts_again(
    place: Workspace, returns: dict[str, Path], tmp_path: Path
) -> None:
    other = write_other(tmp_path / "other.xlsx", returns["HR"])
    for later, path in enumerate((returns["HR"], other, returns["HR"])):
        drop(place, path)
        assert outcomes(night(place, later)) == [Outcome.ACCEPTED]
    drop(place, returns["HR"])
    assert outcomes(night(place, 3)) == [Outcome.DUPLICATE]
    with session.store_of(place) as store:
        (period,) = store.periods()
        commentaries = {o.commentary for o in store.observations(period) if o.area == "HR"}
        assert "Something else" not in commentaries
        assert len(store.submissions(period)) == 4


def test_a_night_cut_off_before_a_replaced_return_was_archived_does_not_put_it_back(
    place: Workspace, returns: dict[str, Path], tmp_path: Path
) -> None:
    other = write_other(tmp_path / "other.xlsx", returns["HR"])
    first = drop(place, returns["HR"])
    with cut_off_before_archiving(place, first):
        drop(place, other)
    done = night(place, 1)
    assert outcomes(done) == [Outcome.ACCEPTED]
    assert not first.exists()
    with session.store_of(place) as store:
        (period,) = store.periods()
        assert "Something else" in {o.commentary for o in store.observations(period)}


def write_other(path: Path, original: Path) -> Path:
    """The same return with other commentary."""
    book = load_workbook(original)
    sheet = book["Indicators"]
    heading = next(c for row in sheet for c in row if c.value == "Commentary")
    sheet.cell(heading.row + 1, heading.column, "Something else")
    book.save(path)
    return path


def test_a_correction_copy_links_its_codes_to_the_page_that_the_settings_name(
    place: Workspace, returns: dict[str, Path]
) -> None:
    settings = place.settings
    mail = msgspec.structs.replace(settings.mail, findings_page="https://intranet.example/findings")
    linking = Workspace(place.root, msgspec.structs.replace(settings, mail=mail))
    drop(linking, returns["slips"])
    done = night(linking)
    (taken,) = done.decisions
    assert taken.correction is not None
    sheet = load_workbook(taken.correction).worksheets[0]
    links = {
        c.value: c.hyperlink.target
        for row in sheet
        for c in row
        if c.hyperlink and c.hyperlink.target
    }
    assert links["V01"] == "https://intranet.example/findings#v01"
