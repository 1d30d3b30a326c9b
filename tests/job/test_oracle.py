"""Three years of a council of 20 areas and 80 indicators, beside an oracle of the register's words.

The oracle, in `tests/support/oracle`, knows nothing of the project: from what stands in the
register's cells and what areas typed it works out what every appendix has to say, and all that is
printed is read back and held against it.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import tests.support.oracle.council
from tests.support.mixed import many
from tests.support.sampled import sampled
from tests.support.simulated.years import Years

#: What has to have been met in the three years of the first seed, and of any.
SITUATIONS = (
    "★ Exceeded", "✔ Green", "◆ Amber", "✖ Red",
    "★ Well above target", "● On target", "▲ Off target", "Not rated: contextual",
    "actions", "confidence High", "confidence Low", "confidence Medium", "contextual with target",
    "due every other year", "due half-yearly", "forecast", "forecast with a colour", "handed over",
    "no shape", "renamed twice", "shaped",
    "Not rated: areas disagree", "Not rated: areas missing",
    "Not rated: incomplete", "Not rated: narrative", "Not rated: no cases", "Not rated: no data",
    "Not rated: no target", "Not rated: not due", "Not rated: suppressed",
    "accumulated", "arrows", "coverage", "disagree", "last due", "last reported",
    "latest known", "lacks", "missing", "next due", "no cases in", "no cases to compare",
    "none before", "not available", "not compared", "not yet reported", "owed", "own tolerance",
    "provisional", "renamed area", "renamed period", "replaced by", "replaces",
    "restated", "restated in it",
    "split", "sums", "taken over", "thresholds", "without", "without, not available",
    "return Not received", "return Received", "return Received late",
    "return Received as a restatement", "return Sent back for correction",
)  # fmt: skip


IN_ANY = (
    "✔ Green", "◆ Amber", "✖ Red", "● On target", "▲ Off target", "Not rated: not due",
    "accumulated", "actions", "arrows", "coverage", "due every other year", "due half-yearly",
    "forecast", "handed over", "no shape", "renamed twice",
    "last reported", "owed", "restated", "split", "sums", "taken over", "thresholds",
)  # fmt: skip


#: Three years take minutes: `make faults` lives those of every seed.
SEEDS = [(1, SITUATIONS), (2, IN_ANY), (3, IN_ANY)][: many(1, 3)]


@pytest.mark.parametrize(("seed", "situations"), sampled(SEEDS, one_in=3))
def test_three_years_of_a_council_are_what_the_words_of_its_register_say(
    seed: int, situations: tuple[str, ...], tmp_path: Path
) -> None:
    years = Years(tmp_path / "council", seed)
    years.live()
    assert years.differing == []
    assert [each for each in situations if not years.met[each]] == []


def test_the_oracle_knows_nothing_of_the_project() -> None:
    folder = Path(tests.support.oracle.council.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.partition(".")[0] in ("pipeline", "schemas")], path
