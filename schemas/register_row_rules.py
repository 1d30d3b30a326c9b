"""What can be wrong with the register's rows, and with what they say of each other, by its code.

{asks}, {heading} and {row} in a sentence are the column's and the sheet's own. When each holds is
in `schemas.register_checks`.
"""

from __future__ import annotations

from schemas.findings import Rule, Severity

ERROR = Severity.ERROR

# --- Rows, and what they say of each other --------------------------------------------------------

UNKNOWN_NAME = Rule(
    "R25",
    ERROR,
    "Not on the other sheet",
    '"{unknown}" is not a {name} on the sheet {title}. {near}',
    "Choose one from the list, or add it there.",
    "A near match is asked about and never taken.",
)
REF_TWICE = Rule(
    "R26",
    ERROR,
    "Ref given twice",
    '"{value}" is already used further up.',
    "Give each {row} a ref of its own.",
    "Rows are found by their refs.",
)
NAME_TWICE = Rule(
    "R27",
    ERROR,
    "Name given twice",
    'Another {row} further up is also called "{value}".',
    "Give each a name of its own.",
    "Returns are found by the names on their covers.",
)
TARGET_TWICE = Rule(
    "R28",
    ERROR,
    "Target given twice",
    "{value} already has a target for this period further up.",
    "Keep one of the two rows.",
    "With two targets nobody can say which is to be reached.",
)
ADDRESS_TWICE = Rule(
    "R29",
    ERROR,
    "Recipient given twice",
    "{value} already stands further up, and would be sent everything twice.",
    "Keep one row, and put all that is sent under Gets.",
    "Everybody is sent a thing once.",
)
NAME_IS_A_REF = Rule(
    "R30",
    ERROR,
    "Name that is another area's ref",
    '"{value}" is the ref of another service area.',
    "Give this area another name.",
    "It would mean two service areas.",
)
SEMICOLON_IN_REF = Rule(
    "R31",
    ERROR,
    "Semicolon in a ref",
    '"{value}" holds a semicolon, which stands between refs.',
    "Type the ref without it.",
    "It could not be told from two refs.",
)
NOT_AN_ADDRESS = Rule(
    "R32",
    ERROR,
    "Not an e-mail address",
    '"{value}" is not an e-mail address.',
    "Type one address, for example clerk@council.example.",
    "Mail is sent to no other.",
)
NEGATIVE_TOLERANCE = Rule(
    "R33",
    ERROR,
    "Tolerance below zero",
    "{value} is below zero.",
    "Type how far out is still amber, for example 5%.",
    "A tolerance counts in both directions.",
)
NEGATIVE_CHANGE = Rule(
    "R34",
    ERROR,
    "Change below zero",
    "{value} is below zero.",
    "Type the largest change, up or down, without a sign.",
    "A change counts in both directions.",
)
NOT_A_SHARE = Rule(
    "R35",
    ERROR,
    "Score out of range",
    "{value} is not from 0 to 1.",
    "Type the mean score, for example {example}.",
    "Green scores 1, amber ½ and red 0.",
)
AMBER_ABOVE_GREEN = Rule(
    "R36",
    ERROR,
    "Amber above green",
    "Amber from ({value}) is above Green from.",
    "Type a figure no higher than Green from.",
    "The whole would be green before it is amber.",
)
SMALL_NUMBERS_TOO_SMALL = Rule(
    "R37",
    ERROR,
    "Nothing to suppress",
    "Below {value} there is nothing to hide: a figure that is suppressed could only be 1.",
    "Type a whole number from {least} on, for example 5, or clear this cell.",
    "A suppressed figure must leave more than one possibility.",
)
YEARS_TOO_FEW = Rule(
    "R38",
    ERROR,
    "Returns kept for no time",
    "Returns cannot be kept for {value} years.",
    "Type a whole number from {least} on, for example 6, or clear this cell to keep them for good.",
    "What is not kept cannot be merged.",
)
DAYS_OUT_OF_RANGE = Rule(
    "R39",
    ERROR,
    "Days out of range",
    '"{value}" is no list of days from {least} to {most}.',
    "Type whole numbers with semicolons between, for example {example}, or clear this cell.",
    "A reminder further off is a slip of the keyboard.",
)
DECIMALS_OUT_OF_RANGE = Rule(
    "R40",
    ERROR,
    "Decimals out of range",
    "{value} decimals cannot be published.",
    "Type a whole number from 0 to {most}.",
    "More decimals say nothing.",
)
MEASURE_LACKS = Rule(
    "R41",
    ERROR,
    "Measure without unit or polarity",
    "{heading} is blank, and the indicator is a measure.",
    "{asks}",
    "A figure without a unit or a direction cannot be rated.",
)
ONLY_A_MEASURE_HAS = Rule(
    "R42",
    ERROR,
    "Unit or polarity without a figure",
    'The {what} is "{value}", and the indicator reports no figure.',
    "Clear this cell, or change the kind to measure.",
    "A milestone or a narrative has no figure.",
)
MERGE_NEEDS_FIGURES = Rule(
    "R43",
    ERROR,
    "Merge rule that needs figures",
    'The merge rule "{value}" needs figures, and only a measure has them.',
    "Choose sole owner or latest, or change the kind to measure.",
    "Words and states cannot be added up.",
)
TOLERANCE_BLANK = Rule(
    "R44",
    ERROR,
    "Kind without a tolerance",
    "Tolerance is blank, and it has a kind.",
    "Type the tolerance, for example 5%, or clear its kind.",
    "One says nothing without the other.",
)
TOLERANCE_KIND_BLANK = Rule(
    "R45",
    ERROR,
    "Tolerance without a kind",
    "Tolerance kind is blank, and there is a tolerance.",
    "Choose percent of target, or points.",
    "5 may be percent of the target, or points of the unit.",
)
MAXIMUM_BELOW_MINIMUM = Rule(
    "R46",
    ERROR,
    "Maximum below minimum",
    "Plausible maximum ({value}) is below Plausible minimum.",
    "Correct the wrong one of the two.",
    "No figure would be plausible.",
)
UPPER_BELOW_LOWER = Rule(
    "R47",
    ERROR,
    "Upper below lower",
    "Upper ({value}) is below Lower.",
    "Swap the two, or correct the wrong one.",
    "No figure would lie in the range.",
)
ONE_END_BLANK = Rule(
    "R48",
    ERROR,
    "Range with one end",
    "{heading} is blank, and there is {other}.",
    "Type the {end} end of the range.",
    "A range has two ends; to reach one figure, type it under Target.",
)
TARGET_AND_RANGE = Rule(
    "R49",
    ERROR,
    "Target and range",
    "There is a target ({value}) and a range.",
    "Keep the target, or Lower and Upper.",
    "With both nobody can say which is to be reached.",
)
BETWEEN_WITHOUT_RANGE = Rule(
    "R50",
    ERROR,
    "Between, without a range",
    "The operator is between, and there is no range.",
    "Type its ends under Lower and Upper.",
    "There is nothing to lie between.",
)
OPERATOR_WITHOUT_FIGURE = Rule(
    "R51",
    ERROR,
    "Operator without a figure",
    'The operator is "{value}", and there is no figure under Target.',
    "Type the target, or clear this cell; a range takes between.",
    "There is nothing to reach.",
)
NO_FIGURE_TO_COMPARE = Rule(
    "R52",
    ERROR,
    "Figure for a milestone",
    "{ref} is a {kind} and has no figure to compare.",
    "Clear this cell.",
    "A milestone is rated by its state, and a narrative not at all.",
)
ONE_FIGURE_FOR_A_RANGE = Rule(
    "R53",
    ERROR,
    "One figure for a range",
    "The polarity of {ref} is range, and {value} is one figure.",
    "Type the ends of the range under Lower and Upper instead, or choose an operator.",
    "Which side of one figure is better is not said.",
)
STARTS_AFTER_END = Rule(
    "R54",
    ERROR,
    "Period that ends before it starts",
    "The period starts on {value}, after it ends.",
    "Correct the wrong one of the two dates.",
    "Nothing happens in such a period.",
)
DUE_BEFORE_START = Rule(
    "R55",
    ERROR,
    "Due before the start",
    "Returns are due on {value}, before the period starts.",
    "Correct the wrong date.",
    "There is nothing to report yet.",
)

RULES: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))
