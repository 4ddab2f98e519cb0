"""What an edge of the network stands for: a stretch of street, or a link.

A wait at a crossing and a gate in a wall are edges of no length between two nodes at one place, so
that they cost their seconds exactly where they stand. Nobody joins the streets at a link.
"""

from __future__ import annotations

STREET = 0
# Half a crossing: every way over it enters by one such link and leaves by another.
CROSSING = 1
SIGNALS = 2
# Gates, by whom they admit.
GATE_OPEN = 3
GATE_RESIDENTS = 4
GATE_CLOSED = 5
# A straight way that no map shows: from a gate to the next street, or across a compound.
CONNECTION = 6
# A kerb on a path, away from any crossing. Whether it is raised stands in its column ``kerb``.
KERB = 7
# A way between two places of the streets that a scenario makes. It runs through walls, and nobody
# joins it: whoever lives beside it goes on joining the street of before.
NEW_WAY = 8
# The same, as long as it is not made: nobody walks it.
PROPOSED_WAY = 9

CROSSINGS = (CROSSING, SIGNALS)
NEW_WAYS = (NEW_WAY, PROPOSED_WAY)
# What nobody passes, and what not everybody does.
SHUT = (GATE_CLOSED, PROPOSED_WAY)
NOT_PUBLIC = (GATE_RESIDENTS, *SHUT)
GATES = {"open": GATE_OPEN, "residents": GATE_RESIDENTS, "closed": GATE_CLOSED}
