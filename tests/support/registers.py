"""Registers of workspaces under test, with the cache that an earlier run would have left of them.

Reading a register costs a run most of its time, and hundreds of tests have one of a few. What reads
it, and what the cache does, is tested in `tests/register`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from pipeline.register.loading import load_register
from pipeline.register.writer import write_register
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.folder import Workspace, private_folder
from pipeline.workspace.settings import Settings
from schemas.model import Register

#: The workbook of each register that was written before, and what was kept of it in which file.
_read: dict[bytes, tuple[bytes, Path, bytes]] = {}


def put_register(register: Register, path: Path) -> None:
    """Write the register of a workspace; one with mistakes is left for the run to read."""
    cache = Workspace(path.parent, Settings()).cache
    key = msgspec.msgpack.encode(register)
    private_folder(cache)
    if key not in _read:
        before = set(cache.iterdir())
        write_register(register, path)
        try:
            load_register(path, cache)
        except RegisterError:
            return
        (cached,) = set(cache.iterdir()) - before
        _read[key] = path.read_bytes(), Path(cached.name), cached.read_bytes()
    workbook, name, content = _read[key]
    path.write_bytes(workbook)
    (cache / name).touch(mode=0o600)
    (cache / name).write_bytes(content)
