"""Instructions: what a line asks of who fills a return in, or says that figures are not."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.returns.interpret.footers import is_footer
from pipeline.returns.interpret.parts import MARK, NOUNS
from pipeline.returns.interpret.periods import spoken

#: Beside one of these a denial is one of some figures, and says of others that they are.
_NOT_OF_ALL = (
    r"(?!.{0,300}\b(?:except|apart|other than|unless|until|before|but|however|without|only|instead"
    r"|rather|nor|some|most|they|these|those|it|this)\b)"
)
_DENIED = re.compile(
    r"(?:(?P<before>\b(?:figures|data|numbers|values|totals|percentages|amounts|they|these|only)"
    r"(?: (?:are|is|were|should be|must be))?,?) |(?:^|,\s*))"
    r"not (?:cumulative|year[ -]to[ -]date|ytd|to date|forecasts?|estimates?|estimated)"
    rf"(?: figures)?(?=\s*(?:[.;,)\n]|$)){_NOT_OF_ALL}",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(
    r"(?:^|(?<=[.;,\n] )|(?<=please ))"
    r"do not (?:enter|give|provide|submit|send|supply|report|type)\b"
    rf"{_NOT_OF_ALL}[^.;,\n]*",
    re.IGNORECASE,
)
#: What is provisional is so until then, however it is said.
_UNTIL_FINAL = re.compile(
    r"(?<=\bprovisional),? (?:(?:until|pending)(?: they are| it is)?|(?:and )?(?:are |is )?"
    r"(?:subject to|may|could|liable to)(?: be)?) (?:further |final |external |internal )?"
    r"(?:audit(?:ed)?|validat(?:ed|ion)|confirm(?:ed|ation)|verif(?:ied|ication)|change|revised"
    r"|revision|review|moderation|finalised|publication|published|sign(?:ed)?[ -]off)\b",
    re.IGNORECASE,
)
_QUARTER_ONLY = re.compile(r"(?:^|(?<=[(\[])|(?<=- ))quarter only\b", re.IGNORECASE)


def without_denials(text: str) -> str:
    """A text without what it says that figures are not, are not yet, or are not to be."""
    text = _UNTIL_FINAL.sub("", text)
    text = _FORBIDDEN.sub("", text)
    text = _DENIED.sub(lambda match: match["before"] or "", text)
    return _QUARTER_ONLY.sub("this quarter only", text)


def is_denial(text: str) -> bool:
    """Whether a text says what figures are not; what they are may stand beside it."""
    return _DENIED.search(text) is not None


_ALL = r"(?:(?:all|these|the|our|please ensure|that) )*"
_WHICH = rf"{_ALL}(?:{NOUNS})(?: (?:in|on) this (?:return|form|sheet|template|workbook))?"
#: Who checks or sends, and by when: a single name, or a time of day.
_BY = (
    r"(?: (?:by|with) (?:\d\d?(?:[:.]\d\d)? ?(?:am|pm)|noon"
    r"|(?:the |your |our )?(?:(?:head|director) of )?(?:service|finance|department|directorate"
    r"|performance|manager|director|accountancy|accountants|head)"
    r"(?: (?:team|manager|officer|lead))?))?"
)
_CHECKED = (
    r"(?:checked|validated|verified|agreed|reconciled|signed off|approved|quality assured|reviewed)"
)
#: What a council does not publish.
_FEWER = r"(?:(?:less than|below|under|fewer than|<) ?(?:\d|10|five|ten)|1(?: to |-)4)"
_DECIMALS = r"(?:to (?:1|2|one|two) (?:d\.?p|decimal places?))"
#: What asks for figures in a form, says that they were looked at, or explains how to read them.
_HARMLESS = re.compile(
    rf"{_WHICH} (?:must|should|need to|are to) be (?:entered|typed)"
    rf"(?: {_DECIMALS}| as (?:whole )?numbers)?"
    rf"|{_WHICH} (?:must|need to) be (?:submitted|returned|sent|completed|{_CHECKED}){_BY}"
    rf"|{_WHICH} (?:(?:have|has) been |are |is |were )?{_CHECKED}{_BY}"
    r"(?: and (?:are|is) (?:accurate|correct|true|complete and accurate))?"
    rf"|{_WHICH} (?:submitted|entered|completed|checked|approved) by: ?[a-z'. -]{{2,40}}"
    rf"|{_WHICH} (?:are|is|were|have been) (?:taken|drawn|extracted|obtained) from"
    r" (?:the|our) (?:case management|case|performance|management information|finance"
    r"|financial|housing|main|core|corporate) (?:management )?systems?"
    rf"|(?:{_WHICH} (?:are |have been )?(?:shown |given |rounded |entered )?{_DECIMALS})"
    r"|(?:please )?(?:enter |use )?(?:whole )?(?:numbers|figures) only"
    r"(?: ?[-\u2013] ?no (?:text|words|symbols|commas|letters))?"
    r"|(?:please )?(?:complete|fill in|edit|change|use) (?:the |all )?(?:\w+ )?(?:cells|boxes"
    r"|columns|fields) only|(?:please )?only (?:complete|fill in|edit|change) (?:the )?(?:\w+ )?"
    r"(?:cells|boxes|columns|fields)(?: (?:shaded|coloured|marked|in) [\w ]+)?"
    r"|(?:if|where) (?:no (?:figure|data|value)|(?:a|the) (?:figure|value) is not) "
    r"(?:is |yet )?(?:available|known)"
    r"(?:,? (?:please )?(?:(?:enter|type|write|put) [\"']?(?:n/a|na|nil|nk)[\"']?"
    r"|leave (?:it |the cell )?(?:blank|empty)))?"
    r"|totals (?:are|will be) (?:calculated|worked out|filled in)(?: automatically)?"
    r"|no personal (?:data|information) (?:is |should be |must be |to be )?"
    r"(?:included|entered)"
    r"|data: (?:ons|dwp|dclg|dfe|nomis|ofsted|home office|phe|hscic|land registry)"
    rf"|{_ALL}(?:financial |monetary )(?:{NOUNS}) are in (?:£|pounds)(?: sterling)?"
    rf"|{_ALL}(?:{NOUNS}) are in (?:£|pounds)(?: sterling)?"
    r" unless (?:otherwise )?(?:stated|shown)"
    rf"|(?:an? |the )?(?:higher|lower|larger|smaller) (?:{NOUNS})"
    r" (?:is|are|means?|indicates?|shows?) (?:the )?(?:better|worse|good|poor|improved)"
    r"(?: performance| outcomes?)?"
    rf"|(?:{NOUNS}) (?:shown )?in (?:red|amber|green|bold|italics?) (?:are|is)"
    r" (?:below|above|on|off|at|under|over) (?:the )?target"
    rf"|(?:(?:small|low) (?:{NOUNS}|counts)(?: [(]?{_FEWER}[)]?)?"
    rf"|(?:(?:any|all) )*(?:{NOUNS}|counts?|cells)(?: of)? [(]?{_FEWER}[)]?)"
    r" (?:are|is|have been|has been|will be|may be)"
    r" (?:suppressed|not shown|withheld|hidden|redacted"
    r"|(?:shown|marked|replaced|given|denoted)(?: (?:as|by|with))?"
    r"(?: an?)?[ \"']*(?:<|\*|x|asterisk|less than)? ?(?:5|10|five|ten)?[\"']?)"
    r"(?: (?:to (?:protect|preserve|avoid|prevent)|for) [\w ]{0,60})?"
    r"|figure \d\d?[:.]? (?:trend|chart|graph|map)s?(?: over time)?"
    r"|(?:key|headline) (?:figures|facts|data|numbers)(?: and figures)?(?: at a glance)?"
)


@lru_cache(maxsize=2_000)
def is_harmless(text: str) -> bool:
    """Whether a part of a line is an instruction, or speaks of figures to no effect."""
    said = spoken(MARK.sub("", text)).strip(" .()*")
    return _HARMLESS.fullmatch(said) is not None or is_footer(said)
