"""Commands that set things up: a demonstration, a workspace, the templates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.console import (
    JsonOption,
    PeriodOption,
    WorkspaceOption,
    chosen_periods,
    now,
    print_json,
    progress_bar,
    workspace_at,
)
from pipeline.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from pipeline.workspace.folder import Workspace


def demo(
    folder: Annotated[Path, typer.Argument(help="An empty or new folder for it.")] = Path("demo"),
    *,
    json: JsonOption = False,
) -> None:
    """Run the whole job on a worked example and say where to look.

    Example: `quarterday demo my-demo`
    """
    from pipeline.operations.demo import run_demo

    with progress_bar() as progress:
        account = run_demo(folder, progress)
    if json:
        print_json(account)
    else:
        typer.echo(account.text)


def init(
    folder: Annotated[Path, typer.Argument(help="The folder; made if it is missing.")] = Path(),
    *,
    json: JsonOption = False,
) -> None:
    """Make a workspace: a register to edit, settings, an inbox and an outbox.

    Example: `quarterday init performance`
    """
    from pipeline.operations.setup import make_workspace

    made = make_workspace(folder, now().date())
    if json:
        print_json({"made": made})
        return
    for path in made:
        typer.echo(f"made {path}")
    typer.echo(
        "Next: edit register.xlsx in Excel, then write the templates with "
        f"`quarterday template --workspace {folder}`."
    )


def template(
    area: Annotated[
        str | None, typer.Option("--area", "-a", help="One service area, by ref or name.")
    ] = None,
    *,
    period: PeriodOption = None,
    mail: Annotated[
        bool, typer.Option("--mail", help="Copy the texts of mail instead, to be edited.")
    ] = False,
    workspace: WorkspaceOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write the return templates to send out: one workbook for each service area and period.

    With --mail the texts of mail are copied to the workspace, to be edited; those that are there
    are left as they are.

    Example: `quarterday template --period 2012-13`
    """
    from pipeline.job.session import register_of
    from pipeline.outputs.template import template_name, write_template
    from pipeline.workspace.folder import need_folder

    place = workspace_at(workspace)
    if mail:
        _print_written(_mail_templates(place), json=json)
        return
    register = register_of(place)
    areas = [a for a in register.areas if area is None or area in (a.ref, a.name)]
    if not areas:
        known = ", ".join(a.name for a in register.areas)
        raise WorkspaceError(f"{area} is not a service area. Choose one of: {known}.")
    jobs = [
        (each, chosen)
        for chosen in chosen_periods(register, period)
        for each in areas
        if register.indicators_of(each.ref)
    ]
    written = []
    with progress_bar() as progress:
        for each, chosen in jobs:
            folder = need_folder(place.outbox_of(chosen.name) / "templates")
            path = folder / template_name(each, chosen)
            write_template(register, each, chosen, path)
            written.append(path)
            progress("Writing templates", len(written), len(jobs))
    _print_written(written, json=json)


def _mail_templates(workspace: Workspace) -> list[Path]:
    """Copy the texts of mail that the workspace has not."""
    from pipeline.mail.messages.texts import package_templates
    from pipeline.workspace.folder import need_folder, replacing

    folder = need_folder(workspace.templates)
    missing = {
        path: text
        for name, text in package_templates().items()
        if not (path := folder / name).exists()
    }
    for path, text in missing.items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return list(missing)


def _print_written(written: list[Path], *, json: bool) -> None:
    if json:
        print_json({"written": written})
        return
    for path in written:
        typer.echo(str(path))
