"""Connections that wait for their client no longer than they should."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from apostil.web import HttpProtocol
from apostil.web.gate import protocol

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
GET = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
UPLOAD = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n"


async def _served(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without reading the body."""
    await PlainTextResponse("served")(scope, receive, send)


@asynccontextmanager
async def connections(count: int) -> AsyncIterator[list[Streams]]:
    """So many connections to a server."""
    config = uvicorn.Config(_served, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HttpProtocol(config, state, {}), "127.0.0.1", 0)
    opened = []
    for _ in range(count):
        opened.append(await asyncio.open_connection(*server.sockets[0].getsockname()))
        while len(state.connections) < len(opened):  # noqa: ASYNC110 - the library has no event for it
            await asyncio.sleep(0)
    yield opened
    for _, writer in opened:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
    server.close()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    monkeypatch.setattr(protocol, "LINGER_SECONDS", 0.05)


@pytest.mark.usefixtures("_impatient")
def test_a_head_that_never_ends_is_given_up() -> None:
    async def asked() -> bytes:
        async with connections(1) as [(reader, writer)]:
            writer.write(GET[:-2])
            return await reader.read()

    answer = asyncio.run(asked())
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"/problems/body-too-slow" in answer


@pytest.mark.usefixtures("_impatient")
def test_a_second_head_that_never_ends_is_given_up_too() -> None:
    async def asked() -> bytes:
        async with connections(1) as [(reader, writer)]:
            writer.write(GET)
            await reader.readuntil(b"served")
            writer.write(GET[:-2])
            return await reader.read()

    assert asyncio.run(asked()).startswith(b"HTTP/1.1 408")


@pytest.mark.usefixtures("_impatient")
def test_a_connection_that_says_nothing_is_closed_without_a_word() -> None:
    async def asked() -> bytes:
        async with connections(1) as [(reader, _)]:
            return await reader.read()

    assert asyncio.run(asked()) == b""


@pytest.mark.usefixtures("_impatient")
def test_the_rest_of_a_refused_body_is_read_for_a_while_only() -> None:
    async def asked() -> float:
        async with connections(1) as [(reader, writer)]:
            writer.write(UPLOAD + b"x")
            await reader.readuntil(b"served")
            begun = time.monotonic()
            assert await reader.read() == b""
            return time.monotonic() - begun

    assert 0.01 < asyncio.run(asked()) < 4  # uvicorn's own wait for the next request is 5 s


def test_no_more_than_so_much_of_a_refused_body_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "LINGER_BYTES", 100_000)

    async def asked() -> int:
        async with connections(1) as [(reader, writer)]:
            writer.write(UPLOAD)
            await reader.readuntil(b"served")
            sent = 0
            with suppress(ConnectionError):
                while sent < 50_000_000:
                    writer.write(b"x" * 50_000)
                    sent += 50_000
                    await writer.drain()
            return sent

    assert 100_000 <= asyncio.run(asked()) < 50_000_000


def test_beyond_the_most_connections_a_problem_is_answered_and_health_still_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "MAX_CONNECTIONS", 1)

    async def asked() -> list[bytes]:
        answers = []
        async with connections(4) as [first, second, third, fourth]:
            other = GET.replace(b"/health/live", b"/")
            socket = other.replace(
                b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
            )
            for (reader, writer), sent in (
                (first, other), (second, other), (third, GET), (fourth, socket),
            ):  # fmt: skip
                writer.write(sent.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))
                answers.append(await reader.read())
        return answers

    first, second, third, fourth = asyncio.run(asked())
    assert first.startswith(b"HTTP/1.1 200")
    assert third.startswith(b"HTTP/1.1 200")
    for refused in (second, fourth):
        assert refused.startswith(b"HTTP/1.1 503")
        assert b"/problems/too-many-connections" in refused
