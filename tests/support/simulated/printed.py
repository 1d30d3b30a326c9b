"""What a council's appendices say, read back from the page, the data and `status --json`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

from tests.support.oracle.council import Appendix, Line
from tests.support.oracle.rating import Sum
from tests.support.oracle.words import figure

#: How bands are printed: by band, its symbol and its word.
Bands = Mapping[str, tuple[str, str]]

_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]([^>]*)>(.*?)</t[hd]>", re.DOTALL)
_TABLE = re.compile(r'<table[^>]*class="(\w+)"[^>]*>(.*?)</table>', re.DOTALL)
_TRAVEL = re.compile(r'<span class="travel">(.*?)</span> <span class="was">(.*?)</span>', re.DOTALL)
#: What a figure of several periods is over, which the data say too.
_OVER = r"(Year to date|Sum over a year|Mean over a year|Rate over a year)"
#: The columns of the data that say over which periods a figure is, and what is the period's own.
_ACCUMULATED = ("Indicator accumulated over", "Indicator in the period alone")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")


def read_appendix(folder: Path, bands: Bands) -> Appendix | None:
    """The appendix that lies in a period's folder; None where there is none."""
    page = next(iter(folder.glob("*.html")), None)
    data = next(iter(folder.glob("* data.csv")), None)
    if page is None or data is None:
        return None
    rows = list(csv.DictReader(io.StringIO(data.read_text(encoding="utf-8-sig"))))
    html = page.read_text(encoding="utf-8")
    tables = {found[1]: found[2] for found in _TABLE.finditer(html)}
    restated = {
        row["Ref"]: row["Indicator restated from"] for row in rows if row["Indicator restated from"]
    }
    lines = {line.ref: line for line in _lines(tables, restated, bands)}
    for row in rows:
        line = lines[row["Ref"]]
        over, alone = (row.get(heading, "") for heading in _ACCUMULATED)
        is_long = line.performance == "In words, below"
        performance = row["Indicator performance"] if is_long else line.performance
        lines[row["Ref"]] = replace(
            line, performance=performance, over=over, alone=_figures(alone.removeprefix("'"))
        )
    said = re.search(r'<p class="lead">.*?</p>\s*<p>(.*?)</p>', html, re.DOTALL)
    assert said
    return Appendix(
        lines,
        dict(_sums(tables["overall"], bands)),
        _coverage(_plain(said[1])),
        {
            (row["Ref"], row["Service area"]): (row["Status"], _figures(row["As shown"]))
            for row in rows
        },
        frozenset(restated),
    )


def _plain(html: str) -> str:
    """The words of a piece of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def _figures(said: str) -> str:
    """The same with nothing to set thousands apart."""
    return _THOUSANDS.sub("", said)


def _restated(said: str | None) -> str | None:
    """What a line was restated from, but for earlier figures, which no oracle tells."""
    if said is None or not said.startswith("other "):
        return said and _figures(said)
    told = re.split(", | and ", said.removeprefix("other "))
    *most, last = [each for each in told if each != "earlier figures"] or [""]
    return f"other {' and '.join(filter(None, [', '.join(most), last]))}" if last else None


def _lines(tables: dict[str, str], restated: dict[str, str], bands: Bands) -> Iterator[Line]:
    described = [
        [_plain(cell) for _, cell in _CELL.findall(row)]
        for row in _ROW.findall(tables["definitions"])
    ][1:]
    names = iter(described)
    remarks: list[tuple[str, str]] = []
    pending: Line | None = None
    areas: list[str] = []
    for row in _ROW.finditer(tables["indicators"]):
        cells = _CELL.findall(row[1])
        if len(cells) == 5 and "columnheader" not in cells[0][0]:
            if pending:
                yield _with(pending, remarks, areas, bands)
            remarks = []
            ref, _, wording = next(names)[0].partition(": ")
            areas = re.sub(r" \([\w ]+\)$", "", _reported_by(described, ref)).split(", ")
            said = [_figures(_plain(cell)) for _, cell in cells]
            assert said[0] == wording, (said[0], wording)
            pending = Line(
                ref,
                wording,
                target="" if said[1] == "None" else said[1],
                performance="" if said[2] in ("No data", "Not due", "Incomplete") else said[2],
                rating=said[3],
                travels=tuple(
                    (_plain(way), _figures(_plain(was)))
                    for way, was in _TRAVEL.findall(cells[4][1])
                ),
                restated_from=_restated(restated.get(ref)),
            )
        elif 'class="said"' in row[0]:
            said = re.findall(r"<p><b>([\w ]+):</b> (.*?)</p>", row[1], re.DOTALL)
            remarks += [(kind, _figures(_plain(words))) for kind, words in said]
    if pending:
        yield _with(pending, remarks, areas, bands)


def _reported_by(described: list[list[str]], ref: str) -> str:
    """Who reports an indicator, as the page has it."""
    return next(row[1] for row in described if row[0].startswith(f"{ref}: "))


def _with(line: Line, remarks: list[tuple[str, str]], areas: list[str], bands: Bands) -> Line:
    """The line with what is said beneath it, each with the word that it begins with."""
    said: dict[str, list[str]] = {}
    for kind, words in remarks:
        said.setdefault(kind, []).append(words)
    marks = [mark for remark in said.pop("Note", ()) for mark in _marks(remark, areas, bands)]
    actions = frozenset(said.pop("Corrective action", ()))
    forecast, confidence = (
        "; ".join(said.pop(kind, ())) for kind in ("Forecast for the year", "Confidence")
    )
    marks += [("unknown", kind, *words) for kind, words in said.items()]
    return replace(
        line, marks=frozenset(marks), actions=actions, forecast=forecast, confidence=confidence
    )


def _marks(remark: str, areas: list[str], bands: Bands) -> Iterator[tuple[str, ...]]:
    """What a remark says, in the oracle's form; one that it does not know, as it stands."""
    told = remark.rstrip(".")
    if told == "Provisional":
        yield ("provisional",)
    elif found := re.fullmatch(r"The areas reported different figures: (.*)", told):
        yield ("disagree", *sorted(found[1].split(", ")))
    elif found := re.fullmatch(r"No cases in (.*)", told):
        yield ("no cases in", *sorted(found[1].split(", ")))
    elif found := re.fullmatch(r"Without (.*)", told):
        for area in found[1].split(", "):
            name = area.removesuffix(" (not available)")
            yield ("without" if name == area else "without, not available", name)
    elif found := re.fullmatch(r"(Not yet reported|Reported as not available)( by (.*))?", told):
        why = "not yet reported" if found[1].startswith("Not") else "not available"
        for area in found[3].split(", ") if found[3] else areas:
            yield (why, area)
    elif found := re.fullmatch(r"There were no cases in (.*) to compare with", told):
        yield ("no cases to compare", found[1])
    elif found := re.fullmatch(r"Not compared with (.*), when its (.*) differed", told):
        yield ("not compared", found[1], found[2].replace(", ", " and "))
    elif found := re.fullmatch(
        r"Not compared with (.*): it is measured otherwise from (.*) on", told
    ):
        yield ("not compared", found[1], f"since {found[2]}")
    elif found := re.fullmatch(r"Rated by its own thresholds: (.*)", told):
        parts = re.findall(r"([A-Za-z][\w ]*) at (\S+) or", found[1])
        codes = {word.lower(): band for band, (_, word) in bands.items()}
        yield ("thresholds", *sorted(f"{codes[word]} {figure(typed)}" for word, typed in parts))
    elif found := re.fullmatch(r"Its own tolerance is (.*)", told):
        kind = "percent of target" if "of the target" in told else "points"
        yield ("own tolerance", str(figure(found[1])), kind)
    elif found := re.fullmatch(r"Last reported for (.*?): (.*)", told):
        yield ("last reported", found[1], found[2])
    elif found := re.fullmatch(r"Last due for (.*?): (.*)", told):
        for why in ("not available", "not yet reported", "incomplete"):
            if why in found[2]:
                yield ("last due", found[1], why)
    elif found := re.fullmatch(r"Replaced by (\S+) \((.*)\) from (.*) on", told):
        yield ("replaced by", found[1], found[2], found[3])
    elif found := re.fullmatch(r"Next due for (.*)", told):
        yield ("next due", found[1])
    elif told == "Not due for any later period yet":
        yield ("next due", "")
    elif found := re.fullmatch(r"It replaces (\S+) \((.*)\)", told):
        yield ("replaces", found[1], found[2])
    elif found := re.fullmatch(r"Incomplete: (.*)", told):
        for clause in found[1].split("; "):
            yield from _lacks(clause)
    elif found := re.fullmatch(r"(.*) in it was restated", told):
        yield ("restated in it", found[1])
    elif told.startswith("No target: the year's is spread by last year's figures"):
        yield ("no shape",)
    elif found := re.fullmatch(r"The latest known figure is that of (.*)", told):
        yield ("latest known", found[1])
    elif not re.match(_OVER, told) and not told.startswith("Restated: "):
        yield ("unknown", remark)


def _lacks(clause: str) -> Iterator[tuple[str, ...]]:
    """Why a figure of several periods is none."""
    if found := re.fullmatch(r"no figures before (.*)", clause):
        yield ("none before", found[1])
    elif found := re.fullmatch(r"(.*) was measured otherwise", clause):
        yield ("measured otherwise", found[1])
    elif found := re.fullmatch(r"the areas disagree for (.*)", clause):
        yield ("areas disagree for", found[1])
    elif found := re.fullmatch(r"(.*) lacks (.*)", clause):
        yield ("lacks", found[1], *sorted(_names(found[2])))
    elif found := re.fullmatch(r"(.*) missing", clause):
        for name in _names(found[1]):
            yield ("missing", name)
    else:
        yield ("unknown", clause)


def _names(told: str) -> list[str]:
    """The names in `A, B and C`."""
    *most, last = told.split(", ")
    return [*most, *last.split(" and ")]


def _sums(table: str, bands: Bands) -> Iterator[tuple[str, Sum]]:
    headings: list[str] = []
    for row in _ROW.findall(table):
        cells = [
            _plain(re.sub(r'<span class="was">.*?</span>', "", cell))
            for _, cell in _CELL.findall(row)
        ]
        if not headings:
            headings = cells
            continue
        said = dict(zip(headings, cells, strict=True))
        heading = "" if cells[0] == "All priorities" else cells[0]
        green, amber, red = (int(said[bands[each][1]]) for each in ("green", "amber", "red"))
        exceeded = int(said.get(bands["exceeded"][1], 0))
        left = int(said["Not rated"])
        yield heading, Sum(green, amber, red, left, said["Score"], said["Overall"], exceeded)


def _coverage(said: str) -> str:
    """How many answers are in, and whether the whole is rated by them."""
    found = re.search(r"([\d,]+) of ([\d,]+) answers? (?:are|is) in(;)?", said)
    if not found:
        return ""
    return f"{_figures(found[1])} of {_figures(found[2])}{'; not enough' if found[3] else ''}"
