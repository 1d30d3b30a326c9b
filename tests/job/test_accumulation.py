"""Years in which figures of several periods are rated and printed as one."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from schemas.accumulation import Accumulation
from schemas.frequency import Profile
from schemas.merge_rules import MergeRule
from schemas.model import Indicator, Period, Polarity, Target
from schemas.units import Unit
from tests.support.builders import CARE, SAFETY, indicator
from tests.support.council import BOTH, REGISTER, Council
from tests.support.filled import fill_return

NEVER = date(2099, 12, 31)
STARTS = [date(year, month, 1) for year in (2011, 2012, 2013) for month in (1, 4, 7, 10)][1:10]
QUARTERS = [
    Period(
        f"{first.year - (first.month < 4)}-{(first.year - (first.month < 4)) % 100 + 1} "
        f"Q{(first.month // 3 - 1) % 4 + 1}",
        first,
        date.fromordinal(then.toordinal() - 1),
        NEVER,
    )
    for first, then in zip(STARTS, STARTS[1:], strict=False)
]
FIRST, SECOND = QUARTERS[:4], QUARTERS[4:]
YEAR = Period("2012-13", date(2012, 4, 1), date(2013, 3, 31), NEVER)


def of(how: Accumulation, **more: Any) -> Indicator:
    made = indicator("P1-1", "Homes let", areas=BOTH, polarity=Polarity.HIGHER)
    return replace(made, **{"merge_rule": MergeRule.SUM, "accumulation": how, **more})


SHARE = {"unit": Unit.PERCENT, "decimals": 1, "merge_rule": MergeRule.WEIGHTED}


class Years(Council):
    """A council of quarters, of which one indicator is looked at."""

    def send(self, period: Period, care: object, safety: object) -> None:
        """Both areas' returns for a period; a figure, or a row's cells."""
        for area, said in ((CARE, care), (SAFETY, safety)):
            if said is None:
                continue
            entry = said if isinstance(said, dict) else {"Performance": said}
            name = f"{area.ref} {period.name} {len(list(self.place.archive.glob('??/*')))}.xlsx"
            path = self.place.inbox / name
            fill_return(self.register, area, period, path, {"P1-1": entry})

    def line(self, period: Period) -> dict[str, Any]:
        """What the appendix of a period says of it."""
        (told,) = self.ask("merge", "--period", period.name)
        return dict(told["indicators"][0])

    def data(self, period: Period) -> dict[str, str]:
        """The first row of the data beside its last appendix."""
        (path,) = self.place.outbox_of(period.name).glob("*.csv")
        return next(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))


def years(
    root: Path, *rows: Indicator, targets: tuple[Target, ...] = (), below: int | None = None
) -> Years:
    framework = replace(REGISTER.framework, small_below=below)
    periods = tuple(sorted((*QUARTERS, YEAR), key=lambda each: (each.starts, each.ends)))
    register = replace(
        REGISTER, framework=framework, indicators=rows, targets=targets, periods=periods
    )
    return Years(root / "council", register)


def test_year_to_date(tmp_path: Path) -> None:
    target = Target("P1-1", "2012-13", value=Decimal(200), profile=Profile.ADDING_UP)
    council = years(tmp_path, of(Accumulation.YEAR_TO_DATE), targets=(target,))
    for period, figures in zip(
        QUARTERS, [(10, 20), (11, 21), (12, 22), (13, 23), (20, 31), (30, 15)], strict=False
    ):
        council.send(period, *figures)
    council.night()
    for p in QUARTERS[:7]:
        l = council.line(p)
        print(
            p.name,
            l["performance"],
            l["target"],
            l["rating"],
            l["travel"] and (l["travel"]["trend"], l["travel"]["earlier"], l["travel"]["basis"]),
            l["remarks"],
        )
    print(council.data(QUARTERS[5]))
