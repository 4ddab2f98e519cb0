"""The catalogue: consistent in itself, and what it says of the standards."""

import pandas as pd
import pytest

from lifecircle.errors import UnknownNameError, UnknownServiceError
from lifecircle.network.walkers import WALKERS
from lifecircle.standards import catalog

STANDARDS = ["GB50180-2018", "complete-community-2020"]


def test_every_service_has_both_names_and_a_group_that_exists():
    services = catalog.services()
    assert services.index.is_unique
    assert services.index.str.fullmatch(r"[a-z][a-z0-9_]*").all()
    assert list(services.columns) == ["name_zh", "name_en", "group", "aliases"]
    assert (services[["name_zh", "name_en"]] != "").all(axis=None)
    assert services["name_zh"].str.contains(r"[\u4e00-\u9fff]").all()
    assert set(services["group"]) == set(catalog.service_groups().index)


def test_names_in_chinese_tell_services_apart():
    names = catalog.services()["name_zh"]
    assert names[names.duplicated(keep=False)].to_dict() == {}


def test_there_are_eight_groups_with_a_colour_a_segment_and_a_walker():
    groups = catalog.service_groups()
    assert set(groups.index) == {
        "elderly",
        "child",
        "daily",
        "health",
        "culture_sport",
        "public",
        "transport",
        "green",
    }
    assert groups["colour"].str.fullmatch(r"#[0-9A-F]{6}").all()
    assert groups["colour"].is_unique
    assert groups["name_zh"].is_unique
    assert groups.loc["elderly", ["segment", "walker"]].to_list() == ["elderly", "elderly"]
    assert groups.loc["child", ["segment", "walker"]].to_list() == ["children", "child"]
    rest = groups.drop(["elderly", "child"])
    assert set(rest["segment"]) == {"people"}
    assert set(rest["walker"]) == {"adult"}
    assert set(groups["walker"]) <= set(WALKERS)


def test_the_catalogue_cannot_be_spoilt_by_who_reads_it():
    def read():
        return (
            catalog.services(),
            catalog.service_groups(),
            catalog.requirements("GB50180-2018"),
        )

    before = [table.copy(deep=True) for table in read()]
    for table in read():
        table.iloc[0, 0] = "nonsense"
    for table, kept in zip(read(), before, strict=True):
        pd.testing.assert_frame_equal(table, kept)


def test_groups_keep_the_index_of_the_services_asked_for():
    asked = pd.Series(["park", "kindergarten"], index=["b", "a"], name="service")
    found = catalog.group_of(asked)
    assert found.to_dict() == {"b": "green", "a": "child"}
    assert found.name == "group"
    assert asked.to_list() == ["park", "kindergarten"]
    assert len(catalog.group_of(pd.Series([], dtype="str"))) == 0


def test_unknown_services_are_refused_all_at_once_with_the_remedy():
    asked = pd.Series(["park", "casino", "zoo", "casino"])
    with pytest.raises(UnknownServiceError) as caught:
        catalog.group_of(asked)
    text = str(caught.value)
    assert text.startswith("service: 3 of 4 rows name a service that is not in the catalogue (")
    assert "(casino, zoo)" in text
    assert "services() lists those that are" in text


def test_a_missing_service_among_unknown_ones_is_refused_in_the_same_message():
    with pytest.raises(UnknownServiceError, match=r"service: 2 of 3 rows .*casino"):
        catalog.group_of(pd.Series(["park", "casino", None]))


def test_a_service_has_its_name_in_either_language():
    assert catalog.service_name("kindergarten") == "幼儿园"
    assert catalog.service_name("kindergarten", "en") == "kindergarten"
    assert catalog.service_name("casino") == "casino"


@pytest.mark.parametrize("standard", STANDARDS)
def test_requirements_name_services_clauses_and_how_sure_they_are(standard):
    table = catalog.requirements(standard)
    services = set(catalog.services().index)
    assert len(table) >= 5
    assert table["service"].is_unique
    assert set(table["service"]) <= services
    for service, accepts in zip(table["service"], table["accepts"], strict=True):
        assert service in accepts
        assert set(accepts) <= services
    assert (table["clause"] != "").all()
    assert set(table["confidence"]) <= {"seen", "memory_sure", "memory_unsure"}
    assert table["walk_minutes"].between(5, 15).all()
    radius_m = table["service_radius_m"].dropna()
    assert radius_m.between(100, 1500).all()


def test_figures_of_gb50180_that_every_planner_knows():
    table = catalog.requirements("GB50180-2018").set_index("service")
    figures = table[["service_radius_m", "walk_minutes"]]
    assert figures.loc["kindergarten"].to_list() == [300, 5]
    assert figures.loc["primary_school"].to_list() == [500, 10]
    assert figures.loc["junior_middle_school"].to_list() == [1000, 15]


@pytest.mark.parametrize(("minutes", "radius_m"), [(5, 300), (10, 500), (15, 1000)])
def test_radii_beside_walking_times_are_those_of_3_0_4(minutes, radius_m):
    assert catalog.tier_radius_m(minutes) == radius_m


@pytest.mark.parametrize("minutes", [0, 7, 20, 14.999])
def test_other_times_have_no_radius(minutes):
    assert pd.isna(catalog.tier_radius_m(minutes))


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
    assert catalog.standard_code(spelling) == code
    assert catalog.standard_name(spelling) == catalog.standard_name(code)


def test_an_unknown_standard_gets_those_that_are_known():
    for ask in (catalog.standard_code, catalog.standard_name, catalog.requirements):
        with pytest.raises(
            UnknownNameError, match=r"unknown standard 'GB50137'.*Known: GB50180-2018, complete"
        ):
            ask("GB50137")
