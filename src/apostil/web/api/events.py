"""A job's events: as a stream that a browser's EventSource reads, or as a list."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from apostil.web.api.documented import header, problems
from apostil.web.api.paging import LARGEST_PAGE, USUAL_PAGE
from apostil.web.deps import Owner, Wired
from apostil.web.live.following import Start, first_of, start_of
from apostil.web.live.hub import Hub, HubClosed
from apostil.web.live.messages import of_event
from apostil.web.problems import Refused

HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 1000
HIGHEST_NUMBER = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""
EPOCH_HEADER = "Apostil-Epoch"
STREAM = "text/event-stream"
LIST = "application/json"

router = APIRouter(tags=["events"])

After = Annotated[
    int,
    Query(ge=0, le=HIGHEST_NUMBER, description="The number of the last event that is known."),
]
Epoch = Annotated[
    str | None,
    Query(
        max_length=200,
        description="The epoch of the numbers that the client holds, as the job's body or the header "
        "`Apostil-Epoch` named it. If it is no longer the server's, `reset` comes first and then "
        "every event from the first.",
    ),
]
LastEventId = Annotated[
    int | None,
    Header(
        alias="Last-Event-ID",
        ge=0,
        le=HIGHEST_NUMBER,
        description="What an EventSource sends when it connects again; it goes before `after`.",
    ),
]


async def _known(
    after: After = 0, epoch: Epoch = None, last_event_id: LastEventId = None
) -> tuple[int, str | None]:
    return (after if last_event_id is None else last_event_id), epoch


Known = Annotated[tuple[int, str | None], Depends(_known)]
"""The number of the last event that the client has, and the epoch of it."""
Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="Of a list: how many at most.")]


class EventBody(BaseModel):
    """A fact about a job. Other members depend on the type."""

    model_config = ConfigDict(extra="allow")

    seq: int | None = Field(
        None, ge=1, description="Counts the job's events from 1 without gaps; `reset` has none."
    )
    type: str = Field(examples=["segment_finished"])
    job: str
    at: str | None = Field(
        None, description="When it was written, in UTC.", examples=["2026-01-31T10:00:00.123Z"]
    )


class EventList(BaseModel):
    """A job's events in order."""

    items: list[EventBody]
    next: str | None = Field(description="Where the list goes on; null at its present end.")
    prev: None = None


_JOB = "0198c0de-0000-7000-8000-000000000001"
_EXAMPLE: dict[str, Any] = {
    "seq": 4,
    "type": "segment_progressed",
    "job": _JOB,
    "at": "2026-01-31T10:00:00.123Z",
    "segment": "parse",
    "done": 12,
    "total": 80,
    "message": "page 12",
}
_OF_STREAM: dict[str, Any] = {
    # OpenAPI 3.1 has no word for a stream: what reads one takes the schema as that of each event.
    "schema": {
        "type": "object",
        "description": "One event of the stream.",
        "required": ["event", "data"],
        "properties": {
            "id": {"type": "string", "description": "The number of the event, if it has one."},
            "event": {"type": "string", "description": "Its type."},
            "data": {"type": "string", "contentMediaType": "application/json"},
        },
    },
    "example": {
        "id": "4",
        "event": "segment_progressed",
        "data": msgspec.json.encode(_EXAMPLE).decode(),
    },
}
_EPOCH_TOLD = {EPOCH_HEADER: header("The epoch of the events' numbers.")}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The events: a stream that ends with the job, or what there is as a list.",
        "model": EventList,
        "headers": _EPOCH_TOLD,
        "content": {
            STREAM: _OF_STREAM,
            LIST: {"example": {"items": [_EXAMPLE], "next": None, "prev": None}},
        },
    },
    204: {
        "description": "The job has ended and the client knows its last event: do not come back.",
        "headers": _EPOCH_TOLD,
    },
    **problems("job-not-found"),
}


@router.get(
    "/jobs/{job_id}/events",
    summary="Follow or list the events of a job",
    response_class=Response,
    responses=_RESPONSES,
)
async def follow_job(
    services: Wired,
    owner: Owner,
    request: Request,
    job_id: str,
    known: Known,
    limit: Limit = USUAL_PAGE,
) -> Response:
    """Follow a job's events, or list them.

    As server-sent events, which is the usual answer, first what has happened and then what happens,
    until the job has ended. A line of comment comes after 15 seconds of silence. `event:` is the
    type, `id:` the number, `data:` the event as JSON.

    With `Accept: application/json`, what there is so far as a list; ask again with `after` set to
    the last number.

    Two messages have no number: `reset`, after which everything comes again from the first event,
    and `job_deleted`, after which nothing comes.

    The same is sent over a WebSocket at `/api/v1/jobs/{job_id}/ws?after=N&epoch=E`, each event in
    a text message of its own. It is closed with 1000 after the last, 4404 if there is no such job,
    4422 if the query cannot be read, 1012 when the server stops and 1013 if it is too busy.
    """
    after, epoch = known
    try:
        start = await start_of(services.hub, owner, job_id, after=after, epoch=epoch)
        if prefers_list(request.headers.get("accept", "")):
            answer = await _list(services.hub, owner, job_id, start, limit, request)
        elif start.is_over:
            answer = Response(status_code=204)
        else:
            answer = EventStream(services.hub, owner, job_id, start)
    except HubClosed as error:
        raise Refused("store-busy", "The server stops; ask again shortly.") from error
    answer.headers[EPOCH_HEADER] = start.epoch
    answer.headers["Vary"] = "Accept"
    return answer


class EventStream(Response):
    """Server-sent events, until the job has ended, the client goes or the server stops."""

    media_type = STREAM

    def __init__(self, hub: Hub, owner: str, job_id: str, start: Start) -> None:
        self.status_code = 200
        self.background = None
        # A proxy that gathers an answer before it passes it on would hold back every event.
        self.init_headers({"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._hub = hub
        self._owner = owner
        self._job_id = job_id
        self._start = start
        self._written_at = time.monotonic()

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await first_of(self._tell(send), self._keep_open(send), _until_gone(receive))

    async def _tell(self, send: Send) -> None:
        first = b"".join(message.frame for message in self._start.first)
        await self._write(send, f"retry: {RETRY_MILLISECONDS}\n\n".encode() + first)
        try:
            with self._hub.follow(self._owner, self._job_id, after=self._start.after) as following:
                while not following.is_over:
                    if found := await following.next():
                        await self._write(send, b"".join(message.frame for message in found))
        except HubClosed:
            pass  # the client comes again, to the next server
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _keep_open(self, send: Send) -> None:
        """A comment in every silence: proxies and clients give up a connection that says nothing."""
        while True:
            silence = time.monotonic() - self._written_at
            if silence >= HEARTBEAT_SECONDS:
                await self._write(send, b": \n\n")
            else:
                await asyncio.sleep(HEARTBEAT_SECONDS - silence)

    async def _write(self, send: Send, chunk: bytes) -> None:
        self._written_at = time.monotonic()
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _list(
    hub: Hub, owner: str, job_id: str, start: Start, limit: int, request: Request
) -> Response:
    found = await hub.ask(
        lambda reader: reader.events(owner, job_id, after=start.after, limit=limit + 1)
    )
    messages = [*start.first, *(of_event(one) for one in found[:limit])]
    following = None
    if len(found) > limit:
        asked = {"after": messages[-1].seq, "limit": limit, "epoch": start.epoch}
        path = str(request.base_url).rstrip("/") + request.scope["path"]
        following = f"{path}?{urlencode(asked)}"
    items = b",".join(message.data for message in messages)
    answer = Response(
        b'{"items":[%b],"next":%b,"prev":null}' % (items, msgspec.json.encode(following)),
        media_type=LIST,
    )
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def prefers_list(accept: str) -> bool:
    """Whether the header ``Accept`` puts a list before a stream of events."""
    qualities = _qualities(accept)

    def quality(kind: str) -> float:
        family = kind.partition("/")[0] + "/*"
        return next((qualities[one] for one in (kind, family, "*/*") if one in qualities), 0.0)

    return quality(LIST) > quality(STREAM)


def _qualities(accept: str) -> dict[str, float]:
    """How much each media range is wanted, from 0 to 1; what cannot be read is not wanted."""
    found: dict[str, float] = {}
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((one[2:] for one in parameters if one.startswith("q=")), "1")
        try:
            found[kind] = float(quality)
        except ValueError:
            found[kind] = 0.0
    return found
