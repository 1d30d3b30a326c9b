"""Chromium, to look at a page or a message as its reader does, and axe to look for barriers."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.programs import need

#: Chromium asks nobody for anything, and keeps nothing.
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
#: A frame as wide as the reader's window. What is found in it is written where `--dump-dom` sees.
_HARNESS = """\
<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Harness</title></head>
<body style="margin:0"><iframe id="seen" title="seen" width="{width}" height="{height}"
style="border:0;display:block" srcdoc="{content}"></iframe><pre id="found"></pre>
<script>
document.getElementById("seen").addEventListener("load", async (event) => {{
  const page = event.target.contentWindow, root = page.document.documentElement;
  const found = {{width: root.scrollWidth, height: root.scrollHeight, violations: []}};
  if (page.axe) {{
    const result = await page.axe.run();
    found.violations = result.violations.map(
      (each) => each.id + ": " + each.nodes.map((node) => node.html).join(" | "));
    found.passes = result.passes.length;
  }}
  document.getElementById("found").textContent = JSON.stringify(found);
}});
</script></body></html>
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a window of some width holds, in CSS pixels."""

    #: How wide and high what can be scrolled to is.
    width: int
    height: int
    #: What axe found, and how many of its rules it found kept.
    violations: list[str]
    passes: int


@cache
def axe() -> str:
    """The script of axe-core, by npm; skips where npm cannot bring it, unless that is forbidden."""
    with TemporaryDirectory() as folder:
        command = [need("npm"), "install", "--silent", "--no-audit", "--prefix", folder, "axe-core"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        script = Path(folder, "node_modules", "axe-core", "axe.min.js")
        if not script.exists():
            if os.environ.get("QUARTERDAY_NO_SKIPS"):
                pytest.fail(f"npm did not bring axe-core: {done.stderr}")
            pytest.skip("npm cannot bring axe-core")
        return script.read_text("utf-8")


def look(document: str, width: int, *, with_axe: bool = False) -> Seen:
    """Open a document in a window of that width."""
    if with_axe:
        # A function, since a `$` in the script is none of a pattern's.
        document = re.sub("</head>", lambda _: f"<script>{axe()}</script></head>", document)
    dumped = _chromium(_framed(document, width, 200), "--virtual-time-budget=60000", "--dump-dom")
    written = re.search(r'<pre id="found">(.*?)</pre>', dumped, re.DOTALL)
    assert written is not None, dumped[-2000:]
    assert written[1], "the frame never said what it found"
    found = json.loads(html.unescape(written[1]))
    return Seen(found["width"], found["height"], found["violations"], found.get("passes", 0))


def picture(document: str, width: int, path: Path) -> Path:
    """A picture of the whole document in a window of that width."""
    height = look(document, width).height
    framed = _framed(document, width, height)
    _chromium(framed, f"--window-size={max(width, 500)},{height}", f"--screenshot={path}")
    return path


def _framed(document: str, width: int, height: int) -> str:
    return _HARNESS.format(width=width, height=height, content=html.escape(document))


def _chromium(document: str, *words: str) -> str:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        page = Path(folder, "page.html")
        page.write_text(document, "utf-8")
        profile = f"--user-data-dir={folder}/profile"
        command = [need("chromium"), *_FLAGS, profile, *words, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
