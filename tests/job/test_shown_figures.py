"""A figure that its cell shows as another is not taken for it, in any format, by the real job."""

from __future__ import annotations

import csv
import io
from dataclasses import replace as changed
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from tests.corpus.layout import FIVE, NOW, READ, REGISTER, Layout, Way, cover, table
from tests.corpus.register import Q3, SAFETY
from tests.corpus.sheets import Shown
from tests.corpus.write import write
from tests.support.command_line import quarterday
from tests.support.mixed import set_up
from tests.support.registers import put_register

#: One that shows what it is, so that the others are not sent back for anything else.
PLAIN = Shown(4605, "#,##0", "4,605")
OTHERWISE = (
    Shown(7, '"<"0', "<7"),
    Shown(7, '"<10"', "<10"),
    Shown(7, '"fewer than "0', "fewer than 7"),
    Shown(4_605_000, "#,##0,", "4,605"),
    Shown(4_605_000, "0,", "4605"),
)


def appendix_of(folder: Path, figure: Shown, way: Way) -> tuple[str, str]:
    """What the run says, and the data that it issued, if any."""
    figures = (figure, *NOW[1:])
    signed = (("Completed by", "Ann Lee"), ("Signed off by", "Head of service"))
    sheets = (
        cover(Q3, SAFETY.name, *signed),
        table(("Actual", "Status"), figures, ("Final",) * len(figures)),
    )
    layout = changed(Layout("figure", sheets, READ), ways=(way,))
    framework = replace(REGISTER.framework, small_below=10)
    put_register(replace(REGISTER, framework=framework), folder / "register.xlsx")
    make_workspace(folder, date(2016, 1, 1), REGISTER)
    set_up(folder, settle_seconds=0.0, incomplete_minutes=0, workers=1)
    write(layout, way, folder / "inbox" / f"return{way.suffix}")
    said = quarterday("run", "--workspace", folder)
    assert said.exit_code in (0, 1), said.output
    data = (path.read_text(encoding="utf-8-sig") for path in (folder / "outbox").rglob("*.csv"))
    return said.output, "".join(data)


@pytest.mark.parametrize("way", FIVE, ids=str)
def test_a_figure_that_shows_what_it_is_is_taken(way: Way, tmp_path: Path) -> None:
    said, data = appendix_of(tmp_path, PLAIN, way)
    assert "4605" in data, said


@pytest.mark.parametrize(
    ("figure", "way"),
    [
        pytest.param(figure, way, id=f"{figure.code} {way}")
        for figure in OTHERWISE
        for way in FIVE
        # The writer of OpenDocument does not say a format without a digit.
        if "0" in figure.code.replace("10", "") or way.suffix != ".ods"
    ],
)
def test_one_that_shows_another_is_asked_about(figure: Shown, way: Way, tmp_path: Path) -> None:
    said, data = appendix_of(tmp_path, figure, way)
    if figure.text == "<7":
        # What is typed as <7 is a figure that the area suppresses.
        taken = [row for row in csv.DictReader(io.StringIO(data)) if row["Ref"] == "1.1"]
        assert {(row["Value"], row["As shown"]) for row in taken} <= {("", "Suppressed")}
    else:
        assert data == ""
        assert f"return{way.suffix}" in said
