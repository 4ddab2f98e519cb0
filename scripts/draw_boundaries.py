"""Draw the nine Hunan cases into data/boundaries.

Area-true outlines near each place, with the facts of the documents as attributes. Seeded: the
same bytes every time and on every machine::

    python scripts/draw_boundaries.py [--out data/boundaries]

No surveyed line is at hand for any of them; data/boundaries/SOURCES.md says what is what.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from draw_demo import BOUNDED_BY, circle_ring
from drawing.circle import BOARD
from drawing.place import Board, Dice, Point, area, feature, write_geojson
from drawing.shapes import Ring, middle, rounded

SEED = 9
BOUNDARIES = Path(__file__).resolve().parent.parent / "data" / "boundaries"
DOCUMENT = "湖南省绿色完整社区建设典型案例（第一批），湖南省住房和城乡建设厅，2024年5月"

# Sides of an outline: a road bends once or twice, a bank winds.
ROAD, BANK = "road", "bank"


@dataclass(frozen=True)
class Case:
    """One case: the documents' facts, and where and how it is drawn.

    ``lon`` and ``lat`` (WGS-84) are the drawn middle, ``length_share`` its width ÷ height,
    ``turn_degrees`` its turn anticlockwise, ``sides`` its south, east, north and west side.
    """

    case_id: str
    unit_id: str
    name: str
    name_en: str
    level: str
    city: str
    district: str
    area_ha: float
    households: int
    people: int
    section: str
    lon: float
    lat: float
    length_share: float = 1.2
    turn_degrees: float = 4.0
    elderly: int | None = None
    bounded_by: str | None = None
    note: str | None = None
    sides: tuple[str, str, str, str] = (ROAD, ROAD, ROAD, ROAD)
    confidence: str = "low"


CASES = (
    Case("C01", "HN-01", "新城社区", "Xincheng community, Dongjing", "community", "长沙市",
         "雨花区", 180.0, 6539, 16000, "1.1", 113.0085, 28.1085, 0.85, 6.0,
         note="人口原文“16000余人”，另有流动人口3200余人；面积原文1.8平方公里；未给四至，位置按"
         "洞井街道推断。"),
    Case("C02", "HN-02", "和平社区", "Heping community, Xiangtan", "community", "湘潭市",
         "雨湖区", 28.33, 3196, 9588, "2.1", 112.905, 27.866, 1.15, -8.0,
         bounded_by="广云路以北、解放北路以东、互助路以西",
         note="K08 人口恰为户数×3，疑为按户均3人推算；文件只给三面，北界为示意。"),
    Case("C03", "HN-03", "柏枝林社区", "Baizhilin community, Jinshi", "community", "常德市",
         "津市市", 27.0, 2045, 5120, "3.1", 111.877, 29.606, 0.9, 12.0,
         bounded_by="东至刘公桥路，西至落雁湖，南至车胤大道，北至银苑路",
         sides=(ROAD, ROAD, ROAD, BANK)),
    Case("C04", "HN-04", "人民路社区", "Renminlu community, Yiyang", "community", "益阳市",
         "资阳区", 34.0, 1125, 5565, "4.1", 112.325, 28.596, 1.4, -5.0,
         note="K07 另处称“实际可覆盖居民人数近12000人”，此处用常住5565人；K10 户均4.95人，偏高；"
         "未给四至。"),
    Case("C05", "HN-05", "开元路社区", "Kaiyuanlu community, Xingsha", "community", "长沙市",
         "长沙县", 123.0, 4934, 22000, "5.1", 113.077, 28.244, 1.05, 3.0, elderly=2400,
         bounded_by="东至星沙大道、西至东升路、北至特立路、南至开元路",
         note="人口原文“约2.2万人”；老年人口原文“2400多位”（5.2.4）；面积原文1.23平方公里。"),
    Case("C06", "HN-06", "吴家峪社区", "Wujiayu community, Wulingyuan", "community", "张家界市",
         "武陵源区", 111.24, 4919, 14920, "6.1", 110.545, 29.346, 1.9, 8.0,
         bounded_by="东至军地医院，西到标志门，北抵山水华庭、百溪花园小区，南靠索溪河",
         note="以居民十分钟生活圈和游客主要活动街区为创建范围。",
         sides=(BANK, ROAD, ROAD, ROAD)),
    Case("C07", "HN-07", "识字里社区生活圈", "Shizili life circle, Furong", "circle", "长沙市",
         "芙蓉区", 27.18, 3388, 10164, "7.1", 112.9875, 28.1945, 1.1, 5.0,
         note="K09 人口恰为户数×3，疑为按户均3人推算；K11 范围前后不一（4个社区／6个网格39个小区）"
         "；面积原文27.18万平方米；未给四至。"),
    Case("C08", "HN-08", "3614小区", "3614 compound, Xingyue community", "compound", "长沙市",
         "长沙县", 4.38, 748, 2000, "8.1", 113.106, 28.228, 1.3, -3.0, elderly=900,
         note="人口原文“2000余人”，老年人“900余人”（约45%）；K06 另处称“80%为老年人”，两者不能同时"
         "成立，此处用900人；K13 “改造面积4.77万㎡”大于用地，应为建筑面积；所在星悦社区的四至为"
         "“东至东一路、西至东四路、北至盼盼路、南至新安路南”（K14 疑东西互换），小区本身"
         "未给四至。"),
    Case("C09", "YH-SZT-01", "砂子塘YH-SZT-01生活圈", "Shazitang life circle YH-SZT-01", "circle",
         "长沙市", "雨花区", 136.83, 11937, 26822, "9.1", 0.0, 0.0,
         bounded_by=BOUNDED_BY, confidence="medium",
         note="K01 26822人为五社区生活圈，其中金科园社区5125人，不可混用；K15 劳动中路同时"
         "出现在东、北描述，绘为自东塘路口向东再折向东南，须以附图数字化为准；"
         "K18 用地属十五分钟级，人口仅略超十分钟上限。"),
)  # fmt: skip


def draw_case(case: Case, dice: Dice) -> dict[str, Any]:
    """One case as a GeoJSON feature."""
    if case.case_id == "C09":
        board, ring = BOARD, list(circle_ring())
    else:
        board, ring = Board(case.lon, case.lat), _outline(case, dice)
    return feature(
        board.polygon(ring),
        unit_id=case.unit_id,
        case_id=case.case_id,
        name=case.name,
        name_en=case.name_en,
        level=case.level,
        parent_id=None,
        city=case.city,
        district=case.district,
        area_ha=case.area_ha,
        households=case.households,
        people=case.people,
        elderly=case.elderly,
        persons_per_household=round(case.people / case.households, 3),
        bounded_by=case.bounded_by,
        boundary_source="drawn from description",
        confidence=case.confidence,
        facts_source=f"{DOCUMENT}，{case.section}",
        note=case.note,
    )


def _outline(case: Case, dice: Dice) -> Ring:
    """An irregular block of four sides with the case's area, its middle on the origin."""
    wide, high = math.sqrt(case.length_share), 1.0 / math.sqrt(case.length_share)
    corners = [
        (side * wide / 2 + dice.between(-0.07, 0.07), rise * high / 2 + dice.between(-0.07, 0.07))
        for side, rise in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]
    ring: Ring = []
    for i, kind in enumerate(case.sides):
        ring.append(corners[i])
        ring.extend(_bends(corners[i], corners[(i + 1) % 4], kind, dice))
    cosine, sine = (
        round(math.cos(math.radians(case.turn_degrees)), 9),
        round(math.sin(math.radians(case.turn_degrees)), 9),
    )
    ring = [(x * cosine - y * sine, x * sine + y * cosine) for x, y in ring]
    scale = math.sqrt(case.area_ha * 10_000.0 / abs(area(ring)))
    x_mid, y_mid = middle(ring)
    return [rounded((x - x_mid) * scale, (y - y_mid) * scale) for x, y in ring]


def _bends(start: Point, end: Point, kind: str, dice: Dice) -> list[Point]:
    """Points between two corners: one bend, or the three of a winding bank."""
    places = (0.27, 0.52, 0.76) if kind == BANK else (0.5,)
    sway = 0.05 if kind == BANK else 0.035
    bends = []
    for place in places:
        share = place + dice.between(-0.08, 0.08)
        off = dice.between(-sway, sway)
        bends.append(
            (
                start[0] + (end[0] - start[0]) * share - (end[1] - start[1]) * off,
                start[1] + (end[1] - start[1]) * share + (end[0] - start[0]) * off,
            )
        )
    return bends


def draw_boundaries(out: Path) -> None:
    """Draw all cases and write them into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    features = [draw_case(case, Dice(SEED, number)) for number, case in enumerate(CASES, start=1)]
    write_geojson(
        out / "hunan_cases.geojson",
        features,
        "Area-true drawings, not surveyed boundaries. confidence is that of the position. K.. in "
        "note are contradictions of the documents, see SOURCES.md.",
        source="facts: the documents; outlines drawn from description / 事实据文件，边界为示意绘制",
    )


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description="Draw the nine Hunan cases.")
    parser.add_argument("--out", type=Path, default=BOUNDARIES, help="folder to write into")
    draw_boundaries(parser.parse_args().out)


if __name__ == "__main__":
    main()
