"""A workspace to be looked at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.operations.demo import run_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor") / "demo"
    run_demo(folder, lambda *_: None)
    return folder


@pytest.fixture
def workspace(demo: Path, tmp_path: Path) -> Path:
    """The worked example after its two nights, to be broken."""
    return Path(shutil.copytree(demo, tmp_path / "workspace"))
