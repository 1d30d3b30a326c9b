"""Commands about the register: whether it is right, and what a change of it does to whom."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer import Argument, Option

from pipeline.cli import console
from pipeline.cli.console import EXIT_CODES, Result, command, finding_lines, workspace_at
from pipeline.cli.options import WorkspaceOption
from schemas.wording import counted, noun_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.operations.register_changes import AppendixChange
    from pipeline.register.differences import RegisterChange
    from pipeline.workspace.folder import Workspace
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


def diff(
    old: Annotated[
        str, Argument(help="A file, or first digits of a register that the archive keeps.")
    ] = "",
    new: Annotated[str, Argument(help="The same.")] = "",
    *,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Say in sentences what a change of the register does to whom.

    Of two registers, the second against the first. Of one file, that file against the workspace's
    register; of one that the archive keeps, and of none, the workspace's register against that one,
    or against the one that a run used last. Nothing is written.

    Example: `quarterday register diff "register with the new targets.xlsx"`
    """
    from pipeline.operations import register_changes as changes
    from pipeline.register.differences import differences
    from pipeline.register.reader import inspect_register

    place = workspace_at(workspace)
    if new:
        paths = changes.register_named(old, place), changes.register_named(new, place)
    elif not old:
        paths = changes.last_used(place), place.register
    elif Path(old).exists():
        paths = place.register, Path(old)
    else:
        paths = changes.register_named(old, place), place.register
    before, after = (inspect_register(path, place.settings.limits)[0] for path in paths)
    found = differences(before, after)
    appendices, unknown = _appendices(place, before, after) if found else ([], "")
    document = {
        "old": {"file": paths[0], "sha256": before.sha256},
        "new": {"file": paths[1], "sha256": after.sha256},
        "differences": found,
        "appendices": appendices,
    }
    old_called, new_called = (changes.called(path, place) for path in paths)
    lines = _diff_lines(old_called, new_called, found, appendices, unknown)
    return Result(document, lines)


def _appendices(
    place: Workspace, before: Register, after: Register
) -> tuple[Sequence[AppendixChange], str]:
    """What becomes of each appendix; or why that is not known."""
    from pipeline.job.session import as_it_is
    from pipeline.operations.register_changes import appendix_changes
    from pipeline.store.session import Session
    from pipeline.workspace.errors import StoreError

    try:
        with as_it_is(place) as store:
            if store is None:
                return [], "Nothing has been received yet, so no appendix changes."
            session = Session(place, after, store, console.now())
            return [*appendix_changes(session, before, after)], ""
    except StoreError as error:
        return [], f"Appendices were not looked at: {error}"


def _diff_lines(
    old: str,
    new: str,
    found: Sequence[RegisterChange],
    appendices: Sequence[AppendixChange],
    unknown: str,
) -> Iterator[str]:
    if not found:
        yield f"{new} says the same as {old}."
        return
    yield f"{new}, against {old}:"
    for concern, group in groupby(found, key=lambda each: each.concern):
        yield ""
        yield f"{concern}:"
        for each in group:
            yield f"  {each.said}"
    yield ""
    yield "Appendices:"
    for one in appendices:
        yield f"  {one.said}"
        for line in one.ratings:
            yield f"    {line}"
    if unknown:
        yield f"  {unknown}"


def upgrade(
    file: Annotated[
        Path | None,
        Argument(help="The register to bring forward.", show_default="the workspace's own"),
    ] = None,
    *,
    to: Annotated[
        Path | None, Option(help="Where to write it.", show_default="beside it, as upgraded")
    ] = None,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Write a copy of the register with the columns, settings and sheets that came later.

    What it holds stays as it is, formats, notes and columns of your own included, and what is new
    is blank, so that it says the very same. Look through the copy and put it in the register's
    place.

    Example: `quarterday register upgrade`
    """
    from pipeline.outputs.upgrade import upgrade as brought_forward
    from pipeline.outputs.upgrade import write_beside

    place = workspace_at(workspace)
    path = file or place.register
    target = to or path.with_name(f"{path.stem} - upgraded.xlsx")
    made = brought_forward(path, place.settings.limits)
    document = {"file": path, "written": target, "added": made.added, "lost": made.lost}
    if not made.added:
        return Result(
            document | {"written": None}, [f"{path.name} has everything; nothing is to do."]
        )
    write_beside(target, made.content)
    lines = [f"{target}: added", *(f"  {each}" for each in made.added)]
    if made.lost:
        charts = counted(made.lost, "chart or picture", "charts and pictures")
        lines.append(f"It lacks {charts} that {path.name} has.")
    lines.append(f"It says the same as {path.name}. Put it in its place once you have looked.")
    return Result(document, lines)


def example(
    file: Annotated[Path, Argument(help="The file to write.")] = Path("example register.xlsx"),
) -> Result:
    """Write a register that shows one of each thing that a register can say, to copy rows from.

    No run reads it. Under Definition each indicator says what it is an example of.

    Example: `quarterday register example`
    """
    from pipeline.operations.setup import write_example

    write_example(file)
    line = (
        f"{file}: one of each thing that a register can say. No run reads it; copy from it the "
        "rows that you need."
    )
    return Result({"written": file}, [line])


app = typer.Typer(
    no_args_is_help=True,
    help="Look whether the register is right, and what a change of it does to whom.",
)
for function in (check, diff, upgrade, example):
    app.command(epilog=EXIT_CODES)(command(function))
