"""Layouts written as workbooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
from filelock import FileLock

from tests.corpus.layout import Layout, Way
from tests.corpus.layouts import LAYOUTS
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


def _written(layout: Layout, way: Way, xlsx: Path | None = None) -> bytes:
    """The layout as a workbook's bytes; an .xlsm from the .xlsx where there is one already."""
    if way.suffix != ".xlsm":
        return _WRITERS[str(way)](layout.sheets)
    if xlsx:
        return _with_macros(xlsx.read_bytes())
    return _with_macros(_written(layout, Way(way.program, ".xlsx")))


def write(layout: Layout, way: Way, path: Path, *, xlsx: Path | None = None) -> Path:
    """The layout written so at this path; LibreOffice's are written by `write_all`.

    `xlsx` is where the same program has written it as .xlsx, to be spared the work.
    """
    if way not in layout.ways:
        raise ValueError(f"{layout.name} is not written by {way}")
    if path.suffix != way.suffix:
        raise ValueError(f"{path.name} does not end in {way.suffix}")
    path.write_bytes(_written(layout, way, xlsx))
    return path


def written_once(way: Way, folder: Path) -> dict[tuple[str, Way], Path]:
    """Every layout that has this way, as `write_all` says; the first of several processes writes.

    `folder` is theirs together. What lies there is to be read only.
    """
    into = folder / str(way)
    into.mkdir(parents=True, exist_ok=True)
    index = into / "written.json"
    # Converting takes minutes, and whoever waits would have taken as long.
    with FileLock(into / "lock"):
        if not index.exists():
            made = write_all(LAYOUTS, into, ways=[way])
            index.write_bytes(
                msgspec.json.encode({name: str(at) for (name, _), at in made.items()})
            )
    found = msgspec.json.decode(index.read_bytes(), type=dict[str, str])
    return {(name, way): Path(path) for name, path in found.items()}


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
            sources = folder / "to convert"
            sources.mkdir(exist_ok=True)
            before = [sources / f"w{n:03}{_BEFORE.suffix}" for n, _ in chosen]
            for source, (_, each) in zip(before, chosen, strict=True):
                source.write_bytes(_written(each, _BEFORE))
            paths = libreoffice.convert(before, way.suffix, into, folder / "libreoffice")
        else:
            xlsx = Way(way.program, ".xlsx")
            paths = [
                write(each, way, into / f"w{n:03}{way.suffix}", xlsx=made.get((each.name, xlsx)))
                for n, each in chosen
            ]
        made |= {(each.name, way): path for (_, each), path in zip(chosen, paths, strict=True)}
    return made
