"""What a return's template asked of its area, held against what the register asks now.

A template names the register that it was made from, and the archive keeps that. One of before, or
what a program saved that keeps no properties, is known by what it says: where all its prefilled
cells are those of a register by which returns were checked, it was made from such a one. Where a
return is not as it should be because its template asked something else, that is said, and what it
need not answer for any more does not send it back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.frames import Placed
from pipeline.returns.reading import Reading
from pipeline.store import Store
from pipeline.store.registers import kept_register
from pipeline.workspace.errors import RegisterError
from pipeline.workspace.folder import Workspace
from schemas.fields import PREFILLED, prefilled
from schemas.findings import Finding, shorten
from schemas.model import Indicator, Register
from schemas.names import clean
from schemas.rules import INDICATOR_UNKNOWN
from schemas.template_rules import (
    ASKED_OTHERWISE,
    ASKED_SINCE,
    NO_LONGER_ASKED,
    TOLD_OTHERWISE,
)
from schemas.timeline import in_force

#: What may be found because the register has changed.
BEARING = frozenset({"C02", "C10", "C15", INDICATOR_UNKNOWN.code})
#: So many registers are tried, the last first, where a return names none.
_MOST = 12
#: The prefilled columns that tell something and ask for no other figure.
_TELLS = ("ref", "priority", "target")
_CALLED = {"ref": "reference", "indicator": "wording"}


class KeptRegisters(Struct, frozen=True):
    """The registers of before."""

    #: That of a SHA-256; None where it is not kept.
    of: Callable[[str], Register | None] = lambda _sha256: None
    #: The SHA-256 of those by which returns were checked, the last first.
    used: Callable[[], Sequence[str]] = tuple

    @classmethod
    def in_archive(cls, workspace: Workspace, store: Store | None, now: Register) -> KeptRegisters:
        used = store.received.registers if store else tuple
        return cls(partial(kept_register, workspace, now=now), used)


NONE_KEPT = KeptRegisters()


class Templates:
    """What the templates of returns asked, worked out where something found may come of it."""

    def __init__(self, register: Register, kept: KeptRegisters) -> None:
        self._register = register
        self._kept = kept
        self._registers: dict[str, Register | None] = {}
        self._asked: dict[int, TemplateAsked | None] = {}

    def asked(self, one: Placed) -> TemplateAsked | None:
        """What a return's template asked by another register; None where that is not known."""
        if one.number not in self._asked:
            self._asked[one.number] = next(self._likely(one), None)
        return self._asked[one.number]

    def _likely(self, one: Placed) -> Iterator[TemplateAsked]:
        named = one.reading.template_of
        for sha256 in [named] if named else self._kept.used()[:_MOST]:
            then = None if sha256 == self._register.sha256 else self._register_of(sha256)
            if then is not None:
                then = in_force(then, one.period.name)
                asked = TemplateAsked(then, self._register, one.area.ref, one.period.name)
                if named or asked.is_all_of(one.reading):
                    yield asked

    def _register_of(self, sha256: str) -> Register | None:
        if sha256 not in self._registers:
            self._registers[sha256] = None
            # One that only an earlier version could read is as good as not kept.
            with suppress(RegisterError):
                self._registers[sha256] = self._kept.of(sha256)
        return self._registers[sha256]


class TemplateAsked(Struct, frozen=True):
    """What a template asked of a service area for a period, and what is asked of it now."""

    #: The register that the template was made from, and the one by which the return is checked.
    then: Register
    now: Register
    area: str
    period: str

    def is_all_of(self, reading: Reading) -> bool:
        """Whether a return has the rows of such a template, and says in each what that says."""
        asked = {each.ref for each in self.then.indicators_of(self.area)}
        answered = set[str]()
        for row in reading.rows:
            indicator = self._then_of(row.indicator)
            if indicator is None:
                return False
            texts = self._texts(indicator)
            if any(clean(row.seen.get(key, "")) != clean(texts[key]) for key in PREFILLED):
                return False
            answered.add(indicator.ref)
        unknown = {f.value for f in reading.findings if f.code == INDICATOR_UNKNOWN.code}
        gone = {each.ref: _shown_of(each) for each in self._gone()}
        answered |= {ref for ref, texts_of in gone.items() if texts_of & unknown}
        return answered == asked and unknown <= set().union(*gone.values())

    def instead_of(self, finding: Finding, field: str, words: Mapping[str, str]) -> Finding:
        """What is to be said in place of what a check found at a field of a row."""
        ref, place = words.get("ref", ""), (finding.sheet, finding.cell)
        asked = self.then.indicators_of(self.area)
        match finding.code:
            case "C15" if ref not in [each.ref for each in asked]:
                name = self.now.area_name(self.area)
                return ASKED_SINCE.found(ref=ref, wording=words["wording"], area=name)
            case "C02" if ref in [each.ref for each in asked]:
                return NO_LONGER_ASKED.found(*place, ref)
            case "C10" if self._said(ref, field, words["value"]):
                rule = TOLD_OTHERWISE if field in _TELLS else ASKED_OTHERWISE
                what, expected = _CALLED.get(field, field), words["expected"]
                said = {"what": what, "ref": ref, "expected": expected}
                return rule.found(*place, words["value"], **said)
        return finding

    def _said(self, ref: str, field: str, seen: str) -> bool:
        """Whether the template itself said in a prefilled cell what stands there."""
        indicator = self._then_of(ref)
        return indicator is not None and clean(self._texts(indicator)[field]) == clean(seen)

    def _texts(self, indicator: Indicator) -> dict[str, str]:
        """What stands in the prefilled cells of an indicator's row."""
        priority = next(p for p in self.then.priorities if p.ref == indicator.priority)
        return prefilled(indicator, priority, self.then.target(indicator.ref, self.period))

    def _then_of(self, ref: str) -> Indicator | None:
        """The indicator that bore this ref, or else the wording of the one that bears it now."""
        now = self.now.indicator(ref)
        worded = (i for i in self.then.indicators if now and i.wording == now.wording)
        return self.then.indicator(ref) or next(worded, None)

    def _gone(self) -> list[Indicator]:
        """What was asked and is in the register no longer."""
        asked = self.then.indicators_of(self.area)
        return [each for each in asked if self.now.indicator(each.ref) is None]

    def without_passed(self, reading: Reading, found: Collection[Finding]) -> Reading:
        """A reading without the rows of which it was `found` that nothing is asked any more.

        Of a row whose indicator the register holds no longer the same is said, and what is wrong in
        the cells of either does not count.
        """
        places = {(f.sheet, f.cell) for f in found if f.code == NO_LONGER_ASKED.code}
        passed = [
            row
            for row in reading.rows
            if any((row.sheet, cell) in places for cell in reading.cells(row).values())
        ]
        cells = {(row.sheet, cell) for row in passed for cell in reading.cells(row).values()}
        texts = set[str]().union(*map(_shown_of, self._gone()))
        return replace(
            reading,
            rows=[row for row in reading.rows if row not in passed],
            findings=[
                NO_LONGER_ASKED.found(found.sheet, found.cell, found.value)
                if found.code == INDICATOR_UNKNOWN.code and found.value in texts
                else found
                for found in reading.findings
                if (found.sheet, found.cell) not in cells
            ],
        )


def _shown_of(indicator: Indicator) -> set[str]:
    """How the reader says what it does not know of an indicator's row."""
    return {shorten(indicator.ref), shorten(indicator.wording)}
