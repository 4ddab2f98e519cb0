"""What two batches have written, compared: everything but when it was."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

# What a run tells of itself.
_OF_THE_RUN = {"batch.log", "manifest.json", ".lock"}
_TIMES = ("written_at", "seconds")


def contents(out: Path) -> dict[str, Any]:
    """Every file of a batch by its place, without times."""
    found = {}
    for path in sorted(one for one in out.rglob("*") if one.is_file()):
        place = path.relative_to(out).as_posix()
        if place not in _OF_THE_RUN and not place.startswith("store/"):
            found[place] = content(path)
    return found


def content(path: Path) -> Any:
    """What a file holds, without times."""
    if path.suffix == ".gpkg":
        return _tables(path)
    if path.suffix in {".docx", ".xlsx"}:
        with zipfile.ZipFile(path) as held:
            names = [name for name in held.namelist() if "core.xml" not in name]
            return {name: held.read(name) for name in names}
    if path.name in {"manifest.json", "done.json"}:
        told = json.loads(path.read_text(encoding="utf-8"))
        told = {key: value for key, value in told.items() if key not in _TIMES}
        told.pop("whole", None)
        if "files" in told:  # a page of another second may be a byte longer
            told["files"] = sorted(told["files"])
        return told
    return path.read_bytes()


def _tables(path: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as held:
        names = [
            name
            for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith(("rtree", "sqlite"))
        ]
        tables = {name: held.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    tables["gpkg_contents"] = [row[:4] + row[5:] for row in tables["gpkg_contents"]]
    return tables


def differing(one: Path, two: Path) -> list[str]:
    """Places of files that are not the same in two batches."""
    first, second = contents(one), contents(two)
    return sorted(place for place in {*first, *second} if first.get(place) != second.get(place))
