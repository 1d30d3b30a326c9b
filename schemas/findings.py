"""Findings: what there is to say about a submission, written for the person who must act.

`schemas.rules` holds every rule that can make one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

#: Longer values are cut in findings; the cell itself is named.
SHOWN_LENGTH = 60
#: No text of a person's is quoted at greater length: what is longer is cut.
LONGEST_QUOTE = 80


#: Words of a template that are the program's own, or a list of what is known: never cut.
_IN_FULL = frozenset(
    {"asks", "called", "choices", "detail", "near", "problem", "readings", "reason", "suggestion"}
    | {"todo", "what"}
)


class Severity(StrEnum):
    """An error sends the return back; a warning is for a person to look at; info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Finding(Struct, frozen=True):
    """One thing to say about a submission."""

    code: str
    severity: Severity
    #: Empty where the finding is about the file as a whole.
    sheet: str
    #: An address such as `D14`; empty where no single cell is meant.
    cell: str
    #: What stands there, as text.
    value: str
    problem: str
    fix: str

    @property
    def place(self) -> str:
        """`Indicators!D14`, the sheet alone, or `the file`."""
        if not self.sheet:
            return "the file"
        sheet = printable(self.sheet)
        return f"{sheet}!{self.cell}" if self.cell else sheet

    @property
    def line(self) -> str:
        """The finding in one line, for a terminal or a log."""
        said = " ".join(part for part in (self.problem, self.fix) if part)
        return f"{self.place}: {said} [{self.code}]"


class Rule(Struct, frozen=True):
    """One thing that can be wrong. `problem` and `fix` are templates; `{value}` is the cell's."""

    code: str
    title: str
    problem: str
    fix: str
    #: Why it matters, for `docs/findings.md`.
    why: str
    severity: Severity = Severity.ERROR

    def found(self, sheet: str = "", cell: str = "", value: object = "", **words: str) -> Finding:
        """The finding that this rule makes at a place; `words` fill its templates."""
        said = {"value": shorten(value)} | {
            name: printable(word) if name in _IN_FULL else shorten(word, LONGEST_QUOTE)
            for name, word in words.items()
        }
        # A question asked in a sentence ends it.
        problem = self.problem.format_map(said).strip().replace("?.", "?")
        fix = self.fix.format_map(said)
        return Finding(self.code, self.severity, sheet, cell, said["value"], problem, fix)


_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


def in_reading_order(findings: Iterable[Finding], sheets: Sequence[str]) -> tuple[Finding, ...]:
    """Findings as the workbook is read: the file, then sheet by sheet, row by row.

    `sheets` are the names in the workbook's order; a sheet that is not among them comes last.
    """
    position = {"": -1} | {sheet: number for number, sheet in enumerate(sheets)}

    def place(finding: Finding) -> tuple[int, int, int, str]:
        match = _ADDRESS.fullmatch(finding.cell)
        row, column = (int(match[2]), match[1]) if match else (0, "")
        return position.get(finding.sheet, len(position)), row, len(column), column

    return tuple(sorted(findings, key=place))


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Errors, then warnings, then info; otherwise in the order given."""
    severities = list(Severity)
    return sorted(findings, key=lambda finding: severities.index(finding.severity))


def printable(text: str) -> str:
    """Text on one line without controls and overrides, fit for a terminal and a log."""
    shown = text if text.isprintable() else "".join(map(_shown, text))
    return " ".join(shown.split())


def _shown(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        # A byte of a file's name that no encoding knows: as the store keeps it.
        return "\N{REPLACEMENT CHARACTER}"
    return character if character.isprintable() else " "


def shorten(value: object, longest: int = SHOWN_LENGTH) -> str:
    """A value as one short line of printable text."""
    text = printable(str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding sends the return back."""
    return any(finding.severity is Severity.ERROR for finding in findings)
