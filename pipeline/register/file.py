"""The bytes of the register: all that is read of it on a night when it has not changed."""

from __future__ import annotations

from pathlib import Path

from pipeline.workspace.errors import RegisterError
from pipeline.workspace.settings import Limits

#: What reading the register may cost where no settings are at hand.
LIMITS = Limits()


def register_bytes(path: Path) -> bytes:
    """The bytes of the register's workbook. Raises `RegisterError` where it cannot be opened."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        problem = f"{path.name} is not in {path.parent}. Put it there, or run quarterday init."
        raise RegisterError([problem]) from None
    except OSError as error:
        raise RegisterError(
            [f"{path} cannot be opened ({error.strerror}). Check that it is a file you may read."]
        ) from None
