"""Commands that look after a workspace: whether all is well, a backup, and back from one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    NEEDS_A_PERSON,
    JsonOption,
    WorkspaceOption,
    now,
    print_json,
    progress_bar,
    workspace_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.operations.doctor import Check

#: Of what a check is about, so much is shown; --json has all of it.
_SHOWN = 10


def doctor(
    *,
    quick: Annotated[
        bool, typer.Option("--quick", help="Do not read the files of the archive.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Look whether all is well: settings, store, archive, journal, rights, folders, clocks.

    Changes nothing, and needs no other run to end.

    Example: `quarterday doctor --workspace /srv/performance`
    """
    from pipeline.operations.doctor import examine

    with progress_bar() as progress:
        health = examine(workspace, progress, quick=quick)
    if json:
        print_json(health)
    else:
        print_checks(health.checks)
    if not health.is_well:
        raise typer.Exit(NEEDS_A_PERSON)


def backup(
    file: Annotated[
        Path, typer.Argument(help="The file to write, or a folder that gets one named by the time.")
    ],
    *,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write everything that cannot be made again into one file, while the job may be at work.

    Example: `quarterday backup /srv/backups`
    """
    from pipeline.operations.backup import back_up

    place = workspace_at(workspace)
    with progress_bar() as progress:
        made = back_up(place, file, now(), progress)
    if json:
        print_json({"written": made.path, "files": made.manifest.count, "problems": made.problems})
    else:
        for problem in made.problems:
            typer.echo(f"not whole: {problem}")
        typer.echo(f"{made.path}: {made.manifest.count:,} files, each read back")
    if made.problems:
        raise typer.Exit(NEEDS_A_PERSON)


def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    folder: Annotated[Path, typer.Argument(help="A new or empty folder for the workspace.")],
    *,
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            help="Where to put the store, in place of store.url: an empty database, or '' for "
            "SQLite in the state folder.",
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a workspace anew from a backup, in a folder of its own, and look whether it is whole.

    Example: `quarterday restore /srv/backups/quarterday-20130430T020000Z.tar /srv/restored`
    """
    from pipeline.operations.backup import restore as put_back
    from pipeline.operations.doctor import State

    with progress_bar() as progress:
        restored = put_back(file, folder, store, progress)
    if json:
        print_json(
            {
                "workspace": restored.workspace.root,
                "files": restored.files,
                "changed": restored.changed,
                "checks": restored.checks,
            }
        )
    else:
        for line in restored.changed:
            typer.echo(f"changed: {line}")
        print_checks(restored.checks)
        typer.echo(f"{folder}: {restored.files:,} files put back")
    if any(check.state is not State.OK for check in restored.checks):
        raise typer.Exit(NEEDS_A_PERSON)


def print_checks(checks: Iterable[Check]) -> None:
    """A line a check, and below it what it is about."""
    for check in checks:
        typer.echo(f"{check.state:<9}  {check.line}")
        for detail in check.details[:_SHOWN]:
            typer.echo(f"           {detail}")
        if len(check.details) > _SHOWN:
            typer.echo(f"           and {len(check.details) - _SHOWN:,} more; --json has all")
