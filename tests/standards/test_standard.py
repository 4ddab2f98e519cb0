"""Standards as data: their rows, their figures, and how sure each of them is."""

import math

import pandas as pd
import pytest

from lifecircle.errors import (
    InputError,
    LifecircleWarning,
    MissingColumnError,
    UnknownNameError,
    UnknownServiceError,
)
from lifecircle.standards import catalog, figures
from lifecircle.standards import standard as law
from lifecircle.standards.rows import COLUMNS, FIGURES, NEEDED, check_rows

STANDARDS = ["GB50180-2018", "complete-community-2020"]


@pytest.mark.parametrize("standard", STANDARDS)
def test_requirements_name_services_clauses_and_how_sure_they_are(standard):
    table = law.requirements(standard)
    services = set(catalog.services().index)
    assert len(table) >= 5
    assert table["service"].is_unique
    assert set(table["service"]) <= services | set(catalog.items().index)
    for service, accepts in zip(table["service"], table["accepts"], strict=True):
        assert service in accepts or service == "walking_system"
        assert set(accepts) <= services
    assert (table["clause"] != "").all()
    assert set(table["confidence"]) <= {"seen", "memory_sure", "memory_unsure"}
    assert table["walk_minutes"].between(5, 15).all()
    radius_m = table["service_radius_m"].dropna()
    assert radius_m.between(100, 1500).all()


def test_figures_of_gb50180_that_every_planner_knows():
    table = law.requirements("GB50180-2018").set_index("service")
    figures = table[["service_radius_m", "walk_minutes"]]
    assert figures.loc["kindergarten"].to_list() == [300, 5]
    assert figures.loc["primary_school"].to_list() == [500, 10]
    assert figures.loc["junior_middle_school"].to_list() == [1000, 15]


@pytest.mark.parametrize(("minutes", "radius_m"), [(5, 300), (10, 500), (15, 1000)])
def test_radii_beside_walking_times_are_those_of_3_0_4(minutes, radius_m):
    assert law.tier_radius_m(minutes) == radius_m


@pytest.mark.parametrize("minutes", [0, 7, 20, 14.999])
def test_other_times_have_no_radius(minutes):
    assert pd.isna(law.tier_radius_m(minutes))


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("GB50180-2018", "GB50180-2018"),
        ("gb 50180", "GB50180-2018"),
        ("GB_50180_2018", "GB50180-2018"),
        ("complete-community-2020", "complete-community-2020"),
        ("Complete Community", "complete-community-2020"),
    ],
)
def test_standards_are_known_by_their_usual_spellings(spelling, code):
    assert law.standard_code(spelling) == code
    assert law.find_standard(spelling) is law.find_standard(code)


def test_an_unknown_standard_gets_those_that_are_known():
    for ask in (law.standard_code, law.find_standard, law.requirements):
        with pytest.raises(UnknownNameError, match=r"unknown standard 'GB50137'.*GB50180-2018"):
            ask("GB50137")


# Rows as data


@pytest.mark.parametrize("code", list(law.standards().index))
def test_every_packaged_row_has_a_clause_a_confidence_a_source_and_figures_that_are_numbers(code):
    found = law.find_standard(code)
    assert list(found.table.columns) == list(COLUMNS)
    rows = found.rows()
    assert len(rows) >= 1
    assert (rows[["clause", "confidence", "source", "item_zh", "item_en"]] != "").all(axis=None)
    assert set(rows["confidence"]) <= set(figures.CONFIDENCES)
    for figure in FIGURES:
        stated = rows[rows[f"{figure}_text"] != ""]
        assert stated[figure].notna().all()
        assert (stated[figure] > 0).all()
    for sure in rows["figure_confidence"]:
        assert set(sure) <= {*FIGURES, "mandatory"}
        assert set(sure.values()) <= set(figures.CONFIDENCES)
    assert set(rows["mandatory"]) <= {"mandatory", "optional", ""}
    known = {*catalog.services().index, *catalog.items().index}
    assert {one for accepts in rows["accepts"] for one in accepts} <= known


def test_the_standards_of_the_issue_are_all_there():
    codes = {"GB50180-2018", "TDT1062-2021", "complete-community-2020", "quarter-hour-2021"}
    codes |= {"health-check-2023", "GB50437-2007", "GB55013-2021", "changsha-2021"}
    assert codes | {"hunan-elderly-2025", "JGJ39-2016"} <= set(law.standards().index)


@pytest.mark.parametrize(
    ("code", "service", "figure", "value", "confidence"),
    [
        ("GB50180-2018", "kindergarten", "service_radius_m", 300, "seen"),
        ("GB50180-2018", "kindergarten", "min_site_area_m2", 5240, "memory_sure"),
        ("GB50180-2018", "kindergarten", "walk_minutes", 5, "derived"),
        ("GB50180-2018", "primary_school", "walk_minutes", 10, "derived"),
        ("GB50180-2018", "waste_collection_point", "service_radius_m", 70, "memory_sure"),
        ("GB50180-2018", "elderly_day_care", "walk_minutes", 5, "memory_sure"),
        ("GB50180-2018", "subdistrict_office", "walk_minutes", 15, "memory_unsure"),
        ("GB55013-2021", "waste_collection_point", "service_radius_m", 120, "seen"),
        ("JGJ39-2016", "kindergarten", "service_radius_m", 500, "seen"),
        ("TDT1062-2021", "health_station", "walk_minutes", 10, "seen"),
        ("complete-community-2020", "kindergarten", "min_floor_area_m2", 2200, "seen"),
        ("complete-community-2020", "public_toilet", "min_floor_area_m2", 30, "memory_sure"),
        ("quarter-hour-2021", "food_market", "walk_minutes", 8, "seen"),
        ("GB50437-2007", "nursing_home", "per_1000", 40, "seen"),
        ("changsha-2021", "primary_school", "target_share", 0.85, "derived"),
        ("hunan-elderly-2025", "elderly_service_station", "min_floor_area_m2", 300, "seen"),
        ("health-check-2023", "elderly_day_care", "min_floor_area_m2", 350, "derived"),
    ],
)
def test_a_figure_and_how_sure_our_copy_of_it_is(code, service, figure, value, confidence):
    rows = law.find_standard(code).rows()
    row = rows[(rows["service"] == service) & rows[figure].notna()].iloc[0]
    assert row[figure] == value
    assert law.confidence_of(row, figure) == confidence


def test_tiers_have_their_people_and_land():
    table = law.tiers("GB50180-2018").set_index("tier")
    assert table.loc["15min", ["population_min", "population_max"]].to_list() == [50000, 100000]
    assert table.loc["15min", ["area_min_ha", "area_max_ha"]].to_list() == [130, 200]
    assert table.index.to_list() == ["block", "5min", "10min", "15min"]


# Figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300", (300, 300)),
        ("300-500", (300, 500)),
        ("5~10", (5, 10)),
        ("800—1000", (800, 1000)),
        ("50,000-100,000", (50000, 100000)),
        ("＞５０００", (5000, math.inf)),
        ("<=300", (0, 300)),
        ("4.5", (4.5, 4.5)),
    ],
)
def test_figures_as_standards_write_them(text, expected):
    assert figures.bounds(text) == expected


@pytest.mark.parametrize("text", ["three", "300m", "-5", "500-300", "300-", "nan", "1e3"])
def test_what_is_no_figure(text):
    with pytest.raises(ValueError, match=r".*"):
        figures.bounds(text)


# A planner's own table


def own(**cells):
    row = dict.fromkeys(NEEDED, "") | {"standard": "OWN", "clause": "1", "item_id": "park"}
    return pd.DataFrame([row | cells])


@pytest.mark.parametrize("column", NEEDED)
def test_a_missing_column_is_told_with_what_stands_there_instead(column):
    table = own().rename(columns={column: column[:-1] + "_"})
    with pytest.raises(MissingColumnError) as caught:
        check_rows(table, "ours.csv")
    told = f"ours.csv: the table of a standard lacks 1 columns: {column} (did you mean "
    assert told in str(caught.value)
    assert f"{column[:-1]}_" in str(caught.value)


def test_all_problems_of_a_table_come_in_one_message():
    table = pd.concat(
        [
            own(walk_minutes="ten"),
            own(item_id="kindergarden", service_radius_m="300 m"),
            own(mandatory="yes"),
            own(per_1000="-3", target_share="85", per_1000_of="people", per_1000_in="capacity"),
            own(confidence="sure", alternative="park"),
        ]
    )
    with pytest.raises(InputError) as caught:
        check_rows(table, "ours.csv")
    text = str(caught.value)
    for told in (
        "1 of 5 rows (ids line 2) hold no number in 'walk_minutes' (ten)",
        "'kindergarden' (did you mean kindergarten?)",
        "hold no number in 'service_radius_m' (300 m)",
        "unknown word in 'mandatory' (yes); use mandatory, optional",
        "hold no number in 'per_1000' (-3)",
        "write 85 % as 0.85",
        "unknown word in 'confidence' (sure)",
        "alternative that is not understood",
    ):
        assert told in text


@pytest.mark.parametrize("text", ["wlk_minutes=seen", "walk_minutes=certain", "walk_minutes"])
def test_confidences_that_are_not_understood_are_refused(text):
    with pytest.raises(InputError, match="in 'figures' that is not understood"):
        check_rows(own(figures=text), "ours.csv")


def test_a_bound_that_leaves_open_what_counts_is_told():
    with pytest.warns(LifecircleWarning, match=r"'service_radius_m' .* \(>500\), so it is not"):
        check_rows(own(service_radius_m=">500"), "ours.csv")
    with pytest.raises(InputError, match="state 0 in 'walk_minutes'"):
        check_rows(own(walk_minutes="0"), "ours.csv")


def test_a_row_without_a_clause_is_told_and_its_verdicts_say_so():
    with pytest.warns(LifecircleWarning, match="have no clause"):
        rows = check_rows(own(clause=""), "ours.csv")
    assert rows["clause"].to_list() == ["条款未写明 / clause not stated"]


def test_a_figure_per_1000_is_of_people_and_capacity_unless_said_otherwise():
    with pytest.warns(LifecircleWarning, match="taken as capacity per 1000 people"):
        rows = check_rows(own(per_1000="4.5"), "ours.csv")
    assert rows.loc[0, ["per_1000_of", "per_1000_in"]].to_list() == ["people", "capacity"]


def test_unknown_services_alone_are_an_error_of_their_kind():
    with pytest.raises(UnknownServiceError, match=r"'food_markt' \(did you mean food_market"):
        check_rows(own(item_id="food_markt"), "ours.csv")
