"""The templates to send out: what each needs is read from register, settings and store first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from msgspec import Struct

from pipeline.consolidation.registers import register_for
from pipeline.outputs.template import template_name, write_template
from pipeline.outputs.template.own_figures import OfArea, own_figures
from pipeline.outputs.template.return_to import ReturnTo, return_to
from pipeline.register import need_area
from pipeline.store.journal import archive_register
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from pipeline.workspace.errors import WorkspaceError
from pipeline.workspace.folder import Workspace, need_folder
from schemas.model import Period, Register, ServiceArea

#: Where they lie in the outbox of their period.
_FOLDER = "templates"


class Template(Struct, frozen=True):
    """A template that is to be written."""

    register: Register
    area: ServiceArea
    period: Period
    before: OfArea
    to: ReturnTo

    def write(self, workspace: Workspace) -> Path:
        """Write it into the outbox of its period; its path comes back.

        Raises:
            WorkspaceError: there can be no such folder.
            OSError: it cannot be written.
        """
        folder = need_folder(workspace.outbox_of(self.period.name) / _FOLDER)
        path = folder / template_name(self.area, self.period)
        about = self.register, self.area, self.period, path
        write_template(*about, before=self.before, to=self.to)
        return path


def templates(session: Session, periods: Sequence[Period], area: str | None) -> list[Template]:
    """Those of some periods for the area of that ref or name, else for all that report anything.

    The register is kept, so that a return can be told what has changed since its template was made.

    Raises:
        WorkspaceError: there is no such area.
    """
    workspace, store = session.workspace, session.store
    kept, to = partial(kept_register, workspace), return_to(workspace, session.register)
    found = []
    for each in periods:
        register = register_for(session, each.name)
        before = own_figures(register, each, store, kept)
        chosen = register.areas if area is None else [need_area(register, area)]
        found += [
            Template(register, one, period, before.get(one.ref, {}), to)
            for period in [register.period(each.name)]
            if period
            for one in chosen
            if register.indicators_of(one.ref)
        ]
    with suppress(WorkspaceError):
        archive_register(workspace, session.register)
    return found


def outdated(session: Session, periods: Sequence[Period]) -> list[Path]:
    """The templates of some periods that lie in the outbox and are of nobody any more.

    Such are those of areas that were renamed or merged, and of periods under a former name.
    """
    found = []
    for each in periods:
        register = register_for(session, each.name)
        current = register.period(each.name)
        named = {
            template_name(area, current)
            for area in register.areas
            if current and register.indicators_of(area.ref)
        }
        for name in dict.fromkeys((each.name, *each.formerly)):
            folder = session.workspace.outbox_of(name) / _FOLDER
            lying = sorted(folder.glob("[!.~]*.xlsx"))
            found += [path for path in lying if name != each.name or path.name not in named]
    return found
