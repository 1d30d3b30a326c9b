"""Look-alikes: letters composed or not, hyphens that do not break, 1.10 that Excel made 1.1."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from tests.corpus.expected import Asked, Expected, Open, read, reads
from tests.corpus.layout import (
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
    refs_of,
    table,
)
from tests.corpus.register import IAL
from tests.corpus.sheets import Cell, Shown, dated, sheet

_REFS = refs_of(IAL)
_FIGURES: tuple[Cell, ...] = (4605, 1234)
_READ = reads(_REFS, 4605, 1234)


def _ial(
    name: str,
    area: str,
    *,
    refs: Sequence[Cell] = _REFS,
    figures: dict[str, Expected] | None = None,
    wording: str = "Visits to cafés",
) -> Layout:
    """A return of Iâl with its names typed so."""
    return Layout(
        name,
        (
            cover(area=area),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                (refs[0], wording, 4605),
                (refs[1], "Trees planted", 1234),
            ),
        ),
        figures or _READ,
        area=IAL.ref,
    )


_WORDINGS = (
    "Incidents of anti-social behaviour",
    "Victims satisfied with the service",
    "Spending on prevention",
    "Days until a case is closed",
)


def _refs(name: str, refs: Sequence[Cell], figures: dict[str, Expected]) -> Layout:
    """The usual table, its references typed so."""
    return Layout(
        name,
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                *zip(refs, _WORDINGS, NOW, strict=True),
            ),
        ),
        figures,
    )


def _without_wordings(name: str, refs: Sequence[Cell], figures: dict[str, Expected]) -> Layout:
    """References typed so, and nothing else that names the indicators."""
    rows = zip(refs, NOW, strict=True)
    return Layout(name, (cover(), sheet("Indicators", ("Ref", "Actual"), *rows)), figures)


_TWO_FOR_ONE: dict[str, Expected] = {
    "1.1": Asked("two rows have its reference"),
    "1.10": Asked("no row has its reference"),
}

LAYOUTS = (
    _ial("Iâl with its letter composed", unicodedata.normalize("NFC", "Iâl")),
    _ial("Iâl with its letter decomposed", unicodedata.normalize("NFD", "Iâl")),
    _ial("Iâl with a zero-width space behind", "Iâl\u200b"),
    _ial("Iâl with a byte order mark before", "\ufeffIâl"),
    _ial("Iâl in capitals", "IÂL"),
    _ial("Ial without its accent", "Ial", figures=opened(_READ, "an accent is missing")),
    _ial(
        "cafés with its letter decomposed",
        "Iâl",
        wording=unicodedata.normalize("NFD", "Visits to cafés"),
    ),
    _ial(
        "references with a hyphen that does not break",
        "Iâl",
        refs=("IAL\u20111", "IAL\u20112"),
    ),
    _ial(
        "references with a dash in place of the hyphen",
        "Iâl",
        refs=("IAL\u20131", "IAL\u20132"),
        figures=opened(_READ, "a dash for a hyphen"),
    ),
    _ial("references with a soft hyphen in them", "Iâl", refs=("IAL\u00ad-1", "IAL-2\u00ad")),
    _ial("references in small letters", "Iâl", refs=("ial-1", "ial-2")),
    _ial(
        "references without their hyphen",
        "Iâl",
        refs=("IAL1", "IAL2"),
        figures=opened(_READ, "the wording still names the indicator"),
    ),
    _ial(
        "a reference that the register does not hold, with a wording that it does",
        "Iâl",
        refs=("IAL-9", "IAL-2"),
        figures=_READ | {"IAL-1": Asked("reference and wording contradict each other")},
    ),
    Layout(
        "area and period with blanks that do not break",
        (cover("2015-16\u00a0Q3", "Community\u00a0safety"), table(("Actual",), NOW)),
        READ,
    ),
    Layout(
        "the period with a hyphen that does not break",
        (cover("2015\u201116 Q3"), table(("Actual",), NOW)),
        READ,
    ),
    Layout(
        "headings with a zero-width space and a blank that does not break",
        (
            cover(),
            sheet("Indicators", ("Ref\u200b", "Indicator\u00a0", "\u200bActual"), *lines(NOW)),
        ),
        READ,
    ),
    Layout(
        "a heading Actual whose A is Cyrillic",
        (cover(), table(("\u0410ctual",), NOW)),
        opened(READ, "a letter of another script"),
    ),
    Layout(
        "wordings with curly apostrophes, dashes and double blanks, and no references",
        (
            cover(),
            sheet(
                "Indicators",
                ("Indicator", "Actual"),
                ("Incidents  of anti\u2011social behaviour ", NOW[0]),
                ("victims satisfied with the service", NOW[1]),
                ("Spending on\u00a0prevention", NOW[2]),
                ("Days until a case is closed", NOW[3]),
            ),
        ),
        READ,
    ),
    Layout(
        "a wording nearly that of the register, and no references",
        (
            cover(),
            sheet(
                "Indicators",
                ("Indicator", "Actual"),
                ("Incidents of antisocial behaviours", NOW[0]),
                *zip(_WORDINGS[1:], NOW[1:], strict=True),
            ),
        ),
        dict(READ) | {"1.1": Asked("a near match is not taken")},
    ),
    Layout(
        "a wording of last year's, 2015-16 written 2014-15 behind it",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                ("1.1", "Incidents of anti-social behaviour (2014-15)", NOW[0]),
                *lines(NOW)[1:],
            ),
        ),
        dict(READ) | {"1.1": Asked("the wording names another year")},
    ),
    _refs("references as text: 1.1 and 1.10", ("1.1", "1.2", "1.10", "1.11"), dict(READ)),
    _refs("references with blanks around", ("1.1 ", " 1.2", "1.10 ", "1.11"), dict(READ)),
    _refs(
        "references as numbers, 1.10 shown with two decimals",
        (1.1, 1.2, Shown(1.1, "0.00", "1.10"), 1.11),
        dict(READ),
    ),
    _refs(
        "references as numbers, 1.10 shown as 1.1",
        (1.1, 1.2, 1.1, 1.11),
        dict(READ)
        | {
            "1.1": Open(read(4605), "a second row looks like it"),
            "1.10": Asked("its reference reads 1.1"),
        },
    ),
    _without_wordings(
        "references as numbers without wordings, 1.10 shown with two decimals",
        (1.1, 1.2, Shown(1.1, "0.00", "1.10"), 1.11),
        dict(READ),
    ),
    _without_wordings(
        "references as numbers without wordings, 1.10 shown as 1.1",
        (1.1, 1.2, 1.1, 1.11),
        dict(READ) | _TWO_FOR_ONE,
    ),
    _without_wordings(
        "references as text without wordings, 1.10 typed twice as 1.1",
        ("1.1", "1.2", "1.1", "1.11"),
        dict(READ) | _TWO_FOR_ONE,
    ),
    _without_wordings(
        "a reference with the letter l for 1",
        ("l.1", "1.2", "1.10", "1.11"),
        dict(READ) | {"1.1": Asked("l.1 is no reference")},
    ),
    _without_wordings(
        "a reference with a comma: 1,10",
        ("1.1", "1.2", "1,10", "1.11"),
        dict(READ) | {"1.10": Asked("1,10 is no reference")},
    ),
    _without_wordings(
        "a reference that Excel took for a day: 1.10",
        ("1.1", "1.2", dated(date(2015, 10, 1), "d.m", "1.10"), "1.11"),
        dict(READ) | {"1.10": Open(read(120_000), "a day that shows 1.10")},
    ),
    _refs(
        "references with a word before: PI 1.1",
        ("PI 1.1", "PI 1.2", "PI 1.10", "PI 1.11"),
        opened(READ, "the wording still names the indicator"),
    ),
    Layout(
        "reference and wording in one cell",
        (
            cover(),
            sheet(
                "Indicators",
                ("Indicator", "Actual"),
                *(
                    (f"{ref} {wording}", figure)
                    for ref, wording, figure in zip(READ, _WORDINGS, NOW, strict=True)
                ),
            ),
        ),
        opened(READ, "the wording begins with the reference"),
    ),
    Layout(
        "indicators of another area in one table with the area's own",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Actual"),
                *lines(NOW),
                *lines(_FIGURES, area=IAL),
            ),
        ),
        dict(READ) | all_asked("not this area's to report", IAL),
    ),
)
