"""Commands about the register: whether it is right, and what a change of it does to whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument

from pipeline.cli.console import EXIT_CODES, Result, command, finding_lines, workspace_at
from pipeline.cli.options import WorkspaceOption
from schemas.wording import counted, noun_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from schemas.findings import Finding
    from schemas.model import Register


def check(
    file: Annotated[
        Path | None,
        Argument(help="A file that may become the register.", show_default="the workspace's own"),
    ] = None,
    *,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Read the register, or a file that may become it, and say what is wrong with which cell.

    Nothing is written, and no run need end.

    Example: `quarterday register check "register with the new targets.xlsx"`
    """
    from pipeline.register.beside import beside
    from pipeline.register.reader import inspect_register
    from pipeline.workspace.errors import RegisterError

    place = workspace_at(workspace)
    path = file or place.register
    register = None
    try:
        register, findings = inspect_register(path, place.settings.limits)
    except RegisterError as error:
        if not error.findings:
            raise
        findings = error.findings
    lying = beside(path)
    document = {
        "file": path,
        "is_right": register is not None,
        "findings": findings,
        "holds": _counts(register) if register else None,
        "beside": {"copies": lying.copies, "locks": lying.locks},
    }
    lines = [*_checked_lines(path, register, findings), *lying.lines]
    return Result(document, lines, needs_a_person=register is None)


def _counts(register: Register) -> dict[str, int]:
    return {
        "areas": len(register.areas),
        "indicators": len(register.indicators),
        "periods": len(register.periods),
    }


def _checked_lines(
    path: Path, register: Register | None, findings: Sequence[Finding]
) -> Iterator[str]:
    if register is None:
        errors = sum(finding.severity == "error" for finding in findings)
        yield f"{path.name}: {counted(errors, 'thing')} to correct"
    else:
        opened = sum(period.open for period in register.periods)
        areas = counted(len(register.areas), "service area")
        indicators = counted(len(register.indicators), "indicator")
        periods = f"{len(register.periods)} {noun_for(len(register.periods), 'period')}"
        yield f"{path.name} is right: {areas}, {indicators}, {periods}, {opened or 'none'} open."
    yield from finding_lines(findings)


app = typer.Typer(
    no_args_is_help=True,
    help="Look whether the register is right, and what a change of it does to whom.",
)
for function in (check,):
    app.command(epilog=EXIT_CODES)(command(function))
