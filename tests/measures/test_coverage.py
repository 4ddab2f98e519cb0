"""Coverage: by hand, and against plain loops over random tables."""

import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
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
    InputError,
    LifecircleWarning,
    MissingColumnError,
)
from lifecircle.measures.coverage import coverage, people_numbers, radius_shares
from lifecircle.network.travel_times import TravelTimes

GEOD = pyproj.Geod(ellps="WGS84")


def table(rows, *, limit_min=15, **ids):
    """Travel times of (resident, facility, minutes)."""
    frame = pd.DataFrame(rows, columns=["origin_id", "destination_id", "minutes"])
    return TravelTimes.from_frame(frame, limit_min=limit_min, **ids)


def small():
    """Three homes in two units, a school and a shop.

    ::

        home  unit  people  school F1   shop F2
        a     west      30      4.0 min    12.0
        b     west      10     12.0          —
        c     east       5      5.0         5.0
        d     east       0      1.0          —
    """
    times = table(
        [
            ("a", "F1", 4.0),
            ("a", "F2", 12.0),
            ("b", "F1", 12.0),
            ("c", "F1", 5.0),
            ("c", "F2", 5.0),
            ("d", "F1", 1.0),
        ],
        origins=list("abcd"),
        destinations=["F1", "F2"],
    )
    residents = pd.DataFrame(
        {
            "resident_id": list("abcd"),
            "unit_id": ["west", "west", "east", "east"],
            "people": [30, 10, 5, 0],
            "elderly": [0, 4, 5, 0],
        }
    )
    facilities = pd.DataFrame({"facility_id": ["F1", "F2"], "service": ["school", "shop"]})
    return times, residents, facilities


def test_coverage_by_hand():
    found = coverage(*small())
    columns = ["unit_id", "service", "minutes", "people", "covered_people", "covered_share"]
    assert found[columns].to_numpy().tolist() == [
        ["east", "school", 5, 5, 5, 1.0],
        ["east", "school", 10, 5, 5, 1.0],
        ["east", "school", 15, 5, 5, 1.0],
        ["east", "shop", 5, 5, 5, 1.0],
        ["east", "shop", 10, 5, 5, 1.0],
        ["east", "shop", 15, 5, 5, 1.0],
        ["west", "school", 5, 40, 30, 0.75],
        ["west", "school", 10, 40, 30, 0.75],
        ["west", "school", 15, 40, 40, 1.0],
        ["west", "shop", 5, 40, 0, 0.0],
        ["west", "shop", 10, 40, 0, 0.0],
        ["west", "shop", 15, 40, 30, 0.75],
    ]
    medians = found.drop_duplicates(["unit_id", "service"])["nearest_median_min"]
    assert medians.to_list() == [5.0, 5.0, 4.0, 12.0]
    assert found.columns.to_list() == [*columns, "nearest_median_min", "unsnapped_people"]
    assert (found["unsnapped_people"] == 0).all()


def test_the_median_is_unknown_where_more_than_half_reach_nothing():
    times, residents, facilities = small()
    residents["people"] = [30, 31, 5, 0]
    found = coverage(times, residents, facilities, minutes=[15])
    assert found["nearest_median_min"].tolist()[:3] == [5.0, 5.0, 12.0]
    assert np.isnan(found["nearest_median_min"].iloc[3])


def test_another_column_of_people_counts_those_people():
    found = coverage(*small(), minutes=[5], people="elderly", by=("unit_id", "service"))
    west = found.query("unit_id == 'west' and service == 'school'").iloc[0]
    assert (west["people"], west["covered_people"]) == (4, 0)


def test_a_unit_where_nobody_lives_has_no_share():
    times, residents, facilities = small()
    found = coverage(times, residents.tail(1), facilities, minutes=[5])
    assert found["people"].to_list() == [0, 0]
    assert found["covered_share"].isna().all()
    assert found["nearest_median_min"].isna().all()


def test_exactly_at_a_time_counts():
    times = table([("a", "F1", 5.0), ("b", "F1", 5.00001)])
    residents = pd.DataFrame({"resident_id": ["a", "b"], "unit_id": "u", "people": [1, 2]})
    facilities = pd.DataFrame({"facility_id": ["F1"], "service": ["school"]})
    found = coverage(times, residents, facilities, minutes=[5, 6])
    assert found["covered_people"].to_list() == [1, 3]


@pytest.mark.parametrize("minutes", [0.1, 0.3, 4.9, 7.3])
def test_exactly_at_a_time_that_binary_numbers_cannot_hold_counts(minutes):
    times = table([("a", "F1", minutes)])
    residents = pd.DataFrame({"resident_id": ["a"], "unit_id": "u", "people": [1]})
    facilities = pd.DataFrame({"facility_id": ["F1"], "service": ["school"]})
    assert coverage(times, residents, facilities, minutes=[minutes])["covered_share"].item() == 1


def test_residents_of_nested_units_count_in_each():
    times, residents, facilities = small()
    nested = pd.concat([residents, residents.assign(unit_id="town")], ignore_index=True)
    found = coverage(times, nested, facilities, minutes=[5]).set_index(["unit_id", "service"])
    assert found.loc[("town", "school"), "people"] == 45
    assert found.loc[("town", "school"), "covered_people"] == 35
    assert found.loc[("west", "school"), "covered_people"] == 30


def test_nested_units_work_without_an_id_column_too():
    homes = towns.points((-100, 0), (0, 0), (100, 0), people=[1, 10, 100])
    schools = towns.points((100, 0), service=["school"])
    times = towns.walk(towns.ladder(), homes, schools)
    # homes 0 and 2 live in the town; home 0 in its old part also; home 1 in neither
    rows = homes.iloc[[0, 0, 2]].assign(unit_id=["old", "town", "town"])
    found = coverage(times, rows, schools, minutes=[2], by=("unit_id", "service"))
    assert found["people"].to_list() == [1, 101]
    assert found["covered_people"].to_list() == [0, 100]


def test_rows_with_repeated_labels_are_never_taken_for_other_rows():
    schools = towns.points((100, 0), service=["school"])
    clinics = towns.points((-100, 0), service=["clinic"])
    both = pd.concat([schools, clinics])  # labels 0 and 0
    homes = towns.points((100, 0), people=[10], unit_id=["u"])
    times = towns.walk(towns.ladder(), homes, both)
    try:
        whole = coverage(times, homes, both, minutes=[1]).set_index("service")["covered_people"]
        assert whole.to_dict() == {"clinic": 0, "school": 10}
        alone = coverage(times, homes, both[both["service"] == "clinic"], minutes=[1])
    except (AlignmentError, DuplicateIdError):
        return  # refusing to guess is right too
    assert alone["covered_people"].to_list() == [0]


def test_sorting_a_table_with_repeated_labels_never_swaps_its_rows():
    schools = towns.points((100, 0), service=["school"])
    clinics = towns.points((-100, 0), service=["clinic"])
    both = pd.concat([schools, clinics])  # labels 0 and 0, in whatever order
    homes = towns.points((100, 0), people=[10], unit_id=["u"])
    times = towns.walk(towns.ladder(), homes, both)
    try:
        found = coverage(times, homes, both.sort_values("service"), minutes=[1])
    except (AlignmentError, DuplicateIdError):
        return  # refusing to guess is right too
    assert found.set_index("service")["covered_people"].to_dict() == {"clinic": 0, "school": 10}


def test_a_facility_that_offers_two_services_counts_for_both():
    times, residents, _ = small()
    facilities = pd.DataFrame(
        {"facility_id": ["F1", "F1", "F2"], "service": ["school", "kindergarten", "shop"]}
    )
    try:
        found = coverage(times, residents, facilities, minutes=[15], by=("service",))
    except DuplicateIdError:
        return  # refusing is right too; counting for the last row alone is not
    covered = found.set_index("service")["covered_people"].to_dict()
    assert covered == {"kindergarten": 45, "school": 45, "shop": 35}


def test_residents_without_a_unit_count_in_no_unit():
    times, residents, facilities = small()
    residents.loc[0, "unit_id"] = None  # 30 people, who lived in the west
    found = coverage(times, residents, facilities, minutes=[15], by=("unit_id",))
    assert found["unit_id"].to_list() == ["east", "west"]
    assert found["people"].to_list() == [5, 10]
    shares = radius_shares(
        towns.points((0, 0), (0, 900), people=[1, 1], unit_id=["u", None]),
        towns.points((0, 0), service=["school"]),
        radii_m=[300],
    )
    assert shares["radius_share"].to_list() == [1.0]


def test_facilities_without_a_service_count_for_no_service():
    times, residents, facilities = small()
    facilities.loc[0, "service"] = None  # the school, which everybody reaches
    found = coverage(times, residents, facilities, minutes=[15])
    assert found[["unit_id", "service", "covered_people"]].to_numpy().tolist() == [
        ["east", "shop", 5],
        ["west", "shop", 30],
    ]


def test_the_whole_area_and_any_service_of_a_group():
    times, residents, facilities = small()
    whole = coverage(times, residents, facilities, minutes=[5], by=("service",))
    assert whole["covered_people"].to_list() == [35, 5]
    grouped = facilities.assign(group="daily")
    either = coverage(times, residents, grouped, minutes=[5, 15], by=("unit_id", "group"))
    assert either["covered_people"].to_list() == [5, 5, 30, 40]
    anything = coverage(times, residents, facilities, minutes=[5], by=("unit_id",))
    assert anything["covered_people"].to_list() == [5, 30]


def test_fewer_facilities_than_were_searched_are_those_that_count():
    times, residents, facilities = small()
    found = coverage(times, residents, facilities.tail(1), minutes=[15], by=("service",))
    assert found["service"].to_list() == ["shop"]
    assert found["covered_people"].to_list() == [35]


def test_those_too_far_from_any_street_are_in_no_share():
    homes = towns.points(
        (0, 0), (0, 900), resident_id=["near", "far"], people=[10, 7], unit_id=["u", "u"]
    )
    schools = towns.points((50, 0), facility_id=["F1"], service=["school"])
    times = towns.walk(towns.ladder(), homes, schools)
    found = coverage(times, homes, schools, minutes=[5]).iloc[0]
    assert (found["people"], found["covered_share"], found["unsnapped_people"]) == (10, 1.0, 7)


def test_those_too_far_away_are_the_right_ones_where_labels_repeat():
    homes = towns.points((0, 0), (0, 900), (9, 0), people=[10, 7, 500], unit_id=["u"] * 3)
    homes = homes.set_axis([0, 0, 1])  # the second row, labelled 0, is the one far away
    schools = towns.points((50, 0), facility_id=["F1"], service=["school"])
    times = towns.walk(towns.ladder(), homes, schools)
    try:
        found = coverage(times, homes, schools, minutes=[5]).iloc[0]
    except (AlignmentError, DuplicateIdError):
        return  # refusing to guess is right too
    assert (found["people"], found["unsnapped_people"]) == (510, 7)


# Against plain loops


def by_loops(times, residents, facilities, minutes):
    pairs = {
        (row.origin_id, row.destination_id): row.minutes for row in times.to_frame().itertuples()
    }
    rows = []
    for unit, service in itertools.product(
        sorted(residents["unit_id"].dropna().unique()), sorted(facilities["service"].unique())
    ):
        offering = facilities.loc[facilities["service"] == service, "facility_id"]
        people, ways = [], []
        for home in residents[residents["unit_id"] == unit].itertuples():
            reached = [
                pairs[home.resident_id, f] for f in offering if (home.resident_id, f) in pairs
            ]
            people.append(home.people)
            ways.append(float(min(reached, default=np.inf)))
        total = sum(people)
        median = np.nan
        run = 0.0
        for way, count in sorted(zip(ways, people, strict=True)):
            run += count
            if total > 0 and run >= total / 2:
                median = way if np.isfinite(way) else np.nan
                break
        for limit in minutes:
            covered = sum(c for c, way in zip(people, ways, strict=True) if way <= limit)
            share = covered / total if total else np.nan
            rows.append([unit, service, limit, total, covered, share, median])
    return rows


@given(seed=st.integers(0, 100_000))
@settings(max_examples=40)
def test_coverage_of_random_tables_is_what_plain_loops_say(seed):
    rng = np.random.default_rng(seed)
    homes, places, count = rng.integers(1, 30), rng.integers(1, 12), rng.integers(0, 200)
    ids = {
        "origins": [f"R{i}" for i in range(homes)],
        "destinations": [f"F{i}" for i in range(places)],
    }
    times = table(
        {
            "origin_id": rng.choice(ids["origins"], count),
            "destination_id": rng.choice(ids["destinations"], count),
            "minutes": rng.integers(0, 80, count) / 4.0,
        },
        **ids,
    )
    residents = pd.DataFrame(
        {
            "resident_id": rng.choice(ids["origins"], 2 * homes),
            "unit_id": rng.choice(["n", "s", "w", None], 2 * homes),
            "people": rng.integers(0, 50, 2 * homes),
        }
    )
    facilities = pd.DataFrame(
        {
            "facility_id": rng.permutation(ids["destinations"]),
            "service": rng.choice(["food", "school"], places),
        }
    )
    minutes = [5.0, 7.5, 15.0]
    found = coverage(times, residents, facilities, minutes=[15, 5, 7.5])
    expected = by_loops(times, residents, facilities, minutes)
    assert len(found) == len(expected)
    for row, right in zip(
        found.drop(columns="unsnapped_people").to_numpy().tolist(), expected, strict=True
    ):
        assert row[:5] == right[:5]
        assert row[5:] == pytest.approx(right[5:], nan_ok=True)


@given(seed=st.integers(0, 100_000))
@settings(max_examples=40)
def test_shares_grow_with_time_and_with_facilities(seed):
    rng = np.random.default_rng(seed)
    homes = [f"R{i}" for i in range(20)]
    places = [f"F{i}" for i in range(6)]
    times = table(
        {
            "origin_id": rng.choice(homes, 60),
            "destination_id": rng.choice(places, 60),
            "minutes": rng.uniform(0, 20, 60),
        },
        origins=homes,
        destinations=places,
    )
    residents = pd.DataFrame(
        {
            "resident_id": homes,
            "unit_id": rng.choice(["n", "s"], 20),
            "people": rng.uniform(0, 9, 20),
        }
    )
    facilities = pd.DataFrame({"facility_id": places, "service": "food"})
    less = coverage(times, residents, facilities.head(5), minutes=[5, 10, 15])
    more = coverage(times, residents, facilities, minutes=[5, 10, 15])
    assert (more["covered_share"] >= less["covered_share"]).all()
    assert more["covered_share"].between(0, 1).all()
    for _, unit in more.groupby("unit_id"):
        assert unit["covered_share"].is_monotonic_increasing
    shuffled = coverage(
        times,
        residents.sample(frac=1, random_state=seed),
        facilities.sample(frac=1, random_state=seed),
        minutes=[15, 5, 10],
    )
    pd.testing.assert_frame_equal(shuffled, more, check_exact=False, rtol=1e-12)


def test_nothing_handed_in_is_changed():
    times, residents, facilities = small()
    before = residents.copy(deep=True), facilities.copy(deep=True), times.to_frame()
    coverage(times, residents, facilities)
    pd.testing.assert_frame_equal(residents, before[0])
    pd.testing.assert_frame_equal(facilities, before[1])
    pd.testing.assert_frame_equal(times.to_frame(), before[2])


# What cannot be used


def test_residents_that_the_times_do_not_know_are_refused():
    times, residents, facilities = small()
    residents["resident_id"] = ["a", "b", "x", "y"]
    with pytest.raises(AlignmentError) as caught:
        coverage(times, residents, facilities)
    text = str(caught.value)
    assert "residents: 2 of 4 ids are not in the travel times (x, y; the travel times know" in text
    assert "ids are taken from 'resident_id', else from the index" in text


def test_facilities_that_the_times_do_not_know_are_refused():
    times, residents, facilities = small()
    with pytest.raises(AlignmentError, match=r"facilities: 1 of 2 ids are not .*\(F9; "):
        coverage(times, residents, facilities.assign(facility_id=["F1", "F9"]))


def test_numbers_and_texts_are_not_the_same_ids():
    times = table([(1, 2, 3.0)], origins=[1], destinations=[2])
    residents = pd.DataFrame({"resident_id": ["1"], "unit_id": "u", "people": [1]})
    facilities = pd.DataFrame({"facility_id": ["2"], "service": ["s"]})
    with pytest.raises(AlignmentError, match="1 of 1 ids are not in the travel times"):
        coverage(times, residents, facilities)


def test_a_table_from_elsewhere_that_lacks_some_is_told_and_they_reach_nothing():
    times = table([("a", "F1", 3.0)])
    residents = pd.DataFrame({"resident_id": ["a", "b"], "unit_id": "u", "people": [1, 3]})
    facilities = pd.DataFrame({"facility_id": ["F1", "F2"], "service": ["school", "shop"]})
    with pytest.warns(LifecircleWarning) as told:
        found = coverage(times, residents, facilities, minutes=[5])
    assert found["covered_share"].to_list() == [0.25, 0.0]
    texts = sorted(str(warning.message) for warning in told)
    assert texts[0].startswith("facilities: 1 of 2 ids do not appear in the travel times (F2)")
    assert texts[1].startswith("residents: 1 of 2 ids do not appear in the travel times (b)")
    assert all("count as reaching nothing" in text for text in texts)
    assert {warning.filename for warning in told} == {__file__}


def test_a_table_from_elsewhere_that_lacks_all_is_refused():
    times = table([("a", "F1", 3.0)])
    residents = pd.DataFrame({"resident_id": ["x"], "unit_id": "u", "people": [1]})
    facilities = pd.DataFrame({"facility_id": ["F1"], "service": ["school"]})
    with pytest.raises(AlignmentError, match="residents: 1 of 1 ids"):
        coverage(times, residents, facilities)


def test_missing_columns_are_named_with_those_that_are_there():
    times, residents, facilities = small()
    with pytest.raises(MissingColumnError) as caught:
        coverage(times, residents, facilities, by=("unit_id", "kind"), people="inhabitants")
    text = str(caught.value)
    assert (
        "no column kind, inhabitants in residents (resident_id, unit_id, people, elderly)" in text
    )
    assert "facilities (facility_id, service)" in text


@pytest.mark.parametrize("wrong", [-1, np.nan, np.inf, "many"])
def test_people_that_are_no_number_are_refused_with_their_rows(wrong):
    times, residents, facilities = small()
    residents = residents.astype({"people": object})
    residents.loc[2, "people"] = wrong
    message = r"residents: 1 of 4 rows have no number of people .*'people' \(rows 2\)"
    with pytest.raises(InputError, match=message):
        coverage(times, residents, facilities)
    with pytest.raises(InputError, match=message):
        people_numbers(residents, "people")


@pytest.mark.parametrize("wrong", [[], [0], [-5], [np.nan], [True], "15"])
def test_minutes_that_are_no_times_are_refused(wrong):
    with pytest.raises(InputError, match="minutes"):
        coverage(*small(), minutes=wrong)


def test_longer_than_was_searched_is_refused():
    with pytest.raises(InputError, match="minutes=20 is beyond the 15 minutes"):
        coverage(*small(), minutes=[5, 20])


def test_no_facility_is_no_row_per_service_and_nobody_covered_without_one():
    times, residents, facilities = small()
    none = facilities.head(0)
    assert len(coverage(times, residents, none)) == 0
    found = coverage(times, residents, none, minutes=[5], by=("unit_id",))
    assert found["covered_share"].to_list() == [0.0, 0.0]


# Straight lines


def lonlat(rng, count, **columns):
    places = rng.uniform([112.95, 28.13], [113.03, 28.2], (count, 2))
    return gpd.GeoDataFrame(
        {name: rng.choice(list(values), count) for name, values in columns.items()},
        geometry=shapely.points(places),
        crs=4326,
    )


@pytest.mark.parametrize("code", [4326, 32649, 4547])
def test_radius_shares_are_those_of_geodesic_distances(rng, code):
    residents = lonlat(rng, 300, unit_id="ns").assign(people=rng.integers(0, 30, 300))
    facilities = lonlat(rng, 25, service=["food", "school"])
    found = radius_shares(residents.to_crs(code), facilities, radii_m=[300, 500, 1000])
    distance_m = np.array(
        [
            [GEOD.inv(home.x, home.y, place.x, place.y)[2] for place in facilities.geometry]
            for home in residents.geometry
        ]
    )
    assert len(found) == 2 * 2 * 3
    for row in found.itertuples():
        mine = (residents["unit_id"] == row.unit_id).to_numpy()
        offering = (facilities["service"] == row.service).to_numpy()
        nearest_m = distance_m[:, offering].min(axis=1)
        people = residents["people"].to_numpy()
        bounds = [
            people[mine & (nearest_m <= row.radius_m * factor)].sum() / people[mine].sum()
            for factor in (0.999, 1.001)
        ]
        assert bounds[0] - 1e-12 <= row.radius_share <= bounds[1] + 1e-12
    assert found["radius_share"].between(0.01, 0.99).sum() >= 6


def test_radius_shares_by_hand():
    residents = towns.points((0, 0), (0, 299), (0, 301), people=[1, 2, 5], unit_id=["u"] * 3)
    facilities = towns.points((0, 0), service=["school"])
    found = radius_shares(residents, facilities, radii_m=[300])
    assert found.to_numpy().tolist() == [["u", "school", 300.0, 0.375]]


def test_radius_shares_of_nobody_are_unknown_and_nothing_is_changed():
    residents = towns.points((0, 0), (9, 9), people=[0, 0], unit_id=["u", "u"])
    facilities = towns.points((0, 0), service=["school"])
    before = residents.copy(deep=True), facilities.copy(deep=True)
    assert radius_shares(residents, facilities)["radius_share"].isna().all()
    assert_geodataframe_equal(residents, before[0])
    assert_geodataframe_equal(facilities, before[1])


def test_radius_shares_of_points_without_a_system_are_refused_with_the_remedy():
    residents = towns.points((0, 0), people=[1], unit_id=["u"])
    facilities = towns.points((0, 0), service=["school"])
    with pytest.raises(CrsError, match="set_crs"):
        radius_shares(residents.set_crs(None, allow_override=True), facilities)
    with pytest.raises(CrsError, match="set_crs"):
        radius_shares(residents, facilities.set_crs(None, allow_override=True))


def test_radius_shares_without_their_columns_are_refused():
    residents = towns.points((0, 0), people=[1], unit_id=["u"])
    facilities = towns.points((0, 0), service=["school"])
    for columns in (("district", "service"), ("unit_id", "kind")):
        with pytest.raises(MissingColumnError):
            radius_shares(residents, facilities, by=columns)
