"""Bars that tell how far a long work is, on a terminal and in notebooks."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Without ipywidgets tqdm warns in every notebook, and draws a plain bar all the same.
    warnings.simplefilter("ignore")
    from tqdm.auto import tqdm

__all__ = ["tqdm"]
