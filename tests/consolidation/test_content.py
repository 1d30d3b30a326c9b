"""Content: what changes what an appendix says, and what changes nothing that anyone would see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from pipeline.consolidation.content import code_key, code_of, said_by
from pipeline.consolidation.report import Line, Report, ReturnState
from schemas.model import CommentaryRule, Recipient
from tests.support.report_fixture import worked_example

REPORT = worked_example()


def register(report: Report, **changes: Any) -> Report:
    return replace(report, register=replace(report.register, **changes))


def areas(report: Report, **changes: Any) -> Report:
    return register(report, areas=tuple(replace(a, **changes) for a in report.register.areas))


def first(report: Report, change: Callable[[Line], Line]) -> Report:
    section, *others = report.sections
    line, *lines = section.lines
    return replace(report, sections=(replace(section, lines=(change(line), *lines)), *others))


def indicator(report: Report, **changes: Any) -> Report:
    return first(report, lambda line: replace(line, indicator=replace(line.indicator, **changes)))


def figure(report: Report, **changes: Any) -> Report:
    def changed(line: Line) -> Line:
        observation, *others = line.consolidated.observations
        figures = (replace(observation, **changes), *others)
        return replace(line, consolidated=replace(line.consolidated, observations=figures))

    return first(report, changed)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: replace(r, issued_at=r.issued_at + timedelta(days=3)),
        lambda r: register(r, recipients=(Recipient("A clerk", "clerk@council.example"),)),
        lambda r: register(r, periods=(), sha256="0" * 64),
        lambda r: areas(r, lead="Someone else", email="other@council.example"),
        lambda r: indicator(r, source="Another system", plausible_maximum=Decimal(9)),
        lambda r: indicator(r, commentary=CommentaryRule.ALWAYS),
        lambda r: figure(r, submission="0" * 64, filename="again.xlsx", sheet="Other", cell="A1"),
    ],
)  # fmt: skip
def test_what_nobody_would_see_makes_no_other_appendix(change: Callable[[Report], Report]) -> None:
    assert said_by(change(REPORT)) == said_by(REPORT)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: areas(r, name="Another name"),
        lambda r: indicator(r, wording="Other words"),
        lambda r: indicator(r, definition="Counted in another way."),
        lambda r: first(r, lambda line: replace(line, target_shown="9%")),
        lambda r: first(r, lambda line: replace(line, remarks=("Provisional.",))),
        lambda r: figure(r, value=Decimal("1.5")),
        lambda r: figure(r, commentary="Since the second site opened."),
        lambda r: replace(r, returns=(replace(r.returns[0], state=ReturnState.MISSING),)),
    ],
)  # fmt: skip
def test_what_a_reader_sees_does(change: Callable[[Report], Report]) -> None:
    assert said_by(change(REPORT)) != said_by(REPORT)


def test_its_code_is_short_and_can_be_read_out() -> None:
    codes = {code_of(f"period {number}", said_by(REPORT)) for number in range(300)}
    assert len(codes) == 300
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{6}", code) for code in codes)
    assert code_of("2012-13", said_by(REPORT)) == code_of("2012-13", said_by(REPORT))


def test_no_code_is_what_a_spreadsheet_makes_a_number_or_a_date_of() -> None:
    codes = [code_of("2012-13", str(number)) for number in range(20_000)]
    made = re.compile(r"\d+|\d+E\d+|\d{1,2}[A-Z]{3}\d{1,2}")
    assert [code for code in codes if made.fullmatch(code)] == []
    assert {len(code) for code in codes} == {6}


def test_a_code_is_the_same_however_it_was_typed() -> None:
    assert code_key(" 7kq-2mx ") == code_key("7KQ2MX")
    assert code_key("OIL2MX") == code_key("0112MX")
    assert code_key("7KQ2M") != code_key("7KQ2MX")
