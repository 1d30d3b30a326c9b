"""Drafts: what nights prepared, the numbers of issues, and what people asked to be decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # None of them is known of issues of before; these are no drafts.
    op.add_column("issue", sa.Column("is_draft", sa.Boolean))
    op.add_column("issue", sa.Column("number", sa.Integer))
    op.add_column("issue", sa.Column("said", sa.String(64)))
    asked = ("period", "area", "finding", "indicator", "code", "by", "because")
    op.create_table(
        "request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("what", sa.Text, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in asked),
        sa.Column("on", sa.String(10), nullable=False),
        sa.Column("came", sa.Text, nullable=False),
        sa.Column("line", sa.String(64), nullable=False, index=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_done", sa.Boolean, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for action, how in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER request_no_{action.lower()} BEFORE {action} ON request "
                f"FOR EACH {how} EXECUTE FUNCTION keep()"
            )
    else:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER request_no_{action.lower()} BEFORE {action} ON request "
                "BEGIN SELECT RAISE(ABORT, 'the store keeps every request'); END"
            )
    op.execute("UPDATE about SET schema_version = 8")
