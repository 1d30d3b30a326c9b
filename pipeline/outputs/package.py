"""The Data Package: a file beside the data that says what each column of them holds.

Programs read tables by it, such as `frictionless validate "Appendix 3 - 2012-13 datapackage.json"`.
The standard is that of https://specs.frictionlessdata.io/data-package/.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.consolidation.report import Report
from pipeline.outputs import indicators, tidy
from pipeline.outputs.tables import DataTable
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.folder import write_whole
from schemas.table_schema import table_schema

ENDING = " datapackage.json"
TABLES = (indicators.TABLE, tidy.TABLE)


def write(report: Report, path: Path) -> None:
    """Writes the description of the CSV files that lie beside it, whole or not at all."""
    stem = path.name.removesuffix(ENDING)
    files = {table.name: f"{stem}{table.ending}" for table in TABLES}
    write_whole(path, package_bytes([report], files))


def package_bytes(reports: Sequence[Report], files: Mapping[str, str]) -> bytes:
    """The package of the data of one report or more, by the names of its tables' files."""
    framework = reports[-1].register.framework
    periods = ", ".join(dict.fromkeys(report.period.name for report in reports))
    said = periods if len(reports) > 1 else f"{periods}, {tidy.edition_named(reports[0])}"
    package = {
        "profile": "tabular-data-package",
        "name": _slug(f"{framework.appendix} {periods}"),
        "title": plain(f"{framework.appendix}: {framework.title}, {said}"),
        "created": max(report.issued_at for report in reports).isoformat(timespec="seconds"),
        "contributors": [{"title": plain(framework.council), "role": "publisher"}],
        "resources": [_resource(table, files[table.name], reports) for table in TABLES],
    }
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _resource(table: DataTable, file: str, reports: Sequence[Report]) -> dict[str, Any]:
    cells = [column.cells for column in table.columns(reports)]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": file,
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": table_schema(cells, table.key, table.refers),
    }


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-") or "data"
