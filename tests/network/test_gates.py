"""Walls and gates in towns small enough to be walked with a pencil; one metre a second."""

import pickle
import warnings

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

import lifecircle as lc
import towns
from lifecircle.errors import InputError, LifecircleWarning
from lifecircle.network.barriers import Barriers, with_barriers
from lifecircle.network.links import GATE_CLOSED, GATE_RESIDENTS
from lifecircle.network.wall_findings import wall_findings


def near(metres):
    """Right to a twentieth of a second: streets are drawn 2 mm short of walls."""
    return pytest.approx(metres, abs=0.05)


def gates(*rows):
    """Gates ``(x, y, access)`` or ``(x, y, access, compound)``."""
    return gpd.GeoDataFrame(
        {
            "gate_id": [f"G{i}" for i in range(len(rows))],
            "access": [row[2] for row in rows],
            "compound_id": [row[3] if len(row) > 3 else None for row in rows],
        },
        geometry=[shapely.Point(row[:2]) for row in rows],
        crs=towns.TOWN,
    )


def walls(*lines):
    return gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=towns.TOWN)


def compounds(**boxes):
    return gpd.GeoDataFrame(
        {"compound_id": list(boxes)},
        geometry=[shapely.box(*box) for box in boxes.values()],
        crs=towns.TOWN,
    )


def built(network, **tables):
    """Network with walls whose warnings are known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        return with_barriers(network, Barriers(**tables))


def metres(network, home, shop):
    """Length of the walk, infinite if there is none within an hour."""
    times = towns.walk(
        network,
        towns.points(home, resident_id=["home"]),
        towns.points(shop, facility_id=["shop"]),
        limit_min=60,
    )
    return float(times.minutes[0]) * 60 if len(times.minutes) else np.inf


def fence():
    return walls([(-200, 50), (200, 50)])


# ----------------------------------------------------------------------------- lone walls


def test_a_wall_without_gates_parts_the_town_and_says_where():
    """
    ::

        D --- E --- F      y = 100
      ==================   the wall, y = 50
        A --- B --- C      y = 0
    """
    with pytest.warns(LifecircleWarning, match="streets end at walls without a gate at 3 places"):
        network = with_barriers(towns.ladder(), Barriers(walls=fence()))
    assert metres(towns.ladder(), (-100, 10), (-100, 100)) == near(90)
    assert metres(network, (-100, 10), (-100, 100)) == np.inf
    assert metres(network, (-100, 10), (100, 10)) == near(10 + 200 + 10)
    found = wall_findings(network)
    assert found["finding"].to_list() == ["streets cut"]
    assert found["count"].to_list() == [3]


def test_the_way_round_leads_through_the_open_gate():
    """A gate at (0, 50): from A's street over B and E, 90 + 100 + … = 290 + 20 m back."""
    network = built(towns.ladder(), walls=fence(), gates=gates((0, 50, "open")))
    assert metres(network, (-100, 10), (-100, 100)) == near(10 + 100 + 100 + 100)


@pytest.mark.parametrize("access", ["open", "closed"])
def test_the_posts_of_a_gate_are_the_ends_of_its_wall(access):
    """The wall has a gap of four metres in which the gate stands."""
    gap = walls([(-200, 50), (-2, 50)], [(2, 50), (200, 50)])
    assert metres(built(towns.ladder(), walls=gap), (0, 10), (0, 90)) == near(80)
    network = built(towns.ladder(), walls=gap, gates=gates((0, 50, access)))
    there = metres(network, (0, 10), (0, 90))
    assert there == (near(80) if access == "open" else np.inf)


@pytest.mark.parametrize("access", ["open", "closed"])
def test_a_gate_may_stand_on_a_crossing_through_which_the_wall_runs(access):
    """The wall runs through D, E and F themselves: it parts the ladder from a street beyond."""
    town = towns.town(
        {"A": (-100, 0), "B": (100, 0), "M": (0, 0), "N": (0, 90), "S": (0, -90)},
        "AM", "MB", "MN", "MS",
    )  # fmt: skip
    along = walls([(-150, 0), (-30, 20), (0, 0), (30, -20), (150, -20)])
    network = built(town, walls=along, gates=gates((0, 0, access)))
    # the street from the west comes from below the wall, the one to the east goes on above it
    through = metres(network, (0, 80), (0, -80))
    assert through == (near(160) if access == "open" else np.inf)
    assert metres(network, (-80, 0), (0, -80)) == near(160)
    assert metres(network, (80, 0), (0, 80)) == near(160)


def test_a_wall_that_ends_at_a_street_is_walked_around():
    short = walls([(0, 50), (60, 50)])
    network = built(towns.ladder(), walls=short)
    assert metres(network, (0, 10), (0, 90)) == near(80)


def test_nobody_joins_a_street_across_a_wall():
    """A home 10 m north of AB behind a wall: it joins BE, 45 m away, and walks round."""
    behind = walls([(-190, 5), (190, 5)])
    network = built(towns.ladder(), walls=behind, gates=gates((100, 5, "open")))
    # 45 m to BE, 90 m up to E, 100 m to F, 100 m down to C, 150 m to the shop
    there = metres(network, (-45, 10), (-50, 0))
    assert there == near(45 + 90 + 100 + 100 + 150)


def test_a_wall_beside_another_compound_stays_where_it_crosses_the_outline():
    box = compounds(C=(20, 30, 80, 180))
    network = built(towns.ladder(), walls=fence(), compounds=box)
    assert metres(network, (0, 10), (0, 90)) == np.inf


# ----------------------------------------------------------------------------- compounds


def estate():
    """A compound between two streets, with a lane through it.

    ::

        D --------- E --------- F     y = 200
        |      .....|.....      |
        |      :    |    :      |     the compound, x -100 to 100, y 50 to 150
        |      :....|....:      |
        A --------- B --------- C     y = 0
      x -300        0          300
    """
    nodes = {"A": (-300, 0), "B": (0, 0), "C": (300, 0)}
    nodes |= {"D": (-300, 200), "E": (0, 200), "F": (300, 200)}
    return towns.town(nodes, "AB", "BC", "DE", "EF", "AD", "CF", "BE")


INSIDE, SOUTH, NORTH = (5, 100), (5, 10), (5, 190)
BOX = {"C": (-100, 50, 100, 150)}


@pytest.mark.parametrize(
    ("south", "north", "out", "through"),
    [
        ("open", "open", 100, 190),
        ("residents", "residents", 100, 830),  # 5 + 190 … round by A and D: 5 + 10 + 800 + 10 + 5
        ("residents", "open", 100, 830),
        ("closed", "residents", 920, 830),
        ("open", "closed", 100, 830),
        ("closed", "closed", np.inf, 830),
    ],
)
def test_a_gate_lets_through_whom_it_admits(south, north, out, through):
    network = built(
        estate(), compounds=compounds(**BOX), gates=gates((0, 50, south), (0, 150, north))
    )
    assert metres(network, INSIDE, (-5, 10)) == near(out)
    assert metres(network, SOUTH, (-5, 190)) == near(through)


def test_a_residents_gate_helps_its_own_people_alone():
    tables = {"compounds": compounds(**BOX)}
    shut = built(estate(), gates=gates((0, 50, "closed"), (0, 150, "open")), **tables)
    own = built(estate(), gates=gates((0, 50, "residents"), (0, 150, "open")), **tables)
    assert metres(own, INSIDE, (-5, 10)) == near(100)
    assert metres(shut, INSIDE, (-5, 10)) == near(5 + 100 + 800 + 10 + 5)
    assert metres(own, SOUTH, (-5, 190)) == metres(shut, SOUTH, (-5, 190))
    # nor may outsiders come in by it, to what stands inside
    assert metres(own, SOUTH, (-5, 100)) == metres(shut, SOUTH, (-5, 100)) > 900


def test_people_of_an_inner_compound_may_pass_the_outer_one_too():
    nested = compounds(C=BOX["C"], inner=(-40, 80, 40, 120))
    passing = gates(
        (0, 50, "residents", "C"), (0, 80, "residents", "inner"), (0, 120, "closed", "inner")
    )
    network = built(estate(), compounds=nested, gates=passing)
    assert metres(network, INSIDE, (-5, 10)) == near(100)
    assert metres(network, (5, 60), (-5, 10)) == near(60)
    assert metres(network, (5, 60), (-5, 100)) == np.inf


def test_a_compound_without_gates_is_a_finding_and_not_a_prison():
    network = with_barriers(estate(), Barriers(compounds=compounds(**BOX)))
    homes = towns.points(INSIDE, (5, 60), SOUTH, resident_id=list("abc"), people=[30, 12, 5])
    shop = towns.points((-5, 10), facility_id=["shop"])
    with pytest.warns(
        LifecircleWarning, match=r"1 of 1 walled compounds have no gate .*concerns 42 people"
    ):
        times = lc.travel_times(network, homes, shop, walker=towns.ONE)
    assert times.to_frame()["minutes"].to_numpy() * 60 == near([100, 60, 10])
    assert metres(network, SOUTH, (-5, 190)) == near(830)
    found = wall_findings(network, homes)
    assert found[["finding", "people"]].values.tolist() == [["compound without gate", 42.0]]


def test_people_behind_closed_gates_alone_are_told():
    network = built(estate(), compounds=compounds(**BOX), gates=gates((0, 50, "closed")))
    home = towns.points(INSIDE, SOUTH, resident_id=["in", "out"], people=[7, 3])
    with pytest.warns(LifecircleWarning, match="closed gates alone.*concerns 7 people"):
        lc.travel_times(network, home, towns.points((-5, 10), facility_id=["shop"]))


def test_a_ring_of_wall_without_gates_is_no_prison_either():
    ring = walls([(-20, 60), (20, 60), (20, 90), (-20, 90), (-20, 60)])
    network = built(towns.ladder(), walls=ring)
    home = towns.points((-10, 70), resident_id=["home"])
    with pytest.warns(LifecircleWarning, match=r"1 of 1 walled compounds have no gate .*wall ring"):
        times = lc.travel_times(
            network, home, towns.points((100, 100), facility_id=["shop"]), walker=towns.ONE
        )
    assert times.minutes[0] * 60 == pytest.approx(10 + 30 + 100, abs=0.05)
    assert metres(network, (0, 20), (0, 98)) > 300  # the street through it is not for outsiders


def test_a_gate_belongs_to_the_wall_it_stands_in_and_not_to_the_next_one():
    """The gate is in the wall of the western compound, twelve metres from the eastern one."""
    pair = compounds(west=(-100, 50, -6, 150), east=(6, 50, 100, 150))
    network = built(estate(), compounds=pair, gates=gates((-6, 100, "residents")))
    found = wall_findings(network)
    assert found.set_index("finding")["ids"]["compound without gate"] == "east"


def test_a_compound_that_is_not_walled_hinders_nobody():
    table = compounds(**BOX).assign(walled=False)
    network = built(estate(), compounds=table)
    assert metres(network, SOUTH, (-5, 190)) == near(190)


def test_a_street_that_brushes_the_outline_is_not_cut():
    """The street zigzags over the southern wall, a metre to either side."""
    bends = [(-90, 49), (-40, 51), (10, 49), (60, 51), (95, 49)]
    street = towns.town({"A": (-300, 45), "B": (300, 45)}, ("A", "B", {"via": bends}))
    network = built(street, compounds=compounds(**BOX), gates=gates((-100, 100, "open")))
    length_m = shapely.LineString([(-300, 45), *bends, (300, 45)]).length
    assert metres(network, (-300, 45), (300, 45)) == near(length_m)
    # and who lives inside does not step over the wall to it
    assert metres(network, (0, 60), (-300, 45)) > 300


def test_an_estate_that_spills_over_its_street_does_not_shut_it():
    """The outline reaches five metres beyond the middle of the street; its gate is there, too."""
    estate_over = compounds(C=(-100, -5, 100, 80))
    network = built(lane(), compounds=estate_over, gates=gates((0, -5, "residents")))
    assert metres(network, (-200, 0), (200, 0)) == pytest.approx(400)


def test_a_wall_that_runs_along_a_street_crosses_it_nowhere():
    bend = [(-200.003, -37.111), (0.517, 3.914), (200.004, 41.237)]
    street = towns.town({"A": bend[0], "B": bend[2]}, ("A", "B", {"via": [bend[1]]}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network = with_barriers(street, Barriers(walls=walls(bend)))
    assert metres(network, (190, 40), bend[0]) == pytest.approx(metres(street, (190, 40), bend[0]))


@pytest.mark.parametrize(
    ("west", "east", "neighbour", "stranger"),
    [
        ("open", "open", 40, 140),
        ("residents", "open", 40, np.inf),
        ("open", "residents", np.inf, np.inf),
        ("residents", "residents", np.inf, np.inf),
        ("closed", "open", np.inf, np.inf),
    ],
)
def test_two_estates_wall_to_wall_need_a_gate_in_either_wall(west, east, neighbour, stranger):
    """Four metres between them; the street crosses both walls, each with its gate.

    Someone from the western one 20 m to the gates and 20 m into the eastern one; a stranger 100 m
    further west through an open gate in the western wall.
    """
    pair = compounds(west=(-80, -50, -2, 50), east=(2, -50, 150, 50))
    street = towns.town({"A": (-300, 0), "B": (300, 0)}, "AB")
    network = built(
        street,
        compounds=pair,
        gates=gates((-80, 0, "open", "west"), (-2, 0, west, "west"), (2, 0, east, "east")),
    )
    assert metres(network, (-20, 0), (20, 0)) == near(neighbour)
    assert metres(network, (-120, 0), (20, 0)) == near(stranger)


def test_gates_that_lead_into_a_gap_between_walls_are_told():
    """Two estates side by side whose only gates open into the seven metres between them."""
    pair = compounds(west=(-150, -50, -3, 50), east=(4, -50, 150, 50))
    street = towns.town({"A": (-300, 0), "B": (300, 0)}, "AB")
    network = built(street, compounds=pair, gates=gates((-3, 0, "residents"), (4, 0, "residents")))
    found = wall_findings(network, towns.points((-50, 5), (50, 5), people=[6, 7]))
    row = found.set_index("finding").loc["gates lead nowhere"]
    assert (row["ids"], row["people"]) == ("west, east", 13)


@pytest.mark.parametrize(("kind", "there"), [("secondary", 600.0), ("residential", np.inf)])
def test_an_outline_drawn_to_the_middle_of_a_main_road_does_not_cut_it(kind, there):
    """The road runs eight metres inside the southern wall; people beside it still join it."""
    via = [(-100, 40), (-90, 58), (90, 58), (100, 40)]
    road = towns.town({"A": (-290, 40), "B": (290, 40)}, ("A", "B", {"via": via, "highway": kind}))
    network = built(road, compounds=compounds(**BOX), gates=gates((0, 150, "open")))
    assert metres(network, (-290, 40), (290, 40)) == pytest.approx(there, abs=25)
    if np.isfinite(there):
        assert metres(network, (0, 30), (50, 30)) == near(28 + 50 + 28)


# ------------------------------------------------------------- compounds without mapped paths


def lane():
    """One street along y = 0, the compound north of it, nothing mapped inside.

    ::

         ...h........
         :          :     the compound, x -100 to 100, y 10 to 150; h a gate far from any street
         :    x     :     the home, (0, 100)
         :..g.......:     g a gate at (-50, 10)
        A ------------- B y = 0
    """
    return towns.town({"A": (-300, 0), "B": (300, 0)}, "AB")


YARD = {"C": (-100, 10, 100, 150)}
HOME = (0, 100)


@pytest.mark.parametrize("detour", [1.0, 1.3, 1.5])
def test_without_mapped_paths_people_walk_straight_to_their_gates_and_a_bit_more(detour):
    network = built(
        lane(),
        compounds=compounds(**YARD),
        gates=gates((-50, 10, "residents"), (80, 10, "residents")),
        detour=detour,
    )
    west = detour * np.hypot(50, 90) + 10 + 50
    east = detour * np.hypot(80, 90) + 10 + 180
    assert metres(network, HOME, (-100, 0)) == near(west)
    assert metres(network, HOME, (-100, 0)) < east
    assert metres(network, HOME, (200, 0)) == near(detour * np.hypot(80, 90) + 10 + 120)
    # to a neighbour in the same compound straight, by no gate at all
    assert metres(network, HOME, (0, 90)) == near(detour * 10)
    # outsiders neither get in nor through
    assert metres(network, (0, 0), (0, 90)) == np.inf


def test_an_open_gate_lets_outsiders_in_where_nothing_is_mapped():
    network = built(lane(), compounds=compounds(**YARD), gates=gates((-50, 10, "open")))
    assert metres(network, (0, 0), (0, 90)) == near(50 + 10 + 1.3 * np.hypot(50, 80))


def test_people_without_mapped_paths_are_told_with_the_detour():
    network = built(lane(), compounds=compounds(**YARD), gates=gates((-50, 10, "residents")))
    home = towns.points(HOME, (150, 5), resident_id=["in", "out"], people=[55, 9])
    with pytest.warns(LifecircleWarning, match=r"no mapped paths .* × 1.3 .*concerns 55 people"):
        lc.travel_times(network, home, towns.points((0, 0), facility_id=["shop"]))


def test_two_homes_at_one_place_in_a_compound_without_paths_walk_alike():
    network = built(lane(), compounds=compounds(**YARD), gates=gates((-50, 10, "open")))
    homes = towns.points(HOME, HOME, resident_id=["a", "b"])
    shops = towns.points((0, 90), (0, 90), facility_id=["x", "y"])
    times = towns.walk(network, homes, shops)
    assert times.minutes * 60 == pytest.approx([13.0] * 4, abs=1e-3)


def test_nearest_minutes_are_those_of_travel_times_in_a_compound_without_paths():
    network = built(
        lane(),
        compounds=compounds(**YARD),
        gates=gates((-50, 10, "residents"), (80, 10, "open")),
    )
    homes = towns.points(HOME, (-90, 140), (0, -5), resident_id=list("abc"))
    shops = towns.points((0, 90), (200, 0), (-100, 0), facility_id=list("xyz"), service=list("pqp"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        nearest = lc.nearest_minutes(network, homes, shops)
        times = lc.travel_times(network, homes, shops).nearest(shops["service"].to_numpy())
    assert nearest.to_numpy() == pytest.approx(times[nearest.columns].to_numpy(), nan_ok=True)


# ----------------------------------------------------------------------------- gates alone


def test_a_closed_gate_in_a_street_closes_it_though_no_wall_is_drawn():
    network = built(towns.ladder(), gates=gates((0, 50, "closed")))
    assert metres(network, (0, 10), (0, 90)) == near(10 + 100 + 100 + 100 + 10)


def test_a_residents_gate_of_no_compound_is_theirs_who_live_behind_it():
    """The lane of the dead end opens at its far end, by a gate at (150, 40)."""
    with pytest.warns(LifecircleWarning, match="1 of 1 gates admit residents but belong to no"):
        network = with_barriers(towns.dead_end(), Barriers(gates=gates((150, 40, "residents"))))
    behind, before = (-150, 80), (-150, 0)
    assert metres(network, behind, before) == near(680)
    assert metres(network, before, behind) == np.inf


def test_gates_that_change_nothing_are_told():
    with pytest.warns(LifecircleWarning, match=r"1 of 1 gates stand in no street.*\(G0\)"):
        network = with_barriers(towns.ladder(), Barriers(gates=gates((50, 50, "closed"))))
    assert metres(network, (0, 10), (0, 90)) == near(80)


def test_gates_name_compounds_that_exist():
    with pytest.raises(InputError, match=r"compound_id of 1 of 1 rows names no compound \(X"):
        with_barriers(estate(), Barriers(compounds(**BOX), None, gates((0, 50, "open", "X"))))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("detour", 0.9),
        ("detour", float("nan")),
        ("gate_m", -1),
        ("tolerance_m", "2"),
        ("gate_m", True),
    ],
)
def test_numbers_out_of_range_are_refused(name, value):
    with pytest.raises(InputError, match=name):
        Barriers(**{name: value})


# ----------------------------------------------------------------------------- the network


def test_walls_are_taken_out_before_others_are_built_in():
    walled = built(estate(), compounds=compounds(**BOX), gates=gates((0, 50, "open")))
    again = built(walled, walls=walls([(-400, 100), (400, 100)]))
    assert again.plain is walled.plain
    assert metres(again, SOUTH, NORTH) == np.inf
    assert metres(built(again), SOUTH, NORTH) == near(190)


def test_to_open_a_gate_changes_what_it_is_and_nothing_else():
    """Scenarios rely on it: nodes, edges and lengths are the same whatever a gate admits."""
    first, second = (
        built(
            estate(),
            compounds=compounds(**BOX, yard=(150, 210, 250, 300)),
            gates=gates((0, 50, access), (0, 150, "open"), (200, 210, access)),
        )
        for access in ("closed", "open")
    )
    assert np.array_equal(first.edge_ends, second.edge_ends)
    assert np.array_equal(first.edge_length_m, second.edge_length_m)
    changed = first.edge_link != second.edge_link
    assert changed.sum() == 2
    assert set(first.edge_link[changed]) == {GATE_CLOSED}


def test_lengths_add_up_when_streets_are_cut():
    network = built(estate(), compounds=compounds(**BOX), gates=gates((0, 50, "residents")))
    street = network.edge_link == 0
    assert network.edge_length_m[street].sum() == near(estate().edge_length_m.sum())
    assert (network.edge_link == GATE_RESIDENTS).sum() == 1


def test_tables_that_are_given_stay_as_they_are():
    tables = compounds(**BOX), walls([(0, 10), (50, 60)]), gates((0, 50, "open"))
    before = [table.copy() for table in tables]
    network = estate()
    lengths = network.edge_length_m.copy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        with_barriers(network, Barriers(*tables))
    for table, old in zip(tables, before, strict=True):
        assert table.equals(old)
    assert np.array_equal(network.edge_length_m, lengths)
    assert network.walls is None


def test_isochrones_stop_at_walls_and_fill_compounds_of_those_who_may_leave():
    shop = towns.points((-5, 10), facility_id=["shop"], service=["shop"])
    areas = {}
    for access in ("closed", "residents", "open"):
        network = built(
            estate(), compounds=compounds(**BOX), gates=gates((0, 50, access), (0, 150, "closed"))
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", LifecircleWarning)
            band = lc.isochrones(network, shop, minutes=[3], walker=towns.ONE, cell_m=5)
        areas[access] = band.geometry.to_crs(towns.TOWN).iloc[0]
    yard = shapely.box(-20, 60, 20, 100)
    assert areas["closed"].intersection(yard).area < 1
    assert areas["residents"].intersection(yard).area > 0.95 * yard.area
    assert areas["open"].intersection(yard).area > 0.95 * yard.area
    assert areas["residents"].intersection(shapely.box(-20, 160, 20, 220)).area < 1


def test_facilities_that_only_residents_may_enter_are_told():
    network = built(estate(), compounds=compounds(**BOX), gates=gates((0, 50, "residents")))
    homes = towns.points(SOUTH, INSIDE, resident_id=["out", "in"])
    shops = towns.points((-5, 55), (-5, 100), (-5, 10), facility_id=["street", "yard", "out"])
    with pytest.warns(
        LifecircleWarning,
        match=r"facilities: 2 of 3 stand in compounds .*\(street, yard\).* 1 of them .*\(street\)",
    ):
        lc.travel_times(network, homes, shops)


def test_people_behind_closed_gates_without_paths_are_cut_off_and_not_unknown():
    network = built(lane(), compounds=compounds(**YARD), gates=gates((-50, 10, "closed")))
    home = towns.points(HOME, (0, -5), resident_id=["in", "out"])
    times = towns.walk(network, home, towns.points((0, 0), facility_id=["shop"]))
    assert len(times.unsnapped_origins) == 0
    assert times.to_frame()["origin_id"].to_list() == ["out"]


def test_a_graph_that_is_handed_back_has_no_way_through_gates_for_residents():
    network = built(
        estate(), compounds=compounds(**BOX), gates=gates((0, 50, "residents"), (0, 150, "open"))
    )
    graph = network.to_networkx().to_undirected()
    assert nx.number_connected_components(graph) == 1
    lengths = nx.single_source_dijkstra_path_length(graph, "B", weight="length")
    assert lengths["E"] == pytest.approx(300 + 200 + 300, abs=0.1)


def test_a_walled_network_is_taken_along_whole():
    network = built(estate(), compounds=compounds(**BOX), gates=gates((0, 50, "residents")))
    copy = pickle.loads(pickle.dumps(network))
    assert metres(copy, INSIDE, (-5, 10)) == metres(network, INSIDE, (-5, 10)) == near(100)


def test_people_far_from_a_street_because_of_a_wall_are_told_so():
    network = built(towns.ladder(), walls=walls([(-190, 5), (190, 5)], [(-190, 95), (190, 95)]))
    homes = towns.points((-50, 50), (-50, 0), resident_id=["between", "street"])
    shop = towns.points((50, 0), facility_id=["shop"])
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        lc.travel_times(network, homes, shop, snap_m=40)
    texts = [str(warning.message) for warning in told]
    assert "1 of 2 points lie further than 40 m from any street that no wall keeps them" in texts[0]


# ----------------------------------------------------------------------------- crossings on walls


def crossroads(tag="crossing"):
    """A footway from south to north over a street from west to east, with a crossing in between.

    ::

                N              y = 200
                |
        W ----- C ----- E      y = 0, the crossing at C
                |
                S              y = -100
    """
    graph = nx.MultiGraph(crs=towns.TOWN)
    places = {"S": (0, -100), "C": (0, 0), "N": (0, 200), "W": (-200, 0), "E": (200, 0)}
    for name, (x, y) in places.items():
        graph.add_node(name, x=x, y=y, **({"highway": tag} if name == "C" and tag else {}))
    for pair in ("SC", "CN", "WC", "CE"):
        graph.add_edge(*pair, highway="footway" if pair in ("SC", "CN") else "residential")
    return lc.WalkNetwork.from_networkx(graph)


@pytest.mark.parametrize("tag", ["", "crossing", "traffic_signals"])
@pytest.mark.parametrize("low", [0, 3, -3])
def test_a_crossing_is_no_hole_in_the_outline_it_stands_on(tag, low):
    network = built(
        crossroads(tag),
        compounds=compounds(C=(-100, low, 100, 150)),
        gates=gates((100, 100, "residents")),
    )
    assert metres(network, (2, -80), (2, 80)) == np.inf
    assert metres(network, (2, -80), (-150, -2)) == near(80 + 150 + 4)


@pytest.mark.parametrize("tag", ["", "crossing"])
def test_a_crossing_is_no_hole_in_a_fence(tag):
    """The fence runs in from the north-west and out to the south-east, through the crossing."""
    slanted = walls([(-150, 60), (0, 0), (150, -60)])
    network = built(crossroads(tag), walls=slanted)
    assert metres(network, (2, -80), (2, 80)) == np.inf
    assert metres(network, (2, -80), (-150, -2)) == near(80 + 150 + 4)
    assert metres(network, (150, 2), (2, 80)) == near(150 + 80 + 4)
    opened = built(crossroads(tag), walls=slanted, gates=gates((0, 0, "open")))
    assert metres(opened, (2, -80), (2, 80)) == near(164)


def test_a_closed_gate_on_a_crossing_closes_it():
    network = built(crossroads(), gates=gates((0, 0, "closed")))
    assert metres(network, (2, -80), (2, 80)) == np.inf


# ----------------------------------------------------------------------------- odd outlines


@pytest.mark.parametrize(
    "lines",
    [
        [[(-50, -50), (50, 50)], [(-50, 50), (50, -50)]],
        [[(0, -50), (0, 0)], [(-50, 50), (0, 0)], [(50, 50), (0, 0)]],
    ],
)
def test_walls_that_meet_on_a_street_cut_it(lines):
    street = towns.town({"A": (-100, 0), "B": (100, 0)}, "AB")
    assert metres(built(street, walls=walls(*lines)), (-80, 0), (80, 0)) == np.inf


def test_a_gate_in_a_wall_that_two_compounds_share_serves_both():
    pair = compounds(A=(-100, 10, 0, 150), B=(0, 10, 100, 150))
    network = built(lane(), compounds=pair, gates=gates((0, 80, "open"), (50, 10, "open")))
    assert metres(network, (-50, 80), (50, 0)) == near(1.3 * (50 + np.hypot(50, 70)) + 10)
    assert metres(network, (-50, 80), (50, 80)) == near(1.3 * 100)


def test_the_gate_of_a_compound_opens_no_other_wall():
    street = towns.town({"A": (0, 0), "B": (0, 200)}, "AB")
    network = built(
        street,
        compounds=compounds(C=(-100, 50, 100, 150)),
        walls=walls([(-300, 38), (300, 38)]),
        gates=gates((0, 50, "open", "C")),
    )
    assert metres(network, (2, 10), (2, 100)) == np.inf


@pytest.mark.parametrize("access", ["residents", None])
def test_who_lives_in_a_courtyard_lives_in_the_compound(access):
    ring = shapely.box(*BOX["C"]).difference(shapely.box(-20, 80, 20, 120))
    table = gpd.GeoDataFrame({"compound_id": ["C"]}, geometry=[ring], crs=towns.TOWN)
    given = gates((0, 50, access)) if access else None
    network = built(estate(), compounds=table, gates=given)
    assert metres(network, INSIDE, (0, 0)) == near(105)


def test_a_part_of_a_compound_without_a_gate_of_its_own_is_a_finding():
    parts = shapely.MultiPolygon([shapely.box(-90, 10, -10, 120), shapely.box(10, 10, 90, 120)])
    table = gpd.GeoDataFrame({"compound_id": ["C"]}, geometry=[parts], crs=towns.TOWN)
    network = built(lane(), compounds=table, gates=gates((-50, 10, "residents", "C")))
    assert metres(network, (50, 80), (50, 0)) == near(80)
    found = wall_findings(network)["finding"].to_list()
    assert found == ["compound without gate", "no mapped paths"]


def test_a_place_on_a_street_that_an_outline_was_drawn_over_is_on_the_street():
    over = compounds(C=(-100, -5, 100, 80))
    network = built(lane(), compounds=over, gates=gates((0, -5, "residents")))
    assert metres(network, (-200, 0), (0, 0)) == near(200)
    assert metres(network, (0, 0), (-200, 0)) == near(200)


def test_a_gate_beside_a_street_closes_its_own_wall_alone():
    beside = walls([(-50, 0.4), (50, 0.4)])
    network = built(lane(), walls=beside, gates=gates((0, 0.4, "closed")))
    assert metres(network, (-80, -1), (80, -1)) == near(162)


@pytest.mark.parametrize("order", [("closed", "open"), ("open", "closed")])
def test_of_two_gates_at_one_place_the_open_one_lets_people_through(order):
    across = walls([(0, -50), (0, 50)])
    network = built(lane(), walls=across, gates=gates(*((0, 0, access) for access in order)))
    assert metres(network, (-80, 0), (80, 0)) == near(160)


def test_a_gate_far_from_the_compound_it_names_is_told_and_opens_nothing():
    network = built(lane(), compounds=compounds(**YARD), gates=gates((-290, -500, "open", "C")))
    found = wall_findings(network)["finding"].to_list()
    assert found == ["compound without gate", "gate without wall"]


def test_a_graph_that_came_back_can_be_walled_again():
    tables = {"compounds": compounds(**BOX)}
    opened = built(estate(), gates=gates((0, 50, "open"), (0, 150, "open")), **tables)
    again = lc.WalkNetwork.from_networkx(opened.to_networkx())
    assert metres(again, SOUTH, NORTH) == near(190)
    assert len(lc.walk_path(again, towns.points(SOUTH), towns.points(NORTH), walker=towns.ONE))
    shut = built(again, gates=gates((0, 50, "closed"), (0, 150, "closed")), **tables)
    assert metres(shut, SOUTH, NORTH) > 800


def test_what_is_no_network_or_no_barriers_is_refused():
    with pytest.raises(InputError, match="got NoneType and Barriers"):
        with_barriers(None, Barriers())
    with pytest.raises(InputError, match="WalkNetwork and dict"):
        with_barriers(estate(), {})
    assert Barriers(detour=np.float32(1.3)).detour == pytest.approx(1.3)
