"""The real command line: help, exit codes, JSON, and one clear line for whatever is wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from pipeline.cli.console import command
from pipeline.operations.demo import run_demo
from tests.support.command_line import quarterday

COMMANDS = ("demo", "init", "template", "validate", "ingest", "status", "merge", "appendix",
            "send", "run", "fetch", "schedule", "runs", "watch", "history", "trace", "replay",
            "accept", "forget", "doctor", "backup", "restore", "register check",
            "register diff", "register example")  # fmt: skip


def complaint(result: Result) -> str:
    """The one line on standard error of a command that could not run."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line]
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("quarterday: ")
    return lines[0]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "demo"
    run_demo(folder, lambda *_: None)
    return folder


@pytest.fixture
def fresh(demo: Path, tmp_path: Path) -> Path:
    """A workspace of one's own: the worked example's register, nothing received yet."""
    workspace = tmp_path / "workspace"
    (workspace / "inbox").mkdir(parents=True)
    shutil.copyfile(demo / "register.xlsx", workspace / "register.xlsx")
    (workspace / "pipeline.toml").write_text(
        "[limits]\nsettle_seconds = 0\nincomplete_minutes = 0\n", encoding="utf-8"
    )
    return workspace


def archived(demo: Path) -> list[Path]:
    """What the demonstration received: seven files, the one with the slips first."""
    paths = sorted((demo / "var" / "archive").glob("??/*.xlsx"))
    return sorted(paths, key=lambda path: not has_slips(path))


def has_slips(path: Path) -> bool:
    sheet = load_workbook(path)["Indicators"]
    return any(cell.value == "4,6O5" for row in sheet.iter_rows() for cell in row)


# --- Help ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself_with_an_example(command: str) -> None:
    result = quarterday(*command.split(), "--help")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "Example: quarterday " + command in text
    assert "--json" in text
    assert "0 done; 1 done, and something needs a person; 2 cannot run" in text


def test_the_help_lists_every_command_and_the_exit_codes() -> None:
    text = " ".join(quarterday("--help").stdout.split())
    assert "0 done; 1 done, and something needs a person; 2 cannot run" in text
    assert all(command.split()[0] in text for command in COMMANDS)


def loaded_by(*words: str | Path) -> set[str]:
    """The heavy packages that a command of the real program has loaded by the time it ends."""
    code = (
        "import sys, atexit\n"
        "heavy = ('pandas', 'sqlalchemy', 'openpyxl', 'pandera', 'xlsxwriter', 'alembic')\n"
        "heavy += ('pipeline.returns.interpret',)\n"
        "atexit.register(lambda: print(*[m for m in heavy if m in sys.modules], file=sys.stderr))\n"
        "from pipeline.__main__ import main\n"
        "sys.argv = ['quarterday', *sys.argv[1:]]\n"
        "main()\n"
    )
    command = [sys.executable, "-c", code, *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_help_and_an_idle_night_load_nothing_heavy(demo: Path) -> None:
    assert loaded_by("--help") == set()
    assert quarterday("run", "-w", demo).stdout == "Nothing new.\n"
    assert loaded_by("run", "-w", demo) == set()


def test_help_loads_of_libraries_what_any_such_help_does() -> None:
    code = "import sys, pipeline.cli; print(*{name.partition('.')[0] for name in sys.modules})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "typer" in done.stdout.split()
    assert not {"msgspec", "json", "typing_extensions"} & {*done.stdout.split()}


def test_a_night_loads_what_it_uses(demo: Path, fresh: Path) -> None:
    # A new store is made without what brings an old one forward.
    assert "alembic" not in loaded_by("run", "-w", fresh)
    *_, sent = archived(demo)
    shutil.copyfile(sent, fresh / "inbox" / "return 12.xlsx")
    # Nothing is marked to be sent back, and workers interpret, the name of the file too.
    loaded = loaded_by("run", "-w", fresh)
    assert list((fresh / "outbox").rglob("*.xlsx"))
    assert loaded == {"pandas", "pandera", "sqlalchemy", "xlsxwriter"}


# --- The way each kind of person uses it ---------------------------------------------------------


def test_a_new_workspace_leads_to_templates(tmp_path: Path) -> None:
    made = quarterday("init", tmp_path / "new")
    assert made.exit_code == 0
    assert (tmp_path / "new" / "register.xlsx").exists()
    written = quarterday("template", "-w", tmp_path / "new", "--json")
    paths = [Path(path) for path in json.loads(written.stdout)["written"]]
    assert len(paths) == 2
    assert all(load_workbook(path).sheetnames[0] == "Cover" for path in paths)
    assert quarterday("run", "-w", tmp_path / "new").exit_code == 0


def test_a_workspace_that_is_there_is_left_as_it_is(fresh: Path) -> None:
    before = (fresh / "register.xlsx").read_bytes()
    assert quarterday("init", fresh).exit_code == 0
    assert (fresh / "register.xlsx").read_bytes() == before


def test_a_service_area_checks_its_return_before_sending(demo: Path, fresh: Path) -> None:
    result = quarterday("validate", "-w", fresh, *archived(demo))
    assert result.exit_code == 1
    assert result.stdout.count("would be sent back") == 1
    assert result.stdout.count("would be accepted") == len(archived(demo)) - 1
    assert "Indicators!H6: 0.24 in a percentage could mean 24% or 0.24%." in result.stdout
    assert not list((fresh / "inbox").glob("*.xlsx"))


def test_validate_knows_what_was_received_before(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    run_demo(demo, lambda *_: None)
    result = quarterday("validate", "-w", demo, *archived(demo))
    known = result.stdout.count("was received before; nothing would change")
    # One was replaced since, and would count again; after it, so would the one that replaced it.
    again = result.stdout.count("would be accepted")
    assert again in {1, 2}
    assert known == len(archived(demo)) - again
    # One of them was sent back, and still is to be put right.
    assert result.exit_code == 1


def test_validate_answers_in_json(demo: Path, fresh: Path) -> None:
    result = quarterday("validate", "-w", fresh, "--json", *archived(demo))
    documents = json.loads(result.stdout)
    assert len(documents) == len(archived(demo))
    (rejected,) = [d for d in documents if not d["accepted"]]
    errors = {f["code"] for f in rejected["findings"] if f["severity"] == "error"}
    assert errors == {"C08", "C10", "C11", "V01", "V02", "V04"}
    assert result.exit_code == 1


def test_stage_by_stage_gives_what_a_night_gives(demo: Path, fresh: Path) -> None:
    for number, path in enumerate(archived(demo)):
        shutil.copyfile(path, fresh / "inbox" / f"return {number}.xlsx")
    ingested = quarterday("ingest", "-w", fresh, "--json")
    assert ingested.exit_code == 1
    outcomes = [taken["outcome"] for taken in json.loads(ingested.stdout)["taken"]]
    assert sorted(outcomes) == ["accepted"] * 6 + ["rejected"]
    (merged,) = json.loads(quarterday("merge", "-w", fresh, "--json").stdout)
    assert merged["overall"]["colour"] == "amber"
    figures = {line["ref"]: line["performance"] for line in merged["indicators"]}
    assert figures["P2-1"] == "4605"
    assert figures["P6-1"] == "3.56%"
    written = json.loads(quarterday("appendix", "-w", fresh, "--json").stdout)["written"]
    assert [Path(path).suffix for path in written] == [".xlsx", ".html", ".csv", ".csv", ".json"]
    assert json.loads(quarterday("send", "-w", fresh, "--json").stdout)["written"] == []
    assert quarterday("run", "-w", fresh).exit_code == 0


def test_status_says_who_has_returned_and_what_was_sent_back(demo: Path, fresh: Path) -> None:
    assert quarterday("status", "-w", demo).exit_code == 0
    empty = quarterday("status", "-w", fresh)
    assert empty.exit_code == 1
    assert empty.stdout.count("Overdue") == 5
    shutil.copyfile(archived(demo)[0], fresh / "inbox" / "slips.xlsx")
    assert quarterday("run", "-w", fresh).exit_code == 1
    told = quarterday("status", "-w", fresh).stdout
    assert "Sent back for correction" in told
    assert "Indicators!H5: 4,6O5 is not a figure that can be used." in told
    (document,) = json.loads(quarterday("status", "-w", fresh, "--json").stdout)["periods"]
    assert len(document["returns"]) == 5


def test_an_empty_inbox_is_said_to_be_empty(fresh: Path) -> None:
    result = quarterday("ingest", "-w", fresh)
    assert (result.exit_code, result.stdout.splitlines()[0]) == (0, "The inbox is empty.")


def test_a_file_that_is_no_workbook_is_sent_back_and_the_others_are_taken_in(
    demo: Path, fresh: Path
) -> None:
    (fresh / "inbox" / "a letter.xlsx").write_bytes(b"Dear council")
    shutil.copyfile(archived(demo)[0], fresh / "inbox" / "return.xlsx")
    result = quarterday("run", "-w", fresh)
    assert result.exit_code == 1
    assert "rejected: a letter.xlsx" in result.stdout
    assert "its content is plain text" in result.stdout
    assert not list((fresh / "inbox").iterdir())
    assert list((fresh / "outbox" / "period not known" / "corrections").iterdir())


# --- Bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a\x07b.xlsx", "a\x1b]0;x\x07.xlsx", "a\x9b31mb", "a\u202eb"])
def test_no_name_moves_the_terminal(fresh: Path, name: str) -> None:
    """Of a file that is there, of one that is not, and of a workspace."""
    (fresh / name).write_bytes(b"x")
    for words in (("validate", fresh / name), ("validate", fresh / f"no {name}"), ("status",)):
        place = fresh if words[0] == "validate" else fresh / name
        result = quarterday(*words, "--workspace", place)
        assert not set("\x07\x1b\x9b\u202e") & set(result.output)
        assert result.output.strip()


def test_a_missing_workspace_is_one_line(tmp_path: Path) -> None:
    assert "nowhere is not a folder" in complaint(quarterday("run", "-w", tmp_path / "nowhere"))


@pytest.mark.parametrize("command", ["template", "ingest", "status", "merge", "appendix", "run"])
def test_a_missing_register_is_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    assert "register.xlsx" in complaint(quarterday(command, "-w", tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[paths", "is not valid TOML"),
        ("[paths]\ninnbox = 'x'", "innbox"),
        ("[limits]\nseconds = 'ten'", "limits.seconds"),
        ("[limits]\nseconds = 0", "limits.seconds is 0; it must be from 1 to 3600"),
        ("[limits]\nsettle_seconds = -1.0", "settle_seconds is -1.0; it must be from 0 to"),
    ],
)
def test_settings_that_cannot_be_used_are_one_line(text: str, said: str, fresh: Path) -> None:
    (fresh / "pipeline.toml").write_text(text, encoding="utf-8")
    line = complaint(quarterday("run", "-w", fresh))
    assert "pipeline.toml" in line
    assert said in line


def test_settings_in_another_encoding_are_one_line(fresh: Path) -> None:
    (fresh / "pipeline.toml").write_bytes(b"\xff\xfe[\x00")
    assert "cannot be read" in complaint(quarterday("run", "-w", fresh))


def test_an_unknown_period_or_area_is_one_line_that_lists_what_there_is(fresh: Path) -> None:
    assert "Choose one of: 2012-13" in complaint(quarterday("merge", "-w", fresh, "-p", "2031"))
    assert "Human resources" in complaint(quarterday("template", "-w", fresh, "-a", "Parks"))


def test_an_unlisted_inbox_is_one_line(fresh: Path) -> None:
    (fresh / "inbox").rmdir()
    assert "cannot be listed" in complaint(quarterday("run", "-w", fresh))


def test_an_outbox_that_cannot_be_written_is_one_line_and_nothing_is_lost(
    demo: Path, fresh: Path
) -> None:
    shutil.copyfile(archived(demo)[-1], fresh / "inbox" / "return.xlsx")
    (fresh / "outbox").write_text("in the way", encoding="utf-8")
    assert "cannot be written to" in complaint(quarterday("run", "-w", fresh))
    assert (fresh / "inbox" / "return.xlsx").exists()
    (fresh / "outbox").unlink()
    assert "accepted: return.xlsx" in quarterday("run", "-w", fresh).stdout


def test_a_store_that_is_no_database_is_one_line(fresh: Path) -> None:
    (fresh / "var").mkdir(exist_ok=True)
    (fresh / "var" / "quarterday.sqlite3").write_bytes(b"not a database" * 100)
    assert "cannot be used" in complaint(quarterday("status", "-w", fresh))


def test_each_mistake_in_the_register_is_a_line_with_sheet_and_cell(fresh: Path) -> None:
    book = load_workbook(fresh / "register.xlsx")
    sheet = book["Indicators"]
    heading = next(row for row in sheet.iter_rows() if any(c.value == "Polarity" for c in row))
    column = next(cell.column_letter for cell in heading if cell.value == "Polarity")
    row = heading[0].row + 1
    sheet[f"{column}{row}"] = "hihger"
    sheet[f"{column}{row + 1}"] = "up"
    book.save(fresh / "register.xlsx")
    result = quarterday("run", "-w", fresh)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert [f"Indicators!{column}{row + n}" in line for n, line in enumerate(lines)] == [True, True]


def test_a_demo_never_writes_over_what_is_there(demo: Path) -> None:
    assert "is there already" in complaint(quarterday("demo", demo))


def test_the_installed_command_answers() -> None:
    program = Path(sys.executable).with_name("quarterday")
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("quarterday 0.")


def test_a_file_to_check_that_is_not_there_is_one_line_and_the_others_are_checked(
    demo: Path, fresh: Path
) -> None:
    result = quarterday("validate", "-w", fresh, archived(demo)[-1], demo / "gone.xlsx")
    assert "gone.xlsx" in complaint(result)
    assert "would be accepted" in result.stdout
    (unread,) = [
        document
        for document in json.loads(
            quarterday("validate", "-w", demo, "--json", demo / "gone.xlsx").stdout
        )
        if "unread" in document
    ]
    assert not unread["accepted"]


# The messages come last, when all else has been done and said.
@pytest.mark.parametrize(("name", "code"), [("mail", 0), ("corrections", 1)])
def test_a_file_in_place_of_a_folder_of_the_outbox_is_one_line(
    name: str, code: int, demo: Path, fresh: Path
) -> None:
    folder = fresh / "outbox" / "2012-13"
    folder.mkdir(parents=True)
    (folder / name).write_text("in the way", encoding="utf-8")
    shutil.copyfile(archived(demo)[0], fresh / "inbox" / "slips.xlsx")
    shutil.copyfile(archived(demo)[-1], fresh / "inbox" / "return.xlsx")
    assert f"{folder / name}" in complaint(quarterday("run", "-w", fresh))
    (folder / name).unlink()
    assert quarterday("run", "-w", fresh).exit_code == code
    assert {path.name for path in folder.iterdir()} >= {"mail", "corrections"}
    assert not list((fresh / "inbox").iterdir())


@pytest.mark.parametrize("words", [["--periode", "2012"], ["-p"], ["surplus"]])
def test_options_that_make_no_sense_are_no_reason_to_run(words: list[str], fresh: Path) -> None:
    result = quarterday("merge", "-w", fresh, *words)
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize("command", ["run", "ingest"])
def test_a_reason_without_a_period_to_reopen_is_no_reason_to_run(command: str, fresh: Path) -> None:
    result = quarterday(command, "-w", fresh, "--because", "the count was wrong")
    assert result.exit_code == 2
    assert "Invalid value for --because" in result.stderr
    assert "Traceback" not in result.output


def test_a_mistake_of_the_programs_own_is_not_taken_for_done() -> None:
    def divide() -> None:
        _ = 1 // 0

    broken = typer.Typer()
    broken.command()(command(divide))
    result = CliRunner().invoke(broken)
    assert result.exit_code == 2
    assert "ZeroDivisionError" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("quarterday: stopped by a mistake")


def test_a_column_of_one_mistake_is_a_single_line_but_each_cell_is_in_the_json(
    demo: Path, tmp_path: Path
) -> None:
    books = [load_workbook(path) for path in archived(demo) if not has_slips(path)]
    book = max(books, key=lambda book: book["Indicators"].max_row)
    sheet = book["Indicators"]
    heading = next(c for row in sheet for c in row if c.value == "Unit")
    refs = [row for row in range(heading.row + 1, sheet.max_row + 1) if sheet.cell(row, 1).value]
    assert len(refs) > 2
    for row in refs:
        sheet.cell(row, heading.column, "furlongs")
    path = tmp_path / "return.xlsx"
    book.save(path)
    text = quarterday("validate", "-w", demo, path).stdout
    (line,) = [line for line in text.splitlines() if "[C10]" in line]
    letter = heading.column_letter
    assert f"{letter}{refs[0]}:" in line
    assert f"is in {letter}{refs[1]}" in line
    (document,) = json.loads(quarterday("validate", "-w", demo, "--json", path).stdout)
    altered = [f["cell"] for f in document["findings"] if f["code"] == "C10"]
    assert altered == [f"{letter}{row}" for row in refs]
