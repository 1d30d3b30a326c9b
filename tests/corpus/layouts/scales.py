"""Scale: thousands and millions said by a heading, a bracket, a title, a tab or a unit.

Most are returns of money alone, 3.1 and 3.2, so that the scale can be meant of every figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.corpus.expected import Asked, Expected, Open, read, reads
from tests.corpus.layout import (
    AIM,
    BEFORE,
    BLANK,
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
from tests.corpus.register import CARE, HOMES
from tests.corpus.sheets import Cell, Sheet, Span, percent, pounds, sheet

_REFS = refs_of(HOMES)
#: £4,605,000 and £1,234,000, in thousands and in millions.
_THOUSANDS: Sequence[Cell] = (4605, 1234)
_MILLIONS: Sequence[Cell] = (4.605, 1.234)
_POUNDS = reads(_REFS, 4_605_000, 1_234_000)
_WHY = "a scale may be applied, and said, or asked about"


def _homes(
    name: str, target: Sheet, figures: Mapping[str, Expected], *, said: bool = True
) -> Layout:
    """A return of money alone."""
    return Layout(
        name,
        (cover(area=HOMES.name), target),
        figures,
        area=HOMES.ref,
        said=_REFS if said else (),
    )


def _headed(head: str, figures: Sequence[Cell]) -> Sheet:
    return table((head,), figures, area=HOMES)


_CARE_FIGURES: tuple[Cell, ...] = (312, percent("87.5"), 4.05, pounds(88_000), 7.2)

LAYOUTS = (
    *(
        _homes(f"money under {head}, in thousands", _headed(head, _THOUSANDS), _POUNDS)
        for head in (
            "Actual (£000)",
            "Actual (£000s)",
            "Actual £'000",
            "Actual (£k)",
            "Actual £000",
            "Actual (£ thousand)",
        )
    ),
    *(
        _homes(f"money under {head}, in millions", _headed(head, _MILLIONS), _POUNDS)
        for head in ("Actual (£m)", "Actual £m", "Actual (£ million)", "Actual (£ millions)")
    ),
    *(
        _homes(
            f"money under {head}, where the scale names no currency",
            _headed(head, _THOUSANDS),
            opened(_POUNDS, _WHY),
        )
        for head in (
            "Actual ('000)",
            "Actual (000s)",
            "Actual (in thousands)",
            "Actual (thousands)",
        )
    ),
    _homes(
        "money under Actual (£), which is no scale",
        _headed("Actual (£)", (4_605_000, 1_234_000)),
        _POUNDS,
        said=False,
    ),
    _homes(
        "money under Actual (US$)",
        _headed("Actual (US$)", (4_605_000, 1_234_000)),
        all_asked("dollars are no pounds", HOMES),
        said=False,
    ),
    _homes(
        "money under Actual (€000)",
        _headed("Actual (€000)", _THOUSANDS),
        all_asked("euros are no pounds", HOMES),
        said=False,
    ),
    _homes(
        "money under Actual (%)",
        _headed("Actual (%)", (97.5, 88.5)),
        all_asked("a share of money is no amount", HOMES),
        said=False,
    ),
    _homes(
        "a merged £000 over Target and Actual",
        sheet(
            "Money",
            (Span("Ref", down=2), Span("Indicator", down=2), Span("£000", 2)),
            (None, None, "Target", "Actual"),
            *lines((5000, 1000), _THOUSANDS, area=HOMES),
        ),
        _POUNDS,
    ),
    _homes(
        "a second row of headings with £000 under Actual",
        sheet(
            "Money",
            ("Ref", "Indicator", "Target", "Actual"),
            (None, None, "£000", "£000"),
            *lines((5000, 1000), _THOUSANDS, area=HOMES),
        ),
        _POUNDS,
    ),
    _homes(
        "a second row of headings with £m under Actual, £000 under Last year",
        sheet(
            "Money",
            ("Ref", "Indicator", "Last year", "Actual"),
            (None, None, "£000", "£m"),
            *lines((4405, 1134), _MILLIONS, area=HOMES),
        ),
        _POUNDS,
    ),
    _homes(
        "a title above the table: all figures in £000",
        sheet(
            "Money",
            ("All figures in £000",),
            (),
            ("Ref", "Indicator", "Actual"),
            *lines(_THOUSANDS, area=HOMES),
        ),
        opened(_POUNDS, _WHY),
    ),
    _homes(
        "a title above the table that ends in (£m)",
        sheet(
            "Money",
            ("Rent and repairs (£m)",),
            (),
            ("Ref", "Indicator", "Actual"),
            *lines(_MILLIONS, area=HOMES),
        ),
        opened(_POUNDS, _WHY),
    ),
    _homes(
        "a tab named Money £000",
        table(("Actual",), _THOUSANDS, area=HOMES, name="Money £000"),
        opened(_POUNDS, _WHY),
    ),
    _homes(
        "a note under the table: figures are in thousands of pounds",
        sheet(
            "Money",
            ("Ref", "Indicator", "Actual"),
            *lines(_THOUSANDS, area=HOMES),
            (),
            ("Note: figures are in thousands of pounds.",),
        ),
        opened(_POUNDS, _WHY),
    ),
    Layout(
        "a line on the cover: Units, £000",
        (
            cover("2015-16 Q3", HOMES.name, ("Units", "£000")),
            table(("Actual",), _THOUSANDS, area=HOMES),
        ),
        opened(_POUNDS, _WHY),
        area=HOMES.ref,
        said=_REFS,
    ),
    _homes(
        "a column Unit that says £000 in every row",
        table(("Unit", "Actual"), ("£000", "£000"), _THOUSANDS, area=HOMES),
        opened(_POUNDS, _WHY),
    ),
    _homes(
        "a column Unit that says £000 in one row and £ in the other",
        table(("Unit", "Actual"), ("£000", "£"), (4605, 1_234_000), area=HOMES),
        {"3.1": Open(read(4_605_000), _WHY), "3.2": read(1_234_000)},
        said=False,
    ),
    _homes(
        "cells that show pounds, under Actual (£000)",
        _headed("Actual (£000)", (pounds(4605), pounds(1234))),
        opened(_POUNDS, "the cell shows pounds, its heading thousands"),
    ),
    _homes(
        "cells typed £4,605k, under Actual (£000)",
        _headed("Actual (£000)", ("£4,605k", "£1,234k")),
        opened(_POUNDS, "thousands are said twice: once meant, or thousands of thousands"),
    ),
    _homes(
        "cells typed £4.605m, under Actual (£000)",
        _headed("Actual (£000)", ("£4.605m", "£1.234m")),
        all_asked("two scales are said", HOMES),
        said=False,
    ),
    _homes(
        "Actual (£000) beside Actual (£)",
        table(("Actual (£000)", "Actual (£)"), _THOUSANDS, (4_605_000, 1_234_000), area=HOMES),
        opened(_POUNDS, "two columns could be meant, and agree"),
        said=False,
    ),
    _homes(
        "Target (£000) beside Actual (£)",
        table(("Target (£000)", "Actual (£)"), (5000, 1000), (4_605_000, 1_234_000), area=HOMES),
        _POUNDS,
        said=False,
    ),
    _homes(
        "cells typed £4.605m under a plain Actual",
        _headed("Actual", ("£4.605m", "£1.234m")),
        _POUNDS,
        said=False,
    ),
    _homes(
        "cells typed £4,605k under a plain Actual",
        _headed("Actual", ("£4,605k", "£1,234k")),
        _POUNDS,
        said=False,
    ),
    _homes(
        "money under Actual (£bn)",
        _headed("Actual (£bn)", (0.004605, 0.001234)),
        opened(_POUNDS, _WHY),
    ),
    _homes(
        "money under Actual (£ per dwelling)",
        _headed("Actual (£ per dwelling)", (4605, 1234)),
        all_asked("an amount for each dwelling is another figure", HOMES),
        said=False,
    ),
    Layout(
        "counts, percentages, money and days under Actual (£000)",
        (cover(), table(("Actual (£000)",), (4605, percent("87.5"), 120, 12.5))),
        {
            "1.1": Asked("a count under pounds"),
            "1.2": Asked("a percentage under pounds"),
            "1.10": Open(read(120_000), _WHY),
            "1.11": Asked("days under pounds"),
        },
    ),
    Layout(
        "counts, percentages, money and days under Actual (%)",
        (cover(), table(("Actual (%)",), NOW)),
        {
            "1.1": Asked("a count under a percent sign"),
            "1.2": Open(read("87.5"), "the sign is meant of this figure alone"),
            "1.10": Asked("money under a percent sign"),
            "1.11": Asked("days under a percent sign"),
        },
    ),
    Layout(
        "counts, percentages, money and days under Actual (in thousands)",
        (cover(), table(("Actual (in thousands)",), (4.605, percent("87.5"), 120, 12.5))),
        {
            "1.1": Open(read(4605), _WHY),
            "1.2": Asked("a percentage in thousands"),
            "1.10": Open(read(120_000), _WHY),
            "1.11": Asked("days in thousands"),
        },
    ),
    Layout(
        "counts, percentages, money and days under Actual ('000)",
        (cover(), table(("Actual ('000)",), (4.605, percent("87.5"), 120, 12.5))),
        {
            "1.1": Open(read(4605), _WHY),
            "1.2": Asked("a percentage in thousands"),
            "1.10": Open(read(120_000), _WHY),
            "1.11": Asked("days in thousands"),
        },
    ),
    Layout(
        "all kinds of figures under Actual (per 1,000)",
        (cover(area=CARE.name), table(("Actual (per 1,000)",), _CARE_FIGURES, area=CARE)),
        all_asked("a rate of a thousand is another figure", CARE)
        | {"2.3": Open(read("4.05"), "its wording says the same")},
        area=CARE.ref,
    ),
    Layout(
        "all kinds of figures under Rate per 1,000",
        (cover(area=CARE.name), table(("Rate per 1,000",), _CARE_FIGURES, area=CARE)),
        all_asked("a rate of a thousand is another figure", CARE)
        | {"2.3": Open(read("4.05"), "its wording says the same")},
        area=CARE.ref,
    ),
    Layout(
        "an indicator whose own wording says per 1,000, under a plain Actual",
        (cover(area=CARE.name), table(("Actual",), _CARE_FIGURES, area=CARE)),
        reads(refs_of(CARE), 312, "87.5", "4.05", 88_000, "7.2"),
        area=CARE.ref,
    ),
    Layout(
        "a column Unit that names each indicator's own unit",
        (
            cover(),
            table(
                ("Unit", "Target", "Actual"),
                ("number", "%", "£", "days"),
                AIM,
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "a column Unit that says percent of a count",
        (cover(), table(("Unit", "Actual"), ("%", "%", "£", "days"), NOW)),
        dict(READ) | {"1.1": Asked("a count in percent")},
    ),
    Layout(
        "a column Unit that says weeks of days",
        (cover(), table(("Unit", "Actual"), ("number", "%", "£", "weeks"), NOW)),
        dict(READ) | {"1.11": Asked("weeks are no days")},
    ),
    Layout(
        "a wording that adds (£000) to the register's",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Last quarter", "Actual", "Commentary"),
                *lines(BEFORE, NOW, BLANK)[:2],
                ("1.10", "Spending on prevention (£000)", 118, 120, None),
                *lines(BEFORE, NOW, BLANK)[3:],
            ),
        ),
        dict(READ) | {"1.10": Open(read(120_000), _WHY)},
    ),
)
