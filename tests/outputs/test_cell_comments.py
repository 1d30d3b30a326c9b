"""Comments in a correction copy: ours in boxes of their own, and those of others kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook import Workbook

from pipeline.outputs.correction.notes import AUTHOR
from pipeline.workbooks.file_kind import FileKind
from tests.support.copies import (
    BLANK,
    KEPT,
    copied,
    highlighted,
    opened,
    parts,
    said,
    write_copy,
)
from tests.support.odd_workbooks import CONVERSATION
from tests.support.own_workbooks import (
    altered,
)


def test_a_comment_that_stood_there_is_kept_and_others_are_as_they_were(tmp_path: Path) -> None:
    _, copy = copied(KEPT["comments"], tmp_path)
    sheet = opened(copy)["Figures"]
    assert sheet["B3"].comment.author == AUTHOR
    assert sheet["B3"].comment.text.endswith("As the police count it")
    assert (sheet["B5"].comment.text, sheet["B5"].comment.author) == (
        "Left as it was",
        "Data officer",
    )


@pytest.mark.parametrize(
    ("words", "author"),
    [
        ("Totals: ---\n12", "Data officer"),
        ("Quarterday:\nask them about this", "Data officer"),
        ("As agreed", "Quarterday"),
        ("A" * 32_000, "Data officer"),
    ],
)
def test_a_comment_comes_back_when_the_cell_is_right(
    words: str, author: str, tmp_path: Path
) -> None:
    def make(path: Path) -> None:
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = "Figures"
        sheet["B3"].comment = Comment(words, author)
        sheet["B5"].comment = Comment(words, author)
        book.save(path)

    _, copy = copied(make, tmp_path)
    again = tmp_path / "again.xlsx"
    write_copy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx", again)
    sheet = opened(again)["Figures"]
    assert sheet["B3"].comment.text == sheet["B5"].comment.text == words
    assert sheet["B5"].comment.author == author


def test_a_comment_comes_back_with_its_looks(tmp_path: Path) -> None:
    runs = '<r><rPr><b/></rPr><t>Bold</t></r><r><t xml:space="preserve"> plain</t></r>'

    def rich(parts: dict[str, bytes]) -> None:
        text = parts["xl/comments1.xml"].decode()
        parts["xl/comments1.xml"] = re.sub(
            r"<text>.*?</text>", f"<text>{runs}</text>", text
        ).encode()

    _, copy = copied(altered(KEPT["comment on the cell"], rich), tmp_path)
    assert f"{runs}</text>" in parts(copy)["xl/comments1.xml"].decode()
    again = tmp_path / "again.xlsx"
    write_copy(copy, FileKind.XLSX, (BLANK,), "Return.xlsx", again)
    assert f"<text>{runs}</text>" in parts(again)["xl/comments1.xml"].decode()


@pytest.mark.parametrize(
    "name",
    [
        *("comment on the cell", "note in single quotes", "shape without an end"),
        *("boxes with other prefixes", "boxes of another form"),
        "cell of a comment in small letters",
    ],
)
def test_a_cell_has_one_comment_in_one_box_in_which_it_can_be_read(
    name: str, tmp_path: Path
) -> None:
    _, copy = copied(KEPT[name], tmp_path)
    boxes = parts(copy)["xl/drawings/vmlDrawing1.vml"].decode()
    assert len(re.findall(r"<\w+:Row>2</", boxes)) == 1
    assert (b"s1099" in boxes.encode()) is (name == "shape without an end")
    ours = boxes[boxes.rindex("<v:shape ") :]
    assert "<x:Row>2</x:Row><x:Column>1</x:Column>" in ours
    comment = opened(copy)["Figures"]["B3"].comment
    assert comment.text.endswith("Kept")
    said_size = re.search(r"width:(\d+)pt;height:(\d+)pt", ours)
    assert said_size
    width, height = map(int, said_size.groups())
    # Letters of 9 points are about 5 wide and 12 high.
    assert sum(1 + len(line) * 5 // width for line in comment.text.split("\n")) * 12 < height
    assert parts(copy)["xl/comments1.xml"].count(b"<comment ") == 1


def test_a_conversation_stays_and_the_list_says_where(tmp_path: Path) -> None:
    _, copy = copied(CONVERSATION, tmp_path)
    assert "Cells with a conversation of comments keep it (Figures!B3)" in said(copy)
    assert highlighted(opened(copy)) == {"Figures!B3"}
