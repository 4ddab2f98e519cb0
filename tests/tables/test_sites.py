"""The table of candidate sites: what it holds, and what is wrong with it."""

import geopandas as gpd
import pandas as pd
import pytest

from lifecircle import DuplicateIdError, InputError, LifecircleWarning, MissingColumnError
from lifecircle.standards import catalog
from lifecircle.tables.sites import check_sites

KNOWN = catalog.services().index


def sites(count=2, **columns):
    place = gpd.points_from_xy([112.99 + row / 1000 for row in range(count)], [28.16] * count)
    return gpd.GeoDataFrame(columns, geometry=place, crs=4326)


def test_services_are_listed_in_one_spelling_and_unknown_numbers_stay_unknown():
    given = sites(
        services=["nursery；clinic,nursery", "clinic|nursery"],
        cost_cny=["1,200,000", None],
        floor_area_m2=[None, None],
    )
    before = given.copy()
    table = check_sites(given, KNOWN)
    assert table["services"].to_list() == ["nursery;clinic", "clinic;nursery"]
    assert table["site_id"].to_list() == table["name"].to_list() == ["S0001", "S0002"]
    assert table["cost_cny"].iloc[0] == 1_200_000
    assert pd.isna(table["cost_cny"].iloc[1])
    assert "floor_area_m2" not in table
    assert table.crs == 4326
    assert table.index.equals(pd.RangeIndex(2))
    pd.testing.assert_frame_equal(given, before)
    assert check_sites(table, KNOWN).equals(table)


def test_everything_that_is_wrong_comes_in_one_error():
    given = sites(
        3,
        site_id=["A", "A", "B"],
        services=["nursary", "clinic", "clinic"],
        cost_cny=["much", -5, 3],
        capacity=[float("inf"), 3, 4],
    )
    with pytest.raises(InputError) as error:
        check_sites(given, KNOWN)
    told = str(error.value)
    assert "5 things are wrong" in told
    for part in (
        "1 ids stand in more than one row (A)",
        "'nursary' × 1 (did you mean nursery",
        "have no number in 'cost_cny' but 'much'",
        "'cost_cny' negative or infinite (-5)",
        "'capacity' negative or infinite (inf)",
    ):
        assert part in told


def test_a_table_must_say_what_sites_may_hold():
    with pytest.raises(MissingColumnError, match=r"no column 'services'.*可设服务.*Columns found"):
        check_sites(sites(cost_cny=[1, 2]))
    table = check_sites(sites(services=["clinic", None]))
    assert table["services"].to_list() == ["clinic", ""]


def test_ids_that_stand_twice_and_no_rows_are_refused():
    with pytest.raises(DuplicateIdError, match="a site is bought once"):
        check_sites(sites(site_id=[1, 1], services=["clinic"] * 2))
    with pytest.raises(InputError, match="no rows"):
        check_sites(sites(0, services=[]))


def test_polygons_stand_for_a_point_inside():
    lots = gpd.GeoDataFrame(
        {"services": ["clinic"]}, geometry=sites(1).to_crs(32649).buffer(20), crs=32649
    )
    with pytest.warns(LifecircleWarning, match="are polygons"):
        table = check_sites(lots)
    assert table.geom_type.to_list() == ["Point"]
