"""The corpus: of workbooks as people make them, not one figure is misread, whoever saved them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.corpus.expected import Verdict
from tests.corpus.layout import WAYS, Way
from tests.corpus.reading import Judged, read_corpus
from tests.corpus.write import LIBREOFFICE, written_once
from tests.support.programs import need
from tests.support.sampled import sampled

#: Each way in which a workbook's details are read, once.
ONCE = [Way("xlsxwriter", ".xlsx"), *(Way("own", suffix) for suffix in (".xls", ".xlsb", ".ods"))]
_SCALED = "V17"


def wrong(each: Judged) -> list[str]:
    """What of one figure is not as a person reads it."""
    found = [each.verdict.value] if each.verdict is not Verdict.RIGHT else []
    words = each.layout.words.get(each.ref)
    # n/a says that there is none.
    if words is not None and each.words != ("" if words == "n/a" else words):
        found.append(f"words {each.words!r}")
    is_read = isinstance(each.got, Decimal)
    told = any(f.code == _SCALED for f in each.findings)
    if is_read and each.ref in each.layout.said and each.layout.is_plain and not told:
        found.append("the scale is not said")
    return found


def check(way: Way, folder: Path) -> None:
    """Every figure is read as a person reads it, or asked about where nobody could tell."""
    judged = list(read_corpus(written_once(way, folder)))
    assert len({each.layout.name for each in judged}) >= 60
    said = [f"{e.group}: {e.layout.name} {e.ref}: {what}" for e in judged for what in wrong(e)]
    plain = Counter(each.verdict for each in judged if each.layout.is_plain)
    assert said == []
    assert set(plain) == {Verdict.RIGHT}


@pytest.mark.parametrize("way", sampled(ONCE, 4), ids=str)
def test_no_figure_is_misread(corpus: Path, way: Way) -> None:
    check(way, corpus)


@pytest.mark.faults
@pytest.mark.parametrize("way", [way for way in WAYS if way not in ONCE], ids=str)
def test_no_figure_is_misread_whoever_saved_it(corpus: Path, way: Way) -> None:
    if way.program == LIBREOFFICE:
        need("soffice")
    check(way, corpus)
