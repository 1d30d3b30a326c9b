"""Texts: what areas write is withheld where it quotes a figure of theirs that is suppressed.

Commentary that quotes a figure of its own indicator and period is withheld by `disclosure`. Here it
is what quotes a figure of an earlier period, and what is written beside another indicator:
commentary, narratives and achievements, and the names of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import IntEnum
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from pipeline.consolidation.disclosure import (
    WITHHELD,
    is_protected,
    numbers_of,
    without_words,
)
from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.printed import ReportedFigure, ToldOf, figures_kept
from pipeline.consolidation.quoting import numbers_in, words_that_matter
from schemas.model import Indicator
from schemas.observations import Achievement, Observation


class Question(Struct, frozen=True):
    """A text that may quote a suppressed figure: a person should look at it."""

    period: str
    area: str
    #: The wording of the indicator whose figure it may quote.
    indicator: str
    sheet: str
    cell: str


class Secret(Struct, frozen=True):
    """The numbers of an area's suppressed figure."""

    indicator: Indicator
    numbers: frozenset[Decimal]
    #: It is of a period before the report's.
    is_earlier: bool = False


class _Quotes(IntEnum):
    NOT = 0
    PERHAPS = 1
    SURELY = 2


#: By the ref of the area; what all areas come to under none.
Secrets = Mapping[str, Sequence[Secret]]


def secrets_of(
    merged: Iterable[Consolidated],
    disclosed: Iterable[Consolidated],
    told: ToldOf,
    *,
    are_earlier: bool = False,
) -> Iterator[tuple[str, Secret]]:
    """What is suppressed of figures of one period, or was of what these took the place of.

    Each with the ref of its area; what all areas come to, with none.
    """
    for whole, printed in zip(merged, disclosed, strict=True):
        if printed.suppressed and whole.value:
            yield "", Secret(whole.indicator, frozenset({whole.value}), are_earlier)
        pairs = zip(whole.observations, printed.observations, strict=True)
        kept: list[Observation | ReportedFigure] = [o for o, shown in pairs if shown.suppressed]
        if is_protected(whole.indicator) and (before := told.get(whole.indicator.ref)):
            kept += figures_kept(before)
        for figure in kept:
            # Of parts zero tells of nobody.
            numbers = frozenset(n for n in numbers_of(figure) if n or n == figure.value)
            if numbers:
                yield figure.area, Secret(whole.indicator, numbers, are_earlier)


class ReportTexts(Struct):
    """Texts as they may be printed, and those that a person should look at."""

    secrets: Secrets
    #: The number from which a count of people may be published.
    below: int
    questions: list[Question] = []

    def figure(self, disclosed: Consolidated) -> Consolidated:
        """A merged figure without the texts that quote another."""
        narrative, observations = disclosed.narrative, []
        for o in disclosed.observations:
            named = replace(o, filename=self.file_name(o.filename, o.area, o.period))
            place = (o.period, o.area, o.sheet, o.cell)
            is_withheld = partial(self._is_withheld, ref=disclosed.indicator.ref, place=place)
            told = without_words(named, is_withheld)
            if is_withheld(o.narrative):
                narrative = narrative.replace(o.narrative, WITHHELD)
                told = replace(told, narrative=WITHHELD)
            observations.append(told)
        return replace(disclosed, narrative=narrative, observations=tuple(observations))

    def achievement(self, achieved: Achievement) -> Achievement:
        """An achievement, without its words where they quote a figure."""
        place = (achieved.period, achieved.area, achieved.sheet, achieved.cell)
        return (
            replace(achieved, text=WITHHELD)
            if self._is_withheld(achieved.text, "", place)
            else achieved
        )

    def file_name(self, name: str, area: str | None, period: str) -> str:
        """The name of an area's file, as far as it tells no number that is suppressed, or could be.

        That of its period, which templates are called by, tells none.
        """
        secrets = (*self.secrets.get("", ()), *self.secrets.get(area or "", ()))
        numbers = frozenset(numbers_in(name.replace(period, ""))) if secrets else frozenset()
        is_few = any(0 < number < self.below for number in numbers)
        is_withheld = is_few or any(numbers & secret.numbers for secret in secrets)
        return WITHHELD if is_withheld else name

    def _is_withheld(self, text: str, ref: str, place: tuple[str, str, str, str]) -> bool:
        """Whether a text quotes a figure of another indicator or period than it stands at."""
        period, area, sheet, cell = place
        if not text:
            return False
        numbers = frozenset(numbers_in(text))
        for of, secrets in self.secrets.items():
            for secret in secrets:
                is_about = secret.indicator.ref == ref
                if is_about and not secret.is_earlier:
                    continue
                match self._quotes(text, numbers, secret, is_about=is_about, is_own=of == area):
                    case _Quotes.SURELY:
                        return True
                    case _Quotes.PERHAPS if not secret.is_earlier:
                        wording = secret.indicator.wording
                        self.questions.append(Question(period, area, wording, sheet, cell))
        return False

    def _quotes(
        self,
        text: str,
        numbers: frozenset[Decimal],
        secret: Secret,
        *,
        is_about: bool,
        is_own: bool,
    ) -> _Quotes:
        """A number that many figures could be is one only where the text speaks of the matter.

        There a small one is withheld whatever the figure is: else what is printed, or is not, would
        tell it.
        """
        shared = numbers & secret.numbers
        is_few = any(0 < number < self.below for number in numbers)
        if not (shared or is_few):
            return _Quotes.NOT
        if is_about or words_that_matter(text) & words_that_matter(secret.indicator.wording):
            return _Quotes.SURELY
        if not (shared and is_own):
            return _Quotes.NOT
        return _Quotes.SURELY if max(shared) >= self.below else _Quotes.PERHAPS
