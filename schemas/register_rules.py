"""What can be wrong with the register's workbook, its sheets and its cells, each thing one entry.

{asks} and {heading} in a sentence are the column's own. What typed cells may say is in
`schemas.register_checks`.
"""

from __future__ import annotations

from schemas.findings import Rule, Severity

# --- The workbook and its sheets ------------------------------------------------------------------

REGISTER_UNREADABLE = Rule(
    "R01",
    "Register cannot be read",
    "This is no workbook that can be read ({detail}).",
    "Open it in Excel, save it as an Excel workbook (.xlsx) without a password, and try again.",
    "Only a workbook has cells that can be checked.",
)
REGISTER_STOPPED = Rule(
    "R02",
    "Reading the register was stopped",
    "Reading the register was stopped: {detail}.",
    "Copy its sheets into a new workbook, as values, and delete what is not needed.",
    "The register is read under the same limits of time and memory as a return.",
)
SHEET_MISSING = Rule(
    "R03",
    "Sheet missing",
    'There is no sheet "{title}". {near}',
    "Put it back; an example is made by quarterday init.",
    "Every sheet of the register says something that no other says.",
)
SHEET_TWICE = Rule(
    "R04",
    "Sheet given twice",
    'The sheets "{first}" and "{second}" bear the same name, but for spaces or punctuation.',
    "Rename or delete one of them; a hidden sheet counts too.",
    "With two sheets of one name nobody can say which holds.",
)
REGISTER_COLUMN_MISSING = Rule(
    "R05",
    "Column missing",
    'There is no column "{heading}". {near}',
    "Put it back as a heading; its cells may be blank where its note says so.",
    "A column is found by its heading; what stands under another heading is not read.",
)
REGISTER_COLUMN_TWICE = Rule(
    "R06",
    "Column given twice",
    'Two columns are headed "{heading}"; the other is {first}.',
    "Rename or delete one of them.",
    "With two columns of one name nobody can say which holds.",
)
SETTING_MISSING = Rule(
    "R07",
    "Setting missing",
    'There is no setting "{heading}". {near}',
    "Type it in the column Setting, and its value beside it.",
    "What is not set would have to be guessed.",
)
SETTING_TWICE = Rule(
    "R08",
    "Setting given twice",
    'The setting "{value}" stands here and in {first}.',
    "Keep one of the two rows and delete the other.",
    "With two values for one setting nobody can say which holds.",
)
MERGED = Rule(
    "R09",
    "Merged cells",
    "The cells {span} are merged, and only the first of them holds anything.",
    "Unmerge them, and type into each cell what is meant for it.",
    "A merged cell looks as if it spoke for several rows; it is stored in one.",
)
REGISTER_HIDDEN = Rule(
    "R10",
    "Hidden cells were read",
    "Hidden: {what}. What stands there was read all the same.",
    "Nothing to do, if it is meant to count; otherwise delete it.",
    "A filter hides rows from the eye, and not from the register.",
    severity=Severity.INFO,
)

# --- What a cell holds ----------------------------------------------------------------------------

UNSAVED_FORMULA = Rule(
    "R11",
    "Formula without a result",
    "This cell holds a formula whose result was not saved.",
    "Open the register in Excel and save it, or type the value.",
    "Some programs save formulas without their results; nothing is calculated on reading.",
)
REGISTER_ERROR_VALUE = Rule(
    "R12",
    "Formula error",
    "This cell holds the Excel error {value}.",
    "{asks}",
    "A formula that lost what it points at shows an error in place of its result.",
)
DATE_MADE_OF_TEXT = Rule(
    "R14",
    "Text that Excel made a date of",
    "Excel has made a date of what was typed ({value}).",
    "Format the cell as Text and type it again. {asks}",
    "Excel turns entries such as 2011-12 into dates without asking.",
)
SHOWN_OTHERWISE = Rule(
    "R15",
    "Cell that shows something else than it holds",
    "The cell holds {value}, and its number format shows {looks}.",
    "Format the cell as General and type what is meant, as it should be printed. {asks}",
    "What a person sees in the cell must be what is printed and rated.",
)
NOT_OF_ITS_KIND = Rule(
    "R17",
    "Not what belongs here",
    '"{value}" is not {kind}.',
    "{asks}",
    "Each column holds one kind of thing, written in a way that can be read in one way only.",
)
FIGURE_TWO_WAYS = Rule(
    "R18",
    "Figure that can be read two ways",
    "{value} could mean {one} or {other}.",
    "Type {one} or {other}, {how}.",
    "0.45 may be 45% stored as a fraction, or 0.45%. Only the person who typed it knows.",
)
ANOTHER_UNIT = Rule(
    "R19",
    "Figure in another unit",
    "{value} is {found}, and the unit beside it is {unit}.",
    "Type {expected}, for example {example}, or correct the unit.",
    "A percentage and a count of the same thing differ by orders of magnitude.",
)
OPERATOR_BEFORE = Rule(
    "R20",
    "Operator where none belongs",
    '"{value}" has {operator} before the figure.',
    "Type the figure alone.",
    "Only a target is reached by more or less than a figure.",
)
OPERATOR_TWICE = Rule(
    "R21",
    "Two operators",
    '"{value}" says {operator}, and the operator is {stated}.',
    "Keep one of them.",
    "With two operators nobody can say which holds.",
)
MARKED_RUN = Rule(
    "R22",
    "Struck through, raised or lowered",
    "{value} is struck through, raised or lowered, in whole or in part.",
    "Type it again, without what does not belong to it; delete a row that no longer counts. {asks}",
    "A footnote's number beside a figure would be read as its last digit; what is struck through "
    "no longer counts.",
)
LINES = Rule(
    "R44",
    "Several lines in one cell",
    "The cell holds {count} lines: {lines}.",
    "Keep one of them. {asks}",
    "Two lines are two texts; read as one they would make another figure.",
)

RULES: tuple[Rule, ...] = tuple(r for r in list(globals().values()) if isinstance(r, Rule))
