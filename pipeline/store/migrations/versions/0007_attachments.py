"""Attachments: what is attached to a message is kept once, outside of the store, by its SHA-256."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Messages of before hold what is attached to them.
    column = sa.Column("attachments", sa.Text, nullable=False, server_default="")
    op.add_column("message_content", column)
    op.execute("UPDATE about SET schema_version = 7")
