"""The register: what is measured, as its owner keeps it in a workbook.

The sandbox imports this package, so it holds next to nothing itself.
"""

from __future__ import annotations

from pipeline.workspace.errors import WorkspaceError
from schemas.model import Period, Register, ServiceArea
from schemas.names import name_key


def need_period(register: Register, name: str) -> Period:
    """The period of that name, however it is spelt.

    Raises:
        WorkspaceError: there is none.
    """
    wanted = name_key(name)
    called = ((name, each) for each in register.periods for name in (each.name, *each.formerly))
    period = next((each for name, each in called if name_key(name) == wanted), None)
    if period is None:
        known = ", ".join(p.name for p in register.periods)
        raise WorkspaceError(f"{name} is not a period of the register. Choose one of: {known}.")
    return period


def need_area(register: Register, name: str) -> ServiceArea:
    """The service area of that ref or name, however it is spelt.

    Raises:
        WorkspaceError: there is none.
    """
    wanted = name_key(name)
    for area in register.known_areas:
        if wanted in map(name_key, (area.ref, area.name)):
            return register.area(area.ref) or area
    known = ", ".join(area.name for area in register.areas)
    raise WorkspaceError(f"{name} is not a service area. Choose one of: {known}.")
