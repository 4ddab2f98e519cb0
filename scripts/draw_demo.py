"""Draw the packaged sample, the circle YH-SZT-01, into data/demo.

Seeded: the same bytes every time and on every machine::

    python scripts/draw_demo.py [--out data/demo]

What comes from the documents and what is drawn is told in data/demo/SOURCES.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from drawing.circle import BOARD, CIRCLE_AREA_HA, CIRCLE_ID, COMMUNITIES, Ring, draw_main_roads
from drawing.compounds import Compound, wall_lines
from drawing.district import District, draw_district
from drawing.facilities import Facility, Fronts, draw_facilities, draw_sites
from drawing.lanes import draw_blind_lanes, draw_lanes, drop_some_lanes
from drawing.opinions import Answer, ask
from drawing.place import Dice, Point, area, feature, write_geojson
from drawing.plan import StreetPlan
from drawing.records import Record, keep_records
from drawing.residents import TOTALS, Household, settle
from drawing.services import Site
from drawing.shapes import contains

SEED = 136_83
DEMO = Path(__file__).resolve().parent.parent / "data" / "demo"
UNIT_IDS = {name: f"{CIRCLE_ID}-{i + 1}" for i, name in enumerate(COMMUNITIES)}
NAMES_EN = {
    "野坡": "Yepo",
    "白沙": "Baisha",
    "砂子塘": "Shazitang",
    "梨子山": "Lizishan",
    "金科园": "Jinkeyuan",
}
BOUNDED_BY = (
    "西至韶山中路，东至劳动中路、洞井路，北起劳动中路和韶山中路交叉口，南至新建东路、建丰公寓"
)

STUDY = """\
# The packaged sample: drawn, not surveyed. 打包示例：绘制，非实测。See SOURCES.md.
[study]
name = "砂子塘 YH-SZT-01（示例数据）"
standard = "GB50180-2018"
minutes = [5, 10, 15]
language = "zh"
sample = true

[units]
path = "units.geojson"
id_column = "unit_id"
name_column = "name"

[network]
path = "streets.geojson"

[facilities]
path = "facilities.geojson"

[residents]
path = "residents.geojson"
people = "people"

[compounds]
path = "compounds.geojson"

[walls]
path = "walls.geojson"

[gates]
path = "gates.geojson"

[sites]
path = "sites.geojson"

[survey]
path = "survey.csv"

[records]
path = "records.csv"
"""


def circle_ring() -> Ring:
    """The ring of YH-SZT-01, metres on the board."""
    return draw_main_roads(Dice(SEED, 1))[2]


def draw_demo(out: Path) -> None:
    """Draw everything and write it into a folder."""
    plan, rings, circle = draw_main_roads(Dice(SEED, 1))
    draw_lanes(plan, circle, SEED)
    district = draw_district(plan, circle, Dice(SEED, 4))
    draw_blind_lanes(plan, district.taken, Dice(SEED, 5))
    drop_some_lanes(plan, district.taken, Dice(SEED, 6))
    households = settle(district.compounds, Dice(SEED, 7))
    fronts = Fronts(plan, district, rings, circle, Dice(SEED, 8))
    facilities = draw_facilities(fronts, district)
    sites = draw_sites(fronts, district)
    let_visitors_in(district, facilities)
    answers = ask(facilities, rings, Dice(SEED, 9))

    out.mkdir(parents=True, exist_ok=True)
    write_units(out / "units.geojson", rings, circle)
    write_streets(out / "streets.geojson", plan)
    write_compounds(out, district, households)
    write_residents(out / "residents.geojson", households)
    write_facilities(out / "facilities.geojson", facilities)
    write_sites(out / "sites.geojson", sites)
    write_survey(out / "survey.csv", answers)
    write_records(out / "records.csv", keep_records())
    (out / "study.toml").write_text(STUDY, encoding="utf-8", newline="\n")


def let_visitors_in(district: District, facilities: list[Facility]) -> None:
    """Open the main gate of compounds that hold a facility: it is there for everybody."""
    for compound in district.compounds:
        shut = all(gate.access != "open" for gate in compound.gates)
        if shut and any(contains(compound.ring, facility.point) for facility in facilities):
            for gate in compound.gates[:1]:
                gate.access = "open"


def write_units(path: Path, rings: dict[str, Ring], circle: Ring) -> None:
    """The circle and its communities."""
    common = {"boundary_source": "drawn from description", "district": "雨花区", "source": "drawn"}
    sums = {
        name: sum(getattr(totals, name) for totals in TOTALS.values())
        for name in ("households", "people", "elderly", "children")
    }
    features = [
        feature(
            BOARD.polygon(circle),
            unit_id=CIRCLE_ID,
            name="砂子塘 YH-SZT-01 生活圈",
            name_en="Shazitang life circle YH-SZT-01",
            level="circle",
            parent_id=None,
            area_ha=CIRCLE_AREA_HA,
            bounded_by=BOUNDED_BY,
            note="文件中劳动中路既作东界又作北界：绘为自东塘路口向东、再折向东南，其南由洞井路接续。"
            " The documents name 劳动中路 both east and north: drawn eastwards from the crossing,"
            " bending south-east, then 洞井路.",
            **sums,
            **common,
        )
    ]
    for name, ring in rings.items():
        totals = TOTALS[name]
        features.append(
            feature(
                BOARD.polygon(ring),
                unit_id=UNIT_IDS[name],
                name=f"{name}社区",
                name_en=f"{NAMES_EN[name]} community",
                level="community",
                parent_id=CIRCLE_ID,
                area_ha=round(area(ring) / 10_000, 2),
                bounded_by=None,
                note="社区之间的界线为示例，文件未给。 The lines between communities are drawn.",
                households=totals.households,
                people=totals.people,
                elderly=totals.elderly,
                children=totals.children,
                **common,
            )
        )
    write_geojson(
        path,
        features,
        "elderly: 60+; children: 0-14. The circle's people and households and "
        "金科园's people are the documents'; the rest is drawn.",
    )


def write_streets(path: Path, plan: StreetPlan) -> None:
    """Street lines from junction to junction."""
    features = []
    for number, (chain, street) in enumerate(plan.chains(), start=1):
        line = BOARD.line(plan.points[node] for node in chain)
        features.append(
            feature(
                line,
                street_id=number,
                highway=street.highway,
                name=street.name,
                source="drawn",
            )
        )
    write_geojson(
        path,
        features,
        "Noded: streets that meet share a vertex with equal coordinates. At a closed gate the "
        "footway stops 1 m short on either side.",
    )


def write_compounds(out: Path, district: District, households: list[Household]) -> None:
    """Compounds, their walls and their gates."""
    living: dict[str, int] = {}
    for row in households:
        key = row.compound.compound_id
        living[key] = living.get(key, 0) + row.households
    compounds: list[dict[str, Any]] = []
    walls: list[dict[str, Any]] = []
    gates: list[dict[str, Any]] = []
    for compound in district.compounds:
        key = compound.compound_id
        compounds.append(
            feature(
                BOARD.polygon(compound.ring),
                compound_id=key,
                name=compound.name,
                unit_id=UNIT_IDS.get(compound.unit or ""),
                walled=compound.walled,
                households=living.get(key, 22 * len(compound.buildings)),
                source="drawn",
            )
        )
        walls.extend(_walls(compound, len(walls)))
        for gate in compound.gates:
            gates.append(
                feature(
                    BOARD.point(gate.point),
                    gate_id=f"G{len(gates) + 1:03d}",
                    compound_id=key,
                    access=gate.access,
                    faces=gate.highway,
                    street=gate.street,
                    source="drawn",
                )
            )
    write_geojson(out / "compounds.geojson", compounds, "Residential compounds 小区.")
    write_geojson(out / "walls.geojson", walls, "Walls of the compounds, open 4 m at each gate.")
    write_geojson(
        out / "gates.geojson",
        gates,
        "access: open, residents (of the compound only), or closed. Each is on the wall's line.",
    )


def _walls(compound: Compound, before: int) -> list[dict[str, Any]]:
    """Wall lines of one compound."""
    if not compound.walled:
        return []
    return [
        feature(
            BOARD.line(line),
            wall_id=f"W{before + i + 1:03d}",
            compound_id=compound.compound_id,
            source="drawn",
        )
        for i, line in enumerate(wall_lines(compound))
    ]


def write_residents(path: Path, households: list[Household]) -> None:
    """Buildings with their people."""
    features = [
        feature(
            BOARD.point(row.building.point),
            resident_id=f"B{number:04d}",
            compound_id=row.compound.compound_id,
            unit_id=UNIT_IDS[row.compound.unit or ""],
            households=row.households,
            people=row.people,
            elderly=row.elderly,
            children=row.children,
            infants=row.infants,
            floors=row.building.floors,
            built_year=row.building.built_year,
            source="drawn",
        )
        for number, row in enumerate(households, start=1)
    ]
    write_geojson(
        path,
        features,
        "Buildings of the circle. elderly: 60+; children: 0-14; infants: 0-2, among "
        "the children. Sums are the documents' where they give them.",
    )


def write_facilities(path: Path, facilities: Iterable[Facility]) -> None:
    """Facilities."""
    features = [
        feature(
            BOARD.point(facility.point),
            facility_id=f"P{number:03d}",
            name=facility.name,
            service=facility.service,
            capacity=facility.capacity,
            floor_area_m2=facility.floor_m2,
            site_area_m2=facility.site_m2,
            source=facility.source,
            position="drawn",
        )
        for number, facility in enumerate(facilities, start=1)
    ]
    write_geojson(path, features, "source 'documents F…': named in the documents. Positions drawn.")


def write_sites(path: Path, sites: Iterable[tuple[Site, Point]]) -> None:
    """Idle sites."""
    features = [
        feature(
            BOARD.point(point),
            site_id=f"S{number:02d}",
            name=site.name,
            unit_id=UNIT_IDS[site.unit],
            floor_area_m2=site.floor_m2,
            site_area_m2=site.site_m2,
            services=";".join(site.services),
            cost_cny=site.cost_cny,
            status=site.status,
            note=site.note,
            source="drawn" if site.status == "idle" else "documents F179",
        )
        for number, (site, point) in enumerate(sites, start=1)
    ]
    write_geojson(path, features, "status idle: may be used; reused: no longer free.")


def write_survey(path: Path, answers: Iterable[Answer]) -> None:
    """Survey answers; UTF-8 with BOM, so that Excel reads the Chinese."""
    lines = ["answer_id,unit_id,service,satisfaction,importance,segment,source"]
    for number, answer in enumerate(answers, start=1):
        lines.append(
            f"A{number:03d},{UNIT_IDS[answer.unit]},{answer.service},"
            f"{answer.satisfaction},{answer.importance},{answer.segment},drawn"
        )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig", newline="\n")


def write_records(path: Path, records: Iterable[Record]) -> None:
    """Records; UTF-8 with BOM, so that Excel reads the Chinese."""
    lines = [
        ",".join((UNIT_IDS[one.unit], one.record, one.value, one.kind, str(one.year), one.source))
        for one in records
    ]
    lines.insert(0, "unit_id,record,value,unit,year,source")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8-sig", newline="\n")


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw the packaged sample YH-SZT-01.")
    parser.add_argument("--out", type=Path, default=DEMO, help="folder to write into")
    draw_demo(parser.parse_args().out)


if __name__ == "__main__":
    main()
