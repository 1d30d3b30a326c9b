"""Service areas that left: what was accepted from them goes on counting for its period.

A figure stands under the area from which it came, until a return of whoever took over from that
answers for both. Where the register says of an area when it left and what it became, that is known;
where it has the area no longer, people are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pipeline.store import Outcome, Submission
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from schemas.areas_over_time import areas_of
from schemas.model import Indicator, Register, ServiceArea
from schemas.names import name_key
from schemas.observations import Observation
from schemas.timeline import in_force, row_for


class LeftFigures(Struct, frozen=True):
    """Figures that count for a period, of an area that the register has no longer."""

    period: str
    #: Its name of then.
    area: str
    filename: str
    #: Such as `Indicators!H6`, by the refs of their indicators.
    cells: Mapping[str, str]

    @property
    def line(self) -> str:
        """What there is to say of them, and to do."""
        cells = ", ".join(f"{ref} ({cell})" if cell else ref for ref, cell in self.cells.items())
        return (
            f"The register has no service area {self.area} any more, and its figures for "
            f"{self.period} go on counting: {cells} of {self.filename}. Put its row back, with its "
            "last period and what it becomes, or have whoever answers for them report them."
        )


def with_left_areas(session: Session, register: Register, period: str) -> Register:
    """A register in force in a period that knows by name whoever reported for it and has left.

    The very register where nobody has.
    """
    left = session.store.areas_of(period) - {each.ref for each in register.known_areas}
    if not left:
        return register
    names = _names_of_then(session, period, left)
    found = (ServiceArea(ref, names.get(ref, ref)) for ref in sorted(left))
    return replace(register, area_versions=(*register.known_areas, *found))


def _names_of_then(session: Session, period: str, refs: Collection[str]) -> dict[str, str]:
    """The names of areas by the registers by which their returns were accepted."""
    names: dict[str, str] = {}
    for sent in session.store.current(period, refs):
        then = kept_register(session.workspace, sent.register_sha256, session.register)
        if then is not None and sent.area:
            names[sent.area] = in_force(then, period).area_name(sent.area)
    return names


def areas_counting(
    register: Register, indicator: Indicator, period: str, reported: Collection[str]
) -> tuple[str, ...]:
    """The areas whose figures an indicator is made of in a period: who owes it, and who left.

    `reported` are those that have reported it. Who owes it only in place of one that left is asked
    for nothing that this one has reported, and answers for it once it does report.
    """
    left = [ref for ref in reported if ref not in indicator.areas and register.area(ref) is None]
    if not left:
        return indicator.areas
    row, instead = row_for(register, indicator.ref, period), set[str]()
    for ref in left:
        instead |= set(_successors(register, ref, period))
    instead -= {*(row.areas if row else ())} - set(left)
    if taken_over := instead & {*reported} & {*indicator.areas}:
        left = [ref for ref in left if not taken_over & {*_successors(register, ref, period)}]
    kept = (ref for ref in indicator.areas if ref not in instead - taken_over)
    return (*kept, *left)


def _successors(register: Register, ref: str, period: str) -> Iterable[str]:
    """The areas that stand in a period for one that left; by its name, where nothing else says."""
    known, over_time = register.period(period), areas_of(register)
    if known is not None and ref in over_time.rows and not over_time.is_plain:
        return over_time.successors(ref, known.starts)
    name = name_key(register.area_name(ref))
    return [each.ref for each in register.areas if name_key(each.name) == name]


def without_taken_over(
    session: Session,
    register: Register,
    period: str,
    observations: Iterable[Observation],
    submissions: Iterable[Submission],
) -> tuple[Observation, ...]:
    """The figures of a period without those of areas that left for which others answer by now.

    That is where a return of a successor was checked by a register that asked the area for the
    indicator no longer, so that its figure is that of both.
    """
    given, current = tuple(observations), session.register
    left = {o.area for o in given if register.area(o.area) is None}
    if not left:
        return given
    checked_by = {
        (sent.sha256, sent.area): sent.register_sha256
        for sent in submissions
        if sent.outcome is Outcome.ACCEPTED and sent.period == period
    }
    answers: dict[str, list[Observation]] = defaultdict(list)
    for o in given:
        answers[o.indicator].append(o)

    def is_apart(successor: Observation, area: str) -> bool:
        """Whether a successor's figure is without that of the area."""
        sha256 = checked_by.get((successor.submission, successor.area), "")
        then = kept_register(session.workspace, sha256, current) if sha256 else None
        if then is None:
            return True
        asked = in_force(then, period).indicator(successor.indicator)
        return asked is not None and area in asked.areas

    return tuple(
        o
        for o in given
        if o.area not in left
        or all(
            is_apart(other, o.area)
            for ref in _successors(register, o.area, period)
            for other in answers[o.indicator]
            if other.area == ref
        )
    )


def left_figures(session: Session, periods: Iterable[str]) -> Iterator[LeftFigures]:
    """The figures that count for periods of areas that the register has no longer.

    Where an area of the same name stands in place of one, nothing is to be asked.
    """
    current = session.register
    known = {each.ref for each in current.known_areas}
    names = {name_key(each.name) for each in current.known_areas}
    for period in periods:
        left = session.store.areas_of(period) - known
        called = _names_of_then(session, period, left) if left else {}
        found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for o in session.store.observations(period) if left else ():
            if o.area in left and current.indicator(o.indicator) is not None:
                place = "!".join(filter(None, (o.sheet, o.cell)))
                found[o.area, o.filename][o.indicator] = place
        for (ref, filename), cells in found.items():
            if name_key(called.get(ref, ref)) not in names:
                yield LeftFigures(period, called.get(ref, ref), filename, cells)
