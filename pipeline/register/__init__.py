"""The register: what is measured, as its owner keeps it in a workbook.

The sandbox imports this package, so it holds next to nothing itself.
"""

from __future__ import annotations

from pipeline.workspace.errors import WorkspaceError
from schemas.model import Period, Register
from schemas.names import name_key


def need_period(register: Register, name: str) -> Period:
    """The period of that name, however it is spelt.

    Raises:
        WorkspaceError: there is none.
    """
    wanted = name_key(name)
    period = next((each for each in register.periods if name_key(each.name) == wanted), None)
    if period is None:
        known = ", ".join(p.name for p in register.periods)
        raise WorkspaceError(f"{name} is not a period of the register. Choose one of: {known}.")
    return period
