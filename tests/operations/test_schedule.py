"""The schedule: what systemd, cron and Windows are given is what each of them takes, and runs."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from pipeline.operations.setup import make_workspace
from tests.support.builders import PERIOD, small_register
from tests.support.command_line import quarterday
from tests.support.disks import mounted
from tests.support.programs import need
from tests.support.sampled import sampled

ROOT = Path(__file__).parents[2]
#: Of tasks, as published in MS-TSCH.
SCHEMA = Path(__file__).with_name("task.xsd")
#: Names that shells, cron, unit files and XML each take for something else.
ODD = ["plain", "with a space", "Müll & Größe", "100% sure", 'it\'s "quoted"', "a $HOME b", "<b>;#"]
AS_ROOT = ["--user", "daemon"] if os.geteuid() == 0 else []


def told(*words: str | Path) -> str:
    result = quarterday("schedule", *words)
    assert result.exit_code == 0, result.output
    return result.stdout


def complaint(*words: str | Path) -> str:
    result = quarterday("schedule", *words)
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line


@pytest.fixture(params=ODD)
def odd(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return workspace_in(tmp_path / request.param)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    return workspace_in(tmp_path / "performance")


def workspace_in(folder: Path) -> Path:
    make_workspace(folder, PERIOD.due, small_register())
    return folder


def set_line(workspace: Path, old: str, new: str) -> None:
    path = workspace / "pipeline.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


# --- systemd -------------------------------------------------------------------------------------


def units(workspace: Path, folder: Path, *words: str) -> tuple[str, str]:
    """The service and the timer, as installed in a folder."""
    told("install", "--for", "systemd", "--into", folder, *AS_ROOT, "-w", workspace, *words)
    (service,) = folder.glob("*.service")
    (timer,) = folder.glob("*.timer")
    return service.read_text("utf-8"), timer.read_text("utf-8")


@pytest.mark.outside
def test_the_units_pass_systemds_own_check(odd: Path, tmp_path: Path) -> None:
    units(odd, tmp_path / "units")
    files = [str(path) for path in (tmp_path / "units").iterdir()]
    done = subprocess.run(
        [need("systemd-analyze"), "verify", "--man=no", *files],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_folders_that_a_run_writes_to_are_the_settings_own(
    workspace: Path, tmp_path: Path
) -> None:
    share = tmp_path / "a share"
    share.mkdir()
    set_line(workspace, 'inbox = "inbox"', f"inbox = '{share}'")
    service, _ = units(workspace, tmp_path / "units")
    (line,) = re.findall(r"^ReadWritePaths=(.*)$", service, re.MULTILINE)
    # `var` is not made yet, so it is the workspace in which it will be.
    assert line == f'"-{share}" "-{workspace}" "-{workspace}/outbox"'


def test_where_passwords_belong_is_in_the_unit_and_said_where_one_is_wanted(
    workspace: Path, tmp_path: Path
) -> None:
    service, _ = units(workspace, tmp_path / "units")
    (name,) = re.findall(r"^EnvironmentFile=-%E/quarterday/(.*)\.env$", service, re.MULTILINE)
    assert (tmp_path / "units" / f"{name}.service").is_file()
    words = ["--for", "systemd", "--into", tmp_path / "units", *AS_ROOT, "-w", workspace]
    assert "Passwords" not in told("install", *words)
    set_line(workspace, 'server = ""', 'server = "mail.council.example"')
    set_line(workspace, 'user = ""', 'user = "performance"')
    set_line(workspace, "sender = ", 'sender = "performance@council.example"  # ')
    said = told("install", *words)
    assert "write QUARTERDAY_MAIL_PASSWORD=… and QUARTERDAY_MAILBOX_PASSWORD=… into /" in said
    assert f"/quarterday/{name}.env, for its owner alone" in said


def test_the_service_gains_nothing_and_may_still_confine_its_readers(
    workspace: Path, tmp_path: Path
) -> None:
    service, _ = units(workspace, tmp_path / "units")
    lines = service.splitlines()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "RestrictSUIDSGID=yes"):
        assert line in lines
    (allowed,) = re.findall(r"^SystemCallFilter=(.*)$", service, re.MULTILINE)
    assert allowed.split()[0] == "@system-service"
    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule",
            "landlock_restrict_self"} <= set(allowed.split())  # fmt: skip


def test_a_run_is_stopped_from_outside_only_after_it_would_have_stopped_itself(
    workspace: Path, tmp_path: Path
) -> None:
    assert "TimeoutStartSec=185min" in units(workspace, tmp_path / "units")[0]
    set_line(workspace, "limit_minutes = 120.0", "limit_minutes = 0")
    assert "TimeoutStartSec=infinity" in units(workspace, tmp_path / "units")[0]


@pytest.mark.outside
@pytest.mark.parametrize("zone", ["Europe/London", "Europe/Berlin"])
@pytest.mark.parametrize("at", ["01:30", "02:00", "02:30"])
def test_the_timer_elapses_on_the_night_that_lacks_its_time(
    workspace: Path, tmp_path: Path, zone: str, at: str
) -> None:
    _, timer = units(workspace, tmp_path / "units", "--at", at)
    times = re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE)
    done = subprocess.run(
        [need("systemd-analyze"), "calendar", "--base-time=2027-03-27 12:00:00", *times],
        check=True, capture_output=True, text=True, env=os.environ | {"TZ": zone},
    )  # fmt: skip
    assert "Next elapse: Sun 2027-03-28" in done.stdout


def test_a_timer_late_in_the_evening_has_one_time_only(workspace: Path, tmp_path: Path) -> None:
    _, timer = units(workspace, tmp_path / "units", "--at", "23:30")
    assert re.findall(r"^OnCalendar=(.*)$", timer, re.MULTILINE) == ["*-*-* 23:30:00"]


def test_what_is_shown_is_to_the_byte_what_is_installed(workspace: Path, tmp_path: Path) -> None:
    words = ["--for", "systemd", "--into", tmp_path / "units", *AS_ROOT, "-w", workspace, "--json"]
    before = json.loads(told("show", *words))
    assert not (tmp_path / "units").exists()
    assert {part["is_installed"] for part in before["parts"]} == {False}
    told("install", *words)
    after = json.loads(told("show", *words))
    for part in after["parts"]:
        assert part["is_installed"]
        assert Path(part["place"]).read_text("utf-8") == part["text"]
    assert [p["text"] for p in before["parts"]] == [p["text"] for p in after["parts"]]


@pytest.mark.parametrize("kind", ["systemd", "cron", "windows"])
def test_what_is_written_for_elsewhere_is_shown_there_and_removed_from_there(
    workspace: Path, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "elsewhere"
    words = ["--for", kind, "--into", folder, *AS_ROOT, "-w", workspace, "--json"]
    words = [word for word in words if kind == "systemd" or word not in AS_ROOT]
    told("install", *words)
    written = {str(path) for path in folder.iterdir()}
    shown = json.loads(told("show", *words))["parts"]
    assert {(part["place"], part["is_installed"]) for part in shown} == {
        (place, True) for place in written
    }
    removed = json.loads(told("remove", *words))["parts"]
    assert {part["place"] for part in removed} == written
    assert list(folder.iterdir()) == []
    assert json.loads(told("remove", *words))["parts"] == []


def test_removing_takes_away_only_what_is_this_workspaces(workspace: Path, tmp_path: Path) -> None:
    folder = tmp_path / "units"
    another = workspace_in(tmp_path / "another" / "performance")
    for each in (workspace, another):
        told("install", "--for", "systemd", "--into", folder, *AS_ROOT, "-w", each)
    assert len(list(folder.iterdir())) == 4
    words = ["--for", "systemd", "--into", folder, *AS_ROOT, "-w", workspace]
    assert told("remove", *words).count("removed ") == 2
    assert {p.name.split(".")[0] for p in folder.iterdir()} != set()
    assert len(list(folder.iterdir())) == 2
    assert told("remove", *words) == "Nothing was installed for this workspace.\n"


def test_a_file_of_somebody_elses_is_neither_replaced_nor_removed(
    workspace: Path, tmp_path: Path
) -> None:
    units(workspace, tmp_path / "units")
    (timer,) = (tmp_path / "units").glob("*.timer")
    timer.write_text("[Timer]\nOnCalendar=weekly\n")
    words = ["--for", "systemd", "--into", tmp_path / "units", *AS_ROOT, "-w", workspace]
    for action in ("install", "remove"):
        assert f"{timer} was not written by quarterday" in complaint(action, *words)
    assert timer.read_text() == "[Timer]\nOnCalendar=weekly\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs for the whole machine")
def test_root_has_to_name_the_user_who_runs_the_job(workspace: Path, tmp_path: Path) -> None:
    line = complaint("show", "--for", "systemd", "--into", tmp_path, "-w", workspace)
    assert line == "quarterday: Name the user who is to run the job with --user; root should not."


def test_a_time_that_is_none_is_one_line(workspace: Path) -> None:
    line = complaint("show", "--for", "cron", "--at", "25:00", "-w", workspace)
    assert line == "quarterday: --at 25:00: write the time as 02:00."


# --- cron ----------------------------------------------------------------------------------------


def as_cron_runs(line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of a crontab as cron does: % ends the command, \\% is %, and sh does the rest."""
    command = line.split(maxsplit=5)[5]
    assert not re.search(r"(?<!\\)%", command)
    return subprocess.run(
        ["/bin/sh", "-c", command.replace("\\%", "%")],
        check=False, capture_output=True, text=True, timeout=120, cwd="/",
        env={"HOME": "/", "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


@pytest.mark.parametrize("odd", sampled(ODD, 5), indirect=True)
def test_the_line_for_cron_runs_the_job_and_is_silent_where_there_is_nothing_to_say(
    odd: Path, tmp_path: Path
) -> None:
    told("install", "--for", "cron", "--at", "03:05", "--into", tmp_path / "cron", "-w", odd)
    (file,) = (tmp_path / "cron").iterdir()
    (line,) = file.read_text("utf-8").splitlines()
    assert line.startswith("5 3 * * * ")
    first, second = as_cron_runs(line), as_cron_runs(line)
    assert (first.returncode, first.stdout, first.stderr) == (0, "", "")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    (run,) = json.loads(quarterday("runs", "--json", "-w", odd).stdout)
    assert (run["command"], run["scheduled"], run["outcome"]) == ("run", True, "done")


def test_a_path_that_cron_would_change_is_refused(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path / "back\\slash")
    assert "cron cannot be given" in complaint("show", "--for", "cron", "-w", workspace)


@pytest.fixture
def crontabs() -> Iterator[Path]:
    """The folder of crontabs, empty, and as it was afterwards."""
    need("crontab")
    folder = Path("/var/spool/cron/crontabs")
    if not folder.is_dir():
        pytest.skip("crontabs lie elsewhere here")
    with mounted(folder, "mode=1730") as place:
        yield place


THEIRS = "# mine\nMAILTO=ops@council.example\n*/5 * * * * date +\\%s >/dev/null  # quarterday\n"


def crontab(*words: str, given: str = "") -> str:
    done = subprocess.run(
        ["crontab", *words], input=given, check=False, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.outside
def test_the_crontab_keeps_every_other_line(odd: Path, crontabs: Path) -> None:
    assert list(crontabs.iterdir()) == []
    crontab("-", given=THEIRS)
    there = ["--for", "cron", "-w", odd]
    for at in ("02:00", "04:10"):
        told("install", "--at", at, *there)
    lines = crontab("-l").splitlines(keepends=True)
    assert "".join(lines[:-1]) == THEIRS
    assert lines[-1].startswith("10 4 * * * ")
    (part,) = json.loads(told("show", "--at", "04:10", *there, "--json"))["parts"]
    assert (part["text"], part["is_installed"]) == (lines[-1], True)
    told("remove", *there)
    assert crontab("-l") == THEIRS
    assert "Nothing was installed" in told("remove", *there)


@pytest.mark.outside
def test_where_there_is_no_crontab_one_is_made(workspace: Path, crontabs: Path) -> None:
    told("install", "--for", "cron", "-w", workspace)
    assert crontab("-l").count("\n") == 1
    assert len(list(crontabs.iterdir())) == 1


@pytest.mark.outside
def test_doctor_sees_the_line_and_whether_it_calls_this_program(
    workspace: Path, crontabs: Path
) -> None:
    told("install", "--for", "cron", "-w", workspace)

    def seen() -> tuple[str, str]:
        document = json.loads(quarterday("doctor", "--quick", "-w", workspace, "--json").stdout)
        (check,) = (each for each in document["checks"] if each["name"] == "schedule")
        return check["state"], check["found"]

    assert seen() == ("ok", "crontab starts the job in this workspace.")
    crontab("-", given=crontab("-l").replace(sys.executable, "/opt/old/bin/python"))
    assert seen() == ("attention", "crontab calls another program, or another workspace.")


# --- Windows -------------------------------------------------------------------------------------

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"


def task(workspace: Path, folder: Path, *words: str) -> Path:
    told("install", "--for", "windows", "--into", folder, "-w", workspace, *words)
    (file,) = folder.iterdir()
    return file


def test_the_task_is_valid_by_the_published_schema(odd: Path, tmp_path: Path) -> None:
    file = task(odd, tmp_path / "task", "--user", "COUNCIL\\quarterday", "--at", "01:45")
    assert file.read_bytes()[:2] in (b"\xff\xfe", b"\xfe\xff")
    schema = xmlschema.XMLSchema10(SCHEMA)
    schema.validate(file)
    found = ET.parse(file)  # noqa: S314 - our own
    assert found.findtext(f".//{TASK}StartBoundary") == "2000-01-01T01:45:00"
    assert found.findtext(f".//{TASK}ExecutionTimeLimit") == "PT185M"
    assert found.findtext(f".//{TASK}Command") == sys.executable
    assert found.findtext(f".//{TASK}UserId") == "COUNCIL\\quarterday"
    assert words_of(found.findtext(f".//{TASK}Arguments") or "")[-2:] == ["--workspace", str(odd)]


def words_of(line: str) -> list[str]:
    """A command line's words by the rules of Windows, where no backslash ends a word."""
    words = re.findall(r'(?:[^\s"]|"(?:\\"|[^"])*"|\\")+', line)
    return [re.sub(r'(?<!\\)"', "", word).replace('\\"', '"') for word in words]


def test_elements_out_of_their_order_would_not_be_valid(workspace: Path, tmp_path: Path) -> None:
    file = task(workspace, tmp_path / "task")
    found = ET.parse(file)  # noqa: S314 - our own
    (trigger,) = found.iter(f"{TASK}CalendarTrigger")
    trigger[:] = reversed(trigger)
    assert not xmlschema.XMLSchema10(SCHEMA).is_valid(found)


def test_away_from_windows_the_task_comes_with_what_to_do_there(
    workspace: Path, tmp_path: Path
) -> None:
    words = ["--for", "windows", "--into", tmp_path / "task", "-w", workspace]
    said = told("install", *words)
    (file,) = (tmp_path / "task").iterdir()
    assert f"wrote {file}\nOn Windows: schtasks /Create /TN \\Quarterday\\{file.stem}" in said
    assert told("remove", *words) == f"removed {file}\n"
    assert list((tmp_path / "task").iterdir()) == []
