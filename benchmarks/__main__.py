"""Runs every benchmark and writes `benchmarks/RESULTS.md`.

    python -m benchmarks [--quick] [RESULTS.md]

`--quick` takes as little of everything as there is, to see that the report is written; its ratios
say nothing.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

HERE = Path(__file__).parent
_LIBRARIES = (
    *("openpyxl", "pandas", "pandera", "python-calamine", "sqlalchemy", "typer", "xlsxwriter"),
)


class Ratio(Struct, frozen=True):
    """A number that a benchmark prints, and what it should be at most."""

    said: str
    #: Its one group is the number; each line in which it is found gives one.
    pattern: str
    target: float | None = None


class Benchmark(Struct, frozen=True):
    name: str
    ratios: Sequence[Ratio]
    quick: tuple[str, ...]
    arguments: tuple[str, ...] = ()

    def run(self, *, quick: bool) -> str:
        """What it printed."""
        command = [sys.executable, "-m", self.name, *(self.quick if quick else self.arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{self.name}: {done.stderr}"
        return done.stdout


_TIMES_BARE = r"([\d.]+) x bare"
BENCHMARKS = (
    Benchmark(
        "benchmarks.returns",
        [
            Ratio("inbox to store, beside the bare read", r"([\d.]+) x its bare read", 3),
            Ratio("inbox to store, part of the plain way", r"([\d.]+) of its plain way", 0.067),
            Ratio("a return among a tenth as many", r"among fewer, \d+: ([\d.]+) x a return", 2.5),
            Ratio("a return among ten times as many", r"among more, \d+: ([\d.]+) x a return", 1.2),
        ],
        quick=("1", "2", "3"),
        arguments=("100", "1000", "10000"),
    ),
    Benchmark(
        "benchmarks.memory",
        [Ratio("MiB of all processes together", r"([\d,]+) MiB at the peak", 500)],
        quick=("2",),
    ),
    Benchmark(
        "benchmarks.rows",
        [
            Ratio(
                "one large return, beside the bare read", r" read .*?([\d.]+) x the bare read", 5
            ),
            Ratio("the same, taken in", r"ingest .*?([\d.]+) x the bare read"),
            Ratio("MiB of all processes then", r"([\d,]+) MiB at the peak", 600),
        ],
        quick=("20",),
    ),
    Benchmark(
        "benchmarks.store",
        [Ratio("a night on a full store, beside an empty one", r"([\d.]+) x the empty one", 1.2)],
        quick=("20", "1"),
    ),
    Benchmark(
        "benchmarks.appendix",
        [
            Ratio("appendix, beside bare xlsxwriter", rf"appendix .*?{_TIMES_BARE}", 1.5),
            Ratio("page, beside the same", rf"page .*?{_TIMES_BARE}"),
            Ratio("data, beside the same", rf"data .*?{_TIMES_BARE}"),
        ],
        quick=("5",),
    ),
    Benchmark(
        "benchmarks.start",
        [
            Ratio("help, beside a bare application", rf"help .*?{_TIMES_BARE}", 1.2),
            Ratio("idle night, beside the same", rf"idle night .*?{_TIMES_BARE}", 1.8),
        ],
        quick=("1",),
    ),
    Benchmark(
        "benchmarks.night",
        [
            Ratio("night, beside a script, processors", r"processor: .*?([\d.]+) x the", 1.5),
            Ratio("night, beside a script, on the clock", r"clock: .*?([\d.]+) x the"),
        ],
        quick=("1",),
    ),
    Benchmark(
        "benchmarks.reading",
        [Ratio("formats and bare read, beside the bare read", r"([\d.]+) x the bare read, both")],
        quick=("2",),
    ),
    Benchmark(
        "benchmarks.correction",
        [
            Ratio("correction copy, time beside openpyxl", r"([\d.]+) of its time"),
            Ratio("correction copy, memory beside openpyxl", r"([\d.]+) of its memory"),
        ],
        quick=("30",),
    ),
    Benchmark(
        "benchmarks.replay",
        [Ratio("replay, milliseconds a return", r"replay: .*?([\d.]+) ms a return")],
        quick=("2",),
    ),
)


def ratio_rows(benchmark: Benchmark, printed: str) -> Iterator[str]:
    """The rows of the table: what was measured, the number, its target, and whether it is met."""
    for ratio in benchmark.ratios:
        found = re.findall(ratio.pattern, printed)
        assert found, f"{benchmark.name} does not say: {ratio.said}"
        for number in found:
            met = ""
            if ratio.target is not None:
                met = "met" if float(number.replace(",", "")) <= ratio.target else "**not met**"
            target = "" if ratio.target is None else f"{ratio.target:g}"
            yield f"| `{benchmark.name}` | {ratio.said} | {number} | {target} | {met} |"


def machine() -> Iterator[str]:
    """What it was measured on; neither its name nor its folders."""
    info = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.+)", info.read_text()) if info.exists() else []
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield f"- {names[0] if names else platform.machine()}, {os.cpu_count()} cores"
    yield f"- {pages / 2**30:.1f} GiB of memory, {platform.system()}"
    yield f"- Python {platform.python_version()}"
    yield f"- {', '.join(f'{name} {version(name)}' for name in _LIBRARIES)}"


def report(*, quick: bool) -> str:
    """The results of all, as a page."""
    printed: dict[str, str] = {}
    rows: list[str] = []
    for benchmark in BENCHMARKS:
        print(f"{datetime.now(UTC):%H:%M:%S} {benchmark.name}", file=sys.stderr)
        printed[benchmark.name] = benchmark.run(quick=quick)
        rows += ratio_rows(benchmark, printed[benchmark.name])
    stages = re.findall(r"^of which (.+)$", printed["benchmarks.night"], re.MULTILINE)
    how = ", with as little of everything as there is: its ratios say nothing" if quick else ""
    lines = [
        "# Results of the benchmarks",
        "",
        f"Written by `python -m benchmarks` on {datetime.now(UTC):%d %B %Y}{how}. What is compared",
        "was measured in turn, in one run.",
        "",
        *("| benchmark | what | measured | at most | |", "| --- | --- | --- | --- | --- |", *rows),
        *("", "## The machine", "", *machine()),
        *("", "## A night by stage", "", "| stage | seconds |", "| --- | --- |", *stages),
        *("", "## What was printed", ""),
    ]
    for name, text in printed.items():
        lines += [f"`{name}`:", "", "```text", text.rstrip(), "```", ""]
    lines += ["## What was tried and did not help", "", (HERE / "notes.md").read_text("utf-8")]
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    paths = [Path(word) for word in words if not word.startswith("--")]
    path = paths[0] if paths else HERE / "RESULTS.md"
    path.write_text(report(quick="--quick" in words), "utf-8")
    print(f"wrote {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
