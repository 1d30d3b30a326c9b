"""What a return may say in place of a figure, or of it."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    FINAL = "Final"
    PROVISIONAL = "Provisional"
    NOT_AVAILABLE = "Not available"


#: Chosen under Status, and printed in place of a figure, where there was nothing to measure.
NO_CASES = "No cases"


class MilestoneState(StrEnum):
    COMPLETE = "Complete"
    ON_TRACK = "On track"
    AT_RISK = "At risk"
    MISSED = "Missed"
    NOT_DUE = "Not due"
