"""Workbooks as LibreOffice converts them, many at a time: it takes seconds to start."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

#: For each conversion, with as many workbooks as a corpus holds.
_SECONDS = 300


def program() -> str | None:
    """Where LibreOffice is installed, if it is."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(sources: Sequence[Path], suffix: str, folder: Path, profile: Path) -> list[Path]:
    """These workbooks in another format, under their own names; raises where one is not made.

    `profile` is a folder of LibreOffice's own: two that share one would wait for each other.
    """
    found = program()
    if found is None:
        raise FileNotFoundError("LibreOffice is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    command = [found, "--headless", f"-env:UserInstallation={profile.resolve().as_uri()}"]
    command += ["--convert-to", suffix.lstrip("."), "--outdir", str(folder), *map(str, sources)]
    # In English, lest it write formats and errors in the user's own language.
    spoken = os.environ | {"LC_ALL": "en_GB.UTF-8", "LANG": "en_GB.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, env=spoken)
    made = [folder / f"{source.stem}{suffix}" for source in sources]
    if missing := [path.name for path in made if not path.is_file()]:
        raise FileNotFoundError(f"LibreOffice made no {', '.join(missing)}")
    return made
