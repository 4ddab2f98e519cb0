"""Single files: written whole, or one message that says why not."""

from __future__ import annotations

import pytest

import lifecircle as lc
from lifecircle.outputs.whole_files import write_file


def test_a_file_is_replaced_whole_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "新建 文件夹" / "图.html"
    write_file(path, b"old")
    assert write_file(path, b"new") == path
    assert path.read_bytes() == b"new"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "words"),
    [("taken", "a folder of this name"), ("图" * 100, "too long"), ("a\0b", "no name of a file")],
    ids=["folder", "long", "null"],
)
def test_names_that_cannot_be_are_one_message(tmp_path, name, words):
    (tmp_path / "taken").mkdir()
    with pytest.raises(lc.InputError, match=words):
        write_file(tmp_path / name, b"")
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]


def test_a_path_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(lc.InputError, match="cannot be written to"):
        write_file(tmp_path / "file" / "a.html", b"")
