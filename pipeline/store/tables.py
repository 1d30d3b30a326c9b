"""The tables of the store: one SQLAlchemy Core schema for SQLite and PostgreSQL.

Nothing here is ever updated or deleted, which triggers of the database hold: a later submission
supersedes an earlier one by being later. Only what a retention rule says may go, and only once
`forgotten` says that it went. Figures are kept as decimal text, so that they come back digit for
digit. What changes here needs a step in `migrations`, which is what makes the tables.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from schemas.observations import FIELDS, ObservationField

SCHEMA_VERSION = 4

#: No UTF-8 has half a surrogate pair; PostgreSQL takes no NUL.
_UNTAKEN = re.compile("[\0\ud800-\udfff]")


class Words(TypeDecorator[str]):
    """Text from outside. What no database takes, of a file's name or a cell, becomes `�`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else _UNTAKEN.sub("\N{REPLACEMENT CHARACTER}", value)


class DecimalText(TypeDecorator[Decimal]):
    """A decimal, exactly."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is put back; PostgreSQL gives its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is None:
            return value and value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


metadata = MetaData()


def _numbered(name: str, *columns: Column[Any] | Index) -> Table:
    """A table whose rows have numbers, in the order in which they were added."""
    return Table(name, metadata, Column("id", Integer, primary_key=True), *columns)


def _of_submission() -> Column[Any]:
    """The submission that a row belongs to, in its key."""
    return Column("submission_id", ForeignKey("submission.id"), primary_key=True)


_TYPES: dict[type, type[TypeEngine[Any]]] = {Decimal: DecimalText, bool: Boolean}


def _column(field: ObservationField) -> Column[Any]:
    """A field of an observation as a column."""
    described = field.described
    words: TypeEngine[str] = String(described.length) if described.length else Words()
    return Column(
        field.name,
        _TYPES.get(field.type, words),
        primary_key=described.is_key,
        nullable=field.is_optional,
        index=described.is_indexed or None,
    )


about = Table(
    "about",
    metadata,
    Column("schema_version", Integer, primary_key=True),
)

submission = _numbered(
    "submission",
    Column("sha256", String(64), nullable=False, index=True),
    Column("filename", Words, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("outcome", String(12), nullable=False),
    Column("area", Words),
    Column("period", Words),
    Column("size", BigInteger, nullable=False),
    #: The register by which it was checked.
    Column("register_sha256", String(64), nullable=False),
    #: One delivery of one file, as `delivery_key` makes it: no two submissions have the same.
    Column("delivery", String(64), nullable=False, server_default=""),
    #: The area in whose inbox folder it lay.
    Column("folder_area", Words),
    #: The version of the program that checked it.
    Column("version", String(32), nullable=False, server_default=""),
    #: What had opened its closed period again: then it is, where it was accepted, a restatement.
    Column("reopening_id", ForeignKey("reopening.id")),
    Index("submission_period_area", "period", "area"),
    Index("submission_delivery", "delivery", unique=True),
)

#: Who completed a return and who signed it off, as its cover says; apart, so that it can go alone.
signature = Table(
    "signature",
    metadata,
    _of_submission(),
    Column("completed_by", Words, nullable=False),
    Column("signed_off_by", Words, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    _of_submission(),
    #: Its place in reading order.
    Column("position", Integer, primary_key=True),
    Column("code", String(8), nullable=False),
    Column("severity", String(8), nullable=False),
    Column("sheet", Words, nullable=False),
    Column("cell", String(12), nullable=False),
    Column("value", Words, nullable=False),
    Column("problem", Words, nullable=False),
    Column("fix", Words, nullable=False),
)

observation = Table(
    "observation",
    metadata,
    _of_submission(),
    *(_column(each) for each in FIELDS.values() if each.described.stored),
)

achievement = Table(
    "achievement",
    metadata,
    _of_submission(),
    Column("position", Integer, primary_key=True),
    Column("priority", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("sheet", Words, nullable=False),
    Column("cell", String(12), nullable=False),
)

#: Each issue of an appendix: what it was made from, so that nothing new means nothing issued.
issue = _numbered(
    "issue",
    Column("period", Words, nullable=False, index=True),
    Column("content", String(64), nullable=False),
    Column("issued_at", Moment, nullable=False),
    #: The register by which it was rated, and the version of the program; none in old issues.
    Column("register_sha256", String(64)),
    Column("version", String(32)),
    #: The last submission that the store held; none in old issues.
    Column("last_submission", Integer),
    Column("overall", String(8)),
)

#: What an issue said of each indicator, as printed.
rating = Table(
    "rating",
    metadata,
    Column("issue_id", ForeignKey("issue.id"), primary_key=True),
    Column("indicator", Words, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("performance", Words, nullable=False),
    Column("target", Words, nullable=False),
    #: A colour, or why there is none.
    Column("rating", String(20), nullable=False),
)

#: A period was closed; what it was closed with is the issue.
closing = _numbered(
    "closing",
    Column("period", Words, nullable=False, index=True),
    Column("closed_at", Moment, nullable=False),
    Column("issue_id", ForeignKey("issue.id")),
)

#: A closed period was opened again, by the register or by a person for one run.
reopening = _numbered(
    "reopening",
    Column("period", Words, nullable=False, index=True),
    Column("closing_id", ForeignKey("closing.id"), nullable=False),
    Column("reopened_at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("because", Words, nullable=False),
)

#: A warning was looked at and found right. The finding may be forgotten; this stays.
approval = _numbered(
    "approval",
    Column("submission_id", ForeignKey("submission.id"), nullable=False, index=True),
    Column("code", String(8), nullable=False),
    Column("sheet", Words, nullable=False),
    Column("cell", String(12), nullable=False),
    Column("by", Words, nullable=False),
    Column("approved_at", Moment, nullable=False),
    Column("because", Words, nullable=False),
)

#: A submission of which the file, the findings and the signatures have gone, by a retention rule.
forgotten = _numbered(
    "forgotten",
    Column("submission_id", ForeignKey("submission.id"), nullable=False, unique=True),
    Column("forgotten_at", Moment, nullable=False),
    Column("by", Words, nullable=False),
    Column("rule", Words, nullable=False),
)

#: A message to one recipient, put into the queue once. What became of it stands in `attempt`.
message = _numbered(
    "message",
    #: Its Message-ID, with angle brackets.
    Column("header_id", String(255), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("period", Words, nullable=False, index=True),
    #: The service area that it is about; empty where it is about no single one.
    Column("area", Words, nullable=False),
    Column("recipient", Words, nullable=False),
    Column("subject", Words, nullable=False),
    #: The name of its `.eml` file.
    Column("filename", Words, nullable=False),
    #: Where in the outbox its attachment lies.
    Column("attached", Words, nullable=False),
    #: Of all of it, in bytes.
    Column("size", BigInteger, nullable=False),
    Column("queued_at", Moment, nullable=False),
)

#: What a message says, as composed; apart, so that it can go alone.
message_content = Table(
    "message_content",
    metadata,
    Column("message_id", ForeignKey("message.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: What became of a message, step by step; without a message, of a connection to the mail server.
attempt = _numbered(
    "attempt",
    Column("message_id", ForeignKey("message.id"), index=True),
    Column("tried_at", Moment, nullable=False),
    Column("outcome", String(12), nullable=False),
    #: The number of the server's answer.
    Column("code", Integer),
    #: The server's answer, or what happened in its place.
    Column("answer", Words, nullable=False),
    #: When to try again.
    Column("next_at", Moment),
)

#: Up to which submission, and up to which issue of an appendix, messages were put into the queue.
answered = _numbered(
    "answered",
    Column("last_submission", Integer, nullable=False),
    Column("answered_at", Moment, nullable=False),
    #: None before the first issue.
    Column("last_issue", ForeignKey("issue.id")),
)

#: What was moved to quarantine, and that people were told of it.
quarantined = _numbered(
    "quarantined",
    #: Its name in quarantine.
    Column("name", Words, nullable=False, unique=True),
    #: Its name in the inbox, as it can be shown.
    Column("filename", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("told_at", Moment, nullable=False),
)

#: What may be deleted once its submission is among `forgotten`; of nothing else, nothing ever.
FORGETTABLE = (finding, signature)
