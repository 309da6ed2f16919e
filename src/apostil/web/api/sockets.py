"""A job's events over a WebSocket, each in a text message of its own."""

from __future__ import annotations

import time

from fastapi import APIRouter
from starlette.datastructures import QueryParams
from starlette.websockets import WebSocket, WebSocketDisconnect

from apostil.engine import JobNotFound, StoreBusy
from apostil.web.api.events import EPOCH_HEADER, HIGHEST_NUMBER
from apostil.web.deps import Owner, Wired
from apostil.web.live.following import Start, first_of, start_of
from apostil.web.live.hub import Hub, HubClosed

ENDED = 1000
TOO_TALKATIVE = 1008
SERVER_STOPS = 1012
TRY_AGAIN = 1013
NO_SUCH_JOB = 4404
QUERY_INVALID = 4422
"""Codes of the closing. A refusal before the opening would tell a browser nothing at all, so that
every socket that the guard lets in is opened first."""
MESSAGES_AT_ONCE = 20
MESSAGES_A_SECOND = 2.0

router = APIRouter()


class _TooTalkative(Exception):
    """The client sends and sends, to one who only tells."""


_CLOSINGS: dict[type[Exception], tuple[int, str]] = {
    JobNotFound: (NO_SUCH_JOB, "job-not-found"),
    ValueError: (QUERY_INVALID, "request-invalid"),
    StoreBusy: (TRY_AGAIN, "store-busy"),
    HubClosed: (SERVER_STOPS, "the server stops"),
    _TooTalkative: (TOO_TALKATIVE, "this socket only tells"),
}


@router.websocket("/jobs/{job_id}/ws")
async def follow_job_by_socket(
    socket: WebSocket, services: Wired, owner: Owner, job_id: str
) -> None:
    """The events after ``?after=``, those that were missed first. See ``follow_job``."""
    try:
        code, reason = await _serve(socket, services.hub, owner, job_id)
        await socket.close(code, reason)
    except WebSocketDisconnect:
        pass  # the client has gone


async def _serve(socket: WebSocket, hub: Hub, owner: str, job_id: str) -> tuple[int, str]:
    """Tell all there is to tell; the code and the reason to close with."""
    try:
        after, epoch = _asked(socket.query_params)
        start = await start_of(hub, owner, job_id, after=after, epoch=epoch)
    except (JobNotFound, StoreBusy, HubClosed, ValueError) as error:
        await socket.accept()
        return _CLOSINGS[type(error)]
    await socket.accept(headers=[(EPOCH_HEADER.lower().encode(), start.epoch.encode())])
    try:
        await first_of(_tell(socket, hub, (owner, job_id), start), _listen(socket))
    except (HubClosed, _TooTalkative) as error:
        return _CLOSINGS[type(error)]
    return ENDED, ""


def _asked(query: QueryParams) -> tuple[int, str | None]:
    """The parameters ``after`` and ``epoch``. ValueError if the first is no number of an event."""
    after = query.get("after", "0")
    if not (after.isascii() and after.isdigit() and int(after) <= HIGHEST_NUMBER):
        raise ValueError(after)
    return int(after), query.get("epoch")


async def _tell(socket: WebSocket, hub: Hub, key: tuple[str, str], start: Start) -> None:
    for message in start.first:
        await socket.send_text(message.text)
    if start.is_over:
        return
    with hub.follow(*key, after=start.after) as following:
        while not following.is_over:
            for message in await following.next():
                await socket.send_text(message.text)


async def _listen(socket: WebSocket) -> None:
    """What clients send is not read, but a flood of it is not borne. WebSocketDisconnect when the
    client goes."""
    allowance = float(MESSAGES_AT_ONCE)
    last = time.monotonic()
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", ENDED))
        now = time.monotonic()
        allowance = min(MESSAGES_AT_ONCE, allowance + (now - last) * MESSAGES_A_SECOND) - 1.0
        last = now
        if allowance < 0.0:
            raise _TooTalkative
