"""Parts of a study have the figures of the whole: every one of them, to the last bit."""

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import hamlets
import lifecircle as lc
from lifecircle.assessment.parts import parts_of
from lifecircle.batch.units import batch_units, districts_of, with_level
from lifecircle.errors import LifecircleWarning
from sample import SAMPLE, sample_check, sample_evaluation

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.errors.LifecircleWarning")

# Ranks are those among the units of one study.
_RANKS = ("rank", "rank_slower", "rank_minute_less", "rank_minute_more", "rank_low", "rank_high",
          "rank_holds", "rank_note")  # fmt: skip


def same(found, expected, what):
    """Whether two tables are equal in every cell."""
    found, expected = (
        pd.DataFrame(one.drop(columns=[n for n in ("geometry", *_RANKS) if n in one]))
        .reset_index(drop=True)
        for one in (found, expected)
    )  # fmt: skip
    pd.testing.assert_frame_equal(found, expected, check_exact=True, obj=what)


def compare(whole, check, shortfalls, part, unit_id):
    """Every table of a part against the rows of the whole."""
    of = lambda table: table[table["unit_id"] == unit_id]  # noqa: E731
    alone = lc.evaluate(part)
    checked = lc.health_check(alone)
    short = lc.rank_shortfalls(checked, draws=5)
    same(of(alone.coverage), of(whole.coverage), "coverage")
    same(of(alone.units), of(whole.units), "units")
    same(of(checked.compliance), of(check.compliance), "compliance")
    same(of(checked.indicators), of(check.indicators), "indicators")
    same(of(checked.blocks), of(check.blocks), "blocks")
    order = ["service", "standard", "clause", "tier", "check"]
    same(of(short).sort_values(order), of(shortfalls).sort_values(order), "shortfalls")
    mine = alone.residents.iloc[np.unique(part.whole.members[0])]
    here = whole.residents["resident_id"].isin(mine["resident_id"])
    same(mine, whole.residents[here], "residents")
    near = whole.facilities["facility_id"].isin(alone.facilities["facility_id"])
    same(alone.facilities, whole.facilities[near], "facilities")
    return alone


def test_every_unit_of_the_sample_alone_is_what_it_is_among_all():
    shortfalls = lc.rank_shortfalls(sample_check(), draws=5)
    parts = parts_of(SAMPLE)
    for level in ("circle", "community"):
        for unit in batch_units(SAMPLE.units, level):
            part = parts.study(unit.rows, unit.name)
            compare(sample_evaluation(), sample_check(), shortfalls, part, unit.unit_id)


@pytest.fixture(scope="module")
def valley(tmp_path_factory):
    """Hamlets of which one has no street, one nobody, and a clinic that no street is near to."""
    study = lc.read_study(hamlets.write(tmp_path_factory.mktemp("v"), 9))
    homes = study.residents
    inside = homes.within(study.units.geometry[4])
    more = hamlets.units(12).iloc[[9, 11]]  # beyond the last street
    units = gpd.GeoDataFrame(pd.concat([study.units, more], ignore_index=True), crs=4326)
    lost = study.facilities[["service", "name", "geometry"]].copy()
    far = lost["service"] == "clinic"
    lost.loc[far, "geometry"] = [
        shapely.affinity.translate(one, 0.0, 0.02) for one in lost.geometry[far]
    ]
    return lc.Study(
        units, lost, homes[~inside].drop(columns=["resident_id"]), study.network,
        minutes=(2, 5), name="山谷",
    )  # fmt: skip


def test_hamlets_alone_are_what_they_are_in_the_valley(valley):
    whole = lc.evaluate(valley)
    check = lc.health_check(whole)
    shortfalls = lc.rank_shortfalls(check, draws=5)
    parts = parts_of(valley)
    cut = 0
    for unit in batch_units(valley.units, "circle"):
        part = parts.study(unit.rows, unit.name)
        cut += part.network.edge_count < valley.network.edge_count
        compare(whole, check, shortfalls, part, unit.unit_id)
    assert cut > 5


def test_what_is_nowhere_near_is_out_of_reach_and_not_unknown(valley):
    parts = parts_of(valley)
    far = lc.evaluate(parts.study([10], "beyond the last street"))
    assert far.required_services == lc.evaluate(valley).required_services
    assert (far.coverage["people"] == 0).all()
    assert far.coverage["covered_share"].isna().all()
    near = lc.evaluate(parts.study([0], "first")).coverage
    assert near[near["service"] == "clinic"]["covered_share"].isna().all()  # on no street at all
    assert near["covered_share"].notna().sum() > 10


def test_real_streets_and_walls_cut_into_boxes(shared_data):
    path = shared_data / "las_palmas" / "las_palmas_20230221.osm.pbf"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        network = lc.with_barriers(lc.read_walk_network(path), lc.read_osm_barriers(path))
        homes = lc.read_residents(lc.read_osm_buildings(path), people=4.0).iloc[::3]
        places = lc.read_osm_facilities(path).iloc[::2]
    xy = shapely.get_coordinates(homes.geometry.to_crs(network.crs).to_numpy())
    middles = np.quantile(xy, [0.2, 0.45, 0.7], axis=0)
    boxes = [shapely.box(x - 200, y - 200, x + 200, y + 200) for x, y in middles]
    units = gpd.GeoDataFrame({"unit_id": ["a", "b", "c"]}, geometry=boxes, crs=network.crs)
    study = lc.Study(units.to_crs(4326), places, homes, network, minutes=(5, 10))
    whole = lc.evaluate(study)
    check = lc.health_check(whole)
    shortfalls = lc.rank_shortfalls(check, draws=5)
    parts = parts_of(study)
    for row, unit_id in enumerate(study.units["unit_id"]):
        part = parts.study([row], unit_id)
        assert part.network.edge_count < network.edge_count / 2
        compare(whole, check, shortfalls, part, unit_id)


def test_people_who_are_said_to_belong_elsewhere_do(valley):
    homes = valley.residents.assign(unit_id="")
    homes.loc[:4, "unit_id"] = "H08"  # who live in the first hamlet
    study = lc.Study(valley.units, valley.facilities, homes, valley.network, minutes=(2, 5))
    whole = lc.evaluate(study)
    alone = lc.evaluate(parts_of(study).study([8], "last"))
    rows = whole.coverage[whole.coverage["unit_id"] == "H08"]
    same(alone.coverage, rows, "coverage")


def test_units_of_a_column_are_put_together(valley):
    named = valley.units.assign(street=["山"] * 6 + [""] * 5, district="东区")
    study = lc.Study(named, valley.facilities, valley.residents, valley.network, minutes=(5,))
    made, _ = with_level(study, "street")
    (unit,) = batch_units(made.units, "street")
    assert (unit.unit_id, unit.name, len(unit.rows)) == ("street:山", "山", 7)
    people = lc.evaluate(made).units.set_index("unit_id")["people"]
    assert people["street:山"] == people[[f"H0{number}" for number in range(6)]].sum()
    assert districts_of(made.units, [unit.rows[1]]) == ["东区"]
    assert with_level(made, "street")[0] is made
