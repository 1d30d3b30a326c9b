"""What a person reads of a figure, and how what a reader made of it compares.

Five answers: a figure (`Read`), no cases, nothing, `Asked` where nobody could tell, and `Open`
where the rule lets a reader take the one figure that can be meant or ask about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Answer(Enum):
    """Answers that are no figure."""

    #: Of nobody, as in 0 of 0: said, and not rated.
    NO_CASES = "no cases"
    #: No figure is given. Whether the area is asked for one is no matter of reading.
    NOTHING = "nothing"
    #: Only of a reader: it asked about the figure, its column or the whole workbook.
    ASKED = "asked"


NO_CASES, NOTHING = Answer.NO_CASES, Answer.NOTHING


@dataclass(frozen=True)
class Read:
    """The figure, in its unit (percentages in points); `also` are the same figure less rounded."""

    value: Decimal
    also: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Nobody could tell what is meant, and why."""

    why: str


@dataclass(frozen=True)
class Open:
    """Taken as this or asked about, and why; never anything else."""

    answer: Read | Answer
    why: str


Expected = Read | Answer | Asked | Open
#: What a reader made of a figure.
Got = Decimal | Answer


class Verdict(Enum):
    RIGHT = "right"
    ASKED_NEEDLESSLY = "asked though it is plain"
    #: Sent on without a figure that stands there, and without a word.
    OVERLOOKED = "overlooked"
    MISREAD = "misread"


def read(value: str | int, *also: str) -> Read:
    """The figure as printed."""
    return Read(Decimal(value), tuple(Decimal(other) for other in also))


def reads(refs: Sequence[str], *values: str | int) -> dict[str, Expected]:
    """A figure for each of these indicators."""
    return {ref: read(value) for ref, value in zip(refs, values, strict=True)}


def judge(expected: Expected, got: Got) -> Verdict:
    """How what a reader made of a figure compares with what a person reads."""
    match expected, got:
        case Asked(), Answer.ASKED:
            return Verdict.RIGHT
        case Asked(), Answer.NOTHING:
            return Verdict.OVERLOOKED
        case Asked(), _:
            return Verdict.MISREAD
        case Open(), Answer.ASKED:
            return Verdict.RIGHT
        case Open(answer=answer), _:
            return judge(answer, got)
        case Answer.NOTHING, Answer.ASKED:
            return Verdict.RIGHT
        case ((Read() | Answer()), Answer.ASKED):
            return Verdict.ASKED_NEEDLESSLY
        case Answer(), _:
            return Verdict.RIGHT if got is expected else Verdict.MISREAD
        case Read(), Answer.NOTHING:
            return Verdict.OVERLOOKED
        case Read(), Answer():
            return Verdict.MISREAD
        case Read(value, also), _:
            return Verdict.RIGHT if got in {value, *also} else Verdict.MISREAD
    raise AssertionError(f"{expected} is no answer")
