"""Towns of OpenStreetMap drawn by hand, in metres around a place."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import geopandas as gpd
import shapely

from lifecircle.crs import local_crs

CRS = local_crs(112.99, 28.16)


def write(path: Path, nodes: dict, ways: dict, relations: dict | None = None) -> Path:
    """Write ``{id: (x_m, y_m, tags)}``, ``{id: (tags, nodes)}`` and ``{id: (tags, members)}``.

    Members are ``(way, role)``.
    """
    places = gpd.GeoSeries([shapely.Point(x, y) for x, y, *_ in nodes.values()], crs=CRS)
    places = places.to_crs(4326)

    def tags(items):
        return "".join(f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in items.items())

    body = "".join(
        f'<node id="{node}" version="1" lon="{place.x:.7f}" lat="{place.y:.7f}">'
        f"{tags(more[0] if more else {})}</node>"
        for (node, (_, _, *more)), place in zip(nodes.items(), places, strict=True)
    )
    body += "".join(
        f'<way id="{way}" version="1">{"".join(f"""<nd ref="{ref}"/>""" for ref in refs)}'
        f"{tags(labels)}</way>"
        for way, (labels, refs) in ways.items()
    )
    body += "".join(
        f'<relation id="{number}" version="1">'
        + "".join(f'<member type="way" ref="{way}" role="{role}"/>' for way, role in members)
        + f"{tags(labels)}</relation>"
        for number, (labels, members) in (relations or {}).items()
    )
    path.write_text(f'<?xml version="1.0"?><osm version="0.6">{body}</osm>', encoding="utf-8")
    return path


def square(first: int, x: float, y: float, side: float) -> tuple[dict, list[int]]:
    """Four corners from the south-west, numbered on from ``first``, and the ring of their ids."""
    corners = [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    nodes = {first + number: corner for number, corner in enumerate(corners)}
    return nodes, [*nodes, first]
