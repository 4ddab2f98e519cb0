"""Coverage as documents show it: units or services in rows, times or services in columns."""

from __future__ import annotations

from collections.abc import Sequence

from lifecircle.assessment.overview import Overview
from lifecircle.outputs.overviewing.cells import Wording, made, number_cell
from lifecircle.outputs.reporting.model import Column, Table
from lifecircle.outputs.reporting.tables import Spec
from lifecircle.outputs.reporting.text import Cell
from lifecircle.outputs.words import fill
from lifecircle.standards import catalog

_DISTRICT_COVERAGE = (
    Spec("district", width_cm=2.8),
    Spec("service", width_cm=3.4),
    Spec("group", width_cm=1.9),
    Spec("segment", width_cm=1.5),
    Spec("walker", width_cm=1.5),
    Spec("minutes", "count", 1.2),
    Spec("people", "people", 1.8, is_unknown=True),
    Spec("covered_people", "people", 1.8, is_unknown=True),
    Spec("covered_share", "share", 1.6, is_unknown=True),
    Spec("done_count", "count", 1.5),
    Spec("unknown_count", "count", 1.5, title="t_unknown_units_count"),
)


def shares_table(overview: Overview, minutes: float, found: Wording) -> Table:
    """Share of people within the walk of each service, unit by unit.

    Parameters
    ----------
    overview
        What is shown.
    minutes
        Walking time, min.
    found
        Words.

    Returns
    -------
    Table
        A share of nobody has no meaning; one of people of whom nothing is known is unknown.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> shares_table(overview, 15.0, wording(overview)).caption
    '步行 15 分钟覆盖率（“—”为没有此类人口）'
    """
    rows = overview.coverage[overview.coverage["minutes"] == minutes]
    units, unknown = overview.units, found.text["unknown"]
    columns = [
        Column("name", found.text["sheet_units"], width_cm=3.2),
        Column("district", found.text["col_district"], width_cm=2.4),
    ]
    cells: list[Sequence[Cell]] = [units["name"].tolist(), units["district"].tolist()]
    for service, part in rows.groupby("service", sort=False):
        here = part.drop_duplicates("unit_id").set_index("unit_id").reindex(units["unit_id"])
        name = catalog.service_name(str(service), found.language)
        columns.append(Column(f"share_{service}_{minutes:g}min", name, "share", 1.8))
        cells.append(
            [
                None if people == 0 else number_cell(share, unknown)
                for people, share in zip(here["people"], here["covered_share"], strict=True)
            ]
        )
    told = {"minutes": f"{minutes:g}"}
    caption = fill(found.text["cap_shares"], told)
    return Table("shares", caption, tuple(columns), tuple(zip(*cells, strict=True)))


def coverage_table(overview: Overview, district: str, found: Wording) -> Table:
    """Coverage of one district, each service in a row and each time in a column.

    Parameters
    ----------
    overview
        What is shown.
    district
        Which.
    found
        Words.

    Returns
    -------
    Table
        Where a share is unknown it says in how many units.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> coverage_table(overview, "雨花区", wording(overview)).rows
    ()
    """
    rows = overview.district_coverage
    rows = rows[rows["district"] == district]
    times = sorted({*rows["minutes"]})
    columns = (
        Column("service", found.text["col_service"], width_cm=4.2),
        Column("segment", found.text["col_segment"], width_cm=1.8),
        Column("people", found.text["col_people"], "people", 2.2),
        *(
            Column(
                f"share_{one:g}min",
                fill(found.text["t_share"], {"minutes": f"{one:g}"}),
                "share",
                2.4,
            )
            for one in times
        ),
        Column("unknown_units", found.text["t_unknown_units_count"], "count", 1.8),
    )
    listed: list[tuple[Cell, ...]] = []
    for (service, segment, _), part in rows.groupby(["service", "segment", "walker"], sort=False):
        shares = dict(zip(part["minutes"], part["covered_share"], strict=True))
        people = float(part["people"].iloc[0])
        unknown = found.text["unknown"]
        listed.append(
            (
                catalog.service_name(str(service), found.language),
                found.text.get(f"segment_{segment}", str(segment)),
                number_cell(people, unknown),
                *(None if people == 0 else number_cell(shares.get(one), unknown) for one in times),
                float(part["unknown_count"].max()),
            )
        )
    return Table("coverage", found.text["cap_coverage"], columns, tuple(listed))


def district_coverage_table(overview: Overview, found: Wording) -> Table:
    """Coverage of all districts.

    Parameters
    ----------
    overview
        What is shown.
    found
        Words.

    Returns
    -------
    Table

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from lifecircle.assessment.overview import About, overview_of
    >>> from lifecircle.outputs.overviewing.cells import wording
    >>> identity = {"unit_id": ["a"], "name": ["甲"], "level": ["circle"], "district": ["雨花区"]}
    >>> units = gpd.GeoDataFrame(identity, geometry=[None], crs="EPSG:4326")
    >>> overview = overview_of(units, {}, {"a": "no street"}, folders={}, about=About())
    >>> district_coverage_table(overview, wording(overview)).rows
    ()
    """
    return made("district_coverage", overview.district_coverage, _DISTRICT_COVERAGE, found)
