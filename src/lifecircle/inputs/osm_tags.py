"""What an OpenStreetMap object offers to people, from its tags and its name.

The mapping is the table ``standards/osm_tags.csv``. Its columns:

``key``, ``value``
    The tag; ``|`` separates alternatives, ``*`` is any value.
``extra_key``, ``extra_value``
    Further tags that must hold, joined by ``&``; a value that begins with ``!`` must not be there.
``name_contains``, ``name_excludes``
    Words of any name of the object. Latin words match whole words, Chinese words anywhere.
``service``
    What it is; empty: known to be none of our services.
``priority``
    1 is looked at first; among equals the row that stands higher in the table wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import pandas as pd

_NAME_KEYS = ("name", "name:zh", "name:en", "official_name", "alt_name", "short_name")
_GONE = ("disused", "abandoned", "demolished", "razed")


@dataclass(frozen=True)
class _Rule:
    """One row of the table, for one key and one value."""

    rank: tuple[int, int]
    service: str
    required: tuple[tuple[str, frozenset[str]], ...]
    forbidden: tuple[tuple[str, frozenset[str]], ...]
    name_contains: re.Pattern[str] | None
    name_excludes: re.Pattern[str] | None

    def holds(self, tags: Mapping[str, str], names: str) -> bool:
        """Whether the further conditions are met."""
        return (
            all(_values(tags.get(key, "")) & wanted for key, wanted in self.required)
            and not any(_values(tags.get(key, "")) & barred for key, barred in self.forbidden)
            and (self.name_contains is None or bool(self.name_contains.search(names)))
            and (self.name_excludes is None or not self.name_excludes.search(names))
        )


def tag_keys() -> tuple[str, ...]:
    """Keys of which at least one is on every object that offers a service.

    Returns
    -------
    tuple of str, sorted

    Examples
    --------
    >>> "amenity" in tag_keys()
    True
    """
    return tuple(sorted({key for key, _ in _rules()}))


def service_of(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Service that an object offers.

    Parameters
    ----------
    tags
        Tags of a node, way or relation.

    Returns
    -------
    tuple of str, or None
        The service and the tag it was known by, such as ``"amenity=pharmacy"``. ``None`` if the
        object is no facility. One object gives one service: the most specific row wins.

    Examples
    --------
    >>> service_of({"amenity": "school", "name": "砂子塘小学"})
    ('primary_school', 'amenity=school')
    >>> service_of({"highway": "residential"}) is None
    True
    """
    if any(tags.get(key) == "yes" for key in _GONE):
        return None
    rules = _rules()
    names = "\n".join(tags[key] for key in _NAME_KEYS if key in tags).casefold()
    found: tuple[_Rule, str] | None = None
    for key in tag_keys():
        if key not in tags:
            continue
        for value in (*sorted(_values(tags[key])), "*"):
            for rule in rules.get((key, value), ()):
                if (found is None or rule.rank < found[0].rank) and rule.holds(tags, names):
                    found = rule, f"{key}={tags[key]}"
    if found is None or not found[0].service:
        return None
    return found[0].service, found[1]


@cache
def _rules() -> dict[tuple[str, str], list[_Rule]]:
    """Rows of the table by the tag they look at."""
    path = files("lifecircle.standards") / "osm_tags.csv"
    with path.open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype="str", keep_default_na=False)
    rules: dict[tuple[str, str], list[_Rule]] = {}
    for number, row in enumerate(table.to_dict("records")):
        required, forbidden = _conditions(row["extra_key"], row["extra_value"])
        rule = _Rule(
            rank=(int(row["priority"]), number),
            service=row["service"],
            required=required,
            forbidden=forbidden,
            name_contains=_words(row["name_contains"]),
            name_excludes=_words(row["name_excludes"]),
        )
        for key in row["key"].split("|"):
            for value in row["value"].split("|"):
                rules.setdefault((key, value), []).append(rule)
    return rules


def _conditions(
    keys: str, values: str
) -> tuple[tuple[tuple[str, frozenset[str]], ...], tuple[tuple[str, frozenset[str]], ...]]:
    """Tags that must and that must not be there."""
    pairs = [
        (key, value) for key, value in zip(keys.split("&"), values.split("&"), strict=True) if key
    ]
    required = tuple(
        (key, frozenset(value.split("|"))) for key, value in pairs if not value.startswith("!")
    )
    forbidden = tuple(
        (key, frozenset(value[1:].split("|"))) for key, value in pairs if value.startswith("!")
    )
    return required, forbidden


def _values(text: str) -> set[str]:
    """Value of a tag, and each of several that are joined by semicolons."""
    return {text, *(part.strip() for part in text.split(";"))} - {""}


def _words(text: str) -> re.Pattern[str] | None:
    """Pattern that finds any of the words; Latin ones as whole words."""
    if not text:
        return None
    return re.compile(
        "|".join(
            rf"(?<![a-z]){re.escape(word.casefold())}(?![a-z])"
            if word.isascii()
            else re.escape(word.casefold())
            for word in text.split("|")
        )
    )
