"""Asked beside: corrective action, a year's forecast and confidence may stand beside a figure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    for table in ("observation", "entered"):
        for name in ("action", "action_owner"):
            words = sa.Column(name, sa.Text, nullable=False, server_default="")
            op.add_column(table, words)
        op.add_column(table, sa.Column("action_by", sa.String(10)))
        op.add_column(table, sa.Column("forecast", sa.Text))
        op.add_column(table, sa.Column("confidence", sa.String(8)))
    op.execute("UPDATE about SET schema_version = 12")
