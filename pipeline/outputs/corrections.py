"""Corrections: the marked copy of each return that is sent back, in its place in the outbox."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.outputs.correction import CorrectionCopy
from pipeline.store import Decision
from pipeline.workbooks.sandbox import Guard, StoppedError
from pipeline.workbooks.workbook import why_stopped
from pipeline.workspace import folder
from pipeline.workspace.folder import Workspace
from pipeline.workspace.settings import Limits


def write_corrections(
    rejected: Sequence[Decision], workspace: Workspace, guard: Guard
) -> list[Path]:
    """The correction copy of each of these returns.

    To mark a return is to open it once more, by another library: that is done under guard too.
    """
    # Where one copy fails another may still be written, and be in the way of removing the folder;
    # then the next run sweeps it away.
    with TemporaryDirectory(
        prefix=folder.UNFINISHED, dir=workspace.state, ignore_cleanup_errors=True
    ) as drafts:
        started = []
        for number, one in enumerate(rejected):
            arrival, sent = one.arrival, one.submission
            page = workspace.settings.mail.findings_page
            copy = CorrectionCopy(arrival.path, arrival.kind, sent.findings, sent.filename, page)
            path = correction_path(workspace, sent.filename, sent.sha256, sent.period)
            scratch = Path(drafts, f"{number}.xlsx")
            started.append((copy, scratch, path, guard.submit(copy.try_write, scratch)))
        return [_placed(*each, guard.limits) for each in started]


def correction_path(workspace: Workspace, filename: str, sha256: str, period: str | None) -> Path:
    """Where the correction copy of a return lies, by what the store knows of the return."""
    name = folder.safe_name(Path(filename).stem, folder.correction_ending(sha256))
    return workspace.corrections_of(period) / name


def _placed(
    copy: CorrectionCopy, scratch: Path, path: Path, written: Future[int | None], limits: Limits
) -> Path:
    """A correction copy in its place in the outbox; the list alone where marking was stopped."""
    said = f"The correction copy cannot be written to {path.parent}"
    with folder.disk_trouble(said, may_be_open=True):
        try:
            trouble = written.result()
        except StoppedError as stopped:
            copy.write_list(path, why_stopped(stopped, limits, "a return"))
        else:
            if trouble:
                raise OSError(trouble, os.strerror(trouble))
            folder.write_whole(path, scratch.read_bytes())
    return path
