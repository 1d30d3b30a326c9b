"""Number formats: literal text and scaling are part of what a cell shows.

Where what is shown and what is stored differ by more than rounding, nobody can tell which is meant.
"""

from __future__ import annotations

from datetime import date

from tests.corpus.expected import Asked, Expected, Open, read
from tests.corpus.layout import BEFORE, NOW, READ, WAYS, Layout, Way, cover, table
from tests.corpus.layouts.marks import one
from tests.corpus.sheets import Cell, Shown, dated, percent, pounds

#: OpenDocument says a code of several sections by a style for each, which the own writer does not.
_SECTIONS = tuple(way for way in WAYS if way != Way("own", ".ods"))


def _one(name: str, figure: Cell, expected: Expected, ref: str = "1.1") -> Layout:
    return one(name, figure, expected, ref, ways=WAYS)


def _sections(name: str, figure: Cell, expected: Expected, ref: str = "1.1") -> Layout:
    return one(name, figure, expected, ref, ways=_SECTIONS)


LAYOUTS = (
    # Percentages: 87.5, and 45 as three people would type it.
    _one("a percentage stored as 0.45, shown as 45%", percent("45", 0), read(45), "1.2"),
    _one("a percentage stored as 45, without a format", 45, read(45), "1.2"),
    _one("a percentage typed as the text 45%", "45%", read(45), "1.2"),
    _one("a percentage typed as the text 45.5 %", "45.5 %", read("45.5"), "1.2"),
    _one("a percentage typed as the text 45 per cent", "45 per cent", read(45), "1.2"),
    _one(
        "a percentage stored as 45, its sign a literal of the format",
        Shown(45, '0"%"', "45%"),
        read(45),
        "1.2",
    ),
    _one(
        "a percentage stored as 45 with one decimal shown",
        Shown(45, "0.0", "45.0"),
        read(45),
        "1.2",
    ),
    _one(
        "a percentage stored as 0.45, without a format",
        0.45,
        Asked("45% or 0.45%"),
        "1.2",
    ),
    _one(
        "a percentage stored as 0.45, shown as 0.45",
        Shown(0.45, "0.00", "0.45"),
        Asked("45% or 0.45%"),
        "1.2",
    ),
    _one("a percentage typed as the text 0.45", "0.45", Asked("45% or 0.45%"), "1.2"),
    _one("a percentage stored as 1, without a format", 1, Asked("1% or all"), "1.2"),
    _one(
        "a percentage stored as 45, shown as 4500%",
        Shown(45, "0%", "4500%"),
        Open(read(4500), "what is shown can hardly be meant"),
        "1.2",
    ),
    _one(
        "a percentage stored as 0.45, its sign a literal of the format",
        Shown(0.45, '0.00"%"', "0.45%"),
        Open(read("0.45"), "45% or 0.45%"),
        "1.2",
    ),
    _one(
        "a percentage stored as 0.5 in a count",
        percent("50", 0),
        Asked("a percentage is no count"),
    ),
    # What a formula leaves behind.
    _one(
        "days stored as 45.099999999999994, as a formula leaves them",
        45.099999999999994,
        read("45.1"),
        "1.11",
    ),
    _one(
        "days stored as 45.0999999, shown as 45.1",
        Shown(45.0999999, "0.0", "45.1"),
        read("45.1", "45.0999999"),
        "1.11",
    ),
    _one(
        "a percentage stored as 0.450999999, shown as 45.1%",
        Shown(0.450999999, "0.0%", "45.1%"),
        read("45.1", "45.0999999"),
        "1.2",
    ),
    _one(
        "days stored as 45.0999999, without a format",
        45.0999999,
        read("45.0999999", "45.1"),
        "1.11",
    ),
    _one("a percentage stored as 0.07 times 100", 7.000000000000001, read(7), "1.2"),
    # Literal text.
    _one(
        "money stored as 120, shown as £120.0k",
        Shown(120, '"£"0.0"k"', "£120.0k"),
        Asked("120 is stored and 120,000 is shown"),
        "1.10",
    ),
    _one(
        "a count stored as 120, shown as 120.0k",
        Shown(120, '0.0"k"', "120.0k"),
        Asked("120 is stored and 120,000 is shown"),
    ),
    _one(
        "money stored as 1.2, shown as £1.2m",
        Shown(1.2, '"£"0.0"m"', "£1.2m"),
        Asked("1.2 is stored and 1,200,000 is shown"),
        "1.10",
    ),
    _one(
        "days stored as 12.5, shown as 12.5 days",
        Shown(12.5, '0.0" days"', "12.5 days"),
        read("12.5"),
        "1.11",
    ),
    _one(
        "days stored as 2, shown as 2 weeks",
        Shown(2, '0" weeks"', "2 weeks"),
        Asked("weeks are no days"),
        "1.11",
    ),
    _one(
        "a count stored as 4605, shown as 4605*",
        Shown(4605, '0"*"', "4605*"),
        Open(read(4605), "a footnote's mark"),
    ),
    _one("a count stored as 5, shown as <5", Shown(5, '"<"0', "<5"), Asked("fewer than shown")),
    _one(
        "a count stored as 4605, shown as c. 4605",
        Shown(4605, '"c. "0', "c. 4605"),
        Asked("roughly"),
    ),
    _one(
        "a count stored as 4605, shown as 4605 (est.)",
        Shown(4605, '0" (est.)"', "4605 (est.)"),
        Asked("an estimate"),
    ),
    # Scaling.
    _one(
        "money stored as 120000, shown as 120",
        Shown(120_000, "#,##0,", "120"),
        Asked("120,000 is stored and 120 is shown"),
        "1.10",
    ),
    _one(
        "a count stored as 4605000, shown as 4,605",
        Shown(4_605_000, "#,##0,", "4,605"),
        Asked("4,605,000 is stored and 4,605 is shown"),
    ),
    _one(
        "money stored as 1200000, shown as 1.2m",
        Shown(1_200_000, '0.0,,"m"', "1.2m"),
        read(1_200_000),
        "1.10",
    ),
    _one(
        "money stored as 120000, shown as £120k",
        Shown(120_000, '"£"#,##0,"k"', "£120k"),
        read(120_000),
        "1.10",
    ),
    _one(
        "money stored as 1234567, shown as £1.2m",
        Shown(1_234_567, '"£"0.0,,"m"', "£1.2m"),
        Open(read(1_234_567), "what is shown is rounded to hundreds of thousands"),
        "1.10",
    ),
    # Currency.
    _one(
        "money stored as 120000, shown as $120,000",
        Shown(120_000, '"$"#,##0', "$120,000"),
        Asked("dollars are no pounds"),
        "1.10",
    ),
    _one(
        "money in Excel's own format for dollars",
        Shown(120_000, "[$$-409]#,##0.00", "$120,000.00"),
        Asked("dollars are no pounds"),
        "1.10",
    ),
    _one(
        "money in Excel's own format for euros",
        Shown(120_000, "[$€-2]#,##0.00", "€120,000.00"),
        Asked("euros are no pounds"),
        "1.10",
    ),
    _one(
        "money in Excel's own format for pounds",
        Shown(120_000, "[$£-809]#,##0.00", "£120,000.00"),
        read(120_000),
        "1.10",
    ),
    _one("money stored as 120000, without a format", 120_000, read(120_000), "1.10"),
    _one(
        "money stored as 120000, shown as 120,000.00",
        Shown(120_000, "#,##0.00", "120,000.00"),
        read(120_000),
        "1.10",
    ),
    _one("money typed as the text $120,000", "$120,000", Asked("dollars are no pounds"), "1.10"),
    _one("a count shown as money", pounds(4605), Asked("pounds are no count")),
    # Dates.
    _one(
        "a count stored as 4605, shown as a day",
        dated(date(1912, 8, 9)),
        Asked("a day is no count"),
    ),
    _one(
        "a percentage that Excel took for a day, 1-Feb",
        dated(date(2015, 2, 1), "d-mmm", "1-Feb"),
        Asked("a day is no percentage"),
        "1.2",
    ),
    # Sections.
    _sections(
        "a loss shown in brackets",
        Shown(-120_000, '"£"#,##0;("£"#,##0)', "(£120,000)"),
        read(-120_000),
        "1.10",
    ),
    _sections(
        "a loss shown in red with its sign",
        Shown(-120_000, '"£"#,##0;[Red]-"£"#,##0', "-£120,000"),
        read(-120_000),
        "1.10",
    ),
    _sections(
        "a loss shown without its sign",
        Shown(-120_000, "#,##0;#,##0", "120,000"),
        Asked("a loss is stored and a gain is shown"),
        "1.10",
    ),
    _sections(
        "a count of 0, shown as nil",
        Shown(0, '0;-0;"nil"', "nil"),
        Open(read(0), "what is shown is a word"),
    ),
    _sections(
        "money of 0, shown as a dash by an accountant's format",
        Shown(0, '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-', "-"),
        Open(read(0), "a dash may be none or not known"),
        "1.10",
    ),
    _sections(
        "money of 120000 in an accountant's format",
        Shown(
            120_000,
            '_-"£"* #,##0_-;-"£"* #,##0_-;_-"£"* "-"_-;_-@_-',
            " £120,000 ",
        ),
        read(120_000),
        "1.10",
    ),
    _sections(
        "a count in a format that shows nothing",
        Shown(4605, ";;;", ""),
        Asked("4605 is stored and nothing is shown"),
    ),
    _sections(
        "a count in a format with a condition that sets thousands",
        Shown(4605, '[>=1000]#,##0,"k";0', "5k"),
        Asked("4605 is stored and 5k is shown"),
    ),
    _sections(
        "days stored as 12.5, shown as a fraction",
        Shown(12.5, "# ?/?", "12 1/2"),
        Open(read("12.5"), "what is shown is a fraction"),
        "1.11",
    ),
    _sections(
        "money stored as 120000, shown as 1.20E+05",
        Shown(120_000, "0.00E+00", "1.20E+05"),
        Open(read(120_000), "what is shown is rounded"),
        "1.10",
    ),
    # Plain ones.
    _one(
        "a count stored as 4605, shown as 4,605",
        Shown(4605, "#,##0", "4,605"),
        read(4605),
    ),
    _one("a count stored as 4605, shown as 4605.00", Shown(4605, "0.00", "4605.00"), read(4605)),
    _one("a count typed into a cell of text", Shown("4605", "@", "4605"), read(4605)),
    _one(
        "days stored as 12.4, shown as 12",
        Shown(12.4, "0", "12"),
        Open(read("12.4"), "what is shown has fewer decimals than are published"),
        "1.11",
    ),
    Layout(
        "last quarter's figures in odd formats, this quarter's plain",
        (
            cover(),
            table(
                ("Q2", "Q3"),
                (Shown(4711, '0.0"k"', "4711.0k"), *BEFORE[1:]),
                NOW,
            ),
        ),
        READ,
    ),
)
