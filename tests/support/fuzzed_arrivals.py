"""Archives, compound files and messages drawn at random, sound in form and lying in their fields.

What only spoils bytes is turned away at the first check. These are written field by field, so that
each lie gets as far as whatever believes it.
"""

from __future__ import annotations

import random
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

from pipeline.intake.scan import Arrival, Skipped, examine
from pipeline.mail.mailbox import letter

_NAMES = (
    "[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels",
    "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.bin",
    "mimetype", "content.xml", "META-INF/manifest.xml", "EncryptionInfo", "Index/Document.iwa",
)  # fmt: skip
_ODD_NAMES = (
    "", "/", "..", "xl/../../x", "C:\\x", "xl\\workbook.xml", "XL/WORKBOOK.XML",
    "xl/./workbook.xml", "xl//workbook.xml", "xl/workbook.xml\0", "xl/workbook.xml ",
    "\u0f73" * 80, "ﬁ" * 90, "a" * 255,
    "a" * 256, "é" * 30_000, "/" * 60_000, "../" * 20_000,
)  # fmt: skip
_NUMBERS = (0, 1, 2, 3, 0x7F, 0xFF, 0xFFFE, 0xFFFF)
_LARGE = (*_NUMBERS, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF)


def archive(choose: random.Random) -> bytes:
    """A zip archive of which some fields lie."""

    def may(lie: int, of: tuple[int, ...], chance: float = 0.04) -> int:
        return choose.choice(of) if choose.random() < chance else lie

    body, listed, count = bytearray(choose.randbytes(may(0, (1, 5, 900)))), bytearray(), 0
    names = list(_NAMES[: choose.randint(1, len(_NAMES))])
    names += choose.choices(_ODD_NAMES, k=choose.choice((0, 0, 1, 3)))
    names += [f"xl/media/{n}.png" for n in range(choose.choice((0, 0, 0, 40, 9_000)))]
    choose.shuffle(names)
    packings: dict[int, Callable[[bytes], bytes]] = {0: bytes, 8: _deflated}
    for name in names:
        content = choose.choice(
            (b"", b"<x/>", choose.randbytes(50), bytes(choose.choice(_NUMBERS)))
        )
        method = may(8, (0, 1, 6, 9, 12, 14, 95, 98, 99))
        packed = packings.get(method, bytes)(content)
        spelled = name.encode()
        flags = may(0x800, (0, 1, 8, 0x809, 0x2000, 0x2801))
        extra = _extra(choose) if choose.random() < 0.06 else b""

        def fields(
            packed: bytes = packed,
            content: bytes = content,
            method: int = method,
            flags: int = flags,
            spelled: bytes = spelled,
            extra: bytes = extra,
        ) -> bytes:
            return struct.pack(
                "<3HI3I2H", may(20, (0, 45, 63, 255)), flags, may(method, (0, 8, 12, 14)),
                may(0x210000, _LARGE), may(zlib.crc32(content), _LARGE), may(len(packed), _LARGE),
                may(len(content), _LARGE), may(len(spelled), _NUMBERS, 0.01),
                may(len(extra), _NUMBERS, 0.01),
            )  # fmt: skip

        at = len(body)
        body += b"PK\3\4" + fields() + spelled + extra + packed
        for _ in range(may(1, (0, 2, 3))):
            listed += b"PK\1\2" + struct.pack("<H", 20) + fields()
            listed += struct.pack("<3H2I", may(0, _NUMBERS, 0.01), 0, 0, 0, may(at, _LARGE, 0.01))
            listed += spelled + extra
            count += 1
    end = b""
    if choose.random() < 0.1:
        end += b"PK\6\6" + struct.pack(
            "<Q2H2I4Q", may(44, _LARGE), 45, 45, 0, 0, may(count, _LARGE), may(count, _LARGE),
            may(len(listed), _LARGE), may(len(body), _LARGE),
        )  # fmt: skip
        end += b"PK\6\7" + struct.pack("<IQI", 0, may(len(body) + len(listed), _LARGE), 1)
    end += b"PK\5\6" + struct.pack(
        "<4H2IH", may(0, _NUMBERS), may(0, _NUMBERS), may(count & 0xFFFF, _NUMBERS),
        may(count & 0xFFFF, _NUMBERS), may(len(listed), _LARGE), may(len(body), _LARGE),
        may(0, _NUMBERS),
    )  # fmt: skip
    return bytes(body + listed) + end * may(1, (2,)) + choose.randbytes(may(0, (1, 22, 70_000)))


def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def _extra(choose: random.Random) -> bytes:
    """Fields behind a name, such as that of large sizes."""
    kind, length = choose.choice((1, 0x7075, 0x5455, 0x9901)), choose.choice((0, 4, 8, 24, 0xFFFF))
    return struct.pack("<2H", kind, length) + choose.randbytes(min(length, 40))


def compound(choose: random.Random) -> bytes:
    """A compound file whose tables and directory lead anywhere."""
    sectors = choose.choice((3, 8, 40, 300))
    anywhere = (0, 1, 2, sectors - 1, sectors, 0xFFFFFFFA, 0xFFFFFFFC, 0xFFFFFFFD, 0xFFFFFFFE,
                0xFFFFFFFF)  # fmt: skip

    def may(true: int, chance: float = 0.15) -> int:
        return choose.choice(anywhere) if choose.random() < chance else true

    shift = choose.choice((9, 9, 9, 9, 12, 0, 7, 31, 0xFFFF))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0")
    header += struct.pack(
        "<5H6x", 0x3E, choose.choice((3, 3, 4, 9)), 0xFFFE, shift, choose.choice((6, 6, 0, 20))
    )
    header += struct.pack(
        "<9I", may(0), may(1), may(1), 0, choose.choice((4096, 4096, 0, 0xFFFFFFFF)),
        may(0xFFFFFFFE), may(0), may(0xFFFFFFFE), may(0),
    )  # fmt: skip
    header += struct.pack("<109I", 0, *(may(0xFFFFFFFF, 0.02) for _ in range(108)))
    chain = [0xFFFFFFFD, *(may(n + 1) for n in range(2, 129))]
    names = ("Root Entry", "Workbook", "WORKBOOK", "Book", "EncryptionInfo", "EncryptedPackage",
             "WordDocument", "", "\x05SummaryInformation", "x" * 31)  # fmt: skip
    directory = b""
    for number in range(4 * choose.choice((1, 2, 20))):
        name = names[number % len(names)].encode("utf-16-le")[:64]
        directory += name.ljust(64, b"\0") + struct.pack(
            "<H", choose.choice((len(name) + 2, 0, 99))
        )
        directory += bytes([choose.choice((0, 1, 2, 5, 5, 9)), 1])
        directory += struct.pack("<3I", *(may(number + 1, 0.5) for _ in range(3))) + bytes(36)
        directory += struct.pack("<IQ", may(3), choose.choice((0, 100, 5000, 2**31, 2**63)))
    filler = choose.randbytes(512) * max(0, sectors - 2)
    return header + struct.pack("<128I", *chain) + directory + filler


def message(choose: random.Random) -> bytes:
    """A message with parts in parts, attachments of every kind and headers of every making."""
    head = [
        b"From: " + choose.choice(_SENDERS),
        b"Subject: " + _word(choose),
        b"Message-ID: " + _word(choose),
        b"Date: " + choose.choice((b"Mon, 1 Jul 2013 09:00:00 +0100", b"never", b"", b"\xff" * 9)),
    ]
    head += [b"X-%d: " % n + _WORDS[n % 3] for n in range(choose.choice((0, 0, 1, 20_000)))]
    head += [_word(choose) + b": " + _word(choose)] * choose.choice((0, 0, 1, 3))
    choose.shuffle(head)
    return b"\r\n".join(head) + b"\r\n" + _part(choose, choose.choice((0, 1, 3, 60, 400)))


_SENDERS = (
    b"lead@council.example", b'"Lead, The" <lead@council.example>', b"a@b, c@d", b"<<a@b>>",
    b'"' + b"\\" * 20_000, b"(" * 20_000 + b"a@b", b"=?utf-8?b?bGVhZEBjb3VuY2lsLmV4YW1wbGU=?=",
    b"a" * 50_000 + b"@x", b"", b"\xff@\xfe", b"Undisclosed:;",
)  # fmt: skip
_WORDS = (
    b"Return 2013-14", b"=?utf-8?q?R=C3=A9turn?=", b"=?x-none?b?!!!?=", b"=?utf-7?q?+AGE-?=",
    b"=?utf-8?b?" + b"A" * 9_999 + b"?=", b"=?utf-8?q?x?= " * 3_000, b"\t \x0b", b"\xe9\xff",
    b"x" * 100_000, b"=?utf-8*en?q?x?=", b"=?idna?b?eG4tLQ==?=", b"=?punycode?q?-9999999?=",
)  # fmt: skip
_FILENAMES = (
    b'filename="return.xlsx"', b"filename=return.xlsx", b"filename*=utf-8''r%C3%A9turn.xlsx",
    b"filename*=x-none'en'%ff%fe.xlsx", b"filename*0*=utf-8''a; filename*1*=%20b; filename*2=.xlsx",
    b"filename*99999999999=x", b"; ".join(b"filename*%d=x" % n for n in range(3_000)),
    b'filename="' + b"../" * 9_000 + b'x.xlsx"', b'filename="\0\n.xlsx"', b"filename", b"filename=",
    b'filename="=?utf-8?b?4oCucmV0dXJuLnhsc3g=?="', b"filename*=utf-7''+AGE-.xlsx", b"x" * 70_000,
    b"filename*=punycode''-9999999", b"filename*=undefined''x", b"filename*=rot13''x",
)  # fmt: skip
_CODINGS = (b"base64", b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"binary", b"none")


def _word(choose: random.Random) -> bytes:
    return choose.choice(_WORDS)


def _part(choose: random.Random, depth: int) -> bytes:
    kind = choose.choice((b"mixed", b"alternative", b"related", b"report", b"x" * 999, b""))
    if depth and choose.random() < 0.95:
        if choose.random() < 0.2:
            return b"Content-Type: message/rfc822\r\n\r\n" + _part(choose, depth - 1)
        mark = choose.choice((b"b%d" % depth, b"", b"b", b"=", b"-" * 60, b"x" * 2_000))
        wide = choose.choice((1, 1, 1, 1, 2) if depth > 5 else (1, 2, 3))
        inner = [_part(choose, depth - 1 if n == 0 else 0) for n in range(wide)]
        between = b"\r\n--" + mark + b"\r\n"
        last = b"" if choose.random() < 0.1 else b"\r\n--" + mark + b"--\r\n"
        head = b"Content-Type: multipart/" + kind + b'; boundary="' + mark + b'"\r\n\r\n'
        return head + between + between.join(inner) + last
    content = choose.choice((archive, compound, lambda _: b"x", lambda _: b""))(choose)
    coding = choose.choice(_CODINGS)
    body = b64encode(content) if choose.random() < 0.8 else content
    kinds = (b"application/octet-stream", b"text/plain", b"application/ms-tnef", b"image/png",
             b"text/plain; charset=x-none", b"application/pkcs7-signature", b"/", b"")  # fmt: skip
    return (
        b"Content-Type: " + choose.choice(kinds) + b"\r\nContent-Transfer-Encoding: " + coding
        + b"\r\nContent-Disposition: " + choose.choice((b"attachment; ", b"inline; ", b"; "))
        + choose.choice(_FILENAMES) + b"\r\n\r\n" + body
    )  # fmt: skip


def check_container(content: bytes, folder: Path, number: int) -> Arrival:
    """The looks of the job's own process at a file that came; they end, and say what it is."""
    path = folder / f"{number}.xlsx"
    path.write_bytes(content)
    arrival = examine(path, file_mb=50)
    assert not isinstance(arrival, Skipped), arrival
    return arrival


def check_message(content: bytes) -> None:
    """What is read of a message, however it is made."""
    came = message_from_bytes(content)
    assert letter.subject_of(came).isprintable()
    assert letter.shown_sender(came).isprintable()
    letter.sender_of(came)
    letter.identity_of(came)
    letter.why_automatic(came)
    for attached in letter.attachments(came):
        assert attached.name.isprintable()
        assert "/" not in attached.name
        assert len(attached.name.encode()) <= 255
