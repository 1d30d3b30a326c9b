"""What a look at one thing gives: whether it is well, what was found, and what to do."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from schemas.wording import noun_for


class State(StrEnum):
    OK = "ok"
    #: The job runs, and someone should see to it.
    ATTENTION = "attention"
    #: The job cannot run, or something is lost.
    BROKEN = "broken"


class HealthCheck(Struct, frozen=True):
    #: Given by the list of checks.
    name: str
    state: State
    #: A sentence.
    found: str
    #: What to do, in a sentence; empty where all is well.
    remedy: str = ""
    #: What it is about, one by one: files, rows, problems.
    details: tuple[str, ...] = ()

    @property
    def is_well(self) -> bool:
        return self.state is State.OK

    @property
    def line(self) -> str:
        """The check in one line, without its details."""
        return " ".join(filter(None, (f"{self.name}: {self.found}", self.remedy)))


def well(found: str, *details: str) -> HealthCheck:
    return HealthCheck("", State.OK, found, details=details)


def attention(found: str, remedy: str, *details: str) -> HealthCheck:
    return HealthCheck("", State.ATTENTION, found, remedy, details)


def broken(found: str, remedy: str, *details: str) -> HealthCheck:
    return HealthCheck("", State.BROKEN, found, remedy, details)


def many(count: int, noun: str) -> str:
    """A number with its noun: `1 file`, `2 files`."""
    return f"{count:,} {noun_for(count, noun)}"
