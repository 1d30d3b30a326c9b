"""Sections: what a line without figures, between the rows or under them, says of the rows.

A section is called by a theme, or says what the figures under it are, or both: `Crime (Q2)`.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from pipeline.returns.interpret.columns import Belonging
from pipeline.returns.interpret.contradictions import against, own_kinds, said_alone
from pipeline.returns.interpret.labels import OF_A_PART, PROVISIONAL, Label
from pipeline.returns.interpret.parts import LONGEST_PART
from pipeline.returns.interpret.register_periods import Fit
from pipeline.returns.interpret.remarks import NO_MATTER

#: What parts the theme of a section from what it says of its figures.
_PARTED = re.compile(r"\s[-\u2013\u2014|/]\s|[:;()\[\]\n]")
#: Words beside which everything else of a section is understood.
_THEMES = frozenset({"indicators", "measures", "kpis", "items"})
_OF_SECTIONS = (
    NO_MATTER
    | _THEMES
    | frozenset({"following", "under", "which", "those", "ones", "results", "section", "rows"})
    | frozenset({"next", "reported", "lines", "by", "=", "month", "months", "date"})
)
_FIELDS = frozenset({"performance", "indicator", "period"})
#: The kinds that are no theme, such as `Budget` is.
_OF_FIGURES = frozenset(
    {"cumulative", "a forecast", "an estimate", "not final", "of another length of time", OF_A_PART}
)
#: Under the rows it says what they are compared with.
_BASELINE = "a baseline"
_MOST_CELLS = 4


def said_by_section(known: Belonging, texts: list[str], *, is_under: bool) -> list[str]:
    """What the texts of a line say against the return, in words; under the rows it is a note."""
    text = " ".join(texts)
    if len(text) > LONGEST_PART:
        return []
    label = known.own(known.words.label(text), text)
    is_of_others = is_under and _BASELINE in label.kinds
    if not label.unknown and not label.fields - {"target", "status"} and not is_of_others:
        return against(label, known, known.fit(label.periods), _kinds(label))
    if not is_under and len(texts) <= _MOST_CELLS:
        parts = [text, *_PARTED.split(text)] if len(texts) == 1 else [text]
        for part in parts:
            if what := _said(known, part):
                return what
    return said_alone(known, label, text, as_section=not is_under)


def is_doubtful_section(known: Belonging, text: str) -> bool:
    """Whether a line says of its figures what a person is to look at.

    `Annual indicators` are those of a year, or what is asked once a year.
    """
    label = known.words.label(text[:LONGEST_PART])
    is_known = not set(label.unknown) - _OF_SECTIONS and not label.fields - _FIELDS
    is_provisional = label.kinds == {PROVISIONAL}
    return is_known and (is_provisional or known.among(label.periods) is Fit.DOUBTFUL)


def _said(known: Belonging, part: str) -> list[str]:
    """What a part of a section says where it says nothing else."""
    label = known.own(known.words.title(part), part)
    if not set(label.unknown) <= _OF_SECTIONS or label.fields - _FIELDS:
        return []
    fit = known.among(label.periods) if label.periods else Fit.SAME
    if fit is Fit.DOUBTFUL and not _THEMES.isdisjoint(label.unknown):
        fit = Fit.SAME
    fit = max(fit, known.of_days(label.periods.days | label.periods.ends))
    return against(replace(label, areas=frozenset()), known, fit, _kinds(label) & _OF_FIGURES)


def _kinds(label: Label) -> frozenset[str]:
    return own_kinds(label) - {"a total", "an average"}
