"""What it costs to write the appendix, beside bare xlsxwriter writing the same workbook.

    python -m benchmarks.appendix [INDICATORS ...]

Measured in turn, in one run, of a finished report; processor time, the best of several rounds:
- ours: from the report to the workbook's file;
- bare: every call that ours made, kept as plain data and made again on xlsxwriter's own `Workbook`
  and `Worksheet`, as an analyst would have them, and not on our quicker ones: the same cells,
  formats, heights, widths, merges, tables, trends and chart, and so the same parts to the byte but
  for what screen readers go by, which xlsxwriter does not know;
- page and data: from the same report to the web page's file, and to that of its data.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any, TypeVar
from zipfile import ZipFile

import msgspec
from msgspec.structs import replace
from xlsxwriter import Workbook

from pipeline.consolidation.assembly import Merged, disclose, rate
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.report import EarlierTally, Line, Point, Report
from pipeline.outputs import appendix, page, tidy
from pipeline.store import Outcome, Submission
from pipeline.workbooks.tagged import TaggedWorkbook
from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Indicator,
    Kind,
    Period,
    Polarity,
    Priority,
    Register,
    ServiceArea,
    Status,
    Target,
)
from schemas.observations import Achievement, Observation
from schemas.units import Unit, shown

_AREAS, _PRIORITIES, _REPORTING = 20, 6, 2
_LAST = Period("2026-27 Q1", date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 31))
_PERIOD = Period("2026-27 Q2", date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 31))
_BEFORE = tuple(product(("2024-25", "2025-26"), (1, 2, 3, 4)))[1:]
_RECEIVED = datetime(2026, 10, 20, 9, 30, tzinfo=UTC)
_UNITS = (Unit.PERCENT, Unit.COUNT, Unit.CURRENCY, Unit.DAYS)
_SUBJECTS = (
    "households that were helped before they lost their home",
    "repairs done on the day that was agreed with the tenant",
    "residents who say that they feel safe after dark where they live",
    "children who reach a good level of development at the age of five",
    "planning applications decided within the time that the law gives",
    "waste that was sent to be used again, recycled or composted",
    "visits to the council's libraries, leisure centres and museums",
)
_COMMENTARY = (
    "Two posts were filled in the quarter and the backlog has begun to fall; the full effect is "
    "expected in the next period, once the new staff have been trained."
)
#: How often each is done; a short piece of work more often.
_ROUNDS = {120: 9}
_FEW_ROUNDS = 3

#: The part in which the language is stated, and what of the styles is by which are headings.
_LANGUAGE_IN, _STYLES_TAGGED = "docProps/core.xml", b"<cellStyleXfs"

T = TypeVar("T")
#: What is called, the method, and what it is given; `_Made` stands for what an earlier call made.
_Call = tuple[int, str, tuple[Any, ...], dict[str, Any]]


class _Made(msgspec.Struct, frozen=True):
    """What a call made, by the number of the call."""

    number: int


class _Watched:
    """An object of xlsxwriter's that keeps every call made on it, as plain data."""

    def __init__(self, watched: Any, number: int, calls: list[_Call]) -> None:
        self._watched, self._number, self._calls = watched, number, calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._watched, name)

        def call(*given: Any, **named: Any) -> Any:
            # What is ours is left out: headings are formats, and sheets are xlsxwriter's.
            plain = tuple(_plain(each) for each in given if not isinstance(each, type))
            called = "add_format" if name == "add_heading_format" else name
            self._calls.append((self._number, called, plain, _plain(named)))
            made = method(*_bare(given), **_bare(named))
            is_data = made is None or isinstance(made, int | str)
            return made if is_data else _Watched(made, len(self._calls), self._calls)

        return call


def _converted(given: Any, convert: Callable[[Any], Any]) -> Any:
    """The same with each thing in it that is no collection converted."""
    match given:
        case dict():
            return {name: _converted(value, convert) for name, value in given.items()}
        case list() | tuple():
            return type(given)(_converted(value, convert) for value in given)
        case _:
            return convert(given)


def _plain(given: Any) -> Any:
    return _converted(given, lambda it: _Made(it._number) if isinstance(it, _Watched) else it)


def _bare(given: Any) -> Any:
    return _converted(given, lambda it: it._watched if isinstance(it, _Watched) else it)


def recorded(report: Report) -> tuple[dict[str, Any], list[_Call]]:
    """What our appendix of a report makes its workbook with, and every call that follows.

    The calls are of xlsxwriter's own methods, with nothing of ours.
    """
    calls: list[_Call] = []
    made: list[dict[str, Any]] = []

    def watched(buffer: BytesIO, options: dict[str, Any]) -> Any:
        made.append(_converted(options, lambda value: value))
        return _Watched(TaggedWorkbook(buffer, options), 0, calls)

    appendix.TaggedWorkbook = watched  # type: ignore[assignment, misc]  # it makes one, as the class does
    try:
        appendix.appendix_bytes(report)
    finally:
        appendix.TaggedWorkbook = TaggedWorkbook  # type: ignore[misc]  # as it was
    return made[0], calls


def replay(options: dict[str, Any], calls: list[_Call], path: Path) -> None:
    """Make the calls again, and nothing else, and write the file."""
    buffer = BytesIO()
    made: dict[int, Any] = {0: Workbook(buffer, _converted(options, lambda value: value))}

    def there(it: Any) -> Any:
        return made[it.number] if type(it) is _Made else it

    for number, (on, name, given, named) in enumerate(calls, 1):
        arguments = [
            made[it.number]
            if type(it) is _Made
            else _converted(it, there)
            if type(it) is dict
            else it
            for it in given
        ]
        made[number] = getattr(made[on], name)(*arguments, **named)
    path.write_bytes(buffer.getvalue())


def parts(workbook: Path) -> dict[str, bytes]:
    """What a workbook holds, by its parts' names, without language and headings.

    Of the styles that are the fonts, fills, borders and formats of numbers.
    """
    with ZipFile(workbook) as archive:
        names = archive.namelist()
        return {
            name: archive.read(name).partition(_STYLES_TAGGED)[0]
            for name in names
            if name != _LANGUAGE_IN
        }


def report_of(indicators: int) -> Report:
    """A finished report in which every indicator has a target, two areas' figures and travel.

    Seven periods came before it, so that its ratings and figures are drawn over eight.
    """
    register = _register_of(indicators)
    report = rate(
        disclose(
            Merged(
                register=register,
                period=_PERIOD,
                issued_at=_RECEIVED + timedelta(days=1),
                figures=_figures(register, _PERIOD, 0),
                earlier={_LAST.name: _figures(register, _LAST, 3)},
                achievements=tuple(
                    Achievement(f"P{n % _PRIORITIES + 1}", area.ref, _PERIOD.name, _COMMENTARY)
                    for n, area in enumerate(register.areas)
                ),
                submissions=tuple(map(_submission, register.areas)),
            )
        )
    )
    names = [f"{year} Q{n}" for year, n in _BEFORE]
    sections = tuple(
        replace(each, lines=tuple(_drawn(line, names) for line in each.lines))
        for each in report.sections
    )
    earlier = tuple(EarlierTally(name, report.overall) for name in names)
    return replace(report, sections=sections, earlier=earlier)


def _drawn(line: Line, names: Sequence[str]) -> Line:
    """The line with figures of the periods before, as they were issued."""
    own, unit, decimals = line.series[-1], line.indicator.unit, line.indicator.decimals
    then = [(own.value or Decimal(0)) + 7 * n for n in range(len(names))]
    before = (
        Point(name, shown(value, unit, decimals), value, "amber")
        for name, value in zip(names, then, strict=True)
    )
    return replace(line, series=(*before, own))


def _register_of(indicators: int) -> Register:
    areas = tuple(
        ServiceArea(f"A{n:02}", f"Service area {n:02}", "Head of service") for n in range(_AREAS)
    )
    measured = tuple(
        Indicator(
            ref=f"P{n % _PRIORITIES + 1}-{n}",
            priority=f"P{n % _PRIORITIES + 1}",
            wording=f"Indicator {n}: {_SUBJECTS[n % len(_SUBJECTS)]}",
            kind=Kind.MEASURE,
            unit=_UNITS[n % len(_UNITS)],
            decimals=1 if _UNITS[n % len(_UNITS)] is Unit.PERCENT else 0,
            polarity=Polarity.LOWER if n % 5 == 0 else Polarity.HIGHER,
            areas=tuple(areas[(n + k) % _AREAS].ref for k in range(_REPORTING)),
            merge_rule=MergeRule.MEAN,
            definition=f"The number of {_SUBJECTS[n % len(_SUBJECTS)]}, counted at the year's end.",
            source="Case management system",
        )
        for n in range(indicators)
    )
    priorities = tuple(
        Priority(f"P{n}", f"Priority {n}: services that residents can rely on", f"Priority {n}", n)
        for n in range(1, _PRIORITIES + 1)
    )
    return Register(
        framework=Framework("Example Council", "Fair and responsive services", "Appendix 1"),
        priorities=priorities,
        indicators=measured,
        targets=tuple(Target(each.ref, _PERIOD.name, value=Decimal(52)) for each in measured),
        areas=areas,
        periods=(_LAST, _PERIOD),
        recipients=(),
    )


def _figures(register: Register, period: Period, change: int) -> tuple[Consolidated, ...]:
    reported = enumerate(product(register.indicators, range(_REPORTING)))
    return merge(
        register,
        period.name,
        [
            Observation(
                indicator=each.ref,
                area=each.areas[k],
                period=period.name,
                status=Status.PROVISIONAL if n % 17 == 0 else Status.FINAL,
                value=Decimal(n * 7919 % 900 + change) / 10,
                commentary=f"{_COMMENTARY} {n}" if n % 5 == 0 else "",
                sheet="Indicators",
                cell=f"H{n + 5}",
                submission=_hash(each.areas[k]),
                filename=f"Return {period.name} - {each.areas[k]}.xlsx",
                received_at=_RECEIVED,
            )
            for n, (each, k) in reported
        ],
    )


def _submission(area: ServiceArea) -> Submission:
    name = f"Return {_PERIOD.name} - {area.ref}.xlsx"
    return Submission(
        _hash(area.ref), name, _RECEIVED, Outcome.ACCEPTED, 1, "0" * 64, area.ref, _PERIOD.name
    )


def _hash(area: str) -> str:
    return sha256(area.encode()).hexdigest()


def best_in_turn(rounds: int, *works: Callable[[], object]) -> list[float]:
    """Seconds of processor time of each piece of work, the quickest of so many rounds."""
    gc.collect()
    gc.freeze()
    return [
        min(took)
        for took in zip(
            *([apart(_timed, work) for work in works] for _ in range(rounds)), strict=True
        )
    ]


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def apart(work: Callable[..., T], *given: object) -> T:
    """What a piece of work gives, done in a process that knows nothing of what others did."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sending.send(work(*given)))
    process.start()
    sending.close()
    result: T = receiving.recv()
    process.join()
    return result


def measure(indicators: int) -> None:
    """Print milliseconds of each, and ratios to the bare writing."""
    report = report_of(indicators)
    options, calls = apart(recorded, report)
    with tempfile.TemporaryDirectory() as name:
        ours, bare = Path(name) / "ours.xlsx", Path(name) / "bare.xlsx"
        took = best_in_turn(
            _ROUNDS.get(indicators, _FEW_ROUNDS),
            lambda: appendix.write(report, ours),
            lambda: replay(options, calls, bare),
            lambda: page.write(report, ours.with_suffix(".html")),
            lambda: tidy.write(report, ours.with_suffix(".csv")),
        )
        assert parts(ours) == parts(bare), "the bare workbook is another"
    print(f"{indicators:>6} indicators, {len(calls):,} calls, milliseconds of processor time:")
    print(f"       bare xlsxwriter {1000 * took[1]:9.1f}")
    for what, seconds in (("appendix", took[0]), ("page", took[2]), ("data", took[3])):
        print(
            f"       {what:15} {1000 * seconds:9.1f}   {seconds / took[1]:5.2f} x bare xlsxwriter"
        )


if __name__ == "__main__":
    for words in sys.argv[1:] or ["120", "5000"]:
        measure(int(words))
