"""One HTML file that opens without a network, around a folium map.

Folium's own page asks five hosts for its scripts, and branca compiles text that is already
rendered a second time as a template, so that a shop called ``{{…}}`` runs code. Here the figure
that holds the map writes the page itself:

* what folium links to is taken from XStatic packages, or dropped by the list ``_ASSETS`` below, or
  it is an error that names the address;
* data travels as JSON beside the map, put in after everything was rendered, and our script sets it
  as text;
* scripts run by their hash alone (content security policy), so nothing that slips in can run;
* text that folium's layers have rendered is never compiled again;
* of the web a page asks for pictures of the basemap alone, and only where the user chose one.
"""

from __future__ import annotations

import html
import importlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
import jinja2
from branca.element import CssLink, Element, Figure, JavascriptLink

from lifecircle.errors import InputError, some
from lifecircle.outputs.number_bytes import with_packed_lists
from lifecircle.outputs.self_contained import (
    packaged_text,
    png_address,
    safe_script,
    safe_style,
    security_policy,
    template_text,
)
from lifecircle.outputs.whole_files import write_file
from lifecircle.outputs.words import LANGUAGE_TAGS

MAP_ID = "lifecircle"
"""Folium makes random ids; one fixed id makes the same map the same bytes."""

_OWN_SCRIPTS = (
    "reader.js", "pieces.js", "shapes.js", "map.js", "base.js", "residents.js", "findings.js",
    "search.js", "swipe.js", "print.js", "units.js", "walls.js", "panel.js", "live_network.js",
    "live_shape.js", "live.js",
)  # fmt: skip
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_REMOTE = r"(?P<url>(?:https?:)?//[^\"'`\s)>]+)"
_REMOTE_REQUESTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"<(?:script|img|iframe|link|source|video|audio|embed|object)\b[^>]*?"
        r"\b(?:src|href|data)\s*=\s*[\"']?" + _REMOTE,
        r"\burl\(\s*[\"']?" + _REMOTE,
        r"@import\s+[\"']" + _REMOTE,
        r"\bL\.(?:tileLayer(?:\.wms)?|imageOverlay|videoOverlay|icon)\(\s*[\"'`]" + _REMOTE,
        r"[\"'](?:iconUrl|iconRetinaUrl|shadowUrl|urlTemplate)[\"']\s*:\s*[\"'`]" + _REMOTE,
        r"\b(?:fetch|getJSON|ajax|axios\.get|d3\.json)\(\s*[\"'`]" + _REMOTE,
    )
]
"""How a page asks for something from the web. A link that is only clicked is not among them."""


@dataclass(frozen=True)
class _Asset:
    """One script or style sheet that folium links to, and what becomes of it."""

    address: str
    """Regular expression for the address, whatever the version in it."""
    used_by: str
    """Regular expression for page text that cannot do without it; empty: nothing of ours or of
    folium's layers breaks without it."""
    package: str = ""
    """Package below ``xstatic.pkg`` that carries it; empty: none, so it cannot be had offline."""
    file: str = ""
    """File in that package's data."""


_ASSETS = [
    _Asset(r"/leaflet@[\d.]+/dist/leaflet(?:\.min)?\.js$", ".", "leaflet", "leaflet.js"),
    _Asset(r"/leaflet@[\d.]+/dist/leaflet(?:\.min)?\.css$", ".", "leaflet", "leaflet.css"),
    # Pop-ups of folium's own layers are made by jQuery; ours are not.
    _Asset(r"/jquery(?:-[\d.]+)?(?:\.min)?\.js$", r"\$\(|\bjQuery\b", "jquery", "jquery.min.js"),
    # Only looks of buttons and lists in somebody's own HTML; nothing of folium's layers needs it.
    _Asset(r"/bootstrap(?:\.bundle)?(?:\.min)?\.js$", r"\bbootstrap\.[A-Z]"),
    _Asset(r"/bootstrap(?:\.min)?\.css$", ""),
    # folium.Icon alone draws with these.
    _Asset(r"/leaflet\.awesome-markers\.js$", r"\bAwesomeMarkers\b"),
    _Asset(r"/leaflet\.awesome-markers\.css$", ""),
    _Asset(r"/leaflet\.awesome\.rotate(?:\.min)?\.css$", ""),
    _Asset(r"/bootstrap-glyphicons(?:\.min)?\.css$", ""),
    _Asset(r"/fontawesome-free@[\d.]+/css/all(?:\.min)?\.css$", r"class=.{0,3}fa[-bsr]? fa-"),
    _Asset(r"/font-awesome/[\d.]+/css/(?:all|font-awesome)(?:\.min)?\.css$", ""),
]  # fmt: skip


class _RenderedText:
    """Stands where branca wants a template: text that is finished, given back as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, **_context: Any) -> str:
        """Text, whatever the context."""
        return self.text


class _Section(Element):  # type: ignore[misc]
    """Head, body or script of the page; what arrives while it is rendered is finished text."""

    def __init__(self, page: OfflinePage) -> None:
        super().__init__()
        self._parent = page

    def add_child(self, child: Element, name: str | None = None, index: int | None = None) -> Any:
        """Take a piece of the page; branca would compile its text a second time."""
        text = getattr(child, "_template_str", None)
        if self._parent.is_rendering and type(child) is Element and text is not None:
            child._template = _RenderedText(text)  # noqa: SLF001  branca has no other door
        return super().add_child(child, name=name, index=index)


class OfflinePage(Figure):  # type: ignore[misc]
    """A figure that renders to one page with everything in it.

    Parameters
    ----------
    data
        What ``templates/map.js`` draws; see :mod:`lifecircle.outputs.maps`. Plain Python numbers,
        text, lists and dicts; no NaN.
    title
        Title of the window.
    language
        ``"zh"`` or ``"en"``.
    tile_hosts
        Hosts whose pictures the page may ask for, where the user chose a basemap; nothing else of
        the web is ever allowed.

    Examples
    --------
    >>> page = OfflinePage({}, title="1 < 2", language="en")
    >>> _ = page.add_child(folium.Map(tiles=None))
    >>> "<title>1 &lt; 2</title>" in page.render()
    True
    """

    def __init__(
        self,
        data: dict[str, Any],
        *,
        title: str,
        language: str,
        tile_hosts: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.is_rendering = False
        self.data = data
        self.title = title
        self.language = language
        self.tile_hosts = tuple(tile_hosts)
        self.header, self.html, self.script = (_Section(self) for _ in range(3))

    def render(self) -> str:
        """The whole page.

        Returns
        -------
        str
            HTML that asks the web for nothing.

        Raises
        ------
        InputError
            If a layer that was added wants something from the web, or holds text that cannot be
            rendered.

        Examples
        --------
        >>> page = OfflinePage({}, title="", language="zh")
        >>> '<html lang="zh-CN">' in page.add_child(folium.Map(tiles=None)).render()
        True
        """
        links, head, body, script = self._rendered()
        _check_offline(head + body + script)
        styles, scripts = _linked_assets(links, used_in=head + body + script)
        parts = [
            f"<title>{html.escape(self.title)}</title>\n",
            *(f"<style>{safe_style(text)}</style>\n" for text in styles),
            *(f"<script>{safe_script(text)}</script>\n" for text in scripts),
            f"<script>{_marker_images()}</script>\n",
            *(f"<script>{safe_script(template_text(name))}</script>\n" for name in _OWN_SCRIPTS),
            head,
            f"<style>{template_text('map.css')}</style>\n</head>\n<body>\n",
            template_text("frame.html").replace("<!-- map -->", body),
            '<script type="application/json" id="lifecircle-data">',
            script_json(with_packed_lists(self.data)),
            f"</script>\n<script>{safe_script(script)}</script>\n",
            f"<script>{self._start()}</script>\n</body>\n</html>\n",
        ]
        content = _LONE_SURROGATE.sub("\ufffd", "".join(parts))
        # Browsers read every line end as \n before they compare hashes.
        content = content.replace("\r\n", "\n").replace("\r", "\n")
        return (
            f'<!DOCTYPE html>\n<html lang="{LANGUAGE_TAGS[self.language]}">\n<head>\n'
            '<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="'
            f'{security_policy(content, self.tile_hosts)}">\n'
            f"{content}"
        )

    def _rendered(self) -> tuple[list[Any], str, str, str]:
        """Links of the head, then head, body and script as branca renders them."""
        self.is_rendering = True
        try:
            for child in self._children.values():
                child.render()
            pieces = list(self.header._children.values())  # noqa: SLF001
            links = [piece for piece in pieces if isinstance(piece, JavascriptLink | CssLink)]
            head = "".join(piece.render() for piece in pieces if piece not in links)
            return links, head, self.html.render(), self.script.render()
        except jinja2.TemplateError as error:
            raise InputError(
                "map: a layer that was added to it holds text that folium takes for a template "
                f"({error}). Take '{{%', '{{#' and '{{{{' out of its names, pop-ups and columns, "
                "or show that text with map_evaluation or map_isochrones, which take any text."
            ) from error
        finally:
            self.is_rendering = False

    def _start(self) -> str:
        """The call that draws our layers on folium's map."""
        names = [
            child.get_name() for child in self._children.values() if isinstance(child, folium.Map)
        ]
        return "".join(
            f"lifecircleStart({name}, "
            'JSON.parse(document.getElementById("lifecircle-data").textContent));'
            for name in names[:1]
        )


class OfflineMap(folium.Map):  # type: ignore[misc]
    """A folium map whose page opens without a network, in a notebook and as a file.

    Folium layers may be added to it as to any map, as long as they need nothing from the web.

    Parameters
    ----------
    data
        As :class:`OfflinePage` takes it.
    title
        Title of the window.
    language
        ``"zh"`` or ``"en"``.
    centre
        Latitude and longitude, degrees.
    tile_hosts
        As :class:`OfflinePage` takes them.

    Examples
    --------
    >>> town = OfflineMap({}, title="town", language="en", centre=(28.166, 112.988))
    >>> town.get_root().render().startswith("<!DOCTYPE html>")
    True
    """

    def __init__(
        self,
        data: dict[str, Any],
        *,
        title: str,
        language: str,
        centre: tuple[float, float],
        tile_hosts: Sequence[str] = (),
    ) -> None:
        super().__init__(
            location=list(centre), tiles=None, zoom_start=14, zoom_control=False, font_size="13px"
        )
        self._name = "Map"
        self._id = MAP_ID
        OfflinePage(data, title=title, language=language, tile_hosts=tile_hosts).add_child(self)

    def render(self) -> None:
        """Put the map into its page.

        Raises
        ------
        InputError
            If the map was moved into a figure that cannot carry it.

        Examples
        --------
        >>> town = OfflineMap({}, title="", language="en", centre=(28.166, 112.988))
        >>> town.render()
        """
        if not isinstance(self.get_root(), OfflinePage):
            raise InputError(
                "map: it was added to another figure, whose page would need the web and would "
                "show none of its layers. Save or show the map itself."
            )
        super().render()


def write_map(map: OfflineMap, path: str | os.PathLike[str]) -> Path:  # noqa: A002  public word
    """Write a map as one HTML file that opens without a network.

    The file is written whole or not at all; folders above it are made.

    Parameters
    ----------
    map
        From ``map_evaluation`` or ``map_isochrones``, with or without more folium layers on it.
    path
        Ends in ``.html``. A file that is there is replaced.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    InputError
        If the path does not end in ``.html``, the map is not one of ours, or a layer that was
        added to it needs something from the web.

    Examples
    --------
    >>> import tempfile
    >>> town = OfflineMap({}, title="town", language="en", centre=(28.166, 112.988))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_map(town, Path(folder) / "map.html").name
    'map.html'
    """
    target = Path(path)
    if target.suffix.lower() != ".html":
        raise InputError(f"path: a map is an .html file, and {str(target)!r} is not one.")
    if not isinstance(map, folium.Map) or not isinstance(map.get_root(), OfflinePage):
        raise InputError(
            f"map: {type(map).__name__} is not a map of map_evaluation or map_isochrones. "
            "A folium map of your own needs the web; write it with its own save()."
        )
    return write_file(target, map.get_root().render().encode("utf-8"))


def script_json(data: Any) -> str:
    r"""JSON that can stand inside an HTML ``<script>`` whatever its texts hold.

    Parameters
    ----------
    data
        Plain Python numbers, text, lists and dicts.

    Returns
    -------
    str
        ``<``, ``>``, ``&`` and the line ends U+2028 and U+2029 are escaped as JSON escapes them.

    Raises
    ------
    ValueError
        If a number is not finite.

    Examples
    --------
    >>> script_json({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _linked_assets(links: list[Any], *, used_in: str) -> tuple[list[str], list[str]]:
    """Style sheets and scripts for what folium links to; an error for what cannot be had."""
    styles: list[str] = []
    scripts: list[str] = []
    missing: list[str] = []
    for link in links:
        asset = next((one for one in _ASSETS if re.search(one.address, link.url)), None)
        if asset is None:
            missing.append(link.url)
        elif asset.used_by and re.search(asset.used_by, used_in):
            text = packaged_text(asset.package, asset.file)
            if text is None:
                missing.append(_with_remedy(link.url, asset))
            else:
                (styles if isinstance(link, CssLink) else scripts).append(text)
    if missing:
        raise InputError(_needs_the_web(missing))
    return styles, scripts


def _with_remedy(address: str, asset: _Asset) -> str:
    """Address, and the package that would bring it."""
    if not asset.package:
        return address
    return f"{address} (pip install XStatic-{asset.package} brings it)"


def _needs_the_web(addresses: list[str]) -> str:
    """What is wrong with a page that needs these addresses, and what to do."""
    return (
        f"map: {len(addresses)} thing(s) on it would be fetched from the web "
        f"({some(addresses)}), and the page must open without a network. Take the folium layer "
        "that needs them off the map; folium.CircleMarker, Circle, PolyLine, Polygon and GeoJson "
        "need nothing."
    )


def _check_offline(rendered: str) -> None:
    """Raise for tiles, pictures and data that a layer would fetch."""
    addresses = [
        found["url"] for pattern in _REMOTE_REQUESTS for found in pattern.finditer(rendered)
    ]
    if addresses:
        raise InputError(_needs_the_web(list(dict.fromkeys(addresses))))


def _marker_images() -> str:
    """Leaflet's own marker, which it would look for in a folder beside the page."""
    images = Path(importlib.import_module("xstatic.pkg.leaflet").BASE_DIR) / "images"
    options = {
        "iconUrl": png_address((images / "marker-icon.png").read_bytes()),
        "iconRetinaUrl": png_address((images / "marker-icon-2x.png").read_bytes()),
        "shadowUrl": png_address((images / "marker-shadow.png").read_bytes()),
    }
    return f'L.Icon.Default.imagePath = "";L.Icon.Default.mergeOptions({script_json(options)});'
