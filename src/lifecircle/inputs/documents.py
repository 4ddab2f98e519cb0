"""Files written by hand, in TOML, and what the manifest tells of any file."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from lifecircle.errors import InputError


def parse_toml(path: Path) -> dict[str, Any]:
    r"""Tables of a TOML file, with or without a byte order mark.

    Parameters
    ----------
    path
        File.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        If it is not there, no UTF-8, or no TOML.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.toml"
    >>> _ = path.write_bytes("[study]\nname = '砂子塘'".encode("utf-8-sig"))
    >>> parse_toml(path)
    {'study': {'name': '砂子塘'}}
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file. Check the path.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Save it as UTF-8 text.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(
            f"{path}: is not valid TOML ({error}). Text stands in quotes, one key per line; write "
            "Windows paths with / or in 'single quotes'."
        ) from error


def file_facts(path: Path) -> dict[str, Any]:
    """What the manifest tells of a file, or of a folder that is a data set.

    Parameters
    ----------
    path
        File or folder.

    Returns
    -------
    dict
        ``path`` (the name), ``bytes`` and ``sha256``.

    Raises
    ------
    InputError
        If it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.csv"
    >>> _ = path.write_bytes(b"lon,lat")
    >>> facts = file_facts(path)
    >>> facts["path"], facts["bytes"], facts["sha256"][:8]
    ('a.csv', 7, '99a2c494')
    """
    digest = hashlib.sha256()
    size = 0
    parts = sorted(part for part in path.rglob("*") if part.is_file()) if path.is_dir() else [path]
    try:
        for part in parts:
            size += part.stat().st_size
            with part.open("rb") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}). Is it open in another program, or not "
            "yours to read?"
        ) from error
    return {"path": path.name, "bytes": size, "sha256": digest.hexdigest()}
