"""What a night costs on a store that holds very many submissions, beside one on an empty store.

    python -m benchmarks.store [SUBMISSIONS [ROUNDS]]

The night of `benchmarks.night`; processor time of it and all that it starts, the best of all
rounds, measured in turn. The full store holds what as many nights of years before have left in it:
receipts, each of a file of its own, with figures and findings; an issue of an appendix a night; an
answer to each file, delivered; and how far people were told.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.night import register_of_night, workspace_in
from benchmarks.returns import NOW, drop_returns, filled_return
from benchmarks.start import processor_seconds, quarterday
from pipeline.intake.archive import archived
from pipeline.intake.scan import Arrival
from pipeline.job.session import store_of
from pipeline.mail.messages import MailKind
from pipeline.store import (
    Became,
    Decision,
    Issue,
    IssuedRating,
    Outcome,
    Signature,
    Store,
    Submission,
)
from pipeline.store.journal import catch_up
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.model import Register, Status
from schemas.observations import Observation
from schemas.rules import BY_CODE

#: Of one night.
_TOGETHER = 200
#: Of each submission.
_FIGURES = 5
#: Of what a message says.
_CONTENT = b"Thank you for your return.\n" * 40


def fill(workspace: Workspace, register: Register, submissions: int) -> None:
    """Have a store and its archive hold so many submissions of periods that are no longer there."""
    with store_of(workspace) as store:
        for first in range(0, submissions, _TOGETHER):
            numbers = range(first, min(first + _TOGETHER, submissions))
            at = NOW - timedelta(days=365 + (submissions - first) / _TOGETHER)
            period = f"{2010 + first // 4_000}-{11 + first // 4_000} Q{first // 1_000 % 4 + 1}"
            store.record(list(_decisions(workspace, register, numbers, period, at)))
            issue = store.record_issue(_issue(register, period, at))
            _answer(store, store.rows_after("submission", first), at)
            store.messages.answer([], store.last_number("submission"), issue, at)
            store.messages.note_outstanding()
            catch_up(store, workspace.archive)


def _decisions(
    workspace: Workspace, register: Register, numbers: range, period: str, at: datetime
) -> Iterator[Decision]:
    for number in numbers:
        content = f"return {number}".encode()
        name, digest = f"Return {number}.xlsx", sha256(content).hexdigest()
        path = archived(workspace, digest, FileKind.XLSX)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        area = register.areas[number % len(register.areas)].ref
        sent = Submission(
            *(digest, name, at, Outcome.ACCEPTED, len(content), "0" * 64, area, period),
            findings=(BY_CODE["C15"].found(ref="P1-9", wording="Calls"),),
            delivery=digest,
        )
        figures = tuple(
            Observation(one.ref, area, period, Status.FINAL, value=Decimal(number))
            for one in register.indicators[:_FIGURES]
        )
        arrival = Arrival(Path(name), digest, len(content), FileKind.XLSX, at)
        yield Decision(arrival, sent, figures, signature=Signature("An analyst", "A director"))


def _issue(register: Register, period: str, at: datetime) -> Issue:
    ratings = [IssuedRating(one.ref, "41", "40", "green") for one in register.indicators]
    return Issue(period, sha256(at.isoformat().encode()).hexdigest(), at, ratings=tuple(ratings))


def _answer(store: Store, submissions: list[dict[str, Any]], at: datetime) -> None:
    """Have each of them been answered, and its message been delivered."""
    first = store.last_number("message") + 1
    messages, contents, attempts = [], [], []
    for number, sent in enumerate(submissions, first):
        message = {"id": number, "header_id": f"<{sent['sha256']}@council.example>"}
        message |= {"kind": MailKind.RECEIPT, "period": sent["period"], "area": sent["area"]}
        message |= {"recipient": f"{sent['area'].lower()}@council.example", "subject": "Received"}
        message |= {"filename": f"{number}.eml", "attached": "", "queued_at": at}
        messages.append(message | {"size": len(_CONTENT)})
        contents.append({"message_id": number, "content": _CONTENT, "attachments": ""})
        for outcome in (Became.SENDING, Became.DELIVERED):
            attempt = {"message_id": number, "tried_at": at, "outcome": outcome, "answer": "OK"}
            attempts.append(attempt)
    for table, rows in (("message", messages), ("message_content", contents)):
        store.insert(table, rows)
    store.insert("attempt", attempts)


def measure(submissions: int, rounds: int) -> None:
    """Print seconds of each night, and the ratio of the two."""
    register = register_of_night()
    with tempfile.TemporaryDirectory() as name:
        base = filled_return(register, Path(name))
        made = [Path(name) / str(held) for held in (0, submissions)]
        for folder, held in zip(made, (0, submissions), strict=True):
            fill(open_workspace(workspace_in(folder, register)), register, held)
        took = [[_night(folder, register, base) for folder in made] for _ in range(rounds)]
    empty, full = map(min, zip(*took, strict=True))
    print(
        f"a night on an empty store {empty:.2f} s, on one with {submissions:,} submissions "
        f"{full:.2f} s, {full / empty:.2f} x the empty one"
    )


def _night(made: Path, register: Register, base: bytes) -> float:
    """Seconds of the processors that a night takes in a copy of a workspace."""
    with tempfile.TemporaryDirectory(dir=made.parent) as name:
        folder = Path(name) / "workspace"
        shutil.copytree(made, folder, ignore=shutil.ignore_patterns("archive"))
        # What is in the archive stays as it is.
        places = (open_workspace(each).archive for each in (made, folder))
        shutil.copytree(*places, copy_function=os.link)
        drop_returns(base, register, open_workspace(folder).inbox)
        return processor_seconds(quarterday("run", "--workspace", folder))


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    measure(*(given + [40_000, 3][len(given) :]))
