"""The settings of the register's sheet Framework, as plain data."""

from msgspec.structs import replace

from schemas import register_columns as column
from schemas.deciding import IssueRule, Weekday
from schemas.frequency import FirstMonth
from schemas.model import PolicyKind, TextBounds, ToleranceKind
from schemas.register_asking import FRAMEWORK_ASKING
from schemas.register_columns import RegisterColumn, sheet
from schemas.units import Thousands

#: Of so many earlier periods at most the appendix has columns.
MOST_EARLIER = 4
#: A bound of text may be set to so many times what it is unset.
TIMES = 10


def _bound(name: str, heading: str, what: str) -> RegisterColumn:
    """The setting of one of the bounds of text."""
    unset: int = getattr(TextBounds(), name)
    return column.whole(
        f"most_{name}",
        heading,
        f"Type {what}, for example {unset}, and {TIMES * unset} at the most. Blank counts as "
        f"{unset}.",
        least=1,
        most=TIMES * unset,
        later=True,
        attribute=f"bounds.{name}",
    )


#: What the colours mean; it stands on Framework, and on Policies where it changes.
_POLICY = (
    column.word(
        "policy",
        "Rating policy",
        "Choose target and tolerance (green in target, amber out of it by no more than the "
        "tolerance), or target or improvement (green within the tolerance, amber beyond it but no "
        "worse than a year before).",
        choices=tuple(PolicyKind),
        required=True,
        attribute="policy.kind",
    ),
    column.figure(
        "tolerance",
        "Tolerance",
        "Type how far out of target is still within tolerance, for example 5%.",
        required=True,
        attribute="policy.tolerance.amount",
        percent_where=("tolerance_kind", ToleranceKind.PERCENT_OF_TARGET),
    ),
    column.word(
        "tolerance_kind",
        "Tolerance kind",
        "Choose percent of target, or points of the indicator's own unit.",
        choices=tuple(ToleranceKind),
        called="a kind of tolerance",
        required=True,
        attribute="policy.tolerance.kind",
    ),
    column.share(
        "green_from",
        "Green from",
        "Overall scores green 1, amber ½ and red 0 and takes the mean. Type the mean from which "
        "the whole is green, from 0 to 1, for example 0.75.",
        required=True,
        attribute="policy.green_from",
    ),
    column.share(
        "amber_from",
        "Amber from",
        "Type the mean from which the whole is amber, no higher than Green from, for example 0.5.",
        required=True,
        attribute="policy.amber_from",
    ),
)
_EXCEEDED = column.figure(
    "exceeded_by",
    "Exceeded by",
    "Type how far better than its target a figure must be to have exceeded it, of the kind of the "
    "tolerance, for example 5%. Leave blank for no such band.",
    later=True,
    attribute="policy.exceeded_by",
    percent_where=("tolerance_kind", ToleranceKind.PERCENT_OF_TARGET),
)
_COVERAGE = column.share(
    "coverage_from",
    "Coverage from",
    "Type what share of all that is due must have been answered before the whole is rated, "
    "from 0 to 1, for example 0.75. Blank counts as 0: it is rated from the first figure on.",
    later=True,
    attribute="policy.coverage_from",
)

#: The framework's settings: each stands in a row of its own, named in the first column.
FRAMEWORK = sheet(
    "Framework",
    "setting",
    column.text(
        "council",
        "Council",
        "Type the council's name, for example Example Borough Council.",
        required=True,
    ),
    column.text(
        "title",
        "Title",
        "Type the appendix's title, for example Delivering fair and responsive services.",
        required=True,
    ),
    column.code(
        "appendix",
        "Appendix number",
        "Type its number as printed, for example Appendix 3. It may be left blank.",
        required=False,
    ),
    *_POLICY,
    column.whole(
        "small_below",
        "Small numbers below",
        "Type the number from which a count of people may be published, for example 5; what is "
        "smaller is suppressed. Leave blank to suppress nothing by its size.",
        least=3,
        later=True,
    ),
    column.whole(
        "keep_years",
        "Keep returns for",
        "Type for how many years returns are kept, for example 6. Leave blank to keep them for "
        "good.",
        least=1,
        later=True,
    ),
    column.wholes(
        "remind_before",
        "Remind days before",
        "Type how many days before returns are due a service area is reminded, with semicolons "
        "between, for example 7; 1. 0 is the day itself. Leave blank for no reminder before.",
        later=True,
    ),
    column.wholes(
        "remind_after",
        "Remind days after",
        "Type how many days after that day a service area whose return is missing is reminded, "
        "with semicolons between, for example 1; 3; 7. Leave blank for no reminder after.",
        least=1,
        later=True,
    ),
    _bound("achievements", "Most achievements", "how many achievements a return may hold"),
    _bound("achievement", "Longest achievement", "how many characters an achievement may have"),
    _bound(
        "commentary",
        "Longest commentary",
        "how many characters a commentary, or what an indicator in words reports, may have",
    ),
    _bound("whole", "Longest return", "how many characters all words of a return may have"),
    _COVERAGE,
    column.word(
        "issue_when",
        "Issue",
        "Choose what makes an issue of a draft: on approval (an approver's word), when complete "
        "(all that is due has been answered), on a date (of the period, on the sheet Periods), or "
        "at every change. Blank counts as at every change.",
        choices=tuple(IssueRule),
        called="a rule for issues",
        later=True,
    ),
    column.words(
        "draft_days",
        "Drafts on",
        "Type the days of the week on which drafts are sent, with semicolons between, for example "
        "tuesday; thursday. Leave blank for every day on which they have changed.",
        choices=tuple(Weekday),
        called="a list of days of the week",
        later=True,
    ),
    column.word(
        "year_begins",
        "Year begins in",
        "Choose the month in which years begin, for example april: it says which quarter is the "
        "last of a year. Blank counts as april.",
        choices=tuple(FirstMonth),
        called="a month",
        later=True,
    ),
    _EXCEEDED,
    column.whole(
        "earlier_periods",
        "Earlier periods",
        "Type of how many earlier periods the appendix prints the figures beside each indicator, "
        f"for example 2, and {MOST_EARLIER} at the most. Blank counts as {MOST_EARLIER}, or as "
        "many as there is room for.",
        least=0,
        most=MOST_EARLIER,
        later=True,
    ),
    column.word(
        "thousands",
        "Thousands",
        "Choose how figures from a thousand on are printed: grouped (4,248) or bare (4248; from "
        "10,000 on they are grouped all the same, and so is money). Blank counts as bare.",
        choices=tuple(Thousands),
        called="a way to print thousands",
        later=True,
    ),
    *FRAMEWORK_ASKING,
)
#: What the colours mean from a period on, in place of what Framework says.
POLICIES = sheet(
    "Policies",
    "policy",
    column.code(
        "since",
        "From period",
        "Choose the period from which this row holds, for example 2013-14 Q1. Before the first, "
        "what the sheet Framework says holds; with no row at all, always.",
        16,
        chosen_from="PeriodNames",
    ),
    *(replace(each, width=18) for each in (*_POLICY, _COVERAGE, _EXCEEDED)),
    later=True,
)
#: The columns of its table.
FRAMEWORK_COLUMNS = (
    column.text("setting", "Setting", "What is set. Leave this column as it is.", 20),
    column.text(
        "value", "Value", "Type or choose the value here, for example 5% for the tolerance.", 42
    ),
    column.text(
        "meaning", "What it means", "What to type, with an example. Nothing here is read.", 76
    ),
)
