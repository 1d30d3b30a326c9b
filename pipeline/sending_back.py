"""Send back: a rejected return's correction copy in the outbox, and the message that brings it."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.correction import write_correction, write_list
from pipeline.errors import WorkspaceError
from pipeline.filekind import FileKind
from pipeline.findings import Finding
from pipeline.guard import Guard, StoppedError
from pipeline.mail import correction_message
from pipeline.model import Register
from pipeline.post import outgoing
from pipeline.store import Outgoing
from pipeline.validate import Checked, received_at
from pipeline.workspace import FULL, UNFINISHED, Workspace, remedy, replacing, safe_name

#: Where corrections go when it is not plain which period a return is for.
UNPLACED = "period not known"
#: What a system says of a disk that fails, whatever is written to it.
_OF_THE_DISK = FULL | {errno.EROFS, errno.EIO}


def write_corrections(
    batch: Sequence[Checked], workspace: Workspace, guard: Guard
) -> list[Path | None]:
    """The correction copy of each return that is sent back; None for one that is accepted.

    To mark a return is to open it once more, by another library: that is done under guard too.
    """
    with TemporaryDirectory(prefix=UNFINISHED, dir=workspace.state) as scratch:
        copies = [Path(scratch) / f"{number}.xlsx" for number in range(len(batch))]
        futures = [
            None
            if one.is_accepted
            else guard.submit(
                _write_copy,
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
            None if future is None else _placed(one, future, copy, workspace)
            for one, future, copy in zip(batch, futures, copies, strict=True)
        ]


def _write_copy(
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
        if error.errno in _OF_THE_DISK:
            return error.errno
        raise
    return None


def _placed(one: Checked, written: Future[int | None], copy: Path, workspace: Workspace) -> Path:
    """A correction copy in its place in the outbox; the list alone where marking was stopped."""
    name = one.arrival.filename
    folder = workspace.outbox_of(one.reading.period or UNPLACED) / "corrections"
    # Two areas may both call their return `return.xlsx`: part of the hash keeps the copies apart.
    stem = safe_name(f"{Path(name).stem} - to correct {one.arrival.sha256[:6]}")
    path = folder / f"{stem}.xlsx"
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
            f"The correction copy cannot be written to {folder} ({error.strerror}). "
            + (
                remedy(error)
                if error.errno in _OF_THE_DISK
                else "Close the file if it is open, and check the rights on the folder."
            )
        ) from error
    return path


def outgoing_message(
    one: Checked, correction: Path, workspace: Workspace, register: Register, now: datetime
) -> list[Outgoing]:
    """The message that brings a correction copy to its service area, for the queue; none may be."""
    area = register.area(one.reading.area or one.arrival.folder_area or "")
    period = register.period(one.reading.period or "")
    if area is None or period is None:
        return []
    message = correction_message(
        area,
        period,
        one.arrival.filename,
        one.findings,
        correction,
        sender=workspace.settings.mail.sender,
        sent_at=received_at(one.arrival, now),
    )
    messages = [message] if message else []
    kind, about = "correction", {"period": period.name, "area": area.ref}
    return outgoing(workspace, messages, kind=kind, now=now, **about)
