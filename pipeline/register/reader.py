"""Read the register: every cell typed and checked, every problem a finding with its cell.

Its workbook is opened and its cells typed in the sandbox, as a return's are; each sheet is then
checked by its pandera schema. Only a register without an error comes back.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

from msgspec.structs import replace

from pipeline.register.file import LIMITS, register_bytes
from pipeline.register.rows import register_of
from pipeline.register.sheets import RegisterReading, read_sheets
from pipeline.workbooks.sandbox import Guard, StoppedError
from pipeline.workbooks.workbook import why_stopped
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.settings import Limits
from schemas import register_rules as r
from schemas.findings import Finding, has_errors, in_reading_order
from schemas.model import Register
from schemas.names import name_key
from schemas.register import failures
from schemas.register_layout import SHEETS
from schemas.register_questions import questions


def inspect_register(path: Path, limits: Limits = LIMITS) -> tuple[Register, tuple[Finding, ...]]:
    """The register in a workbook, checked, and what there is to say of it although it can be used.

    Percentages come back in percentage points, figures with the decimals that their cells show,
    periods in the order in which they start. Raises `RegisterError` with a finding for each
    problem.
    """
    return inspect_content(register_bytes(path), path.name, limits)


def inspect_content(
    content: bytes, name: str, limits: Limits = LIMITS, *, was_accepted: bool = False
) -> tuple[Register, tuple[Finding, ...]]:
    """The same, of a workbook's bytes; `name` is the file's, for messages.

    What `was_accepted` once is not held to checks that have come since, as long as its cells can
    be read.
    """
    reading = _read_in_sandbox(content, limits)
    sha256 = hashlib.sha256(content).hexdigest()
    return judge(reading, name, sha256, was_accepted=was_accepted)


def judge(
    reading: RegisterReading, name: str, sha256: str, *, was_accepted: bool = False
) -> tuple[Register, tuple[Finding, ...]]:
    """The register of what its workbook says; `name` is the file's, for messages.

    Raises:
        RegisterError: a cell, a row or a sheet is not as it must be.
    """
    findings = in_reading_order(_findings(reading), reading.names)
    if was_accepted and not has_errors(reading.findings):
        # What is wrong by a later check alone may still be too wrong to make a register of.
        with suppress(LookupError, TypeError, ValueError):
            return register_of(reading.tables, sha256), findings
    if has_errors(findings):
        raise RegisterError([_line(name, finding) for finding in findings], findings)
    register = register_of(reading.tables, sha256)
    if asked := _asked(register, reading):
        findings = in_reading_order([*findings, *asked], reading.names)
        if has_errors(findings):
            raise RegisterError([_line(name, finding) for finding in findings], findings)
    return register, findings


def _asked(register: Register, reading: RegisterReading) -> list[Finding]:
    """What is asked about the register as a whole, each at its cell."""
    found = []
    for each in questions(register):
        sheet = next(sheet for sheet in SHEETS if sheet.attribute == each.sheet)
        keys = [column.key for column in sheet.columns if column.key in ("ref", "since")] or [
            sheet.columns[0].key
        ]
        row = next(
            row
            for row in reading.sheets[sheet.title]
            if [name_key(row.values[key] or "") for key in keys] == [*map(name_key, each.row)]
        )
        found.append(row.cells[each.column].found(each.rule, **each.words))
    return found


def _read_in_sandbox(content: bytes, limits: Limits) -> RegisterReading:
    prepare = partial(import_module, read_sheets.__module__)
    with Guard(replace(limits, workers=1), prepare) as guard:
        try:
            return guard.submit(read_sheets, content).result()
        except StoppedError as stopped:
            detail = why_stopped(stopped, limits, "a register")
            return RegisterReading(findings=[r.REGISTER_STOPPED.found(detail=detail)])


def _findings(reading: RegisterReading) -> list[Finding]:
    """All that is wrong, one finding a cell: of several the first said stands.

    A cell that could not be read is not held against others.
    """
    refused = {(finding.sheet, finding.cell) for finding in reading.findings}
    unread = {
        title: [
            {key for key, cell in row.cells.items() if (cell.sheet, cell.address) in refused}
            for row in rows
        ]
        for title, rows in reading.sheets.items()
    }
    return reading.findings + [
        reading.sheets[sheet.title][row].cells[key].found(check, **words)
        for sheet, (check, key, row, words) in failures(reading.tables, unread)
    ]


def _line(name: str, finding: Finding) -> str:
    """A problem as the terminal shows it: the file, the place, what is wrong and what to do."""
    return f"{name}, {finding.line}" if finding.sheet else finding.line.replace("the file", name, 1)
