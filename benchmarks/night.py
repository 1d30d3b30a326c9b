"""What a whole night costs, beside an analyst's script that does the happy path of it alone.

    python -m benchmarks.night [ROUNDS]

Twenty returns of 80 indicators, from the start of a process to its end; processor time of it and
all that it starts, and the time on the clock, the best of all rounds, measured in turn:
- script: `benchmarks.analyst` reads them, checks, consolidates, rates, and writes one workbook;
- night: `quarterday run` does that, keeps what came in store and archive, writes appendix, page and
  data, and the mail as files.
"""

from __future__ import annotations

import csv
import sys
import tempfile
import time
from pathlib import Path

from msgspec.structs import replace
from openpyxl import load_workbook

from benchmarks.returns import NOW, PERIOD, drop_returns, filled_return, register_of
from benchmarks.start import processor_seconds, quarterday
from pipeline.operations.setup import make_workspace
from pipeline.workspace.folder import open_workspace
from pipeline.workspace.runs.record import last_runs
from schemas.model import Recipient, Register

_AREAS, _INDICATORS, _ROUNDS = 20, 80, 5


def register_of_night() -> Register:
    """Areas with addresses, and a recipient of the appendix, so that there is mail to write."""
    register = register_of(_AREAS, _INDICATORS)
    areas = (replace(a, email=f"{a.ref.lower()}@council.example") for a in register.areas)
    recipients = (Recipient("Committee", "committee@council.example"),)
    return replace(register, areas=tuple(areas), recipients=recipients)


def workspace_in(folder: Path, register: Register, base: bytes | None = None) -> Path:
    """A workspace whose inbox holds the returns made of one, and whose mail is written as files."""
    make_workspace(folder, NOW.date(), register)
    settings = (folder / "pipeline.toml").read_text("utf-8")
    settings = settings.replace("settle_seconds = 2.0", "settle_seconds = 0.0")
    settings = settings.replace("incomplete_minutes = 15", "incomplete_minutes = 0")
    (folder / "pipeline.toml").write_text(settings, "utf-8")
    if base is not None:
        drop_returns(base, register, open_workspace(folder).inbox)
    return folder


def targets_file(path: Path, register: Register) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("Ref", "Indicator", "Target"))
        for each in register.indicators:
            target = register.target(each.ref, PERIOD.name)
            writer.writerow((each.ref, each.wording, target.value if target else ""))
    return path


def timed(command: list[str]) -> tuple[float, float]:
    """Seconds of the processors, and on the clock."""
    start = time.perf_counter()
    seconds = processor_seconds(command)
    return seconds, time.perf_counter() - start


def measure(rounds: int) -> None:
    """Print seconds of each, and the ratio of the two."""
    register = register_of_night()
    took = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        base = filled_return(register, folder)
        targets = targets_file(folder / "targets.csv", register)
        returns = folder / "returns"
        returns.mkdir()
        drop_returns(base, register, returns)
        appendix = folder / "appendix.xlsx"
        script = [sys.executable, "-m", "benchmarks.analyst", str(returns), str(targets)]
        for number in range(rounds):
            workspace = workspace_in(folder / f"workspace {number}", register, base)
            ours = timed(quarterday("run", "--workspace", workspace))
            took.append((timed([*script, str(appendix)]), ours))
        assert len(load_workbook(appendix)["Appendix"]["A"]) == _INDICATORS + 1
        assert list(workspace.glob("outbox/*/Appendix*.xlsx")), "no appendix was issued"
        (last,) = last_runs(open_workspace(workspace), 1)
    for what, which in (("processor", 0), ("clock", 1)):
        script_took, ours_took = (min(one[who][which] for one in took) for who in (0, 1))
        print(
            f"{_AREAS} returns of {_INDICATORS} indicators, seconds of the {what}: "
            f"script {script_took:.2f}, night {ours_took:.2f}, "
            f"{ours_took / script_took:.2f} x the script"
        )
    for stage, seconds in last.stages.items():
        print(f"of which | {stage} | {seconds:.2f} |")
    rest = (last.seconds or 0) - sum(last.stages.values())
    print(f"of which | all else, most of it loading | {rest:.2f} |")


if __name__ == "__main__":
    measure(int(sys.argv[1]) if sys.argv[1:] else _ROUNDS)
