"""Covers: how a workbook names its service area and its period, and what else stands there."""

from __future__ import annotations

from tests.corpus.expected import reads
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
from tests.corpus.register import CARE, HOMES, Q3
from tests.corpus.sheets import Cell, Row, Span, percent, pounds, sheet

_CARE: tuple[Cell, ...] = (312, percent("87.5"), 4.05, pounds(88_000), 7.2)
_CARE_READ = reads(refs_of(CARE), 312, "87.5", "4.05", 88_000, "7.2")
_TABLE = table(("Actual",), NOW)
_CARE_TABLE = table(("Actual",), _CARE, area=CARE)
_HOMES_TABLE = table(("Actual",), (pounds(4605), pounds(1234)), area=HOMES)
_HOMES_READ = reads(refs_of(HOMES), 4605, 1234)


def _covered(name: str, *rows: Row) -> Layout:
    """A cover of these lines before the usual table, read without doubt."""
    return Layout(name, (sheet("Cover", *rows), _TABLE), READ)


LAYOUTS = (
    _covered(
        "cover: labels with colons",
        ("Service area:", "Community safety"),
        ("Period:", Q3),
    ),
    _covered(
        "cover: label and value in one cell",
        ("Service area: Community safety",),
        (f"Period: {Q3}",),
    ),
    _covered(
        "cover: values under their labels",
        ("Service area", "Period"),
        ("Community safety", Q3),
    ),
    _covered(
        "cover: a blank cell between label and value",
        ("Service area", None, "Community safety"),
        ("Period", None, Q3),
    ),
    _covered(
        "cover: values merged over several columns",
        (Span("Performance return", 4),),
        ("Service area", Span("Community safety", 3)),
        ("Period", Span(Q3, 3)),
    ),
    _covered(
        "cover: labels merged over two columns and two rows",
        (Span("Service area", 2, 2), Span("Community safety", 2, 2)),
        (),
        (Span("Period", 2), Span(Q3, 2)),
    ),
    _covered(
        "cover: labels in capitals, values with blanks around",
        ("SERVICE AREA", " Community safety "),
        ("PERIOD", f" {Q3} "),
    ),
    _covered(
        "cover: the area in other capitals",
        ("Service area", "COMMUNITY SAFETY"),
        ("Period", Q3),
    ),
    _covered(
        "cover: the area by its reference",
        ("Service area", "CS"),
        ("Period", Q3),
    ),
    _covered(
        "cover: reporting period in place of period",
        ("Service area", "Community safety"),
        ("Reporting period", Q3),
    ),
    _covered(
        "cover: both on one line, in four cells",
        ("Service area", "Community safety", "Period", Q3),
    ),
    Layout(
        "cover: one line of text, Community safety, 2015-16 Q3",
        (sheet("Cover", ("Community safety, 2015-16 Q3",)), _TABLE),
        READ,
    ),
    Layout(
        "cover: behind the table, on the last tab",
        (_TABLE, cover()),
        READ,
    ),
    Layout(
        "cover: named Front sheet, with contents and contacts",
        (
            cover(
                Q3,
                "Community safety",
                ("Prepared by", "Performance team"),
                ("Telephone", "01234 567890"),
                ("E-mail", "safety@council.example"),
                ("Contents",),
                ("1", "Indicators"),
                ("2", "Definitions"),
                name="Front sheet",
            ),
            _TABLE,
        ),
        READ,
    ),
    Layout(
        "cover: an area of the register called Adults and Health",
        (cover(area="Adults and Health"), _CARE_TABLE),
        _CARE_READ,
        area=CARE.ref,
    ),
    Layout(
        "an area called Adults and Health, in the title above the table",
        (
            sheet(
                "Return",
                ("Adults and Health: Quarter 3 of 2015-16",),
                (),
                ("Ref", "Indicator", "Actual"),
                *lines(_CARE, area=CARE),
            ),
        ),
        _CARE_READ,
        area=CARE.ref,
    ),
    Layout(
        "an area called Adults and Health, in the tab's name",
        (
            sheet("Cover", ("Period", Q3)),
            table(("Actual",), _CARE, area=CARE, name="Adults and Health"),
        ),
        _CARE_READ,
        area=CARE.ref,
    ),
    Layout(
        "Adults & Health on the cover, where the register says and",
        (cover(area="Adults & Health"), _CARE_TABLE),
        opened(_CARE_READ, "a sign for a word"),
        area=CARE.ref,
    ),
    Layout(
        "an area called H & P",
        (cover(area="H & P"), _HOMES_TABLE),
        _HOMES_READ,
        area=HOMES.ref,
    ),
    Layout(
        "an area called H & P, with its reference",
        (cover(area="HP"), _HOMES_TABLE),
        _HOMES_READ,
        area=HOMES.ref,
    ),
    Layout(
        "H and P on the cover, where the register says &",
        (cover(area="H and P"), _HOMES_TABLE),
        opened(_HOMES_READ, "a word for a sign"),
        area=HOMES.ref,
    ),
    Layout(
        "cover: an area that the register does not hold",
        (cover(area="Parks and gardens"), _TABLE),
        all_asked("no such area"),
        area="",
    ),
    Layout(
        "cover: an area with a letter wrong",
        (cover(area="Comunity safety"), _TABLE),
        all_asked("nearly an area's name, and a near match is not taken"),
        area="",
    ),
    Layout(
        "cover: two areas in one line",
        (cover(area="Community safety and Adults and Health"), _TABLE),
        all_asked("two areas are named"),
        area="",
    ),
    Layout(
        "cover: another area than that of the indicators",
        (cover(area="Adults and Health"), _TABLE),
        all_asked("the indicators are another area's"),
        area="",
    ),
    Layout(
        "no area anywhere",
        (sheet("Cover", ("Period", Q3)), _TABLE),
        all_asked("no area is named"),
        area="",
    ),
    Layout(
        "the area on the cover is Community safety, in the title Adults and Health",
        (
            cover(),
            sheet(
                "Return",
                ("Adults and Health",),
                (),
                ("Ref", "Indicator", "Actual"),
                *lines(NOW),
            ),
        ),
        all_asked("cover and title contradict each other"),
        area="",
    ),
    Layout(
        "the title of the table says forecast for the quarter",
        (
            cover(),
            sheet(
                "Return",
                ("Forecast for Quarter 3, 2015-16",),
                (),
                ("Ref", "Indicator", "Actual"),
                *lines(NOW),
            ),
        ),
        all_asked("the title says forecast, its heading actual"),
    ),
)
