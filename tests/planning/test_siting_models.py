"""The models of siting against brute force: small cases, all choices tried."""

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from lifecircle import InfeasibleError, LifecircleWarning, SitingModel, locate
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
    minutes, people = random_city(300, 60, 5, radius=899.0)
    with pytest.warns(LifecircleWarning, match=r"good to .* people-minutes.*Raise time_limit_s"):
        found = locate(
            table(np.where(minutes < 99, minutes, 15.0)), people, count=11, model="p-median",
            time_limit_s=0.001,
        )  # fmt: skip
    assert found.bound <= found.objective
    assert found.method == "greedy and exchange"
