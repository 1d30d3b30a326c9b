"""The containers that workbooks come in, written by hand, so that each can be written wrongly."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

Parts = dict[str, bytes]


# --- Packages ------------------------------------------------------------------------------------


def sheet(rows: str = "", before: str = "", after: str = "", doctype: str = "") -> bytes:
    """A worksheet's part."""
    return (
        f'{HEAD}{doctype}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    ).encode()


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


HEADINGS = f'<row r="1">{cell("A1", "Indicator")}{cell("B1", "Performance")}</row>'


def parts(
    sheets: Sequence[tuple[str, bytes]] = (("Sheet1", sheet(HEADINGS)),),
    shared: bytes | None = None,
    more: Mapping[str, bytes] | None = None,
) -> Parts:
    """The parts of a workbook, as Excel names them."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
        for n, (name, _) in enumerate(sheets, 1)
    )
    targets = {
        f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)
    }
    targets["rIdStyles"] = ("styles", "styles.xml")
    if shared is not None:
        targets["rIdShared"] = ("sharedStrings", "sharedStrings.xml")
    made = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{n}.xml" '
                f'ContentType="{TYPE}.worksheet+xml"/>'
                for n in range(1, len(sheets) + 1)
            )
            + "</Types>"
        ).encode(),
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": workbook(listed),
        "xl/_rels/workbook.xml.rels": relations(targets),
        "xl/styles.xml": STYLES,
    }
    made |= {f"xl/worksheets/sheet{n}.xml": content for n, (_, content) in enumerate(sheets, 1)}
    if shared is not None:
        made["xl/sharedStrings.xml"] = shared
    return made | dict(more or {})


def workbook(listed: str, doctype: str = "", after: str = "") -> bytes:
    return (
        f'{HEAD}{doctype}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        f"<sheets>{listed}</sheets>{after}</workbook>"
    ).encode()


def relations(targets: Mapping[str, tuple[str, str]], mode: str = "") -> bytes:
    mode = f' TargetMode="{mode}"' if mode else ""
    listed = "".join(
        f'<Relationship Id="{name}" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/>'
        for name, (kind, target) in targets.items()
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'.encode()


STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="9"/></cellXfs></styleSheet>'
).encode()


def zipped(
    content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, compresslevel: int = 1
) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method, compresslevel=compresslevel) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return buffer.getvalue()


def repacked(
    good: bytes, change: Callable[[str, bytes], bytes], more: Parts | None = None
) -> bytes:
    """A workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        content = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return zipped(content | (more or {}))


def raw_zip(entries: Sequence[tuple[bytes, bytes]], **lies: int) -> bytes:
    """A zip archive written by hand, names as given; `lies` replace fields of its directory."""
    body, listed = b"", b""
    for name, content in entries:
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        packed = packer.compress(content) + packer.flush()
        crc = zlib.crc32(content)
        size = lies.get("size", len(content))
        flags = lies.get("flags", 0)
        method = lies.get("method", 8)
        common = struct.pack(
            "<3HI3I2H", 20, flags, method, 0x210000, crc, len(packed), size, len(name), 0
        )
        local = b"PK\x03\x04" + common + name + packed
        at = lies.get("at", len(body))
        listed += b"PK\x01\x02" + struct.pack("<H", 20) + common
        listed += struct.pack("<3H2I", 0, 0, 0, 0, at) + name
        body += local
    count = len(entries)
    end = struct.pack("<4H2IH", 0, 0, count, count, len(listed), len(body), 0)
    return body + listed + b"PK\x05\x06" + end


def as_entries(content: Mapping[str, bytes]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), part) for name, part in content.items()]


# --- Compound files (Excel before 2007, and what is encrypted) -----------------------------------


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of 512-byte sectors with these streams at its root."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    padded = {
        name: c.ljust(-(-max(len(c), 4096) // 512) * 512, b"\0") for name, c in streams.items()
    }
    directory_sectors = -(-(len(streams) + 1) * 128 // 512)
    first, allocation, entries = directory_sectors + 1, [table], b""
    allocation += [n + 2 for n in range(directory_sectors - 1)] + [end]
    for number, (name, content) in enumerate(padded.items(), 1):
        sectors = len(content) // 512
        following = number + 1 if number < len(padded) else free
        entries += directory_entry(name, 2, first, len(content), right=following)
        allocation += [first + n + 1 for n in range(sectors - 1)] + [end]
        first += sectors
    root = directory_entry("Root Entry", 5, end, 0, child=1 if streams else free)
    directory = (root + entries).ljust(directory_sectors * 512, b"\0")
    assert len(allocation) <= 128, "one sector of the table of sectors is enough here"
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack("<128I", *allocation, *[free] * (128 - len(allocation)))
    return header + fat + directory + b"".join(padded.values())


def small_compound_file(name: str, content: bytes) -> bytes:
    """A compound file whose one stream is so small that it lies among others of its kind."""
    assert 0 < len(content) < 4096
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    smalls = -(-len(content) // 64)
    sectors = -(-smalls * 64 // 512)
    # The sectors: the table of them, the directory, the table of small ones, and these.
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    header += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, 2, 1, end, 0)
    header += struct.pack("<109I", 0, *[free] * 108)
    allocation = [table, end, end, *(n + 4 for n in range(sectors - 1)), end]
    fat = struct.pack("<128I", *allocation, *[free] * (128 - len(allocation)))
    root = directory_entry("Root Entry", 5, 3, smalls * 64, child=1)
    directory = (root + directory_entry(name, 2, 0, len(content))).ljust(512, b"\0")
    chain = [*range(1, smalls), end]
    small = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    return header + fat + directory + small + content.ljust(sectors * 512, b"\0")


def directory_entry(
    name: str, kind: int, start: int, size: int, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF
) -> bytes:
    encoded = name.encode("utf-16-le")
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded) + 2, kind, 1)
    entry += struct.pack("<3I", 0xFFFFFFFF, right, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)


def records(*each: tuple[int, bytes]) -> bytes:
    """Records of a binary workbook of Excel 97 to 2003."""
    return b"".join(struct.pack("<2H", kind, len(body)) + body for kind, body in each)


BEGIN = (0x0809, struct.pack("<4H2I", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
FINISH = (0x000A, b"")
#: FILEPASS: RC4, with salt and verifier. What follows it would be encrypted.
PASSWORD = (0x002F, struct.pack("<3H", 1, 1, 1) + bytes(range(48)))


def old_workbook(*each: tuple[int, bytes]) -> bytes:
    return compound_file({"Workbook": records(BEGIN, *each, FINISH)})


# --- Spreadsheets of OpenDocument ----------------------------------------------------------------

_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"


def open_document(table: str, doctype: str = "", more: Parts | None = None) -> bytes:
    content = (
        f'{HEAD}{doctype}<office:document-content xmlns:office="{_OPEN}:office:1.0" '
        f'xmlns:table="{_OPEN}:table:1.0" xmlns:text="{_OPEN}:text:1.0"><office:body>'
        f"<office:spreadsheet>{table}</office:spreadsheet></office:body></office:document-content>"
    ).encode()
    manifest = (
        f'{HEAD}<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml"/></manifest:manifest>'
    ).encode()
    return zipped(
        {"mimetype": _SPREADSHEET, "content.xml": content, "META-INF/manifest.xml": manifest}
        | (more or {})
    )


LOCKED_MANIFEST = (
    f'{HEAD}<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:size="4">'
    '<manifest:encryption-data manifest:checksum-type="SHA256"/></manifest:file-entry>'
    "</manifest:manifest>"
).encode()


# --- Binary workbooks of Excel 2007 and later ----------------------------------------------------

#: A row of a binary workbook: each column's style with its value, an error's code, or nothing.
BinaryRow = Mapping[int, tuple[int, "str | float | int | None"]]


def binary_record(kind: int, body: bytes = b"") -> bytes:
    """A record whose kind and length are written in seven bits a byte."""

    def written(number: int) -> bytes:
        low, high = number & 0x7F, number >> 7
        return bytes([low | 0x80]) + written(high) if high else bytes([low])

    return written(kind) + written(len(body)) + body


def binary_text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def binary_workbook(
    sheet_name: str,
    rows: Mapping[int, BinaryRow],
    formats: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[int] = (),
) -> bytes:
    """An .xlsb of one sheet. Style 0 is General; style n bears the nth of `formats`."""
    cells = b""
    for number, row in rows.items():
        hidden = 0x10 if number in hidden_rows else 0
        cells += binary_record(0, struct.pack("<2IH2B", number, 0, 300, 0, hidden) + bytes(5))
        for column, (style, value) in row.items():
            place = struct.pack("<2I", column, style)
            match value:
                case None:
                    cells += binary_record(1, place)
                case str():
                    cells += binary_record(6, place + binary_text(value))
                case int():
                    cells += binary_record(3, place + bytes([value]))
                case float():
                    cells += binary_record(5, place + struct.pack("<d", value))
    last_row, last_column = max(rows), max(c for row in rows.values() for c in row)
    columns = b"".join(
        binary_record(60, struct.pack("<4IH", column, column, 0, 0, 1)) for column in hidden_columns
    )
    styles = b"".join(
        binary_record(44, struct.pack("<H", 164 + n) + binary_text(code))
        for n, code in enumerate(formats)
    )
    styles += binary_record(617, struct.pack("<I", len(formats) + 1))
    for number in (0, *(164 + n for n in range(len(formats)))):
        styles += binary_record(47, struct.pack("<2H", 0, number) + bytes(12))
    styles += binary_record(618)
    return zipped({
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.bin")}),
        "xl/_rels/workbook.bin.rels": relations({
            "rId1": ("worksheet", "worksheets/sheet1.bin"), "rId2": ("styles", "styles.bin")}),
        "xl/workbook.bin": binary_record(131) + binary_record(143) + binary_record(
            156, struct.pack("<2I", 0, 1) + binary_text("rId1") + binary_text(sheet_name))
        + binary_record(144) + binary_record(132),
        "xl/styles.bin": styles,
        "xl/worksheets/sheet1.bin": binary_record(129)
        + binary_record(148, struct.pack("<4I", min(rows), last_row, 0, last_column))
        + columns + binary_record(145) + cells + binary_record(146) + binary_record(130),
    })  # fmt: skip
