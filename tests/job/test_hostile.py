"""Two nights with the hostile set in the inbox, through the real command line.

Each file costs at most a finding; the good returns beside them are taken in, and the appendix is
issued. What takes long to make or to be stopped at has a night of its own, in `make faults`.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from pipeline.intake.scan import Arrival, examine
from pipeline.operations.worked_example import entries, example_register, slips, write_return
from pipeline.outputs.correction import CorrectionCopy
from pipeline.register.writer import write_register
from pipeline.returns.reader import guard_of, read_returns
from pipeline.workbooks.file_kind import FileKind
from pipeline.workspace.settings import Limits
from schemas.fields import LIST_SHEET
from schemas.rules import READER_STOPPED
from tests.support.containers import repacked
from tests.support.filled import at_once
from tests.support.hostile import ALL, Hostile

REGISTER = example_register()
AREAS = {area.ref: area for area in REGISTER.areas}
ENDINGS = (".xls", ".xlsx", ".xlsm", ".xlsb", ".ods")
#: Names that a file system takes and a program may stumble over.
ODD_NAMES = (
    '=HYPERLINK("http:\\\\x")+cmd|\' !A1.xlsx',
    "línea\nnueva\ttab.xlsx",
    "a..xlsx",
    "--workspace=x.xlsx",
    "%s{0}{value}$(id)`id`;id&.xlsx",
    "<img src=x onerror=alert(1)>.xlsx",
    "התשואה השנתית تقرير 年次報告 🎉.xlsx",
    "figures\u202excslx.exe.xlsx",
    f"{'ü' * 120}.xlsx",
    "CON.xlsx",
    "no ending at all",
)
#: Names that are bytes and no text.
UNTEXTUAL = b"caf\xe9 \xff\xfe.xlsx"
SETS = {
    "quick": tuple(hostile for hostile in ALL if not hostile.is_long),
    "long": tuple(hostile for hostile in ALL if hostile.is_long),
}
MARKS = {"quick": (), "long": pytest.mark.faults}


@dataclass
class Night:
    """What one run said and left behind."""

    workspace: Path
    hostile: tuple[Hostile, ...]
    done: subprocess.CompletedProcess[str]
    #: The bytes that lay in the inbox, by their hash.
    dropped: set[str]
    refused: set[str]
    said: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.said = json.loads(self.done.stdout)

    @property
    def taken(self) -> list[dict[str, Any]]:
        return list(self.said["ingested"]["taken"])

    def findings(self, name: str) -> list[dict[str, str]]:
        return next(taken["findings"] for taken in self.taken if taken["filename"] == name)


def installed_spreadsheets() -> Iterator[Path]:
    """Every spreadsheet that comes with an installed library, or with LibreOffice."""
    roots = [Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))]
    if office := shutil.which("soffice"):
        roots.append(Path(office).resolve().parent)
    for root in dict.fromkeys(roots):
        yield from (p for p in sorted(root.rglob("*")) if p.suffix.lower() in ENDINGS)


@pytest.fixture(scope="module")
def slipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Community safety's return, with slips of the hand."""
    path = tmp_path_factory.mktemp("slips") / "slips.xlsx"
    write_return(REGISTER, AREAS["SAF"], path, slips())
    return path


@pytest.fixture(
    scope="module", params=[pytest.param(which, marks=marks) for which, marks in MARKS.items()]
)
def night(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, slipped: Path
) -> Iterator[Night]:
    workspace = tmp_path_factory.mktemp("hostile") / "workspace"
    quarterday("init", str(workspace))
    (workspace / "register.xlsx").unlink()
    write_register(REGISTER, workspace / "register.xlsx")
    settings = workspace / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(at_once(text), "utf-8")
    inbox = workspace / "inbox"
    bad = slipped.read_bytes()
    chosen = SETS[request.param]
    for hostile in chosen:
        (inbox / hostile.name).write_bytes(hostile.make(bad))
    for number, name in enumerate((*map(os.fsencode, ODD_NAMES), UNTEXTUAL)):
        Path(os.fsdecode(os.fsencode(inbox) + b"/" + name)).write_bytes(b"%d," % number)
    for number, path in enumerate(installed_spreadsheets() if request.param == "quick" else ()):
        shutil.copyfile(path, inbox / f"installed {number} {path.name}")
    for ref, area in AREAS.items():
        write_return(REGISTER, area, inbox / f"good {ref}.xlsx", entries(ref))
    dropped = {hashlib.sha256(path.read_bytes()).hexdigest() for path in inbox.iterdir()}
    refused = make_what_is_no_file(inbox, slipped)
    done = quarterday("run", "--workspace", str(workspace), "--json")
    yield Night(workspace, chosen, done, dropped, refused)
    shutil.rmtree(workspace)


def make_what_is_no_file(inbox: Path, target: Path) -> set[str]:
    """Put everything into the inbox that is no regular file, and give back the names."""
    (inbox / "folder.xlsx").mkdir()
    (inbox / "link.xlsx").symlink_to(target)
    (inbox / "link to nothing.xlsx").symlink_to(inbox / "nothing there")
    (inbox / "link to itself.xlsx").symlink_to(inbox / "link to itself.xlsx")
    (inbox / "link to a device.xlsx").symlink_to("/dev/zero")
    os.mkfifo(inbox / "pipe.xlsx")
    # A socket's path may be no longer than a hundred bytes.
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as made:
        try:
            os.chdir(inbox)
            made.bind("socket.xlsx")
        finally:
            os.chdir(here)
    return {"folder.xlsx", "link.xlsx", "link to nothing.xlsx", "link to itself.xlsx",
            "link to a device.xlsx", "pipe.xlsx", "socket.xlsx"}  # fmt: skip


def quarterday(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        capture_output=True,
        encoding="utf-8",
        timeout=200,
        check=False,
    )


def test_the_run_ends_as_it_should(night: Night) -> None:
    assert (night.done.returncode, night.done.stderr) == (1, "")


@pytest.mark.parametrize(
    ("night", "hostile"),
    [
        pytest.param(which, hostile, id=hostile.name, marks=marks)
        for which, marks in MARKS.items()
        for hostile in SETS[which]
    ],
    indirect=["night"],
    scope="module",
)
def test_each_hostile_file_is_read_or_told_what_it_is(night: Night, hostile: Hostile) -> None:
    findings = night.findings(hostile.name)
    assert {finding["code"] for finding in findings} & hostile.codes, findings
    assert any(hostile.says in f["problem"] + f["fix"] for f in findings), findings


def test_every_finding_of_a_hostile_file_is_short_and_can_be_printed(night: Night) -> None:
    for taken in night.taken:
        assert taken["filename"].isprintable()
        for finding in taken["findings"]:
            assert finding["value"].isprintable()
            if finding["code"].startswith("F"):
                assert len(finding["problem"]) < 400
                assert finding["problem"].isprintable()


def test_the_good_returns_beside_them_are_taken_in(night: Night) -> None:
    outcomes = {t["filename"]: (t["outcome"], t["area"]) for t in night.taken}
    for ref in AREAS:
        assert outcomes[f"good {ref}.xlsx"] == ("accepted", ref)
    assert Counter(outcome for outcome, _ in outcomes.values())["accepted"] == len(AREAS)


def test_the_appendix_is_issued_from_the_good_returns(night: Night) -> None:
    (workbook,) = (Path(path) for path in night.said["written"] if path.endswith(".xlsx"))
    book = load_workbook(workbook)
    texts = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
    assert all(f"good {ref}.xlsx" in texts for ref in AREAS)


def test_every_file_is_kept_byte_for_byte_and_the_inbox_is_clear(night: Night) -> None:
    kept = {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (night.workspace / "var" / "archive").glob("??/*.*")
    }
    assert kept == night.dropped
    assert {path.name for path in (night.workspace / "inbox").iterdir()} == {"folder.xlsx"}


def test_what_is_no_regular_file_goes_to_quarantine_with_the_reason(night: Night) -> None:
    said = {Path(s["path"]).name: s for s in night.said["ingested"]["skipped"]}
    assert said.keys() == night.refused
    assert said["folder.xlsx"]["why"] == "a folder that is no service area's"
    for name in night.refused - {"folder.xlsx"}:
        kind = "symbolic link" if name.startswith("link") else name.removesuffix(".xlsx")
        assert said[name]["why"] == f"a {kind}, not a file"
        moved = Path(said[name]["moved_to"])
        assert moved.is_symlink() or moved.is_fifo() or moved.is_socket()
        note = moved.with_name(f"{moved.name} - why.txt").read_text(encoding="utf-8")
        assert f"Why: a {kind}, not a file\n" in note


def test_everything_that_is_sent_back_has_its_list_in_the_outbox(night: Night) -> None:
    rejected = [taken for taken in night.taken if taken["outcome"] == "rejected"]
    assert len(rejected) >= len(night.hostile)
    outbox = (night.workspace / "outbox").resolve()
    for taken in rejected:
        copy = Path(taken["correction"])
        assert copy.resolve().is_relative_to(outbox)
        with CalamineWorkbook.from_path(copy) as book:
            assert book.sheet_names[0] == LIST_SHEET
    assert not [path.name for path in outbox.rglob(".*")]


@pytest.mark.parametrize("night", ["quick"], indirect=True, scope="module")
@pytest.mark.parametrize(
    "name", ["a return with the whole sheet merged.xlsx", "a return with a link on every cell.xlsx"]
)
def test_a_return_that_no_library_could_mark_is_sent_back_with_all_its_sheets(
    night: Night, name: str
) -> None:
    (taken,) = (taken for taken in night.taken if taken["filename"] == name)
    assert taken["area"] == "SAF"
    with CalamineWorkbook.from_path(taken["correction"]) as book:
        assert book.sheet_names[0] == LIST_SHEET
        assert "Indicators" in book.sheet_names
        rows = book.get_sheet_by_name(LIST_SHEET).to_python()
    listed = {str(cell) for row in rows for cell in row}
    assert {finding["problem"] for finding in taken["findings"]} <= listed


def test_an_honest_return_of_five_mebibytes_is_read_within_the_limits(
    tmp_path: Path, slipped: Path
) -> None:
    """Someone left the workings in: a third of a million figures beside the achievements."""
    numbers = random.Random(5)  # noqa: S311 - figures, no secrets
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c r="{column}{row}"><v>{numbers.random()}</v></c>' for column in "JKLMNOPQ")
        + "</row>"
        for row in range(5_000, 45_000)
    )

    def with_workings(name: str, content: bytes) -> bytes:
        is_last = name == "xl/worksheets/sheet3.xml"
        return (
            content.replace(b"</sheetData>", f"{rows}</sheetData>".encode()) if is_last else content
        )

    path = tmp_path / "large.xlsx"
    path.write_bytes(repacked(slipped.read_bytes(), with_workings))
    arrival = examine(path, file_mb=50)
    assert isinstance(arrival, Arrival)
    assert arrival.size > 4.5 * 1024**2
    with guard_of(REGISTER, Limits(workers=1)) as guard:
        (read,) = read_returns([arrival], guard)
    reading = read.reading
    assert reading.area == "SAF"
    assert {"V01", "V02", "V04"} <= {finding.code for finding in reading.findings}


def test_a_return_that_changes_after_intake_is_left_where_it_lies(
    tmp_path: Path, slipped: Path
) -> None:
    path = Path(shutil.copyfile(slipped, tmp_path / "changing.xlsx"))
    gone = Path(shutil.copyfile(slipped, tmp_path / "gone.xlsx"))
    steady = Path(shutil.copyfile(slipped, tmp_path / "steady.xlsx"))
    arrivals = [examine(each, file_mb=50) for each in (path, gone, steady)]
    assert all(isinstance(arrival, Arrival) for arrival in arrivals)
    path.write_bytes(slipped.read_bytes() + b"\0")
    gone.unlink()
    with guard_of(REGISTER, Limits(workers=1)) as guard:
        changed, vanished, read = read_returns(arrivals, guard)
    assert "next run" in changed.why
    assert vanished.path == gone
    assert read.reading.area == "SAF"


def test_of_small_returns_that_are_read_together_one_alone_is_to_blame(
    tmp_path: Path, slipped: Path
) -> None:
    """A cell so far from the others that what lies between them fills any memory."""

    def with_cells(name: str, content: bytes) -> bytes:
        far = b'<row r="900000"><c r="XFD900000"><v>1</v></c></row></sheetData>'
        is_last = name == "xl/worksheets/sheet3.xml"
        return content.replace(b"</sheetData>", far) if is_last else content

    names = ("first.xlsx", "second.xlsx", "much.xlsx", "last.xlsx")
    paths = [Path(shutil.copyfile(slipped, tmp_path / name)) for name in names]
    paths[2].write_bytes(repacked(slipped.read_bytes(), with_cells))
    arrivals = [examine(each, file_mb=50) for each in paths]
    assert all(isinstance(each, Arrival) and each.size < 64 * 1024 for each in arrivals)
    with guard_of(REGISTER, Limits(workers=1)) as guard:
        read = [*read_returns(arrivals, guard)]
    assert [one.arrival.path for one in read] == paths
    assert [one.reading.area for one in read] == ["SAF", "SAF", None, "SAF"]
    (stopped,) = read[2].reading.findings
    assert stopped.code == READER_STOPPED.code


def test_a_worker_that_has_read_and_marked_returns_holds_no_frames_and_no_store(
    slipped: Path,
) -> None:
    arrival = examine(slipped, file_mb=50)
    with guard_of(REGISTER, Limits(workers=1)) as guard:
        (read,) = read_returns([arrival], guard)
        correction = CorrectionCopy(FileKind.XLSX, read.reading.findings, "x")
        copy = guard.submit_with(slipped.read_bytes, correction.marked).result()
        names = {"openpyxl", "python_calamine", "pandas", "pandera", "sqlalchemy", "numpy.core"}
        # No module of the tests can be loaded there any more.
        there = guard.submit(eval, "[*__import__('sys').modules]").result()
        assert names & {*there} == {"openpyxl", "python_calamine"}
    assert len(load_workbook(BytesIO(copy)).sheetnames) > 1
