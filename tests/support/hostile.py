"""The hostile set: files made to break, exhaust or mislead whatever reads them.

    python -m tests.support.hostile FOLDER

writes all of them. Each has the codes of which one must be found; a file that is odd, but can be
read, has those of a workbook that is no return.
"""

from __future__ import annotations

import gzip
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.containers import (
    BEGIN,
    HEADINGS,
    LOCKED_MANIFEST,
    MAIN,
    PASSWORD,
    as_entries,
    cell,
    compound_file,
    old_workbook,
    open_document,
    parts,
    raw_zip,
    records,
    relations,
    repacked,
    sheet,
    workbook,
    zipped,
)

_MIB = 1024 * 1024
_WHOLE = "A1:XFD1048576"

#: It was opened and read, and is no return: no table, or no area and period.
READ = frozenset({"L01", "L02", "L03"})
DAMAGED, TOO_LARGE, STOPPED = frozenset({"F04"}), frozenset({"F05"}), frozenset({"F06"})
TWO_WAYS = frozenset({"F13"})
REFUSED = DAMAGED | TOO_LARGE | STOPPED | TWO_WAYS | frozenset({"F14"})
ENCRYPTED, NOT_A_WORKBOOK = frozenset({"F03"}), frozenset({"F02"})

#: Given a return with slips of the hand, the file.
Make = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Hostile:
    name: str
    make: Make
    #: At least one of these must be found.
    codes: frozenset[str]
    #: What the findings must say, besides.
    says: str = ""
    #: To make it, to read it, to mark it or to be stopped at it takes seconds.
    is_long: bool = False


def _one(part: bytes) -> Make:
    return lambda _: zipped(parts([("Sheet1", part)]))


def _with(**more: bytes) -> Make:
    return lambda _: zipped(parts() | more)


# --- XML -----------------------------------------------------------------------------------------

_LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip
_OUTSIDE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_FETCHED = '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'
_LONG = f"<!DOCTYPE x [<!ENTITY a '{'a' * 100_000}'>]>"


def _shared(doctype: str, text: str) -> bytes:
    content = f'<?xml version="1.0"?>{doctype}<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    first = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    return zipped(parts([("Sheet1", sheet(first))], shared=content.encode()))


def _filled(slips: bytes, text: str, doctype: str = "") -> bytes:
    """A return whose sheets have a document type, and a text before their first cell's end."""

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/sheet"):
            return content
        start, rest = content.split(b"<worksheet", 1)
        rest = rest.replace(b"<sheetData>", b"<sheetData>" + text.encode(), 1)
        return start + doctype.encode() + b"<worksheet" + rest

    return repacked(slips, change)


def _nested(depth: int) -> bytes:
    return sheet("<row>" + "<x>" * depth + "</x>" * depth + "</row>")


XML = (
    Hostile("billion laughs in the strings.xlsx", lambda _: _shared(_LAUGHS, "&a9;"),
            READ | REFUSED),
    Hostile("billion laughs in a sheet.xlsx",
            _one(sheet(f"<row r='1'>{cell('A1', '&a9;')}</row>", doctype=_LAUGHS)), READ | REFUSED),
    Hostile("an entity repeated.xlsx", lambda _: _shared(_LONG, "&a;" * 100_000), READ | REFUSED),
    Hostile("an entity from a file.xlsx", lambda _: _shared(_OUTSIDE, "&e;"), READ | REFUSED),
    Hostile("a document type from the network.xlsx", lambda _: _shared(_FETCHED, "x"),
            READ | REFUSED),
    Hostile("a return with entities.xlsx", lambda slips: _filled(slips, "", _LAUGHS), REFUSED),
    Hostile("nested a hundred thousand deep.xlsx", _one(_nested(100_000)), READ | REFUSED),
    Hostile("workbook nested deep.xlsx",
            _with(**{"xl/workbook.xml": workbook("<x>" * 100_000 + "</x>" * 100_000)}),
            READ | REFUSED),
    Hostile("not well formed.xlsx", _one(sheet("<row><c></row>")), READ | REFUSED),
    Hostile("control characters.xlsx", _one(sheet(f"<row r='1'>{cell('A1', chr(7))}</row>")),
            READ | REFUSED),
    Hostile("another encoding.xlsx",
            _one(sheet(HEADINGS).decode().replace("UTF-8", "UTF-16", 1).encode("utf-16")),
            READ | REFUSED),
)  # fmt: skip

# --- Size ----------------------------------------------------------------------------------------


def _rows(count: int) -> Make:
    def make(_: bytes) -> bytes:
        rows = (f'<row r="{n}" s="1" customFormat="1"/>' for n in range(2, count + 2))
        return zipped(parts([("Sheet1", sheet(HEADINGS + "".join(rows)))]))

    return make


def _many(opening: str, each: str, count: int, closing: str) -> Make:
    def make(_: bytes) -> bytes:
        listed = "".join(each.format(n=n + 1) for n in range(count))
        return zipped(parts([("Sheet1", sheet(HEADINGS, after=opening + listed + closing))]))

    return make


def _sheets(count: int) -> bytes:
    content = sheet(HEADINGS)
    return zipped(parts([(f"Sheet{n}", content) for n in range(count)]))


def _one_sheet_often(count: int) -> bytes:
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, count))
    return zipped(parts() | {"xl/workbook.xml": workbook(listed)})


def _strings(count: int, length: int) -> bytes:
    text = "".join(f"<si><t>{n:0{length}}</t></si>" for n in range(count))
    return zipped(parts(shared=f'<sst xmlns="{MAIN}">{text}</sst>'.encode()))


def _opposite_corners(first: str, last: str) -> Make:
    row = "".join(c for c in last if c.isdigit())
    return _one(sheet(f"<row r='1'>{cell(first, 'x')}</row><row r='{row}'>{cell(last, 'x')}</row>"))


_LINK = '<hyperlink ref="A{n}" location="Sheet1!A1" display="=cmd()"/>'
_RULE = ('<conditionalFormatting sqref="A{n}"><cfRule type="expression" priority="{n}">'
         "<formula>1</formula></cfRule></conditionalFormatting>")  # fmt: skip
_CHOICE = '<dataValidation type="list" sqref="A{n}"><formula1>"a,b"</formula1></dataValidation>'
_MERGED = '<mergeCell ref="A{n}:XFD{n}"/>'

SIZE = (
    Hostile("a dimension of everything.xlsx",
            _one(sheet(HEADINGS, before=f'<dimension ref="{_WHOLE}"/>')), READ),
    Hostile("opposite corners.xlsx", _opposite_corners("A1", "XFD1048576"), STOPPED),
    Hostile("one full column apart.xlsx", _opposite_corners("A1", "A1048576"), READ | STOPPED,
            is_long=True),
    Hostile("a million styled rows.xlsx", _rows(1_000_000), READ | REFUSED, is_long=True),
    Hostile("a hundred thousand styled rows.xlsx", _rows(100_000), READ),
    Hostile("ten thousand sheets.xlsx", lambda _: _sheets(10_000), TOO_LARGE),
    Hostile("two thousand sheets.xlsx", lambda _: _sheets(2_000), READ, is_long=True),
    Hostile("one sheet ten thousand times.xlsx", lambda _: _one_sheet_often(10_000),
            READ | REFUSED, is_long=True),
    Hostile("a million strings.xlsx", lambda _: _strings(1_000_000, 8), READ | REFUSED,
            is_long=True),
    Hostile("long strings.xlsx", lambda _: _strings(200, 1_000_000), READ | TOO_LARGE,
            is_long=True),
    Hostile("a cell beyond the longest.xlsx",
            _one(sheet(f"<row r='1'>{cell('A1', 'x' * 2_000_000)}</row>")), READ),
    Hostile("a return with the whole sheet merged.xlsx",
            lambda slips: _appended(slips, f'<mergeCells><mergeCell ref="{_WHOLE}"/>'
                                   "</mergeCells>"), frozenset({"V02"})),
    Hostile("merged ten thousand times.xlsx",
            _many("<mergeCells>", _MERGED, 10_000, "</mergeCells>"), READ | STOPPED),
    Hostile("a return with a link on every cell.xlsx",
            lambda slips: _appended(slips, f'<hyperlinks><hyperlink ref="{_WHOLE}" '
                                   'location="A1"/></hyperlinks>'), frozenset({"V02"})),
    Hostile("a hundred thousand links.xlsx",
            _many("<hyperlinks>", _LINK, 100_000, "</hyperlinks>"), READ, is_long=True),
    Hostile("a hundred thousand rules.xlsx", _many("", _RULE, 100_000, ""), READ,
            is_long=True),
    Hostile("a hundred thousand choices.xlsx",
            _many("<dataValidations>", _CHOICE, 100_000, "</dataValidations>"), READ,
            is_long=True),
    Hostile("repeated without end.ods",
            lambda _: open_document(
                '<table:table table:name="S"><table:table-row '
                'table:number-rows-repeated="1048576"><table:table-cell '
                'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell>'
                "</table:table-row></table:table>"), READ | STOPPED | DAMAGED),
    Hostile("billion laughs.ods",
            lambda _: open_document(
                '<table:table table:name="S"><table:table-row><table:table-cell><text:p>&a9;'
                "</text:p></table:table-cell></table:table-row></table:table>", _LAUGHS),
            READ | REFUSED),
)  # fmt: skip


def _appended(slips: bytes, text: str) -> bytes:
    """A return with something after the cells of each of its sheets."""

    def change(name: str, content: bytes) -> bytes:
        if not name.startswith("xl/worksheets/sheet"):
            return content
        return content.replace(b"</sheetData>", b"</sheetData>" + text.encode(), 1)

    return repacked(slips, change)


# --- Zip archives --------------------------------------------------------------------------------

_ZEROS = bytes(16 * _MIB)


def _cut(part: float) -> Make:
    return lambda slips: slips[: int(len(slips) * part)]


def _twice(name: str) -> Make:
    """The same part under another spelling of its name as well."""
    return lambda _: raw_zip([*as_entries(parts()), (name.encode(), sheet())], flags=0x800)


def _also(name: bytes) -> Make:
    return lambda _: raw_zip([*as_entries(parts()), (name, b"x")])


def _overlapping(_: bytes) -> bytes:
    """Every name leads to the same bytes."""
    entries = [(f"xl/media/{n:04}.png".encode(), b"x" * 1000) for n in range(1000)]
    return raw_zip([(b"xl/workbook.xml", parts()["xl/workbook.xml"]), *entries], at=0)


def _of_zeros(*names: str) -> Make:
    """An archive whose parts are much more than their size, packed by bzip2."""
    return lambda _: zipped(
        dict.fromkeys(names, _ZEROS[: 9 * _MIB]), zipfile.ZIP_BZIP2, compresslevel=9
    )


def _two_directories(slips: bytes) -> bytes:
    """A directory for large archives beside the plain one, and they differ."""
    end = slips.rfind(b"PK\x05\x06")
    large = b"PK\x06\x06" + (44).to_bytes(8, "little") + bytes(12) + bytes(32)
    locator = b"PK\x06\x07" + bytes(4) + end.to_bytes(8, "little") + bytes(4)
    return slips[:end] + large + locator + slips[end:]


ARCHIVES = (
    *(
        Hostile(f"cut off at {part:.0%}.xlsx", _cut(part), DAMAGED)
        for part in (0.001, 0.1, 0.5, 0.9, 0.99)
    ),
    Hostile("without its last byte.xlsx", lambda slips: slips[:-1], DAMAGED | frozenset({"V02"})),
    Hostile("middle overwritten.xlsx",
            lambda slips: slips[:4000] + bytes(2000) + slips[6000:], DAMAGED | TWO_WAYS),
    Hostile("one part of zeros.xlsx",
            lambda _: zipped(parts(more={"xl/x.bin": _ZEROS}), compresslevel=9), TOO_LARGE),
    Hostile("fifty parts of zeros.xlsx",
            lambda _: zipped(parts(more={f"xl/{n}.bin": _ZEROS[: 7 * _MIB] for n in range(50)})),
            TOO_LARGE),
    Hostile("a lie about its size.xlsx",
            lambda _: raw_zip(as_entries(parts([("S", sheet(HEADINGS + " " * 300 * _MIB))])),
                              size=100), READ | REFUSED, is_long=True),
    Hostile("a part twice.xlsx", _twice("xl/worksheets/sheet1.xml"), TWO_WAYS),
    Hostile("a part twice, in capitals.xlsx", _twice("XL/Worksheets/SHEET1.xml"), TWO_WAYS),
    Hostile("a part twice, by another path.xlsx", _twice("xl/./worksheets//sheet1.xml"), TWO_WAYS),
    Hostile("a part twice, in wide letters.xlsx", _twice("xl/worksheets/ｓheet1.xml"), TWO_WAYS),
    Hostile("no name.xlsx", _also(b""), TWO_WAYS),
    Hostile("an absolute name.xlsx", _also(b"/etc/cron.d/x"), TWO_WAYS),
    Hostile("a name that climbs.xlsx", _also(b"xl/../../../x"), TWO_WAYS),
    Hostile("a name that climbs on Windows.xlsx", _also(b"xl\\..\\..\\x"), TWO_WAYS),
    Hostile("a name with a drive.xlsx", _also(b"C:/x"), TWO_WAYS),
    Hostile("a name with a null.xlsx", _also(b"xl/x.xml\0.png"), TWO_WAYS),
    Hostile("overlapping parts.xlsx", _overlapping, TWO_WAYS),
    Hostile("two directories.xlsx", _two_directories, DAMAGED),
    Hostile("something before it.xlsx", lambda slips: b"PK" + b"x" * 500 + slips, TWO_WAYS),
    Hostile("one archive after another.xlsx", lambda slips: zipped(parts()) + slips, TWO_WAYS),
    Hostile("packed in an unknown way.xlsx", lambda _: raw_zip(as_entries(parts()), method=99),
            REFUSED),
    Hostile("packed by bzip2.xlsx", lambda _: zipped(parts(), zipfile.ZIP_BZIP2), TWO_WAYS),
    Hostile("packed by lzma.xlsx", lambda _: zipped(parts(), zipfile.ZIP_LZMA), TWO_WAYS),
    # What is asked of these to find out what they are unpacks to as much as it likes.
    Hostile("its kind packed by bzip2.ods", _of_zeros("mimetype", "content.xml"), TWO_WAYS),
    Hostile("its types packed by bzip2.xlsx", _of_zeros("[Content_Types].xml"), TWO_WAYS),
    Hostile("its manifest packed by bzip2.ods",
            _of_zeros("META-INF/manifest.xml", "content.xml"), TWO_WAYS),
    # To normalise one takes the square of its length.
    Hostile("names of a megabyte.xlsx",
            lambda _: raw_zip([(b"%d" % n + "\u0f73".encode() * 21_000, b"x") for n in range(16)]
                              + as_entries(parts()), flags=0x800), TWO_WAYS),
    Hostile("its parts encrypted.xlsx", lambda _: raw_zip(as_entries(parts()), flags=1),
            ENCRYPTED),
    Hostile("an empty archive.xlsx", lambda _: zipped({}), NOT_A_WORKBOOK),
    Hostile("without its workbook.xlsx",
            lambda _: zipped({n: c for n, c in parts().items() if n != "xl/workbook.xml"}),
            READ | REFUSED),
    Hostile("without its sheet.xlsx",
            lambda _: zipped({n: c for n, c in parts().items() if "sheet1" not in n}),
            READ | REFUSED),
    Hostile("a sheet from the network.xlsx",
            _with(**{"xl/_rels/workbook.xml.rels": relations(
                {"rId1": ("worksheet", "http://127.0.0.1:9/sheet1.xml")}, "External")}),
            READ | REFUSED),
    Hostile("a sheet from elsewhere.xlsx",
            _with(**{"xl/_rels/workbook.xml.rels": relations(
                {"rId1": ("worksheet", "../../../../etc/passwd")})}), READ | REFUSED),
)  # fmt: skip

# --- Cells that are not what they should be ------------------------------------------------------


def _mistakes(count: int) -> bytes:
    """Heading rows with a column twice, each over a row of its own."""
    heading = "Indicator", "Performance", "Performance"
    rows = (
        f"<row r='{n}'>"
        + "".join(cell(f"{c}{n}", h) for c, h in zip("ABC", heading, strict=True))
        + f"</row><row r='{n + 1}'>{cell(f'A{n + 1}', 'A note')}</row>"
        for n in range(2, 2 * count + 2, 2)
    )
    return sheet(HEADINGS + "".join(rows))


def _raw(content: str) -> Make:
    return _one(sheet(f"{HEADINGS}<row r='2'>{content}</row>"))


CELLS = (
    Hostile("a string that is not there.xlsx", _raw("<c r='A2' t='s'><v>99999999</v></c>"),
            READ | REFUSED),
    Hostile("a string before the first.xlsx", _raw("<c r='A2' t='s'><v>-1</v></c>"),
            READ | REFUSED),
    Hostile("a style that is not there.xlsx", _raw("<c r='A2' s='99999'><v>1</v></c>"),
            READ | REFUSED),
    Hostile("a column beyond the last.xlsx", _raw("<c r='ZZZZZZ2'><v>1</v></c>"), READ | REFUSED),
    Hostile("a row beyond the last.xlsx", _raw("<c r='A99999999999'><v>1</v></c>"),
            READ | REFUSED),
    Hostile("row zero.xlsx", _raw("<c r='A0'><v>1</v></c>"), READ | REFUSED),
    Hostile("no address.xlsx", _raw("<c><v>1</v></c><c r=''><v>1</v></c>"), READ | REFUSED),
    Hostile("rows out of order.xlsx",
            _one(sheet("<row r='9'><c r='A9'><v>1</v></c></row><row r='1'><c r='B1'/></row>")),
            READ | REFUSED),
    Hostile("numbers without end.xlsx",
            _raw("<c r='A2'><v>1e999</v></c><c r='B2'><v>NaN</v></c><c r='C2'><v>-INF</v></c>"),
            READ | REFUSED),
    Hostile("a date without a calendar.xlsx",
            _raw("<c r='A2' t='d'><v>9999999-99-99</v></c><c r='B2' s='1'><v>-1e15</v></c>"),
            READ | REFUSED),
    Hostile("a kind of cell that is none.xlsx", _raw("<c r='A2' t='zzz'><v>1</v></c>"),
            READ | REFUSED),
    Hostile("a shared formula of itself.xlsx",
            _raw(f"<c r='A2'><f t='shared' si='0' ref='{_WHOLE}'>A2</f></c>"
                 "<c r='B2'><f t='shared' si='7'/></c>"), READ | REFUSED),
    Hostile("a name of a sheet without end.xlsx",
            lambda _: zipped(parts([("x" * 1_000_000, sheet(HEADINGS))])), DAMAGED),
    Hostile("ten thousand mistakes.xlsx", _one(_mistakes(10_000)), TOO_LARGE, "mistakes",
            is_long=True),
    Hostile("a name of a sheet that turns.xlsx",
            lambda _: zipped(parts([("=1+1\u202e'[x]!A1", sheet(HEADINGS))])), READ | REFUSED),
)  # fmt: skip

# --- Other files by the name of a workbook -------------------------------------------------------


def _is(kind: str, content: bytes, name: str = "") -> Hostile:
    return Hostile(name or f"{kind}.xlsx", lambda _: content, NOT_A_WORKBOOK, kind)


KINDS = (
    Hostile("nothing.xlsx", lambda _: b"", frozenset({"F01"})),
    _is("nothing but zeros", bytes(5000)),
    _is("plain text", b"The figures will follow next week.\n"),
    _is("comma-separated text (CSV)", b"Ref,Performance\nP1-1,4605\nP1-2,24%\n"),
    _is("comma-separated text (CSV)", "Ref\tFigure\nP1\t1\n".encode("utf-16"), "tabs.xls"),
    _is("a web page (HTML)", b"<html><body><table><tr><td>1</td></tr></table></body></html>"),
    _is("a web page (HTML)", b"MIME-Version: 1.0\nContent-Type: multipart/related; a=b\n\nx",
        "single file page.xls"),
    _is("a workbook saved as XML",
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'),
    _is("an XML file", b'<?xml version="1.0"?><return/>'),
    _is("a PDF", b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n"),
    _is("a rich text document", rb"{\rtf1\ansi The figures}"),
    _is("an e-mail message", b"From: lead@council.example\r\nSubject: Return\r\n\r\nAttached."),
    _is("an e-mail message", compound_file({"__properties_version1.0": b"x"}), "message.xls"),
    _is("a mailbox", b"From lead@council.example Fri Apr 26 2013\nSubject: Return\n\nAttached."),
    _is("a link", b"[InternetShortcut]\r\nURL=https://council.example/return.xlsx\r\n"),
    _is("a link", b'{"url": "https://docs.google.com/open?id=x", "doc_id": "x"}', "online.xlsx"),
    _is("a picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    _is("a gzip archive", gzip.compress(b"x", mtime=0)),
    _is("a 7-Zip archive", b"7z\xbc\xaf\x27\x1c\0\x04"),
    _is("a RAR archive", b"Rar!\x1a\x07\x01\0"),
    _is("a zip archive", zipped({"readme.txt": b"x"})),
    Hostile("a zip archive with a workbook in it.xlsx",
            lambda slips: zipped({"Return 2012-13.xlsx": slips}), NOT_A_WORKBOOK,
            "a zip archive with a workbook in it"),
    _is("a Word document", zipped({"word/document.xml": b"<x/>", "[Content_Types].xml": b"<x/>"})),
    _is("a Word document", compound_file({"WordDocument": b"Workbook"}), "letter.xls"),
    _is("a PowerPoint presentation", zipped({"ppt/presentation.xml": b"<x/>"})),
    _is("a PowerPoint presentation", compound_file({"PowerPoint Document": b"x"}), "slides.xls"),
    _is("an Apple Numbers spreadsheet", zipped({"Index/Document.iwa": b"x"})),
    _is("an OpenDocument file, but no spreadsheet",
        zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"})),
    _is("an Excel workbook of before 1993", b"\x09\x04\x06\x00\x00\x04\x10\x00" + bytes(40)),
    _is("a program", b"\x7fELF\x02\x01\x01" + bytes(60)),
    _is("of an unknown kind", bytes(range(256)) * 20),
    Hostile("encrypted.xlsx",
            lambda _: compound_file({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(99)}),
            ENCRYPTED, "remove the password"),
    Hostile("encrypted, before 2007.xls", lambda _: old_workbook(PASSWORD), ENCRYPTED),
    Hostile("encrypted.ods",
            lambda _: open_document("", more={"META-INF/manifest.xml": LOCKED_MANIFEST,
                                              "content.xml": b"\x8a\x91\x00\x17"}), ENCRYPTED),
    Hostile("encrypted as a whole.ods",
            lambda _: open_document("", more={"encrypted-package": b"x"}), ENCRYPTED),
    Hostile("cut off.xls", lambda _: compound_file({"Workbook": records(BEGIN)})[:700], REFUSED),
    # The directory is cut in two: calamine panics.
    Hostile("cut off in its directory.xls", lambda _: old_workbook()[:1100], STOPPED),
    Hostile("endless.xls", lambda _: _endless(old_workbook()), READ | REFUSED),
    Hostile("records cut off.xls",
            lambda _: compound_file({"Workbook": records(BEGIN) + b"\x85\0\xff\xff"}),
            READ | REFUSED),
    Hostile("nonsense.xlsb",
            lambda _: zipped({"xl/workbook.bin": b"\xff" * 999, "xl/_rels/workbook.bin.rels":
                              relations({"rId1": ("worksheet", "worksheets/sheet1.bin")}),
                              "xl/worksheets/sheet1.bin": b"\x80\xff" * 999}), READ | REFUSED),
    Hostile("macros.xlsm", lambda _: zipped(parts(more={"xl/vbaProject.bin": b"Sub Auto_Open"})),
            frozenset({"F09"})),
    Hostile("macros of before 1995.xlsx",
            lambda _: zipped(parts(more={"xl/macrosheets/sheet1.xml": b"<x/>"})),
            frozenset({"F09"})),
    Hostile("links to other workbooks.xlsx",
            lambda _: zipped(parts(more={
                "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    {"rId1": ("externalLinkPath", "//127.0.0.1/share/x.xlsx")}, "External")})),
            frozenset({"F10"})),
    Hostile("a workbook by another name.pdf", lambda _: zipped(parts()), frozenset({"F07"})),
)  # fmt: skip


def _endless(content: bytes) -> bytes:
    """A compound file whose directory leads back to itself."""
    table = bytearray(content)
    table[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")
    return bytes(table)


ALL = (*XML, *SIZE, *ARCHIVES, *CELLS, *KINDS)


def write_all(folder: Path, slips: bytes) -> None:
    """Write every file of the set into a folder; `slips` is a return to spoil."""
    for hostile in ALL:
        (folder / hostile.name).write_bytes(hostile.make(slips))


if __name__ == "__main__":
    write_all(Path(sys.argv[1]), zipped(parts()))
