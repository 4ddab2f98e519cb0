"""How figures look: a Chinese font that comes with a package, sizes for an A4 page, files.

Figures are made without pyplot: no display, no global figure. The few settings that matplotlib
keeps for the whole program are set while a figure is drawn and are then as they were.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter

from lifecircle.errors import InputError, MissingPackageError, some
from lifecircle.outputs.charting.text import MISSING_SIGN, SILENT
from lifecircle.outputs.whole_files import write_file
from lifecircle.tables.findings import tell

WIDTH_CM = 16.0
"""Width of the text of an A4 page."""
MOST_HEIGHT_CM = 23.0
"""What fits a page below a heading and above a caption."""
CM = 1 / 2.54
"""Inches of a centimetre."""
PT_CM = 2.54 / 72
"""Centimetres of a point."""
TEXT_PT = 9.0
SMALL_PT = 8.0
TITLE_PT = 11.0
INK = "#1c1c1c"
GREY = "#5a5a5a"
LIGHT = "#d9d9d9"
UNKNOWN_COLOUR = "#f2f2f2"
UNKNOWN_HATCH = "////"
BLUE, PALE_BLUE = "#08519c", "#9ecae1"
ORANGE = "#cc4c02"

_BESIDE = ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei")
_LOOKS = {
    "axes", "figure", "font", "grid", "hatch", "image", "legend", "lines", "mathtext", "patch",
    "path", "savefig", "scatter", "svg", "text", "xtick", "ytick",
}  # fmt: skip
_LOCK = threading.RLock()
_SUFFIXES = (".png", ".svg")


@cache
def families() -> tuple[str, ...]:
    """Fonts that text is drawn in, first that of the package.

    Returns
    -------
    tuple of str
        Names that matplotlib knows on this machine.

    Raises
    ------
    MissingPackageError
        If the package that carries the font is not installed.

    Examples
    --------
    >>> families()[0]
    'Noto Sans SC'
    """
    spec = find_spec("zhplot")  # its code is not run: that would change settings of matplotlib
    folders = [] if spec is None else list(spec.submodule_search_locations or [])
    files = [Path(folder) / "fonts" / "NotoSansSC-Regular.ttf" for folder in folders]
    file = next((one for one in files if one.is_file()), None)
    if file is None:
        raise MissingPackageError("drawing figures with Chinese text", "zhplot")
    font_manager.fontManager.addfont(file)
    known = {font.name for font in font_manager.fontManager.ttflist}
    bundled = str(font_manager.FontProperties(fname=str(file)).get_name())
    return (bundled, *(name for name in _BESIDE if name in known and name != bundled))


@cache
def _drawable() -> frozenset[int]:
    """Characters that one of the fonts has."""
    codes: set[int] = set()
    for name in families():
        file = font_manager.findfont(FontProperties(family=[name]), fallback_to_default=False)
        codes |= font_manager.get_font(file).get_charmap().keys()
    return frozenset(codes)


@contextmanager
def drawing() -> Iterator[None]:
    """Settings of matplotlib while a figure is drawn or written; one thread at a time.

    Examples
    --------
    >>> with drawing():
    ...     mpl.rcParams["font.family"][0]
    'Noto Sans SC'
    """
    settings: dict[Any, Any] = {
        "font.family": list(families()),
        "font.size": TEXT_PT,
        "axes.unicode_minus": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.6,
        "hatch.linewidth": 0.5,
        "hatch.color": GREY,
        "legend.frameon": False,
        "savefig.bbox": None,
        "savefig.facecolor": "auto",
        "savefig.edgecolor": "auto",
        "savefig.dpi": "figure",
        "svg.fonttype": "path",
        "svg.hashsalt": "lifecircle",
        "svg.image_inline": True,
        "text.color": INK,
        "text.parse_math": False,
        "text.usetex": False,
        "xtick.color": GREY,
        "xtick.labelcolor": INK,
        "xtick.labelsize": SMALL_PT,
        "ytick.color": GREY,
        "ytick.labelcolor": INK,
        "ytick.labelsize": TEXT_PT,
    }
    with _LOCK, mpl.rc_context():
        mpl.rcParams.update(_usual() | settings)
        yield


@cache
def _usual() -> dict[Any, Any]:
    """Settings of looks as matplotlib has them: what the caller set for his own does not count."""
    return {
        name: value
        for name, value in dict.items(mpl.rcParamsDefault)
        if name.partition(".")[0] in _LOOKS and name != "figure.max_open_warning"
    }


class ShownFigure(Figure):
    """A figure that shows itself in a notebook, in the font it was drawn in.

    Examples
    --------
    >>> new_figure(2)._repr_png_()[1:4]
    b'PNG'
    """

    def _repr_png_(self) -> bytes:
        return figure_png(self, dpi=110)


def new_figure(height_cm: float, *, width_cm: float = WIDTH_CM) -> Figure:
    """An empty figure for a page; to be made within :func:`drawing`.

    Parameters
    ----------
    height_cm, width_cm
        Its size.

    Returns
    -------
    Figure

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> round(new_figure(10).get_figwidth() / CM)
    16
    """
    figure = ShownFigure(figsize=(width_cm * CM, height_cm * CM), dpi=150, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def finished(figure: Figure) -> Figure:
    """The figure with every text in a font that has its characters; those none has are told.

    Parameters
    ----------
    figure
        As it was drawn, within :func:`drawing`.

    Returns
    -------
    Figure
        The same.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> with drawing():
    ...     figure = new_figure(3)
    ...     words = figure.text(0, 0, "${7*7}$")
    ...     _ = finished(figure)
    >>> words.get_parse_math()
    False
    """
    lost: dict[str, None] = {}
    names = list(families())
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            formatter = axis.get_major_formatter()
            if isinstance(formatter, FixedFormatter):
                shown = [without_missing(name, lost) for name in formatter.seq]
                axis.set_major_formatter(FixedFormatter(shown))
    for text in _texts(figure):
        said = text.get_text()
        wanted = without_missing(said, lost)
        if wanted != said:
            text.set_text(wanted)
    figure.draw_without_rendering()  # makes the words beside the axes
    for text in _texts(figure):
        text.set_parse_math(False)
        text.set_fontfamily(names)
    if lost:
        tell(
            f"figure: {len(lost)} characters are in no font on this machine and are drawn as "
            f"{MISSING_SIGN} ({some(lost, 20)}). Install a font that has them, such as Noto Sans "
            "CJK SC."
        )
    return figure


def _texts(figure: Figure) -> list[Text]:
    return [one for one in figure.findobj(Text) if isinstance(one, Text)]


def without_missing(text: str, lost: dict[str, None] | None = None) -> str:
    r"""Text whose characters the fonts have, the others as a visible sign.

    Parameters
    ----------
    text
        Any text.
    lost
        Takes the characters that no font has.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> without_missing("公园\U000e0041")
    '公园〓'
    """
    known = _drawable()
    shown = []
    for letter in text:
        if letter == "\n" or ord(letter) in known:
            shown.append(letter)
        elif letter not in SILENT:
            shown.append(MISSING_SIGN)
            if lost is not None and letter.isprintable():
                lost[letter] = None
    return "".join(shown)


def figure_png(figure: Figure, *, dpi: int = 200) -> bytes:
    """A figure as a PNG picture.

    Parameters
    ----------
    figure
        From a ``plot_…`` function.
    dpi
        Dots per inch.

    Returns
    -------
    bytes

    Raises
    ------
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> with drawing():
    ...     figure = new_figure(2, width_cm=2)
    >>> figure_png(figure)[1:4]
    b'PNG'
    """
    return _saved(figure, "png", dpi=dpi, metadata={"Software": "lifecircle"})


def figure_svg(figure: Figure) -> str:
    """A figure as SVG, its text as shapes, so that no font is needed to show it.

    Parameters
    ----------
    figure
        From a ``plot_…`` function.

    Returns
    -------
    str
        A whole SVG file; the same figure gives the same text.

    Raises
    ------
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> with drawing():
    ...     figure = new_figure(2, width_cm=2)
    >>> "</svg>" in figure_svg(figure)
    True
    """
    metadata = {"Date": None, "Creator": "lifecircle"}
    return _saved(figure, "svg", dpi=200, metadata=metadata).decode("utf-8")


def write_figure(figure: Figure, path: str | os.PathLike[str]) -> Path:
    """Write a figure as a picture, whole or not at all.

    Parameters
    ----------
    figure
        From a ``plot_…`` function.
    path
        File, ``.png`` (300 dots per inch) or ``.svg`` (text as shapes: no font is needed to show
        it); replaced if it is there.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        If the ending is another, or the file cannot be written.
    MissingPackageError
        If the package with the font is not installed.

    Examples
    --------
    >>> import tempfile, lifecircle as lc
    >>> figure = lc.plot_coverage(lc.evaluate(lc.load_demo()))
    >>> write_figure(figure, Path(tempfile.mkdtemp()) / "coverage.png").name
    'coverage.png'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(f"{path}: end the name of the file in {' or '.join(_SUFFIXES)}.")
    if suffix == ".png":
        content = figure_png(figure, dpi=300)
    else:
        content = figure_svg(figure).encode("utf-8")
    return write_file(target, content)


def _saved(figure: Figure, kind: str, *, dpi: int, metadata: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    with drawing():
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=metadata)
    return buffer.getvalue()


def bare(axes: Any, *, keep: Iterable[str] = ("left", "bottom")) -> None:
    """Take the lines around a chart away, but for some.

    Parameters
    ----------
    axes
        Axes of a figure.
    keep
        Sides whose line stays.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> axes = new_figure(3).add_subplot()
    >>> bare(axes, keep=("left",))
    >>> axes.spines["top"].get_visible()
    False
    """
    for side, spine in axes.spines.items():
        spine.set_visible(side in set(keep))
