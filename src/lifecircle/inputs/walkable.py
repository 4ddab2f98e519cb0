"""Which ways of OpenStreetMap a pedestrian may use.

The rule reads the tags of one way and nothing else. A specific tag wins over a general one:
``foot`` over ``access`` over what the class of the road implies.

What the class implies follows the table of default access restrictions in the OSM wiki
("OSM tags for routing/Access restrictions", worldwide defaults: motorways are closed to
pedestrians, every other road and path is open) with these decisions of ours:

- ``cycleway`` and ``bridleway`` are walked unless ``foot`` or ``access`` forbid it: in cities they
  lie beside or on the pavement and people use them; the wiki's table differs between countries.
- ``trunk`` is walked unless said to have no sidewalk; in Chinese cities trunk roads are mostly
  main streets at grade (国道, 快速路辅路). A ``motorroad`` is closed unless it has a sidewalk.
- ``sidewalk=separate`` keeps the road: where sidewalks are drawn apart they are rarely complete,
  and dropping the road would tear holes; the detour between the two lines is a few metres.
- ``foot=use_sidepath`` closes the road: walking on it is forbidden by law and the mapper states
  that the path beside it is drawn.
- ``private``, ``no``, ``customers``, ``delivery`` and other reserved uses are closed.
  ``permissive``, ``destination`` and ``official`` are open. A value that says nothing about people
  on foot (``unknown``, a slip of the pen) leaves the class to decide. Conditional access
  (``access:conditional``, opening hours) is not read.
- Streets under construction, planned, disused or gone are closed whatever ``foot`` says.
- Platforms count where they are drawn as ``highway=platform``. ``railway=platform`` alone does
  not: behind a ticket gate it would join the two sides of the tracks for people who only pass.
- Ferries, aerial ways and railways are not walked; ``indoor``, ``level``, ``tunnel`` and ``bridge``
  change nothing.
- ``area=yes`` changes nothing: a square is walked along its ring.

Sources: OpenStreetMap wiki, pages "OSM tags for routing/Access restrictions", "Key:access",
"Key:foot", "Key:sidewalk", "Tag:foot=use_sidepath", "Key:motorroad", "Lifecycle prefix".
"""

from __future__ import annotations

from collections.abc import Mapping

# Open to pedestrians unless a tag says otherwise.
OPEN_CLASSES = frozenset({
    "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service",
    "pedestrian", "track", "road", "footway", "steps", "path", "cycleway", "bridleway",
    "corridor", "crossing", "sidewalk", "elevator", "escalator", "platform", "trail",
})  # fmt: skip
# Closed unless foot opens them, as is every class that is not listed at all.
CLOSED_CLASSES = frozenset({
    "motorway", "motorway_link", "busway", "bus_guideway", "raceway", "escape",
    "emergency_bay", "emergency_access_point", "via_ferrata", "ladder",
})  # fmt: skip
# Not there to walk on, or not a way at all: closed whatever foot says.
NEVER_CLASSES = frozenset({
    "construction", "proposed", "planned", "abandoned", "disused", "razed", "demolished",
    "removed", "dismantled", "no", "rest_area", "services", "toll_gantry",
})  # fmt: skip
KNOWN_CLASSES = OPEN_CLASSES | CLOSED_CLASSES | NEVER_CLASSES

# Keys that the rule reads.
KEYS = (
    "highway", "foot", "access", "motorroad", "construction",
    "sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right",
)  # fmt: skip

_OPEN = frozenset({
    "yes", "designated", "permissive", "official", "destination", "public", "permitted",
    "allowed", "limited", "discouraged", "unmarked", "true", "1",
})  # fmt: skip
_CLOSED = frozenset({
    "no", "private", "customers", "delivery", "use_sidepath", "agricultural", "forestry",
    "military", "residents", "employees", "staff", "members", "permit", "emergency",
    "restricted", "prohibited", "bus", "psv", "taxi", "closed", "none", "vehicle",
    "motor_vehicle", "motorcar", "hgv", "false", "0", "-1",
})  # fmt: skip
_WITH_SIDEWALK = frozenset({"both", "left", "right", "yes", "separate"})
_WITHOUT_SIDEWALK = frozenset({"no", "none"})


def walkable(tags: Mapping[str, str]) -> bool:
    """Whether a pedestrian may walk along a way.

    Parameters
    ----------
    tags
        Tags of an OpenStreetMap way.

    Returns
    -------
    bool
        ``False`` for a way without a ``highway`` tag.

    Notes
    -----
    The decisions behind it are at the head of this module.

    Examples
    --------
    >>> walkable({"highway": "residential"})
    True
    >>> walkable({"highway": "motorway"}), walkable({"highway": "motorway", "foot": "yes"})
    (False, True)
    >>> walkable({"highway": "service", "access": "private"})
    False
    """
    highway = tags.get("highway", "")
    if not highway or highway in NEVER_CLASSES or tags.get("construction") == "yes":
        return False
    foot = _permission(tags.get("foot"))
    if foot is not None:
        return foot
    if highway not in OPEN_CLASSES:
        return False
    sidewalk = _has_sidewalk(tags)
    if tags.get("motorroad") == "yes" and not sidewalk:
        return False
    if highway in ("trunk", "trunk_link") and sidewalk is False:
        return False
    return _permission(tags.get("access")) is not False


def _permission(value: str | None) -> bool | None:
    """What an access value says of people on foot; ``None`` if nothing.

    Of several values (``"private;permissive"``) one that opens is enough.
    """
    if not value:
        return None
    parts = {part.strip().lower() for part in value.split(";")}
    if parts & _OPEN:
        return True
    return False if parts & _CLOSED else None


def _has_sidewalk(tags: Mapping[str, str]) -> bool | None:
    """Whether any side has a sidewalk, ``None`` if no tag tells."""
    values = {
        part.strip()
        for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right")
        for part in tags.get(key, "").split(";")
    } - {""}
    if values & _WITH_SIDEWALK:
        return True
    return False if values & _WITHOUT_SIDEWALK else None
