"""Bring a register forward: what came later is written beside what it holds, which stays so.

The workbook is opened and written in the sandbox. What comes out is read again and held against
what went in: only a register that says the very same is given out.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline.outputs.upgrade.sheets import Upgraded, make_ready, upgraded
from pipeline.register.differences import differences
from pipeline.register.file import register_bytes
from pipeline.register.reader import inspect_content
from pipeline.workbooks.sandbox import Guard, StoppedError
from pipeline.workbooks.workbook import why_stopped
from pipeline.workspace.errors import RegisterError, WorkspaceError
from pipeline.workspace.folder import write_whole

if TYPE_CHECKING:
    from pipeline.workspace.settings import Limits


def upgrade(path: Path, limits: Limits) -> Upgraded:
    """The register in a workbook with the columns, settings and sheets that came since.

    Raises:
        RegisterError: it holds mistakes, or would not say the same.
    """
    content = register_bytes(path)
    before, _ = inspect_content(content, path.name, limits)
    with Guard(replace(limits, workers=1), make_ready) as guard:
        try:
            made: Upgraded = guard.submit(upgraded, content).result()
        except StoppedError as stopped:
            why = why_stopped(stopped, limits, "a register")
            raise RegisterError([f"{path.name} cannot be written anew: {why}."]) from stopped
    after, _ = inspect_content(made.content, path.name, limits)
    if found := differences(before, after):
        raise RegisterError(
            [f"{path.name} cannot be brought forward without a change: {found[0].said}"]
        )
    return made


def write_beside(path: Path, content: bytes) -> None:
    """Write a workbook where nothing stands yet.

    Raises:
        WorkspaceError: something does, or it cannot be written.
    """
    if path.exists():
        raise WorkspaceError(f"{path} is there already. Move it away, or name another with --to.")
    try:
        write_whole(path, content)
    except OSError as error:
        raise WorkspaceError(
            f"{path} cannot be written ({error.strerror}). Check that you may write to its folder."
        ) from error
