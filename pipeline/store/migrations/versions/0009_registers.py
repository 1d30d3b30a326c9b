"""Registers: by which a period was closed, and which was that of the day when another was used."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # What was noted before does not say.
    op.add_column("submission", sa.Column("current_sha256", sa.String(64)))
    op.add_column("issue", sa.Column("current_sha256", sa.String(64)))
    op.add_column("closing", sa.Column("register_sha256", sa.String(64)))
    op.execute("UPDATE about SET schema_version = 9")
