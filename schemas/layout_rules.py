"""What can be wrong with what stands around figures and under no heading of theirs.

The other rules on the layout are in `schemas.rules`.
"""

from __future__ import annotations

from schemas.findings import Rule, Severity

REMARK_UNCLEAR = Rule(
    "L26",
    "Words on the figures that are not understood",
    "{said} speaks of the figures, and not every word of it is understood.",
    "If it makes them other figures, correct them; if not, say it in Commentary or leave it.",
    "Figures without a month, or net of something, are other figures than those that are due.",
    severity=Severity.WARNING,
)
FIGURES_UNHEADED = Rule(
    "L27",
    "Figures without a heading",
    "Beside {heading} stands {value} in a column without a heading.",
    "Head the column with what it holds, or clear it.",
    "A second figure beside the first may be meant in place of it.",
)
ROWS_OF_OTHER_PERIOD = Rule(
    "L28",
    "Rows of another period",
    "The rows of {refs} are of {value}, and none is of {period}.",
    "Give the figures of {period}, or correct the period in these rows.",
    "Last quarter's row in this quarter's return is last quarter's figure.",
)
TEXT_TOO_LONG = Rule(
    "L29",
    "Text too long to be printed",
    "The text has {length} characters; {what} may have {most}.",
    "Shorten it to what the committee is to read; put the rest where it can be asked for.",
    "What a return says is printed, mailed and kept, every night anew.",
)
TOO_MANY_ACHIEVEMENTS = Rule(
    "L30",
    "More achievements than can be printed",
    "The return holds {count} achievements; it may hold {most}, and this is the next.",
    "Keep those that matter most; several lines in one cell count as several.",
    "A list that nobody reads to its end hides what stands in it.",
)
TEXTS_TOO_LONG = Rule(
    "L31",
    "More words than can be printed",
    "With this text the return has {length} characters of words; it may have {most} in all.",
    "Shorten its texts to what the committee is to read.",
    "What a return says is printed, mailed and kept, every night anew.",
)
OWN_APPENDIX = Rule(
    "L32",
    "The appendix, and not a return",
    "This is the appendix that is made of all returns: here it sums its ratings up.",
    "Send the figures of your service area alone, on the return that was sent to you.",
    "The appendix holds the figures of every service area as they were merged.",
)
WORDS_UNPLACED = Rule(
    "L33",
    "Words that nobody can place",
    "It is not known what {said} says of the figures.",
    "If it makes them other figures, correct them; if it says nothing of them, leave it.",
    "A place, a group of people or a way of counting over a table makes its figures others.",
    severity=Severity.WARNING,
)
FIGURE_MISPLACED = Rule(
    "L70",
    "Figure in the wrong column",
    "Under {heading} stands {value}, which is a figure, and {blank} beside it is blank.",
    "If the figures of the row stand one column too far, move them under their headings; if not, "
    "correct this cell, and fill in {blank}.",
    "What was pasted beside its column would leave one figure missing and make another wrong.",
)

RULES: tuple[Rule, ...] = tuple(rule for rule in list(globals().values()) if isinstance(rule, Rule))
