"""Who reports, when, and who is told."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Gets(StrEnum):
    """What a recipient on the register is sent."""

    APPENDIX = "appendix"
    DRAFT = "draft"
    DIGEST = "digest"


class ServiceArea(Struct, frozen=True):
    ref: str
    name: str
    lead: str = ""
    email: str = ""


class Period(Struct, frozen=True):
    name: str
    starts: date
    ends: date
    #: The last day on which a return is in time.
    due: date
    open: bool = True
    #: From this day on its draft is issued, where the framework's rule is a date.
    issue_on: date | None = None


class Recipient(Struct, frozen=True):
    name: str
    email: str
    gets: tuple[Gets, ...] = (Gets.APPENDIX,)
