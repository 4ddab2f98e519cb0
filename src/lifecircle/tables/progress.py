"""Bars that tell how far a long work is, on a terminal and in notebooks."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

with warnings.catch_warnings():
    # Without ipywidgets tqdm warns in every notebook, and draws a plain bar all the same.
    warnings.simplefilter("ignore")
    from tqdm import auto

__all__ = ["announce", "silent", "tqdm"]

_SILENT: list[bool] = []


def tqdm(*args: Any, **options: Any) -> Any:
    """A bar as tqdm draws it, or none while :func:`silent` holds.

    Parameters
    ----------
    *args, **options
        As tqdm takes them.

    Returns
    -------
    tqdm

    Examples
    --------
    >>> with silent():
    ...     tqdm(total=3).disable
    True
    """
    if _SILENT:
        options["disable"] = True
    return auto.tqdm(*args, **options)


def announce(text: str) -> None:
    """Say something before a long work, where a bar would be drawn.

    Parameters
    ----------
    text
        One line.

    Examples
    --------
    >>> announce("200 units, 2 workers")
    """
    if not _SILENT and sys.stderr.isatty():
        auto.tqdm.write(text, file=sys.stderr)


@contextmanager
def silent() -> Iterator[None]:
    """Draw no bars meanwhile: somebody else tells how far the work is, or nobody wants to know.

    Examples
    --------
    >>> with silent():
    ...     bar = tqdm(total=1)
    >>> bar.disable
    True
    """
    _SILENT.append(True)
    try:
        yield
    finally:
        _SILENT.pop()
