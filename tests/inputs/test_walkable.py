"""The walk rule, tag by tag."""

import pytest

from lifecircle.inputs.walkable import (
    CLOSED_CLASSES,
    KNOWN_CLASSES,
    NEVER_CLASSES,
    OPEN_CLASSES,
    walkable,
)

YES, NO = True, False

CASES = [
    # Classes by themselves.
    ("highway=residential", YES),
    ("highway=living_street", YES),
    ("highway=service", YES),
    ("highway=service service=parking_aisle", YES),
    ("highway=service service=driveway", YES),
    ("highway=unclassified", YES),
    ("highway=primary", YES),
    ("highway=secondary_link", YES),
    ("highway=tertiary", YES),
    ("highway=footway", YES),
    ("highway=path", YES),
    ("highway=pedestrian", YES),
    ("highway=steps", YES),
    ("highway=track", YES),
    ("highway=corridor", YES),
    ("highway=corridor indoor=yes level=-1", YES),
    ("highway=elevator", YES),
    ("highway=platform", YES),
    ("highway=cycleway", YES),
    ("highway=bridleway", YES),
    ("highway=road", YES),
    ("highway=motorway", NO),
    ("highway=motorway_link", NO),
    ("highway=busway", NO),
    ("highway=bus_guideway", NO),
    ("highway=raceway", NO),
    ("highway=escape", NO),
    ("highway=via_ferrata", NO),
    ("highway=something_new", NO),
    ("building=yes", NO),
    ("route=ferry", NO),
    ("railway=platform", NO),
    ("public_transport=platform", NO),
    ("foot=yes", NO),
    # foot wins over everything but streets that are not there.
    ("highway=motorway foot=yes", YES),
    ("highway=motorway_link foot=designated", YES),
    ("highway=motorway foot=permissive", YES),
    ("highway=motorway access=yes", NO),
    ("highway=motorway sidewalk=both", NO),
    ("highway=busway foot=yes", YES),
    ("highway=something_new foot=yes", YES),
    ("highway=residential foot=no", NO),
    ("highway=footway foot=no", NO),
    ("highway=cycleway foot=no", NO),
    ("highway=cycleway foot=designated", YES),
    ("highway=cycleway segregated=yes foot=yes", YES),
    ("highway=bridleway foot=no", NO),
    ("highway=footway foot=private", NO),
    ("highway=footway foot=customers", NO),
    ("highway=path foot=discouraged", YES),
    ("highway=residential foot=use_sidepath", NO),
    ("highway=residential foot=destination", YES),
    ("highway=residential foot=unknown", YES),
    ("highway=motorway foot=unknown", NO),
    # access, and foot over access.
    ("highway=service access=private", NO),
    ("highway=service access=private foot=yes", YES),
    ("highway=service access=private foot=permissive", YES),
    ("highway=service access=private foot=designated", YES),
    ("highway=residential access=private foot=destination", YES),
    ("highway=residential access=no", NO),
    ("highway=residential access=no foot=yes", YES),
    ("highway=residential access=yes foot=no", NO),
    ("highway=service access=customers", NO),
    ("highway=service access=customers foot=yes", YES),
    ("highway=service access=delivery", NO),
    ("highway=track access=forestry", NO),
    ("highway=track access=agricultural foot=yes", YES),
    ("highway=service access=destination", YES),
    ("highway=service access=permissive", YES),
    ("highway=footway access=designated", YES),
    ("highway=service access=unknown", YES),
    ("highway=service access=private;permissive", YES),
    ("highway=service access=bus", NO),
    ("highway=residential motor_vehicle=no", YES),
    ("highway=residential vehicle=private", YES),
    ("highway=steps access=no", NO),
    # Crossings and sidewalks drawn apart.
    ("highway=footway footway=crossing foot=designated", YES),
    ("highway=footway footway=sidewalk", YES),
    ("highway=path path=sidewalk foot=designated bicycle=no", YES),
    ("highway=cycleway cycleway=crossing foot=yes", YES),
    ("highway=primary sidewalk=separate", YES),
    ("highway=residential sidewalk:both=separate", YES),
    ("highway=residential sidewalk=no", YES),
    ("highway=primary sidewalk=none", YES),
    # Trunk roads and motorroads.
    ("highway=trunk", YES),
    ("highway=trunk_link", YES),
    ("highway=trunk foot=no", NO),
    ("highway=trunk access=no", NO),
    ("highway=trunk motorroad=yes", NO),
    ("highway=trunk motorroad=yes foot=yes", YES),
    ("highway=trunk motorroad=yes sidewalk=right", YES),
    ("highway=trunk motorroad=no", YES),
    ("highway=trunk sidewalk=both", YES),
    ("highway=trunk sidewalk=separate", YES),
    ("highway=trunk sidewalk=no", NO),
    ("highway=trunk sidewalk:both=no", NO),
    ("highway=trunk sidewalk:left=no sidewalk:right=yes", YES),
    ("highway=trunk sidewalk=no foot=yes", YES),
    ("highway=trunk sidewalk=right;no", YES),
    ("highway=primary motorroad=yes", NO),
    # Not there, or not a way.
    ("highway=construction", NO),
    ("highway=construction construction=residential foot=yes", NO),
    ("highway=residential construction=yes", NO),
    ("highway=residential construction=minor", YES),
    ("highway=proposed foot=yes", NO),
    ("highway=abandoned", NO),
    ("highway=razed", NO),
    ("highway=rest_area", NO),
    ("highway=services foot=yes", NO),
    ("highway=no", NO),
    # Squares by their ring.
    ("highway=pedestrian area=yes", YES),
    ("highway=service area=yes", YES),
    ("highway=footway area=yes access=private", NO),
]


def _tags(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split())


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_way_is_walked_or_not(text, expected):
    assert walkable(_tags(text)) is expected


def test_no_class_of_road_has_two_rules():
    assert not OPEN_CLASSES & CLOSED_CLASSES
    assert not OPEN_CLASSES & NEVER_CLASSES
    assert not CLOSED_CLASSES & NEVER_CLASSES


def test_foot_opens_every_class_that_is_there():
    for highway in KNOWN_CLASSES:
        opened = walkable({"highway": highway, "foot": "yes"})
        assert opened is (highway not in NEVER_CLASSES), highway


def test_foot_no_closes_every_class():
    for highway in KNOWN_CLASSES:
        assert not walkable({"highway": highway, "foot": "no"}), highway


def test_a_way_without_tags_is_not_walked():
    assert not walkable({})
    assert not walkable({"highway": ""})


def test_the_tags_are_not_changed():
    tags = {"highway": "service", "access": "private"}
    walkable(tags)
    assert tags == {"highway": "service", "access": "private"}
