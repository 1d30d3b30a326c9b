"""Is all well? One small look at each thing that a run relies on; nothing is changed by any."""

from __future__ import annotations

import platform
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline import __version__
from pipeline.operations.doctor import (
    archive as kept,
)
from pipeline.operations.doctor import (
    config,
    database,
    leftovers,
    mail,
    nights,
    places,
    rights,
)
from pipeline.operations.doctor import (
    journal as told,
)
from pipeline.operations.doctor.archive import Progress
from pipeline.operations.doctor.check import Check, State, broken
from pipeline.workspace.errors import QuarterdayError
from pipeline.workspace.folder import Workspace

__all__ = ["Check", "Health", "Progress", "State", "examine", "examine_content"]

_LIBRARIES = (
    *(
        "alembic",
        "filelock",
        "imap-tools",
        "jinja2",
        "keyring",
        "msgspec",
        "openpyxl",
        "pandas",
        "pandera",
    ),
    *("psycopg", "python-calamine", "rapidfuzz", "rich", "sqlalchemy", "structlog", "typer"),
    *("watchfiles", "xlsxwriter"),
)


@dataclass(frozen=True, slots=True)
class Health:
    checks: tuple[Check, ...]
    #: Of Python, of SQLite, of this program and its libraries.
    versions: dict[str, str]

    @property
    def is_well(self) -> bool:
        return all(check.state is State.OK for check in self.checks)


def examine(root: Path, progress: Progress, *, quick: bool = False) -> Health:
    """Look at everything in a workspace; `quick` reads no file of the archive.

    Needs no lock. A check that fails is a finding, and the next is made.

    Raises:
        WorkspaceError: there is no such folder.
    """
    settings, workspace = config.look_at_settings(root)
    if workspace is None:
        return Health((settings,), _versions())
    checks = (
        *_looked("register", config.look_at_register, workspace),
        *_looked("texts of mail", config.look_at_texts, workspace),
        *examine_content(workspace, progress, quick=quick),
        *_looked("store, commits", database.look_at_commits, workspace),
        *_looked("inbox", places.look_at_inbox, workspace),
        *_looked("outbox", places.look_at_outbox, workspace),
        *_looked("clocks", places.look_at_clocks, workspace),
        *_looked("room", places.look_at_room, workspace),
        *_looked("mailbox", mail.look_at_mailbox, workspace),
        *_looked("lock", leftovers.look_at_lock, workspace),
        *_looked("left over", leftovers.look_at_leftovers, workspace),
        *_looked("last run", nights.look_at_last_run, workspace),
    )
    return Health((settings, *checks), _versions())


def examine_content(
    workspace: Workspace, progress: Progress, *, quick: bool = False
) -> tuple[Check, ...]:
    """Whether what was received is whole, and private."""
    archive = partial(kept.look_at_archive, progress=progress, quick=quick)
    journal = partial(told.look_at_journal, quick=quick)
    return (
        *_looked("store", database.look_at_store, workspace),
        *_looked("store, inside", database.look_into_store, workspace),
        *_looked("archive", archive, workspace),
        *_looked("journal", journal, workspace),
        *_looked("rights, state", rights.look_at_state, workspace),
        *_looked("rights, settings", rights.look_at_settings_file, workspace),
    )


def _looked(name: str, look: Callable[[Workspace], Check], workspace: Workspace) -> Iterable[Check]:
    """The check; where it cannot be made, that is what was found."""
    try:
        yield look(workspace)
    except QuarterdayError as error:
        yield broken(name, str(error), "")
    except (OSError, sqlite3.Error) as error:
        place = getattr(error, "filename", None) or "Something it needs"
        reason = getattr(error, "strerror", None) or error
        yield broken(name, f"{place} cannot be used ({reason}).", "")
    except Exception as error:
        found = f"Cannot be checked: {type(error).__name__}: {error}".splitlines()[0]
        yield broken(name, found, "This is a mistake in the program; tell its makers.")


def _versions() -> dict[str, str]:
    versions = {
        "quarterday": __version__,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
    }
    for name in _LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
