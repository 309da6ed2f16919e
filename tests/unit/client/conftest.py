"""A server of our own that answers as it is told, over real connections."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from apostil.client import Client


@dataclass
class Reply:
    """What the server does with one request. Without a status it hangs up unheard."""

    status: int | None = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


def said(members: dict[str, Any] | list[Any], status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(members).encode(), named)


def told(*events: dict[str, Any], epoch: str = "e1", before: str = "") -> Reply:
    """A stream of events that ends."""
    lines = [
        f"id: {one.get('seq', '')}\nevent: {one['type']}\ndata: {json.dumps(one)}\n\n"
        for one in events
    ]
    headers = {"Content-Type": "text/event-stream", "Apostil-Epoch": epoch}
    return Reply(200, (before + "".join(lines)).encode(), headers)


HANG_UP = Reply(status=None)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Scripted:
    """Gives the replies in turn, the last one for ever; keeps what was asked."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[Asked] = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                scripted.answer(self)

            do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - names that the library asks for

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, handler.path, headers, body))
        handler.close_connection = True
        if reply.status is None:
            return
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        length = len(reply.body) if reply.length is None else reply.length
        if reply.status != 204:
            handler.send_header("Content-Length", str(length))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(reply.body)

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.stop()


@dataclass
class Slept:
    """Stands in for time.sleep: the pauses are noted, not waited for."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def apostil(scripted: Scripted, slept: Slept) -> Iterator[Client]:
    with Client(scripted.url, timeout_seconds=5.0) as made:
        made._transport.sleep = slept
        yield made
