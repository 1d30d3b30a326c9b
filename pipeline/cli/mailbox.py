"""The command that fetches returns from a mailbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    CANNOT_RUN,
    NEEDS_A_PERSON,
    JsonOption,
    WorkspaceOption,
    now,
    print_json,
    workspace_at,
)

if TYPE_CHECKING:
    from pipeline.mail.mailbox import Fetched


def fetch(
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken and left; change nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Take returns that service areas have mailed into their inbox folders.

    Which mailbox is said under [mail.receive] in pipeline.toml.

    Example: `quarterday fetch --dry-run`
    """
    from pipeline.job.session import register_of
    from pipeline.mail.mailbox import fetch as fetch_returns
    from pipeline.workspace.errors import SettingsError
    from pipeline.workspace.folder import make_state, need_folder
    from pipeline.workspace.lock import held

    place = workspace_at(workspace)
    if not place.settings.mail.receive.server:
        raise SettingsError(
            "No mailbox is set. Name its server under [mail.receive] in pipeline.toml."
        )
    register = register_of(place)
    if dry_run:
        fetched = fetch_returns(place, register, now(), dry_run=True)
    else:
        # The lock alone: where nothing came, the next run still ends at once.
        with held(need_folder(make_state(place))):
            fetched = fetch_returns(place, register, now())
    if json:
        print_json(fetched)
    else:
        print_fetched(fetched, dry_run=dry_run)
    if fetched.trouble:
        typer.echo(f"quarterday: {fetched.trouble}", err=True)
        raise typer.Exit(CANNOT_RUN)
    if fetched.left:
        raise typer.Exit(NEEDS_A_PERSON)


def print_fetched(fetched: Fetched, *, dry_run: bool = False, quiet: bool = False) -> None:
    """What became of each message, in lines for a person; `quiet` where there was none."""
    taken, left = ("would take", "would leave") if dry_run else ("taken", "left in the mailbox")
    for one in fetched.taken:
        typer.echo(f"{taken}: {one.path.name} ({one.area}) from {one.sender}")
    for message in fetched.left:
        typer.echo(f"{left}: {message.line}")
    if fetched.waiting:
        typer.echo(f"{fetched.waiting} left earlier still wait there, flagged")
    if not quiet and not (fetched.taken or fetched.left or fetched.waiting or fetched.trouble):
        typer.echo("No returns in the mailbox.")
