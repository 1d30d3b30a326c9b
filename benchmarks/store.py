"""What a night costs on a store that holds very many submissions, beside one on an empty store.

    python -m benchmarks.store [SUBMISSIONS [ROUNDS]]

The night of `benchmarks.night`; processor time of it and all that it starts, the best of all
rounds, measured in turn. The full store holds receipts of a year before, each of a file of its own.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from benchmarks.night import register_of_night, workspace_in
from benchmarks.returns import NOW, filled_return
from benchmarks.start import processor_seconds, quarterday
from pipeline.intake.archive import archived
from pipeline.intake.scan import Arrival
from pipeline.job.session import store_of
from pipeline.store import Decision, Outcome, Submission
from pipeline.store.journal import catch_up
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.model import Register

_TOGETHER = 1_000


def fill(workspace: Workspace, register: Register, submissions: int) -> None:
    """Have a store and its archive hold so many submissions of a period that is no longer there."""
    with store_of(workspace) as store:
        for first in range(0, submissions, _TOGETHER):
            numbers = range(first, min(first + _TOGETHER, submissions))
            store.record(list(_decisions(workspace, register, numbers)))
        catch_up(store, workspace.archive)


def _decisions(workspace: Workspace, register: Register, numbers: range) -> Iterator[Decision]:
    for number in numbers:
        content = f"return {number}".encode()
        name, digest = f"Return {number}.xlsx", sha256(content).hexdigest()
        path = archived(workspace, digest, FileKind.XLSX)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        received = NOW - timedelta(days=365)
        area = register.areas[number % len(register.areas)].ref
        sent = Submission(
            *(digest, name, received, Outcome.ACCEPTED, len(content), "0" * 64, area, "2025-26 Q1"),
            delivery=digest,
        )
        arrival = Arrival(Path(name), digest, len(content), FileKind.XLSX, received)
        yield Decision(arrival, sent)


def measure(submissions: int, rounds: int) -> None:
    """Print seconds of each night, and the ratio of the two."""
    register = register_of_night()
    took = []
    with tempfile.TemporaryDirectory() as name:
        base = filled_return(register, Path(name))
        for number in range(rounds):
            nights = []
            for held in (0, submissions):
                folder = workspace_in(Path(name) / f"{held} {number}", register, base)
                fill(open_workspace(folder), register, held)
                nights.append(processor_seconds(quarterday("run", "--workspace", folder)))
            took.append(nights)
    empty, full = map(min, zip(*took, strict=True))
    print(
        f"a night on an empty store {empty:.2f} s, on one with {submissions:,} submissions "
        f"{full:.2f} s, {full / empty:.2f} x the empty one"
    )


if __name__ == "__main__":
    given = list(map(int, sys.argv[1:]))
    measure(*(given + [40_000, 3][len(given) :]))
