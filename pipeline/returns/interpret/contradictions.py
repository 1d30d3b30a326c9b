"""Contradictions: what is said elsewhere of figures against what their return says of them.

A title, a tab, a line of the cover, a line between rows, a word beside a figure and a note below a
table each say what they say as a label; one rule holds it against the return (L16).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.councils import ANOTHER_COUNCIL, another_council, is_bare
from pipeline.returns.interpret.cover import Cover
from pipeline.returns.interpret.headings import Heading
from pipeline.returns.interpret.labels import OTHER_MONEY, PROVISIONAL, Label
from pipeline.returns.interpret.parts import is_about, is_on_figures, on_figures
from pipeline.returns.interpret.periods import LONG, Mentions
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.remarks import (
    A_PART,
    MEASURES,
    NO_MATTER,
    basis_said,
    is_unclear,
    kinds_alone,
    measure_said,
    part_said,
    parts_named,
)
from pipeline.returns.interpret.second_figures import in_words, instead_of
from pipeline.returns.interpret.tables import Table
from pipeline.returns.interpret.titles import Title
from pipeline.workbooks.addresses import address
from pipeline.workbooks.figures.plain import clean
from schemas import rules as c
from schemas.findings import Finding
from schemas.layout_rules import REMARK_UNCLEAR
from schemas.model import Indicator
from schemas.names import name_key
from schemas.units import Unit

#: Fields whose headings say of which period a table is.
_SAYING = frozenset({"performance", "indicator"})
#: A word that says of what kind a figure is, such as `Forecast`, is no longer.
_LONGEST_WORD = 30
#: A column's heading that says that its cells are periods.
_OF_PERIOD = re.compile(
    r"(?<!target )(?<!baseline )(?<!due )(?<!next )\b(?:period|quarter|qtr|year|yr|month|as at)\b",
    re.IGNORECASE,
)
#: Signs that change a figure beside which they stand.
_SIGNS = frozenset({"<", ">", "~", "\u2264", "\u2265", "\u2248", "\u00b1", "-", "k", "m"})
#: What a column called `Forecast?` says of a row.
_YES = frozenset({"y", "yes", "true", "x", "\N{CHECK MARK}"})
#: What a column Scale says of figures as they are.
_ONCE = frozenset({"1", "x1", "units", "unit", "ones", "none", "n/a", "-"})
#: Beside a unit, these say that all figures are counted in it.
_OF_ALL_FIGURES = frozenset({"all", "are", "is", "shown", "expressed", "given", "reported", "as"})
#: What such a column says of all of it.
_WHOLE = frozenset(
    {"all", "whole", "total", "borough", "council", "authority", "all ages", "all areas", "both"}
    | {"borough wide", "boroughwide", "council wide", "n a", "none", "everyone", "persons", "city"}
    | {"whole borough", "whole council", "whole city", "whole county", "whole district"}
    | {"whole area", "all wards", "district", "district wide", "county", "citywide", "any"}
)
_NUMBER = re.compile(r"\d")
#: Of what else than a period's figures a title may be, and the kinds that a tab may speak of.
_OTHER_FIGURES = frozenset({"target", "numerator", "denominator"})
_OF_NO_TAB = frozenset({PROVISIONAL, "a total", "of a part, or of more"})
MULTIPLIED = re.compile(r"\bmultipl\w+ by\b|[x×] ?1[0ks,]+\b", re.IGNORECASE)
AIMED_AT = "what is aimed at"
_IN_THOUSANDS = "in thousands or millions"


def against(label: Label, known: Belonging, fit: Fit, kinds: Collection[str] = ()) -> list[str]:
    """What a label says against the return, in words; `fit` is that of its period."""
    what = sorted(kinds)
    if fit is Fit.OTHER:
        what.append(f"of another period than {known.period}")
    elif fit is Fit.DOUBTFUL:
        what.append(f"of a period that may not be {known.period}")
    if known.area and label.areas and known.area not in label.areas:
        what.append(f"of another service area than {known.area_name}")
    return what


def said_otherwise(sheet: str, cell: str, text: str, what: Iterable[str]) -> Iterator[Finding]:
    """One finding for what a text says against the return, where it says anything."""
    for each in [*what][:1]:
        yield c.SAID_OTHERWISE.found(sheet, cell, text, what=each)


def other_table(table: Table, known: Belonging) -> Iterator[Finding]:
    """What a table's tab and titles say of another period or area than the return's."""
    named = [h.label.periods for h in table.block.headings if h.field in _SAYING]
    is_plain = any(
        (said.years or said.quarters or said.spans) and known.fit(said) is Fit.SAME
        for said in named
    )
    for title in table.titles:
        said, fit = title.periods, Fit.SAME
        if said:
            fit = known.among(said)
            if not title.cell and (said.months or said.spans):
                # A tab of one month holds that month's figures.
                fit = max(fit, known.fit(said))
        if fit is Fit.DOUBTFUL and is_plain:
            fit = Fit.SAME
        fit = max(fit, known.of_days(title.days_alone))
        yield from said_otherwise(
            title.sheet, title.cell, title.text, against(title.label, known, fit)
        )


def other_cover(cover: Cover, known: Belonging) -> Iterator[Finding]:
    """What a line of the cover says against what its lines on area and period do."""
    own = {(e.sheet, e.cell) for e in cover.entries.values()}
    for line in cover.lines:
        if (line.sheet, line.cell) not in own:
            yield from [*_said_on_cover(line, known)] or _apart(line, known)
    for line in cover.prose:
        yield from _apart(line, known)


def _apart(line: Title, known: Belonging) -> Iterator[Finding]:
    """What the parts of a line say that begin with the figures."""
    for part in on_figures(line.text):
        yield from _said_on_cover(Title.of(known.words, part, line.sheet, line.cell), known)


def _said_on_cover(line: Title, known: Belonging) -> Iterator[Finding]:
    what = said_of_all(line, known)
    yield from said_otherwise(line.sheet, line.cell, line.text, what)
    if not what:
        yield from unclear(known, line.sheet, line.cell, line.text, as_title=True)


def said_of_all(line: Title, known: Belonging) -> list[str]:
    """What a line that may speak of much plainly says of all figures."""
    kinds = {*known.own(line.label, line.text).kinds_of_all, *_other_money(line.label)}
    what = against(line.label, known, _fit_of_all(line, known), kinds)
    what += counted(line.text)
    what += _named_alone(known, line.label, line.text, as_section=not is_on_figures(line.text))
    if basis := basis_said(line.text):
        label = known.words.title(basis)
        what += against(label, known, known.among(label.periods), said_alone(known, label, basis))
    # The name of a place alone may be part of an address.
    council = another_council(known.words, " ".join(line.label.unknown))
    return what + ([ANOTHER_COUNCIL] if council and not is_bare(council) else [])


def _fit_of_all(line: Title, known: Belonging) -> Fit:
    """Whether the period that a line plainly says is the return's.

    How long it is, or how long ago, may be said of anything: of the figures only where they or
    days are named, and nothing else is.
    """
    said = line.periods
    if is_about(line.text):
        return Fit.SAME
    timed = replace(said, relative=frozenset())
    fit = Fit.OTHER if known.among(timed) is Fit.OTHER else Fit.SAME
    is_odd = any(long not in {*LONG, "period"} for long, _ in said.relative)
    is_timed = timed.ends or timed.spans or timed.months or _NUMBER.search(line.text)
    of_figures = is_odd or is_timed or is_on_figures(line.text)
    is_alone = {*line.label.unknown} <= NO_MATTER and line.label.fields <= _SAYING | {"period"}
    if is_alone and of_figures:
        fit = max(fit, known.among(Mentions(relative=said.relative)))
    days = known.of_days(line.days_alone)
    return max(fit, days) if days is Fit.OTHER else fit


def unclear(
    known: Belonging,
    sheet: str,
    cell: str,
    text: str,
    *,
    as_title: bool = False,
    is_doubtful: bool = False,
) -> Iterator[Finding]:
    """What a line says of the figures that is not understood; `is_doubtful`: it is known to be."""
    label = known.words.title(text)
    if is_doubtful or (
        known.own(label, text) is label and is_unclear(known.words, text, as_title=as_title)
    ):
        yield REMARK_UNCLEAR.found(sheet, cell, said=text)


def counted(text: str) -> list[str]:
    """What a sentence says that figures are counted in."""
    measure = measure_said(text)
    return [f"counted {'' if measure.startswith('per') else 'in '}{measure}"] if measure else []


def _measured(title: Title, table: Table, known: Belonging) -> list[str]:
    """What a title says that all figures are counted in, where some of the table's are not."""
    label = title.label
    units = set() if label.fields - {"performance"} else label.units - {OTHER_MONEY}
    measures = counted(title.text)
    if not measures and (len(units) != 1 or set(label.unknown) - _OF_ALL_FIGURES):
        return []
    indicators = [
        i
        for row in table.rows
        if (i := known.words.indicator(table.text(row, "ref"), table.text(row, "indicator")))
    ]
    if measures:
        word = name_key(measure_said(title.text))
        return [] if any(word in name_key(i.wording) for i in indicators) else measures
    (unit,) = units
    if all(i.unit in (None, Unit[unit]) for i in indicators):
        return []
    return [Unit[unit].row.called]


def said_alone(known: Belonging, label: Label, text: str, *, as_section: bool = False) -> list[str]:
    """What a line that says nothing else makes of the figures near it."""
    others = [ANOTHER_COUNCIL] if another_council(known.words, " ".join(label.unknown)) else []
    return [*_named_alone(known, label, text, as_section=as_section), *others]


def _named_alone(known: Belonging, label: Label, text: str, *, as_section: bool) -> list[str]:
    """The kind of figures, or the part of the area, that is all that a line names."""
    # A service area may be called Ward 3.
    part = "" if label.areas else part_said(text)
    is_all = part != "" and is_whole(part, known)
    named = [] if is_all else [A_PART] if part else parts_named(known.words, text)
    return [*kinds_alone(label, as_section=as_section), *named]


def other_kinds(table: Table, known: Belonging) -> Iterator[Finding]:
    """What a table's tab and titles say of its figures' kind, such as that they are a forecast.

    A title may speak of columns beside that of the figures, whose headings say the same.
    """
    headed = {kind for h in table.block.headings for kind in h.label.kinds}
    for title in table.titles:
        label = known.own(title.label, title.text)
        is_other = label.fields and label.fields <= _OTHER_FIGURES and not label.unknown
        # A tab has few words, and all are of what is on it.
        of_all = label.kinds_of_all if title.cell else label.kinds - _OF_NO_TAB
        what = [AIMED_AT] if is_other else sorted(of_all - headed)
        what += _other_money(label)
        own = {scaled.power for scaled in table.chosen["performance"].label.scales}
        if {scaled.power for scaled in label.scales} - own or MULTIPLIED.search(title.text):
            what.append(_IN_THOUSANDS)
        what += [*_measured(title, table, known), *said_alone(known, label, title.text)]
        yield from said_otherwise(title.sheet, title.cell, title.text, what)
        if not what:
            yield from unclear(known, title.sheet, title.cell, title.text, as_title=True)


def beside(table: Table, row: int, indicator: Indicator, known: Belonging) -> Iterator[Finding]:
    """What words beside a figure make of it: a column that says of each row `Forecast`."""
    sheet = table.grid.sheet
    if (scale := table.text(row, "scale")) and clean(scale).casefold() not in _ONCE:
        is_measure = measure_said(f"in {scale}") and not known.words.label(scale).scales
        scaled = [f"counted in {scale}" if is_measure else _IN_THOUSANDS]
        yield from said_otherwise(sheet, table.address(row, "scale"), scale, scaled)
    for column in table.other_columns:
        cell = table.grid.value(row, column)
        if cell == "":
            continue
        heading = table.block.at(column)
        if heading is not None:
            yield from instead_of(table, row, column, heading, known)
        elif isinstance(cell, str):
            yield from in_words(table, row, column)
        if isinstance(cell, str) and len(cell) <= _LONGEST_WORD:
            what = said_beside(cell, heading, known)
            if heading is None and not what:
                what = _other_measure(cell, indicator, known)
                what += said_alone(known, known.words.label(cell), cell)
            yield from said_otherwise(sheet, address(row, column), cell, what)


def is_whole(text: str, known: Belonging) -> bool:
    """Whether words mean the whole area, and everybody."""
    key = name_key(text)
    return key in _WHOLE or key in known.words.areas or f" {key} " in f" {known.words.council} "


def _other_measure(cell: str, indicator: Indicator, known: Belonging) -> list[str]:
    """What a unit without a heading says of the figure beside it."""
    word, label = name_key(cell), known.words.label(cell)
    is_unit = label.units and not label.unknown
    is_own = word in map(name_key, indicator.unit_row.words) or word in name_key(indicator.wording)
    return [f"counted in {cell}"] if (is_unit or word in MEASURES) and not is_own else []


def said_beside(cell: str, heading: Heading | None, known: Belonging) -> list[str]:
    """What a word in a row says of the row's figure; `heading` is its column's."""
    if heading is None and clean(cell) in _SIGNS:
        return ["something that nobody can tell"]
    if heading is not None and name_key(cell) in _YES:
        in_thousands = {_IN_THOUSANDS} if heading.label.scales else set[str]()
        return sorted(heading.label.kinds | in_thousands)
    if MULTIPLIED.fullmatch(cell.strip()):
        return [_IN_THOUSANDS]
    label = known.own(known.words.label(cell), cell)
    if label.unknown or label.fields - {"target"}:
        return []
    of_period = heading is None or _OF_PERIOD.search(heading.text) is not None
    fit = known.fit(label.periods) if of_period else Fit.SAME
    kinds = {*own_kinds(label), *_other_money(label)}
    kinds |= {_IN_THOUSANDS} if label.scales else set()
    return against(replace(label, areas=frozenset()), known, fit, kinds)


def own_kinds(label: Label) -> frozenset[str]:
    """What a label says of the kind of figures, a target's among it."""
    aimed_at = {AIMED_AT} if label.fields == {"target"} else set[str]()
    return label.kinds - {PROVISIONAL} | aimed_at


def _other_money(label: Label) -> list[str]:
    return ["in another currency"] if OTHER_MONEY in label.units else []
