"""The command line: thin, one function a command, grouped by who uses them.

It imports nothing heavy: each command imports what it needs when it is called.
"""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline import __version__
from pipeline.cli import (
    deciding,
    fetching,
    issuing,
    looking_after,
    looking_back,
    returns,
    scheduling,
    setting_up,
)
from pipeline.cli.console import EXIT_CODES, guarded

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help=(
        "Collects the Excel returns of a council's service areas, checks every cell, merges what "
        f"is right and issues the RAG-rated appendix for committee.\n\n{EXIT_CODES}"
    ),
)

for command in (
    setting_up.demo,
    setting_up.init,
    setting_up.template,
    returns.validate,
    fetching.fetch,
    returns.ingest,
    returns.status,
    looking_back.history,
    looking_back.trace,
    looking_back.replay,
    deciding.accept,
    deciding.forget,
    issuing.merge,
    issuing.appendix,
    issuing.send,
    issuing.run,
    scheduling.schedule,
    scheduling.runs,
    scheduling.watch,
    looking_after.doctor,
    looking_after.backup,
    looking_after.restore,
):
    app.command(epilog=EXIT_CODES)(guarded(command))


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quarterday {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options before the command."""
