"""No output shows a suppressed figure: all that a night writes, read to the last byte."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from msgspec.structs import replace

from pipeline.consolidation.disclosure import WITHHELD
from schemas.merge_rules import MergeRule
from schemas.model import (
    CommentaryRule,
    Indicator,
    Period,
    Polarity,
    Recipient,
    Register,
    ServiceArea,
    SmallNumbers,
    Target,
)
from schemas.units import Unit
from tests.support.builders import CARE, SAFETY, indicator, small_register
from tests.support.command_line import quarterday
from tests.support.filled import Entries, fill_return
from tests.support.registers import put_register

LAST = Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30))
NOW = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), date(2013, 4, 30))
STAFF = ServiceArea("HR", "Human resources", "Head of staff", "hr@council.example")
AREAS = ("CS", "ASC", "HR")
#: High, so that each figure below it is found nowhere but where it was printed.
BELOW = 900_000


def measure(
    ref: str, rule: MergeRule, *areas: str, unit: Unit = Unit.COUNT, decimals: int = 0
) -> Indicator:
    made = indicator(
        ref, f"Counted as {ref}", unit, decimals=decimals, polarity=Polarity.LOWER, areas=areas
    )
    return replace(made, merge_rule=rule, commentary=CommentaryRule.NEVER)


def register_of(small_numbers: SmallNumbers) -> Register:
    register = small_register()
    indicators = (
        measure("P1-1", MergeRule.SUM, *AREAS),
        measure("P1-2", MergeRule.WEIGHTED, *AREAS, unit=Unit.PERCENT, decimals=3),
        measure("P1-3", MergeRule.SOLE, "CS"),
        measure("P1-4", MergeRule.SOLE, "CS", "ASC"),
        measure("P1-5", MergeRule.MINIMUM, *AREAS),
        measure("P1-6", MergeRule.SOLE, "CS"),
    )
    return replace(
        register,
        framework=replace(register.framework, small_below=BELOW),
        indicators=tuple(replace(i, small_numbers=small_numbers) for i in indicators),
        targets=(
            Target("P1-3", NOW.name, value=Decimal(1_000_000)),
            Target("P1-6", NOW.name, baseline=Decimal(741_923), baseline_period="2010-11"),
        ),
        areas=(SAFETY, CARE, STAFF),
        periods=(LAST, NOW),
        recipients=(Recipient("Clerk", "clerk@council.example"),),
    )


def figure(value: float, commentary: str = "") -> dict[str, object]:
    return {"Performance": value, "Commentary": commentary}


def share(top: int, bottom: int) -> dict[str, object]:
    """A percentage as the template's cells hold it, with three decimals, and its parts."""
    shown = round(Decimal(top) / bottom, 5)
    return {"Performance": float(shown), "Numerator": top, "Denominator": bottom}


RETURNS: dict[tuple[str, str], Entries] = {
    (NOW.name, "CS"): {
        "P1-1": figure(731_937, "We counted 731,937 of them."),
        "P1-2": share(751_943, 3_100_037),
        "P1-3": figure(2_345_678),
        "P1-4": figure(761_237),
        "P1-5": figure(771_247),
        "P1-6": figure(3_456_789),
    },
    (NOW.name, "ASC"): {
        "P1-1": figure(1_100_003, "Safety had 731937."),
        "P1-2": share(1_900_021, 4_100_051),
        "P1-4": figure(4_567_891),
        "P1-5": figure(5_678_912),
    },
    (NOW.name, "HR"): {
        "P1-1": figure(2_200_007),
        "P1-2": share(2_900_033, 5_100_067),
        "P1-5": figure(6_789_123),
    },
    (LAST.name, "CS"): {
        "P1-3": figure(781_259),
        **{f"P1-{n}": {"Performance": "n/a"} for n in (1, 2, 4, 5, 6)},
    },
}
#: Small figures, what could be worked out to one, and what is made of small parts.
SECRET = (
    *("731937", "1100003", "751943", "3100037", "24.256", "1900021", "4100051", "46.341"),
    *("761237", "771247", "781259", "741923"),
)
#: What stays, so that nothing more is lost than must be.
SHOWN = (
    *("4031947", "2200007", "45.138", "2900033", "5100067", "2345678", "4567891", "5678912"),
    *("6789123", "3456789"),
)


def contents(path: Path) -> Iterator[str]:
    """Every text in a file: a workbook's parts, a message's, and those of what is attached."""
    yield from texts(path.name, path.read_bytes())


def texts(name: str, content: bytes) -> Iterator[str]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for part in book.namelist():
                yield from texts(part, book.read(part))
    elif name.endswith(".eml"):
        yield content.decode()
        for part in message_from_bytes(content, policy=default).walk():
            if not part.is_multipart():
                decoded = part.get_payload(decode=True)
                assert isinstance(decoded, bytes)
                yield from texts(part.get_filename() or "body.txt", decoded)
    else:
        yield content.decode()


def everything_written(folder: Path, small_numbers: SmallNumbers) -> dict[str, str]:
    """What a night and `merge` put out, as text without the commas in figures, by file name."""
    register = register_of(small_numbers)
    (folder / "inbox").mkdir(parents=True)
    (folder / "pipeline.toml").write_text("[limits]\nsettle_seconds = 0\n", encoding="utf-8")
    put_register(register, folder / "register.xlsx")
    for (period, ref), entries in RETURNS.items():
        area, chosen = register.area(ref), register.period(period)
        assert area is not None
        assert chosen is not None
        fill_return(register, area, chosen, folder / "inbox" / f"{ref} {period}.xlsx", entries)
    run = quarterday("run", "--workspace", str(folder))
    assert not (folder / "outbox" / "corrections").exists(), run.output
    found = {
        f"{path.parent.name}/{path.name}": "\n".join(contents(path))
        for path in (folder / "outbox").rglob("*")
        if path.is_file()
    }
    for words in (["merge"], ["merge", "--json"]):
        told = quarterday(*words, "--workspace", str(folder))
        found[" ".join(words)] = told.output
    return {name: re.sub(r"(?<=\d),(?=\d{3})", "", text) for name, text in found.items()}


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return everything_written(tmp_path_factory.mktemp("suppressed"), SmallNumbers.SUPPRESS)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return everything_written(tmp_path_factory.mktemp("published"), SmallNumbers.PUBLISH)


def kinds(outputs: dict[str, str]) -> set[str]:
    return {Path(name).suffix or name for name in outputs}


@pytest.mark.parametrize("number", SECRET)
def test_no_output_shows_a_suppressed_figure(suppressed: dict[str, str], number: str) -> None:
    assert kinds(suppressed) == {".xlsx", ".html", ".csv", ".json", ".eml", "merge", "merge --json"}
    assert [name for name, text in suppressed.items() if number in text] == []


@pytest.mark.parametrize("number", SECRET)
def test_where_small_numbers_are_published_it_is_there(
    published: dict[str, str], number: str
) -> None:
    assert {".xlsx", ".eml"} <= kinds({n: t for n, t in published.items() if number in t})


@pytest.mark.parametrize("number", SHOWN)
def test_what_gives_nothing_away_is_printed(suppressed: dict[str, str], number: str) -> None:
    assert {".xlsx", ".eml"} <= kinds({n: t for n, t in suppressed.items() if number in t})


def test_what_is_suppressed_is_said_to_be_in_every_output(suppressed: dict[str, str]) -> None:
    for name, text in suppressed.items():
        # What says what columns hold holds no figure.
        if "2012-13" in name and not name.endswith((".eml", ".json")):
            assert "suppressed" in text.lower(), name
            # Texts stand beside figures of areas alone.
            assert WITHHELD in text or name.endswith("indicators.csv"), name
    sentence = "Numbers of people below 900000 are suppressed"
    told = {Path(name).suffix for name, text in suppressed.items() if sentence in text}
    assert told == {".xlsx", ".html", ".eml"}


def test_the_command_hands_programs_no_figure_that_is_suppressed(
    suppressed: dict[str, str],
) -> None:
    (now,) = (p for p in json.loads(suppressed["merge --json"]) if p["period"] == NOW.name)
    values = {line["ref"]: (line["value"], line["performance"]) for line in now["indicators"]}
    assert values["P1-5"] == (None, "Suppressed")
    assert values["P1-4"] == (None, "Areas disagree")
