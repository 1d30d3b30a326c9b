"""Drafts: what nights prepared, the numbers of issues, and what people asked to be decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = ("draft", "drafted", "request")


def upgrade() -> None:
    op.add_column("issue", sa.Column("number", sa.Integer))
    op.add_column("issue", sa.Column("said", sa.String(64)))
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("period", sa.Text, nullable=False, index=True),
        *(sa.Column(name, sa.String(64), nullable=False) for name in ("content", "said")),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("register_sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("last_submission", sa.Integer, nullable=False),
        sa.Column("overall", sa.String(8), nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("answered", "due")),
    )
    op.create_table(
        "drafted",
        sa.Column("draft_id", sa.Integer, sa.ForeignKey("draft.id"), primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("performance", "target")),
        sa.Column("rating", sa.String(20), nullable=False),
        sa.Column("merge_rule", sa.String(16)),
    )
    asked = ("period", "area", "finding", "indicator", "code", "by", "because")
    op.create_table(
        "request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("what", sa.String(12), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in asked),
        sa.Column("on", sa.String(10), nullable=False),
        sa.Column("came", sa.Text, nullable=False),
        sa.Column("line", sa.String(64), index=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("draft_id", sa.Integer, sa.ForeignKey("draft.id")),
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id")),
    )
    for table in _TABLES:
        _keep(table)
    op.execute("UPDATE about SET schema_version = 8")


def _keep(table: str) -> None:
    """Nothing in it is ever changed or deleted."""
    if op.get_bind().dialect.name == "postgresql":
        for action, how in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"FOR EACH {how} EXECUTE FUNCTION keep()"
            )
    else:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'the store keeps every {table}'); END"
            )
