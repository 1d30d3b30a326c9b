"""Tidy data: one row for each indicator, period and service area that reports it.

The appendix's Data sheet and the CSV file hold the same rows. An area that has not reported an
indicator has its row too, with the status `Not reported` and no figure, so that what is missing
can be counted like everything else.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from pipeline.consolidation.report import Line, Report, Section
from pipeline.workbooks.safe_text import plain
from pipeline.workspace.folder import replacing
from schemas.model import Indicator
from schemas.observations import Observation
from schemas.units import shown

#: The status of a row whose service area has not reported the indicator.
NOT_REPORTED = "Not reported"
#: What a figure was restated from where nothing was printed.
NOTHING_PRINTED = "No figure"

#: What a spreadsheet program may take for the start of a formula when it opens a CSV file; see
#: https://owasp.org/www-community/attacks/CSV_Injection.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Value = str | Decimal | datetime | None

HEADINGS = (
    "Period",
    "Priority ref",
    "Ref",
    "Priority",
    "Indicator",
    "Service area",
    "Unit",
    "Value",
    "Numerator",
    "Denominator",
    "Status",
    "As shown",
    "Indicator target",
    "Indicator performance",
    "Indicator rating",
    "Indicator restated from",
    "File",
    "Sheet",
    "Cell",
    "Received at",
    "SHA-256",
    "Commentary",
)


@dataclass(frozen=True, slots=True)
class TidyRow:
    """What one service area reported for one indicator, with where it came from.

    `value` is in the indicator's own unit, percentages in percentage points (31.5 for 31.5%).
    `indicator_*` are the consolidated indicator's, the same on each of its rows. A suppressed
    figure has no value, numerator or denominator. Fields stand in the order of `HEADINGS`.
    """

    period: str
    priority_ref: str
    ref: str
    priority: str
    indicator: str
    service_area: str
    unit: str
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    status: str
    as_shown: str
    indicator_target: str
    indicator_performance: str
    indicator_rating: str
    #: What was printed when the period was closed, where that was something else; else blank.
    indicator_restated_from: str
    file: str
    sheet: str
    cell: str
    #: On the clock of the report's time of issue, without a zone.
    received_at: datetime | None
    sha256: str
    commentary: str

    def values(self) -> tuple[Value, ...]:
        """The row's values in the order of `HEADINGS`."""
        return tuple(getattr(self, name) for name in self.__slots__)


def tidy_rows(report: Report) -> list[TidyRow]:
    """The rows of a report, in the order of its sections, lines and areas; text made plain."""
    return [
        row
        for section in report.sections
        for line in section.lines
        for row in _rows(report, section, line)
    ]


def _rows(report: Report, section: Section, line: Line) -> Iterator[TidyRow]:
    reported = {o.area: o for o in line.consolidated.observations}
    for ref in line.indicator.areas:
        area = report.register.area(ref)
        observation = reported.get(ref)
        suppressed = observation is not None and observation.suppressed
        figures = None if suppressed else observation
        yield TidyRow(
            period=plain(report.period.name),
            priority_ref=plain(section.priority.ref),
            ref=plain(line.indicator.ref),
            priority=plain(section.priority.heading),
            indicator=plain(line.indicator.wording),
            service_area=plain(area.name if area else ref),
            unit=line.indicator.unit or "",
            value=figures.value if figures else None,
            numerator=figures.numerator if figures else None,
            denominator=figures.denominator if figures else None,
            status=observation.status if observation else NOT_REPORTED,
            as_shown=plain(_as_shown(observation, line.indicator)) if observation else "",
            indicator_target=plain(line.target_shown),
            indicator_performance=plain(line.performance_shown),
            indicator_rating=line.rating.shown,
            indicator_restated_from=_restated_from(line),
            file=plain(observation.filename) if observation else "",
            sheet=plain(observation.sheet) if observation else "",
            cell=observation.cell if observation else "",
            received_at=clock(observation.received_at if observation else None, report),
            sha256=observation.submission if observation else "",
            commentary=plain(observation.commentary) if observation else "",
        )


def _restated_from(line: Line) -> str:
    """What was printed before; blank where the figure is not restated."""
    if line.restated_from is None:
        return ""
    return plain(line.restated_from) or NOTHING_PRINTED


def _as_shown(observation: Observation, indicator: Indicator) -> str:
    if observation.suppressed:
        return "Suppressed"
    if observation.value is not None:
        return shown(observation.value, indicator.unit, indicator.decimals)
    return observation.state or observation.narrative


def clock(at: datetime | None, report: Report) -> datetime | None:
    """A time as a workbook holds it: on the clock of the time of issue, without a zone."""
    if at is None or at.tzinfo is None:
        return at
    return at.astimezone(report.issued_at.tzinfo).replace(tzinfo=None)


def csv_bytes(report: Report) -> bytes:
    """The rows as CSV in UTF-8 with a byte order mark, as Excel opens it right.

    Text that a spreadsheet could take for a formula has an apostrophe before it; numbers are
    plain (`-2.5`), times are `2013-04-30 09:15`.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([_printed(v) for v in row.values()] for row in tidy_rows(report))
    return text.getvalue().encode("utf-8-sig")


def write_csv(report: Report, path: Path) -> None:
    """Writes `csv_bytes` to a file, whole or not at all; makes the folder where there is none."""
    content = csv_bytes(report)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def defused(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet could take it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _printed(value: Value) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}"
        case _:
            return defused(value)
