"""What one sheet of the register says of another: refs that must exist, and targets that must fit.

Each check takes the tables that could be read; a near match is asked about, never taken.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from pipeline.register.table import Problems, Row, Table
from schemas.model import Kind, Polarity
from schemas.register_columns import Sheet
from schemas.register_layout import AREAS, INDICATORS, PERIODS, PRIORITIES, TARGETS

#: How alike a ref must be to be asked about, out of 100.
_ALIKE = 65
_FIGURES = ("value", "lower", "upper", "baseline")

Tables = Mapping[str, Table]


def check_across(tables: Tables, problems: Problems) -> None:
    """Run every check between sheets; what is wrong is added to `problems`."""
    _check_references(tables, problems, INDICATORS, "priority", PRIORITIES)
    _check_references(tables, problems, TARGETS, "indicator", INDICATORS)
    _check_references(tables, problems, TARGETS, "period", PERIODS)
    _check_areas(tables, problems)
    _check_area_names(tables, problems)
    _check_targets_fit(tables, problems)


def areas_of(row: Row, areas: Table) -> tuple[str, ...]:
    """The refs of the areas that an indicator names by ref or name, in the register's order."""
    named = set(row.words("areas"))
    return tuple(
        area.text("ref") for area in areas.rows if named & {area.text("ref"), area.text("name")}
    )


def _check_references(
    tables: Tables, problems: Problems, sheet: Sheet, key: str, other: Sheet
) -> None:
    if sheet.title not in tables or other.title not in tables:
        return
    known = tables[other.title].by_ref
    for row in tables[sheet.title].rows:
        ref = row.text(key)
        if ref and ref not in known:
            problems.add(sheet, row, key, _unknown(ref, known, other))


def _check_areas(tables: Tables, problems: Problems) -> None:
    if INDICATORS.title not in tables or AREAS.title not in tables:
        return
    areas = tables[AREAS.title]
    known = {*areas.by_ref, *(area.text("name") for area in areas.rows)}
    for row in tables[INDICATORS.title].rows:
        for name in row.words("areas"):
            if name not in known:
                problems.add(INDICATORS, row, "areas", _unknown(name, known, AREAS))


def _check_area_names(tables: Tables, problems: Problems) -> None:
    """A name that is another area's ref would mean two areas."""
    if AREAS.title not in tables:
        return
    refs = tables[AREAS.title].by_ref
    for row in tables[AREAS.title].rows:
        name = row.text("name")
        if name != row.text("ref") and name in refs:
            says = '"{value}" is the ref of another service area. Give this area another name.'
            problems.add(AREAS, row, "name", says)


def _check_targets_fit(tables: Tables, problems: Problems) -> None:
    """A milestone has no figure to reach, and a range has two."""
    if TARGETS.title not in tables or INDICATORS.title not in tables:
        return
    indicators = tables[INDICATORS.title].by_ref
    for row in tables[TARGETS.title].rows:
        indicator = indicators.get(row.text("indicator"))
        if indicator is None:
            continue
        kind = indicator.text("kind")
        if kind in (Kind.MILESTONE, Kind.NARRATIVE):
            for key in _FIGURES:
                if row.values.get(key) is not None:
                    says = f"{row.text('indicator')} is a {kind} and has no figure to compare."
                    problems.add(TARGETS, row, key, f"{says} Clear this cell.")
        elif (
            indicator.text("polarity") == Polarity.RANGE
            and row.values.get("value") is not None
            and not row.text("operator")
        ):
            says = (
                f"the polarity of {row.text('indicator')} is range, and {{value}} is one figure. "
                "Type the ends of the range under Lower and Upper instead, or choose an operator."
            )
            problems.add(TARGETS, row, "value", says[0].upper() + says[1:])


def _unknown(ref: str, known: Collection[str], other: Sheet) -> str:
    first = other.columns[0].heading.casefold()
    near = process.extractOne(
        ref, list(known), scorer=ratio, processor=str.casefold, score_cutoff=_ALIKE
    )
    ask = f'Did you mean "{near[0]}"? ' if near else ""
    return (
        f'"{ref}" is not a {first} on the sheet {other.title}. {ask}'
        "Choose one from the list, or add it there."
    )
