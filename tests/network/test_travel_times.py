"""Walking minutes, by hand on tiny towns and against networkx on random ones."""

import dataclasses
import re
import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st

import towns
from lifecircle.errors import (
    AlignmentError,
    CrsError,
    DuplicateIdError,
    EmptyNetworkError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    SnapError,
)
from lifecircle.network import snapping
from lifecircle.network.travel_times import TravelTimes, check_limit_min, point_ids
from lifecircle.network.walkers import ADULT, ELDERLY, WHEELCHAIR, Walker
from lifecircle.network.walking import nearest_minutes, travel_times
from oracle import disagreements, joins
from towns import ONE, ONE_ON_WHEELS, points, walk


def metres(network, origin, destination, **options):
    """Metres walked between two points at a metre a second, None where there is no way."""
    options.setdefault("limit_min", 60.0)
    times = walk(network, points(origin), points(destination), **options)
    return None if len(times.minutes) == 0 else float(times.minutes[0]) * 60.0


def matrix(times):
    found = np.full((len(times.origins), len(times.destinations)), np.inf)
    found[times.origin, times.destination] = times.minutes
    return found


# By hand


def test_the_ladder_is_walked_by_the_shortest_of_its_ways():
    assert metres(towns.ladder(), (-100, 0), (100, 100)) == pytest.approx(300.0, abs=1e-3)


def test_the_leg_to_the_street_and_parts_of_two_streets_are_walked():
    assert metres(towns.ladder(), (-50, -12), (100, 50)) == pytest.approx(212.0, abs=1e-3)
    assert metres(towns.ladder(), (-50, -12), (107, 50)) == pytest.approx(219.0, abs=1e-3)


def test_a_dead_end_is_walked_round_not_flown_over():
    assert metres(towns.dead_end(), (-150, 0), (-150, 80)) == pytest.approx(680.0, abs=1e-3)


def test_two_points_of_one_street_walk_along_it():
    network = towns.pieces(200.0)
    assert metres(network, (-80, 0), (-30, 0)) == pytest.approx(50.0, abs=1e-3)
    assert metres(network, (-30, 0), (-80, 0)) == pytest.approx(50.0, abs=1e-3)
    assert metres(network, (-80, 6), (-30, -9)) == pytest.approx(65.0, abs=1e-3)


def test_two_points_at_one_place_are_only_their_legs_apart():
    assert metres(towns.ladder(), (-50, 7), (-50, 7)) == pytest.approx(14.0, abs=1e-3)
    assert metres(towns.ladder(), (-50, 0), (-50, 0)) == pytest.approx(0.0, abs=1e-3)


def test_points_on_one_loop_take_the_shorter_way_round():
    assert metres(towns.ring(), (0, -100), (-100, 0)) == pytest.approx(200.0, abs=1e-3)
    assert metres(towns.ring(), (-100, 0), (0, -100)) == pytest.approx(200.0, abs=1e-3)
    assert metres(towns.ring(), (0, -100), (100, 0)) == pytest.approx(200.0, abs=1e-3)


def test_points_on_one_street_leave_it_where_another_is_shorter():
    network = towns.crescent()
    assert metres(network, (-50, 10), (50, 10)) == pytest.approx(120.0, abs=1e-3)
    assert metres(network, (-50, 190), (50, 190)) == pytest.approx(120.0, abs=1e-3)


def test_no_way_is_no_pair():
    assert metres(towns.island(), (-100, 0), (100, 0)) == pytest.approx(200.0, abs=1e-3)
    assert metres(towns.island(), (-100, 60), (0, 60)) == pytest.approx(100.0, abs=1e-3)
    assert metres(towns.island(), (-100, 0), (0, 60)) is None


def test_wheelchairs_go_round_the_stairs():
    network = towns.stairs()
    assert metres(network, (-25, 0), (125, 0)) == pytest.approx(150.0, abs=1e-3)
    assert metres(network, (-25, 0), (125, 0), walker=ONE_ON_WHEELS) == pytest.approx(
        450.0, abs=1e-3
    )


def test_a_home_on_the_stairs_is_left_to_the_side_on_wheels():
    network = towns.stairs()
    assert metres(network, (-1, 5), (125, 0)) == pytest.approx(5 + 26 + 100, abs=1e-3)
    on_wheels = metres(network, (-1, 5), (-25, 75), walker=ONE_ON_WHEELS)
    assert on_wheels == pytest.approx(24 + 70, abs=1e-3)


def test_the_packaged_wheelchair_takes_no_stairs_either():
    times = travel_times(towns.stairs(), points((-25, 0)), points((125, 0)), walker=WHEELCHAIR)
    assert times.minutes.tolist() == pytest.approx([450 / 0.8 / 60], abs=1e-5)


def test_a_double_gate_costs_nothing():
    assert metres(towns.double_gate(), (-100, 0), (100, 0)) == pytest.approx(200.0, abs=1e-3)
    assert metres(towns.double_gate(), (0, 30), (100, 0)) == pytest.approx(130.0, abs=1e-3)


def test_of_two_parallel_streets_the_shorter_counts_never_their_sum():
    assert metres(towns.two_ways(), (-50, 0), (150, 0)) == pytest.approx(200.0, abs=1e-3)


def test_a_stated_length_is_shared_out_along_its_street():
    network = towns.town({"A": (-50, 0), "B": (50, 0)}, ("A", "B", {"length": 300.0}))
    assert metres(network, (-50, 0), (0, 0)) == pytest.approx(150.0, abs=1e-3)
    assert metres(network, (-20, 8), (30, 0)) == pytest.approx(8 + 150, abs=1e-3)


def test_a_bent_street_is_walked_along_its_bends():
    network = towns.town({"A": (0, 0), "B": (100, 100)}, ("A", "B", {"via": [(0, 100)]}))
    assert metres(network, (0, 50), (100, 100)) == pytest.approx(150.0, abs=1e-3)


@pytest.mark.parametrize(
    ("walker", "total_m"), [(ONE, 900.0), (ELDERLY, 900.0), (ADULT, 1080.0), (WHEELCHAIR, 720.0)]
)
@pytest.mark.parametrize("piece_m", [100.0, 7.0, 2000.0])
def test_exactly_at_fifteen_minutes_counts(walker, total_m, piece_m):
    network = towns.pieces(total_m, piece_m)
    ends = points((-total_m / 2, 0)), points((total_m / 2, 0))
    assert travel_times(network, *ends, walker=walker).minutes.tolist() == [15.0]
    further = towns.pieces(total_m + 0.01, piece_m)
    ends = points((-total_m / 2 - 0.005, 0)), points((total_m / 2 + 0.005, 0))
    assert travel_times(further, *ends, walker=walker).minutes.tolist() == []


@pytest.mark.parametrize("limit_min", [0.1, 0.7, 1 / 3, 4.9, 10.0])
def test_exactly_at_any_limit_counts(limit_min):
    network = towns.pieces(900.0, 90.0)
    ends = points((-450.0, 0)), points((-450.0 + limit_min * 60.0, 0))
    times = travel_times(network, *ends, walker=ONE, limit_min=limit_min)
    assert times.minutes.tolist() == pytest.approx([limit_min], abs=1e-6)
    assert len(times.within(limit_min).minutes) == 1
    assert int(times.counts(limit_min)["count"].iloc[0]) == 1


def test_exactly_at_the_limit_counts_with_legs_at_both_ends():
    network = towns.pieces(900.0)
    ends = points((-400, 37)), points((400, -63))
    times = travel_times(network, *ends, walker=ONE, limit_min=15.0)
    assert times.minutes.tolist() == [15.0]


# Against networkx


def check(network, places, **options):
    """Everything to everything, for one who takes stairs and one who does not."""
    snap_m = options.pop("snap_m", 100.0)
    checked = 0
    for walker in (ONE, ONE_ON_WHEELS):
        if not walker.steps and network.is_steps.all():
            continue
        on_street = [
            join.edge >= 0 for join in joins(network, places, walker=walker, snap_m=snap_m)
        ]
        if not any(on_street):
            continue
        for limit_min in (2.0, 15.0):
            times = walk(network, places, places, walker=walker, limit_min=limit_min, snap_m=snap_m)
            wrong = disagreements(times, network, places, places, walker=walker, snap_m=snap_m)
            assert wrong == []
            checked += 1
    return checked


@given(weird=towns.weird_towns())
@settings(max_examples=150)
def test_every_pair_of_a_weird_town_is_networkx_s(weird):
    network, places = weird
    check(network, points(*places))


@given(seed=st.integers(0, 100_000))
@settings(max_examples=25)
def test_every_pair_of_a_planned_town_is_networkx_s(seed):
    rng = np.random.default_rng(seed)
    network = towns.planar_town(seed, crossings=int(rng.integers(10, 90)))
    assert check(network, points(*rng.uniform(-480, 480, (30, 2)), *network.node_xy_m[:5])) == 4


def test_the_oracle_itself_tells_a_wrong_time_from_a_right_one():
    network = towns.ladder()
    places = points((-50, -12), (100, 50), (0, 0))
    times = walk(network, places, places)
    assert disagreements(times, network, places, places, walker=ONE) == []
    for spoilt in (
        dataclasses.replace(times, minutes=times.minutes + np.float32(0.002 / 60)),
        dataclasses.replace(times.within(3), limit_min=15.0),
    ):
        assert disagreements(spoilt, network, places, places, walker=ONE) != []


# What must not matter


@given(weird=towns.weird_towns(), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_the_order_of_the_rows_changes_nothing(weird, shuffle):
    network, spots = weird
    places = points(*spots, resident_id=[f"R{i}" for i in range(len(spots))])
    mixed = places.iloc[shuffle.sample(range(len(places)), len(places))]
    try:
        one = walk(network, places, places).to_frame()
    except SnapError:
        return
    other = walk(network, mixed, mixed).to_frame()
    by = ["origin_id", "destination_id"]
    pd.testing.assert_frame_equal(
        one.sort_values(by, ignore_index=True),
        other.sort_values(by, ignore_index=True),
        check_exact=True,
    )


@pytest.mark.parametrize("code", [4326, 32649, 4547, 3857])
def test_the_system_of_the_input_changes_nothing(code, rng):
    network = towns.planar_town(11)
    homes = points(*rng.uniform(-450, 450, (200, 2)))
    places = points(*rng.uniform(-450, 450, (20, 2)))
    one = matrix(walk(network, homes, places, limit_min=60.0))
    other = matrix(walk(network, homes.to_crs(code), places.to_crs(code), limit_min=60.0))
    assert np.array_equal(np.isfinite(one), np.isfinite(other))
    assert np.isfinite(one).sum() > 3000
    finite = np.isfinite(one)
    assert np.abs(one[finite] - other[finite]).max() * 60.0 < 1e-3


def test_the_number_of_threads_changes_not_one_bit(monkeypatch, rng):
    network = towns.planar_town(12)
    homes = points(*rng.uniform(-450, 450, (20_000, 2)))
    places = points(*rng.uniform(-450, 450, (67, 2)))
    answers = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(snapping.os, "cpu_count", lambda threads=threads: threads)
        times = walk(towns.planar_town(12), homes, places, limit_min=8.0)
        answers.append([times.first, times.destination, times.minutes])
    assert len(answers[0][2]) > 100_000
    for answer in answers[1:]:
        for one, other in zip(answers[0], answer, strict=True):
            assert one.tobytes() == other.tobytes()
    assert network.node_count == 62


def test_a_second_walk_over_the_same_network_is_the_same(rng):
    network = towns.planar_town(13)
    places = points(*rng.uniform(-450, 450, (100, 2)))
    one = walk(network, places, places, walker=WHEELCHAIR)
    walk(network, places, places)
    two = walk(network, places, places, walker=WHEELCHAIR)
    assert one.minutes.tobytes() == two.minutes.tobytes()


@given(seed=st.integers(0, 100_000))
@settings(max_examples=25)
def test_one_more_facility_never_makes_the_nearest_further(seed):
    rng = np.random.default_rng(seed)
    network = towns.planar_town(seed, crossings=30)
    homes, places = rng.uniform(-400, 400, (40, 2)), rng.uniform(-400, 400, (6, 2))
    nearest = [
        walk(network, points(*homes), points(*places[:count]), snap_m=500.0).nearest()["minutes"]
        for count in (5, 6)
    ]
    before, after = (column.fillna(np.inf).to_numpy() for column in nearest)
    assert (after <= before).all()


def test_there_is_as_far_as_back(rng):
    network = towns.planar_town(14)
    homes, places = (points(*rng.uniform(-450, 450, (count, 2))) for count in (30, 20))
    there = matrix(walk(network, homes, places, limit_min=60.0))
    back = matrix(walk(network, places, homes, limit_min=60.0))
    assert np.nan_to_num(there, posinf=-1) == pytest.approx(
        np.nan_to_num(back.T, posinf=-1), abs=1e-5
    )


def test_a_slower_walker_needs_longer_in_proportion(rng):
    network = towns.planar_town(15)
    places = points(*rng.uniform(-450, 450, (30, 2)))
    slow = matrix(walk(network, places, places, limit_min=100.0))
    fast = matrix(walk(network, places, places, limit_min=50.0, walker=Walker("two", 2.0)))
    finite = np.isfinite(slow)
    assert np.array_equal(finite, np.isfinite(fast))
    assert slow[finite] == pytest.approx(2 * fast[finite], abs=1e-5)


def test_nothing_handed_in_is_changed(rng):
    network = towns.planar_town(16)
    arrays = {
        name: value.copy() for name, value in vars(network).items() if isinstance(value, np.ndarray)
    }
    homes = points(*rng.uniform(-450, 450, (30, 2)), people=range(30)).to_crs(4326)
    places = points(*rng.uniform(-450, 450, (10, 2)), service=["s"] * 10)
    before = homes.copy(deep=True), places.copy(deep=True)
    times = walk(network, homes, places)
    kept = times.minutes.copy()
    times.nearest(places["service"])
    times.counts(5)
    times.within(5)
    times.to_frame()
    assert times.minutes.tobytes() == kept.tobytes()
    assert_geodataframe_equal(homes, before[0])
    assert_geodataframe_equal(places, before[1])
    for name, value in arrays.items():
        assert np.array_equal(getattr(network, name), value), name


# Points and limits that cannot be used


def test_points_far_from_streets_are_listed_and_told_once():
    homes = points((-50, 0), (0, -101), (9, 900), resident_id=["R1", "R2", "R3"])
    shops = points((50, 0), (0, 5000), facility_id=["F1", "F2"])
    with pytest.warns(LifecircleWarning) as told:
        times = travel_times(towns.ladder(), homes, shops, walker=ONE)
    assert times.unsnapped_origins.to_list() == ["R2", "R3"]
    assert times.unsnapped_destinations.to_list() == ["F2"]
    assert times.to_frame()[["origin_id", "destination_id"]].to_numpy().tolist() == [["R1", "F1"]]
    texts = [str(warning.message) for warning in told]
    assert len(texts) == 2
    assert re.search(
        r"residents: 2 of 3 points lie further than 100 m from any street and are left out "
        r"\(R2, R3\).*raise snap_m",
        texts[0],
    )
    assert texts[1].startswith("facilities: 1 of 2 points lie further than 100 m")
    assert [warning.filename for warning in told] == [__file__, __file__]


def test_a_higher_snapping_distance_takes_them_in():
    times = walk(towns.ladder(), points((0, -101)), points((0, 0)), snap_m=101.0)
    assert times.minutes.tolist() == pytest.approx([101 / 60], abs=1e-6)


@pytest.mark.parametrize("side", ["origins", "destinations"])
def test_no_point_near_any_street_is_refused_with_both_places(side):
    near, far = points((0, 0)), points((0, 9000))
    pair = (far, near) if side == "origins" else (near, far)
    with pytest.raises(SnapError) as caught:
        travel_times(towns.ladder(), *pair)
    text = str(caught.value)
    assert text.startswith(f"{side}: none of the 1 points lies within 100 m of a street.")
    assert "lon 112.9890 and 112.9910, lat 28.1600 and 28.1609" in text
    assert "lon 112.9900, lat 28.2412" in text


def test_swapped_degrees_are_refused_with_both_places():
    swapped = gpd.GeoDataFrame(geometry=[shapely.Point(28.16, 112.99)], crs=4326)
    with pytest.raises(SnapError, match="Longitude and latitude look swapped"):
        travel_times(towns.ladder(), swapped, points((0, 0)))


def test_points_on_islands_are_told_with_the_share_of_the_nodes():
    homes = points((-100, 0), (-50, 60), (-20, 60))
    with pytest.warns(
        LifecircleWarning,
        match=r"40\.0% of the nodes are not connected.*; 2 origins and 1 destinations join such",
    ):
        travel_times(towns.island(), homes, points((0, 60), (0, 0)))


def test_large_islands_are_told_even_if_nobody_joins_them():
    with pytest.warns(LifecircleWarning, match=r"40\.0% of the nodes are not connected.*0 origins"):
        travel_times(towns.island(), points((-100, 0)), points((0, 0)))


@pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf, True, "15", None])
def test_a_limit_that_is_no_time_is_refused(wrong):
    with pytest.raises(InputError, match=r"minutes=.*: give a number of minutes"):
        travel_times(towns.ladder(), points((0, 0)), points((0, 0)), limit_min=wrong)
    with pytest.raises(InputError, match=r"minutes=.*: give a number of minutes"):
        check_limit_min(wrong)


def test_nobody_to_walk_is_refused():
    with pytest.raises(InputError, match="origins: the table is empty"):
        travel_times(towns.ladder(), points(), points((0, 0)))


def test_no_facility_at_all_is_nothing_reached():
    times = travel_times(towns.ladder(), points((0, 0), (50, 0)), points())
    assert len(times.minutes) == 0
    assert times.nearest()["minutes"].isna().to_list() == [True, True]
    assert times.counts()["count"].to_list() == [0, 0]


@pytest.mark.parametrize("side", ["origins", "destinations"])
def test_bad_points_are_named_with_the_table_they_are_in(side):
    good, bad = points((0, 0)), gpd.GeoDataFrame(geometry=[None], crs=4326)
    pair = (bad, good) if side == "origins" else (good, bad)
    with pytest.raises(GeometryError, match=rf"{side}.*1 of 1 rows have no geometry"):
        travel_times(towns.ladder(), *pair)


@pytest.mark.parametrize("side", ["origins", "destinations"])
def test_points_without_a_system_are_named_with_the_table_they_are_in(side):
    good, bad = points((0, 0)), gpd.GeoDataFrame(geometry=[shapely.Point(0, 0)])
    pair = (bad, good) if side == "origins" else (good, bad)
    with pytest.raises(CrsError, match=rf"{side}.*no coordinate reference system"):
        travel_times(towns.ladder(), *pair)


# Ids


def test_ids_come_from_the_table_s_own_column():
    homes = points((0, 0), resident_id=["R7"], facility_id=["other"])
    shops = points((0, 0), resident_id=["other"], facility_id=["F3"])
    frame = travel_times(towns.ladder(), homes, shops).to_frame()
    assert frame[["origin_id", "destination_id"]].to_numpy().tolist() == [["R7", "F3"]]


def test_without_an_id_column_rows_are_named_by_the_index():
    homes = points((0, 0), (100, 0)).set_axis(["home a", "home b"])
    times = travel_times(towns.ladder(), homes, points((0, 0)).set_axis([9]))
    assert times.origins.to_list() == ["home a", "home b"]
    assert times.destinations.to_list() == [9]


def test_repeated_index_labels_are_told_apart():
    homes = points((0, 0), (100, 0)).set_axis([5, 5])
    frame = walk(towns.ladder(), homes, points((0, 0))).to_frame()
    assert len(frame) == 2
    assert frame["origin_id"].is_unique
    assert frame["minutes"].to_list() == pytest.approx([0, 100 / 60], abs=1e-6)


@pytest.mark.parametrize("column", ["resident_id", "facility_id"])
def test_repeated_ids_are_refused_with_the_ids(column):
    twice = points((0, 0), (9, 0), (5, 0), (1, 0), **{column: ["A", "B", "A", None]})
    with pytest.raises(DuplicateIdError, match=rf"{column}: 3 of 4 rows .*\(A, (nan|None)\)"):
        travel_times(towns.ladder(), twice, twice)


def test_an_id_column_of_another_kind_of_table_names_rows_too():
    sites = points((0, 0), (9, 0), site_id=["S1", "S2"])
    assert travel_times(towns.ladder(), sites, sites).origins.to_list() == ["S1", "S2"]


def test_ids_may_repeat_where_rows_are_only_looked_up():
    table = pd.DataFrame({"resident_id": ["a", "a", "b"]})
    assert point_ids(table, "resident_id", unique=False).to_list() == ["a", "a", "b"]


# The table


def pairs(rows):
    return pd.DataFrame(rows, columns=["origin_id", "destination_id", "minutes"])


def random_table(rng, count=400):
    return pairs(
        {
            "origin_id": [f"R{i}" for i in rng.integers(0, 30, count)],
            "destination_id": [f"F{i}" for i in rng.integers(0, 20, count)],
            "minutes": rng.uniform(0, 20, count).astype(np.float32).astype(float),
        }
    )


IDS = {
    "origins": [f"R{i}" for i in range(32)],
    "destinations": [f"F{i}" for i in range(22)],
}


def test_from_frame_keeps_the_shortest_of_each_pair_within_the_limit(rng):
    frame = random_table(rng)
    times = TravelTimes.from_frame(frame, limit_min=15, **IDS)
    by = ["origin_id", "destination_id"]
    expected = frame.groupby(by)["minutes"].min()
    found = times.to_frame().set_index(by)["minutes"].astype(float)
    assert found.index.is_unique
    expected = expected[expected <= 15]
    assert len(expected) > 100
    pd.testing.assert_series_equal(
        found.sort_index(), expected.sort_index(), check_exact=True, check_names=False
    )


def test_destinations_ascend_within_each_origin(rng):
    times = TravelTimes.from_frame(random_table(rng), limit_min=15, **IDS)
    for begin, end in zip(times.first[:-1], times.first[1:], strict=True):
        assert (np.diff(times.destination[begin:end]) > 0).all()
    walked = walk(towns.ladder(), points((0, 0), (50, 0)), points((9, 0), (1, 0), (5, 0)))
    assert walked.destination.tolist() == [0, 1, 2, 0, 1, 2]


def test_a_table_there_and_back_is_the_same(rng):
    times = TravelTimes.from_frame(random_table(rng), limit_min=15, **IDS)
    again = TravelTimes.from_frame(times.to_frame(), limit_min=15, **IDS)
    for name in ("first", "destination", "minutes"):
        assert np.array_equal(getattr(times, name), getattr(again, name)), name
    assert times.complete
    assert again.origins.equals(times.origins)


@pytest.mark.parametrize("minutes", [5, 7.25, 15])
def test_within_counts_and_nearest_are_what_pandas_says(rng, minutes):
    frame = random_table(rng)
    times = TravelTimes.from_frame(frame, limit_min=15, **IDS)
    labels = pd.Series(["food", "school", "park"] * 8)[:22].set_axis(IDS["destinations"])
    plain = times.to_frame()
    plain["minutes"] = plain["minutes"].astype(float)
    plain["label"] = plain["destination_id"].map(labels)
    near = plain[plain["minutes"] <= minutes]

    within = times.within(minutes).to_frame()
    assert len(within) == len(near)
    assert within["minutes"].max() <= minutes

    counts = times.counts(minutes, labels)
    expected = near.groupby(["origin_id", "label"]).size().unstack()  # noqa: PD010
    expected = expected.reindex(index=IDS["origins"], columns=sorted(set(labels))).fillna(0)
    assert counts.index.to_list() == IDS["origins"]
    assert counts.to_numpy().tolist() == expected.astype(int).to_numpy().tolist()
    assert counts.columns.to_list() == ["food", "park", "school"]

    nearest = times.within(minutes).nearest(labels)
    best = near.groupby(["origin_id", "label"])["minutes"].min().unstack()  # noqa: PD010
    best = best.reindex(index=IDS["origins"], columns=sorted(set(labels)))
    assert np.array_equal(nearest.to_numpy(float), best.to_numpy(), equal_nan=True)
    assert best.isna().any(axis=None)

    alone = near.groupby("origin_id")["minutes"].min().reindex(IDS["origins"])
    assert np.array_equal(
        times.within(minutes).nearest()["minutes"].to_numpy(float), alone, equal_nan=True
    )
    assert times.counts(minutes)["count"].sum() == len(near)


def test_within_keeps_who_was_unsnapped_and_who_walks():
    homes, shops = points((0, 0), (0, 900)), points((50, 0))
    times = walk(towns.ladder(), homes, shops)
    near = times.within(0.5)
    assert near.limit_min == 0.5
    assert near.unsnapped_origins.to_list() == [1]
    assert near.walker is ONE
    assert len(near.minutes) == 0
    assert len(times.minutes) == 1


def test_longer_walks_than_were_searched_are_refused():
    times = walk(towns.ladder(), points((0, 0)), points((50, 0)), limit_min=10)
    message = r"minutes=15 is beyond the 10 minutes that were searched\..*limit_min=15"
    with pytest.raises(InputError, match=message):
        times.within(15)
    with pytest.raises(InputError, match=message):
        times.counts(15)
    with pytest.raises(InputError, match=message):
        times.check_limit([5, 15])


def test_labels_must_be_one_per_destination():
    times = walk(towns.ladder(), points((0, 0)), points((50, 0), (0, 0)))
    for ask in (times.nearest, lambda labels: times.counts(5, labels)):
        with pytest.raises(AlignmentError, match=r"labels: 1 for 2 destinations"):
            ask(["school"])


def test_a_table_without_its_columns_is_refused_with_those_it_has():
    with pytest.raises(MissingColumnError, match=r"column destination_id, minutes .*found .*time"):
        TravelTimes.from_frame(pd.DataFrame({"origin_id": [1], "time": [2]}), limit_min=15)


def test_minutes_that_are_none_are_refused_with_their_rows():
    frame = pairs([("a", "x", -1), ("a", "y", "soon"), ("b", "x", 3)])
    with pytest.raises(InputError, match=r"2 of 3 rows have minutes that are negative.*rows 0, 1"):
        TravelTimes.from_frame(frame, limit_min=15)


def test_a_pair_without_minutes_is_a_pair_without_a_way():
    frame = pairs([("a", "x", np.nan), ("a", "y", np.inf), ("b", "x", "4.5"), ("b", "y", None)])
    times = TravelTimes.from_frame(frame, limit_min=15)
    assert times.to_frame().to_numpy().tolist() == [["b", "x", 4.5]]
    assert not times.complete


def test_ids_of_another_kind_are_refused():
    with pytest.raises(AlignmentError, match=r"2 ids are not in origins \(1, 2\).*text in one"):
        TravelTimes.from_frame(pairs([(1, "x", 3), (2, "x", 3)]), limit_min=15, origins=["1", "2"])


def test_ids_asked_for_twice_are_refused_with_the_ids():
    with pytest.raises(DuplicateIdError, match=r"origins: .*\(a\)"):
        TravelTimes.from_frame(pairs([("a", "x", 3)]), limit_min=15, origins=["a", "a"])


@pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf, True])
def test_a_table_needs_a_limit_that_is_a_time(wrong):
    with pytest.raises(InputError, match=r"give a number of minutes"):
        TravelTimes.from_frame(pairs([("a", "x", 3)]), limit_min=wrong)


def test_exactly_at_the_limit_of_a_table_counts():
    frame = pairs([("a", "x", 15.0), ("a", "y", 15.00001), ("a", "z", 0.1 + 0.2)])
    assert len(TravelTimes.from_frame(frame, limit_min=15).minutes) == 2
    assert len(TravelTimes.from_frame(frame, limit_min=0.3).minutes) == 1


def test_travel_times_show_their_size():
    times = walk(towns.ladder(), points((0, 0), (0, 900)), points((50, 0)))
    assert repr(times) == (
        "TravelTimes for one metre a second (1.0 m/s): 1 pairs within 15 min, "
        "2 origins → 1 destinations; unsnapped 1 and 0"
    )


# The nearest alone


@given(weird=towns.weird_towns(), limit_min=st.sampled_from([1.0, 4.0, 15.0]))
def test_the_nearest_of_each_label_is_that_of_the_whole_table(weird, limit_min):
    network, spots = weird
    homes = points(*spots)
    places = points(*spots, service=[("food", "park", "school")[i % 3] for i in range(len(spots))])
    for walker in (ONE, ONE_ON_WHEELS):
        try:
            table = walk(network, homes, places, walker=walker, limit_min=limit_min)
        except (SnapError, EmptyNetworkError):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            found = nearest_minutes(network, homes, places, walker=walker, limit_min=limit_min)
        right = table.nearest(places["service"])
        assert found.columns.to_list() == right.columns.to_list()
        assert found.index.equals(right.index)
        differ = found.isna() != right.isna()
        assert (right.fillna(found).to_numpy()[differ] > limit_min - 1e-5).all()
        assert found.to_numpy() == pytest.approx(right.to_numpy(), abs=2e-5, nan_ok=True)


def test_the_nearest_exactly_at_the_limit_counts():
    network = towns.pieces(900.0)
    homes, places = points((-450, 0), (-450.01, 0)), points((450, 0), service=["school"])
    found = nearest_minutes(network, homes, places, walker=ONE, limit_min=15.0)
    assert found["school"].iloc[0] == 15.0
    assert np.isnan(found["school"].iloc[1])


def test_the_nearest_needs_labels():
    with pytest.raises(MissingColumnError, match="no column 'service'; found geometry"):
        nearest_minutes(towns.ladder(), points((0, 0)), points((0, 0)))
