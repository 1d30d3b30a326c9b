"""Choosing a table's columns: the right period's, and never one of two that differ.

A column is taken where every word over it is understood and says that it is the period's. Where
no column of a field is, those that may be meant are asked about, each with the words in doubt.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.interpret.footnotes import with_footnotes
from pipeline.returns.interpret.headings import (
    ANCHORS,
    LOOSE,
    Heading,
    heading_text,
)
from pipeline.returns.interpret.labels import (
    CUMULATIVE,
    FORECAST,
    INDICATORS,
    OF_A_PART,
    PROVISIONAL,
    Label,
    Vocabulary,
    known_names,
)
from pipeline.returns.interpret.periods import NONE, Mentions
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from pipeline.workbooks.details.detail import Details, Place, marked_places
from pipeline.workbooks.names import name_key, near_heading
from schemas import rules as c
from schemas.fields import FIGURES, UNSURE_NAMES
from schemas.findings import Finding, shorten
from schemas.periods import year_around
from schemas.wording import listed

#: Columns that belong to a period; the others say what is measured.
_OF_A_PERIOD = frozenset(f.key for f in INDICATORS if f.of_period)
#: So many columns of one table are asked about.
_MOST_ASKED = 6
_TITLES = {f.key: f.heading for f in INDICATORS}
#: Columns that change what a figure is, and are asked about where they are not plain.
_ASKED_ABOUT = frozenset({"numerator", "denominator", "status", "forecast"})
#: Columns whose words are printed or compared, whatever else their heading says.
_IN_ANY_WORDS = frozenset({"commentary"})
#: What stands beside a period where a text says that figures are of that only.
_ONLY = re.compile(r"^(?!.*\bexcl).*\bonly\W*$", re.IGNORECASE | re.DOTALL)
_OF_PERIOD_ONLY = frozenset(
    {"is", "are", "relate", "relates", "cover", "covers", "these", "this", "all", "data", "numbers"}
)
_RELATE = frozenset({"relate", "relates"})
_PART_ALONE = frozenset({OF_A_PART})


class Belonging(Struct, frozen=True):
    """What is known of a return when its columns are chosen; None: it is not plain."""

    words: Vocabulary
    period: str | None
    area: str | None

    def fit(self, said: Mentions) -> Fit:
        """Whether words are of the return's period."""
        if self.period is None or not said:
            return Fit.SAME
        return self.words.calendar.fit(said, self.period)

    def among(self, said: Mentions) -> Fit:
        """Whether a title that speaks of several periods can mean the return's."""
        return self.words.calendar.among(said, self.period) if self.period else Fit.SAME

    def of_days(self, days: Iterable[date]) -> Fit:
        """Whether days that stand over figures alone tell of the return's period."""
        calendar, period = self.words.calendar, self.period
        fits = (calendar.of_day(day, period) for day in days) if period else iter(())
        return max(fits, default=Fit.SAME)

    def fit_of_row(self, said: Mentions) -> Fit:
        """Whether what a row says of its period is the return's; a day is that of its figures."""
        others = replace(said, days=frozenset(), ends=frozenset())
        return max(self.fit(others), self.of_days(said.days | said.ends))

    def own(self, label: Label, text: str) -> Label:
        """What a text says, but for `only` where it is of the return's period and of that only."""
        if label.kinds != _PART_ALONE:
            return label
        others = replace(label, text="", fields=frozenset(), periods=NONE, unknown=())
        is_only = others == Label("", kinds=_PART_ALONE) and _ONLY.search(text)
        unknown = set(label.unknown)
        # `Figures to Q3` may be those of the year to its end.
        is_known = unknown <= (_OF_PERIOD_ONLY | ({"to"} if unknown & _RELATE else set()))
        if is_only and is_known and label.periods and self.fit(label.periods) is Fit.SAME:
            return replace(label, kinds=frozenset(), unknown=())
        return label

    @property
    def year(self) -> str | None:
        """The name of the year that the return's period lies in, if the register has one."""
        register = self.words.register
        period = register.period(self.period or "")
        year = year_around(register.periods, period) if period else None
        return year.name if year else None

    @property
    def area_name(self) -> str:
        """The service area's name; empty where it is not known."""
        return self.words.area_names.get(self.area or "", "")

    def fit_in(self, table: Table, heading: Heading) -> Fit:
        """Whether a heading is of the return's period, with what the table's rows say of theirs."""
        own = heading.label.periods
        fit = self.fit(own)
        if heading.field == "forecast" and fit is not Fit.SAME and self.year is not None:
            fit = min(fit, self.words.calendar.fit(own, self.year))
        if fit is not Fit.DOUBTFUL or not table.period_headings:
            return fit
        said = (row_period(table, row, self.words) for row in table.rows)
        return min(map(self.fit, {own | each for each in said}), default=fit)

    def doubts(self, table: Table, heading: Heading, *understood: str) -> list[str]:
        """What of a chain of labels keeps its column from being taken, in words.

        `understood` are kinds of figures that do not.
        """
        label = heading.label
        words = [word for word in label.unknown if word != LOOSE]
        expected = {PROVISIONAL, FORECAST} if heading.field == "forecast" else {PROVISIONAL}
        doubts = [f'"{shorten(" ".join(words))}" is not known'] if words else []
        doubts += [f"nobody can tell {LOOSE}"] if LOOSE in label.unknown else []
        kinds = label.kinds - expected - {*understood}
        doubts += [f"it is said to be {kind}" for kind in sorted(kinds)]
        if heading.is_torn:
            titles = (f.heading for f in INDICATORS if f.key in label.fields)
            doubts.append(f"it names {listed(titles)}")
        if self.area is not None and label.areas - {self.area}:
            doubts.append("it names another service area")
        if self.fit_in(table, heading) is Fit.DOUBTFUL:
            doubts.append(f"it may be of another period than {self.period}")
        return doubts


def choose_columns(table: Table, known: Belonging) -> list[Finding]:
    """Set the table's columns; what cannot be chosen is asked and left out."""
    if table.block.fields is not INDICATORS:
        # Achievements are words, whatever else their headings say.
        for heading in sorted(table.block.headings, key=lambda h: bool(h.label.unknown)):
            for key in heading.label.fields:
                table.chosen.setdefault(key, heading)
        return []
    headings = with_footnotes(table, known.words)
    headings = tuple(replace(h, label=known.own(h.label, h.said)) for h in headings)
    table.block = replace(table.block, headings=headings)
    findings: list[Finding] = []
    of_field = attrgetter("field")
    for key, group in groupby(sorted(table.block.headings, key=of_field), key=of_field):
        if not key or key == "period":
            continue
        candidates = [*group]
        if key in ANCHORS or key not in _OF_A_PERIOD | _IN_ANY_WORDS:
            mine = [h for h in candidates if not h.label.unknown] or candidates
        else:
            mine = [h for h in _sure(table, candidates) if known.fit_in(table, h) is not Fit.OTHER]
            plain = [h for h in mine if not known.doubts(table, h)]
            if not plain and key == "performance" and known.words.register.has_cumulative:
                # Of a row that is not reported so, its cell is asked about.
                plain = [h for h in mine if not known.doubts(table, h, CUMULATIVE)]
            if not plain and key in _ASKED_ABOUT:
                findings += _in_doubt(table, known, mine, _TITLES[key])
            mine = plain or (mine if key in _IN_ANY_WORDS else [])
        if not mine:
            continue
        first, *others = sorted(mine, key=attrgetter("rank"))
        table.chosen[key] = first
        findings += _doubled(table, first, others)
    findings += _misspelt(table, known)
    return findings


def _sure(table: Table, candidates: list[Heading]) -> list[Heading]:
    """Those of a field's headings that can be meant: a `Number` is the figure where nothing is.

    Beside a column `%` it is the count that makes the percentage.
    """
    unsure = [h for h in candidates if name_key(h.text) in UNSURE_NAMES]
    sure = [h for h in candidates if h not in unsure] if unsure else candidates
    if sure or any(h.label.units and not h.label.fields for h in table.block.headings):
        return sure
    return [h for h in unsure if h.column > max(table.block.anchors, default=-1)]


def row_period(table: Table, row: int, words: Vocabulary) -> Mentions:
    """What the columns for it say of the period that a row is of."""
    said = NONE
    for heading in table.period_headings:
        if text := heading_text(table.merges.value(table.grid, row, heading.column)):
            said |= words.label(f"{heading.text} {text}").periods
    return said


def doubtful_columns(table: Table, known: Belonging, details: Details) -> Iterator[Finding]:
    """What to ask of a table that has no column of the period's figures."""
    of_figures = [
        h
        for h in table.block.headings
        if h.field == "performance" or (not h.field and "performance" in h.label.fields)
    ]
    filled = [h for h in table.block.headings if not h.field and any(table.down(h.column))]
    asked = [h for h in of_figures or filled if known.fit(h.label.periods) is not Fit.OTHER]
    places = [place for heading in asked for place in heading.places]
    marked = marked_places(details, table.grid.sheet, places)
    yield from _in_doubt(table, known, asked, _TITLES["performance"], marked)
    if not asked and of_figures and known.period:
        first = of_figures[0]
        place = table.grid.sheet, first.address
        yield c.OTHER_PERIOD.found(*place, first.said, period=known.period)


def _in_doubt(
    table: Table,
    known: Belonging,
    headings: list[Heading],
    field: str,
    marked: Container[Place] = (),
) -> Iterator[Finding]:
    """What to ask of columns that are filled in, and of which it is not plain what they hold."""
    filled = [h for h in headings if any(table.down(h.column))]
    for heading in filled[:_MOST_ASKED]:
        doubts = known.doubts(table, heading) or ["no word of it says so"]
        if any(place in marked for place in heading.places):
            doubts.append("a part of it is struck out, raised or lowered")
        doubt = listed(doubts)
        place = table.grid.sheet, heading.address
        period = known.period or "the period"
        yield c.HEADING_UNKNOWN.found(*place, heading.said, field=field, period=period, doubt=doubt)


def _doubled(table: Table, first: Heading, others: list[Heading]) -> Iterator[Finding]:
    """Where the chosen column is not the only one that could be meant."""
    sheet = table.grid.sheet
    if first.field == "achieved":
        # Last year's colours are not read.
        return
    for other in others:
        both = zip(table.down(first.column), table.down(other.column), strict=True)
        differs = first.field in FIGURES and any(b and a != b for a, b in both)
        if differs or (other.rank == first.rank and name_key(other.text) == name_key(first.text)):
            yield c.COLUMN_TWICE.found(
                sheet, other.address, other.text, heading=first.text, first=first.address
            )
    wide = [
        column
        for column in range(first.column + 1, min(first.until, table.grid.last_column) + 1)
        if first.field in FIGURES and any(table.down(column))
    ]
    if wide:
        last = address(first.row, wide[-1])
        yield c.HEADING_SPANS.found(sheet, first.address, first.text, last=last)


def _misspelt(table: Table, known: Belonging) -> Iterator[Finding]:
    """Headings that are nearly one that the table lacks, over a column that is filled in."""
    has = {heading.field for heading in table.block.headings}
    names = known_names(table.block.fields).items()
    missing = {key: f for key, f in names if f.key not in has and known.words.has_field(f)}
    for heading in table.block.headings:
        if heading.label.fields:
            continue
        near = near_heading(name_key(heading.text), missing)
        if near is not None and any(table.down(heading.column)):
            place = table.grid.sheet, heading.address
            yield c.HEADING_MISSPELT.found(*place, heading.text, heading=missing[near].heading)
