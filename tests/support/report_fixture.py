"""Reports to print: the worked example, and one that holds everything that is hard to print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

from msgspec.structs import replace

from pipeline.consolidation.coverage import coverage_of
from pipeline.consolidation.merge import Consolidated, merge
from pipeline.consolidation.rating import Own, Travel, key, overall_key, rate, tally, travel
from pipeline.consolidation.report import (
    EarlierTally,
    Line,
    Point,
    Report,
    ReturnReceived,
    ReturnState,
    Section,
)
from schemas.bands import bands_of
from schemas.merge_rules import MergeRule
from schemas.model import (
    Framework,
    Indicator,
    Kind,
    MilestoneState,
    Operator,
    Period,
    Polarity,
    Policy,
    PolicyKind,
    Priority,
    Register,
    ServiceArea,
    Status,
    Target,
    Tolerance,
    ToleranceKind,
)
from schemas.observations import Achievement, Observation
from schemas.units import Unit, places

PERIOD = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), date(2013, 4, 30))
ISSUED = datetime(2013, 5, 8, 6, 0, tzinfo=UTC)
RECEIVED = datetime(2013, 4, 24, 9, 15, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Printed:
    """One indicator of the worked example as its source prints it, and the rating it implies."""

    ref: str
    wording: str
    area: str
    kind: Kind
    unit: Unit | None
    polarity: Polarity | None
    target: str
    performance: str
    rating: str
    baseline: str = ""


_EDUCATION, _SAFETY, _CARE, _STAFF, _INTELLIGENCE = "CS", "SAFE", "ASC", "HR", "PI"
_AREAS = (
    ServiceArea(_EDUCATION, "Children's services", "Head of service", "cs@council.example"),
    ServiceArea(_SAFETY, "Community safety", "Head of service", "safe@council.example"),
    ServiceArea(_CARE, "Adult social care", "Head of service", "asc@council.example"),
    ServiceArea(_STAFF, "Human resources", "Head of service", "hr@council.example"),
    ServiceArea(_INTELLIGENCE, "Performance and intelligence", "Team leader", "pi@council.example"),
)

_PERCENT = (Kind.MEASURE, Unit.PERCENT)
_COUNT = (Kind.MEASURE, Unit.COUNT)
_HIGHER, _LOWER = Polarity.HIGHER, Polarity.LOWER
_NO_TARGET, _NO_DATA = "Not rated: no target", "Not rated: no data"
_GREEN, _AMBER, _RED = "✔ Green", "◆ Amber", "✖ Red"

#: Each priority: ref, heading, how the achievements word it, achievements by area, indicators.
WORKED: tuple[tuple[str, str, str, tuple[tuple[str, str], ...], tuple[Printed, ...]], ...] = (
    (
        "P1",
        "Priority 1: Narrow the gap in educational achievement (Summer 2012 Exam Outturn)",
        "Narrowing the gap in educational achievement",
        (
            (
                _EDUCATION,
                (
                    "1:1 tuitions across key stages 2, 3 and 4 so that children eligible for free "
                    "school meals, looked after children (LAC) & children who are under "
                    "performing, received ten sessions of individual teache led "
                    "tuition in either English &/or mathematics."
                ),
            ),
        ),
        (
            Printed(
                "P1-1",
                "Reduce the gap between lowest achieving 20% of children in the early years "
                "foundation stage (5 years old) and all other children",
                _EDUCATION,
                *_PERCENT,
                _LOWER,
                "",
                "31.5%",
                _NO_TARGET,
            ),
            Printed(
                "P1-2",
                "Children looked after achieving 5 GCSEs including English and mathematics grade "
                "A*- C at stage 4",
                _EDUCATION,
                *_PERCENT,
                _HIGHER,
                "",
                "15%",
                _NO_TARGET,
            ),
            Printed(
                "P1-3",
                "Gap between special educational needs children and other children achieving 5 "
                "GCES grade A*- C at stage 4",
                _EDUCATION,
                *_PERCENT,
                _LOWER,
                "",
                "46.4%",
                _NO_TARGET,
            ),
            Printed(
                "P1-4",
                "Care leavers in education, employment or training (40% 2011/12)",
                _EDUCATION,
                *_PERCENT,
                _HIGHER,
                "",
                "51.3%",
                _NO_TARGET,
                "40%",
            ),
        ),
    ),
    (
        "P2",
        "Priority 2 Reduce repeat incidences of domestic abuse",
        "Reduce repeat incidences of domestic abuse",
        (
            (
                _SAFETY,
                (
                    "Kent & Medway Domestic Abuse Support website launched "
                    "www.domesticabuseservices.org.uk"
                ),
            ),
            (_SAFETY, "£120,000 invested in preventative services for DV/DA"),
        ),
        (
            Printed(
                "P2-1",
                "Number of incidents of domestic abuse 4248 (2011/12)",
                _SAFETY,
                *_COUNT,
                _LOWER,
                "4248",
                "4605",
                _RED,
                "4248",
            ),
            Printed(
                "P2-2",
                "Percentage of repeat victims of domestic abuse",
                _SAFETY,
                *_PERCENT,
                _LOWER,
                "25%",
                "24%",
                _GREEN,
            ),
            Printed(
                "P2-3",
                "Impact of domestic abuse on children's safety (information sharing pilot "
                "completed Mar 2013)",
                _SAFETY,
                Kind.NARRATIVE,
                None,
                None,
                "",
                "",
                _NO_DATA,
            ),
        ),
    ),
    (
        "P3",
        "Priority 3 Reduce incidences of hate crime",
        "Reduce incidences of hate crime",
        ((_SAFETY, "Delivered Anti-bullying training in schools"),),
        (
            Printed(
                "P3-1",
                "% of people who believe people from different backgrounds get on well together",
                _SAFETY,
                *_PERCENT,
                _HIGHER,
                "66%",
                "64.5%",
                _AMBER,
            ),
            Printed(
                "P3-2",
                "Number of hate crime incidents reported",
                _SAFETY,
                *_COUNT,
                Polarity.CONTEXTUAL,
                "",
                "117",
                "Not rated: contextual",
            ),
        ),
    ),
    (
        "P4",
        (
            "Priority 4 Increase the independence of older and vulnerable people receiving adult "
            "social care services"
        ),
        (
            "Increase the independence of older and vulnerable people receiving adult social care "
            "services"
        ),
        (
            (
                _CARE,
                (
                    "Introduced Personalised Budget scheme for adults receiving social care, which "
                    "continues to expand."
                ),
            ),
        ),
        (
            Printed(
                "P4-1",
                "The percentage of Personalisation schemes received by adults receiving social "
                "care",
                _CARE,
                *_PERCENT,
                _HIGHER,
                "60%",
                "62%",
                _GREEN,
            ),
        ),
    ),
    (
        "P5",
        (
            "Increase the independence of carers of older and vulnerable people receiving adult "
            "social care services"
        ),
        (
            "Increase the independence of carers of older and vulnerable people receiving adult "
            "social care services"
        ),
        ((_CARE, "Introduced one-off payments to enable carers to have a break"),),
        (
            Printed(
                "P5-1",
                "To complete 20% of carers' assessment of needs during 2012 – 2013",
                _CARE,
                *_PERCENT,
                _HIGHER,
                "20%",
                "10%",
                _RED,
            ),
        ),
    ),
    (
        "P6",
        "Priority 6 Increase the representation of disabled people in the council's workforce",
        "Increase the representation of disabled people in the council's workforce",
        (
            (
                _STAFF,
                (
                    "Produced an easy-read document advising people with learning difficulties how "
                    "to apply for jobs with Medway council"
                ),
            ),
            (_STAFF, "Disabled Worker Forum highlighting relevant issues"),
        ),
        (
            Printed(
                "P6-1",
                "Employees declaring a disability 3.30% (2011/12)",
                _STAFF,
                *_PERCENT,
                _HIGHER,
                ">3.30%",
                "3.56%",
                _GREEN,
                "3.30%",
            ),
        ),
    ),
    (
        "P7",
        "Priority 7 Improve the collection and analysis of equality information",
        "Improve the collection and analysis of equality information (customer profiling)",
        (
            (
                _INTELLIGENCE,
                (
                    "Created three Performance and Intelligence Teams to improve the collection "
                    "and analysis of all data including customer profile data"
                ),
            ),
        ),
        (
            Printed(
                "P7-1",
                "Appoint Corporate Intelligence Analyst to Corporate Performance & Intelligence "
                "Team",
                _INTELLIGENCE,
                Kind.MILESTONE,
                None,
                None,
                "",
                "",
                _NO_DATA,
            ),
            Printed(
                "P7-2",
                "Develop Ward profiles",
                _INTELLIGENCE,
                Kind.MILESTONE,
                None,
                None,
                "",
                "",
                _NO_DATA,
            ),
        ),
    ),
)


def worked_example() -> Report:
    """Appendix 3 of 2012-13: 7 priorities, 14 indicators, 9 achievements; overall amber."""
    indicators: list[Indicator] = []
    targets: list[Target] = []
    observations: list[Observation] = []
    for priority, *_, rows in WORKED:
        for row in rows:
            figure = _figure(row.performance)
            indicators.append(
                Indicator(
                    ref=row.ref,
                    priority=priority,
                    wording=row.wording,
                    kind=row.kind,
                    unit=row.unit,
                    decimals=places(figure) if figure is not None else 0,
                    polarity=row.polarity,
                    areas=(row.area,),
                    merge_rule=MergeRule.SOLE,
                )
            )
            if row.target or row.baseline:
                targets.append(
                    Target(
                        indicator=row.ref,
                        period=PERIOD.name,
                        operator=Operator.MORE_THAN if row.target.startswith(">") else None,
                        value=_figure(row.target),
                        baseline=_figure(row.baseline),
                        baseline_period="2011-12" if row.baseline else "",
                    )
                )
            status = Status.NOT_AVAILABLE if figure is None else Status.FINAL
            observations.append(
                _observed(row.ref, row.area, 5 + len(observations), status, value=figure)
            )
    priorities = tuple(
        Priority(ref, heading, achieved, order)
        for order, (ref, heading, achieved, _, _) in enumerate(WORKED, 1)
    )
    register = Register(
        framework=Framework(
            "Medway Council", "Delivering fair and responsive services", "Appendix 3"
        ),
        priorities=priorities,
        indicators=tuple(indicators),
        targets=tuple(targets),
        areas=_AREAS,
        periods=(PERIOD,),
        recipients=(),
    )
    achievements = tuple(
        Achievement(priority, area, PERIOD.name, words, "Achievements", "B5")
        for priority, _, _, achieved, _ in WORKED
        for area, words in achieved
    )
    states = {_INTELLIGENCE: ReturnState.LATE}
    returns = tuple(
        ReturnReceived(
            area=area,
            state=states.get(area.ref, ReturnState.RECEIVED),
            filename=_filename(area.ref),
            received_at=RECEIVED,
            sha256=_hash(area.ref),
            superseded=1 if area.ref == _SAFETY else 0,
        )
        for area in _AREAS
    )
    return _report(register, observations, achievements, returns)


def _figure(printed: str) -> Decimal | None:
    digits = printed.strip("><%")
    return Decimal(digits) if digits else None


def _filename(area: str) -> str:
    return f"{area} return 2012-13.xlsx"


def _hash(area: str) -> str:
    return sha256(area.encode()).hexdigest()


def _observed(
    ref: str,
    area: str,
    row: int,
    status: Status = Status.FINAL,
    *,
    value: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    state: MilestoneState | None = None,
    narrative: str = "",
    suppressed: bool = False,
    commentary: str = "",
) -> Observation:
    return Observation(
        indicator=ref,
        area=area,
        period=PERIOD.name,
        status=status,
        value=value,
        numerator=numerator,
        denominator=denominator,
        state=state,
        narrative=narrative,
        suppressed=suppressed,
        commentary=commentary,
        sheet="Indicators",
        cell=f"H{row}",
        submission=_hash(area),
        filename=_filename(area),
        received_at=RECEIVED,
    )


def _report(
    register: Register,
    observations: list[Observation],
    achievements: tuple[Achievement, ...],
    returns: tuple[ReturnReceived, ...],
    *,
    earlier: dict[str, tuple[Decimal, Decimal]] | None = None,
    remarks: dict[str, tuple[str, ...]] | None = None,
) -> Report:
    """A report made of the project's own merging and rating.

    `earlier` holds an indicator's figure of the last period and of the year before.
    """
    period, policy = register.periods[-1], register.framework.policy
    lines = [
        _line(register, period, merged, (earlier or {}).get(merged.indicator.ref), remarks or {})
        for merged in merge(register, period.name, observations)
    ]
    sections = []
    for priority in register.priorities:
        mine = tuple(line for line in lines if line.indicator.priority == priority.ref)
        sections.append(
            Section(
                priority=priority,
                achievements=tuple(a for a in achievements if a.priority == priority.ref),
                lines=mine,
                tally=tally((line.rating for line in mine), policy),
            )
        )
    own = Own(exceeded=any(n.target and n.target.exceeded_from for n in lines))
    bands = bands_of(register, some_exceed=own.exceeded)
    return Report(
        register=register,
        period=period,
        sections=tuple(sections),
        overall=tally((line.rating for line in lines), policy),
        coverage=coverage_of(line.consolidated for line in lines),
        bands=bands,
        key=key(policy, own),
        overall_key=overall_key(policy, bands),
        returns=returns,
        issued_at=ISSUED,
    )


def _line(
    register: Register,
    period: Period,
    merged: Consolidated,
    earlier: tuple[Decimal, Decimal] | None,
    remarks: dict[str, tuple[str, ...]],
) -> Line:
    indicator = merged.indicator
    target = register.target(indicator.ref, period.name)
    last: Travel | None = None
    year: Travel | None = None
    if merged.value is not None and earlier is not None:
        last = travel(merged.value, earlier[0], "Q2 2012-13", indicator, target)
        year = travel(merged.value, earlier[1], "Q3 2011-12", indicator, target)
    elif merged.value is not None and target is not None and target.baseline is not None:
        basis = f"baseline {target.baseline_period}"
        last = travel(merged.value, target.baseline, basis, indicator, target)
    return Line(
        indicator=indicator,
        consolidated=merged,
        rating=rate(merged, target, register.framework.policy, earlier[1] if earlier else None),
        target=target,
        target_shown=target.shown(indicator) if target else "",
        performance_shown=_performance(merged),
        travel=last,
        year_travel=year,
        remarks=remarks.get(indicator.ref, ()),
        commentary=tuple(o.commentary for o in merged.observations if o.commentary),
    )


def _performance(merged: Consolidated) -> str:
    if merged.conflict:
        return "Areas disagree"
    if merged.suppressed:
        return "Suppressed"
    if merged.value is not None:
        return merged.indicator.shown(merged.value, merged.indicator.decimals)
    return merged.state or merged.narrative


#: Text that a spreadsheet, or whoever writes one, could take for something else.
HOSTILE = (
    '=HYPERLINK("http://evil.example","Open")',
    "+44 members of staff & <b>more</b>",
    "@SUM(A1:A9)",
    "-2 places on last year",
    "<r><t>Not a rich string</t></r>",
    "Ends in _x0041_ and &amp; &G",
    "{=SUM(A1)}",
    "https://council.example/performance",
)

_LONG = (
    "The service took on three further officers in the quarter, and waiting times have begun to "
    "fall; the full effect is expected in the next period. Referrals rose by a quarter over the "
    "same quarter a year before, most of them from schools. "
)
_AB = ("A", "B")
_SPLIT_TARGET = Tolerance(Decimal(2), ToleranceKind.POINTS)


def demanding() -> Report:
    """A report that is hard to print.

    Provisional, conflicting, missing, suppressed and very large figures, money, a range, both
    directions of travel, milestones in every state, long texts, commentary, text that looks like a
    formula, a priority without achievements and one without indicators, and a return awaited.
    """
    period = Period("Q3 2012-13", date(2012, 10, 1), date(2012, 12, 31), date(2013, 1, 31))
    areas = (
        ServiceArea("A", "Highways, parks & streets", "Head of service", "a@council.example"),
        ServiceArea("B", "Housing", "Head of service", "b@council.example"),
        ServiceArea("C", "=Finance", "Head of service", "c@council.example"),
    )
    percent, money = Unit.PERCENT, Unit.CURRENCY
    sole, higher, lower = MergeRule.SOLE, Polarity.HIGHER, Polarity.LOWER
    measure, milestone = Kind.MEASURE, Kind.MILESTONE

    def indicator(
        ref: str,
        wording: str,
        unit: Unit | None,
        decimals: int,
        polarity: Polarity | None,
        owners: tuple[str, ...] = ("A",),
        rule: MergeRule = sole,
        kind: Kind = measure,
        tolerance: Tolerance | None = None,
    ) -> Indicator:
        priority = ref.partition(".")[0]
        return Indicator(
            ref,
            priority,
            wording,
            kind,
            unit,
            decimals,
            polarity,
            owners,
            rule,
            tolerance,
            definition=f"How {ref} is counted. {_LONG}" if ref.endswith("1") else "",
            source="Case management system" if ref.endswith("1") else "",
        )

    indicators = (
        indicator(
            "S.1",
            "Streets of a good standard of cleanliness",
            percent,
            1,
            higher,
            _AB,
            MergeRule.WEIGHTED,
        ),
        indicator("S.2", "Cost of keeping the public realm", money, 0, lower),
        indicator(
            "S.3",
            "Vacancy rate of the housing stock",
            percent,
            1,
            Polarity.RANGE,
            ("B",),
            tolerance=_SPLIT_TARGET,
        ),
        indicator("S.4", "Homes let within the quarter", Unit.COUNT, 0, higher, _AB, MergeRule.SUM),
        indicator("S.5", "Days to repair a reported pothole", Unit.DAYS, 1, lower),
        indicator("S.6", "Satisfaction of residents", Unit.SCORE, 2, higher, _AB),
        indicator("S.7", "Injured on council roads", Unit.COUNT, 0, lower),
        indicator("S.8", "Fines issued", money, 2, Polarity.CONTEXTUAL),
        indicator("S.9", "Change in the area of parks, in hectares", Unit.RATIO, 2, higher),
        indicator("M.1", "Open the new depot", None, 0, None, kind=milestone),
        indicator("M.2", "Replace the street lights", None, 0, None, kind=milestone),
        indicator("M.3", "Let the grounds contract", None, 0, None, kind=milestone),
        indicator("M.4", "Adopt the tree strategy", None, 0, None, kind=milestone),
        indicator("M.5", "What residents tell us", None, 0, None, ("B",), kind=Kind.NARRATIVE),
        indicator("M.6", "Number of particles counted", Unit.COUNT, 0, higher, ("C",)),
        *(
            indicator(f"H.{n}", words, Unit.COUNT, 0, higher, ("C",))
            for n, words in enumerate(HOSTILE, 1)
        ),
    )
    targets = (
        Target("S.1", period.name, value=Decimal("92.5")),
        Target("S.2", period.name, Operator.AT_MOST, Decimal(1_250_000)),
        Target("S.3", period.name, lower=Decimal(2), upper=Decimal("3.5")),
        Target("S.4", period.name, value=Decimal(12_000)),
        Target("S.5", period.name, Operator.LESS_THAN, Decimal(5)),
        Target("S.6", period.name, Operator.AT_LEAST, Decimal("7.50")),
        Target("S.7", period.name, value=Decimal(0)),
        Target("S.9", period.name, value=Decimal("-0.25")),
    )
    observations = [
        _observed(
            "S.1",
            "A",
            5,
            value=Decimal("91.2"),
            numerator=Decimal(912),
            denominator=Decimal(1000),
            commentary=_LONG.strip(),
        ),
        _observed(
            "S.1",
            "B",
            5,
            Status.PROVISIONAL,
            value=Decimal("93.35"),
            numerator=Decimal(1867),
            denominator=Decimal(2000),
        ),
        _observed("S.2", "A", 6, value=Decimal("1402450.5"), commentary="=Overspent on salt."),
        _observed("S.3", "B", 6, value=Decimal("4.1")),
        _observed("S.4", "A", 7, value=Decimal(11_020)),
        _observed("S.5", "A", 8, value=Decimal("6.5"), commentary=(_LONG * 18).strip()),
        _observed("S.6", "A", 9, value=Decimal("7.25")),
        _observed("S.6", "B", 9, value=Decimal("7.75")),
        _observed("S.7", "A", 10, suppressed=True),
        _observed("S.8", "A", 11, value=Decimal("-120.50")),
        _observed("S.9", "A", 12, value=Decimal("-0.50")),
        _observed("M.1", "A", 13, state=MilestoneState.AT_RISK),
        _observed("M.2", "A", 14, state=MilestoneState.MISSED),
        _observed("M.3", "A", 15, state=MilestoneState.NOT_DUE),
        _observed("M.4", "A", 16, state=MilestoneState.COMPLETE),
        _observed("M.5", "B", 17, narrative=_LONG.strip()),
        _observed("M.6", "C", 18, value=Decimal("12345678901234567")),
        _observed("H.1", "C", 19, value=Decimal(3), commentary="+1\x00\x1b and a bell\x07"),
    ]
    register = Register(
        framework=Framework(
            "Borough of R&G",
            "Clean, green and safe: how the borough's services performed against the plan",
            "Appendix 12/B",
            replace(
                Policy(),
                kind=PolicyKind.IMPROVEMENT,
                tolerance=Tolerance(Decimal(10), ToleranceKind.PERCENT_OF_TARGET),
            ),
        ),
        priorities=(
            Priority("S", "Safe, clean streets and decent homes", "Safe, clean streets", 1),
            Priority("M", "Modern services " + "that residents can rely on " * 5, "Services", 2),
            Priority("H", '=cmd|"/c calc"!A1', '=cmd|"/c calc"!A1', 3),
            Priority("E", "A priority that has no indicator yet", "Something new", 4),
        ),
        indicators=indicators,
        targets=targets,
        areas=areas,
        periods=(period,),
        recipients=(),
    )
    achievements = (
        Achievement("S", "A", period.name, "A first line\nand a second of one achievement"),
        Achievement("S", "A", period.name, (_LONG * 20).strip()),
        Achievement("H", "C", period.name, HOSTILE[0]),
        Achievement("E", "B", period.name, "word" * 60),
    )
    returns = (
        ReturnReceived(
            areas[0],
            ReturnState.RECEIVED,
            "A.xlsx",
            RECEIVED,
            _hash("A"),
            0,
            2,
            1,
            "A final (2).xlsx",
        ),
        ReturnReceived(areas[1], ReturnState.REJECTED, "-B.xlsx", RECEIVED, _hash("B"), 4, 1),
        ReturnReceived(areas[2], ReturnState.OVERDUE),
    )
    return _report(
        register,
        [replace(o, period=period.name) for o in observations],
        achievements,
        returns,
        earlier={
            "S.1": (Decimal("93.0"), Decimal("90.1")),
            "S.2": (Decimal(1_300_000), Decimal(1_450_000)),
            "S.5": (Decimal("6.5"), Decimal("5.1")),
        },
        remarks={
            "S.1": ("The figure of Housing is provisional.",),
            "S.4": ("Housing has not reported.",),
            "S.6": ("Highways, parks & streets reported 7.25 and Housing 7.75.",),
        },
    )


_MEASURED = (
    "Percentage of households that were helped before they lost their home",
    "Repairs done on the day that was agreed with the tenant",
    "Residents who say that they feel safe after dark",
    "Percentage of children who reach a good level of development at the age of five, all schools",
    "Planning applications decided in time",
    "Waste sent to be used again, recycled or composted",
    "Visits to libraries, leisure centres and museums",
)
_SAID = (
    "Two posts were filled in the quarter and the backlog has begun to fall. The full effect is "
    "expected in the next period, once the new staff have been trained. Referrals rose again. "
)


#: Eight quarters, the last of which is reported on.
EIGHT = tuple(
    Period(
        f"{year}-{year - 1999} Q{n}",
        date(year + n // 4, (4, 7, 10, 1)[n - 1], 1),
        date(year + n // 4, *((6, 30), (9, 30), (12, 31), (3, 31))[n - 1]),
        date(2015, 4, 30),
    )
    for year in (2013, 2014)
    for n in (1, 2, 3, 4)
)


def of_many(
    indicators: int = 120,
    priorities: int = 12,
    commentary: int = 0,
    wording: int = 0,
    quarters: int = 1,
) -> Report:
    """A report of many indicators, each compared with the last quarter and the year before.

    Every third has commentary of so many characters, and wordings have `wording` characters, where
    these are not 0. Every tenth indicator is contextual. `quarters` are those of which figures
    stand; every seventh lacks one, for one reason or another.
    """
    period = EIGHT[-1]
    areas = tuple(
        ServiceArea(f"A{n:02}", f"Service area {n:02}", "Head of service", f"a{n}@council.example")
        for n in range(20)
    )
    units = (Unit.PERCENT, Unit.COUNT, Unit.CURRENCY, Unit.DAYS)
    measured = tuple(
        Indicator(
            ref=f"P{n % priorities + 1}-{n // priorities + 1}",
            priority=f"P{n % priorities + 1}",
            wording=_of_length(_MEASURED[n % len(_MEASURED)], wording),
            kind=Kind.MEASURE,
            unit=units[n % len(units)],
            decimals=1 if units[n % len(units)] is Unit.PERCENT else 0,
            polarity=Polarity.CONTEXTUAL if n % 10 == 9 else Polarity.HIGHER,
            areas=(areas[n % len(areas)].ref,),
        )
        for n in range(indicators)
    )
    register = Register(
        framework=Framework("Example Council", "Fair and responsive services", "Appendix 1"),
        priorities=tuple(
            Priority(f"P{n}", f"Priority {n}: services that residents can rely on", "", n)
            for n in range(1, priorities + 1)
        ),
        indicators=measured,
        targets=tuple(
            Target(each.ref, period.name, value=Decimal(52))
            for each in measured
            if not each.is_contextual
        ),
        areas=areas,
        periods=EIGHT[-quarters:],
        recipients=(),
    )
    observations = [
        Observation(
            indicator=each.ref,
            area=each.areas[0],
            period=period.name,
            status=Status.FINAL,
            value=Decimal(n * 7919 % (900 if each.unit is Unit.PERCENT else 20_000)) / 10
            if each.unit is Unit.PERCENT
            else Decimal(n * 7919 % 20_000),
            commentary=_of_length(_SAID, commentary) if commentary and n % 3 == 0 else "",
            sheet="Indicators",
            cell=f"H{n + 5}",
            submission=_hash(each.areas[0]),
            filename=f"{each.areas[0]}.xlsx",
            received_at=RECEIVED,
        )
        for n, each in enumerate(measured)
    ]
    made = _report(
        register,
        observations,
        tuple(
            Achievement(priority.ref, area.ref, period.name, _SAID.strip())
            for priority, area in zip(register.priorities, areas, strict=False)
        ),
        tuple(ReturnReceived(area, ReturnState.RECEIVED, f"{area.ref}.xlsx") for area in areas),
        earlier={
            o.indicator: (o.value - 3, o.value + 5) for o in observations if o.value is not None
        },
        remarks={},
    )
    return with_series(made, quarters)


_REASONS = ("Suppressed", "No data", "Recalled", "Areas disagree")


def with_series(report: Report, quarters: int) -> Report:
    """The report with so many quarters' figures of each indicator, and ratings of before."""
    if quarters < 2:
        return report
    periods = report.register.periods
    numbers = {line.indicator.ref: n for n, line in enumerate(report.lines)}

    def point(line: Line, number: int, at: int) -> Point:
        value, indicator = line.consolidated.value, line.indicator
        if value is None or (number % 7 == 3 and at == number % len(periods)):
            return Point(periods[at].name, why=_REASONS[number % len(_REASONS)])
        then = abs(value - Decimal(3 * (len(periods) - 1 - at)) * (-1) ** (number + at))
        figure = indicator.shown(then, indicator.decimals)
        code = "contextual" if indicator.is_contextual else ("green", "amber", "red")[at % 3]
        return Point(periods[at].name, figure, then, code)

    def drawn(line: Line) -> Line:
        number = numbers[line.indicator.ref]
        before = [point(line, number, at) for at in range(len(periods) - 1)]
        value, code = line.consolidated.value, line.rating.code
        own = Point(report.period.name, line.performance_shown, value, code)
        return replace(line, series=(*before, own))

    return replace(
        report,
        sections=tuple(
            replace(each, lines=tuple(map(drawn, each.lines))) for each in report.sections
        ),
        earlier=tuple(
            EarlierTally(each.name, replace(report.overall, green=report.overall.green - n))
            for n, each in enumerate(periods[:-1])
        ),
    )


def _of_length(words: str, length: int) -> str:
    """The words, again and again up to so many characters; as they are where that is 0."""
    if not length:
        return words
    return (f"{words.strip()} " * (length // len(words) + 2))[: length - 1].rstrip() + "."
