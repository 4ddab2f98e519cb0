"""Inspection of what is no table: OpenStreetMap data, graphs of streets, rasters."""

from __future__ import annotations

import importlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from lifecircle.errors import EmptyNetworkError, InputError
from lifecircle.inputs.inspection_barriers import SAID_HERE, inspect_osm_barriers
from lifecircle.inputs.inspection_checks import Problem, in_china
from lifecircle.inputs.inspection_tables import told
from lifecircle.network.graph import build_network

_HEAD_BYTES = 65_536
_BOUNDS = re.compile(rb"<bounds\b([^>]*)>")
_EDGE = rb"\b%s=['\"]([-+\d.eE]+)"


def inspect_osm(path: Path) -> dict[str, Any]:
    """What there is to say of an OpenStreetMap file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Fields of :class:`lifecircle.inputs.inspection.Inspection`. ``counts`` holds ``streets``
        (walkable ways by class), ``street_km``, ``services``, ``buildings`` and ``barriers``.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "town.osm"
    >>> _ = path.write_text('''<osm version="0.6"><bounds minlat="28.1" minlon="112.9"
    ...   maxlat="28.2" maxlon="113.0"/><node id="1" lon="112.99" lat="28.16">
    ...   <tag k="amenity" v="school"/></node></osm>''')
    >>> found = inspect_osm(path)
    >>> found["bounds"], found["counts"]["services"]
    ((112.9, 28.1, 113.0, 28.2), {'school_any': 1})
    """
    from lifecircle.inputs.osm import (  # noqa: PLC0415 - osmium loads slowly
        read_osm_buildings,
        read_osm_facilities,
        read_osm_streets,
    )

    counts: dict[str, Any] = {"streets": {}, "street_km": 0.0}
    problems: list[Problem] = []
    lonlat, network = np.empty((0, 2)), None
    with told() as notes:
        facilities = read_osm_facilities(path)
        barriers, among, unsaid = inspect_osm_barriers(path)
        problems += unsaid
        buildings = read_osm_buildings(path)
        try:
            streets = read_osm_streets(path)
        except EmptyNetworkError as fault:
            problems.append(Problem("cannot_be_read", {"kind": "streets", "reason": str(fault)}))
        else:
            ways = dict(zip(streets.osm_id.tolist(), streets.highway.tolist(), strict=True))
            counts["streets"] = dict(Counter(ways.values()).most_common())
            network = build_network(streets)
            counts["street_km"] = round(float(network.edge_length_m.sum()) / 1000, 1)
            lonlat = streets.points_lonlat
    counts["barriers"] = among
    counts["services"] = _tally(facilities["service"])
    counts["buildings"] = len(buildings)
    counts["buildings_with_levels"] = int(buildings["levels"].notna().sum())
    bounds = stated_box(path)
    if bounds is None and len(lonlat):
        bounds = (*map(float, lonlat.min(axis=0)), *map(float, lonlat.max(axis=0)))  # type: ignore[assignment]
    return {
        "bounds": bounds,
        "in_china": None if bounds is None else _middle_in_china(bounds),
        "stated": "WGS 84",
        "counts": counts,
        "problems": tuple(problems),
        "notes": tuple(note for note in notes if SAID_HERE not in note),
        "made": network,
        "barriers": barriers,
    }


def inspect_graphml(path: Path) -> dict[str, Any]:
    """What there is to say of a graph of streets as osmnx saves it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Fields of :class:`lifecircle.inputs.inspection.Inspection`.

    Examples
    --------
    >>> inspect_graphml(Path("nowhere.graphml"))
    Traceback (most recent call last):
    lifecircle.errors.InputError: nowhere.graphml: there is no such file in ...
    """
    from lifecircle.inputs.streets import read_walk_network  # noqa: PLC0415 - likewise

    with told() as notes:
        network = read_walk_network(path)
    bounds = network.bounds_lonlat
    return {
        "bounds": tuple(map(float, bounds)),
        "in_china": _middle_in_china(bounds),
        "stated": "WGS 84",
        "counts": {"street_km": round(float(network.edge_length_m.sum()) / 1000, 1)},
        "notes": tuple(notes),
        "made": network,
    }


def inspect_raster(path: Path) -> dict[str, Any]:
    """What there is to say of a raster; its cells are looked at only where rasterio is installed.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    dict
        Fields of :class:`lifecircle.inputs.inspection.Inspection`. ``counts`` holds ``width`` and
        ``height`` in cells, ``least``, ``most`` and ``sum`` of the first band.

    Raises
    ------
    InputError
        If it is no raster, or cut short.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "people.tif"
    >>> _ = path.write_bytes(b"no raster")
    >>> inspect_raster(path)
    Traceback (most recent call last):
    lifecircle.errors.InputError: people.tif: this is no GeoTIFF, though its name says so. ...
    """
    with path.open("rb") as file:
        if file.read(4) not in (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"):
            raise InputError(
                f"{path.name}: this is no GeoTIFF, though its name says so. Download it again."
            )
    try:
        rasterio = importlib.import_module("rasterio")
    except ImportError:
        return {"problems": (Problem("raster_extra", {}),)}
    warps = importlib.import_module("rasterio.warp")
    try:
        with told(), rasterio.open(path) as raster:
            cells = raster.read(1, masked=True)
            bounds = tuple(raster.bounds)
            if raster.crs is not None and not raster.crs.is_geographic:
                bounds = warps.transform_bounds(raster.crs, "EPSG:4326", *bounds)
            stated = "" if raster.crs is None else _crs_name(raster.crs)
    except (rasterio.errors.RasterioError, OSError, ValueError) as fault:
        raise InputError(
            f"{path.name}: the raster cannot be read: it is cut short or damaged ({fault}). "
            "Download it again."
        ) from fault
    counts: dict[str, Any] = {"width": cells.shape[1], "height": cells.shape[0]}
    values = cells.compressed().astype(np.float64)
    values = values[np.isfinite(values)]
    if len(values):
        counts.update(least=float(values.min()), most=float(values.max()), sum=float(values.sum()))
    code = Problem("raster_people", {}) if stated else Problem("no_system", {})
    known = bool(stated)
    return {
        "bounds": tuple(map(float, bounds)) if known else None,
        "in_china": _middle_in_china(bounds) if known else None,
        "stated": stated,
        "counts": counts,
        "problems": (code,),
    }


def stated_box(path: Path) -> tuple[float, float, float, float] | None:
    """Box that an OpenStreetMap XML file states, inside which it is whole.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    tuple or None
        West, south, east, north, degrees.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.osm"
    >>> _ = path.write_text("<osm><bounds minlat='1' minlon='2' maxlat='3' maxlon='4'/></osm>")
    >>> stated_box(path)
    (2.0, 1.0, 4.0, 3.0)
    """
    with path.open("rb") as file:
        found = _BOUNDS.search(file.read(_HEAD_BYTES))
    if found is None:
        return None
    edges = [
        re.search(_EDGE % name, found.group(1))
        for name in (b"minlon", b"minlat", b"maxlon", b"maxlat")
    ]
    try:
        west, south, east, north = (float(edge.group(1)) for edge in edges if edge)
    except ValueError:
        return None
    return west, south, east, north


def _tally(values: Any) -> dict[str, int]:
    """Value → rows, the most frequent first."""
    return {str(value): int(rows) for value, rows in values.value_counts().items()}


def _middle_in_china(bounds: Any) -> bool:
    """Whether the middle of an extent lies in the box around China."""
    west, south, east, north = bounds
    return bool(in_china(np.array([(west + east) / 2]), np.array([(south + north) / 2]))[0])


def _crs_name(crs: Any) -> str:
    """Name of the system of a raster."""
    from pyproj import CRS  # noqa: PLC0415

    return str(CRS.from_wkt(crs.to_wkt()).name)
