"""Words in place of a figure: nothing to report, nobody counted, not known."""

from __future__ import annotations

from tests.corpus.expected import NO_CASES, NOTHING, Asked, Expected, Open, read, reads
from tests.corpus.layout import NOW, READ, WAYS, Layout, cover, refs_of, table
from tests.corpus.layouts.marks import one
from tests.corpus.register import CARE
from tests.corpus.sheets import Broken, Cell, percent, pounds

_CARE_READ = reads(refs_of(CARE), 312, "87.5", "4.05", 88_000, "7.2")


def _of_nobody(name: str, figure: Cell, expected: Expected = NO_CASES) -> Layout:
    """0 of 0 assessments, with what was typed as their percentage."""
    return Layout(
        name,
        (
            cover(area=CARE.name),
            table(
                ("Numerator", "Denominator", "Actual"),
                (None, 0, None, None, None),
                (None, 0, None, None, None),
                (312, figure, 4.05, pounds(88_000), 7.2),
                area=CARE,
            ),
        ),
        _CARE_READ | {"2.2": expected},
        area=CARE.ref,
    )


LAYOUTS = (
    *(
        one(f"a figure that is not there: {text}", text, NOTHING)
        for text in ("n/a", "N/A", "not available", "Not applicable", "no data")
    ),
    one("a blank figure", None, NOTHING),
    one("a figure of nothing but blanks", "   ", NOTHING),
    *(
        one(
            f"a figure that is not there yet: {text}",
            text,
            Open(NOTHING, "it may be asked when it will be known"),
        )
        for text in ("TBC", "tba", "awaited", "see commentary", "..", "?", "x", "not due")
    ),
    one("a count of -", "-", Open(NOTHING, "none, or not known")),
    one("a count of –, a dash", "–", Open(NOTHING, "none, or not known")),
    one("a count of nil", "nil", Open(read(0), "none")),
    one("a count of Nil return", "Nil return", Open(read(0), "none, or nothing returned")),
    one("a count of none", "none", Open(read(0), "none")),
    one("a count of zero", "zero", Open(read(0), "none")),
    one("a count of four", "four", Open(read(4), "a number in words")),
    one("a count of 0", 0, read(0)),
    one("a count typed as the text 0", "0", read(0)),
    one("money of £0", "£0", read(0), "1.10"),
    one("a percentage of nil", "nil", Asked("0%, or of nobody"), "1.2"),
    one("a percentage of 0%", percent("0"), read(0), "1.2"),
    one("a percentage of 0, without a format", 0, read(0), "1.2"),
    one("a percentage typed 0 of 0", "0 of 0", NO_CASES, "1.2"),
    one("a percentage typed 0/0", "0/0", Open(NO_CASES, "two figures"), "1.2"),
    one("a percentage typed No cases", "No cases", Open(NO_CASES, "words"), "1.2"),
    one("a percentage typed 5 of 0", "5 of 0", Asked("five of nobody"), "1.2"),
    one("a percentage typed 90 of 80", "90 of 80", Asked("more than all"), "1.2"),
    _of_nobody("numerator and denominator 0, the percentage 0 of 0", "0 of 0"),
    _of_nobody(
        "numerator and denominator 0, the percentage blank",
        None,
        Open(NO_CASES, "the percentage is not said"),
    ),
    _of_nobody(
        "numerator and denominator 0, the percentage n/a",
        "n/a",
        Open(NO_CASES, "not available, or of nobody"),
    ),
    _of_nobody(
        "numerator and denominator 0, the percentage an error of its formula",
        Broken(),
        Open(NO_CASES, "an error of a formula"),
    ),
    one(
        "a count that is an error of its formula",
        Broken(),
        Asked("an error of a formula"),
        ways=WAYS,
    ),
    Layout(
        "no figure of the whole return is there yet",
        (cover(), table(("Target", "Actual"), NOW, (None,) * 4)),
        dict.fromkeys(READ, NOTHING),
    ),
    one("a count typed n/a (system down)", "n/a (system down)", Open(NOTHING, "with a reason")),
    one("a count typed n/a - 4711 last year", "n/a - 4711 last year", Open(NOTHING, "a reason")),
)
