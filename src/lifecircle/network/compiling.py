"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a kernel, and keep the result on disk where there is a place to keep it.

    Parameters
    ----------
    function
        Function of arrays and numbers.

    Returns
    -------
    callable
        Compiled at its first call; releases the interpreter while it runs.

    Examples
    --------
    >>> from lifecircle.network.grid import running_length
    >>> running_length.__name__
    'running_length'
    """
    try:
        return numba.njit(cache=True, nogil=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no writable cache folder: compile in every process
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]
