"""What is said of returns, by commands and in messages, quotes no suppressed figure."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD
from schemas.model import Gets, Recipient
from tests.support.builders import SAFETY
from tests.support.council import BEFORE, Council


@pytest.mark.parametrize(("before", "now"), [(3, 777), (777, 3)])
@pytest.mark.parametrize("below", [None, 5])
def test_a_warning_that_quotes_a_small_figure_is_told_without_its_words(
    tmp_path: Path, below: int | None, before: int, now: int
) -> None:
    council = Council(tmp_path / "council")
    council.suppress(below)
    council.drop(SAFETY, {"P1-1": before}, "before.xlsx", BEFORE)
    council.night()
    council.drop(SAFETY, {"P1-1": now})
    said = council.night("--json") if below else council.night()
    (receipt,) = (
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (council.root / "outbox" / "2012-13").rglob("* receipt to *.eml")
    )
    texts = ["\n".join(said)]
    texts += [str(part.get_content()) for part in receipt.walk() if not part.is_multipart()]
    for text in texts:
        plain = " ".join(text.split())
        quotes = f"{now} differs from last period's {before}"
        assert (quotes in plain.replace("&#39;", "'")) == (below is None)
        assert (WITHHELD in plain) == (below is not None)


QUOTED = "777 differs from last period's 3"


@pytest.fixture
def council(tmp_path: Path) -> Council:
    """Community safety had 3 incidents last period, which the appendix suppresses."""
    council = Council(tmp_path / "council")
    clerk = Recipient("Clerk", "clerk@council.example", (Gets.DIGEST,))
    council.rewrite(replace(council.register, recipients=(clerk,)))
    council.suppress(5)
    council.drop(SAFETY, {"P1-1": 3}, "before.xlsx", BEFORE)
    council.night()
    return council


def said_by(council: Council, *words: str) -> str:
    lines = [*council.call(*words, code=int(words[0] == "status"))]
    lines += council.call(*words, "--json", code=int(words[0] == "status"))
    return " ".join(" ".join(lines).split())


@pytest.mark.parametrize("restated", [3, 30])
def test_no_command_and_no_digest_quotes_the_figure_of_the_last_period(
    council: Council, restated: int
) -> None:
    """Nor where the one that was quoted has been replaced since by one that is printed."""
    council.drop(SAFETY, {"P1-1": 777})
    council.night()
    council.drop(SAFETY, {"P1-1": restated}, "again.xlsx", BEFORE)
    council.night()
    commands = (("status",), ("history", "P1-1"), ("trace", "P1-1"), ("history",))
    texts = [said_by(council, *words) for words in commands]
    texts += [path.read_text() for path in council.root.rglob("*digest*.eml")]
    assert any("WARNINGS THAT WAIT" in text for text in texts)
    assert [text for text in texts if QUOTED in " ".join(text.replace("=\n", "").split())] == []
    assert QUOTED in said_by(council, "history", "P1-1", "--show-suppressed")
    council.call("accept", "C05", "--because", "the 3 of last year were counted at one site")
    for words in commands[1:3]:
        assert "the 3 of last year" not in said_by(council, *words)
        assert "the 3 of last year" in said_by(council, *words, "--show-suppressed")


def test_of_a_return_that_was_sent_back_the_last_period_is_not_quoted(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 777, "P2-1": "perhaps"})
    said = "\n".join(council.night("--json")) + said_by(council, "status")
    assert QUOTED not in said
    assert "perhaps" in said


def test_validate_quotes_the_last_period_only_where_it_may_be_shown(council: Council) -> None:
    path = str(council.drop(SAFETY, {"P1-1": 777}))
    asked = "\n".join(council.call("validate", path, code=1))
    assert WITHHELD in asked
    assert QUOTED not in asked
    assert QUOTED in "\n".join(council.call("validate", path, "--show-suppressed", code=1))
    council.suppress(None)
    assert QUOTED in "\n".join(council.call("validate", path, code=1))


def test_validate_quotes_the_cells_of_the_file_that_it_is_given(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 400}, "again.xlsx", BEFORE)
    council.night()
    path = str(council.drop(SAFETY, {"P1-1": 4}))
    asked = "\n".join(council.call("validate", path, code=1))
    assert "4 differs from last period's 400" in asked
