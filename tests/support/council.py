"""A small council at work, through the real command line: returns are dropped, and nights run."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from pipeline.operations.setup import make_workspace
from pipeline.store import Store
from pipeline.workspace.folder import Workspace, open_workspace
from schemas.merge_rules import MergeRule
from schemas.model import Kind, Period, Register, ServiceArea
from tests.support.builders import CARE, PERIOD, SAFETY, indicator, small_register
from tests.support.command_line import quarterday
from tests.support.filled import fill_return
from tests.support.mixed import set_up
from tests.support.registers import put_register
from tests.support.stores import put_store

BEFORE = Period("2011-12", date(2011, 4, 1), date(2012, 3, 31), date(2012, 4, 30))
BOTH = ("CS", "ASC")
#: Community safety reports four indicators, Adult social care three; two are of both.
REGISTER = replace(
    small_register(),
    indicators=(
        replace(indicator("P1-1", "Number of incidents"), plausible_change=Decimal(100)),
        indicator("P1-5", "Impact on children's safety", kind=Kind.NARRATIVE),
        indicator("P2-1", "Appoint an analyst", kind=Kind.MILESTONE, priority="P2"),
        replace(
            indicator("P2-2", "People helped", priority="P2", areas=BOTH), merge_rule=MergeRule.SUM
        ),
        indicator("P2-3", "Schemes", priority="P2", areas=("ASC",)),
        indicator("P2-4", "Events held together", priority="P2", areas=BOTH),
    ),
    targets=small_register().targets[:1],
    periods=(BEFORE, PERIOD),
)
#: What the names of an appendix's files end with.
ENDINGS = (".xlsx", ".html", " indicators.csv", " data.csv", " datapackage.json")
#: A return in which nothing is wrong.
USUAL: Mapping[str, object] = {
    "P1-1": 4605,
    "P1-5": "Better",
    "P2-1": "On track",
    "P2-2": 40,
    "P2-3": 3,
    "P2-4": 7,
}


@dataclass
class Council:
    """A workspace of its own."""

    root: Path
    register: Register = REGISTER

    def __post_init__(self) -> None:
        if not self.root.exists():
            put_register(self.register, self.root / "register.xlsx")
            make_workspace(self.root, PERIOD.due, self.register)
            set_up(self.root, settle_seconds=0.0, incomplete_minutes=0, workers=1)
            put_store(self.place)

    @property
    def place(self) -> Workspace:
        return open_workspace(self.root)

    @property
    def store(self) -> Store:
        return Store(self.place.store_url)

    def rewrite(self, register: Register) -> None:
        """Change the register, as the performance officer does."""
        self.register = register
        put_register(register, self.root / "register.xlsx")

    def suppress(self, below: int | None) -> None:
        framework = replace(self.register.framework, small_below=below)
        self.rewrite(replace(self.register, framework=framework))

    def keep(self, years: int | None) -> None:
        framework = replace(self.register.framework, keep_years=years)
        self.rewrite(replace(self.register, framework=framework))

    def set_open(self, name: str, *, is_open: bool) -> None:
        periods = (
            replace(p, open=is_open if p.name == name else p.open) for p in self.register.periods
        )
        self.rewrite(replace(self.register, periods=tuple(periods)))

    def drop(
        self,
        area: ServiceArea,
        figures: Mapping[str, object] | None = None,
        name: str = "",
        period: Period = PERIOD,
    ) -> Path:
        """Drop a return into the inbox; what is not named in `figures` is as usual."""
        entries = {ref: {"Performance": said} for ref, said in {**USUAL, **(figures or {})}.items()}
        path = self.place.inbox / (name or f"{area.name}.xlsx")
        path.parent.mkdir(exist_ok=True)
        return fill_return(self.register, area, period, path, entries)

    def drop_bytes(self, content: bytes, name: str) -> Path:
        path = self.place.inbox / name
        path.write_bytes(content)
        return path

    def call(self, *words: str, code: int = 0) -> list[str]:
        """What a command prints, line by line; it ends with that exit code, and no traceback."""
        result = quarterday(*words, "--workspace", self.root)
        assert "Traceback" not in result.output
        assert result.exit_code == code, result.output
        return result.stdout.splitlines()

    def ask(self, *words: str, code: int = 0) -> Any:
        """The document that a command prints."""
        return json.loads("\n".join(self.call(*words, "--json", code=code)))

    def complaint(self, *words: str) -> str:
        """What a command that could not run says, without the name before each line."""
        result = quarterday(*words, "--workspace", self.root)
        assert result.exit_code == 2, result.output
        assert "Traceback" not in result.output
        lines = result.stderr.splitlines()
        assert lines
        assert all(line.startswith("quarterday: ") for line in lines)
        return "\n".join(line.removeprefix("quarterday: ") for line in lines)

    def night(self, *words: str) -> list[str]:
        """Run a night; a person may be needed after it."""
        result = quarterday("run", *words, "--workspace", self.root)
        assert result.exit_code in (0, 1), result.output
        return result.stdout.splitlines()

    def archived(self) -> list[Path]:
        """The files in the archive, by their hash."""
        return sorted(self.place.archive.glob("??/*"))


def community(council: Council, **figures: object) -> Path:
    """Drop Community safety's return; `P1_1=12` is the figure of P1-1."""
    return council.drop(SAFETY, {ref.replace("_", "-"): said for ref, said in figures.items()})


def care(council: Council, **figures: object) -> Path:
    """The same of Adult social care."""
    return council.drop(CARE, {ref.replace("_", "-"): said for ref, said in figures.items()})
