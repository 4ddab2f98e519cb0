"""Figures show the cells of the tables, whole, in a font that has every character."""

from __future__ import annotations

import dataclasses
import itertools
import subprocess
import sys
import threading
import warnings

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib import font_manager
from matplotlib.collections import PathCollection
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import lifecircle as lc
from lifecircle.outputs.charting import style as chart_style
from lifecircle.outputs.charts import figure_png, figure_svg
from lifecircle.outputs.legend import spread
from lifecircle.outputs.mapping.residents import COMPLETENESS_COLOURS

HOSTILE = [
    "{{7*7}}", "{% raw", "{#", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>",
    "${7*7}$", r"$\frac{", "`x`", '=HYPERLINK("http://x")', "@SUM(1)", "+1", "-1", "a\x00\x1fb",
    "\ud800", "长" * 2000, "\u202eabc", "_name", "一\n二", "--></svg><script>", "", "&amp;",
]  # fmt: skip


@pytest.fixture(scope="module")
def today():
    return lc.evaluate(lc.load_demo())


@pytest.fixture(scope="module")
def check(today):
    return lc.health_check(today)


@pytest.fixture(scope="module")
def shortfalls(check):
    return lc.rank_shortfalls(check, sensitivity=False)


@pytest.fixture(scope="module")
def projects(check):
    return lc.list_projects(check, openings=0, budget_cny=3e6)


@pytest.fixture(scope="module")
def comparison(check):
    study = check.evaluation.study
    new = lc.AddFacility("kindergarten", (112.9965, 28.1612), name="新园")
    gone = study.facilities.query("service == 'primary_school'").iloc[0]
    return lc.compare(check, [new, lc.CloseFacility(gone["facility_id"])])


def in_english(check):
    study = dataclasses.replace(check.evaluation.study, language="en")
    evaluation = dataclasses.replace(check.evaluation, study=study)
    return dataclasses.replace(check, evaluation=evaluation)


def every_figure(check, shortfalls, projects, comparison):
    today = check.evaluation
    homes, language = today.residents, today.study.language
    return {
        "map": lc.plot_map(today),
        "minutes": lc.plot_map(today, show="minutes", service="primary_school"),
        "shortfalls": lc.plot_map(today, show="shortfalls", shortfalls=shortfalls),
        "projects": lc.plot_map(today, show="projects", projects=projects),
        "coverage": lc.plot_coverage(today),
        "completeness": lc.plot_completeness(today),
        "health": lc.plot_health_check(check),
        "importance": lc.plot_importance_performance(check),
        "comparison": lc.plot_comparison(dataclasses.replace(comparison, before=check)),
        "lorenz": lc.plot_lorenz(
            homes["completeness_15min_count"], homes["people"], label="x", language=language
        ),
    }


@pytest.fixture(scope="module", params=["zh", "en"])
def figures(request, check, shortfalls, projects, comparison):
    chosen = check if request.param == "zh" else in_english(check)
    return every_figure(chosen, shortfalls, projects, comparison)


def texts(figure):
    return [one for one in figure.findobj(Text) if one.get_text().strip() and one.get_visible()]


def words(figure):
    return " ".join(one.get_text().replace("\n", "") for one in texts(figure))


def bars(axes):
    return [one for one in axes.patches if isinstance(one, Rectangle)]


def overlap(one, other):
    return one.x0 < other.x1 - 1 and one.x1 > other.x0 + 1 and one.y0 < other.y1 - 1 and (
        one.y1 > other.y0 + 1
    )  # fmt: skip


# ---- every figure ----------------------------------------------------------------------------


def test_every_text_is_whole_large_enough_and_in_a_font_that_has_it(figures):
    file = font_manager.findfont(FontProperties(family=["Noto Sans SC"]))
    known = {chr(code) for code in font_manager.get_font(file).get_charmap()}
    for name, figure in figures.items():
        figure.draw_without_rendering()
        page = figure.bbox
        for text in texts(figure):
            box = text.get_window_extent()
            assert box.x0 >= page.x0 - 1, (name, text.get_text())
            assert box.x1 <= page.x1 + 1, (name, text.get_text())
            assert box.y0 >= page.y0 - 1, (name, text.get_text())
            assert box.y1 <= page.y1 + 1, (name, text.get_text())
            assert text.get_fontsize() >= 8, (name, text.get_text())
            assert text.get_fontfamily()[0] == "Noto Sans SC"
            assert not text.get_parse_math()
            assert set(text.get_text()) - {"\n"} <= known, (name, text.get_text())


def test_texts_outside_the_axes_do_not_lie_on_each_other(figures):
    for name, figure in figures.items():
        boxes = [(one.get_text(), one.get_window_extent()) for one in figure.texts]
        for (one, first), (other, second) in itertools.combinations(boxes, 2):
            assert not overlap(first, second), (name, one, other)


def test_a_figure_is_as_wide_as_a_page_and_not_taller(figures):
    for name, figure in figures.items():
        assert figure.get_figwidth() * 2.54 == pytest.approx(16), name
        assert figure.get_figheight() * 2.54 <= 25, name


def test_every_figure_says_that_the_data_is_a_sample(figures):
    for name, figure in figures.items():
        if name != "lorenz":  # of columns, not of a study
            assert "示例数据" in words(figure) or "Sample data" in words(figure), name


def test_the_same_figure_gives_the_same_bytes(today):
    first, second = lc.plot_coverage(today), lc.plot_coverage(today)
    assert figure_png(first) == figure_png(second) == figure_png(first)
    assert figure_svg(first) == figure_svg(second) == figure_svg(first)
    assert "<dc:date>" not in figure_svg(first)
    assert "<text" not in figure_svg(first)  # shapes: no font is needed


def test_settings_of_matplotlib_stay_and_those_of_the_caller_do_not_matter(today):
    usual = figure_png(lc.plot_completeness(today))
    with mpl.rc_context():
        mpl.rcParams.update({"font.size": 30, "axes.facecolor": "black", "text.color": "red"})
        mpl.rcParams["font.family"] = ["DejaVu Sans"]
        before = dict(mpl.rcParams)
        assert figure_png(lc.plot_completeness(today)) == usual
        assert dict(mpl.rcParams) == before


def test_figures_are_drawn_in_threads(today):
    done, before = [], dict(mpl.rcParams)

    def draw():
        done.append(figure_png(lc.plot_completeness(today)))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert len(set(done)) == 1
    assert dict(mpl.rcParams) == before


def test_no_pyplot_is_used():
    code = (
        "import lifecircle as lc, sys; figure = lc.plot_map(lc.load_demo());"
        "assert not {'matplotlib.pyplot', 'zhplot'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# ---- files -----------------------------------------------------------------------------------


def test_a_figure_is_written_by_its_ending(today, tmp_path):
    figure = lc.plot_completeness(today)
    png = lc.write_figure(figure, tmp_path / "new" / "a.PNG")
    assert png.read_bytes()[:4] == b"\x89PNG"
    svg = lc.write_figure(figure, tmp_path / "a.svg")
    assert svg.read_text(encoding="utf-8").rstrip().endswith("</svg>")
    with pytest.raises(lc.InputError, match=r"\.png or \.svg"):
        lc.write_figure(figure, tmp_path / "a.pdf")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.svg", "new"]


def test_a_figure_is_whole_or_not_there(today, tmp_path, monkeypatch):
    target = tmp_path / "a.png"
    target.write_bytes(b"old")
    figure = lc.plot_completeness(today)
    monkeypatch.setattr(
        "pathlib.Path.write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    with pytest.raises(lc.InputError, match="No space left"):
        lc.write_figure(figure, target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    assert target.read_bytes() == b"old"


def test_a_missing_font_package_is_named(monkeypatch):
    monkeypatch.setattr(chart_style, "find_spec", lambda _: None)
    chart_style.families.cache_clear()
    try:
        with pytest.raises(lc.MissingPackageError, match="pip install zhplot"):
            lc.plot_lorenz([1.0])
    finally:
        chart_style.families.cache_clear()


def test_characters_of_no_font_are_told_once_and_shown_as_a_sign(today):
    rare = "\U0002b820"
    with pytest.warns(lc.LifecircleWarning, match=rare) as told:
        figure = lc.plot_map(dataclasses.replace(today, units=today.units.assign(name=rare)))
    assert len(told) == 1
    assert "〓" in words(figure)
    with pytest.warns(lc.LifecircleWarning, match=rare) as told:
        figure = lc.plot_lorenz([1.0, 2.0], label=f"{rare}家{rare}")
    assert len(told) == 1
    assert "〓家〓" in words(figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure_png(figure)


# ---- coverage --------------------------------------------------------------------------------


def test_bars_of_coverage_are_the_cells(today):
    unit = "YH-SZT-01-2"
    axes = lc.plot_coverage(today, unit_id=unit).axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(labels) == len(today.requirements)
    mine = today.coverage[today.coverage["unit_id"] == unit]
    own = mine.drop_duplicates(["service", "minutes"]).set_index(["service", "minutes"])
    wide = iter(bars(axes))
    for need in today.requirements.itertuples():
        cells = [
            own.loc[(one, need.walk_minutes)]
            for one in need.accepts
            if (one, need.walk_minutes) in own.index
        ]
        best = max(cells, key=lambda cell: cell["covered_share"])
        assert next(wide).get_width() == pytest.approx(best["covered_share"])
        assert next(wide).get_width() == pytest.approx(best["radius_share"])
        assert any(f"{best['covered_people']:,.0f}/" in one.get_text() for one in axes.texts)
    assert "至少 " in words(axes.figure)  # community retail has several that will do


def changed(today, **columns):
    """The evaluation with cells of its first required service set."""
    coverage = today.coverage.copy()
    service = today.requirements["service"].iloc[0]
    for name, value in columns.items():
        coverage.loc[coverage["service"] == service, name] = value
    return dataclasses.replace(today, coverage=coverage)


def test_unknown_coverage_is_hatched_and_called_so(today):
    axes = lc.plot_coverage(changed(today, covered_share=np.nan, radius_share=np.nan)).axes[0]
    first = bars(axes)[0]
    assert (first.get_hatch(), first.get_width()) == ("////", 1)
    assert "无数据" in [one.get_text() for one in axes.texts]
    nobody = changed(today, covered_share=np.nan, radius_share=np.nan, people=0.0)
    assert "没有此类人口" in words(lc.plot_coverage(nobody))


def test_a_service_that_no_facility_lists_is_unknown_not_none(today):
    needs = today.requirements.copy()
    needs.loc[0, "listed"] = False
    axes = lc.plot_coverage(dataclasses.replace(today, requirements=needs)).axes[0]
    assert bars(axes)[0].get_hatch() == "////"


def test_the_target_of_the_study_is_a_line(today):
    study = dataclasses.replace(today.study, target_share=0.85)
    figure = lc.plot_coverage(dataclasses.replace(today, study=study))
    assert "目标 85.0 %" in words(figure)
    assert any(np.allclose(line.get_xdata(), 0.85) for line in figure.axes[0].lines)
    assert "目标" not in words(lc.plot_coverage(today))


def test_a_standard_without_walks_draws_a_sentence(today):
    nothing = dataclasses.replace(today, requirements=today.requirements.iloc[:0])
    assert "没有规定步行可达" in words(lc.plot_coverage(nothing))
    assert "没有规定步行可达" in words(lc.plot_completeness(nothing))


def test_one_service_and_many(today):
    one = dataclasses.replace(today, requirements=today.requirements.iloc[:1])
    assert len(lc.plot_coverage(one).axes[0].get_yticklabels()) == 1
    many = dataclasses.replace(today, requirements=pd.concat([today.requirements] * 3))
    figure = lc.plot_coverage(many)
    assert "另有 32 项未画出" in words(figure)
    assert figure.get_figheight() * 2.54 < 25


# ---- completeness ----------------------------------------------------------------------------


def test_bars_of_completeness_are_people(today):
    axes = lc.plot_completeness(today, unit_id="YH-SZT-01-3").axes[0]
    mine = today.residents[today.residents["unit_id"] == "YH-SZT-01-3"]
    by_count = mine.groupby("completeness_15min_count")["people"].sum()
    heights = [bar.get_height() for bar in bars(axes)]
    assert heights == [float(by_count.get(count, 0.0)) for count in range(21)]
    assert sum(heights) == today.units.set_index("unit_id").at["YH-SZT-01-3", "people"]
    assert "人均 14.3 项" in words(axes.figure)


def test_whoever_was_not_measured_stands_apart(today):
    residents = today.residents.assign(unsnapped=np.arange(len(today.residents)) < 10)
    figure = lc.plot_completeness(dataclasses.replace(today, residents=residents))
    last = bars(figure.axes[0])[-1]
    assert last.get_hatch() == "////"
    assert last.get_height() == residents["people"].iloc[:10].sum()
    assert "无数据" in words(figure)


def test_nobody_and_all_unknown(today):
    nobody = dataclasses.replace(today, residents=today.residents.assign(people=0.0))
    assert "没有居民数据" in words(lc.plot_completeness(nobody))
    unknown = dataclasses.replace(today, residents=today.residents.assign(unsnapped=True))
    heights = [bar.get_height() for bar in bars(lc.plot_completeness(unknown).axes[0])]
    assert sum(heights[:-1]) == 0
    assert heights[-1] == today.residents["people"].sum()


# ---- health check and survey -----------------------------------------------------------------


def test_scores_are_the_cells_and_none_is_unknown(check):
    blocks = check.blocks.copy()
    mine = blocks["unit_id"] == "YH-SZT-01"
    blocks.loc[blocks.index[mine][1], ["score", "unknown_share"]] = [np.nan, 0.8]
    figure = lc.plot_health_check(dataclasses.replace(check, blocks=blocks))
    left, right = figure.axes
    drawn = [bar.get_width() for bar in bars(left)]
    assert drawn == pytest.approx(blocks.loc[mine, "score"].fillna(100.0).tolist())
    assert bars(left)[1].get_hatch() == "////"
    assert "未知" in [one.get_text() for one in left.texts]
    unknown = [bar.get_width() for bar in bars(right)]
    assert unknown == pytest.approx(blocks.loc[mine, "unknown_share"].tolist())
    assert "80.0 %" in words(figure)


def test_a_check_without_blocks(check):
    empty = dataclasses.replace(check, blocks=check.blocks.iloc[:0])
    assert "没有体检板块" in words(lc.plot_health_check(empty))


def test_points_are_what_residents_say(check):
    figure = lc.plot_importance_performance(check, unit_id="YH-SZT-01-1")
    summary = lc.survey_summary(check.survey, units=check.evaluation.study.units)
    table = lc.importance_performance(summary)
    mine = table[(table["unit_id"] == "YH-SZT-01-1") & (table["quadrant"] != "unknown")]
    axes = figure.axes[0]
    dots = [one for one in axes.collections if isinstance(one, PathCollection)]
    drawn = np.vstack([one.get_offsets() for one in dots])
    cells = mine[["satisfaction_mean", "importance_mean"]].to_numpy()
    assert np.allclose(np.sort(drawn, axis=0), np.sort(cells, axis=0))
    assert len(dots[0].get_offsets()) == int(mine["certain"].sum())
    lines = sorted(float(np.mean(line.get_xdata())) for line in axes.lines[:1])
    assert lines == pytest.approx([mine["satisfaction_cut"].iloc[0]])
    shown = words(figure)
    for word in ("优先改进", "继续保持", "次要改进", "可维持"):
        assert word in shown
    figure.draw_without_rendering()
    boxes = [one.get_window_extent() for one in axes.texts if one.get_text()]
    for one, other in itertools.combinations(boxes, 2):
        assert not overlap(one, other)


def test_without_answers_there_is_nothing_to_draw(check):
    with pytest.raises(lc.InputError, match="no answers"):
        lc.plot_importance_performance(dataclasses.replace(check, survey=None))


# ---- before and after, and how evenly -------------------------------------------------------


def test_before_and_after_are_the_cells(comparison):
    figure = lc.plot_comparison(comparison)
    left, right = figure.axes
    names = [label.get_text().replace("\n", "") for label in left.get_yticklabels()]
    people = comparison.people
    mine = people[(people["unit_id"] == "YH-SZT-01") & (people["segment"] == "children")]
    mine = mine.set_index("service")
    moved = mine[(mine["gained_people"] > 0) | (mine["lost_people"] > 0)]
    assert {"kindergarten", "primary_school"} <= set(moved.index)
    row = names.index("幼儿园（儿童，5 分钟）")
    gained = [bar.get_width() for bar in bars(right) if abs(bar.get_y() + 0.25 - row) < 0.01]
    assert gained == [moved.at["kindergarten", "gained_people"]]
    row = names.index("小学（儿童，10 分钟）")
    lost = [bar.get_width() for bar in bars(right) if abs(bar.get_y() + 0.25 - row) < 0.01]
    assert lost == [-moved.at["primary_school", "lost_people"]]
    cells = comparison.coverage.set_index(["unit_id", "service", "walker", "minutes"])
    cell = cells.loc[("YH-SZT-01", "kindergarten", "child", 5.0)]
    assert any(
        np.allclose(line.get_xdata(), [cell["covered_share_before"], cell["covered_share_after"]])
        for line in left.lines
    )


def test_what_is_unknown_on_one_side_is_not_compared(comparison):
    people = comparison.people.copy()
    people.loc[people["service"] == "kindergarten", "within_people_before"] = np.nan
    people.loc[people["service"] == "kindergarten", ["gained_people", "lost_people"]] = np.nan
    figure = lc.plot_comparison(dataclasses.replace(comparison, people=people))
    assert "有一侧未知" in words(figure)


def test_nothing_changes(today):
    figure = lc.plot_comparison(lc.compare(today, today.study))
    assert "没有变化" in words(figure)


def test_the_curve_is_that_of_lorenz_and_its_gini():
    values, people = [0.0, 1.0, 4.0, np.nan], [10, 20, 30, 40]
    figure = lc.plot_lorenz(values, people, label="$x_1$ {{7*7}}")
    curve = lc.lorenz(values, people)
    line = figure.axes[0].lines[1]
    assert np.allclose(line.get_xdata(), curve["people_share"])
    assert np.allclose(line.get_ydata(), curve["value_share"])
    said = words(figure)
    assert f"基尼系数 {lc.inequality(values, people)['gini']:.3f}" in said
    assert "40.0 %" in said
    assert "$x_1$ {{7*7}}" in said
    assert "没有可分配" in words(lc.plot_lorenz([np.nan, 0.0]))


# ---- maps ------------------------------------------------------------------------------------


def squares(figure):
    """How many residents are drawn of each colour."""
    drawn = {}
    for one in figure.axes[0].collections:
        if isinstance(one, PathCollection) and one.get_zorder() == 3:
            colour = mpl.colors.to_hex(one.get_facecolor()[0]) if len(one.get_offsets()) else ""
            drawn[colour] = drawn.get(colour, 0) + len(one.get_offsets())
    return drawn


def test_residents_of_a_map_have_the_colours_of_their_class(today):
    drawn = squares(lc.plot_map(today))
    count = today.residents["completeness_15min_count"]
    assert drawn[spread(COMPLETENESS_COLOURS, 5)[2]] == int(count.between(10, 14).sum())
    assert sum(drawn.values()) == len(count)


def test_minutes_of_a_map(today):
    figure = lc.plot_map(today, show="minutes", service="kindergarten")
    minutes = today.residents["nearest_kindergarten_min"]
    drawn = list(squares(figure).values())
    assert drawn[:3] == [
        int((minutes <= 5).sum()),
        int(((minutes > 5) & (minutes <= 10)).sum()),
        int(((minutes > 10) & (minutes <= 15)).sum()),
    ]
    assert drawn[3] == int(minutes.isna().sum())
    assert "15 分钟内未到达" in words(figure)


def test_small_squares_that_are_white_keep_their_edge(today):
    homes = today.residents.sample(4000, replace=True, random_state=1).reset_index(drop=True)
    east, north = np.random.default_rng(1).normal(0, 2e-4, (2, 4000))
    points = gpd.points_from_xy(homes.geometry.x + east, homes.geometry.y + north, crs=4326)
    homes = homes.set_geometry(points).assign(unsnapped=np.arange(4000) < 9)
    many = dataclasses.replace(today, residents=homes)
    figure = lc.plot_map(many, show="minutes", service="kindergarten")
    drawn = [one for one in figure.axes[0].collections if one.get_zorder() == 3]
    assert [float(one.get_linewidth()[0]) for one in drawn] == [0, 0, 0, 0.6, 0.8]
    assert all(one.get_rasterized() for one in drawn)


def test_a_map_is_not_squashed(today):
    axes = lc.plot_map(today).axes[0]
    west, south, east, north = today.units.to_crs(axes.figure and "EPSG:32649").total_bounds
    left, right = axes.get_xlim()
    low, high = axes.get_ylim()
    width_m, height_m = right - left, high - low
    assert width_m >= east - west
    assert height_m >= north - south
    box = axes.get_window_extent()
    assert box.width / width_m == pytest.approx(box.height / height_m, rel=0.01)


def test_a_map_names_sources_number_scale_and_north(today):
    study = dataclasses.replace(
        today.study, data_sources=("某测绘院 {{7*7}}",), review_number="湘S(2026)012"
    )
    said = words(lc.plot_map(dataclasses.replace(today, study=study)))
    for part in ("数据来源：某测绘院 {{7*7}}", "审图号：湘S(2026)012", "300 米", "北", "0–4 项"):
        assert part in said
    assert "数据来源：示例数据" in words(lc.plot_map(today))
    real = dataclasses.replace(today.study, sample=False)
    assert "数据来源：未注明" in words(lc.plot_map(dataclasses.replace(today, study=real)))


def test_names_of_units_do_not_lie_on_each_other(today):
    figure = lc.plot_map(today)
    figure.draw_without_rendering()
    names = set(today.units["name"])
    boxes = [one.get_window_extent() for one in figure.axes[0].texts if one.get_text() in names]
    assert len(boxes) == 6
    for one, other in itertools.combinations(boxes, 2):
        assert not overlap(one, other)


def test_names_without_room_are_counted(today):
    units = pd.concat([today.units.iloc[[1]]] * 60, ignore_index=True)
    units = units.assign(unit_id=[f"U{row}" for row in range(60)], name="一个很长的单元名称")
    figure = lc.plot_map(dataclasses.replace(today, units=units))
    assert "个单元的名称无处可写" in words(figure)


def test_numbers_on_the_map_are_ranks_and_steps(today, shortfalls, projects, check):
    said = words(lc.plot_map(today, show="shortfalls", shortfalls=shortfalls))
    first = shortfalls.iloc[0]
    assert f"1. {first['service_name']}" in said
    assert f"短缺{first['people_short']:,.0f}人" in said.replace(" ", "")
    assert f"另有 {len(shortfalls) - 10} 项未画出" in said
    hulls = lc.shortfall_hulls(shortfalls.head(4), check)
    assert "1." in words(lc.plot_map(today, show="shortfalls", shortfalls=hulls))
    said = words(lc.plot_map(today, show="projects", projects=projects))
    for row in projects[projects["chosen"]].itertuples():
        assert f"{row.step}. {row.what[:12]}" in said


def test_what_cannot_be_drawn_is_told(today, shortfalls):
    with pytest.raises(lc.UnknownNameError, match="completeness"):
        lc.plot_map(today, show="complete")
    with pytest.raises(lc.InputError, match="service="):
        lc.plot_map(today, show="minutes")
    with pytest.raises(lc.UnknownNameError, match="kindergarten"):
        lc.plot_map(today, show="minutes", service="kindergarden")
    with pytest.raises(lc.InputError, match="rank_shortfalls"):
        lc.plot_map(today, show="shortfalls")
    with pytest.raises(lc.MissingColumnError, match="project_id"):
        lc.plot_map(today, show="projects", projects=shortfalls)
    with pytest.raises(lc.UnknownNameError, match="YH-SZT-01"):
        lc.plot_coverage(today, unit_id="nowhere")


def test_empty_tables_of_shortfalls_and_projects(today, shortfalls, projects):
    lc.plot_map(today, show="shortfalls", shortfalls=shortfalls.iloc[:0])
    lc.plot_map(today, show="projects", projects=projects.iloc[:0])
    lc.plot_map(today, show="projects", projects=projects[~projects["chosen"]])


def test_one_unit_without_residents(today):
    units = today.units.iloc[[1]].reset_index(drop=True)
    nobody = dataclasses.replace(today, units=units, residents=today.residents.iloc[:0])
    figure_png(lc.plot_map(nobody))
    away = today.residents.set_geometry(gpd.GeoSeries([shapely.Point(0, 0)] * 581, crs=4326))
    figure_png(lc.plot_map(dataclasses.replace(today, residents=away)))


# ---- hostile names ---------------------------------------------------------------------------


def renamed(check, name):
    today = check.evaluation
    study = dataclasses.replace(today.study, name=name, data_sources=(name,), review_number=name)
    units = today.units.assign(name=as_objects([name] * len(today.units)))
    evaluation = dataclasses.replace(today, units=units, study=study)
    blocks = check.blocks.assign(block_name=as_objects([name] * len(check.blocks)))
    return dataclasses.replace(check, evaluation=evaluation, blocks=blocks)


def as_objects(names):
    """Texts that no column of text would take where pyarrow keeps it: halves of letters."""
    return pd.Series(names, dtype=object)


def is_plain(name):
    return bool(name) and name.isprintable() and len(name) < 12


def holds_no_code_and_fits(figure):
    svg = figure_svg(figure)
    assert "<script" not in svg
    assert "<img" not in svg
    figure.draw_without_rendering()
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= figure.bbox.x1 + 1, text.get_text()


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_titles_show_names_as_they_are(name, check):
    figure = lc.plot_health_check(renamed(check, name))
    holds_no_code_and_fits(figure)
    if is_plain(name):
        assert name in words(figure)


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 6))
def test_maps_show_names_as_they_are(first, check, shortfalls):
    names = (HOSTILE * 2)[first : first + 6]
    today = renamed(check, names[0]).evaluation
    today = dataclasses.replace(today, units=today.units.assign(name=as_objects(names)))
    told = as_objects(names)
    rows = shortfalls.head(6).reset_index(drop=True).assign(service_name=told, unit_name=told)
    figure = lc.plot_map(today, show="shortfalls", shortfalls=rows)
    holds_no_code_and_fits(figure)
    shown = words(figure)
    for name in filter(is_plain, names):
        assert shown.count(name) >= 2, name  # on the map and in the list


@pytest.mark.parametrize("name", ["--></script><img src=x>${7*7}$ {{7*7}} \x00", "长" * 2000])
def test_every_figure_bears_any_name(name, check, shortfalls, projects, comparison):
    figures = every_figure(
        renamed(check, name),
        shortfalls.assign(service_name=name, unit_name=name),
        projects.assign(what=name),
        dataclasses.replace(
            comparison,
            units=comparison.units.assign(name=name),
            scenario=dataclasses.replace(comparison.scenario, name=name),
        ),
    )
    for figure in figures.values():
        holds_no_code_and_fits(figure)


def test_a_figure_shows_itself_in_a_notebook(today):
    assert lc.plot_completeness(today)._repr_png_().startswith(b"\x89PNG")
