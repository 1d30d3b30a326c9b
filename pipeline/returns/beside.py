"""The frame of what returns say beside their figures, for `schemas.returns.asked`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pandas as pd

from pipeline.consolidation.merge import Consolidated
from pipeline.consolidation.rating import ACTION_FOR, rate
from pipeline.returns.frames import Earlier, Placed, Rows
from pipeline.returns.reading import ReportedRow
from schemas.asking import BESIDE_FIGURE, AskAction, Asks, asks_of
from schemas.bands import bands_of
from schemas.bearing import compared
from schemas.model import Colour, Indicator, Period, PolicyKind, Register
from schemas.returns import ASKED_BESIDE
from schemas.verdicts import frame_of

_NOTHING_ASKED = Asks()


def asked_frame(returns: Iterable[Placed], register: Register, earlier: Earlier) -> Rows:
    """One row for each indicator that a return reports and of which more is asked, or said."""
    asks = {each.ref: asks_of(register.framework, each) for each in register.indicators}
    is_any_asked = any(asked != _NOTHING_ASKED for asked in asks.values())
    bands = bands_of(register)
    numbers: list[int] = []
    read: list[ReportedRow] = []
    columns: dict[str, list[Any]] = defaultdict(list)
    for one in returns if is_any_asked else ():
        own = {each.ref: each for each in register.indicators_of(one.area.ref)}
        for row in one.reading.rows:
            indicator, asked = own.get(row.indicator), asks.get(row.indicator)
            if indicator is None or asked is None:
                continue
            if asked == _NOTHING_ASKED and not row.beside:
                continue
            numbers.append(one.number)
            read.append(row)
            colour = None
            if asked.action is not AskAction.NEVER:
                colour = _colour(row, indicator, one.period, register, earlier)
            said: dict[str, object] = {
                "ref": indicator.ref,
                "action_rule": asked.action,
                "forecast_rule": asked.forecast,
                "confidence_rule": asked.confidence,
                "colour": bands.of(colour).said if colour else "",
                "is_due": colour in ACTION_FOR.get(asked.action, ()),
                "has_figure": row.value is not None and not row.suppressed,
                "unasked": frozenset(
                    key for key in row.beside if BESIDE_FIGURE[key] not in asked.things
                ),
                "received_on": one.received_on,
                "columns": frozenset(one.reading.columns[row.table]),
            }
            for name in ASKED_BESIDE.columns:
                columns[name].append(said[name] if name in said else getattr(row, name))
    frame = frame_of(ASKED_BESIDE, columns) if read else pd.DataFrame()
    return Rows(frame, numbers, read)


def _colour(
    row: ReportedRow, indicator: Indicator, period: Period, register: Register, earlier: Earlier
) -> Colour | None:
    """The colour of what an area itself reports, as commentary is asked of it; None where none.

    What is made of several periods' figures is held against no area's own.
    """
    if not indicator.accumulation.rates_own:
        return None
    figure = Consolidated(
        indicator,
        period.name,
        value=row.value,
        state=row.state,
        suppressed=row.suppressed,
        no_cases=row.no_cases,
    )
    policy, before = register.framework.policy, None
    if policy.kind is PolicyKind.IMPROVEMENT:
        a_year_ago = compared(register, indicator, period).year_before
        before = earlier.get((a_year_ago.name, indicator.ref, row.area)) if a_year_ago else None
    target = register.target(indicator.ref, period.name)
    return rate(figure, target, policy, before).colour
