"""Outputs: a report, findings or a register becomes a file.

What is issued of a report stands in `OUTPUTS`. A new output is a module of this package with a
function `write(report, path)`, and its entry.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from msgspec import Struct

from pipeline.consolidation.report import Report
from pipeline.workspace.settings import Settings


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
    Output("indicators", " indicators.csv", "The indicators as data"),
    Output("tidy", " data.csv", "What each service area reported as data"),
    Output("package", " datapackage.json", "What the columns of the data hold"),
)
#: Written beside them where the settings say so and pyarrow is there.
PARQUET = (
    Output("parquet.indicators", " indicators.parquet", "The indicators as Parquet"),
    Output("parquet.returns", " data.parquet", "What each service area reported as Parquet"),
)


def outputs_of(settings: Settings) -> tuple[Output, ...]:
    """The forms in which a workspace's reports are issued."""
    if settings.data.parquet:
        from pipeline.outputs.parquet import is_installed

        if is_installed():
            return (*OUTPUTS, *PARQUET)
    return OUTPUTS
