"""Sites: the proven best by brute force, and what was asked wrongly."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle import AlignmentError, InputError, LifecircleWarning, UnknownNameError, locate
from lifecircle.network.travel_times import TravelTimes


def table(minutes, limit_min=15.0):
    """Travel times of a dense table of minutes, people × sites; NaN: not reached."""
    minutes = np.asarray(minutes, dtype=float)
    people, sites = minutes.shape
    origin, site = np.nonzero(minutes <= limit_min)
    frame = pd.DataFrame(
        {"origin_id": origin, "destination_id": site, "minutes": minutes[origin, site]}
    )
    return TravelTimes.from_frame(
        frame, limit_min=limit_min, origins=range(people), destinations=range(sites)
    )


def test_the_pair_that_greed_misses_is_found():
    # site 0 alone reaches most (people 1 and 2), but 1 and 2 together reach everybody
    minutes = [[99, 5, 99], [5, 5, 99], [5, 99, 5], [99, 99, 5]]
    found = locate(table(minutes), [30, 20, 20, 30], count=2)
    assert found.sites["site_id"].to_list() == [1, 2]
    assert (found.covered_people, found.people, found.covered_share) == (100, 100, 1.0)
    assert found.sites["added_people"].to_list() == [50, 50]
    assert found.gap_share == 0
    assert "the best choice" in repr(found)


def test_what_stands_already_counts_and_is_not_chosen():
    minutes = [[3, 3, 99], [3, 99, 99], [99, 99, 3]]
    found = locate(table(minutes), [50, 40, 10], count=1, existing=[0])
    assert found.existing_people == 90
    assert found.sites["site_id"].to_list() == [2]
    assert found.sites["added_people"].to_list() == [10]
    assert found.covered_people == 100


def test_fewer_minutes_are_asked_of_the_same_table():
    minutes = [[4, 14], [9, 14], [14, 14]]
    assert locate(table(minutes), [1, 1, 1], count=1).sites["site_id"].to_list() == [0]
    assert locate(table(minutes), [1, 1, 1], count=1, minutes=5).covered_people == 1


def test_weights_may_come_by_id_in_any_order():
    times = table([[3, 99], [99, 3]])
    by_id = pd.Series({1: 5.0, 0: 70.0})
    assert locate(times, by_id, count=1).sites["site_id"].to_list() == [0]


def test_nobody_in_reach_is_an_answer():
    found = locate(table([[99, 99]]), [10], count=1)
    assert found.covered_people == 0
    assert found.sites["added_people"].to_list() == [0]
    assert np.isnan(locate(table([[3, 3]]), [0], count=1).covered_share)


@given(
    st.integers(1, 7).flatmap(
        lambda sites: st.tuples(
            st.lists(
                st.tuples(
                    st.lists(st.booleans(), min_size=sites, max_size=sites), st.integers(0, 50)
                ),
                min_size=1,
                max_size=12,
            ),
            st.integers(1, sites),
            st.sets(st.integers(0, sites - 1), max_size=2),
        )
    )
)
def test_no_choice_is_better_than_the_one_found(drawn):
    rows, count, existing = drawn
    reach = np.array([row for row, _ in rows])
    people = np.array([number for _, number in rows], dtype=float)
    free = [site for site in range(reach.shape[1]) if site not in existing]
    if count > len(free):
        return
    found = locate(table(np.where(reach, 5, 99)), people, count=count, existing=existing)

    def covered(sites):
        return people[reach[:, [*sites, *existing]].any(axis=1)].sum()

    best = max(covered(sites) for sites in combinations(free, count))
    chosen = found.sites["site_id"].to_list()
    assert len(set(chosen)) == count
    assert covered(chosen) == best
    assert found.covered_people == pytest.approx(best)
    assert found.bound_people == pytest.approx(best)


def test_what_cannot_be_asked_is_told():
    times = table([[3, 4], [5, 6]])
    with pytest.raises(InputError, match="2 candidate sites to choose from, besides 0"):
        locate(times, [1, 1], count=3)
    with pytest.raises(InputError, match=r"count=2\.5"):
        locate(times, [1, 1], count=2.5)
    with pytest.raises(InputError, match=r"2 of 2 are missing.*origins 0, 1"):
        locate(times, [-1, np.nan], count=1)
    with pytest.raises(AlignmentError, match="3 for 2 origins"):
        locate(times, [1, 1, 1], count=1)
    with pytest.raises(AlignmentError, match="1 of 2 origins have none"):
        locate(times, pd.Series({0: 1.0, 9: 1.0}), count=1)
    with pytest.raises(UnknownNameError, match="existing facility 'x'"):
        locate(times, [1, 1], count=1, existing=["x"])
    with pytest.raises(InputError, match="beyond the 15 minutes"):
        locate(times, [1, 1], count=1, minutes=20)


def test_a_choice_that_is_not_proven_says_how_far_it_may_be():
    rng = np.random.default_rng(7)
    minutes = np.where(rng.random((1500, 120)) < 0.04, 5.0, 99.0)
    with pytest.warns(LifecircleWarning, match="good to .* people.*Raise time_limit_s"):
        found = locate(table(minutes), rng.integers(1, 90, 1500), count=30, time_limit_s=0.5)
    assert found.bound_people >= found.covered_people > 0
    assert "within" in repr(found)
