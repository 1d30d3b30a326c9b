"""Disclosure: small numbers are taken out of merged figures before anything is made of them.

A count of two in one service area can tell who the two are. Below the framework's threshold a
figure is therefore suppressed wherever it would be printed, and so is what it could be worked out
from. The practice is that of official statistics: a threshold rule for the small figures
themselves (primary suppression), and others with them where a total would give them away
(secondary suppression). See the guidance of the Government Statistical Service on disclosure
control for tables made from administrative sources, and the NHS's anonymisation standard for
publishing health and social care data (ISB 1523).

Each indicator and period is judged together with all that issues of appendices told of it before:
see `printed` for what that is, and `protection` for what must not follow from it. Against a reader
who knows the threshold and these rules, no suppressed figure comes out as one number; see
`tests/consolidation/test_disclosure.py`, and `tests/job/test_adversary.py` for a year of issues.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, groupby
from operator import add

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.inference import Reader
from pipeline.consolidation.merge import Consolidated, has_data
from pipeline.consolidation.printed import (
    NOTHING_TOLD,
    ReportedFigure,
    Told,
    ToldOf,
    figures_kept,
)
from pipeline.consolidation.quoting import numbers_in
from pipeline.store import Entered
from schemas.model import Indicator, Kind, Register, SmallNumbers, Target
from schemas.observations import Observation

#: What stands instead of words that quote a suppressed figure.
WITHHELD = "Withheld, because it quotes a figure that is suppressed."
#: What an area says of its figure in words.
_WORDS = ("commentary", "action", "action_owner")


class Withheld(Struct, frozen=True):
    """What is not printed of an indicator, whatever its own figures are."""

    areas: frozenset[str] = frozenset()
    is_total: bool = False


NOTHING_WITHHELD = Withheld()


def disclose(
    register: Register,
    merged: Iterable[Consolidated],
    told: ToldOf = NOTHING_TOLD,
    withheld: Mapping[str, Withheld] = {},
) -> tuple[Consolidated, ...]:
    """The merged figures as they may be printed, with those of the areas, in the same order.

    What is suppressed has lost its value, numerator and denominator, and is marked. Without a
    threshold in the register everything comes back as it is. `told` is what issues told of these
    figures before, and `withheld` what other periods' figures keep from being printed, by the
    indicators' refs.
    """
    return _all_disclosed(
        register,
        merged,
        lambda each, below: _disclosed(
            each,
            below,
            Reader(told.get(each.indicator.ref, (Told(),)), below),
            withheld.get(each.indicator.ref, NOTHING_WITHHELD),
        ),
    )


def disclose_alone(register: Register, merged: Iterable[Consolidated]) -> tuple[Consolidated, ...]:
    """The same by the rule of old issues, which looked at nothing that was printed before."""
    return _all_disclosed(register, merged, lambda each, below: _disclosed(each, below, None))


def _all_disclosed(
    register: Register,
    merged: Iterable[Consolidated],
    disclosed: Callable[[Consolidated, int], Consolidated],
) -> tuple[Consolidated, ...]:
    below = register.framework.small_below
    if below is None:
        return tuple(merged)
    return tuple(
        disclosed(each, below) if is_protected(each.indicator) else each for each in merged
    )


def disclosed_target(register: Register, target: Target | None) -> Target | None:
    """A target without its baseline, where that is a small number."""
    if target is None or target.baseline is None:
        return target
    small = tells_few(register, target.indicator, [target.baseline])
    return replace(target, baseline=None) if small else target


def is_small(number: Decimal, below: int | None) -> bool:
    """Whether a number of people is too small to publish. Zero tells of nobody and is not."""
    return below is not None and 0 < number < below


def tells_few(register: Register, ref: str, numbers: Iterable[Decimal]) -> bool:
    """Whether any of the numbers, said of an indicator, counts people, too few to publish."""
    below, indicator = register.framework.small_below, register.indicator(ref)
    return (
        indicator is not None
        and is_protected(indicator)
        and indicator.unit_row.counts_people
        and any(is_small(number, below) for number in numbers)
    )


def is_small_print(register: Register, ref: str, printed: str) -> bool:
    """Whether what an appendix printed of an indicator counts too few people to print it again."""
    return tells_few(register, ref, numbers_in(printed))


def reason_shown(register: Register, entered: Entered) -> str:
    """Why a figure was entered, as it may be printed; empty where it is not told.

    That of a suppressed figure is not, nor one that tells a small number.
    """
    because, ref = entered.because, entered.indicator
    if entered.suppressed or because == WITHHELD or is_small_print(register, ref, because):
        return ""
    return because if because.endswith((".", "!", "?")) else f"{because}."


def is_small_figure(register: Register, observation: Observation) -> bool:
    """Whether a figure is suppressed by itself, whatever the others are."""
    below, indicator = register.framework.small_below, register.indicator(observation.indicator)
    if indicator is None or not is_protected(indicator):
        return False
    return any(is_small(number, below) for number in people_in(observation, indicator))


def is_protected(indicator: Indicator) -> bool:
    """Whether small numbers in an indicator's figures are suppressed, where any are."""
    return indicator.kind is Kind.MEASURE and indicator.small_numbers is not SmallNumbers.PUBLISH


def _disclosed(
    merged: Consolidated,
    below: int,
    reader: Reader | None,
    withheld: Withheld = NOTHING_WITHHELD,
) -> Consolidated:
    """Primary suppression of the areas' figures, then of what would give them away."""
    indicator = merged.indicator
    given = [o for o in merged.observations if has_data(o, indicator)]
    hidden = {
        o.area
        for o in merged.observations
        if o.suppressed
        or any(is_small(n, below) for n in people_in(o, indicator))
        or (reader and reader.was_denied(o))
        or o.area in withheld.areas
    }
    suppressed, rule = merged.suppressed, indicator.merge_rule.merging
    if merged.value is not None and rule.takes_one:
        suppressed = merged.value in {o.value for o in given if o.area in hidden}
        # Under another merge rule figures may have been suppressed that this one's tells of.
        suppressed |= reader is not None and not reader.is_kept_from(merged, hidden)
    elif merged.value is not None:
        group, suppressed = _group(merged, given, hidden, below, reader)
        hidden |= group
    suppressed |= withheld.is_total and merged.value is not None
    if rule.needs_agreement and suppressed:
        hidden |= {o.area for o in given}  # they all tell the same figure
    if reader and (suppressed or merged.value is None):
        hidden |= _unprinted(merged, given, hidden, reader)
    return _without(merged, hidden, below, reader, suppressed=suppressed)


def people_in(figure: Observation | ReportedFigure, indicator: Indicator) -> Iterable[Decimal]:
    """The numbers in a figure that count people, as far as they were given.

    A percentage that is given without its parts holds none, nor does money, a score or a number of
    days.
    """
    if indicator.unit_row.counts_people and figure.value is not None:
        yield figure.value
    top, bottom = figure.numerator, figure.denominator
    yield from (part for part in (top, bottom) if part is not None)
    if indicator.unit_row.is_share and top is not None and bottom is not None:
        yield bottom - top


# --- Secondary suppression -----------------------------------------------------------------------


def _group(
    merged: Consolidated,
    given: Sequence[Observation],
    hidden: set[str],
    below: int,
    reader: Reader | None,
) -> tuple[set[str], bool]:
    """The areas to suppress so that the merged figure may stand, and whether it must go as well.

    To those that are suppressed anyway come the smallest other figures, those of one size together,
    until the figures of the group hide each other, beside all that was printed before as well. A
    number of nobody hides nothing and stays.
    """
    indicator = merged.indicator
    first = [o for o in given if o.area in hidden]
    others = [
        o for o in given if o.area not in hidden and (o.value or not _is_ofpeople_in(indicator))
    ]

    def order(other: Observation) -> tuple[bool, Decimal]:
        # What was printed before hides nothing from whoever kept it.
        return reader is not None and reader.knows(other), _size(other, indicator)

    by_size = [list(some) for _, some in groupby(sorted(others, key=order), key=order)]
    groups = list(accumulate(by_size, add, initial=first))
    if reader:
        # One of the larger figures may do what the smallest ones cannot beside earlier issues.
        groups += [[*first, *some] for some in by_size]
    for group in groups:
        terms = [_terms(o, indicator) for o in group]
        if (not group or _hide_each_other(terms, indicator, below)) and (
            reader is None or reader.is_kept_from(merged, {o.area for o in group})
        ):
            return {o.area for o in group}, False
    # Beside a rate of 100% everywhere else, one that is suppressed would be known as well.
    return set() if _is_ofpeople_in(indicator) else {o.area for o in (*first, *others)}, True


def _unprinted(
    merged: Consolidated,
    given: Sequence[Observation],
    hidden: set[str],
    reader: Reader,
) -> set[str]:
    """The areas to suppress as well where the merged figure is not printed.

    What was printed before may be tied to what is suppressed, so that a figure that never was can
    give one away. Where all of those stay unprinted nothing new is told.
    """
    found: set[str] = set()
    new = [o for o in given if o.area not in hidden and not reader.knows(o)]
    new.sort(key=lambda o: (not o.value, _size(o, merged.indicator)))
    hides = replace(merged, value=None)
    while new and not reader.is_kept_from(hides, hidden | found):
        found.add(new.pop(0).area)
    return found


def _size(observation: Observation, indicator: Indicator) -> Decimal:
    """What is lost where a figure is suppressed: its own size, or that of what it is a share of."""
    is_weighted = indicator.merge_rule.merging.needs_parts
    weighed = observation.denominator if is_weighted else None
    return abs(weighed if weighed is not None else observation.value or Decimal(0))


def _terms(observation: Observation, indicator: Indicator) -> tuple[Decimal, ...]:
    """What of a figure is added up: its parts and what is left of the whole, or the figure."""
    if indicator.merge_rule.merging.needs_parts:
        top, bottom = observation.numerator or Decimal(0), observation.denominator or Decimal(0)
        return (top, bottom, bottom - top) if indicator.unit_row.is_share else (top, bottom)
    return (observation.value or Decimal(0),)


def _is_ofpeople_in(indicator: Indicator) -> bool:
    """Whether what is added up are numbers of people, and not percentages, scores or days."""
    return indicator.merge_rule.merging.needs_parts or indicator.unit_row.counts_people


def _hide_each_other(
    group: Sequence[tuple[Decimal, ...]], indicator: Indicator, below: int
) -> bool:
    """Whether figures stay unknown to a reader who knows what they add up to.

    There are two at least, and of people enough that they would be published together. All alike
    they must not be where that is the least or the most that each can be: two figures below 5 that
    add up to 8 are 4 and 4.
    """
    people, least, most = _is_ofpeople_in(indicator), 0, 0
    if people:
        least, most = 1, below - 1
    elif indicator.unit_row.is_share:
        most = 100
    return len(group) > 1 and all(
        not (people and sum(column) < below) and set(column) not in ({least}, {most})
        for column in zip(*group, strict=True)
    )


# --- What is taken out ---------------------------------------------------------------------------


def _without(
    merged: Consolidated,
    hidden: set[str],
    below: int,
    reader: Reader | None,
    *,
    suppressed: bool,
) -> Consolidated:
    secrets = {n for o in merged.observations if o.area in hidden for n in numbers_of(o)}
    if reader:
        # A return that corrects a figure may say which.
        secrets.update(n for figure in figures_kept(reader.told) for n in numbers_of(figure))
    if suppressed and merged.value is not None:
        secrets.add(merged.value)
    forecasts = {o.forecast for o in merged.observations if o.forecast is not None}
    # One forecast less than all would tell that one is hidden, and the year's figure bounds it.
    is_forecast_told = not (hidden or suppressed or _are_few(forecasts, merged.indicator, below))
    if not is_forecast_told:
        secrets |= forecasts
    few = below if secrets else 0
    values = [o.value for o in merged.observations if o.area in hidden and o.value is not None]
    most = sum(values) if _is_ofpeople_in(merged.indicator) else Decimal(0)

    def is_secret(number: Decimal) -> bool:
        # What was withheld for quoting one figure alone would tell which it is; so would what is
        # printed tell which it is not.
        could_be = most - len(values) * below < number <= most
        return number in secrets or 0 < number < few or could_be

    return replace(
        merged,
        value=None if suppressed else merged.value,
        suppressed=suppressed,
        observations=tuple(
            _told(
                o if is_forecast_told else replace(o, forecast=None),
                is_secret,
                is_hidden=o.area in hidden,
            )
            for o in merged.observations
        ),
    )


def _are_few(numbers: Iterable[Decimal], indicator: Indicator, below: int) -> bool:
    """Whether any of some figures of an indicator counts people, too few to publish."""
    return indicator.unit_row.counts_people and any(is_small(each, below) for each in numbers)


def _told(
    observation: Observation, is_secret: Callable[[Decimal], bool], *, is_hidden: bool
) -> Observation:
    """What is told of an observation; no commentary quotes what a suppressed figure could be."""
    told = observation
    if is_hidden:
        told = replace(told, value=None, numerator=None, denominator=None, suppressed=True)
        # That something is being done about a figure tells that it is out of target.
        told = replace(told, action="", action_owner="", action_by=None)
    return without_words(told, lambda words: any(map(is_secret, numbers_in(words))))


def without_words(observation: Observation, is_withheld: Callable[[str], bool]) -> Observation:
    """An observation without what its area says of it, or why it was entered, where withheld."""
    said = {name: getattr(observation, name) for name in _WORDS}
    if isinstance(observation, Entered):
        said["because"] = observation.because
    withheld = [name for name, words in said.items() if words and is_withheld(words)]
    return replace(observation, **dict.fromkeys(withheld, WITHHELD)) if withheld else observation


def numbers_of(figure: Observation | ReportedFigure) -> Iterable[Decimal]:
    """Every number that a figure tells, and what is left of the whole."""
    top, bottom = figure.numerator, figure.denominator
    yield from (n for n in (figure.value, top, bottom) if n is not None)
    if top is not None and bottom is not None:
        yield bottom - top
