"""Sheets as services send them: pages of a report, dashboards, ledgers, forms of others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tests.corpus.expected import NOTHING, Asked, Expected, Open
from tests.corpus.layout import (
    AIM,
    BEFORE,
    EARLIER,
    FIVE,
    LATER,
    NOW,
    READ,
    Layout,
    all_asked,
    cover,
    lines,
    opened,
    table,
)
from tests.corpus.register import Q3, SAFETY
from tests.corpus.sheets import Cell, Row, Span, dated, sheet

_HEAD = ("Ref", "Indicator", "Actual")
_TABLE = table(("Actual",), NOW)
_ROWS = lines(NOW)


def _over(
    name: str, *above: Row, figures: Mapping[str, Expected] = READ, under: tuple[Row, ...] = ()
) -> Layout:
    """Lines over the usual table and under it, behind a plain cover."""
    page = sheet("Indicators", *above, (), _HEAD, *_ROWS, (), *under)
    return Layout(name, (cover(), page), figures, ways=FIVE)


def _covered(name: str, *rows: Row, figures: Mapping[str, Expected] = READ) -> Layout:
    """A cover of these lines and the area, before the usual table."""
    front = sheet("Cover", ("Service area", SAFETY.name), *rows)
    return Layout(name, (front, _TABLE), figures, ways=FIVE)


def _month(day: date) -> Cell:
    """A month typed as such, of which a spreadsheet makes a day."""
    return dated(day, "mmm-yy", day.strftime("%b-%y"))


def _headed(name: str, *headings: Cell, columns: tuple[tuple[Cell, ...], ...]) -> Layout:
    return Layout(name, (cover(), table(headings, *columns)), READ, ways=FIVE)


_OTHER = all_asked("they may be of another period")

LAYOUTS = (
    _over("a page of a board report", ("Agenda item 7",), ("Report to Cabinet, 21 January 2016",),
          ("Quarter 3 performance",), ("Data as at 31 December",)),
    _over("a day of the quarter without its year over the table", ("As at 15 December",),
          figures=all_asked("figures of a part of the quarter")),
    _over("the quarter's days without their year over the table", ("1 October to 31 December",)),
    _over("a part of the quarter's days over the table", ("1 October to 14 December",),
          figures=all_asked("a fortnight is missing")),
    _over("another council's name over the table", ("Medway",),
          figures=all_asked("whose figures they are")),
    _over("the council's own name and its motto over the table", ("Borough Council",),
          ("Working together for a better borough",)),
    _over("a scorecard with a line of who owns it", ("Corporate scorecard",),
          ("Owner: Head of Community Safety", None, "Reviewed: monthly"), ("Quarter", "3")),
    _over("the month of the meeting beside the quarter",
          ("Performance Board", "Meeting: January 2016", "Quarter 3 2015/16")),
    _over("footers of sources, rounding and small numbers", ("Quarter 3",), under=(
        ("Source: Uniform, extracted 12 January 2016",),
        ("Figures may not sum due to rounding",),
        ("Small numbers (under 5) are suppressed",),
        ("n/a = not applicable",),
        ("Please note that targets are reviewed annually",),
    )),
    _over("a footer of copyright and classification", under=(
        ("OFFICIAL",), ("\u00a9 Borough Council 2016. All rights reserved.",), ("Page 1 of 1",))),
    _over("a foot with who compiled it and when", under=(
        ("Compiled by:", "A. Clerk", "Date:", "12/01/2016"), ("Checked by:", "B. Clerk"))),
    _over("a footer that says the definition changed",
          under=(("Definition of 1.1 changed in Q2",),),
          figures=opened(READ, "a warning, or a question")),
    _over("a footer that December is estimated", under=(("December figures are estimated",),),
          figures=opened(READ, "a warning, or a question")),
    _over("a line of definitions over the table",
          ("Definitions: see the indicator handbook, version 4, April 2015",)),
    _over("a line that the figures are of the last quarter", ("Last quarter's figures shown",),
          figures=_OTHER),
    _over("a line of the frequency over the table", ("Frequency: quarterly",)),
    _over("a line of another frequency over the table", ("Frequency: monthly",),
          figures=opened(READ, "the form may be filled in monthly")),
    _over("an abbreviation of another quarter's end over the table", ("Q/E Sep 15",),
          figures=_OTHER),
    _over("an abbreviation of the quarter's end over the table", ("Q/E 31/12/15",)),
    _over("a month by its number over the table", ("Month 8",), figures=_OTHER),
    _over("a running total over the table", ("Running total",),
          figures=all_asked("figures of the year so far")),
    _over("a sample of the form that was filled in", ("Sample return",),
          figures=all_asked("they may be made up")),
    _over("the council and its neighbour over the table", ("Kent & Medway",),
          figures=all_asked("whose figures they are")),
    _over("quarters with that of the return ticked", ("Q1", "Q2", "Q3", "Q4"),
          (None, None, "x", None), figures=opened(READ, "a tick may stand astray")),
    _covered("a cover of a form: quarter ending, a month typed as such",
             ("Quarter ending", _month(date(2015, 12, 1)))),
    _covered("a cover of a form: quarter ending, a month as text", ("Quarter ending", "Dec-15")),
    _covered("a cover of a form: quarter ended, a day in words",
             ("Quarter ended", "31st December 2015")),
    _covered("a cover of a form: period from and to",
             ("Period from", "01/10/2015"), ("Period to", "31/12/2015"),
             figures=opened(READ, "two lines of which each is half of it")),
    _covered("a cover that also names a month of the next quarter", ("Period", Q3),
             ("Month", _month(date(2016, 1, 1))), figures=_OTHER),
    _covered("a cover that says the figures are last quarter's", ("Period", Q3),
             ("last quarter's figure",), figures=_OTHER),
    _covered("a cover with the date of its form and its deadline", ("Period", Q3),
             ("Form issued", "1 December 2015"), ("Deadline", "15 January 2016"),
             ("Date completed", dated(date(2016, 1, 12)))),
    _covered("a cover with contents and page numbers", ("Period", Q3), ("Contents", "Page"),
             ("Indicators", 2), ("Definitions", 3)),
    _covered("a cover with a telephone number and an address", ("Period", Q3),
             ("Telephone", "01634 306000"), ("Address", "Civic Centre, High Street"),
             ("Town", "Chatham")),
    _headed("this quarter and the one before under one heading", "Current quarter",
            "Previous quarter", columns=(NOW, BEFORE)),
    _headed("Target, Actual, RAG and arrows", "Target", "Actual", "RAG", "DoT",
            columns=(AIM, NOW, ("R", "G", "A", "G"), ("\u25b2", "\u25bc", "\u25b6", "\u2191"))),
    _headed("the same quarter of last year, and the change on it", "Q3 2014/15", "Q3 2015/16",
            "Change", columns=(BEFORE, NOW, ("-2%", "+2%", "+2%", "-7%"))),
    _headed("Actual beside the year's target and its milestone", "Annual target 2015/16", "Actual",
            "Milestone", columns=(AIM, NOW, ("met", "met", "met", "met"))),
    _headed("Actual beside the benchmark and its source", "Actual", "England average",
            "Source of comparison", columns=(NOW, BEFORE, ("HouseMark",) * 4)),
    _headed("Actual beside what was reported before", "Previously reported", "Actual",
            columns=(BEFORE, NOW)),
    Layout("months across and the quarter at the end, under one heading", (cover(), sheet(
        "Indicators",
        (None, None, Span("Actual", 4)),
        ("Ref", "Indicator", "Oct", "Nov", "Dec", "Q3"),
        *lines(EARLIER, BEFORE, LATER, NOW),
    )), READ, ways=FIVE),
    Layout("a column Authority that says the council", (cover(), table(
        ("Authority", "Actual"), ("Borough Council",) * 4, NOW)), READ, ways=FIVE),
    Layout("a column Authority that says another council", (cover(), table(
        ("Authority", "Actual"), ("Medway",) * 4, NOW)),
        all_asked("whose figures they are"), ways=FIVE),
    Layout("a heading that says rebased", (cover(), table(("Actual (rebased)",), NOW)),
           all_asked("figures on another base"), ways=FIVE),
    Layout("one row with a note that it is not comparable", (cover(), sheet(
        "Indicators", (*_HEAD, "Note"), (*_ROWS[0], "Not comparable with last year"), *_ROWS[1:],
    )), opened(READ, "a warning, or a question"), ways=FIVE),
    Layout("a small number suppressed in the table and in the foot", (cover(), sheet(
        "Indicators", _HEAD, (*_ROWS[0][:2], "<5"), *_ROWS[1:], (),
        ("Figures under 5 are shown as <5",),
    )), {**READ, "1.1": Open(NOTHING, "no figure; to ask for it is as right")}, ways=FIVE),
    Layout("a row struck through by words: not collected since April", (cover(), sheet(
        "Indicators", _HEAD, (*_ROWS[0][:2], "Not collected since April"), *_ROWS[1:],
    )), {**READ, "1.1": Asked("no figure")}, ways=FIVE),
    Layout("a figure in a row of who signs it off", (cover(), sheet(
        "Indicators", _HEAD, *_ROWS[1:], ("Checked by:", None, 4605))),
        {**READ, "1.1": NOTHING}, ways=FIVE),
    Layout("a tab named by the month of the meeting", (cover(), table(
        ("Actual",), NOW, name="Jan 16 Cabinet")),
        opened(READ, "a tab may name the month of its figures"), ways=FIVE),
    Layout("a tab named Return and the quarter, another for notes", (cover(), table(
        ("Actual",), NOW, name="Q3 return"), sheet("Notes", ("Method",), ("Counted monthly.",))),
        READ, ways=FIVE),
)  # fmt: skip
