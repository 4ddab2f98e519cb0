"""Any file with a table or a map layer → one frame; places of any kind → a reference system."""

from __future__ import annotations

import io
import os
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from lifecircle.crs import WGS84, coordinates_name, national_system, to_wgs84
from lifecircle.errors import (
    CrsError,
    GeometryError,
    InputError,
    LifecircleWarning,
    MissingColumnError,
    MissingPackageError,
    some,
)
from lifecircle.inputs.archives import (
    Part,
    check_archive,
    choose,
    read_shapefile,
    siblings,
    unpack_layer,
)
from lifecircle.inputs.coordinate_columns import with_lon_lat
from lifecircle.inputs.file_heads import (
    HEAD_BYTES,
    check_layer_head,
    check_other_formats,
    real_format,
)
from lifecircle.inputs.grids import parse_table
from lifecircle.inputs.header_names import EAST, LAT, LON, NORTH, SHAPE
from lifecircle.inputs.surveyed import settle
from lifecircle.inputs.text import column_key, decode
from lifecircle.inputs.workbooks import read_workbook
from lifecircle.tables.findings import columns_found, origin, tell
from lifecircle.tables.values import as_numbers, is_blank

Source = str | os.PathLike[str] | pd.DataFrame

_TEXT = (".csv", ".tsv", ".txt")
_EXCEL = (".xlsx", ".xlsm", ".xls", ".et")
_ARCHIVES = (".zip", ".kmz")
_PARQUET = (".parquet", ".geoparquet")
_XML = (".gml", ".kml", ".gpx")
_HARMLESS = "Several features with id"  # row numbers, which are not used
_KINDS = {
    "units": "Polygon",
    "facilities": "Point",
    "compounds": "Polygon",
    "walls": "LineString",
    "gates": "Point",
}  # part of the name of a layer's geometry
_CUT = "Long shapes are cut by Excel at 32,767 characters: save the layer as GeoPackage (.gpkg)."
_WKT_START = re.compile(
    r"\s*(SRID=\d+;)?\s*(MULTI)?(POINT|POLYGON|LINESTRING|GEOMETRY)", re.IGNORECASE
)


def open_table(source: Source, *, table: str) -> pd.DataFrame:
    r"""Frame of a file, as it stands there.

    Parameters
    ----------
    source
        Path of a file: any layer that GDAL reads, zip archives with one, ``.csv`` ``.tsv``
        ``.txt`` ``.xlsx``; of a file with several layers ``"city.gpkg|layername=units"`` names
        one. Or a frame, which is copied.
    table
        Name of the table that is read, for messages and to choose among layers.

    Returns
    -------
    DataFrame or GeoDataFrame
        A GeoDataFrame where the file holds geometry. ``attrs["lifecircle"]["file"]`` is its name.

    Raises
    ------
    InputError
        If the file is not there, empty, cut short, hostile or of no known format.
    MissingPackageError
        For GeoParquet without pyarrow.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "poi.csv"
    >>> _ = path.write_text("经度,纬度\n112.99,28.16", encoding="gbk")
    >>> open_table(path, table="facilities").columns.to_list()
    ['经度', '纬度']
    """
    if isinstance(source, pd.DataFrame):
        frame = source.copy()
    else:
        path, layer = _path(source, table)
        try:
            frame = _read(path, layer, table)
        except PermissionError as fault:
            raise InputError(
                f"{path.name}: the file may not be read. Close it in Excel or the GIS, then try "
                "again."
            ) from fault
        frame.attrs["lifecircle"] = {"file": path.name, **origin(frame)}
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()].unique()
        raise InputError(f"{table}: columns stand twice ({some(twice)}). Rename one of each.")
    return frame


def locate(
    frame: pd.DataFrame, *, table: str, coordinates: str | None = None, shapes_first: bool = False
) -> gpd.GeoDataFrame:
    """Frame with geometry in a stated reference system, WGS-84 where it was shifted.

    Parameters
    ----------
    frame
        A layer, or a table with columns of longitude and latitude, of x and y, or of WKT. Not
        changed.
    table
        Name of the table, for messages.
    coordinates
        None: the layer's own system, and WGS-84 for a table. ``"GCJ-02"`` or ``"BD-09"``: every
        vertex is converted to WGS-84. ``"CGCS2000"``: degrees are taken as they are (EPSG:4490 to
        4326 is a null operation); metres in the zone that their eastings carry. With a meridian,
        ``"CGCS2000 114E"``, or an EPSG code: the system of a table's x and y, or of a layer that
        has none. Surveyors' X (northing) and Y (easting) are told by their size and exchanged.
    shapes_first
        Of a table with both, take WKT rather than longitude and latitude.

    Returns
    -------
    GeoDataFrame
        Without the columns that the geometry was made of. A layer that has no system and for which
        none is named still has none.

    Raises
    ------
    CrsError
        If ``coordinates`` is not understood, or contradicts the layer.
    GeometryError
        If WKT cannot be read.
    MissingColumnError
        If a table has no such columns.

    Examples
    --------
    >>> stop = pd.DataFrame({"经度": ["112.99323"], "纬度": ["28.16258"]})
    >>> located = locate(stop, table="facilities", coordinates="GCJ-02")
    >>> shapely.get_coordinates(located.geometry).round(4).tolist()
    [[112.9876, 28.166]]
    """
    shift, system = _system(coordinates)
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        layer, default = frame.copy(), None
    else:
        frame = with_lon_lat(frame, table=table, coordinates=coordinates)
        layer, default = _with_geometry(frame, table, system, shapes_first=shapes_first), WGS84
    layer, system = settle(layer, system, table=table)
    system = system or default
    if layer.crs is None and system is not None:
        layer = layer.set_crs(system)
    elif system is not None and system not in (WGS84, layer.crs):
        layer = _contradicted(layer, system, table)
    if shift:
        if layer.crs is not None and not layer.crs.is_geographic:
            layer = layer.to_crs(WGS84)
        shapes = shapely.transform(
            layer.geometry.to_numpy(),
            lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], shift)),
        )
        layer = layer.set_geometry(gpd.GeoSeries(shapes, index=layer.index, crs=WGS84))
    known = {"coordinates": shift or (layer.crs.name if layer.crs else None)}
    layer.attrs["lifecircle"] = {**origin(frame), **origin(layer), **known}
    return layer


def without_cut_shapes(frame: pd.DataFrame) -> tuple[pd.DataFrame, dict[int, str]]:
    """Table whose WKT can be read, cells that cannot be left empty.

    Parameters
    ----------
    frame
        As :func:`locate` takes it, with ``shapes_first``. Not changed.

    Returns
    -------
    frame
        The same, if there is nothing to empty.
    cut : dict of int to str
        What is wrong, by the position of the row.

    Examples
    --------
    >>> rows = pd.DataFrame({"WKT": ["POINT (1 2)", "POLYGON ((0 0, 1 1"]})
    >>> without_cut_shapes(rows)[0]["WKT"].to_list()
    ['POINT (1 2)', None]
    """
    if isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None:
        return frame, {}
    columns = {column_key(name): name for name in reversed(frame.columns)}
    shape = _first(columns, SHAPE)
    if shape is None or not _is_shape(frame[shape]):
        return frame, {}
    wrong = _parsed(frame[shape])[1]
    if not wrong.any():
        return frame, {}
    emptied = frame.assign(**{shape: frame[shape].astype(object).mask(wrong, None)})
    return emptied, {int(row): f"its WKT cannot be read. {_CUT}" for row in np.flatnonzero(wrong)}


def _path(source: Any, table: str) -> tuple[Path, str]:
    """Path of an existing file, and the layer that is named behind it."""
    if not isinstance(source, str | os.PathLike):
        raise InputError(
            f"{table}: expected the path of a file or a (Geo)DataFrame, not a "
            f"{type(source).__name__}."
        )
    text, _, layer = os.fspath(source).partition("|layername=")
    path = Path(text).expanduser()
    if not path.exists():
        raise InputError(
            f"{table}: there is no file {path.name!r} in {path.parent.absolute()}. Check the path."
        )
    if path.is_file() and path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty. Copy or export it again.")
    if path.is_dir() and path.suffix.lower() != ".gdb":
        raise InputError(f"{path} is a folder. Name the file inside it.")
    return path, layer


def _read(path: Path, layer: str, table: str) -> pd.DataFrame:
    """Frame of an existing file."""
    suffix = path.suffix.lower()
    if suffix == ".shp":
        return _guarded(path.name, lambda: read_shapefile(siblings(path), path.name))
    if suffix in _ARCHIVES:
        suffix, parts = unpack_layer(path, layer, table)
        if suffix == ".shp":
            return _guarded(path.name, lambda: read_shapefile(parts, path.name))
        return _read_one(parts[suffix], suffix, path.name, "", table)
    return _read_one(path, suffix, path.name, layer, table)


def _read_one(data: Part, suffix: str, name: str, layer: str, table: str) -> pd.DataFrame:
    """Frame of a format that is one file."""
    head = _head(data)
    if suffix in _TEXT or suffix in _EXCEL:
        if real_format(head) in ("zip", "ole"):  # whatever its name says
            return read_workbook(data, name, layer)
        check_layer_head(head, suffix, name)
        return _read_text(data, name, suffix)
    if suffix in _PARQUET:
        return _read_parquet(data, name)
    if suffix in (".osm", ".pbf"):
        raise InputError(
            f"{name}: this is OpenStreetMap data. read_walk_network reads its streets, "
            f"read_facilities its facilities; {table} come from a layer or a table."
        )
    check_other_formats(head, suffix, name)
    check_layer_head(head, suffix, name)
    if suffix in _XML:
        _check_closed(_bytes(data), name)
    if real_format(head) == "zip":
        check_archive(data, name)
    return _guarded(name, lambda: _read_layer(data, name, layer, table))


def _read_text(data: Part, name: str, suffix: str) -> pd.DataFrame:
    """Table of delimited text, also where it is called .xls, as some exports are."""
    content = _bytes(data)
    if suffix not in _TEXT and (suffix != ".xls" or b"\t" not in content[:HEAD_BYTES]):
        raise InputError(
            f"{name}: this is no workbook, though its name says so. Open it where it was made and "
            "save it again as .xlsx; if it is text, end its name with .csv."
        )
    text, encoding = decode(content, name)
    frame = parse_table(text, name)
    frame.attrs["lifecircle"] = {"encoding": encoding}
    return frame


def _bytes(data: Part) -> bytes:
    """The whole file."""
    return data if isinstance(data, bytes) else data.read_bytes()


def _head(data: Part) -> bytes:
    """First bytes of a file; of a folder none."""
    if isinstance(data, bytes):
        return data[:HEAD_BYTES]
    if data.is_dir():
        return b""
    with data.open("rb") as file:
        return file.read(HEAD_BYTES)


def _read_layer(data: Part, name: str, layer: str, table: str) -> pd.DataFrame:
    """Layer by GDAL: the one named, the only one, or the only one of the right kind."""
    rows = pyogrio.list_layers(data)
    titles = [str(title) for title, _ in rows]
    kinds = {str(title): str(kind) for title, kind in rows if kind is not None}
    names = list(kinds) or titles
    if name.lower().endswith(".gpx"):  # which always lists five layers
        names = [one for one in names if _features(data, titles.index(one))] or names
    if not layer and table not in names and len(names) > 1 and table in _KINDS:
        fitting = [title for title, kind in kinds.items() if _KINDS[table] in kind]
        names = fitting if len(fitting) == 1 else names
    chosen = choose(names, layer, table, name)
    frame: pd.DataFrame = pyogrio.read_dataframe(data, layer=titles.index(chosen))
    if len(rows) > 1:
        frame.attrs["lifecircle"] = {"layer": chosen}
    return frame


def _features(data: Part, layer: int) -> int:
    """How many features a layer has."""
    return int(pyogrio.read_info(data, layer=layer, force_feature_count=True)["features"])


def _guarded(name: str, read: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """What a reader of layers returns; its faults as errors, its remarks as one warning."""
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            frame = read()
    except (InputError, PermissionError):
        raise
    except (RuntimeError, ValueError, OSError, shapely.errors.ShapelyError) as fault:
        raise InputError(
            f"{name}: the layer cannot be read: it is cut short, damaged, or of another format "
            f"than its name says ({fault}). Copy or export it again, best as GeoPackage (.gpkg)."
        ) from fault
    for item in caught:
        if issubclass(item.category, LifecircleWarning):
            tell(str(item.message))
    remarks = [
        text
        for item in caught
        if not issubclass(item.category, LifecircleWarning)
        and not (text := str(item.message)).startswith(_HARMLESS)
    ]
    if remarks:
        tell(f"{name}: {some(dict.fromkeys(remarks), 3)}")
    return frame


def _check_closed(data: bytes, name: str) -> None:
    """See that an XML file ends with what it began with: the reader takes half a file for none."""
    opening = re.search(rb"<([A-Za-z_][\w:.-]*)", data[:10_000])
    if opening is None or rb"</" + opening.group(1) + b">" not in data[-1000:]:
        raise InputError(f"{name}: the file is cut short. Copy or export it again.")


def _read_parquet(data: Part, name: str) -> pd.DataFrame:
    """GeoParquet, or a plain Parquet table."""
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        try:
            frame: pd.DataFrame = gpd.read_parquet(source)
        except ValueError as fault:
            if "geo metadata" not in str(fault).lower():
                raise
            frame = pd.read_parquet(source)
    except ImportError as fault:
        raise MissingPackageError(f"reading {name}", "pyarrow", "parquet") from fault
    except (ValueError, OSError) as fault:
        raise InputError(
            f"{name}: the file cannot be read ({fault}). Copy or export it again."
        ) from fault
    return frame


def _system(coordinates: str | None) -> tuple[str, CRS | None]:
    """Name of a shifted system or ``""``, and the reference system that is stated."""
    if coordinates is None:
        return "", None
    try:
        name = coordinates_name(coordinates)
    except CrsError:
        text = str(coordinates).strip()
        national = national_system(text)
        if national is not None:
            return "", national
        try:
            return "", CRS.from_user_input(f"EPSG:{text}" if text.isdigit() else coordinates)
        except CRSError:
            pass
        raise
    if name == "CGCS2000":
        return "", national_system(name)
    return ("" if name == "WGS-84" else name), WGS84


def _contradicted(layer: gpd.GeoDataFrame, system: CRS, table: str) -> gpd.GeoDataFrame:
    """Layer in the system that is named, where its own is impossible."""
    bounds = layer.total_bounds
    if layer.crs.is_geographic and np.nanmax(np.abs(bounds), initial=0.0) > 360:
        return layer.set_crs(system, allow_override=True)
    raise CrsError(
        f"{table}: coordinates= says {system.name}, the layer itself says {layer.crs.name}. Leave "
        "coordinates= out; if the layer is wrong, correct it where it was made."
    )


def _with_geometry(
    frame: pd.DataFrame, table: str, system: CRS | None, *, shapes_first: bool
) -> gpd.GeoDataFrame:
    """Table with points of its columns of coordinates, or with shapes of its WKT."""
    columns: dict[str, str] = {}
    for name in frame.columns:
        columns.setdefault(column_key(name), name)
    pairs = [(LON, LAT), (EAST, NORTH)]
    if system is not None and system.is_projected:
        pairs.reverse()
    found = [
        (x, y)
        for east, north in pairs
        if (x := _first(columns, east)) is not None and (y := _first(columns, north)) is not None
    ]
    shape = _first(columns, SHAPE)
    if shape is not None and _is_shape(frame[shape]) and (shapes_first or not found):
        shapes = _shapes(frame[shape], table)
        taken = {"geometry": shape}
    elif found:
        lon, lat = found[0]
        shapes = gpd.points_from_xy(as_numbers(frame[lon]), as_numbers(frame[lat]))
        taken = {"lon": lon, "lat": lat}
    else:
        raise MissingColumnError(
            f"{table}: there are no columns of coordinates, such as lon and lat, 经度 and 纬度, x "
            "and y, or WKT. Name them with columns= or rename them. "
            f"{columns_found(frame)}"
        )
    stood = frame.attrs.get("lifecircle", {}).pop("place_columns", {})
    known = origin(frame)
    taken_from = {ours: stood.get(ours, str(theirs)) for ours, theirs in taken.items()}
    known["columns_taken"] = {**known.get("columns_taken", {}), **taken_from}
    layer = gpd.GeoDataFrame(frame.drop(columns=list(taken.values())), geometry=shapes)
    layer.attrs["lifecircle"] = known
    return layer


def _first(columns: dict[str, str], spellings: Sequence[str]) -> str | None:
    """Column that is spelled in one of some ways."""
    return next((columns[key] for key in spellings if key in columns), None)


def _is_shape(values: pd.Series[Any]) -> bool:
    """Whether a column holds WKT or geometries."""
    given = values[~is_blank(values)]
    if given.empty:
        return False
    first = given.iloc[0]
    return shapely.is_geometry(first) or bool(_WKT_START.match(str(first)))


def _shapes(values: pd.Series[Any], table: str) -> NDArray[Any]:
    """Geometries of a column of WKT or of geometries."""
    shapes, wrong = _parsed(values)
    if wrong.any():
        raise GeometryError(
            f"{table}: {int(wrong.sum())} of {len(wrong)} rows have WKT that cannot be read (rows "
            f"{some(np.flatnonzero(wrong) + 1)}). {_CUT}"
        )
    return shapes


def _parsed(values: pd.Series[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Geometries of a column of WKT or of geometries, and which cells cannot be read."""
    blank = is_blank(values)
    shapes = np.array(
        [
            value
            if shapely.is_geometry(value)
            else shapely.from_wkt(str(value).rpartition(";")[2], on_invalid="ignore")
            for value in values.where(~blank, None)
        ],
        dtype=object,
    )
    return shapes, np.asarray(shapely.is_missing(shapes) & ~blank)
