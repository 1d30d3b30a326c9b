"""Outside programs that some tests look through. Where they must be there, nothing is skipped."""

from __future__ import annotations

import os
import shutil

import pytest


def need(program: str) -> str:
    """The path of a program; skips the test where it is missing, unless that is not allowed."""
    path = shutil.which(program)
    if path is None:
        if os.environ.get("QUARTERDAY_NO_SKIPS"):
            pytest.fail(f"{program} is missing, and QUARTERDAY_NO_SKIPS is set")
        pytest.skip(f"{program} is not installed")
    return path
