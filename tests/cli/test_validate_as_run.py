"""`validate` says of a file what a run that finds it says, whatever it is and wherever it lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from schemas.model import ServiceArea
from tests.support.builders import CARE, PERIOD, SAFETY
from tests.support.command_line import quarterday
from tests.support.council import BEFORE, REGISTER, Council, community
from tests.support.sampled import sampled

#: Drops files into the inbox, after whatever must have come before.
Kind = Callable[[Council], object]


@pytest.fixture
def council(tmp_path: Path) -> Council:
    return Council(tmp_path / "council")


def ask(council: Council, *words: str | Path) -> Any:
    """The document of a command that may need a person."""
    import json

    result = quarterday(*words, "--json", "--workspace", council.root)
    assert "Traceback" not in result.output
    return json.loads(result.stdout)


def in_inbox(council: Council) -> list[Path]:
    return sorted(path for path in council.place.inbox.rglob("*") if path.is_file())


def last_period(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 9000}, "last year.xlsx", BEFORE)
    council.night()
    community(council, P1_1=4605)


def both_periods(council: Council) -> None:
    community(council, P1_1=4605)
    council.drop(SAFETY, {"P1-1": 9000}, "last year.xlsx", BEFORE)


def a_replaced_last_period(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 4600}, "last year.xlsx", BEFORE)
    council.night()
    both_periods(council)


def closed_period(council: Council) -> None:
    council.set_open(BEFORE.name, is_open=False)
    council.drop(SAFETY, {}, period=BEFORE)


def reopened_period(council: Council) -> None:
    council.drop(SAFETY, {"P1-1": 1}, period=BEFORE)
    council.night()
    council.set_open(BEFORE.name, is_open=False)
    council.night()
    council.set_open(BEFORE.name, is_open=True)
    council.drop(SAFETY, {"P1-1": 2}, period=BEFORE)


def sent_twice(figure: object) -> Kind:
    def drop(council: Council) -> None:
        content = community(council, P1_1=figure).read_bytes()
        council.night()
        council.drop_bytes(content, "again.xlsx")

    return drop


def put_back(council: Council) -> None:
    content = community(council, P1_1=1).read_bytes()
    council.night()
    community(council, P1_1=2)
    council.night()
    council.drop_bytes(content, "again.xlsx")


def sent_back_and_now_right(council: Council) -> None:
    council.set_open(BEFORE.name, is_open=False)
    content = council.drop(SAFETY, {}, period=BEFORE).read_bytes()
    council.night()
    council.set_open(BEFORE.name, is_open=True)
    council.drop_bytes(content, "again.xlsx")


def twice_in_one_night(council: Council) -> None:
    content = community(council).read_bytes()
    council.drop_bytes(content, "the same.xlsx")


def unsigned(council: Council) -> None:
    path = community(council)
    book = load_workbook(path)
    for row in book["Cover"].iter_rows():
        for cell in row:
            if cell.value == "Head of service":
                cell.value = None
    book.save(path)


def without_area(council: Council) -> None:
    path = council.drop(SAFETY, name=f"{SAFETY.name}/return.xlsx")
    book = load_workbook(path)
    for row in book["Cover"].iter_rows():
        for cell in row:
            if cell.value == SAFETY.name:
                cell.value = None
    book.save(path)


def broken(council: Council) -> None:
    content = community(council).read_bytes()
    council.drop_bytes(content[: len(content) // 2], "cut short.xlsx")
    council.drop_bytes(b"", "empty.xlsx")
    council.drop_bytes(b"Ref,Performance\n1,2\n", "words.xlsx")


KINDS: dict[str, Kind] = {
    "nothing wrong": community,
    "mistakes": lambda council: community(council, P1_1="about 40", P2_1="Half done"),
    "nobody signed": unsigned,
    "in its area's folder, which alone says whose it is": without_area,
    "in its area's folder by ref": lambda council: council.drop(SAFETY, name="cs/return.xlsx"),
    "in another area's folder": lambda council: council.drop(SAFETY, name="ASC/return.xlsx"),
    "far from last period's figure": last_period,
    "far from a figure that comes with it": both_periods,
    "far from a figure that replaces another": a_replaced_last_period,
    "a closed period": closed_period,
    "a period that is open again": reopened_period,
    "sent before": sent_twice(12),
    "sent before, and sent back": sent_twice("about 12"),
    "sent before, and replaced since": put_back,
    "sent back before, and right by the register of now": sent_back_and_now_right,
    "the same bytes twice": twice_in_one_night,
    "no workbooks": broken,
}


@pytest.mark.parametrize("kind", sampled(KINDS.values(), 3), ids=KINDS)
def test_validate_finds_what_a_run_finds(council: Council, kind: Kind) -> None:
    kind(council)
    checked = {Path(one["file"]).name: one for one in ask(council, "validate", *in_inbox(council))}
    taken = {one["filename"]: one for one in ask(council, "ingest")["taken"]}
    assert taken
    assert checked.keys() == taken.keys()
    for name, ran in taken.items():
        said = checked[name]
        assert (said["findings"], said["outcome"]) == (ran["findings"], ran["outcome"])
        assert (said["area"], said["period"]) == (ran["area"], ran["period"])
        assert said["compared"]


def test_what_a_run_passes_over_is_not_read_and_the_reason_is_the_runs(council: Council) -> None:
    content = community(council).read_bytes()
    (council.place.inbox / "Old returns").mkdir()
    for name in ("~$return.xlsx", "return.xlsx.part", "Old returns/return.xlsx"):
        council.drop_bytes(content, name)
    unread = [one for one in ask(council, "validate", *in_inbox(council)) if "unread" in one]
    reasons = {Path(one["file"]).name: one["unread"] for one in unread}
    skipped = ask(council, "ingest")["skipped"]
    assert reasons["return.xlsx"] == "a folder that is no service area's"
    assert sorted(reasons.values()) == sorted(one["why"] for one in skipped)


def test_a_file_elsewhere_is_checked_as_if_it_were_dropped_now(
    council: Council, tmp_path: Path
) -> None:
    dropped = community(council, P1_1=4605)
    elsewhere = dropped.rename(tmp_path / "mine.xlsx")
    (said,) = ask(council, "validate", elsewhere)
    elsewhere.rename(dropped)
    (ran,) = ask(council, "ingest")["taken"]
    assert [found["code"] for found in said["findings"]] == ["C16"]
    assert said["findings"] == ran["findings"]


def test_checking_leaves_the_store_as_it_is_and_makes_none(council: Council) -> None:
    path = community(council)
    state = council.place.state
    council.place.sqlite.unlink()
    ask(council, "validate", path)
    assert not council.place.sqlite.exists()
    council.night()
    path = community(council, P1_1=13)
    before = {each.name: each.read_bytes() for each in state.iterdir() if each.is_file()}
    ask(council, "validate", path)
    assert {each.name: each.read_bytes() for each in state.iterdir() if each.is_file()} == before


def test_where_the_store_cannot_be_had_the_return_is_checked_and_that_is_said(
    council: Council,
) -> None:
    path = community(council, P1_1="about 40")
    council.place.sqlite.write_bytes(b"no database" * 500)
    lines = council.call("validate", str(path), code=1)
    assert any("[V08]" in line for line in lines)
    assert lines[-1].startswith("Not held against what was received before: The store ")
    (said,) = ask(council, "validate", path)
    assert not said["compared"]


@pytest.mark.parametrize(
    "area", [ServiceArea("HP", "H & P"), ServiceArea("AH", "Adults and Health")]
)
def test_an_area_may_be_called_anything_from_its_template_to_the_store(
    council: Council, area: ServiceArea
) -> None:
    areas = tuple(area if each is SAFETY else each for each in REGISTER.areas)
    indicators = tuple(
        replace(each, areas=tuple(area.ref if ref == "CS" else ref for ref in each.areas))
        for each in REGISTER.indicators
    )
    council.rewrite(replace(REGISTER, areas=areas, indicators=indicators))
    (template,) = council.ask("template", "--area", area.name.upper(), "--period", "2012/13")[
        "written"
    ]
    assert area.name in Path(template).name
    council.drop(area, name=f"{area.name}/return.xlsx")
    (taken,) = ask(council, "ingest")["taken"]
    assert (taken["outcome"], taken["area"]) == ("accepted", area.ref)
    rows = ask(council, "history", area.name.lower().replace(" ", "\u00a0"))
    assert rows
    assert PERIOD.name in {row["period"] for row in rows}
    assert CARE.name not in str(rows)
