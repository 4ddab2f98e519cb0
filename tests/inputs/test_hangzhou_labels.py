"""Real rows of Amap, labelled by a person who had not seen the mapping."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from lifecircle.standards.taxonomy import classify

LABELS = Path(__file__).with_name("hangzhou_labels.csv")
LEAST = 0.97


@pytest.fixture
def compared(shared_data):
    """Label and prediction of each labelled row; the whole table is classified at once."""
    path = shared_data / "hangzhou_amap" / "amap_poi_hangzhou_gcj02.csv"
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    found = classify(
        table["name"].to_list(), codes=table["typecode"].to_list(), texts=table["type"].to_list()
    )
    predicted = dict(zip(table["id"], found.service, strict=True))
    labels = pd.read_csv(LABELS, dtype="str", keep_default_na=False)
    return labels.assign(predicted=labels["id"].map(predicted))


def test_there_are_three_hundred_labels_of_rows_that_are_there(compared):
    assert len(compared) == 300
    assert compared["id"].is_unique
    assert compared["predicted"].notna().all()


def test_services_are_told_with_a_precision_and_recall_of_97_percent(compared):
    right = (compared["predicted"] == compared["service"]) & (compared["service"] != "")
    wrong = compared[compared["predicted"] != compared["service"]]
    confused = Counter(zip(wrong["service"], wrong["predicted"], strict=True)).most_common()
    told = f"{confused}: {wrong['id'].to_list()}"
    assert right.sum() / (compared["predicted"] != "").sum() >= LEAST, told
    assert right.sum() / (compared["service"] != "").sum() >= LEAST, told
