"""Walls, gates and compounds of OpenStreetMap; hand-drawn ones and real ones."""

import warnings

import geopandas as gpd
import pytest
import shapely

import osm_towns
from lifecircle import Barriers, read_compounds, read_gates, read_osm_barriers, read_walls
from lifecircle.errors import CrsError, InputError, LifecircleWarning, UnknownNameError
from lifecircle.inputs.osm_barriers import gate_access

WALL = {"barrier": "wall"}
CAMPUS = {"amenity": "university", "name": "湖南大学"}
ROAD = {"highway": "residential"}


def read(path, **options) -> Barriers:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*do not say who passes", LifecircleWarning)
        return read_osm_barriers(path, **options)


def lone_gate(tmp_path, tags, **options):
    """Access and whether it is known of one gate in a wall."""
    nodes = {1: (0, 0), 2: (50, 0, tags), 3: (100, 0)}
    gates = read(
        osm_towns.write(tmp_path / "t.osm", nodes, {9: (WALL, [1, 2, 3])}), **options
    ).gates
    return gates[["access", "access_known"]].to_numpy().tolist()


@pytest.mark.parametrize("barrier", ["wall", "fence", "hedge", "city_wall", "retaining_wall"])
def test_what_stops_people_is_a_wall(tmp_path, barrier):
    path = osm_towns.write(
        tmp_path / "t.osm", {1: (0, 0), 2: (100, 0)}, {9: ({"barrier": barrier}, [1, 2])}
    )
    walls = read(path).walls
    assert walls[["wall_id", "kind"]].to_numpy().tolist() == [["w9", barrier]]
    assert walls.to_crs(osm_towns.CRS).length[0] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize(
    "tags",
    [
        {"barrier": "kerb"},
        {"barrier": "handrail"},
        {"barrier": "guard_rail"},
        {"barrier": "yes"},
        WALL | {"height": "0.3 m"},
        WALL | {"layer": "1"},
        WALL | {"bridge": "yes"},
        WALL | {"tunnel": "yes"},
        WALL | {"indoor": "yes"},
        WALL | {"level": "2"},
    ],
)
def test_what_stops_nobody_on_the_ground_is_no_wall(tmp_path, tags):
    path = osm_towns.write(tmp_path / "t.osm", {1: (0, 0), 2: (100, 0)}, {9: (tags, [1, 2])})
    assert read(path).walls.empty


@pytest.mark.parametrize("height", ["2", "2 m", "high", "0.5"])
def test_a_high_wall_or_one_of_unknown_height_stays(tmp_path, height):
    path = osm_towns.write(
        tmp_path / "t.osm", {1: (0, 0), 2: (100, 0)}, {9: (WALL | {"height": height}, [1, 2])}
    )
    assert len(read(path).walls) == 1


def test_walls_of_a_multipolygon_are_its_rings(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    inner, hole = osm_towns.square(11, 40, 40, 20)
    relation = {5: (WALL | {"type": "multipolygon"}, [(9, "outer"), (10, "inner")])}
    path = osm_towns.write(
        tmp_path / "t.osm", nodes | inner, {9: ({}, ring), 10: ({}, hole)}, relation
    )
    assert read(path).walls["wall_id"].to_list() == ["w9", "w10"]


@pytest.mark.parametrize(
    ("tags", "access", "known"),
    [
        ({"barrier": "gate"}, "open", False),
        ({"barrier": "gate", "access": "private"}, "residents", True),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, "open", True),
        ({"barrier": "gate", "foot": "private", "access": "yes"}, "residents", True),
        ({"barrier": "gate", "access": "permit"}, "residents", True),
        ({"barrier": "gate", "access": "customers"}, "residents", True),
        ({"barrier": "gate", "access": "no"}, "closed", True),
        ({"barrier": "gate", "locked": "yes"}, "closed", True),
        ({"barrier": "gate", "locked": "yes", "access": "private"}, "residents", True),
        ({"barrier": "gate", "locked": "no"}, "open", False),
        ({"barrier": "gate", "access": "destination"}, "open", True),
        ({"barrier": "gate", "access": "unknown"}, "open", False),
        ({"barrier": "wicket_gate", "access": "permissive"}, "open", True),
        ({"barrier": "lift_gate"}, "open", False),
        ({"barrier": "lift_gate", "foot": "no"}, "closed", True),
        ({"barrier": "kissing_gate"}, "open", True),
        ({"barrier": "bollard"}, "open", True),
        ({"barrier": "stile"}, "open", True),
        ({"entrance": "yes"}, "open", False),
        ({"entrance": "main", "access": "private"}, "residents", True),
        ({"entrance": "emergency"}, "closed", True),
        ({"entrance": "exit"}, "closed", True),
    ],
)
def test_who_passes_follows_foot_then_access_then_the_lock(tmp_path, tags, access, known):
    assert lone_gate(tmp_path, tags) == [[access, known]]


@pytest.mark.parametrize("tags", [{}, {"entrance": "no"}, {"entrance": "garage"}, WALL])
def test_other_nodes_of_a_wall_are_no_gates(tmp_path, tags):
    assert lone_gate(tmp_path, tags) == []


def test_what_is_not_said_is_as_the_planner_says_but_for_bars_against_cars(tmp_path):
    for unknown in ("open", "residents", "closed"):
        found = lone_gate(tmp_path, {"barrier": "gate"}, unknown_access=unknown)
        assert found == [[unknown, False]]
        found = lone_gate(tmp_path, {"barrier": "lift_gate"}, unknown_access=unknown)
        assert found == [["open", False]]


def test_gates_of_which_nothing_is_said_are_counted_in_one_warning(tmp_path):
    nodes = {1: (0, 0), 2: (50, 0, {"barrier": "gate"}), 3: (60, 0, {"barrier": "gate"})}
    path = osm_towns.write(tmp_path / "t.osm", nodes, {9: (WALL, [1, 2, 3])})
    with pytest.warns(LifecircleWarning) as told:
        read_osm_barriers(path)
    assert [str(one.message).split(" do not")[0] for one in told] == [
        "gates: 2 of 2 rows (ids n2, n3)"
    ]


def test_hours_and_names_are_kept_as_given_and_hostile_ones_stay_text(tmp_path):
    name = "<b>东门</b>'; --"
    tags = {
        "barrier": "gate",
        "foot": "yes",
        "opening_hours": "Mo-Su 06:00-24:00",
        "name": name,
    }
    path = osm_towns.write(tmp_path / "t.osm", {1: (0, 0, tags)}, {})
    gate = read(path).gates.loc[0]
    assert (gate["gate_id"], gate["name"], gate["hours"]) == ("n1", name, "Mo-Su 06:00-24:00")


def test_bollards_and_entrances_away_from_walls_are_no_gates(tmp_path):
    nodes = {1: (0, 0, {"barrier": "bollard"}), 2: (9, 0, {"entrance": "yes"}), 3: (20, 0)}
    assert read(osm_towns.write(tmp_path / "t.osm", nodes, {8: (ROAD, [1, 2, 3])})).gates.empty


def test_the_entrance_of_a_building_in_a_wall_is_no_gate(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 20)
    nodes |= {2: (20, 0, {"entrance": "main"}), 7: (90, 0)}
    ways = {8: ({"building": "yes"}, ring), 9: (WALL, [2, 7])}
    assert read(osm_towns.write(tmp_path / "t.osm", nodes, ways)).gates.empty


def test_a_gate_drawn_as_a_line_stands_at_its_middle(tmp_path):
    path = osm_towns.write(
        tmp_path / "t.osm",
        {1: (0, 0), 2: (10, 0)},
        {9: ({"barrier": "gate", "access": "no"}, [1, 2])},
    )
    gates = read(path).gates.to_crs(osm_towns.CRS)
    assert gates["gate_id"].to_list() == ["w9"]
    assert gates.geometry[0].distance(shapely.Point(5, 0)) < 0.1


def campus(tmp_path, *, wall_sides=0, gates=(), streets=(), tags=None):
    """A campus of 100 m with a wall along some sides, gates and streets through the south side.

    Gates and streets stand at metres from the south-west corner.
    """
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    ways = {8: (CAMPUS if tags is None else tags, ring)}
    # from the north-east corner round by north and west, so that the south is walled last
    around = [2, 3, 4, 1, 2][: wall_sides + 1]
    if wall_sides:
        ways[9] = (WALL, around)
    for number, x in enumerate(gates):
        nodes[20 + number] = (x, 0, {"barrier": "gate", "foot": "yes"})
    for number, x in enumerate(streets):
        nodes |= {30 + 2 * number: (x, -40), 31 + 2 * number: (x, 40)}
        ways[30 + number] = (ROAD, [30 + 2 * number, 31 + 2 * number])
    return osm_towns.write(tmp_path / "t.osm", nodes, ways)


@pytest.mark.parametrize(
    ("drawn", "walled"),
    [
        ({}, False),
        ({"wall_sides": 1}, False),
        ({"wall_sides": 2}, False),
        ({"wall_sides": 3}, True),
        ({"wall_sides": 4}, True),
        ({"gates": [50]}, True),
        ({"gates": [50], "streets": [50]}, True),
        ({"gates": [50], "streets": [50, 20]}, True),
        ({"gates": [50], "streets": [50, 20, 80]}, False),
        ({"gates": [50], "streets": [20, 80]}, False),
        ({"gates": [50], "streets": [50, 20, 80], "wall_sides": 2}, False),
        ({"streets": [50]}, False),
        ({"tags": CAMPUS | {"barrier": "fence"}}, True),
        ({"tags": {"landuse": "residential"}}, False),
        ({"tags": {"landuse": "residential", "residential": "gated"}}, True),
    ],
)
def test_a_compound_is_walled_only_where_the_map_shows_it(tmp_path, drawn, walled):
    compounds = read(campus(tmp_path, **drawn)).compounds
    assert compounds["compound_id"].to_list() == ["w8"]
    assert compounds["walled"].to_list() == [walled]


def test_a_wall_and_gates_that_both_fall_short_do_together(tmp_path):
    # 54 % of the outline (2 sides and the band of 5 m around them) and 9 of 19 streets: 1.0
    halves = {"gates": [50, 20], "streets": [50, 20, 35, 65, 80], "wall_sides": 2}
    compound = read(campus(tmp_path, **halves)).compounds.loc[0]
    assert compound["gate_share"] == pytest.approx(0.4)
    assert compound["wall_share"] == pytest.approx(0.525, abs=0.002)
    assert not compound["walled"]
    more = {"gates": [50, 20, 35, 65, 5], "streets": [50, 20, 35, 65, 80, 92, 5], "wall_sides": 2}
    assert read(campus(tmp_path, **more)).compounds.loc[0, "walled"]


def test_a_street_through_the_open_side_of_a_walled_compound_is_a_passage(tmp_path):
    with pytest.warns(LifecircleWarning, match=r"1 of 2 rows \(ids w31@w8\)"):
        found = read_osm_barriers(
            campus(tmp_path, wall_sides=3, gates=[50], streets=[50, 20]), unknown_access="residents"
        )
    passage = found.gates[found.gates["kind"] == "street"].to_crs(osm_towns.CRS)
    assert passage["access"].to_list() == ["residents"]
    assert not passage["access_known"].any()
    assert passage.geometry.iloc[0].distance(shapely.Point(20, 0)) < 0.1


def test_a_gated_quarter_without_a_single_gate_is_entered_by_its_streets(tmp_path):
    tags = {"landuse": "residential", "residential": "gated"}
    found = read(campus(tmp_path, tags=tags, streets=[50, 80]))
    assert found.compounds["walled"].all()
    assert found.gates["gate_id"].to_list() == ["w30@w8", "w31@w8"]
    assert set(found.gates["kind"]) == {"street"}


def test_a_street_drawn_through_a_wall_is_no_passage(tmp_path):
    found = read(campus(tmp_path, wall_sides=4, streets=[50]))
    assert found.compounds["walled"].all()
    assert found.gates.empty


@pytest.mark.parametrize(("side", "count"), [(44, 0), (46, 1)])
def test_a_closed_wall_around_nothing_else_is_a_compound_from_a_fifth_of_a_hectare(
    tmp_path, side, count
):
    nodes, ring = osm_towns.square(1, 0, 0, side)
    found = read(osm_towns.write(tmp_path / "t.osm", nodes, {9: (WALL, ring)}))
    assert found.compounds["compound_id"].to_list() == ["w9"] * count
    assert found.compounds["walled"].all()
    assert len(found.walls) == 1


def test_a_wall_drawn_along_a_school_makes_no_second_compound(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    twin, second = osm_towns.square(11, 1, 1, 98)
    ways = {8: ({"amenity": "school"}, ring), 9: (WALL, second)}
    found = read(osm_towns.write(tmp_path / "t.osm", nodes | twin, ways))
    assert found.compounds["compound_id"].to_list() == ["w8"]
    assert found.compounds["walled"].all()


def test_a_walled_building_is_no_compound(tmp_path):
    nodes, ring = osm_towns.square(1, 0, 0, 100)
    ways = {8: (CAMPUS | {"building": "yes"}, ring), 9: (WALL | {"building": "yes"}, ring)}
    assert read(osm_towns.write(tmp_path / "t.osm", nodes, ways)).compounds.empty


def test_a_file_without_barriers_gives_three_empty_tables_without_a_word(tmp_path):
    path = osm_towns.write(tmp_path / "t.osm", {1: (0, 0), 2: (9, 9)}, {8: (ROAD, [1, 2])})
    found = read_osm_barriers(path)
    tables = [found.compounds, found.walls, found.gates]
    assert [len(table) for table in tables] == [0, 0, 0]
    assert all(table.crs.to_epsg() == 4326 for table in tables)


def test_what_an_editor_deleted_is_gone(tmp_path):
    path = osm_towns.write(
        tmp_path / "t.osm",
        {1: (0, 0), 2: (50, 0, {"barrier": "gate"}), 3: (90, 0)},
        {9: (WALL, [1, 3])},
    )
    text = path.read_text().replace('version="0.6"', 'version="0.6" generator="JOSM"')
    text = text.replace('<way id="9"', '<way id="9" action="delete"')
    path.write_text(text.replace('<node id="2"', '<node id="2" action="delete"'))
    found = read_osm_barriers(path)
    assert found.walls.empty
    assert found.gates.empty


def test_bad_requests_and_bad_files_are_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="Did you mean 'closed'"):
        read_osm_barriers(tmp_path / "t.osm", unknown_access="close")
    with pytest.raises(InputError, match="there is no such file"):
        read_osm_barriers(tmp_path / "t.osm")
    (tmp_path / "t.osm").write_text("<osm><node id=")
    with pytest.raises(InputError, match=r"t\.osm"):
        read_osm_barriers(tmp_path / "t.osm")


def test_the_readers_of_layers_take_an_openstreetmap_file_too(tmp_path):
    path = campus(tmp_path, wall_sides=3, gates=[50])
    assert read_compounds(path)["compound_id"].to_list() == ["w8"]
    assert read_walls(path)["wall_id"].to_list() == ["w9"]
    assert read_gates(path, unknown_access="closed")["access"].to_list() == ["open"]
    with pytest.raises(CrsError, match="OpenStreetMap is WGS-84"):
        read_walls(path, coordinates="GCJ-02")


def test_conditions_and_words_that_say_nothing_leave_access_unsaid():
    assert gate_access({}) == ""
    assert gate_access({"foot": "unknown", "access": "private"}) == "residents"
    assert gate_access({"access:conditional": "no @ (22:00-06:00)"}) == ""


def test_the_fence_and_gates_of_a_real_campus_make_it_a_compound(shared_data):
    found = read(shared_data / "beijing_bupt" / "bupt_campus.osm")
    compounds = found.compounds.set_index("compound_id")
    bupt = compounds.loc["w279303636"]
    assert bupt["name"] == "北京邮电大学"
    assert bupt["walled"]
    inside = found.gates.to_crs(osm_towns.local_crs(116.352, 39.961))
    outline = gpd.GeoSeries([bupt["geometry"]], crs=4326).to_crs(inside.crs)[0].exterior
    named = inside[(inside["name"] != "") & (inside.distance(outline) < 12)]
    assert set(named["name"]) == {"北门", "南门", "西门", "东门"}
    assert len(found.walls) == 30
    assert (found.gates["access"] == "closed").sum() == 4


def test_a_campus_without_walls_and_an_industrial_quarter_are_open(shared_data):
    campus = read(shared_data / "changsha_hnu" / "hnu_taozihu.osm").compounds
    assert len(campus) == 3
    assert not campus["walled"].any()


def test_schools_with_walls_and_quarters_with_streets_of_a_real_city(shared_data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        found = read_osm_barriers(shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf")
    walled = found.compounds.set_index("name")["walled"]
    assert walled["Colegio Arenas"]
    assert not walled["Urbanización Industrial El Sebadal"]
    assert 100 < found.compounds["walled"].sum() < 200
    assert len(found.walls) > 4900
    assert found.gates["gate_id"].is_unique
