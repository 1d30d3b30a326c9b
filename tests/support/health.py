"""What `quarterday doctor` says, by the names of its checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.workbooks.sandbox.confinement import lacking
from tests.support.command_line import quarterday


def looked_at(workspace: Path, *words: str) -> dict[str, dict[str, Any]]:
    """What the command says of each thing, and that its exit code agrees."""
    result = quarterday("doctor", "-w", workspace, "--json", *words)
    assert result.stdout, result.output
    checks = {check["name"]: check for check in json.loads(result.stdout)["checks"]}
    is_well = all(check["state"] == "ok" for check in checks.values())
    assert result.exit_code == (0 if is_well else 1)
    assert "Traceback" not in result.output
    return checks


def troubles(workspace: Path, *words: str) -> dict[str, dict[str, Any]]:
    """What is not well, but for what the kernel here lacks."""
    found = {n: c for n, c in looked_at(workspace, *words).items() if c["state"] != "ok"}
    if lacking():
        assert found.pop("sandbox")["details"]
    return found


def only_trouble(workspace: Path, name: str, state: str = "broken") -> dict[str, Any]:
    """The one thing that is wrong, which has that name."""
    found = troubles(workspace)
    assert list(found) == [name], found
    assert found[name]["state"] == state
    assert found[name]["found"].endswith(".")
    return found[name]


def archived(workspace: Path) -> list[Path]:
    return sorted((workspace / "var" / "archive").glob("[0-9a-f][0-9a-f]/*.xlsx"))
