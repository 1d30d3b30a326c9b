"""A directory that is held open for all that is done in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.workspace.directory import (
    HAS_HANDLES,
    Directory,
    ExchangedError,
    FolderEntry,
    held,
    is_there,
    status,
    unlink,
)

pytestmark = pytest.mark.skipif(not HAS_HANDLES, reason="there are no handles of directories")


@pytest.fixture
def entry(tmp_path: Path) -> FolderEntry:
    """A file in a folder within another."""
    (tmp_path / "inbox" / "CS").mkdir(parents=True)
    (tmp_path / "inbox" / "CS" / "return.xlsx").write_text("first")
    return FolderEntry(Directory.of(tmp_path / "inbox").inner("CS"), "return.xlsx")


def exchange(folder: Path) -> None:
    folder.rename(folder.with_name("aside"))
    folder.mkdir()
    (folder / "return.xlsx").write_text("the other")


def test_what_is_done_while_it_is_held_is_done_in_the_one_that_was_looked_at(
    entry: FolderEntry,
) -> None:
    folder = entry.directory.path
    for each in held([entry], lambda each: each):
        exchange(folder)
        assert status(each).st_size == len("first")
        unlink(each)
        assert not is_there(each)
    assert (folder / "return.xlsx").read_text() == "the other"
    assert list((folder.with_name("aside")).iterdir()) == []


def test_that_it_was_exchanged_is_seen_while_it_is_held_and_later(entry: FolderEntry) -> None:
    with entry.directory.opened():
        assert entry.directory.is_there
        exchange(entry.directory.path)
        assert not entry.directory.is_there
    with pytest.raises(ExchangedError):
        status(entry)


def test_what_cannot_be_held_fails_by_itself(entry: FolderEntry) -> None:
    exchange(entry.directory.path)
    (found,) = held([entry], lambda each: each)
    with pytest.raises(ExchangedError):
        status(found)


def test_files_of_several_directories_come_in_their_order(tmp_path: Path) -> None:
    inbox = Directory.of(tmp_path)
    files = [tmp_path / "b", FolderEntry(inbox, "a"), FolderEntry(inbox, "c"), tmp_path / "d"]
    assert list(held(files, lambda each: each)) == files
