"""`docs/register.md`, made from the register's layout (`python -m schemas.register_page`)."""

from __future__ import annotations

from schemas.merge_rules import MergeRule
from schemas.register_layout import SHEETS
from schemas.units import Unit
from schemas.wording import listed

_START = """\
# The register

For the performance officer. `register.xlsx` says what is measured, by whom, to what target, and
what the colours mean. It is edited in Excel; nobody edits code to add an indicator. Every heading
has a note that says what to type, and cells with a fixed choice have a drop-down. Columns may stand
in another order, columns of your own beside them are passed over, and so are blank rows.

## Add something

- **An indicator**: a row on Indicators and, for each period in which it has something to reach or
  to be compared with, a row on Targets.
- **A period**: a row on Periods, rows on Targets for it, and new templates:
  `quarterday template --period "2012-13 Q2"`. [Close](#close-and-restate-a-period) the old period
  when its appendix has gone to committee.
- **A service area**: a row on Service areas, and its ref on the indicators that it reports. For
  several, type `HR; ASC`.
- **A recipient**: a row on Recipients. *appendix* brings the appendix with a summary of what is red
  and who is missing; *digest* brings what needs a person, on the mornings after a night that left
  something. Nothing is sent to an address that the register does not hold.

Keep a ref once figures have been received: they are found by it. After a change of an indicator's
wording or target, write new templates, because a return whose prefilled cells say something else is
sent back. The next run writes the appendix of each open period afresh whenever something that the
register says has changed. Opening or closing a period changes no appendix.

## Close and restate a period

Type *closed* beside a period on Periods once its appendix has gone to committee. From then on
returns for it are sent back, and its appendix stays as it is, whatever changes in the register.

A figure of a closed period can still be put right, by a **restatement**. There are two ways to take
its return in:

- You type *open* again beside the period, until the return has come, and *closed* after that.
- IT opens it for one run, for what lies in the inbox then: `quarterday run --reopen 2012-13
  --because "The police corrected their count"`. The register stays as it is.

Either way the service area sends its whole return again; the same file that was sent back will do.
Who opened the period, when and why is kept for good.

The appendix is then issued anew, with *(restated)* in the subject of its mail. It says when the
period was closed and how many indicators have changed since. Each of them is marked in the
workbook, on the page, in the mail and in the data:

> Restated: it stood at 4605 when the period was closed on 30 April 2013.

What was printed before the first restatement is what it is compared with, however often the period
is restated. Once the register has opened the period and closed it again, the appendix that it was
closed with counts from then on. A figure that is suppressed now is marked without saying what it
was. The appendix that went to committee first is not kept in the outbox: keep your own copy.

## Type a figure

Type it with its sign: `25%`, `£120,000`, `4248`. A target that has to be passed may be typed as
`>3.30%`, or as `3.30%` with the operator `>`. Targets are printed with the decimals you type. Dates
are typed as `31/07/2012`.

## Tolerance and policy

The tolerance on Framework holds for every indicator that has none of its own. `5%` with *percent of
target* means 5% of the target: a target of 66% may be missed by 3.3 points. `2` with *points* means
two of the indicator's own unit, whatever the target. The policy *target and tolerance* makes what
is within the tolerance amber; *target or improvement* makes it green, and looks at the year before
for the rest. [How figures are rated](rating.md) has worked figures for both.

## Merge rules

| rule | several areas' figures become |
| --- | --- |
{merge_rules}

Means and weighted figures are rounded to the indicator's decimals.
A figure by {need_every_area} that lacks an area is shown,
names the area, and is not rated. Milestones take {without_figures}.

## Commentary and plausible figures

| rule | a return without commentary is sent back |
| --- | --- |
| never | not at all; a blank counts as this |
| off target | where the figure is out of target |
| always | always |

A figure outside its plausible minimum and maximum, or that changed since the last period by more
than its plausible change, is a warning: it is taken in, and someone should look. A percentage
without limits of its own is expected between 0% and 100%. {never_negative} below zero is
an error.

## Reminders

*Remind days before* and *Remind days after* on Framework say on which days a service area whose
return is not in is reminded by mail: `7; 1` and `1; 3; 7` mean a week and a day before the day on
which returns are due, and one, three and seven days after it. Blank, nobody is reminded. An area
gets one reminder a day at most, whatever periods it is about, and none once its return is accepted;
one whose return was sent back is told what is still to correct. [Mail](mail.md) has the rest.

## Small numbers

A count of two in one service area can tell who the two are. *Small numbers below* on Framework is
the number from which a count of people may be published; councils take 5 or 10. Blank, nothing is
suppressed by its size. Three is the least: below two, only one can be meant.

Suppressed is:

- a count above zero and below the number. Zero tells of nobody and is published;
- a percentage or ratio whose numerator or denominator is such a count, and a percentage of which
  that few are left when the numerator is taken from the denominator. One that is given without its
  numerator and denominator cannot be judged and is published, so ask for both;
- with them, where a sum, weighted figure or mean could be turned round, the smallest figures of
  other areas, until two at least are suppressed that together reach the number and cannot be told
  apart. A count of nobody hides nothing and stays. Where there is no such choice, the merged figure
  is suppressed instead;
- a sole, latest, smallest or largest figure that is one area's suppressed figure;
- an earlier figure or a baseline that is small itself;
- commentary that quotes a suppressed figure of its indicator, in digits or as a word up to
  nineteen.

Money, days and scores are no counts of people and are published. So is what counts something else,
where *Small numbers* of the indicator is *publish*: `3` schemes tell of nobody.

A suppressed figure is printed as *Suppressed* everywhere, is not rated, and in the data has no
value, numerator or denominator; it stays in the store and in the return. These are the two steps
that official statistics take, primary and secondary suppression, as in the Government Statistical
Service's guidance on disclosure control and the ONS's on small counts.

Ask areas for the figure itself rather than `<5`: with it, a total can be printed beside what is
suppressed; without it, the whole is suppressed.

Some things no rule sees, and you should: achievements and reports in words, commentary that names a
person or tells last period's figure, the same people counted under two indicators, and an appendix
that was passed on before all returns were in. Where it printed a figure that is now suppressed, the
two tell more than one.

| small numbers below 5 | Safety | Care | Staff | merged |
| --- | --- | --- | --- | --- |
| sum: 3, 20, 40 | Suppressed | Suppressed | 40 | 63 |
| sum: 3, 2, 40 | Suppressed | Suppressed | 40 | 45 |
| sum: 4, 4, 40 | Suppressed | Suppressed | Suppressed | 48 |
| sum: 3, 0, 0 | Suppressed | 0 | 0 | Suppressed |
| mean: 3, 20, 40 | Suppressed | Suppressed | 40 | 21 |
| maximum: 3, 20, 40 | Suppressed | 20 | 40 | 40 |
| minimum: 3, 20, 40 | Suppressed | 20 | 40 | Suppressed |

In the third line 8 would be left for two figures below 5, and so be 4 and 4.

## A mistake in the register

The register is checked whenever it has changed. A mistake stops every command that
reads it, before anything is taken in, with a line for each that names the sheet and the cell and
says what to type:

```text
quarterday: register.xlsx, Indicators!G2: "lowr" is not a polarity. \
Choose one of higher, lower, range, contextual.
quarterday: register.xlsx, Indicators!H2: "CSS" is not a ref on the sheet Service areas. \
Did you mean "CS"? Choose one from the list, or add it there.
quarterday: register.xlsx, Targets!D3: 0.45 could mean 45% or 0.45%. \
Type 45% or 0.45%, with the % sign.
quarterday: register.xlsx, Periods!D2: "31 Jan" is not a date. \
Type the last day on which a return is in time, for example 31/07/2012.
```

Returns wait in the inbox meanwhile. `quarterday status` is a quick way to check the register after
editing it.

The sheets below are made from the register's own definitions by `make docs`.
"""


def page() -> str:
    """Every sheet of the register with its columns, what to type and what to choose from."""
    lines = [_start()]
    for sheet in SHEETS:
        lines += [f"## {sheet.title}", "", "| column | needed | what to type | choices |"]
        lines.append("| --- | --- | --- | --- |")
        for column in sheet.columns:
            needed = "yes" if column.required else ""
            asks = column.asks.replace("\n", " ").replace("|", "\\|")
            choices = ", ".join(f"`{choice}`" for choice in column.choices)
            lines.append(f"| {column.heading} | {needed} | {asks} | {choices} |")
        lines.append("")
    return "\n".join(lines)


def _start() -> str:
    """What stands before the sheets, with what it says of merge rules and units."""
    rules = {rule: rule.merging for rule in MergeRule}
    needing = [rule for rule in MergeRule if rule.merging.needs_every_area]
    never_negative = " or ".join(unit.row.called for unit in Unit if unit.row.never_negative)
    return _START.format(
        merge_rules="\n".join(f"| {rule} | {merging.becomes} |" for rule, merging in rules.items()),
        need_every_area=listed(needing, "or"),
        without_figures=listed((r for r in MergeRule if not r.merging.needs_figures), "or"),
        never_negative=f"{never_negative[0].upper()}{never_negative[1:]}",
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - this module's command prints the page
