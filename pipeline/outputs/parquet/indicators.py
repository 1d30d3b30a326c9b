"""The table of the indicators as Parquet."""

from __future__ import annotations

from pathlib import Path

from pipeline.consolidation.report import Report
from pipeline.outputs.indicators import TABLE
from pipeline.outputs.parquet import parquet_bytes_of
from pipeline.workspace.folder import write_whole


def write(report: Report, path: Path) -> None:
    """Writes the file, whole or not at all; makes the folder where there is none."""
    write_whole(path, parquet_bytes_of(TABLE, [report]))
