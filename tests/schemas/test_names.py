"""Names are compared by what people see of them, and never taken for one that only looks alike."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.workbooks.names import asked_about, suggestion
from schemas.findings import LONGEST_QUOTE
from schemas.likeness import nearest
from schemas.names import address_key, clean, name_key
from schemas.register_layout import AREAS
from schemas.register_names import SheetNames

#: What may stand anywhere in a name without anyone seeing it.
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u00ad\ufe0f"
WORDS = st.text(st.characters(categories=("Lu", "Ll", "Nd", "Zs")), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iâl", unicodedata.normalize("NFD", "Iâl")),
        ("Iâl", "\ufeffIâl"),
        ("Iâl", "IÂL\u200b"),
        ("Visits to cafés", unicodedata.normalize("NFD", "Visits to cafés")),
        ("IAL-1", "IAL\u20111"),
        ("IAL-1", "IAL\u20131"),
        ("IAL-1", "IAL\u00ad-1"),
        ("Community safety", "Com\u00admunity\u00a0safety"),
        ("Community safety", "\uff23ommunity safety"),
        ("Community safety", "Community_safety"),
        ("2015-16 Q3", "2015\u201116\u202fQ3"),
        ("H & P", "H&P"),
        ("Adults and Health", "Adults & Health"),
        ("The council’s homes", "The council's\nhomes"),
        ("Satisfied", "Satis\ufb01ed"),
        ("1.10", " 1.10\u200b"),
    ],
)
def test_what_differs_in_nothing_that_is_seen_is_one_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)
    assert nearest(other, [one]) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.1", "1.10"),
        ("1.10", "1,10"),
        ("1.10", "110"),
        ("1.12", "1.1\u00b2"),
        ("CS", "\u0421S"),
        ("Actual", "\u0410ctual"),
        ("Ial", "Iâl"),
        ("Waits > 18 weeks", "Waits < 18 weeks"),
        ("Cost in £", "Cost in $"),
        ("x\u0302", "x"),
        ("IAL1", "IAL-1"),
        ("", "-"),
    ],
)
def test_what_is_seen_to_differ_is_another_name(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@given(WORDS, st.data())
def test_what_nobody_sees_changes_no_name(name: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(name)))
    unseen = data.draw(st.sampled_from(UNSEEN))
    plain = unicodedata.normalize("NFC", name)
    assert name_key(unicodedata.normalize("NFD", name)) == name_key(name)
    assert name_key(plain[:at] + unseen + plain[at:]) == name_key(name)


@given(st.text(max_size=40))
def test_a_key_is_its_own_key(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)
    assert clean(clean(text)) == clean(text)


def test_a_soft_hyphen_before_a_figure_is_left_for_the_figure_to_be_asked_about() -> None:
    assert clean("\u00ad5") == "\u00ad5"


@pytest.mark.parametrize(
    "pasted", ["hr@Council.example", " hr@council.example\u200b", "\ufeffhr@council.example"]
)
def test_an_address_is_the_same_however_it_was_pasted(pasted: str) -> None:
    assert address_key(pasted) == "hr@council.example"


def test_only_plain_letters_of_an_address_have_a_small_form() -> None:
    assert address_key("\u0130t@council.example") != address_key("i\u0307t@council.example")


INDICATORS = (
    "Incidents of anti-social behaviour",
    "Victims satisfied with the service",
    "Visits to cafés",
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Incidents of antisocial behaviours", INDICATORS[0]),
        ("Anti-social behaviour incidents", INDICATORS[0]),
        ("Behaviour, anti-social: incidents of", INDICATORS[0]),
        ("Satisfied victims with the service", INDICATORS[1]),
        ("Visits", None),
        ("the service", None),
        ("a", None),
    ],
)
def test_only_a_likeness_of_whole_wordings_is_suggested(typed: str, meant: str | None) -> None:
    assert nearest(typed, INDICATORS) == meant


def test_a_letter_of_another_script_is_named() -> None:
    assert suggestion("\u0421ommunity safety", ["Community safety", "H & P"]) == (
        "; its letter \u0421 is Cyrillic; did you mean Community safety?"
    )
    assert suggestion("\u0421S", ["CS"]) == "; its letter \u0421 is Cyrillic"
    assert suggestion("Здоровье", ["Здоровья"]) == "; did you mean Здоровья?"


def test_what_is_suggested_is_quoted_at_no_great_length() -> None:
    long = "A very long wording of an indicator " * 10
    for said in (suggestion(long + "x", [long]), asked_about(long + "x", [long])):
        assert "…" in said
        assert len(said) < LONGEST_QUOTE + 30


AREA_NAMES = SheetNames.of(
    AREAS,
    [
        {"ref": "HP", "name": "H & P"},
        {"ref": "AH", "name": "Adults and Health"},
        {"ref": "RP", "name": "Roads, Parks"},
        {"ref": "CS", "name": "Community safety"},
    ],
)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("H & P", ["H & P"]),
        ("H&P; CS", ["H&P", "CS"]),
        ("Adults and Health and H & P", ["Adults and Health", "H & P"]),
        ("Roads, Parks, CS and AH", ["Roads, Parks", "CS", "AH"]),
        ("community safety & adults AND health", ["community safety", "adults AND health"]),
        ("CS, and AH", ["CS", "AH"]),
        ("CS\nHP", ["CS", "HP"]),
        ("CS; ", ["CS"]),
        ("CS, Sport and AH", ["CS", "Sport", "AH"]),
        ("Adults and Heath", ["Adults and Heath"]),
        (";", []),
    ],
)
def test_a_list_of_names_that_hold_commas_and_ands_is_read(cell: str, names: list[str]) -> None:
    assert AREA_NAMES.listed(cell) == [names]


def test_a_list_that_can_be_read_two_ways_has_two_readings() -> None:
    areas = [{"ref": ref, "name": name} for ref, name in
             (("A", "Adults"), ("H", "Health"), ("AH", "Adults and Health"))]  # fmt: skip
    readings = SheetNames.of(AREAS, areas).listed("Adults and Health")
    assert sorted(map(len, readings)) == [1, 2]


def test_a_very_long_list_of_names_takes_no_time_to_tell_apart() -> None:
    readings = AREA_NAMES.listed("Adults and Health and " * 1500 + "CS")
    assert readings == [["Adults and Health"] * 1500 + ["CS"]]


@given(st.text(st.characters(max_codepoint=127)))
def test_a_name_of_plain_letters_has_the_key_that_it_has_with_a_letter_nobody_sees(
    name: str,
) -> None:
    # The one is compared in short, the other at length.
    assert name_key(name) == name_key(f"{name}\u200b")
