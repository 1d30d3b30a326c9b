"""Writes every kind of workbook, and the data, each twice: `python -m` this.

It prints as JSON what the SHA-256 of each is. With `backwards` the last comes first, on another
day.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory

import time_machine
from msgspec.structs import replace

from pipeline.outputs import OUTPUTS
from pipeline.outputs.correction import CorrectionCopy
from pipeline.outputs.template import write_template
from pipeline.register.writer import write_register
from pipeline.workbooks.file_kind import FileKind
from schemas import rules
from schemas.model import Register
from tests.support.builders import PERIOD, SAFETY, small_register
from tests.support.containers import binary_workbook
from tests.support.report_fixture import demanding

#: What a spreadsheet takes for a formula once it is typed.
FORMULAS = ("=1+1", "+1", "-1 of 4", "@SUM(1)", "＝1+1")


def like_formulas() -> Register:
    """A register with such texts."""
    register = small_register()
    indicators = [
        replace(each, wording=f"{start} {each.wording}")
        for each, start in zip(register.indicators, cycle(FORMULAS), strict=False)
    ]
    priorities = [replace(p, achievements_heading=f"-{p.heading}") for p in register.priorities]
    framework = replace(register.framework, title="=The title", council="+The council")
    return replace(
        register,
        framework=framework,
        indicators=tuple(indicators),
        priorities=tuple(priorities),
    )


def _template(path: Path) -> None:
    write_template(like_formulas(), SAFETY, PERIOD, path)


def _correction(path: Path) -> None:
    _template(path)
    found = [
        rules.STATUS_UNKNOWN.found("Indicators", f"I{row}", text)
        for row, text in enumerate(FORMULAS, 6)
    ]
    path.write_bytes(CorrectionCopy(FileKind.XLSX, found, "-1.xlsx").marked(path.read_bytes()))


def _rebuilt(path: Path) -> None:
    found = [rules.STATUS_UNKNOWN.found("Figures", "A1", FORMULAS[0])]
    copy = CorrectionCopy(FileKind.XLSB, found, "=1.xlsb")
    path.write_bytes(copy.marked(binary_workbook("Figures", {0: {0: (0, FORMULAS[0])}})))


WRITERS: Mapping[str, Callable[[Path], None]] = {
    "template.xlsx": _template,
    "correction.xlsx": _correction,
    "rebuilt.xlsx": _rebuilt,
    "register.xlsx": lambda path: write_register(like_formulas(), path),
    **{
        f"Appendix{each.ending}": lambda path, each=each: each.write(demanding(), path)
        for each in OUTPUTS
    },
}


def main(*, backwards: bool) -> None:
    """Print the hash of each, twice."""
    writers = [*WRITERS.items()][:: -1 if backwards else 1]
    another_day = time_machine.travel(datetime(2031, 7, 1, 12, tzinfo=UTC))
    found: dict[str, list[str]] = {}
    with TemporaryDirectory() as folder, another_day if backwards else nullcontext():
        for name, write in (*writers, *writers):
            path = Path(folder, name)
            write(path)
            found.setdefault(name, []).append(hashlib.sha256(path.read_bytes()).hexdigest())
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(backwards="backwards" in sys.argv)
