"""The sheets of the register on which people decide, and who may, as plain data."""

from schemas import register_columns as column
from schemas.register_columns import sheet

APPROVERS = sheet(
    "Approvers",
    "approver",
    column.code(
        "name",
        "Name",
        "Type who may approve drafts, accept warnings, reopen and recall, for example Performance "
        "officer. Deputies have a row of their own. With no row at all, whoever may write this "
        "register or give commands decides.",
        40,
    ),
    column.code(
        "login",
        "Login",
        "Type the approver's user name on the computer where commands are given, for example "
        "jsmith. Leave blank where decisions come by the sheet Decisions.",
        24,
        required=False,
    ),
    later=True,
)

DECISIONS = sheet(
    "Decisions",
    "decision",
    column.code(
        "what",
        "What",
        "Choose approve (a draft becomes an issue), accept (a warning: the figure is right), "
        "reopen (a closed period, for one run) or recall (the last issue was wrong).",
        12,
        required=False,
        proposes=("approve", "accept", "reopen", "recall"),
    ),
    column.code(
        "period",
        "Period",
        "Choose the period, for example 2012-13.",
        14,
        required=False,
        proposed_from="PeriodNames",
    ),
    column.code(
        "area",
        "Service area",
        "For accept, choose the ref of the service area, for example ENV. Leave blank otherwise.",
        14,
        required=False,
        proposed_from="ServiceAreaRefs",
    ),
    column.code(
        "finding",
        "Finding",
        "For accept, type the warning's code as the digest gives it, for example C05. Leave blank "
        "otherwise.",
        12,
        required=False,
    ),
    column.code(
        "indicator",
        "Indicator",
        "For accept, choose the ref of the indicator, for example P1-1. Leave blank otherwise.",
        12,
        required=False,
        proposed_from="IndicatorRefs",
    ),
    column.code(
        "code",
        "Code",
        "For approve and recall, type the code that is printed on the draft or the issue, for "
        "example 7KQ2MX. Leave blank otherwise.",
        12,
        required=False,
    ),
    column.code(
        "by",
        "Decided by",
        "Choose who decided, as the sheet Approvers has it, for example Performance officer.",
        24,
        required=False,
        proposed_from="ApproverNames",
    ),
    column.day(
        "on", "On", "Type the day of the decision, for example 08/08/2012.", 14, required=False
    ),
    column.text(
        "because",
        "Because",
        "Type why, for example agreed with the portfolio holder; it is kept, and printed in the "
        "digest.",
        50,
    ),
    later=True,
)
