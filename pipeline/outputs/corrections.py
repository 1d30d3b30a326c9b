"""Corrections: the marked copy of each return that is sent back, in its place in the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from msgspec import Struct

from pipeline.outputs.correction import CorrectionCopy
from pipeline.store import Decision
from pipeline.workbooks.sandbox import Guard, Reason, StoppedError, ahead
from pipeline.workbooks.workbook import why_stopped
from pipeline.workspace import folder
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import ChangedError, content_of
from pipeline.workspace.settings import Limits

#: calamine panics at some workbooks, which is no fault of this program's.
_PANIC = "PanicException"
_OUR_FAULT = "by a mistake in the program that marks it"


class Correction(Struct, frozen=True):
    """A correction copy that was written."""

    #: None where the return's file is another by now.
    path: Path | None
    #: The fault of this program's for which it holds the list alone, as its kind and the place.
    fault: str = ""


def write_corrections(
    rejected: Sequence[Decision], workspace: Workspace, guard: Guard
) -> list[Correction]:
    """The correction copy of each of these returns.

    To mark a return is to open it once more, by another library: that is done under guard too.
    """

    def begun(one: Decision) -> tuple[CorrectionCopy, Path, Future[bytes]]:
        arrival, sent = one.arrival, one.submission
        page = workspace.settings.mail.findings_page
        copy = CorrectionCopy(arrival.kind, sent.findings, sent.filename, page)
        path = workspace.correction_of(sent.filename, sent.sha256, sent.period)
        if copy.is_alone:
            return copy, path, guard.submit(copy.alone)
        content = partial(content_of, arrival.file, arrival.sha256)
        return copy, path, guard.submit_with(content, copy.marked)

    return [_placed(*each, guard.limits) for each in ahead(map(begun, rejected), guard)]


def _placed(copy: CorrectionCopy, path: Path, marked: Future[bytes], limits: Limits) -> Correction:
    """A correction copy in its place in the outbox; the list alone where marking was stopped."""
    fault = ""
    try:
        content = marked.result()
    except ChangedError:
        return Correction(None)
    except StoppedError as stopped:
        fault = _fault(stopped)
        why = _OUR_FAULT if fault else why_stopped(stopped, limits, "a return")
        content = copy.alone(why)
    said = f"The correction copy cannot be written to {path.parent}"
    with folder.disk_trouble(said, may_be_open=True):
        folder.closed_folder(path.parent)
        folder.write_whole(path, content)
    return Correction(path, fault)


def _fault(stopped: StoppedError) -> str:
    """The fault of this program's by which marking failed; empty where it was none."""
    is_ours = stopped.reason is Reason.FAILURE and stopped.detail != _PANIC
    return f"{stopped.detail} in {stopped.place}" if is_ours else ""
