"""What lies beside the register: other copies of it, and whether someone has it open.

Only the register itself is ever read. A copy may hold what its owner believes to have changed.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from schemas.wording import day_shown, listed

#: What programs that copy or share files put behind a name: `register (1)`, `register - Copy (2)`,
#: `register (conflicted copy 2012-08-01)`, `register 2`, `register-ANNAS-PC`,
#: `register [conflict]`, and what Syncthing writes. `register-new` is a file that someone named.
_BEHIND = re.compile(
    r"(?i: \([^()]+\)| \[[^\[\]]+\]|( -)? copy( \(?\d+\)?)?| \d{1,2}|\.sync-conflict-[\w-]+)"
    r"|-(?=[a-z0-9-]*[A-Z])[A-Za-z0-9-]{1,15}",
    re.ASCII,
)
#: And before it.
_BEFORE = re.compile(r"(?i:copy (\(\d+\) )?of )")
#: Between what Excel and LibreOffice call the file that says who has a workbook open.
_LOCKS = (("~$", ""), (".~lock.", "#"))


class RegisterCopy(Struct, frozen=True):
    """A file beside the register that bears its name, but for what copying adds to it."""

    name: str
    saved_at: datetime
    #: When it came to lie there, or was last changed there.
    there_since: datetime
    is_newer: bool
    register: str

    @property
    def line(self) -> str:
        order = "later" if self.is_newer else "earlier"
        return (
            f"{self.name} lies beside {self.register} and was saved {order} than it, on "
            f"{day_shown(self.saved_at)}. Only {self.register} is read: bring over what the other "
            "has and it lacks, then delete the other or put it elsewhere."
        )


class Beside(Struct, frozen=True):
    """What lies beside the register."""

    copies: tuple[RegisterCopy, ...] = ()
    #: The files by which programs say that someone has it open.
    locks: tuple[str, ...] = ()
    register: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What there is to say of it, a line each."""
        opened = (
            f"Someone has {self.register} open ({listed(self.locks)} lies beside it); what was not "
            "saved yet is not read."
        )
        return (*(copy.line for copy in self.copies), *((opened,) if self.locks else ()))


def beside(register: Path) -> Beside:
    """What lies beside the register, by name; nothing where its folder cannot be listed."""
    locks = {f"{before}{register.name}{after}" for before, after in _LOCKS}
    copies, lying = [], []
    try:
        written = register.stat().st_mtime if register.exists() else 0.0
        for path in sorted(register.parent.iterdir()):
            if path.name in locks:
                lying.append(path.name)
            elif _is_copy(path, register) and path.is_file():
                status = path.stat()
                since = max(status.st_mtime, status.st_ctime)
                copies.append(
                    RegisterCopy(
                        path.name,
                        datetime.fromtimestamp(status.st_mtime).astimezone(),
                        datetime.fromtimestamp(since).astimezone(),
                        status.st_mtime > written,
                        register.name,
                    )
                )
    except OSError:
        return Beside(register=register.name)
    return Beside(tuple(copies), tuple(lying), register.name)


def _is_copy(path: Path, register: Path) -> bool:
    if path.suffix.casefold() != register.suffix.casefold() or path == register:
        return False
    name, own = path.stem, register.stem
    if (before := _BEFORE.match(name)) is not None:
        return name[before.end() :].casefold() == own.casefold()
    is_like = name[: len(own)].casefold() == own.casefold()
    behind = name[len(own) :]
    if is_like and not behind:
        # Another one by its case; or the same, where case makes no other file.
        return not (register.exists() and path.samefile(register))
    return is_like and _BEHIND.fullmatch(behind) is not None
