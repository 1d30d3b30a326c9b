"""What every command shares: its result for people and machines, its exit code, its mistakes."""

from __future__ import annotations

import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from pipeline.cli.options import JsonOption
from pipeline.workbooks.safe_text import BIDI, CONTROLS, shown_line
from pipeline.workspace.errors import LockedError, QuarterdayError, problems_of

if TYPE_CHECKING:
    from pipeline.workspace.folder import Workspace
    from schemas.findings import Finding

DONE, NEEDS_A_PERSON, CANNOT_RUN, AT_WORK = 0, 1, 2, 3
#: Others read what is made, and do not write; what is private is made so by itself.
_UMASK = 0o022
_UNSHOWN = f"[{CONTROLS}{BIDI}]"
EXIT_CODES = (
    "Exit codes: 0 done; 1 done, and something needs a person; 2 cannot run; "
    "3 another run is at work."
)


# Named tuples, since the help does without msgspec, which it would wait for.
class Columns(NamedTuple):
    """Rows under headings: columns on a terminal, tab-separated in a file or a pipe."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


class Problem(str):
    """A line of a result that goes to standard error."""


#: What is printed for a person, from top to bottom; an iterator prints as it goes.
Lines = Iterable[str | Columns]


class Result(NamedTuple):
    """What a command came to."""

    #: For machines, printed with `--json`: dates in ISO 8601, decimals and paths as text.
    document: object
    #: For people, printed without it.
    lines: Lines
    needs_a_person: bool = False
    #: What could not be done, a line each, for people and machines alike.
    problems: Sequence[str] = ()


def command(function: Callable[..., Result]) -> Callable[..., None]:
    """The function as a command: it takes `--json`, prints its result, and ends by an exit code."""
    signature = inspect.signature(function, eval_str=True)

    @wraps(function)
    def run(*, json: bool = False, **options: Any) -> None:
        # What is made has the rights that the documentation says, whatever the caller's own are.
        os.umask(_UMASK)
        with _mistakes_in_lines():
            result = function(**options)
            if json:
                print_document(result.document)
            else:
                print_lines(result.lines)
            print_lines(map(Problem, result.problems))
        if result.problems:
            raise typer.Exit(CANNOT_RUN)
        if result.needs_a_person:
            raise typer.Exit(NEEDS_A_PERSON)

    json_option = inspect.Parameter(
        "json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=JsonOption
    )
    # typer makes options and arguments of both, and would work out each annotation more than once.
    parameters = [*signature.parameters.values(), json_option]
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # any function may have one
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


@contextmanager
def _mistakes_in_lines() -> Iterator[None]:
    """One clear line a problem, and an exit code, where the block cannot go on."""
    code = CANNOT_RUN
    try:
        yield
    except (typer.Exit, typer.Abort, typer.BadParameter, BrokenPipeError):
        raise
    except LockedError as error:
        code, problems = AT_WORK, [str(error)]
    except (QuarterdayError, OSError) as error:
        problems = problems_of(error)
    except Exception:
        # A mistake of the program's own: exit code 1 would say that the job is done.
        traceback.print_exc()
        problems = ["stopped by a mistake in the program; what is not done waits for the next run."]
    else:
        return
    print_lines(map(Problem, problems))
    raise typer.Exit(code)


def print_document(content: object) -> None:
    """One JSON document."""
    import json as json_text

    import msgspec

    built = msgspec.to_builtins(content, enc_hook=_encode)
    text = json_text.dumps(built, ensure_ascii=False, indent=2)
    # A file's name may hold bytes that no encoding knows; a document for machines may not. What
    # would move a terminal is written as JSON may write it.
    known = text.encode("utf-8", "replace").decode()
    typer.echo(re.sub(_UNSHOWN, lambda found: f"\\u{ord(found[0]):04x}", known))


def _encode(value: object) -> object:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Iterator):
        return list(value)
    raise TypeError(f"cannot print {type(value).__name__} as JSON")


def print_lines(lines: Lines) -> None:
    """Print what a command has to say, each in one line.

    A file's name in it may hold what moves a terminal, or what would be taken for another line.
    """
    for line in lines:
        match line:
            case Columns():
                _print_columns(line)
            case Problem():
                typer.echo(f"quarterday: {shown_line(line)}", err=True)
            case _:
                typer.echo(shown_line(line))


def _print_columns(columns: Columns) -> None:
    if not sys.stdout.isatty():
        for row in columns.rows:
            typer.echo("\t".join(map(shown_line, row)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns.headings, box=None, pad_edge=False, header_style="bold")
    for row in columns.rows:
        table.add_row(*(Text(shown_line(cell)) for cell in row))
    Console().print(table)


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """What was found, errors first; a line names the cell, or all those of one column."""
    from pipeline.outputs.grouping import grouped
    from schemas.findings import worst_first

    for finding in grouped(worst_first(findings)):
        yield f"  {finding.severity}: {finding.line}"


def moment(at: datetime) -> str:
    """A moment in the zone of this machine: `30 Apr 2013 02:00`."""
    return f"{at.astimezone():%d %b %Y %H:%M}"


def day(at: datetime) -> str:
    """The day of a moment in the zone of this machine: `30 Apr 2013`."""
    return f"{at.astimezone():%d %b %Y}"


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, with rate and time left; silence anywhere else."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), "{task.fields[rate]}")
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)
    with bar:
        task = bar.add_task("Starting", total=None, rate="")

        def show(what: str, done: int, total: int) -> None:
            (shown,) = bar.tasks
            is_new = shown.description != what
            if is_new:
                # Each piece of work has a rate of its own.
                bar.reset(task, description=what, total=total)
            rate = f"{shown.speed:,.1f}/s" if shown.speed else ""
            bar.update(task, completed=done, total=total, rate=rate, refresh=is_new)

        yield show


def workspace_at(path: Path) -> Workspace:
    """The workspace that a command works in; settings in an older form are said."""
    from pipeline.workspace.folder import open_workspace
    from pipeline.workspace.settings import FILE_NAME, outdated

    place = open_workspace(path)
    if older := outdated(path / FILE_NAME):
        print_lines([Problem(older)])
    return place


def now() -> datetime:
    """The moment of the run, with its time zone."""
    return datetime.now().astimezone()
