"""Store: submissions, findings, observations and achievements, for good.

A submission with everything it brought is written in one transaction; only when that has committed
does its file leave the inbox.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pipeline.errors import StoreError
from pipeline.findings import Finding
from pipeline.model import Achievement, Observation
from pipeline.store import rows
from pipeline.store import tables as t
from pipeline.store.rows import Issue, Outcome, Receipt, Submission


class Store:
    """The store at a SQLAlchemy URL, made on first use.

    Raises:
        StoreError: it cannot be opened, or was made by another version. So does every method when
            the database fails.
    """

    def __init__(self, url: str) -> None:
        try:
            self._url = sa.make_url(url)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise StoreError(
                "store.url in pipeline.toml is not a SQLAlchemy URL. "
                "Write it as in docs/settings.md, or leave it empty for SQLite in the state folder."
            ) from error
        with _reported(self._shown):
            if self._url.get_backend_name() == "sqlite" and self._url.database:
                Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
            self._engine = sa.create_engine(self._url)
            if self._url.get_backend_name() == "sqlite":
                sa.event.listen(self._engine, "connect", _set_up_sqlite)
            try:
                self._prepare()
            except BaseException:
                self.close()
                raise

    def _prepare(self) -> None:
        with self._begin() as connection:
            t.metadata.create_all(connection)
            version = connection.scalar(sa.select(t.about.c.schema_version))
            if version is None:
                connection.execute(t.about.insert().values(schema_version=t.SCHEMA_VERSION))
            elif version != t.SCHEMA_VERSION:
                raise StoreError(
                    f"The store {self._shown} has schema {version}; this version of quarterday "
                    f"needs {t.SCHEMA_VERSION}. Use the version that made it."
                )

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _shown(self) -> str:
        return self._url.render_as_string(hide_password=True)

    @contextmanager
    def _begin(self) -> Iterator[sa.Connection]:
        with _reported(self._shown), self._engine.begin() as connection:
            yield connection

    # --- Writing ---------------------------------------------------------------------------------

    def record(self, receipts: Sequence[Receipt]) -> None:
        """Write submissions with all they bring, together or not at all."""
        if not receipts:
            return
        with self._begin() as connection:
            ids = connection.scalars(
                t.submission.insert().returning(t.submission.c.id, sort_by_parameter_order=True),
                [rows.submission_row(receipt.submission) for receipt in receipts],
            ).all()
            values: dict[sa.Table, list[dict[str, Any]]] = defaultdict(list)
            for number, receipt in zip(ids, receipts, strict=True):
                values[t.finding] += rows.finding_rows(number, receipt.submission.findings)
                values[t.observation] += [
                    rows.observation_row(number, o) for o in receipt.observations
                ]
                values[t.achievement] += rows.achievement_rows(number, receipt.achievements)
            for table, records in values.items():
                if records:
                    connection.execute(table.insert(), records)

    def record_issue(self, period: str, content: str, issued_at: datetime) -> None:
        """Note that an appendix was issued from that content."""
        values = {"period": period, "content": content, "issued_at": issued_at}
        with self._begin() as connection:
            connection.execute(t.issue.insert(), values)

    # --- Reading ---------------------------------------------------------------------------------

    def known(self, digests: Iterable[str]) -> dict[str, Submission]:
        """The last accepted or rejected submission of each of these files, without findings."""
        found: dict[str, Submission] = {}
        wanted = list(digests)
        with self._begin() as connection:
            for start in range(0, len(wanted), 500):
                chosen = connection.execute(
                    sa.select(t.submission)
                    .where(t.submission.c.sha256.in_(wanted[start : start + 500]))
                    .where(t.submission.c.outcome != Outcome.DUPLICATE)
                    .order_by(t.submission.c.id)
                )
                found |= {row.sha256: rows.to_submission(row, ()) for row in chosen}
        return found

    def standing(self) -> dict[tuple[str | None, str | None], Submission]:
        """What counts: the last accepted submission of each area and period, without findings."""
        last = (
            sa.select(sa.func.max(t.submission.c.id))
            .where(t.submission.c.outcome == Outcome.ACCEPTED)
            .group_by(t.submission.c.area, t.submission.c.period)
        )
        query = sa.select(t.submission).where(t.submission.c.id.in_(last))
        with self._begin() as connection:
            found = [rows.to_submission(row, ()) for row in connection.execute(query)]
        return {(submission.area, submission.period): submission for submission in found}

    def deliveries(self, digests: Iterable[str]) -> set[tuple[str, str, datetime]]:
        """The hash, name and time of receipt of everything received of these files."""
        wanted = list(digests)
        found: set[tuple[str, str, datetime]] = set()
        columns = t.submission.c.sha256, t.submission.c.filename, t.submission.c.received_at
        with self._begin() as connection:
            for start in range(0, len(wanted), 500):
                chosen = t.submission.c.sha256.in_(wanted[start : start + 500])
                found |= {
                    tuple(row) for row in connection.execute(sa.select(*columns).where(chosen))
                }
        return found

    def submissions(self, period: str | None = None) -> tuple[Submission, ...]:
        """Every submission in the order received, of a period or of all, with findings."""
        chosen = sa.select(t.submission).order_by(t.submission.c.id)
        said = sa.select(t.finding).order_by(t.finding.c.submission_id, t.finding.c.position)
        if period is not None:
            chosen = chosen.where(t.submission.c.period == period)
            said = said.join(t.submission).where(t.submission.c.period == period)
        findings: dict[int, list[Finding]] = defaultdict(list)
        with self._begin() as connection:
            for row in connection.execute(said):
                findings[row.submission_id].append(rows.to_finding(row))
            return tuple(
                rows.to_submission(row, tuple(findings[row.id]))
                for row in connection.execute(chosen)
            )

    def observations(self, period: str) -> tuple[Observation, ...]:
        """The figures of a period from the submissions that stand."""
        query = self._standing(t.observation, period).order_by(
            t.observation.c.submission_id, t.observation.c.indicator
        )
        with self._begin() as connection:
            return tuple(rows.to_observation(row) for row in connection.execute(query))

    def achievements(self, period: str) -> tuple[Achievement, ...]:
        """The achievements of a period from the submissions that stand, as submitted."""
        query = self._standing(t.achievement, period).order_by(
            t.achievement.c.submission_id, t.achievement.c.position
        )
        with self._begin() as connection:
            return tuple(
                Achievement(
                    priority=row.priority,
                    area=row.submission_area,
                    period=period,
                    text=row.text,
                    sheet=row.sheet,
                    cell=row.cell,
                    submission=row.sha256,
                    filename=row.filename,
                    received_at=row.received_at,
                )
                for row in connection.execute(query)
            )

    def figures(self, periods: Iterable[str]) -> dict[tuple[str, str, str], Decimal]:
        """The figures of some periods that stand: (period, indicator, area) to the figure."""
        return {
            (period, o.indicator, o.area): o.value
            for period in set(periods)
            for o in self.observations(period)
            if o.value is not None
        }

    def periods(self) -> tuple[str, ...]:
        """The periods for which anything was accepted."""
        accepted = t.submission.c.outcome == Outcome.ACCEPTED
        query = sa.select(t.submission.c.period).where(accepted).distinct()
        with self._begin() as connection:
            return tuple(connection.scalars(query))

    def last_issue(self, period: str) -> Issue | None:
        """When the period's appendix was last issued, and from what."""
        query = (
            sa.select(t.issue)
            .where(t.issue.c.period == period)
            .order_by(t.issue.c.id.desc())
            .limit(1)
        )
        with self._begin() as connection:
            row = connection.execute(query).first()
        return Issue(row.content, row.issued_at) if row else None

    def _standing(self, table: sa.Table, period: str) -> sa.Select[Any]:
        """Rows of the last accepted submission of each area for a period, with provenance."""
        last = (
            sa.select(sa.func.max(t.submission.c.id))
            .where(t.submission.c.period == period)
            .where(t.submission.c.outcome == Outcome.ACCEPTED)
            .group_by(t.submission.c.area)
        )
        return (
            sa.select(
                table,
                t.submission.c.area.label("submission_area"),
                t.submission.c.sha256,
                t.submission.c.filename,
                t.submission.c.received_at,
            )
            .join(t.submission, table.c.submission_id == t.submission.c.id)
            .where(t.submission.c.id.in_(last))
        )


def _set_up_sqlite(connection: Any, _: object) -> None:
    """What SQLite needs to lose nothing when the plug is pulled."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def _reported(shown: str) -> Iterator[None]:
    """A database's own complaint as a StoreError of one line."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise StoreError(
            f"The store {shown} needs the Python package {error.name}. "
            "Install it, or check store.url in pipeline.toml."
        ) from error
    except (sa.exc.SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        reason = next(iter(str(cause).splitlines()), type(cause).__name__)
        raise StoreError(
            f"The store {shown} cannot be used: {reason}. "
            "Check store.url in pipeline.toml and the rights on the state folder."
        ) from error
