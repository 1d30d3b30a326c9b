"""Commands about a whole workspace: make one, look whether all is well, back it up, restore it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from pipeline.cli import console
from pipeline.cli.console import Result, progress_bar, workspace_at
from pipeline.cli.options import WorkspaceOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.operations.doctor import HealthCheck

#: Of what a check is about, so much is shown; --json has all of it.
_SHOWN = 10


def demo(
    folder: Annotated[Path, Argument(help="An empty or new folder for it.")] = Path("demo"),
) -> Result:
    """Run the whole job on a worked example and say where to look.

    Example: `quarterday demo my-demo`
    """
    from pipeline.operations.demo import run_demo

    with progress_bar() as progress:
        account = run_demo(folder, progress)
    return Result(account, account.text.split("\n"))


def init(
    folder: Annotated[Path, Argument(help="The folder; made if it is missing.")] = Path(),
) -> Result:
    """Make a workspace: a register to edit, settings, an inbox and an outbox.

    Example: `quarterday init performance`
    """
    from pipeline.operations.setup import make_workspace

    made = make_workspace(folder, console.now().date())
    lines = [f"made {path}" for path in made]
    lines.append(
        "Next: edit register.xlsx in Excel, then write the templates with "
        f"`quarterday template --workspace {folder}`."
    )
    lines.append(
        "What else a register can say, in one of each: `quarterday register example` writes it."
    )
    return Result({"made": made}, lines)


def doctor(
    *,
    quick: Annotated[bool, Option("--quick", help="Do not read the files of the archive.")] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Look whether all is well: settings, store, archive, journal, rights, folders, clocks.

    Changes nothing, and needs no other run to end.

    Example: `quarterday doctor --workspace /srv/performance`
    """
    from pipeline.operations.doctor import examine

    with progress_bar() as progress:
        health = examine(workspace, progress, quick=quick)
    return Result(health, _check_lines(health.checks), needs_a_person=not health.is_well)


def backup(
    file: Annotated[
        Path, Argument(help="The file to write, or a folder that gets one named by the time.")
    ],
    *,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Write everything that cannot be made again into one file, while the job may be at work.

    Example: `quarterday backup /srv/backups`
    """
    from pipeline.operations.backup import back_up

    place = workspace_at(workspace)
    with progress_bar() as progress:
        made = back_up(place, file, console.now(), progress)
    document = {
        "written": made.path,
        "files": made.files,
        "problems": made.problems,
        "passed_over": made.passed_over,
    }
    lines = [f"not whole: {problem}" for problem in made.problems]
    lines += [f"passed over: {line}" for line in made.passed_over]
    lines.append(f"{made.path}: {made.files:,} files, each read back")
    return Result(document, lines, needs_a_person=bool(made.problems))


def restore(
    file: Annotated[Path, Argument(help="A backup.")],
    folder: Annotated[Path, Argument(help="A new or empty folder for the workspace.")],
    *,
    store: Annotated[
        str | None,
        Option(
            "--store",
            help="Where to put the store, in place of store.url: an empty database, or '' for "
            "SQLite in the state folder.",
        ),
    ] = None,
) -> Result:
    """Make a workspace anew from a backup, in a folder of its own, and look whether it is whole.

    Example: `quarterday restore /srv/backups/quarterday-20130430T020000Z.tar /srv/restored`
    """
    from msgspec.structs import asdict

    from pipeline.operations.backup import restore as put_back

    with progress_bar() as progress:
        restored = put_back(file, folder, store, progress)
    lines = [f"changed: {line}" for line in restored.changed]
    lines += [*_check_lines(restored.checks), f"{folder}: {restored.files:,} files put back"]
    return Result(
        asdict(restored) | {"workspace": restored.workspace.root},
        lines,
        needs_a_person=not all(check.is_well for check in restored.checks),
    )


def _check_lines(checks: Iterable[HealthCheck]) -> Iterator[str]:
    """A line a check, and below it what it is about."""
    for check in checks:
        yield f"{check.state:<9}  {check.line}"
        for detail in check.details[:_SHOWN]:
            yield f"           {detail}"
        if len(check.details) > _SHOWN:
            yield f"           and {len(check.details) - _SHOWN:,} more; --json has all"
