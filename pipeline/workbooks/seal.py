"""A seal on the workbooks that are sent out: whether one came back as it went.

It is the comment of the zip archive, of which programs that save a workbook know nothing. Anybody
could make one: it only says why a return has the errors that it has, and decides nothing.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

#: The most that an archive holds as its comment.
_LONGEST = 65_535
_SEAL = "Quarterday correction copy "
_UNREADABLE = (OSError, ValueError, NotImplementedError, zipfile.BadZipFile)


def seal(archive: zipfile.ZipFile, remark: str = "") -> None:
    """Seal an archive whose parts are all written; a remark may stand beside the seal."""
    archive.comment = f"{_SEAL}{_digest(archive)}\n{remark}".encode()[:_LONGEST]


def is_untouched(content: bytes) -> bool:
    """Whether a file is one that was sealed, and nothing in it has changed since."""
    try:
        # As much of the end as an archive's comment can take up.
        if _SEAL.encode() not in content[-_LONGEST:]:
            return False
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            said = archive.comment.decode("utf-8", "replace").partition("\n")[0]
            return said == f"{_SEAL}{_digest(archive)}"
    except _UNREADABLE:
        return False


def remark_on(path: Path) -> str:
    """What stands beside the seal of a copy that we have made; empty where it has none."""
    try:
        with zipfile.ZipFile(path) as archive:
            said = archive.comment.decode("utf-8", "replace")
    except _UNREADABLE:
        return ""
    return said.partition("\n")[2] if said.startswith(_SEAL) else ""


def _digest(archive: zipfile.ZipFile) -> str:
    """What the archive's directory says of the contents of its parts."""
    parts = sorted((info.filename, info.CRC, info.file_size) for info in archive.infolist())
    return hashlib.sha256(repr(parts).encode()).hexdigest()
