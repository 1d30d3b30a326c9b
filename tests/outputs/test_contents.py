"""The Contents sheet: the first thing seen, from which everything is found."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec.structs import replace
from openpyxl.workbook import Workbook

from pipeline.consolidation.report import Edition, Report
from pipeline.outputs.appendix import appendix_bytes
from pipeline.outputs.appendix.contents import NAME
from pipeline.workbooks.row_height import wrap
from tests.support.appendix_sheets import read_back
from tests.support.report_fixture import demanding, of_many, worked_example
from tests.support.summary_reports import busy

REPORTS: dict[str, Callable[[], Report]] = {
    "worked example": worked_example,
    "demanding": demanding,
    "120 in 12 priorities": busy,
    "one": lambda: of_many(1, 1),
    "eight quarters": lambda: of_many(30, 3, quarters=8),
}


@pytest.fixture(scope="module", params=REPORTS)
def made(request: pytest.FixtureRequest) -> tuple[Report, Workbook]:
    report = REPORTS[request.param]()
    return report, _read(report)


def _read(report: Report) -> Workbook:
    return read_back(appendix_bytes(report))


def _links(book: Workbook) -> dict[str, tuple[str, int]]:
    """Where each text that is a link leads: a sheet and a row."""
    found = {}
    for row in book[NAME].iter_rows():
        for cell in row:
            if cell.hyperlink is not None:
                assert cell.hyperlink.target is None
                to = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location)
                assert to is not None
                found[str(cell.value)] = (to[1].replace("''", "'"), int(to[2]))
    return found


def test_it_is_what_the_workbook_opens_on(made: tuple[Report, Workbook]) -> None:
    _, book = made
    assert book.sheetnames[0] == book.active.title == NAME
    (selection,) = book[NAME].sheet_view.selection
    assert selection.activeCell == "A1"
    assert [bool(sheet.sheet_view.tabSelected) for sheet in book] == [
        True,
        *[False] * (len(book.sheetnames) - 1),
    ]


def test_it_names_each_sheet_and_leads_to_its_top(made: tuple[Report, Workbook]) -> None:
    _, book = made
    tops = [words for words, (_, row) in _links(book).items() if row == 1]
    assert tops == book.sheetnames[1:]
    assert all(_links(book)[words] == (words, 1) for words in tops)


def test_each_priority_leads_to_its_indicators(made: tuple[Report, Workbook]) -> None:
    report, book = made
    sheet, links = book[NAME], _links(book)
    at = next(c.row for c in sheet["A"] if c.value == "Go to")
    assert [c.value for c in sheet[at]] == ["Go to", "Priority", "Indicators", "Overall"]
    for row, section in enumerate(report.sections, at + 1):
        words, heading, number, rated = (c.value for c in sheet[row])
        assert words == f"{section.priority.ref} in detail"
        assert heading in {section.priority.heading, section.priority.heading.strip()}
        assert (number, rated) == (len(section.lines), report.shown(section.tally))
        to, place = links[words]
        there = book[to].cell(place, 1).value
        headings = {section.priority.heading, section.priority.achievements_heading}
        assert there in headings
        if section.lines:
            above = [str(c.value) for c in book[to]["A"][: place - 1]]
            assert any(each.startswith(("Performance indicators", "For context")) for each in above)


def test_it_says_what_is_for_print_and_what_carries_the_data(
    made: tuple[Report, Workbook],
) -> None:
    _, book = made
    rows = {row[0]: row[2] for row in book[NAME].iter_rows(values_only=True) if row[0]}
    kinds = [rows[name] for name in book.sheetnames[1:]]
    assert kinds == ["Print", "Print", *["Data"] * (len(kinds) - 2)]
    for name, kind in zip(book.sheetnames[1:], kinds, strict=True):
        assert bool(book[name].tables) is (kind == "Data")
    assert any(str(each).startswith("Data: ") for each in rows)


def test_a_link_stands_on_one_line(made: tuple[Report, Workbook]) -> None:
    _, book = made
    width = round((book[NAME].column_dimensions["A"].width or 0) * 7)
    for words in _links(book):
        assert len(wrap(words, width, 10)) == 1


def test_it_is_headed_by_what_the_workbook_is() -> None:
    report = replace(worked_example(), edition=Edition("7KQ2MX"))
    column = [c.value for c in _read(report)[NAME]["A"]][:3]
    assert column == [
        "Contents of Appendix 3: Delivering fair and responsive services",
        "Medway Council, 2012-13 (1 April 2012 to 31 March 2013)",
        "Draft 7KQ2MX: not for publication. Nobody has approved it.",
    ]


@pytest.mark.parametrize("name", ["It's 100% #1 & <more>", 'Appendix "A", part 2', "Contents"])
def test_a_sheet_of_any_name_is_found(name: str) -> None:
    report = worked_example()
    framework = replace(report.register.framework, appendix=name)
    book = _read(replace(report, register=replace(report.register, framework=framework)))
    committee = book.sheetnames[2]
    assert _links(book)[committee] == (committee, 1)
    assert _links(book)["P1 in detail"][0] == committee
