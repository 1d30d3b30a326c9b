"""Layouts written as workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.corpus.layout import Layout, Way
from tests.corpus.sheets import Sheet
from tests.corpus.writers import (
    libreoffice,
    own_ods,
    own_xls,
    own_xlsb,
    own_xlsx,
    with_openpyxl,
    with_xlsxwriter,
)
from tests.support.containers import repacked

LIBREOFFICE = "libreoffice"
#: What LibreOffice converts was written so.
_BEFORE = Way("xlsxwriter", ".xlsx")


def with_macros(workbook: bytes) -> bytes:
    """A workbook as .xlsm: as Excel saves one that may hold macros, and has none."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return repacked(
        workbook,
        lambda name, part: part.replace(kind, macros) if name == "[Content_Types].xml" else part,
    )


_WRITERS: dict[Way, Callable[[Sequence[Sheet]], bytes]] = {
    Way("xlsxwriter", ".xlsx"): with_xlsxwriter.workbook,
    Way("xlsxwriter", ".xlsm"): lambda sheets: with_macros(with_xlsxwriter.workbook(sheets)),
    Way("openpyxl", ".xlsx"): with_openpyxl.workbook,
    Way("openpyxl", ".xlsm"): lambda sheets: with_macros(with_openpyxl.workbook(sheets)),
    Way("own", ".xlsx"): own_xlsx.workbook,
    Way("own", ".xls"): own_xls.workbook,
    Way("own", ".xlsb"): own_xlsb.workbook,
    Way("own", ".ods"): own_ods.workbook,
}


def write(layout: Layout, way: Way, path: Path) -> Path:
    """The layout written so at this path, in moments; LibreOffice's are written by `write_all`."""
    if way not in layout.ways:
        raise ValueError(f"{layout.name} is not written by {way}")
    if path.suffix != way.suffix:
        raise ValueError(f"{path.name} does not end in {way.suffix}")
    path.write_bytes(_WRITERS[way](layout.sheets))
    return path


def write_all(
    layouts: Iterable[Layout], folder: Path, *, ways: Iterable[Way]
) -> dict[tuple[str, Way], Path]:
    """The layouts, each in these ways so far as it has them, by name and way.

    The files' names say nothing of what is in them, lest a reader take a period or an area from
    there. Where LibreOffice is among the ways it must be installed.
    """
    layouts, ways = list(layouts), list(ways)
    made: dict[tuple[str, Way], Path] = {}
    for way in ways:
        into = folder / str(way)
        into.mkdir(parents=True, exist_ok=True)
        chosen = {n: each for n, each in enumerate(layouts) if way in each.ways}
        if way.program != LIBREOFFICE:
            for n, each in chosen.items():
                made[each.name, way] = write(each, way, into / f"w{n:03}{way.suffix}")
            continue
        before = folder / "before"
        before.mkdir(exist_ok=True)
        sources = {n: before / f"w{n:03}{_BEFORE.suffix}" for n in chosen}
        for n, source in sources.items():
            source.write_bytes(_WRITERS[_BEFORE](chosen[n].sheets))
        paths = libreoffice.convert(
            list(sources.values()), way.suffix, into, folder / "libreoffice profile"
        )
        made |= {
            (each.name, way): path for each, path in zip(chosen.values(), paths, strict=True)
        }
    return made


