"""Standards as data: their rows, their figures, and how sure each of them is."""

import math

import pandas as pd
import pytest

from lifecircle.errors import InputError, MissingColumnError, UnknownNameError, UnknownServiceError
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
    assert law.standard_name(spelling) == law.standard_name(code)


def test_an_unknown_standard_gets_those_that_are_known():
    for ask in (law.standard_code, law.standard_name, law.requirements):
        with pytest.raises(
            UnknownNameError, match=r"unknown standard 'GB50137'.*GB50180-2018"
        ):
            ask("GB50137")
