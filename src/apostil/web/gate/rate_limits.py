"""How often anybody may ask: a moving window for each owner, or for each address where the owner is
everybody.

The counts are in a storage of the ``limits`` library: in the memory of this process, or any other
that the library knows when several processes serve together.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
import time
from collections import OrderedDict
from dataclasses import dataclass

import limits
from limits.storage import Storage
from limits.strategies import MovingWindowRateLimiter

from apostil.web.gate.windows import BoundedMemory
from apostil.web.problems import Refused

FAILED_LOGINS = "10/minute"
KNOWN_CREDENTIALS = 10_000
IPV6_NETWORK_BITS = 64  # one subscriber has at least so many addresses to choose from


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands in a window. ``reset_seconds``: until the oldest request counted
    leaves it."""

    is_within: bool
    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        """What an answer tells of it."""
        told = {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }
        return told if self.is_within else told | {"Retry-After": str(self.reset_seconds)}

    def refusal(self) -> Refused:
        """What is answered to a request that is one too many."""
        return Refused(
            "rate-limited",
            f"More than {self.limit} requests came in the time allowed for them; ask again in "
            f"{self.reset_seconds} s.",
            headers=self.headers,
            more={"retryable": True, "retryAfter": self.reset_seconds},
        )


class RateLimits:
    """The windows of one server. A limit is written as ``1200/minute``; an empty one is none.

    Raises ValueError for a limit that cannot be read.
    """

    def __init__(
        self,
        every: str = "",
        submissions: str = "",
        *,
        failed_logins: str = FAILED_LOGINS,
        storage: Storage | None = None,
    ) -> None:
        self._windows = MovingWindowRateLimiter(BoundedMemory() if storage is None else storage)
        self._every = limits.parse(every) if every else None
        self._submissions = limits.parse(submissions) if submissions else None
        self._failed_logins = limits.parse(failed_logins)
        self._known: OrderedDict[bytes, None] = OrderedDict()

    def count(self, who: str, *, is_submission: bool) -> Standing | None:
        """Count a request; how it stands in the window that is nearest to its end, or None where
        there is no limit."""
        standing = self._hit(self._every, "every", who)
        if is_submission and (standing is None or standing.is_within):
            return self._hit(self._submissions, "submissions", who) or standing
        return standing

    def is_login_open(self, address: str, credential: str) -> bool:
        """Whether the credential is looked at. After too many wrong ones from an address, only
        those are that were right there before: others at the same address go on working."""
        if self._windows.test(self._failed_logins, "failed-logins", address):
            return True
        return _fingerprint(address, credential) in self._known

    def login_succeeded(self, address: str, credential: str) -> None:
        """Remember a right credential."""
        fingerprint = _fingerprint(address, credential)
        self._known[fingerprint] = None
        self._known.move_to_end(fingerprint)
        if len(self._known) > KNOWN_CREDENTIALS:
            self._known.popitem(last=False)

    def login_failed(self, address: str) -> Standing:
        """Count a wrong credential, or one that was not looked at."""
        return self._counted(self._failed_logins, "failed-logins", address)

    def _hit(self, window: limits.RateLimitItem | None, name: str, who: str) -> Standing | None:
        return None if window is None else self._counted(window, name, who)

    def _counted(self, window: limits.RateLimitItem, name: str, who: str) -> Standing:
        is_within = self._windows.hit(window, name, who)
        stats = self._windows.get_window_stats(window, name, who)
        seconds = max(1, math.ceil(stats.reset_time - time.time()))
        return Standing(is_within, window.amount, max(0, stats.remaining), seconds)


def network_of(address: str) -> str:
    """Whom an address stands for: itself, or its network where a subscriber has a whole one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), IPV6_NETWORK_BITS), strict=False))


def _fingerprint(address: str, credential: str) -> bytes:
    return hashlib.sha256(f"{address}\0{credential}".encode()).digest()
