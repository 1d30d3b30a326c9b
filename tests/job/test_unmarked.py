"""A mistake in the program that marks returns costs nobody the list, and is not silent."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.job.nightly import Night, needs_a_person, tally
from pipeline.job.session import at_work
from pipeline.job.stages import collect, correct, read, validate
from pipeline.outputs.correction import CorrectionCopy
from pipeline.returns.receiving import decide
from pipeline.workbooks.file_kind import FileKind
from pipeline.workbooks.sandbox import Guard
from pipeline.workspace.runs.pace import Pace
from pipeline.workspace.runs.supervise import supervised
from schemas.fields import LIST_SHEET
from schemas.rules import NOT_A_FIGURE
from tests.support.council import Council, community
from tests.support.guarded import prepare_to_fail_at_styles
from tests.support.odd_workbooks import ODD
from tests.support.spoilt import spoilt

NOW = datetime(2013, 4, 29, 2, tzinfo=UTC)
BAD = NOT_A_FIGURE.found("Figures", "B3", "about 40", example="40")


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council")


def test_a_fault_of_the_program_costs_nobody_the_list_and_is_told(council: Council) -> None:
    community(council, P1_1="about 40")
    place, told = council.place, list[tuple[str, dict[str, object]]]()
    pace = Pace(tell=lambda event, **facts: told.append((event, facts)))
    with at_work(place, NOW, pace=pace) as session:
        intake = collect(session)
        with intake.readers:
            batch = next(validate(intake, read(intake)))
            decisions = decide(batch, intake.known, session.register, NOW)
        with Guard(place.settings.limits, prepare_to_fail_at_styles) as intake.readers.guard:
            (decision,) = correct(intake, decisions)
    assert decision.correction is not None
    book = load_workbook(decision.correction)
    assert book.sheetnames == [LIST_SHEET]
    lines = str([*book[LIST_SHEET].iter_rows(values_only=True)])
    assert "could not be marked (by a mistake in the program that marks it)" in lines
    assert "'about 40'" in lines
    (facts,) = (facts for event, facts in told if event == "return not marked")
    assert facts["sha256"] == decision.submission.sha256[:12]
    assert str(facts["fault"]).startswith("AttributeError in pipeline.outputs.correction.in_place:")
    assert "about 40" not in str(told)
    night = Night(tuple(decisions), faults=tuple(intake.faults))
    assert needs_a_person(night)
    with supervised(place, "run", datetime.now().astimezone(), shown=False) as run:
        run.finish(tally(night), needs_a_person=True)
    assert "1 sent back, 1 without marks" in "\n".join(council.call("runs"))
    (check,) = (
        each
        for each in council.ask("doctor", "--quick", code=1)["checks"]
        if each["name"] == "last run"
    )
    assert check["state"] == "attention"
    assert "1 return sent back without marks." in check["found"]


@pytest.mark.parametrize("name", ["cells twice", "data model"])
def test_a_broken_or_odd_workbook_is_no_fault_of_the_program(name: str, tmp_path: Path) -> None:
    """What is raised in the place of a copy would be one."""
    ODD[name](tmp_path / "return.xlsx")
    content = (tmp_path / "return.xlsx").read_bytes()
    copy = CorrectionCopy(FileKind.XLSX, [BAD], "Return.xlsx")
    assert copy.marked(content)
    for each in spoilt([(".xlsx", content)], 60, 7):
        assert copy.marked(each.content)
    for kind in FileKind:
        assert CorrectionCopy(kind, [BAD], "x").marked(content[:-30])
