"""History: deliveries, signatures, ratings as issued, closings, approvals, what was forgotten.

From here on the database itself holds that nothing is changed or deleted.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from pipeline.store.keys import delivery_key

revision = "0002"
down_revision = "0001"

_MOMENT = sa.DateTime(timezone=True)
_KEPT = (
    *("submission", "signature", "finding", "observation", "achievement", "issue", "rating"),
    *("closing", "reopening", "approval", "forgotten"),
)
_FORGETTABLE = ("finding", "signature")


def upgrade() -> None:
    op.create_table(
        "closing",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("closed_at", _MOMENT, nullable=False),
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id")),
    )
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("closing_id", sa.Integer, sa.ForeignKey("closing.id"), nullable=False),
        sa.Column("reopened_at", _MOMENT, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
    )
    _widen_submission()
    for name, kind in (
        ("register_sha256", sa.String(64)),
        ("version", sa.String(32)),
        ("last_submission", sa.Integer),
        ("overall", sa.String(8)),
    ):
        op.add_column("issue", sa.Column(name, kind))
    op.create_table(
        "signature",
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submission.id"), primary_key=True),
        sa.Column("completed_by", sa.Text, nullable=False),
        sa.Column("signed_off_by", sa.Text, nullable=False),
    )
    op.create_table(
        "rating",
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id"), primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("performance", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("rating", sa.String(20), nullable=False),
    )
    op.create_table(
        "approval",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "submission_id", sa.Integer, sa.ForeignKey("submission.id"), nullable=False, index=True
        ),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("cell", sa.String(12), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("approved_at", _MOMENT, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
    )
    op.create_table(
        "forgotten",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "submission_id",
            sa.Integer,
            sa.ForeignKey("submission.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("forgotten_at", _MOMENT, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        _keep_postgresql()
    else:
        _keep_sqlite()
    op.execute("UPDATE about SET schema_version = 2")


def _widen_submission() -> None:
    """The new columns of submissions; each old one gets the key of its delivery."""
    for name, kind in (("delivery", sa.String(64)), ("version", sa.String(32))):
        # SQLite adds no column that must be filled in, unless it says with what.
        column = sa.Column(name, kind, nullable=False, server_default="")
        op.add_column("submission", column)
    op.add_column("submission", sa.Column("folder_area", sa.Text))
    op.add_column(
        "submission",
        sa.Column("reopening_id", sa.Integer, sa.ForeignKey("reopening.id")),
        inline_references=True,
    )
    connection = op.get_bind()
    known: set[str] = set()
    chosen = sa.text("SELECT id, sha256, filename, received_at FROM submission ORDER BY id")
    for row in connection.execute(chosen.columns(received_at=_MOMENT)).all():
        received: datetime = row.received_at
        at = received if received.tzinfo else received.replace(tzinfo=UTC)
        key = delivery_key(row.sha256, None, row.filename, at)
        # Two of one hash, name and time could be recorded then; each keeps a key of its own.
        while key in known:
            key = delivery_key(key, None, row.filename, at)
        known.add(key)
        connection.execute(
            sa.text("UPDATE submission SET delivery = :key WHERE id = :id"),
            {"key": key, "id": row.id},
        )
    op.create_index("submission_delivery", "submission", ["delivery"], unique=True)


def _keep_sqlite() -> None:
    for table in _KEPT:
        unless = (
            "WHEN NOT EXISTS (SELECT 1 FROM forgotten WHERE submission_id = OLD.submission_id) "
            if table in _FORGETTABLE
            else ""
        )
        for action, when in (("UPDATE", ""), ("DELETE", unless)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, 'the store keeps every {table}'); END"
            )


def _keep_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the store keeps every %', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION keep_unless_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM forgotten WHERE submission_id = OLD.submission_id) "
        "THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'the store keeps every %', TG_TABLE_NAME; END $$"
    )
    for table in _KEPT:
        deleting = "keep_unless_forgotten" if table in _FORGETTABLE else "keep"
        for action, function in (("UPDATE", "keep"), ("DELETE", deleting)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep()"
        )
