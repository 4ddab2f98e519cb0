"""Walk-time analysis of 15-minute life circles (十五分钟生活圈).

>>> import lifecircle as lc
>>> study = lc.load_demo()
>>> today = lc.evaluate(study)

Names are imported when they are first used, so that ``import lifecircle`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecircle.assessment.compliance import check_compliance
    from lifecircle.assessment.demo import cases, load_demo
    from lifecircle.assessment.equity import capacity_table
    from lifecircle.assessment.evaluation import Evaluation, evaluate
    from lifecircle.assessment.health_check import HealthCheck, health_check
    from lifecircle.assessment.health_compare import compare_health_checks
    from lifecircle.assessment.shortfall_places import shortfall_areas, shortfall_hulls
    from lifecircle.assessment.shortfalls import rank_shortfalls, unknown_requirements
    from lifecircle.assessment.study import Study
    from lifecircle.assessment.study_file import read_study
    from lifecircle.assessment.survey import survey_summary
    from lifecircle.assessment.survey_changes import compare_segments, compare_surveys
    from lifecircle.assessment.survey_findings import (
        importance_performance,
        survey_against_walk,
        survey_weight,
    )
    from lifecircle.assessment.unit_tiers import unit_tiers
    from lifecircle.batch.districts import prepare_store, run_districts
    from lifecircle.errors import (
        AlignmentError,
        CrsError,
        DuplicateIdError,
        EmptyNetworkError,
        FetchError,
        GeometryError,
        InfeasibleError,
        InputError,
        LifecircleError,
        LifecircleWarning,
        MissingColumnError,
        MissingPackageError,
        NetworkError,
        SnapError,
        UnknownNameError,
        UnknownServiceError,
    )
    from lifecircle.inputs.barriers import read_compounds, read_gates, read_walls
    from lifecircle.inputs.boundaries import read_units
    from lifecircle.inputs.dwellings import residents_from_buildings
    from lifecircle.inputs.elevation import with_elevation
    from lifecircle.inputs.facilities import read_facilities
    from lifecircle.inputs.inspection import Inspection, inspect_file, inspect_files
    from lifecircle.inputs.osm import fetch_walk_network, read_osm_buildings, read_osm_facilities
    from lifecircle.inputs.osm_barriers import read_osm_barriers
    from lifecircle.inputs.own_standards import read_standard
    from lifecircle.inputs.population_raster import residents_from_raster
    from lifecircle.inputs.records import read_records
    from lifecircle.inputs.residents import read_residents
    from lifecircle.inputs.streets import read_walk_network
    from lifecircle.inputs.survey import read_survey
    from lifecircle.inputs.totals import residents_from_totals
    from lifecircle.inputs.which_system import CoordinatesVerdict, which_coordinates
    from lifecircle.measures.catchment import gaussian, steps, three_step_fca, two_step_fca
    from lifecircle.measures.coverage import coverage
    from lifecircle.measures.equity import inequality, lorenz, segment_gaps
    from lifecircle.measures.isochrones import isochrones, service_areas
    from lifecircle.network.barriers import Barriers, with_barriers
    from lifecircle.network.diagnosis import diagnose_network
    from lifecircle.network.graph import WalkNetwork
    from lifecircle.network.path import walk_path
    from lifecircle.network.repair import repair_network
    from lifecircle.network.resting import rested_travel_times
    from lifecircle.network.storage import read_travel_times, write_travel_times
    from lifecircle.network.travel_times import TravelTimes
    from lifecircle.network.walkers import (
        ADULT,
        CHILD,
        ELDERLY,
        FRAIL,
        STROLLER,
        WHEELCHAIR,
        Walker,
    )
    from lifecircle.network.walking import nearest_minutes, travel_times
    from lifecircle.network.wall_findings import wall_findings
    from lifecircle.outputs.charts import (
        plot_comparison,
        plot_completeness,
        plot_coverage,
        plot_health_check,
        plot_importance_performance,
        plot_lorenz,
        plot_map,
        write_figure,
    )
    from lifecircle.outputs.comparison_files import write_comparison
    from lifecircle.outputs.findings import Findings
    from lifecircle.outputs.mapping.basemaps import Tianditu
    from lifecircle.outputs.mapping.comparison import map_comparison
    from lifecircle.outputs.maps import map_evaluation, map_isochrones
    from lifecircle.outputs.page import write_map
    from lifecircle.outputs.project_files import write_projects
    from lifecircle.outputs.reports import write_report
    from lifecircle.outputs.results import write_evaluation
    from lifecircle.outputs.siting_files import write_siting
    from lifecircle.planning.actions import (
        AddCrossing,
        AddFacility,
        CloseFacility,
        ConnectStreets,
        ExtendCapacity,
        MoveFacility,
        OpenGate,
        RemoveWall,
    )
    from lifecircle.planning.comparison import Comparison, compare
    from lifecircle.planning.openings import openings_scenario, rank_openings
    from lifecircle.planning.projects import list_projects, projects_scenario
    from lifecircle.planning.promises import needs_found, siting_found, siting_scenario
    from lifecircle.planning.scenario_files import read_scenario, write_scenario
    from lifecircle.planning.scenarios import Scenario, apply_scenario
    from lifecircle.planning.site_facilities import site_facilities
    from lifecircle.planning.siting import SitingResult, locate
    from lifecircle.planning.siting_model import SitingModel
    from lifecircle.standards.standard import Standard, find_standard

__version__ = "0.1.0"

_HOMES = {
    "assessment.compliance": ("check_compliance",),
    "assessment.demo": ("cases", "load_demo"),
    "assessment.equity": ("capacity_table",),
    "assessment.evaluation": ("Evaluation", "evaluate"),
    "assessment.health_check": ("HealthCheck", "health_check"),
    "assessment.health_compare": ("compare_health_checks",),
    "assessment.shortfall_places": ("shortfall_areas", "shortfall_hulls"),
    "assessment.shortfalls": ("rank_shortfalls", "unknown_requirements"),
    "assessment.study": ("Study",),
    "assessment.study_file": ("read_study",),
    "assessment.survey": ("survey_summary",),
    "assessment.survey_changes": ("compare_segments", "compare_surveys"),
    "assessment.survey_findings": (
        "importance_performance",
        "survey_against_walk",
        "survey_weight",
    ),
    "assessment.unit_tiers": ("unit_tiers",),
    "batch.districts": ("prepare_store", "run_districts"),
    "errors": (
        "AlignmentError",
        "CrsError",
        "DuplicateIdError",
        "EmptyNetworkError",
        "FetchError",
        "GeometryError",
        "InfeasibleError",
        "InputError",
        "LifecircleError",
        "LifecircleWarning",
        "MissingColumnError",
        "MissingPackageError",
        "NetworkError",
        "SnapError",
        "UnknownNameError",
        "UnknownServiceError",
    ),
    "inputs.barriers": ("read_compounds", "read_gates", "read_walls"),
    "inputs.boundaries": ("read_units",),
    "inputs.dwellings": ("residents_from_buildings",),
    "inputs.elevation": ("with_elevation",),
    "inputs.facilities": ("read_facilities",),
    "inputs.inspection": ("Inspection", "inspect_file", "inspect_files"),
    "inputs.osm": ("fetch_walk_network", "read_osm_buildings", "read_osm_facilities"),
    "inputs.osm_barriers": ("read_osm_barriers",),
    "inputs.own_standards": ("read_standard",),
    "inputs.population_raster": ("residents_from_raster",),
    "inputs.records": ("read_records",),
    "inputs.residents": ("read_residents",),
    "inputs.sites": ("read_sites",),
    "inputs.streets": ("read_walk_network",),
    "inputs.survey": ("read_survey",),
    "inputs.totals": ("residents_from_totals",),
    "inputs.which_system": ("CoordinatesVerdict", "which_coordinates"),
    "measures.catchment": ("gaussian", "steps", "three_step_fca", "two_step_fca"),
    "measures.coverage": ("coverage",),
    "measures.equity": ("inequality", "lorenz", "segment_gaps"),
    "measures.isochrones": ("isochrones", "service_areas"),
    "network.barriers": ("Barriers", "with_barriers"),
    "network.diagnosis": ("diagnose_network",),
    "network.graph": ("WalkNetwork",),
    "network.path": ("walk_path",),
    "network.repair": ("repair_network",),
    "network.resting": ("rested_travel_times",),
    "network.storage": ("read_travel_times", "write_travel_times"),
    "network.travel_times": ("TravelTimes",),
    "network.walkers": ("ADULT", "CHILD", "ELDERLY", "FRAIL", "STROLLER", "WHEELCHAIR", "Walker"),
    "network.walking": ("nearest_minutes", "travel_times"),
    "network.wall_findings": ("wall_findings",),
    "outputs.mapping.basemaps": ("Tianditu",),
    "outputs.charts": (
        "plot_comparison",
        "plot_completeness",
        "plot_coverage",
        "plot_health_check",
        "plot_importance_performance",
        "plot_lorenz",
        "plot_map",
        "write_figure",
    ),
    "outputs.comparison_files": ("write_comparison",),
    "outputs.findings": ("Findings",),
    "outputs.mapping.comparison": ("map_comparison",),
    "outputs.maps": ("map_evaluation", "map_isochrones"),
    "outputs.page": ("write_map",),
    "outputs.project_files": ("write_projects",),
    "outputs.reports": ("write_report",),
    "outputs.results": ("write_evaluation",),
    "outputs.siting_files": ("write_siting",),
    "planning.actions": (
        "AddCrossing",
        "AddFacility",
        "CloseFacility",
        "ConnectStreets",
        "ExtendCapacity",
        "MoveFacility",
        "OpenGate",
        "RemoveWall",
    ),
    "planning.comparison": ("Comparison", "compare"),
    "planning.openings": ("openings_scenario", "rank_openings"),
    "planning.projects": ("list_projects", "projects_scenario"),
    "planning.promises": ("needs_found", "siting_found", "siting_scenario"),
    "planning.scenario_files": ("read_scenario", "write_scenario"),
    "planning.scenarios": ("Scenario", "apply_scenario"),
    "planning.site_facilities": ("site_facilities",),
    "planning.siting": ("SitingResult", "locate"),
    "planning.siting_model": ("SitingModel",),
    "standards.standard": ("Standard", "find_standard"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: RUF022  (plainly sorted)
    "ADULT",
    "AddCrossing",
    "AddFacility",
    "AlignmentError",
    "Barriers",
    "CHILD",
    "CloseFacility",
    "Comparison",
    "ConnectStreets",
    "CoordinatesVerdict",
    "CrsError",
    "DuplicateIdError",
    "ELDERLY",
    "EmptyNetworkError",
    "Evaluation",
    "ExtendCapacity",
    "FRAIL",
    "FetchError",
    "Findings",
    "GeometryError",
    "HealthCheck",
    "InfeasibleError",
    "InputError",
    "Inspection",
    "LifecircleError",
    "LifecircleWarning",
    "MissingColumnError",
    "MissingPackageError",
    "MoveFacility",
    "NetworkError",
    "OpenGate",
    "RemoveWall",
    "STROLLER",
    "Scenario",
    "SitingModel",
    "SitingResult",
    "SnapError",
    "Standard",
    "Study",
    "Tianditu",
    "TravelTimes",
    "UnknownNameError",
    "UnknownServiceError",
    "WHEELCHAIR",
    "WalkNetwork",
    "Walker",
    "apply_scenario",
    "capacity_table",
    "cases",
    "check_compliance",
    "compare",
    "compare_health_checks",
    "compare_segments",
    "compare_surveys",
    "coverage",
    "diagnose_network",
    "evaluate",
    "fetch_walk_network",
    "find_standard",
    "gaussian",
    "health_check",
    "importance_performance",
    "inequality",
    "inspect_file",
    "inspect_files",
    "isochrones",
    "list_projects",
    "load_demo",
    "locate",
    "lorenz",
    "map_comparison",
    "map_evaluation",
    "map_isochrones",
    "nearest_minutes",
    "needs_found",
    "openings_scenario",
    "plot_comparison",
    "plot_completeness",
    "plot_coverage",
    "plot_health_check",
    "plot_importance_performance",
    "plot_lorenz",
    "plot_map",
    "prepare_store",
    "projects_scenario",
    "rank_openings",
    "rank_shortfalls",
    "read_compounds",
    "read_facilities",
    "read_gates",
    "read_osm_barriers",
    "read_osm_buildings",
    "read_osm_facilities",
    "read_records",
    "read_residents",
    "read_scenario",
    "read_standard",
    "read_study",
    "read_survey",
    "read_travel_times",
    "read_units",
    "read_walk_network",
    "read_walls",
    "repair_network",
    "residents_from_buildings",
    "residents_from_raster",
    "residents_from_totals",
    "rested_travel_times",
    "run_districts",
    "segment_gaps",
    "service_areas",
    "shortfall_areas",
    "shortfall_hulls",
    "site_facilities",
    "siting_found",
    "siting_scenario",
    "steps",
    "survey_against_walk",
    "survey_summary",
    "survey_weight",
    "three_step_fca",
    "travel_times",
    "two_step_fca",
    "unit_tiers",
    "unknown_requirements",
    "walk_path",
    "wall_findings",
    "which_coordinates",
    "with_barriers",
    "with_elevation",
    "write_comparison",
    "write_evaluation",
    "write_figure",
    "write_map",
    "write_projects",
    "write_report",
    "write_scenario",
    "write_siting",
    "write_travel_times",
]


def __getattr__(name: str) -> Any:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'lifecircle' has no attribute {name!r}")
    value = getattr(import_module(f"lifecircle.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
