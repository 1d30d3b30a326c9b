"""Deciding: what makes an issue of a draft, who may decide, and what people ask to be decided."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

#: What people may ask for, on the sheet Decisions of the register and by command.
APPROVE, ACCEPT, REOPEN, RECALL = "approve", "accept", "reopen", "recall"


class IssueRule(StrEnum):
    """What makes an issue of a draft."""

    CHANGE = "at every change"
    APPROVAL = "on approval"
    COMPLETE = "when complete"
    DATE = "on a date"


class Weekday(StrEnum):
    """The days of the week, in their order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> Weekday:
        return tuple(cls)[day.weekday()]


class Approver(Struct, frozen=True):
    """Who may decide: approve a draft, accept a warning, reopen, recall."""

    name: str
    #: The user name on the computers where commands are given; empty: decides by the register.
    login: str = ""


class Request(Struct, frozen=True):
    """A line of the sheet Decisions, as typed; what comes of it is decided by a run."""

    #: What is asked for, such as `approve`.
    what: str = ""
    period: str = ""
    area: str = ""
    #: The code of a warning, and the ref of the indicator that it is about.
    finding: str = ""
    indicator: str = ""
    #: The code that is printed on the draft.
    code: str = ""
    by: str = ""
    on: date | None = None
    because: str = ""
