"""The oracle: what each period's appendix has to say after each night, from words alone.

It is told the register's rows and what came, and keeps what was printed, since a later period is
compared with that and a closed one held to the register of its time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial

from tests.support.oracle import figures, rating
from tests.support.oracle.accumulation import (
    LATEST,
    OF_YEAR,
    PARTS_OF_SUMS,
    Accumulating,
    Stated,
    way_of,
)
from tests.support.oracle.figures import DISAGREED, Merged, Reported
from tests.support.oracle.register import Goal, Register, Sheets, Span
from tests.support.oracle.words import Row, listed, places, printed, text

#: The colours of which a return has to say what is being done.
_NEEDING = {
    "never": (),
    "where red": (rating.RED,),
    "where red or amber": (rating.RED, rating.AMBER),
}


@dataclass(frozen=True)
class Return:
    """A return as it came: what an area typed for a period, by indicator and heading."""

    area: str
    period: str
    entries: Mapping[str, Mapping[str, object]]
    #: It holds a mistake and is sent back.
    is_spoilt: bool = False


@dataclass(frozen=True)
class Line:
    """What an appendix says of an indicator."""

    ref: str
    wording: str
    target: str = ""
    performance: str = ""
    rating: str = ""
    #: Each arrow with what is compared with.
    travels: tuple[tuple[str, str], ...] = ()
    #: What is said beside the figure, each in a canonical form.
    marks: frozenset[tuple[str, ...]] = frozenset()
    restated_from: str | None = None
    #: Over which periods its performance is, and the period's own figure.
    over: str = ""
    alone: str = ""
    #: What is being done about it, each with whose it is, who answers for that and by when.
    actions: frozenset[str] = frozenset()
    #: The figure of the whole year and its colour.
    forecast: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Appendix:
    """What is printed of a period, and who owes what of it."""

    lines: Mapping[str, Line]
    #: By the priorities' headings; the whole has an empty one.
    sums: Mapping[str, rating.Sum]
    coverage: str
    #: By indicator and the area's name, its status and the figure as shown.
    owed: Mapping[tuple[str, str], tuple[str, str]]
    #: The refs of the lines that say something else than when the period was closed.
    restated: frozenset[str] = frozenset()


@dataclass
class _Held:
    """What is known of a period."""

    #: What stands of each area, by indicator.
    answers: dict[str, dict[str, Reported]] = field(default_factory=dict)
    #: By the areas: the days on which returns came, and what became of the last.
    came: dict[str, list[tuple[date, str]]] = field(default_factory=dict)
    register: Register | None = None
    #: The merged figures as they were printed last, and what is stated of them.
    printed: dict[str, Merged] = field(default_factory=dict)
    stated: dict[str, Stated] = field(default_factory=dict)
    #: The refs of which a figure was suppressed in any night.
    suppressed: set[str] = field(default_factory=set)
    appendix: Appendix | None = None
    #: What it said, and what its areas had reported, when it was closed.
    closed: tuple[Appendix, dict[str, Merged]] | None = None
    is_restated: bool = False


class Oracle:
    """What has to be printed, night by night."""

    def __init__(self) -> None:
        self.held: dict[str, _Held] = {}
        self.register: Register | None = None
        self._number = 0

    def night(
        self, sheets: Sheets, received: Iterable[Return], today: date, reopened: str = ""
    ) -> list[str]:
        """Take in what came; the names of the periods that are printed anew, if they differ."""
        self.register = register = Register(sheets)
        for former, name in register.called.items():
            if former in self.held:
                self.held[name] = self.held.pop(former)
        for span in register.spans:
            held = self.held.setdefault(span.name, _Held())
            if not span.is_open and held.appendix and held.closed is None:
                held.closed = held.appendix, dict(held.printed)
        for one in received:
            period = register.called.get(one.period, one.period)
            self._take_in(one, period, today, is_restatement=period == reopened)
        living = [
            span
            for span in register.spans
            if (span.is_open or span.name == reopened) and self._has_any(span.name)
        ]
        for span in living:
            held = self.held[span.name]
            if held.closed is None:
                held.register = register
            assert held.register is not None
            held.printed = self._merged(held.register, held.register.by_name[span.name])
            held.suppressed |= {ref for ref, each in held.printed.items() if each.is_suppressed}
        for span in sorted(living, key=lambda each: each.order):
            self._state(span.name)
            self._print(span.name)
        return [span.name for span in living]

    def _has_any(self, period: str) -> bool:
        return any(self.held[period].answers.values())

    def _take_in(self, one: Return, period: str, today: date, *, is_restatement: bool) -> None:
        held = self.held[period]
        register = held.register if held.closed and held.register else self.register
        assert register is not None
        span = register.by_name[period]
        is_sent_back = one.is_spoilt or self._lacks(register, span, one)
        outcome = "sent back" if is_sent_back else "restated" if is_restatement else "accepted"
        held.came.setdefault(one.area, []).append((today, outcome))
        if is_sent_back:
            return
        held.is_restated |= is_restatement
        self._number += 1
        for ref in register.refs:
            held.answers.setdefault(ref, {}).pop(one.area, None)
        for ref in register.owed(one.area, span):
            answer = figures.read(register.row(ref, span), one.area, one.entries[ref], self._number)
            held.answers[ref][one.area] = answer

    def _lacks(self, register: Register, span: Span, one: Return) -> bool:
        """Whether a return lacks what it has to say beside one of its figures."""
        for ref in register.owed(one.area, span):
            row = register.row(ref, span)
            answer = figures.read(row, one.area, one.entries[ref], 0)
            asked = register.asked(row)
            if answer.no_cases or not answer.is_available:
                continue
            if asked["Year-end forecast"] == "required" and answer.forecast is None:
                return True
            if asked["Confidence"] == "required" and not answer.confidence:
                return True
            needing = _NEEDING[asked["Corrective action"]]
            if self._own_colour(register, span, answer, row) in needing and not all(answer.action):
                return True
        return False

    def _own_colour(self, register: Register, span: Span, answer: Reported, row: Row) -> str:
        """The colour of an area's own figure, where that is held against the target."""
        if way_of(row) in PARTS_OF_SUMS and span.months < 12:
            return ""
        ref = text(row, "Ref")
        mine = {**row, "Service areas": answer.area, "Merge rule": ""}
        before = register.a_year_before(span)
        then = self.held[before.name].answers.get(ref, {}).get(answer.area) if before else None
        return rating.rate(
            figures.merge(mine, span.name, [answer]),
            register.goal(ref, span, self._published),
            register.policy(span),
            then.value if then else None,
        )

    def _published(self, ref: str, span: Span) -> Fraction | None:
        """The figure that a period's last issue printed of an indicator, where it is whole."""
        merged = self.held[span.name].printed.get(ref)
        if merged is None or merged.is_suppressed or merged.disagree or merged.lacks_areas:
            return None
        return merged.value

    def _merged(self, register: Register, span: Span) -> dict[str, Merged]:
        answers = self.held[span.name].answers
        return {
            ref: figures.merge(
                register.row(ref, span), span.name, list(answers.get(ref, {}).values())
            )
            for ref in register.due_in(span)
        }

    def _state(self, period: str) -> None:
        """What is rated and printed of the figures of a period."""
        held = self.held[period]
        held.stated = {ref: self._stated(period, ref) for ref in held.printed}

    def _stated(self, period: str, ref: str) -> Stated:
        """What is stated of a figure, made of what its parts' last issues printed."""
        held = self.held[period]
        register = held.register
        assert register is not None
        accumulating = Accumulating(
            register,
            lambda name: self.held[name].printed.get(ref),
            lambda name: self._was_restated(name, ref),
        )
        return accumulating.state(register.by_name[period], held.printed[ref])

    def _was_restated(self, period: str, ref: str) -> bool:
        held = self.held[period]
        if not (held.closed and held.is_restated):
            return False
        then, now = held.closed[1].get(ref), held.printed.get(ref)
        return now is not None and (then is None or then.value != now.value)

    # --- What is printed ---------------------------------------------------------------------

    def _print(self, period: str) -> None:
        held = self.held[period]
        register = held.register
        assert register is not None
        span = register.by_name[period]
        policy = register.policy(span)
        lines = {ref: self._line(register, span, ref) for ref in register.printed_in(span)}
        sums, whole = {}, (0, 0)
        for priority in register.sheets["Priorities"]:
            mine = [
                ref
                for ref in lines
                if text(register.row(ref, span), "Priority") == text(priority, "Ref")
            ]
            answered, due = self._coverage(held, mine)
            whole = whole[0] + answered, whole[1] + due
            ratings = (lines[ref].rating for ref in mine)
            sums[text(priority, "Heading")] = rating.add_up(ratings, policy, answered, due)
        ratings = (line.rating for line in lines.values())
        sums[""] = rating.add_up(ratings, policy, *whole)
        worded = register.worded
        sums = {name: replace(each, colour=worded(each.colour)) for name, each in sums.items()}
        lines = {ref: replace(line, rating=worded(line.rating)) for ref, line in lines.items()}
        if held.closed and held.is_restated:
            lines = {ref: self._marked(line, held, span) for ref, line in lines.items()}
        coverage = ""
        if policy.coverage_from:
            coverage = f"{whole[0]} of {whole[1]}"
            if whole[0] < policy.coverage_from * whole[1]:
                coverage += "; not enough"
        held.appendix = Appendix(
            lines,
            sums,
            coverage,
            self._owed(register, span, held),
            frozenset(ref for ref, line in lines.items() if line.restated_from is not None),
        )

    def _coverage(self, held: _Held, refs: Iterable[str]) -> tuple[int, int]:
        some = [held.printed[ref] for ref in refs if ref in held.printed]
        due = sum(len(listed(each.row, "Service areas")) for each in some)
        return sum(len(each.reported) for each in some), due

    def _owed(
        self, register: Register, span: Span, held: _Held
    ) -> dict[tuple[str, str], tuple[str, str]]:
        found = {}
        for ref, merged in held.printed.items():
            by_area = {each.area: each for each in merged.reported}
            for area in listed(merged.row, "Service areas"):
                answer = by_area.get(area)
                found[ref, register.area_name(area, span)] = (
                    (_status(answer), self._shown(merged, answer))
                    if answer
                    else ("Not reported", "")
                )
        for ref in register.printed_in(span):
            if ref not in held.printed:
                for area in listed(register.row(ref, span), "Service areas"):
                    found[ref, register.area_name(area, span)] = ("Not due", "")
        return found

    def _shown(self, merged: Merged, answer: Reported) -> str:
        if answer.is_suppressed or answer.area in merged.hidden:
            return figures.SUPPRESSED
        if answer.no_cases:
            return figures.NO_CASES
        if answer.value is None:
            return answer.words
        return printed(answer.value, merged.unit, merged.decimals)

    def _line(self, register: Register, span: Span, ref: str) -> Line:
        row = register.row(ref, span)
        line = Line(ref, text(row, "Indicator"))
        last = register.last_due(ref, span)
        stated = self.held[span.name].stated.get(ref)
        if stated is None:
            return replace(
                line,
                rating=f"{rating.NOT_RATED}: not due",
                marks=self._not_due(register, span, ref, last),
            )
        merged, goal = stated.figure, register.goal(ref, span, self._published)
        before = register.a_year_before(span)
        if before and not register.is_due(ref, before):
            before = None
        if way_of(row) in OF_YEAR and span.months < 12:
            # What grows in the course of a year is compared with the same point of the last one.
            last = before
        then = {each.name: self._then(each, ref, way_of(row)) for each in (last, before) if each}
        alike = {
            name: each
            for name, each in then.items()
            if each and not self._why_not_compared(register, span, merged, each)
        }
        year_before = alike.get(before.name) if before else None
        rated = rating.rate(
            merged,
            goal,
            register.policy(span),
            year_before.to_compare if year_before else None,
        )
        own = self.held[span.name].printed[ref]
        return replace(
            line,
            target=goal.shown if goal else "",
            performance=merged.shown,
            rating=rated,
            actions=self._actions(register, span, own, rated),
            forecast=self._forecast(register, span, own),
            confidence=figures.confidence(own) if merged.value is not None else "",
            travels=self._travels(
                register, span, merged, goal, alike.get(last.name) if last else None, year_before
            ),
            marks=frozenset(
                (
                    *stated.marks,
                    *self._marks(
                        register, span, merged, goal, {n: each for n, each in then.items() if each}
                    ),
                )
            ),
            over=stated.over,
            alone=stated.alone,
        )

    def _actions(self, register: Register, span: Span, own: Merged, rated: str) -> frozenset[str]:
        """What each area does about a figure that is amber or red."""
        if rated not in (rating.AMBER, rating.RED):
            return frozenset()
        is_several = len(listed(own.row, "Service areas")) > 1
        found = []
        for each in own.reported:
            what, owner, until = each.action
            if what:
                whose = f"{register.area_name(each.area, span)}: " if is_several else ""
                more = [*([owner] if owner else ())]
                more += [f"by {until.day} {until:%B %Y}"] if until else []
                found.append(f"{whose}{what}" + (f" ({', '.join(more)})" if more else ""))
        return frozenset(found)

    def _forecast(self, register: Register, span: Span, own: Merged) -> str:
        """The figure of the year and its colour; empty where there is none that may be printed."""
        ref, year = text(own.row, "Ref"), register.year_of(span)
        if year is None or self._is_any_suppressed(register, span, year, ref):
            return ""
        foreseen = figures.forecast(own)
        if foreseen is None or foreseen.value is None:
            return ""
        goal = register.goal(ref, year, self._published)
        colour = rating.rate_forecast(foreseen, goal, register.policy(span))
        return f"{foreseen.shown} {register.worded(colour)}".strip()

    def _is_any_suppressed(self, register: Register, span: Span, year: Span, ref: str) -> bool:
        """Whether a figure of a year is suppressed in a period, or ever was in one before it."""
        parts = (
            each
            for each in register.spans
            if year.holds(each) and each.months == span.months and each.starts < span.starts
        )
        was_suppressed = any(ref in self.held[each.name].suppressed for each in parts)
        own = self.held[span.name].printed.get(ref)
        return was_suppressed or (own is not None and own.is_suppressed)

    def _then(self, span: Span, ref: str, how: str) -> Merged | None:
        """An earlier figure, made anew of its parts; its own, of what is only known last."""
        own = self.held[span.name].printed.get(ref)
        return own if own is None or how == LATEST else self._stated(span.name, ref).figure

    def _travels(
        self,
        register: Register,
        span: Span,
        merged: Merged,
        goal: Goal | None,
        last: Merged | None,
        year_before: Merged | None,
    ) -> tuple[tuple[str, str], ...]:
        now, ref = merged.to_compare, text(merged.row, "Ref")
        if now is None:
            return ()
        found = []
        short = self._since(merged, now, goal, last)
        if short is None and (based := register.baseline(ref, span)):
            then, basis = based
            row = register.target_row(ref, span)
            assert row is not None
            was = printed(then, merged.unit, max(places(row["Baseline"]), merged.decimals))
            short = rating.arrow(merged, now, then, goal), f"was {was} ({basis})"
        found = [short, self._since(merged, now, goal, year_before)]
        return tuple(dict.fromkeys(each for each in found if each))

    def _since(
        self, merged: Merged, now: Fraction, goal: Goal | None, earlier: Merged | None
    ) -> tuple[str, str] | None:
        then = earlier.to_compare if earlier else None
        if earlier is None or then is None:
            return None
        basis = f"{earlier.period}, provisional" if earlier.is_provisional else earlier.period
        was = printed(then, merged.unit, earlier.decimals)
        return rating.arrow(merged, now, then, goal), f"was {was} ({basis})"

    def _why_not_compared(
        self, register: Register, span: Span, now: Merged, then: Merged
    ) -> tuple[str, ...]:
        headings = ("Kind", "Unit", "Polarity", "Accumulation")
        differs = [h for h in headings if text(now.row, h) != text(then.row, h)]
        if differs:
            return ("not compared", then.period, " and ".join(differs).lower())
        since = register.begun_anew(text(now.row, "Ref"), register.by_name[then.period], span)
        return ("not compared", then.period, f"since {since}") if since else ()

    def _not_due(
        self, register: Register, span: Span, ref: str, last: Span | None
    ) -> frozenset[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        stated = self.held[last.name].stated.get(ref) if last else None
        if stated and stated.figure.shown:
            was = stated.figure
            borrowed = [mark[1] for mark in stated.marks if mark[0] == "latest known"]
            shown = DISAGREED.lower() if was.disagree else was.shown
            found.append(("last reported", (borrowed or [was.period])[0], shown.rstrip(".")))
        elif stated and stated.figure.lacks:
            found.append(("last due", stated.figure.period, "incomplete"))
        elif stated and (was := stated.figure).reported:
            areas = was.missing if len(was.missing) == len(listed(was.row, "Service areas")) else []
            for area in areas:
                why = "not available" if area in was.unavailable else "not yet reported"
                found.append(("last due", was.period, why))
        found += self._replaced(register, span, register.row(ref, span))
        following = register.next_due(ref, span)
        if following is None and (after := register.successors(ref)):
            for row in after:
                named = (text(row, h) for h in ("Ref", "Indicator", "First period"))
                found.append(("replaced by", *named))
        else:
            found.append(("next due", following.name if following else ""))
        return frozenset(found)

    def _marks(
        self,
        register: Register,
        span: Span,
        merged: Merged,
        goal: Goal | None,
        then: Mapping[str, Merged],
    ) -> Iterable[tuple[str, ...]]:
        names = partial(register.area_name, span=span)
        if merged.is_provisional:
            yield ("provisional",)
        if merged.disagree:
            said = (
                (names(each.area), self._shown(merged, each).replace("No c", "no c"))
                for each in merged.reported
                if each.is_available
            )
            yield ("disagree", *sorted(f"{area} {shown}" for area, shown in said))
        elif merged.without_cases and not merged.no_cases:
            yield ("no cases in", *sorted(map(names, merged.without_cases)))
        areas = listed(merged.row, "Service areas")
        if len(merged.missing) == len(areas):
            for area in merged.missing:
                why = "not available" if area in merged.unavailable else "not yet reported"
                yield (why, names(area))
        else:
            for area in merged.missing:
                why = "without, not available" if area in merged.unavailable else "without"
                yield (why, names(area))
        if merged.value is not None:
            for each in then.values():
                if each.no_cases:
                    yield ("no cases to compare", each.period)
                elif each.value is not None and (
                    why := self._why_not_compared(register, span, merged, each)
                ):
                    yield why
        yield from self._replaced(register, span, merged.row)
        if register.has_no_shape(text(merged.row, "Ref"), span, self._published):
            yield ("no shape",)
        own = text(merged.row, "Tolerance")
        policy = register.policy(span)
        is_rated = text(merged.row, "Polarity") not in ("", "contextual") and goal is not None
        if goal and is_rated and goal.thresholds:
            yield (
                "thresholds",
                *(
                    f"{heading.partition(' ')[0].lower()} {value}"
                    for heading, value in sorted(goal.thresholds.items())
                    if heading == "Exceeded from" or rating.has_thresholds(goal)
                ),
            )
        if own and is_rated and not (goal and rating.has_thresholds(goal)):
            amount, kind = rating.tolerance_of(merged, policy)
            if (amount, kind) != (policy.tolerance, policy.tolerance_kind):
                yield ("own tolerance", str(amount), kind)

    def _replaced(self, register: Register, span: Span, row: Row) -> Iterable[tuple[str, ...]]:
        """What the indicator took the place of, in its first year."""
        first = text(row, "First period")
        if first and (span.ends - register.by_name[first].starts).days < 366:
            for ref in listed(row, "Replaces"):
                yield ("replaces", ref, text(register.rows(ref)[-1], "Indicator"))

    def _marked(self, line: Line, held: _Held, span: Span) -> Line:
        """The line, marked where it says anything else than when its period was closed."""
        assert held.closed is not None
        was = held.closed[0].lines.get(line.ref)
        if was is None:
            return replace(line, restated_from="Not in the appendix")
        said = []
        if was.performance != line.performance:
            said.append(was.performance or "No figure")
        if was.target != line.target:
            said.append(f"target {was.target}" if was.target else "no target")
        if was.performance == line.performance and was.rating != line.rating:
            reason = was.rating.removeprefix(f"{rating.NOT_RATED}: ")
            said.append(reason if reason != was.rating else was.rating.partition(" ")[2].lower())
        if not said:
            differing = [
                name
                for name, then, now in (
                    ("corrective action", was.actions, line.actions),
                    ("forecast", was.forecast, line.forecast),
                    ("confidence", was.confidence, line.confidence),
                )
                if then != now
            ]
            if was.travels != line.travels:
                differing.append("direction of travel")
            # Of a figure of several periods a remark says the period's own.
            if (was.marks, was.over, was.alone) != (line.marks, line.over, line.alone):
                differing.append("remarks")
            then, now = held.closed[1].get(line.ref), held.printed.get(line.ref)
            if not differing and self._told(then, span) != self._told(now, span):
                differing.append("reported figures")
            if not differing:
                return line
            *most, last = differing
            said.append(f"other {' and '.join([*filter(None, [', '.join(most)]), last])}")
        return replace(line, restated_from=", ".join(said))

    def _told(self, merged: Merged | None, span: Span) -> list[tuple[object, ...]]:
        """What an appendix says of the areas' figures; no forecast that could give one away."""
        if merged is None:
            return []
        register = self.held[span.name].register
        assert register is not None
        ref, year = text(merged.row, "Ref"), register.year_of(span)
        is_foretold = year is None or not self._is_any_suppressed(register, span, year, ref)
        return [
            (
                *(each.area, each.status, each.value, each.top, each.bottom, each.words),
                *(each.action, each.forecast if is_foretold else None, each.confidence),
            )
            for each in merged.reported
        ]

    # --- Who has returned --------------------------------------------------------------------

    def returns(self, period: str, today: date) -> dict[str, str]:
        """Where each area's return for a period stands, by the areas' refs."""
        held = self.held[period]
        register = held.register if held.closed and held.register else self.register
        assert register is not None
        assert self.register is not None
        due = self.register.by_name[period].due
        found = {}
        for area in register.owing(register.by_name[period]):
            came = held.came.get(area, [])
            accepted = [outcome for _, outcome in came if outcome != "sent back"]
            in_time = any(day <= due for day, _ in came)
            if not came:
                found[area] = "Overdue" if today > due else "Not received"
            elif not accepted:
                found[area] = "Sent back for correction"
            elif accepted[-1] == "restated":
                found[area] = "Received as a restatement"
            else:
                found[area] = "Received" if in_time else "Received late"
        return found


def _status(answer: Reported) -> str:
    return "Final" if answer.no_cases else answer.status
