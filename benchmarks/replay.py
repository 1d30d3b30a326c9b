"""A thousand returns of 60 indicators: a night that takes them in, and the replay of the archive.

python -m benchmarks.replay [HOW MANY ...]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.returns import NOW, drop_returns, filled_return, register_of, timed
from pipeline.job import nightly
from pipeline.operations.replay import replay
from pipeline.operations.setup import make_workspace
from pipeline.workspace.folder import open_workspace


def measure(count: int) -> None:
    """Print the seconds of each, and milliseconds a return."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "workspace"
        register = register_of(count)
        make_workspace(folder, NOW.date(), register)
        settings = (folder / "pipeline.toml").read_text("utf-8")
        settings = settings.replace("settle_seconds = 2.0", "settle_seconds = 0.0")
        settings = settings.replace("incomplete_minutes = 15", "incomplete_minutes = 0")
        (folder / "pipeline.toml").write_text(settings, "utf-8")
        workspace = open_workspace(folder)
        drop_returns(filled_return(register, folder), register, workspace.inbox)
        with timed() as night:
            nightly.run(workspace, NOW, lambda *_: None)
        with timed() as again:
            done = replay(workspace, lambda *_: None)
        assert done.rebuilt.submissions == count
        assert not done.needs_a_person, done.differences[:3]
    for what, took in (("a night", night()), ("replay", again())):
        print(f"{count:,} returns, {what}: {took:.0f} s, {1000 * took / count:.1f} ms a return")


if __name__ == "__main__":
    for words in sys.argv[1:] or ["1000"]:
        measure(int(words))
