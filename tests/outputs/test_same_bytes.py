"""The same input gives the same bytes, and what begins like a formula stays text."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell import Cell, MergedCell

from pipeline.workbooks.safe_text import begins_like_formula
from tests.support.programs import need
from tests.support.workbooks_written import WRITERS

ROOT = Path(__file__).parents[2]
WORKBOOKS = [name for name in WRITERS if name.endswith(".xlsx")]
#: Each with the words that it is called by.
SURROUNDINGS = (
    ({"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}, []),
    ({"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland", "LC_ALL": "de_DE.UTF-8"}, ["backwards"]),
    ({"PYTHONHASHSEED": "4242", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"}, []),
)


@pytest.fixture(scope="module")
def hashes() -> list[dict[str, list[str]]]:
    """What each of the surroundings gave, by the names of the files; each was written twice."""
    command = [sys.executable, "-m", "tests.support.workbooks_written"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    started = [
        subprocess.Popen(
            [*command, *words], env=environment | some, cwd=ROOT, stdout=subprocess.PIPE
        )
        for some, words in SURROUNDINGS
    ]
    said = [one.communicate(timeout=240)[0] for one in started]
    assert [one.returncode for one in started] == [0] * len(started)
    return [json.loads(each) for each in said]


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_is_written_wherever_whenever_and_in_whichever_order(
    hashes: list[dict[str, list[str]]], name: str
) -> None:
    assert len({each for some in hashes for each in some[name]}) == 1


# --- Text stays text -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("written")
    for name in WORKBOOKS:
        WRITERS[name](place / name)
    return place


def texts_like_formulas(path: Path) -> Iterator[Cell | MergedCell]:
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            yield from (
                cell
                for cell in row
                if isinstance(cell.value, str) and begins_like_formula(cell.value)
            )


@pytest.mark.parametrize("name", WORKBOOKS)
def test_what_begins_like_a_formula_is_text_with_the_quote_prefix(folder: Path, name: str) -> None:
    cells = [*texts_like_formulas(folder / name)]
    assert cells
    for cell in cells:
        assert (cell.data_type, cell.quotePrefix) == ("s", True), (name, cell.coordinate)


def test_the_prefix_changes_nothing_else_of_a_cell(folder: Path) -> None:
    sheet = openpyxl.load_workbook(folder / "template.xlsx")["Indicators"]
    cells = [cell for row in sheet.iter_rows(min_row=5) for cell in row if cell.value]
    prefixed = next(cell for cell in cells if cell.quotePrefix)
    other = next(c for c in cells if not c.quotePrefix and c.row == prefixed.row)
    for look in ("font", "fill", "border", "alignment", "protection", "number_format"):
        # openpyxl hands out proxies, of which no two are equal.
        assert repr(getattr(prefixed, look)) == repr(getattr(other, look))


@pytest.mark.outside
def test_libreoffice_exports_such_text_with_its_sign(folder: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    files = [str(folder / name) for name in WORKBOOKS]
    command = [need("soffice"), profile, "--headless", "--convert-to", every_sheet,
               "--outdir", str(tmp_path), *files]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    for name in WORKBOOKS:
        exported = set[str]()
        for path in tmp_path.glob(f"{Path(name).stem}-*.csv"):
            with path.open(encoding="utf-8", newline="") as file:
                exported |= {" ".join(each.split()) for row in csv.reader(file) for each in row}
        for cell in texts_like_formulas(folder / name):
            assert " ".join(str(cell.value).split()) in exported, (name, cell.coordinate)
