"""What is said where the register has changed since a return's template was made.

Nobody who filled one in has made a mistake: what nobody need answer for is only told.
"""

from __future__ import annotations

from schemas.findings import Rule, Severity

NO_LONGER_ASKED = Rule(
    "T01",
    "No longer asked for",
    "The register has changed since this template was made: {value} is no longer asked of this "
    "service area. Its row was passed over.",
    "Nothing to do.",
    "What was asked when the template was made is no mistake of whoever answers it.",
    severity=Severity.INFO,
)
TOLD_OTHERWISE = Rule(
    "T02",
    "Told otherwise since",
    "The register has changed since this template was made: the {what} of {ref} was {value} and is "
    "{expected} now.",
    "Nothing to do: the figure was taken as it is.",
    "A target or a heading tells what a figure is held against, and asks for no other figure.",
    severity=Severity.INFO,
)
ASKED_SINCE = Rule(
    "T03",
    "Asked for since",
    "The register has changed since this template was made: {ref} ({wording}) is asked of {area} "
    "now. The return was taken without it, and it is still due.",
    "Send it in a new template, with the other figures; or add a row with this reference to the "
    "table of indicators, and send this return again.",
    "A return is held against what its template could have asked.",
    severity=Severity.WARNING,
)
ASKED_OTHERWISE = Rule(
    "T04",
    "Asked for otherwise since",
    "The register has changed since this template was made: the {what} of {ref} was {value} and is "
    "{expected} now.",
    "See whether the figure answers that, and correct it if it does not. Then clear this cell, or "
    "ask for a new template.",
    "Under another wording or in another unit the figure may answer another question.",
)

NOT_DUE = Rule(
    "T05",
    "Not due",
    "{ref} ({wording}) is not due for {period}. Its row was passed over.",
    "Nothing to do.{next}{replaced}",
    "What the register does not ask of a period is printed in none of its appendices.",
    severity=Severity.INFO,
)

AREA_LEFT = Rule(
    "T06",
    "Service area that does not report for the period",
    "{area} does not report for {period}: {why}.",
    "{todo}",
    "Who owes what is asked of one service area at a time, so that nothing is counted twice.",
)

RULES: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))
