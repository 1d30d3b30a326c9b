"""The register as the oracle reads it at one moment: what is asked of whom in which period.

It knows the sheets as plain rows of words, and what `docs/register.md` and `docs/rating.md` say of
them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from tests.support.oracle.words import (
    Row,
    decimals_of,
    figure,
    listed,
    places,
    printed,
    rounded,
    text,
    typed,
)

#: The sheets of a register by their names; `Framework` has its settings in one row.
Sheets = Mapping[str, Sequence[Row]]

#: The figure that an indicator's last issue for a period printed; None where it is none to go by.
Published = Callable[[str, "Span"], Fraction | None]

#: How each band is printed where the register does not say otherwise: its symbol and its word.
_BANDS = {
    "exceeded": ("★", "Exceeded"),
    "green": ("✔", "Green"),
    "amber": ("◆", "Amber"),
    "red": ("✖", "Red"),
}
LAST_SHAPE = "last year's shape"

THRESHOLDS = ("Green from", "Red from", "Exceeded from")
_MONTHS = {"monthly": 1, "quarterly": 3, "half-yearly": 6, "yearly": 12, "every other year": 12}


@dataclass(frozen=True)
class Span:
    """A period."""

    name: str
    starts: date
    ends: date
    due: date
    is_open: bool

    @property
    def months(self) -> int:
        years = self.ends.year - self.starts.year
        return 12 * years + self.ends.month - self.starts.month + 1

    @property
    def order(self) -> tuple[date, int]:
        """Of those that end together the shorter comes first."""
        return self.ends, self.months

    def holds(self, other: Span) -> bool:
        """Whether another, shorter one lies in it."""
        is_within = self.starts <= other.starts and other.ends <= self.ends
        return is_within and other.months < self.months


@dataclass(frozen=True)
class Goal:
    """What is to be reached, with the operator that decides."""

    shown: str
    operator: str
    value: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    #: From where on it is green, red, exceeded, where the target says so itself.
    thresholds: Mapping[str, Fraction] = field(default_factory=dict)

    def admits(self, value: Fraction) -> bool:
        if self.value is None:
            assert self.lower is not None
            assert self.upper is not None
            return self.lower <= value <= self.upper
        return {
            ">=": value >= self.value,
            "<=": value <= self.value,
            ">": value > self.value,
            "<": value < self.value,
            "=": value == self.value,
        }[self.operator]

    def nearest(self, value: Fraction) -> Fraction:
        """The end that a figure out of target is measured from."""
        if self.value is not None:
            return self.value
        assert self.lower is not None
        assert self.upper is not None
        return self.lower if value < self.lower else self.upper


@dataclass(frozen=True)
class Policy:
    """What the colours mean in a period."""

    kind: str
    tolerance: Fraction
    tolerance_kind: str
    green_from: Fraction
    amber_from: Fraction
    coverage_from: Fraction
    #: None: there is no fourth band.
    exceeded_by: Fraction | None = None


class Register:
    """What stands in the register."""

    def __init__(self, sheets: Sheets) -> None:
        self.sheets = sheets
        self.spans = [
            Span(
                text(row, "Name"),
                _day(row, "Starts"),
                _day(row, "Ends"),
                _day(row, "Returns due"),
                text(row, "Open or closed") == "open",
            )
            for row in sheets["Periods"]
        ]
        self.by_name = {span.name: span for span in self.spans}
        #: What periods are called now, by what they were called before.
        self.called = {
            former: text(row, "Name")
            for row in sheets["Periods"]
            for former in listed(row, "Formerly")
        }
        self._rows: dict[str, list[Row]] = {}
        for row in sheets["Indicators"]:
            self._rows.setdefault(text(row, "Ref"), []).append(row)
        for rows in self._rows.values():
            rows.sort(key=lambda row: self._since(row, "Changed from"))
        self.refs = list(self._rows)
        self._targets = {
            (text(row, "Indicator"), text(row, "Period")): row for row in sheets["Targets"]
        }
        self._due: dict[tuple[str, str], bool] = {}
        self._held: dict[tuple[str, str], Row] = {}
        self._areas: dict[str, list[Row]] = {}
        for row in sheets["Service areas"]:
            self._areas.setdefault(text(row, "Ref"), []).append(row)
        for rows in self._areas.values():
            rows.sort(key=lambda row: self._since(row, "Changed from"))

        #: By band: its symbol and its word.
        self.bands = dict(_BANDS)
        for row in sheets.get("Bands", ()):
            symbol, word = _BANDS[text(row, "Band")]
            said = text(row, "Symbol") or symbol, text(row, "Word") or word
            self.bands[text(row, "Band")] = said

    def worded(self, rating: str) -> str:
        """A rating as it is printed: a band with its symbol and word."""
        return " ".join(self.bands[rating]) if rating in self.bands else rating

    # --- What is asked when ------------------------------------------------------------------

    def rows(self, ref: str) -> list[Row]:
        """The rows of an indicator in the order in which they come to hold."""
        return self._rows[ref]

    def _since(self, row: Row, heading: str) -> date:
        name = text(row, heading)
        return self.by_name[name].starts if name else date.min

    def row(self, ref: str, span: Span) -> Row:
        """The row that holds in a period, with the areas that owe it then."""
        if (ref, span.name) not in self._held:
            row = self._holding(self.rows(ref), span)
            areas = "; ".join(self._owing(listed(row, "Service areas"), span))
            self._held[ref, span.name] = {**row, "Service areas": areas}
        return self._held[ref, span.name]

    def _holding(self, rows: list[Row], span: Span) -> Row:
        held = [row for row in rows if self._since(row, "Changed from") <= span.starts]
        return held[-1] if held else rows[0]

    def is_asked(self, row: Row, span: Span) -> bool:
        """Whether a period lies between its first and its last."""
        last = text(row, "Last period")
        ends = self.by_name[last].ends if last else date.max
        return self._since(row, "First period") <= span.starts <= ends

    def _is_printed(self, row: Row, span: Span) -> bool:
        """Whether any of a period lies between its first and its last."""
        last = text(row, "Last period")
        ends = self.by_name[last].ends if last else date.max
        return self._since(row, "First period") <= span.ends and span.starts <= ends

    def successors(self, ref: str) -> list[Row]:
        """What names an indicator under Replaces."""
        every = (self.rows(each)[-1] for each in self.refs)
        return [row for row in every if ref in listed(row, "Replaces")]

    def is_due(self, ref: str, span: Span) -> bool:
        if (ref, span.name) not in self._due:
            self._due[ref, span.name] = self._is_due(ref, span)
        return self._due[ref, span.name]

    def _is_due(self, ref: str, span: Span) -> bool:
        row = self.row(ref, span)
        due = text(row, "Due") or "every period"
        if not self.is_asked(row, span):
            return False
        if due == "every period":
            return True
        if due == "in listed periods":
            return span.name in listed(row, "Due in")
        if due == "every other year":
            first = self.by_name[text(row, "First period")]
            if (_year(span.ends) - _year(first.ends)) % 2:
                return False
        months = _MONTHS[due]
        if span.months > months:
            return False
        if span.months < months:
            # Of a register without longer periods the last one of the year, half or quarter.
            is_last = (span.ends.month - 3) % months == 0
            longer = (
                each
                for each in self.spans
                if each.ends == span.ends and span.months < each.months <= months
            )
            return is_last and not any(longer)
        return True

    def due_in(self, span: Span) -> list[str]:
        """The refs of what is due in a period."""
        return [ref for ref in self.refs if self.is_due(ref, span)]

    def printed_in(self, span: Span) -> list[str]:
        """The refs of what an appendix says something of."""
        return [
            ref
            for ref in self.refs
            if self.is_due(ref, span)
            or (
                self._is_printed(self.row(ref, span), span)
                and text(self.row(ref, span), "When not due") != "leave out"
            )
        ]

    def last_due(self, ref: str, span: Span) -> Span | None:
        """The period before for which it was due; of what is not due now, of whatever length."""
        is_due = self.is_due(ref, span)
        earlier = (
            each
            for each in self.spans
            if (
                each.ends < span.starts and each.months == span.months
                if is_due
                else each.order < span.order
            )
            and self.is_due(ref, each)
        )
        return max(earlier, key=lambda each: each.order, default=None)

    def next_due(self, ref: str, span: Span) -> Span | None:
        later = (e for e in self.spans if e.order > span.order and self.is_due(ref, e))
        return min(later, key=lambda each: each.order, default=None)

    def a_year_before(self, span: Span) -> Span | None:
        for each in self.spans:
            is_then = each.starts.replace(year=each.starts.year + 1) == span.starts
            if is_then and each.months == span.months:
                return each
        return None

    def owed(self, area: str, span: Span) -> list[str]:
        """What an area reports for a period."""
        return [
            ref for ref in self.due_in(span) if area in listed(self.row(ref, span), "Service areas")
        ]

    def owing(self, span: Span) -> list[str]:
        """The areas that report anything for a period."""
        owing = {
            area
            for ref in self.due_in(span)
            for area in listed(self.row(ref, span), "Service areas")
        }
        return [area for area in self._areas if area in owing]

    def asked(self, row: Row) -> dict[str, str]:
        """What areas are asked for beside a figure: `never`, or how much of it."""
        found = {
            heading: text(row, heading) or text(self.sheets["Framework"][0], heading) or "never"
            for heading in ("Corrective action", "Year-end forecast", "Confidence")
        }
        kind = text(row, "Kind")
        if kind == "narrative" or text(row, "Polarity") == "contextual":
            found["Corrective action"] = "never"
        if kind != "measure":
            found["Year-end forecast"] = found["Confidence"] = "never"
        return found

    def year_of(self, span: Span) -> Span | None:
        """The year in which a period lies."""
        return next((each for each in self.spans if each.months == 12 and each.holds(span)), None)

    # --- Who is there ------------------------------------------------------------------------

    def area_name(self, ref: str, span: Span) -> str:
        """What an area is called in a period."""
        return text(self._holding(self._areas[ref], span), "Name")

    def names_of(self, ref: str, span: Span) -> list[str]:
        """What an area has been called up to a period."""
        rows = self._areas[ref]
        held = rows.index(self._holding(rows, span))
        return [text(row, "Name") for row in rows[: held + 1]]

    def took_over(self, ref: str, span: Span) -> bool:
        """Whether another area owes an indicator in a period than its row names."""
        named = listed(self._holding(self.rows(ref), span), "Service areas")
        return {*named} != {*listed(self.row(ref, span), "Service areas")}

    def is_called_otherwise(self, ref: str, span: Span) -> bool:
        """Whether an area has another name in a period than it had first."""
        return self.area_name(ref, span) != text(self._areas[ref][0], "Name")

    def _is_there(self, ref: str, span: Span) -> bool:
        begins = max(self._since(row, "First period") for row in self._areas[ref])
        return begins <= span.starts and not self._has_left(ref, span)

    def _has_left(self, ref: str, span: Span) -> bool:
        last = self._ending(ref, "Last period")
        return any(span.starts > self.by_name[name].ends for name in last)

    def _ending(self, ref: str, heading: str) -> list[str]:
        """What an area's rows say of its end."""
        return [part for row in self._areas[ref] for part in listed(row, heading)]

    def _owing(self, areas: list[str], span: Span) -> list[str]:
        """Who owes in a period what is asked of areas, in the order of the register.

        Of one that has left it is what it became; of one that has not begun, whoever becomes it.
        """
        found = set()
        for area in areas:
            if self._is_there(area, span):
                found.add(area)
            elif self._has_left(area, span):
                found.update(self._owing(self._ending(area, "Becomes"), span))
            else:
                before = [e for e in self._areas if area in self._ending(e, "Becomes")]
                found.update(self._owing(before, span))
        return [area for area in self._areas if area in found]

    def begun_anew(self, ref: str, then: Span, now: Span) -> str:
        """The period of a change across which nothing is compared; empty where there is none."""
        between = [
            row
            for row in self.rows(ref)
            if then.starts < self._since(row, "Changed from") <= now.starts
        ]
        breaks = [row for row in between if text(row, "With before") != "compared"]
        return text(between[-1], "Changed from") if breaks else ""

    # --- What is to be reached ---------------------------------------------------------------

    def policy(self, span: Span) -> Policy:
        held = [
            row
            for row in self.sheets.get("Policies", ())
            if self.by_name[text(row, "From period")].starts <= span.starts
        ]
        last = max(
            held,
            key=lambda row: self.by_name[text(row, "From period")].starts,
            default=self.sheets["Framework"][0],
        )
        return Policy(
            text(last, "Rating policy"),
            figure(last["Tolerance"]),
            text(last, "Tolerance kind"),
            figure(last["Green from"]),
            figure(last["Amber from"]),
            typed(last, "Coverage from") or Fraction(0),
            typed(last, "Exceeded by"),
        )

    def target_row(self, ref: str, span: Span) -> Row | None:
        return self._targets.get((ref, span.name))

    def goal(self, ref: str, span: Span, published: Published) -> Goal | None:
        """What an indicator is to reach in a period; None where no row says."""
        found = self._reached(ref, span, published)
        if found is None or found[1].is_unknown:
            return None
        row, worth = found
        indicator = self.row(ref, span)
        unit, polarity = text(indicator, "Unit"), text(indicator, "Polarity")
        decimals = int(text(indicator, "Decimals") or 0)
        ends: dict[str, Fraction | None] = {}
        shown = {}
        for heading in ("Target", "Lower", "Upper", *THRESHOLDS):
            ends[heading] = None
            if text(row, heading):
                least = max(places(row[heading]), decimals)
                value = worth(figure(row[heading]))
                if value == figure(row[heading]):
                    least = places(row[heading])
                ends[heading] = rounded(value, least + 2)
                digits = decimals_of(rounded(value, least + 2), least, least + 2)
                shown[heading] = printed(rounded(value, least + 2), unit, digits)
        operator = text(row, "Operator")
        sign = {">=": "≥", "<=": "≤"}.get(operator, operator)
        if "Target" in shown:
            decides = operator or ("<=" if polarity == "lower" else ">=")
            own = {heading: ends[heading] for heading in THRESHOLDS}
            thresholds = {heading: value for heading, value in own.items() if value is not None}
            return Goal(sign + shown["Target"], decides, ends["Target"], None, None, thresholds)
        said = f"{shown['Lower']} to {shown['Upper']}"
        return Goal(said, "between", None, ends["Lower"], ends["Upper"])

    def own_target(self, ref: str, span: Span) -> Row | None:
        """The row of a period's own that says what is to be reached."""
        row = self.target_row(ref, span)
        is_set = row is not None and (text(row, "Target") or text(row, "Lower"))
        return row if is_set else None

    def is_shaped(self, ref: str, span: Span) -> bool:
        """Whether a period's target is a part by the figures of the year before."""
        found = self._reached(ref, span, lambda _ref, _span: None)
        return found is not None and found[1].is_unknown

    def has_no_shape(self, ref: str, span: Span, published: Published) -> bool:
        """Whether a target cannot be spread as the figures of the year before were."""
        found = self._reached(ref, span, published)
        return found is not None and found[1].is_unknown

    def _reached(self, ref: str, span: Span, published: Published) -> tuple[Row, _Worth] | None:
        """The row that says what is to be reached, and what becomes of its figures.

        A period's own row counts first, then its part of a longer one's target, which may itself
        have been carried on, and then what is carried on from the year before. A part is carried
        on with the year that it is of, and not by itself.
        """
        if own := self.own_target(ref, span):
            return own, _Worth()
        wholes = sorted((s for s in self.spans if s.holds(span)), key=lambda s: s.months)
        for whole in wholes:
            found = self._reached(ref, whole, published)
            if found is not None and text(found[0], "Spread") and not found[1].is_part:
                row, worth = found
                spread = text(row, "Spread")
                if spread == LAST_SHAPE:
                    share = self._share_of_last_year(ref, whole, span, published)
                else:
                    share = _share(spread, whole, span)
                return row, worth.part(share)
        before = self.a_year_before(span)
        found = self._reached(ref, before, published) if before else None
        if found is None or found[1].is_part or not text(found[0], "Next year"):
            return None
        row, worth = found
        return row, worth.a_year_on(row)

    def _share_of_last_year(
        self, ref: str, whole: Span, span: Span, published: Published
    ) -> Fraction | None:
        """The proportion that a period had of its year a year before; None where not known."""
        parts = [each for each in self.spans if whole.holds(each) and each.months == span.months]
        parts.sort(key=lambda each: each.starts)
        figures = []
        for each in parts:
            then = self.a_year_before(each)
            value = published(ref, then) if then else None
            if value is None:
                return None
            figures.append(value)
        number = parts.index(span)
        way = text(self.row(ref, span), "Accumulation")
        if way == "reported cumulatively":
            mine, total = figures[number], figures[-1]
        elif way == "year to date":
            mine, total = sum(figures[: number + 1], Fraction(0)), sum(figures, Fraction(0))
        else:
            mine, total = figures[number], sum(figures, Fraction(0))
        return mine / total if total else None

    def baseline(self, ref: str, span: Span) -> tuple[Fraction, str] | None:
        """What a period's own row says to compare with, and when that was."""
        row = self.target_row(ref, span)
        if row is None or not text(row, "Baseline"):
            return None
        return figure(row["Baseline"]), f"baseline {text(row, 'Baseline period')}".strip()


@dataclass(frozen=True)
class _Worth:
    """What becomes of a target's figures: years on, and then a part of it."""

    steps: tuple[tuple[str, Fraction], ...] = ()
    is_part: bool = False
    #: A part of which nobody knows how much.
    is_unknown: bool = False

    def __call__(self, value: Fraction) -> Fraction:
        for step, by in self.steps:
            value = value * by if step == "times" else value + by
        return value

    def _then(self, step: str, by: Fraction, *, is_part: bool = False) -> _Worth:
        return _Worth((*self.steps, (step, by)), is_part or self.is_part)

    def part(self, share: Fraction | None) -> _Worth:
        if share is None:
            return _Worth(self.steps, is_part=True, is_unknown=True)
        return self._then("times", share, is_part=True)

    def a_year_on(self, row: Row) -> _Worth:
        match text(row, "Next year"):
            case "changed by percent":
                return self._then("times", 1 + figure(row["Change a year"]) / 100)
            case "changed by points":
                return self._then("plus", figure(row["Change a year"]))
        return self


def _share(spread: str, whole: Span, span: Span) -> Fraction:
    """How much of a year's target a period in it has."""
    parts = whole.months // span.months
    begun = 12 * (span.starts.year - whole.starts.year)
    number = 1 + (begun + span.starts.month - whole.starts.month) // span.months
    return {
        "the same in each": Fraction(1),
        "even parts": Fraction(1, parts),
        "adding up evenly": Fraction(number, parts),
    }[spread]


def _day(row: Row, heading: str) -> date:
    day = row[heading]
    assert isinstance(day, date)
    return day


def _year(ends: date) -> int:
    """The calendar year in which the year began that a day belongs to."""
    return ends.year if ends.month >= 4 else ends.year - 1
