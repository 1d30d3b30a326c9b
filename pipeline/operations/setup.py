"""Making a workspace: a register to edit, settings with every default, an inbox and an outbox.

And, for whoever edits the register, an example of all that it can say.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

from pipeline.register.example import example_register
from pipeline.register.starter import starter_register
from pipeline.register.writer import write_register
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import need_folder, open_workspace
from pipeline.workspace.settings import FILE_NAME
from schemas.model import Register


def make_workspace(folder: Path, today: date, register: Register | None = None) -> list[Path]:
    """Make what is missing of a workspace and return it; what is there is left as it is.

    Without a register, a starter to edit is written, with the financial quarter of `today`.

    Raises:
        WorkspaceError: the folder cannot be written to.
    """
    need_folder(folder)
    made: list[Path] = []
    settings = folder / FILE_NAME
    if not settings.exists():
        settings.write_bytes(files("pipeline.workspace").joinpath(FILE_NAME).read_bytes())
        made.append(settings)
    workspace = open_workspace(folder)
    made += [need_folder(path) for path in (workspace.inbox, workspace.outbox) if not path.exists()]
    if not workspace.register.exists():
        write_register(register or starter_register(today), workspace.register)
        made.append(workspace.register)
    return made


def write_example(path: Path) -> None:
    """Write the register that shows one of each thing that a register can say.

    Raises:
        WorkspaceError: something stands there already, or it cannot be written.
    """
    if path.exists():
        raise WorkspaceError(f"{path} is there already. Move it away, or name another file.")
    write_register(example_register(), path)
