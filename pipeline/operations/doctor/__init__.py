"""Is all well? One small look at each thing that a run relies on; nothing is changed by any."""

from __future__ import annotations

import platform
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from pipeline import __version__
from pipeline.operations.doctor import (
    archive,
    config,
    database,
    folders,
    mail,
    rights,
    runs,
    schedule,
)
from pipeline.operations.doctor.check import HealthCheck, broken, well
from pipeline.store.session import Progress
from pipeline.workspace.errors import OutdatedStoreError, QuarterdayError
from pipeline.workspace.folder import Workspace

__all__ = ["Health", "HealthCheck", "examine", "examine_content"]

#: Looks at one thing in a workspace.
Look = Callable[[Workspace], HealthCheck]


class Health(Struct, frozen=True):
    checks: tuple[HealthCheck, ...]
    #: Of Python, of SQLite, of this program and its libraries.
    versions: dict[str, str]

    @property
    def is_well(self) -> bool:
        return all(check.is_well for check in self.checks)


def examine(root: Path, progress: Progress, *, quick: bool = False) -> Health:
    """Look at everything in a workspace; `quick` reads no file of the archive.

    Needs no lock. A check that fails is a finding, and the next is made.

    Raises:
        WorkspaceError: there is no such folder.
    """
    settings, workspace = config.look_at_settings(root)
    # By the names of their checks, in the order in which these are shown.
    looks: Mapping[str, Look] = {
        "register": config.look_at_register,
        "register, beside it": config.look_beside_register,
        "texts of mail": mail.look_at_texts,
        "sandbox": config.look_at_sandbox,
        **_looks_at_content(progress, quick=quick),
        "store, commits": database.look_at_commits,
        "inbox": folders.look_at_inbox,
        "outbox": folders.look_at_outbox,
        "rights, workspace": rights.look_at_workspace,
        "rights, outbox": rights.look_at_outbox,
        "clocks": folders.look_at_clocks,
        "room": folders.look_at_room,
        "mail, attached": mail.look_at_attachments,
        "passwords": mail.look_at_passwords,
        "mailbox": mail.look_at_mailbox,
        "schedule": schedule.look_at_schedule,
        "lock": runs.look_at_lock,
        "left over": runs.look_at_leftovers,
        "last run": runs.look_at_last_run,
        "gone round": runs.look_at_suspects,
    }
    checks = _examined(looks, workspace) if workspace else ()
    return Health((replace(settings, name="settings"), *checks), _versions())


def examine_content(workspace: Workspace, progress: Progress) -> tuple[HealthCheck, ...]:
    """Whether what was received is whole, and private, and what mail waits for a person."""
    return _examined(_looks_at_content(progress, quick=False), workspace)


def _looks_at_content(progress: Progress, *, quick: bool) -> Mapping[str, Look]:
    return {
        "store": database.look_at_store,
        "store, inside": database.look_into_store,
        "store, triggers": database.look_at_triggers,
        "mail, held": mail.look_at_held,
        "archive": partial(archive.look_at_archive, progress=progress, quick=quick),
        "journal": partial(archive.look_at_journal, quick=quick),
        "rights, state": rights.look_at_state,
        "rights, settings": rights.look_at_settings_file,
    }


def _examined(looks: Mapping[str, Look], workspace: Workspace) -> tuple[HealthCheck, ...]:
    return tuple(replace(_looked(look, workspace), name=name) for name, look in looks.items())


def _looked(look: Look, workspace: Workspace) -> HealthCheck:
    """The check; where it cannot be made, that is what was found."""
    try:
        return look(workspace)
    except OutdatedStoreError as error:
        # As after every update of the program; nothing of it can be looked at before.
        return well(str(error))
    except QuarterdayError as error:
        return broken(str(error), "")
    except (OSError, sqlite3.Error) as error:
        place = getattr(error, "filename", None) or "Something it needs"
        reason = getattr(error, "strerror", None) or error
        return broken(f"{place} cannot be used ({reason}).", "")
    except Exception as error:
        found = f"Cannot be checked: {type(error).__name__}: {error}".splitlines()[0]
        return broken(found, "This is a mistake in the program; tell its makers.")


def _versions() -> dict[str, str]:
    """Of whatever this program requires, as far as it is installed."""
    versions = {
        "quarterday": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    with suppress(PackageNotFoundError):
        required = {re.split(r"[^\w.-]", each)[0] for each in requires("quarterday") or ()}
        for name in sorted(required):
            with suppress(PackageNotFoundError):
                versions[name] = version(name)
    return versions
