"""The few exceptions: each means that the job cannot go on.

What is wrong with a return is never an exception, always a finding. Every message is one line that
says where, what, and what to do; the command line prints it and ends with exit code 2, or 3 where
another run is at work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.findings import Finding


class QuarterdayError(Exception):
    """The job cannot go on; the message says why and what to do."""


class SettingsError(QuarterdayError):
    """`pipeline.toml` cannot be used."""


class RegisterError(QuarterdayError):
    """`register.xlsx` cannot be used. `problems` holds one line for each thing to put right.

    `findings` are the same with their codes and cells, where the register itself is to blame.
    """

    def __init__(self, problems: list[str], findings: Sequence[Finding] = ()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.findings = tuple(findings)


class StoreError(QuarterdayError):
    """The store cannot be read or written."""


class OutdatedStoreError(StoreError):
    """The store is of an earlier version, and the next run brings it to this one's."""


class BackupError(QuarterdayError):
    """A backup cannot be made, or cannot be put back."""


class MailboxError(QuarterdayError):
    """The mailbox in which returns arrive cannot be used; what is in it waits there."""


class LockedError(QuarterdayError):
    """Another run is at work in the workspace."""


class LockLostError(QuarterdayError):
    """The run gave no sign of life for so long that another may have taken its lock."""


class OverrunError(QuarterdayError):
    """The run took longer than it may, and ended where nothing was half done."""


class OutOfMemoryError(QuarterdayError):
    """The run needs more memory than it may have; the next goes round what it was at work on."""


class ScheduleError(QuarterdayError):
    """The schedule cannot be set up, looked at or taken away."""


class WorkspaceError(QuarterdayError):
    """A folder or file of the workspace is missing, or cannot be written.

    `problems` holds what is wrong and, a line each, what there is to choose from.
    """

    def __init__(self, problem: object, *choices: str) -> None:
        self.problems = [str(problem), *choices]
        super().__init__("\n".join(self.problems))


def problems_of(error: QuarterdayError | OSError) -> list[str]:
    """What an error says: one that was raised here its message, the system's which file and why.

    A line each, but that the name of a file may break one.
    """
    if isinstance(error, OSError):
        return [f"{error.filename or 'A file'} cannot be used ({error.strerror or error})."]
    return error.problems if isinstance(error, RegisterError | WorkspaceError) else [str(error)]
