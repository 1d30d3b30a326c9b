"""The runs of texts in `.xls` workbooks: the fonts of each text ([MS-XLS] 2.5.293, 2.4.265)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

_WIDE, _HAS_MORE, _HAS_RUNS = 0x01, 0x04, 0x08
_RUN = 4


def fonts_of_shared(pieces: Sequence[bytes]) -> Iterator[list[int]]:
    """The fonts of each shared text's runs, in order; `pieces` are the record and those after it.

    Raises IndexError or struct.error where a text is cut short.
    """
    if not pieces:
        return
    reader = _Pieces(pieces)
    _, count = struct.unpack("<2I", reader.take(8))
    for _ in range(count):
        if not reader.has_more:
            return
        length, options = struct.unpack("<HB", reader.take(3))
        (runs,) = struct.unpack("<H", reader.take(2)) if options & _HAS_RUNS else (0,)
        (more,) = struct.unpack("<I", reader.take(4)) if options & _HAS_MORE else (0,)
        reader.skip_characters(length, wide=bool(options & _WIDE))
        yield _fonts(reader.take(runs * _RUN))
        reader.take(more)


def fonts_of_cell(body: bytes, *, is_biff8: bool) -> list[int]:
    """The fonts of the runs of a text that stands in its cell's own record."""
    (length,) = struct.unpack_from("<H", body, 6)
    if not is_biff8:
        at = 8 + length
        return list(body[at + 2 : at + 1 + 2 * body[at] : 2])
    at = 9 + length * (2 if body[8] & _WIDE else 1)
    (runs,) = struct.unpack_from("<H", body, at)
    return _fonts(body[at + 2 : at + 2 + runs * _RUN])


def _fonts(runs: bytes) -> list[int]:
    return [font for _, font in struct.iter_unpack("<2H", runs[: len(runs) // _RUN * _RUN])]


class _Pieces:
    """A record with those that continue it, read from one end to the other."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._piece = self._at = 0

    @property
    def has_more(self) -> bool:
        self._go_on()
        return self._piece < len(self._pieces)

    def take(self, length: int) -> bytes:
        """So many bytes, wherever records part them."""
        taken = b""
        while len(taken) < length:
            self._go_on()
            part = self._pieces[self._piece][self._at : self._at + length - len(taken)]
            taken += part
            self._at += len(part)
        return taken

    def skip_characters(self, count: int, *, wide: bool) -> None:
        """Pass over a text; where it goes on in another record, that says anew how wide it is."""
        while count:
            if self._at == len(self._pieces[self._piece]):
                self._go_on()
                wide = bool(self.take(1)[0] & _WIDE)
            width = 2 if wide else 1
            there = min(count, (len(self._pieces[self._piece]) - self._at) // width)
            if not there:
                raise IndexError("a character is cut in two")
            self._at += there * width
            count -= there

    def _go_on(self) -> None:
        while self._piece < len(self._pieces) and self._at >= len(self._pieces[self._piece]):
            self._piece, self._at = self._piece + 1, 0
