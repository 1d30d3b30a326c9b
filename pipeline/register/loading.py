"""The register, read from its workbook once and from a cache after that.

Reading and checking the workbook needs pandas, pandera and a process of its own; a night on which
the register has not changed loads neither and starts none.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from pipeline import __version__
from pipeline.register.file import LIMITS, register_bytes
from pipeline.workspace.folder import write_whole
from pipeline.workspace.settings import Limits
from schemas.findings import Finding, Severity
from schemas.model import Register


class _Kept(Struct, frozen=True):
    """What the cache keeps of a workbook."""

    register: Register
    #: What there is to ask about it.
    asked: tuple[Finding, ...] = ()


def load_register(
    path: Path, cache_dir: Path, limits: Limits = LIMITS, *, was_accepted: bool = False
) -> Register:
    """The register at `path`, checked; the same as `register.reader.inspect_content` returns.

    A workbook whose bytes were read before, by this version, comes from `cache_dir`. Raises
    `RegisterError`; a problem with the cache itself is never one.
    """
    return _load(path, cache_dir, limits, was_accepted=was_accepted).register


def load_questions(
    register: Register, path: Path, cache_dir: Path, limits: Limits = LIMITS
) -> tuple[Finding, ...]:
    """What there is to ask about a register that was read from `path`; none if it is another now.

    Raises `RegisterError` as above.
    """
    kept = _load(path, cache_dir, limits, was_accepted=False)
    return kept.asked if kept.register.sha256 == register.sha256 else ()


def _load(path: Path, cache_dir: Path, limits: Limits, *, was_accepted: bool) -> _Kept:
    content = register_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    # What was only accepted once is no register to be used now, and is kept apart.
    cached = [cache_dir / f"register-{sha256}-{__version__}.msgpack"]
    if was_accepted:
        cached.append(cache_dir / f"accepted-{sha256}-{__version__}.msgpack")
    # What is not there or cannot be understood is read anew. msgspec's errors are ValueErrors,
    # among them that of a cache written for other types.
    for each in cached:
        with suppress(OSError, ValueError, ArithmeticError):
            kept = msgspec.msgpack.decode(each.read_bytes(), type=_Kept)
            if kept.register.sha256 == sha256:
                return kept

    # Here and not above: the cached way must stay free of pandas and pandera.
    from pipeline.workbooks import sandbox

    sandbox.get_ready()
    from pipeline.register.reader import inspect_content

    register, findings = inspect_content(content, path.name, limits, was_accepted=was_accepted)
    asked = tuple(each for each in findings if each.severity is Severity.WARNING)
    made = _Kept(register, asked)
    # Without the cache the next run only takes longer.
    with suppress(OSError):
        write_whole(cached[-1], msgspec.msgpack.encode(made), 0o600)
    return made
