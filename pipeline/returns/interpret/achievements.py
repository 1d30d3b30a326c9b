"""The achievements table: what was achieved under each priority, in the area's own words."""

from __future__ import annotations

import re

from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import ReportedAchievement
from pipeline.workbooks.details.detail import CellDetail, Details, Marks
from pipeline.workbooks.figures.figure import CellValue
from pipeline.workbooks.figures.plain import means_nothing_to_report
from pipeline.workbooks.names import name_key, suggestion
from pipeline.workbooks.shown import text_shown
from schemas import cell_rules as v
from schemas import rules as c
from schemas.findings import Finding, Rule
from schemas.model import Register

_BULLET = re.compile(r"^\s*(?:[•·▪◦‣*]|[-–—](?=\s))\s*")


def read_achievements(
    tables: list[Table], register: Register, details: Details
) -> tuple[list[ReportedAchievement], list[Finding]]:
    """Each achievement with its priority; several lines in one cell are several achievements."""
    known = {
        name_key(name): p.ref
        for p in register.priorities
        for name in (p.ref, p.heading, p.achievements_heading)
    }
    achievements: list[ReportedAchievement] = []
    findings: list[Finding] = []
    for table in tables:
        sheet = table.grid.sheet
        column = table.columns["achievement"]
        places = [(row, column) for row in table.rows if table.grid.value(row, column) != ""]
        looks = details(sheet, places).cells if places else {}
        for row, _ in places:
            cell = table.address(row, "achievement")
            texts, trouble = _texts(table.grid.value(row, column), looks[row, column])
            if trouble:
                findings.append(trouble.found(sheet, cell, table.text(row, "achievement")))
            if not texts:
                continue
            named = table.shared_text(row, "priority")
            priority = known.get(name_key(named))
            if priority is None:
                choices = [p.achievements_heading for p in register.priorities]
                findings.append(
                    c.PRIORITY_UNKNOWN.found(
                        sheet,
                        table.address(row, "priority"),
                        named or "A blank cell",
                        suggestion=suggestion(named, choices) if named else "",
                    )
                )
                continue
            achievements += [ReportedAchievement(priority, text, sheet, cell) for text in texts]
    return achievements, findings


def _texts(value: CellValue, detail: CellDetail) -> tuple[list[str], Rule | None]:
    """What a cell says as the sheet shows it, line by line; or what is to be said of it."""
    if detail.marks & Marks.STRUCK:
        return [], v.MARKED_TEXT
    shown = text_shown(value, detail)
    return ([], v.WORDS_NOT_TOLD) if shown is None else (_lines(shown), None)


def _lines(text: str) -> list[str]:
    lines = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return [line for line in lines if line and not means_nothing_to_report(line)]
