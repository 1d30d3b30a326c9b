"""Whose figures a return holds, and of which period."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from pipeline.returns.interpret.columns import Belonging, row_period
from pipeline.returns.interpret.cover import Cover
from pipeline.returns.interpret.headings import heading_text
from pipeline.returns.interpret.labels import Vocabulary
from pipeline.returns.interpret.periods import NONE, Mentions, spoken
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.tables import Table
from pipeline.returns.reading import CoverEntry
from pipeline.workbooks import names
from pipeline.workbooks.addresses import address
from schemas import rules as c
from schemas.fields import FILLED
from schemas.findings import Finding, Rule, shorten
from schemas.model import Register
from schemas.wording import listed

_NO_ENTRY = CoverEntry("", "", "")


def area_of_cover(cover: Cover, words: Vocabulary, folder_area: str | None) -> str | None:
    """The service area's ref where the cover or the inbox folder says it plainly."""
    entry = cover.entries.get("area") or _NO_ENTRY
    return words.areas.get(names.name_key(entry.text)) if entry.text else folder_area


def find_area(
    cover: Cover,
    tables: list[Table],
    register: Register,
    words: Vocabulary,
    folder_area: str | None,
) -> tuple[str | None, list[Finding]]:
    """The service area's ref: what the cover says, else the folder, the rows, or the titles.

    A table may say of each row whose it is; rows of two areas are a finding.
    """
    known = words.areas
    entry = cover.entries.get("area") or _NO_ENTRY
    rows = _areas_of_rows(tables, known)
    if entry.text:
        area = known.get(names.name_key(entry.text))
    else:
        area = folder_area or next((ref for ref, _ in rows), None) or _titled(cover, tables)
    if area is None:
        choices = [each.name for each in register.areas]
        return None, [_unknown(c.AREA_UNKNOWN, "service area", entry, choices)]
    if folder_area not in (None, area):
        folder = words.area_names.get(folder_area, folder_area)
        return area, [c.FOLDER_MISMATCH.found(entry.sheet, entry.cell, entry.text, folder=folder)]
    # One finding for each other area says enough.
    others = {ref: place for ref, place in reversed(rows) if ref != area}
    mine = words.area_names.get(area, area)
    return area, [c.SEVERAL_AREAS.found(*place, area=mine) for place in others.values()]


def _titled(cover: Cover, tables: list[Table]) -> str | None:
    """The one service area that titles, tabs and the cover's unlabelled lines name."""
    titles = [*cover.lines, *(title for table in tables for title in table.titles)]
    named = {ref for title in titles for ref in title.label.areas}
    return named.pop() if len(named) == 1 else None


def _unknown(rule: Rule, what: str, entry: CoverEntry, choices: list[str]) -> Finding:
    """What is to be said of a line of the cover that names none of the register's."""
    digits = re.findall(r"\d+", entry.text)
    # `2015 Q5` is not likely to be the quarter that is most like it.
    like = [each for each in choices if re.findall(r"\d+", each) == digits or not digits]
    near = names.suggestion(entry.text, like)
    problem = f"{shorten(entry.text)} is no {what}{near}" if entry.text else f"no {what} is named"
    first = ", ".join(map(shorten, choices[:12])) + (" …" if len(choices) > 12 else "")
    return rule.found(entry.sheet, entry.cell, entry.text, problem=problem, choices=first)


def _areas_of_rows(
    tables: list[Table], known: dict[str, str]
) -> list[tuple[str, tuple[str, str, str]]]:
    """The area that each filled row names, with its sheet, cell and text.

    Other words there, such as a team's name, say nothing of the area.
    """
    return [
        (ref, (table.grid.sheet, table.address(row, "area"), text))
        for table in tables
        if "area" in table.columns
        for row in table.rows
        if (text := table.shared_text(row, "area"))
        and (ref := known.get(names.name_key(text)))
        and any(table.text(row, key) for key in FILLED)
    ]


def find_period(
    cover: Cover, tables: list[Table], register: Register, words: Vocabulary
) -> tuple[str | None, list[Finding]]:
    """The period's name as registered: what the cover says, else what the workbook does.

    The headings of the figures, those of the indicators, the rows, and titles with their tab each
    tell of a period where all that they say is one; what they tell must be one and the same.
    """
    entry = cover.entries.get("period") or _NO_ENTRY
    if entry.text:
        found = None if cover.unknown else words.calendar.named(cover.periods)
    else:
        headings = [h for table in tables for h in table.block.headings]
        sources = (
            _together(h.label.periods for h in headings if h.field == "performance"),
            _together(h.label.periods for h in headings if h.field == "indicator"),
            _together(row_period(table, row, words) for table in tables for row in table.rows),
            _together(
                title.periods
                for title in [*cover.lines, *(t for table in tables for t in table.titles)]
            ),
        )
        told = {words.calendar.named(said) for said in sources} - {None}
        found = told.pop() if len(told) == 1 else None
    if found:
        return found, []
    periods = [period.name for period in register.periods]
    several = list(dict.fromkeys(cover.said))
    if len(several) > 1:
        problem = f"the cover says {listed(shorten(each) for each in several)}"
        place = entry.sheet, entry.cell
        choices = ", ".join(periods[:12])
        return None, [c.PERIOD_UNKNOWN.found(*place, problem=problem, choices=choices)]
    return None, [_unknown(c.PERIOD_UNKNOWN, "period", entry, periods)]


def _together(said: Iterable[Mentions]) -> Mentions:
    return reduce(or_, said, NONE)


def _doubt_of_row(table: Table, row: int, words: Vocabulary) -> Fit:
    """Whether what the columns for it say of a row's period is understood to the last word."""
    for heading in table.period_headings:
        text = heading_text(table.merges.value(table.grid, row, heading.column))
        label = words.label(f"{heading.text} {text}")
        known = spoken(heading.text).split()
        others = label.fields - {"period", "performance"}
        if text and (others or label.kinds or any(w not in known for w in label.unknown)):
            return Fit.DOUBTFUL
        if text and not label.periods:
            return Fit.DOUBTFUL
    return Fit.SAME


def period_shown(table: Table, row: int) -> str:
    """What the columns for it show of the period that a row is of."""
    values = (table.merges.value(table.grid, row, h.column) for h in table.period_headings)
    return " ".join(text for value in values if (text := heading_text(value)))


def other_rows(table: Table, known: Belonging) -> tuple[set[int], list[Finding]]:
    """The rows of a table that are of another period, and those of which that is not plain."""
    if not known.period or not table.period_headings:
        return set(), []
    others, doubtful = set[int](), dict[str, Finding]()
    heading, own = table.period_headings[0], table.chosen.get("performance")
    # A table whose figures cannot be told is looked at for the indicators that it names.
    headed = own.label.periods if own else NONE
    for row in table.rows:
        said = headed | row_period(table, row, known.words)
        fit = max(known.fit_of_row(said), _doubt_of_row(table, row, known.words))
        if fit is Fit.OTHER:
            others.add(row)
        elif fit is Fit.DOUBTFUL:
            text = heading_text(table.merges.value(table.grid, row, heading.column))
            what = f"of a period that may not be {known.period}"
            place = table.grid.sheet, address(row, heading.column)
            doubtful.setdefault(text, c.SAID_OTHERWISE.found(*place, text, what=what))
    return others, [*doubtful.values()]
