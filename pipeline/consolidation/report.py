"""Report: everything the appendix says, before it takes any form.

The workbook, the page, the tidy data and the mail all print this and decide nothing themselves.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from pipeline.consolidation.coverage import Coverage, coverage_shown
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import Rating, Tally, Travel
from schemas.asking import Confidence
from schemas.bands import Band, Bands
from schemas.model import (
    NO_CASES,
    Colour,
    Indicator,
    Period,
    Priority,
    Register,
    ServiceArea,
    Target,
)
from schemas.observations import Achievement, Observation
from schemas.units import shown

if TYPE_CHECKING:
    from pipeline.consolidation.changes import Changes

    # The store, which whoever prints a report need not load.
    from pipeline.consolidation.texts import Question
    from pipeline.store import Suppressed

#: What stands in the Performance column in place of a figure.
DISAGREED, SUPPRESSED = "Areas disagree", "Suppressed"


def figure_shown(figure: Observation | Consolidated, indicator: Indicator | None) -> str:
    """A figure as printed: `64.5%`, `On track`, `Suppressed`, `No cases`; empty where none is.

    Without its indicator a number is printed as it was written.
    """
    if figure.suppressed:
        return SUPPRESSED
    if figure.no_cases:
        return NO_CASES
    if figure.value is None:
        return figure.state or figure.narrative
    if indicator is None:
        return shown(figure.value, None)
    return indicator.shown(figure.value, indicator.decimals)


class Forecast(Struct, frozen=True):
    """What a figure is expected to be for the whole year."""

    value: Decimal
    #: As printed: `4300`.
    figure: str
    #: By the year's target; None where that is not known, or cannot be told before the year's end.
    rating: Rating | None = None

    @property
    def exceeds(self) -> bool:
        """Whether it is in the fourth band, of whose threshold only the year's target may tell."""
        return self.rating is not None and self.rating.colour is Colour.EXCEEDED


class Point(Struct, frozen=True):
    """What stands of an indicator for one period of its series."""

    period: str
    #: As printed: `64.5%`, or the state of a milestone; empty where there is none.
    figure: str = ""
    #: None where it is no number.
    value: Decimal | None = None
    #: As the store keeps it: a colour, or why it had none. Empty where nothing stands as issued.
    rating: str = ""
    #: Why there is no figure, in a word or two; empty where there is one.
    why: str = ""

    @property
    def colour(self) -> Colour | None:
        """What the figure was rated; None where it was not."""
        return Colour(self.rating) if self.rating in tuple(Colour) else None


class EarlierTally(Struct, frozen=True):
    """What all that an earlier period's appendix rated added up to, as it was issued."""

    period: str
    tally: Tally


class Line(Struct, frozen=True):
    """One indicator as the appendix prints it."""

    indicator: Indicator
    consolidated: Consolidated
    rating: Rating
    target: Target | None = None
    #: As printed, such as `>3.30%`; empty where there is no target.
    target_shown: str = ""
    #: As printed, such as `64.5%` or `On track`; empty where there is no data.
    performance_shown: str = ""
    #: Against the last period, or the baseline where there is no last period.
    travel: Travel | None = None
    #: Against the same period a year before.
    year_travel: Travel | None = None
    #: Whole sentences for the reader: provisional, restated, areas missing, areas that disagree.
    remarks: tuple[str, ...] = ()
    #: The areas' commentary, in the register's order of areas.
    commentary: tuple[str, ...] = ()
    #: The areas' corrective action, where it is out of target: `Text (owner, by 30 June 2013)`.
    actions: tuple[str, ...] = ()
    #: For the whole year, rated apart; None where none is given.
    forecast: Forecast | None = None
    #: The least that an area has in its figure; None where none is said.
    confidence: Confidence | None = None
    #: What was printed when the period was closed, where that was something else; empty where
    #: nothing was. None where the figure is not restated.
    restated_from: str | None = None
    #: Where the figure is of several periods: the period's own, as printed, and over which it is.
    own_shown: str = ""
    over_shown: str = ""
    #: Its figures of up to eight periods for which it was due, the oldest first; that of this
    #: period is the last where it is due. None of what reports in words.
    series: tuple[Point, ...] = ()

    @property
    def last_point(self) -> Point | None:
        """What stood last in its series before this period."""
        before = self.series[:-1] if self.is_due else self.series
        return before[-1] if before else None

    @property
    def is_due(self) -> bool:
        """Whether a figure is asked for; if not, only the last one is told of."""
        return not self.consolidated.not_due

    @property
    def nothing_shown(self) -> str:
        """What stands in place of a figure that there is none of."""
        if not self.is_due:
            return "Not due"
        return "Incomplete" if self.consolidated.lacks else "No data"


class Section(Struct, frozen=True):
    """One priority: what was achieved, its indicators, and how they add up."""

    priority: Priority
    achievements: tuple[Achievement, ...]
    lines: tuple[Line, ...]
    tally: Tally
    #: What they added up to when the period was closed, where that was otherwise.
    tally_then: Tally | None = None
    #: What was achieved is said otherwise than it was then.
    achievements_differ: bool = False


class ReturnState(StrEnum):
    RECEIVED = "Received"
    LATE = "Received late"
    RESTATED = "Received as a restatement"
    REJECTED = "Sent back for correction"
    MISSING = "Not received"
    OVERDUE = "Overdue"


_AWAITED = (ReturnState.MISSING, ReturnState.OVERDUE, ReturnState.REJECTED)


class ReturnReceived(Struct, frozen=True):
    """Where one service area's return stands: its last accepted one, else its last rejected one."""

    area: ServiceArea
    state: ReturnState
    filename: str = ""
    received_at: datetime | None = None
    sha256: str = ""
    errors: int = 0
    warnings: int = 0
    #: How many accepted returns of the area for this period came before this one.
    superseded: int = 0
    #: A later return was rejected and waits for correction: its file name.
    rejected_since: str = ""


class Edition(Struct, frozen=True):
    """Which draft or issue of the appendix a report is printed as."""

    #: By which people name what it says, such as `7KQ2MX`; empty for old issues.
    code: str = ""
    #: Of an issue its number; 0 for a draft.
    number: int = 0
    #: What an issue takes the place of, where that had been recalled, in a sentence.
    replaces: str = ""

    @property
    def is_draft(self) -> bool:
        return not self.number

    @property
    def shown(self) -> str:
        """`Draft 7KQ2MX` or `Issue 2`."""
        return f"Draft {self.code}" if self.is_draft else f"Issue {self.number}"

    @property
    def named(self) -> str:
        """The same within a sentence: `draft 7KQ2MX`."""
        return self.shown[0].lower() + self.shown[1:]


class Report(Struct, frozen=True):
    """The whole content of the appendix for one period."""

    register: Register
    period: Period
    sections: tuple[Section, ...]
    overall: Tally
    coverage: Coverage
    #: How its bands are printed.
    bands: Bands
    #: The key's lines: each colour with what it means, in words.
    key: tuple[tuple[Colour, str], ...]
    #: How the overall colour comes about, in words.
    overall_key: str
    returns: tuple[ReturnReceived, ...]
    issued_at: datetime
    #: The key of what it was made from: the same key means nothing new to issue.
    content: str = ""
    #: What it does not print, of its period and of those that it compares with.
    suppressed: tuple[Suppressed, ...] = ()
    #: Texts in it that may quote what is suppressed.
    questions: tuple[Question, ...] = ()
    #: When the period was closed, where it has been restated since.
    restates: datetime | None = None
    #: Whether it is known what the appendix said then, so that what changed can be marked.
    restates_what: bool = True
    #: What the whole was when the period was closed, where it or what is in it was otherwise.
    overall_then: Tally | None = None
    #: How many indicators it said something of then, and has no longer.
    dropped: int = 0
    #: It was closed, and the register of its time is not kept: it is rated by today's.
    lacks_register: bool = False
    #: The hash of the register of the day on which it was made.
    current_sha256: str = ""
    #: None where it is neither drafted nor issued.
    edition: Edition | None = None
    #: What up to seven periods before it came to, the oldest first: those of which an issue stands.
    earlier: tuple[EarlierTally, ...] = ()
    #: What it says otherwise than the last issue of its period; None where it is not to be told.
    changes: Changes | None = None

    @property
    def is_draft(self) -> bool:
        return self.edition is not None and self.edition.is_draft

    def shown(self, rated: Rating | Tally) -> str:
        """A rating as printed: `✔ Green`, `Not rated: no target`; of a tally `Not rated`."""
        if rated.colour is not None:
            return self.bands.of(rated.colour).shown
        return f"Not rated: {rated.not_rated}" if isinstance(rated, Rating) else "Not rated"

    def band(self, rated: Rating | Tally) -> Band | None:
        """The band of a rating; None where it has none."""
        return None if rated.colour is None else self.bands.of(rated.colour)

    def said(self, rated: Rating | Tally) -> str:
        """The same within a sentence: `green`, `not rated (no target)`; of a tally `not rated`."""
        if rated.colour is not None:
            return self.bands.of(rated.colour).said
        return f"not rated ({rated.not_rated})" if isinstance(rated, Rating) else "not rated"

    @property
    def coverage_shown(self) -> str:
        """How much is in, as a sentence; empty where the register does not ask."""
        return coverage_shown(self.coverage, self.register.framework.policy)

    @property
    def restated(self) -> tuple[Line, ...]:
        """The lines that say something else than when the period was closed."""
        return tuple(line for line in self.lines if line.restated_from is not None)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for section in self.sections for line in section.lines)

    @property
    def awaited(self) -> tuple[ReturnReceived, ...]:
        """The areas whose figures are not in it."""
        return tuple(r for r in self.returns if r.state in _AWAITED)
