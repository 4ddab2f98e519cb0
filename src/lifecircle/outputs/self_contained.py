"""Pages with everything in them: our templates, pictures as addresses, scripts by their hash."""

from __future__ import annotations

import base64
import hashlib
import importlib
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)


def template_text(name: str) -> str:
    """Our own script, style sheet or frame.

    Parameters
    ----------
    name
        File in ``templates``.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> template_text("frame.html").startswith("<div")
    True
    """
    return (files("lifecircle.outputs") / "templates" / name).read_text(encoding="utf-8")


def png_address(picture: bytes) -> str:
    """A PNG as an address that holds it.

    Parameters
    ----------
    picture
        Content of the file.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> png_address(b"PNG")
    'data:image/png;base64,UE5H'
    """
    return "data:image/png;base64," + base64.b64encode(picture).decode("ascii")


def security_policy(content: str, tile_hosts: Sequence[str] = ()) -> str:
    """Nothing from the web but pictures of a basemap, and no script but those of the page.

    Parameters
    ----------
    content
        The page.
    tile_hosts
        Where pictures of a basemap may come from.

    Returns
    -------
    str
        For a ``Content-Security-Policy``.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> security_policy("<p></p>").split(";")[0]
    "default-src 'none'"
    """
    hashes = dict.fromkeys(
        base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        for attributes, script in _SCRIPT.findall(content)
        if "application/json" not in attributes
    )
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        f"img-src {' '.join(['data:', *tile_hosts])}; font-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def packaged_text(package: str, file: str) -> str | None:
    """Script or style sheet out of its XStatic package, its pictures as addresses.

    Parameters
    ----------
    package
        Below ``xstatic.pkg``; empty for none.
    file
        In that package's data.

    Returns
    -------
    str or None
        ``None`` if there is no such package.

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> "leaflet" in packaged_text("leaflet", "leaflet.css"), packaged_text("", "")
    (True, None)
    """
    if not package:
        return None
    try:
        folder = Path(importlib.import_module(f"xstatic.pkg.{package}").BASE_DIR)
    except ImportError:
        return None
    text = (folder / file).read_text(encoding="utf-8")
    text = re.sub(r"/[/*]# sourceMappingURL=\S*", "", text)
    return re.sub(
        r"url\(([\w/.-]+\.png)\)",
        lambda found: f"url({png_address((folder / found[1]).read_bytes())})",
        text,
    )


def safe_script(text: str) -> str:
    r"""Script that cannot end its own element; inside strings the meaning is the same.

    Parameters
    ----------
    text
        The script.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> safe_script("a = '</script>'")
    "a = '<\\/script>'"
    """
    text = re.sub(r"</(?=script)", r"<\\/", text, flags=re.IGNORECASE)
    return text.replace("<!--", "<\\!--")


def safe_style(text: str) -> str:
    """Style sheet that cannot end its own element.

    Parameters
    ----------
    text
        The style sheet.

    Returns
    -------
    str

    Raises
    ------
    Nothing.

    Examples
    --------
    >>> safe_style("p { color: red; }")
    'p { color: red; }'
    """
    return re.sub(r"</(?=style)", r"<\\/", text, flags=re.IGNORECASE)
