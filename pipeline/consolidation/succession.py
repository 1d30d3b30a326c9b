"""Succession: by which refs issues of appendices knew an indicator, whatever it is called now.

An officer may give an indicator another ref, other words, or the ref that another one had, while a
period is open. What was printed of it stays printed, so that what issues told of it has to be found
by the ref that it had then. Where several may be meant there is a reading for each of them, and
figures are disclosed beside every one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, islice

from msgspec import Struct
from msgspec.structs import replace

from pipeline.store import Asked, Issue
from schemas.model import Indicator, Register
from schemas.names import name_key

#: Of other refs that ever reported the same figures as one, the areas that did.
AreasAlike = Callable[[str], Mapping[str, Sequence[str]]]
#: The ref that an indicator had in each asking; None where it had none.
Reading = tuple[str | None, ...]

#: How many readings there are where one thing is preferred; what has most in common comes first.
_MOST = 4


class Asking(Struct, frozen=True, dict=True):
    """Issues, one after the other, for which the register asked for the same by the same refs."""

    issues: frozenset[int]
    #: By ref; with an empty wording and no areas where an old issue did not note it, and none at
    #: all where it noted nothing.
    asked: Mapping[str, Asked]

    @cached_property
    def by_ref(self) -> Mapping[str, Sequence[str]]:
        """The refs, by what they have in common with the same one spelt another way."""
        return _grouped(self.asked, name_key)

    @cached_property
    def by_wording(self) -> Mapping[str, Sequence[str]]:
        """The refs, by what their wordings have in common with the same one spelt another way."""
        return _grouped(self.asked, lambda ref: name_key(self.asked[ref].wording))

    def asks(self, ref: str, area: str) -> bool:
        """Whether it asked an area for an indicator of that ref, as far as is known."""
        found = self.asked.get(ref)
        return found is not None and (not found.wording or area in found.areas)


def _grouped(refs: Iterable[str], key: Callable[[str], str]) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        found[key(ref)].append(ref)
    return found


def askings(issues: Iterable[Issue]) -> list[Asking]:
    """What the register asked for when issues were made, the latest first."""
    latest_first = sorted(issues, key=lambda issue: issue.id, reverse=True)
    found = []
    for _, alike in groupby(latest_first, key=lambda issue: issue.asked or _refs(issue)):
        some = list(alike)
        asked = some[0].asked_by_ref or dict.fromkeys(_refs(some[0]), Asked("", ()))
        found.append(Asking(frozenset(issue.id for issue in some), asked))
    return found


def _refs(issue: Issue) -> tuple[str, ...]:
    return tuple(rating.indicator for rating in issue.ratings)


def readings_of(
    register: Register, before: Sequence[Asking], alike: AreasAlike
) -> Mapping[str, Sequence[Reading]]:
    """By which refs each indicator of the register may have gone in askings, the latest first."""
    asked = {each.ref: Asked(each.wording, each.areas) for each in register.indicators}
    now = Asking(frozenset(), asked)
    return {
        each.ref: list(
            dict.fromkeys(
                walk.reading
                for prefers_ref in (False, True)
                for walk in _walks(each, now, before, alike, prefers_ref=prefers_ref)
            )
        )
        for each in register.indicators
    }


class _Walk(Struct, frozen=True):
    """An indicator, followed back from asking to asking."""

    ref: str
    wording: str
    #: Where it was found last.
    asking: Asking
    #: Nothing that went by another ref and in other words is taken for it.
    is_new: bool = False
    reading: Reading = ()

    def to(self, ref: str, asking: Asking) -> _Walk:
        """A step further back, to the ref that it had there."""
        wording = name_key(asking.asked[ref].wording) or self.wording
        reading = (*self.reading, ref)
        return replace(self, ref=ref, wording=wording, asking=asking, reading=reading)


def _walks(
    indicator: Indicator,
    now: Asking,
    before: Sequence[Asking],
    alike: AreasAlike,
    *,
    prefers_ref: bool,
) -> Iterable[_Walk]:
    walks = [_Walk(indicator.ref, name_key(indicator.wording), now)]
    for asking in before:
        steps = (s for walk in walks for s in _steps(walk, asking, alike, prefers_ref=prefers_ref))
        walks = list(islice(steps, _MOST))
    return walks


def _steps(walk: _Walk, asking: Asking, alike: AreasAlike, *, prefers_ref: bool) -> Iterator[_Walk]:
    """What an indicator was called there: by its ref, by its words, or else by what it reported."""
    if not asking.asked:
        yield replace(walk, reading=(*walk.reading, walk.ref))
        return
    named = asking.by_ref.get(name_key(walk.ref), ())
    worded = asking.by_wording.get(walk.wording, ()) if walk.wording else ()
    same = [ref for ref in named if ref in worded]
    if found := same or (prefers_ref and named) or worded or named:
        yield from (walk.to(ref, asking) for ref in found)
        return
    # One that went when this one came, and that reported the same. Or it is a new one.
    went = [] if walk.is_new else _went(walk, asking, alike(walk.ref))
    is_new = walk.is_new or bool(went)
    yield replace(walk, is_new=is_new, reading=(*walk.reading, None))
    yield from (walk.to(ref, asking) for ref in went)


def _went(walk: _Walk, asking: Asking, alike: Mapping[str, Sequence[str]]) -> list[str]:
    """The refs that the asking has and the next one has no longer, for an area that is alike."""
    found = [
        (-len(areas), ref)
        for ref, areas in alike.items()
        if ref in asking.asked and not all(walk.asking.asks(ref, area) for area in areas)
    ]
    return [ref for _, ref in sorted(found)]
