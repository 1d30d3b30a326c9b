"""What a cell of the template accepts, shows and says: Excel's data validation and number formats.

Every validation warns and none stops, because the reader knows more forms than Excel can check
(`n/a`, `<5`, `10 of 50`): what is wrong for certain is said when the return is checked.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from pipeline.outputs.template.needs import Row
from pipeline.workbooks.safe_text import plain
from schemas.accumulation import Accumulation
from schemas.asking import AskAction, Confidence, Requirement
from schemas.bands import Bands
from schemas.fields import Field, Takes
from schemas.model import NO_CASES, Colour, Indicator, Kind, MilestoneState, Period, Status, Target
from schemas.units import Thousands, Unit, cell_value, grouped, number_format

#: Excel's limits, in characters.
LONGEST_TITLE = 32
LONGEST_MESSAGE = 255

TEXT_FORMAT = "@"
DATE_FORMAT = "dd/mm/yyyy"

#: No figure of a council is larger; Excel has no comparison that means "any number".
_ANY_SIZE = Decimal(10) ** 15

Validation = dict[str, object]
_BEHIND = "What lies behind the figure"


class Entry(Struct, frozen=True):
    """What a cell to fill in accepts, and how what is typed there is shown."""

    accepts: Validation
    number_format: str = TEXT_FORMAT
    align: str = "left"
    #: It must be filled in whatever the figure is.
    is_required: bool = False
    #: A formula that is true while something is missing in it; empty: nothing ever is.
    lacks: str = ""


def cover_entry(field: Field, period: Period) -> Entry:
    """A line of the cover; a date from the start of the period on."""
    if field.takes is not Takes.DATE:
        return Entry(says(field))
    warning = _warning(
        "A date is expected",
        f"Type the day as a date, for example {period.ends:%d/%m/%Y}; "
        "it cannot lie before the period.",
    )
    limits = {"validate": "date", "criteria": ">=", "value": period.starts}
    return Entry(says(field) | limits | warning, DATE_FORMAT)


def indicator_entry(field: Field, row: Row, period: Period) -> Entry | None:
    """A cell of an indicator's row; None where nothing belongs in it."""
    indicator = row.indicator
    if field.asked_for:
        return _asked(field, row, period)
    match field.takes:
        case Takes.PART if indicator.kind is not Kind.MEASURE:
            return None
        case Takes.PART:
            # Parts of a thing are counted too.
            is_needed = row.must_fill(field)
            or_blank = "" if is_needed else ", or blank"
            warning = _warning(
                "A number is expected", f"{field.heading} is a number, 0 or more{or_blank}."
            )
            limits = {"validate": "decimal", "criteria": ">=", "value": 0}
            accepts = says(field, _asks(field, row)) | limits | warning
            return Entry(accepts, "General", "right", is_needed, row.lacks(field))
        case Takes.PERFORMANCE:
            shown = performance_format(indicator, row.target)
            align = "left" if shown == TEXT_FORMAT else "right"
            return Entry(_performance(field, row), shown, align)
        case Takes.STATUS:
            return Entry(chooses(field, statuses(indicator)), "General")
        case _:
            accepts = says(field, _asks(field, row))
            return Entry(accepts, is_required=row.must_fill(field), lacks=row.lacks(field))


def _asks(field: Field, row: Row) -> str:
    """What the cell says of itself in a row."""
    if row.must_fill(field):
        return field.asks_required
    if field.key == "commentary" and row.out_of_target:
        return f"{_BEHIND}. Required where it is out of target ({row.out_of_target})."
    return field.asks


def _needed(rule: AskAction | Requirement, bands: Bands) -> str:
    """When something is required beside the figure, in a sentence; empty where it is not asked."""
    red, amber = bands.of(Colour.RED).said, bands.of(Colour.AMBER).said
    match rule:
        case AskAction.WHERE_RED:
            return f"Required where the figure is {red}."
        case AskAction.WHERE_RED_OR_AMBER:
            return f"Required where the figure is {red} or {amber}."
        case Requirement.MAY:
            return "May be left blank."
        case Requirement.REQUIRED:
            return "Required."
    return ""


def _asked(field: Field, row: Row, period: Period) -> Entry | None:
    """A cell beside the figure; None where the register does not ask for it of the indicator."""
    indicator = row.indicator
    needed = _needed(getattr(row.asked, field.asked_for), row.bands)
    if not needed:
        return None
    if field.asked_for == "action" and not indicator.accumulation.rates_own:
        # What is rated is of several periods, and no area's own figure is held against it.
        needed = _needed(Requirement.MAY, row.bands)
    missing = row.requires(field), row.lacks(field)
    message = f"{field.asks} {needed}"
    match field.takes, indicator.unit:
        case Takes.FORECAST, Unit() as unit:
            shown = performance_format(indicator, row.target)
            return Entry(_figure(field, row, unit, message), shown, "right", *missing)
        case Takes.CONFIDENCE, _:
            return Entry(chooses(field, Confidence, message), "General", "left", *missing)
        case Takes.DATE, _:
            limits = {"validate": "date", "criteria": ">=", "value": period.starts}
            warning = _warning("A date is expected", "Type the day as a date, in the future.")
            return Entry(says(field, message) | limits | warning, DATE_FORMAT, "left", *missing)
    return Entry(says(field, message), TEXT_FORMAT, "left", *missing)


def statuses(indicator: Indicator) -> list[str]:
    """What may be chosen under Status."""
    return [*Status, *([NO_CASES] if indicator.may_have_no_cases else [])]


def says(field: Field, message: str = "") -> Validation:
    """A cell that accepts anything and shows an input message, the field's own by default."""
    return {
        "validate": "any",
        "input_title": plain(field.heading, LONGEST_TITLE),
        "input_message": plain(message or field.asks, LONGEST_MESSAGE),
    }


def chooses(field: Field, choices: Iterable[str] | str, message: str = "") -> Validation:
    """A drop-down. `choices` are words of our own, or a formula that names a range."""
    return says(field, message) | {
        "validate": "list",
        "value": choices if isinstance(choices, str) else list(choices),
        **_warning("Not on the list", "Please choose from the list."),
    }


def performance_format(indicator: Indicator, target: Target | None) -> str:
    """The number format of the performance cell, as the figure will be printed."""
    if indicator.kind is not Kind.MEASURE:
        # A state or a sentence: as text, one that starts with a dash is not taken for a formula.
        return TEXT_FORMAT
    known = [indicator.plausible_maximum]
    if target is not None:
        known += [target.value, target.upper, target.baseline]
    thousands = indicator.thousands
    # Whatever is typed is to stand as it will be printed, also where nothing is known of its size.
    group = indicator.unit_row.has_thousands and thousands is Thousands.GROUPED
    group |= any(value is not None and grouped(value, indicator.unit, thousands) for value in known)
    return number_format(indicator.unit, indicator.decimals, group=group)


def _performance(field: Field, row: Row) -> Validation:
    """The performance cell: by what the indicator reports and its unit."""
    match row.indicator.kind, row.indicator.unit:
        case Kind.MILESTONE, _:
            states = [state.value for state in MilestoneState]
            return chooses(field, states, "The state of the milestone. Choose it from the list.")
        case Kind.MEASURE, Unit() as unit:
            return _figure(field, row, unit)
    return says(field, "In words: what there is to say for the period. No figure is needed.")


_ALONE = " of this period alone"
#: From when on a figure is to be counted, where figures of several periods become one.
_COUNTED = {
    Accumulation.CUMULATIVE: " counted from the beginning of the year",
    Accumulation.YEAR_TO_DATE: _ALONE,
    Accumulation.ROLLING_SUM: _ALONE,
    Accumulation.ROLLING_MEAN: _ALONE,
    Accumulation.ROLLING_WEIGHTED: _ALONE,
}


def _figure(field: Field, of: Row, unit: Unit, message: str = "") -> Validation:
    row, indicator = unit.row, of.indicator
    whole = row.counts_people and not indicator.decimals
    # What passes without a word: the register's plausible range and what is usual for the unit.
    lowest = Decimal(0) if row.never_negative or row.is_share else -_ANY_SIZE
    lowest = min(lowest, indicator.plausible_minimum or lowest)
    highest = Decimal(100) if row.is_share else _ANY_SIZE
    highest = max(highest, indicator.plausible_maximum or highest)
    least, most = (f"{cell_value(bound, unit):f}" for bound in (lowest, highest))
    asks = "A whole number" if whole else row.asks
    # A message of its own is a forecast's, which is of the whole year however figures accumulate.
    asks = (
        f"For the whole year. {asks}"
        if message
        else asks + _COUNTED.get(indicator.accumulation, "")
    )
    hidden = f"<{of.small_below} if it is smaller than that, or " if of.small_below else ""
    example = f"{asks}, for example {row.example}."
    otherwise = example if message else f"{example} Or type {hidden}n/a if there is no figure."
    shown = says(field, message or f"{field.asks} {otherwise}")
    complete = [] if message else [*of.is_complete()]
    cell = of.cells[field.key]
    holds = [f"ISNUMBER({cell})", f"{cell}>={least}", f"{cell}<={most}"]
    holds += [f"INT({cell})={cell}"] if whole else []
    formula = f"=AND({','.join((*holds, *complete))})"
    # What is too long for Excel is said by the colour of the cells alone.
    if complete and len(formula) <= LONGEST_MESSAGE:
        warning = _warning("Please check the row", " ".join((*of.asks(), otherwise)))
        return shown | {
            "validate": "custom",
            "value": formula,
            **warning,
        }
    return shown | {
        "validate": "integer" if whole else "decimal",
        "criteria": "between",
        "minimum": least,
        "maximum": most,
        **_warning("Please check the figure", otherwise),
    }


def _warning(title: str, message: str) -> Validation:
    return {
        "error_type": "warning",
        "error_title": plain(title, LONGEST_TITLE),
        "error_message": plain(
            f"{message} Choose Yes to keep what you typed, No to change it.", LONGEST_MESSAGE
        ),
    }
