"""Windows, and whom an address stands for."""

from __future__ import annotations

import time

import limits
import pytest
from limits.strategies import MovingWindowRateLimiter

from apostil.web.gate.rate_limits import KNOWN_CREDENTIALS, RateLimits, network_of
from apostil.web.gate.windows import BoundedMemory


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("a-unix-socket", "a-unix-socket"),
    ],
)
def test_an_address_of_ipv6_stands_for_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize("rate", ["many", "1200", "0.5/minute"])
def test_a_limit_that_cannot_be_read_is_said_at_once(rate: str) -> None:
    with pytest.raises(ValueError, match="rate limit"):
        RateLimits(rate)


def test_a_refused_submission_leaves_the_other_window_as_it_is() -> None:
    rates = RateLimits("5/minute", "1/minute")
    for _ in range(3):
        rates.count("ann", is_submission=True)
    standing = rates.count("ann", is_submission=False)
    assert standing is not None
    assert (standing.limit, standing.remaining) == (5, 1)


def test_addresses_without_end_do_not_fill_the_memory() -> None:
    storage = BoundedMemory(most=3)
    rates = RateLimits("1/hour", storage=storage)
    for number in range(9):
        assert rates.count(f"host-{number}", is_submission=False)
        rates.count("ann", is_submission=False)
    assert len(storage) == 3
    standing = rates.count("ann", is_submission=False)
    assert standing is not None
    assert not standing.is_within


def test_credentials_without_end_do_not_fill_the_memory() -> None:
    rates = RateLimits(failed_logins="1/hour")
    rates.login_failed("192.0.2.1")
    for number in range(KNOWN_CREDENTIALS + 1):
        rates.login_succeeded("192.0.2.1", str(number))
    assert rates.is_login_open("192.0.2.1", str(KNOWN_CREDENTIALS))
    assert not rates.is_login_open("192.0.2.1", "0")


def test_a_window_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("time.time", lambda: clock[0])
    window = limits.parse("2/minute")
    limiter = MovingWindowRateLimiter(BoundedMemory())
    for at, is_within in ((1000, True), (1040, True), (1059, False), (1060, True), (1099, False)):
        clock[0] = at
        assert limiter.hit(window, "ann") is is_within
    assert limiter.get_window_stats(window, "ann") == (1100, 0)
    clock[0] = 1100
    assert limiter.get_window_stats(window, "ann") == (1120, 1)
    clock[0] = 1120
    assert limiter.get_window_stats(window, "ann") == (1180, 2)


def test_the_storage_counts_as_the_library_expects() -> None:
    storage = BoundedMemory()
    assert storage.check()
    assert [storage.incr("ann", 60), storage.incr("ann", 60, 2), storage.get("ann")] == [1, 3, 3]
    assert 59 < storage.get_expiry("ann") - time.time() <= 60
    storage.clear("ann")
    assert storage.get("ann") == 0
    assert storage.get_expiry("ann") <= time.time()
    storage.incr("ben", 60)
    assert storage.reset() == 1
