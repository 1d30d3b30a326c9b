"""Words: what the workbook, the page and the mail say alike of counts, days, travel and returns."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from pipeline.consolidation.rating import ARROWS, NotRated, Tally, edge
from pipeline.consolidation.report import Line, Report, ReturnReceived, ReturnState, Section
from schemas.findings import Finding
from schemas.model import Indicator, Period, Register
from schemas.units import Unit, quantise, shown
from schemas.wording import counted, day_shown, noun_for

if TYPE_CHECKING:
    # Of what whoever prints no appendix has no need to load.
    from pipeline.consolidation.changes import Change, Changes
    from pipeline.consolidation.movements import Movement

#: Why an indicator has no colour, for readers who do not know the register.
REASONS = {
    NotRated.NO_TARGET: "the register sets nothing to reach for this period.",
    NotRated.NO_DATA: "no service area has reported anything to rate.",
    NotRated.NO_CASES: "there was nothing to measure, as in 0 of 0.",
    NotRated.SUPPRESSED: "the figure could identify people, or give away one that could.",
    NotRated.CONTEXTUAL: "neither a higher nor a lower figure is better in itself.",
    NotRated.CONFLICT: "service areas reported different figures, and neither is taken.",
    NotRated.INCOMPLETE: "the figure needs every service area, and not all have reported.",
    NotRated.PERIODS_MISSING: "the figure is of several periods, and not all of them have theirs.",
    NotRated.NARRATIVE: "progress is reported in words, which have no colour.",
    NotRated.NOT_DUE: "nothing is due of it for this period.",
}


def counts_shown(report: Report, tally: Tally) -> str:
    """What a tally holds: `1 green, 1 red, 1 not rated`; only what there is."""
    numbers = [(tally.of(each.colour), each.said) for each in report.bands.every]
    numbers.append((tally.not_rated, "not rated"))
    parts = [f"{number} {word}" for number, word in numbers if number]
    return ", ".join(parts) or "no indicators"


def reasons_shown(report: Report) -> list[tuple[NotRated, str]]:
    """The reasons why an indicator of the report has no colour, each with what it means."""
    given = {line.rating.not_rated for line in report.lines}
    return [(reason, meaning) for reason, meaning in REASONS.items() if reason in given]


def small_numbers_shown(register: Register) -> str:
    """What the register says of small numbers, as a sentence; empty where nothing is suppressed."""
    below, thousands = register.framework.small_below, register.framework.thousands
    if below is None:
        return ""
    least = shown(Decimal(below), Unit.COUNT, thousands=thousands)
    return (
        f"Numbers of people below {least} are suppressed, and so are "
        "percentages made of them and other figures from which they could be worked out. "
        "Zero is published."
    )


def score_shown(score: Decimal | None) -> str:
    """A tally's score with three decimals, cut and not rounded; or `none`.

    Rounded up, 0.74975 would stand as 0.750 beside an amber, where green begins at 0.75.
    """
    return "none" if score is None else str(score.quantize(Decimal("0.001"), ROUND_DOWN))


def moment_shown(moment: datetime) -> str:
    """A date and time in words, in the zone it was recorded in: `2 May 2013, 06:00 UTC`."""
    return f"{day_shown(moment)}, {moment:%H:%M %Z}".rstrip()


def span_shown(period: Period) -> str:
    """From when to when a period runs: `1 April 2012 to 31 March 2013`."""
    return f"{day_shown(period.starts)} to {day_shown(period.ends)}"


def travels_shown(line: Line) -> list[tuple[str, str]]:
    """Each direction of travel of a line with what it is measured from.

    Pairs such as (`▲ Up, worse`, `was 4248 (baseline 2011-12)`); the year's is left out where the
    last period is the year before. A baseline stands with the decimals that the indicator is
    published with, as the figure beside it does.
    """
    indicator = line.indicator
    travels = [line.travel, line.year_travel]
    if line.travel and line.year_travel and line.travel.basis == line.year_travel.basis:
        travels.pop()
    return [
        (t.shown, f"was {indicator.shown(t.earlier, decimals)} ({t.basis})")
        for t in travels
        if t
        for decimals in (indicator.decimals if t.decimals is None else t.decimals,)
    ]


def rating_before_shown(report: Report, line: Line) -> str:
    """What an indicator was rated last time: `was Green`, `was not rated`; empty where by nothing.

    Of what was not rated and is not rated it says nothing.
    """
    before = line.last_point
    if before is None or not before.rating:
        return ""
    if before.colour is None:
        return "was not rated" if line.rating.colour else ""
    return f"was {report.bands.of(before.colour).word}"


def beside_shown(line: Line, report: Report) -> list[tuple[str, str]]:
    """What stands beside a line's figure: each with what it is, such as (`Confidence`, `Low`)."""
    said = [("Corrective action", action) for action in line.actions]
    if forecast := line.forecast:
        rated = forecast.rating
        colour = f" {report.shown(rated)}" if rated and rated.colour else ""
        said.append(("Forecast for the year", f"{forecast.figure}{colour}"))
    if line.confidence:
        said.append(("Confidence", line.confidence.value))
    return said


def edition_shown(report: Report) -> str:
    """Which draft or issue a report is, in sentences; empty where it is neither."""
    edition = report.edition
    if edition is None:
        return ""
    if edition.is_draft:
        return f"Draft {edition.code}: not for publication. Nobody has approved it."
    code = f" ({edition.code})" if edition.code else ""
    said = f"Issue {edition.number}{code}, {day_shown(report.issued_at)}."
    return f"{said} {edition.replaces}".strip()


def restatement_shown(report: Report) -> str:
    """That a period was restated after it was closed, in a sentence; empty where it was not.

    Where the register that it was closed with is not kept that is said too.
    """
    by_another = (
        "The register that the period was closed with is not kept, or cannot be read any more; it "
        "is rated by the current one."
        if report.lacks_register
        else ""
    )
    return " ".join(filter(None, (_restated(report), by_another)))


def _restated(report: Report) -> str:
    if report.restates is None:
        return ""
    closed = _closed_on(report)
    if not report.restates_what:
        return (
            f"Restated: the period was closed on {closed}, and a return was taken in since. What "
            "the appendix said before is not in the store, so what changed is not marked."
        )
    changed = counted(len(report.restated), "indicator has", "indicators have")
    dropped = counted(report.dropped, "is", "are")
    gone = f", and {dropped} in it no longer" if report.dropped else ""
    return f"Restated: the period was closed on {closed}; {changed} changed since{gone}."


def sum_restated(report: Report, section: Section | None = None) -> str:
    """What a priority, or the whole, was when the period was closed; empty where it was the same.

    A colour is not told where it may bound a figure that is suppressed by now.
    """
    now, then, lines = report.overall, report.overall_then, report.lines
    if section is not None:
        now, then, lines = section.tally, section.tally_then, section.lines
    if then is None:
        return ""
    is_hidden = any(n.consolidated.suppressed for n in lines if n.restated_from is not None)
    was = f"was {report.shown(then)}" if then.colour and now.colour is not then.colour else ""
    return _restated_then(report, "it", was if was and not is_hidden else "was made up otherwise")


def achievements_restated(report: Report, section: Section) -> str:
    """That a priority's achievements were others when the period was closed, in a sentence."""
    if not section.achievements_differ:
        return ""
    return _restated_then(report, "what was achieved", "was told otherwise")


def sums_restated(report: Report) -> list[tuple[str, str]]:
    """What else than indicators is marked as restated: each priority's heading, and a sentence."""
    marks = [("All priorities", sum_restated(report))]
    for each in report.sections:
        heading = each.priority.heading
        marks += [
            (heading, sum_restated(report, each)),
            (heading, achievements_restated(report, each)),
        ]
    return [(heading, said) for heading, said in marks if said]


def _restated_then(report: Report, what: str, was: str) -> str:
    return f"Restated: {what} {was} when the period was closed on {_closed_on(report)}."


def _closed_on(report: Report) -> str:
    closed = report.restates or report.issued_at
    return day_shown(closed.astimezone(report.issued_at.tzinfo).date())


def return_state_shown(returned: ReturnReceived, period: Period) -> str:
    """Where an area's return stands, in words: `overdue, it was due on 30 April 2013`."""
    words = returned.state.value[0].lower() + returned.state.value[1:]
    match returned.state:
        case ReturnState.OVERDUE:
            return f"{words}, it was due on {day_shown(period.due)}"
        case ReturnState.MISSING:
            return f"{words}, it is due on {day_shown(period.due)}"
        case ReturnState.REJECTED if returned.errors:
            return f"{words}, {counted(returned.errors, 'thing')} to correct"
        case _ if returned.rejected_since:
            return f"{words}; a later return, {returned.rejected_since}, was sent back"
    return words


def changes_shown(report: Report, changes: Changes) -> str:
    """What a report says otherwise than the last issue, in sentences: how many of each kind."""
    if changes.since is None:
        if report.is_draft:
            return f"No appendix for {report.period.name} has been issued yet."
        return f"This is the first issue of the appendix for {report.period.name}."
    said = [f"The last issue was on {moment_shown(changes.since)}."]
    if not changes.is_known:
        said.append("What it said was not kept, so nothing is compared.")
        return " ".join(said)
    if changes.overall is not None:
        then, now = changes.overall
        said.append(f"Overall was {then} then and is {now} now.")
    said += [f"{group}: {len(found)}." for group, found in changes.groups]
    if not changes.groups:
        said.append(
            "No figure, target or colour has changed since; texts, or whose figures are in it, "
            "have."
        )
    return " ".join(said)


def change_shown(change: Change) -> str:
    """How an indicator is printed now and was before: `5, ▼ Red; was 4, amber`; or empty."""
    return "; ".join(filter(None, (change.now, change.was)))


def figures_moved(movement: Movement) -> tuple[str, str]:
    """The earlier figure, as published, and how far it moved: (`4248`, `▲ 8.4% of target, worse`).

    A movement that is not a share of a target is one of the figure itself.
    """
    travel, indicator = movement.travel, movement.line.indicator
    decimals = indicator.decimals if travel.decimals is None else travel.decimals
    share = movement.share * 100
    percent = quantise(Decimal(share.numerator) / Decimal(share.denominator), 1)
    thousands = indicator.thousands
    far = shown(percent, Unit.PERCENT, thousands=thousands) if percent else "under 0.1%"
    of = " of target" if movement.of_target else ""
    return (
        indicator.shown(travel.earlier, decimals),
        f"{ARROWS[travel.trend]} {far}{of}, {travel.verdict}",
    )


def place_shown(finding: Finding) -> str:
    """Where a finding is, in words: `Sheet Indicators, cell D14`, or `The file as a whole`."""
    if not finding.sheet:
        return "The file as a whole"
    return f"Sheet {finding.sheet}" + (f", cell {finding.cell}" if finding.cell else "")


def gap_shown(line: Line) -> str:
    """How far out of target a figure is: `8.4% above the target (357)`.

    The percentage is of the target, or of the nearer edge of its range, with one decimal, halves
    up; with up to three where one would make it a whole number that it is not (5.04% must not look
    like 5%). Only the difference itself is given where the target is zero or the percentage rounds
    to nothing. Empty where there is no figure, no target, or the figure is in target.
    """
    value, target, indicator = line.consolidated.value, line.target, line.indicator
    if value is None or target is None or not target.is_set:
        return ""
    if target.admits(value, indicator.polarity):
        return ""
    goal = edge(value, target)
    name = "the target range" if target.value is None else "the target"
    if value == goal:
        return f"exactly at {name}, which it has to pass"
    side = f"{'above' if value > goal else 'below'} {name}"
    difference = _difference_shown(abs(value - goal), indicator)
    percent = _rounded(abs(value - goal) * 100 / abs(goal)) if goal else None
    if not percent:
        return f"{difference} {side}"
    share = shown(percent, Unit.PERCENT, thousands=indicator.thousands)
    return f"{share} {side} ({difference})"


def _rounded(percent: Decimal) -> Decimal:
    for decimals in (1, 2, 3):
        rounded = quantise(percent, decimals)
        if rounded != rounded.to_integral_value():
            return rounded
        if rounded == percent:
            break
    return quantise(percent, 0)


def _difference_shown(difference: Decimal, indicator: Indicator) -> str:
    row = indicator.unit_row
    noun = "percentage point" if row.is_share else row.noun
    if not noun:
        return indicator.shown(difference)
    plain = shown(difference, None, thousands=indicator.thousands)
    return f"{plain} {noun_for(difference, noun)}"
