"""Shortfalls: short words that say of figures that they are not, or not all, of what is due."""

from __future__ import annotations

import re
from functools import lru_cache

_LONG = r"(?:quarter|qtr|year|month|period|time|week|q[1-4])"
_BODIES = (
    r"(?:wards?|teams?|months?|weeks?|sites?|areas?|services?|schools?|returns?|districts?|depots?"
    r"|contractors?|offices?|homes|branches|hospitals|partners)"
)
_HELD_BACK = (
    r"(?:received|reported|included|available|counted|supplied|updated|validated|verified|provided"
    r"|comparable|complete|final|entered|recorded|collected|audited|in yet|in)"
)
_SAYINGS = re.split(
    # Each begins a clause, or a word anywhere.
    r"\|(?=\^|\\b)",
    # Taken from elsewhere, or made up.
    r"^(?:[\w.:]+ ){0,2}(?:is |are |was |has been )?(?:carried|brought|rolled) (?:forward|over)\b"
    r"|^copied (?:from|over|across|down|forward)\b"
    r"|^as (?:previously |last )?(?:reported|published|submitted)\b"
    r"|\b(?:best |rough |educated |wild )?guess(?:es|ed|work|timates?)?\b|\bmade up\b"
    r"|\bplaceholder\b|\bproxy\b|\bdummy\b|\b(?:don't|do not) (?:use|publish|quote)\b"
    rf"|^(?:[\w.]+ )?(?:the )?same as (?:last|previous|for the last) {_LONG}\b"
    rf"|\bno (?:new|q[1-4]|up ?dated?) (?:data|figures?|update)\b"
    # Something is not there.
    r"|^(?:[\w'.&-]+ ){1,4}?(?:data |figures? )?(?:is |are |was |were )?(?:still |all )?"
    r"(?:missing|omitted|awaited|left out|to follow)$"
    r"|^(?:[\w'.&-]+ ){1,4}?(?:is |are |was |were |have |has )?(?:been )?not (?:yet )?"
    rf"(?:been )?{_HELD_BACK}$"
    r"|^missing (?!persons?\b|children\b|people\b|from home\b)"
    r"|^(?:[\w.]+ )?(?:awaiting|omits|omitting)\b"
    rf"|^not (?:yet )?(?:been )?{_HELD_BACK}\b"
    rf"|\bmissing (?:data|figures?|{_BODIES})\b|\b\d+ (?:of|out of) (?:the )?\d+ {_BODIES}\b"
    rf"|\b(?:some|several|most|many|\d+) {_BODIES} (?:have |has |did |do |are )?(?:yet )?not\b"
    rf"|^(?:full|part|half|incomplete)[ -]{_LONG}"
    r"(?: (?:not available|data|figures?|equivalents?))?$"
    # They are not counted as they were, or not right.
    r"|\b(?:under|over|double|mis)[ -]?(?:recorded|reported|counted|stated)\b"
    r"|\b(?:definitions?|basis|methodology|methods?|counting rules?)"
    r" (?:(?:has|was|is|have|were|are) )?(?:been )?(?:changed|revised|different|new|amended)\b"
    r"|\b(?:new|old|changed|revised|different|previous) (?:definition|basis|methodology|method)\b"
    r"|\b(?:change|changes|revision|revisions) (?:in|to|of) (?:the )?"
    r"(?:definition|basis|methodology|method|counting rules?|recording)\b"
    r"|\bre-?based\b|\bbreak in (?:the )?(?:time )?series\b|\bseries break\b|\bdiscontinuity\b"
    r"|\bnot (?:a )?like[ -](?:for|with)[ -]like\b"
    r"|\bwrong way (?:round|around)\b|\b(?:swapped|transposed)\b|\bnot comparable\b"
    r"|\b(?:column|row)s? (?:shows?|holds?|gives?|is|are) (?:the )?targets?\b"
    r"|\b(?:source|system|software|cohort|sample|boundar(?:y|ies)|coding|recording)s?"
    r" (?:(?:has|have|was|were|is|are) )?(?:been )?(?:changed|replaced|different|revised)\b"
    r"|\b(?:new|different|changed|replacement) (?:recording |data |case management |it |computer )?"
    r"(?:system|software|cohort|counting rules?|source|boundaries|coding)\b"
    # They are not to be relied on.
    r"|\b(?:treat|use|interpret|view|read)\w* (?:[\w']+ ){0,3}?with (?:some |great |extreme )?"
    r"(?:caution|care)\b|\blow confidence\b"
    r"|\bdata quality(?: (?:is|rating|rated))?:? ?(?:poor|low|bad|weak|red|concerns?|issues?)\b"
    r"|^(?:(?:[\w'.]+ ){0,2}(?:is|are) )?(?:under review|disputed|in dispute)$"
    # They are of before.
    rf"|\b(?:a|one|two|three|\d) {_LONG}s? (?:behind|in arrears|late|old|lag)\b|\bin arrears\b"
    # They are of some.
    r"|\bonly (?:counts?|covers?|includes?)\b|\b(?:counts?|covers?|includes?) only\b",
)
_BEGINS = re.compile("|".join(each for each in _SAYINGS if each.startswith("^")))
#: That a word begins is looked for once, before any of them is tried.
_ANYWHERE = re.compile(
    rf"\b(?:{'|'.join(each[2:] for each in _SAYINGS if not each.startswith('^'))})"
)


@lru_cache(maxsize=2_000)
def is_short(said: str) -> bool:
    """Whether a clause that is `spoken` says that figures fall short of what is due."""
    return (_BEGINS.match(said) or _ANYWHERE.search(said)) is not None
