"""Three years of a council of 20 areas and 80 indicators, beside an oracle of the register's words.

The oracle, in `tests/support/oracle`, knows nothing of the project: from what stands in the
register's cells and what areas typed it works out what every appendix has to say, and all that is
printed is read back and held against it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sampled import sampled
from tests.support.simulated.years import Years

#: What has to have been met at least once in three years.
SITUATIONS = (
    "★ Exceeded", "✔ Green", "◆ Amber", "✖ Red",
    "Not rated: areas disagree", "Not rated: areas missing", "Not rated: contextual",
    "Not rated: incomplete", "Not rated: narrative", "Not rated: no cases", "Not rated: no data",
    "Not rated: no target", "Not rated: not due", "Not rated: suppressed",
    "accumulated", "arrows", "coverage", "disagree", "last reported", "latest known", "lacks",
    "measured otherwise", "missing", "next due", "no cases in", "no cases to compare",
    "none before", "not available", "not compared", "not yet reported", "owed", "own tolerance",
    "provisional", "renamed area", "renamed period", "replaces", "restated", "restated in it",
    "split", "sums", "taken over", "thresholds", "without", "without, not available",
    "return Not received", "return Received", "return Received late",
    "return Received as a restatement", "return Sent back for correction",
)  # fmt: skip


@pytest.mark.parametrize("seed", sampled((1, 2, 3, 4), one_in=4))
def test_three_years_of_a_council_are_what_the_words_of_its_register_say(
    seed: int, tmp_path: Path
) -> None:
    years = Years(tmp_path / "council", seed)
    years.live()
    assert years.differing == []
    assert [each for each in SITUATIONS if not years.met[each]] == []
