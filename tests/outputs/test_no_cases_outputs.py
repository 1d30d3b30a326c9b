"""No cases, from the cells of returns to all that a night writes and the commands tell."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.merge_rules import MergeRule
from schemas.model import Period, Polarity, Recipient, Register, Target
from schemas.units import Unit
from tests.outputs.test_disclosure_outputs import LAST, NOW, contents
from tests.support import command_line
from tests.support.builders import CARE, SAFETY, indicator, small_register
from tests.support.filled import Entries, fill_return
from tests.support.registers import put_register

NOBODY = {"Numerator": 0, "Denominator": 0}
RETURNS: dict[tuple[str, str], Entries] = {
    (LAST.name, "CS"): {
        "P1-1": NOBODY,
        "P1-2": {"Performance": "0 of 0"},
        "P1-3": {"Performance": 12},
    },
    (LAST.name, "ASC"): {"P1-1": NOBODY},
    (NOW.name, "CS"): {
        "P1-1": {"Numerator": 30, "Denominator": 120, "Performance": 0.25},
        "P1-2": NOBODY | {"Performance": "#DIV/0!", "Status": "Provisional"},
        "P1-3": {"Status": "No cases"},
    },
    (NOW.name, "ASC"): {"P1-1": NOBODY | {"Performance": "n/a"}},
}


def register() -> Register:
    """A weighted share of two areas, a share and an average number of days of one."""
    shares = [
        replace(
            indicator(ref, f"Share {ref}", Unit.PERCENT, polarity=Polarity.HIGHER, areas=areas),
            merge_rule=rule,
        )
        for ref, rule, areas in (
            ("P1-1", MergeRule.WEIGHTED, ("CS", "ASC")),
            ("P1-2", MergeRule.SOLE, ("CS",)),
        )
    ]
    return replace(
        small_register(),
        indicators=(*shares, indicator("P1-3", "Days until a case is closed", Unit.DAYS)),
        targets=(Target("P1-1", NOW.name, value=Decimal(20)),),
        periods=(LAST, NOW),
        recipients=(Recipient("Clerk", "clerk@council.example"),),
    )


def quarterday(folder: Path, *words: str) -> str:
    done = command_line.quarterday(*words, "--workspace", str(folder))
    assert done.exit_code in (0, 1), done.output
    return done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made, root = register(), tmp_path_factory.mktemp("workspace")
    (root / "inbox").mkdir()
    (root / "pipeline.toml").write_text("[limits]\nsettle_seconds = 0\n", encoding="utf-8")
    put_register(made, root / "register.xlsx")
    for (period, ref), entries in RETURNS.items():
        area, chosen = made.area(ref), made.period(period)
        assert area is not None
        assert chosen is not None
        fill_return(made, area, chosen, root / "inbox" / f"{ref} {period}.xlsx", entries)
    quarterday(root, "run")
    return root


def line(folder: Path, period: str, ref: str) -> Mapping[str, Any]:
    reports = json.loads(quarterday(folder, "merge", "--json"))
    (report,) = (one for one in reports if one["period"] == period)
    (found,) = (one for one in report["indicators"] if one["ref"] == ref)
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("period", "ref", "performance", "rating", "remarks"),
    [
        (LAST, "P1-1", "No cases", {"not_rated": "no cases"}, []),
        (LAST, "P1-2", "No cases", {"not_rated": "no cases"}, []),
        (
            *(NOW, "P1-1", "25%", {"colour": "green"}),
            [
                "No cases in Adult social care.",
                "There were no cases in 2011-12 to compare with.",
            ],
        ),
        (NOW, "P1-2", "No cases", {"not_rated": "no cases"}, ["Provisional."]),
        (NOW, "P1-3", "No cases", {"not_rated": "no cases"}, []),
    ],
)
def test_each_return_is_taken_and_merged(
    folder: Path,
    period: Period,
    ref: str,
    performance: str,
    rating: dict[str, str],
    remarks: list[str],
) -> None:
    found = line(folder, period.name, ref)
    given = {key: value for key, value in found["rating"].items() if value}
    assert (found["performance"], given) == (performance, rating)
    assert (found["remarks"], found["travel"], found["missing"]) == (remarks, None, [])


def test_the_workbook_the_page_and_the_data_say_so(folder: Path) -> None:
    outbox = folder / "outbox" / NOW.name
    (data,) = outbox.glob("* data.csv")
    rows = {
        (row["Ref"], row["Service area"]): row
        for row in csv.DictReader(io.StringIO(data.read_text("utf-8-sig"), newline=""))
    }
    none = rows["P1-1", CARE.name]
    assert (none["Value"], none["Numerator"], none["Denominator"]) == ("", "0", "0")
    assert (none["Status"], none["As shown"], none["Indicator rating"]) == (
        *("Final", "No cases"),
        "✔ Green",
    )
    assert rows["P1-2", SAFETY.name]["Indicator performance"] == "No cases"
    (book,) = outbox.glob("Appendix*.xlsx")
    cells = [c.value for sheet in load_workbook(book) for row in sheet.iter_rows() for c in row]
    (page,) = outbox.glob("*.html")
    for text in ("\n".join(map(str, cells)), page.read_text("utf-8")):
        for said in ("No cases", "Not rated: no cases", "No cases in Adult social care."):
            assert said in text
        assert "there was nothing to measure, as in 0 of 0" in text.replace("There", "there")


def test_the_mail_to_the_area_and_to_committee_says_so(folder: Path) -> None:
    mails = {path.name: "\n".join(contents(path)) for path in (folder / "outbox").rglob("*.eml")}
    receipts = [text for text in mails.values() if "Return for 2012-13 accepted" in text]
    assert sum("No cases, and so not rated" in text for text in receipts) == 2
    (appendix,) = (
        text for text in mails.values() if "clerk@council" in text and "Appendix 3, 2012-13" in text
    )
    assert "No cases" in appendix


def test_trace_and_history_say_so(folder: Path) -> None:
    traced = quarterday(folder, "trace", "P1-1", "--period", NOW.name)
    assert "Adult social care: No cases (final)" in traced
    assert "No cases in Adult social care." in traced
    lived = quarterday(folder, "history", "P1-2")
    assert "No cases, final, in Indicators!" in lived
    assert "No cases, provisional, in Indicators!" in lived


def test_a_store_made_again_from_the_archive_knows_them_too(folder: Path) -> None:
    told = quarterday(folder, "replay")
    assert "The store and the archive agree in all that was made again." in told


def test_a_restatement_says_what_there_was(folder: Path, tmp_path: Path) -> None:
    made, folder = register(), copytree(folder, tmp_path / "again")
    closed = tuple(replace(p, open=p.name != NOW.name) for p in made.periods)
    put_register(replace(made, periods=closed), folder / "register.xlsx")
    quarterday(folder, "run")
    entries = RETURNS[NOW.name, "CS"] | {
        "P1-2": {"Numerator": 1, "Denominator": 2, "Performance": 0.5}
    }
    fill_return(made, SAFETY, NOW, folder / "inbox" / "again.xlsx", entries)
    quarterday(folder, "run", "--reopen", NOW.name, "--because", "One was found")
    traced = quarterday(folder, "trace", "P1-2", "--period", NOW.name)
    assert "now: 50%" in traced
    assert "Restated: there were no cases when the period was closed on " in traced
