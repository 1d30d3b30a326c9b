"""Registers: by which one a period is merged, rated, printed and checked.

An open period follows the register as it stands, as far as that is in force in it. One that was
closed keeps the register of its time, also while it is open again: what is changed for a later year
changes nothing that it said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache, partial

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.left_areas import with_left_areas, without_taken_over
from pipeline.consolidation.merge import Consolidated, is_incomplete, merge
from pipeline.consolidation.recalls import issue_standing
from pipeline.consolidation.shapes import shaped
from pipeline.store import Closing, Issue, Store, Suppressed
from pipeline.store.registers import kept_register
from pipeline.store.session import Session
from schemas.bearing import Refs
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Register, ServiceArea, SmallNumbers
from schemas.timeline import in_force


class Published(Struct, frozen=True):
    """A period's figures as its last appendix printed them, and the register that merged them."""

    register: Register
    figures: tuple[Consolidated, ...] = ()
    #: The period's name, where each of its issues was recalled, so that nothing printed stands.
    recalled: str = ""


def register_for(session: Session, period: str, issue: Issue | None = None) -> Register:
    """The register that a period is held to; that of an issue of it, if one is meant.

    It is what is in force of it in that period, with targets spread by figures that stand, and
    knows whoever reported for it and has left. Where the archive does not hold it, it is the
    register as it stands.
    """
    figures = cache(partial(_figures_published, session))
    found = _register_for(session, period, issue, lambda each: shaped(each, figures))
    return with_left_areas(session, found, period)


def _held(session: Session, period: str, issue: Issue | None = None) -> Register:
    """The same as far as figures are merged by it, of which targets are made."""
    found = _register_for(session, period, issue, lambda each: each)
    return with_left_areas(session, found, period)


def _register_for(
    session: Session, period: str, issue: Issue | None, made: Callable[[Register], Register]
) -> Register:
    current = in_force(made(session.register), period)
    sha256 = issue.register_sha256 if issue else closed_with(session.store, period)
    if not sha256 or sha256 == current.sha256:
        return current
    then = kept_register(session.workspace, sha256, session.register)
    if then is None or then.period(period) is None:
        return current
    return brought_forward(in_force(made(then), period), session.register)


def closed_with(store: Store, period: str) -> str | None:
    """The hash of the register by which a period was last closed: that of its last issue by then.

    Where nothing had been issued it is that which closed it, and empty where that was not noted.
    None: the period was never closed.
    """
    closing = next((c for c in reversed(store.decisions.all(Closing)) if c.period == period), None)
    if closing is None:
        return None
    issue = None if closing.issue_id is None else store.issue(closing.issue_id)
    noted = issue.register_sha256 if issue else ""
    return noted or closing.register_sha256 or ""


def of_periods(session: Session, opened: Iterable[str]) -> dict[str, Register]:
    """The registers that periods which are open are held to, by the periods' names.

    Those are left out that are held to the very register as it stands.
    """
    found = {name: register_for(session, name) for name in opened}
    return {
        name: each.opened([name]) for name, each in found.items() if each is not session.register
    }


def is_lost(session: Session, period: str, register: Register) -> bool:
    """Whether a period that was closed is held to a register that is not the one of its time."""
    sha256 = closed_with(session.store, period)
    return sha256 is not None and sha256 != register.sha256


def published(
    session: Session, period: Period, remade: Issue | None = None, refs: Refs = None
) -> Published:
    """The figures of an earlier period, as those of another one are compared with or made of them.

    Its last issue that was not recalled says them: by the register of that issue, from what had
    come by then. Where each was recalled there are none, and where it was never issued they are as
    things stand. `remade` is the issue that is made again, if one is. `refs` are the indicators
    whose figures are wanted.
    """
    store, name = session.store, period.name
    as_of: Issue | None
    if remade is not None and remade.current_sha256 is None:
        # An old issue is compared with what stood when it was made, by its own register.
        register, as_of = _held(session, name, remade), remade
    elif issue := issue_standing(store, name, remade):
        register, as_of = _held(session, name, issue), issue
        if register.sha256 != issue.register_sha256:
            register = _by_noted_rules(register, issue)
    elif store.last_issue(name, before=remade):
        return Published(session.register, recalled=name)
    else:
        register, as_of = _held(session, name), remade
    standing = store.observations(name, as_of)
    if any(register.area(o.area) is None for o in standing):
        sent = store.submissions(name)
        standing = without_taken_over(session, register, name, standing, sent)
    figures = merge(register, name, standing)
    wanted = (each for each in figures if refs is None or each.indicator.ref in refs)
    return Published(register, tuple(wanted))


def _figures_published(session: Session, period: Period) -> Mapping[str, Decimal]:
    """The whole figures that a period's last issue printed, by their indicators' refs."""
    issue = issue_standing(session.store, period.name)
    if issue is None:
        return {}
    hidden = session.store.editions.suppressed(period.name).get(issue.id, frozenset())
    return {
        each.indicator.ref: each.value
        for each in published(session, period).figures
        if each.value is not None
        and not is_incomplete(each)
        and Suppressed(period.name, each.indicator.ref) not in hidden
    }


def _by_noted_rules(register: Register, issue: Issue) -> Register:
    """The register with the merge rules that an issue noted."""
    rules = {r.indicator: MergeRule(r.merge_rule) for r in issue.ratings if r.merge_rule}
    noted = (replace(i, merge_rule=rules.get(i.ref, i.merge_rule)) for i in register.indicators)
    return replace(register, indicators=tuple(noted))


def brought_forward(then: Register, current: Register) -> Register:
    """A register of its time, with all of the current one that it was not printed by.

    That is whom to write to, who decides and how, when returns are due, and what is open. Of small
    numbers the stricter rule holds: what must not be told today is not printed again.
    """
    settings = current.framework
    below = [each.framework.small_below for each in (then, current)]
    framework = replace(
        then.framework,
        small_below=max((each for each in below if each is not None), default=None),
        keep_years=settings.keep_years,
        remind_before=settings.remind_before,
        remind_after=settings.remind_after,
        issue_when=settings.issue_when,
        draft_days=settings.draft_days,
    )
    return replace(
        then,
        framework=framework,
        indicators=_protected(then.indicators, current),
        versions=_protected(then.versions, current),
        not_due=_protected(then.not_due, current),
        areas=tuple(_reached(each, current.area(each.ref)) for each in then.areas),
        periods=tuple(_dated(each, current.period(each.name)) for each in then.periods),
        recipients=current.recipients,
        approvers=current.approvers,
        decisions=current.decisions,
    )


def _protected(then: Iterable[Indicator], current: Register) -> tuple[Indicator, ...]:
    """Indicators of which small numbers are suppressed where they are now."""
    by_now = {each.ref: each.small_numbers for each in current.indicators}
    return tuple(
        each
        if by_now.get(each.ref, SmallNumbers.PUBLISH) is SmallNumbers.PUBLISH
        else replace(each, small_numbers=by_now[each.ref])
        for each in then
    )


def _reached(then: ServiceArea, current: ServiceArea | None) -> ServiceArea:
    lead, email = (current.lead, current.email) if current else ("", "")
    return replace(then, lead=lead, email=email)


def _dated(then: Period, current: Period | None) -> Period:
    if current is None:
        return then
    return replace(then, due=current.due, open=current.open, issue_on=current.issue_on)
