"""From which register a template was made: a property of the workbook, which Excel keeps.

Anybody could write one: it only says why a return is not as the register asks now.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

#: The name of the property, as Excel shows it under File > Info > Properties > Custom.
REGISTER_PROPERTY = "Quarterday register"
_PART = "docProps/custom.xml"
#: A part that is larger, in bytes, is not looked into.
_LARGEST = 64 * 1024
_VALUE = re.compile(
    rb'<[^<>]*\bname="%s"[^<>]*>\s*<(?:\w+:)?lpwstr>([0-9a-f]{64})<' % REGISTER_PROPERTY.encode()
)
_UNREADABLE = (OSError, ValueError, KeyError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def register_of_template(content: bytes) -> str:
    """The SHA-256 of the register that a return's template was made from; empty if it says none."""
    if _PART.encode() not in content:
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_PART) as part:
            found = _VALUE.search(part.read(_LARGEST))
    except _UNREADABLE:
        return ""
    return found[1].decode() if found else ""
