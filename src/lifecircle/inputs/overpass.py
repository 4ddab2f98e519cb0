"""One question to the Overpass service, and whether its answer is whole.

osmnx asks again for ever when the service is busy and takes an answer that was broken off for the
whole, so the question is asked here: a limited number of times, and an answer counts only if it
is complete.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import requests

from lifecircle.errors import FetchError, InputError
from lifecircle.inputs.noding import Bounds

# Larger than any district of a Chinese city that is analysed in one piece; the public service
# breaks off questions much beyond it.
MAX_AREA_KM2 = 2500.0

_BUSY = (429, 502, 503, 504)
_FIRST_PAUSE_S = 5.0
_LONGEST_PAUSE_S = 60.0
# How long an answer may take on its way, beyond the time the service may work on it.
_GRACE_S = 10.0
_INSTEAD = (
    "Wait a few minutes, ask for a smaller area, or download an extract of the place (.osm.pbf) "
    "and read it with read_walk_network."
)


def elements_around(
    bounds: Bounds,
    url: str,
    *,
    buffer_m: float,
    timeout_s: float,
    tries: int,
    options: dict[str, Any] | None = None,
) -> tuple[list[dict[str, Any]], Bounds]:
    """Ways with a highway tag in a box and around it, with all their nodes and the nodes' tags.

    Parameters
    ----------
    bounds
        West, south, east, north, degrees WGS-84.
    url
        Address of the service, without ``/interpreter``.
    buffer_m
        How far beyond the box.
    timeout_s
        How long the service may work, and how long its silence is borne.
    tries
        How often it is asked while it is busy or silent.
    options
        Handed to ``requests.post``: proxies, certificates.

    Returns
    -------
    tuple
        The elements as Overpass writes them in JSON, and the box with its buffer.

    Raises
    ------
    FetchError
        If no complete answer came.
    InputError
        If the box is too large or a number is not above zero.

    Examples
    --------
    >>> elements_around((112.98, 28.15, 113.0, 28.17), "", buffer_m=-1, timeout_s=9, tries=1)
    Traceback (most recent call last):
    lifecircle.errors.InputError: buffer_m, timeout_s and tries: give numbers ...
    """
    if not (0 <= buffer_m < np.inf and 0 < timeout_s < np.inf and tries >= 1):
        raise InputError(
            "buffer_m, timeout_s and tries: give numbers of at least 0, above 0, and at least 1."
        )
    box = _buffered(bounds, buffer_m)
    west, south, east, north = (f"{degrees:.7f}" for degrees in box)
    place = f"({south},{west},{north},{east})"
    question = (
        f"[out:json][timeout:{max(1, round(timeout_s))}];"
        f'(way["highway"]{place};relation["highway"]["type"="multipolygon"]{place};);'
        "(._;>;);out body qt;"
    )
    answer = _ask(url.rstrip("/") + "/interpreter", question, timeout_s, tries, options or {})
    return _elements(answer), box


def _buffered(bounds: Bounds, buffer_m: float) -> Bounds:
    """Box widened on all sides; refused if it is larger than a district."""
    west, south, east, north = bounds
    # A degree of latitude is 110,574 m at its shortest; of longitude, that times the cosine.
    high_lat = buffer_m / 110_574.0
    furthest = min(89.0, max(abs(south), abs(north)) + high_lat)
    wide_lon = high_lat / np.cos(np.radians(furthest))
    box = (
        max(-180.0, west - wide_lon),
        max(-90.0, south - high_lat),
        min(180.0, east + wide_lon),
        min(90.0, north + high_lat),
    )
    middle = np.radians((box[1] + box[3]) / 2)
    area_km2 = (box[2] - box[0]) * (box[3] - box[1]) * 111.2**2 * float(np.cos(middle))
    if area_km2 > MAX_AREA_KM2:
        raise InputError(
            f"within: the area with its buffer is {area_km2:,.0f} km² wide; {MAX_AREA_KM2:,.0f} "
            "km² is the most that is fetched. Ask for one district, or download an extract "
            "(.osm.pbf) and read it with read_walk_network."
        )
    return box


def _ask(
    address: str, question: str, timeout_s: float, tries: int, options: dict[str, Any]
) -> requests.Response:
    """Ask until there is an answer other than "busy", at most ``tries`` times."""
    pause_s, trouble = _FIRST_PAUSE_S, ""
    for attempt in range(tries):
        if attempt:
            time.sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
        try:
            answer = requests.post(
                address,
                data={"data": question},
                headers={"User-Agent": "lifecircle", "Accept-Encoding": "gzip"},
                timeout=(min(30.0, timeout_s), timeout_s + _GRACE_S),
                **options,
            )
        except (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ) as error:
            trouble = f"no whole answer ({type(error).__name__})"
            continue
        except requests.RequestException as error:
            raise FetchError(f"Overpass at {address}: {error}. {_INSTEAD}") from error
        if answer.status_code in _BUSY:
            trouble = f"HTTP {answer.status_code}, the service is busy"
            pause_s = max(pause_s, _asked_pause_s(answer))
            continue
        if answer.status_code != requests.codes.ok:
            raise FetchError(
                f"Overpass at {address} refused the request: HTTP {answer.status_code}. {_INSTEAD}"
            )
        return answer
    raise FetchError(f"Overpass at {address}: {trouble}, asked {tries} times. {_INSTEAD}")


def _asked_pause_s(answer: requests.Response) -> float:
    """Pause that the service asks for, at most a minute."""
    try:
        return min(float(answer.headers.get("Retry-After", "0")), _LONGEST_PAUSE_S)
    except ValueError:
        return 0.0


def _elements(answer: requests.Response) -> list[dict[str, Any]]:
    """Elements of an answer that is whole."""
    try:
        content = json.loads(answer.content)
    except ValueError as error:
        kind = answer.headers.get("Content-Type", "unknown")
        raise FetchError(
            f"Overpass at {answer.url} sent something that is not complete JSON "
            f"({kind}, {len(answer.content):,} bytes): a page of an intermediary, or an answer "
            f"that was cut short. {_INSTEAD}"
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("elements"), list):
        raise FetchError(f"Overpass at {answer.url} sent JSON without elements. {_INSTEAD}")
    if "remark" in content:
        raise FetchError(
            f"Overpass at {answer.url} broke off and sent only a part: "
            f"{str(content['remark'])[:200]!r}. {_INSTEAD}"
        )
    elements: list[dict[str, Any]] = content["elements"]
    return elements
