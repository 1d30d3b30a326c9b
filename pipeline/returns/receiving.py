"""Receiving: what becomes of each file, in the order in which they came.

Whatever comes in one night ends as it would if each file had had a night of its own, and whatever
part of it a run that was cut off has recorded, the rest ends the same.
"""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache

from msgspec import Struct, field
from msgspec.structs import replace

from pipeline.intake.scan import Arrival
from pipeline.returns.reading import Reading, Return
from pipeline.returns.validate import received_at
from pipeline.store import Decision, Outcome, Signature, Store, Submission, delivery_key
from schemas import rules as c
from schemas.bearing import checked_against
from schemas.fields import SIGNED
from schemas.findings import Finding, Severity
from schemas.model import Register, Status
from schemas.observations import Achievement
from schemas.timeline import row_for

#: A service area's ref and a period's name, as far as a return tells them.
Place = tuple[str | None, str | None]
#: The register of a hash; None where it was not kept.
KeptRegister = Callable[[str], Register | None]


class Known(Struct, frozen=True):
    """What the store holds that bears on some files; kept up to date with what becomes of them."""

    #: The last submission of each file that was not a duplicate, by SHA-256.
    last: dict[str, Submission] = field(default_factory=dict)
    #: What counts for each area and period.
    standing: dict[Place, Submission] = field(default_factory=dict)
    #: The closed periods that are open again, each with its reopening's number.
    reopened: Mapping[str, int] = field(default_factory=dict)
    #: The areas and periods for which it was looked up what counts.
    looked_up: set[Place] = field(default_factory=set)

    @classmethod
    def of(
        cls, arrivals: Iterable[Arrival], store: Store, reopened: Mapping[str, int] | None = None
    ) -> Known:
        known = cls(store.known(arrival.sha256 for arrival in arrivals), reopened=reopened or {})
        known.look_up(((sent.area, sent.period) for sent in known.last.values()), store)
        return known

    def look_up(self, places: Iterable[Place], store: Store) -> None:
        """Know what counts for these areas and periods too."""
        areas: dict[str, list[str]] = defaultdict(list)
        for area, period in {*places} - self.looked_up:
            self.looked_up.add((area, period))
            if area and period:
                areas[period].append(area)
        for period, some in areas.items():
            for sent in store.current(period, some):
                self.standing[sent.area, sent.period] = sent

    def counts(self, arrival: Arrival) -> Place | None:
        """The area and period for which the very bytes of a file count already."""
        before = self.last.get(arrival.sha256)
        place = (before.area, before.period) if before else None
        stands = self.standing.get(place) if place else None
        return place if stands and stands.sha256 == arrival.sha256 else None

    def unread(self, arrival: Arrival) -> Return:
        """A file whose very bytes count already, as a return that need not be read."""
        before = self.last[arrival.sha256]
        return Return(arrival, Reading(before.area, before.period), was_read=False)

    def note(self, sent: Submission) -> None:
        """What is true of the next file once this submission has been recorded."""
        if sent.outcome is not Outcome.DUPLICATE:
            self.last[sent.sha256] = sent
        if sent.outcome is Outcome.ACCEPTED:
            self.standing[sent.area, sent.period] = sent


def in_waves(
    returns: Iterable[Return], register: Register, *, as_they_come: bool = True
) -> Iterator[Iterator[Return]]:
    """The returns in the order in which they are judged, wave after wave, each to be used up first.

    A return is checked against the figures of the period before its own. Where returns for both
    came in one night, the earlier period's come first, so that it makes no difference whether they
    came in one night or in two; and what gives figures as not available comes after what the same
    area sent before. What is sent for a closed period changes no figures, so that of a
    period after a closed one nothing need wait until all are read, unless `as_they_come` says so.
    What waits is kept as bytes, which take a small part of the memory.
    """

    @cache
    def depth(name: str | None) -> int:
        period = register.period(name or "")
        last = checked_against(register, period) if period else ()
        return max((1 + depth(each.name) for each in last if each.open), default=0)

    waiting: dict[tuple[int, int], list[bytes]] = defaultdict(list)
    #: How many others a return of an area and period has to wait for.
    after: dict[Place, int] = {}

    def first() -> Iterator[Return]:
        for one in returns:
            place = one.reading.area, one.reading.period
            if place in after:
                after[place] += any(r.status is Status.NOT_AVAILABLE for r in one.reading.rows)
            elif all(place):
                after[place] = 0
            number = depth(one.reading.period), after.get(place, 0)
            if any(number) or not as_they_come:
                waiting[number].append(pickle.dumps(one, pickle.HIGHEST_PROTOCOL))
            else:
                yield one

    yield first()
    for number in sorted(waiting):
        # Our own, from above.
        yield map(pickle.loads, waiting.pop(number))


def places_of(returns: Iterable[Return]) -> Iterator[Place]:
    """The areas and periods for which returns are."""
    return ((one.reading.area, one.reading.period) for one in returns)


def figures_before(
    returns: Iterable[Return], register: Register, store: Store, kept: KeptRegister
) -> dict[tuple[str, str, str], Decimal]:
    """The figures that stand of each return's area, of its period and of those it is compared with.

    By period, indicator and area. `register` is the returns' own, and `kept` gives those by which
    earlier ones were checked: a figure in another unit is none to compare with.
    """
    areas: dict[str | None, set[str]] = defaultdict(set)
    for area, name in places_of(returns):
        if area:
            areas[name].add(area)
    found: dict[tuple[str, str, str], Decimal] = {}
    for name, some in areas.items():
        period = register.period(name or "")
        for last in (period, *checked_against(register, period)) if period else ():
            checked_by = {s.area: s.register_sha256 for s in store.current(last.name, some)}
            found |= {
                (place, ref, area): value
                for (place, ref, area), value in store.figures(last.name, some).items()
                if is_alike(ref, last.name, checked_by.get(area, ""), register, kept)
            }
    return found


def is_alike(
    ref: str, period: str, checked_by: str, register: Register, kept: KeptRegister
) -> bool:
    """Whether an indicator's figures of a period may be compared with those of a register in force.

    They were checked by the register of a hash, and are of one kind, unit and series, each of its
    period or each cumulative.
    """
    then = (kept(checked_by) if checked_by not in ("", register.sha256) else None) or register
    before, now = row_for(then, ref, period), register.indicator(ref)
    if before is None or now is None:
        return True
    is_one_series = (row_for(register, ref, period) or now).series == now.series
    then_and_now = ((e.kind, e.unit, e.accumulation.is_reported_so) for e in (before, now))
    return is_one_series and len(set(then_and_now)) == 1


def decide(
    returns: Iterable[Return], known: Known, register: Register, now: datetime
) -> list[Decision]:
    """What becomes of each return, in their order; `known` stays as it is until it is recorded.

    `register` is the current one.
    """
    known = replace(known, last=dict(known.last), standing=dict(known.standing))
    decisions = []
    for one in returns:
        first = known.last.get(one.arrival.sha256)
        if first and _is_duplicate(one, first, known, now):
            at = f"{first.received_at.astimezone():%d/%m/%Y}"
            rule = c.STILL_WRONG if first.outcome is Outcome.REJECTED else c.DUPLICATE
            found = rule.found(value=first.filename, received=at)
            place = first.area, first.period
            sent = _submission(one, Outcome.DUPLICATE, place, [found], register, now)
            decision = Decision(one.arrival, sent)
        else:
            decision = _taken(one, known, register, now)
        known.note(decision.submission)
        decisions.append(decision)
    return decisions


def _is_duplicate(one: Return, first: Submission, known: Known, now: datetime) -> bool:
    """Whether the same bytes, having come before, change nothing now.

    What was sent back is accepted by a changed register, in an open period, or from the right
    area's folder; and what was accepted and then replaced is sent once more to put it back.
    """
    if not one.was_read:
        return True
    stands = known.standing.get((first.area, first.period))
    if first.outcome is not Outcome.ACCEPTED:
        return not one.is_accepted and _mistakes(one.findings) == _mistakes(first.findings)
    if stands is None or stands.sha256 == first.sha256:
        return True
    return one.is_accepted and received_at(one.arrival, now) < stands.received_at


def _mistakes(findings: Iterable[Finding]) -> list[tuple[str, str, str]]:
    # Not every database takes every name of a sheet as it stands; of the same bytes it is the same.
    return [(f.code, f.cell, f.problem) for f in findings if f.severity is Severity.ERROR]


def _submission(
    one: Return,
    outcome: Outcome,
    place: Place,
    findings: Iterable[Finding],
    register: Register,
    now: datetime,
) -> Submission:
    """What the store holds of any file."""
    arrival, (area, period) = one.arrival, place
    return Submission(
        sha256=arrival.sha256,
        filename=arrival.filename,
        received_at=received_at(arrival, now),
        outcome=outcome,
        size=arrival.size,
        register_sha256=one.register_sha256 or register.sha256,
        current_sha256=register.sha256,
        area=area,
        period=period,
        findings=tuple(findings),
        delivery=delivery_of(arrival),
        folder_area=arrival.folder_area,
    )


def _taken(one: Return, known: Known, register: Register, now: datetime) -> Decision:
    """What becomes of a return that is accepted or sent back."""
    arrival, reading = one.arrival, one.reading
    area, period = reading.area, reading.period
    outcome = Outcome.ACCEPTED if one.is_accepted else Outcome.REJECTED
    sent = _submission(one, outcome, (area, period), one.findings, register, now)
    sent = replace(sent, reopening_id=known.reopened.get(period or ""))
    signed = [entry.text if (entry := reading.cover.get(key)) else "" for key in SIGNED]
    decision = Decision(arrival, sent, signature=Signature(*signed))
    if not one.is_accepted or area is None or period is None:
        return decision
    before = known.standing.get((area, period))
    achievements = tuple(
        Achievement(a.priority, area, period, a.text, a.sheet, a.cell) for a in reading.achievements
    )
    return replace(
        decision,
        observations=tuple(reading.rows),
        achievements=achievements,
        replaces=before.filename if before else "",
    )


def delivery_of(arrival: Arrival) -> str:
    """The key of this delivery of a file."""
    return delivery_key(arrival.sha256, arrival.folder_area, arrival.filename, arrival.arrived_at)
