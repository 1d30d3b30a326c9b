"""Suppressed: what an issue of an appendix did not print, and by which rules it merged figures.

Of what was issued before this, the rule of that time says what was suppressed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TABLE = "suppressed"


def upgrade() -> None:
    op.add_column("issue", sa.Column("suppresses", sa.Boolean))
    op.add_column("rating", sa.Column("merge_rule", sa.String(16)))
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("issue_id", sa.Integer, sa.ForeignKey("issue.id"), nullable=False, index=True),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("area", sa.Text, nullable=False),
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
    op.execute("UPDATE about SET schema_version = 6")
