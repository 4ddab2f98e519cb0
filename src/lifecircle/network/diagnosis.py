"""What is wrong with streets before anybody walks on them: a table of findings, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from lifecircle.crs import WGS84
from lifecircle.errors import InputError, some
from lifecircle.network.doors import doors_xy_m
from lifecircle.network.extent import margin_m
from lifecircle.network.gaps import edge_lines, find_gaps
from lifecircle.network.graph import WalkNetwork
from lifecircle.network.sidewalks import poor_cells
from lifecircle.network.snapping import points_xy_m, snap
from lifecircle.network.walkers import ADULT
from lifecircle.network.wall_findings import wall_findings
from lifecircle.tables import check_facilities, check_residents, check_units

FINDINGS = (
    "cut at the edge", "barrier", "disconnected part", "far residents", "no sidewalks",
    "far facility", "dangling end",
)  # fmt: skip
"""Words of the column ``finding``; of equal weight they come in this order."""

GAP_M = 15.0
FAR_M = 50.0
# Longest straight way to a street, as in a study, and the longest walk of a life circle.
_JOIN_M = 100.0
_LONGEST_MIN = 15.0
_PARTS_APART = 5
_FEW = 0.01
_COLUMNS = {
    "finding": "str", "what": "str", "count": "int64", "length_m": "float64",
    "length_share": "float64", "people": "float64", "people_share": "float64",
    "facilities": "float64", "distance_m": "float64", "name": "str", "advice": "str",
}  # fmt: skip

_ADVICE = {
    "disconnected part": "See on a map what should join it to the rest: a missing path, a gate, a "
    "bridge. Draw it, or leave the part out.",
    "dangling end": "Look whether a wall or a closed gate stands there. If not, join them in the "
    "source; gaps of a metre are joined by repair=True.",
    "far residents": "Add the lanes inside the compounds, or place residents at their entrances.",
    "far facility": "Check its place, or add the way that leads to it.",
    "no sidewalks": "Add footways and the lanes of compounds, or say in the report that distances "
    "follow the roads.",
    "cut at the edge": "Take streets from a wider area: people walk across the boundary.",
}


@dataclass(frozen=True, eq=False)
class _Joined:
    """Points and where they join the streets."""

    xy_m: NDArray[np.float64]
    part: NDArray[np.int64]
    away_m: NDArray[np.float64]


def diagnose_network(
    network: WalkNetwork, *, units: Any = None, residents: Any = None, facilities: Any = None
) -> gpd.GeoDataFrame:
    """What is wrong with streets: parts that hang on nothing, gaps, blanks, edges cut too near.

    Parameters
    ----------
    network
        Streets.
    units
        Areas that will be evaluated; without them nothing is said of the edge.
    residents
        Where people live; without them nobody knows how many a finding concerns.
    facilities
        What people walk to.

    Returns
    -------
    GeoDataFrame, EPSG:4326
        One row per finding, the heaviest first: by the share of people, of street length, or of
        units or facilities, whichever is known and largest.

        - ``finding``: ``disconnected part``, ``dangling end``, ``far residents``,
          ``far facility``, ``no sidewalks``, ``cut at the edge`` or ``barrier``.
        - ``what``, ``advice``: a sentence each, in English.
        - ``count``: parts, ends, places of residents, facilities, cells or units.
        - ``length_m``, ``length_share``: street concerned, metres and share of all (0–1).
        - ``people``, ``people_share``: people concerned and share of all (0–1); not a number
          where no residents were given, as are all numbers that do not apply.
        - ``facilities``: facilities on a disconnected part.
        - ``distance_m``: width of a gap; distance of the furthest; least margin at the edge.
        - ``name``: streets, units or facilities by name.
        - the geometry: streets of a part, the line across a gap, points, cells, or units.

    Raises
    ------
    InputError
        If the network is none, or a table cannot be used.

    Notes
    -----
    - *Disconnected part*: streets that no way joins with the largest connected part (by crossings).
      The five that concern most stand in rows of their own, the others in one row. People and
      facilities count where they join the nearest street within 100 m.
    - *Dangling end*: a street ends within 15 m of another, and the walk there is longer than 30 m
      and four times the gap. Its length and people are those of the part that closing it would
      join, if any.
    - *Far*: further than 50 m from any street in a straight line; a facility at its entrances.
    - *No sidewalks*: :mod:`lifecircle.network.sidewalks`; told from a hundredth of the people on,
      or of the streets where no residents are given.
    - *Cut at the edge*: the streets' convex hull reaches less than 15 minutes of an adult's walk
      beyond a unit.
    - *Barrier*: what the walls built into the streets have found.

    Examples
    --------
    >>> from lifecircle import load_demo
    >>> study = load_demo()
    >>> found = diagnose_network(study.network, residents=study.residents)
    >>> found.loc[found["finding"] == "dangling end", "distance_m"].min() > 1
    np.True_
    """
    if not isinstance(network, WalkNetwork):
        raise InputError(
            f"network: expected a WalkNetwork, got {type(network).__name__}. Make one with "
            "read_walk_network(path)."
        )
    diagnosis = _Diagnosis(network, units, residents, facilities)
    rows = [row for rows in diagnosis.rows() for row in rows]
    return _sorted_table(rows, network)


class _Diagnosis:
    """The findings of one network, each kind by a method."""

    def __init__(self, network: WalkNetwork, units: Any, residents: Any, facilities: Any) -> None:
        self.network = network
        self.lines = edge_lines(network)
        self.part = network.component[network.edge_ends[:, 0]].astype(np.int64)
        self.length_m = np.bincount(self.part, weights=network.edge_length_m)
        self.units = None if units is None else check_units(units)
        self.homes = self.doors = self.residents = None
        self.people = np.empty(0)
        if residents is not None:
            table = self.residents = check_residents(residents)
            self.people = table["people"].to_numpy(dtype=np.float64)
            self.homes = self._joined(points_xy_m(table, network, "residents"))
        if facilities is not None:
            self.table = check_facilities(facilities)
            self.doors = self._nearest_doors()

    def rows(self) -> Iterator[list[dict[str, Any]]]:
        """Findings of each kind."""
        yield self._edge()
        yield self._barriers()
        yield self._parts()
        yield self._far_residents()
        yield self._no_sidewalks()
        yield self._far_facilities()
        yield self._gaps()

    def _joined(self, xy_m: NDArray[np.float64]) -> _Joined:
        """Where points join the streets, and how far off they are, however far that is."""
        found = snap(self.network, xy_m, walker=ADULT, snap_m=_JOIN_M)
        # how far the streets are does not depend on walls: what walls do is a finding of its own
        away_m = found.access_m.copy()
        if self.network.walls is not None:
            away_m = snap(self.network.plain, xy_m, walker=ADULT, snap_m=_JOIN_M).access_m
        far = np.flatnonzero(~np.isfinite(away_m))
        if len(far):
            tree = shapely.STRtree(self.lines)
            places = shapely.points(xy_m[far])
            _, away_m[far] = tree.query_nearest(places, return_distance=True, all_matches=False)
        return _Joined(xy_m, np.where(found.edge < 0, -1, self.part[found.edge]), away_m)

    def _nearest_doors(self) -> _Joined:
        """Where facilities join the streets: by the entrance that is nearest to one."""
        xy_m, row = doors_xy_m(self.table, self.network, "facilities")
        every = self._joined(xy_m)
        order = np.lexsort((every.away_m, row))
        _, first = np.unique(row[order], return_index=True)
        best = order[first]
        return _Joined(every.xy_m[best], every.part[best], every.away_m[best])

    def _concerned(self, rows: NDArray[np.bool_]) -> dict[str, float]:
        """People at some of the residents' places, and their share of all."""
        people, total = float(self.people[rows].sum()), float(self.people.sum())
        return {"people": people, "people_share": people / total if total else 0.0}

    def _on_parts(self, parts: NDArray[np.int64]) -> dict[str, Any]:
        """Street length, people and facilities of some parts."""
        length_m, total_m = float(self.length_m[parts].sum()), float(self.length_m.sum())
        facts: dict[str, Any] = {
            "length_m": length_m,
            "length_share": length_m / total_m if total_m else 0.0,
        }
        if self.homes is not None:
            facts |= self._concerned(np.isin(self.homes.part, parts))
        if self.doors is not None:
            facts["facilities"] = int(np.isin(self.doors.part, parts).sum())
        return facts

    def _within(self, area: Any) -> dict[str, float]:
        """People within an area in metres; nothing where no residents are known."""
        if self.homes is None:
            return {}
        shapely.prepare(area)
        return self._concerned(shapely.intersects_xy(area, self.homes.xy_m))

    def _names(self, edges: NDArray[np.bool_]) -> str:
        """Longest named streets of some edges."""
        table = pd.Series(self.network.edge_length_m[edges])
        sums = table.groupby(self.network.edge_name[edges].astype(str)).sum()
        named = sums[sums.index != ""].sort_values(ascending=False, kind="stable")
        return ", ".join(str(name) for name in named.index[:3])

    def _edge(self) -> list[dict[str, Any]]:
        """Units beyond which the streets end too early."""
        if self.units is None:
            return []
        margin = margin_m(self.network, self.units)
        reach_m = ADULT.reach_m(_LONGEST_MIN)
        short = margin < reach_m
        if not short.any():
            return []
        units = self.units[short]
        area = shapely.union_all(units.geometry.to_crs(self.network.crs).to_numpy())
        return [
            {
                "finding": "cut at the edge",
                "what": f"The streets reach less than {_LONGEST_MIN:g} minutes of walking "
                f"({reach_m:,.0f} m) beyond {short.sum()} of {len(short)} units "
                f"({some(units['name'])}); least {margin.min():,.0f} m.",
                "count": int(short.sum()),
                "distance_m": float(margin.min()),
                "name": ", ".join(units["name"].astype(str)[:3]),
                "weight": float(short.mean()),
                "geometry": area,
                **self._within(area),
            }
        ]

    def _barriers(self) -> list[dict[str, Any]]:
        """What the walls in the streets have found."""
        found = wall_findings(self.network, self.residents)
        shapes = found.geometry.to_crs(self.network.crs).to_numpy()
        total = float(self.people.sum())
        rows: list[Any] = pd.DataFrame(found.drop(columns="geometry")).to_dict("records")
        return [
            {
                **{key: row[key] for key in ("count", "people", "advice")},
                "finding": "barrier",
                "what": f"{row['what']} ({row['ids']})" if row["ids"] else row["what"],
                "people_share": row["people"] / total if total else np.nan,
                "geometry": shape,
            }
            for row, shape in zip(rows, shapes, strict=True)
        ]

    def _parts(self) -> list[dict[str, Any]]:
        """Parts that no way joins with the largest."""
        parts = np.unique(self.part)[1:]
        if not len(parts):
            return []
        people: NDArray[Any] = np.zeros(len(self.length_m))
        if self.homes is not None:
            on = self.homes.part >= 0
            people = np.bincount(
                self.homes.part[on], weights=self.people[on], minlength=len(people)
            )
        order = parts[np.lexsort((parts, -self.length_m[parts], -people[parts]))]
        apart, others = order[:_PARTS_APART], order[_PARTS_APART:]
        rows = [self._part_row(np.array([part])) for part in apart.tolist()]
        return [*rows, *([self._part_row(others)] if len(others) else [])]

    def _part_row(self, parts: NDArray[np.int64]) -> dict[str, Any]:
        """One finding of one part, or of all that are left."""
        facts, edges = self._on_parts(parts), np.isin(self.part, parts)
        share = f"{facts['length_m'] / 1000:,.2f} km of streets ({facts['length_share']:.1%})"
        name = self._names(edges) if len(parts) == 1 else ""
        what = (
            f"{share} are not joined with the rest{f': {name}' if name else ''}."
            if len(parts) == 1
            else f"{len(parts):,} further parts, together {share}, are not joined with the rest."
        )
        if "people" in facts:
            what += f" {facts['people']:,.0f} people live on them ({facts['people_share']:.1%})."
        if facts.get("facilities"):
            what += f" {facts['facilities']:,} facilities lie on them."
        return {
            "finding": "disconnected part",
            "what": what,
            "count": len(parts),
            "name": name,
            "geometry": shapely.multilinestrings(self.lines[edges]),
            **facts,
        }

    def _far_residents(self) -> list[dict[str, Any]]:
        """Residents further than 50 m from any street."""
        if self.homes is None:
            return []
        far = self.homes.away_m > FAR_M
        if not far.any():
            return []
        facts = self._concerned(far)
        return [
            {
                "finding": "far residents",
                "what": f"{facts['people']:,.0f} people ({facts['people_share']:.1%}) live further "
                f"than {FAR_M:g} m from any street, at {far.sum():,} of {len(far):,} places; the "
                f"furthest {self.homes.away_m.max():,.0f} m.",
                "count": int(far.sum()),
                "distance_m": float(self.homes.away_m.max()),
                "geometry": shapely.multipoints(self.homes.xy_m[far]),
                **facts,
            }
        ]

    def _far_facilities(self) -> list[dict[str, Any]]:
        """Facilities further than 50 m from any street."""
        if self.doors is None:
            return []
        rows = []
        names = self.table["name"] if "name" in self.table else self.table["facility_id"]
        for row in np.flatnonzero(self.doors.away_m > FAR_M).tolist():
            away_m = float(self.doors.away_m[row])
            name = str(names.iloc[row] or self.table["facility_id"].iloc[row])
            rows.append(
                {
                    "finding": "far facility",
                    "what": f"{name} ({self.table['service'].iloc[row]}) lies {away_m:,.0f} m from "
                    "the nearest street.",
                    "count": 1,
                    "distance_m": away_m,
                    "name": name,
                    "weight": 1.0 / len(self.table),
                    "geometry": shapely.Point(self.doors.xy_m[row]),
                }
            )
        return rows

    def _no_sidewalks(self) -> list[dict[str, Any]]:
        """Where only roads are drawn."""
        cells = poor_cells(self.network)
        facts = self._within(cells.area) if cells.count else {}
        if facts.get("people_share", cells.length_share) < _FEW:
            return []
        return [
            {
                "finding": "no sidewalks",
                "what": f"In {cells.count:,} of {cells.of:,} cells of 500 m almost only roads are "
                f"drawn: {cells.inner_share:.0%} of {cells.street_m / 1000:,.1f} km are footways, "
                "steps or lanes of compounds. The insides of compounds are missing, so walks come "
                "out too long, or homes too far from a street.",
                "count": cells.count,
                "length_m": cells.street_m,
                "length_share": cells.length_share,
                "geometry": cells.area,
                **facts,
            }
        ]

    def _gaps(self) -> list[dict[str, Any]]:
        """Streets that end just short of another."""
        gaps, network = find_gaps(self.network, GAP_M), self.network
        here = network.component[gaps.node].astype(np.int64)
        there = self.part[gaps.edge]
        own = np.full(network.node_count, -1, dtype=np.int64)
        own[network.edge_ends.ravel()] = np.repeat(np.arange(network.edge_count), 2)
        lines = shapely.linestrings(np.stack([network.node_xy_m[gaps.node], gaps.to_xy_m], axis=1))
        rows = []
        for row, gap_m in enumerate(gaps.gap_m.tolist()):
            streets = (own[gaps.node[row]], gaps.edge[row])
            names = [str(network.edge_name[edge]) or "unnamed" for edge in streets]
            joins = here[row] != there[row]
            # parts are numbered from the largest, so the later one hangs on nothing
            facts = self._on_parts(np.array([max(here[row], there[row])])) if joins else {}
            joined = (
                f" Closing it would join {facts['length_m'] / 1000:,.2f} km that are cut off."
                if joins
                else ""
            )
            rows.append(
                {
                    "finding": "dangling end",
                    "what": f"A street ends {gap_m:.1f} m short of another ({names[0]} – "
                    f"{names[1]}).{joined}",
                    "count": 1,
                    "distance_m": gap_m,
                    "name": " – ".join(names),
                    "geometry": lines[row],
                    **facts,
                }
            )
        return rows


def _sorted_table(rows: list[dict[str, Any]], network: WalkNetwork) -> gpd.GeoDataFrame:
    """Findings as a table, the heaviest first."""
    table = pd.DataFrame(rows, columns=[*_COLUMNS, "weight", "geometry"])
    table["advice"] = table["advice"].where(table["advice"].notna(), table["finding"].map(_ADVICE))
    table["name"] = table["name"].where(table["name"].notna(), "")
    table = table.astype(_COLUMNS)
    weight = table[["people_share", "length_share"]].assign(own=table["weight"].astype("float64"))
    heaviest = weight.max(axis=1).fillna(0.0).round(9).to_numpy()
    kind = table["finding"].map({name: place for place, name in enumerate(FINDINGS)})
    nearest = table["distance_m"].fillna(0.0).to_numpy()
    order = np.lexsort((np.arange(len(table)), nearest, kind.fillna(len(FINDINGS)), -heaviest))
    shapes = gpd.GeoSeries(table["geometry"].to_list(), crs=network.crs).to_crs(WGS84)
    found = gpd.GeoDataFrame(table.drop(columns=["weight", "geometry"]), geometry=shapes)
    return found.iloc[order].reset_index(drop=True)
