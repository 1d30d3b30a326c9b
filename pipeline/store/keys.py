"""Keys: how the store knows one delivery of one file from another."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime


def delivery_key(sha256: str, folder_area: str | None, filename: str, arrived_at: datetime) -> str:
    """The key of one file that came to lie in one place at one time.

    A file that a run was cut off from clearing away has the same key when it is found again; the
    same bytes sent once more have another.
    """
    name = filename.encode("utf-8", "replace").decode()
    parts = (sha256, folder_area or "", name, arrived_at.astimezone(UTC).isoformat())
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
