"""Heights from a raster: at the nodes, in any system, unknown where nothing is known."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
import towns
from lifecircle.network.costs import edge_costs, edge_slopes
from oracle import disagreements

rasterio = pytest.importorskip("rasterio")

LON, LAT = 112.99, 28.16
CELL = 0.0005


def origin(west, north, wide, high):
    """Grid whose north-west corner and cells are so."""
    return rasterio.Affine(wide, 0, west, 0, -high, north)


def raster(path, values, *, crs="EPSG:4326", grid=None, **options):
    """GeoTIFF with its north-west corner 0.005 degrees off the middle of the town."""
    values = np.atleast_3d(np.asarray(values, dtype="float64"))
    values = values.transpose(2, 0, 1) if values.shape[2] < 9 else values
    grid = grid or origin(LON - 0.005, LAT + 0.005, CELL, CELL)
    bands, rows, columns = values.shape
    profile = {"width": columns, "height": rows, "count": bands, "dtype": "float64", "crs": crs}
    units = options.pop("units", None)
    with rasterio.open(path, "w", driver="GTiff", transform=grid, **profile, **options) as file:
        file.write(values)
        if units:
            file.units = [units] * bands
    return path


def plane(rows=20, columns=20):
    """Heights that rise a metre a cell to the east and fall two to the south."""
    down, across = np.mgrid[0:rows, 0:columns]
    return 100.0 + across - 2.0 * down


def height_on_plane(network):
    """What the plane has at each node, from degrees."""
    graph = network.to_networkx()
    lon = np.array([graph.nodes[node]["x"] for node in network.node_ids])
    lat = np.array([graph.nodes[node]["y"] for node in network.node_ids])
    return 100.0 + (lon - (LON - 0.005)) / CELL - 0.5 - 2.0 * ((LAT + 0.005 - lat) / CELL - 0.5)


def test_heights_between_cells_are_those_of_the_plane_they_lie_on(tmp_path):
    network = towns.ladder()
    found = lc.with_elevation(network, raster(tmp_path / "a.tif", plane()))
    assert np.allclose(found.node_elevation_m, height_on_plane(network), rtol=0, atol=1e-6)
    assert network.node_elevation_m is None
    assert not found.node_elevation_m.flags.writeable


def test_a_raster_in_metres_of_its_own_system_gives_its_heights(tmp_path):
    network = towns.ladder()
    east, north = (
        gpd.GeoSeries.from_xy([LON], [LAT], crs=4326).to_crs(4547).get_coordinates().iloc[0]
    )
    grid = origin(east - 500, north + 500, 10, 10)
    path = raster(tmp_path / "a.tif", plane(100, 100), crs="EPSG:4547", grid=grid)
    places = gpd.GeoSeries.from_xy(*network.node_xy_m.T, crs=network.crs).to_crs(4547)
    across = (places.x.to_numpy() - (east - 500)) / 10 - 0.5
    down = (north + 500 - places.y.to_numpy()) / 10 - 0.5
    found = lc.with_elevation(network, path).node_elevation_m
    assert np.allclose(found, 100 + across - 2 * down, rtol=0, atol=1e-6)


def test_a_raster_that_is_turned_or_mirrored_gives_its_heights_all_the_same(tmp_path):
    network = towns.ladder()
    south_up = rasterio.Affine(CELL, 0, LON - 0.005, 0, CELL, LAT + 0.005 - 20 * CELL)
    path = raster(tmp_path / "a.tif", plane()[::-1], grid=south_up)
    found = lc.with_elevation(network, path).node_elevation_m
    assert np.allclose(found, height_on_plane(network), rtol=0, atol=1e-6)


def test_another_band_scales_and_feet_are_read_as_they_are_meant(tmp_path):
    network = towns.ladder()
    both = np.dstack([np.zeros((20, 20)), plane()])
    path = raster(tmp_path / "a.tif", both, units="ft")
    found = lc.with_elevation(network, path, band=2).node_elevation_m
    assert np.allclose(found, height_on_plane(network) * 0.3048, rtol=0, atol=1e-6)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets, file.units = (1, 0.1), (0, 5), ("m", "m")
    found = lc.with_elevation(network, path, band=2).node_elevation_m
    assert np.allclose(found, height_on_plane(network) * 0.1 + 5, rtol=0, atol=1e-6)


def test_a_unit_that_nobody_knows_is_told(tmp_path):
    path = raster(tmp_path / "a.tif", plane(), units="fathom")
    with pytest.warns(lc.LifecircleWarning, match="unit of its heights is 'fathom'"):
        lc.with_elevation(towns.ladder(), path)


def test_within_half_a_cell_of_the_edge_the_outermost_cells_count(tmp_path):
    # one cell of about 490 m over the whole town
    grid = origin(LON - 0.0025, LAT + 0.0025, 0.005, 0.005)
    path = raster(tmp_path / "a.tif", [[7.0]], grid=grid)
    assert lc.with_elevation(towns.ladder(), path).node_elevation_m.tolist() == [7.0] * 6


def test_cells_are_read_a_strip_at_a_time_with_the_same_heights(tmp_path, monkeypatch):
    from lifecircle.inputs import elevation

    network = towns.planar_town(3)
    path = raster(
        tmp_path / "a.tif", plane(40, 40), grid=origin(LON - 0.01, LAT + 0.01, CELL, CELL)
    )
    whole = lc.with_elevation(network, path).node_elevation_m
    monkeypatch.setattr(elevation, "_CELLS_AT_ONCE", 1)
    assert np.array_equal(lc.with_elevation(network, path).node_elevation_m, whole)


def test_nodes_without_data_are_unknown_their_streets_level_and_both_are_counted(tmp_path):
    network = towns.ladder()
    values = plane()
    values[:, :10] = -9999  # the west of the town: A and D, and the cells they lean on
    path = raster(tmp_path / "a.tif", values, nodata=-9999)
    with pytest.warns(lc.LifecircleWarning) as told:
        found = lc.with_elevation(network, path)
    unknown = np.isnan(found.node_elevation_m)
    names = set(network.node_ids[unknown])
    assert {"A", "D"} <= names < {"A", "B", "C", "D", "E", "F"}
    streets = unknown[network.edge_ends].any(axis=1)
    assert f"{unknown.sum()} of 6 nodes is unknown (0 lie outside the raster" in str(
        told[0].message
    )
    assert f"the {streets.sum()} streets that end there are taken as level" in str(told[0].message)
    assert (edge_slopes(found)[streets] == 0).all()
    assert (edge_slopes(found)[~streets] != 0).any()


def test_cells_without_data_that_have_no_weight_do_no_harm(tmp_path):
    # cell centres exactly on the nodes of a town in the raster's own system
    network = towns.town({"A": (0, 0), "B": (100, 0)}, "AB")
    crs = network.crs
    x_m, y_m = network.node_xy_m.min(axis=0)
    grid = origin(x_m - 50, y_m + 50, 100, 100)
    values = [[3.0, 9.0], [-1.0, -1.0]]
    path = raster(tmp_path / "a.tif", values, crs=crs.to_wkt(), grid=grid, nodata=-1)
    heights = dict(
        zip(network.node_ids, lc.with_elevation(network, path).node_elevation_m, strict=True)
    )
    assert heights == {"A": pytest.approx(3.0, abs=1e-6), "B": pytest.approx(9.0, abs=1e-6)}


def test_nodes_outside_the_raster_are_unknown_and_counted(tmp_path):
    grid = origin(LON, LAT + 0.005, CELL, CELL)  # the east alone
    path = raster(tmp_path / "a.tif", plane(), grid=grid)
    with pytest.warns(lc.LifecircleWarning, match=r"\d of 6 nodes is unknown \([1-4] lie outside"):
        found = lc.with_elevation(towns.ladder(), path)
    assert 0 < np.isnan(found.node_elevation_m).sum() < 6


def test_heights_that_no_ground_has_are_unknown_and_told(tmp_path):
    values = plane()
    values[:, :10] = 32767
    path = raster(tmp_path / "a.tif", values)
    with pytest.warns(lc.LifecircleWarning) as told:
        found = lc.with_elevation(towns.ladder(), path)
    assert "heights that no ground has (32767 m)" in str(told[0].message)
    # nor do they leak into the cells beside them
    known = np.isfinite(found.node_elevation_m)
    assert np.allclose(
        found.node_elevation_m[known], height_on_plane(towns.ladder())[known], rtol=0, atol=1e-6
    )
    assert 0 < known.sum() < 6


def test_a_raster_of_another_place_is_refused(tmp_path):
    grid = origin(120, 31, CELL, CELL)
    path = raster(tmp_path / "far.tif", plane(), grid=grid)
    with pytest.raises(lc.InputError, match=r"far\.tif: none of the 6 nodes .* another place"):
        lc.with_elevation(towns.ladder(), path)


def test_a_raster_that_knows_no_height_here_is_refused(tmp_path):
    path = raster(tmp_path / "a.tif", np.full((20, 20), -1.0), nodata=-1)
    with pytest.raises(lc.InputError, match="height of none of the 6 nodes"):
        lc.with_elevation(towns.ladder(), path)


def test_what_is_no_raster_is_refused(tmp_path):
    (tmp_path / "b.tif").write_text("heights", encoding="utf-8")
    with pytest.raises(lc.InputError, match=r"b\.tif: the raster cannot be read"):
        lc.with_elevation(towns.ladder(), tmp_path / "b.tif")
    with pytest.raises(lc.InputError, match="there is no such file"):
        lc.with_elevation(towns.ladder(), tmp_path / "c.tif")


@pytest.mark.parametrize("band", [0, 2, True, "1"])
def test_a_band_that_is_not_there_is_refused(tmp_path, band):
    path = raster(tmp_path / "a.tif", plane())
    with pytest.raises(lc.InputError, match="the raster has the bands 1 to 1"):
        lc.with_elevation(towns.ladder(), path, band=band)


def test_a_raster_without_a_system_is_refused(tmp_path):
    path = raster(tmp_path / "a.tif", plane(), crs=None)
    with pytest.raises(lc.CrsError, match="no reference system"):
        lc.with_elevation(towns.ladder(), path)


def test_without_rasterio_the_extra_is_named(tmp_path, monkeypatch):
    path = raster(tmp_path / "a.tif", plane())
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(lc.MissingPackageError, match=r"with_elevation needs rasterio.*\[raster\]"):
        lc.with_elevation(towns.ladder(), path)


def test_the_way_up_takes_longer_than_the_way_down(tmp_path):
    network = lc.with_elevation(towns.ladder(), raster(tmp_path / "a.tif", plane() * 5))
    places = towns.points((0, 0), (0, 100))  # B, and E to the north of it, uphill
    times = towns.walk(network, places, places, walker=lc.ADULT).to_frame()
    minutes = {(a, b): m for a, b, m in times.itertuples(index=False)}
    assert minutes[0, 1] > 1.2 * minutes[1, 0]


@given(seed=st.integers(0, 10_000))
def test_times_in_hilly_towns_are_those_of_networkx(seed):
    rng = np.random.default_rng(seed)
    network = towns.planar_town(seed, crossings=25)
    network = replace(network, node_elevation_m=rng.uniform(0, 40, network.node_count))
    places = towns.points(*rng.uniform(-400, 400, (10, 2)))
    times = towns.walk(network, places, places, walker=lc.ADULT, snap_m=1000)
    assert disagreements(times, network, places, places, walker=lc.ADULT, snap_m=1000) == []


# ------------------------------------------------------------------------- real hills


@pytest.fixture(scope="module")
def porto_alegre(shared_data):
    folder = shared_data / "porto_alegre"
    network = lc.read_walk_network(folder / "poa_osm.osm.pbf")
    with pytest.warns(lc.LifecircleWarning, match="nodes is unknown"):
        return network, lc.with_elevation(network, folder / "poa_elevation.tif"), folder


def test_heights_of_porto_alegre_are_those_of_scipy(porto_alegre):
    from scipy.ndimage import map_coordinates

    network, hilly, folder = porto_alegre
    with rasterio.open(folder / "poa_elevation.tif") as file:
        values, grid, bounds = file.read(1).astype(float), file.transform, file.bounds
    places = gpd.GeoSeries.from_xy(*network.node_xy_m.T, crs=network.crs).to_crs(4326)
    lon, lat = places.x.to_numpy(), places.y.to_numpy()
    inside = (lon > bounds.left) & (lon < bounds.right) & (lat > bounds.bottom) & (lat < bounds.top)
    at = [(lat - grid.f) / grid.e - 0.5, (lon - grid.c) / grid.a - 0.5]
    expected = map_coordinates(values, at, order=1, mode="nearest")
    assert np.array_equal(np.isfinite(hilly.node_elevation_m), inside)
    assert 0.9 < inside.mean() < 1
    assert np.allclose(hilly.node_elevation_m[inside], expected[inside], rtol=0, atol=1e-4)


def test_times_over_the_hills_of_porto_alegre_are_those_of_a_directed_graph(porto_alegre, rng):
    network, hilly, _ = porto_alegre
    walker = lc.Walker("hiker", 1.2)  # neither stairs nor crossings cost more than their length
    graph = nx.MultiDiGraph()
    for (a, b), length_m in zip(hilly.edge_ends.tolist(), hilly.edge_length_m, strict=True):
        rise_m = float(hilly.node_elevation_m[b] - hilly.node_elevation_m[a])
        slope = rise_m / length_m if length_m > 0 and math.isfinite(rise_m) else 0.0
        for tail, head, s in ((a, b, slope), (b, a, -slope)):
            bounded = max(-0.4, min(0.4, s))
            factor = max(1.0, math.exp(3.5 * (abs(bounded + 0.05) - 0.05)))
            graph.add_edge(tail, head, s=length_m / 1.2 * factor)
    for edge in np.flatnonzero(hilly.is_steps):  # stairs have no slope beside their factor
        a, b = hilly.edge_ends[edge].tolist()
        assert edge_costs(hilly, walker).forward_s[edge] == hilly.edge_length_m[edge] / 1.2
        for tail, head in ((a, b), (b, a)):
            graph.add_edge(tail, head, s=float(hilly.edge_length_m[edge]) / 1.2)
    known = np.flatnonzero(np.isfinite(hilly.node_elevation_m) & (hilly.component == 0))
    middle = hilly.node_xy_m[rng.choice(known)]
    near = known[np.argsort(np.hypot(*(hilly.node_xy_m[known] - middle).T))[:1200]]
    homes, places = rng.choice(near, 60, replace=False), rng.choice(near, 8, replace=False)

    def at(nodes):
        return gpd.GeoDataFrame(geometry=shapely.points(hilly.node_xy_m[nodes]), crs=hilly.crs)

    times = towns.walk(hilly, at(homes), at(places), walker=walker, limit_min=30)
    level = towns.walk(network, at(homes), at(places), walker=walker, limit_min=30)
    found = {(o, d): m for o, d, m in times.to_frame().itertuples(index=False)}
    backward = graph.reverse(copy=False)
    compared = 0
    for column, place in enumerate(places):
        seconds = nx.single_source_dijkstra_path_length(backward, place, cutoff=1800, weight="s")
        for row, home in enumerate(homes):
            if home not in seconds or seconds[home] > 1799.9:
                continue
            assert found[row, column] * 60 == pytest.approx(seconds[home], abs=1e-2)
            compared += 1
    assert compared > 100
    # hills never shorten a walk
    flat = {(o, d): m for o, d, m in level.to_frame().itertuples(index=False)}
    assert all(minutes >= flat[pair] - 1e-5 for pair, minutes in found.items())
    assert sum(minutes > flat[pair] * 1.02 for pair, minutes in found.items()) > 20
