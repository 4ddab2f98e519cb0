"""The one function that writes reports: endings, folders, files that cannot be replaced."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

import lifecircle as lc
from lifecircle.errors import InputError
from lifecircle.outputs import reports
from outputs.reported import HOSTILE, found
from sample import SAMPLE


def write(path, **options):
    mine = found()
    return lc.write_report(
        mine.check,
        path,
        shortfalls=mine.shortfalls,
        projects=mine.projects,
        comparison=mine.comparison,
        **options,
    )


def test_all_three_are_written_within_seconds_into_a_new_folder(tmp_path):
    begin = time.perf_counter()
    for ending in (".docx", ".html", ".xlsx"):
        path = write(tmp_path / "新" / f"报告{ending}")
        assert path == tmp_path / "新" / f"报告{ending}"
        assert path.stat().st_size > 50_000
    assert time.perf_counter() - begin < 60  # on a busy machine; 7 s on a quiet one
    assert sorted(one.name for one in path.parent.iterdir()) == [
        "报告.docx",
        "报告.html",
        "报告.xlsx",
    ]


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.doc", "a.xls"])
def test_another_ending_is_refused_before_anything_is_computed(tmp_path, name):
    with pytest.raises(InputError, match=r"\.docx .*\.html .*\.xlsx"):
        lc.write_report(None, tmp_path / name)


def test_the_ending_may_be_in_capitals(tmp_path):
    assert write(tmp_path / "A.XLSX").exists()


def test_a_file_that_is_held_open_is_left_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"before")

    def held(self, target):
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(InputError, match="Close the program that has it open"):
        write(path)
    assert path.read_bytes() == b"before"
    assert [one.name for one in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written to"):
        write(tmp_path / "file" / "a.xlsx")


def test_a_template_must_be_of_the_kind_that_is_written(tmp_path):
    with pytest.raises(InputError, match="a workbook has none"):
        write(tmp_path / "a.xlsx", template="a.xlsx")
    with pytest.raises(InputError, match="not of the kind"):
        write(tmp_path / "a.docx", template="a.html")
    with pytest.raises(InputError, match="there is no file"):
        write(tmp_path / "a.html", template=tmp_path / "none.html")


def test_a_failure_on_the_way_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(reports, "xlsx_bytes", lambda report: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write(tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_place_whose_every_name_is_hostile_has_its_reports(tmp_path):
    names = [name for name in HOSTILE if "\ud800" not in name and "\x00" not in name]
    count = len(SAMPLE.units)
    study = replace(
        SAMPLE,
        name=names[0] + names[4],
        units=SAMPLE.units.assign(name=names[:count], district=names[5]),
        facilities=SAMPLE.facilities.assign(name=(names * 40)[: len(SAMPLE.facilities)]),
        data_sources=tuple(names),
        review_number=names[1],
    )  # fmt: skip
    check = lc.health_check(lc.evaluate(study))
    shortfalls = lc.rank_shortfalls(check, sensitivity=False)
    for ending in (".html", ".xlsx"):
        path = lc.write_report(check, tmp_path / f"a{ending}", shortfalls=shortfalls)
        assert path.stat().st_size > 20_000
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert text.count("<script>") == 1
