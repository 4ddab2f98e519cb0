"""Pictures of the web below a map: none, OpenStreetMap, Tianditu or Amap.

A page has one system of coordinates, that of its pictures: it is chosen when the map is made. Only
Amap's is shifted (GCJ-02), so only there is everything that the page draws shifted with it; the
data in the page stays in WGS-84. Without a network the pictures stay away and the streets of the
study are seen instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lifecircle.errors import InputError, UnknownNameError

_KEY = re.compile(r"[0-9A-Za-z]{1,64}")
_NAMES = ("none", "osm", "tianditu:KEY", "amap")
_TIANDITU_HOST = "https://t{s}.tianditu.gov.cn"
_TIANDITU_LAYERS = {"zh": ("vec", "cva"), "en": ("vec", "eva")}


@dataclass(frozen=True, repr=False)
class Tianditu:
    """Tianditu (天地图) below a map, with the user's own key.

    Parameters
    ----------
    key
        The key (tk) that the National Platform for Common Geospatial Information Services gives
        for browsers; letters and digits. It stands in the page that is written.

    Raises
    ------
    InputError
        If the key holds anything else.

    Examples
    --------
    >>> Tianditu("0123456789abcdef0123456789abcdef")
    Tianditu(key of 32 characters)
    """

    key: str

    def __post_init__(self) -> None:
        if not isinstance(self.key, str) or not _KEY.fullmatch(self.key):
            raise InputError(
                "basemap: a key of Tianditu (天地图) is 1 to 64 letters and digits, and this is "
                "not. Copy it again from console.tianditu.gov.cn, without quotes or blanks."
            )

    def __repr__(self) -> str:
        return f"Tianditu(key of {len(self.key)} characters)"  # a key is nobody else's business


def basemap_layers(
    basemap: str | Tianditu, text: Mapping[str, str], language: str
) -> dict[str, Any] | None:
    """What a page needs to know to show a basemap.

    Parameters
    ----------
    basemap
        ``"none"``, ``"osm"``, ``"amap"``, ``"tianditu:KEY"`` or :class:`Tianditu`.
    text
        Words of the language.
    language
        ``"zh"`` or ``"en"``: of the names on the pictures, where there is a choice.

    Returns
    -------
    dict or None
        ``tiles`` (addresses with places for the square and the host, one per layer), ``subdomains``
        , ``max_zoom``, ``attribution``, ``is_shifted`` (GCJ-02) and ``hosts`` that the page may
        ask. ``None`` for ``"none"``.

    Raises
    ------
    UnknownNameError
        If there is no such basemap.
    InputError
        If a key of Tianditu is not one.

    Examples
    --------
    >>> from lifecircle.outputs.words import words
    >>> layers = basemap_layers("amap", words("zh"), "zh")
    >>> layers["is_shifted"], layers["attribution"], layers["hosts"][0]
    (True, '© 高德地图', 'https://webrd01.is.autonavi.com')
    """
    if isinstance(basemap, str):
        word, _, key = basemap.strip().partition(":")
        basemap = word.lower()
        if basemap == "tianditu":
            basemap = Tianditu(key.strip())
    if isinstance(basemap, Tianditu):
        return _layers(_tianditu(basemap, language), "01234567", 18, text["by_tianditu"])
    if basemap == "none":
        return None
    if basemap == "osm":
        address = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
        return _layers([address], "", 19, text["by_osm"])
    if basemap == "amap":
        tongue = "zh_cn" if language == "zh" else "en"
        address = (
            f"https://webrd0{{s}}.is.autonavi.com/appmaptile?lang={tongue}"
            "&size=1&scale=1&style=8&x={x}&y={y}&z={z}"
        )
        return {**_layers([address], "1234", 18, text["by_amap"]), "is_shifted": True}
    raise UnknownNameError("basemap", str(basemap), _NAMES)


def _tianditu(source: Tianditu, language: str) -> list[str]:
    """Streets, and the names over them, in squares of Web Mercator."""
    return [
        f"{_TIANDITU_HOST}/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
        f"&tk={source.key}"
        for layer in _TIANDITU_LAYERS[language]
    ]


def _layers(tiles: list[str], subdomains: str, max_zoom: int, attribution: str) -> dict[str, Any]:
    """A basemap in WGS-84, and the hosts that its addresses name."""
    host = "/".join(tiles[0].split("/")[:3])
    return {
        "tiles": tiles,
        "subdomains": subdomains,
        "max_zoom": max_zoom,
        "attribution": attribution,
        "is_shifted": False,
        "hosts": [host.replace("{s}", one) for one in subdomains] or [host],
    }
