"""Lines of a cell: two lines are two texts."""

from __future__ import annotations

from tests.corpus.expected import Asked, Expected, Open, read
from tests.corpus.layout import AIM, NOW, READ, WAYS, Layout, cover, lines, opened, table
from tests.corpus.layouts.marks import one
from tests.corpus.sheets import Cell, sheet


def _one(name: str, figure: Cell, expected: Expected, ref: str = "1.1") -> Layout:
    return one(name, figure, expected, ref, ways=WAYS)


LAYOUTS = (
    _one("45 and 120 on two lines", "45\n120", Asked("two figures")),
    _one("1, 234 and 567 on three lines", "1\n234\n567", Asked("three figures")),
    _one("4,605 on the first line, 4,711 on the second", "4,605\n4,711", Asked("two figures")),
    _one("£120,000 and £80,000 on two lines", "£120,000\n£80,000", Asked("two figures"), "1.10"),
    _one("85% and 87.5% on two lines", "85%\n87.5%", Asked("two figures"), "1.2"),
    _one("12 and .5 on two lines", "12\n.5", Asked("two texts"), "1.11"),
    _one(
        "North 2,000 and South 2,605 on two lines",
        "North: 2,000\nSouth: 2,605",
        Asked("two figures"),
    ),
    _one(
        "4,605 and (provisional) on two lines",
        "4,605\n(provisional)",
        Open(read(4605), "taken where it is marked as provisional"),
    ),
    _one(
        "12.5 and days on two lines",
        "12.5\ndays",
        Open(read("12.5"), "the second line is the unit"),
        "1.11",
    ),
    _one(
        "4,605 and an empty second line",
        "4,605\n",
        Open(read(4605), "the second line is empty"),
    ),
    _one(
        "an empty first line and 4,605",
        "\n4,605",
        Open(read(4605), "the first line is empty"),
    ),
    _one("a minus on the first line, 45 on the second", "-\n45", Asked("two texts")),
    Layout(
        "wordings broken over two lines",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                ("1.1", "Incidents of\nanti-social behaviour", 4605),
                ("1.2", "Victims satisfied\nwith the service", NOW[1]),
                *lines(NOW)[2:],
            ),
        ),
        READ,
    ),
    Layout(
        "headings broken over two lines: Actual, (Q3)",
        (cover(), table(("Target\n(Q3)", "Actual\n(Q3)"), AIM, NOW)),
        READ,
    ),
    Layout(
        "area and period on two lines of one cell",
        (
            sheet(
                "Return",
                ("Community safety\n2015-16 Q3",),
                (),
                ("Ref", "Indicator", "Actual"),
                *lines(NOW),
            ),
        ),
        opened(READ, "two lines without labels"),
    ),
    Layout(
        "commentary of two lines",
        (
            cover(),
            table(
                ("Actual", "Commentary"),
                NOW,
                ("Fewer at night.\nMore by day.", None, None, None),
            ),
        ),
        READ,
        words={"1.1": "Fewer at night.\nMore by day."},
    ),
)
