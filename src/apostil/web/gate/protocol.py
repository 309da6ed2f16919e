"""HTTP/1.1 on a connection: uvicorn's protocol, which refuses in our words and waits for nobody
without end.

The library answers what it cannot parse in plain text, and lets a client take any time over the
head of a request. Neither can be mended in the application, which has not been asked yet.
"""

from __future__ import annotations

import asyncio
import sys
from enum import Enum, auto
from typing import Any, cast

import h11
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from apostil.web.gate.bounds import HEADER_BYTES
from apostil.web.problems import Refused

HEAD_SECONDS = 30.0
"""For the whole head of a request, from the opening of the connection or the answer before."""
LINGER_SECONDS = 5.0
LINGER_BYTES = 16 * 1024 * 1024
"""How long, and how much, of a body is still read and thrown away after its refusal: a client that
is cut off while it sends may never read the answer."""
MAX_HEAD_BYTES = 2 * HEADER_BYTES
"""Where the library stops reading a head. The bounds of a request are narrower, so that it is they
that decide however the head was cut into packets."""
MAX_CONNECTIONS = 2_000
ALWAYS_SERVED = frozenset({"/health/live"})


class _Phase(Enum):
    """What a connection waits for when it waits for its client."""

    HEAD = auto()
    REST_OF_REFUSED = auto()
    NOTHING = auto()


class HttpProtocol(H11Protocol):
    """One connection of a client."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._phase = _Phase.NOTHING
        self._deadline: asyncio.TimerHandle | None = None
        self._thrown_away = 0
        self._is_crowded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in the library
        super().connection_made(transport)
        self._is_crowded = len(self.connections) > MAX_CONNECTIONS
        if self._is_crowded:
            self.app = cast("Any", _Crowded(cast("ASGIApp", self.app)))
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._enter(_Phase.NOTHING)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._phase is _Phase.REST_OF_REFUSED:
            self._thrown_away += len(data)
            if self._thrown_away > LINGER_BYTES:
                self.transport.close()
                return
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self._enter(_Phase.NOTHING)
        if self._is_crowded:
            self._refuse(_crowded())
        else:
            super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - as in the library
        """Called by the library where it has caught what it cannot parse."""
        error = sys.exception()
        is_too_long = isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431
        if is_too_long and self.conn.our_state is h11.IDLE:
            self._refuse(Refused("header-too-large", "The head of the request is too large."))
        else:
            self._refuse(Refused("bad-request", "This is no HTTP request that can be read."))

    def _watch(self) -> None:
        """Set the time by which the client must have gone on."""
        if self.conn.their_state is h11.IDLE:
            self._enter(_Phase.HEAD)
        elif self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE:
            self._enter(_Phase.REST_OF_REFUSED)
        else:
            self._enter(_Phase.NOTHING)

    def _enter(self, phase: _Phase) -> None:
        if phase is self._phase:
            return
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        self._phase = phase
        self._thrown_away = 0
        if phase is _Phase.HEAD:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)
        elif phase is _Phase.REST_OF_REFUSED:
            self._deadline = self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _give_up(self) -> None:
        """A client that has said nothing at all is not spoken to either."""
        if self.transport.is_closing():
            return
        if self.conn.trailing_data[0]:
            self._refuse(Refused("body-too-slow", "The head of the request did not come in time."))
        else:
            self.transport.close()

    def _refuse(self, refused: Refused) -> None:
        """Answer in place of the application, and close."""
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            answer = refused.answer()
            status = answer.status_code
            headers = [*answer.raw_headers, (b"connection", b"close")]
            is_head = self.conn.our_state is h11.SEND_RESPONSE and self.scope["method"] == "HEAD"
            for event in (
                h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]),
                h11.Data(data=b"" if is_head else bytes(answer.body)),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True  # what the application says now is too late
            cycle.message_event.set()
        self.transport.close()


class _Crowded:
    """Stands before the application on a connection beyond the most that are served."""

    def __init__(self, served: ASGIApp) -> None:
        self._served = served

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        served = self._served if scope["path"] in ALWAYS_SERVED else _crowded().answer()
        await served(scope, receive, send)


def _crowded() -> Refused:
    return Refused(
        "too-many-connections",
        f"{MAX_CONNECTIONS:,} connections are open, the most that are served at once.",
        headers={"Connection": "close"},
    )
