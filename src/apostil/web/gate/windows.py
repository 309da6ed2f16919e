"""Moving windows in the memory of this process, as a storage of the ``limits`` library.

The library's own never forgets a key and goes through all of them in a thread a hundred times a
second: strangers with many addresses could fill it and slow it down. This one holds a bounded number
of windows, and looks at one when it is asked for it. It is for one thread, which a server's loop is.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from limits.storage import MovingWindowSupport, Storage

MOST_WINDOWS = 50_000


@dataclass(slots=True)
class _Window:
    """The times of the requests of the last ``seconds``, the oldest first."""

    seconds: float
    times: deque[float] = field(default_factory=deque)

    def count(self, now: float) -> int:
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return len(self.times)


class BoundedMemory(Storage, MovingWindowSupport):
    """The window that was used least lately makes room for a new one."""

    def __init__(self, most: int = MOST_WINDOWS) -> None:
        super().__init__()
        self._most = most
        self._windows: OrderedDict[str, _Window] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        now = time.time()
        window = self._window(key, expiry)
        if window.count(now) + amount > limit:
            return False
        window.times.extend([now] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        del limit, expiry
        count = self.get(key)
        return (self._windows[key].times[0] if count else time.time()), count

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        window = self._window(key, expiry)
        window.times.extend([now] * amount)
        return window.count(now)

    def get(self, key: str) -> int:
        window = self._windows.get(key)
        return window.count(time.time()) if window else 0

    def get_expiry(self, key: str) -> float:
        """When the oldest request leaves the window."""
        if not self.get(key):
            return time.time()
        window = self._windows[key]
        return window.times[0] + window.seconds

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._windows)
        self._windows.clear()
        return count

    def clear(self, key: str) -> None:
        self._windows.pop(key, None)

    def _window(self, key: str, seconds: float) -> _Window:
        window = self._windows.setdefault(key, _Window(seconds))
        self._windows.move_to_end(key)
        if len(self._windows) > self._most:
            self._windows.popitem(last=False)
        return window
