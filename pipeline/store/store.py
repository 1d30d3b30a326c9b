"""Store: submissions, findings, observations and achievements, for good.

A submission with everything it brought is written in one transaction; only when that has committed
does its file leave the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from pipeline.store import engine as e
from pipeline.store import tables as t
from pipeline.store.bulk import add_all
from pipeline.store.counting import STANDING, had_come, with_provenance
from pipeline.store.decisions import Decisions, Ruling
from pipeline.store.editions import Editions
from pipeline.store.entered import Entered, EnteredFigures, in_force, with_entered
from pipeline.store.messages import Messages
from pipeline.store.migrate import is_of_this_version, migrate
from pipeline.store.period_names import period_names
from pipeline.store.received import Received
from pipeline.store.records import T, by_owner, in_portions, read, rows_found, rows_of
from pipeline.store.rows import (
    Contents,
    Decision,
    Issue,
    Outcome,
    Signature,
    Submission,
)
from pipeline.workspace.errors import LockedError
from schemas.findings import Finding
from schemas.model import Status
from schemas.observations import Achievement, Observation


class Store:
    """The store at a SQLAlchemy URL, made on first use and brought to this version's tables.

    Raises:
        StoreError: it cannot be opened, or was made by a later version. So does every method when
            the database fails.
    """

    def __init__(self, url: str) -> None:
        self._use(e.engine_of(e.url_of(url)))
        try:
            migrate(self._engine)
        except BaseException:
            self.close()
            raise

    @classmethod
    def as_it_is(cls, url: str) -> Store | None:
        """The store, only to be read and not brought to this version's tables; None: none is there.

        Raises:
            StoreError: it cannot be read, or was made by another version.
        """
        engine = e.reading_engine_of(e.url_of(url))
        if engine is None:
            return None
        store = cls.__new__(cls)
        store._use(engine)
        try:
            is_there = is_of_this_version(engine)
        except BaseException:
            store.close()
            raise
        if not is_there:
            store.close()
        return store if is_there else None

    def _use(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.period_names = period_names(engine)
        self.decisions = Decisions(engine)
        self.editions = Editions(engine)
        self.entered = EnteredFigures(engine)
        self.messages = Messages(engine)
        self.received = Received(engine)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- Writing ---------------------------------------------------------------------------------

    def record(self, decisions: Sequence[Decision]) -> None:
        """Write submissions with all they bring, or nothing at all.

        Raises:
            LockedError: the store holds one of the deliveries already; another run was quicker.
        """
        if not decisions:
            return
        new = t.submission.insert().returning(t.submission.c.id, sort_by_parameter_order=True)
        rows = rows_of((decision.submission for decision in decisions), t.submission)
        with e.writing(self._engine) as connection:
            try:
                ids = connection.scalars(new, rows).all()
            except sa.exc.IntegrityError as error:
                if t.submission.c.delivery.name not in str(error.orig):
                    raise
                # Only where the lock failed, as it may between machines whose clocks are far apart.
                raise LockedError(
                    "Another run has taken in some of the same returns meanwhile; none of them was "
                    "recorded twice. Run again."
                ) from error
            owned = [*zip(ids, decisions, strict=True)]
            signed = ((n, [d.signature] if d.signature != Signature() else []) for n, d in owned)
            add_all(connection, t.signature, signed)
            add_all(connection, t.finding, ((n, d.submission.findings) for n, d in owned))
            add_all(connection, t.observation, ((n, d.observations) for n, d in owned))
            add_all(connection, t.achievement, ((n, d.achievements) for n, d in owned))

    def insert(self, table: str, values: Sequence[Mapping[str, Any]]) -> None:
        """Write rows as they stood in a table, with their numbers."""
        if values:
            with e.writing(self._engine) as connection:
                # Those of an earlier version may lack columns, which get their defaults; of rows
                # that are inserted together all have the columns of the first.
                for _, alike in groupby(values, lambda row: row.keys()):
                    connection.execute(t.metadata.tables[table].insert(), list(alike))

    def rows_of(
        self, table: str, submission: int | None = None, most: int | None = None
    ) -> list[dict[str, Any]]:
        """The first `most`, or all, rows of a table that belong to a submission, or to any."""
        chosen = t.metadata.tables[table]
        query = sa.select(chosen).order_by(*chosen.primary_key.columns).limit(most)
        if submission is not None:
            query = query.where(chosen.c.submission_id == submission)
        return self._dicts(query)

    def rows_after(self, table: str, number: int) -> list[dict[str, Any]]:
        """The rows of a table whose numbers are higher, as they stand there, in their order."""
        chosen = t.metadata.tables[table]
        return self._dicts(sa.select(chosen).where(chosen.c.id > number).order_by(chosen.c.id))

    def _dicts(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        with e.reading(self._engine) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def last_number(self, table: str) -> int:
        """The highest number in a table; 0 where it is empty."""
        return self.last_numbers([table])[table]

    def last_numbers(self, tables: Sequence[str]) -> dict[str, int]:
        """The highest number in each of some tables; 0 where one is empty."""
        numbers = [t.metadata.tables[table].c.id for table in tables]
        highest = (sa.select(sa.func.max(each)).scalar_subquery() for each in numbers)
        with e.reading(self._engine) as connection:
            found = connection.execute(sa.select(*highest)).one()
        return dict(zip(tables, (number or 0 for number in found), strict=True))

    def record_issue(self, issue: Issue, ruling: Ruling | None = None) -> int:
        """Note that an appendix was issued, or drafted, and what it says; its number comes back.

        With it, if at all, is noted by which `ruling` it was.
        """
        return self.editions.record(issue, ruling)

    # --- Reading ---------------------------------------------------------------------------------

    def known(self, digests: Iterable[str]) -> dict[str, Submission]:
        """The last accepted or rejected submission of each of these files, with findings."""
        found: dict[str, Submission] = {}
        for some in in_portions(digests):
            is_meant = t.submission.c.sha256.in_(some)
            chosen = self._submissions(is_meant & (t.submission.c.outcome != Outcome.DUPLICATE))
            found |= {sent.sha256: sent for sent in chosen}
        return found

    def current(self, period: str, areas: Iterable[str]) -> tuple[Submission, ...]:
        """The last accepted submission of each of these areas for a period, without findings."""
        found: list[Submission] = []
        for some in in_portions(areas):
            query = sa.select(t.submission).where(
                t.submission.c.id.in_(self._last_of(period, some))
            )
            found += read(self._engine, query, Submission)
        return tuple(found)

    def taken(self, deliveries: Iterable[str]) -> set[str]:
        """Those of these deliveries that are in the store already."""
        found: set[str] = set()
        with e.reading(self._engine) as connection:
            for some in in_portions(deliveries):
                chosen = t.submission.c.delivery.in_(some)
                found.update(connection.scalars(sa.select(t.submission.c.delivery).where(chosen)))
        return found

    def submissions(self, *periods: str | None) -> tuple[Submission, ...]:
        """Every submission in the order received, of these periods or of all, with findings.

        None stands for those of which it is not plain for which period they are.
        """
        return self._submissions(self._is_of(periods))

    def submissions_after(self, number: int, *periods: str | None) -> tuple[Submission, ...]:
        """Those of them with higher numbers."""
        return self._submissions(self._is_of(periods) & (t.submission.c.id > number))

    def unplaced(self) -> tuple[Submission, ...]:
        """Those that were sent back since it is not plain whose they are, or for which period."""
        c = t.submission.c
        is_unplaced = c.area.is_(None) | c.period.is_(None)
        return self._submissions(is_unplaced & (c.outcome == Outcome.REJECTED))

    def _submissions(self, is_meant: sa.ColumnElement[bool]) -> tuple[Submission, ...]:
        chosen = sa.select(t.submission).where(is_meant).order_by(t.submission.c.id)
        said = sa.select(t.finding).join(t.submission).where(is_meant)
        with e.reading(self._engine) as connection:
            findings = by_owner(connection, said.order_by(t.finding.c.position), Finding)
            return tuple(
                replace(msgspec.convert(row, Submission), findings=tuple(findings[row["id"]]))
                for row in rows_found(connection, chosen)
            )

    def observations(self, period: str, as_of: Issue | None = None) -> tuple[Observation, ...]:
        """The figures of a period from the submissions that stand, and those that were entered.

        They are those that count now, or that counted as of an issue.
        """
        reported = self._standing(t.observation, period, Observation, as_of)
        return with_entered(reported, self.in_force(period, as_of))

    def in_force(
        self, period: str, as_of: Issue | None = None
    ) -> Mapping[tuple[str, str], Entered]:
        """The entered figures of a period that count, by indicator and area, or did by an issue."""
        entered = self.entered.all(period)
        if as_of is not None:
            entered = tuple(one for one in entered if one.last_issue < as_of.id)
        if not entered:
            return {}
        chosen = sa.select(t.submission.c.area, t.submission.c.id)
        last = self._last_of(period, {one.area for one in entered})
        if as_of is not None:
            last = last.where(had_come(as_of))
        with e.reading(self._engine) as connection:
            query = chosen.where(t.submission.c.id.in_(last))
            standing = {row.area: row.id for row in connection.execute(query)}
        return in_force(entered, standing)

    def achievements(self, period: str, as_of: Issue | None = None) -> tuple[Achievement, ...]:
        """The achievements of a period from those submissions, as submitted."""
        return self._standing(t.achievement, period, Achievement, as_of)

    def contents(self, after: int) -> Mapping[int, Contents]:
        """What each accepted submission with a higher number brought, in short."""
        found: dict[int, Contents] = defaultdict(Contents)
        c, achieved = t.observation.c, t.achievement.c.submission_id
        is_said = c.status.in_((Status.PROVISIONAL, Status.NOT_AVAILABLE)) | c.no_cases
        chosen = sa.select(c.submission_id, c.indicator, c.status, c.no_cases).where(is_said)
        is_there = c.status != Status.NOT_AVAILABLE
        figures = sa.select(c.submission_id, sa.func.count().filter(is_there))
        achievements = sa.select(achieved, sa.func.count()).where(achieved > after)
        with e.reading(self._engine) as connection:
            counted = figures.where(c.submission_id > after).group_by(c.submission_id)
            for number, many in connection.execute(counted):
                found[number].figures = many
            for number, many in connection.execute(achievements.group_by(achieved)):
                found[number].achievements = many
            chosen = chosen.where(c.submission_id > after).order_by(*t.observation.primary_key)
            for number, indicator, status, no_cases in connection.execute(chosen):
                brought = found[number]
                if status == Status.PROVISIONAL:
                    brought.provisional.append(indicator)
                elif status == Status.NOT_AVAILABLE:
                    brought.unavailable.append(indicator)
                if no_cases:
                    brought.no_cases.append(indicator)
        return found

    def _standing(
        self, table: sa.Table, period: str, kind: type[T], as_of: Issue | None
    ) -> tuple[T, ...]:
        last = STANDING.where(self._is_of((period,)))
        if as_of is not None:
            last = last.where(had_come(as_of))
        query = with_provenance(table).where(t.submission.c.id.in_(last))
        return read(self._engine, query, kind)

    def figures(self, period: str, areas: Iterable[str]) -> dict[tuple[str, str, str], Decimal]:
        """The figures of some areas for a period that stand: (period, indicator, area) to each."""
        found: dict[tuple[str, str, str], Decimal] = {}
        o, wanted = t.observation.c, set(areas)
        with e.reading(self._engine) as connection:
            for some in in_portions(wanted):
                query = sa.select(o.indicator, o.area, o.value)
                is_meant = o.submission_id.in_(self._last_of(period, some)) & o.value.is_not(None)
                for indicator, area, value in connection.execute(query.where(is_meant)):
                    found[period, indicator, area] = value
        for (indicator, area), one in self.in_force(period).items():
            if area in wanted:
                found.pop((period, indicator, area), None)
                if one.value is not None:
                    found[period, indicator, area] = one.value
        return found

    def periods(self) -> tuple[str, ...]:
        """The periods for which anything was accepted or entered."""
        c = t.submission.c
        is_meant = (c.outcome == Outcome.ACCEPTED) & c.period.is_not(None)
        accepted = sa.select(c.period).where(is_meant).order_by(c.period)
        # From one to the next by the index: of each there are very many submissions.
        first = sa.select(accepted.limit(1).scalar_subquery().label("period"))
        each = first.cte("each", recursive=True)
        after = accepted.where(c.period > each.c.period).limit(1).scalar_subquery()
        each = each.union_all(sa.select(after).where(each.c.period.is_not(None)))
        received = sa.select(each.c.period).where(each.c.period.is_not(None))
        query = received.union(sa.select(t.entered.c.period))
        with e.reading(self._engine) as connection:
            found = [row["period"] for row in rows_found(connection, query)]
        return tuple(dict.fromkeys(found))

    def areas_of(self, period: str) -> set[str]:
        """The refs of the areas of which anything was accepted or entered for a period."""
        return {*self._counted("area", period)}

    def _counted(self, column: str, *periods: str) -> tuple[str, ...]:
        """What stands in a column of what was accepted or entered, for these periods or for any."""
        queries = [
            sa.select(c[column]).where(self.period_names.is_of(c.period, *periods), *conditions)
            for c, conditions in (
                (t.submission.c, [t.submission.c.outcome == Outcome.ACCEPTED]),
                (t.entered.c, []),
            )
        ]
        with e.reading(self._engine) as connection:
            found = [row[column] for row in rows_found(connection, sa.union(*queries))]
        return tuple(dict.fromkeys(filter(None, found)))

    def last_issue(self, period: str, before: Issue | None = None) -> Issue | None:
        """The last issue of the period's appendix, or the last before one of any period's."""
        return self.editions.last_issue(period, before)

    def issue(self, number: int) -> Issue:
        """The issue of that number."""
        return self.editions.of_number(number)

    def issues(self, period: str | None = None) -> tuple[Issue, ...]:
        """Every issue of a period's appendix or of all, in the order issued."""
        return self.editions.issues(period)

    def signatures(self) -> Mapping[int, Signature]:
        """Who completed and signed off each submission, as far as it says and was not forgotten."""
        signed = self._dicts(sa.select(t.signature))
        return {row.pop("submission_id"): Signature(**row) for row in signed}

    def reported(
        self, period: str | None = None, *, only: Iterable[str] | None = None
    ) -> tuple[tuple[int, Observation], ...]:
        """Every figure that was ever accepted, of a period or of all, with its submission's number.

        They stand in the order of those; `only` names the indicators that are meant.
        """
        query = with_provenance(t.observation)
        if period is not None:
            query = query.where(self.period_names.is_of(t.observation.c.period, period))
        if only is not None:
            query = query.where(t.observation.c.indicator.in_(only))
        with e.reading(self._engine) as connection:
            return tuple(
                (row["submission_id"], msgspec.convert(row, Observation))
                for row in rows_found(connection, query)
            )

    def _is_of(self, periods: Sequence[str | None]) -> sa.ColumnElement[bool]:
        """Whether a submission is of one of these periods; None is none, and no one means all."""
        c = t.submission.c.period
        named = c.in_(self.period_names.all_of(*(each for each in periods if each is not None)))
        is_meant = named | c.is_(None) if None in periods else named
        return is_meant if periods else sa.true()

    def _last_of(self, period: str, areas: Iterable[str]) -> sa.Select[tuple[int]]:
        """The numbers of the submissions that count of some areas for a period."""
        return STANDING.where(self._is_of((period,)), t.submission.c.area.in_(areas))
