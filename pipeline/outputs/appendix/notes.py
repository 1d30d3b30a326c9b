"""The Notes and definitions sheet: what each indicator means and how it is rated, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.consolidation.rating import tolerance_shown
from pipeline.consolidation.report import Line, Report
from pipeline.outputs.appendix.book import Book
from pipeline.outputs.appendix.table import Gap, TableColumn, Value, write_table
from pipeline.outputs.wording import reasons_shown, small_numbers_shown
from schemas.model import Kind, Polarity
from schemas.thresholds import thresholds_shown

NAME = "Notes and definitions"
#: Notes that other sheets point to.
OVERALL, TIMES = "Overall", "Times"

POLARITIES = {
    Polarity.HIGHER: "Higher is better",
    Polarity.LOWER: "Lower is better",
    Polarity.RANGE: "Within the target's range is best",
    Polarity.CONTEXTUAL: "Neither: shown for context, not rated",
}


def _better(line: Line, _report: Report) -> str:
    indicator = line.indicator
    if indicator.kind is Kind.MILESTONE:
        return "By its state"
    return POLARITIES[indicator.polarity] if indicator.polarity else "In words, not rated"


def _tolerance(line: Line, report: Report) -> str:
    """How far out of target is still amber, and the thresholds of its own."""
    if not line.target_shown or line.target is None:
        return ""
    indicator, policy = line.indicator, report.register.framework.policy
    parts = [thresholds_shown(line.target, indicator, report.bands)]
    if not line.target.has_thresholds(indicator.polarity):
        own = indicator.tolerance or policy.tolerance
        parts.insert(0, tolerance_shown(own, indicator))
    return "; ".join(filter(None, parts))


def _baseline(line: Line, _report: Report) -> str:
    if line.target is None or line.target.baseline is None:
        return ""
    figure = line.indicator.shown(line.target.baseline, line.indicator.decimals)
    return f"{figure} ({line.target.baseline_period})" if line.target.baseline_period else figure


#: Each with what it says of an indicator of a report.
COLUMNS: dict[TableColumn, Callable[[Line, Report], str]] = {
    TableColumn("Ref", 75): lambda line, _: line.indicator.ref,
    TableColumn("Indicator or term", 250): lambda line, _: line.indicator.wording,
    TableColumn("Definition", 300, gap=Gap.NOT_AVAILABLE): lambda line, _: (
        line.indicator.definition
    ),
    TableColumn("Source", 150, gap=Gap.NOT_AVAILABLE): lambda line, _: line.indicator.source,
    TableColumn("Which way is better", 110): _better,
    TableColumn("Tolerance", 105): _tolerance,
    TableColumn("How areas' figures are merged", 150): (
        lambda line, _: line.indicator.merge_rule.merging.note
    ),
    TableColumn("Target", 100): lambda line, _: line.target_shown,
    TableColumn("Baseline", 110): _baseline,
}


def write_notes(book: Book) -> None:
    """Add the sheet: a named table of the indicators, and after them of the notes, numbered."""
    report = book.report
    rows: list[list[Value]] = [
        [of(line, report) for of in COLUMNS.values()] for line in report.lines
    ]
    of_indicators = [Gap.NOT_APPLICABLE] * (len(COLUMNS) - 3)
    rows += [
        [f"note {number}", term, meaning, *of_indicators]
        for number, (term, meaning) in enumerate(_policy(report), 1)
    ]
    about = (
        "One row for each indicator: its definition, source, target, and how it is rated. Then one "
        "for each note: what a word or colour of the appendix means."
    )
    write_table(book, NAME, "NotesAndDefinitions", about, list(COLUMNS), rows)


def marker(report: Report, term: str) -> str:
    """What points to the note on a term: `[note 3]`."""
    terms = [each for each, _ in _policy(report)]
    return f"[note {terms.index(term) + 1}]"


def _policy(report: Report) -> Iterator[tuple[str, str]]:
    for colour, meaning in report.key:
        yield report.bands.of(colour).word, _sentence(meaning)
    for reason, meaning in reasons_shown(report):
        yield f"Not rated: {reason}", _sentence(meaning)
    if suppressed := small_numbers_shown(report.register):
        yield "Small numbers", suppressed
    yield OVERALL, report.overall_key
    travel = (
        "An arrow up, down or to the side says that the figure went up, went down or stayed the "
        "same since the figure named beside it; the word says whether that is better or worse."
    )
    yield "Direction of travel", travel
    zone = report.issued_at.tzname()
    yield TIMES, f"Times in this workbook are {zone}." if zone else "Times are local."


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}".removesuffix(".") + "."
