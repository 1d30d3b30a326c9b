"""Every check on what a return reports of an indicator, each of them one entry.

A row is the indicator as the return has it, joined with what the register says of it for the
period and with last period's figure; conditions look at those columns alone. An entry's texts are:
code, title, what is said, what to do, why.
"""

import operator
from decimal import Decimal

from schemas.checks import Cells, Checks, Condition, RowCheck
from schemas.fields import EARLIER, EARLIER_FIELDS, INDICATOR_FIELDS, PREFILLED
from schemas.findings import Severity
from schemas.merge_rules import MergeRule
from schemas.model import CommentaryRule, Kind, Polarity, Status, Target
from schemas.returns import conditions
from schemas.units import Thousands, Unit

_NEVER_NEGATIVE = [unit for unit in Unit if unit.row.never_negative]
_NEEDING_PARTS = [rule for rule in MergeRule if rule.merging.needs_parts]
_PREFILLED = [field for field in INDICATOR_FIELDS if not field.fill]
_WHAT = {Kind.MEASURE: "figure", Kind.MILESTONE: "state", Kind.NARRATIVE: "text"}


ROWS = Checks(
    title="What a return reports of an indicator",
    columns={
        "is_there": Cells(bool, "Row", "Whether the return has a row for the indicator."),
        "is_owned": Cells(bool, "Owned", "Whether the register has the area report it."),
        "area": Cells(str, "Service area", "The name of the return's service area."),
        "status": Cells(Status, "Status", "Whether the figure is final."),
        "value": Cells(Decimal, "Figure", "The figure reported.", nullable=True),
        "numerator": Cells(Decimal, "Numerator", "The number counted.", nullable=True),
        "denominator": Cells(Decimal, "Denominator", "What it is out of.", nullable=True),
        "has_figure": Cells(bool, "Reported", "Whether a figure, a state or words are reported."),
        "no_cases": Cells(bool, "No cases", "Whether there was nothing to measure."),
        "commentary": Cells(str, "Commentary", "What lies behind the figure."),
        "is_bad": Cells(bool, "Bad", "Whether a cell of the row could not be read."),
        "seen": Cells(dict, "Seen", "The texts of its cells, by field."),
        **{
            f"{field.key}_seen": Cells(str, field.heading, "The cell's text.", nullable=True)
            for field in _PREFILLED
        },
        **{f"{f.key}_expected": Cells(str, f.heading, f.asks) for f in _PREFILLED},
        "kind": Cells(Kind, "Kind", "What the indicator reports."),
        "unit": Cells(Unit, "Unit", "What a figure is counted in.", nullable=True),
        "decimals": Cells(int, "Decimals", "How many decimals are published."),
        "thousands": Cells(Thousands, "Thousands", "How they are printed."),
        "polarity": Cells(Polarity, "Polarity", "Which way is better.", nullable=True),
        "merge_rule": Cells(MergeRule, "Merge rule", "How areas' figures become one."),
        "commentary_rule": Cells(CommentaryRule, "Commentary", "When it is asked for."),
        "target": Cells(Target, "Target", "What is to be reached.", nullable=True),
        "minimum": Cells(Decimal, "Minimum", "The least that is plausible.", nullable=True),
        "maximum": Cells(Decimal, "Maximum", "The most that is plausible.", nullable=True),
        "largest_change": Cells(Decimal, "Change", "The most plausible change.", nullable=True),
        "may_have_no_cases": Cells(bool, "Of cases", "Whether there may be nothing to measure."),
        "is_share": Cells(bool, "Share", "Whether the numerator is a part of the denominator."),
        "last": Cells(Decimal, "Last period", "The figure of the period before.", nullable=True),
        "so_far": Cells(
            Decimal, "So far", "The year's figure up to the period before.", nullable=True
        ),
        "year_before": Cells(
            Decimal, "A year before", "That of the same period then.", nullable=True
        ),
        "standing": Cells(
            Decimal, "Standing", "The figure of the period that counts until now.", nullable=True
        ),
        **{
            f"{field.key}_seen": Cells(str, field.heading, "The cell's text.", nullable=True)
            for field in EARLIER_FIELDS
        },
    },
    common=lambda row: {"ref": row.ref_expected, "value": conditions.figure(row)},
    checks=(
        RowCheck(
            "C02",
            "Another area's indicator",
            "{ref} is not reported by {area}.",
            "Remove the row, or ask for the register to be changed.",
            "Figures are taken only from the service areas that the register names.",
            at={"ref": Condition(("is_owned",), lambda owned: owned)},
            words=lambda row, _: {
                "area": row.area,
                "value": conditions.figure(row) if row.ref_seen is None else row.ref_seen,
            },
            ends_row=True,
        ),
        RowCheck(
            "C15",
            "Indicator row missing",
            "The return has no row for {ref} ({wording}).",
            "Put the row back from the template and fill it in, or mark it Not available.",
            "Every indicator of the service area needs an answer.",
            at={"": Condition(("is_there",), lambda there: there)},
            words=lambda row, _: {"wording": row.indicator_expected},
            ends_row=True,
        ),
        RowCheck(
            "C10",
            "Not as registered",
            "The {what} is not as it is registered; it should read: {expected}.",
            "Correct it; if it is meant so, ask for the register to be changed.",
            "If the wording changed, the figure may answer another question.",
            at={
                key: Condition((f"{key}_seen", f"{key}_expected"), conditions.unaltered)
                for key in PREFILLED
            },
            words=conditions.altered,
        ),
        RowCheck(
            "C01",
            "Figure missing",
            "{ref} has no {what}.",
            "Fill in Performance, or choose Not available under Status.",
            "A blank may mean nothing to report, not known yet, or forgotten.",
            at={
                "performance": Condition(
                    ("has_figure", "no_cases", "status", "is_bad"),
                    lambda has, none, status, bad: (
                        has | none | (status == Status.NOT_AVAILABLE) | bad
                    ),
                )
            },
            words=lambda row, _: {"what": _WHAT[row.kind]},
        ),
        RowCheck(
            "C13",
            "Figure and Not available",
            "{ref} is marked Not available but has the figure {value}.",
            "Clear the figure, or choose Final or Provisional.",
            "Only one of the two can be true.",
            at={
                "performance": Condition(
                    ("has_figure", "status"),
                    lambda has, status: ~has | (status != Status.NOT_AVAILABLE),
                )
            },
            words=lambda row, key: {"value": row.seen.get(key, conditions.figure(row))},
        ),
        RowCheck(
            "C18",
            "No cases where there always is a figure",
            "{ref} is given as no cases, and it is {called}.",
            "Type 0 where nothing was counted, or choose another status.",
            "A percentage or an average needs cases; where there are none, a count is 0.",
            at={
                "performance": Condition(
                    ("no_cases", "may_have_no_cases"), lambda none, may: ~none | may
                )
            },
            words=lambda row, _: {
                "called": row.unit.row.called if row.kind == Kind.MEASURE else f"a {row.kind}"
            },
        ),
        RowCheck(
            "C19",
            "No cases and something else",
            "{ref} is given as no cases, and {also}.",
            "Keep the one that is right, and clear the other.",
            "Only one of the two can be true.",
            at={
                "performance": Condition(
                    ("no_cases", "has_figure", "status"),
                    conditions.are_no_cases_alone,
                    also=("numerator", "denominator"),
                )
            },
            words=conditions.beside_no_cases,
        ),
        RowCheck(
            "C14",
            "Impossible figure",
            "{value} is impossible: {reason}.",
            "Type the figure again, for example {example}.",
            "Such a figure is always a slip.",
            at={
                "performance": Condition(
                    ("value", "unit"),
                    lambda value, unit: ~unit.isin(_NEVER_NEGATIVE) | (value >= 0),
                ),
                "numerator": Condition(
                    ("numerator", "is_share"), lambda part, is_share: ~is_share | (part >= 0)
                ),
                "denominator": Condition(
                    ("denominator", "is_share"), lambda whole, is_share: ~is_share | (whole >= 0)
                ),
            },
            words=conditions.impossible,
        ),
        RowCheck(
            "C20",
            "Nothing to divide by",
            "The denominator of {ref} is 0, and nothing can be divided by it.",
            "Correct it. Where there were no cases, type 0 as numerator too, and clear the figure.",
            "0 of 0 is no cases; anything else out of nothing is a slip.",
            at={
                "denominator": Condition(
                    ("denominator", "no_cases"), lambda whole, none: none | (whole != 0)
                )
            },
            words=lambda *_: {"value": "0"},
        ),
        RowCheck(
            "C07",
            "Numerator above denominator",
            "The numerator {value} is larger than the denominator {other}.",
            "Check both; the numerator counts a part of the denominator.",
            "A part cannot be larger than the whole.",
            at={
                "numerator": Condition(
                    ("numerator", "denominator", "is_share"),
                    lambda part, whole, is_share: ~is_share | (part <= whole),
                    unless=("C14 denominator", "C20 denominator"),
                )
            },
            words=lambda row, _: {"value": f"{row.numerator:f}", "other": f"{row.denominator:f}"},
        ),
        RowCheck(
            "C08",
            "Figure does not follow from its parts",
            "{value} does not follow from the numerator and denominator, which give {computed}.",
            "Correct whichever of the three is wrong.",
            "One of the three was typed wrongly, and only the service area knows which.",
            at={
                "performance": Condition(
                    ("value", "numerator", "denominator", "unit", "decimals"),
                    conditions.follows,
                    unless=(
                        *("C14 numerator", "C14 denominator"),
                        *("C20 denominator", "C07 numerator"),
                    ),
                )
            },
            words=conditions.computed,
        ),
        RowCheck(
            "C03",
            "Below the plausible range",
            "{value} is below {bound}, the least that is plausible for {ref}.",
            "Check the figure. If it is right, say why in Commentary.",
            "The register holds the range in which the figure is to be expected.",
            at={
                "performance": Condition(("value", "minimum"), lambda value, least: value >= least)
            },
            words=lambda row, _: {"bound": conditions.printed(row, row.minimum)},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C04",
            "Above the plausible range",
            "{value} is above {bound}, the most that is plausible for {ref}.",
            "Check the figure. If it is right, say why in Commentary.",
            "The register holds the range in which the figure is to be expected.",
            at={"performance": Condition(("value", "maximum"), lambda value, most: value <= most)},
            words=lambda row, _: {"bound": conditions.printed(row, row.maximum)},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C05",
            "Large change since last period",
            "{value} differs from last period's {earlier} by more than {bound}.",
            "Check the figure. If it is right, say why in Commentary.",
            "A sudden change is more often a slip than news.",
            at={
                "performance": Condition(
                    ("value", "last", "largest_change"),
                    lambda value, last, most: abs(value - last) <= most,
                )
            },
            words=lambda row, _: {
                "earlier": conditions.printed(row, row.last),
                "bound": conditions.printed(row, row.largest_change),
            },
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C75",
            "Cumulative figure that falls",
            "{ref} is reported cumulatively, and {value} is less than the {earlier} of the period "
            "before.",
            "Type what there was from the beginning of the year on, and not of the period alone. "
            "If an earlier figure was wrong, say so in Commentary.",
            "A figure of the period alone, typed where the year's so far belongs, looks far too "
            "good or too bad.",
            at={"performance": Condition(("value", "so_far"), operator.ge)},
            words=lambda row, _: {"earlier": conditions.printed(row, row.so_far)},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C70",
            "A figure that was accepted becomes Not available",
            "{ref} is given as Not available, and the return that counts until now has its figure.",
            "If that figure was wrong, nothing is to do; if not, type it again and clear Status.",
            "A later return takes the place of the whole of an earlier one.",
            at={
                "performance": Condition(
                    ("standing", "status", "is_bad"),
                    lambda _standing, status, bad: (status != Status.NOT_AVAILABLE) | bad,
                )
            },
            words=lambda row, key: {"value": row.seen.get(key, "")},
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C71",
            "Earlier figure altered",
            "Under {heading} stands {value} for {ref}, and {earlier} counts.",
            "Nothing is changed by it. To correct a figure of an earlier period, send the return "
            "of that period again.",
            "What is typed over an earlier figure would be lost without a word.",
            at={
                key: Condition((f"{key}_seen", key, "unit", "decimals"), conditions.is_told_so)
                for key in EARLIER
            },
            words=conditions.told_otherwise,
            severity=Severity.WARNING,
        ),
        RowCheck(
            "C06",
            "Commentary missing",
            "{ref} needs commentary{reason}.",
            "Say in Commentary what lies behind the figure and what is being done.",
            "Committee asks why; the register says for which indicators the answer must be given.",
            at={
                "commentary": Condition(
                    ("commentary_rule", "commentary"),
                    conditions.explained,
                    also=("value", "target", "polarity"),
                )
            },
            words=conditions.off_target,
        ),
        RowCheck(
            "C09",
            "Numerator or denominator missing",
            "{ref} needs both its numerator and its denominator.",
            "Fill in both; with them the areas' figures can be added up rightly.",
            "Percentages of areas of different size cannot be averaged.",
            at={
                part: Condition(
                    ("value", "merge_rule", "is_bad"),
                    lambda _value, rule, bad, part: ~rule.isin(_NEEDING_PARTS) | bad | part.notna(),
                    also=(part,),
                    unless=unless,
                )
                for part, unless in (
                    ("numerator", ()),
                    ("denominator", ("C14 numerator", "C09 numerator")),
                )
            },
            words=lambda _row, _: {"value": ""},
        ),
        RowCheck(
            "C21",
            "No cases",
            "{ref} has no cases: there was nothing to measure, as in 0 of 0. It is not rated.",
            "Nothing to do, if that is so; otherwise give the figure.",
            "Of nobody there is no percentage; figures of other areas are merged without it.",
            at={"performance": Condition(("no_cases", "is_bad"), lambda none, bad: ~none | bad)},
            words=lambda row, key: {"value": row.seen.get(key, "")},
            severity=Severity.INFO,
        ),
    ),
)

_EARLIER_FIGURES = frozenset({*EARLIER, "so_far"})
#: The codes of the checks that hold a figure against the last period's, and quote it.
COMPARING = frozenset(
    check.code
    for check in ROWS.checks
    if any(not _EARLIER_FIGURES.isdisjoint(each.looks_at) for each in check.at.values())
)
