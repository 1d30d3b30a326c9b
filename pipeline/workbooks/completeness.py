"""Completeness: whether a file's own tables say that more of it is to come.

A copy over a network appears at its full size and is filled in, or grows; until it has all come it
may look damaged, and a workbook of before 2007 may even look whole.
"""

from __future__ import annotations

from pipeline.workbooks import compound, zip_directory
from pipeline.workbooks.file_kind import FileKind, Identity

_ZIP = b"PK\x03\x04"
#: Where this stands in place of a container's signature, its first bytes have not come.
_HOLE = bytes(8)
#: Records of [MS-XLS]: a part of a workbook begins and ends, and one of its sheets is listed.
_BEGIN, _END, _SHEET = 0x0809, 0x000A, 0x0085


def lacks_bytes(content: bytes, identity: Identity) -> bool:
    """Whether bytes are missing by the file's beginning, its directory and its tables alone."""
    if content.startswith(_HOLE):
        return True
    if any(whole.startswith(content) for whole in (_ZIP, compound.SIGNATURE)):
        # Empty, or the first few bytes.
        return True
    if content.startswith(b"PK"):
        return not identity.parts
    return content.startswith(compound.SIGNATURE) and not compound.is_whole(content)


def lacks_content(content: bytes, kind: FileKind) -> bool:
    """Whether bytes are missing within what stands in a workbook; a whole file lacks none.

    For a worker: the file is unpacked.
    """
    if content.startswith(b"PK"):
        parts = zip_directory.directory(content)
        return not parts or not zip_directory.is_sound(content, parts)
    return kind is FileKind.XLS and not _has_every_sheet(content)


def _has_every_sheet(content: bytes) -> bool:
    """Whether every part of an old workbook ends, those of its sheets included."""
    depth = ended = sheets = 0
    try:
        for kind, body in compound.records(compound.stream(content, compound.WORKBOOKS)):
            if kind == _BEGIN:
                depth += 1
            elif kind == _END:
                depth -= 1
                ended += not depth
            elif kind == _SHEET:
                sheets += 1
            elif not kind and not body:
                # Nothing, as stands behind the last part, or where bytes have not come.
                break
    except compound.BadCompoundError:
        return False
    return depth == 0 and ended > sheets
