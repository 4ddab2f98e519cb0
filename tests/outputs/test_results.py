"""Files are written whole or not at all, and run nothing."""

from __future__ import annotations

import pandas as pd
import pytest

import lifecircle as lc
from assessment import village
from lifecircle.outputs import results

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")


def test_formulas_in_names_stay_text(tmp_path):
    units = village.units().assign(name=["=1+1", "+cmd", "@x"])
    written = lc.write_evaluation(lc.evaluate(village.study(units=units)), tmp_path)
    names = set(pd.read_csv(written["coverage.csv"])["name"])
    assert names == {"'=1+1", "'+cmd", "'@x"}


def test_a_fault_while_writing_leaves_the_old_files(tmp_path, monkeypatch):
    evaluation = lc.evaluate(village.study())
    lc.write_evaluation(evaluation, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(results, "write_json", full)
    with pytest.raises(lc.InputError, match="No space left on device"):
        lc.write_evaluation(evaluation, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_other_files_of_the_folder_are_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", encoding="utf-8")
    lc.write_evaluation(lc.evaluate(village.study()), tmp_path)
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "keep"


def test_a_study_that_is_no_sample_is_not_marked_as_one(tmp_path):
    written = lc.write_evaluation(lc.evaluate(village.study()), tmp_path)
    assert "note" not in pd.read_csv(written["coverage.csv"]).columns
    assert "示例数据" not in written["manifest.json"].read_text(encoding="utf-8")
