"""Registers that the archive keeps: every one by which returns were checked or appendices rated."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pipeline.register.loading import load_register
from pipeline.store.journal import archived_register
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.moving import holds
from pipeline.workspace.settings import Limits
from schemas.model import Register
from schemas.renaming import with_names_of


def kept_register(
    workspace: Workspace, sha256: str, now: Register | None = None
) -> Register | None:
    """The register of that hash; None where the archive does not hold it, or not as it was.

    It was accepted once, and is not held to checks that have come since. Its periods have the names
    that they have in the register of `now`.
    """
    path = archived_register(workspace.archive, sha256)
    if not holds(path, sha256):
        return None
    try:
        then = _loaded(path, sha256, workspace.cache, workspace.settings.limits)
    except RegisterError:
        return None
    return with_names_of(then, now) if now else then


# Under its hash it never changes; what could not be loaded is tried again.
@lru_cache(maxsize=16)
def _loaded(path: Path, _sha256: str, cache: Path, limits: Limits) -> Register:
    return load_register(path, cache, limits, was_accepted=True)
