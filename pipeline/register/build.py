"""Checked rows become the register's dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from pipeline.register.checks import areas_of
from pipeline.register.table import Row, Table
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Framework,
    Gets,
    Indicator,
    Kind,
    Operator,
    Period,
    Polarity,
    Policy,
    PolicyKind,
    Priority,
    Recipient,
    Register,
    ServiceArea,
    SmallNumbers,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.register_layout import (
    AREAS,
    FRAMEWORK,
    INDICATORS,
    PERIODS,
    PRIORITIES,
    RECIPIENTS,
    TARGETS,
)
from schemas.units import Unit

_Word = TypeVar("_Word", bound=StrEnum)


def build_register(tables: Mapping[str, Table], sha256: str) -> Register:
    """The register of tables in which every check has passed; `sha256` is the workbook's.

    Priorities come in their order, periods by their start, everything else as its sheet has it.
    """
    areas = tables[AREAS.title]
    periods = map(_period, tables[PERIODS.title].rows)
    priorities = map(_priority, tables[PRIORITIES.title].rows)
    return Register(
        framework=_framework(tables[FRAMEWORK.title].rows[0]),
        priorities=tuple(sorted(priorities, key=lambda priority: priority.order)),
        indicators=tuple(_indicator(row, areas) for row in tables[INDICATORS.title].rows),
        targets=tuple(map(_target, tables[TARGETS.title].rows)),
        areas=tuple(map(_area, areas.rows)),
        periods=tuple(sorted(periods, key=lambda period: (period.starts, period.ends))),
        recipients=tuple(map(_recipient, tables[RECIPIENTS.title].rows)),
        sha256=sha256,
    )


def _word(row: Row, key: str, words: type[_Word]) -> _Word | None:
    text = row.text(key)
    return words(text) if text else None


def _framework(row: Row) -> Framework:
    return Framework(
        council=row.text("council"),
        title=row.text("title"),
        appendix=row.text("appendix"),
        policy=Policy(
            kind=PolicyKind(row.text("policy")),
            tolerance=Tolerance(row.amount("tolerance"), ToleranceKind(row.text("tolerance_kind"))),
            green_from=row.amount("green_from"),
            amber_from=row.amount("amber_from"),
        ),
        small_below=row.whole("small_below") or None,
        keep_years=row.whole("keep_years") or None,
        remind_before=row.wholes("remind_before"),
        remind_after=row.wholes("remind_after"),
    )


def _tolerance(row: Row) -> Tolerance | None:
    amount = row.figure("tolerance")
    return None if amount is None else Tolerance(amount, ToleranceKind(row.text("tolerance_kind")))


def _priority(row: Row) -> Priority:
    heading = row.text("heading")
    return Priority(
        ref=row.text("ref"),
        heading=heading,
        achievements_heading=row.text("achievements_heading") or heading,
        order=row.whole("order"),
    )


def _indicator(row: Row, areas: Table) -> Indicator:
    return Indicator(
        ref=row.text("ref"),
        priority=row.text("priority"),
        wording=row.text("wording"),
        kind=Kind(row.text("kind")),
        unit=_word(row, "unit", Unit),
        decimals=row.whole("decimals"),
        polarity=_word(row, "polarity", Polarity),
        areas=areas_of(row, areas),
        merge_rule=_word(row, "merge_rule", MergeRule) or MergeRule.SOLE,
        tolerance=_tolerance(row),
        plausible_minimum=row.figure("plausible_minimum"),
        plausible_maximum=row.figure("plausible_maximum"),
        plausible_change=row.figure("plausible_change"),
        commentary=_word(row, "commentary", CommentaryRule) or CommentaryRule.NEVER,
        definition=row.text("definition"),
        source=row.text("source"),
        small_numbers=_word(row, "small_numbers", SmallNumbers) or SmallNumbers.SUPPRESS,
    )


def _target(row: Row) -> Target:
    return Target(
        indicator=row.text("indicator"),
        period=row.text("period"),
        operator=_word(row, "operator", Operator),
        value=row.figure("value"),
        lower=row.figure("lower"),
        upper=row.figure("upper"),
        baseline=row.figure("baseline"),
        baseline_period=row.text("baseline_period"),
    )


def _area(row: Row) -> ServiceArea:
    return ServiceArea(row.text("ref"), row.text("name"), row.text("lead"), row.text("email"))


def _period(row: Row) -> Period:
    return Period(
        name=row.text("name"),
        starts=row.day("starts"),
        ends=row.day("ends"),
        due=row.day("due"),
        open=row.text("open") == "open",
    )


def _recipient(row: Row) -> Recipient:
    gets = tuple(Gets(word) for word in row.words("gets"))
    return Recipient(row.text("name"), row.text("email"), gets)
