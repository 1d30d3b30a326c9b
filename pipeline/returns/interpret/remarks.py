"""Remarks: what a line of text says of the figures that it stands over, under or beside.

A title, a tab, a note and a line of the cover speak of much, and mostly of other things. What one
of them plainly says of the figures is held against the return; one that speaks of the figures and
is not understood to its last word is for a person to look at.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.returns.interpret.instructions import is_denial, is_harmless
from pipeline.returns.interpret.labels import PROVISIONAL, Label, Vocabulary
from pipeline.returns.interpret.parts import (
    LONGEST_PART,
    MARK,
    NAMED,
    NOUNS,
    clauses,
    is_on_figures,
    told,
)
from pipeline.returns.interpret.periods import spoken
from pipeline.returns.interpret.shortfalls import is_short

# The same lines stand in most of the returns that a worker reads.
_remembered = lru_cache(maxsize=2_000)

#: What figures may be counted in that is no unit of ours.
MEASURES = frozenset(
    {"weeks", "months", "years", "hours", "hrs", "minutes", "mins", "seconds", "working days"}
    | {"thousand", "thousands", "million", "hundreds", "dozen", "dozens", "tens", "lakh", "lakhs"}
    | {"crore", "crores", "per 1,000", "per 10,000", "per 100,000", "per 1000", "per 100000"}
    | {"miles", "km", "metres", "tonnes", "kg", "litres", "kwh", "hectares", "per week", "per day"}
    | {"pence", "calendar days", "percentage points", "shillings"}
)
_DIFFERENCE = "a difference"
ANOTHER_BODY, ELSEWHERE, A_PART = "of another body", "of elsewhere", "of a part of the area"
#: What a line says of all figures near it where it says nothing else; over a column, or beside
#: other words, most of these may mean anything.
_ALONE: dict[str, tuple[str, ...]] = {
    "cumulative": ("running", "so far"),
    "net": ("net", "nett"),
    "gross": ("gross",),
    "an average": ("median", "medians", "mode"),
    "an estimate": ("guess", "guesses", "guesstimate", "best guess", "best guesses"),
    "the highest or the lowest": (
        *("peak", "maximum", "max", "minimum", "min", "best", "worst", "highest", "lowest"),
    ),
    "a rank or an index": (
        *("rank", "ranks", "ranking", "rankings", "index", "indices", "indexed", "z score"),
        *("quartile", "quartiles", "percentile", "percentiles", "run rate", "score out"),
    ),
    _DIFFERENCE: ("distance", "movement", "movements", "shortfall", "excess", "gap", "gap to"),
    "what is aimed at": (
        *("profile", "profiled", "trajectory", "ambition", "aspiration", "goal", "goals"),
        *("threshold", "thresholds", "tolerance", "tolerances"),
    ),
    "not final": (
        *("wip", "work progress", "cancelled", "replaced", "partial", "part year", "pre audit"),
        *("subject audit", "tbc", "to be confirmed", "awaiting", "unconfirmed", "estimating"),
        *("do not publish", "wrong", "incorrect", "not final", "to be updated", "early", "flash"),
    ),
    "of another length of time": (
        *("per annum", "p.a", "mat", "pro rata", "full effect", "moving", "academic", "calendar"),
        *("year end",),
    ),
    "a rate": ("per 1,000", "per 10,000", "per 100,000", "per 1000", "per 100000", "per thousand"),
    ELSEWHERE: (
        *("national", "nationally", "uk", "gb", "wales", "scotland", "great britain", "county"),
        *(
            "peer",
            "peers",
            "peer average",
            "peer councils",
            "county wide",
            "countywide",
            "cipfa",
            "cipfa group",
            "northern ireland",
            *("tri borough", "bi borough", "thames valley", "all london boroughs", "london"),
            *("london boroughs", "sub region", "city region", "force area", "met police area"),
            "region",
        ),
    ),
    ANOTHER_BODY: (
        *("police", "nhs", "contractor", "contractors", "provider", "providers", "partner"),
        *("partners", "neighbouring borough", "academies"),
    ),
}
_SAYS_ALONE = {word: kind for kind, words in _ALONE.items() for word in words}
#: Between the rows these are as often the theme of those under them.
_THEMES = frozenset({ANOTHER_BODY, ELSEWHERE, "what is aimed at"})

_COMPASS = r"(?:(?:north|south)(?:ern)?(?:[ -]?(?:east|west)(?:ern)?)?|(?:east|west)(?:ern)?)"
_PLACE = r"(?:division|locality|neighbourhood|area|region|sector|zone|district|patch|cluster|team)"
#: A part of the area, or of those who live there.
_PARTS = re.compile(
    rf"(?:{_COMPASS}(?: {_PLACE}| side)?|(?:{_PLACE}|wards?|parish) (?:[a-h]|\d\d?)(?: [a-h])?"
    r"|wards?|locality|parish|(?:ward|parish) (?:of )?[a-z]+"
    r"|(?!this |each |every |by |per )[a-z']+ (?:ward|locality|parish)|urban|rural"
    r"|(?:under|over|aged?) \d\d?s?(?: (?:(?:to|and) )?(?:\d\d|over|under))?"
    r"|\d\d?(?: to)? \d\d? year olds"
    r"|(?:fe)?males?|women|men|girls|boys)"
)
#: A ward's staff, and what a ward has, are no part of the area.
_OF_STAFF = re.compile(
    r"\b(?:wards?|parish|district|area) (?:managers?|sisters?|staff|teams?|offices?|officers?"
    r"|councillors?|members?|budgets?|leads?|committees?|forums?|directors?|nurses?|council"
    r"|services?|plans?)\b"
)
_SEGMENTS = re.compile(r"\s[-\u2013\u2014|/]\s|[-\u2013]\s|\s[-\u2013]|[,:;()\[\]\n]")

_ALL = r"(?:(?:all|these|those|the|our|both|any|some|most|my|this) (?:of the |the |our )?)*"
#: What a sentence on the figures begins with, over a table and under it.
OVER = re.compile(rf"{_ALL}(?:{NOUNS})\b{NAMED}")
_UNDER = re.compile(rf"(?:[\w'.]+ ){{0,2}}?(?:{NOUNS})\b{NAMED}")
#: Words that say of figures that something is left out of them, put in, or done to them.
_DONE = re.compile(
    r"\b(?:exclud\w+|excl|instead|net (?:of|figures)|gross (?:of|figures)|nett"
    r"|should (?:be|read|say)|(?:is|are) (?:wrong|incorrect|not right)|double count\w*|restated"
    r"|rounded|based on|samples? (?:of|size|[(]?n ?=)|pro rata"
    r"|per (?:head|annum|capita|thousand|[\d,]*0)"
    r"|lag(?:s|ged|ging)?|estimat(?:e|es|ed)|to be confirmed|superseded|(?:un)?weighted|seasonally"
    r"|in real terms|(?:constant|current|real) prices|at (?:[\w/-]+ )?prices"
    r"|in (?:hundreds|tens|dozens|lakhs?|crores?|pence|weeks|months|hours|minutes|years))\b"
    r"|\b(?:used?|using) (?:[\w']+ ){1,3}(?:figures|data|returns?)\b"
    r"|^(?:net|gross|per|without|less|using)\b|\bonly$"
    r"|\b(?:to be (?:revised|updated|audited|validated)|subject to (?:change|revision|audit))\b"
)
#: The same, of what a note says and a title mostly says of itself.
_COVERED = re.compile(r"\b(?:includ\w+|incl|covers?|not counted)\b")
#: A line of the cover that says what all figures are.
_BASIS = re.compile(
    r"(?:basis(?: of (?:figures|data))?|type(?: of figures)?|figures?|data|scope|coverage|geography"
    r"|division|locality|measured? in|(?:months?|periods?|weeks?) covered|covering)\b[\s:-]*"
)
#: One that says of which part of the area they are.
_PART_OF = re.compile(
    r"(?:ward|parish|area covered)(?: name)?\s?[:\s-]\s*"
    r"(?!(?:figures?|data|breakdown|level|results?|profiles?|map)\b)"
    r"|(?:wards|locality|neighbourhood|sub[ -]?area|district)(?: name)?\s?:\s*"
)
#: What becomes of figures without becoming others: how they went, or were gathered and printed.
_IDLE = re.compile(
    rf"\b(?:{NOUNS}) (?:[\w']+ ){{0,2}}?(?:fell|rose|increas\w+|decreas\w+|improv\w+|dropped"
    r"|remain\w*|grew|fluctuat\w+|declin\w+)(?! (?:from|with|for|in|at|as at)).*"
    # Of what was done to them is said for which period, at the end.
    rf"|\b(?:{NOUNS}) (?:[\w']+ ){{0,2}}?(?:(?:is|are|was|were|will be) )?(?:updated|refreshed"
    r"|collected|published|reported|produced|supplied|provided|checked|correct|accurate)"
    r"(?! (?:from|with|for|in|at|as at))(?:(?! for ).)*"
    r"|\brounded to (?:one|two|\d) decimal (?:place|point)s?|\brounded to (?:the nearest )?whole"
    r" numbers?|\bvalue for money\b|\b(?:provisional|estimated) \w+ (?:is|are) marked.*",
)
#: Words beside which everything else of a sentence on the figures is understood.
NO_MATTER = frozenset(
    {"first", "since", "onwards", "outturn", "quarterly", "mid", "data", "is", "are", "was"}
    | {
        "have",
        "been",
        "were",
        "shown",
        "here",
        "these",
        "this",
        "all",
        "from",
        "be",
        "relate",
        "relates",
        "to",
    }
    | {"above", "below", "period", "quarter", "year", "provided", "on", "given", "return"}
    | {"returns", "report", "reports", "sheet", "form", "collection", "table", "template"}
    | {"submission", "set", "pack", "summary", "position", "end", "as", "and", "taken", "please"}
    | {"note", "that", "up", "of", "entry", "key", "headline", "performance", "amounts"}
    | {"numbers", "latest", "times", "money", "percentages", "totals", "actuals", "we", "our"}
    | {
        "only",
        "cover",
        "covers",
        "covering",
        "covered",
        "collected",
        "page",
        "month",
        "months",
        "=",
    }
)


#: What follows is not as the rest.
_BUT = re.compile(r"\bbut\b", re.IGNORECASE)


def kinds_alone(label: Label, *, as_section: bool = False) -> list[str]:
    """What a line that says nothing else makes of the figures: `net`, `of another body`."""
    words = (word.removesuffix("'s") for word in label.unknown if word not in NO_MATTER)
    kind = _SAYS_ALONE.get(" ".join(words))
    # `Gap to target` names a target, and is none.
    if label.fields - {"performance"} - ({"target"} if kind == _DIFFERENCE else set()):
        return []
    return [kind] if kind and not (as_section and kind in _THEMES) else []


@_remembered
def parts_named(words: Vocabulary, text: str) -> tuple[str, ...]:
    """Whether a line, or a part of it, names a part of the area or of those who live there."""
    if _OF_STAFF.search(spoken(text)) or is_harmless(text):
        return ()
    for segment in filter(str.strip, _SEGMENTS.split(text)):
        label = words.title(segment)
        said = spoken(" ".join(label.unknown))
        # A service area may be called Area B.
        whole = "" if label.areas else spoken(segment).strip(" .")
        if said and (_PARTS.fullmatch(said) or _PARTS.fullmatch(whole)):
            return (A_PART,)
    return ()


#: The other scales are told by a label.
_MEASURE = "|".join(sorted(MEASURES - {"thousand", "thousands", "million"}, key=len, reverse=True))
_COUNTED = re.compile(
    rf"(?:(?:[\w']+ ){{0,3}}?(?:{NOUNS}|waits?|durations?|costs?|spend(?:ing)?|income|rates?"
    r"|results) (?:(?:is|are|all|was|were|has|have|been|shown|given|expressed|measured|counted"
    r"|reported|stated|recorded|quoted|calculated) )*)?"
    rf"(?:in (?:the )?(?P<measure>{_MEASURE})|(?P<share>per [\d,]*00)(?: \w+){{0,2}})"
)


@_remembered
def measure_said(text: str) -> str:
    """What a sentence says that figures are counted in, such as `weeks`; empty: nothing."""
    match = _COUNTED.fullmatch(spoken(text).strip(" .()*:"))
    return match["measure"] or match["share"] if match else ""


@_remembered
def is_unclear(words: Vocabulary, text: str, *, as_title: bool) -> bool:
    """Whether a line speaks of the figures, and not every word of it is understood.

    `as_title`: it stands over them, and is of them where it begins with them.
    """
    parts = told(text)
    if len(parts) > 1 and any(map(is_denial, parts)):
        return True
    if any(
        is_short(spoken(MARK.sub("", part))) and not is_harmless(part)
        for part in parts
        if len(part) <= LONGEST_PART
    ):
        return True
    return any(
        is_on_figures(part)
        if len(part) > LONGEST_PART
        else _is_unclear_part(words, part, as_title=as_title)
        for part in parts
    )


def _is_unclear_part(words: Vocabulary, part: str, *, as_title: bool) -> bool:
    if is_harmless(part):
        return False
    said = clauses(part)
    if any(_is_unclear(words, clause, as_title=as_title) for clause in said):
        return True
    # Behind `Data: ONS`, a word such as `England` is said of the data.
    others = [clause for clause in said if not is_harmless(clause)]
    return len(others) < len(said) and (
        _BUT.search(part) is not None
        or any(words.title(clause).kinds - {PROVISIONAL} for clause in others)
    )


def _is_unclear(words: Vocabulary, text: str, *, as_title: bool) -> bool:
    if is_harmless(text):
        return False
    said = spoken(text).strip(" .()*")
    clause = _IDLE.sub("", said)
    begins = OVER if as_title else _UNDER
    if is_short(clause):
        return True
    if not (begins.match(clause) or _DONE.search(clause)) and (
        as_title or not _COVERED.search(clause)
    ):
        return False
    label = words.title(text if clause == said else clause)
    is_known = all(word in NO_MATTER for word in label.unknown)
    of_others = not as_title and label.fields - {"performance", "period"}
    return not is_known or bool(label.kinds - {PROVISIONAL} or of_others)


@_remembered
def without_idle(text: str) -> str:
    """A part of a note without what becomes of figures and makes them no others."""
    said = spoken(text)
    rest = _IDLE.sub("", said)
    return text if rest == said else rest


def says_provisional(words: Vocabulary, text: str) -> bool:
    """Whether a line says of all figures that they are provisional; a mark is only of some."""
    label = words.title(MARK.sub("", text) if text[:1].isalpha() else text)
    return (
        label.kinds == {PROVISIONAL}
        and all(word in NO_MATTER for word in label.unknown)
        and not label.fields - {"performance", "status"}
    )


@_remembered
def basis_said(text: str) -> str:
    """What a line of the cover says of all figures, such as `Basis: cumulative`; empty: nothing."""
    said = spoken(text)
    match = _BASIS.match(said)
    return said[match.end() :] if match else ""


@_remembered
def part_said(text: str) -> str:
    """The part of the area that a line of the cover says, as in `Ward: Castle`; empty: none."""
    said = spoken(text)
    match = _PART_OF.match(said)
    return "" if not match or _OF_STAFF.search(said) else said[match.end() :]
