"""Correction copies, made in this very process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.outputs.correction import CorrectionCopy
from pipeline.workbooks.file_kind import FileKind
from schemas.findings import Finding


def write_copy(
    original: Path,
    kind: FileKind,
    findings: Sequence[Finding],
    filename: str,
    into: Path,
    *,
    help_base: str = "",
) -> None:
    """Write the copy that goes back of a return with these findings."""
    copy = CorrectionCopy(kind, findings, filename, help_base)
    into.write_bytes(copy.alone() if copy.is_alone else copy.marked(original.read_bytes()))
