"""What stands in, under and between a table's rows beside its indicators."""

from __future__ import annotations

from tests.corpus.expected import Asked, Open, read
from tests.corpus.layout import (
    AIM,
    BEFORE,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
)
from tests.corpus.sheets import Cell, Row, Span, sheet

_HEAD = ("Ref", "Indicator", "Target", "Actual")
_ROWS = lines(AIM, NOW)


def _with(name: str, *rows: Row) -> Layout:
    """The usual return with a table of these rows, read without doubt."""
    return Layout(name, (cover(), sheet("Indicators", _HEAD, *rows)), READ)


def _total(label: str, place: int, figure: Cell = 124_617.5) -> Row:
    return (*(label if n == place else None for n in range(3)), figure)


LAYOUTS = (
    _with("a total under the table, its word under Indicator", *_ROWS, _total("Total", 1)),
    _with("a total under the table, its word under Ref", *_ROWS, _total("Total", 0)),
    _with(
        "a total and an average under a blank row",
        *_ROWS,
        (),
        _total("Total", 1),
        _total("Average", 1, 31_154),
    ),
    _with("an overall percentage under the table", *_ROWS, _total("Overall", 1, "87.5%")),
    _with(
        "headings of priorities between the rows",
        ("Priority 1 Safer streets",),
        *_ROWS[:2],
        (Span("Money and time", 4),),
        *_ROWS[2:],
    ),
    _with(
        "subtotals between the rows",
        *_ROWS[:2],
        _total("Subtotal", 1, 4692.5),
        *_ROWS[2:],
        _total("Subtotal", 1, 120_012.5),
        _total("Grand total", 1),
    ),
    _with(
        "notes under the table, with numbers",
        *_ROWS,
        (),
        ("Notes",),
        ("1. Incidents are those recorded by the police.",),
        ("2. 312 of 400 answered the survey.",),
        ("Source: case system, 12 January 2016",),
    ),
    Layout(
        "notes under the table that begin with references",
        (
            cover(),
            sheet(
                "Indicators",
                _HEAD,
                *_ROWS,
                (),
                ("1.1", "Incidents recorded online are not among them."),
                ("1.10 is net of grants.",),
            ),
        ),
        opened(READ, "two indicators stand twice, once without a figure"),
    ),
    _with(
        "a key of colours under the table",
        *_ROWS,
        (),
        ("Key", "Green", "on target"),
        (None, "Amber", "within 5%"),
        (None, "Red", "out by more than 5%"),
    ),
    _with(
        "a sign-off under the table",
        *_ROWS,
        (),
        ("Signed off by", "Head of safety"),
        ("Date", "14/01/2016"),
    ),
    _with(
        "rows of which, without references, under an indicator",
        _ROWS[0],
        (None, "of which at night", None, 2000),
        (None, "of which by day", None, 2605),
        *_ROWS[1:],
    ),
    _with(
        "the row of headings again after two rows, as where a page ends",
        *_ROWS[:2],
        _HEAD,
        *_ROWS[2:],
    ),
    _with(
        "a row of examples with words in place of figures, before the first",
        (None, "Type each figure below", "for example 25%", "for example 25%"),
        *_ROWS,
    ),
    Layout(
        "a star in the heading, and under the table what it means: provisional",
        (
            cover(),
            sheet(
                "Indicators",
                ("Ref", "Indicator", "Target", "Actual*"),
                *_ROWS,
                (),
                ("* provisional",),
            ),
        ),
        opened(READ, "taken where they are marked as provisional"),
    ),
    Layout(
        "a note under the table: all figures are cumulative",
        (
            cover(),
            sheet(
                "Indicators",
                _HEAD,
                *_ROWS,
                (),
                ("All figures are cumulative from 1 April.",),
            ),
        ),
        opened(READ, "a note that no heading points to makes them the year's"),
    ),
    Layout(
        "a note in brackets over the table: (cumulative)",
        (cover(), sheet("Indicators", ("(cumulative)",), (), _HEAD, *_ROWS)),
        all_asked("the title makes them the year's"),
    ),
    Layout(
        "an indicator twice with one figure",
        (cover(), sheet("Indicators", _HEAD, *_ROWS, _ROWS[0])),
        dict(READ) | {"1.1": Open(read(4605), "two rows agree")},
    ),
    Layout(
        "an indicator twice with two figures",
        (cover(), sheet("Indicators", _HEAD, *_ROWS, lines(AIM, BEFORE)[0])),
        dict(READ) | {"1.1": Asked("two rows of one indicator")},
    ),
    Layout(
        "an indicator again as a row of North",
        (
            cover(),
            sheet(
                "Indicators",
                _HEAD,
                _ROWS[0],
                ("1.1", "Incidents of anti-social behaviour - North", None, 2000),
                *_ROWS[1:],
            ),
        ),
        dict(READ) | {"1.1": Asked("two rows of one indicator")},
    ),
    Layout(
        "an indicator of nobody's among the rows",
        (
            cover(),
            sheet("Indicators", _HEAD, *_ROWS, ("1.12", "Cameras repaired", 40, 38)),
        ),
        READ,
    ),
    Layout(
        "a total that has the reference of an indicator",
        (
            cover(),
            sheet("Indicators", _HEAD, *_ROWS[1:], ("1.1", "Total", None, 124_617.5)),
        ),
        dict(READ) | {"1.1": Asked("the row is called a total")},
    ),
)
