"""Outputs: a report, findings or a register becomes a file.

What is issued of a report stands in `OUTPUTS`. A new output is a module of this package with a
function `write(report, path)`, and its entry.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from msgspec import Struct

from pipeline.consolidation.report import Report


class Output(Struct, frozen=True):
    """A form in which a report is issued."""

    #: The module of this package that writes it; imported when it is needed.
    name: str
    #: What its file's name ends with, behind that of the appendix.
    ending: str
    #: What it is, for whoever looks for it.
    called: str

    def write(self, report: Report, path: Path) -> None:
        """Write the file, whole or not at all; makes the folder where there is none."""
        import_module(f"{__name__}.{self.name}").write(report, path)


#: The workbook, which is what recipients are sent, and the same in other forms.
WORKBOOK = Output("appendix", ".xlsx", "The appendix for committee")
OUTPUTS = (
    WORKBOOK,
    Output("page", ".html", "The same as a web page"),
    Output("tidy", " data.csv", "The same as data"),
)
