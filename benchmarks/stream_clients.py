"""Many clients in one process that do as little as can be, so that they are not what is measured.

They note when bytes come and look into them when all is over.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from bisect import bisect_left
from datetime import datetime
from itertools import accumulate

EVENT = re.compile(rb'\{"seq":(\d+),"type":"\w+","job":"[^"]+","at":"([^"]+)"')
END = b'"type":"job_succeeded"'
SETTLING_SECONDS = 0.5
SOCKET_HEAD = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
STREAM_HEAD = "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"


class Listener(asyncio.Protocol):
    """One client: the chunks it got, each with its time."""

    def __init__(self, head: bytes, begins: bytes) -> None:
        loop = asyncio.get_running_loop()
        self.opened = loop.create_future()
        self.ended = loop.create_future()
        self.times: list[float] = []
        self.chunks: list[bytes] = []
        self._head = head
        self._begins = begins
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells the type checker
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        self.times.append(time.time())
        self.chunks.append(data)
        if not self.opened.done() and self._begins in data:
            self.opened.set_result(None)
        if END in data and not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, _error: Exception | None) -> None:
        for future in (self.opened, self.ended):
            if not future.done():
                future.set_result(None)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def delays(self, since: float) -> tuple[list[int], list[float]]:
        """The numbers of all events, and the milliseconds that each after ``since`` took."""
        ends = list(accumulate(map(len, self.chunks)))
        numbers: list[int] = []
        delays: list[float] = []
        for found in EVENT.finditer(b"".join(self.chunks)):
            numbers.append(int(found[1]))
            at = datetime.fromisoformat(found[2].decode()).timestamp()
            if at > since:
                delays.append((self.times[bisect_left(ends, found.end())] - at) * 1e3)
        return numbers, delays


async def listen(host: str, port: int, path: str, kind: str, count: int) -> None:
    """Connect, read what was before (up to the closed gate), say
    ``ready``, listen to the end and tell what came."""
    template = SOCKET_HEAD if kind == "ws" else STREAM_HEAD
    begins = b"attempt_failed" if path.startswith("/api/") else b"HTTP/1.1 "
    head = template.format(path=path, host=host, port=port).encode()
    loop = asyncio.get_running_loop()
    listeners: list[Listener] = []
    for _ in range(count):
        _, listener = await loop.create_connection(lambda: Listener(head, begins), host, port)
        listeners.append(listener)
    await asyncio.gather(*(one.opened for one in listeners))
    await asyncio.sleep(SETTLING_SECONDS)
    since = time.time()
    print("ready", flush=True)
    await asyncio.gather(*(one.ended for one in listeners))
    found = [one.delays(since) for one in listeners]
    last = max(max(numbers, default=0) for numbers, _ in found)
    wrong = sum(numbers != list(range(1, last + 1)) for numbers, _ in found)
    delays = [delay for _, delays in found for delay in delays]
    for one in listeners:
        one.close()
    print(json.dumps({"delays": delays, "events": last, "wrong": wrong}), flush=True)


def main() -> None:
    host, port, path, kind, count = sys.argv[1:]
    asyncio.run(listen(host, int(port), path, kind, int(count)))
