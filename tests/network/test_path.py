"""The path of one walk: its parts add up to the minutes of travel times, and it passes no wall."""

import itertools
import warnings
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import lifecircle as lc
import towns
import walled
from lifecircle.errors import InputError, LifecircleWarning, SnapError
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.links import GATE_RESIDENTS, SIGNALS

LEGS = ["access", "egress"]
QUICKLY = {
    "suppress_health_check": list(HealthCheck),
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate],  # making a failing town smaller takes minutes
}


def path_of(network, home, shop, *, walker=towns.ONE, **columns):
    """Path between two places of a town, islands being known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return lc.walk_path(
            network, towns.points(home), towns.points(shop, **columns), walker=walker
        )


def minutes_of(network, home, shop, *, walker=towns.ONE, **columns):
    """The same walk by travel times, infinite if there is none within five hours."""
    times = towns.walk(
        network, towns.points(home), towns.points(shop, **columns), walker=walker, limit_min=300
    )
    return float(times.minutes[0]) if len(times.minutes) else np.inf


def drawn(path):
    """Lines in metres of the town."""
    return path.to_crs(towns.TOWN).geometry


def assert_whole(path, network, home, shop, *, walker=towns.ONE, **columns):
    """The path takes as long as travel times say, and hangs together from end to end."""
    wanted = minutes_of(network, home, shop, walker=walker, **columns)
    if not len(path):
        assert wanted == np.inf
        return
    assert path["minutes_total"].iloc[-1] * 60 == pytest.approx(wanted * 60, abs=1e-3)
    assert path["minutes_total"].to_numpy() == pytest.approx(path["minutes"].cumsum().to_numpy())
    lines = drawn(path).to_list()
    assert shapely.Point(lines[0].coords[0]).distance(shapely.Point(home)) < 0.02
    for one, other in itertools.pairwise(lines):
        assert np.hypot(*np.subtract(one.coords[-1], other.coords[0])) < 0.02
    assert set(path["part"]) <= {
        "access", "street", "steps", "crossing", "gate", "connection", "egress",
    }  # fmt: skip


def runs(path, row, *places):
    """Whether a row's line runs over just these places."""
    return np.asarray(drawn(path)[row].coords) == pytest.approx(np.array(places), abs=1e-3)


def parts(path):
    return list(zip(path["part"], path["length_m"].round(1), strict=True))


# ----------------------------------------------------------------------------- by hand


def test_a_path_tells_each_street_in_the_order_it_is_walked():
    """From 12 m south of the middle of AB over B and C to the middle of CF: 12 + 50 + 100 + 50."""
    names = ["first", "second", "up"]
    town = towns.town(
        {"A": (-100, 0), "B": (0, 0), "C": (100, 0), "F": (100, 100)},
        *((*pair, {"name": name, "highway": "service"})
          for pair, name in zip(("AB", "BC", "CF"), names, strict=True)),
    )  # fmt: skip
    path = path_of(town, (-50, -12), (100, 50))
    assert parts(path) == [
        ("access", 12.0),
        ("street", 50.0),
        ("street", 100.0),
        ("street", 50.0),
        ("egress", 0.0),
    ]
    assert path["name"].to_list() == ["", *names, ""]
    assert path["highway"].to_list() == ["", *["service"] * 3, ""]
    assert path["minutes_total"].to_numpy() * 60 == pytest.approx([12, 62, 162, 212, 212])
    assert path.crs == "EPSG:4326"
    assert runs(path, 1, (-50, 0), (0, 0))
    assert runs(path, 3, (100, 0), (100, 50))


def test_stretches_of_one_street_are_one_row():
    path = path_of(towns.pieces(430), (-200, 0), (200, 0))
    assert parts(path) == [("access", 0.0), ("street", 400.0), ("egress", 0.0)]


def test_two_points_of_one_street_walk_along_it_either_way():
    for home, shop in (((-80, 5), (-20, 5)), ((-20, 5), (-80, 5))):
        path = path_of(towns.ladder(), home, shop)
        assert parts(path) == [("access", 5.0), ("street", 60.0), ("egress", 5.0)]
        assert runs(path, 1, (home[0], 0), (shop[0], 0))


def test_a_bent_street_is_drawn_with_its_bends_between_the_very_ends():
    path = path_of(towns.ring(), (0, -100), (-100, 0))
    assert parts(path)[1] == ("street", 200.0)
    assert runs(path, 1, (0, -100), (-100, -100), (-100, 0))


def test_the_shorter_of_two_streets_between_the_same_crossings_is_taken():
    path = path_of(towns.two_ways(), (-50, 0), (150, 0))
    assert path["length_m"].sum() == pytest.approx(200)


def test_stairs_are_told_and_wheels_go_round():
    path = path_of(towns.stairs(), (-25, 0), (125, 0))
    assert [part for part, _ in parts(path)] == ["access", "steps", "street", "egress"]
    round_about = path_of(towns.stairs(), (-25, 1), (125, 0), walker=towns.ONE_ON_WHEELS)
    assert "steps" not in set(round_about["part"])
    assert round_about["length_m"].sum() == pytest.approx(449)


def test_a_wait_is_a_part_of_its_own():
    """A light at B: half of its wait before it and half behind."""
    town = towns.town(
        {"A": (-100, 0), "B": (0, 0), "M": (0, 0), "N": (0, 0), "C": (100, 0)},
        "AB", "BM", "MN", "NC",
    )  # fmt: skip
    link = np.zeros(town.edge_count, dtype=np.int8)
    link[town.edge_length_m == 0] = SIGNALS
    waiting = lc.Walker("waits", 1.0, signals_s=40.0)
    town = replace(town, edge_link=link)
    path = path_of(town, (-100, 0), (100, 0), walker=waiting)
    assert [part for part, _ in parts(path)] == ["access", "street", "crossing", "street", "egress"]
    assert path["minutes"].to_numpy() * 60 == pytest.approx([0, 100, 40, 100, 0], abs=1e-6)
    assert_whole(path, town, (-100, 0), (100, 0), walker=waiting)


def test_up_takes_longer_than_down():
    town = towns.town({"A": (-100, 0), "B": (100, 0)}, "AB")
    town = replace(town, node_elevation_m=np.where(town.node_ids == "A", 0.0, 20.0))
    hiker = lc.Walker("hiker", 1.0)
    up, down = (path_of(town, *ends, walker=hiker) for ends in
                (((-90, 0), (90, 0)), ((90, 0), (-90, 0))))  # fmt: skip
    assert up["minutes_total"].iloc[-1] > 1.2 * down["minutes_total"].iloc[-1]
    assert_whole(up, town, (-90, 0), (90, 0), walker=hiker)
    assert_whole(down, town, (90, 0), (-90, 0), walker=hiker)


def test_the_nearest_of_several_doors_is_entered():
    door = gpd.GeoSeries([shapely.Point(90, 4)], crs=towns.TOWN).to_crs(4326).iloc[0]
    far = gpd.GeoSeries([shapely.Point(-60, 100)], crs=towns.TOWN).to_crs(4326).iloc[0]
    columns = {"entrances": [shapely.MultiPoint([door, far]).wkt]}
    path = path_of(towns.ladder(), (0, 0), (0, 99), **columns)
    assert parts(path) == [("access", 0.0), ("street", 90.0), ("egress", 4.0)]
    assert_whole(path, towns.ladder(), (0, 0), (0, 99), **columns)


def test_a_walk_to_an_area_ends_at_its_edge():
    area = gpd.GeoSeries([shapely.box(50, 20, 80, 60)], crs=towns.TOWN).to_crs(4326).iloc[0]
    columns = {"outline": [area.wkt]}
    path = path_of(towns.ladder(), (0, 0), (65, 40), **columns)
    assert path["part"].to_list() == ["access", "street", "egress"]
    assert np.hypot(50, 20) < path["length_m"].sum() <= 50 + 20
    assert drawn(path)[2].coords[-1] == pytest.approx((50, 20), abs=0.01)
    assert drawn(path)[2].length == pytest.approx(path["length_m"][2], abs=0.01)
    assert_whole(path, towns.ladder(), (0, 0), (65, 40), **columns)


# ----------------------------------------------------------------------------- walls


def estate(south, north, homes=True):
    """A compound between two streets, a lane through it if anything is mapped inside."""
    nodes = {"A": (-300, 0), "B": (0, 0), "C": (300, 0)}
    nodes |= {"D": (-300, 200), "E": (0, 200), "F": (300, 200)}
    streets = ["AB", "BC", "DE", "EF", "AD", "CF", *(["BE"] if homes else [])]
    tables = {
        "compounds": gpd.GeoDataFrame(
            {"compound_id": ["C"]}, geometry=[shapely.box(-100, 50, 100, 150)], crs=towns.TOWN
        ),
        "gates": gpd.GeoDataFrame(
            {"gate_id": ["south", "north"], "access": [south, north], "compound_id": "C"},
            geometry=gpd.points_from_xy([0, 0], [50, 150]),
            crs=towns.TOWN,
        ),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return with_barriers(towns.town(nodes, *streets), Barriers(**tables))


def test_a_path_names_the_gates_it_passes():
    path = path_of(estate("open", "open"), (5, 10), (5, 190))
    assert path.loc[path["part"] == "gate", "name"].to_list() == ["south", "north"]
    assert path["minutes_total"].iloc[-1] * 60 == pytest.approx(190, abs=0.05)


def test_residents_leave_by_their_own_gate_and_others_walk_round():
    network = estate("residents", "open")
    home, shop = (5, 100), (-5, 10)
    assert path_of(network, home, shop).query("part == 'gate'")["name"].to_list() == ["south"]
    back = path_of(network, shop, home)
    assert back.query("part == 'gate'")["name"].to_list() == ["north"]
    assert_whole(back, network, shop, home)


def test_in_a_compound_without_paths_the_way_to_the_gate_is_longer_than_its_line():
    network = estate("residents", "residents", homes=False)
    home, shop = (40, 90), (50, 10)
    path = path_of(network, home, shop)
    assert path["part"].to_list() == ["access", "gate", "connection", "street", "egress"]
    assert path["length_m"][0] == pytest.approx(1.3 * np.hypot(40, 40), abs=0.05)
    assert drawn(path)[0].length == pytest.approx(np.hypot(40, 40), abs=0.05)
    assert_whole(path, network, home, shop)
    neighbour = path_of(network, home, (40, 100))
    assert parts(neighbour) == [("connection", 13.0)]
    assert_whole(neighbour, network, home, (40, 100))


def test_where_there_is_no_way_the_table_is_empty_and_a_warning_says_so():
    network = estate("closed", "closed")
    with pytest.warns(LifecircleWarning) as told:
        path = lc.walk_path(network, towns.points((5, 100)), towns.points((5, 10)))
    assert any("there is no way from the origin" in str(one.message) for one in told)
    assert len(path) == 0
    assert list(path.columns) == list(path_of(network, (5, 10), (50, 0)).columns)
    assert path.crs == "EPSG:4326"


def test_a_point_far_from_every_street_is_an_error_as_for_travel_times():
    with pytest.raises(SnapError, match="destinations"):
        lc.walk_path(towns.ladder(), towns.points((0, 0)), towns.points((0, 900)))


def test_one_point_each_is_asked_for():
    with pytest.raises(InputError, match="destination: 2 rows"):
        lc.walk_path(towns.ladder(), towns.points((0, 0)), towns.points((0, 0), (1, 1)))


def test_bare_columns_of_points_in_any_system_will_do():
    ends = [
        gpd.GeoSeries([shapely.Point(place)], crs=towns.TOWN).to_crs(4547)
        for place in ((-50, -12), (100, 50))
    ]
    path = lc.walk_path(towns.ladder(), *ends, walker="adult")
    assert path["length_m"].sum() == pytest.approx(212, abs=0.05)


# ----------------------------------------------------------------------------- invariants


@settings(max_examples=40, **QUICKLY)
@given(drawing=towns.weird_towns(), data=st.data())
def test_in_weird_towns_paths_take_what_travel_times_say(drawing, data):
    network, places = drawing
    heights = data.draw(st.booleans())
    if heights:
        rng = np.random.default_rng(network.node_count)
        network = replace(network, node_elevation_m=rng.uniform(0, 15, network.node_count))
    walker = data.draw(
        st.sampled_from([towns.ONE, lc.Walker("slow on stairs", 0.7, steps_factor=3.0)])
    )
    home, shop = (data.draw(st.sampled_from(places)) for _ in range(2))
    try:
        path = path_of(network, home, shop, walker=walker)
    except SnapError:
        return
    assert_whole(path, network, home, shop, walker=walker)


def allowed(town, home, gate):
    """Whether a walker from a home may pass a gate of a town, by its words."""
    _, access, owner = town.gates[int(gate.removeprefix("G"))]
    return access == "open" or (access == "residents" and owner in home)


@settings(max_examples=40, **QUICKLY)
@given(data=st.data())
def test_in_walled_towns_paths_pass_walls_at_gates_that_let_the_walker_through(data):
    town = data.draw(walled.walled_towns())
    oracle = walled.Oracle(town)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        network = town.network()
    home, shop = walled.spots(data.draw, town, 2)
    try:
        path = path_of(network, home, shop)
    except SnapError:
        return
    assert_whole(path, network, home, shop)
    if not len(path):
        return
    assert path["length_m"].sum() == pytest.approx(path["minutes_total"].iloc[-1] * 60, abs=1e-3)
    own = oracle.inside(shapely.Point(home))
    gates = path["part"] == "gate"
    for name in path.loc[gates, "name"]:
        assert allowed(town, own, name) if name else own & oracle.gateless
    lines = drawn(path)
    passed = shapely.union_all([shapely.Point(line.coords[0]) for line in lines[gates]])
    for part, line in zip(path["part"], lines, strict=True):
        if part in LEGS:
            continue
        for owner, wall in town.walls():
            for met in shapely.get_parts(line.intersection(wall)):
                assert met.is_empty or passed.distance(met) < 0.02, (part, owner, met)


@pytest.mark.filterwarnings("ignore:facilities. .* only their residents may enter")
def test_there_are_residents_gates_in_the_sample_and_a_path_passes_one():
    study = lc.load_demo()
    network = study.network
    assert (network.edge_link == GATE_RESIDENTS).any()
    times = lc.travel_times(network, study.residents, study.facilities, limit_min=30).to_frame()
    homes = study.residents.set_index("resident_id", drop=False)
    shops = study.facilities.set_index("facility_id", drop=False)
    rng = np.random.default_rng(7)
    passed = set()
    for row in times.iloc[rng.choice(len(times), 25, replace=False)].itertuples():
        path = lc.walk_path(network, homes.loc[[row.origin_id]], shops.loc[[row.destination_id]])
        assert path["minutes_total"].iloc[-1] * 60 == pytest.approx(row.minutes * 60, abs=1e-3)
        passed |= set(path.loc[path["part"] == "gate", "name"])
    admitting = study.extras["gates"].set_index("gate_id")["access"]
    assert len(passed) > 3
    assert "closed" not in set(admitting[list(passed)])
    assert "residents" in set(admitting[list(passed)])
