"""Stores as schema 1 had them, before there were migrations, and as later ones had them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pipeline.store.migrate import MIGRATIONS

PERIOD = "2012-13"
RECEIVED = datetime(2013, 4, 28, 9, 30, 0, 123456, tzinfo=UTC)

_metadata = sa.MetaData()
_MOMENT = sa.DateTime(timezone=True)


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, primary_key=True)


def _text(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, **{"nullable": False, **options})


def _short(name: str, length: int, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), **{"nullable": False, **options})


def _of_submission() -> sa.Column[Any]:
    return sa.Column("submission_id", sa.ForeignKey("submission.id"), primary_key=True)


_about = sa.Table("about", _metadata, _number("schema_version"))
_submission = sa.Table(
    "submission",
    _metadata,
    _number("id"),
    _short("sha256", 64, index=True),
    _text("filename"),
    sa.Column("received_at", _MOMENT, nullable=False),
    _short("outcome", 12),
    _text("area", nullable=True),
    _text("period", nullable=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    _short("register_sha256", 64),
    sa.Index("submission_period_area", "period", "area"),
)
_finding = sa.Table(
    "finding",
    _metadata,
    _of_submission(),
    _number("position"),
    _short("code", 8),
    _short("severity", 8),
    _text("sheet"),
    _short("cell", 12),
    *(_text(name) for name in ("value", "problem", "fix")),
)
_observation = sa.Table(
    "observation",
    _metadata,
    _of_submission(),
    _text("indicator", primary_key=True),
    _text("area"),
    _text("period", index=True),
    _short("status", 16),
    *(_text(name, nullable=True) for name in ("value", "numerator", "denominator")),
    _short("state", 16, nullable=True),
    _text("narrative"),
    sa.Column("suppressed", sa.Boolean, nullable=False),
    _text("commentary"),
    _text("sheet"),
    _short("cell", 12),
)
_achievement = sa.Table(
    "achievement",
    _metadata,
    _of_submission(),
    _number("position"),
    _text("priority"),
    _text("text"),
    _text("sheet"),
    _short("cell", 12),
)
_issue = sa.Table(
    "issue",
    _metadata,
    _number("id"),
    _text("period", index=True),
    _short("content", 64),
    sa.Column("issued_at", _MOMENT, nullable=False),
)


def make_empty(engine: sa.Engine) -> None:
    """The tables alone, as that program made them when it was first run."""
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        _metadata.create_all(connection)
        connection.execute(_about.insert(), {"schema_version": 1})


def fill(engine: sa.Engine) -> None:
    """Returns accepted, replaced, sent back, sent twice within a moment, and of no known area."""
    with engine.begin() as connection:
        for table, rows in _CONTENT:
            connection.execute(table.insert(), rows)


def add_submission(engine: sa.Engine, **values: Any) -> None:
    """One more accepted return of Community safety, with what is given in place of the usual."""
    with engine.begin() as connection:
        connection.execute(_submission.insert(), _sent(**values))


def _sent(**values: Any) -> dict[str, Any]:
    usual = {
        "sha256": "a" * 64,
        "filename": "return.xlsx",
        "received_at": RECEIVED,
        "outcome": "accepted",
        "area": "CS",
        "period": PERIOD,
        "size": 12_345,
        "register_sha256": "f" * 64,
    }
    return usual | values


def _figure(**values: Any) -> dict[str, Any]:
    usual = {
        "submission_id": 1,
        "indicator": "P1-1",
        "area": "CS",
        "period": PERIOD,
        "status": "Final",
        "value": None,
        "numerator": None,
        "denominator": None,
        "state": None,
        "narrative": "",
        "suppressed": False,
        "commentary": "",
        "sheet": "Indicators",
        "cell": "H5",
    }
    return usual | values


_CONTENT: list[tuple[sa.Table, list[dict[str, Any]]]] = [
    (
        _submission,
        [
            _sent(),
            _sent(sha256="b" * 64, filename="letter ‘neu’ – 日本.docx", outcome="rejected",
                  area=None, period=None, size=5 * 1024**3),
            # Two copies of one file, found in two folders in one moment.
            _sent(outcome="duplicate"),
            _sent(outcome="duplicate"),
            _sent(sha256="c" * 64, outcome="rejected", received_at=RECEIVED + timedelta(days=1)),
            _sent(sha256="d" * 64, received_at=RECEIVED + timedelta(days=2)),
        ],
    ),
    (
        _finding,
        [
            {"submission_id": 5, "position": 1, "code": "V01", "severity": "error",
             "sheet": "Indicators", "cell": "XFD1048576", "value": "0.62",
             "problem": "0.62 could mean 62% or 0.62%.", "fix": "Type 62% or 0.62%."},
            {"submission_id": 5, "position": 0, "code": "C16", "severity": "info", "sheet": "",
             "cell": "", "value": "", "problem": "It came late.", "fix": "Nothing to do."},
        ],
    ),
    (
        _observation,
        [
            _figure(value="4605"),
            _figure(submission_id=6, value="31.50", numerator="63", denominator="200",
                    status="Provisional", commentary="=1+1\nA second line"),
            _figure(submission_id=6, indicator="P1-2", value="-0.000000000000001"),
            _figure(submission_id=6, indicator="P1-3", narrative="Safer"),
            _figure(submission_id=6, indicator="P1-4", suppressed=True),
            _figure(submission_id=6, indicator="P2-1", state="On track"),
        ],
    ),
    (
        _achievement,
        [{"submission_id": 6, "position": 0, "priority": "P1", "text": "£120,000 invested",
          "sheet": "Achievements", "cell": "B5"}],
    ),
    (
        _issue,
        [{"period": PERIOD, "content": "e" * 64, "issued_at": RECEIVED + timedelta(days=3)}],
    ),
]  # fmt: skip


def make_schema(number: int, engine: sa.Engine, *, with_content: bool = True) -> None:
    """A store as that schema had it, by the steps that make it of schema 1."""
    make_empty(engine)
    if with_content:
        fill(engine)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.stamp(config, "0001")
        command.upgrade(config, f"{number:04}")
