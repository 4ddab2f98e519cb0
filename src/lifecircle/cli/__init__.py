"""Command line: each command calls one public function.

Exit codes: 0 done, 2 bad input (one message, no traceback), 3 an optional package is missing, 4
some units of a batch failed (the others are done).
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecircle.cli.batches import batch, prepare
from lifecircle.cli.catalogues import check_language, indicators_app, say, standards_app
from lifecircle.cli.options import ALL_REPORTS, OutFolder, Reports, reports_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.assessment.health_check import HealthCheck
    from lifecircle.network.graph import WalkNetwork

app = typer.Typer(
    name="lifecircle",
    help="Walk-time analysis of 15-minute life circles (十五分钟生活圈).",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(standards_app, name="standards")
app.add_typer(indicators_app, name="indicators")
app.command()(batch)
app.command()(prepare)

BAD_INPUT, MISSING_PACKAGE = 2, 3

# What a wrong word on the command line raises, wherever typer has it from.
_WRONG_WORDS: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)

# What the sample's projects may cost together, and what opening one of its gates does, yuan.
DEMO_BUDGET_CNY, DEMO_GATE_CNY = 8_000_000.0, 20_000.0


@app.callback(invoke_without_command=True)
def _top(
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    if version:
        from lifecircle import __version__

        typer.echo(f"lifecircle {__version__}")
        raise typer.Exit


@app.command()
def demo(out: OutFolder = Path("out/demo")) -> None:
    """Run everything on the packaged sample, the Shazitang life circle in Changsha."""
    import lifecircle as lc
    from lifecircle.outputs.summary import summary
    from lifecircle.outputs.whole_files import prepare_folder

    prepare_folder(out)  # an answer in time, not after all the work
    check = lc.health_check(lc.evaluate(lc.load_demo()))
    shortfalls = lc.rank_shortfalls(check)
    costs = {"open_gate": DEMO_GATE_CNY}
    listed = lc.list_projects(check, budget_cny=DEMO_BUDGET_CNY, costs=costs)
    listed.attrs["lifecircle"] |= {"costs": costs}
    say(summary(check, shortfalls))
    _write_list(listed, check, shortfalls, out, reports_of(ALL_REPORTS))


@app.command()
def evaluate(
    study: Annotated[Path, typer.Argument(help="STUDY.toml", show_default=False)],
    out: OutFolder,
    reports: Reports = ALL_REPORTS,
) -> None:
    """Evaluate a study: coverage, compliance, health check, shortfalls, layers, map, reports."""
    import lifecircle as lc
    from lifecircle.outputs.summary import summary
    from lifecircle.outputs.whole_files import prepare_folder

    wanted = reports_of(reports)
    today = lc.read_study(study)
    prepare_folder(out)  # an answer in time, not after all the work
    evaluation = lc.evaluate(today)
    check = lc.health_check(evaluation)
    shortfalls = lc.rank_shortfalls(check)
    written = lc.write_evaluation(
        evaluation, out, check=check, shortfalls=shortfalls, reports=wanted
    )
    say(summary(check, shortfalls))
    _list_files(written)


@app.command()
def compare(
    study: Annotated[Path, typer.Argument(help="STUDY.toml", show_default=False)],
    scenario: Annotated[
        str,
        typer.Argument(
            help="SCENARIO.toml, or a drawn layer: .gpkg .geojson .shp .zip .csv .xlsx.",
            show_default=False,
        ),
    ],
    out: OutFolder,
    coordinates: Annotated[
        str, typer.Option("--coordinates", help="Of the scenario: WGS-84, GCJ-02, BD-09 …")
    ] = "",
) -> None:
    """Compare a study with what a scenario makes of it: who gains, who loses, and by how much."""
    import lifecircle as lc
    from lifecircle.outputs.comparison_summary import comparison_summary
    from lifecircle.outputs.whole_files import prepare_folder

    planned = lc.read_scenario(scenario, coordinates=coordinates or None)
    today = lc.read_study(study)
    prepare_folder(out)  # an answer in time, not after all the work
    found = lc.compare(today, planned)
    written = lc.write_comparison(found, out)
    say(comparison_summary(found))
    _list_files(written)


@app.command()
def site(
    study: Annotated[Path, typer.Argument(help="STUDY.toml", show_default=False)],
    service: Annotated[
        list[str],
        typer.Option("--service", help="Such as elderly_day_care or 托儿所; may be repeated."),
    ],
    out: OutFolder,
    count: Annotated[int | None, typer.Option("--count", help="Number of sites.")] = None,
    budget_cny: Annotated[
        float | None, typer.Option("--budget-cny", help="Most that they may cost together, yuan.")
    ] = None,
    model: Annotated[
        str, typer.Option("--model", help="MCLP CMCLP LSCP p-median p-center")
    ] = "MCLP",
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", help="Longest walk that counts; the standard's if left out."),
    ] = None,
    segment: Annotated[
        str, typer.Option("--segment", help="Whose walks count, such as elderly or 老人.")
    ] = "",
) -> None:
    """Choose sites for a service, or for several, and evaluate the study with them."""
    import lifecircle as lc
    from lifecircle.outputs.csv_tables import words_beside
    from lifecircle.outputs.siting_summary import siting_summary
    from lifecircle.outputs.whole_files import prepare_folder
    from lifecircle.planning.siting_study import services_of
    from lifecircle.standards.catalog import service_name

    segments = {name: word for word, name in words_beside("segment", "zh").items()}
    asked = lc.SitingModel(model, segment=segments.get(segment, segment) or None)
    names = services_of(service)
    if count is None and budget_cny is None and asked.name != "LSCP":
        raise lc.InputError("say how many sites, such as --count 3, or give a --budget-cny.")
    today = lc.read_study(study)
    prepare_folder(out)  # an answer in time, not after all the work
    found = lc.site_facilities(
        today, names, count=count, budget_cny=budget_cny, model=asked, minutes=minutes
    )
    title = " ".join(service_name(name, today.language) for name in names)
    compared = lc.compare(today, lc.siting_scenario(found, name=title))
    written = lc.write_siting(found, compared, out)
    say(siting_summary(found, compared))
    _list_files(written)


@app.command()
def projects(
    study: Annotated[Path, typer.Argument(help="STUDY.toml", show_default=False)],
    out: OutFolder,
    budget_cny: Annotated[
        float | None,
        typer.Option("--budget-cny", help="Yuan for all projects; without it all that help."),
    ] = None,
    openings: Annotated[
        int, typer.Option("--openings", help="So many gates, walls and dead ends are looked at.")
    ] = 20,
    cost: Annotated[
        list[str] | None,
        typer.Option("--cost", help="open_gate=20000, or PROJECT_ID=YUAN; may be repeated."),
    ] = None,
    terms: Annotated[
        Path | None,
        typer.Option("--terms", help="A projects.csv filled in: cost, payer, phase, include."),
    ] = None,
    reports: Reports = ALL_REPORTS,
) -> None:
    """List the projects that make up for what is short, and choose within a budget."""
    import lifecircle as lc
    from lifecircle.inputs.documents import file_facts
    from lifecircle.inputs.layers import open_table
    from lifecircle.outputs.project_list import costs_of
    from lifecircle.outputs.whole_files import prepare_folder
    from lifecircle.planning.project_terms import check_project_terms

    costs, wanted = costs_of(cost or []), reports_of(reports)
    said = None if terms is None else open_table(terms, table="projects")
    check_project_terms(said)
    prepare_folder(out)  # an answer in time, not after all the work
    check = lc.health_check(lc.evaluate(lc.read_study(study)))
    listed = lc.list_projects(
        check, budget_cny=budget_cny, openings=openings, costs=costs, terms=said
    )
    listed.attrs["lifecircle"] |= {
        "costs": costs,
        "openings": openings,
        "terms": None if terms is None else file_facts(terms),
    }
    _write_list(listed, check, lc.rank_shortfalls(check), out, wanted)


@app.command()
def isochrones(
    network: Annotated[Path, typer.Option("--network", help="Streets: .osm.pbf .osm .gpkg …")],
    at: Annotated[
        list[str], typer.Option("--at", help="LON,LAT in degrees WGS-84; may be repeated.")
    ],
    out: Annotated[Path, typer.Option("--out", help=".geojson, .gpkg or .html")],
    minutes: Annotated[str, typer.Option("--minutes", help="Bands, minutes.")] = "5,10,15",
    walker: Annotated[str, typer.Option("--walker", help="adult, elderly, child …")] = "adult",
    language: Annotated[str, typer.Option("--language", help="zh or en, of a map.")] = "zh",
) -> None:
    """Draw the area that lies within so many minutes of a place."""
    import lifecircle as lc
    from lifecircle.network.walkers import find_walker
    from lifecircle.outputs.whole_files import layer_driver, write_layer

    as_map = out.suffix.lower() == ".html"
    if not as_map:
        layer_driver(out)
    bands, who = _numbers(minutes, "--minutes"), find_walker(walker)
    places = [_place(text) for text in at]
    streets = lc.read_walk_network(network)
    points = _points(places, streets)
    areas = lc.isochrones(streets, points, minutes=bands, walker=who).assign(walker=who.name)
    if as_map:
        page = lc.map_isochrones(areas, points=points, language=language)
        typer.echo(f"{lc.write_map(page, out)}")
    else:
        typer.echo(f"{write_layer(areas, out)}")


@app.command()
def inspect(
    files: Annotated[
        list[Path], typer.Argument(help="Tables, layers, streets.", show_default=False)
    ],
    network: Annotated[
        Path | None,
        typer.Option("--network", help="Streets of the place: inspected too, beside the tables."),
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="List the links that repair = true would make.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON, for scripts.")] = False,
    language: Annotated[str, typer.Option("--language", help="zh or en.")] = "zh",
) -> int:
    """Say what each file is, what is wrong with it, and what to do."""
    import json

    import lifecircle as lc

    check_language(language)
    inspections = lc.inspect_files(files, network=network, repair=repair)
    if as_json:
        listed = [found.as_dict(language) for found in inspections]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=2))
    else:
        for found in inspections:
            say(found.describe(language))
    return BAD_INPUT if any(found.error for found in inspections) else 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point of the ``lifecircle`` command.

    Parameters
    ----------
    arguments
        Words of the command line; the process's own if not given.

    Returns
    -------
    int
        Exit code.

    Examples
    --------
    >>> main(["--version"])  # doctest: +ELLIPSIS
    lifecircle ...
    0
    """
    from lifecircle.errors import LifecircleError, LifecircleWarning, MissingPackageError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a console that lacks a letter shows ? instead of dying
            stream.reconfigure(errors="replace")
    shown: set[str] = set()

    def show(message: Warning | str, category: type[Warning], *_: object) -> None:
        text = str(message)
        if issubclass(category, LifecircleWarning) and text not in shown:
            shown.add(text)
            say(f"warning: {text}", err=True)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", LifecircleWarning)
        warnings.showwarning = show  # type: ignore[assignment]
        try:
            result = app(args=arguments, prog_name="lifecircle", standalone_mode=False)
            return result if isinstance(result, int) else 0
        except MissingPackageError as error:
            say(f"error: {error}", err=True)
            return MISSING_PACKAGE
        except LifecircleError as error:
            say(f"error: {error}", err=True)
            return BAD_INPUT
        except typer.Abort:
            typer.echo("stopped", err=True)
            return 130
        except _WRONG_WORDS as error:
            error.show()  # type: ignore[attr-defined]
            return BAD_INPUT


def _write_list(
    listed: GeoDataFrame,
    check: HealthCheck,
    shortfalls: DataFrame,
    out: Path,
    reports: list[str],
) -> None:
    """Compare today with the chosen projects, write and tell it."""
    import lifecircle as lc
    from lifecircle.outputs.project_list import plan_name
    from lifecircle.outputs.project_summary import project_summary

    name = plan_name(listed, check.evaluation.study.language)
    compared = lc.compare(check, lc.projects_scenario(listed[listed["chosen"]], name=name))
    written = lc.write_projects(listed, compared, out, shortfalls=shortfalls, reports=reports)
    say(project_summary(listed, compared))
    _list_files(written)


def _list_files(written: Mapping[str, Path]) -> None:
    """Name the files that were written."""
    for path in written.values():
        typer.echo(f"  {path}")


def _numbers(text: str, option: str) -> list[float]:
    from lifecircle.errors import InputError

    try:
        return [float(part) for part in text.replace("，", ",").split(",") if part.strip()]
    except ValueError:
        raise InputError(f"{option} {text!r}: give numbers parted by commas.") from None


def _place(text: str) -> tuple[float, float]:
    from lifecircle.errors import InputError

    numbers = _numbers(text, "--at")
    if len(numbers) != 2:
        raise InputError(f"--at {text!r}: give LON,LAT in degrees, such as 112.988,28.166.")
    return numbers[0], numbers[1]


def _points(places: list[tuple[float, float]], streets: WalkNetwork) -> GeoDataFrame:
    """Places as a layer, once they are known to lie where the streets are."""
    import geopandas as gpd

    from lifecircle.errors import CrsError

    west, south, east, north = streets.bounds_lonlat
    margin = 0.01  # degrees, about 1 km

    def inside(lon: float, lat: float) -> bool:
        return west - margin <= lon <= east + margin and south - margin <= lat <= north + margin

    for lon, lat in places:
        if inside(lon, lat):
            continue
        advice = (
            "Give longitude first, then latitude."
            if inside(lat, lon)
            else "Give LON,LAT in degrees WGS-84, at a place that the streets cover."
        )
        raise CrsError(
            f"--at {lon:g},{lat:g} lies outside the streets (lon {west:.4f} to {east:.4f}, lat "
            f"{south:.4f} to {north:.4f}). {advice}"
        )
    names = [f"{row}: {lon:g},{lat:g}" for row, (lon, lat) in enumerate(places, start=1)]
    lons, lats = zip(*places, strict=True)
    return gpd.GeoDataFrame(
        {"origin_id": names}, geometry=gpd.points_from_xy(lons, lats), crs="EPSG:4326"
    )
