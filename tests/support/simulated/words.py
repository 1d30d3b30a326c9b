"""The register of a council of 20 areas and 80 indicators over three years, as it is typed.

It is made by chance from a seed, and has one of each thing that a register can say of time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

Row = dict[str, object]
Sheets = dict[str, list[Row]]

YEARS = (2012, 2013, 2014)
#: Returns are due so many days after a period's end.
DAYS_GIVEN = 20
BELOW = 5

_NAMES = (
    "Adult care", "Benefits", "Cemeteries", "Digital", "Education", "Finance", "Gardens",
    "Housing", "Inspection", "Justice", "Kerbside", "Libraries", "Museums", "Nurseries",
    "Outreach", "Planning", "Quays", "Roads", "Schools", "Theatres",
)  # fmt: skip
#: By ref.
AREAS = {f"{name[:3].upper()}": name for name in _NAMES}

CUMULATIVE, LATEST = "reported cumulatively", "latest known"
#: Who reports every month.
MONTHLY = ("CEM", "DIG", "EDU", "GAR", "KER", "MUS", "OUT")
#: Of two whose figure is the one received last, who reports first.
FIRST, SECOND = ("ADU", "BEN"), ("SCH", "THE")

_OF = (
    "Visits to {}", "Requests about {}", "Hours given to {}", "Letters on {}",
)  # fmt: skip
_THINGS = (
    "allotments", "bridges", "canals", "drains", "elms", "ferries", "greens", "harbours", "inns",
    "jetties", "kilns", "lanes", "markets", "nests", "orchards", "parks", "quarries", "rivers",
    "squares", "towers",
)  # fmt: skip
#: What a usual figure of an area is, by unit: lowest, highest, decimals.
USUAL = {
    "count": (90, 1500, 0),
    "percent": (45, 90, 1),
    "currency": (20000, 400000, 0),
    "days": (6, 40, 1),
    "ratio": (1, 3, 2),
    "score": (3, 9, 1),
}
#: How bands are printed once the officer has said so.
BANDS = (
    {"Band": "exceeded", "Word": "Well above target"},
    {"Band": "green", "Word": "On target", "Symbol": "●", "Colour": "#4BA673"},
    {"Band": "red", "Word": "Off target", "Symbol": "▲", "Colour": "#A51C1C"},
)


def name_of_year(begun: int) -> str:
    return f"{begun}-{begun - 1999}"


def _first(begun: int, number: int) -> date:
    """The first day of a month of a year that begins in April, from 1 to 13."""
    months = begun * 12 + 3 + number - 1
    return date(months // 12, months % 12 + 1, 1)


def _spans(begun: int) -> Iterator[tuple[str, date, date]]:
    year = name_of_year(begun)
    yield year, _first(begun, 1), _first(begun, 13)
    for half in (1, 2):
        yield f"{year} H{half}", _first(begun, 6 * half - 5), _first(begun, 6 * half + 1)
    for quarter in (1, 2, 3, 4):
        yield f"{year} Q{quarter}", _first(begun, 3 * quarter - 2), _first(begun, 3 * quarter + 1)
    for month in range(1, 13):
        starts = _first(begun, month)
        yield f"{starts:%B %Y}", starts, _first(begun, month + 1)


def periods() -> list[Row]:
    """Months, quarters, halves and years of three years."""
    return [
        {
            "Name": name,
            "Starts": starts,
            "Ends": after - timedelta(days=1),
            "Returns due": after + timedelta(days=DAYS_GIVEN - 1),
            "Open or closed": "open",
        }
        for begun in YEARS
        for name, starts, after in _spans(begun)
    ]


def quarter_ends() -> list[date]:
    """The last days of the quarters."""
    return [
        _first(begun, 3 * number + 1) - timedelta(days=1)
        for begun in YEARS
        for number in range(1, 5)
    ]


class Council:
    """The register's sheets, and what is usual of each indicator."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311  the same seed makes the same council
        #: What an area's figure of an indicator usually is, by ref and unit.
        self.usual: dict[tuple[str, str], float] = {}
        self.indicators: list[Row] = []
        self.targets: list[Row] = []
        self._wordings = iter([of.format(thing) for of in _OF for thing in _THINGS])
        self._measures()
        self._over_time()
        self._accumulated()
        self._shaped()
        self._filled_up()
        self._asked()
        self.sheets: Sheets = {
            "Framework": [
                {
                    "Council": "Example Borough Council",
                    "Title": "A fair borough",
                    "Appendix number": "Appendix 3",
                    "Rating policy": "target and tolerance",
                    "Tolerance": "5%",
                    "Tolerance kind": "percent of target",
                    "Green from": 0.75,
                    "Amber from": 0.5,
                    "Small numbers below": BELOW,
                    "Confidence": "may be given",
                    # The oracle says nothing of the figures of earlier periods beside a line.
                    "Earlier periods": 0,
                }
            ],
            "Priorities": [
                {"Ref": f"P{n}", "Heading": f"Priority {n}: {what}", "Order": n}
                for n, what in enumerate(("People", "Places", "Money", "Trust"), 1)
            ],
            "Indicators": self.indicators,
            "Targets": self.targets,
            "Service areas": [
                {"Ref": ref, "Name": name, "E-mail": f"{ref.lower()}@council.example"}
                for ref, name in AREAS.items()
            ],
            "Periods": periods(),
            "Recipients": [],
            "Policies": [
                {
                    "From period": "2013-14 Q1",
                    "Rating policy": "target or improvement",
                    "Tolerance": "10%",
                    "Tolerance kind": "percent of target",
                    "Green from": 0.7,
                    "Amber from": 0.4,
                    "Coverage from": 0.5,
                    "Exceeded by": "6%",
                },
                {
                    "From period": "2014-15 Q1",
                    "Rating policy": "target and tolerance",
                    "Tolerance": "3%",
                    "Tolerance kind": "percent of target",
                    "Green from": 0.8,
                    "Amber from": 0.5,
                    "Coverage from": 0.97,
                },
            ],
        }

    # --- Indicators --------------------------------------------------------------------------

    def _areas(self, number: int, due: str = "") -> str:
        some = MONTHLY if due == "monthly" else list(AREAS)
        return "; ".join(sorted(self.chance.sample(some, number)))

    def indicator(self, due: str, unit: str | None = None, **more: object) -> Row:
        """Another indicator; what is not said of it is made by chance."""
        chance = self.chance
        number = len({row["Ref"] for row in self.indicators}) + 1
        unit = unit or chance.choice(list(USUAL))
        rule = str(more.pop("rule", "") or self._rule(unit))
        is_one = rule == "sole owner" and chance.random() < 0.7
        areas = self._areas(1 if is_one else chance.choice((2, 2, 3, 4)), due)
        if rule == "latest":
            areas = f"{chance.choice(FIRST)}; {chance.choice(SECOND)}"
        row: Row = {
            "Ref": f"P{(number - 1) % 4 + 1}-{number}",
            "Priority": f"P{(number - 1) % 4 + 1}",
            "Indicator": next(self._wordings),
            "Kind": "measure",
            "Unit": unit,
            "Decimals": USUAL[unit][2] or None,
            "Polarity": chance.choice(("higher", "lower")),
            "Service areas": areas,
            "Merge rule": None if rule == "sole owner" else rule,
            "Due": due,
            "When not due": chance.choice((None, None, "leave out")),
            **more,
        }
        if chance.random() < 0.2:
            row["Tolerance"], row["Tolerance kind"] = chance.choice(
                (("2%", "percent of target"), ("8%", "percent of target"), (2, "points"))
            )
        self.indicators.append(row)
        for each, (low, high, _) in USUAL.items():
            self.usual[str(row["Ref"]), each] = chance.uniform(low, high)
        return row

    def _rule(self, unit: str) -> str:
        rules = ["sole owner", "sole owner", "mean", "minimum", "maximum"]
        if unit in ("count", "currency"):
            rules += ["sum", "sum", "sum"]
        if unit in ("percent", "ratio"):
            rules += ["weighted", "weighted"]
        return self.chance.choice(rules)

    def _measures(self) -> None:
        for rule in ("sum", "sole owner", "maximum"):
            self.aimed(self.indicator("monthly", "count", rule=rule))
        self.aimed(self.indicator("monthly", "percent", rule="weighted"))
        self.aimed(self.indicator("monthly", "days", rule="mean"))
        for due in ("quarterly", "quarterly", "quarterly", "yearly"):
            self.aimed(self.indicator(due, rule="latest"))
        for _ in range(3):
            self.aimed(self.indicator("monthly"))
        for _ in range(12):
            self.aimed(self.indicator("quarterly"))
        for _ in range(3):
            self.aimed(self.indicator("half-yearly"))
        for _ in range(8):
            self.aimed(self.indicator("yearly"))
        for _ in range(2):
            every_other = {"First period": "2012-13"}
            self.aimed(self.indicator("every other year", **every_other))
        self.aimed(self.indicator("every period", "percent", rule="weighted"))
        listed = {"Due in": "2012-13 Q2; 2013-14 Q1; 2014-15 Q4"}
        self.aimed(self.indicator("in listed periods", "score", **listed))
        self.indicator("quarterly", "count", rule="sum", Polarity="contextual")
        context = self.indicator("quarterly", "percent", rule="mean", Polarity="contextual")
        context.update({"Tolerance": None, "Tolerance kind": None})
        self.aimed(context)
        self.aimed(self.indicator("quarterly", "percent", rule="mean", Polarity="range"))
        self.aimed(self.indicator("monthly", "days", rule="sole owner", Polarity="range"))
        for _ in range(3):
            words = {"Unit": None, "Decimals": None, "Polarity": None, "Merge rule": None}
            row = self.indicator("quarterly", "score", rule="sole owner", **words)
            row.update({"Kind": "milestone", "Service areas": self._areas(1)})
            row.update({"Tolerance": None, "Tolerance kind": None})
        row = self.indicator("half-yearly", "score", rule="sole owner", **words)
        row.update({"Kind": "narrative", "Tolerance": None, "Tolerance kind": None})

    def _over_time(self) -> None:
        """Indicators that begin, end, change and are handed over, with a row for each change."""
        self.aimed(self.indicator("quarterly", "count", **{"First period": "2013-14 Q2"}))
        self.aimed(self.indicator("quarterly", "percent", **{"Last period": "2013-14 Q3"}))
        unit = self.indicator("quarterly", "count", rule="sum")
        self.change(unit, "2013-14 Q1", Unit="percent", Decimals=1, **{"Merge rule": "mean"})
        for name in self.due_names("quarterly"):
            row = unit if name < "2013-14" else self.indicators[-1]
            self.targets.append({"Indicator": unit["Ref"], "Period": name, **self._goal(row)})
        polarity = self.indicator("quarterly", "days", rule="mean", Polarity="higher")
        self.aimed(polarity)
        for goal in self.targets:
            if goal["Indicator"] == polarity["Ref"]:
                # What goes by a polarity would contradict the other.
                for heading in ("Operator", "Green from", "Red from", "Exceeded from"):
                    goal[heading] = None
        self.change(polarity, "2013-14 Q3", Polarity="lower", **{"With before": "compared"})
        monthly = self.indicator("monthly", "days", rule="mean")
        self.aimed(monthly)
        self.change(monthly, "October 2013", Indicator="Hours of lessons", Decimals=2,
                    **{"With before": "compared"})  # fmt: skip
        measured = self.indicator("quarterly", "count", rule="sum")
        self.aimed(measured)
        self.change(measured, "2014-15 Q1", Definition="Counted by camera from here on.")
        handed = self.indicator("quarterly", "score", rule="sole owner")
        handed["Service areas"] = "ADU"
        self.aimed(handed)
        self.change(handed, "2013-14 Q2", **{"Service areas": "BEN", "With before": "compared"})
        joined = self.indicator("monthly", "count", rule="sum")
        joined["Service areas"] = "CEM; DIG"
        self.aimed(joined)
        self.change(joined, "January 2014", **{"Service areas": "CEM; DIG; EDU",
                    "With before": "compared"})  # fmt: skip
        eased = self.indicator("yearly", "percent", rule="weighted")
        eased.update({"Tolerance": None, "Tolerance kind": None})
        self.aimed(eased)
        self.change(eased, "2014-15", **{"Tolerance": "12%", "Tolerance kind": "percent of target",
                    "With before": "compared"})  # fmt: skip

    def _accumulated(self) -> None:
        """Indicators whose figures add up, grow or roll over a year, or hold until the next."""
        ways = (
            ("monthly", "count", "sum", "year to date"),
            ("quarterly", "currency", "sum", "year to date"),
            ("quarterly", "percent", "weighted", "year to date"),
            ("half-yearly", "count", "sole owner", "year to date"),
            ("monthly", "count", "sum", CUMULATIVE),
            ("quarterly", "count", "sole owner", CUMULATIVE),
            ("quarterly", "ratio", "weighted", CUMULATIVE),
            ("quarterly", "count", "sum", "rolling sum"),
            ("quarterly", "days", "mean", "rolling mean"),
            ("monthly", "percent", "weighted", "rolling weighted"),
            ("quarterly", "score", "sole owner", LATEST),
            ("yearly", "percent", "mean", LATEST),
        )
        for due, unit, rule, way in ways:
            row = self.indicator(due, unit, rule=rule, Accumulation=way)
            if way == CUMULATIVE:
                # Its growth might be small, which the oracle does not suppress.
                row["Small numbers"] = "publish"
            adds_up = unit in ("count", "currency") and way in ("year to date", CUMULATIVE)
            lengths = {"monthly": 12, "quarterly": 4, "half-yearly": 2, "yearly": 1}[due]
            times = lengths if unit in ("count", "currency") and way != LATEST else 1
            self.targets.append(
                {
                    "Indicator": row["Ref"],
                    "Period": "2012-13",
                    **self._goal(row, times),
                    "Spread": "adding up evenly" if adds_up else "the same in each",
                    "Next year": "changed by percent",
                    "Change a year": "2%",
                }
            )
        broken = self.indicator("quarterly", "count", rule="sum", Accumulation="year to date")
        self.aimed(broken)
        self.change(broken, "2013-14 Q3", Definition="Counted at the door from here on.")
        replaced = self.indicator("quarterly", "percent", **{"Last period": "2013-14 Q1"})
        self.aimed(replaced)
        first = {"First period": "2013-14 Q2", "Replaces": replaced["Ref"]}
        self.aimed(self.indicator("quarterly", "percent", **first))

    def _shaped(self) -> None:
        """Indicators whose target of a year takes the proportions of the year before."""
        for due, unit, rule, way in (
            ("quarterly", "count", "sum", None),
            ("quarterly", "currency", "sole owner", None),
            ("quarterly", "count", "sum", "year to date"),
            ("quarterly", "count", "sole owner", CUMULATIVE),
            ("monthly", "count", "sole owner", None),
        ):
            row = self.indicator(due, unit, rule=rule, Accumulation=way)
            row["Service areas"] = self._areas(1 if rule == "sole owner" else 2, due)
            if way == CUMULATIVE:
                row["Small numbers"] = "publish"
            shaped = {"Indicator": row["Ref"], "Spread": "last year's shape"}
            times = 12 if due == "monthly" else 4
            goal = self._goal(row, times)
            carried = {"Next year": "changed by percent", "Change a year": "3%"}
            self.targets.append({**shaped, "Period": "2012-13", **goal, **carried})
            if self.chance.random() < 0.5:
                self.targets.append({**shaped, "Period": "2014-15", **self._goal(row, times)})

    def _asked(self) -> None:
        """What areas are asked for beside their figures."""
        chance = self.chance
        changed = {row["Ref"] for row in self.indicators if row.get("Changed from")}
        plain = [row for row in self.indicators if row["Ref"] not in changed]
        rated = [
            row
            for row in plain
            if row["Kind"] == "milestone" or row["Polarity"] in ("higher", "lower", "range")
        ]
        for row in chance.sample(rated, 14):
            row["Corrective action"] = chance.choice(("where red", "where red or amber"))
        for row in chance.sample(rated, 6):
            row.setdefault("Corrective action", "never")
        measures = [row for row in plain if row["Kind"] == "measure"]
        foreseen = [
            row
            for row in measures
            if row["Due"] in ("monthly", "quarterly", "half-yearly")
            and (row["Merge rule"] != "weighted" or ";" not in str(row["Service areas"]))
        ]
        for row in chance.sample(foreseen, 12):
            row["Year-end forecast"] = chance.choice(("may be given", "required"))
        for row in chance.sample(measures, 8):
            row["Confidence"] = chance.choice(("never", "required"))

    def _filled_up(self) -> None:
        left = 80 - len({row["Ref"] for row in self.indicators})
        for _ in range(left):
            self.aimed(self.indicator("quarterly"))

    def change(self, row: Row, since: str, **cells: object) -> None:
        """Another row of an indicator, which holds from a period on."""
        self.indicators.append({**row, **cells, "Changed from": since})

    # --- What the officer changes meanwhile --------------------------------------------------

    def amend(self, quarter: int) -> None:
        """What is changed in the register once a quarter, by its number from 0, is closed."""
        areas = self.sheets["Service areas"]
        match quarter:
            case 3:
                museums = next(row for row in areas if row["Ref"] == "MUS")
                named = {"Name": "Museum service", "Changed from": "2013-14 Q1"}
                areas.append({**museums, **named})
                # Not from a period on: closed ones keep what they had.
                self.indicators[0].update(
                    {"Tolerance": "7%", "Tolerance kind": "percent of target"}
                )
            case 4:
                kerbside = next(row for row in areas if row["Ref"] == "KER")
                kerbside.update({"Last period": "2013-14 Q2", "Becomes": "GAR"})
            case 6:
                outreach = next(row for row in areas if row["Ref"] == "OUT")
                outreach.update({"Last period": "2013-14 Q4", "Becomes": "QUA; ROA"})
                areas.append({"Ref": "WAL", "Name": "Walks", "First period": "2014-15 Q1"})
                self._hand_over()
            case 8:
                row = next(
                    row
                    for row in self.indicators
                    if (row["Merge rule"], row["Due"]) == ("mean", "quarterly")
                    and not row.get("Accumulation")
                )
                row["Merge rule"] = "maximum"
            case 5:
                self.sheets["Bands"] = [dict(row) for row in BANDS]
            case 7:
                museums = next(row for row in areas if row["Ref"] == "MUS")
                named = {"Name": "Museum service", "Changed from": "2014-15 Q1"}
                areas.append({**museums, **named})
                self.sheets["Framework"][0]["Corrective action"] = "where red"

    def _hand_over(self) -> None:
        """Rows that say who reports what the area did that was split."""
        for ref in dict.fromkeys(str(row["Ref"]) for row in self.indicators):
            rows = [row for row in self.indicators if row["Ref"] == ref]
            for row in rows:
                if "2014-15" in str(row.get("Changed from") or ""):
                    row["Service areas"] = self._without_outreach(row)
            held = [row for row in rows if "2014-15" not in str(row.get("Changed from") or "")]
            is_changed = len(held) < len(rows)
            if not is_changed and "OUT" in str(held[-1]["Service areas"]):
                cells = {"Service areas": self._without_outreach(held[-1])}
                self.change(held[-1], "2014-15", **cells, **{"With before": "compared"})

    def _without_outreach(self, row: Row) -> str:
        areas = str(row["Service areas"]).split("; ")
        instead = self.chance.choice((["QUA"], ["ROA"], ["QUA", "ROA"], ["WAL"]))
        if row["Merge rule"] is None or row["Kind"] != "measure":
            instead = instead[:1]
        named = [one for area in areas for one in (instead if area == "OUT" else [area])]
        return "; ".join(dict.fromkeys(named))

    def rename(self, old: str, new: str) -> None:
        """Another name for a period, wherever it stands."""
        for rows in self.sheets.values():
            for row in rows:
                for heading, said in row.items():
                    if isinstance(said, str) and old in said.split("; "):
                        names = [new if name == old else name for name in said.split("; ")]
                        row[heading] = "; ".join(names)
        period = next(row for row in self.sheets["Periods"] if row["Name"] == new)
        period["Formerly"] = old

    # --- Targets -----------------------------------------------------------------------------

    def worth(self, row: Row) -> float:
        """About what the areas' figures come to."""
        each = self.usual[str(row["Ref"]), str(row["Unit"])]
        areas = str(row["Service areas"]).count(";") + 1
        return each * areas if row["Merge rule"] == "sum" else each

    def typed(self, row: Row, figure: float) -> object:
        """A figure as the officer types it in an indicator's unit."""
        unit, decimals = str(row["Unit"]), USUAL[str(row["Unit"])][2]
        if unit == "percent":
            return f"{figure:.{self.chance.choice((0, 1))}f}%"
        if unit == "currency":
            return f"£{figure:,.0f}"
        return round(figure, decimals) if decimals else round(figure)

    def _goal(self, row: Row, size: float = 1.0) -> Row:
        worth = self.worth(row) * self.chance.uniform(0.97, 1.03) * size
        if row["Polarity"] == "range":
            return {"Lower": self.typed(row, worth * 0.96), "Upper": self.typed(row, worth * 1.04)}
        if row["Polarity"] == "contextual":
            return {"Target": self.typed(row, worth)}
        strict = {"higher": ">", "lower": "<"}[str(row["Polarity"])]
        operator = self.chance.choice((None, None, None, strict, f"{strict}="))
        goal: Row = {"Target": self.typed(row, worth), "Operator": operator}
        if operator is None and self.chance.random() < 0.25:
            better = 1 if row["Polarity"] == "higher" else -1
            if self.chance.random() < 0.7:
                goal["Green from"] = self.typed(row, worth * (1 - 0.02 * better))
            goal["Red from"] = self.typed(row, worth * (1 - 0.08 * better))
            if self.chance.random() < 0.5:
                goal["Exceeded from"] = self.typed(row, worth * (1 + 0.07 * better))
        return goal

    def aimed(self, row: Row) -> None:
        """Targets of an indicator: one of a year that is spread, or each of its own."""
        chance, due, ref = self.chance, str(row["Due"]), row["Ref"]
        lengths = {"monthly": 12, "quarterly": 4, "half-yearly": 2}
        if due in lengths and chance.random() < 0.7:
            adds_up = row["Merge rule"] == "sum" and chance.random() < 0.7
            spread = "even parts" if adds_up else "the same in each"
            of_year = self._goal(row, lengths[due] if adds_up else 1)
            self.targets.append(
                {"Indicator": ref, "Period": "2012-13", **of_year, "Spread": spread,
                 **self._carried(row)}
            )  # fmt: skip
            if chance.random() < 0.3:
                of_year = self._goal(row, lengths[due] if adds_up else 1)
                self.targets.append(
                    {"Indicator": ref, "Period": "2014-15", **of_year, "Spread": spread}
                )
            for name in chance.sample(self.due_names(due), 2):
                self.targets.append({"Indicator": ref, "Period": name, **self._goal(row)})
            return
        if chance.random() < 0.4:
            first = self.due_names(due)[: lengths.get(due, 1)]
            for name in first:
                self.targets.append(
                    {"Indicator": ref, "Period": name, **self._goal(row), **self._carried(row)}
                )
            return
        for name in self.due_names(due):
            if chance.random() < 0.75:
                goal: Row = {"Indicator": ref, "Period": name, **self._goal(row)}
                if chance.random() < 0.3:
                    goal["Baseline"] = self.typed(row, self.worth(row) * chance.uniform(0.8, 1.2))
                    goal["Baseline period"] = "2010-11"
                self.targets.append(goal)

    def _carried(self, row: Row) -> Row:
        unit = row["Unit"]
        by_points = {"percent": "1%", "currency": "£500"}.get(str(unit), 2)
        return self.chance.choice(
            (
                {},
                {"Next year": "the same"},
                {"Next year": "changed by percent", "Change a year": "2%"},
                {"Next year": "changed by percent", "Change a year": "-3%"},
                {"Next year": "changed by points", "Change a year": by_points},
            )
        )

    @staticmethod
    def due_names(due: str) -> list[str]:
        """The periods of an indicator's own length."""
        months = {"monthly": 0, "quarterly": 1, "half-yearly": 2, "yearly": 3}.get(due, 3)
        names = [
            [name for name, starts, after in _spans(begun)] for begun in YEARS
        ]  # year, halves, quarters, months
        cut = {3: slice(0, 1), 2: slice(1, 3), 1: slice(3, 7), 0: slice(7, 19)}[months]
        return [name for some in names for name in some[cut]]
