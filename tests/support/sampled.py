"""Very many cases of one thing: `make test` tries some of them, and `make faults` the others."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from _pytest.mark import ParameterSet


def sampled(cases: Iterable[object], one_in: int) -> list[ParameterSet]:
    """Cases as parameters, of which `make test` tries the first and one in so many after it."""
    return [
        pytest.param(
            *(case if type(case) is tuple else (case,)),
            marks=() if number % one_in == 0 else pytest.mark.faults,
        )
        for number, case in enumerate(cases)
    ]
