"""The data of all periods together, of what stands as issued."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.consolidation.report import Report
from pipeline.outputs.package import TABLES, package_bytes
from pipeline.outputs.tables import csv_bytes_of
from pipeline.workspace.folder import Workspace, disk_trouble, need_folder, write_whole

#: In the outbox.
FOLDER = "data"


def write_all_periods(workspace: Workspace, reports: Sequence[Report]) -> list[Path]:
    """Write the tables of reports, oldest first, and what their columns hold; says what it wrote.

    There is Parquet beside them where the settings say so and pyarrow is installed.

    Raises:
        WorkspaceError: the folder cannot be written to.
    """
    place = need_folder(workspace.outbox / FOLDER)
    files = {table.name: f"{table.name}.csv" for table in TABLES}
    contents = {files[table.name]: csv_bytes_of(table, reports) for table in TABLES}
    contents["datapackage.json"] = package_bytes(reports, files)
    if workspace.settings.data.parquet:
        from pipeline.outputs.parquet import is_installed, parquet_bytes_of

        if is_installed():
            contents |= {f"{t.name}.parquet": parquet_bytes_of(t, reports) for t in TABLES}
    written = {place / name: content for name, content in contents.items()}
    with disk_trouble(f"The data cannot be written to {place}", may_be_open=True):
        for path, content in written.items():
            write_whole(path, content)
    return [*written]
