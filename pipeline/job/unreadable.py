"""A register that cannot be read: whoever gets the digest hears of it, as was known of them last.

The run ends with what is wrong with the register at any rate, and with nothing else.
"""

from __future__ import annotations

from datetime import datetime

from pipeline.job.session import at_work
from pipeline.mail.enqueue import tell_of_register
from pipeline.mail.messages import UnreadableRegister
from pipeline.register.beside import beside
from pipeline.register.last_read import note_unreadable
from pipeline.workspace.errors import QuarterdayError, RegisterError
from pipeline.workspace.folder import Workspace
from pipeline.workspace.runs.pace import Pace


def tell(workspace: Workspace, error: RegisterError, now: datetime, pace: Pace) -> None:
    """Tell that a run cannot read the register; nobody where none was ever read."""
    last = note_unreadable(workspace.state, now)
    if last is None:
        return
    unreadable = UnreadableRegister(
        name=workspace.register.name,
        read_at=last.read_at.astimezone(),
        since=(last.unreadable_since or now).astimezone(),
        problems=error.problems,
        findings=error.findings,
        beside=beside(workspace.register).lines,
    )
    try:
        with at_work(workspace, now, pace=pace, register=last.register) as session:
            tell_of_register(session, unreadable)
    except (QuarterdayError, OSError) as trouble:
        # Another run that is at work, or a store that is away: the register stays what stops this.
        pace.tell("nobody told of the register", fault=type(trouble).__name__)
