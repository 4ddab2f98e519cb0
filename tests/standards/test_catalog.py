"""The catalogue: consistent in itself."""

import pandas as pd
import pytest

from lifecircle.errors import UnknownServiceError
from lifecircle.network.walkers import WALKERS
from lifecircle.standards import catalog


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
            catalog.items(),
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
