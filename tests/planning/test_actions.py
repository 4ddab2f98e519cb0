"""Actions are of their kinds, or one error names all that are not."""

import numpy as np
import pytest

from lifecircle.errors import InputError
from lifecircle.planning.actions import (
    KINDS,
    AddCrossing,
    AddFacility,
    CloseFacility,
    ConnectStreets,
    ExtendCapacity,
    MoveFacility,
    OpenGate,
    RemoveWall,
)

HERE = (112.99, 28.165)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: AddFacility("", HERE), "service is empty"),
        (lambda: AddFacility("park", "here"), "at='here' is no place"),
        (lambda: AddFacility("park", (28.165, 112.99)), "They look swapped"),
        (lambda: AddFacility("park", (np.nan, 28.0)), "is no place on earth"),
        (lambda: AddFacility("park", HERE, capacity=-1), "capacity=-1 is no number of 0 or more"),
        (lambda: AddFacility("park", HERE, capacity=True), "capacity=True is no number"),
        (lambda: AddFacility("park", HERE, name=7), "name=7 is no text"),
        (lambda: CloseFacility(" "), "facility_id is empty"),
        (lambda: MoveFacility("F1", (1.0,)), "at=(1.0,) is no place"),
        (lambda: ExtendCapacity("F1", None), "capacity=None is no number"),
        (OpenGate, "give a gate_id or the place of the gate"),
        (lambda: OpenGate("G1", "all"), "opened for 'open' (everybody) or for 'residents'"),
        (lambda: OpenGate("G1", "closed"), "access='closed'"),
        (RemoveWall, "give the place (at), a wall_id or a compound_id"),
        (lambda: RemoveWall(HERE, "W1", "C1"), "a wall_id or a compound_id, not both"),
        (lambda: ConnectStreets(HERE, None), "end=None is no place"),
        (lambda: AddCrossing(HERE, HERE, signals="yes"), "signals='yes' is not true or false"),
    ],
)
def test_what_is_not_of_its_kind_is_told(make, words):
    with pytest.raises(InputError) as caught:
        make()
    assert words in str(caught.value)


def test_all_problems_of_an_action_come_at_once():
    with pytest.raises(InputError) as caught:
        AddFacility("", (500.0, 3.0), name=1, capacity="many", site_area_m2=-2)
    told = str(caught.value)
    for name in ("service", "at=", "name=1", "capacity='many'", "site_area_m2=-2"):
        assert name in told


def test_places_become_numbers_and_every_kind_has_a_word():
    assert AddFacility("park", [np.float32(112.5), 28]).at == (112.5, 28.0)
    assert OpenGate(at=np.array(HERE)).at == HERE
    assert [kind.__name__ for kind in KINDS.values()] == [
        "".join(part.capitalize() for part in word.split("_")) for word in KINDS
    ]
