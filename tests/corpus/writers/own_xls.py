"""Workbooks as .xls (Excel 97 to 2003), with runs of text, number formats and merged cells.

The records are those of Microsoft's open specification [MS-XLS].
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
from tests.support.containers import BEGIN, FINISH, compound_file, records

Record = tuple[int, bytes]

#: Cell styles come behind the fifteen that Excel keeps for itself.
_FIRST_LOOK = 15
#: The longest body of a record.
_LONGEST = 8224
_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#N/A": 42}
_SHEET_BEGINS = (0x0809, struct.pack("<4H2I", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """A workbook as .xls."""
    looks = styles(sheets)
    texts: dict[Rich, int] = {}
    bodies = [records(*_sheet(each, looks, texts)) for each in sheets]
    fonts = _fonts(looks, texts)
    # The list of sheets holds where each starts, so it is written twice, of one length.
    start = len(_globals(sheets, looks, texts, fonts, [0] * len(sheets)))
    starts = []
    for body in bodies:
        starts.append(start)
        start += len(body)
    return compound_file(
        {"Workbook": _globals(sheets, looks, texts, fonts, starts) + b"".join(bodies)}
    )


def _fonts(looks: Sequence[tuple[str, Font]], texts: dict[Rich, int]) -> list[Font]:
    used = [font for _, font in looks] + [run.font for text in texts for run in text.runs]
    # Four of Excel's own come first; there is none of number 4.
    return list(dict.fromkeys(font for font in used if font != PLAIN))


def _number(font: Font, fonts: Sequence[Font]) -> int:
    return 0 if font == PLAIN else 5 + fonts.index(font)


def _globals(
    sheets: Sequence[Sheet],
    looks: Sequence[tuple[str, Font]],
    texts: dict[Rich, int],
    fonts: Sequence[Font],
    starts: Sequence[int],
) -> bytes:
    codes = list(dict.fromkeys(code for code, _ in looks))
    made: list[Record] = [
        BEGIN,
        (0x0042, struct.pack("<H", 1200)),
        (0x003D, struct.pack("<9H", 0, 0, 15000, 9000, 0x38, 0, 0, 1, 600)),
        *[_font(PLAIN)] * 4,
        *map(_font, fonts),
    ]
    made += [
        (0x041E, struct.pack("<H", 163 + n) + _text(code)) for n, code in enumerate(codes) if n
    ]
    made += [(0x00E0, _look(0, 0, 0xFFF5))] * _FIRST_LOOK
    for code, font in looks:
        number = codes.index(code)
        made.append((0x00E0, _look(_number(font, fonts), 163 + number if number else 0, 1)))
    made.append((0x0293, struct.pack("<HBB", 0x8000, 0, 0xFF)))
    for each, start in zip(sheets, starts, strict=True):
        name = each.name.encode("utf-16-le")
        made.append(
            (0x0085, struct.pack("<IBBBB", start, each.hidden, 0, len(each.name), 1) + name)
        )
    # The shared texts, gone on with in further records, each from the start of a text.
    strings = [struct.pack("<2I", len(texts), len(texts))]
    for text in (_runs(text, fonts) for text in texts):
        if len(strings[-1]) + len(text) > _LONGEST:
            strings.append(b"")
        strings[-1] += text
    shared = zip([0x00FC] + [0x003C] * len(strings), strings, strict=False)
    return records(*made, *shared, FINISH)


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _runs(text: Rich, fonts: Sequence[Font]) -> bytes:
    encoded = text.text.encode("utf-16-le")
    length = len(encoded) // 2
    if all(run.font == PLAIN for run in text.runs):
        return struct.pack("<HB", length, 1) + encoded
    runs, at = b"", 0
    for run in text.runs:
        runs += struct.pack("<2H", at, _number(run.font, fonts))
        at += len(run.text.encode("utf-16-le")) // 2
    return struct.pack("<HBH", length, 9, len(text.runs)) + encoded + runs


def _font(font: Font) -> Record:
    script = 1 if font.raised else 2 if font.lowered else 0
    head = struct.pack(
        "<5H4B",
        220,
        8 if font.struck else 0,
        10 if font.red else 0x7FFF,
        700 if font.bold else 400,
        script,
        *(0, 0, 0, 0),
    )
    name = "Arial"
    return 0x0031, head + struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")


def _look(font: int, code: int, kind: int) -> bytes:
    return struct.pack("<3H4B2IH", font, code, kind, 0x20, 0, 0, 0xF8, 0, 0, 0x20C0)


def _sheet(each: Sheet, looks: list[tuple[str, Font]], texts: dict[Rich, int]) -> Sequence[Record]:
    cells = each.cells()
    bottom, right = (max((place[n] for place in cells), default=0) + 1 for n in (0, 1))
    made: list[Record] = [_SHEET_BEGINS]
    made += [
        (0x007D, struct.pack("<6H", n, n, 2560, _FIRST_LOOK, 1, 0)) for n in each.hidden_columns
    ]
    made.append((0x0200, struct.pack("<2I3H", 0, bottom, 0, right, 0)))
    made += [
        (0x0208, struct.pack("<6HI", n, 0, right, 255, 0, 0, 0x20 | 0x100 | (0xF << 16)))
        for n in each.hidden_rows
    ]
    for place, content in sorted(cells.items(), key=lambda item: item[0]):
        look = _FIRST_LOOK + looks.index(style(content))
        made.append(_cell(struct.pack("<3H", *place, look), content, texts))
    made.append((0x023E, struct.pack("<2H", 0x06B6, 0) + bytes(14)))
    if areas := each.merged():
        body = b"".join(struct.pack("<4H", a.top, a.bottom, a.left, a.right) for a in areas)
        made.append((0x00E5, struct.pack("<H", len(areas)) + body))
    return [*made, FINISH]


def _cell(place: bytes, content: Cell, texts: dict[Rich, int]) -> Record:
    if isinstance(content, Broken):
        return 0x0205, place + bytes([_ERRORS[content.error], 1])
    match stored(content):
        case str() as text:
            runs = content if isinstance(content, Rich) else Rich((Run(text),))
            return 0x00FD, place + struct.pack("<I", texts.setdefault(runs, len(texts)))
        case bool() as truth:
            return 0x0205, place + bytes([truth, 0])
        case int() | float() as number:
            return 0x0203, place + struct.pack("<d", number)
    return 0x0201, place
