"""The catalogue: every finding that Quarterday can make.

F: the file. L: the layout. V: the value in one cell. C: a check against the register, in
`schemas.returns`. T: the template. R: the register. Where the others are, the end of this file
says. `docs/findings.md` is made from it by `schemas.rules_page`.
"""

from __future__ import annotations

from operator import attrgetter

from schemas import cell_rules, layout_rules, register_rules, template_rules
from schemas.findings import Rule, Severity
from schemas.register_checks import CHECKS
from schemas.register_questions import RULES as QUESTIONS
from schemas.returns import ASKED_BESIDE, COVERS, ROWS

# --- The file ------------------------------------------------------------------------------------

EMPTY_FILE = Rule(
    "F01",
    "Empty file",
    "The file is empty (0 bytes).",
    "Open the return, save it again, check that it is not empty, and send it once more.",
    "An empty file usually means that copying it was interrupted.",
)
NOT_A_WORKBOOK = Rule(
    "F02",
    "Not a workbook",
    "The file is not a workbook: its content is {kind}.",
    "Send the Excel workbook itself (.xlsx). If you exported it, use Save As > Excel Workbook.",
    "A renamed file keeps its content; only a workbook has cells that can be checked.",
)
ENCRYPTED = Rule(
    "F03",
    "Password-protected workbook",
    "The workbook is protected by a password, so it cannot be read.",
    "Open it, remove the password (File > Info > Protect Workbook), save it and send it again.",
    "Quarterday never asks for or stores passwords. A workbook whose structure is protected may be "
    "encrypted too, although Excel opens it without one.",
)
DAMAGED = Rule(
    "F04",
    "Damaged workbook",
    "The workbook is damaged and cannot be read ({detail}).",
    "Open it in Excel, let Excel repair it, save it under a new name and send that.",
    "A file cut short while it was copied often looks right in a folder.",
)
TOO_LARGE = Rule(
    "F05",
    "Too large to be a return",
    "The workbook is too large to be a return: {detail}.",
    "Start from the template and copy in the figures only, as values.",
    "A workbook that unpacks to an enormous size is either damaged or meant to do harm.",
)
READER_STOPPED = Rule(
    "F06",
    "Reading was stopped",
    "Reading the workbook was stopped: {detail}.",
    "Start from the template and copy in the figures only, as values.",
    "Each workbook is read under a limit of time and memory so that one cannot hold up the rest.",
)
WRONG_EXTENSION = Rule(
    "F07",
    "Name does not match content",
    "The file is named {value} but its content is {kind}; it was read as what it is.",
    "Nothing to do; save it as .xlsx next time.",
    "The name's ending says nothing certain about a file; its content does.",
    severity=Severity.INFO,
)
DUPLICATE = Rule(
    "F08",
    "Sent before",
    "The same file was received before, as {value} on {received}.",
    "Nothing to do. If you meant to send a newer version, send that one.",
    "A file is known by its content: the same bytes are counted once.",
    severity=Severity.INFO,
)
MACROS = Rule(
    "F09",
    "Macros are not run",
    "The workbook holds macros; they were not run and are not needed.",
    "Nothing to do.",
    "Only cells are read.",
    severity=Severity.INFO,
)
OUTSIDE_LINKS = Rule(
    "F10",
    "Links are not followed",
    "The workbook refers to other workbooks or to a database; nothing was fetched from there.",
    "Nothing to do, if the figures were up to date when the workbook was saved.",
    "Only what stands in the workbook itself is read.",
    severity=Severity.INFO,
)
STILL_WRONG = Rule(
    "F11",
    "Sent before, and sent back",
    "The same file was received before, as {value} on {received}, and was sent back.",
    "Do what the copy that was made of it then says, and send the corrected return.",
    "The same mistakes stand in the same bytes.",
    severity=Severity.INFO,
)
LABELLED = Rule(
    "F12",
    "Workbook encrypted by a sensitivity label",
    "The workbook is encrypted by a sensitivity label or by rights management, so it cannot be "
    "read.",
    "Choose a label that does not encrypt (Home > Sensitivity), or lift the restriction (File > "
    "Info > Protect Workbook > Restrict Access), save it and send it again.",
    "Such a file opens only for the people whom its label names, and Quarterday is none of them.",
)
READ_TWO_WAYS = Rule(
    "F13",
    "File that programs read in different ways",
    "Programs may read different things in the file: {detail}.",
    "Open it in Excel, save it under a new name and send that.",
    "What is checked here must be what you see when you open it.",
)
LOOKS_UNREADABLE = Rule(
    "F14",
    "Workbook that can be read in part",
    "The cells of the workbook can be read, but not how they are shown ({detail}).",
    "Open it in Excel or LibreOffice, save it under a new name and send that.",
    "How a cell is shown decides what its figure means: 0.62 may be 62%, or struck out.",
)
UNTOUCHED = Rule(
    "F15",
    "Correction copy as it was sent",
    "The file is the correction copy as it was sent: nothing in it has been corrected.",
    "Open it, correct the highlighted cells that its first sheet lists, save it and send it again.",
    "What was wrong with it is still wrong: its own first sheet lists it.",
)

# --- The layout ----------------------------------------------------------------------------------

NO_TABLE = Rule(
    "L01",
    "No indicator table",
    "No table of indicators was found: {detail}.",
    "Use the template; keep its heading row as it is.",
    "Columns are found by their headings, wherever the table stands.",
)
AREA_UNKNOWN = Rule(
    "L02",
    "Service area not plain",
    "It is not plain whose return this is: {problem}.",
    "On the Cover sheet, beside Service area, type the name as registered: {choices}.",
    "A figure must never be booked to the wrong service area, so nothing is guessed.",
)
PERIOD_UNKNOWN = Rule(
    "L03",
    "Period not plain",
    "It is not plain which period this return is for: {problem}.",
    "On the Cover sheet, beside Period, type the period as registered: {choices}.",
    "A figure must never be booked to the wrong period, so nothing is guessed.",
)
INDICATOR_UNKNOWN = Rule(
    "L04",
    "Unknown indicator",
    "{value} is not an indicator of the register{suggestion}.",
    "Restore the reference and wording from the template, or ask for the indicator to be added.",
    "A near match is suggested and never taken: two indicators often differ by one word.",
)
INDICATOR_TWICE = Rule(
    "L05",
    "Indicator reported twice",
    "{value} is reported twice; it stands in {first} too.",
    "Keep one of the two rows and clear the other.",
    "With two figures for one indicator nobody can say which is meant.",
)
COLUMN_TWICE = Rule(
    "L06",
    "Two columns of the same name",
    "Two columns are both headed {heading}; the other is {first}.",
    "Keep the column with this period's figures and rename or delete the other.",
    "With two columns of one name nobody can say which holds the figures.",
)
PRIORITY_UNKNOWN = Rule(
    "L07",
    "Unknown priority",
    "{value} is not a priority of the register{suggestion}.",
    "Choose the priority from the list in the template.",
    "An achievement is printed under its priority.",
)
FOLDER_MISMATCH = Rule(
    "L08",
    "In another area's folder",
    "The return says it is from {value}, but it lay in the inbox folder of {folder}.",
    "Put the return into its own area's folder, or correct the service area on the Cover sheet.",
    "A folder named after a service area takes that area's returns only.",
)

FIGURE_ASTRAY = Rule(
    "L09",
    "Figure without an indicator",
    "{value} stands in a row that names no indicator.",
    "Clear the cell, and put the figure into the row of its indicator.",
    "A figure is known by the reference or wording in its own row; merged cells name one row only.",
)
HEADING_MISSPELT = Rule(
    "L10",
    "Heading not known",
    "The heading {value} is not known; did you mean {heading}?",
    "Type {heading} as the heading, or clear the column if it is not meant for this return.",
    "What stands under a heading that is not known would be left out.",
)
OTHER_PERIOD = Rule(
    "L11",
    "Figures of another period",
    "The heading {value} names another period than this return's, {period}.",
    "Give the figures of {period}, and type Performance as the heading.",
    "Last year's column in this year's return is last year's figures.",
)
HEADING_SPANS = Rule(
    "L12",
    "Heading over several columns",
    "The heading {value} stands over several columns with figures, up to {last}.",
    "Unmerge it, and head the column of this period's figures Performance, the others otherwise.",
    "With two columns under one heading nobody can say which holds the figures.",
)
HIDDEN = Rule(
    "L13",
    "Hidden cells were read",
    "Hidden: {what}. What stands there was read all the same.",
    "Nothing to do, if it is meant to count; otherwise delete it and send the return again.",
    "What is hidden on the screen is in the workbook, and whoever hid it may have forgotten it.",
    severity=Severity.INFO,
)
SEVERAL_AREAS = Rule(
    "L14",
    "Rows of several service areas",
    "This row is of {value}, but others, or the cover, are of {area}.",
    "Keep one service area's rows in a return, and send another return for the other area.",
    "Each service area signs off its own figures.",
)
HEADING_UNKNOWN = Rule(
    "L15",
    "Heading that is not understood",
    "It is not plain that the column headed {value} is {field} for {period}: {doubt}.",
    "Head this period's column {field}; say anything else in Commentary.",
    "A word that is passed over may make last year's figure, a forecast or a total of it.",
)
SAID_OTHERWISE = Rule(
    "L16",
    "Words that say otherwise",
    "{value} says that the figures are {what}.",
    "Correct or remove these words, or give the figures of the period.",
    "What stands over a table, on its tab or beside a figure is meant of it.",
)
INDICATORS_MIXED = Rule(
    "L25",
    "Reference of one indicator, wording of another",
    "{value} is the reference of {wording}, but the wording beside it, {named}, is that of "
    "{other}.",
    "Put right whichever of the two is wrong, as in the template.",
    "The figure belongs to one of the two, and only the service area knows to which.",
)

# --- The value in one cell -----------------------------------------------------------------------

TWO_WAYS = Rule(
    "V01",
    "Percentage that can be read two ways",
    "{value} in a percentage could mean {one} or {other}.",
    "Type {one} or {other}, with the sign.",
    "0.62 may be 62% stored as a fraction, or 0.62%. Only the person who typed it knows.",
)
NOT_A_FIGURE = Rule(
    "V02",
    "Not a figure",
    "{value} is not a figure that can be used.",
    "Type the figure alone, for example {example}; put words into Commentary.",
    "Only a plain figure can be compared with a target.",
)
ERROR_VALUE = Rule(
    "V03",
    "Formula error",
    "The cell holds the error {value} instead of a figure.",
    "Type the figure itself, for example {example}.",
    "A formula that lost what it points at shows an error in place of its result.",
)
DATE_FOUND = Rule(
    "V04",
    "Date in place of a figure",
    "The cell holds the date {value} where a figure belongs.",
    "Format the cell as a number and type the figure again, for example {example}.",
    "Excel turns entries such as 10-12 or 3/4 into dates without asking.",
)
WRONG_UNIT = Rule(
    "V05",
    "Figure in another unit",
    "{value} is {found}, but this indicator is {expected}.",
    "Type the figure as {expected}, for example {example}.",
    "A percentage and a count of the same thing differ by orders of magnitude.",
)
ROUNDED = Rule(
    "V06",
    "Rounded to the published decimals",
    "{value} has more decimals than are published; it was taken as {taken}.",
    "Nothing to do, unless {taken} is wrong.",
    "What is rated is what is printed, so the figure is rounded once, halves away from zero.",
    severity=Severity.INFO,
)
NOT_WHOLE = Rule(
    "V07",
    "Not a whole number",
    "{value} is not a whole number, and this indicator counts whole things.",
    "Type the whole number, for example {example}.",
    "Half a case is usually an average, or a figure of another indicator.",
)
NOT_EXACT = Rule(
    "V08",
    "Not one exact figure",
    "{value} is not one exact figure.",
    "Type the one figure that is to be published, for example {example}; explain in Commentary.",
    "Ranges and approximations cannot be compared with a target.",
)
AMBIGUOUS_COMMA = Rule(
    "V09",
    "Comma that can be read two ways",
    "{value} can be read two ways: the comma may part thousands or decimals.",
    "Type {readings}: a point for decimals, and nothing between thousands.",
    "31,5 and 1,234 follow different customs; a misread comma is a factor of a thousand.",
)
STATUS_UNKNOWN = Rule(
    "V10",
    "Unknown status",
    "{value} is not a status.",
    "Choose Final, Provisional, Not available or, where there was nothing to measure, No cases.",
    "A provisional figure is marked in the appendix, so its status must be plain.",
)
STATE_UNKNOWN = Rule(
    "V11",
    "Unknown milestone state",
    "{value} is not a state of a milestone.",
    "Choose one of {choices}.",
    "A milestone is rated by its state.",
)
NO_CACHED_VALUE = Rule(
    "V12",
    "Formula without a result",
    "The cell holds a formula whose result was never saved.",
    "Open the return in Excel, save it and send it again, or type the figure itself.",
    "Some programs save formulas without their results; nothing is calculated on receipt.",
)
MARK_DROPPED = Rule(
    "V13",
    "Mark beside the figure",
    "The mark in {value} was left out; the figure was taken as {taken}.",
    "Nothing to do. Put what the mark stands for into Commentary.",
    "Footnote marks belong to the document that the figure was copied from.",
    severity=Severity.INFO,
)

NOT_SHOWN = Rule(
    "V14",
    "Figure that the cell does not show",
    "The cell holds {value}, but its number format shows something else, or nothing.",
    "Type the figure again in a cell of the format Number or General, for example {example}.",
    "What nobody sees, nobody has checked.",
)
SCALED_TWO_WAYS = Rule(
    "V15",
    "Thousands or millions that can be read two ways",
    "The cell shows {value} with a word such as m or k beside it; it could mean {one} or {other}.",
    "Type {one} or {other} in full, in a cell of the format Number or General.",
    "A number format can print million beside a figure without making it one.",
)
ZERO_OR_NOTHING = Rule(
    "V16",
    "Zero or no figure",
    "{value} may mean 0, or that there is no figure.",
    "Type 0, or clear the cell and choose Not available, or No cases, under Status.",
    "None of something is a figure; no figure is not.",
)
SCALED = Rule(
    "V17",
    "Scale of a heading",
    "The heading says {scale}, so {value} was taken as {taken}.",
    "Nothing to do, unless {taken} is wrong.",
    "The appendix prints every figure in full.",
    severity=Severity.INFO,
)
LOOKS_UNKNOWN = Rule(
    "V20",
    "Figure shown nobody knows how",
    "The cell holds {value}, but the workbook does not say how it is shown.",
    "Type the figure again in a cell of the format Number or General, for example {example}.",
    "62 may be shown as 62, as 6200% or as a date; the format of the cell decides.",
)

_HERE = [each for each in globals().values() if isinstance(each, Rule)]
RULES: tuple[Rule, ...] = (
    *sorted((*_HERE, *layout_rules.RULES), key=lambda rule: "FLV".index(rule.code[0])),
    *cell_rules.RULES,
    *sorted((*ROWS.checks, *ASKED_BESIDE.checks, *COVERS.checks), key=attrgetter("code")),
    *template_rules.RULES,
    *sorted((*register_rules.RULES, *CHECKS, *QUESTIONS), key=attrgetter("code")),
)
BY_CODE = {rule.code: rule for rule in RULES}
