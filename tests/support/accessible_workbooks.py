"""Every workbook that the project writes, held to the rules; `docs/accessibility.md` is made here.

python -m tests.support.accessible_workbooks > docs/accessibility.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from pipeline.outputs.appendix import appendix_bytes, data, notes, returns, trends
from pipeline.outputs.correction import CorrectionCopy
from pipeline.outputs.template import write_template
from pipeline.register.starter import starter_register
from pipeline.register.writer import write_register
from pipeline.workbooks.file_kind import FileKind
from schemas import rules as c
from schemas.fields import LIST_SHEET
from tests.support.accessibility import RULES, Book, Fault, Rule
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.copies import write_copy
from tests.support.register_fixture import write_worked
from tests.support.report_fixture import demanding, of_many, worked_example
from tests.support.summary_reports import over_periods

#: Rules that say nothing where no table is marked up.
OF_TABLES = {2, 4, 5, 7, 9, 13, 32, 33, 34}
DATA_SHEETS = (trends.NAME, returns.NAME, notes.NAME, data.NAME)


def _written(write: Callable[[Path], object]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "made.xlsx")
        write(path)
        return path.read_bytes()


def _registers() -> Iterator[Book]:
    yield Book(_written(lambda path: write_register(starter_register(date(2026, 4, 1)), path)))
    yield Book(_written(write_worked))


def _templates() -> Iterator[Book]:
    register = small_register()
    for area in register.areas:
        made = _written(lambda path, area=area: write_template(register, area, PERIOD, path))
        yield Book(made)
    # It asks for what is done about a figure.
    asking = starter_register(date(2026, 4, 1))
    area, period = asking.areas[-1], asking.periods[0]
    yield Book(_written(lambda path: write_template(asking, area, period, path)))


def _copies() -> Iterator[Book]:
    """Of a correction copy only what is added: its list."""
    findings = (
        c.TWO_WAYS.found("Indicators", "H6", "0.62", one="62%", other="0.62%"),
        c.STATUS_UNKNOWN.found("Indicators", "I8", "maybe"),
        c.BY_CODE["C15"].found("Indicators", ref="P1-9", wording="Calls answered"),
        c.BY_CODE["C16"].found(due="30 April 2013"),
    )

    def write(path: Path) -> None:
        original = path.with_name("return.xlsx")
        write_template(small_register(), SAFETY, PERIOD, original)
        book = openpyxl.load_workbook(original)
        book["Indicators"]["H6"], book["Indicators"]["I8"] = 0.62, "maybe"
        book.save(original)
        help_base = "https://council.example/findings"
        write_copy(original, FileKind.XLSX, findings, "Return.xlsx", path, help_base=help_base)

    yield Book(_written(write), (LIST_SHEET,))
    yield Book(CorrectionCopy(FileKind.XLSX, findings, "Return.xlsx").alone())


@cache
def _appendices() -> tuple[bytes, ...]:
    many = over_periods(of_many(40, quarters=8))
    return tuple(map(appendix_bytes, (worked_example(), demanding(), many)))


def _data_sheets() -> Iterator[Book]:
    yield from (Book(content, DATA_SHEETS) for content in _appendices())


def _for_print() -> Iterator[Book]:
    for content in _appendices():
        names = [each.name for each in Book(content).every if each.name not in DATA_SHEETS]
        yield Book(content, tuple(names))


@dataclass(frozen=True)
class Kind:
    """Workbooks, or sheets of them, that are for one use."""

    name: str
    make: Callable[[], Iterator[Book]]
    #: By the number of a rule that they may break, why.
    reasons: dict[int, str]
    #: Whether sheets are added to it for which a rule may be broken that no sheet breaks now.
    grows: bool = False

    @cached_property
    def books(self) -> list[Book]:
        return list(self.make())

    @cached_property
    def faults(self) -> dict[int, list[Fault]]:
        """What goes against each rule in any of them."""
        return {r.number: [f for book in self.books for f in r.faults(book)] for r in RULES}

    def verdict(self, rule: Rule) -> str:
        if rule.is_for_a_person:
            return "by a person"
        has_tables = any(sheet.tables for book in self.books for sheet in book.sheets)
        if rule.number in OF_TABLES and not has_tables:
            return "no table"
        if not self.faults[rule.number]:
            return "passed"
        return "excepted" if rule.number in self.reasons else "FAILED"


_FORM = "It is a form"
_PAPER = "It is laid out for paper, as a committee reads it"
KINDS = (
    Kind("data sheets", _data_sheets, {}),
    Kind(
        "register",
        _registers,
        {
            4: f"{_FORM}: a column is blank where none of its rows needs it.",
            7: f"{_FORM}: an officer finds a service area's rows among hundreds by the filters.",
            8: f"{_FORM}: the headings and the first column stay in view over many rows.",
            17: "On the sheet Framework settings of all kinds stand in one column, figures among "
            "them.",
            20: "On the sheet Bands the symbols of ratings are settings.",
            24: "The headings, and the names of settings, are filled.",
        },
    ),
    Kind(
        "template",
        _templates,
        {
            4: f"{_FORM}: what is blank is to be filled in, which the sheet says above its table.",
            8: f"{_FORM}: the headings, and an indicator's ref, stay in view over many rows.",
            24: f"{_FORM}: what is to be filled in is yellow, which the sheet says with the "
            "letters of its columns; what is not to be is grey or hatched, and locked.",
        },
    ),
    Kind(
        "list of what to correct",
        _copies,
        {
            24: "The headings and how grave a thing is are filled, with the word in the cell: it "
            "is a list to work through.",
        },
    ),
    Kind(
        "sheets for print",
        _for_print,
        {
            1: f"{_PAPER}: a block of rows for each indicator. The sheet Data has the same in a "
            "table that is marked up.",
            3: f"{_PAPER}: headings and commentary go over the width of the page.",
            16: f"{_PAPER}: 10 points, so that an indicator's block stays on one page.",
            17: "A heading stands as the figures below it do.",
            20: "A rating has its symbol and its word, so that it is told apart in print; the word "
            "says it alone on the data sheets.",
            21: f"{_PAPER}: each page says which appendix, which edition and which page it is. The "
            "same stands in cells.",
            24: "A rating and the headings of a table are filled, with the word in the cell.",
            27: "A chart has alternative text, and its figures beside it.",
            31: f"{_PAPER}: there is room between its parts.",
            36: "It names merged cells, of which above.",
        },
        grows=True,
    ),
)


def page() -> str:
    """The page: each rule by each kind of workbook, and every exception with its reason."""
    names = [kind.name for kind in KINDS]
    lines = [*_START, f"| | rule | {' | '.join(names)} |", f"| --- | --- |{' --- |' * len(names)}"]
    for group, rules in groupby(RULES, key=lambda rule: rule.group):
        lines.append(f"| | **{group}** |{' |' * len(names)}")
        for rule in rules:
            asks = f"{rule.asks} (E)" if rule.essential else rule.asks
            verdicts = " | ".join(kind.verdict(rule) for kind in KINDS)
            lines.append(f"| {rule.number} | {asks} | {verdicts} |")
    passed = [sum(kind.verdict(rule) == "passed" for rule in RULES) for kind in KINDS]
    lines.append(f"| | **passed, of {len(RULES)}** | {' | '.join(map(str, passed))} |")
    lines += ["", "## Exceptions"]
    for kind in KINDS:
        excepted = [rule for rule in RULES if kind.verdict(rule) == "excepted"]
        lines += ["", f"### {kind.name.capitalize()}", ""]
        lines += [f"- {rule.number}. {rule.asks}: {kind.reasons[rule.number]}" for rule in excepted]
        lines += [] if excepted else ["None."]
    return "\n".join(lines) + "\n"


_START = (
    "# Accessibility",
    "",
    "Every workbook that Quarterday writes is held to the UK Analysis Function's rules for",
    "[spreadsheets](https://analysisfunction.civilservice.gov.uk/policy-store/releasing-statistics-in-spreadsheets/)",
    "and its checklist of the basics, rule by rule, by `tests/outputs/test_accessibility.py`. They",
    "are 39 as they are split here; **(E)** marks those that are essential to the accessibility",
    "regulations. The rules are for statistics that are published. A form to fill in and a sheet",
    "for print break some of them, each for a reason that stands below.",
    "",
    "The appendix is for two uses. Its first sheets are for print. Its data sheets, Trends,",
    "Returns received, Notes and definitions and Data, say the same in tables that a screen reader",
    "goes through. Where they have no value there is a code: `[x]` not available, `[c]`",
    "suppressed, `[z]` not applicable; the CSV files have none of these.",
    "",
    "Of a correction copy the sheet that it adds is judged, since the others are as they were",
    "sent. A cell that is highlighted there has a comment, and what that says is in the list.",
    "",
    "This page is generated by `make docs` from the workbooks as they are written.",
    "",
)


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this module's command prints the page
