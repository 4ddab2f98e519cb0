"""How a study or a result shows itself in a notebook."""

from __future__ import annotations

import html
from importlib import import_module
from typing import Any


def card(value: Any) -> str:
    """Card with a map for a notebook; plain text and the reason where it cannot be made.

    Parameters
    ----------
    value
        A study, an evaluation, a health check or a comparison.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> card("no study")
    '<pre>&#x27;no study&#x27;</pre><p>TypeError: there is no card of str</p>'
    """
    try:
        # Only the room ``outputs`` draws, and it stands above those that show themselves. They
        # ask for it by name, in this one place, when a notebook asks them.
        made: str = import_module("lifecircle.outputs.cards").card_of(value)
    except Exception as error:  # noqa: BLE001 - whatever fails, the notebook goes on
        why = html.escape(f"{type(error).__name__}: {error}"[:500])
        return f"<pre>{html.escape(repr(value)[:2000])}</pre><p>{why}</p>"
    return made
