"""Every error and warning that lifecircle raises.

::

    LifecircleError
    ├── InputError (ValueError)            the planner's data
    │   ├── MissingColumnError
    │   ├── CrsError
    │   ├── GeometryError
    │   ├── DuplicateIdError
    │   ├── AlignmentError                 two tables that do not speak of the same ids
    │   └── UnknownServiceError
    ├── NetworkError (ValueError)          the streets
    │   ├── EmptyNetworkError
    │   └── SnapError
    ├── UnknownNameError (KeyError)        a walker, standard, case or column that is not there
    ├── InfeasibleError (RuntimeError)     siting has no solution; says which constraint
    ├── FetchError (OSError)               the web did not answer, or not in full
    └── MissingPackageError (ImportError)  an extra is not installed

    LifecircleWarning (UserWarning)        doubtful data: told once, with counts

A message says what is wrong, where (table, first rows, count) and what to do. All problems of one
table come in one error.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager


class LifecircleError(Exception):
    """Base of every error raised on purpose by lifecircle."""


class InputError(LifecircleError, ValueError):
    """Data that was handed in cannot be used as it is."""


class MissingColumnError(InputError):
    """A table lacks a column that is needed."""


class CrsError(InputError):
    """Coordinates have no reference system, or cannot be in the one that is stated."""


class GeometryError(InputError):
    """Geometries are missing, empty, not finite, or not of the kind that is needed."""


class DuplicateIdError(InputError):
    """Ids that must be unique are not."""


class AlignmentError(InputError):
    """Two tables do not speak of the same ids."""


class UnknownServiceError(InputError):
    """A service is not in the catalogue of services."""


class NetworkError(LifecircleError, ValueError):
    """A street network cannot be used as it is."""


class EmptyNetworkError(NetworkError):
    """No walkable street is left."""


class SnapError(NetworkError):
    """No point at all is near enough to a street."""


class UnknownNameError(LifecircleError, KeyError):
    """A name is not known; the message lists the nearest names that are.

    Parameters
    ----------
    kind
        What was looked up, such as ``"standard"``.
    name
        The name that was not found.
    known
        All names that would have been.

    Examples
    --------
    >>> str(UnknownNameError("walker", "elder", ["adult", "elderly"]))
    "unknown walker 'elder'. Did you mean 'elderly'? Known: adult, elderly."
    """

    def __init__(self, kind: str, name: object, known: Iterable[object]) -> None:
        names = [str(item) for item in known]
        near = difflib.get_close_matches(str(name), names, n=3)
        hint = f" Did you mean {' or '.join(repr(item) for item in near)}?" if near else ""
        shown = ", ".join(names[:30]) + (", …" if len(names) > 30 else "")
        self.message = f"unknown {kind} {str(name)!r}.{hint} Known: {shown or 'none'}."
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class InfeasibleError(LifecircleError, RuntimeError):
    """What is asked of siting cannot be had: more sites, more money or longer walks are needed."""


class FetchError(LifecircleError, OSError):
    """A download failed or came back incomplete."""


class MissingPackageError(LifecircleError, ImportError):
    """An optional package is not installed.

    Parameters
    ----------
    what
        The function that needs it.
    package
        The package that is missing.
    extra
        The extra of lifecircle that brings it; none if it comes with lifecircle itself.

    Examples
    --------
    >>> str(MissingPackageError("read_raster", "rasterio", "raster"))
    "read_raster needs rasterio: pip install 'lifecircle[raster]'"
    """

    def __init__(self, what: str, package: str, extra: str = "") -> None:
        wanted = f"'lifecircle[{extra}]'" if extra else package
        super().__init__(f"{what} needs {package}: pip install {wanted}")


class LifecircleWarning(UserWarning):
    """Data that is doubtful but was used; says how many rows and which."""


def some(values: Iterable[object], limit: int = 5) -> str:
    """First few of many values, for messages.

    Parameters
    ----------
    values
        Ids or row labels.
    limit
        How many are spelled out.

    Returns
    -------
    str

    Examples
    --------
    >>> some(["F003", "F017", "F021"], limit=2)
    'F003, F017, …'
    """
    listed = [str(value) for value in values]
    return ", ".join(listed[:limit]) + (", …" if len(listed) > limit else "")


def did_you_mean(
    word: object, known: Collection[str] | Mapping[str, str], *, cutoff: float = 0.5
) -> str:
    """Hint with the known names that look like a word.

    Parameters
    ----------
    word
        What was not understood.
    known
        Names, or words → names.
    cutoff
        How alike they must be, 0–1.

    Returns
    -------
    str
        Begins with a blank; ``""`` where nothing is near.

    Examples
    --------
    >>> did_you_mean("菜市埸", {"菜市场": "food_market", "公园": "park"})
    ' (did you mean food_market?)'
    """
    words = dict(known) if isinstance(known, Mapping) else {str(name): str(name) for name in known}
    near = difflib.get_close_matches(str(word), list(words), n=3, cutoff=cutoff)
    names = list(dict.fromkeys(words[one] for one in near))
    return f" (did you mean {' or '.join(names)}?)" if names else ""


@contextmanager
def collected_warnings() -> Iterator[list[str]]:
    """Collect what is told meanwhile, and tell it afterwards all the same, also after an error.

    Yields
    ------
    list of str
        Filled with each message of lifecircle once, when the block ends.

    Examples
    --------
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     with collected_warnings() as notes:
    ...         warnings.warn("12 of 340 rows are doubtful", LifecircleWarning, stacklevel=1)
    >>> notes
    ['12 of 340 rows are doubtful']
    """
    notes: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", LifecircleWarning)
            yield notes
    finally:
        mine = [str(one.message) for one in caught if issubclass(one.category, LifecircleWarning)]
        notes += dict.fromkeys(mine)
        for one in caught:
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
