"""The data: tables that say what they hold, as other programs open them."""

from __future__ import annotations

import ast
import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pandas as pd
import pandera.errors
import pytest
from msgspec.structs import replace
from pandera.io.pandas_io import from_frictionless_schema

from pipeline.consolidation.content import code_of
from pipeline.consolidation.rating import NotRated
from pipeline.consolidation.report import Forecast, Line, Report
from pipeline.outputs import OUTPUTS, indicators, tidy
from pipeline.outputs.package import TABLES, package_bytes
from pipeline.outputs.tables import DataTable
from schemas.asking import Confidence, Requirement
from schemas.checks import Checks
from schemas.model import Kind
from schemas.units import shown
from schemas.verdicts import frame_of, schema_of
from tests.support.arrow import with_pyarrow
from tests.support.builders import PERIOD, SAFETY
from tests.support.council import BEFORE, REGISTER, Council
from tests.support.mixed import set_up
from tests.support.programs import need
from tests.support.report_fixture import demanding, of_many, worked_example

STEM = "Appendix 3 - 2012-13"
NAMESPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
}


def of_lines(report: Report, change: Callable[[Line], Line]) -> Report:
    sections = [replace(each, lines=tuple(map(change, each.lines))) for each in report.sections]
    return replace(report, sections=tuple(sections))


def asking(report: Report) -> Report:
    """The same of a register that asks for all that it can ask for."""
    framework = replace(report.register.framework, ask_forecast=Requirement.REQUIRED)
    register = replace(report.register, framework=framework)

    def answered(line: Line) -> Line:
        told = [
            replace(
                each,
                action="=A plan",
                action_owner="Head of service",
                action_by=date(2013, 6, 30),
                forecast=Decimal("-4.25"),
                confidence=Confidence.LOW,
            )
            for each in line.consolidated.observations
        ]
        consolidated = replace(line.consolidated, observations=tuple(told))
        forecast = Forecast(Decimal("-4.25"), "-4.25", line.rating)
        return replace(
            line, consolidated=consolidated, forecast=forecast, confidence=Confidence.LOW
        )

    return of_lines(replace(report, register=register), answered)


REPORTS = {
    "worked": worked_example,
    "demanding": demanding,
    "asking": lambda: asking(demanding()),
    "many": of_many,
}


@pytest.fixture(scope="module", params=REPORTS)
def report(request: pytest.FixtureRequest) -> Report:
    return REPORTS[request.param]()


@pytest.fixture(scope="module")
def folder(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data of the report."""
    place = tmp_path_factory.mktemp("data")
    for output in OUTPUTS[2:]:
        output.write(report, place / f"{STEM}{output.ending}")
    return place


def rows_of(table: DataTable, *reports: Report) -> list[dict[str, Any]]:
    headings = [column.heading for column in table.columns(reports)]
    return [dict(zip(headings, row, strict=True)) for row in table.rows_of(reports)]


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def validated(package: Path) -> tuple[bool, str]:
    """Whether frictionless finds nothing wrong, and what it says."""
    command = [sys.executable, "-m", "frictionless", "validate", package.name, "--json"]
    done = subprocess.run(
        command, cwd=package.parent, capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode == 0, done.stdout + done.stderr


# --- What the columns say of themselves ----------------------------------------------------------


def test_frictionless_finds_every_table_as_its_schema_says(folder: Path, report: Report) -> None:
    is_valid, said = validated(folder / f"{STEM} datapackage.json")
    assert is_valid, said
    tasks = json.loads(said)["tasks"]
    assert [each["name"] for each in tasks] == ["indicators", "returns"]
    lines = report.lines
    assert tasks[0]["stats"]["rows"] == len(lines)
    assert tasks[1]["stats"]["rows"] == sum(len(line.indicator.areas) for line in lines)


@pytest.mark.parametrize(
    ("heading", "wrong", "error"),
    [
        ("Value", "about 40", "type-error"),
        ("Rating code", "Purple", "constraint-error"),
        ("Status", "", "constraint-error"),
        ("Period ends", "31/03/2013", "type-error"),
        ("Ref", "P2-2", "primary-key"),
    ],
)
def test_a_table_that_is_not_what_its_schema_says_is_found_out(
    heading: str, wrong: str, error: str, tmp_path: Path
) -> None:
    for output in OUTPUTS[2:]:
        output.write(worked_example(), tmp_path / f"{STEM}{output.ending}")
    path = tmp_path / f"{STEM} indicators.csv"
    rows = read(path)
    next(row for row in rows if row["Ref"] == "P2-1")[heading] = wrong
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    is_valid, said = validated(tmp_path / f"{STEM} datapackage.json")
    assert not is_valid
    assert error in said


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_pandera_finds_the_rows_as_the_same_columns_say(table: DataTable, report: Report) -> None:
    columns = {c.heading: c.cells for c in table.columns([report])}
    checks = Checks(table.title, columns, ())
    rows = rows_of(table, report)
    values = {name: [row[name] if row[name] != "" else None for row in rows] for name in columns}
    frame = frame_of(checks, values)
    schema_of(checks).validate(frame, lazy=True)
    frame["Status"] = "Perhaps"
    with pytest.raises(pandera.errors.SchemaErrors, match="Perhaps"):
        schema_of(checks).validate(frame, lazy=True)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_pandera_reads_the_table_schema(table: DataTable, report: Report) -> None:
    package = json.loads(package_bytes([report], {each.name: "" for each in TABLES}))
    (schema,) = (each["schema"] for each in package["resources"] if each["name"] == table.name)
    found = from_frictionless_schema(schema)
    columns = table.columns([report])
    assert list(found.columns) == [column.heading for column in columns]
    for column, of_pandera in zip(columns, found.columns.values(), strict=True):
        assert of_pandera.nullable is column.cells.nullable
        allowed = [c.statistics["allowed_values"] for c in of_pandera.checks if c.name == "isin"]
        assert allowed == ([[*column.cells.words]] if column.cells.words else [])


# --- Opened without a step -----------------------------------------------------------------------

OPENED = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)


def types_of(table: DataTable, report: Report) -> dict[str, type]:
    """The type of each column in which anything stands."""
    rows = rows_of(table, report)
    return {
        c.heading: c.cells.type
        for c in table.columns([report])
        if any(row[c.heading] not in (None, "") for row in rows)
    }


@OPENED
def test_duckdb_opens_each_column_as_its_type(
    table: DataTable, report: Report, folder: Path
) -> None:
    path = folder / f"{STEM}{table.ending}"
    relation = duckdb.sql(f"SELECT * FROM '{path}'")  # noqa: S608 - a path of the test's own
    found = dict(zip(relation.columns, map(str, relation.types), strict=True))
    numbers, whole = ("DOUBLE", "BIGINT", "HUGEINT"), ("BIGINT",)
    expected: dict[type, tuple[str, ...]] = {
        Decimal: numbers,
        int: whole,
        date: ("DATE",),
        datetime: ("TIMESTAMP",),
    }
    for heading, kind in types_of(table, report).items():
        assert found[heading] in expected.get(kind, ("VARCHAR",)), heading
    assert len(relation.fetchall()) == len(rows_of(table, report))


@OPENED
def test_pandas_opens_each_column_as_its_type(
    table: DataTable, report: Report, folder: Path
) -> None:
    frame = pd.read_csv(folder / f"{STEM}{table.ending}")
    for heading, kind in types_of(table, report).items():
        assert pd.api.types.is_numeric_dtype(frame[heading]) is (kind in (Decimal, int)), heading
    rows = rows_of(table, report)
    values = [None if pd.isna(each) else each for each in frame["Value"]]
    assert values == [None if r["Value"] is None else float(r["Value"]) for r in rows]


#: Text as the appendix prints it, which may be a figure with its sign.
AS_PRINTED = {
    *("As shown", "Indicator target", "Indicator performance", "Indicator restated from"),
    *("Indicator in the period alone", "In the period alone", "Restated from"),
}
#: What the window proposes in which LibreOffice asks how to open a CSV file with a byte order mark.
AS_PROPOSED = "--infilter=CSV:44,34,UTF8,1"


@pytest.mark.outside
def test_libreoffice_opens_each_cell_as_its_type(
    report: Report, folder: Path, tmp_path: Path
) -> None:
    for table in TABLES:
        (tmp_path / f"{table.name}.csv").write_bytes(
            (folder / f"{STEM}{table.ending}").read_bytes()
        )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    files = [str(tmp_path / f"{table.name}.csv") for table in TABLES]
    command = [need("soffice"), profile, "--headless", AS_PROPOSED, "--convert-to", "fods",
               "--outdir", str(tmp_path), *files]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    kinds = {Decimal: "float", int: "float", date: "date", datetime: "date"}
    for table in TABLES:
        headings, *rows = opened(tmp_path / f"{table.name}.fods")
        types = types_of(table, report)
        assert len(rows) == len(rows_of(table, report))
        for row in rows:
            for (_, heading), (kind, said) in zip(headings, row, strict=False):
                if said and heading not in AS_PRINTED:
                    assert kind == kinds.get(types[heading], "string"), (heading, said)


def opened(path: Path) -> list[list[tuple[str, str]]]:
    """The cells of a sheet as LibreOffice holds them, row by row: each one's type and text."""
    found = []
    for row in ElementTree.parse(path).iterfind(".//table:table-row", NAMESPACES):  # noqa: S314 - LibreOffice wrote it
        cells: list[tuple[str, str]] = []
        for cell in row.iterfind("table:table-cell", NAMESPACES):
            kind = cell.get(f"{{{NAMESPACES['office']}}}value-type", "")
            times = int(cell.get(f"{{{NAMESPACES['table']}}}number-columns-repeated", "1"))
            said = "\n".join("".join(p.itertext()) for p in cell.iterfind("text:p", NAMESPACES))
            cells += [(kind, said)] * (times if kind else min(times, 100))
        if any(kind for kind, _ in cells):
            found.append(cells)
    return found


# --- What the rows of the indicators say ---------------------------------------------------------


def test_every_line_of_the_committee_sheet_is_a_row(report: Report) -> None:
    rows = rows_of(indicators.TABLE, report)
    assert [row["Ref"] for row in rows] == [line.indicator.ref for line in report.lines]
    assert {row["Period"] for row in rows} == {report.period.name}


def test_each_number_is_one_that_the_appendix_prints(report: Report) -> None:
    for row, line in zip(rows_of(indicators.TABLE, report), report.lines, strict=True):
        unit, decimals = line.indicator.unit, row["Decimals"]
        if row["Value"] is not None:
            assert shown(row["Value"], unit, decimals) == line.performance_shown
            assert row["No value because"] == ""
        ends = [row[name] for name in ("Target", "Target lower", "Target upper")]
        printed = " to ".join(shown(each, unit) for each in ends if each is not None)
        assert line.target_shown.lstrip("<>=≤≥") == printed
        for way, travel in (("Short", line.travel), ("Long", line.year_travel)):
            before, since = row[f"{way} figure before"], row[f"{way} compared with"]
            assert (before, since) == ((travel.earlier, travel.basis) if travel else (None, ""))


def test_a_blank_has_its_reason_in_a_column(report: Report) -> None:
    for row in rows_of(indicators.TABLE, report):
        assert (row["Value"] is None) is bool(row["No value because"])
        assert (row["Rating code"] == "") is bool(row["Not rated because"])
        assert (row["Short figure before"] is None) is (row["Short direction"] == "not compared")
        assert (row["Long figure before"] is None) is (row["Long direction"] == "not compared")
        if row["Value"] is None and row["Kind"] == Kind.MEASURE:
            assert row["No value because"] == row["Not rated because"]
    for row in rows_of(tidy.TABLE, report):
        assert (row["Value"] is None) is bool(row["No value because"])


def test_numbers_and_codes_are_told_as_such() -> None:
    rows = {row["Ref"]: row for row in rows_of(indicators.TABLE, worked_example())}
    row = rows["P2-1"]
    assert (row["Value"], row["Unit"], row["Decimals"]) == (Decimal(4605), "count", 0)
    assert (row["Operator"], row["Target"]) == ("at most", Decimal(4248))
    assert (row["Rating code"], row["Rating"], row["Not rated because"]) == ("red", "Red", "")
    assert (row["Short direction"], row["Short verdict"]) == ("up", "worse")
    assert (row["Short compared with"], row["Long direction"]) == (
        "baseline 2011-12",
        "not compared",
    )
    assert (row["Status"], row["Period ends"]) == ("Final", date(2013, 3, 31))
    assert rows["P1-1"]["Not rated because"] == NotRated.NO_TARGET
    assert (rows["P2-3"]["No value because"], rows["P2-3"]["Value"]) == ("no data", None)


def test_a_suppressed_figure_and_what_comes_of_it_are_nowhere_in_the_indicators() -> None:
    rows = rows_of(indicators.TABLE, demanding())
    suppressed = [row for row in rows if row["No value because"] == "suppressed"]
    assert suppressed
    for row in suppressed:
        numbers = [heading for heading, value in row.items() if isinstance(value, Decimal)]
        assert {*numbers} <= {"Target", "Target lower", "Target upper"}


def test_text_that_begins_like_a_formula_is_defused_and_numbers_are_not(tmp_path: Path) -> None:
    for output in OUTPUTS[2:]:
        output.write(asking(demanding()), tmp_path / f"{STEM}{output.ending}")
    for table in TABLES:
        for row in read(tmp_path / f"{STEM}{table.ending}"):
            for heading, text in row.items():
                if heading not in NUMBERS:
                    assert not text.startswith(("=", "+", "-", "@", "\t", "\r")), heading
    rows = {row["Ref"]: row for row in read(tmp_path / f"{STEM} indicators.csv")}
    assert rows["S.9"]["Value"] == "-0.50"
    assert rows["H.1"]["Priority"].startswith("'=cmd")
    assert {row["Year-end forecast"] for row in rows.values()} == {"-4.25"}


#: The columns that hold numbers.
NUMBERS = {
    column.heading
    for table in TABLES
    for column in table.columns([asking(demanding())])
    if column.is_number
}


# --- All periods ---------------------------------------------------------------------------------


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """A council that issues at every change, with two periods open."""
    return Council(tmp_path / "workspace", REGISTER)


def test_the_data_of_all_periods_hold_what_stands_as_issued(council: Council) -> None:
    said = council.complaint("data")
    assert said == "No appendix has been issued yet, or each issue was recalled."
    for period, figure in ((PERIOD, 4605), (BEFORE, 4248)):
        council.drop(SAFETY, {"P1-1": figure}, f"{period.name}.xlsx", period)
    council.night()
    folder = council.root / "outbox" / "data"
    written = council.call("data")
    assert written == [
        str(folder / name) for name in ("indicators.csv", "returns.csv", "datapackage.json")
    ]
    assert validated(folder / "datapackage.json")[0]
    rows = read(folder / "indicators.csv")
    assert [(r["Period"], r["Value"]) for r in rows if r["Ref"] == "P1-1"] == [
        (BEFORE.name, "4248"),
        (PERIOD.name, "4605"),
    ]
    for name, heading in (("indicators.csv", " indicators.csv"), ("returns.csv", " data.csv")):
        each = [
            read(next((council.root / "outbox" / period.name).glob(f"*{heading}")))
            for period in (BEFORE, PERIOD)
        ]
        assert read(folder / name) == [*each[0], *each[1]]
    with council.store as store:
        issue = store.last_issue(PERIOD.name)
    assert issue is not None
    code = code_of(PERIOD.name, issue.said)
    council.call("recall", PERIOD.name, "--issue", code, "--because", "It is wrong")
    council.call("data")
    assert {row["Period"] for row in read(folder / "indicators.csv")} == {BEFORE.name}


# --- Parquet -------------------------------------------------------------------------------------

#: Writes the data of a workspace where pyarrow is, and prints what pandas finds in it.
_WRITTEN_AND_OPENED = """
import sys
from pathlib import Path
from pipeline.__main__ import main
folder = Path(sys.argv[1])
for words in (["appendix", "--period", "2012-13"], ["data"]):
    sys.argv = ["quarterday", *words, "--workspace", str(folder)]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, ended.code
import pandas as pd
frame = pd.read_parquet(folder / "outbox" / "data" / "indicators.parquet")
print({name: str(kind) for name, kind in frame.dtypes.items()})
print(frame.loc[frame["Ref"] == "P1-1", ["Value", "Decimals"]].values.tolist())
"""


def test_parquet_is_written_where_it_is_installed_and_the_settings_say_so(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 4605})
    council.night()
    set_up(council.root, section="data", parquet=True)
    place = council.root / "outbox" / PERIOD.name
    said = council.call("data")
    assert "the package pyarrow is missing" in said[-1]
    assert list(council.root.rglob("*.parquet")) == []
    assert "pyarrow is missing" in "\n".join(council.call("doctor", code=1))

    *_, types, values = with_pyarrow("-c", _WRITTEN_AND_OPENED, council.root).splitlines()
    assert values == "[[4605.0, 0.0]]"
    of_pandas = ast.literal_eval(types)
    numbers = [of_pandas[name] for name in ("Value", "Target", "Decimals")]
    assert numbers == ["float64", "float64", "int64"]
    assert of_pandas["Issued at"].startswith("datetime64")
    assert {of_pandas[name] for name in ("Ref", "Rating code", "Narrative")} == {"str"}

    for table in TABLES:
        (path,) = place.glob(f"*{table.ending.replace('.csv', '.parquet')}")
        relation = duckdb.sql(f"SELECT * FROM '{path}'")  # noqa: S608 - a path of the test's own
        found = dict(zip(relation.columns, map(str, relation.types), strict=True))
        kinds = {Decimal: "DOUBLE", int: "BIGINT", date: "DATE", datetime: "TIMESTAMP"}
        for column in table.columns([worked_example()]):
            kind = kinds.get(column.cells.type, "VARCHAR")
            assert found[column.heading].removesuffix("_MS") == kind
        assert len(relation.fetchall()) == len(read(next(place.glob(f"*{table.ending}"))))
