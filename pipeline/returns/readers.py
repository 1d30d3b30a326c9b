"""Readers: a return is held to the register in force in its period, and of its time.

For which period it is the current register says. What that does not know any more, the register of
a closed period may have known.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pipeline.intake.inbox import Skipped
from pipeline.intake.scan import Arrival
from pipeline.returns.reader import guard_of, read_returns
from pipeline.returns.reading import Reading, Return
from schemas.model import Register

if TYPE_CHECKING:
    from pipeline.workbooks.sandbox import Guard
    from pipeline.workspace.settings import Limits

#: No longer does a thread that has something for a worker wait for the interpreter, in seconds.
_SWITCH = 0.0005


class Readers:
    """Reads returns by the current register, or by that of their period, by the periods' names.

    Workers that read by another register are started when the first return needs them. Leaving the
    context ends them all.
    """

    def __init__(self, current: Register, own: Mapping[str, Register], limits: Limits) -> None:
        self.current = current
        self.guard = guard_of(current, limits)
        self._own = own
        self._read_otherwise = {
            name for name, each in own.items() if not _reads_alike(current, each)
        }
        self._limits = limits
        self._guards: dict[str, Guard] = {}
        self._opened = ExitStack()

    def __enter__(self) -> Readers:
        self._opened.enter_context(self.guard)
        # Threads hand over to the workers in between what the job does, some moments each.
        self._opened.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(_SWITCH)
        return self

    def __exit__(self, *_: object) -> None:
        self._guards.clear()
        self._opened.close()

    def read(self, arrivals: Iterable[Arrival]) -> Iterator[Return | Skipped]:
        """Each arrival with what it says, in the order given, as `read_returns` gives it.

        Raises:
            GuardError: no worker can be started.
        """
        for one in read_returns(arrivals, self.guard):
            yield one if isinstance(one, Skipped) else self._by_its_register(one)

    def by_register(self, returns: Iterable[Return]) -> Iterator[tuple[Register, list[Return]]]:
        """Returns that are held to the same register, with that."""
        found: dict[str, list[Return]] = defaultdict(list)
        for one in returns:
            found[one.held_to].append(one)
        for name, some in found.items():
            yield self._own.get(name, self.current), some

    def _by_its_register(self, one: Return) -> Return | Skipped:
        for name in self._meant(one.reading):
            own, again = self._own[name], one
            if name in self._read_otherwise:
                (read,) = read_returns([one.arrival], self._guard_of(name))
                if isinstance(read, Skipped):
                    return read
                again = read
            if again.reading.period == name:
                return replace(again, register_sha256=own.sha256, held_to=name)
        return one

    def _meant(self, reading: Reading) -> Iterable[str]:
        """The periods with registers of their own for which a return may be."""
        if reading.period is None:
            # What could not be opened says nothing to any register.
            return sorted(self._read_otherwise) if reading.sheets else ()
        return [reading.period] if reading.period in self._own else ()

    def _guard_of(self, name: str) -> Guard:
        if name not in self._guards:
            guard = guard_of(self._own[name], self._limits)
            self._guards[name] = self._opened.enter_context(guard)
        return self._guards[name]


def _reads_alike(current: Register, own: Register) -> bool:
    """Whether a return says the same by the current register, which knows all that its own does."""
    known = {id(each) for each in current.indicators}
    return own.sha256 == current.sha256 and all(
        id(each) in known for each in (*own.indicators, *own.not_due)
    )
