"""The command that fetches returns from a mailbox."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pipeline.cli import console
from pipeline.cli.console import Result, workspace_at
from pipeline.cli.options import WorkspaceOption

if TYPE_CHECKING:
    from pipeline.mail.mailbox import Fetched


def fetch(
    *,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Say what would be taken and left; change nothing.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Take returns that service areas have mailed into their inbox folders.

    Which mailbox is said under [mail.receive] in pipeline.toml.

    Example: `quarterday fetch --dry-run`
    """
    from pipeline.job.session import register_of
    from pipeline.mail import mailbox
    from pipeline.workspace import lock
    from pipeline.workspace.errors import SettingsError
    from pipeline.workspace.folder import make_state, need_folder

    place = workspace_at(workspace)
    if not place.settings.mail.receive.server:
        raise SettingsError(
            "No mailbox is set. Name its server under [mail.receive] in pipeline.toml."
        )
    register = register_of(place)
    # The lock alone: where nothing came, the next run still ends at once.
    with nullcontext() if dry_run else lock.held(need_folder(make_state(place))):
        fetched = mailbox.fetch(place, register, console.now(), dry_run=dry_run)
    lines = fetched_lines(fetched, dry_run=dry_run)
    if not lines and not fetched.trouble:
        lines = ["No returns in the mailbox."]
    return Result(
        fetched,
        lines,
        needs_a_person=bool(fetched.left),
        problems=[fetched.trouble] if fetched.trouble else [],
    )


def fetched_lines(fetched: Fetched, *, dry_run: bool = False) -> list[str]:
    """What became of each message."""
    taken, left = ("would take", "would leave") if dry_run else ("taken", "left in the mailbox")
    lines = [f"{taken}: {one.path.name} ({one.area}) from {one.sender}" for one in fetched.taken]
    lines += [f"{left}: {message.line}" for message in fetched.left]
    if fetched.waiting:
        lines.append(f"{fetched.waiting} left earlier still wait there, flagged")
    return lines
