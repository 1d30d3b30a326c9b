"""A return that was sent back is corrected in its copy, comes back, and is accepted."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from pipeline.returns.reading import Return
from schemas.findings import has_errors
from schemas.rules import NOT_A_FIGURE
from tests.corpus.layout import NOW, WAYS, Layout, Way, cover, table
from tests.corpus.reading import returned
from tests.corpus.write import write
from tests.support.copies import write_copy
from tests.support.programs import need

#: A return of each format, with one figure that is none.
FORMATS = [way for way in WAYS if str(way) in {
    "xlsxwriter.xlsx", "openpyxl.xlsm", "own.xls", "own.xlsb", "own.ods",
}]  # fmt: skip
BAD = Layout("bad", (cover(), table(("Actual",), ("about 40", *NOW[1:]))), {})
SIGNED = {"C11"}


def made(way: Way, folder: Path) -> tuple[Return, Path]:
    """A return that is sent back, and its correction copy."""
    path = write(BAD, way, folder / f"return{way.suffix}")
    (sent,) = returned([path])
    copy = folder / "copy.xlsx"
    arrival = sent.arrival
    write_copy(arrival.path, arrival.kind, sent.findings, path.name, copy)
    return sent, copy


def corrected(copy: Path, sheet: str, cell: str, number: int, into: Path) -> Path:
    """The copy with a number typed into a cell, by changing its package."""
    with zipfile.ZipFile(copy) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = part_of(parts, sheet)
    pattern = rb'<((?:\w+:)?c) r="%s"([^>]*)>.*?</\1>' % cell.encode()

    def typed(match: re.Match[bytes]) -> bytes:
        tag, said = match[1], re.sub(rb' t="\w+"', b"", match[2])
        return b'<%s r="%s"%s><v>%d</v></%s>' % (tag, cell.encode(), said, number, tag)

    parts[name], found = re.subn(pattern, typed, parts[name], flags=re.DOTALL)
    assert found == 1
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return into


def part_of(parts: dict[str, bytes], sheet: str) -> str:
    book = parts["xl/workbook.xml"].decode()
    found = re.search(rf'<\w*:?sheet [^>]*name="{sheet}"[^>]*:id="(\w+)"', book)
    assert found is not None
    relations = parts["xl/_rels/workbook.xml.rels"].decode()
    (target,) = (
        target[1]
        for each in re.findall(r"<\w*:?Relationship [^>]*>", relations)
        if f'Id="{found[1]}"' in each and (target := re.search(r'Target="([^"]+)"', each))
    )
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def is_accepted(path: Path) -> bool:
    (back,) = returned([path])
    return not has_errors(f for f in back.findings if f.code not in SIGNED)


@pytest.mark.parametrize("way", FORMATS, ids=str)
def test_corrected_in_the_copy_it_is_accepted(way: Way, tmp_path: Path) -> None:
    sent, copy = made(way, tmp_path)
    (bad,) = [f for f in sent.findings if f.code == "V08"]
    assert not is_accepted(copy)
    back = corrected(copy, bad.sheet, bad.cell, 40, tmp_path / "back.xlsx")
    assert is_accepted(back)


@pytest.mark.outside
@pytest.mark.parametrize("way", FORMATS, ids=str)
def test_corrected_and_saved_by_libreoffice_it_is_accepted(way: Way, tmp_path: Path) -> None:
    sent, copy = made(way, tmp_path)
    (bad,) = [f for f in sent.findings if f.code == "V08"]
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for name, path in (
        ("as it is", copy),
        ("corrected", corrected(copy, bad.sheet, bad.cell, 40, tmp_path / "back.xlsx")),
    ):
        folder = tmp_path / name
        command = [need("soffice"), profile, "--headless", "--convert-to", "xlsx",
                   "--outdir", str(folder), str(path)]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert is_accepted(folder / path.name) is (name == "corrected")


def test_a_copy_whose_figures_are_right_by_now_is_accepted_as_it_is(tmp_path: Path) -> None:
    """What was wrong with it may have been the register."""
    way = FORMATS[0]
    good = Layout("good", (cover(), table(("Actual",), NOW)), {})
    path, copy = write(good, way, tmp_path / f"return{way.suffix}"), tmp_path / "copy.xlsx"
    (sent,) = returned([path])
    finding = NOT_A_FIGURE.found(sent.reading.sheets[0], "B3", "about 40", example="40")
    write_copy(path, sent.arrival.kind, (finding,), path.name, copy)
    (back,) = returned([copy])
    assert back.reading.is_as_sent
    assert not has_errors(f for f in back.findings if f.code not in SIGNED | {"F15"})
