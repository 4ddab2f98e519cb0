"""Health checks: a village by hand for each system, what is never assumed, and the sample."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck as Health
from hypothesis import given, settings
from hypothesis import strategies as st

import lifecircle as lc
from assessment import checked_village as village
from assessment.village import at
from lifecircle.assessment.health_check import BLOCK_COLUMNS, INDICATOR_COLUMNS
from lifecircle.standards.indicators import find_indicators, indicator_systems
from sample import SAMPLE, sample_check

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
MET, NOT, OPEN = "met", "not met", "unknown"
NONE = math.nan
CHILDREN, ELDERS = 100 * 0.8 / 0.85, 100 * 0.75 / 0.85
# indicator: verdict, score
EXPECTED: dict[str, dict[str, tuple[str, float]]] = {
    "complete-community-2020": {
        "CC-01": (MET, 100),
        "CC-02": (NOT, (CHILDREN + 100) / 2),
        "CC-03": (NOT, (CHILDREN + 100) / 2),
        "CC-04": (NOT, (ELDERS + 100) / 2),
        "CC-05": (NOT, 50),  # all walk there, but it is too small
        "CC-06": (MET, 100),
        "CC-07": (MET, 100),
        "CC-08": (MET, 100),
        "CC-09": (MET, 100),
        "CC-10": (MET, 100),  # 20 spaces for 40 households: one each is asked of new estates alone
        "CC-11": (MET, 100),
        "CC-12": (MET, 100),
        "CC-13": (NOT, (100 + 200 / 3 + 100) / 3),  # a toilet of 20 of 30 m²
        "CC-14": (NOT, (200 / 3 + 100) / 2),  # 100 of 150 m²
        "CC-15": (MET, 100),
        "CC-16": (MET, 100),
        "CC-17": (MET, 100),
        "CC-18": (NOT, 0),
        "CC-19": (MET, 100),
        "CC-20": (MET, 100),
    },
    "baizhilin-4": {
        "BZL-01": (MET, 100),
        "BZL-02": (OPEN, NONE),  # neither library nor cultural station is listed
        "BZL-03": (MET, 100),
        "BZL-04": (MET, 100),
        "BZL-05": (OPEN, NONE),
        "BZL-06": (OPEN, NONE),
        "BZL-07": (MET, 100),
        "BZL-08": (MET, 100),
        "BZL-09": (MET, 100),
        "BZL-10": (NOT, 0),
        "BZL-11": (MET, 100),
        "BZL-12": (MET, 100),
        "BZL-13": (OPEN, NONE),
        "BZL-14": (MET, 100),
        "BZL-15": (OPEN, NONE),
        "BZL-16": (MET, 100),
        "BZL-17": (MET, 100),
        "BZL-18": (NOT, 0),
        "BZL-19": (MET, 100),
    },
    "renminlu-3": {
        "RML-01": (NOT, 80),  # 2 of 10 houses
        "RML-02": (MET, 100),
        "RML-03": (OPEN, NONE),
        "RML-04": (OPEN, NONE),
        "RML-05": (OPEN, NONE),
        "RML-06": (NOT, 75),  # 1 of 4 estates
        "RML-07": (MET, 100),
        "RML-08": (NOT, 0),
        "RML-09": (MET, 100),
        "RML-10": (MET, 100),
        "RML-11": (MET, 100),
        "RML-12": (OPEN, 100),  # care is near, a canteen is not listed
        "RML-13": (OPEN, NONE),
        "RML-14": (MET, 100),
        "RML-15": (MET, 100),
    },
    "health-check-2023": {
        "HC-01": (NOT, 80),
        "HC-02": (MET, 100),
        **{f"HC-{n:02d}": (OPEN, NONE) for n in range(3, 12)},
        "HC-12": (MET, 100),
        "HC-13": (MET, 100),
        "HC-14": (NOT, 0),
        "HC-15": (MET, 100),
        "HC-16": (OPEN, NONE),
        "HC-17": (NOT, 50),  # there is one, and it is too small
        "HC-18": (NOT, 0),
        "HC-19": (OPEN, NONE),
        "HC-20": (NOT, 75),
        **{f"HC-{n:02d}": (OPEN, NONE) for n in range(21, 26)},
        "HC-26": (MET, 100),
        **{f"HC-{n:02d}": (OPEN, NONE) for n in range(27, 32)},
    },
    "rhyme-15": {
        "R15-01": (OPEN, NONE),
        "R15-02": (MET, 100),
        "R15-03": (MET, 100),
        "R15-04": (OPEN, 100),  # a bus stop; no car park is listed
        "R15-05": (OPEN, 100),  # a supermarket; no bank is listed
        "R15-06": (OPEN, NONE),
        "R15-07": (OPEN, NONE),
        "R15-08": (OPEN, NONE),
        "R15-09": (MET, 100),
        "R15-10": (MET, 100),
        "R15-11": (OPEN, 100),
        "R15-12": (MET, 100),
        "R15-13": (MET, 100),
        "R15-14": (MET, 100),
        "R15-15": (MET, 100),
    },
    "kaiyuanlu-6": {
        "KYL-1": (MET, 100),
        "KYL-2": (MET, 100),
        "KYL-3": (OPEN, NONE),
        "KYL-4": (MET, 100),
        "KYL-5": (MET, 100),
        "KYL-6": (OPEN, 100),  # no food market is listed
    },
}
# block: score, unknown share
BLOCKS: dict[str, dict[str, tuple[float, float]]] = {
    "complete-community-2020": {
        "services": ((100 + CHILDREN + 100 + (ELDERS + 100) / 2 + 50) / 5, 0),
        "commerce": (100, 0),
        "municipal": ((400 + 800 / 9) / 5, 0),
        "space": ((500 / 6 + 100) / 2, 0),
        "property": (100, 0),
        "governance": (200 / 3, 0),
    },
    "baizhilin-4": {
        "services": (100, 3 / 7),
        "environment": (80, 0),
        "smart": (NONE, 2 / 3),
        "governance": (75, 0),
    },
    "renminlu-3": {
        "housing": (NONE, 0.6),
        "estate": (75, 0),
        "community": (100, 0.3),  # one unknown, one half known
    },
    "health-check-2023": {
        "housing": (NONE, 0.8),
        "estate": (425 / 7, 4 / 11),
        "quarter": (NONE, 0.9),
    },
    "rhyme-15": {"market": (100, 0.4), "learning": (NONE, 0.6), "ages": (100, 0.1)},
    "kaiyuanlu-6": {"grounds": (100, 1 / 3), "facilities": (100, 1 / 9)},
}


@pytest.fixture(scope="module")
def evaluation() -> lc.Evaluation:
    return lc.evaluate(village.study())


@pytest.fixture(scope="module")
def sample() -> lc.HealthCheck:
    return sample_check()


def checked(evaluation: lc.Evaluation, **options: Any) -> lc.HealthCheck:
    """Records by hand, and clauses of no more standards than needed."""
    usual = {"records": village.records(), "standards": ["complete-community-2020"]}
    return lc.health_check(evaluation, **(usual | options))


def row(check: lc.HealthCheck, indicator: str, unit: str = "U") -> pd.Series:
    table = check.indicators
    found = table[(table["indicator_id"] == indicator) & (table["unit_id"] == unit)]
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize("system", EXPECTED)
def test_verdicts_and_scores_are_those_worked_out_by_hand(evaluation, system):
    check = checked(evaluation, indicators=system)
    table = check.indicators.set_index("indicator_id")
    assert table["status"].to_dict() == {key: one[0] for key, one in EXPECTED[system].items()}
    scores = pd.Series({key: one[1] for key, one in EXPECTED[system].items()}, dtype=float)
    pd.testing.assert_series_equal(table["score"], scores, check_names=False)
    blocks = check.blocks.set_index("block")
    expected = pd.DataFrame(BLOCKS[system], index=["score", "unknown_share"], dtype=float).T
    found = blocks[["score", "unknown_share"]]
    pd.testing.assert_frame_equal(found, expected, check_names=False, atol=1e-9)
    counted = blocks[["met", "not_met", "unknown"]].sum(axis=1)
    assert counted.to_list() == blocks["indicators"].to_list()


def test_every_packaged_system_has_its_village():
    assert set(indicator_systems().index) == set(EXPECTED) == set(BLOCKS)


def test_rows_say_what_was_found_where_and_how_sure_it_is(evaluation):
    check = checked(evaluation)
    assert check.indicators.columns.to_list() == list(INDICATOR_COLUMNS)
    assert check.blocks.columns.to_list() == list(BLOCK_COLUMNS)
    school = row(check, "CC-02")
    assert school["value"] == pytest.approx(0.8)
    assert school["threshold"] == 0.85
    walk = "10 min walk to kindergarten: 80% (≥ 85%) (not met)"
    assert school[["unit", "source", "source_name", "why"]].to_list() == [
        "share",
        "computed",
        "computed",
        walk,
    ]
    assert walk in school["parts"]
    parking = row(check, "CC-10")
    assert parking[["value", "threshold", "unit"]].to_list() == [20, 1, "count"]
    assert "car parking spaces: 20 (≥ 1), 0.5 per household (met)" in parking["parts"]
    assert parking["source"] == "records 2024 (by hand)"
    assert (
        "kindergarten (floor ≥ 2200 m², site ≥ 3500 m²): 1 facility (≥ 1) (met)" in school["parts"]
    )
    mixed = row(check, "CC-11")
    assert mixed["source"] == "records 2024 (by hand); computed"
    assert row(check, "CC-09")["verify"] == ""
    assert "to be verified" in row(check, "CC-17")["verify"]
    assert {row["confidence"] for _, row in check.indicators.iterrows()} <= {
        "seen",
        "derived",
        "memory_sure",
    }


def test_it_shows_itself(evaluation):
    check = checked(evaluation)
    assert repr(check) == (
        "HealthCheck of village by complete-community-2020: 20 indicators × 1 units; "
        "13 met, 7 not met, 0 unknown"
    )
    card = check._repr_html_()
    assert "<td>village</td>" in card
    assert "(0 %)" in card
    assert "sample data" not in card


def test_the_card_escapes_names_and_says_what_has_no_score():
    units = village.unit().assign(name="<b>U</b>")
    today = lc.evaluate(village.study(units=units))
    card = checked(today, records=None)._repr_html_()
    assert "<b>U</b>" not in card
    assert "&lt;b&gt;U" in card
    assert "—" in card


def test_compliance_stands_beside_for_the_study_and_the_system(evaluation):
    check = checked(evaluation, standards=None)
    assert set(check.compliance["standard"]) == {"GB50180-2018", "complete-community-2020"}
    chosen = checked(evaluation, standards=["TD/T 1062"], indicators="baizhilin-4")
    assert set(chosen.compliance["standard"]) == {"TDT1062-2021"}


def without(record: str) -> set[str]:
    """Indicators of the default system that cannot be met without a record."""
    system = find_indicators("complete-community-2020")
    return {
        str(name)
        for name, groups in zip(system.table["indicator_id"], system.judged, strict=True)
        if any(part.names == (record,) or record in part.texts.values() for part in sum(groups, ()))
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[Health.function_scoped_fixture])
@given(st.sets(st.sampled_from(sorted(village.RECORDS))))
def test_records_that_are_missing_are_never_met_nor_nothing(evaluation, missing):
    every = checked(evaluation).indicators.set_index("indicator_id")
    given_ = village.records(**dict.fromkeys(missing))
    records = given_ if len(given_) else None
    found = checked(evaluation, records=records).indicators.set_index("indicator_id")
    touched = {name for record in missing for name in without(record)}
    for name in found.index:
        if name not in touched:
            assert found.loc[name, "status"] == every.loc[name, "status"]
            continue
        assert found.loc[name, "status"] != MET
        assert found.loc[name, "known_share"] < 1
        if found.loc[name, "status"] == OPEN:
            assert found.loc[name, "why"]
    main = find_indicators("complete-community-2020")
    for name, groups in zip(main.table["indicator_id"], main.judged, strict=True):
        if groups[0][0].names[0] in missing:
            assert np.isnan(found.loc[name, "value"])


@pytest.mark.parametrize(
    "service",
    [
        "community_service_station",
        "kindergarten",
        "parcel_delivery",
        "housekeeping",
        "bus_stop",
        "public_toilet",
        "public_green",
    ],
)
def test_a_service_that_is_not_listed_is_never_met(service):
    today = lc.evaluate(village.study(facilities=village.facilities(without=(service,))))
    system = find_indicators("complete-community-2020")
    check = checked(today)
    concerned = 0
    for name, groups in zip(system.table["indicator_id"], system.judged, strict=True):
        others = set(village.FACILITIES) - {service}
        alone = [
            group
            for group in groups
            if all(service in part.names and not others & set(part.names) for part in group)
        ]
        if alone:
            concerned += 1
            assert row(check, name)["status"] != MET
            assert row(check, name)["known_share"] < 1
    assert concerned == 1


@pytest.mark.parametrize(
    ("indicator", "change"),
    [
        ("CC-01", {"community_service_station": [(None, None)]}),
        ("CC-06", {"supermarket": [(None, None)]}),
        ("CC-13", {"public_toilet": [(None, None)]}),
        ("CC-14", {"outdoor_fitness": [(None, None)]}),
    ],
)
def test_an_area_that_is_not_known_is_unknown(indicator, change):
    today = lc.evaluate(village.study(facilities=village.facilities(**change)))
    found = row(checked(today), indicator)
    assert found["status"] == OPEN
    assert "state no area" in found["why"]


def test_an_area_that_is_not_known_does_not_matter_where_another_is_enough():
    places = village.facilities(public_toilet=[(None, None), (35, None)])
    found = row(checked(lc.evaluate(village.study(facilities=places))), "CC-13")
    assert found["status"] == MET


def test_convenience_stores_may_stand_for_a_supermarket():
    """Two of 50 m² do; with one, or a second of unknown size, it is not met, or unknown."""
    for stores, verdict in (
        ([(50, None), (60, None)], MET),
        ([(50, None), (49, None)], NOT),
        ([(50, None), (None, None)], OPEN),
    ):
        places = village.facilities(supermarket=[(200, None)], convenience_store=stores)
        found = row(checked(lc.evaluate(village.study(facilities=places))), "CC-06")
        assert found["status"] == verdict
        assert found["value"] == 1  # the walk


def test_a_larger_place_needs_more_of_each():
    """25,000 people need three, one for each 12,000."""
    many = village.residents(people=[20000, 5000])
    found = row(checked(lc.evaluate(village.study(residents=many))), "CC-13")
    assert found["threshold"] == 6
    assert found["value"] == 2
    assert found["status"] == NOT


def test_nobody_is_not_applicable_and_never_nothing():
    nobody = village.residents(people=[0, 0], elderly=[0, 0], children=[0, 0], households=[0, 0])
    check = checked(lc.evaluate(village.study(residents=nobody)))
    for indicator in ("CC-01", "CC-02", "CC-04", "CC-07", "CC-15"):
        found = row(check, indicator)
        assert found["status"] == OPEN
        assert np.isnan(found["value"])
        assert "n/a" in found["why"]


def test_households_that_nothing_tells_are_unknown():
    homes = village.residents().drop(columns="households")
    found = row(checked(lc.evaluate(village.study(residents=homes))), "CC-10")
    assert "car parking spaces: 20 (≥ 1) (met)" in found["parts"]
    table = find_indicators("complete-community-2020").table
    own = table[table["indicator_id"] == "CC-10"].assign(
        parts="record:parking_spaces per=household min=1", unit="per_household"
    )
    found = row(checked(lc.evaluate(village.study(residents=homes)), indicators=own), "CC-10")
    assert found["status"] == OPEN
    assert "households is not known" in found["why"]


def test_walks_beyond_what_was_searched_are_unknown():
    today = lc.evaluate(village.study(minutes=(5,)))
    found = row(checked(today), "CC-01")
    assert found["status"] == OPEN
    assert "up to 5 min" in found["why"]


def test_the_walk_is_that_of_coverage(evaluation):
    table = evaluation.coverage.drop_duplicates(["service", "minutes"])
    share = table.set_index(["service", "minutes"])["covered_share"]
    check = checked(evaluation)
    for indicator, service in (("CC-01", "community_service_station"), ("CC-02", "kindergarten")):
        assert row(check, indicator)["value"] == pytest.approx(share[service, 10.0])


def test_the_studys_own_target_takes_the_place_of_the_packaged_share():
    today = lc.evaluate(village.study(target_share=0.8))
    school = row(checked(today), "CC-02")
    assert school[["value", "threshold", "status"]].to_list() == [0.8, 0.8, MET]
    assert row(checked(today), "CC-04")["status"] == NOT
    own = OWN.assign(parts="covered:kindergarten minutes=10", threshold="0.9", unit="share")
    for name in ("ours", "complete-community-2020"):  # also an edited copy of a packaged one
        check = checked(today, indicators=own.assign(system=name))
        assert row(check, "G1")["threshold"] == 0.9


def test_words_come_in_the_language_of_the_study():
    check = checked(lc.evaluate(village.study(language="zh")), records=None)
    school = row(check, "CC-02")
    assert school["indicator"] == "幼儿园"
    assert school["block_name"] == "基本公共服务设施完善"
    assert school["parts"] == (
        "步行 10 分钟到幼儿园: 80% (≥ 85%)（不达标）；"
        "幼儿园数量（建筑面积 ≥ 2200 ㎡、用地 ≥ 3500 ㎡）: 1 (≥ 1)（达标）"
    )
    assert school["why"] == "步行 10 分钟到幼儿园: 80% (≥ 85%)（不达标）"
    assert school[["source", "source_name"]].to_list() == ["computed", "计算"]
    pipes = row(check, "CC-09")
    assert pipes["why"] == "没有“水电路气信设施完好”的记录"
    assert pipes[["source", "source_name"]].to_list() == ["unknown", "未知"]
    known = checked(lc.evaluate(village.study(language="zh")))
    assert row(known, "CC-11")[["source", "source_name"]].to_list() == [
        "records 2024 (by hand); computed",
        "台账 2024（by hand）；计算",
    ]
    assert "最大建筑面积: 20 ㎡ (≥ 30 ㎡)（不达标）" in row(known, "CC-13")["why"]


OWN = pd.DataFrame(
    {
        "system": "ours",
        "block": "green",
        "block_zh": "绿",
        "indicator_id": ["G1", "G2", "G3", "G4"],
        "indicator_zh": ["公园面积", "养老床位", "条款", "围墙"],
        "unit": ["m2_per_person", "per_1000", "share", ""],
        "parts": [
            "site_per_person:public_green|park",
            "capacity:elderly_service_station",
            "compliance:complete-community-2020 service=kindergarten check=presence",
            "unknown:walls",
        ],
        "threshold": ["10", "30", "1", ""],
        "clause": "ours",
        "source": "ours",
        "weight": ["2", "1", "", ""],
    }
)


def test_a_planners_own_system_is_one_too(tmp_path):
    """900 m² for 100 people are 9 of 10; 4 beds for 20 elders are 200 per 1000."""
    places = village.facilities()
    places["capacity"] = np.where(places["service"] == "elderly_service_station", 4.0, np.nan)
    today = lc.evaluate(village.study(facilities=places))
    path = tmp_path / "我的体检.csv"
    OWN.to_csv(path, index=False, encoding="gb18030")
    for given_ in (path, str(path), OWN):
        check = checked(today, indicators=given_)
        assert check.system == "ours"
        green = row(check, "G1")
        assert green["value"] == pytest.approx(9)
        assert green["status"] == NOT
        assert green["confidence"] == "own"
        assert row(check, "G2")["value"] == pytest.approx(200)
        assert row(check, "G3")[["value", "status"]].to_list() == [1, MET]
        assert row(check, "G4")[["status", "source"]].to_list() == [OPEN, "unknown"]
        # weights 2, 1, 1, 1, of which the last is unknown
        block = check.blocks.iloc[0]
        assert block["score"] == pytest.approx((2 * 90 + 100 + 100) / 4)
        assert block["unknown_share"] == pytest.approx(0.2)


def test_a_block_of_which_just_half_is_known_has_a_score(evaluation):
    """Of weights 1 and 1 half is unknown; of 1 and 1.01 more than half."""
    half = pd.DataFrame(
        {
            "block": "b",
            "indicator_id": ["I1", "I2"],
            "indicator_en": ["lifts", "cameras"],
            "unit": "count",
            "parts": ["record:lifts min=4", "record:cctv_cameras min=1"],
            "weight": [1, 1],
        }
    )
    block = checked(evaluation, indicators=half).blocks.iloc[0]
    assert block[["score", "unknown_share"]].to_list() == [50, 0.5]
    more = checked(evaluation, indicators=half.assign(weight=[1, 1.01])).blocks.iloc[0]
    assert np.isnan(more["score"])
    assert more["unknown_share"] == pytest.approx(1.01 / 2.01)


def test_an_indicator_is_met_only_if_every_part_is(evaluation):
    """lifts 2, governance no, utilities yes, cameras unknown."""
    yes, no, unknown = "record:utilities", "record:governance", "record:cctv_cameras min=1"
    expected = {
        f"{yes}; {yes}": (MET, 100, 1),
        f"{yes}; {no}": (NOT, 50, 1),
        f"{yes}; {unknown}": (OPEN, 100, 0.5),
        f"{no}; {unknown}": (NOT, 0, 0.5),
        f"{unknown}; {unknown}": (OPEN, NONE, 0),
        f"{unknown} or {yes}": (MET, 100, 1),
        f"{no} or {unknown}": (OPEN, NONE, 0),
        f"{no} or record:lifts min=4": (NOT, 50, 1),
        f"{unknown} or {unknown}; {no}": (NOT, 0, 0.5),
    }
    table = pd.DataFrame(
        {
            "block": "b",
            "indicator_id": [f"I{number}" for number in range(len(expected))],
            "indicator_en": "any",
            "unit": ["count" if text.startswith(unknown) else "yes/no" for text in expected],
            "parts": list(expected),
        }
    )
    found = checked(evaluation, indicators=table).indicators
    assert found["status"].to_list() == [one[0] for one in expected.values()]
    assert found["score"].to_list() == pytest.approx(
        [one[1] for one in expected.values()], nan_ok=True
    )
    assert found["known_share"].to_list() == [one[2] for one in expected.values()]


def test_an_indicator_of_which_more_than_half_is_unknown_has_no_score(evaluation):
    """One shed of three things: no score, and the block knows of the other indicator alone."""
    shed, other = "record:ebike_sheds min=1", "record:cctv_cameras min=1"
    table = pd.DataFrame(
        {
            "block": "b",
            "indicator_id": ["I1", "I2", "I3"],
            "indicator_en": ["parking", "lifts", "half"],
            "unit": "count",
            "parts": [f"{shed}; {other}; {other}", "record:lifts min=4", f"{shed}; {other}"],
        }
    )
    check = checked(evaluation, indicators=table)
    found = check.indicators.set_index("indicator_id")
    assert found["status"].to_list() == [OPEN, NOT, OPEN]
    assert found["score"].to_list() == pytest.approx([NONE, 50, 100], nan_ok=True)
    assert found["known_share"].to_list() == pytest.approx([1 / 3, 1, 1 / 2])
    block = check.blocks.iloc[0]
    assert block["score"] == pytest.approx((1 * 50 + 0.5 * 100) / 1.5)
    assert block["unknown_share"] == pytest.approx(1 - 1.5 / 3)
    assert np.isnan(checked(evaluation, indicators=table[:1]).blocks.iloc[0]["score"])


def test_what_is_not_met_says_which_part_fails():
    """Nothing is too small, because nothing is there: 0 of 0, and not met."""
    places = village.facilities(cultural_center=[(3000, None)], sports_ground_medium=[(None, 1310)])
    far = places["service"].isin(["cultural_center", "sports_ground_medium"])
    places.loc[far, "geometry"] = at(1300)
    for language, words in (
        ("en", "cultural activity centre: 0 facilities (≥ 1) (not met)"),
        ("zh", "文化活动中心数量: 0 (≥ 1)（不达标）"),
    ):
        today = lc.evaluate(village.study(facilities=places, language=language))
        check = checked(today, indicators="health-check-2023")
        for indicator in ("HC-23", "HC-24"):
            found = row(check, indicator)
            assert found[["value", "threshold", "status"]].to_list() == [0, 0, NOT]
            assert found["why"] != ""
        assert row(check, "HC-24")["why"] == words


@pytest.mark.parametrize("system", EXPECTED)
def test_whatever_is_not_met_or_unknown_says_why(sample, system):
    check = checked(sample.evaluation, indicators=system, records=None)
    table = check.indicators
    assert (table.loc[table["status"] != MET, "why"] != "").all()
    assert (table.loc[table["status"] == MET, "why"] == "").all()
    names = {"computed": "计算", "unknown": "未知"}
    for name, called in names.items():
        assert set(table.loc[table["source"] == name, "source_name"]) <= {called}


def test_a_year_without_any_records_is_told(evaluation):
    early = "none of 2020 or before \\(they state 2024\\)"
    with pytest.warns(lc.LifecircleWarning, match=early):
        check = checked(evaluation, year=2020)
    assert any("2020" in one for one in check.warnings)
    assert row(check, "CC-09")["status"] == OPEN
    undated = village.records().drop(columns="year")
    with pytest.warns(lc.LifecircleWarning, match="they state no year"):
        checked(evaluation, records=undated, year=2020)
    for records in (undated, village.records()):
        assert not [
            one for one in checked(evaluation, records=records).warnings if "none of" in one
        ]
    assert not [one for one in checked(evaluation, year=2024).warnings if "none of" in one]


def test_the_circle_of_the_sample_says_how_many_communities_have_what_not_all_have(sample):
    """Property service: four of five; the platform: two of four that say, one is silent."""
    service = row(sample, "CC-16", "YH-SZT-01")
    assert service[["status", "score"]].to_list() == [NOT, 80]
    assert "物业服务: 4/5 个下级单元有（不达标）" in service["parts"]
    assert "野坡社区（1/5 个下级单元）" in service["why"]
    platform = row(sample, "CC-17", "YH-SZT-01")
    assert platform[["status", "score", "known_share"]].to_list() == [NOT, 50, 0.8]
    both = sample.blocks.set_index(["unit_id", "block"]).loc[("YH-SZT-01", "property")]
    assert both["score"] == pytest.approx((1 * 80 + 0.8 * 50) / 1.8)
    assert both["unknown_share"] == pytest.approx(0.1)
    assert "2/5 个下级单元有，1 个未知" in platform["parts"]


def test_capacity_that_is_not_known_is_unknown(evaluation):
    found = row(checked(evaluation, indicators=OWN), "G2")
    assert found["status"] == OPEN
    assert "state no area or capacity" in found["why"]


def test_what_is_no_system_is_told(evaluation, tmp_path):
    with pytest.raises(lc.UnknownNameError, match="Did you mean 'rhyme-15'"):
        checked(evaluation, indicators="rhyme-16")
    with pytest.raises(lc.InputError, match="no file"):
        checked(evaluation, indicators=tmp_path / "none.csv")
    with pytest.raises(lc.InputError, match="not a int"):
        checked(evaluation, indicators=4)
    with pytest.raises(lc.InputError, match="year="):
        checked(evaluation, year="2024")
    with pytest.raises(lc.InputError, match="'V'"):
        checked(evaluation, records=village.records().assign(unit_id="V"))


def test_answers_are_checked_and_kept_beside(evaluation, sample):
    answers = pd.DataFrame(
        {"unit_id": ["U"], "service": ["kindergarten"], "satisfaction": [2], "importance": [5]}
    )
    check = checked(evaluation, survey=answers)
    assert check.survey["satisfaction"].to_list() == [2]
    pd.testing.assert_frame_equal(check.indicators, checked(evaluation).indicators)
    with pytest.raises(lc.InputError, match="9"):
        checked(evaluation, survey=answers.assign(satisfaction=9))
    with pytest.raises(lc.InputError, match="'V'"):
        checked(evaluation, survey=answers.assign(unit_id="V"))
    assert checked(evaluation).survey is None
    assert len(sample.survey) == 600


def test_the_sample_has_twenty_items_in_six_blocks_for_each_unit(sample):
    table = sample.indicators
    units = sample.evaluation.study.units["unit_id"]
    assert len(table) == 20 * len(units)
    assert (table.groupby("unit_id")["indicator_id"].nunique() == 20).all()
    assert (table.groupby("unit_id")["block"].nunique() == 6).all()
    assert len(sample.blocks) == 6 * len(units)
    assert set(table["status"]) == {MET, NOT, OPEN}
    assert sample.warnings == ()
    assert "sample data" in sample._repr_html_()


def test_nothing_of_the_sample_is_assumed(sample):
    table = sample.indicators
    unknown = table[table["status"] == OPEN]
    assert (unknown["why"] != "").all()
    assert (table.loc[table["status"] == MET, "known_share"] == 1).all()
    assert (table.loc[table["status"] == MET, "score"] == 100).all()
    assert not (table.loc[table["status"] == NOT, "score"] >= 100).any()
    assert table.loc[table["known_share"] < 0.5, "score"].isna().all()
    assert (table.loc[table["status"] == NOT, "why"] != "").all()
    # parking of 金科园: the documents tell what is new, not what there is
    parking = row(sample, "CC-10", "YH-SZT-01-5")
    assert parking["status"] == OPEN
    assert np.isnan(parking["value"])
    circle = row(sample, "CC-10", "YH-SZT-01")
    assert "金科园社区" in circle["why"]


def test_facts_of_the_documents_carry_their_source(sample):
    lifts = row(sample, "CC-12", "YH-SZT-01-5")
    assert lifts["status"] == MET
    assert "《长沙金科园社区建设完整社区试点经验综述》第4节" in lifts["source"]
    assert "台账 2024（《长沙金科园社区建设完整社区试点经验综述》第4节" in lifts["source_name"]
    assert lifts["source_name"].count("台账") == lifts["source"].count("records")
    assert "加装电梯: 22" in lifts["parts"]


def test_the_sample_is_checked_by_every_system_without_a_warning(sample, recwarn):
    for system, verdicts in EXPECTED.items():
        check = checked(sample.evaluation, indicators=system, records=None)
        assert len(check.indicators) == len(verdicts) * 6
    assert not recwarn.list


def test_walks_longer_than_the_study_looks_are_told():
    today = lc.evaluate(replace(SAMPLE, minutes=(5.0, 10.0)))
    with pytest.warns(lc.LifecircleWarning, match="rhyme-15: .* add 15 to minutes"):
        check = lc.health_check(today, indicators="rhyme-15", standards=["JGJ39-2016"])
    assert any("rhyme-15" in told for told in check.warnings)
