"""What areas reported becomes one figure of an indicator, by its merge rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from tests.support.oracle.words import Row, figure, listed, printed, rounded, text, typed

SUPPRESSED, NO_CASES, DISAGREED = "Suppressed", "No cases", "Areas disagree"
#: Rules whose figure is only whole when every area has reported.
_NEEDS_ALL = ("sum", "weighted", "mean", "minimum", "maximum")
_SURE = ("Low", "Medium", "High")
_WITHOUT_FIGURE = ("n/a", "Not available")


@dataclass(frozen=True)
class Reported:
    """One area's answer for an indicator and a period."""

    area: str
    #: As typed: a figure in the indicator's unit, a state, or words.
    value: Fraction | None = None
    words: str = ""
    top: Fraction | None = None
    bottom: Fraction | None = None
    status: str = "Final"
    is_suppressed: bool = False
    #: What is being done about it, who answers for that, and by which day.
    action: tuple[str, str, date | None] = ("", "", None)
    #: The figure of the whole year, and how far the period's may be relied on.
    forecast: Fraction | None = None
    confidence: str = ""
    #: In which order it was received.
    number: int = 0

    @property
    def no_cases(self) -> bool:
        return self.status == NO_CASES

    @property
    def is_available(self) -> bool:
        return self.no_cases or self.is_suppressed or self.value is not None or bool(self.words)


@dataclass(frozen=True)
class Merged:
    """An indicator's figure of a period."""

    row: Row
    period: str
    value: Fraction | None = None
    words: str = ""
    is_suppressed: bool = False
    no_cases: bool = False
    disagree: bool = False
    is_provisional: bool = False
    #: The areas that have not reported, and those of them that said so.
    missing: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    without_cases: tuple[str, ...] = ()
    reported: tuple[Reported, ...] = ()
    #: It is made of several periods' figures, or is that of another one; or it lacks one of them.
    is_made: bool = False
    is_borrowed: bool = False
    lacks: bool = False
    #: The areas whose figures may not be printed.
    hidden: frozenset[str] = field(default_factory=frozenset)

    @property
    def unit(self) -> str:
        return text(self.row, "Unit")

    @property
    def decimals(self) -> int:
        return int(text(self.row, "Decimals") or 0)

    @property
    def lacks_areas(self) -> bool:
        needs_all = rule_of(self.row) in _NEEDS_ALL and not self.is_made
        return bool(self.missing) and needs_all

    @property
    def says_nothing(self) -> bool:
        is_answer = self.is_suppressed or self.no_cases or self.disagree or bool(self.words)
        return self.value is None and not is_answer

    @property
    def to_compare(self) -> Fraction | None:
        """Its figure, where it is whole."""
        return None if self.lacks_areas or self.is_borrowed else self.value

    @property
    def shown(self) -> str:
        if self.disagree:
            return DISAGREED
        if self.is_suppressed:
            return SUPPRESSED
        if self.no_cases:
            return NO_CASES
        if self.value is None:
            return self.words
        return printed(self.value, self.unit, self.decimals)


def rule_of(row: Row) -> str:
    return text(row, "Merge rule") or "sole owner"


def read(row: Row, area: str, entry: Mapping[str, object], number: int) -> Reported:
    """What an area typed into its row of an indicator, as it is taken in."""
    status = text(entry, "Status") or "Final"
    said = text(entry, "Performance")
    until = entry.get("Action date")
    answer = Reported(
        area,
        status=status,
        number=number,
        action=(
            text(entry, "Corrective action"),
            text(entry, "Action owner"),
            until if isinstance(until, date) else None,
        ),
        forecast=typed(entry, "Year-end forecast"),
        confidence=text(entry, "Confidence"),
    )
    if status in (NO_CASES, "Not available") or said in _WITHOUT_FIGURE:
        return replace(answer, status=NO_CASES if status == NO_CASES else "Not available")
    if said.startswith("<"):
        return replace(answer, is_suppressed=True)
    if text(row, "Kind") != "measure":
        return replace(answer, words=said)
    return replace(
        answer,
        value=rounded(figure(said), int(text(row, "Decimals") or 0)),
        top=typed(entry, "Numerator"),
        bottom=typed(entry, "Denominator"),
    )


def forecast(merged: Merged) -> Merged | None:
    """The forecast of all areas; None where not every one has given one."""
    areas = listed(merged.row, "Service areas")
    given = [each for each in merged.reported if each.forecast is not None]
    if len(given) < len(areas) or (rule_of(merged.row) == "weighted" and len(areas) > 1):
        return None
    row = merged.row if len(areas) > 1 else {**merged.row, "Merge rule": ""}
    as_figures = [
        replace(each, value=each.forecast, status="Final", is_suppressed=False) for each in given
    ]
    return merge(row, merged.period, as_figures)


def confidence(merged: Merged) -> str:
    """The least of what areas say of how far their figures may be relied on."""
    given = [each.confidence for each in merged.reported if each.confidence]
    return min(given, key=_SURE.index, default="")


def merge(row: Row, period: str, answers: Sequence[Reported]) -> Merged:
    """One figure of what the areas of an indicator reported."""
    areas, rule = listed(row, "Service areas"), rule_of(row)
    by_area = {each.area: each for each in answers}
    mine = tuple(by_area[area] for area in areas if area in by_area)
    given = [each for each in mine if each.is_available]
    missing = tuple(area for area in areas if area not in {each.area for each in given})
    if rule == "latest" and given:
        given = [max(given, key=lambda each: each.number)]
    of_cases = [each for each in given if not each.no_cases]
    merged = Merged(
        row,
        period,
        is_provisional=any(each.status == "Provisional" for each in given),
        missing=missing,
        unavailable=tuple(each.area for each in mine if each.area in missing),
        without_cases=tuple(each.area for each in given if each.no_cases),
        reported=mine,
    )
    if not of_cases:
        return replace(merged, no_cases=bool(given))
    if text(row, "Kind") == "narrative":
        return replace(merged, words="\n".join(each.words for each in of_cases))
    if any(each.is_suppressed for each in of_cases):
        # Another owner of the same figure would tell it.
        same = (each.area for each in of_cases if rule == "sole owner")
        return replace(merged, is_suppressed=True, hidden=frozenset(same))
    if text(row, "Kind") == "milestone":
        states = {each.words for each in of_cases}
        return (
            replace(merged, disagree=True)
            if len(states) > 1
            else replace(merged, words=of_cases[0].words)
        )
    values = [each.value for each in of_cases if each.value is not None]
    is_one = len(set(values)) == 1 and len(of_cases) == len(given)
    if rule == "sole owner" and not is_one:
        return replace(merged, disagree=True)
    return replace(merged, value=_value(row, rule, of_cases, values))


def _value(
    row: Row, rule: str, given: Sequence[Reported], values: Sequence[Fraction]
) -> Fraction | None:
    decimals = int(text(row, "Decimals") or 0)
    match rule:
        case "sum":
            return sum(values, Fraction(0))
        case "mean":
            return rounded(sum(values, Fraction(0)) / len(values), decimals)
        case "minimum":
            return min(values)
        case "maximum":
            return max(values)
        case "weighted":
            top = sum((each.top or Fraction(0) for each in given), Fraction(0))
            bottom = sum((each.bottom or Fraction(0) for each in given), Fraction(0))
            scale = 100 if text(row, "Unit") == "percent" else 1
            return rounded(scale * top / bottom, decimals) if bottom else None
    return values[0]
