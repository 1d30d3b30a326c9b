"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Option

if TYPE_CHECKING:
    from pipeline.job.nightly import Reopen
    from schemas.model import Period, Register

WorkspaceOption = Annotated[
    Path,
    Option(
        "--workspace",
        "-w",
        envvar="QUARTERDAY_WORKSPACE",
        help="The folder with the register, the inbox and the outbox.",
        show_default="this folder",
    ),
]
JsonOption = Annotated[
    bool, Option("--json", help="Print one JSON document for machines instead of text.")
]
VerboseOption = Annotated[
    bool,
    Option(
        "--verbose",
        "-v",
        help="Write the log to standard error too: lines on a terminal, JSON anywhere else.",
    ),
]
ReopenOption = Annotated[
    str | None,
    Option(
        "--reopen",
        metavar="PERIOD",
        help="Take in returns for this closed period, in this run only, as restatements.",
    ),
]
BecauseOption = Annotated[str, Option("--because", help="Why, for the record.", show_default=False)]
PeriodOption = Annotated[
    str | None, Option("--period", "-p", help="One period, as the register names it.")
]
RevealOption = Annotated[
    bool, Option("--show-suppressed", help="Show figures that the appendix suppresses, too.")
]


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


def chosen_periods(register: Register, name: str | None) -> list[Period]:
    """The period named, else every open one.

    Raises:
        WorkspaceError: there is no such period, or none is open.
    """
    from pipeline.register import need_period
    from pipeline.workspace.errors import WorkspaceError

    if name is not None:
        return [need_period(register, name)]
    if chosen := [period for period in register.periods if period.open]:
        return chosen
    raise WorkspaceError("No period is open. Name one with --period, or open one on Periods.")
