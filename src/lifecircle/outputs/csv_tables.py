"""Tables as CSV that Excel opens as they are meant: names beside codes, nothing that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from lifecircle.outputs.words import level_name
from lifecircle.standards import catalog

SAMPLE_MARK = "示例数据，非实测 / sample data, drawn, not surveyed"
# A spreadsheet runs a cell that begins like this.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_CHINESE: dict[str, dict[Any, str]] = {
    "status": {
        "met": "达标",
        "not met": "不达标",
        "unknown": "未知",
        "done": "完成",
        "failed": "未完成",
    },
    "check": {
        "presence": "有无",
        "walk": "步行覆盖",
        "radius": "半径覆盖",
        "floor_area": "建筑面积",
        "site_area": "用地面积",
        "count": "数量",
        "capacity": "千人指标",
    },
    "mandatory": {"mandatory": "应配", "optional": "可选"},
    "tier_basis": {
        "population": "按人口",
        "area": "按用地",
        "population and area": "按人口和用地",
    },
    "segment": {"people": "全体", "elderly": "老人", "children": "儿童"},
    "basis": {"facilities": "设施表", "records": "台账"},
    "target_from": {"clause": "条文", "study": "本研究设定", "default": "条文未写，按全部"},
    "confidence": {
        "seen": "已见原文或转载",
        "derived": "推导",
        "memory_sure": "凭记忆",
        "memory_unsure": "凭记忆，不确定",
        "own": "自定",
    },
    "tier": {
        "15min": "十五分钟",
        "10min": "十分钟",
        "5min": "五分钟",
        "5-10min": "五至十分钟",
        "8min": "八分钟",
        "block": "居住街坊",
        "community": "社区",
        "estate": "小区",
        "quarter": "街区",
        "city": "城市",
        "15min;10min": "十五分钟、十分钟",
    },
    "walker": {
        "adult": "成年人",
        "elderly": "老年人",
        "frail": "体弱老人",
        "child": "儿童",
        "stroller": "推婴儿车者",
        "wheelchair": "轮椅使用者",
    },
    "change": {
        "better": "好转",
        "worse": "变差",
        "same": "不变",
        "unknown": "未知",
        "added": "新增",
        "closed": "关闭",
        "moved": "迁移",
        "changed": "变动",
    },
    "status_before": {"met": "达标", "not met": "不达标", "unknown": "未知"},
    "status_after": {"met": "达标", "not met": "不达标", "unknown": "未知"},
    "out_of_reach": {True: "失去可达", False: "步行变长"},
    "certain": {True: "确定", False: "不确定"},
    "rank_holds": {True: "可靠", False: "不稳"},
    "kind": {
        "add_facility": "新建设施",
        "open_gate": "开放大门",
        "remove_wall": "打开围墙",
        "connect_streets": "打通断头路",
        "extend_capacity": "扩建增设",
        "improve": "整治提升",
        "find_site": "另行选址",
    },
    "chosen": {True: "入选", False: "未入选"},
    "counts": {True: "选址所计", False: "另计"},
    "cause": {
        "boundary": "边界不能用",
        "data": "数据有误",
        "files": "文件不能写或已不在",
        "memory": "内存不足",
        "process": "进程反复中断",
        "program": "程序意外出错",
    },
}


class Written(Protocol):
    """What tables are written for, such as a study: its language, its units, whether a sample."""

    @property
    def language(self) -> str:
        """``"zh"`` or ``"en"``."""

    @property
    def sample(self) -> bool:
        """Whether the data is a drawing."""

    @property
    def units(self) -> pd.DataFrame:
        """``unit_id`` and ``name`` of the units that tables speak of."""


def write_csv(table: pd.DataFrame, path: Path, study: Written) -> None:
    """Write a table: UTF-8 with a mark, six digits, text that a spreadsheet shows and does not run.

    Beside units, services and groups stand their names, in a Chinese study beside the other words
    too; on the sample's tables a note that it is one.

    Parameters
    ----------
    table
        Any table of an evaluation.
    path
        File.
    study
        Whose language it is written for.

    Examples
    --------
    >>> import tempfile
    >>> from lifecircle import load_demo
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> write_csv(pd.DataFrame({"service": ["park"], "name": ["=1+1"]}), path, load_demo())
    >>> path.read_text(encoding="utf-8-sig").splitlines()[1][:14]
    "park,'=1+1,公园,"
    """
    cells = [
        values.round(6) if pd.api.types.is_float_dtype(values) else values.map(_harmless)
        for _, values in table.items()
    ]
    shown = pd.concat(cells, axis=1).copy() if cells else table.copy()  # in one piece
    if "unit_id" in shown and not {"name", "unit_name"} & {*shown.columns}:
        shown["name"] = table["unit_id"].map(study.units.set_index("unit_id")["name"]).fillna("")
        shown["name"] = shown["name"].map(_harmless)
    for column, words in _names(study.language).items():
        name = f"{column}_name"
        if column in table.columns and name not in table.columns:
            shown[name] = table[column].map(words).fillna("")
    if study.language == "zh" and "level" in table.columns and "level_name" not in table.columns:
        levels = {one: level_name(one, "zh") for one in table["level"].dropna().unique()}
        shown["level_name"] = table["level"].map(levels).fillna("").map(_harmless)
    if "services" in table.columns and "services_name" not in table.columns:
        shown["services_name"] = services_names(table["services"], study.language)
    if "checks" in table.columns and study.language == "zh":
        shown["checks_name"] = table["checks"].map(_checks)
    if study.sample:
        shown["note" if "note" not in shown else "sample_note"] = SAMPLE_MARK
    shown.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")


def words_beside(column: str, language: str) -> dict[Any, str]:
    """What the words of a column are called beside it.

    Parameters
    ----------
    column
        Such as ``"kind"``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    dict
        Word → name; empty where the words stand alone.

    Examples
    --------
    >>> words_beside("kind", "zh")["open_gate"], words_beside("kind", "en")
    ('开放大门', {})
    """
    return dict(_names(language).get(column, {}))


def services_names(cells: pd.Series[Any], language: str) -> pd.Series[Any]:
    """Names of the services that stand in each cell.

    Parameters
    ----------
    cells
        Services joined by ``;``.
    language
        ``"zh"`` or ``"en"``.

    Returns
    -------
    Series of str

    Examples
    --------
    >>> services_names(pd.Series(["nursery;clinic", ""]), "zh").to_list()
    ['托儿所、诊所', '']
    """
    between = "、" if language == "zh" else ", "
    known = _names(language)["service"]
    return cells.fillna("").map(
        lambda cell: between.join(known.get(one, one) for one in str(cell).split(";") if one)
    )


def segment_name(word: str, language: str, *, column: str = "segment") -> str:
    """Name of a group of people, or of who walks, as it stands beside the word in tables.

    Parameters
    ----------
    word
        Such as ``"elderly"``.
    language
        ``"zh"`` or ``"en"``.
    column
        ``"segment"`` or ``"walker"``.

    Returns
    -------
    str

    Examples
    --------
    >>> segment_name("elderly", "zh"), segment_name("elderly", "zh", column="walker")
    ('老人', '老年人')
    """
    return _CHINESE[column].get(word, word) if language == "zh" else word


def _checks(checks: str) -> str:
    """Names of several checks."""
    return "、".join(_CHINESE["check"].get(part, part) for part in checks.split(";") if part)


def _names(language: str) -> dict[str, dict[Any, str]]:
    """Words of columns and what they are called."""
    named = f"name_{language}"
    services = {**catalog.items()[named], **catalog.services()[named]}
    groups = dict(catalog.service_groups()[named])
    return {"service": services, "group": groups} | (_CHINESE if language == "zh" else {})


def _harmless(value: Any) -> Any:
    """Text that a spreadsheet shows and does not run."""
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS):
        return "'" + value
    return value
