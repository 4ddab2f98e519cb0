"""Siting in a study: the figures of an evaluation, what sites may hold, what is asked wrongly."""

import warnings
from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from lifecircle.crs import from_wgs84
from lifecircle.planning.siting_demand import Demand, Rules
from lifecircle.planning.siting_model import SitingModel
from lifecircle.planning.siting_services import Options, choose_services
from sample import SAMPLE, sample_evaluation

NURSERIES = ["S02", "S04", "S07", "S09"]


def covered(evaluation, service, minutes):
    """People of all communities who are covered, as an evaluation counts them by default."""
    table = evaluation.coverage
    rows = table[(table["service"] == service) & (table["minutes"] == minutes)]
    units = evaluation.study.units
    lowest = units.loc[~units["unit_id"].isin(units.get("parent_id", [])), "unit_id"]
    rows = rows[rows["unit_id"].isin(lowest)].drop_duplicates("unit_id")
    return rows["people"].sum(), rows["covered_people"].sum()


def with_new(study, additions):
    """Study in which the new facilities stand."""
    new = additions.drop(columns=["site_id", "cost_cny"]).dropna(axis=1, how="all")
    new = new.assign(facility_id=[f"new {row}" for row in range(len(new))])
    both = pd.concat([study.facilities, new], ignore_index=True)
    return replace(study, facilities=gpd.GeoDataFrame(both, crs=4326))


def quietly(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lc.LifecircleWarning)
        return lc.evaluate(study)


def sites(**columns):
    """Candidates in the middle of the sample, 200 m apart."""
    count = len(next(iter(columns.values())))
    place = gpd.points_from_xy([112.9905 + row / 500 for row in range(count)], [28.1645] * count)
    ids = [f"A{row}" for row in range(count)]
    return gpd.GeoDataFrame({"site_id": ids, **columns}, geometry=place, crs=4326)


def test_the_figures_are_those_of_an_evaluation_with_the_new_facilities():
    services = ["nursery", "elderly_day_care"]
    together = lc.site_facilities(SAMPLE, services, budget_cny=4_000_000, minutes=10)
    alone = lc.site_facilities(SAMPLE, "托儿所", count=2, minutes=10)
    before, after = sample_evaluation(), quietly(with_new(SAMPLE, together.additions))
    assert alone.existing_people == pytest.approx(covered(before, "nursery", 10)[1], abs=1e-6)
    parts = [covered(after, service, 10) for service in services]
    assert together.people == pytest.approx(sum(people for people, _ in parts), abs=1e-6)
    assert together.covered_people == pytest.approx(sum(reach for _, reach in parts), abs=1e-6)
    after = quietly(with_new(SAMPLE, alone.additions))
    assert (alone.people, alone.covered_people) == pytest.approx(covered(after, "nursery", 10))
    assert alone.additions.columns.to_list() == [
        "site_id", "service", "name", "floor_area_m2", "site_area_m2", "capacity", "cost_cny",
        "geometry",
    ]  # fmt: skip
    assert alone.additions.crs == 4326


def test_no_pair_of_sites_covers_more_children():
    found = lc.site_facilities(SAMPLE, "nursery", count=2, minutes=10)
    table = SAMPLE.extras["sites"]
    may = table[table["site_id"].isin(NURSERIES)]
    stands = SAMPLE.facilities[SAMPLE.facilities["service"] == "nursery"]
    may = may.assign(facility_id=may["site_id"])
    places = pd.concat([table[["facility_id", "geometry"]] for table in (stands, may)])
    times = lc.travel_times(
        SAMPLE.network, SAMPLE.residents, gpd.GeoDataFrame(places), walker="child", limit_min=10
    )
    children = SAMPLE.residents["children"].to_numpy()

    def reached(pair):
        wanted = np.isin(times.destinations, [*stands["facility_id"], *pair])
        near = np.isin(np.arange(len(children)), times.origin[wanted[times.destination]])
        return children[near].sum()

    best = max(map(reached, combinations(NURSERIES, 2)))
    assert found.covered_people == pytest.approx(best)
    assert reached(found.sites["site_id"]) == pytest.approx(best)
    assert set(found.sites["site_id"]) <= set(NURSERIES)


def test_every_model_answers_for_a_study():
    median = lc.site_facilities(SAMPLE, "nursery", count=1, model="p-median")
    center = lc.site_facilities(SAMPLE, "nursery", count=1, model="p-centre")
    assert center.longest_min <= median.longest_min
    assert median.mean_minutes <= center.mean_minutes
    rooms = dict.fromkeys([*SAMPLE.facilities["facility_id"], *NURSERIES], 300)
    model = SitingModel("CMCLP", capacity_people=rooms)
    room = lc.site_facilities(SAMPLE, "nursery", count=2, model=model)
    assert room.sites["served_people"].le(300 + 1e-6).all()
    assert room.served_people <= room.covered_people
    model = SitingModel("LSCP", skip_unreachable=True)
    assert len(lc.site_facilities(SAMPLE, "nursery", model=model).sites) == 1
    with pytest.raises(lc.InfeasibleError, match=r"places with [\d,]+ people \(origins .*5 min"):
        lc.site_facilities(SAMPLE, "nursery", model="LSCP", minutes=5)


def test_answers_of_residents_and_another_segment_may_weigh():
    said = lc.site_facilities(
        SAMPLE, "nursery", count=1, minutes=10, model=SitingModel(survey=True)
    )
    assert said.unit == "weighted people"
    assert said.covered_people == said.existing_people + said.sites["added_people"].sum()
    everyone = lc.site_facilities(
        SAMPLE, "nursery", count=1, minutes=10, model=SitingModel(segment="people")
    )
    assert everyone.people == pytest.approx(SAMPLE.residents["people"].sum())
    without = replace(SAMPLE, extras={"sites": SAMPLE.extras["sites"]})
    with pytest.raises(lc.InputError, match="the study has no survey"):
        lc.site_facilities(without, "nursery", count=1, model=SitingModel(survey=True))
    with pytest.raises(lc.MissingColumnError, match="no column 'students'"):
        lc.site_facilities(SAMPLE, "nursery", count=1, model=SitingModel(segment="students"))
    nobody = replace(SAMPLE, residents=SAMPLE.residents.drop(columns="children"))
    with pytest.warns(lc.LifecircleWarning, match="no column 'children'.*for everyone"):
        lc.site_facilities(nobody, "nursery", count=1)


def test_one_site_holds_what_its_floor_allows():
    places = sites(
        services=["nursery;elderly_day_care;health_station", "nursery;elderly_day_care"],
        floor_area_m2=[500, 360],
        cost_cny=[100, 100],
    )
    services = ["nursery", "elderly_day_care", "health_station"]
    found = lc.site_facilities(SAMPLE, services, sites=places, count=2, minutes=10)
    held = found.sites.groupby("site_id")["service"].agg(set).to_dict()
    need = {"nursery": 200, "elderly_day_care": 350, "health_station": 120}
    for site, floor in (("A0", 500), ("A1", 360)):
        assert sum(need[service] for service in held.get(site, ())) <= floor
    assert found.cost_cny == 200
    free = SitingModel(floor_area_m2=dict.fromkeys(services, 0))
    whole = lc.site_facilities(SAMPLE, services, sites=places, count=2, minutes=10, model=free)
    assert whole.covered_people >= found.covered_people
    with pytest.warns(lc.LifecircleWarning, match=r"floor area of 1 of 2 sites .*were left out"):
        lc.site_facilities(
            SAMPLE, ["nursery", "elderly_day_care"], count=1, minutes=10,
            sites=places.assign(floor_area_m2=[600, None]),
        )  # fmt: skip
    with pytest.warns(lc.LifecircleWarning, match="no standard states the floor area of library"):
        lc.site_facilities(
            SAMPLE, ["nursery", "library"], count=1,
            sites=places.assign(services="nursery;library"),
        )  # fmt: skip


def test_a_site_too_small_is_left_out_and_told():
    places = sites(services=["elderly_day_care"] * 3, floor_area_m2=[349, 350, None])
    with pytest.warns(lc.LifecircleWarning) as told:
        found = lc.site_facilities(SAMPLE, "elderly_day_care", sites=places, count=2)
    assert set(found.sites["site_id"]) == {"A1", "A2"}
    messages = [str(one.message) for one in told]
    assert any("1 of 3 sites" in one and "350 m²" in one and "(ids A0)" in one for one in messages)
    assert any("is not known (ids A2)" in one for one in messages)
    with (
        pytest.warns(lc.LifecircleWarning),
        pytest.raises(lc.InputError, match="none of the 1 sites for 'elderly_day_care' is known"),
    ):
        lc.site_facilities(SAMPLE, "elderly_day_care", sites=places[:1], count=1)


def test_what_cannot_be_asked_of_a_study_is_told():
    with pytest.raises(lc.InputError, match=r"none of the 10 sites may hold 'park'.*nursery × 4"):
        lc.site_facilities(SAMPLE, "公园", count=1)
    with pytest.raises(lc.UnknownServiceError, match="did you mean nursery"):
        lc.site_facilities(SAMPLE, "nursary", count=1)
    with pytest.raises(lc.InfeasibleError, match="the cheapest, S04, costs 850,000 yuan"):
        lc.site_facilities(SAMPLE, "nursery", budget_cny=100)
    with pytest.raises(lc.InfeasibleError, match="the cheapest, S04, costs 850,000 yuan"):
        lc.site_facilities(SAMPLE, ["nursery", "library"], budget_cny=100,
                           model=SitingModel(floor_area_m2={"library": 100}))  # fmt: skip
    with pytest.raises(lc.InputError, match="count: say how many"):
        lc.site_facilities(SAMPLE, "nursery")
    with pytest.raises(lc.InputError, match="4 candidate sites"):
        lc.site_facilities(SAMPLE, "nursery", count=5)
    with pytest.raises(lc.InputError, match="LSCP takes one service at a time"):
        lc.site_facilities(SAMPLE, ["nursery", "library"], model="LSCP")
    with pytest.raises(lc.InputError, match="the model says 5"):
        lc.site_facilities(SAMPLE, "nursery", budget_cny=3, model=SitingModel(budget_cny=5))
    with pytest.raises(lc.InputError, match=r"1 of 2 candidate sites have no cost \(ids A1\)"):
        lc.site_facilities(SAMPLE, "library", budget_cny=9,
                           sites=sites(services=["library"] * 2, cost_cny=[1, None]))  # fmt: skip
    with pytest.raises(lc.InputError, match=r"have none \(ids A1, facility P"):
        lc.site_facilities(SAMPLE, "library", count=1, model="CMCLP",
                           sites=sites(services=["library"] * 2, capacity=[1, None]))  # fmt: skip
    with pytest.raises(lc.InputError, match="the study has none"):
        lc.site_facilities(replace(SAMPLE, extras={}), "library", count=1)
    with pytest.raises(lc.InputError, match="name at least one"):
        lc.site_facilities(SAMPLE, [], count=1)


@pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
def test_a_site_far_from_streets_is_named():
    places = sites(services=["library"] * 2)
    places.loc[1, "geometry"] = gpd.points_from_xy([113.5], [28.9])[0]
    with pytest.raises(lc.InputError, match=r"1 of 2 \(ids A1\) lie more than 100 m.*nothing is"):
        lc.site_facilities(SAMPLE, "library", sites=places, count=1)
    with pytest.raises(lc.InputError, match=r"nothing is known"):
        lc.site_facilities(SAMPLE, "library", sites=places[1:], count=1)


def test_nothing_that_is_handed_in_is_changed():
    places = sites(services=["library"] * 2, cost_cny=[3, 4])
    before = places.copy()
    lc.site_facilities(SAMPLE, "library", sites=places, budget_cny=5)
    pd.testing.assert_frame_equal(places, before)


@settings(max_examples=200)
@given(st.data())
def test_no_way_to_fill_the_sites_brings_more_people(data):
    draw = data.draw
    sites_, services = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    options = [(j, s) for s in range(services) for j in range(sites_)]
    need = draw(st.lists(st.sampled_from([0, 100, 200]), min_size=services, max_size=services))
    floor = draw(st.lists(st.sampled_from([0, 150, 300]), min_size=sites_, max_size=sites_))
    cost = draw(st.lists(st.sampled_from([1.0, 2, 4]), min_size=sites_, max_size=sites_))
    homes = draw(st.integers(1, 6))
    reach = np.array(
        draw(st.lists(st.lists(st.booleans(), min_size=len(options), max_size=len(options)),
                      min_size=homes, max_size=homes))
    )  # fmt: skip
    people = np.array(draw(st.lists(st.integers(0, 9), min_size=homes, max_size=homes)), float)
    count, budget = draw(st.sampled_from([None, 1, 2])), draw(st.sampled_from([None, 3.0, 5.0]))
    rules = Rules(count, exactly=False, cost=np.array(cost), budget=budget)
    row, option = np.nonzero(reach)
    demand = Demand(people, np.ones(homes), np.concatenate([[0], np.cumsum(reach.sum(axis=1))]),
                    option, np.zeros(len(row)), len(options))  # fmt: skip
    site, need_m2 = zip(*((j, need[s]) for j, s in options), strict=True)
    rooms = Options(np.array(site), np.array(need_m2, float), np.array(floor, float))

    def allowed(chosen):
        bought = {options[k][0] for k in chosen}
        used = [sum(need[s] for k in chosen for j, s in [options[k]] if j == site)
                for site in range(sites_)]  # fmt: skip
        return (
            (count is None or len(bought) <= count)
            and (budget is None or sum(cost[j] for j in bought) <= budget)
            and all(u <= f for u, f in zip(used, floor, strict=True))
        )

    def gained(chosen):
        return people[reach[:, list(chosen)].any(axis=1)].sum()

    every = [c for n in range(len(options) + 1) for c in combinations(range(len(options)), n)]
    best = max(gained(chosen) for chosen in every if allowed(chosen))
    for exact in (True, False):
        model = SitingModel(exact=exact)
        chosen, saved, bound, _ = choose_services(demand, rooms, rules, model)
        assert allowed(chosen.tolist())
        assert saved == pytest.approx(gained(chosen.tolist()))
        assert saved <= best + 1e-9 <= bound + 1e-6
        if exact:
            assert saved == pytest.approx(best) == pytest.approx(bound)


def test_sites_that_look_read_in_the_wrong_system_are_doubted():
    study = lc.load_demo()
    sites = study.extras["sites"]
    lon, lat = from_wgs84(sites.geometry.x, sites.geometry.y, "GCJ-02")
    wrong = sites.set_geometry(gpd.points_from_xy(lon, lat, crs=4326))
    with pytest.warns(lc.LifecircleWarning, match=r"6 of 10 lie outside every unit.*coordinates="):
        lc.site_facilities(study, "elderly_day_care", sites=wrong, count=1)
