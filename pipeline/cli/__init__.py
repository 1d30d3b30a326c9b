"""The command line: thin, one function a command, a module for each thing that commands are about.

It imports nothing heavy: each command imports what it needs when it is called.
"""

from __future__ import annotations

from typing import Annotated

import typer
from typer import Option

from pipeline import __version__
from pipeline.cli import (
    appendix,
    decisions,
    history,
    mail,
    register,
    returns,
    runs,
    schedule,
    status,
    workspace,
)
from pipeline.cli.console import EXIT_CODES, command

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "Collects the Excel returns of a council's service areas, checks every cell, merges what "
        f"is right and issues the RAG-rated appendix for committee.\n\n{EXIT_CODES}"
    ),
)

for function in (
    workspace.demo,
    workspace.init,
    returns.template,
    returns.validate,
    mail.fetch,
    returns.ingest,
    status.status,
    history.history,
    history.trace,
    history.replay,
    decisions.accept,
    decisions.enter,
    appendix.merge,
    appendix.appendix,
    appendix.data,
    decisions.approve,
    decisions.recall,
    mail.send,
    decisions.forget,
    runs.run,
    schedule.schedule,
    runs.runs,
    runs.watch,
    workspace.doctor,
    workspace.backup,
    workspace.restore,
):
    app.command(epilog=EXIT_CODES)(command(function))
app.add_typer(register.app, name="register")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quarterday {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command."""
