"""Papers: what a line says of the form itself, of strategies and of bodies, and not of figures."""

from __future__ import annotations

import re

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_YEAR = r"(?:19|20)\d\d(?![-/\d]|\s?[-/\u2013]\s?\d)"
_DATE = (
    rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH},? {_YEAR}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}"
    rf"|{_YEAR})"
)
#: Words that may stand between a paper and its date; a date of figures is none of the paper's.
_BETWEEN = (
    r"(?:(?!q\d|quarter|qtr|data|figure|for\b|to\b|half|h\d|return|report|performance|actual"
    r"|period|year|as\b|until|outturn|result)[\w.,#]+[ ,\u2013-]+){0,4}?"
)
_OF_PAPER = re.compile(
    rf"\b(?:(?:template|form|version|v\d[\d.]*|edition|guidance|pro ?forma|spreadsheet|layout)\b"
    rf"[ ,:(\u2013-]*{_BETWEEN}|(?:issued|printed|published|designed|adopted|last reviewed)\b"
    rf"[ :]*(?:on |in )?){_DATE}\)?",
    re.IGNORECASE,
)
#: When those meet who read it, or the next one is due.
_OF_MEETING = re.compile(
    rf"\b(?:cabinet|executive|committee|scrutiny|meeting)[ ,:\u2013-]+(?:of |on |in )?"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH},? {_YEAR}(?! (?:figures|data|actual|return))"
    rf"|\b{_MONTH}(?: {_YEAR})? (?:cabinet|committee|board|meeting)\b(?! (?:figures|data))"
    r"|\b(?:(?:reviewed|refreshed|updated) ?: ?|meets )"
    r"(?:(?:weekly|monthly|quarterly|annually|yearly)\b|every \w+)"
    rf"|\bnext (?:update|return|report|meeting|review|submission|collection)s?"
    rf"(?: (?:is|will be|due|expected|published))*[ :]*(?:in |on |by )?{_DATE}",
    re.IGNORECASE,
)
_OF_STRATEGY = re.compile(
    r"\b(?:19|20)\d\d (?:vision|strategy|agenda|ambition|census)\b"
    r"|\b(?:plan|strategy|vision|programme|agenda)(?: up)? (?:to|towards|until) (?:19|20)\d\d"
    r"(?![-/\d])|\btowards 20\d\d\b",
    re.IGNORECASE,
)
#: Beside other words these are somebody to work with.
_NATIONAL = (
    r"(?:nhs|public health|health education|sport|natural|historic|highways|homes|arts council)"
    r" england"
)
_BODIES = re.compile(
    rf"(?:\b(?:partners?|commissioners?|funders?)(?: ?:)? |(?<=\S )){_NATIONAL}\b"
    rf"|\b{_NATIONAL}\b(?= \w)(?! (?:data|figures))",
    re.IGNORECASE,
)
#: How long a form takes to fill in.
_TIME_TAKEN = re.compile(
    r"\b(?:takes? (?:on average|about|approximately|around|roughly|an average of|an estimated)"
    r"|(?:average|estimated|expected|approximate) (?:time|burden)(?: (?:needed|taken|required))?"
    r" to (?:complete|fill in)[^.;\n:]{0,40}:?) *\d+ ?(?:minutes|mins|hours|hrs)\b",
    re.IGNORECASE,
)


def without_papers(text: str) -> str:
    """A text without dates of the form, years of strategies, bodies to work with, and effort."""
    for pattern in (_OF_PAPER, _OF_MEETING, _OF_STRATEGY, _BODIES, _TIME_TAKEN):
        text = pattern.sub("", text)
    return text
