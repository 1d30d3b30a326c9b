"""Outstanding: which messages are not done with is noted, and those of a kind are found at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_TABLE = "outstanding"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("last_message", sa.Integer, nullable=False),
        sa.Column("last_attempt", sa.Integer, nullable=False),
        sa.Column("messages", sa.Text, nullable=False),
    )
    op.create_index("message_kind_queued_at", "message", ["kind", "queued_at"])
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
    op.execute("UPDATE about SET schema_version = 13")
