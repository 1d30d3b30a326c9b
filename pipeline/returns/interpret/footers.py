"""Footers: what stands under the tables of many councils, and changes no figure."""

from __future__ import annotations

import re

from pipeline.returns.interpret.parts import NOUNS

_YEAR = r"(?:19|20)\d\d"
_SUMS = r"(?:figures|totals|percentages|numbers|amounts|columns|rows|components|categories)"
_NIL = (
    r"(?:nil|zero|none|no (?:data|figures?|cases)|not (?:available|applicable|known|recorded"
    r"|collected|yet available))"
)
_SIGN = r"(?:[^\w\s]{1,3} ?|n/?[akd] )?"
#: What of other figures may be had elsewhere.
_OTHERS = (
    r"(?:trend|historic(?:al)?|previous|earlier|past|further|more(?: detailed)?|detailed|background"
    r"|supporting|additional|comparative|benchmarking|(?:previous|last) (?:quarter|year)s?'?s?)"
)
_FORM = r"(?:return|form|template|sheet|workbook|spreadsheet|section|table|pro ?forma|tab)"
_WHOLE = r"(?:council|borough|district|city|county|authority)"
_FOOTER = re.compile(
    # Sums that are rounded.
    rf"(?:the )?{_SUMS} (?:may|might|will|do|does)(?: not|n't)(?: always| necessarily)?"
    r"(?: add(?: up)?| sum| total| agree)(?: exactly| precisely)?"
    r"(?: to(?: the)?(?: 100 ?%?| totals?| 100 per cent)(?: shown)?)?,?"
    r" (?:due to|because of|as a result of|owing to) rounding"
    # What signs stand for that are no figure.
    rf"|{_SIGN}-?(?:denotes?|means?|indicates?|represents?|stands for|signifies|=|:|-) ?{_NIL}"
    # That they are right, or were when they were written.
    rf"|(?:data quality(?: statement)?:? )?(?:(?:all|the|these) )*(?:{NOUNS})"
    r" (?:(?:in|on) this \w+ )?(?:(?:are|is|were|was) )?(?:believed to be )?"
    r"(?:correct|accurate|true|complete|complete and accurate|accurate and complete)"
    r"(?: to the best of (?:our|my) knowledge(?: and belief)?"
    rf"|(?: as)? (?:at|of|on) (?:the )?(?:time|date|point) of (?:publication|submission|writing"
    r"|extraction|print(?:ing)?|return|going to press|reporting|collection))"
    # Where others may be had.
    rf"|{_OTHERS} (?:\w+ )?(?:{NOUNS}|information|details?|breakdowns?) (?:(?:is|are) )?(?:also )?"
    r"(?:can be )?(?:available|found|held|obtained|published) (?:(?:on|upon) request"
    r"|(?:on|from|at|via|by) (?:the |our )?[\w '&@./-]{0,40}(?:team|officer|unit|intranet|internet"
    r"|web ?site|portal|dashboard|e-?mail|www\.[\w./-]+))"
    # How the form is to be filled in, and when and where it is to go.
    rf"|(?:this|the|each|your|every) {_FORM}s? (?:should|must|needs to|has to|is to|will) be"
    r" (?:fully )?(?:completed|returned|submitted|sent|signed(?: off)?|e-?mailed|filled in)"
    rf"(?: (?:and|by|to|in|on|before|no later than)\b(?:(?!\b(?:{NOUNS})\b)[^;])*)?"
    rf"|(?:please )?(?:enter|type|give|put) (?:the|your|all|each) (?:{NOUNS})"
    r"(?: for (?:the|this) (?:quarter|period))? (?:in|into|under) (?:the )?"
    r"(?:column|cells?|boxe?s?|yellow|white|shaded|blank|grey)[\w ]*"
    r"|(?:please )?(?:enter |use )?(?:whole )?(?:numbers|figures) only,? please"
    # What targets are.
    r"|targets? (?:[\w/-]+ ){0,4}?(?:are|is|was|were|have been|will be) (?:reviewed|set|agreed"
    rf"|approved|annual|revised|shown|profiled|published)\b(?:(?!\b(?:{NOUNS}|actuals?)\b)[^;:])*"
    # When what is due once a year is due, and what a year is.
    r"|(?:frequency: )?(?:annual|yearly|half[- ]yearly)"
    r" (?:indicators|measures|pis|kpis|items|targets)"
    r" (?:are|will be|is) (?:only )?(?:reported|collected|due|updated|returned|available)"
    r"(?: only)?(?: at| in| at the end of)? [\w -]{1,20}"
    r"|(?:the )?(?:financial|fiscal|council|municipal) year (?:runs|is|starts|begins)"
    r" (?:from |on )?[\w ]{3,40}"
    # Of whom they are: of all.
    rf"|(?:(?:all|the|these) )*(?:{NOUNS}) (?:(?:are|is|relate to|relates to|cover|covers) )"
    rf"(?:for )?(?:to )?(?:the )?(?:whole |entire )?(?:of the )?{_WHOLE}(?: as a whole)?"
    # The estimates of a population that rates are worked out by.
    r"|(?:(?:population|rates?|denominators?)(?: figures| data)? )?(?:are |is )?"
    r"(?:based on|using|taken from|from|source:?) (?:the )?(?:latest )?(?:ons|office for national"
    rf" statistics|{_YEAR} census|census)(?: (?:mid[- ]?(?:year|{_YEAR})?|{_YEAR}|census"
    r"|population|resident))*(?: (?:estimates?|projections?))?"
    # What is reserved.
    rf"|(?:\u00a9|\(?c\)|(?:crown )?copyright)(?: [\w' &\u00a9-]{{1,50}}?)?"
    rf"(?: (?:{_YEAR})| and database rights?(?: {_YEAR})?)+"
)


def is_footer(said: str) -> bool:
    """Whether a part that is `spoken` is a footer that changes no figure."""
    return _FOOTER.fullmatch(said) is not None
