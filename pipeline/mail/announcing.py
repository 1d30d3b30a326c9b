"""Announcing: the messages that bring an appendix, put into the queue by a person's command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.consolidation.changes import changes_since
from pipeline.consolidation.report import Report
from pipeline.mail.delivery import outgoing, preview
from pipeline.mail.messages import Office, Texts, appendix_messages
from pipeline.outputs import WORKBOOK
from pipeline.outputs.issuing import Issued, record, to_issue, workbook_path
from pipeline.store import Outgoing, Queued, Store
from pipeline.workspace.folder import Workspace
from schemas.model import Period, Register


def send(workspace: Workspace, store: Store, issued: Issued, now: datetime) -> None:
    """Note that an appendix was issued, and put the messages that bring it into the queue.

    Messages that were put there before for the same appendix are left as they are.
    """
    made = _messages(workspace, store, issued.report, issued.workbook, now)
    record(workspace, store, issued)
    store.messages.put(made)


def _messages(
    workspace: Workspace, store: Store, report: Report, workbook: Path, now: datetime
) -> list[Outgoing]:
    """The messages that bring an appendix to its recipients, as the queue takes them."""
    office = Office(workspace.settings.mail.sender, Texts(workspace.templates))
    changes = changes_since(report, store.last_issue(report.period.name))
    messages = appendix_messages(report, workbook, sender=office, changes=changes)
    return outgoing(workspace, messages, kind="appendix", period=report.period.name, now=now)


def would_send(
    workspace: Workspace, register: Register, store: Store, periods: Iterable[Period], now: datetime
) -> list[Queued]:
    """The messages that `send` would put into the queue, and those in it; nothing is written."""
    made: list[Outgoing] = []
    with TemporaryDirectory() as folder:
        for period in periods:
            report, _ = to_issue(register, store, period, now)
            workbook = Path(folder, workbook_path(workspace, register, period).name)
            WORKBOOK.write(report, workbook)
            made += _messages(workspace, store, report, workbook, now)
    return preview(store, made)
