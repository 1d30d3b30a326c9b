"""Every check on what a return says of itself, each of them one entry.

An entry's texts are: code, title, what is said, what to do, why.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from schemas.checks import Cells, Checks, Condition, RowCheck
from schemas.fields import COVER_FIELDS, SIGNED
from schemas.findings import Severity
from schemas.wording import listed

if TYPE_CHECKING:
    import pandas as pd

    from schemas.checks import Verdicts

_COVER = {field.key: field for field in COVER_FIELDS}


def has_line(is_old_style: pd.Series[bool], *entries: pd.Series[Any]) -> Verdicts:
    """Whether a return knows of signing off: only last year's appendix has no line for it."""
    holds = ~is_old_style
    for entry in entries:
        holds |= entry.notna()
    return holds


COVERS = Checks(
    title="What a return says of itself",
    columns={
        **{key: Cells(str, _COVER[key].heading, _COVER[key].asks, nullable=True) for key in SIGNED},
        "is_old_style": Cells(
            bool, "Old style", "Whether it is laid out like last year's appendix."
        ),
        "period": Cells(str, "Period", "The name of the period that it reports on."),
        "is_open": Cells(bool, "Open", "Whether the period is open."),
        "open_periods": Cells(str, "Open periods", "The names of those that are open."),
        "received_on": Cells(date, "Received on", "The day on which it came."),
        "due": Cells(date, "Due", "The last day on which it is in time."),
        "ends": Cells(date, "Ends", "The period's last day."),
        "filename": Cells(str, "File", "The name of its file."),
        "file_period": Cells(str, "File's period", "The other that it names.", nullable=True),
        "is_as_before": Cells(
            bool, "As before", "Whether each figure is the last period's, and some are not 0."
        ),
        "completed_said": Cells(str, "Date completed", "As it is written."),
        "completed_on": Cells(date, "Completed on", "The day that this means.", nullable=True),
    },
    checks=(
        RowCheck(
            "C17",
            "Nobody signed off",
            "The return is laid out like last year's appendix, which has no line for {what}.",
            "Ask the service area who signed it off, or have the template used.",
            "Figures go to committee only when someone has approved them.",
            at={"": Condition(("is_old_style",), has_line, also=SIGNED)},
            words=lambda _row, _: {"what": listed([_COVER[key].heading for key in SIGNED])},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C11",
            "Cover not filled in",
            "{what} is blank on the cover.",
            "Fill it in: {asks}",
            "Figures go to committee only when someone has approved them.",
            at={
                key: Condition(
                    (), lambda entry: entry.notna() & (entry != ""), also=(key,), unless=("C17",)
                )
                for key in SIGNED
            },
            words=lambda _row, key: {"what": _COVER[key].heading, "asks": _COVER[key].asks},
        ),
        RowCheck(
            "C12",
            "Period closed",
            "The period {value} is closed.",
            "Send the return for an open period ({choices}). To change what was reported, ask the "
            "performance officer to open {value} on the register's sheet Periods, or IT to take "
            "the return in with --reopen.",
            "What has gone to committee is not changed quietly: whatever is taken in later is "
            "marked as restated.",
            at={"period": Condition(("is_open",), lambda is_open: is_open)},
            words=lambda row, _: {
                "value": row.period,
                "choices": row.open_periods or "none is open now",
            },
        ),
        RowCheck(
            "C22",
            "Period not over",
            "The return is for {value}, which ends on {ends} only.",
            "If it is for another period, correct Period on the cover and send it again.",
            "Figures of a period that is not over may change, or be another period's.",
            at={"period": Condition(("received_on", "ends"), lambda came, ends: came > ends)},
            words=lambda row, _: {"value": row.period, "ends": f"{row.ends:%d/%m/%Y}"},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C23",
            "File named after another period",
            "The return is for {period}, and its file is called {value}, as of {named}.",
            "If it is for {named}, correct Period on the cover and send it again.",
            "Last period's workbook may have been filled in again, or sent once more.",
            at={"period": Condition(("file_period",), lambda named: named.isna())},
            words=lambda row, _: {
                "period": row.period,
                "value": row.filename,
                "named": row.file_period,
            },
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C72",
            "Every figure as in the last period",
            "Every figure of the return is the one that was reported for the period before.",
            "See whether last period's workbook was filled in again. If the figures are right, say "
            "so to the performance officer.",
            "That nothing at all has changed is rarer than a copy of last period's figures.",
            at={"": Condition(("is_as_before",), lambda is_as_before: ~is_as_before)},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C73",
            "Date completed that is no date",
            "{value} under Date completed is no date with day, month and year.",
            "Type the day as a date, for example 30/04/2013.",
            "It says of when the figures are.",
            at={
                "completed_on": Condition(
                    ("completed_said",),
                    lambda said, day: (said == "") | day.notna(),
                    also=("completed_on",),
                )
            },
            words=lambda row, _: {"value": row.completed_said},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C74",
            "Date completed that lies ahead",
            "Date completed is {value}, and the return came on {came}.",
            "Correct the date.",
            "Nobody completes a return on a day to come: day and month may have changed places.",
            at={
                "completed_on": Condition(
                    ("completed_on", "received_on"), lambda day, came: day <= came
                )
            },
            words=lambda row, _: {
                "value": row.completed_said,
                "came": f"{row.received_on:%d/%m/%Y}",
            },
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C16",
            "Received after the due date",
            "The return came after its due date, {due}.",
            "Nothing to do.",
            "The appendix's list of returns says so.",
            at={"": Condition(("received_on", "due"), lambda received, due: received <= due)},
            words=lambda row, _: {"due": f"{row.due:%d/%m/%Y}"},
            severity=Severity.INFO,
        ),
    ),
)
