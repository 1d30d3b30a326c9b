"""Parts: what must be known of the other periods whose figures are parts of a period's own."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.consolidation.closing import restated_from
from pipeline.consolidation.merge import merge
from pipeline.consolidation.registers import Published, register_for
from pipeline.store.session import Session
from schemas.accumulation import Accumulation
from schemas.bearing import following
from schemas.model import Period, Register


def telling(
    session: Session, registers: Mapping[str, Register], register: Register, period: Period
) -> Mapping[str, Register]:
    """The periods of whose figures it counts what issues told, each with what it is merged by.

    What is reported cumulatively is told by later issues too. `registers` are those of the earlier
    periods that bear on this one.
    """
    later = (each.name for each in following(register, period))
    found = {name: register_for(session, name) for name in later if session.store.last_issue(name)}
    return {**registers, **found, period.name: register}


def restated_parts(
    session: Session, register: Register, earlier: Mapping[str, Published]
) -> Mapping[str, frozenset[str]]:
    """Of earlier periods, the refs of indicators that say otherwise than when they were closed.

    That is of those that may be parts of others' figures.
    """
    rows = (*register.indicators, *register.not_due)
    refs = {each.ref for each in rows if each.accumulation is not Accumulation.AS_REPORTED}
    if not refs:
        return {}
    store, found = session.store, {}
    for name, of_period in earlier.items():
        closed = restated_from(store, store.submissions(name), store.entered.all(name))
        if closed is None or closed.issue is None:
            continue
        by = register_for(session, name, closed.issue)
        then = {
            each.indicator.ref: each.value
            for each in merge(by, name, store.observations(name, closed.issue))
        }
        found[name] = frozenset(
            each.indicator.ref
            for each in of_period.figures
            if each.indicator.ref in refs and each.value != then.get(each.indicator.ref)
        )
    return found
