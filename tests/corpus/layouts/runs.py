"""Runs of a text: struck out, raised as a footnote's mark, lowered, bold."""

from __future__ import annotations

from tests.corpus.expected import Asked, Expected, Open, read
from tests.corpus.layout import AIM, NOW, READ, WAYS, Layout, all_asked, cover, lines, opened, table
from tests.corpus.layouts.marks import one
from tests.corpus.sheets import (
    BOLD,
    LOWERED,
    RED,
    STRUCK,
    Cell,
    Rich,
    Run,
    Shown,
    raised,
    rich,
    sheet,
    struck,
)

_WHY = "an ordinary run may be taken where the others are plainly no part of the figure"


def _one(name: str, figure: Cell, expected: Expected, ref: str = "1.1") -> Layout:
    return one(name, figure, expected, ref, ways=WAYS)


def _open(value: str) -> Open:
    return Open(read(value), _WHY)


LAYOUTS = (
    _one("88 struck out, and 99 behind it", rich(struck("88"), "99"), _open("99")),
    _one("99, and 88 struck out behind it", rich("99", struck("88")), _open("99")),
    _one("88 struck out, a blank, and 99", rich(struck("88"), " 99"), _open("99")),
    _one(
        "4,711 struck out, and 4,605 in red",
        rich(struck("4,711"), Run("4,605", RED)),
        _open("4605"),
    ),
    _one("99 with a raised 1, a footnote", rich("99", raised("1")), _open("99")),
    _one("100 with a raised 2, a footnote", rich("100", raised("2")), _open("100")),
    _one("4,605 with a raised dagger", rich("4,605", raised("†")), _open("4605")),
    _one("4605 with a raised star", rich("4605", raised("*")), _open("4605")),
    _one("a raised 1 before 99", rich(raised("1"), "99"), _open("99")),
    _one("99 with raised 1,2, two footnotes", rich("99", raised("1,2")), _open("99")),
    _one("12 with a raised 5, in days", rich("12", raised("5")), _open("12"), "1.11"),
    _one("87.5% with a raised 2", rich("87.5%", raised("2")), _open("87.5"), "1.2"),
    _one("£120,000 with a raised 3", rich("£120,000", raised("3")), _open("120000"), "1.10"),
    _one(
        "85.5% struck out, and 87.5% behind it",
        rich(struck("85.5%"), "87.5%"),
        _open("87.5"),
        "1.2",
    ),
    _one(
        "88 struck out, 99, and a raised 1",
        rich(struck("88"), "99", raised("1")),
        _open("99"),
    ),
    _one("99 with a lowered 1", rich("99", Run("1", LOWERED)), Asked("what is lowered is no mark")),
    _one(
        "one digit struck out of 4605",
        rich("46", struck("0"), "5"),
        Asked("465, or 4605 with a slip of the pen"),
    ),
    _one(
        "88 struck out, and nothing else",
        Rich((struck("88"),)),
        Asked("the figure is withdrawn and none stands for it"),
    ),
    _one(
        "a number in a cell whose font is struck out",
        Shown(4605, "General", "4605", STRUCK),
        Asked("the figure is withdrawn and none stands for it"),
    ),
    _one(
        "a text in a cell whose font is struck out",
        Shown("4,605", "@", "4,605", STRUCK),
        Asked("the figure is withdrawn and none stands for it"),
    ),
    _one("4,605 with its first digit bold", rich(Run("4", BOLD), ",605"), read(4605)),
    _one("4,605 with its last digits red", rich("4,6", Run("05", RED)), read(4605)),
    _one("4,605 all in bold", Rich((Run("4,605", BOLD),)), read(4605)),
    _one(
        "87.5% with its sign in bold",
        rich("87.5", Run("%", BOLD)),
        read("87.5"),
        "1.2",
    ),
    Layout(
        "a row struck out whole",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                (
                    Shown("1.1", "@", "1.1", STRUCK),
                    Shown("Incidents of anti-social behaviour", "@", "Incidents", STRUCK),
                    Shown(4605, "General", "4605", STRUCK),
                ),
                *lines(NOW)[1:],
            ),
        ),
        dict(READ) | {"1.1": Asked("the row is withdrawn")},
    ),
    Layout(
        "a figure struck out, and the corrected one under Correction",
        (
            cover(),
            table(
                ("Actual", "Correction"),
                (Shown(4711, "General", "4711", STRUCK), *NOW[1:]),
                (4605, None, None, None),
            ),
        ),
        dict(READ) | {"1.1": Open(read(4605), "Correction is not known")},
    ),
    Layout(
        "a heading with a raised 1, and its note under the table",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Target", rich("Actual", raised("1"))),
                *lines(AIM, NOW),
                (),
                (rich(raised("1"), " As recorded on the last day of the quarter."),),
            ),
        ),
        opened(READ, "a footnote's mark"),
    ),
    Layout(
        "a heading whose Q2 is struck out for Q3",
        (cover(), table((rich("Actual ", struck("Q2"), " Q3"),), NOW)),
        opened(READ, "what is struck out is no part of the heading"),
    ),
    Layout(
        "a heading whose Q3 is struck out for Q2",
        (cover(), table((rich("Actual ", struck("Q3"), " Q2"),), NOW)),
        all_asked("what stands is another quarter"),
    ),
    Layout(
        "a wording with a raised 2, a footnote",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                ("1.1", rich("Incidents of anti-social behaviour", raised("2")), 4605),
                *lines(NOW)[1:],
            ),
        ),
        dict(READ) | {"1.1": Open(read(4605), "a footnote's mark")},
    ),
    Layout(
        "references with raised footnotes: 1.1 and a raised 0",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Actual"),
                (rich("1.1", raised("0")), 4605),
                *((row[0], row[2]) for row in lines(NOW)[1:]),
            ),
        ),
        dict(READ)
        | {
            "1.1": Open(read(4605), "a footnote's mark"),
            "1.10": Open(read(120_000), "a second row may look like 1.10"),
        },
    ),
    Layout(
        "a target with one struck out, beside a plain actual",
        (
            cover(),
            table(("Target", "Actual"), (rich(struck("4,800"), "4,500"), *AIM[1:]), NOW),
        ),
        opened(READ, "only the target is in doubt"),
    ),
    Layout(
        "the cover's quarter with the last one struck out",
        (cover(rich("2015-16 ", struck("Q2"), "Q3")), table(("Actual",), NOW)),
        opened(READ, "what is struck out is no part of the period"),
    ),
    Layout(
        "words with a raised 2, of square metres",
        (
            cover(),
            table(
                ("Actual", "Commentary"),
                NOW,
                (rich("Of 120 m", raised("2"), " of car park."), None, None, None),
            ),
        ),
        opened(READ, "words are no figure"),
    ),
)
