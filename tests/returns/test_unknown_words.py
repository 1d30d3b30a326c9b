"""A text that is said to leave something unknown does, however it is accounted for word by word."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.returns.interpret.labels import (
    ACHIEVEMENTS,
    CHANGE_NOTHING,
    INDICATORS,
    KINDS,
    vocabulary_of,
)
from pipeline.returns.interpret.periods import ANY_SAYING
from tests.support.council import REGISTER

WORDS = vocabulary_of(REGISTER)
#: What headings are made of, and letters of all patterns run together in any way.
KNOWN = sorted(
    {word for names in KINDS.values() for word in names}
    | CHANGE_NOTHING
    | {name for fields in (INDICATORS, ACHIEVEMENTS) for f in fields for name in f.aliases}
    | {area.name for area in REGISTER.areas}
    | {period.name for period in REGISTER.periods}
    | set(re.findall(r"[a-z]+", ANY_SAYING.pattern))
    | {
        "do not enter",
        "not cumulative",
        "may be",
        "by May Brown",
        "Head of Service",
        "£000",
        "2012",
    }
)
texts = st.lists(
    st.sampled_from(KNOWN)
    | st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=8)
    | st.text(max_size=4),
    max_size=6,
)


@given(texts, st.sampled_from([" ", "  ", "-", ", ", "/", "_"]), st.booleans())
@settings(deadline=None, max_examples=400)
@example(["figures", "do not enter", "anything else"], " ", True)
@example(["performance", "provisional", "until", "validated"], " ", False)
@example(["quarterone", "sixmonths", "halfyear"], " ", False)
def test_a_text_that_surely_leaves_something_unknown_does(
    words: list[str], between: str, is_upper: bool
) -> None:
    text = between.join(words)
    text = text.upper() if is_upper else text
    if WORDS.surely_leaves_unknown(text):
        for fields in (INDICATORS, ACHIEVEMENTS):
            assert WORDS.label(text, fields).unknown


@pytest.mark.parametrize(
    "text",
    [
        *("september", "Sept", "months", "month", "sixmonths", "halfyear", "quarterly", "mid year"),
        *("annually", "michaelmas term", "quarters one and two", "for the year ended march"),
        *("thousands of pounds", "usd", "Performance indicator", "kpi no", "Target met?"),
    ],
)
def test_no_word_that_is_understood_is_said_to_be_unknown(text: str) -> None:
    assert not WORDS.surely_leaves_unknown(text)


@pytest.mark.parametrize(
    "wording",
    [
        "No. of households in temporary accommodation",
        "Performance indicator 12: complaints answered in time",
        "Number of residents helped",
    ],
)
def test_a_wording_is_told_from_a_heading_by_one_word(wording: str) -> None:
    assert WORDS.surely_leaves_unknown(wording)
