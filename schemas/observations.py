"""The one shape of a figure: what a service area reported for one indicator, and from where.

Each field is named here once, with its type, what it is called in the data, what it is, and how it
is kept. The row of a return, the table of the store, its rows, a replay and the data beside the
appendix follow from it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Struct

from schemas.asking import Confidence
from schemas.model import MilestoneState, Status


class Described(Struct, frozen=True):
    """What there is to know of a field beside its name and type."""

    #: Its heading in the data.
    heading: str
    description: str
    #: Of its column on the sheet Data, in pixels; 0 where the data has a column of its own for it.
    width: int = 0
    #: Whether it is a column of the store's table; the others are those of its submission.
    stored: bool = True
    #: Names a figure within its submission.
    is_key: bool = False
    is_indexed: bool = False
    #: It came later: a row of before, in a store or a journal, says nothing of it: no, or no words.
    is_later: bool = False
    #: The most characters it has; 0 where it is text of any length.
    length: int = 0


class Observation(Struct, frozen=True):
    """One indicator's reported figure from one service area for one period, with its provenance."""

    indicator: Annotated[str, Described("Ref", "The indicator's ref.", is_key=True)]
    area: Annotated[str, Described("Service area", "The ref of the area that reports it.")]
    period: Annotated[str, Described("Period", "What it reports on.", is_indexed=True)]
    status: Annotated[
        Status, Described("Status", "Final, provisional or not available.", 105, length=16)
    ]
    value: Annotated[
        Decimal | None,
        Described("Value", "The figure in the indicator's unit; 31.5 stands for 31.5%.", 85),
    ] = None
    numerator: Annotated[
        Decimal | None, Described("Numerator", "The number counted, where it was given.", 100)
    ] = None
    denominator: Annotated[
        Decimal | None, Described("Denominator", "What it is out of, where it was given.", 115)
    ] = None
    state: Annotated[
        MilestoneState | None, Described("State", "The state of a milestone.", length=16)
    ] = None
    narrative: Annotated[str, Described("Narrative", "What an indicator in words reports.")] = ""
    suppressed: Annotated[
        bool,
        Described("Suppressed", "The area holds the figure and may not publish it (`<5`, `c`)."),
    ] = False
    no_cases: Annotated[
        bool,
        Described("No cases", "There was nothing to measure (0 of 0).", is_later=True),
    ] = False
    commentary: Annotated[
        str, Described("Commentary", "What the area says lies behind the figure.", 600)
    ] = ""
    action: Annotated[
        str,
        Described("Corrective action", "What is being done about it.", 300, is_later=True),
    ] = ""
    action_owner: Annotated[
        str, Described("Action owner", "Who answers for that.", 120, is_later=True)
    ] = ""
    action_by: Annotated[
        date | None, Described("Action date", "The day by which it will be done.", 85)
    ] = None
    forecast: Annotated[
        Decimal | None,
        Described("Year-end forecast", "The figure expected for the whole year.", 95),
    ] = None
    confidence: Annotated[
        Confidence | None,
        Described("Confidence", "How far the figure may be relied on.", 90, length=8),
    ] = None
    sheet: Annotated[str, Described("Sheet", "The sheet of the figure's cell.", 110)] = ""
    cell: Annotated[str, Described("Cell", "The figure's cell.", 60, length=12)] = ""
    submission: Annotated[
        str, Described("SHA-256", "The hash of the file it came in.", 260, stored=False)
    ] = ""
    filename: Annotated[
        str,
        Described("File", "The name of the file it came in, or who entered it.", 200, stored=False),
    ] = ""
    received_at: Annotated[
        datetime | None,
        Described("Received at", "When that file came, or it was entered.", 140, stored=False),
    ] = None


class Achievement(Struct, frozen=True):
    """One thing a service area achieved under a priority, as submitted."""

    priority: str
    area: str
    period: str
    text: str
    sheet: str = ""
    cell: str = ""
    submission: str = ""
    filename: str = ""
    received_at: datetime | None = None


class ObservationField(Struct, frozen=True):
    """A field of an observation: its name, its type, and what is said of it."""

    name: str
    type: type
    is_optional: bool
    described: Described


def _field(name: str, annotated: Any) -> ObservationField:
    kind, described = get_args(annotated)
    is_optional = get_origin(kind) is UnionType
    held = get_args(kind)[0] if is_optional else kind
    return ObservationField(name, held, is_optional, described)


#: The fields of an observation by name, in their order.
FIELDS = {
    name: _field(name, annotated)
    for name, annotated in get_type_hints(Observation, include_extras=True).items()
}
