"""A running server for a test."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from programs import PATIENCE_SECONDS, Running, started


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with started(tmp_path_factory.mktemp("served") / "data") as running:
        yield running


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=PATIENCE_SECONDS) as made:
        yield made
