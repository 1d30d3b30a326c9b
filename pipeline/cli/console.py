"""What every command shares: the workspace option, output for people and machines, exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer
from typer.core import TyperGroup

from pipeline.errors import QuarterdayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.findings import Finding
    from pipeline.model import Period, Register
    from pipeline.workspace import Workspace

DONE, NEEDS_A_PERSON, CANNOT_RUN = 0, 1, 2

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
PeriodOption = Annotated[
    str | None, typer.Option("--period", "-p", help="One period, as the register names it.")
]


class Group(TyperGroup):
    """A group whose commands end with one clear line and exit code 2 when the job cannot go on."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except QuarterdayError as error:
            for line in str(error).splitlines():
                typer.echo(f"quarterday: {line}", err=True)
            raise typer.Exit(CANNOT_RUN) from error


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
    """Each finding in a line that names the cell, errors first."""
    from pipeline.findings import worst_first

    for finding in worst_first(findings):
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
    """The workspace that a command works in."""
    from pipeline.workspace import open_workspace

    return open_workspace(path)


def now() -> datetime:
    """The moment of the run, with its time zone."""
    return datetime.now().astimezone()


def chosen_periods(register: Register, name: str | None) -> list[Period]:
    """The period named, else every open one.

    Raises:
        WorkspaceError: there is no such period, or none is open.
    """
    from pipeline.errors import WorkspaceError

    if name is None:
        if chosen := [period for period in register.periods if period.open]:
            return chosen
        raise WorkspaceError("No period is open. Name one with --period, or open one on Periods.")
    period = register.period(name)
    if period is None:
        known = ", ".join(p.name for p in register.periods)
        raise WorkspaceError(f"{name} is not a period of the register. Choose one of: {known}.")
    return [period]
