"""The tables of the store: one SQLAlchemy Core schema for SQLite and PostgreSQL.

Nothing here is ever updated or deleted, which triggers of the database hold: a later submission
supersedes an earlier one by being later. Only what a retention rule says may go, and only once
`forgotten` says that it went. Figures are kept as decimal text, so that they come back digit for
digit. What changes here needs a step in `migrations`, which is what makes the tables.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from schemas.observations import FIELDS, ObservationField

SCHEMA_VERSION = 13

#: No UTF-8 has half a surrogate pair; PostgreSQL takes no NUL.
_UNTAKEN = re.compile("[\0\ud800-\udfff]")


class Words(sa.TypeDecorator[str]):
    """Text from outside. What no database takes, of a file's name or a cell, becomes `�`."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return _UNTAKEN.sub("\N{REPLACEMENT CHARACTER}", value)


class DecimalText(sa.TypeDecorator[Decimal]):
    """A decimal, exactly."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else f"{value:f}"

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Day(sa.TypeDecorator[date]):
    """A day, as text: `2013-06-30`."""

    impl = sa.String(10)
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> date | None:
        return None if value is None else date.fromisoformat(value)


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is put back; PostgreSQL gives its own."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = sa.MetaData()


def _numbered(name: str, *columns: sa.Column[Any] | sa.Index) -> sa.Table:
    """A table whose rows have numbers, in the order in which they were added."""
    return sa.Table(name, metadata, sa.Column("id", sa.Integer, primary_key=True), *columns)


def _words(*names: str) -> list[sa.Column[Any]]:
    """Columns of text from outside, of which there always is some, if empty."""
    return [sa.Column(name, Words, nullable=False) for name in names]


def _of(owner: str, name: str, *columns: sa.Column[Any]) -> sa.Table:
    """A table whose rows belong to one of another table each, which is in their key."""
    key: sa.Column[int] = sa.Column(f"{owner}_id", sa.ForeignKey(f"{owner}.id"), primary_key=True)
    return sa.Table(name, metadata, key, *columns)


_TYPES: dict[type, type[TypeEngine[Any]]] = {
    Decimal: DecimalText,
    bool: sa.Boolean,
    date: Day,
}
#: What a row of before a field came says of it.
_BEFORE: dict[type, sa.TextClause | sa.False_] = {bool: sa.false(), str: sa.text("''")}


def _column(field: ObservationField, *, is_entered: bool = False) -> sa.Column[Any]:
    """A field of an observation as a column; of one that was entered each has its own number."""
    described = field.described
    words: TypeEngine[str] = sa.String(described.length) if described.length else Words()
    return sa.Column(
        field.name,
        _TYPES.get(field.type, words),
        primary_key=described.is_key and not is_entered,
        nullable=field.is_optional,
        server_default=_BEFORE[field.type] if described.is_later else None,
        index=described.is_indexed or None,
    )


about = sa.Table("about", metadata, sa.Column("schema_version", sa.Integer, primary_key=True))

submission = _numbered(
    "submission",
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("filename", Words, nullable=False),
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("area", Words),
    sa.Column("period", Words),
    sa.Column("size", sa.BigInteger, nullable=False),
    #: The register by which it was checked.
    sa.Column("register_sha256", sa.String(64), nullable=False),
    #: One delivery of one file, as `delivery_key` makes it: no two submissions have the same.
    sa.Column("delivery", sa.String(64), nullable=False, server_default=""),
    #: The area in whose inbox folder it lay.
    sa.Column("folder_area", Words),
    #: The version of the program that checked it.
    sa.Column("version", sa.String(32), nullable=False, server_default=""),
    #: The register of that day, which may be another; none in old ones.
    sa.Column("current_sha256", sa.String(64)),
    #: What had opened its closed period again: then it is, where it was accepted, a restatement.
    sa.Column("reopening_id", sa.ForeignKey("reopening.id")),
    sa.Index("submission_period_area", "period", "area"),
    sa.Index("submission_delivery", "delivery", unique=True),
)

#: Who completed a return and who signed it off, as its cover says; apart, so that it can go alone.
signature = _of("submission", "signature", *_words("completed_by", "signed_off_by"))

finding = _of(
    "submission",
    "finding",
    #: Its place in reading order.
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(8), nullable=False),
    sa.Column("severity", sa.String(8), nullable=False),
    sa.Column("cell", sa.String(12), nullable=False),
    *_words("sheet", "value", "problem", "fix"),
)

_stored = [_column(each) for each in FIELDS.values() if each.described.stored]
observation = _of("submission", "observation", *_stored)

achievement = _of(
    "submission",
    "achievement",
    sa.Column("position", sa.Integer, primary_key=True),
    *_words("priority", "text", "sheet"),
    sa.Column("cell", sa.String(12), nullable=False),
)

#: Each draft and issue of an appendix: what it was made from. Nothing new means nothing made.
issue = _numbered(
    "issue",
    sa.Column("period", Words, nullable=False, index=True),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("issued_at", Moment, nullable=False),
    #: The register by which it was rated, and the version of the program; none in old issues.
    sa.Column("register_sha256", sa.String(64)),
    sa.Column("version", sa.String(32)),
    #: The register of that day, which may be another; none in old issues.
    sa.Column("current_sha256", sa.String(64)),
    #: The last submission that the store held; none in old issues.
    sa.Column("last_submission", sa.Integer),
    sa.Column("overall", sa.String(8)),
    #: Whether `suppressed` says what it did not print; none in old issues.
    sa.Column("suppresses", sa.Boolean),
    #: Whether it is a draft; none in old issues.
    sa.Column("is_draft", sa.Boolean),
    #: Of an issue its number among those of its period; and what it says; none in old issues.
    sa.Column("number", sa.Integer),
    sa.Column("said", sa.String(64)),
    #: What the register asked for by each ref, in JSON; none in old issues.
    sa.Column("asked", sa.Text),
)

#: What an issue said of each indicator, as printed.
rating = _of(
    "issue",
    "rating",
    sa.Column("indicator", Words, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    *_words("performance", "target"),
    #: A colour, or why there is none.
    sa.Column("rating", sa.String(20), nullable=False),
    #: How its areas' figures were merged; none in old issues.
    sa.Column("merge_rule", sa.String(16)),
)

#: What an issue did not print, of its period and of those that it compares with: an area's figure,
#: or that of all areas where none is named.
suppressed = _numbered(
    "suppressed",
    sa.Column("issue_id", sa.ForeignKey("issue.id"), nullable=False, index=True),
    sa.Column("period", Words, nullable=False, index=True),
    *_words("indicator", "area"),
)

#: A period was closed; what it was closed with is the issue.
closing = _numbered(
    "closing",
    sa.Column("period", Words, nullable=False, index=True),
    sa.Column("closed_at", Moment, nullable=False),
    sa.Column("issue_id", sa.ForeignKey("issue.id")),
    #: The register that it was held to then; none in old ones.
    sa.Column("register_sha256", sa.String(64)),
)

#: A closed period was opened again, by the register or by a person for one run.
reopening = _numbered(
    "reopening",
    sa.Column("period", Words, nullable=False, index=True),
    sa.Column("closing_id", sa.ForeignKey("closing.id"), nullable=False),
    sa.Column("reopened_at", Moment, nullable=False),
    *_words("by", "because"),
)

#: A warning was looked at and found right. The finding may be forgotten; this stays.
approval = _numbered(
    "approval",
    sa.Column("submission_id", sa.ForeignKey("submission.id"), nullable=False, index=True),
    sa.Column("code", sa.String(8), nullable=False),
    sa.Column("cell", sa.String(12), nullable=False),
    sa.Column("approved_at", Moment, nullable=False),
    *_words("sheet", "by", "because"),
)

#: A figure that a person put in on a service area's behalf.
entered = _numbered(
    "entered",
    *(_column(each, is_entered=True) for each in FIELDS.values() if each.described.stored),
    #: The return that stood then, whose figure it takes the place of; None where none did.
    sa.Column("submission_id", sa.ForeignKey("submission.id")),
    #: The last submission and the last issue that the store held; 0 for none.
    sa.Column("last_submission", sa.Integer, nullable=False),
    sa.Column("last_issue", sa.Integer, nullable=False),
    #: What had opened its closed period again.
    sa.Column("reopening_id", sa.ForeignKey("reopening.id")),
    sa.Column("entered_at", Moment, nullable=False),
    *_words("by", "because"),
)

#: What someone asked to be decided, on the register or by a command, and what became of it.
request = _numbered(
    "request",
    #: As it was asked; which of them are filled in depends on what is asked.
    *_words("what", "period", "area", "finding", "indicator", "code", "by", "because"),
    #: The day that it bears.
    sa.Column("on", sa.String(10), nullable=False),
    #: How it came: the register, or the login of whoever gave the command.
    *_words("came"),
    #: Of a line of the register, by which it is known again; empty for a command.
    sa.Column("line", sa.String(64), nullable=False, index=True),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("is_done", sa.Boolean, nullable=False),
    #: What came of it, in a sentence.
    *_words("answer"),
    #: The issue that was made or recalled by it.
    sa.Column("issue_id", sa.ForeignKey("issue.id")),
)

#: A submission of which the file, the findings and the signatures have gone, by a retention rule.
forgotten = _numbered(
    "forgotten",
    sa.Column("submission_id", sa.ForeignKey("submission.id"), nullable=False, unique=True),
    sa.Column("forgotten_at", Moment, nullable=False),
    *_words("by", "rule"),
)

#: A message to one recipient, put into the queue once. What became of it stands in `attempt`.
message = _numbered(
    "message",
    #: Its Message-ID, with angle brackets.
    sa.Column("header_id", sa.String(255), nullable=False, unique=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("period", Words, nullable=False, index=True),
    #: The service area that it is about, empty where it is about no single one; the name of its
    #: `.eml` file; where in the outbox its attachment lies.
    *_words("area", "recipient", "subject", "filename", "attached"),
    #: Of all of it, in bytes.
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("queued_at", Moment, nullable=False),
    sa.Index("message_kind_queued_at", "kind", "queued_at"),
)

#: What a message says, as composed; apart, so that it can go alone.
message_content = _of(
    "message",
    "message_content",
    sa.Column("content", sa.LargeBinary, nullable=False),
    #: The files of it that are kept apart, and where they stand, in JSON; empty for none.
    sa.Column("attachments", sa.Text, nullable=False, server_default=""),
)

#: What became of a message, step by step; without a message, of a connection to the mail server.
attempt = _numbered(
    "attempt",
    sa.Column("message_id", sa.ForeignKey("message.id"), index=True),
    sa.Column("tried_at", Moment, nullable=False),
    sa.Column("outcome", sa.String(12), nullable=False),
    #: The number of the server's answer.
    sa.Column("code", sa.Integer),
    #: The server's answer, or what happened in its place.
    sa.Column("answer", Words, nullable=False),
    #: When to try again.
    sa.Column("next_at", Moment),
)

#: Which messages up to one, and up to an attempt, were not done with, so that no other need be
#: looked at. It is worked out from these.
outstanding = _numbered(
    "outstanding",
    sa.Column("last_message", sa.Integer, nullable=False),
    sa.Column("last_attempt", sa.Integer, nullable=False),
    #: Their numbers, in JSON.
    sa.Column("messages", sa.Text, nullable=False),
)

#: Up to which submission, issue of an appendix and entered figure messages were put into the queue.
answered = _numbered(
    "answered",
    sa.Column("last_submission", sa.Integer, nullable=False),
    sa.Column("answered_at", Moment, nullable=False),
    #: None before the first issue.
    sa.Column("last_issue", sa.ForeignKey("issue.id")),
    #: None before the first.
    sa.Column("last_entered", sa.Integer),
)

#: What was moved to quarantine, and that people were told of it.
quarantined = _numbered(
    "quarantined",
    #: Its name in quarantine.
    sa.Column("name", Words, nullable=False, unique=True),
    #: Its name in the inbox, as it can be shown.
    *_words("filename", "why"),
    sa.Column("told_at", Moment, nullable=False),
)

#: What may be deleted once its submission is among `forgotten`; of nothing else, nothing ever.
FORGETTABLE = (finding, signature)
