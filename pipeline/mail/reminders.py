"""Reminding: which service areas are owed a reminder of their return, by the register's days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from pipeline.consolidation.report import ReturnReceived, ReturnState
from schemas.deciding import IssueRule, Weekday
from schemas.model import Period, Register, ServiceArea

#: Where an area has returned nothing that counts.
AWAITED = (ReturnState.MISSING, ReturnState.OVERDUE, ReturnState.REJECTED)


class Owed(Struct, frozen=True):
    """A return that is owed, and the day on which the register says to remind of it."""

    period: Period
    returned: ReturnReceived
    #: The last reminding day that has come; after an outage it may be some days ago.
    since: date

    @property
    def is_sent_back(self) -> bool:
        return self.returned.state is ReturnState.REJECTED


class Reminder(Struct, frozen=True):
    """One reminder to one area, of each return that it owes."""

    area: ServiceArea
    owed: tuple[Owed, ...]
    #: The day on which it is sent.
    day: date
    #: It goes to another address of the area than its first.
    is_further: bool = False

    @property
    def since(self) -> date:
        """The last reminding day of any of them."""
        return max(each.since for each in self.owed)


def reminders(
    register: Register,
    standing: Mapping[str, Sequence[ReturnReceived]],
    today: date,
    was_reminded: Callable[[ServiceArea, date], bool],
    last_night: date | None,
) -> list[Reminder]:
    """Who is owed a reminder today, in the register's order of areas; one each at most.

    `standing` says by the period's name where each area's return stands. `was_reminded` says
    whether an area was sent a reminder on a day; it is asked from a reminding day to the day before
    today, so that a reminder missed in an outage is made up for once, and today's is made again
    the same. Areas without an address are among them.

    `last_night` is the last day before today on which the job ran, None for none. What it passed
    over then is not made up for: the period was not open yet, as one that is opened to be loaded or
    restated is not.
    """
    owed = list(_owed(register, standing, today))
    made = []
    for ref in dict.fromkeys(area.ref for area in register.known_areas):
        mine = tuple(each for each in owed if each.returned.area.ref == ref)
        if not mine:
            continue
        area = mine[-1].returned.area
        news = [
            each
            for each in mine
            if (each.since == today or (last_night is not None and last_night < each.since))
            and not _was_told(area, each.since, today, was_reminded)
        ]
        if news:
            made.append(Reminder(area, mine, today))
    return made


def owing(
    register: Register, standing: Mapping[str, Sequence[ReturnReceived]]
) -> set[tuple[str, str]]:
    """The ref of each area with the name of each period for which it owes a return.

    An empty name stands for any period.
    """
    return {
        (returned.area.ref, name)
        for period in register.periods
        if period.open
        for returned in standing.get(period.name, ())
        if returned.state in AWAITED
        for name in (period.name, "")
    }


def _owed(
    register: Register, standing: Mapping[str, Sequence[ReturnReceived]], today: date
) -> Iterator[Owed]:
    """Each return that is owed and of which a reminding day has come."""
    for period in register.periods:
        since = reminding_day(register, period, today)
        if not period.open or since is None:
            continue
        for returned in standing.get(period.name, ()):
            if returned.state in AWAITED and not _was_sent_back_since(returned, since):
                yield Owed(period, returned, since)


def reminding_day(register: Register, period: Period, today: date) -> date | None:
    """The last day up to today on which the register reminds of a period; None before the first."""
    framework = register.framework
    days = [
        *(period.due - timedelta(days) for days in framework.remind_before),
        *(period.due + timedelta(days) for days in framework.remind_after),
    ]
    return max((day for day in days if day <= today), default=None)


def comes_up(register: Register, after: date, today: date) -> bool:
    """Whether the calendar alone gives something to do, from the day after `after` to today.

    That is a reminding day of an open period, or the first day on which its returns are overdue, a
    day of the week on which drafts are sent, or one from which on a draft is issued.
    """
    framework = register.framework
    days = (after + timedelta(passed) for passed in range(1, (today - after).days + 1))
    if framework.draft_days and any(Weekday.of(day) in framework.draft_days for day in days):
        return True
    if framework.issue_when is IssueRule.DATE and any(
        after < period.issue_on <= today for period in register.periods if period.issue_on
    ):
        return True
    return any(
        after < day <= today
        for period in register.periods
        if period.open
        for day in (reminding_day(register, period, today), period.due + timedelta(days=1))
        if day is not None
    )


def _was_sent_back_since(returned: ReturnReceived, since: date) -> bool:
    """Whether the message that it was sent back has been the reminder."""
    at = returned.received_at
    return at is not None and at.astimezone().date() >= since


def _was_told(
    area: ServiceArea, since: date, today: date, was_reminded: Callable[[ServiceArea, date], bool]
) -> bool:
    return any(was_reminded(area, since + timedelta(days)) for days in range((today - since).days))
