"""What tests of pages in a real browser have in common: pages from disk, without a network."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lifecircle.outputs.page import write_map


def open_map(browser: Any, town: Any, folder: Path, size: tuple[int, int] = (1280, 800)) -> Any:
    """Open a map from disk, offline, and keep what the page asked for and complained of."""
    path = write_map(town, folder / "map.html")
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.set_offline(offline=True)
    page = context.new_page()
    seen = SimpleNamespace(
        page=page, url=path.as_uri(), path=path, context=context, requests=[], complaints=[]
    )
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (seen.complaints.append("dialog"), dialog.dismiss()))
    page.goto(seen.url)
    page.wait_for_function("window.lifecircleMap !== undefined")
    return seen


def assert_silent(seen: Any) -> None:
    """Nothing was fetched but the file itself, and nobody complained."""
    web = [url for url in seen.requests if not url.startswith("data:")]
    assert web == [seen.url]
    assert seen.complaints == []


def popup_text(page: Any, kind: str, row: int) -> str:
    """Text of a card, which is closed again."""
    page.evaluate("([kind, row]) => void lifecircleMap.openPopup(kind, row)", [kind, row])
    page.wait_for_selector(".leaflet-popup-content .lc-card")
    text = page.text_content(".leaflet-popup-content")
    page.evaluate("() => void lifecircleMap.map.closePopup()")
    page.wait_for_selector(".leaflet-popup-content", state="detached")
    return str(text)


def painted(page: Any, pane: str) -> int:
    """Number of pixels that are painted on the canvas of a pane."""
    page.wait_for_timeout(300)
    count: int = page.evaluate(
        """pane => {
            const canvas = document.querySelector(`.leaflet-${pane}-pane canvas`);
            const copy = document.createElement("canvas");
            copy.width = canvas.width;
            copy.height = canvas.height;
            const context = copy.getContext("2d", { willReadFrequently: true });
            context.drawImage(canvas, 0, 0);
            const pixels = context.getImageData(0, 0, copy.width, copy.height).data;
            let count = 0;
            for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) count += 1;
            return count;
        }""",
        pane,
    )
    return count


def keep(page: Any, name: str, folder: Path) -> Path:
    """Keep a picture of a page for people, in LIFECIRCLE_SCREENSHOTS or the folder given."""
    kept = Path(os.environ.get("LIFECIRCLE_SCREENSHOTS") or folder)
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{name}.png"
    page.wait_for_timeout(250)
    page.screenshot(path=path)
    return path
