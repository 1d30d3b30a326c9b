"""Words that are written like months and are none: `may be revised`, `May Brown`."""

from __future__ import annotations

import re

#: Behind one of these, `may` is a verb; a month is mostly written with a capital.
_VERBS = (
    r"not|need|want|also|still|therefore|however|change|differ|vary|include|exclude|contain"
    r"|use|add|delete|insert|enter|leave|contact|affect|cause|result|apply|occur|require|refer"
)
_NO_SUBJECT = "".join(
    rf"(?<!\b{word} )"
    for word in ("for", "in", "of", "to", "from", "by", "during", "since", "until", "and", "the")
)
_MAY = re.compile(
    rf"(?<!['\w])(?i:{_NO_SUBJECT})(?:(?i:may) (?=(?i:be|have)\b)|may (?=(?i:{_VERBS})\b))"
)
_NAMED = r"(?:May|June|April|August|Jan|March|MAY|JUNE|APRIL|JAN|MARCH)"
#: No surnames: a month in front of them is one.
_NO_SURNAME = (
    r"(?!(?i:figures?|data|actuals?|returns?|performance|positions?|only|totals?|quarter|reports?"
    r"|results?|values?|outturn|year|month|end|returns?|submission|deadline|meeting|update|draft"
    r"|final|version|collection|to|and|or|numbers?|percentages?|amounts?|cumulative|forecast"
    r"|estimates?|provisional)\b)"
)
_SURNAME = rf"{_NO_SURNAME}[A-Z][A-Za-z'-]+"
_PERSON = (
    r"(?i:contact(?: name| officer)?|(?:completed|signed(?: off)?|prepared|approved|submitted"
    r"|checked|produced|authorised|collated|verified|agreed|returned|filled in|supplied) by"
    r"|name|author|owner|lead|(?:[\w']+ ){0,2}(?:officer|manager|director|analyst|assistant)"
    r"|(?:head|director) of [\w' ]{1,40}|sign[- ]off)"
)
_POST = (
    r"(?i:[\w'& ]{0,40}\b(?:officer|manager|director|analyst|assistant|head|lead|adviser|advisor"
    r"|co-?ordinator|team leader|accountant|administrator)\b)"
)
_PEOPLE = (
    #: Behind what says that somebody's name follows, to the end of the name.
    re.compile(
        rf"(?P<before>(?<!\w){_PERSON}(?: ?:)? )(?:{_NAMED} (?P<last>{_SURNAME})"
        rf"|(?P<first>[A-Z]\.?) {_NAMED})(?=\s*(?:$|[,;(\n]|\s[-\u2013]\s|\. ))"
    ),
    #: In front of somebody's post.
    re.compile(rf"(?P<before>^)(?:{_NAMED} (?P<last>{_SURNAME})|(?P<first>[A-Z]\.?) {_NAMED})"
               rf"(?=\s*(?:,|\s[-\u2013])\s*{_POST})"),
)  # fmt: skip


def without_homonyms(text: str) -> str:
    """A text without words that are written like months and are none."""
    text = _MAY.sub("", text)
    for pattern in _PEOPLE:
        text = pattern.sub(lambda m: f"{m['before']}{m['last'] or m['first']}", text)
    return text
