"""Empty stores of workspaces under test, as an earlier run would have left them.

A store is made by every step that there ever was, and hundreds of tests have one. The steps are
tested in `tests/store`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.store import Store
from pipeline.workspace.folder import Workspace, make_state


def put_store(place: Workspace) -> None:
    """Put an empty store into a workspace."""
    make_state(place)
    place.sqlite.write_bytes(_empty())


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        Store(f"sqlite:///{path}").close()
        return path.read_bytes()
