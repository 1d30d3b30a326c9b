"""Receiving: what the store knows of a file already, and what goes into it for one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline import catalogue as c
from pipeline.intake import Arrival
from pipeline.model import Achievement, Observation, Register
from pipeline.reading import Reading
from pipeline.store import Outcome, Receipt, Signature, Store, Submission, delivery_key
from pipeline.validate import Checked, received_at
from schemas.returns import SIGNED


@dataclass(frozen=True, slots=True)
class SortedOut:
    """Files by what the store knows of them."""

    #: To be read and checked.
    fresh: list[Arrival]
    #: Sent twice: the store knows their bytes, and would learn nothing from them.
    again: list[Arrival]
    #: Taken in by a run that was cut off before it could clear the inbox.
    done: list[Arrival]
    #: The last submission of each file of which the store knows the bytes, by SHA-256.
    known: Mapping[str, Submission]


def sort_out(
    arrivals: Sequence[Arrival],
    register: Register,
    store: Store,
    now: datetime,
    by_word: Collection[str] = (),
) -> SortedOut:
    """Which files are to be read, and which the store has seen before.

    `by_word` are the periods that the register closes and a person has opened for this run.
    """
    known = store.known(arrival.sha256 for arrival in arrivals)
    taken = store.taken(map(delivery_of, arrivals)) if known else set()
    standing = store.standing() if known else {}
    out = SortedOut([], [], [], known)
    for arrival in arrivals:
        before = known.get(arrival.sha256)
        if delivery_of(arrival) in taken:
            out.done.append(arrival)
        elif before and _is_settled(before, received_at(arrival, now), register, standing, by_word):
            out.again.append(arrival)
        else:
            out.fresh.append(arrival)
    return out


def in_waves(
    readings: Sequence[tuple[Arrival, Reading]], register: Register
) -> list[list[tuple[Arrival, Reading]]]:
    """The returns in the order in which they are checked.

    A return is checked against the figures of the period before its own. Where returns for both
    came in one night, the earlier period's come first, so that it makes no difference whether they
    came in one night or in two.
    """
    here = {reading.period for _, reading in readings}

    def wave(name: str | None) -> int:
        period = register.period(name or "")
        last = register.last_period(period) if period else None
        return 1 + wave(last.name) if last and last.name in here else 0

    waves: dict[int, list[tuple[Arrival, Reading]]] = {}
    for arrival, reading in readings:
        waves.setdefault(wave(reading.period), []).append((arrival, reading))
    return [waves[number] for number in sorted(waves)]


def last_periods(readings: Sequence[tuple[Arrival, Reading]], register: Register) -> set[str]:
    """The periods before those that the returns are for."""
    periods = (register.period(reading.period or "") for _, reading in readings)
    lasts = (register.last_period(period) for period in periods if period)
    return {last.name for last in lasts if last}


def _is_settled(
    before: Submission,
    received: datetime,
    register: Register,
    standing: Mapping[tuple[str | None, str | None], Submission],
    by_word: Collection[str],
) -> bool:
    """Whether the same bytes would change nothing.

    What was sent back may be accepted by a changed register, or because its period is open for this
    run. What was accepted, and replaced by another return before it came again, is sent to put it
    back.
    """
    if before.outcome is not Outcome.ACCEPTED:
        return before.register_sha256 == register.sha256 and before.period not in by_word
    stands = standing.get((before.area, before.period))
    return stands is None or stands.sha256 == before.sha256 or received <= stands.received_at


def receipt(
    one: Checked, register: Register, now: datetime, reopened: Mapping[str, int]
) -> Receipt:
    """What goes into the store for one return."""
    arrival, reading = one.arrival, one.reading
    signature = Signature(
        *(entry.text if (entry := reading.cover.get(key)) else "" for key in SIGNED)
    )
    submission = Submission(
        sha256=arrival.sha256,
        filename=arrival.filename,
        received_at=received_at(arrival, now),
        outcome=Outcome.ACCEPTED if one.is_accepted else Outcome.REJECTED,
        size=arrival.size,
        register_sha256=register.sha256,
        area=reading.area,
        period=reading.period,
        findings=one.findings,
        delivery=delivery_of(arrival),
        folder_area=arrival.folder_area,
        reopening_id=reopened.get(reading.period or ""),
    )
    if not one.is_accepted or reading.area is None or reading.period is None:
        return Receipt(submission, signature=signature)
    area, period = reading.area, reading.period
    observations = tuple(
        Observation(
            indicator=row.ref,
            area=area,
            period=period,
            status=row.status,
            value=row.value,
            numerator=row.numerator,
            denominator=row.denominator,
            state=row.state,
            narrative=row.narrative,
            suppressed=row.suppressed,
            commentary=row.commentary,
            sheet=row.sheet,
            cell=row.cells["performance"],
        )
        for row in reading.rows
    )
    achievements = tuple(
        Achievement(a.priority, area, period, a.text, a.sheet, a.cell) for a in reading.achievements
    )
    return Receipt(submission, observations, achievements, signature)


def delivery_of(arrival: Arrival) -> str:
    """The key of this delivery of a file."""
    return delivery_key(arrival.sha256, arrival.folder_area, arrival.filename, arrival.arrived_at)


def duplicate(arrival: Arrival, first: Submission, register: Register, now: datetime) -> Submission:
    """What goes into the store for a file that was sent twice."""
    at = f"{first.received_at.astimezone():%d/%m/%Y}"
    return Submission(
        sha256=first.sha256,
        filename=arrival.filename,
        received_at=received_at(arrival, now),
        outcome=Outcome.DUPLICATE,
        size=first.size,
        register_sha256=register.sha256,
        area=first.area,
        period=first.period,
        findings=(c.DUPLICATE.found(value=first.filename, received=at),),
        delivery=delivery_of(arrival),
        folder_area=arrival.folder_area,
    )
