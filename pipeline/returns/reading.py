"""A return: its file, what that says once it has been read, and what is to be said about it."""

from __future__ import annotations

from datetime import date
from string import ascii_uppercase

from msgspec import Struct, field

from pipeline.intake.scan import Arrival
from schemas.findings import Finding, has_errors
from schemas.observations import Observation

#: No return has more mistakes.
MOST_FINDINGS = 5_000


class ReportedRow(Observation, frozen=True, array_like=True):
    """One indicator's row of a return. Fields whose cell was bad are None, with a finding.

    Its area and period are empty where the return does not plainly say them.
    """

    #: The place of its table in `Reading.columns`.
    table: int = 0
    #: What stands in the prefilled cells and in Performance, as text.
    seen: dict[str, str] = field(default_factory=dict)
    #: A cell of the row could not be read; checks on missing figures would say it twice.
    is_bad: bool = False
    #: The fields beside the figure in which anything is said, be it asked for or not.
    beside: tuple[str, ...] = ()

    @property
    def has_figure(self) -> bool:
        """Whether the row reports anything."""
        return (
            self.value is not None
            or self.state is not None
            or bool(self.narrative)
            or self.suppressed
        )


class ReportedAchievement(Struct):
    priority: str
    text: str
    sheet: str
    cell: str


class CoverEntry(Struct):
    """A line of the cover: what is filled in, and the cell where it stands or belongs."""

    text: str
    sheet: str
    cell: str
    #: The day that the date of completion means.
    day: date | None = None


class Reading(Struct):
    """What a workbook says. `area` and `period` are None where they are not plain."""

    area: str | None = None
    period: str | None = None
    cover: dict[str, CoverEntry] = field(default_factory=dict)
    rows: list[ReportedRow] = field(default_factory=list)
    #: Of each table that has rows the letters of each field's column, as `{"performance": "H"}`.
    columns: list[dict[str, str]] = field(default_factory=list)
    achievements: list[ReportedAchievement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    #: A table of indicators was found, with a column for the period's figures.
    has_table: bool = False
    #: Every table is laid out like last year's appendix, which knows no sign-off.
    is_old_style: bool = False
    #: It is a correction copy, and to all appearance as it was sent.
    is_as_sent: bool = False
    #: The SHA-256 of the register that its template was made from, as it says; empty: it does not.
    template_of: str = ""
    #: The one period that its file's name means, where it cannot mean the return's own.
    file_period: str | None = None
    #: The names of the sheets, in the order of the workbook.
    sheets: list[str] = field(default_factory=list)

    def cell(self, row: ReportedRow, key: str) -> str:
        """The address of a field's cell in a row; that of the figure where it has no column."""
        letters = self.columns[row.table] if row.table < len(self.columns) else {}
        return f"{letters[key]}{_number_of(row.cell)}" if key in letters else row.cell

    def cells(self, row: ReportedRow) -> dict[str, str]:
        """The address of each field's cell in a row, such as `{"performance": "H14"}`."""
        return {key: self.cell(row, key) for key in self.columns[row.table]}


def _number_of(cell: str) -> str:
    return cell.lstrip(ascii_uppercase)


class Return(Struct, frozen=True):
    """A file that came, with what it says and everything there is to say about it."""

    arrival: Arrival
    reading: Reading
    #: In the order in which it is read; none before it has been checked.
    findings: tuple[Finding, ...] = ()
    #: Not where its very bytes count already: then of the reading only area and period are known.
    was_read: bool = True
    #: The hash of the register that it is held to; empty for the current one.
    register_sha256: str = ""
    #: Its period, where that has a register in force of its own; empty: it is the current one.
    held_to: str = ""

    @property
    def is_accepted(self) -> bool:
        return not has_errors(self.findings)
