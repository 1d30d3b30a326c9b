"""What a run says of accepted returns, on the terminal and in receipts, quotes no small number."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from pipeline.consolidation.disclosure import WITHHELD
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
