"""What a change of the register does to whom: every column is told of, in sentences."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from pipeline.register.differences import Concern, differences
from schemas.asking import AskAction, Requirement
from schemas.deciding import Approver, Request
from schemas.frequency import Carried, Profile
from schemas.merge_rules import MergeRule
from schemas.model import (
    BandRow,
    Colour,
    Gets,
    Operator,
    Period,
    Polarity,
    Policy,
    PolicyChange,
    Recipient,
    Register,
    ServiceArea,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.register_layout import SHEETS
from schemas.renaming import with_names_of
from schemas.timeline import arranged
from schemas.units import Unit
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register

QUARTER = Period("2012-13 Q1", date(2012, 4, 1), date(2012, 6, 30), date(2012, 7, 31), False)
OFFICER = Recipient("Officer", "officer@council.example", (Gets.DIGEST,))
SMALL = replace(
    small_register(),
    recipients=(OFFICER,),
    periods=(QUARTER, PERIOD),
    approvers=(Approver("Officer", "jsmith"),),
    policies=(PolicyChange("2012-13", Policy()),),
    bands=(BandRow(Colour.GREEN, "On target", "●", "#4BA673"),),
    decisions=(Request("approve", "2012-13", code="7KQ2MX", by="Officer", because="agreed"),),
)


def said(old: Register, new: Register) -> list[str]:
    return [each.said for each in differences(old, new)]


def with_indicator(register: Register, ref: str, **changes: Any) -> Register:
    changed = (replace(i, **changes) if i.ref == ref else i for i in register.indicators)
    return replace(register, indicators=tuple(changed))


def test_a_register_says_the_same_as_itself_whatever_its_bytes() -> None:
    assert said(SMALL, replace(SMALL, sha256="0" * 64)) == []


# --- Nothing is passed over ----------------------------------------------------------------------


def another(value: object, key: str) -> object:
    """Something else of the same type."""
    match value:
        case bool():
            return not value
        case StrEnum():
            return next(each for each in type(value) if each != value)
        case Decimal():
            return value + 1
        case int():
            return value + 1
        case date():
            return value + timedelta(1)
        case tuple() if key in ("remind_before", "remind_after"):
            return (9,)
        case tuple() if key == "areas":
            return tuple(ref for ref in ("CS", "ASC") if ref not in value) or ("CS",)
        case tuple():
            return (another(value[0], key),)
    return f"{value} more"


#: An attribute that is not set in the small register, with what it is set to here.
FILLED = {
    "tolerance": Tolerance(Decimal(2), ToleranceKind.POINTS),
    "plausible_minimum": Decimal(1),
    "plausible_maximum": Decimal(9),
    "plausible_change": Decimal(3),
    "lower": Decimal(1),
    "upper": Decimal(2),
    "baseline": Decimal(5),
    "operator": Operator.AT_LEAST,
    "small_below": 5,
    "keep_years": 6,
    "earlier_periods": 2,
    "issue_on": date(2013, 5, 1),
    "on": date(2013, 5, 1),
    "draft_days": (),
    "due_in": ("2012-13",),
    "becomes": ("ASC",),
    "formerly": ("The year 2012",),
    "replaces": ("P1-2",),
    "profile": Profile.SAME,
    "carried": Carried.SAME,
    "change": Decimal(2),
    "green_from": Decimal(4),
    "red_from": Decimal(5),
    "exceeded_from": Decimal(3),
    "exceeded_by": Decimal(5),
    "ask_action": AskAction.WHERE_RED,
    "ask_forecast": Requirement.MAY,
    "ask_confidence": Requirement.MAY,
}


def changed(item: Any, path: list[str]) -> tuple[Any, Any]:
    """An item with an attribute that is set, and with another there."""
    name, *rest = path
    value = getattr(item, name)
    if value is None or (value == () and name in ("due_in", "becomes", "formerly", "replaces")):
        value = FILLED[name]
        item = replace(item, **{name: value})
    if rest:
        inner, other = changed(value, rest)
        return replace(item, **{name: inner}), replace(item, **{name: other})
    if name == "draft_days":
        from schemas.deciding import Weekday

        return item, replace(item, draft_days=(Weekday.FRIDAY,))
    return item, replace(item, **{name: another(value, name)})


COLUMNS = [(sheet, column) for sheet in SHEETS for column in sheet.columns]


@pytest.mark.parametrize(
    ("sheet", "column"), COLUMNS, ids=lambda each: getattr(each, "key", None) or each.attribute
)
def test_a_change_in_any_column_is_told(sheet: Any, column: Any) -> None:
    held = getattr(SMALL, sheet.attribute)
    if isinstance(held, Struct):
        was, now = changed(held, column.path)
        old, new = (replace(SMALL, framework=each) for each in (was, now))
    else:
        was, now = changed(held[0], column.path)
        if sheet.attribute == "targets" and column.key in ("lower", "upper"):
            filled = {"value": None, "lower": Decimal(1), "upper": Decimal(2)}
            was = replace(was, operator=None, **filled)
            now = replace(was, **{column.key: Decimal("1.5")})
        if sheet.attribute == "targets" and column.key == "baseline_period":
            was, now = (replace(each, baseline=Decimal(1)) for each in (was, now))
        old, new = (replace(SMALL, **{sheet.attribute: (each, *held[1:])}) for each in (was, now))
    if (sheet.attribute, column.key) in {("targets", "indicator"), ("targets", "period")}:
        new = replace(SMALL, targets=SMALL.targets[1:])
    assert differences(old, new), f"{sheet.title}, {column.heading}"


# --- Who must return what ------------------------------------------------------------------------


def test_an_area_gains_and_another_loses_an_indicator() -> None:
    new = with_indicator(SMALL, "P1-4", areas=("ASC",))
    told = said(SMALL, new)
    assert told == [
        (
            "Community safety no longer returns P1-4 (Days until a case is closed); what it "
            "reported no longer counts."
        ),
        (
            "Adult social care must also return P1-4 (Days until a case is closed): write it a new "
            "template."
        ),
    ]


def test_what_an_area_hands_over_from_a_period_on_goes_on_counting_before() -> None:
    row = SMALL.indicator("P1-4")
    assert row is not None
    later = replace(row, areas=("ASC",), since=PERIOD.name)
    new = arranged(replace(SMALL, indicators=(*SMALL.indicators, later)))
    told = said(SMALL, new)
    assert (
        "From 2012-13 on Community safety no longer returns P1-4 (Days until a case is closed); "
        "what it reported before goes on counting."
    ) in told
    assert not [line for line in told if "no longer counts" in line]


def test_areas_and_indicators_come_and_go() -> None:
    housing = ServiceArea("HSG", "Housing")
    fresh = indicator("P1-9", "Homes let", areas=("HSG",), polarity=Polarity.HIGHER)
    more = replace(SMALL, areas=(*SMALL.areas, housing), indicators=(*SMALL.indicators, fresh))
    told = said(SMALL, more)
    assert "Housing is a new service area and must return P1-9 (Homes let)." in told
    assert "P1-9 (Homes let) is new: a measure in count, higher." in told
    told = said(more, SMALL)
    assert (
        "Housing is no longer a service area: its figures go on counting for the periods for which "
        "they were accepted, and the digest asks about them. A return that it sends is sent back."
        in told
    )
    assert any("P1-9 (Homes let) is no longer in the register" in line for line in told)


def test_whoever_takes_over_from_an_area_is_told_what_to_return() -> None:
    small = replace(SMALL, periods=(QUARTER, replace(PERIOD, starts=date(2012, 10, 1))))
    safety, care = small.areas
    leaving = replace(care, last=QUARTER.name, becomes=(safety.ref,))
    told = said(small, arranged(replace(small, areas=(safety, leaving))))
    assert (
        "Community safety must also return P2-3 (Schemes of adult social care): write it a new "
        "template." in told
    )
    assert (
        "Adult social care returns nothing after 2012-13 Q1, and no longer P2-2 (People helped, in "
        "both areas) and P2-3 (Schemes of adult social care); Community safety took over. What it "
        "reported goes on counting." in told
    )


def test_a_row_that_holds_from_a_period_on_is_no_new_indicator_and_no_other_area() -> None:
    small = replace(SMALL, periods=(QUARTER, replace(PERIOD, starts=date(2012, 10, 1))))
    first, (safety, care) = small.indicators[0], small.areas
    later = replace(first, unit=Unit.PERCENT, wording="Share of incidents", since=PERIOD.name)
    homes = replace(care, name="Care and homes", since=PERIOD.name)
    changed = arranged(
        replace(
            small,
            indicators=(first, later, *small.indicators[1:]),
            areas=(safety, care, homes),
        )
    )
    was = f"{first.ref} ({first.wording})"
    told = said(small, changed)
    assert (
        f"From 2012-13 on {was} changes: Indicator “Share of incidents” (before: "
        f"“{first.wording}”); Unit percent (before: count)." in told
    )
    assert (
        "From 2012-13 on Adult social care changes: Name “Care and homes” (before: “Adult social "
        "care”)." in told
    )
    assert not [line for line in told if "is new" in line]
    told = said(changed, small)
    assert f"{was} no longer changes from 2012-13 on: it stays what it was." in told
    assert "Adult social care no longer changes from 2012-13 on: it stays what it was." in told
    assert not [line for line in told if "no longer in the register" in line]


def test_a_renamed_period_is_no_other_period() -> None:
    renamed = replace(PERIOD, name="The year 2012", formerly=(PERIOD.name,))
    told = said(
        SMALL,
        replace(
            with_names_of(SMALL, replace(SMALL, periods=(QUARTER, renamed))),
            periods=(QUARTER, renamed),
        ),
    )
    assert told == [
        (
            "2012-13 is called The year 2012 now: its returns, drafts and issues count for that, "
            "and templates with the old name are understood. What lies in the outbox under 2012-13 "
            "stays there."
        ),
        (
            "The former name of The year 2012 is 2012-13; it was blank. What stands under a former "
            "name counts for the period."
        ),
    ]


def test_a_period_that_goes_while_another_has_its_days_may_have_been_renamed() -> None:
    renamed = replace(PERIOD, name="The year 2012")
    told = said(SMALL, replace(SMALL, periods=(QUARTER, renamed), targets=()))
    assert (
        "2012-13 is no longer a period: returns for it are sent back, and no appendix is made of "
        "it. The year 2012 has its days: if it was renamed, type 2012-13 under Formerly in the row "
        "of The year 2012."
    ) in told


def test_periods_are_opened_and_closed_and_put_off() -> None:
    later = replace(PERIOD, due=date(2013, 5, 10))
    assert said(SMALL, replace(SMALL, periods=(QUARTER, later))) == [
        "Returns for 2012-13 are due by 10 May 2013; it was 30 April 2013."
    ]
    closed = replace(SMALL, periods=(replace(QUARTER, open=True), replace(PERIOD, open=False)))
    assert said(SMALL, closed) == [
        "2012-13 Q1 is open again: what is accepted for it from now on is a restatement.",
        (
            "2012-13 is closed: returns for it are sent back from now on, and its appendix stays "
            "as it is."
        ),
    ]
    assert said(replace(SMALL, periods=(QUARTER,)), SMALL)[0] == (
        "2012-13 is a new period, open: returns are due by 30 April 2013."
    )


# --- Targets, tolerances, figures ----------------------------------------------------------------


def test_targets_are_told_in_words() -> None:
    first, second = SMALL.targets
    new = replace(
        SMALL,
        targets=(
            replace(first, value=Decimal(4000), baseline=Decimal(4300), baseline_period="2010-11"),
            Target("P1-3", PERIOD.name, value=Decimal(120_000)),
        ),
    )
    name = SMALL.indicators[0].wording
    assert [each.said for each in differences(SMALL, new) if each.concern is Concern.TARGETS] == [
        f"P1-1 ({name}), 2012-13: the target is at most 4000; it was at most 4248.",
        f"P1-1 ({name}), 2012-13: the baseline is 4300 (2010-11); there was none.",
        (
            "P1-3 (Money invested in prevention), 2012-13: the target is at most £120,000; there "
            "was none."
        ),
        (
            f"P1-2 ({SMALL.indicators[1].wording}), 2012-13: there is no target any more (more "
            "than 3.30%), so it is not rated."
        ),
    ]
    assert second.value == Decimal("3.30")


def test_a_target_with_more_decimals_or_another_operator_is_another() -> None:
    first, second = SMALL.targets
    told = said(SMALL, replace(SMALL, targets=(first, replace(second, value=Decimal("3.3")))))
    assert told[0].endswith("the target is more than 3.3%; it was more than 3.30%.")
    stated = replace(first, operator=Operator.AT_MOST)
    told = said(SMALL, replace(SMALL, targets=(stated, second)))
    assert told[0].endswith("the target is printed ≤4248; it was 4248.")


def test_another_unit_polarity_or_merge_rule_says_what_becomes_of_figures() -> None:
    (line,) = said(SMALL, with_indicator(SMALL, "P1-3", unit=Unit.COUNT))
    assert "The unit of P1-3 (Money invested in prevention) is count; it was currency." in line
    assert "Figures that were received are not converted" in line
    (line,) = said(SMALL, with_indicator(SMALL, "P2-2", merge_rule=MergeRule.SUM))
    assert "is sum; it was" in line
    assert "The figures that were received are merged by it." in line
    told = said(SMALL, with_indicator(SMALL, "P1-3", polarity=Polarity.HIGHER))
    assert any("The figures that were received are rated by it." in line for line in told)


def test_tolerances_are_those_of_the_indicator_or_of_all() -> None:
    own = Tolerance(Decimal(2), ToleranceKind.POINTS)
    (line,) = said(SMALL, with_indicator(SMALL, "P1-3", tolerance=own))
    assert line == (
        "The tolerance of P1-3 (Money invested in prevention) is £2, in points; it was that of "
        "Framework."
    )
    policy = replace(SMALL.framework.policy, tolerance=own)
    new = replace(SMALL, framework=replace(SMALL.framework, policy=policy))
    (line,) = said(SMALL, new)
    assert line == (
        "The tolerance of indicators without one of their own is 2, in points; it was 5% of the "
        "target. 8 indicators have none."
    )


# --- Who is sent what ----------------------------------------------------------------------------


def test_addresses_and_recipients_are_told_as_mail() -> None:
    new = replace(
        SMALL,
        areas=(replace(SAFETY, email=""), CARE),
        recipients=(Recipient("Clerk", "clerk@council.example"),),
    )
    found = differences(SMALL, new)
    assert {each.concern for each in found} == {Concern.MAIL}
    told = [each.said for each in found]
    assert told[0].startswith(
        "The e-mail of Community safety is blank; it was safety@council.example."
    )
    assert "Clerk (clerk@council.example) is sent: appendix." in told
    assert "Officer (officer@council.example) is sent nothing any more." in told


def test_a_wording_says_what_becomes_of_templates() -> None:
    (line,) = said(SMALL, with_indicator(SMALL, "P1-4", wording="Days until a case is shut"))
    assert line == (
        "The wording of P1-4 is “Days until a case is shut”; it was "
        "“Days until a case is closed”. Its figures stay. A return from a template of "
        "before is asked whether its figure answers that."
    )


def test_another_order_of_rows_is_told() -> None:
    new = replace(SMALL, indicators=tuple(reversed(SMALL.indicators)))
    assert said(SMALL, new) == [
        "The rows of Indicators stand in another order, and so does what is printed."
    ]
