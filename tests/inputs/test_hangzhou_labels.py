"""Real rows of Amap, labelled by people who had not seen the mapping.

In 3,337 rows of the file (source ``museum``) name, class and address come from different points:
names with 幼儿园 are of that class in 17 of 165 of them, in 725 of 725 of the other rows. They have
no truth but their names; 122 labels are of such rows and are measured apart.
"""

import warnings
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from lifecircle import LifecircleWarning, read_facilities

LABELS = Path(__file__).with_name("hangzhou_labels.csv")


@pytest.fixture(scope="module")
def compared(shared_data):
    """Label and service as read of each labelled row; the whole table is read at once."""
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        read = read_facilities(path, coordinates="GCJ-02", duplicates="keep")
    services = read.set_index("facility_id")["service"]
    source = pd.read_csv(path, dtype="str").set_index("id")["src"]
    labels = pd.read_csv(LABELS, dtype="str", keep_default_na=False)
    assert labels["id"].isin(source.index).all()
    return labels.assign(
        read=labels["id"].map(services).fillna(""), slipped=labels["id"].map(source) == "museum"
    )


def measured(rows):
    """Precision, recall and the mistakes."""
    right = ((rows["read"] == rows["service"]) & (rows["service"] != "")).sum()
    wrong = rows[rows["read"] != rows["service"]]
    mistakes = Counter(zip(wrong["service"], wrong["read"], strict=True)).most_common()
    precision = right / (rows["read"] != "").sum()
    recall = right / (rows["service"] != "").sum()
    return precision, recall, f"{mistakes}: {wrong['id'].to_list()}"


def test_three_hundred_rows_that_are_whole_are_labelled(compared):
    assert compared["id"].is_unique
    assert (~compared["slipped"]).sum() == 300


def test_services_are_told_with_a_precision_and_recall_of_97_percent(compared):
    precision, recall, mistakes = measured(compared[~compared["slipped"]])
    assert precision >= 0.97, mistakes
    assert recall >= 0.97, mistakes


def test_where_the_columns_have_slipped_the_name_alone_finds_most(compared):
    precision, recall, mistakes = measured(compared[compared["slipped"]])
    assert precision >= 0.9, mistakes
    assert recall >= 0.75, mistakes
