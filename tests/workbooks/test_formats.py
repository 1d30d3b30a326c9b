"""The same return in every format and from every program reads the same."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook

from pipeline.returns.reader import read_workbook
from pipeline.returns.reading import Reading
from pipeline.workbooks.details import details_of, merged_of
from pipeline.workbooks.details.detail import BrokenPartError
from pipeline.workbooks.file_kind import FileKind
from schemas.units import Unit
from tests.support import containers
from tests.support.builders import PERIOD, SAFETY, indicator, small_register
from tests.support.containers import HEAD, MAIN, cell, zipped
from tests.support.filled import fill_return
from tests.support.programs import need
from tests.support.sampled import sampled

REGISTER = replace(
    small_register(),
    indicators=(
        indicator("P1-1", "Incidents"),
        indicator("P1-2", "Repeat victims", Unit.PERCENT, decimals=1),
        indicator("P1-3", "Victims helped", Unit.PERCENT, decimals=1),
        indicator("P1-4", "Money spent", Unit.CURRENCY),
        indicator("P1-5", "Cases closed"),
        indicator("P1-6", "Days until a case is closed", Unit.DAYS, decimals=2),
    ),
    targets=(),
)
ENTRIES: dict[str, dict[str, object]] = {
    "P1-1": {"Performance": 4605, "Status": "Provisional", "Commentary": "Recorded anew"},
    "P1-2": {"Performance": 0.245, "Numerator": 49, "Denominator": 200},
    "P1-3": {"Performance": "24.5%"},
    "P1-4": {"Performance": 120000},
    "P1-5": {"Performance": "=1/0"},
    "P1-6": {"Performance": date(2012, 12, 10)},
}
KINDS = {"xlsx": FileKind.XLSX, "xls": FileKind.XLS, "ods": FileKind.ODS}


def told(reading: Reading) -> object:
    """Everything that a reading says, but for how the file spells it."""
    rows = [replace(row, seen={}) for row in reading.rows]
    return (
        reading.area,
        reading.period,
        [(key, entry.text, entry.cell) for key, entry in sorted(reading.cover.items())],
        rows,
        [(a.priority, a.text, a.cell) for a in reading.achievements],
        reading.findings,
    )


# --- Saved by LibreOffice ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One return, filled in with openpyxl, then saved by LibreOffice in each format."""
    soffice = need("soffice")
    folder = tmp_path_factory.mktemp("saved")
    path = fill_return(REGISTER, SAFETY, PERIOD, folder / "return.xlsx", ENTRIES)
    book = load_workbook(path)
    sheet = book["Indicators"]
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows()}
    sheet.row_dimensions[rows["P1-4"]].hidden = True
    sheet.column_dimensions["J"].hidden = True
    for cells in sheet.iter_rows(min_row=rows["P1-6"], max_row=rows["P1-6"]):
        for each in cells:
            if isinstance(each.value, date):
                each.number_format = "dd/mm/yyyy"
    achievements = book["Achievements"]
    top = next(c.row for row in achievements for c in row if c.value == "Priority") + 1
    for offset, (priority, words) in enumerate(
        [("More independence", "Opened a centre"), ("Reduce domestic abuse", "Fewer, and _x000D_")]
    ):
        achievements.cell(top + offset, 1, priority)
        achievements.cell(top + offset, 2, words)
    book.save(path)
    made = {}
    for kind in KINDS:
        subprocess.run(
            [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
             "--convert-to", kind, "--outdir", str(folder / kind), str(path)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        made[kind] = folder / kind / f"return.{kind}"
    return made


@pytest.mark.outside
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_same_return_in_another_format_gives_the_same_cell_for_cell(
    saved: dict[str, Path], kind: str
) -> None:
    excel = read_workbook(saved["xlsx"].read_bytes(), FileKind.XLSX, REGISTER)
    other = read_workbook(saved[kind].read_bytes(), KINDS[kind], REGISTER)
    assert told(other) == told(excel)


@pytest.mark.outside
def test_what_libreoffice_saved_is_read_rightly(saved: dict[str, Path]) -> None:
    reading = read_workbook(saved["xlsx"].read_bytes(), FileKind.XLSX, REGISTER)
    values = {row.indicator: row.value for row in reading.rows}
    assert values["P1-1"] == 4605
    assert values["P1-2"] == values["P1-3"] == Decimal("24.5")
    assert values["P1-4"] == 120000
    assert reading.rows[1].numerator == 49
    assert {f.code for f in reading.findings} == {"L13", "V03", "V04"}
    hidden = next(f for f in reading.findings if f.code == "L13")
    assert "row " in hidden.problem
    assert "column J" in hidden.problem


# --- Written by hand -----------------------------------------------------------------------------

ROWS = (
    ("Service area", SAFETY.name),
    ("Period", PERIOD.name),
    ("Indicator", "Performance"),
    ("Incidents", 4605.0),
    ("Repeat victims", 0.245),
)
#: The figures that each way of writing these rows must give.
BOTH = {"P1-1": Decimal(4605), "P1-2": Decimal("24.5")}


def plain_rows() -> str:
    made = []
    for number, (label, value) in enumerate(ROWS, 1):
        second = (
            cell(f"B{number}", value)
            if isinstance(value, str)
            else f'<c r="B{number}" s="{int(value < 1)}"><v>{value}</v></c>'
        )
        made.append(f'<row r="{number}">{cell(f"A{number}", label)}{second}</row>')
    return "".join(made)


def book(rows: str, before: str = "") -> containers.Parts:
    return containers.parts([("Figures", containers.sheet(rows, before))])


SHEET = "xl/worksheets/sheet1.xml"


def without_addresses() -> containers.Parts:
    return book(re.sub(r' r="[A-Z]*[0-9]+"', "", plain_rows()))


def with_prefixes() -> containers.Parts:
    parts = book(plain_rows())
    part = parts[SHEET].decode().replace("xmlns=", "xmlns:x=").replace(HEAD, "")
    return parts | {SHEET: (HEAD + re.sub(r"<(/?)(\w)", r"<\1x:\2", part)).encode()}


def in_single_quotes() -> containers.Parts:
    parts = book(plain_rows())
    return parts | {SHEET: parts[SHEET].replace(b'"', b"'")}


def with_absolute_paths() -> containers.Parts:
    parts = book(plain_rows())
    name = "xl/_rels/workbook.xml.rels"
    changed = parts[name].replace(b'Target="', b'Target="/xl/')
    return parts | {name: changed}


def elsewhere() -> containers.Parts:
    parts = book(plain_rows())
    name = "xl/_rels/workbook.xml.rels"
    changed = parts[name].replace(b"worksheets/sheet1.xml", b"odd/my sheet.xml")
    moved = parts | {name: changed, "xl/odd/my sheet.xml": parts[SHEET]}
    del moved[SHEET]
    return moved


def strict() -> containers.Parts:
    def pure(part: bytes) -> bytes:
        return part.replace(
            MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main"
        ).replace(
            containers.RELATIONS.encode(),
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    return {name: pure(part) for name, part in book(plain_rows()).items()}


def with_shared_strings() -> containers.Parts:
    """Rich text in pieces, with a reading aid that is no part of it."""
    texts = ["Service area", SAFETY.name, "Period", PERIOD.name, "Indicator", "Performance"]
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    strings += "<si><r><t>Inci</t></r><r><rPr><b/></rPr><t>dents</t></r></si>"
    strings += '<si><t>Repeat victims</t><rPh sb="0" eb="1"><t>no part of it</t></rPh></si>'
    rows, number = "", 0
    for row, (_, value) in enumerate(ROWS, 1):
        cells = f'<c r="A{row}" t="s"><v>{number}</v></c>'
        number += 1
        if isinstance(value, str):
            cells += f'<c r="B{row}" t="s"><v>{number}</v></c>'
            number += 1
        else:
            cells += f'<c r="B{row}" s="{int(value < 1)}"><v>{value}</v></c>'
        rows += f'<row r="{row}">{cells}</row>'
    shared = f'{HEAD}<sst xmlns="{MAIN}">{strings}</sst>'.encode()
    return containers.parts([("Figures", containers.sheet(rows))], shared)


def with_remarks() -> containers.Parts:
    return book("<!-- " + cell("B5", "9") + " -->" + plain_rows())


def with_other_attributes() -> containers.Parts:
    rows = plain_rows().replace('<c r="B5" s="1">', '<c s="1" cm="1" r="B5" vm="2">')
    return book(rows.replace('<row r="4">', '<row spans="1:2" r="4" ht="15" customHeight="1">'))


def formulas() -> containers.Parts:
    return book(plain_rows().replace("<v>0.245</v>", "<f>49/200</f><v>0.245</v>"))


def in_sixteen_bits() -> containers.Parts:
    parts = book(plain_rows())
    text = parts[SHEET].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return parts | {SHEET: text.encode("utf-16")}


def scientific() -> containers.Parts:
    return book(plain_rows().replace("0.245", "2.4500000000000001E-1"))


WRITTEN: dict[str, Callable[[], containers.Parts]] = {
    "as Excel does": lambda: book(plain_rows()),
    "without addresses": without_addresses,
    "with prefixes": with_prefixes,
    "in single quotes": in_single_quotes,
    "with absolute paths": with_absolute_paths,
    "in parts of other names": elsewhere,
    "in strict OOXML": strict,
    "with shared strings": with_shared_strings,
    "with remarks": with_remarks,
    "with other attributes": with_other_attributes,
    "with a formula": formulas,
    "with binary noise": scientific,
}


@pytest.mark.parametrize("name", WRITTEN)
def test_however_a_program_writes_the_workbook_the_figures_are_the_same(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(WRITTEN[name]()))
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    assert {row.indicator: row.value for row in reading.rows} == BOTH
    assert reading.findings == []
    assert (reading.area, reading.period) == (SAFETY.ref, PERIOD.name)


def test_an_error_is_asked_about_whatever_quotes_its_kind() -> None:
    parts = in_single_quotes()
    old, new = b"<c r='B4' s='0'><v>4605.0</v>", b"<c r='B4' s='0' t='e'><v>#REF!</v>"
    assert old in parts[SHEET]
    content = zipped(parts | {SHEET: parts[SHEET].replace(old, new)})
    (finding,) = read_workbook(content, FileKind.XLSX, REGISTER).findings
    assert (finding.cell, finding.value) == ("B4", "#REF!")


def test_without_styles_what_bears_one_is_asked_about(tmp_path: Path) -> None:
    parts = book(plain_rows())
    del parts["xl/styles.xml"]
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(parts))
    reading = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER)
    assert [(f.code, f.cell) for f in reading.findings] == [("V20", "B5")]


@pytest.mark.parametrize(("flag", "day"), [("", 10), ('<workbookPr date1904="1"/>', 11)])
def test_dates_are_told_from_figures_in_both_calendars(tmp_path: Path, flag: str, day: int) -> None:
    styles = containers.STYLES.replace(b'numFmtId="9"', b'numFmtId="14"')
    parts = book(plain_rows().replace("<v>0.245</v>", "<v>41253</v>")) | {"xl/styles.xml": styles}
    name = "xl/workbook.xml"
    parts[name] = parts[name].replace(b"<sheets>", f"{flag}<sheets>".encode())
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(parts))
    (finding,) = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER).findings
    assert (finding.code, finding.cell) == ("V04", "B5")
    assert finding.value.startswith(str(day))


@pytest.mark.parametrize(
    ("written", "read"),
    [("Steady_x000D_\nagain", "Steady\nagain"), ("_x005F_x000D_", "_x000D_"), ("a_b", "a_b")],
)
def test_escaped_characters_are_read_as_what_they_stand_for(
    tmp_path: Path, written: str, read: str
) -> None:
    rows = plain_rows().replace("</c></row>", "</c></row>")
    rows = rows.replace('<row r="3">', f'<row r="3">{cell("C3", "Commentary")}', 1)
    rows = rows.replace('<row r="4">', f'<row r="4">{cell("C4", written)}', 1)
    path = tmp_path / "return.xlsx"
    path.write_bytes(zipped(book(rows)))
    commentary = read_workbook(path.read_bytes(), FileKind.XLSX, REGISTER).rows[0].commentary
    assert commentary == read


def test_a_binary_workbook_is_read_with_its_formats(tmp_path: Path) -> None:
    rows: dict[int, dict[int, tuple[int, str | float | int | None]]] = {
        number: {0: (0, label), 1: (int(value == 0.245), value)}
        for number, (label, value) in enumerate(ROWS)
    }
    path = tmp_path / "return.xlsb"
    path.write_bytes(
        containers.binary_workbook("Figures", rows, ["0.0%"], hidden_rows=[3], hidden_columns=[1])
    )
    reading = read_workbook(path.read_bytes(), FileKind.XLSB, REGISTER)
    assert {row.indicator: row.value for row in reading.rows} == BOTH
    assert [f.code for f in reading.findings] == ["L13"]
    assert "row 4, column B" in reading.findings[0].problem
    rows[4][1] = (0, 0x17)
    path.write_bytes(containers.binary_workbook("Figures", rows))
    (finding,) = read_workbook(path.read_bytes(), FileKind.XLSB, REGISTER).findings
    assert (finding.code, finding.value) == ("V03", "#REF!")


# --- The look-up itself --------------------------------------------------------------------------

_ATTRIBUTES = st.permutations(['r="{place}"', 's="{style}"', "{kind}"])
_BODIES = st.sampled_from(
    ["", "<v>1</v>", "<v/>", "<v></v>", "<f>A1</f>", "<f>A1</f><v>2</v>", "<f/><v> 3 </v>",
     "<v>#REF!</v>", "<v>&#35;N/A</v>", "<is><t> r=\"B2\" &lt;c r=\"B2\"/&gt;</t></is>",
     "<v xml:space=\"preserve\">4</v>", "<f t=\"shared\" ref=\"A1:B2\" si=\"0\">1</f><v>5</v>"]
)  # fmt: skip
_KINDS = st.sampled_from(["", 't="n"', 't="s"', 't="e"', 't="str"', 't="inlineStr"', 't="b"'])
_CELLS = st.tuples(_ATTRIBUTES, st.integers(0, 3), _KINDS, _BODIES, st.booleans())
_SHEETS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 3)), _CELLS, min_size=1, max_size=12
)


def written(cells: dict[tuple[int, int], tuple[list[str], int, str, str, bool]]) -> str:
    rows = ""
    for row in sorted({row for row, _ in cells}):
        rows += f'<row r="{row + 1}"' + (' hidden="1">' if row == 1 else ">")
        for (at, column), (order, style, kind, body, spaced) in sorted(cells.items()):
            if at == row:
                named = [
                    text.format(place=f"{'ABCD'[column]}{row + 1}", style=style, kind=kind)
                    for text in order
                ]
                tag = "<c " + " ".join(text for text in named if text) + " " * spaced
                rows += f"{tag}>{body}</c>" if body else f"{tag}/>"
        rows += "</row>"
    return rows


@given(cells=_SHEETS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_searching_a_sheet_finds_what_parsing_it_finds(
    tmp_path: Path, cells: dict[tuple[int, int], tuple[list[str], int, str, str, bool]]
) -> None:
    styles = containers.STYLES.replace(
        b'<xf numFmtId="9"/>', b'<xf numFmtId="9"/><xf numFmtId="10"/>'
    )
    before = '<cols><col min="2" max="3" hidden="1"/><col min="4" max="4" width="9"/></cols>'
    found = []
    # A remark has no meaning, and keeps a sheet from being searched.
    for remark in ("", "<!-- -->"):
        path = tmp_path / "sheet.xlsx"
        parts = book(remark + written(cells), before) | {"xl/styles.xml": styles}
        path.write_bytes(zipped(parts))
        places = [(row, column) for row in range(6) for column in range(5)]
        found.append(details_of(path.read_bytes(), FileKind.XLSX)("Figures", places))
    assert found[0] == found[1]


def sound(kind: FileKind) -> bytes:
    """A small workbook of each kind."""
    match kind:
        case FileKind.XLSX:
            return zipped(book(plain_rows()), zipfile.ZIP_STORED)
        case FileKind.XLSB:
            rows = {0: {0: (0, "Indicator"), 1: (1, 0.5)}, 2: {1: (1, 0x17)}}
            return containers.binary_workbook("Figures", rows, ["0%"], [2], [1])
        case FileKind.ODS:
            return containers.open_document(
                '<table:table table:name="Figures"><table:table-column '
                'table:visibility="collapse" table:number-columns-repeated="2"/>'
                '<table:table-row table:number-rows-repeated="3"><table:table-cell '
                'office:value-type="percentage" office:value="0.5" '
                'table:number-columns-spanned="2"><text:p>50%</text:p></table:table-cell>'
                "</table:table-row></table:table>"
            )
        case _:
            name = b"Figures"
            globals_ = containers.records(
                containers.BEGIN,
                (0x041E, b"\xa4\x00\x04\x00\x000.0%"),
                *[(0x00E0, b"\0\0" + number + bytes(16)) for number in (b"\0\0", b"\xa4\0")],
                (0x0085, b"\x00\x01\x00\x00\0\0" + bytes([len(name), 0]) + name),
                containers.FINISH,
            )
            sheet = containers.records(
                containers.BEGIN,
                (0x0208, b"\1\0" + bytes(10) + b"\x20\0\0\0"),
                (0x007D, b"\1\0\1\0\0\0\0\0\1\0\0\0"),
                (0x0203, b"\1\0\1\0\1\0" + bytes(6) + b"\xe0\x3f"),
                (0x00BD, b"\2\0\0\0\1\0" + bytes(4) + b"\0\0" + bytes(4) + b"\1\0"),
                (0x0205, b"\3\0\0\0\0\0\x17\1"),
                containers.FINISH,
            )
            return containers.compound_file({"Workbook": globals_.ljust(256, b"\0") + sheet})


SOUND = {kind: sound(kind) for kind in
         (FileKind.XLSX, FileKind.XLS, FileKind.XLSB, FileKind.ODS)}  # fmt: skip
PLACES = [(row, column) for row in range(5) for column in range(3)]
REFUSALS = (
    *(BrokenPartError, KeyError, EOFError, OSError),
    *(zipfile.BadZipFile, zlib.error, RuntimeError, UnicodeDecodeError),
)


def test_the_records_of_an_old_workbook_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(SOUND[FileKind.XLS])
    found = details_of(path.read_bytes(), FileKind.XLS)("Figures", PLACES)
    formats = {place: detail.number_format for place, detail in found.cells.items()}
    assert formats[1, 1] == formats[2, 0] == "0.0%"
    assert formats[2, 1] == "General"
    assert found.cells[3, 0].error == "#REF!"
    assert (found.hidden_rows, found.hidden_columns) == ({1}, [(1, 1)])


def test_repeated_and_merged_cells_of_an_open_document_are_read(tmp_path: Path) -> None:
    path = tmp_path / "open.ods"
    path.write_bytes(SOUND[FileKind.ODS])
    found = details_of(path.read_bytes(), FileKind.ODS)("Figures", PLACES)
    formats = {place: detail.number_format or "" for place, detail in found.cells.items()}
    assert {place for place, code in formats.items() if "%" in code} == {(0, 0), (1, 0), (2, 0)}
    assert found.hidden_columns == [(0, 1)]
    assert merged_of(path.read_bytes(), FileKind.ODS) == {"Figures": [(0, 0, 0, 1)]}


@pytest.mark.parametrize("kind", sampled(SOUND, 4))
@given(
    changes=st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=6),
    cut=st.integers(0, 1 << 20),
    is_cut=st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_a_spoilt_workbook_is_looked_up_or_refused(
    tmp_path: Path, kind: FileKind, changes: list[tuple[int, int]], cut: int, is_cut: bool
) -> None:
    content = bytearray(SOUND[kind])
    for at, byte in changes:
        content[at % len(content)] = byte
    path = tmp_path / "spoilt"
    path.write_bytes(content[: cut % len(content)] if is_cut else content)
    try:
        found = details_of(path.read_bytes(), kind)("Figures", PLACES)
        merged_of(path.read_bytes(), kind)
    except REFUSALS:
        return
    assert set(found.cells) == set(PLACES)


@pytest.mark.parametrize("kind", sampled([FileKind.XLSX, FileKind.XLSB, FileKind.ODS], 3))
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), min_size=1, max_size=4
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_a_workbook_with_a_spoilt_part_is_looked_up_or_refused(
    tmp_path: Path, kind: FileKind, changes: list[tuple[int, int]]
) -> None:
    with zipfile.ZipFile(io.BytesIO(SOUND[kind])) as archive:
        parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
    names = [name for name in parts if parts[name]]
    for at, byte in changes:
        part = parts[names[at % len(names)]]
        part[(at // len(names)) % len(part)] = byte
    path = tmp_path / "spoilt"
    path.write_bytes(zipped({name: bytes(part) for name, part in parts.items()}))
    try:
        found = details_of(path.read_bytes(), kind)("Figures", PLACES)
        merged_of(path.read_bytes(), kind)
    except REFUSALS:
        return
    assert set(found.cells) == set(PLACES)
