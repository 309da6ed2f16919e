"""Clients that follow a job: server-sent events by hand, sockets with a client's usual library."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx
import websockets
from programs import PATIENCE_SECONDS
from websockets.asyncio.client import connect

Event = dict[str, Any]
END = {"job_succeeded", "job_failed", "job_cancelled", "job_deleted"}
_numbers = itertools.count()


class Refused(Exception):
    """The server's answer was no stream; ``status`` says what it was."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def submit_steps(client: httpx.Client, seconds: float = 0.0, gate: Path | None = None) -> str:
    """A job of twelve steps that waits at the gate, if there is one; its id."""
    parameters = {"seconds": str(seconds), "number": str(next(_numbers)), "gate": str(gate or "")}
    answer = client.post(
        "/api/v1/jobs",
        data={"application": "steps", "parameters": json.dumps(parameters)},
        files={"files": ("a.txt", b"A text of no importance.\n", "text/plain")},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def all_events(client: httpx.Client, job: str) -> list[Event]:
    """The whole log, over as many pages as it has."""
    found: list[Event] = []
    url: str | None = f"/api/v1/jobs/{job}/events?limit=20"
    while url:
        page = client.get(url, headers={"Accept": "application/json"}).json()
        found += page["items"]
        url = page["next"]
    return found


@asynccontextmanager
async def opened(
    address: str, path: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
    """A GET whose answer is read as it comes: its status, and what follows the head."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    reader, writer = await asyncio.open_connection(host, port)
    try:
        lines = [f"GET {path} HTTP/1.1", f"Host: {host}:{port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        yield int(head.split()[1]), reader
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def stream(
    address: str, job: str, query: str = "", headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Event]:
    """The events of a stream, until it ends. Raises Refused."""
    async with opened(address, f"/api/v1/jobs/{job}/events{query}", headers) as (status, reader):
        if status != 200:
            raise Refused(status)
        text = b""
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            text += await reader.readexactly(size)
            await reader.readexactly(2)
            *blocks, text = text.split(b"\n\n")
            for block in blocks:
                fields = dict(
                    line.split(b": ", 1) for line in block.split(b"\n") if line[:1] > b":"
                )
                if b"data" in fields:
                    event = json.loads(fields[b"data"])
                    assert event["type"] == fields[b"event"].decode()
                    assert event.get("seq") == (int(fields[b"id"]) if b"id" in fields else None)
                    yield event


async def socket(
    address: str, job: str, query: str = "", headers: Mapping[str, str] | None = None
) -> AsyncGenerator[Event]:
    """The events that come over a socket, until it is closed in good order."""
    url = f"ws{address.rstrip('/').removeprefix('http')}/api/v1/jobs/{job}/ws{query}"
    # With a bounded queue the library does not see the end while messages wait to be read.
    wished: dict[str, Any] = {"compression": None, "proxy": None, "max_queue": None}
    async with connect(url, additional_headers=headers, **wished) as connection:
        async for message in connection:
            yield json.loads(message)


Way = Callable[..., AsyncGenerator[Event]]
GONE = (OSError, EOFError, websockets.WebSocketException, ValueError)
"""What a client meets when the server dies."""


@dataclass
class Follower:
    """A client that loses its connection every now and then and goes on where it was."""

    address: str
    job: str
    way: Way
    chance: Random
    restlessness: float = 0.0
    """How likely it is to leave after an event."""
    seen: list[Event] = field(default_factory=list)
    connections: int = 0

    async def follow(self) -> None:
        """Until the last event has come, however often the server dies."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.seen or self.seen[-1]["type"] not in END:
                with suppress(*GONE):
                    await self._connect()
                await asyncio.sleep(self.chance.uniform(0.0, 0.1))

    async def _connect(self) -> None:
        self.connections += 1
        last = self.seen[-1]["seq"] if self.seen else 0
        async with aclosing(self.way(self.address, self.job, f"?after={last}")) as events:
            async for event in events:
                self.seen.append(event)
                if self.chance.random() < self.restlessness:
                    return
