"""The register: what is measured, as its owner keeps it in a workbook.

The sandbox imports this package, so it holds next to nothing itself.
"""

from __future__ import annotations

from pipeline.workspace.errors import WorkspaceError
from schemas.model import Period, Register


def need_period(register: Register, name: str) -> Period:
    """The period of that name.

    Raises:
        WorkspaceError: there is none.
    """
    period = register.period(name)
    if period is None:
        known = ", ".join(p.name for p in register.periods)
        raise WorkspaceError(f"{name} is not a period of the register. Choose one of: {known}.")
    return period
