"""Words: printed as the sheet shows them, whatever Excel made of what was typed."""

from __future__ import annotations

from datetime import date, timedelta

from tests.corpus.layout import NOW, READ, WAYS, Layout, Way, cover, table
from tests.corpus.sheets import Cell, Shown, dated, percent, pounds

_LONG = "Fewer incidents were recorded in the town centre, and more of them at night. " * 4


def _said(name: str, content: Cell, words: str, *, ways: tuple[Way, ...] = WAYS) -> Layout:
    """Commentary on 1.1 is typed so."""
    column = (content, None, None, "As planned.")
    return Layout(
        name,
        (cover(), table(("Actual", "Commentary"), NOW, column)),
        READ,
        words={"1.1": words, "1.11": "As planned."},
        ways=ways,
    )


LAYOUTS = (
    _said(
        "commentary 10/12 that Excel made a day, shown 10-Dec",
        dated(date(2015, 12, 10), "d-mmm", "10-Dec"),
        "10-Dec",
    ),
    _said(
        "commentary 10/12 that Excel made a day, shown 10/12",
        dated(date(2015, 12, 10), "dd/mm", "10/12"),
        "10/12",
    ),
    _said(
        "commentary of a day, shown 10/12/2015",
        dated(date(2015, 12, 10)),
        "10/12/2015",
    ),
    _said(
        "commentary of a day, shown 10 December 2015",
        dated(date(2015, 12, 10), "d mmmm yyyy", "10 December 2015"),
        "10 December 2015",
    ),
    _said(
        "commentary of a month, shown Dec-15",
        dated(date(2015, 12, 1), "mmm-yy", "Dec-15"),
        "Dec-15",
    ),
    _said("commentary 10/12 as text", "10/12", "10/12"),
    _said("commentary of 25%", percent("25", 0), "25%"),
    _said("commentary of 2.50%", Shown(0.025, "0.00%", "2.50%"), "2.50%"),
    _said("commentary of £1,200", pounds(1200), "£1,200"),
    _said("commentary of 0.50", Shown(0.5, "0.00", "0.50"), "0.50"),
    _said("commentary of 1,234,567", Shown(1_234_567, "#,##0", "1,234,567"), "1,234,567"),
    _said("commentary of a plain 12", 12, "12"),
    _said("commentary of a plain 12.5", 12.5, "12.5"),
    _said("commentary TRUE", True, "TRUE"),
    _said("commentary that starts with a sign", "- fewer at night", "- fewer at night"),
    _said(
        "commentary with figures in it",
        "4,711 last year; 4,605 now (2%).",
        "4,711 last year; 4,605 now (2%).",
    ),
    _said("commentary of a sum in words", "=10+12", "=10+12"),
    _said("commentary of many words", _LONG.strip(), _LONG.strip()),
    _said(
        "commentary with an accent and a sign", "Café: £5 – “free” ≥ 10", "Café: £5 – “free” ≥ 10"
    ),
    _said("commentary n/a", "n/a", "n/a"),
    Layout(
        "a column Date of data with days, beside the actual",
        (
            cover(),
            table(
                ("Date of data", "Actual"),
                tuple(dated(date(2015, 12, 28) + timedelta(days=n)) for n in range(4)),
                NOW,
            ),
        ),
        READ,
    ),
    Layout(
        "commentary of figures under Comments, all of them numbers",
        (cover(), table(("Actual", "Comments"), NOW, (1, 2, 3, 4))),
        READ,
        words={"1.1": "1", "1.2": "2", "1.10": "3", "1.11": "4"},
    ),
)
