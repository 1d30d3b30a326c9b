"""Workbooks as LibreOffice converts them, many at a time: it takes seconds to start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

#: Of some hundreds at once it leaves out the last.
_AT_ONCE = 100
#: For that many.
_SECONDS = 300
#: Commas, quotes, UTF-8, from the first row, cells as shown, every sheet in a file of its own.
_TEXTS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"


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
    command += ["--convert-to", to, "--outdir", str(folder)]
    # In English, lest it write formats and errors in the user's own language.
    spoken = os.environ | {"LC_ALL": "en_GB.UTF-8", "LANG": "en_GB.UTF-8"}
    for start in range(0, len(sources), _AT_ONCE):
        some = map(str, sources[start : start + _AT_ONCE])
        subprocess.run(
            [*command, *some], check=True, capture_output=True, timeout=_SECONDS, env=spoken
        )
