"""Each kind of part in the village by hand: verdict, value and score."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import lifecircle as lc
from assessment import checked_village as village
from assessment.village import CRS, at
from lifecircle.assessment.health_parts import Grounds, judge
from lifecircle.assessment.health_records import RecordBook
from lifecircle.assessment.health_words import shown_number
from lifecircle.assessment.unit_facts import UnitFacts
from lifecircle.standards.parts import read_parts
from lifecircle.standards.records import known_records
from lifecircle.tables.records import check_records

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
MET, NOT, OPEN = "met", "not met", "unknown"
NONE = math.nan
STUDY = SimpleNamespace(language="en")


def grounds_of(evaluation: lc.Evaluation, compliance: pd.DataFrame | None = None) -> Grounds:
    records = check_records(village.records(), known=known_records())
    book = RecordBook(records, evaluation.study.units, None, evaluation.study.language)
    rows = pd.DataFrame() if compliance is None else compliance
    return Grounds(UnitFacts(evaluation), book, rows)


@pytest.fixture(scope="module")
def grounds() -> Grounds:
    """Parcel points of 30 m² and of unknown size, greens of 900 and of unknown size beside all."""
    places = village.facilities(
        parcel_delivery=[(30, None), (None, None)],
        public_green=[(None, 900), (None, None)],
        repair=[(40, None), (60, None)],
    )
    return grounds_of(lc.evaluate(village.study(facilities=places)))


@pytest.mark.parametrize(
    ("text", "verdict", "value", "score"),
    [
        # B is 700 m from F
        ("radius:kindergarten m=699 min=0.85", NOT, 0.8, 100 * 0.8 / 0.85),
        ("radius:kindergarten m=701 min=0.85", MET, 1.0, 100),
        ("covered:kindergarten minutes=10 min=0.8", MET, 0.8, 100),  # exactly at it
        ("covered:kindergarten minutes=11.6 min=0.85", NOT, 0.8, 100 * 0.8 / 0.85),
        ("covered:kindergarten minutes=11.7 min=0.85", MET, 1.0, 100),
        # one service of which one does counts as listed where any is
        ("covered:park|public_green minutes=10 min=1", MET, 1.0, 100),
        ("covered:park minutes=10 min=0", OPEN, NONE, NONE),
        ("count:parcel_delivery min=2", MET, 2, 100),
        ("count:parcel_delivery floor_m2=25 min=1", MET, 1, 100),
        ("count:parcel_delivery floor_m2=25 min=2", OPEN, NONE, NONE),
        ("count:parcel_delivery floor_m2=25 min=3", NOT, 1, 100 / 3),
        ("count:repair each=60 min=1", MET, 2, 100),  # 100 people: two
        ("count:repair each=30 min=1", NOT, 2, 50),  # four
        ("largest_floor:repair min=60", MET, 60, 100),
        ("largest_floor:repair min=80", NOT, 60, 75),
        ("largest_site:public_green min=900", MET, 900, 100),
        ("largest_site:public_green min=901", OPEN, NONE, NONE),
        ("below:repair floor_m2=50 max=0", NOT, 1, 50),  # 1 of 2
        ("below:repair floor_m2=50 max=1", MET, 1, 100),
        ("below:parcel_delivery floor_m2=20 max=0", OPEN, NONE, NONE),
        ("below:parcel_delivery floor_m2=50 max=0", NOT, 1, 50),  # at least the one of 30 m²
        ("floor_per_person:repair min=2", NOT, 1.0, 50),
        ("site_per_person:public_green min=9", MET, 9.0, 100),
        ("site_per_person:public_green min=10", OPEN, NONE, NONE),
        ("capacity:kindergarten min=30", OPEN, NONE, NONE),  # no column of capacities
        ("record:lifts min=4", NOT, 2, 50),
        ("record:lifts per=household min=0.05", MET, 0.05, 100),
        ("record:lifts per=100_households min=10", NOT, 5, 50),
        ("record:lifts per=person min=0.02", MET, 0.02, 100),
        ("record:lifts per=1000_people min=40", NOT, 20, 50),
        ("record:lifts per=residential_buildings min=0.2", MET, 0.2, 100),
        ("record:lifts per=party_branches min=1", OPEN, NONE, NONE),
        ("record:lifts per=risk_gas min=1", OPEN, NONE, NONE),  # divided by 0: not applicable
        ("record:illegal_buildings max=3", MET, 3, 100),
        ("record:illegal_buildings max=2", NOT, 3, 200 / 3),
        ("record:illegal_buildings max=0", NOT, 3, 0),
        ("record:illegal_buildings of=residential_buildings max=0", NOT, 3, 70),
        ("record:illegal_buildings of=party_branches max=0", NOT, 3, NONE),
        ("record:governance", NOT, 0, 0),
        ("record:utilities", MET, 1, 100),
        ("record:cctv_cameras min=1", OPEN, NONE, NONE),
        ("unknown:anything", OPEN, NONE, NONE),
        ("compliance:GB50180-2018 service=kindergarten", OPEN, NONE, NONE),  # none is judged
    ],
)
def test_a_part_by_hand(grounds, text, verdict, value, score):
    (found,) = judge(read_parts(text)[0][0], grounds)
    assert found.verdict == verdict
    assert found.value == pytest.approx(value, nan_ok=True)
    assert found.score == pytest.approx(score, nan_ok=True)
    assert bool(found.why) == (verdict == OPEN)
    assert bool(found.source) == (verdict != OPEN)
    assert found.words


@given(
    value=st.integers(0, 200),
    bound=st.integers(0, 50),
    upwards=st.booleans(),
    of=st.sampled_from(["", " of=residential_buildings"]),
)
def test_scores_are_a_hundred_where_met_and_less_where_not(value, bound, upwards, of):
    units = pd.DataFrame({"unit_id": ["U"], "name": ["U"]})
    rows = pd.DataFrame(
        {"unit_id": "U", "record": ["lifts", "residential_buildings"], "value": [value, 90]}
    )
    book = RecordBook(check_records(rows, known=known_records()), units, None, "en")
    (part,) = read_parts(f"record:lifts {'min' if upwards else 'max'}={bound}{of}")[0]
    (found,) = judge(part, Grounds(SimpleNamespace(units=units, study=STUDY), book, pd.DataFrame()))
    met = value >= bound if upwards else value <= bound
    assert found.verdict == (MET if met else NOT)
    assert found.value == value
    assert found.score == 100 if met else 0 <= found.score < 100


UNITS = pd.DataFrame(
    {"unit_id": list("CABDEF"), "name": list("CABDEF"), "parent_id": ["", *"CCCCC"]}
)


def circle(words: dict[str, str | None], language: str, text: str = "record:property_management"):
    """What a circle of five communities comes to."""
    rows = pd.DataFrame(
        {"unit_id": list(words), "record": "property_management", "value": list(words.values())}
    )
    book = RecordBook(check_records(rows, known=known_records()), UNITS, None, language)
    study = SimpleNamespace(language=language)
    facts = SimpleNamespace(units=UNITS, study=study)
    return judge(read_parts(text)[0][0], Grounds(facts, book, pd.DataFrame()))[0]


def test_four_of_five_communities_with_a_service_are_not_none():
    words = dict(zip("ABDEF", ["无", "有", "有", "有", "有"], strict=True))
    found = circle(words, "zh")
    assert (found.verdict, found.value, found.score) == (NOT, 0, 80)
    assert found.words == "物业服务: 4/5 个下级单元有"
    assert found.why == "“物业服务”为“无”的：A（1/5 个下级单元）"
    told = circle(words, "en")
    assert told.words == "property service: 4 of 5 units below say yes"
    every = circle(dict.fromkeys("ABDEF", "有"), "zh")
    assert (every.verdict, every.score, every.words) == (MET, 100, "物业服务: 5/5 个下级单元有")


def test_communities_that_do_not_say_are_neither_a_yes_nor_a_no():
    """Of two that say anything one says yes: 50; of three silent ones among five, no score."""
    four = circle({"A": "有", "B": "有", "D": "有", "E": "无"}, "zh")
    assert (four.verdict, four.score) == (NOT, 75)
    assert four.known_share == 0.8
    assert four.words == "物业服务: 3/5 个下级单元有，1 个未知"
    two = circle({"A": "有", "B": "无"}, "en")
    assert two.verdict == NOT
    assert math.isnan(two.score)
    assert two.known_share == 0
    assert two.words == "property service: 1 of 5 units below say yes, 3 unknown"
    yes = circle({"A": "有", "B": "有", "D": "有", "E": "有"}, "zh")
    assert yes.verdict == OPEN
    assert math.isnan(yes.score)
    assert yes.words == "物业服务: 4/5 个下级单元有，1 个未知"


@pytest.mark.parametrize(
    ("value", "unit", "upwards", "shown"),
    [
        (0.8497, "share", True, "84.9%"),
        (0.85, "share", True, "85%"),
        (0.29, "share", True, "29%"),
        (0.99999, "share", True, "99.9%"),
        (0.0004, "share", True, "<0.1%"),
        (0.0, "share", True, "0%"),
        (math.nan, "share", True, "—"),
        (0.99999, "per_household", True, "0.9999"),
        (1.00001, "count", False, "1.001"),
        (12345.0, "count", True, "12,345"),
        (12.5, "m", True, "12.5"),
        (100.0, "m2", True, "100"),
        (0.3, "km", True, "0.3"),
    ],
)
def test_numbers_are_rounded_to_the_side_that_promises_less(value, unit, upwards, shown):
    assert shown_number(value, unit, upwards=upwards) == shown


@given(percent=st.integers(1, 100), below=st.floats(1e-6, 1))
def test_a_share_below_the_threshold_never_reads_like_it(percent, below):
    short = max(percent / 100 - below, 0.0)
    assert shown_number(short, "share", upwards=True) != f"{percent}%"
    assert shown_number(percent / 100, "share", upwards=True) == f"{percent}%"


def test_a_record_is_shown_by_another_and_judged_by_itself(grounds):
    """20 spaces of 40 households; of a record that is not there nothing is shown."""
    (found,) = judge(read_parts("record:parking_spaces show=household min=1")[0][0], grounds)
    assert (found.verdict, found.value) == (MET, 20)
    assert found.words == "car parking spaces: 20 (≥ 1), 0.5 per household"
    (found,) = judge(read_parts("record:parking_spaces show=cctv_cameras min=1")[0][0], grounds)
    assert found.words == "car parking spaces: 20 (≥ 1)"


def test_clauses_of_a_standard(grounds):
    rows = pd.DataFrame(
        {
            "unit_id": "U",
            "standard": "GB50180-2018",
            "service": ["kindergarten", "kindergarten", "park", "kindergarten"],
            "check": ["walk", "presence", "walk", "radius"],
            "status": ["met", "met", "not met", "unknown"],
        }
    )
    known = Grounds(grounds.facts, grounds.book, rows)
    for text, verdict, value in (
        ("compliance:GB50180-2018 service=kindergarten check=walk", MET, 1),
        ("compliance:GB50180-2018 service=kindergarten", OPEN, NONE),  # 2 or 3 of 3
        ("compliance:GB50180-2018 service=kindergarten min=0.6", MET, 2 / 3),
        ("compliance:GB50180-2018", NOT, 0.5),
        ("compliance:GB50180-2018 service=park", NOT, 0),
        ("compliance:GB50180-2018 service=nursery", OPEN, NONE),
    ):
        (found,) = judge(read_parts(text)[0][0], known)
        assert found.verdict == verdict, text
        assert found.value == pytest.approx(value, nan_ok=True), text


def test_places_off_the_streets_are_unknown_on_foot_but_not_in_a_straight_line():
    places = village.facilities()
    off = places["service"] == "kindergarten"
    places.loc[off, "geometry"] = at(200, 150)
    far = grounds_of(lc.evaluate(village.study(facilities=places)))
    (walk,) = judge(read_parts("covered:kindergarten minutes=10 min=0.5")[0][0], far)
    assert walk.verdict == OPEN
    assert "near a street" in walk.why
    (line,) = judge(read_parts("radius:kindergarten m=300 min=0.5")[0][0], far)
    assert line.value == pytest.approx(0.8)


def test_what_stands_outside_the_unit_is_reached_but_does_not_stand_inside():
    west, south, _, north = village.unit().total_bounds
    small = village.unit().set_geometry([shapely.box(west, south, west + 110, north)], crs=CRS)
    here = grounds_of(lc.evaluate(village.study(units=small)))
    (walk,) = judge(read_parts("covered:kindergarten minutes=10 min=1")[0][0], here)
    assert walk.verdict == MET
    (inside,) = judge(read_parts("count:kindergarten min=1")[0][0], here)
    assert (inside.verdict, inside.value, inside.score) == (NOT, 0, 0)
