"""Send back: a rejected return's correction copy in the outbox, and the message that brings it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.outputs.correction import try_correction, write_list
from pipeline.returns.validate import Checked
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


def write_corrections(batch: Sequence[Checked], workspace: Workspace, guard: Guard) -> list[Path]:
    """The correction copy of each of these returns.

    To mark a return is to open it once more, by another library: that is done under guard too.
    """
    # Where one copy fails another may still be written, and be in the way of removing the folder;
    # then the next run sweeps it away.
    with TemporaryDirectory(
        prefix=UNFINISHED, dir=workspace.state, ignore_cleanup_errors=True
    ) as scratch:
        copies = [Path(scratch) / f"{number}.xlsx" for number in range(len(batch))]
        futures = [
            guard.submit(
                try_correction,
                one.arrival.path,
                one.arrival.kind,
                one.findings,
                copy,
                filename=one.arrival.filename,
                help_base=workspace.settings.mail.findings_page,
            )
            for one, copy in zip(batch, copies, strict=True)
        ]
        return [
            _placed(one, future, copy, workspace)
            for one, future, copy in zip(batch, futures, copies, strict=True)
        ]


def correction_path(workspace: Workspace, filename: str, sha256: str, period: str | None) -> Path:
    """Where the correction copy of a return lies, by what the store knows of the return."""
    folder = workspace.corrections_of(period)
    return folder / safe_name(Path(filename).stem, correction_ending(sha256))


def _placed(one: Checked, written: Future[int | None], copy: Path, workspace: Workspace) -> Path:
    """A correction copy in its place in the outbox; the list alone where marking was stopped."""
    name = one.arrival.filename
    path = correction_path(workspace, name, one.arrival.sha256, one.reading.period)
    try:
        try:
            trouble = written.result()
        except StoppedError:
            help_base = workspace.settings.mail.findings_page
            write_list(one.findings, path, filename=name, help_base=help_base)
        else:
            if trouble:
                raise OSError(trouble, os.strerror(trouble))
            with replacing(path) as temporary:
                shutil.copyfile(copy, temporary)
    except OSError as error:
        raise WorkspaceError(
            f"The correction copy cannot be written to {path.parent} ({error.strerror}). "
            f"{remedy_for_people(error)}"
        ) from error
    return path
