"""The limits of a running server, and whom it believes about addresses."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from programs import PATIENCE_SECONDS, started
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect


def test_an_address_that_a_stranger_claims_gives_no_window_of_its_own(tmp_path: Path) -> None:
    with (
        started(
            tmp_path / "data", APOSTIL_RATE_LIMIT="3/hour", APOSTIL_TRUSTED_PROXIES="192.0.2.1"
        ) as running,
        httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client,
    ):
        answers = [
            client.get("/api/v1/workers", headers={"X-Forwarded-For": f"198.51.100.{number}"})
            for number in range(4)
        ]
        assert [one.headers["ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
        assert answers[-1].json()["type"] == "/problems/rate-limited"
        assert 3500 < int(answers[-1].headers["retry-after"]) <= 3600
        assert client.get("/health/live").is_success
        socket = f"ws{running.address.removeprefix('http')}api/v1/jobs/x/ws"
        with pytest.raises(InvalidStatus) as refused, connect(socket):
            pass
        assert refused.value.response.status_code == 429
        assert b"/problems/rate-limited" in (refused.value.response.body or b"")


def test_a_trusted_proxy_tells_whose_request_it_passes_on(tmp_path: Path) -> None:
    with (
        started(
            tmp_path / "data", APOSTIL_RATE_LIMIT="1/hour", APOSTIL_TRUSTED_PROXIES="127.0.0.0/8"
        ) as running,
        httpx.Client(base_url=running.address, timeout=PATIENCE_SECONDS) as client,
    ):
        for number in range(3):
            told = {"X-Forwarded-For": f"203.0.113.9, 198.51.100.{number}"}
            assert client.get("/api/v1/workers", headers=told).is_success
            assert client.get("/api/v1/workers", headers=told).status_code == 429
