"""Workbooks as LibreOffice converts them, many at a time: it takes seconds to start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

#: For each conversion, with as many workbooks as a corpus holds.
_SECONDS = 600
#: Commas, quotes, UTF-8, from the first row, cells as shown, every sheet in a file of its own.
_TEXTS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def program() -> str | None:
    """Where LibreOffice is installed, if it is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(sources: Sequence[Path], suffix: str, folder: Path, profile: Path) -> list[Path]:
    """These workbooks in another format, under their own names; raises where one is not made.

    `profile` is a folder of LibreOffice's own: two that share one would wait for each other.
    """
    _run(sources, suffix.lstrip("."), folder, profile)
    made = [folder / f"{source.stem}{suffix}" for source in sources]
    if missing := [path.name for path in made if not path.is_file()]:
        raise FileNotFoundError(f"LibreOffice made no {', '.join(missing)}")
    return made


def print_texts(sources: Sequence[Path], folder: Path, profile: Path) -> Path:
    """The folder with a table of texts, as shown, for each sheet: `return-Cover.csv`."""
    _run(sources, _TEXTS, folder, profile)
    return folder


def _run(sources: Sequence[Path], to: str, folder: Path, profile: Path) -> None:
    found = program()
    if found is None:
        raise FileNotFoundError("LibreOffice is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    command = [found, "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    command += ["--convert-to", to, "--outdir", str(folder), *map(str, sources)]
    # In English, lest it write formats and errors in the user's own language.
    spoken = os.environ | {"LC_ALL": "en_GB.UTF-8", "LANG": "en_GB.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, env=spoken)
