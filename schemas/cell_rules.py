"""What can be wrong with how a cell says a thing: its letters, lines, format and bounds.

The rules on the figure itself are in `schemas.rules`.
"""

from __future__ import annotations

from schemas.findings import Rule

SCALED_TWICE = Rule(
    "V18",
    "Scale that can be read two ways",
    "The heading says {scale}, and the cell shows {value}: it is not plain what that comes to.",
    "Type the figure in full, for example {example}, under a heading without a scale.",
    "Whether thousands are meant once or twice changes a figure a thousandfold.",
)
MARKED_TEXT = Rule(
    "V21",
    "Struck out, raised or lowered",
    "{value} is struck out, raised or lowered, in whole or in part.",
    "Type it again in ordinary letters, without what does not belong to it.",
    "What is struck out does not count, and a footnote's number beside a figure would be read as "
    "its last digit.",
)
SEVERAL_LINES = Rule(
    "V22",
    "Several lines in one cell",
    "The cell holds {count} lines: {value}.",
    "Type the one figure that is to be published, for example {example}, on one line.",
    "Two lines are two texts; read as one they would make another figure.",
)
WORDS_IN_FORMAT = Rule(
    "V23",
    "Words beside the figure that are not known",
    "The cell holds {value} and shows {looks}: what its number format prints beside the figure "
    "is not known ({words}).",
    "Type the figure in the indicator's unit, for example {example}, in a cell of the format "
    "Number or General.",
    "2 weeks are not 2 days, and an estimate is not a figure, whichever way they are typed.",
)
PLUS_SIGN = Rule(
    "V24",
    "Figure with a plus",
    "{value} may be a figure, or how much it has changed.",
    "Type the figure itself without the sign, for example {example}; put a change into Commentary.",
    "A plus is how a rise is written; 2.5% more is not 2.5%.",
)
FIGURE_MERGED = Rule(
    "V25",
    "Figure merged over several cells",
    "The cell is merged with others ({span}), so that one figure stands in several places.",
    "Unmerge the cells, and type into each what is meant for it.",
    "A figure belongs to one indicator and one column.",
)
WORDS_NOT_TOLD = Rule(
    "V26",
    "Words that Excel has converted",
    "Excel has made {value} of what was typed, and how the cell shows it cannot be told.",
    "Format the cell as Text and type the words again.",
    "Words are printed as the sheet shows them.",
)
LOST_IN_ROUNDING = Rule(
    "V27",
    "Lost in rounding",
    "{value} would be published as {taken}.",
    "Type the whole amount, for example {example}; or ask for the indicator's decimals to be "
    "raised in the register.",
    "An amount that small is nearly always one in thousands or millions.",
)
PARTS_WITHOUT_FIGURE = Rule(
    "V28",
    "Parts of a figure that is said not to be there",
    "{value} stands for the figure, and its numerator or denominator is given.",
    "Type the figure, or clear the numerator and the denominator.",
    "Of two cells that contradict each other nobody can tell which is right.",
)
WORDS_LOST = Rule(
    "V29",
    "Error in place of words",
    "The cell shows {value} instead of words.",
    "Type the words, or clear the cell.",
    "What a formula fails to find would be printed as nothing.",
)

NO_DAY = Rule(
    "V60",
    "No day",
    "{value} is not a day.",
    "Type the day, month and year, for example 30/06/2013.",
    "Committee is told by when the action will be done.",
)
CONFIDENCE_UNKNOWN = Rule(
    "V61",
    "Unknown confidence",
    "{value} does not say how far the figure may be relied on.",
    "Choose High, Medium or Low.",
    "What is printed beside a figure must be plain.",
)
NOT_CUMULATIVE = Rule(
    "V62",
    "Heading of another kind of figure",
    "{value} stands under a heading that says it is cumulative, and {ref} is reported for the "
    "period alone.",
    "Give the figure of the period alone, under a heading that says so.",
    "A year to date taken for a quarter's figure would be added to those before it.",
)

RULES: tuple[Rule, ...] = tuple(rule for rule in list(globals().values()) if isinstance(rule, Rule))
