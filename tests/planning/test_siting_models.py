"""The models of siting against brute force: small cases, all choices tried."""

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from lifecircle import (
    InfeasibleError,
    InputError,
    LifecircleWarning,
    SitingModel,
    UnknownNameError,
    locate,
)
from lifecircle.network.travel_times import TravelTimes

LIMIT_MIN = 15.0
MANY = settings(max_examples=200)


def table(minutes):
    """Travel times of a dense table of minutes, people × sites; beyond 15: not reached."""
    minutes = np.asarray(minutes, dtype=float)
    people, sites = minutes.shape
    origin, site = np.nonzero(minutes <= LIMIT_MIN)
    frame = pd.DataFrame(
        {"origin_id": origin, "destination_id": site, "minutes": minutes[origin, site]}
    )
    return TravelTimes.from_frame(
        frame, limit_min=LIMIT_MIN, origins=range(people), destinations=range(sites)
    )


@st.composite
def cases(draw):
    """Minutes, people, existing, count, costs, budget: with ties, zeros and unreachable places."""
    sites, homes = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    minute = st.sampled_from([0, 1, 2.5, 4, 7, 7.1, 11, 15, 99, 99])
    minutes = draw(
        st.lists(st.lists(minute, min_size=sites, max_size=sites), min_size=homes, max_size=homes)
    )
    people = draw(st.lists(st.sampled_from([0, 1, 3, 10, 12.5]), min_size=homes, max_size=homes))
    existing = draw(st.sets(st.integers(0, sites - 1), max_size=2))
    costs = draw(st.lists(st.sampled_from([0, 1, 2, 2, 3.5, 8]), min_size=sites, max_size=sites))
    with_budget = draw(st.booleans())
    count = draw(st.integers(1, sites))
    budget = draw(st.sampled_from([2, 3, 5.5, 9, 30])) if with_budget else None
    if with_budget and draw(st.booleans()):
        count = None
    return np.array(minutes), np.array(people, float), sorted(existing), count, costs, budget


class Small:
    """One small case, its allowed choices, and what each model makes of them."""

    def __init__(self, case):
        self.minutes, self.people, self.existing, self.count, self.costs, self.budget = case
        self.walk = np.where(self.minutes <= LIMIT_MIN, np.float32(self.minutes), np.inf)
        self.free = [s for s in range(self.minutes.shape[1]) if s not in self.existing]

    @property
    def askable(self):
        known = self.count is None or self.count <= len(self.free)
        return bool(self.free) and known

    def choices(self):
        """All choices within count and budget."""
        if self.budget is None and self.count is not None:
            return list(combinations(self.free, self.count))
        every = chain.from_iterable(
            combinations(self.free, size) for size in range(len(self.free) + 1)
        )
        return [
            choice
            for choice in every
            if (self.count is None or len(choice) <= self.count)
            and (self.budget is None or self.cost(choice) <= self.budget)
        ]

    def cost(self, choice):
        return sum(self.costs[site] for site in choice)

    def nearest(self, choice):
        places = [*choice, *self.existing]
        return self.walk[:, places].min(axis=1, initial=np.inf)

    def covered(self, choice):
        return self.people[self.nearest(choice) <= LIMIT_MIN].sum()

    def walking(self, choice):
        return (self.people * np.minimum(self.nearest(choice), LIMIT_MIN)).sum()

    def longest(self, choice):
        counted = (self.people > 0) & np.isfinite(self.nearest(self.free))
        return self.nearest(choice)[counted].max(initial=0.0)

    def asked(self, name, **options):
        model = SitingModel(
            name,
            budget_cny=self.budget,
            cost_cny=dict(enumerate(self.costs)) if self.budget is not None else None,
            **options,
        )
        return locate(
            table(self.minutes), self.people, count=self.count, existing=self.existing, model=model
        )

    def too_poor(self):
        return self.budget is not None and self.budget < min(self.costs[s] for s in self.free)


def allowed(small, found):
    """Whether what was found keeps to the rules."""
    chosen = found.sites["site_id"].to_list()
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(small.free)
    if small.budget is None:
        assert small.count is None or len(chosen) == small.count
    else:
        assert small.cost(chosen) <= small.budget
        assert small.count is None or len(chosen) <= small.count
        assert found.cost_cny == small.cost(chosen)
    return chosen


@MANY
@given(cases())
def test_no_choice_covers_more_than_mclp(case):
    small = Small(case)
    if not small.askable:
        return
    if small.too_poor():
        with pytest.raises(InfeasibleError, match="buys none"):
            small.asked("MCLP")
        return
    found = small.asked("MCLP")
    chosen = allowed(small, found)
    best = max(map(small.covered, small.choices()))
    assert small.covered(chosen) == pytest.approx(best)
    assert found.covered_people == pytest.approx(best)
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    if small.budget is not None:
        assert (found.sites["added_people"] > 0).all()


@MANY
@given(cases())
def test_no_choice_walks_less_than_the_median(case):
    small = Small(case)
    if not small.askable or small.too_poor():
        return
    found = small.asked("p-median")
    chosen = allowed(small, found)
    best = min(map(small.walking, small.choices()))
    assert small.walking(chosen) == pytest.approx(best)
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    if small.people.sum() > 0:
        assert found.mean_minutes == pytest.approx(best / small.people.sum())
    lost = ~np.isfinite(small.nearest(chosen))
    assert found.unreached_people == pytest.approx(small.people[lost].sum())


@MANY
@given(cases())
@pytest.mark.filterwarnings("ignore:siting.*reach no existing facility")
def test_no_choice_has_a_shorter_longest_walk_than_the_center(case):
    small = Small(case)
    if not small.askable or small.too_poor():
        return
    best = min(map(small.longest, small.choices()))
    if not np.isfinite(best):
        with pytest.raises(InfeasibleError, match="cannot bring everybody within the 15 min"):
            small.asked("p-center")
        return
    found = small.asked("p-center")
    chosen = allowed(small, found)
    assert small.longest(chosen) == pytest.approx(best)
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)


@MANY
@given(cases(), st.booleans())
@pytest.mark.filterwarnings("ignore:siting.*were left out")
def test_no_fewer_or_cheaper_sites_reach_everybody_than_lscp(case, cheapest):
    minutes, people, existing, count, costs, budget = case
    small = Small((minutes, people, existing, None, costs, None))
    if not small.free or (count or 0) > len(small.free):
        return
    small.budget = budget if cheapest else None
    model = SitingModel(
        "LSCP",
        cost_cny=dict(enumerate(costs)) if cheapest else None,
        budget_cny=small.budget,
        skip_unreachable=True,
    )
    everybody = small.covered(small.free)
    full = [
        choice
        for size in range(len(small.free) + 1)
        for choice in combinations(small.free, size)
        if small.covered(choice) == everybody
        and (count is None or len(choice) <= count)
        and (small.budget is None or small.cost(choice) <= small.budget)
    ]

    def asked():
        return locate(table(minutes), people, count=count, existing=existing, model=model)

    if not full:
        with pytest.raises(InfeasibleError, match=r"at least [\d,]+"):
            asked()
        return
    found = asked()
    chosen = found.sites["site_id"].to_list()
    assert small.covered(chosen) == everybody == pytest.approx(found.covered_people)
    assert count is None or len(chosen) <= count
    value = small.cost if cheapest else len
    assert value(chosen) == pytest.approx(min(map(value, full)))
    assert found.objective == pytest.approx(value(chosen))
    assert found.bound == pytest.approx(value(chosen))


@MANY
@given(cases(), st.data())
def test_no_choice_has_room_for_more_than_cmclp(case, data):
    small = Small(case)
    if not small.askable or small.too_poor():
        return
    sites = small.minutes.shape[1]
    room = data.draw(st.lists(st.sampled_from([0, 2, 5, 11, 40]), min_size=sites, max_size=sites))

    def served(choice):
        places = [*choice, *small.existing]
        pairs = [(i, j) for i in range(len(small.people)) for j in places
                 if small.walk[i, j] <= LIMIT_MIN]  # fmt: skip
        if not pairs:
            return 0.0
        rows = [[float(i == home) for i, _ in pairs] for home in range(len(small.people))]
        rows += [[float(j == place) for _, j in pairs] for place in places]
        most = [*small.people, *(room[place] for place in places)]
        return -linprog([-1.0] * len(pairs), A_ub=rows, b_ub=most).fun

    found = small.asked("CMCLP", capacity_people=dict(enumerate(room)))
    chosen = allowed(small, found)
    best = max(map(served, small.choices()))
    assert served(chosen) == pytest.approx(best)
    assert found.served_people == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert (found.sites["served_people"] <= [room[s] + 1e-6 for s in chosen]).all()


@MANY
@given(cases(), st.sampled_from(["MCLP", "p-median"]))
def test_greed_and_exchange_keep_to_the_rules_and_say_how_good_they_are(case, name):
    small = Small(case)
    if not small.askable or small.too_poor():
        return
    found = small.asked(name, exact=False)
    chosen = allowed(small, found)
    value = small.covered if name == "MCLP" else lambda choice: -small.walking(choice)
    best = max(map(value, small.choices()))
    sign = 1 if name == "MCLP" else -1
    assert sign * found.objective == pytest.approx(value(chosen))
    assert value(chosen) <= best + 1e-9 <= sign * found.bound + 1e-6 * (1 + abs(best))
    assert found.method == "greedy and exchange"


@pytest.mark.parametrize("name", ["LSCP", "p-center", "CMCLP"])
@settings(max_examples=60)
@given(case=cases())
@pytest.mark.filterwarnings("ignore:siting")
def test_quick_choices_of_the_others_are_bounded_too(name, case):
    small = Small(case)
    if not small.askable or small.too_poor():
        return
    options = {"capacity_people": dict.fromkeys(range(small.minutes.shape[1]), 5)}
    try:
        exact = small.asked(name, skip_unreachable=True, **options)
        quick = small.asked(name, skip_unreachable=True, exact=False, **options)
    except InfeasibleError:
        return
    more = 1 if name == "CMCLP" else -1
    assert more * quick.objective <= more * exact.objective + 1e-6
    assert more * exact.objective <= more * quick.bound + 1e-6


def random_city(homes, sites, seed, radius=900.0):
    rng = np.random.default_rng(seed)
    home, site = rng.uniform(0, 3000, (homes, 2)), rng.uniform(0, 3000, (sites, 2))
    metres = np.abs(home[:, None] - site[None]).sum(axis=2)
    minutes = np.where(metres <= radius, np.float32(metres / 60.0), 99.0)
    return minutes, rng.integers(0, 60, homes).astype(float)


@pytest.mark.parametrize("name", ["MCLP", "p-median"])
@pytest.mark.parametrize("budget", [None, 25.0])
def test_prices_settle_sites_and_leave_the_best(name, budget, monkeypatch):
    """The way by prices, which large tables take, finds what the whole program finds."""
    minutes, people = random_city(400, 40, 3)
    costs = dict(enumerate(np.random.default_rng(1).integers(2, 9, 40).tolist()))
    model = SitingModel(name, budget_cny=budget, cost_cny=costs)
    count = None if budget else 6
    whole = locate(table(minutes), people, count=count, model=model)
    monkeypatch.setattr("lifecircle.planning.siting_choices._MANY_PAIRS", 0)
    settled = locate(table(minutes), people, count=count, model=model)
    assert settled.objective == pytest.approx(whole.objective)
    assert settled.bound == pytest.approx(whole.bound)
    assert settled.gap_share < 1e-6


def test_a_median_cut_short_says_so():
    rng = np.random.default_rng(7)
    minutes, people = rng.uniform(1, 15, (400, 60)), rng.integers(1, 90, 400).astype(float)
    with pytest.warns(LifecircleWarning, match=r"good to .* people-minutes.*Raise time_limit_s"):
        found = locate(table(minutes), people, count=11, model="p-median", time_limit_s=0.3)
    assert 0 < found.bound < found.objective
    assert found.method == "greedy and exchange"
    assert "within" in repr(found)


@pytest.mark.parametrize("name", ["CMCLP", "LSCP", "p-center"])
def test_the_others_cut_short_say_so(name):
    rng = np.random.default_rng(7)
    minutes, people = rng.uniform(1, 15, (500, 80)), rng.integers(1, 90, 500).astype(float)
    rooms = dict(enumerate((people.sum() * rng.uniform(0.05, 0.1, 80)).tolist()))
    model = SitingModel(name, capacity_people=rooms, time_limit_s=0.2)
    count = {"CMCLP": 14, "p-center": 9}.get(name)
    near = None if name == "p-center" else 2.5
    with pytest.warns(LifecircleWarning, match=r"Raise time_limit_s for the proof"):
        found = locate(table(minutes), people, count=count, model=model, minutes=near)
    assert found.gap_share > 0
    better = 1 if name == "CMCLP" else -1
    assert better * found.objective < better * found.bound


def lane():
    """Three homes and three sites along a lane: minutes by hand.

    ::

        home      10 people      30          20
        minute    0    2    4    6    8    10   12
        site           A              B         C
    """
    homes, places = np.array([0.0, 6, 12]), np.array([2.0, 8, 12])
    return table(np.abs(homes[:, None] - places)), [10.0, 30.0, 20.0]


def test_the_lane_by_hand():
    times, people = lane()
    median = locate(times, people, count=1, model="p-median")
    # A: 10 x 2 + 30 x 4 + 20 x 10 = 340; B: 80 + 60 + 80 = 220; C: 120 + 180 + 0 = 300
    assert (median.sites["site_id"].to_list(), median.objective) == ([1], 220)
    assert (median.mean_minutes, median.longest_min) == (pytest.approx(220 / 60), 8)
    center = locate(times, people, count=2, model="p-centre")
    # A and B: 2, 2, 4; A and C: 2, 4, 0; both 4
    assert (center.objective, center.longest_min, center.bound) == (4, 4, 4)
    fewest = locate(times, people, model="LSCP", minutes=4)
    assert (sorted(fewest.sites["site_id"]), fewest.objective) in [([0, 1], 2), ([0, 2], 2)]
    rooms = SitingModel("CMCLP", capacity_people={0: 15, 1: 45, 2: 100})
    room = locate(times, people, count=1, model=rooms, minutes=6)
    # A: 10 and 30 in reach, 15 find room; B: 30 and 20 in reach, 45 do; C: 30 + 20 = 50 all do
    assert (room.sites["site_id"].to_list(), room.served_people) == ([2], 50)
    assert room.covered_people == 50
    assert "50 find room" in repr(room)


def test_a_home_beyond_everything_counts_with_the_limit_or_is_left_out_and_told():
    times = table([[3, 99], [99, 99]])
    median = locate(times, [10, 4], count=1, model="p-median")
    assert (median.objective, median.unreached_people) == (10 * 3 + 4 * 15, 4)
    with pytest.warns(LifecircleWarning, match="4 people reach no existing facility and no site"):
        center = locate(times, [10, 4], count=1, model="p-center")
    assert center.objective == 3


def test_too_little_is_said_with_what_would_do():
    times, people = lane()
    with pytest.raises(InfeasibleError, match="at least 2 sites, and count=1 was asked"):
        locate(times, people, count=1, model="LSCP", minutes=4)
    poor = SitingModel("LSCP", cost_cny={0: 5, 1: 7, 2: 6}, budget_cny=10)
    with pytest.raises(InfeasibleError, match="at least 11 yuan, and budget_cny=10 was asked"):
        locate(times, people, model=poor, minutes=4)
    with pytest.raises(
        InfeasibleError, match=r"1 places with 10 people \(origins 0\).*within 1 min"
    ):
        locate(times, [10, 0, 0], model="LSCP", minutes=1)
    with pytest.warns(LifecircleWarning, match="were left out"):
        locate(times, [10, 0, 0], model=SitingModel("LSCP", skip_unreachable=True), minutes=1)
    apart = table([[1, 99], [99, 1]])
    with pytest.raises(InfeasibleError, match=r"count=1 cannot bring everybody.*at least 2 sites"):
        locate(apart, [1, 1], count=1, model="p-center")
    with pytest.raises(InfeasibleError, match="the cheapest, 0, costs 5 yuan"):
        locate(times, people, model=SitingModel(cost_cny={0: 5, 1: 7, 2: 6}, budget_cny=4))


def test_what_is_not_known_fits_no_model():
    times, people = lane()
    with pytest.raises(InputError, match=r"2 of 3 candidate sites have no cost \(ids 1, 2\)"):
        locate(times, people, model=SitingModel(budget_cny=9, cost_cny={0: 3}))
    with pytest.raises(InputError, match=r"capacity_people: 1 of 3 facilities .*\(ids 2\)"):
        locate(times, people, count=1, model=SitingModel("CMCLP", capacity_people={0: 1, 1: 2}))
    with pytest.raises(InputError, match="count: say how many"):
        locate(times, people)
    with pytest.raises(InputError, match="no candidate sites"):
        locate(times, people, model="LSCP", existing=[0, 1, 2])


def test_a_model_says_all_that_cannot_be_at_once():
    with pytest.raises(
        UnknownNameError, match=r"unknown model 'p-medain'\. Did you mean 'p-median'"
    ):
        SitingModel("p-medain")
    assert [SitingModel(name).name for name in ("mclp", "PMEDIAN", "p centre", "P-Center")] == [
        "MCLP", "p-median", "p-center", "p-center",
    ]  # fmt: skip
    with pytest.raises(InputError) as error:
        SitingModel(
            budget_cny=-1, cost_cny={"a": "much", "b": -2}, capacity_people=[3], survey="yes",
            time_limit_s=0, segment=5, floor_area_m2=pd.Series([1, 2], index=["x", "x"]),
        )  # fmt: skip
    for part in ("budget_cny=-1", "cost_cny: 2 are not", "a: 'much', b: -2", "capacity_people=[3]",
                 "survey='yes'", "time_limit_s=0", "segment=5", "ids stand twice (x)"):  # fmt: skip
        assert part in str(error.value)
