"""Readers: a return for a period that was closed and is open again is read by its own register.

For which period it is the current register says. What that does not know any more, the register of
a closed period may have known.
"""

from __future__ import annotations

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


class Readers:
    """Reads returns by the current register, or by that of their period, by the periods' names.

    Workers that read by another register are started when the first return needs them. Leaving the
    context ends them all.
    """

    def __init__(self, current: Register, closed: Mapping[str, Register], limits: Limits) -> None:
        self.current = current
        self.guard = guard_of(current, limits)
        self._closed = closed
        self._limits = limits
        self._guards: dict[str, Guard] = {}
        self._opened = ExitStack()

    def __enter__(self) -> Readers:
        self._opened.enter_context(self.guard)
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
        """Returns that were read by the same register, with that."""
        registers = {register.sha256: register for register in self._closed.values()}
        found: dict[str, list[Return]] = defaultdict(list)
        for one in returns:
            found[one.read_by].append(one)
        for read_by, some in found.items():
            yield registers.get(read_by, self.current), some

    def _by_its_register(self, one: Return) -> Return | Skipped:
        for name in self._meant(one.reading):
            (again,) = read_returns([one.arrival], self._guard_of(self._closed[name]))
            if isinstance(again, Skipped):
                return again
            if again.reading.period == name:
                return replace(again, read_by=self._closed[name].sha256)
        return one

    def _meant(self, reading: Reading) -> Iterable[str]:
        """The closed periods for which a return may be."""
        if reading.period is None:
            # What could not be opened says nothing to any register.
            return self._closed if reading.sheets else ()
        return [reading.period] if reading.period in self._closed else ()

    def _guard_of(self, register: Register) -> Guard:
        if register.sha256 not in self._guards:
            guard = guard_of(register, self._limits)
            self._guards[register.sha256] = self._opened.enter_context(guard)
        return self._guards[register.sha256]
