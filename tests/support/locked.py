"""Workbooks protected by a password or by rights, as programs leave them.

Old workbooks are encrypted within their records, as [MS-XLS] 2.2.10 and [MS-OFFCRYPTO] 2.3.5 to
2.3.7 lay it down: which records there are, and how long each is, stays legible. A newer workbook is
encrypted as a whole, in a compound file ([MS-OFFCRYPTO] 1.3 and 2.2).
"""

from __future__ import annotations

import hashlib
import itertools
import struct
from collections.abc import Callable, Iterator

from pipeline.workbooks.compound import WORKBOOKS, stream
from tests.support.containers import compound_file, records

_PASSWORD, _SHEET = 0x002F, 0x0085
#: Records that stay as they are: beginnings, the one that tells of the password, and a few more.
_LEGIBLE = frozenset({0x0809, _PASSWORD, 0x0194, 0x0195, 0x00E1, 0x0138})
#: A key lasts for so many bytes of the stream.
_BLOCK = 1024
_SALT, _VERIFIER = bytes(range(16)), bytes(range(16, 32))


def by_rc4(workbook: bytes, password: str) -> bytes:
    """An old workbook as Excel 97 encrypts it: by RC4, with a key of 40 bits."""
    short = _md5(password.encode("utf-16-le"))[:5]
    secret = _md5((short + _SALT) * 16)[:5]

    def mask(block: int) -> bytes:
        return _rc4(_md5(secret + struct.pack("<I", block)))

    verifier = _mixed(_VERIFIER + _md5(_VERIFIER), mask(0))
    return _locked(workbook, struct.pack("<3H", 1, 1, 1) + _SALT + verifier, mask)


def by_cryptoapi(workbook: bytes, password: str) -> bytes:
    """An old workbook as Excel 2002 and later encrypt it: by RC4, with a key of 128 bits."""
    secret = _sha1(_SALT + password.encode("utf-16-le"))

    def mask(block: int) -> bytes:
        return _rc4(_sha1(secret + struct.pack("<I", block))[:16])

    provider = "Microsoft Enhanced Cryptographic Provider v1.0\0".encode("utf-16-le")
    header = struct.pack("<8I", 4, 0, 0x6801, 0x8004, 128, 1, 0, 0) + provider
    verifier = _mixed(_VERIFIER + _sha1(_VERIFIER), mask(0))
    lock = struct.pack("<3H2I", 1, 4, 2, 4, len(header)) + header + struct.pack("<I", 16) + _SALT
    lock += verifier[:16] + struct.pack("<I", 20) + verifier[16:]
    return _locked(workbook, lock, mask)


def by_xor(workbook: bytes) -> bytes:
    """An old workbook whose bytes are mixed with sixteen others, which no password gives here."""
    lock = struct.pack("<2H", 0x51A7, 0xC3E4)
    mask = bytes(range(3, 19)) * (_BLOCK // 16)
    lock = lock if _is_of_excel_95(workbook) else bytes(2) + lock
    return _locked(workbook, lock, lambda _: mask)


def as_a_whole(transform: str = "StrongEncryptionTransform") -> bytes:
    """What holds a newer workbook that is encrypted; its content is no workbook's here."""
    info = struct.pack("<2HI", 4, 4, 0x40) + b'<encryption xmlns="x"><keyData/></encryption>'
    return compound_file({
        "EncryptedPackage": struct.pack("<Q", 9000) + bytes(9000),
        "EncryptionInfo": info,
        transform: b"how it is encrypted",
    })  # fmt: skip


def _locked(workbook: bytes, lock: bytes, mask: Callable[[int], bytes]) -> bytes:
    """A workbook with the record that tells of its password, and the others encrypted."""
    content = stream(workbook, WORKBOOKS)
    told = records((_PASSWORD, lock))
    first = 4 + struct.unpack_from("<2H", content)[1]
    content = content[:first] + told + content[first:]
    mixed = _mixed(content, b"".join(map(mask, range(len(content) // _BLOCK + 1))))
    made, at = bytearray(), 0
    while at + 4 <= len(content):
        kind, length = struct.unpack_from("<2H", content, at)
        end = at + 4 + length
        if kind in _LEGIBLE:
            made += content[at:end]
        elif kind == _SHEET:
            # Where a sheet begins stays legible, and is as much later as the new record takes.
            (start,) = struct.unpack_from("<I", content, at + 4)
            made += (
                content[at : at + 4] + struct.pack("<I", start + len(told)) + mixed[at + 8 : end]
            )
        else:
            made += content[at : at + 4] + mixed[at + 4 : end]
        at = end
    return compound_file({"Book" if _is_of_excel_95(workbook) else "Workbook": bytes(made)})


def _is_of_excel_95(workbook: bytes) -> bool:
    return "Workbook".encode("utf-16-le") not in workbook


def _mixed(content: bytes, mask: bytes) -> bytes:
    return bytes(map(int.__xor__, content, mask))


def _rc4(key: bytes) -> bytes:
    """The bytes that a key gives for one block."""
    return bytes(itertools.islice(_bytes_of(key), _BLOCK))


def _bytes_of(key: bytes) -> Iterator[int]:
    state, other = list(range(256)), 0
    for place in range(256):
        other = (other + state[place] + key[place % len(key)]) % 256
        state[place], state[other] = state[other], state[place]
    other = 0
    for step in itertools.count(1):
        place = step % 256
        other = (other + state[place]) % 256
        state[place], state[other] = state[other], state[place]
        yield state[(state[place] + state[other]) % 256]


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()
