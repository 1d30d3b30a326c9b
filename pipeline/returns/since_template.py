"""What a return's template asked of its area, held against what the register asks now.

A template names the register that it was made from, and the archive keeps that. Where a return is
not as it should be because its template asked something else, it is said so, and what it need not
answer for any more does not send it back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from pipeline.returns.reading import Reading
from schemas.fields import prefilled
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

#: The register of a SHA-256; None where it is not kept.
KeptRegister = Callable[[str], Register | None]

#: The prefilled columns that tell something and ask for no other figure.
_TELLS = ("ref", "priority", "target")
_CALLED = {"ref": "reference", "indicator": "wording"}


class TemplateAsked(Struct, frozen=True):
    """What a template asked of a service area for a period, and what is asked of it now."""

    #: The place of its return in the run.
    number: int
    #: The register that the template was made from, and the one by which the return is checked.
    then: Register
    now: Register
    area: str
    period: str

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
        indicator = self.then.indicator(ref) or self._worded_as(ref)
        if indicator is None:
            return False
        priority = next(p for p in self.then.priorities if p.ref == indicator.priority)
        target = self.then.target(indicator.ref, self.period)
        return clean(prefilled(indicator, priority, target)[field]) == clean(seen)

    def _worded_as(self, ref: str) -> Indicator | None:
        """The indicator that had the wording of the one which bears this ref now."""
        now = self.now.indicator(ref)
        return next((i for i in self.then.indicators if now and i.wording == now.wording), None)

    def without_passed(self, reading: Reading, found: Collection[Finding]) -> Reading:
        """A reading without the rows of which it was `found` that nothing is asked any more.

        Of a row whose indicator the register holds no longer the same is said, and what is wrong in
        the cells of either does not count.
        """
        places = {(f.sheet, f.cell) for f in found if f.code == NO_LONGER_ASKED.code}
        passed = [
            row
            for row in reading.rows
            if any((row.sheet, cell) in places for cell in row.cells.values())
        ]
        cells = {(row.sheet, cell) for row in passed for cell in row.cells.values()}
        gone = [i for i in self.then.indicators_of(self.area) if self.now.indicator(i.ref) is None]
        texts = {shorten(text) for each in gone for text in (each.ref, each.wording)}
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
