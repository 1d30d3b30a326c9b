"""Attachments: a file that goes with messages is kept once, in `var/attachments`, by its SHA-256.

The store holds the rest of a message, and where in it which file stands. A file is kept before the
transaction with its message, so that a run that is killed in between leaves one that no message
needs; `sweep` takes that away, as it does what every message has been sent with.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.store.messages import Attached
from pipeline.store.store import Store
from pipeline.workspace.folder import Workspace, disk_trouble, private_folder, write_whole
from pipeline.workspace.moving import content_of, holds


def place_of(workspace: Workspace, sha256: str) -> Path:
    """Where a file of that hash is kept."""
    return workspace.attachments / sha256[:2] / sha256


def taken_out(message: bytes, files: Iterable[bytes]) -> tuple[bytes, list[Attached]]:
    """A message without files that are attached to it, in their order, and where each stood."""
    left, attached, start = [], [], 0
    for file in files:
        encoded = _encoded(file)
        at = message.find(encoded, start) if encoded else -1
        # What is encoded in another way stays where it is.
        if at >= 0:
            left.append(message[start:at])
            attached.append(Attached(hashlib.sha256(file).hexdigest(), sum(map(len, left))))
            start = at + len(encoded)
    return b"".join((*left, message[start:])), attached


def put_in(left: bytes, attached: Sequence[Attached], workspace: Workspace) -> bytes:
    """The message as it was composed, byte for byte.

    Raises:
        ChangedError: a file is missing, or has other bytes.
    """
    parts, start = [], 0
    for each in attached:
        file = content_of(place_of(workspace, each.sha256), each.sha256)
        parts += [left[start : each.at], _encoded(file)]
        start = each.at
    return b"".join((*parts, left[start:]))


def keep(workspace: Workspace, file: bytes) -> None:
    """Have the disk keep a file, if it does not yet.

    Raises:
        WorkspaceError: it cannot be written.
    """
    sha256 = hashlib.sha256(file).hexdigest()
    path = place_of(workspace, sha256)
    if not holds(path, sha256):
        with disk_trouble(f"What is attached to mail cannot be kept in {path.parent}"):
            private_folder(path.parent)
            write_whole(path, file, 0o600)


def sweep(workspace: Workspace, store: Store) -> None:
    """Take away the files that no message needs which may still be sent.

    Only while no other run is at work. What cannot be removed is for the next run.
    """
    paths = [*workspace.attachments.glob("??/*")]
    needed = store.messages.attachments_needed() if paths else frozenset()
    for path in paths:
        if path.name not in needed:
            with suppress(OSError):
                path.unlink()
                path.parent.rmdir()


def _encoded(file: bytes) -> bytes:
    """A file as it stands in a message, in lines of 76 characters."""
    return base64.encodebytes(file).replace(b"\n", b"\r\n")
