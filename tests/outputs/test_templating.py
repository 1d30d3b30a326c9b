"""Templates of the package: compiled once, and again where what was kept is of no use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pipeline.outputs.templating import environment_of_package


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which Python keeps what it compiles."""
    folder = tmp_path / "compiled"
    monkeypatch.setattr(sys, "pycache_prefix", str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    beside = Path(sys.modules["pipeline"].__file__ or "").resolve().parent / "mail"
    # As Python does for the modules of the package.
    folder.joinpath(*beside.parts[1:]).mkdir(parents=True)
    return folder


def _foot() -> str:
    """The last lines of a message, by an environment of their own."""
    template = environment_of_package("pipeline.mail").get_template("mail_foot.txt.j2")
    return template.render(why="you are an approver", officer="")


def _compiled(kept_in: Path) -> list[Path]:
    return [*kept_in.rglob("jinja2-*.cache")]


def test_a_template_is_compiled_for_the_first_run_alone(kept_in: Path) -> None:
    said = _foot()
    assert "because you are an approver" in said
    (compiled,) = _compiled(kept_in)
    before = compiled.stat()
    assert _foot() == said
    after = compiled.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("length", [0, 8, 30, 60, 200])
def test_a_compiled_template_that_was_cut_short_is_made_again(kept_in: Path, length: int) -> None:
    said = _foot()
    (compiled,) = _compiled(kept_in)
    whole = compiled.read_bytes()
    compiled.write_bytes(whole[:length])
    assert _foot() == said
    assert compiled.read_bytes() == whole


def test_nothing_is_kept_where_python_keeps_nothing(
    kept_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _foot()
    assert not _compiled(kept_in)


def test_a_template_is_rendered_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said, in_the_way = _foot(), tmp_path / "a file"
    in_the_way.write_bytes(b"")
    monkeypatch.setattr(sys, "pycache_prefix", str(in_the_way))
    assert _foot() == said
