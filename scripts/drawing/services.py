"""Which facilities are drawn: how many in each community and around, how large, with what room.

The counts leave gaps on purpose: day care and nurseries stand where the documents put them, in
金科园, and hardly in 野坡; 梨子山 has no kindergarten; no nursing home lies within the circle.
Sizes are of the order that GB 50180-2018 gives for each facility.
"""

from __future__ import annotations

from dataclasses import dataclass

from drawing.place import Point

Range = tuple[int, int]


@dataclass(frozen=True)
class Kind:
    """Facilities of one service: where they stand and how large they are.

    ``inside`` counts them in 野坡, 白沙, 砂子塘, 梨子山, 金科园; ``around`` within 1.5 km of the
    circle. ``main`` ones stand on main roads. Those around keep ``away_m`` from the middle of the
    community ``away``; those in other communities six tenths of it.
    """

    service: str
    label: str
    inside: tuple[int, int, int, int, int]
    around: int
    apart_m: float
    floor_m2: Range | None = None
    site_m2: Range | None = None
    capacity: Range | None = None
    main: bool = False
    away: str = ""
    away_m: float = 0.0


KINDS = (
    # Children
    Kind("kindergarten", "幼儿园", (1, 1, 2, 0, 0), 7, 230, (3100, 4500), (5200, 7500), (180, 360),
         away="梨子山", away_m=600),
    Kind("nursery", "托育园", (0, 0, 1, 0, 0), 3, 300, (350, 800), None, (30, 80),
         away="野坡", away_m=1050),
    Kind("primary_school", "小学", (0, 0, 0, 0, 0), 4, 500, (9000, 14000), (16000, 25000),
         (900, 1620)),
    Kind("junior_middle_school", "初中", (0, 0, 0, 0, 0), 3, 600, (10000, 16000), (20000, 30000),
         (900, 1500)),
    Kind("child_care_point", "托管点", (1, 0, 1, 0, 0), 1, 300, (80, 160), None, (15, 30)),
    Kind("playground", "儿童乐园", (0, 1, 0, 1, 0), 3, 250, None, (200, 600)),
    # Elderly
    Kind("elderly_day_care", "日间照料中心", (0, 0, 1, 0, 0), 3, 400, (350, 900), None, (15, 40),
         away="野坡", away_m=950),
    Kind("elderly_service_station", "老年服务站", (0, 1, 1, 1, 0), 4, 250, (150, 300), None),
    Kind("community_canteen", "社区食堂", (0, 1, 0, 0, 0), 2, 350, (150, 300), None, (40, 90)),
    Kind("nursing_home", "养老院", (0, 0, 0, 0, 0), 2, 700, (3500, 6000), (4000, 8000), (80, 200),
         away="金科园", away_m=800),
    # Health
    Kind("health_station", "社区卫生服务站", (1, 1, 0, 1, 0), 4, 350, (150, 270), None),
    Kind("health_center", "社区卫生服务中心", (0, 0, 0, 0, 0), 2, 700, (1700, 2500), (1500, 2900),
         main=True),
    Kind("clinic", "诊所", (1, 1, 1, 0, 0), 4, 150, (60, 150)),
    Kind("hospital", "综合医院", (0, 0, 0, 0, 0), 1, 900, (30000, 60000), (25000, 45000),
         (300, 600), main=True),
    Kind("outpatient_clinic", "门诊部", (0, 0, 1, 0, 0), 1, 600, (800, 2000), None, main=True),
    Kind("pharmacy", "药店", (2, 2, 2, 1, 0), 10, 110, (60, 180)),
    # Daily needs
    Kind("convenience_store", "便利店", (5, 5, 6, 4, 3), 26, 55, (40, 120)),
    Kind("supermarket", "综合超市", (1, 1, 1, 0, 0), 5, 300, (600, 2500), main=True),
    Kind("shopping_mall", "商场", (0, 0, 0, 0, 0), 2, 800, (5000, 20000), main=True),
    Kind("food_market", "菜市场", (0, 1, 0, 0, 0), 3, 450, (1200, 2400), (1500, 3000)),
    Kind("restaurant", "餐馆", (4, 4, 5, 3, 2), 20, 35, (60, 300)),
    Kind("breakfast", "早餐店", (2, 2, 2, 2, 2), 8, 80, (20, 60)),
    Kind("bakery", "蛋糕店", (1, 0, 1, 0, 1), 2, 200, (40, 90)),
    Kind("tea_coffee", "茶饮店", (1, 1, 1, 0, 0), 3, 150, (30, 90)),
    Kind("hairdresser", "理发店", (2, 2, 2, 1, 2), 7, 80, (30, 90)),
    Kind("laundry", "洗衣店", (1, 1, 1, 0, 1), 4, 150, (30, 80)),
    Kind("repair", "维修点", (1, 1, 1, 1, 1), 4, 150, (15, 40)),
    Kind("housekeeping", "家政服务点", (1, 0, 1, 0, 1), 2, 250, (30, 80)),
    Kind("parcel_delivery", "快递驿站", (2, 3, 3, 2, 2), 9, 90, (30, 80)),
    Kind("bank", "银行网点", (1, 1, 1, 0, 1), 5, 150, (150, 400), main=True),
    Kind("bank_atm", "自动取款机", (1, 0, 1, 0, 0), 2, 150),
    Kind("telecom", "电信营业厅", (1, 0, 1, 0, 0), 2, 300, (80, 200), main=True),
    Kind("post_office", "邮政所", (0, 0, 1, 0, 0), 2, 500, (150, 400), main=True),
    # Culture and sport
    Kind("cultural_station", "文化活动站", (1, 0, 1, 0, 0), 4, 350, (250, 1200)),
    Kind("cultural_center", "文化活动中心", (0, 0, 0, 0, 0), 1, 800, (3000, 6000), (3000, 8000)),
    Kind("library", "社区书屋", (0, 1, 0, 0, 0), 2, 450, (100, 400)),
    Kind("outdoor_fitness", "健身场地", (1, 1, 1, 1, 0), 5, 220, None, (150, 750)),
    Kind("sports_ground_small", "小型球场", (0, 1, 1, 0, 0), 3, 300, None, (770, 1310)),
    Kind("sports_ground_medium", "多功能运动场地", (0, 0, 0, 0, 0), 2, 600, None, (1310, 2460)),
    Kind("sports_ground_large", "大型运动场地", (0, 0, 0, 0, 0), 1, 800, None, (3150, 5620)),
    Kind("gym", "健身房", (1, 0, 1, 0, 0), 2, 300, (200, 600), main=True),
    # Public services
    Kind("community_service_station", "社区服务站", (1, 1, 1, 1, 0), 5, 300, (600, 1000),
         (500, 800)),
    Kind("community_service_center", "街道社区服务中心", (0, 0, 1, 0, 0), 1, 800, (700, 1500)),
    Kind("subdistrict_office", "街道办事处", (0, 0, 1, 0, 0), 1, 800, (1000, 2000)),
    Kind("police_station", "派出所", (0, 1, 0, 0, 0), 2, 700, (1000, 1600), (1000, 2000)),
    Kind("public_toilet", "公共厕所", (1, 2, 2, 1, 1), 7, 200, (30, 80), (60, 100)),
    Kind("waste_collection_point", "垃圾收集点", (3, 3, 3, 2, 2), 5, 100, None, (5, 15)),
    Kind("waste_collection_station", "垃圾收集站", (0, 0, 0, 1, 0), 2, 500, (60, 120), (120, 200)),
    Kind("recycling_point", "再生资源回收点", (1, 0, 1, 0, 0), 2, 350, (20, 60)),
    # Transport and green
    Kind("bus_stop", "公交站", (3, 3, 3, 2, 2), 24, 170, main=True),
    Kind("car_parking", "停车场", (1, 1, 1, 1, 0), 4, 250, None, (800, 3000), (30, 120)),
    Kind("ev_charging", "充电站", (0, 1, 0, 0, 0), 2, 400, None, (100, 400), (6, 20)),
    Kind("park", "公园", (0, 0, 0, 0, 0), 4, 500, None, (4000, 20000)),
    Kind("public_green", "街头绿地", (0, 1, 1, 0, 0), 4, 250, None, (400, 1500)),
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """One facility with a place of its own.

    ``place`` is a point, ``special …`` (a block without housing), ``front`` (a street front in
    金科园), ``compound`` (beside a footway inside one of its compounds), or
    ``with previous`` for a spot in the same compound as the one before.
    """

    service: str
    name: str
    place: Point | str
    source: str = "drawn"
    floor_m2: int | None = None
    site_m2: int | None = None
    capacity: int | None = None


# Named in the documents; fact ids are those of the documents' fact list. Positions are drawn, and
# so is every figure that the documents do not give.
DOCUMENTED = (
    Named("elderly_day_care", "综合养老服务中心", "compound", "documents F201", capacity=40),
    Named("elderly_day_care", "长者运动康养服务之家", "compound", "documents F201", capacity=30),
    Named("elderly_day_care", "康复理疗中心", "compound", "documents F201", capacity=20),
    Named("health_center", "卫生服务中心", "front", "documents F195"),
    Named("food_market", "便民服务中心（菜市场）", "front", "documents F196"),
    Named("supermarket", "便民服务中心（超市）", "front", "documents F196"),
    Named("pharmacy", "药店", "front", "documents F197"),
    Named("community_canteen", "社区食堂", "compound", "documents F198", capacity=80),
    Named("stadium_fitness_center", "全民健身场所", "compound", "documents F182", site_m2=2000),
    Named("cultural_station", "青少年活动场地", "compound", "documents F183", floor_m2=1800),
    Named("park", "“快乐星球”主题公园", "special park 金科园", "documents F200"),
    Named("park", "彩虹之光公园", "compound", "documents F200"),
    Named("park", "清廉广场", "compound", "documents F200"),
    Named("outdoor_fitness", "户外活动广场 1", "compound", "documents F199"),
    Named("outdoor_fitness", "户外活动广场 2", "compound", "documents F199"),
    Named("outdoor_fitness", "户外活动广场 3", "compound", "documents F199"),
    Named("playground", "户外儿童乐园", "compound", "documents F202"),
    Named("kindergarten", "金科园幼儿园", "compound", "documents F202", capacity=240),
    Named("nursery", "金科园幼儿园托幼班", "with previous", "documents F202", capacity=40),
    Named("junior_middle_school", "中学", "special school 金科园", "documents F203"),
    Named("bicycle_parking", "电动车停车棚 1", "compound", "documents F192"),
    Named("bicycle_parking", "电动车停车棚 2", "compound", "documents F192"),
    Named("bicycle_parking", "电动车停车棚 3", "compound", "documents F192"),
    Named("bicycle_parking", "电动车停车棚 4", "compound", "documents F192"),
    Named("ev_charging", "汽车充电桩", "compound", "documents F193"),
    Named("community_service_station", "金科园社区服务站（示例）", "compound", floor_m2=800),
)
PLACED = (
    Named("metro_station", "砂子塘站 1 号口（示例）", (-513.0, 121.0)),
    Named("metro_station", "砂子塘站 2 号口（示例）", (-512.0, 84.0)),
    Named("metro_station", "砂子塘站 3 号口（示例）", (-553.0, 82.0)),
    Named("metro_station", "砂子塘站 4 号口（示例）", (-550.0, 124.0)),
    Named("metro_station", "赤岗岭站 1 号口（示例）", (668.0, -192.0)),
    Named("metro_station", "赤岗岭站 2 号口（示例）", (672.0, -228.0)),
    Named("metro_station", "赤岗岭站 3 号口（示例）", (702.0, -200.0)),
    Named("metro_station", "黄土岭站 1 号口（示例）", (-1243.0, -138.0)),
    Named("metro_station", "黄土岭站 2 号口（示例）", (-1244.0, -182.0)),
    Named("primary_school", "小学 1（示例）", "special school 白沙", floor_m2=11000,
          site_m2=14000, capacity=1080),
    Named("primary_school", "小学 2（示例）", "special school 砂子塘", floor_m2=12000,
          site_m2=16000, capacity=1260),
    Named("food_market", "菜市场 1（示例）", "special market 砂子塘", floor_m2=1800),
    Named("park", "公园 1（示例）", "special park 野坡", site_m2=15000),
    Named("park", "公园 2（示例）", "special park 梨子山", site_m2=18000),
)  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Idle stock that could be used again."""

    unit: str
    name: str
    floor_m2: int
    site_m2: int
    services: tuple[str, ...]
    cost_cny: int | None
    status: str = "idle"
    note: str = "drawn / 示例"


SITES = (
    Site("野坡", "闲置办公楼（示例）", 1200, 800,
         ("elderly_day_care", "community_canteen", "cultural_station"), 3_600_000),
    Site("野坡", "闲置沿街门面（示例）", 420, 0, ("nursery", "health_station"), 980_000),
    Site("白沙", "闲置仓库（示例）", 1500, 1900,
         ("food_market", "stadium_fitness_center", "cultural_station"), 4_200_000),
    Site("白沙", "闲置社区用房（示例）", 360, 0,
         ("elderly_day_care", "nursery", "elderly_service_station"), 850_000),
    Site("砂子塘", "闲置老食堂（示例）", 600, 900,
         ("community_canteen", "elderly_day_care"), 1_500_000),
    Site("砂子塘", "闲置锅炉房（示例）", 450, 700,
         ("cultural_station", "parcel_delivery", "public_toilet"), 1_100_000),
    Site("梨子山", "闲置招待所（示例）", 2600, 3200,
         ("kindergarten", "nursery", "elderly_day_care"), 7_800_000),
    Site("梨子山", "闲置空地（示例）", 0, 1800,
         ("playground", "outdoor_fitness", "sports_ground_small"), 600_000),
    Site("金科园", "闲置单身宿舍首层（示例）", 480, 0,
         ("library", "nursery", "elderly_service_station"), 1_050_000),
    Site("金科园", "一诺公寓", 5500, 3000, (), None, "reused",
         "documents F179 F180 F181: 5500 m² 闲置资产已改造为 216 套青年公寓，不再闲置；"
         "site area and position drawn / 用地与位置为示例"),
)  # fmt: skip
