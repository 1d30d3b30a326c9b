"""Findings: what there is to say about a submission, written for the person who must act."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error sends the return back; a warning is for a person to look at; info only tells."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
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
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet
