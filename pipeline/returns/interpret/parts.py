"""Parts: where a line of text is taken apart, each part being judged for itself.

A line says of whom to ask, or when to send it, in one part, and of the figures in the next.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.returns.interpret.periods import spoken
from pipeline.returns.interpret.shortfalls import is_short

# The same lines stand in most of the returns that a worker reads.
_remembered = lru_cache(maxsize=2_000)

#: A part that is longer is a page of text; of one that speaks of figures nothing is understood.
LONGEST_PART = 300

NOUNS = r"figures?|amounts?|values?|data|percentages?|numbers|money|times|totals|actuals|statistics"
#: Behind one of these, they are part of the name of somebody or something.
NAMED = r"(?! (?:protection|quality|owner|source|team|officer|analyst|unit|lead|governance)s?\b)"
#: A part that begins so speaks of the figures.
_ON_FIGURES = re.compile(rf"(?:[\w'.]+ ){{0,3}}?(?:{NOUNS})\b{NAMED}")

_ENDS = re.compile(
    r"(?:(?<=[a-z0-9)][a-z0-9)])|(?<=[a-z] \d))[.!?]\s+(?=[A-Z*(])"
    rf"|(?<=\w\w)[.!?]\s+(?=(?i:(?:(?:all|these|the|our) )*(?:{NOUNS})\b))|;\s|\n"
)
_DASH = re.compile(r"\s[-\u2013\u2014]\s")
#: Behind a comma of an address or a source only a whole sentence is none of it.
_CLAIM = re.compile(
    rf"[,(|]\s*(?=(?:(?:all|these|the|our) )*(?:{NOUNS}) (?:is|are|was|were|for|exclud\w+)\b)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^:\n]{1,40}:\s+")
#: What a line begins with that says of whom or where to ask, when to send it, or what a sign means.
_ABOUT = re.compile(
    r"(?:sources?|data (?:sources?|owners?|leads?|inputters?)|contacts?|owners?(?![ -]occup)|leads?"
    r"|prepared|printed|version|please (?!note|use)|return (?:by|to|due)|deadline|due(?! to)|see"
    r"|for (?:more|further)|next update|end of(?! (?:the )?(?:month|quarter|year|period))|end$|page"
    r"|definitions?|methodology|targets?"
    r"|(?:comparison|comparator|comparative|baseline) (?:period|quarter|year))\b"
    r"|(?:previous|last|prior|next) (?:period|quarter|year) ?:"
)
#: That other figures are given in another place says nothing of these.
_GIVEN_ELSEWHERE = re.compile(
    r"\b(?:is|are) (?:shown |given |set out )?(?:on|in) the [\w\s'/-]*"
    r"(?:tab|sheet|report|return|appendix|workbook|dashboard)s?\.?$"
)
#: What a note begins with, and what parts of it each say a thing of their own.
MARK = re.compile(
    r"^(?:(?:please )?note\b(?: that)?\s*\d*|n\.?b\.?\s|legend\b|[*†‡#§\u00b9\u00b2\u00b3]+"
    r"|\(?\d{1,2}[).](?!\d)|\[\d{1,2}\])[\s:.-]*",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"[;.,]\s|\b(?:as(?! (?:at|of)\b)|because|since|although|but|compared)\b", re.IGNORECASE
)


@_remembered
def is_about(text: str) -> bool:
    """Whether a part begins with what is no figure: a source, an address, a date to send it by."""
    said = spoken(text)
    if len(said) <= LONGEST_PART:
        if is_short(said):
            # `Methodology revised` says something of the figures.
            return False
        if _GIVEN_ELSEWHERE.search(said):
            return True
    return _ABOUT.match(said) is not None


def is_on_figures(text: str) -> bool:
    """Whether a part begins with the figures, or has them where it is too long to be read."""
    said = spoken(text)
    found = _ON_FIGURES.match(said)
    return bool(found or (len(text) > LONGEST_PART and re.search(rf"\b(?:{NOUNS})\b", said)))


@_remembered
def told(text: str) -> tuple[str, ...]:
    """The parts of a line, but for those that say of whom to ask, or when to send it."""
    kept: list[str] = []
    for part in filter(None, map(str.strip, _ENDS.split(text))):
        if is_about(part):
            kept += [each for each in _DASH.split(part)[1:] if is_on_figures(each)]
            kept += _CLAIM.split(part)[1:]
        else:
            kept.append(part)
    return tuple(kept)


@_remembered
def on_figures(text: str) -> tuple[str, ...]:
    """The parts of a line that begin with the figures."""
    return tuple(part for part in told(text) if is_on_figures(part))


def clauses(part: str) -> list[str]:
    """What of a part says a thing of its own, without its mark.

    Behind a dash or a label it does where it begins with the figures: `Warning: figures ...`.
    """
    said = []
    for clause in _CLAUSES.split(MARK.sub("", part)):
        said.append(clause)
        behind = [*_DASH.split(clause)[1:], *_LABEL.split(clause, maxsplit=1)[1:]]
        said += [each for each in behind if is_on_figures(each)]
    return said
