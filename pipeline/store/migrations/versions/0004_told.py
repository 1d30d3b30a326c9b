"""Told: up to which issue of an appendix people were told, and of what was put into quarantine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_TABLE = "quarantined"


def upgrade() -> None:
    op.add_column(
        "answered",
        sa.Column("last_issue", sa.Integer, sa.ForeignKey("issue.id")),
        inline_references=True,
    )
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
    )
    # What was issued before this was kept has been told.
    op.execute(
        "INSERT INTO answered (last_submission, answered_at, last_issue) "
        "SELECT (SELECT max(last_submission) FROM answered), "
        "(SELECT max(answered_at) FROM answered), max(id) FROM issue "
        "HAVING count(*) > 0 AND EXISTS (SELECT 1 FROM answered)"
    )
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
    op.execute("UPDATE about SET schema_version = 4")
