"""Words over figures: each one is understood, or it is asked about."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.returns.interpret.labels import CHANGE_NOTHING, KINDS, PROVISIONAL, vocabulary_of
from pipeline.returns.reading import Return
from schemas.findings import Severity
from schemas.model import Status
from tests.corpus.expected import Answer, Got
from tests.corpus.layout import NOW, REGISTER, WAYS, Layout, cover, lines, table
from tests.corpus.layout import READ as EXPECTED
from tests.corpus.reading import answers, returned
from tests.corpus.register import HOMES
from tests.corpus.sheets import STRUCK, Cell, Row, Sheet, Shown, Span, rich, sheet, struck
from tests.corpus.write import write
from tests.support.sampled import sampled

KNOWN = ("Actual", "Q3", "2015-16 Q3", "Third quarter", "Oct-Dec", "Performance", "the figure")
#: Words that a person may write over figures, and that nobody else would know.
UNKNOWN = ("audited", "Model B", "restated", "north", "target group", "weighted", "v2", "RAG")
READ = {ref: each.value for ref, each in EXPECTED.items()}  # type: ignore[union-attr] # all are read


def made_of(folder: Path, *sheets: Sheet) -> Return:
    layout = Layout("words", sheets, {})
    return returned([write(layout, WAYS[0], folder / "words.xlsx")])[0]


def figures(made: Return, refs: tuple[str, ...] = tuple(READ)) -> dict[str, Got]:
    layout = Layout("words", (), dict.fromkeys(refs, Answer.NOTHING))
    return dict(answers(layout, made))


def headed(*rows: Row) -> Sheet:
    """One column of figures under headings, with rows above that of the names."""
    above = ((None, None, *row) for row in rows[:-1])
    return sheet("Indicators", *above, ("Ref", "Indicator", *rows[-1]), *lines(NOW))


def asked(folder: Path, *rows: Row) -> bool:
    return set(figures(made_of(folder, cover(), headed(*rows))).values()) == {Answer.ASKED}


@pytest.mark.parametrize("word", sorted(CHANGE_NOTHING))
def test_a_word_that_changes_nothing_changes_nothing(tmp_path: Path, word: str) -> None:
    made = made_of(tmp_path, cover(), table((f"Actual ({word})",), NOW))
    assert figures(made) == READ


@pytest.mark.parametrize(
    "word",
    sampled([word for kind, words in KINDS.items() if kind != PROVISIONAL for word in words], 4),
)
def test_a_word_for_another_kind_of_figure_is_asked_about(tmp_path: Path, word: str) -> None:
    made = made_of(tmp_path, cover(), table((f"Actual ({word})",), NOW))
    assert set(figures(made).values()) == {Answer.ASKED}


def test_figures_under_provisional_are_provisional(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), table(("Actual (provisional)",), NOW))
    assert figures(made) == READ
    assert {row.status for row in made.reading.rows} == {Status.PROVISIONAL}


@pytest.mark.faults
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chain=st.lists(st.sampled_from(KNOWN), min_size=1, max_size=3),
    unknown=st.sampled_from(UNKNOWN) | st.text("bcdfghjklmnpqrstvwxz", min_size=3, max_size=9),
    data=st.data(),
)
def test_one_unknown_word_anywhere_over_a_figure_is_asked_about(
    tmp_path: Path, chain: list[str], unknown: str, data: st.DataObject
) -> None:
    """In any row of headings, merged or not, in brackets or not, at any place among the words."""
    assume(vocabulary_of(REGISTER).label(unknown).unknown)
    level = data.draw(st.integers(0, len(chain) - 1))
    words = chain[level].split()
    place = data.draw(st.integers(0, len(words)))
    written = data.draw(st.sampled_from(["{}", "({})", "[{}]", "- {}", "{}:", "\n{}", "_{}_"]))
    words.insert(place, written.format(unknown))
    rows: list[Row] = [(label,) for label in chain]
    rows[level] = (" ".join(words),)
    if all(label == "the figure" for label in chain):
        rows.append(("Actual",))
    made = made_of(tmp_path, cover(), headed(*rows))
    assert set(figures(made).values()) == {Answer.ASKED}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chain=st.lists(st.sampled_from(KNOWN), min_size=1, max_size=4))
def test_any_chain_of_known_words_is_read(tmp_path: Path, chain: list[str]) -> None:
    rows: list[Row] = [(label,) for label in (*chain, "Actual")]
    assert figures(made_of(tmp_path, cover(), headed(*rows))) == READ


@pytest.mark.parametrize("above", ["Model B", "2014-15", "Forecast", "Q2"])
@pytest.mark.parametrize("gap", [0, 1, 2])
def test_headings_in_any_of_several_rows_above_are_looked_at(
    tmp_path: Path, above: str, gap: int
) -> None:
    assert asked(tmp_path, (above,), *[("Q3",)] * gap, ("Actual",))


def test_the_words_in_doubt_are_quoted_once_a_column(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), table(("Actual before audit",), NOW))
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert finding.place == "Indicators!C1"
    assert '"before audit" is not known' in finding.problem
    assert "2015-16 Q3" in finding.problem


def test_all_that_stands_over_a_column_in_doubt_is_quoted(tmp_path: Path) -> None:
    made = made_of(tmp_path, cover(), headed(("Model B",), ("Actual",)))
    (finding,) = [f for f in made.findings if f.code == "L15"]
    assert "the column headed Model B / Actual is" in finding.problem


def scaled(folder: Path, heading: str, *money: Cell) -> Return:
    return made_of(folder, cover(area=HOMES.name), table((heading,), money, area=HOMES))


def test_a_plain_scale_is_applied_and_said(tmp_path: Path) -> None:
    made = scaled(tmp_path, "Actual (£000)", 4605, 1234.5)
    assert figures(made, ("3.1", "3.2")) == {"3.1": 4_605_000, "3.2": 1_234_500}
    first, _ = (f for f in made.findings if f.code == "V17")
    assert (first.severity, first.cell) == (Severity.INFO, "C2")
    assert "£000" in first.problem
    assert "4605 was taken as £4,605,000" in first.problem


@pytest.mark.parametrize("typed", ["£4,605", "4605k", "£4.6m"])
def test_a_scale_that_is_said_again_in_the_cell_is_asked_about(tmp_path: Path, typed: str) -> None:
    made = scaled(tmp_path, "Actual (£000)", typed, 1234)
    assert [(f.code, f.cell) for f in made.findings if f.severity is Severity.ERROR][-1] == (
        "V18",
        "C2",
    )


def test_a_merged_label_reaches_no_further_than_it_is_merged(tmp_path: Path) -> None:
    target = sheet(
        "Indicators",
        (None, None, Span("2014-15", 2), None),
        ("Ref", "Indicator", "Target", "Actual", "Actual"),
        *lines((1, 1, 1, 1), (2, 2, 2, 2), NOW),
    )
    assert figures(made_of(tmp_path, cover(), target)) == READ


@pytest.mark.parametrize(
    ("line", "gap"),
    [
        *(
            ((*line,), gap)
            for line in (("Period", "2014-15 Q3"), ("Quarter", "Q2"))
            for gap in (0, 1)
        ),
        *((("Period: 2014-15 Q3",), gap) for gap in (0, 1)),
        ((None, None, "Year"), 0),
    ],
)
def test_a_line_over_the_figures_that_says_otherwise_is_asked_about(
    tmp_path: Path, line: Row, gap: int
) -> None:
    rows = ("Ref", "Indicator", "Actual"), *lines(NOW)
    made = made_of(tmp_path, cover(), sheet("Indicators", line, *[()] * gap, *rows))
    assert set(figures(made).values()) == {Answer.ASKED}


def test_long_words_over_a_figure_are_not_passed_over(tmp_path: Path) -> None:
    assert asked(tmp_path, ("As agreed with the auditors for the whole of the district " * 3,),
                 ("Actual",))  # fmt: skip


@pytest.mark.parametrize(
    "sheets",
    [
        (cover(), table((Shown("Actual", "@", "Actual", STRUCK),), NOW)),
        (cover(), table((rich("Actual ", struck("Q3")),), NOW)),
        (cover(), headed((Shown("Q3", "@", "Q3", STRUCK),), ("Actual",))),
        (cover(Shown("2015-16 Q3", "@", "2015-16 Q3", STRUCK)), table(("Actual",), NOW)),
        (cover(area=rich("Community safety", struck(" "))), table(("Actual",), NOW)),
    ],
)
def test_what_is_struck_out_over_a_figure_or_on_the_cover_is_asked_about(
    tmp_path: Path, sheets: tuple[Sheet, ...]
) -> None:
    assert set(figures(made_of(tmp_path, *sheets)).values()) == {Answer.ASKED}


@pytest.mark.parametrize("heading", ["Status (P/F)", "Numerator (adjusted)", "Target in doubt"])
def test_a_column_beside_the_figure_is_asked_about_where_it_changes_it(
    tmp_path: Path, heading: str
) -> None:
    made = made_of(tmp_path, cover(), table((heading, "Actual"), (1, 2, 3, 4), NOW))
    said = [f.cell for f in made.findings if f.code == "L15"]
    assert said == ([] if heading.startswith("Target") else ["C1"])
