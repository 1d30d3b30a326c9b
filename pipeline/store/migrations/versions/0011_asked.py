"""Asked: what the register asked for by each ref when an appendix was issued."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    # Issues of before know their indicators by the refs alone.
    op.add_column("issue", sa.Column("asked", sa.Text))
    op.execute("UPDATE about SET schema_version = 11")
