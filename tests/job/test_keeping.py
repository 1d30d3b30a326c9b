"""What is missing from the archive, or was changed there, is said by the run that finds it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from tests.support.council import Council, community

#: Within these many nights every file of the archive is read.
ALL = 32


@pytest.fixture
def council(tmp_path: Path) -> Council:
    council = Council(tmp_path / "council")
    community(council, P1_1=10)
    council.night()
    assert council.call("run") == ["Nothing new."]
    return council


@pytest.fixture
def file(council: Council) -> Path:
    """The one return in the archive."""
    (path,) = council.place.archive.glob("??/*.xlsx")
    path.chmod(0o600)
    return path


def test_a_missing_file_is_said_every_night_until_it_is_put_back(
    council: Council, file: Path
) -> None:
    content = file.read_bytes()
    file.unlink()
    for _ in range(2):
        lines = council.call("run", code=1)
        assert lines[-1] == (
            f"archive: Community safety.xlsx is missing from the archive ({file.stem}). Put it "
            "back from a backup; quarterday doctor looks at all others."
        )
    assert council.ask("run", code=1)["archive"]
    (last, *_) = council.ask("runs")
    assert last["outcome"] == "needs a person"
    file.write_bytes(content)
    council.call("run")
    assert council.call("run") == ["Nothing new."]


def test_a_file_that_was_cut_short_is_said_on_the_next_night_with_anything_new(
    council: Council, file: Path
) -> None:
    file.write_bytes(file.read_bytes()[:-1])
    community(council, P1_1=20)
    lines = council.call("run", code=1)
    # In one night of 32 each file is read as a whole.
    assert (
        f"is cut short in the archive ({file.stem})" in lines[-1]
        or f"{file.name} no longer has the bytes" in lines[-1]
    )


def test_a_file_of_which_a_byte_was_changed_is_said_within_some_idle_nights(
    council: Council, file: Path
) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    said = []
    with time_machine.travel(0) as clock:
        clock.move_to(file.stat().st_ctime)
        for _ in range(ALL):
            clock.shift(timedelta(days=1))
            said += [line for line in council.night() if line.startswith("archive: ")]
    (line,) = said
    assert line.startswith(f"archive: {file} no longer has the bytes that were received. ")
    assert "archived file changed" in (council.place.state / "log" / "quarterday.log").read_text()


def test_a_forgotten_file_is_not_missed(council: Council, file: Path) -> None:
    council.keep(1)
    with time_machine.travel("2030-05-01 02:00:00"):
        council.call("forget")
        assert not file.exists()
        assert not any(line.startswith("archive: ") for line in council.night())
