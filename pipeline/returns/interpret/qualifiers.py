"""Qualifiers: columns beside the figures whose words say of which part or kind each figure is.

A column is asked about once, at the first row of which it says anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import against, is_whole, said_otherwise
from pipeline.returns.interpret.councils import ANOTHER_COUNCIL, another_council
from pipeline.returns.interpret.headings import Heading, heading_text
from pipeline.returns.interpret.labels import Label
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.remarks import A_PART, parts_named
from pipeline.returns.interpret.second_figures import unheaded
from pipeline.returns.interpret.tables import Table
from pipeline.workbooks.addresses import address
from schemas.findings import Finding
from schemas.layout_rules import REMARK_UNCLEAR
from schemas.names import name_key

#: Columns that say of which part of the area, or of its people, a row is.
_OF_PARTS = frozenset(
    {"ward", "wards", "locality", "neighbourhood", "parish", "district", "sub area", "geography"}
    | {"gender", "sex", "age", "age group", "age band", "ethnicity", "cohort", "area covered"}
    | {"location", "site", "ward name", "locality name"}
)
#: Columns that say whose figure each is.
_OF_COUNCILS = frozenset(
    {
        "authority",
        "local authority",
        "council",
        "borough",
        "county",
        "la",
        "la name",
        "organisation",
    }
)
#: Columns that as often say who is responsible.
_OF_TEAMS = frozenset(
    {"division", "team", "area", "region", "sector", "zone", "patch", "group", "population", "bcu"}
    | {"client group", "customer group", "sub group", "subgroup", "category"}
)
#: Columns of days that say of which period a row is, where it is another's last day.
_OF_DAYS = frozenset({"reporting date", "data date", "date of data", "period date", "date to"})
#: Columns of what a figure's data go up to, which must be the end of its period.
_UP_TO = frozenset(
    {"latest data", "latest available", "latest available data", "latest figure", "data up to"}
    | {"data to", "figures to", "data as at", "data for", "figures for", "figure for"}
    | {"snapshot date", "data period", "data available to", "complete to", "months included"}
)
#: Columns of how much of what is due was counted.
_OF_COVERAGE = frozenset({"coverage", "scope", "data coverage", "completeness", "data scope"})
_COMPLETE = frozenset(
    {"full", "complete", "100", "100%", "all months", "full quarter", "whole quarter", "full year"}
    | {"yes", "y", "all data", "all teams", "all services", "all sites"}
)
_SHARE = re.compile(r"(\d+) ?(?:of|out of|/) ?(\d+)(?: \w+)?")
#: What headings such as `A/E` and `Actual or estimate` are made of, with what each letter says.
_LETTERS = {
    **dict.fromkeys(("a", "act", "actual"), ""),
    **dict.fromkeys(("e", "est", "estimate", "estimated"), "an estimate"),
    **dict.fromkeys(("f", "fcst", "forecast", "projected"), "a forecast"),
    **dict.fromkeys(("t", "target", "plan"), "what is aimed at"),
    **dict.fromkeys(("p", "prov", "provisional", "or", "and"), ""),
}
_FLAGS = frozenset(
    {"flag", "data flag", "quality", "quality flag", "data type", "figure type", "type of data"}
    | {"data quality", "type", "data quality flag"}
)
#: Headings that ask whether a figure may be relied on, and the answers that say no.
_ASKING = frozenset(
    {"validated", "verified", "audited", "checked", "confirmed", "approved", "agreed", "final"}
    | {"signed off", "quality assured", "finalised", "reconciled", "data validated"}
)
_NO = frozenset({"n", "no", "false", "not yet", "pending", "partly", "part", "in part", "awaiting"})


def other_columns(table: Table, rows: list[int], known: Belonging) -> Iterator[Finding]:
    """What columns beside the figures make of them, once a column; `rows` are the indicators'."""
    yield from unheaded(table, rows)
    for column in table.other_columns:
        heading = table.block.at(column)
        said = _said_by(heading, known) if heading else None
        if heading is None or said is None:
            continue
        for row in rows:
            text = heading_text(table.merges.value(table.grid, row, column))
            place, value = (table.grid.sheet, address(row, column)), f"{text} under {heading.text}"
            if text and (what := said(text)):
                yield from said_otherwise(*place, value, what)
                break
            if name_key(heading.text) in _ASKING and name_key(text) in _NO:
                yield REMARK_UNCLEAR.found(*place, said=value)
                break


def _said_by(heading: Heading, known: Belonging) -> Callable[[str], list[str]] | None:
    """What looks at the texts of a column, by its heading; None where they are no matter."""
    said = name_key(heading.text)
    letters = {word: _LETTERS.get(word) for word in said.split()}
    if said in _OF_DAYS:
        return lambda text: _of_days(text, known, Fit.OTHER)
    if said in _UP_TO:
        return lambda text: _of_days(text, known, Fit.DOUBTFUL)
    if said in _OF_COVERAGE:
        return lambda text: [] if _is_complete(text, known) else [A_PART]
    if said in _OF_PARTS:
        return lambda text: [] if is_whole(text, known) else [A_PART]
    if said in _OF_COUNCILS:
        return lambda text: [ANOTHER_COUNCIL] if another_council(known.words, text) else []
    if said in _OF_TEAMS:
        return lambda text: (
            [A_PART] if parts_named(known.words, text) and not is_whole(text, known) else []
        )
    if said in _FLAGS:
        return lambda text: _of_letter(text, {"e": _LETTERS["e"], "est": _LETTERS["e"]})
    if len(letters) > 1 and None not in letters.values():
        # Beside `P`, an `F` is final.
        is_final = letters.keys() <= {"p", "f", "prov", "or"}
        return lambda text: [] if is_final else _of_letter(text, _LETTERS)
    return (lambda _: []) if said in _ASKING else None


def _of_letter(text: str, letters: dict[str, str]) -> list[str]:
    what = letters.get(name_key(text), "")
    return [what] if what and len(text) <= len("est.") else []


def _of_days(text: str, known: Belonging, least: Fit) -> list[str]:
    fit = known.fit_of_row(known.words.label(text).periods)
    return against(Label(text), known, fit) if fit >= least else []


def _is_complete(text: str, known: Belonging) -> bool:
    key, label = name_key(text), known.words.label(text)
    if share := _SHARE.fullmatch(key):
        return share[1] == share[2]
    is_of_period = label.periods and not label.unknown and known.fit(label.periods) is Fit.SAME
    return key in _COMPLETE or bool(is_of_period) or is_whole(text, known)
