"""What can be wrong with the register's rows, and with what they say of each other, by its code.

{asks}, {heading} and {row} in a sentence are the column's and the sheet's own. When each holds is
in `schemas.register_checks`.
"""

from __future__ import annotations

from schemas.findings import Rule
from schemas.merge_rules import MergeRule
from schemas.wording import listed

_WITHOUT_FIGURES = [rule for rule in MergeRule if not rule.merging.needs_figures]

# --- Rows, and what they say of each other --------------------------------------------------------

UNKNOWN_NAME = Rule(
    "R23",
    "Not on the other sheet",
    '"{unknown}" is not a {name} on the sheet {title}. {near}',
    "Choose one from the list, or add it there.",
    "A near match is asked about and never taken.",
)
USED_TWICE = Rule(
    "R24",
    "Ref or name given twice",
    '"{value}" is already used further up.',
    "Give each {row} a {what} of its own.",
    "Rows are found by their refs and names, and stand in their order.",
)
TARGET_TWICE = Rule(
    "R25",
    "Target given twice",
    "{value} already has a target for this period further up.",
    "Keep one of the two rows.",
    "With two targets nobody can say which is to be reached.",
)
ADDRESS_TWICE = Rule(
    "R26",
    "Recipient given twice",
    "{value} already stands further up, and would be sent everything twice.",
    "Keep one row, and put all that is sent under Gets.",
    "Everybody is sent a thing once.",
)
NAME_IS_A_REF = Rule(
    "R27",
    "Name that is another area's ref",
    '"{value}" is the ref of another service area.',
    "Give this area another name.",
    "It would mean two service areas.",
)
SEMICOLON_IN_REF = Rule(
    "R28",
    "Semicolon in a ref",
    '"{value}" holds a semicolon, which stands between refs.',
    "Type the ref without it.",
    "It could not be told from two refs.",
)
NOT_AN_ADDRESS = Rule(
    "R29",
    "Not an e-mail address",
    '"{value}" is not an e-mail address.',
    "Type one address, for example clerk@council.example.",
    "Mail is sent to no other.",
)
BELOW_ZERO = Rule(
    "R30",
    "Below zero",
    "{value} is below zero.",
    "{asks}",
    "A tolerance and a change count in both directions.",
)
NOT_A_SHARE = Rule(
    "R31",
    "Score out of range",
    "{value} is not from 0 to 1.",
    "Type the mean score, for example {example}.",
    "Green scores 1, amber ½ and red 0.",
)
OUT_OF_ORDER = Rule(
    "R32",
    "Out of order",
    "{heading} ({value}) is {wrong}.",
    "Correct the wrong one of the two.",
    "Nothing lies between two ends that are the wrong way round.",
)
SMALL_NUMBERS_TOO_SMALL = Rule(
    "R33",
    "Nothing to suppress",
    "Below {value} there is nothing to hide: a figure that is suppressed could only be 1.",
    "Type a whole number from {least} on, for example 5, or clear this cell.",
    "A suppressed figure must leave more than one possibility.",
)
YEARS_TOO_FEW = Rule(
    "R34",
    "Returns kept for no time",
    "Returns cannot be kept for {value} years.",
    "Type a whole number from {least} on, for example 6, or clear this cell to keep them for good.",
    "What is not kept cannot be merged.",
)
DAYS_OUT_OF_RANGE = Rule(
    "R35",
    "Days out of range",
    '"{value}" is no list of days from {least} to {most}.',
    "Type whole numbers with semicolons between, for example {example}, or clear this cell.",
    "A reminder further off is a slip of the keyboard.",
)
DECIMALS_OUT_OF_RANGE = Rule(
    "R36",
    "Decimals out of range",
    "{value} decimals cannot be published.",
    "Type a whole number from 0 to {most}.",
    "More decimals say nothing.",
)
BLANK_BESIDE = Rule(
    "R37",
    "Blank beside what needs it",
    "{heading} is blank, and {reason}.",
    "{asks}",
    "The one says nothing without the other.",
)
ONLY_A_MEASURE_HAS = Rule(
    "R38",
    "Unit or polarity without a figure",
    'The {what} is "{value}", and the indicator reports no figure.',
    "Clear this cell, or change the kind to measure.",
    "A milestone or a narrative has no figure.",
)
MERGE_NEEDS_FIGURES = Rule(
    "R39",
    "Merge rule that needs figures",
    'The merge rule "{value}" needs figures, and only a measure has them.',
    f"Choose {listed(_WITHOUT_FIGURES, 'or')}, or change the kind to measure.",
    "Words and states cannot be added up.",
)
TARGET_AND_RANGE = Rule(
    "R40",
    "Target and range",
    "There is a target ({value}) and a range.",
    "Keep the target, or Lower and Upper.",
    "With both nobody can say which is to be reached.",
)
OPERATOR_WITHOUT_FIGURE = Rule(
    "R41",
    "Operator without a figure",
    'The operator is "{value}", and there is no {what}.',
    "Type {todo}, or clear this cell.",
    "There is nothing to reach.",
)
NO_FIGURE_TO_COMPARE = Rule(
    "R42",
    "Figure for a milestone",
    "{ref} is a {kind} and has no figure to compare.",
    "Clear this cell.",
    "A milestone is rated by its state, and a narrative not at all.",
)
ONE_FIGURE_FOR_A_RANGE = Rule(
    "R43",
    "One figure for a range",
    "The polarity of {ref} is range, and {value} is one figure.",
    "Type the ends of the range under Lower and Upper instead, or choose an operator.",
    "Which side of one figure is better is not said.",
)

RULES: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))
