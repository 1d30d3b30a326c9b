"""The settings of the register's sheet Framework, as plain data."""

from __future__ import annotations

from schemas.model import PolicyKind, ToleranceKind
from schemas.register_columns import Content, RegisterColumn, RegisterSheet, figure, text, word

#: The framework's settings: each stands in a row of its own, named in the first column.
FRAMEWORK = RegisterSheet(
    *("Framework", "Framework", "framework", "setting"),
    (
        text(
            "council",
            "Council",
            0,
            "Type the council's name, for example Example Borough Council.",
            required=True,
        ),
        text(
            "title",
            "Title",
            0,
            "Type the appendix's title, for example Delivering fair and responsive services.",
            required=True,
        ),
        RegisterColumn(
            "appendix",
            "Appendix number",
            0,
            "Type its number as printed, for example Appendix 3. It may be left blank.",
            Content.CODE,
        ),
        word(
            "policy",
            "Rating policy",
            0,
            "Choose target and tolerance (green in target, amber out of it by no more than the "
            "tolerance), or target or improvement (green within the tolerance, amber beyond it "
            "but no worse than a year before).",
            required=True,
            choices=tuple(PolicyKind),
            called="a rating policy",
            attribute="policy.kind",
        ),
        figure(
            "tolerance",
            "Tolerance",
            0,
            "Type how far out of target is still within tolerance, for example 5%.",
            required=True,
            attribute="policy.tolerance.amount",
        ),
        word(
            "tolerance_kind",
            "Tolerance kind",
            0,
            "Choose percent of target, or points of the indicator's own unit.",
            required=True,
            choices=tuple(ToleranceKind),
            called="a kind of tolerance",
            attribute="policy.tolerance.kind",
        ),
        RegisterColumn(
            "green_from",
            "Green from",
            0,
            "Overall scores green 1, amber ½ and red 0 and takes the mean. Type the mean from "
            "which the whole is green, from 0 to 1, for example 0.75.",
            Content.SHARE,
            required=True,
            attribute="policy.green_from",
        ),
        RegisterColumn(
            "amber_from",
            "Amber from",
            0,
            "Type the mean from which the whole is amber, no higher than Green from, for "
            "example 0.5.",
            Content.SHARE,
            required=True,
            attribute="policy.amber_from",
        ),
        RegisterColumn(
            "small_below",
            "Small numbers below",
            0,
            "Type the number from which a count of people may be published, for example 5; what "
            "is smaller is suppressed. Leave blank to suppress nothing by its size.",
            Content.WHOLE,
            least=3,
            later=True,
        ),
        RegisterColumn(
            "keep_years",
            "Keep returns for",
            0,
            "Type for how many years returns are kept, for example 6. Leave blank to keep them "
            "for good.",
            Content.WHOLE,
            least=1,
            later=True,
        ),
        RegisterColumn(
            "remind_before",
            "Remind days before",
            0,
            "Type how many days before returns are due a service area is reminded, with "
            "semicolons between, for example 7; 1. 0 is the day itself. Leave blank for no "
            "reminder before.",
            Content.WHOLES,
            later=True,
        ),
        RegisterColumn(
            "remind_after",
            "Remind days after",
            0,
            "Type how many days after that day a service area whose return is missing is "
            "reminded, with semicolons between, for example 1; 3; 7. Leave blank for no "
            "reminder after.",
            Content.WHOLES,
            least=1,
            later=True,
        ),
    ),
)
#: The headings of the framework's own table, their notes and their widths.
FRAMEWORK_HEADINGS = (
    ("Setting", "What is set. Leave this column as it is.", 20),
    ("Value", "Type or choose the value here, for example 5% for the tolerance.", 42),
    ("What it means", "What to type, with an example. Nothing here is read.", 76),
)
