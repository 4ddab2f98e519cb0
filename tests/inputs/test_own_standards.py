"""A planner's own standard, from files as they come, to the verdict."""

import os
import warnings
from pathlib import Path

import pytest

import lifecircle as lc
from lifecircle.errors import InputError, LifecircleWarning, MissingColumnError
from lifecircle.outputs.standard_text import write_standard
from lifecircle.standards import standard as law
from lifecircle.standards.rows import NEEDED
from sample import sample_evaluation

HEAD = ",".join(NEEDED)
RADIUS = "区导则,3.2,{tier},{item},mandatory,{walk},{radius},,,,,{sure},区政府公报"
SHARED = Path(os.environ.get("LIFECIRCLE_SHARED", Path(__file__).parents[2] / ".." / "shared"))


def table(folder, *rows, encoding="utf-8", name="ours.csv"):
    path = folder / name
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding=encoding)
    return path


def row(item="park", walk="10", radius="500", tier="", sure="seen"):
    return RADIUS.format(item=item, walk=walk, radius=radius, tier=tier, sure=sure)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_in_any_encoding_is_a_standard(tmp_path, encoding):
    found = lc.read_standard(table(tmp_path, row(), row("nursery"), encoding=encoding))
    assert (found.code, found.name()) == ("区导则", "区导则")
    assert found.rows()["service"].to_list() == ["park", "nursery"]


def test_units_are_held_against_it_and_its_clause_is_named(tmp_path):
    own = lc.read_standard(table(tmp_path, row("public_toilet", "4", "200", sure=""), row("park")))
    study = lc.load_demo()
    today = lc.evaluate(study, standard=own)
    assert today.standard == "区导则"
    assert set(today.requirements["service"]) == {"public_toilet", "park"}
    verdicts = lc.check_compliance(today)
    assert len(verdicts) == 6 * 2 * 3  # units, rows, presence and walk and radius
    assert set(verdicts["clause"]) == {"3.2"}
    assert set(verdicts["standard"]) == {"区导则"}
    sure = verdicts.set_index("service")[["confidence", "verify"]].drop_duplicates()
    assert sure.loc["public_toilet"].to_list() == ["own", "待核 / to be verified"]
    assert sure.loc["park"].to_list() == ["seen", ""]
    assert "区导则" in repr(today)


def test_a_study_file_names_it(tmp_path):
    table(tmp_path, row("public_toilet"), name="规则.csv", encoding="gb18030")
    demo = Path(lc.__file__).parents[2] / "data" / "demo"
    text = (demo / "study.toml").read_text(encoding="utf-8")
    text = text.replace('standard = "GB50180-2018"', 'standard = "规则.csv"\ntarget_share = 0.8')
    text += '\n[choices]\nkindergarten = "JGJ39-2016"\n'
    for part in demo.glob("*.*"):
        if part.suffix in {".geojson", ".csv"}:
            (tmp_path / part.name).write_bytes(part.read_bytes())
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    study = lc.read_study(tmp_path / "study.toml")
    assert str(study.standard) == "区导则"
    assert study.target_share == 0.8
    assert study.choices == {"kindergarten": "JGJ39-2016"}
    assert study.sources["standard"]["path"] == "规则.csv"


def test_wrong_choices_and_targets_of_a_study_file_are_told_with_the_rest(tmp_path):
    (tmp_path / "study.toml").write_text(
        '[study]\nstandard = "没有.csv"\ntarget_share = 85\n'
        '[choices]\nkindergarden = "JGJ39-2016"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        lc.read_study(tmp_path / "study.toml")
    text = str(caught.value)
    assert "standard '没有.csv' does not exist beside study.toml" in text
    assert "target_share=85" in text
    assert "'kindergarden' (did you mean kindergarten?)" in text


def test_tiers_of_a_planners_table_have_the_sizes_of_gb50180(tmp_path):
    own = lc.read_standard(table(tmp_path, row("park", tier="15min"), row("park", tier="5min")))
    verdicts = lc.check_compliance(lc.evaluate(lc.load_demo(), standard=own))
    per_tier = verdicts.groupby("tier")["unit_id"].nunique()
    assert per_tier.to_dict() == {"15min": 1, "5min": 6}


def test_a_name_that_is_taken_is_told_and_changed(tmp_path):
    text = row().replace("区导则", "GB50180-2018")
    with pytest.warns(LifecircleWarning, match="has the name of a packaged one"):
        found = lc.read_standard(table(tmp_path, text))
    assert found.code == "GB50180-2018（ours）"


def test_columns_that_mean_nothing_are_told(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text(f"{HEAD},servce\n{row()},x\n", encoding="utf-8")
    with pytest.warns(LifecircleWarning, match="mean nothing in a standard .*: servce"):
        lc.read_standard(path)


def test_a_missing_column_is_one_message(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("item_id,service_radius\npark,500\n", encoding="utf-8")
    with pytest.raises(MissingColumnError) as caught:
        lc.read_standard(path)
    assert "lacks 12 columns" in str(caught.value)
    assert "service_radius_m (did you mean service_radius?)" in str(caught.value)


@pytest.mark.skipif(not (SHARED / "standards").is_dir(), reason="no tables of standards at hand")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("gb_50180_2018", 65),
        ("td_t_1062_2021", 30),
        ("complete_community_2020", 25),
        ("mofcom_quarter_hour", 26),
        ("gb_50437", 7),
        ("related_standards", 48),
    ],
)
def test_tables_in_the_same_columns_as_others_keep_them_are_standards(name, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        found = lc.read_standard(SHARED / "standards" / f"{name}.csv")
    assert len(found.rows()) == rows


def test_services_and_words_may_be_chinese(tmp_path):
    text = row("幼儿园").replace("mandatory", "应配")
    found = lc.read_standard(table(tmp_path, text)).rows()
    assert found[["service", "mandatory"]].iloc[0].to_list() == ["kindergarten", "mandatory"]


def test_a_tier_that_is_none_is_told(tmp_path):
    with pytest.warns(LifecircleWarning, match=r"'5mim' \(did you mean 5min"):
        lc.read_standard(table(tmp_path, row(tier="5mim")))


def test_an_edited_figure_is_the_planners_own(tmp_path):
    rows = lc.find_standard("GB55013-2021").table.assign(standard="区规则")
    rows.loc[rows["item_id"] == "public_toilet", "service_radius_m"] = "500"
    path = tmp_path / "edited.csv"
    rows.to_csv(path, index=False, encoding="gb18030")
    with pytest.warns(LifecircleWarning, match="public_toilet service_radius_m"):
        edited = lc.read_standard(path).rows().to_dict("records")
    sure = {row["service"]: law.confidence_of(row, "service_radius_m") for row in edited}
    assert sure == {"waste_collection_point": "seen", "public_toilet": "own"}


def test_what_was_edited_is_not_written_over(tmp_path):
    path = write_standard("GB55013-2021", tmp_path / "ours.csv")
    path.write_text("edited", encoding="utf-8")
    with pytest.raises(InputError, match="is there already"):
        write_standard("GB50180-2018", path)
    assert path.read_text(encoding="utf-8") == "edited"
    with pytest.raises(InputError, match=r"end the name of the file in \.csv"):
        write_standard("GB50180-2018", tmp_path / "ours.xlsx")


@pytest.mark.parametrize("code", ["GB50437-2007", "quarter-hour-2021", "complete-community-2020"])
def test_a_standard_that_was_written_and_read_gives_the_same_verdicts(tmp_path, code):
    path = write_standard(code, tmp_path / "rows.csv")
    with pytest.warns(LifecircleWarning, match="has the name of a packaged one"):
        again = lc.read_standard(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LifecircleWarning)
        today = sample_evaluation()
        one, other = (lc.check_compliance(today, standards=law) for law in (code, again))
    same = [name for name in one.columns if name not in ("standard", "choice")]
    assert one[same].equals(other[same])
