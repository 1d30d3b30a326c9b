"""Asking: what the digest asks about the register, of itself and of what was received by it."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.consolidation.left_areas import left_figures
from pipeline.consolidation.vanished import vanished_periods
from pipeline.register.loading import load_questions
from pipeline.store.session import Session
from pipeline.workspace.errors import RegisterError


def asked_of_register(session: Session) -> Iterator[str]:
    """What there is to ask about a session's register, a line each."""
    workspace, register = session.workspace, session.register
    limits = workspace.settings.limits
    try:
        asked = load_questions(register, workspace.register, workspace.cache, limits)
    except RegisterError:
        # It has been changed since, and the next run says what is wrong with it.
        asked = ()
    yield from (each.line for each in asked)
    opened = [each.name for each in register.periods if each.open]
    yield from (each.line for each in left_figures(session, opened))
    for gone in vanished_periods(workspace, session.store, register):
        if not gone.is_past:
            yield gone.line
