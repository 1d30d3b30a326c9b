"""Workbooks as .xlsb, with runs of text, number formats and merged cells.

The records are those of Microsoft's open specification [MS-XLSB].
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from tests.corpus.sheets import (
    PLAIN,
    Broken,
    Cell,
    Font,
    Rich,
    Run,
    Sheet,
    stored,
    style,
    styles,
)
from tests.support.containers import HEAD, PACKAGE, binary_text, relations, zipped
from tests.support.containers import binary_record as record

_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#N/A": 42}
_TYPE = "application/vnd.ms-excel"


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .xlsb."""
    looks = styles(sheets)
    texts: dict[Rich, int] = {}
    written = {
        f"xl/worksheets/sheet{n}.bin": _sheet(each, looks, texts)
        for n, each in enumerate(sheets, 1)
    }
    fonts = list(
        dict.fromkeys(
            [font for _, font in looks] + [run.font for text in texts for run in text.runs]
        )
    )
    bundle = b"".join(
        record(
            156,
            struct.pack("<2I", each.hidden, n) + binary_text(f"rId{n}") + binary_text(each.name),
        )
        for n, each in enumerate(sheets, 1)
    )
    targets = {
        f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)
    }
    targets |= {
        f"rId{len(sheets) + 1}": ("styles", "styles.bin"),
        f"rId{len(sheets) + 2}": ("sharedStrings", "sharedStrings.bin"),
    }
    return zipped(
        {
            "[Content_Types].xml": _content_types(written),
            "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.bin")}),
            "xl/_rels/workbook.bin.rels": relations(targets),
            "xl/workbook.bin": record(131) + record(143) + bundle + record(144) + record(132),
            "xl/styles.bin": _styles(looks, fonts),
            "xl/sharedStrings.bin": record(159, struct.pack("<2I", len(texts), len(texts)))
            + b"".join(record(19, _runs(text, fonts)) for text in texts)
            + record(160),
        }
        | written
    )


def _content_types(sheets: dict[str, bytes]) -> bytes:
    types = {
        "xl/workbook.bin": f"{_TYPE}.sheet.binary.macroEnabled.main",
        "xl/styles.bin": f"{_TYPE}.styles",
        "xl/sharedStrings.bin": f"{_TYPE}.sharedStrings",
    } | dict.fromkeys(sheets, f"{_TYPE}.worksheet")
    listed = "".join(
        f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in types.items()
    )
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{listed}</Types>"
    ).encode()


def _runs(text: Rich, fonts: Sequence[Font]) -> bytes:
    encoded = text.text.encode("utf-16-le")
    body = struct.pack("<I", len(encoded) // 2) + encoded
    if all(run.font == PLAIN for run in text.runs):
        return b"\0" + body
    runs, at = b"", 0
    for run in text.runs:
        runs += struct.pack("<2H", at, fonts.index(run.font))
        at += len(run.text.encode("utf-16-le")) // 2
    return b"\1" + body + struct.pack("<I", len(text.runs)) + runs


def _styles(looks: Sequence[tuple[str, Font]], fonts: Sequence[Font]) -> bytes:
    codes = list(dict.fromkeys(code for code, _ in looks))
    formats = b"".join(
        record(44, struct.pack("<H", 163 + n) + binary_text(code))
        for n, code in enumerate(codes)
        if n
    )
    used = b"".join(
        record(47, struct.pack("<2H", 0, n and 163 + n) + struct.pack("<H", m) + bytes(10))
        for n, m in ((codes.index(code), fonts.index(font)) for code, font in looks)
    )
    plain = record(47, struct.pack("<2H", 0xFFFF, 0) + bytes(12))

    def listed(begin: int, end: int, count: int, body: bytes) -> bytes:
        return record(begin, struct.pack("<I", count)) + body + record(end)

    return (
        record(278)
        + (listed(615, 616, len(codes) - 1, formats) if formats else b"")
        + listed(611, 612, len(fonts), b"".join(map(_font, fonts)))
        + listed(603, 604, 1, record(45, bytes(68)))
        + listed(613, 614, 1, record(46, bytes(51)))
        + listed(626, 627, 1, plain)
        + listed(617, 618, len(looks), used)
        + record(279)
    )


def _font(font: Font) -> bytes:
    script = 1 if font.raised else 2 if font.lowered else 0
    head = struct.pack(
        "<4H4B", 220, 8 if font.struck else 0, 700 if font.bold else 400, script, 0, 2, 0, 0
    )
    # A colour: of its own, or that of windows' text.
    colour = bytes([5, 0, 0, 0, 255, 0, 0, 255]) if font.red else bytes([3, 64, 0, 0, 0, 0, 0, 255])
    return record(43, head + colour + b"\0" + binary_text("Calibri"))


def _sheet(each: Sheet, looks: list[tuple[str, Font]], texts: dict[Rich, int]) -> bytes:
    cells = each.cells()
    bottom, right = (max((place[n] for place in cells), default=0) for n in (0, 1))
    body = b""
    for number in sorted({row for row, _ in cells} | set(each.hidden_rows)):
        hidden = 0x10 if number in each.hidden_rows else 0
        body += record(0, struct.pack("<2IH2B", number, 0, 300, 0, hidden) + bytes(5))
        for (row, column), content in sorted(cells.items(), key=lambda item: item[0]):
            if row == number:
                place = struct.pack("<2I", column, looks.index(style(content)))
                body += _cell(place, content, texts)
    columns = b"".join(
        record(60, struct.pack("<4IH", n, n, 2560, 0, 1)) for n in each.hidden_columns
    )
    merged = b"".join(
        record(176, struct.pack("<4I", a.top, a.bottom, a.left, a.right)) for a in each.merged()
    )
    return (
        record(129)
        + record(148, struct.pack("<4I", 0, bottom, 0, right))
        + (record(390) + columns + record(391) if columns else b"")
        + record(145)
        + body
        + record(146)
        + (
            record(177, struct.pack("<I", len(each.merged()))) + merged + record(178)
            if merged
            else b""
        )
        + record(130)
    )


def _cell(place: bytes, content: Cell, texts: dict[Rich, int]) -> bytes:
    if isinstance(content, Broken):
        return record(3, place + bytes([_ERRORS[content.error]]))
    match stored(content):
        case str() as text:
            runs = content if isinstance(content, Rich) else Rich((Run(text),))
            return record(7, place + struct.pack("<I", texts.setdefault(runs, len(texts))))
        case bool() as truth:
            return record(4, place + bytes([truth]))
        case int() | float() as number:
            return record(5, place + struct.pack("<d", number))
    return record(1, place)
