"""A layout: what it is called, its sheets, how it is written, and what a person reads in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.model import Period, ServiceArea
from tests.corpus.expected import Asked, Expected, Open, reads
from tests.corpus.register import Q3, SAFETY, register
from tests.corpus.sheets import Cell, Row, Sheet, percent, pounds, sheet


class Way(NamedTuple):
    """A program that writes workbooks, and a format that it writes."""

    program: str
    suffix: str

    def __str__(self) -> str:
        return f"{self.program}{self.suffix}"


#: Every program with every one of the five formats that it can write. `own` are the writers of
#: this package, for formats that the libraries do not write. LibreOffice converts xlsxwriter's.
WAYS = (
    Way("xlsxwriter", ".xlsx"),
    Way("xlsxwriter", ".xlsm"),
    Way("openpyxl", ".xlsx"),
    Way("openpyxl", ".xlsm"),
    Way("own", ".xlsx"),
    Way("own", ".xls"),
    Way("own", ".xlsb"),
    Way("own", ".ods"),
    Way("libreoffice", ".xlsx"),
    Way("libreoffice", ".xls"),
    Way("libreoffice", ".ods"),
)

#: Each of the five formats once, for what is nothing but typed text, which all write alike.
FIVE = (
    Way("xlsxwriter", ".xlsx"),
    Way("openpyxl", ".xlsm"),
    Way("own", ".xls"),
    Way("own", ".xlsb"),
    Way("own", ".ods"),
)

REGISTER = register()
PERIODS: Mapping[str, Period] = {period.name: period for period in REGISTER.periods}


@dataclass(frozen=True)
class Layout:
    """A workbook as people make it, with what a person reads of each indicator's figure.

    `area` and `period` are those that the figures count for (the area's ref, the period's name);
    empty where they must be asked about, and then no figure may be taken for any.
    """

    name: str
    sheets: tuple[Sheet, ...]
    figures: Mapping[str, Expected]
    area: str = SAFETY.ref
    period: str = Q3
    #: Commentary of an indicator as it is to be printed.
    words: Mapping[str, str] = field(default_factory=dict)
    #: Indicators whose figure was scaled, so that the return is told how it was understood.
    said: tuple[str, ...] = ()
    ways: tuple[Way, ...] = WAYS

    @property
    def is_plain(self) -> bool:
        """Whether a person reads all of it without doubt."""
        return not any(isinstance(each, Asked | Open) for each in self.figures.values())

    @property
    def is_asked_whole(self) -> bool:
        """Whether no figure of it may be taken."""
        return all(isinstance(each, Asked) for each in self.figures.values())


def refs_of(area: ServiceArea) -> tuple[str, ...]:
    return tuple(indicator.ref for indicator in REGISTER.indicators_of(area.ref))


# --- The return that most layouts vary: Community safety, quarter 3 of 2015-16 ------------------

#: This period's figures, as typed and as read.
NOW: tuple[Cell, ...] = (4605, percent("87.5"), pounds(120_000), 12.5)
READ: Mapping[str, Expected] = reads(refs_of(SAFETY), 4605, "87.5", 120_000, "12.5")
#: Figures that are not this period's: an earlier one's, a later one's, and what is aimed at.
BEFORE: tuple[Cell, ...] = (4711, percent("85.5"), pounds(118_000), 13.5)
EARLIER: tuple[Cell, ...] = (4822, percent("83.5"), pounds(109_000), 14.5)
LATER: tuple[Cell, ...] = (4399, percent("88.5"), pounds(131_000), 11.5)
AIM: tuple[Cell, ...] = (4500, percent("85.0"), pounds(125_000), 12)
BLANK: tuple[Cell, ...] = (None, None, None, None)


def cover(period: Cell = Q3, area: Cell = SAFETY.name, *more: Row, name: str = "Cover") -> Sheet:
    """A cover sheet of lines with a label and a value."""
    return sheet(
        name,
        ("Quarterly return of performance",),
        (),
        ("Service area", area),
        ("Period", period),
        *more,
    )


def lines(*columns: Sequence[Cell], area: ServiceArea = SAFETY) -> tuple[Row, ...]:
    """A row for each indicator of an area: its reference, its wording, and these columns."""
    return tuple(
        (indicator.ref, indicator.wording, *(column[n] for column in columns))
        for n, indicator in enumerate(REGISTER.indicators_of(area.ref))
    )


def table(
    headings: Sequence[Cell],
    *columns: Sequence[Cell],
    area: ServiceArea = SAFETY,
    name: str = "Indicators",
) -> Sheet:
    """A sheet of one table with one row of headings, those of reference and wording before."""
    return sheet(name, ("Ref", "Indicator", *headings), *lines(*columns, area=area))


def all_asked(why: str, area: ServiceArea = SAFETY) -> dict[str, Expected]:
    """Every figure of an area is asked about."""
    return dict.fromkeys(refs_of(area), Asked(why))


def opened(figures: Mapping[str, Expected], why: str) -> dict[str, Expected]:
    """Each of these figures may be taken or asked about."""
    return {
        ref: Open(each, why) if not isinstance(each, Asked | Open) else each
        for ref, each in figures.items()
    }
