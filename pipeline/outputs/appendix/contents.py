"""The Contents sheet: what the workbook is, what each of its sheets holds, and the way to it."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.report import Report, Section
from pipeline.outputs import wording
from pipeline.outputs.appendix import data, looks, notes, returns, summary, trends
from pipeline.outputs.appendix.book import Book, Place
from pipeline.outputs.appendix.committee import rating_cell
from pipeline.outputs.appendix.flow import Flow, count, headings, text
from pipeline.outputs.appendix.places import link_width, place_of
from pipeline.outputs.appendix.set_out import UPRIGHT

NAME = "Contents"
#: What stands behind a link: what it is for or how many indicators it has, and how these are rated,
#: in pixels; and the least that the links take.
_BEHIND, _LEAST = (90, 110), 160
_PRINT, _DATA = "Print", "Data"
_FOR_PRINT = f"{_PRINT}: set out on A4 for reading, on a screen or on paper."
_FOR_DATA = (
    f"{_DATA}: one table to look things up, for other programs and screen readers, by the rules of "
    "the Government Analysis Function's guidance “Releasing statistics in spreadsheets”."
)


def open_contents(book: Book) -> Worksheet:
    """The sheet in its place, the first of the workbook and the one that it opens on."""
    sheet = book.sheet(NAME, NAME, landscape=False)
    sheet.activate()
    return sheet


def write_contents(book: Book, sheet: Worksheet, committee: str) -> None:
    """Write on the sheet once all others have been written; `committee` is the name of one."""
    report = book.report
    framework, period = report.register.framework, report.period
    sheets = _sheets(committee, has_trends=trends.NAME in book.first_rows)
    refs = [_detail(section) for section in report.sections]
    links = link_width((*(name for name, *_ in sheets), *refs), _LEAST)
    widths = (links, UPRIGHT[0] - links - sum(_BEHIND), *_BEHIND)
    flow, whole = Flow(book, sheet, widths, UPRIGHT[1]), len(widths)
    title = f"Contents of {framework.appendix}: {framework.title}"
    flow.add(text(title, looks.TITLE, whole))
    about = f"{framework.council}, {period.name} ({wording.span_shown(period)})"
    for line in (about, wording.edition_shown(report), wording.restatement_shown(report)):
        if line:
            flow.add(text(line, looks.SUBTITLE, whole))
    flow.block(below=10)
    flow.head(*headings("Sheet", "What it holds", "Made for"))
    for name, holds, kind in sheets:
        flow.add(
            text(name, looks.LINK, link=Place(name)),
            text(holds, looks.BODY),
            text(kind, looks.BODY),
        )
        flow.block()
    flow.part(below=6)
    for each in (_FOR_PRINT, _FOR_DATA):
        flow.add(text(each, looks.NOTE, whole))
    if report.sections:
        flow.part(below=10)
        _priorities(flow, report)
    flow.finish()


def _sheets(committee: str, *, has_trends: bool) -> tuple[tuple[str, str, str], ...]:
    """Each sheet but this one, with what it holds and what it is made for."""
    summed_up = (
        "Overall performance, each priority, ratings over periods, what moved and changed, and all "
        "that is off target with what is done about it"
    )
    detail = (
        "The appendix: key achievements, and each indicator with its target, performance, rating, "
        "direction of travel and commentary; the key"
    )
    drawn = "The figures from which the trends beside the indicators are drawn"
    return (
        (summary.NAME, summed_up, _PRINT),
        (committee, detail, _PRINT),
        *([(trends.NAME, drawn, _DATA)] if has_trends else ()),
        (returns.NAME, "Where each service area's return stands, and its file", _DATA),
        (notes.NAME, "What each indicator means and how it is rated, in words", _DATA),
        (data.NAME, "Every service area's figures, and the cell that each was read from", _DATA),
    )


def _detail(section: Section) -> str:
    return f"{section.priority.ref} in detail"


def _priorities(flow: Flow, report: Report) -> None:
    names = ("Go to", "Priority", "Indicators", "Overall")
    flow.head(*headings(*names, right=names[2:3]))
    for section in report.sections:
        flow.add(
            text(_detail(section), looks.LINK, link=place_of(flow.book, section.priority)),
            text(section.priority.heading, looks.BODY),
            count(len(section.lines), looks.NUMBER),
            rating_cell(report, section.tally),
        )
        flow.block()
