"""What every command shares: the workspace option, output for people and machines, exit codes."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import msgspec
import typer

from pipeline.workspace.errors import LockedError, QuarterdayError

if TYPE_CHECKING:
    from pipeline.job.nightly import Reopen
    from pipeline.workspace.folder import Workspace
    from schemas.findings import Finding
    from schemas.model import Period, Register

P = ParamSpec("P")

DONE, NEEDS_A_PERSON, CANNOT_RUN, AT_WORK = 0, 1, 2, 3
EXIT_CODES = (
    "Exit codes: 0 done; 1 done, and something needs a person; 2 cannot run; "
    "3 another run is at work."
)

WorkspaceOption = Annotated[
    Path,
    typer.Option(
        "--workspace",
        "-w",
        envvar="QUARTERDAY_WORKSPACE",
        help="The folder with the register, the inbox and the outbox.",
        show_default="this folder",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document for machines instead of text.")
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose",
        "-v",
        help="Write the log to standard error too: lines on a terminal, JSON anywhere else.",
    ),
]
ReopenOption = Annotated[
    str | None,
    typer.Option(
        "--reopen",
        metavar="PERIOD",
        help="Take in returns for this closed period, in this run only, as restatements.",
    ),
]
BecauseOption = Annotated[
    str, typer.Option("--because", help="Why, for the record.", show_default=False)
]
PeriodOption = Annotated[
    str | None, typer.Option("--period", "-p", help="One period, as the register names it.")
]


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """The command, ending with one clear line a problem and exit code 2 when it cannot go on."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except LockedError as error:
            typer.echo(f"quarterday: {error}", err=True)
            raise typer.Exit(AT_WORK) from None
        except QuarterdayError as error:
            lines = str(error).splitlines()
        except OSError as error:
            place = error.filename or "A file"
            lines = [f"{place} cannot be used ({error.strerror or error})."]
        except Exception:
            # A mistake of the program's own: exit code 1 would say that the job is done.
            traceback.print_exc()
            lines = [
                "stopped by a mistake in the program; what is not done waits for the next run."
            ]
        else:
            return
        for line in lines:
            typer.echo(f"quarterday: {line}", err=True)
        raise typer.Exit(CANNOT_RUN)

    return run


def print_json(content: Any) -> None:
    """One JSON document; dates in ISO 8601, decimals as text, paths as text."""
    built = msgspec.to_builtins(content, enc_hook=_encode)
    text = json.dumps(built, ensure_ascii=False, indent=2)
    # A file's name may hold bytes that no encoding knows; a document for machines may not.
    typer.echo(text.encode("utf-8", "replace").decode())


def _encode(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"cannot print {type(value).__name__} as JSON")


def print_table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Columns on a terminal; tab-separated where the output goes into a file or a pipe."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*headings, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_findings(findings: tuple[Finding, ...], indent: str = "  ") -> None:
    """What was found, errors first, in lines that name the cell, or all those of one column."""
    from pipeline.outputs.grouping import grouped
    from schemas.findings import worst_first

    for finding in grouped(worst_first(findings)):
        typer.echo(f"{indent}{finding.severity}: {finding.line}")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal; silence anywhere else."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Starting", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield show


def workspace_at(path: Path) -> Workspace:
    """The workspace that a command works in; settings in an older form are said."""
    from pipeline.workspace.folder import open_workspace
    from pipeline.workspace.settings import FILE_NAME, outdated

    place = open_workspace(path)
    if older := outdated(path / FILE_NAME):
        typer.echo(f"quarterday: {older}", err=True)
    return place


def reopening(period: str | None, because: str) -> Reopen | None:
    """What `--reopen` and `--because` ask for.

    Raises:
        BadParameter: there is a reason, and nothing to reopen.
    """
    from pipeline.job.nightly import Reopen

    if period is None and because:
        raise typer.BadParameter("it says why a period is reopened; name one with --reopen.",
                                 param_hint="--because")  # fmt: skip
    return None if period is None else Reopen(period, because)


def now() -> datetime:
    """The moment of the run, with its time zone."""
    return datetime.now().astimezone()


def chosen_periods(register: Register, name: str | None) -> list[Period]:
    """The period named, else every open one.

    Raises:
        WorkspaceError: there is no such period, or none is open.
    """
    from pipeline.register import need_period
    from pipeline.workspace.errors import WorkspaceError

    if name is None:
        if chosen := [period for period in register.periods if period.open]:
            return chosen
        raise WorkspaceError("No period is open. Name one with --period, or open one on Periods.")
    return [need_period(register, name)]
