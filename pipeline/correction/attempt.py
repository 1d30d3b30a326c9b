"""Attempting a correction copy in a guarded worker, which loads neither pandas nor SQLAlchemy."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from pipeline.correction import write_correction
from pipeline.filekind import FileKind
from pipeline.findings import Finding
from pipeline.workspace import FULL

#: What a system says of a disk that fails, whatever is written to it.
OF_THE_DISK = FULL | {errno.EROFS, errno.EIO}


def attempt_correction(
    original: Path,
    kind: FileKind,
    findings: Sequence[Finding],
    copy: Path,
    *,
    filename: str,
    help_base: str,
) -> int | None:
    """Write a correction copy; returns the system's error number where the disk is to blame."""
    try:
        write_correction(original, kind, findings, copy, filename=filename, help_base=help_base)
    except OSError as error:
        if error.errno in OF_THE_DISK:
            return error.errno
        raise
    return None
