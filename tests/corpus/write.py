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


def _with_macros(workbook: bytes) -> bytes:
    """A workbook as .xlsm: as Excel saves one that may hold macros, and has none."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    macros = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    return repacked(
        workbook,
        lambda name, part: part.replace(kind, macros) if name == "[Content_Types].xml" else part,
    )


_WRITERS: dict[str, Callable[[Sequence[Sheet]], bytes]] = {
    "xlsxwriter.xlsx": with_xlsxwriter.workbook,
    "openpyxl.xlsx": with_openpyxl.workbook,
    "own.xlsx": own_xlsx.workbook,
    "own.xls": own_xls.workbook,
    "own.xlsb": own_xlsb.workbook,
    "own.ods": own_ods.workbook,
}


def _written(layout: Layout, way: Way) -> bytes:
    """The layout as a workbook's bytes."""
    if way.suffix == ".xlsm":
        return _with_macros(_written(layout, Way(way.program, ".xlsx")))
    return _WRITERS[str(way)](layout.sheets)


def write(layout: Layout, way: Way, path: Path) -> Path:
    """The layout written so at this path; LibreOffice's are written by `write_all`."""
    if way not in layout.ways:
        raise ValueError(f"{layout.name} is not written by {way}")
    if path.suffix != way.suffix:
        raise ValueError(f"{path.name} does not end in {way.suffix}")
    path.write_bytes(_written(layout, way))
    return path


def write_all(
    layouts: Iterable[Layout], folder: Path, *, ways: Iterable[Way]
) -> dict[tuple[str, Way], Path]:
    """The layouts, each in these ways so far as it has them, by name and way.

    The files' names say nothing of what is in them, lest a reader take a period or an area from
    there. Where LibreOffice is among the ways it must be installed; it converts all of a format at
    once, and takes a minute or two for the whole corpus.
    """
    numbered = list(enumerate(layouts))
    made: dict[tuple[str, Way], Path] = {}
    for way in ways:
        into = folder / str(way)
        into.mkdir(parents=True, exist_ok=True)
        chosen = [(n, each) for n, each in numbered if way in each.ways]
        if way.program == LIBREOFFICE:
            paths = _converted(chosen, way, into)
        else:
            paths = [write(each, way, into / f"w{n:03}{way.suffix}") for n, each in chosen]
        made |= {(each.name, way): path for (_, each), path in zip(chosen, paths, strict=True)}
    return made


def _converted(chosen: Sequence[tuple[int, Layout]], way: Way, into: Path) -> list[Path]:
    before = into.parent / "to convert"
    before.mkdir(exist_ok=True)
    sources = [before / f"w{n:03}{_BEFORE.suffix}" for n, _ in chosen]
    for source, (_, each) in zip(sources, chosen, strict=True):
        if not source.exists():
            source.write_bytes(_written(each, _BEFORE))
    return libreoffice.convert(sources, way.suffix, into, into.parent / "libreoffice")
