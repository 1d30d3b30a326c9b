"""Units typed in cells, as text behind or before the figure."""

from __future__ import annotations

from tests.corpus.expected import Asked, Open, read
from tests.corpus.layout import READ, Layout, cover, table
from tests.corpus.layouts.marks import one

_WORD = "a word behind the figure that may be what is counted"

LAYOUTS = (
    Layout(
        "every figure typed as text with its unit",
        (cover(), table(("Actual",), ("4,605", "87.5%", "£120,000", "12.5 days"))),
        READ,
    ),
    Layout(
        "every figure typed as text without its unit",
        (cover(), table(("Actual",), ("4605", "87.5", "120000", "12.5"))),
        READ,
    ),
    Layout(
        "every figure typed as text with blanks between sign and figure",
        (cover(), table(("Actual",), ("4,605 ", "87.5 %", "£ 120,000", " 12.5  days"))),
        READ,
    ),
    one("days typed 1 day", "1 day", read(1), "1.11"),
    one("days typed 12.5 Days", "12.5 Days", read("12.5"), "1.11"),
    one("days typed 12.5d", "12.5d", Open(read("12.5"), "a letter for days"), "1.11"),
    one("days typed 12 weeks", "12 weeks", Asked("weeks are no days"), "1.11"),
    one("days typed 3 months", "3 months", Asked("months are no days"), "1.11"),
    one("days typed 36 hours", "36 hours", Asked("hours are no days"), "1.11"),
    one(
        "days typed 12 working days",
        "12 working days",
        Asked("working days are not all days"),
        "1.11",
    ),
    one("days typed 2 weeks 3 days", "2 weeks 3 days", Asked("two figures"), "1.11"),
    one("money typed GBP 120,000", "GBP 120,000", read(120_000), "1.10"),
    one("money typed £120k", "£120k", read(120_000), "1.10"),
    one("money typed £1.2m", "£1.2m", read(1_200_000), "1.10"),
    one("money typed £1.2 million", "£1.2 million", Open(read(1_200_000), "a scale"), "1.10"),
    one("money typed 120,000 euros", "120,000 euros", Asked("euros are no pounds"), "1.10"),
    one("money typed £120,000 pa", "£120,000 pa", Asked("an amount for a year"), "1.10"),
    one("money typed £120,000 gross", "£120,000 gross", Asked("gross of what"), "1.10"),
    one("a percentage typed 87.5 pc", "87.5 pc", read("87.5"), "1.2"),
    one("a percentage typed 87.5 percent", "87.5 percent", read("87.5"), "1.2"),
    one("a percentage typed 87.5 points", "87.5 points", Asked("points are a change"), "1.2"),
    one("a percentage typed +2.5%", "+2.5%", Asked("a change, or a figure"), "1.2"),
    one("a percentage typed 87.5‰", "87.5‰", Asked("thousandths"), "1.2"),
    one("a percentage typed 70 of 80", "70 of 80", read("87.5"), "1.2"),
    one(
        "a percentage typed 70/80",
        "70/80",
        Open(read("87.5"), "a share, or one figure over another"),
        "1.2",
    ),
    one(
        "a percentage typed 87.5% (70 of 80)",
        "87.5% (70 of 80)",
        Open(read("87.5"), "two ways of saying one figure"),
        "1.2",
    ),
    one(
        "a percentage typed 85% (70 of 80), which is 87.5%",
        "85% (70 of 80)",
        Asked("two figures"),
        "1.2",
    ),
    one("a count typed 4,605 incidents", "4,605 incidents", Open(read(4605), _WORD)),
    one("a count typed 4,605 people", "4,605 people", Open(read(4605), _WORD)),
    one("a count typed 4.6k", "4.6k", Open(read(4600), "a scale")),
    one("a count typed 12 dozen", "12 dozen", Asked("dozens")),
    one("a count typed 87.5%", "87.5%", Asked("a percentage is no count")),
    one("a count typed £4,605", "£4,605", Asked("pounds are no count")),
    one("a count typed 4605 days", "4605 days", Asked("days are no count")),
    one("money typed 87.5%", "87.5%", Asked("a percentage is no amount"), "1.10"),
)
