"""The names that periods have by now, of those under which they were known before.

The store keeps what was received under the name that its period had then. Whatever reads it by a
period looks for all of its names, and whatever comes out bears the one that it has by now. Rows as
they stand in their tables are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from schemas.model import Period


class PeriodNames:
    """What the register says of the names of periods; nothing, before it is known."""

    def __init__(self) -> None:
        self._now: Mapping[str, str] = {}

    def know(self, periods: Iterable[Period]) -> None:
        """Go by the former names of these periods from now on."""
        self._now = {former: each.name for each in periods for former in each.formerly}

    def all_of(self, *names: str) -> list[str]:
        """These names, and those under which their periods were known before."""
        return [*names, *(former for former, name in self._now.items() if name in names)]

    def is_of(self, column: sa.ColumnElement[Any], *names: str) -> sa.ColumnElement[bool]:
        """Whether a row is of one of these periods, under whatever name; of any, where none is."""
        if not names:
            return sa.true()
        every = self.all_of(*names)
        return column == every[0] if len(every) == 1 else column.in_(every)

    def of_row(self, row: Mapping[Any, Any]) -> Mapping[Any, Any]:
        """A row with the name that its period has by now."""
        name = self._now.get(row.get("period", "")) if self._now else None
        return row if name is None else {**{str(key): row[key] for key in row}, "period": name}


_names: WeakKeyDictionary[sa.Engine, PeriodNames] = WeakKeyDictionary()


def period_names(engine: sa.Engine) -> PeriodNames:
    """What is known of the names of periods in the store of an engine."""
    return _names.setdefault(engine, PeriodNames())
