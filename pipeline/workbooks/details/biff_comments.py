"""Comments and text boxes of sheets in `.xls` workbooks ([MS-XLS] 2.4.179, 2.4.329, 2.4.181)."""

from __future__ import annotations

import struct

from pipeline.workbooks.details.detail import Place

_NOTE, _OBJECT, _TEXT, _CONTINUED = 0x001C, 0x005D, 0x01B6, 0x003C
#: The records of which they are made.
RECORDS = frozenset({_NOTE, _OBJECT, _TEXT, _CONTINUED})
_WIDE = 0x01
#: More of them are no return's, and of one so much is kept.
_MOST, _LONGEST = 20_000, 8_000
#: The kinds of objects that are read as text boxes ([MS-XLS] 2.5.143): shapes, and a label.
_BOXES = frozenset({0x02, 0x03, 0x06, 0x09, 0x0E, 0x1E})
#: So many of them are read.
_MOST_BOXES, _LONGEST_BOX = 200, 2_000


class BiffComments:
    """Reads comments off a sheet's records, in the order of the sheet.

    A note names the object that holds its text. No figure stands in one: what cannot be followed
    is passed over.
    """

    def __init__(self, *, is_biff8: bool, encoding: str) -> None:
        self._is_biff8, self._encoding = is_biff8, encoding
        self._notes: dict[Place, int] = {}
        self._texts: dict[int, str] = {}
        self._said: dict[Place, str] = {}
        self._object = 0
        #: The objects that are boxes.
        self._boxes: set[int] = set()
        #: How many characters of the text are still to come.
        self._left = 0

    def take(self, kind: int, body: bytes) -> None:
        """Look at the next record of the sheet."""
        if kind == _NOTE and len(body) >= 8 and len(self._notes) < _MOST:
            self._take_note(body)
        elif kind == _OBJECT and len(body) >= 8:
            kind, self._object = struct.unpack_from("<2H", body, 4)
            self._left = 0
            if kind in _BOXES:
                self._boxes.add(self._object)
        elif kind == _TEXT and len(body) >= 12:
            (self._left,) = struct.unpack_from("<H", body, 10)
        elif kind == _CONTINUED and self._left and body:
            encoding, width = ("utf-16-le", 2) if body[0] & _WIDE else ("latin-1", 1)
            text = body[1 : 1 + self._left * width].decode(encoding, "replace")
            self._left -= min(self._left, len(body[1:]) // width or self._left)
            before = self._texts.get(self._object, "")
            self._texts[self._object] = (before + text)[:_LONGEST]

    def _take_note(self, body: bytes) -> None:
        row, column, length, number = struct.unpack_from("<4H", body)
        if self._is_biff8:
            self._notes[row, column] = number
        elif row < 0xFFFF:
            # Before Excel 97 the text stands in the note itself.
            self._said[row, column] = body[6 : 6 + length].decode(self._encoding, "replace")

    @property
    def boxes(self) -> list[str]:
        """What the text boxes say, in the order of the sheet."""
        texts = (text for number, text in self._texts.items() if number in self._boxes)
        return [text.strip()[:_LONGEST_BOX] for text in texts if text.strip()][:_MOST_BOXES]

    @property
    def said(self) -> dict[Place, str]:
        """What the comments say, by cell."""
        texts = ((place, self._texts.get(number, "")) for place, number in self._notes.items())
        return self._said | {place: text.strip() for place, text in texts if text.strip()}
