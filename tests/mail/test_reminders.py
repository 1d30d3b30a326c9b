"""Reminding: who is owed a reminder on which day, and never more than one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from pipeline.consolidation.report import ReturnReceived, ReturnState
from pipeline.mail.reminders import Reminder, comes_up, reminders
from schemas.model import Period, Register, ServiceArea
from tests.support.builders import CARE, PERIOD, SAFETY, small_register

DUE = PERIOD.due
QUARTER = Period("2012-13 Q4", date(2013, 1, 1), date(2013, 3, 31), DUE + timedelta(days=2))


def register(
    before: tuple[int, ...] = (7, 1), after: tuple[int, ...] = (1, 3, 7), *periods: Period
) -> Register:
    made = small_register()
    framework = replace(made.framework, remind_before=before, remind_after=after)
    return replace(made, framework=framework, periods=periods or made.periods)


def missing(*areas: ServiceArea) -> list[ReturnReceived]:
    return [ReturnReceived(area, ReturnState.MISSING) for area in areas or (SAFETY, CARE)]


def owed(
    made: Register,
    today: date,
    *returned: ReturnReceived,
    sent: Sequence[tuple[str, date]] = (),
    last_night: date | None = None,
) -> list[Reminder]:
    standing = {period.name: returned or missing() for period in made.periods}
    return reminders(made, standing, today, lambda area, day: (area.ref, day) in sent, last_night)


def nights(made: Register, first: date, last: date, *down: date) -> list[int]:
    """On which days from the one on which returns are due an area is sent one, run every night."""
    sent: list[tuple[str, date]] = []
    day, last_night = first, None
    while day <= last:
        if day not in down:
            found = owed(made, day, *missing(SAFETY), sent=sent, last_night=last_night)
            sent += [(reminder.area.ref, day) for reminder in found]
            last_night = day
        day += timedelta(days=1)
    return [(day - DUE).days for _, day in sent]


def month(made: Register, *down: int) -> list[int]:
    away = (DUE + timedelta(days=days) for days in down)
    return nights(made, DUE - timedelta(days=20), DUE + timedelta(days=30), *away)


def test_an_area_is_reminded_on_each_day_that_the_register_names_and_on_no_other() -> None:
    assert month(register()) == [-7, -1, 1, 3, 7]
    assert month(register((0,), ())) == [0]
    assert month(register((), (14,))) == [14]


def test_a_register_without_days_reminds_nobody() -> None:
    assert month(register((), ())) == []


@pytest.mark.parametrize(
    ("down", "expected"),
    [
        ([-7], [-6, -1, 1, 3, 7]),
        ([-7, -6, -5], [-4, -1, 1, 3, 7]),
        ([-1, 0, 1], [-7, 2, 3, 7]),
        ([1, 2, 3], [-7, -1, 4, 7]),
        ([7, 8, 9], [-7, -1, 1, 3, 10]),
    ],
)
def test_after_an_outage_the_next_night_sends_the_one_that_is_owed_and_not_several(
    down: list[int], expected: list[int]
) -> None:
    assert month(register(), *down) == expected


def test_a_run_that_is_repeated_on_one_day_finds_the_same_reminder() -> None:
    day = DUE - timedelta(days=7)
    (first,) = owed(register(), day, *missing(SAFETY))
    (again,) = owed(register(), day, *missing(SAFETY), sent=[(SAFETY.ref, day)])
    assert first == again


@pytest.mark.parametrize(
    ("state", "is_owed"),
    [
        (ReturnState.MISSING, True),
        (ReturnState.OVERDUE, True),
        (ReturnState.REJECTED, True),
        (ReturnState.RECEIVED, False),
        (ReturnState.LATE, False),
    ],
)
def test_who_has_returned_is_never_reminded(state: ReturnState, is_owed: bool) -> None:
    received = ReturnReceived(SAFETY, state, rejected_since="later.xlsx")
    assert bool(owed(register(), DUE + timedelta(days=1), received)) is is_owed


def test_the_message_that_a_return_was_sent_back_counts_as_the_reminder() -> None:
    day = DUE + timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    today = ReturnReceived(SAFETY, ReturnState.REJECTED, received_at=at)
    before = replace(today, received_at=at - timedelta(days=2))
    assert owed(register(), day, today) == []
    assert [each.area for each in owed(register(), day, before)] == [SAFETY]
    assert [each.area for each in owed(register(), day + timedelta(days=2), today)] == [SAFETY]


def test_an_area_that_owes_two_returns_gets_one_reminder_of_both() -> None:
    made = register((1,), (1,), PERIOD, QUARTER)
    (reminder,) = owed(made, DUE + timedelta(days=1), *missing(SAFETY))
    assert [each.period for each in reminder.owed] == [PERIOD, QUARTER]
    last = QUARTER.due + timedelta(days=9)
    # One day after the first is due, which is one before the second; and one after the second.
    assert nights(made, DUE - timedelta(days=9), last) == [-1, 1, 3]


def test_nobody_is_reminded_of_a_closed_period() -> None:
    made = register((7,), (1,), replace(PERIOD, open=False))
    assert owed(made, DUE + timedelta(days=1)) == []


def test_reminders_come_in_the_registers_order_with_those_that_have_no_address() -> None:
    silent = replace(SAFETY, email="")
    made = replace(register(), areas=(CARE, silent))
    found = owed(made, DUE + timedelta(days=1), *missing(silent, CARE))
    assert [each.area for each in found] == [CARE, silent]


def test_a_reminder_of_before_the_first_night_is_not_made_up_for() -> None:
    day = DUE + timedelta(days=5)
    assert nights(register(), day, DUE + timedelta(days=30)) == [7]
    assert nights(register(), DUE + timedelta(days=9), DUE + timedelta(days=30)) == []


def test_of_a_period_that_is_opened_later_only_the_days_to_come_are_reminded_of() -> None:
    day = DUE + timedelta(days=5)
    assert owed(register(), day, last_night=day - timedelta(days=1)) == []
    assert owed(register(), day, last_night=DUE + timedelta(days=3)) == []
    # It may have been open while nothing ran.
    assert len(owed(register(), day, last_night=DUE + timedelta(days=2))) == 2


def test_the_calendar_says_on_which_nights_it_owes_something() -> None:
    made = register((7,), (3,))
    days = [DUE + timedelta(days=days) for days in range(-10, 10)]
    due = [day for day in days if comes_up(made, day - timedelta(days=1), day)]
    assert [(day - DUE).days for day in due] == [-7, 1, 3]
    assert comes_up(made, DUE - timedelta(days=9), DUE - timedelta(days=5))
    assert not comes_up(made, DUE + timedelta(days=3), DUE + timedelta(days=60))
