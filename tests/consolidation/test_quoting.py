"""Texts that quote a suppressed figure are withheld, in digits or words, or asked about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD
from pipeline.consolidation.quoting import numbers_in, words_that_matter
from schemas.model import Gets, Kind, Recipient, Register
from tests.support.builders import PERIOD, SAFETY, indicator, small_register
from tests.support.council import BEFORE, Council
from tests.support.filled import fill_in, fill_return


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("seven hundred and eighty-seven families", [787]),
        ("Twenty-one of them, and twenty or thirty more", [21, 20, 30]),
        ("a dozen", [12]),
        ("two dozen of them", [24]),
        ("In Q2, and in quarter three, to the 3rd of May 2013 and 1 June 2013", []),
        ("3 May cases in Q2; 2Q; Q3 4", [3, 2, 4]),
        ("a couple of schemes", [2]),
        ("Both fell, twice; a trio", [2, 2, 3]),
        ("③ of them\u00b3, th\u200bree", [3, 3, 3]),
        ("one thousand two hundred and five", [1205]),
        ("a hundred; fourteen hundred", [100, 1400]),
        ("three, four and five", [3, 4, 5]),
        ("two million", [2_000_000]),
        ("1,003 calls and 4.5", [1003, 4.5]),
        ("half a dozen", [6]),
        ("1 234 of them, or 1.234, or 1'234", [1, 234, 1.234, 1234]),
        ("64,5 in all", [64, 5, 64.5]),
        ("1.5 million, and 2k", [1.5, 1_500_000, 1_000_000, 2, 2000]),
        ("2 dozen, and 3 pairs", [2, 24, 12, 3]),
        ("the fourth of those, twins", [4, 2]),
        ("2\ufe0f3 and thr\u034fee", [23, 3]),
        ("12\u00b3, \u2163, \u56db, \u278c", [12, 3, 123, 4]),
        ("Fewer than before.", []),
    ],
)
def test_numbers_are_found_in_digits_and_in_words(text: str, expected: list[float]) -> None:
    assert set(map(float, numbers_in(text))) == set(map(float, expected))


def test_words_that_matter_say_what_is_counted() -> None:
    assert words_that_matter("Number of carers helped this year") == {"carer", "helped"}


BELOW = 100


def register_of() -> Register:
    return replace(
        small_register(),
        framework=replace(small_register().framework, small_below=BELOW),
        indicators=(
            indicator("P1-1", "Carers given a break"),
            indicator("P1-2", "Schemes of any kind"),
            indicator("P1-3", "Impact on safety", kind=Kind.NARRATIVE),
        ),
        targets=(),
        recipients=(Recipient("Officer", "officer@council.example", (Gets.DIGEST,)),),
    )


@pytest.mark.parametrize(
    ("said", "is_withheld", "is_asked"),
    [
        ("We gave eighty-seven carers a break.", True, False),
        ("87 of them are new.", False, True),
        ("All is well, and 88 of them are new.", False, False),
    ],
)
def test_a_text_beside_another_indicator_is_withheld_or_asked_about(
    said: str, is_withheld: bool, is_asked: bool, tmp_path: Path
) -> None:
    council = Council(tmp_path / "workspace", register_of())
    entries = {
        "P1-1": {"Performance": 87},
        "P1-2": {"Performance": 2345, "Commentary": said},
        "P1-3": {"Performance": said},
    }
    path = council.place.inbox / "return.xlsx"
    fill_return(council.register, SAFETY, PERIOD, path, entries)
    council.night()
    (data,) = (council.root / "outbox").glob("*/* data.csv")
    text = data.read_text(encoding="utf-8-sig")
    assert (said not in text, WITHHELD in text) == (is_withheld, is_withheld)
    digests = [p.read_text() for p in (council.root / "outbox").rglob("*digest*.eml")]
    asked = any("could be the figure of" in re.sub(r"=?\n *", " ", each) for each in digests)
    assert asked is is_asked


@pytest.mark.parametrize(
    ("said", "is_withheld"),
    [
        ("There were three of them last year.", True),
        ("Corrected: it was 4 at first.", True),
        # Any that it could have been: of what else is printed it would be known not to be that.
        ("There were two inspections.", True),
        ("There were 30 inspections in Q2.", False),
    ],
)
def test_commentary_that_quotes_an_earlier_figure_is_withheld(
    said: str, is_withheld: bool, tmp_path: Path
) -> None:
    """One of the last period, or one that an issue suppressed before it was corrected."""
    council = Council(tmp_path / "workspace")
    council.suppress(5)
    council.drop(SAFETY, {"P1-1": 3}, "before.xlsx", BEFORE)
    council.drop(SAFETY, {"P1-1": 4}, "first.xlsx")
    council.night()
    path = council.drop(SAFETY, {"P1-1": 60}, "corrected.xlsx")
    fill_in(path, {"P1-1": {"Commentary": said}})
    council.night()
    (data,) = (council.root / "outbox" / PERIOD.name).glob("* data.csv")
    text = data.read_text(encoding="utf-8-sig")
    assert (said not in text, WITHHELD in text) == (is_withheld, is_withheld)
