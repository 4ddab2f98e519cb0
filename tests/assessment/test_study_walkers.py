"""Walkers of the study's own: from the file to the figures."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import lifecircle as lc
from assessment import village
from assessment.test_study_file import GOOD, folder
from lifecircle.assessment.study_walkers import study_walkers

pytestmark = pytest.mark.filterwarnings("ignore::lifecircle.LifecircleWarning")
__all__ = ["folder"]  # a fixture

GRANDMA = """
[walkers.grandma]
like = "elderly"
speed_m_s = 0.7
seat_every_m = 200
source = "timed on the village street"
"""


def write(folder, text):
    (folder / "study.toml").write_text(GOOD + text, encoding="utf-8")
    return folder / "study.toml"


def test_a_walker_takes_from_another_what_it_does_not_say(folder):
    grandma = lc.read_study(write(folder, GRANDMA)).walker("grandma")
    assert (grandma.speed_m_s, grandma.seat_every_m) == (0.7, 200)
    assert grandma.signals_s == lc.ELDERLY.signals_s
    told = grandma.figures()
    assert told["speed_m_s"]["source"] == "timed on the village street"
    assert told["seat_every_m"]["source"] == "timed on the village street"
    assert told["signals_s"]["source"] == lc.ELDERLY.figures()["signals_s"]["source"]


def test_a_walker_that_names_no_other_is_like_the_adult():
    walkers, problems = study_walkers({"runner": {"speed_m_s": 2.5}})
    assert problems == []
    assert walkers["runner"].signals_s == lc.ADULT.signals_s


def test_a_limit_can_be_taken_away():
    walkers, _ = study_walkers({"mine": {"like": "wheelchair", "steepest_slope": "none"}})
    assert walkers["mine"].steepest_slope is None
    assert walkers["mine"].source == lc.WHEELCHAIR.source


def test_a_walker_may_be_like_one_defined_above_it():
    walkers, problems = study_walkers(
        {"grandma": {"speed_m_s": 0.7}, "grandpa": {"like": "grandma", "signals_s": 50}}
    )
    assert problems == []
    assert (walkers["grandpa"].speed_m_s, walkers["grandpa"].signals_s) == (0.7, 50)


def test_all_problems_of_all_walkers_are_told_with_those_of_the_file(folder):
    text = """
[walkers.grandma]
like = "eldery"
speed = 0.7
[walkers.runner]
speed_m_s = -1
signals_s = true
source = 7
[nonsense]
"""
    with pytest.raises(lc.InputError) as caught:
        lc.read_study(write(folder, text))
    told = str(caught.value)
    for part in (
        "[walkers.grandma] unknown key 'speed'. Did you mean 'speed_m_s'",
        "[walkers.grandma] like: unknown walker 'eldery'. Did you mean 'elderly'",
        "[walkers.runner] source = 7 must be text in quotes",
        "unknown section 'nonsense'",
    ):
        assert part in told
    _, problems = study_walkers({"runner": {"speed_m_s": -1, "signals_s": True}})
    assert len(problems) == 1
    assert problems[0].startswith("[walkers.runner] speed_m_s is -1; it must be")
    assert "signals_s is True" in problems[0]


@pytest.mark.parametrize("section", ["grandma", {"grandma": 0.7}])
def test_walkers_that_are_no_sections_are_told(section):
    assert len(study_walkers(section)[1]) == 1


def test_a_walker_of_the_study_is_evaluated_by_name(folder):
    study = lc.read_study(write(folder, GRANDMA))
    rows = lc.evaluate(study, walkers=["Grandma"]).coverage
    assert set(rows["walker"]) == {"grandma"}
    # B → K is 900 m: 15 min at 1.0 m/s, 21 at 0.7
    slow = rows[(rows["unit_id"] == "E") & (rows["service"] == "kindergarten")]
    assert slow["covered_share"].max() == 0
    with pytest.raises(lc.UnknownNameError, match="Did you mean 'grandma'"):
        lc.evaluate(study, walkers=["grandmo"])


def test_a_walker_named_like_a_default_takes_its_place_in_the_rules_too():
    ours = lc.Walker("Elderly", 0.5)
    evaluation = lc.evaluate(village.study(walkers={"elderly": ours}))
    assert evaluation.times["elderly"].walker.speed_m_s == 0.5
    usual = lc.evaluate(village.study())
    assert usual.times["elderly"].walker.speed_m_s == 1.0


def test_the_manifest_tells_every_figure_of_every_walker_used(folder, tmp_path):
    evaluation = lc.evaluate(lc.read_study(write(folder, GRANDMA)), walkers=["grandma", "adult"])
    written = lc.write_evaluation(evaluation, tmp_path / "out")
    manifest = json.loads(written["manifest.json"].read_text(encoding="utf-8"))
    told = {one["name"]: one["figures"] for one in manifest["parameters"]["walkers"]}
    assert set(told) == {"grandma", "adult"}
    assert told["grandma"]["seat_every_m"]["value"] == 200
    assert told["adult"]["signals_s"]["confidence"] == "memory_unsure"


def test_two_walkers_of_one_study_cost_two_searches_over_one_network(monkeypatch):
    from lifecircle.assessment import steps

    seen = []
    search = steps.travel_times_by_doors

    def counted(network, *rest, **options):
        seen.append((id(network), options["walker"].name))
        return search(network, *rest, **options)

    monkeypatch.setattr(steps, "travel_times_by_doors", counted)
    study = village.study()
    lc.evaluate(study, walkers=["adult", "frail"])
    assert seen == [(id(study.network), "adult"), (id(study.network), "frail")]
    assert len([key for key in study.network.made if key[0] == "street grid"]) == 1


@pytest.mark.parametrize(
    "walkers",
    [["grandma"], {"grandma": 0.7}, {"grandma": lc.Walker("grandpa", 0.7)}],
)
def test_walkers_that_are_no_walkers_by_name_are_refused(walkers):
    with pytest.raises(lc.InputError, match="walkers: "):
        village.study(walkers=walkers)


def test_walkers_of_the_study_are_measured_where_it_lists_them(folder):
    path = write(folder, GRANDMA)
    text = path.read_text(encoding="utf-8")
    listed = text.replace("[study]", '[study]\nwalkers = ["grandma", "adult"]', 1)
    path.write_text(listed, encoding="utf-8")
    found = lc.evaluate(lc.read_study(path))
    assert set(found.coverage["walker"]) == {"grandma", "adult"}
    assert not [note for note in found.warnings if "nothing is measured" in note]


def test_a_walker_for_whom_nothing_is_measured_is_told(folder):
    found = lc.evaluate(lc.read_study(write(folder, GRANDMA)))
    assert [note for note in found.warnings if "nothing is measured for grandma" in note]


def test_walkers_that_do_not_exist_cannot_be_listed(folder):
    study = lc.read_study(write(folder, GRANDMA))
    with pytest.raises(lc.UnknownNameError, match="Did you mean 'grandma'"):
        replace(study, measured_for=("grandmaa",))
