"""The least that can send the same bytes to as many clients: no jobs, no database, no replay."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

EVENTS = 24
PAUSE_SECONDS = 0.1
JOB = "0198c0de-0000-7000-8000-000000000001"
queues: set[asyncio.Queue[str]] = set()


def event(number: int) -> str:
    at = datetime.fromtimestamp(time.time(), tz=UTC).isoformat(timespec="milliseconds")
    kind = "job_succeeded" if number == EVENTS else "segment_finished"
    return json.dumps(
        {
            "seq": number,
            "type": kind,
            "job": JOB,
            "at": at.replace("+00:00", "Z"),
            "segment": "s7",
            "attempt": "80567148-8976-41dc-ba01-be8fff3c5919",
            "artifact": "c18c35a40ecb6e62e877bd7d679ef5d3ab2624b385023cf9edb8696cd8596012",
        },
        separators=(",", ":"),
    )


async def start(_: Request) -> Response:
    """Send all events, two at a time as a job's steps make them."""
    for number in range(1, EVENTS + 1):
        text = event(number)
        for queue in queues:
            queue.put_nowait(text)
        if number % 2 == 0:
            await asyncio.sleep(PAUSE_SECONDS)
    return Response()


async def sockets(socket: WebSocket) -> None:
    queue: asyncio.Queue[str] = asyncio.Queue()
    await socket.accept()
    queues.add(queue)
    text = ""
    while "job_succeeded" not in text:
        text = await queue.get()
        await socket.send_text(text)
    queues.discard(queue)


async def streams(_: Request) -> Response:
    queue: asyncio.Queue[str] = asyncio.Queue()
    queues.add(queue)

    async def told() -> AsyncIterator[bytes]:
        yield b"retry: 1000\n\n"
        text = ""
        while "job_succeeded" not in text:
            text = await queue.get()
            yield f"data: {text}\n\n".encode()
        queues.discard(queue)

    return StreamingResponse(told(), media_type="text/event-stream")


def main() -> None:
    routes = [
        Route("/start", start, methods=["POST"]),
        Route("/sse", streams),
        WebSocketRoute("/ws", sockets),
    ]
    uvicorn.run(
        Starlette(routes=routes),
        port=int(sys.argv[1]),
        log_level="warning",
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
