"""Entered: single figures that a person put in on a service area's behalf."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TABLE = "entered"


def upgrade() -> None:
    words = ("indicator", "area", "period", "narrative", "commentary", "sheet", "by", "because")
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in words),
        sa.Column("status", sa.String(16), nullable=False),
        *(sa.Column(name, sa.Text) for name in ("value", "numerator", "denominator")),
        sa.Column("state", sa.String(16)),
        sa.Column("suppressed", sa.Boolean, nullable=False),
        sa.Column("no_cases", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("cell", sa.String(12), nullable=False),
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submission.id")),
        sa.Column("last_submission", sa.Integer, nullable=False),
        sa.Column("last_issue", sa.Integer, nullable=False),
        sa.Column("reopening_id", sa.Integer, sa.ForeignKey("reopening.id")),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_entered_period", _TABLE, ["period"])
    # Up to which of them messages were put into the queue.
    op.add_column("answered", sa.Column("last_entered", sa.Integer))
    if op.get_bind().dialect.name == "postgresql":
        for action, how in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {_TABLE}_no_{action.lower()} BEFORE {action} ON {_TABLE} "
                f"FOR EACH {how} EXECUTE FUNCTION keep()"
            )
    else:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {_TABLE}_no_{action.lower()} BEFORE {action} ON {_TABLE} "
                f"BEGIN SELECT RAISE(ABORT, 'the store keeps every {_TABLE}'); END"
            )
    op.execute("UPDATE about SET schema_version = 10")
