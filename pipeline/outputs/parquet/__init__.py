"""The data as Parquet, whose columns have types of their own; pyarrow writes it.

That is an extra of the package, loaded where it is asked for alone: pandas loads it wherever it is
installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from pipeline.consolidation.report import Report
from pipeline.outputs.tables import DataTable, Value

#: What brings pyarrow.
HOW_TO_INSTALL = (
    "Parquet is not written: the package pyarrow is missing. "
    'Install it with: .venv/bin/pip install --constraint constraints.txt ".[parquet]"'
)


def is_installed() -> bool:
    """Whether Parquet can be written."""
    return find_spec("pyarrow") is not None


def parquet_bytes_of(table: DataTable, reports: Sequence[Report]) -> bytes:
    """A table of reports as Parquet; blanks are null, numbers of double precision.

    Each column says what it holds under `description`. Text stands as it is: nothing takes it for
    a formula.
    """
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        int: pa.int64(),
        Decimal: pa.float64(),
        date: pa.date32(),
        datetime: pa.timestamp("ms"),
    }
    columns = table.columns(reports)
    schema = pa.schema(
        [
            pa.field(
                column.heading,
                types.get(column.cells.type, pa.string()),
                column.cells.nullable,
                {"description": column.description},
            )
            for column in columns
        ],
        {"title": table.title, "description": table.description},
    )
    rows = [[_held(value) for value in row] for row in table.rows_of(reports)]
    held = zip(*rows, strict=True) if rows else [()] * len(columns)
    arrays = [pa.array(values, field.type) for values, field in zip(held, schema, strict=True)]
    content = BytesIO()
    parquet.write_table(pa.Table.from_arrays(arrays, schema=schema), content, compression="zstd")
    return content.getvalue()


def _held(value: Value) -> Any:
    match value:
        case "":
            return None
        case Decimal():
            return float(value)
        case str():
            # Of the words of a list, each of a type of its own.
            return str(value)
    return value
