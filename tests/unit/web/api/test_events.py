"""Which of its two forms an answer about events takes, and that a silent stream stays open."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from desk import Desk, Store
from starlette.types import Message, Scope
from starlette.websockets import WebSocket

from apostil.adapters import ContentFiles, SqlJobs, SqlReader, SqlRoster, open_database, upgrade
from apostil.engine import LOCAL_OWNER, Job
from apostil.web import Services
from apostil.web.api import events
from apostil.web.api.events import EventStream, prefers_list
from apostil.web.api.sockets import follow_job_by_socket
from apostil.web.live.following import start_of
from apostil.web.live.hub import Hub


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False),
        ("*/*", False),
        ("text/event-stream", False),
        ("application/json", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("application/*", True),
        ("application/json, text/event-stream", False),
        ("application/json;q=0.9, text/event-stream;q=0.5", True),
        ("application/json;q=0.5, text/event-stream", False),
        ("application/json, */*;q=0.1", True),
        ("text/html, */*;q=0.8", False),
        ("application/json;q=much", False),
        (";;,;q=", False),
    ],
)
def test_the_list_is_for_those_who_prefer_it(accept: str, *, expected: bool) -> None:
    assert prefers_list(accept) is expected


@dataclass(frozen=True)
class Scene:
    """A job that waits, and the hub over it."""

    job: Job
    hub: Hub


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    database = open_database(f"sqlite:///{tmp_path / 'apostil.db'}")
    upgrade(database)
    files = ContentFiles(tmp_path / "files")
    jobs, roster = SqlJobs(database, files), SqlRoster(database)
    job = Desk(Store(jobs, roster, files, lambda _: (), lambda _: ())).submit()
    hub = Hub(SqlReader(database, files))
    yield Scene(job, hub)
    hub.close()
    database.dispose()


def run(test: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20.0):
            await test

    asyncio.run(bounded())


def test_a_silent_stream_is_kept_open_by_comments_until_the_client_goes(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.02)
    sent: list[bytes] = []

    async def test() -> None:
        has_gone = asyncio.Event()

        async def send(message: Message) -> None:
            sent.append(message.get("body", b""))
            if sent[-4:] == [b": \n\n"] * 4:
                has_gone.set()

        async def receive() -> Message:
            await has_gone.wait()
            return {"type": "http.disconnect"}

        start = await start_of(scene.hub, LOCAL_OWNER, scene.job.id, after=0)
        stream = EventStream(scene.hub, LOCAL_OWNER, scene.job.id, start)
        await stream({}, receive, send)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(test())
    told = [one for one in sent[1:] if one != b": \n\n"]  # which may come before the first event
    assert told[0] == b"retry: 1000\n\n"
    assert told[1].startswith(b"id: 1\nevent: job_submitted\ndata: {")
    assert not scene.hub._channels


@pytest.mark.parametrize("is_noticed_by", ["reading", "writing"])
def test_a_socket_whose_client_vanishes_leaves_nothing_behind(
    scene: Scene, is_noticed_by: str
) -> None:
    sent: list[Message] = []

    async def test() -> None:
        came = asyncio.Queue[Message]()
        came.put_nowait({"type": "websocket.connect"})

        async def send(message: Message) -> None:
            sent.append(message)
            if message["type"] == "websocket.send":
                if is_noticed_by == "writing":
                    raise OSError
                came.put_nowait({"type": "websocket.disconnect", "code": 1006})

        asked: Scope = {"type": "websocket", "query_string": b"after=0", "headers": []}
        services = cast("Services", SimpleNamespace(hub=scene.hub))
        socket = WebSocket(asked, came.get, send)
        await follow_job_by_socket(socket, services, LOCAL_OWNER, scene.job.id)
        others = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
        assert others == set()

    run(test())
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.send"]
    assert not scene.hub._channels
