"""Travel times survive the disk bit for bit, and a broken file is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lifecircle as lc


def times() -> lc.TravelTimes:
    study = lc.load_demo()
    return lc.travel_times(study.network, study.residents.head(50), study.facilities.head(40))


def test_what_is_read_is_what_was_written(tmp_path):
    made = times()
    read = lc.read_travel_times(lc.write_travel_times(made, tmp_path / "deep" / "times.npz"))
    for name in ("first", "destination", "minutes"):
        assert np.array_equal(getattr(read, name), getattr(made, name))
        assert getattr(read, name).dtype == getattr(made, name).dtype
    assert read.origins.equals(made.origins)
    assert (read.limit_min, read.walker, read.complete) == (15.0, lc.ADULT, True)
    pd.testing.assert_frame_equal(read.to_frame(), made.to_frame())


def test_whole_numbers_stay_whole_numbers(tmp_path):
    frame = pd.DataFrame({"origin_id": [1, 2], "destination_id": [7, 7], "minutes": [3.0, 4.0]})
    made = lc.TravelTimes.from_frame(frame, limit_min=15)
    read = lc.read_travel_times(lc.write_travel_times(made, tmp_path / "t.npz"))
    assert read.origins.to_list() == [1, 2]
    assert read.complete is False


@pytest.mark.parametrize("keep", [0, 10, 1000])
def test_a_file_cut_short_is_told(tmp_path, keep):
    path = lc.write_travel_times(times(), tmp_path / "t.npz")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(lc.InputError, match="cut short"):
        lc.read_travel_times(path)


def test_an_array_file_of_someone_else_is_told(tmp_path):
    np.savez(tmp_path / "t.npz", a=np.arange(3))
    with pytest.raises(lc.InputError, match="no file of travel times"):
        lc.read_travel_times(tmp_path / "t.npz")


def test_ids_that_cannot_be_kept_are_told(tmp_path):
    frame = pd.DataFrame({"origin_id": [1.5], "destination_id": ["x"], "minutes": [3.0]})
    made = lc.TravelTimes.from_frame(frame, limit_min=15)
    with pytest.raises(lc.InputError, match="origins: only ids"):
        lc.write_travel_times(made, tmp_path / "t.npz")
    assert list(tmp_path.iterdir()) == []
