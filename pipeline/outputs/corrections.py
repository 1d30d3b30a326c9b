"""Corrections: the marked copy of each return that is sent back, in its place in the outbox."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.outputs.correction import CorrectionCopy
from pipeline.store import Decision
from pipeline.workbooks.sandbox import Guard, StoppedError
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import (
    UNFINISHED,
    Workspace,
    correction_ending,
    remedy_for_people,
    replacing,
    safe_name,
)


def write_corrections(
    rejected: Sequence[Decision], workspace: Workspace, guard: Guard
) -> list[Path]:
    """The correction copy of each of these returns.

    To mark a return is to open it once more, by another library: that is done under guard too.
    """
    # Where one copy fails another may still be written, and be in the way of removing the folder;
    # then the next run sweeps it away.
    with TemporaryDirectory(
        prefix=UNFINISHED, dir=workspace.state, ignore_cleanup_errors=True
    ) as folder:
        started = []
        for number, one in enumerate(rejected):
            arrival, sent = one.arrival, one.submission
            findings_page = workspace.settings.mail.findings_page
            copy = CorrectionCopy(
                arrival.path, arrival.kind, sent.findings, sent.filename, findings_page
            )
            path = correction_path(workspace, sent.filename, sent.sha256, sent.period)
            scratch = Path(folder) / f"{number}.xlsx"
            started.append((copy, scratch, path, guard.submit(copy.try_write, scratch)))
        return [_placed(*each) for each in started]


def correction_path(workspace: Workspace, filename: str, sha256: str, period: str | None) -> Path:
    """Where the correction copy of a return lies, by what the store knows of the return."""
    folder = workspace.corrections_of(period)
    return folder / safe_name(Path(filename).stem, correction_ending(sha256))


def _placed(copy: CorrectionCopy, scratch: Path, path: Path, written: Future[int | None]) -> Path:
    """A correction copy in its place in the outbox; the list alone where marking was stopped."""
    try:
        try:
            trouble = written.result()
        except StoppedError:
            copy.write_list(path)
        else:
            if trouble:
                raise OSError(trouble, os.strerror(trouble))
            with replacing(path) as temporary:
                shutil.copyfile(scratch, temporary)
    except OSError as error:
        raise WorkspaceError(
            f"The correction copy cannot be written to {path.parent} ({error.strerror}). "
            f"{remedy_for_people(error)}"
        ) from error
    return path
