"""Template: the workbook that a service area fills in and sends back as its return.

One table a sheet, no merged cells, no colour without a word beside it: it is to be usable with a
screen reader, in large print and on a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name, xl_range, xl_range_abs, xl_rowcol_to_cell

from pipeline.consolidation.disclosure import is_protected
from pipeline.outputs.template import cells
from pipeline.outputs.template.cells import Entry
from pipeline.outputs.template.needs import Row
from pipeline.outputs.template.own_figures import OfArea, OwnFigures, has_column
from pipeline.outputs.template.return_to import ReturnTo
from pipeline.outputs.template.sheet import FONT, TemplateSheet
from pipeline.workbooks.origin import REGISTER_PROPERTY
from pipeline.workbooks.safe_text import plain
from pipeline.workbooks.tagged import TaggedWorkbook
from pipeline.workspace.folder import replacing, safe_name
from schemas import fields
from schemas.asking import asks_of, things_of
from schemas.bands import bands_of
from schemas.fields import Field, Takes
from schemas.model import Indicator, Period, Register, ServiceArea
from schemas.timeline import in_force
from schemas.wording import day_shown

# A drop-down offers its list in small print that does not zoom and cuts long entries off. So the
# priorities stand on a sheet that can be seen, read out and copied from; it comes last, because
# there is nothing to do on it.
LISTS_SHEET = "Lists"
# By name, not by address: Excel moves a list on another sheet into an extension of the file format
# that other programs, ours for the correction copy among them, drop.
CHOICES_NAME = "PriorityChoices"

#: Rows of the achievements table; below it more can be typed.
ACHIEVEMENT_ROWS = 12
_LAST_ACHIEVEMENT_ROW = 199
#: Blank rows start two lines high: room to see what is typed.
_ROOM = "\n"

#: Rows, counted from 0: title, what to do, in which columns, the headings.
_TITLE, _GUIDE, _WHERE, _HEADINGS = range(4)
_FIRST = _HEADINGS + 1

#: Each sheet with the widths of its columns, in digits.
_SHEETS: dict[str, Sequence[int]] = {
    fields.COVER_SHEET: (72, 22, 50),
    fields.INDICATORS_SHEET: [field.width for field in fields.INDICATOR_FIELDS],
    fields.ACHIEVEMENTS_SHEET: [field.width for field in fields.ACHIEVEMENT_FIELDS],
    LISTS_SHEET: (110,),
}

_FILL_IN_GUIDE = "Fill in the yellow cells. Grey and hatched cells are locked and stay as they are."

_HOLDS = "This sheet holds one table."
_REQUIRED_GUIDE = " Thick borders mark what must be filled in with the figure."
_LACKING_GUIDE = " Cells that turn orange and striped are still needed."

#: An area of which nothing is known, and a return of which it is not known where it goes.
NOTHING_BEFORE: OfArea = {}
NOWHERE = ReturnTo()

_STEPS = """\
1. On this sheet, fill in the yellow cells. The grey ones are filled in already and locked.
2. On the sheet Indicators, give the figure for each indicator. If there is none, choose Not \
available under Status.
3. On the sheet Achievements, list what has been achieved, one achievement in each row.
4. Save the workbook and send it back by {due}. If something needs correcting, a copy comes back \
that says where and what to do.{contact}
Select a cell to read what belongs in it. The locks have no password; they only keep cells from \
being changed by accident."""


def template_name(area: ServiceArea, period: Period) -> str:
    """A file name that every file system takes: `Return 2012-13 - Community safety.xlsx`."""
    return safe_name(f"Return {period.name} - {area.name}") + ".xlsx"


def write_template(
    register: Register,
    area: ServiceArea,
    period: Period,
    path: Path,
    *,
    before: OfArea = NOTHING_BEFORE,
    to: ReturnTo = NOWHERE,
) -> None:
    """Write the workbook for one service area and period; the same input gives the same bytes.

    It asks for what is due in the period, as the register in force in it says. `before` is what
    the area itself reported earlier, which stands beside the cells to fill in, and `to` where the
    return is to go.

    Sheets: Cover, Indicators (one row for each indicator that the area reports), Achievements,
    Lists. What is prefilled is locked, without a password. The file appears whole or not at all.
    Raises OSError where it cannot be written.
    """
    register = in_force(register, period.name)
    title = f"{area.name}: return for {period.name}"
    asked = {*things_of(register.framework, register.indicators_of(area.ref))}
    columns = _columns(fields.columns_for(asked), before)
    widths = _SHEETS | {fields.INDICATORS_SHEET: [field.width for field in columns]}
    framework, council = register.framework, plain(register.framework.council)
    # The library keeps what it reckons in the dictionary that it is given.
    options = {"default_format_properties": dict(FONT)}
    with replacing(path) as temporary, TaggedWorkbook(temporary, options) as book:
        book.set_properties(
            {
                "title": plain(title),
                "subject": plain(framework.title),
                "author": council,
                "company": council,
                "keywords": "performance indicators, return",
                "created": datetime.combine(period.starts, time(), UTC),
            }
        )
        if register.sha256:
            book.set_custom_property(REGISTER_PROPERTY, register.sha256, "text")
        cover, indicators, achievements, lists = (
            TemplateSheet(book, name, some) for name, some in widths.items()
        )
        _write_cover(cover, register, area, period, to)
        _write_indicators(indicators, columns, register, area, period, before)
        _write_achievements(achievements, area, period)
        book.define_name(CHOICES_NAME, _write_lists(lists, register))


def _columns(asked: Sequence[Field], before: OfArea) -> list[Field]:
    """The columns of the indicators: behind the target stands what was reported before.

    There is no column in which nothing would stand.
    """
    earlier = [f for f in fields.EARLIER_FIELDS if has_column(before.values(), f.key)]
    at = fields.PREFILLED.index("target") + 1
    return [*asked[:at], *earlier, *asked[at:]]


def _write_cover(
    sheet: TemplateSheet, register: Register, area: ServiceArea, period: Period, to: ReturnTo
) -> None:
    contact = f"\nTo send it, {to.how}." if to.how else ""
    contact += f"\nIf you have a question, ask {to.ask}." if to.ask else ""
    steps = _STEPS.format(due=day_shown(period.due), contact=contact).splitlines()
    sheet.put(0, 0, f"{area.name}: return for {period.name}", "title")
    sheet.put(1, 0, f"{register.framework.council}: {register.framework.title}", "note")
    sheet.put(2, 0, _HOLDS, "note")
    sheet.put_part(3, "How to fill in this workbook")
    for row, step in enumerate(steps, 4):
        sheet.put(row, 0, step, "note")
    top = 4 + len(steps) + 1
    sheet.put_part(top - 1, "What to fill in on this sheet")
    # An entry is the first filled cell to the right of its field: what to enter stands to the left.
    sheet.table(top, ("What to enter", "Field", "Entry"), len(fields.COVER_FIELDS))
    for row, field in enumerate(fields.COVER_FIELDS, top + 1):
        asks = f"Fill in: {field.asks}" if field.fill else field.asks
        entry = field.shows(area, period) if field.shows else ""
        sheet.fit(row, (asks, field.heading, entry))
        sheet.put(row, 0, asks, "prefilled")
        sheet.put(row, 1, field.heading, "label")
        if field.fill:
            sheet.entry(row, 2, cells.cover_entry(field, period))
        else:
            sheet.put(row, 2, entry, "prefilled")
    # Whoever opens the workbook hears its title first.
    sheet.start_at(0, 0)


def _write_indicators(
    sheet: TemplateSheet,
    columns: Sequence[Field],
    register: Register,
    area: ServiceArea,
    period: Period,
    before: OfArea,
) -> None:
    indicators, guide = register.indicators_of(area.ref), _FILL_IN_GUIDE
    rows = [
        _row(register, period, indicator, row, columns)
        for row, indicator in enumerate(indicators, _FIRST)
    ]
    if any(row.must_fill(field) for row in rows for field in columns):
        guide += _REQUIRED_GUIDE
    if any(row.lacks(field) for row in rows for field in columns):
        guide += _LACKING_GUIDE
    if not indicators:
        guide = f"{area.name} reports no indicators: there is nothing to fill in on this sheet."
    sheet.put(_TITLE, 0, f"{sheet.name}: {area.name}, {period.name}", "title")
    _write_heads(sheet, guide, columns, len(indicators))
    priorities = {priority.ref: priority for priority in register.priorities}
    for row, of in enumerate(rows, _FIRST):
        indicator = of.indicator
        texts = fields.prefilled(indicator, priorities[indicator.priority], of.target)
        own = before.get(indicator.ref, OwnFigures())
        texts |= {f.key: f.shows(own) for f in fields.EARLIER_FIELDS if f.shows}
        sheet.fit(row, [texts.get(field.key, "") for field in columns])
        for column, field in enumerate(columns):
            if not field.fill:
                sheet.put(row, column, texts[field.key], "prefilled")
            elif entry := cells.indicator_entry(field, of, period):
                sheet.entry(row, column, entry)
            else:
                sheet.put(row, column, "", "unused")
    if indicators:
        # A ref or a target such as 4248 is words as printed; Excel need not point at it.
        last = _FIRST + len(indicators) - 1
        used = xl_range(_FIRST, 0, last, len(columns) - 1)
        sheet.worksheet.ignore_errors({"number_stored_as_text": used})
    # Only the ref stays in view: wider, it would leave no room on a screen set to large print.
    sheet.worksheet.freeze_panes(_FIRST, 1)
    sheet.start_at(_FIRST, next(n for n, field in enumerate(columns) if field.fill))


def _row(
    register: Register, period: Period, indicator: Indicator, row: int, columns: Sequence[Field]
) -> Row:
    """An indicator's row, with the addresses of its cells."""
    below = register.framework.small_below
    is_hidden = is_protected(indicator) and indicator.unit_row.counts_people
    return Row(
        indicator,
        register.target(indicator.ref, period.name),
        {f.key: xl_rowcol_to_cell(row, n, True, True) for n, f in enumerate(columns)},
        bands_of(register),
        below if is_hidden else None,
        asks_of(register.framework, indicator),
        register.framework.policy,
    )


def _write_achievements(sheet: TemplateSheet, area: ServiceArea, period: Period) -> None:
    guide = (
        "One achievement in each row, with its priority, which the sheet Lists words in full. "
        "If the rows run out, go on below."
    )
    sheet.put(_TITLE, 0, f"{sheet.name}: {area.name}, {period.name}", "title")
    _write_heads(sheet, guide, fields.ACHIEVEMENT_FIELDS, ACHIEVEMENT_ROWS)
    for column, field in enumerate(fields.ACHIEVEMENT_FIELDS):
        choose = cells.chooses(field, f"={CHOICES_NAME}")
        entry = Entry(choose if field.takes is Takes.PRIORITY else cells.says(field))
        # Unlocked all the way down: the last row of the table is not the last that can be filled.
        sheet.open_column(column, _FIRST, _LAST_ACHIEVEMENT_ROW, ACHIEVEMENT_ROWS, entry)
    for row in range(_FIRST, _FIRST + ACHIEVEMENT_ROWS):
        sheet.fit(row, [_ROOM for _ in fields.ACHIEVEMENT_FIELDS])
    sheet.worksheet.freeze_panes(_FIRST, 0)
    sheet.start_at(_FIRST, 0)


def _write_lists(sheet: TemplateSheet, register: Register) -> str:
    """The priorities as the achievements word them; returns the formula of their range."""
    ordered = sorted(register.priorities, key=lambda priority: priority.order)
    choices = list(dict.fromkeys(plain(priority.achievements_heading) for priority in ordered))
    sheet.put(0, 0, "Priorities to choose from on the sheet Achievements", "title")
    sheet.put(1, 0, _HOLDS, "note")
    top = 2
    sheet.table(top, ("Priority to choose",), len(choices), name="Priorities")
    for row, choice in enumerate(choices, top + 1):
        sheet.fit(row, [choice])
        sheet.put(row, 0, choice, "prefilled")
    sheet.start_at(top + 1, 0)
    last = top + max(1, len(choices))
    return f"={LISTS_SHEET}!{xl_range_abs(top + 1, 0, last, 0)}"


def _write_heads(sheet: TemplateSheet, guide: str, columns: Sequence[Field], rows: int) -> None:
    """Guide, and the table's headings with their input messages and who fills them in."""
    sheet.put(_GUIDE, 0, f"{_HOLDS} {guide}" if rows else guide, "note")
    # By its letter: the name of a column in a line of its own says something of figures.
    first, *_, last = [xl_col_to_name(n) for n, field in enumerate(columns) if field.fill]
    sheet.put(_WHERE, 0, f"Fill in columns {first} to {last}." if rows else "", "note")
    for column, field in enumerate(columns):
        sheet.worksheet.data_validation(_HEADINGS, column, _HEADINGS, column, cells.says(field))
    sheet.table(_HEADINGS, [field.heading for field in columns], rows)
    sheet.worksheet.repeat_rows(_HEADINGS)
