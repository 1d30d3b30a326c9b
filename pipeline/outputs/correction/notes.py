"""What a correction copy says in a cell's comment; what stood there before is kept within it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from pipeline.workbooks.safe_text import plain
from schemas.findings import Finding, Severity

AUTHOR = "Quarterday"

#: Where a comment of somebody else begins within ours.
_BEFORE = "--- The comment that stood here before, by {author}: ---"
_BEFORE_PATTERN = re.compile(
    r"\n\n" + re.escape(_BEFORE).replace(r"\{author\}", "(?P<author>[^\n]*)") + r"\n(?P<text>.*)",
    re.DOTALL,
)
SYMBOLS = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.INFO: "●"}
_OURS = re.compile(rf"{AUTHOR}:\s+[{''.join(SYMBOLS.values())}] ")

#: In points.
_LINE_HEIGHT, _TALLEST = 14, 450
_LETTERS_A_LINE = 52


class CellNote(Struct, frozen=True):
    """A comment: its text and who wrote it."""

    text: str
    author: str

    @property
    def height(self) -> int:
        """How high its box is to show all of it, in points."""
        lines = sum(1 + len(line) // _LETTERS_A_LINE for line in self.text.split("\n"))
        return min(_TALLEST, (lines + 1) * _LINE_HEIGHT)


def severity_shown(severity: Severity) -> str:
    """`✖ Error`: a word and a symbol."""
    return f"{SYMBOLS[severity]} {severity.capitalize()}"


def noted(findings: Sequence[Finding], before: CellNote | None) -> CellNote:
    """All that is wrong with a cell; what somebody else had said there stands beneath it."""
    each = (
        f"{severity_shown(f.severity)} {f.code}: {f.problem}\nWhat to do: {f.fix}" for f in findings
    )
    said = [f"{AUTHOR}:", *each]
    if before is not None:
        author = " ".join((before.author or "an unnamed person").split())
        said.append(f"{_BEFORE.format(author=author)}\n{before.text}")
    return CellNote(plain("\n\n".join(said)), AUTHOR)


def is_ours(note: CellNote) -> bool:
    """Whether an earlier correction copy wrote a comment."""
    # Some programs put their user's name in the author's place when they save.
    return _OURS.match(note.text) is not None


def note_before(note: CellNote) -> CellNote | None:
    """The comment that one of ours stands over."""
    match = _BEFORE_PATTERN.search(note.text)
    return CellNote(match["text"], match["author"]) if match else None
