"""Post: messages that wait to be sent, what they say, and what became of each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_MOMENT = sa.DateTime(timezone=True)
_KEPT = ("message", "attempt", "message_content", "answered")
#: What a message says may go once it is noted that it went.
_FORGETTABLE = "message_content"
_GONE = "EXISTS (SELECT 1 FROM attempt WHERE message_id = OLD.message_id AND outcome = 'forgotten')"


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("header_id", sa.String(255), nullable=False, unique=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("period", sa.Text, nullable=False, index=True),
        sa.Column("area", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("attached", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("queued_at", _MOMENT, nullable=False),
    )
    op.create_table(
        "message_content",
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("message_id", sa.Integer, sa.ForeignKey("message.id"), index=True),
        sa.Column("tried_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(12), nullable=False),
        sa.Column("code", sa.Integer),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("next_at", _MOMENT),
    )
    op.create_table(
        "answered",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("last_submission", sa.Integer, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=False),
    )
    # What came before there were receipts gets none now.
    op.execute(
        "INSERT INTO answered (last_submission, answered_at) "
        "SELECT max(id), max(received_at) FROM submission HAVING count(*) > 0"
    )
    if op.get_bind().dialect.name == "postgresql":
        _keep_postgresql()
    else:
        _keep_sqlite()
    op.execute("UPDATE about SET schema_version = 3")


def _keep_sqlite() -> None:
    for table in _KEPT:
        unless = f"WHEN NOT {_GONE} " if table == _FORGETTABLE else ""
        for action, when in (("UPDATE", ""), ("DELETE", unless)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, 'the store keeps every {table}'); END"
            )


def _keep_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION keep_unless_message_forgotten() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_GONE} THEN RETURN OLD; END IF; "
        "RAISE EXCEPTION 'the store keeps every %', TG_TABLE_NAME; END $$"
    )
    for table in _KEPT:
        deleting = "keep_unless_message_forgotten" if table == _FORGETTABLE else "keep"
        for action, function in (("UPDATE", "keep"), ("DELETE", deleting)):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION keep()"
        )
