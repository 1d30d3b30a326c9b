"""A figure under its heading: the unit and the scale that the heading says."""

from __future__ import annotations

import re

from msgspec.structs import replace

from pipeline.returns.interpret.labels import OTHER_MONEY, Label
from pipeline.workbooks.figures import parse
from pipeline.workbooks.figures.figure import CellValue, Figure, Scale, plain
from pipeline.workbooks.grid import text_of
from schemas import cell_rules as v
from schemas import rules as c
from schemas.units import Unit, shown

_LETTER = re.compile(r"[^\W\d_]")


def parse_under(
    label: Label | None, cell: CellValue, scale: Scale, number_format: str | None
) -> Figure:
    """The figure in a cell, as of `parse`, with what stands over its column taken into account."""
    if label is None or not (label.units or label.scales):
        return parse(cell, scale, number_format)
    if not label.scales:
        parsed = parse(cell, scale, number_format)
        return parsed if parsed.value is None else _in_units(label, parsed, cell, scale)
    read = parse(cell, replace(scale, decimals=None), number_format)
    if read.value is None:
        return read
    in_units = _in_units(label, read, cell, scale)
    if in_units.value is None:
        return in_units
    said = " and ".join(sorted({each.said for each in label.scales}))
    powers = {each.power for each in label.scales}
    takes_money = scale.unit is Unit.CURRENCY or scale.is_part
    counts = scale.unit is Unit.COUNT and not label.units
    is_said_again = read.sign or (isinstance(cell, str) and _LETTER.search(cell))
    if len(powers) > 1 or not (takes_money or counts) or is_said_again:
        return scale.trouble(v.SCALED_TWICE, text_of(cell), scale=said)
    figure = scale.figure(plain(read.value.scaleb(powers.pop())), text_of(cell))
    if figure.value is None:
        return figure
    taken = shown(figure.value, scale.unit)
    told = figure.noting(c.SCALED, text_of(cell), scale=said, taken=taken)
    return replace(told, provisional=read.provisional, troubles=(*read.troubles, *told.troubles))


def _in_units(label: Label, figure: Figure, cell: CellValue, scale: Scale) -> Figure:
    """The figure, where it may be in a unit that the heading names."""
    if OTHER_MONEY in label.units:
        return scale.wrong_unit(f"{text_of(cell)} under {label.text}", None)
    named = [Unit[name] for name in sorted(label.units)]
    if not named or any(scale.takes(unit) for unit in named):
        return figure
    return scale.wrong_unit(f"{text_of(cell)} under {label.text}", named[0])
