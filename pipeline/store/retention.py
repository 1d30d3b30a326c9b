"""Retention: what the register's rule says to keep no longer, and how it goes.

The figures, and where they stood, stay: they were published. What goes is the file as it was sent,
its correction copy and the messages with it, what was found in its cells, and who signed it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from glob import escape
from pathlib import Path

from msgspec import Struct

from pipeline.store import Forgotten, Store, Submission
from pipeline.store.attachments import sweep
from pipeline.store.copying import sqlite_file
from pipeline.store.period_names import PeriodNames
from pipeline.workspace.folder import Workspace, correction_ending, disk_trouble
from schemas.model import Register
from schemas.wording import counted


class Due(Struct, frozen=True):
    """What the rule says to forget."""

    rule: str
    submissions: tuple[Submission, ...]
    #: The day on which the last of them fell due; None where nothing is due.
    since: date | None = None


def due(register: Register, store: Store, today: date) -> Due:
    """The submissions that are past the register's retention and not yet forgotten.

    A return is kept for so many years after the end of its period; one that names no period of the
    register, after the day on which it was received.
    """
    years = register.framework.keep_years
    if years is None:
        return Due("", ())
    rule = f"kept for {counted(years, 'year')} after the end of the period"
    over = [
        period
        for period, days in _fall_due(register, store).items()
        if any(day <= today for day in days)
    ]
    if not over:
        return Due(rule, ())
    gone = {one.submission_id for one in store.decisions.all(Forgotten)}
    past = [
        (sent, day)
        for sent in store.submissions(*over)
        if sent.id not in gone
        and (day := _day_after(_counted_from(sent.period, sent.received_at, register), years))
        and day <= today
    ]
    since = max((day for _, day in past), default=None)
    return Due(rule, tuple(sent for sent, _ in past), since)


def next_day(register: Register, store: Store, today: date) -> date | None:
    """The next day after today on which anything falls due."""
    found = _fall_due(register, store).values()
    return min((day for days in found for day in days if day > today), default=None)


def _fall_due(register: Register, store: Store) -> dict[str | None, set[date]]:
    """The first days on which what is not forgotten is to be, by the periods that it names.

    Of a period of the register it is the same day for all, so that none of it need be read.
    """
    years = register.framework.keep_years
    if years is None:
        return {}
    found: dict[str | None, set[date]] = {}
    for name in store.received.kept_periods():
        if period := register.period(name or ""):
            days = {_day_after(period.ends, years)}
        else:
            days = {_day_after(_received_on(at), years) for at in store.received.kept_moments(name)}
        found[name] = {day for day in days if day}
    return found


def _counted_from(name: str | None, received_at: datetime, register: Register) -> date:
    period = register.period(name or "")
    return period.ends if period else _received_on(received_at)


def _received_on(moment: datetime) -> date:
    return moment.astimezone().date()


def _day_after(counted_from: date, years: int) -> date | None:
    """The first day on which what is kept for so many years is kept no longer."""
    last = _years_after(counted_from, years)
    return last + timedelta(days=1) if last < date.max else None


def _years_after(day: date, years: int) -> date:
    year = day.year + years
    if year > date.max.year:
        return date.max
    # Not every year has a 29 February.
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def forget(found: Due, workspace: Workspace, store: Store, by: str, at: datetime) -> None:
    """Forget what is due, and complete what an earlier run was cut off from removing.

    That it went is recorded first, in the transaction that deletes the findings and signatures;
    the files follow.

    Raises:
        WorkspaceError: a file cannot be removed; the next run of the command does it.
    """
    store.decisions.forget([Forgotten(s.id, at, by, found.rule) for s in found.submissions])
    gone = {one.submission_id for one in store.decisions.all(Forgotten)}
    submissions = store.submissions()
    forgotten = [sent for sent in submissions if sent.id in gone]
    remaining = {sent.sha256 for sent in submissions if sent.id not in gone}
    periods = {sent.period for sent in submissions if sent.id not in gone}
    over = {sent.period for sent in forgotten if sent.period} - periods
    store.messages.forget(over, at, f"{found.rule}; by {by}")
    sweep(workspace, store)
    for path in _files(workspace, forgotten, remaining, over, store.period_names):
        with disk_trouble(f"{path} cannot be removed"):
            path.unlink(missing_ok=True)


def _files(
    workspace: Workspace,
    forgotten: Sequence[Submission],
    remaining: set[str],
    over: set[str],
    names: PeriodNames,
) -> Iterator[Path]:
    """The files that hold what was forgotten; `over` are the periods of which nothing is kept.

    What was written while a period had another name lies under that.
    """
    for sent in forgotten:
        # What was sent more than once stays while one receipt of it does.
        if sent.sha256 not in remaining:
            yield from workspace.archive.glob(f"{sent.sha256[:2]}/{sent.sha256}.*")
            copies = f"*{correction_ending(sent.sha256)}"
            for name in names.all_of(sent.period) if sent.period else [None]:
                yield from workspace.corrections_of(name).glob(copies)
            yield from workspace.by_hand.rglob(copies)
    for period in names.all_of(*over):
        # A message does not say which return it is about; here all of them are meant.
        yield from workspace.mail_of(period).glob("*.eml")
        for area in workspace.by_hand.glob("*"):
            yield from workspace.by_hand_of(area.name, period).glob("*.*")
    if forgotten and (store := sqlite_file(workspace.store_url)):
        # Copies of the store as it was before hold all of it still.
        for kind in ("schema-*", "before-*"):
            yield from store.parent.glob(f"{escape(store.name)}.{kind}")
