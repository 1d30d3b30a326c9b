"""Outside programs that some tests look through. Where they must be there, nothing is skipped."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def need(program: str) -> str:
    """The path of a program; skips the test where it is missing, unless that is not allowed."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("QUARTERDAY_NO_SKIPS"):
            pytest.fail(f"{program} is missing, and QUARTERDAY_NO_SKIPS is set")
        pytest.skip(f"{program} is not installed")
    return path


def displayed(workbook: Path, folder: Path, sheet: int = 1) -> list[list[str]]:
    """A sheet of a workbook, the first or another, as a person sees it: each cell's shown text.

    LibreOffice shows it; `folder` is for what it leaves behind.
    """
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    as_shown = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,{sheet}"
    command = [need("soffice"), profile, "--headless", "--convert-to", as_shown,
               "--outdir", str(folder), str(workbook)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (written,) = folder.glob(f"{workbook.stem}-*.csv")
    with written.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
