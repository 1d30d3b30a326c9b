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
#: Where somebody is to be reached; no part of a number or an address is a year or a quarter.
_REACHED_AT = re.compile(
    r"\S+@\S+\w|(?:https?://|www\.)\S+|\S+\.gov\.uk\S*"
    r"|(?:\bext(?:ension|n)?\.?|\btel(?:ephone)?\.?:?|\bphone:?|\bfax:?) ?\+?\d[\d ()-]*"
    r"|\b0\d{2,4}[ )-]*\d{3,4} ?\d{3,4}\b",
    re.IGNORECASE,
)
#: What is said of who reads it, of what to fill in, or of an Act or a plan by its year.
_OF_READERS = re.compile(
    r"\b(?:(?:internal|official|office|information|council|staff|members?)(?: use)?|read|reference"
    r"|(?:cells?|columns?|box(?:es)?|rows?|fields?|numbers|figures)) only\b"
    r"|\b(?:act|regulations|order|census|vision|agenda|strategy) (?:of |for )?(?:19|20)\d\d"
    r"(?![-/\d ]*\d)|\b(?:plan|strategy|programme|priorities|vision) ?:? (?:19|20)(?P<first>\d\d)"
    r" ?[-/\u2013] ?(?:20)?(?!(?P=first))(?P<last>\d\d)\b",
    re.IGNORECASE,
)
#: What a part of the council, a plan or a set is for is no kind of figure: `Regional Services`.
OF_OFFICES = re.compile(
    r"\b(?:regional|national|benchmarking|budget|plan|forecasting|change|test(?:ing)?|estimates)"
    r"(?= (?:[\w&]+ ){0,2}(?:directorate|department|dept|services?|teams?|unit|division|offices?"
    r"|officers?|board|committee|partnership|manager|programme)\b(?! figures| data))"
    r"|\bnational indicators?(?: set)?\b|\bbest value\b"
    r"|\b(?:council|corporate|business|service|strategic|community|local|improvement|delivery)"
    r" plans?\b(?! figures| data|[ :]*(?:(?:up )?to |towards |until )?(?:19|20)\d\d)",
    re.IGNORECASE,
)


def without_papers(text: str) -> str:
    """A text without dates of the form, years of strategies, bodies, effort, and addresses."""
    for pattern in (_OF_PAPER, _OF_MEETING, _OF_STRATEGY, _BODIES, _TIME_TAKEN, _REACHED_AT):
        text = pattern.sub("", text)
    return text


def _year_of_plan(match: re.Match[str]) -> str:
    """Nothing; the years of a plan stay where they follow each other, as a financial year does."""
    first, last = match["first"], match["last"]
    return match[0] if first and (int(first) + 1) % 100 == int(last) else ""


def without_acts(text: str) -> str:
    """A text without who is to read it, what to fill in, and the years of Acts and of plans."""
    return _OF_READERS.sub(_year_of_plan, text)
