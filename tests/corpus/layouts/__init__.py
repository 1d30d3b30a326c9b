"""The layouts, a module a kind."""

from __future__ import annotations

from collections.abc import Mapping

from tests.corpus.layout import Layout
from tests.corpus.layouts import (
    as_sent,
    brackets,
    broken_lines,
    commentary,
    covers,
    formats,
    headings,
    long,
    look_alikes,
    marks,
    no_figure,
    notes_and_totals,
    periods,
    places,
    runs,
    scales,
    tabs,
    typed_units,
    wide,
)

#: By kind, in the order in which they are written and counted.
GROUPS: Mapping[str, tuple[Layout, ...]] = {
    module.__name__.rpartition(".")[2]: module.LAYOUTS
    for module in (
        headings,
        brackets,
        periods,
        tabs,
        covers,
        wide,
        long,
        places,
        scales,
        formats,
        typed_units,
        runs,
        broken_lines,
        marks,
        no_figure,
        notes_and_totals,
        look_alikes,
        commentary,
        as_sent,
    )
}
LAYOUTS: tuple[Layout, ...] = tuple(each for group in GROUPS.values() for each in group)
