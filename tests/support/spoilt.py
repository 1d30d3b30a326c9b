"""Workbooks spoilt as programs, disks and copies spoil them: a part gone, a record cut, a bit over.

Each way takes a workbook and a source of chance, and gives another; the same seed gives the same.
"""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pipeline.workbooks.compound import WORKBOOKS, stream
from tests.support.containers import binary_record, compound_file, zipped

Way = Callable[[bytes, random.Random], bytes]
Record = tuple[int, bytes]


class Spoilt(NamedTuple):
    """A spoilt workbook: of which, in what way, and its bytes."""

    name: str
    content: bytes


def spoilt(sound: Sequence[tuple[str, bytes]], count: int, seed: int) -> Iterator[Spoilt]:
    """So many spoilt workbooks, each of these workbooks in each way before any is again."""
    choose = random.Random(seed)  # noqa: S311 - examples, not secrets
    turns = [(*each, way) for each in sound for way in WAYS[each[0].rpartition(".")[2]]]
    choose.shuffle(turns)
    for number in range(count):
        name, content, way = turns[number % len(turns)]
        stem, _, suffix = name.rpartition(".")
        made = way(content, choose)
        yield Spoilt(f"{number:05} {stem} {way.__name__.strip('_')}.{suffix}", made)


# --- Of any file ---------------------------------------------------------------------------------


def _bits_turned(content: bytes, choose: random.Random) -> bytes:
    made = bytearray(content)
    for _ in range(choose.choice((1, 1, 2, 8))):
        made[choose.randrange(len(made))] ^= 1 << choose.randrange(8)
    return bytes(made)


def _cut_short(content: bytes, choose: random.Random) -> bytes:
    return content[: choose.choice((len(content) - 1, choose.randrange(len(content))))]


def _zeros_within(content: bytes, choose: random.Random) -> bytes:
    start = choose.randrange(len(content))
    length = min(choose.choice((16, 512, 4096)), len(content) - start)
    return content[:start] + bytes(length) + content[start + length :]


def _more_behind(content: bytes, choose: random.Random) -> bytes:
    return content + choose.choice((bytes(512), b"\r\n", choose.randbytes(300)))


# --- Parts of a package --------------------------------------------------------------------------


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _a_part_gone(content: bytes, choose: random.Random) -> bytes:
    parts = unpacked(content)
    del parts[choose.choice(list(parts))]
    return zipped(parts)


def _a_part_empty(content: bytes, choose: random.Random) -> bytes:
    parts = unpacked(content)
    return zipped(parts | {choose.choice(list(parts)): b""})


def _a_part_twice(content: bytes, choose: random.Random) -> bytes:
    parts = unpacked(content)
    name = choose.choice(list(parts))
    buffer = io.BytesIO(zipped(parts))
    with zipfile.ZipFile(buffer, "a") as archive, _without_warning():
        archive.writestr(name, parts[name])
    return buffer.getvalue()


def _a_part_in_capitals(content: bytes, choose: random.Random) -> bytes:
    parts = unpacked(content)
    name = choose.choice(list(parts))
    return zipped({(n.upper() if n == name else n): part for n, part in parts.items()})


def _a_part_elsewhere(content: bytes, choose: random.Random) -> bytes:
    """A part under another name, and whatever names it knows."""
    parts = unpacked(content)
    name = choose.choice([name for name in parts if name.count("/")])
    old, new = name.rpartition("/")[2], f"moved{choose.randrange(9)}{name.rpartition('/')[2]}"
    return zipped({
        n.replace(old, new): part.replace(old.encode(), new.encode()) for n, part in parts.items()
    })  # fmt: skip


def _targets_from_the_root(content: bytes, _: random.Random) -> bytes:
    parts = unpacked(content)
    return zipped({
        name: part.replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
        .replace(b'Target="styles', b'Target="/xl/styles')
        .replace(b'Target="sharedStrings', b'Target="/xl/sharedStrings')
        .replace(b'Target="xl/', b'Target="/xl/')
        for name, part in parts.items()
    })  # fmt: skip


def _backslashes(content: bytes, _: random.Random) -> bytes:
    return zipped({n.replace("/", "\\"): part for n, part in unpacked(content).items()})


def _stored(content: bytes, _: random.Random) -> bytes:
    return zipped(unpacked(content), zipfile.ZIP_STORED)


def _a_comment(content: bytes, _: random.Random) -> bytes:
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"sent by a scanner"
    return buffer.getvalue()


def _sent_as_it_was_packed(content: bytes, _: random.Random) -> bytes:
    """Sizes behind the parts, as programs write that cannot go back."""

    class Forward(io.RawIOBase):
        def __init__(self) -> None:
            self.all = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, some: object) -> int:
            self.all += bytes(some)  # type: ignore[call-overload]  # a buffer
            return len(bytes(some))  # type: ignore[call-overload]  # a buffer

    made = Forward()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        for name, part in unpacked(content).items():
            archive.writestr(name, part)
    return bytes(made.all)


# --- XML -----------------------------------------------------------------------------------------

_ATTRIBUTE = re.compile(rb' [\w:]+="[^"]*"')
_ELEMENT = re.compile(rb"<[A-Za-z][^<>]*/>")
_GARBLED = (b"", b"-1", b"99999999999", b"x", b"1.5", b"&amp;", b"NaN", "é".encode())


def _xml(content: bytes, choose: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with one of its parts of XML changed."""
    parts = unpacked(content)
    names = [name for name, part in parts.items() if part.lstrip(b"\xef\xbb\xbf").startswith(b"<")]
    name = choose.choice(names)
    return zipped(parts | {name: change(parts[name])})


def _one(part: bytes, pattern: re.Pattern[bytes], choose: random.Random, new: bytes) -> bytes:
    found = list(pattern.finditer(part))
    if not found:
        return part
    start, end = choose.choice(found).span()
    return part[:start] + new + part[end:]


def _an_attribute_gone(content: bytes, choose: random.Random) -> bytes:
    return _xml(content, choose, lambda part: _one(part, _ATTRIBUTE, choose, b""))


def _an_attribute_garbled(content: bytes, choose: random.Random) -> bytes:
    def change(part: bytes) -> bytes:
        found = list(re.finditer(rb'(?<==")[^"]*(?=")', part))
        if not found:
            return part
        start, end = choose.choice(found).span()
        return part[:start] + choose.choice(_GARBLED) + part[end:]

    return _xml(content, choose, change)


def _an_element_gone(content: bytes, choose: random.Random) -> bytes:
    return _xml(content, choose, lambda part: _one(part, _ELEMENT, choose, b""))


def _an_element_twice(content: bytes, choose: random.Random) -> bytes:
    def change(part: bytes) -> bytes:
        found = list(_ELEMENT.finditer(part))
        if not found:
            return part
        at = choose.choice(found)
        return part[: at.end()] + at[0] + part[at.end() :]

    return _xml(content, choose, change)


def _xml_torn(content: bytes, choose: random.Random) -> bytes:
    def change(part: bytes) -> bytes:
        at = choose.randrange(len(part))
        return choose.choice((part[:at], part[:at] + part[at + choose.randrange(1, 9) :]))

    return _xml(content, choose, change)


def _another_encoding(content: bytes, choose: random.Random) -> bytes:
    def change(part: bytes) -> bytes:
        text = part.decode("utf-8-sig")
        if choose.random() < 0.3:
            return b"\xef\xbb\xbf" + part
        named = choose.choice(("UTF-16", "ISO-8859-1", "US-ASCII", "windows-1252"))
        declared = re.sub(r"(?i)utf-8", named, text, count=1)
        return declared.encode(named, "xmlcharrefreplace")

    return _xml(content, choose, change)


def _prefixed(content: bytes, choose: random.Random) -> bytes:
    """Elements with a prefix, as other programs than Excel write them."""

    def change(part: bytes) -> bytes:
        if b"<x:" in part or b' xmlns="' not in part:
            return part
        made = re.sub(rb"<(/?)(?=[A-Za-z])(?![A-Za-z]+:)", rb"<\1x:", part)
        return made.replace(b' xmlns="', b' xmlns:x="', 1)

    return _xml(content, choose, change)


def _strict(content: bytes, _: random.Random) -> bytes:
    """With the names of ISO's strict form."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped({
        name: part.replace(main, b"http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
            relations, b"http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
        for name, part in unpacked(content).items()
    })  # fmt: skip


# --- Records -------------------------------------------------------------------------------------


def _changed(found: list[Record], choose: random.Random) -> list[Record]:
    """Records with one of them gone, twice, cut, lengthened or garbled."""
    at = choose.randrange(len(found))
    kind, body = found[at]
    match choose.randrange(5):
        case 0:
            return found[:at] + found[at + 1 :]
        case 1:
            return [*found[:at], found[at], *found[at:]]
        case 2:
            cut = choose.randrange(len(body) or 1)
            return [*found[:at], (kind, body[:cut]), *found[at + 1 :]]
        case 3:
            longer = body + bytes(choose.randrange(1, 9))
            return [*found[:at], (kind, longer), *found[at + 1 :]]
        case _:
            garbled = bytearray(body)
            if garbled:
                garbled[choose.randrange(len(garbled))] = choose.randrange(256)
            return [*found[:at], (kind, bytes(garbled)), *found[at + 1 :]]


def _a_record_of_xls(content: bytes, choose: random.Random) -> bytes:
    """One record spoilt; sheets begin where they now begin."""
    found = old_records(stream(content, WORKBOOKS))
    return workbook_of_records(_changed(found, choose))


def _a_style_of_xls(content: bytes, choose: random.Random) -> bytes:
    """One of the records that say how cells are shown is spoilt."""
    found = old_records(stream(content, WORKBOOKS))
    styles = [n for n, (kind, _) in enumerate(found) if kind in (0x00E0, 0x041E, 0x0031, 0x0293)]
    first, last = styles[0], styles[-1] + 1
    return workbook_of_records(
        [*found[:first], *_changed(found[first:last], choose), *found[last:]]
    )


def _stream_named(content: bytes, choose: random.Random) -> bytes:
    name = choose.choice(("WORKBOOK", "workbook", "Book", "BOOK"))
    return compound_file({name: stream(content, WORKBOOKS)})


def _two_streams(content: bytes, choose: random.Random) -> bytes:
    """As Excel saves a workbook for two of its versions at once."""
    workbook = stream(content, WORKBOOKS)
    both = {"Workbook": workbook, "Book": workbook}
    return compound_file(dict(choose.sample(list(both.items()), 2)))


def _other_sheets(content: bytes, choose: random.Random) -> bytes:
    """A sheet of a chart or of macros behind the others."""
    found = old_records(stream(content, WORKBOOKS))
    behind = max(n for n, (kind, _) in enumerate(found) if kind == 0x0085) + 1
    kind, form = choose.choice(((2, 0x0020), (1, 0x0040), (6, 0x0006)))
    listed = 0x0085, struct.pack("<I4B", 0, 0, kind, 5, 0) + b"Other"
    begins = 0x0809, struct.pack("<4H2I", 0x0600, form, 0x0DBB, 0x07CC, 0, 6)
    return workbook_of_records([*found[:behind], listed, *found[behind:], begins, (0x000A, b"")])


def old_records(content: bytes) -> list[Record]:
    found, at = [], 0
    while at + 4 <= len(content) and content[at : at + 4] != bytes(4):
        kind, length = struct.unpack_from("<2H", content, at)
        found.append((kind, content[at + 4 : at + 4 + length]))
        at += 4 + length
    return found


def workbook_of_records(found: Sequence[Record]) -> bytes:
    """The records as a workbook, with the places of the sheets' beginnings."""
    starts, at = [], 0
    for kind, body in found:
        if kind == 0x0809:
            starts.append(at)
        at += 4 + len(body)
    sheets = iter(starts[1:])
    made = b""
    for kind, body in found:
        made += struct.pack("<2H", kind, len(body))
        is_listed = kind == 0x0085 and len(body) >= 4
        made += struct.pack("<I", next(sheets, 0)) + body[4:] if is_listed else body
    return compound_file({"Workbook": made})


def _a_record_of_xlsb(content: bytes, choose: random.Random) -> bytes:
    parts = unpacked(content)
    name = choose.choice([name for name in parts if name.endswith(".bin")])
    found = _changed(binary_records(parts[name]), choose)
    made = b"".join(binary_record(kind, body) for kind, body in found)
    return zipped(parts | {name: made})


def binary_records(part: bytes) -> list[Record]:
    found, at = [], 0

    def number(at: int) -> tuple[int, int]:
        made = shift = 0
        while True:
            byte = part[at]
            at += 1
            made |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return made, at

    while at < len(part):
        kind, at = number(at)
        length, at = number(at)
        found.append((kind, part[at : at + length]))
        at += length
    return found


class _without_warning:  # noqa: N801 - read as a word
    """What `zipfile` says of a name that is there already."""

    def __enter__(self) -> None:
        import warnings

        self._caught = warnings.catch_warnings()
        self._caught.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *error: object) -> None:
        self._caught.__exit__(*error)  # type: ignore[arg-type]  # as they came


_ANY: tuple[Way, ...] = (_bits_turned, _cut_short, _zeros_within, _more_behind)
_PACKAGE: tuple[Way, ...] = (
    *(_a_part_gone, _a_part_empty, _a_part_twice, _a_part_in_capitals, _a_part_elsewhere),
    *(_stored, _a_comment, _sent_as_it_was_packed, _backslashes),
)
_XML: tuple[Way, ...] = (
    *(_an_attribute_gone, _an_attribute_garbled, _an_element_gone, _an_element_twice),
    *(_xml_torn, _another_encoding),
)
_OOXML: tuple[Way, ...] = (_targets_from_the_root, _prefixed, _strict)
_XLS: tuple[Way, ...] = (
    *(_a_record_of_xls, _a_style_of_xls, _stream_named, _two_streams, _other_sheets),
    *(_a_record_of_xls, _a_style_of_xls),
)
#: The ways in which a workbook of each format is spoilt, by its ending.
WAYS: dict[str, tuple[Way, ...]] = {
    "xlsx": (*_XML, *_PACKAGE, *_OOXML, *_ANY),
    "xlsm": (*_XML, *_PACKAGE, *_OOXML, *_ANY),
    "ods": (*_XML, *_PACKAGE, *_ANY),
    "xls": (*_XLS, *_ANY),
    "xlsb": (_a_record_of_xlsb, *_PACKAGE, *_ANY, _an_attribute_gone, _targets_from_the_root,
             _a_record_of_xlsb),
}  # fmt: skip
