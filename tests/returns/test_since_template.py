"""A return from a template of before the register changed: that is said, and without blame."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.job import nightly
from pipeline.operations.setup import make_workspace
from pipeline.register.loading import load_register
from pipeline.workbooks.origin import register_of_template
from pipeline.workspace.folder import open_workspace
from schemas.findings import Finding
from schemas.model import Register
from schemas.units import Unit
from tests.support.builders import CARE, PERIOD, indicator
from tests.support.command_line import quarterday
from tests.support.filled import fill_in, fill_return
from tests.support.mixed import ENTRIES, REGISTER, set_up
from tests.support.registers import put_register

CLOSED = "Days until a case is closed"
NIGHT = datetime(2013, 4, 20, 2, 0, tzinfo=UTC)


MORE = replace(REGISTER, indicators=(*REGISTER.indicators, indicator("P1-9", "Homes let")))
TARGETED = replace(
    REGISTER, targets=(replace(REGISTER.targets[0], value=Decimal(5000)), REGISTER.targets[1])
)
WITHOUT = replace(REGISTER, indicators=tuple(i for i in REGISTER.indicators if i.ref != "P1-3"))


@dataclass
class Office:
    """A workspace whose templates were written and filled in before its register changes."""

    root: Path
    filled: Path

    def change(self, register: Register) -> None:
        put_register(register, self.root / "register.xlsx")

    def night(self, name: str = "return.xlsx") -> nightly.Night:
        (self.root / "inbox" / name).write_bytes(self.filled.read_bytes())
        return nightly.run(open_workspace(self.root), NIGHT, lambda *_: None)

    def sent(self) -> tuple[str, list[Finding]]:
        """What became of the return, and what was said of it."""
        (one,) = self.night().decisions
        return str(one.submission.outcome), list(one.submission.findings)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    root = tmp_path / "workspace"
    put_register(REGISTER, root / "register.xlsx")
    make_workspace(root, PERIOD.due, REGISTER)
    set_up(root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    assert quarterday("template", "--area", "CS", "--workspace", root).exit_code == 0
    (template,) = (root / "outbox" / PERIOD.name / "templates").iterdir()
    filled = tmp_path / "filled.xlsx"
    filled.write_bytes(template.read_bytes())
    return Office(root, fill_in(filled, ENTRIES))


def changed(of: str, **changes: Any) -> Register:
    indicators = (replace(i, **changes) if i.ref == of else i for i in REGISTER.indicators)
    return replace(REGISTER, indicators=tuple(indicators))


def codes(findings: list[Finding]) -> list[str]:
    return [finding.code for finding in findings]


def test_a_template_names_the_register_that_it_was_made_from(office: Office) -> None:
    register = load_register(office.root / "register.xlsx", office.root / "var" / "cache")
    assert register_of_template(office.filled.read_bytes()) == register.sha256
    assert (office.root / "var" / "archive" / "registers" / f"{register.sha256}.xlsx").exists()


def test_what_changed_elsewhere_changes_nothing(office: Office) -> None:
    register = replace(REGISTER, framework=replace(REGISTER.framework, title="Another title"))
    office.change(register)
    assert office.sent() == ("accepted", [])


def test_another_target_is_told_and_the_return_accepted(office: Office) -> None:
    office.change(TARGETED)
    outcome, (finding,) = office.sent()
    assert outcome == "accepted"
    assert (finding.code, finding.severity) == ("T02", "info")
    assert finding.problem == (
        "The register has changed since this template was made: the target of P1-1 was 4248 and is "
        "5000 now."
    )


def test_a_target_that_the_template_never_had_is_a_mistake_still(office: Office) -> None:
    office.change(TARGETED)
    book = load_workbook(office.filled)
    sheet = book["Indicators"]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == "4248")
    cell.value = "4000"
    book.save(office.filled)
    outcome, (finding,) = office.sent()
    assert (outcome, finding.code) == ("rejected", "C10")


@pytest.mark.parametrize(
    "register",
    [
        WITHOUT,
        changed("P1-3", areas=("ASC",)),
    ],
    ids=["gone from the register", "another area's"],
)
def test_an_indicator_that_is_no_longer_asked_is_passed_over(
    register: Register, office: Office
) -> None:
    office.change(register)
    (decision,) = office.night().decisions
    (finding,) = decision.submission.findings
    assert str(decision.submission.outcome) == "accepted"
    assert (finding.code, finding.severity) == ("T01", "info")
    assert "is no longer asked of this service area. Its row was passed over." in finding.problem
    shown = quarterday("history", "P1-3", "--workspace", office.root, "--json").stdout
    assert "1200" not in shown


def test_even_where_its_figure_could_not_be_read(office: Office) -> None:
    fill_in(office.filled, {"P1-3": {"Performance": "about 12"}})
    office.change(changed("P1-3", areas=("ASC",)))
    outcome, findings = office.sent()
    assert (outcome, codes(findings)) == ("accepted", ["T01"])


def test_an_indicator_that_is_asked_since_is_asked_for_without_blame(office: Office) -> None:
    office.change(MORE)
    outcome, (finding,) = office.sent()
    assert (outcome, finding.code, finding.severity) == ("accepted", "T03", "warning")
    assert finding.problem == (
        "The register has changed since this template was made: P1-9 (Homes let) is asked of "
        "Community safety now. The return was taken without it, and it is still due."
    )
    assert finding.fix.startswith("Send it in a new template, with the other figures;")
    assert not (office.root / "outbox" / PERIOD.name / "corrections").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"wording": "Days until a case is shut"},
            f"the wording of P1-4 was {CLOSED} and is Days until a case is shut now.",
        ),
        ({"unit": Unit.COUNT}, "the unit of P1-4 was days and is number now."),
    ],
)
def test_what_is_asked_otherwise_is_asked_about_without_blame(
    changes: dict[str, Any], said: str, office: Office
) -> None:
    office.change(changed("P1-4", **changes))
    outcome, (finding,) = office.sent()
    assert (outcome, finding.code) == ("rejected", "T04")
    assert finding.problem == f"The register has changed since this template was made: {said}"
    # What it says to do helps.
    book = load_workbook(office.filled)
    book[finding.sheet][finding.cell] = None
    book.save(office.filled)
    (again,) = office.night("again.xlsx").decisions
    assert str(again.submission.outcome) == "accepted"


def test_another_reference_of_the_same_words_is_told(office: Office) -> None:
    office.change(changed("P1-4", ref="P1-44"))
    outcome, (finding,) = office.sent()
    assert (outcome, finding.code) == ("accepted", "T02")
    assert "the reference of P1-44 was P1-4 and is P1-44 now" in finding.problem


def without_name(path: Path) -> None:
    """As a template of before, or what a program saved that keeps no properties."""
    book = load_workbook(path)
    del book.custom_doc_props["Quarterday register"]
    book.save(path)


def of_another(path: Path) -> None:
    """A name that no register which is kept bears."""
    book = load_workbook(path)
    book.custom_doc_props["Quarterday register"].value = "0" * 64
    book.save(path)


def test_where_the_register_is_not_kept_it_is_asked_about_as_ever(office: Office) -> None:
    of_another(office.filled)
    office.change(TARGETED)
    outcome, findings = office.sent()
    assert (outcome, codes(findings)) == ("rejected", ["C10"])


# --- Templates that name no register -------------------------------------------------------------


@pytest.fixture
def unnamed(office: Office) -> Office:
    """The same, of a template of before; a run has used the register that it was made from."""
    without_name(office.filled)
    fill_return(REGISTER, CARE, PERIOD, office.root / "inbox" / "care.xlsx", ENTRIES)
    nightly.run(open_workspace(office.root), NIGHT, lambda *_: None)
    return office


@pytest.mark.parametrize(
    ("register", "became"),
    [
        (TARGETED, ("accepted", ["T02"])),
        (WITHOUT, ("accepted", ["T01"])),
        (MORE, ("accepted", ["T03"])),
        (changed("P1-4", unit=Unit.COUNT), ("rejected", ["T04"])),
    ],
    ids=["target", "gone", "more", "unit"],
)
def test_it_is_known_by_all_that_it_says(
    register: Register, became: tuple[str, list[str]], unnamed: Office
) -> None:
    unnamed.change(register)
    outcome, findings = unnamed.sent()
    assert (outcome, codes(findings)) == became
    assert quarterday("replay", "--workspace", unnamed.root).exit_code == 0


def test_where_one_cell_says_something_else_it_is_not(unnamed: Office) -> None:
    book = load_workbook(unnamed.filled)
    sheet = book["Indicators"]
    (cell,) = (cell for row in sheet.iter_rows() for cell in row if cell.value == CLOSED)
    cell.value = "Days until a case is forgotten"
    book.save(unnamed.filled)
    unnamed.change(TARGETED)
    outcome, findings = unnamed.sent()
    assert (outcome, codes(findings)) == ("rejected", ["C10", "C10"])


def test_where_no_run_used_its_register_it_is_not(office: Office) -> None:
    without_name(office.filled)
    office.change(TARGETED)
    outcome, findings = office.sent()
    assert (outcome, codes(findings)) == ("rejected", ["C10"])


# --- Everywhere alike ----------------------------------------------------------------------------


def test_validate_says_the_same_and_replay_agrees(office: Office) -> None:
    office.change(changed("P1-3", areas=("ASC",)))
    result = quarterday("validate", office.filled, "--workspace", office.root)
    assert result.exit_code == 0, result.output
    assert "would be accepted" in result.stdout
    assert "no longer asked of this service area" in result.stdout
    assert office.sent()[0] == "accepted"
    replayed = quarterday("replay", "--workspace", office.root)
    assert replayed.exit_code == 0, replayed.output


@pytest.mark.parametrize("content", [b"", b"PK docProps/custom.xml", b"\xff" * 70_000])
def test_a_part_that_cannot_be_read_names_none(
    content: bytes, office: Office, tmp_path: Path
) -> None:
    assert register_of_template(content) == ""
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("docProps/custom.xml", content)
    assert register_of_template(path.read_bytes()) == ""
