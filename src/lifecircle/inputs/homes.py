"""Which buildings and which land people live in, by what their table calls them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import numpy as np
import pandas as pd

from lifecircle.tables.values import Mask, is_blank


def _words(text: str) -> frozenset[str]:
    """Words of a text."""
    return frozenset(text.split())


# OpenStreetMap's words; https://wiki.openstreetmap.org/wiki/Key:building lists them.
_HOMES = _words(
    "apartments residential house detached semidetached_house semi terrace terraced dormitory "
    "bungalow farm cabin static_caravan houseboat hut villa annexe ger treehouse stilt_house "
    "trullo block flats mixed mixed_use village allotment_house"
)
_OTHERS = _words(
    "school kindergarten college university industrial retail commercial office public civic "
    "government hospital clinic hotel hostel motel church chapel cathedral mosque temple "
    "synagogue shrine monastery religious place_of_worship stadium hall sports_hall "
    "sports_centre grandstand riding_hall pavilion garage garages carport parking service "
    "warehouse manufacture factory supermarket mall shop shops kiosk store department_store "
    "restaurant bar bars bank cinema theatre museum library arts_centre attraction "
    "transportation train_station station terminal hangar bridge bunker castle tower "
    "communications_tower water_tower storage_tank silo tank transformer_tower substation "
    "power utility stable barn cowshed sty farm_auxiliary greenhouse shed toilets "
    "guardhouse gatehouse fire_station police embassy courthouse townhall "
    "works sports_ground recreation_ground cemetery park grass forest meadow farmland "
    "construction ruins demolished proposed collapsed roof no entrance address building_part "
    "railway military quarry landfill depot"
)
_ZH_HOMES = re.compile(
    "住宅|居住|公寓|宿舍|别墅|民居|民房|住房|商住|小区|家属|居民楼|居民区|居民点|宅基地|安置房"
)
_ZH_OTHERS = re.compile(
    "商业|商务|商服|商场|商店|购物|办公|写字|学校|小学|中学|大学|教育|教学|幼儿|医院|医疗|卫生|"
    "工业|厂|仓|物流|酒店|宾馆|旅馆|市场|体育|文化|行政|公共|公用|交通|车站|车库|停车|市政|机关|"
    "宗教|寺|庙|教堂|配电|变电|泵房|厕|门卫|岗亭|园区|社区中心|服务中心|博物|图书|影院|剧|展|绿地|公园|"
    "广场|水域|道路|耕地|林地|草地|特殊|军事|殡葬|在建|拆除"
)
# Land: R, R1, R2 of GB 50137 and 07, 0701, 070102 of the land-use classes of 2020; then the others.
_CODE_HOMES = re.compile(r"R\d*[A-Z]?|07\d{0,4}")
_CODE_OTHERS = re.compile(r"[ABMWSUGHE]\d+[A-Z]?|(0[1-689]|1\d|2[0-4])\d{0,4}")
_SPLIT = re.compile(r"[;；|]")


def lived_in(uses: pd.Series[Any], homes: Collection[str] | None = None) -> tuple[Mask, Mask]:
    """Which uses are homes, and which are nothing that is known.

    Parameters
    ----------
    uses
        What a table says, shape (n,): words of OpenStreetMap, Chinese words, or codes of land use.
        Of an Amap class (``商务住宅;住宅区;住宅小区``) its last part counts.
    homes
        Uses that are homes and no others; None: as this module knows them.

    Returns
    -------
    home, unknown
        Shape (n,). What is blank, ``yes`` or not known may be a home: both are true.

    Examples
    --------
    >>> home, unknown = lived_in(pd.Series(["住宅", "商业", "apartments", "school", "R2", "yes"]))
    >>> home.tolist(), unknown.tolist()
    ([True, False, True, False, True, True], [False, False, False, False, False, True])
    """
    texts = uses.astype(object).where(~is_blank(uses), "").astype(str).str.strip()
    if homes is not None:
        wanted = {str(name).strip().lower() for name in homes}
        home = texts.str.lower().isin(wanted).to_numpy(dtype=np.bool_)
        return home, np.zeros(len(texts), dtype=np.bool_)
    known = {text: _lived_in(text) for text in texts.unique()}
    verdicts = [known[text] for text in texts]
    home = np.array([verdict is not False for verdict in verdicts], dtype=np.bool_)
    unknown = np.array([verdict is None for verdict in verdicts], dtype=np.bool_)
    return home, unknown


def _lived_in(text: str) -> bool | None:
    """Whether people live in such a thing; None if it cannot be told."""
    parts = [part.strip() for part in _SPLIT.split(text) if part.strip()]
    if not parts:
        return None
    if re.search(r"[\u4e00-\u9fff]", text):
        last = parts[-1]
        if _ZH_HOMES.search(last):
            return True
        return False if _ZH_OTHERS.search(last) else None
    words = [re.sub(r"[\s\-]+", "_", part.lower()) for part in parts]
    if any(word in _HOMES for word in words) or _CODE_HOMES.fullmatch(parts[0].upper()):
        return True
    if any(word in _OTHERS for word in words) or _CODE_OTHERS.fullmatch(parts[0].upper()):
        return False
    return None
