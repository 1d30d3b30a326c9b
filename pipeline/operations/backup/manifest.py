"""What a backup holds: the list that stands in it, and which names may be on that list."""

from __future__ import annotations

import json
import os
from datetime import datetime

import msgspec

from pipeline.workspace.errors import BackupError

#: Of the backup itself; one with a higher number is for a later program. The second knows
#: holes, and what is attached to mail.
FORMAT, FIRST = 2, 1
MANIFEST = "MANIFEST.json"
STORE, REGISTER, SETTINGS = "store.sqlite3", "register.xlsx", "pipeline.toml"
INBOX, TEXTS, ATTACHMENTS = "inbox", "templates", "attachments"
_FILES = (STORE, REGISTER, SETTINGS)
#: What may lie in a backup in folders: those two, and folders of the state folder.
_FOLDERS = (INBOX, TEXTS, "archive", "leaving", "quarantine", ATTACHMENTS)


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in a backup of a file."""

    size: int
    sha256: str
    #: Of a file with holes: where the parts of it that stand there begin, and how long each is.
    parts: list[tuple[int, int]] = []
    #: Of a file with holes: its own size.
    whole: int = 0

    @property
    def is_sound(self) -> bool:
        """Whether its parts follow each other, and are what stands there."""
        at = 0
        for begins, length in self.parts:
            if begins < at or length < 1:
                return False
            at = begins + length
        has_parts = at <= self.whole and sum(length for _, length in self.parts) == self.size
        return has_parts if self.whole else not self.parts


class Manifest(msgspec.Struct, frozen=True):
    format: int
    #: The version of the program that made it.
    program: str
    made_at: datetime
    #: The version of the store's tables.
    schema: int
    #: Folders of the inbox, empty ones among them.
    folders: list[str]
    count: int
    members: dict[str, Member]


def encoded(manifest: Manifest) -> bytes:
    # ASCII, since a file's name may hold what is no character.
    return json.dumps(msgspec.to_builtins(manifest), indent=1).encode("ascii")


def decoded(content: bytes, shown: str) -> Manifest:
    """The manifest in those bytes of the backup `shown`.

    Raises:
        BackupError: it is none, or one for a later version of the program.
    """
    try:
        document = json.loads(content)
        found = document["format"]
        if isinstance(found, int) and found > FORMAT:
            raise BackupError(
                f"{shown} has format {found}; this version of quarterday reads up to {FORMAT}. "
                f"Use version {document.get('program')} or a later one."
            )
        manifest = msgspec.convert(document, Manifest)
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        raise BackupError(f"{shown} is not a backup made by quarterday.") from error
    is_sound = all(member.is_sound for member in manifest.members.values())
    if manifest.format < 1 or manifest.count != len(manifest.members) or not is_sound:
        raise BackupError(f"{shown} is damaged: its list of contents does not agree with itself.")
    for folder in manifest.folders:
        if not (is_member_name(folder) and folder.startswith(f"{INBOX}/")):
            raise BackupError(f"{shown} is not a backup made by quarterday: it names {folder!r}.")
    return manifest


def is_member_name(name: str) -> bool:
    """Whether a member may have that name: no other ever leads out of the workspace."""
    parts = name.split("/")
    forbidden = '\0\\:*?"<>|' if os.name == "nt" else "\0"
    if not ({"", ".", ".."}.isdisjoint(parts) and set(forbidden).isdisjoint(name)):
        return False
    return name in _FILES if len(parts) == 1 else parts[0] in _FOLDERS
