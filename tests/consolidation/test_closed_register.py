"""What was closed stays as it was closed: by its own register, and by its own published figures."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.consolidation.rating import Colour
from pipeline.job import session
from pipeline.job.nightly import Night
from pipeline.outputs import WORKBOOK
from pipeline.outputs.issuing import Issued
from pipeline.outputs.wording import achievements_restated, sum_restated
from pipeline.register.writer import write_register
from pipeline.store import Outcome
from pipeline.store.registers import kept_register
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.merge_rules import MergeRule
from schemas.model import (
    Kind,
    Operator,
    Polarity,
    Register,
    ServiceArea,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.units import Unit
from tests.consolidation.test_closing import (
    NEXT,
    REGISTER_OPEN,
    WORD,
    line,
    messages,
    new_workspace,
    night,
    outcomes,
    quarterday,
    restated,
)
from tests.support.appendix_sheets import committee_sheet
from tests.support.builders import CARE, PERIOD, SAFETY, indicator
from tests.support.filled import fill_in, fill_return
from tests.support.mixed import ENTRIES
from tests.support.registers import put_register

#: The register of the year: its areas' figures of P2-2 are added up.
THEN = replace(
    REGISTER_OPEN,
    indicators=tuple(
        replace(each, merge_rule=MergeRule.SUM) if each.ref == "P2-2" else each
        for each in REGISTER_OPEN.indicators
    ),
    targets=(
        *REGISTER_OPEN.targets,
        Target("P1-4", PERIOD.name, value=Decimal(13)),
        Target("P2-2", PERIOD.name, value=Decimal(100)),
    ),
)
_LENIENT = Tolerance(Decimal(90), ToleranceKind.PERCENT_OF_TARGET)
_CHANGED = {
    "P1-1": {"tolerance": _LENIENT, "polarity": Polarity.HIGHER},
    "P1-2": {"wording": "Share of victims abused again", "decimals": 3},
    "P1-3": {"unit": Unit.COUNT},
    "P2-2": {"merge_rule": MergeRule.MAXIMUM, "areas": (CARE.ref,), "tolerance": _LENIENT},
    "P2-3": {"areas": (SAFETY.ref,)},
}
#: A later one that says almost everything otherwise: P1-4 has gone, and P2-9 is new.
NOW = replace(
    THEN,
    indicators=(
        *(
            replace(each, **_CHANGED.get(each.ref, {}))
            for each in THEN.indicators
            if each.ref != "P1-4"
        ),
        indicator("P2-9", "Calls answered", priority="P2"),
    ),
    targets=(
        Target("P1-1", PERIOD.name, operator=Operator.AT_LEAST, value=Decimal(1)),
        Target("P2-9", PERIOD.name, value=Decimal(1)),
        Target("P1-1", NEXT.name, value=Decimal(4000)),
    ),
    areas=(replace(SAFETY, name="Safer communities"), CARE),
    periods=(replace(PERIOD, open=False), NEXT),
    framework=replace(THEN.framework, title="Another title", appendix="Appendix 7"),
)
REOPENED = replace(NOW, periods=(PERIOD, NEXT))


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which the year was issued and closed, before the register was rewritten."""
    made = new_workspace(tmp_path_factory.mktemp("closed") / "workspace", THEN)
    send(made, SAFETY, P2_2=70)
    send(made, CARE, P2_2=60)
    (issued,) = night(made).issued
    assert line(issued, "P2-2").performance_shown == "130"
    keep(issued, made.root / "as-issued")
    put_register(NOW, made.register)
    assert night(made, 1).issued == ()
    return made.root


@pytest.fixture
def place(closed: Path, tmp_path: Path) -> Workspace:
    return open_workspace(Path(shutil.copytree(closed, tmp_path / "workspace")))


def send(place: Workspace, area: ServiceArea, register: Register = THEN, **figures: object) -> Path:
    """A return for the year in the layout of a register."""
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    for ref, figure in figures.items():
        entries.setdefault(ref.replace("_", "-"), {})["Performance"] = figure
    path = place.inbox / f"{area.name} {len(figures)}.xlsx"
    return fill_return(register, area, PERIOD, path, entries)


def keep(issued: Issued, folder: Path) -> None:
    folder.mkdir()
    for path in issued.files.values():
        shutil.copy(path, folder / path.name)


def data(path: Path) -> dict[tuple[str, str], dict[str, str]]:
    """The rows of the data, by indicator and area, without the file that they came in."""
    of_the_file = ("File", "Received", "SHA-256", "Cell", "Sheet", "Edition", "Restatement")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            (row["Ref"], row["Service area"]): {
                name: value
                for name, value in row.items()
                if not any(name.startswith(each) for each in of_the_file)
            }
            for row in csv.DictReader(file)
        }


def cells(path: Path) -> list[tuple[object, ...]]:
    sheet = committee_sheet(load_workbook(path))
    return [tuple(cell for cell in row if cell is not None) for row in sheet.values]


def rows_of_page(path: Path) -> list[str]:
    return re.findall(r"<tr.*?</tr>", path.read_text("utf-8"), re.DOTALL)


# --- The register of its time --------------------------------------------------------------------


def test_a_restatement_changes_what_it_changes_in_every_output(place: Workspace) -> None:
    send(place, SAFETY, P1_1=4600, P2_2=70)
    done = night(place, 31, WORD)
    issued = restated(done)
    assert outcomes(done) == [Outcome.ACCEPTED]
    report = issued.report
    assert [each.indicator.ref for each in report.restated] == ["P1-1"]
    assert [each.indicator for each in report.lines] == list(THEN.indicators)
    assert line(issued, "P2-2").performance_shown == "130"
    assert report.register.framework.title == THEN.framework.title

    before = {name: place.root / "as-issued" / path.name for name, path in issued.files.items()}
    now, then = data(issued.files["tidy"]), data(before["tidy"])
    assert now.keys() == then.keys()
    assert {ref for (ref, area) in now if now[ref, area] != then[ref, area]} == {"P1-1"}
    workbook_then = cells(before[WORKBOOK.name])
    changed = [row for row in cells(issued.workbook) if row not in workbook_then]
    figure, mark, whole, number = (
        [row for row in changed if said in str(row)]
        for said in ("4600", "it stood at 4605", "Overall performance", "Issue 2 (")
    )
    assert (len(figure), len(mark)) == (1, 1)
    assert sorted(map(str, changed)) == sorted(map(str, [*figure, *mark, *whole, *number]))
    page, page_then = rows_of_page(issued.files["page"]), rows_of_page(before["page"])
    fresh = [row for row in page if row not in page_then]
    # The indicator, its mark, and what came.
    said = ("4600", "it stood at 4605", "Received")
    assert [sum(each in row for each in said) for row in fresh] == [1, 1, 1]
    (message,) = [one for one in messages(done) if "(restated)" in one["Subject"]]
    assert message["Subject"].startswith("Appendix 3, 2012-13")


def test_what_the_restated_lines_add_up_to_is_marked_in_every_output(place: Workspace) -> None:
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    entries["P2-2"], entries["P1-1"] = {"Performance": 70}, {"Performance": 4000}
    achieved = [("Reduce domestic abuse", "A second refuge was opened.")]
    path = fill_return(THEN, SAFETY, PERIOD, place.inbox / "again.xlsx", {})
    fill_in(path, entries, achieved)
    done = night(place, 31, WORD)
    report = restated(done).report
    first, second = report.sections
    was = "Restated: it was ✖ Red when the period was closed on 30 April 2013."
    assert (report.overall.colour, sum_restated(report)) == (Colour.AMBER, was)
    assert (first.tally.colour, sum_restated(report, first)) == (Colour.AMBER, was)
    assert (second.tally_then, sum_restated(report, second)) == (None, "")
    told = "Restated: what was achieved was told otherwise when the period was closed on 30 April"
    assert achievements_restated(report, first).startswith(told)
    assert achievements_restated(report, second) == ""
    files = restated(done).files
    sheets = load_workbook(files[WORKBOOK.name]).worksheets[1:3]
    rows = [" ".join(str(c) for c in row if c) for sheet in sheets for row in sheet.values]
    page = rows_of_page(files["page"])
    # The whole and the first priority on both sheets, and the head of the committee sheet.
    assert sum(was in row for row in rows) == 5
    assert sum(was in row for row in page) == 2
    assert (sum(told in row for row in rows), sum(told in row for row in page)) == (2, 1)
    (message,) = [one for one in messages(done) if "(restated)" in one["Subject"]]
    body = message.get_body(("plain",))
    assert body is not None
    said = " ".join(body.get_content().split())
    # The whole, an indicator, and the first priority.
    assert said.count(was) == 2
    assert "WHAT WAS RESTATED: THE FIRST 3 OF" in said


def test_an_appendix_that_is_open_again_is_the_same_under_another_register(
    place: Workspace,
) -> None:
    put_register(REOPENED, place.register)
    assert night(place, 31).issued == ()
    code, said = quarterday(place, "merge", "--period", PERIOD.name)
    assert code == 0
    assert "130" in said
    assert "Calls answered" not in said


def test_what_is_said_otherwise_beside_the_same_figure_is_marked(place: Workspace) -> None:
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    entries["P2-2"] = {"Performance": 70}
    entries["P1-1"]["Commentary"] = "Counted once more."
    entries["P1-2"]["Status"] = "Provisional"
    fill_return(THEN, SAFETY, PERIOD, place.inbox / "again.xlsx", entries)
    issued = restated(night(place, 31, WORD))
    assert {each.indicator.ref: each.restated_from for each in issued.report.restated} == {
        "P1-1": "other commentary",
        "P1-2": "other remarks",
    }
    told = line(issued, "P1-1").remarks[0]
    assert told == "Restated: it had other commentary when the period was closed on 30 April 2013."


def test_whom_to_write_to_is_as_the_register_stands(place: Workspace) -> None:
    moved = replace(NOW.areas[0], email="new@council.example")
    put_register(replace(NOW, areas=(moved, CARE)), place.register)
    send(place, SAFETY, P1_1=4600, P2_2=70)
    area = restated(night(place, 31, WORD)).report.register.area(SAFETY.ref)
    assert area is not None
    assert (area.name, area.email) == (SAFETY.name, moved.email)


def test_the_stricter_rule_for_small_numbers_holds(place: Workspace) -> None:
    strict = replace(NOW.framework, small_below=10)
    put_register(replace(NOW, framework=strict), place.register)
    send(place, SAFETY, P1_1=4, P2_2=70)
    issued = restated(night(place, 31, WORD))
    assert line(issued, "P1-1").performance_shown == "Suppressed"
    assert line(issued, "P2-2").performance_shown == "130"
    # A colour of then could bound what is suppressed now.
    assert "made up otherwise" in sum_restated(issued.report)


def test_where_the_register_of_its_time_is_not_kept_that_is_said(place: Workspace) -> None:
    with session.store_of(place) as store:
        (issue,) = store.issues(PERIOD.name)
    (place.archive / "registers" / f"{issue.register_sha256}.xlsx").unlink()
    code, said = quarterday(place, "doctor")
    assert code == 1
    assert f"missing: {place.archive / 'registers'}" in said
    send(place, NOW.areas[0], NOW, P1_1=4600, P2_9=5)
    issued = restated(night(place, 31, WORD))
    told = "The register that the period was closed with is not kept"
    assert told in issued.files["page"].read_text("utf-8")
    assert any(told in str(row) for row in cells(issued.workbook))
    assert "and 1 is in it no longer." in issued.files["page"].read_text("utf-8")
    rated = line(issued, "P2-2").remarks[0]
    assert rated.startswith("Restated: it stood at 130 and its target was 100 when")
    new = line(issued, "P2-9")
    assert new.remarks[0].startswith("Restated: it was not in the appendix when the period was")


def test_what_was_never_issued_is_held_to_the_register_that_closed_it(tmp_path: Path) -> None:
    place = new_workspace(tmp_path / "workspace", THEN)
    send(place, SAFETY, P2_2=70)
    send(place, CARE, P2_2=60)
    assert quarterday(place, "ingest")[0] in (0, 1)
    put_register(replace(THEN, periods=NOW.periods), place.register)
    quarterday(place, "ingest")
    put_register(NOW, place.register)
    assert night(place, 2).issued == ()
    code, said = quarterday(place, "merge", "--period", PERIOD.name)
    assert (code, "130" in said, "Calls answered" in said) == (0, True, False)


def test_a_register_that_a_later_check_would_refuse_is_the_one_of_its_time_all_the_same(
    tmp_path: Path,
) -> None:
    place = new_workspace(tmp_path / "workspace", THEN)
    wrong = Target("P1-1", PERIOD.name, operator=Operator.MORE_THAN, value=Decimal(4248))
    refused = replace(THEN, targets=(wrong,))
    write_register(refused, place.register)
    content = place.register.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    kept = place.archive / "registers" / f"{sha256}.xlsx"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(content)
    # Before it is read by anyone else, and after.
    for _ in range(2):
        register = kept_register(place, sha256)
        assert register is not None
        assert register.targets == (wrong,)
        with pytest.raises(RegisterError, match="R46"):
            session.register_of(place)


# --- A return of the old layout ------------------------------------------------------------------


def test_a_template_for_a_closed_period_is_that_of_its_time_and_is_accepted(
    place: Workspace,
) -> None:
    code, said = quarterday(place, "template", "--period", PERIOD.name, "--area", "CS")
    assert code == 0
    (written,) = (Path(word) for word in said.splitlines())
    rows = str([*load_workbook(written)["Indicators"].values])
    assert "Days until a case is closed" in rows
    assert "Calls answered" not in rows
    assert "Safer communities" not in written.name


@pytest.mark.parametrize("command", ["validate", "run"])
def test_a_return_of_the_old_layout_is_taken_once_its_period_is_open_again(
    command: str, place: Workspace
) -> None:
    put_register(REOPENED, place.register)
    sent = send(place, SAFETY, P1_1=4600, P1_4=15)
    code, said = quarterday(place, command, *([str(sent)] if command == "validate" else []))
    assert code == 0, said
    assert ("would be accepted" if command == "validate" else "accepted: ") in said


def test_a_return_of_the_new_layout_for_a_closed_period_is_sent_back(place: Workspace) -> None:
    put_register(REOPENED, place.register)
    send(place, NOW.areas[0], NOW, P1_1=4600)
    done = night(place, 31)
    assert outcomes(done) == [Outcome.REJECTED]
    assert done.issued == ()


def test_a_return_of_an_area_that_has_gone_since_is_taken(place: Workspace) -> None:
    owned = tuple(replace(each, areas=(CARE.ref,)) for each in NOW.indicators)
    put_register(replace(REOPENED, indicators=owned, areas=(CARE,)), place.register)
    send(place, SAFETY, P1_1=4600, P2_2=70)
    issued = restated(night(place, 31))
    assert line(issued, "P1-1").restated_from == "4605"


# --- Earlier figures beside a current one --------------------------------------------------------


def next_year(place: Workspace, later: int = 10) -> Issued:
    """The next year's appendix, once its returns came by the register of now."""
    for area in NOW.areas:
        entries = {ref: dict(row) for ref, row in ENTRIES.items()}
        entries["P2-9"] = {"Performance": 5}
        fill_return(NOW, area, NEXT, place.inbox / f"{area.ref}.xlsx", entries)
    done: Night = night(place, later)
    assert outcomes(done) == [Outcome.ACCEPTED, Outcome.ACCEPTED], done
    (issued,) = done.issued
    return issued


def test_an_earlier_figure_is_the_one_that_was_published(place: Workspace) -> None:
    issued = next_year(place)
    travel = line(issued, "P2-2").travel
    assert travel is not None
    assert travel.earlier == 130
    said = [
        str(cell).replace("\N{NO-BREAK SPACE}", " ")
        for row in cells(issued.workbook)
        for cell in row
    ]
    assert any("was 130 (2012-13)" in each for each in said)
    code, said = quarterday(place, "merge", "--period", NEXT.name, "--json")
    assert code == 0
    assert '"earlier": "130"' in said


def test_figures_in_another_unit_or_with_another_polarity_are_not_compared(
    place: Workspace,
) -> None:
    issued = next_year(place)
    for ref, what in (("P1-3", "unit"), ("P1-1", "polarity")):
        told = line(issued, ref)
        assert told.travel is None
        assert told.year_travel is None
        assert f"Not compared with 2012-13, when its {what} differed." in told.remarks
    assert line(issued, "P1-2").travel is not None


def test_an_earlier_figure_changes_once_its_own_appendix_says_another(place: Workspace) -> None:
    next_year(place)
    send(place, CARE, P2_2=65)
    first, second = night(place, 31, WORD).issued
    assert [first.report.period.name, second.report.period.name] == [PERIOD.name, NEXT.name]
    travel = line(second, "P2-2").travel
    assert travel is not None
    assert travel.earlier == 135
    assert night(place, 32).was_idle


def test_a_change_is_not_held_against_a_figure_in_another_unit(place: Workspace) -> None:
    plausible = tuple(
        replace(each, plausible_change=Decimal(1)) if each.kind is Kind.MEASURE else each
        for each in NOW.indicators
    )
    put_register(replace(NOW, indicators=plausible), place.register)
    entries = {ref: dict(row) for ref, row in ENTRIES.items()}
    entries |= {ref: {"Performance": 2} for ref in ("P1-1", "P1-3", "P2-9")}
    sent = fill_return(
        replace(NOW, indicators=plausible), NOW.areas[0], NEXT, place.inbox / "a.xlsx", entries
    )
    _, said = quarterday(place, "validate", str(sent))
    (sent_in,) = night(place, 10).submissions
    changed = [f for f in sent_in.findings if "2012-13" in f.problem or "last period" in f.problem]
    assert len(changed) == 1
    assert "4605" in changed[0].problem
    assert changed[0].problem in said


# --- Made again ----------------------------------------------------------------------------------


def test_the_archive_gives_back_what_was_held_to_two_registers(place: Workspace) -> None:
    strict = replace(NOW.framework, small_below=10)
    put_register(replace(NOW, framework=strict), place.register)
    next_year(place)
    send(place, SAFETY, P1_1=4, P2_2=70)
    night(place, 31, WORD)
    code, said = quarterday(place, "replay")
    assert (code, said.splitlines()[-1]) == (
        *(0, "The store and the archive agree in all that was made again."),
    ), said
