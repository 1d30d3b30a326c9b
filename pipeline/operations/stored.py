"""What a store holds of all returns, for whoever looks back on one of their figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD
from pipeline.consolidation.redaction import Redaction
from pipeline.store import Approval, Entered, Outcome, Signature, Store, Submission
from schemas.findings import Finding, Severity
from schemas.model import Register
from schemas.observations import Observation


class StoredReturns(Struct, frozen=True):
    """Every submission of a store with its figures, and what may be shown of these."""

    register: Register
    store: Store
    redaction: Redaction
    #: Every figure ever accepted, by its submission's number and its indicator's ref.
    figures: Mapping[tuple[int, str], Observation]
    #: By number, in the order received.
    submissions: Mapping[int, Submission]
    signatures: Mapping[int, Signature]
    #: Every figure that was entered, in that order.
    entered: Sequence[Entered]
    #: The accepted return that each accepted one took the place of, by the later one's number.
    replaced: Mapping[int, Submission]
    #: The accepted return that counts, by its area and period.
    standing: Mapping[tuple[str | None, str | None], Submission]

    @classmethod
    def of(cls, register: Register, store: Store, *, reveals: bool) -> StoredReturns:
        """Of a store; figures that the appendix suppresses are shown where it `reveals` them."""
        # The figures first: of each that a run adds meanwhile the submission is there, too.
        figures = {(number, o.indicator): o for number, o in store.reported()}
        submissions = {sent.id: sent for sent in store.submissions()}
        replaced: dict[int, Submission] = {}
        standing: dict[tuple[str | None, str | None], Submission] = {}
        for sent in submissions.values():
            if sent.outcome is Outcome.ACCEPTED:
                if before := standing.get((sent.area, sent.period)):
                    replaced[sent.id] = before
                standing[sent.area, sent.period] = sent
        redaction = Redaction(register, store, reveals)
        signatures = store.signatures()
        entered = store.entered.all()
        return cls(
            register,
            store,
            redaction,
            figures,
            submissions,
            signatures,
            entered,
            replaced,
            standing,
        )

    @property
    def refs(self) -> Iterator[str]:
        """The refs of the indicators for which anything was ever accepted or entered, often."""
        yield from (ref for _, ref in self.figures)
        yield from (one.indicator for one in self.entered)

    def by(self, register: Register) -> StoredReturns:
        """The same by the register of another time."""
        redaction = replace(self.redaction, register=register)
        return replace(self, register=register, redaction=redaction)

    def figures_of(self, indicator: str) -> Iterator[tuple[Submission, Observation]]:
        """Every figure ever accepted for an indicator, in the order received."""
        for (number, ref), observation in self.figures.items():
            if ref == indicator:
                yield self.submissions[number], observation

    def warnings_at(self, observation: Observation, sent: Submission) -> Iterator[Finding]:
        """The warnings at a figure's cell, without their words where they quote a hidden one."""
        for finding in self.redaction.shown(sent).findings:
            is_here = (finding.sheet, finding.cell) == (observation.sheet, observation.cell)
            if is_here and finding.severity is Severity.WARNING:
                yield finding

    def reason(self, approval: Approval) -> str:
        """Why a figure was found right, unless it or what the warning quotes is hidden."""
        sent, place = self.submissions[approval.submission_id], (approval.sheet, approval.cell)
        warned = self.redaction.shown(sent).findings
        withheld = {(f.code, f.sheet, f.cell) for f in warned if f.problem == WITHHELD}
        hidden = {
            (o.sheet, o.cell)
            for (number, _), o in self.figures.items()
            if number == sent.id and self.redaction.hides(o)
        }
        is_withheld = (approval.code, *place) in withheld or place in hidden
        return WITHHELD if is_withheld else approval.because
