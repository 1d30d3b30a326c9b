"""Who reports, when, and who is told."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from schemas.names import address_of


class Gets(StrEnum):
    """What a recipient on the register is sent."""

    APPENDIX = "appendix"
    DRAFT = "draft"
    DIGEST = "digest"


class ServiceArea(Struct, frozen=True):
    ref: str
    name: str
    lead: str = ""
    #: One address, or several with semicolons between.
    email: str = ""
    #: The first and the last period for which it returns anything; empty: from the beginning, for
    #: good.
    first: str = ""
    last: str = ""
    #: Refs of the areas that take over what it returned, from the period after the last.
    becomes: tuple[str, ...] = ()
    #: The period from which this row of it holds; empty: from the beginning.
    since: str = ""

    @property
    def emails(self) -> tuple[str, ...]:
        """Its addresses, in their order."""
        return tuple(filter(None, map(address_of, self.email.split(";"))))


class Period(Struct, frozen=True):
    name: str
    starts: date
    ends: date
    #: The last day on which a return is in time.
    due: date
    open: bool = True
    #: From this day on its draft is issued, where the framework's rule is a date.
    issue_on: date | None = None
    #: The names under which it was known before.
    formerly: tuple[str, ...] = ()


class Recipient(Struct, frozen=True):
    name: str
    email: str
    gets: tuple[Gets, ...] = (Gets.APPENDIX,)
