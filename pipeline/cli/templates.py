"""The command that writes what people fill in or edit: templates of returns, texts of mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from pipeline.cli.console import Result, progress_bar, workspace_at
from pipeline.cli.options import PeriodOption, WorkspaceOption, chosen_periods
from pipeline.workspace.errors import WorkspaceError

if TYPE_CHECKING:
    from pipeline.workspace.folder import Workspace


def template(
    area: Annotated[
        str | None, Option("--area", "-a", help="One service area, by ref or name.")
    ] = None,
    *,
    period: PeriodOption = None,
    mail: Annotated[
        bool, Option("--mail", help="Copy the texts of mail instead, to be edited.")
    ] = False,
    workspace: WorkspaceOption = Path(),
) -> Result:
    """Write the return templates to send out: one workbook for each service area and period.

    With --mail the texts of mail are copied to the workspace, to be edited; those that are there
    are left as they are.

    Example: `quarterday template --period 2012-13`
    """
    place = workspace_at(workspace)
    written = _mail_texts(place) if mail else _return_templates(place, area, period)
    return Result({"written": written}, map(str, written))


def _return_templates(place: Workspace, area: str | None, period: str | None) -> list[Path]:
    from pipeline.job.session import register_of
    from pipeline.outputs.template import template_name, write_template
    from pipeline.workspace.folder import need_folder

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
    return written


def _mail_texts(place: Workspace) -> list[Path]:
    """Copy the texts of mail that the workspace has not."""
    from pipeline.mail.messages.texts import package_templates
    from pipeline.workspace.folder import need_folder, replacing

    folder = need_folder(place.templates)
    missing = {
        path: text
        for name, text in package_templates().items()
        if not (path := folder / name).exists()
    }
    for path, text in missing.items():
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return list(missing)
