"""The settings and the register: whether they can be read, and how many mistakes they hold."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from pipeline.operations.doctor.check import HealthCheck, attention, broken, many, well
from pipeline.register.beside import beside
from pipeline.workbooks.sandbox.confinement import lacking
from pipeline.workspace.errors import RegisterError, SettingsError, StoreError
from pipeline.workspace.folder import Workspace, open_workspace
from pipeline.workspace.settings import FILE_NAME, outdated
from schemas.deciding import IssueRule


def look_at_settings(root: Path) -> tuple[HealthCheck, Workspace | None]:
    """The settings, and the workspace where they can be read.

    Raises:
        WorkspaceError: there is no such folder.
    """
    from pipeline.outputs import parquet

    try:
        workspace = open_workspace(root)
    except SettingsError as error:
        remedy = "Nothing else was looked at: it says where everything is."
        return broken(str(error), remedy), None
    path = root / FILE_NAME
    if older := outdated(path):
        return attention(older, ""), workspace
    if workspace.settings.data.parquet and not parquet.is_installed():
        return attention(parquet.HOW_TO_INSTALL, "Or set data.parquet to false."), workspace
    found = f"{path} can be read." if path.exists() else "All at their defaults; there is no file."
    return well(found), workspace


def look_beside_register(workspace: Workspace) -> HealthCheck:
    """Whether the register lies there once, and nobody has it open."""
    found = beside(workspace.register)
    if found.copies:
        return attention(
            f"{many(len(found.copies), 'file')} beside {workspace.register} may be taken for it.",
            "",
            *found.lines,
        )
    return well("It lies there once.", *found.lines)


def look_at_sandbox(_: Workspace) -> HealthCheck:
    """Whether the kernel confines the workers that read workbooks, as far as it is Linux."""
    lacks = lacking()
    if not lacks:
        return well("The kernel keeps readers of workbooks from files, networks and programs.")
    if sys.platform != "linux":
        return well(f"Readers of workbooks are processes of their own, without {lacks[0]}.")
    return attention(
        "The kernel does not have all that confines readers of workbooks.",
        "See docs/security.md; a newer kernel has it.",
        *(f"lacking: {each}" for each in lacks),
    )


def look_at_register(workspace: Workspace) -> HealthCheck:
    from pipeline.consolidation.vanished import vanished_periods
    from pipeline.job.session import as_it_is
    from pipeline.register.reader import inspect_register

    try:
        register, notes = inspect_register(workspace.register, workspace.settings.limits)
    except RegisterError as error:
        return broken(
            f"{many(len(error.problems), 'problem')} in {workspace.register}.",
            "Put each right in Excel; no run takes anything in until then.",
            *error.problems,
        )
    indicators = many(len(register.indicators), "indicator")
    areas = many(len(register.areas), "service area")
    periods = many(len(register.periods), "period")
    said = [note.line for note in notes]
    if register.framework.issue_when is IssueRule.CHANGE:
        said.append(
            "Appendices are issued and mailed at every change. With Issue: on approval, on the "
            "sheet Framework, a night would prepare a draft, and an approver would issue it."
        )
    found = f"{indicators}, {areas}, {periods}."
    # What is wrong with the store has a check of its own.
    with suppress(StoreError), as_it_is(workspace) as store:
        if store is not None:
            store.period_names.know(register.periods)
            if gone := [each.line for each in vanished_periods(workspace, store, register)]:
                found += " Returns stand under names of periods that are gone."
                return attention(found, "", *gone, *said)
    return well(found, *said)
