"""Small real extracts load and route, and say what they lack."""

from __future__ import annotations

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest

import lifecircle as lc

EXTRACTS = {
    "changsha_hnu/hnu_taozihu.osm": 25,
    "beijing_bupt/bupt_campus.osm": 22,
    "guixi_jiangxi/guixi.osm": 110,
    "shanghai_su/shu_baoshan_2021.osm": 45,
    "sao_paulo/spo_osm.osm.pbf": 700,
}


@pytest.mark.filterwarnings("ignore:network. .* of the nodes are not connected")
@pytest.mark.parametrize("name", EXTRACTS)
def test_a_small_extract_routes_as_networkx_does(shared_data, name, rng):
    network = lc.read_walk_network(shared_data / name)
    km = network.edge_length_m.sum() / 1000
    assert km == pytest.approx(EXTRACTS[name], rel=0.25)
    main = np.flatnonzero(network.component == 0)
    homes, places = rng.choice(main, 40), rng.choice(main, 5)

    def at(nodes):
        return gpd.GeoDataFrame(
            geometry=gpd.points_from_xy(*network.node_xy_m[nodes].T), crs=network.crs
        ).reset_index(drop=True)

    plain = lc.Walker("plain", 1.2)  # stairs and crossings cost him nothing but their length
    times = lc.travel_times(network, at(homes), at(places), walker=plain, limit_min=30)
    found = {(o, d): m for o, d, m in times.to_frame().itertuples(index=False)}
    graph = network.to_networkx()
    ids = network.node_ids
    for column, place in enumerate(places):
        metres = nx.single_source_dijkstra_path_length(graph, ids[place], weight="length")
        for row, home in enumerate(homes):
            minutes = metres[ids[home]] / 1.2 / 60
            if abs(minutes - 30) < 1e-4:
                continue
            assert ((row, column) in found) == (minutes < 30)
            if minutes < 30:
                assert found[row, column] * 60 == pytest.approx(minutes * 60, abs=0.1)
