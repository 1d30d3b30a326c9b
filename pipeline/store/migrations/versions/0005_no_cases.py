"""No cases: a figure may be of nobody, as in 0 of 0. Until now such a figure was sent back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    column = sa.Column("no_cases", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("observation", column)
    op.execute("UPDATE about SET schema_version = 5")
