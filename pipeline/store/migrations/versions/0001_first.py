"""The tables of the first stores, which were made without Alembic.

Written out, not taken from `tables`: a step says what a store of its time looked like.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table("about", sa.Column("schema_version", sa.Integer, primary_key=True))
    op.create_table(
        "submission",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("received_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("area", sa.Text),
        sa.Column("period", sa.Text),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("register_sha256", sa.String(64), nullable=False),
        sa.Index("submission_period_area", "period", "area"),
    )
    op.create_table(
        "finding",
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submission.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("severity", sa.String(8), nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("cell", sa.String(12), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("problem", sa.Text, nullable=False),
        sa.Column("fix", sa.Text, nullable=False),
    )
    op.create_table(
        "observation",
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submission.id"), primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("numerator", sa.Text),
        sa.Column("denominator", sa.Text),
        sa.Column("state", sa.String(16)),
        sa.Column("narrative", sa.Text, nullable=False),
        sa.Column("suppressed", sa.Boolean, nullable=False),
        sa.Column("commentary", sa.Text, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("cell", sa.String(12), nullable=False),
    )
    op.create_table(
        "achievement",
        sa.Column("submission_id", sa.Integer, sa.ForeignKey("submission.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("cell", sa.String(12), nullable=False),
    )
    op.create_table(
        "issue",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("issued_at", _MOMENT, nullable=False),
    )
    op.execute("INSERT INTO about (schema_version) VALUES (1)")
